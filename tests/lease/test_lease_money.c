/* Money in and out: splits to the fen, partial payments, references, reversals, payouts with four eyes (I9–I13), void leases; and random lives of leases
 * in which the audit of the bench holds at every step. */
#include "core/random.h"
#include "lease_bench.h"

#include <stdio.h>

static bench
signed_lease(int64_t fen_year, int64_t years)
{
    bench b;
    bench_open(&b, bench_day(2026, 2, 1));
    rh_row_lease t = bench_terms(bench_day(2026, 3, 1), bench_day(2026 + (int)years, 3, 1));
    t.fen_year = fen_year;
    t.deposit_fen = fen_year / 4;
    bench_lease(&b, t);
    bench_sign(&b);
    return b;
}

#define POST(b, the_line, fen, ref)                                                            \
    DO(b, receipt_post, BANK, bank, .line = (the_line), .amount_fen = (fen), .bank_ref = (ref))
#define PROPOSE(b, who, fen, to)                                                               \
    DO(b, payout_propose, TREASURER, treasurer, .lease = 1, .payee = rh_payee_##who,           \
       .amount_fen = (fen), .account = (to))
#define APPROVE(b, n) DO(b, payout_approve, SUPERVISOR, supervisors, .payout = (n))

static int64_t
balance(const bench *b, int64_t account)
{
    return rh_books_of(b->r, 1)->balance[account];
}

static void
rent_is_split_and_a_deposit_is_not(void **unused)
{
    (void)unused;
    bench b = signed_lease(1000001, 1); /* the published fixture: 700001, 200000, 100000 */
    assert_true(POST(&b, 2, 1000001, "r-1"));
    assert_int_equal(balance(&b, rh_account_escrow), 1000001);
    assert_int_equal(balance(&b, rh_account_farmer), -700001);
    assert_int_equal(balance(&b, rh_account_collective), -200000);
    assert_int_equal(balance(&b, rh_account_reserve), -100000);
    assert_true(POST(&b, 1, 250000, "r-2"));
    assert_int_equal(balance(&b, rh_account_deposit), -250000);
    assert_int_equal(balance(&b, rh_account_escrow), 1250001);
    bench_close(&b);
}

static void
a_line_takes_what_is_open_and_not_a_fen_more(void **unused)
{
    (void)unused;
    bench b = signed_lease(100000, 1);
    assert_false(POST(&b, 2, 100001, "r-1"));
    assert_true(bench_refused(&b, RH_GUARD_receipt_within_line));
    assert_false(POST(&b, 2, 0, "r-1"));
    assert_true(bench_refused(&b, RH_GUARD_amount_is_positive));
    assert_true(POST(&b, 2, 40000, "r-1"));
    assert_false(POST(&b, 2, 60000, "r-1")); /* the same payment twice */
    assert_true(bench_refused(&b, RH_GUARD_reference_is_new));
    assert_false(POST(&b, 2, 60001, "r-2"));
    assert_true(POST(&b, 2, 60000, "r-2"));
    assert_false(POST(&b, 2, 1, "r-3"));
    bench_close(&b);
}

static void
a_receipt_is_reversed_once_and_only_while_its_money_is_there(void **unused)
{
    (void)unused;
    bench b = signed_lease(100000, 2);
    assert_true(POST(&b, 2, 100000, "r-1"));
    OK(&b, receipt_reverse, TREASURER, treasurer, .receipt = 1, .source = ORDER);
    assert_int_equal(balance(&b, rh_account_escrow), 0);
    assert_int_equal(balance(&b, rh_account_farmer), 0);
    assert_int_equal(rh_received(b.r, 2), 0);
    NO(&b, receipt_stands, receipt_reverse, TREASURER, treasurer, .receipt = 1,
       .source = ORDER);
    NO(&b, receipt_stands, receipt_reverse, TREASURER, treasurer, .receipt = 2,
       .source = ORDER);
    assert_true(POST(&b, 3, 100000, "r-1")); /* the same payment, on the right line now */
    assert_true(PROPOSE(&b, farmer, 1, ACCOUNT_ANA));
    NO(&b, reversal_is_in_escrow, receipt_reverse, TREASURER, treasurer, .receipt = 3,
       .source = ORDER);
    OK(&b, payout_refuse, SUPERVISOR, supervisors, .payout = 1);
    OK(&b, receipt_reverse, TREASURER, treasurer, .receipt = 3, .source = ORDER);
    bench_close(&b);
}

