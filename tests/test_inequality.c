/* Inequality (evaluate/inequality_*.h, concentration.h, convergence.h): hand-worked values, invariances, exact
 * additivity (ASK-05), a uniform mix of industries (ASK-14). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/random.h"
#include "evaluate/concentration.h"
#include "evaluate/convergence.h"
#include "evaluate/inequality_answer.h"
#include "evaluate/inequality_overlap.h"
#include "evaluate/inequality_parts.h"
#include "evaluate/inequality_rank.h"
#include "evaluate/inequality_source.h"
#include "evaluate/inequality_spatial.h"
#include "evaluate/statistics.h"

enum { N = 600 };

typedef struct sample {
    double x[N], w[N];
    uint32_t a[N], b[N], c[N];
} sample;

/* Skewed values with weights; c is nested in a; some zeros when asked. */
static void
draw_sample(sample *s, bool zeros)
{
    for (uint32_t i = 0; i < N; i++) {
        s->x[i] = exp(3 * rh_uniform(7, i)) * 1000;
        s->x[i] = zeros && i % 17 == 0 ? 0 : s->x[i];
        s->w[i] = 0.1 + rh_uniform(8, i);
        s->a[i] = (uint32_t)rh_below(rh_draw(9, i), 4);
        s->b[i] = (uint32_t)rh_below(rh_draw(10, i), 3);
        s->c[i] = 2 * s->a[i] + (uint32_t)rh_below(rh_draw(11, i), 2);
        s->x[i] *= 1 + s->a[i] * 0.3 + s->b[i] * 0.2;
    }
}

static void
near(double got, double want, double tolerance)
{
    if (!(fabs(got - want) <= tolerance)) {
        fail_msg("got %.17g, wanted %.17g", got, want);
    }
}

static rh_stream
streamed(const double *x, const double *w, size_t n, double p, double q)
{
    rh_stream s;
    rh_powers powers = {.n = 2, .power = {p, q}, .pivot = rh_pivot(x[0])};
    assert_int_equal(rh_stream_init(&s, 1, &powers, NULL), RH_OK);
    rh_stream_add(&s, x, w, NULL, n);
    return s;
}

static double
entropy_of(const double *x, const double *w, size_t n, double alpha)
{
    rh_stream s = streamed(x, w, n, alpha, alpha);
    double value = rh_sums_entropy(s.group, &s.powers, alpha);
    rh_stream_release(&s);
    return value;
}

static double
gini_of(const double *x, const double *w, size_t n)
{
    rh_sorted s;
    assert_int_equal(rh_sorted_init(&s, x, w, n, NULL), RH_OK);
    double value = rh_sorted_gini(&s);
    rh_sorted_release(&s);
    return value;
}

static void
test_published_examples_come_out(void **state)
{
    (void)state;
    /* documented results of the R package ineq 0.2-13 (2014): ineq(x), Atkinson(x, 0.5), Herfindahl(x), Rosenbluth(x) */
    const double x[] = {541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261};
    rh_herfindahl h;
    rh_stream s = streamed(x, NULL, 10, 0.5, 0.5);
    near(gini_of(x, NULL, 10), 0.4620911, 5e-8);
    near(rh_sums_atkinson(s.group, &s.powers, 0.5), 0.1796591, 5e-8);
    rh_stream_release(&s);
    assert_int_equal(rh_herfindahl_find(x, 10, &h, NULL), RH_OK);
    near(h.value, 0.1840812, 5e-8);
    near(h.rosenbluth, 0.1859051, 5e-8);
    /* worked by hand: 1 and 3: μ = 2, T = (3/4) ln(3/2) + (1/4) ln(1/2), L = −ln(3/4)/2, G = 1/4 */
    const double two[] = {1, 3};
    near(entropy_of(two, NULL, 2, 1), 0.75 * log(1.5) + 0.25 * log(0.5), 1e-15);
    near(entropy_of(two, NULL, 2, 0), -log(0.75) / 2, 1e-15);
    near(entropy_of(two, NULL, 2, 2), 0.125, 1e-15);
    near(gini_of(two, NULL, 2), 0.25, 1e-15);
}

static void
test_equal_incomes_have_no_inequality_at_all(void **state)
{
    (void)state;
    const double x[] = {0.1, 0.1, 0.1}, w[] = {1, 2, 0.7};
    rh_stream s = streamed(x, w, 3, -1, 0.5);
    for (double alpha = -1; alpha < 3; alpha += 1) {
        assert_true(rh_sums_entropy(s.group, &s.powers, alpha) == 0);
    }
    assert_true(rh_sums_variation(s.group, &s.powers) == 0);
    near(gini_of(x, w, 3), 0, 1e-15);
    rh_stream_release(&s);
}

