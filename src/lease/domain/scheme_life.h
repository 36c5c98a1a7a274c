/* What several steps of a scheme's life share. */
#ifndef RH_DOMAIN_SCHEME_LIFE_H
#define RH_DOMAIN_SCHEME_LIFE_H

#include "domain/case.h"

/* Enter a state today with its deadline, the last day of it (RH_NONE: none). */
rh_row_scheme *rh_scheme_enter(rh_case *c, int64_t scheme, int64_t state, int64_t until);

/* Members of the collective with full capacity on a day: the N of its assembly. */
int64_t rh_roll_of(const rh_registry *r, int64_t collective, int64_t day);

#endif
