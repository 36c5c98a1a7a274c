/* The published files of a log, recomputed: every entry hashed, every tile compared, the root against the signed checkpoint
 * (C2SP tlog-tiles). Needs 33 bytes of memory an entry. */
#ifndef RH_AUDIT_LOG_H
#define RH_AUDIT_LOG_H

#include "audit/audit_note.h"

enum { RH_AUDIT_WIDTH = 256, RH_AUDIT_LEVELS = 8 };

typedef struct rh_audit_log {
    const char *dir; /* borrowed */
    char checkpoint[RH_AUDIT_NOTE + 1];
    rh_audit_note note;
    uint8_t (*level[RH_AUDIT_LEVELS])[32]; /* hashes as recomputed from the entries */
    uint64_t n[RH_AUDIT_LEVELS];
} rh_audit_log;

/* Read DIR/checkpoint. With `trust` its signatures are checked, without only its form. A lack is a finding; false then. */
bool rh_audit_log_open(rh_audit *audit, const char *dir, const rh_audit_trust *trust,
                       rh_audit_log *out);

/* Read all entries on `threads` threads, recompute and compare everything. Findings are told; false when the root or the files that
 * it needs are not as they should be. */
bool rh_audit_log_check(rh_audit *audit, rh_audit_log *log, unsigned threads);

/* After the check: root of the first `size` entries. */
bool rh_audit_log_root(const rh_audit_log *log, uint64_t size, uint8_t out[32]);
void rh_audit_log_release(rh_audit_log *log);

/* Bundle n of the log: bytes of its file, the caller frees; the number of entries that it must hold. NULL and a finding when it is
 * missing. */
uint8_t *rh_audit_bundle(rh_audit *audit, const rh_audit_log *log, uint64_t n, size_t *size,
                         unsigned *count);
/* The next entry of a bundle, false when the bytes end too early. */
bool rh_audit_next(const uint8_t **at, const uint8_t *end, const uint8_t **entry, size_t *size);

#endif
