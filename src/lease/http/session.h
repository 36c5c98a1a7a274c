/* Sessions in memory: who is logged in, and on which device.
 *
 * A session is found by a token of 256 random bits that only the browser has; the table keeps its hash. It is bound to the
 * device token (a long-lived cookie, of which the hash is kept) and to the user agent's hash.
 * S1 a session begins with a new token; no token that came from outside is ever taken over (no fixation).
 * S2 rotate gives a new token and ends the old one in the same step (login, change of roles).
 * S3 a token that turns up with another device or user agent is taken for stolen: not found, and its session ends.
 * S4 a session ends when it was idle for `idle_ms` or began `whole_ms` ago; no call brings it back.
 * S5 there are at most `most` sessions, and `each` of one account: the least recently used one goes.
 * S6 the CSRF token is HMAC-SHA-512/256(server key, session or device token): no state, nothing learnt of the token.
 * Accounts are opaque: number and roles are the embedder's. All functions may be called from any thread. */
#ifndef RH_HTTP_SESSION_H
#define RH_HTTP_SESSION_H

#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RH_TOKEN_BYTES = 32, RH_TOKEN = 44 }; /* base64url with NUL */

typedef struct rh_sessions rh_sessions;

typedef struct rh_sessions_options {
    size_t most;      /* 0: 20,000 */
    size_t each;      /* of one account; 0: 8 */
    int64_t idle_ms;  /* 0: 30 minutes */
    int64_t whole_ms; /* 0: 12 hours */
} rh_sessions_options;

typedef struct rh_session {
    int64_t account;
    uint32_t roles;
    int64_t began_ms, seen_ms;
} rh_session;

/* What the browser shows besides the session's token. */
typedef struct rh_device {
    const char *token; /* of the device cookie; must be there */
    const char *agent; /* User-Agent; NULL: none */
} rh_device;

RH_MUST_CHECK rh_status rh_sessions_new(const rh_sessions_options *options, rh_sessions **out,
                                        rh_err *err);
void rh_sessions_free(rh_sessions *sessions);

/* 256 random bits as text: session and device tokens. */
void rh_token_new(char out[RH_TOKEN]);
/* It has the shape of one. */
bool rh_token_is(const char *text, size_t size);

/* S1, S5. */
void rh_sessions_start(rh_sessions *sessions, int64_t now_ms, const rh_device *device,
                       int64_t account, uint32_t roles, char token[RH_TOKEN]);

/* S3, S4; marks it as used now. */
bool rh_sessions_find(rh_sessions *sessions, int64_t now_ms, const char *token,
                      const rh_device *device, rh_session *out);

/* S2, with new roles; the session keeps its account and its beginning. False (and ended) when it is not valid. */
bool rh_sessions_rotate(rh_sessions *sessions, int64_t now_ms, const char *old,
                        const rh_device *device, uint32_t roles, char token[RH_TOKEN]);

void rh_sessions_end(rh_sessions *sessions, const char *token);

/* Everywhere; `but` (NULL: none) stays. How many ended. */
size_t rh_sessions_end_account(rh_sessions *sessions, int64_t account, const char *but);

/* Sessions that are held, ended by time or not (tests, operation). */
size_t rh_sessions_count(rh_sessions *sessions);

/* S6. `token` is the session's, or the device's before login. */
void rh_csrf_token(const rh_sessions *sessions, const char *token, char out[RH_TOKEN]);
/* In constant time. `given` NULL is false. */
bool rh_csrf_check(const rh_sessions *sessions, const char *token, const char *given);

#endif
