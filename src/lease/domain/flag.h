/* Red flags (DOMAIN.md 2.5): signs of a disguised sale (变相买卖), of misuse as a villa, or of under-pricing. A flag opens an inspection; it judges
 * nothing. The table is flag.def. */
#ifndef RH_DOMAIN_FLAG_H
#define RH_DOMAIN_FLAG_H

#include "domain/lease_life.h"

/* When flags are looked at: at signing or amendment, when a sublease is allowed, when the lease begins or is called to mind. */
typedef enum rh_flag_moment {
    RH_FLAG_SIGNING = 1,
    RH_FLAG_SUBLET = 2,
    RH_FLAG_TIME = 4
} rh_flag_moment;

/* Does the flag show on this lease (as it stands, or as it is about to stand)? A flag that only people can see never does. */
bool rh_flag_shows(const rh_case *c, enum rh_flag_code flag, const rh_row_lease *l);

/* The moments at which a flag is looked at, bits; 0: only people can see it. */
int rh_flag_moments(enum rh_flag_code flag);

/* Open an inspection for each flag that shows at this moment, unless one is open; by time alone, unless there ever was one. */
void rh_flags_raise(rh_case *c, const rh_row_lease *l, rh_flag_moment moment);

#endif
