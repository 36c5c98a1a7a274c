/* The scheme and its assembly: notice, who decides, the count, publication, what ends it (S1, S2, S10; 农村集体经济组织法 26–28, 34, 57). */
#include "small_township.h"

#include "domain/calendar_day.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define T(t)                                                                                   \
    small_township t;                                                                          \
    small_open(&t)

static int64_t
state_of(const small_township *t, int64_t scheme)
{
    return SMALL_GET(t, scheme, scheme)->state;
}

static void
a_scheme_walks_its_whole_path(void **unused)
{
    (void)unused;
    T(t);
    int64_t id = small_active_scheme(&t);
    const rh_row_scheme *s = SMALL_GET(&t, scheme, id);
    assert_int_equal(s->state, rh_scheme_state_active);
    assert_int_equal(s->until, RH_NONE);
    assert_int_equal(s->drafted_by, t.village[0].council);
    assert_int_equal(s->counted_by, t.village[0].supervisor);
    assert_int_equal(s->filed_by, t.officer);
    small_days(&t, 800);
    assert_int_equal(state_of(&t, id), rh_scheme_state_active);
    small_close(&t);
}

static void
a_draft_is_whole_and_inside_the_bounds(void **unused)
{
    (void)unused;
    T(t);
    small_set(&t, t.place, rh_parameter_floor_fen_m2_year, 500);
    int64_t council = t.village[0].council;
    const rh_command_scheme_draft good = small_scheme(&t);
    rh_command_scheme_draft c = good;
    c.collective = t.household[0].party;
    small_refused(&t, RH_DO_scheme_draft, &c, council, rh_role_council,
                  RH_GUARD_party_kind_fits);
    c = good;
    c.farmer_bp++;
    small_refused(&t, RH_DO_scheme_draft, &c, council, rh_role_council,
                  RH_GUARD_split_is_whole);
    assert_int_equal(small_refusal(&t, RH_GUARD_split_is_whole)->value[0].number, 10001);
    c.farmer_bp = 11000;
    c.collective_bp = -2000;
    small_refused(&t, RH_DO_scheme_draft, &c, council, rh_role_council,
                  RH_GUARD_split_is_whole);
    c = good;
    c.uses = 0;
    small_refused(&t, RH_DO_scheme_draft, &c, council, rh_role_council,
                  RH_GUARD_uses_are_listed);
    c.uses = 1 << rh_lessee_use_count;
    small_refused(&t, RH_DO_scheme_draft, &c, council, rh_role_council,
                  RH_GUARD_uses_are_listed);
    c = good;
    c.floor_fen_m2_year = 499;
    small_refused(&t, RH_DO_scheme_draft, &c, council, rh_role_council,
                  RH_GUARD_floor_price_reached);
    c = good;
    c.notice_days = 6; /* the township's default is 7, the law's floor 5 */
    small_refused(&t, RH_DO_scheme_draft, &c, council, rh_role_council,
                  RH_GUARD_notice_long_enough);
    small_set(&t, t.village[0].place, rh_parameter_notice_days, 5);
    small_must(&t, RH_DO_scheme_draft, &c, council, rh_role_council);
    c.notice_days = 4;
    small_refused(&t, RH_DO_scheme_draft, &c, council, rh_role_council,
                  RH_GUARD_notice_long_enough);
    c = good;
    c.floor_fen_m2_year = 500;
    small_must(&t, RH_DO_scheme_draft, &c, council, rh_role_council);
    c.farmer_bp = 10000; /* a share may be nothing */
    c.collective_bp = c.reserve_bp = 0;
    small_must(&t, RH_DO_scheme_draft, &c, council, rh_role_council);
    c.farmer_bp = 0;
    c.collective_bp = 10000;
    c.floor_fen_m2_year = 10000000;
    c.notice_days = 60;
    small_must(&t, RH_DO_scheme_draft, &c, council, rh_role_council);
    c.notice_days = 61;
    small_refused(&t, RH_DO_scheme_draft, &c, council, rh_role_council,
                  RH_GUARD_notice_long_enough);
    c.floor_fen_m2_year = 10000001;
    small_refused(&t, RH_DO_scheme_draft, &c, council, rh_role_council,
                  RH_GUARD_floor_price_reached);
    c = good;
    /* a redraft stays with its collective and matter, and needs the council of the village */
    c.scheme = 1;
    c.purpose = rh_scheme_purpose_construction_land;
    small_refused(&t, RH_DO_scheme_draft, &c, council, rh_role_council,
                  RH_GUARD_redraft_of_own);
    c.purpose = rh_scheme_purpose_homestead_use;
    small_must(&t, RH_DO_scheme_draft, &c, council, rh_role_council);
    assert_int_equal(SMALL_GET(&t, scheme, 1)->version, 2);
    small_refused(&t, RH_DO_scheme_draft, &good, t.village[1].council, rh_role_council,
                  RH_GUARD_holds_role);
    small_refused(&t, RH_DO_scheme_draft, &good, t.officer, rh_role_township,
                  RH_GUARD_role_may);
    small_close(&t);
}

