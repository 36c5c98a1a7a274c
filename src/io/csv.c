/* Delimited tables: see csv.h. The whole file is decoded to UTF-8 once; cells are then cut in
 * place (ends become NUL, doubled quotes are closed up), so a cell costs one pointer and no
 * copy.
 *
 * Beyond the contract: blank lines and lines of separators only (as spreadsheets append them)
 * are skipped; U+00A0 and U+3000 are trimmed like blanks. */
#include "io/csv.h"

#include "core/mem.h"
#include "core/text.h"

#include <errno.h>
#include <iconv.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PROBLEM_SIZE = 400, SHOWN = 60 };

#define RH_CSV_LARGEST 1e100 /* sums, squares and products of a few stay finite */

struct rh_csv {
    char *name;
    char *text;     /* decoded file, cut into cells */
    char **cell;    /* (rows + 1) × columns, the header first */
    uint32_t *line; /* rows + 1 */
    uint32_t rows, columns;
    size_t cell_room, line_room;
    bool listed;         /* the columns were listed in a problem */
    uint8_t *told;       /* a bit for each cell with a problem (C2); NULL before the first */
    uint32_t n_problems; /* all of them; the first RH_CSV_PROBLEMS are kept */
    char problem[RH_CSV_PROBLEMS][PROBLEM_SIZE];
};

static void add_problem(rh_csv *csv, uint32_t line, const char *column, const char *format,
                        va_list args) __attribute__((format(printf, 4, 0)));

static void
add_problem(rh_csv *csv, uint32_t line, const char *column, const char *format, va_list args)
{
    if (csv->n_problems++ >= RH_CSV_PROBLEMS) {
        return;
    }
    char *text = csv->problem[csv->n_problems - 1];
    int used = snprintf(text, PROBLEM_SIZE, "%s:%u: %s%s", csv->name, line, column,
                        column[0] != '\0' ? ": " : "");
    if (used >= 0 && used < PROBLEM_SIZE) {
        vsnprintf(text + used, (size_t)(PROBLEM_SIZE - used), format, args);
    }
    rh_text_mend(text);
}

static void line_problem(rh_csv *csv, uint32_t line, const char *format, ...) RH_PRINTF(3, 4);

static void
line_problem(rh_csv *csv, uint32_t line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_problem(csv, line, "", format, args);
    va_end(args);
}

/* True when the cell had a problem before (C2). Without memory for the marks none had: a sentence too many does no harm. */
static bool
told_before(rh_csv *csv, uint32_t row, int column)
{
    if (column < 0 || row >= csv->rows || (uint32_t)column >= csv->columns) {
        return false;
    }
    if (csv->told == NULL) {
        csv->told = rh_alloc((size_t)csv->rows * csv->columns / 8 + 1, 1);
    }
    size_t cell = (size_t)row * csv->columns + (size_t)column;
    uint8_t bit = (uint8_t)(1U << (cell % 8));
    if (csv->told == NULL || (csv->told[cell / 8] & bit) != 0) {
        return csv->told != NULL;
    }
    csv->told[cell / 8] |= bit;
    return false;
}

void
rh_csv_problem(rh_csv *csv, uint32_t row, int column, const char *format, ...)
{
    if (told_before(csv, row, column)) {
        return;
    }
    va_list args;
    va_start(args, format);
    add_problem(csv, rh_csv_line(csv, row),
                column >= 0 ? rh_csv_header(csv, (uint32_t)column) : "", format, args);
    va_end(args);
}

rh_status
rh_csv_finish(rh_csv *csv, rh_err *err)
{
    if (csv->n_problems == 0) {
        return RH_OK;
    }
    enum { TAIL = 60 }; /* room for the line that counts the rest */
    char text[sizeof err->text];
    size_t used = 0;
    uint32_t shown = 0;
    uint32_t kept = csv->n_problems < RH_CSV_PROBLEMS ? csv->n_problems : RH_CSV_PROBLEMS;
    while (shown < kept && used + strlen(csv->problem[shown]) + TAIL < sizeof text) {
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", shown > 0 ? "\n" : "",
                                 csv->problem[shown]);
        shown++;
    }
    if (shown < csv->n_problems) {
        snprintf(text + used, sizeof text - used, "\n... and %u more problems.",
                 csv->n_problems - shown);
    }
    return rh_fail(err, RH_INPUT, "%s", text);
}