static void
nobody_is_paid_more_than_is_owed(void **unused)
{
    (void)unused;
    bench b = signed_lease(100000, 1);
    assert_true(POST(&b, 2, 100000, "r-1"));
    assert_false(PROPOSE(&b, farmer, 70001, ACCOUNT_ANA));
    assert_true(bench_refused(&b, RH_GUARD_payout_within_owed));
    assert_true(PROPOSE(&b, farmer, 69999, ACCOUNT_ANA));
    assert_false(PROPOSE(&b, farmer, 2, ACCOUNT_ANA)); /* promised counts */
    assert_true(PROPOSE(&b, farmer, 1, ACCOUNT_ANA));
    assert_true(APPROVE(&b, 1));
    assert_true(APPROVE(&b, 2));
    assert_false(APPROVE(&b, 2));
    assert_true(bench_refused(&b, RH_GUARD_state_allows));
    assert_int_equal(balance(&b, rh_account_farmer), 0);
    assert_int_equal(balance(&b, rh_account_escrow), 30000);
    assert_false(PROPOSE(&b, farmer, 1, ACCOUNT_ANA));
    assert_false(PROPOSE(&b, lessee, 1, ACCOUNT_LI));
    bench_close(&b);
}

/* S12, I12: accounts. */
static void
money_goes_to_the_payees_own_accounts(void **unused)
{
    (void)unused;
    bench b = signed_lease(100000, 1);
    assert_true(POST(&b, 2, 100000, "r-1"));
    assert_false(PROPOSE(&b, collective, 1000, ACCOUNT_VILLAGERS_PRIVATE));
    assert_true(bench_refused(&b, RH_GUARD_collective_money_stays));
    assert_false(PROPOSE(&b, collective, 1000, ACCOUNT_ANA));
    assert_true(bench_refused(&b, RH_GUARD_collective_money_stays));
    assert_true(bench_refused(&b, RH_GUARD_account_is_the_payees));
    assert_false(PROPOSE(&b, reserve, 1000, ACCOUNT_ANA));
    assert_true(bench_refused(&b, RH_GUARD_collective_money_stays));
    assert_false(PROPOSE(&b, farmer, 1000, ACCOUNT_LI));
    assert_true(bench_refused(&b, RH_GUARD_account_is_the_payees));
    assert_false(PROPOSE(&b, farmer, 1000, ACCOUNT_TREASURER));
    assert_true(bench_refused(&b, RH_GUARD_officer_is_not_paid));
    assert_true(PROPOSE(&b, collective, 1000, ACCOUNT_VILLAGERS));
    assert_true(PROPOSE(&b, reserve, 1000, ACCOUNT_VILLAGERS));
    assert_true(PROPOSE(&b, farmer, 1000, ACCOUNT_ANA));
    bench_close(&b);
}

/* I13: three people, none kin of another. */
static void
four_eyes_and_a_third_pair(void **unused)
{
    (void)unused;
    bench b = signed_lease(100000, 1);
    PUT(&b, role_grant, .party = TREASURER, .role = rh_role_supervisors, .place = TOWN);
    PUT(&b, role_grant, .party = SUPERVISOR, .role = rh_role_auditor, .place = TOWN);
    PUT(&b, role_grant, .party = MA, .role = rh_role_treasurer, .place = TOWN);
    PUT(&b, role_grant, .party = MA, .role = rh_role_supervisors, .place = TOWN);
    assert_true(POST(&b, 2, 100000, "r-1"));
    /* MA verified the offer of this house, in another office and long ago */
    NO(&b, no_part_in_offer, payout_propose, MA, treasurer, .lease = 1,
       .payee = rh_payee_farmer, .amount_fen = 1000, .account = ACCOUNT_ANA);
    assert_true(PROPOSE(&b, farmer, 1000, ACCOUNT_ANA));
    NO(&b, no_part_in_offer, payout_approve, MA, supervisors, .payout = 1);
    NO(&b, approver_is_another, payout_approve, TREASURER, supervisors, .payout = 1);
    NO(&b, approver_is_no_kin, payout_approve, SUPERVISOR_2, supervisors, .payout = 1);
    NO(&b, role_may, payout_approve, TREASURER, treasurer, .payout = 1);
    assert_true(APPROVE(&b, 1));
    NO(&b, reconciler_is_a_third, payout_reconcile, SUPERVISOR, auditor, .payout = 1,
       .bank_ref = "p-1");
    OK(&b, payout_reconcile, AUDITOR, auditor, .payout = 1, .bank_ref = "p-1");
    assert_int_equal(RH_GET(b.r, payout, 1)->state, rh_payout_state_reconciled);
    bench_close(&b);
}

