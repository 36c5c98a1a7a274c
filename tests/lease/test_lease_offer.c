/* Offers, consent, notice and objections, bids and the match (S5, S6, S9, S12). */
#include "small_township.h"

#include "domain/calendar_day.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A township with an active scheme. */
#define T(t)                                                                                   \
    small_township t;                                                                          \
    small_open(&t);                                                                            \
    small_active_scheme(&t)

static int64_t
state_of(const small_township *t, int64_t offer)
{
    return SMALL_GET(t, offer, offer)->state;
}

static int64_t
offer_in(small_township *t, int household, int64_t state)
{
    rh_command_offer_draft draft = small_offer(t, household);
    return small_offer_to(t, household, &draft, state);
}

/* ---- drafting ---- */

static void
an_offer_walks_to_the_market(void **unused)
{
    (void)unused;
    T(t);
    int64_t id = small_open_offer(&t, 0);
    const rh_row_offer *o = SMALL_GET(&t, offer, id);
    assert_int_equal(o->verified_by, t.village[0].clerk);
    assert_int_equal(o->acknowledged_by, t.village[0].council);
    assert_int_equal(o->reviewed_by, t.officer);
    assert_int_equal(o->area_cm2, 1500000);
    const rh_row_notice *n = SMALL_GET(&t, notice, small_newest(&t, RH_ROW_notice));
    assert_int_equal(n->last - n->first + 1, 7);
    assert_int_equal(o->since, n->last + 1);
    assert_true(rh_registry_count(t.registry, RH_ROW_check) >= 9);
    small_close(&t);
}

static void
drafted(small_township *t, const rh_command_offer_draft *c, rh_guard guard)
{
    small_refused(t, RH_DO_offer_draft, c, t->household[0].adult[0], rh_role_holder_rep, guard);
}

static void
a_draft_fits_law_and_scheme(void **unused)
{
    (void)unused;
    T(t);
    const small_household *h = &t.household[0];
    const rh_command_offer_draft good = small_offer(&t, 0);
    small_refused(&t, RH_DO_offer_draft, &good, h->adult[1], rh_role_holder_rep,
                  RH_GUARD_holds_role);
    small_refused(&t, RH_DO_offer_draft, &good, t.household[1].adult[0], rh_role_holder_rep,
                  RH_GUARD_holds_role);
    rh_command_offer_draft c = good;
    c.months = 241;
    drafted(&t, &c, RH_GUARD_offer_term_lawful);
    c.months = 0;
    drafted(&t, &c, RH_GUARD_offer_term_lawful);
    c = good;
    c.uses |= 1 << rh_lessee_use_storage; /* not in the scheme */
    drafted(&t, &c, RH_GUARD_offer_uses_in_scheme);
    c.uses = 0;
    drafted(&t, &c, RH_GUARD_offer_uses_in_scheme);
    /* 10 yuan a m² and year on 150 m²: 1,500 yuan */
    c = good;
    c.deposit_fen = 0;
    c.asking_fen_year = 149999;
    drafted(&t, &c, RH_GUARD_asking_reaches_floor);
    assert_int_equal(small_refusal(&t, RH_GUARD_asking_reaches_floor)->value[1].number, 150000);
    c = good;
    c.deposit_fen = 450001; /* three months of 1,500 yuan */
    drafted(&t, &c, RH_GUARD_offer_deposit_capped);
    assert_int_equal(small_refusal(&t, RH_GUARD_offer_deposit_capped)->value[2].number, 450000);
    c = good;
    c.title = t.source[rh_source_kind_contract];
    drafted(&t, &c, RH_GUARD_source_kind_fits);
    c = good;
    c.housing_source = t.source[rh_source_kind_photo];
    drafted(&t, &c, RH_GUARD_source_kind_fits);
    /* all at once at their bounds */
    c = good;
    c.months = 240;
    c.asking_fen_year = 150000;
    c.deposit_fen = 37500;
    small_must(&t, RH_DO_offer_draft, &c, h->adult[0], rh_role_holder_rep);
    /* S9: the same house again in the same moment; another house */
    drafted(&t, &good, RH_GUARD_one_live_offer);
    assert_int_equal(small_refusal(&t, RH_GUARD_one_live_offer)->value[0].number, 1);
    offer_in(&t, 1, rh_offer_state_draft);
    rh_command_offer_withdraw withdraw = {1};
    small_must(&t, RH_DO_offer_withdraw, &withdraw, h->adult[0], rh_role_holder_rep);
    small_must(&t, RH_DO_offer_draft, &good, h->adult[0], rh_role_holder_rep);
    /* a village without a scheme */
    rh_command_offer_draft north = small_offer(&t, 3);
    small_refused(&t, RH_DO_offer_draft, &north, t.household[3].adult[0], rh_role_holder_rep,
                  RH_GUARD_offer_scheme_stands);
    small_close(&t);
}

/* A second house of household 0's neighbourhood: a new household with one adult and a parcel of that kind; returns the draft of its offer. */
static rh_command_offer_draft
house_on(small_township *t, bool hazard, bool heritage, bool farmland, int64_t area_cm2,
         int64_t *head)
{
    const small_village *v = &t->village[0];
    int64_t household = small_party(t, rh_party_kind_household, v->place);
    *head = small_person(t, v->place);
    small_join(t, household, *head, rh_day_of(1970, 1, 1), rh_capacity_full, true, RH_NONE);
    small_member(t, v->collective, *head);
    rh_command_parcel_add parcel = {.village = v->place,
                                    .number = "JC9",
                                    .area_cm2 = area_cm2,
                                    .hazard = hazard,
                                    .heritage = heritage,
                                    .farmland = farmland};
    small_must(t, RH_DO_parcel_add, &parcel, t->officer, rh_role_township);
    rh_command_building_add building = {.parcel = small_newest(t, RH_ROW_parcel),
                                        .year = 2000,
                                        .floors = 2,
                                        .area_cm2 = 1000000,
                                        .safety = rh_safety_a,
                                        .source = t->source[rh_source_kind_report]};
    small_must(t, RH_DO_building_add, &building, t->officer, rh_role_township);
    rh_command_baunit_add unit = {.parcel = building.parcel,
                                  .building = small_newest(t, RH_ROW_building),
                                  .household = household,
                                  .collective = v->collective,
                                  .source = t->source[rh_source_kind_certificate]};
    small_must(t, RH_DO_baunit_add, &unit, t->officer, rh_role_township);
    rh_command_offer_draft draft = small_offer(t, 0);
    draft.baunit = small_newest(t, RH_ROW_baunit);
    return draft;
}

