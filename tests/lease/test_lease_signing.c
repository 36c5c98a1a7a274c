/* Signing: who must sign, what stops a signature, what the last one brings; notice, filing, dropping. */
#include "core/mem.h"
#include "lease_bench.h"

static void
the_last_of_all_signatures_makes_the_lease(void **unused)
{
    (void)unused;
    bench b;
    bench_open(&b, bench_day(2026, 3, 1));
    bench_lease(&b, bench_terms(bench_day(2026, 4, 1), bench_day(2029, 4, 1)));
    PUT(&b, bid, .offer = 1, .party = MA, .fen_year = 1, .state = rh_bid_state_placed);
    bench_sign_but_one(&b);
    assert_int_equal(bench_state(&b), rh_lease_state_negotiated);
    assert_int_equal(bench_count(&b, RH_ROW_rent_line), 0);
    assert_int_equal(RH_GET(b.r, bid, 2)->state, rh_bid_state_placed);
    assert_true(SIGN(&b, ANA, holder));
    assert_int_equal(bench_state(&b), rh_lease_state_signed);
    assert_int_equal(bench_the_lease(&b, 1)->signed_on, bench_day(2026, 3, 1));
    assert_int_equal(RH_GET(b.r, bid, 2)->state, rh_bid_state_rejected);
    /* the deposit first, then a line a year */
    assert_int_equal(bench_count(&b, RH_ROW_rent_line), 4);
    assert_int_equal(bench_line(&b, 1, 0)->kind, rh_line_kind_deposit);
    assert_int_equal(bench_line(&b, 1, 0)->amount_fen, 200000);
    for (int i = 1; i <= 3; i++) {
        assert_int_equal(bench_line(&b, 1, i)->due, bench_day(2025 + i, 4, 1));
        assert_int_equal(bench_line(&b, 1, i)->amount_fen, 1200000);
    }
    bench_close(&b);
}

/* Whoever of the six is missing, the lease is not signed. */
static void
each_signature_is_needed(void **unused)
{
    (void)unused;
    for (int missing = 0; missing < 6; missing++) {
        bench b;
        bench_open(&b, bench_day(2026, 3, 1));
        bench_lease(&b, bench_terms(bench_day(2026, 4, 1), bench_day(2029, 4, 1)));
        int i = 0;
        assert_true(i++ == missing || SIGN(&b, ANA, holder));
        assert_true(i++ == missing || SIGN(&b, BEN, holder));
        assert_true(i++ == missing || SIGN(&b, GUS, holder));
        assert_true(i++ == missing || SIGN(&b, LI, lessee));
        assert_true(i++ == missing || SIGN(&b, COUNCILLOR, council));
        assert_true(i++ == missing || SIGN(&b, OFFICER, township));
        assert_int_equal(bench_state(&b), rh_lease_state_negotiated);
        bench_close(&b);
    }
}

static void
a_mandate_to_sign_counts_and_one_to_consent_does_not(void **unused)
{
    (void)unused;
    bench b;
    bench_open(&b, bench_day(2026, 3, 1));
    bench_lease(&b, bench_terms(bench_day(2026, 4, 1), bench_day(2029, 4, 1)));
    bench_sign_but_one(&b);
    PUT(&b, mandate, .principal = ANA, .agent = MA, .scope = rh_mandate_scope_consent,
        .source = CONTRACT);
    assert_false(SIGN(&b, MA, holder));
    PUT(&b, mandate, .principal = ANA, .agent = MA, .scope = rh_mandate_scope_sign,
        .source = CONTRACT);
    assert_true(SIGN(&b, MA, holder));
    assert_int_equal(bench_state(&b), rh_lease_state_signed);
    bench_close(&b);
}

