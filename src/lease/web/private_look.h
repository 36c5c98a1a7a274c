/* Looking at a personal text: allowed by may_see.h, recorded, then read.
 *
 * L1 the line of `access` (who, when, what, which value) is on the disk before the text is given: what cannot be recorded is not shown.
 * L2 a text that was erased stays erased: RH_MISSING. */
#ifndef RH_WEB_PRIVATE_LOOK_H
#define RH_WEB_PRIVATE_LOOK_H

#include "web/site.h"

enum { RH_PRIVATE_TEXT = 2000 };

/* The text of a PRIVATE field of an object, for the party that is signed in. Waits for a commit (rh_request_offload, or pages that show few). Errors:
 * RH_USAGE (not allowed), RH_MISSING (nothing is said there, or erased), RH_IO, RH_RANGE (longer than there is room). */
RH_MUST_CHECK rh_status rh_private_show(rh_site *site, int64_t party, rh_row_kind kind,
                                        int64_t id, const char *field, char *out, size_t room,
                                        rh_err *err);

#endif
