/* Rates and waits: see rate.h.
 *
 * All entries, of buckets and of failures, stand in one set-associative table: the keyed hash (SipHash) of (kind, who) picks a set of
 * WAYS places. For a bucket `value` is the time at which it will be full again (the "theoretical arrival time" of a leaky bucket), so one
 * number is enough; for failures it is the time of the next attempt. Both mean: at rest when it has passed, hence R1. */
#include "http/rate.h"

#include "core/mem.h"

#include <netinet/in.h>
#include <pthread.h>
#include <sodium.h>
#include <string.h>
#include <strings.h>

enum { WAYS = 8, LOCKS = 16, CLASSES = 16, LOGIN = 255 };

typedef struct entry {
    uint64_t key;  /* 0: free */
    int64_t value; /* when it is at rest */
    int64_t touched;
    uint32_t failures;
} entry;

struct rh_rate {
    rh_rate_class address[CLASSES], account[CLASSES];
    int classes;
    rh_rate_patience login_address, login_account;
    uint8_t hash_key[crypto_shorthash_KEYBYTES];
    size_t sets;
    entry *entry;
    pthread_mutex_t lock[LOCKS];
};

rh_rate_who
rh_rate_address(const struct sockaddr *address)
{
    rh_rate_who who = {.account = false};
    if (address != NULL && address->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const void *)address;
        memcpy(who.key, &v4->sin_addr, 4);
        who.key[15] = 4;
    } else if (address != NULL && address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const void *)address;
        static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
        if (memcmp(&v6->sin6_addr, mapped, 12) == 0) {
            memcpy(who.key, (const uint8_t *)&v6->sin6_addr + 12, 4);
            who.key[15] = 4;
        } else {
            memcpy(who.key, &v6->sin6_addr, 8);
            who.key[15] = 6;
        }
    }
    return who;
}

rh_rate_who
rh_rate_account(int64_t account)
{
    rh_rate_who who = {.account = true};
    memcpy(who.key, &account, sizeof account);
    return who;
}

rh_rate_who
rh_rate_login(const char *name)
{
    rh_rate_who who = {.account = true};
    crypto_generichash(who.key, sizeof who.key, (const uint8_t *)name, strlen(name), NULL, 0);
    return who;
}

rh_status
rh_rate_new(const rh_rate_options *options, rh_rate **out, rh_err *err)
{
    if (sodium_init() < 0) {
        return rh_fail(err, RH_IO, "libsodium found no source of random numbers.");
    }
    if (options->classes < 0 || options->classes > CLASSES) {
        return rh_fail(err, RH_RANGE, "There may be %d classes of rates at most, not %d.",
                       CLASSES, options->classes);
    }
    rh_rate *r;
    RH_NEW(r, 1, err);
    r->classes = options->classes;
    for (int i = 0; i < r->classes; i++) {
        r->address[i] = options->address != NULL ? options->address[i] : (rh_rate_class){0};
        r->account[i] = options->account != NULL ? options->account[i] : (rh_rate_class){0};
    }
    const int64_t day = 86400000;
    r->login_address = options->login_address.most_ms > 0
                           ? options->login_address
                           : (rh_rate_patience){10, 1000, 3600000, day};
    r->login_account = options->login_account.most_ms > 0
                           ? options->login_account
                           : (rh_rate_patience){3, 1000, 300000, day};
    randombytes_buf(r->hash_key, sizeof r->hash_key);
    size_t places = options->places > 0 ? options->places : 65536;
    r->sets = (places + WAYS - 1) / WAYS;
    r->entry = rh_alloc(r->sets * WAYS, sizeof *r->entry);
    if (r->entry == NULL) {
        rh_free(r);
        return rh_fail(err, RH_MEMORY, "Not enough memory for %zu rates.", places);
    }
    for (int i = 0; i < LOCKS; i++) {
        pthread_mutex_init(&r->lock[i], NULL);
    }
    *out = r;
    return RH_OK;
}

