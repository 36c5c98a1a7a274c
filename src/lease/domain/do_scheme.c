/* The scheme and its assembly. */
#include "domain/case.h"

void
rh_due_scheme(rh_case *c, int64_t id)
{
    (void)c, (void)id;
}
