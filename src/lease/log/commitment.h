/* A salted commitment: says "these bytes" without showing them. Whoever has salt and bytes can show that they are the ones;
 * when the salt is deleted the commitment says nothing any more (DOMAIN.md Law-7, I16).
 * SHA-256("ronghe-lease commitment v1\n" ‖ salt ‖ bytes); the salt is 32 random bytes, one for each commitment. */
#ifndef RH_LOG_COMMITMENT_H
#define RH_LOG_COMMITMENT_H

#include "log/tree.h"

void rh_commit(const uint8_t salt[32], const void *bytes, size_t size, rh_digest *out);

#endif
