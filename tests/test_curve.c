/* S-curves, stages and the parts of the change of the urban share (ASK-01). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "core/mem.h"
#include "core/random.h"
#include "evaluate/northam.h"
#include "evaluate/stage_shift.h"
#include "evaluate/statistics.h"
#include "evaluate/urban_change.h"
#include "io/table.h"

#define assert_near(a, b, e) assert_true(fabs((a) - (b)) <= (e))

static double
logistic(double limit, double rate, double inflection, double t)
{
    return limit / (1 + exp(-rate * (t - inflection)));
}

/* Sum of twelve uniform draws less six: near enough to a standard normal. */
static double
noise(rh_key key)
{
    double sum = -6;
    for (uint64_t k = 0; k < 12; k++) {
        sum += rh_uniform(key, k);
    }
    return sum;
}

static void
test_a_curve_without_noise_comes_back(void **state)
{
    (void)state;
    double year[60], share[60];
    for (int i = 0; i < 60; i++) {
        year[i] = 1960 + i;
        share[i] = i == 7 ? (double)NAN : logistic(82.5, 0.055, 1995.25, year[i]);
    }
    rh_northam f;
    assert_int_equal(rh_northam_fit(year, share, 60, 0, 100, &f, NULL), RH_OK);
    assert_int_equal(f.n, 59);
    assert_near(f.value[RH_NORTHAM_K], 82.5, 1e-8);
    assert_near(f.value[RH_NORTHAM_R], 0.055, 1e-11);
    assert_near(f.value[RH_NORTHAM_M], 1995.25, 1e-7);
    assert_true(f.deviation < 1e-9 && f.free_limit && !f.not_identified);
    assert_near(f.logit_r, 0.055, 1e-9);
    double error;
    assert_near(rh_northam_year_of(&f, 41.25, &error), 1995.25, 1e-6);
    assert_true(isnan(rh_northam_year_of(&f, 83, &error)));
}

static void
test_china_1995_to_2024(void **state)
{
    (void)
        state; /* an independent fit of the same published shares: K 86.88, r 0.0668, m 2005.18; 68.62 in 2025 */
    rh_csv *csv;
    double *year, *share;
    assert_int_equal(rh_csv_open("examples/urban-share-china.csv", &csv, NULL), RH_OK);
    assert_int_equal(rh_table_numbers_all(csv, "year", &year, NULL), RH_OK);
    assert_int_equal(rh_table_numbers_all(csv, "share", &share, NULL), RH_OK);
    rh_northam f;
    assert_int_equal(rh_northam_fit(year, share, rh_csv_rows(csv), 0, 100, &f, NULL), RH_OK);
    assert_near(f.value[RH_NORTHAM_K], 86.88, 0.005);
    assert_near(f.value[RH_NORTHAM_R], 0.0668, 0.00005);
    assert_near(f.value[RH_NORTHAM_M], 2005.18, 0.005);
    assert_near(f.deviation * sqrt(27.0 / 30), 0.33, 0.006); /* root mean square */
    assert_near(rh_northam_at(&f, 2025), 68.62, 0.005);
    assert_true(
        f.watson <
        1); /* and so the curve misses 2025 (67.89) by more than its interval says by chance */
    rh_csv_free(csv);
    rh_free(year);
    rh_free(share);
}

static void
test_a_given_limit_is_kept_and_costs_no_freedom(void **state)
{
    (void)state;
    double year[20], share[20];
    for (int i = 0; i < 20; i++) {
        year[i] = 2000 + i;
        share[i] = logistic(75, 0.06, 2005, year[i]) + 0.2 * noise(rh_key_with(3, (uint64_t)i));
    }
    rh_northam f;
    assert_int_equal(rh_northam_fit(year, share, 20, 75, 100, &f, NULL), RH_OK);
    assert_true(f.value[RH_NORTHAM_K] == 75 && f.error[RH_NORTHAM_K] == 0 && !f.free_limit);
    assert_near(f.value[RH_NORTHAM_R], 0.06, 4 * f.error[RH_NORTHAM_R]);
    assert_near(f.value[RH_NORTHAM_M], 2005, 4 * f.error[RH_NORTHAM_M]);
}

