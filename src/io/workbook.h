/* Workbooks (XLSX), packed in memory and then written whole: on a full disk their library would print about it. */
#ifndef RH_IO_WORKBOOK_H
#define RH_IO_WORKBOOK_H

#include "core/status.h"

#include <stdbool.h>
#include <xlsxwriter.h>

typedef rh_status rh_fill_workbook(const void *context, lxw_workbook *book, rh_err *err);

/* Make a workbook, let `fill` put its sheets in and write it to `file`, which sentences call `path`. `by_row`: the rows of a sheet
 * come in order and are not kept, so that many of them stay small. Errors: RH_IO, and those of `fill`. */
RH_MUST_CHECK rh_status rh_workbook_write(const char *file, const char *path, bool by_row,
                                          rh_fill_workbook *fill, const void *context,
                                          rh_err *err);

#endif
