/* ronghe inequality convergence: β and σ of a panel (evaluate/convergence.h). */
#include "cli/inequality_input.h"

#include "core/mem.h"
#include "evaluate/convergence.h"
#include "evaluate/statistics.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const rh_option options[] = {
    {"value", 'x', "COLUMNS", true, RH_MSG_HELP_INEQUALITY_VALUE},
    {"years", 'y', "NUMBERS", false, RH_MSG_HELP_INEQUALITY_YEARS},
    {"weight", 'w', "COLUMN", false, RH_MSG_HELP_INEQUALITY_WEIGHT},
    {"control", 0, "COLUMNS", false, RH_MSG_HELP_INEQUALITY_CONTROL},
    {"sheet", 0, "PART", false, RH_MSG_HELP_SHEET},
    RH_ANSWER_OPTIONS,
    {0},
};

typedef struct inputs {
    rh_csv *table;
    rh_numbers_input values, controls, weight;
    double year[RH_COLUMNS_MOST];
} inputs;

/* Years given, or the digits that end the names; rising. */
static rh_status
read_years(const rh_args *args, inputs *in, rh_err *err)
{
    const char *list = rh_given(&rh_verb_inequality_convergence, args, "years");
    unsigned n = in->values.names.n, given = n;
    if (list != NULL) {
        RH_TRY(rh_list_numbers(list, "years", RH_COLUMNS_MOST, in->year, &given, err));
    }
    for (unsigned k = 0; k < n && list == NULL; k++) {
        const char *name = in->values.names.name[k], *digits = name + strlen(name);
        while (digits > name && isdigit((unsigned char)digits[-1])) {
            digits--;
        }
        if (*digits == '\0') {
            return rh_fail(err, RH_INPUT,
                           "The column %s does not end with a year; give --years.", name);
        }
        in->year[k] = strtod(digits, NULL);
    }
    if (n < 2 || given != n) {
        return rh_fail(
            err, RH_INPUT,
            "Convergence needs two columns of values at least and one year for each: "
            "%u columns, %u years.",
            n, given);
    }
    for (unsigned k = 1; k < n; k++) {
        if (!(in->year[k] > in->year[k - 1])) {
            return rh_fail(err, RH_INPUT, "The years must rise: %g comes after %g.",
                           in->year[k], in->year[k - 1]);
        }
    }
    return RH_OK;
}

static rh_status
read_inputs(const rh_args *args, inputs *in, rh_err *err)
{
    const rh_verb *verb = &rh_verb_inequality_convergence;
    const char *weight = rh_given(verb, args, "weight"),
               *control = rh_given(verb, args, "control");
    RH_TRY(rh_table_open(args->file[0], rh_given(verb, args, "sheet"), &in->table, err));
    RH_TRY(rh_numbers_read(in->table, rh_given(verb, args, "value"), &in->values, err));
    RH_TRY(read_years(args, in, err));
    for (unsigned k = 0; k < in->values.names.n; k++) {
        rh_refuse_not_positive(in->table, in->values.names.name[k], in->values.x[k],
                               "growth and convergence are of logarithms.");
    }
    RH_TRY(rh_numbers_read(in->table, control, &in->controls, err));
    for (unsigned k = 0; k < in->controls.names.n; k++) {
        int c = rh_csv_find(in->table, in->controls.names.name[k]);
        for (uint32_t i = 0; c >= 0 && i < rh_csv_rows(in->table); i++) {
            if (isnan(in->controls.x[k][i])) {
                rh_csv_problem(in->table, i, c, "a control is missing");
            }
        }
    }
    RH_TRY(rh_numbers_read(in->table, weight, &in->weight, err));
    if (weight != NULL) {
        rh_refuse_not_positive(in->table, weight, in->weight.x[0], "a place needs a weight.");
    }
    return rh_need_rows(in->table, args->file[0], err);
}

static void
beta_row(rh_answer *a, double from, double to, const rh_beta *b)
{
    const double numbers[] = {from,
                              to,
                              b->n,
                              b->slope,
                              b->error,
                              b->robust_error,
                              b->slope / b->robust_error,
                              b->r2,
                              b->speed,
                              b->half_life,
                              b->constant};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        rh_answer_number(a, numbers[i]);
    }
}

