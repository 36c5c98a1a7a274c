/* Spatial statistics (evaluate/spatial_*.h, io/gpkg_shapes.h): moments against the enumeration of all permutations, searches
 * against plain loops, figures of the literature, invariances. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/mem.h"
#include "core/random.h"
#include "evaluate/spatial_contiguity.h"
#include "evaluate/spatial_geary.h"
#include "evaluate/spatial_getis.h"
#include "evaluate/spatial_join.h"
#include "evaluate/spatial_lee.h"
#include "evaluate/spatial_near.h"
#include "io/gpkg_map.h"
#include "io/gpkg_shapes.h"

#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static rh_err err;

static void
good(rh_status status)
{
    if (status != RH_OK) {
        fail_msg("%s", err.text);
    }
}

static void
near_to(double got, double want, double tolerance)
{
    if (!(fabs(got - want) <= tolerance * (1 + fabs(want)))) {
        fail_msg("got %.15g, wanted %.15g", got, want);
    }
}

/* ---- small worlds ---- */

enum { SMALL = 6 };
static const double small_y[SMALL] = {2, 3, 3.2, 5, 8, 7},
                    small_x[SMALL] = {1, 4, 1, 5, 9, 2.5};

/* Unequal, asymmetric weights; nobody is an island. */
static rh_weights
small_weights(void)
{
    rh_link link[] = {{0, 1, 1},   {0, 3, 0.5}, {1, 0, 1}, {1, 3, 2}, {2, 4, 1.5}, {3, 0, 1},
                      {3, 1, 0.3}, {3, 5, 1},   {4, 2, 1}, {4, 5, 3}, {5, 4, 1},   {5, 3, 0.7}};
    rh_weights w;
    good(rh_weights_from_links(SMALL, link, sizeof link / sizeof *link, &w, &err));
    return w;
}

/* A lattice of side × side with rook contiguity, weights 1. */
static rh_weights
lattice(uint32_t side)
{
    rh_link *link = calloc(4 * side * side + 1, sizeof *link);
    size_t m = 0;
    for (uint32_t r = 0; r < side; r++) {
        for (uint32_t c = 0; c < side; c++) {
            uint32_t i = r * side + c;
            if (c + 1 < side) {
                link[m++] = (rh_link){i, i + 1, 1};
                link[m++] = (rh_link){i + 1, i, 1};
            }
            if (r + 1 < side) {
                link[m++] = (rh_link){i, i + side, 1};
                link[m++] = (rh_link){i + side, i, 1};
            }
        }
    }
    rh_weights w;
    good(rh_weights_from_links(side * side, link, m, &w, &err));
    free(link);
    return w;
}

/* The next permutation in lexical order; false after the last. */
static bool
next_order(uint32_t *order, uint32_t n)
{
    uint32_t i = n - 1, j = n - 1;
    while (i > 0 && order[i - 1] >= order[i]) {
        i--;
    }
    if (i == 0) {
        return false;
    }
    while (order[j] <= order[i - 1]) {
        j--;
    }
    uint32_t swap = order[i - 1];
    order[i - 1] = order[j];
    order[j] = swap;
    for (j = n - 1; i < j; i++, j--) {
        swap = order[i];
        order[i] = order[j];
        order[j] = swap;
    }
    return true;
}

/* Mean and variance of statistic(x, y dealt by all n! orders); both are dealt together. `fixed` < SMALL stays in its place. */
typedef double small_statistic(const rh_weights *w, const double *x, const double *y);

static void
enumerate(const rh_weights *w, small_statistic *statistic, uint32_t fixed, double *mean,
          double *variance)
{
    uint32_t order[SMALL], n = SMALL - (fixed < SMALL), count = 0;
    double sum = 0, squares = 0, first = 0;
    for (uint32_t i = 0; i < n; i++) {
        order[i] = i + (i >= fixed);
    }
    do {
        double x[SMALL], y[SMALL];
        for (uint32_t i = 0; i < SMALL; i++) {
            uint32_t from = i == fixed ? i : order[i - (i > fixed)];
            x[i] = small_x[from];
            y[i] = small_y[from];
        }
        double value = statistic(w, x, y);
        first = count++ == 0 ? value : first;
        sum += value - first;
        squares += (value - first) * (value - first);
    } while (next_order(order, n));
    *mean = first + sum / count;
    *variance = squares / count - sum / count * (sum / count);
}

static double
moran_alone(const rh_weights *w, const double *x, const double *y)
{
    (void)x;
    rh_moran m;
    good(rh_moran_global(w, y, NULL, &m, &err));
    return m.i;
}

static double
geary_alone(const rh_weights *w, const double *x, const double *y)
{
    (void)x;
    rh_geary g;
    good(rh_geary_global(w, y, NULL, &g, &err));
    return g.c;
}

static double
getis_alone(const rh_weights *w, const double *x, const double *y)
{
    (void)x;
    rh_getis g;
    good(rh_getis_global(w, y, NULL, &g, &err));
    return g.g;
}

static double
lee_alone(const rh_weights *w, const double *x, const double *y)
{
    rh_lee l;
    good(rh_lee_global(w, x, y, NULL, &l, &err));
    return l.l;
}

static void
test_randomisation_moments_are_those_of_all_720_orders(void **state)
{
    (void)state;
    rh_weights w = small_weights();
    double mean, variance;
    rh_moran m;
    rh_geary g;
    rh_getis getis;
    rh_lee l;
    good(rh_moran_global(&w, small_y, NULL, &m, &err));
    enumerate(&w, moran_alone, SMALL, &mean, &variance);
    near_to(m.random.mean, mean, 1e-12);
    near_to(m.random.variance, variance, 1e-12);
    good(rh_geary_global(&w, small_y, NULL, &g, &err));
    enumerate(&w, geary_alone, SMALL, &mean, &variance);
    near_to(g.random.mean, mean, 1e-12);
    near_to(g.random.variance, variance, 1e-12);
    good(rh_getis_global(&w, small_y, NULL, &getis, &err));
    enumerate(&w, getis_alone, SMALL, &mean, &variance);
    near_to(getis.random.mean, mean, 1e-12);
    near_to(getis.random.variance, variance, 1e-12);
    good(rh_lee_global(&w, small_x, small_y, NULL, &l, &err));
    enumerate(&w, lee_alone, SMALL, &mean, &variance);
    near_to(l.random.mean, mean, 1e-12);
    near_to(l.random.variance, variance, 1e-12);
    rh_weights_release(&w);
}

