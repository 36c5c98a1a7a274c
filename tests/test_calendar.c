/* Tests of the calendar (K1–K3), of the classes under it and of the due scans (D1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/mem.h"
#include "core/random.h"
#include "process/calendar.h"
#include "process/due.h"

#include <stdio.h>

enum { N = RH_PROCESS_MAX, CELLS = RH_CLASSES * RH_CLASS_AGES };

/* Bounds from 1e-7 to 10 events a year, some zero. */
static rh_calendar *
random_calendar(unsigned n, float *bound, unsigned char *fixed)
{
    rh_key key = rh_key_with(77, n);
    for (size_t i = 0; i < (size_t)n * CELLS; i++) {
        double u = rh_uniform(key, 2 * i);
        bound[i] = rh_uniform(key, 2 * i + 1) < 0.2 ? 0 : (float)pow(10, -7 + 8 * u);
    }
    rh_calendar *c = rh_alloc(1, sizeof *c);
    rh_err err = {0};
    assert_int_equal(rh_calendar_build(c, n, bound, fixed, &err), RH_OK);
    return c;
}

static void
check_slot(const rh_slot *s, const float *bound, unsigned n)
{
    double declared = 0, implied = 0;
    unsigned picked[N + 1] = {0};
    for (unsigned draw = 0; draw < 65535; draw++) {
        picked[rh_slot_pick(s, draw)]++;
    }
    for (unsigned p = 0; p < n; p++) {
        float b = bound[(size_t)p * CELLS];
        declared += (double)b;
        implied += (double)rh_slot_bound(s, p);
        if (rh_slot_bound(s, p) < b) {
            fail_msg("process %u: implied bound %.9g below the declared %.9g", p,
                     (double)rh_slot_bound(s, p), (double)b);
        }
        assert_true(b > 0 || picked[p] == 0 || !(s->sum > 0));
        /* What is picked in fact is what the bound says. */
        assert_true(fabs((double)picked[p] / 65535 * (double)s->sum -
                         (double)rh_slot_bound(s, p)) <= 1e-6 * (double)s->sum);
    }
    assert_int_equal(picked[N], 0);
    assert_true(fabs(implied - (double)s->sum) <= 1e-5 * (double)s->sum);
    assert_true((double)s->sum <= declared * 1.0003);
    assert_true(fabs((double)s->hit + expm1(-(double)s->sum)) < 1e-6);
    double all = (double)s->sum, one = all > 0 ? all * exp(-all) / -expm1(-all) : 1;
    assert_true(fabs((double)s->single * 0x1p-24 - one) < 1e-6);
}

static void
test_no_implied_bound_is_below_the_declared_one(void **state)
{
    (void)state;
    float *bound = rh_alloc((size_t)N * CELLS, sizeof *bound);
    unsigned char *fixed = rh_alloc(CELLS, 1);
    for (unsigned n = 1; n <= N; n += n == 1 ? 4 : 7) { /* 1, 5, 12 */
        rh_calendar *c = random_calendar(n, bound, fixed);
        for (unsigned k = 0; k < RH_CLASSES; k += 5) {
            for (unsigned a = 0; a < RH_CLASS_AGES; a += 9) {
                check_slot(&c->slot[k][a], bound + k * RH_CLASS_AGES + a, n);
            }
        }
        rh_free(c);
    }
    rh_free(bound);
    rh_free(fixed);
}

static void
test_waiting_times_are_exact_logarithms(void **state)
{
    (void)state;
    assert_true(rh_exponential(0) >= 0 && rh_exponential(0) <= 0);
    double worst = 0;
    for (unsigned i = 0; i < 400000; i++) {
        uint64_t draw = rh_draw(3, i);
        uint32_t bits = i < 64       ? 1 + i
                        : i < 128    ? UINT32_MAX - (i - 64)
                        : i % 3 == 0 ? (uint32_t)draw >> (draw >> 60 << 1) /* small ones too */
                                     : (uint32_t)draw;
        double exact = -log1p(-(double)bits / 4294967296.0);
        double error = fabs((double)rh_exponential(bits) - exact) -
                       1e-10; /* the table's; the rest is float's */
        worst = error / exact > worst ? error / exact : worst;
    }
    if (worst > 6e-8) {
        fail_msg("relative error %g", worst);
    }
}

