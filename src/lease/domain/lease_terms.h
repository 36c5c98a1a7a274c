/* The terms that a match, a signature, an amendment or a renewal would bring, and the limits that hold for all of them (lease_terms.c has the guards). */
#ifndef RH_DOMAIN_LEASE_TERMS_H
#define RH_DOMAIN_LEASE_TERMS_H

#include "domain/lease_life.h"

typedef struct rh_lease_terms {
    rh_rent_terms rent; /* of the payments to come */
    int64_t start, end; /* of the lease */
    int64_t signed_on;  /* a renewal's 20 years begin here; RH_NONE: no renewal */
    int64_t farmer_bp, collective_bp, reserve_bp;
    int64_t purpose, deposit_fen;
    const rh_row_scheme
        *scheme; /* the one the shares come from; NULL: there is none in force */
    const char *wording;
} rh_lease_terms;

/* Of lease_sign, lease_renew, lease_amend or amendment_sign; of offer_match, whose lease is not made yet. */
rh_lease_terms rh_terms_of(const rh_case *c);

/* Of an amendment: the rent of the payments that follow the change, from the first period that begins after today and of which, as of all later ones,
 * nothing was paid. start ≥ end: none follows. */
rh_rent_terms rh_rent_after(const rh_case *c, const rh_row_lease *l, int64_t end,
                            int64_t fen_year);

/* The floor area of the lease's house, cm². */
int64_t rh_floor_area(const rh_registry *r, int64_t baunit);

/* The word of rh_codes_sale_word that a text holds, blanks left aside; -1: none. */
int rh_sale_word(const char *text);

#endif
