/* The assembly: calling it, ballots, the count (农村集体经济组织法 26–28, 34).
 *
 * Notice and papers ten days before; two thirds of the members with full capacity attend, two thirds of all of them agree, and 以上 includes the
 * number itself (民法典 1259): 3·attended ≥ 2N and 3·yes ≥ 2N in whole numbers. N is counted from memberships and household records on the day of
 * the meeting. Representatives decide on collective construction land (item 9), never on homesteads (item 8); their number is said with the count. */
#include "domain/household.h"
#include "domain/scheme_life.h"
#include "domain/setting.h"

enum { CALL_DAYS = 10, HELD_WITHIN = 183 };

/* ---- calling ---- */

/* Also asked at the count: a meeting of representatives never passes a homestead scheme (I7). */
bool
rh_guard_assembly_decides(const rh_case *c, rh_refusal *why)
{
    (void)why;
    int64_t kind =
        c->ask->kind == RH_DO_scheme_call ? RH_COMMAND(c, scheme_call)->kind : c->meeting->kind;
    return c->scheme->purpose != rh_scheme_purpose_homestead_use ||
           kind == rh_meeting_kind_assembly;
}

static bool
ten_days(int64_t from, int64_t held, rh_refusal *why)
{
    rh_say(why, RH_FIELD_INT, held - from);
    rh_say(why, RH_FIELD_DATE, from + CALL_DAYS);
    return held - from >= CALL_DAYS;
}

bool
rh_guard_called_ten_days_before(const rh_case *c, rh_refusal *why)
{
    return ten_days(c->today, RH_COMMAND(c, scheme_call)->held, why);
}

bool
rh_guard_papers_ten_days_before(const rh_case *c, rh_refusal *why)
{
    const rh_command_scheme_call *ask = RH_COMMAND(c, scheme_call);
    return ten_days(ask->papers, ask->held, why);
}

/* [P] */
bool
rh_guard_held_within_half_a_year(const rh_case *c, rh_refusal *why)
{
    rh_say(why, RH_FIELD_DATE, c->today + HELD_WITHIN);
    return RH_COMMAND(c, scheme_call)->held <= c->today + HELD_WITHIN;
}

void
rh_do_scheme_call(rh_case *c)
{
    const rh_command_scheme_call *ask = RH_COMMAND(c, scheme_call);
    rh_row_meeting *m = RH_MAKE(c, meeting);
    m->scheme = ask->scheme;
    m->kind = ask->kind;
    m->called = c->today;
    m->held = ask->held;
    rh_scheme_enter(c, ask->scheme, rh_scheme_state_called,
                    ask->held + rh_setting(c, rh_parameter_count_days))
        ->papers = ask->papers;
}

/* The council may take a scheme back until the day of the meeting, not from the members who have voted on it. */
bool
rh_guard_meeting_not_begun(const rh_case *c, rh_refusal *why)
{
    const rh_registry *r = c->registry;
    const rh_row_meeting *m =
        RH_GET(r, meeting, rh_first(r, RH_BY_meeting_scheme, c->scheme->id));
    if (m == NULL || c->scheme->state != rh_scheme_state_called || m->held > c->today) {
        return true;
    }
    rh_say(why, RH_FIELD_DATE, m->held);
    return false;
}

/* ---- ballots ---- */

/* Meetings of a scheme stand newest first; only the newest, while the scheme is called, counts. */
bool
rh_guard_meeting_is_current(const rh_case *c, rh_refusal *why)
{
    (void)why;
    return c->meeting->passed == RH_NONE &&
           rh_first(c->registry, RH_BY_meeting_scheme, c->scheme->id) == c->meeting->id;
}

bool
rh_guard_ballot_in_assembly(const rh_case *c, rh_refusal *why)
{
    (void)why;
    return c->meeting->kind == rh_meeting_kind_assembly;
}

bool
rh_guard_ballot_on_the_day(const rh_case *c, rh_refusal *why)
{
    rh_say(why, RH_FIELD_DATE, c->meeting->held);
    return c->meeting->held == c->today;
}

/* Whose vote it is: the principal's when there is a mandate. */
static int64_t
voter(const rh_case *c)
{
    const rh_row_mandate *m = RH_GET(c->registry, mandate, RH_COMMAND(c, ballot_cast)->mandate);
    return m == NULL ? c->ask->actor : m->principal;
}

static bool
one_household(const rh_registry *r, int64_t one, int64_t other, int64_t day)
{
    for (int64_t id = rh_first(r, RH_BY_household_member_person, one); id != 0;
         id = rh_next(r, RH_BY_household_member_person, id)) {
        const rh_row_household_member *m = RH_GET(r, household_member, id);
        if (rh_holds(m, day) && rh_member_of_household(r, other, m->household, day) != NULL) {
            return true;
        }
    }
    return false;
}

bool
rh_guard_proxy_in_household(const rh_case *c, rh_refusal *why)
{
    (void)why;
    const rh_command_ballot_cast *ask = RH_COMMAND(c, ballot_cast);
    const rh_row_mandate *m = RH_GET(c->registry, mandate, ask->mandate);
    if (m == NULL || ask->via != rh_via_proxy) {
        return m == NULL && ask->via != rh_via_proxy;
    }
    return m->agent == c->ask->actor && rh_holds(m, c->today) &&
           (m->scope == rh_mandate_scope_vote || m->scope == rh_mandate_scope_all) &&
           one_household(c->registry, m->principal, m->agent, c->today);
}

static bool
may_vote(const rh_registry *r, int64_t collective, int64_t person, int64_t day)
{
    return rh_is_member_of(r, person, collective, day) && rh_is_able(r, person, day);
}

