/* From the signatures to the start: the result on notice (lease_publicise), the filing (lease_file). Not filing does not make a lease void
 * (民法典 706); the platform's own steps want it. */
#include "domain/lease_life.h"
#include "domain/lease_terms.h"
#include "domain/setting.h"

static const rh_row_notice *
notice_of(const rh_registry *r, const rh_row_lease *l)
{
    for (int64_t id = rh_first(r, RH_BY_notice_object_id, l->id); id != 0;
         id = rh_next(r, RH_BY_notice_object_id, id)) {
        const rh_row_notice *n = RH_GET(r, notice, id);
        if (n->object == rh_notice_object_lease) {
            return n;
        }
    }
    return NULL;
}

bool
rh_guard_result_notice_over(const rh_case *c, rh_refusal *why)
{
    const rh_row_notice *n = notice_of(c->registry, c->lease);
    if (n == NULL || c->today > n->last) {
        return true;
    }
    rh_say(why, RH_FIELD_DATE, n->last);
    rh_say(why, RH_FIELD_INT, n->last + 1 - c->today);
    return false;
}

bool
rh_guard_result_without_objection(const rh_case *c, rh_refusal *why)
{
    const rh_registry *r = c->registry;
    const rh_row_notice *n = notice_of(r, c->lease);
    int64_t open = 0;
    for (int64_t id = n == NULL ? 0 : rh_first(r, RH_BY_objection_notice, n->id); id != 0;
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
    const rh_row_scheme *scheme = RH_GET(c->registry, scheme, l->scheme);
    int64_t days =
        scheme != NULL ? scheme->notice_days : rh_setting(c, rh_parameter_notice_days);
    days = days < RH_NOTICE_FLOOR ? RH_NOTICE_FLOOR : days;
    rh_row_notice *n = RH_MAKE(c, notice);
    n->object = rh_notice_object_lease;
    n->object_id = l->id;
    n->text = RH_COMMAND(c, lease_publicise)->text;
    n->first = c->today + 1; /* the day of posting is not counted (民法典 201) */
    n->last = c->today + days;
    n->days = days;
    n->place = l->village;
    rh_lease_enter(c, l->id, rh_lease_state_result_public, n->last);
}

void
rh_do_lease_file(rh_case *c)
{
    int64_t start = c->lease->start; /* a start that has passed: the next tick, today */
    rh_lease_enter(c, c->lease->id, rh_lease_state_filed,
                   start > c->today ? start - 1 : c->today - 1);
}