static void
the_assembly_is_called_ten_days_before_after_the_party_has_discussed(void **unused)
{
    (void)unused;
    T(t);
    const small_village *v = &t.village[0];
    rh_command_scheme_draft draft = small_scheme(&t);
    int64_t id = small_scheme_to(&t, &draft, rh_scheme_state_draft);
    int64_t today = small_today(&t);
    rh_command_scheme_call c = {
        .scheme = id, .kind = rh_meeting_kind_assembly, .held = today + 10, .papers = today};
    small_refused(&t, RH_DO_scheme_call, &c, v->council, rh_role_council,
                  RH_GUARD_state_allows);
    rh_command_scheme_discuss discuss = {id, t.source[rh_source_kind_photo]};
    small_refused(&t, RH_DO_scheme_discuss, &discuss, v->party_org, rh_role_party_org,
                  RH_GUARD_source_kind_fits);
    discuss.source = t.source[rh_source_kind_minutes];
    /* the drafter does not record the discussion even when he is of the Party organisation */
    small_grant(&t, v->council, rh_role_party_org, v->place);
    small_refused(&t, RH_DO_scheme_discuss, &discuss, v->council, rh_role_party_org,
                  RH_GUARD_not_twice_in_scheme);
    small_must(&t, RH_DO_scheme_discuss, &discuss, v->party_org, rh_role_party_org);

    c.held = today + 9; /* S2 */
    small_refused(&t, RH_DO_scheme_call, &c, v->council, rh_role_council,
                  RH_GUARD_called_ten_days_before);
    const rh_refusal *why = small_refusal(&t, RH_GUARD_called_ten_days_before);
    assert_int_equal(why->value[0].number, 9);
    assert_int_equal(why->value[1].number, today + 10);
    char text[500];
    rh_refusal_text(why, RH_CHINESE, text, sizeof text);
    assert_non_null(strstr(text, "2026年3月11日"));
    assert_non_null(strstr(text, "第二十七条"));
    c.held = today + 20;
    c.papers = today + 11;
    small_refused(&t, RH_DO_scheme_call, &c, v->council, rh_role_council,
                  RH_GUARD_papers_ten_days_before);
    small_refused(&t, RH_DO_scheme_call, &c, v->council, rh_role_council,
                  RH_GUARD_date_not_ahead);
    c.papers = today;
    c.held = today + 184;
    small_refused(&t, RH_DO_scheme_call, &c, v->council, rh_role_council,
                  RH_GUARD_held_within_half_a_year);
    c.held = today + 183;
    c.kind = rh_meeting_kind_representatives;
    assert_int_equal(small_do(&t, RH_DO_scheme_call, &c, v->council, rh_role_council),
                     RH_GUARD_assembly_decides);
    assert_int_equal(t.out.refusals.n, 1); /* the day is in reach */
    c.held = today + 10;
    /* S1: representatives do not decide on homesteads */
    c.kind = rh_meeting_kind_representatives;
    small_refused(&t, RH_DO_scheme_call, &c, v->council, rh_role_council,
                  RH_GUARD_assembly_decides);
    c.kind = rh_meeting_kind_assembly;
    small_must(&t, RH_DO_scheme_call, &c, v->council, rh_role_council);
    assert_int_equal(state_of(&t, id), rh_scheme_state_called);
    small_close(&t);
}

/* A collective of `n` more members with full capacity, called for a meeting that is held today; returns the meeting. */
static int64_t
meeting_of(small_township *t, int64_t purpose, int64_t kind, int64_t n)
{
    const small_village *v = &t->village[0];
    for (int64_t i = 0; i < n; i++) {
        int64_t household = small_party(t, rh_party_kind_household, v->place),
                person = small_person(t, v->place);
        small_join(t, household, person, rh_day_of(1980, 1, 1), rh_capacity_full, true,
                   RH_NONE);
        small_member(t, v->collective, person);
    }
    rh_command_scheme_draft draft = small_scheme(t);
    draft.purpose = purpose;
    int64_t id = small_scheme_to(t, &draft, rh_scheme_state_party_discussed);
    rh_command_scheme_call call = {
        .scheme = id, .kind = kind, .held = small_today(t) + 10, .papers = small_today(t)};
    small_must(t, RH_DO_scheme_call, &call, v->council, rh_role_council);
    small_days(t, 10);
    return small_newest(t, RH_ROW_meeting);
}

