/* The database (store/db.h): SQLite, and PostgreSQL where RONGHE_TEST_POSTGRES names an empty server (tests/lease/with_postgres.sh). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/mem.h"
#include "random_record.h"
#include "store/db.h"
#include "store/merge.h"

typedef struct place {
    char where[200], folder[64];
    bool server;
} place;

static const char *
server(void)
{
    return getenv("RONGHE_TEST_POSTGRES");
}

static void
sql(const char *where, const char *text, const char *refusal)
{
    if (strncmp(where, "postgres", 8) == 0) {
        PGconn *conn = PQconnectdb(where);
        PGresult *result = PQexec(conn, text);
        bool good = PQresultStatus(result) == PGRES_COMMAND_OK;
        if (refusal == NULL ? !good : good || strstr(PQerrorMessage(conn), refusal) == NULL) {
            fail_msg("%s: %s", text, PQerrorMessage(conn));
        }
        PQclear(result);
        PQfinish(conn);
        return;
    }
    sqlite3 *db;
    assert_int_equal(sqlite3_open(where, &db), SQLITE_OK);
    int code = sqlite3_exec(db, text, NULL, NULL, NULL);
    if (refusal == NULL ? code != SQLITE_OK
                        : code == SQLITE_OK || strstr(sqlite3_errmsg(db), refusal) == NULL) {
        fail_msg("%s: %s", text, sqlite3_errmsg(db));
    }
    sqlite3_close(db);
}

/* A fresh, empty place of the engine. */
static place
fresh(bool on_server)
{
    place p = {.server = on_server};
    if (on_server) {
        if (server() == NULL) {
            skip();
        }
        snprintf(p.where, sizeof p.where, "%s", server());
        sql(p.where, "DROP SCHEMA public CASCADE; CREATE SCHEMA public", NULL);
        return p;
    }
    snprintf(p.folder, sizeof p.folder, "/tmp/ronghe_db_XXXXXX");
    assert_non_null(mkdtemp(p.folder));
    snprintf(p.where, sizeof p.where, "%s/t.db", p.folder);
    return p;
}

static void
gone(const place *p)
{
    if (!p->server) {
        char command[120];
        snprintf(command, sizeof command, "rm -r %s", p->folder);
        assert_int_equal(system(command), 0);
    }
}

static rh_db *
opened(const char *where, const rh_schema *schema, rh_db_how how)
{
    rh_db *db;
    rh_err err = {0};
    if (rh_db_open(where, schema, how, &db, &err) != RH_OK) {
        fail_msg("%s", err.text);
    }
    return db;
}

static void
refused(const char *where, const rh_schema *schema, rh_db_how how, rh_status status,
        const char *words)
{
    rh_db *db;
    rh_err err = {0};
    assert_int_equal(rh_db_open(where, schema, how, &db, &err), status);
    assert_null(db);
    if (strstr(err.text, words) == NULL) {
        fail_msg("\"%s\" is not in: %s", words, err.text);
    }
}

#define OK(call)                                                                               \
    do {                                                                                       \
        rh_err ok_err = {0};                                                                   \
        if ((call) != RH_OK) {                                                                 \
            fail_msg("%s", ok_err.text);                                                       \
        }                                                                                      \
    } while (0)

/* Record number n of a table in this test's numbering: key n, id n, version 1, seq n. */
static void
make(const rh_schema *schema, int table, int64_t n, void *record, random_room *room)
{
    const rh_table *t = &schema->table[table];
    random_record(t->type, rh_key_with(rh_key_with(77, (uint64_t)table), (uint64_t)n), record,
                  room);
    memcpy(record, &n, sizeof n);
    if (t->row) {
        const int64_t first = 1;
        memcpy((char *)record + offsetof(rh_row_head, version), &first, sizeof first);
        memcpy((char *)record + offsetof(rh_row_head, seq), &n, sizeof n);
    }
}

enum { RECORDS = 5 };

static int64_t
place_of(const rh_schema *schema, int table, int64_t n)
{
    return schema->table[table].row ? (n << RH_DB_POSITION_BITS) + table : n;
}

