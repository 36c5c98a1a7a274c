/* Geary's C (Geary 1954; Cliff & Ord 1981), local C (Anselin 1995), local C of several variables (Anselin 2019).
 * Small values mean that neighbours are alike. */
#ifndef RH_EVALUATE_SPATIAL_GEARY_H
#define RH_EVALUATE_SPATIAL_GEARY_H

#include "evaluate/spatial_moran.h"

/* C = (n−1) Σ_ij w_ij (y_i − y_j)² / (2 S0 Σz²); 1 is expected. */
typedef struct rh_geary {
    double c;
    rh_null normal, random; /* Cliff & Ord 1981, p. 21 */
    rh_simulated dealt;
} rh_geary;

RH_MUST_CHECK rh_status rh_geary_global(const rh_weights *weights, const double *y,
                                        const rh_permutations *how, rh_geary *out, rh_err *err);

/* c_i = mean over the variables of Σ_j w_ij (z_i − z_j)², z with the deviation by n (esda) or n − 1 (spdep: less = 1).
 * Conditional moments for one variable (exact: the others are dealt). `quadrant` and `lag` are those of Moran's
 * scatterplot for one variable; out->z is that of the first. At most 16 variables. */
RH_MUST_CHECK rh_status rh_geary_local(const rh_weights *weights, const double *const *y,
                                       unsigned n_variables, unsigned less,
                                       const rh_permutations *how, rh_local *out, rh_err *err);

enum { RH_GEARY_VARIABLES = 16 };

#endif
