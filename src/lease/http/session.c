/* Sessions: see session.h.
 *
 * The token's hash picks one of SHARDS shards, each a lock, a fixed slab of entries, and chains from the hash; entries of a shard
 * also stand in a list by last use. When a shard is full its least recently used session ends (S5): shards fill evenly, as
 * hashes do. */
#include "http/session.h"

#include "core/mem.h"

#include <assert.h>
#include <pthread.h>
#include <sodium.h>
#include <string.h>

enum { SHARDS = 16, HASH = 32 };

typedef struct entry {
    uint8_t key[HASH], device[HASH], agent[HASH];
    rh_session session;
    bool used;
    uint32_t chain;        /* next of the same bucket; index + 1, 0 ends */
    uint32_t newer, older; /* by last use; index + 1; `newer` also links free entries */
} entry;

typedef struct shard {
    pthread_mutex_t lock;
    entry *entry;
    uint32_t *bucket;
    uint32_t newest, oldest, free, count;
} shard;

struct rh_sessions {
    rh_sessions_options o;
    uint32_t per_shard;
    uint8_t csrf_key[crypto_auth_KEYBYTES];
    shard shard[SHARDS];
};

rh_status
rh_sessions_new(const rh_sessions_options *options, rh_sessions **out, rh_err *err)
{
    if (sodium_init() < 0) {
        return rh_fail(err, RH_IO, "libsodium found no source of random numbers.");
    }
    rh_sessions *s;
    RH_NEW(s, 1, err);
    s->o = *options;
    s->o.most = s->o.most > 0 ? s->o.most : 20000;
    s->o.each = s->o.each > 0 ? s->o.each : 8;
    s->o.idle_ms = s->o.idle_ms > 0 ? s->o.idle_ms : 30 * 60 * 1000;
    s->o.whole_ms = s->o.whole_ms > 0 ? s->o.whole_ms : 12 * 3600 * 1000;
    s->per_shard = (uint32_t)((s->o.most + SHARDS - 1) / SHARDS);
    crypto_auth_keygen(s->csrf_key);
    bool fine = true;
    for (int i = 0; i < SHARDS; i++) {
        shard *h = &s->shard[i];
        pthread_mutex_init(&h->lock, NULL);
        h->entry = rh_alloc(s->per_shard, sizeof *h->entry);
        h->bucket = rh_alloc(s->per_shard, sizeof *h->bucket);
        if (h->entry == NULL || h->bucket == NULL) {
            fine = false;
            continue;
        }
        for (uint32_t k = 0; k < s->per_shard; k++) {
            h->entry[k].newer = k + 1 < s->per_shard ? k + 2 : 0;
        }
        h->free = 1;
    }
    if (!fine) {
        rh_sessions_free(s);
        return rh_fail(err, RH_MEMORY, "Not enough memory for %zu sessions.", options->most);
    }
    *out = s;
    return RH_OK;
}

void
rh_sessions_free(rh_sessions *s)
{
    if (s == NULL) {
        return;
    }
    for (int i = 0; i < SHARDS; i++) {
        pthread_mutex_destroy(&s->shard[i].lock);
        rh_free(s->shard[i].entry);
        rh_free(s->shard[i].bucket);
    }
    sodium_memzero(s, sizeof *s);
    rh_free(s);
}

