/* Terms and renewals: twenty years to the day (S3), no chain of leases signed in advance (S4, I2), one lease at a time (I3), alerts before the end. */
#include "lease_bench.h"

static bool
may_sign(int64_t start, int64_t end)
{
    bench b;
    bench_open(&b, bench_day(2024, 2, 1));
    bench_lease(&b, bench_terms(start, end));
    bool may = SIGN(&b, ANA, holder);
    assert_true(may || bench_refused(&b, RH_GUARD_term_at_most_20_years));
    bench_close(&b);
    return may;
}

/* S3; and terms from 29 February (民法典 202: no corresponding day, the month's last). */
static void
twenty_years_to_the_day(void **unused)
{
    (void)unused;
    assert_true(may_sign(bench_day(2026, 3, 1), bench_day(2046, 3, 1)));
    assert_false(may_sign(bench_day(2026, 3, 1), bench_day(2046, 3, 2)));
    assert_true(may_sign(bench_day(2024, 2, 29), bench_day(2044, 2, 29)));
    assert_false(may_sign(bench_day(2024, 2, 29), bench_day(2044, 3, 1)));
    assert_true(may_sign(bench_day(2026, 12, 31), bench_day(2046, 12, 31)));
    assert_false(may_sign(bench_day(2026, 12, 31), bench_day(2047, 1, 1)));
}

static bench
in_force(int64_t start, int64_t end)
{
    bench b;
    bench_open(&b, start - 20);
    bench_lease(&b, bench_terms(start, end));
    bench_sign(&b);
    bench_begin(&b);
    assert_int_equal(bench_state(&b), rh_lease_state_active);
    return b;
}

#define RENEW(b, m, h)                                                                         \
    DO(b, lease_renew, ANA, holder_rep, .lease = 1, .months = (m), .fen_year = 1500000,        \
       .text = bench_hash(h))

/* S4: behind a lease of 20 years nothing can be signed on day one, proposed or made by hand. */
static void
nothing_is_signed_in_advance_behind_twenty_years(void **unused)
{
    (void)unused;
    bench b = in_force(bench_day(2026, 3, 1), bench_day(2046, 3, 1));
    assert_false(RENEW(&b, 120, 50));
    assert_true(bench_refused(&b, RH_GUARD_renewal_window_open));
    assert_false(RENEW(&b, 120, 51));
    for (int i = 0; i < 2; i++) { /* as if they had come by another way */
        rh_row_lease t =
            bench_terms(bench_day(2046 + 10 * i, 3, 1), bench_day(2056 + 10 * i, 3, 1));
        t.offer = RH_NONE;
        t.supersedes = i == 0 ? 1 : 2;
        t.text = bench_hash(52 + i);
        bench_lease(&b, t);
        assert_false(SIGN(&b, ANA, holder));
        assert_true(bench_refused(&b, RH_GUARD_renewal_window_open) ||
                    bench_refused(&b, RH_GUARD_renewal_follows));
        assert_true(bench_refused(&b, RH_GUARD_renewal_at_most_20_years));
    }
    bench_close(&b);
}

/* The window opens 24 months before the end: not a day earlier. It runs at most 20 years from the signing. */
static void
a_renewal_in_the_window(void **unused)
{
    (void)unused;
    bench b = in_force(bench_day(2026, 3, 1), bench_day(2036, 3, 1));
    bench_tick(&b, bench_day(2034, 2, 28));
    assert_false(RENEW(&b, 120, 50));
    assert_true(bench_refused(&b, RH_GUARD_renewal_window_open));
    bench_tick(&b, bench_day(2034, 3, 1));
    /* from 2036-03-01, at most to 2054-03-01, 20 years after this day: 216 months */
    assert_false(RENEW(&b, 217, 50));
    assert_true(bench_refused(&b, RH_GUARD_renewal_at_most_20_years));
    assert_true(RENEW(&b, 216, 50));
    const rh_row_lease *l = bench_the_lease(&b, 2);
    assert_int_equal(l->supersedes, 1);
    assert_int_equal(l->start, bench_day(2036, 3, 1));
    assert_int_equal(l->end, bench_day(2054, 3, 1));
    assert_int_equal(l->until, bench_day(2034, 3, 31));
    assert_false(RENEW(&b, 12, 51)); /* one at a time */
    assert_true(bench_refused(&b, RH_GUARD_one_renewal_waits));
    b.lease = 2;
    bench_sign(&b);
    assert_false(RENEW(&b, 12, 51));
    OK(&b, lease_publicise, COUNCILLOR, council, .lease = 2, .text = bench_hash(9));
    bench_tick(&b, bench_today(&b) + 8);
    OK(&b, lease_file, OFFICER, township, .lease = 2);
    /* what waits cannot be renewed itself */
    NO(&b, state_allows, lease_renew, ANA, holder_rep, .lease = 2, .months = 12, .fen_year = 1,
       .text = bench_hash(60));
    /* every day: at most one in force (I3) */
    for (int64_t day = bench_day(2036, 2, 20); day < bench_day(2036, 3, 10); day++) {
        bench_tick(&b, day);
        bool first = rh_lease_in(bench_the_lease(&b, 1), RH_LEASE_LIVE),
             second = rh_lease_in(bench_the_lease(&b, 2), RH_LEASE_LIVE);
        assert_int_equal(first, day <= bench_day(2036, 3, 1));
        assert_int_equal(second, day > bench_day(2036, 3, 1));
    }
    int current = 0;
    for (int64_t id = 1; id <= bench_count(&b, RH_ROW_rrr); id++) {
        current += RH_GET(b.r, rrr, id)->status == rh_rrr_status_current;
    }
    assert_int_equal(current, 1);
    bench_close(&b);
}