/* ---- local statistics, unit `asked` ---- */

enum { ASKED = 3 };

static double
local_moran_of(const rh_weights *w, const double *x, const double *y)
{
    (void)x;
    rh_local l;
    good(rh_moran_local(w, NULL, y, RH_LOCAL_BY_N_LESS_1, NULL, &l, &err));
    double value = l.value[ASKED];
    rh_local_release(&l);
    return value;
}

/* y is dealt, x stays: x_i z of the unit with dealt neighbours, itself kept. */
static double
local_bivariate_of(const rh_weights *w, const double *x, const double *y)
{
    (void)x;
    rh_local l;
    good(rh_moran_local(w, small_x, y, RH_LOCAL_BY_N, NULL, &l, &err));
    double value = l.value[ASKED];
    rh_local_release(&l);
    return value;
}

static double
local_geary_of(const rh_weights *w, const double *x, const double *y)
{
    (void)x;
    rh_local l;
    good(rh_geary_local(w, &y, 1, 0, NULL, &l, &err));
    double value = l.value[ASKED];
    rh_local_release(&l);
    return value;
}

static double
local_getis_of(const rh_weights *w, const double *x, const double *y)
{
    (void)x;
    rh_local l;
    good(rh_getis_local(w, y, w->self != NULL, NULL, &l, &err));
    double value = l.value[ASKED];
    rh_local_release(&l);
    return value;
}

static void
test_local_moments_are_those_of_all_orders_of_the_others(void **state)
{
    (void)state;
    rh_weights w = small_weights();
    double mean, variance;
    rh_local l;
    good(rh_moran_local(&w, NULL, small_y, RH_LOCAL_BY_N_LESS_1, NULL, &l, &err));
    enumerate(&w, local_moran_of, ASKED, &mean, &variance);
    near_to(l.mean[ASKED], mean, 1e-12);
    near_to(l.variance[ASKED], variance, 1e-12);
    enumerate(&w, local_moran_of, SMALL, &mean, &variance);
    near_to(l.mean_total[ASKED], mean, 1e-12);
    near_to(l.variance_total[ASKED], variance, 1e-12);
    rh_local_release(&l);
    good(rh_moran_local(&w, small_x, small_y, RH_LOCAL_BY_N, NULL, &l, &err));
    enumerate(&w, local_bivariate_of, ASKED, &mean, &variance);
    near_to(l.mean[ASKED], mean, 1e-12);
    near_to(l.variance[ASKED], variance, 1e-12);
    rh_local_release(&l);
    const double *y = small_y;
    good(rh_geary_local(&w, &y, 1, 0, NULL, &l, &err));
    enumerate(&w, local_geary_of, ASKED, &mean, &variance);
    near_to(l.mean[ASKED], mean, 1e-12);
    near_to(l.variance[ASKED], variance, 1e-12);
    rh_local_release(&l);
    good(rh_getis_local(&w, small_y, false, NULL, &l, &err));
    enumerate(&w, local_getis_of, ASKED, &mean, &variance);
    near_to(l.mean[ASKED], mean, 1e-12);
    near_to(l.variance[ASKED], variance, 1e-12);
    rh_local_release(&l);
    good(rh_weights_add_self(&w, &err));
    good(rh_getis_local(&w, small_y, true, NULL, &l, &err));
    enumerate(&w, local_getis_of, SMALL, &mean, &variance);
    near_to(l.mean[ASKED], mean, 1e-12);
    near_to(l.variance[ASKED], variance, 1e-12);
    rh_local_release(&l);
    rh_weights_release(&w);
}

static void
test_local_morans_add_up_to_the_global_one(void **state)
{
    (void)state;
    rh_weights w = small_weights();
    rh_weight_sums s;
    rh_moran m;
    rh_local l;
    double sum = 0;
    good(rh_weights_sums(&w, &s, &err));
    good(rh_moran_global(&w, small_y, NULL, &m, &err));
    good(rh_moran_local(&w, NULL, small_y, RH_LOCAL_BY_N, NULL, &l, &err));
    for (int i = 0; i < SMALL; i++) {
        sum += l.value[i];
    }
    near_to(sum / s.s0, m.i, 1e-13);
    rh_local_release(&l);
    rh_weights_release(&w);
}

/* ---- figures of the literature ---- */

static void
test_moran_of_the_three_by_three_lattice(void **state)
{
    (void)state;
    rh_weights w = lattice(3);
    double y[9];
    for (int i = 0; i < 9; i++) {
        y[i] = i + 1;
    }
    rh_moran m;
    good(rh_moran_global(&w, y, NULL, &m, &err));
    near_to(m.i, 0.5, 1e-14);                    /* by hand */
    near_to(m.normal.variance, 0.053125, 1e-12); /* esda, tests/test_moran.py (2024) */
    near_to(m.random.variance, 0.0596875, 1e-12);
    rh_weights_release(&w);
}

