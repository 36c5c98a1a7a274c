/* Login accounts: see accounts.h. */
#include "web/accounts.h"

#include "core/mem.h"
#include "domain/lists.h"

#include <oath.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RECOVERY_HEX = 2 * RH_RECOVERY_CODES * RH_RECOVERY_HASH + 1, DAY_MS = 86400000 };

/* What stands where a password's hash would: nothing that any password has. */
static const char none[] = "*";

typedef struct entry {
    int64_t id;
    rh_keep_account line; /* the newest; its texts are this entry's */
    bool pending;
    uint8_t secret[RH_TOTP_SECRET]; /* shown, not yet confirmed */
} entry;

struct rh_accounts {
    rh_service *service;
    pthread_rwlock_t lock;  /* of what is below */
    pthread_mutex_t change; /* one change at a time: lines stand in the order of the changes */
    size_t n, room;
    entry *account; /* by id */
};

/* ---- lines and entries ---- */

static void
line_release(rh_keep_account *line)
{
    const rh_record_type *type = rh_keep_type(RH_KEEP_account);
    for (int i = 0; i < type->n; i++) {
        if (type->field[i].type == RH_FIELD_TEXT) {
            char **text = (char **)(void *)((char *)line + type->field[i].offset);
            if (*text != NULL) {
                sodium_memzero(*text, strlen(*text));
            }
            rh_free(*text);
            *text = NULL;
        }
    }
}

static bool
line_copy(const rh_keep_account *from, rh_keep_account *to)
{
    const rh_record_type *type = rh_keep_type(RH_KEEP_account);
    bool all = true;
    *to = *from;
    for (int i = 0; i < type->n; i++) {
        if (type->field[i].type == RH_FIELD_TEXT) {
            const char *text = rh_record_text(from, &type->field[i]);
            char *copy = rh_strdup(text == NULL ? "" : text);
            all = all && copy != NULL;
            *(char **)(void *)((char *)to + type->field[i].offset) = copy;
        }
    }
    if (!all) {
        line_release(to);
    }
    return all;
}

static rh_status
no_memory(rh_err *err)
{
    return rh_fail(err, RH_MEMORY, "Not enough memory for the accounts.");
}

static entry *
find_login(rh_accounts *a, const char *login)
{
    for (size_t i = 0; i < a->n; i++) {
        if (strcmp(a->account[i].line.login, login) == 0) {
            return &a->account[i];
        }
    }
    return NULL;
}

