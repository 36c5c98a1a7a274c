/* Couples and mothers of one block.
 *
 * Members of a group (one leaf, at most RH_VILLAGE) are sorted by role and age, and then met age by
 * age: whoever finds nobody of the age waits on a stack for the next ages, so that the nearest in age
 * is always on top. One pass a group, no search. The steps:
 *   balance    as many married men as women in the block: half of the surplus leaves the state, half
 *              of the gap is filled from the other sex (N1)
 *   couples    within a group, then the rest of the block by rank of age
 *   children   under 18 with a mother 16–45 years older with room among her children ever born: in
 *              the same group, but some local children go to mothers who live away (left behind)
 * The chance bits of a step are those that a member carries in its field `next`, or keyed by the
 * member: the result depends on the members alone (Y3). ASSUMPTION (假设): the age gaps, shares and
 * orders in the tables and constants below. */
#include "person/synth_nest.h"

#include <string.h>

enum {
    STATES = 1 << (rh_birth_bits + rh_sex_bits + rh_marital_bits), /* birth, sex, marital */
    MOTHER_GAP = 23,    /* and up to 7 years more: usual age at birth */
    MOTHERS_UNTIL = 60, /* women from this age have no children under 18 */
    PLACES_UNTIL = 50,
    FEW = 40,        /* members of a group that are sorted one by one */
    COUPLE_SLACK = 8 /* years off the wanted gap before a couple is sought elsewhere */
};

/* Weight of a mother's room for children when she lives away, against one who lives with the
 * child (about 29 million children lived with neither parent in 2010, and 61 million without
 * one of them). */
#define LEFT_BEHIND_WEIGHT 1.6

/* What chance adds to a member's age before the search, in 16 equal shares: years of the mother at
 * birth beyond MOTHER_GAP; age of the wife minus age of the husband. */
static const int8_t chance_years[RH_ROLES][16] = {
    [RH_CHILD] = {0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7},
    [RH_HUSBAND] = {0, -1, -2, -2, -3, -1, 0, 1, -4, -2, -1, -3, -5, 2, -6, -2}};

/* State of a word: the bits of birth, sex and marital state, which stand side by side. */
static inline unsigned
state_of(rh_person w)
{
    return (unsigned)(w >> rh_birth_low) & (STATES - 1);
}

_Static_assert((int)rh_sex_low == (int)rh_birth_low + (int)rh_birth_bits &&
                   (int)rh_marital_low == (int)rh_sex_low + (int)rh_sex_bits,
               "birth, sex and marital state are neighbours");

typedef struct state {
    unsigned age, sex, marital;
} state;

static state
state_at(const rh_nest_block *b, unsigned index)
{
    unsigned birth = index & ((1u << rh_birth_bits) - 1);
    return (state){b->zero >= birth ? b->zero - birth : 0, index >> rh_birth_bits & 1,
                   index >> (rh_birth_bits + 1)};
}

static void
open_groups(rh_nest_block *b)
{
    rh_nest *s = b->s;
    uint32_t start = 0, leaf = rh_person_residence(b->w[0]);
    for (uint32_t i = 1; i <= b->n; i++) {
        uint32_t next = i < b->n ? rh_person_residence(b->w[i]) : RH_NOBODY;
        if (next != leaf || i - start == RH_VILLAGE) {
            s->group[b->n_groups++] =
                (rh_nest_group){.start = start, .count = i - start, .leaf = leaf};
            b->n_home += rh_nest_is_home(b, leaf);
            start = i;
            leaf = next;
        }
    }
}

/* Who may change the marital state in a block with more married people of one sex: those at the
 * ages of marriage into it, the young and the old out of it. */
static bool
may_marry(state p)
{
    return p.marital != RH_MARRIED && p.age >= 22 && p.age < 56;
}

static bool
may_part(state p)
{
    return p.marital == RH_MARRIED && (p.age < 30 || p.age >= 62);
}

static rh_person
change_state(rh_person w, unsigned age)
{
    unsigned to = rh_person_marital(w) != RH_MARRIED ? RH_MARRIED
                  : age < 32                         ? RH_NEVER_MARRIED
                  : age < 55                         ? RH_DIVORCED
                                                     : RH_WIDOWED;
    w = rh_person_with_marital(w, to);
    return to == RH_NEVER_MARRIED ? rh_person_with_children(w, 0) : w;
}