/* β over the whole span, then from each column to the next. */
static rh_status
fill_beta(const inputs *in, rh_answer *a, rh_err *err)
{
    const uint32_t n = rh_csv_rows(in->table);
    const unsigned last = in->values.names.n - 1;
    const double *const *control = (const double *const *)in->controls.x;
    rh_beta whole;
    RH_TRY(rh_beta_fit(in->values.x[0], in->values.x[last], n, in->year[last] - in->year[0],
                       control, in->controls.names.n, &whole, err));
    rh_answer_table(a, "beta", "β 收敛", "Beta convergence");
    rh_answer_number_column(a, "from", "起", "from", 0);
    rh_answer_number_column(a, "to", "止", "to", 0);
    rh_answer_number_column(a, "places", "地区数", "places", 0);
    rh_answer_number_column(a, "slope", "b", "b", 6);
    rh_answer_number_column(a, "error", "标准误", "s.e.", 6);
    rh_answer_number_column(a, "robust_error", "稳健标准误 HC1", "robust s.e. (HC1)", 6);
    rh_answer_number_column(a, "t", "t（稳健）", "t (robust)", 2);
    rh_answer_number_column(a, "r2", "R²", "R²", 4);
    rh_answer_number_column(a, "speed", "收敛速度 λ", "speed λ", 6);
    rh_answer_number_column(a, "half_life", "半程年数", "half-life, years", 2);
    rh_answer_number_column(a, "constant", "截距", "constant", 6);
    beta_row(a, in->year[0], in->year[last], &whole);
    for (unsigned k = 1; k <= last && last > 1; k++) {
        rh_beta b;
        RH_TRY(rh_beta_fit(in->values.x[k - 1], in->values.x[k], n,
                           in->year[k] - in->year[k - 1], control, in->controls.names.n, &b,
                           err));
        beta_row(a, in->year[k - 1], in->year[k], &b);
    }
    for (unsigned c = 0; c < in->controls.names.n; c++) {
        rh_answer_note(a,
                       rh_answer_format(a, "控制变量 %s：%.6g（稳健标准误 %.6g）。",
                                        in->controls.names.name[c], whole.control[c],
                                        whole.control_error[c]),
                       rh_answer_format(a, "Control %s: %.6g (robust s.e. %.6g).",
                                        in->controls.names.name[c], whole.control[c],
                                        whole.control_error[c]));
    }
    const char *numbers =
        rh_answer_format(a, "T = %g, n = %u, a = %.8g, b = %.8g, λ = −ln(1 + b T)/T = %.8g",
                         whole.span, whole.n, whole.constant, whole.slope, whole.speed);
    rh_answer_explain(
        a,
        rh_answer_format(
            a, "ln(y_T/y_0)/T = a + b ln y_0（Barro 与 Sala-i-Martin 1992，式 11–13）：%s",
            numbers),
        rh_answer_format(a,
                         "ln(y_T/y_0)/T = a + b ln y_0 (Barro and Sala-i-Martin 1992, eq. "
                         "11-13): %s",
                         numbers));
    return RH_OK;
}

static rh_status
fill_sigma(const inputs *in, rh_answer *a, rh_err *err)
{
    double deviation[RH_COLUMNS_MOST];
    const double *w = in->weight.names.n > 0 ? in->weight.x[0] : NULL;
    rh_answer_table(a, "sigma", "σ 收敛", "Sigma convergence");
    rh_answer_number_column(a, "year", "年份", "year", 0);
    rh_answer_number_column(a, "log_deviation", "对数标准差", "s.d. of ln y", 6);
    rh_answer_number_column(a, "variation", "变异系数", "coefficient of variation", 6);
    for (unsigned k = 0; k < in->values.names.n; k++) {
        rh_sigma s;
        RH_TRY(rh_sigma_find(in->values.x[k], w, rh_csv_rows(in->table), &s, err));
        deviation[k] = s.log_deviation;
        RH_ANSWER_NUMBERS(a, in->year[k], s.log_deviation, s.variation);
    }
    rh_line trend = rh_line_through(in->year, deviation, in->values.names.n);
    const char *sure = isnan(trend.error)
                           ? "–"
                           : rh_answer_format(a, "%.3g", trend.error); /* two years have none */
    rh_answer_note(
        a,
        rh_answer_format(a, "对数标准差每年变化 %.6g（标准误 %s）：%s。", trend.slope, sure,
                         trend.slope < 0 ? "σ 收敛" : "无 σ 收敛"),
        rh_answer_format(a, "The s.d. of ln y changes by %.6g a year (s.e. %s): %s.",
                         trend.slope, sure,
                         trend.slope < 0 ? "sigma convergence" : "no sigma convergence"));
    return RH_OK;
}

static rh_status
act(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    rh_answer *answer = NULL;
    inputs in = {0};
    RH_TRY(rh_answer_new(&answer, err));
    rh_status status = read_inputs(args, &in, err);
    if (status == RH_OK) {
        status = fill_beta(&in, answer, err);
    }
    if (status == RH_OK) {
        status = fill_sigma(&in, answer, err);
    }
    rh_numbers_release(&in.values);
    rh_numbers_release(&in.controls);
    rh_numbers_release(&in.weight);
    rh_csv_free(in.table);
    return rh_give_answer(cli, &rh_verb_inequality_convergence, args, answer, status, err);
}

const rh_verb rh_verb_inequality_convergence = {
    .name = "inequality convergence",
    .files = "TABLE",
    .least_files = 1,
    .most_files = 1,
    .summary = RH_MSG_VERB_INEQUALITY_CONVERGENCE,
    .example = "ronghe inequality convergence panel.csv --value gdp2000,gdp2010,gdp2020",
    .options = options,
    .act = act,
};