static void
test_weights_are_replications_and_units_do_not_matter(void **state)
{
    (void)state;
    const double x[] = {3, 8, 1}, w[] = {2, 1, 3}, many[] = {3, 3, 8, 1, 1, 1};
    double scaled[3];
    for (int i = 0; i < 3; i++) {
        scaled[i] = 1e9 * x[i];
    }
    for (double alpha = -1; alpha < 3; alpha += 0.5) {
        near(entropy_of(x, w, 3, alpha), entropy_of(many, NULL, 6, alpha), 1e-14);
        near(entropy_of(scaled, w, 3, alpha), entropy_of(x, w, 3, alpha), 1e-14);
    }
    near(gini_of(x, w, 3), gini_of(many, NULL, 6), 1e-15);
    near(gini_of(scaled, w, 3), gini_of(x, w, 3), 1e-15);
}

static void
test_a_transfer_from_rich_to_poor_lowers_every_measure(void **state)
{
    (void)state;
    const double before[] = {1, 4, 9, 20}, after[] = {2, 4, 9, 19};
    for (double alpha = -1; alpha < 3; alpha += 0.5) {
        assert_true(entropy_of(after, NULL, 4, alpha) < entropy_of(before, NULL, 4, alpha));
    }
    assert_true(gini_of(after, NULL, 4) < gini_of(before, NULL, 4));
}

static void
test_entropy_is_continuous_and_atkinson_follows_from_it(void **state)
{
    (void)state;
    sample *s = malloc(sizeof *s);
    draw_sample(s, false);
    near(entropy_of(s->x, s->w, N, 1 + 1e-5), entropy_of(s->x, s->w, N, 1), 1e-5);
    near(entropy_of(s->x, s->w, N, 1e-5), entropy_of(s->x, s->w, N, 0), 1e-5);
    rh_stream t = streamed(s->x, s->w, N, 0.5, -1);
    near(rh_sums_atkinson(t.group, &t.powers, 1), 1 - exp(-rh_sums_theil_l(t.group, &t.powers)),
         1e-14);
    /* A(ε) = 1 − (1 + α (α − 1) GE(α))^(1/α), α = 1 − ε */
    double half = rh_sums_entropy(t.group, &t.powers, 0.5);
    near(rh_sums_atkinson(t.group, &t.powers, 0.5), 1 - pow(1 - 0.25 * half, 2), 1e-13);
    double minus = rh_sums_entropy(t.group, &t.powers, -1);
    near(rh_sums_atkinson(t.group, &t.powers, 2), 1 - 1 / (1 + 2 * minus), 1e-13);
    near(rh_sums_atkinson(t.group, &t.powers, 0), 0, 1e-15);
    near(rh_sums_variation(t.group, &t.powers),
         sqrt(2 * rh_sums_entropy(t.group, &t.powers, 2)), 1e-13);
    rh_stream_release(&t);
    free(s);
}

static void
test_zeros_count_nothing_in_t_and_make_l_infinite(void **state)
{
    (void)state;
    const double x[] = {0, 2, 2}, w[] = {1, 1, 0};
    near(entropy_of(x, NULL, 3, 1), log(1.5), 1e-15);
    assert_true(isinf(entropy_of(x, NULL, 3, 0)) && isinf(entropy_of(x, NULL, 3, -1)));
    near(entropy_of(x, NULL, 3, 0.5), (sqrt(1.5) * 2 / 3 - 1) / -0.25, 1e-14);
    rh_stream s = streamed(x, NULL, 3, 0.5, -1);
    assert_true(rh_sums_atkinson(s.group, &s.powers, 1) == 1);
    assert_true(rh_sums_ede(s.group, &s.powers, 2) == 0);
    rh_stream_release(&s);
    near(entropy_of(x, w, 3, 1), log(2), 1e-15); /* a row of weight 0 is not there */
    const double below[] = {-1, 2};
    assert_true(isnan(entropy_of(below, NULL, 2, 1)));
    const double none[] = {0, 0};
    assert_true(isnan(entropy_of(none, NULL, 2, 1)) && isnan(gini_of(none, NULL, 2)));
}