static void
balance(rh_nest_block *b)
{
    uint32_t count[STATES] = {0}, married[2] = {0, 0}, marry[2] = {0, 0}, part[2] = {0, 0};
    for (uint32_t i = 0; i < b->n; i++) {
        count[state_of(b->w[i])]++;
    }
    for (unsigned i = 0; i < STATES; i++) {
        state p = state_at(b, i);
        married[p.sex] += p.marital == RH_MARRIED ? count[i] : 0;
        marry[p.sex] += may_marry(p) ? count[i] : 0;
        part[p.sex] += may_part(p) ? count[i] : 0;
    }
    unsigned more = married[RH_FEMALE] > married[RH_MALE] ? RH_FEMALE : RH_MALE,
             less = 1 - more;
    uint32_t surplus = married[more] - married[less];
    if (surplus == 0) {
        return;
    }
    uint32_t in = surplus / 2 < marry[less] ? surplus / 2 : marry[less], out = surplus - in;
    bool anyone = out > part[more];
    enum { STAY, ENTER, LEAVE };
    uint8_t may[STATES];
    for (unsigned i = 0; i < STATES; i++) {
        state p = state_at(b, i);
        bool leaves = anyone ? p.marital == RH_MARRIED : may_part(p);
        may[i] = p.sex == less ? (may_marry(p) ? ENTER : STAY) : (leaves ? LEAVE : STAY);
    }
    /* Places a golden section apart until enough are found: all are looked at only when all must. */
    uint32_t step = (uint32_t)(b->n * 0.381966) | 1, left[] = {0, in, out};
    while (rh_nest_common_divisor(b->n, step) > 1) {
        step += 2;
    }
    for (uint64_t i = 0; left[ENTER] + left[LEAVE] > 0; i = (i + step) % b->n) {
        unsigned change = may[state_of(b->w[i])];
        if (change != STAY && left[change] > 0) {
            left[change]--;
            b->w[i] = change_state(b->w[i], rh_nest_age(b, (uint32_t)i));
        }
    }
}

/* Sort keys by state, before chance: role × RH_KEYS + age (children: usual age of the mother). */
static void
make_keys(const rh_nest_block *b, uint16_t *key)
{
    static const uint8_t role_of[4][2] = {{RH_SINGLE, RH_SINGLE},
                                          {RH_HUSBAND, RH_WIFE},
                                          {RH_SINGLE, RH_WIDOW},
                                          {RH_SINGLE, RH_WIDOW}};
    for (unsigned i = 0; i < STATES; i++) {
        state p = state_at(b, i);
        unsigned role = role_of[p.marital][p.sex],
                 age = p.age < RH_KEYS - 8 ? p.age : RH_KEYS - 8;
        if (p.age < RH_MINOR && p.marital == RH_NEVER_MARRIED) {
            role = RH_CHILD;
            age += MOTHER_GAP;
        }
        key[i] = (uint16_t)(role * RH_KEYS + age);
    }
}

/* Key of a member: that of its state and what chance adds. */
static inline unsigned
key_of_member(const uint16_t *key_of, rh_person w)
{
    unsigned key = key_of[state_of(w)];
    return (unsigned)((int)key + chance_years[key / RH_KEYS][rh_person_next(w) & 15]);
}

/* Members of a large group by counting keys. */
static void
sort_many(rh_nest_block *b, rh_nest_group *group, const uint16_t *key_of)
{
    const rh_person *w = b->w + group->start;
    uint32_t *order = b->s->order + group->start;
    uint8_t *sought = b->s->sought + group->start;
    uint16_t key[RH_VILLAGE], end[RH_ROLES * RH_KEYS] = {0}, sum = 0;
    for (uint32_t i = 0; i < group->count; i++) {
        key[i] = (uint16_t)key_of_member(key_of, w[i]);
        end[key[i]]++;
    }
    for (unsigned k = 0; k < RH_ROLES * RH_KEYS; k++) {
        if (k % RH_KEYS == 0) {
            group->role[k / RH_KEYS] = sum;
        }
        end[k] = sum = (uint16_t)(sum + end[k]);
    }
    group->role[RH_ROLES] = sum;
    for (uint32_t i = group->count; i-- > 0;) {
        uint32_t at = --end[key[i]];
        order[at] = group->start + i;
        sought[at] = key[i] % RH_KEYS;
    }
}

