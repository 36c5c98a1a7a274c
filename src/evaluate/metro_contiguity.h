/* Which units touch, and keeping areas in one piece: exclaves (parts that do not touch their core) are dropped, enclaves
 * (units that touch one area only) are filled (OECD 2012; Dijkstra, Poelman & Veneri 2019). */
#ifndef RH_EVALUATE_METRO_CONTIGUITY_H
#define RH_EVALUATE_METRO_CONTIGUITY_H

#include "evaluate/metro_commuting.h"

#include <stdbool.h>

/* Neighbours: unit i touches near[first[i]] … near[first[i+1]-1], rising, both directions, never itself. */
typedef struct rh_touching {
    uint32_t n;
    uint32_t *first, *near;
} rh_touching;

void rh_touching_free(rh_touching *t);

/* From pairs in any order; one direction is enough, repeats and i = i are passed over. Errors: RH_MEMORY, RH_RANGE (unit ≥ n). */
RH_MUST_CHECK rh_status rh_touching_from_pairs(uint32_t n, uint32_t pairs, const uint32_t *a,
                                               const uint32_t *b, rh_touching **out,
                                               rh_err *err);

/* Cells of a grid that share a side. Errors: RH_MEMORY; RH_INPUT for two units in one cell. O(n log n). */
RH_MUST_CHECK rh_status rh_touching_from_grid(uint32_t n, const int64_t *row,
                                              const int64_t *column, rh_touching **out,
                                              rh_err *err);

/* Gabriel neighbours of points (Gabriel & Sokal 1969): no third point lies in the circle over the two, here with longitudes
 * shrunk by the cosine of the middle latitude. A stand-in where borders are not known. O(n²) to O(n³). Errors: RH_MEMORY. */
RH_MUST_CHECK rh_status rh_touching_from_points(uint32_t n, const double *lon,
                                                const double *lat, rh_touching **out,
                                                rh_err *err);

/* Units that are not joined to a core unit of their area through units of that area leave it (RH_NO_AREA). Returns how many;
 * *dropped[i] is set where not NULL. `scratch`: n entries. O(n + pairs). */
uint32_t rh_exclaves_drop(const rh_touching *t, const bool *core, uint32_t *area, bool *dropped,
                          uint32_t *scratch);

/* One pass in rising order: a unit of no area all of whose neighbours (one at least) are of one area joins it. Returns how many. */
uint32_t rh_enclaves_fill(const rh_touching *t, uint32_t *area, bool *filled);

#endif
