/* Values of random commands, a function a family of commands: see random_scene.h. */
#include "random_scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int64_t day_ms = INT64_C(86400000);

/* ---- fields that have nothing to do with one another ---- */

static int64_t
plain_number(scene *s, const rh_field *f)
{
    random_actor *a = s->a;
    switch (f->type) {
    case RH_FIELD_ID: {
        rh_row_kind kind = rh_reference_kind(f);
        int64_t id = kind == RH_ROW_NONE     ? between(a, 1, 20)
                     : kind == RH_ROW_source ? some_source(s, s->out->kind)
                                             : some(s, kind);
        return id == 0 ? RH_NONE : id;
    }
    case RH_FIELD_FEN:
        return between(a, 1, 500000);
    case RH_FIELD_DATE:
        return s->today + ONE_OF(a, -30, -1, 0, 0, 0, 1, 30);
    case RH_FIELD_CODE:
        return below(a, f->codes->n);
    case RH_FIELD_BOOL:
        return below(a, 2);
    case RH_FIELD_PRIVATE:
        return RH_NONE;
    default:
        return between(a, 1, 100);
    }
}

void
fill_plainly(scene *s)
{
    const rh_record_type *type = rh_command_type(s->out->kind);
    char *record = (char *)&s->out->command;
    for (int i = 0; i < type->n; i++) {
        const rh_field *f = &type->field[i];
        void *at = record + f->offset;
        if (f->type == RH_FIELD_TEXT) {
            *(const char **)at =
                f->optional && chance(s->a, 50) ? NULL : text(s->a, f->zh, draw(s->a) % 1000);
        } else if (f->type == RH_FIELD_HASH) {
            *(rh_hash *)at = some_hash(s->a);
        } else {
            *(int64_t *)at =
                f->optional && f->type == RH_FIELD_ID ? RH_NONE : plain_number(s, f);
            if (f->type == RH_FIELD_PRIVATE && s->out->n_private < RANDOM_PRIVATE_MOST) {
                random_private *p = &s->out->private_text[s->out->n_private++];
                p->field = f;
                snprintf(p->text, sizeof p->text, "%s%d", f->zh, (int)below(s->a, 1000));
                if (f->optional && chance(s->a, 50)) {
                    p->text[0] = '\0';
                }
            }
        }
    }
}

/* ---- registry ---- */

/* The office of somebody who has just passed an offer or proposed a payout, now and then: he may act again in another one. */
static int64_t
grant_to_end(scene *s, int64_t otherwise)
{
    const rh_row_offer *o = RH_GET(s->r, offer, some(s, RH_ROW_offer));
    const rh_row_payout *p = RH_GET(s->r, payout, some(s, RH_ROW_payout));
    int64_t who = p != NULL && chance(s->a, 50) ? p->proposed_by
                  : o != NULL                   ? o->verified_by
                                                : RH_NONE;
    int64_t id = who == RH_NONE ? 0 : rh_first(s->r, RH_BY_role_grant_party, who);
    return id != 0 && RH_GET(s->r, role_grant, id)->valid_to == RH_NONE && chance(s->a, 60)
               ? id
               : otherwise;
}

/* The office that was ended last; 0: none. */
static int64_t
ended_last(const scene *s)
{
    int64_t best = 0, seq = 0;
    for (int64_t id = 1; id <= rh_registry_count(s->r, RH_ROW_role_grant); id++) {
        const rh_row_role_grant *g = RH_GET(s->r, role_grant, id);
        if (g->valid_to != RH_NONE && g->seq > seq) {
            seq = g->seq;
            best = id;
        }
    }
    return best;
}

