/* Reading tables of any kind: see table.h. */
#include "io/table.h"

#include "core/mem.h"
#include "io/layer.h"
#include "io/run_table.h"
#include "io/xlsx.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The kind of a file by its first bytes; its name decides where they say nothing. */
enum kind { DELIMITED, WORKBOOK, OLD_WORKBOOK, DATABASE };

static rh_status
kind_of(const char *path, enum kind *kind, rh_err *err)
{
    unsigned char first[16] = {0};
    const char *dot = strrchr(path, '.');
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return rh_fail(err, RH_IO, "%s cannot be opened: %s.", path, strerror(errno));
    }
    size_t got = fread(first, 1, sizeof first, file);
    fclose(file);
    bool database = got == sizeof first && memcmp(first, "SQLite format 3", 16) == 0;
    bool zip = got >= 4 && memcmp(first, "PK\3\4", 4) == 0;
    bool ole = got >= 8 && memcmp(first, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8) == 0;
    *kind = database                                       ? DATABASE
            : zip                                          ? WORKBOOK
            : ole                                          ? OLD_WORKBOOK
            : dot != NULL && strcasecmp(dot, ".xlsx") == 0 ? WORKBOOK
            : dot != NULL && strcasecmp(dot, ".gpkg") == 0 ? DATABASE
                                                           : DELIMITED;
    return RH_OK;
}

static rh_status
open_part(const char *path, const char *part, rh_csv **out, rh_err *err)
{
    enum kind kind;
    RH_TRY(kind_of(path, &kind, err));
    switch (kind) {
    case WORKBOOK:
        return rh_xlsx_open(path, part, out, err);
    case DATABASE:
        return rh_layer_is_run(path) ? rh_run_table_open(path, part, out, err)
                                     : rh_layer_open(path, part, out, err);
    case OLD_WORKBOOK:
        return rh_fail(err, RH_INPUT,
                       "%s is an old .xls or has a password; save it as plain .xlsx and try "
                       "again.",
                       path);
    case DELIMITED:
        break;
    }
    if (part != NULL) {
        return rh_fail(err, RH_INPUT, "%s: a delimited file has no part \"%s\" to choose.",
                       path, part);
    }
    return rh_csv_open(path, out, err);
}

static bool
is_there(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file != NULL) {
        fclose(file);
    }
    return file != NULL;
}

rh_status
rh_table_open(const char *path, const char *part, rh_csv **out, rh_err *err)
{
    *out = NULL;
    const char *hash = strrchr(path, '#');
    if (hash == NULL || hash == path || hash[1] == '\0' || is_there(path)) {
        return open_part(path, part, out, err);
    }
    if (part != NULL) {
        return rh_fail(err, RH_INPUT, "%s: the part is chosen twice, as %s and as %s.", path,
                       hash + 1, part);
    }
    char *file = rh_strdup(path);
    if (file == NULL) {
        return rh_fail(err, RH_MEMORY, "Not enough memory to read %s.", path);
    }
    file[hash - path] = '\0';
    rh_status status = open_part(file, hash + 1, out, err);
    rh_free(file);
    return status;
}

static bool
is_empty(const rh_csv *table, uint32_t row, int column)
{
    const char *text = rh_csv_text(table, row, column);
    return text[0] == '\0' || strcmp(text, "NA") == 0;
}

static rh_status
numbers(rh_csv *table, const char *column, bool all, double **out, rh_err *err)
{
    uint32_t n = rh_csv_rows(table), missing = 0;
    int c = rh_csv_need(table, column);
    RH_NEW(*out, n > 0 ? n : 1, err);
    for (uint32_t i = 0; i < n && c >= 0; i++) {
        (*out)[i] = rh_csv_number(table, i, c);
        missing += is_empty(table, i, c);
    }
    if (all && missing > 1 && missing == n) { /* one sentence for an empty column */
        rh_csv_problem(table, 0, c, "no row has a number");
        return RH_OK;
    }
    for (uint32_t i = 0; i < n && all && missing > 0; i++) {
        if (is_empty(table, i, c)) {
            rh_csv_problem(table, i, c, "a number is missing");
        }
    }
    return RH_OK;
}

