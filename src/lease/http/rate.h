/* How often somebody may ask: token buckets for requests, growing waits for logins that fail.
 *
 * A bucket of a class holds `burst` tokens and gains one each `refill_ms`; a request takes one. Who asks is an address (IPv4 whole, IPv6
 * its /64) or an account; each class has a bucket for either.
 * An attempt to log in counts as failed until it is said to have succeeded, so many attempts at once gain nothing. After `free`
 * failures the next attempt must wait first_ms, then twice as long, and so on up to most_ms.
 * R1 memory is bounded: `places` entries. When they are full, of some entries the one that holds back least is forgotten: never
 * one that makes somebody wait while another of them is at rest.
 * R2 time comes from the caller, in ms; time that goes back gives no tokens.
 * R3 which entries meet in memory depends on a random key, so no sender can pick whom to push out. */
#ifndef RH_HTTP_RATE_H
#define RH_HTTP_RATE_H

#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

typedef struct rh_rate_class {
    uint32_t burst;    /* tokens; 0: no limit */
    int64_t refill_ms; /* for one token */
} rh_rate_class;

typedef struct rh_rate_patience {
    uint32_t free;    /* failures without a wait */
    int64_t first_ms; /* the wait behind one more */
    int64_t most_ms;
    int64_t forget_ms; /* without an attempt: all is forgotten */
} rh_rate_patience;

typedef struct rh_rate_options {
    size_t places;                /* 0: 65,536 (40 bytes each) */
    const rh_rate_class *address; /* per class; copied */
    const rh_rate_class *account; /* per class; copied */
    int classes;                  /* of each of the two, at most 16 */
    rh_rate_patience login_address,
        login_account; /* all 0: 10 free, 1 s … 1 h; 3 free, 1 s … 5 min; a day */
} rh_rate_options;

typedef struct rh_rate rh_rate;

/* Who asks, as bytes: fill by one of the two below. */
typedef struct rh_rate_who {
    bool account;
    uint8_t key[16];
} rh_rate_who;

rh_rate_who rh_rate_address(const struct sockaddr *address);
rh_rate_who rh_rate_account(int64_t account);
/* An account by the name typed at the login, whether it exists or not. */
rh_rate_who rh_rate_login(const char *name);

RH_MUST_CHECK rh_status rh_rate_new(const rh_rate_options *options, rh_rate **out, rh_err *err);
void rh_rate_free(rh_rate *rate);

/* Take a token; false when there is none, `wait_ms` (may be NULL) then says how long until there is. */
bool rh_rate_take(rh_rate *rate, int class, const rh_rate_who *who, int64_t now_ms,
                  int64_t *wait_ms);

/* May this login be tried now? If so it is counted as failed. */
bool rh_rate_attempt(rh_rate *rate, const rh_rate_who *who, int64_t now_ms, int64_t *wait_ms);
/* It succeeded: an account's failures are forgotten; an address gets back this attempt only, since who attacks from it may
 * well have an account of his own. */
void rh_rate_success(rh_rate *rate, const rh_rate_who *who);

#endif