static void
test_pieces_blocks_and_threads_give_the_same_sums(void **state)
{
    (void)state;
    enum { MANY = 300000, GROUPS = 5 };
    double *x = malloc(MANY * sizeof *x), *w = malloc(MANY * sizeof *w);
    uint32_t *g = malloc(MANY * sizeof *g);
    for (uint32_t i = 0; i < MANY; i++) {
        x[i] = rh_uniform(1, i) * 50;
        w[i] = rh_uniform(2, i);
        g[i] = i % GROUPS;
    }
    rh_powers powers = {.n = 1, .power = {0.5}, .pivot = 32};
    rh_stream one, two, pieces, half;
    assert_int_equal(rh_stream_init(&one, GROUPS, &powers, NULL), RH_OK);
    assert_int_equal(rh_stream_init(&two, GROUPS, &powers, NULL), RH_OK);
    assert_int_equal(rh_stream_init(&pieces, GROUPS, &powers, NULL), RH_OK);
    assert_int_equal(rh_stream_init(&half, GROUPS, &powers, NULL), RH_OK);
    assert_int_equal(rh_stream_array(&one, x, w, g, MANY, 1, NULL), RH_OK);
    assert_int_equal(rh_stream_array(&two, x, w, g, MANY, 3, NULL), RH_OK);
    assert_memory_equal(one.group, two.group, GROUPS * sizeof *one.group);
    rh_stream_add(&pieces, x, w, g, 1000);
    rh_stream_add(&half, x + 1000, w + 1000, g + 1000, MANY - 1000);
    rh_stream_merge(&pieces, &half);
    rh_sums all = rh_stream_total(&one), other = rh_stream_total(&pieces);
    near(rh_sums_theil_t(&other, &powers), rh_sums_theil_t(&all, &powers), 1e-13);
    near(rh_sums_entropy(&other, &powers, 0.5), rh_sums_entropy(&all, &powers, 0.5), 1e-12);
    assert_int_equal(all.n, other.n);
    rh_stream_release(&one);
    rh_stream_release(&two);
    rh_stream_release(&pieces);
    rh_stream_release(&half);
    free(x);
    free(w);
    free(g);
}

static rh_stream
cells_of_groups(const sample *s, const uint32_t *group, uint32_t n_groups, double alpha)
{
    rh_stream cells;
    rh_powers powers = {.n = 1, .power = {alpha}, .pivot = 1024};
    assert_int_equal(rh_stream_init(&cells, n_groups, &powers, NULL), RH_OK);
    rh_stream_add(&cells, s->x, s->w, group, N);
    return cells;
}

static void
test_one_way_parts_add_up_and_are_those_of_the_definition(void **state)
{
    (void)state;
    sample *s = malloc(sizeof *s);
    for (int zeros = 0; zeros < 2; zeros++) {
        draw_sample(s, zeros == 1);
        for (double alpha = zeros ? 0.5 : -1; alpha < 2.6; alpha += 0.5) {
            rh_stream cells = cells_of_groups(s, s->a, 4, alpha);
            double total, between, within, means[N];
            rh_part part[4];
            assert_int_equal(
                rh_parts_one_way(&cells, NULL, 4, alpha, &total, &between, &within, part, NULL),
                RH_OK);
            near(between + within, total, 4e-15 * fmax(1, fabs(total)));
            near(total, entropy_of(s->x, s->w, N, alpha), 1e-12);
            for (uint32_t i = 0; i < N; i++) {
                means[i] = rh_sums_mean(&part[s->a[i]].sums);
            }
            near(between, entropy_of(means, s->w, N, alpha), 1e-12);
            double sum = 0;
            for (int g = 0; g < 4; g++) {
                sum += part[g].contribution;
            }
            near(sum, within, 1e-15);
            rh_stream_release(&cells);
        }
    }
    free(s);
}

static void
test_nested_parts_add_up_over_every_level(void **state)
{
    (void)state;
    sample *s = malloc(sizeof *s);
    draw_sample(s, false);
    uint32_t *cell, n, *of_a, *of_c, wrong_key = 0;
    assert_int_equal(rh_cells_of(s->a, s->c, N, &cell, &n, &of_a, &of_c, NULL), RH_OK);
    assert_int_equal(n, 8);
    const uint32_t *key[] = {of_a, of_c};
    const uint32_t sizes[] = {4, 8};
    for (double alpha = -1; alpha < 2.6; alpha += 0.5) {
        rh_stream cells = cells_of_groups(s, cell, n, alpha);
        double total, part[3], all, between, within;
        unsigned level = 0;
        assert_int_equal(rh_parts_nested(&cells, key, sizes, 2, alpha, &total, part, &level,
                                         &wrong_key, NULL),
                         RH_OK);
        near(part[0] + part[1] + part[2], total, 4e-15 * fmax(1, total));
        assert_int_equal(
            rh_parts_one_way(&cells, of_c, 8, alpha, &all, &between, &within, NULL, NULL),
            RH_OK);
        near(part[2], within, 1e-13 * fmax(1, total)); /* the same within from below */
        near(part[0] + part[1], between, 1e-13);
        rh_stream_release(&cells);
    }
    /* b is not nested in a */
    rh_free(cell);
    rh_free(of_a);
    rh_free(of_c);
    assert_int_equal(rh_cells_of(s->a, s->b, N, &cell, &n, &of_a, &of_c, NULL), RH_OK);
    rh_stream cells = cells_of_groups(s, cell, n, 1);
    double total, part[3];
    unsigned level = 0;
    const uint32_t *crossed[] = {of_a, of_c};
    const uint32_t crossed_sizes[] = {4, 3};
    assert_int_equal(rh_parts_nested(&cells, crossed, crossed_sizes, 2, 1, &total, part, &level,
                                     &wrong_key, NULL),
                     RH_INPUT);
    assert_int_equal(level, 1);
    rh_stream_release(&cells);
    rh_free(cell);
    rh_free(of_a);
    rh_free(of_c);
    free(s);
}

