/* Salted commitments: see commitment.h. */
#include "log/commitment.h"

#include <sodium.h>

void
rh_commit(const uint8_t salt[32], const void *bytes, size_t size, rh_digest *out)
{
    static const char domain[] = "ronghe-lease commitment v1\n";
    crypto_hash_sha256_state sha;
    crypto_hash_sha256_init(&sha);
    crypto_hash_sha256_update(&sha, (const unsigned char *)domain, sizeof domain - 1);
    crypto_hash_sha256_update(&sha, salt, 32);
    crypto_hash_sha256_update(&sha, bytes, size);
    crypto_hash_sha256_final(&sha, out->byte);
}