/* I13 over the years: who passed the offer as clerk or councillor, is treasurer or supervisor now. */
static void
who_passed_the_offer_keeps_off_its_money(void **unused)
{
    (void)unused;
    bench b;
    bench_open(&b, bench_day(2026, 2, 1));
    PUT(&b, offer, .village = VILLAGE, .baunit = 1, .household = HOUSE, .scheme = 1,
        .state = rh_offer_state_matched, .asking_fen_year = 1200000, .months = 240, .uses = 255,
        .area_cm2 = 1000000, .since = bench_today(&b), .verified_by = TREASURER,
        .acknowledged_by = SUPERVISOR);
    rh_row_lease terms = bench_terms(bench_day(2026, 3, 1), bench_day(2036, 3, 1));
    terms.offer = 2;
    terms.state = rh_lease_state_active;
    bench_lease(&b, terms);
    NO(&b, no_part_in_offer, payout_propose, TREASURER, treasurer, .lease = 1,
       .payee = rh_payee_farmer, .amount_fen = 1000, .account = ACCOUNT_ANA);
    PUT(&b, role_grant, .party = MA, .role = rh_role_treasurer, .place = TOWN);
    assert_false(DO(&b, payout_propose, MA, treasurer, .lease = 1, .payee = rh_payee_farmer,
                    .amount_fen = 1000, .account = ACCOUNT_ANA));
    assert_false(bench_refused(&b, RH_GUARD_no_part_in_offer));
    bench_close(&b);
}

/* Rent paid before the start waits in escrow with its lease; it does not begin it. */
static void
rent_paid_ahead_begins_no_lease(void **unused)
{
    (void)unused;
    bench b;
    bench_open(&b, bench_day(2026, 2, 1));
    bench_lease(&b, bench_terms(bench_day(2026, 4, 1), bench_day(2036, 4, 1)));
    bench_sign(&b);
    OK(&b, lease_publicise, COUNCILLOR, council, .lease = b.lease, .text = bench_hash(9));
    bench_tick(&b, bench_today(&b) + 8);
    OK(&b, lease_file, OFFICER, township, .lease = b.lease);
    assert_true(POST(&b, 2, 1000, "ahead"));
    assert_int_equal(bench_state(&b), rh_lease_state_filed);
    bench_tick(&b, bench_day(2026, 4, 1));
    assert_int_equal(bench_state(&b), rh_lease_state_active);
    bench_close(&b);
}

