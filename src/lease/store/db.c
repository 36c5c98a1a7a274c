/* The database: schema, migration and what both engines share (db.h, db_engine.h). */
#include "store/db_engine.h"

#include "core/mem.h"
#include "store/day_text.h"

#include <stdio.h>
#include <string.h>

/* ---- fields ---- */

bool
rh_engine_none(const void *record, const rh_field *field)
{
    if (field->type == RH_FIELD_TEXT) {
        const char *text = rh_record_text(record, field);
        return text == NULL || text[0] == '\0';
    }
    if (field->type == RH_FIELD_HASH) {
        static const rh_hash zero = {{0}};
        return memcmp(rh_record_hash(record, field), &zero, sizeof zero) == 0;
    }
    return rh_record_number(record, field) == RH_NONE;
}

void
rh_engine_blank(void *record, const rh_field *field)
{
    char *at = (char *)record + field->offset;
    if (field->type == RH_FIELD_TEXT) {
        const char *nothing = "";
        memcpy(at, &nothing, sizeof nothing);
    } else if (field->type == RH_FIELD_HASH) {
        memset(at, 0, sizeof(rh_hash));
    } else {
        const int64_t none = RH_NONE;
        memcpy(at, &none, sizeof none);
    }
}

rh_status
rh_engine_read_text(const rh_table *table, const rh_field *field, int64_t key, const char *text,
                    size_t size, void *record, rh_err *err)
{
    int64_t number = -1;
    bool good = false;
    if (field->type == RH_FIELD_DATE) {
        good = rh_day_read(text, size, &number);
    } else if (memchr(text, '\0', size) == NULL) {
        number = rh_code_find(field->codes, text);
        good = number >= 0;
    }
    if (!good) {
        return rh_fail(
            err, RH_INVARIANT,
            "Table %s, line %lld, column %s: \"%.60s\" is not known to this program; "
            "a newer program wrote it, or somebody changed it.",
            table->type->name, (long long)key, field->name, text);
    }
    memcpy((char *)record + field->offset, &number, sizeof number);
    return RH_OK;
}

rh_status
rh_engine_write_text(const rh_table *table, const rh_field *field, const void *record,
                     char day[16], const char **text, rh_err *err)
{
    int64_t number = rh_record_number(record, field);
    *text = NULL;
    if (number == RH_NONE) {
        return RH_OK;
    }
    if (field->type == RH_FIELD_DATE) {
        if (!rh_day_write(number, day)) {
            return rh_fail(err, RH_RANGE, "Table %s, column %s: day %lld has no year 1–9999.",
                           table->type->name, field->name, (long long)number);
        }
        *text = day;
        return RH_OK;
    }
    if (number < 0 || number >= field->codes->n) {
        return rh_fail(err, RH_RANGE, "Table %s, column %s: %lld is no word of the list %s.",
                       table->type->name, field->name, (long long)number, field->codes->name);
    }
    *text = field->codes->word[number];
    return RH_OK;
}

/* ---- SQL ---- */

void
rh_engine_columns(const rh_table *table, rh_growing *sql)
{
    if (table->row) {
        rh_growing_text(sql, "\"at\"");
    }
    for (int i = 0; i < table->type->n; i++) {
        rh_growing_format(sql, "%s\"%s\"", i > 0 || table->row ? "," : "",
                          table->type->field[i].name);
    }
}

void
rh_engine_select(const rh_table *table, const rh_field *field, rh_growing *sql)
{
    const char *key = rh_engine_key(table);
    rh_growing_text(sql, "SELECT ");
    rh_engine_columns(table, sql);
    rh_growing_format(sql, " FROM \"%s\" WHERE ", table->type->name);
    if (field != NULL) {
        rh_growing_format(sql, "\"%s\" = $1 AND ", field->name);
    }
    rh_growing_format(sql, "\"%s\" >= $%d ORDER BY \"%s\"", key, field != NULL ? 2 : 1, key);
}

void
rh_engine_insert(const rh_table *table, rh_growing *sql)
{
    rh_growing_format(sql, "INSERT INTO \"%s\" (", table->type->name);
    rh_engine_columns(table, sql);
    rh_growing_text(sql, ") VALUES (");
    for (int i = 0; i < rh_engine_n_columns(table); i++) {
        rh_growing_format(sql, "%s$%d", i > 0 ? "," : "", i + 1);
    }
    rh_growing_text(sql, ")");
}

static bool
in_schema(const rh_schema *schema, const char *name)
{
    for (int i = 0; i < schema->n; i++) {
        if (strcmp(schema->table[i].type->name, name) == 0) {
            return true;
        }
    }
    return false;
}

