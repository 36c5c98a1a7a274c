/* Arrears: what is due and not paid, and the period that the lessee still has (民法典 722). One open row a lease; it tells the sum of all overdue rent. */
#ifndef RH_DOMAIN_ARREARS_H
#define RH_DOMAIN_ARREARS_H

#include "domain/lease_life.h"

/* Rent due before today and not received, fen; `since` (may be NULL) is the earliest such day. `paid_now` fen for `line` are taken as received already
 * (negative: taken back). */
int64_t rh_overdue(const rh_case *c, int64_t lease, int64_t line, int64_t paid_now,
                   int64_t *since);

/* The open arrears of a lease, or NULL. */
const rh_row_arrears *rh_arrears_open(const rh_registry *r, int64_t lease);

/* Bring arrears and state in line with what is overdue now: opens, changes, cures. Of a lease that is over only
 * what stands already changes. */
void rh_arrears_settle(rh_case *c, int64_t lease, int64_t line, int64_t paid_now);

/* The lease is over: nothing is asked any more. */
void rh_arrears_close(rh_case *c, int64_t lease);

#endif
