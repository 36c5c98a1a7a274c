/* Subleases: asked by the lessee, answered by the household; silence for six months is consent (民法典 716–718). A sublease lies inside its lease in
 * time and use, one at a time (I3). */
#include "domain/calendar_day.h"
#include "domain/flag.h"
#include "domain/lease_life.h"

bool
rh_guard_sublet_within_term(const rh_case *c, rh_refusal *why)
{
    const rh_command_sublet_ask *command = RH_COMMAND(c, sublet_ask);
    rh_say(why, RH_FIELD_DATE, c->lease->start > c->today ? c->lease->start : c->today);
    rh_say(why, RH_FIELD_DATE, c->lease->end);
    return command->start >= c->lease->start && command->start >= c->today &&
           command->start < command->end && command->end <= c->lease->end;
}

bool
rh_guard_sublet_same_use(const rh_case *c, rh_refusal *why)
{
    rh_say_code(why, &rh_codes_lessee_use, c->lease->purpose);
    return RH_COMMAND(c, sublet_ask)->purpose == c->lease->purpose;
}

bool
rh_guard_sublet_to_another(const rh_case *c, rh_refusal *why)
{
    (void)why;
    return RH_COMMAND(c, sublet_ask)->sublessee != c->lease->lessee;
}

bool
rh_guard_sublet_alone(const rh_case *c, rh_refusal *why)
{
    const rh_command_sublet_ask *command = RH_COMMAND(c, sublet_ask);
    const rh_registry *r = c->registry;
    for (int64_t id = rh_first(r, RH_BY_sublet_lease, c->lease->id); id != 0;
         id = rh_next(r, RH_BY_sublet_lease, id)) {
        const rh_row_sublet *s = RH_GET(r, sublet, id);
        if (s->state != rh_sublet_state_refused && s->start < command->end &&
            command->start < s->end) {
            rh_say(why, RH_FIELD_INT, id);
            rh_say(why, RH_FIELD_DATE, s->start);
            rh_say(why, RH_FIELD_DATE, s->end);
            return false;
        }
    }
    return true;
}

bool
rh_guard_lease_in_force(const rh_case *c, rh_refusal *why)
{
    rh_say_code(why, &rh_codes_lease_state, c->lease->state);
    return rh_lease_in(c->lease, RH_LEASE_LIVE);
}

void
rh_do_sublet_ask(rh_case *c)
{
    const rh_command_sublet_ask *command = RH_COMMAND(c, sublet_ask);
    rh_row_sublet *s = RH_MAKE(c, sublet);
    s->lease = command->lease;
    s->lessee = command->sublessee;
    s->start = command->start;
    s->end = command->end;
    s->purpose = command->purpose;
    s->state = rh_sublet_state_asked;
    s->asked = c->today;
    s->until = rh_day_add_months(c->today, RH_SUBLET_MONTHS);
}

static void
answer(rh_case *c, int64_t id, int64_t state)
{
    rh_row_sublet *s = RH_CHANGE(c, sublet, id);
    s->state = state;
    s->until = RH_NONE;
    if (state == rh_sublet_state_allowed) {
        rh_flags_raise(c, c->lease, RH_FLAG_SUBLET);
    }
}

void
rh_do_sublet_answer(rh_case *c)
{
    const rh_command_sublet_answer *command = RH_COMMAND(c, sublet_answer);
    answer(c, command->sublet,
           command->allowed == 1 ? rh_sublet_state_allowed : rh_sublet_state_refused);
}

void
rh_due_sublet(rh_case *c, int64_t id)
{
    const rh_row_sublet *s = RH_GET(c->registry, sublet, id);
    if (s->state != rh_sublet_state_asked || s->until == RH_NONE || s->until >= c->today) {
        return;
    }
    answer(c, id,
           rh_lease_in(c->lease, RH_LEASE_LIVE) && c->today < s->end ? rh_sublet_state_allowed
                                                                     : rh_sublet_state_refused);
}
