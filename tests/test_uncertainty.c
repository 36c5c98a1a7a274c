/* Uncertainty of ranks: the same bits for any number of threads, shares that theory knows, ranks as a plain count has them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/random.h"
#include "evaluate/uncertainty_run.h"
#include "evaluate/uncertainty_score.h"
#include "evaluate/uncertainty_weights.h"
#include "must.h"

enum { N = 61, LEAVES = 7, NODES = 10, NORMALS = 2, WEIGHTINGS = 2, METHODS = 3 };

#define NEAR(a, b, slack) assert_true(fabs((a) - (b)) <= (slack))

/* Two groups of three and four indicators under one index; data, weights and methods to choose among. */
typedef struct example {
    rh_index_tree tree;
    rh_index_plan plan;
    double x[NORMALS][N * LEAVES], w[WEIGHTINGS][NODES];
    rh_aggregate how[METHODS][NODES - LEAVES];
    const double *normal[NORMALS], *weight[WEIGHTINGS];
    const rh_aggregate *aggregate[METHODS];
} example;

static void
make(example *e, bool gaps)
{
    rh_err err = {0};
    const uint32_t parent[NODES] = {7, 7, 7, 8, 8, 8, 8, 9, 9, RH_TREE_NONE};
    *e = (example){.plan = {.n = N, .noise = 0.25}};
    must(rh_index_tree_init(&e->tree, NODES, LEAVES, parent, &err), &err);
    for (uint32_t k = 0; k < N * LEAVES; k++) {
        double v = rh_uniform(11, k);
        bool gap = gaps && rh_uniform(12, k) < 0.05;
        for (uint32_t c = 0; c < NORMALS; c++) {
            e->x[c][k] = gap ? (double)NAN : 1 + 99 * (c == 0 ? v : v * v);
        }
    }
    for (uint32_t v = 0; v < NODES; v++) {
        double in_group = v < 3 ? 1.0 / 3 : v < 7 ? 0.25 : v < 9 ? 0.5 : 1;
        e->w[0][v] = in_group;
        e->w[1][v] = v < 3   ? (double[]){0.5, 0.3, 0.2}[v]
                     : v < 7 ? (double[]){0.1, 0.2, 0.3, 0.4}[v - 3]
                             : in_group;
    }
    for (uint32_t g = 0; g < NODES - LEAVES; g++) {
        e->how[0][g].method = RH_AGGREGATION_ARITHMETIC;
        e->how[1][g].method = RH_AGGREGATION_GEOMETRIC;
        e->how[2][g].method = g == 2 ? RH_AGGREGATION_GEOMETRIC : RH_AGGREGATION_ARITHMETIC;
    }
    for (uint32_t c = 0; c < NORMALS; c++) {
        e->normal[c] = e->x[c];
    }
    for (uint32_t c = 0; c < WEIGHTINGS; c++) {
        e->weight[c] = e->w[c];
    }
    for (uint32_t c = 0; c < METHODS; c++) {
        e->aggregate[c] = e->how[c];
    }
    e->plan.tree = &e->tree;
    e->plan.normal = e->normal;
    e->plan.weight = e->weight;
    e->plan.aggregate = e->aggregate;
    for (int step = 0; step < RH_STEPS; step++) {
        e->plan.n_choices[step] = 1;
    }
    e->plan.n_choices[RH_STEP_NORMALISATION] = NORMALS;
    e->plan.n_choices[RH_STEP_WEIGHTS] = WEIGHTINGS;
    e->plan.n_choices[RH_STEP_AGGREGATION] = METHODS;
}

static void
run(const example *e, const rh_uncertain *how, rh_uncertainty *u)
{
    rh_err err = {0};
    must(rh_uncertainty_run(&e->plan, how, u, &err), &err);
}

static void
assert_same(const rh_uncertainty *a, const rh_uncertainty *b)
{
    assert_memory_equal(a->unit, b->unit, a->n * sizeof *a->unit);
    assert_memory_equal(a->of_unit, b->of_unit, a->n * a->n_factors * sizeof *a->of_unit);
    assert_memory_equal(a->of_shift, b->of_shift, a->n_factors * sizeof *a->of_shift);
    assert_memory_equal(&a->shift, &b->shift, sizeof a->shift);
}

