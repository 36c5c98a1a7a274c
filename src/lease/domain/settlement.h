/* The end of a lease's money: is everything paid out, decided and reconciled, so that it can be closed? */
#ifndef RH_DOMAIN_SETTLEMENT_H
#define RH_DOMAIN_SETTLEMENT_H

#include "domain/lease_life.h"

/* Every account of the lease is 0, no payout waits, no dispute is open. */
bool rh_lease_is_square(const rh_registry *r, const rh_row_lease *l);

/* Fen of a payee's part that open disputes about the lease, or about its payouts, contest (I19). */
int64_t rh_contested(const rh_registry *r, int64_t lease, int64_t payee);

#endif
