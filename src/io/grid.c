/* Gathering cells: see grid.h. */
#include "io/grid.h"

#include "core/mem.h"

#include <stdlib.h>
#include <string.h>

void
rh_grid_release(rh_grid *grid)
{
    rh_free(grid->text);
    rh_free(grid->cell);
    *grid = (rh_grid){0};
}

rh_status
rh_grid_keep(rh_grid *grid, const char *text, size_t size, size_t *at, rh_err *err)
{
    size_t wanted = grid->size + size + 1;
    if (wanted > grid->text_room) {
        size_t room = wanted + grid->text_room + 4096;
        char *grown = rh_resize(grid->text, room, 1);
        if (grown == NULL) {
            return rh_fail(err, RH_MEMORY, "Not enough memory for %zu bytes of cells.", room);
        }
        grid->text = grown;
        grid->text_room = room;
    }
    *at = grid->size;
    if (size > 0) {
        memcpy(grid->text + grid->size, text, size);
    }
    grid->text[grid->size + size] = '\0';
    grid->size = wanted;
    return RH_OK;
}

rh_status
rh_grid_show(rh_grid *grid, uint32_t row, uint32_t column, size_t at, rh_err *err)
{
    if (grid->n == grid->cell_room) {
        size_t room = 2 * grid->cell_room + 1024;
        rh_grid_cell *grown = rh_resize(grid->cell, room, sizeof *grown);
        if (grown == NULL) {
            return rh_fail(err, RH_MEMORY, "Not enough memory for %zu cells.", room);
        }
        grid->cell = grown;
        grid->cell_room = room;
    }
    grid->cell[grid->n++] = (rh_grid_cell){row, column, at};
    return RH_OK;
}

rh_status
rh_grid_put(rh_grid *grid, uint32_t row, uint32_t column, const char *text, rh_err *err)
{
    size_t at;
    RH_TRY(rh_grid_keep(grid, text, strlen(text), &at, err));
    return rh_grid_show(grid, row, column, at, err);
}

static int
by_place(const void *a, const void *b)
{
    const rh_grid_cell *x = a, *y = b;
    if (x->row != y->row) {
        return x->row < y->row ? -1 : 1;
    }
    return x->column < y->column ? -1 : x->column > y->column;
}

rh_status
rh_grid_sort(rh_grid *grid, const char *name, rh_err *err)
{
    bool sorted = true; /* as nearly every file has it */
    for (size_t i = 1; i < grid->n && sorted; i++) {
        sorted = by_place(&grid->cell[i - 1], &grid->cell[i]) < 0;
    }
    if (!sorted) {
        qsort(grid->cell, grid->n, sizeof *grid->cell, by_place);
    }
    for (size_t i = 1; i < grid->n && !sorted; i++) {
        const rh_grid_cell *c = &grid->cell[i];
        if (by_place(c - 1, c) == 0) {
            return rh_fail(err, RH_INPUT, "%s:%u: the cell %s%u stands twice.", name, c->row,
                           rh_grid_column_name(c->column).text, c->row);
        }
    }
    return RH_OK;
}

rh_column_name
rh_grid_column_name(uint32_t column)
{
    rh_column_name name = {""};
    char reversed[8];
    size_t n = 0;
    for (; column > 0; column = (column - 1) / 26) {
        reversed[n++] = (char)('A' + (column - 1) % 26);
    }
    for (size_t i = 0; i < n; i++) {
        name.text[i] = reversed[n - 1 - i];
    }
    return name;
}

/* Number the rows that hold something, from the header on, and put each text in its place. */
static rh_status
lay_out(const rh_grid *grid, size_t first, uint32_t left, uint32_t right, size_t *at,
        uint32_t *line, const char *name, rh_err *err)
{
    size_t row = 0, columns = right - left + 1;
    line[0] = grid->cell[first].row;
    for (size_t i = first; i < grid->n; i++) {
        const rh_grid_cell *c = &grid->cell[i];
        if (i > first && c->row != c[-1].row) {
            row++;
        }
        if (c->column > right) {
            return rh_fail(err, RH_INPUT,
                           "%s:%u: the cell %s%u stands under no header; the header in row %u "
                           "ends at column %s.",
                           name, c->row, rh_grid_column_name(c->column).text, c->row,
                           grid->cell[first].row, rh_grid_column_name(right).text);
        }
        line[row] = c->row;
        at[row * columns + c->column - left] = c->at;
    }
    return RH_OK;
}

rh_status
rh_grid_table(rh_grid *grid, const char *name, uint32_t header, rh_csv **out, rh_err *err)
{
    enum {
        SPARSE = 64,
        ALWAYS = 1 << 20
    }; /* a table may hold so many times its cells, or so many */
    size_t first = 0, rows = 0, empty;
    uint32_t left = UINT32_MAX, right = 0;
    while (first < grid->n && grid->cell[first].row < header) {
        first++;
    }
    for (size_t i = first; i < grid->n; i++) {
        bool in_header = grid->cell[i].row == grid->cell[first].row;
        right = in_header ? grid->cell[i].column : right;
        left = grid->cell[i].column < left ? grid->cell[i].column : left;
        rows += i > first && grid->cell[i].row != grid->cell[i - 1].row;
    }
    if (right == 0) {
        return rh_fail(err, RH_INPUT, "%s is empty: it has no header line.", name);
    }
    uint32_t columns = right - left + 1;
    size_t cells = (rows + 1) * columns;
    if (cells > ALWAYS && cells / SPARSE > grid->n) {
        return rh_fail(err, RH_INPUT,
                       "%s: %zu filled cells stand far apart, in %zu rows and %u columns; this "
                       "is no table.",
                       name, grid->n, rows, columns);
    }
    size_t *at = NULL;
    uint32_t *line = NULL;
    RH_TRY(rh_grid_keep(grid, "", 0, &empty, err));
    at = rh_alloc(cells, sizeof *at);
    line = rh_alloc(rows + 1, sizeof *line);
    rh_status status = RH_OK;
    if (at == NULL || line == NULL) {
        status = rh_fail(err, RH_MEMORY, "Not enough memory for %zu cells of %s.", cells, name);
    } else {
        for (size_t i = 0; i < cells; i++) {
            at[i] = empty;
        }
        status = lay_out(grid, first, left, right, at, line, name, err);
    }
    if (status == RH_OK) {
        char *text = grid->text;
        grid->text = NULL;
        status = rh_csv_take(name, text, at, line, (uint32_t)rows, columns, out, err);
        line = NULL;
    }
    rh_free(at);
    rh_free(line);
    return status;
}
