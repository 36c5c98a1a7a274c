/* The random streams (random_actor.h) through the service on a real database, watched by the second model (invariants.h).
 *
 *   test_lease_stream [sqlite|postgres [commands [streams [seed]]]]     e.g. sqlite 100000 10: a million commands; postgres needs with_postgres.sh
 *
 * Commands are sent in windows of up to 64 in flight; the clock is moved between windows. A registry in memory, the twin, does the same: it tells the
 * actor what there is, and what the service will answer.
 * - every answer is the twin's: refusals, number, time and rows; so are the rows that the database gives back, and the state after a close and reopen;
 * - the second model is fed from the database, never from the service's memory: I1–I13, I17–I19, I21–I23, I25;
 * - the log of entries is the journal's, entry by entry and root by root (I14); no personal text is in a journal line, an entry, a file of the log or of
 *   the open data, and none that was erased is in SQLite's file (I15); commitments never change or go, what was not erased matches (I16);
 * - the database verifies (I20); a lost row, a changed amount, a swapped order are found.
 * Durability is the service's own: synchronous is FULL. Only the scratch log does not wait for the disk. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <ftw.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/mem.h"
#include "domain/calendar_day.h"
#include "domain/state.h"
#include "log/tile.h"
#include "random_stream.h"
#include "service/canonical.h"
#include "service/open_data.h"
#include "service/replay.h"
#include "service/service_inside.h"
#include "store/merge.h"

#define OK(call)                                                                               \
    do {                                                                                       \
        rh_err ok_err = {0};                                                                   \
        if ((call) != RH_OK) {                                                                 \
            fail_msg("%s", ok_err.text);                                                       \
        }                                                                                      \
    } while (0)

#define CANARY "金丝雀"

enum { WINDOW = 64, FEED_EVERY = 4000, REOPENS = 4 };

static struct {
    bool postgres;
    int64_t commands, streams, seed;
} about = {.commands = 12000, .streams = 1, .seed = 1};

typedef struct stream stream;

/* A command in flight. */
typedef struct slot {
    stream *s;
    random_ask plain, numbered; /* as it is submitted; as the twin does it */
    char text[RANDOM_PRIVATE_MOST][48];
    rh_outcome out; /* the twin's */
    rh_hash rows;   /* digest of the twin's rows */
} slot;

typedef struct line { /* of an accepted command */
    rh_hash rows;
    int64_t tick_day; /* RH_NONE: no tick */
} line;

typedef struct value { /* of a private value */
    int64_t owner;
    bool erased;
    rh_hash commitment;
} value;

struct stream {
    char folder[64], db[300];
    rh_clock clock;
    rh_signer signer;
    rh_tlog *log;
    rh_publisher publisher;
    rh_service *service;
    random_actor *actor;
    rh_registry *twin;
    rh_outcome tick;
    int64_t tried_day, tried_seq;
    invariants *model;
    bool model_alone; /* feed it without comparing with the twin first */
    int64_t fed;      /* commands that the model has seen */
    line *line;       /* by seq */
    value *value;
    size_t n_line, n_value;
    int64_t last_private, committed; /* numbers given; commitments looked at */
    slot slot[WINDOW];
    random_ask held;
    bool holds;
    int64_t accepted, refused, rejected, windows, erasures;
    pthread_mutex_t mutex; /* of what follows */
    pthread_cond_t told;
    int waiting;
    char wrong[1200];
};

/* ---- digests ---- */

/* One number for what rows say, each field of each in their order. */
static rh_hash
digest(const rh_row *row, size_t n, rh_growing *room)
{
    rh_err err = {0};
    rh_growing_clear(room);
    for (size_t i = 0; i < n; i++) {
        rh_growing_text(room, rh_row_type(row[i].kind)->name);
        if (rh_canonical_write(rh_row_type(row[i].kind), row[i].record, room, &err) != RH_OK) {
            return (rh_hash){{0}};
        }
    }
    static const rh_hash no_salt = {{0}};
    return rh_canonical_commitment(&no_salt, room->size > 0 ? room->text : "", room->size);
}

static rh_hash
digest_once(const rh_row *row, size_t n)
{
    rh_growing room = {0};
    rh_hash hash = digest(row, n, &room);
    rh_growing_release(&room);
    return hash;
}

