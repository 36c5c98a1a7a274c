/* Households of one block.
 *
 * A *census household* is the members of one run that live in the same leaf outside collective
 * households. The steps:
 *   units     couples, adults and parents with children, leaf by leaf
 *   merging   units of a group join until it has the number of households that its county asks for:
 *             grandparents, adult children in the parents' home, relatives
 *   linking   people away join the run of parents at home, which changes no census household
 * Every loop walks units in a fixed order and every draw is keyed (Y3). ASSUMPTION (假设): the ages,
 * shares and orders of joining in the tables and constants below. */
#include "person/synth_nest.h"

#include <string.h>

enum {
    GENERATION = 26, /* usual gap between generations */
    GRANDPARENT_LOW = 34,
    HOSTS = 3, /* homes to choose from for each unit that will join */
    HOSTS_LEAST = 32,
    TOUR_LEAST = 16, /* shorter lists are walked as they stand */
    LINKS_MAX = 2,   /* runs from away that one run of parents takes */
    HEAD_UNTIL = 65  /* elders head the run until then */
};

/* Share of runs away that belong to a run of parents at home: the never married, others. */
#define LINK_SINGLE 0.9
#define LINK_FAMILY 0.5

/* What a unit is to others. Columns: oldest from, below; parent below; generations from, to; of one
 * person; adult; married; not anchored (0 any, 1 required; one person: 2 refused). */
#define KIND_LIST(X)                                                                           \
    /* parents whose children have grown */                                                    \
    X(ELDER, 48, 255, 255, 1, 1, 0, 1, 0, 0)                                                   \
    X(GRANDPARENT, 56, 76, 255, 1, 1, 0, 1, 0, 0)                                              \
    X(LONE_GRANDPARENT, 56, 76, 255, 1, 1, 1, 1, 0, 0)                                         \
    X(LAST_PARENT, 74, 255, 255, 1, 1, 0, 1, 0, 0)                                             \
    X(LONE_ELDER, 48, 255, 255, 1, 1, 1, 1, 0, 0)                                              \
    X(GROWN_CHILD, 0, 255, 255, 1, 4, 1, 1, 2, 1)                                              \
    X(YOUNG_FAMILY, 0, 60, 60, 2, 2, 0, 1, 0, 0)                                               \
    X(THREE_DEEP, 0, 255, 255, 3, 3, 0, 0, 0, 0)                                               \
    /* couples and widowed whose unmarried children may live with them */                      \
    X(LONE_PARENT, 34, 255, 255, 1, 1, 0, 0, 1, 0)                                             \
    X(YOUNG_COUPLE, 0, 255, 50, 1, 1, 2, 0, 1, 0)                                              \
    X(PARENT, 34, 255, 255, 1, 4, 0, 0, 1, 0)                                                  \
    X(DEEP_PARENT, 34, 255, 255, 2, 4, 0, 0, 1, 0)                                             \
    X(YOUNGER, 0, 255, 62, 1, 4, 0, 1, 0, 0)                                                   \
    X(YOUNGER_FAMILY, 0, 255, 62, 2, 4, 0, 1, 0, 0)                                            \
    X(ADULT, 0, 255, 255, 1, 4, 0, 1, 0, 0)                                                    \
    X(ORPHAN, 0, 255, 255, 1, 4, 0, 2, 0, 0)

enum kind {
#define X(name, ...) KIND_##name,
    KIND_LIST(X)
#undef X
        KINDS
};

static const struct kind_row {
    uint8_t oldest_from, oldest_below, parent_below, depth_from, depth_to, single, adult,
        married, loose;
} kind_rows[KINDS] = {
#define X(name, ...) {__VA_ARGS__},
    KIND_LIST(X)
#undef X
};

/* Whether a condition of the table (0 any, 1 required, 2 refused) admits `is`. */
static bool
admits(uint8_t condition, bool is)
{
    return condition == 0 || (condition == 1) == is;
}

