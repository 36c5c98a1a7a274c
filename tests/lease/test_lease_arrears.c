/* Late rent: when it begins, how it is cured, when the household may terminate (民法典 722); the ways a lease ends, and the settling of the deposit. */
#include "lease_bench.h"

static bench
in_force(void)
{
    bench b;
    bench_open(&b, bench_day(2026, 2, 1));
    bench_lease(&b, bench_terms(bench_day(2026, 3, 1), bench_day(2031, 3, 1)));
    bench_sign(&b);
    bench_begin(&b);
    OK(&b, receipt_post, BANK, bank, .line = 1, .amount_fen = 200000, .bank_ref = "deposit");
    return b;
}

#define POST(b, the_line, fen, ref)                                                            \
    DO(b, receipt_post, BANK, bank, .line = (the_line), .amount_fen = (fen), .bank_ref = (ref))
#define TERMINATE(b, who, as, why, by)                                                         \
    DO(b, lease_terminate, who, as, .lease = 1, .ground = rh_termination_ground_##why,         \
       .source = (by))

static void
late_from_the_day_after_it_is_due(void **unused)
{
    (void)unused;
    bench b = in_force(); /* today is the start, when the first rent is due */
    assert_int_equal(bench_state(&b), rh_lease_state_active);
    bench_tick(&b, bench_day(2026, 3, 1));
    assert_int_equal(bench_state(&b), rh_lease_state_active);
    bench_tick(&b, bench_day(2026, 3, 2));
    assert_int_equal(bench_state(&b), rh_lease_state_arrears);
    const rh_row_arrears *a = RH_GET(b.r, arrears, 1);
    assert_int_equal(a->amount_fen, 1200000);
    assert_int_equal(a->since, bench_day(2026, 3, 1));
    assert_int_equal(a->grace_until, bench_day(2026, 4, 1)); /* 30 days */
    assert_true(POST(&b, 2, 1199999, "a"));                  /* all but a fen */
    assert_int_equal(bench_state(&b), rh_lease_state_arrears);
    assert_int_equal(RH_GET(b.r, arrears, 1)->amount_fen, 1);
    assert_true(POST(&b, 2, 1, "b"));
    assert_int_equal(bench_state(&b), rh_lease_state_active);
    assert_int_equal(RH_GET(b.r, arrears, 1)->state, rh_case_state_closed);
    /* what cured is taken back: late again */
    OK(&b, receipt_reverse, TREASURER, treasurer, .receipt = 3, .source = ORDER);
    assert_int_equal(bench_state(&b), rh_lease_state_arrears);
    assert_int_equal(RH_GET(b.r, arrears, 2)->amount_fen, 1);
    bench_close(&b);
}

static void
paid_in_time_is_never_late(void **unused)
{
    (void)unused;
    bench b = in_force();
    assert_true(POST(&b, 2, 1200000, "a"));
    bench_tick(&b, bench_day(2027, 3, 1));
    assert_int_equal(bench_count(&b, RH_ROW_arrears), 0);
    bench_tick(&b, bench_day(2027, 3, 2)); /* the second year's */
    assert_int_equal(bench_count(&b, RH_ROW_arrears), 1);
    assert_int_equal(RH_GET(b.r, arrears, 1)->since, bench_day(2027, 3, 1));
    bench_tick(&b,
               bench_day(2028, 3,
                         2)); /* and the third's: one row, the sum of both, the first period */
    assert_int_equal(bench_count(&b, RH_ROW_arrears), 1);
    assert_int_equal(RH_GET(b.r, arrears, 1)->amount_fen, 2400000);
    assert_int_equal(RH_GET(b.r, arrears, 1)->grace_until, bench_day(2027, 4, 1));
    bench_close(&b);
}

