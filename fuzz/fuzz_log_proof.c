/* libFuzzer: any bytes as a receipt, to the writer's reader and to the auditor's. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "audit/audit_receipt.h"
#include "core/mem.h"
#include "log/proof.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static FILE *nowhere; /* opened once: this is no part of the library */
    rh_receipt r;
    rh_err err = {0};
    rh_verifier log = {.name = "log.example", .type = RH_KEY_NOTE};
    bool taken = rh_receipt_parse((const char *)bytes, size, &r, &err) == RH_OK;
    if (taken == (err.text[0] != '\0') || (taken && r.n > RH_PROOF_MOST)) {
        abort();
    }
    if (taken) {
        uint8_t *extra;
        size_t n;
        if (rh_receipt_extra(&r, &extra, &n, NULL) == RH_OK) {
            rh_free(extra);
        }
        if (rh_receipt_verify(&r, "x", 1, &log, NULL, 0, 0, NULL) == RH_OK) {
            abort();
        }
    }
    if (nowhere == NULL) {
        nowhere = fopen("/dev/null", "w");
    }
    rh_audit audit = {.out = nowhere, .lock = PTHREAD_MUTEX_INITIALIZER};
    rh_audit_trust trust = {.log = {.name = "log.example", .type = 1}};
    rh_audit_receipt_bytes(&audit, (const char *)bytes, size, NULL, 0, &trust);
    if (audit.findings == 0) {
        abort();
    }
    return 0;
}
