/* Composite indices (ASK-03, ASK-19): the steps by hand-worked numbers and by what must not change them, framework files and tables that are wrong. */
#include "core/mem.h"
#include "evaluate/index_answer.h"
#include "evaluate/index_uncertain.h"
#include "must.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GAP ((double)NAN)

static void
close_to(double got, double want)
{
    if (!(fabs(got - want) <= 1e-9 * (1 + fabs(want)))) {
        fail_msg("got %.15g instead of %.15g", got, want);
    }
}

static void
says(const rh_err *err, const char *words)
{
    if (strstr(err->text, words) == NULL) {
        fail_msg("\"%s\" is not in: %s", words, err->text);
    }
}

/* ---- missing data ---- */

static void
test_means_and_medians_fill_by_group(void **state)
{
    (void)state;
    const double x[6] = {1, 3, GAP, 10, GAP, 40};
    const uint32_t group[6] = {0, 0, 0, 1, 1, 1};
    const struct {
        enum rh_missing_fill method;
        double third, fifth;
    } want[] = {{RH_FILL_MEAN, 13.5, 13.5},
                {RH_FILL_MEDIAN, 6.5, 6.5},
                {RH_FILL_GROUP_MEAN, 2, 25},
                {RH_FILL_GROUP_MEDIAN, 2, 25}};
    for (size_t k = 0; k < sizeof want / sizeof *want; k++) {
        double y[6];
        rh_err err = {0};
        rh_missing_report report;
        memcpy(y, x, sizeof y);
        rh_missing how = {.method = want[k].method};
        must(rh_missing_fill_cells(&how, y, 6, 1, group, 2, &report, &err), &err);
        close_to(y[2], want[k].third);
        close_to(y[4], want[k].fifth);
        close_to(y[0], 1);
        assert_int_equal(report.filled, 2);
        assert_int_equal(report.left, 0);
    }
}

static void
test_a_group_without_values_stays_missing_and_is_counted(void **state)
{
    (void)state;
    double y[4] = {1, 3, GAP, GAP};
    const uint32_t group[4] = {0, 0, 1, RH_NO_GROUP};
    rh_err err = {0};
    rh_missing_report report;
    rh_missing how = {.method = RH_FILL_GROUP_MEAN};
    must(rh_missing_fill_cells(&how, y, 4, 1, group, 2, &report, &err), &err);
    assert_true(isnan(y[2]) && isnan(y[3]));
    assert_int_equal(report.left, 2);
}

static void
test_em_finds_the_regression_of_two_columns(void **state)
{
    (void)state;
    /* With gaps in one column only, EM has a closed form: the regression on the rows that have both (Little & Rubin 2002, 7.2). */
    double x[20] = {1,   2,   3,   4,   5,    6,    7,    8,    9,   10,
                    2.1, 3.9, 6.2, 7.8, 10.1, 12.2, 13.8, 16.1, GAP, GAP};
    double sx = 0, sy = 0, sxx = 0, sxy = 0;
    for (int i = 0; i < 8; i++) {
        sx += x[i] / 8;
        sy += x[10 + i] / 8;
    }
    for (int i = 0; i < 8; i++) {
        sxx += (x[i] - sx) * (x[i] - sx);
        sxy += (x[i] - sx) * (x[10 + i] - sy);
    }
    rh_err err = {0};
    rh_missing_report report;
    rh_missing how = {.method = RH_FILL_EM};
    must(rh_missing_fill_cells(&how, x, 10, 2, NULL, 0, &report, &err), &err);
    assert_true(fabs(x[18] - (sy + sxy / sxx * (9 - sx))) < 1e-6);
    assert_true(fabs(x[19] - (sy + sxy / sxx * (10 - sx))) < 1e-6);
    assert_false(report.shrunk);
    assert_true(report.rounds > 1);
}

/* EM of two columns with gaps in either, in plain sums: the twin. Fills x and y. */
static void
twin_em(double *x, double *y, int n)
{
    double mx = 0, my = 0, vx = 1, vy = 1, c = 0;
    bool gx[32], gy[32];
    for (int i = 0; i < n; i++) {
        gx[i] = isnan(x[i]);
        gy[i] = isnan(y[i]);
    }
    for (int round = 0; round < 20000; round++) {
        double sx = 0, sy = 0, sxx = 0, syy = 0, sxy = 0;
        for (int i = 0; i < n; i++) {
            x[i] = gx[i] ? mx + c / vy * (y[i] - my) : x[i];
            y[i] = gy[i] ? my + c / vx * (x[i] - mx) : y[i];
            sx += x[i];
            sy += y[i];
            sxx += x[i] * x[i] + (gx[i] ? vx - c * c / vy : 0);
            syy += y[i] * y[i] + (gy[i] ? vy - c * c / vx : 0);
            sxy += x[i] * y[i];
        }
        mx = sx / n;
        my = sy / n;
        vx = sxx / n - mx * mx;
        vy = syy / n - my * my;
        c = sxy / n - mx * my;
    }
}

