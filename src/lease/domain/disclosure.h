/* Disclosure is at least quarterly (村民委员会组织法 30; 农村集体经济组织法 45): which quarter is due at a place. The service makes the text and asks for
 * disclosure_publish. */
#ifndef RH_DOMAIN_DISCLOSURE_H
#define RH_DOMAIN_DISCLOSURE_H

#include "domain/registry.h"

/* First and last day of the quarter that ended last before `today`; false when a disclosure of the place covers it already. */
bool rh_disclosure_due(const rh_registry *registry, int64_t place, int64_t today,
                       int64_t *first, int64_t *last);

#endif
