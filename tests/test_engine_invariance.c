/* Q1 and Q2 of engine.h: the same bits whatever the threads, the order of counties, the due scan and a restart; persons
 * conserved; the state proved anew after every year. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/mem.h"
#include "process/due.h"
#include "small_run.h"
#include "tiny_region.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TIMES = 6, YEARS = 5, SEED = 11 };

typedef struct fixture {
    rh_region *region;
    rh_scenario *scenario;
    uint64_t expected[YEARS]; /* one thread, plain scan, counties in their order */
} fixture;

static const unsigned IN_ORDER[] = {0, 1, 2, 3, 4, 5};

static int
set_up(void **state)
{
    fixture *f = rh_alloc(1, sizeof *f);
    f->region = tiny_region_of(TIMES);
    f->scenario = small_scenario(SEED, NULL);
    rh_engine_options o = {.headroom = 1, .kernel = "plain", .county_order = IN_ORDER};
    rh_simulation *s = small_simulation(f->region, f->scenario, 1, 1, &o);
    for (unsigned y = 0; y < YEARS; y++) {
        small_year(s);
        f->expected[y] = small_fingerprint(s);
    }
    rh_simulation_free(s);
    *state = f;
    return 0;
}

static int
tear_down(void **state)
{
    fixture *f = *state;
    rh_scenario_free(f->scenario);
    rh_region_free(f->region);
    rh_free(f);
    return 0;
}

static void
expect_same(const fixture *f, const char *what, unsigned threads, const rh_engine_options *o)
{
    rh_simulation *s = small_simulation(f->region, f->scenario, 1, threads, o);
    for (unsigned y = 0; y < YEARS; y++) {
        small_year(s);
        if (small_fingerprint(s) != f->expected[y]) {
            fail_msg("%s: year %d differs", what, s->engine.year);
        }
    }
    rh_simulation_free(s);
}

static void
test_any_number_of_threads_gives_the_same_bits(void **state)
{
    for (unsigned threads = 1; threads <= 3; threads++) {
        char what[40];
        snprintf(what, sizeof what, "%u threads", threads);
        expect_same(*state, what, threads, NULL);
    }
}

static void
test_any_order_of_counties_gives_the_same_bits(void **state)
{
    static const unsigned orders[][6] = {
        {5, 4, 3, 2, 1, 0}, {3, 0, 5, 1, 4, 2}, {2, 4, 0, 5, 3, 1}};
    for (unsigned k = 0; k < 3; k++) {
        rh_engine_options o = {.headroom = 1, .county_order = orders[k]};
        expect_same(*state, "another order", 1 + k % 2, &o);
    }
}

static void
test_every_due_scan_gives_the_same_bits(void **state)
{
    static const char *const names[] = {"plain", "avx2", "avx512"};
    for (unsigned k = 0; k < 3; k++) {
        rh_engine_options o = {.headroom = 1, .kernel = names[k]};
        if (rh_due_named(names[k]) != NULL) {
            expect_same(*state, names[k], 1, &o);
        }
    }
}

static void
test_another_seed_gives_other_bits(void **state)
{
    fixture *f = *state;
    rh_scenario *other = small_scenario(SEED + 1, NULL);
    rh_simulation *s = small_simulation(f->region, other, 1, 1, NULL);
    small_year(s);
    assert_true(small_fingerprint(s) != f->expected[0]);
    rh_simulation_free(s);
    rh_scenario_free(other);
}

