/* Order and statistics that the tools of evaluate share. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/mem.h"
#include "evaluate/names.h"
#include "evaluate/sorting.h"
#include "evaluate/statistics.h"

static void
test_equal_values_keep_the_order_of_their_index(void **state) /* O1 */
{
    (void)state;
    const double x[] = {3, NAN, 1, 3, 1, 9}, also[] = {0, 0, 0, 0, 0, NAN};
    const uint32_t rising[] = {2, 4, 0, 3}, falling[] = {0, 3, 2, 4};
    rh_ranked *r;
    uint32_t n;
    assert_int_equal(rh_ranked_new(x, also, 6, rh_ranked_rising, &r, &n, NULL), RH_OK);
    assert_int_equal(n, 4);
    for (uint32_t k = 0; k < n; k++) {
        assert_int_equal(r[k].index, rising[k]);
    }
    rh_free(r);
    assert_int_equal(rh_ranked_new(x, also, 6, rh_ranked_falling, &r, &n, NULL), RH_OK);
    for (uint32_t k = 0; k < n; k++) {
        assert_int_equal(r[k].index, falling[k]);
    }
    rh_free(r);
}

static void
test_ties_share_the_mean_of_their_ranks(void **state)
{
    (void)state;
    const double x[] = {30, NAN, 10, 30, 20, 30}, rank[] = {4, NAN, 1, 4, 2, 4};
    double out[6];
    assert_int_equal(rh_mid_ranks(x, x, 6, out, NULL), RH_OK);
    for (int i = 0; i < 6; i++) {
        assert_true(isnan(rank[i]) ? isnan(out[i]) : out[i] == rank[i]);
    }
}

/* Each of the 6 orders of three things comes about as often: chi-square with 5 degrees, 20.5 at 0.1 %. */
static void
test_every_order_is_as_likely(void **state)
{
    (void)state;
    enum { DRAWS = 6000 };
    for (int kind = 0; kind < 3; kind++) {
        double seen[27] = {0}, chi = 0;
        for (uint64_t d = 0; d < DRAWS; d++) {
            uint32_t order[3] = {0, 1, 2};
            double x[3] = {0, 1, 2};
            rh_key key = rh_key_with((uint64_t)kind + 7, d);
            if (kind == 0) {
                rh_order_draw(key, 3, order);
            } else if (kind == 1) {
                rh_shuffle_numbers(key, 3, order);
            } else {
                rh_shuffle_doubles(key, 3, x);
                for (int i = 0; i < 3; i++) {
                    order[i] = (uint32_t)x[i];
                }
            }
            seen[9 * order[0] + 3 * order[1] + order[2]]++;
        }
        const int orders[] = {5, 7, 11, 15, 19, 21}; /* 012 021 102 120 201 210 */
        for (int k = 0; k < 6; k++) {
            double off = seen[orders[k]] - DRAWS / 6.0;
            chi += off * off / (DRAWS / 6.0);
        }
        assert_true(chi < 20.5);
    }
}

static void
test_what_is_joined_has_one_root(void **state)
{
    (void)state;
    uint32_t parent[] = {0, 0, 1, 2, 3, 5};
    assert_int_equal(rh_root_of(parent, 4), 0);
    assert_int_equal(rh_root_of(parent, 5), 5);
    assert_true(parent[4] < 3); /* the way is shorter now */
}

static void
test_a_line_and_a_mean_by_hand(void **state)
{
    (void)state;
    const double x[] = {1, 2, 3, 4}, y[] = {1, 3, 2, 4}, w[] = {1, 0, 0, 3};
    rh_line l = rh_line_through(x, y, 4);
    assert_true(fabs(l.slope - 0.8) < 1e-14 && fabs(l.intercept - 0.5) < 1e-14);
    assert_true(fabs(l.r2 - 0.64) < 1e-14);
    assert_true(fabs(l.error - sqrt(1.8 / 2 / 5)) < 1e-14);
    assert_true(isnan(rh_line_through(x, y, 2).error));
    assert_true(rh_weighted_mean(x, w, 4) == 3.25 && rh_weighted_mean(x, NULL, 4) == 2.5);
}

static void
test_names_of_an_array_are_found_by_their_place(void **state)
{
    (void)state;
    enum { N = 1000 };
    char text[N][8];
    const char *name[N];
    rh_names *names;
    for (int i = 0; i < N; i++) {
        snprintf(text[i], sizeof text[i], "%d", 7 * i);
        name[i] = text[i];
    }
    assert_int_equal(rh_names_of(name, N, &names, NULL), RH_OK);
    for (uint32_t i = 0; i < N; i++) {
        assert_int_equal(rh_names_find(names, name[i]), i);
    }
    assert_int_equal(rh_names_find(names, "8"), RH_NO_NAME);
    rh_names_free(names);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal_values_keep_the_order_of_their_index),
        cmocka_unit_test(test_ties_share_the_mean_of_their_ranks),
        cmocka_unit_test(test_every_order_is_as_likely),
        cmocka_unit_test(test_what_is_joined_has_one_root),
        cmocka_unit_test(test_a_line_and_a_mean_by_hand),
        cmocka_unit_test(test_names_of_an_array_are_found_by_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
