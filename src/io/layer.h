/* Reading a layer or an attribute table of a GeoPackage (OGC 12-128r18) as a table of csv.h.
 *
 * L1 values keep their bits; NULL is an empty cell; binary columns are left out.
 * L2 a layer of points gains lon and lat (x and y when its coordinates are no degrees), unless it has columns of these
 *    names. */
#ifndef RH_IO_LAYER_H
#define RH_IO_LAYER_H

#include "io/csv.h"

/* Read the layer (NULL: the only one with features, else the only table). A row's line is its place in the layer, from 1.
 * Errors: RH_IO; RH_INPUT with what there is to choose. */
RH_MUST_CHECK rh_status rh_layer_open(const char *path, const char *layer, rh_csv **out,
                                      rh_err *err);

/* True when the file is the results of a run (io/run_file.h). */
bool rh_layer_is_run(const char *path);

#endif