static void
test_the_same_seed_gives_the_same_bits_for_any_number_of_threads(void **state)
{
    (void)state;
    example e;
    for (int gaps = 0; gaps < 2; gaps++) {
        make(&e, gaps == 1);
        rh_uncertainty one, more, other;
        rh_uncertain how = {.draws = 1500, .rows = 300, .top = 5, .seed = 3, .threads = 1};
        run(&e, &how, &one);
        for (how.threads = 2; how.threads <= 5; how.threads += 3) {
            run(&e, &how, &more);
            assert_same(&one, &more);
            rh_uncertainty_release(&more);
        }
        how.seed = 4;
        run(&e, &how, &other);
        assert_true(memcmp(one.unit, other.unit, N * sizeof *one.unit) != 0);
        rh_uncertainty_release(&one);
        rh_uncertainty_release(&other);
        rh_index_tree_release(&e.tree);
    }
}

static void
test_without_anything_to_draw_every_rank_is_the_nominal_one(void **state)
{
    (void)state;
    example e;
    make(&e, false);
    for (int step = 0; step < RH_STEPS; step++) {
        e.plan.n_choices[step] = 1;
    }
    e.plan.noise = 0;
    rh_uncertainty u;
    const rh_uncertain how = {.draws = 50, .rows = 10, .top = 5, .seed = 3, .threads = 1};
    run(&e, &how, &u);
    assert_int_equal(u.n_factors, 0);
    for (uint32_t i = 0; i < N; i++) {
        const rh_unit_ranks *r = &u.unit[i];
        assert_true(r->nominal == r->low && r->low == r->median && r->median == r->high);
        assert_true(r->top == (r->nominal <= 5 ? 1 : 0));
    }
    assert_true(u.shift == 0);
    rh_uncertainty_release(&u);
    rh_index_tree_release(&e.tree);
}

static void
test_a_unit_best_in_everything_is_first_in_every_draw(void **state)
{
    (void)state;
    example e;
    make(&e, false);
    for (uint32_t c = 0; c < NORMALS; c++) {
        for (uint32_t j = 0; j < LEAVES; j++) {
            e.x[c][j * N + 17] = 101;
            e.x[c][j * N + 5] = 0.5; /* and one worst in everything */
        }
    }
    rh_uncertainty u;
    const rh_uncertain how = {.draws = 2000, .top = 1, .seed = 3, .threads = 2};
    run(&e, &how, &u);
    assert_true(u.unit[17].nominal == 1 && u.unit[17].high == 1 && u.unit[17].top == 1);
    assert_true(u.unit[5].low == N && u.unit[5].top == 0);
    for (uint32_t i = 0; i < N; i++) {
        assert_true(u.unit[i].low <= u.unit[i].median && u.unit[i].median <= u.unit[i].high);
    }
    assert_null(u.of_unit);
    rh_uncertainty_release(&u);
    rh_index_tree_release(&e.tree);
}

/* The kernel against the tree, draw by draw: ranks of one plan with single choices are those of the plain way. */
static void
test_the_fast_way_ranks_as_the_tree_does(void **state)
{
    (void)state;
    example e;
    rh_err err = {0};
    make(&e, true);
    for (uint32_t j = 0; j < LEAVES; j++) {
        e.x[0][j * N + 30] = NAN; /* a unit without anything */
    }
    for (int kind = 0; kind < 3; kind++) {
        rh_score_pack pack;
        rh_aggregate how[NODES - LEAVES];
        enum rh_mean mean;
        for (int g = 0; g < NODES - LEAVES; g++) {
            how[g].method = (enum rh_aggregation)(RH_AGGREGATION_ARITHMETIC + kind);
        }
        assert_true(rh_score_is_mean(&e.tree, how, &mean));
        must(rh_score_pack_init(&pack, &e.tree, N, &err), &err);
        must(rh_score_pack_fill(&pack, mean, e.x[0], &err), &err);
        double weight[RH_SCORE_SETS * NODES], fast[RH_SCORE_SETS * N], slow[N * NODES];
        const rh_disturb disturb = {.noise = 0.5};
        for (uint32_t d = 0; d < RH_SCORE_SETS; d++) {
            rh_weights_draw(&e.tree, &disturb, e.w[1], d, weight + d * NODES);
        }
        rh_score_pack_run(&pack, weight, fast);
        for (uint32_t d = 0; d < RH_SCORE_SETS; d++) {
            memcpy(slow, e.x[0], sizeof e.x[0]);
            must(rh_index_tree_scores(&e.tree, how, weight + d * NODES, N, slow, &err), &err);
            for (uint32_t i = 0; i < N; i++) {
                double there = slow[(NODES - 1) * N + i], here = fast[d * N + i];
                here = kind == 1 ? exp(here) : kind == 2 ? -1 / here : here;
                assert_true((isnan(there) && isnan(here)) || fabs(here / there - 1) < 1e-12);
            }
        }
        rh_score_pack_release(&pack);
    }
    rh_index_tree_release(&e.tree);
}

