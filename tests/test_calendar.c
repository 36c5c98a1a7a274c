/* Tests of the calendar (K1–K3), of the classes under it and of the due scans (D1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/mem.h"
#include "core/random.h"
#include "process/bounds.h"
#include "process/calendar.h"
#include "process/due.h"

#include <stdio.h>

enum { N = RH_PROCESS_MAX };

/* A row from most[age][p] with limits of its own. */
typedef struct table {
    float most[RH_CLASS_AGES][RH_PROCESS_ROOM], limit[RH_PROCESS_ROOM];
    unsigned char fixed[RH_CLASS_AGES];
    rh_row row;
} table;

static void
build(table *t)
{
    rh_row_build(&t->row, (const float(*)[RH_PROCESS_ROOM])t->most, t->limit, t->fixed);
}

static float
declared(const table *t, unsigned age, unsigned p)
{
    return t->most[age][p] * t->limit[p];
}

/* Bounds from 1e-7 to 10 events a year, some zero. */
static table *
random_table(unsigned n)
{
    rh_key key = rh_key_with(77, n);
    table *t = rh_alloc(1, sizeof *t);
    for (unsigned p = 0; p < n; p++) {
        t->limit[p] = (float)(0.25 + 4 * rh_uniform(key, 1000000 + p));
        for (unsigned a = 0; a < RH_CLASS_AGES; a++) {
            unsigned i = 2 * (a * RH_PROCESS_ROOM + p);
            double u = rh_uniform(key, i);
            t->most[a][p] = rh_uniform(key, i + 1) < 0.2 ? 0 : (float)pow(10, -7 + 8 * u);
        }
    }
    build(t);
    return t;
}

static void
check_slot(const table *t, unsigned age, unsigned n)
{
    const rh_slot *s = &t->row.slot[age];
    double sum = 0, implied = 0, all = (double)rh_slot_sum(s);
    unsigned picked[N + 1] = {0};
    for (unsigned draw = 0; draw < 65535; draw++) {
        picked[rh_slot_pick(s, draw)]++;
    }
    for (unsigned p = 0; p < n; p++) {
        float b = declared(t, age, p);
        sum += (double)b;
        implied += (double)rh_slot_bound(s, p);
        if (rh_slot_bound(s, p) < b) {
            fail_msg("process %u: implied bound %.9g below the declared %.9g", p,
                     (double)rh_slot_bound(s, p), (double)b);
        }
        assert_true(b > 0 || picked[p] == 0 || !(all > 0));
        /* What is picked in fact is what the bound says. */
        assert_true(fabs((double)picked[p] / 65535 * all - (double)rh_slot_bound(s, p)) <=
                    1e-6 * all);
    }
    assert_int_equal(picked[N], 0);
    assert_true(fabs(implied - all) <= 1e-5 * all);
    assert_true(all <= sum * 1.0003);
    assert_true(fabs(rh_slot_hit(s) + expm1(-all)) < 1e-6);
    double one = all > 0 ? all * exp(-all) / -expm1(-all) : 1;
    assert_true(fabs((double)rh_slot_single(s) - one) < 1e-6);
    float again = rh_row_sum(t->most[age], t->limit);
    assert_memory_equal(&again, &(float){rh_slot_sum(s)}, sizeof again);
}

