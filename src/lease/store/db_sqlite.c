/* SQLite (db_engine.h): a file in WAL mode with synchronous=FULL, so that a commit is on the disk when it returns
 * (https://www.sqlite.org/pragma.html#pragma_synchronous).
 *
 * One prepared INSERT a table; STRICT tables; application_id "RHLS". secure_delete overwrites what is erased. The lock that keeps a
 * second writer out is flock on FILE-lock, so that readers (DBeaver, pages) are not disturbed. */
#include "store/db_engine.h"

#include "core/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { APPLICATION = 0x52484c53, BUSY_MS = 10000, IDLE_SELECTS = 64 };

/* A SELECT that is ready for the next cursor of its kind: compiling it costs more than finding a line. */
typedef struct idle_select {
    int table;
    const rh_field *field;
    sqlite3_stmt *stmt;
} idle_select;

typedef struct lite {
    sqlite3 *db;
    int lock;              /* file descriptor, -1: reads only */
    sqlite3_stmt **insert; /* by table */
    idle_select idle[IDLE_SELECTS];
} lite;

typedef struct lite_cursor {
    rh_cursor cursor;
    const rh_field *field; /* NULL: all */
    sqlite3_stmt *select;
} lite_cursor;

static lite *
lite_of(const rh_db *db)
{
    return db->handle;
}

static rh_status
failed(const rh_db *db, const char *doing, rh_err *err)
{
    const lite *l = lite_of(db);
    int code = sqlite3_errcode(l->db) & 0xff;
    rh_status status = code == SQLITE_NOMEM                              ? RH_MEMORY
                       : code == SQLITE_CONSTRAINT                       ? RH_INVARIANT
                       : code == SQLITE_CORRUPT || code == SQLITE_NOTADB ? RH_INVARIANT
                                                                         : RH_IO;
    return rh_fail(err, status, "%s: %s failed: %s.", db->where, doing, sqlite3_errmsg(l->db));
}

static rh_status
run(rh_db *db, const char *sql, rh_err *err)
{
    return sqlite3_exec(lite_of(db)->db, sql, NULL, NULL, NULL) == SQLITE_OK
               ? RH_OK
               : failed(db, "changing the schema", err);
}

static rh_status
prepare(const rh_db *db, const char *sql, sqlite3_stmt **out, rh_err *err)
{
    return sqlite3_prepare_v3(lite_of(db)->db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL) ==
                   SQLITE_OK
               ? RH_OK
               : failed(db, "preparing a statement", err);
}

static rh_status
list(rh_db *db, const char *sql, const char *value, rh_names *names, rh_err *err)
{
    sqlite3_stmt *stmt;
    RH_TRY(prepare(db, sql, &stmt, err));
    if (value != NULL) {
        sqlite3_bind_text(stmt, 1, value, -1, SQLITE_STATIC);
    }
    int code;
    while ((code = sqlite3_step(stmt)) == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(stmt, 0);
        rh_growing_bytes(&names->text, text != NULL ? text : "",
                         (size_t)sqlite3_column_bytes(stmt, 0) + 1);
        names->n++;
    }
    rh_status status =
        code == SQLITE_DONE ? rh_growing_check(&names->text, err) : failed(db, "reading", err);
    sqlite3_finalize(stmt);
    return status;
}

/* The one text that a query gives, compared: pragmas answer what they did. */
static rh_status
expect(rh_db *db, const char *sql, const char *answer, rh_err *err)
{
    rh_names names = {0};
    rh_status status = list(db, sql, NULL, &names, err);
    if (status == RH_OK && (names.n != 1 || strcmp(names.text.text, answer) != 0)) {
        status = rh_fail(err, RH_IO, "%s: %s answers \"%s\", not \"%s\".", db->where, sql,
                         names.n > 0 ? names.text.text : "", answer);
    }
    rh_growing_release(&names.text);
    return status;
}