static void
farmland_and_hazard_are_not_offered(void **unused)
{
    (void)unused;
    T(t);
    int64_t head;
    rh_command_offer_draft c = house_on(&t, true, false, false, 1000000, &head);
    small_refused(&t, RH_DO_offer_draft, &c, head, rh_role_holder_rep, RH_GUARD_land_is_fit);
    c = house_on(&t, false, false, true, 1000000, &head);
    small_refused(&t, RH_DO_offer_draft, &c, head, rh_role_holder_rep, RH_GUARD_land_is_fit);
    c = house_on(&t, false, true, false, 1000000, &head);
    small_must(&t, RH_DO_offer_draft, &c, head, rh_role_holder_rep);
    small_close(&t);
}

/* ---- consent ---- */

static void
every_adult_right_holder_consents(void **unused)
{
    (void)unused;
    T(t);
    const small_household *h = &t.household[0];
    int64_t id = offer_in(&t, 0, rh_offer_state_draft);
    rh_command_offer_consent c = {.offer = id, .person = h->adult[0], .warned = 0};
    small_refused(&t, RH_DO_offer_consent, &c, h->adult[0], rh_role_holder,
                  RH_GUARD_warning_read);
    c.warned = 1;
    small_must(&t, RH_DO_offer_consent, &c, h->adult[0], rh_role_holder);
    small_refused(&t, RH_DO_offer_consent, &c, h->adult[0], rh_role_holder,
                  RH_GUARD_consented_once);
    rh_command_offer_verify verify = {id};
    small_refused(&t, RH_DO_offer_verify, &verify, t.village[0].clerk, rh_role_clerk,
                  RH_GUARD_state_allows);
    c.person = h->adult[1];
    small_refused(&t, RH_DO_offer_consent, &c, h->adult[0], rh_role_holder,
                  RH_GUARD_signer_may_sign);
    c.person = t.household[1].adult[0];
    small_refused(&t, RH_DO_offer_consent, &c, h->adult[0], rh_role_holder,
                  RH_GUARD_consent_of_right_holder);
    small_refused(&t, RH_DO_offer_consent, &c, t.household[1].adult[0], rh_role_holder,
                  RH_GUARD_holds_role);
    /* a mandate counts, while it holds */
    int64_t today = small_today(&t);
    rh_command_mandate_add m = {.principal = h->adult[1],
                                .agent = t.lessee2,
                                .scope = rh_mandate_scope_consent,
                                .source = t.source[rh_source_kind_statement],
                                .from = today,
                                .until = today};
    small_must(&t, RH_DO_mandate_add, &m, h->adult[1], rh_role_holder);
    c.person = h->adult[1];
    small_days(&t, 1);
    small_refused(&t, RH_DO_offer_consent, &c, t.lessee2, rh_role_holder, RH_GUARD_holds_role);
    m.until = m.from = today + 1;
    small_must(&t, RH_DO_mandate_add, &m, h->adult[1], rh_role_holder);
    small_must(&t, RH_DO_offer_consent, &c, t.lessee2, rh_role_holder);
    assert_int_equal(((const rh_row_consent *)small_row(&t, RH_ROW_consent))->person,
                     h->adult[1]);
    assert_int_equal(((const rh_row_consent *)small_row(&t, RH_ROW_consent))->signer,
                     t.lessee2);
    /* a draft stays one when a consent is withdrawn, and the consent may be given again */
    rh_command_offer_unconsent un = {.offer = id, .person = h->adult[0]};
    small_must(&t, RH_DO_offer_unconsent, &un, h->adult[0], rh_role_holder);
    assert_int_equal(state_of(&t, id), rh_offer_state_draft);
    small_refused(&t, RH_DO_offer_unconsent, &un, h->adult[0], rh_role_holder,
                  RH_GUARD_consent_is_given);
    c.person = h->adult[2];
    small_must(&t, RH_DO_offer_consent, &c, h->adult[2], rh_role_holder);
    assert_int_equal(state_of(&t, id), rh_offer_state_draft);
    c.person = h->adult[0];
    small_must(&t, RH_DO_offer_consent, &c, h->adult[0], rh_role_holder);
    assert_int_equal(state_of(&t, id), rh_offer_state_consented);
    small_close(&t);
}

/* The minor's consent is not needed, the elder's is, and the guardian gives it. */
static void
the_guardian_signs_for_who_lacks_capacity(void **unused)
{
    (void)unused;
    T(t);
    const small_household *h = &t.household[1];
    int64_t id = offer_in(&t, 1, rh_offer_state_draft);
    rh_command_offer_consent c = {.offer = id, .person = h->adult[0], .warned = 1};
    small_must(&t, RH_DO_offer_consent, &c, h->adult[0], rh_role_holder);
    assert_int_equal(state_of(&t, id), rh_offer_state_draft);
    c.person = h->elder;
    small_refused(&t, RH_DO_offer_consent, &c, h->elder, rh_role_holder, RH_GUARD_holds_role);
    small_must(&t, RH_DO_offer_consent, &c, h->adult[0], rh_role_holder);
    assert_int_equal(state_of(&t, id), rh_offer_state_consented);
    small_close(&t);
}

/* Who comes of age, or joins, while the offer is on its way must consent too (I6). */
static void
a_right_holder_who_comes_later_consents_too(void **unused)
{
    (void)unused;
    T(t);
    const small_village *v = &t.village[0];
    int64_t id = offer_in(&t, 0, rh_offer_state_consented);
    int64_t person = small_person(&t, v->place);
    small_join(&t, t.household[0].party, person, rh_day_of(1999, 1, 1), rh_capacity_full, false,
               RH_NONE);
    rh_command_offer_verify verify = {id};
    small_refused(&t, RH_DO_offer_verify, &verify, v->clerk, rh_role_clerk,
                  RH_GUARD_all_have_consented);
    assert_int_equal(small_refusal(&t, RH_GUARD_all_have_consented)->value[0].number, 1);
    rh_command_offer_consent c = {.offer = id, .person = person, .warned = 1};
    small_must(&t, RH_DO_offer_consent, &c, person, rh_role_holder);
    assert_int_equal(state_of(&t, id), rh_offer_state_consented);
    small_must(&t, RH_DO_offer_verify, &verify, v->clerk, rh_role_clerk);
    small_close(&t);
}

