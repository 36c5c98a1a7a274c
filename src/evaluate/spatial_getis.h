/* Getis–Ord statistics, 热点分析: global G (Getis & Ord 1992), local G and G* (Ord & Getis 1995). They tell clusters of high
 * values from clusters of low ones, which Moran's I does not. */
#ifndef RH_EVALUATE_SPATIAL_GETIS_H
#define RH_EVALUATE_SPATIAL_GETIS_H

#include "evaluate/spatial_moran.h"

/* G = Σ_ij w_ij y_i y_j / Σ_{i≠j} y_i y_j, under randomisation. */
typedef struct rh_getis {
    double g;
    rh_null random;
    rh_simulated dealt;
} rh_getis;

/* Errors: as Moran; RH_INPUT naming the row of a negative value (the statistic is defined for y ≥ 0 only). */
RH_MUST_CHECK rh_status rh_getis_global(const rh_weights *weights, const double *y,
                                        const rh_permutations *how, rh_getis *out, rh_err *err);

/* Local: G_i = Σ_j w_ij y_j / Σ_{j≠i} y_j; `star`: G*_i with i itself in both sums, weighing weights->self[i] (which must be
 * there). Moments for any weights (Ord & Getis 1995); rh_local_z is their z.
 * quadrant: HIGH_HIGH for z > 0 (hot), LOW_LOW (cold) else. lag: Σ_j w_ij y_j with self in G*; z: standardised y. */
RH_MUST_CHECK rh_status rh_getis_local(const rh_weights *weights, const double *y, bool star,
                                       const rh_permutations *how, rh_local *out, rh_err *err);

#endif
