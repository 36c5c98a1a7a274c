/* Moran's I, 莫兰指数: global (Moran 1950; Cliff & Ord 1981), local (Anselin 1995), of rates (Assunção & Reis 1999), of two
 * variables (Anselin, Syabri & Smirnov 2002).
 *
 * Peers differ in the local one: esda scales by n − 1, spdep by n (RH_LOCAL_BY_N_LESS_1, RH_LOCAL_BY_N). */
#ifndef RH_EVALUATE_SPATIAL_MORAN_H
#define RH_EVALUATE_SPATIAL_MORAN_H

#include "evaluate/spatial_permute.h"

/* I = n/S0 Σ_ij w_ij z_i z_j / Σ z_i², z = y − mean; −1/(n−1) is expected without autocorrelation. */
typedef struct rh_moran {
    double i;
    double kurtosis;    /* b2 = n Σz⁴ / (Σz²)² */
    rh_null normal;     /* under normality (Cliff & Ord 1981, p. 21) */
    rh_null random;     /* under randomisation (the same) */
    rh_simulated dealt; /* n = 0: no permutations */
} rh_moran;

/* Errors: RH_RANGE when y is constant, n < 4 or no unit has a neighbour. `how` NULL: no permutations. */
RH_MUST_CHECK rh_status rh_moran_global(const rh_weights *weights, const double *y,
                                        const rh_permutations *how, rh_moran *out, rh_err *err);

/* I_xy = n/S0 Σ_ij w_ij zx_i zy_j / sqrt(Σzx² Σzy²): x here, y around. y is dealt. `normal`, `random` stay empty: no peer
 * trusts analytic moments here. */
RH_MUST_CHECK rh_status rh_moran_bivariate(const rh_weights *weights, const double *x,
                                           const double *y, const rh_permutations *how,
                                           rh_moran *out, rh_err *err);

/* Rates whose variance does not depend on the population, z_i = (p_i − b)/sqrt(v_i), p = events/base, b = Σevents/Σbase,
 * a = Σ base (p − b)²/Σbase − b/(Σbase/n), v_i = a + b/base_i, b/base_i where that is negative (Assunção & Reis 1999).
 * Errors: RH_INPUT naming the row of a base ≤ 0 or negative events; RH_RANGE when there are no events. */
RH_MUST_CHECK rh_status rh_rate_stable(const double *events, const double *base, uint32_t n,
                                       double *out, rh_err *err);

enum rh_local_scale { RH_LOCAL_BY_N_LESS_1, RH_LOCAL_BY_N };

/* Quadrants of the Moran scatterplot, numbered as esda does. */
enum rh_quadrant { RH_QUADRANT_NONE, RH_HIGH_HIGH, RH_LOW_HIGH, RH_LOW_LOW, RH_HIGH_LOW };

/* Arrays of n, one block of memory. Conditional moments: unit i keeps its value, the others are dealt; total: all are
 * (Sokal, Oden & Thomson 1998). */
typedef struct rh_local {
    uint32_t n;
    double *z;                           /* standardised value, population deviation */
    double *lag;                         /* Σ_j w_ij z_j (of y in the bivariate case) */
    double *value;                       /* the statistic */
    double *mean, *variance;             /* conditional; NAN where there is no formula */
    double *mean_total, *variance_total; /* total; NAN where there is no formula */
    double *p_normal; /* two-sided, by the conditional moments; NAN for islands */
    uint8_t *quadrant;
    rh_simulated *dealt;
} rh_local;

RH_MUST_CHECK rh_status rh_local_new(uint32_t n, rh_local *out, rh_err *err);
void rh_local_release(rh_local *local);

/* (value − mean)/sqrt(variance), NAN for islands. */
double rh_local_z(const rh_local *local, uint32_t i);

/* I_i = c z_i Σ_j w_ij z_j / Σz², c = n − 1 or n. `x` NULL: univariate; else x_i with the y around. Same errors. */
RH_MUST_CHECK rh_status rh_moran_local(const rh_weights *weights, const double *x,
                                       const double *y, enum rh_local_scale scale,
                                       const rh_permutations *how, rh_local *out, rh_err *err);

/* Errors: RH_RANGE for fewer than 4 units or no link at all. */
RH_MUST_CHECK rh_status rh_spatial_check(const rh_weights *weights, rh_err *err);

/* The quadrant of a unit, and of all from z and lag; islands have none. */
enum rh_quadrant rh_quadrant_of(double here, double around);
void rh_local_quadrants(const rh_weights *weights, rh_local *local);

/* z = (y − mean)/sd into `z`, sd by n − less. Errors: RH_RANGE when y is constant. */
RH_MUST_CHECK rh_status rh_standardise(const double *y, uint32_t n, unsigned less, double *z,
                                       rh_err *err);

/* Mean and variance of Σ_j w_ij v_j when the v of the others (their sum and sum of squares) are dealt to i's neighbours. */
void rh_lag_moments(const rh_weights *weights, uint32_t i, double sum, double squares,
                    double *mean, double *variance);

#endif
