/* Notices and objections: see notice_run.h. */
#include "domain/notice_run.h"

#include "domain/household.h"
#include "domain/offer_life.h"
#include "domain/scheme_life.h"
#include "domain/setting.h"

rh_row_notice *
rh_notice_post(rh_case *c, int64_t object, int64_t object_id, const rh_hash *text, int64_t days)
{
    rh_row_notice *n = RH_MAKE(c, notice);
    n->object = object;
    n->object_id = object_id;
    n->text = *text;
    n->first = c->today + 1;
    n->last = c->today + days;
    n->days = days;
    n->place = c->place;
    return n;
}

const rh_row_notice *
rh_notice_of(const rh_registry *r, int64_t object, int64_t object_id)
{
    for (int64_t id = rh_first(r, RH_BY_notice_object_id, object_id); id != 0;
         id = rh_next(r, RH_BY_notice_object_id, id)) {
        const rh_row_notice *n = RH_GET(r, notice, id);
        if (n->object == object) {
            return n;
        }
    }
    return NULL;
}

bool
rh_notice_complete(const rh_row_notice *notice, int64_t today)
{
    return notice != NULL && notice->days_left == RH_NONE && today > notice->last;
}

int64_t
rh_notice_objections(const rh_registry *r, const rh_row_notice *notice)
{
    int64_t n = 0;
    for (int64_t id = rh_first(r, RH_BY_objection_notice, notice->id); id != 0;
         id = rh_next(r, RH_BY_objection_notice, id)) {
        n += RH_GET(r, objection, id)->state == rh_objection_state_open;
    }
    return n;
}

/* ---- objecting ---- */

static const rh_row_notice *
notice_asked(const rh_case *c)
{
    return RH_GET(
        c->registry, notice,
        c->ask->kind == RH_DO_objection_raise
            ? RH_COMMAND(c, objection_raise)->notice
            : RH_GET(c->registry, objection, RH_COMMAND(c, objection_decide)->objection)
                  ->notice);
}

/* Running, or stopped by another objection; the newest of its object; the object still waits for it. */
bool
rh_guard_notice_runs(const rh_case *c, rh_refusal *why)
{
    const rh_row_notice *n = notice_asked(c);
    bool waits =
        n->object == rh_notice_object_scheme  ? c->scheme->state == rh_scheme_state_publicised
        : n->object == rh_notice_object_offer ? c->offer->state == rh_offer_state_notice ||
                                                    c->offer->state == rh_offer_state_objected
                                              : c->lease->state == rh_lease_state_result_public;
    rh_say(why, RH_FIELD_DATE, n->last);
    return waits && rh_notice_of(c->registry, n->object, n->object_id) == n &&
           (n->days_left != RH_NONE || c->today <= n->last);
}

bool
rh_guard_objector_is_known(const rh_case *c, rh_refusal *why)
{
    (void)why;
    return RH_GET(c->registry, party, c->ask->actor) != NULL;
}

bool
rh_guard_one_objection_each(const rh_case *c, rh_refusal *why)
{
    const rh_registry *r = c->registry;
    for (int64_t id =
             rh_first(r, RH_BY_objection_notice, RH_COMMAND(c, objection_raise)->notice);
         id != 0; id = rh_next(r, RH_BY_objection_notice, id)) {
        const rh_row_objection *o = RH_GET(r, objection, id);
        if (o->by == c->ask->actor && o->state == rh_objection_state_open) {
            rh_say(why, RH_FIELD_INT, id);
            return false;
        }
    }
    return true;
}

/* The first objection stops the notice with the days that are left after today. */
void
rh_do_objection_raise(rh_case *c)
{
    const rh_command_objection_raise *ask = RH_COMMAND(c, objection_raise);
    const rh_row_notice *n = notice_asked(c);
    rh_row_objection *o = RH_MAKE(c, objection);
    o->notice = ask->notice;
    o->object = n->object;
    o->object_id = n->object_id;
    o->by = c->ask->actor;
    o->ground = ask->ground;
    o->state = rh_objection_state_open;
    if (n->days_left != RH_NONE) {
        return;
    }
    int64_t left = n->last - c->today,
            until = c->today + rh_setting(c, rh_parameter_objection_days);
    RH_CHANGE(c, notice, n->id)->days_left = left;
    if (n->object == rh_notice_object_offer) {
        rh_offer_enter(c, n->object_id, rh_offer_state_objected, until)->days_left = left;
    } else if (n->object == rh_notice_object_scheme) {
        RH_CHANGE(c, scheme, n->object_id)->until = until;
    }
}

