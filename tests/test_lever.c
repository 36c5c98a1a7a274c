/* Levers: the table and the value by place and year (policy/lever.h, K1–K3). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "policy/lever.h"

static rh_scenario *
parse(const char *levers)
{
    char text[4000] = "region: embedded\nyears: [2010, 2020]\nlevers:\n";
    rh_scenario *scenario;
    rh_err err = {0};
    strncat(text, levers, sizeof text - strlen(text) - 1);
    if (rh_scenario_parse("test.yaml", text, strlen(text), &scenario, &err) != RH_OK) {
        fail_msg("%s", err.text);
    }
    return scenario;
}

static void
expect(const rh_scenario *scenario, uint64_t code, int year, double value)
{
    double got = rh_lever_value(scenario, RH_LEVER_HUKOU_PLAN_FACTOR, code, year);
    if (fabs(got - value) > 1e-12) {
        fail_msg("place %lu, year %d: %g instead of %g", (unsigned long)code, year, got, value);
    }
}

static void
test_every_lever_has_names_a_clause_and_a_default_in_range(void **state)
{
    (void)state;
    for (unsigned i = 0; i < RH_LEVER_COUNT; i++) {
        const rh_lever_info *info = rh_lever_info_of((enum rh_lever)i);
        assert_true(info->zh[0] != '\0' && info->en[0] != '\0' && info->unit[0] != '\0');
        assert_true(info->clause[0] != '\0' && info->source[0] != '\0');
        assert_true(info->low < info->high);
        assert_true(info->normal >= info->low && info->normal <= info->high);
        assert_int_equal(rh_lever_find(info->name), i);
    }
    assert_int_equal(rh_lever_find("hukou"), RH_LEVER_COUNT);
}

static void
test_without_a_setting_the_default_holds(void **state)
{
    (void)state;
    expect(NULL, 440000, 2015, 1);
    rh_scenario *scenario = parse("  - {lever: fertility.factor, value: 2}\n");
    expect(scenario, 440000, 2015, 1);
    assert_true(rh_lever_is_national(scenario, RH_LEVER_FERTILITY_FACTOR));
    rh_scenario_free(scenario);
}

static void
test_a_ramp_moves_in_equal_steps_and_ends_with_until(void **state)
{
    (void)state;
    rh_scenario *scenario =
        parse("  - {lever: hukou.plan_factor, value: 5, from: 2013, ramp: 3, until: 2018}\n");
    static const double by_year[] = {1, 1, 1, 2, 3, 4, 5, 5, 5, 1, 1};
    for (int year = 2010; year <= 2020; year++) {
        expect(scenario, 0, year, by_year[year - 2010]);
        expect(scenario, 110101, year, by_year[year - 2010]);
    }
    rh_scenario_free(scenario);
}

static void
test_a_longer_place_code_stands_over_a_shorter_one(void **state)
{
    (void)state;
    rh_scenario *scenario = parse("  - {lever: hukou.plan_factor, value: 4, place: 4403}\n"
                                  "  - {lever: hukou.plan_factor, value: 2, place: [44, 33]}\n"
                                  "  - {lever: hukou.plan_factor, value: 3}\n");
    assert_int_equal(scenario->n_levers, 4);
    expect(scenario, 440305, 2015, 4);
    expect(scenario, 440305001, 2015, 4);
    expect(scenario, 440100, 2015, 2);
    expect(scenario, 330100, 2015, 2);
    expect(scenario, 110101, 2015, 3);
    expect(scenario, 44, 2015, 2);
    expect(scenario, 0, 2015, 3);
    assert_false(rh_lever_is_national(scenario, RH_LEVER_HUKOU_PLAN_FACTOR));
    rh_scenario_free(scenario);
}

static void
test_among_equals_the_later_setting_ramps_from_the_earlier(void **state)
{
    (void)state;
    rh_scenario *scenario =
        parse("  - {lever: hukou.plan_factor, value: 3}\n"
              "  - {lever: hukou.plan_factor, value: 7, from: 2015, ramp: 1}\n");
    expect(scenario, 0, 2014, 3);
    expect(scenario, 0, 2015, 5);
    expect(scenario, 0, 2016, 7);
    rh_scenario_free(scenario);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_lever_has_names_a_clause_and_a_default_in_range),
        cmocka_unit_test(test_without_a_setting_the_default_holds),
        cmocka_unit_test(test_a_ramp_moves_in_equal_steps_and_ends_with_until),
        cmocka_unit_test(test_a_longer_place_code_stands_over_a_shorter_one),
        cmocka_unit_test(test_among_equals_the_later_setting_ramps_from_the_earlier),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
