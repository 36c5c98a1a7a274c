/* Measures of access, networks, coverage and extension plans (evaluate/access_*.h): hand-worked values, what is kept, slow twins. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/random.h"
#include "evaluate/access_coverage.h"
#include "evaluate/access_measure.h"
#include "evaluate/names.h"
#include "evaluate/access_near.h"
#include "evaluate/access_network.h"
#include "evaluate/access_plan.h"

#define assert_near(got, want, tolerance)                                                      \
    do {                                                                                       \
        double got_ = (got), want_ = (want);                                                   \
        if (!(fabs(got_ - want_) <= (tolerance))) {                                            \
            fail_msg("%s is %.17g, not %.17g", #got, got_, want_);                             \
        }                                                                                      \
    } while (0)

/* ---- a random country ---- */

typedef struct country {
    uint32_t n, m;
    size_t pairs;
    uint32_t *origin, *destination;
    double *cost, *demand, *supply;
} country;

/* About one pair in three is there; costs 0 … 60 differ there and back; a tenth of the places is empty. */
static country
country_new(rh_key key, uint32_t n, uint32_t m)
{
    country c = {.n = n, .m = m};
    size_t most = (size_t)n * m;
    c.origin = calloc(most, sizeof *c.origin);
    c.destination = calloc(most, sizeof *c.destination);
    c.cost = calloc(most, sizeof *c.cost);
    c.demand = calloc(n, sizeof *c.demand);
    c.supply = calloc(m, sizeof *c.supply);
    for (uint32_t i = 0; i < n; i++) {
        c.demand[i] = rh_uniform(key, i) < 0.1 ? 0 : floor(1000 * rh_uniform(key, n + i));
    }
    key = rh_key_with(key, 1);
    for (uint32_t j = 0; j < m; j++) {
        c.supply[j] = rh_uniform(key, j) < 0.1 ? 0 : floor(20 * rh_uniform(key, m + j));
    }
    key = rh_key_with(key, 2);
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t j = 0; j < m; j++) {
            uint64_t draw = (uint64_t)i * m + j;
            if (rh_uniform(key, draw) < 0.33) {
                c.origin[c.pairs] = i;
                c.destination[c.pairs] = j;
                c.cost[c.pairs++] = 60 * rh_uniform(rh_key_with(key, 3), draw);
            }
        }
    }
    return c;
}

static void
country_free(country *c)
{
    free(c->origin);
    free(c->destination);
    free(c->cost);
    free(c->demand);
    free(c->supply);
}

static rh_pairs *
pairs_of(const country *c)
{
    rh_pairs *p;
    assert_int_equal(
        rh_pairs_new(c->n, c->m, c->pairs, c->origin, c->destination, c->cost, &p, NULL),
        RH_OK);
    return p;
}

static rh_access_how
usual_how(double within, const char *decay, unsigned threads)
{
    rh_access_how how = rh_access_usual();
    how.within = within;
    how.threads = threads;
    how.from = 10;
    how.to = 30;
    assert_int_equal(rh_decay_parse(decay, &how.decay, NULL), RH_OK);
    return how;
}

static double
relative(double a, double b)
{
    return fabs(a - b) / fmax(1e-300, fmax(fabs(a), fabs(b)));
}

/* ---- decay ---- */

static double
weight(const char *decay, double cost)
{
    rh_decay d;
    rh_err err = {0};
    if (rh_decay_parse(decay, &d, &err) != RH_OK) {
        fail_msg("%s", err.text);
    }
    return rh_decay_weight(&d, cost);
}

static void
test_decays_have_the_values_of_their_formulas(void **state)
{
    (void)state;
    const double e = 1e-12;
    assert_near(weight("binary:20", 20), 1, 0);
    assert_near(weight("binary:20", 20.0001), 0, 0);
    assert_near(weight("linear:30", 10), 2.0 / 3, e);
    assert_near(weight("linear:30", 60), 0, 0);
    assert_near(weight("exponential:0.1", 10), exp(-1), e);
    assert_near(weight("power:0.5", 16), 0.25, e);
    assert_near(weight("power:0.5", 0), 1, e);
    assert_near(weight("power:2:10", 5), 0.01, e);
    assert_near(weight("gravity:20:-2:1", 2), 100, e);
    assert_near(weight("gravity:20:-2:1", 0), 400, e);
    assert_near(weight("gaussian:20", 40), 0.1353352832366127, e);
    assert_near(weight("gaussian_cut:30", 0), 1, e);
    assert_near(weight("gaussian_cut:30", 30), 0, e);
    assert_near(weight("epanechnikov:10", 5), 0.5625, e);
    assert_near(weight("quartic:10", 0), 0.9375, e);
    assert_near(weight("logistic:30:10", 0), 1, e);
    assert_near(weight("logistic:30:10", 30), 0.502, 0.001);
    assert_near(weight("none", 1e9), 1, 0);
}

static void
test_steps_are_closed_on_the_right_and_stepped_on_the_left(void **state)
{
    (void)state;
    const double cost[] = {0, 10, 20, 30, 40, 50, 60, 70};
    const double step[] = {1, 1, 1, 0.68, 0.68, 0.22, 0.22, 0};
    const double stepped[] = {1, 0.75, 0.5, 0.25, 0, 0, 0, 0};
    for (int i = 0; i < 8; i++) {
        assert_near(weight("step:20=1,40=0.68,60=0.22", cost[i]), step[i], 0);
        assert_near(weight("stepped:10=0.75,20=0.5,30=0.25,40=0", cost[i]), stepped[i], 0);
    }
}

