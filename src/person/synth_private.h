/* What the synthesis files share: a county's fitted profile and the building of one block. */
#ifndef RH_PERSON_SYNTH_PRIVATE_H
#define RH_PERSON_SYNTH_PRIVATE_H

#include "core/random.h"
#include "person/synth.h"
#include "person/synth_pattern.h"

enum { RH_LABELS = 2 * RH_AGE_GROUPS }; /* label of a card: sex × age group */

/* Probabilities are cumulative thresholds in units of 1/32768, compared with 15 random bits. */
enum { RH_ONE = 1 << 15 };

/* The family households that residents outside collective ones form: how many per person, and
 * shares of them. */
typedef struct rh_homes {
    float per_person;
    float one_person, one_generation, three_generations,
        four_generations; /* one generation: with one_person */
} rh_homes;

/* Everything that a resident's attributes depend on: the fitted tables of the county of
 * residence. First index `away`: 0 registered in the township of residence, 1 elsewhere. */
typedef struct rh_profile {
    uint16_t age[2][2][RH_AGE_GROUPS]
                [4]; /* away × sex × group: year within the group (4 or 5 years) */
    uint16_t marital[2][RH_AGE_CLASSES][3];
    uint16_t education[2][RH_PART_COUNT][2][RH_AGE_CLASSES][RH_CENSUS_EDUCATION - 1];
    uint16_t activity[2][RH_PART_COUNT][2][RH_AGE_CLASSES][RH_SCHOOL_BANDS]
                     [RH_WORK_COLUMNS - 1];
    uint16_t hukou[RH_CLASS_COUNT][RH_PART_COUNT][RH_SCHOOL_BANDS + 1];
    uint16_t collective[2][RH_AGE_CLASSES][2];
    uint16_t children[RH_PART_COUNT][RH_AGE_CLASSES][3];
    rh_homes homes[2]; /* by away */
} rh_profile;

/* Fit the profile of one county to its columns. Pure function; never fails. */
void rh_profile_fit(const rh_region *region, uint32_t county, rh_profile *out);

/* Kinds of units (synth_unit.h) as masks: what oldest member, youngest parent and state admit. */
typedef struct rh_nest_kinds {
    uint16_t oldest[128], parent[128], state[128];
} rh_nest_kinds;

void rh_nest_make_kinds(rh_nest_kinds *out);

/* Scratch memory of one worker for the building of blocks (synth_nest.h); grown when needed. About
 * 110 bytes a member of the largest block. */
typedef struct rh_nest {
    unsigned char *memory; /* of all arrays below */
    size_t room;
    uint32_t *partner;      /* by member: husband or wife; of a child its mother */
    uint32_t *kid;          /* of a mother: three entries, children who live with her first */
    uint8_t *age_a, *age_b; /* ages of sorted pools: three and one a member */
    uint8_t *family;        /* of a mother: her children, see RH_FAMILY_HERE */
    uint32_t *order;        /* members of each group by role and age */
    uint8_t *sought;        /* beside order: age at which the member meets others */
    uint32_t *places;       /* room of mothers for children: six entries a member */
    uint32_t *unit_of;      /* by member (some): its unit */
    uint32_t *root, *after, *tail;      /* by unit: runs as linked lists (last: of roots) */
    uint32_t *next_a, *next_b, *next_c; /* lists and links of shelves */
    uint32_t *link;                     /* units that belong behind or before one elsewhere */
    uint8_t *links;                     /* by unit: runs from away that have joined */
    bool *at_home;                      /* by root: somebody lives in the home township */
    uint16_t *kinds;                    /* by unit: bit set of its kinds */
    struct rh_nest_group *group;
    struct rh_nest_unit *unit;
    rh_nest_kinds kind_table;
} rh_nest;

void rh_nest_release(rh_nest *nest);

/* Large scratch is walked in no order: ask for huge pages (fewer misses of the page tables). */
void rh_synth_huge_pages(void *memory, size_t bytes);

/* Join `count` residents of township `town` into couples and households and write them as its
 * block. `member`: the residents grouped by leaf of residence, the home leaves first, chance bits in
 * the field `next`; their marital state, children and hukou may be changed. `keep`: share of the
 * households that is written. */
RH_MUST_CHECK rh_status rh_nest_build(rh_nest *nest, const rh_region *region,
                                      const rh_profile *profile, uint32_t town,
                                      rh_person *member, uint32_t count, rh_key key,
                                      double keep, rh_store *store, rh_err *err);

#endif