static void
test_two_way_parts_add_up_in_every_order(void **state)
{
    (void)state;
    sample *s = malloc(sizeof *s);
    draw_sample(s, false);
    uint32_t *cell, n, *of_a, *of_b;
    assert_int_equal(rh_cells_of(s->a, s->b, N, &cell, &n, &of_a, &of_b, NULL), RH_OK);
    assert_int_equal(n, 12);
    for (double alpha = -1; alpha < 2.6; alpha += 0.5) {
        rh_stream cells = cells_of_groups(s, cell, n, alpha);
        rh_cross x;
        double total, between, within;
        assert_int_equal(rh_parts_cross(&cells, of_a, 4, of_b, 3, alpha, &x, NULL), RH_OK);
        const double sums[] = {x.a + x.b + x.interaction + x.within, x.a + x.b_in_a + x.within,
                               x.b + x.a_in_b + x.within, x.shapley_a + x.shapley_b + x.within};
        for (int i = 0; i < 4; i++) {
            near(sums[i], x.total, 4e-15 * fmax(1, x.total));
        }
        assert_int_equal(
            rh_parts_one_way(&cells, of_b, 3, alpha, &total, &between, &within, NULL, NULL),
            RH_OK);
        near(x.b, between, 1e-15);
        assert_true(fabs(x.interaction) > 1e-6); /* taking it for 0 would not add up */
        rh_stream_release(&cells);
    }
    rh_free(cell);
    rh_free(of_a);
    rh_free(of_b);
    free(s);
}

static void
test_random_groups_have_random_p_values_and_real_ones_small(void **state)
{
    (void)state;
    sample *s = malloc(sizeof *s);
    draw_sample(s, false);
    double p, mean, again;
    assert_int_equal(rh_parts_permute(s->x, s->w, s->a, N, 4, 1, 199, 5, 1, &p, &mean, NULL),
                     RH_OK);
    assert_true(p <= 0.01 && mean > 0);
    assert_int_equal(
        rh_parts_permute(s->x, s->w, s->a, N, 4, 1, 199, 5, 2, &again, &mean, NULL), RH_OK);
    assert_true(p == again);
    for (uint32_t i = 0; i < N; i++) {
        s->a[i] = (uint32_t)rh_below(rh_draw(99, i), 4);
        s->x[i] = exp(rh_uniform(77, i));
    }
    assert_int_equal(rh_parts_permute(s->x, s->w, s->a, N, 4, 1, 199, 5, 2, &p, &mean, NULL),
                     RH_OK);
    assert_true(p > 0.02);
    free(s);
}

static void
test_the_gini_is_the_mean_difference_and_the_area_of_lorenz(void **state)
{
    (void)state;
    sample *s = malloc(sizeof *s);
    draw_sample(s, true);
    double sum = 0, weight = 0, total = 0, area = 0;
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
            sum += s->w[i] * s->w[j] * fabs(s->x[i] - s->x[j]);
        }
        weight += s->w[i];
        total += s->w[i] * s->x[i];
    }
    near(gini_of(s->x, s->w, N), sum / (2 * weight * total), 1e-12);
    rh_sorted sorted;
    assert_int_equal(rh_sorted_init(&sorted, s->x, s->w, N, NULL), RH_OK);
    double below = 0, before = 0;
    for (size_t i = 0; i < sorted.n; i++) {
        below += sorted.at[i].w;
        double l = rh_sorted_lorenz(&sorted, below / weight);
        area += sorted.at[i].w / weight * (l + before) / 2;
        before = l;
    }
    near(1 - 2 * area, rh_sorted_gini(&sorted), 1e-12);
    rh_schutz schutz = rh_sorted_schutz(&sorted);
    near(schutz.point - rh_sorted_lorenz(&sorted, schutz.point), schutz.distance, 1e-12);
    rh_sorted_release(&sorted);
    free(s);
}