static bool
same_hash(const rh_hash *a, const rh_hash *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

/* Room for line or value `i`. */
static void
reach_line(stream *s, int64_t i)
{
    if ((size_t)i >= s->n_line) {
        size_t n = 2 * (size_t)i + 1024;
        s->line = rh_resize(s->line, n, sizeof *s->line);
        assert_non_null(s->line);
        memset(s->line + s->n_line, 0, (n - s->n_line) * sizeof *s->line);
        s->n_line = n;
    }
}

static void
reach_value(stream *s, int64_t i)
{
    if ((size_t)i >= s->n_value) {
        size_t n = 2 * (size_t)i + 1024;
        s->value = rh_resize(s->value, n, sizeof *s->value);
        assert_non_null(s->value);
        memset(s->value + s->n_value, 0, (n - s->n_value) * sizeof *s->value);
        s->n_value = n;
    }
}

/* ---- the log ---- */

static int64_t
log_size(void *context)
{
    return (int64_t)rh_tlog_size(((stream *)context)->log);
}

static rh_status
log_add(void *context, int64_t index, const void *entry, size_t size, rh_err *err)
{
    return rh_tlog_add(((stream *)context)->log, (uint64_t)index, entry, size, err);
}

static rh_status
log_publish(void *context, rh_err *err)
{
    stream *s = context;
    return rh_tlog_publish(s->log, &s->signer, err);
}

/* ---- opening ---- */

static void
open_service(stream *s)
{
    char dir[96];
    snprintf(dir, sizeof dir, "%s/log", s->folder);
    OK(rh_tlog_open(dir, &s->signer.is, &s->log, &ok_err));
    rh_tlog_without_sync(s->log);
    rh_service_options options = {
        .database = s->db, .publisher = &s->publisher, .clock = &s->clock};
    OK(rh_service_open(&options, &s->service, &ok_err));
}

static void
close_service(stream *s)
{
    rh_service_close(s->service);
    rh_tlog_close(s->log);
    s->service = NULL;
    s->log = NULL;
}

static void
on_server(const char *sql)
{
    PGconn *conn = PQconnectdb(getenv("RONGHE_TEST_POSTGRES"));
    PGresult *result = PQexec(conn, sql);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) {
        fail_msg("%s", PQerrorMessage(conn));
    }
    PQclear(result);
    PQfinish(conn);
}

static void
stream_open(stream *s, uint64_t seed)
{
    memset(s, 0, sizeof *s);
    snprintf(s->folder, sizeof s->folder, "/tmp/ronghe_stream_XXXXXX");
    assert_non_null(mkdtemp(s->folder));
    if (about.postgres) {
        on_server("DROP DATABASE IF EXISTS stream");
        on_server("CREATE DATABASE stream");
        const char *server = getenv("RONGHE_TEST_POSTGRES"), *end = strchr(server, '?');
        snprintf(s->db, sizeof s->db, "postgresql:///stream%s", end != NULL ? end : "");
    } else {
        snprintf(s->db, sizeof s->db, "%s/t.db", s->folder);
    }
    uint8_t key[32] = {1};
    OK(rh_signer_of_seed("county.example/stream", RH_KEY_NOTE, key, &s->signer, &ok_err));
    s->publisher = (rh_publisher){s, log_size, log_add, log_publish};
    pthread_mutex_init(&s->mutex, NULL);
    pthread_cond_init(&s->told, NULL);
    OK(rh_registry_new(&s->twin, &ok_err));
    s->actor = random_actor_new(seed);
    s->model = invariants_new();
    s->tried_day = RH_NONE;
    for (int i = 0; i < WINDOW; i++) {
        s->slot[i].s = s;
    }
    open_service(s);
}

static int
remove_one(const char *path, const struct stat *is, int flag, struct FTW *at)
{
    (void)is, (void)flag, (void)at;
    return remove(path);
}

