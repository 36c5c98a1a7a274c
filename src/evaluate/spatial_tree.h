/* A k-d tree over points of the plane or of the globe (Bentley 1975): nearest neighbours and neighbours within a distance.
 *
 * Points of the globe become points of the unit ball; the chord rises with the distance along the surface, so that one
 * tree of three dimensions serves both and no pole or date line is special.
 * D1 the tree is a permutation of the points: a node is the middle of its range, its halves lie on either side of it. */
#ifndef RH_EVALUATE_SPATIAL_TREE_H
#define RH_EVALUATE_SPATIAL_TREE_H

#include "core/status.h"
#include "evaluate/points.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct rh_found {
    double distance; /* in the unit of the points */
    uint32_t index;
} rh_found;

typedef struct rh_tree rh_tree;

/* O(n log n). The points need not outlive the call. */
RH_MUST_CHECK rh_status rh_tree_new(const rh_points *points, rh_tree **out, rh_err *err);
void rh_tree_free(rh_tree *tree);

/* The k points nearest to point i but i itself, nearest first, equal distances by index; `found` has room for k. Returns
 * how many there are (fewer than k only in a smaller tree). O(k + log n) as a rule. */
uint32_t rh_tree_nearest(const rh_tree *tree, uint32_t i, uint32_t k, rh_found *found);

/* All points within `radius` of point i but i itself, in no order. At most `room` are written; returns how many there are. */
uint32_t rh_tree_within(const rh_tree *tree, uint32_t i, double radius, rh_found *found,
                        uint32_t room);

/* Distance of two points. */
double rh_points_distance(const rh_points *points, uint32_t i, uint32_t j);

#endif