/* A court declares the lease void: what came in is owed to the lessee; what was paid out must come back; then the lessee can be paid in full. */
static void
a_void_lease_is_unwound_by_opposite_journals(void **unused)
{
    (void)unused;
    bench b = signed_lease(100000, 2);
    assert_true(POST(&b, 1, 25000, "d"));
    assert_true(POST(&b, 2, 100000, "r-1"));
    assert_true(PROPOSE(&b, farmer, 60000, ACCOUNT_ANA));
    assert_true(APPROVE(&b, 1));
    assert_true(PROPOSE(&b, farmer, 10000, ACCOUNT_ANA)); /* waits: refused by the order */
    OK(&b, lease_void, COURT, court, .lease = 1, .source = ORDER);
    assert_int_equal(bench_state(&b), rh_lease_state_void);
    assert_int_equal(RH_GET(b.r, payout, 2)->state, rh_payout_state_refused);
    assert_int_equal(balance(&b, rh_account_lessee), -125000);
    assert_int_equal(balance(&b, rh_account_farmer), 60000); /* has it, must return it */
    assert_int_equal(balance(&b, rh_account_deposit), 0);
    assert_int_equal(balance(&b, rh_account_escrow), 65000);
    assert_true(RH_GET(b.r, rent_line, 3)->cancelled == 1);
    const rh_row_rent_line *back = RH_GET(b.r, rent_line, 4);
    assert_int_equal(back->kind, rh_line_kind_restitution);
    assert_int_equal(back->amount_fen, 60000);
    assert_false(PROPOSE(&b, farmer, 1, ACCOUNT_ANA));
    assert_false(PROPOSE(&b, lessee, 65001, ACCOUNT_LI));
    assert_true(bench_refused(&b, RH_GUARD_payout_within_escrow));
    assert_true(PROPOSE(&b, lessee, 65000, ACCOUNT_LI));
    assert_true(APPROVE(&b, 3));
    assert_false(POST(&b, 3, 1, "x"));
    assert_true(bench_refused(&b, RH_GUARD_line_stands));
    assert_true(POST(&b, 4, 60000, "back"));
    assert_true(PROPOSE(&b, lessee, 60000, ACCOUNT_LI));
    assert_true(APPROVE(&b, 4));
    for (int a = 0; a < rh_account_count; a++) {
        assert_int_equal(balance(&b, a), 0);
    }
    bench_close(&b);
}

/* The example of docs/lease/money.md. */
static void
the_worked_example(void **unused)
{
    (void)unused;
    bench b = signed_lease(1000001, 1);
    bench_begin(&b);
    assert_true(POST(&b, 1, 250000, "d"));
    assert_true(POST(&b, 2, 1000001, "r"));
    assert_true(PROPOSE(&b, farmer, 700001, ACCOUNT_ANA));
    assert_true(PROPOSE(&b, collective, 200000, ACCOUNT_VILLAGERS));
    assert_true(PROPOSE(&b, reserve, 100000, ACCOUNT_VILLAGERS));
    for (int64_t i = 1; i <= 3; i++) {
        assert_true(APPROVE(&b, i));
    }
    assert_int_equal(balance(&b, rh_account_escrow), 250000);
    bench_tick(&b, bench_day(2027, 3, 2));
    OK(&b, lease_hand_back, ANA, holder_rep, .lease = 1, .source = CONTRACT);
    OK(&b, lease_settle, ANA, holder_rep, .lease = 1, .deposit_kept_fen = 50000,
       .source = CONTRACT);
    assert_int_equal(balance(&b, rh_account_lessee), -200000);
    /* the deposit is handed out: its receipt is not turned round any more */
    NO(&b, state_allows, lease_void, COURT, court, .lease = 1, .source = ORDER);
    assert_true(PROPOSE(&b, farmer, 50000, ACCOUNT_ANA));
    assert_true(PROPOSE(&b, lessee, 200000, ACCOUNT_LI));
    assert_true(APPROVE(&b, 4));
    assert_true(APPROVE(&b, 5));
    OK(&b, lease_close, OFFICER, township, .lease = 1);
    NO(&b, state_allows, lease_void, COURT, court, .lease = 1, .source = ORDER);
    for (int a = 0; a < rh_account_count; a++) {
        assert_int_equal(balance(&b, a), 0);
    }
    bench_close(&b);
}

/* Random lives: whatever is asked, done or refused, the audit holds (bench_audit runs after every command), and what is owed to each payee is exactly
 * the sum of his parts less what he was paid. */
