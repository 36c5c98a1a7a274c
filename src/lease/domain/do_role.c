/* Offices: who may hold them, and which do not go together (I13; 农村集体经济组织法 34). */
#include "domain/case.h"

#define ROLE(word) RH_BIT(rh_role_##word)
/* Offices that check each other: one person holds at most one of them in one area. The Party organisation is none of them: its secretary is often
 * a member of the council, and the chains of scheme and offer keep the two apart in each single case. */
#define APART                                                                                  \
    (ROLE(clerk) | ROLE(council) | ROLE(supervisors) | ROLE(treasurer) | ROLE(township) |      \
     ROLE(county) | ROLE(auditor) | ROLE(bank) | ROLE(court))
#define OFFICES (APART | ROLE(party_org))

bool
rh_guard_role_is_office(const rh_case *c, rh_refusal *why)
{
    int64_t role = RH_COMMAND(c, role_grant_add)->role;
    if (OFFICES & RH_BIT(role)) {
        return true;
    }
    rh_say_code(why, &rh_codes_role, role);
    return false;
}

static bool
overlap(const rh_registry *r, int64_t one, int64_t other)
{
    return rh_place_within(r, one, other) || rh_place_within(r, other, one);
}

bool
rh_guard_offices_are_apart(const rh_case *c, rh_refusal *why)
{
    const rh_command_role_grant_add *ask = RH_COMMAND(c, role_grant_add);
    const rh_registry *r = c->registry;
    for (int64_t id = rh_first(r, RH_BY_role_grant_party, ask->party); id != 0;
         id = rh_next(r, RH_BY_role_grant_party, id)) {
        const rh_row_role_grant *g = RH_GET(r, role_grant, id);
        if (rh_holds(g, c->today) && g->role != ask->role && (APART & RH_BIT(g->role)) != 0 &&
            (APART & RH_BIT(ask->role)) != 0 && overlap(r, g->place, ask->place)) {
            rh_say_code(why, &rh_codes_role, g->role);
            rh_say_code(why, &rh_codes_role, ask->role);
            return false;
        }
    }
    return true;
}

/* Supervisors are no kin of the council of the same place, whichever of the two is granted last. */
bool
rh_guard_supervisors_not_kin(const rh_case *c, rh_refusal *why)
{
    const rh_command_role_grant_add *ask = RH_COMMAND(c, role_grant_add);
    if (ask->role != rh_role_supervisors && ask->role != rh_role_council) {
        return true;
    }
    int64_t other = ask->role == rh_role_council ? rh_role_supervisors : rh_role_council,
            ties = 0;
    const rh_registry *r = c->registry;
    for (int64_t id = rh_first(r, RH_BY_role_grant_place, ask->place); id != 0;
         id = rh_next(r, RH_BY_role_grant_place, id)) {
        const rh_row_role_grant *g = RH_GET(r, role_grant, id);
        ties += g->role == other && rh_holds(g, c->today) &&
                rh_are_kin(r, g->party, ask->party, c->today);
    }
    rh_say(why, RH_FIELD_INT, ties);
    return ties == 0;
}

void
rh_do_role_grant_add(rh_case *c)
{
    const rh_command_role_grant_add *ask = RH_COMMAND(c, role_grant_add);
    rh_row_role_grant *g = RH_MAKE(c, role_grant);
    g->party = ask->party;
    g->role = ask->role;
    g->place = ask->place;
}

void
rh_do_role_grant_end(rh_case *c)
{
    int64_t id = RH_COMMAND(c, role_grant_end)->role_grant;
    int64_t from = RH_GET(c->registry, role_grant, id)->valid_from;
    rh_row_role_grant *g = RH_CHANGE(c, role_grant, id);
    g->valid_from = from;
    g->valid_to = c->today; /* at once */
}