/* ---- deciding ---- */

bool
rh_guard_objection_is_open(const rh_case *c, rh_refusal *why)
{
    int64_t state =
        RH_GET(c->registry, objection, RH_COMMAND(c, objection_decide)->objection)->state;
    rh_say_code(why, &rh_codes_objection_state, state);
    return state == rh_objection_state_open;
}

static bool
took_a_step(const rh_case *c)
{
    int64_t who = c->ask->actor;
    return (c->offer != NULL &&
            (c->offer->verified_by == who || c->offer->acknowledged_by == who ||
             c->offer->reviewed_by == who)) ||
           (c->scheme != NULL &&
            (c->scheme->drafted_by == who || c->scheme->discussed_by == who ||
             c->scheme->counted_by == who));
}

/* Neither the objector and its kin, nor who took a step of what is objected to, nor kin of the household, decides. */
bool
rh_guard_decider_is_apart(const rh_case *c, rh_refusal *why)
{
    (void)why;
    const rh_registry *r = c->registry;
    const rh_row_objection *o =
        RH_GET(r, objection, RH_COMMAND(c, objection_decide)->objection);
    int64_t household = c->offer != NULL   ? c->offer->household
                        : c->lease != NULL ? c->lease->household
                                           : RH_NONE;
    return !rh_are_kin(r, c->ask->actor, o->by, c->today) && !took_a_step(c) &&
           (household == RH_NONE ||
            !rh_kin_of_household(r, c->ask->actor, household, c->today));
}

/* The last rejected one lets the notice run on. */
static void
run_on(rh_case *c, const rh_row_notice *n)
{
    rh_row_notice *on = RH_CHANGE(c, notice, n->id);
    on->last = c->today + n->days_left;
    on->days_left = RH_NONE;
    if (n->object == rh_notice_object_offer) {
        rh_offer_enter(c, n->object_id, rh_offer_state_notice, on->last)->days_left = RH_NONE;
    } else if (n->object == rh_notice_object_scheme) {
        RH_CHANGE(c, scheme, n->object_id)->until =
            on->last + rh_setting(c, rh_parameter_file_days);
    }
}

static bool
was_upheld(const rh_registry *r, const rh_row_notice *n)
{
    for (int64_t id = rh_first(r, RH_BY_objection_notice, n->id); id != 0;
         id = rh_next(r, RH_BY_objection_notice, id)) {
        if (RH_GET(r, objection, id)->state == rh_objection_state_upheld) {
            return true;
        }
    }
    return false;
}

/* An upheld objection refuses the offer, and fails the scheme, which may be redrafted. An objection that is decided after its object has moved on
 * (lapsed, withdrawn) is answered and changes nothing else. */
void
rh_do_objection_decide(rh_case *c)
{
    const rh_command_objection_decide *ask = RH_COMMAND(c, objection_decide);
    const rh_row_notice *n = notice_asked(c);
    rh_row_objection *o = RH_CHANGE(c, objection, ask->objection);
    o->state = ask->upheld ? rh_objection_state_upheld : rh_objection_state_rejected;
    o->reply = ask->reply;
    bool offer_waits = c->offer != NULL && c->offer->state == rh_offer_state_objected,
         scheme_waits = c->scheme != NULL && c->scheme->state == rh_scheme_state_publicised;
    bool waits = n->object == rh_notice_object_offer    ? offer_waits
                 : n->object == rh_notice_object_scheme ? scheme_waits
                                                        : true;
    if (!waits || rh_notice_of(c->registry, n->object, n->object_id) != n) {
        return;
    }
    if (ask->upheld && n->object == rh_notice_object_offer) {
        rh_offer_stop(c, n->object_id, rh_offer_state_refused,
                      rh_refusal_ground_objection_upheld);
    } else if (ask->upheld && n->object == rh_notice_object_scheme) {
        rh_scheme_enter(c, n->object_id, rh_scheme_state_failed,
                        c->today + rh_setting(c, rh_parameter_draft_days));
    } else if (!ask->upheld && rh_notice_objections(c->registry, n) == 1 &&
               !was_upheld(c->registry, n)) {
        run_on(c, n);
    }
}
