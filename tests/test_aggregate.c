/* From indicators to scores: hand-worked values, bounds and invariances of every aggregation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "core/random.h"
#include "evaluate/aggregate_doubt.h"
#include "evaluate/aggregate_ideal.h"
#include "evaluate/aggregate_mean.h"
#include "evaluate/aggregate_mpi.h"
#include "evaluate/aggregate_outrank.h"
#include "evaluate/index_aggregate.h"
#include "must.h"

enum { N = 40, M = 4 };

#define NEAR(a, b, slack) assert_true(fabs((a) - (b)) <= (slack))

static const double even[M] = {0.25, 0.25, 0.25, 0.25};
static const int up[M] = {1, 1, 1, 1};

/* Values of 80 … 120; unit 7 is best in everything, unit 3 worst. */
static void
make(double *x)
{
    for (uint32_t k = 0; k < N * M; k++) {
        x[k] = k % N == 7 ? 120 : k % N == 3 ? 80 : 81 + 38 * rh_uniform(4, k);
    }
}

static void
score(enum rh_aggregation method, const double *x, uint32_t n, const double *w, double *to)
{
    rh_err err = {0};
    const rh_aggregate how = {.method = method, .strategy = 0.5, .distinction = 0.5};
    must(rh_aggregate_scores(&how, x, n, M, w, to, &err), &err);
}

static void
test_the_best_unit_has_the_best_score_and_the_worst_the_worst(void **state)
{
    (void)state;
    double x[N * M], s[N];
    const double w[M] = {0.1, 0.2, 0.3, 0.4};
    make(x);
    for (int method = 0; method < RH_AGGREGATION_COUNT; method++) {
        score((enum rh_aggregation)method, x, N, w, s);
        for (uint32_t i = 0; i < N; i++) {
            assert_true(s[i] <= s[7] && s[i] >= s[3]);
        }
        assert_true(s[7] > s[3]);
    }
}

static void
test_the_order_of_units_changes_no_score(void **state)
{
    (void)state;
    double x[N * M], y[N * M], s[N], t[N];
    make(x);
    for (uint32_t k = 0; k < N * M; k++) {
        y[k / N * N + rh_deal(3, k % N, N)] = x[k];
    }
    for (int method = 0; method < RH_AGGREGATION_COUNT; method++) {
        score((enum rh_aggregation)method, x, N, even, s);
        score((enum rh_aggregation)method, y, N, even, t);
        for (uint32_t i = 0; i < N; i++) {
            NEAR(s[i], t[rh_deal(3, i, N)], 1e-9);
        }
    }
}

static void
test_an_indicator_without_weight_changes_nothing(void **state)
{
    (void)state;
    double x[N * M], s[N], t[N];
    const double w[M] = {0.5, 0.3, 0.2, 0};
    make(x);
    for (int method = 0; method < RH_AGGREGATION_DOUBT; method++) {
        if (method >= RH_AGGREGATION_MPI && method <= RH_AGGREGATION_MPI_ADJUSTED) {
            continue; /* m / (m − 1) counts it */
        }
        make(x);
        score((enum rh_aggregation)method, x, N, w, s);
        for (uint32_t i = 0; i < N; i++) {
            x[3 * N + i] = 80 + 40 * rh_uniform(99, i);
        }
        score((enum rh_aggregation)method, x, N, w, t);
        for (uint32_t i = 0; i < N && method != RH_AGGREGATION_GREY; i++) {
            NEAR(s[i], t[i], 1e-9); /* grey relations know the largest gap of all indicators */
        }
    }
}

static void
test_a_gap_gives_no_score_but_in_means_and_outranking(void **state)
{
    (void)state;
    double x[N * M], s[N];
    make(x);
    x[2 * N + 11] = NAN;
    for (int method = 0; method < RH_AGGREGATION_COUNT; method++) {
        score((enum rh_aggregation)method, x, N, even, s);
        bool known = method <= RH_AGGREGATION_HARMONIC || method == RH_AGGREGATION_COPELAND;
        assert_true(isnan(s[11]) == !known);
        assert_true(!isnan(s[12]));
    }
}

