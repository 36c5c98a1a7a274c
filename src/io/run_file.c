/* Writing run.gpkg: see run_file.h. Reading is in run_read.c. */
#include "io/run_file.h"

#include "core/mem.h"
#include "io/gpkg.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { RH_PROVINCES = 31 }; /* of the mainland tables */

struct rh_run_file {
    sqlite3 *db;
    sqlite3_stmt *value, *flow, *township;
    const char *path;
    const rh_region *region;
    enum rh_output_level output;
    double weight;
    int last_year;                    /* last finished year, INT_MIN when none */
    int64_t (*before)[RH_PART_COUNT]; /* residents by place and part at the end of last_year */
    bool in_transaction,
        in_year; /* in_year: flows or warnings of an unfinished year are pending */
};

/* Deepest level of values for an output level. */
static enum rh_value_level
finest(enum rh_output_level output)
{
    return output == RH_OUTPUT_PROVINCE     ? RH_PROVINCE
           : output == RH_OUTPUT_PREFECTURE ? RH_PREFECTURE
                                            : RH_COUNTY;
}

static rh_status
sql_fail(const rh_run_file *file, rh_err *err)
{
    return rh_fail(err, RH_IO, "Cannot write %s: %s.", file->path, sqlite3_errmsg(file->db));
}

static rh_status
run_sql(const rh_run_file *file, const char *sql, rh_err *err)
{
    return sqlite3_exec(file->db, sql, NULL, NULL, NULL) == SQLITE_OK ? RH_OK
                                                                      : sql_fail(file, err);
}

static rh_status
prepare(const rh_run_file *file, const char *sql, sqlite3_stmt **out, rh_err *err)
{
    return sqlite3_prepare_v2(file->db, sql, -1, out, NULL) == SQLITE_OK ? RH_OK
                                                                         : sql_fail(file, err);
}

/* Run a statement that returns no rows and make it ready for the next. */
static rh_status
step(const rh_run_file *file, sqlite3_stmt *s, rh_err *err)
{
    int code = sqlite3_step(s);
    if (code != SQLITE_DONE) {
        rh_status status = sql_fail(file, err);
        sqlite3_reset(s);
        return status;
    }
    sqlite3_reset(s);
    return RH_OK;
}

/* Run SQL with text parameters (NULL stays NULL). */
static rh_status
run_texts(const rh_run_file *file, const char *sql, const char *const *text, int n, rh_err *err)
{
    sqlite3_stmt *s = NULL;
    RH_TRY(prepare(file, sql, &s, err));
    for (int i = 0; i < n; i++) {
        sqlite3_bind_text(s, i + 1, text[i], -1, SQLITE_STATIC);
    }
    rh_status status = step(file, s, err);
    sqlite3_finalize(s);
    return status;
}

static rh_status
begin(rh_run_file *file, rh_err *err)
{
    if (!file->in_transaction) {
        RH_TRY(run_sql(file, "BEGIN IMMEDIATE", err));
        file->in_transaction = true;
    }
    return RH_OK;
}

static void
roll_back(rh_run_file *file)
{
    if (file->in_transaction) {
        sqlite3_exec(file->db, "ROLLBACK", NULL, NULL, NULL);
    }
    file->in_transaction = file->in_year = false;
}

static rh_status
commit(rh_run_file *file, rh_err *err)
{
    if (file->in_transaction) {
        rh_status status = run_sql(file, "COMMIT", err);
        if (status != RH_OK) {
            roll_back(file);
            return status;
        }
    }
    file->in_transaction = file->in_year = false;
    return RH_OK;
}

/* Undo the unfinished year when a write failed. */
static rh_status
keep_or_undo(rh_run_file *file, rh_status status)
{
    if (status != RH_OK) {
        roll_back(file);
    }
    return status;
}

/* ---- the constant tables ---- */