/* Who signs for one with a mandate to sign does not sign for another who gave only a mandate to consent. */
static void
a_signature_counts_for_those_who_gave_the_mandate(void **unused)
{
    (void)unused;
    bench b;
    bench_open(&b, bench_day(2026, 3, 1));
    bench_lease(&b, bench_terms(bench_day(2026, 4, 1), bench_day(2029, 4, 1)));
    assert_true(SIGN(&b, OFFICER, township));
    assert_true(SIGN(&b, COUNCILLOR, council));
    assert_true(SIGN(&b, LI, lessee));
    assert_true(SIGN(&b, GUS, holder));
    PUT(&b, mandate, .principal = ANA, .agent = MA, .scope = rh_mandate_scope_consent,
        .source = CONTRACT);
    PUT(&b, mandate, .principal = BEN, .agent = MA, .scope = rh_mandate_scope_sign,
        .source = CONTRACT);
    assert_true(SIGN(&b, MA, holder));
    assert_int_equal(bench_state(&b), rh_lease_state_negotiated);
    assert_true(SIGN(&b, ANA, holder));
    assert_int_equal(bench_state(&b), rh_lease_state_signed);
    bench_close(&b);
}

static void
what_stops_a_signature(void **unused)
{
    (void)unused;
    bench b;
    bench_open(&b, bench_day(2026, 3, 1));
    bench_lease(&b, bench_terms(bench_day(2026, 4, 1), bench_day(2029, 4, 1)));
    NO(&b, same_text, lease_sign, ANA, holder, .lease = 1, .text = bench_hash(2), .mark = "x");
    assert_false(SIGN(&b, OFFICER_2, township)); /* kin of ANA */
    assert_true(bench_refused(&b, RH_GUARD_officer_is_disinterested));
    assert_false(SIGN(&b, MA, holder));
    assert_true(bench_refused(&b, RH_GUARD_holds_role));
    assert_true(SIGN(&b, ANA, holder));
    assert_false(SIGN(&b, ANA, holder));
    assert_true(bench_refused(&b, RH_GUARD_signs_once));
    PUT(&b, role_grant, .party = MA, .role = rh_role_council, .place = VILLAGE);
    PUT(&b, role_grant, .party = MA, .role = rh_role_township, .place = TOWN);
    assert_true(SIGN(&b, MA, council));
    assert_false(SIGN(&b, MA, township));
    assert_true(bench_refused(&b, RH_GUARD_signs_on_one_side));
    bench_close(&b);
}

/* I6, I21: withdrawn before the last signature it stops; given anew it goes on; after signing it changes nothing. */
static void
a_withdrawn_consent_stops_the_signing(void **unused)
{
    (void)unused;
    bench b;
    bench_open(&b, bench_day(2026, 3, 1));
    bench_lease(&b, bench_terms(bench_day(2026, 4, 1), bench_day(2029, 4, 1)));
    bench_sign_but_one(&b);
    PUT(&b, consent, .offer = 1, .person = BEN, .signer = BEN, .warned = 1, .withdrawn = 1);
    assert_false(SIGN(&b, ANA, holder));
    assert_true(bench_refused(&b, RH_GUARD_consents_hold));
    PUT(&b, consent, .offer = 1, .person = BEN, .signer = BEN, .warned = 1, .withdrawn = 0);
    assert_true(SIGN(&b, ANA, holder));
    PUT(&b, consent, .offer = 1, .person = BEN, .signer = BEN, .warned = 1, .withdrawn = 1);
    bench_begin(&b);
    assert_int_equal(bench_state(&b), rh_lease_state_active);
    bench_close(&b);
}

/* A consent withdrawn by somebody whose consent is not needed, who has left or is under age, stands in nobody's way. */
static void
only_right_holders_of_today_can_have_withdrawn(void **unused)
{
    (void)unused;
    for (int child = 0; child < 2; child++) {
        bench b;
        bench_open(&b, bench_day(2026, 3, 1));
        bench_lease(&b, bench_terms(bench_day(2026, 4, 1), bench_day(2029, 4, 1)));
        if (child == 1) {
            PUT(&b, household_member, .household = HOUSE, .person = MA, .right_holder = 1,
                .head = 0, .born = bench_day(2016, 1, 1), .capacity = rh_capacity_limited,
                .guardian = ANA);
        }
        PUT(&b, consent, .offer = 1, .person = MA, .signer = MA, .warned = 1, .withdrawn = 1);
        bench_sign(&b);
        bench_close(&b);
    }
}

