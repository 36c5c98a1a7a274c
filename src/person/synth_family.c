/* From the residents of one home township to couples, households and a block of the store.
 *
 * A *census household* is the members of one run that live in the same leaf outside collective
 * households. The steps, each inside groups of members that live in the same leaf where it can
 * be: 1 balance    as many married men as women in the block: half of the surplus leaves the
 * state, half of the gap is filled from the other sex (N1 couples are equal in number) 2
 * couples    within a leaf by age, then the rest across leaves: husbands and wives left behind
 *   3 children   under 18 behind a mother 16–45 years older with room among her children ever
 * born: the same leaf first, but some local children go to mothers who live away (left behind)
 *   4 merging    units (couple or adult, with children) join until the leaf has the number of
 * households that its county asks for: grandparents, adult children in the parents' home,
 * relatives 5 linking    people away join the run of parents at home, which changes no census
 * household 6 writing    runs in the order of their first members Runs are only ever
 * concatenated, or get a child put in behind its mother, so a wife always stands directly
 * behind her husband (V2). Every loop walks members in index order, every draw is keyed by the
 * member: the result depends on the members alone (Y3). ASSUMPTION (假设): the age gaps, shares
 * and orders of joining in the tables and constants below. */
#include "person/synth_private.h"

#include "core/mem.h"

#include <string.h>

enum {
    MINOR = 18,          /* below: a child of its mother's household */
    MOTHER_GAP_LOW = 16, /* a mother is at least this much older than her child, */
    MOTHER_GAP_HIGH = 45,
    GENERATION = 26, /* usual gap between generations */
    ELDER =
        48, /* from this age a unit without minors may join the household of its grown child */
    VILLAGE = 1536, /* members of a leaf who look for each other: fits the cache */
    LINKS_MAX = 2   /* runs from away that one run of parents takes */
};

#define NONE UINT32_MAX

/* Weight of a mother's room for children when she lives away, against one who lives with the
 * child (about 29 million children lived with neither parent in 2010, and 61 million without
 * one of them). */
#define LEFT_BEHIND_WEIGHT 1.6

/* Share of runs away that belong to a run of parents at home: the never married, others. */
#define LINK_SINGLE 0.9
#define LINK_FAMILY 0.5

/* Age of the husband minus age of the wife, 16 equal shares. */
static const int8_t couple_gap[16] = {0, 1, 2, 2, 3, 1, 0, -1, 4, 2, 1, 3, 5, -2, 6, 2};

/* Members that live in one leaf, at most VILLAGE of them. */
struct rh_nest_group {
    uint32_t start, count, leaf;
    uint32_t first[6]; /* in nest.order: first member of each role, and the end */
};

/* What a member looks for; the order of members by role spares the loops below most of their
 * branches. */
enum role { CHILD, HUSBAND, WIFE, WIDOW, OTHER, ROLES };

/* A household in the making: the part of one run that lives in the group's leaf. */
typedef struct rh_nest_unit {
    uint32_t root, size;
    uint8_t oldest,
        parent;     /* ages: of all; of the youngest who has been married, or else the oldest */
    uint16_t kinds; /* bit set of enum kind */
    uint8_t depth;  /* generations, about */
    bool minor, adult, anchored, married,
        alive; /* anchored: the run has members in other leaves */
} unit;

/* First in, first out at each age; links live in an array of the caller. */
typedef struct shelf {
    __uint128_t filled;
    uint32_t *next;
    uint32_t last[128];
} shelf;

static void
shelf_put(shelf *s, unsigned age, uint32_t i)
{
    age = age > 127 ? 127 : age;
    if (s->filled >> age & 1) {
        uint32_t last = s->last[age];
        s->next[i] = s->next[last];
        s->next[last] = i;
    } else {
        s->next[i] = i;
        s->filled |= (__uint128_t)1 << age;
    }
    s->last[age] = i;
}

/* Take the entry nearest in age to `want` within [low, high], or NONE. */
static uint32_t
shelf_take(shelf *s, int want, int low, int high)
{
    enum { NOT_FOUND = 1000 };
    low = low < 0 ? 0 : low;
    high = high > 127 ? 127 : high;
    if (low > high || s->filled == 0) {
        return NONE;
    }
    want = want < low ? low : want > high ? high : want;
    __uint128_t up = s->filled >> want, down = s->filled << (127 - want);
    uint64_t up_low = (uint64_t)up, up_high = (uint64_t)(up >> 64);
    uint64_t down_low = (uint64_t)down, down_high = (uint64_t)(down >> 64);
    int above = up_low    ? __builtin_ctzll(up_low)
                : up_high ? 64 + __builtin_ctzll(up_high)
                          : NOT_FOUND;
    int below = down_high  ? __builtin_clzll(down_high)
                : down_low ? 64 + __builtin_clzll(down_low)
                           : NOT_FOUND;
    above = want + above > high ? NOT_FOUND : above;
    below = want - below < low ? NOT_FOUND : below;
    if (above == NOT_FOUND && below == NOT_FOUND) {
        return NONE;
    }
    int age = above <= below ? want + above : want - below;
    uint32_t last = s->last[age], first = s->next[last];
    if (first == last) {
        s->filled &= ~((__uint128_t)1 << age);
    } else {
        s->next[last] = s->next[first];
    }
    return first;
}