/* One column: type, NOT NULL, what it refers to. Words have no CHECK: lists of words grow, and SQLite cannot change a check;
 * reading refuses a word that is not on its list. */
static void
column(const rh_db *db, const rh_table *table, int i, bool added, rh_growing *sql)
{
    const rh_field *f = &table->type->field[i];
    bool key = i == 0 && !table->row;
    rh_growing_format(sql, "\"%s\" %s", f->name,
                      key ? db->engine->key_type : db->engine->type[f->type]);
    if (!f->optional && !key && !added) {
        rh_growing_text(sql, " NOT NULL");
    }
    if (f->type == RH_FIELD_BOOL) {
        rh_growing_format(sql, " CHECK (\"%s\" IN (0,1))", f->name);
    } else if (f->type == RH_FIELD_HASH) {
        rh_growing_format(sql, " CHECK (length(\"%s\") = 32)", f->name);
    } else if (f->type == RH_FIELD_PRIVATE && in_schema(&db->schema, "private_commitment")) {
        rh_growing_text(sql, " REFERENCES \"private_commitment\"(\"id\")");
    } else if (table->row && strcmp(f->name, "seq") == 0 && in_schema(&db->schema, "journal")) {
        rh_growing_text(sql, " REFERENCES \"journal\"(\"seq\")");
    }
}

static void
create_table(const rh_db *db, const rh_table *table, rh_growing *sql)
{
    rh_growing_format(sql, "CREATE TABLE \"%s\" (", table->type->name);
    if (table->row) {
        rh_growing_format(sql, "\"at\" %s,", db->engine->key_type);
    }
    for (int i = 0; i < table->type->n; i++) {
        rh_growing_text(sql, i > 0 ? "," : "");
        column(db, table, i, false, sql);
    }
    if (table->row) {
        rh_growing_format(sql, ",UNIQUE (\"id\",\"version\"), CHECK (\"at\" >> %d = \"seq\")",
                          RH_DB_POSITION_BITS);
    }
    rh_growing_format(sql, ")%s;", db->engine->table_end);
    db->engine->protect(table, sql);
}

/* ---- migration ----
 * A database holds the tables and, of each, the first columns of this program's list, or it is of a newer program. */

static rh_status
note_migration(rh_db *db, const char *what, rh_err *err)
{
    rh_growing sql = {0};
    rh_growing_format(&sql,
                      "INSERT INTO \"migration\" (\"id\",\"format\",\"what\") SELECT "
                      "coalesce(max(\"id\"),0)+1, %d, '%s' FROM \"migration\"",
                      RH_DB_FORMAT, what);
    rh_status status = rh_growing_check(&sql, err);
    status = status == RH_OK ? db->engine->run(db, sql.text, err) : status;
    rh_growing_release(&sql);
    return status;
}

static rh_status
newer(const rh_db *db, const char *what, const char *name, rh_err *err)
{
    return rh_fail(
        err, RH_INPUT,
        "%s was written by a newer program: it has the %s \"%s\", which this one does "
        "not know.",
        db->where, what, name);
}

/* Statements that bring one table to the list; `change` says what was done ("" nothing). */
static rh_status
table_changes(rh_db *db, const rh_table *table, rh_growing *sql, rh_growing *change,
              rh_err *err)
{
    rh_names names = {0};
    rh_status status =
        db->engine->list(db, db->engine->list_columns, table->type->name, &names, err);
    const char *name = names.text.text;
    int skip = table->row ? 1 : 0;
    if (status == RH_OK && names.n == 0) {
        create_table(db, table, sql);
        rh_growing_format(change, "table %s", table->type->name);
    }
    for (int i = 0; status == RH_OK && i < names.n; i++, name += strlen(name) + 1) {
        const char *expected = i < skip                    ? "at"
                               : i - skip < table->type->n ? table->type->field[i - skip].name
                                                           : NULL;
        if (expected == NULL) {
            status = newer(db, "column", name, err);
        } else if (strcmp(expected, name) != 0) {
            status = rh_fail(err, RH_INPUT,
                             "%s is not a database of this program: column %d of table %s is "
                             "\"%s\", not \"%s\".",
                             db->where, i + 1, table->type->name, name, expected);
        }
    }
    for (int i = names.n - skip; status == RH_OK && names.n > 0 && i < table->type->n; i++) {
        const rh_field *f = &table->type->field[i];
        if (!f->optional) {
            status = rh_fail(err, RH_INPUT,
                             "%s lacks the column \"%s\" of table %s, which cannot be added "
                             "because it must have a value.",
                             db->where, f->name, table->type->name);
            break;
        }
        rh_growing_format(sql, "ALTER TABLE \"%s\" ADD COLUMN ", table->type->name);
        column(db, table, i, true, sql);
        rh_growing_text(sql, ";");
        rh_growing_format(change, "%scolumn %s.%s", change->size > 0 ? ", " : "",
                          table->type->name, f->name);
    }
    rh_growing_release(&names.text);
    return status;
}