/* Nobody left who could consent: no offer, though no consent is missing. */
static void
an_offer_without_right_holders_goes_no_further(void **unused)
{
    (void)unused;
    T(t);
    int64_t id = offer_in(&t, 2, rh_offer_state_consented);
    for (int64_t m = 1; m <= small_newest(&t, RH_ROW_household_member); m++) {
        if (SMALL_GET(&t, household_member, m)->household == t.household[2].party) {
            rh_command_household_member_end end = {m, small_today(&t)};
            small_must(&t, RH_DO_household_member_end, &end, t.officer, rh_role_township);
        }
    }
    small_days(&t, 1);
    rh_command_offer_verify verify = {id};
    small_refused(&t, RH_DO_offer_verify, &verify, t.village[0].clerk, rh_role_clerk,
                  RH_GUARD_all_have_consented);
    small_close(&t);
}

/* S5: one of three withdraws, in every state before signing: the offer stops, for good; a lease in negotiation is dropped. */
static void
one_who_withdraws_stops_the_offer(void **unused)
{
    (void)unused;
    static const int64_t in[] = {rh_offer_state_consented, rh_offer_state_verified,
                                 rh_offer_state_acknowledged, rh_offer_state_notice,
                                 rh_offer_state_open};
    for (size_t i = 0; i <= sizeof in / sizeof in[0]; i++) {
        T(t);
        const small_household *h = &t.household[0];
        bool matched = i == sizeof in / sizeof in[0];
        int64_t id = offer_in(&t, 0, matched ? rh_offer_state_open : in[i]), bid = 0, lease = 0;
        if (matched) {
            small_days(&t, 20);
            bid = small_bid(&t, id, t.lessee, 1800000);
            lease = small_match(&t, id, bid);
        }
        rh_command_offer_unconsent un = {.offer = id, .person = h->adult[2]};
        small_refused(&t, RH_DO_offer_unconsent, &un, h->adult[1], rh_role_holder,
                      RH_GUARD_signer_may_sign);
        small_must(&t, RH_DO_offer_unconsent, &un, h->adult[2], rh_role_holder);
        assert_int_equal(state_of(&t, id), rh_offer_state_withdrawn);
        if (matched) {
            assert_int_equal(SMALL_GET(&t, lease, lease)->state, rh_lease_state_dropped);
            assert_int_equal(SMALL_GET(&t, bid, bid)->state, rh_bid_state_rejected);
        }
        rh_command_offer_consent c = {.offer = id, .person = h->adult[2], .warned = 1};
        small_refused(&t, RH_DO_offer_consent, &c, h->adult[2], rh_role_holder,
                      RH_GUARD_state_allows);
        small_days(&t, 400);
        assert_int_equal(state_of(&t, id), rh_offer_state_withdrawn);
        small_open_offer(&t, 0); /* anew, with everybody's consent */
        small_close(&t);
    }
}

/* After signing the lease stands (I21). The signed lease is put in place as a loaded row is: signing itself is tested elsewhere. */
static void
after_signing_consent_is_not_withdrawn(void **unused)
{
    (void)unused;
    T(t);
    int64_t id = small_open_offer(&t, 0);
    small_days(&t, 20);
    int64_t lease = small_match(&t, id, small_bid(&t, id, t.lessee, 1800000));
    rh_row_lease signed_lease = *SMALL_GET(&t, lease, lease);
    signed_lease.version++;
    signed_lease.state = rh_lease_state_signed;
    rh_row row = {RH_ROW_lease, &signed_lease};
    assert_int_equal(rh_registry_apply(t.registry, row, &t.err), RH_OK);
    assert_int_equal(rh_registry_apply(t.shadow, row, &t.err), RH_OK);
    rh_command_offer_unconsent un = {.offer = id, .person = t.household[0].adult[2]};
    small_refused(&t, RH_DO_offer_unconsent, &un, t.household[0].adult[2], rh_role_holder,
                  RH_GUARD_not_signed_yet);
    /* and the house is not offered while it is let */
    rh_command_offer_draft again = small_offer(&t, 0);
    drafted(&t, &again, RH_GUARD_no_lease_on_unit);
    /* succession carries the lease to the new household */
    rh_command_rrr_succeed heir = {.baunit = t.household[0].unit,
                                   .household = t.household[1].party,
                                   .source = t.source[rh_source_kind_order]};
    small_must(&t, RH_DO_rrr_succeed, &heir, t.officer, rh_role_township);
    assert_int_equal(SMALL_GET(&t, lease, lease)->household, t.household[1].party);
    assert_int_equal(SMALL_GET(&t, lease, lease)->state, rh_lease_state_signed);
    small_close(&t);
}

static void
an_offer_ends_with_the_succession(void **unused)
{
    (void)unused;
    T(t);
    int64_t id = small_open_offer(&t, 0);
    rh_command_rrr_succeed heir = {.baunit = t.household[0].unit,
                                   .household = t.household[1].party,
                                   .source = t.source[rh_source_kind_order]};
    small_must(&t, RH_DO_rrr_succeed, &heir, t.officer, rh_role_township);
    assert_int_equal(state_of(&t, id), rh_offer_state_lapsed);
    /* the heir has two houses now: either may be let without other housing */
    rh_command_offer_draft c = small_offer(&t, 0);
    c.other_housing = 0;
    c.housing_source = RH_NONE;
    small_must(&t, RH_DO_offer_draft, &c, t.household[1].adult[0], rh_role_holder_rep);
    id = small_newest(&t, RH_ROW_offer);
    small_consents(&t, 1, id);
    rh_command_offer_verify verify = {id};
    small_must(&t, RH_DO_offer_verify, &verify, t.village[0].clerk, rh_role_clerk);
    small_close(&t);
}

/* ---- verification ---- */

static void
verified(small_township *t, int64_t offer, rh_guard guard)
{
    rh_command_offer_verify c = {offer};
    small_refused(t, RH_DO_offer_verify, &c, t->village[0].clerk, rh_role_clerk, guard);
}

static int64_t
restrict_unit(small_township *t, int64_t unit, int64_t kind)
{
    rh_command_rrr_add c = {.baunit = unit,
                            .kind = kind,
                            .party = t->court,
                            .share_num = 1,
                            .share_den = 1,
                            .source = t->source[rh_source_kind_order]};
    small_must(t, RH_DO_rrr_add, &c, t->officer, rh_role_township);
    return small_newest(t, RH_ROW_rrr);
}

