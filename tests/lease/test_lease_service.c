/* The service (service/service.h) with a small domain (fake_domain.h): V1–V6, erasure, publishing, verify, backup. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fake_domain.h"
#include "service/backup.h"
#include "service/canonical.h"
#include "service/service_inside.h"

#define OK(call)                                                                               \
    do {                                                                                       \
        rh_err ok_err = {0};                                                                   \
        if ((call) != RH_OK) {                                                                 \
            fail_msg("%s", ok_err.text);                                                       \
        }                                                                                      \
    } while (0)

/* A log in memory: hashes would do, but whole entries are easier to look at. */
typedef struct memory_log {
    rh_growing entries; /* each ends with a line feed */
    _Atomic int64_t n, published;
    _Atomic bool broken;
} memory_log;

static int64_t
log_size(void *context)
{
    return ((memory_log *)context)->n;
}

static rh_status
log_add(void *context, int64_t index, const void *entry, size_t size, rh_err *err)
{
    memory_log *log = context;
    assert_int_equal(index, log->n);
    if (log->broken) {
        return rh_fail(err, RH_IO, "The log fails on purpose.");
    }
    rh_growing_bytes(&log->entries, entry, size);
    rh_growing_text(&log->entries, "\n");
    log->n++;
    return RH_OK;
}

static rh_status
log_publish(void *context, rh_err *err)
{
    (void)err;
    memory_log *log = context;
    log->published = log->n;
    return RH_OK;
}

typedef struct town {
    char folder[64], db[96], backup[96];
    rh_clock clock;
    memory_log log;
    rh_publisher publisher;
    rh_service *service;
} town;

static const int64_t morning = INT64_C(1772323200000); /* 2026-03-01 08:00 UTC+8 */

static void
open_town(town *t)
{
    rh_service_options options = {.database = t->db,
                                  .judge = &fake_domain,
                                  .publisher = &t->publisher,
                                  .clock = &t->clock};
    OK(rh_service_open(&options, &t->service, &ok_err));
}

static int
new_town(void **state)
{
    town *t = calloc(1, sizeof *t);
    snprintf(t->folder, sizeof t->folder, "/tmp/ronghe_service_XXXXXX");
    assert_non_null(mkdtemp(t->folder));
    snprintf(t->db, sizeof t->db, "%s/t.db", t->folder);
    snprintf(t->backup, sizeof t->backup, "%s/backup.db", t->folder);
    rh_clock_set(&t->clock, morning);
    t->publisher = (rh_publisher){&t->log, log_size, log_add, log_publish};
    open_town(t);
    *state = t;
    return 0;
}

static int
free_town(void **state)
{
    town *t = *state;
    rh_service_close(t->service);
    char command[120];
    snprintf(command, sizeof command, "rm -r %s", t->folder);
    int code = system(command);
    rh_growing_release(&t->log.entries);
    free(t);
    return code;
}

typedef struct told {
    rh_status status;
    int64_t seq, time;
    bool repeated;
    int refusals;
    size_t n_rows;
    char sentence[400];
} told;

static void
remember(void *context, const rh_reply *reply)
{
    told *t = context;
    *t = (told){reply->status,     reply->seq,    reply->time, reply->repeated,
                reply->refusals.n, reply->n_rows, {0}};
    snprintf(t->sentence, sizeof t->sentence, "%s", reply->sentence);
}

static told
do_it(town *t, rh_submission s)
{
    told answer = {0};
    OK(rh_service_do(t->service, &s, remember, &answer, &ok_err));
    return answer;
}

static told
add_place(town *t, const char *code)
{
    return do_it(
        t, fake_submission(RH_DO_place_add, FAKE_PLACE(code, "安宅村"), rh_role_township));
}

static int64_t
places(town *t)
{
    const rh_registry *r = rh_service_read_begin(t->service);
    int64_t n = r != NULL ? r->places : -1;
    rh_service_read_end(t->service);
    return n;
}