static rh_command_meeting_count
count_of(const small_township *t, int64_t meeting, int64_t attended, int64_t yes)
{
    return (rh_command_meeting_count){.meeting = meeting,
                                      .attended = attended,
                                      .yes = yes,
                                      .no = attended - yes,
                                      .abstain = 0,
                                      .minutes = t->source[rh_source_kind_minutes],
                                      .roll = RH_NONE};
}

/* N = 1000: 667 in favour pass, 666 fail, and 670 present with 600 in favour fail. */
static void
two_thirds_of_all_members_decide(void **unused)
{
    (void)unused;
    static const struct {
        int64_t attended, yes, state, n;
    } vote[] = {
        {667, 667, rh_scheme_state_passed, 1000},   {1000, 666, rh_scheme_state_failed, 1000},
        {666, 666, rh_scheme_state_failed, 1000},   {670, 600, rh_scheme_state_failed, 1000},
        {1000, 1000, rh_scheme_state_passed, 1000}, {0, 0, rh_scheme_state_failed, 1000},
        {666, 666, rh_scheme_state_passed, 999}, /* two thirds exactly: 以上 includes the number */
        {666, 665, rh_scheme_state_failed, 999},    {665, 665, rh_scheme_state_failed, 999}};
    for (size_t i = 0; i < sizeof vote / sizeof vote[0]; i++) {
        T(t);
        int64_t meeting = meeting_of(&t, rh_scheme_purpose_homestead_use,
                                     rh_meeting_kind_assembly, vote[i].n - 5);
        rh_command_meeting_count c = count_of(&t, meeting, vote[i].attended, vote[i].yes);
        small_must(&t, RH_DO_meeting_count, &c, t.village[0].supervisor, rh_role_supervisors);
        assert_int_equal(SMALL_GET(&t, meeting, meeting)->roll, vote[i].n);
        assert_int_equal(state_of(&t, 1), vote[i].state);
        small_close(&t);
    }
}

/* The same two thirds of representatives decide on construction land. */
static void
representatives_decide_on_construction_land(void **unused)
{
    (void)unused;
    T(t);
    int64_t meeting = meeting_of(&t, rh_scheme_purpose_construction_land,
                                 rh_meeting_kind_representatives, 10);
    rh_command_meeting_count c = count_of(&t, meeting, 2, 2);
    const small_village *v = &t.village[0];
    small_refused(&t, RH_DO_meeting_count, &c, v->supervisor, rh_role_supervisors,
                  RH_GUARD_roll_is_known);
    c.roll = 16; /* there are 15 members */
    small_refused(&t, RH_DO_meeting_count, &c, v->supervisor, rh_role_supervisors,
                  RH_GUARD_roll_is_known);
    rh_command_ballot_cast ballot = {
        .meeting = meeting, .vote = rh_vote_yes, .via = rh_via_in_person, .mandate = RH_NONE};
    small_refused(&t, RH_DO_ballot_cast, &ballot, t.household[0].adult[0], rh_role_member,
                  RH_GUARD_ballot_in_assembly);
    c.roll = 0;
    small_refused(&t, RH_DO_meeting_count, &c, v->supervisor, rh_role_supervisors,
                  RH_GUARD_roll_is_known);
    c.roll = 15;
    c.attended = c.yes = 10;
    small_must(&t, RH_DO_meeting_count, &c, v->supervisor, rh_role_supervisors);
    assert_int_equal(state_of(&t, 1), rh_scheme_state_passed);
    small_close(&t);
}

static void
nobody_decides_where_there_are_no_members(void **unused)
{
    (void)unused;
    T(t);
    int64_t meeting =
        meeting_of(&t, rh_scheme_purpose_homestead_use, rh_meeting_kind_assembly, 0);
    for (int64_t m = 1; m <= small_newest(&t, RH_ROW_membership); m++) {
        rh_command_membership_end end = {.membership = m,
                                         .end_reason = rh_end_reason_other_collective,
                                         .source = t.source[rh_source_kind_certificate],
                                         .until = small_today(&t) - 1};
        small_must(&t, RH_DO_membership_end, &end, t.officer, rh_role_township);
    }
    rh_command_meeting_count c = count_of(&t, meeting, 0, 0);
    small_refused(&t, RH_DO_meeting_count, &c, t.village[0].supervisor, rh_role_supervisors,
                  RH_GUARD_roll_is_known);
    small_close(&t);
}

