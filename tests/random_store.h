/* A random population of a region for tests: families with the order of person/store.h, some
 * members away (children left with grandparents, workers in other counties and provinces), some
 * collective households. Every field is in its range; the same at every call. */
#ifndef RANDOM_STORE_H
#define RANDOM_STORE_H

#include "person/store.h"
#include "place/region.h"

/* About `households` households in each township; residents are as of the end of `year`. */
void random_store(rh_store *store, const rh_region *region, uint64_t seed, uint32_t households,
                  int year);

#endif
