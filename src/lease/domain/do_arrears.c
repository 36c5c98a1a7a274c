/* Late rent: see arrears.h. A line unpaid after its day opens arrears and a reasonable period (arrears_days); payment cures, after the period the
 * household may terminate (民法典 722). */
#include "domain/arrears.h"

#include "domain/setting.h"

int64_t
rh_overdue(const rh_case *c, int64_t lease, int64_t line, int64_t paid_now, int64_t *since)
{
    const rh_registry *r = c->registry;
    int64_t sum = 0, first = RH_NONE;
    for (int64_t id = rh_first(r, RH_BY_rent_line_lease, lease); id != 0;
         id = rh_next(r, RH_BY_rent_line_lease, id)) {
        const rh_row_rent_line *l = RH_GET(r, rent_line, id);
        int64_t open = l->amount_fen - rh_received(r, id) - (id == line ? paid_now : 0);
        if (l->kind == rh_line_kind_rent && l->cancelled != 1 && l->due < c->today &&
            open > 0) {
            sum += open;
            first = first == RH_NONE || l->due < first ? l->due : first;
        }
    }
    if (since != NULL) {
        *since = first;
    }
    return sum;
}

const rh_row_arrears *
rh_arrears_open(const rh_registry *r, int64_t lease)
{
    for (int64_t id = rh_first(r, RH_BY_arrears_lease, lease); id != 0;
         id = rh_next(r, RH_BY_arrears_lease, id)) {
        const rh_row_arrears *a = RH_GET(r, arrears, id);
        if (a->state == rh_case_state_open) {
            return a;
        }
    }
    return NULL;
}

void
rh_arrears_close(rh_case *c, int64_t lease)
{
    const rh_row_arrears *open = rh_arrears_open(c->registry, lease);
    if (open != NULL) {
        RH_CHANGE(c, arrears, open->id)->state = rh_case_state_closed;
    }
}

void
rh_arrears_settle(rh_case *c, int64_t lease, int64_t line, int64_t paid_now)
{
    const rh_row_lease *l = RH_GET(c->registry, lease, lease);
    const rh_row_arrears *open = rh_arrears_open(c->registry, lease);
    int64_t since, sum = rh_overdue(c, lease, line, paid_now, &since);
    bool in_force = rh_lease_in(l, RH_LEASE_LIVE); /* rent paid ahead begins no lease (I3) */
    if (sum == 0 && open != NULL) {
        RH_CHANGE(c, arrears, open->id)->state = rh_case_state_closed;
    } else if (sum > 0 && open == NULL && in_force) {
        rh_row_arrears *a = RH_MAKE(c, arrears);
        a->lease = lease;
        a->village = l->village;
        a->since = since;
        a->amount_fen = sum;
        a->grace_until = c->today + rh_setting(c, rh_parameter_arrears_days);
        a->state = rh_case_state_open;
        rh_remind(c, lease, rh_reminder_kind_rent_late);
    } else if (open != NULL && sum != open->amount_fen) {
        rh_row_arrears *a = RH_CHANGE(c, arrears, open->id);
        a->amount_fen = sum;
        a->since = since;
    }
    int64_t rest =
        l->state == rh_lease_state_unsafe ? l->state : rh_lease_rest(l, c->today, sum > 0);
    if (in_force && rest != l->state) {
        rh_lease_enter(c, lease, rest, rh_lease_until(l, c->today));
    }
}

void
rh_due_rent_line(rh_case *c, int64_t id)
{
    const rh_registry *r = c->registry;
    const rh_row_rent_line *line = RH_GET(r, rent_line, id);
    if (line->cancelled == 1 || rh_received(r, id) >= line->amount_fen ||
        !rh_lease_in(c->lease, RH_LEASE_LIVE)) {
        return; /* of a lease that begins late, its beginning looks again */
    }
    if (line->kind == rh_line_kind_rent) {
        rh_arrears_settle(c, line->lease, RH_NONE, 0);
    } else if (!rh_reminded(r, line->lease, rh_reminder_kind_rent_late, line->due + 1)) {
        rh_remind(c, line->lease, rh_reminder_kind_rent_late);
    }
}

/* The reasonable period is over and nothing was paid: the household may terminate now; nothing happens by itself. */
void
rh_due_arrears(rh_case *c, int64_t id)
{
    const rh_row_arrears *a = RH_GET(c->registry, arrears, id);
    if (a->state == rh_case_state_open && a->grace_until < c->today &&
        !rh_reminded(c->registry, a->lease, rh_reminder_kind_deadline, a->grace_until + 1)) {
        rh_remind(c, a->lease, rh_reminder_kind_deadline);
    }
}
