/* Weights from the spread of each indicator by itself, proportional to a measure of its column:
 *
 *     DEVIATION    standard deviation, divisor n − 1, of the values as given (Jahan & Edwards 2013): scale them first
 *     VARIANCE     variance of the min–max scaled values (Rao & Patel 2010)
 *     VARIATION    standard deviation / mean (变异系数法); values > 0, since the mean of others tells nothing
 *     GINI         Gini coefficient Σ_ik |x_i − x_k| / (2 n² mean) (Li & Chi 2009); values ≥ 0
 *     ANGLE        angle between the column and an even one (Shuai et al. 2012); values ≥ 0
 *
 * A constant column has weight 0. Cost: O(n m), GINI O(n² m). */
#ifndef RH_EVALUATE_WEIGHTS_SPREAD_H
#define RH_EVALUATE_WEIGHTS_SPREAD_H

#include "core/status.h"

#include <stdint.h>

enum rh_spread {
    RH_SPREAD_DEVIATION,
    RH_SPREAD_VARIANCE,
    RH_SPREAD_VARIATION,
    RH_SPREAD_GINI,
    RH_SPREAD_ANGLE
};

/* w[m] from x (n × m). Errors: RH_INPUT. */
RH_MUST_CHECK rh_status rh_weights_spread(enum rh_spread kind, const double *x, uint32_t n,
                                          uint32_t m, double *w, rh_err *err);

#endif