static void
test_means_by_hand_and_in_their_order(void **state)
{
    (void)state;
    rh_err err = {0};
    const double x[3] = {1, 2, 3}, w[3] = {1, 1, 2}, gap[3] = {2, NAN, 8};
    double a, g, h, p;
    must(rh_aggregate_mean(RH_MEAN_ARITHMETIC, x, 1, 3, w, 0, &a, &err), &err);
    must(rh_aggregate_mean(RH_MEAN_GEOMETRIC, x, 1, 3, w, 0, &g, &err), &err);
    must(rh_aggregate_mean(RH_MEAN_HARMONIC, x, 1, 3, w, 0, &h, &err), &err);
    must(rh_aggregate_power(2, x, 1, 3, w, &p, &err), &err);
    NEAR(a, 2.25, 1e-15);
    NEAR(g, pow(18, 0.25), 1e-15);
    NEAR(h, 4 / (1 + 0.5 + 2.0 / 3), 1e-15);
    NEAR(p, sqrt(23.0 / 4), 1e-15);
    assert_true(h < g && g < a && a < p);
    must(rh_aggregate_mean(RH_MEAN_GEOMETRIC, gap, 1, 3, even, 0, &g, &err), &err);
    NEAR(g, 4, 1e-14);
    must(rh_aggregate_mean(RH_MEAN_ARITHMETIC, gap, 1, 3, even, 0.7, &a, &err), &err);
    assert_true(isnan(a)); /* two of three are fewer than 70 % */
}

static void
test_values_not_above_zero_are_refused_in_geometric_and_harmonic_means(void **state)
{
    (void)state;
    rh_err err = {0};
    const double x[4] = {1, 2, 3, 0};
    double s[2];
    assert_int_equal(rh_aggregate_mean(RH_MEAN_GEOMETRIC, x, 2, 2, even, 0, s, &err), RH_INPUT);
    assert_non_null(strstr(err.text, "indicator 2 of unit 2 is 0"));
    err = (rh_err){0};
    assert_int_equal(rh_aggregate_mean(RH_MEAN_HARMONIC, x, 2, 2, even, 0, s, &err), RH_INPUT);
}

/* z = (90, 110): M = 100, S² = 200 (m − 1) or 100 (m). */
static void
test_mazziotta_pareto_by_hand(void **state)
{
    (void)state;
    rh_err err = {0};
    const double z[4] = {90, 100, 110, 100};
    double s[2];
    must(rh_aggregate_mpi(z, 2, 2, NULL, -1, true, s, &err), &err);
    NEAR(s[0], 98, 1e-12);
    NEAR(s[1], 100, 1e-12); /* balanced: no penalty */
    must(rh_aggregate_mpi(z, 2, 2, NULL, 1, false, s, &err), &err);
    NEAR(s[0], 101, 1e-12);
    const double x[4] = {10, 20, 30, NAN};
    double goal[4];
    rh_mpi_goalposts(x, 4, 1, 20, goal);
    NEAR(goal[0], 70, 1e-12);
    NEAR(goal[1], 100, 1e-12);
    NEAR(goal[2], 130, 1e-12);
    assert_true(isnan(goal[3]));
    rh_mpi_goalposts(x, 4, -1, 20, goal);
    NEAR(goal[0], 130, 1e-12);
    const double low[4] = {-1, 1, 1, 1};
    assert_int_equal(rh_aggregate_mpi(low, 2, 2, NULL, 1, false, s, &err), RH_INPUT);
    assert_non_null(strstr(err.text, "unit 1"));
}

