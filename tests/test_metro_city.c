/* Functional urban areas, commuting circles, comparison of partitions, networks and pairs of cities: hand-worked cases and
 * properties. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "core/mem.h"
#include "core/random.h"
#include "evaluate/metro_circle.h"
#include "evaluate/metro_compare.h"
#include "evaluate/metro_fua.h"
#include "evaluate/metro_network.h"
#include "evaluate/metro_together.h"

#define NONE RH_NO_AREA

static bool
near(double a, double b)
{
    return fabs(a - b) < 1e-9;
}

static rh_commuting *
flows_of(uint32_t n, uint32_t rows, const uint32_t (*pair)[2], const double *persons)
{
    uint32_t from[64], to[64];
    rh_commuting *c = NULL;
    for (uint32_t k = 0; k < rows; k++) {
        from[k] = pair[k][0];
        to[k] = pair[k][1];
    }
    assert_int_equal(rh_commuting_build(n, rows, from, to, persons, &c, NULL), RH_OK);
    return c;
}

/* ---- contiguity ---- */

static void
test_grid_cells_touch_along_their_sides(void **state)
{
    (void)state;
    const int64_t row[5] = {0, 0, 1, 1, 5}, column[5] = {0, 1, 0, 1, 5};
    rh_touching *t;
    assert_int_equal(rh_touching_from_grid(5, row, column, &t, NULL), RH_OK);
    assert_int_equal(t->first[5], 8);
    assert_int_equal(t->near[0], 1);
    assert_int_equal(t->near[1], 2);
    assert_int_equal(t->first[4], t->first[5]); /* an island */
    rh_touching_free(t);
    const int64_t same[2] = {3, 3};
    rh_err err = {0};
    assert_int_equal(rh_touching_from_grid(2, same, same, &t, &err), RH_INPUT);
    assert_non_null(strstr(err.text, "row 3 column 3"));
}

static void
test_points_in_a_row_touch_the_next_ones_only(void **state)
{
    (void)state;
    const double lon[4] = {113, 114, 115, 116}, lat[4] = {34, 34, 34, 34};
    rh_touching *t;
    assert_int_equal(rh_touching_from_points(4, lon, lat, &t, NULL), RH_OK);
    assert_int_equal(t->first[4], 6);
    assert_int_equal(t->near[t->first[3]], 2);
    rh_touching_free(t);
}

static void
test_pairs_are_made_mutual_and_counted_once(void **state)
{
    (void)state;
    const uint32_t a[4] = {0, 1, 0, 2}, b[4] = {1, 0, 1, 2};
    rh_touching *t;
    assert_int_equal(rh_touching_from_pairs(3, 4, a, b, &t, NULL), RH_OK);
    assert_int_equal(t->first[3], 2);
    rh_touching_free(t);
}

/* ---- functional urban areas ---- */

/* A row of seven cells and one below cell 3: 0 is core; 1 sends enough; 2 does not, but touches 1 and 3 alone; 3 sends enough and
 * is cut off; 5 is a second core. */
