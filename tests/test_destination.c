/* Destination choice (process/destination.h, D1–D3), its parameters (migration.h, M1) and the
 * reclassification rate (U1, U2), on the tiny region with the shipped parameters. */
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
#include "process/destination.h"
#include "process/logit.h"
#include "process/reclassification_rate.h"
#include "tiny_region.h"

enum { most = 64 };

typedef struct fixture {
    rh_region *region;
    rh_migration migration;
    rh_destination *destination;
} fixture;

static int
set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    rh_err err = {0};
    f->region = tiny_region_of(50);
    assert_int_equal(rh_migration_read("data/china", &f->migration, &err), RH_OK);
    assert_int_equal(rh_destination_new(f->region, &f->migration, 2, &f->destination, &err),
                     RH_OK);
    *state = f;
    return 0;
}

static int
tear_down(void **state)
{
    fixture *f = *state;
    rh_destination_free(f->destination);
    rh_region_free(f->region);
    free(f);
    return 0;
}

static double
stock_of(const rh_region *r, uint32_t county, int class)
{
    double sum = 0;
    for (uint32_t t = r->county.first[county]; t < r->county.first[county + 1]; t++) {
        sum += r->leaf_class[rh_leaf(t, RH_RURAL)][class] +
               r->leaf_class[rh_leaf(t, RH_URBAN)][class];
    }
    return sum;
}

/* Share of destination d among the movers of home o along nest k, implied by the alias table.
 */
static double
implied_share(const rh_destination *d, uint32_t o, int k, uint32_t to)
{
    uint32_t low = k == RH_NEST_PROVINCE ? d->first[o] : d->split[o];
    uint32_t end = k == RH_NEST_PROVINCE ? d->split[o] : d->first[o + 1];
    double sum = 0;
    for (uint32_t i = low; i < end; i++) {
        double own = d->table[i].threshold / 0x1p32;
        sum += d->table[i].own == to ? own : 0;
        sum += d->table[i].other == to ? 1 - own : 0;
    }
    return low == end ? 0 : sum / (end - low);
}

static void
test_the_first_year_brings_the_wanted_growth_to_every_nest_and_place(void **state)
{
    fixture *f = *state;
    const rh_destination *d = f->destination;
    for (int k = 0; k < RH_NEST_COUNT; k++) {
        double stock = 0, arrivals = 0;
        for (uint32_t c = 0; c < d->n_counties; c++) {
            stock += stock_of(f->region, c, k + 1);
            arrivals += d->arrivals[c][k];
        }
        double want = stock * (f->migration.growth[k] + f->migration.exit[k]);
        assert_true(fabs(arrivals - want) < 1e-9 * want);
    }
    for (int k = RH_NEST_PROVINCE; k < RH_NEST_COUNT; k++) {
        for (uint32_t c = 0; c < d->n_counties; c++) {
            double coming = 0;
            for (uint32_t o = 0; o < d->n_counties; o++) {
                coming += rh_destination_hazard(d, o, k, (int)d->base_year + 1) *
                          d->exposure[o][k] * implied_share(d, o, k, c);
            }
            assert_true(fabs(coming - d->arrivals[c][k]) < 1e-6 * (1 + d->arrivals[c][k]));
        }
    }
}

static void
test_every_drawn_leaf_belongs_to_its_nest(void **state)
{
    fixture *f = *state;
    const rh_destination *d = f->destination;
    for (uint32_t town = 0; town < f->region->town.n; town++) {
        uint32_t home = f->region->town.parent[town];
        for (int k = 0; k < RH_NEST_COUNT; k++) {
            for (uint64_t i = 0; i < 500; i++) {
                rh_key key = rh_key_with(town * 3 + (uint64_t)k, i);
                uint32_t leaf =
                    rh_destination_draw(d, home, town, k, rh_draw(key, 0), rh_draw(key, 1));
                if (leaf == UINT32_MAX) {
                    assert_true(d->hazard[home][k] <= 0);
                    break;
                }
                assert_int_equal(rh_region_class(f->region, town, leaf / 2), k + 1);
            }
        }
    }
}

