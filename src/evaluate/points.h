/* Points of the plane or of the globe, and how far apart they are. */
#ifndef RH_EVALUATE_POINTS_H
#define RH_EVALUATE_POINTS_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

/* Mean radius of the earth, km (IUGG: Moritz 2000, Geodetic Reference System 1980, R1). */
#define RH_EARTH_KM 6371.0088
/* Radians of a degree. */
#define RH_DEGREE (3.14159265358979323846 / 180)

/* Where units are: plane (any unit) or globe (x longitude, y latitude in degrees, distances in km). Borrowed. */
typedef struct rh_points {
    uint32_t n;
    const double *x, *y;
    bool globe;
} rh_points;

/* Kilometres between two points on the globe (haversine; Sinnott 1984, Sky and Telescope 68(2)). */
static inline double
rh_globe_km(double lon1, double lat1, double lon2, double lat2)
{
    double a = sin((lat2 - lat1) * RH_DEGREE / 2), b = sin((lon2 - lon1) * RH_DEGREE / 2);
    double h = a * a + cos(lat1 * RH_DEGREE) * cos(lat2 * RH_DEGREE) * b * b;
    return 2 * RH_EARTH_KM * asin(fmin(1, sqrt(h)));
}

#endif