static const char schema[] =
    "CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;"
    "CREATE TABLE provenance (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;"
    "CREATE TABLE indicator (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, zh TEXT, en "
    "TEXT, unit TEXT,"
    " better TEXT, kind TEXT, source TEXT, ask TEXT);"
    "CREATE TABLE lever (number INTEGER PRIMARY KEY, lever TEXT NOT NULL, place TEXT, "
    "from_year INTEGER,"
    " ramp INTEGER, until_year INTEGER, value REAL);"
    "CREATE TABLE warning (number INTEGER PRIMARY KEY, year INTEGER, text TEXT NOT NULL);"
    "CREATE TABLE year (year INTEGER PRIMARY KEY, residents REAL, has_families INTEGER);"
    "CREATE TABLE value (year INTEGER, level INTEGER, indicator INTEGER, part INTEGER, code "
    "INTEGER,"
    " value REAL, PRIMARY KEY (year, level, indicator, part, code)) WITHOUT ROWID;"
    "CREATE TABLE flow (year INTEGER, home INTEGER, residence INTEGER, persons REAL,"
    " PRIMARY KEY (year, home, residence)) WITHOUT ROWID;"
    "CREATE TABLE flow_county (year INTEGER, home INTEGER, pairs BLOB, PRIMARY KEY (year, "
    "home));"
    "CREATE TABLE township_population (year INTEGER, code INTEGER, part INTEGER, persons REAL,"
    " PRIMARY KEY (year, code, part)) WITHOUT ROWID;"
    "CREATE TABLE nation (code INTEGER PRIMARY KEY, name TEXT);"
    "CREATE VIEW value_named AS SELECT v.year, CASE v.level WHEN 0 THEN 'nation' WHEN 1 THEN "
    "'province'"
    " WHEN 2 THEN 'prefecture' ELSE 'county' END AS level, v.code, coalesce(n.name, p.name, "
    "f.name, c.name)"
    " AS name, i.id AS indicator, i.zh, CASE v.part WHEN 0 THEN 'all' WHEN 1 THEN 'rural' ELSE "
    "'urban' END"
    " AS part, v.value, i.unit FROM value v JOIN indicator i ON i.number = v.indicator"
    " LEFT JOIN nation n ON v.level = 0 AND n.code = v.code"
    " LEFT JOIN province p ON v.level = 1 AND p.code = v.code"
    " LEFT JOIN prefecture f ON v.level = 2 AND f.code = v.code"
    " LEFT JOIN county c ON v.level = 3 AND c.code = v.code;";

/* Where a place is: its own point, else the mean of the places under it that have one. */
static void
point_of(const rh_level *level, const rh_level *below, uint32_t i, double *lon, double *lat)
{
    *lon = level->lon ? level->lon[i] : (double)NAN;
    *lat = level->lat ? level->lat[i] : (double)NAN;
    if (!isnan(*lon) || below == NULL || below->lon == NULL) {
        return;
    }
    double x = 0, y = 0, n = 0;
    for (uint32_t k = level->first[i]; k < level->first[i + 1]; k++) {
        if (!isnan(below->lon[k]) && !isnan(below->lat[k])) {
            x += below->lon[k];
            y += below->lat[k];
            n++;
        }
    }
    *lon = n > 0 ? x / n : (double)NAN;
    *lat = n > 0 ? y / n : (double)NAN;
}

