/* Filling answers: see answer.h. */
#include "evaluate/answer_store.h"

#include "core/mem.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void
fail(rh_answer *a, const char *text)
{
    if (a->status == RH_OK) {
        a->status = RH_MEMORY;
        a->failure = text;
    }
}

/* Room for one more entry of an array that doubles. */
static bool
grow(rh_answer *a, void **array, size_t n, size_t *room, size_t size)
{
    if (n < *room) {
        return true;
    }
    size_t wanted = *room > 0 ? 2 * *room : 16;
    void *p = rh_resize(*array, wanted, size);
    if (p == NULL) {
        fail(a, "Not enough memory for the answer.");
        return false;
    }
    *array = p;
    *room = wanted;
    return true;
}

static char *
copy(rh_answer *a, const char *text)
{
    char *kept = rh_strdup(text);
    if (kept == NULL) {
        fail(a, "Not enough memory for the answer.");
    }
    return kept;
}

rh_status
rh_answer_new(rh_answer **out, rh_err *err)
{
    RH_NEW(*out, 1, err);
    return RH_OK;
}

static void
free_pair(rh_answer_pair *pair)
{
    if (pair->en != pair->zh) {
        rh_free(pair->en);
    }
    rh_free(pair->zh);
}

static void
free_lines(rh_answer_lines *lines)
{
    for (size_t i = 0; i < lines->n; i++) {
        free_pair(&lines->line[i]);
    }
    rh_free(lines->line);
}

void
rh_answer_free(rh_answer *a)
{
    if (a == NULL) {
        return;
    }
    for (size_t t = 0; t < a->n_tables; t++) {
        rh_answer_one *table = &a->table[t];
        for (size_t i = 0; i < table->n_cells; i++) {
            free_pair(&table->cell[i].text);
        }
        for (size_t c = 0; c < table->n_columns; c++) {
            rh_free(table->column[c].id);
            free_pair(&table->column[c].title);
        }
        rh_free(table->cell);
        rh_free(table->column);
        rh_free(table->id);
        free_pair(&table->title);
    }
    rh_free(a->table);
    free_lines(&a->warnings);
    free_lines(&a->notes);
    free_lines(&a->explanation);
    rh_free(a);
}

void
rh_answer_table(rh_answer *a, const char *id, const char *zh, const char *en)
{
    if (grow(a, (void **)&a->table, a->n_tables, &a->tables_room, sizeof *a->table)) {
        a->table[a->n_tables++] =
            (rh_answer_one){.id = copy(a, id), .title = {copy(a, zh), copy(a, en)}};
    }
}

static void
add_column(rh_answer *a, const char *id, const char *zh, const char *en, int digits)
{
    if (a->n_tables == 0) {
        return;
    }
    rh_answer_one *t = &a->table[a->n_tables - 1];
    if (grow(a, (void **)&t->column, t->n_columns, &t->columns_room, sizeof *t->column)) {
        t->column[t->n_columns++] =
            (rh_answer_head){copy(a, id), {copy(a, zh), copy(a, en)}, digits};
    }
}

void
rh_answer_text_column(rh_answer *a, const char *id, const char *zh, const char *en)
{
    add_column(a, id, zh, en, -1);
}

void
rh_answer_number_column(rh_answer *a, const char *id, const char *zh, const char *en,
                        int digits)
{
    add_column(a, id, zh, en, digits);
}

static void
add_cell(rh_answer *a, rh_answer_cell cell, bool text)
{
    if (a->n_tables == 0) {
        free_pair(&cell.text);
        return;
    }
    rh_answer_one *t = &a->table[a->n_tables - 1];
    bool wants_text = t->n_columns > 0 && t->column[t->n_cells % t->n_columns].digits < 0;
    if (t->n_columns == 0 || wants_text != text) {
        a->status = a->status == RH_OK ? RH_INVARIANT : a->status;
        a->failure = a->failure != NULL ? a->failure
                                        : "A cell of the answer does not fit its column (W1).";
    }
    if (grow(a, (void **)&t->cell, t->n_cells, &t->cells_room, sizeof *t->cell)) {
        t->cell[t->n_cells++] = cell;
    } else {
        free_pair(&cell.text);
    }
}