static void
test_getis_ord_of_six_points(void **state)
{
    (void)state;
    /* the example of esda's getisord.py (2024) */
    const double x[] = {10, 20, 40, 15, 30, 30}, y[] = {10, 10, 10, 20, 20, 30};
    const double z[] = {-1.0136729,  -0.04361589, 1.31558703,
                        -0.31412676, 1.15373986,  1.77833941};
    const double z_star[] = {-1.39727626, -0.28917762, 0.65064964,
                             -0.28917762, 1.23452088,  2.02424331};
    rh_points points = {6, x, y, false};
    rh_weights w, row, star;
    rh_getis g;
    rh_local l, of_rows, of_star;
    good(rh_weights_band(&points, 15, 0, &w, &err));
    good(rh_getis_global(&w, small_y, NULL, &g, &err));
    near_to(g.g, 0.55709779, 1e-7);
    near_to(g.random.p_one, 0.172936, 1e-5);
    good(rh_getis_local(&w, small_y, false, NULL, &l, &err));
    good(rh_weights_copy(&w, &row, &err));
    rh_weights_style(&row, RH_WEIGHT_ROW, false);
    good(rh_getis_local(&row, small_y, false, NULL, &of_rows, &err));
    good(rh_weights_copy(&w, &star, &err));
    good(rh_weights_add_self(&star, &err));
    good(rh_getis_local(&star, small_y, true, NULL, &of_star, &err));
    for (uint32_t i = 0; i < 6; i++) {
        near_to(rh_local_z(&l, i), z[i], 1e-7);
        near_to(rh_local_z(&of_rows, i), z[i],
                1e-7); /* a factor on a row changes nothing; esda errs here */
        near_to(rh_local_z(&of_star, i), z_star[i], 1e-7);
    }
    rh_local_release(&l);
    rh_local_release(&of_rows);
    rh_local_release(&of_star);
    rh_weights_release(&w);
    rh_weights_release(&row);
    rh_weights_release(&star);
}

static void
test_stable_rates_of_eight_regions(void **state)
{
    (void)state;
    const double events[] = {30, 25, 25, 15, 33, 21, 30, 20},
                 base[] = {100, 100, 110, 90, 100, 90, 110, 90};
    /* the example of esda's smoothing.py, assuncao_rate (2024) */
    const double want[] = {1.03843594, -0.04099089, -0.56250375, -1.73061861};
    double rate[8];
    good(rh_rate_stable(events, base, 8, rate, &err));
    for (int i = 0; i < 4; i++) {
        near_to(rate[i], want[i], 1e-8);
    }
}

static void
test_join_counts_of_a_lattice_of_two_halves(void **state)
{
    (void)state;
    rh_weights w = lattice(4);
    uint32_t class[16] = {0};
    for (int i = 8; i < 16; i++) {
        class[i] = 1;
    }
    rh_joins j;
    good(rh_join_count(&w, class, 2, NULL, &j, &err));
    assert_int_equal(j.n, 4);
    assert_true(j.count[0].joins == 10 && j.count[1].joins == 10 && j.count[2].joins == 4);
    assert_true(j.count[3].joins == 4);
    near_to(j.count[0].random.mean + j.count[1].random.mean + j.count[2].random.mean, 24,
            1e-13);
    near_to(j.count[2].random.variance, j.count[3].random.variance, 1e-12);
    near_to(j.p_chi_square, 0.004, 0.0005); /* esda's join_counts.py (2025) prints 0.004 */
    rh_weights_release(&w);
}

/* Join counts by brute force over the orders of six classes in three kinds. */
static const uint32_t small_class[SMALL] = {0, 0, 1, 1, 1, 2};

static void
test_join_count_moments_are_those_of_all_orders(void **state)
{
    (void)state;
    rh_weights w = small_weights();
    rh_joins j, other;
    good(rh_join_count(&w, small_class, 3, NULL, &j, &err));
    assert_int_equal(j.n, 7);
    double sum[7] = {0}, squares[7] = {0};
    uint32_t order[SMALL] = {0, 1, 2, 3, 4, 5}, count = 0;
    do {
        uint32_t class[SMALL];
        for (int i = 0; i < SMALL; i++) {
            class[i] = small_class[order[i]];
        }
        good(rh_join_count(&w, class, 3, NULL, &other, &err));
        for (int s = 0; s < 7; s++) {
            sum[s] += other.count[s].joins;
            squares[s] += other.count[s].joins * other.count[s].joins;
        }
        count++;
    } while (next_order(order, SMALL));
    for (int s = 0; s < 7; s++) {
        double mean = sum[s] / count;
        near_to(j.count[s].random.mean, mean, 1e-12);
        near_to(j.count[s].random.variance, squares[s] / count - mean * mean, 1e-11);
    }
    rh_weights_release(&w);
}

/* ---- weights ---- */

static void
test_styles_scale_as_they_say(void **state)
{
    (void)state;
    const enum rh_weight_style style[] = {RH_WEIGHT_BINARY, RH_WEIGHT_ROW, RH_WEIGHT_VARIANCE,
                                          RH_WEIGHT_DOUBLE, RH_WEIGHT_GLOBAL};
    const double want[] = {12, SMALL, SMALL, 1, SMALL};
    for (int s = 0; s < 5; s++) {
        rh_weights w = small_weights();
        rh_weight_sums sums;
        rh_weights_style(&w, style[s], false);
        good(rh_weights_sums(&w, &sums, &err));
        near_to(sums.s0, want[s], 1e-13);
        if (style[s] ==
            RH_WEIGHT_VARIANCE) { /* w/q: rows have one length before the common factor */
            double length[2] = {0};
            for (uint32_t i = 0; i < 2; i++) {
                for (uint32_t e = w.start[i]; e < w.start[i + 1]; e++) {
                    length[i] += w.w[e] * w.w[e];
                }
            }
            near_to(length[0], length[1], 1e-13);
        }
        rh_weights_release(&w);
    }
}

static void
test_self_weights_are_the_largest_of_the_row_and_count_in_its_sum(void **state)
{
    (void)state;
    rh_weights w = small_weights();
    good(rh_weights_add_self(&w, &err));
    assert_true(w.self[1] == 2 && w.self[4] == 3);
    rh_weights_style(&w, RH_WEIGHT_ROW, true);
    near_to(w.self[1], 2.0 / 5, 1e-15); /* 2 / (1 + 2 + 2) */
    near_to(rh_weights_get(&w, 1, 0), 1.0 / 5, 1e-15);
    rh_weights_release(&w);
}