static void
terminated_only_when_the_period_is_over(void **unused)
{
    (void)unused;
    bench b = in_force();
    assert_false(TERMINATE(&b, ANA, holder_rep, arrears, CONTRACT));
    assert_true(bench_refused(&b, RH_GUARD_arrears_period_over));
    bench_tick(&b, bench_day(2026, 3, 2));
    bench_tick(&b, bench_day(2026, 4, 1));
    assert_false(TERMINATE(&b, ANA, holder_rep, arrears, CONTRACT));
    bench_tick(&b, bench_day(2026, 4, 2));
    assert_false(TERMINATE(&b, LI, lessee, arrears, CONTRACT));
    assert_true(bench_refused(&b, RH_GUARD_arrears_by_household));
    assert_true(TERMINATE(&b, ANA, holder_rep, arrears, CONTRACT));
    assert_int_equal(bench_state(&b), rh_lease_state_terminated);
    assert_int_equal(RH_GET(b.r, rrr, 1)->status, rh_rrr_status_ended);
    /* what was due stays owed, what would fall due is cancelled */
    assert_true(RH_GET(b.r, rent_line, 2)->cancelled != 1);
    for (int64_t id = 3; id <= 6; id++) {
        assert_true(RH_GET(b.r, rent_line, id)->cancelled == 1);
    }
    assert_true(POST(&b, 2, 1200000, "late"));
    bench_close(&b);
}

static void
grounds_want_their_proofs(void **unused)
{
    (void)unused;
    bench b = in_force();
    assert_false(TERMINATE(&b, LI, lessee, unsafe, REPORT));
    assert_true(bench_refused(&b, RH_GUARD_danger_was_found));
    assert_false(TERMINATE(&b, ANA, holder_rep, breach, CONTRACT));
    assert_true(bench_refused(&b, RH_GUARD_breach_was_decided));
    assert_false(TERMINATE(&b, ANA, holder_rep, mutual, CONTRACT));
    assert_true(bench_refused(&b, RH_GUARD_agreement_is_shown));
    assert_false(TERMINATE(&b, OFFICER, township, mutual, ORDER));
    assert_false(TERMINATE(&b, ANA, holder_rep, loss, CONTRACT));
    assert_true(bench_refused(&b, RH_GUARD_loss_is_shown));
    NO(&b, officer_is_disinterested, lease_unsafe, OFFICER_2, township, .lease = 1,
       .source = REPORT);
    OK(&b, lease_unsafe, OFFICER, township, .lease = 1, .source = REPORT);
    assert_int_equal(bench_state(&b), rh_lease_state_unsafe);
    OK(&b, lease_repaired, OFFICER, township, .lease = 1, .source = REPORT);
    assert_int_equal(bench_state(&b), rh_lease_state_active);
    bench_tick(&b, bench_day(2026, 3, 2)); /* late now; danger does not hide it */
    OK(&b, lease_unsafe, OFFICER, township, .lease = 1, .source = REPORT);
    OK(&b, lease_repaired, OFFICER, township, .lease = 1, .source = REPORT);
    assert_int_equal(bench_state(&b), rh_lease_state_arrears);
    OK(&b, lease_unsafe, OFFICER, township, .lease = 1, .source = REPORT);
    assert_true(TERMINATE(&b, LI, lessee, unsafe, REPORT));
    bench_close(&b);
}

/* Before it is in force a lease ends by agreement or by loss, not by breach. */
static void
what_ends_a_lease_before_it_begins(void **unused)
{
    (void)unused;
    bench b;
    bench_open(&b, bench_day(2026, 2, 1));
    bench_lease(&b, bench_terms(bench_day(2026, 3, 1), bench_day(2031, 3, 1)));
    NO(&b, lease_moves_money, payout_propose, TREASURER, treasurer, .lease = 1,
       .payee = rh_payee_farmer, .amount_fen = 1, .account = ACCOUNT_ANA);
    bench_sign(&b);
    NO(&b, ground_fits_the_state, lease_terminate, ANA, holder_rep, .lease = 1,
       .ground = rh_termination_ground_breach, .source = ORDER);
    assert_true(TERMINATE(&b, ANA, holder_rep, loss, REPORT));
    bench_close(&b);
}

