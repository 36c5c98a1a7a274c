/* Cells gathered one by one by a reader of some other form (XLSX, SQLite), made a table of csv.h at the end.
 *
 * G1 a text is kept once, however many cells show it. */
#ifndef RH_IO_GRID_H
#define RH_IO_GRID_H

#include "io/csv.h"

#include <stddef.h>

typedef struct rh_grid_cell {
    uint32_t row, column; /* from 1, as people count */
    size_t at;            /* its text in rh_grid.text */
} rh_grid_cell;

/* Zero-filled is an empty grid. */
typedef struct rh_grid {
    char *text;
    size_t size, text_room;
    rh_grid_cell *cell;
    size_t n, cell_room;
} rh_grid;

void rh_grid_release(rh_grid *grid);

/* Keep a text (a NUL is put behind it); *at is where. Errors: RH_MEMORY. */
RH_MUST_CHECK rh_status rh_grid_keep(rh_grid *grid, const char *text, size_t size, size_t *at,
                                     rh_err *err);
/* A cell shows a text that was kept. */
RH_MUST_CHECK rh_status rh_grid_show(rh_grid *grid, uint32_t row, uint32_t column, size_t at,
                                     rh_err *err);
/* Both at once. */
RH_MUST_CHECK rh_status rh_grid_put(rh_grid *grid, uint32_t row, uint32_t column,
                                    const char *text, rh_err *err);

/* Cells by row and column. Errors: RH_INPUT when two are at one place (`name` stands for the file). */
RH_MUST_CHECK rh_status rh_grid_sort(rh_grid *grid, const char *name, rh_err *err);

/* The table of a sorted grid whose header is row `header`; rows above it are left out, empty ones too, and columns in
 * front of the first filled one. A row's line is its number. The grid's text moves into the table.
 * Errors: RH_INPUT for a cell to the right of the header's last one, no header, cells so far apart that the table would
 * be nearly all empty; RH_MEMORY. */
RH_MUST_CHECK rh_status rh_grid_table(rh_grid *grid, const char *name, uint32_t header,
                                      rh_csv **out, rh_err *err);

/* "A", …, "Z", "AA", … for column 1, … */
typedef struct rh_column_name {
    char text[8];
} rh_column_name;
rh_column_name rh_grid_column_name(uint32_t column);

#endif