static rh_status
write_layer(const rh_run_file *file, const char *table, const char *title,
            const rh_level *level, const rh_level *below, const rh_level *above,
            const char *day, rh_err *err)
{
    char sql[400];
    snprintf(
        sql, sizeof sql,
        "CREATE TABLE %s (fid INTEGER PRIMARY KEY, geom POINT, code INTEGER NOT NULL UNIQUE,"
        " name TEXT NOT NULL, parent INTEGER NOT NULL, lon REAL, lat REAL)",
        table);
    RH_TRY(run_sql(file, sql, err));
    snprintf(sql, sizeof sql, "INSERT INTO %s VALUES (?, ?, ?, ?, ?, ?, ?)", table);
    sqlite3_stmt *s = NULL;
    RH_TRY(prepare(file, sql, &s, err));
    rh_status status = RH_OK;
    for (uint32_t i = 0; i < level->n && status == RH_OK; i++) {
        unsigned char geom[RH_GPKG_POINT_SIZE];
        double lon, lat;
        point_of(level, below, i, &lon, &lat);
        sqlite3_clear_bindings(s);
        sqlite3_bind_int64(s, 1, i + 1);
        if (!isnan(lon) && !isnan(lat)) {
            rh_gpkg_point(geom, lon, lat);
            sqlite3_bind_blob(s, 2, geom, sizeof geom, SQLITE_STATIC);
            sqlite3_bind_double(s, 6, lon);
            sqlite3_bind_double(s, 7, lat);
        }
        sqlite3_bind_int64(s, 3, (sqlite3_int64)level->code[i]);
        sqlite3_bind_text(s, 4, level->name[i], -1, SQLITE_STATIC);
        sqlite3_bind_int64(
            s, 5, above ? (sqlite3_int64)above->code[level->parent[i]] : RH_NATION_CODE);
        status = step(file, s, err);
    }
    sqlite3_finalize(s);
    RH_TRY(status);
    return rh_gpkg_register_points(file->db, table, title, day) == SQLITE_OK
               ? RH_OK
               : sql_fail(file, err);
}

static rh_status
write_about(const rh_run_file *file, const char *key, const char *value, rh_err *err)
{
    return run_texts(file, "INSERT INTO about VALUES (?, ?)",
                     (const char *[]){key, value ? value : ""}, 2, err);
}

static rh_status
write_levers(const rh_run_file *file, const rh_scenario *scenario, rh_err *err)
{
    sqlite3_stmt *s = NULL;
    RH_TRY(prepare(file, "INSERT INTO lever VALUES (?, ?, ?, ?, ?, ?, ?)", &s, err));
    rh_status status = RH_OK;
    for (unsigned i = 0; i < scenario->n_levers && status == RH_OK; i++) {
        const rh_lever_setting *l = &scenario->lever[i];
        sqlite3_clear_bindings(s);
        sqlite3_bind_int64(s, 1, i + 1);
        sqlite3_bind_text(s, 2, l->lever, -1, SQLITE_STATIC);
        sqlite3_bind_text(s, 3, l->place, -1, SQLITE_STATIC);
        sqlite3_bind_int(s, 4, l->from);
        sqlite3_bind_int(s, 5, l->ramp);
        if (l->until != INT_MAX) {
            sqlite3_bind_int(s, 6, l->until);
        }
        sqlite3_bind_double(s, 7, l->value);
        status = step(file, s, err);
    }
    sqlite3_finalize(s);
    return status;
}

static rh_status
write_indicators(const rh_run_file *file, rh_err *err)
{
    static const char *const better[] = {"lower", "neutral", "higher"};
    for (int i = 0; i < RH_INDICATOR_COUNT; i++) {
        const rh_indicator *r = rh_indicator_get((enum rh_indicator_id)i);
        char number[12];
        snprintf(number, sizeof number, "%d", i + 1);
        const char *text[] = {number,
                              r->id,
                              r->zh,
                              r->en,
                              r->unit,
                              better[r->direction + 1],
                              r->is_count ? "count" : "ratio",
                              r->source,
                              r->ask};
        RH_TRY(run_texts(
            file, "INSERT INTO indicator VALUES (CAST(? AS INTEGER), ?, ?, ?, ?, ?, ?, ?, ?)",
            text, 9, err));
    }
    return RH_OK;
}