static entry *
find_id(rh_accounts *a, int64_t id)
{
    size_t low = 0, high = a->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (a->account[middle].id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < a->n && a->account[low].id == id ? &a->account[low] : NULL;
}

/* The line holds from now on. Takes its texts over. */
static rh_status
take(rh_accounts *a, rh_keep_account *line, rh_err *err)
{
    entry *e = find_login(a, line->login);
    if (e == NULL) {
        if (a->n == a->room) {
            size_t room = 2 * a->room + 64;
            entry *more = rh_resize(a->account, room, sizeof *more);
            if (more == NULL) {
                line_release(line);
                return no_memory(err);
            }
            a->account = more;
            a->room = room;
        }
        e = &a->account[a->n++];
        *e = (entry){.id = line->id};
    } else {
        line_release(&e->line);
    }
    e->line = *line;
    return RH_OK;
}

/* Keep a new line and let it hold; `change` is held by the caller. */
static rh_status
keep(rh_accounts *a, const rh_keep_account *line, int64_t *id, rh_err *err)
{
    rh_keep_account kept;
    if (!line_copy(line, &kept)) {
        return no_memory(err);
    }
    kept.id = RH_NONE;
    rh_status status = rh_service_keep(a->service, RH_KEEP_account, &kept, &kept.id, err);
    if (status != RH_OK) {
        line_release(&kept);
        return status;
    }
    if (id != NULL) {
        *id = kept.id;
    }
    pthread_rwlock_wrlock(&a->lock);
    status = take(a, &kept, err);
    pthread_rwlock_unlock(&a->lock);
    return status;
}

/* The newest line of an account, for changing it: `change` is then held until end_change. Its texts are the entry's, which only a change touches. */
static bool
begin_change(rh_accounts *a, int64_t id, int64_t now_ms, int64_t by, rh_keep_account *line)
{
    pthread_mutex_lock(&a->change);
    entry *e = find_id(a, id);
    if (e == NULL || e->line.closed) {
        pthread_mutex_unlock(&a->change);
        return false;
    }
    *line = e->line;
    line->changed = now_ms;
    line->changed_by = by;
    return true;
}

static rh_status
end_change(rh_accounts *a, const rh_keep_account *line, rh_err *err)
{
    rh_status status = keep(a, line, NULL, err);
    pthread_mutex_unlock(&a->change);
    return status;
}

static rh_status
no_account(int64_t id, rh_err *err)
{
    return rh_fail(err, RH_MISSING, "There is no open account %lld.", (long long)id);
}

rh_status
rh_accounts_load(rh_service *service, rh_accounts **out, rh_err *err)
{
    rh_accounts *a;
    rh_db *db;
    rh_cursor *cursor = NULL;
    const void *record;
    if (sodium_init() < 0) {
        return rh_fail(err, RH_IO, "libsodium found no source of random numbers.");
    }
    RH_NEW(a, 1, err);
    a->service = service;
    pthread_rwlock_init(&a->lock, NULL);
    pthread_mutex_init(&a->change, NULL);
    rh_status status = rh_service_db_take(service, &db, err);
    if (status == RH_OK) {
        status = rh_db_begin_reading(db, err);
        if (status == RH_OK) {
            status = rh_db_scan(db, RH_KEEP_account, 1, &cursor, err);
            while (status == RH_OK &&
                   (status = rh_cursor_next(cursor, &record, NULL, err)) == RH_OK &&
                   record != NULL) {
                rh_keep_account line;
                status = line_copy(record, &line) ? take(a, &line, err) : no_memory(err);
            }
            if (cursor != NULL) {
                rh_cursor_close(cursor);
            }
            rh_db_rollback(db);
        }
        rh_service_db_give(service, db);
    }
    if (status != RH_OK) {
        rh_accounts_free(a);
        return status;
    }
    *out = a;
    return RH_OK;
}

void
rh_accounts_free(rh_accounts *a)
{
    if (a == NULL) {
        return;
    }
    for (size_t i = 0; i < a->n; i++) {
        line_release(&a->account[i].line);
    }
    if (a->account != NULL) {
        sodium_memzero(a->account, a->room * sizeof *a->account);
    }
    rh_free(a->account);
    pthread_mutex_destroy(&a->change);
    pthread_rwlock_destroy(&a->lock);
    rh_free(a);
}

/* ---- looking ---- */

static bool
hash_is_set(const rh_hash *hash)
{
    return !sodium_is_zero(hash->byte, sizeof hash->byte);
}

static rh_account_view
view_of(const entry *e)
{
    rh_account_view v = {
        .id = e->id,
        .party = e->line.party,
        .closed = e->line.closed != 0,
        .machine = hash_is_set(&e->line.token),
        .ready = strcmp(e->line.password, none) != 0,
        .two_factors = e->line.totp[0] != '\0',
        .recovery_left = (int64_t)(strlen(e->line.recovery) / (size_t)(2 * RH_RECOVERY_HASH)),
        .changed = e->line.changed};
    snprintf(v.login, sizeof v.login, "%s", e->line.login);
    return v;
}

bool
rh_accounts_get(rh_accounts *a, int64_t id, rh_account_view *out)
{
    pthread_rwlock_rdlock(&a->lock);
    entry *e = find_id(a, id);
    if (e != NULL) {
        *out = view_of(e);
    }
    pthread_rwlock_unlock(&a->lock);
    return e != NULL;
}

bool
rh_accounts_find(rh_accounts *a, const char *login, rh_account_view *out)
{
    pthread_rwlock_rdlock(&a->lock);
    entry *e = find_login(a, login);
    if (e != NULL) {
        *out = view_of(e);
    }
    pthread_rwlock_unlock(&a->lock);
    return e != NULL;
}

size_t
rh_accounts_count(rh_accounts *a)
{
    pthread_rwlock_rdlock(&a->lock);
    size_t n = a->n;
    pthread_rwlock_unlock(&a->lock);
    return n;
}

bool
rh_accounts_at(rh_accounts *a, size_t index, rh_account_view *out)
{
    pthread_rwlock_rdlock(&a->lock);
    bool there = index < a->n;
    if (there) {
        *out = view_of(&a->account[index]);
    }
    pthread_rwlock_unlock(&a->lock);
    return there;
}

bool
rh_login_is(const char *login)
{
    static const char sign[] = "abcdefghijklmnopqrstuvwxyz0123456789.-_";
    size_t n = strlen(login);
    return n >= 2 && n < RH_LOGIN && strspn(login, sign) == n &&
           strchr(".-_", login[0]) == NULL;
}

/* ---- making and closing ---- */

static rh_keep_account
blank(const char *login, int64_t party, int64_t by, int64_t now_ms)
{
    return (rh_keep_account){.login = login,
                             .party = party,
                             .password = none,
                             .totp = "",
                             .role = RH_NONE,
                             .place = RH_NONE,
                             .closed = 0,
                             .changed = now_ms,
                             .changed_by = by,
                             .step = RH_NONE,
                             .recovery = "",
                             .enrolment_until = RH_NONE};
}

static rh_status
create(rh_accounts *a, const rh_keep_account *line, int64_t *id, rh_err *err)
{
    rh_status status;
    if (!rh_login_is(line->login)) {
        return rh_fail(err, RH_INPUT,
                       "A login name has 2 to 63 small letters, digits, '.', '-' or '_'.");
    }
    pthread_mutex_lock(&a->change);
    status = find_login(a, line->login) != NULL
                 ? rh_fail(err, RH_INPUT, "The login name %s is taken.", line->login)
                 : keep(a, line, id, err);
    pthread_mutex_unlock(&a->change);
    return status;
}

/* A code of 80 random bits on paper, and its hash. */
static void
enrolment_code(char code[RH_RECOVERY_TEXT], rh_hash *hash)
{
    char text[RH_RECOVERY_CODES][RH_RECOVERY_TEXT];
    uint8_t hashes[RH_RECOVERY_CODES][RH_RECOVERY_HASH];
    rh_recovery_new(text, hashes);
    memcpy(code, text[0], RH_RECOVERY_TEXT);
    memcpy(hash->byte, hashes[0], sizeof hash->byte);
    sodium_memzero(text, sizeof text);
}

rh_status
rh_accounts_create(rh_accounts *a, const char *login, int64_t party, int64_t by, int64_t now_ms,
                   char code[RH_RECOVERY_TEXT], int64_t *id, rh_err *err)
{
    rh_keep_account line = blank(login, party, by, now_ms);
    enrolment_code(code, &line.enrolment);
    line.enrolment_until = now_ms + (int64_t)RH_ENROLMENT_DAYS * DAY_MS;
    return create(a, &line, id, err);
}

rh_status
rh_accounts_reset(rh_accounts *a, int64_t id, int64_t by, int64_t now_ms,
                  char code[RH_RECOVERY_TEXT], rh_err *err)
{
    rh_keep_account line;
    if (!begin_change(a, id, now_ms, by, &line)) {
        return no_account(id, err);
    }
    line.password = none;
    line.totp = "";
    line.recovery = "";
    enrolment_code(code, &line.enrolment);
    line.enrolment_until = now_ms + (int64_t)RH_ENROLMENT_DAYS * DAY_MS;
    return end_change(a, &line, err);
}

static void
token_hash(const char *token, rh_hash *out)
{
    static const uint8_t purpose[] = "ronghe interface token, 1"; /* a key of BLAKE2b */
    crypto_generichash(out->byte, sizeof out->byte, (const uint8_t *)token, strlen(token),
                       purpose, sizeof purpose);
}

rh_status
rh_accounts_create_machine(rh_accounts *a, const char *login, int64_t party, int64_t by,
                           int64_t now_ms, char token[RH_TOKEN], int64_t *id, rh_err *err)
{
    rh_keep_account line = blank(login, party, by, now_ms);
    rh_token_new(token);
    token_hash(token, &line.token);
    line.role = rh_role_bank;
    return create(a, &line, id, err);
}

rh_status
rh_accounts_close(rh_accounts *a, int64_t id, int64_t by, int64_t now_ms, rh_err *err)
{
    rh_keep_account line;
    if (!begin_change(a, id, now_ms, by, &line)) {
        return no_account(id, err);
    }
    line.closed = 1;
    line.password = none;
    line.totp = "";
    line.recovery = "";
    line.enrolment = (rh_hash){0};
    return end_change(a, &line, err);
}

rh_status
rh_accounts_add(rh_accounts *a, const char *login, int64_t party, const char *password_hash,
                const uint8_t secret[RH_TOTP_SECRET], int64_t now_ms, int64_t *id, rh_err *err)
{
    rh_keep_account line = blank(login, party, RH_NONE, now_ms);
    char base32[RH_TOTP_BASE32] = "";
    if (secret != NULL) {
        RH_TRY(rh_totp_base32(secret, base32, err));
    }
    line.password = password_hash;
    line.totp = base32;
    rh_status status = create(a, &line, id, err);
    sodium_memzero(base32, sizeof base32);
    return status;
}

/* ---- what its holder does ---- */

rh_status
rh_accounts_enrol(rh_accounts *a, const char *login, const char *code,
                  const char *password_hash, int64_t now_ms, int64_t *id, bool *right,
                  rh_err *err)
{
    rh_hash given;
    rh_account_view v;
    rh_keep_account line;
    *right = false;
    if (!rh_recovery_hash(code, given.byte) || !rh_accounts_find(a, login, &v) ||
        !begin_change(a, v.id, now_ms, v.party, &line)) {
        return RH_OK;
    }
    if (!hash_is_set(&line.enrolment) || now_ms >= line.enrolment_until ||
        sodium_memcmp(given.byte, line.enrolment.byte, sizeof given.byte) != 0) {
        pthread_mutex_unlock(&a->change);
        return RH_OK;
    }
    line.password = password_hash;
    line.enrolment = (rh_hash){0};
    line.enrolment_until = RH_NONE;
    RH_TRY(end_change(a, &line, err));
    *id = v.id;
    *right = true;
    return RH_OK;
}

bool
rh_accounts_password(rh_accounts *a, int64_t id, char out[RH_PASSWORD_HASH])
{
    pthread_rwlock_rdlock(&a->lock);
    entry *e = find_id(a, id);
    bool there = e != NULL && !e->line.closed && strcmp(e->line.password, none) != 0;
    if (there) {
        snprintf(out, RH_PASSWORD_HASH, "%s", e->line.password);
    }
    pthread_rwlock_unlock(&a->lock);
    return there;
}

rh_status
rh_accounts_set_password(rh_accounts *a, int64_t id, const char *password_hash, int64_t now_ms,
                         rh_err *err)
{
    rh_keep_account line;
    if (!begin_change(a, id, now_ms, RH_NONE, &line)) {
        return no_account(id, err);
    }
    line.changed_by = line.party;
    line.password = password_hash;
    return end_change(a, &line, err);
}

bool
rh_accounts_totp_begin(rh_accounts *a, int64_t id, uint8_t secret[RH_TOTP_SECRET])
{
    pthread_rwlock_wrlock(&a->lock);
    entry *e = find_id(a, id);
    bool there = e != NULL && !e->line.closed;
    if (there) {
        if (!e->pending) {
            rh_totp_new(e->secret);
            e->pending = true;
        }
        memcpy(secret, e->secret, RH_TOTP_SECRET);
    }
    pthread_rwlock_unlock(&a->lock);
    return there;
}

static void
new_recovery(char text[RH_RECOVERY_CODES][RH_RECOVERY_TEXT], char hex[RECOVERY_HEX])
{
    uint8_t hash[RH_RECOVERY_CODES][RH_RECOVERY_HASH];
    rh_recovery_new(text, hash);
    sodium_bin2hex(hex, RECOVERY_HEX, &hash[0][0], sizeof hash);
}

rh_status
rh_accounts_totp_confirm(rh_accounts *a, int64_t id, const char *code, int64_t now_ms,
                         char recovery[RH_RECOVERY_CODES][RH_RECOVERY_TEXT], bool *right,
                         rh_err *err)
{
    rh_keep_account line;
    uint8_t secret[RH_TOTP_SECRET];
    char base32[RH_TOTP_BASE32], hex[RECOVERY_HEX];
    *right = false;
    if (!begin_change(a, id, now_ms, RH_NONE, &line)) {
        return no_account(id, err);
    }
    pthread_rwlock_wrlock(&a->lock);
    entry *e = find_id(a, id);
    bool pending = e->pending;
    memcpy(secret, e->secret, sizeof secret);
    pthread_rwlock_unlock(&a->lock);
    int64_t step;
    rh_status status = RH_OK;
    if (pending && rh_totp_check(secret, now_ms, 0, code, &step) &&
        (status = rh_totp_base32(secret, base32, err)) == RH_OK) {
        new_recovery(recovery, hex);
        line.changed_by = line.party;
        line.totp = base32;
        line.step = step;
        line.recovery = hex;
        status = keep(a, &line, NULL, err);
        *right = status == RH_OK;
        pthread_rwlock_wrlock(&a->lock);
        e = find_id(a, id);
        e->pending = e->pending && !*right;
        pthread_rwlock_unlock(&a->lock);
    }
    pthread_mutex_unlock(&a->change);
    sodium_memzero(secret, sizeof secret);
    sodium_memzero(base32, sizeof base32);
    return status;
}

rh_status
rh_accounts_recovery(rh_accounts *a, int64_t id, int64_t now_ms,
                     char recovery[RH_RECOVERY_CODES][RH_RECOVERY_TEXT], rh_err *err)
{
    rh_keep_account line;
    char hex[RECOVERY_HEX];
    if (!begin_change(a, id, now_ms, RH_NONE, &line)) {
        return no_account(id, err);
    }
    new_recovery(recovery, hex);
    line.changed_by = line.party;
    line.recovery = hex;
    return end_change(a, &line, err);
}

/* Is the typed text the one-time code of a step not used before? The line then says so. */
static bool
use_step(rh_keep_account *line, const char *code, int64_t now_ms)
{
    uint8_t secret[RH_TOTP_SECRET] = {0};
    char *bytes = NULL;
    size_t size = 0;
    bool right = false;
    if (line->totp[0] != '\0' &&
        oath_base32_decode(line->totp, strlen(line->totp), &bytes, &size) == OATH_OK) {
        int64_t step, last = line->step == RH_NONE ? 0 : line->step;
        if (size == sizeof secret) {
            memcpy(secret, bytes, sizeof secret);
            right = rh_totp_check(secret, now_ms, last, code, &step);
        }
        if (right) {
            line->step = step;
        }
        sodium_memzero(bytes, size);
        free(bytes); /* liboath's */
        sodium_memzero(secret, sizeof secret);
    }
    return right;
}

/* The same for a recovery code; `hex` gets the hashes that are left. */
static bool
use_recovery(rh_keep_account *line, const char *code, char hex[RECOVERY_HEX])
{
    uint8_t hash[RH_RECOVERY_CODES][RH_RECOVERY_HASH];
    size_t size = 0;
    if (sodium_hex2bin(&hash[0][0], sizeof hash, line->recovery, strlen(line->recovery), NULL,
                       &size, NULL) != 0) {
        return false;
    }
    int n = (int)(size / RH_RECOVERY_HASH);
    int hit = rh_recovery_find(code, (const uint8_t(*)[RH_RECOVERY_HASH])hash, n);
    if (hit < 0) {
        return false;
    }
    memmove(hash[hit], hash[hit + 1], (size_t)(n - hit - 1) * RH_RECOVERY_HASH);
    sodium_bin2hex(hex, RECOVERY_HEX, &hash[0][0], (size_t)(n - 1) * RH_RECOVERY_HASH);
    line->recovery = hex;
    return true;
}

rh_status
rh_accounts_second_factor(rh_accounts *a, int64_t id, const char *code, bool recovery,
                          int64_t now_ms, bool *right, rh_err *err)
{
    rh_keep_account line;
    char hex[RECOVERY_HEX];
    *right = false;
    if (!begin_change(a, id, now_ms, RH_NONE, &line)) {
        return RH_OK;
    }
    line.changed_by = line.party;
    if (!use_step(&line, code, now_ms) && !(recovery && use_recovery(&line, code, hex))) {
        pthread_mutex_unlock(&a->change);
        return RH_OK;
    }
    RH_TRY(end_change(a, &line, err));
    *right = true;
    return RH_OK;
}

bool
rh_accounts_bearer(rh_accounts *a, const char *token, int64_t *id)
{
    rh_hash hash;
    bool found = false;
    token_hash(token, &hash);
    pthread_rwlock_rdlock(&a->lock);
    for (size_t i = 0; i < a->n; i++) {
        const entry *e = &a->account[i];
        if (!e->line.closed && hash_is_set(&e->line.token) &&
            sodium_memcmp(e->line.token.byte, hash.byte, sizeof hash.byte) == 0) {
            *id = e->id;
            found = true;
        }
    }
    pthread_rwlock_unlock(&a->lock);
    return found;
}

/* ---- roles ---- */

static uint64_t
roles_in_households(const rh_registry *r, int64_t party, int64_t today)
{
    uint64_t roles = 0;
    const rh_index list[] = {RH_BY_household_member_person, RH_BY_household_member_guardian};
    for (size_t l = 0; l < sizeof list / sizeof list[0]; l++) {
        for (int64_t id = rh_first(r, list[l], party); id != 0; id = rh_next(r, list[l], id)) {
            const rh_row_household_member *m = RH_OBJECT(r, household_member, id);
            if (rh_holds(m, today) && m->right_holder) {
                roles |= RH_BIT(rh_role_holder) | (m->head ? RH_BIT(rh_role_holder_rep) : 0);
            }
        }
    }
    return roles;
}

/* Whoever acts by a mandate does so in the role of the principal. */
static uint64_t
roles_by_mandate(const rh_registry *r, int64_t party, int64_t today)
{
    uint64_t roles = 0;
    for (int64_t id = rh_first(r, RH_BY_mandate_agent, party); id != 0;
         id = rh_next(r, RH_BY_mandate_agent, id)) {
        const rh_row_mandate *m = RH_OBJECT(r, mandate, id);
        if (rh_holds(m, today)) {
            roles |= roles_in_households(r, m->principal, today);
        }
    }
    return roles;
}

uint32_t
rh_accounts_roles(const rh_registry *r, int64_t party, int64_t today)
{
    if (RH_OBJECT(r, party, party) == NULL) {
        return 0;
    }
    uint64_t roles = RH_BIT(rh_role_lessee) | roles_in_households(r, party, today) |
                     roles_by_mandate(r, party, today);
    for (int64_t id = rh_first(r, RH_BY_role_grant_party, party); id != 0;
         id = rh_next(r, RH_BY_role_grant_party, id)) {
        const rh_row_role_grant *g = RH_OBJECT(r, role_grant, id);
        if (rh_holds(g, today)) {
            roles |= RH_BIT(g->role);
        }
    }
    for (int64_t id = rh_first(r, RH_BY_membership_person, party); id != 0;
         id = rh_next(r, RH_BY_membership_person, id)) {
        const rh_row_membership *m = RH_OBJECT(r, membership, id);
        roles |= rh_holds(m, today) ? RH_BIT(rh_role_member) : 0;
    }
    return (uint32_t)(roles & ~(RH_BIT(rh_role_system) | RH_BIT(rh_role_public)));
}
