/* Weights of indicators: hand-worked values, published examples, and what must not change them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "core/random.h"
#include "evaluate/index_weights.h"
#include "evaluate/weights_ahp.h"
#include "evaluate/weights_column.h"
#include "evaluate/weights_combine.h"
#include "evaluate/weights_critic.h"
#include "evaluate/weights_entropy.h"
#include "evaluate/weights_loss.h"
#include "evaluate/weights_pca.h"
#include "evaluate/weights_spread.h"
#include "evaluate/weights_varimax.h"
#include "must.h"

enum { N = 30, M = 5 };

#define NEAR(a, b, slack) assert_true(fabs((a) - (b)) <= (slack))

/* Values between 1 and 11, columns partly alike. */
static void
make(double *x)
{
    for (uint32_t i = 0; i < N; i++) {
        double common = rh_uniform(5, i);
        for (uint32_t j = 0; j < M; j++) {
            double own = rh_uniform(rh_key_with(6, j), i);
            x[j * N + i] = 1 + 10 * (j < 3 ? 0.6 * common + 0.4 * own : own * own);
        }
    }
}

/* One method, over all that reads data. */
static void
weigh(enum rh_weighting method, const double *x, uint32_t n, uint32_t m, const int *direction,
      double *w)
{
    rh_err err = {0};
    const rh_weigh how = {.method = method, .epsilon = 0.002, .allow_negative = true};
    must(rh_weights_find(&how, x, n, m, direction, w, NULL, &err), &err);
}

static const enum rh_weighting of_data[] = {
    RH_WEIGHTING_ENTROPY,   RH_WEIGHTING_ENTROPY_TEXTBOOK,
    RH_WEIGHTING_CRITIC,    RH_WEIGHTING_MEREC,
    RH_WEIGHTING_CILOS,     RH_WEIGHTING_IDOCRIW,
    RH_WEIGHTING_PCA,       RH_WEIGHTING_FACTOR,
    RH_WEIGHTING_VARIATION, RH_WEIGHTING_DEVIATION};
enum { METHODS = sizeof of_data / sizeof *of_data };

static const int up[M + 1] = {1, 1, 1, 1, 1, 1};

static void
test_weights_sum_to_one_and_are_not_negative(void **state)
{
    (void)state;
    double x[N * M], w[M];
    make(x);
    for (size_t k = 0; k < METHODS; k++) {
        weigh(of_data[k], x, N, M, up, w);
        double sum = 0;
        for (uint32_t j = 0; j < M; j++) {
            sum += w[j];
            assert_true(w[j] >= 0 || of_data[k] == RH_WEIGHTING_PCA ||
                        of_data[k] == RH_WEIGHTING_FACTOR);
        }
        NEAR(sum, 1, 1e-12);
    }
}

static void
test_the_unit_of_a_column_changes_no_weight(void **state)
{
    (void)state;
    double x[N * M], y[N * M], before[M], after[M];
    make(x);
    memcpy(y, x, sizeof y);
    for (uint32_t i = 0; i < N; i++) {
        y[N + i] *= 10000; /* yuan instead of 万元 */
    }
    for (size_t k = 0; k < METHODS; k++) {
        if (of_data[k] == RH_WEIGHTING_DEVIATION) {
            continue; /* of the values as given */
        }
        weigh(of_data[k], x, N, M, up, before);
        weigh(of_data[k], y, N, M, up, after);
        for (uint32_t j = 0; j < M; j++) {
            NEAR(before[j], after[j], 1e-10);
        }
    }
}

static void
test_the_order_of_units_changes_no_weight(void **state)
{
    (void)state;
    double x[N * M], y[N * M], before[M], after[M];
    make(x);
    for (uint32_t k = 0; k < N * M; k++) {
        y[k / N * N + rh_deal(9, k % N, N)] = x[k];
    }
    for (size_t k = 0; k < METHODS; k++) {
        weigh(of_data[k], x, N, M, up, before);
        weigh(of_data[k], y, N, M, up, after);
        for (uint32_t j = 0; j < M; j++) {
            NEAR(before[j], after[j], 1e-10);
        }
    }
}

