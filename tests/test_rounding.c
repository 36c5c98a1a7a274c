/* Exact integer sums from real weights (place/rounding.h, N1, N2). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "core/random.h"
#include "place/rounding.h"

static void
test_largest_remainders_win_and_ties_go_to_the_lower_index(void **state)
{
    (void)state;
    uint32_t out[4];
    assert_int_equal(rh_round_share(4, (double[]){1, 1, 1, 1}, NULL, 6, out, NULL), RH_OK);
    assert_memory_equal(out, ((uint32_t[]){2, 2, 1, 1}), sizeof out);
    assert_int_equal(rh_round_share(3, (double[]){47, 16, 37}, NULL, 10, out, NULL), RH_OK);
    assert_memory_equal(out, ((uint32_t[]){5, 1, 4}), 3 * sizeof *out); /* 4.7, 1.6, 3.7 */
}

static void
test_weights_of_zero_get_nothing_unless_all_are_zero(void **state)
{
    (void)state;
    uint32_t out[3];
    assert_int_equal(rh_round_share(3, (double[]){0, 2, 1}, NULL, 10, out, NULL), RH_OK);
    assert_memory_equal(out, ((uint32_t[]){0, 7, 3}), sizeof out);
    assert_int_equal(rh_round_share(3, (double[]){0, 0, 0}, NULL, 5, out, NULL), RH_OK);
    assert_int_equal(out[0] + out[1] + out[2], 5);
}

static void
test_caps_hold_and_what_they_refuse_goes_to_the_others(void **state)
{
    (void)state;
    uint32_t out[3];
    assert_int_equal(
        rh_round_share(3, (double[]){10, 1, 0}, (uint32_t[]){4, 3, 9}, 12, out, NULL), RH_OK);
    assert_memory_equal(out, ((uint32_t[]){4, 3, 5}), sizeof out);
}

/* Tables from random whole tables: the sums are feasible, the expectation is near them. */
static void
test_tables_meet_both_margins_and_stay_near_the_expectation(void **state)
{
    (void)state;
    enum { ROWS = 8, COLUMNS = 38, TIMES = 300 };
    for (unsigned time = 0; time < TIMES; time++) {
        const rh_key key = rh_key_with(11, time);
        double expect[ROWS * COLUMNS], worst = 0;
        uint32_t row[ROWS] = {0}, column[COLUMNS] = {0}, keep[COLUMNS], out[ROWS * COLUMNS];
        for (unsigned i = 0; i < ROWS * COLUMNS; i++) {
            const uint32_t n = (uint32_t)rh_below(rh_draw(key, i), time % 3 == 0 ? 3 : 500);
            row[i / COLUMNS] += n;
            column[i % COLUMNS] += n;
        }
        double total = 0;
        for (unsigned r = 0; r < ROWS; r++) {
            total += row[r];
        }
        for (unsigned i = 0; i < ROWS * COLUMNS; i++) {
            expect[i] = (double)row[i / COLUMNS] * column[i % COLUMNS] / total;
        }
        memcpy(keep, column, sizeof keep);
        assert_int_equal(rh_round_table(ROWS, COLUMNS, expect, row, column, out, NULL), RH_OK);
        for (unsigned i = 0; i < ROWS * COLUMNS; i++) {
            assert_true(out[i] <= row[i / COLUMNS]);
            row[i / COLUMNS] -= out[i];
            keep[i % COLUMNS] -= out[i];
            worst = fmax(worst, fabs(out[i] - expect[i]));
        }
        for (unsigned r = 0; r < ROWS; r++) {
            assert_int_equal(row[r], 0);
        }
        for (unsigned c = 0; c < COLUMNS; c++) {
            assert_int_equal(keep[c], 0);
        }
        assert_true(worst < 4);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_largest_remainders_win_and_ties_go_to_the_lower_index),
        cmocka_unit_test(test_weights_of_zero_get_nothing_unless_all_are_zero),
        cmocka_unit_test(test_caps_hold_and_what_they_refuse_goes_to_the_others),
        cmocka_unit_test(test_tables_meet_both_margins_and_stay_near_the_expectation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