enum { STATE_SINGLE = 8 }; /* depth - 1 in bits 5 and 6, one person, flags */

void
rh_nest_make_kinds(rh_nest_kinds *out)
{
    memset(out, 0, sizeof *out);
    for (unsigned k = 0; k < KINDS; k++) {
        const struct kind_row *row = &kind_rows[k];
        for (unsigned age = 0; age < RH_KEYS; age++) {
            bool of_age = age >= row->oldest_from && age < row->oldest_below;
            out->oldest[age] |= (uint16_t)(of_age << k);
            out->parent[age] |= (uint16_t)((age < row->parent_below) << k);
        }
        for (unsigned i = 0; i < sizeof out->state / sizeof out->state[0]; i++) {
            unsigned depth = 1 + (i >> 5);
            bool is = depth >= row->depth_from && depth <= row->depth_to &&
                      admits(row->single, i >> 4 & 1) &&
                      admits(row->adult, (i & RH_UNIT_ADULT) != 0) &&
                      admits(row->married, (i & RH_UNIT_MARRIED) != 0) &&
                      (!row->loose || !(i & RH_UNIT_ANCHORED));
            out->state[i] |= (uint16_t)(is << k);
        }
    }
}

static inline uint16_t
kinds_of(const rh_nest_kinds *k, const rh_nest_unit *u)
{
    unsigned state = (u->depth - 1u) << 5 | (unsigned)(u->size == 1) << 4 | (u->flags & 15u);
    return k->oldest[u->oldest] & k->parent[u->parent] & k->state[state];
}

/* First in, first out at each age. Entry i of the caller is link RH_KEYS + i; the link of an age itself
 * leads to its first entry, `last` to its last one, or to itself. No branches: they would be
 * unpredictable. */
typedef struct shelf {
    __uint128_t filled;
    uint32_t *link; /* the caller's: RH_KEYS more than entries */
    uint32_t last[RH_KEYS];
} shelf;

static void
shelf_open(shelf *s, uint32_t *link)
{
    s->filled = 0;
    s->link = link;
    for (uint32_t age = 0; age < RH_KEYS; age++) {
        s->last[age] = age;
    }
}

static inline void
shelf_put(shelf *s, unsigned age, uint32_t i)
{
    age = age < RH_KEYS ? age : RH_KEYS - 1;
    s->link[s->last[age]] = RH_KEYS + i;
    s->last[age] = RH_KEYS + i;
    s->filled |= (__uint128_t)1 << age;
}

/* Take the entry nearest in age to `want` within [low, high], or RH_NOBODY. */
static uint32_t
shelf_take(shelf *s, int want, int low, int high)
{
    enum { NOT_FOUND = 1000 };
    low = low < 0 ? 0 : low;
    high = high > 127 ? 127 : high;
    if (low > high || s->filled == 0) {
        return RH_NOBODY;
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
        return RH_NOBODY;
    }
    int age = above <= below ? want + above : want - below;
    uint32_t first = s->link[age];
    bool only = first == s->last[age];
    s->link[age] = s->link[first];
    s->last[age] = only ? (uint32_t)age : s->last[age];
    s->filled &= ~((__uint128_t)only << age);
    return first - RH_KEYS;
}

/* Runs. */

static inline uint32_t
root_of(rh_nest *s, uint32_t u)
{
    while (s->root[u] != u) {
        u = s->root[u] = s->root[s->root[u]];
    }
    return u;
}

/* Run `z` becomes the end of run `a` (both roots). */
static inline void
append(rh_nest *s, uint32_t a, uint32_t z)
{
    s->after[s->tail[a]] = z;
    s->tail[a] = s->tail[z];
    s->root[z] = a;
}

/* Put the run of one unit `z` directly behind unit `a`. */
static void
put_behind(rh_nest *s, uint32_t a, uint32_t z)
{
    uint32_t root = root_of(s, a);
    s->after[z] = s->after[a];
    s->after[a] = z;
    s->root[z] = root;
    s->tail[root] = s->tail[root] == a ? z : s->tail[root];
}

