/* libFuzzer: any bytes as an entry of the log, to the auditor's reader. What it takes jansson takes too. */
#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "audit/audit_entry.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static rh_audit_entry e; /* large; this is no part of the library */
    const char *text = (const char *)bytes;
    if (!rh_audit_entry_parse(text, size, &e)) {
        if (e.en == NULL || e.zh == NULL || e.at > size) {
            abort();
        }
        return 0;
    }
    for (unsigned i = 0; i < e.n; i++) {
        const rh_audit_posting *p = &e.posting[i];
        if (p->account.at < text || p->account.at + p->account.size > text + size ||
            p->village.at < text || p->village.at + p->village.size > text + size ||
            p->amount_fen == RH_AUDIT_NONE) {
            abort();
        }
    }
    if (memchr(bytes, '\\', size) ==
        NULL) { /* jansson has its own views of \u0000 and of surrogates */
        json_t *json = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
        json_t *seq = json_object_get(json, "seq");
        if (json == NULL || json_integer_value(seq) != e.seq ||
            json_array_size(json_object_get(json, "facts")) != e.facts) {
            abort();
        }
        json_decref(json);
    }
    return 0;
}
