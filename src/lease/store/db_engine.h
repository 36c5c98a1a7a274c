/* What db.c asks of an engine; for the files of this folder only.
 *
 * An engine speaks SQL and moves records; which tables there are, their SQL and its migration are db.c's. */
#ifndef RH_STORE_DB_ENGINE_H
#define RH_STORE_DB_ENGINE_H

#include "store/db.h"
#include "store/growing.h"

struct rh_cursor {
    const rh_db *db;
    int table;
    void *record; /* buffer of the table's struct */
};

/* Names that a query gave, in one text: each ends with NUL; n of them. */
typedef struct rh_names {
    int n;
    rh_growing text;
} rh_names;

typedef struct rh_engine {
    const char *type[RH_FIELD_PRIVATE + 1]; /* SQL type of a field */
    const char *key_type, *table_end;       /* of the first column; behind the column list */
    bool key_in_index; /* an index needs the key as its last column to give lines in order */
    const char *list_tables,
        *list_columns; /* queries for names; the second by the table's name ($1) */
    rh_status (*open)(const char *where, rh_db_how how, rh_db *db, rh_err *err);
    void (*close)(rh_db *db);
    rh_status (*run)(rh_db *db, const char *sql, rh_err *err);
    rh_status (*list)(rh_db *db, const char *sql, const char *value, rh_names *names,
                      rh_err *err);
    /* Of a new or opened database: is it ours, of this format? `tables`: how many it has. */
    rh_status (*check_format)(rh_db *db, int tables, rh_err *err);
    rh_status (*stamp)(rh_db *db, rh_err *err); /* mark a new one as ours */
    void (*protect)(const rh_table *table,
                    rh_growing *sql); /* statements that refuse changes */
    rh_status (*integrity)(rh_db *db, rh_err *err);
    rh_status (*begin)(rh_db *db, bool writing, rh_err *err);
    rh_status (*commit)(rh_db *db, rh_err *err);
    void (*rollback)(rh_db *db);
    rh_status (*add)(rh_db *db, int table, const void *record, int64_t at, rh_err *err);
    rh_status (*erase)(rh_db *db, int table, int64_t key, rh_err *err);
    rh_status (*largest)(rh_db *db, int table, int64_t *key, rh_err *err);
    /* `field` NULL: all from `from` on. */
    rh_status (*scan)(rh_db *db, int table, const rh_field *field, const void *value,
                      int64_t from, rh_cursor **out, rh_err *err);
    /* The whole database into a new SQLite file, while others write; NULL: by copying the tables. */
    rh_status (*backup)(rh_db *db, const char *path, rh_err *err);
    rh_status (*next)(rh_cursor *cursor, const void **record, int64_t *key, rh_err *err);
    void (*end)(rh_cursor *cursor);
} rh_engine;

struct rh_db {
    const rh_engine *engine;
    void *handle; /* the engine's */
    char *where;  /* as given, without "sqlite:" */
    rh_schema schema;
};

extern const rh_engine rh_engine_sqlite, rh_engine_postgres;

/* Column list of a table as in SELECT and INSERT: `at` first where there is one. */
void rh_engine_columns(const rh_table *table, rh_growing *sql);
static inline int
rh_engine_n_columns(const rh_table *table)
{
    return table->type->n + (table->row ? 1 : 0);
}

/* Name of the key column. */
static inline const char *
rh_engine_key(const rh_table *table)
{
    return table->row ? "at" : table->type->field[0].name;
}

/* "SELECT columns FROM table WHERE …": by key from $1 on, or by a field that is $1 and key from $2 on; in order of the key. */
void rh_engine_select(const rh_table *table, const rh_field *field, rh_growing *sql);
void rh_engine_insert(const rh_table *table, rh_growing *sql);

/* Set a field to "not said". */
void rh_engine_blank(void *record, const rh_field *field);
/* Set a CODE or DATE from its text. Errors: RH_INVARIANT with table, key, column and value. */
RH_MUST_CHECK rh_status rh_engine_read_text(const rh_table *table, const rh_field *field,
                                            int64_t key, const char *text, size_t size,
                                            void *record, rh_err *err);
/* The text of a CODE or DATE: `day` is room for a date. NULL: not said. Errors: RH_RANGE. */
RH_MUST_CHECK rh_status rh_engine_write_text(const rh_table *table, const rh_field *field,
                                             const void *record, char day[16],
                                             const char **text, rh_err *err);
/* Is the field not said? */
bool rh_engine_none(const void *record, const rh_field *field);

#endif