static void
test_hinterland_exclaves_and_enclaves_by_hand(void **state)
{
    (void)state;
    const uint32_t pair[][2] = {{0, 0}, {1, 1}, {1, 0}, {2, 2}, {2, 0}, {3, 3},
                                {3, 0}, {4, 4}, {4, 5}, {5, 5}, {5, 0}, {6, 6}};
    const double persons[] = {900, 80, 20, 95, 5, 70, 30, 80, 20, 880, 20, 50};
    const double population[7] = {60000, 900, 900, 900, 900, 55000, 900},
                 dense[7] = {1, .1, 0, 0, 0, .5, .2};
    const uint32_t a[] = {0, 1, 2, 3, 4, 5}, b[] = {1, 2, 3, 4, 5, 6};
    rh_commuting *c = flows_of(7, 12, pair, persons);
    rh_touching *t;
    rh_fua *f;
    rh_fua_rule rule = rh_fua_rule_oecd();
    assert_int_equal(rh_touching_from_pairs(7, 6, a, b, &t, NULL), RH_OK);
    assert_int_equal(rh_fua_find(c, &rule, population, dense, NULL, t, &f, NULL), RH_OK);
    const uint32_t area[7] = {0, 0, NONE, NONE, 5, 5, 5};
    const uint8_t part[7] = {RH_FUA_CORE,       RH_FUA_HINTERLAND, RH_FUA_NONE,  RH_FUA_EXCLAVE,
                             RH_FUA_HINTERLAND, RH_FUA_CORE,       RH_FUA_FILLED};
    assert_memory_equal(f->area, area, sizeof area);
    assert_memory_equal(f->part, part, sizeof part);
    assert_int_equal(f->n_cores, 2);
    assert_int_equal(f->n_areas, 2);
    assert_int_equal(f->n_exclaves, 1);
    assert_int_equal(f->n_filled, 1); /* 6 touches 5 alone */
    assert_true(near(f->share[1], 0.2) && near(f->share[3], 0.3) && near(f->share[0], 1));
    rh_fua_free(f);

    /* nothing known of borders: nothing dropped, nothing filled */
    assert_int_equal(rh_fua_find(c, &rule, population, dense, NULL, NULL, &f, NULL), RH_OK);
    assert_int_equal(f->area[3], 0);
    assert_int_equal(f->area[6], NONE);
    rh_fua_free(f);
    rh_touching_free(t);
    rh_commuting_free(c);
}

static void
test_cores_join_when_either_sends_enough_or_when_both_do(void **state)
{
    (void)state;
    const uint32_t pair[][2] = {{0, 0}, {0, 1}, {1, 1}, {1, 0}, {2, 2}};
    const double persons[] = {950, 50, 80, 20, 10};
    const double population[3] = {90000, 60000, 40000}, dense[3] = {1, 1, 1};
    rh_commuting *c = flows_of(3, 5, pair, persons);
    rh_fua_rule rule = rh_fua_rule_oecd();
    rh_fua *f;
    assert_int_equal(rh_fua_find(c, &rule, population, dense, NULL, NULL, &f, NULL), RH_OK);
    assert_int_equal(f->n_cores, 2);
    assert_int_equal(f->n_small, 1);
    assert_int_equal(f->n_areas, 1);
    assert_int_equal(f->area[1], 0);
    assert_true(near(f->share[1], 1)); /* to its own, now common, core */
    rh_fua_free(f);
    rule.connect_both = true;
    assert_int_equal(rh_fua_find(c, &rule, population, dense, NULL, NULL, &f, NULL), RH_OK);
    assert_int_equal(f->n_areas, 2);
    rh_fua_free(f);
    rule.threshold = 0;
    assert_int_equal(rh_fua_find(c, &rule, population, dense, NULL, NULL, &f, NULL), RH_RANGE);
    rh_commuting_free(c);
}

static void
test_touching_core_units_are_one_core_and_named_centres_count(void **state)
{
    (void)state;
    const uint32_t pair[][2] = {{0, 0}, {1, 1}, {2, 2}};
    const double persons[] = {10, 10, 10}, population[3] = {30000, 30000, 30000},
                 dense[3] = {1, 1, 0};
    const uint32_t a[] = {0, 1}, b[] = {1, 2}, core_of[3] = {NONE, 2, 2};
    rh_commuting *c = flows_of(3, 3, pair, persons);
    rh_fua_rule rule = rh_fua_rule_oecd();
    rh_touching *t;
    rh_fua *f;
    assert_int_equal(rh_touching_from_pairs(3, 2, a, b, &t, NULL), RH_OK);
    assert_int_equal(rh_fua_find(c, &rule, population, dense, NULL, t, &f, NULL), RH_OK);
    assert_int_equal(f->n_cores, 1); /* 60,000 together */
    assert_int_equal(f->core[1], 0);
    rh_fua_free(f);
    assert_int_equal(rh_fua_find(c, &rule, population, dense, core_of, t, &f, NULL), RH_OK);
    assert_int_equal(f->core[0], NONE);
    assert_int_equal(f->core[2], 1);
    rh_fua_free(f);
    rh_touching_free(t);
    rh_commuting_free(c);
}

