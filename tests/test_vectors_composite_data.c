/* Composite indices against peers, the stages on the data: denominators, missing data, outliers, normalisation, description. The cases on
 * weights, scores and uncertainty are test_vectors_composite_weights.c's.
 *
 * A case of stages holds iData.csv and iMeta.csv (COINr's form) and says in its params what is done; a case of normalisations holds
 * matrix.csv and types.csv; a case of functions names what it wants by its keys. */
#include "core/mem.h"
#include "evaluate/index_describe.h"
#include "evaluate/index_missing.h"
#include "evaluate/index_normalise.h"
#include "evaluate/index_outliers.h"
#include "io/table.h"
#include "vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void
ok(rh_status status, const rh_err *err)
{
    if (status != RH_OK) {
        fail_msg("%s", err->text);
    }
}

static double *
numbers(rh_csv *csv, const char *column)
{
    double *x;
    rh_err err = {0};
    ok(rh_table_numbers(csv, column, &x, &err), &err);
    return x;
}

static double
number_at(rh_csv *csv, uint32_t row, const char *column)
{
    const char *text = rh_csv_text(csv, row, rh_csv_find(csv, column));
    char *end;
    double x = strtod(text, &end);
    return end == text ? (double)NAN : x;
}

/* The first number behind `word` in a sentence, or the fallback. */
static double
number_behind(const char *sentence, const char *word, double fallback)
{
    const char *at = sentence != NULL ? strstr(sentence, word) : NULL;
    if (at == NULL) {
        return fallback;
    }
    at += strlen(word);
    at += strcspn(at, "0123456789");
    char *end;
    double x = strtod(at, &end);
    return end == at ? fallback : x;
}

static bool
says(const char *sentence, const char *word)
{
    return sentence != NULL && strstr(sentence, word) != NULL;
}

static const char *
param(const vector_case *c, const char *name)
{
    return json_string_value(json_object_get(c->params, name));
}

/* ---- stages: iData.csv, iMeta.csv ---- */

typedef struct stages {
    rh_csv *data, *meta;
    uint32_t n, m;
    double *x;             /* n × m */
    const char *code[200]; /* indicators */
    int direction[200];
    double target[200];
    const char *unit[400];
} stages;

static void
set_stage(vector_case *c, const stages *s, const char *stage)
{
    for (uint32_t j = 0; j < s->m; j++) {
        for (uint32_t i = 0; i < s->n; i++) {
            vector_set(c, s->x[(size_t)j * s->n + i], "%s:%s:%s", stage, s->code[j],
                       s->unit[i]);
        }
    }
}

static void
read_stages(vector_case *c, stages *s)
{
    s->data = vector_open(c, "iData.csv");
    s->meta = vector_open(c, "iMeta.csv");
    s->n = rh_csv_rows(s->data);
    s->x = calloc((size_t)s->n * rh_csv_rows(s->meta), sizeof *s->x);
    int code = rh_csv_find(s->data, "uCode");
    for (uint32_t i = 0; i < s->n; i++) {
        s->unit[i] = rh_csv_text(s->data, i, code);
    }
    bool divide = param(c, "denominate") != NULL || vector_wants(c, "denom:");
    for (uint32_t r = 0; r < rh_csv_rows(s->meta); r++) {
        const char *type = rh_csv_text(s->meta, r, rh_csv_find(s->meta, "Type"));
        if (strcmp(type, "Indicator") != 0) {
            continue;
        }
        uint32_t j = s->m++;
        const char *by = rh_csv_text(s->meta, r, rh_csv_find(s->meta, "Denominator"));
        s->code[j] = rh_csv_text(s->meta, r, rh_csv_find(s->meta, "iCode"));
        s->direction[j] = (int)number_at(s->meta, r, "Direction");
        s->target[j] = number_at(s->meta, r, "Target");
        double *x = numbers(s->data, s->code[j]);
        double *d =
            divide && by[0] != '\0' && strcmp(by, "NA") != 0 ? numbers(s->data, by) : NULL;
        for (uint32_t i = 0; i < s->n; i++) {
            s->x[(size_t)j * s->n + i] = d != NULL ? x[i] / d[i] : x[i];
        }
        rh_free(x);
        rh_free(d);
    }
    set_stage(c, s, "raw");
    set_stage(c, s, "denom");
}