static void
test_em_with_gaps_in_both_columns_agrees_with_its_twin(void **state)
{
    (void)state;
    const double a[12] = {1, 2, GAP, 4, 5, GAP, 7, 8.5, 9, 10, GAP, 3.2},
                 b[12] = {2, GAP, 5, 9, 8, 14, GAP, 15, 20, GAP, 7, 7};
    double x[24], y[24];
    memcpy(x, a, sizeof a);
    memcpy(x + 12, b, sizeof b);
    memcpy(y, x, sizeof x);
    rh_err err = {0};
    rh_missing how = {.method = RH_FILL_EM};
    must(rh_missing_fill_cells(&how, x, 12, 2, NULL, 0, NULL, &err), &err);
    twin_em(y, y + 12, 12);
    for (int i = 0; i < 24; i++) {
        assert_true(fabs(x[i] - y[i]) < 1e-6);
    }
}

static void
test_em_does_not_mind_the_unit_of_a_column_or_repeated_columns(void **state)
{
    (void)state;
    double x[24], y[24];
    for (int i = 0; i < 8; i++) {
        x[i] = i;
        x[8 + i] = (i * 5) % 7;
        x[16 + i] = 2.0 * i; /* repeats the first */
    }
    x[3] = x[12] = GAP;
    for (int i = 0; i < 24; i++) {
        y[i] = i < 8 ? 1000 * x[i] + 5 : x[i];
    }
    rh_err err = {0};
    rh_missing_report report;
    rh_missing how = {.method = RH_FILL_EM};
    must(rh_missing_fill_cells(&how, x, 8, 3, NULL, 0, &report, &err), &err);
    must(rh_missing_fill_cells(&how, y, 8, 3, NULL, 0, &report, &err), &err);
    assert_true(isfinite(x[3]) && isfinite(x[12]));
    assert_true(fabs(y[3] - (1000 * x[3] + 5)) < 1e-6);
    assert_true(fabs(y[12] - x[12]) < 1e-9);
}

static void
test_neighbours_are_those_that_are_alike(void **state)
{
    (void)state;
    double x[15] = {1, 1.1, 0.9, 9, 9.2, /**/ 5, 5.1, 4.9, 1, 1.2, /**/ GAP, 20, 22, 80, 90};
    rh_err err = {0};
    rh_missing how = {.method = RH_FILL_NEIGHBOURS, .neighbours = 2};
    must(rh_missing_fill_cells(&how, x, 5, 3, NULL, 0, NULL, &err), &err);
    close_to(x[10], 21);
}

static void
test_screens_count_what_is_there_and_what_is_not_zero(void **state)
{
    (void)state;
    const double x[12] = {1, GAP, 0, /**/ 1, GAP, 0, /**/ 1, 1, 0, /**/ 1, 1, 1};
    uint8_t keep[3];
    rh_missing how = {.least_present = 0.75};
    assert_int_equal(rh_missing_screen(&how, x, 3, 4, keep), 2);
    assert_int_equal(keep[1], 0);
    how = (rh_missing){.least_nonzero = 0.75}; /* of what is present */
    assert_int_equal(rh_missing_screen(&how, x, 3, 4, keep), 2);
    assert_int_equal(keep[2], 0);
}

/* ---- outliers ---- */

