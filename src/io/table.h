/* Reading a table of any kind that planners keep into one form (csv.h): CSV (UTF-8, GB18030), XLSX,
 * GeoPackage layers, and the results of a run.
 *
 * B1 whatever the file, cells are text with file and line (row) known, so that all problems are
 *    reported by rh_csv_problem and rh_csv_finish alike; numbers keep their bits (rh_text_exact). */
#ifndef RH_IO_TABLE_H
#define RH_IO_TABLE_H

#include "io/csv.h"

/* Open a table. A path FILE#PART that is no file itself chooses as well. `part` chooses inside the file, NULL for the usual:
 *   .csv, .tsv, .txt   nothing to choose
 *   .xlsx              name of the sheet (usual: the first)
 *   .gpkg              name of the layer or table (usual: the only one with features); the geometry column is left
 *                      out, points add columns lon and lat
 *   a run.gpkg         "LEVEL" or "LEVEL:YEAR" or "LEVEL:YEAR:PART" (usual: county, last year, all; YEAR *: every year): columns code,
 *                      name, year, parent, province and prefecture above, lon, lat and one for each indicator
 * The first bytes tell the kind; the name only where they do not.
 * Errors: RH_IO; RH_INPUT with what there is to choose. The caller frees with rh_csv_free. */
RH_MUST_CHECK rh_status rh_table_open(const char *path, const char *part, rh_csv **out,
                                      rh_err *err);

/* A whole column as numbers (n = rh_csv_rows); empty and "NA" cells are NAN. The column must exist; problems are collected
 * in `table`. The caller frees *out with rh_free. Errors: RH_MEMORY. */
RH_MUST_CHECK rh_status rh_table_numbers(rh_csv *table, const char *column, double **out,
                                         rh_err *err);

/* The same, and every cell must hold a number: each missing one is a problem. */
RH_MUST_CHECK rh_status rh_table_numbers_all(rh_csv *table, const char *column, double **out,
                                             rh_err *err);

/* A column of labels as group numbers 0 … *n_groups-1 in order of first appearance; label[g] is borrowed from the table.
 * The caller frees *group and *label. An empty cell is a problem. */
RH_MUST_CHECK rh_status rh_table_groups(rh_csv *table, const char *column, uint32_t **group,
                                        const char ***label, uint32_t *n_groups, rh_err *err);

/* A column that names the rows: an empty cell or one that stands twice is a problem (both lines are named). `id` points into the
 * table; the caller frees the array. NULL as `column`: the first column. */
RH_MUST_CHECK rh_status rh_table_ids(rh_csv *table, const char *column, const char ***id,
                                     rh_err *err);

/* The same in a table of several years, in which a name may stand once a year; `year`: index of that column, -1: none. */
RH_MUST_CHECK rh_status rh_table_ids_by_year(rh_csv *table, const char *column, int year,
                                             const char ***id, rh_err *err);

#endif