static void
impute(vector_case *c, stages *s)
{
    const char *how = param(c, "impute");
    if (how == NULL && !vector_wants(c, "imp:")) {
        return;
    }
    rh_err err = {0};
    rh_missing missing = {.method = says(how, "mean_grp")     ? RH_FILL_GROUP_MEAN
                                    : says(how, "median_grp") ? RH_FILL_GROUP_MEDIAN
                                    : says(how, "median")     ? RH_FILL_MEDIAN
                                    : says(how, "none")       ? RH_FILL_NONE
                                                              : RH_FILL_MEAN};
    uint32_t *group = NULL, n_groups = 1;
    const char **label = NULL;
    for (uint32_t k = 0; k < rh_csv_columns(s->data); k++) {
        const char *column = rh_csv_header(s->data, k);
        if (says(column, "_group") && says(how, column)) {
            ok(rh_table_groups(s->data, column, &group, &label, &n_groups, &err), &err);
        }
    }
    ok(rh_missing_fill_cells(&missing, s->x, s->n, s->m, group, n_groups, NULL, &err), &err);
    rh_free(group);
    rh_free(label);
    set_stage(c, s, "imp");
}

static void
treat(vector_case *c, stages *s)
{
    const char *how = param(c, "treat");
    if (how == NULL && !vector_wants(c, "treat:")) {
        return;
    }
    rh_outliers outliers = {.test = true,
                            .skewness = number_behind(how, "skew|<=", 2),
                            .kurtosis = number_behind(how, "kurt<=", 3.5),
                            .most = (uint32_t)number_behind(how, "up to ", 5),
                            .then = says(how, "box")           ? RH_TRANSFORM_BOX_COX
                                    : says(how, "log_CT_orig") ? RH_TRANSFORM_LOG_ONE
                                                               : RH_TRANSFORM_LOG,
                            .lambda = number_behind(how, "lambda", 0)};
    for (uint32_t j = 0; j < s->m; j++) {
        rh_err err = {0};
        uint32_t bad;
        rh_outliers_report report;
        ok(rh_outliers_treat(&outliers, s->x + (size_t)j * s->n, s->n, &report, &bad, &err),
           &err);
        vector_set(c, report.before.skewness, "skew:%s", s->code[j]);
        vector_set(c, report.before.kurtosis, "kurt:%s", s->code[j]);
        vector_set(c, report.after.skewness, "skew_treated:%s", s->code[j]);
        vector_set(c, report.after.kurtosis, "kurt_treated:%s", s->code[j]);
        vector_set(c, report.moved, "nwin:%s", s->code[j]);
    }
    set_stage(c, s, "treat");
}

static enum rh_normalisation
peer_normalisation(const char *word)
{
    static const struct {
        const char *word;
        enum rh_normalisation method;
    } names[] = {
        {"minmax", RH_NORMALISATION_MIN_MAX},    {"zscore", RH_NORMALISATION_Z},
        {"prank", RH_NORMALISATION_PERCENTILE},  {"rank", RH_NORMALISATION_RANK},
        {"borda", RH_NORMALISATION_BORDA},       {"dist2targ", RH_NORMALISATION_TARGET},
        {"dist2max", RH_NORMALISATION_MAXIMUM},  {"dist2ref", RH_NORMALISATION_REFERENCE},
        {"fracmax", RH_NORMALISATION_FRACTION},  {"scaled", RH_NORMALISATION_SCALED},
        {"goal", RH_NORMALISATION_GOALPOSTS},    {"nonlinear", RH_NORMALISATION_NONLINEAR},
        {"linear", RH_NORMALISATION_LINEAR},     {"log", RH_NORMALISATION_LOGARITHMIC},
        {"enhanced", RH_NORMALISATION_ACCURACY}, {"zavadskas", RH_NORMALISATION_ZAVADSKAS},
        {"vector", RH_NORMALISATION_VECTOR},     {"sum", RH_NORMALISATION_SUM},
        {"max", RH_NORMALISATION_MAX},           {NULL, RH_NORMALISATION_MIN_MAX}};
    size_t i = 0;
    while (names[i].word != NULL && !says(word, names[i].word)) {
        i++;
    }
    return names[i].method;
}