/* Members of a small group, one by one into their place. */
static void
sort_few(rh_nest_block *b, rh_nest_group *group, const uint16_t *key_of)
{
    enum { SHIFT = 8 };
    const rh_person *w = b->w + group->start;
    uint32_t list[FEW + 1] = {0}; /* key and index; the first is the least */
    for (uint32_t i = 0; i < group->count; i++) {
        uint32_t entry = key_of_member(key_of, w[i]) << SHIFT | i, at = i;
        for (; list[at] > entry; at--) {
            list[at + 1] = list[at];
        }
        list[at + 1] = entry;
    }
    uint16_t count[RH_ROLES + 2] = {0};
    for (uint32_t i = 0; i < group->count; i++) {
        uint32_t key = list[i + 1] >> SHIFT;
        b->s->order[group->start + i] = group->start + (list[i + 1] & ((1u << SHIFT) - 1));
        b->s->sought[group->start + i] = key % RH_KEYS;
        count[key / RH_KEYS + 1]++;
    }
    for (unsigned r = 0; r < RH_ROLES; r++) {
        group->role[r] = count[r];
        count[r + 1] = (uint16_t)(count[r + 1] + count[r]);
    }
    group->role[RH_ROLES] = (uint16_t)group->count;
}

/* Sort the members of a group by role and key into nest.order and nest.sought. */
static void
sort_group(rh_nest_block *b, rh_nest_group *group, const uint16_t *key_of)
{
    (group->count <= FEW ? sort_few : sort_many)(b, group, key_of);
}

/* Members of one role by age. */
typedef struct queue {
    const uint32_t *member;
    const uint8_t *age; /* at which they meet others */
    uint32_t n;
} queue;

static inline queue
queue_of(const rh_nest_block *b, const rh_nest_group *group, unsigned role)
{
    uint32_t first = group->start + group->role[role];
    return (queue){b->s->order + first, b->s->sought + first,
                   group->role[role + 1] - (uint32_t)group->role[role]};
}

/* Age of the one in front; RH_KEYS when the queue is empty. */
static inline unsigned
front_age(const queue *q)
{
    return q->n > 0 ? *q->age : RH_KEYS;
}

static inline uint32_t
next_of(queue *q)
{
    q->age++;
    q->n--;
    return *q->member++;
}

static inline void
wed(rh_nest *s, uint32_t man, uint32_t woman)
{
    s->partner[man] = woman;
    s->partner[woman] = man;
}

/* Members of the block who found nobody in their group. */
typedef struct pool {
    uint32_t *list, n;
} pool;

/* Couples of a group, age by age; the rest joins the pools (of husbands, of wives). */
static void
couples(rh_nest_block *b, const rh_nest_group *group, pool rest[2])
{
    queue q[2] = {queue_of(b, group, RH_HUSBAND), queue_of(b, group, RH_WIFE)};
    uint32_t waiting[RH_VILLAGE], n = 0;
    uint8_t since[RH_VILLAGE];
    unsigned sex = RH_MALE; /* of those who wait */
    while (q[0].n > 0 || q[1].n > 0) {
        unsigned man = front_age(&q[RH_MALE]), woman = front_age(&q[RH_FEMALE]);
        if (man == woman) {
            uint32_t husband = next_of(&q[RH_MALE]);
            wed(b->s, husband, next_of(&q[RH_FEMALE]));
            continue;
        }
        unsigned one_sex = man > woman, age = one_sex ? woman : man;
        uint32_t one = next_of(&q[one_sex]);
        if (n > 0 && sex != one_sex) {
            if (since[n - 1] + (unsigned)COUPLE_SLACK >= age) {
                uint32_t other = waiting[--n];
                wed(b->s, one_sex ? other : one, one_sex ? one : other);
                continue;
            } /* they have waited too long */
            memcpy(rest[sex].list + rest[sex].n, waiting, n * sizeof *waiting);
            rest[sex].n += n;
            n = 0;
        }
        sex = one_sex;
        since[n] = (uint8_t)age;
        waiting[n++] = one;
    }
    memcpy(rest[sex].list + rest[sex].n, waiting, n * sizeof *waiting);
    rest[sex].n += n;
}

