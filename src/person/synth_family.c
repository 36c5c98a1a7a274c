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
    LINKS_MAX = 2 /* runs from away that one run of parents takes */
};

#define NONE UINT32_MAX

/* Weight of a mother's room for children when she lives away, against one who lives with the
 * child (about 29 million children lived with neither parent in 2010, and 61 million without
 * one of them). */
#define LEFT_BEHIND_WEIGHT 0.8

/* Share of runs away that belong to a run of parents at home: the never married, others. */
#define LINK_SINGLE 0.9
#define LINK_FAMILY 0.5

/* Age of the husband minus age of the wife, 16 equal shares. */
static const int8_t couple_gap[16] = {0, 1, 2, 2, 3, 1, 0, -1, 4, 2, 1, 3, 5, -2, 6, 2};

/* Members that live in one leaf. */
struct rh_nest_group {
    uint32_t start, count, leaf;
};

/* A household in the making: the part of one run that lives in the group's leaf. */
typedef struct rh_nest_unit {
    uint32_t root, size;
    uint8_t oldest,
        parent; /* ages: of all; of the youngest who has been married, or else the oldest */
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
    uint32_t leaf = NONE;
    for (uint32_t i = 0; i < b->n; i++) {
        rh_person w = b->w[i];
        s->after[i] = NONE;
        s->root[i] = s->tail[i] = i;
        s->seen[i] = 0;
        s->age[i] = (uint8_t)rh_person_age(w, base_year);
        s->left[i] = (uint8_t)rh_person_children(w);
        s->links[i] = 0;
        if (rh_person_residence(w) != leaf) {
            leaf = rh_person_residence(w);
            s->group[b->n_groups++] = (struct rh_nest_group){.start = i, .leaf = leaf};
        }
        s->group[b->n_groups - 1].count++;
    }
}

/* Change the marital state of `change` out of `among` members that `pick` accepts, evenly
 * spread. */
typedef bool picker(rh_person w, unsigned age);

static bool
marries(rh_person w, unsigned age)
{
    return rh_person_marital(w) != RH_MARRIED && age >= 22 && age < 56;
}

static bool
unmarries_easily(rh_person w, unsigned age)
{
    return rh_person_marital(w) == RH_MARRIED && (age < 30 || age >= 62);
}

static bool
is_married(rh_person w, unsigned age)
{
    (void)age;
    return rh_person_marital(w) == RH_MARRIED;
}

static uint32_t
change_state(block *b, unsigned sex, picker *pick, uint32_t change)
{
    uint32_t among = 0, done = 0;
    for (uint32_t i = 0; i < b->n && change > 0; i++) {
        among += rh_person_sex(b->w[i]) == sex && pick(b->w[i], b->s->age[i]);
    }
    change = change < among ? change : among;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < b->n && done < change; i++) {
        rh_person w = b->w[i];
        unsigned age = b->s->age[i];
        if (rh_person_sex(w) != sex || !pick(w, age)) {
            continue;
        }
        sum += change;
        if (sum < among) {
            continue;
        }
        sum -= among;
        done++;
        unsigned state = rh_person_marital(w) != RH_MARRIED ? RH_MARRIED
                         : age < 32                         ? RH_NEVER_MARRIED
                         : age < 55                         ? RH_DIVORCED
                                                            : RH_WIDOWED;
        w = rh_person_with_marital(w, state);
        if (state == RH_NEVER_MARRIED) {
            w = rh_person_with_children(w, 0);
            b->s->left[i] = 0;
        }
        b->w[i] = w;
    }
    return done;
}

