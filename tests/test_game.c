/* Cooperative games: values, core, nucleoli, properties and samples against slow twins, closed forms and axioms (ASK-18). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "evaluate/airport.h"
#include "evaluate/claims.h"
#include "evaluate/game_core.h"
#include "evaluate/game_nucleolus.h"
#include "evaluate/game_point.h"
#include "evaluate/game_property.h"
#include "evaluate/game_sample.h"
#include "evaluate/game_span.h"
#include "evaluate/game_table.h"
#include "evaluate/game_value.h"

#define assert_near(a, b, e) assert_true(fabs((a) - (b)) <= (e))

/* A game of random values; `bonus` (0: none) makes large coalitions worth more. */
static void
random_game(double *v, unsigned n, uint64_t seed, double bonus)
{
    for (uint32_t s = 0; s < 1U << n; s++) {
        int size = __builtin_popcount(s);
        v[s] = s == 0 ? 0 : 10 * rh_uniform(seed, s) + bonus * size * size;
    }
}

/* The twin: mean over all n! orders. */
static void
shapley_by_orders(const double *v, unsigned n, unsigned left, uint32_t joined, double *sum,
                  double *count)
{
    if (left == 0) {
        ++*count;
        return;
    }
    for (unsigned i = 0; i < n; i++) {
        if (!(joined >> i & 1)) {
            double before = *count;
            shapley_by_orders(v, n, left - 1, joined | 1U << i, sum, count);
            sum[i] += (*count - before) * (v[joined | 1U << i] - v[joined]);
        }
    }
}

static void
test_shapley_is_the_mean_over_all_orders(void **state)
{
    (void)state;
    double v[64], x[6], sum[6] = {0}, count = 0;
    random_game(v, 6, 1, 0);
    shapley_by_orders(v, 6, 6, 0, sum, &count);
    assert_int_equal(rh_game_shapley(v, 6, 1, x, NULL), RH_OK);
    for (int i = 0; i < 6; i++) {
        assert_near(x[i], sum[i] / count, 1e-12);
    }
}

static void
test_banzhaf_is_the_mean_marginal_contribution(void **state)
{
    (void)state;
    double v[128], x[7];
    random_game(v, 7, 2, 0);
    assert_int_equal(rh_game_banzhaf(v, 7, 1, x, NULL), RH_OK);
    for (unsigned i = 0; i < 7; i++) {
        double sum = 0;
        for (uint32_t s = 0; s < 128; s++) {
            sum += s >> i & 1 ? v[s] - v[s ^ 1U << i] : 0;
        }
        assert_near(x[i], sum / 64, 1e-12);
    }
}

static void
test_large_games_give_the_same_bits_for_any_threads_and_share_all(void **state)
{
    (void)state;
    const unsigned n = 19; /* more than one job */
    double *v = calloc((size_t)1 << n, sizeof *v), one[19], three[19], sum = 0;
    random_game(v, n, 3, 1);
    assert_int_equal(rh_game_shapley(v, n, 1, one, NULL), RH_OK);
    assert_int_equal(rh_game_shapley(v, n, 3, three, NULL), RH_OK);
    assert_memory_equal(one, three, sizeof one);
    for (unsigned i = 0; i < n; i++) {
        sum += one[i];
    }
    assert_near(sum, v[(1U << n) - 1], 1e-9);
    for (uint32_t s = 0; s < 1U << n; s++) { /* unanimity of players 2, 11, 18: a third each */
        v[s] = (s & 0x40804) == 0x40804;
    }
    assert_int_equal(rh_game_shapley(v, n, 2, one, NULL), RH_OK);
    for (unsigned i = 0; i < n; i++) {
        assert_near(one[i], 0x40804 >> i & 1 ? 1.0 / 3 : 0, 1e-13);
    }
    free(v);
}

static void
random_claims(double *claim, unsigned n, uint64_t seed, double *estate)
{
    double total = 0;
    for (unsigned i = 0; i < n; i++) {
        claim[i] = 1 + floor(100 * rh_uniform(seed, i));
        total += claim[i];
    }
    *estate = total * (0.05 + 0.9 * rh_uniform(seed, 99));
}

