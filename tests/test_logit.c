/* Nested logit (process/logit.h, N1–N4) and spatial interaction (process/interaction.h, I1,
 * I2). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/random.h"
#include "process/interaction.h"
#include "process/logit.h"

enum { alternatives = 7, nests = 3 };
static const uint32_t nest_of[alternatives] = {0, 1, 1, 1, 2, 2, 2};
static const double lambdas[nests] = {1, 0.5, 0.8};
static const double utility[alternatives] = {0.3, -0.2, 0.9, 0, 0.5, -0.7, 0.1};

static rh_logit
example(void)
{
    return (rh_logit){.n = alternatives, .n_nests = nests, .nest = nest_of, .lambda = lambdas};
}

static bool
near(double a, double b, double tolerance)
{
    return fabs(a - b) <= tolerance * fabs(b);
}

static void
check_case(uint32_t n, const uint32_t *nest, const double *lambda, const double *V,
           const double *P, const double *iv, double logsum)
{
    double got[64], got_iv[64], sum;
    rh_logit tree = {.n = n, .n_nests = nest[n - 1] + 1, .nest = nest, .lambda = lambda};
    assert_int_equal(rh_logit_probabilities(&tree, V, got, got_iv, &sum, NULL), RH_OK);
    assert_true(near(sum, logsum, 1e-8));
    for (uint32_t d = 0; d < n; d++) {
        assert_true(near(got[d], P[d], 1e-8));
        assert_true(near(got_iv[nest[d]], iv[d], 1e-8));
    }
}

static void
test_published_vectors_are_reproduced(void **state)
{
    (void)state;
    const char *root = getenv("RONGHE_VECTORS");
    char path[4096], line[512], name[64], before[64] = "";
    snprintf(path, sizeof path, "%s/choice/nested_logit.csv",
             root != NULL ? root : "../shared/vectors");
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        print_message("# skipped: %s is not there\n", path);
        return;
    }
    uint32_t nest[64], n = 0, cases = 0, alt;
    double V[64], lambda[64], P[64], iv[64], logsum = 0, l, s;
    assert_non_null(fgets(line, sizeof line, file));
    while (fgets(line, sizeof line, file) != NULL) {
        uint32_t k;
        double v, p, i;
        assert_int_equal(sscanf(line, "%63[^,],%u,%u,%lf,%lf,%lf,%lf,%lf", name, &alt, &k, &v,
                                &l, &p, &i, &s),
                         8);
        if (strcmp(name, before) != 0 && n > 0) {
            check_case(n, nest, lambda, V, P, iv, logsum);
            n = 0;
            cases++;
        }
        strcpy(before, name);
        nest[n] = k, V[n] = v, P[n] = p, iv[n] = i, lambda[k] = l, logsum = s;
        n++;
    }
    check_case(n, nest, lambda, V, P, iv, logsum);
    fclose(file);
    assert_true(cases >= 1);
}

static void
test_nests_of_scale_one_are_the_multinomial_logit(void **state)
{
    (void)state;
    const double one[nests] = {1, 1, 1};
    rh_logit tree = example();
    tree.lambda = one;
    double P[alternatives], sum = 0, total = 0;
    assert_int_equal(rh_logit_probabilities(&tree, utility, P, NULL, NULL, NULL), RH_OK);
    for (int d = 0; d < alternatives; d++) {
        sum += exp(utility[d]);
        total += P[d];
    }
    assert_true(fabs(total - 1) < 1e-15);
    for (int d = 0; d < alternatives; d++) {
        assert_true(fabs(P[d] - exp(utility[d]) / sum) < 1e-16);
    }
}

static void
test_derivatives_of_logsum_and_shares_match_differences(void **state)
{
    (void)state;
    rh_logit tree = example();
    double P[alternatives], up[alternatives], down[alternatives], V[alternatives], high, low;
    assert_int_equal(rh_logit_probabilities(&tree, utility, P, NULL, NULL, NULL), RH_OK);
    for (uint32_t j = 0; j < alternatives; j++) {
        memcpy(V, utility, sizeof V);
        V[j] = utility[j] + 1e-5;
        assert_int_equal(rh_logit_probabilities(&tree, V, up, NULL, &high, NULL), RH_OK);
        V[j] = utility[j] - 1e-5;
        assert_int_equal(rh_logit_probabilities(&tree, V, down, NULL, &low, NULL), RH_OK);
        assert_true(fabs((high - low) / 2e-5 - P[j]) < 1e-9);
        for (uint32_t i = 0; i < alternatives; i++) {
            double want = (log(up[i]) - log(down[i])) / 2e-5;
            assert_true(fabs(rh_logit_elasticity(&tree, P, i, j) - want) < 1e-8);
        }
    }
}

static void
test_inversion_recovers_shares_and_hat_equals_levels(void **state)
{
    (void)state;
    rh_logit tree = example();
    double P[alternatives], V[alternatives], again[alternatives], dV[alternatives],
        hat[alternatives], sum, change;
    double before, after;
    assert_int_equal(rh_logit_probabilities(&tree, utility, P, NULL, &before, NULL), RH_OK);
    assert_int_equal(rh_logit_invert(&tree, P, V, NULL), RH_OK);
    assert_int_equal(rh_logit_probabilities(&tree, V, again, NULL, &sum, NULL), RH_OK);
    assert_true(fabs(sum) < 1e-14);
    for (int d = 0; d < alternatives; d++) {
        assert_true(fabs(again[d] - P[d]) < 1e-15);
        dV[d] = 0.3 * d - 1;
        V[d] = utility[d] + dV[d];
    }
    assert_int_equal(rh_logit_probabilities(&tree, V, again, NULL, &after, NULL), RH_OK);
    assert_int_equal(rh_logit_hat(&tree, P, dV, hat, &change, NULL), RH_OK);
    assert_true(fabs(change - (after - before)) < 1e-14);
    for (int d = 0; d < alternatives; d++) {
        assert_true(fabs(again[d] - hat[d]) < 1e-15);
    }
}

static void
test_impossible_input_is_refused_with_its_value(void **state)
{
    (void)state;
    const double wide[nests] = {1, 1.5, 1},
                 nothing[alternatives] = {-INFINITY, -INFINITY, -INFINITY, -INFINITY,
                                          -INFINITY, -INFINITY, -INFINITY};
    double P[alternatives];
    rh_logit tree = example();
    rh_err err = {0};
    assert_int_equal(rh_logit_probabilities(&tree, nothing, P, NULL, NULL, NULL), RH_RANGE);
    assert_int_equal(rh_logit_invert(&tree, utility, P, NULL), RH_RANGE);
    tree.lambda = wide;
    assert_int_equal(rh_logit_probabilities(&tree, utility, P, NULL, NULL, &err), RH_RANGE);
    assert_non_null(strstr(err.text, "1.5"));
}

enum { places = 40 };

static void
test_gravity_meets_both_margins(void **state)
{
    (void)state;
    double O[places], D[places], sum_o = 0, sum_d = 0;
    double *f = calloc(places * places, sizeof *f), *T = calloc(places * places, sizeof *T);
    for (uint32_t i = 0; i < places; i++) {
        sum_o += O[i] = 1 + 100 * rh_uniform(1, i);
        sum_d += D[i] = 1 + 100 * rh_uniform(2, i);
        for (uint32_t j = 0; j < places; j++) {
            f[i * places + j] = i == j ? 0 : pow(1 + fabs((double)i - j), -1.4);
        }
    }
    for (uint32_t i = 0; i < places; i++) {
        D[i] *= sum_o / sum_d;
    }
    unsigned rounds;
    assert_int_equal(rh_gravity(places, places, O, D, f, T, 2000, &rounds, NULL), RH_OK);
    for (uint32_t i = 0; i < places; i++) {
        double row = 0, column = 0;
        for (uint32_t j = 0; j < places; j++) {
            row += T[i * places + j];
            column += T[j * places + i];
        }
        assert_true(fabs(row - O[i]) < 1e-14 * sum_o);
        assert_true(fabs(column - D[i]) < 1e-14 * sum_o);
    }
    D[0] *= 2;
    assert_int_equal(rh_gravity(places, places, O, D, f, T, 2000, NULL, NULL), RH_RANGE);
    free(f);
    free(T);
}

static void
test_radiation_rows_sum_to_what_is_not_home(void **state)
{
    (void)state;
    double m[places], x[places], y[places], all = 0;
    double *distance = calloc(places * places, sizeof *distance),
           *p = calloc(places * places, sizeof *p);
    for (uint32_t i = 0; i < places; i++) {
        all += m[i] = 1 + 1000 * rh_uniform(3, i);
        x[i] = (double)(i % 7); /* a grid: equal distances abound */
        y[i] = (double)(i / 7);
    }
    for (uint32_t i = 0; i < places; i++) {
        for (uint32_t j = 0; j < places; j++) {
            distance[i * places + j] = hypot(x[i] - x[j], y[i] - y[j]);
        }
    }
    for (int finite = 0; finite < 2; finite++) {
        assert_int_equal(rh_radiation(places, m, NULL, distance, finite == 1, p, NULL), RH_OK);
        for (uint32_t i = 0; i < places; i++) {
            double row = 0;
            for (uint32_t j = 0; j < places; j++) {
                row += p[i * places + j];
            }
            assert_true(fabs(row - (finite ? 1 : 1 - m[i] / all)) < 1e-14);
        }
    }
    free(distance);
    free(p);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_vectors_are_reproduced),
        cmocka_unit_test(test_nests_of_scale_one_are_the_multinomial_logit),
        cmocka_unit_test(test_derivatives_of_logsum_and_shares_match_differences),
        cmocka_unit_test(test_inversion_recovers_shares_and_hat_equals_levels),
        cmocka_unit_test(test_impossible_input_is_refused_with_its_value),
        cmocka_unit_test(test_gravity_meets_both_margins),
        cmocka_unit_test(test_radiation_rows_sum_to_what_is_not_home),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