static void
stream_close(stream *s)
{
    for (int i = 0; i < WINDOW; i++) {
        rh_outcome_release(&s->slot[i].out);
    }
    rh_outcome_release(&s->tick);
    rh_registry_free(s->twin);
    random_actor_free(s->actor);
    invariants_free(s->model);
    rh_free(s->line);
    rh_free(s->value);
    pthread_mutex_destroy(&s->mutex);
    pthread_cond_destroy(&s->told);
    nftw(s->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* ---- the twin ---- */

static void
remember(stream *s, const rh_outcome *out, int64_t tick_day)
{
    s->accepted++;
    reach_line(s, out->seq);
    s->line[out->seq] = (line){digest_once(out->row, out->n_rows), tick_day};
}

static bool
is_due(const stream *s, int64_t today)
{
    int64_t due = rh_registry_next_due(s->twin);
    return due != RH_NONE && due <= today &&
           !(s->tried_day == today && s->tried_seq == rh_registry_seq(s->twin));
}

/* What the service does by itself (V6). */
static void
do_ticks(stream *s, int64_t now)
{
    int64_t today = rh_day_of_time(now);
    while (is_due(s, today)) {
        rh_command_tick command = {.today = today};
        rh_ask ask = {RH_DO_tick, &command, RH_NONE, rh_role_system, now};
        OK(rh_registry_do(s->twin, &ask, &s->tick, &ok_err));
        if (s->tick.seq == RH_NONE) {
            s->tried_day = today;
            s->tried_seq = rh_registry_seq(s->twin);
        } else {
            remember(s, &s->tick, today);
        }
    }
}

/* Numbers and texts for the personal fields: the text tells the number that the service will give. */
static void
number(stream *s, slot *x)
{
    int64_t next = s->last_private;
    x->numbered = x->plain;
    random_ask_number(&x->numbered, &next);
    next = s->last_private;
    for (int i = 0; i < x->plain.n_private; i++) {
        x->text[i][0] = '\0';
        if (x->plain.private_text[i].text[0] != '\0') {
            snprintf(x->text[i], sizeof x->text[i], CANARY "%lld;", (long long)++next);
        }
    }
}

static bool
may_be_submitted(const random_ask *ask)
{
    const rh_record_type *type = rh_command_type(ask->kind);
    for (int i = 0; i < type->n; i++) {
        if (type->field[i].type == RH_FIELD_PRIVATE &&
            rh_record_number(&ask->command, &type->field[i]) != RH_NONE) {
            return false;
        }
    }
    return ask->role >= 0 && ask->role < rh_role_count &&
           rh_canonical_not_utf8(rh_command_type(ask->kind), &ask->command) == NULL;
}

static void
twin_does(stream *s, slot *x)
{
    rh_ask ask = random_ask_of(&x->numbered);
    OK(rh_registry_do(s->twin, &ask, &x->out, &ok_err));
    s->refused += x->out.refusals.n > 0;
    if (x->out.seq == RH_NONE) {
        return;
    }
    int64_t given = s->last_private;
    random_ask again = x->plain;
    random_ask_number(&again, &given);
    s->last_private = given;
    remember(s, &x->out, ask.kind == RH_DO_tick ? rh_day_of_time(ask.time) : RH_NONE);
    x->rows = s->line[x->out.seq].rows;
}

/* ---- in flight ---- */

static bool
is_as_foretold(const slot *x, const rh_reply *reply)
{
    const rh_outcome *out = &x->out;
    if (reply->status != RH_OK || reply->repeated || reply->seq != out->seq ||
        reply->refusals.n != out->refusals.n) {
        return false;
    }
    for (int i = 0; i < out->refusals.n; i++) {
        if (reply->refusals.refusal[i].guard != out->refusals.refusal[i].guard) {
            return false;
        }
    }
    if (out->seq == RH_NONE) {
        return reply->n_rows == 0;
    }
    rh_hash rows = digest_once(reply->row, reply->n_rows);
    return reply->time == x->numbered.time && same_hash(&rows, &x->rows);
}

static void
is_told(void *context, const rh_reply *reply)
{
    slot *x = context;
    stream *s = x->s;
    bool good = is_as_foretold(x, reply);
    pthread_mutex_lock(&s->mutex);
    if (!good && s->wrong[0] == '\0') {
        char asked[800];
        random_ask_print(&x->numbered, asked, sizeof asked);
        snprintf(s->wrong, sizeof s->wrong,
                 "%s: status %d (%.200s), seq %lld for %lld, refusals %d for %d.", asked,
                 (int)reply->status, reply->sentence, (long long)reply->seq,
                 (long long)x->out.seq, reply->refusals.n, x->out.refusals.n);
    }
    s->waiting--;
    pthread_cond_signal(&s->told);
    pthread_mutex_unlock(&s->mutex);
}

static void
submit(stream *s, slot *x)
{
    rh_private_text text[RANDOM_PRIVATE_MOST];
    for (int i = 0; i < x->plain.n_private; i++) {
        text[i] = (rh_private_text){x->plain.private_text[i].field->name, x->text[i]};
    }
    rh_submission submission = {
        .ask = random_ask_of(&x->plain), .n_texts = (size_t)x->plain.n_private, .text = text};
    pthread_mutex_lock(&s->mutex);
    s->waiting++;
    pthread_mutex_unlock(&s->mutex);
    OK(rh_service_submit(s->service, &submission, is_told, x, &ok_err));
}

/* What the service does not even queue (bad UTF-8, no role, a number in place of a personal text). */
static void
is_rejected(stream *s, const random_ask *ask)
{
    rh_submission submission = {.ask = random_ask_of(ask)};
    rh_err err = {0};
    rh_status status = rh_service_submit(s->service, &submission, is_told, NULL, &err);
    assert_true(status == RH_INPUT || status == RH_USAGE);
    s->rejected++;
}

static void
wait_for_all(stream *s)
{
    pthread_mutex_lock(&s->mutex);
    while (s->waiting > 0) {
        pthread_cond_wait(&s->told, &s->mutex);
    }
    pthread_mutex_unlock(&s->mutex);
    if (s->wrong[0] != '\0') {
        fail_msg("command %lld: %s", (long long)rh_registry_seq(s->twin), s->wrong);
    }
}

/* Up to WINDOW commands of one moment; a new day begins a new window, and so does what falls due meanwhile. How many there were. */
static int64_t
window(stream *s, int64_t most)
{
    int64_t taken = 0, now = 0;
    int n = 0;
    bool due = false;
    while (taken < most && n < WINDOW && !due) {
        random_ask ask = s->held;
        if (!s->holds) {
            random_actor_next(s->actor, s->twin, &ask);
        }
        s->holds = taken > 0 && rh_day_of_time(ask.time) != rh_day_of_time(now);
        if (s->holds) {
            s->held = ask;
            break;
        }
        if (taken++ == 0) {
            now = ask.time > rh_registry_time(s->twin) ? ask.time : rh_registry_time(s->twin);
            rh_clock_set(&s->clock, ask.time);
            do_ticks(s, now);
        }
        ask.time = now;
        if (!may_be_submitted(&ask)) {
            is_rejected(s, &ask);
            continue;
        }
        slot *x = &s->slot[n++];
        x->plain = ask;
        number(s, x);
        twin_does(s, x);
        due = is_due(s, rh_day_of_time(now));
    }
    for (int i = 0; i < n; i++) {
        submit(s, &s->slot[i]);
    }
    wait_for_all(s);
    if (due) { /* not before: a wake among the commands of a batch looks before them */
        OK(rh_service_wake(s->service, &ok_err));
        do_ticks(s, now);
    }
    s->windows++;
    return taken;
}

/* ---- what the database says ---- */

static void
watch_values(stream *s, rh_row row)
{
    const rh_record_type *type = rh_row_type(row.kind);
    if (row.kind == RH_ROW_erasure) {
        s->erasures++;
        for (int64_t i = 1; i < (int64_t)s->n_value; i++) {
            s->value[i].erased |=
                s->value[i].owner == ((const rh_row_erasure *)row.record)->party;
        }
    }
    for (int i = 0; i < type->n; i++) {
        const rh_field *f = &type->field[i];
        int64_t at = f->type == RH_FIELD_PRIVATE ? rh_record_number(row.record, f) : RH_NONE;
        if (at != RH_NONE) {
            const rh_field *owner = row.kind == RH_ROW_party ? &type->field[0]
                                    : rh_record_find(type, "party")
                                        ? rh_record_find(type, "party")
                                        : rh_record_find(type, "by");
            reach_value(s, at);
            s->value[at].owner = rh_record_number(row.record, owner);
        }
    }
}

/* The rows of one command, read back. False: something is broken, and `why` says what. */
static bool
take_command(stream *s, int64_t seq, const rh_row *row, size_t n, broken *why)
{
    rh_hash rows = digest_once(row, n);
    if (!s->model_alone && (seq != s->fed + 1 || !same_hash(&rows, &s->line[seq].rows))) {
        why->invariant = "rows";
        snprintf(why->why, sizeof why->why,
                 "after command %lld stand %zu rows of command %lld that are not what it made.",
                 (long long)s->fed, n, (long long)seq);
        return false;
    }
    if (!invariants_feed(s->model, row, n, why)) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        watch_values(s, row[i]);
    }
    s->fed = seq;
    return s->line[seq].tick_day == RH_NONE ||
           invariants_after_tick(s->model, s->line[seq].tick_day, why);
}

/* Feed the model with what the database has and it has not seen. */
static bool
feed(stream *s, rh_db *db, broken *why)
{
    rh_merge *merge;
    rh_row stored, *row = NULL;
    size_t n = 0, room = 0;
    int64_t at, seq = 0;
    bool good = true, more = true;
    OK(rh_merge_new(db, s->fed, &merge, &ok_err));
    while (good && more) {
        OK(rh_merge_next(merge, &stored, &at, &ok_err));
        more = stored.record != NULL;
        if (n > 0 && (!more || at >> RH_DB_POSITION_BITS != seq)) {
            good = take_command(s, seq, row, n, why);
            while (n > 0) {
                rh_free((void *)(uintptr_t)row[--n].record);
            }
        }
        if (more) {
            seq = at >> RH_DB_POSITION_BITS;
            if (n == room) {
                room = 2 * room + 16;
                row = rh_resize(row, room, sizeof *row);
                assert_non_null(row);
            }
            row[n].kind = stored.kind;
            row[n].record = rh_item_copy(rh_row_type(stored.kind), stored.record);
            assert_non_null(row[n++].record);
        }
    }
    while (n > 0) {
        rh_free((void *)(uintptr_t)row[--n].record);
    }
    rh_free(row);
    rh_merge_free(merge);
    if (good && s->fed != rh_registry_seq(s->twin)) {
        why->invariant = "rows";
        snprintf(why->why, sizeof why->why, "the database ends with command %lld.",
                 (long long)s->fed);
        return false;
    }
    return good;
}

/* Commitments seen before are the same; new ones are noted (I16). */
static void
look_at_commitments(stream *s, rh_db *db)
{
    rh_cursor *cursor;
    const void *record;
    int64_t id = 0;
    OK(rh_db_scan(db, RH_KEEP_private_commitment, 1, &cursor, &ok_err));
    for (;;) {
        OK(rh_cursor_next(cursor, &record, NULL, &ok_err));
        if (record == NULL) {
            break;
        }
        const rh_keep_private_commitment *c = record;
        assert_int_equal(c->id, ++id);
        reach_value(s, id);
        if (id > s->committed) {
            s->value[id].commitment = c->hash;
        }
        assert_true(same_hash(&c->hash, &s->value[id].commitment));
    }
    rh_cursor_close(cursor);
    s->committed = id;
    assert_int_equal(id, s->last_private);
}

static void
look_at_database(stream *s)
{
    rh_db *db;
    broken why;
    OK(rh_service_db_take(s->service, &db, &ok_err));
    if (!feed(s, db, &why)) {
        fail_msg("%s broken: %s", why.invariant, why.why);
    }
    look_at_commitments(s, db);
    rh_service_db_give(s->service, db);
}

/* Does the service's registry stand where the twin stands? */
static void
compare_states(stream *s)
{
    rh_growing a = {0}, b = {0};
    const rh_registry *r = rh_service_read_begin(s->service);
    assert_non_null(r);
    assert_int_equal(rh_registry_seq(r), rh_registry_seq(s->twin));
    assert_int_equal(rh_registry_time(r), rh_registry_time(s->twin));
    for (int k = 0; k < RH_ROW_COUNT; k++) {
        int64_t n = rh_registry_count(s->twin, (rh_row_kind)k);
        assert_int_equal(rh_registry_count(r, (rh_row_kind)k), n);
        for (int64_t id = 1; id <= n; id++) {
            rh_row one = {(rh_row_kind)k, rh_registry_get(r, (rh_row_kind)k, id)},
                   two = {(rh_row_kind)k, rh_registry_get(s->twin, (rh_row_kind)k, id)};
            assert_true((one.record == NULL) == (two.record == NULL));
            if (one.record != NULL) {
                rh_hash x = digest(&one, 1, &a), y = digest(&two, 1, &b);
                if (!same_hash(&x, &y)) {
                    fail_msg("the service has %.700s, the twin %.700s", a.text, b.text);
                }
            }
        }
    }
    rh_service_read_end(s->service);
    rh_growing_release(&a);
    rh_growing_release(&b);
}

/* ---- at the end ---- */

/* I16: what is not erased is there, as it was given, and nothing else. */
static void
look_at_values(stream *s, rh_db *db)
{
    rh_cursor *cursor;
    const void *record;
    int64_t last = 0;
    OK(rh_db_scan(db, RH_KEEP_private_value, 1, &cursor, &ok_err));
    do {
        OK(rh_cursor_next(cursor, &record, NULL, &ok_err));
        const rh_keep_private_value *v = record;
        int64_t id = v != NULL ? v->id : s->last_private + 1;
        while (++last < id) {
            assert_true(s->value[last].erased);
        }
        if (v != NULL) {
            char text[48];
            snprintf(text, sizeof text, CANARY "%lld;", (long long)id);
            assert_string_equal(v->value, text);
            assert_false(s->value[id].erased);
            rh_hash hash = rh_canonical_commitment(&v->salt, text, strlen(text));
            assert_true(same_hash(&hash, &s->value[id].commitment));
        }
    } while (record != NULL);
    rh_cursor_close(cursor);
}

/* I14, I15: the log is what the journal says, entry by entry; neither tells a personal text. */
static void
look_at_log(stream *s, rh_db *db)
{
    rh_cursor *cursor;
    const void *record;
    rh_tree *tree;
    int64_t seq = 0;
    OK(rh_tree_new(&tree, &ok_err));
    OK(rh_db_scan(db, RH_KEEP_journal, 1, &cursor, &ok_err));
    for (;;) {
        OK(rh_cursor_next(cursor, &record, NULL, &ok_err));
        if (record == NULL) {
            break;
        }
        const rh_keep_journal *j = record;
        assert_int_equal(j->seq, ++seq);
        assert_null(strstr(j->arguments, CANARY));
        assert_null(strstr(j->entry, CANARY));
        rh_digest leaf;
        rh_tree_hash_leaf(j->entry, strlen(j->entry), &leaf);
        OK(rh_tree_add(tree, &leaf, &ok_err));
    }
    rh_cursor_close(cursor);
    assert_int_equal(seq, rh_registry_seq(s->twin));
    char dir[96];
    rh_note note;
    rh_checkpoint checkpoint;
    rh_digest root;
    snprintf(dir, sizeof dir, "%s/log", s->folder);
    OK(rh_tlog_open(dir, &s->signer.is, &s->log, &ok_err));
    OK(rh_tlog_note(s->log, &note, &ok_err));
    OK(rh_checkpoint_parse(note.text, note.size, &checkpoint, &ok_err));
    assert_int_equal(checkpoint.size, seq);
    rh_tree_root(tree, (uint64_t)seq, &root);
    assert_memory_equal(&root, &checkpoint.root, sizeof root);
    rh_tlog_close(s->log);
    s->log = NULL;
    rh_tree_free(tree);
}

static char *
read_whole(const char *path, size_t *size)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    fseek(f, 0, SEEK_END);
    *size = (size_t)ftell(f);
    rewind(f);
    char *bytes = rh_alloc(*size + 1, 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, *size, f), *size);
    fclose(f);
    return bytes;
}