static void
create_lookups(const rh_db *db, const rh_table *table, rh_growing *sql)
{
    for (int i = 1; i < table->type->n; i++) {
        const rh_field *f = &table->type->field[i];
        if (rh_table_searchable(table, f)) {
            rh_growing_format(
                sql, "CREATE INDEX IF NOT EXISTS \"%s_by_%s\" ON \"%s\" (\"%s\"%s%s%s);",
                table->type->name, f->name, table->type->name, f->name,
                db->engine->key_in_index ? ",\"" : "",
                db->engine->key_in_index ? rh_engine_key(table) : "",
                db->engine->key_in_index ? "\"" : "");
        }
    }
}

static rh_status
migrate_table(rh_db *db, const rh_table *table, bool writing, rh_err *err)
{
    rh_growing sql = {0}, change = {0};
    rh_status status = table_changes(db, table, &sql, &change, err);
    if (status == RH_OK && change.size > 0 && !writing) {
        status = rh_fail(err, RH_INPUT,
                         "%s is of an older program (it lacks %s): open it for writing once.",
                         db->where, change.text);
    }
    if (status == RH_OK && writing) {
        create_lookups(db, table, &sql);
        status = rh_growing_check(&sql, err);
        if (status == RH_OK && sql.size > 0) {
            status = db->engine->run(db, sql.text, err);
        }
        if (status == RH_OK && change.size > 0) {
            status = note_migration(db, change.text, err);
        }
    }
    rh_growing_release(&sql);
    rh_growing_release(&change);
    return status;
}

static rh_status
migrate_all(rh_db *db, bool writing, rh_err *err)
{
    rh_names names = {0};
    rh_status status = db->engine->list(db, db->engine->list_tables, NULL, &names, err);
    if (status == RH_OK && names.n == 0 && !writing) {
        status = rh_fail(err, RH_MISSING, "%s holds no township.", db->where);
    }
    status = status == RH_OK ? db->engine->check_format(db, names.n, err) : status;
    const char *name = names.text.text;
    for (int i = 0; status == RH_OK && i < names.n; i++, name += strlen(name) + 1) {
        if (strcmp(name, "migration") != 0 && !in_schema(&db->schema, name)) {
            status = newer(db, "table", name, err);
        }
    }
    if (status == RH_OK && names.n == 0) {
        status = db->engine->run(db,
                                 "CREATE TABLE \"migration\" (\"id\" INTEGER PRIMARY KEY, "
                                 "\"format\" INTEGER NOT NULL, \"what\" TEXT NOT NULL)",
                                 err);
        status = status == RH_OK ? db->engine->stamp(db, err) : status;
    }
    rh_growing_release(&names.text);
    for (int i = 0; status == RH_OK && i < db->schema.n; i++) {
        status = migrate_table(db, &db->schema.table[i], writing, err);
    }
    return status;
}

/* ---- what callers use ---- */

static bool
is_server(const char *where)
{
    return strncmp(where, "postgresql://", 13) == 0 || strncmp(where, "postgres://", 11) == 0;
}

rh_status
rh_db_open(const char *where, const rh_schema *schema, rh_db_how how, rh_db **out, rh_err *err)
{
    *out = NULL;
    rh_db *db;
    RH_NEW(db, 1, err);
    db->engine = is_server(where) ? &rh_engine_postgres : &rh_engine_sqlite;
    db->schema = schema != NULL ? *schema : rh_schema_township();
    db->where = rh_strdup(strncmp(where, "sqlite:", 7) == 0 ? where + 7 : where);
    rh_status status =
        db->where == NULL
            ? rh_fail(err, RH_MEMORY, "Not enough memory for the name of a database.")
            : db->engine->open(db->where, how, db, err);
    if (status == RH_OK) {
        bool writing = how == RH_DB_WRITE;
        status = db->engine->begin(db, writing, err);
        status = status == RH_OK ? migrate_all(db, writing, err) : status;
        if (status == RH_OK && writing) {
            status = db->engine->commit(db, err);
        }
        if (status != RH_OK || !writing) {
            db->engine->rollback(db);
        }
    }
    if (status == RH_OK && how == RH_DB_CHECK) {
        status = db->engine->integrity(db, err);
    }
    if (status != RH_OK) {
        rh_db_close(db);
        return status;
    }
    *out = db;
    return RH_OK;
}