static void
release(small_township *t, int64_t right)
{
    rh_command_rrr_end c = {.rrr = right, .source = t->source[rh_source_kind_order]};
    small_must(t, RH_DO_rrr_end, &c, t->officer, rh_role_township);
}

static void
assess(small_township *t, int household, int64_t safety)
{
    rh_command_building_assess c = {.building = t->household[household].building,
                                    .safety = safety,
                                    .source = t->source[rh_source_kind_report]};
    small_must(t, RH_DO_building_assess, &c, t->officer, rh_role_township);
}

/* A dispute as a loaded row: opening one is tested elsewhere. */
static void
put_dispute(small_township *t, int64_t object, int64_t object_id, int64_t state)
{
    rh_row_dispute d = {.id = small_newest(t, RH_ROW_dispute) + 1,
                        .version = 1,
                        .seq = rh_registry_seq(t->registry),
                        .recorded = t->now,
                        .valid_from = small_today(t),
                        .valid_to = RH_NONE,
                        .object = object,
                        .object_id = object_id,
                        .by = t->lessee,
                        .ground = 1,
                        .path = rh_dispute_path_mediate,
                        .contested_of = RH_NONE,
                        .state = state,
                        .outcome = rh_outcome_none,
                        .source = RH_NONE};
    rh_row row = {RH_ROW_dispute, &d};
    assert_int_equal(rh_registry_apply(t->registry, row, &t->err), RH_OK);
    assert_int_equal(rh_registry_apply(t->shadow, row, &t->err), RH_OK);
}

static void
the_clerk_verifies_facts(void **unused)
{
    (void)unused;
    T(t);
    int64_t id = offer_in(&t, 0, rh_offer_state_consented), unit = t.household[0].unit;
    static const int64_t burden[] = {rh_rrr_kind_seizure, rh_rrr_kind_mortgage,
                                     rh_rrr_kind_residence_right};
    for (size_t i = 0; i < 3; i++) {
        int64_t right = restrict_unit(&t, unit, burden[i]);
        verified(&t, id, RH_GUARD_unit_unencumbered);
        assert_int_equal(small_refusal(&t, RH_GUARD_unit_unencumbered)->value[0].number,
                         burden[i]);
        release(&t, right);
    }
    assess(&t, 0, rh_safety_c);
    verified(&t, id, RH_GUARD_house_is_safe);
    assess(&t, 0, rh_safety_b);
    small_set(&t, t.place, rh_parameter_area_cap_cm2, 1199999);
    verified(&t, id, RH_GUARD_area_within_cap);
    small_set(&t, t.village[0].place, rh_parameter_area_cap_cm2, 1200000);
    put_dispute(&t, rh_object_kind_baunit, unit, rh_case_state_open);
    verified(&t, id, RH_GUARD_no_open_dispute);
    put_dispute(&t, rh_object_kind_offer, id + 1, rh_case_state_open); /* another offer's */
    rh_row_dispute closed = *SMALL_GET(&t, dispute, 1);
    closed.version = 2;
    closed.state = rh_case_state_closed;
    rh_row row = {RH_ROW_dispute, &closed};
    assert_int_equal(rh_registry_apply(t.registry, row, &t.err), RH_OK);
    assert_int_equal(rh_registry_apply(t.shadow, row, &t.err), RH_OK);
    rh_command_offer_verify c = {id};
    small_must(&t, RH_DO_offer_verify, &c, t.village[0].clerk, rh_role_clerk);
    /* each fact that was verified stands in a row of its own */
    int rows = 0;
    for (size_t i = 0; i < t.out.n_rows; i++) {
        if (t.out.row[i].kind == RH_ROW_check) {
            const rh_row_check *check = t.out.row[i].record;
            assert_int_equal(check->offer, id);
            assert_int_equal(check->passed, 1);
            assert_int_equal(check->by, t.village[0].clerk);
            rows++;
        }
    }
    assert_int_equal(rows, 11);
    small_close(&t);
}

/* A title that no longer stands in the register, as a loaded row (no command ends a basic right). */
static void
the_title_is_on_record(void **unused)
{
    (void)unused;
    T(t);
    int64_t id = offer_in(&t, 0, rh_offer_state_consented);
    for (int64_t r = 1; r <= small_newest(&t, RH_ROW_rrr); r++) {
        rh_row_rrr right = *SMALL_GET(&t, rrr, r);
        if (right.baunit == t.household[0].unit && right.kind == rh_rrr_kind_use_right) {
            right.version++;
            right.seq = rh_registry_seq(t.registry);
            right.recorded = t.now;
            right.party = t.household[1].party;
            rh_row row = {RH_ROW_rrr, &right};
            assert_int_equal(rh_registry_apply(t.registry, row, &t.err), RH_OK);
            assert_int_equal(rh_registry_apply(t.shadow, row, &t.err), RH_OK);
        }
    }
    verified(&t, id, RH_GUARD_title_is_clear);
    small_close(&t);
}

static void
the_only_home_needs_other_housing_with_a_source(void **unused)
{
    (void)unused;
    T(t);
    for (int said = 0; said < 2; said++) {
        rh_command_offer_draft c = small_offer(&t, said);
        c.other_housing = said; /* said, but without a source; and the other way round */
        if (said) {
            c.housing_source = RH_NONE;
        }
        int64_t id = small_offer_to(&t, said, &c, rh_offer_state_consented);
        verified(&t, id, RH_GUARD_not_only_home);
    }
    small_close(&t);
}

static void
a_heritage_building_takes_no_processing(void **unused)
{
    (void)unused;
    T(t);
    int64_t head;
    rh_command_offer_draft c = house_on(&t, false, true, false, 1000000, &head);
    c.uses = 1 << rh_lessee_use_processing | 1 << rh_lessee_use_residence;
    small_must(&t, RH_DO_offer_draft, &c, head, rh_role_holder_rep);
    int64_t id = small_newest(&t, RH_ROW_offer);
    rh_command_offer_consent consent = {.offer = id, .person = head, .warned = 1};
    small_must(&t, RH_DO_offer_consent, &consent, head, rh_role_holder);
    verified(&t, id, RH_GUARD_heritage_respected);
    assert_int_equal(small_refusal(&t, RH_GUARD_heritage_respected)->value[0].number,
                     rh_lessee_use_processing);
    small_close(&t);
}