static int
has_no_canary(const char *path, const struct stat *is, int flag, struct FTW *at)
{
    (void)is, (void)at;
    if (flag != FTW_F) {
        return 0;
    }
    size_t size;
    char *bytes = read_whole(path, &size);
    bool found = memmem(bytes, size, CANARY, strlen(CANARY)) != NULL;
    rh_free(bytes);
    return found;
}

static void
look_at_public_files(stream *s, rh_db *db)
{
    char dir[96];
    snprintf(dir, sizeof dir, "%s/open", s->folder);
    OK(rh_open_data_write(db, rh_registry_seq(s->twin), dir, &ok_err));
    assert_int_equal(nftw(dir, has_no_canary, 16, FTW_PHYS), 0);
    snprintf(dir, sizeof dir, "%s/log", s->folder);
    assert_int_equal(nftw(dir, has_no_canary, 16, FTW_PHYS), 0);
}

/* SQLite's file has no erased text, not in a free page either. */
static void
look_for_erased(const stream *s)
{
    size_t size;
    int64_t seen = 0;
    char *bytes = read_whole(s->db, &size);
    for (const char *p = bytes;
         (p = memmem(p, size - (size_t)(p - bytes), CANARY, strlen(CANARY))) != NULL;) {
        p += strlen(CANARY);
        int64_t id = strtoll(p, NULL, 10);
        assert_in_range(id, 1, s->last_private);
        assert_false(s->value[id].erased);
        seen++;
    }
    rh_free(bytes);
    assert_true(seen > 0); /* it could have been found */
}

