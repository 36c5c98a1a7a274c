/* The body of add-checkpoint: see witness_request.h. */
#include "witness/witness_request.h"

#include <string.h>

rh_status
rh_witness_request_parse(const char *bytes, size_t size, rh_witness_request *out, rh_err *err)
{
    *out = (rh_witness_request){0};
    const char *at = bytes, *end = bytes + size;
    const char *stop = size > 0 ? memchr(at, '\n', size) : NULL;
    if (stop == NULL || stop - at < 5 || memcmp(at, "old ", 4) != 0 ||
        !rh_note_number(at + 4, stop, &out->old)) {
        return rh_fail(err, RH_INPUT, "The first line of the request is not 'old' and a size.");
    }
    for (at = stop + 1;; at = stop + 1) {
        stop = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
        if (stop == NULL) {
            return rh_fail(err, RH_INPUT, "The request ends before its checkpoint.");
        }
        if (stop == at) {
            break;
        }
        if (out->n == RH_PROOF_MOST || !rh_note_digest(at, stop, &out->proof[out->n])) {
            return rh_fail(err, RH_INPUT,
                           "Hash %u of the proof is not base64 of 32 bytes, or one too many.",
                           out->n + 1);
        }
        out->n++;
    }
    out->note = stop + 1;
    out->note_size = (size_t)(end - out->note);
    return rh_checkpoint_parse(out->note, out->note_size, &out->checkpoint, err);
}
