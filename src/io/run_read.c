/* Reading run.gpkg: see run_file.h. */
#include "core/mem.h"
#include "io/run_file.h"

#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

/* Texts of an open run, freed together. */
struct rh_strings {
    char **text;
    uint32_t n, room;
};

static const char *const level_names[] = {"nation", "province", "prefecture", "county"};
static const char *const part_names[] = {"all", "rural", "urban"};

const char *
rh_level_name(enum rh_value_level level)
{
    return level_names[level];
}

int
rh_level_find(const char *name)
{
    for (int i = 0; i < RH_VALUE_LEVELS; i++) {
        if (strcmp(level_names[i], name) == 0) {
            return i;
        }
    }
    return -1;
}

const char *
rh_part_name(enum rh_value_part part)
{
    return part_names[part];
}

int
rh_part_find(const char *name)
{
    for (int i = 0; i < RH_VALUE_PARTS; i++) {
        if (strcmp(part_names[i], name) == 0) {
            return i;
        }
    }
    return -1;
}

rh_status
rh_run_sql_fail(const rh_run *run, rh_err *err)
{
    return rh_fail(err, RH_IO, "Cannot read %s: %s.", run->path, sqlite3_errmsg(run->db));
}

static rh_status
prepare(const rh_run *run, const char *sql, sqlite3_stmt **s, rh_err *err)
{
    return sqlite3_prepare_v2(run->db, sql, -1, s, NULL) == SQLITE_OK
               ? RH_OK
               : rh_run_sql_fail(run, err);
}

/* Own a copy of the text (NULL: ""). */
static rh_status
keep(rh_run *run, const unsigned char *text, const char **out, rh_err *err)
{
    struct rh_strings *s = run->strings;
    if (s->n == s->room) {
        uint32_t room = s->room * 2 + 256;
        char **more = rh_resize(s->text, room, sizeof *more);
        if (more == NULL) {
            return rh_fail(err, RH_MEMORY, "Not enough memory for the names in %s.", run->path);
        }
        s->text = more;
        s->room = room;
    }
    char *copy = rh_strdup(text ? (const char *)text : "");
    if (copy == NULL) {
        return rh_fail(err, RH_MEMORY, "Not enough memory for the names in %s.", run->path);
    }
    s->text[s->n++] = copy;
    *out = copy;
    return RH_OK;
}

static rh_status
count_rows(const rh_run *run, const char *table, int *n, rh_err *err)
{
    char sql[80];
    sqlite3_stmt *s = NULL;
    snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", table);
    RH_TRY(prepare(run, sql, &s, err));
    int code = sqlite3_step(s);
    *n = sqlite3_column_int(s, 0);
    sqlite3_finalize(s);
    return code == SQLITE_ROW ? RH_OK : rh_run_sql_fail(run, err);
}

static rh_status
read_about_row(rh_run *run, sqlite3_stmt *s, rh_err *err)
{
    const char *key = (const char *)sqlite3_column_text(s, 0);
    const char *text = NULL;
    RH_TRY(keep(run, sqlite3_column_text(s, 1), &text, err));
    if (strcmp(key, "title") == 0) {
        run->title = text;
    } else if (strcmp(key, "source") == 0) {
        run->source = text;
    } else if (strcmp(key, "notes") == 0) {
        run->notes = text;
    } else if (strcmp(key, "synthetic_below_province") == 0) {
        run->synthetic_below_province = strcmp(text, "yes") == 0;
    } else if (strcmp(key, "output") == 0) {
        int level = rh_level_find(text);
        run->finest = level < 0 ? RH_COUNTY : (enum rh_value_level)level;
    } else if (strcmp(key, "sample") == 0) {
        run->sample = strtod(text, NULL);
    }
    return RH_OK;
}

