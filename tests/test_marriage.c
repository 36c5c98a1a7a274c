/* The marriage market over a whole population: each wedding takes one single man and one single woman, spouses fit in
 * age, most of those who look find somebody, and township comes before county. Cases by hand: test_rewrite.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/mem.h"
#include "small_run.h"
#include "tiny_region.h"

#include <math.h>
#include <string.h>

enum { TIMES = 20, YEARS = 4 };

/* Residents by sex and marital state. */
typedef struct states {
    uint64_t n[2][4];
} states;

static states
count(const rh_simulation *s)
{
    states c = {0};
    for (uint32_t t = 0; t < s->store.n_blocks; t++) {
        const rh_block *b = &s->store.block[t];
        for (uint32_t i = 0; i < b->count; i++) {
            c.n[rh_person_sex(b->word[i])][rh_person_marital(b->word[i])]++;
        }
    }
    return c;
}

static void
test_each_wedding_takes_one_single_of_each_sex(void **state)
{
    (void)state;
    const rh_process *const list[] = {&rh_process_marriage, &small_idle};
    rh_region *region = tiny_region_of(TIMES);
    rh_scenario *scenario = small_scenario(8, NULL);
    rh_engine_options o = {
        .headroom = 1, .process = list, .n_processes = 2, .process_of_fixed_ages = 1};
    rh_simulation *s = small_simulation(region, scenario, 1, 1, &o);
    states before = count(s);
    assert_true(before.n[RH_MALE][RH_MARRIED] == before.n[RH_FEMALE][RH_MARRIED]);
    for (int y = 0; y < YEARS; y++) {
        small_year(s);
        small_verify(s);
        states after = count(s);
        uint64_t weddings = small_events(s, RH_EVENT_MARRIAGE, -1) / 2;
        assert_true(weddings > 500);
        for (unsigned sex = 0; sex < 2; sex++) {
            assert_true(after.n[sex][RH_MARRIED] == before.n[sex][RH_MARRIED] + weddings);
            uint64_t singles_before = before.n[sex][RH_NEVER_MARRIED] +
                                      before.n[sex][RH_WIDOWED] + before.n[sex][RH_DIVORCED];
            uint64_t singles_after = after.n[sex][RH_NEVER_MARRIED] + after.n[sex][RH_WIDOWED] +
                                     after.n[sex][RH_DIVORCED];
            assert_true(singles_after + weddings == singles_before);
        }
        /* Of two who look at least one of the rarer sex nearly always finds somebody. */
        assert_true((double)weddings * 2 > 0.7 * (double)s->engine.turnover[0].accepted);
        assert_true(weddings * 2 <= s->engine.turnover[0].accepted);
        before = after;
    }
    rh_simulation_free(s);
    rh_scenario_free(scenario);
    rh_region_free(region);
}

/* The couples joined in one year stand out by a mark set on all singles before it: integration 15. */
static void
test_spouses_fit_in_age_and_place(void **state)
{
    (void)state;
    const rh_process *const list[] = {&rh_process_marriage, &small_idle};
    rh_region *region = tiny_region_of(TIMES);
    rh_scenario *scenario = small_scenario(9, NULL);
    rh_engine_options o = {
        .headroom = 1, .process = list, .n_processes = 2, .process_of_fixed_ages = 1};
    rh_simulation *s = small_simulation(region, scenario, 1, 1, &o);
    for (uint32_t t = 0; t < s->store.n_blocks; t++) {
        rh_block *b = &s->store.block[t];
        for (uint32_t i = 0; i < b->count; i++) {
            bool single = rh_person_marital(b->word[i]) != RH_MARRIED;
            b->word[i] = rh_person_with_integration(b->word[i], single ? 15 : 0);
        }
    }
    small_year(s);
    double couples = 0, gap = 0, together = 0, within = 0, at_all = 0;
    for (uint32_t t = 0; t < s->store.n_blocks; t++) {
        const rh_block *b = &s->store.block[t];
        for (uint32_t i = 0; i + 1 < b->count; i++) {
            rh_person man = b->word[i], woman = b->word[i + 1];
            if (rh_person_marital(man) != RH_MARRIED || rh_person_sex(man) != RH_MALE ||
                rh_person_integration(man) != 15) {
                continue;
            }
            assert_int_equal(rh_person_integration(woman), 15); /* both were single */
            double years = (double)rh_person_birth(woman) - (double)rh_person_birth(man);
            couples++;
            gap += years;
            /* Two years younger give or take two; seven around in the township, twenty in the county. */
            within += fabs(years - 2) <= 9;
            at_all += fabs(years - 2) <= 22;
            together += rh_person_residence(man) == rh_person_residence(woman);
        }
    }
    print_message("# %.0f couples, husbands %.2f years older, %.1f %% live together\n", couples,
                  gap / couples, 100 * together / couples);
    assert_true(couples * 2 > 1000 &&
                fabs(couples * 2 - (double)small_events(s, RH_EVENT_MARRIAGE, -1)) < 0.5);
    assert_true(within > couples * 0.9);
    assert_true(at_all + 0.5 > couples * 0.99); /* the last cells of age are open */
    assert_true(gap / couples > 1 && gap / couples < 3);
    const rh_marriage_rules *rules = &s->world.marriage;
    assert_true(together / couples > 0.9 * (rules->wife_joins + rules->husband_joins));
    rh_simulation_free(s);
    rh_scenario_free(scenario);
    rh_region_free(region);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_wedding_takes_one_single_of_each_sex),
        cmocka_unit_test(test_spouses_fit_in_age_and_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
