/* Outranking: units compared two by two, without any normalisation.
 *
 *     e_ik = Σ_j w_j ([x_ij > x_kj] + ½ [x_ij = x_kj]) / Σ_j w_j    over the indicators that both units have
 *
 * e_ik + e_ki = 1; 1 means that i is better in everything. Munda & Nardo 2009, Applied Economics 41(12); as in R's COINr (outrankMatrix,
 * a_copeland), whose Copeland score is Σ_k e_ik. COINr counts an indicator that one of the two lacks for the unit that stands lower in the
 * table; here such an indicator does not count for either. Two units that share no indicator: ½ each. Cost: O(n² m). */
#ifndef RH_EVALUATE_AGGREGATE_OUTRANK_H
#define RH_EVALUATE_AGGREGATE_OUTRANK_H

#include "core/status.h"

#include <stdint.h>

/* e[i * n + k], 0 on the diagonal, from x (n × m, column-major, more is better) and w[m]. `dominant` (may be NULL) takes the share of pairs
 * in which one unit is better in everything. Errors: RH_MEMORY. */
RH_MUST_CHECK rh_status rh_outrank_matrix(const double *x, uint32_t n, uint32_t m,
                                          const double *w, double *e, double *dominant,
                                          rh_err *err);

/* score[n] = Σ_k e_ik without keeping e; a unit without any value has NAN and is nobody's opponent. Errors: RH_MEMORY. */
RH_MUST_CHECK rh_status rh_aggregate_copeland(const double *x, uint32_t n, uint32_t m,
                                              const double *w, double *score, rh_err *err);

#endif
