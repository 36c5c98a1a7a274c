/* Private to xlsx*.c: walking an XML part of the package, and what the parts give each other. */
#ifndef RH_IO_XLSX_PART_H
#define RH_IO_XLSX_PART_H

#include "io/grid.h"

#include <expat.h>
#include <zip.h>

enum { RH_XLSX_ROWS = 1048576, RH_XLSX_COLUMNS = 16384, RH_XLSX_CELL_BYTES = 4 * 32767 };

/* A part that is being walked. A handler that fails calls rh_xlsx_fail. */
typedef struct rh_xlsx_part {
    const char *file, *part;
    XML_Parser parser;
    void *context;
    void (*start)(struct rh_xlsx_part *part, const char *element, const char **attributes);
    void (*end)(struct rh_xlsx_part *part, const char *element);            /* may be NULL */
    void (*text)(struct rh_xlsx_part *part, const char *text, size_t size); /* may be NULL */
    rh_status status;
    rh_err *err;
} rh_xlsx_part;

/* Hand the elements of a part to the handlers; names without prefix. A part that is not there is RH_MISSING (no sentence). Errors:
 * RH_INPUT for broken ZIP or XML, RH_MEMORY; what a handler said. */
RH_MUST_CHECK rh_status rh_xlsx_walk(zip_t *zip, rh_xlsx_part *part, rh_err *err);

/* A text of the file for "%.*s", at most 40 columns wide. */
#define RH_XLSX_SHOWN(text) (int)rh_text_fit((text), 40), (text)

/* Stop the walk. */
void rh_xlsx_fail(rh_xlsx_part *part, rh_status status, const char *format, ...)
    RH_PRINTF(3, 4);

/* Value of an attribute by its name without prefix, or NULL. */
const char *rh_xlsx_attribute(const char **attributes, const char *name);

/* Which cell styles show dates (xl/styles.xml): date[style]. The caller frees date. */
typedef struct rh_xlsx_styles {
    bool *date;
    size_t n;
} rh_xlsx_styles;
RH_MUST_CHECK rh_status rh_xlsx_read_styles(zip_t *zip, const char *file,
                                            rh_xlsx_styles *styles, rh_err *err);

/* ISO 8601 text of a serial number; false when it is none (negative, past the year 9999, 29 February 1900). */
bool rh_xlsx_iso_date(double serial, bool from_1904, char out[32]);

/* Texts of xl/sharedStrings.xml kept in the grid: string[i] is where. The caller frees string. */
typedef struct rh_xlsx_strings {
    size_t *string, n, room;
} rh_xlsx_strings;
RH_MUST_CHECK rh_status rh_xlsx_read_strings(zip_t *zip, const char *file, rh_grid *grid,
                                             rh_xlsx_strings *strings, rh_err *err);

/* What a sheet's cells refer to. */
typedef struct rh_xlsx_book {
    zip_t *zip;
    const char *name; /* "file[sheet]" for sentences */
    bool from_1904;
    rh_xlsx_styles styles;
    rh_xlsx_strings strings;
} rh_xlsx_book;
/* Cells of a sheet part into the grid (sorted), merged ranges filled; *header: the row of the header. */
RH_MUST_CHECK rh_status rh_xlsx_read_sheet(const rh_xlsx_book *book, const char *part,
                                           rh_grid *grid, uint32_t *header, rh_err *err);

#endif