/* Unit 1 wins only where both the data and the weights are those of choice 1: a quarter of the draws. */
static void
test_choices_of_different_steps_are_drawn_independently(void **state)
{
    (void)state;
    rh_err err = {0};
    const uint32_t parent[3] = {2, 2, RH_TREE_NONE};
    const double x[2][4] = {{5, 0, 5, 0}, {5, 0, 5, 10}}, w[2][3] = {{1, 0, 1}, {0, 1, 1}};
    const double *const normal[2] = {x[0], x[1]}, *const weight[2] = {w[0], w[1]};
    const rh_aggregate mean = {.method = RH_AGGREGATION_ARITHMETIC}, *const how[1] = {&mean};
    rh_index_tree tree;
    must(rh_index_tree_init(&tree, 3, 2, parent, &err), &err);
    const rh_index_plan plan = {.n = 2,
                                .tree = &tree,
                                .n_choices = {1, 1, 2, 2, 1},
                                .normal = normal,
                                .weight = weight,
                                .aggregate = how};
    const rh_uncertain draws = {
        .draws = 10000, .rows = 5000, .top = 1, .seed = 5, .threads = 1};
    rh_uncertainty u;
    must(rh_uncertainty_run(&plan, &draws, &u, &err), &err);
    NEAR(u.unit[1].top, 0.25, 4 * sqrt(0.25 * 0.75 / 10000));
    assert_int_equal(u.unit[1].nominal, 2);
    /* f = a b, each 0 or 1: V = 3/16, V_a = V_b = 1/16: first order a third, total two thirds. */
    for (uint32_t f = 0; f < 2; f++) {
        const rh_sobol *s = &u.of_unit[2 + f];
        NEAR(s->first, 1.0 / 3, 4 * s->first_error);
        NEAR(s->total, 2.0 / 3, 4 * s->total_error);
    }
    rh_uncertainty_release(&u);
    rh_index_tree_release(&tree);
}

static void
test_a_draw_that_cannot_be_scored_says_why(void **state)
{
    (void)state;
    example e;
    rh_err err = {0};
    rh_uncertainty u;
    make(&e, false);
    e.x[1][2 * N + 4] = 0; /* no geometric mean */
    rh_uncertain how = {.draws = 200, .seed = 3, .threads = 2};
    assert_int_equal(rh_uncertainty_run(&e.plan, &how, &u, &err), RH_INPUT);
    assert_non_null(strstr(err.text, "indicator 3 of unit 5 is 0"));
    err = (rh_err){0};
    how.rows = 101;
    assert_int_equal(rh_uncertainty_run(&e.plan, &how, &u, &err), RH_RANGE);
    err = (rh_err){0};
    how = (rh_uncertain){.draws = 100000000, .threads = 1};
    assert_int_equal(rh_uncertainty_run(&e.plan, &how, &u, &err), RH_RANGE);
    assert_non_null(strstr(err.text, "draw fewer times"));
    rh_index_tree_release(&e.tree);
}

/* ---- Sobol shares ---- */

