/* The body of add-checkpoint (C2SP tlog-witness):
 *
 *     old 20852014                   size that the witness cosigned last, as the log believes
 *     base64 of a hash               the consistency proof, one a line, at most 63
 *                                    (empty line)
 *     a checkpoint */
#ifndef RH_WITNESS_REQUEST_H
#define RH_WITNESS_REQUEST_H

#include "log/checkpoint.h"

enum { RH_WITNESS_REQUEST_MOST = RH_NOTE_MOST + 64 * 46 };

/* Borrows the bytes. */
typedef struct rh_witness_request {
    uint64_t old;
    unsigned n;
    rh_digest proof[RH_PROOF_MOST];
    const char *note;
    size_t note_size;
    rh_checkpoint checkpoint;
} rh_witness_request;

/* Strict reading; nothing is verified. Errors: RH_INPUT. */
RH_MUST_CHECK rh_status rh_witness_request_parse(const char *bytes, size_t size,
                                                 rh_witness_request *out, rh_err *err);

#endif