/* ---- circles ---- */

/* Unit 3 works in 2, 2 in the centre 0; 4 is too far; centre 5 is nearer to 1 but 1 works in 0; 6 works most in 0, which is too far, and enough
 * in 5. */
static void
test_circle_needs_minutes_and_share(void **state)
{
    (void)state;
    const uint32_t pair[][2] = {{0, 0}, {1, 1}, {1, 0}, {1, 5}, {2, 2}, {2, 0}, {3, 3}, {3, 2},
                                {4, 4}, {4, 0}, {5, 5}, {0, 1}, {6, 6}, {6, 0}, {6, 5}};
    const double persons[] = {900, 60, 30, 10, 70, 30, 60, 40, 50, 50, 500, 100, 30, 50, 20};
    const uint32_t from[] = {1, 1, 2, 3, 4, 6, 6}, to[] = {0, 5, 0, 0, 0, 0, 5};
    const double minutes[] = {50, 20, 40, 59, 61, 90, 30};
    const bool center[7] = {true, false, false, false, false, true, false};
    rh_commuting *c = flows_of(7, 15, pair, persons);
    rh_minutes *m;
    rh_circle *circle;
    rh_circle_rule rule = {.minutes = 60, .share = 0.15};
    assert_int_equal(rh_minutes_build(7, 7, from, to, minutes, true, &m, NULL), RH_OK);
    assert_true(rh_minutes_between(m, 0, 4) == 61 && isinf(rh_minutes_between(m, 2, 3)));
    assert_int_equal(rh_circle_find(c, m, center, 7, &rule, &circle, NULL), RH_OK);
    const uint32_t area[7] = {0, 0, 0, NONE, NONE, 5, 5};
    assert_memory_equal(circle->area, area, sizeof area);
    assert_true(near(circle->share[6], 0.2) && near(circle->share[1], 0.3) &&
                circle->minutes[1] == 50);
    assert_true(near(circle->back[1], 0.1));
    assert_int_equal(circle->best[4], 0); /* the nearest, though too far */
    rh_circle_free(circle);

    rule.rounds = true; /* 2 is inside and counts for 3 */
    assert_int_equal(rh_circle_find(c, m, center, 7, &rule, &circle, NULL), RH_OK);
    assert_int_equal(circle->area[3], 0);
    assert_int_equal(circle->rounds, 2);
    rh_circle_free(circle);

    rule.share = 0; /* time alone: the nearest centre */
    assert_int_equal(rh_circle_find(NULL, m, center, 7, &rule, &circle, NULL), RH_OK);
    assert_int_equal(circle->area[1], 5);
    assert_int_equal(circle->area[3], 0);
    assert_int_equal(circle->area[4], NONE);
    rh_circle_free(circle);
    rh_minutes_free(m);
    rh_commuting_free(c);
}

static void
test_given_direction_of_a_trip_wins_over_its_mirror(void **state)
{
    (void)state;
    const uint32_t from[] = {0, 1, 0}, to[] = {1, 0, 1};
    const double minutes[] = {30, 20, 25};
    rh_minutes *m;
    assert_int_equal(rh_minutes_build(2, 3, from, to, minutes, true, &m, NULL), RH_OK);
    assert_true(rh_minutes_between(m, 0, 1) == 25 && rh_minutes_between(m, 1, 0) == 20);
    assert_true(rh_minutes_between(m, 1, 1) == 0);
    rh_minutes_free(m);
}

