/* Coupling coordination and obstacle degree: hand-worked values, limits, invariances. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>

#include "core/random.h"
#include "evaluate/coupling.h"
#include "evaluate/obstacle.h"

static bool
near(double a, double b)
{
    return fabs(a - b) < 1e-12;
}

static void
test_equal_scores_are_fully_coupled_and_d_is_the_root_of_the_score(void **state)
{
    (void)state;
    const double u[4] = {.36, .36, .36, .36}, w[4] = {.4, .3, .2, .1};
    double t = rh_coordination(4, u, w);
    assert_true(near(t, .36));
    assert_true(near(rh_coupling_standard(4, u), 1) && near(rh_coupling_revised(4, u), 1));
    assert_true(near(rh_coupling_degree(rh_coupling_revised(4, u), t), .6));
}

static void
test_two_subsystems_by_hand(void **state)
{
    (void)state;
    const double u[2] = {.9, .4};
    /* 2 √.36 / 1.3; √((1 − .5) · .4 / .9) */
    assert_true(near(rh_coupling_standard(2, u), 1.2 / 1.3));
    assert_true(near(rh_coupling_revised(2, u), sqrt(.5 * .4 / .9)));
    assert_true(near(rh_coupling_powered(2, u, 2), pow(4 * .36 / 1.69, 2)));
    assert_true(near(rh_coupling_powered(2, u, .5), rh_coupling_standard(2, u)));
    assert_true(near(rh_coupling_relative(2, u), 2.25));
}

/* The scores of ASK-03 and of ASK-14, as their acceptance has them. */
static void
test_the_revised_formula_changes_the_grade(void **state)
{
    (void)state;
    const double u[2] = {.36, .64}, half[2] = {.5, .5}, from[4] = {0, .5, .6, .7};
    double t = rh_coordination(2, u, half);
    double d = rh_coupling_degree(rh_coupling_standard(2, u), t),
           revised = rh_coupling_degree(rh_coupling_revised(2, u), t);
    assert_true(near(t, .5) && near(rh_coupling_standard(2, u), .96));
    assert_true(fabs(d - .6928) < 5e-5 && fabs(revised - .5641) < 5e-5);
    assert_int_equal(rh_coupling_grade(4, from, d), 2);
    assert_int_equal(rh_coupling_grade(4, from, revised), 1);
    const double functions[3] = {.3, .6, .9}; /* production, living, ecology */
    assert_true(fabs(rh_coupling_revised(3, functions) - .5318) < 5e-5);
}

static void
test_order_of_subsystems_does_not_matter_and_c_stays_in_0_to_1(void **state)
{
    (void)state;
    for (rh_key key = 0; key < 500; key++) {
        double u[5], turned[5];
        for (uint32_t i = 0; i < 5; i++) {
            turned[4 - i] = u[i] = rh_uniform(key, i);
        }
        double a = rh_coupling_standard(5, u), b = rh_coupling_revised(5, u);
        assert_true(fabs(a - rh_coupling_standard(5, turned)) < 1e-12);
        assert_true(fabs(b - rh_coupling_revised(5, turned)) < 1e-12);
        assert_true(a > 0 && a <= 1 + 1e-12 && b >= 0 && b <= 1);
    }
}

static void
test_standard_c_does_not_see_the_scale_and_revised_does(void **state)
{
    (void)state;
    const double u[3] = {.2, .5, .8}, half[3] = {.1, .25, .4};
    assert_true(near(rh_coupling_standard(3, u), rh_coupling_standard(3, half)));
    assert_true(rh_coupling_revised(3, half) > rh_coupling_revised(3, u));
}

static void
test_zeros_and_missing_scores(void **state)
{
    (void)state;
    const double zero[2] = {0, .5}, none[2] = {0, 0}, missing[2] = {(double)NAN, .5};
    assert_true(near(rh_coupling_standard(2, zero), 2 * sqrt(1e-10 * .5) / .5));
    assert_true(rh_coupling_revised(2, zero) == 0);
    assert_true(isnan(rh_coupling_revised(2, none)));
    assert_true(near(rh_coupling_standard(2, none), 2));
    assert_true(isnan(rh_coupling_standard(2, missing)) &&
                isnan(rh_coupling_revised(2, missing)));
}

static void
test_grades_begin_at_their_border(void **state)
{
    (void)state;
    const double from[3] = {0, .5, .8};
    assert_int_equal(rh_coupling_grade(3, from, .4999), 0);
    assert_int_equal(rh_coupling_grade(3, from, .5), 1);
    assert_int_equal(rh_coupling_grade(3, from, 1), 2);
    assert_int_equal(rh_coupling_grade(3, from, -1), 0);
    assert_int_equal(rh_coupling_grade(3, from, (double)NAN), -1);
}

static void
test_the_lowest_lags_only_beyond_the_margin(void **state)
{
    (void)state;
    const double u[3] = {.5, .375, .4375};
    assert_int_equal(rh_coupling_lag(3, u, .1), 1);
    assert_int_equal(rh_coupling_lag(3, u, .125), -1);
    assert_true(near(rh_coupling_relative(3, u), .75));
}

static void
test_obstacle_shares_sum_to_one_and_follow_the_deviation(void **state)
{
    (void)state;
    const double x[6] = {.2, .6, 1, 1, 1, 1}, w[3] = {.5, .25, .25};
    double o[6];
    rh_obstacle(2, 3, x, w, false, o);
    assert_true(near(o[0], .4) && near(o[1], .1) && o[2] == 0);
    rh_obstacle(2, 3, x, w, true, o);
    assert_true(near(o[0], .8) && near(o[0] + o[1] + o[2], 1));
    assert_true(isnan(o[3])); /* nothing holds the second row back */
    const double gap[3] = {(double)NAN, .5, .5};
    rh_obstacle(1, 3, gap, w, true, o);
    assert_true(isnan(o[0]) && near(o[1], .5));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal_scores_are_fully_coupled_and_d_is_the_root_of_the_score),
        cmocka_unit_test(test_two_subsystems_by_hand),
        cmocka_unit_test(test_the_revised_formula_changes_the_grade),
        cmocka_unit_test(test_order_of_subsystems_does_not_matter_and_c_stays_in_0_to_1),
        cmocka_unit_test(test_standard_c_does_not_see_the_scale_and_revised_does),
        cmocka_unit_test(test_zeros_and_missing_scores),
        cmocka_unit_test(test_grades_begin_at_their_border),
        cmocka_unit_test(test_the_lowest_lags_only_beyond_the_margin),
        cmocka_unit_test(test_obstacle_shares_sum_to_one_and_follow_the_deviation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