static void
test_sums_are_those_of_the_full_matrix(void **state)
{
    (void)state;
    rh_weights w = small_weights();
    rh_weight_sums s;
    double s0 = 0, s1 = 0, s2 = 0;
    for (uint32_t i = 0; i < SMALL; i++) {
        double both = 0;
        for (uint32_t j = 0; j < SMALL; j++) {
            double there = rh_weights_get(&w, i, j), back = rh_weights_get(&w, j, i);
            s0 += there;
            s1 += (there + back) * (there + back) / 2;
            both += there + back;
        }
        s2 += both * both;
    }
    good(rh_weights_sums(&w, &s, &err));
    near_to(s.s0, s0, 1e-14);
    near_to(s.s1, s1, 1e-14);
    near_to(s.s2, s2, 1e-14);
    rh_weights_release(&w);
}

static void
test_a_link_that_stands_twice_is_refused(void **state)
{
    (void)state;
    rh_link link[] = {{0, 1, 1}, {1, 0, 1}, {0, 1, 2}};
    rh_weights w;
    rh_err e = {0};
    assert_int_equal(rh_weights_from_links(3, link, 3, &w, &e), RH_INPUT);
    assert_non_null(strstr(e.text, "from unit 1 to unit 2 stands twice"));
    rh_weights_release(&w);
}

static void
test_facts_tell_islands_parts_and_asymmetry(void **state)
{
    (void)state;
    rh_link link[] = {{0, 1, 1}, {1, 0, 1}, {2, 3, 1}, {3, 3, 5}};
    rh_weights w, rest;
    rh_weight_facts f;
    good(rh_weights_from_links(5, link, 4, &w, &err));
    assert_true(w.self != NULL && w.self[3] == 5 && w.start[5] == 3);
    good(rh_weights_facts(&w, &f, &err));
    assert_true(f.islands == 2 && f.components == 3 && f.least == 0 && f.most == 1);
    assert_true(!f.symmetric && f.odd_from == 2 && f.odd_to == 3);
    const bool keep[] = {true, true, false, true, true};
    good(rh_weights_subset(&w, keep, &rest, &err));
    assert_true(rest.n == 4 && rest.start[4] == 2 && rest.to[1] == 0 && rest.self[2] == 5);
    rh_weights_release(&w);
    rh_weights_release(&rest);
}

static void
test_orders_of_a_lattice_are_its_city_block_rings(void **state)
{
    (void)state;
    rh_weights w = lattice(7), ring;
    for (unsigned order = 1; order <= 12; order++) {
        good(rh_weights_of_order(&w, order, &ring, &err));
        for (uint32_t i = 0; i < 49; i++) {
            for (uint32_t j = 0; j < 49; j++) {
                unsigned apart = (unsigned)(abs((int)(i % 7) - (int)(j % 7)) +
                                            abs((int)(i / 7) - (int)(j / 7)));
                assert_true((rh_weights_get(&ring, i, j) == 1) == (apart == order));
            }
        }
        rh_weights_release(&ring);
    }
    rh_weights_release(&w);
}

/* ---- near ---- */

enum { MANY = 700 };

static void
scatter(double *x, double *y, bool globe)
{
    for (uint32_t i = 0; i < MANY; i++) {
        /* many equal distances: a third of the points lie on a grid, some are doubled */
        bool grid = i % 3 == 0;
        x[i] = grid ? i / 3 % 15 : 15 * rh_uniform(1, i);
        y[i] = grid ? i / 45 : 15 * rh_uniform(2, i);
        if (globe) {
            x[i] = x[i] * 24 - 180; /* across the date line */
            y[i] = y[i] * 12 - 90;  /* and to a pole */
        }
    }
}

static void
test_tree_finds_what_a_plain_search_finds(void **state)
{
    (void)state;
    static double x[MANY], y[MANY];
    for (int globe = 0; globe < 2; globe++) {
        scatter(x, y, globe == 1);
        rh_points points = {MANY, x, y, globe == 1};
        rh_tree *tree;
        good(rh_tree_new(&points, &tree, &err));
        for (uint32_t i = 0; i < MANY; i += 7) {
            rh_found found[MANY];
            uint32_t k = 1 + i % 30, n = rh_tree_nearest(tree, i, k, found);
            assert_int_equal(n, k);
            double reach = found[k - 1].distance;
            uint32_t closer = 0;
            for (uint32_t j = 0; j < MANY; j++) {
                closer += j != i && rh_points_distance(&points, i, j) < reach * (1 - 1e-9);
            }
            assert_true(closer < k);
            for (uint32_t f = 0; f < k; f++) {
                near_to(found[f].distance, rh_points_distance(&points, i, found[f].index),
                        1e-12);
                assert_true(f == 0 || found[f - 1].distance <= found[f].distance);
            }
            double radius = globe == 1 ? 2500 : 2;
            uint32_t within = rh_tree_within(tree, i, radius, found, MANY), plain = 0;
            for (uint32_t j = 0; j < MANY; j++) {
                plain += j != i && rh_points_distance(&points, i, j) <= radius * (1 + 1e-10);
            }
            assert_int_equal(within, plain);
        }
        rh_tree_free(tree);
    }
}

static void
test_equal_distances_go_to_the_lower_index(void **state)
{
    (void)state;
    double x[49], y[49];
    for (int i = 0; i < 49; i++) {
        x[i] = i % 7;
        y[i] = i / 7;
    }
    rh_points points = {49, x, y, false};
    rh_weights w;
    good(rh_weights_nearest(&points, 2, &w, &err));
    for (uint32_t i = 16; i < 19; i++) { /* of four at distance 1, north and west come first */
        assert_true(rh_weights_get(&w, i, i - 7) == 1 && rh_weights_get(&w, i, i - 1) == 1);
    }
    rh_weights_release(&w);
}