/* Ishigami & Homma 1990: S = 0.3139, 0.4424, 0; T = 0.5576, 0.4424, 0.2437 (a = 7, b = 0.1). */
static double
ishigami(const double x[3])
{
    const double pi = 3.14159265358979323846;
    double a = pi * (2 * x[0] - 1), b = pi * (2 * x[1] - 1), c = pi * (2 * x[2] - 1);
    return sin(a) + 7 * sin(b) * sin(b) + 0.1 * c * c * c * c * sin(a);
}

static void
test_shares_of_the_ishigami_function_are_within_their_errors(void **state)
{
    (void)state;
    enum { rows = 40000 };
    static const double first[3] = {0.3139, 0.4424, 0}, total[3] = {0.5576, 0.4424, 0.2437};
    double *f = calloc((size_t)rows * 3, sizeof *f), *a = f, *b = f + rows, *ab = b + rows;
    for (int factor = 0; factor < 3; factor++) {
        for (uint32_t r = 0; r < rows; r++) {
            double x[3], y[3], mixed[3];
            for (uint32_t k = 0; k < 3; k++) {
                x[k] = rh_uniform(rh_key_with(21, k), r);
                y[k] = rh_uniform(rh_key_with(22, k), r);
                mixed[k] = (int)k == factor ? y[k] : x[k];
            }
            a[r] = ishigami(x);
            b[r] = ishigami(y);
            ab[r] = ishigami(mixed);
        }
        rh_sobol s = rh_sobol_share(a, b, ab, rows);
        assert_true(s.first_error > 0 && s.first_error < 0.02);
        assert_true(s.total_error > 0 && s.total_error < 0.02);
        NEAR(s.first, first[factor], 4 * s.first_error);
        NEAR(s.total, total[factor], 4 * s.total_error);
    }
    free(f);
}

/* The stated error against the spread over many designs: f = x + 2 y. */
static void
test_the_stated_error_is_the_spread_of_the_shares(void **state)
{
    (void)state;
    enum { rows = 200, designs = 400 };
    double a[rows], b[rows], ab[rows], sum = 0, squares = 0, stated = 0;
    for (uint32_t d = 0; d < designs; d++) {
        for (uint32_t r = 0; r < rows; r++) {
            rh_key key = rh_key_with(rh_key_with(31, d), r);
            double y = rh_uniform(key, 0), other = rh_uniform(key, 1);
            a[r] = rh_uniform(key, 2) + 2 * y;
            b[r] = rh_uniform(key, 3) + 2 * other;
            ab[r] = rh_uniform(key, 2) + 2 * other;
        }
        rh_sobol s = rh_sobol_share(a, b, ab, rows);
        sum += s.first;
        squares += s.first * s.first;
        stated += s.first_error;
    }
    double mean = sum / designs, spread = sqrt(squares / designs - mean * mean);
    NEAR(mean, 0.8, 0.02); /* 4 of 5 parts */
    assert_true(stated / designs > 0.8 * spread && stated / designs < 1.2 * spread);
}

static void
test_shares_of_nothing_are_none(void **state)
{
    (void)state;
    const double same[4] = {2, 2, 2, 2};
    rh_sobol s = rh_sobol_share(same, same, same, 4);
    assert_true(isnan(s.first) && isnan(s.total) && isnan(s.total_error));
}

static void
test_one_factor_alone_has_all_of_the_variance(void **state)
{
    (void)state;
    example e;
    make(&e, false);
    e.plan.n_choices[RH_STEP_NORMALISATION] = e.plan.n_choices[RH_STEP_AGGREGATION] = 1;
    e.plan.n_choices[RH_STEP_WEIGHTS] = 1;
    rh_uncertainty u;
    rh_uncertain how = {.draws = 4000, .rows = 2000, .top = 1, .seed = 3, .threads = 2};
    run(&e, &how, &u);
    assert_int_equal(u.n_factors, 1);
    assert_int_equal(u.factor[0], RH_FACTOR_NOISE);
    assert_true(u.of_shift[0].first_error > 0);
    NEAR(u.of_shift[0].first, 1, 5 * u.of_shift[0].first_error);
    NEAR(u.of_shift[0].total, 1, 5 * u.of_shift[0].total_error);
    rh_uncertainty_release(&u);
    how.concentration = 50;
    run(&e, &how, &u);
    assert_true(u.shift > 0);
    rh_uncertainty_release(&u);
    rh_index_tree_release(&e.tree);
}

