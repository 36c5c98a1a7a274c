/* SHA-256 (FIPS 180-4), for the fingerprints of inputs and results. Not for secrets. */
#ifndef RH_CORE_SHA256_H
#define RH_CORE_SHA256_H

#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

enum { RH_SHA256_HEX = 65 }; /* 64 hexadecimal digits and the ending zero */

typedef struct rh_sha256 {
    uint32_t state[8];
    uint64_t size; /* bytes taken in */
    unsigned char part[64];
} rh_sha256;

void rh_sha256_init(rh_sha256 *sha);
void rh_sha256_add(rh_sha256 *sha, const void *bytes, size_t size);
/* Finish and write lower-case hexadecimal. */
void rh_sha256_hex(rh_sha256 *sha, char out[RH_SHA256_HEX]);

/* Fingerprint of a file. Errors: RH_IO. */
RH_MUST_CHECK rh_status rh_sha256_file(const char *path, char out[RH_SHA256_HEX], rh_err *err);

#endif
