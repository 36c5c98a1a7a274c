/* The engine: what a refused and an accepted command leave behind. */
#include "domain/calendar_day.h"
#include "domain/registry.h"
#include "domain/split.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const int64_t morning = INT64_C(1772298000000); /* 2026-03-01 01:00 UTC+8 */

static void
founding_makes_a_place_and_a_wrong_parent_is_refused(void **unused)
{
    (void)unused;
    rh_err err = {0};
    rh_registry *r;
    assert_int_equal(rh_registry_new(&r, &err), RH_OK);
    rh_outcome out = {0};
    rh_command_place_add village = {.code = "110101001201",
                                    .level = rh_level_village,
                                    .parent = RH_NONE,
                                    .name = "南村",
                                    .lon_e5 = RH_NONE,
                                    .lat_e5 = RH_NONE};
    rh_ask ask = {RH_DO_place_add, &village, RH_NONE, rh_role_system, morning};
    assert_int_equal(rh_registry_do(r, &ask, &out, &err), RH_OK);
    assert_int_equal(out.refusals.n, 0);
    assert_int_equal(out.n_rows, 1);
    assert_int_equal(out.seq, 1);
    const rh_row_place *place = rh_registry_get(r, RH_ROW_place, 1);
    assert_string_equal(place->name, "南村");

    rh_command_place_add township = {.code = "110101001",
                                     .level = rh_level_township,
                                     .parent = 1,
                                     .name = "乡",
                                     .lon_e5 = RH_NONE,
                                     .lat_e5 = RH_NONE};
    ask.command = &township;
    assert_int_equal(rh_registry_do(r, &ask, &out, &err), RH_OK);
    assert_int_equal(out.refusals.n, 1);
    assert_int_equal(out.refusals.refusal[0].guard, RH_GUARD_parent_is_above);
    char text[400];
    rh_refusal_text(&out.refusals.refusal[0], RH_CHINESE, text, sizeof text);
    assert_non_null(strstr(text, "乡镇"));
    assert_int_equal(rh_registry_count(r, RH_ROW_place), 1);
    assert_int_equal(rh_registry_seq(r), 1);

    ask.role = rh_role_public;
    assert_int_equal(rh_registry_do(r, &ask, &out, &err), RH_OK);
    assert_int_equal(out.refusals.refusal[0].guard, RH_GUARD_role_may);
    ask.time = morning - 1;
    assert_int_not_equal(rh_registry_do(r, &ask, &out, &err), RH_OK);
    rh_outcome_release(&out);
    rh_registry_free(r);
}

static void
every_day_of_a_long_time_splits_and_joins(void **unused)
{
    (void)unused;
    int64_t day = rh_day_of(1899, 12, 31);
    int y, m, d;
    int64_t last = rh_day_of(2201, 1, 1);
    while (++day < last) {
        rh_day_split(day, &y, &m, &d);
        assert_int_equal(rh_day_of(y, m, d), day);
        assert_true(m >= 1 && m <= 12 && d >= 1 && d <= 31);
    }
    assert_int_equal(rh_day_of(2000, 3, 1) - rh_day_of(2000, 2, 28), 2);
    assert_int_equal(rh_day_of(1900, 3, 1) - rh_day_of(1900, 2, 28), 1);
    assert_int_equal(rh_day_of_time(0), 0);
    assert_int_equal(rh_day_of_time(INT64_C(16) * 3600 * 1000), 1); /* midnight in UTC+8 */
}

static void
a_term_ends_on_the_corresponding_day_or_the_end_of_the_month(void **unused)
{
    (void)unused;
    assert_int_equal(rh_term_end(rh_day_of(2026, 3, 1), 20), rh_day_of(2046, 3, 1));
    assert_int_equal(rh_term_end(rh_day_of(2024, 2, 29), 20), rh_day_of(2044, 2, 29));
    assert_int_equal(rh_term_end(rh_day_of(2024, 2, 29), 1), rh_day_of(2025, 2, 28));
    assert_int_equal(rh_day_add_months(rh_day_of(2026, 1, 31), 1), rh_day_of(2026, 2, 28));
    assert_int_equal(rh_day_add_months(rh_day_of(2026, 3, 31), -1), rh_day_of(2026, 2, 28));
    for (int64_t n = -40; n < 40; n++) {
        int64_t to = rh_day_add_months(rh_day_of(2026, 5, 17), n);
        assert_int_equal(rh_months_between(rh_day_of(2026, 5, 17), to), n);
    }
}

static void
money_is_split_to_the_fen_by_the_published_fixtures(void **unused)
{
    (void)unused;
    int64_t part[3];
    rh_split(1000001, 3, (const int64_t[]){7000, 2000, 1000}, part);
    assert_int_equal(part[0], 700001);
    assert_int_equal(part[1], 200000);
    assert_int_equal(part[2], 100000);
    rh_split(100, 3, (const int64_t[]){3333, 3333, 3334}, part);
    assert_int_equal(part[0], 33);
    assert_int_equal(part[1], 33);
    assert_int_equal(part[2], 34);
    rh_split(1, 3, (const int64_t[]){7000, 2000, 1000}, part);
    assert_int_equal(part[0], 1);
    assert_int_equal(part[1] + part[2], 0);
    for (int64_t amount = 0; amount < 20000; amount += 7) {
        rh_split(amount, 3, (const int64_t[]){6667, 2222, 1111}, part);
        assert_int_equal(part[0] + part[1] + part[2], amount);
    }
    rh_split(INT64_C(9000000000000000), 2, (const int64_t[]){9999, 1}, part);
    assert_int_equal(part[0] + part[1], INT64_C(9000000000000000));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(founding_makes_a_place_and_a_wrong_parent_is_refused),
        cmocka_unit_test(every_day_of_a_long_time_splits_and_joins),
        cmocka_unit_test(a_term_ends_on_the_corresponding_day_or_the_end_of_the_month),
        cmocka_unit_test(money_is_split_to_the_fen_by_the_published_fixtures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