/* ---- partitions ---- */

static void
test_likeness_of_partitions_by_hand(void **state)
{
    (void)state;
    const uint32_t a[6] = {0, 0, 0, 3, 3, 3}, b[6] = {0, 0, 2, 2, 4, 4};
    rh_likeness l;
    assert_int_equal(rh_partitions_compare(6, a, b, &l, NULL), RH_OK);
    assert_true(near(l.rand, 10.0 / 15)); /* 2 pairs together in both, 8 apart in both */
    assert_true(near(l.adjusted_rand, (2 - 1.2) / (4.5 - 1.2)));
    assert_true(near(l.information, log(2) + log(3) - 2 * (2.0 / 3 * log(2))));
    assert_int_equal(rh_partitions_compare(6, a, a, &l, NULL), RH_OK);
    assert_true(l.rand == 1 && l.adjusted_rand == 1 && l.information == 0);
    const uint32_t none[6] = {NONE, NONE, NONE, NONE, NONE, NONE}, own[6] = {0, 1, 2, 3, 4, 5};
    assert_int_equal(rh_partitions_compare(6, none, own, &l, NULL), RH_OK);
    assert_true(l.adjusted_rand == 1 && near(l.information, 0));
}

static void
test_stability_follows_the_main_unit(void **state)
{
    (void)state;
    /* three partitions of four units; unit 1 is the heaviest */
    const uint32_t area[12] = {0, 0, 0, 3, 1, 1, 1, 1, NONE, 1, 2, 3};
    const double weight[4] = {1, 9, 2, 3};
    uint32_t home[4];
    double kept[4], overlap[4];
    uint32_t relabelled[12];
    memcpy(relabelled, area, sizeof area);
    assert_int_equal(rh_stability(4, 3, relabelled, weight, home, kept, overlap, NULL), RH_OK);
    assert_int_equal(home[0], 1);
    assert_true(near(kept[0], 2.0 / 3) && near(kept[1], 1) && near(kept[3], 2.0 / 3));
    assert_int_equal(home[3], 3);
    assert_true(near(overlap[0], (3.0 / 4 + 1.0 / 3 + 1.0 / 4) / 3));
}

/* ---- networks ---- */

static void
test_network_of_three_cities_by_hand(void **state)
{
    (void)state;
    const uint32_t pair[][2] = {{0, 1}, {1, 0}, {1, 2}, {2, 1}, {2, 2}};
    const double persons[] = {40, 10, 20, 20, 60};
    rh_commuting *c = flows_of(3, 5, pair, persons);
    rh_network_unit u[3];
    rh_network_whole w;
    assert_int_equal(rh_network_measure(c, true, u, &w, NULL), RH_OK);
    assert_true(near(u[1].in, 60) && near(u[1].out, 30) && near(u[1].balance, 1.0 / 3));
    assert_true(near(u[0].reciprocity, 0.25) && near(u[1].reciprocity, 1));
    assert_true(near(w.reciprocity, 60.0 / 90) && near(w.density, 4.0 / 6) &&
                near(w.crossing, 90.0 / 150));
    assert_int_equal(u[1].leads_to, 2);
    assert_true(near(u[1].dependence, 2.0 / 3));
    assert_true(u[1].nodal && !u[0].nodal && !u[2].nodal);
    assert_true(near(u[1].betweenness, 1) && u[0].betweenness == 0);
    assert_true(near(u[0].pagerank + u[1].pagerank + u[2].pagerank, 1));
    /* x1 = .05 + .85 (x0 + x2), since both send all to 1 */
    assert_true(near(u[1].pagerank, .05 + .85 * (u[0].pagerank + u[2].pagerank)));
    assert_true(near(u[0].pagerank, .05 + .85 * u[1].pagerank / 3));
    /* w + wᵀ: 50 between 0 and 1, 40 between 1 and 2; λ² = 50² + 40² */
    assert_true(u[1].eigenvector == 1);
    assert_true(fabs(u[0].eigenvector - 50 / sqrt(4100)) < 1e-7);
    rh_commuting_free(c);
}