static void
look_at_all(stream *s)
{
    rh_db *db;
    rh_verified v;
    broken why;
    if (!invariants_all(s->model, &why)) {
        fail_msg("%s broken: %s", why.invariant, why.why);
    }
    OK(rh_replay_verify(s->db, NULL, &v, &ok_err));
    assert_int_equal(v.commands, rh_registry_seq(s->twin));
    OK(rh_db_open(s->db, NULL, RH_DB_READ, &db, &ok_err));
    look_at_values(s, db);
    look_at_log(s, db);
    look_at_public_files(s, db);
    rh_db_close(db);
    if (!about.postgres) {
        look_for_erased(s);
    }
}

/* ---- the streams ---- */

/* Returns with the service closed. */
static void
run(stream *s, int64_t commands)
{
    int64_t commits = 0, next_feed = FEED_EVERY, reopen = commands / (REOPENS + 1) + 1;
    for (int64_t i = 0; i < commands;) {
        i += window(s, commands - i);
        if (i >= next_feed || i >= commands) {
            look_at_database(s);
            next_feed = i + FEED_EVERY;
        }
        if (i >= reopen && i < commands) {
            commits += rh_service_count(s->service).commits;
            close_service(s);
            open_service(s);
            compare_states(s);
            reopen = i + commands / (REOPENS + 1) + 1;
        }
    }
    compare_states(s);
    commits += rh_service_count(s->service).commits;
    OK(rh_service_publish(s->service, &ok_err));
    close_service(s);
    printf("# %lld commands: %lld accepted (ticks too), %lld refused, %lld not queued; %lld "
           "windows, %lld commits; %lld private values, %lld erasures\n",
           (long long)commands, (long long)s->accepted, (long long)s->refused,
           (long long)s->rejected, (long long)s->windows, (long long)commits,
           (long long)s->last_private, (long long)s->erasures);
    fflush(stdout);
}

