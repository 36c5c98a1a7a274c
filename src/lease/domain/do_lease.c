/* Leases. */
#include "domain/case.h"

void
rh_due_lease(rh_case *c, int64_t id)
{
    (void)c, (void)id;
}

void
rh_due_sublet(rh_case *c, int64_t id)
{
    (void)c, (void)id;
}