/* expired → handed back → settled → closed, with the deposit to the fen. */
static void
the_deposit_goes_back(void **unused)
{
    (void)unused;
    bench b = in_force();
    assert_true(TERMINATE(&b, OFFICER, township, mutual, CONTRACT));
    NO(&b, state_allows, lease_settle, ANA, holder_rep, .lease = 1, .deposit_kept_fen = 0,
       .source = RH_NONE);
    OK(&b, lease_hand_back, ANA, holder_rep, .lease = 1, .source = CONTRACT);
    NO(&b, kept_within_deposit, lease_settle, ANA, holder_rep, .lease = 1,
       .deposit_kept_fen = 200001, .source = CONTRACT);
    NO(&b, kept_has_source, lease_settle, ANA, holder_rep, .lease = 1, .deposit_kept_fen = 1,
       .source = RH_NONE);
    OK(&b, lease_settle, ANA, holder_rep, .lease = 1, .deposit_kept_fen = 50000,
       .source = CONTRACT);
    const rh_books *books = rh_books_of(b.r, 1);
    assert_int_equal(books->balance[rh_account_deposit], 0);
    assert_int_equal(books->balance[rh_account_lessee], -150000);
    assert_int_equal(books->balance[rh_account_farmer], -50000); /* damages are not divided */
    assert_int_equal(books->balance[rh_account_collective], 0);
    NO(&b, books_are_square, lease_close, OFFICER, township, .lease = 1);
    OK(&b, payout_propose, TREASURER, treasurer, .lease = 1, .payee = rh_payee_lessee,
       .amount_fen = 150000, .account = ACCOUNT_LI);
    OK(&b, payout_propose, TREASURER, treasurer, .lease = 1, .payee = rh_payee_farmer,
       .amount_fen = 50000, .account = ACCOUNT_ANA);
    OK(&b, payout_approve, SUPERVISOR, supervisors, .payout = 1);
    NO(&b, books_are_square, lease_close, OFFICER, township, .lease = 1);
    OK(&b, payout_approve, SUPERVISOR, supervisors, .payout = 2);
    NO(&b, lease_moves_money, receipt_post, BANK, bank, .line = 2, .amount_fen = 1,
       .bank_ref = "late");
    bench_tick(&b, bench_today(&b) + 31); /* nobody closes it: time does */
    assert_int_equal(bench_state(&b), rh_lease_state_closed);
    NO(&b, lease_moves_money, payout_propose, TREASURER, treasurer, .lease = 1,
       .payee = rh_payee_farmer, .amount_fen = 1, .account = ACCOUNT_ANA);
    bench_close(&b);
}

/* 民法典 732: who lived there goes on; the lease, its lines and its money stay. */
static void
a_co_resident_goes_on(void **unused)
{
    (void)unused;
    bench b = in_force();
    NO(&b, successor_is_another, lease_continue, OFFICER, township, .lease = 1, .lessee = LI,
       .source = REPORT);
    NO(&b, successor_is_another, lease_continue, OFFICER, township, .lease = 1,
       .lessee = VILLAGERS, .source = REPORT);
    OK(&b, lease_continue, OFFICER, township, .lease = 1, .lessee = MA, .source = REPORT);
    assert_int_equal(bench_the_lease(&b, 1)->lessee, MA);
    assert_int_equal(RH_GET(b.r, rrr, 1)->status, rh_rrr_status_ended);
    assert_int_equal(RH_GET(b.r, rrr, 2)->party, MA);
    assert_true(POST(&b, 2, 1200000, "a"));
    assert_int_equal(bench_state(&b), rh_lease_state_active);
    bench_close(&b);
}

/* I25, 民法典 725: the scheme is annulled, the house passes to an heir's household: the lease and its schedule go on. */
static void
nothing_that_happens_to_the_scheme_ends_a_lease(void **unused)
{
    (void)unused;
    bench b = in_force();
    rh_row_scheme s = *RH_GET(b.r, scheme, 1);
    s.version++;
    s.seq = rh_registry_seq(b.r) + 1;
    s.recorded = b.time;
    s.state = rh_scheme_state_annulled;
    assert_int_equal(rh_registry_apply(b.r, (rh_row){RH_ROW_scheme, &s}, &b.err), RH_OK);
    assert_int_equal(rh_registry_apply(b.mirror, (rh_row){RH_ROW_scheme, &s}, &b.err), RH_OK);
    for (int i = 0; i < 5; i++) {
        static const char *const ref[] = {"a", "b", "c", "d", "e"};
        assert_true(POST(&b, 2 + i, 1200000, ref[i]));
        bench_tick(&b, bench_day(2027 + i, 2, 27));
        assert_int_equal(bench_state(&b),
                         i < 4 ? rh_lease_state_active : rh_lease_state_expiring);
    }
    bench_close(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(late_from_the_day_after_it_is_due),
        cmocka_unit_test(paid_in_time_is_never_late),
        cmocka_unit_test(terminated_only_when_the_period_is_over),
        cmocka_unit_test(grounds_want_their_proofs),
        cmocka_unit_test(what_ends_a_lease_before_it_begins),
        cmocka_unit_test(the_deposit_goes_back),
        cmocka_unit_test(a_co_resident_goes_on),
        cmocka_unit_test(nothing_that_happens_to_the_scheme_ends_a_lease),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