/* I6: a right-holder who comes of age while the signatures are collected reads the warning of art. 62 before anybody signs further. */
static void
who_comes_of_age_reads_the_warning_before_signing(void **unused)
{
    (void)unused;
    bench b;
    bench_open(&b, bench_day(2026, 3, 1));
    bench_lease(&b, bench_terms(bench_day(2026, 4, 1), bench_day(2029, 4, 1)));
    PUT(&b, household_member, .household = HOUSE, .person = MA, .right_holder = 1, .head = 0,
        .born = bench_day(2008, 3, 10), .capacity = rh_capacity_full, .guardian = ANA);
    bench_sign_but_one(&b);
    bench_go(&b, bench_day(2026, 3, 20));
    assert_false(SIGN(&b, MA, holder));
    assert_true(bench_refused(&b, RH_GUARD_warning_read_by_all));
    assert_false(SIGN(&b, ANA, holder));
    assert_true(bench_refused(&b, RH_GUARD_warning_read_by_all));
    OK(&b, offer_consent, MA, holder, .offer = 1, .person = MA, .warned = 1);
    assert_true(SIGN(&b, MA, holder));
    assert_true(SIGN(&b, ANA, holder));
    assert_int_equal(bench_state(&b), rh_lease_state_signed);
    bench_close(&b);
}

static void
shares_and_caps_to_the_last_unit(void **unused)
{
    (void)unused;
    static const struct {
        int64_t farmer, collective, reserve, deposit, period;
        rh_guard guard; /* RH_GUARD_COUNT: accepted */
    } cases[] = {
        {7000, 2000, 1000, 300000, 12, RH_GUARD_COUNT},
        {7001, 1999, 1000, 300000, 12, RH_GUARD_split_is_the_schemes},
        {6999, 2001, 1000, 300000, 12, RH_GUARD_split_is_the_schemes},
        {7000, 2000, 1000, 300001, 12,
         RH_GUARD_deposit_cap}, /* 3 months of 12,000.00 yuan: 3,000.00 */
        {7000, 2000, 1000, 300000, 13, RH_GUARD_prepay_cap},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bench b;
        bench_open(&b, bench_day(2026, 3, 1));
        rh_row_lease t = bench_terms(bench_day(2026, 4, 1), bench_day(2029, 4, 1));
        t.farmer_bp = cases[i].farmer;
        t.collective_bp = cases[i].collective;
        t.reserve_bp = cases[i].reserve;
        t.deposit_fen = cases[i].deposit;
        t.period_months = cases[i].period;
        bench_lease(&b, t);
        assert_int_equal(SIGN(&b, ANA, holder), cases[i].guard == RH_GUARD_COUNT);
        assert_true(cases[i].guard == RH_GUARD_COUNT || bench_refused(&b, cases[i].guard));
        bench_close(&b);
    }
}

static void
words_of_sale_are_refused_and_words_of_a_lease_are_not(void **unused)
{
    (void)unused;
    static const struct {
        const char *wording;
        bool fine;
    } cases[] = {{"承租人每年粉刷一次外墙", true},
                 {"房屋永久归乙方使用", false},
                 {"本合同视为买 卖", false}, /* blanks between do not help */
                 {"期满后办理过　户", false},
                 {"不得出售", false}, /* whatever stands around the word */
                 {NULL, true}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bench b;
        bench_open(&b, bench_day(2026, 3, 1));
        rh_row_lease t = bench_terms(bench_day(2026, 4, 1), bench_day(2029, 4, 1));
        t.wording = cases[i].wording;
        bench_lease(&b, t);
        assert_int_equal(SIGN(&b, ANA, holder), cases[i].fine);
        assert_true(cases[i].fine || bench_refused(&b, RH_GUARD_wording_is_of_a_lease));
        bench_close(&b);
    }
}