/* A number that a query gives, through a connection of its own. */
static int64_t
query(town *t, const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *stmt;
    assert_int_equal(sqlite3_open(t->db, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    int64_t n = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return n;
}

static void
tamper(town *t, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(t->db, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) {
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    }
    sqlite3_close(db);
}

static void
test_what_is_answered_is_kept_and_there_after_a_restart(void **state)
{
    town *t = *state;
    told a = add_place(t, "110114");
    assert_int_equal(a.status, RH_OK);
    assert_int_equal(a.seq, 1);
    assert_int_equal(a.time, morning);
    assert_int_equal(a.n_rows, 1);
    assert_int_equal(query(t, "SELECT count(*) FROM place WHERE code = '110114'"), 1);
    told b = do_it(t, fake_submission(RH_DO_receipt_post, FAKE_RECEIPT(1, 0), rh_role_bank));
    assert_int_equal(b.refusals, 1);
    assert_int_equal(b.seq, RH_NONE);
    assert_int_equal(query(t, "SELECT count(*) FROM journal"), 1);
    rh_service_close(t->service);
    open_town(t);
    assert_int_equal(places(t), 1);
    assert_int_equal(add_place(t, "110115").seq, 2);
}

enum { CLIENTS = 16, EACH = 50 };

typedef struct client {
    town *town;
    int64_t seq[EACH];
} client;

static void *
submit_many(void *context)
{
    client *c = context;
    for (int i = 0; i < EACH; i++) {
        c->seq[i] = add_place(c->town, "110114").seq;
    }
    return NULL;
}

static void
test_commands_from_many_threads_each_get_their_own_number(void **state)
{
    town *t = *state;
    pthread_t thread[CLIENTS];
    client c[CLIENTS] = {0};
    for (int i = 0; i < CLIENTS; i++) {
        c[i].town = t;
        assert_int_equal(pthread_create(&thread[i], NULL, submit_many, &c[i]), 0);
    }
    bool seen[CLIENTS * EACH + 1] = {false};
    for (int i = 0; i < CLIENTS; i++) {
        pthread_join(thread[i], NULL);
        for (int k = 0; k < EACH; k++) {
            assert_in_range(c[i].seq[k], 1, CLIENTS * EACH);
            assert_false(seen[c[i].seq[k]]);
            seen[c[i].seq[k]] = true;
        }
    }
    assert_int_equal(places(t), CLIENTS * EACH);
    rh_service_figures f = rh_service_count(t->service);
    assert_int_equal(f.accepted, CLIENTS * EACH);
    assert_true(f.commits < f.accepted); /* many commands a commit */
    OK(rh_service_publish(t->service, &ok_err));
    assert_int_equal(t->log.published, CLIENTS * EACH);
    rh_verified v;
    OK(rh_replay_verify(t->db, &fake_domain, &v, &ok_err));
    assert_int_equal(v.commands, CLIENTS * EACH);
}

static void
test_recorded_time_never_goes_back(void **state)
{
    town *t = *state;
    assert_int_equal(add_place(t, "1").time, morning);
    rh_clock_set(&t->clock, morning - 3600000);
    assert_int_equal(add_place(t, "2").time, morning);
    rh_clock_set(&t->clock, morning + 5);
    assert_int_equal(add_place(t, "3").time, morning + 5);
}

static void
test_a_repeated_request_is_answered_with_the_first_number(void **state)
{
    town *t = *state;
    rh_submission s =
        fake_submission(RH_DO_place_add, FAKE_PLACE("110114", "安宅村"), rh_role_township);
    s.request = "8f14e45f";
    assert_int_equal(do_it(t, s).seq, 1);
    assert_int_equal(add_place(t, "other").seq, 2);
    for (int restart = 0; restart < 2; restart++) {
        told again = do_it(t, s);
        assert_true(again.repeated);
        assert_int_equal(again.seq, 1);
        assert_int_equal(again.time, morning);
        assert_int_equal(places(t), 2);
        rh_service_close(t->service);
        open_town(t);
    }
    rh_submission other =
        fake_submission(RH_DO_receipt_post, FAKE_RECEIPT(1, 5), rh_role_township);
    other.request = s.request;
    assert_int_equal(do_it(t, other).status, RH_INPUT);
    /* twice in one batch */
    told a = {0}, b = {0};
    s.request = "c9f0f895";
    OK(rh_service_submit(t->service, &s, remember, &a, &ok_err));
    OK(rh_service_do(t->service, &s, remember, &b, &ok_err));
    assert_int_equal(a.seq, 3);
    assert_int_equal(b.seq, 3);
    assert_true(b.repeated);
}

static told
add_party(town *t, const char *name, const char *phone)
{
    rh_private_text text[] = {{"name", name}, {"phone", phone}};
    rh_submission s = fake_submission(RH_DO_party_add, FAKE_PARTY(), rh_role_clerk);
    s.text = text;
    s.n_texts = 2;
    return do_it(t, s);
}

static bool
file_has(const char *path, const char *words)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        return false;
    }
    static char bytes[4 << 20];
    size_t size = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    return memmem(bytes, size, words, strlen(words)) != NULL;
}

