/* Alias tables (core/alias.h, A1, A2). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alias.h"
#include "core/random.h"

enum { largest = 2870 };

/* Implied weight of each label in units of 2^-32 column. */
static void
implied(const rh_alias *table, uint32_t n, uint64_t *weight)
{
    memset(weight, 0, n * sizeof *weight);
    for (uint32_t i = 0; i < n; i++) {
        if (table[i].own == table[i].other) {
            weight[table[i].own] += 1ULL << 32;
        } else {
            weight[table[i].own] += table[i].threshold;
            weight[table[i].other] += (1ULL << 32) - table[i].threshold;
        }
    }
}

static void
test_implied_probabilities_equal_the_weights(void **state)
{
    (void)state;
    double *weight = calloc(largest, sizeof *weight);
    uint64_t *got = calloc(largest, sizeof *got);
    rh_alias *table = calloc(largest, sizeof *table);
    rh_alias_scratch scratch;
    assert_int_equal(rh_alias_scratch_init(&scratch, largest, NULL), RH_OK);
    for (uint32_t n = 1; n <= largest; n += 1 + n / 3) {
        double sum = 0;
        for (uint32_t i = 0; i < n; i++) {
            double u = rh_uniform(n, i);
            weight[i] = i % 5 == 3 ? 0 : exp(12 * u) - 0.9;
            sum += weight[i];
        }
        assert_int_equal(rh_alias_build(table, n, weight, NULL, &scratch, NULL), RH_OK);
        implied(table, n, got);
        for (uint32_t i = 0; i < n; i++) {
            double want = weight[i] / sum * n * 0x1p32;
            assert_true(fabs((double)got[i] - want) < 2.01);
            assert_true(weight[i] > 0 || got[i] == 0);
        }
    }
    rh_alias_scratch_release(&scratch);
    free(table);
    free(got);
    free(weight);
}

static void
test_drawn_frequencies_follow_the_weights_under_their_labels(void **state)
{
    (void)state;
    const double weight[5] = {1, 0, 3, 4, 2};
    const uint16_t label[5] = {700, 3, 65535, 11, 0};
    rh_alias table[5];
    rh_alias_scratch scratch;
    assert_int_equal(rh_alias_scratch_init(&scratch, 5, NULL), RH_OK);
    assert_int_equal(rh_alias_build(table, 5, weight, label, &scratch, NULL), RH_OK);
    rh_alias_scratch_release(&scratch);
    enum { draws = 1000000 };
    double chi = 0;
    uint32_t *count = calloc(65536, sizeof *count);
    for (uint64_t i = 0; i < draws; i++) {
        count[rh_alias_draw(table, 5, rh_draw(9, i))]++;
    }
    for (int i = 0; i < 5; i++) {
        double want = draws * weight[i] / 10;
        chi += want > 0 ? (count[label[i]] - want) * (count[label[i]] - want) / want : 0;
    }
    assert_int_equal(count[3], 0);
    assert_true(chi < 21.1); /* 3 degrees of freedom, one in 10,000 */
    free(count);
}

static void
test_weights_that_are_no_distribution_are_refused(void **state)
{
    (void)state;
    const double negative[2] = {1, -1}, nothing[2] = {0, 0}, broken[2] = {1, NAN};
    rh_alias table[2];
    rh_alias_scratch scratch;
    rh_err err = {0};
    assert_int_equal(rh_alias_scratch_init(&scratch, 2, NULL), RH_OK);
    assert_int_equal(rh_alias_build(table, 2, negative, NULL, &scratch, &err), RH_RANGE);
    assert_non_null(strstr(err.text, "weight 1 is -1"));
    assert_int_equal(rh_alias_build(table, 2, nothing, NULL, &scratch, NULL), RH_RANGE);
    assert_int_equal(rh_alias_build(table, 2, broken, NULL, &scratch, NULL), RH_RANGE);
    assert_int_equal(rh_alias_build(table, 0, nothing, NULL, &scratch, NULL), RH_RANGE);
    rh_alias_scratch_release(&scratch);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_implied_probabilities_equal_the_weights),
        cmocka_unit_test(test_drawn_frequencies_follow_the_weights_under_their_labels),
        cmocka_unit_test(test_weights_that_are_no_distribution_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
