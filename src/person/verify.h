/* Proof of the store's invariants by a walk over every word: V1–V3 and V5 of store.h, and V4
 * against an expected count. */
#ifndef RH_PERSON_VERIFY_H
#define RH_PERSON_VERIFY_H

#include "person/store.h"
#include "place/region.h"

/* Walk all blocks on n_threads. `expected`: residents that the store must hold (V4: previous +
 * births - deaths), or RH_ANY_COUNT. Errors: RH_INVARIANT naming township, position and the
 * values; the lowest block wins. O(n). */
#define RH_ANY_COUNT UINT64_MAX
RH_MUST_CHECK rh_status rh_store_verify(const rh_store *store, const rh_region *region,
                                        uint64_t expected, unsigned n_threads, rh_err *err);

#endif