static void
test_drawn_leaves_follow_the_shares_and_the_migrants_of_the_class(void **state)
{
    fixture *f = *state;
    const rh_destination *d = f->destination;
    enum { draws = 200000 };
    uint32_t count[most] = {0};
    uint32_t town = 0, home = 0;
    for (uint64_t i = 0; i < draws; i++) {
        count[rh_destination_draw(d, home, town, RH_NEST_OTHER, rh_draw(1, i),
                                  rh_draw(2, i))]++;
    }
    double chi = 0;
    int cells = 0;
    for (uint32_t leaf = 0; leaf < 2 * f->region->town.n; leaf++) {
        uint32_t c = f->region->town.parent[leaf / 2];
        double in_leaf = f->region->leaf_class[leaf][RH_OTHER_PROVINCE];
        double want = draws * implied_share(d, home, RH_NEST_OTHER, c) * in_leaf /
                      fmax(stock_of(f->region, c, RH_OTHER_PROVINCE), 1);
        assert_true(want > 0 || count[leaf] == 0);
        if (want > 0) {
            chi += (count[leaf] - want) * (count[leaf] - want) / want;
            cells++;
        }
    }
    assert_true(cells > 3 && chi < cells + 5 * sqrt(2.0 * cells));
}

static void
test_in_county_draws_are_the_class_distribution_without_the_home_township(void **state)
{
    fixture *f = *state;
    enum { draws = 200000 };
    uint32_t count[most] = {0}, home = 0, town = f->region->county.first[0];
    for (uint64_t i = 0; i < draws; i++) {
        count[rh_destination_in_county(f->destination, home, town, rh_draw(3, i))]++;
    }
    double all = stock_of(f->region, home, RH_IN_COUNTY), chi = 0;
    all -= f->region->leaf_class[rh_leaf(town, 0)][RH_IN_COUNTY] +
           f->region->leaf_class[rh_leaf(town, 1)][RH_IN_COUNTY];
    int cells = 0;
    for (uint32_t leaf = 2 * (town + 1); leaf < 2 * f->region->county.first[1]; leaf++) {
        double want = draws * f->region->leaf_class[leaf][RH_IN_COUNTY] / all;
        if (want > 0) {
            chi += (count[leaf] - want) * (count[leaf] - want) / want;
            cells++;
        }
    }
    assert_true(cells > 1 && chi < cells + 5 * sqrt(2.0 * cells));
}

/* The whole tree of one origin through process/logit: stay, own county, and every county of the
 * nests. */
static void
test_a_shock_equals_the_nested_logit_in_levels(void **state)
{
    fixture *f = *state;
    rh_destination *d = f->destination;
    const uint32_t n = d->n_counties, o = 1;
    uint32_t nest[most] = {3, 0}, at = 2, of[most];
    double P[most], change[most], after[most], V[most], dV[most], share[RH_NEST_COUNT];
    double lambda[4] = {f->migration.lambda[0], f->migration.lambda[1], f->migration.lambda[2],
                        1};
    const double cost[RH_NEST_COUNT] = {0.1, -0.2, 0.5};
    for (uint32_t c = 0; c < n; c++) {
        dV[c] = 0.3 * rh_uniform(5, c) - 0.1;
    }
    P[0] = 1;
    for (int k = 0; k < RH_NEST_COUNT; k++) {
        share[k] = d->base[o][k] / f->migration.reconsider;
        P[0] -= share[k];
    }
    P[1] = share[0];
    change[0] = dV[o];
    change[1] = dV[o] - cost[0];
    for (int k = RH_NEST_PROVINCE; k < RH_NEST_COUNT; k++) {
        for (uint32_t c = 0; c < n; c++) {
            double within = implied_share(d, o, k, c);
            if (within > 0) {
                P[at] = share[k] * within;
                change[at] = dV[c] - cost[k];
                nest[at] = (uint32_t)k;
                of[at++] = c;
            }
        }
    }
    rh_logit tree = {.n = at, .n_nests = 4, .nest = nest, .lambda = lambda};
    assert_int_equal(rh_logit_invert(&tree, P, V, NULL), RH_OK);
    for (uint32_t i = 0; i < at; i++) {
        V[i] += change[i];
    }
    assert_int_equal(rh_logit_probabilities(&tree, V, after, NULL, NULL, NULL), RH_OK);
    assert_int_equal(rh_destination_shock(d, dV, cost, 2, NULL), RH_OK);
    assert_true(fabs(d->hazard[o][0] / f->migration.reconsider / after[1] - 1) < 1e-7);
    for (uint32_t i = 2; i < at; i++) {
        double got = d->hazard[o][nest[i]] / f->migration.reconsider *
                     implied_share(d, o, (int)nest[i], of[i]);
        assert_true(fabs(got / after[i] - 1) < 1e-6);
    }
}