static void
test_a_wrong_decay_is_refused_and_named(void **state)
{
    (void)state;
    const char *const bad[] = {"gauss:1",        "gaussian",    "gaussian:0",
                               "exponential:-1", "binary:20:3", "step:20=1,10=0.5",
                               "step:20",        "linear:x",    "gravity:1:2:1",
                               "power:1:0",      "logistic:30", "step:"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        rh_decay d;
        rh_err err = {0};
        assert_int_equal(rh_decay_parse(bad[i], &d, &err), RH_INPUT);
        assert_non_null(strstr(err.text, bad[i]));
    }
}

/* ---- pairs ---- */

static void
test_the_order_of_rows_changes_nothing(void **state)
{
    (void)state;
    country c = country_new(7, 60, 40);
    rh_pairs *a = pairs_of(&c);
    for (size_t k = c.pairs - 1; k > 0; k--) {
        size_t other = rh_below(rh_draw(99, k), k + 1);
        uint32_t o = c.origin[k], d = c.destination[k];
        double x = c.cost[k];
        c.origin[k] = c.origin[other];
        c.destination[k] = c.destination[other];
        c.cost[k] = c.cost[other];
        c.origin[other] = o;
        c.destination[other] = d;
        c.cost[other] = x;
    }
    rh_pairs *b = pairs_of(&c);
    assert_int_equal(a->n, b->n);
    assert_memory_equal(a->start, b->start, (a->n_origins + 1) * sizeof *a->start);
    assert_memory_equal(a->destination, b->destination, a->n * sizeof *a->destination);
    assert_memory_equal(a->cost, b->cost, a->n * sizeof *a->cost);
    rh_pairs_free(a);
    rh_pairs_free(b);
    country_free(&c);
}

static void
test_a_pair_that_stands_twice_is_found(void **state)
{
    (void)state;
    const uint32_t o[] = {1, 0, 1}, d[] = {2, 0, 2};
    const double cost[] = {1, 2, 3};
    rh_pairs *p;
    uint32_t i, j;
    assert_int_equal(rh_pairs_new(2, 3, 3, o, d, cost, &p, NULL), RH_OK);
    assert_true(rh_pairs_twin(p, &i, &j));
    assert_int_equal(i, 1);
    assert_int_equal(j, 2);
    rh_pairs_free(p);
    assert_int_equal(rh_pairs_new(2, 3, 2, o, d, cost, &p, NULL), RH_OK);
    assert_false(rh_pairs_twin(p, &i, &j));
    rh_pairs_free(p);
}

/* ---- floating catchments ---- */

/* Two towns; 1 → 2 takes 5 minutes, 2 → 1 takes 50: only town 1 reaches both clinics within 10. Turned by mistake, town 2 would. */
static void
test_one_way_costs_are_not_turned(void **state)
{
    (void)state;
    const uint32_t o[] = {0, 0, 1, 1}, d[] = {0, 1, 0, 1};
    const double cost[] = {0, 5, 50, 0}, demand[] = {100, 300}, supply[] = {10, 8};
    rh_pairs *p;
    double access[2];
    rh_access_balance b;
    rh_access_how how = usual_how(10, "none", 1);
    assert_int_equal(rh_pairs_new(2, 2, 4, o, d, cost, &p, NULL), RH_OK);
    rh_access_input in = {p, p, demand, supply};
    assert_int_equal(rh_access(&in, RH_ACCESS_2SFCA, &how, access, NULL, &b, NULL), RH_OK);
    assert_near(access[0], 10.0 / 100 + 8.0 / 400, 1e-15);
    assert_near(access[1], 8.0 / 400, 1e-15);
    assert_near(b.kept, 18, 1e-12);
    assert_int_equal(rh_access(&in, RH_ACCESS_RATIO, &how, access, NULL, &b, NULL), RH_OK);
    assert_near(access[0], 18.0 / 400, 1e-15);
    assert_near(access[1], 8.0 / 300, 1e-15);
    rh_pairs_free(p);
}

/* BFCA with w = {1, 1/2; 0, 1}: rows {2/3, 1/3; 0, 1}, columns {1, 1/3; 0, 2/3}; demand at clinics 60, 30 + 80. */
static void
test_balanced_catchments_have_hand_worked_values(void **state)
{
    (void)state;
    const uint32_t o[] = {0, 0, 1}, d[] = {0, 1, 1};
    const double cost[] = {0, 15, 0}, demand[] = {90, 80}, supply[] = {6, 11};
    rh_pairs *p;
    double access[2];
    rh_access_balance b;
    rh_access_how how = usual_how(INFINITY, "linear:30", 1);
    assert_int_equal(rh_pairs_new(2, 2, 3, o, d, cost, &p, NULL), RH_OK);
    rh_access_input in = {p, NULL, demand, supply};
    assert_int_equal(rh_access(&in, RH_ACCESS_BFCA, &how, access, NULL, &b, NULL), RH_OK);
    assert_near(access[0], 6.0 / 60 + 11.0 / 110 / 3, 1e-15);
    assert_near(access[1], 11.0 / 110 * 2 / 3, 1e-15);
    assert_near(b.to_keep, 0.2, 1e-15);
    rh_pairs_free(p);
}

