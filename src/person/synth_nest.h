/* The making of one block, shared by its steps (internal to synth):
 *   synth_family.c  residents → couples, and children with their mothers
 *   synth_unit.c    these → units, what one family has in one leaf
 *   synth_home.c    units → households of the county's numbers and kinds
 *   synth_block.c   households → runs of words in the store
 *
 * Members stay where they were dealt; `partner` and `kid` tie them together. A unit is what one family
 * has in one leaf (couple, adult, parent with children); a run is a list of units, of which one is its
 * root, and becomes a household of the store.
 * N1 couples are equal in number: as many married men as women, each with one partner.
 * N2 runs are only ever concatenated, or get left-behind children put in behind their mother's unit:
 *    a wife stands directly behind her husband (store.h V2). */
#ifndef RH_PERSON_SYNTH_NEST_H
#define RH_PERSON_SYNTH_NEST_H

#include "person/synth_private.h"

#define RH_NOBODY UINT32_MAX

enum {
    RH_MINOR = 18,          /* below: a child of its mother's household */
    RH_MOTHER_GAP_LOW = 16, /* a mother is at least this much older than her child, */
    RH_MOTHER_GAP_HIGH = 45,
    RH_VILLAGE = 1536, /* members of a leaf who look for each other: fits the cache */
    RH_KEYS = 128      /* ages, as keys of a sort */
};

/* What a member looks for: children a mother, husbands and wives each other. */
enum rh_role { RH_CHILD, RH_HUSBAND, RH_WIFE, RH_WIDOW, RH_SINGLE, RH_ROLES };

/* Members that live in one leaf, at most RH_VILLAGE of them. */
typedef struct rh_nest_group {
    uint32_t start, count, leaf;
    uint16_t role[RH_ROLES + 1]; /* in nest.order from start: first of each role, and the end */
    uint32_t first_unit, n_units;
} rh_nest_group;

/* nest.family. Counted: children outside collective households. */
enum {
    RH_FAMILY_HERE = 3,         /* children who live with her */
    RH_FAMILY_COUNTED = 1 << 2, /* of these, counted ones; two bits */
    RH_FAMILY_BEHIND = 1 << 4,  /* children in another leaf; two bits */
    RH_FAMILY_HAS_UNIT = 1 << 6 /* nest.unit_of is the unit of the latter */
};

enum {
    RH_UNIT_MINOR = 1 << 0,
    RH_UNIT_ADULT = 1 << 1,
    RH_UNIT_MARRIED = 1 << 2,
    RH_UNIT_ANCHORED = 1 << 3, /* the run has members in other leaves */
    RH_UNIT_HUSBAND = 1 << 4,  /* the anchor's partner comes first */
    RH_UNIT_BEHIND = 1 << 5, /* only the anchor's children who live in this leaf without her */
    RH_UNIT_ALIVE = 1 << 6   /* a household of its own */
};

/* A household in the making. Collective members belong to the unit but do not count. */
typedef struct rh_nest_unit {
    uint32_t anchor, first, leaf; /* first: of its members, the head of a run that it opens */
    uint16_t size;
    uint8_t oldest,
        parent; /* ages: of all; of the youngest who has been married, or else the oldest */
    uint8_t depth, flags; /* generations, about */
    uint8_t kids;         /* children in nest.kid who live with the anchor */
} rh_nest_unit;

/* A block under construction. */
typedef struct rh_nest_block {
    rh_nest *s;
    const rh_region *region;
    const rh_profile *profile;
    rh_person *w;
    uint32_t n, town;
    uint32_t n_groups, n_home; /* home groups come first */
    uint32_t n_units, n_home_units, n_links;
    unsigned zero; /* age = zero - field birth */
    rh_key key;
} rh_nest_block;

static inline unsigned
rh_nest_age(const rh_nest_block *b, uint32_t i)
{
    return b->zero - rh_person_birth(b->w[i]);
}

static inline bool
rh_nest_is_home(const rh_nest_block *b, uint32_t leaf)
{
    return leaf / 2 == b->town;
}

/* Steps without common divisor visit every place of a ring. */
static inline uint32_t
rh_nest_common_divisor(uint32_t a, uint32_t b)
{
    while (b != 0) {
        uint32_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Sort into groups, balance, pair and hand out children. */
void rh_nest_families(rh_nest_block *b);

/* Make units, join them into households and runs. */
void rh_nest_homes(rh_nest_block *b);

#endif