/* Units of one group, counted while they are made. */
typedef struct maker {
    rh_nest_block *b;
    uint32_t leaf;
} maker;

static inline rh_nest_unit *
new_unit(const maker *m, uint32_t anchor, unsigned flags)
{
    rh_nest_block *b = m->b;
    rh_nest *s = b->s;
    uint32_t u = b->n_units++;
    s->root[u] = s->tail[u] = u;
    s->after[u] = RH_NOBODY;
    s->unit[u] = (rh_nest_unit){.anchor = anchor,
                                .first = anchor,
                                .leaf = m->leaf,
                                .depth = 1,
                                .flags = (uint8_t)flags};
    return &s->unit[u];
}

/* A member of age `age` who counts when `counts`. */
static inline void
count_in(rh_nest_unit *u, unsigned age, bool counts)
{
    unsigned oldest = u->oldest;
    u->size = (uint16_t)(u->size + counts);
    age = counts ? age : 0;
    oldest = age > oldest ? age : oldest;
    u->oldest = (uint8_t)oldest;
}

/* Count the children of the anchor who live with her. */
static inline void
count_children(const maker *m, rh_nest_unit *u)
{
    unsigned family = m->b->s->family[u->anchor], counted = family / RH_FAMILY_COUNTED & 3;
    u->kids = family & RH_FAMILY_HERE;
    u->size = (uint16_t)(u->size + counted);
    u->flags = (uint8_t)(u->flags | (counted > 0 ? RH_UNIT_MINOR : 0) |
                         (family / RH_FAMILY_BEHIND & 3 ? RH_UNIT_ANCHORED : 0));
}

static inline void
close_unit(const maker *m, rh_nest_unit *u)
{
    rh_nest_block *b = m->b;
    unsigned both = RH_UNIT_MINOR | RH_UNIT_ADULT;
    u->parent = u->flags & RH_UNIT_MARRIED ? u->parent : u->oldest;
    u->depth = (u->flags & both) == both ? 2 : 1;
    u->flags = (uint8_t)(u->flags | (u->size > 0 ? RH_UNIT_ALIVE : 0));
    b->s->kinds[u - b->s->unit] = u->size > 0 ? kinds_of(&b->s->kind_table, u) : 0;
}

/* A wife, her husband if he lives here, her children here. */
static void
wife_unit(const maker *m, uint32_t i)
{
    rh_nest_block *b = m->b;
    uint32_t man = b->s->partner[i];
    rh_person w = b->w[i], h = b->w[man];
    bool together = rh_person_residence(h) == m->leaf, counts = !rh_person_collective(w),
         he_counts = together && !rh_person_collective(h);
    unsigned age = rh_nest_age(b, i), his = rh_nest_age(b, man);
    rh_nest_unit *u = new_unit(m, i, together ? RH_UNIT_HUSBAND : RH_UNIT_ANCHORED);
    u->first = together ? man : i;
    b->s->unit_of[i] = b->n_units - 1;
    count_in(u, age, counts);
    count_in(u, his, he_counts);
    unsigned parent = counts ? age : his;
    parent = he_counts && his < parent ? his : parent;
    u->parent = (uint8_t)parent;
    u->flags =
        (uint8_t)(u->flags | (counts || he_counts ? RH_UNIT_ADULT | RH_UNIT_MARRIED : 0));
    count_children(m, u);
    close_unit(m, u);
}