static void
random_lives_keep_the_books(void **unused)
{
    (void)unused;
    for (uint64_t life = 0; life < 300; life++) {
        rh_key key = 77000 + life;
        uint64_t n = 0;
#define DRAW(most) ((int64_t)(rh_draw(key, n++) % (uint64_t)(most)))
        bench b;
        bench_open(&b, bench_day(2026, 2, 1));
        rh_row_lease t =
            bench_terms(bench_day(2026, 3, 1), bench_day(2026, 3, 1) + 30 + DRAW(3000));
        t.fen_year = 1 + DRAW(5000000);
        t.deposit_fen = DRAW(t.fen_year / 4 + 1);
        t.period_months = 1 + DRAW(12);
        t.step_bp = DRAW(1000);
        bench_lease(&b, t);
        bench_sign(&b);
        bench_begin(&b);
        int64_t lines = bench_count(&b, RH_ROW_rent_line), done = 0;
        char ref[32];
        for (int step = 0; step < 60; step++) {
            snprintf(ref, sizeof ref, "%d", step);
            static const int64_t account[] = {ACCOUNT_ANA, ACCOUNT_VILLAGERS, ACCOUNT_VILLAGERS,
                                              ACCOUNT_LI};
            int64_t payee = DRAW(4);
            switch (DRAW(7)) {
            case 0:
            case 1:
            case 2: {
                int64_t line = 1 + DRAW(lines);
                int64_t open =
                    RH_GET(b.r, rent_line, line)->amount_fen - rh_received(b.r, line);
                done += POST(&b, line, DRAW(2) == 0 ? open : DRAW(open + 3), ref);
                break;
            }
            case 3:
                done += DO(&b, receipt_reverse, TREASURER, treasurer, .receipt = 1 + DRAW(20),
                           .source = ORDER);
                break;
            case 4:
                done += DO(&b, payout_propose, TREASURER, treasurer, .lease = 1, .payee = payee,
                           .amount_fen = DRAW(600000), .account = account[payee]);
                break;
            case 5:
                done += APPROVE(&b, 1 + DRAW(10));
                break;
            default:
                bench_tick(&b, bench_today(&b) + DRAW(60));
            }
        }
        assert_true(done > 0);
        if (life % 3 == 0 &&
            rh_lease_in(bench_the_lease(&b, 1), RH_LEASE_LIVE | RH_LEASE(expired))) {
            OK(&b, lease_void, COURT, court, .lease = 1, .source = ORDER);
        }
        /* by another way: what each account must hold, from receipts and payouts as they stand */
        const rh_books *books = rh_books_of(b.r, 1);
        int64_t in = 0, parts[3] = {0}, out[4] = {0};
        for (int64_t id = 1; id <= bench_count(&b, RH_ROW_receipt); id++) {
            const rh_row_receipt *r = RH_GET(b.r, receipt, id);
            int64_t sign = r->reverses == RH_NONE ? 1 : -1;
            in += sign * r->amount_fen;
            if (r->farmer_fen != RH_NONE) {
                parts[0] += sign * r->farmer_fen;
                parts[1] += sign * r->collective_fen;
                parts[2] += sign * r->reserve_fen;
            }
        }
        for (int64_t id = 1; id <= bench_count(&b, RH_ROW_payout); id++) {
            const rh_row_payout *p = RH_GET(b.r, payout, id);
            out[p->payee] += p->state == rh_payout_state_paid ? p->amount_fen : 0;
        }
        bool is_void = bench_state(&b) == rh_lease_state_void;
        assert_int_equal(books->balance[rh_account_farmer], out[0] - (is_void ? 0 : parts[0]));
        assert_int_equal(books->balance[rh_account_collective],
                         out[1] - (is_void ? 0 : parts[1]));
        assert_int_equal(books->balance[rh_account_reserve], out[2] - (is_void ? 0 : parts[2]));
        assert_int_equal(books->balance[rh_account_lessee], out[3] - (is_void ? in : 0));
        assert_int_equal(books->balance[rh_account_escrow],
                         in - out[0] - out[1] - out[2] - out[3]);
        for (int64_t id = 1; id <= lines; id++) {
            assert_true(rh_received(b.r, id) >= 0);
            assert_true(rh_received(b.r, id) <= RH_GET(b.r, rent_line, id)->amount_fen);
        }
        bench_close(&b);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rent_is_split_and_a_deposit_is_not),
        cmocka_unit_test(a_line_takes_what_is_open_and_not_a_fen_more),
        cmocka_unit_test(a_receipt_is_reversed_once_and_only_while_its_money_is_there),
        cmocka_unit_test(nobody_is_paid_more_than_is_owed),
        cmocka_unit_test(money_goes_to_the_payees_own_accounts),
        cmocka_unit_test(four_eyes_and_a_third_pair),
        cmocka_unit_test(who_passed_the_offer_keeps_off_its_money),
        cmocka_unit_test(rent_paid_ahead_begins_no_lease),
        cmocka_unit_test(a_void_lease_is_unwound_by_opposite_journals),
        cmocka_unit_test(the_worked_example),
        cmocka_unit_test(random_lives_keep_the_books),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