/* Chinese characters of a valid UTF-8 text (three bytes, U+4E00 and up). GB18030 looks like them by rare accident only: it would
 * take three times a rare character before one that begins where another ends. */
enum { MIXED = 3 };

static size_t
chinese_in(const char *bytes, size_t size)
{
    size_t n = 0;
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)bytes[i];
        n += c >= 0xe4 && c <= 0xe9;
    }
    return n;
}

/* The bytes as NUL-ended UTF-8 in csv->text. */
static rh_status
decode(rh_csv *csv, const char *bytes, size_t size, size_t *text_size, rh_err *err)
{
    bool marked = size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0;
    if (marked) {
        bytes += 3;
        size -= 3;
    }
    if (size >= 2 && (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0)) {
        return rh_fail(err, RH_INPUT,
                       "%s is UTF-16 text; save it as UTF-8 or GB18030 and try again.",
                       csv->name);
    }
    if (memchr(bytes, '\0', size) != NULL) {
        return rh_fail(err, RH_INPUT, "%s is not text: byte %zu is zero.", csv->name,
                       (size_t)((const char *)memchr(bytes, '\0', size) - bytes));
    }
    size_t valid = rh_text_valid(bytes, size);
    if (valid == size) {
        RH_NEW(csv->text, size + 1, err);
        memcpy(csv->text, bytes, size);
        *text_size = size;
        return RH_OK;
    }
    uint32_t line = 1;
    for (size_t i = 0; i < valid; i++) {
        line += bytes[i] == '\n';
    }
    if (marked) {
        return rh_fail(
            err, RH_INPUT,
            "%s:%u: the file begins with the mark of UTF-8, but byte 0x%02x here is not UTF-8.",
            csv->name, line, (unsigned)(unsigned char)bytes[valid]);
    }
    if (chinese_in(bytes, valid) >= MIXED) {
        return rh_fail(err, RH_INPUT,
                       "%s:%u: the text is UTF-8 up to this line, but byte 0x%02x here is not: "
                       "the file mixes encodings.",
                       csv->name, line, (unsigned)(unsigned char)bytes[valid]);
    }
    /* Two bytes become at most three, four at most four. */
    size_t room = size + size / 2 + 8, left = room;
    RH_NEW(csv->text, room + 1, err);
    iconv_t converter = iconv_open("UTF-8", "GB18030");
    if ((intptr_t)converter == -1) {
        return rh_fail(err, RH_INPUT,
                       "%s:%u: the text is not UTF-8, and this system cannot convert GB18030.",
                       csv->name, line);
    }
    char *in, *to = csv->text;
    memcpy(&in, &bytes, sizeof in); /* iconv wants no const, but does not write to its input */
    size_t in_left = size;
    size_t done = iconv(converter, &in, &in_left, &to, &left);
    iconv_close(converter);
    if (done == (size_t)-1) {
        line = 1;
        for (const char *p = bytes; p < in; p++) {
            line += *p == '\n';
        }
        return rh_fail(err, RH_INPUT,
                       "%s:%u: the text is neither UTF-8 nor GB18030 (byte 0x%02x).", csv->name,
                       line, (unsigned)(unsigned char)*in);
    }
    *text_size = room - left;
    csv->text[*text_size] = '\0';
    return RH_OK;
}

/* Blank at `s`, as a length in bytes, reading no further than `end`; 0 when it is not one. */
static size_t
blank_at(const char *s, const char *end)
{
    if (*s == ' ' || *s == '\t' || *s == '\r' || *s == '\n') {
        return 1;
    }
    if (end - s >= 2 && memcmp(s, "\xc2\xa0", 2) == 0) {
        return 2;
    }
    return end - s >= 3 && memcmp(s, "\xe3\x80\x80", 3) == 0 ? 3 : 0;
}