static void
test_a_run_cut_in_the_middle_goes_on_with_the_same_bits(void **state)
{
    fixture *f = *state;
    char path[] = "/tmp/ronghe_invariance_XXXXXX";
    int handle = mkstemp(path);
    assert_true(handle >= 0);
    close(handle);
    for (unsigned cut = 0; cut < YEARS; cut += 2) { /* before the first year too */
        rh_err err = {0};
        rh_simulation *s = small_simulation(f->region, f->scenario, 1, 1, NULL);
        for (unsigned y = 0; y < cut; y++) {
            small_year(s);
        }
        uint64_t before = small_fingerprint(s);
        assert_int_equal(rh_simulation_save(s, path, &err), RH_OK);
        rh_simulation_free(s);
        assert_int_equal(
            rh_simulation_new(f->region, f->scenario, "data/china", 1, 2, &s, &err), RH_OK);
        if (rh_simulation_restore(s, path, NULL, &err) != RH_OK) {
            fail_msg("%s", err.text);
        }
        assert_true(small_fingerprint(s) == before);
        small_verify(s);
        for (unsigned y = cut; y < YEARS; y++) {
            small_year(s);
            if (small_fingerprint(s) != f->expected[y]) {
                fail_msg("cut after %u years: year %d differs", cut, s->engine.year);
            }
        }
        rh_simulation_free(s);
    }
    unlink(path);
}

/* What a byte changed in the file, or another scenario, does: a sentence, no state. */
static void
test_a_snapshot_of_another_run_or_a_damaged_one_is_refused(void **state)
{
    fixture *f = *state;
    char path[] = "/tmp/ronghe_invariance_XXXXXX";
    int handle = mkstemp(path);
    assert_true(handle >= 0);
    close(handle);
    rh_err err = {0};
    rh_simulation *s = small_simulation(f->region, f->scenario, 1, 1, NULL);
    assert_int_equal(rh_simulation_save(s, path, &err), RH_OK);
    rh_simulation_free(s);

    rh_scenario *other = small_scenario(SEED + 1, NULL);
    assert_int_equal(rh_simulation_new(f->region, other, "data/china", 1, 1, &s, &err), RH_OK);
    assert_int_equal(rh_simulation_restore(s, path, NULL, &err), RH_INPUT);
    assert_non_null(strstr(err.text, "seed differs"));
    rh_simulation_free(s);
    rh_scenario_free(other);

    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, 50000, SEEK_SET), 0);
    int byte = fgetc(file);
    assert_int_equal(fseek(file, 50000, SEEK_SET), 0);
    assert_int_equal(fputc(byte ^ 1, file), byte ^ 1);
    assert_int_equal(fclose(file), 0);
    err = (rh_err){0};
    assert_int_equal(rh_simulation_new(f->region, f->scenario, "data/china", 1, 1, &s, &err),
                     RH_OK);
    assert_int_equal(rh_simulation_restore(s, path, NULL, &err), RH_INPUT);
    assert_non_null(strstr(err.text, "damaged"));
    rh_simulation_free(s);

    assert_int_equal(truncate(path, 30000), 0);
    err = (rh_err){0};
    assert_int_equal(rh_simulation_new(f->region, f->scenario, "data/china", 1, 1, &s, &err),
                     RH_OK);
    assert_int_equal(rh_simulation_restore(s, path, NULL, &err), RH_INPUT);
    assert_non_null(strstr(err.text, "cut off"));
    rh_simulation_free(s);
    unlink(path);
}

/* Married residents of a block who do not stand husband before wife. */
static unsigned
torn_couples(const rh_block *b)
{
    unsigned torn = 0;
    for (uint32_t i = 0; i < b->count; i++) {
        bool married = rh_person_marital(b->word[i]) == RH_MARRIED,
             man = rh_person_sex(b->word[i]) == RH_MALE;
        if (married && man) {
            bool wife = i + 1 < b->count && rh_person_marital(b->word[i + 1]) == RH_MARRIED &&
                        rh_person_sex(b->word[i + 1]) == RH_FEMALE &&
                        !rh_person_head(b->word[i + 1]);
            torn += !wife;
            i += wife;
        } else {
            torn += married; /* a wife whose husband was not just before */
        }
    }
    return torn;
}

static uint64_t
registered(const rh_simulation *s)
{
    uint64_t sum = 0, by_hukou = 0;
    for (uint32_t c = 0; c < s->region->county.n; c++) {
        uint64_t here = 0;
        for (uint32_t t = s->region->county.first[c]; t < s->region->county.first[c + 1]; t++) {
            here += s->store.block[t].count;
        }
        assert_int_equal(s->engine.tally.registered[c], here);
        sum += here;
        by_hukou += (uint64_t)s->engine.tally.registered_hukou[c][0] +
                    s->engine.tally.registered_hukou[c][1];
    }
    assert_int_equal(by_hukou, sum);
    return sum;
}