static stream the_stream;

static void
streams_through_the_service_break_nothing(void **unused)
{
    (void)unused;
    if (about.postgres && getenv("RONGHE_TEST_POSTGRES") == NULL) {
        skip();
    }
    int64_t erasures = 0;
    for (int64_t i = 0; i < about.streams; i++) {
        stream *s = &the_stream;
        stream_open(s, (uint64_t)(about.seed + i));
        run(s, about.commands);
        look_at_all(s);
        erasures += s->erasures;
        stream_close(s);
    }
    assert_true(erasures > 0);
}

/* ---- what must be found ---- */

/* The engine's CHECK is told to look away: who has the file can do that. */
#define SWAP(table, key, one, two)                                                             \
    "PRAGMA ignore_check_constraints = ON; DROP TRIGGER " table                                \
    "_no_update; CREATE TEMP TABLE x AS SELECT (SELECT " key " FROM " table " WHERE " one      \
    ") AS a, (SELECT " key " FROM " table " WHERE " two ") AS b; UPDATE " table " SET " key    \
    " = 4611686018427387903 WHERE " key " = (SELECT a FROM x); "                               \
    "UPDATE " table " SET " key " = (SELECT a FROM x) WHERE " key " = (SELECT b FROM x); "     \
    "UPDATE " table " SET " key " = (SELECT b FROM x) WHERE " key " = 4611686018427387903"

