/* Varimax: turn factors so that each indicator loads on few of them.
 *
 * Maximises Σ_k (Σ_j l_jk⁴ − (Σ_j l_jk²)² / m) of the loadings with rows scaled to length 1 (Kaiser 1958, Psychometrika 23, eqs. 5–7). Rows
 * of zeros (constant indicators) do not count in m. */
#ifndef RH_EVALUATE_WEIGHTS_VARIMAX_H
#define RH_EVALUATE_WEIGHTS_VARIMAX_H

#include "core/status.h"

#include <stdint.h>

/* Turn the columns of loading[k * m + j], k < kept, two by two until no pair gains (angles below 1e-12). Errors: RH_MEMORY. */
RH_MUST_CHECK rh_status rh_varimax(double *loading, uint32_t m, uint32_t kept, rh_err *err);

/* The iteration of R's stats::varimax (singular values of the gradient; ends when their sum grows by less than 1e-5): for figures that
 * agree with those of R. It may stop short of the maximum: two clean factors 29° off their axes stay there (tests/test_weights.c);
 * rh_varimax turns them. Errors: RH_MEMORY, RH_INPUT. */
RH_MUST_CHECK rh_status rh_varimax_iterated(double *loading, uint32_t m, uint32_t kept,
                                            rh_err *err);

#endif
