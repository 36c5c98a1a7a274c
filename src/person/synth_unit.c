/* Units of a block: couples, adults and parents with children, leaf by leaf (synth_unit.h).
 *
 * Every loop walks members in a fixed order (Y3). ASSUMPTION (假设): the ages in the table of kinds. */
#include "person/synth_unit.h"

#include <string.h>

static const struct kind_row {
    uint8_t oldest_from, oldest_below, parent_below, depth_from, depth_to, single, adult,
        married, loose;
} kind_rows[RH_KINDS] = {
#define X(name, ...) {__VA_ARGS__},
    RH_KIND_LIST(X)
#undef X
};

/* Whether a condition of the table (0 any, 1 required, 2 refused) admits `is`. */
static bool
admits(uint8_t condition, bool is)
{
    return condition == 0 || (condition == 1) == is;
}

void
rh_nest_make_kinds(rh_nest_kinds *out)
{
    memset(out, 0, sizeof *out);
    for (unsigned k = 0; k < RH_KINDS; k++) {
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

/* Put the run of one unit `z` directly behind unit `a`. */
static void
put_behind(rh_nest *s, uint32_t a, uint32_t z)
{
    uint32_t root = rh_nest_root(s, a);
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
    b->s->kinds[u - b->s->unit] = u->size > 0 ? rh_nest_kinds_of(&b->s->kind_table, u) : 0;
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
            rh_nest_append(s, s->link[i], s->unit_of[s->partner[u->anchor]]);
        }
    }
    for (uint32_t i = 0; i < b->n_links; i++) {
        const rh_nest_unit *u = &s->unit[s->link[i]];
        if (u->flags & RH_UNIT_BEHIND) {
            put_behind(s, s->unit_of[u->anchor], s->link[i]);
        }
    }
}

void
rh_nest_units(rh_nest_block *b)
{
    for (uint32_t g = 0; g < b->n_groups; g++) {
        make_units(b, &b->s->group[g]);
        b->n_home_units = g < b->n_home ? b->n_units : b->n_home_units;
    }
    link_apart(b);
}