static void
test_a_constant_column_weighs_nothing_and_leaves_the_others_alone(void **state)
{
    (void)state;
    double x[N * (M + 1)], before[M], after[M + 1];
    make(x + N);
    for (uint32_t i = 0; i < N; i++) {
        x[i] = i % 2 == 0 ? 0.1 * 3 : 0.3; /* the same but for the last bit */
    }
    for (size_t k = 0; k < METHODS; k++) {
        weigh(of_data[k], x + N, N, M, up, before);
        weigh(of_data[k], x, N, M + 1, up, after);
        assert_true(after[0] == 0);
        for (uint32_t j = 0; j < M && of_data[k] != RH_WEIGHTING_MEREC; j++) {
            NEAR(before[j], after[j + 1],
                 1e-9); /* MEREC's logarithm knows the number of criteria */
        }
    }
}

static void
test_rows_with_gaps_are_left_out_and_counted(void **state)
{
    (void)state;
    rh_err err = {0};
    double x[N * M], y[(N - 2) * M], gap[M], without[M];
    make(x);
    for (uint32_t j = 0; j < M; j++) {
        memcpy(y + j * (N - 2), x + j * N + 2, (N - 2) * sizeof *y);
    }
    x[0] = x[3 * N + 1] = NAN;
    rh_weigh_report report;
    const rh_weigh how = {.method = RH_WEIGHTING_CRITIC};
    must(rh_weights_find(&how, x, N, M, up, gap, &report, &err), &err);
    must(rh_weights_find(&how, y, N - 2, M, up, without, NULL, &err), &err);
    assert_int_equal(report.rows_left_out, 2);
    assert_memory_equal(gap, without, sizeof gap);
}

static void
test_only_constant_columns_are_refused(void **state)
{
    (void)state;
    double x[6] = {2, 2, 2, 5, 5, 5}, w[2];
    for (size_t k = 0; k < METHODS; k++) {
        rh_err err = {0};
        const rh_weigh how = {.method = of_data[k], .epsilon = 0.002};
        assert_int_equal(rh_weights_find(&how, x, 3, 2, up, w, NULL, &err), RH_INPUT);
        assert_true(strlen(err.text) > 20);
    }
}

static void
test_an_indicator_alone_in_its_group_has_all_the_weight(void **state)
{
    (void)state;
    const double x[3] = {5, 5, 5};
    double w;
    for (size_t k = 0; k < METHODS; k++) {
        weigh(of_data[k], x, 3, 1, up, &w);
        assert_true(w == 1);
    }
}

static void
test_unfit_values_are_named_by_indicator_and_unit(void **state)
{
    (void)state;
    rh_err err = {0};
    double x[6] = {1, 2, 3, 4, -5, 6}, w[2];
    assert_int_equal(rh_weights_entropy(x, 3, 2, w, NULL, &err), RH_INPUT);
    assert_non_null(strstr(err.text, "indicator 2 of unit 2 is -5"));
    err = (rh_err){0};
    x[4] = 0;
    assert_int_equal(rh_weights_merec(x, 3, 2, up, w, &err), RH_INPUT);
    assert_non_null(strstr(err.text, "above 0"));
}

/* By hand: shares (1/4, 3/4) and (1/2, 1/2): e = 0.811278, 1. */
static void
test_entropy_by_hand(void **state)
{
    (void)state;
    rh_err err = {0};
    double x[4] = {1, 3, 2, 2}, w[2], e[2];
    must(rh_weights_entropy(x, 2, 2, w, e, &err), &err);
    NEAR(e[0], 0.8112781244591328, 1e-12);
    assert_true(e[1] == 1 && w[0] == 1 && w[1] == 0);
}

static void
test_a_zero_share_adds_nothing_to_the_entropy(void **state)
{
    (void)state;
    rh_err err = {0};
    double x[6] = {0, 1, 1, 1e-12, 1, 1}, w[2], e[2];
    must(rh_weights_entropy(x, 3, 2, w, e, &err), &err);
    NEAR(e[0], log(2) / log(3), 1e-12); /* pymcdm has 0 here */
    NEAR(e[0], e[1], 1e-9);             /* the limit */
}