static void
fill_registry(scene *s)
{
    random_actor *a = s->a;
    rh_command *c = &s->out->command;
    about_place(s, 1 + between(a, 1, VILLAGES));
    int64_t household = party_of_kind(s, rh_party_kind_household, s->place);
    switch (s->out->kind) {
    case RH_DO_place_add:
        c->place_add.parent = some(s, RH_ROW_place);
        c->place_add.level = chance(a, 70) ? rh_level_group : below(a, 3);
        c->place_add.code = text(a, "1101", ++a->serial);
        c->place_add.lon_e5 = between(a, 10000000, 12000000);
        c->place_add.lat_e5 = between(a, 3000000, 4000000);
        break;
    case RH_DO_parameter_set:
        c->parameter_set.place = between(a, 1, 1 + VILLAGES);
        c->parameter_set.from = s->today + ONE_OF(a, 0, 0, 1, 30);
        switch (c->parameter_set.key) {
        case rh_parameter_notice_days:
            c->parameter_set.value = between(a, 4, 9);
            break;
        case rh_parameter_floor_fen_m2_year:
        case rh_parameter_fair_rent_fen_m2_year:
            c->parameter_set.value = between(a, 0, 600);
            break;
        case rh_parameter_area_cap_cm2:
            c->parameter_set.value = between(a, 1200000, 1700000);
            break;
        case rh_parameter_house_price_fen_m2:
            c->parameter_set.value = between(a, 50000, 500000);
            break;
        case rh_parameter_renew_months:
            c->parameter_set.value = between(a, 6, 25);
            break;
        default:
            c->parameter_set.value = between(a, 1, 60);
        }
        break;
    case RH_DO_party_add:
        c->party_add.place = s->place;
        c->party_add.kind =
            chance(a, 80) ? rh_party_kind_person : below(a, rh_party_kind_count);
        break;
    case RH_DO_bank_account_add: {
        int64_t whose =
            ONE_OF(a, rh_party_kind_collective, rh_party_kind_household, rh_party_kind_person);
        c->bank_account_add.party =
            party_of_kind(s, whose, whose == rh_party_kind_person ? 0 : s->place);
        c->bank_account_add.kind = whose == rh_party_kind_collective && chance(a, 70);
        break;
    }
    case RH_DO_kin_add:
        c->kin_add.one = party_of_kind(s, rh_party_kind_person, 0);
        c->kin_add.other =
            chance(a, 85) ? party_of_kind(s, rh_party_kind_person, 0) : c->kin_add.one;
        break;
    case RH_DO_household_member_add:
        c->household_member_add.household = household;
        c->household_member_add.person = party_of_kind(s, rh_party_kind_person, s->place);
        c->household_member_add.born = s->today - 365 * between(a, 0, 80) - between(a, 0, 364);
        c->household_member_add.capacity = chance(a, 85) ? rh_capacity_full : below(a, 3);
        c->household_member_add.right_holder = chance(a, 50);
        c->household_member_add.head = chance(a, 15);
        if (some_member_row(s, household, true, true) == 0 && chance(a, 80)) { /* a new head */
            c->household_member_add.head = c->household_member_add.right_holder = 1;
            c->household_member_add.born = s->today - 366 * between(a, 19, 50);
            c->household_member_add.capacity = rh_capacity_full;
        }
        c->household_member_add.guardian =
            chance(a, 60) && some_member_row(s, household, false, false) != 0
                ? RH_GET(s->r, household_member, some_member_row(s, household, false, false))
                      ->person
                : RH_NONE;
        break;
    case RH_DO_household_member_end:
        c->household_member_end.until = s->today + ONE_OF(a, 0, 0, 0, -1, 30);
        about_place(
            s, RH_GET(s->r, party,
                      RH_GET(s->r, household_member, c->household_member_end.household_member)
                          ->household)
                   ->place);
        break;
    case RH_DO_membership_add: {
        int64_t row = some_member_row(s, household, false, false);
        c->membership_add.collective = s->collective;
        if (row != 0) {
            c->membership_add.person = RH_GET(s->r, household_member, row)->person;
        }
        c->membership_add.from = s->today - ONE_OF(a, 0, 0, 1, 100);
        break;
    }
    case RH_DO_membership_end:
        c->membership_end.until = s->today + ONE_OF(a, 0, 0, 0, -1, 30);
        about_place(s,
                    RH_GET(s->r, party,
                           RH_GET(s->r, membership, c->membership_end.membership)->collective)
                        ->place);
        break;
    case RH_DO_mandate_add: {
        int64_t one = some_member_row(s, household, true, false),
                other = some_member_row(s, household, false, false);
        s->household = household;
        if (one != 0) {
            c->mandate_add.principal = RH_GET(s->r, household_member, one)->person;
            c->mandate_add.agent = chance(a, 70) ? RH_GET(s->r, household_member, other)->person
                                                 : party_of_kind(s, rh_party_kind_person, 0);
            if (chance(a, 50)) {
                by(s, rh_role_holder);
                s->actor = c->mandate_add.principal;
            }
        }
        c->mandate_add.from = s->today - ONE_OF(a, 0, 0, 1, 10);
        c->mandate_add.until = s->today + between(a, -2, 900);
        break;
    }
    case RH_DO_mandate_end: {
        const rh_row_mandate *m = RH_GET(s->r, mandate, c->mandate_end.mandate);
        if (m != NULL) {
            about_place(s, RH_GET(s->r, party, m->principal)->place);
            by(s, rh_role_clerk);
            if (chance(a, 50)) {
                by(s, rh_role_holder);
                s->actor = m->principal;
            }
        }
        break;
    }
    case RH_DO_role_grant_add: {
        int64_t role = ONE_OF(a, rh_role_clerk, rh_role_council, rh_role_supervisors,
                              rh_role_treasurer, rh_role_party_org, rh_role_township);
        static const int64_t all[] = {rh_role_clerk,     rh_role_council,   rh_role_supervisors,
                                      rh_role_treasurer, rh_role_party_org, rh_role_county,
                                      rh_role_auditor,   rh_role_bank,      rh_role_court,
                                      rh_role_township};
        for (size_t i = 0; i < sizeof all / sizeof all[0];
             i++) { /* mostly one that is vacant */
            role = officer(s, all[i]) == 0 && chance(a, 80) ? all[i] : role;
        }
        c->role_grant_add.role = chance(a, 90) ? role : below(a, rh_role_count);
        bool wide = role == rh_role_township || role == rh_role_county ||
                    role == rh_role_auditor || role == rh_role_bank || role == rh_role_court;
        c->role_grant_add.place = wide ? 1 : s->place;
        c->role_grant_add.party =
            party_of_kind(s, rh_party_kind_person, chance(a, 80) ? s->place : 0);
        const rh_row_role_grant *former = RH_GET(s->r, role_grant, ended_last(s));
        if (former != NULL && chance(a, 40)) { /* another office */
            c->role_grant_add.party = former->party;
            if (chance(a, 60)) { /* where his own work comes by */
                bool money =
                    former->role == rh_role_treasurer || former->role == rh_role_supervisors;
                c->role_grant_add.role = money ? ONE_OF(a, rh_role_bank, rh_role_auditor)
                                               : ONE_OF(a, rh_role_council, rh_role_township);
                c->role_grant_add.place =
                    c->role_grant_add.role == rh_role_council ? former->place : 1;
            }
        }
        break;
    }
    case RH_DO_role_grant_end:
        c->role_grant_end.role_grant = grant_to_end(s, c->role_grant_end.role_grant);
        for (int i = 0; i < 3; i++) { /* somebody must be left to grant roles */
            const rh_row_role_grant *g = RH_GET(s->r, role_grant, c->role_grant_end.role_grant);
            if (g != NULL && g->role == rh_role_township) {
                c->role_grant_end.role_grant = some(s, RH_ROW_role_grant);
            }
        }
        return;
    case RH_DO_source_add:
        c->source_add.place = s->place;
        c->source_add.dated = s->today - between(a, 0, 400);
        s->household = household;
        break;
    case RH_DO_parcel_add:
        c->parcel_add.village = chance(a, 95) ? s->place : 1;
        c->parcel_add.area_cm2 = chance(a, 95) ? between(a, 800000, 1700000) : 100;
        c->parcel_add.hazard = chance(a, 5);
        c->parcel_add.heritage = chance(a, 5);
        c->parcel_add.farmland = chance(a, 5);
        break;
    case RH_DO_building_add: {
        const rh_row_parcel *p = RH_GET(s->r, parcel, c->building_add.parcel);
        s->place = p == NULL ? s->place : p->village;
        c->building_add.year = between(a, 1950, 2025);
        c->building_add.floors = between(a, 1, 3);
        c->building_add.area_cm2 = between(a, 500000, 2500000);
        c->building_add.safety = ONE_OF(a, 0, 0, 0, 0, 1, 1, 2);
        c->building_add.source = chance(a, 60) ? some_source(s, s->out->kind) : RH_NONE;
        break;
    }
    case RH_DO_building_assess: {
        const rh_row_building *b = RH_GET(s->r, building, c->building_assess.building);
        s->place = b == NULL ? s->place : RH_GET(s->r, parcel, b->parcel)->village;
        c->building_assess.safety = b != NULL && b->safety > rh_safety_b && chance(a, 75)
                                        ? rh_safety_a
                                        : ONE_OF(a, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 3);
        break;
    }
    case RH_DO_baunit_add: {
        const rh_row_building *b = RH_GET(s->r, building, c->baunit_add.building);
        if (b != NULL) {
            c->baunit_add.parcel = chance(a, 92) ? b->parcel : some(s, RH_ROW_parcel);
            about_place(s, RH_GET(s->r, parcel, b->parcel)->village);
        }
        c->baunit_add.collective =
            chance(a, 92) ? s->collective : party_of_kind(s, rh_party_kind_collective, 0);
        c->baunit_add.household = party_of_kind(s, rh_party_kind_household, s->place);
        break;
    }
    case RH_DO_rrr_add:
        about_baunit(s, c->rrr_add.baunit);
        c->rrr_add.party = chance(a, 60) ? s->household : c->rrr_add.party;
        c->rrr_add.kind =
            ONE_OF(a, rh_rrr_kind_residence_right, rh_rrr_kind_use_limit, rh_rrr_kind_heritage,
                   rh_rrr_kind_mortgage, rh_rrr_kind_seizure, rh_rrr_kind_repair,
                   rh_rrr_kind_fire, rh_rrr_kind_use_right, rh_rrr_kind_lease);
        c->rrr_add.share_num = 1;
        c->rrr_add.share_den = ONE_OF(a, 1, 1, 1, 2, 3);
        break;
    case RH_DO_rrr_end: {
        for (int i = 0; i < 20;
             i++) { /* mostly one of the restrictions, so that units come free again */
            const rh_row_rrr *x = RH_GET(s->r, rrr, c->rrr_end.rrr);
            if (x != NULL && x->status == rh_rrr_status_current &&
                x->kind > rh_rrr_kind_lease) {
                break;
            }
            c->rrr_end.rrr = some(s, RH_ROW_rrr);
        }
        const rh_row_rrr *x = RH_GET(s->r, rrr, c->rrr_end.rrr);
        about_baunit(s, x == NULL ? 0 : x->baunit);
        break;
    }
    case RH_DO_rrr_succeed:
        about_baunit(s, c->rrr_succeed.baunit);
        c->rrr_succeed.household =
            party_of_kind(s, rh_party_kind_household, chance(a, 85) ? s->place : 0);
        break;
    default:
        break;
    }
}