void
rh_answer_text(rh_answer *a, const char *text)
{
    char *kept = copy(a, text);
    add_cell(a, (rh_answer_cell){.text = {kept, kept}}, true);
}

void
rh_answer_words(rh_answer *a, const char *zh, const char *en)
{
    add_cell(a, (rh_answer_cell){.text = {copy(a, zh), copy(a, en)}}, true);
}

void
rh_answer_number(rh_answer *a, double value)
{
    add_cell(a, (rh_answer_cell){.number = value}, false);
}

void
rh_answer_numbers(rh_answer *a, const double *value, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        rh_answer_number(a, value[i]);
    }
}

static void
add_line(rh_answer *a, rh_answer_lines *lines, const char *zh, const char *en)
{
    if (grow(a, (void **)&lines->line, lines->n, &lines->room, sizeof *lines->line)) {
        lines->line[lines->n++] = (rh_answer_pair){copy(a, zh), copy(a, en)};
    }
}

void
rh_answer_warn(rh_answer *a, const char *zh, const char *en)
{
    add_line(a, &a->warnings, zh, en);
}

void
rh_answer_note(rh_answer *a, const char *zh, const char *en)
{
    add_line(a, &a->notes, zh, en);
}

void
rh_answer_explain(rh_answer *a, const char *zh, const char *en)
{
    add_line(a, &a->explanation, zh, en);
}

const char *
rh_answer_format(rh_answer *a, const char *format, ...)
{
    char *buffer = a->scratch[a->next_scratch++ % RH_ANSWER_SCRATCH];
    va_list args;
    va_start(args, format);
    vsnprintf(buffer, sizeof a->scratch[0], format, args);
    va_end(args);
    rh_text_mend(buffer);
    return buffer;
}

rh_status
rh_answer_finish(rh_answer *a, rh_err *err)
{
    if (a->status != RH_OK) {
        return rh_fail(err, a->status, "%s", a->failure);
    }
    for (size_t t = 0; t < a->n_tables; t++) {
        const rh_answer_one *table = &a->table[t];
        if (table->n_columns > 0 && table->n_cells % table->n_columns != 0) {
            return rh_fail(err, RH_INVARIANT,
                           "The table \"%s\" of the answer ends within a row (W1).", table->id);
        }
    }
    return RH_OK;
}

int
rh_answer_find(const rh_answer *a, const char *table)
{
    for (size_t t = 0; t < a->n_tables; t++) {
        if (strcmp(a->table[t].id, table) == 0) {
            return (int)t;
        }
    }
    return -1;
}

uint32_t
rh_answer_rows(const rh_answer *a, int table)
{
    const rh_answer_one *t = table >= 0 ? &a->table[table] : NULL;
    return t != NULL && t->n_columns > 0 ? (uint32_t)(t->n_cells / t->n_columns) : 0;
}

int
rh_answer_column(const rh_answer *a, int table, const char *column)
{
    for (size_t c = 0; table >= 0 && c < a->table[table].n_columns; c++) {
        if (strcmp(a->table[table].column[c].id, column) == 0) {
            return (int)c;
        }
    }
    return -1;
}

static const rh_answer_cell *
cell_at(const rh_answer *a, int table, uint32_t row, int column)
{
    if (table < 0 || column < 0 || row >= rh_answer_rows(a, table)) {
        return NULL;
    }
    const rh_answer_one *t = &a->table[table];
    return &t->cell[(size_t)row * t->n_columns + (size_t)column];
}

double
rh_answer_get(const rh_answer *a, int table, uint32_t row, int column)
{
    const rh_answer_cell *cell = cell_at(a, table, row, column);
    return cell != NULL && cell->text.zh == NULL ? cell->number : (double)NAN;
}

const char *
rh_answer_get_text(const rh_answer *a, int table, uint32_t row, int column,
                   enum rh_language language)
{
    const rh_answer_cell *cell = cell_at(a, table, row, column);
    return cell == NULL || cell->text.zh == NULL ? ""
           : language == RH_CHINESE              ? cell->text.zh
                                                 : cell->text.en;
}

unsigned
rh_answer_warnings(const rh_answer *a)
{
    return (unsigned)a->warnings.n;
}