static void
test_the_two_entropies_differ_and_direction_matters_in_one(void **state)
{
    (void)state;
    double x[N * M], plain[M], book[M], down[M];
    make(x);
    const int turned[M] = {1, 1, 1, -1, 1};
    weigh(RH_WEIGHTING_ENTROPY, x, N, M, up, plain);
    weigh(RH_WEIGHTING_ENTROPY_TEXTBOOK, x, N, M, up, book);
    weigh(RH_WEIGHTING_ENTROPY_TEXTBOOK, x, N, M, turned, down);
    assert_true(fabs(plain[3] - book[3]) > 0.01);
    assert_true(fabs(down[3] - book[3]) > 0.01);
    weigh(RH_WEIGHTING_ENTROPY, x, N, M, turned, down);
    assert_memory_equal(plain, down, sizeof plain);
}

/* Published: MEREC, Keshavarz-Ghorabaee et al. 2021, Table 6; CILOS and IDOCRIW, Zavadskas & Podvezko 2016. */
static void
test_published_weights_by_loss(void **state)
{
    (void)state;
    rh_err err = {0};
    const double a[20] = {450, 10, 100, 220, 5,  8000, 9100, 8200, 9300, 8400,
                          54,  2,  31,  1,   23, 145,  160,  153,  162,  158};
    const int types[4] = {1, 1, -1, -1};
    const double merec[4] = {0.5752, 0.0141, 0.4016, 0.0091};
    const double b[16] = {3, 2.5, 1.8, 2.2, 100, 80, 50, 70, 10, 8, 20, 12, 7, 5, 11, 9};
    const int turned[4] = {-1, 1, -1, 1};
    const double cilos[4] = {0.3343, 0.2199, 0.1957, 0.2501};
    const double idocriw[4] = {0.1658, 0.1885, 0.3545, 0.2911};
    double w[4];
    must(rh_weights_merec(a, 5, 4, types, w, &err), &err);
    for (int j = 0; j < 4; j++) {
        NEAR(w[j], merec[j], 6e-5);
    }
    must(rh_weights_cilos(b, 4, 4, turned, w, &err), &err);
    for (int j = 0; j < 4; j++) {
        NEAR(w[j], cilos[j], 6e-5);
    }
    must(rh_weights_idocriw(b, 4, 4, turned, w, &err), &err);
    for (int j = 0; j < 4; j++) {
        NEAR(w[j], idocriw[j], 6e-5);
    }
}

/* Published: Jahan & Edwards 2013 (deviation); Shuai et al. 2012 (angle); the other two by the tests of pymcdm. */
static void
test_published_weights_by_spread(void **state)
{
    (void)state;
    rh_err err = {0};
    double w[4];
    const double jahan[21] = {0,   0.39, 0.17, 0.35, 0.3,  0.84, 1,    0,    0.3, 0.36, 0.29,
                              0.4, 0.71, 1,    0,    0.77, 0.8,  0.93, 0.94, 1,   0.99};
    must(rh_weights_spread(RH_SPREAD_DEVIATION, jahan, 7, 3, w, &err), &err);
    NEAR(w[0], 0.35, 0.005);
    NEAR(w[1], 0.31, 0.005);
    NEAR(w[2], 0.34, 0.005);
    const double shuai[16] = {30, 19, 19, 68, 30, 54, 15, 70, 38, 86, 85, 60, 29, 29, 29.1, 29};
    must(rh_weights_spread(RH_SPREAD_ANGLE, shuai, 4, 4, w, &err), &err);
    NEAR(w[0], 0.4150, 6e-5);
    NEAR(w[1], 0.3612, 6e-5);
    NEAR(w[2], 0.2227, 6e-5);
    NEAR(w[3], 0.0012, 6e-5);
    const double gini[9] = {5, 5.5, 4, 6, 6.1, 5, 7, 8, 9};
    must(rh_weights_spread(RH_SPREAD_GINI, gini, 3, 3, w, &err), &err);
    NEAR(w[0], 0.412, 6e-5);
    NEAR(w[1], 0.2562, 6e-5);
    NEAR(w[2], 0.3319, 6e-5);
    const double variance[12] = {100, 110, 120, 121, 4, 5, 6, 8, 500, 550, 600, 400};
    must(rh_weights_spread(RH_SPREAD_VARIANCE, variance, 4, 3, w, &err), &err);
    NEAR(w[0], 0.3761, 6e-5);
    NEAR(w[1], 0.3120, 6e-5);
    NEAR(w[2], 0.3120, 6e-5);
}