/* S12 and I13: kin of the household do not act, and nobody acts in two roles. */
static void
officers_are_disinterested(void **unused)
{
    (void)unused;
    T(t);
    const small_village *v = &t.village[0];
    int64_t id = offer_in(&t, 2, rh_offer_state_consented);
    verified(&t, id, RH_GUARD_officer_not_kin_of_household); /* its head is kin of the clerk */
    int64_t second = small_person(&t, v->place);
    small_grant(&t, second, rh_role_clerk, v->place);
    rh_command_offer_verify verify = {id};
    small_must(&t, RH_DO_offer_verify, &verify, second, rh_role_clerk); /* reassigned */
    rh_command_kin_add kin = {.one = v->council, .other = t.household[2].adult[0]};
    small_must(&t, RH_DO_kin_add, &kin, t.officer, rh_role_township);
    rh_command_offer_acknowledge ack = {id};
    small_refused(&t, RH_DO_offer_acknowledge, &ack, v->council, rh_role_council,
                  RH_GUARD_officer_not_kin_of_household);
    /* the clerk changes office and may not act again on what he verified */
    rh_command_role_grant_end end = {small_newest(&t, RH_ROW_role_grant)};
    small_must(&t, RH_DO_role_grant_end, &end, t.officer, rh_role_township);
    small_grant(&t, second, rh_role_council, v->place);
    small_refused(&t, RH_DO_offer_acknowledge, &ack, second, rh_role_council,
                  RH_GUARD_not_twice_in_offer);
    small_must(&t, RH_DO_offer_acknowledge, &ack, v->council2, rh_role_council);
    end.role_grant++;
    small_must(&t, RH_DO_role_grant_end, &end, t.officer, rh_role_township);
    small_grant(&t, second, rh_role_township, t.place);
    rh_command_offer_review review = {.offer = id};
    review.text.byte[0] = 1;
    small_refused(&t, RH_DO_offer_review, &review, second, rh_role_township,
                  RH_GUARD_not_twice_in_offer);
    small_must(&t, RH_DO_offer_review, &review, t.officer2, rh_role_township);
    small_close(&t);
}

static void
silence_acknowledges_and_refusal_needs_a_recorded_ground(void **unused)
{
    (void)unused;
    T(t);
    const small_village *v = &t.village[0];
    int64_t id = offer_in(&t, 0, rh_offer_state_verified);
    for (int64_t ground = 0; ground < rh_refusal_ground_count; ground++) {
        rh_command_offer_refuse c = {.offer = id, .ground = ground};
        small_refused(&t, RH_DO_offer_refuse, &c, v->council, rh_role_council,
                      RH_GUARD_ground_is_recorded);
    }
    rh_command_offer_refuse c = {.offer = id, .ground = rh_refusal_ground_count};
    small_refused(&t, RH_DO_offer_refuse, &c, v->council, rh_role_council, RH_GUARD_sane);
    c.ground = rh_refusal_ground_unsafe;
    small_refused(&t, RH_DO_offer_refuse, &c, t.officer, rh_role_township,
                  RH_GUARD_refuser_in_turn);
    int64_t until = SMALL_GET(&t, offer, id)->until;
    assert_int_equal(until, small_today(&t) + 10);
    small_days(&t, 10);
    assert_int_equal(state_of(&t, id), rh_offer_state_verified);
    small_days(&t, 1);
    assert_int_equal(state_of(&t, id), rh_offer_state_acknowledged);
    assert_int_equal(SMALL_GET(&t, offer, id)->acknowledged_by, RH_NONE);
    assess(&t, 0, rh_safety_d);
    rh_command_offer_review review = {.offer = id};
    review.text.byte[0] = 1;
    small_refused(&t, RH_DO_offer_review, &review, t.officer, rh_role_township,
                  RH_GUARD_house_is_safe);
    small_refused(&t, RH_DO_offer_refuse, &c, v->council, rh_role_council,
                  RH_GUARD_refuser_in_turn);
    small_must(&t, RH_DO_offer_refuse, &c, t.officer, rh_role_township);
    assert_int_equal(state_of(&t, id), rh_offer_state_refused);
    assert_int_equal(SMALL_GET(&t, offer, id)->ground, rh_refusal_ground_unsafe);
    small_close(&t);
}

/* ---- notice and objections ---- */

static int64_t
object_to(small_township *t, int64_t by, int64_t role)
{
    rh_command_objection_raise c = {.notice = small_newest(t, RH_ROW_notice), .ground = 5};
    small_must(t, RH_DO_objection_raise, &c, by, role);
    return small_newest(t, RH_ROW_objection);
}

static void
decide(small_township *t, int64_t objection, bool upheld)
{
    rh_command_objection_decide c = {
        .objection = objection, .upheld = upheld, .reply = "looked into"};
    small_must(t, RH_DO_objection_decide, &c, t->officer2, rh_role_township);
}

/* S6, and the same for every day of the notice and every length of the stop: the stopped days are given back, no more and no less. */
static void
an_objection_stops_the_clock_and_it_resumes_with_the_rest(void **unused)
{
    (void)unused;
    for (int64_t day = 0; day <= 7; day++) {
        for (int64_t stopped = 0; stopped < 6; stopped += 5) {
            T(t);
            int64_t id = offer_in(&t, 0, rh_offer_state_notice), began = small_today(&t);
            small_days(&t, day);
            int64_t objection = object_to(&t, t.household[1].adult[0], rh_role_member);
            const rh_row_offer *o = SMALL_GET(&t, offer, id);
            assert_int_equal(o->state, rh_offer_state_objected);
            assert_int_equal(o->days_left, 7 - day); /* day 6 of 7: 1 */
            small_days(&t, stopped);
            assert_int_equal(state_of(&t, id), rh_offer_state_objected);
            decide(&t, objection, false);
            assert_int_equal(state_of(&t, id), rh_offer_state_notice);
            small_days(&t, 7 - day);
            assert_int_equal(state_of(&t, id), rh_offer_state_notice);
            small_days(&t, 1);
            assert_int_equal(state_of(&t, id), rh_offer_state_open);
            assert_int_equal(small_today(&t), began + 7 + stopped + 1);
            small_close(&t);
        }
    }
}