static void
test_personal_texts_stand_in_private_values_only_and_erasing_breaks_nothing(void **state)
{
    town *t = *state;
    assert_int_equal(add_party(t, "王小明九三二", "13900001111").seq, 1);
    assert_int_equal(add_party(t, "李四", "").seq, 2);
    assert_int_equal(query(t, "SELECT count(*) FROM private_value"), 3);
    assert_int_equal(
        query(t, "SELECT count(*) FROM party, private_value v WHERE party.name = v.id "
                 "AND v.value = '王小明九三二' AND party.id = 1"),
        1);
    OK(rh_service_publish(t->service, &ok_err));
    assert_null(strstr(t->log.entries.text, "王小明"));
    assert_null(strstr(t->log.entries.text, "13900001111"));
    assert_int_equal(query(t, "SELECT count(*) FROM journal WHERE arguments LIKE '%王小明%' OR "
                              "entry LIKE '%王小明%'"),
                     0);
    rh_verified v;
    OK(rh_replay_verify(t->db, &fake_domain, &v, &ok_err));
    assert_int_equal(v.values, 3);
    /* erased: value and salt gone, commitments stay, everything still verifies */
    do_it(t, fake_submission(RH_DO_erasure_ask, (&(rh_command_erasure_ask){.party = 1}),
                             rh_role_lessee));
    assert_int_equal(query(t, "SELECT count(*) FROM private_value"), 1);
    assert_int_equal(query(t, "SELECT count(*) FROM private_commitment"), 3);
    OK(rh_replay_verify(t->db, &fake_domain, &v, &ok_err));
    assert_int_equal(v.values, 1);
    rh_service_close(t->service); /* the WAL is merged into the file */
    assert_false(file_has(t->db, "王小明九三二"));
    assert_true(file_has(t->db, "李四"));
    open_town(t);
    /* numbers of erased values are not used again */
    add_party(t, "赵六", "");
    assert_int_equal(query(t, "SELECT max(id) FROM private_value"), 4);
    /* a number instead of a text: refused */
    rh_command_party_add c = *FAKE_PARTY();
    c.name = 2;
    rh_submission s = fake_submission(RH_DO_party_add, &c, rh_role_clerk);
    rh_err err = {0};
    assert_int_equal(rh_service_submit(t->service, &s, remember, NULL, &err), RH_USAGE);
}