/* N is of the day of the meeting: members with full capacity, by what the register says of that day. */
static void
the_roll_is_of_the_day(void **unused)
{
    (void)unused;
    T(t);
    const small_village *v = &t.village[0];
    rh_command_scheme_draft draft = small_scheme(&t);
    small_scheme_to(&t, &draft, rh_scheme_state_called);
    small_days(&t, 9);
    int64_t household = small_party(&t, rh_party_kind_household, v->place);
    int64_t grown = small_person(&t, v->place), young = small_person(&t, v->place);
    small_join(&t, household, grown, rh_day_of(2008, 3, 11), rh_capacity_full, false,
               t.lessee); /* 18 on the day */
    small_join(&t, household, young, rh_day_of(2008, 3, 12), rh_capacity_full, false, t.lessee);
    small_member(&t, v->collective, grown);
    small_member(&t, v->collective, young);
    /* one leaves with the day before the meeting as his last */
    rh_command_membership_end end = {.membership = 2,
                                     .end_reason = rh_end_reason_death,
                                     .source = t.source[rh_source_kind_certificate],
                                     .until = small_today(&t)};
    small_must(&t, RH_DO_membership_end, &end, t.officer, rh_role_township);
    rh_command_meeting_count c = count_of(&t, 1, 4, 4);
    small_refused(&t, RH_DO_meeting_count, &c, v->supervisor, rh_role_supervisors,
                  RH_GUARD_meeting_day_has_come);
    small_days(&t, 1);
    /* another leaves after the meeting: he was of it */
    small_days(&t, 1);
    end.membership = 3;
    end.until = small_today(&t) - 1;
    small_must(&t, RH_DO_membership_end, &end, t.officer, rh_role_township);
    c = count_of(&t, 1, 6, 6);
    small_refused(&t, RH_DO_meeting_count, &c, v->supervisor, rh_role_supervisors,
                  RH_GUARD_counts_agree);
    assert_int_equal(small_refusal(&t, RH_GUARD_counts_agree)->value[2].number, 5);
    c = count_of(&t, 1, 5, 4);
    c.abstain = 1;
    small_refused(&t, RH_DO_meeting_count, &c, v->supervisor, rh_role_supervisors,
                  RH_GUARD_counts_agree);
    c.no = 0;
    small_must(&t, RH_DO_meeting_count, &c, v->supervisor, rh_role_supervisors);
    assert_int_equal(state_of(&t, 1), rh_scheme_state_passed); /* 12 ≥ 10 */
    small_close(&t);
}

