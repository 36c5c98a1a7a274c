/* PostgreSQL (db_engine.h), through libpq.
 *
 * Adding is pipelined (https://www.postgresql.org/docs/15/libpq-pipeline-mode.html): inserts are sent without waiting, their answers are
 * read at the commit or every few hundred; a COMMIT travels behind them, so a transaction costs two round trips. Reading goes by pages of
 * a thousand lines in order of the key, so any number of cursors may be open. synchronous_commit is on and the server's fsync must be.
 * The lock that keeps a second writer out is an advisory lock of the session. */
#include "store/db_engine.h"

#include "core/mem.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOCK = 0x52484c53, PAGE = 1000, PIPED = 500, COLUMNS = 64 };

typedef struct server {
    PGconn *conn;
    bool *prepared; /* by table */
    int piped;      /* commands sent and not yet answered */
} server;

typedef struct page_cursor {
    rh_cursor cursor;
    const rh_field *field;
    char *value;    /* of the field, as text */
    int64_t from;   /* first key of the next page */
    PGresult *page; /* NULL before the first */
    int line;       /* next of the page */
} page_cursor;

static server *
server_of(const rh_db *db)
{
    return db->handle;
}

/* Without password or host: the connection string may hold both. */
static rh_status
failed(const rh_db *db, const PGresult *result, const char *doing, rh_err *err)
{
    const char *state = result != NULL ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    const char *said =
        result != NULL ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    bool content =
        state != NULL && (strncmp(state, "23", 2) == 0 || strncmp(state, "22", 2) == 0);
    said = said != NULL ? said : PQerrorMessage(server_of(db)->conn);
    return rh_fail(err, content ? RH_INVARIANT : RH_IO, "PostgreSQL: %s failed: %.*s.", doing,
                   (int)strcspn(said, "\n"), said); /* libpq tells more in further lines */
}

static rh_status
finish(const rh_db *db, PGresult *result, const char *doing, rh_err *err)
{
    ExecStatusType code = PQresultStatus(result);
    rh_status status = code == PGRES_COMMAND_OK || code == PGRES_TUPLES_OK
                           ? RH_OK
                           : failed(db, result, doing, err);
    PQclear(result);
    return status;
}

/* Read the answers of everything that was sent; leave the pipeline. */
static rh_status
drain(const rh_db *db, const char *doing, rh_err *err)
{
    server *s = server_of(db);
    if (PQpipelineStatus(s->conn) == PQ_PIPELINE_OFF) {
        return RH_OK;
    }
    rh_status status = RH_OK;
    if (PQpipelineSync(s->conn) != 1) {
        status = failed(db, NULL, doing, err);
    }
    bool synced = status != RH_OK; /* then nothing will come */
    while (!synced && PQstatus(s->conn) == CONNECTION_OK) {
        PGresult *result = PQgetResult(s->conn);
        if (result == NULL) {
            continue; /* between the answers of two commands */
        }
        ExecStatusType code = PQresultStatus(result);
        synced = code == PGRES_PIPELINE_SYNC;
        if (code != PGRES_COMMAND_OK && code != PGRES_PIPELINE_SYNC && status == RH_OK) {
            status = failed(db, result, doing, err);
        }
        PQclear(result);
    }
    s->piped = 0;
    if (PQexitPipelineMode(s->conn) != 1 && status == RH_OK) {
        status = failed(db, NULL, doing, err);
    }
    return status;
}

static rh_status
run(rh_db *db, const char *sql, rh_err *err)
{
    RH_TRY(drain(db, "adding", err));
    return finish(db, PQexec(server_of(db)->conn, sql), "running a statement", err);
}

