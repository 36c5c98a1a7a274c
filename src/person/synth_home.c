/* Households of one block.
 *
 * A *census household* is the members of one run that live in the same leaf outside collective
 * households. Its units are made (synth_unit.h), then:
 *   merging   units of a group join until it has the number of households that its county asks for:
 *             grandparents, adult children in the parents' home, relatives
 *   linking   people away join the run of parents at home, which changes no census household
 * Every loop walks units in a fixed order and every draw is keyed (Y3). ASSUMPTION (假设): the ages,
 * shares and orders of joining in the tables and constants below. */
#include "person/synth_unit.h"

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
is_kind(const plan *p, uint32_t i, enum rh_kind kind)
{
    return (unsigned)p->kinds[i] >> kind & 1u;
}

/* Unit `from` joins the household of unit `into`, which then has `depth` generations. */
static void
join(plan *p, uint32_t into, uint32_t from, unsigned depth)
{
    rh_nest *s = p->b->s;
    rh_nest_unit *a = &p->u[into], *z = &p->u[from];
    uint32_t ra = rh_nest_root(s, p->first + into), rz = rh_nest_root(s, p->first + from);
    if (ra != rz) {
        if ((z->flags & RH_UNIT_ADULT) && z->oldest > a->oldest && z->oldest < HEAD_UNTIL) {
            rh_nest_append(s, rz, ra);
        } else {
            rh_nest_append(s, ra, rz);
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
    p->kinds[into] = rh_nest_kinds_of(&s->kind_table, a);
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
list_kind(const plan *p, enum rh_kind kind, uint32_t *list)
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
join_all(plan *p, enum rh_kind who, enum rh_kind whom, reach r, uint32_t most, uint32_t keep,
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
put_kind(const plan *p, enum rh_kind kind, shelf *homes)
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
        enum rh_kind kind;
        reach reach;
    } hosts[] = {{RH_KIND_ELDER, {2 * GENERATION, GRANDPARENT_LOW, 80}},
                 {RH_KIND_ADULT, {GENERATION, RH_MOTHER_GAP_LOW, RH_MOTHER_GAP_HIGH}}};
    rh_nest *s = p->b->s;
    uint32_t *orphans = s->next_b;
    for (unsigned h = 0; h < 2; h++) {
        uint32_t n = list_kind(p, RH_KIND_ORPHAN, orphans);
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
                 may_follow(p->b, rh_nest_root(s, p->first + into), u->oldest))) {
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
        if (!is_kind(p, i, RH_KIND_ADULT) || u->size != 1) {
            continue;
        }
        for (uint32_t tries = 0; tries < 4; tries++) {
            uint32_t into = tour_next(&hosts);
            if (into != i && is_kind(p, into, RH_KIND_ADULT) &&
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
    three -= join_all(p, RH_KIND_LONE_GRANDPARENT, RH_KIND_YOUNG_FAMILY, children_of, three,
                      keep, false);
    three -=
        join_all(p, RH_KIND_GRANDPARENT, RH_KIND_YOUNG_FAMILY, children_of, three, keep, false);
    join_all(p, RH_KIND_LAST_PARENT, RH_KIND_THREE_DEEP, children_of, p->four, keep, false);
    join_all(p, RH_KIND_ELDER, RH_KIND_YOUNG_FAMILY, children_of, three, keep, false);
    /* A grown child with parents, grown children with elders: fewer homes of one, of one
     * generation. */
    join_all(p, RH_KIND_GROWN_CHILD, RH_KIND_LONE_PARENT, parents_of, spare_couples(p), keep,
             false);
    join_all(p, RH_KIND_LONE_ELDER, RH_KIND_YOUNG_COUPLE, children_of, spare_couples(p), keep,
             false);
    join_all(p, RH_KIND_GROWN_CHILD, RH_KIND_DEEP_PARENT, parents_of, any, keep, true);
    join_all(p, RH_KIND_ELDER, RH_KIND_YOUNG_COUPLE, children_of, (spare_couples(p) + 1) / 2,
             keep, false);
    join_all(p, RH_KIND_LONE_ELDER, RH_KIND_YOUNGER_FAMILY, children_of, any, keep, true);
    join_all(p, RH_KIND_GROWN_CHILD, RH_KIND_PARENT, parents_of, any, keep, true);
    join_all(p, RH_KIND_ELDER, RH_KIND_YOUNGER, children_of, any, keep, true);
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
            join_all(&p, RH_KIND_GROWN_CHILD, RH_KIND_PARENT, parents_of, p.n, p.keep_singles,
                     true);
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
        at_home[rh_nest_root(s, u)] |= unit->size > 0;
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
        uint32_t root = rh_nest_root(s, parent);
        if (age < RH_MINOR && never && !may_follow(b, root, (unsigned)age)) {
            continue;
        }
        rh_nest_append(s, root, u);
        if (++links[parent] < LINKS_MAX) {
            shelf_put(&parents, (unsigned)(age + GENERATION), parent);
        }
    }
}

void
rh_nest_homes(rh_nest_block *b)
{
    rh_nest_units(b);
    households_away(b);
    households_home(b);
    link_runs(b);
}
