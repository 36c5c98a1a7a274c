/* Disputes freeze the contested sum and nothing else (I19); their path leads on; disclosure by quarters; erasure when nothing needs the data. */
#include "domain/disclosure.h"
#include "lease_bench.h"

static bench
paid_lease(void)
{
    bench b;
    bench_open(&b, bench_day(2026, 2, 1));
    bench_lease(&b, bench_terms(bench_day(2026, 3, 1), bench_day(2028, 3, 1)));
    bench_sign(&b);
    OK(&b, receipt_post, BANK, bank, .line = 2, .amount_fen = 1200000,
       .bank_ref = "a"); /* 840000, 240000, 120000 */
    return b;
}

#define PROPOSE(b, who, fen, to)                                                               \
    DO(b, payout_propose, TREASURER, treasurer, .lease = 1, .payee = rh_payee_##who,           \
       .amount_fen = (fen), .account = (to))
#define DISPUTE(b, kind, id, fen, whose)                                                       \
    DO(b, dispute_open, LI, lessee, .object = rh_object_kind_##kind, .object_id = (id),        \
       .ground = 1, .contested_fen = (fen), .contested_of = (whose))

static void
only_the_contested_sum_is_frozen(void **unused)
{
    (void)unused;
    bench b = paid_lease();
    assert_true(PROPOSE(&b, farmer, 500000, ACCOUNT_ANA)); /* before the dispute */
    assert_true(DISPUTE(&b, lease, 1, 340000, rh_payee_farmer));
    assert_false(PROPOSE(&b, farmer, 1, ACCOUNT_ANA));
    assert_true(bench_refused(&b, RH_GUARD_payout_within_owed));
    assert_true(
        PROPOSE(&b, collective, 240000, ACCOUNT_VILLAGERS)); /* another's share is free */
    OK(&b, payout_approve, SUPERVISOR, supervisors,
       .payout = 1); /* 840000 − 340000: still within */
    assert_true(DISPUTE(&b, payout, 2, 1, rh_payee_collective));
    NO(&b, payout_within_owed, payout_approve, SUPERVISOR, supervisors, .payout = 2);
    OK(&b, dispute_close, OFFICER, township, .dispute = 2, .outcome = rh_outcome_settled,
       .source = CONTRACT);
    OK(&b, payout_approve, SUPERVISOR, supervisors, .payout = 2);
    OK(&b, dispute_close, OFFICER, township, .dispute = 1, .outcome = rh_outcome_for_respondent,
       .source = CONTRACT);
    assert_true(PROPOSE(&b, farmer, 340000, ACCOUNT_ANA));
    assert_false(PROPOSE(&b, farmer, 1, ACCOUNT_ANA));
    bench_close(&b);
}

static void
from_mediation_on(void **unused)
{
    (void)unused;
    bench b = paid_lease();
    assert_false(DISPUTE(&b, lease, 9, 0, RH_NONE));
    assert_true(bench_refused(&b, RH_GUARD_exists));
    assert_false(DISPUTE(&b, lease, 1, 1, RH_NONE));
    assert_true(bench_refused(&b, RH_GUARD_dispute_names_a_share));
    assert_false(DISPUTE(&b, baunit, 1, 1, rh_payee_farmer));
    assert_true(bench_refused(&b, RH_GUARD_dispute_is_about_money));
    NO(&b, holds_role, dispute_open, MA, lessee, .object = rh_object_kind_lease, .object_id = 1,
       .ground = 1, .contested_fen = 0, .contested_of = RH_NONE);
    assert_true(DISPUTE(&b, lease, 1, 1, rh_payee_farmer));
    assert_int_equal(RH_GET(b.r, dispute, 1)->path, rh_dispute_path_mediate);
    OK(&b, dispute_move, LI, lessee, .dispute = 1, .path = rh_dispute_path_court,
       .source = RH_NONE);
    NO(&b, path_leads_on, dispute_move, LI, lessee, .dispute = 1,
       .path = rh_dispute_path_arbitrate, .source = RH_NONE);
    NO(&b, path_leads_on, dispute_move, LI, lessee, .dispute = 1, .path = rh_dispute_path_court,
       .source = RH_NONE);
    NO(&b, decision_is_shown, dispute_close, OFFICER, township, .dispute = 1,
       .outcome = rh_outcome_for_claimant, .source = CONTRACT);
    NO(&b, outcome_is_told, dispute_close, COURT, court, .dispute = 1,
       .outcome = rh_outcome_none, .source = ORDER);
    OK(&b, dispute_close, COURT, court, .dispute = 1, .outcome = rh_outcome_for_claimant,
       .source = ORDER);
    NO(&b, state_allows, dispute_close, COURT, court, .dispute = 1,
       .outcome = rh_outcome_settled, .source = ORDER);
    bench_close(&b);
}

