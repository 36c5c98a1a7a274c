/* Households, and membership of the collective. A membership ends on a ground of 农村集体经济组织法 17 and by a command only (I17); the record of a
 * household register (hukou) is no field anywhere (I18). */
#include "domain/household.h"

#include "domain/calendar_day.h"

enum { ADULT_MONTHS = 18 * 12 };

bool
rh_is_able(const rh_registry *r, int64_t person, int64_t day)
{
    const rh_row_household_member *known = NULL;
    for (int64_t id = rh_first(r, RH_BY_household_member_person, person); id != 0;
         id = rh_next(r, RH_BY_household_member_person, id)) {
        const rh_row_household_member *m = RH_GET(r, household_member, id);
        if (known == NULL || (rh_holds(m, day) && !rh_holds(known, day))) {
            known = m;
        }
    }
    return known != NULL && known->capacity == rh_capacity_full &&
           rh_day_add_months(known->born, ADULT_MONTHS) <= day;
}

bool
rh_is_member_of(const rh_registry *r, int64_t person, int64_t collective, int64_t day)
{
    for (int64_t id = rh_first(r, RH_BY_membership_person, person); id != 0;
         id = rh_next(r, RH_BY_membership_person, id)) {
        const rh_row_membership *m = RH_GET(r, membership, id);
        if (m->collective == collective && rh_holds(m, day)) {
            return true;
        }
    }
    return false;
}

bool
rh_household_in(const rh_registry *r, int64_t household, int64_t collective, int64_t day)
{
    for (int64_t id = rh_first(r, RH_BY_household_member_household, household); id != 0;
         id = rh_next(r, RH_BY_household_member_household, id)) {
        const rh_row_household_member *m = RH_GET(r, household_member, id);
        if (rh_holds(m, day) && rh_is_member_of(r, m->person, collective, day)) {
            return true;
        }
    }
    return false;
}

bool
rh_kin_of_household(const rh_registry *r, int64_t person, int64_t household, int64_t day)
{
    for (int64_t id = rh_first(r, RH_BY_household_member_household, household); id != 0;
         id = rh_next(r, RH_BY_household_member_household, id)) {
        const rh_row_household_member *m = RH_GET(r, household_member, id);
        if (rh_holds(m, day) && rh_are_kin(r, person, m->person, day)) {
            return true;
        }
    }
    return false;
}

const rh_row_household_member *
rh_member_of_household(const rh_registry *r, int64_t person, int64_t household, int64_t day)
{
    for (int64_t id = rh_first(r, RH_BY_household_member_person, person); id != 0;
         id = rh_next(r, RH_BY_household_member_person, id)) {
        const rh_row_household_member *m = RH_GET(r, household_member, id);
        if (m->household == household && rh_holds(m, day)) {
            return m;
        }
    }
    return NULL;
}

/* ---- households ---- */

static bool
asked_is_able(const rh_case *c)
{
    const rh_command_household_member_add *ask = RH_COMMAND(c, household_member_add);
    return ask->capacity == rh_capacity_full &&
           rh_day_add_months(ask->born, ADULT_MONTHS) <= c->today;
}

bool
rh_guard_in_one_household(const rh_case *c, rh_refusal *why)
{
    const rh_registry *r = c->registry;
    int64_t person = RH_COMMAND(c, household_member_add)->person;
    for (int64_t id = rh_first(r, RH_BY_household_member_person, person); id != 0;
         id = rh_next(r, RH_BY_household_member_person, id)) {
        const rh_row_household_member *m = RH_GET(r, household_member, id);
        if (rh_holds(m, c->today)) {
            rh_say(why, RH_FIELD_INT, m->household);
            return false;
        }
    }
    return true;
}

bool
rh_guard_one_head(const rh_case *c, rh_refusal *why)
{
    const rh_command_household_member_add *ask = RH_COMMAND(c, household_member_add);
    const rh_registry *r = c->registry;
    for (int64_t id = rh_first(r, RH_BY_household_member_household, ask->household);
         ask->head && id != 0; id = rh_next(r, RH_BY_household_member_household, id)) {
        const rh_row_household_member *m = RH_GET(r, household_member, id);
        if (m->head && rh_holds(m, c->today)) {
            rh_say(why, RH_FIELD_INT, m->id);
            return false;
        }
    }
    return true;
}

