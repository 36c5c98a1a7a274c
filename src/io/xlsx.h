/* Reading one sheet of an XLSX file (ECMA-376 part 1, SpreadsheetML) as a table of csv.h.
 *
 * X1 numbers keep the digits of the file; a serial number whose style says date becomes ISO 8601 text
 *    ("2020-11-01", with a time "2020-11-01T10:30:00"), in the 1900 and the 1904 system.
 * X2 a formula gives the value that was saved with it; one without is refused with its cell.
 * X3 every cell of a merged range has its value. Rows above the first one with two different cells are titles and left
 *    out. #N/A is "NA", TRUE and FALSE are texts, other error values stay as text.
 * X4 a malformed file gives a sentence, whatever its bytes are. Limits are Excel's: 1,048,576 rows, 16,384 columns,
 *    32,767 characters a cell. */
#ifndef RH_IO_XLSX_H
#define RH_IO_XLSX_H

#include "io/csv.h"

/* Read the sheet of this name (NULL: the first). Sentences call it "path[sheet]:row". Errors: RH_IO; RH_INPUT, with the names of
 * the sheets when there is none such. */
RH_MUST_CHECK rh_status rh_xlsx_open(const char *path, const char *sheet, rh_csv **out,
                                     rh_err *err);

/* The same from memory; `name` stands for the file. */
RH_MUST_CHECK rh_status rh_xlsx_parse(const char *name, const void *bytes, size_t size,
                                      const char *sheet, rh_csv **out, rh_err *err);

#endif
