/* Receipts: that an entry stands in the log and witnesses saw the log, checkable without a network. C2SP tlog-proof.
 *
 *     c2sp.org/tlog-proof@v1
 *     extra base64                   the entry itself, where the receipt is to stand alone (not trusted until the hashes lead to the root)
 *     index 73894
 *     base64 of a hash               one a line, from the leaf up
 *                                    (empty line)
 *     a checkpoint
 *
 * At a million entries with three signatures: 1.4 KB without the entry, so the text as it is fits one QR code (at most 2,953 bytes). */
#ifndef RH_LOG_PROOF_H
#define RH_LOG_PROOF_H

#include "log/checkpoint.h"

enum { RH_EXTRA_MOST = 65535, RH_RECEIPT_MOST = 120000 };

/* A receipt as read. Borrows the text. */
typedef struct rh_receipt {
    uint64_t index;
    unsigned n;
    rh_digest hash[RH_PROOF_MOST];
    const char *extra; /* base64, NULL when there is none */
    size_t extra_size;
    rh_checkpoint checkpoint;
} rh_receipt;

/* Receipt of entry `index` in the checkpoint `note`, which is one of this tree. `entry` (NULL: left out) goes to the extra line.
 * The text ends with NUL and is the caller's (rh_free). Errors: RH_RANGE; RH_INVARIANT when the note is not of this tree; RH_MEMORY. */
RH_MUST_CHECK rh_status rh_receipt_write(const rh_tree *tree, uint64_t index, const char *note,
                                         size_t note_size, const void *entry, size_t entry_size,
                                         char **out, size_t *size, rh_err *err);

/* Strict reading; nothing is verified. Errors: RH_INPUT. */
RH_MUST_CHECK rh_status rh_receipt_parse(const char *text, size_t size, rh_receipt *out,
                                         rh_err *err);

/* Bytes of the extra line; the caller frees. RH_MISSING when there is none. */
RH_MUST_CHECK rh_status rh_receipt_extra(const rh_receipt *receipt, uint8_t **out, size_t *size,
                                         rh_err *err);

/* Does the receipt show that `entry` is in the log, which `need` of the n witnesses saw? */
RH_MUST_CHECK rh_status rh_receipt_verify(const rh_receipt *receipt, const void *entry,
                                          size_t size, const rh_verifier *log,
                                          const rh_verifier *witness, unsigned n, unsigned need,
                                          rh_err *err);

#endif
