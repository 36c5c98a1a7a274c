/* One set of weights from several.
 *
 *     LINEAR          α first + (1 − α) second, of two sets
 *     MULTIPLICATIVE  product of all, scaled to sum 1 (乘法合成): all > 0
 *     GEOMETRIC       geometric mean of all, scaled to sum 1
 *     GAME            Σ_k a_k w_k, with a from (w_k · w_l) a = (w_k · w_k), scaled to sum 1 (博弈论组合赋权): the set with the smallest
 *                     sum of squared distances to all sets (Nash equilibrium; Lai, Chen & Wang 2015, J. Hydrology, eqs. 9–12).
 *
 * Sets are given one after the other: set[k * m + j], sum 1 each. Errors: RH_INPUT naming set and indicator; RH_MEMORY. */
#ifndef RH_EVALUATE_WEIGHTS_COMBINE_H
#define RH_EVALUATE_WEIGHTS_COMBINE_H

#include "evaluate/index_weights.h"

/* w[m]; share[n_sets] takes the a_k of GAME (may be NULL). */
RH_MUST_CHECK rh_status rh_weights_combine(enum rh_combine how, const double *set,
                                           uint32_t n_sets, uint32_t m, double alpha, double *w,
                                           double *share, rh_err *err);

#endif