/* ---- the scheme and its assembly ---- */

static void
split_of(random_actor *a, int64_t *farmer, int64_t *collective, int64_t *reserve)
{
    *farmer = ONE_OF(a, 7000, 8000, 9000, 6667, 3333, 10000);
    *collective = *farmer == 10000 ? 0 : (10000 - *farmer) * between(a, 0, 10) / 10;
    *reserve = 10000 - *farmer - *collective;
}

/* An open meeting that is still to be held or counted; 0: none. */
static int64_t
some_meeting(scene *s)
{
    int64_t n = rh_registry_count(s->r, RH_ROW_meeting);
    for (int64_t id = n; id > 0 && id > n - 8; id--) {
        const rh_row_meeting *m = RH_GET(s->r, meeting, id);
        if (m->passed == RH_NONE && m->minutes == RH_NONE &&
            RH_GET(s->r, scheme, m->scheme)->state == rh_scheme_state_called &&
            chance(s->a, 70)) {
            return id;
        }
    }
    return n == 0 ? 0 : some(s, RH_ROW_meeting);
}

static bool
has_voted(const rh_registry *r, int64_t meeting, int64_t member)
{
    for (int64_t id = rh_first(r, RH_BY_ballot_meeting, meeting); id != 0;
         id = rh_next(r, RH_BY_ballot_meeting, id)) {
        if (RH_GET(r, ballot, id)->member == member) {
            return true;
        }
    }
    return false;
}

static void
fill_ballot(scene *s)
{
    random_actor *a = s->a;
    rh_command_ballot_cast *c = &s->out->command.ballot_cast;
    c->meeting = some_meeting(s);
    for (int64_t id = rh_registry_count(s->r, RH_ROW_meeting), i = 0; id > 0 && i < 12;
         id--, i++) {
        const rh_row_meeting *x = RH_GET(s->r, meeting, id);
        if (x->kind == rh_meeting_kind_representatives && x->passed == RH_NONE &&
            chance(a, 8)) {
            c->meeting = id; /* where members have no ballot */
        }
    }
    const rh_row_meeting *m = RH_GET(s->r, meeting, c->meeting);
    if (m == NULL) {
        return;
    }
    about_scheme(s, m->scheme);
    by(s, rh_role_member);
    for (int i = 0; i < 6; i++) {
        s->actor = collective_member(s, s->collective);
        if (!has_voted(s->r, c->meeting, s->actor)) {
            break;
        }
    }
    c->vote = ONE_OF(a, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2);
    c->via = chance(a, 60) ? rh_via_in_person : rh_via_online;
    c->mandate = RH_NONE;
    int64_t mandate = rh_first(s->r, RH_BY_mandate_agent, s->actor);
    if (mandate != 0 && chance(a, 50)) {
        c->mandate = mandate;
        c->via = rh_via_proxy;
    }
}