rh_status
rh_table_numbers(rh_csv *table, const char *column, double **out, rh_err *err)
{
    return numbers(table, column, false, out, err);
}

rh_status
rh_table_numbers_all(rh_csv *table, const char *column, double **out, rh_err *err)
{
    return numbers(table, column, true, out, err);
}

typedef struct named_row {
    const char *text;
    double year;
    uint32_t row;
} named_row;

static int
by_text(const void *a, const void *b)
{
    const named_row *x = a, *y = b;
    int order = strcmp(x->text, y->text);
    order = order != 0 ? order : (x->year > y->year) - (x->year < y->year);
    return order != 0 ? order : x->row < y->row ? -1 : x->row > y->row;
}

/* Rows by text and year (a column, -1: none); equal ones stand together, first rows first. */
static rh_status
sorted_rows(rh_csv *table, int column, int year, named_row **rows, rh_err *err)
{
    uint32_t n = rh_csv_rows(table);
    RH_NEW(*rows, n > 0 ? n : 1, err);
    for (uint32_t i = 0; i < n; i++) {
        double of = rh_csv_number(table, i, year);
        (*rows)[i] = (named_row){rh_csv_text(table, i, column), isnan(of) ? 0 : of, i};
        if ((*rows)[i].text[0] == '\0') {
            rh_csv_problem(table, i, column, "a name is missing");
        }
    }
    qsort(*rows, n, sizeof **rows, by_text);
    return RH_OK;
}

rh_status
rh_table_groups(rh_csv *table, const char *column, uint32_t **group, const char ***label,
                uint32_t *n_groups, rh_err *err)
{
    uint32_t n = rh_csv_rows(table);
    int c = rh_csv_need(table, column);
    *n_groups = 0;
    *label = NULL;
    RH_NEW(*group, n > 0 ? n : 1, err);
    RH_NEW(*label, n > 0 ? n : 1, err);
    if (c < 0) {
        return RH_OK;
    }
    named_row *rows;
    RH_TRY(sorted_rows(table, c, -1, &rows, err));
    /* first[i]: the row in which the text of row i stands first; numbers are given out in the order of rows */
    for (uint32_t i = 0, first = 0; i < n; i++) {
        if (i == 0 || strcmp(rows[i].text, rows[i - 1].text) != 0) {
            first = rows[i].row;
        }
        (*group)[rows[i].row] = first;
    }
    rh_free(rows);
    for (uint32_t i = 0; i < n; i++) {
        if ((*group)[i] == i) {
            (*label)[*n_groups] = rh_csv_text(table, i, c);
            (*group)[i] = (*n_groups)++;
        } else {
            (*group)[i] = (*group)[(*group)[i]];
        }
    }
    return RH_OK;
}

rh_status
rh_table_ids(rh_csv *table, const char *column, const char ***id, rh_err *err)
{
    return rh_table_ids_by_year(table, column, -1, id, err);
}

rh_status
rh_table_ids_by_year(rh_csv *table, const char *column, int year, const char ***id, rh_err *err)
{
    uint32_t n = rh_csv_rows(table);
    int c = column == NULL ? 0 : rh_csv_need(table, column);
    RH_NEW(*id, n > 0 ? n : 1, err);
    if (c < 0) {
        return RH_OK;
    }
    named_row *rows;
    RH_TRY(sorted_rows(table, c, year, &rows, err));
    for (uint32_t i = 1; i < n; i++) {
        if (rows[i].text[0] != '\0' && strcmp(rows[i].text, rows[i - 1].text) == 0 &&
            rows[i].year == rows[i - 1].year) {
            rh_csv_problem(table, rows[i].row, c, "\"%s\" stands in line %u already%s",
                           rows[i].text, rh_csv_line(table, rows[i - 1].row),
                           year >= 0 ? " for this year" : "");
        }
    }
    rh_free(rows);
    for (uint32_t i = 0; i < n; i++) {
        (*id)[i] = rh_csv_text(table, i, c);
    }
    return RH_OK;
}