static void
test_shares_and_polarisation_of_ten_people(void **state)
{
    (void)state;
    const double x[] = {10, 9, 8, 7, 6, 5, 4, 3, 2, 1}; /* sum 55 */
    rh_sorted s;
    assert_int_equal(rh_sorted_init(&s, x, NULL, 10, NULL), RH_OK);
    near(rh_sorted_palma(&s), 10.0 / 10, 1e-14); /* richest 10 / (1 + 2 + 3 + 4) */
    near(rh_sorted_lorenz(&s, 0.45), (10 + 2.5) / 55, 1e-14);
    near(rh_sorted_quantile(&s, 0.5), 5.5, 0);
    near(rh_sorted_quantile(&s, 0.55), 6, 0);
    near(rh_sorted_quantile(&s, 0), 1, 0);
    near(rh_sorted_quantile(&s, 1), 10, 0);
    near(rh_sorted_gini(&s), 0.3, 1e-14);
    near(rh_sorted_wolfson(&s), 2 * (0.5 - 15.0 / 55) - 0.3, 1e-14);
    near(rh_sorted_variation(&s), sqrt(8.25) / 5.5, 1e-14);
    rh_sorted_release(&s);
    assert_int_equal(rh_sorted_init(&s, x, (const double[10]){0}, 10, NULL), RH_INPUT);
}

static void
test_kolm_does_not_see_a_shift_and_does_not_overflow(void **state)
{
    (void)state;
    const double x[] = {1, 2, 4}, shifted[] = {1001, 1002, 1004}, far[] = {0, 1e6};
    rh_sorted a, b, c;
    assert_int_equal(rh_sorted_init(&a, x, NULL, 3, NULL), RH_OK);
    assert_int_equal(rh_sorted_init(&b, shifted, NULL, 3, NULL), RH_OK);
    assert_int_equal(rh_sorted_init(&c, far, NULL, 2, NULL), RH_OK);
    double mean = 7.0 / 3, direct = log((exp(mean - 1) + exp(mean - 2) + exp(mean - 4)) / 3);
    near(rh_sorted_kolm(&a, 1), direct, 1e-14);
    near(rh_sorted_kolm(&b, 1), direct, 1e-12);
    near(rh_sorted_kolm(&c, 1), 5e5 - log(2), 1e-9);
    rh_sorted_release(&a);
    rh_sorted_release(&b);
    rh_sorted_release(&c);
}

static void
test_concentration_by_own_rank_is_the_gini_and_ties_have_no_order(void **state)
{
    (void)state;
    sample *s = malloc(sizeof *s);
    draw_sample(s, true);
    double c, minus[N], index;
    assert_int_equal(rh_concentration_index(s->x, s->w, s->x, N, &c, NULL), RH_OK);
    near(c, gini_of(s->x, s->w, N), 1e-13);
    for (int i = 0; i < N; i++) {
        minus[i] = -s->x[i];
    }
    assert_int_equal(rh_concentration_index(s->x, s->w, minus, N, &index, NULL), RH_OK);
    near(index, -c, 1e-13);
    const double x[] = {1, 5, 3}, turned[] = {5, 1, 3}, tied[] = {1, 1, 2};
    assert_int_equal(rh_concentration_index(x, NULL, tied, 3, &c, NULL), RH_OK);
    assert_int_equal(rh_concentration_index(turned, NULL, tied, 3, &index, NULL), RH_OK);
    near(c, index, 0);
    near(c, 0, 1e-15); /* 3 on average in front, 3 behind */
    free(s);
}

static void
test_dagum_parts_add_up_and_pairs_are_mean_differences(void **state)
{
    (void)state;
    sample *s = malloc(sizeof *s);
    draw_sample(s, false);
    rh_gini_groups g;
    assert_int_equal(rh_gini_groups_find(s->x, s->w, s->a, N, 4, true, &g, NULL), RH_OK);
    near(g.within + g.between + g.overlap, gini_of(s->x, s->w, N), 1e-14);
    assert_true(g.overlap > 0);
    double sum = 0, w1 = 0, w3 = 0, t1 = 0, t3 = 0;
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
            if (s->a[i] == 1 && s->a[j] == 3) {
                sum += s->w[i] * s->w[j] * fabs(s->x[i] - s->x[j]);
            }
        }
        w1 += s->a[i] == 1 ? s->w[i] : 0;
        t1 += s->a[i] == 1 ? s->w[i] * s->x[i] : 0;
        w3 += s->a[i] == 3 ? s->w[i] : 0;
        t3 += s->a[i] == 3 ? s->w[i] * s->x[i] : 0;
    }
    near(g.pair[1 * 4 + 3], sum / (w1 * w3) / (t1 / w1 + t3 / w3), 1e-12);
    near(g.pair[3 * 4 + 1], g.pair[1 * 4 + 3], 0);
    rh_gini_groups_release(&g);
    /* groups apart do not overlap */
    const double x[] = {1, 2, 10, 12};
    const uint32_t group[] = {0, 0, 1, 1};
    assert_int_equal(rh_gini_groups_find(x, NULL, group, 4, 2, false, &g, NULL), RH_OK);
    near(g.overlap, 0, 1e-15);
    rh_gini_groups_release(&g);
    free(s);
}

