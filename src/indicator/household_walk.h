/* Private to the household walk: what household_walk.c and household_lanes.c share. */
#ifndef RH_INDICATOR_HOUSEHOLD_WALK_H
#define RH_INDICATOR_HOUSEHOLD_WALK_H

#include "indicator/tally.h"

/* 假设: a parent is about 15 years older than a child at least; below that age there are hardly
 * any births. Counted in pairs of birth years, so that a household's ages fit one word: 15 or
 * 16 years. */
enum { RH_GENERATION_GAP = 8, RH_CHILD = 16, RH_ELDER = 65, RH_OLDEST = 126 };

/* Pairs of birth years present among the members of a household: those who can be parents, and
 * the others. */
typedef struct rh_ages {
    uint64_t parents, others;
} rh_ages;

typedef struct rh_household_walk {
    const rh_region *region;
    const rh_store *store;
    int year;
    int oldest_pair; /* birth field of the lowest bit; the pairs are the same in every year */
    uint64_t bit[RH_COHORTS],
        ages[RH_COHORTS]; /* by birth field: bit of the birth year; elder or adult */
    bool lanes;           /* runs of up to 8 are counted in vectors */
    rh_family_tally **worker;
} rh_household_walk;

/* Number of generations, 1 … 4 (4 stands for more). Sizes of families cannot be guessed, so
 * nothing here branches: `none` is all ones when no parent is left, else nothing. */
static inline uint32_t
rh_generations(rh_ages a)
{
    uint32_t n = 0;
    uint64_t younger = ~0ULL;
    for (int i = 0; i < 3; i++) {
        const uint64_t parents = a.parents & younger, oldest = parents & -parents;
        const uint64_t none = (uint64_t)(parents != 0) - 1;
        younger &= -oldest << RH_GENERATION_GAP | none;
        n += parents != 0;
    }
    return n + (((a.parents | a.others) & younger) != 0);
}

/* Count a household of n members. */
static inline void
rh_add_household(rh_family_tally *t, uint32_t part, uint32_t n, rh_ages a)
{
    t->households[part]++;
    t->household_persons[part] += n;
    t->one_person[part] += n == 1;
    t->generations[part][rh_generations(a) - 1]++;
}

/* rh_family_walk, in vectors or not. */
RH_MUST_CHECK rh_status rh_household_walk_all(rh_family_tally *family, const rh_region *region,
                                              const rh_store *store, int year, bool lanes,
                                              unsigned n_threads, rh_err *err);

/* Count the run that begins at *first of a block of county `home`; *first becomes its end. */
RH_MUST_CHECK rh_status rh_household_run(const rh_household_walk *f, rh_family_tally *family,
                                         uint32_t home, uint32_t block, uint32_t *first,
                                         rh_err *err);

/* Count all runs of a block. */
typedef rh_status rh_household_block(const rh_household_walk *f, rh_family_tally *family,
                                     uint32_t home, uint32_t block, rh_err *err);

/* The same counts by vectors of 512 bits. Call it only where there are such. */
bool rh_household_has_lanes(void);
rh_household_block rh_household_lanes;

#endif