static void
test_winsorising_counts_tied_points_and_keeps_order(void **state)
{
    (void)state;
    double x[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 300, 300};
    rh_outliers how = {.test = true, .skewness = 1, .kurtosis = 0, .most = 1};
    assert_int_equal(rh_outliers_winsorise(&how, x, 12), 2); /* both at once */
    close_to(x[10], 10);
    close_to(x[11], 10);
    double low[11] = {-100, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    how = (rh_outliers){.test = true, .skewness = 2, .kurtosis = 3.5, .most = 5};
    assert_int_equal(rh_outliers_winsorise(&how, low, 11), 1);
    close_to(low[0], 2);
}

static void
test_transforms_by_hand(void **state)
{
    (void)state;
    uint32_t bad = 99;
    double lambda = 0;
    rh_err err = {0};
    double x[3] = {1, 2, 5};
    rh_outliers how = {.then = RH_TRANSFORM_LOG};
    must(rh_outliers_transform(&how, x, 3, &lambda, &bad, &err), &err);
    close_to(x[0], log(0.04));
    close_to(x[2], log(4.04));
    double y[3] = {1, 2, 5};
    how = (rh_outliers){.then = RH_TRANSFORM_BOX_COX, .lambda = 2};
    must(rh_outliers_transform(&how, y, 3, &lambda, &bad, &err), &err);
    close_to(y[1], 1.5); /* shifted by 0 here: the smallest value is 1 */
    close_to(y[2], 12);
    double z[3] = {1, -2, 5};
    how = (rh_outliers){.then = RH_TRANSFORM_LOG_PLAIN};
    assert_int_equal(rh_outliers_transform(&how, z, 3, &lambda, &bad, &err), RH_INPUT);
    assert_int_equal(bad, 1);
    says(&err, "-2 has no logarithm");
}

static void
test_box_cox_finds_the_lambda_that_was_put_in(void **state)
{
    (void)state;
    double x[400]; /* quantiles of exp(normal): lambda 0 */
    for (int i = 0; i < 400; i++) {
        double p = (i + 0.5) / 400, t = sqrt(-2 * log(p < 0.5 ? p : 1 - p));
        double q = t - (2.515517 + 0.802853 * t + 0.010328 * t * t) /
                           (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t * t * t);
        x[i] = exp(2 + (p < 0.5 ? -q : q));
    }
    uint32_t bad;
    double lambda;
    rh_err err = {0};
    rh_outliers how = {.then = RH_TRANSFORM_BOX_COX, .optimise = true, .keep_origin = true};
    must(rh_outliers_transform(&how, x, 400, &lambda, &bad, &err), &err);
    assert_true(fabs(lambda) < 0.01);
}

static void
test_a_column_that_passes_or_is_constant_is_not_touched(void **state)
{
    (void)state;
    const rh_outliers how = {
        .test = true, .skewness = 2, .kurtosis = 3.5, .most = 5, .then = RH_TRANSFORM_LOG};
    double even[5] = {1, 2, 3, 4, 5}, same[5] = {7, 7, 7, 7, 7};
    rh_outliers_report report;
    uint32_t bad;
    rh_err err = {0};
    must(rh_outliers_treat(&how, even, 5, &report, &bad, &err), &err);
    assert_true(report.passed && report.moved == 0 && even[4] == 5);
    must(rh_outliers_treat(&how, same, 5, &report, &bad, &err), &err);
    assert_true(report.passed && same[0] == 7);
}

/* ---- normalisation ---- */

static void
test_every_normalisation_puts_the_better_value_higher(void **state)
{
    (void)state;
    const double x[6] = {2, 8, 3.5, 12, 5, 3.5};
    for (int method = 0; method < RH_NORMALISATION_COUNT; method++) {
        for (int direction = 1; direction >= -1; direction -= 2) {
            rh_normalise how = {.method = (enum rh_normalisation)method,
                                .low = 0,
                                .high = 10,
                                .lower = 1,
                                .upper = 13,
                                .target = direction > 0 ? 12 : 2,
                                .scale = 1};
            double y[6];
            uint32_t bad;
            rh_err err = {0};
            must(rh_normalise_column(&how, x, 6, NULL, direction, y, &bad, &err), &err);
            for (int a = 0; a < 6; a++) {
                for (int b = 0; b < 6; b++) {
                    if (direction * (x[a] - x[b]) > 0 && !(y[a] > y[b])) {
                        fail_msg("%s: %g and %g give %g and %g",
                                 rh_index_word_of_normalisation((enum rh_normalisation)method),
                                 x[a], x[b], y[a], y[b]);
                    }
                }
            }
        }
    }
}

static void
test_gaps_stay_gaps_and_constants_are_the_best(void **state)
{
    (void)state;
    const double x[4] = {3, GAP, 3, 3};
    const struct {
        enum rh_normalisation method;
        double want;
    } cases[] = {{RH_NORMALISATION_MIN_MAX, 100}, {RH_NORMALISATION_MAXIMUM, 1},
                 {RH_NORMALISATION_ACCURACY, 1},  {RH_NORMALISATION_Z, 0},
                 {RH_NORMALISATION_RANK, 1},      {RH_NORMALISATION_PERCENTILE, 0}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        double y[4];
        uint32_t bad;
        rh_err err = {0};
        rh_normalise how = {.method = cases[k].method, .low = 0, .high = 100};
        must(rh_normalise_column(&how, x, 4, NULL, 1, y, &bad, &err), &err);
        assert_true(isnan(y[1]));
        close_to(y[0], cases[k].want);
    }
}

static void
test_bounds_of_a_base_year_carry_over(void **state)
{
    (void)state;
    const double x[4] = {10, 20, 25, 5};
    const uint8_t base[4] = {1, 1, 0, 0};
    double y[4];
    uint32_t bad;
    rh_err err = {0};
    rh_normalise how = {.method = RH_NORMALISATION_MIN_MAX, .low = 0, .high = 1};
    must(rh_normalise_column(&how, x, 4, base, 1, y, &bad, &err), &err);
    close_to(y[2], 1.5);
    close_to(y[3], -0.5);
}

static void
test_targets_on_the_wrong_side_are_refused_or_all_reached(void **state)
{
    (void)state;
    const double x[3] = {10, 20, 30};
    double y[3];
    uint32_t bad;
    rh_err err = {0};
    rh_normalise how = {.method = RH_NORMALISATION_TARGET, .target = 5};
    assert_int_equal(rh_normalise_column(&how, x, 3, NULL, 1, y, &bad, &err), RH_INPUT);
    says(&err, "the target 5 lies below all values");
    how.cap = true;
    err = (rh_err){0};
    must(rh_normalise_column(&how, x, 3, NULL, 1, y, &bad, &err), &err);
    close_to(y[0], 1);
}

/* ---- description ---- */

static void
test_description_by_hand(void **state)
{
    (void)state;
    const double x[5] = {2, 4, GAP, 6, 10};
    rh_describe d = rh_describe_values(x, 5);
    assert_int_equal(d.count, 4);
    close_to(d.mean, 5.5);
    close_to(d.deviation, sqrt(35.0 / 3));
    d = rh_describe_values((double[]){1, 2, 3, 4, 10}, 5);
    close_to(d.skewness,
             sqrt(5) * 180 / pow(50, 1.5) * sqrt(20) / 3); /* 1.697, as spreadsheets have it */
    close_to(d.kurtosis, 3.152);
    double scratch[5];
    close_to(rh_describe_median(x, 5, scratch), 5);
    const double a[4] = {1, 2, 3, 4}, b[4] = {2, 4, 8, 6};
    double rho;
    rh_err err = {0};
    close_to(rh_describe_correlation(a, b, 4), 0.8);
    must(rh_describe_rank_correlation(a, b, 4, &rho, &err), &err);
    close_to(rho, 0.8);
    /* two items: alpha = 4 cov / (var + var + 2 cov) */
    const double both[8] = {1, 2, 3, 4, 2, 4, 8, 6};
    const uint32_t columns[2] = {0, 1};
    double va = 5.0 / 3, vb = 20.0 / 3, c = 8.0 / 3;
    close_to(rh_describe_alpha(both, 4, columns, 2), 4 * c / (va + vb + 2 * c));
    uint32_t place[5];
    must(rh_describe_places((double[]){5, 9, GAP, 9, 1}, 5, place, &err), &err);
    assert_true(place[0] == 3 && place[1] == 1 && place[2] == 0 && place[3] == 1 &&
                place[4] == 4);
}

/* ---- framework, table, chain ---- */

static const char small_framework[] =
    "name: {zh: 试, en: try}\n"
    "columns: {unit: city, group: part}\n"
    "missing: {fill: group-mean}\n"
    "weights: {method: given}\n"
    "uncertainty: {draws: 200, normalisation: [rank], weights: [equal], aggregation: "
    "[geometric]}\n"
    "groups:\n"
    "  - {id: front, weight: 3}\n"
    "  - {id: back, weight: 1}\n"
    "indicators:\n"
    "  - {id: a, direction: more, parent: front, weight: 1}\n"
    "  - {id: b, direction: less, parent: front, weight: 1}\n"
    "  - {id: c, direction: more, parent: back, weight: 2, per: people, times: 10}\n";
static const char small_table[] = "city,part,a,b,c,people\n"
                                  "甲,x,0,4,10,10\n"
                                  "乙,x,10,0,40,20\n"
                                  "丙,y,5,2,90,30\n"
                                  "丁,y,NA,1,10,5\n";

typedef struct small {
    rh_index_framework *f;
    rh_csv *table;
    rh_index_data *d;
    rh_index_result *r;
} small;

static rh_status
small_open(const char *framework, const char *table, small *s, rh_err *err)
{
    *s = (small){0};
    RH_TRY(rh_index_framework_parse("f.yaml", framework, strlen(framework), &s->f, err));
    RH_TRY(rh_csv_parse("t.csv", table, strlen(table), &s->table, err));
    RH_TRY(rh_index_data_read(s->f, "t.csv", s->table, &s->d, err));
    return rh_index_run(s->f, s->d, &s->r, err);
}

static void
small_close(small *s)
{
    rh_index_result_free(s->r);
    rh_index_data_free(s->d);
    rh_csv_free(s->table);
    rh_index_framework_free(s->f);
}

static void
test_a_small_index_by_hand(void **state)
{
    (void)state;
    small s;
    rh_err err = {0};
    must(small_open(small_framework, small_table, &s, &err), &err);
    const rh_index_result *r = s.r;
    assert_int_equal(r->units.n, 4);
    close_to(r->filled[3], 5);     /* a of 丁: mean of its group, which is 丙 */
    close_to(r->x[8 + 2], 30);     /* c of 丙: 90 / 30 × 10 */
    close_to(r->score[1], 100);    /* a: 0, 100, 50, 50 */
    close_to(r->score[4 + 3], 75); /* b, less is better: 0, 100, 50, 75 */
    close_to(r->score[8 + 1], 50); /* c: 10, 20, 30, 20 */
    const uint32_t front = 3, back = 4, index = 5;
    close_to(r->weight[0], 0.5);
    close_to(r->weight[front], 0.75);
    close_to(r->effective[1], 0.375);
    close_to(r->score[front * 4 + 3], 62.5);
    close_to(r->score[back * 4 + 2], 100);
    close_to(r->score[index * 4 + 3], 0.75 * 62.5 + 0.25 * 50);
    assert_int_equal(r->place[index * 4 + 1], 1);
    assert_int_equal(r->place[index * 4 + 0], 4);
    small_close(&s);
}

static void
test_a_unit_of_measure_changes_nothing(void **state)
{
    (void)state;
    const char *table =
        "city,part,a,b,c,people\n"
        "甲,x,100,4000,10,10\n乙,x,110,0,40,20\n丙,y,105,2000,90,30\n丁,y,NA,1000,10,5\n";
    small s, t;
    rh_err err = {0};
    must(small_open(small_framework, small_table, &s, &err), &err);
    must(small_open(small_framework, table, &t, &err), &err);
    for (uint32_t i = 0; i < 4; i++) {
        close_to(t.r->score[5 * 4 + i], s.r->score[5 * 4 + i]);
    }
    small_close(&s);
    small_close(&t);
}

/* ASK-19 */
static void
test_the_best_in_everything_is_first_in_every_draw(void **state)
{
    (void)state;
    const char *table = "city,part,a,b,c,people\n"
                        "甲,x,1,4,10,10\n乙,x,10,0,400,20\n丙,y,5,2,90,30\n丁,y,NA,1,10,5\n";
    small s;
    rh_err err = {0};
    rh_index_uncertain *one, *two;
    must(small_open(small_framework, table, &s, &err), &err);
    must(rh_index_uncertain_run(s.f, s.d, s.r, 1, &one, &err), &err);
    must(rh_index_uncertain_run(s.f, s.d, s.r, 2, &two, &err), &err);
    assert_int_equal(one->n, 4);
    assert_int_equal(one->ranks.unit[1].high, 1);
    assert_int_equal(one->n_choices[RH_STEP_NORMALISATION], 2);
    assert_true(one->shifted);         /* geometric means of values that begin at 0 */
    for (uint32_t i = 0; i < 4; i++) { /* P1, and threads do not matter */
        assert_int_equal(one->ranks.unit[i].nominal, s.r->place[5 * 4 + i]);
        assert_memory_equal(&one->ranks.unit[i].mean, &two->ranks.unit[i].mean, sizeof(double));
    }
    rh_index_uncertain_free(one);
    rh_index_uncertain_free(two);
    small_close(&s);
}

static void
test_a_choice_that_the_data_cannot_bear_is_dropped_and_named(void **state)
{
    (void)state;
    char framework[2000];
    snprintf(framework, sizeof framework, "%s", small_framework);
    char *at = strstr(framework, "[equal]");
    memcpy(at, "[ahp  ]", 7);
    small s;
    rh_err err = {0};
    rh_index_uncertain *u;
    must(small_open(framework, small_table, &s, &err), &err);
    must(rh_index_uncertain_run(s.f, s.d, s.r, 1, &u, &err), &err);
    assert_int_equal(u->n_choices[RH_STEP_WEIGHTS], 1);
    assert_int_equal(u->n_dropped, 1);
    assert_non_null(strstr(u->dropped[0].why, "has no judgements"));
    rh_index_uncertain_free(u);
    small_close(&s);
}

static void
test_panels_take_bounds_as_the_file_says(void **state)
{
    (void)state;
    const char *table = "city,year,a\n甲,2010,0\n乙,2010,10\n甲,2020,5\n乙,2020,20\n";
    const struct {
        const char *bounds;
        double last; /* 甲 in 2020 */
    } cases[] = {{"panel", 25}, {"2010", 50}, {"each-year", 0}};
    for (size_t k = 0; k < 3; k++) {
        char framework[300];
        snprintf(framework, sizeof framework,
                 "columns: {unit: city, year: year}\nnormalisation: {bounds: %s}\nindicators:\n"
                 "  - {id: a, direction: more}\n",
                 cases[k].bounds);
        small s;
        rh_err err = {0};
        must(small_open(framework, table, &s, &err), &err);
        close_to(s.r->score[2], cases[k].last);
        assert_int_equal(s.r->place[4 + 2], 2); /* of its year */
        assert_int_equal(s.r->place[4 + 1], 1);
        small_close(&s);
    }
}

static void
test_wrong_frameworks_are_refused_with_line_and_word(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"indicators:\n  - {id: a, direction: up}\n", "f.yaml:2: direction"},
        {"indicators:\n  - {id: a}\n", "direction: is missing"},
        {"indicators:\n  - {id: a, direction: more}\n  - {id: a, direction: more}\n",
         "a stands twice"},
        {"indicators:\n  - {id: a, direction: more, parent: b}\n", "there is no group b"},
        {"groups:\n  - {id: g}\nindicators:\n  - {id: a, direction: more}\n",
         "g has nothing below it"},
        {"groups:\n  - {id: g, parent: h}\n  - {id: h, parent: g}\nindicators:\n  - {id: a, "
         "direction: more, parent: g}\n",
         "stands below itself"},
        {"weights: {method: given}\nindicators:\n  - {id: a, direction: more}\n",
         "not every entry below it has one"},
        {"weights: {method: ahp}\nindicators:\n  - {id: a, direction: more}\n  - {id: b, "
         "direction: more}\n",
         "0 rows of judgements (pairwise) for the 2 entries"},
        {"weights: {method: ahp}\npairwise: [\"1 x\", \"1 1\"]\nindicators:\n  - {id: a, "
         "direction: more}\n",
         "must hold judgements above 0"},
        {"normalisation: {method: target}\nindicators:\n  - {id: a, direction: more}\n",
         "target: is missing"},
        {"missing: {fill: group-mean}\nindicators:\n  - {id: a, direction: more}\n",
         "needs a group column"},
        {"uncertainty: {weights: [entropi]}\nindicators:\n  - {id: a, direction: more}\n",
         "did you mean entropy"},
        {"indicators:\n  - {id: a, direction: more, lower: 3, upper: 2}\n",
         "lower below upper"},
        {"name: x\n", "indicators: is missing"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        rh_index_framework *f;
        rh_err err = {0};
        assert_int_equal(
            rh_index_framework_parse("f.yaml", cases[k][0], strlen(cases[k][0]), &f, &err),
            RH_INPUT);
        assert_null(f);
        says(&err, cases[k][1]);
    }
}

