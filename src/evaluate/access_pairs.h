/* Pairs of origin and destination with the cost of the way, and the sums that every measure of
 * access is made of.
 *
 * The origin is where people live (demand), the destination where they are served (supply). A
 * cost is that of the way there: c(i, j) and c(j, i) may differ, and no function here turns one
 * into the other but rh_pairs_turned, which says so.
 *
 * P1 pairs are sorted by origin, then destination, whatever the order of the rows: results do
 *    not depend on it.
 * P2 sums run in a fixed order over chunks of origins whose borders depend on the pairs alone:
 *    the number of threads does not change a bit. */
#ifndef RH_EVALUATE_ACCESS_PAIRS_H
#define RH_EVALUATE_ACCESS_PAIRS_H

#include "core/status.h"
#include "evaluate/access_decay.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct rh_pairs {
    uint32_t n_origins, n_destinations;
    size_t n;
    size_t *start;         /* n_origins + 1: pairs of origin i are start[i] … start[i+1]-1 */
    uint32_t *destination; /* n */
    double *cost;          /* n, finite and ≥ 0 */
    uint32_t n_chunks;
    uint32_t *chunk; /* n_chunks + 1 origins: borders of chunks with about as many pairs each */
} rh_pairs;

/* Copy and sort n pairs. Indices must be below the counts, costs finite and ≥ 0 (RH_INVARIANT when not). O(n). */
RH_MUST_CHECK rh_status rh_pairs_new(uint32_t n_origins, uint32_t n_destinations, size_t n,
                                     const uint32_t *origin, const uint32_t *destination,
                                     const double *cost, rh_pairs **out, rh_err *err);
void rh_pairs_free(rh_pairs *pairs);

/* True when a pair stands twice; the first such one. */
bool rh_pairs_twin(const rh_pairs *pairs, uint32_t *origin, uint32_t *destination);

/* The same pairs seen from the other end: destinations become origins, costs stay those of the way there. */
RH_MUST_CHECK rh_status rh_pairs_turned(const rh_pairs *pairs, rh_pairs **out, rh_err *err);

/* weight[k] = decay(cost[k]), 0 beyond `within`. */
RH_MUST_CHECK rh_status rh_pairs_weigh(const rh_pairs *pairs, const rh_decay *decay,
                                       double within, unsigned threads, double *weight,
                                       rh_err *err);

/* row[i] = Σ_j weight[ij] × value[j]; value NULL: 1. */
RH_MUST_CHECK rh_status rh_pairs_row_sums(const rh_pairs *pairs, const double *weight,
                                          const double *value, unsigned threads, double *row,
                                          rh_err *err);

/* column[j] = Σ_i value[i] × weight[ij]; value NULL: 1. */
RH_MUST_CHECK rh_status rh_pairs_column_sums(const rh_pairs *pairs, const double *weight,
                                             const double *value, unsigned threads,
                                             double *column, rh_err *err);

#endif
