/* Scenario files and region specs (policy/scenario.h, policy/region_spec.h): what they mean,
 * and that every bad input ends with a sentence that names file, line and key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/mem.h"
#include "policy/region_spec.h"
#include "policy/scenario.h"

#define HEAD "region: embedded\nyears: [2010, 2020]\n"

static rh_scenario *
good(const char *text)
{
    rh_scenario *scenario;
    rh_err err = {0};
    if (rh_scenario_parse("dir/s.yaml", text, strlen(text), &scenario, &err) != RH_OK) {
        fail_msg("%s", err.text);
    }
    return scenario;
}

/* The text is refused and the sentence holds all of `said` (up to 4, ended by NULL). */
static void
refused(const char *text, const char *const said[4])
{
    rh_scenario *scenario;
    rh_err err = {0};
    assert_int_equal(rh_scenario_parse("dir/s.yaml", text, strlen(text), &scenario, &err),
                     RH_INPUT);
    assert_null(scenario);
    for (int i = 0; i < 4 && said[i] != NULL; i++) {
        if (strstr(err.text, said[i]) == NULL) {
            fail_msg("\"%s\" does not say \"%s\"", err.text, said[i]);
        }
    }
}

#define REFUSED(text, ...) refused(text, (const char *const[4]){__VA_ARGS__})

static void
test_defaults_are_those_of_the_documentation(void **state)
{
    (void)state;
    rh_scenario *s = good(HEAD);
    assert_string_equal(s->region, "embedded");
    assert_string_equal(s->title, "dir/s.yaml");
    assert_string_equal(s->text, HEAD);
    assert_int_equal(s->first_year, 2010);
    assert_int_equal(s->last_year, 2020);
    assert_int_equal(s->seed, 1);
    assert_true(s->sample >= 1 && s->sample <= 1);
    assert_int_equal(s->output, RH_OUTPUT_COUNTY);
    assert_int_equal(s->family_every, 5);
    assert_int_equal(s->snapshot_every, 1);
    assert_null(s->series_dir);
    assert_string_equal(s->births_series, "national");
    assert_int_equal(s->n_levers, 0);
    rh_scenario_free(s);
}

static void
test_every_key_is_read(void **state)
{
    (void)state;
    rh_scenario *s =
        good("title: 试验\nregion: r.gpkg\nyears: [2010, 2012]\nseed: 7\nsample: 0.25\n"
             "output: township\nfamily_every: 2\nsnapshot_every: 0\n"
             "series:\n  folder: ../x\n  births: none\n"
             "levers:\n"
             "  - lever: hukou.years_required\n    value: 2\n    place: \"4403\"\n"
             "    from: 2011\n    ramp: 1\n    until: 2012\n");
    assert_string_equal(s->title, "试验");
    assert_string_equal(s->region, "dir/r.gpkg");
    assert_int_equal(s->seed, 7);
    assert_true(fabs(s->sample - 0.25) < 1e-15);
    assert_int_equal(s->output, RH_OUTPUT_TOWNSHIP);
    assert_int_equal(s->family_every, 2);
    assert_int_equal(s->snapshot_every, 0);
    assert_string_equal(s->series_dir, "dir/../x");
    assert_string_equal(s->births_series, "none");
    assert_string_equal(s->deaths_series, "national");
    assert_int_equal(s->n_levers, 1);
    assert_string_equal(s->lever[0].lever, "hukou.years_required");
    assert_string_equal(s->lever[0].place, "4403");
    assert_int_equal(s->lever[0].from, 2011);
    assert_int_equal(s->lever[0].ramp, 1);
    assert_int_equal(s->lever[0].until, 2012);
    assert_int_equal(s->lever[0].line, 13);
    rh_scenario_free(s);
}

static void
test_a_lever_holds_from_the_first_simulated_year_without_end(void **state)
{
    (void)state;
    rh_scenario *s = good(HEAD "levers: [{lever: fertility.factor, value: 1.2}]\n");
    assert_int_equal(s->lever[0].from, 2011);
    assert_int_equal(s->lever[0].until, INT_MAX);
    assert_string_equal(s->lever[0].place, "");
    rh_scenario_free(s);
}