static void
fill(rh_db *db, const rh_schema *schema)
{
    uint64_t record[64];
    random_room room;
    OK(rh_db_begin(db, &ok_err));
    for (int table = 0; table < schema->n; table++) {
        for (int64_t n = 1; n <= RECORDS; n++) {
            make(schema, table, n, record, &room);
            OK(rh_db_add(db, table, record, place_of(schema, table, n), &ok_err));
        }
    }
    OK(rh_db_commit(db, &ok_err));
}

static void
check(rh_db *db, const rh_schema *schema)
{
    uint64_t record[64];
    random_room room;
    for (int table = 0; table < schema->n; table++) {
        rh_cursor *cursor;
        const void *found;
        int64_t key;
        OK(rh_db_scan(db, table, INT64_MIN, &cursor, &ok_err));
        for (int64_t n = 1; n <= RECORDS; n++) {
            make(schema, table, n, record, &room);
            OK(rh_cursor_next(cursor, &found, &key, &ok_err));
            assert_non_null(found);
            assert_int_equal(key, place_of(schema, table, n));
            const rh_field *f = different_field(schema->table[table].type, found, record);
            if (f != NULL) {
                fail_msg("%s.%s differs", schema->table[table].type->name, f->name);
            }
        }
        OK(rh_cursor_next(cursor, &found, &key, &ok_err));
        assert_null(found);
        rh_cursor_close(cursor);
    }
}

static void
every_record_comes_back(bool on_server)
{
    place p = fresh(on_server);
    rh_schema schema = rh_schema_township();
    rh_db *db = opened(p.where, NULL, RH_DB_WRITE);
    fill(db, &schema);
    check(db, &schema);
    rh_db_close(db);
    db = opened(p.where, NULL, RH_DB_CHECK);
    check(db, &schema);
    rh_db_close(db);
    gone(&p);
}

static void
test_every_record_of_every_table_comes_back(void **state)
{
    (void)state;
    every_record_comes_back(false);
}

static void
test_postgres_gives_every_record_back(void **state)
{
    (void)state;
    every_record_comes_back(true);
}

static void
finds_and_merges(bool on_server)
{
    place p = fresh(on_server);
    rh_schema schema = rh_schema_township();
    rh_db *db = opened(p.where, NULL, RH_DB_WRITE);
    fill(db, &schema);
    /* find: exactly those that a walk over the table finds */
    int table = rh_table_of_row(RH_ROW_bid);
    rh_cursor *cursor;
    const void *found;
    int64_t offer = 0;
    int expected = 0, n = 0;
    for (int64_t k = 1; k <= RECORDS; k++) {
        rh_row_bid bid;
        random_room room;
        make(&schema, table, k, &bid, &room);
        offer = k == 1 ? bid.offer : offer;
        expected += bid.offer == offer;
    }
    OK(rh_db_find(db, table, "offer", &offer, &cursor, &ok_err));
    do {
        OK(rh_cursor_next(cursor, &found, NULL, &ok_err));
        assert_true(found == NULL || ((const rh_row_bid *)found)->offer == offer);
        n += found != NULL;
    } while (found != NULL);
    rh_cursor_close(cursor);
    assert_int_equal(n, expected);
    rh_err err = {0};
    assert_int_equal(rh_db_find(db, table, "fen_year", &offer, &cursor, &err), RH_USAGE);
    /* texts too, quotes and all */
    rh_keep_setting setting;
    random_room room;
    make(&schema, RH_KEEP_setting, 3, &setting, &room);
    OK(rh_db_find(db, RH_KEEP_setting, "name", setting.name, &cursor, &ok_err));
    OK(rh_cursor_next(cursor, &found, NULL, &ok_err));
    assert_non_null(found);
    assert_string_equal(((const rh_keep_setting *)found)->name, setting.name);
    rh_cursor_close(cursor);
    /* the merge: all rows after command 2, in order of their places */
    rh_merge *merge;
    rh_row row;
    int64_t at = 0, last = 3LL << RH_DB_POSITION_BITS;
    OK(rh_merge_new(db, 2, &merge, &ok_err));
    for (n = 0;; n++) {
        OK(rh_merge_next(merge, &row, &at, &ok_err));
        if (row.record == NULL) {
            break;
        }
        assert_true(at > last || n == 0);
        assert_int_equal(at >> RH_DB_POSITION_BITS, rh_row_head_of(row)->seq);
        last = at;
    }
    rh_merge_free(merge);
    assert_int_equal(n, (RECORDS - 2) * RH_ROW_COUNT);
    rh_db_close(db);
    gone(&p);
}

