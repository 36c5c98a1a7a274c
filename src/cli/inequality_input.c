/* Tables for `ronghe inequality`: see inequality_input.h. */
#include "cli/inequality_input.h"

#include "core/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

rh_status
rh_numbers_read(rh_csv *table, const char *list, rh_numbers_input *out, rh_err *err)
{
    *out = (rh_numbers_input){0};
    RH_TRY(rh_list_split(list, RH_COLUMNS_MOST, &out->names, err));
    RH_NEW(out->x, out->names.n + 1UL, err);
    for (unsigned k = 0; k < out->names.n; k++) {
        RH_TRY(rh_table_numbers(table, out->names.name[k], &out->x[k], err));
    }
    return RH_OK;
}

void
rh_numbers_release(rh_numbers_input *in)
{
    for (unsigned k = 0; in->x != NULL && k < in->names.n; k++) {
        rh_free(in->x[k]);
    }
    rh_free(in->x);
    rh_list_release(&in->names);
    in->x = NULL;
}

void
rh_refuse_negative(rh_csv *table, const char *column, const double *x, const char *why)
{
    int c = rh_csv_find(table, column);
    for (uint32_t i = 0; c >= 0 && i < rh_csv_rows(table); i++) {
        if (x[i] < 0) {
            rh_csv_problem(table, i, c, "%s is negative; %s", rh_csv_text(table, i, c), why);
        }
    }
}

void
rh_refuse_not_positive(rh_csv *table, const char *column, const double *x, const char *why)
{
    int c = rh_csv_find(table, column);
    for (uint32_t i = 0; c >= 0 && i < rh_csv_rows(table); i++) {
        if (!(x[i] > 0)) {
            const char *text = rh_csv_text(table, i, c);
            rh_csv_problem(table, i, c, "%s; %s",
                           text[0] == '\0' ? "the cell is empty" : "a number above 0 is needed",
                           why);
        }
    }
}

void
rh_refuse_empty(rh_csv *table, const char *column, const double *x)
{
    int c = rh_csv_find(table, column);
    uint32_t n = rh_csv_rows(table), i = 0;
    while (i < n && !(x[i] > 0)) {
        i++;
    }
    if (c >= 0 && n > 0 && i == n) {
        rh_csv_problem(table, 0, c, "no row has a number above 0.");
    }
}

rh_status
rh_need_rows(rh_csv *table, const char *path, rh_err *err)
{
    RH_TRY(rh_csv_finish(table, err));
    return rh_csv_rows(table) > 0
               ? RH_OK
               : rh_fail(err, RH_INPUT, "%s has a header but no rows.", path);
}

static rh_status
check_weight(rh_csv *table, const char *column, double **weight, rh_err *err)
{
    *weight = NULL;
    if (column == NULL) {
        RH_NEW(*weight, rh_csv_rows(table) + 1UL, err);
        for (uint32_t i = 0; i < rh_csv_rows(table); i++) {
            (*weight)[i] = 1;
        }
        return RH_OK;
    }
    RH_TRY(rh_table_numbers_all(table, column, weight, err));
    rh_refuse_negative(table, column, *weight, "a weight must be 0 or more.");
    return RH_OK;
}

/* Rows without a value get weight 0; how many and the first are said. */
static void
leave_out_missing(rh_csv *table, const char *column, double *x, double *weight,
                  rh_answer *answer)
{
    uint32_t missing = 0, first = 0;
    double left = 0;
    for (uint32_t i = 0; i < rh_csv_rows(table); i++) {
        if (isnan(x[i])) {
            first = missing++ == 0 ? rh_csv_line(table, i) : first;
            x[i] = weight[i] = 0;
        }
        left += weight[i] > 0 ? weight[i] : 0;
    }
    int c = rh_csv_find(table, column);
    if (c >= 0 && rh_csv_rows(table) > 0 && !(left > 0) && !isnan(weight[0])) {
        rh_csv_problem(table, 0, c, "no row has both a value and a weight above 0.");
    } else if (missing > 0) {
        rh_answer_warn(
            answer,
            rh_answer_format(answer, "%s：%u 行没有数值，不计入（首个在第 %u 行）。", column,
                             missing, first),
            rh_answer_format(answer,
                             "%s: rows without a value: %u, left out (the first in line %u).",
                             column, missing, first));
    }
}

rh_status
rh_row_weights_read(rh_csv *table, const char *column, rh_numbers_input *values,
                    double ***weight, rh_answer *answer, rh_err *err)
{
    RH_NEW(*weight, values->names.n + 1UL, err);
    if (values->names.n == 0) {
        return RH_OK;
    }
    double **w = *weight;
    const uint32_t n = rh_csv_rows(table);
    RH_TRY(check_weight(table, column, &w[0], err));
    for (unsigned k = 1; k < values->names.n; k++) {
        RH_NEW(w[k], n + 1UL, err);
        memcpy(w[k], w[0], n * sizeof *w[k]);
    }
    for (unsigned k = 0; k < values->names.n; k++) {
        leave_out_missing(table, values->names.name[k], values->x[k], w[k], answer);
    }
    return RH_OK;
}

void
rh_row_weights_release(double **weight, unsigned n)
{
    for (unsigned k = 0; weight != NULL && k < n; k++) {
        rh_free(weight[k]);
    }
    rh_free(weight);
}

rh_status
rh_labels_read(rh_csv *table, const char *column, rh_labels *out, rh_err *err)
{
    *out = (rh_labels){.column = column};
    return rh_table_groups(table, column, &out->group, &out->label, &out->n, err);
}

void
rh_labels_release(rh_labels *labels)
{
    rh_free(labels->group);
    rh_free(labels->label);
    *labels = (rh_labels){0};
}
