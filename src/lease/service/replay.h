/* Verifying a township's database by doing everything again.
 *
 * The journal's commands go through a fresh registry; what they yield must be what is stored (I20):
 * R1 every row, field by field, in its place; no row more.  R2 the bytes of every log entry.  R3 private values match their commitments.
 * R4 recorded time never goes back (I23).  R5 every journal of the books sums to 0, no village's escrow is ever below 0 (I10).
 * Before that the engine's own check (RH_DB_CHECK). */
#ifndef RH_SERVICE_REPLAY_H
#define RH_SERVICE_REPLAY_H

#include "service/judge.h"

typedef struct rh_verified {
    int64_t commands, rows, values; /* looked at */
} rh_verified;

/* Errors: RH_INVARIANT, with table, id, version, field and both values of the first difference; RH_IO. */
RH_MUST_CHECK rh_status rh_replay_verify(const char *database, const rh_judge *judge,
                                         rh_verified *out, rh_err *err);

#endif