static void
test_equal_shortest_paths_share_betweenness(void **state)
{
    (void)state;
    /* 0 → 1 → 3 and 0 → 2 → 3 */
    const uint32_t pair[][2] = {{0, 1}, {0, 2}, {1, 3}, {2, 3}};
    const double persons[] = {5, 5, 5, 5};
    rh_commuting *c = flows_of(4, 4, pair, persons);
    rh_network_unit u[4];
    rh_network_whole w;
    assert_int_equal(rh_network_measure(c, true, u, &w, NULL), RH_OK);
    assert_true(near(u[1].betweenness, 0.5 / 6) && near(u[2].betweenness, 0.5 / 6));
    assert_int_equal(rh_network_measure(c, false, u, &w, NULL), RH_OK);
    assert_true(isnan(u[1].betweenness));
    rh_commuting_free(c);
}

/* Q from its definition, pair by pair. */
static double
slow_modularity(const rh_commuting *c, const uint32_t *module)
{
    double all = 0, q = 0, out[40] = {0}, in[40] = {0};
    for (uint32_t i = 0; i < c->n; i++) {
        for (uint32_t j = 0; j < c->n; j++) {
            double w = i != j ? rh_commuting_between(c, i, j) : 0;
            out[i] += w;
            in[j] += w;
            all += w;
        }
    }
    for (uint32_t i = 0; i < c->n; i++) {
        for (uint32_t j = 0; j < c->n; j++) {
            double w = i != j ? rh_commuting_between(c, i, j) : 0;
            q += module[i] == module[j] ? (w - out[i] * in[j] / all) / all : 0;
        }
    }
    return q;
}

static void
test_modules_are_found_and_their_modularity_is_that_of_the_definition(void **state)
{
    (void)state;
    enum { UNITS = 40, FLOWS = 600 };
    uint32_t from[FLOWS], to[FLOWS], module[UNITS], again[UNITS], n;
    double persons[FLOWS], q;
    for (uint32_t k = 0; k < FLOWS;
         k++) { /* four groups of ten; nine of ten flows stay inside */
        uint64_t draw = rh_draw(11, k);
        from[k] = (uint32_t)rh_below(draw, UNITS);
        bool inside = rh_below(rh_draw(12, k), 10) < 9;
        uint32_t other = (uint32_t)rh_below(rh_draw(13, k), inside ? 10 : UNITS);
        to[k] = inside ? from[k] / 10 * 10 + other : other;
        persons[k] = 1 + (double)rh_below(rh_draw(14, k), 50);
    }
    rh_commuting *c = NULL;
    assert_int_equal(rh_commuting_build(UNITS, FLOWS, from, to, persons, &c, NULL), RH_OK);
    assert_int_equal(rh_network_modules(c, 1, module, &n, &q, NULL), RH_OK);
    assert_int_equal(n, 4);
    for (uint32_t i = 0; i < UNITS; i++) {
        assert_int_equal(module[i], i / 10 * 10);
    }
    assert_true(near(q, slow_modularity(c, module)));
    assert_int_equal(rh_network_modules(c, 1, again, &n, &q, NULL), RH_OK);
    assert_memory_equal(module, again, sizeof module);
    assert_int_equal(rh_network_modules(c, 0.0001, module, &n, &q, NULL), RH_OK);
    assert_int_equal(n, 1);
    rh_commuting_free(c);
}

