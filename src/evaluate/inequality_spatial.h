/* Does inequality stand between neighbours or between places far apart? The spatial Gini.
 *
 *     Σ_i Σ_j |x_i − x_j| = near + far,   near = Σ over neighbour pairs w_ij |x_i − x_j|
 *     Gini = (near + far) / (2 n² μ)
 *     Rey and Smith (2013), Letters in Spatial and Resource Sciences 6(2), eq. 4–5
 * Inference: values change places at random. The expectation is known, E[near] = S0 / (n (n − 1)) Σ Σ |x_i − x_j|; spread and
 * p-values come from the draws. Polarisation = (far / near) (neighbour pairs / other pairs), 1 at random.
 *
 * R1 a draw is a function of seed and number of the permutation: threads change nothing. */
#ifndef RH_EVALUATE_INEQUALITY_SPATIAL_H
#define RH_EVALUATE_INEQUALITY_SPATIAL_H

#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

/* Directed neighbour pairs: from and to are row numbers; weight NULL: 1 each. All borrowed. */
typedef struct rh_neighbours {
    size_t n;
    const uint32_t *from, *to;
    const double *weight;
} rh_neighbours;

typedef struct rh_spatial_gini {
    double gini, total, near, far; /* sums over directed pairs, in units of x */
    double near_gini, far_gini;    /* the two parts of the Gini */
    double far_share;              /* far_gini / gini */
    double polarisation;
    double expected_far;            /* under random places, exact */
    unsigned permutations;          /* 0: what follows is NAN */
    double mean_far, sd_far, z_far; /* over the draws (sd with denominator N) */
    double p_upper;                 /* (draws with at least so much far + 1) / (N + 1) */
    double p_folded;                /* the smaller tail, as PySAL has it */
} rh_spatial_gini;

/* Errors: RH_INPUT for a pair outside the n ≥ 2 rows or of a row with itself, a mean that is not positive; RH_MEMORY. Cost:
 * O(permutations · (n + pairs)). */
RH_MUST_CHECK rh_status rh_spatial_gini_find(const double *x, uint32_t n,
                                             const rh_neighbours *pairs, unsigned permutations,
                                             uint64_t seed, unsigned n_threads,
                                             rh_spatial_gini *out, rh_err *err);

#endif
