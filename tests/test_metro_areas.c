/* Labour market areas, thresholds and the matrix they read: hand-worked cases, invariances, and a slow twin that adds everything
 * up anew in every round. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "core/mem.h"
#include "core/random.h"
#include "evaluate/metro_areas.h"
#include "evaluate/metro_duranton.h"
#include "evaluate/metro_quality.h"

enum { N = 24, ROWS = 400 };

typedef struct rows {
    uint32_t n, from[ROWS], to[ROWS];
    double persons[ROWS];
} rows;

/* Random commuting: much at home, the rest to units near by. `density`: links a unit. */
static rows
random_rows(rh_key key, uint32_t links)
{
    rows r = {0};
    for (uint32_t i = 0; i < N; i++) {
        r.from[r.n] = r.to[r.n] = i;
        r.persons[r.n] = (double)rh_below(rh_draw(key, r.n), 900);
        r.n++;
        for (uint32_t k = 0; k < links; k++) {
            uint32_t step = 1 + (uint32_t)rh_below(rh_draw(key, 1000 + r.n), 5);
            r.from[r.n] = i;
            r.to[r.n] = (i + (k % 2 == 0 ? step : N - step)) % N;
            r.persons[r.n] = 1 + (double)rh_below(rh_draw(key, 2000 + r.n), 200);
            r.n++;
        }
    }
    return r;
}

static rh_commuting *
build(const rows *r, uint32_t n)
{
    rh_commuting *c = NULL;
    assert_int_equal(rh_commuting_build(n, r->n, r->from, r->to, r->persons, &c, NULL), RH_OK);
    return c;
}

static void
test_rows_add_up_and_their_order_does_not_matter(void **state)
{
    (void)state;
    rows r = random_rows(1, 6), turned = r;
    for (uint32_t k = 0; k < r.n; k++) {
        turned.from[k] = r.from[r.n - 1 - k];
        turned.to[k] = r.to[r.n - 1 - k];
        turned.persons[k] = r.persons[r.n - 1 - k];
    }
    rh_commuting *a = build(&r, N), *b = build(&turned, N);
    double sum = 0, between[N][N] = {{0}};
    for (uint32_t k = 0; k < r.n; k++) {
        sum += r.persons[k];
        between[r.from[k]][r.to[k]] += r.persons[k];
    }
    assert_true(a->total == sum);
    for (uint32_t i = 0; i < N; i++) {
        double out = 0, in = 0;
        for (uint32_t j = 0; j < N; j++) {
            out += between[i][j];
            in += between[j][i];
            if (i != j) {
                assert_true(rh_commuting_between(a, i, j) == between[i][j]);
                assert_true(rh_commuting_between(b, i, j) == between[i][j]);
            }
        }
        assert_true(a->inside[i] == between[i][i] && b->inside[i] == between[i][i]);
        assert_true(a->residents[i] == out && a->jobs[i] == in);
    }
    rh_commuting_free(a);
    rh_commuting_free(b);
}

static void
test_flows_that_cannot_be_are_refused_with_their_row(void **state)
{
    (void)state;
    uint32_t from[2] = {0, 1}, to[2] = {1, 7};
    double persons[2] = {1, 1};
    rh_commuting *c;
    rh_err err = {0};
    assert_int_equal(rh_commuting_build(2, 2, from, to, persons, &c, &err), RH_RANGE);
    assert_non_null(strstr(err.text, "Flow 2 names unit 7"));
    to[1] = 0;
    persons[1] = -3;
    err = (rh_err){0};
    assert_int_equal(rh_commuting_build(2, 2, from, to, persons, &c, &err), RH_RANGE);
    assert_non_null(strstr(err.text, "-3 persons"));
}