static rh_status
read_indicator_row(rh_run *run, sqlite3_stmt *s, rh_err *err)
{
    rh_run_indicator *r = &run->indicator[run->n_indicators++];
    r->number = sqlite3_column_int(s, 0);
    RH_TRY(keep(run, sqlite3_column_text(s, 1), &r->id, err));
    RH_TRY(keep(run, sqlite3_column_text(s, 2), &r->zh, err));
    RH_TRY(keep(run, sqlite3_column_text(s, 3), &r->en, err));
    RH_TRY(keep(run, sqlite3_column_text(s, 4), &r->unit, err));
    RH_TRY(keep(run, sqlite3_column_text(s, 5), &r->better, err));
    RH_TRY(keep(run, sqlite3_column_text(s, 7), &r->source, err));
    const char *kind = (const char *)sqlite3_column_text(s, 6);
    r->is_count = kind != NULL && strcmp(kind, "count") == 0;
    return RH_OK;
}

static rh_status
read_year_row(rh_run *run, sqlite3_stmt *s, rh_err *err)
{
    (void)err;
    run->year[run->n_years++] = sqlite3_column_int(s, 0);
    return RH_OK;
}

/* Call `row` for every row of the query. */
static rh_status
each(rh_run *run, const char *sql, rh_status (*row)(rh_run *, sqlite3_stmt *, rh_err *),
     rh_err *err)
{
    sqlite3_stmt *s = NULL;
    RH_TRY(prepare(run, sql, &s, err));
    rh_status status = RH_OK;
    int code;
    while (status == RH_OK && (code = sqlite3_step(s)) != SQLITE_DONE) {
        status = code == SQLITE_ROW ? row(run, s, err) : rh_run_sql_fail(run, err);
    }
    sqlite3_finalize(s);
    return status;
}

static rh_status
read_places(rh_run *run, enum rh_value_level level, rh_err *err)
{
    int n = 0;
    char sql[120];
    sqlite3_stmt *s = NULL;
    RH_TRY(count_rows(run, level_names[level], &n, err));
    rh_run_place *place;
    RH_NEW(place, (size_t)n + 1, err);
    run->place[level] = place;
    snprintf(sql, sizeof sql, "SELECT code, name, %s FROM %s ORDER BY code",
             level == RH_NATION ? "0, NULL, NULL" : "parent, lon, lat", level_names[level]);
    RH_TRY(prepare(run, sql, &s, err));
    rh_status status = RH_OK;
    for (int i = 0; i < n && status == RH_OK && sqlite3_step(s) == SQLITE_ROW; i++) {
        place[i].code = (uint32_t)sqlite3_column_int64(s, 0);
        place[i].parent = (uint32_t)sqlite3_column_int64(s, 2);
        bool point = sqlite3_column_type(s, 3) != SQLITE_NULL &&
                     sqlite3_column_type(s, 4) != SQLITE_NULL;
        place[i].lon = point ? sqlite3_column_double(s, 3) : (double)NAN;
        place[i].lat = point ? sqlite3_column_double(s, 4) : (double)NAN;
        status = keep(run, sqlite3_column_text(s, 1), &place[i].name, err);
        run->n_places[level]++;
    }
    sqlite3_finalize(s);
    return status;
}