static void
test_years_before_the_inflection_do_not_tell_the_limit(void **state)
{
    (void)state; /* plain exponential growth: any limit far above fits */
    double year[20], share[20];
    for (int i = 0; i < 20; i++) {
        year[i] = 1950 + i;
        share[i] = 10 * exp(0.03 * i);
    }
    rh_northam f;
    assert_int_equal(rh_northam_fit(year, share, 20, 0, 100, &f, NULL), RH_OK);
    assert_true(f.at_bound && f.not_identified && !f.free_limit);
    assert_true(f.value[RH_NORTHAM_K] == 100);
}

static void
test_forecast_interval_holds_what_it_says(void **state)
{
    (void)state;
    unsigned inside = 0;
    for (uint64_t k = 0; k < 400; k++) {
        double year[30], share[30];
        for (int i = 0; i < 30; i++) {
            year[i] = 1990 + i;
            share[i] = logistic(80, 0.08, 2000, year[i]) +
                       0.5 * noise(rh_key_with(rh_key_with(17, k), (uint64_t)i));
        }
        rh_northam f;
        assert_int_equal(rh_northam_fit(year, share, 30, 0, 100, &f, NULL), RH_OK);
        double now = logistic(80, 0.08, 2000, 2024) + 0.5 * noise(rh_key_with(18, k));
        inside += fabs(rh_northam_at(&f, 2024) - now) <= rh_northam_interval(&f, 2024);
    }
    assert_in_range(inside, 365, 394); /* 380 */
}

static void
test_students_quantile_is_that_of_the_tables(void **state)
{
    (void)state; /* Fisher and Yates, table III */
    assert_near(rh_student_975(1), 12.7062, 1e-4);
    assert_near(rh_student_975(2), 4.3027, 1e-4);
    assert_near(rh_student_975(3), 3.1824, 0.01);
    assert_near(rh_student_975(5), 2.5706, 5e-4);
    assert_near(rh_student_975(10), 2.2281, 1e-4);
    assert_near(rh_student_975(27), 2.0518, 1e-4);
}

static void
test_shares_that_no_curve_fits_are_refused(void **state)
{
    (void)state;
    const double year[5] = {2000, 2001, 2002, 2003, 2004}, flat[5] = {5, 5, 5, 5, 5},
                 over[5] = {5, 6, 101, 7, 8}, few[5] = {5, NAN, 6, NAN, 7};
    rh_northam f;
    rh_err err = {0};
    assert_int_equal(rh_northam_fit(year, flat, 5, 0, 100, &f, &err), RH_INPUT);
    assert_non_null(strstr(err.text, "All 5 shares are 5"));
    err = (rh_err){0};
    assert_int_equal(rh_northam_fit(year, over, 5, 0, 100, &f, &err), RH_INPUT);
    assert_non_null(strstr(err.text, "The share of 2002 is 101"));
    err = (rh_err){0};
    assert_int_equal(rh_northam_fit(year, few, 5, 0, 100, &f, &err), RH_INPUT);
    assert_non_null(strstr(err.text, "5 years at least, not 3"));
}

static void
test_a_shifted_path_has_its_shift_as_lead(void **state)
{
    (void)state;
    double a[60], b[60];
    for (int i = 0; i < 60; i++) {
        a[i] = logistic(90, 0.05, 20, i);
        b[i] = i % 7 == 3 ? (double)NAN : logistic(90, 0.05, 32.5, i);
    }
    rh_stage_shift ahead = rh_stage_shift_find(a, b, 60, 20),
                   behind = rh_stage_shift_find(b, a, 60, 20);
    assert_near(ahead.lead, 12.5, 0.051);
    assert_near(behind.lead, -12.5, 0.051);
    assert_true(ahead.distance < 0.05 && !ahead.at_edge && !behind.at_edge);
    assert_near(rh_stage_passed(a, 60, 45), 20, 1e-9);
    assert_near(rh_stage_passed(b, 60, 45), 32.5, 0.01);
    assert_true(isnan(rh_stage_passed(a, 60, 20)) && isnan(rh_stage_passed(a, 60, 89)));
}

