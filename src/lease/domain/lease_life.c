/* What the steps of a lease share: see lease_life.h. */
#include "domain/lease_life.h"

#include "domain/calendar_day.h"
#include "domain/offer_life.h"
#include "domain/setting.h"

static const int64_t alert_months[] = {12, 6, 3};

rh_row_lease *
rh_lease_enter(rh_case *c, int64_t lease, int64_t state, int64_t until)
{
    rh_row_lease *l = RH_CHANGE(c, lease, lease);
    if (l->state != state) {
        l->since = c->today;
    }
    l->state = state;
    l->until = until;
    return l;
}

int64_t
rh_lease_rest(const rh_row_lease *l, int64_t today, bool in_arrears)
{
    return in_arrears                                             ? rh_lease_state_arrears
           : today >= rh_day_add_months(l->end, -alert_months[0]) ? rh_lease_state_expiring
                                                                  : rh_lease_state_active;
}

int64_t
rh_lease_until(const rh_row_lease *l, int64_t today)
{
    for (size_t i = 0; i < sizeof alert_months / sizeof alert_months[0]; i++) {
        int64_t alert = rh_day_add_months(l->end, -alert_months[i]);
        if (alert > today && alert > l->start) {
            return alert - 1;
        }
    }
    return l->end;
}

void
rh_lease_right(rh_case *c, const rh_row_lease *l, int64_t source)
{
    rh_row_rrr *right = RH_MAKE(c, rrr);
    right->baunit = l->baunit;
    right->kind = rh_rrr_kind_lease;
    right->party = l->lessee;
    right->share_num = 1;
    right->share_den = 1;
    right->source = source;
    right->lease = l->id;
    right->status = rh_rrr_status_current;
}

void
rh_lease_right_ends(rh_case *c, const rh_row_lease *l)
{
    const rh_registry *r = c->registry;
    for (int64_t id = rh_first(r, RH_BY_rrr_baunit, l->baunit); id != 0;
         id = rh_next(r, RH_BY_rrr_baunit, id)) {
        const rh_row_rrr *right = RH_GET(r, rrr, id);
        if (right->kind == rh_rrr_kind_lease && right->lease == l->id &&
            right->status == rh_rrr_status_current) {
            rh_row_rrr *ended = RH_CHANGE(c, rrr, id);
            ended->status = rh_rrr_status_ended;
            ended->valid_to = c->today;
        }
    }
}

void
rh_lines_cancel(rh_case *c, int64_t lease, int64_t after)
{
    rh_registry *r = c->registry;
    for (int64_t id = rh_first(r, RH_BY_rent_line_lease, lease); id != 0;
         id = rh_next(r, RH_BY_rent_line_lease, id)) {
        const rh_row_rent_line *line = RH_GET(r, rent_line, id);
        if (line->cancelled != 1 && line->kind != rh_line_kind_restitution &&
            rh_received(r, id) < line->amount_fen && (after == RH_NONE || line->due > after)) {
            RH_CHANGE(c, rent_line, id)->cancelled = 1;
        }
    }
}

void
rh_lease_ends(rh_case *c, const rh_row_lease *l, int64_t last)
{
    rh_lease_right_ends(c, l);
    rh_lines_cancel(c, l->id, last);
}

/* What somebody said last about an offer (lists are newest first), or NULL. */
static const rh_row_consent *
last_word(const rh_registry *r, int64_t offer, int64_t person)
{
    for (int64_t id = rh_first(r, RH_BY_consent_offer, offer); id != 0;
         id = rh_next(r, RH_BY_consent_offer, id)) {
        const rh_row_consent *consent = RH_GET(r, consent, id);
        if (consent->person == person) {
            return consent;
        }
    }
    return NULL;
}

struct count {
    const rh_registry *r;
    int64_t offer;
    int n;
};

static void
count_withdrawn(void *context, const rh_row_household_member *m)
{
    struct count *count = context;
    const rh_row_consent *last = last_word(count->r, count->offer, m->person);
    count->n += last != NULL && last->withdrawn == 1;
}