static rh_status
list(rh_db *db, const char *sql, const char *value, rh_names *names, rh_err *err)
{
    RH_TRY(drain(db, "adding", err));
    PGresult *result = PQexecParams(server_of(db)->conn, sql, value != NULL ? 1 : 0, NULL,
                                    &value, NULL, NULL, 0);
    for (int i = 0; i < PQntuples(result); i++) {
        rh_growing_bytes(&names->text, PQgetvalue(result, i, 0),
                         strlen(PQgetvalue(result, i, 0)) + 1);
        names->n++;
    }
    RH_TRY(finish(db, result, "reading", err));
    return rh_growing_check(&names->text, err);
}

static rh_status
number_of(rh_db *db, const char *sql, int64_t *number, rh_err *err)
{
    rh_names names = {0};
    rh_status status = list(db, sql, NULL, &names, err);
    *number = status == RH_OK && names.n > 0 ? strtoll(names.text.text, NULL, 10) : 0;
    rh_growing_release(&names.text);
    return status;
}

static rh_status
expect(rh_db *db, const char *sql, const char *answer, const char *sentence, rh_err *err)
{
    rh_names names = {0};
    rh_status status = list(db, sql, NULL, &names, err);
    if (status == RH_OK && (names.n != 1 || strcmp(names.text.text, answer) != 0)) {
        status = rh_fail(err, RH_INPUT, "PostgreSQL: %s", sentence);
    }
    rh_growing_release(&names.text);
    return status;
}

static void
no_notice(void *context, const PGresult *result)
{
    (void)context;
    (void)result;
}

static rh_status
open_server(const char *where, rh_db_how how, rh_db *db, rh_err *err)
{
    server *s;
    RH_NEW(s, 1, err);
    db->handle = s;
    RH_NEW(s->prepared, (size_t)db->schema.n, err);
    for (int i = 0; i < db->schema.n; i++) {
        if (rh_engine_n_columns(&db->schema.table[i]) > COLUMNS) {
            return rh_fail(err, RH_RANGE, "Table %s has more than %d columns.",
                           db->schema.table[i].type->name, COLUMNS);
        }
    }
    s->conn = PQconnectdb(where);
    /* the name that sentences show: no password, no host */
    rh_free(db->where);
    db->where = rh_strdup("The PostgreSQL database");
    if (s->conn == NULL || db->where == NULL) {
        return rh_fail(err, RH_MEMORY, "Not enough memory to connect to PostgreSQL.");
    }
    if (PQstatus(s->conn) != CONNECTION_OK) {
        return failed(db, NULL, "connecting", err);
    }
    PQsetNoticeReceiver(s->conn, no_notice, NULL);
    RH_TRY(run(
        db, "SET client_encoding = 'UTF8'; SET datestyle = 'ISO'; SET synchronous_commit = on",
        err));
    if (how == RH_DB_WRITE) {
        char sql[64];
        snprintf(sql, sizeof sql, "SELECT pg_try_advisory_lock(%d)", LOCK);
        RH_TRY(expect(db, sql, "t",
                      "the database is in use: another process has it open for writing.", err));
        RH_TRY(expect(db, "SHOW fsync", "on",
                      "the server runs with fsync off, so a commit would not be safe.", err));
    }
    return RH_OK;
}

static void
close_server(rh_db *db)
{
    server *s = server_of(db);
    PQfinish(s->conn);
    rh_free(s->prepared);
    rh_free(s);
}

static rh_status
check_format(rh_db *db, int tables, rh_err *err)
{
    int64_t ours, format;
    if (tables == 0) {
        return RH_OK;
    }
    RH_TRY(number_of(db,
                     "SELECT count(*) FROM information_schema.columns WHERE table_schema = "
                     "current_schema() AND table_name = 'migration' AND column_name = 'format'",
                     &ours, err));
    if (ours != 1) {
        return rh_fail(err, RH_INPUT, "%s holds tables of another program.", db->where);
    }
    RH_TRY(number_of(db, "SELECT max(\"format\") FROM \"migration\"", &format, err));
    return format <= RH_DB_FORMAT
               ? RH_OK
               : rh_fail(
                     err, RH_INPUT,
                     "%s was written by a newer program: its format is %lld, this one knows "
                     "%d.",
                     db->where, (long long)format, RH_DB_FORMAT);
}