static void
test_distance_on_the_globe_is_the_great_circle(void **state)
{
    (void)state;
    const double lon[] = {116.4, 121.47, -179.9, 179.9}, lat[] = {39.9, 31.23, 0, 0};
    rh_points points = {4, lon, lat, true};
    /* haversine, written out */
    double r = M_PI / 180,
           a = pow(sin((lat[1] - lat[0]) * r / 2), 2) +
               cos(lat[0] * r) * cos(lat[1] * r) * pow(sin((lon[1] - lon[0]) * r / 2), 2);
    near_to(rh_points_distance(&points, 0, 1), 2 * 6371.0088 * asin(sqrt(a)), 1e-12);
    near_to(rh_points_distance(&points, 2, 3), 0.2 * r * 6371.0088, 1e-10);
}

static void
test_kernels_weigh_as_their_formulas(void **state)
{
    (void)state;
    const double x[] = {0, 1, 2, 4}, y[] = {0, 0, 0, 0};
    rh_points points = {4, x, y, false};
    rh_weights w;
    good(rh_weights_kernel(&points, RH_KERNEL_TRIANGULAR, 2.5, 0, &w, &err));
    near_to(rh_weights_get(&w, 0, 1), 0.6, 1e-14);
    near_to(rh_weights_get(&w, 3, 2), 0.2, 1e-14);
    assert_true(rh_weights_get(&w, 0, 3) == 0 && w.self[1] == 1);
    rh_weights_release(&w);
    good(rh_weights_kernel(&points, RH_KERNEL_QUARTIC, 0, 2, &w, &err)); /* adaptive */
    near_to(rh_weights_get(&w, 0, 1), 15.0 / 16 * 0.75 * 0.75, 1e-6);
    assert_true(rh_weights_get(&w, 0, 2) > 0 && rh_weights_get(&w, 0, 2) < 1e-12);
    rh_weights_release(&w);
    good(rh_weights_kernel(&points, RH_KERNEL_UNIFORM, 1, 0, &w, &err));
    near_to(rh_weights_get(&w, 0, 1), 0.5, 0); /* on the edge is within */
    rh_weights_release(&w);
    near_to(rh_kernel_at(RH_KERNEL_GAUSSIAN, 1), 0.24197072451914337, 1e-15);
    near_to(rh_kernel_at(RH_KERNEL_EPANECHNIKOV, 0.5), 0.5625, 1e-15);
}

static void
test_a_power_of_no_distance_is_refused(void **state)
{
    (void)state;
    const double x[] = {0, 0, 2, 4}, y[] = {0, 0, 0, 0};
    rh_points points = {4, x, y, false};
    rh_weights w;
    rh_err e = {0};
    assert_int_equal(rh_weights_band(&points, 3, 1, &w, &e), RH_INPUT);
    assert_non_null(strstr(e.text, "Units 1 and 2 stand at the same place"));
    rh_weights_release(&w);
    assert_int_equal(rh_weights_nearest(&points, 4, &w, &e), RH_RANGE);
}

/* ---- polygons ---- */

/* Squares of a side × side grid; with `closed` the first corner is repeated. */
static rh_rings
squares(uint32_t side, bool closed, uint32_t **owner, size_t **start, double **xy)
{
    uint32_t n = side * side;
    size_t points = closed ? 5 : 4;
    *owner = calloc(n, sizeof **owner);
    *start = calloc(n + 1, sizeof **start);
    *xy = calloc(2 * points * n, sizeof **xy);
    for (uint32_t i = 0; i < n; i++) {
        double x = i % side, y = i / side;
        const double corner[5][2] = {{x, y}, {x + 1, y}, {x + 1, y + 1}, {x, y + 1}, {x, y}};
        (*owner)[i] = i;
        (*start)[i + 1] = (i + 1) * points;
        memcpy(*xy + 2 * points * i, corner, 2 * points * sizeof(double));
    }
    return (rh_rings){n, n, *owner, *start, *xy};
}

static void
test_squares_touch_at_sides_and_corners(void **state)
{
    (void)state;
    for (int closed = 0; closed < 2; closed++) {
        uint32_t *owner;
        size_t *start;
        double *xy, x[36], y[36];
        rh_rings rings = squares(6, closed == 1, &owner, &start, &xy);
        rh_weights rook, queen, plain = lattice(6);
        good(rh_weights_contiguity(&rings, true, 0, &rook, &err));
        good(rh_weights_contiguity(&rings, false, 0, &queen, &err));
        assert_int_equal(rook.start[36], plain.start[36]);
        assert_memory_equal(rook.to, plain.to, rook.start[36] * sizeof *rook.to);
        assert_int_equal(queen.start[36], plain.start[36] + 2 * 2 * 25);
        rh_rings_centres(&rings, x, y);
        near_to(x[7], 1.5, 1e-14);
        near_to(y[7], 1.5, 1e-14);
        for (size_t p = 0; p < 2 * start[1]; p++) { /* −0 is 0 */
            xy[p] = xy[p] == 0 ? -0.0 : xy[p];
        }
        rh_weights_release(&rook);
        good(rh_weights_contiguity(&rings, true, 0, &rook, &err));
        assert_int_equal(rook.start[36], plain.start[36]);
        for (size_t p = 0; p < 2 * start[36]; p++) { /* a shift that snapping takes back */
            xy[p] += 1e-7 * (rh_uniform(4, p) - 0.5);
        }
        rh_weights_release(&queen);
        good(rh_weights_contiguity(&rings, false, 0, &queen, &err));
        assert_int_equal(queen.start[36], 0);
        rh_weights_release(&queen);
        good(rh_weights_contiguity(&rings, false, 1e-3, &queen, &err));
        assert_int_equal(queen.start[36], plain.start[36] + 2 * 2 * 25);
        rh_weights_release(&queen);
        rh_weights_release(&rook);
        rh_weights_release(&plain);
        free(owner);
        free(start);
        free(xy);
    }
}

static size_t
put(unsigned char *out, const void *value, size_t size, bool little)
{
    const unsigned char *from = value;
    for (size_t b = 0; b < size; b++) {
        out[b] = from[little ? b : size - 1 - b];
    }
    return size;
}