/* The plain twin: 2SFCA, E2SFCA, M2SFCA and 3SFCA as their papers write them, over a full matrix. */
static void
twin(const country *c, const rh_access_how *how, rh_access_measure measure, double *access)
{
    size_t n = c->n, m = c->m;
    double *w = calloc(n * m, sizeof *w);
    for (size_t k = 0; k < c->pairs; k++) {
        bool near = c->cost[k] <= how->within;
        bool plain = measure == RH_ACCESS_2SFCA;
        w[c->origin[k] * m + c->destination[k]] =
            !near   ? 0
            : plain ? 1
                    : rh_decay_weight(&how->decay, c->cost[k]);
    }
    for (size_t i = 0; i < n && measure == RH_ACCESS_3SFCA; i++) {
        double sum = 0;
        for (size_t j = 0; j < m; j++) {
            sum += w[i * m + j];
        }
        for (size_t j = 0; j < m && sum > 0; j++) {
            w[i * m + j] *= w[i * m + j] / sum;
        }
    }
    for (size_t i = 0; i < n; i++) {
        access[i] = 0;
        for (size_t j = 0; j < m; j++) {
            double demand = 0, mine = w[i * m + j];
            for (size_t k = 0; k < n; k++) {
                demand += c->demand[k] * w[k * m + j];
            }
            double gets = demand > 0 ? c->supply[j] / demand * mine : 0;
            access[i] += measure == RH_ACCESS_M2SFCA ? gets * mine : gets;
        }
    }
    free(w);
}

static void
test_catchments_agree_with_a_plain_twin(void **state)
{
    (void)state;
    const rh_access_measure measures[] = {RH_ACCESS_2SFCA, RH_ACCESS_E2SFCA, RH_ACCESS_M2SFCA,
                                          RH_ACCESS_3SFCA};
    country c = country_new(3, 70, 30);
    rh_pairs *p = pairs_of(&c);
    rh_access_how how = usual_how(45, "gaussian:20", 2);
    rh_access_input in = {p, NULL, c.demand, c.supply};
    double *got = calloc(c.n, sizeof *got), *want = calloc(c.n, sizeof *want);
    for (size_t m = 0; m < sizeof measures / sizeof *measures; m++) {
        rh_access_balance b;
        assert_int_equal(rh_access(&in, measures[m], &how, got, NULL, &b, NULL), RH_OK);
        twin(&c, &how, measures[m], want);
        for (uint32_t i = 0; i < c.n; i++) {
            assert_true(relative(got[i], want[i]) < 1e-12);
        }
    }
    free(got);
    free(want);
    rh_pairs_free(p);
    country_free(&c);
}

/* A1: rh_access itself refuses to return what is not kept; here the sums are made once more. */
static void
test_supply_is_kept_by_every_measure_that_promises_it(void **state)
{
    (void)state;
    for (rh_key seed = 0; seed < 12; seed++) {
        country c = country_new(seed, 80, 25);
        rh_pairs *p = pairs_of(&c);
        rh_access_how how = usual_how(5 + 4 * (double)seed, "gaussian:12", 2);
        rh_access_input in = {p, NULL, c.demand, c.supply};
        double *access = calloc(c.n, sizeof *access), *detail = calloc(p->n, sizeof *detail);
        for (unsigned m = 0; m < RH_ACCESS_COUNT; m++) {
            rh_access_balance b;
            const rh_access_info *info = rh_access_info_of((rh_access_measure)m);
            if (info->keeps == RH_KEEPS_NOTHING || m == RH_ACCESS_DOUBLY) {
                continue;
            }
            assert_int_equal(
                rh_access(&in, (rh_access_measure)m, &how, access, detail, &b, NULL), RH_OK);
            double kept = 0, parts = 0;
            for (uint32_t i = 0; i < c.n; i++) {
                double share = info->keeps == RH_KEEPS_SUPPLY ? c.demand[i] : 1;
                kept += share > 0 ? access[i] * share : 0;
                for (size_t k = p->start[i]; k < p->start[i + 1]; k++) {
                    parts += share > 0 ? detail[k] * share : 0;
                }
            }
            assert_true(info->keeps == RH_KEEPS_PEOPLE || relative(kept, b.to_keep) < 1e-11);
            assert_true(relative(parts, b.to_keep) < 1e-11);
            if (info->keeps == RH_KEEPS_SUPPLY) {
                assert_true(relative(b.supply - b.supply_alone, kept) < 1e-11);
            }
        }
        free(access);
        free(detail);
        rh_pairs_free(p);
        country_free(&c);
    }
}

static void
test_the_number_of_threads_does_not_change_a_bit(void **state)
{
    (void)state;
    country c = country_new(5, 900, 700);
    rh_pairs *p = pairs_of(&c);
    assert_true(p->n_chunks > 3);
    rh_access_input in = {p, NULL, c.demand, c.supply};
    double *one = calloc(c.n, sizeof *one), *more = calloc(c.n, sizeof *more);
    for (unsigned m = 0; m < RH_ACCESS_RAAM; m++) {
        rh_access_balance b;
        if (m == RH_ACCESS_RATIO || m == RH_ACCESS_DOUBLY) {
            continue;
        }
        for (unsigned threads = 1; threads <= 5; threads += 2) {
            rh_access_how how = usual_how(30, "exponential:0.1", threads);
            assert_int_equal(rh_access(&in, (rh_access_measure)m, &how,
                                       threads == 1 ? one : more, NULL, &b, NULL),
                             RH_OK);
        }
        assert_memory_equal(one, more, c.n * sizeof *one);
    }
    free(one);
    free(more);
    rh_pairs_free(p);
    country_free(&c);
}

