/* Units, of which households are made (internal to synth): what a unit is to others, and the runs that units form.
 *
 * A run is a list of units: `after` leads on, `tail` of its root is the last, `root` leads to the root. */
#ifndef RH_PERSON_SYNTH_UNIT_H
#define RH_PERSON_SYNTH_UNIT_H

#include "person/synth_nest.h"

/* What a unit is to others. Columns: oldest from, below; parent below; generations from, to; of one
 * person; adult; married; not anchored (0 any, 1 required; one person: 2 refused). */
#define RH_KIND_LIST(X)                                                                        \
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

enum rh_kind {
#define X(name, ...) RH_KIND_##name,
    RH_KIND_LIST(X)
#undef X
        RH_KINDS
};

static inline uint16_t
rh_nest_kinds_of(const rh_nest_kinds *k, const rh_nest_unit *u)
{
    unsigned state = (u->depth - 1u) << 5 | (unsigned)(u->size == 1) << 4 | (u->flags & 15u);
    return k->oldest[u->oldest] & k->parent[u->parent] & k->state[state];
}

static inline uint32_t
rh_nest_root(rh_nest *s, uint32_t u)
{
    while (s->root[u] != u) {
        u = s->root[u] = s->root[s->root[u]];
    }
    return u;
}

/* Run `z` becomes the end of run `a` (both roots). */
static inline void
rh_nest_append(rh_nest *s, uint32_t a, uint32_t z)
{
    s->after[s->tail[a]] = z;
    s->tail[a] = s->tail[z];
    s->root[z] = a;
}

/* Make the units of all groups of the block, those of home first, and tie what lives apart. */
void rh_nest_units(rh_nest_block *b);

#endif