static void
test_every_kind_of_row_with_personal_fields_can_be_erased(void **state)
{
    town *t = *state;
    rh_db *db;
    rh_service_close(t->service);
    t->service = NULL;
    OK(rh_db_open(t->db, NULL, RH_DB_WRITE, &db, &ok_err));
    OK(rh_db_begin(db, &ok_err));
    rh_keep_journal line = {.seq = 1,
                            .recorded = 1,
                            .actor = RH_NONE,
                            .role = 0,
                            .name = "n",
                            .arguments = "{}",
                            .salt = {{1}},
                            .entry = "{}"};
    OK(rh_db_add(db, RH_KEEP_journal, &line, 0, &ok_err));
    int64_t value = 0, at = INT64_C(1) << RH_DB_POSITION_BITS;
    rh_outcome out = {0};
    rh_registry r = {0};
    out.arena = rh_arena_new();
    rh_ask ask = {.time = morning};
    for (int kind = 0; kind < RH_ROW_COUNT; kind++) {
        const rh_record_type *type = rh_row_type((rh_row_kind)kind);
        bool personal = false;
        char *row = fake_make(&r, &ask, &out, (rh_row_kind)kind, 5);
        for (int i = 6; i < type->n; i++) {
            const rh_field *f = &type->field[i];
            int64_t n = f->type == RH_FIELD_ID ? 5 : 0;
            if (f->type == RH_FIELD_PRIVATE) {
                n = ++value;
                personal = true;
                rh_keep_private_commitment c = {.id = n, .hash = {{1}}};
                rh_keep_private_value v = {.id = n, .salt = {{1}}, .kind = "k", .value = "v"};
                OK(rh_db_add(db, RH_KEEP_private_commitment, &c, 0, &ok_err));
                OK(rh_db_add(db, RH_KEEP_private_value, &v, 0, &ok_err));
            }
            if (f->type == RH_FIELD_TEXT) {
                const char *text = "x";
                memcpy(row + f->offset, &text, sizeof text);
            } else if (f->type == RH_FIELD_HASH) {
                memset(row + f->offset, 1, 32);
            } else {
                memcpy(row + f->offset, &n, sizeof n);
            }
        }
        if (personal) {
            OK(rh_db_add(db, rh_table_of_row((rh_row_kind)kind), row, at++, &ok_err));
        }
    }
    assert_true(value >= 6);
    OK(rh_service_erase(db, 6, &ok_err)); /* somebody else */
    OK(rh_db_commit(db, &ok_err));
    assert_int_equal(query(t, "SELECT count(*) FROM private_value"), value);
    OK(rh_db_begin(db, &ok_err));
    OK(rh_service_erase(db, 5, &ok_err));
    OK(rh_db_commit(db, &ok_err));
    assert_int_equal(query(t, "SELECT count(*) FROM private_value"), 0);
    rh_db_close(db);
    fake_release(&out);
}

static void
test_what_is_due_happens_before_the_days_first_command(void **state)
{
    town *t = *state;
    int64_t today = rh_day_of_time(morning);
    do_it(t, fake_submission(RH_DO_parameter_set, FAKE_DUE(today + 3), rh_role_township));
    OK(rh_service_wake(t->service, &ok_err));
    assert_int_equal(query(t, "SELECT count(*) FROM reminder"), 0);
    rh_clock_set(&t->clock, morning + INT64_C(86400000) * 3);
    told a = add_place(t, "110114");
    assert_int_equal(a.seq, 3); /* the tick was number 2 */
    assert_int_equal(query(t,
                           "SELECT count(*) FROM journal WHERE seq = 2 AND name = 'tick' AND "
                           "role = 'system' AND actor IS NULL"),
                     1);
    /* and without any command */
    do_it(t, fake_submission(RH_DO_parameter_set, FAKE_DUE(today + 5), rh_role_township));
    rh_clock_set(&t->clock, morning + INT64_C(86400000) * 5);
    OK(rh_service_wake(t->service, &ok_err));
    assert_int_equal(query(t, "SELECT count(*) FROM reminder"), 2);
    OK(rh_replay_verify(t->db, &fake_domain, NULL, &ok_err));
}

static void
test_one_that_cannot_be_kept_does_not_spoil_the_others(void **state)
{
    town *t = *state;
    told a[3] = {{0}};
    const char *code[3] = {"1", "bad", "3"};
    rh_submission s[3];
    for (int i = 0; i < 3; i++) {
        s[i] = fake_submission(RH_DO_place_add, FAKE_PLACE(code[i], "村"), rh_role_township);
        if (i < 2) {
            OK(rh_service_submit(t->service, &s[i], remember, &a[i], &ok_err));
        } else {
            OK(rh_service_do(t->service, &s[i], remember, &a[i], &ok_err));
        }
    }
    assert_int_equal(a[0].status, RH_OK);
    assert_int_equal(a[1].status, RH_INVARIANT);
    assert_non_null(strstr(a[1].sentence, "place"));
    assert_int_equal(a[2].status, RH_OK);
    assert_int_equal(places(t), 2);
    /* the domain itself fails: the registry is loaded again */
    assert_int_equal(add_place(t, "boom").status, RH_MEMORY);
    assert_int_equal(places(t), 2);
    assert_int_equal(add_place(t, "4").seq, 3);
    OK(rh_replay_verify(t->db, &fake_domain, NULL, &ok_err));
}

