/* Writing answers for people and for programs: see answer.h. */
#include "evaluate/answer_store.h"

#include "core/mem.h"
#include "io/csv.h"
#include "io/workbook.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static const char *
said(const rh_answer_pair *pair, enum rh_language language)
{
    return language == RH_CHINESE ? pair->zh : pair->en;
}

static rh_status
pick(const rh_answer *a, const rh_answer_view *view, size_t *first, size_t *end, rh_err *err)
{
    *first = 0;
    *end = a->n_tables;
    if (view->table == NULL) {
        return RH_OK;
    }
    int t = rh_answer_find(a, view->table);
    if (t >= 0) {
        *first = (size_t)t;
        *end = *first + 1;
        return RH_OK;
    }
    char known[600] = "";
    for (size_t i = 0; i < a->n_tables; i++) {
        size_t n = strlen(known);
        snprintf(known + n, sizeof known - n, "%s%s", i > 0 ? ", " : "", a->table[i].id);
    }
    return rh_fail(err, RH_INPUT, "There is no table \"%s\" in this answer: choose %s.",
                   view->table, known);
}

/* ---- for people ---- */

static void
shown_number(char *buffer, size_t size, double value, int digits)
{
    if (isnan(value)) {
        snprintf(buffer, size, "–");
    } else if (fabs(value) >= 1e15 || (value != 0 && fabs(value) < pow(10, -digits - 2))) {
        snprintf(buffer, size, "%.*g", digits + 1, value);
    } else {
        snprintf(buffer, size, "%.*f", digits, value);
    }
}

static const char *
shown(const rh_answer_one *t, const rh_answer_cell *cell, size_t column,
      enum rh_language language, char *buffer, size_t size)
{
    if (t->column[column].digits < 0) {
        return said(&cell->text, language);
    }
    shown_number(buffer, size, cell->number, t->column[column].digits);
    return buffer;
}

static rh_status
print_table(const rh_answer_one *t, const rh_answer_view *view, FILE *out, rh_err *err)
{
    size_t rows = t->n_columns > 0 ? t->n_cells / t->n_columns : 0;
    size_t top = view->top > 0 && view->top < rows ? view->top : rows;
    unsigned *width;
    char buffer[64];
    RH_NEW(width, t->n_columns + 1, err);
    for (size_t c = 0; c < t->n_columns; c++) {
        width[c] = rh_text_width(said(&t->column[c].title, view->language));
        for (size_t r = 0; r < top; r++) {
            unsigned w = rh_text_width(shown(t, &t->cell[r * t->n_columns + c], c,
                                             view->language, buffer, sizeof buffer));
            width[c] = w > width[c] ? w : width[c];
        }
    }
    fprintf(out, "%s\n", said(&t->title, view->language));
    for (size_t r = 0; r <= top && t->n_columns > 0; r++) {
        for (size_t c = 0; c < t->n_columns; c++) {
            const char *text = r == 0 ? said(&t->column[c].title, view->language)
                                      : shown(t, &t->cell[(r - 1) * t->n_columns + c], c,
                                              view->language, buffer, sizeof buffer);
            fputs(c > 0 ? "  " : "", out);
            if (t->column[c].digits >= 0) {
                rh_text_right(out, text, width[c]);
            } else {
                rh_text_left(out, text, c + 1 < t->n_columns ? width[c] : 0);
            }
        }
        fputc('\n', out);
    }
    if (top < rows) {
        fprintf(out, view->language == RH_CHINESE ? "…… 另有 %zu 行\n" : "… %zu more rows\n",
                rows - top);
    }
    rh_free(width);
    return RH_OK;
}

static void
print_lines(const rh_answer_lines *lines, const rh_answer_view *view, const char *zh,
            const char *en, FILE *out)
{
    for (size_t i = 0; i < lines->n; i++) {
        fprintf(out, "%s%s\n", view->language == RH_CHINESE ? zh : en,
                said(&lines->line[i], view->language));
    }
}

rh_status
rh_answer_print(const rh_answer *a, const rh_answer_view *view, FILE *out, rh_err *err)
{
    size_t first, end;
    RH_TRY(pick(a, view, &first, &end, err));
    for (size_t t = first; t < end; t++) {
        if (t > first) {
            fputc('\n', out);
        }
        RH_TRY(print_table(&a->table[t], view, out, err));
    }
    if (a->warnings.n + a->notes.n > 0) {
        fputc('\n', out);
    }
    print_lines(&a->warnings, view, "注意：", "Warning: ", out);
    print_lines(&a->notes, view, "说明：", "Note: ", out);
    if (view->explain) {
        fputc('\n', out);
        print_lines(&a->explanation, view, "", "", out);
    }
    return RH_OK;
}

/* ---- for programs ---- */

rh_status
rh_answer_csv(const rh_answer *a, const rh_answer_view *view, FILE *out, rh_err *err)
{
    size_t first, end;
    RH_TRY(pick(a, view, &first, &end, err));
    if (first >= end) {
        return RH_OK;
    }
    const rh_answer_one *t = &a->table[first];
    for (size_t c = 0; c < t->n_columns; c++) {
        fputs(c > 0 ? "," : "", out);
        rh_csv_put(out, t->column[c].id);
    }
    fputc('\n', out);
    const size_t width = t->n_columns > 0 ? t->n_columns : 1;
    for (size_t i = 0; i < t->n_cells; i++) {
        size_t c = i % width;
        fputs(c > 0 ? "," : "", out);
        if (t->column[c].digits < 0) {
            rh_csv_put(out, said(&t->cell[i].text, view->language));
        } else if (!isnan(t->cell[i].number)) {
            fputs(rh_text_exact(t->cell[i].number).text, out);
        }
        fputs(c + 1 == t->n_columns ? "\n" : "", out);
    }
    return RH_OK;
}