static void
test_places_without_a_partner_are_counted(void **state)
{
    (void)state;
    const uint32_t o[] = {0, 1, 1}, d[] = {0, 0, 1};
    const double cost[] = {5, 50, 60}, demand[] = {100, 40, 7}, supply[] = {3, 2, 1};
    rh_pairs *p;
    double access[3];
    rh_access_balance b;
    rh_access_how how = usual_how(10, "none", 1);
    assert_int_equal(rh_pairs_new(3, 3, 3, o, d, cost, &p, NULL), RH_OK);
    rh_access_input in = {p, NULL, demand, supply};
    assert_int_equal(rh_access(&in, RH_ACCESS_2SFCA, &how, access, NULL, &b, NULL), RH_OK);
    assert_int_equal(b.n_demand_alone, 2);
    assert_near(b.demand_alone, 47, 0);
    assert_int_equal(b.n_supply_alone, 2);
    assert_near(b.supply_alone, 3, 0);
    assert_near(b.kept, 3, 1e-15);
    assert_near(access[1] + access[2], 0, 0);
    rh_pairs_free(p);
}

/* ---- opportunities ---- */

static void
test_opportunities_have_hand_worked_values(void **state)
{
    (void)state;
    const uint32_t o[] = {0, 0, 0, 1}, d[] = {0, 1, 2, 0};
    const double cost[] = {12, 20, 31, 90}, demand[] = {25, 500}, supply[] = {10, 20, 30};
    rh_pairs *p;
    double access[2];
    rh_access_balance b;
    assert_int_equal(rh_pairs_new(2, 3, 4, o, d, cost, &p, NULL), RH_OK);
    rh_access_input in = {p, NULL, demand, supply};
    rh_access_how how = usual_how(20, "linear:40", 1);
    assert_int_equal(rh_access(&in, RH_ACCESS_CUMULATIVE, &how, access, NULL, &b, NULL), RH_OK);
    assert_near(access[0], 30, 0);
    how.within = INFINITY;
    assert_int_equal(rh_access(&in, RH_ACCESS_GRAVITY, &how, access, NULL, &b, NULL), RH_OK);
    assert_near(access[0], 10 * 0.7 + 20 * 0.5 + 30 * 0.225, 1e-12);
    how.from = 11;
    how.to = 21;
    how.increment = 5; /* cutoffs 11, 16, 21 reach 0, 10, 30 */
    assert_int_equal(rh_access(&in, RH_ACCESS_INTERVAL, &how, access, NULL, &b, NULL), RH_OK);
    assert_near(access[0], 40.0 / 3, 1e-12);
    how.median = true;
    assert_int_equal(rh_access(&in, RH_ACCESS_INTERVAL, &how, access, NULL, &b, NULL), RH_OK);
    assert_near(access[0], 10, 0);
    assert_int_equal(rh_access(&in, RH_ACCESS_CLOSEST, &how, access, NULL, &b, NULL), RH_OK);
    assert_near(access[0], 12, 0);
    how.at_least = 30; /* 10 at 12 minutes and 20 more at 20 */
    assert_int_equal(rh_access(&in, RH_ACCESS_CLOSEST, &how, access, NULL, &b, NULL), RH_OK);
    assert_near(access[0], 20, 0);
    how.at_least = 31;
    assert_int_equal(rh_access(&in, RH_ACCESS_CLOSEST, &how, access, NULL, &b, NULL), RH_OK);
    assert_near(access[0], 31, 0);
    assert_true(isinf(access[1]));
    how.increment = 8; /* 25 people are matched at 20, so at the third multiple, 24 */
    assert_int_equal(rh_access(&in, RH_ACCESS_BALANCING, &how, access, NULL, &b, NULL), RH_OK);
    assert_near(access[0], 24, 0);
    assert_true(isnan(access[1]));
    rh_pairs_free(p);
}

/* ---- fixed totals ---- */

/* Soukhov et al. 2023, PLoS ONE 18(1), the toy city: published 66,833; 133,203; 9,963 jobs. */
static void
test_spatial_availability_is_the_published_one(void **state)
{
    (void)state;
    const uint32_t o[] = {0, 0, 0, 1, 1, 1, 2, 2, 2}, d[] = {0, 1, 2, 0, 1, 2, 0, 1, 2};
    const double cost[] = {15, 30, 100, 30, 15, 100, 100, 100, 15};
    const double demand[] = {50000, 150000, 10000}, supply[] = {100000, 100000, 10000};
    const double want[] = {66833, 133203, 9963};
    rh_pairs *p;
    double access[3], detail[9], heads[3];
    rh_access_balance b;
    rh_access_how how = usual_how(INFINITY, "exponential:0.1", 1);
    assert_int_equal(rh_pairs_new(3, 3, 9, o, d, cost, &p, NULL), RH_OK);
    rh_access_input in = {p, NULL, demand, supply};
    assert_int_equal(rh_access(&in, RH_ACCESS_AVAILABILITY, &how, access, detail, &b, NULL),
                     RH_OK);
    assert_int_equal(rh_access(&in, RH_ACCESS_PER_HEAD, &how, heads, NULL, &b, NULL), RH_OK);
    for (int i = 0; i < 3; i++) {
        assert_near(access[i], want[i], 0.51);
        assert_near(heads[i], access[i] / demand[i], 1e-12);
        assert_near(detail[i] + detail[3 + i] + detail[6 + i], supply[i], 1e-8);
    }
    rh_pairs_free(p);
}