static void
test_validity_by_hand(void **state)
{
    (void)state;
    rh_lma_rule rule = rh_lma_rule_istat();
    /* at target size only self-containment counts: 0.6667 is just enough, v = (0.6667 / 0.75) · (0.75 / 0.6667) */
    assert_true(fabs(rh_lma_validity(&rule, 10000, 9000, 6667) - 1) < 1e-12);
    /* at least size the target is needed: v = 1 · (1 − (1 − 0.6667 / 0.75)) · (0.75 / 0.6667) */
    assert_true(fabs(rh_lma_validity(&rule, 1000, 1000, 750) - 1) < 1e-12);
    assert_true(rh_lma_validity(&rule, 1000, 1000, 749) < 1);
    /* above the target size nothing more is gained */
    assert_true(fabs(rh_lma_validity(&rule, 20000, 20000, 13334) - 1) < 1e-12);
    /* nobody crosses the border: valid whatever its size */
    assert_true(rh_lma_validity(&rule, 3, 3, 3) == 1);
}

/* ---- a slow twin ---- */

typedef struct twin {
    double f[N][N];
    int area[N]; /* −1: reserve, −2: left out */
    int pieces;  /* area judged by its pieces, or −1 */
    rh_lma_rule rule;
    unsigned rounds, reserved;
} twin;

static double
flow(const twin *t, int i, int j)
{
    return t->area[i] == -2 || t->area[j] == -2 ? 0 : t->f[i][j];
}

/* Persons living in, working in, and inside the units of an area; `extra`: a unit more, or −1. */
static void
sums(const twin *t, int area, int extra, double s[3])
{
    s[0] = s[1] = s[2] = 0;
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
            int from = t->area[i] == area || i == extra, to = t->area[j] == area || j == extra;
            s[0] += from ? flow(t, i, j) : 0;
            s[1] += to ? flow(t, i, j) : 0;
            s[2] += from && to ? flow(t, i, j) : 0;
        }
    }
}

static void
own_sums(const twin *t, int unit, double s[3])
{
    s[0] = s[1] = 0;
    for (int j = 0; j < N; j++) {
        s[0] += flow(t, unit, j);
        s[1] += flow(t, j, unit);
    }
    s[2] = t->f[unit][unit];
}

static void
judge(const twin *t, int area, double *low, double *high)
{
    double s[3];
    sums(t, area, -1, s);
    *low = *high = rh_lma_validity(&t->rule, s[0], s[1], s[2]);
    if (area != t->pieces) {
        return;
    }
    *low = INFINITY;
    *high = -(double)INFINITY;
    for (int u = 0; u < N; u++) {
        if (t->area[u] != area) {
            continue;
        }
        own_sums(t, u, s);
        int any = 0;
        for (int i = 0; i < N; i++) {
            for (int j = 0; j < N; j++) {
                if (t->area[i] == area && t->area[j] == area && t->f[i][j] > 0) {
                    double v = rh_lma_validity(&t->rule, s[0], s[1], t->f[i][j]);
                    *low = fmin(*low, v);
                    *high = fmax(*high, v);
                    any = 1;
                }
            }
        }
        if (!any) {
            *low = fmin(*low, 0);
            *high = fmax(*high, 0);
        }
    }
}

static int
members(const twin *t, int area)
{
    int n = 0;
    for (int i = 0; i < N; i++) {
        n += t->area[i] == area;
    }
    return n;
}

static int
best_area(const twin *t, int unit, int *linked)
{
    int best = -1, best_receives = 0;
    double most = -1, own[3], s[3];
    own_sums(t, unit, own);
    for (
        int a = 0; a < N;
        a++) { /* areas that send to the unit come first, then those that only receive: the last of equals */
        double to = 0, from = 0;
        for (int j = 0; j < N; j++) {
            to += t->area[j] == a ? flow(t, unit, j) : 0;
            from += t->area[j] == a ? flow(t, j, unit) : 0;
        }
        if (a == t->area[unit] || to + from == 0) {
            continue;
        }
        sums(t, a, -1, s);
        double strength = from / s[0] * from / own[1] + to / own[0] * to / s[1];
        int receives = from == 0;
        if (strength > most || (strength == most && receives >= best_receives)) {
            most = strength;
            best = a;
            best_receives = receives;
        }
    }
    *linked = best >= 0;
    return best;
}