static void
one_member_has_one_ballot(void **unused)
{
    (void)unused;
    T(t);
    const small_household *h = &t.household[0], *other = &t.household[1];
    rh_command_scheme_draft draft = small_scheme(&t);
    small_scheme_to(&t, &draft, rh_scheme_state_called);
    rh_command_ballot_cast c = {
        .meeting = 1, .vote = rh_vote_no, .via = rh_via_in_person, .mandate = RH_NONE};
    small_refused(&t, RH_DO_ballot_cast, &c, h->adult[0], rh_role_member,
                  RH_GUARD_ballot_on_the_day);
    small_days(&t, 10);
    small_must(&t, RH_DO_ballot_cast, &c, h->adult[0], rh_role_member);
    small_refused(&t, RH_DO_ballot_cast, &c, h->adult[0], rh_role_member,
                  RH_GUARD_one_ballot_each);
    small_refused(&t, RH_DO_ballot_cast, &c, other->minor, rh_role_member,
                  RH_GUARD_voter_has_capacity);
    small_refused(&t, RH_DO_ballot_cast, &c, t.household[3].adult[0], rh_role_member,
                  RH_GUARD_holds_role);
    /* by proxy: of one's own household, in writing, once */
    int64_t today = small_today(&t);
    rh_command_mandate_add m = {.principal = h->adult[1],
                                .agent = other->adult[0],
                                .scope = rh_mandate_scope_vote,
                                .source = t.source[rh_source_kind_statement],
                                .from = today,
                                .until = today};
    small_must(&t, RH_DO_mandate_add, &m, h->adult[1], rh_role_member);
    m.agent = h->adult[2];
    small_must(&t, RH_DO_mandate_add, &m, h->adult[1], rh_role_member);
    m.scope = rh_mandate_scope_sign;
    small_must(&t, RH_DO_mandate_add, &m, h->adult[1], rh_role_member);
    c.via = rh_via_proxy;
    small_refused(&t, RH_DO_ballot_cast, &c, h->adult[2], rh_role_member,
                  RH_GUARD_proxy_in_household);
    c.mandate = 1;
    small_refused(&t, RH_DO_ballot_cast, &c, other->adult[0], rh_role_member,
                  RH_GUARD_proxy_in_household);
    c.mandate = 3;
    small_refused(&t, RH_DO_ballot_cast, &c, h->adult[2], rh_role_member,
                  RH_GUARD_proxy_in_household);
    c.mandate = 2;
    c.via = rh_via_online;
    small_refused(&t, RH_DO_ballot_cast, &c, h->adult[2], rh_role_member,
                  RH_GUARD_proxy_in_household);
    c.via = rh_via_proxy;
    small_must(&t, RH_DO_ballot_cast, &c, h->adult[2], rh_role_member);
    assert_int_equal(((const rh_row_ballot *)small_row(&t, RH_ROW_ballot))->member,
                     h->adult[1]);
    small_refused(&t, RH_DO_ballot_cast, &c, h->adult[2], rh_role_member,
                  RH_GUARD_one_ballot_each);
    c.mandate = RH_NONE;
    c.via = rh_via_online;
    c.vote = rh_vote_yes;
    small_must(&t, RH_DO_ballot_cast, &c, h->adult[2], rh_role_member);
    small_refused(&t, RH_DO_ballot_cast, &c, h->adult[1], rh_role_member,
                  RH_GUARD_one_ballot_each);
    /* the count holds what was cast: 1 yes, 2 no */
    rh_command_meeting_count count = count_of(&t, 1, 5, 4);
    const small_village *v = &t.village[0];
    small_refused(&t, RH_DO_meeting_count, &count, v->supervisor, rh_role_supervisors,
                  RH_GUARD_counts_hold_ballots);
    assert_int_equal(small_refusal(&t, RH_GUARD_counts_hold_ballots)->value[1].number, 2);
    count = count_of(&t, 1, 5, 3);
    small_must(&t, RH_DO_meeting_count, &count, v->supervisor, rh_role_supervisors);
    assert_int_equal(state_of(&t, 1), rh_scheme_state_failed);
    small_close(&t);
}

static void
the_supervisors_count_and_are_no_kin_of_the_council(void **unused)
{
    (void)unused;
    T(t);
    const small_village *v = &t.village[0];
    rh_command_scheme_draft draft = small_scheme(&t);
    small_scheme_to(&t, &draft, rh_scheme_state_called);
    small_days(&t, 10);
    rh_command_meeting_count c = count_of(&t, 1, 5, 5);
    small_refused(&t, RH_DO_meeting_count, &c, v->council, rh_role_council, RH_GUARD_role_may);
    c.minutes = t.source[rh_source_kind_photo];
    small_refused(&t, RH_DO_meeting_count, &c, v->supervisor, rh_role_supervisors,
                  RH_GUARD_source_kind_fits);
    c.minutes = t.source[rh_source_kind_minutes];
    rh_command_kin_add kin = {.one = v->council2, .other = v->supervisor};
    small_must(&t, RH_DO_kin_add, &kin, t.officer, rh_role_township);
    small_refused(&t, RH_DO_meeting_count, &c, v->supervisor, rh_role_supervisors,
                  RH_GUARD_counter_not_kin_of_council);
    int64_t person = small_person(&t, v->place);
    small_grant(&t, person, rh_role_supervisors, v->place);
    small_must(&t, RH_DO_meeting_count, &c, person, rh_role_supervisors);
    small_close(&t);
}

static void
the_council_drops_no_scheme_that_the_assembly_decides(void **unused)
{
    (void)unused;
    T(t);
    rh_command_scheme_draft draft = small_scheme(&t);
    rh_command_scheme_drop drop = {small_scheme_to(&t, &draft, rh_scheme_state_called)};
    small_days(&t, 9);
    small_days(&t, 1);
    small_refused(&t, RH_DO_scheme_drop, &drop, t.village[0].council, rh_role_council,
                  RH_GUARD_meeting_not_begun);
    drop.scheme = small_scheme_to(&t, &draft, rh_scheme_state_called);
    small_days(&t, 9);
    small_must(&t, RH_DO_scheme_drop, &drop, t.village[0].council, rh_role_council);
    small_close(&t);
}

