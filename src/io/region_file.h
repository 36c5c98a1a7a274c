/* A region as a GeoPackage file: places as point layers (opens in QGIS), columns as tables,
 * large integer arrays as little-endian blobs. Layout: docs/region-file.md.
 *
 * Writing goes to FILE.partial and is renamed when complete: nothing half-written is left.
 * Reading checks everything (codes, parents, cycles, array lengths, G1–G5) before a region is
 * returned. */
#ifndef RH_IO_REGION_FILE_H
#define RH_IO_REGION_FILE_H

#include "place/region.h"

RH_MUST_CHECK rh_status rh_region_write(const rh_region *region, const char *path, rh_err *err);
RH_MUST_CHECK rh_status rh_region_read(const char *path, rh_region **out, rh_err *err);

#endif
