/* What several steps of an offer's life share: its live states, entering a state, stopping it. */
#ifndef RH_DOMAIN_OFFER_LIFE_H
#define RH_DOMAIN_OFFER_LIFE_H

#include "domain/case.h"

#define RH_OFFER(word) RH_BIT(rh_offer_state_##word)
/* On the way to the market or on it. */
#define RH_OFFER_LIVE                                                                          \
    (RH_OFFER(draft) | RH_OFFER(consented) | RH_OFFER(verified) | RH_OFFER(acknowledged) |     \
     RH_OFFER(notice) | RH_OFFER(objected) | RH_OFFER(open))

/* States of a lease in which its unit is not free: from the match until the house is handed back. */
#define RH_LEASE_HOLDS_UNIT                                                                    \
    (RH_BIT(rh_lease_state_negotiated) | RH_BIT(rh_lease_state_signed) |                       \
     RH_BIT(rh_lease_state_result_public) | RH_BIT(rh_lease_state_filed) |                     \
     RH_BIT(rh_lease_state_active) | RH_BIT(rh_lease_state_arrears) |                          \
     RH_BIT(rh_lease_state_unsafe) | RH_BIT(rh_lease_state_expiring) |                         \
     RH_BIT(rh_lease_state_expired) | RH_BIT(rh_lease_state_terminated))

/* Enter a state today with its deadline, the last day of it (RH_NONE: none). */
rh_row_offer *rh_offer_enter(rh_case *c, int64_t offer, int64_t state, int64_t until);

/* Is the offer live, or matched by a lease that is not signed yet? */
bool rh_offer_may_stop(const rh_registry *r, int64_t offer);

/* The lease in negotiation that came from the offer, or NULL. */
const rh_row_lease *rh_offer_negotiated(const rh_registry *r, int64_t offer);

/* The offer ends (withdrawn, refused with its ground, lapsed): bids that still stand are not chosen, and a lease in negotiation is dropped. */
void rh_offer_stop(rh_case *c, int64_t offer, int64_t state, int64_t ground);

/* Every offer under the scheme that may stop, lapses. */
void rh_offers_of_scheme_stop(rh_case *c, const rh_row_scheme *scheme);

#endif
