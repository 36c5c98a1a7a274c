/* Bids, and the match that makes a lease in negotiation from offer, bid and scheme: the split of the scheme is frozen into it (I11), its end is the
 * corresponding day (民法典 202). Kin of officers may rent; signing opens an inspection of it (flag cadre_kin). Other bids are not chosen when the
 * lease is signed, so that a match that is not signed falls back on them. */
#include "domain/calendar_day.h"
#include "domain/household.h"
#include "domain/offer_fact.h"
#include "domain/offer_life.h"
#include "domain/setting.h"

static const rh_row_bid *
bid_asked(const rh_case *c)
{
    return RH_GET(c->registry, bid,
                  c->ask->kind == RH_DO_offer_match ? RH_COMMAND(c, offer_match)->bid
                                                    : RH_COMMAND(c, bid_withdraw)->bid);
}

/* Who would rent: the bidder of now, or the one to be chosen. */
static int64_t
lessee_asked(const rh_case *c)
{
    return c->ask->kind == RH_DO_bid_place ? c->ask->actor : bid_asked(c)->party;
}

bool
rh_guard_bid_reaches_floor(const rh_case *c, rh_refusal *why)
{
    int64_t bid = RH_COMMAND(c, bid_place)->fen_year,
            least = rh_floor_rent(c->registry, RH_GET(c->registry, scheme, c->offer->scheme),
                                  c->baunit);
    rh_say(why, RH_FIELD_FEN, bid);
    rh_say(why, RH_FIELD_FEN, least);
    return bid >= least;
}

bool
rh_guard_bid_use_offered(const rh_case *c, rh_refusal *why)
{
    int64_t purpose = RH_COMMAND(c, bid_place)->purpose;
    rh_say_code(why, &rh_codes_lessee_use, purpose);
    return (c->offer->uses & INT64_C(1) << purpose) != 0;
}

bool
rh_guard_bidder_may_rent(const rh_case *c, rh_refusal *why)
{
    int64_t kind = RH_GET(c->registry, party, c->ask->actor)->kind;
    rh_say_code(why, &rh_codes_party_kind, kind);
    return kind == rh_party_kind_person || kind == rh_party_kind_lessee_org ||
           kind == rh_party_kind_operator;
}

bool
rh_guard_bidder_not_of_household(const rh_case *c, rh_refusal *why)
{
    (void)why;
    int64_t lessee = lessee_asked(c);
    return lessee != c->offer->household &&
           rh_member_of_household(c->registry, lessee, c->offer->household, c->today) == NULL;
}

bool
rh_guard_bidder_not_officer(const rh_case *c, rh_refusal *why)
{
    (void)why;
    int64_t lessee = lessee_asked(c);
    return lessee != c->offer->verified_by && lessee != c->offer->acknowledged_by &&
           lessee != c->offer->reviewed_by;
}

bool
rh_guard_one_bid_each(const rh_case *c, rh_refusal *why)
{
    const rh_registry *r = c->registry;
    for (int64_t id = rh_first(r, RH_BY_bid_offer, c->offer->id); id != 0;
         id = rh_next(r, RH_BY_bid_offer, id)) {
        const rh_row_bid *b = RH_GET(r, bid, id);
        if (b->party == c->ask->actor && b->state == rh_bid_state_placed) {
            rh_say(why, RH_FIELD_INT, id);
            return false;
        }
    }
    return true;
}

void
rh_do_bid_place(rh_case *c)
{
    const rh_command_bid_place *ask = RH_COMMAND(c, bid_place);
    rh_row_bid *b = RH_MAKE(c, bid);
    b->offer = ask->offer;
    b->party = c->ask->actor;
    b->fen_year = ask->fen_year;
    b->purpose = ask->purpose;
    b->member = rh_is_member_of(c->registry, c->ask->actor, c->baunit->collective, c->today);
    b->state = rh_bid_state_placed;
}

bool
rh_guard_bid_is_own(const rh_case *c, rh_refusal *why)
{
    (void)why;
    return bid_asked(c)->party == c->ask->actor;
}