static void
test_a_copy_of_an_indicator_shares_its_conflict_in_critic(void **state)
{
    (void)state;
    rh_err err = {0};
    double x[N * M], w[3];
    make(x);
    memcpy(x + 2 * N, x + N, N * sizeof *x);
    const rh_critic how = {.scale = RH_CRITIC_BENEFIT};
    must(rh_weights_critic(&how, x, N, 3, up, w, &err), &err);
    NEAR(w[1], w[2], 1e-12);
    for (int kind = RH_CORRELATION_SPEARMAN; kind <= RH_CORRELATION_KENDALL; kind++) {
        const rh_critic ranks = {.scale = RH_CRITIC_BENEFIT,
                                 .correlation = (enum rh_correlation)kind};
        must(rh_weights_critic(&ranks, x, N, 3, up, w, &err), &err);
        NEAR(w[1], w[2], 1e-12);
    }
}

/* Kendall's tau-b by hand: pairs (1,1) (2,3) (3,2) (4,4): 5 agree, 1 does not: 4/6; Spearman 1 − 6·2/60 = 0.8. */
static void
test_rank_correlations_by_hand(void **state)
{
    (void)state;
    rh_err err = {0};
    const double x[8] = {1, 2, 3, 4, 1, 3, 2, 4};
    double r[4];
    must(rh_columns_correlate(x, 4, 2, RH_CORRELATION_KENDALL, r, &err), &err);
    NEAR(r[1], 4.0 / 6, 1e-15);
    must(rh_columns_correlate(x, 4, 2, RH_CORRELATION_SPEARMAN, r, &err), &err);
    NEAR(r[1], 0.8, 1e-15);
}

/* ---- AHP ---- */

static void
test_a_consistent_matrix_has_ratio_zero_and_no_worst_judgement(void **state)
{
    (void)state;
    rh_err err = {0};
    const double w[3] = {0.6, 0.3, 0.1};
    double a[9], found[3], geometric[3];
    for (int k = 0; k < 9; k++) {
        a[k] = w[k / 3] / w[k % 3];
    }
    rh_ahp r;
    must(rh_ahp_eigenvector(a, 3, 0, found, &r, &err), &err);
    must(rh_ahp_geometric(a, 3, geometric, &err), &err);
    NEAR(r.lambda, 3, 1e-12);
    NEAR(r.ratio, 0, 1e-12);
    assert_true(r.worst_row == 0 && r.worst_column == 0);
    for (int j = 0; j < 3; j++) {
        NEAR(found[j], w[j], 1e-12);
        NEAR(geometric[j], w[j], 1e-12);
    }
}

static void
test_the_worst_judgement_is_found_and_what_it_should_be(void **state)
{
    (void)state;
    rh_err err = {0};
    const double w[5] = {0.4, 0.25, 0.2, 0.1, 0.05};
    double a[25], found[5];
    for (int k = 0; k < 25; k++) {
        a[k] = w[k / 5] / w[k % 5];
    }
    a[1 * 5 + 3] = 1.0 / 5; /* meant: 2.5 */
    a[3 * 5 + 1] = 5;
    rh_ahp r;
    must(rh_ahp_eigenvector(a, 5, 0, found, &r, &err), &err);
    assert_true(r.ratio > 0.1);
    assert_int_equal(r.worst_row, 1);
    assert_int_equal(r.worst_column, 3);
    NEAR(r.worst_given, 0.2, 0);
    NEAR(r.worst_wanted, 2.5, 1e-9);
    NEAR(r.ratio_then, 0, 1e-9);
}