static void
test_wrong_tables_are_refused_with_line_and_column(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"city,part,a,b,c,people\n甲,x,1,2,3,4\n甲,x,1,2,3,4\n",
         "t.csv:3: city: \"甲\" stands in line 2 already"},
        {"city,part,a,b,c,people\n甲,x,NA,2,3,4\n乙,x,,2,3,4\n",
         "a: no row has a value: leave a out"},
        {"city,part,a,b,c,people\n甲,x,1,2,3,0\n乙,x,1,2,3,4\n",
         "t.csv:2: people: 0 cannot divide c"},
        {"city,part,a,b,c\n甲,x,1,2,3\n乙,x,1,2,3\n", "people"},
        {"city,part,a,b,c,people\n甲,x,1,2,3,4\n", "needs at least two units"},
        {"city,part,a,b,c,people\n甲,x,一,2,3,4\n乙,x,1,2,3,4\n", "t.csv:2: a"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        small s;
        rh_err err = {0};
        assert_int_equal(small_open(small_framework, cases[k][0], &s, &err), RH_INPUT);
        says(&err, cases[k][1]);
        small_close(&s);
    }
}

static void
test_a_geometric_mean_of_zero_names_the_cell(void **state)
{
    (void)state;
    const char *framework = "aggregation: {method: geometric}\nindicators:\n"
                            "  - {id: a, direction: more}\n  - {id: b, direction: more}\n";
    small s;
    rh_err err = {0};
    assert_int_equal(small_open(framework, "city,a,b\n甲,3,1\n乙,2,2\n", &s, &err), RH_INPUT);
    says(&err, "t.csv:3: a of 乙 is 0 after normalisation");
    small_close(&s);
}