static void
test_doubly_constrained_flows_meet_both_sides(void **state)
{
    (void)state;
    const uint32_t o[] = {0, 0, 0, 1, 1, 1, 2, 2, 2}, d[] = {0, 1, 2, 0, 1, 2, 0, 1, 2};
    const double cost[] = {10, 30, 15, 30, 10, 25, 15, 25, 10};
    const double demand[] = {4, 10, 6}, supply[] = {7, 5, 8}, too_much[] = {7, 5, 9};
    rh_pairs *p;
    double access[3], flow[9];
    rh_access_balance b;
    rh_err err = {0};
    rh_access_how how = usual_how(INFINITY, "power:3", 2);
    assert_int_equal(rh_pairs_new(3, 3, 9, o, d, cost, &p, NULL), RH_OK);
    rh_access_input in = {p, NULL, demand, supply};
    assert_int_equal(rh_access(&in, RH_ACCESS_DOUBLY, &how, access, flow, &b, NULL), RH_OK);
    for (int i = 0; i < 3; i++) {
        assert_near(flow[3 * i] + flow[3 * i + 1] + flow[3 * i + 2], demand[i], 1e-9);
        assert_near(flow[i] + flow[3 + i] + flow[6 + i], supply[i], 1e-9);
    }
    /* T = a w b: cross ratios of flows are those of the weights */
    double got = flow[0] * flow[4] / (flow[1] * flow[3]);
    assert_near(got, pow(10, -6) / pow(30, -6), 1e-6 * got);
    in.supply = too_much;
    assert_int_equal(rh_access(&in, RH_ACCESS_DOUBLY, &how, access, flow, &b, &err), RH_INPUT);
    assert_non_null(strstr(err.text, "as much demand as supply"));
    rh_pairs_free(p);
}

/* ---- RAAM ---- */

/* 100 people, clinics of 1 and 1 at 0 and 30 minutes, tau 60, rho 50: D1/50 = 1/2 + (100 − D1)/50, so D1 = 62.5, cost 1.25. */
static void
test_rational_agents_come_to_the_hand_worked_rest(void **state)
{
    (void)state;
    const uint32_t o[] = {0, 0}, d[] = {0, 1};
    const double cost[] = {0, 30}, demand[] = {100}, supply[] = {1, 1};
    rh_pairs *p;
    double access[1], people[2];
    rh_access_balance b;
    rh_access_how how = usual_how(INFINITY, "none", 1);
    assert_int_equal(rh_pairs_new(1, 2, 2, o, d, cost, &p, NULL), RH_OK);
    rh_access_input in = {p, NULL, demand, supply};
    assert_int_equal(rh_access(&in, RH_ACCESS_RAAM, &how, access, people, &b, NULL), RH_OK);
    assert_near(people[0], 62.5, 1e-9);
    assert_near(people[1], 37.5, 1e-9);
    assert_near(access[0], 1.25, 1e-9);
    assert_int_equal(rh_access(&in, RH_ACCESS_RAAM_STEPS, &how, access, people, &b, NULL),
                     RH_OK);
    assert_near(access[0], 1.25, 0.02); /* whole persons */
    assert_near(people[0] + people[1], 100, 0);
    rh_pairs_free(p);
}

static void
test_at_rest_no_agent_gains_by_another_choice(void **state)
{
    (void)state;
    for (rh_key seed = 0; seed < 6; seed++) {
        country c = country_new(seed + 40, 60, 20);
        rh_pairs *p = pairs_of(&c);
        rh_access_how how = usual_how(INFINITY, "none", 1);
        rh_access_input in = {p, NULL, c.demand, c.supply};
        double *access = calloc(c.n, sizeof *access), *x = calloc(p->n, sizeof *x),
               *load = calloc(c.m, sizeof *load), rho;
        rh_access_balance b;
        assert_int_equal(rh_access(&in, RH_ACCESS_RAAM, &how, access, x, &b, NULL), RH_OK);
        assert_true(b.gap <= 1e-10);
        rho = b.demand / b.supply;
        for (size_t k = 0; k < p->n; k++) {
            load[p->destination[k]] += x[k];
        }
        for (uint32_t i = 0; i < c.n; i++) {
            double people = 0;
            for (size_t k = p->start[i]; k < p->start[i + 1]; k++) {
                uint32_t j = p->destination[k];
                double all = p->cost[k] / how.tau + load[j] / (rho * c.supply[j]);
                people += x[k];
                assert_true(c.supply[j] == 0 || all >= access[i] - 1e-9);
                assert_true(x[k] < 1e-6 || all <= access[i] + 1e-5);
            }
            assert_true(relative(people, c.demand[i]) < 1e-12 || isnan(access[i]));
        }
        free(access);
        free(x);
        free(load);
        rh_pairs_free(p);
        country_free(&c);
    }
}

/* ---- names, networks, coordinates ---- */

static void
test_names_get_numbers_in_order_and_keep_them(void **state)
{
    (void)state;
    enum { NAMES = 5000 };
    static char text[NAMES][16];
    rh_names *names;
    uint32_t number;
    assert_int_equal(rh_names_new(&names, NULL), RH_OK);
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < NAMES; i++) {
            snprintf(text[i], sizeof text[i], "乡%u", i * 7);
            assert_int_equal(rh_names_put(names, text[i], &number, NULL), RH_OK);
            assert_int_equal(number, i);
        }
    }
    assert_int_equal(rh_names_find(names, "乡14"), 2);
    assert_int_equal(rh_names_find(names, "县14"), RH_NO_NAME);
    rh_names_free(names);
}

