/* A sample of households agrees with the full run at province level within its sampling error.
 *
 * A stock or flow X of the full run is estimated by n / f from a sample of the share f of all households. Households are
 * drawn whole, so that the variance of n is that of a Poisson count times the size of the cluster that shares the
 * trait: E[size²] / E[size], about 4 for members of a household and less for what happens to single persons. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/mem.h"
#include "small_run.h"
#include "tiny_region.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { TIMES = 150, YEARS = 3, PROVINCES = 2, SEED = 5 };

enum {
    PEOPLE,
    URBAN,
    RURAL_HUKOU,
    IN_COUNTY,
    IN_PROVINCE,
    OTHER_PROVINCE,
    FARM,
    CHILDREN,
    BIRTHS,
    DEATHS,
    MARRIED,
    RECLASSIFIED,
    MEASURES
};

static const struct {
    const char *name;
    double cluster;
} measures[MEASURES] = {
    {"residents", 4},
    {"urban residents", 4},
    {"rural hukou", 4},
    {"away in the county", 3},
    {"away in the province", 3},
    {"away outside the province", 3},
    {"farm workers", 2.5},
    {"under 15", 2},
    {"births", 1.3},
    {"deaths", 1.3},
    {"married this year", 2},
    {"reclassified", 60},
};

typedef struct result {
    double n[PROVINCES][MEASURES];
} result;

static void
add_county(double n[MEASURES], const rh_county_tally *t, int year)
{
    for (unsigned part = 0; part < RH_PART_COUNT; part++) {
        for (unsigned k = 0; k < RH_CLASS_COUNT; k++) {
            double rural = t->status[part][k][RH_HUKOU_RURAL],
                   people = rural + t->status[part][k][RH_HUKOU_URBAN];
            n[PEOPLE] += people;
            n[URBAN] += part == RH_URBAN ? people : 0;
            n[RURAL_HUKOU] += rural;
            n[IN_COUNTY - 1 + k] += k != RH_LOCAL ? people : 0;
        }
        for (int b = year - 14 - RH_BIRTH_ZERO; b <= year - RH_BIRTH_ZERO; b++) {
            n[CHILDREN] += (double)t->cohort[part][0][b] + t->cohort[part][1][b];
        }
        n[FARM] += t->activity[part][RH_FARM];
    }
}

static void
add_events(double n[MEASURES], const rh_county_tally *t)
{
    for (unsigned part = 0; part < RH_PART_COUNT; part++) {
        n[BIRTHS] += t->event[part][RH_EVENT_BIRTH];
        n[DEATHS] += t->event[part][RH_EVENT_DEATH];
        n[MARRIED] += t->event[part][RH_EVENT_MARRIAGE];
        n[RECLASSIFIED] += t->event[part][RH_EVENT_RECLASSIFIED];
    }
}

/* Stocks at the end, flows of all years; in words of the store. */
static result
run(const rh_region *region, uint64_t seed, double sample)
{
    result r = {{{0}}};
    rh_scenario *scenario = small_scenario(seed, NULL);
    rh_simulation *s = small_simulation(region, scenario, sample, 2, NULL);
    for (int y = 0; y < YEARS; y++) {
        small_year(s);
        for (uint32_t c = 0; c < region->county.n; c++) {
            add_events(r.n[s->world.province_of_county[c]], &s->engine.tally.county[c]);
        }
    }
    for (uint32_t c = 0; c < region->county.n; c++) {
        add_county(r.n[s->world.province_of_county[c]], &s->engine.tally.county[c],
                   s->engine.year);
    }
    rh_simulation_free(s);
    rh_scenario_free(scenario);
    return r;
}

/* `thin`: counties of some thousand words or less, whose marriage markets are so small that some who look for a spouse
 * find nobody of fitting age: a known bias of small samples, bounded here. */
static void
expect_near(const result *full, const result *sampled, double f, bool thin)
{
    for (unsigned p = 0; p < PROVINCES; p++) {
        for (unsigned k = 0; k < MEASURES; k++) {
            if (thin && k == MARRIED) {
                assert_true(sampled->n[p][k] > 0.75 * f * full->n[p][k] &&
                            sampled->n[p][k] < 1.05 * f * full->n[p][k]);
                continue;
            }
            char what[100];
            double expected = full->n[p][k] * f;
            double variance = expected * (1 - f) * measures[k].cluster +
                              expected * f; /* the full run varies too */
            snprintf(what, sizeof what, "sample %g, province %u, %s", f, p, measures[k].name);
            print_message("# %-55s %9.0f, %9.1f expected, %+5.2f s.e.\n", what,
                          sampled->n[p][k], expected,
                          (sampled->n[p][k] - expected) / sqrt(variance));
            assert_true(expected > 5);
            small_near(what, sampled->n[p][k], expected, variance, 3);
        }
    }
}

static void
test_samples_agree_with_the_full_run_by_province(void **state)
{
    (void)state;
    rh_region *region = tiny_region_of(TIMES);
    result full = run(region, SEED, 1), tenth = run(region, SEED, 0.1),
           hundredth = run(region, SEED, 0.01);
    expect_near(&full, &tenth, 0.1, false);
    expect_near(&full, &hundredth, 0.01, true);
    rh_region_free(region);
}

/* Ten samples of 1 %: their mean must come closer, so that a bias smaller than one sample's error shows. */
static void
test_the_mean_of_many_samples_comes_closer(void **state)
{
    (void)state;
    enum { SAMPLES = 10 };
    rh_region *region = tiny_region_of(TIMES);
    result full = run(region, SEED, 1), sum = {{{0}}};
    for (unsigned k = 0; k < SAMPLES; k++) {
        result one = run(region, 1000 + k, 0.01);
        for (unsigned i = 0; i < PROVINCES * MEASURES; i++) {
            (&sum.n[0][0])[i] += (&one.n[0][0])[i];
        }
    }
    expect_near(&full, &sum, 0.01 * SAMPLES, true);
    rh_region_free(region);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples_agree_with_the_full_run_by_province),
        cmocka_unit_test(test_the_mean_of_many_samples_comes_closer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