static void
twin_round(twin *t, int area)
{
    int unit = -1, linked;
    double most = -1, s[3], low, high;
    for (int u = 0; u < N; u++) {
        if (t->area[u] == area) {
            own_sums(t, u, s);
            double crossing = s[0] - s[2];
            for (int j = 0; j < N; j++) {
                crossing += t->area[j] != area ? flow(t, j, u) : 0;
            }
            if (crossing > most) {
                most = crossing;
                unit = u;
            }
        }
    }
    int best = best_area(t, unit, &linked);
    int joins = 0;
    if (linked) {
        judge(t, best, &low, &high);
        sums(t, best, unit, s);
        joins = rh_lma_validity(&t->rule, s[0], s[1], s[2]) >= high;
    }
    t->area[unit] = joins ? best : -1;
    t->reserved += !joins;
    t->pieces = !t->rule.whole && members(t, area) > 1 ? area : -1;
}

static void
twin_find(twin *t)
{
    t->pieces = -1;
    for (int i = 0; i < N; i++) {
        t->area[i] = i;
    }
    for (int again = 1; again;) {
        again = 0;
        for (int i = 0; i < N; i++) {
            double s[3];
            own_sums(t, i, s);
            if (t->area[i] != -2 &&
                (s[0] <= 0 || s[1] <= 0 || (s[0] == s[2] && s[1] == s[2]))) {
                t->area[i] = -2;
                again = 1;
            }
        }
    }
    for (t->rounds = 0; t->rounds < 10000; t->rounds++) {
        int least = -1;
        double worst = 1, low, high;
        for (int a = 0; a < N; a++) {
            if (members(t, a) > 0) {
                judge(t, a, &low, &high);
                if (low < worst) {
                    worst = low;
                    least = a;
                }
            }
        }
        if (least < 0) {
            break;
        }
        twin_round(t, least);
    }
    for (int again = 1, linked; again;) {
        again = 0;
        for (int i = N - 1; i >= 0; i--) {
            if (t->area[i] == -1) {
                int best = best_area(t, i, &linked);
                t->area[i] = linked ? best : -1;
                again = again || linked;
            }
        }
    }
}

static void
test_areas_are_those_of_a_twin_that_adds_up_anew(void **state)
{
    (void)state;
    unsigned reserved = 0, broken = 0, otherwise = 0;
    for (rh_key key = 0; key < 60; key++) {
        rows r = random_rows(key, 1 + (uint32_t)key % 7);
        rh_commuting *c = build(&r, N);
        twin t = {.rule = {.least_size = 300 + 50 * (double)(key % 5),
                           .target_size = 3000 + 3000 * (double)(key % 4),
                           .least_sc = 0.7,
                           .target_sc = 0.9,
                           .whole = key % 2 == 1}};
        for (uint32_t k = 0; k < r.n; k++) {
            t.f[r.from[k]][r.to[k]] += r.persons[k];
        }
        twin_find(&t);
        rh_lma *lma;
        assert_int_equal(rh_lma_find(c, &t.rule, &lma, NULL), RH_OK);
        assert_int_equal(lma->rounds, t.rounds);
        assert_int_equal(lma->n_reserve, t.reserved);
        for (int i = 0; i < N; i++) {
            for (int j = 0; j < N; j++) {
                assert_true((lma->area[i] == lma->area[j]) ==
                            (t.area[i] == t.area[j] || (t.area[i] < 0 && t.area[j] < 0)));
            }
        }
        reserved += t.reserved;
        broken += t.rounds > N;
        rh_lma_free(lma);
        t.rule.whole = !t.rule.whole;
        assert_int_equal(rh_lma_find(c, &t.rule, &lma, NULL), RH_OK);
        otherwise += lma->rounds != t.rounds;
        rh_lma_free(lma);
        rh_commuting_free(c);
    }
    assert_true(reserved > 0 && broken > 0 && otherwise > 0); /* the hard parts were reached */
}