/* The other limits of terms, each by a unit: use, beginning, schedule, floor price. */
static void
use_beginning_schedule_and_floor(void **unused)
{
    (void)unused;
    int64_t start = bench_day(2026, 4, 1), end = bench_day(2029, 4, 1);
    for (int i = 0; i < 10; i++) {
        bench b;
        bench_open(&b, bench_day(2026, 3, 1));
        rh_row_lease t = bench_terms(start, end);
        /* 120.00 a m² and year on 100 m²: 12,000.00 */
        t.scheme = PUT(&b, scheme, .village = VILLAGE, .collective = VILLAGERS,
                       .state = rh_scheme_state_active, .uses = 1 << rh_lessee_use_residence,
                       .farmer_bp = 7000, .collective_bp = 2000, .reserve_bp = 1000,
                       .floor_fen_m2_year = 12000, .notice_days = 7, .text = bench_hash(198));
        rh_guard guard = RH_GUARD_COUNT;
        switch (i) {
        case 0:
            break;
        case 1:
            t.purpose = rh_lessee_use_homestay;
            guard = RH_GUARD_use_in_scheme;
            break;
        case 2:
            t.fen_year = 1199999;
            guard = RH_GUARD_rent_at_floor;
            break;
        case 3:
            t.period_months = 0;
            guard = RH_GUARD_rent_can_be_computed;
            break;
        case 4:
            t.step_bp = 10001;
            guard = RH_GUARD_rent_can_be_computed;
            break;
        case 5:
            t.step_bp = 1;
            t.step_years = 0;
            guard = RH_GUARD_rent_can_be_computed;
            break;
        case 6:
            t.start = bench_day(2026, 3, 1);
            break;
        case 7:
            t.start = bench_day(2026, 2, 28);
            guard = RH_GUARD_term_is_ahead;
            break;
        case 8:
            t.end = t.start;
            guard = RH_GUARD_term_is_ahead;
            break;
        default:
            t.end = t.start + 1;
        }
        bench_lease(&b, t);
        assert_int_equal(SIGN(&b, ANA, holder), guard == RH_GUARD_COUNT);
        assert_true(guard == RH_GUARD_COUNT || bench_refused(&b, guard));
        bench_close(&b);
    }
}

/* S10: an annulled scheme stops new leases, not those that are signed. */
static void
without_a_scheme_in_force_nothing_is_signed(void **unused)
{
    (void)unused;
    bench b;
    bench_open(&b, bench_day(2026, 3, 1));
    rh_row_lease t = bench_terms(bench_day(2026, 4, 1), bench_day(2029, 4, 1));
    t.scheme = PUT(&b, scheme, .village = VILLAGE, .collective = VILLAGERS,
                   .state = rh_scheme_state_annulled, .uses = 255, .farmer_bp = 7000,
                   .collective_bp = 2000, .reserve_bp = 1000, .notice_days = 7,
                   .text = bench_hash(199));
    bench_lease(&b, t);
    assert_false(SIGN(&b, ANA, holder));
    assert_true(bench_refused(&b, RH_GUARD_scheme_in_force));
    bench_close(&b);
}

/* I8: filed only when all days of the notice are over: seven full days, the day of posting not counted. */
static void
filed_after_the_full_notice(void **unused)
{
    (void)unused;
    bench b;
    bench_open(&b, bench_day(2026, 3, 1));
    bench_lease(&b, bench_terms(bench_day(2026, 4, 1), bench_day(2029, 4, 1)));
    bench_sign(&b);
    NO(&b, state_allows, lease_file, OFFICER, township, .lease = 1);
    OK(&b, lease_publicise, COUNCILLOR, council, .lease = 1, .text = bench_hash(9));
    const rh_row_notice *n = RH_GET(b.r, notice, 1);
    assert_int_equal(n->first, bench_day(2026, 3, 2));
    assert_int_equal(n->last, bench_day(2026, 3, 8));
    bench_tick(&b, bench_day(2026, 3, 8));
    NO(&b, result_notice_over, lease_file, OFFICER, township, .lease = 1);
    bench_tick(&b, bench_day(2026, 3, 9));
    NO(&b, officer_is_disinterested, lease_file, OFFICER_2, township, .lease = 1);
    OK(&b, lease_file, OFFICER, township, .lease = 1);
    bench_tick(&b, bench_day(2026, 3, 31));
    assert_int_equal(bench_state(&b), rh_lease_state_filed);
    assert_int_equal(bench_count(&b, RH_ROW_rrr), 0);
    bench_tick(&b, bench_day(2026, 4, 1));
    assert_int_equal(bench_state(&b), rh_lease_state_active);
    const rh_row_rrr *right = RH_GET(b.r, rrr, 1);
    assert_int_equal(right->party, LI);
    assert_int_equal(right->lease, 1);
    assert_int_equal(right->status, rh_rrr_status_current);
    assert_non_null(RH_GET(b.r, source, right->source));
    bench_close(&b);
}

