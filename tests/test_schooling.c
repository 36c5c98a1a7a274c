/* Schooling alone for ten years: education never falls, every step falls on its age, and as many go on as the reference
 * twin expects (twin_rates.h, twin_projection.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/mem.h"
#include "small_run.h"
#include "tiny_region.h"
#include "twin_projection.h"
#include "twin_rates.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { TIMES = 15, YEARS = 10, AGES = 30 };

static const char LEVERS[] = "levers:\n"
                             "  - {lever: urban.reclassification_factor, value: 0}\n"
                             "  - {lever: hukou.in_situ_rate, value: 0}\n";

static bool
at_school(rh_person w)
{
    return rh_person_activity(w) == RH_PRESCHOOL || rh_person_activity(w) == RH_STUDENT;
}

static struct {
    double pupils[AGES][2], expected[AGES][2], variance[AGES][2],
        stayed[AGES][2]; /* by age and part */
    double college, bachelor;
} school;

static void
check_step(const rh_simulation *s, uint32_t t, uint32_t i, rh_person was, rh_person is,
           int year)
{
    int age = rh_person_age(is, year);
    unsigned part = rh_person_residence(was) % 2, level;
    assert_true(rh_person_education(is) >= rh_person_education(was)); /* A1 */
    bool rises = rh_person_education(is) > rh_person_education(was);
    assert_true(!rises || age == 7 || age == 13 || age == 16 || age == 19 || age == 23);
    assert_true(at_school(was) || was == rh_person_with_next(is, rh_person_next(was)));
    bool leaves = at_school(was) && !at_school(is);
    assert_true(!leaves || age == 16 || age == 19 || age == 22 || age == 23 || age == 26 ||
                age == 28);
    twin_resident r = {s, t, i, was, year};
    double chance = twin_school_chance(&r, &level);
    if (chance < 0 || !at_school(was)) {
        return;
    }
    school.pupils[age][part]++;
    school.expected[age][part] += chance;
    school.variance[age][part] += chance * (1 - chance);
    school.stayed[age][part] += at_school(is);
    assert_true(!at_school(is) ||
                rh_person_education(is) >= (level == RH_BACHELOR ? RH_COLLEGE : level));
    if (age == 19 && rises) {
        (rh_person_education(is) == RH_BACHELOR ? &school.bachelor : &school.college)[0]++;
    }
}

static void
run(void)
{
    const rh_process *const list[] = {&rh_process_schooling};
    rh_region *region = tiny_region_of(TIMES);
    rh_scenario *scenario = small_scenario(31, LEVERS);
    rh_engine_options o = {
        .headroom = 1, .process = list, .n_processes = 1, .process_of_fixed_ages = 0};
    rh_simulation *s = small_simulation(region, scenario, 1, 1, &o);
    uint64_t n = rh_store_count(&s->store);
    rh_person *before = rh_alloc(n, sizeof *before);
    memset(&school, 0, sizeof school);
    for (int y = 0; y < YEARS; y++) {
        uint64_t at = 0;
        for (uint32_t t = 0; t < s->store.n_blocks; t++) {
            memcpy(before + at, s->store.block[t].word,
                   s->store.block[t].count * sizeof *before);
            at += s->store.block[t].count;
        }
        small_year(s);
        at = 0;
        for (uint32_t t = 0; t < s->store.n_blocks; t++) {
            for (uint32_t i = 0; i < s->store.block[t].count; i++) {
                check_step(s, t, i, before[at++], s->store.block[t].word[i], s->engine.year);
            }
        }
    }
    small_verify(s);
    for (uint32_t t = 0; t < s->store.n_blocks; t++) {
        for (uint32_t i = 0; i < s->store.block[t].count; i++) {
            rh_person w = s->store.block[t].word[i];
            int age = rh_person_age(w, s->engine.year);
            assert_true(age < 28 || age > 28 + YEARS - 1 ||
                        !at_school(w)); /* everybody leaves at 28 */
            assert_true(age < 7 || age >= 7 + YEARS ||
                        rh_person_education(w) > RH_NO_SCHOOL); /* everybody enters */
        }
    }
    double wanted = s->world.profile.bachelor_share, all = school.bachelor + school.college;
    assert_true(all > 300);
    small_near("bachelors of those who go on at 19", school.bachelor, wanted * all,
               wanted * (1 - wanted) * all, 3);
    rh_free(before);
    rh_simulation_free(s);
    rh_scenario_free(scenario);
    rh_region_free(region);
}

static void
test_education_never_falls_and_steps_fall_on_their_ages(void **state)
{
    (void)state;
    run();
}

static void
test_as_many_go_on_as_the_twin_expects(void **state)
{
    (void)state;
    static const int ages[] = {7, 13, 16, 19, 23};
    run();
    for (unsigned k = 0; k < sizeof ages / sizeof ages[0]; k++) {
        for (int part = 0; part < 2; part++) {
            int age = ages[k];
            double n = school.pupils[age][part],
                   share = n > 0 ? school.expected[age][part] / n : 0;
            twin_cohorts pupils = {.n_states = 3};
            pupils.n[age][0][0] = n;
            double expected = twin_school_step(&pupils, age, 0, 1, share);
            char what[60];
            snprintf(what, sizeof what, "stay at school at %d, part %d", age, part);
            print_message("# %s: %.0f of %.0f, %.1f expected\n", what, school.stayed[age][part],
                          n, expected);
            assert_true(n > 20);
            small_near(what, school.stayed[age][part], expected, school.variance[age][part], 3);
        }
    }
    assert_true(school.stayed[16][RH_RURAL] / school.pupils[16][RH_RURAL] <
                school.stayed[16][RH_URBAN] / school.pupils[16][RH_URBAN]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_education_never_falls_and_steps_fall_on_their_ages),
        cmocka_unit_test(test_as_many_go_on_as_the_twin_expects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