static void
test_the_next_candidate_has_the_distribution_of_the_summed_bounds(void **state)
{
    (void)state;
    enum { DRAWS = 300000, FROM = 30, FIXED = 75 };
    float *bound = rh_alloc(2 * CELLS, sizeof *bound);
    unsigned char *fixed = rh_alloc(CELLS, 1);
    for (unsigned a = 0; a < RH_CLASS_AGES; a++) { /* class 4, two processes */
        bound[4 * RH_CLASS_AGES + a] = 0.01f + 0.001f * (float)(a % 10);
        bound[CELLS + 4 * RH_CLASS_AGES + a] = a >= 40 && a < 50 ? 0.08f : 0;
    }
    fixed[4 * RH_CLASS_AGES + FIXED] = 1;
    rh_calendar *c = rh_alloc(1, sizeof *c);
    rh_err err = {0};
    assert_int_equal(rh_calendar_build(c, 2, bound, fixed, &err), RH_OK);
    double seen[RH_CLASS_AGES + 1] = {0}, chi = 0, left = 1;
    for (unsigned i = 0; i < DRAWS; i++) {
        seen[rh_calendar_next_age(c, 4, FROM, rh_exponential((uint32_t)rh_draw(11, i)))]++;
    }
    for (int a = FROM + 1; a <= FIXED; a++) {
        double rate =
            (double)bound[4 * RH_CLASS_AGES + a] + (double)bound[CELLS + 4 * RH_CLASS_AGES + a];
        double expected =
            DRAWS * left * (a == FIXED ? 1 : -expm1(-rate * 65535 / 65533)); /* K1: n = 2 */
        left *= exp(-rate * 65535 / 65533);
        chi += (seen[a] - expected) * (seen[a] - expected) / expected;
        seen[0] += seen[a];
    }
    assert_true(fabs(seen[0] - DRAWS) < 0.5); /* nobody passes the fixed age */
    double degrees = FIXED - FROM - 1;
    if (chi > degrees + 3.3 * sqrt(2 * degrees) || chi < degrees - 3.3 * sqrt(2 * degrees)) {
        fail_msg("chi-square %.1f with %.0f degrees of freedom", chi, degrees);
    }
    rh_free(c);
    rh_free(bound);
    rh_free(fixed);
}

static void
test_fixed_ages_and_the_last_age_are_always_due(void **state)
{
    (void)state;
    float *bound = rh_alloc(CELLS, sizeof *bound); /* no random candidates at all */
    unsigned char *fixed = rh_alloc(CELLS, 1);
    fixed[3 * RH_CLASS_AGES + 7] = fixed[3 * RH_CLASS_AGES + 13] = 1;
    rh_calendar *c = rh_alloc(1, sizeof *c);
    rh_err err = {0};
    assert_int_equal(rh_calendar_build(c, 1, bound, fixed, &err), RH_OK);
    for (int a = 0; a < RH_AGE_LAST; a++) {
        assert_int_equal(rh_calendar_next_age(c, 3, a, 50), a < 7    ? 7
                                                            : a < 13 ? 13
                                                                     : RH_AGE_LAST);
        assert_int_equal(rh_calendar_next_age(c, 8, a, 0), RH_AGE_LAST);
    }
    assert_int_equal(rh_calendar_next_age(c, 3, RH_AGE_LAST, 0), RH_AGE_LAST + 1);
    rh_free(c);
    rh_free(bound);
    rh_free(fixed);
}

static void
test_impossible_bounds_are_refused_with_a_sentence(void **state)
{
    (void)state;
    static const double bad[] = {-0.1, (double)NAN, (double)INFINITY};
    float *bound = rh_alloc((size_t)(N + 1) * CELLS, sizeof *bound);
    unsigned char *fixed = rh_alloc(CELLS, 1);
    rh_calendar *c = rh_alloc(1, sizeof *c);
    for (unsigned i = 0; i < 3; i++) {
        rh_err err = {0};
        bound[2 * CELLS + 5 * RH_CLASS_AGES + 33] = (float)bad[i];
        assert_int_equal(rh_calendar_build(c, 3, bound, fixed, &err), RH_RANGE);
        assert_non_null(strstr(err.text, "process 2 for class 5, age 33"));
    }
    rh_err err = {0};
    assert_int_equal(rh_calendar_build(c, N + 1, bound, fixed, &err), RH_RANGE);
    rh_free(c);
    rh_free(bound);
    rh_free(fixed);
}