/* Trim [start, end) and end it with NUL (the byte at `end` is a separator already passed). */
static char *
trimmed(char *start, char *end)
{
    size_t blank;
    while (start < end && (blank = blank_at(start, end)) > 0) {
        start += blank;
    }
    for (;;) {
        if (end > start && blank_at(end - 1, end) == 1) {
            end -= 1;
        } else if (end - start >= 2 && blank_at(end - 2, end) == 2) {
            end -= 2;
        } else if (end - start >= 3 && blank_at(end - 3, end) == 3) {
            end -= 3;
        } else {
            break;
        }
    }
    *end = '\0';
    return start;
}

static char
separator_of(const char *text)
{
    size_t commas = 0, tabs = 0;
    bool quoted = false;
    for (const char *p = text; *p != '\0' && (quoted || *p != '\n'); p++) {
        quoted ^= *p == '"';
        commas += !quoted && *p == ',';
        tabs += !quoted && *p == '\t';
    }
    return tabs > commas ? '\t' : ',';
}

static rh_status
push_cell(rh_csv *csv, size_t *n_cells, char *cell, rh_err *err)
{
    if (*n_cells == csv->cell_room) {
        size_t room = csv->cell_room > 0 ? 2 * csv->cell_room : 4096;
        char **grown = rh_resize(csv->cell, room, sizeof *grown);
        if (grown == NULL) {
            return rh_fail(err, RH_MEMORY, "Not enough memory for %zu cells of %s.", room,
                           csv->name);
        }
        csv->cell = grown;
        csv->cell_room = room;
    }
    csv->cell[(*n_cells)++] = cell;
    return RH_OK;
}

static rh_status
push_line(rh_csv *csv, uint32_t n_lines, uint32_t line, rh_err *err)
{
    if (n_lines == csv->line_room) {
        size_t room = csv->line_room > 0 ? 2 * csv->line_room : 1024;
        uint32_t *grown = rh_resize(csv->line, room, sizeof *grown);
        if (grown == NULL) {
            return rh_fail(err, RH_MEMORY, "Not enough memory for %zu rows of %s.", room,
                           csv->name);
        }
        csv->line = grown;
        csv->line_room = room;
    }
    csv->line[n_lines] = line;
    return RH_OK;
}

/* Read one cell at *at, move *at onto the byte behind it (separator, LF or the end). */
static rh_status
read_cell(rh_csv *csv, char **at, const char *end, char separator, uint32_t *line, char **cell,
          rh_err *err)
{
    char *p = *at;
    while (p < end && *p == ' ') {
        p++;
    }
    if (p == end || *p != '"') {
        char *start = *at;
        while (p < end && *p != separator && *p != '\n') {
            p++;
        }
        /* The end of the cell is overwritten by its NUL, so the caller looks at it first. */
        *at = p;
        *cell = start;
        return RH_OK;
    }
    uint32_t opened = *line;
    char *start = ++p, *to = p;
    for (;; p++) {
        if (p == end) {
            return rh_fail(err, RH_INPUT, "%s:%u: a quote opened on this line is never closed.",
                           csv->name, opened);
        }
        if (*p == '"' && *++p != '"') {
            break;
        }
        *line += *p == '\n';
        *to++ = *p;
    }
    while (p < end && (*p == ' ' || *p == '\r')) {
        p++;
    }
    if (p < end && *p != separator && *p != '\n') {
        return rh_fail(
            err, RH_INPUT,
            "%s:%u: text follows a closing quote; quotes inside a cell must be doubled.",
            csv->name, *line);
    }
    *to = '\0';
    *at = p;
    *cell = start;
    return RH_OK;
}

