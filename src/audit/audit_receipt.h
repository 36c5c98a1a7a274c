/* A receipt (C2SP tlog-proof) checked without a network: the entry leads to the root that log and witnesses signed. And two
 * checkpoints held side by side: two roots of one size are a proof against the log. */
#ifndef RH_AUDIT_RECEIPT_H
#define RH_AUDIT_RECEIPT_H

#include "audit/audit_note.h"

/* `entry` (NULL: the one in the receipt): path of the entry's bytes. Findings are told. */
void rh_audit_receipt(rh_audit *audit, const char *path, const char *entry,
                      const rh_audit_trust *trust);

/* The bytes of a receipt; for tests. */
void rh_audit_receipt_bytes(rh_audit *audit, const char *bytes, size_t size, const void *entry,
                            size_t entry_size, const rh_audit_trust *trust);

/* `b` NULL: `a` is a witness's file of evidence with both. False when the two cannot be compared (different sizes). */
bool rh_audit_compare(rh_audit *audit, const char *a, const char *b,
                      const rh_audit_trust *trust);

#endif
