/* A random population of a region for tests, and a run of such: families with the order of person/store.h, some
 * members away (children left with grandparents, workers in other counties and provinces), some
 * collective households. Every field is in its range; the same at every call. */
#ifndef RANDOM_STORE_H
#define RANDOM_STORE_H

#include "person/store.h"
#include "place/region.h"

/* About `households` households in each township; residents are as of the end of `year`. */
void random_store(rh_store *store, const rh_region *region, uint64_t seed, uint32_t households,
                  int year);

/* A run.gpkg of such residents, 2010 and 2011. */
void random_run(const char *path, const rh_region *region);

#endif