static rh_status
split(rh_csv *csv, size_t size, rh_err *err)
{
    char *at = csv->text, *end = csv->text + size;
    char separator = separator_of(csv->text);
    size_t n_cells = 0;
    uint32_t n_lines = 0, line = 1;
    while (at < end) {
        uint32_t row_line = line;
        size_t row_start = n_cells;
        bool filled = false, last = false;
        while (!last) {
            char *cell = at, *from = at;
            RH_TRY(read_cell(csv, &at, end, separator, &line, &cell, err));
            last = at == end || *at == '\n';
            line += at < end && *at == '\n';
            char *stop = cell > from ? cell + strlen(cell) : at; /* a quoted cell has its NUL */
            cell = trimmed(cell, stop);
            filled |= *cell != '\0';
            RH_TRY(push_cell(csv, &n_cells, cell, err));
            at += at < end;
        }
        size_t width = n_cells - row_start;
        if (!filled) {
            n_cells = row_start;
            continue;
        }
        if (csv->columns == 0) {
            csv->columns = (uint32_t)width;
        } else if (width != csv->columns) {
            line_problem(csv, row_line, "this row has %zu cells, but the header has %u.", width,
                         csv->columns);
            n_cells = row_start;
            continue;
        }
        RH_TRY(push_line(csv, n_lines, row_line, err));
        n_lines++;
    }
    if (n_lines == 0) {
        return rh_fail(err, RH_INPUT, "%s is empty: it has no header line.", csv->name);
    }
    csv->rows = n_lines - 1;
    return rh_csv_finish(csv, err);
}

rh_status
rh_csv_parse(const char *name, const char *bytes, size_t size, rh_csv **out, rh_err *err)
{
    rh_csv *csv;
    size_t text_size = 0;
    bytes = size > 0 ? bytes : "";
    RH_NEW(csv, 1, err);
    rh_status status = RH_OK;
    csv->name = rh_strdup(name);
    if (csv->name == NULL) {
        status = rh_fail(err, RH_MEMORY, "Not enough memory to read %s.", name);
    } else if (size >= UINT32_MAX) {
        status = rh_fail(err, RH_INPUT, "%s is too large: %zu bytes, at most %u can be read.",
                         name, size, UINT32_MAX);
    } else if ((status = decode(csv, bytes, size, &text_size, err)) == RH_OK) {
        status = split(csv, text_size, err);
    }
    if (status != RH_OK) {
        rh_csv_free(csv);
        return status;
    }
    *out = csv;
    return RH_OK;
}

static rh_status
take_cells(rh_csv *csv, const size_t *at, rh_err *err)
{
    size_t n = ((size_t)csv->rows + 1) * csv->columns;
    RH_NEW(csv->cell, n > 0 ? n : 1, err);
    for (size_t i = 0; i < n; i++) {
        char *cell = csv->text + at[i];
        size_t size = strlen(cell);
        if (rh_text_valid(cell, size) != size) {
            return rh_fail(err, RH_INPUT, "%s:%u: the text in column %zu is not UTF-8.",
                           csv->name, csv->line[i / csv->columns], i % csv->columns + 1);
        }
        csv->cell[i] = trimmed(cell, cell + size);
    }
    return RH_OK;
}

rh_status
rh_csv_take(const char *name, char *text, const size_t *at, uint32_t *line, uint32_t rows,
            uint32_t columns, rh_csv **out, rh_err *err)
{
    rh_csv *csv = rh_alloc(1, sizeof *csv);
    char *own_name = rh_strdup(name);
    if (csv == NULL || own_name == NULL) {
        rh_free(csv);
        rh_free(own_name);
        rh_free(text);
        rh_free(line);
        return rh_fail(err, RH_MEMORY, "Not enough memory to read %s.", name);
    }
    *csv = (rh_csv){
        .name = own_name, .text = text, .line = line, .rows = rows, .columns = columns};
    rh_status status = take_cells(csv, at, err);
    if (status != RH_OK) {
        rh_csv_free(csv);
        return status;
    }
    *out = csv;
    return RH_OK;
}

rh_status
rh_csv_open(const char *path, rh_csv **out, rh_err *err)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return rh_fail(err, RH_IO, "%s cannot be opened: %s.", path, strerror(errno));
    }
    char *bytes = NULL;
    size_t size = 0, room = 0;
    rh_status status = RH_OK;
    for (;;) {
        if (size == room) {
            room = room > 0 ? 2 * room : 1 << 20;
            char *grown = rh_resize(bytes, room, 1);
            if (grown == NULL) {
                status = rh_fail(err, RH_MEMORY, "Not enough memory to read %s.", path);
                break;
            }
            bytes = grown;
        }
        size_t got = fread(bytes + size, 1, room - size, file);
        if (got == 0) {
            if (ferror(file)) {
                status = rh_fail(err, RH_IO, "%s cannot be read: %s.", path, strerror(errno));
            }
            break;
        }
        size += got;
    }
    fclose(file);
    if (status == RH_OK) {
        status = rh_csv_parse(path, bytes, size, out, err);
    }
    rh_free(bytes);
    return status;
}

