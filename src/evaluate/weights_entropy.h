/* Entropy weights: the more unequally an indicator is spread over the units, the more it weighs.
 *
 *     p_ij = z_ij / Σ_i z_ij    e_j = − Σ_i p_ij ln p_ij / ln n    w_j = (1 − e_j) / Σ_k (1 − e_k)
 *
 * Source: Shannon 1948; as weights: Hwang & Yoon, Multiple Attribute Decision Making, 1981, ch. 3.3. Two conventions live side by
 * side, and their weights differ:
 *  - plain: z = x, no direction (Python's pymcdm; Elsayed, Dawood & Karthikeyan 2017). 0 ln 0 counts as 0, its limit; pymcdm sets e_j
 *    = 0 for a column that holds a zero, which gives it the largest weight of all: we do not.
 *  - Chinese textbook form (熵权法): z is min–max scaled with the indicator's direction into [ε, 1 − ε], ε = 0.002.
 * A constant column has e = 1 and weight 0. */
#ifndef RH_EVALUATE_WEIGHTS_ENTROPY_H
#define RH_EVALUATE_WEIGHTS_ENTROPY_H

#include "core/status.h"

#include <stdint.h>

/* w[m] from x ≥ 0 (n × m); entropy[m] may be NULL. Errors: RH_INPUT with indicator and unit. */
RH_MUST_CHECK rh_status rh_weights_entropy(const double *x, uint32_t n, uint32_t m, double *w,
                                           double *entropy, rh_err *err);

/* z (n × m) as the textbook has it. direction 0: the column is in [0, 1] as it is; exact 0 and 1 become ε and 1 − ε. */
void rh_entropy_rescale(const double *x, uint32_t n, uint32_t m, const int *direction,
                        double epsilon, double *z);

/* w[m] from x (n × m), 0 < epsilon < 0.5. Errors: RH_INPUT, RH_MEMORY. */
RH_MUST_CHECK rh_status rh_weights_entropy_textbook(const double *x, uint32_t n, uint32_t m,
                                                    const int *direction, double epsilon,
                                                    double *w, double *entropy, rh_err *err);

/* e of one column z ≥ 0 with a sum above 0. */
double rh_entropy_of(const double *z, uint32_t n);

#endif