static rh_status
gini_measure(const void *context, const double *x, const double *w, size_t n, double *value,
             rh_err *err)
{
    rh_sorted s;
    (void)context;
    RH_TRY(rh_sorted_init(&s, x, w, n, err));
    *value = rh_sorted_gini(&s);
    rh_sorted_release(&s);
    return RH_OK;
}

static void
test_shares_of_sources_add_up_and_like_sources_share_alike(void **state)
{
    (void)state;
    sample *s = malloc(sizeof *s);
    draw_sample(s, false);
    double other[N], flat[N], total, share[4], gini, sum = 0, natural_sum = 0;
    for (int i = 0; i < N; i++) {
        other[i] = 3000 * rh_uniform(31, (uint64_t)i) - 200; /* taxes: some are negative */
        flat[i] = 700;
    }
    const double *source[] = {s->x, s->x, other, flat};
    rh_source_gini natural[4];
    for (int take_away = 0; take_away < 2; take_away++) {
        sum = natural_sum = 0;
        assert_int_equal(rh_source_shapley(source, 4, s->w, N, take_away == 1, gini_measure,
                                           NULL, &total, share, NULL),
                         RH_OK);
        assert_int_equal(rh_source_natural(source, 4, s->w, N, &gini, natural, NULL), RH_OK);
        for (int k = 0; k < 4; k++) {
            sum += share[k];
            natural_sum += natural[k].contribution;
        }
        near(sum, total, 1e-14);
        near(total, gini, 1e-13);
        near(natural_sum, gini, 1e-13);
        near(share[0], share[1], 1e-15);
    }
    assert_true(share[3] <
                0); /* taken away, what all have alike only makes others look equal */
    assert_int_equal(
        rh_source_shapley(source, 13, NULL, N, false, gini_measure, NULL, &total, share, NULL),
        RH_RANGE);
    free(s);
}

/* Mean of the near sum over all orders of 5 values. */
static double
mean_over_orders(const double *x, const rh_neighbours *pairs)
{
    double sum = 0;
    int orders = 0;
    for (int code = 0; code < 3125; code++) {
        int at[5], c = code, seen = 0;
        for (int i = 0; i < 5; i++, c /= 5) {
            at[i] = c % 5;
            seen |= 1 << at[i];
        }
        if (seen != 31) {
            continue;
        }
        orders++;
        for (size_t k = 0; k < pairs->n; k++) {
            sum += fabs(x[at[pairs->from[k]]] - x[at[pairs->to[k]]]);
        }
    }
    return sum / orders;
}

static void
test_the_spatial_gini_parts_add_up_and_its_expectation_is_exact(void **state)
{
    (void)state;
    const double x[] = {1, 2, 4, 9, 20};
    const uint32_t from[] = {0, 1, 1, 2, 3, 4}, to[] = {1, 0, 2, 1, 4, 3};
    const rh_neighbours pairs = {.n = 6, .from = from, .to = to};
    rh_spatial_gini g, again;
    assert_int_equal(rh_spatial_gini_find(x, 5, &pairs, 999, 3, 1, &g, NULL), RH_OK);
    near(g.near, 2 * (1 + 2 + 11), 1e-12);
    near(g.near + g.far, g.total, 1e-12);
    near(g.near_gini + g.far_gini, gini_of(x, NULL, 5), 1e-15);
    near(g.expected_far, g.total - mean_over_orders(x, &pairs), 1e-11);
    near(g.mean_far, g.expected_far, 4 * g.sd_far / sqrt(999));
    assert_int_equal(rh_spatial_gini_find(x, 5, &pairs, 999, 3, 2, &again, NULL), RH_OK);
    assert_memory_equal(&g, &again, sizeof g);
    assert_true(g.p_upper > 0 && g.p_upper <= 1 && g.p_folded <= 0.51);
    const uint32_t self[] = {2};
    rh_err err = {0};
    assert_int_equal(rh_spatial_gini_find(x, 5,
                                          &(rh_neighbours){.n = 1, .from = self, .to = self}, 0,
                                          1, 1, &g, &err),
                     RH_INPUT);
    assert_string_equal(err.text, "Neighbour pair 1 joins 3 and 3 of 5 places.");
}