static rh_status
write_constants(const rh_run_file *file, const rh_scenario *scenario, rh_err *err)
{
    static const char *const outputs[] = {"province", "prefecture", "county", "township"};
    const rh_region *region = file->region;
    char day[64], number[64];
    snprintf(day, sizeof day, "%d-12-31T00:00:00.000Z", region->base_year);
    RH_TRY(run_sql(file, rh_gpkg_schema, err));
    RH_TRY(write_layer(file, "province", "省级", &region->province, &region->prefecture, NULL,
                       day, err));
    RH_TRY(write_layer(file, "prefecture", "地级", &region->prefecture, &region->county,
                       &region->province, day, err));
    RH_TRY(write_layer(file, "county", "县级", &region->county, &region->town,
                       &region->prefecture, day, err));
    if (file->output == RH_OUTPUT_TOWNSHIP) {
        RH_TRY(write_layer(file, "township", "乡级", &region->town, NULL, &region->county, day,
                           err));
    }
    RH_TRY(run_sql(file, schema, err));
    /* A region may be a part of the country. */
    RH_TRY(run_texts(
        file, "INSERT INTO nation VALUES (100000, ?)",
        (const char *[]){region->province.n >= RH_PROVINCES ? "全国" : "所含地区合计"}, 1,
        err));
    RH_TRY(write_about(file, "title", scenario->title, err));
    RH_TRY(write_about(file, "region", region->title, err));
    RH_TRY(write_about(file, "source", region->source, err));
    RH_TRY(write_about(file, "notes", region->notes, err));
    RH_TRY(write_about(file, "synthetic_below_province",
                       region->synthetic_below_province ? "yes" : "no", err));
    RH_TRY(write_about(file, "output", outputs[file->output], err));
    snprintf(number, sizeof number, "%.17g", scenario->sample);
    RH_TRY(write_about(file, "sample", number, err));
    snprintf(number, sizeof number, "%llu", (unsigned long long)scenario->seed);
    RH_TRY(write_about(file, "seed", number, err));
    RH_TRY(run_texts(file, "INSERT INTO provenance VALUES ('scenario', ?)",
                     (const char *[]){scenario->text ? scenario->text : ""}, 1, err));
    RH_TRY(write_indicators(file, err));
    return write_levers(file, scenario, err);
}

/* ---- opening and closing ---- */

static rh_status
open_db(rh_run_file *file, const char *path, int flags, rh_err *err)
{
    if (sqlite3_open_v2(path, &file->db, flags, NULL) != SQLITE_OK) {
        return sql_fail(file, err);
    }
    sqlite3_busy_timeout(file->db, 5000);
    return RH_OK;
}

static rh_status
file_new(const char *path, const rh_region *region, const rh_scenario *scenario,
         rh_run_file **out, rh_err *err)
{
    rh_run_file *file;
    RH_NEW(file, 1, err);
    *file = (rh_run_file){.path = path,
                          .region = region,
                          .output = scenario->output,
                          .weight = 1 / scenario->sample,
                          .last_year = INT_MIN};
    file->before = rh_alloc(rh_place_count(region), sizeof *file->before);
    if (file->before == NULL) {
        rh_free(file);
        return rh_fail(err, RH_MEMORY, "Not enough memory for the places of %s.", path);
    }
    *out = file;
    return RH_OK;
}

static rh_status
prepare_all(rh_run_file *file, rh_err *err)
{
    RH_TRY(prepare(file, "INSERT INTO value VALUES (?, ?, ?, ?, ?, ?)", &file->value, err));
    RH_TRY(prepare(file, "INSERT INTO flow VALUES (?, ?, ?, ?)", &file->flow, err));
    return prepare(file, "INSERT INTO township_population VALUES (?, ?, ?, ?)", &file->township,
                   err);
}

static void
file_free(rh_run_file *file)
{
    sqlite3_finalize(file->value);
    sqlite3_finalize(file->flow);
    sqlite3_finalize(file->township);
    sqlite3_close(file->db);
    rh_free(file->before);
    rh_free(file);
}

/* The constant tables are written to PATH.partial, which takes the name only when they are
 * complete. */