/* Members with full capacity on a day: what an honest supervisor reads off the roll. */
static int64_t
full_members(scene *s, int64_t collective, int64_t day)
{
    int64_t n = 0;
    for (int64_t id = rh_first(s->r, RH_BY_membership_collective, collective); id != 0;
         id = rh_next(s->r, RH_BY_membership_collective, id)) {
        const rh_row_membership *m = RH_GET(s->r, membership, id);
        int64_t row = rh_first(s->r, RH_BY_household_member_person, m->person);
        n += rh_holds(m, day) && row != 0 && is_able(RH_GET(s->r, household_member, row), day);
    }
    return n;
}

static void
fill_count(scene *s)
{
    random_actor *a = s->a;
    rh_command_meeting_count *c = &s->out->command.meeting_count;
    c->meeting = some_meeting(s);
    const rh_row_meeting *m = RH_GET(s->r, meeting, c->meeting);
    if (m == NULL) {
        return;
    }
    about_scheme(s, m->scheme);
    int64_t votes[rh_vote_count] = {0}, all = 0;
    for (int64_t id = rh_first(s->r, RH_BY_ballot_meeting, c->meeting); id != 0;
         id = rh_next(s->r, RH_BY_ballot_meeting, id)) {
        votes[RH_GET(s->r, ballot, id)->vote]++;
        all++;
    }
    /* Who voted by show of hands has no ballot on record. */
    int64_t roll = full_members(s, s->collective, m->held);
    int64_t hands = roll > all ? (chance(a, 75) ? roll - all : between(a, 0, roll - all)) : 0;
    c->attended = all + hands;
    c->yes = votes[rh_vote_yes] + (chance(a, 85) ? hands : between(a, 0, hands));
    c->no = votes[rh_vote_no];
    c->abstain = votes[rh_vote_abstain];
    c->roll = m->kind == rh_meeting_kind_representatives ? between(a, 1, roll + 3) : RH_NONE;
    if (chance(a, 5)) {
        c->yes += ONE_OF(a, -1, 1);
    }
    if (all > 0 && chance(a, 10)) { /* a ballot is lost */
        c->yes = votes[rh_vote_yes] - 1;
    }
}

static void
fill_scheme(scene *s)
{
    random_actor *a = s->a;
    rh_command *c = &s->out->command;
    switch (s->out->kind) {
    case RH_DO_scheme_draft:
        about_place(s, s->village != 0 ? s->village : 1 + between(a, 1, VILLAGES));
        c->scheme_draft.collective = s->collective;
        c->scheme_draft.purpose = s->village != 0 || chance(a, 70)
                                      ? rh_scheme_purpose_homestead_use
                                      : rh_scheme_purpose_construction_land;
        c->scheme_draft.uses = chance(a, 80) ? 255 : chance(a, 85) ? between(a, 1, 255) : 256;
        split_of(a, &c->scheme_draft.farmer_bp, &c->scheme_draft.collective_bp,
                 &c->scheme_draft.reserve_bp);
        c->scheme_draft.floor_fen_m2_year = between(a, 0, 1500);
        c->scheme_draft.notice_days = chance(a, 90) ? between(a, 5, 12) : between(a, 0, 5);
        return;
    case RH_DO_scheme_call:
        about_scheme(s, c->scheme_call.scheme);
        const rh_row_scheme *x = RH_GET(s->r, scheme, c->scheme_call.scheme);
        bool land = x != NULL && x->purpose == rh_scheme_purpose_construction_land;
        c->scheme_call.kind = chance(a, land ? 50 : 95) ? rh_meeting_kind_assembly
                                                        : rh_meeting_kind_representatives;
        c->scheme_call.held = s->today + (chance(a, 85)   ? between(a, 10, 14)
                                          : chance(a, 80) ? between(a, 0, 10)
                                                          : between(a, 180, 190));
        c->scheme_call.papers =
            chance(a, 90) ? s->today - below(a, 3) : c->scheme_call.held - between(a, 5, 10);
        return;
    case RH_DO_ballot_cast:
        fill_ballot(s);
        return;
    case RH_DO_meeting_count:
        fill_count(s);
        return;
    default: /* the others name nothing but the scheme */
        about_scheme(s, c->scheme_file.scheme);
    }
}

/* ---- offers ---- */

static int64_t
consenting_row(scene *s, int64_t offer)
{
    int64_t chosen = 0;
    int n = 0;
    for (int64_t id = rh_first(s->r, RH_BY_household_member_household, s->household); id != 0;
         id = rh_next(s->r, RH_BY_household_member_household, id)) {
        const rh_row_household_member *m = RH_GET(s->r, household_member, id);
        bool given = false;
        for (int64_t x = rh_first(s->r, RH_BY_consent_offer, offer); x != 0;
             x = rh_next(s->r, RH_BY_consent_offer, x)) {
            given |= RH_GET(s->r, consent, x)->person == m->person &&
                     !RH_GET(s->r, consent, x)->withdrawn;
        }
        if (rh_holds(m, s->today) && m->right_holder && !given) {
            choose(s->a, &chosen, &n, id);
        }
    }
    return chosen;
}