/* All shortest ways by Floyd and Warshall. */
static double *
all_ways(uint32_t n, size_t n_arcs, const uint32_t *from, const uint32_t *to,
         const double *minutes)
{
    double *d = malloc((size_t)n * n * sizeof *d);
    for (size_t k = 0; k < (size_t)n * n; k++) {
        d[k] = k % (n + 1) == 0 ? 0 : INFINITY;
    }
    for (size_t a = 0; a < n_arcs; a++) {
        double *way = &d[(size_t)from[a] * n + to[a]];
        *way = fmin(*way, minutes[a]);
    }
    for (uint32_t k = 0; k < n; k++) {
        for (uint32_t i = 0; i < n; i++) {
            for (uint32_t j = 0; j < n; j++) {
                double way = d[(size_t)i * n + k] + d[(size_t)k * n + j];
                d[(size_t)i * n + j] = fmin(d[(size_t)i * n + j], way);
            }
        }
    }
    return d;
}

static void
check_ways(const rh_network *g, const double *ways, uint32_t n_origins, const uint32_t *origin,
           uint32_t n_destinations, const uint32_t *destination, double within)
{
    rh_pairs *p, *again;
    size_t near = 0;
    assert_int_equal(rh_network_pairs(g, n_origins, origin, n_destinations, destination, within,
                                      1, &p, NULL),
                     RH_OK);
    assert_int_equal(rh_network_pairs(g, n_origins, origin, n_destinations, destination, within,
                                      3, &again, NULL),
                     RH_OK);
    assert_int_equal(p->n, again->n);
    assert_memory_equal(p->cost, again->cost, p->n * sizeof *p->cost);
    assert_memory_equal(p->destination, again->destination, p->n * sizeof *p->destination);
    for (uint32_t i = 0; i < n_origins; i++) {
        for (size_t k = p->start[i]; k < p->start[i + 1]; k++) {
            double way = ways[(size_t)origin[i] * g->n_nodes + destination[p->destination[k]]];
            assert_near(p->cost[k], way, 1e-9);
        }
        for (uint32_t j = 0; j < n_destinations; j++) {
            double way = ways[(size_t)origin[i] * g->n_nodes + destination[j]];
            near += isfinite(way) && way <= within + 1e-9;
        }
    }
    assert_int_equal(near, p->n);
    rh_pairs_free(p);
    rh_pairs_free(again);
}

static void
test_shortest_ways_agree_with_floyd_and_warshall(void **state)
{
    (void)state;
    enum { N = 60, ARCS = 170 };
    uint32_t from[ARCS], to[ARCS], places[N + 20];
    double minutes[ARCS], nearest[N];
    for (rh_key seed = 0; seed < 8; seed++) {
        for (uint32_t a = 0; a < ARCS; a++) {
            from[a] = (uint32_t)rh_below(rh_draw(seed, 3 * a), N);
            to[a] = (uint32_t)rh_below(rh_draw(seed, 3 * a + 1), N);
            minutes[a] = (double)rh_below(rh_draw(seed, 3 * a + 2), 3000) / 100;
        }
        for (uint32_t i = 0; i < N + 20; i++) { /* some nodes carry two places */
            places[i] = i < N ? i : 3 * (i - N);
        }
        rh_network *g;
        assert_int_equal(rh_network_new(N, ARCS, from, to, minutes, RH_ARCS_AS_GIVEN, &g, NULL),
                         RH_OK);
        double *ways = all_ways(N, ARCS, from, to, minutes);
        check_ways(g, ways, N + 20, places, 7, places + 11, 40);
        check_ways(g, ways, 9, places + 20, N + 20, places, 25.5);
        check_ways(g, ways, N, places, N, places, INFINITY);
        const double head_start[2] = {0, 4};
        assert_int_equal(
            rh_network_nearest(g, 2, (uint32_t[]){4, 9}, head_start, 30, nearest, NULL), RH_OK);
        for (uint32_t v = 0; v < N; v++) {
            double want = fmin(ways[4 * N + v], 4 + ways[9 * N + v]);
            assert_true(want > 30 + 1e-9 ? isinf(nearest[v]) : fabs(nearest[v] - want) < 1e-9);
        }
        free(ways);
        rh_network_free(g);
    }
}

static void
test_roads_that_take_no_time_or_too_much(void **state)
{
    (void)state;
    rh_network *g;
    rh_err err = {0};
    double nearest[3];
    assert_int_equal(rh_network_new(3, 2, (uint32_t[]){0, 1}, (uint32_t[]){1, 2},
                                    (double[]){0, 1.1}, RH_ARCS_BOTH_WAYS, &g, NULL),
                     RH_OK);
    assert_int_equal(rh_network_nearest(g, 1, (uint32_t[]){2}, NULL, 10, nearest, NULL), RH_OK);
    assert_true(nearest[0] == 1.1); /* ticks come back as the decimal they were */
    rh_network_free(g);
    assert_int_equal(rh_network_new(3, 1, (uint32_t[]){0}, (uint32_t[]){1}, (double[]){50000},
                                    RH_ARCS_AS_GIVEN, &g, &err),
                     RH_RANGE);
    assert_non_null(strstr(err.text, "50000"));
}