static void
test_a_matrix_that_is_not_reciprocal_is_refused_with_its_cells(void **state)
{
    (void)state;
    rh_err err = {0};
    double a[9] = {1, 3, 5, 1.0 / 3, 1, 2, 0.2, 2, 1}, w[3];
    assert_int_equal(rh_ahp_eigenvector(a, 3, 0, w, NULL, &err), RH_INPUT);
    assert_non_null(strstr(err.text, "row 2, column 3 is 2"));
    assert_non_null(strstr(err.text, "row 3, column 2 is 2"));
    a[7] = 0.5;
    err = (rh_err){0};
    a[3] = 0.33; /* rounded: accepted */
    must(rh_ahp_check(a, 3, &err), &err);
    a[4] = 2;
    assert_int_equal(rh_ahp_check(a, 3, &err), RH_INPUT);
    assert_non_null(strstr(err.text, "diagonal"));
    a[4] = 1;
    a[1] = -3;
    err = (rh_err){0};
    assert_int_equal(rh_ahp_geometric(a, 3, w, &err), RH_INPUT);
    assert_non_null(strstr(err.text, "above 0"));
}

static void
test_two_or_one_judged_things_are_always_consistent(void **state)
{
    (void)state;
    rh_err err = {0};
    const double a[4] = {1, 4, 0.25, 1}, one = 1;
    double w[2];
    rh_ahp r;
    must(rh_ahp_eigenvector(a, 2, 0, w, &r, &err), &err);
    NEAR(w[0], 0.8, 1e-12);
    assert_true(r.ratio == 0);
    must(rh_ahp_eigenvector(&one, 1, 0, w, &r, &err), &err);
    assert_true(w[0] == 1 && r.ratio == 0);
}

/* ---- components ---- */

/* Two indicators with correlation r: eigenvalues 1 ± r, vectors (1, ±1)/√2. */
static void
test_components_of_two_indicators_by_hand(void **state)
{
    (void)state;
    rh_err err = {0};
    const double x[8] = {1, 2, 3, 4, 1, 3, 2, 4};
    const int one_down[2] = {1, -1};
    rh_pca pca;
    must(rh_pca_init(&pca, x, 4, 2, up, &err), &err);
    NEAR(pca.value[0], 1.8, 1e-12);
    NEAR(pca.value[1], 0.2, 1e-12);
    NEAR(pca.vector[0], sqrt(0.5), 1e-12);
    NEAR(pca.vector[1], sqrt(0.5), 1e-12);
    rh_pca_release(&pca);
    must(rh_pca_init(&pca, x, 4, 2, one_down, &err), &err);
    NEAR(pca.value[0], 1.8, 1e-12);
    NEAR(pca.vector[0], -pca.vector[1], 1e-12);
    rh_pca_release(&pca);
}

static void
test_an_indicator_against_the_others_is_refused_or_counted(void **state)
{
    (void)state;
    double x[N * M], w[M];
    make(x);
    const int turned[M] = {1, 1, -1, 1, 1};
    const enum rh_weighting method[2] = {RH_WEIGHTING_PCA, RH_WEIGHTING_FACTOR};
    for (int k = 0; k < 2; k++) {
        rh_err err = {0};
        rh_weigh how = {.method = method[k]};
        rh_weigh_report report;
        assert_int_equal(rh_weights_find(&how, x, N, 3, turned, w, NULL, &err), RH_INPUT);
        assert_non_null(strstr(err.text, "indicator 3"));
        err = (rh_err){0};
        how.allow_negative = true;
        must(rh_weights_find(&how, x, N, 3, turned, w, &report, &err), &err);
        assert_int_equal(report.negative, 1);
        assert_true(w[2] < 0 && report.explained > 0.3 && report.explained <= 1);
        must(rh_weights_find(&how, x, N, 3, up, w, &report, &err), &err);
        assert_int_equal(report.negative, 0);
    }
}