/* A multipolygon of one triangle with heights, as GeoPackage binary with an envelope. */
static size_t
triangle(unsigned char *blob, bool little)
{
    const uint32_t multi = 1006, polygon = 1003, one = 1, points = 4;
    const double xyz[] = {0, 0, 9, 1, 0, 9, 0, 1, 9, 0, 0, 9};
    unsigned char order = little;
    size_t at = 8 + 32;
    memset(blob, 0, at);
    memcpy(blob, "GP\0\3", 4);
    at += put(blob + at, &order, 1, true);
    at += put(blob + at, &multi, 4, little);
    at += put(blob + at, &one, 4, little);
    at += put(blob + at, &order, 1, true);
    at += put(blob + at, &polygon, 4, little);
    at += put(blob + at, &one, 4, little);
    at += put(blob + at, &points, 4, little);
    for (int i = 0; i < 12; i++) {
        at += put(blob + at, &xyz[i], 8, little);
    }
    return at;
}

static void
test_geometries_are_read_in_either_byte_order_and_never_beyond_their_end(void **state)
{
    (void)state;
    for (int little = 0; little < 2; little++) {
        unsigned char blob[400];
        size_t size = triangle(blob, little == 1);
        for (size_t cut = 0; cut <= size; cut++) {
            rh_shapes s = {0};
            rh_shapes_room room = {0};
            const char *why = NULL;
            unsigned char *exact =
                malloc(cut > 0 ? cut : 1); /* so that a reader beyond it is caught */
            memcpy(exact, blob, cut);
            rh_status status = rh_shapes_add(&s, &room, 0, exact, cut, &why);
            assert_int_equal(status, cut == size ? RH_OK : RH_INPUT);
            assert_true(status == RH_OK || why != NULL);
            if (status == RH_OK) {
                assert_int_equal(s.n_rings, 1);
                assert_int_equal(s.start[1], 4);
                assert_true(s.xy[2] == 1 && s.xy[3] == 0 && s.xy[5] == 1);
            }
            free(exact);
            rh_shapes_release(&s);
        }
    }
}

static void
test_the_example_layer_gives_twenty_six_towns(void **state)
{
    (void)state;
    rh_shapes s;
    rh_weights w;
    rh_err e = {0};
    good(rh_shapes_read("examples/spatial/towns.gpkg", NULL, "town", &s, &err));
    assert_true(s.n == 26 && s.n_rings == 26 && s.globe);
    rh_rings rings = {s.n, s.n_rings, s.owner, s.start, s.xy};
    good(rh_weights_contiguity(&rings, true, 0, &w, &err));
    assert_int_equal(w.start[26], 80);
    assert_true(rh_weights_is_island(&w, 25));
    rh_weights_release(&w);
    rh_shapes_release(&s);
    assert_int_equal(rh_shapes_read("examples/spatial/towns.gpkg", "villages", "town", &s, &e),
                     RH_INPUT);
    assert_non_null(strstr(e.text, "no layer \"villages\"; it has: towns"));
    rh_shapes_release(&s);
    e = (rh_err){0};
    assert_int_equal(rh_shapes_read("examples/spatial/towns.gpkg", NULL, "village", &s, &e),
                     RH_INPUT);
    assert_non_null(strstr(e.text, "village"));
    rh_shapes_release(&s);
}

static void
test_a_map_keeps_outlines_values_and_empty_cells(void **state)
{
    (void)state;
    char path[] = "/tmp/spatial-map-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    rh_shapes from, back;
    good(rh_shapes_read("examples/spatial/towns.gpkg", NULL, "town", &from, &err));
    double value[26];
    for (int i = 0; i < 26; i++) {
        value[i] = i == 3 ? (double)NAN : i / 8.0;
    }
    const char *const *id = (const char *const *)from.id;
    rh_map_column column[] = {{"value", value, NULL}, {"same", NULL, id}};
    rh_map map = {.layer = "spatial",
                  .n = 26,
                  .id = id,
                  .n_columns = 2,
                  .column = column,
                  .shapes = "examples/spatial/towns.gpkg",
                  .shapes_id = "town"};
    good(rh_map_write(path, &map, &err));
    good(rh_shapes_read(path, "spatial", "same", &back, &err));
    assert_true(back.n == 26 && back.n_rings == 26 && back.globe);
    for (int i = 0; i < 26; i++) {
        assert_string_equal(back.id[i], from.id[i]);
    }
    assert_memory_equal(back.xy, from.xy, 2 * from.start[26] * sizeof *from.xy);
    rh_shapes_release(&back);
    good(rh_shapes_read(path, NULL, "value", &back, &err));
    assert_string_equal(back.id[3], "");
    assert_string_equal(back.id[4], "0.5");
    rh_shapes_release(&back);
    map.x = map.y = value;
    map.globe = true;
    good(rh_map_write(path, &map, &err));
    rh_err e = {0};
    assert_int_equal(rh_shapes_read(path, NULL, "id", &back, &e), RH_INPUT); /* points */
    assert_non_null(strstr(e.text, "it is no polygon"));
    rh_shapes_release(&back);
    e = (rh_err){0};
    assert_int_equal(rh_map_write("/nowhere/map.gpkg", &map, &e), RH_IO);
    rh_shapes_release(&from);
    unlink(path);
}

/* ---- permutations ---- */

static void
noise(double *y, uint32_t n, uint64_t seed)
{
    for (uint32_t i = 0; i < n; i++) {
        y[i] = rh_uniform(seed, i);
    }
}