static void
check_years(const rh_region *region, const char *levers, double headroom)
{
    rh_scenario *scenario = small_scenario(SEED, levers);
    rh_engine_options o = {.headroom = headroom};
    rh_simulation *s = small_simulation(region, scenario, 1, 2, &o);
    uint64_t persons = rh_store_count(&s->store);
    for (unsigned y = 0; y < YEARS; y++) {
        small_year(s);
        small_verify(s);
        persons += small_events(s, RH_EVENT_BIRTH, -1) - small_events(s, RH_EVENT_DEATH, -1);
        assert_int_equal(rh_store_count(&s->store), persons);
        assert_int_equal(registered(s), persons);
        unsigned torn = 0;
        for (uint32_t t = 0; t < s->store.n_blocks; t++) {
            torn += torn_couples(&s->store.block[t]);
        }
        assert_int_equal(torn, 0);
        /* Every departure is an arrival somewhere, and the parts exchange persons one for one. */
        for (unsigned k = 0; k < 3; k++) {
            assert_int_equal(small_events(s, RH_EVENT_IN_COUNTY + k, -1),
                             small_events(s, RH_EVENT_OUT_COUNTY + k, -1));
        }
        assert_int_equal(small_events(s, RH_EVENT_PART_IN, RH_URBAN),
                         small_events(s, RH_EVENT_PART_OUT, RH_RURAL));
        assert_int_equal(small_events(s, RH_EVENT_PART_IN, RH_RURAL),
                         small_events(s, RH_EVENT_PART_OUT, RH_URBAN));
        assert_int_equal(small_events(s, RH_EVENT_MARRIAGE, -1) % 2, 0);
        assert_int_equal(small_events(s, RH_EVENT_RECLASSIFIED, RH_RURAL), 0);
    }
    rh_simulation_free(s);
    rh_scenario_free(scenario);
}

static void
test_five_years_keep_every_invariant(void **state)
{
    fixture *f = *state;
    check_years(f->region, NULL, 1);
}

/* Everything happens at once: events of one family in one year meet each other. */
static void
test_twenty_times_the_events_keep_every_invariant(void **state)
{
    fixture *f = *state;
    static const char levers[] = "levers:\n"
                                 "  - {lever: migration.departure_factor, value: 20}\n"
                                 "  - {lever: migration.return_factor, value: 5}\n"
                                 "  - {lever: hukou.settlement_rate, value: 0.5}\n"
                                 "  - {lever: hukou.years_required, value: 0}\n"
                                 "  - {lever: marriage.factor, value: 5}\n"
                                 "  - {lever: fertility.factor, value: 5}\n"
                                 "  - {lever: mortality.factor, value: 5}\n"
                                 "  - {lever: urban.reclassification_factor, value: 5}\n";
    check_years(f->region, levers, 1);
}

static void
test_years_above_all_bounds_keep_every_invariant(void **state)
{
    fixture *f = *state;
    check_years(f->region, NULL, 0.3);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_number_of_threads_gives_the_same_bits),
        cmocka_unit_test(test_any_order_of_counties_gives_the_same_bits),
        cmocka_unit_test(test_every_due_scan_gives_the_same_bits),
        cmocka_unit_test(test_another_seed_gives_other_bits),
        cmocka_unit_test(test_a_run_cut_in_the_middle_goes_on_with_the_same_bits),
        cmocka_unit_test(test_a_snapshot_of_another_run_or_a_damaged_one_is_refused),
        cmocka_unit_test(test_five_years_keep_every_invariant),
        cmocka_unit_test(test_twenty_times_the_events_keep_every_invariant),
        cmocka_unit_test(test_years_above_all_bounds_keep_every_invariant),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