static void
test_near_places_agree_with_looking_at_all(void **state)
{
    (void)state;
    enum { N = 300, M = 200 };
    double x[N], y[N], nearest[N];
    for (int globe = 0; globe < 2; globe++) {
        for (uint32_t i = 0; i < N; i++) {
            x[i] = 100 + 4 * rh_uniform(1, i);
            y[i] = 35 + 4 * rh_uniform(2, i);
        }
        rh_points a = {N, x, y, globe}, b = {M, x + 50, y + 50, globe};
        double within = globe ? 60 : 0.6;
        rh_pairs *p;
        size_t near = 0;
        assert_int_equal(rh_near_pairs(&a, &b, 1, within, &p, NULL), RH_OK);
        assert_int_equal(rh_near_nearest(&a, &b, NULL, 2, nearest, NULL), RH_OK);
        for (uint32_t i = 0; i < N; i++) {
            double best = INFINITY;
            for (uint32_t j = 0; j < M; j++) {
                double d = globe ? rh_globe_km(x[i], y[i], b.x[j], b.y[j])
                                 : hypot(x[i] - b.x[j], y[i] - b.y[j]);
                near += d <= within;
                best = fmin(best, d);
            }
            assert_near(nearest[i], 2 * best, 1e-12);
        }
        assert_int_equal(near, p->n);
        rh_pairs_free(p);
    }
    assert_near(rh_globe_km(0, 0, 0, 90), RH_EARTH_KM * acos(-1) / 2, 1e-9);
    assert_near(rh_globe_km(-180, 10, 180, 10), 0, 1e-9);
}

/* ---- coverage and plans (ASK-09) ---- */

static void
test_coverage_counts_people_by_group(void **state)
{
    (void)state;
    const double minutes[] = {5, 15, 40, INFINITY}, people[] = {100, 200, 300, 50};
    const double limit[] = {15, 60};
    const uint32_t group[] = {0, 1, 0, 1};
    double n[3], covered[6], mean[3], median[3], unreached[3];
    rh_coverage c = {n, covered, mean, median, unreached};
    assert_int_equal(rh_access_coverage(4, minutes, people, group, 2, 2, limit, &c, NULL),
                     RH_OK);
    assert_near(n[0], 400, 0);
    assert_near(n[2], 650, 0);
    assert_near(covered[0], 100, 0);
    assert_near(covered[1], 400, 0);
    assert_near(covered[2], 200, 0);
    assert_near(covered[4], 300, 0);
    assert_near(covered[5], 600, 0);
    assert_near(mean[0], (5 * 100 + 40 * 300) / 400.0, 1e-12);
    assert_near(median[1], 15, 0);
    assert_near(unreached[1], 50, 0);
}

static rh_plan_task
task_of(const country *c, const rh_pairs *p, double *cost, double goal)
{
    for (uint32_t j = 0; j < c->m; j++) {
        cost[j] = 1 + floor(50 * rh_uniform(77, j));
    }
    return (rh_plan_task){.pairs = p, .people = c->demand, .cost = cost, .goal = goal};
}

/* The best of all 2^m plans. */
static double
best_of_all(const country *c, const double *cost, double goal, double all)
{
    double best = INFINITY;
    uint32_t *serves = calloc(c->n, sizeof *serves);
    for (size_t k = 0; k < c->pairs; k++) {
        serves[c->origin[k]] |= 1U << c->destination[k];
    }
    for (uint32_t plan = 0; plan < 1U << c->m; plan++) {
        double price = 0, covered = 0;
        for (uint32_t j = 0; j < c->m; j++) {
            price += plan >> j & 1 ? cost[j] : 0;
        }
        for (uint32_t i = 0; i < c->n; i++) {
            covered += (serves[i] & plan) != 0 ? c->demand[i] : 0;
        }
        best = covered >= goal * all ? fmin(best, price) : best;
    }
    free(serves);
    return best;
}

static void
test_bound_exact_and_greedy_stand_in_order_and_exact_is_best(void **state)
{
    (void)state;
    unsigned exact_is_better = 0, raised = 0;
    for (rh_key seed = 0; seed < 30; seed++) {
        double cost[11], goal = 0.5 + 0.015 * (double)seed;
        country c = country_new(seed + 500, 40, 11);
        rh_pairs *p = pairs_of(&c);
        rh_plan_task task = task_of(&c, p, cost, goal);
        rh_plan plan;
        assert_int_equal(rh_plan_greedy(&task, &plan, NULL), RH_OK);
        double first_bound = plan.bound;
        assert_int_equal(rh_plan_raise_bound(&task, &plan, NULL), RH_OK);
        assert_true(plan.bound >= first_bound);
        raised += plan.bound > first_bound;
        assert_int_equal(rh_plan_exact(&task, 100000, &plan, NULL), RH_OK);
        assert_true(plan.has_exact);
        double best = best_of_all(&c, cost, goal, plan.all);
        assert_near(plan.exact_cost, best, 1e-6);
        assert_true(plan.bound <= best + 1e-6);
        assert_true(plan.cost >= best - 1e-6);
        assert_true(plan.covered >= goal * plan.all * (1 - 1e-9));
        assert_true(plan.exact_covered >= goal * plan.all * (1 - 1e-9));
        exact_is_better += plan.cost > best + 1e-6;
        rh_plan_release(&plan);
        rh_pairs_free(p);
        country_free(&c);
    }
    assert_true(exact_is_better > 0 && raised > 10); /* else the cases are too easy to tell */
}