/* Sort a pool by age into `member` and, plus `add`, `age`. */
static queue
sort_pool(const rh_nest_block *b, pool p, unsigned add, uint32_t *member, uint8_t *age)
{
    uint32_t end[RH_KEYS] = {0};
    for (uint32_t i = 0; i < p.n; i++) {
        end[rh_nest_age(b, p.list[i]) + add]++;
    }
    for (unsigned a = 1; a < RH_KEYS; a++) {
        end[a] += end[a - 1];
    }
    for (uint32_t i = p.n; i-- > 0;) {
        unsigned key = rh_nest_age(b, p.list[i]) + add;
        uint32_t at = --end[key];
        member[at] = p.list[i];
        age[at] = (uint8_t)key;
    }
    return (queue){member, age, p.n};
}

/* The couples that live apart: by rank of age. */
static void
couples_apart(rh_nest_block *b, const pool rest[2])
{
    rh_nest *s = b->s;
    queue men = sort_pool(b, rest[RH_MALE], 0, s->next_c, s->age_a),
          women = sort_pool(b, rest[RH_FEMALE], 0, s->unit_of, s->age_b);
    for (uint32_t i = 0; i < men.n; i++) {
        wed(s, men.member[i], women.member[i]);
    }
}

static inline void
give(rh_nest_block *b, uint32_t mother, uint32_t child, bool here)
{
    rh_nest *s = b->s;
    unsigned family = s->family[mother],
             n = (family & RH_FAMILY_HERE) + (family / RH_FAMILY_BEHIND & 3);
    s->partner[child] = mother;
    s->kid[3 * (size_t)mother + n] = child;
    unsigned counted = rh_person_collective(b->w[child]) ? 0 : RH_FAMILY_COUNTED;
    s->family[mother] = (uint8_t)(family + (here ? 1 + counted : RH_FAMILY_BEHIND));
    b->w[child] = rh_person_with_hukou(b->w[child], rh_person_hukou(b->w[mother]));
}

/* Give children to mothers, age by age. Mothers come in two queues, with as many places as they have
 * children, or (not `here`) once for every place. `free` receives the places left over (room: all
 * places and two); `waiting` has room for all children. Returns the places left over. */
static inline uint32_t
find_mothers(rh_nest_block *b, queue children, queue mothers[2], bool here, uint32_t *free,
             uint32_t *waiting)
{
    const rh_nest *s = b->s;
    uint32_t n_free = 0, n_waiting = 0;
    unsigned of_child = front_age(&children),
             of_mothers[2] = {front_age(&mothers[0]), front_age(&mothers[1])};
    for (;;) {
        unsigned which = of_mothers[1] < of_mothers[0], of_mother = of_mothers[which];
        if (of_child < of_mother) {
            uint32_t child = next_of(&children);
            of_child = front_age(&children);
            if (s->partner[child] != RH_NOBODY) {
                continue;
            }
            if (n_free > 0 &&
                rh_nest_age(b, free[n_free - 1]) >= rh_nest_age(b, child) + RH_MOTHER_GAP_LOW) {
                give(b, free[--n_free], child, here);
            } else {
                waiting[n_waiting++] = child;
            }
            continue;
        }
        if (of_mother >= MOTHERS_UNTIL) {
            return n_free;
        }
        uint32_t mother = next_of(&mothers[which]);
        of_mothers[which] = front_age(&mothers[which]);
        rh_person w = b->w[mother];
        free[n_free] = free[n_free + 1] = free[n_free + 2] = mother;
        n_free += !here ? 1 : rh_person_collective(w) ? 0 : rh_person_children(w);
        while (n_waiting > 0 && n_free > 0) {
            unsigned age = rh_nest_age(b, waiting[n_waiting - 1]);
            of_mother = rh_nest_age(b, free[n_free - 1]);
            if (of_mother < age + RH_MOTHER_GAP_LOW) {
                break;
            }
            n_waiting--;
            if (of_mother <= age + RH_MOTHER_GAP_HIGH) {
                give(b, free[--n_free], waiting[n_waiting], here);
            }
        }
    }
}

