/* The auditor's hashes: see audit_hash.h. */
#include "audit/audit_hash.h"

#include <openssl/evp.h>
#include <stdlib.h>

struct rh_audit_sha {
    EVP_MD *kind;
    EVP_MD_CTX *context;
};

rh_audit_sha *
rh_audit_sha_new(void)
{
    rh_audit_sha *sha = calloc(1, sizeof *sha);
    if (sha == NULL) {
        return NULL;
    }
    sha->kind = EVP_MD_fetch(NULL, "SHA2-256", NULL);
    sha->context = EVP_MD_CTX_new();
    if (sha->kind == NULL || sha->context == NULL ||
        EVP_DigestInit_ex2(sha->context, sha->kind, NULL) != 1) {
        rh_audit_sha_free(sha);
        return NULL;
    }
    return sha;
}

void
rh_audit_sha_free(rh_audit_sha *sha)
{
    if (sha != NULL) {
        EVP_MD_CTX_free(sha->context);
        EVP_MD_free(sha->kind);
        free(sha);
    }
}

/* A failure of the library must never look like a hash. */
static void
hash(rh_audit_sha *sha, const char *mark, size_t mark_size, const void *bytes, size_t size,
     uint8_t out[32])
{
    if (EVP_DigestInit_ex2(sha->context, NULL, NULL) != 1 ||
        EVP_DigestUpdate(sha->context, mark, mark_size) != 1 ||
        EVP_DigestUpdate(sha->context, bytes, size) != 1 ||
        EVP_DigestFinal_ex(sha->context, out, NULL) != 1) {
        abort();
    }
}

void
rh_audit_leaf(rh_audit_sha *sha, const void *entry, size_t size, uint8_t out[32])
{
    hash(sha, "\x00", 1, entry, size, out);
}

void
rh_audit_node(rh_audit_sha *sha, const uint8_t pair[64], uint8_t out[32])
{
    hash(sha, "\x01", 1, pair, 64, out);
}

void
rh_audit_plain(rh_audit_sha *sha, const void *bytes, size_t size, uint8_t out[32])
{
    hash(sha, "", 0, bytes, size, out);
}

bool
rh_audit_signed(const uint8_t key[32], const void *text, size_t size,
                const uint8_t signature[64])
{
    EVP_PKEY *its = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key, 32);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool ok = its != NULL && context != NULL &&
              EVP_DigestVerifyInit(context, NULL, NULL, NULL, its) == 1 &&
              EVP_DigestVerify(context, signature, 64, text, size) == 1;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(its);
    return ok;
}