static void
test_varimax_keeps_lengths_and_undoes_a_rotation(void **state)
{
    (void)state;
    rh_err err = {0};
    const double angle = 0.5, c = cos(angle), s = sin(angle);
    const double simple[6] = {0.9, 0.8, 0.7, 0, 0, 0}, other[6] = {0, 0, 0, 0.6, 0.8, 0.9};
    double l[12], stuck[12];
    for (int j = 0; j < 6; j++) {
        stuck[j] = l[j] = c * simple[j] - s * other[j];
        stuck[6 + j] = l[6 + j] = s * simple[j] + c * other[j];
    }
    must(rh_varimax_iterated(stuck, 6, 2, &err), &err);
    NEAR(fabs(stuck[0]), c * simple[0],
         1e-9); /* it swings from one side of the axes to the other */
    must(rh_varimax(l, 6, 2, &err), &err);
    for (int j = 0; j < 6; j++) {
        NEAR(hypot(l[j], l[6 + j]), simple[j] + other[j], 1e-12);
        NEAR(fabs(l[j]) > fabs(l[6 + j]) ? fabs(l[6 + j]) : fabs(l[j]), 0, 1e-9);
    }
}

static void
test_the_iteration_of_r_agrees_where_it_converges(void **state)
{
    (void)state;
    double x[N * M], exact[2 * M], iterated[2 * M];
    make(x);
    rh_err err = {0};
    rh_pca pca;
    must(rh_pca_init(&pca, x, N, M, up, &err), &err);
    memcpy(exact, pca.vector, sizeof exact);
    memcpy(iterated, pca.vector, sizeof iterated);
    must(rh_varimax(exact, M, 2, &err), &err);
    must(rh_varimax_iterated(iterated, M, 2, &err), &err);
    for (int j = 0; j < M; j++) { /* up to signs and the order of the two */
        double high = fmax(fabs(exact[j]), fabs(exact[M + j]));
        NEAR(high, fmax(fabs(iterated[j]), fabs(iterated[M + j])), 0.01);
    }
    rh_pca_release(&pca);
}

static void
test_factor_weights_follow_the_squared_loadings(void **state)
{
    (void)state;
    double x[N * M], w[M];
    make(x);
    rh_err err = {0};
    rh_pca pca;
    const rh_pca_how how = {.rule = RH_PCA_FACTOR, .keep = 1, .allow_negative = true};
    must(rh_pca_init(&pca, x, N, 3, up, &err), &err);
    must(rh_pca_weights(&pca, &how, w, NULL, &err), &err);
    for (int j = 0; j < 3; j++) { /* one factor: the squares of a unit vector sum to 1 */
        NEAR(w[j], pca.vector[j] * pca.vector[j], 1e-12);
    }
    rh_pca_release(&pca);
}

/* ---- combinations ---- */

static void
test_combinations_of_equal_sets_change_nothing(void **state)
{
    (void)state;
    const double set[6] = {0.5, 0.3, 0.2, 0.5, 0.3, 0.2};
    const enum rh_combine how[3] = {RH_COMBINE_LINEAR, RH_COMBINE_GEOMETRIC, RH_COMBINE_GAME};
    for (int k = 0; k < 3; k++) {
        rh_err err = {0};
        double w[3];
        must(rh_weights_combine(how[k], set, 2, 3, 0.3, w, NULL, &err), &err);
        for (int j = 0; j < 3; j++) {
            NEAR(w[j], set[j], 1e-12);
        }
    }
}

/* The game's first-order conditions: (w_k · w*) = (w_k · w_k) for all k, before scaling. */
static void
test_the_game_solves_its_equations_for_three_sets(void **state)
{
    (void)state;
    rh_err err = {0};
    const double set[9] = {0.5, 0.3, 0.2, 0.3, 0.4, 0.3, 0.2, 0.3, 0.5};
    double w[3], share[3], ratio[3];
    must(rh_weights_combine(RH_COMBINE_GAME, set, 3, 3, 0, w, share, &err), &err);
    for (int k = 0; k < 3; k++) {
        double cross = 0, self = 0;
        for (int j = 0; j < 3; j++) {
            cross += set[3 * k + j] * w[j];
            self += set[3 * k + j] * set[3 * k + j];
        }
        ratio[k] = cross / self;
    }
    NEAR(ratio[0], ratio[1], 1e-9);
    NEAR(ratio[0], ratio[2], 1e-9);
    NEAR(share[0] + share[1] + share[2], 1, 1e-12);
}