static rh_status
read_all(rh_run *run, rh_err *err)
{
    int n = 0;
    if (sqlite3_open_v2(run->path, &run->db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK) {
        /* Read-only file or folder: fine, unless a killed run left a journal to be undone. */
        sqlite3_close(run->db);
        if (sqlite3_open_v2(run->path, &run->db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK) {
            return rh_run_sql_fail(run, err);
        }
    }
    sqlite3_busy_timeout(run->db, 5000);
    sqlite3_exec(run->db, "PRAGMA temp_store = memory", NULL, NULL, NULL);
    if (count_rows(run, "year", &n, NULL) != RH_OK ||
        count_rows(run, "about", &n, NULL) != RH_OK) {
        return rh_fail(err, RH_INPUT, "%s is no run file of ronghe: %s.", run->path,
                       sqlite3_errmsg(run->db));
    }
    RH_TRY(each(run, "SELECT key, value FROM about", read_about_row, err));
    if (!(run->sample > 0)) {
        return rh_fail(err, RH_INPUT, "%s names no sample, so its counts cannot be read.",
                       run->path);
    }
    run->weight = 1 / run->sample;
    RH_TRY(count_rows(run, "year", &n, err));
    RH_NEW(run->year, (size_t)n + 1, err);
    RH_TRY(each(run, "SELECT year FROM year ORDER BY year", read_year_row, err));
    RH_TRY(count_rows(run, "indicator", &n, err));
    RH_NEW(run->indicator, (size_t)n + 1, err);
    RH_TRY(each(
        run,
        "SELECT number, id, zh, en, unit, better, kind, source FROM indicator ORDER BY number",
        read_indicator_row, err));
    for (int level = 0; level < RH_VALUE_LEVELS; level++) {
        RH_TRY(read_places(run, (enum rh_value_level)level, err));
    }
    return RH_OK;
}

rh_status
rh_run_open(const char *path, rh_run **out, rh_err *err)
{
    rh_run *run;
    RH_NEW(run, 1, err);
    run->title = run->source = run->notes = "";
    run->strings = rh_alloc(1, sizeof *run->strings);
    char *copy = rh_strdup(path);
    run->path = copy;
    rh_status status = run->strings && copy
                           ? read_all(run, err)
                           : rh_fail(err, RH_MEMORY, "Not enough memory to open %s.", path);
    if (status != RH_OK) {
        rh_run_free(run);
        return status;
    }
    *out = run;
    return RH_OK;
}

void
rh_run_free(rh_run *run)
{
    if (run == NULL) {
        return;
    }
    sqlite3_close(run->db);
    for (uint32_t i = 0; run->strings != NULL && i < run->strings->n; i++) {
        rh_free(run->strings->text[i]);
    }
    if (run->strings != NULL) {
        rh_free(run->strings->text);
    }
    rh_free(run->strings);
    for (int level = 0; level < RH_VALUE_LEVELS; level++) {
        rh_free(run->place[level]);
    }
    rh_free(run->year);
    rh_free(run->indicator);
    rh_free((void *)(uintptr_t)run->path);
    rh_free(run);
}

const rh_run_indicator *
rh_run_find_indicator(const rh_run *run, const char *id)
{
    for (int i = 0; i < run->n_indicators; i++) {
        if (strcmp(run->indicator[i].id, id) == 0) {
            return &run->indicator[i];
        }
    }
    return NULL;
}

uint32_t
rh_run_find_place(const rh_run *run, enum rh_value_level level, uint64_t code)
{
    uint32_t low = 0, high = run->n_places[level];
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (run->place[level][middle].code < code) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < run->n_places[level] && run->place[level][low].code == code ? low : UINT32_MAX;
}

rh_status
rh_run_column(const rh_run *run, int year, enum rh_value_level level,
              const rh_run_indicator *indicator, enum rh_value_part part, double *values,
              rh_err *err)
{
    for (uint32_t i = 0; i < run->n_places[level]; i++) {
        values[i] = (double)NAN;
    }
    sqlite3_stmt *s = NULL;
    RH_TRY(prepare(run,
                   "SELECT code, value FROM value WHERE year = ? AND level = ? AND indicator = "
                   "? AND part = ?",
                   &s, err));
    sqlite3_bind_int(s, 1, year);
    sqlite3_bind_int(s, 2, (int)level);
    sqlite3_bind_int(s, 3, indicator->number);
    sqlite3_bind_int(s, 4, (int)part);
    int code;
    while ((code = sqlite3_step(s)) == SQLITE_ROW) {
        uint32_t i = rh_run_find_place(run, level, (uint64_t)sqlite3_column_int64(s, 0));
        if (i != UINT32_MAX) {
            values[i] = sqlite3_column_double(s, 1);
        }
    }
    rh_status status = code == SQLITE_DONE ? RH_OK : rh_run_sql_fail(run, err);
    sqlite3_finalize(s);
    return status;
}

rh_status
rh_run_value(const rh_run *run, int year, enum rh_value_level level, uint64_t code,
             const rh_run_indicator *indicator, enum rh_value_part part, double *value,
             rh_err *err)
{
    *value = (double)NAN;
    sqlite3_stmt *s = NULL;
    RH_TRY(prepare(run,
                   "SELECT value FROM value WHERE year = ? AND level = ? AND indicator = ? AND "
                   "part = ? AND"
                   " code = ?",
                   &s, err));
    sqlite3_bind_int(s, 1, year);
    sqlite3_bind_int(s, 2, (int)level);
    sqlite3_bind_int(s, 3, indicator->number);
    sqlite3_bind_int(s, 4, (int)part);
    sqlite3_bind_int64(s, 5, (sqlite3_int64)code);
    int result = sqlite3_step(s);
    if (result == SQLITE_ROW) {
        *value = sqlite3_column_double(s, 0);
    }
    rh_status status =
        result == SQLITE_ROW || result == SQLITE_DONE ? RH_OK : rh_run_sql_fail(run, err);
    sqlite3_finalize(s);
    return status;
}

/* ---- flows ---- */

/* The year asked for, or the last with flows. */
static rh_status
flow_year(const rh_run *run, int *year, rh_err *err)
{
    sqlite3_stmt *s = NULL;
    int first = 0, last = 0, n = 0;
    RH_TRY(prepare(run,
                   "SELECT min(year), max(year), sum(year = ?) FROM (SELECT DISTINCT year FROM "
                   "flow_county)",
                   &s, err));
    sqlite3_bind_int(s, 1, *year);
    if (sqlite3_step(s) == SQLITE_ROW) {
        first = sqlite3_column_int(s, 0);
        last = sqlite3_column_int(s, 1);
        n = sqlite3_column_int(s, 2);
    }
    sqlite3_finalize(s);
    if (last == 0) {
        return rh_fail(err, RH_INPUT, "%s holds no flows.", run->path);
    }
    if (*year != 0 && n == 0) {
        return rh_fail(err, RH_INPUT, "%s holds flows of %d and %d, not of %d.", run->path,
                       first, last, *year);
    }
    *year = *year ? *year : last;
    return RH_OK;
}

static const unsigned char *
get_varint(const unsigned char *at, const unsigned char *end, uint32_t *n)
{
    *n = 0;
    for (unsigned shift = 0; at < end && shift < 32; shift += 7) {
        *n |= (uint32_t)(*at & 0x7f) << shift;
        if ((*at++ & 0x80) == 0) {
            return at;
        }
    }
    return NULL;
}

static rh_status
unpack_row(const rh_run *run, sqlite3_stmt *s, double *persons, rh_err *err)
{
    const uint32_t n = run->n_places[RH_COUNTY];
    const uint32_t home =
        rh_run_find_place(run, RH_COUNTY, (uint64_t)sqlite3_column_int64(s, 0));
    const unsigned char *at = sqlite3_column_blob(s, 1);
    const unsigned char *end = at + (at ? sqlite3_column_bytes(s, 1) : 0);
    uint32_t to = 0, step, count;
    while (at != NULL && at < end) {
        at = get_varint(at, end, &step);
        at = at ? get_varint(at, end, &count) : NULL;
        to += at ? step : 0;
        if (at == NULL || to >= n || home >= n) {
            return rh_fail(err, RH_INPUT, "%s: the flows of county %lld cannot be read.",
                           run->path, (long long)sqlite3_column_int64(s, 0));
        }
        persons[(size_t)home * n + to] = count * run->weight;
    }
    return RH_OK;
}

rh_status
rh_run_flows(const rh_run *run, int *year, double *persons, rh_err *err)
{
    const size_t n = run->n_places[RH_COUNTY];
    sqlite3_stmt *s = NULL;
    RH_TRY(flow_year(run, year, err));
    memset(persons, 0, n * n * sizeof *persons);
    RH_TRY(prepare(run, "SELECT home, pairs FROM flow_county WHERE year = ?", &s, err));
    sqlite3_bind_int(s, 1, *year);
    rh_status status = RH_OK;
    int code = SQLITE_DONE;
    while (status == RH_OK && (code = sqlite3_step(s)) == SQLITE_ROW) {
        status = unpack_row(run, s, persons, err);
    }
    if (status == RH_OK && code != SQLITE_DONE) {
        status = rh_run_sql_fail(run, err);
    }
    sqlite3_finalize(s);
    return status;
}

/* ---- digest ---- */

/* Add one cell: a letter for its type, then its size and bytes. */
static void
add_cell(rh_sha256 *sha, sqlite3_stmt *s, int column)
{
    int type = sqlite3_column_type(s, column);
    unsigned char head[9] = {(unsigned char)type};
    uint64_t bits = 0;
    const void *bytes = NULL;
    if (type == SQLITE_INTEGER) {
        bits = (uint64_t)sqlite3_column_int64(s, column);
    } else if (type == SQLITE_FLOAT) {
        double d = sqlite3_column_double(s, column);
        memcpy(&bits, &d, sizeof bits);
    } else if (type != SQLITE_NULL) {
        bytes = type == SQLITE_TEXT ? (const void *)sqlite3_column_text(s, column)
                                    : sqlite3_column_blob(s, column);
        bits = (uint64_t)sqlite3_column_bytes(s, column);
    }
    for (int i = 0; i < 8; i++) {
        head[1 + i] = (unsigned char)(bits >> (8 * i));
    }
    rh_sha256_add(sha, head, sizeof head);
    if (bytes != NULL) {
        rh_sha256_add(sha, bytes, (size_t)bits);
    }
}

static int
add_table(sqlite3 *db, const char *table, rh_sha256 *sha)
{
    /* Every table here has its key in front or is small, so that ordering by all columns is
     * cheap. */
    sqlite3_stmt *s = NULL;
    char *sql = sqlite3_mprintf("SELECT * FROM \"%w\" LIMIT 0", table);
    int code = sqlite3_prepare_v2(db, sql, -1, &s, NULL);
    int columns = code == SQLITE_OK ? sqlite3_column_count(s) : 0;
    sqlite3_finalize(s);
    sqlite3_free(sql);
    if (code != SQLITE_OK) {
        return code;
    }
    sql = sqlite3_mprintf("SELECT * FROM \"%w\" ORDER BY 1", table);
    for (int i = 2; i <= columns && sql != NULL; i++) {
        char *longer = sqlite3_mprintf("%s, %d", sql, i);
        sqlite3_free(sql);
        sql = longer;
    }
    code = sqlite3_prepare_v2(db, sql, -1, &s, NULL);
    sqlite3_free(sql);
    if (code != SQLITE_OK) {
        return code;
    }
    rh_sha256_add(sha, table, strlen(table) + 1);
    while ((code = sqlite3_step(s)) == SQLITE_ROW) {
        for (int i = 0; i < columns; i++) {
            add_cell(sha, s, i);
        }
    }
    sqlite3_finalize(s);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

rh_status
rh_run_file_digest(const char *path, char out[RH_SHA256_HEX], rh_err *err)
{
    rh_sha256 sha;
    rh_sha256_init(&sha);
    sqlite3 *db = NULL;
    sqlite3_stmt *tables = NULL;
    int code = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL);
    if (code == SQLITE_OK) {
        code = sqlite3_prepare_v2(
            db,
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE"
            " 'sqlite_%' AND name <> 'provenance' ORDER BY name",
            -1, &tables, NULL);
    }
    while (code == SQLITE_OK && (code = sqlite3_step(tables)) == SQLITE_ROW) {
        code = add_table(db, (const char *)sqlite3_column_text(tables, 0), &sha);
    }
    rh_status status = code == SQLITE_DONE ? RH_OK
                                           : rh_fail(err, RH_IO, "Cannot read %s: %s.", path,
                                                     sqlite3_errmsg(db));
    sqlite3_finalize(tables);
    sqlite3_close(db);
    rh_sha256_hex(&sha, out);
    return status;
}
