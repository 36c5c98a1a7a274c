/* Bankruptcy rules and voting power: published tables, duality, slow twins, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "core/random.h"
#include "evaluate/claims.h"
#include "evaluate/vote_power.h"

#define assert_near(a, b, e) assert_true(fabs((a) - (b)) <= (e))

static void
assert_awards(const double *claim, uint32_t n, double estate, enum rh_claims_rule rule,
              const double *want)
{
    double award[8];
    assert_int_equal(rh_claims_divide(claim, n, estate, rule, award, NULL), RH_OK);
    for (uint32_t i = 0; i < n; i++) {
        assert_near(award[i], want[i], 1e-10);
    }
}

static void
test_the_three_wives_of_the_mishna(void **state)
{
    (void)state; /* Ketubot 93a: 100, 200, 300; Aumann and Maschler (1985), table 1 */
    const double claim[3] = {100, 200, 300};
    assert_awards(claim, 3, 100, RH_CLAIMS_TALMUD,
                  (const double[]){100.0 / 3, 100.0 / 3, 100.0 / 3});
    assert_awards(claim, 3, 200, RH_CLAIMS_TALMUD, (const double[]){50, 75, 75});
    assert_awards(claim, 3, 300, RH_CLAIMS_TALMUD, (const double[]){50, 100, 150});
    assert_awards(claim, 3, 400, RH_CLAIMS_OVERLAP,
                  (const double[]){100.0 / 3, 400.0 / 3, 700.0 / 3});
    assert_awards(claim, 3, 200, RH_CLAIMS_OVERLAP,
                  (const double[]){100.0 / 3, 250.0 / 3, 250.0 / 3});
    assert_awards(claim, 3, 450, RH_CLAIMS_PINILES, (const double[]){100, 150, 200});
}

static void
test_two_claimants_concede_and_divide(void **state)
{
    (void)state; /* the garment: one claims all, one half: 3/4, 1/4 */
    const double claim[2] = {200, 100};
    const enum rh_claims_rule rule[] = {RH_CLAIMS_TALMUD, RH_CLAIMS_ARRIVAL, RH_CLAIMS_ADJUSTED,
                                        RH_CLAIMS_OVERLAP};
    for (int k = 0; k < 4; k++) {
        assert_awards(claim, 2, 200, rule[k], (const double[]){150, 50});
        assert_awards(claim, 2, 250, rule[k], (const double[]){175, 75});
        assert_awards(claim, 2, 60, rule[k], (const double[]){30, 30});
    }
}

static void
test_every_rule_stays_within_claims_and_gives_the_estate_away(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < 300; k++) {
        double claim[8], award[8], dual[8], total = 0;
        uint32_t n = 1 + (uint32_t)(k % 8);
        for (uint32_t i = 0; i < n; i++) {
            claim[i] = floor(10 * rh_uniform(k, i)); /* zeros and ties occur */
            total += claim[i];
        }
        double estate = total * rh_uniform(k, 50);
        estate = k % 10 == 0 ? total : k % 10 == 1 ? 0 : estate;
        for (int r = 0; r < RH_CLAIMS_RULE_COUNT; r++) {
            double sum = 0;
            assert_int_equal(
                rh_claims_divide(claim, n, estate, (enum rh_claims_rule)r, award, NULL), RH_OK);
            for (uint32_t i = 0; i < n; i++) {
                sum += award[i];
                assert_true(award[i] >= -1e-12 && award[i] <= claim[i] + 1e-9);
            }
            assert_near(sum, estate, 1e-9);
        }
        const int dual_of[][2] = {{RH_CLAIMS_CEA, RH_CLAIMS_CEL},
                                  {RH_CLAIMS_TALMUD, RH_CLAIMS_TALMUD},
                                  {RH_CLAIMS_ARRIVAL, RH_CLAIMS_ARRIVAL},
                                  {RH_CLAIMS_ADJUSTED, RH_CLAIMS_ADJUSTED},
                                  {RH_CLAIMS_PROPORTIONAL, RH_CLAIMS_PROPORTIONAL},
                                  {RH_CLAIMS_REVERSE, RH_CLAIMS_REVERSE}};
        for (int r = 0; r < 6; r++) { /* dividing what there is = dividing what is lacking */
            assert_int_equal(rh_claims_divide(claim, n, estate,
                                              (enum rh_claims_rule)dual_of[r][0], award, NULL),
                             RH_OK);
            assert_int_equal(rh_claims_divide(claim, n, total - estate,
                                              (enum rh_claims_rule)dual_of[r][1], dual, NULL),
                             RH_OK);
            for (uint32_t i = 0; i < n; i++) {
                assert_near(award[i], claim[i] - dual[i], 1e-9);
            }
        }
    }
}