/* A block under construction. */
typedef struct block {
    rh_nest *s;
    const rh_region *region;
    const rh_profile *profile;
    rh_person *w;
    uint32_t n, n_groups, town;
    rh_key key;
} block;

static uint32_t
root_of(const rh_nest *s, uint32_t i)
{
    while (s->root[i] != i) {
        i = s->root[i];
    }
    return i;
}

/* Run `b` becomes the end of run `a` (both roots). */
static void
append(rh_nest *s, uint32_t a, uint32_t b)
{
    s->after[s->tail[a]] = b;
    s->tail[a] = s->tail[b];
    s->root[b] = a;
}

/* Put the run of one member `child` directly behind `mother`. */
static void
put_behind(rh_nest *s, uint32_t mother, uint32_t child)
{
    uint32_t r = root_of(s, mother);
    s->after[child] = s->after[mother];
    s->after[mother] = child;
    s->root[child] = r;
    if (s->tail[r] == mother) {
        s->tail[r] = child;
    }
}

static bool
is_home(const block *b, uint32_t leaf)
{
    return leaf / 2 == b->town;
}

static void
open_block(block *b, int base_year)
{
    rh_nest *s = b->s;
    memset(s->after, 0xff, b->n * sizeof *s->after); /* NONE */
    memset(s->seen, 0, b->n * sizeof *s->seen);
    memset(s->links, 0, b->n * sizeof *s->links);
    for (uint32_t i = 0; i < b->n; i++) {
        s->root[i] = s->tail[i] = i;
        s->age[i] = (uint8_t)rh_person_age(b->w[i], base_year);
        s->left[i] = (uint8_t)rh_person_children(b->w[i]);
    }
    uint32_t start = 0, leaf = rh_person_residence(b->w[0]);
    for (uint32_t i = 1; i <= b->n; i++) {
        if (i == b->n || rh_person_residence(b->w[i]) != leaf || i - start == VILLAGE) {
            s->group[b->n_groups++] =
                (struct rh_nest_group){.start = start, .count = i - start, .leaf = leaf};
            start = i;
            leaf = i < b->n ? rh_person_residence(b->w[i]) : NONE;
        }
    }
}

static bool
is_married(rh_person w, unsigned sex)
{
    return rh_person_marital(w) == RH_MARRIED && rh_person_sex(w) == sex;
}

/* Who may change the marital state in a block with more married people of one sex: those at the
 * ages of marriage into it, the young and the old out of it. */
static bool
may_marry(rh_person w, unsigned age)
{
    return rh_person_marital(w) != RH_MARRIED && age >= 22 && age < 56;
}

static bool
may_part(rh_person w, unsigned age)
{
    return rh_person_marital(w) == RH_MARRIED && (age < 30 || age >= 62);
}

static rh_person
change_state(rh_person w, unsigned age)
{
    unsigned state = rh_person_marital(w) != RH_MARRIED ? RH_MARRIED
                     : age < 32                         ? RH_NEVER_MARRIED
                     : age < 55                         ? RH_DIVORCED
                                                        : RH_WIDOWED;
    w = rh_person_with_marital(w, state);
    return state == RH_NEVER_MARRIED ? rh_person_with_children(w, 0) : w;
}

/* `change` of the `among` members who may, evenly spread: a running sum as in line drawing. */
typedef struct spread {
    uint32_t change, among;
    uint64_t sum;
} spread;

static bool
is_next(spread *p)
{
    p->sum += p->change;
    if (p->change == 0 || p->sum < p->among) {
        return false;
    }
    p->sum -= p->among;
    return true;
}

