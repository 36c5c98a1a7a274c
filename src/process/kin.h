/* The nuclear family of a resident inside a run (store.h): spouse next to each other, own children behind the mother
 * or the lone parent. */
#ifndef RH_PROCESS_KIN_H
#define RH_PROCESS_KIN_H

#include "process/env.h"

enum { RH_NOBODY = 0x7fffffff, RH_CHILD_AGE = 18 };

typedef struct rh_family {
    uint32_t spouse; /* position, or RH_NOBODY (also when gone) */
    uint32_t children,
        children_end; /* never-married children under RH_CHILD_AGE stand in [children, children_end) */
} rh_family;

/* The family of the resident at i of a block, whoever is gone; `spouse` is RH_NOBODY only for the unmarried. O(family size). */
rh_family rh_family_in(const rh_person *word, uint32_t count, uint32_t i, int year);

/* The same among those still in the store. */
rh_family rh_family_of(const rh_env *env, uint32_t i);

/* Where somebody of the run who lives in the home township lives; else a part drawn by the home township's people. */
uint32_t rh_family_home_leaf(rh_env *env, uint32_t i);

#endif