bool
rh_guard_head_can_act(const rh_case *c, rh_refusal *why)
{
    (void)why;
    const rh_command_household_member_add *ask = RH_COMMAND(c, household_member_add);
    return !ask->head || (ask->right_holder && asked_is_able(c));
}

/* No way around I4: an outsider does not take over a household and with it the homestead. */
bool
rh_guard_head_is_member(const rh_case *c, rh_refusal *why)
{
    const rh_command_household_member_add *ask = RH_COMMAND(c, household_member_add);
    const rh_row_baunit *unit = RH_GET(
        c->registry, baunit, rh_first(c->registry, RH_BY_baunit_household, ask->household));
    if (!ask->head || unit == NULL) {
        return true;
    }
    rh_say(why, RH_FIELD_INT, unit->collective);
    return rh_is_member_of(c->registry, ask->person, unit->collective, c->today);
}

bool
rh_guard_guardian_named(const rh_case *c, rh_refusal *why)
{
    (void)why;
    const rh_command_household_member_add *ask = RH_COMMAND(c, household_member_add);
    return !ask->right_holder || asked_is_able(c) ||
           (ask->guardian != RH_NONE && ask->guardian != ask->person);
}

void
rh_do_household_member_add(rh_case *c)
{
    const rh_command_household_member_add *ask = RH_COMMAND(c, household_member_add);
    rh_row_household_member *m = RH_MAKE(c, household_member);
    m->household = ask->household;
    m->person = ask->person;
    m->right_holder = ask->right_holder;
    m->head = ask->head;
    m->born = ask->born;
    m->capacity = ask->capacity;
    m->guardian = ask->guardian;
}

void
rh_do_household_member_end(rh_case *c)
{
    const rh_command_household_member_end *ask = RH_COMMAND(c, household_member_end);
    int64_t from = RH_GET(c->registry, household_member, ask->household_member)->valid_from;
    rh_row_household_member *m = RH_CHANGE(c, household_member, ask->household_member);
    m->valid_from = from;
    m->valid_to = ask->until + 1; /* `until` is the last day */
}

/* ---- membership ---- */

bool
rh_guard_person_in_household(const rh_case *c, rh_refusal *why)
{
    (void)why;
    return rh_first(c->registry, RH_BY_household_member_person,
                    RH_COMMAND(c, membership_add)->person) != 0;
}

bool
rh_guard_member_of_one_collective(const rh_case *c, rh_refusal *why)
{
    const rh_registry *r = c->registry;
    const rh_command_membership_add *ask = RH_COMMAND(c, membership_add);
    for (int64_t id = rh_first(r, RH_BY_membership_person, ask->person); id != 0;
         id = rh_next(r, RH_BY_membership_person, id)) {
        const rh_row_membership *m = RH_GET(r, membership, id);
        if (m->valid_to == RH_NONE || ask->from < m->valid_to) {
            rh_say(why, RH_FIELD_INT, m->collective);
            return false;
        }
    }
    return true;
}

bool
rh_guard_charter_ground_is_shown(const rh_case *c, rh_refusal *why)
{
    (void)why;
    const rh_command_membership_end *ask = RH_COMMAND(c, membership_end);
    return ask->end_reason != rh_end_reason_charter_ground ||
           RH_GET(c->registry, source, ask->source)->kind == rh_source_kind_resolution;
}

void
rh_do_membership_add(rh_case *c)
{
    const rh_command_membership_add *ask = RH_COMMAND(c, membership_add);
    rh_row_membership *m = RH_MAKE(c, membership);
    m->collective = ask->collective;
    m->person = ask->person;
    m->source = ask->source;
    m->valid_from = ask->from;
}

void
rh_do_membership_end(rh_case *c)
{
    const rh_command_membership_end *ask = RH_COMMAND(c, membership_end);
    int64_t from = RH_GET(c->registry, membership, ask->membership)->valid_from;
    rh_row_membership *m = RH_CHANGE(c, membership, ask->membership);
    m->source = ask->source;
    m->end_reason = ask->end_reason;
    m->valid_from = from;
    m->valid_to = ask->until + 1; /* `until` is the last day */
}