static rh_status
stamp(rh_db *db, rh_err *err)
{
    return run(
        db,
        "CREATE OR REPLACE FUNCTION rh_nothing_changes() RETURNS trigger LANGUAGE plpgsql "
        "AS $$ BEGIN RAISE EXCEPTION 'nothing is updated or deleted: add a new version'; "
        "END $$",
        err);
}

static void
protect(const rh_table *table, rh_growing *sql)
{
    const char *name = table->type->name;
    rh_growing_format(sql,
                      "CREATE TRIGGER \"%s_no_change\" BEFORE UPDATE%s ON \"%s\" FOR EACH ROW "
                      "EXECUTE FUNCTION rh_nothing_changes();"
                      "CREATE TRIGGER \"%s_no_truncate\" BEFORE TRUNCATE ON \"%s\" FOR EACH "
                      "STATEMENT EXECUTE FUNCTION rh_nothing_changes();",
                      name, table->erasable ? "" : " OR DELETE", name, name, name);
}

/* Constraints are checked by the server at every write, pages by its checksums (initdb -k): there is nothing to ask for. */
static rh_status
integrity(rh_db *db, rh_err *err)
{
    (void)db;
    (void)err;
    return RH_OK;
}

static rh_status
begin(rh_db *db, bool writing, rh_err *err)
{
    return run(db, writing ? "BEGIN" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", err);
}

/* Send a command into the pipeline. */
static rh_status
send_piped(const rh_db *db, int sent, rh_err *err)
{
    if (sent != 1) {
        return failed(db, NULL, "sending", err);
    }
    server *s = server_of(db);
    return ++s->piped < PIPED ? RH_OK : drain(db, "adding", err);
}

static rh_status
commit(rh_db *db, rh_err *err)
{
    server *s = server_of(db);
    if (PQpipelineStatus(s->conn) != PQ_PIPELINE_OFF) {
        RH_TRY(send_piped(
            db, PQsendQueryParams(s->conn, "COMMIT", 0, NULL, NULL, NULL, NULL, 0), err));
        return drain(db, "committing", err); /* a failed insert before it leaves it unrun */
    }
    PGresult *result = PQexec(s->conn, "COMMIT");
    if (PQresultStatus(result) == PGRES_COMMAND_OK &&
        strcmp(PQcmdStatus(result), "COMMIT") != 0) {
        PQclear(result);
        return rh_fail(err, RH_IO,
                       "PostgreSQL: the transaction had failed and was rolled back.");
    }
    return finish(db, result, "committing", err);
}

static void
rollback(rh_db *db)
{
    rh_err ignored = {0};
    (void)drain(db, "adding", &ignored);
    if (PQtransactionStatus(server_of(db)->conn) != PQTRANS_IDLE) {
        PQclear(PQexec(server_of(db)->conn, "ROLLBACK"));
    }
}

/* ---- records ---- */

/* Values of a record as texts; `room` holds those that are made here. */
static rh_status
write_values(const rh_table *table, const void *record, int64_t at, const char **value,
             char room[COLUMNS][72], rh_err *err)
{
    int n = 0;
    if (table->row) {
        snprintf(room[n], sizeof room[n], "%" PRId64, at);
        value[n] = room[n];
        n++;
    }
    for (int k = 0; k < table->type->n; k++, n++) {
        const rh_field *f = &table->type->field[k];
        value[n] = room[n];
        if (rh_engine_none(record, f)) {
            value[n] = NULL;
        } else if (f->type == RH_FIELD_TEXT) {
            value[n] = rh_record_text(record, f);
        } else if (f->type == RH_FIELD_HASH) {
            const rh_hash *hash = rh_record_hash(record, f);
            memcpy(room[n], "\\x", 2);
            for (size_t i = 0; i < sizeof *hash; i++) {
                snprintf(room[n] + 2 + 2 * i, 3, "%02x", hash->byte[i]);
            }
        } else if (f->type == RH_FIELD_CODE || f->type == RH_FIELD_DATE) {
            RH_TRY(rh_engine_write_text(table, f, record, room[n], &value[n], err));
        } else {
            snprintf(room[n], sizeof room[n], "%" PRId64, rh_record_number(record, f));
        }
    }
    return RH_OK;
}

static rh_status
add(rh_db *db, int number, const void *record, int64_t at, rh_err *err)
{
    const rh_table *table = &db->schema.table[number];
    server *s = server_of(db);
    const char *value[COLUMNS];
    char room[COLUMNS][72], name[16];
    snprintf(name, sizeof name, "add%d", number);
    if (!s->prepared[number]) {
        RH_TRY(drain(db, "adding", err));
        rh_growing sql = {0};
        rh_engine_insert(table, &sql);
        rh_status status = rh_growing_check(&sql, err);
        if (status == RH_OK) {
            status = finish(db, PQprepare(s->conn, name, sql.text, 0, NULL), "preparing", err);
        }
        rh_growing_release(&sql);
        RH_TRY(status);
        s->prepared[number] = true;
    }
    RH_TRY(write_values(table, record, at, value, room, err));
    if (PQpipelineStatus(s->conn) == PQ_PIPELINE_OFF && PQenterPipelineMode(s->conn) != 1) {
        return failed(db, NULL, "adding", err);
    }
    return send_piped(
        db,
        PQsendQueryPrepared(s->conn, name, rh_engine_n_columns(table), value, NULL, NULL, 0),
        err);
}

static rh_status
erase(rh_db *db, int number, int64_t key, rh_err *err)
{
    const rh_table *table = &db->schema.table[number];
    char sql[160];
    snprintf(sql, sizeof sql, "DELETE FROM \"%s\" WHERE \"%s\" = %" PRId64, table->type->name,
             rh_engine_key(table), key);
    return run(db, sql, err);
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
    page_cursor *c = (page_cursor *)cursor;
    PQclear(c->page);
    rh_free(c->value);
    rh_free(cursor->record);
    rh_free(c);
}

static char *
value_text(const rh_field *field, const void *value)
{
    if (field->type == RH_FIELD_TEXT) {
        return rh_strdup(value);
    }
    rh_growing text = {0};
    if (field->type == RH_FIELD_HASH) {
        rh_growing_text(&text, "\\x");
        rh_growing_hex(&text, value, sizeof(rh_hash));
    } else {
        rh_growing_number(&text, *(const int64_t *)value);
    }
    if (text.broken) {
        rh_growing_release(&text);
    }
    return text.text;
}

static rh_status
scan(rh_db *db, int number, const rh_field *field, const void *value, int64_t from,
     rh_cursor **out, rh_err *err)
{
    *out = NULL;
    page_cursor *c;
    RH_NEW(c, 1, err);
    c->cursor = (rh_cursor){db, number, rh_alloc(1, db->schema.table[number].type->size)};
    c->field = field;
    c->from = from;
    c->value = field != NULL ? value_text(field, value) : NULL;
    if (c->cursor.record == NULL || (field != NULL && c->value == NULL)) {
        end(&c->cursor);
        return rh_fail(err, RH_MEMORY, "Not enough memory for a record.");
    }
    *out = &c->cursor;
    return RH_OK;
}

static rh_status
turn_page(page_cursor *c, rh_err *err)
{
    const rh_db *db = c->cursor.db;
    RH_TRY(drain(db, "adding", err));
    PQclear(c->page);
    c->page = NULL;
    c->line = 0;
    rh_growing sql = {0};
    rh_engine_select(&db->schema.table[c->cursor.table], c->field, &sql);
    rh_growing_format(&sql, " LIMIT %d", PAGE);
    rh_status status = rh_growing_check(&sql, err);
    if (status == RH_OK) {
        char from[24];
        snprintf(from, sizeof from, "%" PRId64, c->from);
        const char *value[2] = {c->value, from};
        int skip = c->field != NULL ? 0 : 1;
        c->page = PQexecParams(server_of(db)->conn, sql.text, 2 - skip, NULL, value + skip,
                               NULL, NULL, 0);
        if (PQresultStatus(c->page) != PGRES_TUPLES_OK) {
            status = failed(db, c->page, "reading", err);
        }
    }
    rh_growing_release(&sql);
    return status;
}

static int
hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static rh_status
read_value(page_cursor *c, const rh_table *table, int i, const rh_field *f, int64_t key,
           rh_err *err)
{
    char *at = (char *)c->cursor.record + f->offset;
    const char *text = PQgetvalue(c->page, c->line, i);
    size_t size = (size_t)PQgetlength(c->page, c->line, i);
    if (PQgetisnull(c->page, c->line, i)) {
        rh_engine_blank(c->cursor.record, f);
    } else if (f->type == RH_FIELD_HASH) {
        if (size != 2 + 2 * sizeof(rh_hash)) {
            return rh_fail(err, RH_INVARIANT, "Table %s, line %lld, column %s: no hash.",
                           table->type->name, (long long)key, f->name);
        }
        for (size_t k = 0; k < sizeof(rh_hash); k++) {
            at[k] = (char)(hex_digit(text[2 + 2 * k]) << 4 | hex_digit(text[3 + 2 * k]));
        }
    } else if (f->type == RH_FIELD_TEXT) {
        memcpy(at, &text, sizeof text);
    } else if (f->type == RH_FIELD_CODE || f->type == RH_FIELD_DATE) {
        return rh_engine_read_text(table, f, key, text, size, c->cursor.record, err);
    } else {
        int64_t number = strtoll(text, NULL, 10);
        memcpy(at, &number, sizeof number);
    }
    return RH_OK;
}

static rh_status
next(rh_cursor *cursor, const void **record, int64_t *key, rh_err *err)
{
    page_cursor *c = (page_cursor *)cursor;
    const rh_table *table = &cursor->db->schema.table[cursor->table];
    *record = NULL;
    if (c->page == NULL || (c->line == PQntuples(c->page) && c->line == PAGE)) {
        RH_TRY(turn_page(c, err));
    }
    if (c->line == PQntuples(c->page)) {
        return RH_OK;
    }
    *key = strtoll(PQgetvalue(c->page, c->line, 0), NULL, 10);
    int skip = table->row ? 1 : 0;
    for (int k = 0; k < table->type->n; k++) {
        RH_TRY(read_value(c, table, k + skip, &table->type->field[k], *key, err));
    }
    c->line++;
    c->from = *key + 1;
    *record = cursor->record;
    return RH_OK;
}

const rh_engine rh_engine_postgres = {
    .type = {[RH_FIELD_ID] = "bigint",
             [RH_FIELD_INT] = "bigint",
             [RH_FIELD_FEN] = "bigint",
             [RH_FIELD_DATE] = "date",
             [RH_FIELD_TIME] = "bigint",
             [RH_FIELD_CODE] = "text",
             [RH_FIELD_BOOL] = "smallint",
             [RH_FIELD_TEXT] = "text",
             [RH_FIELD_HASH] = "bytea",
             [RH_FIELD_PRIVATE] = "bigint"},
    .key_type = "bigint PRIMARY KEY",
    .table_end = "",
    .key_in_index = true,
    .list_tables = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()",
    .list_columns = "SELECT column_name FROM information_schema.columns WHERE table_schema = "
                    "current_schema() AND table_name = $1 ORDER BY ordinal_position",
    .open = open_server,
    .close = close_server,
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
    .next = next,
    .end = end,
};