static void
balance(block *b)
{
    const uint8_t *age = b->s->age;
    uint32_t married[2] = {0, 0}, marry[2] = {0, 0}, part[2] = {0, 0};
    for (uint32_t i = 0; i < b->n; i++) {
        unsigned sex = rh_person_sex(b->w[i]);
        married[sex] += rh_person_marital(b->w[i]) == RH_MARRIED;
        marry[sex] += may_marry(b->w[i], age[i]);
        part[sex] += may_part(b->w[i], age[i]);
    }
    unsigned more = married[RH_FEMALE] > married[RH_MALE] ? RH_FEMALE : RH_MALE,
             less = 1 - more;
    uint32_t surplus = married[more] - married[less];
    uint32_t in = surplus / 2 < marry[less] ? surplus / 2 : marry[less], out = surplus - in;
    bool anyone = out > part[more];
    spread enter = {.change = in, .among = marry[less]};
    spread leave = {.change = out, .among = anyone ? married[more] : part[more]};
    for (uint32_t i = 0; i < b->n && surplus > 0; i++) {
        rh_person w = b->w[i];
        bool change = rh_person_sex(w) == less ? may_marry(w, age[i]) && is_next(&enter)
                      : anyone                 ? is_married(w, more) && is_next(&leave)
                                               : may_part(w, age[i]) && is_next(&leave);
        if (change) {
            b->w[i] = change_state(w, age[i]);
            b->s->left[i] = (uint8_t)rh_person_children(b->w[i]);
        }
    }
}

static bool
is_minor(const block *b, uint32_t i)
{
    return b->s->age[i] < MINOR && rh_person_marital(b->w[i]) == RH_NEVER_MARRIED;
}

static void
order_by_role(block *b)
{
    rh_nest *s = b->s;
    for (uint32_t g = 0; g < b->n_groups; g++) {
        struct rh_nest_group *group = &s->group[g];
        uint32_t end = group->start + group->count, count[8] = {0};
        for (uint32_t i = group->start; i < end; i++) {
            /* role by marital state, sex */
            static const uint8_t role_of[4][2] = {
                {OTHER, OTHER}, {HUSBAND, WIFE}, {OTHER, WIDOW}, {OTHER, WIDOW}};
            rh_person w = b->w[i];
            unsigned role = role_of[rh_person_marital(w)][rh_person_sex(w)];
            role = is_minor(b, i) ? CHILD : role;
            s->role[i] = (uint8_t)role;
            count[role]++;
        }
        uint32_t at[8];
        group->first[0] = at[0] = group->start;
        for (unsigned r = 1; r < ROLES; r++) {
            group->first[r] = at[r] = at[r - 1] + count[r - 1];
        }
        group->first[ROLES] = end;
        for (uint32_t i = group->start; i < end; i++) {
            s->order[at[s->role[i]]++] = i;
        }
    }
}

static void
wed(rh_nest *s, uint32_t man, uint32_t woman)
{
    s->after[man] = woman;
    s->tail[man] = woman;
    s->root[woman] = man;
}

static void
couples(block *b)
{
    rh_nest *s = b->s;
    shelf brides = {.next = s->next_a};
    uint32_t n_men = 0, *men = s->next_b;
    for (uint32_t g = 0; g < b->n_groups; g++) {
        const uint32_t *first = s->group[g].first;
        brides.filled = 0;
        for (uint32_t o = first[WIFE]; o < first[WIFE + 1]; o++) {
            shelf_put(&brides, s->age[s->order[o]], s->order[o]);
        }
        for (uint32_t o = first[HUSBAND]; o < first[HUSBAND + 1]; o++) {
            uint32_t i = s->order[o];
            int age = s->age[i], want = age - couple_gap[rh_draw(b->key, i) >> 60];
            uint32_t wife = shelf_take(&brides, want, age - 11, age + 6);
            if (wife == NONE) {
                men[n_men++] = i;
            } else {
                wed(s, i, wife);
            }
        }
    }
    brides.filled = 0;
    for (uint32_t g = 0; g < b->n_groups && n_men > 0; g++) {
        const uint32_t *first = s->group[g].first;
        for (uint32_t o = first[WIFE]; o < first[WIFE + 1]; o++) {
            uint32_t i = s->order[o];
            if (s->root[i] == i) {
                shelf_put(&brides, s->age[i], i);
            }
        }
    }
    for (uint32_t m = 0; m < n_men; m++) {
        int age = s->age[men[m]];
        wed(s, men[m], shelf_take(&brides, age - 2, 0, 127));
    }
}

/* Give the child to the nearest mother of the shelf, if there is one. */
static bool
find_mother(block *b, shelf *mothers, uint32_t child, uint64_t bits)
{
    int age = b->s->age[child], want = age + 23 + (int)(bits & 7);
    uint32_t mother = shelf_take(mothers, want, age + MOTHER_GAP_LOW, age + MOTHER_GAP_HIGH);
    if (mother == NONE) {
        return false;
    }
    if (--b->s->left[mother] > 0) {
        shelf_put(mothers, b->s->age[mother], mother);
    }
    put_behind(b->s, mother, child);
    b->w[child] = rh_person_with_hukou(b->w[child], rh_person_hukou(b->w[mother]));
    return true;
}