static void
test_constant_columns_odd_directions_and_sums_of_weights_are_warned_of(void **state)
{
    (void)state;
    const char *framework =
        "weights: {method: given}\nuncertainty: {draws: 0}\nindicators:\n"
        "  - {id: a, direction: more, weight: 1}\n  - {id: b, direction: less, weight: 1}\n"
        "  - {id: c, direction: more, weight: 1}\n";
    const char *table =
        "city,a,b,c\n甲,1,1,7\n乙,2,2.1,7\n丙,3,2.9,7\n丁,4,4,7\n戊,5,5,7\n己,6,6.2,7\n";
    small s;
    rh_err err = {0};
    rh_answer *a;
    rh_index_cell cell = {"丙", "b"};
    must(small_open(framework, table, &s, &err), &err);
    must(rh_answer_new(&a, &err), &err);
    must(rh_index_answer(s.f, s.d, s.r, NULL, &cell, false, a, &err), &err);
    must(rh_answer_finish(a, &err), &err);
    /* c is constant; a and b run against each other; weights sum to 3 */
    assert_int_equal(rh_answer_warnings(a), 4);
    int scores = rh_answer_find(a, "scores");
    assert_int_equal(rh_answer_rows(a, scores), 6);
    close_to(rh_answer_get(a, scores, 0, rh_answer_column(a, scores, "rank")), 1);
    int normalised = rh_answer_find(a, "normalised");
    close_to(rh_answer_get(a, normalised, 0, rh_answer_column(a, normalised, "c")), 100);
    rh_answer_free(a);
    cell.unit = "庚";
    must(rh_answer_new(&a, &err), &err);
    assert_int_equal(rh_index_answer(s.f, s.d, s.r, NULL, &cell, false, a, &err), RH_INPUT);
    says(&err, "no unit 庚");
    rh_answer_free(a);
    small_close(&s);
}

