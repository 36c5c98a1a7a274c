/* Offers: drafted by the household's representative, consented by every adult right-holder, verified by the clerk, acknowledged by the council,
 * reviewed by the township, on notice, open (DOMAIN.md 2.3).
 *
 * Two layers of consent: the assembly decides the scheme once, the household decides on each lease; neither replaces the other. A consent that is
 * withdrawn before signing ends the offer (I5, S5): it goes to withdrawn, not back to draft, because what was verified, publicised and bid for was the
 * declared will of all right-holders; a new offer needs the consent and the warning of every one again. Only while the offer is still a draft, when
 * nothing rests on the consent yet, does it stay one. */
#include "domain/household.h"
#include "domain/notice_run.h"
#include "domain/offer_life.h"
#include "domain/offer_fact.h"
#include "domain/setting.h"

/* ---- drafting ---- */

enum { TERM_MOST = 20 * 12 }; /* 民法典 705 */

bool
rh_guard_offer_term_lawful(const rh_case *c, rh_refusal *why)
{
    int64_t months = RH_COMMAND(c, offer_draft)->months;
    rh_say(why, RH_FIELD_INT, months);
    rh_say(why, RH_FIELD_INT, TERM_MOST);
    return months >= 1 && months <= TERM_MOST;
}

bool
rh_guard_asking_reaches_floor(const rh_case *c, rh_refusal *why)
{
    const rh_row_scheme *scheme = rh_homestead_scheme(c->registry, c->baunit->collective);
    int64_t asking = RH_COMMAND(c, offer_draft)->asking_fen_year,
            least = scheme == NULL ? 0 : rh_floor_rent(c->registry, scheme, c->baunit);
    rh_say(why, RH_FIELD_FEN, asking);
    rh_say(why, RH_FIELD_FEN, least);
    return asking >= least;
}

bool
rh_guard_offer_deposit_capped(const rh_case *c, rh_refusal *why)
{
    const rh_command_offer_draft *ask = RH_COMMAND(c, offer_draft);
    int64_t months = rh_setting(c, rh_parameter_deposit_months),
            most = ask->asking_fen_year / 12 * months + ask->asking_fen_year % 12 * months / 12;
    rh_say(why, RH_FIELD_FEN, ask->deposit_fen);
    rh_say(why, RH_FIELD_INT, months);
    rh_say(why, RH_FIELD_FEN, most);
    return ask->deposit_fen <= most;
}

/* S9: of two offers of one house in the same second the second finds the first. */
bool
rh_guard_one_live_offer(const rh_case *c, rh_refusal *why)
{
    const rh_registry *r = c->registry;
    for (int64_t id = rh_first(r, RH_BY_offer_baunit, c->baunit->id); id != 0;
         id = rh_next(r, RH_BY_offer_baunit, id)) {
        if (RH_OFFER_LIVE & RH_BIT(RH_GET(r, offer, id)->state)) {
            rh_say(why, RH_FIELD_INT, id);
            return false;
        }
    }
    return true;
}

void
rh_do_offer_draft(rh_case *c)
{
    const rh_command_offer_draft *ask = RH_COMMAND(c, offer_draft);
    rh_row_offer *o = RH_MAKE(c, offer);
    o->village = c->baunit->village;
    o->baunit = c->baunit->id;
    o->household = c->baunit->household;
    o->scheme = rh_homestead_scheme(c->registry, c->baunit->collective)->id;
    o->state = rh_offer_state_draft;
    o->asking_fen_year = ask->asking_fen_year;
    o->months = ask->months;
    o->uses = ask->uses;
    o->deposit_fen = ask->deposit_fen;
    o->area_cm2 = RH_GET(c->registry, building, c->baunit->building)->area_cm2;
    o->other_housing = ask->other_housing;
    o->housing_source = ask->housing_source;
    o->title = ask->title;
    o->summary = ask->summary;
    o->since = c->today;
    o->until = c->today + rh_setting(c, rh_parameter_draft_days);
}

/* ---- consent ---- */

static int64_t
person_asked(const rh_case *c)
{
    return c->ask->kind == RH_DO_offer_consent ? RH_COMMAND(c, offer_consent)->person
                                               : RH_COMMAND(c, offer_unconsent)->person;
}

