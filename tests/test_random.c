/* Keyed randomness: rh_draw, rh_deal (core/random.h, invariants R1, R2). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "core/random.h"

static void
test_deal_is_a_bijection_for_every_size(void **state)
{
    (void)state;
    for (uint64_t size = 1; size < 700; size += 1 + size / 9) {
        unsigned char *seen = calloc(size, 1);
        for (uint64_t i = 0; i < size; i++) {
            uint64_t to = rh_deal(42, i, size);
            assert_true(to < size);
            assert_false(seen[to]);
            seen[to] = 1;
        }
        free(seen);
    }
}

/* Chi-square of 256 cells over neighbouring keys and draw numbers: 255 ± 6 sd (22.6). */
static void
chi_square(uint64_t key_step, uint64_t n_step)
{
    enum { cells = 256, draws = 1 << 20 };
    double count[cells] = {0};
    for (uint64_t i = 0; i < draws; i++) {
        count[rh_draw(i * key_step + 7, i * n_step + 3) >> 56]++;
    }
    double chi = 0;
    for (int c = 0; c < cells; c++) {
        double d = count[c] - (double)draws / cells;
        chi += d * d / ((double)draws / cells);
    }
    assert_true(fabs(chi - (cells - 1)) < 6 * sqrt(2.0 * (cells - 1)));
}

static void
test_draws_are_uniform_along_keys_and_along_numbers(void **state)
{
    (void)state;
    chi_square(1, 0);
    chi_square(0, 1);
    chi_square(1, 1);
    chi_square(1ULL << 32, 0);
    chi_square(0, 1ULL << 32);
}

static void
test_dealt_cards_do_not_keep_their_order(void **state)
{
    (void)state;
    enum { size = 10007 };
    double rank = 0;
    for (uint64_t i = 0; i < size; i++) {
        rank +=
            ((double)i - (size - 1) / 2.0) * ((double)rh_deal(5, i, size) - (size - 1) / 2.0);
    }
    double variance = ((double)size * size - 1) / 12;
    assert_true(fabs(rank / (size * variance)) < 5 / sqrt((double)size));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_deal_is_a_bijection_for_every_size),
        cmocka_unit_test(test_draws_are_uniform_along_keys_and_along_numbers),
        cmocka_unit_test(test_dealt_cards_do_not_keep_their_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