static void
balance(block *b)
{
    uint32_t married[2] = {0, 0};
    for (uint32_t i = 0; i < b->n; i++) {
        married[rh_person_sex(b->w[i])] += rh_person_marital(b->w[i]) == RH_MARRIED;
    }
    unsigned more = married[RH_FEMALE] > married[RH_MALE] ? RH_FEMALE : RH_MALE;
    uint32_t surplus = married[more] - married[1 - more];
    surplus -= change_state(b, 1 - more, marries, surplus / 2);
    surplus -= change_state(b, more, unmarries_easily, surplus);
    change_state(b, more, is_married, surplus);
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
        uint32_t from = s->group[g].start, to = from + s->group[g].count;
        brides.filled = 0;
        for (uint32_t i = from; i < to; i++) {
            if (rh_person_marital(b->w[i]) == RH_MARRIED &&
                rh_person_sex(b->w[i]) == RH_FEMALE) {
                shelf_put(&brides, s->age[i], i);
            }
        }
        for (uint32_t i = from; i < to; i++) {
            if (rh_person_marital(b->w[i]) != RH_MARRIED ||
                rh_person_sex(b->w[i]) == RH_FEMALE) {
                continue;
            }
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
    for (uint32_t i = 0; i < b->n && n_men > 0; i++) {
        if (rh_person_marital(b->w[i]) == RH_MARRIED && rh_person_sex(b->w[i]) == RH_FEMALE &&
            s->root[i] == i) {
            shelf_put(&brides, s->age[i], i);
        }
    }
    for (uint32_t m = 0; m < n_men; m++) {
        int age = s->age[men[m]];
        wed(s, men[m], shelf_take(&brides, age - 2, 0, 127));
    }
}

static bool
may_have_children(const block *b, uint32_t i)
{
    rh_person w = b->w[i];
    return rh_person_sex(w) == RH_FEMALE && b->s->left[i] > 0 && b->s->age[i] < 60 &&
           !rh_person_collective(w);
}

static bool
is_minor(const block *b, uint32_t i)
{
    return b->s->age[i] < MINOR && rh_person_marital(b->w[i]) == RH_NEVER_MARRIED;
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

static void
fill_mothers(block *b, shelf *mothers, uint32_t from, uint32_t to, uint64_t *room)
{
    for (uint32_t i = from; i < to; i++) {
        if (may_have_children(b, i)) {
            shelf_put(mothers, b->s->age[i], i);
            *room += b->s->age[i] < 50 ? b->s->left[i] : 0;
        }
    }
}

static void
children(block *b)
{
    rh_nest *s = b->s;
    shelf here = {.next = s->next_a}, away = {.next = s->next_b};
    uint64_t room_away = 0;
    for (uint32_t g = 0; g < b->n_groups; g++) {
        uint32_t from = s->group[g].start, to = from + s->group[g].count;
        if (is_home(b, s->group[g].leaf)) {
            continue;
        }
        uint64_t unused = 0;
        here.filled = 0;
        fill_mothers(b, &here, from, to, &unused);
        for (uint32_t i = from; i < to && here.filled != 0; i++) {
            if (is_minor(b, i) && !rh_person_collective(b->w[i])) {
                find_mother(b, &here, i, rh_draw(b->key, i));
            }
        }
        fill_mothers(b, &away, from, to, &room_away);
    }
    for (uint32_t g = 0; g < b->n_groups; g++) {
        uint32_t from = s->group[g].start, to = from + s->group[g].count;
        if (!is_home(b, s->group[g].leaf)) {
            continue;
        }
        uint64_t room_here = 0;
        here.filled = 0;
        fill_mothers(b, &here, from, to, &room_here);
        double weight = LEFT_BEHIND_WEIGHT * (double)room_away;
        double behind = weight > 0 ? weight / (weight + (double)room_here) : 0;
        for (uint32_t i = from; i < to; i++) {
            if (!is_minor(b, i)) {
                continue;
            }
            uint64_t bits = rh_draw(b->key, i);
            bool elsewhere = rh_unit(bits) < behind;
            if (!find_mother(b, elsewhere ? &away : &here, i, bits)) {
                find_mother(b, elsewhere ? &here : &away, i, bits);
            }
        }
    }
}

/* The units of one group, and how many to join. */
typedef struct plan {
    block *b;
    unit *u;
    uint32_t n, alive, target, singles;
} plan;

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
    if (!u->married) {
        u->parent = u->oldest;
    }
}

static plan
open_plan(block *b, uint32_t g)
{
    rh_nest *s = b->s;
    plan p = {.b = b, .u = s->unit};
    uint32_t from = s->group[g].start, to = from + s->group[g].count, persons = 0;
    for (uint32_t i = from; i < to; i++) {
        if (rh_person_collective(b->w[i])) {
            continue;
        }
        persons++;
        uint32_t root = root_of(s, i);
        if (s->seen[root] == g + 1) {
            continue;
        }
        s->seen[root] = g + 1;
        describe_unit(b, s->group[g].leaf, root, &p.u[p.n]);
        p.singles += p.u[p.n].size == 1;
        p.n++;
    }
    p.alive = p.n;
    const rh_profile *profile = &b->profile[b->region->town.parent[s->group[g].leaf / 2]];
    double want = persons * (double)profile->households[is_home(b, s->group[g].leaf) ? 0 : 1];
    p.target = (uint32_t)(want + rh_uniform(rh_key_with(b->key, 1), g));
    return p;
}

/* Unit `from` joins the household of unit `into`. */
static void
join(plan *p, uint32_t into, uint32_t from)
{
    unit *a = &p->u[into], *z = &p->u[from];
    uint32_t ra = root_of(p->b->s, a->root), rz = root_of(p->b->s, z->root);
    if (z->oldest > a->oldest && z->oldest < 65) { /* the elder heads the run until old age */
        append(p->b->s, rz, ra);
    } else {
        append(p->b->s, ra, rz);
    }
    p->singles -= (uint32_t)(a->size == 1) + (uint32_t)(z->size == 1);
    a->size += z->size;
    a->oldest = a->oldest > z->oldest ? a->oldest : z->oldest;
    a->minor |= z->minor;
    a->adult |= z->adult;
    a->anchored |= z->anchored;
    z->alive = false;
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

/* Join unit `from` to the unit of the shelf that is nearest to `gap` years older. */
static bool
join_nearest(plan *p, shelf *s, uint32_t from, int age, int gap, int low, int high, bool back)
{
    uint32_t into = shelf_take(s, age + gap, age + low, age + high);
    if (into == NONE) {
        return false;
    }
    if (back) {
        shelf_put(s, p->u[into].parent, into);
    }
    if (into == from || (!p->u[from].adult && !p->u[from].anchored &&
                         !may_follow(p->b, root_of(p->b->s, p->u[into].root), age))) {
        return false;
    }
    join(p, into, from);
    return true;
}

static bool
is_elder(const unit *u)
{
    return u->alive && u->adult && !u->minor && u->oldest >= ELDER;
}

/* Children without an adult in the leaf go to grandparents, else to anyone old enough. */
static void
join_orphans(plan *p)
{
    shelf elders = {.next = p->b->s->next_a}, adults = {.next = p->b->s->next_b};
    for (uint32_t i = 0; i < p->n; i++) {
        if (is_elder(&p->u[i])) {
            shelf_put(&elders, p->u[i].parent, i);
        } else if (p->u[i].adult) {
            shelf_put(&adults, p->u[i].parent, i);
        }
    }
    for (uint32_t i = 0; i < p->n; i++) {
        const unit *u = &p->u[i];
        if (u->adult) {
            continue;
        }
        int age = u->oldest;
        if (!join_nearest(p, &elders, i, age, 2 * GENERATION, 34, 80, false)) {
            join_nearest(p, &adults, i, age, GENERATION, MOTHER_GAP_LOW, MOTHER_GAP_HIGH, true);
        }
    }
}

/* Up to `wanted` elder units join units with children: three generations. */
static void
join_grandparents(plan *p, uint32_t wanted)
{
    shelf young = {.next = p->b->s->next_a};
    for (uint32_t i = 0; i < p->n; i++) {
        const unit *u = &p->u[i];
        if (u->alive && u->minor && u->adult && u->parent < 60 && u->oldest < 60) {
            shelf_put(&young, u->parent, i);
        }
    }
    for (unsigned pass = 0; pass < 2; pass++) { /* the widowed first */
        for (uint32_t i = 0; i < p->n && wanted > 0 && p->alive > p->target; i++) {
            const unit *u = &p->u[i];
            if (is_elder(u) && (u->size == 1) == (pass == 0) &&
                (pass == 1 || u->oldest >= 58)) {
                wanted -= join_nearest(p, &young, i, u->oldest, -GENERATION, -MOTHER_GAP_HIGH,
                                       -17, false);
            }
        }
    }
}

/* Adults who live alone join parents (never married) or grown children, while more than `keep`
 * live alone. */
static void
join_singles(plan *p, uint32_t keep)
{
    shelf parents = {.next = p->b->s->next_a};
    for (uint32_t i = 0; i < p->n; i++) {
        if (p->u[i].alive && p->u[i].married && p->u[i].parent >= 34) {
            shelf_put(&parents, p->u[i].parent, i);
        }
    }
    for (uint32_t i = 0; i < p->n && p->singles > keep && p->alive > p->target; i++) {
        const unit *u = &p->u[i];
        if (u->alive && u->size == 1 && u->adult && !u->married && !u->anchored) {
            join_nearest(p, &parents, i, u->oldest, GENERATION, MOTHER_GAP_LOW, MOTHER_GAP_HIGH,
                         true);
        }
    }
}

/* Elders join any younger family, then anybody free joins a neighbour in the list, until the
 * target is met. */
static void
join_rest(plan *p, uint32_t keep)
{
    shelf young = {.next = p->b->s->next_a};
    for (uint32_t i = 0; i < p->n; i++) {
        if (p->u[i].alive && p->u[i].adult && p->u[i].parent < 62) {
            shelf_put(&young, p->u[i].parent, i);
        }
    }
    for (unsigned pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < p->n && p->alive > p->target; i++) {
            const unit *u = &p->u[i];
            bool single = u->size == 1;
            if (is_elder(u) && single == (pass == 0) && (!single || p->singles > keep)) {
                join_nearest(p, &young, i, u->oldest, -GENERATION, -MOTHER_GAP_HIGH, -17,
                             false);
            }
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
        if (!u->alive || u->size != 1 || u->anchored || !u->adult) {
            continue;
        }
        for (uint32_t tries = 0; tries < 4; tries++) {
            into = into + 1 < p->n ? into + 1 : 0;
            if (into != i && p->u[into].alive && p->u[into].adult) {
                join(p, into, i);
                break;
            }
        }
    }
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
            join_singles(&p, 0);
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
        const rh_profile *profile = &b->profile[b->region->town.parent[b->town]];
        plan p = open_plan(b, g);
        uint32_t keep = (uint32_t)((float)p.target * profile->one_person);
        join_orphans(&p);
        join_grandparents(&p, (uint32_t)((float)p.target * profile->three_generations));
        join_singles(&p, keep);
        join_rest(&p, keep);
        join_neighbours(&p);
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
                out[written] = b->w[j];
            }
        }
        if (out != NULL) {
            out[first] =
                rh_person_with_homestead(rh_person_with_head(b->w[i], 1), homestead_of(b, i));
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
    void *const pieces[] = {s->after, s->root, s->tail, s->next_a, s->next_b, s->next_c,
                            s->seen,  s->age,  s->left, s->links,  s->group,  s->unit};
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