static void
test_paths_that_never_meet_are_at_the_edge(void **state)
{
    (void)state;
    double low[40], high[40], none[40];
    for (int i = 0; i < 40; i++) {
        low[i] = 10 + 0.1 * i;
        high[i] = 80 + 0.1 * i;
        none[i] = (double)NAN;
    }
    assert_true(rh_stage_shift_find(high, low, 40, 20).at_edge);
    assert_true(rh_stage_shift_find(low, high, 40, 20).at_edge);
    assert_true(isnan(rh_stage_shift_find(low, none, 40, 20).lead));
    assert_true(isnan(rh_stage_shift_find(low, high, 40, 60).lead));
}

static void
test_parts_of_the_change_add_up_whatever_the_books(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < 500; k++) {
        rh_urban_books b = {.urban_before = 1000 * rh_uniform(k, 0),
                            .urban = 1000 * rh_uniform(k, 1),
                            .natural_urban = 100 * rh_uniform(k, 2) - 50,
                            .natural_rural = 100 * rh_uniform(k, 3) - 50,
                            .migration_urban = 100 * rh_uniform(k, 4) - 50,
                            .migration_rural = 100 * rh_uniform(k, 5) - 50,
                            .reclassified = 50 * rh_uniform(k, 6)};
        b.all_before = b.urban_before + 1000 * rh_uniform(k, 7) + 1;
        b.all = b.urban + 1000 * rh_uniform(k, 8) + 1;
        if (k % 3 == 1) {
            b.reclassified = (double)NAN;
        }
        if (k % 3 == 2) {
            b.migration_urban = b.migration_rural = (double)NAN;
        }
        rh_urban_parts p = rh_urban_parts_of(&b);
        assert_near(p.natural + p.migration + p.reclassification + p.unexplained,
                    p.now - p.before, 1e-14);
        if (k % 3 == 2) {
            assert_near(p.unexplained, 0, 1e-14); /* migration closes both books */
        }
    }
}

static void
test_parts_by_hand_and_the_residual_method(void **state)
{
    (void)state; /* 40 of 100 to 50 of 100: mean share 0.45, mean people 100 */
    rh_urban_books b = {40, 100, 50, 100, 1, -1, 6, -6, 3};
    rh_urban_parts p = rh_urban_parts_of(&b);
    assert_near(p.natural, 0.01, 1e-15);
    assert_near(p.migration, 0.06, 1e-15);
    assert_near(p.reclassification, 0.03, 1e-15);
    assert_near(p.unexplained, 0, 1e-15);
    rh_urban_books unknown = {40, 100, 50, 100, 1, -1, NAN, NAN, 3};
    rh_urban_parts q = rh_urban_parts_of(&unknown);
    assert_near(q.migration, 0.06, 1e-15);
    assert_true(unknown.migration_urban == 6 && unknown.migration_rural == -6);
    rh_urban_books both = {40, 100, 50, 100, 1, -1, NAN, NAN, NAN};
    q = rh_urban_parts_of(&both);
    assert_near(q.migration, 0.09, 1e-15);
    assert_true(isnan(q.reclassification));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_curve_without_noise_comes_back),
        cmocka_unit_test(test_china_1995_to_2024),
        cmocka_unit_test(test_a_given_limit_is_kept_and_costs_no_freedom),
        cmocka_unit_test(test_years_before_the_inflection_do_not_tell_the_limit),
        cmocka_unit_test(test_forecast_interval_holds_what_it_says),
        cmocka_unit_test(test_students_quantile_is_that_of_the_tables),
        cmocka_unit_test(test_shares_that_no_curve_fits_are_refused),
        cmocka_unit_test(test_a_shifted_path_has_its_shift_as_lead),
        cmocka_unit_test(test_paths_that_never_meet_are_at_the_edge),
        cmocka_unit_test(test_parts_of_the_change_add_up_whatever_the_books),
        cmocka_unit_test(test_parts_by_hand_and_the_residual_method),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
