/* What a tool of evaluate answers: tables, remarks and an explanation, in one form that is written as a
 * table on the terminal, as CSV, JSON or XLSX.
 *
 * A tool fills an answer from top to bottom; the first failure (memory) is kept and returned by
 * rh_answer_finish, so that the calls between need no check.
 *
 *     rh_answer_table(a, "weights", "权重", "Weights");
 *     rh_answer_text_column(a, "indicator", "指标", "indicator");
 *     rh_answer_number_column(a, "weight", "权重", "weight", 4);
 *     for (…) { rh_answer_text(a, name[j]); rh_answer_number(a, w[j]); }
 *
 * W1 every row of a table has all cells (rh_answer_finish says where not).
 * W2 CSV and JSON hold every number to round-trip precision; digits are for people only. NAN: empty, null. */
#ifndef RH_EVALUATE_ANSWER_H
#define RH_EVALUATE_ANSWER_H

#include "core/status.h"
#include "core/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct rh_answer rh_answer;

RH_MUST_CHECK rh_status rh_answer_new(rh_answer **out, rh_err *err);
void rh_answer_free(rh_answer *answer);

/* Begin a table; `id` names it in JSON and for --table. The first is the main one. Texts are copied here and below. */
void rh_answer_table(rh_answer *answer, const char *id, const char *zh, const char *en);
/* Its columns, before its first cell. `id` is the header in CSV and the key in JSON; `digits` behind the point for people. */
void rh_answer_text_column(rh_answer *answer, const char *id, const char *zh, const char *en);
void rh_answer_number_column(rh_answer *answer, const char *id, const char *zh, const char *en,
                             int digits);
/* Cells, row by row. A text that is different in Chinese goes through rh_answer_words. */
void rh_answer_text(rh_answer *answer, const char *text);
void rh_answer_words(rh_answer *answer, const char *zh, const char *en);
void rh_answer_number(rh_answer *answer, double value);
/* Numbers side by side: RH_ANSWER_NUMBERS(a, x, y, z). */
void rh_answer_numbers(rh_answer *answer, const double *value, size_t n);
#define RH_ANSWER_NUMBERS(answer, ...)                                                         \
    rh_answer_numbers((answer), (const double[]){__VA_ARGS__},                                 \
                      sizeof((const double[]){__VA_ARGS__}) / sizeof(double))

/* Something the reader must know: what was dropped, filled, doubtful. One sentence in both languages. */
void rh_answer_warn(rh_answer *answer, const char *zh, const char *en);
/* The same, of no concern: how something was done. */
void rh_answer_note(rh_answer *answer, const char *zh, const char *en);
/* One line of --explain: formula, source, the numbers that went into one cell. */
void rh_answer_explain(rh_answer *answer, const char *zh, const char *en);
/* A formatted text for the calls above, valid until four further calls of this thread's answer. */
const char *rh_answer_format(rh_answer *answer, const char *format, ...) RH_PRINTF(2, 3);

/* RH_OK, or the first failure. */
RH_MUST_CHECK rh_status rh_answer_finish(rh_answer *answer, rh_err *err);

/* ---- writing (answer_write.c) ---- */

typedef struct rh_answer_view {
    enum rh_language language;
    const char *table; /* id of the one table wanted; NULL: all (CSV: the main one) */
    unsigned top;      /* rows of a table at most on a terminal; 0: all */
    bool explain;      /* on a terminal; JSON always has it */
} rh_answer_view;

/* Tables for people; warnings and notes behind them. Errors: RH_INPUT for an unknown table. */
RH_MUST_CHECK rh_status rh_answer_print(const rh_answer *answer, const rh_answer_view *view,
                                        FILE *out, rh_err *err);
RH_MUST_CHECK rh_status rh_answer_csv(const rh_answer *answer, const rh_answer_view *view,
                                      FILE *out, rh_err *err);
/* {"tables": {id: [{column: cell, …}, …]}, "warnings": [{"zh":…, "en":…}], "notes": […], "explain": […]} */
RH_MUST_CHECK rh_status rh_answer_json(const rh_answer *answer, const rh_answer_view *view,
                                       FILE *out, rh_err *err);
/* Write a file whole or not at all (a temporary beside it is renamed): .csv, .json or .xlsx (one sheet a table). */
RH_MUST_CHECK rh_status rh_answer_save(const rh_answer *answer, const rh_answer_view *view,
                                       const char *path, rh_err *err);

/* ---- reading back (tests, further tools) ---- */

/* Index of a table by id, or -1; rows; index of a column, or -1. */
int rh_answer_find(const rh_answer *answer, const char *table);
uint32_t rh_answer_rows(const rh_answer *answer, int table);
int rh_answer_column(const rh_answer *answer, int table, const char *column);
double rh_answer_get(const rh_answer *answer, int table, uint32_t row, int column);
const char *rh_answer_get_text(const rh_answer *answer, int table, uint32_t row, int column,
                               enum rh_language language);
unsigned rh_answer_warnings(const rh_answer *answer);

#endif
