/* Reading delimited tables as planners' files have them: UTF-8 with or without BOM, or GB18030; comma or
 * tab; quotes doubled inside quotes; CR LF or LF. Columns are found by header name.
 *
 * Problems are collected: up to RH_CSV_PROBLEMS sentences (file, line, column, value), then reading stops. The
 * caller checks rh_csv_finish once at the end, so that one call shows them all.
 * C1 a cell read by a typed getter was checked: no typed getter returns text that is not a number.
 * C2 a cell has one problem at most, the first that was found. */
#ifndef RH_IO_CSV_H
#define RH_IO_CSV_H

#include "core/status.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { RH_CSV_PROBLEMS = 20 };

typedef struct rh_csv rh_csv;

/* Read and split the whole file. Errors: RH_IO; RH_INPUT for an unknown encoding, a broken quote, a row of
 * the wrong length. */
RH_MUST_CHECK rh_status rh_csv_open(const char *path, rh_csv **out, rh_err *err);

/* The same from memory; `name` stands for the file in sentences. The bytes are copied. */
RH_MUST_CHECK rh_status rh_csv_parse(const char *name, const char *bytes, size_t size,
                                     rh_csv **out, rh_err *err);

/* A table whose cells another reader found (io/grid.h): `text` holds texts that end with NUL; cell i, row by row with the
 * header first, begins at text + at[i]; line[0] is the header's line, line[r + 1] that of row r. Cells are trimmed.
 * Takes `text` and `line` over, also when it fails. Errors: RH_INPUT for a cell that is not UTF-8. */
RH_MUST_CHECK rh_status rh_csv_take(const char *name, char *text, const size_t *at,
                                    uint32_t *line, uint32_t rows, uint32_t columns,
                                    rh_csv **out, rh_err *err);
void rh_csv_free(rh_csv *csv);

uint32_t rh_csv_rows(const rh_csv *csv); /* data rows, header not counted */
uint32_t rh_csv_columns(const rh_csv *csv);
const char *rh_csv_header(const rh_csv *csv, uint32_t column);
uint32_t rh_csv_line(const rh_csv *csv, uint32_t row); /* line in the file, from 1 */

/* Index of a column, or -1. */
int rh_csv_find(const rh_csv *csv, const char *header);
/* The first of these names (ended by NULL) that is a column, or the first of all where none is. */
const char *rh_csv_first(const rh_csv *csv, const char *const *names);
/* Index of a column that must exist; a missing one is a problem (with the nearest name, or those there are) and returns -1
 * (getters accept -1: they return 0). */
int rh_csv_need(rh_csv *csv, const char *header);

/* Cell text, trimmed, UTF-8; "" when empty. Owned by the csv. */
const char *rh_csv_text(const rh_csv *csv, uint32_t row, int column);
/* Whole number ≥ 0. Empty, negative or broken cells are problems and return 0. */
uint64_t rh_csv_count(rh_csv *csv, uint32_t row, int column);
/* Number between -1e100 and 1e100. Empty cells and "NA" return NAN without a problem; all else is a problem. */
double rh_csv_number(rh_csv *csv, uint32_t row, int column);
/* The same of a cell that must not be empty: that is a problem, too. */
double rh_csv_number_needed(rh_csv *csv, uint32_t row, int column);

/* Add a problem about a cell in the caller's words (the sentence gets "file:line: column: " in front). */
void rh_csv_problem(rh_csv *csv, uint32_t row, int column, const char *format, ...)
    RH_PRINTF(4, 5);

/* RH_OK, or RH_INPUT with all collected problems in err->text, one a line (as many as fit; the number of the rest is said). */
RH_MUST_CHECK rh_status rh_csv_finish(rh_csv *csv, rh_err *err);

/* Write a cell, in quotes where it needs them. */
void rh_csv_put(FILE *out, const char *text);

#endif