static rh_status
take_lock(rh_db *db, rh_err *err)
{
    rh_growing path = {0};
    rh_growing_format(&path, "%s-lock", db->where);
    rh_status status = rh_growing_check(&path, err);
    if (status == RH_OK) {
        lite *l = lite_of(db);
        l->lock = open(path.text, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (l->lock < 0) {
            status =
                rh_fail(err, RH_IO, "%s cannot be opened: %s.", path.text, strerror(errno));
        } else if (flock(l->lock, LOCK_EX | LOCK_NB) != 0) {
            status =
                rh_fail(err, RH_INPUT, "%s is in use: another process has it open for writing.",
                        db->where);
        }
    }
    rh_growing_release(&path);
    return status;
}

static rh_status
number_of(rh_db *db, const char *sql, int64_t *number, rh_err *err)
{
    sqlite3_stmt *stmt;
    RH_TRY(prepare(db, sql, &stmt, err));
    rh_status status = RH_OK;
    if (sqlite3_step(stmt) == SQLITE_ROW) {
        *number = sqlite3_column_int64(stmt, 0);
    } else {
        status = failed(db, "reading", err);
    }
    sqlite3_finalize(stmt);
    return status;
}

static rh_status
check_format(rh_db *db, int tables, rh_err *err)
{
    int64_t application = 0, format = 0;
    RH_TRY(number_of(db, "PRAGMA application_id", &application, err));
    RH_TRY(number_of(db, "PRAGMA user_version", &format, err));
    if (tables > 0 && application != APPLICATION) {
        return rh_fail(err, RH_INPUT,
                       "%s is a SQLite database of another program (application_id %lld).",
                       db->where, (long long)application);
    }
    if (tables > 0 && format > RH_DB_FORMAT) {
        return rh_fail(
            err, RH_INPUT,
            "%s was written by a newer program: its format is %lld, this one knows %d.",
            db->where, (long long)format, RH_DB_FORMAT);
    }
    return RH_OK;
}

/* Nothing of another program's file is changed before it is known to be ours. */
static rh_status
check_ours(rh_db *db, rh_err *err)
{
    rh_names names = {0};
    rh_status status = list(db, rh_engine_sqlite.list_tables, NULL, &names, err);
    status = status == RH_OK ? check_format(db, names.n, err) : status;
    rh_growing_release(&names.text);
    return status;
}

static rh_status
open_file(const char *where, rh_db_how how, rh_db *db, rh_err *err)
{
    lite *l;
    RH_NEW(l, 1, err);
    db->handle = l;
    l->lock = -1;
    RH_NEW(l->insert, (size_t)db->schema.n, err);
    if (how == RH_DB_WRITE) {
        RH_TRY(take_lock(db, err));
        int file = open(where, O_RDWR | O_CREAT | O_CLOEXEC,
                        0600); /* personal data: not for other users */
        if (file < 0) {
            return rh_fail(err, RH_IO, "%s cannot be opened: %s.", where, strerror(errno));
        }
        close(file);
    } else if (access(where, F_OK) != 0) {
        return rh_fail(err, RH_MISSING, "There is no database %s.", where);
    }
    int flags =
        how == RH_DB_WRITE ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
    if (sqlite3_open_v2(where, &l->db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
        return l->db == NULL ? rh_fail(err, RH_MEMORY, "Not enough memory to open %s.", where)
                             : failed(db, "opening", err);
    }
    sqlite3_extended_result_codes(l->db, 1);
    sqlite3_busy_timeout(l->db, BUSY_MS);
    RH_TRY(run(db,
               "PRAGMA trusted_schema=OFF; PRAGMA foreign_keys=ON; PRAGMA cell_size_check=ON; "
               "PRAGMA secure_delete=ON; PRAGMA synchronous=FULL",
               err));
    RH_TRY(expect(db, "PRAGMA foreign_keys", "1", err));
    if (how == RH_DB_WRITE) {
        RH_TRY(check_ours(db, err));
        RH_TRY(expect(db, "PRAGMA journal_mode=WAL", "wal", err));
        RH_TRY(expect(db, "PRAGMA synchronous", "2", err));
    }
    return RH_OK;
}

static void
close_file(rh_db *db)
{
    lite *l = lite_of(db);
    for (int i = 0; l->insert != NULL && i < db->schema.n; i++) {
        sqlite3_finalize(l->insert[i]);
    }
    rh_free(l->insert);
    for (int i = 0; i < IDLE_SELECTS; i++) {
        sqlite3_finalize(l->idle[i].stmt);
    }
    sqlite3_close_v2(l->db);
    if (l->lock >= 0) {
        close(l->lock); /* and with it the lock */
    }
    rh_free(l);
}

static rh_status
stamp(rh_db *db, rh_err *err)
{
    char sql[96];
    snprintf(sql, sizeof sql, "PRAGMA application_id=%d; PRAGMA user_version=%d", APPLICATION,
             RH_DB_FORMAT);
    return run(db, sql, err);
}

static void
refuse(const char *table, const char *what, const char *sentence, rh_growing *sql)
{
    rh_growing_format(sql,
                      "CREATE TRIGGER \"%s_no_%s\" BEFORE %s ON \"%s\" BEGIN "
                      "SELECT RAISE(ABORT, '%s'); END;",
                      table, what, what, table, sentence);
}

static void
protect(const rh_table *table, rh_growing *sql)
{
    refuse(table->type->name, "update", "nothing is updated: add a new version", sql);
    if (!table->erasable) {
        refuse(table->type->name, "delete", "nothing is deleted: add a new version", sql);
    }
}

static rh_status
integrity(rh_db *db, rh_err *err)
{
    RH_TRY(expect(db, "PRAGMA integrity_check(1)", "ok", err));
    rh_names names = {0};
    rh_status status = list(db, "PRAGMA foreign_key_check", NULL, &names, err);
    if (status == RH_OK && names.n > 0) {
        status = rh_fail(err, RH_INVARIANT,
                         "%s: %d lines refer to a command or private value that is not there; "
                         "the first is in table %s.",
                         db->where, names.n, names.text.text);
    }
    rh_growing_release(&names.text);
    return status;
}

static rh_status
begin(rh_db *db, bool writing, rh_err *err)
{
    const char *sql = writing ? "BEGIN IMMEDIATE" : "BEGIN";
    return sqlite3_exec(lite_of(db)->db, sql, NULL, NULL, NULL) == SQLITE_OK
               ? RH_OK
               : failed(db, "beginning a transaction", err);
}

static rh_status
commit(rh_db *db, rh_err *err)
{
    return sqlite3_exec(lite_of(db)->db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK
               ? RH_OK
               : failed(db, "committing", err);
}

static void
rollback(rh_db *db)
{
    if (!sqlite3_get_autocommit(lite_of(db)->db)) {
        sqlite3_exec(lite_of(db)->db, "ROLLBACK", NULL, NULL, NULL);
    }
}

/* ---- records ---- */

static rh_status
bind(const rh_db *db, const rh_table *table, sqlite3_stmt *stmt, int i, const rh_field *f,
     const void *record, rh_err *err)
{
    int code;
    if (rh_engine_none(record, f)) {
        code = sqlite3_bind_null(stmt, i);
    } else if (f->type == RH_FIELD_TEXT) {
        code = sqlite3_bind_text(stmt, i, rh_record_text(record, f), -1, SQLITE_STATIC);
    } else if (f->type == RH_FIELD_HASH) {
        code = sqlite3_bind_blob(stmt, i, rh_record_hash(record, f)->byte, sizeof(rh_hash),
                                 SQLITE_STATIC);
    } else if (f->type == RH_FIELD_CODE || f->type == RH_FIELD_DATE) {
        char day[16];
        const char *text;
        RH_TRY(rh_engine_write_text(table, f, record, day, &text, err));
        code = sqlite3_bind_text(stmt, i, text, -1,
                                 text == day ? SQLITE_TRANSIENT : SQLITE_STATIC);
    } else {
        code = sqlite3_bind_int64(stmt, i, rh_record_number(record, f));
    }
    return code == SQLITE_OK ? RH_OK : failed(db, "binding a value", err);
}

static rh_status
add(rh_db *db, int number, const void *record, int64_t at, rh_err *err)
{
    const rh_table *table = &db->schema.table[number];
    sqlite3_stmt **insert = &lite_of(db)->insert[number];
    if (*insert == NULL) {
        rh_growing sql = {0};
        rh_engine_insert(table, &sql);
        rh_status status = rh_growing_check(&sql, err);
        status = status == RH_OK ? prepare(db, sql.text, insert, err) : status;
        rh_growing_release(&sql);
        RH_TRY(status);
    }
    rh_status status = RH_OK;
    int i = 1;
    if (table->row) {
        sqlite3_bind_int64(*insert, i++, at);
    }
    for (int k = 0; status == RH_OK && k < table->type->n; k++) {
        status = bind(db, table, *insert, i++, &table->type->field[k], record, err);
    }
    if (status == RH_OK && sqlite3_step(*insert) != SQLITE_DONE) {
        char doing[96];
        snprintf(doing, sizeof doing, "adding to table %s", table->type->name);
        status = failed(db, doing, err);
    }
    sqlite3_reset(*insert);
    return status;
}

static rh_status
erase(rh_db *db, int number, int64_t key, rh_err *err)
{
    const rh_table *table = &db->schema.table[number];
    char sql[160];
    snprintf(sql, sizeof sql, "DELETE FROM \"%s\" WHERE \"%s\" = %lld", table->type->name,
             rh_engine_key(table), (long long)key);
    return sqlite3_exec(lite_of(db)->db, sql, NULL, NULL, NULL) == SQLITE_OK
               ? RH_OK
               : failed(db, "erasing", err);
}

static rh_status
largest(rh_db *db, int number, int64_t *key, rh_err *err)
{
    const rh_table *table = &db->schema.table[number];
    char sql[160];
    snprintf(sql, sizeof sql, "SELECT coalesce(max(\"%s\"),0) FROM \"%s\"",
             rh_engine_key(table), table->type->name);
    return number_of(db, sql, key, err);
}

static void
end(rh_cursor *cursor)
{
    lite_cursor *c = (lite_cursor *)cursor;
    lite *l = lite_of(cursor->db);
    for (int i = 0; c->select != NULL && i < IDLE_SELECTS; i++) {
        if (l->idle[i].stmt == NULL) {
            sqlite3_reset(c->select);
            sqlite3_clear_bindings(c->select);
            l->idle[i] = (idle_select){cursor->table, c->field, c->select};
            c->select = NULL;
        }
    }
    sqlite3_finalize(c->select);
    rh_free(cursor->record);
    rh_free(c);
}

static rh_status
compile_select(lite_cursor *c, const rh_table *table, const rh_field *field, rh_err *err)
{
    lite *l = lite_of(c->cursor.db);
    for (int i = 0; i < IDLE_SELECTS; i++) {
        idle_select *idle = &l->idle[i];
        if (idle->stmt != NULL && idle->table == c->cursor.table && idle->field == field) {
            c->select = idle->stmt;
            idle->stmt = NULL;
            return RH_OK;
        }
    }
    rh_growing sql = {0};
    rh_engine_select(table, field, &sql);
    rh_status status = rh_growing_check(&sql, err);
    status = status == RH_OK ? prepare(c->cursor.db, sql.text, &c->select, err) : status;
    rh_growing_release(&sql);
    return status;
}

static rh_status
prepare_select(lite_cursor *c, const rh_table *table, const rh_field *field, const void *value,
               int64_t from, rh_err *err)
{
    c->field = field;
    RH_TRY(compile_select(c, table, field, err));
    if (field == NULL) {
        sqlite3_bind_int64(c->select, 1, from);
        return RH_OK;
    }
    sqlite3_bind_int64(c->select, 2, from);
    if (field->type == RH_FIELD_TEXT) {
        sqlite3_bind_text(c->select, 1, value, -1, SQLITE_TRANSIENT);
    } else if (field->type == RH_FIELD_HASH) {
        sqlite3_bind_blob(c->select, 1, value, sizeof(rh_hash), SQLITE_TRANSIENT);
    } else {
        sqlite3_bind_int64(c->select, 1, *(const int64_t *)value);
    }
    return RH_OK;
}

static rh_status
scan(rh_db *db, int number, const rh_field *field, const void *value, int64_t from,
     rh_cursor **out, rh_err *err)
{
    const rh_table *table = &db->schema.table[number];
    *out = NULL;
    lite_cursor *c;
    RH_NEW(c, 1, err);
    c->cursor = (rh_cursor){db, number, rh_alloc(1, table->type->size)};
    rh_status status = c->cursor.record == NULL
                           ? rh_fail(err, RH_MEMORY, "Not enough memory for a record.")
                           : prepare_select(c, table, field, value, from, err);
    if (status != RH_OK) {
        end(&c->cursor);
        return status;
    }
    *out = &c->cursor;
    return RH_OK;
}

static rh_status
read_column(lite_cursor *c, const rh_table *table, int i, const rh_field *f, int64_t key,
            rh_err *err)
{
    void *record = c->cursor.record;
    char *at = (char *)record + f->offset;
    if (sqlite3_column_type(c->select, i) == SQLITE_NULL) {
        rh_engine_blank(record, f);
    } else if (f->type == RH_FIELD_HASH) {
        const void *bytes = sqlite3_column_blob(c->select, i);
        if (sqlite3_column_bytes(c->select, i) != sizeof(rh_hash)) {
            return rh_fail(err, RH_INVARIANT, "Table %s, line %lld, column %s: no hash.",
                           table->type->name, (long long)key, f->name);
        }
        memcpy(at, bytes, sizeof(rh_hash));
    } else if (f->type == RH_FIELD_TEXT || f->type == RH_FIELD_CODE ||
               f->type == RH_FIELD_DATE) {
        const char *text = (const char *)sqlite3_column_text(c->select, i);
        if (text == NULL) {
            return rh_fail(err, RH_MEMORY, "Not enough memory for a text.");
        }
        if (f->type != RH_FIELD_TEXT) {
            return rh_engine_read_text(table, f, key, text,
                                       (size_t)sqlite3_column_bytes(c->select, i), record, err);
        }
        memcpy(at, &text, sizeof text);
    } else {
        int64_t number = sqlite3_column_int64(c->select, i);
        memcpy(at, &number, sizeof number);
    }
    return RH_OK;
}

static rh_status
next(rh_cursor *cursor, const void **record, int64_t *key, rh_err *err)
{
    lite_cursor *c = (lite_cursor *)cursor;
    const rh_table *table = &cursor->db->schema.table[cursor->table];
    *record = NULL;
    int code = sqlite3_step(c->select);
    if (code == SQLITE_DONE) {
        return RH_OK;
    }
    if (code != SQLITE_ROW) {
        return failed(cursor->db, "reading", err);
    }
    *key = sqlite3_column_int64(c->select, 0);
    int skip = table->row ? 1 : 0;
    for (int k = 0; k < table->type->n; k++) {
        RH_TRY(read_column(c, table, k + skip, &table->type->field[k], *key, err));
    }
    *record = cursor->record;
    return RH_OK;
}

/* https://www.sqlite.org/backup.html: all pages in one step, of one moment; in WAL mode writers go on meanwhile. */
static rh_status
backup(rh_db *db, const char *path, rh_err *err)
{
    sqlite3 *into = NULL;
    rh_status status = RH_OK;
    sqlite3_backup *copy = NULL;
    int code = sqlite3_open_v2(path, &into, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
    if (code == SQLITE_OK) {
        copy = sqlite3_backup_init(into, "main", lite_of(db)->db, "main");
        code = copy != NULL ? sqlite3_backup_step(copy, -1) : sqlite3_errcode(into);
        int finished = sqlite3_backup_finish(copy);
        code = code == SQLITE_DONE ? finished : code;
    }
    if (code != SQLITE_OK) {
        status = rh_fail(err, RH_IO, "Copying %s to %s failed: %s.", db->where, path,
                         sqlite3_errstr(code));
    }
    sqlite3_close_v2(into);
    return status;
}

const rh_engine rh_engine_sqlite = {
    .type = {[RH_FIELD_ID] = "INTEGER",
             [RH_FIELD_INT] = "INTEGER",
             [RH_FIELD_FEN] = "INTEGER",
             [RH_FIELD_DATE] = "TEXT",
             [RH_FIELD_TIME] = "INTEGER",
             [RH_FIELD_CODE] = "TEXT",
             [RH_FIELD_BOOL] = "INTEGER",
             [RH_FIELD_TEXT] = "TEXT",
             [RH_FIELD_HASH] = "BLOB",
             [RH_FIELD_PRIVATE] = "INTEGER"},
    .key_type = "INTEGER PRIMARY KEY",
    .table_end = " STRICT",
    .list_tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE "
                   "'sqlite\\_%' ESCAPE '\\'",
    .list_columns = "SELECT name FROM pragma_table_info($1) ORDER BY cid",
    .open = open_file,
    .close = close_file,
    .run = run,
    .list = list,
    .check_format = check_format,
    .stamp = stamp,
    .protect = protect,
    .integrity = integrity,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .add = add,
    .erase = erase,
    .largest = largest,
    .scan = scan,
    .backup = backup,
    .next = next,
    .end = end,
};