/* Mothers of the group with room for children. Returns the places that children under 18 may
 * take. */
static uint32_t
fill_mothers(block *b, shelf *mothers, const struct rh_nest_group *group, bool rural_only)
{
    const rh_nest *s = b->s;
    uint32_t places = 0;
    for (uint32_t o = group->first[WIFE]; o < group->first[WIDOW + 1]; o++) {
        uint32_t i = s->order[o];
        if (s->left[i] > 0 && s->age[i] < 60 && !rh_person_collective(b->w[i]) &&
            !(rural_only && rh_person_hukou(b->w[i]))) {
            shelf_put(mothers, s->age[i], i);
            places += s->age[i] < 50 ? s->left[i] : 0;
        }
    }
    return places;
}

static void
children(block *b)
{
    rh_nest *s = b->s;
    shelf here = {.next = s->next_a}, away = {.next = s->next_b};
    uint64_t places_away = 0, at_home = 0;
    for (uint32_t g = 0; g < b->n_groups; g++) {
        const struct rh_nest_group *group = &s->group[g];
        if (is_home(b, group->leaf)) {
            at_home += group->count;
            continue;
        }
        here.filled = 0;
        if (group->first[CHILD + 1] > group->first[CHILD]) {
            fill_mothers(b, &here, group, false);
        }
        for (uint32_t o = group->first[CHILD]; o < group->first[CHILD + 1] && here.filled != 0;
             o++) {
            uint32_t i = s->order[o];
            if (!rh_person_collective(b->w[i])) {
                find_mother(b, &here, i, rh_draw(b->key, i));
            }
        }
        places_away += fill_mothers(b, &away, group, true);
    }
    for (uint32_t g = 0; g < b->n_groups; g++) {
        const struct rh_nest_group *group = &s->group[g];
        if (!is_home(b, group->leaf)) {
            continue;
        }
        here.filled = 0;
        double places = fill_mothers(b, &here, group, false);
        double elsewhere_places =
            LEFT_BEHIND_WEIGHT * (double)places_away * group->count / (double)at_home;
        double behind =
            elsewhere_places > 0 ? elsewhere_places / (elsewhere_places + places) : 0;
        for (uint32_t o = group->first[CHILD]; o < group->first[CHILD + 1]; o++) {
            uint32_t i = s->order[o];
            uint64_t bits = rh_draw(b->key, i);
            bool elsewhere = rh_unit(bits) < behind;
            if (!find_mother(b, elsewhere ? &away : &here, i, bits)) {
                find_mother(b, elsewhere ? &here : &away, i, bits);
            }
        }
    }
}

/* The units of one group, and what its households shall be. */
typedef struct plan {
    block *b;
    unit *u;
    uint32_t n;
    uint32_t alive, singles, one_deep; /* now: units, of one person, of one generation */
    uint32_t target, keep_singles, keep_one, three, four; /* wanted */
} plan;

/* What a unit is to others. */

static bool
is_elder(const unit *u) /* parents whose children have grown */
{
    return u->alive && u->adult && u->depth == 1 && u->oldest >= ELDER;
}

static bool
is_grandparent(const unit *u)
{
    return is_elder(u) && u->oldest >= 56 && u->oldest < 76;
}

static bool
is_widowed_grandparent(const unit *u)
{
    return is_grandparent(u) && u->size == 1;
}

static bool
is_last_parent(const unit *u)
{
    return u->alive && u->depth == 1 && u->adult && u->oldest >= 74;
}

static bool
is_grown_child(const unit *u)
{
    return u->alive && u->size == 1 && u->adult && !u->married && !u->anchored;
}

static bool
is_young_family(const unit *u)
{
    return u->alive && u->adult && u->depth == 2 && u->parent < 60 && u->oldest < 60;
}

static bool
is_three_deep(const unit *u)
{
    return u->alive && u->depth == 3;
}

static bool
is_lone_parent(
    const unit *u) /* couples and widowed whose unmarried children may live with them */
{
    return u->alive && u->married && u->depth == 1 && u->oldest >= 34;
}

static bool
is_young_couple(const unit *u)
{
    return u->alive && u->depth == 1 && u->size > 1 && u->married && u->parent < 50;
}

static bool
is_parent(const unit *u)
{
    return u->alive && u->married && u->oldest >= 34;
}

static bool
is_deep_parent(const unit *u)
{
    return is_parent(u) && u->depth >= 2;
}