static void
test_no_implied_bound_is_below_the_declared_one(void **state)
{
    (void)state;
    for (unsigned n = 1; n <= N; n++) {
        table *t = random_table(n);
        for (unsigned a = 0; a < RH_CLASS_AGES; a += 3) {
            check_slot(t, a, n);
        }
        rh_free(t);
    }
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
    table *t = rh_alloc(1, sizeof *t);
    t->limit[0] = 2;
    t->limit[1] = 0.5f;
    for (unsigned a = 0; a < RH_CLASS_AGES; a++) {
        t->most[a][0] = 0.005f + 0.0005f * (float)(a % 10);
        t->most[a][1] = a >= 40 && a < 50 ? 0.16f : 0;
    }
    t->fixed[FIXED] = 1;
    build(t);
    double seen[RH_CLASS_AGES + 1] = {0}, chi = 0, left = 1;
    for (unsigned i = 0; i < DRAWS; i++) {
        seen[rh_row_next_age(&t->row, FROM, rh_exponential((uint32_t)rh_draw(11, i)))]++;
    }
    for (int a = FROM + 1; a <= FIXED; a++) {
        double rate = (double)declared(t, (unsigned)a, 0) + (double)declared(t, (unsigned)a, 1);
        rate *= 65535.0 / (65535 - RH_PROCESS_ROOM); /* K1 */
        double expected = DRAWS * left * (a == FIXED ? 1 : -expm1(-rate));
        left *= exp(-rate);
        chi += (seen[a] - expected) * (seen[a] - expected) / expected;
        seen[0] += seen[a];
    }
    assert_true(fabs(seen[0] - DRAWS) < 0.5); /* nobody passes the fixed age */
    double degrees = FIXED - FROM - 1;
    if (chi > degrees + 3.3 * sqrt(2 * degrees) || chi < degrees - 3.3 * sqrt(2 * degrees)) {
        fail_msg("chi-square %.1f with %.0f degrees of freedom", chi, degrees);
    }
    rh_free(t);
}

static void
test_fixed_ages_and_the_last_age_are_always_due(void **state)
{
    (void)state;
    table *t = rh_alloc(1, sizeof *t); /* no random candidates at all */
    t->fixed[7] = t->fixed[13] = 1;
    build(t);
    for (int a = 0; a < RH_AGE_LAST; a++) {
        assert_int_equal(rh_row_next_age(&t->row, a, 50), a < 7    ? 7
                                                          : a < 13 ? 13
                                                                   : RH_AGE_LAST);
        assert_int_equal(rh_slot_fixed(&t->row.slot[a]), a == 7 || a == 13);
    }
    assert_int_equal(rh_row_next_age(&t->row, RH_AGE_LAST, 0), RH_AGE_LAST + 1);
    assert_true(rh_slot_fixed(&t->row.slot[RH_AGE_LAST]));
    rh_free(t);
}

static void
test_impossible_bounds_are_refused_with_a_sentence(void **state)
{
    (void)state;
    static const double bad[] = {-0.1, (double)NAN, (double)INFINITY};
    for (unsigned i = 0; i < 3; i++) {
        rh_err err = {0};
        assert_int_equal(rh_bounds_check(2, 5, 33, bad[i], &err), RH_RANGE);
        assert_non_null(strstr(err.text, "process 2 for class 5, age 33"));
    }
    assert_int_equal(rh_bounds_check(2, 5, 33, 0, NULL), RH_OK);
}

static void
test_classes_round_trip_and_follow_the_word(void **state)
{
    (void)state;
    static const unsigned group[] = {RH_WORK_PUPIL, RH_WORK_PUPIL,     RH_WORK_FARM,
                                     RH_WORK_OTHER, RH_WORK_OTHER,     RH_WORK_OTHER,
                                     RH_WORK_PUPIL, RH_WORK_UNEMPLOYED};
    unsigned char states[256];
    bool seen[RH_CLASSES] = {false};
    rh_class_table(states);
    for (unsigned k = 0; k < RH_CLASSES; k++) {
        assert_int_equal(rh_class_number(rh_class_at(k)), k);
    }
    for (unsigned i = 0; i < 2 * 4 * 4 * 8 * 4; i++) {
        unsigned sex = i & 1, marital = i >> 1 & 3, children = i >> 3 & 3,
                 activity = i >> 5 & 7, migrant = i >> 8;
        rh_person w = rh_draw(5, i); /* the other fields do not matter */
        w = rh_person_with_children(rh_person_with_marital(rh_person_with_sex(w, sex), marital),
                                    children);
        w = rh_person_with_activity(w, activity);
        unsigned k = states[rh_class_bits(w)] + RH_STATES * migrant;
        rh_class c = rh_class_at(k);
        seen[k] = true;
        assert_int_equal(c.sex, sex);
        assert_int_equal(c.marital, marital == RH_DIVORCED ? RH_WIDOWED : marital);
        assert_int_equal(c.children, sex == RH_FEMALE && marital == RH_MARRIED ? children : 0);
        assert_int_equal(c.migrant, migrant);
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