static void
test_topsis_reaches_its_ends_and_knows_directions(void **state)
{
    (void)state;
    rh_err err = {0};
    double x[N * M], y[N * M], s[N], t[N];
    make(x);
    for (int scale = RH_TOPSIS_VECTOR; scale <= RH_TOPSIS_AS_IT_IS; scale++) {
        must(rh_aggregate_topsis((enum rh_topsis_scale)scale, x, N, M, up, even, s, &err),
             &err);
        assert_true(s[7] == 1 && s[3] == 0);
        /* A cost is a benefit with the other sign. */
        const int down[M] = {1, -1, 1, 1};
        memcpy(y, x, sizeof y);
        for (uint32_t i = 0; i < N; i++) {
            y[N + i] = -x[N + i];
        }
        must(rh_aggregate_topsis((enum rh_topsis_scale)scale, y, N, M, down, even, t, &err),
             &err);
        for (uint32_t i = 0; i < N; i++) {
            NEAR(s[i], t[i], 1e-12);
        }
    }
}

/* Yang & Wu 2020, as tested by pymcdm. */
static void
test_vikor_of_a_published_example(void **state)
{
    (void)state;
    rh_err err = {0};
    const double x[20] = {78, 4, 18, 9,  85,  56, 45, 2,  14, 9,
                          34, 3, 50, 11, 100, 6,  97, 63, 92, 29};
    const double wanted[5] = {0.5679, 0.7667, 1, 0.7493, 0};
    double q[5], s[5], r[5];
    must(rh_aggregate_vikor(x, 5, 4, up, even, 0.5, q, s, r, &err), &err);
    for (int i = 0; i < 5; i++) {
        NEAR(q[i], wanted[i], 6e-5);
        assert_true(r[i] <= s[i] && s[i] <= 1);
    }
    assert_int_equal(rh_aggregate_vikor(x, 5, 4, up, even, 1.5, q, s, r, &err), RH_RANGE);
}

/* Δ = (0, 1), (1, 0): least 0, most 1, rho ½: (1 + 1/3) / 2 each; a third unit at (0, 0) has ((1/3) + (1/3)) / 2. */
static void
test_grey_relations_by_hand(void **state)
{
    (void)state;
    rh_err err = {0};
    const double x[6] = {1, 0, 0, 0, 1, 0}, w[2] = {0.5, 0.5}, reference[2] = {0, 0};
    double s[3];
    must(rh_aggregate_grey(x, 3, 2, NULL, w, 0.5, s, &err), &err);
    NEAR(s[0], 2.0 / 3, 1e-15);
    NEAR(s[1], 2.0 / 3, 1e-15);
    NEAR(s[2], 1.0 / 3, 1e-15);
    must(rh_aggregate_grey(x, 3, 2, reference, w, 0.5, s, &err), &err);
    NEAR(s[2], 1, 1e-15);
    const double beyond[2] = {2, 2}; /* Δ = (1, 2), (2, 1), (2, 2) */
    must(rh_aggregate_grey(x, 3, 2, beyond, w, 0.5, s, &err), &err);
    NEAR(s[0], 5.0 / 6, 1e-15);
    NEAR(s[2], 2.0 / 3, 1e-15);
}

static void
test_outranking_pairs_sum_to_one(void **state)
{
    (void)state;
    rh_err err = {0};
    double x[N * M], e[N * N], s[N], t[4], dominant, all = 0;
    make(x);
    x[5] = x[N + 5] = NAN;
    must(rh_outrank_matrix(x, N, M, even, e, &dominant, &err), &err);
    must(rh_aggregate_copeland(x, N, M, even, s, &err), &err);
    for (uint32_t i = 0; i < N; i++) {
        double row = 0;
        for (uint32_t k = 0; k < N; k++) {
            NEAR(e[i * N + k] + e[k * N + i], i == k ? 0 : 1, 1e-15);
            row += e[i * N + k];
        }
        NEAR(row, s[i], 1e-9);
        all += s[i];
    }
    NEAR(all, N * (N - 1) / 2.0, 1e-9);
    const double tie[4] = {1, 1, 1, 0}, half[2] = {0.5, 0.5};
    must(rh_outrank_matrix(tie, 2, 2, half, t, NULL, &err), &err);
    NEAR(t[1], 0.75, 1e-15);
    assert_true(e[7 * N + 3] == 1 && dominant > 2.0 * (N - 1) / (N * (N - 1) / 2.0) - 0.01);
}