bool
rh_guard_bid_stands(const rh_case *c, rh_refusal *why)
{
    int64_t state = bid_asked(c)->state;
    rh_say_code(why, &rh_codes_bid_state, state);
    return state == rh_bid_state_placed;
}

void
rh_do_bid_withdraw(rh_case *c)
{
    RH_CHANGE(c, bid, RH_COMMAND(c, bid_withdraw)->bid)->state = rh_bid_state_withdrawn;
}

/* ---- the match ---- */

bool
rh_guard_bid_of_offer(const rh_case *c, rh_refusal *why)
{
    (void)why;
    return bid_asked(c)->offer == c->offer->id;
}

/* A member is one on the day of the match. */
bool
rh_guard_members_first(const rh_case *c, rh_refusal *why)
{
    int64_t until = c->offer->since + rh_setting(c, rh_parameter_member_priority_days);
    rh_say(why, RH_FIELD_DATE, until);
    return c->today >= until ||
           rh_is_member_of(c->registry, bid_asked(c)->party, c->baunit->collective, c->today);
}

enum { START_WITHIN = 366, STEP_MOST = 3000, STEP_YEARS = 20 }; /* [P] */

bool
rh_guard_start_in_reach(const rh_case *c, rh_refusal *why)
{
    int64_t start = RH_COMMAND(c, offer_match)->start;
    rh_say(why, RH_FIELD_DATE, c->today);
    rh_say(why, RH_FIELD_DATE, c->today + START_WITHIN);
    return start >= c->today && start <= c->today + START_WITHIN;
}

bool
rh_guard_steps_make_sense(const rh_case *c, rh_refusal *why)
{
    const rh_command_offer_match *ask = RH_COMMAND(c, offer_match);
    rh_say(why, RH_FIELD_INT, STEP_MOST);
    rh_say(why, RH_FIELD_INT, STEP_YEARS);
    return ask->step_bp == 0 ? ask->step_years == 0
                             : ask->step_bp > 0 && ask->step_bp <= STEP_MOST &&
                                   ask->step_years >= 1 && ask->step_years <= STEP_YEARS;
}

bool
rh_guard_period_within_prepay(const rh_case *c, rh_refusal *why)
{
    int64_t months = RH_COMMAND(c, offer_match)->period_months,
            most = rh_setting(c, rh_parameter_prepay_months);
    rh_say(why, RH_FIELD_INT, months);
    rh_say(why, RH_FIELD_INT, most);
    return months >= 1 && months <= most;
}

void
rh_do_offer_match(rh_case *c)
{
    const rh_command_offer_match *ask = RH_COMMAND(c, offer_match);
    const rh_row_offer *o = c->offer;
    const rh_row_bid *b = bid_asked(c);
    const rh_row_scheme *s = RH_GET(c->registry, scheme, o->scheme);
    rh_row_lease *lease = RH_MAKE(c, lease);
    lease->village = o->village;
    lease->offer = o->id;
    lease->baunit = o->baunit;
    lease->household = o->household;
    lease->lessee = b->party;
    lease->collective = c->baunit->collective;
    lease->collective_role = s->collective_role;
    lease->state = rh_lease_state_negotiated;
    lease->start = ask->start;
    lease->end = rh_day_add_months(ask->start, o->months);
    lease->purpose = b->purpose;
    lease->fen_year = b->fen_year;
    lease->step_bp = ask->step_bp;
    lease->step_years = ask->step_years;
    lease->period_months = ask->period_months;
    lease->deposit_fen = o->deposit_fen;
    lease->farmer_bp = s->farmer_bp;
    lease->collective_bp = s->collective_bp;
    lease->reserve_bp = s->reserve_bp;
    lease->scheme = s->id;
    lease->scheme_version = s->version;
    lease->text = ask->text;
    lease->wording = ask->wording;
    lease->since = c->today;
    lease->until = c->today + rh_setting(c, rh_parameter_sign_days);
    RH_CHANGE(c, bid, b->id)->state = rh_bid_state_accepted;
    rh_offer_enter(c, o->id, rh_offer_state_matched, RH_NONE);
}