static void
count_unwarned(void *context, const rh_row_household_member *m)
{
    struct count *count = context;
    const rh_row_consent *last = last_word(count->r, count->offer, m->person);
    count->n += last == NULL || last->warned != 1;
}

static int
holders_who(const rh_registry *r, int64_t offer, int64_t day, rh_holder_call *call)
{
    struct count count = {.r = r, .offer = offer};
    rh_right_holders(r, RH_GET(r, offer, offer)->household, day, call, &count);
    return count.n;
}

bool
rh_consents_stand(const rh_registry *r, int64_t offer, int64_t day)
{
    return holders_who(r, offer, day, count_withdrawn) == 0;
}

int
rh_unwarned(const rh_registry *r, int64_t offer, int64_t day)
{
    return holders_who(r, offer, day, count_unwarned);
}

void
rh_lease_drop(rh_case *c, const rh_row_lease *l)
{
    const rh_registry *r = c->registry;
    rh_lease_enter(c, l->id, rh_lease_state_dropped, RH_NONE);
    const rh_row_offer *offer = RH_GET(r, offer, l->offer);
    if (offer == NULL) {
        return;
    }
    for (int64_t id = rh_first(r, RH_BY_bid_offer, offer->id); id != 0;
         id = rh_next(r, RH_BY_bid_offer, id)) {
        if (RH_GET(r, bid, id)->state == rh_bid_state_accepted) {
            RH_CHANGE(c, bid, id)->state = rh_bid_state_rejected;
        }
    }
    if (offer->state != rh_offer_state_matched) {
        return; /* the household has withdrawn it */
    }
    const rh_row_scheme *scheme = RH_GET(r, scheme, offer->scheme);
    bool again = scheme != NULL && scheme->state == rh_scheme_state_active &&
                 rh_consents_stand(r, offer->id, c->today);
    rh_offer_enter(c, offer->id, again ? rh_offer_state_open : rh_offer_state_lapsed,
                   again ? c->today + rh_setting(c, rh_parameter_match_days) : RH_NONE);
}

bool
rh_reminded(const rh_registry *r, int64_t lease, int64_t kind, int64_t since)
{
    for (int64_t id = rh_first(r, RH_BY_reminder_lease, lease); id != 0;
         id = rh_next(r, RH_BY_reminder_lease, id)) {
        const rh_row_reminder *m = RH_GET(r, reminder, id);
        if (m->kind == kind && m->on >= since) {
            return true;
        }
    }
    return false;
}

void
rh_remind(rh_case *c, int64_t lease, int64_t kind)
{
    rh_row_reminder *reminder = RH_MAKE(c, reminder);
    reminder->kind = kind;
    reminder->lease = lease;
    reminder->on = c->today;
}

rh_rent_terms
rh_lease_rent(const rh_row_lease *l)
{
    return (rh_rent_terms){.start = l->start,
                           .end = l->end,
                           .fen_year = l->fen_year,
                           .step_bp = l->step_bp,
                           .step_years = l->step_years,
                           .period_months = l->period_months};
}

void
rh_lines_make(rh_case *c, const rh_row_lease *l, const rh_rent_terms *terms)
{
    rh_rent_due due;
    for (int64_t k = 0; c->status == RH_OK && rh_rent_due_at(terms, k, &due); k++) {
        if (due.fen == 0) {
            continue;
        }
        rh_row_rent_line *line = RH_MAKE(c, rent_line);
        line->lease = l->id;
        line->village = l->village;
        line->due = due.from;
        line->amount_fen = due.fen;
        line->kind = rh_line_kind_rent;
    }
}

int64_t
rh_lease_overlaps(const rh_registry *r, int64_t baunit, int64_t start, int64_t end, int64_t but)
{
    for (int64_t id = rh_first(r, RH_BY_lease_baunit, baunit); id != 0;
         id = rh_next(r, RH_BY_lease_baunit, id)) {
        const rh_row_lease *l = RH_GET(r, lease, id);
        if (id != but && rh_lease_in(l, RH_LEASE_BOUND) && l->start < end && start < l->end) {
            return id;
        }
    }
    return RH_NONE;
}
