/* Facts about a unit that an offer needs, each a guard (offer_fact.c); and what they rest on. */
#ifndef RH_DOMAIN_OFFER_FACT_H
#define RH_DOMAIN_OFFER_FACT_H

#include "domain/case.h"

/* The homestead scheme of a collective that is in force, or NULL. */
const rh_row_scheme *rh_homestead_scheme(const rh_registry *r, int64_t collective);

/* The least rent a year: floor price times floor area, up to the next fen. */
int64_t rh_floor_rent(const rh_registry *r, const rh_row_scheme *scheme,
                      const rh_row_baunit *unit);

#endif