static void
test_classes_round_trip_and_follow_the_word(void **state)
{
    (void)state;
    static const unsigned group[] = {RH_WORK_PUPIL, RH_WORK_PUPIL,     RH_WORK_FARM,
                                     RH_WORK_OTHER, RH_WORK_OTHER,     RH_WORK_OTHER,
                                     RH_WORK_PUPIL, RH_WORK_UNEMPLOYED};
    unsigned char table[512];
    bool seen[RH_CLASSES] = {false};
    rh_class_table(table);
    for (unsigned k = 0; k < RH_CLASSES; k++) {
        assert_int_equal(rh_class_number(rh_class_at(k)), k);
    }
    for (unsigned i = 0; i < 2 * 4 * 4 * 8 * 2; i++) {
        unsigned sex = i & 1, marital = i >> 1 & 3, children = i >> 3 & 3,
                 activity = i >> 5 & 7, away = i >> 8;
        rh_person w = rh_draw(5, i); /* the other fields do not matter */
        w = rh_person_with_children(rh_person_with_marital(rh_person_with_sex(w, sex), marital),
                                    children);
        w = rh_person_with_arrival(rh_person_with_activity(w, activity), away ? 1 + i % 63 : 0);
        unsigned k = table[rh_class_bits(w)];
        rh_class c = rh_class_at(k);
        seen[k] = true;
        assert_int_equal(c.sex, sex);
        assert_int_equal(c.marital, marital == RH_DIVORCED ? RH_WIDOWED : marital);
        assert_int_equal(c.children, sex == RH_FEMALE && marital == RH_MARRIED ? children : 0);
        assert_int_equal(c.away, away);
        assert_int_equal(c.work, group[activity]);
    }
    for (unsigned k = 0; k < RH_CLASSES; k++) {
        assert_true(seen[k]);
    }
}

static void
test_every_due_scan_finds_the_same(void **state)
{
    (void)state;
    enum { MOST = 5003 };
    static const char *const names[] = {"plain", "avx2", "avx512"};
    rh_person *word = rh_alloc(MOST + 3, sizeof *word);
    uint32_t *expected = rh_alloc(MOST + 16, sizeof *expected),
             *list = rh_alloc(MOST + 16, sizeof *list);
    for (unsigned i = 0; i < MOST + 3; i++) { /* every third or so has one of eight codes */
        word[i] = rh_draw(21, 2 * i);
        word[i] = rh_draw(21, 2 * i + 1) % 3 == 0
                      ? rh_person_with_next(word[i], 120 + (unsigned)(word[i] & 7))
                      : word[i];
    }
    unsigned tried = 0;
    for (unsigned k = 0; k < 3; k++) {
        rh_due_scan *scan = rh_due_named(names[k]);
        tried += scan != NULL;
        for (size_t count = 0; scan != NULL && count <= MOST; count += count < 140 ? 1 : 1621) {
            for (unsigned offset = 0; offset < 3; offset++) {
                unsigned code = 120 + (unsigned)count % 8;
                size_t n = 0;
                for (size_t i = 0; i < count; i++) {
                    if (word[offset + i] >> rh_next_low == code) {
                        expected[n++] = (uint32_t)i;
                    }
                }
                assert_int_equal(scan(word + offset, count, code, list), n);
                assert_memory_equal(list, expected, n * sizeof *list);
            }
        }
    }
    print_message("# %u of 3 due scans run on this machine\n", tried);
    assert_true(tried >= 1);
    assert_non_null(rh_due_best().scan);
    assert_null(rh_due_named("abacus"));
    rh_free(word);
    rh_free(expected);
    rh_free(list);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_implied_bound_is_below_the_declared_one),
        cmocka_unit_test(test_waiting_times_are_exact_logarithms),
        cmocka_unit_test(test_the_next_candidate_has_the_distribution_of_the_summed_bounds),
        cmocka_unit_test(test_fixed_ages_and_the_last_age_are_always_due),
        cmocka_unit_test(test_impossible_bounds_are_refused_with_a_sentence),
        cmocka_unit_test(test_classes_round_trip_and_follow_the_word),
        cmocka_unit_test(test_every_due_scan_finds_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