static const rh_row_household_member *
holder_asked(const rh_case *c)
{
    const rh_row_household_member *m =
        rh_member_of_household(c->registry, person_asked(c), c->offer->household, c->today);
    return m != NULL && m->right_holder ? m : NULL;
}

static const rh_row_consent *
consent_of(const rh_registry *r, int64_t offer, int64_t person)
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

static bool
consents(const rh_registry *r, int64_t offer, int64_t person)
{
    const rh_row_consent *consent = consent_of(r, offer, person);
    return consent != NULL && !consent->withdrawn;
}

bool
rh_guard_consent_of_right_holder(const rh_case *c, rh_refusal *why)
{
    rh_say(why, RH_FIELD_INT, person_asked(c));
    return holder_asked(c) != NULL;
}

bool
rh_guard_signer_may_sign(const rh_case *c, rh_refusal *why)
{
    (void)why;
    const rh_row_household_member *m = holder_asked(c);
    return m == NULL || rh_acts_for(c, c->ask->actor, m, rh_mandate_scope_consent);
}

bool
rh_guard_warning_read(const rh_case *c, rh_refusal *why)
{
    (void)why;
    return RH_COMMAND(c, offer_consent)->warned == 1;
}

bool
rh_guard_consented_once(const rh_case *c, rh_refusal *why)
{
    (void)why;
    return !consents(c->registry, c->offer->id, person_asked(c));
}

bool
rh_guard_consent_is_given(const rh_case *c, rh_refusal *why)
{
    (void)why;
    return consents(c->registry, c->offer->id, person_asked(c));
}

/* I21: after signing nothing here touches the lease. */
bool
rh_guard_not_signed_yet(const rh_case *c, rh_refusal *why)
{
    rh_say(why, RH_FIELD_INT, rh_first(c->registry, RH_BY_lease_offer, c->offer->id));
    return c->offer->state != rh_offer_state_matched ||
           rh_offer_negotiated(c->registry, c->offer->id) != NULL;
}

struct missing {
    const rh_registry *r;
    int64_t offer, now; /* `now`: who consents by this command */
    int n;
};

static void
count_missing(void *context, const rh_row_household_member *m)
{
    struct missing *missing = context;
    missing->n += m->person != missing->now && !consents(missing->r, missing->offer, m->person);
}

static int
consents_missing(const rh_case *c, int64_t now)
{
    struct missing missing = {.r = c->registry, .offer = c->offer->id, .now = now};
    rh_right_holders(c->registry, c->offer->household, c->today, count_missing, &missing);
    return missing.n;
}

bool
rh_guard_all_have_consented(const rh_case *c, rh_refusal *why)
{
    int n = consents_missing(c, RH_NONE);
    rh_say(why, RH_FIELD_INT, n);
    return n == 0 &&
           rh_right_holders(c->registry, c->offer->household, c->today, NULL, NULL) > 0;
}

/* The last consent moves a draft on; a right-holder who comes of age or joins later consents in any state. */
void
rh_do_offer_consent(rh_case *c)
{
    const rh_command_offer_consent *ask = RH_COMMAND(c, offer_consent);
    const rh_row_consent *former = consent_of(c->registry, ask->offer, ask->person);
    rh_row_consent *consent =
        former == NULL ? RH_MAKE(c, consent) : RH_CHANGE(c, consent, former->id);
    consent->offer = ask->offer;
    consent->person = ask->person;
    consent->signer = c->ask->actor;
    consent->warned = ask->warned;
    consent->withdrawn = 0;
    if (c->offer->state == rh_offer_state_draft && consents_missing(c, ask->person) == 0) {
        rh_offer_enter(c, ask->offer, rh_offer_state_consented,
                       c->today + rh_setting(c, rh_parameter_verify_days));
    }
}

void
rh_do_offer_unconsent(rh_case *c)
{
    const rh_command_offer_unconsent *ask = RH_COMMAND(c, offer_unconsent);
    rh_row_consent *consent =
        RH_CHANGE(c, consent, consent_of(c->registry, ask->offer, ask->person)->id);
    consent->signer = c->ask->actor;
    consent->withdrawn = 1;
    if (c->offer->state != rh_offer_state_draft) {
        rh_offer_stop(c, ask->offer, rh_offer_state_withdrawn, RH_NONE);
    }
}

void
rh_do_offer_withdraw(rh_case *c)
{
    rh_offer_stop(c, c->offer->id, rh_offer_state_withdrawn, RH_NONE);
}