static void
test_nucleolus_of_a_claims_game_is_the_talmud_rule(void **state)
{
    (void)state; /* Aumann and Maschler (1985), theorem A */
    for (uint64_t k = 0; k < 60; k++) {
        unsigned n = 2 + (unsigned)(k % 8);
        double claim[9], estate, *v = calloc((size_t)1 << n, sizeof *v), award[9];
        random_claims(claim, n, 100 + k, &estate);
        rh_claims_game(claim, n, estate, v);
        rh_game_nucleolus x;
        rh_err err = {0};
        assert_int_equal(rh_claims_divide(claim, n, estate, RH_CLAIMS_TALMUD, award, NULL),
                         RH_OK);
        if (rh_game_nucleolus_find(v, n, RH_PLAIN, true, &x, &err) != RH_OK) {
            fail_msg("%s", err.text);
        }
        for (unsigned i = 0; i < n; i++) {
            assert_near(x.x[i], award[i], 1e-10 * estate);
        }
        free(v);
    }
}

static void
test_tau_of_a_claims_game_is_adjusted_proportional(void **state)
{
    (void)state; /* Curiel, Maschler and Tijs (1987) */
    for (uint64_t k = 0; k < 40; k++) {
        unsigned n = 2 + (unsigned)(k % 6);
        double claim[9], estate, v[256], award[9], x[9];
        random_claims(claim, n, 300 + k, &estate);
        rh_claims_game(claim, n, estate, v);
        assert_int_equal(rh_claims_divide(claim, n, estate, RH_CLAIMS_ADJUSTED, award, NULL),
                         RH_OK);
        assert_true(rh_game_tau(v, n, x));
        for (unsigned i = 0; i < n; i++) {
            assert_near(x[i], award[i], 1e-10 * estate);
        }
    }
}

static void
test_airport_in_closed_form_agrees_with_the_game(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < 40; k++) {
        unsigned n = 1 + (unsigned)(k % 8);
        double cost[8], users[8], pays[8], x[8], v[256];
        for (unsigned i = 0; i < n; i++) {
            cost[i] = ceil(20 * rh_uniform(500 + k, i)); /* ties occur */
            users[i] = 1;
        }
        for (uint32_t s = 0; s < 1U << n; s++) {
            v[s] = 0;
            for (unsigned i = 0; i < n; i++) {
                v[s] = s >> i & 1 ? fmin(v[s], -cost[i]) : v[s];
            }
        }
        rh_game_nucleolus found;
        assert_int_equal(rh_airport_shapley(cost, users, n, pays, NULL), RH_OK);
        assert_int_equal(rh_game_shapley(v, n, 1, x, NULL), RH_OK);
        for (unsigned i = 0; i < n; i++) {
            assert_near(pays[i], -x[i], 1e-12);
        }
        assert_int_equal(rh_airport_nucleolus(cost, users, n, pays, NULL), RH_OK);
        assert_int_equal(rh_game_nucleolus_find(v, n, RH_PLAIN, false, &found, NULL), RH_OK);
        for (unsigned i = 0; i < n; i++) {
            assert_near(pays[i], -found.x[i], 1e-9);
        }
    }
}

static void
test_kinds_of_airport_users_are_as_many_single_users(void **state)
{
    (void)state;
    const double cost[3] = {10, 18, 30}, users[3] = {3, 1, 2};
    const double each[6] = {10, 10, 10, 18, 30, 30}, one[6] = {1, 1, 1, 1, 1, 1};
    const unsigned kind[6] = {0, 0, 0, 1, 2, 2};
    double a[3], b[6];
    assert_int_equal(rh_airport_nucleolus(cost, users, 3, a, NULL), RH_OK);
    assert_int_equal(rh_airport_nucleolus(each, one, 6, b, NULL), RH_OK);
    for (int i = 0; i < 6; i++) {
        assert_near(b[i], a[kind[i]], 1e-12);
    }
    assert_int_equal(rh_airport_shapley(cost, users, 3, a, NULL), RH_OK);
    assert_near(a[0], 10.0 / 6, 1e-12); /* by hand: 10/6, + 8/3, + 12/2 */
    assert_near(a[1], 10.0 / 6 + 8.0 / 3, 1e-12);
    assert_near(a[2], 10.0 / 6 + 8.0 / 3 + 6, 1e-12);
    rh_err err = {0};
    const double half[3] = {1, 2, 0.5};
    assert_int_equal(rh_airport_shapley(cost, half, 3, a, &err), RH_INPUT);
    assert_non_null(strstr(err.text, "Kind 3 has 0.5 users"));
}

