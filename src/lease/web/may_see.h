/* Who may read what is not open (record.h, rh_audience; docs/lease/identity.md).
 *
 * M1 one's own: the party itself, the households in which it is a right-holder, its wards, its principals; and what these are parties of. The two
 *    sides of a lease see all of that lease, what hangs on it, and no other lease of the other side.
 * M2 offices see what lies in their place or below it; nobody sees anything of another township.
 * M3 members of a collective see what is for members (RH_MEMBERS) in its village.
 * M4 personal texts are narrower still: rh_may_see_private says which office needs which of them. Each look is recorded (private_look.h).
 * Pure: the registry, the party and the day decide. */
#ifndef RH_WEB_MAY_SEE_H
#define RH_WEB_MAY_SEE_H

#include "domain/lists.h"

/* The widest audience whose fields of the object `party` may read; RH_OPEN (0) when it is nobody special. `party` may be RH_NONE. */
rh_audience rh_may_see(const rh_registry *registry, int64_t party, int64_t today,
                       rh_row_kind kind, int64_t id);

/* May it read the personal text that stands in this PRIVATE field of the object? */
bool rh_may_see_private(const rh_registry *registry, int64_t party, int64_t today,
                        rh_row_kind kind, int64_t id, const rh_field *field);

#endif
