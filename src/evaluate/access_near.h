/* Pairs of places by their coordinates: straight lines on a plane, great circles on the globe. */
#ifndef RH_EVALUATE_ACCESS_NEAR_H
#define RH_EVALUATE_ACCESS_NEAR_H

#include "evaluate/access_pairs.h"
#include "evaluate/points.h"

/* Origins and destinations are both of the plane (costs in the unit of x and y) or both of the globe (in km).
 *
 * All pairs at most `within` apart (INFINITY: all). `scale`: cost of one unit of length (minutes a kilometre); `within` is a cost.
 * O(n log n + pairs in a band of `within` around each origin's y). Errors: RH_MEMORY. */
RH_MUST_CHECK rh_status rh_near_pairs(const rh_points *origins, const rh_points *destinations,
                                      double scale, double within, rh_pairs **out, rh_err *err);

/* cost[i] from origin i to the nearest of the destinations that are wanted (NULL: all); INFINITY when there is none. */
RH_MUST_CHECK rh_status rh_near_nearest(const rh_points *origins, const rh_points *destinations,
                                        const bool *wanted, double scale, double *cost,
                                        rh_err *err);

#endif
