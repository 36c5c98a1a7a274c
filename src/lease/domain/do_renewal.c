/* Renewal: a NEW lease in negotiation that names the one it renews (lease_renew). It begins on the day the former ends, may be signed only in the last
 * renew_months before that day, and runs at most 20 years from its signing; so leases signed in advance behind one another count as one term
 * (民法典 705, 734; I2). */
#include "domain/calendar_day.h"
#include "domain/lease_terms.h"
#include "domain/setting.h"

/* The lease that is renewed: by lease_renew the one named, by lease_sign the one that the lease renews, if any. */
static const rh_row_lease *
renewed(const rh_case *c)
{
    return c->ask->kind == RH_DO_lease_renew ? c->lease
                                             : RH_GET(c->registry, lease, c->lease->supersedes);
}

bool
rh_guard_renewal_window_open(const rh_case *c, rh_refusal *why)
{
    const rh_row_lease *old = renewed(c);
    if (old == NULL) {
        return true;
    }
    int64_t months = rh_setting(c, rh_parameter_renew_months);
    int64_t first = rh_day_add_months(old->end, -(months < 0     ? 0
                                                  : months > 240 ? 240
                                                                 : months));
    rh_say(why, RH_FIELD_INT, months);
    rh_say(why, RH_FIELD_DATE, first);
    return c->today >= first;
}

bool
rh_guard_renewal_follows(const rh_case *c, rh_refusal *why)
{
    const rh_row_lease *old = renewed(c);
    if (old == NULL) {
        return true;
    }
    rh_say(why, RH_FIELD_INT, old->id);
    rh_say_code(why, &rh_codes_lease_state, old->state);
    return rh_lease_in(old, RH_LEASE_LIVE) &&
           (c->ask->kind == RH_DO_lease_renew || c->lease->start >= old->end);
}

bool
rh_guard_one_renewal_waits(const rh_case *c, rh_refusal *why)
{
    const rh_registry *r = c->registry;
    const rh_row_lease *old = renewed(c);
    for (int64_t id = old == NULL ? 0 : rh_first(r, RH_BY_lease_supersedes, old->id); id != 0;
         id = rh_next(r, RH_BY_lease_supersedes, id)) {
        const rh_row_lease *l = RH_GET(r, lease, id);
        bool itself = c->ask->kind == RH_DO_lease_sign && id == c->lease->id;
        if (!itself && rh_lease_in(l, RH_LEASE_BOUND | RH_LEASE(negotiated))) {
            rh_say(why, RH_FIELD_INT, id);
            return false;
        }
    }
    return true;
}

void
rh_do_lease_renew(rh_case *c)
{
    const rh_command_lease_renew *command = RH_COMMAND(c, lease_renew);
    const rh_row_lease *old = c->lease;
    rh_lease_terms t = rh_terms_of(c);
    rh_row_lease *l = RH_MAKE(c, lease);
    l->village = old->village;
    l->baunit = old->baunit;
    l->household = old->household;
    l->lessee = old->lessee;
    l->collective = old->collective;
    l->collective_role = t.scheme->collective_role;
    l->state = rh_lease_state_negotiated;
    l->start = t.start;
    l->end = t.end;
    l->purpose = old->purpose;
    l->fen_year = command->fen_year;
    l->step_bp = old->step_bp;
    l->step_years = old->step_years;
    l->period_months = old->period_months;
    l->deposit_fen = old->deposit_fen;
    l->farmer_bp = t.farmer_bp;
    l->collective_bp = t.collective_bp;
    l->reserve_bp = t.reserve_bp;
    l->scheme = t.scheme->id;
    l->scheme_version = t.scheme->version;
    l->text = command->text;
    l->supersedes = old->id;
    l->since = c->today;
    l->until = c->today + rh_setting(c, rh_parameter_sign_days);
    l->wording = command->wording;
}
