/* Whole lives through commands alone, from the scheme to the closed lease: what the parts of the domain owe one another. */
#include "small_township.h"

#include "domain/calendar_day.h"
#include "domain/lease_life.h"
#include "domain/state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define MUST(t, name, actor, as, ...)                                                          \
    small_must((t), RH_DO_##name, &(rh_command_##name){__VA_ARGS__}, (actor), rh_role_##as)
#define REFUSED(t, guard, name, actor, as, ...)                                                \
    small_refused((t), RH_DO_##name, &(rh_command_##name){__VA_ARGS__}, (actor), rh_role_##as, \
                  RH_GUARD_##guard)

static void
go(small_township *t, int64_t day)
{
    t->now = (day * 24 + 1) * INT64_C(3600000);
    MUST(t, tick, RH_NONE, system, .today = day);
}

static void
sign(small_township *t, int64_t lease, int64_t actor, int64_t role)
{
    rh_command_lease_sign c = {
        .lease = lease, .text = SMALL_GET(t, lease, lease)->text, .mark = "signed"};
    small_must(t, RH_DO_lease_sign, &c, actor, role);
}

static void
sign_all(small_township *t, int64_t lease, int household)
{
    const small_household *h = &t->household[household];
    sign(t, lease, t->village[h->village].council, rh_role_council);
    sign(t, lease, SMALL_GET(t, lease, lease)->lessee, rh_role_lessee);
    for (int i = 0; i < h->n_adults; i++) {
        sign(t, lease, h->adult[i], rh_role_holder);
    }
    assert_int_equal(SMALL_GET(t, lease, lease)->state, rh_lease_state_negotiated);
    sign(t, lease, t->officer, rh_role_township);
    assert_int_equal(SMALL_GET(t, lease, lease)->state, rh_lease_state_signed);
}

static int64_t
matched(small_township *t, int household)
{
    int64_t offer = small_open_offer(t, household);
    small_days(t,
               rh_registry_count(t->registry, RH_ROW_offer) == 1 ? 8 : 0); /* members first */
    int64_t bid = small_bid(t, offer, t->lessee, 1800000);
    small_bid(t, offer, t->lessee2, 1900000);
    return small_match(t, offer, bid);
}

static int64_t
publicise(small_township *t, int64_t lease)
{
    rh_command_lease_publicise c = {.lease = lease};
    c.text.byte[0] = 12;
    small_must(t, RH_DO_lease_publicise, &c, t->officer, rh_role_township);
    return small_newest(t, RH_ROW_notice);
}

static void
from_the_scheme_to_the_closed_lease(void **unused)
{
    (void)unused;
    small_township t;
    small_open(&t);
    int64_t lease = matched(&t, 0), offer = SMALL_GET(&t, lease, lease)->offer;
    sign_all(&t, lease, 0);
    assert_int_equal(SMALL_GET(&t, bid, 2)->state, rh_bid_state_rejected);
    /* S5: after signing nobody's change of mind breaks the lease */
    REFUSED(&t, not_signed_yet, offer_unconsent, t.household[0].adult[1], holder,
            .offer = offer, .person = t.household[0].adult[1]);

    /* the result on notice; S6: an objection on day 6 of 7 leaves one day */
    int64_t notice = publicise(&t, lease);
    small_days(&t, 6);
    MUST(&t, objection_raise, t.lessee2, public, .notice = notice, .ground = 1);
    small_days(&t, 5);
    REFUSED(&t, result_without_objection, lease_file, t.officer, township, .lease = lease);
    REFUSED(&t, result_notice_over, lease_file, t.officer, township, .lease = lease);
    MUST(&t, objection_decide, t.officer2, township, .objection = 1, .upheld = 0,
         .reply = "the bid was below");
    REFUSED(&t, result_notice_over, lease_file, t.officer, township, .lease = lease);
    small_days(&t, 1);
    REFUSED(&t, result_notice_over, lease_file, t.officer, township, .lease = lease);
    small_days(&t, 1);
    MUST(&t, lease_file, t.officer, township, .lease = lease);
    go(&t, SMALL_GET(&t, lease, lease)->start);
    assert_int_equal(SMALL_GET(&t, lease, lease)->state, rh_lease_state_active);

    /* money */
    const int64_t half = 900000;
    MUST(&t, receipt_post, t.bank, bank, .line = 1, .amount_fen = 300000,
         .bank_ref = "deposit");
    MUST(&t, receipt_post, t.bank, bank, .line = 2, .amount_fen = half, .bank_ref = "1");
    const small_village *v = &t.village[0];
    MUST(&t, bank_account_add, t.officer, township, .party = t.household[0].adult[0],
         .kind = rh_bank_kind_personal, .number = 77);
    MUST(&t, bank_account_add, t.officer, township, .party = v->collective,
         .kind = rh_bank_kind_collective, .number = 78);
    MUST(&t, bank_account_add, t.officer, township, .party = t.lessee,
         .kind = rh_bank_kind_personal, .number = 79);
    MUST(&t, payout_propose, v->treasurer, treasurer, .lease = lease, .payee = rh_payee_farmer,
         .amount_fen = 630000, .account = 1);
    MUST(&t, payout_approve, v->supervisor, supervisors, .payout = 1);
    MUST(&t, payout_reconcile, t.auditor, auditor, .payout = 1, .bank_ref = "out-1");
    REFUSED(&t, account_is_the_payees, payout_propose, v->treasurer, treasurer, .lease = lease,
            .payee = rh_payee_collective, .amount_fen = 1, .account = 1);

    /* S10: the scheme is annulled; lease and schedule go on */
    MUST(&t, scheme_annul, t.court, court, .scheme = 1,
         .source = t.source[rh_source_kind_order]);
    for (int64_t i = 1; i < 20; i++) {
        const rh_row_rent_line *line = SMALL_GET(&t, rent_line, 2 + i);
        go(&t, line->due);
        char ref[] = {'r', (char)('a' + i), '\0'};
        MUST(&t, receipt_post, t.bank, bank, .line = line->id, .amount_fen = line->amount_fen,
             .bank_ref = ref);
        assert_true(
            rh_lease_in(SMALL_GET(&t, lease, lease), RH_LEASE(active) | RH_LEASE(expiring)));
    }
    assert_null(SMALL_GET(&t, rent_line, 22));
    /* no scheme is in force: no renewal */
    rh_command_lease_renew renew = {.lease = lease, .months = 60, .fen_year = 2000000};
    renew.text.byte[0] = 13;
    small_refused(&t, RH_DO_lease_renew, &renew, t.lessee, rh_role_lessee,
                  RH_GUARD_scheme_in_force);
    go(&t, SMALL_GET(&t, lease, lease)->end + 1);
    assert_int_equal(SMALL_GET(&t, lease, lease)->state, rh_lease_state_expired);
    MUST(&t, lease_hand_back, t.household[0].adult[0], holder_rep, .lease = lease,
         .source = t.source[rh_source_kind_report]);
    MUST(&t, lease_settle, t.household[0].adult[0], holder_rep, .lease = lease,
         .deposit_kept_fen = 0, .source = RH_NONE);
    static const struct {
        int64_t payee, fen, account;
    } rest[] = {{rh_payee_farmer, 12600000 - 630000, 1},
                {rh_payee_collective, 3600000, 2},
                {rh_payee_reserve, 1800000, 2},
                {rh_payee_lessee, 300000, 3}};
    for (int64_t i = 0; i < 4; i++) {
        MUST(&t, payout_propose, v->treasurer, treasurer, .lease = lease,
             .payee = rest[i].payee, .amount_fen = rest[i].fen, .account = rest[i].account);
        MUST(&t, payout_approve, v->supervisor, supervisors, .payout = 2 + i);
    }
    MUST(&t, lease_close, t.officer, township, .lease = lease);
    small_close(&t);
}

/* A guardian's one signature stands for it and for its ward. */
static void
a_guardian_signs_once(void **unused)
{
    (void)unused;
    small_township t;
    small_open(&t);
    int64_t lease = matched(&t, 1);
    sign_all(&t, lease, 1);
    small_close(&t);
}

/* Not signed in time: the offer is open again, and the bid that waited is matched instead. */
static void
an_unsigned_match_falls_back_on_the_other_bid(void **unused)
{
    (void)unused;
    small_township t;
    small_open(&t);
    int64_t lease = matched(&t, 0), offer = SMALL_GET(&t, lease, lease)->offer;
    go(&t, SMALL_GET(&t, lease, lease)->until + 1);
    assert_int_equal(SMALL_GET(&t, lease, lease)->state, rh_lease_state_dropped);
    assert_int_equal(SMALL_GET(&t, offer, offer)->state, rh_offer_state_open);
    small_days(&t, 8); /* members come first anew */
    int64_t second = small_match(&t, offer, 2);
    sign_all(&t, second, 0);
    assert_int_equal(SMALL_GET(&t, lease, second)->lessee, t.lessee2);
    small_close(&t);
}

/* I21: withdrawn before the last signature, the offer stops and the lease with it. */
static void
a_withdrawn_consent_ends_the_negotiation(void **unused)
{
    (void)unused;
    small_township t;
    small_open(&t);
    int64_t lease = matched(&t, 0), offer = SMALL_GET(&t, lease, lease)->offer;
    sign(&t, lease, t.household[0].adult[0], rh_role_holder);
    MUST(&t, offer_unconsent, t.household[0].adult[2], holder, .offer = offer,
         .person = t.household[0].adult[2]);
    assert_int_equal(SMALL_GET(&t, lease, lease)->state, rh_lease_state_dropped);
    assert_int_equal(SMALL_GET(&t, offer, offer)->state, rh_offer_state_withdrawn);
    small_close(&t);
}

/* I25: the house passes to another household of the collective; the lease stands, rent goes to the new lessor from then on, the old one has no say. */
static void
a_lease_outlives_the_succession_of_the_house(void **unused)
{
    (void)unused;
    small_township t;
    small_open(&t);
    int64_t lease = matched(&t, 0);
    sign_all(&t, lease, 0);
    publicise(&t, lease);
    small_days(&t, 8);
    MUST(&t, lease_file, t.officer, township, .lease = lease);
    go(&t, SMALL_GET(&t, lease, lease)->start);
    MUST(&t, rrr_succeed, t.officer, township, .baunit = t.household[0].unit,
         .household = t.household[1].party, .source = t.source[rh_source_kind_certificate]);
    assert_int_equal(SMALL_GET(&t, lease, lease)->state, rh_lease_state_active);
    assert_int_equal(SMALL_GET(&t, lease, lease)->household, t.household[1].party);
    MUST(&t, receipt_post, t.bank, bank, .line = 2, .amount_fen = 900000, .bank_ref = "1");
    MUST(&t, bank_account_add, t.officer, township, .party = t.household[0].adult[0],
         .kind = rh_bank_kind_personal, .number = 77);
    MUST(&t, bank_account_add, t.officer, township, .party = t.household[1].adult[0],
         .kind = rh_bank_kind_personal, .number = 78);
    const small_village *v = &t.village[0];
    REFUSED(&t, account_is_the_payees, payout_propose, v->treasurer, treasurer, .lease = lease,
            .payee = rh_payee_farmer, .amount_fen = 1, .account = 1);
    MUST(&t, payout_propose, v->treasurer, treasurer, .lease = lease, .payee = rh_payee_farmer,
         .amount_fen = 630000, .account = 2);
    small_close(&t);
}

/* An upheld objection to the result ends the lease when time looks at it. */
static void
an_upheld_objection_ends_what_was_signed(void **unused)
{
    (void)unused;
    small_township t;
    small_open(&t);
    int64_t lease = matched(&t, 0);
    sign_all(&t, lease, 0);
    int64_t notice = publicise(&t, lease);
    small_days(&t, 1);
    MUST(&t, objection_raise, t.lessee2, public, .notice = notice, .ground = 1);
    MUST(&t, objection_decide, t.officer2, township, .objection = 1, .upheld = 1,
         .reply = "rightly");
    small_days(&t, 8);
    assert_int_equal(SMALL_GET(&t, lease, lease)->state, rh_lease_state_terminated);
    assert_int_equal(SMALL_GET(&t, rent_line, 2)->cancelled, 1);
    small_close(&t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_the_scheme_to_the_closed_lease),
        cmocka_unit_test(a_guardian_signs_once),
        cmocka_unit_test(an_unsigned_match_falls_back_on_the_other_bid),
        cmocka_unit_test(a_withdrawn_consent_ends_the_negotiation),
        cmocka_unit_test(a_lease_outlives_the_succession_of_the_house),
        cmocka_unit_test(an_upheld_objection_ends_what_was_signed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