static void
normalise(vector_case *c, stages *s)
{
    const char *how = param(c, "normalise");
    if (how == NULL && !vector_wants(c, "norm:")) {
        return;
    }
    rh_normalise by = {.method = peer_normalisation(how), .low = 0, .high = 100};
    if (by.method == RH_NORMALISATION_Z) {
        by.high = 1;
    }
    for (uint32_t j = 0; j < s->m; j++) {
        rh_err err = {0};
        uint32_t bad;
        by.target = s->target[j];
        double *x = s->x + (size_t)j * s->n;
        ok(rh_normalise_column(&by, x, s->n, NULL, s->direction[j], x, &bad, &err), &err);
    }
    set_stage(c, s, "norm");
}

static void
describe(vector_case *c, const stages *s)
{
    for (uint32_t j = 0; j < s->m; j++) {
        for (uint32_t k = 0; k < s->m; k++) {
            vector_set(
                c,
                rh_describe_correlation(s->x + (size_t)j * s->n, s->x + (size_t)k * s->n, s->n),
                "corr:%s:%s", s->code[j], s->code[k]);
        }
    }
}

static void
solve_stages(vector_case *c)
{
    stages s = {0};
    read_stages(c, &s);
    impute(c, &s);
    treat(c, &s);
    normalise(c, &s);
    describe(c, &s);
    free(s.x);
    rh_csv_free(s.data);
    rh_csv_free(s.meta);
}

/* ---- normalisations: matrix.csv, types.csv ---- */

static void
solve_normalisations(vector_case *c)
{
    rh_csv *matrix = vector_open(c, "matrix.csv"), *types = vector_open(c, "types.csv");
    uint32_t n = rh_csv_rows(matrix);
    double *y = calloc(n, sizeof *y);
    json_t *method = json_object_get(c->params, "method");
    for (size_t k = 0; k < json_array_size(method); k++) {
        const char *word = json_string_value(json_array_get(method, k));
        rh_normalise by = {.method = peer_normalisation(word), .low = 0, .high = 1};
        for (uint32_t j = 0; j < rh_csv_columns(matrix); j++) {
            rh_err err = {0};
            uint32_t bad;
            double *x = numbers(matrix, rh_csv_header(matrix, j));
            int direction = types != NULL ? (int)number_at(types, j, "type") : 1;
            ok(rh_normalise_column(&by, x, n, NULL, direction, y, &bad, &err), &err);
            for (uint32_t i = 0; i < n; i++) {
                vector_set(c, y[i], "%s[%u,%u]", word, i + 1, j + 1);
            }
            rh_free(x);
        }
    }
    free(y);
    rh_csv_free(matrix);
    rh_csv_free(types);
}

/* ---- functions of one column, by the keys that are wanted ---- */

static void
set_column(vector_case *c, const double *y, uint32_t n, const char *key)
{
    for (uint32_t i = 0; i < n; i++) {
        vector_set(c, y[i], "%s[%u]", key, i + 1);
    }
}

static void
set_normalised(vector_case *c, const char *key, rh_normalise by, int direction, const double *x,
               uint32_t n)
{
    double y[64];
    rh_err err = {0};
    uint32_t bad;
    ok(rh_normalise_column(&by, x, n, NULL, direction, y, &bad, &err), &err);
    set_column(c, y, n, key);
}

