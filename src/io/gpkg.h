/* What every GeoPackage has: the system tables, points, registration of layers (OGC 12-128r18,
 * version 1.3).
 *
 * `last_change` is the caller's: a fixed day keeps two equal files equal. */
#ifndef RH_IO_GPKG_H
#define RH_IO_GPKG_H

#include "core/status.h"

#include <sqlite3.h>

enum { RH_GPKG_POINT_SIZE = 29 };

/* SQL that makes the system tables in an empty database. */
extern const char rh_gpkg_schema[];

/* A point in GeoPackage binary form (WGS 84, little endian). */
void rh_gpkg_point(unsigned char out[RH_GPKG_POINT_SIZE], double lon, double lat);

/* Enter a layer of points (column `geom`) in the system tables; the extent is read from columns
 * lon, lat. Returns an SQLite code. */
int rh_gpkg_register_points(sqlite3 *db, const char *table, const char *title,
                            const char *last_change);

#endif