static void
objections_are_decided_by_somebody_else(void **unused)
{
    (void)unused;
    T(t);
    int64_t id = offer_in(&t, 0, rh_offer_state_notice);
    rh_command_objection_raise c = {.notice = small_newest(&t, RH_ROW_notice), .ground = 5};
    small_refused(&t, RH_DO_objection_raise, &c, RH_NONE, rh_role_public,
                  RH_GUARD_objector_is_known);
    small_must(&t, RH_DO_objection_raise, &c, t.lessee2, rh_role_public);
    small_refused(&t, RH_DO_objection_raise, &c, t.lessee2, rh_role_public,
                  RH_GUARD_one_objection_each);
    small_days(&t, 3);
    int64_t second = object_to(&t, t.village[0].supervisor, rh_role_supervisors);
    assert_int_equal(SMALL_GET(&t, offer, id)->days_left, 7);
    rh_command_objection_decide d = {.objection = second, .upheld = 0, .reply = "no"};
    small_refused(&t, RH_DO_objection_decide, &d, t.officer, rh_role_township,
                  RH_GUARD_decider_is_apart); /* reviewed it */
    rh_command_kin_add kin = {.one = t.officer2, .other = t.village[0].supervisor};
    small_must(&t, RH_DO_kin_add, &kin, t.officer, rh_role_township);
    small_refused(&t, RH_DO_objection_decide, &d, t.officer2, rh_role_township,
                  RH_GUARD_decider_is_apart); /* kin of the objector */
    int64_t third = small_person(&t, t.place);
    small_grant(&t, third, rh_role_township, t.place);
    small_must(&t, RH_DO_objection_decide, &d, third, rh_role_township);
    small_refused(&t, RH_DO_objection_decide, &d, third, rh_role_township,
                  RH_GUARD_objection_is_open);
    assert_int_equal(state_of(&t, id), rh_offer_state_objected); /* one is open */
    decide(&t, second - 1, false);
    assert_int_equal(state_of(&t, id), rh_offer_state_notice);
    small_days(&t, 8);
    assert_int_equal(state_of(&t, id), rh_offer_state_open);
    small_refused(&t, RH_DO_objection_raise, &c, t.lessee2, rh_role_public,
                  RH_GUARD_state_allows);
    small_close(&t);
}

static void
an_upheld_objection_refuses_the_offer(void **unused)
{
    (void)unused;
    T(t);
    int64_t id = offer_in(&t, 0, rh_offer_state_notice);
    int64_t first = object_to(&t, t.lessee2, rh_role_public),
            second = object_to(&t, t.lessee, rh_role_public);
    decide(&t, first, true);
    assert_int_equal(state_of(&t, id), rh_offer_state_refused);
    assert_int_equal(SMALL_GET(&t, offer, id)->ground, rh_refusal_ground_objection_upheld);
    decide(&t, second, false); /* answered, and nothing comes back to life */
    assert_int_equal(state_of(&t, id), rh_offer_state_refused);
    small_days(&t, 100);
    assert_int_equal(state_of(&t, id), rh_offer_state_refused);
    small_close(&t);
}

/* I8: the township may ask for more days than the scheme; a tick that comes late opens late, never early. */
static void
the_notice_is_never_shorter_than_the_township_asks(void **unused)
{
    (void)unused;
    T(t);
    small_set(&t, t.place, rh_parameter_notice_days, 12);
    int64_t id = offer_in(&t, 0, rh_offer_state_notice), began = small_today(&t);
    small_days(&t, 12);
    assert_int_equal(state_of(&t, id), rh_offer_state_notice);
    small_days(&t, 1);
    assert_int_equal(SMALL_GET(&t, offer, id)->since, began + 13);
    /* the day after the last day no objection is heard even when no tick has run */
    int64_t other = offer_in(&t, 1, rh_offer_state_notice);
    t.now += INT64_C(13) * 24 * 3600 * 1000;
    rh_command_objection_raise c = {.notice = small_newest(&t, RH_ROW_notice), .ground = 5};
    small_refused(&t, RH_DO_objection_raise, &c, t.lessee2, rh_role_public,
                  RH_GUARD_notice_runs);
    rh_command_tick tick = {small_today(&t)};
    small_must(&t, RH_DO_tick, &tick, RH_NONE, rh_role_system);
    assert_int_equal(state_of(&t, other), rh_offer_state_open);
    small_close(&t);
}

/* I22 */
static void
every_waiting_offer_has_a_deadline(void **unused)
{
    (void)unused;
    static const struct {
        int64_t state, after;
    } wait[] = {{rh_offer_state_draft, rh_offer_state_lapsed},
                {rh_offer_state_consented, rh_offer_state_lapsed},
                {rh_offer_state_verified, rh_offer_state_acknowledged},
                {rh_offer_state_acknowledged, rh_offer_state_lapsed},
                {rh_offer_state_notice, rh_offer_state_open},
                {rh_offer_state_objected, rh_offer_state_lapsed},
                {rh_offer_state_open, rh_offer_state_lapsed}};
    for (size_t i = 0; i < sizeof wait / sizeof wait[0]; i++) {
        T(t);
        bool objected = wait[i].state == rh_offer_state_objected;
        int64_t id = offer_in(&t, 0, objected ? rh_offer_state_notice : wait[i].state), bid = 0;
        if (objected) {
            object_to(&t, t.lessee, rh_role_public);
        } else if (wait[i].state == rh_offer_state_open) {
            bid = small_bid(&t, id, t.lessee, 1800000);
        }
        int64_t until = SMALL_GET(&t, offer, id)->until;
        small_days(&t, until - small_today(&t));
        assert_int_equal(state_of(&t, id), wait[i].state);
        small_days(&t, 1);
        assert_int_equal(state_of(&t, id), wait[i].after);
        if (bid != 0) {
            assert_int_equal(SMALL_GET(&t, bid, bid)->state, rh_bid_state_rejected);
        }
        small_close(&t);
    }
}

/* ---- bids and the match ---- */

