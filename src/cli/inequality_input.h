/* Tables for the verbs of `ronghe inequality`: lists of columns, weights, missing and negative values. */
#ifndef RH_CLI_INEQUALITY_INPUT_H
#define RH_CLI_INEQUALITY_INPUT_H

#include "cli/evaluate.h"
#include "cli/list.h"
#include "evaluate/inequality_answer.h"
#include "io/table.h"

enum { RH_COLUMNS_MOST = RH_LIST_MOST };

/* Columns of numbers; x[k][row], NAN where a cell is empty. */
typedef struct rh_numbers_input {
    rh_list names;
    double **x;
} rh_numbers_input;
RH_MUST_CHECK rh_status rh_numbers_read(rh_csv *table, const char *list, rh_numbers_input *out,
                                        rh_err *err);
void rh_numbers_release(rh_numbers_input *in);

/* Each cell below 0 is a problem of the table; `why` says what it cannot be used for. */
void rh_refuse_negative(rh_csv *table, const char *column, const double *x, const char *why);
/* Each cell that is not above 0 (or empty) is one. */
void rh_refuse_not_positive(rh_csv *table, const char *column, const double *x,
                            const char *why);

/* A column without any number above 0 is one. */
void rh_refuse_empty(rh_csv *table, const char *column, const double *x);

/* The problems of the table, as rh_csv_finish; a table without rows is refused as well. */
RH_MUST_CHECK rh_status rh_need_rows(rh_csv *table, const char *path, rh_err *err);

/* Weights of every column: 0 where the column has no value, which is said in a warning, and x made 0 there. `column` NULL: each row
 * counts 1. A missing or negative weight is a problem. The caller frees weight[k] and weight. */
RH_MUST_CHECK rh_status rh_row_weights_read(rh_csv *table, const char *column,
                                            rh_numbers_input *values, double ***weight,
                                            rh_answer *answer, rh_err *err);
void rh_row_weights_release(double **weight, unsigned n);

/* A column of labels. The caller frees group and label. */
RH_MUST_CHECK rh_status rh_labels_read(rh_csv *table, const char *column, rh_labels *out,
                                       rh_err *err);
void rh_labels_release(rh_labels *labels);

#endif