void
rh_csv_free(rh_csv *csv)
{
    if (csv != NULL) {
        rh_free(csv->name);
        rh_free(csv->text);
        rh_free(csv->cell);
        rh_free(csv->line);
        rh_free(csv->told);
        rh_free(csv);
    }
}

uint32_t
rh_csv_rows(const rh_csv *csv)
{
    return csv->rows;
}

uint32_t
rh_csv_columns(const rh_csv *csv)
{
    return csv->columns;
}

const char *
rh_csv_header(const rh_csv *csv, uint32_t column)
{
    return column < csv->columns ? csv->cell[column] : "";
}

uint32_t
rh_csv_line(const rh_csv *csv, uint32_t row)
{
    return row < csv->rows ? csv->line[row + 1] : 0;
}

int
rh_csv_find(const rh_csv *csv, const char *header)
{
    for (uint32_t column = 0; column < csv->columns; column++) {
        if (strcmp(csv->cell[column], header) == 0) {
            return (int)column;
        }
    }
    return -1;
}

const char *
rh_csv_first(const rh_csv *csv, const char *const *names)
{
    for (const char *const *name = names; *name != NULL; name++) {
        if (rh_csv_find(csv, *name) >= 0) {
            return *name;
        }
    }
    return names[0];
}

/* A column that is not there, with the nearest name; the first without one tells what there is. Said once, however often it
 * is asked for. */
static void
column_problem(rh_csv *csv, const char *header)
{
    enum { LIST = 160 };
    const char *const *names = (const char *const *)csv->cell;
    const char *nearest = rh_text_nearest(header, csv->columns, names);
    char text[3 * SHOWN + 40], more[LIST + 3 * SHOWN] = ".";
    size_t used = 0;
    snprintf(text, sizeof text, ": the column %.*s is missing", (int)rh_text_fit(header, SHOWN),
             header);
    for (uint32_t i = 0; i < csv->n_problems && i < RH_CSV_PROBLEMS; i++) {
        const char *at = strstr(csv->problem[i], text);
        if (at != NULL && (at[strlen(text)] == '.' || at[strlen(text)] == ';')) {
            return;
        }
    }
    if (nearest != NULL) {
        snprintf(more, sizeof more, "; did you mean %.*s?", (int)rh_text_fit(nearest, SHOWN),
                 nearest);
    } else if (!csv->listed) {
        csv->listed = true;
        for (uint32_t c = 0; c < csv->columns && used + 2 < LIST; c++) {
            used += (size_t)snprintf(more + used, sizeof more - used, "%s%.*s",
                                     c > 0               ? ", "
                                     : csv->columns == 1 ? "; there is "
                                                         : "; there are ",
                                     (int)rh_text_fit(names[c], SHOWN), names[c]);
            if (used + strlen(", …") >= LIST && c + 1 < csv->columns) {
                used += (size_t)snprintf(more + used, sizeof more - used, ", …");
            }
        }
        snprintf(more + used, sizeof more - used, ".");
    }
    line_problem(csv, csv->line[0], "%s%s", text + 2, more);
}

int
rh_csv_need(rh_csv *csv, const char *header)
{
    int found = rh_csv_find(csv, header);
    if (found < 0) {
        column_problem(csv, header);
        return -1;
    }
    for (uint32_t column = (uint32_t)found + 1; column < csv->columns; column++) {
        if (strcmp(csv->cell[column], header) == 0) {
            line_problem(csv, csv->line[0], "the column %s stands twice, as columns %d and %u.",
                         header, found + 1, column + 1);
        }
    }
    return found;
}

