/* Writing a map: a GeoPackage layer of units with columns of results, as points or with the outlines of another layer.
 *
 * The file is written beside its place and renamed: whole or not at all. */
#ifndef RH_IO_GPKG_MAP_H
#define RH_IO_GPKG_MAP_H

#include "core/status.h"

#include <stdbool.h>
#include <stdint.h>

/* Numbers or, where `number` is NULL, texts. NAN is an empty cell. Borrowed. */
typedef struct rh_map_column {
    const char *name;
    const double *number;
    const char *const *text;
} rh_map_column;

typedef struct rh_map {
    const char *layer; /* name of the table */
    uint32_t n;
    const char *const *id; /* written as column "id" */
    unsigned n_columns;
    const rh_map_column *column;
    const double *x, *y; /* points; NULL: outlines of `shapes` */
    bool globe;          /* points are longitude and latitude (WGS 84) */
    const char *shapes, *shapes_layer,
        *shapes_id; /* the file of the outlines; layer NULL: the only one */
} rh_map;

/* Errors: RH_IO. */
RH_MUST_CHECK rh_status rh_map_write(const char *path, const rh_map *map, rh_err *err);

#endif