static void
test_unfit_sets_are_refused(void **state)
{
    (void)state;
    rh_err err = {0};
    const double set[4] = {1.2, -0.2, 0.5, 0.5};
    double w[2];
    assert_int_equal(rh_weights_combine(RH_COMBINE_LINEAR, set, 2, 2, 0.5, w, NULL, &err),
                     RH_INPUT);
    assert_non_null(strstr(err.text, "weight 2 of set 1"));
    err = (rh_err){0};
    assert_int_equal(rh_weights_combine(RH_COMBINE_LINEAR, set + 2, 1, 2, 0.5, w, NULL, &err),
                     RH_INPUT);
}

static void
test_given_weights_are_scaled_and_checked(void **state)
{
    (void)state;
    rh_err err = {0};
    const double given[3] = {13.24, 9.22, 77.54}, wrong[3] = {1, -1, 1};
    rh_weigh how = {.method = RH_WEIGHTING_GIVEN, .given = given};
    double w[3];
    must(rh_weights_find(&how, NULL, 0, 3, up, w, NULL, &err), &err);
    NEAR(w[0], 0.1324, 1e-15);
    how.given = wrong;
    assert_int_equal(rh_weights_find(&how, NULL, 0, 3, up, w, NULL, &err), RH_INPUT);
    assert_non_null(strstr(err.text, "weight 2"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_weights_sum_to_one_and_are_not_negative),
        cmocka_unit_test(test_the_unit_of_a_column_changes_no_weight),
        cmocka_unit_test(test_the_order_of_units_changes_no_weight),
        cmocka_unit_test(test_a_constant_column_weighs_nothing_and_leaves_the_others_alone),
        cmocka_unit_test(test_rows_with_gaps_are_left_out_and_counted),
        cmocka_unit_test(test_only_constant_columns_are_refused),
        cmocka_unit_test(test_an_indicator_alone_in_its_group_has_all_the_weight),
        cmocka_unit_test(test_unfit_values_are_named_by_indicator_and_unit),
        cmocka_unit_test(test_entropy_by_hand),
        cmocka_unit_test(test_a_zero_share_adds_nothing_to_the_entropy),
        cmocka_unit_test(test_the_two_entropies_differ_and_direction_matters_in_one),
        cmocka_unit_test(test_published_weights_by_loss),
        cmocka_unit_test(test_published_weights_by_spread),
        cmocka_unit_test(test_a_copy_of_an_indicator_shares_its_conflict_in_critic),
        cmocka_unit_test(test_rank_correlations_by_hand),
        cmocka_unit_test(test_a_consistent_matrix_has_ratio_zero_and_no_worst_judgement),
        cmocka_unit_test(test_the_worst_judgement_is_found_and_what_it_should_be),
        cmocka_unit_test(test_a_matrix_that_is_not_reciprocal_is_refused_with_its_cells),
        cmocka_unit_test(test_two_or_one_judged_things_are_always_consistent),
        cmocka_unit_test(test_components_of_two_indicators_by_hand),
        cmocka_unit_test(test_an_indicator_against_the_others_is_refused_or_counted),
        cmocka_unit_test(test_varimax_keeps_lengths_and_undoes_a_rotation),
        cmocka_unit_test(test_the_iteration_of_r_agrees_where_it_converges),
        cmocka_unit_test(test_factor_weights_follow_the_squared_loadings),
        cmocka_unit_test(test_combinations_of_equal_sets_change_nothing),
        cmocka_unit_test(test_the_game_solves_its_equations_for_three_sets),
        cmocka_unit_test(test_unfit_sets_are_refused),
        cmocka_unit_test(test_given_weights_are_scaled_and_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