static void
bids_reach_the_floor_and_come_from_others(void **unused)
{
    (void)unused;
    T(t);
    int64_t id = small_open_offer(&t, 0);
    rh_command_bid_place c = {
        .offer = id, .fen_year = 149999, .purpose = rh_lessee_use_residence};
    small_refused(&t, RH_DO_bid_place, &c, t.lessee, rh_role_lessee,
                  RH_GUARD_bid_reaches_floor);
    assert_int_equal(small_refusal(&t, RH_GUARD_bid_reaches_floor)->value[1].number, 150000);
    c.fen_year = 150000;
    c.purpose = rh_lessee_use_office;
    small_refused(&t, RH_DO_bid_place, &c, t.lessee, rh_role_lessee, RH_GUARD_bid_use_offered);
    c.purpose = rh_lessee_use_homestay;
    small_refused(&t, RH_DO_bid_place, &c, t.household[0].adult[1], rh_role_lessee,
                  RH_GUARD_bidder_not_of_household);
    small_refused(&t, RH_DO_bid_place, &c, t.household[0].party, rh_role_lessee,
                  RH_GUARD_bidder_not_of_household);
    small_refused(&t, RH_DO_bid_place, &c, t.household[1].party, rh_role_lessee,
                  RH_GUARD_bidder_may_rent);
    small_refused(&t, RH_DO_bid_place, &c, t.village[0].clerk, rh_role_lessee,
                  RH_GUARD_bidder_not_officer);
    small_refused(&t, RH_DO_bid_place, &c, t.officer, rh_role_lessee,
                  RH_GUARD_bidder_not_officer);
    small_must(&t, RH_DO_bid_place, &c, t.nephew,
               rh_role_lessee); /* kin of the council: allowed, flagged at signing */
    small_must(&t, RH_DO_bid_place, &c, t.lessee_org, rh_role_lessee);
    small_must(&t, RH_DO_bid_place, &c, t.household[1].adult[0], rh_role_member);
    assert_int_equal(((const rh_row_bid *)small_row(&t, RH_ROW_bid))->member, 1);
    small_must(&t, RH_DO_bid_place, &c, t.lessee, rh_role_lessee);
    assert_int_equal(((const rh_row_bid *)small_row(&t, RH_ROW_bid))->member, 0);
    small_refused(&t, RH_DO_bid_place, &c, t.lessee, rh_role_lessee, RH_GUARD_one_bid_each);
    rh_command_bid_withdraw w = {small_newest(&t, RH_ROW_bid)};
    small_refused(&t, RH_DO_bid_withdraw, &w, t.lessee2, rh_role_lessee, RH_GUARD_bid_is_own);
    small_must(&t, RH_DO_bid_withdraw, &w, t.lessee, rh_role_lessee);
    small_refused(&t, RH_DO_bid_withdraw, &w, t.lessee, rh_role_lessee, RH_GUARD_bid_stands);
    small_must(&t, RH_DO_bid_place, &c, t.lessee, rh_role_lessee);
    small_close(&t);
}

static void
matched(small_township *t, const rh_command_offer_match *c, rh_guard guard)
{
    small_refused(t, RH_DO_offer_match, c, t->household[0].adult[0], rh_role_holder_rep, guard);
}

static void
members_come_first_for_some_days(void **unused)
{
    (void)unused;
    T(t);
    int64_t id = small_open_offer(&t, 0), opened = small_today(&t);
    int64_t outside = small_bid(&t, id, t.lessee, 9000000),
            member = small_bid(&t, id, t.household[1].adult[0], 1200000);
    rh_command_offer_match c = {
        .offer = id, .bid = outside, .start = opened + 30, .period_months = 12};
    c.text.byte[0] = 1;
    small_days(&t, 6);
    matched(&t, &c, RH_GUARD_members_first);
    assert_int_equal(small_refusal(&t, RH_GUARD_members_first)->value[0].number, opened + 7);
    c.bid = member;
    small_must(&t, RH_DO_offer_match, &c, t.household[0].adult[0], rh_role_holder_rep);
    small_close(&t);

    small_open(&t);
    id = small_open_offer(&t, 0);
    outside = small_bid(&t, id, t.lessee, 9000000);
    small_days(&t, 7);
    small_match(&t, id, outside);
    small_close(&t);
}

static void
a_match_makes_a_lease_with_the_split_of_the_scheme(void **unused)
{
    (void)unused;
    T(t);
    const small_household *h = &t.household[0];
    rh_command_offer_draft draft = small_offer(&t, 0);
    draft.months = 240;
    int64_t id = small_offer_to(&t, 0, &draft, rh_offer_state_open);
    small_days(&t, 30);
    int64_t bid = small_bid(&t, id, t.lessee, 2000001),
            second = small_bid(&t, id, t.lessee2, 2000000);
    int64_t other = small_bid(&t, small_open_offer(&t, 1), t.lessee, 1800000);
    rh_command_offer_match c = {.offer = id,
                                .bid = bid,
                                .start = small_today(&t) - 1,
                                .step_bp = 500,
                                .step_years = 3,
                                .period_months = 12,
                                .wording = "repairs by the lessee"};
    c.text.byte[0] = 1;
    matched(&t, &c, RH_GUARD_start_in_reach);
    c.start = small_today(&t) + 367;
    matched(&t, &c, RH_GUARD_start_in_reach);
    c.start = rh_day_of(2026, 6, 30);
    c.period_months = 13;
    matched(&t, &c, RH_GUARD_period_within_prepay);
    c.period_months = 0;
    matched(&t, &c, RH_GUARD_period_within_prepay);
    c.period_months = 12;
    c.step_bp = 3001;
    matched(&t, &c, RH_GUARD_steps_make_sense);
    c.step_bp = 0;
    matched(&t, &c, RH_GUARD_steps_make_sense);
    c.step_bp = 500;
    c.bid = other;
    matched(&t, &c, RH_GUARD_bid_of_offer);
    c.bid = bid;
    small_refused(&t, RH_DO_offer_match, &c, h->adult[1], rh_role_holder_rep,
                  RH_GUARD_holds_role);
    int64_t right = restrict_unit(&t, h->unit, rh_rrr_kind_seizure);
    matched(&t, &c, RH_GUARD_unit_unencumbered);
    release(&t, right);
    small_must(&t, RH_DO_offer_match, &c, h->adult[0], rh_role_holder_rep);
    const rh_row_lease *l = SMALL_GET(&t, lease, small_newest(&t, RH_ROW_lease));
    const rh_row_scheme *s = SMALL_GET(&t, scheme, 1);
    assert_int_equal(l->state, rh_lease_state_negotiated);
    assert_int_equal(l->start, rh_day_of(2026, 6, 30));
    assert_int_equal(l->end, rh_day_of(2046, 6, 30));
    assert_int_equal(l->lessee, t.lessee);
    assert_int_equal(l->household, h->party);
    assert_int_equal(l->fen_year, 2000001);
    assert_int_equal(l->deposit_fen, 300000);
    assert_int_equal(l->purpose, rh_lessee_use_residence);
    assert_int_equal(l->farmer_bp, s->farmer_bp);
    assert_int_equal(l->collective_bp, s->collective_bp);
    assert_int_equal(l->reserve_bp, s->reserve_bp);
    assert_int_equal(l->scheme, 1);
    assert_int_equal(l->scheme_version, s->version);
    assert_int_equal(l->until, small_today(&t) + 30);
    assert_memory_equal(&l->text, &c.text, sizeof c.text);
    assert_string_equal(l->wording, "repairs by the lessee");
    assert_int_equal(state_of(&t, id), rh_offer_state_matched);
    assert_int_equal(SMALL_GET(&t, bid, bid)->state, rh_bid_state_accepted);
    assert_int_equal(SMALL_GET(&t, bid, second)->state,
                     rh_bid_state_placed); /* until signing */
    matched(&t, &c, RH_GUARD_state_allows);
    small_close(&t);
}

