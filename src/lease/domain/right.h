/* Rights in a property unit (LADM RRR).
 *
 * The four basic rights stand from the unit's first day to its last, each whole and with a source (I5): ownership of the land with the collective,
 * member's right, right of use and house ownership with a household of its members. They pass by succession only; no path sells them (I4).
 * Every other row is a right, restriction or responsibility of its own and whole by itself. */
#ifndef RH_DOMAIN_RIGHT_H
#define RH_DOMAIN_RIGHT_H

#include "domain/case.h"

#define RH_RIGHT(word) RH_BIT(rh_rrr_kind_##word)
/* What a household holds, and with the collective's ownership the basic rights. */
#define RH_RIGHTS_OF_HOUSEHOLD                                                                 \
    (RH_RIGHT(member_right) | RH_RIGHT(use_right) | RH_RIGHT(house_ownership))
#define RH_RIGHTS_BASIC (RH_RIGHTS_OF_HOUSEHOLD | RH_RIGHT(ownership))

/* A whole share of a right, from today. */
void rh_right_make(rh_case *c, int64_t baunit, int64_t kind, int64_t party, int64_t source);

/* The first present row of one of these kinds, or NULL. */
const rh_row_rrr *rh_right_present(const rh_registry *r, int64_t baunit, uint64_t kinds);

#endif