/* Who counted does not decide on the objections, whatever office he holds by then. */
static void
who_took_a_step_decides_no_objection(void **unused)
{
    (void)unused;
    T(t);
    rh_command_scheme_draft draft = small_scheme(&t);
    small_scheme_to(&t, &draft, rh_scheme_state_publicised);
    rh_command_objection_raise raise = {.notice = small_newest(&t, RH_ROW_notice),
                                        .ground = 77};
    small_must(&t, RH_DO_objection_raise, &raise, t.household[0].adult[0], rh_role_member);
    int64_t counter = t.village[0].supervisor;
    for (int64_t g = 1; g <= small_newest(&t, RH_ROW_role_grant); g++) {
        const rh_row_role_grant *grant = SMALL_GET(&t, role_grant, g);
        if (grant->party == counter && grant->valid_to == RH_NONE) {
            rh_command_role_grant_end end = {g};
            small_must(&t, RH_DO_role_grant_end, &end, t.officer, rh_role_township);
        }
    }
    small_grant(&t, counter, rh_role_township, t.place);
    rh_command_objection_decide decide = {.objection = 1, .upheld = 0, .reply = "no"};
    small_refused(&t, RH_DO_objection_decide, &decide, counter, rh_role_township,
                  RH_GUARD_decider_is_apart);
    small_must(&t, RH_DO_objection_decide, &decide, t.officer, rh_role_township);
    small_close(&t);
}

/* failed → drafted anew → called again: the former meeting is past. */
static void
a_failed_scheme_is_drafted_anew_or_dropped(void **unused)
{
    (void)unused;
    T(t);
    const small_village *v = &t.village[0];
    int64_t meeting =
        meeting_of(&t, rh_scheme_purpose_homestead_use, rh_meeting_kind_assembly, 0);
    rh_command_meeting_count c = count_of(&t, meeting, 5, 3);
    small_must(&t, RH_DO_meeting_count, &c, v->supervisor, rh_role_supervisors);
    assert_int_equal(state_of(&t, 1), rh_scheme_state_failed);
    rh_command_scheme_publicise publicise = {1};
    small_refused(&t, RH_DO_scheme_publicise, &publicise, v->council, rh_role_council,
                  RH_GUARD_state_allows);
    rh_command_scheme_draft draft = small_scheme(&t);
    draft.scheme = 1;
    assert_int_equal(small_scheme_to(&t, &draft, rh_scheme_state_called), 1);
    small_days(&t, 10);
    c.meeting = meeting;
    small_refused(&t, RH_DO_meeting_count, &c, v->supervisor, rh_role_supervisors,
                  RH_GUARD_meeting_is_current);
    c = count_of(&t, meeting + 1, 5, 3);
    small_must(&t, RH_DO_meeting_count, &c, v->supervisor, rh_role_supervisors);
    rh_command_scheme_drop drop = {1};
    small_must(&t, RH_DO_scheme_drop, &drop, v->council, rh_role_council);
    small_refused(&t, RH_DO_scheme_draft, &draft, v->council, rh_role_council,
                  RH_GUARD_state_allows);
    small_close(&t);
}

static rh_command_objection_raise
objection(const small_township *t)
{
    return (rh_command_objection_raise){.notice = small_newest(t, RH_ROW_notice), .ground = 77};
}

static void
a_scheme_is_filed_after_full_days_without_open_objection(void **unused)
{
    (void)unused;
    T(t);
    rh_command_scheme_draft draft = small_scheme(&t);
    int64_t id = small_scheme_to(&t, &draft, rh_scheme_state_publicised);
    rh_command_scheme_file file = {id};
    small_days(&t, 7); /* the last of the seven days */
    small_refused(&t, RH_DO_scheme_file, &file, t.officer, rh_role_township,
                  RH_GUARD_notice_days_are_full);
    assert_int_equal(small_refusal(&t, RH_GUARD_notice_days_are_full)->value[0].number,
                     small_today(&t));
    rh_command_objection_raise raise = objection(&t);
    small_must(&t, RH_DO_objection_raise, &raise, t.household[0].adult[0], rh_role_member);
    small_days(&t, 1);
    small_refused(&t, RH_DO_scheme_file, &file, t.officer, rh_role_township,
                  RH_GUARD_no_open_objection);
    rh_command_objection_decide decide = {.objection = 1, .upheld = 0, .reply = "checked"};
    small_must(&t, RH_DO_objection_decide, &decide, t.officer, rh_role_township);
    /* nothing was left of the notice; it is complete on the day after the decision */
    small_refused(&t, RH_DO_scheme_file, &file, t.officer, rh_role_township,
                  RH_GUARD_notice_days_are_full);
    small_days(&t, 1);
    small_refused(&t, RH_DO_objection_raise, &raise, t.household[0].adult[0], rh_role_member,
                  RH_GUARD_notice_runs);
    /* the township officer may not have counted or drafted it: nobody acts in two roles */
    rh_command_role_grant_end end = {0};
    for (int64_t g = 1; g <= small_newest(&t, RH_ROW_role_grant); g++) {
        const rh_row_role_grant *grant = SMALL_GET(&t, role_grant, g);
        end.role_grant = grant->party == t.village[0].supervisor ? g : end.role_grant;
    }
    small_must(&t, RH_DO_role_grant_end, &end, t.officer, rh_role_township);
    small_grant(&t, t.village[0].supervisor, rh_role_township, t.place);
    small_refused(&t, RH_DO_scheme_file, &file, t.village[0].supervisor, rh_role_township,
                  RH_GUARD_not_twice_in_scheme);
    small_must(&t, RH_DO_scheme_file, &file, t.officer, rh_role_township);
    rh_command_scheme_activate activate = {id};
    small_refused(&t, RH_DO_scheme_activate, &activate, t.village[0].supervisor,
                  rh_role_township, RH_GUARD_not_twice_in_scheme);
    small_must(&t, RH_DO_scheme_activate, &activate, t.officer2, rh_role_township);
    small_close(&t);
}