const char *
rh_csv_text(const rh_csv *csv, uint32_t row, int column)
{
    if (row >= csv->rows || column < 0 || (uint32_t)column >= csv->columns) {
        return "";
    }
    return csv->cell[(size_t)(row + 1) * csv->columns + (size_t)column];
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

uint64_t
rh_csv_count(rh_csv *csv, uint32_t row, int column)
{
    if (column < 0) {
        return 0;
    }
    const char *text = rh_csv_text(csv, row, column), *p = text;
    if (*text == '\0') {
        rh_csv_problem(csv, row, column, "the cell is empty; a whole number is needed.");
        return 0;
    }
    uint64_t value = 0;
    bool overflow = false;
    for (; is_digit(*p); p++) {
        overflow |= __builtin_mul_overflow(value, 10U, &value) ||
                    __builtin_add_overflow(value, (uint64_t)(*p - '0'), &value);
    }
    const char *whole_end = p;
    if (p > text && *p == '.') { /* "12.0" is a whole number as spreadsheets write it */
        do {
            p++;
        } while (*p == '0');
    }
    if (whole_end == text || *p != '\0') {
        int shown = (int)rh_text_fit(text, SHOWN);
        rh_csv_problem(csv, row, column, "\"%.*s\" is not a whole number of 0 or more.", shown,
                       text);
        return 0;
    }
    if (overflow) {
        int shown = (int)rh_text_fit(text, SHOWN);
        rh_csv_problem(csv, row, column, "%.*s is too large for a count.", shown, text);
        return 0;
    }
    return value;
}

/* A decimal number without blanks, in the C locale; false when the text is something else. Up
 * to 15 digits and 22 decimals are exact in one division (Clinger 1990); the rest goes to
 * strtod. */
static bool
read_number(const char *text, double *value)
{
    static const double power[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    const char *p = text;
    bool negative = *p == '-';
    p += *p == '-' || *p == '+';
    uint64_t mantissa = 0;
    int digits = 0, decimals = 0;
    for (; is_digit(*p); p++, digits++) {
        mantissa = digits < 18 ? mantissa * 10 + (uint64_t)(*p - '0') : mantissa;
    }
    if (*p == '.') {
        for (p++; is_digit(*p); p++, digits++, decimals++) {
            mantissa = digits < 18 ? mantissa * 10 + (uint64_t)(*p - '0') : mantissa;
        }
    }
    if (digits == 0) {
        return false;
    }
    if (*p == '\0' && digits <= 15) {
        *value = (double)mantissa / power[decimals];
        *value = negative ? -*value : *value;
        return true;
    }
    if (*p == 'e' || *p == 'E') {
        p++;
        p += *p == '-' || *p == '+';
        if (!is_digit(*p)) {
            return false;
        }
        while (is_digit(*p)) {
            p++;
        }
    }
    if (*p != '\0') {
        return false;
    }
    *value = strtod(text, NULL);
    return isfinite(*value);
}

double
rh_csv_number(rh_csv *csv, uint32_t row, int column)
{
    if (column < 0) {
        return 0;
    }
    const char *text = rh_csv_text(csv, row, column);
    double value = (double)NAN;
    if (*text == '\0' || strcmp(text, "NA") == 0) {
        return (double)NAN;
    }
    if (!read_number(text, &value)) {
        int shown = (int)rh_text_fit(text, SHOWN);
        rh_csv_problem(csv, row, column, "\"%.*s\" is not a number.", shown, text);
        return (double)NAN;
    }
    if (fabs(value) > RH_CSV_LARGEST) {
        int shown = (int)rh_text_fit(text, SHOWN);
        rh_csv_problem(csv, row, column, "%.*s is too large to compute with (1e100 at most).",
                       shown, text);
        return (double)NAN;
    }
    return value;
}

double
rh_csv_number_needed(rh_csv *csv, uint32_t row, int column)
{
    double value = rh_csv_number(csv, row, column);
    if (isnan(value)) { /* what is no number has its problem already (C2) */
        rh_csv_problem(csv, row, column, "a number is missing");
    }
    return value;
}

void
rh_csv_put(FILE *out, const char *text)
{
    if (strpbrk(text, ",\"\r\n") == NULL) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text != '\0'; text++) {
        if (*text == '"') {
            fputc('"', out);
        }
        fputc(*text, out);
    }
    fputc('"', out);
}