void
rh_token_new(char out[RH_TOKEN])
{
    uint8_t random[RH_TOKEN_BYTES];
    randombytes_buf(random, sizeof random);
    sodium_bin2base64(out, RH_TOKEN, random, sizeof random,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(random, sizeof random);
}

bool
rh_token_is(const char *text, size_t size)
{
    bool fine = size == RH_TOKEN - 1;
    for (size_t i = 0; i < size && fine; i++) {
        char c = text[i];
        fine = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '-' || c == '_';
    }
    return fine;
}

static void
hash_of(const char *text, uint8_t out[HASH])
{
    const char *t = text != NULL ? text : "";
    crypto_generichash(out, HASH, (const uint8_t *)t, strlen(t), NULL, 0);
}

static shard *
shard_of(rh_sessions *s, const uint8_t key[HASH])
{
    return &s->shard[key[0] % SHARDS];
}

static uint32_t *
bucket_of(const rh_sessions *s, shard *h, const uint8_t key[HASH])
{
    uint64_t n;
    memcpy(&n, key + 8, sizeof n);
    return &h->bucket[n % s->per_shard];
}

static entry *
look_up(const rh_sessions *s, shard *h, const uint8_t key[HASH])
{
    for (uint32_t i = *bucket_of(s, h, key); i != 0; i = h->entry[i - 1].chain) {
        if (sodium_memcmp(h->entry[i - 1].key, key, HASH) == 0) {
            return &h->entry[i - 1];
        }
    }
    return NULL;
}

static void
unlink_use(shard *h, entry *e)
{
    if (e->newer != 0) {
        h->entry[e->newer - 1].older = e->older;
    } else {
        h->newest = e->older;
    }
    if (e->older != 0) {
        h->entry[e->older - 1].newer = e->newer;
    } else {
        h->oldest = e->newer;
    }
}

static void
link_newest(shard *h, entry *e)
{
    uint32_t i = (uint32_t)(e - h->entry) + 1;
    e->newer = 0;
    e->older = h->newest;
    if (h->newest != 0) {
        h->entry[h->newest - 1].newer = i;
    } else {
        h->oldest = i;
    }
    h->newest = i;
}

static void
end_entry(const rh_sessions *s, shard *h, entry *e)
{
    uint32_t i = (uint32_t)(e - h->entry) + 1;
    uint32_t *link = bucket_of(s, h, e->key);
    while (*link != i) {
        link = &h->entry[*link - 1].chain;
    }
    *link = e->chain;
    unlink_use(h, e);
    *e = (entry){.newer = h->free};
    h->free = i;
    h->count--;
}

/* S3, S4; what is not valid ends. */
static bool
is_valid(const rh_sessions *s, const entry *e, int64_t now_ms, const rh_device *device)
{
    uint8_t device_hash[HASH], agent[HASH];
    hash_of(device->token, device_hash);
    hash_of(device->agent, agent);
    return now_ms - e->session.seen_ms < s->o.idle_ms &&
           now_ms - e->session.began_ms < s->o.whole_ms &&
           sodium_memcmp(device_hash, e->device, HASH) == 0 &&
           sodium_memcmp(agent, e->agent, HASH) == 0;
}

static void
put(rh_sessions *s, const rh_session *session, const rh_device *device, char token[RH_TOKEN])
{
    uint8_t key[HASH];
    rh_token_new(token);
    hash_of(token, key);
    shard *h = shard_of(s, key);
    pthread_mutex_lock(&h->lock);
    if (h->free == 0) {
        end_entry(s, h, &h->entry[h->oldest - 1]);
    }
    uint32_t i = h->free;
    entry *e = &h->entry[i - 1];
    h->free = e->newer;
    memcpy(e->key, key, HASH);
    hash_of(device->token, e->device);
    hash_of(device->agent, e->agent);
    e->session = *session;
    e->used = true;
    uint32_t *bucket = bucket_of(s, h, key);
    e->chain = *bucket;
    *bucket = i;
    link_newest(h, e);
    h->count++;
    pthread_mutex_unlock(&h->lock);
}

/* Keep an account below its share: its least recently used session ends. Rare (a login), so all shards are walked. */
static void
keep_share(rh_sessions *s, int64_t account)
{
    size_t n = 0;
    uint8_t oldest[HASH];
    int64_t seen = INT64_MAX;
    for (int i = 0; i < SHARDS; i++) {
        shard *h = &s->shard[i];
        pthread_mutex_lock(&h->lock);
        for (uint32_t k = h->newest; k != 0; k = h->entry[k - 1].older) {
            const entry *e = &h->entry[k - 1];
            if (e->session.account == account) {
                n++;
                if (e->session.seen_ms < seen) {
                    seen = e->session.seen_ms;
                    memcpy(oldest, e->key, HASH);
                }
            }
        }
        pthread_mutex_unlock(&h->lock);
    }
    if (n >= s->o.each) {
        shard *h = shard_of(s, oldest);
        pthread_mutex_lock(&h->lock);
        entry *e = look_up(s, h, oldest);
        if (e != NULL) {
            end_entry(s, h, e);
        }
        pthread_mutex_unlock(&h->lock);
    }
}

void
rh_sessions_start(rh_sessions *s, int64_t now_ms, const rh_device *device, int64_t account,
                  uint32_t roles, char token[RH_TOKEN])
{
    keep_share(s, account);
    rh_session session = {account, roles, now_ms, now_ms};
    put(s, &session, device, token);
}

bool
rh_sessions_find(rh_sessions *s, int64_t now_ms, const char *token, const rh_device *device,
                 rh_session *out)
{
    uint8_t key[HASH];
    hash_of(token, key);
    shard *h = shard_of(s, key);
    pthread_mutex_lock(&h->lock);
    entry *e = look_up(s, h, key);
    bool valid = e != NULL && is_valid(s, e, now_ms, device);
    if (valid) {
        e->session.seen_ms = now_ms > e->session.seen_ms ? now_ms : e->session.seen_ms;
        unlink_use(h, e);
        link_newest(h, e);
        *out = e->session;
    } else if (e != NULL) {
        end_entry(s, h, e);
    }
    pthread_mutex_unlock(&h->lock);
    return valid;
}

bool
rh_sessions_rotate(rh_sessions *s, int64_t now_ms, const char *old, const rh_device *device,
                   uint32_t roles, char token[RH_TOKEN])
{
    uint8_t key[HASH];
    hash_of(old, key);
    shard *h = shard_of(s, key);
    rh_session session = {0};
    pthread_mutex_lock(&h->lock);
    entry *e = look_up(s, h, key);
    bool valid = e != NULL && is_valid(s, e, now_ms, device);
    if (e != NULL) {
        session = e->session;
        end_entry(s, h, e);
    }
    pthread_mutex_unlock(&h->lock);
    if (valid) {
        session.roles = roles;
        session.seen_ms = now_ms;
        put(s, &session, device, token);
    }
    return valid;
}

void
rh_sessions_end(rh_sessions *s, const char *token)
{
    uint8_t key[HASH];
    hash_of(token, key);
    shard *h = shard_of(s, key);
    pthread_mutex_lock(&h->lock);
    entry *e = look_up(s, h, key);
    if (e != NULL) {
        end_entry(s, h, e);
    }
    pthread_mutex_unlock(&h->lock);
}

size_t
rh_sessions_end_account(rh_sessions *s, int64_t account, const char *but)
{
    uint8_t keep[HASH];
    hash_of(but, keep);
    size_t n = 0;
    for (int i = 0; i < SHARDS; i++) {
        shard *h = &s->shard[i];
        pthread_mutex_lock(&h->lock);
        for (uint32_t k = 0; k < s->per_shard; k++) {
            entry *e = &h->entry[k];
            if (e->used && e->session.account == account &&
                (but == NULL || memcmp(e->key, keep, HASH) != 0)) {
                end_entry(s, h, e);
                n++;
            }
        }
        pthread_mutex_unlock(&h->lock);
    }
    return n;
}

size_t
rh_sessions_count(rh_sessions *s)
{
    size_t n = 0;
    for (int i = 0; i < SHARDS; i++) {
        pthread_mutex_lock(&s->shard[i].lock);
        n += s->shard[i].count;
        pthread_mutex_unlock(&s->shard[i].lock);
    }
    return n;
}

void
rh_csrf_token(const rh_sessions *s, const char *token, char out[RH_TOKEN])
{
    uint8_t mac[crypto_auth_BYTES];
    static_assert(crypto_auth_BYTES == RH_TOKEN_BYTES, "a CSRF token is as long as the others");
    crypto_auth(mac, (const uint8_t *)token, strlen(token), s->csrf_key);
    sodium_bin2base64(out, RH_TOKEN, mac, sizeof mac, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

bool
rh_csrf_check(const rh_sessions *s, const char *token, const char *given)
{
    char right[RH_TOKEN];
    rh_csrf_token(s, token, right);
    return given != NULL && strlen(given) == RH_TOKEN - 1 &&
           sodium_memcmp(right, given, RH_TOKEN - 1) == 0;
}