static rh_status
write_new(rh_run_file *file, const rh_scenario *scenario, rh_err *err)
{
    char *partial = sqlite3_mprintf("%s.partial", file->path);
    char *journal = sqlite3_mprintf("%s-journal", file->path);
    if (partial == NULL || journal == NULL) {
        sqlite3_free(partial);
        sqlite3_free(journal);
        return rh_fail(err, RH_MEMORY, "Not enough memory for the name of %s.", file->path);
    }
    unlink(partial);
    rh_status status = open_db(file, partial, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, err);
    if (status == RH_OK) {
        status = begin(file, err);
    }
    if (status == RH_OK) {
        status = keep_or_undo(file, write_constants(file, scenario, err));
    }
    if (status == RH_OK) {
        status = commit(file, err);
    }
    sqlite3_close(file->db);
    file->db = NULL;
    if (status == RH_OK) {
        unlink(
            journal); /* a journal of the file that we replace must not be played into ours */
        if (rename(partial, file->path) != 0) {
            status = rh_fail(err, RH_IO, "Cannot rename %s to %s.", partial, file->path);
        }
    }
    if (status != RH_OK) {
        unlink(partial);
    }
    sqlite3_free(partial);
    sqlite3_free(journal);
    return status;
}

rh_status
rh_run_file_create(const char *path, const rh_region *region, const rh_scenario *scenario,
                   rh_run_file **out, rh_err *err)
{
    rh_run_file *file;
    RH_TRY(file_new(path, region, scenario, &file, err));
    rh_status status = write_new(file, scenario, err);
    if (status == RH_OK) {
        status = open_db(file, path, SQLITE_OPEN_READWRITE, err);
    }
    if (status == RH_OK) {
        status = prepare_all(file, err);
    }
    if (status != RH_OK) {
        file_free(file);
        return status;
    }
    *out = file;
    return RH_OK;
}

/* Is this the file of the same scenario, and does it hold the year? */
static rh_status
check_resumable(rh_run_file *file, const rh_scenario *scenario, int year, rh_err *err)
{
    sqlite3_stmt *s = NULL;
    if (sqlite3_prepare_v2(file->db, "SELECT value FROM provenance WHERE key = 'scenario'", -1,
                           &s, NULL) != SQLITE_OK) {
        return rh_fail(err, RH_INPUT, "%s is no run file: %s.", file->path,
                       sqlite3_errmsg(file->db));
    }
    bool same =
        sqlite3_step(s) == SQLITE_ROW && strcmp((const char *)sqlite3_column_text(s, 0),
                                                scenario->text ? scenario->text : "") == 0;
    sqlite3_finalize(s);
    if (!same) {
        return rh_fail(err, RH_INPUT,
                       "%s was made from another scenario than %s, so it cannot be resumed.",
                       file->path, scenario->path ? scenario->path : "this one");
    }
    RH_TRY(prepare(file, "SELECT count(*), max(year) FROM year WHERE year <= ?", &s, err));
    sqlite3_bind_int(s, 1, year);
    bool has = sqlite3_step(s) == SQLITE_ROW && sqlite3_column_int(s, 1) == year &&
               sqlite3_column_int(s, 0) > 0;
    sqlite3_finalize(s);
    return has ? RH_OK
               : rh_fail(err, RH_INPUT,
                         "%s does not hold year %d, so it cannot be resumed from there.",
                         file->path, year);
}

/* Residents a year ago, read back from the published ones. */
static rh_status
read_before(rh_run_file *file, int year, rh_err *err)
{
    sqlite3_stmt *s = NULL;
    RH_TRY(prepare(file,
                   "SELECT value FROM value WHERE year = ? AND level = ? AND indicator = ? AND "
                   "part = ? AND"
                   " code = ?",
                   &s, err));
    rh_status status = RH_OK;
    for (int level = 0; level <= (int)finest(file->output); level++) {
        const uint32_t n = rh_level_count(file->region, (enum rh_value_level)level);
        const uint32_t first = rh_place_first(file->region, (enum rh_value_level)level);
        for (uint32_t i = 0; i < n && status == RH_OK; i++) {
            for (int part = 0; part < RH_PART_COUNT && status == RH_OK; part++) {
                uint64_t code = rh_place_code(file->region, (enum rh_value_level)level, i);
                sqlite3_bind_int(s, 1, year);
                sqlite3_bind_int(s, 2, level);
                sqlite3_bind_int(s, 3, RH_INDICATOR_population + 1);
                sqlite3_bind_int(s, 4, RH_RURAL_PART + part);
                sqlite3_bind_int64(s, 5, (sqlite3_int64)code);
                if (sqlite3_step(s) == SQLITE_ROW) {
                    file->before[first + i][part] =
                        llround(sqlite3_column_double(s, 0) / file->weight);
                } else {
                    status = rh_fail(err, RH_INPUT,
                                     "%s has no population of place %llu in %d: it belongs to "
                                     "another region.",
                                     file->path, (unsigned long long)code, year);
                }
                sqlite3_reset(s);
            }
        }
    }
    sqlite3_finalize(s);
    return status;
}