static void
test_find_and_merge_agree_with_a_walk(void **state)
{
    (void)state;
    finds_and_merges(false);
}

static void
test_postgres_finds_and_merges(void **state)
{
    (void)state;
    finds_and_merges(true);
}

static void
nothing_is_changed_in_place(bool on_server)
{
    place p = fresh(on_server);
    rh_schema schema = rh_schema_township();
    rh_db *db = opened(p.where, NULL, RH_DB_WRITE);
    fill(db, &schema);
    rh_err err = {0};
    OK(rh_db_begin(db, &ok_err));
    assert_int_not_equal(rh_db_erase(db, RH_KEEP_journal, 1, &err), RH_OK);
    rh_db_rollback(db);
    OK(rh_db_begin(db, &ok_err));
    int64_t none = 0;
    OK(rh_db_erase(db, RH_KEEP_private_value, 9999, &ok_err));
    OK(rh_db_commit(db, &ok_err));
    OK(rh_db_largest(db, RH_KEEP_private_value, &none, &ok_err));
    rh_db_close(db);
    for (int i = 0; i < schema.n; i++) {
        char text[160];
        const char *name = schema.table[i].type->name,
                   *key = schema.table[i].type->field[0].name;
        snprintf(text, sizeof text, "UPDATE \"%s\" SET \"%s\" = \"%s\"", name, key, key);
        sql(p.where, text, "nothing is updated");
        snprintf(text, sizeof text, "DELETE FROM \"%s\"", name);
        if (!schema.table[i].erasable) {
            sql(p.where, text, "deleted");
        }
    }
    sql(p.where, "DELETE FROM private_value", NULL);
    gone(&p);
}

static void
test_nothing_is_changed_in_place(void **state)
{
    (void)state;
    nothing_is_changed_in_place(false);
}

static void
test_postgres_changes_nothing_in_place(void **state)
{
    (void)state;
    nothing_is_changed_in_place(true);
}

/* A program before the present one: without the last field of receipts and of lines due, without the table `erasure` (the last). */
static rh_schema
older(rh_record_type type[2])
{
    rh_schema schema = rh_schema_township();
    assert_int_equal(rh_table_of_row(RH_ROW_erasure), schema.n - 1);
    schema.n--;
    int table[2] = {rh_table_of_row(RH_ROW_receipt), rh_table_of_row(RH_ROW_rent_line)};
    for (int i = 0; i < 2; i++) {
        type[i] = *schema.table[table[i]].type;
        assert_true(type[i].field[type[i].n - 1].optional);
        type[i].n--;
        schema.table[table[i]].type = &type[i];
    }
    return schema;
}

static void
an_older_database_is_migrated(bool on_server)
{
    place p = fresh(on_server);
    rh_record_type type[2];
    rh_schema old = older(type), schema = rh_schema_township();
    rh_db *db = opened(p.where, &old, RH_DB_WRITE);
    fill(db, &old);
    rh_db_close(db);
    refused(p.where, NULL, RH_DB_READ, RH_INPUT, "older program");
    db = opened(p.where, NULL, RH_DB_WRITE);
    check(db, &old);
    /* what is new is not said, and can be written */
    rh_cursor *cursor;
    const void *found;
    OK(rh_db_scan(db, rh_table_of_row(RH_ROW_receipt), 0, &cursor, &ok_err));
    OK(rh_cursor_next(cursor, &found, NULL, &ok_err));
    const rh_record_type *receipt = rh_row_type(RH_ROW_receipt);
    assert_true(rh_record_number(found, &receipt->field[receipt->n - 1]) == RH_NONE);
    rh_cursor_close(cursor);
    uint64_t record[64];
    random_room room;
    int64_t seq = RECORDS + 1;
    OK(rh_db_begin(db, &ok_err));
    make(&schema, RH_KEEP_journal, seq, record, &room);
    OK(rh_db_add(db, RH_KEEP_journal, record, 0, &ok_err));
    make(&schema, rh_table_of_row(RH_ROW_receipt), seq, record, &room);
    ((rh_row_receipt *)(void *)record)->reverses = 4;
    OK(rh_db_add(db, rh_table_of_row(RH_ROW_receipt), record, seq << RH_DB_POSITION_BITS,
                 &ok_err));
    OK(rh_db_commit(db, &ok_err));
    rh_db_close(db);
    /* the migration is on record; and the older program refuses what it does not know */
    char statement[300];
    snprintf(statement, sizeof statement,
             on_server ? "DO $$ BEGIN ASSERT (SELECT count(*) FROM migration WHERE what = "
                         "'column receipt.%s') = 1; END $$"
                       : "CREATE TEMP TABLE t (n CHECK (n = 1)); INSERT INTO t SELECT count(*) "
                         "FROM migration WHERE "
                         "what = 'column receipt.%s'",
             receipt->field[receipt->n - 1].name);
    sql(p.where, statement, NULL);
    refused(p.where, &old, RH_DB_WRITE, RH_INPUT, "newer program");
    gone(&p);
}