/* An adult without a partner here: alone or, a woman who has been married, with her children. */
static inline void
adult_unit(const maker *m, uint32_t i, unsigned flags)
{
    rh_nest_block *b = m->b;
    rh_person w = b->w[i];
    bool counts = !rh_person_collective(w);
    rh_nest_unit *u = new_unit(m, i, flags);
    count_in(u, rh_nest_age(b, i), counts);
    u->parent = u->oldest;
    bool married = counts && rh_person_marital(w) != RH_NEVER_MARRIED;
    u->flags =
        (uint8_t)(u->flags | (counts ? RH_UNIT_ADULT : 0) | (married ? RH_UNIT_MARRIED : 0));
    if (flags & RH_UNIT_ANCHORED) { /* a husband away from his wife */
        b->s->unit_of[i] = b->n_units - 1;
        b->s->link[b->n_links++] = b->n_units - 1;
    } else {
        b->s->unit_of[i] = b->n_units - 1;
        count_children(m, u);
    }
    close_unit(m, u);
}

/* A child without its mother here; brothers and sisters left behind in one leaf stay together. */
static void
child_unit(const maker *m, uint32_t i)
{
    rh_nest_block *b = m->b;
    uint32_t mother = b->s->partner[i];
    if (mother == RH_NOBODY) {
        rh_nest_unit *u = new_unit(m, i, 0);
        count_in(u, rh_nest_age(b, i), !rh_person_collective(b->w[i]));
        u->flags |= RH_UNIT_MINOR;
        close_unit(m, u);
        return;
    }
    uint8_t *family = &b->s->family[mother];
    uint32_t *unit_of = &b->s->unit_of[mother];
    bool has_unit = *family & RH_FAMILY_HAS_UNIT;
    if (rh_person_residence(b->w[mother]) == m->leaf ||
        (has_unit && b->s->unit[*unit_of].leaf == m->leaf)) {
        return;
    }
    *family |= RH_FAMILY_HAS_UNIT;
    *unit_of = b->n_units; /* until her own unit is made: homes come first */
    b->s->link[b->n_links++] = b->n_units;
    rh_nest_unit *u = new_unit(m, mother, RH_UNIT_BEHIND | RH_UNIT_ANCHORED);
    unsigned first = *family & RH_FAMILY_HERE, n = *family / RH_FAMILY_BEHIND & 3;
    for (unsigned k = first; k < first + n; k++) {
        uint32_t child = b->s->kid[3 * (size_t)mother + k];
        rh_person w = b->w[child];
        count_in(u, rh_nest_age(b, child),
                 rh_person_residence(w) == m->leaf && !rh_person_collective(w));
    }
    u->flags |= RH_UNIT_MINOR;
    close_unit(m, u);
}

static void
make_units(rh_nest_block *b, rh_nest_group *group)
{
    const uint32_t *order = b->s->order + group->start;
    const uint16_t *role = group->role;
    maker m = {b, group->leaf};
    group->first_unit = b->n_units;
    for (uint32_t o = role[RH_WIFE]; o < role[RH_WIFE + 1]; o++) {
        wife_unit(&m, order[o]);
    }
    for (uint32_t o = role[RH_HUSBAND]; o < role[RH_HUSBAND + 1]; o++) {
        if (rh_person_residence(b->w[b->s->partner[order[o]]]) != group->leaf) {
            adult_unit(&m, order[o], RH_UNIT_ANCHORED);
        }
    }
    for (uint32_t o = role[RH_WIDOW]; o < role[RH_SINGLE + 1]; o++) {
        adult_unit(&m, order[o], 0);
    }
    for (uint32_t o = role[RH_CHILD]; o < role[RH_CHILD + 1]; o++) {
        child_unit(&m, order[o]);
    }
    group->n_units = b->n_units - group->first_unit;
}

/* Tie what lives apart: wives behind their husbands, then children left behind behind their mothers. */
static void
link_apart(rh_nest_block *b)
{
    rh_nest *s = b->s;
    for (uint32_t i = 0; i < b->n_links; i++) {
        const rh_nest_unit *u = &s->unit[s->link[i]];
        if (!(u->flags & RH_UNIT_BEHIND)) {
            append(s, s->link[i], s->unit_of[s->partner[u->anchor]]);
        }
    }
    for (uint32_t i = 0; i < b->n_links; i++) {
        const rh_nest_unit *u = &s->unit[s->link[i]];
        if (u->flags & RH_UNIT_BEHIND) {
            put_behind(s, s->unit_of[u->anchor], s->link[i]);
        }
    }
}

