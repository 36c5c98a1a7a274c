/* Steps that offers share: see offer_life.h. */
#include "domain/offer_life.h"

rh_row_offer *
rh_offer_enter(rh_case *c, int64_t offer, int64_t state, int64_t until)
{
    rh_row_offer *o = RH_CHANGE(c, offer, offer);
    o->state = state;
    o->since = c->today;
    o->until = until;
    return o;
}

const rh_row_lease *
rh_offer_negotiated(const rh_registry *r, int64_t offer)
{
    for (int64_t id = rh_first(r, RH_BY_lease_offer, offer); id != 0;
         id = rh_next(r, RH_BY_lease_offer, id)) {
        const rh_row_lease *lease = RH_GET(r, lease, id);
        if (lease->state == rh_lease_state_negotiated) {
            return lease;
        }
    }
    return NULL;
}

bool
rh_offer_may_stop(const rh_registry *r, int64_t offer)
{
    const rh_row_offer *o = RH_GET(r, offer, offer);
    return (RH_OFFER_LIVE & RH_BIT(o->state)) != 0 ||
           (o->state == rh_offer_state_matched && rh_offer_negotiated(r, offer) != NULL);
}

void
rh_offer_stop(rh_case *c, int64_t offer, int64_t state, int64_t ground)
{
    const rh_registry *r = c->registry;
    rh_row_offer *o = rh_offer_enter(c, offer, state, RH_NONE);
    o->ground = ground;
    o->days_left = RH_NONE;
    for (int64_t id = rh_first(r, RH_BY_bid_offer, offer); id != 0;
         id = rh_next(r, RH_BY_bid_offer, id)) {
        int64_t was = RH_GET(r, bid, id)->state;
        if (was == rh_bid_state_placed || was == rh_bid_state_accepted) {
            RH_CHANGE(c, bid, id)->state = rh_bid_state_rejected;
        }
    }
    const rh_row_lease *lease = rh_offer_negotiated(r, offer);
    if (lease != NULL) {
        rh_row_lease *dropped = RH_CHANGE(c, lease, lease->id);
        dropped->state = rh_lease_state_dropped;
        dropped->since = c->today;
        dropped->until = RH_NONE;
    }
}

void
rh_offers_of_scheme_stop(rh_case *c, const rh_row_scheme *scheme)
{
    const rh_registry *r = c->registry;
    for (int64_t id = rh_first(r, RH_BY_offer_village, scheme->village); id != 0;
         id = rh_next(r, RH_BY_offer_village, id)) {
        if (RH_GET(r, offer, id)->scheme == scheme->id && rh_offer_may_stop(r, id)) {
            rh_offer_stop(c, id, rh_offer_state_lapsed, RH_NONE);
        }
    }
}