static json_t *
json_lines(const rh_answer_lines *lines)
{
    json_t *array = json_array();
    for (size_t i = 0; i < lines->n; i++) {
        json_array_append_new(
            array, json_pack("{s:s, s:s}", "zh", lines->line[i].zh, "en", lines->line[i].en));
    }
    return array;
}

static json_t *
json_table(const rh_answer_one *t, enum rh_language language)
{
    json_t *rows = json_array(), *row = NULL;
    for (size_t i = 0; i < t->n_cells; i++) {
        size_t c = i % t->n_columns;
        if (c == 0) {
            row = json_object();
            json_array_append_new(rows, row);
        }
        double x = t->cell[i].number;
        json_t *value = t->column[c].digits < 0 ? json_string(said(&t->cell[i].text, language))
                        : isfinite(x)           ? json_real(x)
                        : isnan(x)              ? json_null()
                                                : json_string(rh_text_exact(x).text);
        json_object_set_new(row, t->column[c].id, value);
    }
    return rows;
}

rh_status
rh_answer_json(const rh_answer *a, const rh_answer_view *view, FILE *out, rh_err *err)
{
    size_t first, end;
    RH_TRY(pick(a, view, &first, &end, err));
    json_t *tables = json_object();
    for (size_t t = first; t < end; t++) {
        json_object_set_new(tables, a->table[t].id, json_table(&a->table[t], view->language));
    }
    json_t *all = json_pack("{s:o, s:o, s:o, s:o}", "tables", tables, "warnings",
                            json_lines(&a->warnings), "notes", json_lines(&a->notes), "explain",
                            json_lines(&a->explanation));
    int failed =
        all == NULL || json_dumpf(all, out, JSON_INDENT(1) | JSON_REAL_PRECISION(17)) != 0;
    json_decref(all);
    fputc('\n', out);
    return failed ? rh_fail(err, RH_IO, "The answer could not be written as JSON.") : RH_OK;
}

/* Tables `first` … `end` - 1 of an answer. */
typedef struct tables {
    const rh_answer *a;
    enum rh_language language;
    size_t first, end;
} tables;

static void
fill_sheet(const rh_answer_one *table, enum rh_language language, lxw_worksheet *sheet)
{
    const size_t width = table->n_columns > 0 ? table->n_columns : 1;
    for (size_t c = 0; c < table->n_columns; c++) {
        worksheet_write_string(sheet, 0, (lxw_col_t)c, said(&table->column[c].title, language),
                               NULL);
    }
    for (size_t i = 0; i < table->n_cells; i++) {
        lxw_col_t c = (lxw_col_t)(i % width);
        lxw_row_t r = (lxw_row_t)(1 + i / width);
        if (table->column[c].digits < 0) {
            worksheet_write_string(sheet, r, c, said(&table->cell[i].text, language), NULL);
        } else if (isfinite(table->cell[i].number)) {
            worksheet_write_number(sheet, r, c, table->cell[i].number, NULL);
        }
    }
}

static rh_status
fill_book(const void *context, lxw_workbook *book, rh_err *err)
{
    (void)err;
    const tables *t = context;
    for (size_t k = t->first; k < t->end; k++) {
        char name[32]; /* a sheet's name has at most 31 characters */
        snprintf(name, sizeof name, "%s", t->a->table[k].id);
        fill_sheet(&t->a->table[k], t->language, workbook_add_worksheet(book, name));
    }
    return RH_OK;
}

static rh_status
save_xlsx(const rh_answer *a, const rh_answer_view *view, const char *partial, const char *path,
          rh_err *err)
{
    tables t = {.a = a, .language = view->language};
    RH_TRY(pick(a, view, &t.first, &t.end, err));
    return rh_workbook_write(partial, path, false, fill_book, &t, err);
}

static rh_status
save_text(const rh_answer *a, const rh_answer_view *view, const char *kind, const char *partial,
          const char *path, rh_err *err)
{
    FILE *out = fopen(partial, "w");
    if (out == NULL) {
        return rh_fail(err, RH_IO, "%s could not be opened: %s.", path, strerror(errno));
    }
    rh_status status = strcasecmp(kind, ".json") == 0 ? rh_answer_json(a, view, out, err)
                                                      : rh_answer_csv(a, view, out, err);
    bool lost = fflush(out) != 0 || ferror(out) || fsync(fileno(out)) != 0;
    int cause = errno;
    if (fclose(out) != 0 || lost) {
        status = rh_fail(err, RH_IO, "%s could not be written: %s.", path, strerror(cause));
    }
    return status;
}

rh_status
rh_answer_save(const rh_answer *a, const rh_answer_view *view, const char *path, rh_err *err)
{
    const char *kind = strrchr(path, '.');
    if (kind == NULL || (strcasecmp(kind, ".csv") != 0 && strcasecmp(kind, ".json") != 0 &&
                         strcasecmp(kind, ".xlsx") != 0)) {
        return rh_fail(err, RH_INPUT, "%s: the name must end in .csv, .json or .xlsx.", path);
    }
    char *partial;
    size_t size = strlen(path) + 16;
    RH_NEW(partial, size, err);
    snprintf(partial, size, "%s.partial", path);
    rh_status status = strcasecmp(kind, ".xlsx") == 0
                           ? save_xlsx(a, view, partial, path, err)
                           : save_text(a, view, kind, partial, path, err);
    if (status == RH_OK && rename(partial, path) != 0) {
        status = rh_fail(err, RH_IO, "%s could not be written: %s.", path, strerror(errno));
    }
    if (status != RH_OK) {
        unlink(partial);
    }
    rh_free(partial);
    return status;
}