/* The units of one group, and what its households shall be. */
typedef struct plan {
    rh_nest_block *b;
    rh_nest_unit *u;
    uint16_t *kinds;
    uint32_t first, n;                 /* units */
    uint32_t alive, singles, one_deep; /* now: units, of one person, of one generation */
    uint32_t target, keep_singles, keep_one, three, four; /* wanted */
} plan;

/* A share of `total`, rounded up with the probability of the remainder. */
static uint32_t
share_of(uint32_t total, float share, double chance)
{
    return (uint32_t)(total * (double)share + chance);
}

static plan
open_plan(rh_nest_block *b, uint32_t g)
{
    const rh_nest_group *group = &b->s->group[g];
    plan p = {.b = b,
              .u = b->s->unit + group->first_unit,
              .kinds = b->s->kinds + group->first_unit,
              .first = group->first_unit,
              .n = group->n_units};
    uint32_t persons = 0;
    for (uint32_t i = 0; i < p.n; i++) {
        const rh_nest_unit *u = &p.u[i];
        bool alive = u->size > 0;
        persons += u->size;
        p.alive += alive;
        p.singles += u->size == 1;
        p.one_deep += alive && u->depth == 1;
    }
    const rh_profile *profile = &b->profile[b->region->town.parent[group->leaf / 2]];
    const rh_homes *homes = &profile->homes[!rh_nest_is_home(b, group->leaf)];
    double chance = rh_uniform(rh_key_with(b->key, 1), g);
    p.target = share_of(persons, homes->per_person, chance);
    p.keep_singles = share_of(p.target, homes->one_person, chance);
    p.keep_one = share_of(p.target, homes->one_generation, chance);
    p.three = share_of(p.target, homes->three_generations, chance);
    p.four = share_of(p.target, homes->four_generations, chance);
    return p;
}

static inline bool
is_kind(const plan *p, uint32_t i, enum kind kind)
{
    return (unsigned)p->kinds[i] >> kind & 1u;
}

/* Unit `from` joins the household of unit `into`, which then has `depth` generations. */
static void
join(plan *p, uint32_t into, uint32_t from, unsigned depth)
{
    rh_nest *s = p->b->s;
    rh_nest_unit *a = &p->u[into], *z = &p->u[from];
    uint32_t ra = root_of(s, p->first + into), rz = root_of(s, p->first + from);
    if (ra != rz) {
        if ((z->flags & RH_UNIT_ADULT) && z->oldest > a->oldest && z->oldest < HEAD_UNTIL) {
            append(s, rz, ra);
        } else {
            append(s, ra, rz);
        }
    }
    depth = depth > a->depth ? depth : a->depth;
    depth = depth > z->depth ? depth : z->depth;
    p->singles -= (uint32_t)(a->size == 1) + (uint32_t)(z->size == 1);
    p->one_deep -=
        (uint32_t)(a->depth == 1) + (uint32_t)(z->depth == 1) - (uint32_t)(depth == 1);
    a->size = (uint16_t)(a->size + z->size);
    a->depth = (uint8_t)depth;
    a->oldest = a->oldest > z->oldest ? a->oldest : z->oldest;
    a->flags |= z->flags & (RH_UNIT_MINOR | RH_UNIT_ADULT | RH_UNIT_MARRIED | RH_UNIT_ANCHORED);
    p->kinds[into] = kinds_of(&s->kind_table, a);
    z->flags = (uint8_t)(z->flags & ~RH_UNIT_ALIVE);
    p->kinds[from] = 0;
    p->alive--;
}

