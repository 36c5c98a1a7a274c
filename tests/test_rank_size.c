/* The rank-size rule (evaluate/rank_size.h): exact Pareto sizes, hand-worked figures, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "core/random.h"
#include "evaluate/rank_size.h"

static void
test_sizes_on_the_shifted_line_give_its_exponent_back(void **state)
{
    (void)state;
    double size[200];
    for (int i = 0; i < 200; i++) { /* MODELS: an exact Pareto of 1.07 comes back */
        size[i] = 3e6 * pow((i + 0.5), -1 / 1.07);
    }
    rh_rank_size r;
    assert_int_equal(rh_rank_size_fit(size, 200, 0, 0, &r, NULL), RH_OK);
    assert_true(fabs(r.exponent - 1.07) < 1e-12);
    assert_true(fabs(r.error - 1.07 * 0.1) < 1e-12); /* b √(2/200) */
    assert_true(fabs(r.r2 - 1) < 1e-12);
    assert_true(fabs(r.curvature) < 1e-10);
    assert_true(r.plain < r.exponent); /* the unshifted slope is biased downwards */
}

static void
test_three_places_by_hand(void **state)
{
    (void)state;
    /* ln(rank): 0, ln 2, ln 3 on ln(size) = 2 ln 2, ln 2, 0: with u = ln 2, v = ln 3 the slope is −(v)/(2u). */
    const double size[3] = {1, 4, 2};
    rh_rank_size r;
    assert_int_equal(rh_rank_size_fit(size, 3, 0, 0, &r, NULL), RH_OK);
    assert_true(fabs(r.plain - log(3) / (2 * log(2))) < 1e-14);
    assert_true(fabs(r.exponent - log(5) / (2 * log(2))) < 1e-14); /* ln 2.5 − ln 0.5 */
    assert_true(fabs(r.hill - 2 / (3 * log(2))) < 1e-14);
    assert_true(isnan(r.hill_error));
    assert_true(r.largest == 4 && r.least == 1);
}

static void
test_units_and_order_change_nothing_but_the_constant(void **state)
{
    (void)state;
    double size[50], other[50];
    rh_rank_size a, b;
    for (int i = 0; i < 50; i++) {
        size[i] = 1e4 / (1e-3 + rh_uniform(7, (uint64_t)i));
        other[49 - i] = size[i] * 1e-4;
    }
    assert_int_equal(rh_rank_size_fit(size, 50, 0, 0, &a, NULL), RH_OK);
    assert_int_equal(rh_rank_size_fit(other, 50, 0, 0, &b, NULL), RH_OK);
    assert_true(fabs(a.exponent - b.exponent) < 1e-12);
    assert_true(fabs(a.hill - b.hill) < 1e-10);
    assert_true(fabs(a.curvature_z - b.curvature_z) < 1e-8);
}

static void
test_curvature_test_rejects_at_about_its_level(void **state)
{
    (void)state;
    unsigned rejected = 0;
    double size[500];
    for (uint64_t run = 0; run < 400; run++) {
        for (uint64_t i = 0; i < 500; i++) {
            size[i] = pow(1 - rh_uniform(rh_key_with(11, run), i), -1 / 1.1);
        }
        rh_rank_size r;
        assert_int_equal(rh_rank_size_fit(size, 500, 0, 0, &r, NULL), RH_OK);
        rejected += fabs(r.curvature_z) > 1.96;
    }
    assert_in_range(rejected, 4, 40); /* 5 % of 400 is 20 */
}

static void
test_threshold_top_and_cells_without_a_size_are_counted(void **state)
{
    (void)state;
    const double size[8] = {NAN, 0, -3, 10, 5, 4, 3, 1};
    rh_rank_size r;
    assert_int_equal(rh_rank_size_fit(size, 8, 2, 0, &r, NULL), RH_OK);
    assert_int_equal(r.n, 4);
    assert_int_equal(r.left_out, 3);
    assert_int_equal(r.below, 1);
    assert_int_equal(rh_rank_size_fit(size, 8, 0, 3, &r, NULL), RH_OK);
    assert_int_equal(r.n, 3);
    assert_true(r.least == 4);
}

static void
test_too_few_or_equal_places_are_refused_with_a_sentence(void **state)
{
    (void)state;
    const double few[3] = {5, 0, 4}, same[4] = {2, 2, 2, 2};
    rh_rank_size r;
    rh_err err = {0};
    assert_int_equal(rh_rank_size_fit(few, 3, 0, 0, &r, &err), RH_INPUT);
    assert_non_null(strstr(err.text, "only 2 of 3"));
    err = (rh_err){0};
    assert_int_equal(rh_rank_size_fit(same, 4, 0, 0, &r, &err), RH_INPUT);
    assert_non_null(strstr(err.text, "all 4 have 2"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes_on_the_shifted_line_give_its_exponent_back),
        cmocka_unit_test(test_three_places_by_hand),
        cmocka_unit_test(test_units_and_order_change_nothing_but_the_constant),
        cmocka_unit_test(test_curvature_test_rejects_at_about_its_level),
        cmocka_unit_test(test_threshold_top_and_cells_without_a_size_are_counted),
        cmocka_unit_test(test_too_few_or_equal_places_are_refused_with_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