static rh_status
forget_after(rh_run_file *file, int year, rh_err *err)
{
    char sql[400];
    snprintf(sql, sizeof sql,
             "DELETE FROM value WHERE year > %d; DELETE FROM flow WHERE year > %d; DELETE FROM "
             "flow_county WHERE year > %d; DELETE FROM "
             "year WHERE"
             " year > %d; DELETE FROM warning WHERE year > %d; DELETE FROM township_population "
             "WHERE year > %d;",
             year, year, year, year, year, year);
    RH_TRY(begin(file, err));
    RH_TRY(keep_or_undo(file, run_sql(file, sql, err)));
    return commit(file, err);
}

rh_status
rh_run_file_resume(const char *path, const rh_region *region, const rh_scenario *scenario,
                   int year, rh_run_file **out, rh_err *err)
{
    rh_run_file *file;
    RH_TRY(file_new(path, region, scenario, &file, err));
    rh_status status = open_db(file, path, SQLITE_OPEN_READWRITE, err);
    if (status == RH_OK) {
        status = check_resumable(file, scenario, year, err);
    }
    if (status == RH_OK) {
        status = read_before(file, year, err);
    }
    if (status == RH_OK) {
        status = forget_after(file, year, err);
    }
    if (status == RH_OK) {
        status = prepare_all(file, err);
    }
    if (status != RH_OK) {
        file_free(file);
        return status;
    }
    file->last_year = year;
    *out = file;
    return RH_OK;
}

rh_status
rh_run_file_close(rh_run_file *file, rh_err *err)
{
    rh_status status = RH_OK;
    if (file != NULL) {
        if (file->in_year) {
            roll_back(file);
        }
        status = commit(file, err);
        file_free(file);
    }
    return status;
}

/* ---- a year ---- */

rh_status
rh_run_file_provenance(rh_run_file *file, const char *key, const char *value, rh_err *err)
{
    RH_TRY(begin(file, err));
    return keep_or_undo(file, run_texts(file, "INSERT OR REPLACE INTO provenance VALUES (?, ?)",
                                        (const char *[]){key, value}, 2, err));
}

rh_status
rh_run_file_input(rh_run_file *file, const char *role, const char *path, rh_err *err)
{
    char hex[RH_SHA256_HEX], key[200];
    RH_TRY(rh_sha256_file(path, hex, err));
    snprintf(key, sizeof key, "input %s", role);
    return rh_run_file_provenance(file, key, hex, err);
}

rh_status
rh_run_file_warn(rh_run_file *file, int year, const char *text, rh_err *err)
{
    char number[16];
    snprintf(number, sizeof number, "%d", year);
    RH_TRY(begin(file, err));
    file->in_year = true;
    return keep_or_undo(file, run_texts(file,
                                        "INSERT INTO warning SELECT coalesce(max(number), 0) + "
                                        "1, CAST(? AS INTEGER), ? FROM"
                                        " warning",
                                        (const char *[]){number, text}, 2, err));
}

