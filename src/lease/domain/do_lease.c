/* What time does to a lease: it begins, is called to mind, ends. See lease_life.h. */
#include "domain/arrears.h"
#include "domain/calendar_day.h"
#include "domain/flag.h"
#include "domain/lease_life.h"
#include "domain/settlement.h"

static void
alert(rh_case *c, const rh_row_lease *l)
{
    static const struct {
        int64_t months, kind;
    } alerts[] = {{12, rh_reminder_kind_expiring_12},
                  {6, rh_reminder_kind_expiring_6},
                  {3, rh_reminder_kind_expiring_3}};
    for (size_t i = 0; i < sizeof alerts / sizeof alerts[0]; i++) {
        int64_t day = rh_day_add_months(l->end, -alerts[i].months);
        if (day > l->start && day <= c->today &&
            !rh_reminded(c->registry, l->id, alerts[i].kind, day)) {
            rh_remind(c, l->id, alerts[i].kind);
        }
    }
}

/* Another lease of the unit in force; a renewal waits for the end of what it renews. */
static bool
unit_is_taken(const rh_registry *r, const rh_row_lease *l)
{
    for (int64_t id = rh_first(r, RH_BY_lease_baunit, l->baunit); id != 0;
         id = rh_next(r, RH_BY_lease_baunit, id)) {
        if (id != l->id && rh_lease_in(RH_GET(r, lease, id), RH_LEASE_LIVE)) {
            return true;
        }
    }
    return false;
}

static void
begin(rh_case *c, const rh_row_lease *l)
{
    if (unit_is_taken(c->registry, l)) {
        rh_lease_enter(c, l->id, l->state, c->today);
        return;
    }
    rh_row_source *contract = RH_MAKE(c, source);
    contract->kind = rh_source_kind_contract;
    contract->document = l->text;
    contract->dated = l->signed_on;
    contract->place = l->village;
    rh_lease_right(c, l, contract->id);
    rh_lease_enter(c, l->id, rh_lease_rest(l, c->today, false), rh_lease_until(l, c->today));
    rh_case_settle(c); /* in force: arrears are asked of it from now on */
    rh_arrears_settle(c, l->id, RH_NONE, 0);
    for (int64_t id = rh_first(c->registry, RH_BY_rent_line_lease, l->id); id != 0;
         id = rh_next(c->registry, RH_BY_rent_line_lease, id)) {
        const rh_row_rent_line *line = RH_GET(c->registry, rent_line, id);
        if (line->kind != rh_line_kind_rent && line->due < c->today) {
            rh_due_rent_line(c, id); /* a deposit that fell due before */
        }
    }
    rh_flags_raise(c, l, RH_FLAG_TIME);
}

static void
go_on(rh_case *c, const rh_row_lease *l)
{
    if (c->today > l->end) {
        rh_lease_ends(c, l, l->end);
        rh_lease_enter(c, l->id, rh_lease_state_expired, c->today + RH_REMIND_DAYS);
        return;
    }
    alert(c, l);
    int64_t state =
        l->state == rh_lease_state_unsafe
            ? l->state
            : rh_lease_rest(l, c->today, rh_arrears_open(c->registry, l->id) != NULL);
    rh_lease_enter(c, l->id, state, rh_lease_until(l, c->today));
    rh_flags_raise(c, l, RH_FLAG_TIME);
}

/* Nobody has taken the next step: a reminder, and again after a while. */
static void
call_to_mind(rh_case *c, const rh_row_lease *l)
{
    rh_remind(c, l->id, rh_reminder_kind_deadline);
    rh_lease_enter(c, l->id, l->state, c->today + RH_REMIND_DAYS);
}

static bool
objection_upheld(const rh_registry *r, const rh_row_lease *l)
{
    for (int64_t n = rh_first(r, RH_BY_notice_object_id, l->id); n != 0;
         n = rh_next(r, RH_BY_notice_object_id, n)) {
        if (RH_GET(r, notice, n)->object != rh_notice_object_lease) {
            continue;
        }
        for (int64_t id = rh_first(r, RH_BY_objection_notice, n); id != 0;
             id = rh_next(r, RH_BY_objection_notice, id)) {
            if (RH_GET(r, objection, id)->state == rh_objection_state_upheld) {
                return true;
            }
        }
    }
    return false;
}

void
rh_due_lease(rh_case *c, int64_t id)
{
    const rh_row_lease *l = RH_GET(c->registry, lease, id);
    if (l->until == RH_NONE || l->until >= c->today) {
        return; /* an earlier version's deadline */
    }
    switch (l->state) {
    case rh_lease_state_negotiated:
        rh_lease_drop(c, l);
        return;
    case rh_lease_state_filed:
        begin(c, l);
        return;
    case rh_lease_state_active:
    case rh_lease_state_arrears:
    case rh_lease_state_unsafe:
    case rh_lease_state_expiring:
        go_on(c, l);
        return;
    case rh_lease_state_result_public:
        if (objection_upheld(c->registry, l)) {
            rh_lease_ends(c, l, RH_NONE);
            rh_lease_enter(c, id, rh_lease_state_terminated, c->today + RH_REMIND_DAYS);
            return;
        }
        call_to_mind(c, l);
        return;
    case rh_lease_state_settled:
        if (rh_lease_is_square(c->registry, l)) {
            rh_lease_enter(c, id, rh_lease_state_closed, RH_NONE);
            return;
        }
        call_to_mind(c, l);
        return;
    default:
        call_to_mind(c, l);
    }
}