/* ---- weights ---- */

static void
test_drawn_weights_keep_sums_zeros_and_limits(void **state)
{
    (void)state;
    example e;
    make(&e, false);
    e.w[1][1] = 0;
    e.w[1][0] = 0.8;
    const rh_disturb how[3] = {{.noise = 0.25}, {.concentration = 20}, {.concentration = 2}};
    for (int kind = 0; kind < 3; kind++) {
        double mean[NODES] = {0}, squares = 0, w[NODES];
        enum { draws = 20000 };
        for (uint32_t d = 0; d < draws; d++) {
            rh_weights_draw(&e.tree, &how[kind], e.w[1], rh_key_with(8, d), w);
            NEAR(w[0] + w[1] + w[2], 1, 1e-12);
            NEAR(w[7] + w[8], 1, 1e-12);
            assert_true(w[1] == 0 && w[9] == 1);
            assert_true(kind > 0 || (w[6] > 0.3 / 1.3 - 0.05 && w[6] < 0.55));
            for (uint32_t v = 0; v < NODES; v++) {
                mean[v] += w[v] / draws;
            }
            squares += (w[6] - 0.4) * (w[6] - 0.4) / draws;
        }
        NEAR(mean[6], 0.4, 0.01);
        NEAR(mean[3], 0.1, 0.01);
        if (kind > 0) { /* w (1 − w) / (c + 1) */
            double variance = 0.4 * 0.6 / (how[kind].concentration + 1);
            NEAR(squares, variance, 0.03 * variance);
        }
    }
    rh_index_tree_release(&e.tree);
}

/* ---- ranks ---- */

static void
test_ranks_are_those_of_a_plain_count(void **state)
{
    (void)state;
    enum { most = 400 };
    double score[most];
    rh_rank rank[most];
    double scratch[most * 3 + 2];
    for (uint32_t n = 1; n <= most; n = n * 2 + 1) {
        for (int kind = 0; kind < 6; kind++) {
            for (uint32_t i = 0; i < n; i++) {
                double u = rh_uniform(rh_key_with(41, n), i);
                score[i] = kind == 0   ? u
                           : kind == 1 ? floor(u * 5)       /* ties */
                           : kind == 2 ? (i == 0 ? 1e9 : u) /* one far off */
                           : kind == 3 ? 3
                           : kind == 4 ? (u < 0.2 ? (double)NAN : -u)
                                       : (i % 2 ? 1e300 : -1e300) * u;
            }
            rh_rank_scores(score, n, scratch, rank);
            for (uint32_t i = 0; i < n; i++) {
                uint32_t better = 0;
                for (uint32_t k = 0; k < n; k++) {
                    better += score[k] > score[i];
                }
                assert_int_equal(rank[i], isnan(score[i]) ? 0 : better + 1);
            }
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_same_seed_gives_the_same_bits_for_any_number_of_threads),
        cmocka_unit_test(test_without_anything_to_draw_every_rank_is_the_nominal_one),
        cmocka_unit_test(test_a_unit_best_in_everything_is_first_in_every_draw),
        cmocka_unit_test(test_the_fast_way_ranks_as_the_tree_does),
        cmocka_unit_test(test_choices_of_different_steps_are_drawn_independently),
        cmocka_unit_test(test_a_draw_that_cannot_be_scored_says_why),
        cmocka_unit_test(test_shares_of_the_ishigami_function_are_within_their_errors),
        cmocka_unit_test(test_the_stated_error_is_the_spread_of_the_shares),
        cmocka_unit_test(test_shares_of_nothing_are_none),
        cmocka_unit_test(test_one_factor_alone_has_all_of_the_variance),
        cmocka_unit_test(test_drawn_weights_keep_sums_zeros_and_limits),
        cmocka_unit_test(test_ranks_are_those_of_a_plain_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
