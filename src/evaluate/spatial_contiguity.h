/* Contiguity, 邻接: polygons are neighbours when they share a corner (queen) or a side (rook).
 *
 * Corners and sides are looked up in hash tables, so that the cost is that of reading the outlines: O(points). A neighbour
 * whose outline runs along a side but has no common corner on it is not found; planners' files that were digitised apart need
 * a snap distance or cleaning first. */
#ifndef RH_EVALUATE_SPATIAL_CONTIGUITY_H
#define RH_EVALUATE_SPATIAL_CONTIGUITY_H

#include "evaluate/spatial_weights.h"

/* Rings of polygons: ring r of polygon `owner[r]` has the points start[r] … start[r+1]-1 (x, y behind each other); the
 * first may or may not be repeated at the end. Holes are rings like others. Borrowed. */
typedef struct rh_rings {
    uint32_t n_polygons, n_rings;
    const uint32_t *owner;
    const size_t *start; /* n_rings + 1 */
    const double *xy;    /* 2 × start[n_rings] */
} rh_rings;

/* Weights 1, symmetric. snap > 0: points are moved to a grid of this width first (unit of the coordinates). */
RH_MUST_CHECK rh_status rh_weights_contiguity(const rh_rings *rings, bool rook, double snap,
                                              rh_weights *out, rh_err *err);

/* Centre of area of every polygon (of its points where it has no area). `x`, `y`: n_polygons each. */
void rh_rings_centres(const rh_rings *rings, double *x, double *y);

#endif
