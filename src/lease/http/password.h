/* Passwords: argon2id (RFC 9106) by libsodium, a few at a time, and what makes a password too weak.
 *
 * A1 at most `at_once` hashes run at any instant, whoever asks: memory is at_once × memory bytes. The others wait.
 * A2 verifying against no hash (an unknown login) costs the same time as against one. */
#ifndef RH_HTTP_PASSWORD_H
#define RH_HTTP_PASSWORD_H

#include "http/problem.h"

#include <stdbool.h>
#include <stddef.h>

enum { RH_PASSWORD_HASH = 128, RH_PASSWORD_LEAST = 10, RH_PASSWORD_MOST = 200 };

typedef struct rh_hasher rh_hasher;

typedef struct rh_hasher_options {
    unsigned long long passes; /* 0: libsodium's interactive 2 */
    size_t memory;             /* bytes; 0: libsodium's interactive 64 MiB */
    unsigned at_once;          /* 0: 2 */
} rh_hasher_options;

RH_MUST_CHECK rh_status rh_hasher_new(const rh_hasher_options *options, rh_hasher **out,
                                      rh_err *err);
void rh_hasher_free(rh_hasher *hasher);

/* "$argon2id$…" with its own salt and parameters. Takes tens of milliseconds (rh_request_offload). Errors: RH_MEMORY. */
RH_MUST_CHECK rh_status rh_password_hash(rh_hasher *hasher, const char *password,
                                         char out[RH_PASSWORD_HASH], rh_err *err);

/* `hash` NULL: false, after the same work (A2). */
bool rh_password_verify(rh_hasher *hasher, const char *hash, const char *password);

/* The hash was made with other parameters than today's: hash again at the next login. */
bool rh_password_stale(const rh_hasher *hasher, const char *hash);

/* 10 characters at least, 200 bytes at most, without the login name (of 4 letters or more), not very common, not one
 * pattern repeated, not a run like 23456789…, not just a mobile number. */
rh_problem rh_password_check(const char *password, const char *login);

#endif