static void
test_two_pairs_stay_two_modules_while_less_crosses_than_stays(void **state)
{
    (void)state;
    const uint32_t pair[][2] = {{0, 1}, {1, 0}, {2, 3}, {3, 2}, {0, 2}, {2, 0}, {1, 3}, {3, 1}};
    const double persons[] = {10, 10, 10, 10, 5, 5, 5, 5};
    rh_commuting *c = flows_of(4, 8, pair, persons);
    uint32_t module[4], n;
    double q;
    assert_int_equal(rh_network_modules(c, 1, module, &n, &q, NULL), RH_OK);
    assert_int_equal(n, 2);
    assert_int_equal(module[1], 0);
    assert_int_equal(module[3], 2);
    assert_true(near(q, 1.0 / 6)); /* (40 − 2 · 30² / 60) / 60 */
    rh_commuting_free(c);
}

static void
test_joining_two_modules_never_raises_modularity(void **state)
{
    (void)state;
    enum { UNITS = 30, FLOWS = 200 };
    for (rh_key key = 50; key < 70; key++) {
        uint32_t from[FLOWS], to[FLOWS], module[UNITS], joined[UNITS], n;
        double persons[FLOWS], q;
        for (uint32_t k = 0; k < FLOWS;
             k++) { /* most go to units of smaller number: directions differ */
            uint32_t a = (uint32_t)rh_below(rh_draw(key, 3 * k), UNITS),
                     b = (uint32_t)rh_below(rh_draw(key, 3 * k + 1), UNITS);
            from[k] = a > b ? a : b;
            to[k] = a > b ? b : a;
            persons[k] = 1 + (double)rh_below(rh_draw(key, 3 * k + 2), 90);
        }
        rh_commuting *c = NULL;
        assert_int_equal(rh_commuting_build(UNITS, FLOWS, from, to, persons, &c, NULL), RH_OK);
        assert_int_equal(rh_network_modules(c, 1, module, &n, &q, NULL), RH_OK);
        assert_true(near(q, slow_modularity(c, module)));
        for (uint32_t a = 0; a < UNITS; a++) {
            for (uint32_t b = a + 1; b < UNITS && module[a] == a; b++) {
                for (uint32_t i = 0; i < UNITS; i++) {
                    joined[i] = module[i] == b ? a : module[i];
                }
                assert_true(slow_modularity(c, joined) <= q + 1e-9);
            }
        }
        rh_commuting_free(c);
    }
}

static void
test_a_network_without_links_has_no_modules_but_units(void **state)
{
    (void)state;
    const uint32_t pair[][2] = {{0, 0}, {1, 1}};
    const double persons[] = {5, 6};
    rh_commuting *c = flows_of(2, 2, pair, persons);
    uint32_t module[2], n;
    double q;
    assert_int_equal(rh_network_modules(c, 1, module, &n, &q, NULL), RH_OK);
    assert_int_equal(n, 2);
    assert_true(q == 0);
    rh_commuting_free(c);
}

/* ---- pairs of cities ---- */

static void
test_components_of_togetherness_by_hand(void **state)
{
    (void)state;
    rh_together_rule rule = rh_together_rule_assumed();
    assert_true(near(rh_together_commuting(&rule, 30, 15, 1000, 600), 45.0 / 600 / 0.15));
    assert_true(rh_together_commuting(&rule, 300, 15, 1000, 600) == 1);
    assert_true(near(rh_together_balance(30, 15), 0.5) && isnan(rh_together_balance(0, 0)));
    assert_true(near(rh_together_time(&rule, 30), 0.75) && rh_together_time(&rule, 200) == 0);
    assert_true(isnan(rh_together_time(&rule, (double)INFINITY)));
    const double x[3] = {0.5, (double)NAN, 1}, w[3] = {1, 2, 3};
    double known;
    assert_true(near(rh_together_index(3, x, w, &known), 3.5 / 4) && near(known, 4.0 / 6));
    const double zero[3] = {0, 2, 0};
    assert_true(isnan(rh_together_index(3, x, zero, &known)));
}

/* ---- memory ---- */