/* Prefecture by prefecture as rows, for anybody with SQL. */
static rh_status
write_prefecture_flows(rh_run_file *file, int year, const uint32_t *stock, rh_err *err)
{
    const rh_level *county = &file->region->county, *prefecture = &file->region->prefecture;
    uint64_t *sum;
    RH_NEW(sum, prefecture->n, err);
    sqlite3_stmt *s = file->flow;
    sqlite3_bind_int(s, 1, year);
    rh_status status = RH_OK;
    for (uint32_t home = 0; home < prefecture->n && status == RH_OK; home++) {
        memset(sum, 0, prefecture->n * sizeof *sum);
        for (size_t c = prefecture->first[home]; c < prefecture->first[home + 1]; c++) {
            for (size_t to = 0; to < county->n; to++) {
                sum[county->parent[to]] += stock[c * county->n + to];
            }
        }
        sqlite3_bind_int64(s, 2, (sqlite3_int64)prefecture->code[home]);
        for (uint32_t to = 0; to < prefecture->n && status == RH_OK; to++) {
            if (sum[to] != 0) {
                sqlite3_bind_int64(s, 3, (sqlite3_int64)prefecture->code[to]);
                sqlite3_bind_double(s, 4, (double)sum[to] * file->weight);
                status = step(file, s, err);
            }
        }
    }
    rh_free(sum);
    return status;
}

static unsigned char *
put_varint(unsigned char *at, uint32_t n)
{
    for (; n >= 0x80; n >>= 7) {
        *at++ = (unsigned char)(n | 0x80);
    }
    *at++ = (unsigned char)n;
    return at;
}

/* County by county there are millions of pairs: one packed blob a home county
 * (docs/run-file.md). */
static rh_status
write_county_flows(rh_run_file *file, int year, const uint32_t *stock, rh_err *err)
{
    const rh_level *county = &file->region->county;
    unsigned char *pairs;
    sqlite3_stmt *s = NULL;
    RH_TRY(prepare(file, "INSERT INTO flow_county VALUES (?, ?, ?)", &s, err));
    pairs = rh_alloc(county->n, 10);
    rh_status status =
        pairs ? RH_OK : rh_fail(err, RH_MEMORY, "Not enough memory for the flows of %d.", year);
    for (size_t home = 0; home < county->n && status == RH_OK; home++) {
        unsigned char *at = pairs;
        uint32_t last = 0;
        for (uint32_t c = 0; c < county->n; c++) {
            const uint32_t persons = stock[home * county->n + c];
            if (persons != 0) {
                at = put_varint(put_varint(at, c - last), persons);
                last = c;
            }
        }
        sqlite3_bind_int(s, 1, year);
        sqlite3_bind_int64(s, 2, (sqlite3_int64)county->code[home]);
        sqlite3_bind_blob(s, 3, pairs, (int)(at - pairs), SQLITE_STATIC);
        status = step(file, s, err);
    }
    rh_free(pairs);
    sqlite3_finalize(s);
    return status;
}

static rh_status
write_flows(rh_run_file *file, int year, const uint32_t *stock, rh_err *err)
{
    RH_TRY(write_prefecture_flows(file, year, stock, err));
    return write_county_flows(file, year, stock, err);
}

rh_status
rh_run_file_flows(rh_run_file *file, int year, const uint32_t *stock, rh_err *err)
{
    RH_TRY(begin(file, err));
    file->in_year = true;
    return keep_or_undo(file, write_flows(file, year, stock, err));
}

/* One indicator of all places of a level. */
static rh_status
write_values(rh_run_file *file, enum rh_value_level level, enum rh_indicator_id id,
             enum rh_value_part part, const rh_facts *facts, bool has_before, bool has_family,
             rh_err *err)
{
    const uint32_t n = rh_level_count(file->region, level),
                   first = rh_place_first(file->region, level);
    sqlite3_stmt *s = file->value;
    for (uint32_t i = 0; i < n; i++) {
        double value = rh_indicator_value(id, &facts[first + i],
                                          has_before ? file->before[first + i] : NULL,
                                          has_family, part, file->weight);
        if (isfinite(value)) {
            sqlite3_bind_int(s, 2, (int)level);
            sqlite3_bind_int(s, 3, (int)id + 1);
            sqlite3_bind_int(s, 4, (int)part);
            sqlite3_bind_int64(s, 5, (sqlite3_int64)rh_place_code(file->region, level, i));
            sqlite3_bind_double(s, 6, value);
            RH_TRY(step(file, s, err));
        }
    }
    return RH_OK;
}

