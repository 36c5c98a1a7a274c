/* Money: receipts, splits, payouts, arrears. */
#include "domain/case.h"

void
rh_due_rent_line(rh_case *c, int64_t id)
{
    (void)c, (void)id;
}

void
rh_due_arrears(rh_case *c, int64_t id)
{
    (void)c, (void)id;
}