static void
fill_draft(scene *s)
{
    random_actor *a = s->a;
    rh_command_offer_draft *c = &s->out->command.offer_draft;
    for (int i = 0; i < 6; i++) { /* mostly a unit without an offer or a lease that goes on */
        c->baunit = some(s, RH_ROW_baunit);
        bool busy = false;
        for (int64_t id = rh_first(s->r, RH_BY_offer_baunit, c->baunit); id != 0;
             id = rh_next(s->r, RH_BY_offer_baunit, id)) {
            busy |= RH_GET(s->r, offer, id)->state < rh_offer_state_matched;
        }
        for (int64_t id = rh_first(s->r, RH_BY_lease_baunit, c->baunit); id != 0;
             id = rh_next(s->r, RH_BY_lease_baunit, id)) {
            busy |= RH_GET(s->r, lease, id)->state < rh_lease_state_expired;
        }
        if (!busy) {
            break;
        }
    }
    about_baunit(s, c->baunit);
    c->asking_fen_year = between(a, 100000, 3000000);
    c->months = ONE_OF(a, 6, 12, 12, 24, 24, 36, 60, 120, 228, 240, 240, 241);
    c->uses = chance(a, 70) ? 255 : between(a, 1, 255);
    for (int64_t id = rh_first(s->r, RH_BY_scheme_collective, s->collective);
         id != 0 && chance(a, 97); id = rh_next(s->r, RH_BY_scheme_collective, id)) {
        const rh_row_scheme *x = RH_GET(s->r, scheme, id);
        c->uses &= x->state == rh_scheme_state_active ? x->uses : 255;
    }
    c->deposit_fen = chance(a, 20) ? 0 : c->asking_fen_year * between(a, 0, 3) / 12;
    c->other_housing = chance(a, 96);
    c->title = some_source(s, s->out->kind);
    c->housing_source =
        chance(a, 97) ? source_of(s, SOURCE(certificate) | SOURCE(contract)) : RH_NONE;
}

static void
fill_match(scene *s)
{
    random_actor *a = s->a;
    rh_command_offer_match *c = &s->out->command.offer_match;
    int64_t chosen = 0;
    int n = 0;
    for (int64_t id = rh_first(s->r, RH_BY_bid_offer, c->offer); id != 0;
         id = rh_next(s->r, RH_BY_bid_offer, id)) {
        if (RH_GET(s->r, bid, id)->state == rh_bid_state_placed) {
            choose(a, &chosen, &n, id);
        }
    }
    c->bid = chosen != 0 ? chosen : some(s, RH_ROW_bid);
    c->start = s->today + ONE_OF(a, 0, 5, 20, 30, 30, 40, 40, 60, 60, 90, 120, -1);
    c->step_bp = ONE_OF(a, 0, 0, 300, 500, 1000);
    c->step_years = c->step_bp == 0 ? ONE_OF(a, 0, 0, 0, 1) : between(a, 1, 5);
    c->period_months = ONE_OF(a, 3, 6, 12, 12, 12, 12, 12, 12, 12, 24, 61);
    c->wording = chance(a, 85)
                     ? NULL
                     : text(a, chance(a, 20) ? "永久转让，过户" : "院内可种菜", draw(a) % 10);
}

/* Mostly a ground that the register bears out, if there is one. */
static void
fill_refuse(scene *s)
{
    rh_command_offer_refuse *c = &s->out->command.offer_refuse;
    const rh_row_offer *o = RH_GET(s->r, offer, c->offer);
    if (o == NULL) {
        return;
    }
    by(s, (o->state == rh_offer_state_verified) == chance(s->a, 90) ? rh_role_council
                                                                    : rh_role_township);
    const rh_row_baunit *u = RH_GET(s->r, baunit, o->baunit);
    const rh_row_parcel *p = RH_GET(s->r, parcel, u->parcel);
    bool unsafe = RH_GET(s->r, building, u->building)->safety > rh_safety_b,
         farmland = p->farmland || p->hazard;
    if (chance(s->a, 80)) {
        c->ground = unsafe     ? rh_refusal_ground_unsafe
                    : farmland ? rh_refusal_ground_farmland
                               : rh_refusal_ground_encumbered;
    }
}

static void
fill_offer(scene *s)
{
    random_actor *a = s->a;
    rh_command *c = &s->out->command;
    switch (s->out->kind) {
    case RH_DO_offer_draft:
        fill_draft(s);
        return;
    case RH_DO_offer_consent:
    case RH_DO_offer_unconsent: {
        about_offer(s, c->offer_consent.offer);
        by(s, rh_role_holder);
        int64_t row = s->out->kind == RH_DO_offer_consent
                          ? consenting_row(s, c->offer_consent.offer)
                          : some_member_row(s, s->household, true, false);
        if (row != 0) {
            c->offer_consent.person = RH_GET(s->r, household_member, row)->person;
            s->actor = signer_for(s, row);
        }
        if (s->out->kind == RH_DO_offer_consent) {
            c->offer_consent.warned = chance(a, 97);
        }
        return;
    }
    case RH_DO_objection_raise: {
        const rh_row_notice *n = NULL;
        for (int i = 0; i < 8; i++) { /* mostly one that stands */
            c->objection_raise.notice = some(s, RH_ROW_notice);
            n = RH_GET(s->r, notice, c->objection_raise.notice);
            if (n == NULL || n->last >= s->today) {
                break;
            }
        }
        about_place(s, n == NULL ? 2 : n->place);
        s->household = party_of_kind(s, rh_party_kind_household, s->place);
        return;
    }
    case RH_DO_objection_decide:
        c->objection_decide.objection =
            some_in(s, RH_ROW_objection, RH_BIT(rh_objection_state_open));
        c->objection_decide.upheld = chance(a, 30);
        s->place = 1;
        return;
    case RH_DO_bid_place: {
        about_offer(s, c->bid_place.offer);
        const rh_row_offer *o = RH_GET(s->r, offer, c->bid_place.offer);
        c->bid_place.fen_year = o == NULL ? 1 : o->asking_fen_year * between(a, 80, 160) / 100;
        for (int i = 0; o != NULL && i < 4 && (o->uses >> c->bid_place.purpose & 1) == 0; i++) {
            c->bid_place.purpose = below(a, rh_lessee_use_count);
        }
        by(s, chance(a, 30) ? rh_role_member : rh_role_lessee);
        return;
    }
    case RH_DO_bid_withdraw: {
        const rh_row_bid *b = RH_GET(s->r, bid, c->bid_withdraw.bid);
        if (b != NULL) {
            about_offer(s, b->offer);
            by(s, b->member ? rh_role_member : rh_role_lessee);
            s->actor = b->party;
        }
        return;
    }
    case RH_DO_offer_match:
        about_offer(s, c->offer_match.offer);
        fill_match(s);
        return;
    case RH_DO_offer_refuse:
        about_offer(s, c->offer_refuse.offer);
        fill_refuse(s);
        return;
    default:
        about_offer(s, c->offer_verify.offer);
        const rh_row_offer *o = RH_GET(s->r, offer, c->offer_verify.offer);
        if (o != NULL && o->verified_by != RH_NONE && chance(a, 10)) { /* the same hand again */
            s->actor = o->verified_by;
        }
    }
}