/* Five units, three indicators without a pattern, all above 0; the last has a gap in b. */
static const char plain_table[] =
    "city,a,b,c\n甲,1,5,2\n乙,2,1,9\n丙,4,3,4\n丁,8,2,7\n戊,3,,5\n";

static void
test_every_method_goes_through_the_chain(void **state)
{
    (void)state;
    for (int k = 0; k < RH_WEIGHTING_COUNT + RH_AGGREGATION_COUNT; k++) {
        bool weighs = k < RH_WEIGHTING_COUNT;
        int aggregation = k - RH_WEIGHTING_COUNT;
        const char *weighting =
            weighs ? rh_index_word_of_weighting((enum rh_weighting)k) : "equal";
        const char *way = weighs
                              ? "arithmetic"
                              : rh_index_word_of_aggregation((enum rh_aggregation)aggregation);
        char framework[900];
        snprintf(
            framework, sizeof framework,
            "normalisation: {low: 1, high: 100}\nweights: {method: %s, negative: keep}\n"
            "aggregation: {method: %s}\npairwise: [\"1 2 4\", \"1/2 1 2\", \"1/4 1/2 1\"]\n"
            "indicators:\n  - {id: a, direction: more, weight: 4}\n  - {id: b, direction: "
            "more, weight: 2}\n  - {id: c, direction: less, weight: 1}\n",
            weighting, way);
        small s;
        rh_err err = {0};
        must(small_open(framework, plain_table, &s, &err), &err);
        close_to(s.r->weight[0] + s.r->weight[1] + s.r->weight[2], 1);
        if (weighs && (k == RH_WEIGHTING_GIVEN || k == RH_WEIGHTING_AHP ||
                       k == RH_WEIGHTING_AHP_GEOMETRIC)) {
            close_to(s.r->weight[1], 2.0 / 7);
        }
        for (uint32_t i = 0; i < 4; i++) {
            assert_true(isfinite(s.r->score[3 * 5 + i]));
        }
        bool mean = weighs || aggregation <= RH_AGGREGATION_HARMONIC ||
                    aggregation == RH_AGGREGATION_COPELAND;
        if (isnan(s.r->score[3 * 5 + 4]) == mean) { /* A2 */
            fail_msg("%s gives a unit with a gap %g", way, s.r->score[3 * 5 + 4]);
        }
        assert_int_equal(s.r->place[3 * 5 + 4] == 0, !mean);
        small_close(&s);
    }
}