/* Memory that runs out at any request: the command ends with RH_MEMORY, soon and without harm; otherwise it is done. */
static void
memory_runs_out(void **unused)
{
    (void)unused;
    bool failed = true;
    for (long n = 1; failed; n++) {
        bench b;
        bench_open(&b, bench_day(2026, 3, 1));
        rh_row_lease t = bench_terms(bench_day(2026, 4, 1), bench_day(2046, 4, 1));
        t.period_months = 1; /* 241 lines */
        bench_lease(&b, t);
        bench_sign_but_one(&b);
        rh_command_lease_sign c = {.lease = 1, .text = bench_hash(1), .mark = "signed"};
        rh_ask ask = {RH_DO_lease_sign, &c, ANA, rh_role_holder, b.time};
        rh_mem_fail_after(n);
        rh_status status = rh_registry_do(b.r, &ask, &b.out, &b.err);
        rh_mem_fail_after(0);
        failed = status != RH_OK;
        if (failed) {
            assert_int_equal(status, RH_MEMORY);
        } else {
            assert_true(n > 3);
            assert_int_equal(bench_count(&b, RH_ROW_rent_line), 241);
        }
        bench_close(&b);
    }
}

/* A deadline that passes drops the lease; the offer is open again, or lapses when a consent was withdrawn. */
static void
unsigned_in_time_is_dropped(void **unused)
{
    (void)unused;
    for (int withdrawn = 0; withdrawn < 2; withdrawn++) {
        bench b;
        bench_open(&b, bench_day(2026, 3, 1));
        rh_row_lease t = bench_terms(bench_day(2026, 4, 1), bench_day(2029, 4, 1));
        t.until = bench_day(2026, 3, 31);
        bench_lease(&b, t);
        bench_sign_but_one(&b);
        if (withdrawn == 1) {
            PUT(&b, consent, .offer = 1, .person = BEN, .signer = BEN, .warned = 1,
                .withdrawn = 1);
        }
        bench_tick(&b, bench_day(2026, 3, 31));
        assert_int_equal(bench_state(&b), rh_lease_state_negotiated);
        bench_tick(&b, bench_day(2026, 4, 1));
        assert_int_equal(bench_state(&b), rh_lease_state_dropped);
        const rh_row_offer *offer = RH_GET(b.r, offer, 1);
        assert_int_equal(offer->state,
                         withdrawn == 1 ? rh_offer_state_lapsed : rh_offer_state_open);
        assert_int_equal(offer->until, withdrawn == 1 ? RH_NONE : bench_day(2026, 4, 1) + 90);
        assert_int_equal(RH_GET(b.r, bid, 1)->state, rh_bid_state_rejected);
        assert_false(SIGN(&b, ANA, holder));
        bench_close(&b);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_of_all_signatures_makes_the_lease),
        cmocka_unit_test(each_signature_is_needed),
        cmocka_unit_test(a_mandate_to_sign_counts_and_one_to_consent_does_not),
        cmocka_unit_test(a_signature_counts_for_those_who_gave_the_mandate),
        cmocka_unit_test(what_stops_a_signature),
        cmocka_unit_test(a_withdrawn_consent_stops_the_signing),
        cmocka_unit_test(only_right_holders_of_today_can_have_withdrawn),
        cmocka_unit_test(who_comes_of_age_reads_the_warning_before_signing),
        cmocka_unit_test(shares_and_caps_to_the_last_unit),
        cmocka_unit_test(words_of_sale_are_refused_and_words_of_a_lease_are_not),
        cmocka_unit_test(use_beginning_schedule_and_floor),
        cmocka_unit_test(without_a_scheme_in_force_nothing_is_signed),
        cmocka_unit_test(filed_after_the_full_notice),
        cmocka_unit_test(memory_runs_out),
        cmocka_unit_test(unsigned_in_time_is_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
