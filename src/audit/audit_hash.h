/* The auditor's hashes and signatures, by OpenSSL (the writer uses libsodium). RFC 6962 section 2.1, RFC 8032. */
#ifndef RH_AUDIT_HASH_H
#define RH_AUDIT_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct rh_audit_sha
    rh_audit_sha; /* one a thread: setting it up costs more than a hash */

rh_audit_sha *rh_audit_sha_new(void); /* NULL without memory */
void rh_audit_sha_free(rh_audit_sha *sha);

void rh_audit_leaf(rh_audit_sha *sha, const void *entry, size_t size, uint8_t out[32]);
/* `pair`: left and right hash, 64 bytes. */
void rh_audit_node(rh_audit_sha *sha, const uint8_t pair[64], uint8_t out[32]);
void rh_audit_plain(rh_audit_sha *sha, const void *bytes, size_t size, uint8_t out[32]);

/* Ed25519. */
bool rh_audit_signed(const uint8_t key[32], const void *text, size_t size,
                     const uint8_t signature[64]);

#endif