static void
test_unknown_keys_are_refused_with_the_nearest_known_one(void **state)
{
    (void)state;
    REFUSED(HEAD "sampel: 0.5\n", "dir/s.yaml:3:", "\"sampel\"", "did you mean \"sample\"?");
    REFUSED(HEAD "series:\n  birth: none\n", "dir/s.yaml:4:", "series",
            "did you mean \"births\"?");
    REFUSED(HEAD "levers:\n  - lever: fertility.factor\n    value: 1\n    form: 2012\n",
            "dir/s.yaml:6:", "\"form\"", "did you mean \"from\"?");
    REFUSED(HEAD "zzzzzzzzzzzz: 1\n", "dir/s.yaml:3:", "known are title, region");
    REFUSED(HEAD "levers:\n  - lever: hukou.year_required\n    value: 1\n",
            "dir/s.yaml:4:", "\"hukou.year_required\"",
            "did you mean \"hukou.years_required\"?");
}

static void
test_duplicate_keys_are_refused_with_both_lines(void **state)
{
    (void)state;
    REFUSED(HEAD "seed: 1\nsample: 1\nseed: 2\n", "dir/s.yaml:5:", "\"seed\"", "line 3");
}

static void
test_years_backwards_or_missing_are_refused(void **state)
{
    (void)state;
    REFUSED("region: embedded\nyears: [2020, 2010]\n", "dir/s.yaml:2: years",
            "2010 lies before", "2020");
    REFUSED("region: embedded\nyears: 2010\n", "dir/s.yaml:2: years", "[first, last]");
    REFUSED("region: embedded\n", "years", "is missing");
    REFUSED("region: embedded\nyears: [2010, next]\n", "dir/s.yaml:2: years", "not \"next\"");
    REFUSED("region: embedded\nyears: [10, 2020]\n", "dir/s.yaml:2: years",
            "between 1950 and 2200");
    REFUSED("years: [2010, 2020]\n", "region", "is missing");
    REFUSED("region:\nyears: [2010, 2020]\n", "dir/s.yaml:1: region", "nothing stands here");
}

static void
test_a_sample_outside_of_0_to_1_is_refused(void **state)
{
    (void)state;
    REFUSED(HEAD "sample: 0\n", "dir/s.yaml:3: sample", "not 0");
    REFUSED(HEAD "sample: 1.5\n", "dir/s.yaml:3: sample", "1.5");
    REFUSED(HEAD "sample: -1\n", "dir/s.yaml:3: sample", "-1");
    REFUSED(HEAD "sample: nan\n", "dir/s.yaml:3: sample", "\"nan\"");
    REFUSED(HEAD "sample: 1e999\n", "dir/s.yaml:3: sample", "1e999");
}

static void
test_wrong_types_are_refused(void **state)
{
    (void)state;
    REFUSED(HEAD "seed: many\n", "dir/s.yaml:3: seed", "whole number", "\"many\"");
    REFUSED(HEAD "seed: 99999999999999999999\n", "dir/s.yaml:3: seed", "99999999999999999999");
    REFUSED(HEAD "seed: -1\n", "dir/s.yaml:3: seed", "-1");
    REFUSED(HEAD "title: [a, b]\n", "dir/s.yaml:3: title", "a text");
    REFUSED(HEAD "output: village\n", "dir/s.yaml:3: output",
            "province, prefecture, county or township", "\"village\"");
    REFUSED(HEAD "series: 5\n", "dir/s.yaml:3: series", "folder, births, deaths");
    REFUSED(HEAD "series:\n  births: local\n", "dir/s.yaml:4: births", "national or none",
            "\"local\"");
    REFUSED(HEAD "levers: 5\n", "dir/s.yaml:3: levers", "entry 1");
    REFUSED(HEAD "levers: [{lever: fertility.factor}]\n", "dir/s.yaml:3: value", "missing");
    REFUSED(HEAD "family_every: 0\n", "dir/s.yaml:3: family_every", "between 1 and");
    REFUSED("- a\n- b\n", "dir/s.yaml:1", "key: value");
    REFUSED("", "dir/s.yaml");
    REFUSED(HEAD "---\nseed: 2\n", "dir/s.yaml", "second document");
    REFUSED("a: [1, 2\nb: }\n", "dir/s.yaml:", "not YAML");
}