static void
test_tables_do_not_depend_on_threads_and_a_withdrawn_shock_leaves_no_trace(void **state)
{
    fixture *f = *state;
    rh_destination *d = f->destination, *one;
    const size_t pairs = d->first[d->n_counties], leaves = 2 * (size_t)f->region->town.n;
    double dV[most] = {0.5, -1, 0.25};
    assert_int_equal(rh_destination_new(f->region, &f->migration, 1, &one, NULL), RH_OK);
    assert_memory_equal(one->table, d->table, pairs * sizeof *d->table);
    assert_int_equal(rh_destination_shock(d, dV, NULL, 2, NULL), RH_OK);
    assert_true(memcmp(one->table, d->table, pairs * sizeof *d->table) != 0);
    assert_int_equal(rh_destination_shock(d, NULL, NULL, 2, NULL), RH_OK);
    assert_memory_equal(one->table, d->table, pairs * sizeof *d->table);
    assert_memory_equal(one->hazard, d->hazard, d->n_counties * sizeof *d->hazard);
    for (int k = 0; k < RH_NEST_COUNT; k++) {
        assert_memory_equal(one->leaf[k], d->leaf[k], leaves * sizeof *d->leaf[k]);
    }
    rh_destination_free(one);
}

static void
test_a_cost_pulls_departures_down_and_an_amenity_pulls_them_towards_it(void **state)
{
    fixture *f = *state;
    rh_destination *d = f->destination;
    const uint32_t o = 1, to = 4; /* 乙省 江口区 */
    double before = d->hazard[o][RH_NEST_OTHER], share = implied_share(d, o, RH_NEST_OTHER, to);
    const double cost[RH_NEST_COUNT] = {0, 0, 0.5};
    double dV[most] = {0};
    assert_int_equal(rh_destination_shock(d, NULL, cost, 1, NULL), RH_OK);
    double dear = d->hazard[o][RH_NEST_OTHER] / before;
    assert_true(dear > exp(-0.5) && dear < exp(-0.5) * 1.1);
    assert_true(fabs(implied_share(d, o, RH_NEST_OTHER, to) - share) < 1e-12);
    dV[to] = 0.2;
    assert_int_equal(rh_destination_shock(d, dV, NULL, 1, NULL), RH_OK);
    assert_true(implied_share(d, o, RH_NEST_OTHER, to) > share);
    assert_true(d->hazard[o][RH_NEST_OTHER] > before);
    assert_true(d->hazard[o][RH_NEST_PROVINCE] < d->base[o][RH_NEST_PROVINCE]);
    dV[to] = NAN;
    assert_int_equal(rh_destination_shock(d, dV, NULL, 1, NULL), RH_RANGE);
}

static void
test_a_counted_exposure_keeps_the_departures(void **state)
{
    fixture *f = *state;
    rh_destination *d = f->destination;
    double leaving = d->hazard[2][1] * d->exposure[2][1];
    rh_destination_expose(d, 2, RH_NEST_PROVINCE, 123.5);
    assert_true(fabs(d->hazard[2][1] * 123.5 - leaving) < 1e-12 * leaving);
}

static void
test_every_failed_allocation_is_an_error_and_not_a_leak(void **state)
{
    fixture *f = *state;
    for (long n = 1; n < 200; n++) {
        rh_destination *d;
        rh_mem_fail_after(n);
        rh_status status = rh_destination_new(f->region, &f->migration, 1, &d, NULL);
        rh_mem_fail_after(0);
        if (status == RH_OK) {
            assert_true(n > 10);
            rh_destination_free(d);
            return;
        }
        assert_int_equal(status, RH_MEMORY);
        assert_null(d);
    }
    fail();
}

static void
test_reclassification_has_the_national_rate_on_average(void **state)
{
    fixture *f = *state;
    rh_reclassification r;
    assert_int_equal(rh_reclassification_init(&r, f->region, &f->migration, NULL), RH_OK);
    double rural = 0, changed = 0;
    for (uint32_t c = 0; c < r.n_counties; c++) {
        double here = 0;
        for (uint32_t t = f->region->county.first[c]; t < f->region->county.first[c + 1]; t++) {
            for (int k = 0; k < RH_CLASS_COUNT; k++) {
                here += f->region->leaf_class[rh_leaf(t, RH_RURAL)][k];
            }
        }
        rural += here;
        changed += here * rh_reclassification_rate(&r, c, r.base_year + 1);
        assert_true(rh_reclassification_rate(&r, c, 2100) <= 1);
    }
    assert_true(fabs(changed / rural - f->migration.reclassification_rate) < 1e-12);
    rh_reclassification_release(&r);
}