/* ---- leases ---- */

static void
fill_sign(scene *s, const rh_hash *wanted, rh_hash *given)
{
    *given = *wanted;
    by(s, ONE_OF(s->a, rh_role_holder, rh_role_holder, rh_role_holder, rh_role_lessee,
                 rh_role_lessee, rh_role_council, rh_role_township));
    for (int i = 0; i < 8 && s->lease != NULL;
         i++) { /* mostly somebody who has not signed yet */
        s->actor = somebody(s, s->role - 1);
        bool signed_already = false;
        for (int64_t id = rh_first(s->r, RH_BY_signature_lease, s->lease->id); id != 0;
             id = rh_next(s->r, RH_BY_signature_lease, id)) {
            const rh_row_signature *x = RH_GET(s->r, signature, id);
            signed_already |=
                memcmp(&x->document, wanted, sizeof *wanted) == 0 &&
                (x->party == s->actor || (x->role == s->role - 1 && x->role != rh_role_holder));
        }
        if (!signed_already) {
            return;
        }
        by(s, ONE_OF(s->a, rh_role_holder, rh_role_holder, rh_role_lessee, rh_role_council,
                     rh_role_township));
    }
}

static void
fill_amend(scene *s)
{
    random_actor *a = s->a;
    rh_command_lease_amend *c = &s->out->command.lease_amend;
    if (s->lease == NULL) {
        return;
    }
    c->end = s->lease->end + ONE_OF(a, 0, 0, 0, -30, 30, 365, 3650);
    c->fen_year = s->lease->fen_year * ONE_OF(a, 100, 100, 90, 110) / 100;
    if (chance(a, 5)) {
        c->text = s->lease->text;
    }
    c->farmer_bp = s->lease->farmer_bp;
    c->collective_bp = s->lease->collective_bp;
    c->reserve_bp = s->lease->reserve_bp;
    if (chance(a, 40)) {
        int64_t from_collective = c->collective_bp / 2;
        c->farmer_bp += from_collective * (chance(a, 80) ? 1 : -1);
        c->collective_bp -= from_collective * (chance(a, 95) ? 1 : 0);
        c->reserve_bp = 10000 - c->farmer_bp - c->collective_bp;
    }
    c->wording = chance(a, 90) ? NULL : "此房永久归承租人所有";
}

/* A ground that fits the state, by who may plead it, with what shows it. */
static void
fill_terminate(scene *s)
{
    random_actor *a = s->a;
    rh_command_lease_terminate *c = &s->out->command.lease_terminate;
    int64_t state = s->lease == NULL ? 0 : s->lease->state;
    c->ground = state == rh_lease_state_arrears && chance(a, 60) ? rh_termination_ground_arrears
                : state == rh_lease_state_unsafe && chance(a, 60)
                    ? rh_termination_ground_unsafe
                    : below(a, rh_termination_ground_count);
    switch (c->ground) {
    case rh_termination_ground_arrears:
        by(s, chance(a, 90) ? rh_role_holder_rep : rh_role_township);
        return;
    case rh_termination_ground_breach:
        c->source = source_of(s, chance(a, 70) ? SOURCE(order) : UINT64_MAX);
        return;
    case rh_termination_ground_mutual:
        by(s, chance(a, 80) ? rh_role_township : rh_role_lessee);
        c->source = source_of(s, chance(a, 80) ? SOURCE(contract) : UINT64_MAX);
        return;
    case rh_termination_ground_loss:
        c->source = source_of(s, chance(a, 70) ? SOURCE(report) : UINT64_MAX);
        return;
    default:
        return;
    }
}

static void
fill_lease(scene *s)
{
    random_actor *a = s->a;
    rh_command *c = &s->out->command;
    static const rh_hash none;
    switch (s->out->kind) {
    case RH_DO_lease_sign:
        about_lease(s, c->lease_sign.lease);
        fill_sign(s, s->lease == NULL ? &none : &s->lease->text, &c->lease_sign.text);
        return;
    case RH_DO_amendment_sign: {
        c->amendment_sign.amendment = some_in(s, RH_ROW_amendment, RH_BIT(rh_case_state_open));
        const rh_row_amendment *x = RH_GET(s->r, amendment, c->amendment_sign.amendment);
        about_lease(s, x == NULL ? 0 : x->lease);
        fill_sign(s, x == NULL ? &none : &x->text, &c->amendment_sign.text);
        return;
    }
    case RH_DO_sublet_answer: {
        c->sublet_answer.sublet = some_in(s, RH_ROW_sublet, RH_BIT(rh_sublet_state_asked));
        const rh_row_sublet *x = RH_GET(s->r, sublet, c->sublet_answer.sublet);
        about_lease(s, x == NULL ? 0 : x->lease);
        c->sublet_answer.allowed = chance(a, 70);
        return;
    }
    default: /* all others begin with the lease */
        about_lease(s, c->lease_file.lease);
    }
    switch (s->out->kind) {
    case RH_DO_lease_amend:
        fill_amend(s);
        return;
    case RH_DO_lease_renew:
        c->lease_renew.months = ONE_OF(a, 12, 12, 24, 60, 120, 216, 228, 240);
        c->lease_renew.fen_year =
            s->lease == NULL ? 1 : s->lease->fen_year * between(a, 90, 130) / 100;
        c->lease_renew.wording = chance(a, 95) ? NULL : "世代居住";
        return;
    case RH_DO_sublet_ask:
        c->sublet_ask.sublessee = party_of_kind(s, rh_party_kind_person, 1);
        if (s->lease != NULL) {
            c->sublet_ask.start = s->today + ONE_OF(a, 0, 1, 30, -1);
            c->sublet_ask.end = chance(a, 70) && s->lease->end > s->today
                                    ? s->today + between(a, 1, s->lease->end - s->today)
                                    : s->lease->end + ONE_OF(a, 0, 0, 1);
            c->sublet_ask.purpose =
                chance(a, 90) ? s->lease->purpose : below(a, rh_lessee_use_count);
        }
        return;
    case RH_DO_lease_settle:
        c->lease_settle.deposit_kept_fen =
            s->lease == NULL || chance(a, 60)
                ? 0
                : s->lease->deposit_fen * between(a, 0, 101) / 100;
        c->lease_settle.source = chance(a, 80) ? some_source(s, s->out->kind) : RH_NONE;
        return;
    case RH_DO_lease_terminate:
        fill_terminate(s);
        return;
    case RH_DO_lease_continue:
        c->lease_continue.lessee = party_of_kind(s, rh_party_kind_person, 1);
        return;
    default:
        return;
    }
}

