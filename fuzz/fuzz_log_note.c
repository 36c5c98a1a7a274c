/* libFuzzer: any bytes as a checkpoint, to the writer's reader and to the auditor's, which share no code: what the writer takes
 * the auditor takes, and both read the same. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "audit/audit_note.h"
#include "log/checkpoint.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    rh_checkpoint c;
    rh_audit_note a;
    rh_verifier key = {.name = "log.example", .type = RH_KEY_NOTE};
    rh_err err = {0};
    const char *en, *zh;
    bool taken = rh_checkpoint_parse((const char *)bytes, size, &c, &err) == RH_OK;
    bool audited = rh_audit_note_parse((const char *)bytes, size, &a, &en, &zh);
    if (taken == (err.text[0] != '\0') || (taken && !audited)) {
        abort();
    }
    if (taken) {
        if (c.n == 0 || c.n > RH_SIGNATURES_MOST || c.size != a.size ||
            strcmp(c.origin, a.origin) != 0 || memcmp(&c.root, a.root, 32) != 0 ||
            c.text_size != a.text_size) {
            abort();
        }
        memcpy(key.id, c.signature[0].id, 4);
        if (rh_checkpoint_verify(&c, &key, NULL, NULL) == RH_OK) {
            abort(); /* nobody signs with the key of zeros */
        }
    }
    /* the same bytes as keys */
    char text[RH_KEY_TEXT];
    size_t n = size < sizeof text - 1 ? size : sizeof text - 1;
    memcpy(text, bytes, n);
    text[n] = '\0';
    rh_audit_sha *sha = rh_audit_sha_new();
    rh_audit_key its;
    bool is_key = rh_verifier_parse(text, &key, NULL) == RH_OK;
    if (is_key && (!rh_audit_key_parse(sha, text, &its) || memcmp(its.key, key.key, 32) != 0)) {
        abort();
    }
    rh_audit_sha_free(sha);
    return 0;
}