static bool
is_lone_elder(const unit *u)
{
    return is_elder(u) && u->size == 1;
}

static bool
is_younger(const unit *u)
{
    return u->alive && u->adult && u->parent < 62;
}

static bool
is_younger_family(const unit *u)
{
    return is_younger(u) && u->depth >= 2;
}

#define KIND_LIST(X)                                                                           \
    X(elder)                                                                                   \
    X(grandparent)                                                                             \
    X(widowed_grandparent)                                                                     \
    X(last_parent)                                                                             \
    X(grown_child)                                                                             \
    X(young_family)                                                                            \
    X(three_deep)                                                                              \
    X(lone_parent)                                                                             \
    X(young_couple)                                                                            \
    X(parent)                                                                                  \
    X(deep_parent)                                                                             \
    X(lone_elder)                                                                              \
    X(younger)                                                                                 \
    X(younger_family)

enum kind {
#define X(name) KIND_##name,
    KIND_LIST(X)
#undef X
};

static uint16_t
kinds_of(const unit *u)
{
    unsigned kinds = 0;
#define X(name) kinds |= (unsigned)is_##name(u) << KIND_##name;
    KIND_LIST(X)
#undef X
    return (uint16_t)kinds;
}

static void
describe_unit(const block *b, uint32_t leaf, uint32_t root, unit *u)
{
    const rh_nest *s = b->s;
    *u = (unit){.root = root, .alive = true};
    for (uint32_t i = root; i != NONE; i = s->after[i]) {
        rh_person w = b->w[i];
        if (rh_person_collective(w)) {
            continue;
        }
        if (rh_person_residence(w) != leaf) {
            u->anchored = true;
            continue;
        }
        uint8_t age = s->age[i];
        u->size++;
        u->oldest = age > u->oldest ? age : u->oldest;
        if (is_minor(b, i)) {
            u->minor = true;
            continue;
        }
        u->adult = true;
        if (rh_person_marital(w) != RH_NEVER_MARRIED) {
            u->parent = !u->married || age < u->parent ? age : u->parent;
            u->married = true;
        }
    }
    u->parent = u->married ? u->parent : u->oldest;
    u->depth = u->adult && u->minor ? 2 : 1;
    u->kinds = kinds_of(u);
}

/* A share of `total`, rounded up with the probability of the remainder. */
static uint32_t
share_of(uint32_t total, float share, double chance)
{
    return (uint32_t)(total * (double)share + chance);
}

static plan
open_plan(block *b, uint32_t g)
{
    rh_nest *s = b->s;
    plan p = {.b = b, .u = s->unit};
    const struct rh_nest_group *group = &s->group[g];
    uint32_t from = group->start, to = from + group->count, persons = 0;
    for (uint32_t i = from; i < to; i++) {
        if (rh_person_collective(b->w[i])) {
            continue;
        }
        persons++;
        uint32_t root = root_of(s, i);
        if (s->seen[root] == group->leaf + 1) {
            continue;
        }
        s->seen[root] = group->leaf + 1;
        unit *u = &p.u[p.n++];
        describe_unit(b, group->leaf, root, u);
        p.singles += u->size == 1;
        p.one_deep += u->depth == 1;
    }
    p.alive = p.n;
    const rh_profile *profile = &b->profile[b->region->town.parent[group->leaf / 2]];
    const rh_homes *homes = &profile->homes[!is_home(b, group->leaf)];
    double chance = rh_uniform(rh_key_with(b->key, 1), g);
    p.target = share_of(persons, homes->per_person, chance);
    p.keep_singles = share_of(p.target, homes->one_person, chance);
    p.keep_one = share_of(p.target, homes->one_generation, chance);
    p.three = share_of(p.target, homes->three_generations, chance);
    p.four = share_of(p.target, homes->four_generations, chance);
    return p;
}

/* Unit `from` joins the household of unit `into`, which then has `depth` generations. */
static void
join(plan *p, uint32_t into, uint32_t from, unsigned depth)
{
    rh_nest *s = p->b->s;
    unit *a = &p->u[into], *z = &p->u[from];
    uint32_t ra = root_of(s, a->root), rz = root_of(s, z->root);
    if (z->adult && z->oldest > a->oldest &&
        z->oldest < 65) { /* elders head the run until 65 */
        append(s, rz, ra);
    } else {
        append(s, ra, rz);
    }
    depth = depth > a->depth ? depth : a->depth;
    depth = depth > z->depth ? depth : z->depth;
    p->singles -= (uint32_t)(a->size == 1) + (uint32_t)(z->size == 1);
    p->one_deep -=
        (uint32_t)(a->depth == 1) + (uint32_t)(z->depth == 1) - (uint32_t)(depth == 1);
    a->size += z->size;
    a->depth = (uint8_t)depth;
    a->oldest = a->oldest > z->oldest ? a->oldest : z->oldest;
    a->minor |= z->minor;
    a->adult |= z->adult;
    a->married |= z->married;
    a->anchored |= z->anchored;
    a->kinds = kinds_of(a);
    z->alive = false;
    z->kinds = 0;
    p->alive--;
}