/* ---- money ---- */

static void
fill_receipt(scene *s)
{
    random_actor *a = s->a;
    rh_command_receipt_post *c = &s->out->command.receipt_post;
    for (int i = 0; i < 30; i++) { /* mostly a line that is due and not yet paid */
        int64_t lease =
            some_in(s, RH_ROW_lease,
                    RH_BIT(rh_lease_state_active) | RH_BIT(rh_lease_state_expiring) |
                        RH_BIT(rh_lease_state_filed) | RH_BIT(rh_lease_state_arrears) |
                        RH_BIT(rh_lease_state_unsafe));
        int64_t chosen = 0;
        int n = 0;
        for (int64_t id = rh_first(s->r, RH_BY_rent_line_lease, lease); id != 0;
             id = rh_next(s->r, RH_BY_rent_line_lease, id)) {
            const rh_row_rent_line *x = RH_GET(s->r, rent_line, id);
            int64_t got = (size_t)id < s->r->n_received ? s->r->received[id] : 0;
            if (x->due <= s->today + 10 && x->cancelled != 1 && got < x->amount_fen) {
                choose(a, &chosen, &n, id);
            }
        }
        if (chosen != 0) {
            c->line = chosen;
            break;
        }
    }
    const rh_row_rent_line *x = RH_GET(s->r, rent_line, c->line);
    if (x != NULL) {
        about_lease(s, x->lease);
        int64_t got = (size_t)x->id < s->r->n_received ? s->r->received[x->id] : 0,
                owed = x->amount_fen - got;
        c->amount_fen = owed > 1 && chance(a, 15) ? between(a, 1, owed) : owed > 0 ? owed : 1;
        c->amount_fen += chance(a, 2);
    }
    c->bank_ref = text(a, "R", chance(a, 97) ? ++a->serial : a->serial);
}

static int64_t
account_for(scene *s, int64_t payee)
{
    int64_t party = payee == rh_payee_farmer   ? s->household
                    : payee == rh_payee_lessee ? s->lease->lessee
                                               : s->collective;
    int64_t id = rh_first(s->r, RH_BY_bank_account_party, party);
    return id != 0 && chance(s->a, 95) ? id : some(s, RH_ROW_bank_account);
}

static void
fill_payout(scene *s)
{
    static const int64_t account_of[] = {[rh_payee_farmer] = rh_account_farmer,
                                         [rh_payee_collective] = rh_account_collective,
                                         [rh_payee_reserve] = rh_account_reserve,
                                         [rh_payee_lessee] = rh_account_lessee};
    random_actor *a = s->a;
    rh_command_payout_propose *c = &s->out->command.payout_propose;
    c->amount_fen = 1;
    for (int i = 0; i < 40; i++) { /* mostly where something is owed */
        c->lease = some(s, RH_ROW_lease);
        c->payee = below(a, rh_payee_count);
        if (c->lease > 0 && (size_t)c->lease < s->r->n_books) {
            const rh_books *b = &s->r->books[c->lease];
            int64_t owed = -b->balance[account_of[c->payee]] - b->promised[c->payee];
            if (owed > 0) {
                c->amount_fen = chance(a, 80) ? owed : between(a, 1, owed) + chance(a, 10);
                break;
            }
        }
    }
    about_lease(s, c->lease);
    if (s->lease != NULL) {
        c->account = account_for(s, c->payee);
    }
}

static void
fill_money(scene *s)
{
    rh_command *c = &s->out->command;
    switch (s->out->kind) {
    case RH_DO_receipt_post:
        fill_receipt(s);
        return;
    case RH_DO_receipt_reverse: {
        const rh_row_receipt *x = RH_GET(s->r, receipt, c->receipt_reverse.receipt);
        about_lease(s, x == NULL ? 0 : x->lease);
        return;
    }
    case RH_DO_payout_propose:
        fill_payout(s);
        return;
    default: {
        const rh_row_payout *p = RH_GET(s->r, payout, c->payout_approve.payout);
        about_lease(s, p == NULL ? 0 : p->lease);
        if (p != NULL && chance(s->a, 10)) { /* the same hand again */
            s->actor =
                p->approved_by != RH_NONE && chance(s->a, 50) ? p->approved_by : p->proposed_by;
        }
        if (s->out->kind == RH_DO_payout_reconcile) {
            c->payout_reconcile.bank_ref = text(s->a, "P", ++s->a->serial);
        }
    }
    }
}

/* ---- supervision and time ---- */