static void
test_lever_values_places_and_years_are_checked(void **state)
{
    (void)state;
    REFUSED(HEAD "levers:\n  - lever: hukou.years_required\n    value: 9\n",
            "dir/s.yaml:5: value", "hukou.years_required", "art. 16", "not 9");
    REFUSED(HEAD "levers:\n  - {lever: fertility.factor, value: 1, place: 440}\n",
            "dir/s.yaml:4: place", "\"440\"");
    REFUSED(HEAD "levers:\n  - {lever: fertility.factor, value: 1, place: 广东}\n",
            "dir/s.yaml:4: place", "\"广东\"");
    REFUSED(HEAD "levers:\n  - {lever: fertility.factor, value: 1, from: 2015, until: 2012}\n",
            "dir/s.yaml:4: until", "2012", "2015");
    REFUSED(HEAD "levers:\n  - {lever: fertility.factor, value: 1, ramp: -2}\n",
            "dir/s.yaml:4: ramp", "-2");
}

static void
test_references_and_binary_text_are_refused(void **state)
{
    (void)state;
    REFUSED("title: &t x\nregion: *t\nyears: [2010, 2020]\n", "dir/s.yaml:2: region",
            "references");
    REFUSED("title: \xff\xfe\n" HEAD, "dir/s.yaml:1:", "not UTF-8");
    rh_scenario *scenario;
    rh_err err = {0};
    static const char zero[] = HEAD "title: a\0b\n";
    assert_int_equal(rh_scenario_parse("z.yaml", zero, sizeof zero - 1, &scenario, &err),
                     RH_INPUT);
    assert_non_null(strstr(err.text, "z.yaml:3:"));
}

static unsigned
count_lines(const char *text)
{
    unsigned n = 1;
    for (; *text != '\0'; text++) {
        n += *text == '\n';
    }
    return n;
}

static void
test_twenty_problems_are_reported_at_once_and_the_rest_counted(void **state)
{
    (void)state;
    char text[4000] = HEAD;
    for (int i = 0; i < 25; i++) {
        char line[40];
        snprintf(line, sizeof line, "unknown_%d: 1\n", i);
        strcat(text, line);
    }
    rh_scenario *scenario;
    rh_err err = {0};
    assert_int_equal(rh_scenario_parse("s.yaml", text, strlen(text), &scenario, &err),
                     RH_INPUT);
    assert_int_equal(count_lines(err.text), 21);
    assert_non_null(strstr(err.text, "5 more problems"));
    assert_non_null(strstr(err.text, "s.yaml:22:"));
}

static void
test_a_missing_file_is_named(void **state)
{
    (void)state;
    rh_scenario *scenario;
    rh_err err = {0};
    assert_int_equal(rh_scenario_read("no/such.yaml", &scenario, &err), RH_IO);
    assert_non_null(strstr(err.text, "no/such.yaml"));
}

static void
test_no_memory_is_a_failure_without_a_leak(void **state)
{
    (void)state;
    static const char text[] =
        HEAD "title: x\nlevers: [{lever: fertility.factor, value: 1, place: [11, 12]}]\n";
    int failures = 0;
    for (long n = 1; n < 200; n++) {
        rh_scenario *scenario;
        rh_err err = {0};
        rh_mem_fail_after(n);
        rh_status status = rh_scenario_parse("s.yaml", text, sizeof text - 1, &scenario, &err);
        rh_mem_fail_after(0);
        if (status == RH_OK) {
            rh_scenario_free(scenario);
            break;
        }
        assert_int_equal(status, RH_MEMORY);
        assert_null(scenario);
        failures++;
    }
    assert_true(failures > 5 && failures < 199);
}