/* Whether a child of this age may follow the last mother of a run. */
static bool
may_follow(const block *b, uint32_t root, int age)
{
    int mother = 127;
    for (uint32_t i = root; i != NONE; i = b->s->after[i]) {
        bool is = rh_person_sex(b->w[i]) == RH_FEMALE && rh_person_children(b->w[i]) > 0;
        mother = is ? b->s->age[i] : mother;
    }
    return mother >= age + MOTHER_GAP_LOW;
}

/* Take a unit about `gap` years older (negative: younger) than `age` and not outside [low,
 * high] of it. */
typedef struct reach {
    int gap, low, high;
} reach;

static const reach parents_of = {GENERATION, MOTHER_GAP_LOW, MOTHER_GAP_HIGH};
static const reach children_of = {-GENERATION, -MOTHER_GAP_HIGH, -MOTHER_GAP_LOW - 1};
static const reach grandparents_of = {2 * GENERATION, 34, 80};

static uint32_t
take_within(shelf *s, int age, reach r)
{
    return shelf_take(s, age + r.gap, age + r.low, age + r.high);
}

/* Age by which others look for a unit: its oldest generation's when it has three. */
static unsigned
age_of_parents(const unit *u)
{
    return u->depth >= 3 ? u->oldest : u->parent;
}

/* Units in `list` that have the kind; branch-free, since the answer is unpredictable. */
static uint32_t
list_kind(const plan *p, enum kind kind, uint32_t *list)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < p->n; i++) {
        list[n] = i;
        n += (uint32_t)p->u[i].kinds >> kind & 1u;
    }
    return n;
}

/* Units of kind `who` join units of kind `whom` within reach, at most `most` times and until
 * the number of households is met; nobody leaves a home of one when only `keep` of them are
 * left. A reach to younger ones adds a generation. Back: a unit may be joined more than once.
 * Returns the joins made. */
static uint32_t
join_all(plan *p, enum kind who, enum kind whom, reach r, uint32_t most, uint32_t keep,
         bool back)
{
    rh_nest *s = p->b->s;
    shelf homes = {.next = s->next_a};
    uint32_t done = 0, *seekers = s->next_b, *hosts = s->order;
    uint32_t n = most == 0 || p->alive <= p->target ? 0 : list_kind(p, who, seekers);
    uint32_t n_hosts = n == 0 ? 0 : list_kind(p, whom, hosts);
    for (uint32_t h = 0; h < n_hosts; h++) {
        shelf_put(&homes, age_of_parents(&p->u[hosts[h]]), hosts[h]);
    }
    for (uint32_t k = 0; k < n && done < most && p->alive > p->target && homes.filled != 0;
         k++) {
        uint32_t i = seekers[k];
        const unit *u = &p->u[i];
        if (!((uint32_t)u->kinds >> who & 1u) || (u->size == 1 && p->singles <= keep)) {
            continue;
        }
        uint32_t into = take_within(&homes, u->oldest, r);
        if (into == NONE) {
            continue;
        }
        bool free = into != i && p->u[into].alive;
        if (back || !free) {
            shelf_put(&homes, age_of_parents(&p->u[into]), into);
        }
        if (!free) {
            continue;
        }
        unsigned depth = r.gap < 0 ? p->u[into].depth + 1u : 2;
        join(p, into, i, depth > 4 ? 4 : depth);
        done++;
    }
    return done;
}

/* Children without an adult in the leaf go to grandparents, else to anyone old enough. */
static void
join_orphans(plan *p)
{
    shelf elders = {.next = p->b->s->next_a}, adults = {.next = p->b->s->next_b};
    uint32_t orphans = 0;
    for (uint32_t i = 0; i < p->n; i++) {
        orphans += !p->u[i].adult;
    }
    for (uint32_t i = 0; i < p->n && orphans > 0; i++) {
        if (is_elder(&p->u[i])) {
            shelf_put(&elders, p->u[i].parent, i);
        } else if (p->u[i].adult) {
            shelf_put(&adults, p->u[i].parent, i);
        }
    }
    for (uint32_t i = 0; i < p->n && orphans > 0; i++) {
        const unit *u = &p->u[i];
        if (u->adult) {
            continue;
        }
        uint32_t into = take_within(&elders, u->oldest, grandparents_of);
        into = into != NONE ? into : take_within(&adults, u->oldest, parents_of);
        if (into != NONE &&
            (u->anchored || may_follow(p->b, root_of(p->b->s, p->u[into].root), u->oldest))) {
            join(p, into, i, 2);
        }
    }
}

