/* Weights by distance: nearest neighbours, distance bands, kernels. */
#ifndef RH_EVALUATE_SPATIAL_NEAR_H
#define RH_EVALUATE_SPATIAL_NEAR_H

#include "evaluate/spatial_tree.h"
#include "evaluate/spatial_weights.h"

/* Kernels of u = distance / bandwidth, 0 beyond 1, as libpysal has them (Kernel, version 4.7):
 * 1/2; 1-u; 3/4 (1-u²); 15/16 (1-u²)²; (2π)^-½ exp(-u²/2). */
enum rh_kernel {
    RH_KERNEL_UNIFORM,
    RH_KERNEL_TRIANGULAR,
    RH_KERNEL_EPANECHNIKOV,
    RH_KERNEL_QUARTIC,
    RH_KERNEL_GAUSSIAN,
};

double rh_kernel_at(enum rh_kernel kernel, double u);

/* The k nearest of every unit, weight 1. Equal distances: the lower index. Errors: RH_RANGE when k ≥ n. O(n k log n). */
RH_MUST_CHECK rh_status rh_weights_nearest(const rh_points *points, uint32_t k, rh_weights *out,
                                           rh_err *err);

/* Everyone within `radius`: weight distance^-power (power 0: 1). Errors: RH_INPUT when power > 0 and two units stand at the
 * same place. */
RH_MUST_CHECK rh_status rh_weights_band(const rh_points *points, double radius, double power,
                                        rh_weights *out, rh_err *err);

/* Kernel weights. bandwidth > 0: the same everywhere; else adaptive: the distance to the k-th neighbour, a ten-millionth
 * wider so that this one counts (as libpysal). A unit weighs K(0) in its own lag (`self`). */
RH_MUST_CHECK rh_status rh_weights_kernel(const rh_points *points, enum rh_kernel kernel,
                                          double bandwidth, uint32_t k, rh_weights *out,
                                          rh_err *err);

#endif