void
rh_db_close(rh_db *db)
{
    if (db != NULL) {
        if (db->handle != NULL) {
            db->engine->close(db);
        }
        rh_free(db->where);
        rh_free(db);
    }
}

const char *
rh_db_file(const rh_db *db)
{
    return db->engine == &rh_engine_sqlite ? db->where : NULL;
}

rh_status
rh_db_begin(rh_db *db, rh_err *err)
{
    return db->engine->begin(db, true, err);
}

rh_status
rh_db_begin_reading(rh_db *db, rh_err *err)
{
    return db->engine->begin(db, false, err);
}

rh_status
rh_db_commit(rh_db *db, rh_err *err)
{
    return db->engine->commit(db, err);
}

void
rh_db_rollback(rh_db *db)
{
    db->engine->rollback(db);
}

rh_status
rh_db_add(rh_db *db, int table, const void *record, int64_t at, rh_err *err)
{
    return db->engine->add(db, table, record, at, err);
}

rh_status
rh_db_erase(rh_db *db, int table, int64_t key, rh_err *err)
{
    return db->engine->erase(db, table, key, err);
}

rh_status
rh_db_largest(rh_db *db, int table, int64_t *key, rh_err *err)
{
    return db->engine->largest(db, table, key, err);
}

rh_status
rh_db_scan(rh_db *db, int table, int64_t from, rh_cursor **out, rh_err *err)
{
    return db->engine->scan(db, table, NULL, NULL, from, out, err);
}

rh_status
rh_db_find(rh_db *db, int table, const char *field, const void *value, rh_cursor **out,
           rh_err *err)
{
    const rh_table *t = &db->schema.table[table];
    const rh_field *f = rh_record_find(t->type, field);
    *out = NULL;
    if (f == NULL || !rh_table_searchable(t, f)) {
        return rh_fail(err, RH_USAGE,
                       "Table %s is not searched by %s: lookup.def has no such line.",
                       t->type->name, field);
    }
    return db->engine->scan(db, table, f, value, INT64_MIN, out, err);
}

rh_status
rh_cursor_next(rh_cursor *cursor, const void **record, int64_t *key, rh_err *err)
{
    int64_t unused;
    return cursor->db->engine->next(cursor, record, key != NULL ? key : &unused, err);
}

void
rh_cursor_close(rh_cursor *cursor)
{
    if (cursor != NULL) {
        cursor->db->engine->end(cursor);
    }
}

/* One table into another database, which must have none of its lines. */
static rh_status
copy_table(rh_db *from, rh_db *into, int table, rh_err *err)
{
    rh_cursor *cursor;
    const void *record = NULL;
    int64_t key, there;
    RH_TRY(rh_db_largest(into, table, &there, err));
    if (there != 0) {
        return rh_fail(err, RH_INPUT, "%s is not empty: table %s has lines.", into->where,
                       into->schema.table[table].type->name);
    }
    RH_TRY(rh_db_scan(from, table, INT64_MIN, &cursor, err));
    rh_status status;
    do {
        status = rh_cursor_next(cursor, &record, &key, err);
        if (status == RH_OK && record != NULL) {
            status = rh_db_add(into, table, record, key, err);
        }
    } while (status == RH_OK && record != NULL);
    rh_cursor_close(cursor);
    return status;
}

rh_status
rh_db_copy(rh_db *from, rh_db *into, rh_err *err)
{
    RH_TRY(rh_db_begin_reading(from, err));
    rh_status status = rh_db_begin(into, err);
    for (int i = 0; status == RH_OK && i < into->schema.n; i++) {
        status = copy_table(from, into, i, err);
    }
    status = status == RH_OK ? rh_db_commit(into, err) : status;
    if (status != RH_OK) {
        rh_db_rollback(into);
    }
    rh_db_rollback(from);
    return status;
}

rh_status
rh_db_backup(rh_db *db, const char *path, rh_err *err)
{
    if (db->engine->backup != NULL) {
        return db->engine->backup(db, path, err);
    }
    rh_db *into;
    RH_TRY(rh_db_open(path, &db->schema, RH_DB_WRITE, &into, err));
    rh_status status = rh_db_copy(db, into, err);
    rh_db_close(into);
    return status;
}