static void
test_threads_do_not_change_a_bit(void **state)
{
    (void)state;
    enum { SIDE = 12, N = SIDE * SIDE };
    rh_weights w = lattice(SIDE);
    double y[N], x[N];
    noise(y, N, 5);
    noise(x, N, 6);
    rh_local one, three;
    rh_moran m1, m3;
    for (int kind = 0; kind < 4; kind++) {
        rh_permutations how = {99, 11, 1};
        rh_local *to[] = {&one, &three};
        for (int t = 0; t < 2; t++) {
            const double *columns[] = {y, x};
            how.threads = t == 0 ? 1 : 3;
            good(kind == 0   ? rh_moran_local(&w, NULL, y, RH_LOCAL_BY_N, &how, to[t], &err)
                 : kind == 1 ? rh_geary_local(&w, columns, 2, 0, &how, to[t], &err)
                 : kind == 2 ? rh_lee_local(&w, x, y, &how, to[t], &err)
                             : rh_getis_local(&w, y, false, &how, to[t], &err));
        }
        assert_memory_equal(one.dealt, three.dealt, N * sizeof *one.dealt);
        rh_local_release(&one);
        rh_local_release(&three);
    }
    rh_permutations a = {199, 3, 1}, b = {199, 3, 4};
    good(rh_moran_global(&w, y, &a, &m1, &err));
    good(rh_moran_global(&w, y, &b, &m3, &err));
    assert_memory_equal(&m1.dealt, &m3.dealt, sizeof m1.dealt);
    rh_weights_release(&w);
}

/* Permuted means and variances lie at the exact conditional ones, few neighbours (drawn) and many (shuffled). */
static void
test_permuted_moments_meet_the_exact_ones(void **state)
{
    (void)state;
    enum { N = 60 };
    double x[N], px[N], py[N];
    noise(px, N, 1);
    noise(py, N, 2);
    noise(x, N, 3);
    for (uint32_t k = 4; k <= 44; k += 40) {
        rh_points points = {N, px, py, false};
        rh_permutations how = {20000, 9, 2};
        rh_weights w;
        rh_local l;
        double mean_off = 0, variance_off = 0;
        good(rh_weights_nearest(&points, k, &w, &err));
        rh_weights_style(&w, RH_WEIGHT_ROW, false);
        good(rh_moran_local(&w, NULL, x, RH_LOCAL_BY_N, &how, &l, &err));
        for (uint32_t i = 0; i < N; i++) {
            double off = (l.dealt[i].mean - l.mean[i]) / sqrt(l.variance[i] / how.n);
            assert_true(fabs(off) <
                        4.5); /* 120 tries: beyond once in 1,200 runs, and the seed is fixed */
            mean_off += off / N;
            variance_off += (l.dealt[i].variance / l.variance[i] - 1) / N;
        }
        assert_true(fabs(mean_off) < 4 / sqrt(N));
        assert_true(fabs(variance_off) < 0.01);
        rh_local_release(&l);
        rh_weights_release(&w);
    }
}

/* Under the null pseudo p-values are uniform: one in ten is at most 0.1. */
static void
test_pseudo_p_values_keep_their_level(void **state)
{
    (void)state;
    enum { SIDE = 40, N = SIDE * SIDE };
    static double y[N];
    rh_weights w = lattice(SIDE);
    rh_permutations how = {199, 21, 2};
    rh_local l;
    unsigned below = 0;
    noise(y, N, 77);
    good(rh_moran_local(&w, NULL, y, RH_LOCAL_BY_N, &how, &l, &err));
    for (uint32_t i = 0; i < N; i++) {
        below += rh_pseudo_two(&l.dealt[i]) <= 0.1;
    }
    assert_in_range(below, N / 10 - 50,
                    N / 10 + 50); /* neighbours' tests depend on each other a little */
    rh_local_release(&l);
    rh_weights_release(&w);
}

static void
test_equal_values_count_in_both_tails(void **state)
{
    (void)state;
    enum { SIDE = 8, N = SIDE * SIDE };
    rh_weights w = lattice(SIDE);
    double y[N];
    uint32_t is[N];
    for (int i = 0; i < N; i++) {
        is[i] = i % 5 == 0;
        y[i] = is[i] + 0.1; /* sums differ by rounding, not by more */
    }
    rh_permutations how = {499, 5, 1};
    rh_local l;
    rh_simulated joins[N];
    double value[N];
    rh_weights_style(&w, RH_WEIGHT_ROW, false);
    good(rh_moran_local(&w, NULL, y, RH_LOCAL_BY_N, &how, &l, &err));
    rh_weights_style(&w, RH_WEIGHT_BINARY, false);
    good(rh_join_local(&w, is, &how, value, joins, &err));
    unsigned ties = 0;
    for (int i = 0; i < N; i++) {
        ties += l.dealt[i].low + l.dealt[i].high > l.dealt[i].n;
        assert_true(l.dealt[i].low + l.dealt[i].high >= l.dealt[i].n);
        assert_int_equal(joins[i].n, is[i] ? 499 : 0);
    }
    assert_int_equal(ties, N);
    rh_local_release(&l);
    rh_weights_release(&w);
}

static void
test_global_permutations_meet_the_exact_moments(void **state)
{
    (void)state;
    rh_weights w = small_weights();
    rh_permutations how = {40000, 4, 2};
    rh_moran m;
    rh_lee l;
    rh_joins j;
    good(rh_moran_global(&w, small_y, &how, &m, &err));
    near_to(m.dealt.mean, m.random.mean, 0.01);
    near_to(m.dealt.variance, m.random.variance, 0.01);
    good(rh_lee_global(&w, small_x, small_y, &how, &l, &err));
    near_to(l.dealt.mean, l.random.mean, 0.01);
    near_to(l.dealt.variance, l.random.variance, 0.01);
    good(rh_join_count(&w, small_class, 3, &how, &j, &err));
    for (unsigned s = 0; s < j.n; s++) {
        near_to(j.count[s].dealt.mean, j.count[s].random.mean, 0.01);
        near_to(j.count[s].dealt.variance, j.count[s].random.variance, 0.02);
    }
    good(rh_moran_bivariate(&w, small_y, small_y, &how, &m, &err));
    near_to(m.i, moran_alone(&w, small_y, small_y), 1e-14);
    rh_weights_release(&w);
}

/* ---- many tests ---- */

