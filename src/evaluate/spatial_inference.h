/* From a statistic to a judgement: moments, normal and pseudo p-values, many tests at once. */
#ifndef RH_EVALUATE_SPATIAL_INFERENCE_H
#define RH_EVALUATE_SPATIAL_INFERENCE_H

#include "core/status.h"
#include "evaluate/spatial_weights.h"
#include "evaluate/statistics.h"

#include <stdint.h>

/* A statistic under a null hypothesis and the normal approximation. */
typedef struct rh_null {
    double mean, variance;
    double z;
    double p_one; /* in the direction of z */
    double p_two;
} rh_null;

rh_null rh_null_of(double value, double mean, double variance);

/* What permutations say of one statistic. `low` and `high` count those at most and at least as large (equal: both). */
typedef struct rh_simulated {
    uint32_t n, low, high;
    double mean, variance; /* of the permuted values (divided by n) */
} rh_simulated;

/* The smaller tail, (min(low, high) + 1) / (n + 1): what esda and GeoDa report ("folded", one-sided). */
double rh_pseudo_folded(const rh_simulated *s);
/* Two-sided: twice that, at most 1. */
double rh_pseudo_two(const rh_simulated *s);

/* Sums over q_ij (i ≠ j) of the attribute matrix of a cross-product statistic Γ = Σ_ij w_ij q_ij, as rh_weight_sums. */
typedef struct rh_cross_sums {
    double t0, t1, t2;
} rh_cross_sums;

/* Mean and variance of Γ when the values are dealt to the units at random (Mantel 1967; Hubert,
 * Golledge & Costanzo 1981). Moran, Geary, Getis–Ord, join counts are special cases. n ≥ 4. */
void rh_cross_moments(uint32_t n, const rh_weight_sums *w, const rh_cross_sums *q, double *mean,
                      double *variance);

#endif