void
rh_rate_free(rh_rate *r)
{
    if (r != NULL) {
        for (int i = 0; i < LOCKS; i++) {
            pthread_mutex_destroy(&r->lock[i]);
        }
        rh_free(r->entry);
        rh_free(r);
    }
}

/* Lock the set of (kind, who) and find its entry; one that is not there takes the place of the one that is at rest longest
 * (R1). Unlock with leave(). */
static entry *
enter(rh_rate *r, int kind, const rh_rate_who *who, int64_t now_ms, pthread_mutex_t **lock)
{
    uint8_t bytes[18] = {(uint8_t)kind, who->account};
    memcpy(bytes + 2, who->key, 16);
    uint64_t key;
    uint8_t hash[crypto_shorthash_BYTES];
    crypto_shorthash(hash, bytes, sizeof bytes, r->hash_key);
    memcpy(&key, hash, sizeof key);
    key |= key == 0;
    size_t set = (size_t)(key >> 16) % r->sets;
    *lock = &r->lock[set % LOCKS];
    pthread_mutex_lock(*lock);
    entry *e = &r->entry[set * WAYS], *least = e;
    for (int i = 0; i < WAYS; i++) {
        if (e[i].key == key) {
            return &e[i];
        }
        bool empty = e[i].key == 0 && least->key != 0;
        if (empty || (least->key != 0 && e[i].value < least->value)) {
            least = &e[i];
        }
    }
    *least = (entry){.key = key, .value = INT64_MIN, .touched = now_ms};
    return least;
}

bool
rh_rate_take(rh_rate *r, int class, const rh_rate_who *who, int64_t now_ms, int64_t *wait_ms)
{
    if (wait_ms != NULL) {
        *wait_ms = 0;
    }
    if (class < 0 || class >= r->classes) {
        return true;
    }
    const rh_rate_class *c = who->account ? &r->account[class] : &r->address[class];
    if (c->burst == 0) {
        return true;
    }
    pthread_mutex_t *lock;
    entry *e = enter(r, class, who, now_ms, &lock);
    int64_t full_at = e->value > now_ms ? e->value : now_ms;
    int64_t after = full_at + c->refill_ms; /* when it would be full again */
    int64_t wait = after - now_ms - (int64_t)c->burst * c->refill_ms;
    if (wait <= 0) {
        e->value = after;
        e->touched = now_ms;
    } else if (wait_ms != NULL) {
        *wait_ms = wait;
    }
    pthread_mutex_unlock(lock);
    return wait <= 0;
}

bool
rh_rate_attempt(rh_rate *r, const rh_rate_who *who, int64_t now_ms, int64_t *wait_ms)
{
    const rh_rate_patience *p = who->account ? &r->login_account : &r->login_address;
    pthread_mutex_t *lock;
    entry *e = enter(r, LOGIN, who, now_ms, &lock);
    if (now_ms - e->touched >= p->forget_ms) {
        e->failures = 0;
        e->value = INT64_MIN;
    }
    bool may = e->value <= now_ms;
    if (may) {
        e->failures++;
        e->touched = now_ms;
        int64_t wait = 0;
        if (e->failures >= p->free) {
            uint32_t doublings = e->failures - p->free;
            wait = p->first_ms;
            for (; doublings > 0 && wait < p->most_ms; doublings--) {
                wait *= 2;
            }
            wait = wait < p->most_ms ? wait : p->most_ms;
        }
        e->value = now_ms + wait;
    }
    if (wait_ms != NULL) {
        *wait_ms = may ? 0 : e->value - now_ms;
    }
    pthread_mutex_unlock(lock);
    return may;
}

void
rh_rate_success(rh_rate *r, const rh_rate_who *who)
{
    pthread_mutex_t *lock;
    entry *e = enter(r, LOGIN, who, 0, &lock);
    e->failures = who->account || e->failures == 0 ? 0 : e->failures - 1;
    e->value = INT64_MIN;
    pthread_mutex_unlock(lock);
}
