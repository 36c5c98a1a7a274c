/* From the signatures to the start: the result on notice (lease_publicise), the filing (lease_file). Not filing does not make a lease void
 * (民法典 706); the platform's own steps want it. */
#include "domain/lease_life.h"
#include "domain/notice_run.h"

static const rh_row_notice *
notice_of(const rh_case *c)
{
    return rh_notice_of(c->registry, rh_notice_object_lease, c->lease->id);
}

bool
rh_guard_result_notice_over(const rh_case *c, rh_refusal *why)
{
    const rh_row_notice *n = notice_of(c);
    int64_t last = n->days_left == RH_NONE ? n->last : c->today + n->days_left;
    rh_say(why, RH_FIELD_DATE, last);
    rh_say(why, RH_FIELD_INT, last + 1 - c->today);
    return rh_notice_complete(n, c->today);
}

bool
rh_guard_result_without_objection(const rh_case *c, rh_refusal *why)
{
    const rh_registry *r = c->registry;
    int64_t open = 0;
    for (int64_t id = rh_first(r, RH_BY_objection_notice, notice_of(c)->id); id != 0;
         id = rh_next(r, RH_BY_objection_notice, id)) {
        open += RH_GET(r, objection, id)->state != rh_objection_state_rejected;
    }
    rh_say(why, RH_FIELD_INT, open);
    return open == 0;
}

void
rh_do_lease_publicise(rh_case *c)
{
    const rh_row_lease *l = c->lease;
    int64_t days = RH_GET(c->registry, scheme, l->scheme)->notice_days;
    days = days < RH_NOTICE_FEWEST ? RH_NOTICE_FEWEST : days;
    const rh_row_notice *n = rh_notice_post(c, rh_notice_object_lease, l->id,
                                            &RH_COMMAND(c, lease_publicise)->text, days);
    rh_lease_enter(c, l->id, rh_lease_state_result_public, n->last);
}

void
rh_do_lease_file(rh_case *c)
{
    int64_t start = c->lease->start; /* a start that has passed: the next tick, today */
    rh_lease_enter(c, c->lease->id, rh_lease_state_filed,
                   start > c->today ? start - 1 : c->today - 1);
}