static void
fill_dispute(scene *s)
{
    random_actor *a = s->a;
    rh_command_dispute_open *c = &s->out->command.dispute_open;
    static const rh_row_kind of[] = {
        [rh_object_kind_place] = RH_ROW_place,   [rh_object_kind_scheme] = RH_ROW_scheme,
        [rh_object_kind_offer] = RH_ROW_offer,   [rh_object_kind_lease] = RH_ROW_lease,
        [rh_object_kind_payout] = RH_ROW_payout, [rh_object_kind_baunit] = RH_ROW_baunit,
        [rh_object_kind_party] = RH_ROW_party};
    c->object = chance(a, 75) ? rh_object_kind_lease : below(a, rh_object_kind_count);
    c->object_id = some(s, of[c->object]);
    c->contested_of = chance(a, 90) ? below(a, rh_payee_count) : RH_NONE;
    c->contested_fen =
        chance(a, 30) || c->object < rh_object_kind_lease ? 0 : between(a, 0, 300000);
    about_place(s, 1 + between(a, 1, VILLAGES));
    s->household = party_of_kind(s, rh_party_kind_household, s->place);
    if (c->object == rh_object_kind_lease) {
        about_lease(s, c->object_id);
    } else if (c->object == rh_object_kind_offer) {
        about_offer(s, c->object_id);
    }
}

/* Where the clock goes when nothing is asked: mostly to the next day on which something is due. */
static void
move_clock(scene *s)
{
    random_actor *a = s->a;
    int64_t due = rh_registry_next_due(s->r), days;
    int64_t meetings = rh_registry_count(s->r, RH_ROW_meeting);
    const rh_row_meeting *m =
        RH_GET(s->r, meeting, meetings - (meetings > 1 ? below(a, 2) : 0));
    int64_t u = below(a, 10000);
    if (u < 3000 || (m != NULL && m->held == s->today && m->passed == RH_NONE && u < 8000)) {
        days = u < 3000 ? between(a, 0, 2) : 0;
    } else if (u < 5000 && m != NULL && m->held > s->today) {
        days = m->held - s->today;
    } else if (u < 9000) {
        days = due > s->today ? due - s->today : between(a, 1, 4);
        days = days > 30 ? between(a, 1, 30) : days;
    } else if (u < 9970) {
        days = between(a, 2, 12);
    } else if (u < 9999) {
        days = between(a, 60, 400);
    } else {
        days = between(a, 1000, 7400);
    }
    if (s->today + days < a->last_day) {
        a->time += days * day_ms;
        s->out->time = a->time;
        s->today = rh_day_of_time(a->time);
    }
    s->out->command.tick.today = s->today + (chance(a, 98) ? 0 : ONE_OF(a, -1, 1));
}

static void
fill_supervision(scene *s)
{
    random_actor *a = s->a;
    rh_command *c = &s->out->command;
    switch (s->out->kind) {
    case RH_DO_inspection_open:
        c->inspection_open.lease = some(s, RH_ROW_lease);
        about_lease(s, c->inspection_open.lease);
        return;
    case RH_DO_inspection_close: {
        c->inspection_close.inspection =
            some_in(s, RH_ROW_inspection, RH_BIT(rh_case_state_open));
        const rh_row_inspection *x = RH_GET(s->r, inspection, c->inspection_close.inspection);
        about_lease(s, x == NULL ? 0 : x->lease);
        return;
    }
    case RH_DO_dispute_open:
        fill_dispute(s);
        return;
    case RH_DO_dispute_move:
    case RH_DO_dispute_close: {
        c->dispute_move.dispute = some_in(s, RH_ROW_dispute, RH_BIT(rh_case_state_open));
        const rh_row_dispute *x = RH_GET(s->r, dispute, c->dispute_move.dispute);
        if (x != NULL && x->object == rh_object_kind_lease) {
            about_lease(s, x->object_id);
        }
        if (s->out->kind == RH_DO_dispute_close) {
            c->dispute_close.outcome = between(a, 0, rh_outcome_count - 1);
            c->dispute_close.source = source_of(s, chance(a, 70) ? SOURCE(order) : UINT64_MAX);
        } else {
            c->dispute_move.path = x != NULL && chance(a, 80)
                                       ? between(a, x->path, rh_dispute_path_count - 1)
                                       : c->dispute_move.path;
            c->dispute_move.source = chance(a, 50) ? some_source(s, s->out->kind) : RH_NONE;
        }
        return;
    }
    case RH_DO_disclosure_publish:
        about_place(s, 1 + between(a, 1, VILLAGES));
        c->disclosure_publish.place = s->place;
        c->disclosure_publish.last = s->today - between(a, 0, 3);
        c->disclosure_publish.first = c->disclosure_publish.last - between(a, 0, 95);
        return;
    case RH_DO_erasure_ask:
        about_place(s, 1 + between(a, 1, VILLAGES));
        by(s, ONE_OF(a, rh_role_lessee, rh_role_lessee, rh_role_lessee, rh_role_member));
        s->household = party_of_kind(s, rh_party_kind_household, s->place);
        s->actor = s->role - 1 == rh_role_lessee ? party_of_kind(s, rh_party_kind_person, 0)
                                                 : somebody(s, rh_role_member);
        c->erasure_ask.party = s->actor;
        return;
    default:
        return;
    }
}

/* ---- all of them ---- */

static bool
is_registry(rh_command_kind kind)
{
    return kind < RH_DO_scheme_draft;
}

void
fill(scene *s)
{
    rh_command_kind k = s->out->kind;
    if (is_registry(k)) {
        fill_registry(s);
    } else if (k < RH_DO_offer_draft) {
        fill_scheme(s);
    } else if (k < RH_DO_lease_sign) {
        fill_offer(s);
    } else if (k < RH_DO_receipt_post) {
        fill_lease(s);
    } else if (k < RH_DO_inspection_open) {
        fill_money(s);
    } else if (k == RH_DO_tick) {
        move_clock(s);
    } else {
        fill_supervision(s);
    }
}