static void
test_concentration_in_space_by_hand(void **state)
{
    (void)state;
    near(rh_location_quotient(300, 4000, 750, 10000), 1, 1e-15); /* the mix of the nation */
    near(rh_location_quotient(1000, 4000, 2000, 10000), 1.25, 1e-15);
    assert_true(isnan(rh_location_quotient(1, 0, 2, 3)));
    /* two regions with half of all plants each; industry 0: two equal plants in region 0: G = 1/2, H = 1/2, x² = 1/2 */
    const double amount[] = {5, 5, 5, 5, 7};
    const uint32_t region[] = {0, 0, 1, 1, 0}, industry[] = {0, 0, 1, 1, 2};
    rh_ellison_glaeser eg[3];
    assert_int_equal(rh_ellison_glaeser_find(amount, region, industry, 4, 2, 2, eg, NULL),
                     RH_OK);
    near(eg[0].herfindahl, 0.5, 1e-15);
    near(eg[0].geographic, 0.5, 1e-15);
    near(eg[0].index, (0.5 / 0.5 - 0.5) / 0.5, 1e-15);
    near(eg[0].maurel_sedillot, ((1 - 0.5) / 0.5 - 0.5) / 0.5, 1e-15);
    assert_int_equal(rh_ellison_glaeser_find(amount, region, industry, 5, 2, 3, eg, NULL),
                     RH_OK);
    assert_true(isnan(eg[2].index)); /* one plant */
    rh_herfindahl h;
    assert_int_equal(rh_herfindahl_find((const double[]){50, NAN, 30, 20}, 4, &h, NULL), RH_OK);
    assert_int_equal(h.n, 3);
    near(h.value, 0.38, 1e-15);
    near(h.scaled, 0.07, 1e-15);
    near(h.largest[1], 1, 1e-15);
    rh_err err = {0};
    assert_int_equal(rh_herfindahl_find((const double[]){1, -2}, 2, &h, &err), RH_INPUT);
    assert_string_equal(err.text, "Amount 2 is negative: -2.");
    rh_primacy p;
    assert_int_equal(
        rh_primacy_find((const double[]){2, 10, 5, 1, 1, 1, 1, 1, 1, 1, 1, 9}, 12, &p, NULL),
        RH_OK);
    near(p.two, 10.0 / 9, 1e-15);
    near(p.four, 10.0 / 16, 1e-15);
    near(p.eleven, 20.0 / 23, 1e-15); /* the eleventh place is the last that counts */
    near(p.share, 10.0 / 34, 1e-15);
}

static void
test_convergence_finds_the_speed_it_was_made_with(void **state)
{
    (void)state;
    enum { PLACES = 40 };
    const double span = 20, lambda = 0.02;
    double first[PLACES], last[PLACES], control[PLACES], twice[PLACES];
    rh_beta b;
    for (uint32_t i = 0; i < PLACES; i++) {
        first[i] = 1000 * (1 + i);
        control[i] = rh_uniform(4, i);
        twice[i] = 2 * control[i];
        double kept = exp(-lambda * span); /* of the distance to ln 50000 */
        last[i] = exp((1 - kept) * log(50000) + kept * log(first[i]));
    }
    assert_int_equal(rh_beta_fit(first, last, PLACES, span, NULL, 0, &b, NULL), RH_OK);
    near(b.slope, -(1 - exp(-lambda * span)) / span, 1e-13);
    near(b.speed, lambda, 1e-12);
    near(b.half_life, log(2) / lambda, 1e-8);
    near(b.r2, 1, 1e-12);
    for (uint32_t i = 0; i < PLACES; i++) {
        last[i] *= exp(span * 0.01 * control[i]);
    }
    const double *one[] = {control}, *two[] = {control, twice};
    assert_int_equal(rh_beta_fit(first, last, PLACES, span, one, 1, &b, NULL), RH_OK);
    near(b.control[0], 0.01, 1e-12);
    near(b.speed, lambda, 1e-10);
    assert_int_equal(rh_beta_fit(first, last, PLACES, span, two, 2, &b, NULL), RH_INPUT);
    assert_int_equal(rh_beta_fit(first, last, 2, span, NULL, 0, &b, NULL), RH_INPUT);
    last[7] = 0;
    rh_err err = {0};
    assert_int_equal(rh_beta_fit(first, last, PLACES, span, NULL, 0, &b, &err), RH_INPUT);
    assert_non_null(strstr(err.text, "Place 8 has the values 8000 and 0"));
}

static void
test_standard_errors_are_those_of_a_textbook_line(void **state)
{
    (void)state;
    /* ln y_0 = 0, 1, 2; growth 0, 1, 1: b = 1/2, residuals −1/6, 1/3, −1/6, s² = 1/6, se² = 1/12; HC1: 3 Σ(d e)² / Sxx² = 1/24 */
    const double first[] = {1, exp(1), exp(2)}, last[] = {1, exp(2), exp(3)};
    rh_beta b;
    assert_int_equal(rh_beta_fit(first, last, 3, 1, NULL, 0, &b, NULL), RH_OK);
    near(b.slope, 0.5, 1e-13);
    near(b.constant, 1.0 / 6, 1e-13);
    near(b.error, sqrt(1.0 / 12), 1e-13);
    near(b.robust_error, sqrt(1.0 / 24), 1e-13);
    near(b.r2, 0.75, 1e-13);
    assert_true(isnan(b.half_life)); /* it diverges */
    rh_sigma s;
    assert_int_equal(rh_sigma_find(first, NULL, 3, &s, NULL), RH_OK);
    near(s.log_deviation, sqrt(2.0 / 3), 1e-14);
    rh_line trend =
        rh_line_through((const double[]){2000, 2001, 2002}, (const double[]){0, 1, 1}, 3);
    near(trend.slope, 0.5, 1e-12);
    near(trend.error, sqrt(1.0 / 12), 1e-12);
}