bool
rh_guard_voter_has_capacity(const rh_case *c, rh_refusal *why)
{
    rh_say(why, RH_FIELD_INT, voter(c));
    return may_vote(c->registry, c->scheme->collective, voter(c), c->meeting->held);
}

bool
rh_guard_one_ballot_each(const rh_case *c, rh_refusal *why)
{
    const rh_registry *r = c->registry;
    rh_say(why, RH_FIELD_INT, voter(c));
    for (int64_t id = rh_first(r, RH_BY_ballot_member, voter(c)); id != 0;
         id = rh_next(r, RH_BY_ballot_member, id)) {
        if (RH_GET(r, ballot, id)->meeting == c->meeting->id) {
            return false;
        }
    }
    return true;
}

void
rh_do_ballot_cast(rh_case *c)
{
    const rh_command_ballot_cast *ask = RH_COMMAND(c, ballot_cast);
    rh_row_ballot *b = RH_MAKE(c, ballot);
    b->meeting = ask->meeting;
    b->member = voter(c);
    b->vote = ask->vote;
    b->via = ask->via;
    b->mandate = ask->mandate;
}

/* ---- the count ---- */

int64_t
rh_roll_of(const rh_registry *r, int64_t collective, int64_t day)
{
    int64_t n = 0;
    for (int64_t id = rh_first(r, RH_BY_membership_collective, collective); id != 0;
         id = rh_next(r, RH_BY_membership_collective, id)) {
        const rh_row_membership *m = RH_GET(r, membership, id);
        n += rh_holds(m, day) && rh_is_able(r, m->person, day);
    }
    return n;
}

static int64_t
roll(const rh_case *c)
{
    return c->meeting->kind == rh_meeting_kind_representatives
               ? RH_COMMAND(c, meeting_count)->roll
               : rh_roll_of(c->registry, c->scheme->collective, c->meeting->held);
}

bool
rh_guard_meeting_day_has_come(const rh_case *c, rh_refusal *why)
{
    rh_say(why, RH_FIELD_DATE, c->meeting->held);
    return c->meeting->held <= c->today;
}

bool
rh_guard_counter_not_kin_of_council(const rh_case *c, rh_refusal *why)
{
    (void)why;
    const rh_registry *r = c->registry;
    for (int64_t id = rh_first(r, RH_BY_role_grant_place, c->scheme->village); id != 0;
         id = rh_next(r, RH_BY_role_grant_place, id)) {
        const rh_row_role_grant *g = RH_GET(r, role_grant, id);
        if (g->role == rh_role_council && rh_holds(g, c->today) &&
            rh_are_kin(r, g->party, c->ask->actor, c->today)) {
            return false;
        }
    }
    return true;
}

bool
rh_guard_roll_is_known(const rh_case *c, rh_refusal *why)
{
    int64_t members = rh_roll_of(c->registry, c->scheme->collective, c->meeting->held),
            said = RH_COMMAND(c, meeting_count)->roll;
    rh_say(why, RH_FIELD_INT, members);
    return c->meeting->kind == rh_meeting_kind_representatives
               ? said > 0 && said <= members
               : members > 0 && (said == RH_NONE || said == members);
}

bool
rh_guard_counts_agree(const rh_case *c, rh_refusal *why)
{
    const rh_command_meeting_count *ask = RH_COMMAND(c, meeting_count);
    int64_t votes = ask->yes + ask->no + ask->abstain, n = roll(c) == RH_NONE ? 0 : roll(c);
    rh_say(why, RH_FIELD_INT, votes);
    rh_say(why, RH_FIELD_INT, ask->attended);
    rh_say(why, RH_FIELD_INT, n);
    return ask->yes >= 0 && ask->no >= 0 && ask->abstain >= 0 && votes <= ask->attended &&
           ask->attended <= n;
}

bool
rh_guard_counts_hold_ballots(const rh_case *c, rh_refusal *why)
{
    const rh_command_meeting_count *ask = RH_COMMAND(c, meeting_count);
    const rh_registry *r = c->registry;
    int64_t cast[rh_vote_count] = {0};
    for (int64_t id = rh_first(r, RH_BY_ballot_meeting, ask->meeting); id != 0;
         id = rh_next(r, RH_BY_ballot_meeting, id)) {
        cast[RH_GET(r, ballot, id)->vote]++;
    }
    rh_say(why, RH_FIELD_INT, cast[rh_vote_yes]);
    rh_say(why, RH_FIELD_INT, cast[rh_vote_no]);
    rh_say(why, RH_FIELD_INT, cast[rh_vote_abstain]);
    return ask->yes >= cast[rh_vote_yes] && ask->no >= cast[rh_vote_no] &&
           ask->abstain >= cast[rh_vote_abstain];
}

void
rh_do_meeting_count(rh_case *c)
{
    const rh_command_meeting_count *ask = RH_COMMAND(c, meeting_count);
    int64_t n = roll(c);
    rh_row_meeting *m = RH_CHANGE(c, meeting, ask->meeting);
    m->roll = n;
    m->attended = ask->attended;
    m->yes = ask->yes;
    m->no = ask->no;
    m->abstain = ask->abstain;
    m->minutes = ask->minutes;
    m->passed = 3 * ask->attended >= 2 * n && 3 * ask->yes >= 2 * n;
    int64_t until =
        c->today + rh_setting(c, m->passed ? rh_parameter_file_days : rh_parameter_draft_days);
    rh_scheme_enter(c, m->scheme, m->passed ? rh_scheme_state_passed : rh_scheme_state_failed,
                    until)
        ->counted_by = c->ask->actor;
}
