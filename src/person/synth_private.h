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

/* Scratch memory of one worker for the building of blocks; grown when needed. */
typedef struct rh_nest {
    size_t room;
    uint32_t *after, *root,
        *tail; /* runs as linked lists: next member, first member, last member (of roots) */
    uint32_t *next_a, *next_b, *next_c; /* links of shelves */
    uint32_t *seen;                     /* by root: 1 + the leaf that has listed it last */
    uint32_t *order;                    /* members of each group by role */
    uint8_t *age, *left, *links, *role; /* by member */
    struct rh_nest_group *group;
    struct rh_nest_unit *unit;
} rh_nest;

void rh_nest_release(rh_nest *nest);

/* Join `count` residents of township `town` into couples and households and write them as its
 * block. `member`: the residents grouped by leaf of residence; their marital state, children
 * and hukou may be changed. */
RH_MUST_CHECK rh_status rh_nest_build(rh_nest *nest, const rh_region *region,
                                      const rh_profile *profile, uint32_t town,
                                      rh_person *member, uint32_t count, rh_key key,
                                      double sample, rh_store *store, rh_err *err);

#endif