static uint32_t
find_mothers_here(rh_nest_block *b, const rh_nest_group *group, uint32_t *free)
{
    uint32_t waiting[RH_VILLAGE];
    queue mothers[2] = {queue_of(b, group, RH_WIFE), queue_of(b, group, RH_WIDOW)};
    return find_mothers(b, queue_of(b, group, RH_CHILD), mothers, true, free, waiting);
}

/* Children and mothers of a group who live away; free places of rural mothers join the pool. Returns
 * those of mothers under PLACES_UNTIL. */
static uint32_t
children_away(rh_nest_block *b, const rh_nest_group *group, pool *free)
{
    uint32_t *left = free->list + free->n, n = find_mothers_here(b, group, left), kept = 0,
             places = 0;
    for (uint32_t i = 0; i < n; i++) {
        bool rural = rh_person_hukou(b->w[left[i]]) == RH_HUKOU_RURAL;
        places += rural && rh_nest_age(b, left[i]) < PLACES_UNTIL;
        left[kept] = left[i];
        kept += rural;
    }
    free->n += kept;
    return places;
}

/* Children of a home group who shall be sought a mother away: by the places there and here. */
static void
leave_behind(rh_nest_block *b, const rh_nest_group *group, double places_away, pool *children)
{
    uint32_t places = 0;
    for (unsigned role = RH_WIFE; role <= RH_WIDOW; role++) {
        queue q = queue_of(b, group, role);
        for (uint32_t i = 0; i < q.n && q.age[i] < PLACES_UNTIL; i++) {
            rh_person w = b->w[q.member[i]];
            places += rh_person_collective(w) ? 0 : rh_person_children(w);
        }
    }
    double elsewhere = LEFT_BEHIND_WEIGHT * places_away,
           behind = elsewhere > 0 ? elsewhere / (elsewhere + places) : 0;
    uint64_t below = (uint64_t)(behind * 0x1p32);
    queue q = queue_of(b, group, RH_CHILD);
    for (uint32_t i = 0; i < q.n && below > 0; i++) {
        children->list[children->n] = q.member[i];
        children->n += rh_draw(b->key, q.member[i]) >> 32 < below;
    }
}

static void
find_mothers_away(rh_nest_block *b, pool children, pool free)
{
    rh_nest *s = b->s;
    uint32_t *sorted = s->places + 3 * s->room + 4; /* behind the pool */
    queue mothers[2] = {sort_pool(b, free, 0, sorted, s->age_a), {.n = 0}};
    find_mothers(b, sort_pool(b, children, MOTHER_GAP + 3, s->next_c, s->age_b), mothers, false,
                 s->places, s->next_b);
}

void
rh_nest_families(rh_nest_block *b)
{
    rh_nest *s = b->s;
    memset(s->partner, 0xff, b->n * sizeof *s->partner); /* RH_NOBODY */
    memset(s->kid, 0,
           3 * (size_t)b->n * sizeof *s->kid); /* any member: written, but not kept */
    memset(s->family, 0, b->n * sizeof *s->family);
    open_groups(b);
    balance(b);
    uint16_t key_of[STATES];
    make_keys(b, key_of);
    pool apart[2] = {{s->next_a, 0}, {s->next_b, 0}}, free = {s->places, 0};
    double places = 0, at_home = 0;
    for (uint32_t g = b->n_home; g < b->n_groups; g++) {
        sort_group(b, &s->group[g], key_of);
        couples(b, &s->group[g], apart);
        places += children_away(b, &s->group[g], &free);
    }
    for (uint32_t g = 0; g < b->n_home; g++) {
        sort_group(b, &s->group[g], key_of);
        couples(b, &s->group[g], apart);
        at_home += s->group[g].count;
    }
    couples_apart(b, apart);
    pool behind = {s->next_a, 0};
    for (uint32_t g = 0; g < b->n_home && places > 0; g++) {
        leave_behind(b, &s->group[g], places * s->group[g].count / at_home, &behind);
    }
    if (behind.n > 0) {
        find_mothers_away(b, behind, free);
    }
    for (uint32_t g = 0; g < b->n_home; g++) {
        find_mothers_here(b, &s->group[g], s->places);
    }
}