/* What is allowed includes its bounds. */
static void
a_match_may_stand_on_the_bounds(void **unused)
{
    (void)unused;
    static const struct {
        int64_t start, step_bp, step_years, period;
    } bound[] = {{0, 3000, 20, 1}, {366, 1, 1, 12}};
    for (size_t i = 0; i < 2; i++) {
        T(t);
        rh_command_offer_draft draft = small_offer(&t, 0);
        draft.months = 1;
        int64_t id = small_offer_to(&t, 0, &draft, rh_offer_state_open);
        small_days(&t, 30);
        rh_command_offer_match c = {.offer = id,
                                    .bid = small_bid(&t, id, t.lessee, 2000001),
                                    .start = small_today(&t) + bound[i].start,
                                    .step_bp = bound[i].step_bp,
                                    .step_years = 0,
                                    .period_months = bound[i].period};
        c.text.byte[0] = 1;
        matched(&t, &c, RH_GUARD_steps_make_sense);
        c.step_years = 21;
        matched(&t, &c, RH_GUARD_steps_make_sense);
        c.step_years = bound[i].step_years;
        c.step_bp = -1;
        matched(&t, &c, RH_GUARD_steps_make_sense);
        c.step_bp = bound[i].step_bp;
        small_must(&t, RH_DO_offer_match, &c, t.household[0].adult[0], rh_role_holder_rep);
        small_close(&t);
    }
}

/* 民法典 202: no corresponding day, so the end of the month. */
static void
a_term_without_corresponding_day_ends_with_the_month(void **unused)
{
    (void)unused;
    T(t);
    rh_command_offer_draft draft = small_offer(&t, 0);
    draft.months = 6;
    int64_t id = small_offer_to(&t, 0, &draft, rh_offer_state_open);
    small_days(&t, 30);
    rh_command_offer_match c = {.offer = id,
                                .bid = small_bid(&t, id, t.lessee, 2000001),
                                .start = rh_day_of(2026, 8, 31),
                                .period_months = 6};
    c.text.byte[0] = 1;
    small_must(&t, RH_DO_offer_match, &c, t.household[0].adult[0], rh_role_holder_rep);
    assert_int_equal(SMALL_GET(&t, lease, 1)->end, rh_day_of(2027, 2, 28));
    small_close(&t);
}

/* What every signature would be refused for is refused at the match already. */
static void
a_match_brings_only_what_can_be_signed(void **unused)
{
    (void)unused;
    T(t);
    rh_command_offer_draft draft = small_offer(&t, 0);
    draft.deposit_fen = 450000; /* three months of the asking rent */
    int64_t id = small_offer_to(&t, 0, &draft, rh_offer_state_open);
    small_days(&t, 30);
    int64_t low = small_bid(&t, id, t.lessee, 1700000),
            vast = small_bid(&t, id, t.lessee2, INT64_C(9000000000000));
    rh_command_offer_match c = {.offer = id,
                                .bid = low,
                                .start = small_today(&t) + 30,
                                .step_bp = 0,
                                .step_years = 0,
                                .period_months = 6,
                                .wording = "期满不再收回"};
    c.text.byte[0] = 1;
    matched(&t, &c, RH_GUARD_deposit_cap);
    matched(&t, &c, RH_GUARD_wording_is_of_a_lease);
    c.bid = vast;
    c.wording = "";
    c.step_bp = 3000;
    c.step_years = 1;
    matched(&t, &c, RH_GUARD_rent_can_be_computed);
    c.step_years = 0;
    c.step_bp = 0;
    small_must(&t, RH_DO_offer_match, &c, t.household[0].adult[0], rh_role_holder_rep);
    small_close(&t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_offer_walks_to_the_market),
        cmocka_unit_test(a_draft_fits_law_and_scheme),
        cmocka_unit_test(farmland_and_hazard_are_not_offered),
        cmocka_unit_test(every_adult_right_holder_consents),
        cmocka_unit_test(the_guardian_signs_for_who_lacks_capacity),
        cmocka_unit_test(a_right_holder_who_comes_later_consents_too),
        cmocka_unit_test(an_offer_without_right_holders_goes_no_further),
        cmocka_unit_test(one_who_withdraws_stops_the_offer),
        cmocka_unit_test(after_signing_consent_is_not_withdrawn),
        cmocka_unit_test(an_offer_ends_with_the_succession),
        cmocka_unit_test(the_clerk_verifies_facts),
        cmocka_unit_test(the_title_is_on_record),
        cmocka_unit_test(the_only_home_needs_other_housing_with_a_source),
        cmocka_unit_test(a_heritage_building_takes_no_processing),
        cmocka_unit_test(officers_are_disinterested),
        cmocka_unit_test(silence_acknowledges_and_refusal_needs_a_recorded_ground),
        cmocka_unit_test(an_objection_stops_the_clock_and_it_resumes_with_the_rest),
        cmocka_unit_test(objections_are_decided_by_somebody_else),
        cmocka_unit_test(an_upheld_objection_refuses_the_offer),
        cmocka_unit_test(the_notice_is_never_shorter_than_the_township_asks),
        cmocka_unit_test(every_waiting_offer_has_a_deadline),
        cmocka_unit_test(bids_reach_the_floor_and_come_from_others),
        cmocka_unit_test(members_come_first_for_some_days),
        cmocka_unit_test(a_match_makes_a_lease_with_the_split_of_the_scheme),
        cmocka_unit_test(a_match_brings_only_what_can_be_signed),
        cmocka_unit_test(a_match_may_stand_on_the_bounds),
        cmocka_unit_test(a_term_without_corresponding_day_ends_with_the_month),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
