/* The rent schedule: examples by hand, and properties over random terms. */
#include "core/random.h"
#include "domain/calendar_day.h"
#include "domain/schedule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void
lines_by_hand(void **unused)
{
    (void)unused;
    /* 1,000.00 yuan a year, paid each quarter, 5 % more every 2 years: 250.00; 262.50 from the third year on. */
    rh_rent_terms t = {.start = rh_day_of(2026, 3, 1),
                       .end = rh_day_of(2029, 3, 1),
                       .fen_year = 100000,
                       .step_bp = 500,
                       .step_years = 2,
                       .period_months = 3};
    rh_rent_due due;
    for (int64_t k = 0; k < 12; k++) {
        assert_true(rh_rent_due_at(&t, k, &due));
        assert_int_equal(due.from, rh_day_add_months(t.start, 3 * k));
        assert_int_equal(due.fen, k < 8 ? 25000 : 26250);
    }
    assert_false(rh_rent_due_at(&t, 12, &due));
    assert_int_equal(rh_rent_total(&t), 305000);

    /* 100 fen a year by the month: ⌊100·m/12⌋ grows by 8 or 9 and reaches 100. */
    t = (rh_rent_terms){rh_day_of(2026, 1, 31), rh_day_of(2027, 1, 31), 100, 0, 1, 1};
    static const int64_t by_month[] = {8, 8, 9, 8, 8, 9, 8, 8, 9, 8, 8, 9};
    for (int64_t k = 0; k < 12; k++) {
        assert_true(rh_rent_due_at(&t, k, &due));
        assert_int_equal(due.fen, by_month[k]);
    }
    assert_true(rh_rent_due_at(&t, 1, &due));
    assert_int_equal(due.from,
                     rh_day_of(2026, 2, 28)); /* no 31st: the month's end (民法典 202) */

    /* A term of 1 month and 10 days of a month of 30: 1/12 and a third of 1/12 of 3,600.00 yuan. */
    t = (rh_rent_terms){rh_day_of(2026, 3, 15), rh_day_of(2026, 4, 25), 360000, 0, 1, 1};
    assert_true(rh_rent_due_at(&t, 0, &due));
    assert_int_equal(due.fen, 30000);
    assert_true(rh_rent_due_at(&t, 1, &due));
    assert_int_equal(due.fen, 10000);
    assert_false(rh_rent_due_at(&t, 2, &due));
}

/* An independent account in plain 128-bit arithmetic: full years only. */
static int64_t
years_by_hand(const rh_rent_terms *t, int64_t years)
{
    int64_t sum = 0, rent = t->fen_year;
    for (int64_t y = 0; y < years; y++) {
        if (y > 0 && t->step_bp > 0 && y % t->step_years == 0) {
            rent = (rent * (10000 + t->step_bp) + 5000) / 10000;
        }
        sum += rent;
    }
    return sum;
}

static void
lines_sum_to_the_rent_whatever_the_period(void **unused)
{
    (void)unused;
    rh_key key = 20260301;
    for (uint64_t i = 0; i < 4000; i++) {
        rh_rent_terms t = {.start =
                               rh_day_of(2020, 1, 1) + (int64_t)(rh_draw(key, 7 * i) % 3000),
                           .fen_year = (int64_t)(rh_draw(key, 7 * i + 1) % 100000000),
                           .step_bp = (int64_t)(rh_draw(key, 7 * i + 2) % 3) * 333,
                           .step_years = 1 + (int64_t)(rh_draw(key, 7 * i + 3) % 5),
                           .period_months = 1 + (int64_t)(rh_draw(key, 7 * i + 4) % 60)};
        int64_t years = 1 + (int64_t)(rh_draw(key, 7 * i + 5) % 20);
        bool whole = rh_draw(key, 7 * i + 6) % 2 == 0;
        t.end = whole ? rh_term_end(t.start, (int)years)
                      : t.start + 1 + (int64_t)(rh_draw(key, 7 * i + 6) % 7300);
        assert_true(rh_rent_sane(&t));
        int64_t sum = 0, before = t.start - 1, to = t.start;
        rh_rent_due due;
        for (int64_t k = 0; rh_rent_due_at(&t, k, &due); k++) {
            assert_true(due.fen >= 0);
            assert_true(due.from > before);
            assert_int_equal(due.from, to); /* no gap */
            assert_true(due.to > due.from);
            before = due.from;
            to = due.to;
            sum += due.fen;
        }
        assert_int_equal(to, t.end);
        assert_int_equal(sum, rh_rent_total(&t));
        if (whole) {
            assert_int_equal(sum, years_by_hand(&t, years));
        }
        rh_rent_terms other = t;
        other.period_months = 1 + t.period_months % 13;
        assert_int_equal(rh_rent_total(&other), sum);
    }
}

static void
terms_that_make_no_schedule(void **unused)
{
    (void)unused;
    rh_rent_terms good = {0, 3650, 1000, 100, 1, 12};
    assert_true(rh_rent_sane(&good));
    rh_rent_terms t = good;
    t.period_months = 0;
    assert_false(rh_rent_sane(&t));
    t = good;
    t.end = 0;
    assert_false(rh_rent_sane(&t));
    t = good;
    t.step_bp = 10001;
    assert_false(rh_rent_sane(&t));
    t = good;
    t.step_years = 0;
    assert_false(rh_rent_sane(&t));
    t.step_bp = 0; /* no steps: the years between them do not matter */
    assert_true(rh_rent_sane(&t));
    t = good;
    t.fen_year = INT64_C(9000000000000);
    t.step_bp = 10000; /* doubles each year: too much in the second */
    assert_false(rh_rent_sane(&t));
    t = good;
    t.fen_year = -1;
    assert_false(rh_rent_sane(&t));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_by_hand),
        cmocka_unit_test(lines_sum_to_the_rent_whatever_the_period),
        cmocka_unit_test(terms_that_make_no_schedule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