static void
test_a_log_that_fails_delays_nothing_and_catches_up(void **state)
{
    town *t = *state;
    t->log.broken = true;
    assert_int_equal(add_place(t, "1").status, RH_OK);
    rh_err err = {0};
    assert_int_equal(rh_service_publish(t->service, &err), RH_IO);
    assert_true(rh_service_trouble(t->service, &err));
    assert_int_equal(add_place(t, "2").status, RH_OK);
    rh_service_close(t->service);
    assert_int_equal(t->log.n, 0);
    t->log.broken = false;
    open_town(t); /* the new start feeds what is lacking */
    OK(rh_service_publish(t->service, &ok_err));
    assert_int_equal(t->log.published, 2);
    assert_non_null(strstr(t->log.entries.text,
                           "{\"seq\":1,\"time\":1772323200000,\"event\":"
                           "\"place_add\",\"facts\":[{\"row\":\"place\","
                           "\"id\":1,\"version\":1,\"valid_from\":"
                           "\"2026-03-01\",\"code\":\"1\",\"level\":"
                           "\"village\",\"name\":\"安宅村\"}],\"private\":\""));
    /* a log that knows more than the database: somebody restored an old backup */
    rh_service_close(t->service);
    t->service = NULL;
    t->log.n = 3;
    rh_service_options options = {
        .database = t->db, .judge = &fake_domain, .publisher = &t->publisher};
    rh_service *none;
    assert_int_equal(rh_service_open(&options, &none, &err), RH_INVARIANT);
}