/* Everything that asks for memory, once. */
static rh_status
use_memory(void)
{
    const uint32_t from[] = {0, 1, 2, 0, 3}, to[] = {0, 0, 1, 2, 2}, area[] = {0, 0, 2, 2};
    const double persons[] = {50, 20, 10, 5, 7}, population[] = {9e4, 1, 1, 1},
                 dense[] = {1, 0, 0, 0};
    const int64_t row[] = {0, 0, 1, 1}, column[] = {0, 1, 0, 1};
    const bool center[] = {true, false, false, false};
    const rh_fua_rule fua_rule = rh_fua_rule_oecd();
    const rh_circle_rule circle_rule = {.minutes = 60, .share = 0.1, .rounds = true};
    rh_commuting *c = NULL;
    rh_touching *t = NULL;
    rh_minutes *m = NULL;
    rh_fua *f = NULL;
    rh_circle *circle = NULL;
    rh_likeness l;
    rh_network_unit unit[4];
    rh_network_whole whole;
    uint32_t home[4], module[4], n;
    double kept[4], overlap[4], q;
    rh_status status = rh_commuting_build(4, 5, from, to, persons, &c, NULL);
    status = status ? status : rh_touching_from_grid(4, row, column, &t, NULL);
    status = status ? status : rh_minutes_build(4, 5, from, to, persons, true, &m, NULL);
    status = status ? status : rh_fua_find(c, &fua_rule, population, dense, NULL, t, &f, NULL);
    status = status ? status : rh_circle_find(c, m, center, 4, &circle_rule, &circle, NULL);
    status = status ? status : rh_partitions_compare(4, area, to, &l, NULL);
    status = status ? status : rh_stability(4, 1, area, persons, home, kept, overlap, NULL);
    status = status ? status : rh_network_measure(c, true, unit, &whole, NULL);
    status = status ? status : rh_network_modules(c, 1, module, &n, &q, NULL);
    rh_circle_free(circle);
    rh_fua_free(f);
    rh_minutes_free(m);
    rh_touching_free(t);
    rh_commuting_free(c);
    return status;
}

static void
test_every_failure_of_memory_is_said_and_leaves_nothing_behind(void **state)
{
    (void)state;
    long n = 1;
    for (rh_status status = RH_MEMORY; status != RH_OK; n++) {
        rh_mem_fail_after(n);
        status = use_memory();
        rh_mem_fail_after(0);
        assert_true(status == RH_OK || status == RH_MEMORY);
        assert_true(n < 1000);
    }
    assert_true(n > 50);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grid_cells_touch_along_their_sides),
        cmocka_unit_test(test_points_in_a_row_touch_the_next_ones_only),
        cmocka_unit_test(test_pairs_are_made_mutual_and_counted_once),
        cmocka_unit_test(test_hinterland_exclaves_and_enclaves_by_hand),
        cmocka_unit_test(test_cores_join_when_either_sends_enough_or_when_both_do),
        cmocka_unit_test(test_touching_core_units_are_one_core_and_named_centres_count),
        cmocka_unit_test(test_circle_needs_minutes_and_share),
        cmocka_unit_test(test_given_direction_of_a_trip_wins_over_its_mirror),
        cmocka_unit_test(test_likeness_of_partitions_by_hand),
        cmocka_unit_test(test_stability_follows_the_main_unit),
        cmocka_unit_test(test_network_of_three_cities_by_hand),
        cmocka_unit_test(test_equal_shortest_paths_share_betweenness),
        cmocka_unit_test(test_modules_are_found_and_their_modularity_is_that_of_the_definition),
        cmocka_unit_test(test_two_pairs_stay_two_modules_while_less_crosses_than_stays),
        cmocka_unit_test(test_joining_two_modules_never_raises_modularity),
        cmocka_unit_test(test_a_network_without_links_has_no_modules_but_units),
        cmocka_unit_test(test_components_of_togetherness_by_hand),
        cmocka_unit_test(test_every_failure_of_memory_is_said_and_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
