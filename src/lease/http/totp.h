/* Codes of an authenticator app (RFC 6238: SHA-1, 30 s, 6 digits, from the Unix epoch) by liboath, and recovery codes.
 *
 * T1 a step that was used is refused from then on, and so is every earlier one (section 5.2): the caller keeps the last used
 * step of each account, from 0.
 * T2 one step before and one behind the present are accepted.
 * T3 recovery codes have 80 random bits, so a plain hash of them cannot be searched; each is good once: the caller
 * deletes the hash that was hit.
 * Comparisons take the same time wherever the difference stands. */
#ifndef RH_HTTP_TOTP_H
#define RH_HTTP_TOTP_H

#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    RH_TOTP_SECRET = 20, /* bytes, as RFC 4226 section 4 recommends */
    RH_TOTP_BASE32 = 33, /* its text with NUL */
    RH_TOTP_STEP_S = 30,
    RH_RECOVERY_CODES = 10,
    RH_RECOVERY_TEXT = 20, /* "ABCD-EFGH-JKLM-NPQR" with NUL */
    RH_RECOVERY_HASH = 32
};

/* A new random secret. */
void rh_totp_new(uint8_t secret[RH_TOTP_SECRET]);

/* RFC 4648 base32, as a person may type it into the app. Errors: RH_MEMORY. */
RH_MUST_CHECK rh_status rh_totp_base32(const uint8_t secret[RH_TOTP_SECRET],
                                       char out[RH_TOTP_BASE32], rh_err *err);

/* "otpauth://totp/ISSUER:ACCOUNT?secret=…&issuer=ISSUER", the text of the QR code. Errors: RH_RANGE when it does not fit. */
RH_MUST_CHECK rh_status rh_totp_uri(const uint8_t secret[RH_TOTP_SECRET], const char *issuer,
                                    const char *account, char *out, size_t room, rh_err *err);

/* The code of a step, 6 digits and NUL (tests, demonstrations). */
bool rh_totp_code(const uint8_t *secret, size_t size, int64_t step, char out[7]);

/* True when the code is that of a step within T2 and later than `last_step` (T1); `step` is then what to keep. */
bool rh_totp_check(const uint8_t secret[RH_TOTP_SECRET], int64_t now_ms, int64_t last_step,
                   const char *code, int64_t *step);

/* Ten new codes and what to keep of them. */
void rh_recovery_new(char text[RH_RECOVERY_CODES][RH_RECOVERY_TEXT],
                     uint8_t hash[RH_RECOVERY_CODES][RH_RECOVERY_HASH]);

/* Hash of a typed code; blanks, hyphens and small letters make no difference. False when it cannot be a code. */
bool rh_recovery_hash(const char *typed, uint8_t hash[RH_RECOVERY_HASH]);

/* Which of the n kept hashes the typed code has, or -1. */
int rh_recovery_find(const char *typed, const uint8_t (*hash)[RH_RECOVERY_HASH], int n);

#endif
