/* The table of an index: units (in a panel: unit and year) × indicators, read as the framework names the columns.
 *
 * D1 a row is one unit, or one unit in one year; a second one of the same name is refused.
 * D2 value = column / per × times; a denominator of 0 is refused, an empty one leaves the value missing. */
#ifndef RH_EVALUATE_INDEX_DATA_H
#define RH_EVALUATE_INDEX_DATA_H

#include "evaluate/index_framework.h"
#include "io/table.h"

typedef struct rh_index_data {
    const char
        *file; /* for sentences; borrowed, as are the texts below (they belong to the table) */
    uint32_t n, m;
    const char **unit,
        **label;     /* label: the unit's name where there is such a column, else the unit */
    uint32_t *line;  /* in the file */
    double *raw;     /* n × m, column-major, as in the table; NAN is missing */
    double *x;       /* the same divided and multiplied (D2) */
    double *per;     /* the denominators; 1 where there is none */
    uint32_t *group; /* NULL without a group column; RH_NO_GROUP for an empty cell */
    uint32_t n_groups;
    int *year;  /* NULL without a year column */
    int *years; /* those that occur, rising */
    uint32_t n_years;
} rh_index_data;

/* All problems of the table are in the error. `table` must outlive *out; the caller frees. Errors: RH_INPUT, RH_MEMORY.
 */
RH_MUST_CHECK rh_status rh_index_data_read(const rh_index_framework *framework,
                                           const char *file, rh_csv *table, rh_index_data **out,
                                           rh_err *err);
void rh_index_data_free(rh_index_data *data);

#endif
