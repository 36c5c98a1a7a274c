/* libFuzzer: any bytes as the body of add-checkpoint (witness/witness_request.h). */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "witness/witness_request.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    rh_witness_request r;
    rh_err err = {0};
    bool taken = rh_witness_request_parse((const char *)bytes, size, &r, &err) == RH_OK;
    if (taken == (err.text[0] != '\0')) {
        abort();
    }
    if (taken) {
        rh_digest root = {{1}};
        const char *end = (const char *)bytes + size;
        if (r.n > RH_PROOF_MOST || r.note + r.note_size != end || r.checkpoint.n == 0) {
            abort();
        }
        if (r.old > 0 &&
            rh_consistency_verify(r.old, &root, r.checkpoint.size, &r.checkpoint.root, r.proof,
                                  r.n, NULL) == RH_OK &&
            r.old != r.checkpoint.size) {
            abort(); /* a proof for a root of nobody's making */
        }
    }
    return 0;
}