static const struct {
    const char *what, *sql;
    bool journal; /* it is the journal that is changed: only `verify` looks at it */
} tampering[] = {
    {"a posting lost", "DROP TRIGGER posting_no_delete; DELETE FROM posting WHERE id = 3",
     false},
    {"the last posting lost",
     "DROP TRIGGER posting_no_delete; DELETE FROM posting WHERE id = (SELECT max(id) FROM "
     "posting)",
     false},
    {"a receipt lost", "DROP TRIGGER receipt_no_delete; DELETE FROM receipt WHERE id = 2",
     false},
    {"a posting of a fen more",
     "DROP TRIGGER posting_no_update; UPDATE posting SET amount_fen = amount_fen + 1 WHERE id "
     "= 3",
     false},
    {"a receipt of a fen less",
     "DROP TRIGGER receipt_no_update; UPDATE receipt SET amount_fen = amount_fen - 1 WHERE id "
     "= 1",
     false},
    {"a line due of a fen less",
     "DROP TRIGGER rent_line_no_update; UPDATE rent_line SET amount_fen = amount_fen - 1 WHERE "
     "id = 1",
     false},
    {"two rows of one command swapped", SWAP("posting", "at", "id = 1", "id = 2"), false},
    {"rows of two commands swapped",
     SWAP("posting", "at", "id = 1",
          "seq > (SELECT seq FROM posting WHERE id = 1) ORDER BY seq LIMIT 1"),
     false},
    {"numbers of two commands' rows swapped",
     SWAP("posting", "id", "id = 1",
          "seq > (SELECT seq FROM posting WHERE id = 1) ORDER BY seq LIMIT 1"),
     false},
    {"two lines of the journal swapped", SWAP("journal", "seq", "seq = 20", "seq = 21"), true},
    {"a line of the journal lost",
     "DROP TRIGGER journal_no_delete; DELETE FROM journal WHERE seq = 20", true},
};