static void
test_weights_know_the_direction_of_an_indicator(void **state)
{
    (void)state;
    const char *less = "weights: {method: entropy-textbook}\nindicators:\n"
                       "  - {id: a, direction: less}\n  - {id: b, direction: more}\n",
               *more = "weights: {method: entropy-textbook}\nindicators:\n"
                       "  - {id: a, direction: more}\n  - {id: b, direction: more}\n";
    small s, t;
    rh_err err = {0};
    must(small_open(less, "city,a,b\n甲,1,5\n乙,2,1\n丙,9,3\n", &s, &err), &err);
    must(small_open(more, "city,a,b\n甲,-1,5\n乙,-2,1\n丙,-9,3\n", &t, &err), &err);
    close_to(s.r->weight[0], t.r->weight[0]);
    close_to(s.r->score[6], t.r->score[6]);
    small_close(&s);
    small_close(&t);
}

/* All of a small index, its draws and its answer. */
static rh_status
whole(rh_err *err)
{
    small s = {0};
    rh_index_uncertain *u = NULL;
    rh_answer *a = NULL;
    rh_index_cell cell = {NULL, NULL};
    rh_status status = small_open(small_framework, small_table, &s, err);
    if (status == RH_OK) {
        s.f->uncertainty.draws = 8;
        status = rh_index_uncertain_run(s.f, s.d, s.r, 1, &u, err);
    }
    if (status == RH_OK) {
        status = rh_answer_new(&a, err);
    }
    if (status == RH_OK) {
        status = rh_index_answer(s.f, s.d, s.r, u, &cell, false, a, err);
        status = status == RH_OK ? rh_answer_finish(a, err) : status;
    }
    rh_answer_free(a);
    rh_index_uncertain_free(u);
    small_close(&s);
    return status;
}

