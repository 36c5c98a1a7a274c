/* Polygons of a GeoPackage layer (OGC 12-128r18, 2.1.3: GeoPackage binary around well-known binary), as flat rings.
 *
 * Polygons and multipolygons with or without Z and M are read; heights are passed over. Empty ones are kept without rings. */
#ifndef RH_IO_GPKG_SHAPES_H
#define RH_IO_GPKG_SHAPES_H

#include "core/status.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct rh_shapes {
    uint32_t n; /* features, in the order of the layer */
    char **id;  /* their id column as text */
    uint32_t n_rings;
    uint32_t *owner; /* feature of each ring, rising */
    size_t *start;   /* n_rings + 1: first point of each ring */
    double *xy;      /* two numbers a point */
    bool globe;      /* longitude and latitude */
} rh_shapes;

/* `layer` NULL: the only one. Errors: RH_IO; RH_INPUT with file, layer and row (and what there is to choose from); release
 * in any case. */
RH_MUST_CHECK rh_status rh_shapes_read(const char *path, const char *layer,
                                       const char *id_column, rh_shapes *out, rh_err *err);
void rh_shapes_release(rh_shapes *shapes);

/* Append the rings of one geometry blob to feature number `feature`. `room`: of rings and points; start with zeros. On failure
 * *why is a reason ("the ring ends early"). For tests and fuzzing. */
typedef struct rh_shapes_room {
    size_t owners, starts, points;
} rh_shapes_room;
RH_MUST_CHECK rh_status rh_shapes_add(rh_shapes *shapes, rh_shapes_room *room, uint32_t feature,
                                      const unsigned char *blob, size_t size, const char **why);

#endif