static void
test_adjusted_p_values_by_hand(void **state)
{
    (void)state;
    const double p[] = {0.04, 0.005, (double)NAN, 0.011, 0.9, 0.02};
    double q[6];
    good(rh_adjust_fdr(p, 6, q, &err));
    /* five tests: 0.005·5/1, 0.011·5/2, 0.02·5/3, 0.04·5/4, 0.9 */
    near_to(q[1], 0.025, 1e-15);
    near_to(q[3], 0.0275, 1e-15);
    near_to(q[5], 0.1 / 3, 1e-15);
    near_to(q[0], 0.05, 1e-15);
    near_to(q[4], 0.9, 1e-15);
    assert_true(isnan(q[2]));
    rh_adjust_bonferroni(p, 6, q);
    near_to(q[1], 0.025, 1e-15);
    near_to(q[4], 1, 0);
    assert_true(isnan(q[2]));
}

/* ---- bad input ---- */

static void
test_what_cannot_be_answered_is_said(void **state)
{
    (void)state;
    rh_weights w = small_weights(), none = {0};
    const double same[SMALL] = {3, 3, 3, 3, 3, 3}, negative[SMALL] = {1, 2, -1, 3, 4, 5},
                 base[SMALL] = {1, 1, 1, 0, 1, 1};
    double out[SMALL];
    rh_moran m;
    rh_getis g;
    rh_err e = {0};
    assert_int_equal(rh_moran_global(&w, same, NULL, &m, &e), RH_RANGE);
    assert_non_null(strstr(e.text, "All 6 values are the same (3)"));
    e = (rh_err){0};
    assert_int_equal(rh_getis_global(&w, negative, NULL, &g, &e), RH_INPUT);
    assert_non_null(strstr(e.text, "Row 3"));
    e = (rh_err){0};
    assert_int_equal(rh_rate_stable(small_y, base, SMALL, out, &e), RH_INPUT);
    assert_non_null(strstr(e.text, "Row 4"));
    e = (rh_err){0};
    good(rh_weights_from_links(SMALL, NULL, 0, &none, &err));
    assert_int_equal(rh_moran_global(&none, small_y, NULL, &m, &e), RH_RANGE);
    assert_non_null(strstr(e.text, "None of the 6 units has a neighbour"));
    rh_weights_release(&none);
    rh_weights_release(&w);
}

static void
test_a_lack_of_memory_is_survived_everywhere(void **state)
{
    (void)state;
    rh_weights w = small_weights();
    rh_permutations how = {9, 1, 1};
    for (long n = 1; n < 40; n++) {
        const double *columns[] = {small_y, small_x};
        rh_local l = {0};
        rh_moran m;
        rh_lee lee;
        rh_weights ring = {0};
        rh_mem_fail_after(n);
        rh_status a = rh_moran_global(&w, small_y, &how, &m, NULL);
        rh_mem_fail_after(n);
        rh_status b = rh_lee_global(&w, small_x, small_y, &how, &lee, NULL);
        rh_mem_fail_after(n);
        rh_status c = rh_geary_local(&w, columns, 2, 0, &how, &l, NULL);
        rh_mem_fail_after(0);
        rh_local_release(&l);
        rh_mem_fail_after(n);
        rh_status d = rh_weights_of_order(&w, 2, &ring, NULL);
        rh_mem_fail_after(0);
        rh_weights_release(&ring);
        assert_true((a == RH_OK || a == RH_MEMORY) && (b == RH_OK || b == RH_MEMORY));
        assert_true((c == RH_OK || c == RH_MEMORY) && (d == RH_OK || d == RH_MEMORY));
    }
    rh_weights_release(&w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_randomisation_moments_are_those_of_all_720_orders),
        cmocka_unit_test(test_local_moments_are_those_of_all_orders_of_the_others),
        cmocka_unit_test(test_local_morans_add_up_to_the_global_one),
        cmocka_unit_test(test_moran_of_the_three_by_three_lattice),
        cmocka_unit_test(test_getis_ord_of_six_points),
        cmocka_unit_test(test_stable_rates_of_eight_regions),
        cmocka_unit_test(test_join_counts_of_a_lattice_of_two_halves),
        cmocka_unit_test(test_join_count_moments_are_those_of_all_orders),
        cmocka_unit_test(test_styles_scale_as_they_say),
        cmocka_unit_test(test_self_weights_are_the_largest_of_the_row_and_count_in_its_sum),
        cmocka_unit_test(test_sums_are_those_of_the_full_matrix),
        cmocka_unit_test(test_a_link_that_stands_twice_is_refused),
        cmocka_unit_test(test_facts_tell_islands_parts_and_asymmetry),
        cmocka_unit_test(test_orders_of_a_lattice_are_its_city_block_rings),
        cmocka_unit_test(test_tree_finds_what_a_plain_search_finds),
        cmocka_unit_test(test_equal_distances_go_to_the_lower_index),
        cmocka_unit_test(test_distance_on_the_globe_is_the_great_circle),
        cmocka_unit_test(test_kernels_weigh_as_their_formulas),
        cmocka_unit_test(test_a_power_of_no_distance_is_refused),
        cmocka_unit_test(test_squares_touch_at_sides_and_corners),
        cmocka_unit_test(
            test_geometries_are_read_in_either_byte_order_and_never_beyond_their_end),
        cmocka_unit_test(test_the_example_layer_gives_twenty_six_towns),
        cmocka_unit_test(test_a_map_keeps_outlines_values_and_empty_cells),
        cmocka_unit_test(test_threads_do_not_change_a_bit),
        cmocka_unit_test(test_permuted_moments_meet_the_exact_ones),
        cmocka_unit_test(test_pseudo_p_values_keep_their_level),
        cmocka_unit_test(test_equal_values_count_in_both_tails),
        cmocka_unit_test(test_global_permutations_meet_the_exact_moments),
        cmocka_unit_test(test_adjusted_p_values_by_hand),
        cmocka_unit_test(test_what_cannot_be_answered_is_said),
        cmocka_unit_test(test_a_lack_of_memory_is_survived_everywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