static int
falling(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

static double
weight_of(const double *v, uint32_t all, uint32_t s, int kind)
{
    return kind == RH_PER_CAPITA     ? __builtin_popcount(s)
           : kind == RH_PROPORTIONAL ? v[s]
           : kind == RH_DISRUPTION   ? v[all] - v[s] - v[all ^ s]
                                     : 1;
}

/* Is the falling list of complaints about y lexicographically below that about x by more than rounding? */
static bool
better(const double *v, unsigned n, int kind, const double *y, const double *x)
{
    double of_y[64], of_x[64];
    uint32_t all = (1U << n) - 1, m = 0;
    for (uint32_t s = 1; s < all; s++, m++) {
        of_x[m] = of_y[m] = v[s];
        for (unsigned i = 0; i < n; i++) {
            of_x[m] -= s >> i & 1 ? x[i] : 0;
            of_y[m] -= s >> i & 1 ? y[i] : 0;
        }
        of_x[m] /= weight_of(v, all, s, kind);
        of_y[m] /= weight_of(v, all, s, kind);
    }
    qsort(of_x, m, sizeof *of_x, falling);
    qsort(of_y, m, sizeof *of_y, falling);
    for (uint32_t k = 0; k < m; k++) {
        if (fabs(of_x[k] - of_y[k]) > 1e-11) {
            return of_y[k] < of_x[k];
        }
    }
    return false;
}

static void
test_no_allocation_nearby_has_lexicographically_smaller_complaints(void **state)
{
    (void)state;
    const unsigned n = 5;
    for (int kind = RH_PLAIN; kind <= RH_DISRUPTION; kind++) {
        for (uint64_t k = 0; k < 12; k++) {
            double v[32], y[5];
            random_game(v, n, 700 + k, 4); /* bonus: weights of disruption stay positive */
            rh_game_nucleolus x;
            assert_int_equal(
                rh_game_nucleolus_find(v, n, (enum rh_complaint)kind, false, &x, NULL), RH_OK);
            for (uint64_t t = 0; t < 300; t++) {
                double step = pow(10, -3 * rh_uniform(k, t)), mean = 0;
                for (unsigned i = 0; i < n; i++) {
                    y[i] = step * (rh_uniform(rh_key_with(k, t), i) - 0.5);
                    mean += y[i] / n;
                }
                for (unsigned i = 0; i < n; i++) {
                    y[i] += x.x[i] - mean;
                }
                if (better(v, n, kind, y, x.x)) {
                    fail_msg("complaint %d, game %d: %g away is better", kind, (int)k, step);
                }
            }
        }
    }
}

static void
test_nucleolus_moves_with_unit_and_side_payments(void **state)
{
    (void)state;
    double v[64], w[64];
    const double gift[6] = {5, -3, 0, 8, 1, -2};
    random_game(v, 6, 42, 0);
    for (uint32_t s = 0; s < 64; s++) {
        w[s] = 1e4 * v[s];
        for (unsigned i = 0; i < 6; i++) {
            w[s] += s >> i & 1 ? gift[i] : 0;
        }
    }
    rh_game_nucleolus a, b;
    assert_int_equal(rh_game_nucleolus_find(v, 6, RH_PLAIN, false, &a, NULL), RH_OK);
    assert_int_equal(rh_game_nucleolus_find(w, 6, RH_PLAIN, false, &b, NULL), RH_OK);
    for (unsigned i = 0; i < 6; i++) {
        assert_near(b.x[i], 1e4 * a.x[i] + gift[i], 1e-7);
    }
    assert_near(b.complaint, 1e4 * a.complaint, 1e-7);
}

static void
test_nucleolus_keeps_individual_rights_where_the_prenucleolus_does_not(void **state)
{
    (void)
        state; /* v(1)=0, v(23)=10, v(N)=10: players 2 and 3 would have 1 pay without the bound */
    double v[8] = {0, 0, 0, 0, 0, 0, 10, 8};
    rh_game_nucleolus free_one, bound;
    assert_int_equal(rh_game_nucleolus_find(v, 3, RH_PLAIN, false, &free_one, NULL), RH_OK);
    assert_int_equal(rh_game_nucleolus_find(v, 3, RH_PLAIN, true, &bound, NULL), RH_OK);
    assert_near(free_one.x[0], -1,
                1e-12); /* excesses of 1 and 23 are equal: -x = 10 - (8 - x) */
    assert_near(bound.x[0], 0, 1e-12);
    assert_near(bound.x[1], 4, 1e-12);
    rh_err err = {0};
    v[1] = 9;
    assert_int_equal(rh_game_nucleolus_find(v, 3, RH_PLAIN, true, &bound, &err), RH_INPUT);
    assert_non_null(strstr(err.text, "There is no imputation"));
}

static void
test_equal_players_get_equal_shares_in_games_full_of_ties(void **state)
{
    (void)state; /* votes: nearly all complaints are equal, programmes are degenerate */
    for (uint64_t k = 0; k < 40; k++) {
        unsigned n = 3 + (unsigned)(k % 9);
        double v[1 << 11], weight[11], total = 0, sum = 0;
        for (unsigned i = 0; i < n; i++) {
            weight[i] = floor(1 + 4 * rh_uniform(k, i));
            total += weight[i];
        }
        for (uint32_t s = 0; s < 1U << n; s++) {
            double votes = 0;
            for (unsigned i = 0; i < n; i++) {
                votes += s >> i & 1 ? weight[i] : 0;
            }
            v[s] = votes > total / 2;
        }
        rh_game_nucleolus x;
        assert_int_equal(rh_game_nucleolus_find(v, n, RH_PLAIN, true, &x, NULL), RH_OK);
        for (unsigned i = 0; i < n; i++) {
            sum += x.x[i];
            for (unsigned j = 0; j < i; j++) {
                assert_true(weight[i] != weight[j] || fabs(x.x[i] - x.x[j]) < 1e-12);
            }
        }
        assert_near(sum, 1, 1e-12);
    }
}

static void
test_core_is_proved_empty_or_not(void **state)
{
    (void)state;
    unsigned empty = 0;
    for (uint64_t k = 0; k < 200; k++) {
        unsigned n = 1 + (unsigned)(k % 8);
        double v[256], total = 0, worth = 0, cover[8] = {0};
        uint32_t all = (1U << n) - 1, worst;
        random_game(v, n, 900 + k, (double)(k % 3));
        rh_game_core core;
        rh_game_nucleolus pre;
        assert_int_equal(rh_game_core_check(v, n, &core, NULL), RH_OK);
        assert_int_equal(rh_game_nucleolus_find(v, n, RH_PLAIN, false, &pre, NULL), RH_OK);
        if (n > 1) {
            assert_true(core.empty == (pre.complaint > 1e-8)); /* least core and core agree */
        }
        if (core.empty) {
            empty++;
            for (unsigned b = 0; b < core.n_balanced; b++) {
                worth += core.weight[b] * v[core.balanced[b]];
                for (unsigned i = 0; i < n; i++) {
                    cover[i] += core.balanced[b] >> i & 1 ? core.weight[b] : 0;
                }
            }
            assert_true(worth > v[all]);
            for (unsigned i = 0; i < n; i++) {
                assert_near(cover[i], 1, 1e-9);
            }
            continue;
        }
        for (unsigned i = 0; i < n; i++) {
            total += core.x[i];
        }
        assert_near(total, v[all], 1e-8);
        assert_true(n == 1 || rh_game_worst(v, n, core.x, &worst) < 1e-7);
    }
    assert_in_range(empty, 20, 180);
}

static void
test_span_knows_dependent_coalitions_exactly(void **state)
{
    (void)state;
    static rh_game_span span;
    rh_game_span_init(&span, 4);
    assert_true(rh_game_span_add(&span, 0xf));
    assert_true(rh_game_span_add(&span, 0x3));
    assert_false(rh_game_span_add(&span, 0xc)); /* the rest of both */
    assert_true(rh_game_span_has(&span, 0xc));
    assert_false(rh_game_span_has(&span, 0x5));
    assert_true(rh_game_span_add(&span, 0x5));
    assert_true(rh_game_span_has(&span, 0xa));
    assert_false(rh_game_span_has(&span, 0x9)); /* 1+4: needs one more */
    assert_true(rh_game_span_add(&span, 0x9));
    assert_int_equal(span.rank, 4);
    assert_true(rh_game_span_has(&span, 0x1));
}

static void
test_properties_are_found_with_what_refutes_them(void **state)
{
    (void)state;
    rh_game_finding f[RH_GAME_PROPERTY_COUNT];
    double v[32];
    for (uint32_t s = 0; s < 32; s++) {
        int size = __builtin_popcount(s);
        v[s] = size * size;
    }
    rh_game_properties(v, 5, f);
    assert_true(f[RH_GAME_CONVEX].holds == 1 && f[RH_GAME_SUPERADDITIVE].holds == 1);
    assert_true(f[RH_GAME_SYMMETRIC].holds == 1 && f[RH_GAME_MONOTONE].holds == 1);
    assert_true(f[RH_GAME_ESSENTIAL].holds == 1 && f[RH_GAME_QUASI_BALANCED].holds == 1);
    assert_true(f[RH_GAME_ADDITIVE].holds == 0 && f[RH_GAME_SIMPLE].holds == 0);
    v[0x6] = 1; /* 2+3 alone are worth less than apart */
    rh_game_properties(v, 5, f);
    assert_int_equal(f[RH_GAME_SUPERADDITIVE].holds, 0);
    assert_int_equal(f[RH_GAME_SUPERADDITIVE].a | f[RH_GAME_SUPERADDITIVE].b, 0x6);
    v[0x6] = 0.5;
    rh_game_properties(v, 5, f);
    assert_int_equal(f[RH_GAME_MONOTONE].holds, 0);
    assert_int_equal(f[RH_GAME_MONOTONE].b, 0x6);
    for (uint32_t s = 0; s < 32; s++) {
        v[s] = __builtin_popcount(s) >= 3;
    }
    rh_game_properties(v, 5, f);
    assert_true(f[RH_GAME_SIMPLE].holds == 1 && f[RH_GAME_CONSTANT_SUM].holds == 1);
    assert_int_equal(f[RH_GAME_CONVEX].holds, 0);
}

static void
test_points_by_hand(void **state)
{
    (void)state;
    const double v[8] = {0, 2, 4, 18, 5, 14, 9, 24}; /* CoopGame's three players */
    double x[3], d;
    rh_game_utopia(v, 3, x);
    assert_true(x[0] == 15 && x[1] == 10 && x[2] == 6);
    assert_true(rh_game_gately(v, 3, x, &d));
    for (int i = 0; i < 3; i++) { /* equal propensity to disrupt */
        const double m[3] = {15, 10, 6}, own[3] = {2, 4, 5};
        assert_near((m[i] - x[i]) / (x[i] - own[i]), d, 1e-12);
    }
    rh_game_equal_surplus(v, 3, x);
    assert_near(x[0], 2 + 13.0 / 3, 1e-12);
    rh_game_ensc(v, 3, x);
    assert_near(x[0], 15 - 7.0 / 3, 1e-12);
    assert_true(rh_game_proportional(v, 3, x));
    assert_near(x[1], 24 * 4.0 / 11, 1e-12);
    const double flat[8] = {0, 5, 5, 8, 5, 8, 8, 9}; /* not essential */
    assert_false(rh_game_gately(flat, 3, x, NULL));
    assert_true(isnan(x[0]));
    assert_false(rh_game_tau(flat, 3, x));
}

static void
test_modiclus_of_a_constant_sum_game_is_its_prenucleolus(void **state)
{
    (void)state; /* Sudhölter 1997: v = v* then; and so for the simplified one */
    double v[16], x[4], y[4];
    random_game(v, 4, 77, 0);
    for (uint32_t s = 0; s < 8; s++) {
        v[15 ^ s] = v[15] - v[s];
    }
    rh_game_nucleolus pre;
    assert_int_equal(rh_game_nucleolus_find(v, 4, RH_PLAIN, false, &pre, NULL), RH_OK);
    assert_int_equal(rh_game_modiclus(v, 4, x, NULL), RH_OK);
    assert_int_equal(rh_game_simplified_modiclus(v, 4, y, NULL), RH_OK);
    for (int i = 0; i < 4; i++) {
        assert_near(x[i], pre.x[i], 1e-9);
        assert_near(y[i], pre.x[i], 1e-9);
    }
}

static void
test_modiclus_of_the_glove_game_gives_both_sides_half(void **state)
{
    (void)
        state; /* one left, two right gloves: the modiclus treats the sides alike (Sudhölter 1997) */
    double v[8] = {0, 0, 0, 1, 0, 1, 0, 1}, x[3];
    assert_int_equal(rh_game_modiclus(v, 3, x, NULL), RH_OK);
    assert_near(x[0], 0.5, 1e-9);
    assert_near(x[1], 0.25, 1e-9);
}

typedef struct table {
    const double *v;
    uint64_t fails_at;
} table;

static rh_status
look_up(void *context, uint64_t s, double *value, rh_err *err)
{
    const table *t = context;
    *value = t->v[s];
    return s == t->fails_at ? rh_fail(err, RH_IO, "no value") : RH_OK;
}

static void
test_sample_stays_within_its_error_bars(void **state)
{
    (void)state;
    const unsigned n = 10;
    double *v = calloc(1 << n, sizeof *v), exact[10];
    unsigned outside = 0;
    random_game(v, n, 5, 0.3);
    assert_int_equal(rh_game_shapley(v, n, 1, exact, NULL), RH_OK);
    for (uint64_t k = 0; k < 40; k++) {
        table t = {v, 0};
        rh_game_estimate e;
        assert_int_equal(rh_game_sample(n, 20, 1000 + k, look_up, &t, &e, NULL), RH_OK);
        double sum = 0;
        for (unsigned i = 0; i < n; i++) {
            sum += e.value[i];
            outside += fabs(e.value[i] - exact[i]) > 2.093 * e.error[i]; /* t, 19 df, 95 % */
        }
        assert_near(sum, v[(1 << n) - 1], 1e-9);
    }
    assert_in_range(outside, 5, 45); /* 20 of 400 */
    free(v);
}

static void
test_sample_of_an_additive_game_is_exact_and_failures_pass_through(void **state)
{
    (void)state;
    double v[16];
    for (uint32_t s = 0; s < 16; s++) {
        v[s] = (s & 1 ? 3 : 0) + (s & 2 ? 5 : 0) + (s & 4 ? 7 : 0) + (s & 8 ? 11 : 0);
    }
    table t = {v, 0};
    rh_game_estimate e;
    rh_err err = {0};
    assert_int_equal(rh_game_sample(4, 2, 9, look_up, &t, &e, NULL), RH_OK);
    assert_true(e.value[3] == 11 && e.error[3] == 0);
    assert_int_equal(e.calls, 1 + 2 * 2 * 4 * 3);
    t.fails_at = 15;
    assert_int_equal(rh_game_sample(4, 2, 9, look_up, &t, &e, &err), RH_IO);
    assert_string_equal(err.text, "no value");
}

static rh_status
read_game(const char *text, const char *names, rh_players *players, double **v, rh_err *err)
{
    rh_csv *csv = NULL;
    *players = (rh_players){0};
    assert_int_equal(rh_csv_parse("g.csv", text, strlen(text), &csv, err), RH_OK);
    rh_status status = names != NULL ? rh_players_read(names, players, err) : RH_OK;
    status = status == RH_OK ? rh_game_read(csv, "g.csv", false, players, v, err) : status;
    rh_csv_free(csv);
    return status;
}

static void
test_games_are_read_in_any_order_and_spelling(void **state)
{
    (void)state;
    rh_players players;
    double *v;
    rh_err err = {0};
    assert_int_equal(
        read_game("联盟,值\n乙 ＋ 甲,9\n甲,1\n乙,2\n∅,0\n", "甲、乙", &players, &v, &err),
        RH_OK);
    assert_true(v[0] == 0 && v[1] == 1 && v[2] == 2 && v[3] == 9);
    assert_string_equal(rh_coalition_name(&players, 3).text, "甲+乙");
    assert_string_equal(rh_coalition_name(&players, 0).text, "∅");
    rh_free(v);
    rh_players_release(&players);
}

static void
assert_refused(const char *text, const char *names, const char *sentence)
{
    rh_players players;
    double *v;
    rh_err err = {0};
    assert_int_equal(read_game(text, names, &players, &v, &err), RH_INPUT);
    assert_null(v);
    assert_string_equal(err.text, sentence);
    rh_players_release(&players);
}

static void
test_bad_games_are_refused_with_line_and_name(void **state)
{
    (void)state;
    assert_refused("coalition,value\nA,1\nB,2\nC,3\nA+B,4\n", NULL,
                   "g.csv: 3 of the 7 coalitions of 3 players have no value: A+C, B+C, A+B+C.");
    assert_refused("coalition,value\nA,1\nB,2\nB+A,4\nA+B,5\n", NULL,
                   "g.csv:5: coalition: A+B stands already in line 4");
    assert_refused("coalition,value\nA,1\nB,x\nA+B,\n", NULL,
                   "g.csv:3: value: \"x\" is not a number.\n"
                   "g.csv:4: value: a number is missing");
    assert_refused("coalition,value\nA,1\nA+A,2\n,3\nA+,4\nA+D,5\n", "A,B",
                   "g.csv:3: coalition: \"A+A\" names A twice\n"
                   "g.csv:4: coalition: names no member; write A+B\n"
                   "g.csv:5: coalition: \"A+\" has a member without a name\n"
                   "g.csv:6: coalition: \"D\" is not one of the 2 players");
    assert_refused("coalition,value\n∅,3\nA,4\n", NULL,
                   "g.csv:2: value: the empty coalition must have 0, not 3");
}

static void
test_memory_that_runs_out_is_a_sentence(void **state)
{
    (void)state;
    for (long k = 1; k < 12; k++) {
        double v[32];
        random_game(v, 5, 8, 0);
        rh_game_nucleolus x;
        rh_err err = {0};
        rh_mem_fail_after(k);
        rh_status status = rh_game_nucleolus_find(v, 5, RH_PLAIN, false, &x, &err);
        rh_mem_fail_after(0);
        assert_true(status == RH_OK || (status == RH_MEMORY && err.text[0] != '\0'));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapley_is_the_mean_over_all_orders),
        cmocka_unit_test(test_banzhaf_is_the_mean_marginal_contribution),
        cmocka_unit_test(test_large_games_give_the_same_bits_for_any_threads_and_share_all),
        cmocka_unit_test(test_nucleolus_of_a_claims_game_is_the_talmud_rule),
        cmocka_unit_test(test_tau_of_a_claims_game_is_adjusted_proportional),
        cmocka_unit_test(test_airport_in_closed_form_agrees_with_the_game),
        cmocka_unit_test(test_kinds_of_airport_users_are_as_many_single_users),
        cmocka_unit_test(test_no_allocation_nearby_has_lexicographically_smaller_complaints),
        cmocka_unit_test(test_nucleolus_moves_with_unit_and_side_payments),
        cmocka_unit_test(
            test_nucleolus_keeps_individual_rights_where_the_prenucleolus_does_not),
        cmocka_unit_test(test_equal_players_get_equal_shares_in_games_full_of_ties),
        cmocka_unit_test(test_core_is_proved_empty_or_not),
        cmocka_unit_test(test_span_knows_dependent_coalitions_exactly),
        cmocka_unit_test(test_properties_are_found_with_what_refutes_them),
        cmocka_unit_test(test_points_by_hand),
        cmocka_unit_test(test_modiclus_of_a_constant_sum_game_is_its_prenucleolus),
        cmocka_unit_test(test_modiclus_of_the_glove_game_gives_both_sides_half),
        cmocka_unit_test(test_sample_stays_within_its_error_bars),
        cmocka_unit_test(test_sample_of_an_additive_game_is_exact_and_failures_pass_through),
        cmocka_unit_test(test_games_are_read_in_any_order_and_spelling),
        cmocka_unit_test(test_bad_games_are_refused_with_line_and_name),
        cmocka_unit_test(test_memory_that_runs_out_is_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
