/* Who holds which role: see rh_party_holds in case.h. */
#include "domain/case.h"

#include "domain/calendar_day.h"

bool
rh_has_mandate(const rh_case *c, int64_t principal, int64_t agent, int64_t scope)
{
    const rh_registry *r = c->registry;
    for (int64_t id = rh_first(r, RH_BY_mandate_agent, agent); id != 0;
         id = rh_next(r, RH_BY_mandate_agent, id)) {
        const rh_row_mandate *m = RH_GET(r, mandate, id);
        if (m->principal == principal &&
            (m->scope == scope || m->scope == rh_mandate_scope_all) && rh_holds(m, c->today)) {
            return true;
        }
    }
    return false;
}

static bool
holds_office(const rh_case *c, int64_t party, int64_t role)
{
    const rh_registry *r = c->registry;
    for (int64_t id = rh_first(r, RH_BY_role_grant_party, party); id != 0;
         id = rh_next(r, RH_BY_role_grant_party, id)) {
        const rh_row_role_grant *g = RH_GET(r, role_grant, id);
        if (g->role == role && rh_holds(g, c->today) &&
            (c->place == RH_NONE || rh_place_within(r, c->place, g->place))) {
            return true;
        }
    }
    return false;
}

/* The household of the case, RH_NONE when it has none. */
static int64_t
household_of(const rh_case *c)
{
    return c->lease != NULL    ? c->lease->household
           : c->offer != NULL  ? c->offer->household
           : c->baunit != NULL ? c->baunit->household
                               : RH_NONE;
}

static bool
is_adult(const rh_row_household_member *m, int64_t day)
{
    return rh_day_add_months(m->born, 12 * 18) <= day;
}

bool
rh_acts_for(const rh_case *c, int64_t party, const rh_row_household_member *m, int64_t scope)
{
    bool able = m->capacity == rh_capacity_full && is_adult(m, c->today);
    return able ? m->person == party || rh_has_mandate(c, m->person, party, scope)
                : m->guardian == party;
}

/* Acts for a household: `heads` only its representative, otherwise any right-holder; guardians and agents act for theirs. A signature wants a
 * mandate to sign. */
static bool
acts_for_household(const rh_case *c, int64_t party, int64_t household, bool heads)
{
    const rh_registry *r = c->registry;
    bool signs = heads || (c->ask != NULL && (c->ask->kind == RH_DO_lease_sign ||
                                              c->ask->kind == RH_DO_amendment_sign));
    for (int64_t id = rh_first(r, RH_BY_household_member_household, household); id != 0;
         id = rh_next(r, RH_BY_household_member_household, id)) {
        const rh_row_household_member *m = RH_GET(r, household_member, id);
        if (rh_holds(m, c->today) && m->right_holder && (!heads || m->head) &&
            rh_acts_for(c, party, m,
                        signs ? rh_mandate_scope_sign : rh_mandate_scope_consent)) {
            return true;
        }
    }
    return false;
}

static bool
is_right_holder_anywhere(const rh_case *c, int64_t party)
{
    const rh_registry *r = c->registry;
    for (int64_t id = rh_first(r, RH_BY_household_member_person, party); id != 0;
         id = rh_next(r, RH_BY_household_member_person, id)) {
        const rh_row_household_member *m = RH_GET(r, household_member, id);
        if (rh_holds(m, c->today) && m->right_holder) {
            return true;
        }
    }
    return false;
}

static bool
is_member(const rh_case *c, int64_t party)
{
    const rh_registry *r = c->registry;
    int64_t collective = c->scheme != NULL   ? c->scheme->collective
                         : c->baunit != NULL ? c->baunit->collective
                                             : RH_NONE;
    for (int64_t id = rh_first(r, RH_BY_membership_person, party); id != 0;
         id = rh_next(r, RH_BY_membership_person, id)) {
        const rh_row_membership *m = RH_GET(r, membership, id);
        if (rh_holds(m, c->today) && (collective == RH_NONE || m->collective == collective)) {
            return true;
        }
    }
    return false;
}

bool
rh_party_holds(const rh_case *c, int64_t party, int64_t role)
{
    switch (role) {
    case rh_role_system:
        return party == RH_NONE;
    case rh_role_public:
        return true;
    default:
        break;
    }
    if (RH_GET(c->registry, party, party) == NULL) {
        return false;
    }
    int64_t household = household_of(c);
    switch (role) {
    case rh_role_holder:
        return household == RH_NONE ? is_right_holder_anywhere(c, party)
                                    : acts_for_household(c, party, household, false);
    case rh_role_holder_rep:
        return household == RH_NONE ? is_right_holder_anywhere(c, party)
                                    : acts_for_household(c, party, household, true);
    case rh_role_member:
        return is_member(c, party);
    case rh_role_lessee:
        return c->lease == NULL || c->lease->lessee == party ||
               rh_has_mandate(c, c->lease->lessee, party, rh_mandate_scope_sign);
    default:
        return holds_office(c, party, role);
    }
}

int
rh_right_holders(const rh_registry *r, int64_t household, int64_t day, rh_holder_call *call,
                 void *context)
{
    int n = 0;
    for (int64_t id = rh_first(r, RH_BY_household_member_household, household); id != 0;
         id = rh_next(r, RH_BY_household_member_household, id)) {
        const rh_row_household_member *m = RH_GET(r, household_member, id);
        if (rh_holds(m, day) && m->right_holder && is_adult(m, day)) {
            n++;
            if (call != NULL) {
                call(context, m);
            }
        }
    }
    return n;
}

static bool
share_household(const rh_registry *r, int64_t one, int64_t other, int64_t day)
{
    for (int64_t i = rh_first(r, RH_BY_household_member_person, one); i != 0;
         i = rh_next(r, RH_BY_household_member_person, i)) {
        const rh_row_household_member *a = RH_GET(r, household_member, i);
        for (int64_t j = rh_first(r, RH_BY_household_member_person, other); j != 0;
             j = rh_next(r, RH_BY_household_member_person, j)) {
            const rh_row_household_member *b = RH_GET(r, household_member, j);
            if (a->household == b->household && rh_holds(a, day) && rh_holds(b, day)) {
                return true;
            }
        }
    }
    return false;
}

bool
rh_are_kin(const rh_registry *r, int64_t one, int64_t other, int64_t day)
{
    if (one == other) {
        return true;
    }
    for (int64_t id = rh_first(r, RH_BY_kin_one, one); id != 0;
         id = rh_next(r, RH_BY_kin_one, id)) {
        const rh_row_kin *k = RH_GET(r, kin, id);
        if (k->other == other && rh_holds(k, day)) {
            return true;
        }
    }
    for (int64_t id = rh_first(r, RH_BY_kin_other, one); id != 0;
         id = rh_next(r, RH_BY_kin_other, id)) {
        const rh_row_kin *k = RH_GET(r, kin, id);
        if (k->one == other && rh_holds(k, day)) {
            return true;
        }
    }
    return share_household(r, one, other, day);
}
