/* Cells of a sheet, and the texts that they share: see xlsx_part.h. */
#include "io/xlsx_part.h"

#include "core/mem.h"
#include "core/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Text of one cell as it comes in pieces. */
typedef struct gathered {
    char text[RH_XLSX_CELL_BYTES + 1];
    size_t size;
    bool too_long;
} gathered;

static void
gather(gathered *g, const char *text, size_t size)
{
    if (size > RH_XLSX_CELL_BYTES - g->size) {
        g->too_long = true;
        return;
    }
    memcpy(g->text + g->size, text, size);
    g->size += size;
}

/* ---- shared texts ---- */

typedef struct string_reading {
    rh_grid *grid;
    rh_xlsx_strings *strings;
    unsigned phonetic; /* inside rPh: how the text is read aloud, not part of it */
    bool in_text;
    gathered *now;
} string_reading;

static void
string_start(rh_xlsx_part *part, const char *element, const char **attributes)
{
    string_reading *r = part->context;
    (void)attributes;
    if (strcmp(element, "si") == 0) {
        r->now->size = 0;
        r->now->too_long = false;
    } else if (strcmp(element, "rPh") == 0) {
        r->phonetic++;
    } else if (strcmp(element, "t") == 0) {
        r->in_text = r->phonetic == 0;
    }
}

static void
string_text(rh_xlsx_part *part, const char *text, size_t size)
{
    string_reading *r = part->context;
    if (r->in_text) {
        gather(r->now, text, size);
    }
}

static void
string_end(rh_xlsx_part *part, const char *element)
{
    string_reading *r = part->context;
    rh_xlsx_strings *s = r->strings;
    if (strcmp(element, "t") == 0) {
        r->in_text = false;
    } else if (strcmp(element, "rPh") == 0) {
        r->phonetic--;
    } else if (strcmp(element, "si") == 0) {
        if (r->now->too_long) {
            rh_xlsx_fail(part, RH_INPUT, "%s: text %zu of %s is longer than a cell can be.",
                         part->file, s->n + 1, part->part);
            return;
        }
        if (s->n == s->room) {
            size_t room = 2 * s->room + 1024;
            size_t *grown = rh_resize(s->string, room, sizeof *grown);
            if (grown == NULL) {
                rh_xlsx_fail(part, RH_MEMORY, "Not enough memory to read %s.", part->file);
                return;
            }
            s->string = grown;
            s->room = room;
        }
        rh_status status =
            rh_grid_keep(r->grid, r->now->text, r->now->size, &s->string[s->n], part->err);
        if (status != RH_OK) {
            rh_xlsx_fail(part, status, "Not enough memory to read %s.", part->file);
            return;
        }
        s->n++;
    }
}

rh_status
rh_xlsx_read_strings(zip_t *zip, const char *file, rh_grid *grid, rh_xlsx_strings *strings,
                     rh_err *err)
{
    string_reading r = {.grid = grid, .strings = strings};
    rh_xlsx_part part = {.file = file,
                         .part = "xl/sharedStrings.xml",
                         .context = &r,
                         .start = string_start,
                         .end = string_end,
                         .text = string_text};
    RH_NEW(r.now, 1, err);
    rh_status status = rh_xlsx_walk(zip, &part, err);
    rh_free(r.now);
    return status == RH_MISSING ? RH_OK : status;
}

/* ---- cells ---- */

typedef struct merged_range {
    uint32_t row, column, last_row, last_column;
} merged_range;

enum cell_kind { CELL_NUMBER, CELL_SHARED, CELL_TEXT, CELL_BOOLEAN, CELL_ERROR };

typedef struct sheet_reading {
    const rh_xlsx_book *book;
    rh_grid *grid;
    uint32_t row, column; /* of the cell at hand, from 1 */
    enum cell_kind kind;
    size_t style;
    bool in_value, has_value, has_formula;
    unsigned phonetic;
    gathered *now;
    merged_range *merged;
    size_t n_merged, merged_room;
} sheet_reading;

/* "BC12" as column 55, row 12; the end of it, or NULL. */
static const char *
read_place(const char *text, uint32_t *row, uint32_t *column)
{
    uint32_t c = 0, r = 0;
    const char *p = text;
    for (; *p >= 'A' && *p <= 'Z' && c <= RH_XLSX_COLUMNS; p++) {
        c = c * 26 + (uint32_t)(*p - 'A' + 1);
    }
    for (; *p >= '0' && *p <= '9' && r <= RH_XLSX_ROWS; p++) {
        r = r * 10 + (uint32_t)(*p - '0');
    }
    if (c == 0 || c > RH_XLSX_COLUMNS || r == 0 || r > RH_XLSX_ROWS) {
        return NULL;
    }
    *row = r;
    *column = c;
    return p;
}

static void
row_start(rh_xlsx_part *part, const char **attributes)
{
    sheet_reading *r = part->context;
    const char *number = rh_xlsx_attribute(attributes, "r");
    unsigned long row = number != NULL ? strtoul(number, NULL, 10) : r->row + 1UL;
    if (row == 0 || row > RH_XLSX_ROWS) {
        rh_xlsx_fail(part, RH_INPUT, "%s: \"%.*s\" is no number of a row.", part->file,
                     RH_XLSX_SHOWN(number != NULL ? number : ""));
        return;
    }
    r->row = (uint32_t)row;
    r->column = 0;
}