static void
test_returns_fall_with_the_stay_and_stay_below_their_bound(void **state)
{
    fixture *f = *state;
    const rh_migration *m = &f->migration;
    for (int k = 0; k < RH_NEST_COUNT; k++) {
        double bound = rh_migration_return_bound(m, k);
        for (int stay = 0; stay < 40; stay++) {
            for (int age = 0; age < RH_MIGRATION_AGES; age++) {
                double rate = rh_migration_return(m, k, stay, age);
                assert_true(rate <= bound);
                assert_true(stay == 0 || rate <= rh_migration_return(m, k, stay - 1, age));
            }
        }
        assert_true(m->profile[k][0][22] > 1.2f && m->profile[k][0][72] < 1);
    }
}

/* Copy of a shipped table into `dir` with the first `from` of it replaced by `to`. */
static void
copy_with(const char *dir, const char *name, const char *from, const char *to)
{
    char path[512];
    const size_t room = 1 << 16;
    char *text = calloc(room, 1);
    snprintf(path, sizeof path, "data/china/%s", name);
    FILE *in = fopen(path, "r");
    assert_non_null(in);
    assert_true(fread(text, 1, room - 1, in) > 0);
    fclose(in);
    char *at = from == NULL ? NULL : strstr(text, from);
    assert_true(from == NULL || at != NULL);
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    if (at == NULL) {
        fputs(text, out);
    } else {
        fprintf(out, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    }
    fclose(out);
    free(text);
}

static void
test_broken_parameter_files_are_refused_with_file_and_value(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to, *says;
    } broken[] = {
        {"choice.kappa,1.5", "choice.kapa,1.5", "choice.kapa"},
        {"choice.kappa,1.5", "choice.kappa,-1.5", "-1.5"},
        {"choice.kappa,1.5", "choice.kappa,much", "much"},
        {"choice.reconsider", "choice.kappa", "second time"},
    };
    static const char *const names[] = {"departure_profile.csv", "migration_province.csv",
                                        "migration.csv"};
    char dir[] = "/tmp/ronghe-test-XXXXXX", path[64];
    rh_migration m;
    rh_err err = {0};
    assert_int_not_equal(rh_migration_read("tests/no such folder", &m, &err), RH_OK);
    assert_non_null(strstr(err.text, "migration.csv"));
    assert_non_null(mkdtemp(dir));
    for (int i = 0; i < 3; i++) {
        copy_with(dir, names[i], NULL, NULL);
    }
    assert_int_equal(rh_migration_read(dir, &m, NULL), RH_OK);
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        err = (rh_err){0};
        copy_with(dir, "migration.csv", broken[i].from, broken[i].to);
        assert_int_not_equal(rh_migration_read(dir, &m, &err), RH_OK);
        assert_non_null(strstr(err.text, broken[i].says));
        assert_non_null(strstr(err.text, "migration.csv"));
    }
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        remove(path);
    }
    remove(dir);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(test_the_first_year_brings_the_wanted_growth_to_every_nest_and_place),
        WITH(test_every_drawn_leaf_belongs_to_its_nest),
        WITH(test_drawn_leaves_follow_the_shares_and_the_migrants_of_the_class),
        WITH(test_in_county_draws_are_the_class_distribution_without_the_home_township),
        WITH(test_a_shock_equals_the_nested_logit_in_levels),
        WITH(test_tables_do_not_depend_on_threads_and_a_withdrawn_shock_leaves_no_trace),
        WITH(test_a_cost_pulls_departures_down_and_an_amenity_pulls_them_towards_it),
        WITH(test_a_counted_exposure_keeps_the_departures),
        WITH(test_every_failed_allocation_is_an_error_and_not_a_leak),
        WITH(test_reclassification_has_the_national_rate_on_average),
        WITH(test_returns_fall_with_the_stay_and_stay_below_their_bound),
        cmocka_unit_test(test_broken_parameter_files_are_refused_with_file_and_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