/* Whether a child of this age may follow the last mother of a run. */
static bool
may_follow(const rh_nest_block *b, uint32_t root, unsigned age)
{
    unsigned mother = RH_KEYS;
    for (uint32_t u = root; u != RH_NOBODY; u = b->s->after[u]) {
        const rh_nest_unit *unit = &b->s->unit[u];
        rh_person w = b->w[unit->anchor];
        bool is = !(unit->flags & RH_UNIT_BEHIND) && rh_person_children(w) > 0;
        mother = is ? rh_nest_age(b, unit->anchor) : mother;
    }
    return mother >= age + RH_MOTHER_GAP_LOW;
}

/* Take a unit about `gap` years older (negative: younger) than `age` and not outside [low,
 * high] of it. */
typedef struct reach {
    int gap, low, high;
} reach;

static const reach parents_of = {GENERATION, RH_MOTHER_GAP_LOW, RH_MOTHER_GAP_HIGH};
static const reach children_of = {-GENERATION, -RH_MOTHER_GAP_HIGH, -RH_MOTHER_GAP_LOW - 1};

static uint32_t
take_within(shelf *s, int age, reach r)
{
    return shelf_take(s, age + r.gap, age + r.low, age + r.high);
}

/* Age by which others look for a unit: its oldest generation's when it has three. */
static unsigned
age_of_parents(const rh_nest_unit *u)
{
    return u->depth >= 3 ? u->oldest : u->parent;
}

/* Units in `list` that have the kind. Four at a look: units of like age stand together, so that most
 * fours have none or all. */
static uint32_t
list_kind(const plan *p, enum kind kind, uint32_t *list)
{
    uint32_t n = 0, i = 0;
    for (; i + 4 <= p->n; i += 4) {
        uint64_t four;
        memcpy(&four, p->kinds + i, sizeof four);
        four = four >> kind & 0x0001000100010001ULL;
        if (four != 0) {
            for (unsigned k = 0; k < 4; k++) {
                list[n] = i + k;
                n += (uint32_t)(four >> 16 * k) & 1u;
            }
        }
    }
    for (; i < p->n; i++) {
        list[n] = i;
        n += (unsigned)p->kinds[i] >> kind & 1u;
    }
    return n;
}

/* A walk over a list that is sorted by age in an order that is not: every golden-ratio-th entry. */
typedef struct tour {
    uint32_t n, step, at;
} tour;

static tour
tour_of(uint32_t n)
{
    uint32_t step = n < TOUR_LEAST ? 1 : n * 5 / 8 + 1;
    while (n >= TOUR_LEAST && rh_nest_common_divisor(n, step) > 1) {
        step++;
    }
    return (tour){n, n > 1 ? step : 0, 0};
}