static void
cell_start(rh_xlsx_part *part, const char **attributes)
{
    sheet_reading *r = part->context;
    const char *place = rh_xlsx_attribute(attributes, "r");
    const char *kind = rh_xlsx_attribute(attributes, "t");
    const char *style = rh_xlsx_attribute(attributes, "s");
    if (place != NULL) {
        const char *end = read_place(place, &r->row, &r->column);
        if (end == NULL || *end != '\0') {
            rh_xlsx_fail(part, RH_INPUT, "%s: \"%.*s\" is no place of a cell.", part->file,
                         RH_XLSX_SHOWN(place));
            return;
        }
    } else if (++r->column > RH_XLSX_COLUMNS || r->row == 0) {
        rh_xlsx_fail(part, RH_INPUT, "%s:%u: a cell is outside every sheet.", part->file,
                     r->row);
        return;
    }
    r->kind = kind == NULL || strcmp(kind, "n") == 0 ? CELL_NUMBER
              : strcmp(kind, "s") == 0               ? CELL_SHARED
              : strcmp(kind, "b") == 0               ? CELL_BOOLEAN
              : strcmp(kind, "e") == 0               ? CELL_ERROR
                                                     : CELL_TEXT; /* str, inlineStr, d */
    r->style = style != NULL ? strtoul(style, NULL, 10) : 0;
    r->has_value = r->has_formula = r->now->too_long = false;
    r->now->size = 0;
}

static void
merge_start(rh_xlsx_part *part, const char **attributes)
{
    sheet_reading *r = part->context;
    const char *range = rh_xlsx_attribute(attributes, "ref");
    merged_range m;
    const char *p = range != NULL ? read_place(range, &m.row, &m.column) : NULL;
    p = p != NULL && *p == ':' ? read_place(p + 1, &m.last_row, &m.last_column) : NULL;
    if (p == NULL || *p != '\0') {
        rh_xlsx_fail(part, RH_INPUT, "%s: \"%.*s\" is no range of merged cells.", part->file,
                     RH_XLSX_SHOWN(range != NULL ? range : ""));
        return;
    }
    if (r->n_merged == r->merged_room) {
        size_t room = 2 * r->merged_room + 64;
        merged_range *grown = rh_resize(r->merged, room, sizeof *grown);
        if (grown == NULL) {
            rh_xlsx_fail(part, RH_MEMORY, "Not enough memory to read %s.", part->file);
            return;
        }
        r->merged = grown;
        r->merged_room = room;
    }
    r->merged[r->n_merged++] = m;
}

static void
sheet_start(rh_xlsx_part *part, const char *element, const char **attributes)
{
    sheet_reading *r = part->context;
    if (strcmp(element, "c") == 0) {
        cell_start(part, attributes);
    } else if (strcmp(element, "v") == 0) {
        r->in_value = r->has_value = true;
    } else if (strcmp(element, "t") == 0 && r->phonetic == 0) {
        r->in_value = r->has_value = true;
    } else if (strcmp(element, "f") == 0) {
        r->has_formula = true;
    } else if (strcmp(element, "row") == 0) {
        row_start(part, attributes);
    } else if (strcmp(element, "rPh") == 0) {
        r->phonetic++;
    } else if (strcmp(element, "mergeCell") == 0) {
        merge_start(part, attributes);
    }
}

static void
sheet_text(rh_xlsx_part *part, const char *text, size_t size)
{
    sheet_reading *r = part->context;
    if (r->in_value) {
        gather(r->now, text, size);
    }
}

/* The value of a number cell, as ISO text when its style shows a day. */
static const char *
number_text(const sheet_reading *r, char iso[32])
{
    const rh_xlsx_styles *styles = &r->book->styles;
    if (r->style < styles->n && styles->date[r->style]) {
        char *end;
        double serial = strtod(r->now->text, &end);
        if (end != r->now->text && *end == '\0' &&
            rh_xlsx_iso_date(serial, r->book->from_1904, iso)) {
            return iso;
        }
    }
    return r->now->text;
}