static void
test_the_answer_survives_memory_that_runs_out(void **state)
{
    (void)state;
    double x[] = {1, 2, 0, 4, 5, 9}, w[] = {1, 1, 2, 1, 1, 3}, *xs = x, *ws = w;
    uint32_t a[] = {0, 0, 0, 1, 1, 1}, b[] = {0, 1, 1, 2, 2, 3};
    const char *label_a[] = {"东", "西"}, *label_b[] = {"甲", "乙", "丙", "丁"}, *column = "x";
    rh_inequality_data d = {.n = 6,
                            .n_columns = 1,
                            .column = &column,
                            .x = &xs,
                            .weight = &ws,
                            .n_levels = 2,
                            .level = {{"a", a, label_a, 2}, {"b", b, label_b, 4}},
                            .rank_column = "x",
                            .rank_by = x};
    rh_inequality_options o = {.measure = -1,
                               .n_alpha = 1,
                               .alpha = {2},
                               .n_epsilon = 2,
                               .epsilon = {0.5, 2},
                               .n_kappa = 1,
                               .kappa = {1},
                               .lorenz = 5,
                               .permutations = 9,
                               .threads = 1};
    for (long n = 1;; n++) {
        rh_answer *answer = NULL;
        assert_int_equal(rh_answer_new(&answer, NULL), RH_OK);
        rh_mem_fail_after(n);
        rh_status status = rh_inequality_fill(answer, &d, &o, NULL);
        status = status == RH_OK ? rh_answer_finish(answer, NULL) : status;
        rh_mem_fail_after(0);
        if (status == RH_OK) {
            int t = rh_answer_find(answer, "parts");
            /* T and GE(2): three parts and a total each; L is infinite */
            assert_int_equal(rh_answer_rows(answer, t), 8);
            assert_int_equal(rh_answer_warnings(answer), 1);
            int value = rh_answer_column(answer, t, "value");
            near(rh_answer_get(answer, t, 0, value) + rh_answer_get(answer, t, 1, value) +
                     rh_answer_get(answer, t, 2, value),
                 rh_answer_get(answer, t, 3, value), 1e-15);
            rh_answer_free(answer);
            assert_true(n > 100);
            break;
        }
        assert_int_equal(status, RH_MEMORY);
        rh_answer_free(answer);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_examples_come_out),
        cmocka_unit_test(test_equal_incomes_have_no_inequality_at_all),
        cmocka_unit_test(test_weights_are_replications_and_units_do_not_matter),
        cmocka_unit_test(test_a_transfer_from_rich_to_poor_lowers_every_measure),
        cmocka_unit_test(test_entropy_is_continuous_and_atkinson_follows_from_it),
        cmocka_unit_test(test_zeros_count_nothing_in_t_and_make_l_infinite),
        cmocka_unit_test(test_pieces_blocks_and_threads_give_the_same_sums),
        cmocka_unit_test(test_one_way_parts_add_up_and_are_those_of_the_definition),
        cmocka_unit_test(test_nested_parts_add_up_over_every_level),
        cmocka_unit_test(test_two_way_parts_add_up_in_every_order),
        cmocka_unit_test(test_random_groups_have_random_p_values_and_real_ones_small),
        cmocka_unit_test(test_the_gini_is_the_mean_difference_and_the_area_of_lorenz),
        cmocka_unit_test(test_shares_and_polarisation_of_ten_people),
        cmocka_unit_test(test_kolm_does_not_see_a_shift_and_does_not_overflow),
        cmocka_unit_test(test_concentration_by_own_rank_is_the_gini_and_ties_have_no_order),
        cmocka_unit_test(test_dagum_parts_add_up_and_pairs_are_mean_differences),
        cmocka_unit_test(test_shares_of_sources_add_up_and_like_sources_share_alike),
        cmocka_unit_test(test_the_spatial_gini_parts_add_up_and_its_expectation_is_exact),
        cmocka_unit_test(test_concentration_in_space_by_hand),
        cmocka_unit_test(test_convergence_finds_the_speed_it_was_made_with),
        cmocka_unit_test(test_standard_errors_are_those_of_a_textbook_line),
        cmocka_unit_test(test_the_answer_survives_memory_that_runs_out),
    };
    return cmocka_run_group_tests_name("inequality", tests, NULL, NULL);
}
