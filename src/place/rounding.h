/* Integers from real weights with exact sums.
 *
 * N1 every row and every column sum is met exactly; no entry is negative.
 * N2 rh_round_share is the largest remainder (Hamilton) method; ties go to the lower index. */
#ifndef RH_PLACE_ROUNDING_H
#define RH_PLACE_ROUNDING_H

#include "core/status.h"

#include <stdint.h>

/* Split `total` in proportion to weight[n] (all ≥ 0; when all are 0, evenly). O(n log n).
 * `cap` (NULL: none): upper bounds whose sum is at least total; an excess goes to the entries
 * with room. */
RH_MUST_CHECK rh_status rh_round_share(uint32_t n, const double *weight, const uint32_t *cap,
                                       uint64_t total, uint32_t *out, rh_err *err);

/* Integers near expect[rows × columns] with the given sums (both lists have the same total).
 * Rows are rounded in rising order of their sum, what one row lost by rounding is offered to
 * the next (error diffusion), and the largest row takes the rest. `column` is used up: zeros
 * afterwards. */
RH_MUST_CHECK rh_status rh_round_table(uint32_t rows, uint32_t columns, const double *expect,
                                       const uint32_t *row, uint32_t *column, uint32_t *out,
                                       rh_err *err);

#endif