static void
test_the_examples_are_good(void **state)
{
    (void)state;
    static const char *const example[] = {"embedded-2010-2020", "china-2010-2020",
                                          "small-province"};
    static const char *const spec[] = {"region-china", "region-embedded", "region-ningxia"};
    const char *dir = access("examples", R_OK) == 0 ? "examples" : "../examples";
    char path[200];
    rh_err err = {0};
    for (size_t i = 0; i < sizeof example / sizeof *example; i++) {
        rh_scenario *scenario;
        snprintf(path, sizeof path, "%s/%s.yaml", dir, example[i]);
        if (rh_scenario_read(path, &scenario, &err) != RH_OK) {
            fail_msg("%s", err.text);
        }
        rh_scenario_free(scenario);
    }
    for (size_t i = 0; i < sizeof spec / sizeof *spec; i++) {
        rh_region_spec *region;
        snprintf(path, sizeof path, "%s/%s.yaml", dir, spec[i]);
        if (rh_region_spec_read(path, &region, &err) != RH_OK) {
            fail_msg("%s", err.text);
        }
        rh_region_spec_free(region);
    }
}

static void
test_a_region_spec_is_read_and_checked(void **state)
{
    (void)state;
    static const char text[] = "builder: census\nprovinces: [11, 41]\ntitle: 试\ndata: ../d\n";
    rh_region_spec *spec;
    rh_err err = {0};
    assert_int_equal(rh_region_spec_parse("a/r.yaml", text, sizeof text - 1, &spec, &err),
                     RH_OK);
    assert_int_equal(spec->builder, RH_BUILDER_CENSUS);
    assert_int_equal(spec->provinces[0], 11);
    assert_int_equal(spec->provinces[1], 41);
    assert_int_equal(spec->provinces[2], 0);
    assert_string_equal(spec->data, "a/../d");
    rh_region_spec_free(spec);

    static const char all[] = "builder: embedded\nprovinces: all\n";
    assert_int_equal(rh_region_spec_parse("r.yaml", all, sizeof all - 1, &spec, &err), RH_OK);
    assert_null(spec->provinces);
    rh_region_spec_free(spec);

    static const char bad[] = "builder: sensus\nprovinces: [11, x, 11]\nprovinse: all\n";
    assert_int_equal(rh_region_spec_parse("r.yaml", bad, sizeof bad - 1, &spec, &err),
                     RH_INPUT);
    assert_null(spec);
    static const char *const said[] = {
        "r.yaml:1: builder", "r.yaml:2: provinces", "\"x\"",
        "11 is named twice", "r.yaml:3:",           "did you mean \"provinces\"?"};
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        if (strstr(err.text, said[i]) == NULL) {
            fail_msg("\"%s\" does not say \"%s\"", err.text, said[i]);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults_are_those_of_the_documentation),
        cmocka_unit_test(test_every_key_is_read),
        cmocka_unit_test(test_a_lever_holds_from_the_first_simulated_year_without_end),
        cmocka_unit_test(test_unknown_keys_are_refused_with_the_nearest_known_one),
        cmocka_unit_test(test_duplicate_keys_are_refused_with_both_lines),
        cmocka_unit_test(test_years_backwards_or_missing_are_refused),
        cmocka_unit_test(test_a_sample_outside_of_0_to_1_is_refused),
        cmocka_unit_test(test_wrong_types_are_refused),
        cmocka_unit_test(test_lever_values_places_and_years_are_checked),
        cmocka_unit_test(test_references_and_binary_text_are_refused),
        cmocka_unit_test(test_twenty_problems_are_reported_at_once_and_the_rest_counted),
        cmocka_unit_test(test_a_missing_file_is_named),
        cmocka_unit_test(test_no_memory_is_a_failure_without_a_leak),
        cmocka_unit_test(test_the_examples_are_good),
        cmocka_unit_test(test_a_region_spec_is_read_and_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
