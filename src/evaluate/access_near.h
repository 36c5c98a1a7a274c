/* Pairs of places by their coordinates: straight lines on a plane, great circles on the globe. */
#ifndef RH_EVALUATE_ACCESS_NEAR_H
#define RH_EVALUATE_ACCESS_NEAR_H

#include "evaluate/access_pairs.h"

#define RH_EARTH_KM 6371.0088 /* mean radius, IUGG 1980 */

/* x, y: in one unit, and costs in the same; or degrees of longitude and latitude, and costs in kilometres. */
typedef struct rh_points {
    uint32_t n;
    const double *x, *y;
} rh_points;

/* Kilometres between two points on the globe (haversine). */
double rh_globe_km(double lon1, double lat1, double lon2, double lat2);

/* All pairs at most `within` apart (INFINITY: all). `scale`: cost of one unit of length (minutes a kilometre); `within` is a cost.
 * O(n log n + pairs in a band of `within` around each origin's y). Errors: RH_MEMORY. */
RH_MUST_CHECK rh_status rh_near_pairs(const rh_points *origins, const rh_points *destinations,
                                      bool globe, double scale, double within, rh_pairs **out,
                                      rh_err *err);

/* cost[i] from origin i to the nearest of the destinations that are wanted (NULL: all); INFINITY when there is none. */
RH_MUST_CHECK rh_status rh_near_nearest(const rh_points *origins, const rh_points *destinations,
                                        const bool *wanted, bool globe, double scale,
                                        double *cost, rh_err *err);

#endif