static void
cell_end(rh_xlsx_part *part)
{
    sheet_reading *r = part->context;
    const char *column = rh_grid_column_name(r->column).text;
    char place[24], iso[32];
    snprintf(place, sizeof place, "%s%u", column, r->row);
    if (r->now->too_long) {
        rh_xlsx_fail(part, RH_INPUT, "%s:%u: the text of %s is longer than a cell can be.",
                     part->file, r->row, place);
        return;
    }
    if (r->has_formula && !r->has_value) {
        rh_xlsx_fail(part, RH_INPUT,
                     "%s:%u: %s holds a formula without its value; open the file in a "
                     "spreadsheet program and save it.",
                     part->file, r->row, place);
        return;
    }
    if (!r->has_value || r->now->size == 0) {
        return;
    }
    r->now->text[r->now->size] = '\0';
    rh_status status;
    if (r->kind == CELL_SHARED) {
        char *end;
        unsigned long i = strtoul(r->now->text, &end, 10);
        if (end == r->now->text || *end != '\0' || i >= r->book->strings.n) {
            rh_xlsx_fail(part, RH_INPUT, "%s:%u: %s refers to text %.*s, but there are %zu.",
                         part->file, r->row, place, RH_XLSX_SHOWN(r->now->text),
                         r->book->strings.n);
            return;
        }
        size_t at = r->book->strings.string[i];
        if (r->grid->text[at] == '\0') {
            return;
        }
        status = rh_grid_show(r->grid, r->row, r->column, at, part->err);
    } else {
        const char *text = r->now->text;
        text = r->kind == CELL_NUMBER    ? number_text(r, iso)
               : r->kind == CELL_BOOLEAN ? (text[0] == '1' ? "TRUE" : "FALSE")
               : r->kind == CELL_ERROR && strcmp(text, "#N/A") == 0 ? "NA"
                                                                    : text;
        status = rh_grid_put(r->grid, r->row, r->column, text, part->err);
    }
    if (status != RH_OK) {
        rh_xlsx_fail(part, status, "Not enough memory to read %s.", part->file);
    }
}

static void
sheet_end(rh_xlsx_part *part, const char *element)
{
    sheet_reading *r = part->context;
    if (strcmp(element, "c") == 0) {
        cell_end(part);
    } else if (strcmp(element, "v") == 0 || strcmp(element, "t") == 0) {
        r->in_value = false;
    } else if (strcmp(element, "rPh") == 0 && r->phonetic > 0) {
        r->phonetic--;
    }
}

/* ---- what the cells become ---- */

/* Index of the cell at this place among sorted cells, or SIZE_MAX. */
static size_t
find_cell(const rh_grid *grid, size_t n, uint32_t row, uint32_t column)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const rh_grid_cell *c = &grid->cell[middle];
        if (c->row < row || (c->row == row && c->column < column)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    bool found = low < n && grid->cell[low].row == row && grid->cell[low].column == column;
    return found ? low : SIZE_MAX;
}

/* The value of each merged range into all its cells, as far as the sheet is used. */
static rh_status
fill_merged(const sheet_reading *r, rh_err *err)
{
    enum { MOST = 1 << 24 };
    rh_grid *grid = r->grid;
    const char *name = r->book->name;
    size_t n = grid->n, filled = 0; /* the sorted cells as they were read */
    uint32_t last_row = n > 0 ? grid->cell[n - 1].row : 0, last_column = 0;
    for (size_t i = 0; i < n; i++) {
        last_column = grid->cell[i].column > last_column ? grid->cell[i].column : last_column;
    }
    for (size_t k = 0; k < r->n_merged; k++) {
        merged_range m = r->merged[k];
        size_t source = find_cell(grid, n, m.row, m.column);
        m.last_row = m.last_row < last_row ? m.last_row : last_row;
        m.last_column = m.last_column < last_column ? m.last_column : last_column;
        for (uint32_t row = m.row; source != SIZE_MAX && row <= m.last_row; row++) {
            for (uint32_t column = m.column; column <= m.last_column; column++) {
                if (++filled > MOST) {
                    return rh_fail(err, RH_INPUT, "%s: more than %d cells are merged.", name,
                                   MOST);
                }
                if (find_cell(grid, n, row, column) == SIZE_MAX) {
                    RH_TRY(rh_grid_show(grid, row, column, grid->cell[source].at, err));
                }
            }
        }
    }
    return grid->n > n ? rh_grid_sort(grid, name, err) : RH_OK;
}

/* The first row with two cells; the first row when no row has two. Cells are sorted and merged ranges not yet filled. */
static uint32_t
header_row(const rh_grid *grid)
{
    for (size_t i = 1; i < grid->n; i++) {
        if (grid->cell[i].row == grid->cell[i - 1].row) {
            return grid->cell[i].row;
        }
    }
    return grid->n > 0 ? grid->cell[0].row : 1;
}

rh_status
rh_xlsx_read_sheet(const rh_xlsx_book *book, const char *part_name, rh_grid *grid,
                   uint32_t *header, rh_err *err)
{
    sheet_reading r = {.book = book, .grid = grid};
    rh_xlsx_part part = {.file = book->name,
                         .part = part_name,
                         .context = &r,
                         .start = sheet_start,
                         .end = sheet_end,
                         .text = sheet_text};
    RH_NEW(r.now, 1, err);
    rh_status status = rh_xlsx_walk(book->zip, &part, err);
    if (status == RH_MISSING) {
        status = rh_fail(err, RH_INPUT, "%s: the part %s is not in the file.", book->name,
                         part_name);
    }
    if (status == RH_OK) {
        status = rh_grid_sort(grid, book->name, err);
    }
    if (status == RH_OK) {
        *header = header_row(grid);
        status = fill_merged(&r, err);
    }
    rh_free(r.now);
    rh_free(r.merged);
    return status;
}