static void
copy_file(const char *from, const char *to)
{
    size_t size;
    char *bytes = read_whole(from, &size);
    FILE *f = fopen(to, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, size, f), size);
    assert_int_equal(fclose(f), 0);
    rh_free(bytes);
}

static void
tamper(const char *path, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) {
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    }
    assert_true(sqlite3_total_changes(db) > 0);
    sqlite3_close(db);
}

/* Read everything again with a fresh model, with or without the twin's digests. */
static bool
rows_are_sound(stream *s, const char *path, bool digests, broken *why)
{
    rh_db *db;
    invariants_free(s->model);
    s->model = invariants_new();
    s->fed = 0;
    s->model_alone = !digests;
    OK(rh_db_open(path, NULL, RH_DB_READ, &db, &ok_err));
    bool sound = feed(s, db, why);
    rh_db_close(db);
    return sound;
}

static void
what_is_tampered_with_is_found(void **unused)
{
    (void)unused;
    if (about.postgres) {
        skip();
    }
    stream *s = &the_stream;
    char path[96];
    broken why;
    int alone = 0;
    stream_open(s, 1);
    run(s, 6000);
    snprintf(path, sizeof path, "%.60s/changed.db", s->folder);
    copy_file(s->db, path);
    assert_true(rows_are_sound(s, path, true, &why));
    OK(rh_replay_verify(path, NULL, NULL, &ok_err));
    for (size_t i = 0; i < sizeof tampering / sizeof tampering[0]; i++) {
        rh_err err = {0};
        copy_file(s->db, path);
        tamper(path, tampering[i].sql);
        assert_int_equal(rh_replay_verify(path, NULL, NULL, &err), RH_INVARIANT);
        printf("# %s: %.300s\n", tampering[i].what, err.text);
        if (!tampering[i].journal) {
            assert_false(rows_are_sound(s, path, true, &why));
            if (!rows_are_sound(s, path, false, &why)) {
                printf("#     the second model alone: %s: %s\n", why.invariant, why.why);
                alone++;
            }
        }
    }
    assert_true(alone >= 6); /* the order of a command's rows is not its business */
    stream_close(s);
}

int
main(int argc, char **argv)
{
    int64_t *const number[] = {&about.commands, &about.streams, &about.seed};
    about.postgres = argc > 1 && strcmp(argv[1], "postgres") == 0;
    for (int i = 2; i < argc && i <= 4; i++) {
        *number[i - 2] = strtoll(argv[i], NULL, 10);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(streams_through_the_service_break_nothing),
        cmocka_unit_test(what_is_tampered_with_is_found),
    };
    return cmocka_run_group_tests_name("lease_stream", tests, NULL, NULL);
}
