/* Login accounts: kept by the service (keep.def, `account`), all present ones in memory.
 *
 * A line of the table is never updated: each change is a new line, and the newest of a login holds. The first line's number is the account's.
 * A1 a one-time code is good once: the last used step is kept before it counts as right (RFC 6238, 5.2), so neither a second browser nor a
 *    restart can use it again; the same holds for recovery codes and enrolment codes.
 * A2 what is kept of passwords, recovery codes, enrolment codes and tokens are hashes; only the secret of the one-time codes must be
 *    kept as it is.
 * A3 a login name is never given to somebody else, also after its account was closed.
 * A4 an account with a token is a machine's (the bank import): it has no password and no role but `bank`.
 * Roles follow from the registry at the moment of login: offices by role_grant, member, right-holder, representative; everybody with a
 * party may be a lessee. All functions may be called from any thread; those that keep something wait for the commit (offload them). */
#ifndef RH_WEB_ACCOUNTS_H
#define RH_WEB_ACCOUNTS_H

#include "http/password.h"
#include "http/session.h"
#include "http/totp.h"
#include "service/service.h"

enum { RH_LOGIN = 64, RH_ENROLMENT_DAYS = 14 };

typedef struct rh_accounts rh_accounts;

typedef struct rh_account_view {
    int64_t
        id; /* number that sessions carry: the first line of the login, it does not change */
    int64_t party;
    char login[RH_LOGIN];
    bool closed;
    bool machine;          /* A4 */
    bool ready;            /* has a password: the enrolment code was used */
    bool two_factors;      /* has confirmed its authenticator app */
    int64_t recovery_left; /* recovery codes not yet used */
    int64_t changed;       /* ms */
} rh_account_view;

RH_MUST_CHECK rh_status rh_accounts_load(rh_service *service, rh_accounts **out, rh_err *err);
void rh_accounts_free(rh_accounts *accounts);

/* False when there is no such account. */
bool rh_accounts_get(rh_accounts *accounts, int64_t id, rh_account_view *out);
bool rh_accounts_find(rh_accounts *accounts, const char *login, rh_account_view *out);
/* How many accounts there are; they come by index in order of their numbers. */
size_t rh_accounts_count(rh_accounts *accounts);
bool rh_accounts_at(rh_accounts *accounts, size_t index, rh_account_view *out);

/* A login name: 2 to 63 small letters, digits, '.', '-', '_', beginning with a letter or digit. */
bool rh_login_is(const char *login);

/* --- making and closing, by an officer `by` (a party, RH_NONE: the operator's program) --- */

/* A new account that is opened with the one-time code within RH_ENROLMENT_DAYS. Errors: RH_INPUT (no login name, or taken: A3). */
RH_MUST_CHECK rh_status rh_accounts_create(rh_accounts *accounts, const char *login,
                                           int64_t party, int64_t by, int64_t now_ms,
                                           char code[RH_RECOVERY_TEXT], int64_t *id,
                                           rh_err *err);
/* A new enrolment code for an account whose holder has lost password or authenticator: both are void from now on. */
RH_MUST_CHECK rh_status rh_accounts_reset(rh_accounts *accounts, int64_t id, int64_t by,
                                          int64_t now_ms, char code[RH_RECOVERY_TEXT],
                                          rh_err *err);
/* A machine's account (A4): `token` is shown once. Errors: as rh_accounts_create. */
RH_MUST_CHECK rh_status rh_accounts_create_machine(rh_accounts *accounts, const char *login,
                                                   int64_t party, int64_t by, int64_t now_ms,
                                                   char token[RH_TOKEN], int64_t *id,
                                                   rh_err *err);
/* For good: nobody can sign in with it any more. Errors: RH_MISSING. */
RH_MUST_CHECK rh_status rh_accounts_close(rh_accounts *accounts, int64_t id, int64_t by,
                                          int64_t now_ms, rh_err *err);
/* A ready account at once (demonstrations, tests): a password's hash, and a secret (NULL: none). */
RH_MUST_CHECK rh_status rh_accounts_add(rh_accounts *accounts, const char *login, int64_t party,
                                        const char *password_hash,
                                        const uint8_t secret[RH_TOTP_SECRET], int64_t now_ms,
                                        int64_t *id, rh_err *err);

/* --- what its holder does --- */

/* Use the enrolment code: the account gets its password. `right` false: no such account, closed, wrong or late code. */
RH_MUST_CHECK rh_status rh_accounts_enrol(rh_accounts *accounts, const char *login,
                                          const char *code, const char *password_hash,
                                          int64_t now_ms, int64_t *id, bool *right,
                                          rh_err *err);
/* The kept hash of a password (for rh_password_verify, outside of any lock); false: no such account, closed, or none yet. */
bool rh_accounts_password(rh_accounts *accounts, int64_t id, char out[RH_PASSWORD_HASH]);
RH_MUST_CHECK rh_status rh_accounts_set_password(rh_accounts *accounts, int64_t id,
                                                 const char *password_hash, int64_t now_ms,
                                                 rh_err *err);

/* A new secret for the authenticator app, held in memory until it is confirmed; asked again, it is the same one. */
bool rh_accounts_totp_begin(rh_accounts *accounts, int64_t id, uint8_t secret[RH_TOTP_SECRET]);
/* The app shows the right code: the secret is kept, with ten new recovery codes, which are shown once. */
RH_MUST_CHECK rh_status rh_accounts_totp_confirm(
    rh_accounts *accounts, int64_t id, const char *code, int64_t now_ms,
    char recovery[RH_RECOVERY_CODES][RH_RECOVERY_TEXT], bool *right, rh_err *err);
/* Ten new recovery codes; the old ones are void. */
RH_MUST_CHECK rh_status rh_accounts_recovery(rh_accounts *accounts, int64_t id, int64_t now_ms,
                                             char recovery[RH_RECOVERY_CODES][RH_RECOVERY_TEXT],
                                             rh_err *err);

/* Check and use up a one-time code (A1); also a recovery code when `recovery` is allowed. */
RH_MUST_CHECK rh_status rh_accounts_second_factor(rh_accounts *accounts, int64_t id,
                                                  const char *code, bool recovery,
                                                  int64_t now_ms, bool *right, rh_err *err);

/* The machine's account that the token belongs to. */
bool rh_accounts_bearer(rh_accounts *accounts, const char *token, int64_t *id);

/* Bits of code.def's roles that the party holds somewhere today; 0 when there is no such party. Never `system` or `public`. */
uint32_t rh_accounts_roles(const rh_registry *registry, int64_t party, int64_t today);

#endif