static void
an_upheld_objection_sends_the_scheme_back(void **unused)
{
    (void)unused;
    T(t);
    rh_command_scheme_draft draft = small_scheme(&t);
    small_scheme_to(&t, &draft, rh_scheme_state_publicised);
    rh_command_objection_raise raise = objection(&t);
    small_must(&t, RH_DO_objection_raise, &raise, t.household[0].adult[0], rh_role_member);
    small_must(&t, RH_DO_objection_raise, &raise, t.household[1].adult[0], rh_role_member);
    rh_command_objection_decide decide = {.objection = 1, .upheld = 1, .reply = "right"};
    small_must(&t, RH_DO_objection_decide, &decide, t.officer, rh_role_township);
    assert_int_equal(state_of(&t, 1), rh_scheme_state_failed);
    /* it comes to a second notice; the old objection, decided only now, does not touch that */
    draft.scheme = 1;
    small_scheme_to(&t, &draft, rh_scheme_state_publicised);
    int64_t last = SMALL_GET(&t, notice, 2)->last, until = SMALL_GET(&t, scheme, 1)->until;
    decide.objection = 2;
    small_must(&t, RH_DO_objection_decide, &decide, t.officer, rh_role_township);
    assert_int_equal(state_of(&t, 1), rh_scheme_state_publicised);
    assert_int_equal(SMALL_GET(&t, notice, 2)->last, last);
    assert_int_equal(SMALL_GET(&t, scheme, 1)->until, until);
    raise.notice = 1;
    small_refused(&t, RH_DO_objection_raise, &raise, t.household[0].adult[0], rh_role_member,
                  RH_GUARD_notice_runs);
    small_close(&t);
}

/* A new scheme of the same matter supersedes; another matter stands beside it. Unsigned offers end with their scheme. */
static void
the_new_scheme_supersedes_the_former(void **unused)
{
    (void)unused;
    T(t);
    int64_t offer = small_open_offer(&t, 0);
    rh_command_scheme_draft draft = small_scheme(&t);
    draft.purpose = rh_scheme_purpose_construction_land;
    small_scheme_to(&t, &draft, rh_scheme_state_active);
    assert_int_equal(state_of(&t, 1), rh_scheme_state_active);
    assert_int_equal(SMALL_GET(&t, offer, offer)->state, rh_offer_state_open);
    draft.purpose = rh_scheme_purpose_homestead_use;
    draft.farmer_bp = 8000;
    draft.collective_bp = 1000;
    small_scheme_to(&t, &draft, rh_scheme_state_active);
    assert_int_equal(state_of(&t, 1), rh_scheme_state_superseded);
    assert_int_equal(state_of(&t, 2), rh_scheme_state_active);
    assert_int_equal(SMALL_GET(&t, offer, offer)->state, rh_offer_state_lapsed);
    int64_t again = small_open_offer(&t, 0);
    assert_int_equal(SMALL_GET(&t, offer, again)->scheme, 3);
    small_close(&t);
}

