/* Offers, notices, objections, bids. */
#include "domain/case.h"

void
rh_due_offer(rh_case *c, int64_t id)
{
    (void)c, (void)id;
}
