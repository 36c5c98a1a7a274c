/* Reclassification and in-situ conversion: the rates asked for are realised, nobody moves, places only turn urban, and
 * every change is counted as its own event. No process runs beside them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/mem.h"
#include "policy/lever.h"
#include "small_run.h"
#include "tiny_region.h"

#include <math.h>
#include <string.h>

enum { SEEDS = 24, TIMES = 8 };

static const char LEVERS[] = "levers:\n"
                             "  - {lever: urban.reclassification_factor, value: 3}\n"
                             "  - {lever: hukou.in_situ_rate, value: 0.1}\n";

/* Expected and realised changes of one run: of residents at home, of those away, and in-situ conversions. */
typedef struct outcome {
    double expected[3], got[3];
} outcome;

/* What a year may change in a word, given the one before: this kind of change is returned, -1 for none. */
static int
change_of(const rh_simulation *s, rh_person before, rh_person after)
{
    rh_person w = before;
    int kind = -1;
    if (rh_person_residence(after) != rh_person_residence(before)) {
        assert_int_equal(rh_person_residence(before) % 2, RH_RURAL); /* never back to rural */
        w = rh_person_with_residence(w,
                                     rh_person_residence(before) + 1); /* the same township */
        kind = rh_person_is_away(before);
    }
    if (rh_person_hukou(after) != rh_person_hukou(before)) {
        assert_int_equal(rh_person_hukou(before), RH_HUKOU_RURAL);
        assert_false(rh_person_is_away(before));
        assert_int_equal(rh_person_residence(after) % 2, RH_URBAN);
        w = rh_person_with_hukou(w, RH_HUKOU_URBAN);
        kind = kind < 0 ? 2 : 3; /* 3: both */
    }
    w = rh_person_with_next(w, rh_person_next(after));
    assert_true(w == after); /* nothing else */
    (void)s;
    return kind;
}

static void
expect_year(const rh_simulation *s, int year, outcome *o)
{
    const rh_region *r = s->region;
    for (uint32_t t = 0; t < s->store.n_blocks; t++) {
        for (uint32_t i = 0; i < s->store.block[t].count; i++) {
            rh_person w = s->store.block[t].word[i];
            uint32_t county = r->town.parent[rh_person_residence(w) / 2];
            double rate =
                fmin(1, 3 * rh_reclassification_rate(&s->reclassification, county, year));
            bool rural = rh_person_residence(w) % 2 == RH_RURAL, away = rh_person_is_away(w);
            o->expected[away] += rural ? rate : 0;
            /* A place is reclassified first: its locals of rural hukou may be converted in the same year. */
            o->expected[2] += away || rh_person_hukou(w) == RH_HUKOU_URBAN ? 0
                              : rural                                      ? 0.1 * rate
                                                                           : 0.1;
        }
    }
}

static outcome
run(const rh_region *region, uint64_t seed)
{
    static const rh_process *const list[] = {&small_idle};
    outcome o = {{0}, {0}};
    rh_scenario *scenario = small_scenario(seed, LEVERS);
    rh_engine_options options = {.headroom = 1, .process = list, .n_processes = 1};
    rh_simulation *s = small_simulation(region, scenario, 1, 1, &options);
    uint64_t n = rh_store_count(&s->store), at = 0;
    rh_person *before = rh_alloc(n, sizeof *before);
    for (uint32_t t = 0; t < s->store.n_blocks; t++) {
        memcpy(before + at, s->store.block[t].word, s->store.block[t].count * sizeof *before);
        at += s->store.block[t].count;
    }
    expect_year(s, s->engine.year + 1, &o);
    small_year(s);
    small_verify(s);
    assert_true(rh_store_count(&s->store) == n);
    at = 0;
    for (uint32_t t = 0; t < s->store.n_blocks; t++) {
        for (uint32_t i = 0; i < s->store.block[t].count; i++) {
            rh_person was = before[at++], is = s->store.block[t].word[i];
            int kind = change_of(s, was, is);
            if (kind == 0 || kind == 1) {
                o.got[kind]++;
            } else if (kind >= 2) {
                o.got[2]++;
                o.got[0] += kind == 3;
            }
        }
    }
    assert_true(fabs((double)small_events(s, RH_EVENT_RECLASSIFIED, RH_URBAN) - o.got[0] -
                     o.got[1]) < 0.5);
    assert_int_equal(small_events(s, RH_EVENT_RECLASSIFIED, RH_RURAL), 0);
    assert_true(fabs((double)small_events(s, RH_EVENT_HUKOU_IN_SITU, RH_URBAN) - o.got[2]) <
                0.5);
    for (unsigned k = RH_EVENT_IN_COUNTY; k <= RH_EVENT_PART_OUT; k++) {
        assert_int_equal(small_events(s, (enum rh_event)k, -1), 0); /* nobody moved */
    }
    rh_free(before);
    rh_simulation_free(s);
    rh_scenario_free(scenario);
    return o;
}

/* A stretch of a block changes as a whole, so that the standard error is taken from the runs themselves. */
static void
test_the_rates_asked_for_are_realised_and_only_places_change(void **state)
{
    (void)state;
    static const char *const names[] = {"reclassified at home", "reclassified away",
                                        "converted in situ"};
    rh_region *region = tiny_region_of(TIMES);
    double mean[3] = {0}, square[3] = {0}, expected[3] = {0};
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        outcome o = run(region, 300 + seed);
        for (unsigned k = 0; k < 3; k++) {
            double d = o.got[k] - o.expected[k];
            mean[k] += d / SEEDS;
            square[k] += d * d / SEEDS;
            expected[k] += o.expected[k] / SEEDS;
        }
    }
    for (unsigned k = 0; k < 3; k++) {
        double error = sqrt((square[k] - mean[k] * mean[k]) / (SEEDS - 1));
        print_message("# %-20s %7.1f expected, %+6.1f, s.e. %.1f\n", names[k], expected[k],
                      mean[k], error);
        assert_true(expected[k] > 20 && error < expected[k] / 8);
        assert_true(fabs(mean[k]) <= 3.3 * error);
    }
    rh_region_free(region);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_rates_asked_for_are_realised_and_only_places_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
