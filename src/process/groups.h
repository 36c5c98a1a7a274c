/* Groups of counties whose rates are alike, so that one bound for the group stays close to all of them.
 *
 * One calendar for the country would have to bound the fastest county; every other county would draw candidates in
 * vain. Greedy splitting: the group and the process with the largest waste (residents × (largest - own) factor ×
 * mean base rate) is cut where the waste falls most. */
#ifndef RH_PROCESS_GROUPS_H
#define RH_PROCESS_GROUPS_H

#include "core/status.h"

#include <stdint.h>

/* factor[p × n + c]: largest factor of process p in county c; base[p]: mean base rate; weight[c]: residents.
 * Writes group[c] in [0, *n_groups), at most `most` groups. */
RH_MUST_CHECK rh_status rh_groups_cut(uint32_t n, unsigned n_processes, const float *factor,
                                      const double *base, const double *weight, uint32_t most,
                                      uint32_t *group, uint32_t *n_groups, rh_err *err);

#endif
