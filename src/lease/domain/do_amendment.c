/* Amendments: proposed by one side (lease_amend), in force when all who sign a lease have signed (amendment_sign). A later proposal replaces one that
 * is still open. Limits are those of a new lease; shares change only here (I11). Lines due or paid stay; what follows is made anew with the new rent
 * as the rent of the first year from the next payment on, and steps count from there. */
#include "domain/flag.h"
#include "domain/lease_terms.h"
#include "domain/signing.h"

#include <string.h>

bool
rh_guard_amendment_text_is_new(const rh_case *c, rh_refusal *why)
{
    (void)why;
    const rh_registry *r = c->registry;
    const rh_hash *text = &RH_COMMAND(c, lease_amend)->text;
    for (int64_t id = rh_first(r, RH_BY_signature_lease, c->lease->id); id != 0;
         id = rh_next(r, RH_BY_signature_lease, id)) {
        if (memcmp(&RH_GET(r, signature, id)->document, text, sizeof *text) == 0) {
            return false;
        }
    }
    return true;
}

bool
rh_guard_amendment_is_open(const rh_case *c, rh_refusal *why)
{
    (void)why;
    int64_t id = RH_COMMAND(c, amendment_sign)->amendment;
    return RH_GET(c->registry, amendment, id)->state == rh_case_state_open;
}

bool
rh_guard_sublets_stay_inside(const rh_case *c, rh_refusal *why)
{
    const rh_registry *r = c->registry;
    rh_lease_terms t = rh_terms_of(c);
    for (int64_t id = rh_first(r, RH_BY_sublet_lease, c->lease->id); id != 0;
         id = rh_next(r, RH_BY_sublet_lease, id)) {
        const rh_row_sublet *s = RH_GET(r, sublet, id);
        if (s->state != rh_sublet_state_refused && s->end > t.end) {
            rh_say(why, RH_FIELD_INT, id);
            rh_say(why, RH_FIELD_DATE, s->end);
            return false;
        }
    }
    return true;
}

void
rh_do_lease_amend(rh_case *c)
{
    const rh_command_lease_amend *command = RH_COMMAND(c, lease_amend);
    const rh_registry *r = c->registry;
    for (int64_t id = rh_first(r, RH_BY_amendment_lease, c->lease->id); id != 0;
         id = rh_next(r, RH_BY_amendment_lease, id)) {
        if (RH_GET(r, amendment, id)->state == rh_case_state_open) {
            RH_CHANGE(c, amendment, id)->state = rh_case_state_closed;
        }
    }
    rh_row_amendment *a = RH_MAKE(c, amendment);
    a->lease = command->lease;
    a->end = command->end;
    a->fen_year = command->fen_year;
    a->farmer_bp = command->farmer_bp;
    a->collective_bp = command->collective_bp;
    a->reserve_bp = command->reserve_bp;
    a->text = command->text;
    a->wording = command->wording;
    a->state = rh_case_state_open;
}

void
rh_do_amendment_sign(rh_case *c)
{
    const rh_command_amendment_sign *command = RH_COMMAND(c, amendment_sign);
    rh_sign(c, &command->text, command->mark);
    if (!rh_signed_by_all(c, &command->text)) {
        return;
    }
    rh_row_amendment *a = RH_CHANGE(c, amendment, command->amendment);
    a->state = rh_case_state_closed;
    /* What is due or paid ahead stands; the schedule goes on behind it. */
    rh_rent_terms rent = rh_rent_after(c, c->lease, a->end, a->fen_year);
    rh_lines_cancel(c, c->lease->id, rent.start - 1);
    rh_row_lease *l = RH_CHANGE(c, lease, c->lease->id);
    l->end = a->end;
    l->fen_year = a->fen_year;
    l->farmer_bp = a->farmer_bp;
    l->collective_bp = a->collective_bp;
    l->reserve_bp = a->reserve_bp;
    l->text = a->text;
    l->wording = a->wording;
    if (rent.start < rent.end) {
        rh_lines_make(c, l, &rent);
    }
    if (rh_lease_in(l, RH_LEASE(active) | RH_LEASE(expiring))) {
        rh_lease_enter(c, l->id, rh_lease_rest(l, c->today, false),
                       rh_lease_until(l, c->today));
    } else if (rh_lease_in(l, RH_LEASE_LIVE)) {
        l->until = rh_lease_until(l, c->today);
    }
    rh_flags_raise(c, l, RH_FLAG_SIGNING);
}