static void
arrive(const double *claim, unsigned n, uint32_t here, double left, double *sum, double *count)
{
    if (here == (1U << n) - 1) {
        ++*count;
        return;
    }
    for (unsigned i = 0; i < n; i++) {
        if (!(here >> i & 1)) {
            double got = fmin(claim[i], left), before = *count;
            arrive(claim, n, here | 1U << i, left - got, sum, count);
            sum[i] += (*count - before) * got;
        }
    }
}

static void
test_random_arrival_is_the_mean_over_all_orders(void **state)
{
    (void)state;
    const double claim[7] = {12, 3, 44, 20, 7, 7, 31};
    double sum[7] = {0}, count = 0, award[7];
    arrive(claim, 7, 0, 60, sum, &count);
    assert_int_equal(rh_claims_divide(claim, 7, 60, RH_CLAIMS_ARRIVAL, award, NULL), RH_OK);
    for (int i = 0; i < 7; i++) {
        assert_near(award[i], sum[i] / count, 1e-10);
    }
}

static void
test_constrained_egalitarian_never_takes_more_than_half_back(void **state)
{
    (void)
        state; /* by hand: halves 10, 30, 60 are 100; 120: max(c/2, min(c, a)), a = 30: 20, 40, 60 wants a = 40 */
    const double claim[3] = {20, 60, 120};
    assert_awards(claim, 3, 120, RH_CLAIMS_EGALITARIAN, (const double[]){20, 40, 60});
    assert_awards(claim, 3, 60, RH_CLAIMS_EGALITARIAN, (const double[]){10, 25, 25});
}

static void
test_bad_claims_are_refused(void **state)
{
    (void)state;
    double award[30], claim[30] = {1, -2, 3};
    rh_err err = {0};
    assert_int_equal(rh_claims_divide(claim, 3, 1, RH_CLAIMS_CEA, award, &err), RH_INPUT);
    assert_non_null(strstr(err.text, "Claim 2 is -2"));
    claim[1] = 2;
    err = (rh_err){0};
    assert_int_equal(rh_claims_divide(claim, 3, 7, RH_CLAIMS_CEA, award, &err), RH_INPUT);
    assert_non_null(strstr(err.text, "covers all claims (6 in sum)"));
    err = (rh_err){0};
    assert_int_equal(rh_claims_divide(claim, 30, 1, RH_CLAIMS_ARRIVAL, award, &err), RH_INPUT);
    assert_non_null(strstr(err.text, "up to 24 claimants, not 30"));
}

static void
test_council_of_1958(void **state)
{
    (void)
        state; /* Felsenthal and Machover (1998), tables 5.3.1 ff: 4 4 4 2 2 1, quota 12; Luxembourg never decides */
    const double weight[6] = {4, 4, 4, 2, 2, 1};
    const double shapley[6] = {14, 14, 14, 9, 9, 0}, banzhaf[6] = {5, 5, 5, 3, 3, 0};
    rh_vote_power p;
    assert_int_equal(rh_vote_power_find(weight, 6, 12, &p, NULL), RH_OK);
    for (int i = 0; i < 6; i++) {
        assert_near(p.shapley[i], shapley[i] / 60, 1e-14);
        assert_near(p.banzhaf_share[i], banzhaf[i] / 21, 1e-14);
    }
    assert_near(p.act, 14.0 / 64, 1e-15);
    /* minimal winning: three large; two large and both middle ones: three of those */
    assert_near(p.public_good[0], 3.0 / 15, 1e-14);
    assert_near(p.deegan_packel[0], (1.0 / 3 + 2.0 / 4) / 4, 1e-14);
    assert_near(p.deegan_packel[3], (3.0 / 4) / 4, 1e-14);
    rh_vote_power_release(&p);
}

