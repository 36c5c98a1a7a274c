/* Erasing a person's data (个人信息保护法 47). Only whoever it concerns may ask, when no lease of his runs or is younger in its closing than the time
 * that records are kept, he is in no open dispute, and he holds no right, membership or office here any more.
 *
 * Assumption, not law: records are kept retain_months (36) after a lease is closed, so that claims about it can still be proved. The service deletes
 * values and salts when it sees the row; every proof still verifies (I16). */
#include "domain/calendar_day.h"
#include "domain/lease_life.h"
#include "domain/setting.h"

bool
rh_guard_erasure_by_the_person(const rh_case *c, rh_refusal *why)
{
    (void)why;
    int64_t party = RH_COMMAND(c, erasure_ask)->party;
    return party == c->ask->actor ||
           rh_has_mandate(c, party, c->ask->actor, rh_mandate_scope_all);
}

/* The day until which a lease's records are kept; RH_NONE: it runs. */
static int64_t
kept_until(const rh_case *c, const rh_row_lease *l)
{
    int64_t months = rh_setting(c, rh_parameter_retain_months);
    return rh_lease_in(l, RH_LEASE_OVER)
               ? rh_day_add_months(l->since, months < 0 || months > 1200 ? 1200 : months)
               : RH_NONE;
}

bool
rh_guard_records_are_old_enough(const rh_case *c, rh_refusal *why)
{
    const rh_registry *r = c->registry;
    int64_t party = RH_COMMAND(c, erasure_ask)->party;
    for (int64_t id = rh_first(r, RH_BY_lease_lessee, party); id != 0;
         id = rh_next(r, RH_BY_lease_lessee, id)) {
        int64_t until = kept_until(c, RH_GET(r, lease, id));
        if (until == RH_NONE || c->today < until) {
            rh_say(why, RH_FIELD_INT, id);
            rh_say(why, RH_FIELD_INT, rh_setting(c, rh_parameter_retain_months));
            return false;
        }
    }
    for (int64_t m = rh_first(r, RH_BY_household_member_person, party); m != 0;
         m = rh_next(r, RH_BY_household_member_person, m)) {
        int64_t household = RH_GET(r, household_member, m)->household;
        for (int64_t id = rh_first(r, RH_BY_lease_household, household); id != 0;
             id = rh_next(r, RH_BY_lease_household, id)) {
            int64_t until = kept_until(c, RH_GET(r, lease, id));
            if (until == RH_NONE || c->today < until) {
                rh_say(why, RH_FIELD_INT, id);
                rh_say(why, RH_FIELD_INT, rh_setting(c, rh_parameter_retain_months));
                return false;
            }
        }
    }
    return true;
}

bool
rh_guard_person_has_left(const rh_case *c, rh_refusal *why)
{
    (void)why;
    const rh_registry *r = c->registry;
    int64_t party = RH_COMMAND(c, erasure_ask)->party;
    for (int64_t id = rh_first(r, RH_BY_household_member_person, party); id != 0;
         id = rh_next(r, RH_BY_household_member_person, id)) {
        if (rh_holds(RH_GET(r, household_member, id), c->today)) {
            return false;
        }
    }
    for (int64_t id = rh_first(r, RH_BY_membership_person, party); id != 0;
         id = rh_next(r, RH_BY_membership_person, id)) {
        if (rh_holds(RH_GET(r, membership, id), c->today)) {
            return false;
        }
    }
    for (int64_t id = rh_first(r, RH_BY_role_grant_party, party); id != 0;
         id = rh_next(r, RH_BY_role_grant_party, id)) {
        if (rh_holds(RH_GET(r, role_grant, id), c->today)) {
            return false;
        }
    }
    return true;
}

bool
rh_guard_person_is_in_no_dispute(const rh_case *c, rh_refusal *why)
{
    const rh_registry *r = c->registry;
    int64_t party = RH_COMMAND(c, erasure_ask)->party;
    for (int64_t id = rh_first(r, RH_BY_dispute_by, party); id != 0;
         id = rh_next(r, RH_BY_dispute_by, id)) {
        if (RH_GET(r, dispute, id)->state == rh_case_state_open) {
            rh_say(why, RH_FIELD_INT, id);
            return false;
        }
    }
    return true;
}

bool
rh_guard_erased_once(const rh_case *c, rh_refusal *why)
{
    (void)why;
    return rh_first(c->registry, RH_BY_erasure_party, RH_COMMAND(c, erasure_ask)->party) == 0;
}

void
rh_do_erasure_ask(rh_case *c)
{
    RH_MAKE(c, erasure)->party = RH_COMMAND(c, erasure_ask)->party;
}
