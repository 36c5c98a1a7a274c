/* The results of a run at one level and year as a table of csv.h. */
#ifndef RH_IO_RUN_TABLE_H
#define RH_IO_RUN_TABLE_H

#include "io/csv.h"

/* `part` is "LEVEL", "LEVEL:YEAR" or "LEVEL:YEAR:PART" (NULL: the finest level up to county, last year, all; an empty LEVEL: the
 * finest; YEAR "*": every year, one below the other). Columns: code, name, year, parent (code one level up), the names of the province and prefecture above, lon, lat, one for each indicator. Errors:
 * RH_INPUT with what there is to choose; those of rh_run_open. */
RH_MUST_CHECK rh_status rh_run_table_open(const char *path, const char *part, rh_csv **out,
                                          rh_err *err);

#endif