/* S7 and its kin: what somebody changes in the file is named. */
static void
test_verify_names_what_was_changed(void **state)
{
    town *t = *state;
    for (int i = 0; i < 3; i++) {
        do_it(t, fake_submission(RH_DO_receipt_post, FAKE_RECEIPT(4, 100000), rh_role_bank));
    }
    add_party(t, "王小明", "139");
    rh_service_close(t->service);
    t->service = NULL;
    OK(rh_replay_verify(t->db, &fake_domain, NULL, &ok_err));
    static const struct {
        const char *change, *undo, *words[4];
    } cases[] = {
        {"DROP TRIGGER posting_no_update; UPDATE posting SET amount_fen = 99999 WHERE id = 3",
         "UPDATE posting SET amount_fen = 100000 WHERE id = 3",
         {"Table posting", "id 3, version 1", "amount_fen",
          "99999, but command 2 gives 100000"}},
        {"DROP TRIGGER journal_no_update; UPDATE journal SET entry = replace(entry, 'posting', "
         "'Posting') WHERE seq = 2",
         "UPDATE journal SET entry = replace(entry, 'Posting', 'posting') WHERE seq = 2",
         {"Table journal", "seq 2", "entry", "Posting"}},
        {"UPDATE journal SET recorded = recorded - 1 WHERE seq = 3",
         "UPDATE journal SET recorded = recorded + 1 WHERE seq = 3",
         {"Table journal", "seq 3", "recorded", "before"}},
        {"DROP TRIGGER private_value_no_update; UPDATE private_value SET value = '王小朋' "
         "WHERE "
         "id = 1",
         "UPDATE private_value SET value = '王小明' WHERE id = 1",
         {"private_value", "id 1", "commitment", ""}},
        {"INSERT INTO posting SELECT at + 2, id + 100, version, seq, recorded, valid_from, "
         "valid_to, journal, account, lease, village, amount_fen FROM posting WHERE id = 5",
         "DROP TRIGGER posting_no_delete; DELETE FROM posting WHERE id > 100",
         {"posting", "id 105", "", ""}},
        {"DELETE FROM posting WHERE id = 6", NULL, {"posting", "id 6", "command 3", ""}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        tamper(t, cases[i].change);
        rh_err err = {0};
        assert_int_equal(rh_replay_verify(t->db, &fake_domain, NULL, &err), RH_INVARIANT);
        for (int k = 0; k < 4; k++) {
            if (strstr(err.text, cases[i].words[k]) == NULL) {
                fail_msg("\"%s\" is not in: %s", cases[i].words[k], err.text);
            }
        }
        if (cases[i].undo != NULL) {
            tamper(t, cases[i].undo);
            OK(rh_replay_verify(t->db, &fake_domain, NULL, &ok_err));
        }
    }
}

static void
lose_connections(const char *server)
{
    PGconn *conn = PQconnectdb(server);
    PGresult *result =
        PQexec(conn, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
                     "pid <> pg_backend_pid() AND backend_type = 'client backend'");
    assert_true(PQntuples(result) > 0);
    PQclear(result);
    PQfinish(conn);
    usleep(200000); /* its end is not waited for by the server */
}

static atomic_bool stop_adding;

static void *
keep_adding(void *context)
{
    while (!stop_adding) {
        add_place(context, "110114");
    }
    return NULL;
}

static void
test_a_backup_is_made_while_commands_come_and_restores(void **state)
{
    town *t = *state;
    add_party(t, "王小明", "139");
    add_place(t, "110114");
    pthread_t thread;
    stop_adding = false;
    assert_int_equal(pthread_create(&thread, NULL, keep_adding, t), 0);
    rh_verified in_backup, restored;
    OK(rh_backup_write(t->db, t->backup, &fake_domain, &in_backup, &ok_err));
    stop_adding = true;
    pthread_join(thread, NULL);
    assert_true(in_backup.commands >= 2);
    assert_true(places(t) + 1 >= in_backup.commands);
    rh_err err = {0};
    assert_int_equal(rh_backup_write(t->db, t->backup, &fake_domain, NULL, &err), RH_INPUT);
    char other[96];
    snprintf(other, sizeof other, "%s/other.db", t->folder);
    OK(rh_backup_restore(t->backup, other, &fake_domain, &restored, &ok_err));
    assert_int_equal(restored.commands, in_backup.commands);
    assert_int_equal(restored.values, 2);
    assert_int_equal(rh_backup_restore(t->backup, other, &fake_domain, NULL, &err), RH_INPUT);
    const char *server = getenv("RONGHE_TEST_POSTGRES");
    if (server != NULL) { /* to the other engine, on with the work there, and back */
        OK(rh_backup_restore(t->backup, server, &fake_domain, &restored, &ok_err));
        assert_int_equal(restored.commands, in_backup.commands);
        rh_service_close(t->service);
        memory_log log = {.n = 0};
        rh_publisher publisher = {&log, log_size, log_add, log_publish};
        rh_service_options options = {
            .database = server, .judge = &fake_domain, .publisher = &publisher};
        OK(rh_service_open(&options, &t->service, &ok_err));
        assert_int_equal(add_place(t, "3").seq, in_backup.commands + 1);
        assert_int_equal(add_place(t, "bad").status, RH_INVARIANT);
        assert_int_equal(add_place(t, "5").seq, in_backup.commands + 2);
        rh_submission s =
            fake_submission(RH_DO_place_add, FAKE_PLACE("6", "村"), rh_role_township);
        s.request = "key";
        assert_false(do_it(t, s).repeated);
        assert_true(do_it(t, s).repeated);
        OK(rh_service_publish(t->service, &ok_err));
        assert_int_equal(log.published, in_backup.commands + 3);
        /* the connection is lost: told, then loaded again through a new one */
        lose_connections(server);
        assert_int_equal(add_place(t, "lost").status, RH_IO);
        assert_int_equal(add_place(t, "7").seq, in_backup.commands + 4);
        if (rh_service_publish(t->service, &err) != RH_OK) { /* its connection was lost, too */
            OK(rh_service_publish(t->service, &ok_err));
        }
        rh_service_close(t->service);
        t->service = NULL;
        OK(rh_replay_verify(server, &fake_domain, NULL, &ok_err));
        snprintf(other, sizeof other, "%s/back.db", t->folder);
        OK(rh_backup_write(server, other, &fake_domain, &restored, &ok_err));
        assert_int_equal(restored.commands, in_backup.commands + 4);
        rh_growing_release(&log.entries);
    }
}

static void
test_lines_to_keep_get_the_next_key(void **state)
{
    town *t = *state;
    rh_keep_setting setting = {RH_NONE, "origin", "county.example", 5};
    int64_t key;
    OK(rh_service_keep(t->service, RH_KEEP_setting, &setting, &key, &ok_err));
    assert_int_equal(key, 1);
    OK(rh_service_keep(t->service, RH_KEEP_setting, &setting, &key, &ok_err));
    assert_int_equal(key, 2);
    rh_err err = {0};
    setting.id = 2;
    assert_int_equal(rh_service_keep(t->service, RH_KEEP_setting, &setting, &key, &err),
                     RH_INVARIANT);
    rh_keep_journal line = {0};
    assert_int_equal(rh_service_keep(t->service, RH_KEEP_journal, &line, &key, &err), RH_USAGE);
    rh_db *db;
    rh_cursor *cursor;
    const void *record;
    OK(rh_service_db_take(t->service, &db, &ok_err));
    OK(rh_db_find(db, RH_KEEP_setting, "name", "origin", &cursor, &ok_err));
    OK(rh_cursor_next(cursor, &record, &key, &ok_err));
    assert_string_equal(((const rh_keep_setting *)record)->value, "county.example");
    rh_cursor_close(cursor);
    rh_service_db_give(t->service, db);
}

/* The same doors with the real domain behind them: what it makes is kept, loaded, replayed. */
static void
test_the_real_domain_is_kept_loaded_and_replayed(void **state)
{
    town *t = *state;
    rh_service_close(t->service);
    t->log = (memory_log){.n = 0};
    char db[96];
    snprintf(db, sizeof db, "%s/real.db", t->folder);
    rh_service_options options = {
        .database = db, .publisher = &t->publisher, .clock = &t->clock};
    OK(rh_service_open(&options, &t->service, &ok_err));
    rh_command_place_add place = {"110101001", rh_level_township, RH_NONE,
                                  "南乡",      RH_NONE,           RH_NONE};
    rh_submission s = {.ask = {RH_DO_place_add, &place, RH_NONE, rh_role_system, 0}};
    told a = do_it(t, s);
    assert_string_equal(a.sentence, "");
    assert_int_equal(a.refusals, 0);
    assert_int_equal(a.seq, 1);
    place =
        (rh_command_place_add){"110101001201", rh_level_village, 1, "南村", RH_NONE, RH_NONE};
    assert_int_equal(do_it(t, s).seq, 2);
    place.parent = 2; /* a village in a village */
    assert_true(do_it(t, s).refusals > 0);
    rh_command_party_add party = {.kind = rh_party_kind_person,
                                  .place = 1,
                                  .name = RH_NONE,
                                  .id_number = RH_NONE,
                                  .phone = RH_NONE};
    rh_private_text text = {"name", "王小明"};
    rh_submission p = {.ask = {RH_DO_party_add, &party, RH_NONE, rh_role_system, 0},
                       .text = &text,
                       .n_texts = 1};
    a = do_it(t, p);
    assert_int_equal(a.refusals, 0);
    assert_int_equal(a.seq, 3);
    rh_service_close(t->service);
    OK(rh_service_open(&options, &t->service, &ok_err));
    const rh_registry *r = rh_service_read_begin(t->service);
    const rh_row_place *village = rh_registry_get(r, RH_ROW_place, 2);
    assert_non_null(village);
    assert_string_equal(village->name, "南村");
    assert_int_equal(rh_registry_count(r, RH_ROW_party), 1);
    rh_service_read_end(t->service);
    rh_verified v;
    OK(rh_replay_verify(db, NULL, &v, &ok_err));
    assert_int_equal(v.commands, 3);
    assert_int_equal(v.values, 1);
    OK(rh_service_publish(t->service, &ok_err));
    assert_int_equal(t->log.published, 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, new_town, free_town)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_what_is_answered_is_kept_and_there_after_a_restart),
        TEST(test_commands_from_many_threads_each_get_their_own_number),
        TEST(test_recorded_time_never_goes_back),
        TEST(test_a_repeated_request_is_answered_with_the_first_number),
        TEST(test_personal_texts_stand_in_private_values_only_and_erasing_breaks_nothing),
        TEST(test_every_kind_of_row_with_personal_fields_can_be_erased),
        TEST(test_what_is_due_happens_before_the_days_first_command),
        TEST(test_one_that_cannot_be_kept_does_not_spoil_the_others),
        TEST(test_a_log_that_fails_delays_nothing_and_catches_up),
        TEST(test_verify_names_what_was_changed),
        TEST(test_a_backup_is_made_while_commands_come_and_restores),
        TEST(test_lines_to_keep_get_the_next_key),
        TEST(test_the_real_domain_is_kept_loaded_and_replayed),
    };
    return cmocka_run_group_tests_name("lease_service", tests, NULL, NULL);
}