static void
test_security_council(void **state)
{
    (void)state; /* five with a veto, ten without, nine votes: 421/2145 and 4/2145 */
    double weight[15];
    rh_vote_power p;
    for (int i = 0; i < 15; i++) {
        weight[i] = i < 5 ? 7 : 1;
    }
    assert_int_equal(rh_vote_power_find(weight, 15, 39, &p, NULL), RH_OK);
    assert_near(p.shapley[0], 421.0 / 2145, 1e-14);
    assert_near(p.shapley[14], 4.0 / 2145, 1e-14);
    assert_near(p.banzhaf[0], 848.0 / 16384,
                1e-14); /* 2^4·(C(10,4)+…+C(10,10)) winning ones: all need all five */
    rh_vote_power_release(&p);
}

static void
test_counting_agrees_with_listing(void **state)
{
    (void)
        state; /* 16 members without a vote turn a list of 12 into a count of 28, and change no index but the scale of none */
    for (uint64_t k = 0; k < 12; k++) {
        double weight[28] = {0}, total = 0;
        for (int i = 0; i < 12; i++) {
            weight[i] = floor(30 * rh_uniform(k, (uint64_t)i));
            total += weight[i];
        }
        double quota = floor(total * (0.4 + 0.5 * rh_uniform(k, 77))) + 1;
        rh_vote_power a, b;
        assert_int_equal(rh_vote_power_find(weight, 12, quota, &a, NULL), RH_OK);
        assert_int_equal(rh_vote_power_find(weight, 28, quota, &b, NULL), RH_OK);
        for (int i = 0; i < 12; i++) {
            assert_near(a.shapley[i], b.shapley[i], 1e-13);
            assert_near(a.banzhaf[i], b.banzhaf[i], 1e-14);
            assert_near(a.deegan_packel[i], b.deegan_packel[i], 1e-13);
            assert_near(a.public_good[i], b.public_good[i], 1e-13);
            assert_near(a.prevent[i], b.prevent[i], 1e-13);
        }
        assert_near(a.act, b.act, 1e-14);
        assert_true(isnan(b.johnston[0]) && !isnan(a.johnston[0]));
        rh_vote_power_release(&a);
        rh_vote_power_release(&b);
    }
}

static void
test_decimals_are_counted_in_their_unit(void **state)
{
    (void)state;
    const double weight[3] = {0.5, 0.49, 0.01};
    rh_vote_power p;
    assert_int_equal(rh_vote_power_find(weight, 3, 0.51, &p, NULL), RH_OK);
    assert_near(p.shapley[0], 2.0 / 3, 1e-15);
    assert_near(p.unit, 0.01, 1e-15);
    rh_vote_power_release(&p);
}

static void
test_impossible_votes_are_refused(void **state)
{
    (void)state;
    const double weight[3] = {1, 2, 3}, bad[3] = {1, -2, 3};
    rh_vote_power p;
    rh_err err = {0};
    assert_int_equal(rh_vote_power_find(weight, 3, 7, &p, &err), RH_INPUT);
    assert_string_equal(err.text,
                        "The quota 7 must be above 0 and at most the sum of the weights, 6.");
    err = (rh_err){0};
    assert_int_equal(rh_vote_power_find(bad, 3, 2, &p, &err), RH_INPUT);
    assert_non_null(strstr(err.text, "Weight 2 is -2"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_three_wives_of_the_mishna),
        cmocka_unit_test(test_two_claimants_concede_and_divide),
        cmocka_unit_test(test_every_rule_stays_within_claims_and_gives_the_estate_away),
        cmocka_unit_test(test_random_arrival_is_the_mean_over_all_orders),
        cmocka_unit_test(test_constrained_egalitarian_never_takes_more_than_half_back),
        cmocka_unit_test(test_bad_claims_are_refused),
        cmocka_unit_test(test_council_of_1958),
        cmocka_unit_test(test_security_council),
        cmocka_unit_test(test_counting_agrees_with_listing),
        cmocka_unit_test(test_decimals_are_counted_in_their_unit),
        cmocka_unit_test(test_impossible_votes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
