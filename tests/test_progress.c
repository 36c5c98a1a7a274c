/* Progress of long jobs (core/progress.h): rate, time left, memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>

#include "core/progress.h"

static void
test_rate_and_time_left_follow_from_counts(void **state)
{
    (void)state;
    rh_progress p;
    rh_progress_begin(&p, 100);
    rh_progress_update(&p, 104, 200, 1000);
    assert_true(fabs(p.rate_per_s - 50) < 1e-12);
    assert_true(fabs(p.left_s - 16) < 1e-12);
    assert_true(fabs(p.elapsed_s - 4) < 1e-12);
}

static void
test_a_phase_starts_its_counts_anew_but_not_the_clock(void **state)
{
    (void)state;
    rh_progress p;
    rh_progress_begin(&p, 0);
    rh_progress_update(&p, 10, 5, 10);
    rh_progress_phase(&p, 10);
    assert_true(isnan(p.left_s));
    rh_progress_update(&p, 12, 1, 4);
    assert_true(fabs(p.rate_per_s - 0.5) < 1e-12);
    assert_true(fabs(p.left_s - 6) < 1e-12);
    assert_true(fabs(p.elapsed_s - 12) < 1e-12);
}

static void
test_time_left_is_unknown_without_a_total(void **state)
{
    (void)state;
    rh_progress p;
    rh_progress_begin(&p, 0);
    rh_progress_update(&p, 1, 5, 0);
    assert_true(isnan(p.left_s));
    rh_progress_update(&p, 1, 0, 5);
    assert_true(isnan(p.left_s));
}

static void
test_memory_is_that_of_this_process(void **state)
{
    (void)state;
    rh_progress p;
    rh_progress_begin(&p, 0);
    rh_progress_update(&p, 1, 0, 0);
    assert_true(p.memory_bytes > 100000 && p.memory_bytes < 1000000000000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rate_and_time_left_follow_from_counts),
        cmocka_unit_test(test_a_phase_starts_its_counts_anew_but_not_the_clock),
        cmocka_unit_test(test_time_left_is_unknown_without_a_total),
        cmocka_unit_test(test_memory_is_that_of_this_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