static inline uint32_t
tour_next(tour *t)
{
    uint32_t at = t->at, next = at + t->step;
    t->at = next >= t->n ? next - t->n : next;
    return at;
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
    uint32_t done = 0, *seekers = s->next_b, *hosts = s->next_c;
    uint32_t n = most == 0 || p->alive <= p->target ? 0 : list_kind(p, who, seekers);
    uint32_t n_hosts = n == 0 ? 0 : list_kind(p, whom, hosts);
    if (n_hosts == 0) {
        return 0;
    }
    uint32_t wanted = p->alive - p->target;
    wanted = wanted < most ? wanted : most;
    wanted = HOSTS * (wanted < n ? wanted : n) + HOSTS_LEAST;
    shelf homes;
    shelf_open(&homes, s->next_a);
    tour t = tour_of(n_hosts);
    for (uint32_t h = 0; h < n_hosts && h < wanted; h++) {
        uint32_t i = hosts[tour_next(&t)];
        shelf_put(&homes, age_of_parents(&p->u[i]), i);
    }
    t = tour_of(n);
    for (uint32_t k = 0; k < n && done < most && p->alive > p->target && homes.filled != 0;
         k++) {
        uint32_t i = seekers[tour_next(&t)];
        const rh_nest_unit *u = &p->u[i];
        if (!is_kind(p, i, who) || (u->size == 1 && p->singles <= keep)) {
            continue;
        }
        uint32_t into = take_within(&homes, u->oldest, r);
        if (into == RH_NOBODY) {
            continue;
        }
        bool free = into != i && (p->u[into].flags & RH_UNIT_ALIVE);
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

/* Units of a kind on a shelf, by the age of the parents. */
static void
put_kind(const plan *p, enum kind kind, shelf *homes)
{
    uint32_t *list = p->b->s->next_c, n = list_kind(p, kind, list);
    tour t = tour_of(n);
    for (uint32_t k = 0; k < n; k++) {
        uint32_t i = list[tour_next(&t)];
        shelf_put(homes, p->u[i].parent, i);
    }
}

/* Children without an adult in the leaf go to grandparents, else to anyone old enough. */
static void
join_orphans(plan *p)
{
    static const struct {
        enum kind kind;
        reach reach;
    } hosts[] = {{KIND_ELDER, {2 * GENERATION, GRANDPARENT_LOW, 80}},
                 {KIND_ADULT, {GENERATION, RH_MOTHER_GAP_LOW, RH_MOTHER_GAP_HIGH}}};
    rh_nest *s = p->b->s;
    uint32_t *orphans = s->next_b;
    for (unsigned h = 0; h < 2; h++) {
        uint32_t n = list_kind(p, KIND_ORPHAN, orphans);
        shelf homes = {.filled = 0};
        if (n > 0) {
            shelf_open(&homes, s->next_a);
            put_kind(p, hosts[h].kind, &homes);
        }
        tour t = tour_of(n);
        for (uint32_t k = 0; k < n && homes.filled != 0; k++) {
            uint32_t i = orphans[tour_next(&t)];
            const rh_nest_unit *u = &p->u[i];
            uint32_t into = take_within(&homes, u->oldest, hosts[h].reach);
            if (into != RH_NOBODY &&
                ((u->flags & RH_UNIT_ANCHORED) ||
                 may_follow(p->b, root_of(s, p->first + into), u->oldest))) {
                join(p, into, i, 2);
            }
        }
    }
}

/* Anybody who is alone and has no one elsewhere shares a home with the next unit of the list. */
static void
join_neighbours(plan *p)
{
    tour seekers = tour_of(p->n), hosts = tour_of(p->n);
    tour_next(&hosts);
    for (uint32_t k = 0; k < p->n && p->alive > p->target; k++) {
        uint32_t i = tour_next(&seekers);
        const rh_nest_unit *u = &p->u[i];
        if (!is_kind(p, i, KIND_ADULT) || u->size != 1) {
            continue;
        }
        for (uint32_t tries = 0; tries < 4; tries++) {
            uint32_t into = tour_next(&hosts);
            if (into != i && is_kind(p, into, KIND_ADULT) &&
                !(u->flags & p->u[into].flags & RH_UNIT_ANCHORED)) {
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
    wanted = wanted * 22 / 25; /* small groups away make more of them than is wished there */
    return now > wanted ? now - wanted : 0;
}

/* Fit the number of households first, then their depth and the homes of one. */
static void
join_generations(plan *p)
{
    uint32_t any = p->n, keep = p->keep_singles;
    uint32_t three = p->three + p->four;
    three -=
        join_all(p, KIND_LONE_GRANDPARENT, KIND_YOUNG_FAMILY, children_of, three, keep, false);
    three -= join_all(p, KIND_GRANDPARENT, KIND_YOUNG_FAMILY, children_of, three, keep, false);
    join_all(p, KIND_LAST_PARENT, KIND_THREE_DEEP, children_of, p->four, keep, false);
    join_all(p, KIND_ELDER, KIND_YOUNG_FAMILY, children_of, three, keep, false);
    /* A grown child with parents, grown children with elders: fewer homes of one, of one
     * generation. */
    join_all(p, KIND_GROWN_CHILD, KIND_LONE_PARENT, parents_of, spare_couples(p), keep, false);
    join_all(p, KIND_LONE_ELDER, KIND_YOUNG_COUPLE, children_of, spare_couples(p), keep, false);
    join_all(p, KIND_GROWN_CHILD, KIND_DEEP_PARENT, parents_of, any, keep, true);
    join_all(p, KIND_ELDER, KIND_YOUNG_COUPLE, children_of, (spare_couples(p) + 1) / 2, keep,
             false);
    join_all(p, KIND_LONE_ELDER, KIND_YOUNGER_FAMILY, children_of, any, keep, true);
    join_all(p, KIND_GROWN_CHILD, KIND_PARENT, parents_of, any, keep, true);
    join_all(p, KIND_ELDER, KIND_YOUNGER, children_of, any, keep, true);
    join_neighbours(p);
}

static void
households_away(rh_nest_block *b)
{
    for (uint32_t g = b->n_home; g < b->n_groups; g++) {
        if (b->s->group[g].n_units < 2) {
            continue;
        }
        plan p = open_plan(b, g);
        if (p.alive > p.target) {
            join_orphans(&p);
            join_all(&p, KIND_GROWN_CHILD, KIND_PARENT, parents_of, p.n, p.keep_singles, true);
            join_neighbours(&p);
        }
    }
}

static void
households_home(rh_nest_block *b)
{
    for (uint32_t g = 0; g < b->n_home; g++) {
        plan p = open_plan(b, g);
        join_orphans(&p);
        join_generations(&p);
    }
}

/* Runs with nobody at home, or only in a collective household there, join a run of parents. */
static void
link_runs(rh_nest_block *b)
{
    rh_nest *s = b->s;
    shelf parents;
    shelf_open(&parents, s->next_a);
    uint8_t *links = s->links; /* by home unit */
    bool *at_home = s->at_home;
    rh_key key = rh_key_with(b->key, 2);
    memset(at_home, 0, b->n_units * sizeof *at_home);
    memset(links, 0, b->n_home_units * sizeof *links);
    for (uint32_t u = 0; u < b->n_home_units; u++) {
        const rh_nest_unit *unit = &s->unit[u];
        at_home[root_of(s, u)] |= unit->size > 0;
        if ((unit->flags & RH_UNIT_ALIVE) && (unit->flags & RH_UNIT_ADULT) &&
            unit->oldest >= 38) {
            shelf_put(&parents, unit->oldest, u);
        }
    }
    for (uint32_t u = 0; u < b->n_units && parents.filled != 0; u++) {
        if (at_home[u] || s->root[u] != u) {
            continue;
        }
        const rh_nest_unit *unit = &s->unit[u];
        uint32_t head = unit->first;
        bool never = rh_person_marital(b->w[head]) == RH_NEVER_MARRIED;
        if (rh_uniform(key, u) >= (never ? LINK_SINGLE : LINK_FAMILY)) {
            continue;
        }
        int age = (int)rh_nest_age(b, head);
        uint32_t parent = take_within(&parents, age, parents_of);
        if (parent == RH_NOBODY) {
            continue;
        }
        uint32_t root = root_of(s, parent);
        if (age < RH_MINOR && never && !may_follow(b, root, (unsigned)age)) {
            continue;
        }
        append(s, root, u);
        if (++links[parent] < LINKS_MAX) {
            shelf_put(&parents, (unsigned)(age + GENERATION), parent);
        }
    }
}

void
rh_nest_homes(rh_nest_block *b)
{
    rh_nest *s = b->s;
    for (uint32_t g = 0; g < b->n_groups; g++) {
        make_units(b, &s->group[g]);
        b->n_home_units = g < b->n_home ? b->n_units : b->n_home_units;
    }
    link_apart(b);
    households_away(b);
    households_home(b);
    link_runs(b);
}