static rh_status
write_townships(rh_run_file *file, int year, const rh_tally *tally, rh_err *err)
{
    sqlite3_stmt *s = file->township;
    sqlite3_bind_int(s, 1, year);
    for (uint32_t leaf = 0; leaf < tally->n_leaves; leaf++) {
        if (tally->leaf[leaf] != 0) {
            sqlite3_bind_int64(s, 2, (sqlite3_int64)file->region->town.code[leaf / 2]);
            sqlite3_bind_int(s, 3, RH_RURAL_PART + (int)(leaf % 2));
            sqlite3_bind_double(s, 4, tally->leaf[leaf] * file->weight);
            RH_TRY(step(file, s, err));
        }
    }
    return RH_OK;
}

/* Do the events explain the change everywhere? The first county that they do not is warned of.
 */
static rh_status
check_books(rh_run_file *file, int year, const rh_facts *facts, rh_err *err)
{
    const enum rh_value_level level = finest(file->output);
    const uint32_t first = rh_place_first(file->region, level),
                   n = rh_level_count(file->region, level);
    uint32_t open = 0, worst = 0;
    for (uint32_t i = n; i-- > 0;) {
        const int64_t *b = file->before[first + i];
        if (!rh_urban_change_of(&facts[first + i], b[RH_URBAN], b[RH_RURAL] + b[RH_URBAN])
                 .closes) {
            worst = i;
            open++;
        }
    }
    if (open == 0) {
        return RH_OK;
    }
    char text[300];
    snprintf(text, sizeof text,
             "In %d the counted events do not explain the change of residents in %u of %u "
             "places, first in %llu;"
             " the parts of the urban share's change do not add up there.",
             year, (unsigned)open, (unsigned)n,
             (unsigned long long)rh_place_code(file->region, level, worst));
    return rh_run_file_warn(file, year, text, err);
}

static rh_status
write_year(rh_run_file *file, int year, const rh_tally *tally, const rh_facts *facts,
           bool has_family, rh_err *err)
{
    const bool has_before = file->last_year == year - 1;
    sqlite3_bind_int(file->value, 1, year);
    for (int level = 0; level <= (int)finest(file->output); level++) {
        for (int id = 0; id < RH_INDICATOR_COUNT; id++) {
            const bool by_part = rh_indicator_get((enum rh_indicator_id)id)->by_part;
            for (int part = 0; part < (by_part ? RH_VALUE_PARTS : 1); part++) {
                RH_TRY(write_values(file, (enum rh_value_level)level, (enum rh_indicator_id)id,
                                    (enum rh_value_part)part, facts, has_before, has_family,
                                    err));
            }
        }
    }
    if (file->output == RH_OUTPUT_TOWNSHIP) {
        RH_TRY(write_townships(file, year, tally, err));
    }
    if (has_before) {
        RH_TRY(check_books(file, year, facts, err));
    }
    char sql[160];
    const int64_t residents =
        facts[0].n[RH_RURAL][RH_FACT_population] + facts[0].n[RH_URBAN][RH_FACT_population];
    snprintf(sql, sizeof sql, "INSERT INTO year VALUES (%d, %.17g, %d)", year,
             (double)residents * file->weight, has_family);
    return run_sql(file, sql, err);
}

rh_status
rh_run_file_year(rh_run_file *file, int year, const rh_tally *tally,
                 const rh_family_tally *family, rh_err *err)
{
    rh_facts *facts = NULL;
    RH_TRY(keep_or_undo(file, rh_facts_new(file->region, tally, family, year, &facts, err)));
    rh_status status = begin(file, err);
    if (status == RH_OK) {
        status = keep_or_undo(file, write_year(file, year, tally, facts, family != NULL, err));
    }
    if (status == RH_OK) {
        status = commit(file, err);
    }
    if (status == RH_OK) {
        file->last_year = year;
        for (uint32_t i = 0; i < rh_place_count(file->region); i++) {
            for (int part = 0; part < RH_PART_COUNT; part++) {
                file->before[i][part] = facts[i].n[part][RH_FACT_population];
            }
        }
    }
    rh_free(facts);
    return status;
}