/* A proposal that is not signed in time is dropped, and another may follow. */
static void
a_renewal_that_nobody_signs_lapses(void **unused)
{
    (void)unused;
    bench b = in_force(bench_day(2026, 3, 1), bench_day(2036, 3, 1));
    bench_tick(&b, bench_day(2035, 1, 1));
    assert_true(RENEW(&b, 120, 50));
    bench_tick(&b, bench_day(2035, 1, 31));
    assert_int_equal(bench_the_lease(&b, 2)->state, rh_lease_state_negotiated);
    bench_tick(&b, bench_day(2035, 2, 1));
    assert_int_equal(bench_the_lease(&b, 2)->state, rh_lease_state_dropped);
    assert_true(RENEW(&b, 120, 51));
    bench_close(&b);
}

/* I3: the house is let; whatever touches its time is refused, what begins on its last day is not. */
static void
one_lease_at_a_time(void **unused)
{
    (void)unused;
    static const struct {
        int y1, y2, day2;
        bool free;
    } cases[] = {{2030, 2032, 1, true},  {2029, 2032, 1, false}, {2024, 2026, 1, true},
                 {2024, 2026, 2, false}, {2024, 2040, 1, false}, {2027, 2028, 1, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bench b;
        bench_open(&b, bench_day(2024, 1, 1));
        bench_lease(&b, bench_terms(bench_day(2026, 3, 1), bench_day(2030, 3, 1)));
        bench_sign(&b);
        rh_row_lease t =
            bench_terms(bench_day(cases[i].y1, 3, 1), bench_day(cases[i].y2, 3, cases[i].day2));
        t.text = bench_hash(70);
        bench_lease(&b, t);
        assert_int_equal(SIGN(&b, ANA, holder), cases[i].free);
        assert_true(cases[i].free || bench_refused(&b, RH_GUARD_unit_is_free));
        bench_close(&b);
    }
}

static int
reminders(const bench *b, int64_t kind)
{
    int n = 0;
    for (int64_t id = 1; id <= bench_count(b, RH_ROW_reminder); id++) {
        n += RH_GET(b->r, reminder, id)->kind == kind;
    }
    return n;
}

static void
alerts_twelve_six_and_three_months_before_the_end(void **unused)
{
    (void)unused;
    bench b = in_force(bench_day(2026, 3, 1), bench_day(2028, 3, 1));
    static const struct {
        int y, m, d, twelve, six, three;
        int64_t state;
    } steps[] = {{2027, 2, 28, 0, 0, 0, rh_lease_state_arrears},
                 {2027, 3, 1, 1, 0, 0, rh_lease_state_arrears},
                 {2027, 8, 31, 1, 0, 0, rh_lease_state_arrears},
                 {2027, 9, 1, 1, 1, 0, rh_lease_state_arrears},
                 {2027, 11, 30, 1, 1, 0, rh_lease_state_arrears},
                 {2027, 12, 1, 1, 1, 1, rh_lease_state_arrears},
                 {2028, 3, 1, 1, 1, 1, rh_lease_state_arrears},
                 {2028, 3, 2, 1, 1, 1, rh_lease_state_expired}};
    for (size_t paid = 0; paid < 2; paid++) {
        if (paid == 1) {
            bench_close(&b);
            b = in_force(bench_day(2026, 3, 1), bench_day(2028, 3, 1));
            for (int i = 0; i < 3; i++) {
                const rh_row_rent_line *line = bench_line(&b, 1, i);
                OK(&b, receipt_post, BANK, bank, .line = line->id,
                   .amount_fen = line->amount_fen,
                   .bank_ref = (const char *[]){"a", "b", "c"}[i]);
            }
        }
        for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
            bench_tick(&b, bench_day(steps[i].y, steps[i].m, steps[i].d));
            assert_int_equal(reminders(&b, rh_reminder_kind_expiring_12), steps[i].twelve);
            assert_int_equal(reminders(&b, rh_reminder_kind_expiring_6), steps[i].six);
            assert_int_equal(reminders(&b, rh_reminder_kind_expiring_3), steps[i].three);
            int64_t state =
                steps[i].state == rh_lease_state_arrears && paid == 1
                    ? (steps[i].twelve ? rh_lease_state_expiring : rh_lease_state_active)
                    : steps[i].state;
            assert_int_equal(bench_state(&b), state);
        }
    }
    assert_int_equal(RH_GET(b.r, rrr, 1)->status, rh_rrr_status_ended);
    bench_close(&b);
}

/* A clock that slept: one tick after the end does all that was due. */
static void
one_late_tick_does_everything(void **unused)
{
    (void)unused;
    bench b;
    bench_open(&b, bench_day(2026, 2, 1));
    bench_lease(&b, bench_terms(bench_day(2026, 3, 1), bench_day(2028, 3, 1)));
    bench_sign(&b);
    OK(&b, lease_publicise, COUNCILLOR, council, .lease = 1, .text = bench_hash(9));
    bench_go(&b, bench_day(2026, 2, 20));
    OK(&b, lease_file, OFFICER, township, .lease = 1);
    bench_tick(&b, bench_day(2031, 1, 1));
    assert_int_equal(bench_state(&b), rh_lease_state_expired);
    assert_true(rh_registry_next_due(b.r) > bench_day(2031, 1, 1));
    bench_close(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(twenty_years_to_the_day),
        cmocka_unit_test(nothing_is_signed_in_advance_behind_twenty_years),
        cmocka_unit_test(a_renewal_in_the_window),
        cmocka_unit_test(a_renewal_that_nobody_signs_lapses),
        cmocka_unit_test(one_lease_at_a_time),
        cmocka_unit_test(alerts_twelve_six_and_three_months_before_the_end),
        cmocka_unit_test(one_late_tick_does_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