static void
test_an_older_database_is_migrated_and_a_newer_refused(void **state)
{
    (void)state;
    an_older_database_is_migrated(false);
}

static void
test_postgres_is_migrated(void **state)
{
    (void)state;
    an_older_database_is_migrated(true);
}

static void
test_what_is_not_ours_is_refused_and_left_alone(void **state)
{
    (void)state;
    place p = fresh(false);
    refused(p.where, NULL, RH_DB_READ, RH_MISSING, "no database");
    sql(p.where, "CREATE TABLE guests (name TEXT)", NULL);
    refused(p.where, NULL, RH_DB_WRITE, RH_INPUT, "another program");
    sql(p.where,
        "CREATE TEMP TABLE t (mode CHECK (mode = 'delete')); INSERT INTO t SELECT * FROM "
        "pragma_journal_mode",
        NULL); /* not turned to WAL */
    gone(&p);
    p = fresh(false);
    rh_db *db = opened(p.where, NULL, RH_DB_WRITE);
    refused(p.where, NULL, RH_DB_WRITE, RH_INPUT, "in use");
    rh_db_close(opened(p.where, NULL, RH_DB_READ));
    rh_db_close(db);
    sql(p.where, "PRAGMA user_version = 2", NULL);
    refused(p.where, NULL, RH_DB_WRITE, RH_INPUT, "newer program");
    gone(&p);
}

static void
test_a_word_that_nobody_knows_is_told_with_table_and_column(void **state)
{
    (void)state;
    place p = fresh(false);
    rh_schema schema = rh_schema_township();
    rh_db *db = opened(p.where, NULL, RH_DB_WRITE);
    fill(db, &schema);
    rh_db_close(db);
    sql(p.where, "DROP TRIGGER lease_no_update; UPDATE lease SET state = 'sold' WHERE id = 2",
        NULL);
    db = opened(p.where, NULL, RH_DB_READ);
    rh_merge *merge;
    rh_row row;
    int64_t at;
    rh_err err = {0};
    OK(rh_merge_new(db, 0, &merge, &ok_err));
    rh_status status;
    do {
        status = rh_merge_next(merge, &row, &at, &err);
    } while (status == RH_OK && row.record != NULL);
    assert_int_equal(status, RH_INVARIANT);
    assert_non_null(strstr(err.text, "lease"));
    assert_non_null(strstr(err.text, "state"));
    assert_non_null(strstr(err.text, "\"sold\""));
    rh_merge_free(merge);
    rh_db_close(db);
    gone(&p);
}

static void
rolls_back(bool on_server)
{
    place p = fresh(on_server);
    rh_schema schema = rh_schema_township();
    rh_db *db = opened(p.where, NULL, RH_DB_WRITE);
    fill(db, &schema);
    uint64_t record[64];
    random_room room;
    rh_err err = {0};
    int64_t seq = RECORDS + 1;
    OK(rh_db_begin(db, &ok_err));
    make(&schema, RH_KEEP_journal, seq, record, &room);
    OK(rh_db_add(db, RH_KEEP_journal, record, 0, &ok_err));
    /* a second version 1 of place 1: refused, at once or at the commit */
    make(&schema, rh_table_of_row(RH_ROW_place), 1, record, &room);
    ((rh_row_head *)(void *)record)->seq = seq;
    rh_status status =
        rh_db_add(db, rh_table_of_row(RH_ROW_place), record, seq << RH_DB_POSITION_BITS, &err);
    status = status == RH_OK ? rh_db_commit(db, &err) : status;
    assert_int_equal(status, RH_INVARIANT);
    rh_db_rollback(db);
    check(db, &schema);
    int64_t largest;
    OK(rh_db_largest(db, RH_KEEP_journal, &largest, &ok_err));
    assert_int_equal(largest, RECORDS);
    /* and the connection still works */
    OK(rh_db_begin(db, &ok_err));
    make(&schema, RH_KEEP_journal, seq, record, &room);
    OK(rh_db_add(db, RH_KEEP_journal, record, 0, &ok_err));
    OK(rh_db_commit(db, &ok_err));
    rh_db_close(db);
    gone(&p);
}