/* Anybody who is alone and has no one elsewhere shares a home with the next unit of the list.
 */
static void
join_neighbours(plan *p)
{
    uint32_t into = 0;
    for (uint32_t i = 0; i < p->n && p->alive > p->target; i++) {
        const unit *u = &p->u[i];
        if (!u->alive || u->size != 1 || !u->adult) {
            continue;
        }
        for (uint32_t tries = 0; tries < 4; tries++) {
            into = into + 1 < p->n ? into + 1 : 0;
            if (into != i && p->u[into].alive && p->u[into].adult &&
                !(u->anchored && p->u[into].anchored)) {
                join(p, into, i, 1);
                break;
            }
        }
    }
}

/* Homes of one generation and two or more persons beyond the number wanted. */
static uint32_t
spare_couples(const plan *p)
{
    uint32_t now = p->one_deep - p->singles;
    uint32_t wanted = p->keep_one > p->keep_singles ? p->keep_one - p->keep_singles : 0;
    return now > wanted ? now - wanted : 0;
}

/* Fit the number of households first, then their depth and the homes of one. */
static void
join_generations(plan *p)
{
    uint32_t any = p->n, keep = p->keep_singles;
    uint32_t three = (p->three + p->four) * 15 / 16; /* some come about by themselves */
    three -= join_all(p, KIND_widowed_grandparent, KIND_young_family, children_of, three, keep,
                      false);
    three -= join_all(p, KIND_grandparent, KIND_young_family, children_of, three, keep, false);
    join_all(p, KIND_last_parent, KIND_three_deep, children_of, p->four * 2 / 3, keep, false);
    join_all(p, KIND_elder, KIND_young_family, children_of, three, keep, false);
    /* A grown child with parents, grown children with elders: fewer homes of one, of one
     * generation. */
    join_all(p, KIND_grown_child, KIND_lone_parent, parents_of, spare_couples(p), keep, false);
    join_all(p, KIND_lone_elder, KIND_young_couple, children_of, spare_couples(p), keep, false);
    join_all(p, KIND_grown_child, KIND_deep_parent, parents_of, any, keep, true);
    join_all(p, KIND_elder, KIND_young_couple, children_of, (spare_couples(p) + 1) / 2, keep,
             false);
    join_all(p, KIND_lone_elder, KIND_younger_family, children_of, any, keep, true);
    join_all(p, KIND_grown_child, KIND_parent, parents_of, any, keep, true);
    join_all(p, KIND_elder, KIND_younger, children_of, any, keep, true);
    join_neighbours(p);
}

static void
households_away(block *b)
{
    for (uint32_t g = 0; g < b->n_groups; g++) {
        if (is_home(b, b->s->group[g].leaf) || b->s->group[g].count < 2) {
            continue;
        }
        plan p = open_plan(b, g);
        if (p.alive > p.target) {
            join_orphans(&p);
            join_all(&p, KIND_grown_child, KIND_parent, parents_of, p.n, p.keep_singles, true);
            join_neighbours(&p);
        }
    }
}

static void
households_home(block *b, shelf *parents)
{
    for (uint32_t g = 0; g < b->n_groups; g++) {
        if (!is_home(b, b->s->group[g].leaf)) {
            continue;
        }
        plan p = open_plan(b, g);
        join_orphans(&p);
        join_generations(&p);
        for (uint32_t i = 0; i < p.n; i++) {
            const unit *u = &p.u[i];
            if (u->alive && u->adult && u->oldest >= 38) {
                shelf_put(parents, u->oldest, root_of(b->s, u->root));
            }
        }
    }
}

/* Runs with nobody at home join a run of parents there. */
static void
link_runs(block *b, shelf *parents)
{
    rh_nest *s = b->s;
    rh_key key = rh_key_with(b->key, 2);
    for (uint32_t i = 0; i < b->n && parents->filled != 0; i++) {
        if (s->root[i] != i) {
            continue;
        }
        bool at_home = false;
        for (uint32_t j = i; j != NONE && !at_home; j = s->after[j]) {
            at_home =
                is_home(b, rh_person_residence(b->w[j])) && !rh_person_collective(b->w[j]);
        }
        bool never = rh_person_marital(b->w[i]) == RH_NEVER_MARRIED;
        if (at_home || rh_uniform(key, i) >= (never ? LINK_SINGLE : LINK_FAMILY)) {
            continue;
        }
        int age = s->age[i];
        uint32_t parent =
            shelf_take(parents, age + GENERATION, age + MOTHER_GAP_LOW, age + MOTHER_GAP_HIGH);
        if (parent == NONE) {
            continue;
        }
        uint32_t root = root_of(s, parent);
        if (is_minor(b, i) && !may_follow(b, root, age)) {
            continue;
        }
        append(s, root, i);
        if (++s->links[parent] < LINKS_MAX) {
            shelf_put(parents, s->age[i] + (unsigned)GENERATION, parent);
        }
    }
}