static void
test_every_request_for_memory_may_fail(void **state)
{
    (void)state;
    rh_status status = RH_MEMORY;
    for (long n = 1; n < 20000 && status != RH_OK; n++) {
        rh_err err = {0};
        rh_mem_fail_after(n);
        status = whole(&err);
        rh_mem_fail_after(0);
        assert_true(status == RH_OK || status == RH_MEMORY);
    }
    assert_int_equal(status, RH_OK);
}

static void
test_shipped_frameworks_can_be_read(void **state)
{
    (void)state;
    static const char *const name[] = {"new-urbanisation", "national-plan-2014", "city-checkup",
                                       "humanistic-cluster", "new-productive-forces"};
    static const uint32_t leaves[] = {14, 18, 31, 16, 12};
    for (size_t k = 0; k < sizeof name / sizeof *name; k++) {
        char *path;
        rh_index_framework *f;
        rh_err err = {0};
        must(rh_index_framework_find(name[k], &path, &err), &err);
        must(rh_index_framework_read(path, &f, &err), &err);
        assert_int_equal(f->n_leaves, leaves[k]);
        assert_true(f->source.zh[0] != '\0' && f->source.en[0] != '\0');
        uint32_t unchecked = 0;
        for (uint32_t j = 0; j < f->n_leaves; j++) {
            unchecked += strcmp(f->node[j].source.zh, "未核对") == 0;
        }
        assert_int_equal(unchecked,
                         k == 1 ? 15 : 0); /* targets that nobody may quote as official */
        rh_index_framework_free(f);
        rh_free(path);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_means_and_medians_fill_by_group),
        cmocka_unit_test(test_a_group_without_values_stays_missing_and_is_counted),
        cmocka_unit_test(test_em_finds_the_regression_of_two_columns),
        cmocka_unit_test(test_em_with_gaps_in_both_columns_agrees_with_its_twin),
        cmocka_unit_test(test_em_does_not_mind_the_unit_of_a_column_or_repeated_columns),
        cmocka_unit_test(test_neighbours_are_those_that_are_alike),
        cmocka_unit_test(test_screens_count_what_is_there_and_what_is_not_zero),
        cmocka_unit_test(test_winsorising_counts_tied_points_and_keeps_order),
        cmocka_unit_test(test_transforms_by_hand),
        cmocka_unit_test(test_box_cox_finds_the_lambda_that_was_put_in),
        cmocka_unit_test(test_a_column_that_passes_or_is_constant_is_not_touched),
        cmocka_unit_test(test_every_normalisation_puts_the_better_value_higher),
        cmocka_unit_test(test_gaps_stay_gaps_and_constants_are_the_best),
        cmocka_unit_test(test_bounds_of_a_base_year_carry_over),
        cmocka_unit_test(test_targets_on_the_wrong_side_are_refused_or_all_reached),
        cmocka_unit_test(test_description_by_hand),
        cmocka_unit_test(test_a_small_index_by_hand),
        cmocka_unit_test(test_a_unit_of_measure_changes_nothing),
        cmocka_unit_test(test_the_best_in_everything_is_first_in_every_draw),
        cmocka_unit_test(test_a_choice_that_the_data_cannot_bear_is_dropped_and_named),
        cmocka_unit_test(test_panels_take_bounds_as_the_file_says),
        cmocka_unit_test(test_wrong_frameworks_are_refused_with_line_and_word),
        cmocka_unit_test(test_wrong_tables_are_refused_with_line_and_column),
        cmocka_unit_test(test_a_geometric_mean_of_zero_names_the_cell),
        cmocka_unit_test(
            test_constant_columns_odd_directions_and_sums_of_weights_are_warned_of),
        cmocka_unit_test(test_every_method_goes_through_the_chain),
        cmocka_unit_test(test_weights_know_the_direction_of_an_indicator),
        cmocka_unit_test(test_every_request_for_memory_may_fail),
        cmocka_unit_test(test_shipped_frameworks_can_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
