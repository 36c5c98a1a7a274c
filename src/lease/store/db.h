/* The database of a township, over two engines: SQLite (a file) and PostgreSQL (a server).
 *
 * The tables are those of row.def and keep.def; no SQL is written elsewhere. What a person sees who opens the database: numbers as numbers,
 * words of code.def as words, DATE as "2026-03-01", TIME as milliseconds since 1970, hashes as 32 bytes, "not said" as NULL.
 * D1 nothing is updated, nothing is deleted but private values: triggers refuse it to everybody.
 * D2 a row's key is `at` = seq · 2²⁰ + its position in the command: one number that gives the order in which rows were made.
 * D3 one process writes: the second that opens for writing is refused (a lock that ends with the process).
 * D4 what rh_db_commit answered RH_OK for is on the disk.
 * A handle belongs to one thread at a time. */
#ifndef RH_STORE_DB_H
#define RH_STORE_DB_H

#include "store/keep.h"

#include "core/status.h"

/* What "sqlite:PATH", a bare path, "postgresql://…" or "postgres://…" name. */
enum { RH_DB_POSITION_BITS = 20, RH_DB_FORMAT = 1 };

typedef enum rh_db_how {
    RH_DB_READ,  /* must exist and be of this program's version */
    RH_DB_WRITE, /* made or migrated when needed; takes the lock */
    RH_DB_CHECK /* as RH_DB_READ, after a look at its integrity (SQLite: integrity_check and foreign keys) */
} rh_db_how;

typedef struct rh_db rh_db;
typedef struct rh_cursor rh_cursor;

/* Open. `schema` NULL: the township's. Errors: RH_MISSING (reading what is not there), RH_INPUT (not ours, or of a newer program, or in
 * use by another writer), RH_INVARIANT (damaged), RH_IO. */
RH_MUST_CHECK rh_status rh_db_open(const char *where, const rh_schema *schema, rh_db_how how,
                                   rh_db **out, rh_err *err);
void rh_db_close(rh_db *db);

/* Is it a SQLite file? Its path, or NULL. */
const char *rh_db_file(const rh_db *db);

/* A transaction that writes. After any failure inside: rh_db_rollback. */
RH_MUST_CHECK rh_status rh_db_begin(rh_db *db, rh_err *err);
RH_MUST_CHECK rh_status rh_db_commit(rh_db *db, rh_err *err);
void rh_db_rollback(rh_db *db);
/* A transaction that reads: everything in it sees one moment. End it with rh_db_rollback. */
RH_MUST_CHECK rh_status rh_db_begin_reading(rh_db *db, rh_err *err);

/* Add a record to a table; `at` as in D2, ignored for the tables of keep.def. A failure may be told by commit only (PostgreSQL: pipelined). */
RH_MUST_CHECK rh_status rh_db_add(rh_db *db, int table, const void *record, int64_t at,
                                  rh_err *err);

/* Delete a line of an erasable table. Nothing to delete is no failure. */
RH_MUST_CHECK rh_status rh_db_erase(rh_db *db, int table, int64_t key, rh_err *err);

/* The largest key of a table (of rows: the largest `at`), 0 when it is empty. */
RH_MUST_CHECK rh_status rh_db_largest(rh_db *db, int table, int64_t *key, rh_err *err);

/* Walk a table in order of its key, from `from` on. A cursor must be closed before the transaction ends. */
RH_MUST_CHECK rh_status rh_db_scan(rh_db *db, int table, int64_t from, rh_cursor **out,
                                   rh_err *err);

/* Walk the lines whose field has the value, in order of the key. `value` points to the number, the hash, or is the text. Only fields of
 * lookup.def, `id` and keys. Errors: RH_USAGE for another field. */
RH_MUST_CHECK rh_status rh_db_find(rh_db *db, int table, const char *field, const void *value,
                                   rh_cursor **out, rh_err *err);

/* The next record, lent until the next call; NULL: no more. `key` may be NULL. Errors: RH_IO, RH_INVARIANT (a value that no program of this
 * version wrote). */
RH_MUST_CHECK rh_status rh_cursor_next(rh_cursor *cursor, const void **record, int64_t *key,
                                       rh_err *err);
void rh_cursor_close(rh_cursor *cursor);

/* Copy everything into an empty database of the same schema, in one transaction. */
RH_MUST_CHECK rh_status rh_db_copy(rh_db *from, rh_db *into, rh_err *err);

/* Everything into a new SQLite file (which may exist, empty), while others write: the portable form of a township, of either engine. */
RH_MUST_CHECK rh_status rh_db_backup(rh_db *db, const char *path, rh_err *err);

#endif