static unsigned
homestead_of(const block *b, uint32_t root)
{
    bool at_home = false, farmstead = false;
    for (uint32_t i = root; i != NONE; i = b->s->after[i]) {
        uint32_t leaf = rh_person_residence(b->w[i]);
        at_home |= is_home(b, leaf);
        farmstead |= leaf == rh_leaf(b->town, RH_RURAL);
    }
    bool rural = rh_person_hukou(b->w[root]) == RH_HUKOU_RURAL;
    bool street = b->region->town_kind[b->town] == RH_STREET;
    if (!farmstead && (street || !rural)) {
        return RH_HOMESTEAD_NONE;
    }
    return at_home ? RH_HOMESTEAD_LIVED_IN : RH_HOMESTEAD_IDLE;
}

/* Write the runs; a sample keeps whole runs. Returns the words written (or only counted when
 * out is NULL). */
static uint32_t
write_runs(const block *b, double sample, rh_person *out)
{
    const rh_nest *s = b->s;
    rh_key key = rh_key_with(b->key, 3);
    uint32_t written = 0, run = 0;
    for (uint32_t i = 0; i < b->n; i++) {
        if (s->root[i] != i || (sample < 1 && rh_uniform(key, run++) >= sample)) {
            continue;
        }
        uint32_t first = written;
        for (uint32_t j = i; j != NONE; j = s->after[j], written++) {
            if (out != NULL) {
                out[written] = rh_person_with_next(b->w[j], 0);
            }
        }
        if (out != NULL) {
            out[first] = rh_person_with_homestead(
                rh_person_with_head(rh_person_with_next(b->w[i], 0), 1), homestead_of(b, i));
        }
    }
    return written;
}

static rh_status
nest_alloc(rh_nest *s, size_t n, rh_err *err)
{
    RH_NEW(s->after, n, err);
    RH_NEW(s->root, n, err);
    RH_NEW(s->tail, n, err);
    RH_NEW(s->next_a, n, err);
    RH_NEW(s->next_b, n, err);
    RH_NEW(s->next_c, n, err);
    RH_NEW(s->seen, n, err);
    RH_NEW(s->order, n, err);
    RH_NEW(s->role, n, err);
    RH_NEW(s->age, n, err);
    RH_NEW(s->left, n, err);
    RH_NEW(s->links, n, err);
    RH_NEW(s->group, n, err);
    RH_NEW(s->unit, n, err);
    s->room = n;
    return RH_OK;
}

void
rh_nest_release(rh_nest *s)
{
    void *const pieces[] = {s->order,  s->role,   s->after,  s->root, s->tail,
                            s->next_a, s->next_b, s->next_c, s->seen, s->age,
                            s->left,   s->links,  s->group,  s->unit};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        rh_free(pieces[i]);
    }
    *s = (rh_nest){0};
}

static rh_status
nest_room(rh_nest *s, size_t n, rh_err *err)
{
    if (n <= s->room) {
        return RH_OK;
    }
    rh_nest_release(s);
    return nest_alloc(s, n + n / 4 + 1024, err);
}

rh_status
rh_nest_build(rh_nest *nest, const rh_region *region, const rh_profile *profile, uint32_t town,
              rh_person *member, uint32_t count, rh_key key, double sample, rh_store *store,
              rh_err *err)
{
    if (count == 0) {
        return RH_OK;
    }
    RH_TRY(nest_room(nest, count, err));
    block b = {.s = nest,
               .region = region,
               .profile = profile,
               .w = member,
               .n = count,
               .town = town,
               .key = key};
    open_block(&b, region->base_year);
    balance(&b);
    order_by_role(&b);
    couples(&b);
    children(&b);
    shelf parents = {.next = nest->next_c};
    households_away(&b);
    households_home(&b, &parents);
    link_runs(&b, &parents);
    uint32_t words = sample < 1 ? write_runs(&b, sample, NULL) : count;
    RH_TRY(rh_block_reserve(store, town, words, err));
    store->block[town].count = write_runs(&b, sample, store->block[town].word);
    return RH_OK;
}
