/* The scheme: what the assembly decides once for all homesteads of the collective (DOMAIN.md, Law-4 and Law-8; 2.3). The assembly itself is in
 * do_meeting.c.
 *
 * draft (council) → party_discussed → called → passed | failed → publicised → filed → active → superseded | annulled; dropped ends what nobody
 * carries on. Whoever acts in one role does not act in another on the same scheme (I13). Active leases never depend on what becomes of their
 * scheme: they hold their own split (农村集体经济组织法 57; I11, I25). */
#include "domain/notice_run.h"
#include "domain/offer_life.h"
#include "domain/scheme_life.h"
#include "domain/setting.h"

#include <string.h>

rh_row_scheme *
rh_scheme_enter(rh_case *c, int64_t scheme, int64_t state, int64_t until)
{
    rh_row_scheme *s = RH_CHANGE(c, scheme, scheme);
    s->state = state;
    s->since = c->today;
    s->until = until;
    return s;
}

/* ---- drafting ---- */

bool
rh_guard_redraft_of_own(const rh_case *c, rh_refusal *why)
{
    (void)why;
    const rh_command_scheme_draft *ask = RH_COMMAND(c, scheme_draft);
    return c->scheme == NULL ||
           (c->scheme->collective == ask->collective && c->scheme->purpose == ask->purpose);
}

bool
rh_guard_split_is_whole(const rh_case *c, rh_refusal *why)
{
    const rh_command_scheme_draft *ask = RH_COMMAND(c, scheme_draft);
    int64_t sum = ask->farmer_bp + ask->collective_bp + ask->reserve_bp;
    rh_say(why, RH_FIELD_INT, sum);
    return ask->farmer_bp >= 0 && ask->collective_bp >= 0 && ask->reserve_bp >= 0 &&
           sum == 10000;
}

bool
rh_guard_uses_are_listed(const rh_case *c, rh_refusal *why)
{
    (void)why;
    int64_t uses = RH_COMMAND(c, scheme_draft)->uses;
    return uses > 0 && uses < INT64_C(1) << rh_lessee_use_count;
}

enum { FLOOR_MOST = 10000000 }; /* fen per m² and year; keeps area times price inside 63 bits */

bool
rh_guard_floor_price_reached(const rh_case *c, rh_refusal *why)
{
    int64_t least = rh_setting(c, rh_parameter_floor_fen_m2_year),
            floor = RH_COMMAND(c, scheme_draft)->floor_fen_m2_year;
    rh_say(why, RH_FIELD_FEN, least);
    rh_say(why, RH_FIELD_FEN, FLOOR_MOST);
    return floor >= least && floor <= FLOOR_MOST;
}

bool
rh_guard_notice_long_enough(const rh_case *c, rh_refusal *why)
{
    int64_t least = rh_setting(c, rh_parameter_notice_days),
            days = RH_COMMAND(c, scheme_draft)->notice_days;
    least = least < RH_NOTICE_FEWEST ? RH_NOTICE_FEWEST : least;
    rh_say(why, RH_FIELD_INT, least);
    rh_say(why, RH_FIELD_INT, RH_NOTICE_MOST);
    return days >= least && days <= RH_NOTICE_MOST;
}

void
rh_do_scheme_draft(rh_case *c)
{
    const rh_command_scheme_draft *ask = RH_COMMAND(c, scheme_draft);
    rh_row_scheme *s =
        c->scheme == NULL ? RH_MAKE(c, scheme) : RH_CHANGE(c, scheme, c->scheme->id);
    s->village = RH_GET(c->registry, party, ask->collective)->place;
    s->collective = ask->collective;
    s->purpose = ask->purpose;
    s->uses = ask->uses;
    s->farmer_bp = ask->farmer_bp;
    s->collective_bp = ask->collective_bp;
    s->reserve_bp = ask->reserve_bp;
    s->floor_fen_m2_year = ask->floor_fen_m2_year;
    s->notice_days = ask->notice_days;
    s->collective_role = ask->collective_role;
    s->text = ask->text;
    s->state = rh_scheme_state_draft;
    s->since = c->today;
    s->until = c->today + rh_setting(c, rh_parameter_draft_days);
    s->discussed = s->papers = RH_NONE;
    s->drafted_by = c->ask->actor;
    s->discussed_by = s->counted_by = s->filed_by = RH_NONE;
}

/* ---- who acts ---- */

/* Nobody acts in two roles on one scheme: council (draft, call, publicise), Party organisation, supervisors, township. Steps of one's own role may
 * be taken by the same person. */