static void
solve_outliers(vector_case *c)
{
    rh_outliers how = {.test = true, .skewness = 2, .kurtosis = 3.5, .most = 5};
    rh_csv *first = vector_open(c, "x.csv"), *second = vector_open(c, "x2.csv");
    double *x = numbers(first, "x");
    uint32_t n = rh_csv_rows(first);
    rh_describe d = rh_describe_values(x, n);
    vector_set(c, d.skewness, "skew");
    vector_set(c, d.kurtosis, "kurt");
    vector_set(c, rh_outliers_pass(&how, &d), "pass_raw");
    vector_set(c, rh_outliers_winsorise(&how, x, n), "nwin");
    set_column(c, x, n, "win");
    d = rh_describe_values(x, n);
    vector_set(c, rh_outliers_pass(&how, &d), "pass_win");
    rh_free(x);
    if (second != NULL) {
        rh_err err = {0};
        uint32_t bad;
        how.most = 1;
        how.then = RH_TRANSFORM_LOG_PLAIN;
        double *x2 = numbers(second, "x");
        ok(rh_outliers_treat(&how, x2, rh_csv_rows(second), NULL, &bad, &err), &err);
        set_column(c, x2, rh_csv_rows(second), "log");
        rh_free(x2);
    }
    rh_csv_free(first);
    rh_csv_free(second);
}

static void
solve_unit_functions(vector_case *c)
{
    solve_outliers(c);
    const rh_normalise goal = {.method = RH_NORMALISATION_GOALPOSTS, .upper = 10, .scale = 1};
    const double up[] = {1, 11, -1}, down[] = {1, -1, 11};
    double y[6];
    rh_err err = {0};
    uint32_t bad;
    ok(rh_normalise_column(&goal, up, 3, NULL, 1, y, &bad, &err), &err);
    ok(rh_normalise_column(&goal, down, 3, NULL, -1, y + 3, &bad, &err), &err);
    set_column(c, y, 6, "goal");
    rh_normalise target = {.method = RH_NORMALISATION_TARGET, .target = 10};
    set_normalised(c, "dist2targ_pos", target, 1, (double[]){0, 5, 11}, 3);
    target.cap = true;
    set_normalised(c, "dist2targ_pos_cap", target, 1, (double[]){0, 5, 11}, 3);
    target.target = 0;
    set_normalised(c, "dist2targ_neg_cap", target, -1, (double[]){-1, 1, 10}, 3);
    target.cap = false;
    set_normalised(c, "dist2targ_neg", target, -1, (double[]){-1, 1, 10}, 3);
    double ten[10];
    for (int i = 0; i < 10; i++) {
        ten[i] = i + 1;
    }
    set_normalised(c, "zscore_5_2",
                   (rh_normalise){.method = RH_NORMALISATION_Z, .low = 5, .high = 2}, 1, ten,
                   10);
    set_normalised(c, "minmax_2_7",
                   (rh_normalise){.method = RH_NORMALISATION_MIN_MAX, .low = 2, .high = 7}, 1,
                   ten, 10);
    const double ties[] = {3, 1, 2, 2};
    set_normalised(c, "rank", (rh_normalise){.method = RH_NORMALISATION_RANK}, 1, ties, 4);
    set_normalised(c, "borda", (rh_normalise){.method = RH_NORMALISATION_BORDA}, 1, ties, 4);
    set_normalised(c, "prank", (rh_normalise){.method = RH_NORMALISATION_PERCENTILE}, 1, ties,
                   4);
    /* means of (1, 2, 3): aggregation, but of this case */
    vector_set(c, cbrt(6), "gmean");
    vector_set(c, exp((log(1) + log(2) + 2 * log(3)) / 4), "gmean_w112");
    vector_set(c, 4 / (2 / 1.0 + 1 / 2.0 + 1 / 3.0), "hmean_w211");
}

static void
solve(vector_case *c)
{
    json_t *method = json_object_get(c->params, "method");
    bool staged = vector_wants(c, "denom:") || vector_wants(c, "imp:") ||
                  vector_wants(c, "treat:") || vector_wants(c, "norm:");
    if (vector_has(c, "iData.csv") && staged) {
        solve_stages(c);
    } else if (vector_has(c, "matrix.csv") && json_is_array(method) &&
               (vector_wants(c, "minmax[1,") || vector_wants(c, "vector[1,") ||
                vector_wants(c, "linear[1,") || vector_wants(c, "log"))) {
        solve_normalisations(c);
    } else if (vector_has(c, "x.csv")) {
        solve_unit_functions(c);
    } else {
        vector_pass(c);
    }
}

static void
test_stages_match_the_peers(void **state)
{
    (void)state;
    vectors_walk("composite", solve);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stages_match_the_peers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