static void
test_one_more_clinic_never_covers_fewer_people(void **state)
{
    (void)state;
    double cost[12];
    country c = country_new(900, 60, 12);
    rh_pairs *p = pairs_of(&c);
    bool open[12] = {false};
    rh_plan_task task = task_of(&c, p, cost, 0);
    double before = -1;
    for (uint32_t j = 0; j < c.m; j++) {
        rh_plan plan;
        open[j] = true;
        task.open = open;
        assert_int_equal(rh_plan_greedy(&task, &plan, NULL), RH_OK);
        assert_true(plan.before >= before);
        assert_int_equal(plan.n, 0);
        before = plan.before;
        rh_plan_release(&plan);
    }
    rh_pairs_free(p);
    country_free(&c);
}

/* Option 0 is the cheapest a person, yet 1 and 2 are needed anyway and cover its people too: it is given back. */
static void
test_greedy_gives_back_what_is_not_needed(void **state)
{
    (void)state;
    const uint32_t o[] = {0, 1, 0, 2, 1, 3}, d[] = {0, 0, 1, 1, 2, 2};
    const double minutes[6] = {0}, people[] = {100, 100, 60, 60}, cost[] = {10, 12, 12};
    rh_pairs *p;
    rh_plan plan;
    rh_err err = {0};
    assert_int_equal(rh_pairs_new(4, 3, 6, o, d, minutes, &p, NULL), RH_OK);
    rh_plan_task task = {.pairs = p, .people = people, .cost = cost, .goal = 1};
    assert_int_equal(rh_plan_greedy(&task, &plan, NULL), RH_OK);
    assert_int_equal(plan.n, 2);
    assert_near(plan.cost, 24, 0);
    assert_near(plan.gain[0] + plan.gain[1], 320, 0);
    rh_plan_release(&plan);
    rh_pairs_free(p);
    assert_int_equal(rh_pairs_new(4, 3, 5, o, d, minutes, &p, NULL), RH_OK);
    task.pairs = p;
    assert_int_equal(rh_plan_greedy(&task, &plan, &err), RH_INPUT);
    assert_non_null(strstr(err.text, "81.25 %"));
    rh_plan_release(&plan);
    rh_pairs_free(p);
}

/* ---- memory ---- */

static rh_status
everything(const country *c)
{
    rh_pairs *p = NULL, *turned = NULL;
    double access[64], cost[8];
    rh_access_balance b;
    rh_plan plan = {0};
    rh_access_how how = usual_how(30, "gaussian:15", 2);
    rh_status status =
        rh_pairs_new(c->n, c->m, c->pairs, c->origin, c->destination, c->cost, &p, NULL);
    for (unsigned m = 0; m < RH_ACCESS_COUNT && status == RH_OK; m++) {
        if (m != RH_ACCESS_DOUBLY && m != RH_ACCESS_RATIO) {
            rh_access_input in = {p, NULL, c->demand, c->supply};
            status = rh_access(&in, (rh_access_measure)m, &how, access, NULL, &b, NULL);
        }
    }
    status = status == RH_OK ? rh_pairs_turned(p, &turned, NULL) : status;
    if (status == RH_OK) {
        rh_plan_task task = task_of(c, p, cost, 0.5);
        status = rh_plan_greedy(&task, &plan, NULL);
    }
    rh_plan_release(&plan);
    rh_pairs_free(p);
    rh_pairs_free(turned);
    return status;
}

static void
test_every_failed_allocation_is_reported(void **state)
{
    (void)state;
    country c = country_new(1, 40, 8);
    rh_status status = RH_MEMORY;
    long n = 1;
    for (; status != RH_OK; n++) {
        rh_mem_fail_after(n);
        status = everything(&c);
        rh_mem_fail_after(0);
        assert_true(status == RH_OK || status == RH_MEMORY);
    }
    assert_true(n > 30);
    country_free(&c);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decays_have_the_values_of_their_formulas),
        cmocka_unit_test(test_steps_are_closed_on_the_right_and_stepped_on_the_left),
        cmocka_unit_test(test_a_wrong_decay_is_refused_and_named),
        cmocka_unit_test(test_the_order_of_rows_changes_nothing),
        cmocka_unit_test(test_a_pair_that_stands_twice_is_found),
        cmocka_unit_test(test_one_way_costs_are_not_turned),
        cmocka_unit_test(test_balanced_catchments_have_hand_worked_values),
        cmocka_unit_test(test_catchments_agree_with_a_plain_twin),
        cmocka_unit_test(test_supply_is_kept_by_every_measure_that_promises_it),
        cmocka_unit_test(test_the_number_of_threads_does_not_change_a_bit),
        cmocka_unit_test(test_places_without_a_partner_are_counted),
        cmocka_unit_test(test_opportunities_have_hand_worked_values),
        cmocka_unit_test(test_spatial_availability_is_the_published_one),
        cmocka_unit_test(test_doubly_constrained_flows_meet_both_sides),
        cmocka_unit_test(test_rational_agents_come_to_the_hand_worked_rest),
        cmocka_unit_test(test_at_rest_no_agent_gains_by_another_choice),
        cmocka_unit_test(test_names_get_numbers_in_order_and_keep_them),
        cmocka_unit_test(test_shortest_ways_agree_with_floyd_and_warshall),
        cmocka_unit_test(test_roads_that_take_no_time_or_too_much),
        cmocka_unit_test(test_near_places_agree_with_looking_at_all),
        cmocka_unit_test(test_coverage_counts_people_by_group),
        cmocka_unit_test(test_bound_exact_and_greedy_stand_in_order_and_exact_is_best),
        cmocka_unit_test(test_one_more_clinic_never_covers_fewer_people),
        cmocka_unit_test(test_greedy_gives_back_what_is_not_needed),
        cmocka_unit_test(test_every_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests_name("access", tests, NULL, NULL);
}