bool
rh_guard_not_twice_in_scheme(const rh_case *c, rh_refusal *why)
{
    (void)why;
    const rh_row_scheme *s = c->scheme;
    const struct {
        int64_t role, party;
    } acted[] = {{rh_role_council, s->drafted_by},
                 {rh_role_party_org, s->discussed_by},
                 {rh_role_supervisors, s->counted_by},
                 {rh_role_township, s->filed_by}};
    for (size_t i = 0; i < sizeof acted / sizeof acted[0]; i++) {
        if (acted[i].party == c->ask->actor && acted[i].role != c->ask->role) {
            return false;
        }
    }
    return true;
}

void
rh_do_scheme_discuss(rh_case *c)
{
    const rh_command_scheme_discuss *ask = RH_COMMAND(c, scheme_discuss);
    rh_row_scheme *s = rh_scheme_enter(c, ask->scheme, rh_scheme_state_party_discussed,
                                       c->today + rh_setting(c, rh_parameter_draft_days));
    s->discussed = c->today;
    s->discussed_by = c->ask->actor;
    s->source = ask->source;
}

/* ---- after the vote ---- */

bool
rh_guard_notice_days_are_full(const rh_case *c, rh_refusal *why)
{
    const rh_row_notice *n = rh_notice_of(c->registry, rh_notice_object_scheme, c->scheme->id);
    rh_say(why, RH_FIELD_DATE,
           n == NULL                 ? c->today
           : n->days_left == RH_NONE ? n->last
                                     : c->today + n->days_left);
    return rh_notice_complete(n, c->today);
}

bool
rh_guard_no_open_objection(const rh_case *c, rh_refusal *why)
{
    const rh_row_notice *n = rh_notice_of(c->registry, rh_notice_object_scheme, c->scheme->id);
    int64_t open = n == NULL ? 0 : rh_notice_objections(c->registry, n);
    rh_say(why, RH_FIELD_INT, open);
    return open == 0;
}

void
rh_do_scheme_publicise(rh_case *c)
{
    const rh_row_notice *n = rh_notice_post(c, rh_notice_object_scheme, c->scheme->id,
                                            &c->scheme->text, c->scheme->notice_days);
    rh_scheme_enter(c, c->scheme->id, rh_scheme_state_publicised,
                    n->last + rh_setting(c, rh_parameter_file_days));
}

void
rh_do_scheme_file(rh_case *c)
{
    rh_scheme_enter(c, c->scheme->id, rh_scheme_state_filed,
                    c->today + rh_setting(c, rh_parameter_file_days))
        ->filed_by = c->ask->actor;
}

/* The former scheme of the same matter is superseded. Offers under it rest on consent to its terms: those not signed lapse and may be made anew
 * under the new one; signed leases keep their split. */
void
rh_do_scheme_activate(rh_case *c)
{
    const rh_registry *r = c->registry;
    for (int64_t id = rh_first(r, RH_BY_scheme_collective, c->scheme->collective); id != 0;
         id = rh_next(r, RH_BY_scheme_collective, id)) {
        const rh_row_scheme *former = RH_GET(r, scheme, id);
        if (former->purpose == c->scheme->purpose && former->state == rh_scheme_state_active) {
            rh_scheme_enter(c, id, rh_scheme_state_superseded, RH_NONE);
            rh_offers_of_scheme_stop(c, former);
        }
    }
    rh_scheme_enter(c, c->scheme->id, rh_scheme_state_active, RH_NONE);
}

void
rh_do_scheme_drop(rh_case *c)
{
    rh_scheme_enter(c, c->scheme->id, rh_scheme_state_dropped, RH_NONE);
}

/* New leases stop, signed ones go on (农村集体经济组织法 57; S10). */
void
rh_do_scheme_annul(rh_case *c)
{
    const rh_command_scheme_annul *ask = RH_COMMAND(c, scheme_annul);
    rh_row_order *order = RH_MAKE(c, order);
    order->kind = rh_order_kind_annul_scheme;
    order->object_id = ask->scheme;
    order->by = c->ask->actor;
    order->source = ask->source;
    rh_scheme_enter(c, ask->scheme, rh_scheme_state_annulled, RH_NONE);
    rh_offers_of_scheme_stop(c, c->scheme);
}

/* ---- deadlines ---- */

void
rh_due_scheme(rh_case *c, int64_t id)
{
    const rh_row_scheme *s = RH_GET(c->registry, scheme, id);
    if (s->until == RH_NONE || s->until >= c->today) {
        return; /* an older deadline, moved since */
    }
    if (s->state == rh_scheme_state_called) {
        rh_scheme_enter(c, id, rh_scheme_state_failed,
                        c->today + rh_setting(c, rh_parameter_draft_days));
    } else {
        rh_scheme_enter(c, id, rh_scheme_state_dropped, RH_NONE);
    }
}
