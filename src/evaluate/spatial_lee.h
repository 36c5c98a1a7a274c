/* Lee's L (Lee 2001): do two variables vary together in space? Pearson's correlation of the two lags, times how smooth they
 * are. */
#ifndef RH_EVALUATE_SPATIAL_LEE_H
#define RH_EVALUATE_SPATIAL_LEE_H

#include "evaluate/spatial_moran.h"

/* L = n / Σ_i (Σ_j w_ij)² · Σ_i lx_i ly_i / sqrt(Σzx² Σzy²), lx = W zx (eq. 18). */
typedef struct rh_lee {
    double l;
    double smooth_x, smooth_y; /* L(x, x), L(y, y): spatial smoothing scalars */
    double pearson;
    rh_null random; /* pairs dealt together (Lee 2004), exact for any weights */
    rh_simulated dealt;
} rh_lee;

/* O(Σ neighbours²) for the moments. Errors: as Moran. */
RH_MUST_CHECK rh_status rh_lee_global(const rh_weights *weights, const double *x,
                                      const double *y, const rh_permutations *how, rh_lee *out,
                                      rh_err *err);

/* L_i = n lx_i ly_i / sqrt(Σzx² Σzy²) (eq. 22). `z`: of x; `lag`: of x; quadrant: signs of the two lags, x first. Only
 * permutations give p-values; `mean`, `variance` stay NAN. */
RH_MUST_CHECK rh_status rh_lee_local(const rh_weights *weights, const double *x,
                                     const double *y, const rh_permutations *how, rh_local *out,
                                     rh_err *err);

#endif