static void
a_quarter_is_due_when_it_is_over(void **unused)
{
    (void)unused;
    bench b = paid_lease();
    int64_t first, last;
    assert_true(rh_disclosure_due(b.r, VILLAGE, bench_day(2026, 3, 31), &first, &last));
    assert_int_equal(first, bench_day(2025, 10, 1));
    assert_int_equal(last, bench_day(2025, 12, 31));
    assert_true(rh_disclosure_due(b.r, VILLAGE, bench_day(2026, 4, 1), &first, &last));
    assert_int_equal(first, bench_day(2026, 1, 1));
    assert_int_equal(last, bench_day(2026, 3, 31));
    bench_go(&b, bench_day(2026, 3, 31));
    NO(&b, disclosure_is_of_the_past, disclosure_publish, RH_NONE, system, .place = VILLAGE,
       .first = first, .last = last, .text = bench_hash(5));
    bench_go(&b, bench_day(2026, 4, 1));
    OK(&b, disclosure_publish, RH_NONE, system, .place = VILLAGE, .first = first, .last = last,
       .text = bench_hash(5));
    assert_false(rh_disclosure_due(b.r, VILLAGE, bench_day(2026, 6, 30), &first, &last));
    assert_true(rh_disclosure_due(b.r, TOWN, bench_day(2026, 6, 30), &first, &last));
    assert_true(rh_disclosure_due(b.r, VILLAGE, bench_day(2026, 7, 1), &first, &last));
    NO(&b, disclosure_is_new, disclosure_publish, RH_NONE, system, .place = VILLAGE,
       .first = bench_day(2026, 1, 1), .last = bench_day(2026, 3, 31), .text = bench_hash(6));
    bench_close(&b);
}

/* S11's first half: the lessee may ask when the lease is closed for 36 months, not a day before; a right-holder, member or officer may not. */
static void
erasure_when_nothing_needs_the_data(void **unused)
{
    (void)unused;
    bench b;
    bench_open(&b, bench_day(2026, 2, 1));
    bench_lease(&b, bench_terms(bench_day(2026, 3, 1), bench_day(2027, 3, 1)));
    bench_sign(&b);
    NO(&b, records_are_old_enough, erasure_ask, LI, lessee, .party = LI);
    NO(&b, erasure_by_the_person, erasure_ask, MA, lessee, .party = LI);
    OK(&b, lease_terminate, OFFICER, township, .lease = 1,
       .ground = rh_termination_ground_mutual, .source = CONTRACT);
    OK(&b, lease_hand_back, ANA, holder_rep, .lease = 1, .source = CONTRACT);
    OK(&b, lease_settle, ANA, holder_rep, .lease = 1, .deposit_kept_fen = 0, .source = RH_NONE);
    bench_go(&b, bench_day(2026, 2, 10));
    OK(&b, lease_close, OFFICER, township, .lease = 1);
    bench_go(&b, bench_day(2029, 2, 9));
    NO(&b, records_are_old_enough, erasure_ask, LI, lessee, .party = LI);
    bench_go(&b, bench_day(2029, 2, 10));
    OK(&b, dispute_open, LI, lessee, .object = rh_object_kind_lease, .object_id = 1,
       .ground = 1, .contested_fen = 0, .contested_of = RH_NONE);
    NO(&b, person_is_in_no_dispute, erasure_ask, LI, lessee, .party = LI);
    OK(&b, dispute_close, OFFICER, township, .dispute = 1, .outcome = rh_outcome_settled,
       .source = CONTRACT);
    NO(&b, person_has_left, erasure_ask, ANA, holder, .party = ANA);
    OK(&b, erasure_ask, LI, lessee, .party = LI);
    NO(&b, erased_once, erasure_ask, LI, lessee, .party = LI);
    bench_close(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_contested_sum_is_frozen),
        cmocka_unit_test(from_mediation_on),
        cmocka_unit_test(a_quarter_is_due_when_it_is_over),
        cmocka_unit_test(erasure_when_nothing_needs_the_data),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