static void
test_a_transaction_that_fails_leaves_nothing(void **state)
{
    (void)state;
    rolls_back(false);
}

static void
test_postgres_rolls_back(void **state)
{
    (void)state;
    rolls_back(true);
}

static void
test_a_township_moves_to_postgres_and_back(void **state)
{
    (void)state;
    place to = fresh(true), from = fresh(false), back = fresh(false);
    rh_schema schema = rh_schema_township();
    rh_db *a = opened(from.where, NULL, RH_DB_WRITE), *b = opened(to.where, NULL, RH_DB_WRITE),
          *c = opened(back.where, NULL, RH_DB_WRITE);
    fill(a, &schema);
    OK(rh_db_copy(a, b, &ok_err));
    OK(rh_db_copy(b, c, &ok_err));
    check(c, &schema);
    rh_err err = {0};
    assert_int_equal(rh_db_copy(a, c, &err), RH_INPUT); /* not into what is not empty */
    rh_db_close(a);
    rh_db_close(b);
    rh_db_close(c);
    gone(&from);
    gone(&back);
}

/* Open, walk and merge while the n-th request for memory fails: told as such, nothing leaks (sanitizers), nothing else breaks. */
static void
memory_runs_out(bool on_server)
{
    place p = fresh(on_server);
    rh_schema schema = rh_schema_township();
    rh_db *db = opened(p.where, NULL, RH_DB_WRITE);
    fill(db, &schema);
    rh_db_close(db);
    int failures = 0;
    for (long n = 1;; n += 5) {
        rh_err err = {0};
        rh_merge *merge = NULL;
        rh_row row = {0};
        int64_t at;
        rh_mem_fail_after(n);
        rh_status status = rh_db_open(p.where, NULL, RH_DB_READ, &db, &err);
        status = status == RH_OK ? rh_merge_new(db, 0, &merge, &err) : status;
        do {
            status = status == RH_OK ? rh_merge_next(merge, &row, &at, &err) : status;
        } while (status == RH_OK && row.record != NULL);
        rh_mem_fail_after(0);
        rh_merge_free(merge);
        rh_db_close(db);
        if (status == RH_OK) {
            break;
        }
        assert_int_equal(status, RH_MEMORY);
        failures++;
    }
    assert_true(failures > 20);
    gone(&p);
}

static void
test_memory_that_runs_out_is_told(void **state)
{
    (void)state;
    memory_runs_out(false);
}

static void
test_postgres_tells_that_memory_runs_out(void **state)
{
    (void)state;
    memory_runs_out(true);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_record_of_every_table_comes_back),
        cmocka_unit_test(test_find_and_merge_agree_with_a_walk),
        cmocka_unit_test(test_nothing_is_changed_in_place),
        cmocka_unit_test(test_an_older_database_is_migrated_and_a_newer_refused),
        cmocka_unit_test(test_what_is_not_ours_is_refused_and_left_alone),
        cmocka_unit_test(test_a_word_that_nobody_knows_is_told_with_table_and_column),
        cmocka_unit_test(test_a_transaction_that_fails_leaves_nothing),
        cmocka_unit_test(test_memory_that_runs_out_is_told),
        cmocka_unit_test(test_postgres_tells_that_memory_runs_out),
        cmocka_unit_test(test_postgres_gives_every_record_back),
        cmocka_unit_test(test_postgres_finds_and_merges),
        cmocka_unit_test(test_postgres_changes_nothing_in_place),
        cmocka_unit_test(test_postgres_is_migrated),
        cmocka_unit_test(test_postgres_rolls_back),
        cmocka_unit_test(test_a_township_moves_to_postgres_and_back),
    };
    return cmocka_run_group_tests_name("lease_db", tests, NULL, NULL);
}
