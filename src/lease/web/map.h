/* A map of places as inline SVG, without script: each place is a dot (or its area) that leads to the place's page; the dot's size says how many
 * offers there are.
 *
 * V1 only places: a place has the statistical code of a township (9 digits) or a village (12 digits) and stands once, so that a home
 *    can not be put on the map (DOMAIN.md, I15).
 * V2 labels overlap neither each other nor a dot, and stand inside the picture; a label that finds no room is left out (the link still
 *    says the name; pages list the places below).
 * V3 the same places give the same bytes: positions are whole tenths of the picture's units.
 * Projection: plain cylindrical with the cosine of the middle latitude: a township is some 20 km wide, where that is off by less
 * than a dot. The picture is 360 units wide, as a phone is. */
#ifndef RH_WEB_MAP_H
#define RH_WEB_MAP_H

#include "web/html.h"

enum { RH_MAP_PLACES = 500 };

typedef struct rh_map_point {
    double lon, lat; /* degrees */
} rh_map_point;

typedef struct rh_map_place {
    const char *code; /* 9 or 12 digits */
    const char *name;
    rh_map_point at;           /* where its dot stands: the place's middle */
    const rh_map_point *shape; /* outer ring of its area, n_shape points, or NULL */
    size_t n_shape;
    int64_t count; /* of offers, ≥ 0 */
    const char *href;
} rh_map_place;

/* Draw 1 to RH_MAP_PLACES places. Errors: RH_INPUT (a code that is none or stands twice, coordinates that are none), RH_MEMORY;
 * nothing is written then. */
RH_MUST_CHECK rh_status rh_map_svg(rh_html *h, const rh_map_place *place, size_t n,
                                   const char *label, rh_err *err);

#endif