static void
test_areas_are_valid_unless_the_reserve_came_in(void **state)
{
    (void)state;
    for (rh_key key = 100; key < 140; key++) {
        rows r = random_rows(key, 6);
        rh_commuting *c = build(&r, N);
        rh_lma_rule rule = {
            .least_size = 400, .target_size = 4000, .least_sc = .65, .target_sc = .75};
        rh_lma *lma;
        rh_area_quality *q;
        uint32_t n;
        double modularity, residents = 0;
        assert_int_equal(rh_lma_find(c, &rule, &lma, NULL), RH_OK);
        assert_int_equal(rh_quality_of_areas(c, lma->area, &rule, &q, &n, &modularity, NULL),
                         RH_OK);
        assert_int_equal(n, lma->n_areas);
        for (uint32_t k = 0; k < n; k++) {
            assert_true(q[k].validity >= 1 || lma->n_reserve > 0);
            residents += q[k].residents;
        }
        assert_true(lma->n_left_out > 0 || lma->n_unplaced > 0 || residents == c->total);
        rh_lma_free(lma);
        rh_commuting_free(c);
        rh_free(q);
    }
}

static void
test_areas_do_not_change_when_all_numbers_double(void **state)
{
    (void)state;
    rows r = random_rows(7, 6);
    rh_lma_rule rule = {
        .least_size = 400, .target_size = 4000, .least_sc = .65, .target_sc = .75};
    rh_commuting *c = build(&r, N);
    rh_lma *a, *b;
    assert_int_equal(rh_lma_find(c, &rule, &a, NULL), RH_OK);
    rh_commuting_free(c);
    for (uint32_t k = 0; k < r.n; k++) {
        r.persons[k] *= 2;
    }
    rule.least_size *= 2;
    rule.target_size *= 2;
    c = build(&r, N);
    assert_int_equal(rh_lma_find(c, &rule, &b, NULL), RH_OK);
    assert_memory_equal(a->area, b->area, N * sizeof *a->area);
    rh_lma_free(a);
    rh_lma_free(b);
    rh_commuting_free(c);
}

static void
test_units_without_residents_jobs_or_borders_are_left_out(void **state)
{
    (void)state;
    /* 0 and 1 exchange workers; 2 only receives from 3, 3 only sends; 4 keeps to itself */
    const rows r = {.n = 7,
                    .from = {0, 0, 1, 1, 3, 2, 4},
                    .to = {0, 1, 1, 0, 2, 2, 4},
                    .persons = {900, 100, 800, 200, 50, 0, 70}};
    rh_commuting *c = build(&r, 5);
    rh_lma_rule rule = {.least_size = 10, .target_size = 100, .least_sc = .6, .target_sc = .75};
    rh_lma *lma;
    assert_int_equal(rh_lma_find(c, &rule, &lma, NULL), RH_OK);
    assert_int_equal(lma->n_left_out, 3);
    assert_true(lma->left_out[2] && lma->left_out[3] && lma->left_out[4]);
    assert_int_equal(lma->area[3], RH_NO_AREA);
    assert_int_equal(lma->n_areas, 2);
    rh_lma_free(lma);
    rh_commuting_free(c);
}

static void
test_rules_that_are_none_are_refused(void **state)
{
    (void)state;
    const rows r = random_rows(3, 2);
    rh_commuting *c = build(&r, N);
    rh_lma *lma;
    rh_err err = {0};
    rh_lma_rule rule = rh_lma_rule_istat();
    rule.target_size = 500;
    assert_int_equal(rh_lma_find(c, &rule, &lma, &err), RH_RANGE);
    assert_non_null(strstr(err.text, "--target-size (500)"));
    rule = rh_lma_rule_istat();
    rule.target_sc = 1.2;
    assert_int_equal(rh_lma_find(c, &rule, &lma, NULL), RH_RANGE);
    uint32_t area[N], n, rounds;
    assert_int_equal(rh_duranton(c, 0, area, &n, &rounds, NULL), RH_RANGE);
    rh_commuting_free(c);
}

