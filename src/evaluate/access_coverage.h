/* How many people, by group, have a facility within so many minutes. */
#ifndef RH_EVALUATE_ACCESS_COVERAGE_H
#define RH_EVALUATE_ACCESS_COVERAGE_H

#include "core/status.h"

#include <stdint.h>

/* For each group g of the places (and all places together as the last, g = n_groups):
 *   people[g]                 sum of people
 *   covered[g * n_limits + l] those at places with minutes ≤ limit[l]
 *   mean[g]                   mean minutes of those who reach any; NAN where nobody does
 *   median[g]                 weighted median of all people, those who reach none last: INFINITY where half do not
 *   unreached[g]              people at places with minutes INFINITY
 * minutes, people_at: n, people ≥ 0; group: n, below n_groups. The caller gives arrays of n_groups + 1 rows. O(n log n). */
typedef struct rh_coverage {
    double *people, *covered, *mean, *median, *unreached;
} rh_coverage;

RH_MUST_CHECK rh_status rh_access_coverage(uint32_t n, const double *minutes,
                                           const double *people_at, const uint32_t *group,
                                           uint32_t n_groups, uint32_t n_limits,
                                           const double *limit, rh_coverage *out, rh_err *err);

#endif