/* ---- the offices ---- */

/* S12: a clerk who is kin of the lessor is replaced; so are council and township. */
bool
rh_guard_officer_not_kin_of_household(const rh_case *c, rh_refusal *why)
{
    (void)why;
    return !rh_kin_of_household(c->registry, c->ask->actor, c->offer->household, c->today);
}

/* I13: nobody acts in two roles on one offer. */
bool
rh_guard_not_twice_in_offer(const rh_case *c, rh_refusal *why)
{
    (void)why;
    const struct {
        int64_t role, party;
    } acted[] = {{rh_role_clerk, c->offer->verified_by},
                 {rh_role_council, c->offer->acknowledged_by},
                 {rh_role_township, c->offer->reviewed_by}};
    for (size_t i = 0; i < sizeof acted / sizeof acted[0]; i++) {
        if (acted[i].party == c->ask->actor && acted[i].role != c->ask->role) {
            return false;
        }
    }
    return true;
}

/* What was verified stands in rows of its own, one for each fact. */
void
rh_do_offer_verify(rh_case *c)
{
    static const rh_guard verified[] = {
        RH_GUARD_all_have_consented,   RH_GUARD_offer_scheme_stands,
        RH_GUARD_offer_uses_in_scheme, RH_GUARD_title_is_clear,
        RH_GUARD_area_within_cap,      RH_GUARD_unit_unencumbered,
        RH_GUARD_no_open_dispute,      RH_GUARD_house_is_safe,
        RH_GUARD_heritage_respected,   RH_GUARD_not_only_home,
        RH_GUARD_land_is_fit};
    for (size_t i = 0; i < sizeof verified / sizeof verified[0]; i++) {
        rh_row_check *check = RH_MAKE(c, check);
        check->offer = c->offer->id;
        check->rule = rh_guard_name(verified[i]);
        check->passed = 1;
        check->by = c->ask->actor;
    }
    rh_offer_enter(c, c->offer->id, rh_offer_state_verified,
                   c->today + rh_setting(c, rh_parameter_ack_days))
        ->verified_by = c->ask->actor;
}

void
rh_do_offer_acknowledge(rh_case *c)
{
    rh_offer_enter(c, c->offer->id, rh_offer_state_acknowledged,
                   c->today + rh_setting(c, rh_parameter_review_days))
        ->acknowledged_by = c->ask->actor;
}

bool
rh_guard_refuser_in_turn(const rh_case *c, rh_refusal *why)
{
    (void)why;
    return (c->ask->role == rh_role_council) == (c->offer->state == rh_offer_state_verified);
}

void
rh_do_offer_refuse(rh_case *c)
{
    rh_offer_stop(c, c->offer->id, rh_offer_state_refused, RH_COMMAND(c, offer_refuse)->ground);
}

/* The notice runs as long as the scheme says, and never shorter than the township's and the law's floor on that day (I8). */
void
rh_do_offer_review(rh_case *c)
{
    const rh_command_offer_review *ask = RH_COMMAND(c, offer_review);
    int64_t days = RH_GET(c->registry, scheme, c->offer->scheme)->notice_days,
            least = rh_setting(c, rh_parameter_notice_days);
    days = days < least ? least : days;
    days = days < RH_NOTICE_FEWEST ? RH_NOTICE_FEWEST : days;
    const rh_row_notice *n =
        rh_notice_post(c, rh_notice_object_offer, ask->offer, &ask->text, days);
    rh_offer_enter(c, ask->offer, rh_offer_state_notice, n->last)->reviewed_by = c->ask->actor;
}

/* ---- deadlines ---- */

void
rh_due_offer(rh_case *c, int64_t id)
{
    const rh_row_offer *o = RH_GET(c->registry, offer, id);
    if (o->until == RH_NONE || o->until >= c->today) {
        return; /* an older deadline, moved since */
    }
    if (o->state == rh_offer_state_verified) {
        rh_offer_enter(c, id, rh_offer_state_acknowledged,
                       c->today + rh_setting(c, rh_parameter_review_days));
    } else if (o->state == rh_offer_state_notice) {
        rh_offer_enter(c, id, rh_offer_state_open,
                       c->today + rh_setting(c, rh_parameter_match_days));
    } else {
        rh_offer_stop(c, id, rh_offer_state_lapsed, RH_NONE);
    }
}