/* Two indicators by hand: (1, 0), (0, 1) and (0.6, 0.6) bound the rest: (0.3, 0.3) has ½, (0.5, 0.2): ω = (1, 2/3): 0.6333. */
static void
test_benefit_of_the_doubt_by_hand(void **state)
{
    (void)state;
    rh_err err = {0};
    const double x[10] = {1, 0, 0.6, 0.3, 0.5, 0, 1, 0.6, 0.3, 0.2};
    double s[5], share[10];
    must(rh_aggregate_doubt(x, 5, 2, 0, 1, s, share, &err), &err);
    NEAR(s[0], 1, 1e-9);
    NEAR(s[1], 1, 1e-9);
    NEAR(s[2], 1, 1e-9);
    NEAR(s[3], 0.5, 1e-9);
    NEAR(s[4], 0.5 + 0.2 * 2 / 3, 1e-9);
    NEAR(share[4] + share[9], 1, 1e-9);
    /* Shares of at least 40 % each: nothing is gained, and the specialists lose. */
    double bounded[5];
    must(rh_aggregate_doubt(x, 5, 2, 0.4, 0.6, bounded, share, &err), &err);
    for (int i = 0; i < 5; i++) {
        assert_true(bounded[i] <= s[i] + 1e-9);
        assert_true(bounded[i] < 1e-9 || (share[i] > 0.4 - 1e-9 && share[i] < 0.6 + 1e-9));
    }
    NEAR(bounded[0], 0, 1e-9);
    NEAR(bounded[2], 1, 1e-9);
    assert_int_equal(rh_aggregate_doubt(x, 5, 2, 0.6, 1, s, NULL, &err), RH_RANGE);
    const double negative[2] = {1, -1};
    err = (rh_err){0};
    assert_int_equal(rh_aggregate_doubt(negative, 2, 1, 0, 1, s, NULL, &err), RH_INPUT);
    assert_non_null(strstr(err.text, "unit 2 is -1"));
}

static void
test_benefit_of_the_doubt_is_free_of_units_of_measurement(void **state)
{
    (void)state;
    rh_err err = {0};
    double x[N * M], s[N], t[N];
    make(x);
    must(rh_aggregate_doubt(x, N, M, 0, 1, s, NULL, &err), &err);
    for (uint32_t i = 0; i < N; i++) {
        x[N + i] *= 1e6;
    }
    must(rh_aggregate_doubt(x, N, M, 0, 1, t, NULL, &err), &err);
    for (uint32_t i = 0; i < N; i++) {
        NEAR(s[i], t[i], 1e-9);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_best_unit_has_the_best_score_and_the_worst_the_worst),
        cmocka_unit_test(test_the_order_of_units_changes_no_score),
        cmocka_unit_test(test_an_indicator_without_weight_changes_nothing),
        cmocka_unit_test(test_a_gap_gives_no_score_but_in_means_and_outranking),
        cmocka_unit_test(test_means_by_hand_and_in_their_order),
        cmocka_unit_test(
            test_values_not_above_zero_are_refused_in_geometric_and_harmonic_means),
        cmocka_unit_test(test_mazziotta_pareto_by_hand),
        cmocka_unit_test(test_topsis_reaches_its_ends_and_knows_directions),
        cmocka_unit_test(test_vikor_of_a_published_example),
        cmocka_unit_test(test_grey_relations_by_hand),
        cmocka_unit_test(test_outranking_pairs_sum_to_one),
        cmocka_unit_test(test_benefit_of_the_doubt_by_hand),
        cmocka_unit_test(test_benefit_of_the_doubt_is_free_of_units_of_measurement),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
