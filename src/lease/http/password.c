/* Passwords: see password.h. */
#include "http/password.h"

#include "core/mem.h"

#include <assert.h>
#include <pthread.h>
#include <sodium.h>
#include <string.h>
#include <strings.h>

struct rh_hasher {
    unsigned long long passes;
    size_t memory;
    unsigned free_places;
    pthread_mutex_t lock;
    pthread_cond_t place;
    char nobody[RH_PASSWORD_HASH]; /* what an unknown login is verified against (A2) */
};

static_assert(RH_PASSWORD_HASH == crypto_pwhash_STRBYTES, "the hash's size is libsodium's");

static void
enter(rh_hasher *h)
{
    pthread_mutex_lock(&h->lock);
    while (h->free_places == 0) {
        pthread_cond_wait(&h->place, &h->lock);
    }
    h->free_places--;
    pthread_mutex_unlock(&h->lock);
}

static void
leave(rh_hasher *h)
{
    pthread_mutex_lock(&h->lock);
    h->free_places++;
    pthread_cond_signal(&h->place);
    pthread_mutex_unlock(&h->lock);
}

rh_status
rh_hasher_new(const rh_hasher_options *options, rh_hasher **out, rh_err *err)
{
    if (sodium_init() < 0) {
        return rh_fail(err, RH_IO, "libsodium found no source of random numbers.");
    }
    rh_hasher *h;
    RH_NEW(h, 1, err);
    h->passes = options->passes > 0 ? options->passes : crypto_pwhash_OPSLIMIT_INTERACTIVE;
    h->memory = options->memory > 0 ? options->memory : crypto_pwhash_MEMLIMIT_INTERACTIVE;
    h->free_places = options->at_once > 0 ? options->at_once : 2;
    pthread_mutex_init(&h->lock, NULL);
    pthread_cond_init(&h->place, NULL);
    char nothing[32];
    randombytes_buf(nothing, sizeof nothing);
    if (crypto_pwhash_str(h->nobody, nothing, sizeof nothing, h->passes, h->memory) != 0) {
        rh_hasher_free(h);
        return rh_fail(err, RH_MEMORY, "Not enough memory to hash a password in %zu bytes.",
                       h->memory);
    }
    *out = h;
    return RH_OK;
}

void
rh_hasher_free(rh_hasher *h)
{
    if (h != NULL) {
        pthread_mutex_destroy(&h->lock);
        pthread_cond_destroy(&h->place);
        rh_free(h);
    }
}

rh_status
rh_password_hash(rh_hasher *h, const char *password, char out[RH_PASSWORD_HASH], rh_err *err)
{
    enter(h);
    int failed = crypto_pwhash_str(out, password, strlen(password), h->passes, h->memory);
    leave(h);
    return failed != 0 ? rh_fail(err, RH_MEMORY, "Not enough memory to hash a password.")
                       : RH_OK;
}

bool
rh_password_verify(rh_hasher *h, const char *hash, const char *password)
{
    enter(h);
    int failed =
        crypto_pwhash_str_verify(hash != NULL ? hash : h->nobody, password, strlen(password));
    leave(h);
    return failed == 0 && hash != NULL;
}

bool
rh_password_stale(const rh_hasher *h, const char *hash)
{
    return crypto_pwhash_str_needs_rehash(hash, h->passes, h->memory) != 0;
}

/* Common passwords of 10 characters and more that the rules below do not find: keyboard walks and words with digits behind. */
static const char *const common[] = {
    "qwertyuiop",    "qwertyuiop[]", "1qaz2wsx3edc", "1q2w3e4r5t",    "1q2w3e4r5t6y",
    "q1w2e3r4t5",    "qwerty1234",   "qwerty12345",  "qwerty123456",  "asdfghjkl;",
    "zxcvbnm123",    "asdf1234567",  "password12",   "password123",   "password1234",
    "password12345", "passw0rd123",  "p@ssw0rd123",  "p@ssword123",   "mypassword",
    "changeme123",   "letmein123",   "welcome123",   "welcome1234",   "iloveyou123",
    "iloveyou1314",  "woaini1314",   "woaini520",    "woaini5201314", "5201314520",
    "1314520520",    "a123456789",   "a1234567890",  "aa123456789",   "abc123456789",
    "abcd123456",    "abcd1234567",  "abcd12345678", "123456789a",    "123456789abc",
    "1234567890a",   "123456abcd",   "12345678ab",   "123456789q",    "q123456789",
    "z123456789",    "w123456789",   "qq123456789",  "qaz123456",     "qazwsxedc123",
    "qazwsx123456",  "admin12345",   "admin123456",  "adminadmin",    "administrator",
    "root123456",    "test123456",   "guest12345",   "user123456",    "1234512345",
    "1122334455",    "0011223344",   "1029384756",   "1357924680",    "0123456789",
    "9876543210",    "1234567890",   "147258369a",   "147258369",     "1472583690",
    "789456123a",    "7894561230",   "3141592653",   "0987654321",    "12345678910",
    "123456654321",  "1234567891",   "123123123a",   "dragon1234",    "monkey1234",
    "sunshine123",   "princess123",  "football123",  "baseball123",   "superman123",
    "michael123",    "zhangsan123",  "nongcun123",   "cunmin123456",  "ronghe12345",
};

static bool
contains_login(const char *password, const char *login)
{
    size_t n = strlen(login);
    if (n < 4) {
        return false;
    }
    for (const char *at = password; *at != '\0'; at++) {
        if (strncasecmp(at, login, n) == 0) {
            return true;
        }
    }
    return false;
}

/* One piece of at most 4 bytes again and again, or each character one more (or less) than the one before. */
static bool
is_pattern(const char *text, size_t n)
{
    for (size_t period = 1; period <= 4; period++) {
        size_t same = period;
        while (same < n && text[same] == text[same - period]) {
            same++;
        }
        if (same == n) {
            return true;
        }
    }
    size_t up = 1, down = 1;
    for (size_t i = 1; i < n; i++) {
        up += text[i] == text[i - 1] + 1;
        down += text[i] == text[i - 1] - 1;
    }
    return up == n || down == n;
}

static bool
is_mobile_number(const char *text, size_t n)
{
    return n == 11 && text[0] == '1' && strspn(text, "0123456789") == n;
}

rh_problem
rh_password_check(const char *password, const char *login)
{
    size_t n = strlen(password), characters = 0;
    for (size_t i = 0; i < n; i++) {
        characters += ((unsigned char)password[i] & 0xc0) != 0x80;
    }
    if (n > RH_PASSWORD_MOST) {
        return RH_PROBLEM_PASSWORD_LONG;
    }
    if (rh_text_valid(password, n) != n) {
        return RH_PROBLEM_NOT_UTF8;
    }
    if (characters < RH_PASSWORD_LEAST) {
        return RH_PROBLEM_PASSWORD_SHORT;
    }
    if (contains_login(password, login)) {
        return RH_PROBLEM_PASSWORD_LOGIN;
    }
    bool weak = is_pattern(password, n) || is_mobile_number(password, n);
    for (size_t i = 0; i < sizeof common / sizeof common[0] && !weak; i++) {
        weak = strcasecmp(password, common[i]) == 0;
    }
    return weak ? RH_PROBLEM_PASSWORD_COMMON : RH_PROBLEM_NONE;
}
