/* Inspections, disputes, disclosures. */
#include "domain/case.h"

void
rh_due_inspection(rh_case *c, int64_t id)
{
    (void)c, (void)id;
}
