/* Authenticator and recovery codes: see totp.h. */
#include "http/totp.h"

#include <liboath/oath.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
rh_totp_new(uint8_t secret[RH_TOTP_SECRET])
{
    randombytes_buf(secret, RH_TOTP_SECRET);
}

rh_status
rh_totp_base32(const uint8_t secret[RH_TOTP_SECRET], char out[RH_TOTP_BASE32], rh_err *err)
{
    char *text = NULL;
    size_t size = 0;
    int code = oath_base32_encode((const char *)secret, RH_TOTP_SECRET, &text, &size);
    if (code != OATH_OK || size != RH_TOTP_BASE32 - 1) {
        free(text); /* liboath's own */
        return rh_fail(err, RH_MEMORY, "The secret could not be written: %s.",
                       oath_strerror(code));
    }
    memcpy(out, text, size);
    out[size] = '\0';
    sodium_memzero(text, size);
    free(text);
    return RH_OK;
}

/* Percent-encode all but unreserved characters (RFC 3986, 2.3). Length, or `room` when it does not fit. */
static size_t
encode(const char *text, char *out, size_t room)
{
    size_t used = 0;
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        bool plain = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
                     strchr("-._~", c) != NULL;
        if (used + 4 > room) {
            return room;
        }
        used += (size_t)snprintf(out + used, room - used, plain ? "%c" : "%%%02X", c);
    }
    return used;
}

rh_status
rh_totp_uri(const uint8_t secret[RH_TOTP_SECRET], const char *issuer, const char *account,
            char *out, size_t room, rh_err *err)
{
    char text[RH_TOTP_BASE32], from[600], who[600];
    RH_TRY(rh_totp_base32(secret, text, err));
    bool fits = encode(issuer, from, sizeof from) < sizeof from &&
                encode(account, who, sizeof who) < sizeof who;
    int n = fits ? snprintf(out, room, "otpauth://totp/%s:%s?secret=%s&issuer=%s", from, who,
                            text, from)
                 : -1;
    sodium_memzero(text, sizeof text);
    if (n < 0 || (size_t)n >= room) {
        return rh_fail(err, RH_RANGE,
                       "The address for the authenticator app of %s is too long.", account);
    }
    return RH_OK;
}

bool
rh_totp_code(const uint8_t *secret, size_t size, int64_t step, char out[7])
{
    return step >= 0 && oath_hotp_generate((const char *)secret, size, (uint64_t)step, 6, false,
                                           OATH_HOTP_DYNAMIC_TRUNCATION, out) == OATH_OK;
}

bool
rh_totp_check(const uint8_t secret[RH_TOTP_SECRET], int64_t now_ms, int64_t last_step,
              const char *code, int64_t *step)
{
    if (strlen(code) != 6 || strspn(code, "0123456789") != 6) {
        return false;
    }
    int64_t present = now_ms / 1000 / RH_TOTP_STEP_S, found = -1;
    for (int64_t at = present - 1; at <= present + 1; at++) {
        char right[7];
        if (rh_totp_code(secret, RH_TOTP_SECRET, at, right) &&
            sodium_memcmp(right, code, 6) == 0 && at > last_step && found < 0) {
            found = at;
        }
    }
    if (found >= 0) {
        *step = found;
    }
    return found >= 0;
}

/* Letters and digits that are not mistaken for each other on paper. */
static const char alphabet[] = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

enum { SIGNS = 16 };

bool
rh_recovery_hash(const char *typed, uint8_t hash[RH_RECOVERY_HASH])
{
    char sign[SIGNS];
    size_t n = 0;
    for (; *typed != '\0'; typed++) {
        char c = *typed;
        if (c == '-' || c == ' ') {
            continue;
        }
        if (c >= 'a' && c <= 'z') {
            c = (char)(c - 'a' + 'A');
        }
        if (n == SIGNS || strchr(alphabet, c) == NULL) {
            return false;
        }
        sign[n++] = c;
    }
    static const uint8_t purpose[] =
        "ronghe recovery code, 1"; /* ≥ 16 bytes: a key of BLAKE2b */
    if (n == SIGNS) {
        crypto_generichash(hash, RH_RECOVERY_HASH, (const uint8_t *)sign, n, purpose,
                           sizeof purpose);
    }
    sodium_memzero(sign, sizeof sign);
    return n == SIGNS;
}

void
rh_recovery_new(char text[RH_RECOVERY_CODES][RH_RECOVERY_TEXT],
                uint8_t hash[RH_RECOVERY_CODES][RH_RECOVERY_HASH])
{
    for (int i = 0; i < RH_RECOVERY_CODES; i++) {
        uint8_t random[SIGNS];
        randombytes_buf(random, sizeof random);
        char *to = text[i];
        for (int k = 0; k < SIGNS; k++) {
            if (k > 0 && k % 4 == 0) {
                *to++ = '-';
            }
            *to++ = alphabet[random[k] & 31];
        }
        *to = '\0';
        (void)rh_recovery_hash(text[i], hash[i]);
    }
}

int
rh_recovery_find(const char *typed, const uint8_t (*hash)[RH_RECOVERY_HASH], int n)
{
    uint8_t own[RH_RECOVERY_HASH];
    int found = -1;
    if (!rh_recovery_hash(typed, own)) {
        return -1;
    }
    for (int i = 0; i < n; i++) {
        if (sodium_memcmp(own, hash[i], RH_RECOVERY_HASH) == 0) {
            found = i;
        }
    }
    return found;
}