/* S10, as far as it goes without signatures: new leases stop; a lease that is in force is not touched. */
static void
an_annulled_scheme_stops_what_is_not_signed(void **unused)
{
    (void)unused;
    T(t);
    int64_t matched = small_open_offer(&t, 0);
    small_days(&t, 20);
    int64_t lease = small_match(&t, matched, small_bid(&t, matched, t.lessee, 1800000));
    int64_t open = small_open_offer(&t, 1);
    int64_t bid = small_bid(&t, open, t.lessee, 1800000);
    rh_command_scheme_annul c = {1, t.source[rh_source_kind_resolution]};
    small_refused(&t, RH_DO_scheme_annul, &c, t.court, rh_role_court,
                  RH_GUARD_source_kind_fits);
    c.source = t.source[rh_source_kind_order];
    small_refused(&t, RH_DO_scheme_annul, &c, t.village[0].council, rh_role_council,
                  RH_GUARD_role_may);
    small_must(&t, RH_DO_scheme_annul, &c, t.court, rh_role_court);
    assert_int_equal(state_of(&t, 1), rh_scheme_state_annulled);
    assert_int_equal(SMALL_GET(&t, lease, lease)->state, rh_lease_state_dropped);
    assert_int_equal(SMALL_GET(&t, offer, matched)->state, rh_offer_state_lapsed);
    assert_int_equal(SMALL_GET(&t, offer, open)->state, rh_offer_state_lapsed);
    assert_int_equal(SMALL_GET(&t, bid, bid)->state, rh_bid_state_rejected);
    rh_command_offer_draft draft = small_offer(&t, 2);
    small_refused(&t, RH_DO_offer_draft, &draft, t.household[2].adult[0], rh_role_holder_rep,
                  RH_GUARD_offer_scheme_stands);
    assert_int_equal(
        ((const rh_row_order *)rh_registry_get(t.registry, RH_ROW_order, 1))->object_id, 1);
    small_close(&t);
}

/* I22: whatever nobody carries on ends by itself, on the day after its deadline and not before. */
static void
every_waiting_scheme_has_a_deadline(void **unused)
{
    (void)unused;
    static const struct {
        int64_t state, after;
    } wait[] = {{rh_scheme_state_draft, rh_scheme_state_dropped},
                {rh_scheme_state_party_discussed, rh_scheme_state_dropped},
                {rh_scheme_state_called, rh_scheme_state_failed},
                {rh_scheme_state_passed, rh_scheme_state_dropped},
                {rh_scheme_state_publicised, rh_scheme_state_dropped},
                {rh_scheme_state_filed, rh_scheme_state_dropped}};
    for (size_t i = 0; i < sizeof wait / sizeof wait[0]; i++) {
        T(t);
        rh_command_scheme_draft draft = small_scheme(&t);
        int64_t id = small_scheme_to(&t, &draft, wait[i].state);
        int64_t until = SMALL_GET(&t, scheme, id)->until;
        assert_int_not_equal(until, RH_NONE);
        small_days(&t, until - small_today(&t));
        assert_int_equal(state_of(&t, id), wait[i].state);
        small_days(&t, 1);
        assert_int_equal(state_of(&t, id), wait[i].after);
        if (wait[i].after == rh_scheme_state_failed) {
            small_days(&t, SMALL_GET(&t, scheme, id)->until + 1 - small_today(&t));
            assert_int_equal(state_of(&t, id), rh_scheme_state_dropped);
        }
        small_close(&t);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scheme_walks_its_whole_path),
        cmocka_unit_test(a_draft_is_whole_and_inside_the_bounds),
        cmocka_unit_test(the_assembly_is_called_ten_days_before_after_the_party_has_discussed),
        cmocka_unit_test(two_thirds_of_all_members_decide),
        cmocka_unit_test(representatives_decide_on_construction_land),
        cmocka_unit_test(nobody_decides_where_there_are_no_members),
        cmocka_unit_test(the_roll_is_of_the_day),
        cmocka_unit_test(one_member_has_one_ballot),
        cmocka_unit_test(the_supervisors_count_and_are_no_kin_of_the_council),
        cmocka_unit_test(the_council_drops_no_scheme_that_the_assembly_decides),
        cmocka_unit_test(who_took_a_step_decides_no_objection),
        cmocka_unit_test(a_failed_scheme_is_drafted_anew_or_dropped),
        cmocka_unit_test(a_scheme_is_filed_after_full_days_without_open_objection),
        cmocka_unit_test(an_upheld_objection_sends_the_scheme_back),
        cmocka_unit_test(the_new_scheme_supersedes_the_former),
        cmocka_unit_test(an_annulled_scheme_stops_what_is_not_signed),
        cmocka_unit_test(every_waiting_scheme_has_a_deadline),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