static void
test_a_chain_of_commuters_joins_in_rounds(void **state)
{
    (void)state;
    /* 2 → 1 at once (40 %); only with 2's workers does 1 send enough to 0: (10 + 15) of 150 */
    const rows r = {.n = 6,
                    .from = {0, 1, 1, 2, 2, 2},
                    .to = {0, 1, 0, 2, 1, 0},
                    .persons = {200, 90, 10, 15, 20, 15}};
    rh_commuting *c = build(&r, 3);
    uint32_t area[3], n, rounds;
    assert_int_equal(rh_duranton(c, 0.15, area, &n, &rounds, NULL), RH_OK);
    assert_int_equal(n, 1);
    assert_int_equal(rounds, 2);
    assert_int_equal(area[2], 0);
    assert_int_equal(rh_duranton(c, 0.5, area, &n, &rounds, NULL), RH_OK);
    assert_int_equal(n, 3);
    assert_int_equal(rounds, 0);
    rh_commuting_free(c);
}

static void
test_at_the_end_no_area_sends_the_share_to_another(void **state)
{
    (void)state;
    for (rh_key key = 200; key < 220; key++) {
        rows r = random_rows(key, 6);
        rh_commuting *c = build(&r, N), *merged;
        uint32_t area[N], n, rounds;
        assert_int_equal(rh_duranton(c, 0.12, area, &n, &rounds, NULL), RH_OK);
        assert_int_equal(rh_commuting_merge(c, area, &merged, NULL), RH_OK);
        for (uint32_t i = 0; i < N; i++) {
            for (uint32_t k = merged->out.first[i]; k < merged->out.first[i + 1]; k++) {
                assert_true(merged->out.persons[k] < 0.12 * merged->residents[i]);
            }
        }
        assert_true(merged->total == c->total);
        rh_commuting_free(c);
        rh_commuting_free(merged);
    }
}

static void
test_every_failure_of_memory_is_said_and_leaves_nothing_behind(void **state)
{
    (void)state;
    const rows r = random_rows(4, 4);
    const rh_lma_rule rule = {
        .least_size = 400, .target_size = 4000, .least_sc = .65, .target_sc = .75};
    long n = 1;
    for (rh_status status = RH_MEMORY; status != RH_OK; n++) {
        rh_commuting *c = NULL;
        rh_lma *lma = NULL;
        rh_area_quality *q = NULL;
        uint32_t areas, area[N], rounds;
        double modularity;
        rh_mem_fail_after(n);
        status = rh_commuting_build(N, r.n, r.from, r.to, r.persons, &c, NULL);
        status = status ? status : rh_lma_find(c, &rule, &lma, NULL);
        status = status
                     ? status
                     : rh_quality_of_areas(c, lma->area, NULL, &q, &areas, &modularity, NULL);
        status = status ? status : rh_duranton(c, 0.1, area, &areas, &rounds, NULL);
        rh_mem_fail_after(0);
        assert_true(status == RH_OK || status == RH_MEMORY);
        rh_free(q);
        rh_lma_free(lma);
        rh_commuting_free(c);
        assert_true(n < 1000);
    }
    assert_true(n > 30);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_add_up_and_their_order_does_not_matter),
        cmocka_unit_test(test_flows_that_cannot_be_are_refused_with_their_row),
        cmocka_unit_test(test_validity_by_hand),
        cmocka_unit_test(test_areas_are_those_of_a_twin_that_adds_up_anew),
        cmocka_unit_test(test_areas_are_valid_unless_the_reserve_came_in),
        cmocka_unit_test(test_areas_do_not_change_when_all_numbers_double),
        cmocka_unit_test(test_units_without_residents_jobs_or_borders_are_left_out),
        cmocka_unit_test(test_rules_that_are_none_are_refused),
        cmocka_unit_test(test_a_chain_of_commuters_joins_in_rounds),
        cmocka_unit_test(test_at_the_end_no_area_sends_the_share_to_another),
        cmocka_unit_test(test_every_failure_of_memory_is_said_and_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
