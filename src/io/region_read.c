/* Reading region files: see region_file.h and docs/region-file.md.
 *
 * F3 every value is checked before it is used; up to 20 problems of a table are told at once.
 * F4 memory is asked for in proportion to the file's size, whatever the file says. */
#include "io/region_file.h"

#include "core/mem.h"
#include "core/text.h"
#include "io/gpkg.h"
#include "io/region_layout.h"

#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PROBLEMS = 20 };

/* The open file and the problems found in it so far. */
typedef struct reader {
    rh_region_db db;
    unsigned n_problems;
    size_t used;
    char problems[sizeof((rh_err *)0)->text];
} reader;

static rh_status problem(reader *f, const char *format, ...) RH_PRINTF(2, 3);

/* Add a sentence (the file's name is put in front). RH_OK: go on with a harmless value;
 * RH_INPUT: enough. */
static rh_status
problem(reader *f, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    rh_text_mend(text);
    size_t left = sizeof f->problems - f->used;
    int size = snprintf(f->problems + f->used, left, "%s%s: %s", f->used > 0 ? "\n" : "",
                        f->db.path, text);
    if (size < 0 || (size_t)size >= left) {
        f->problems[f->used] = '\0'; /* no room: the sentences before it must do */
        return RH_INPUT;
    }
    f->used += (size_t)size;
    return ++f->n_problems < PROBLEMS ? RH_OK : RH_INPUT;
}

/* The end of reading: the problems, with the cause that ended it (if any) as the last. */
static rh_status
settle(reader *f, rh_status status, const rh_err *cause, rh_err *err)
{
    if (f->n_problems == 0) {
        return status == RH_OK ? RH_OK : rh_fail(err, status, "%s", cause->text);
    }
    return rh_fail(err, RH_INPUT, "%s%s%s", f->problems, cause->text[0] != '\0' ? "\n" : "",
                   cause->text);
}

static rh_level *
level_of(rh_region *region, int level)
{
    rh_level *levels[LEVELS] = {&region->province, &region->prefecture, &region->county,
                                &region->town};
    return levels[level];
}

/* Every table must be a real table: a view could run anything. */
static rh_status
check_tables(reader *f, rh_err *err)
{
    static const char *const needed[] = {"region", "province", "prefecture",
                                         "county", "township", "county_array"};
    sqlite3_stmt *row;
    RH_TRY(rh_region_db_prepare(&f->db, "reading",
                                "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?",
                                &row, err));
    rh_status status = RH_OK;
    for (size_t i = 0; i < sizeof needed / sizeof needed[0] && status == RH_OK; i++) {
        sqlite3_bind_text(row, 1, needed[i], -1, SQLITE_STATIC);
        int step = sqlite3_step(row);
        if (step == SQLITE_DONE) {
            status = rh_fail(err, RH_INPUT,
                             "%s is not a complete region file: the table %s is missing.",
                             f->db.path, needed[i]);
        } else if (step != SQLITE_ROW) {
            status = rh_region_db_fail(&f->db, "reading", err);
        }
        sqlite3_reset(row);
    }
    sqlite3_finalize(row);
    return status;
}

/* Text under `key` of the table region. */
static rh_status
read_about(reader *f, const char *key, char **out, rh_err *err)
{
    sqlite3_stmt *row;
    RH_TRY(rh_region_db_prepare(&f->db, "reading the table region",
                                "SELECT value FROM region WHERE key = ?", &row, err));
    sqlite3_bind_text(row, 1, key, -1, SQLITE_STATIC);
    rh_status status = RH_OK;
    int step = sqlite3_step(row);
    const char *text = step == SQLITE_ROW ? (const char *)sqlite3_column_text(row, 0) : NULL;
    if (text != NULL && rh_text_valid(text, strlen(text)) == strlen(text)) {
        *out = rh_strdup(text);
        status = *out != NULL ? RH_OK
                              : rh_fail(err, RH_MEMORY, "%s: not enough memory for the %s.",
                                        f->db.path, key);
    } else if (step == SQLITE_ROW || step == SQLITE_DONE) {
        status = rh_fail(err, RH_INPUT, "%s: the table region has no %s %s.", f->db.path,
                         text != NULL ? "readable" : "text for", key);
    } else {
        status = rh_region_db_fail(&f->db, "reading the table region", err);
    }
    sqlite3_finalize(row);
    return status;
}

static rh_status
read_about_number(reader *f, const char *key, int low, int high, int *out, rh_err *err)
{
    char *text = NULL, *end;
    RH_TRY(read_about(f, key, &text, err));
    const char *digits = text != NULL ? text : "";
    long value = strtol(digits, &end, 10);
    rh_status status = RH_OK;
    if (*digits == '\0' || *end != '\0' || value < low || value > high) {
        status = rh_fail(err, RH_INPUT,
                         "%s: %s in the table region is \"%.40s\"; it must be %d to %d.",
                         f->db.path, key, digits, low, high);
    }
    *out = (int)value;
    rh_free(text);
    return status;
}

static rh_status
read_head(reader *f, rh_region *region, rh_err *err)
{
    int layout, synthetic;
    RH_TRY(read_about_number(f, "layout", RH_REGION_LAYOUT, RH_REGION_LAYOUT, &layout, err));
    RH_TRY(read_about(f, "title", &region->title, err));
    RH_TRY(read_about(f, "source", &region->source, err));
    RH_TRY(read_about(f, "notes", &region->notes, err));
    RH_TRY(read_about_number(f, "base_year", 1900, 2200, &region->base_year, err));
    RH_TRY(read_about_number(f, "synthetic_below_province", 0, 1, &synthetic, err));
    region->synthetic_below_province = synthetic != 0;
    return RH_OK;
}

/* Two whole numbers from a query without parameters. */
static rh_status
ask(reader *f, const char *sql, uint64_t answer[2], rh_err *err)
{
    sqlite3_stmt *row;
    RH_TRY(rh_region_db_prepare(&f->db, "reading", sql, &row, err));
    rh_status status = RH_OK;
    if (sqlite3_step(row) == SQLITE_ROW) {
        answer[0] = (uint64_t)sqlite3_column_int64(row, 0);
        answer[1] = (uint64_t)sqlite3_column_int64(row, 1);
    } else {
        status = rh_region_db_fail(&f->db, "reading", err);
    }
    sqlite3_finalize(row);
    return status;
}

/* Make room for all places: the counts of rows and the bytes of their names are asked first. */
static rh_status
make_room(reader *f, rh_region *region, uint64_t file_size, size_t *strings_size, rh_err *err)
{
    *strings_size = 0;
    for (int level = 0; level < LEVELS; level++) {
        rh_level *places = level_of(region, level);
        uint64_t answer[2] = {0};
        char sql[160];
        snprintf(sql, sizeof sql,
                 "SELECT count(*), coalesce(sum(length(CAST(name AS BLOB)) + 1), 0) FROM %s",
                 rh_level_table[level]);
        RH_TRY(ask(f, sql, answer, err));
        /* Each row and each byte of a name takes space in the file. */
        if (answer[0] == 0 || answer[0] > file_size || answer[1] > 2 * file_size) {
            return rh_fail(err, RH_INPUT,
                           "%s: the table %s has %" PRIu64 " rows with names of %" PRIu64
                           " bytes.",
                           f->db.path, rh_level_table[level], answer[0], answer[1]);
        }
        *strings_size += answer[1];
        uint32_t n = (uint32_t)answer[0];
        RH_NEW(places->code, n, err);
        RH_NEW(places->name, n, err);
        RH_NEW(places->lon, n, err);
        RH_NEW(places->lat, n, err);
        RH_NEW(places->parent, n, err);
        if (level < TOWN) {
            RH_NEW(places->first, (size_t)n + 1, err);
        }
        places->n = n;
    }
    RH_NEW(region->strings, *strings_size + 1, err);
    uint32_t n = region->county.n;
    for (size_t i = 0; i < RH_COUNTY_COLUMNS; i++) {
        const rh_table_column *column = &rh_county_column[i];
        static const size_t size[] = {sizeof(bool), sizeof(uint32_t), sizeof(double),
                                      sizeof(double)};
        void *values;
        if (column->at > 0) {
            continue; /* the array was made for its first column */
        }
        values = rh_alloc((size_t)n * column->per_row, size[column->kind]);
        if (values == NULL) {
            return rh_fail(err, RH_MEMORY, "%s: not enough memory for %s of %u counties.",
                           f->db.path, column->name, n);
        }
        memcpy((char *)&region->column + column->member, &values, sizeof values);
    }
    RH_NEW(region->cell, n, err);
    RH_NEW(region->flow_first, (size_t)n + 1, err);
    RH_NEW(region->near_first, (size_t)n + 1, err);
    RH_NEW(region->town_kind, region->town.n, err);
    RH_NEW(region->leaf_class, 2 * (size_t)region->town.n, err);
    return RH_OK;
}

/* The row being read and the place it is about. */
typedef struct place {
    const char *table, *name;
    uint64_t code;
    sqlite3_stmt *row;
} place;

/* A problem with column `at` of the place's row: "TABLE: COLUMN of CODE NAME is VALUE; it must
 * be WHAT." */
static rh_status
wrong_value(reader *f, const place *p, int at, const char *what)
{
    const char *text = (const char *)sqlite3_column_text(p->row, at);
    text = text != NULL ? text : "empty";
    return problem(f, "%s: %s of %" PRIu64 " %s is %.*s; it must be %s.", p->table,
                   sqlite3_column_name(p->row, at), p->code, p->name,
                   (int)rh_text_fit(text, 40), text, what);
}

/* A whole number 0 … max; 0 with a problem when it is something else. */
static rh_status
read_count(reader *f, const place *p, int at, uint64_t max, uint64_t *out)
{
    sqlite3_int64 value = sqlite3_column_int64(p->row, at);
    if (sqlite3_column_type(p->row, at) == SQLITE_INTEGER && value >= 0 &&
        (uint64_t)value <= max) {
        *out = (uint64_t)value;
        return RH_OK;
    }
    char what[64];
    snprintf(what, sizeof what, "a whole number from 0 to %" PRIu64, max);
    *out = 0;
    return wrong_value(f, p, at, what);
}

/* Number of `bytes`, little-endian. */
static double
little_real(const unsigned char *bytes)
{
    uint64_t bits;
    double value;
    memcpy(&bits, bytes, sizeof bits);
    bits = le64toh(bits);
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Position from GeoPackageBinary, with or without an envelope; NULL is an unknown position. */
static rh_status
read_point(reader *f, const place *p, int at, double *lon, double *lat)
{
    static const int envelope[8] = {0, 32, 48, 48, 64, -1, -1, -1};
    *lon = *lat = (double)NAN;
    if (sqlite3_column_type(p->row, at) == SQLITE_NULL) {
        return RH_OK;
    }
    const unsigned char *blob = sqlite3_column_blob(p->row, at);
    int size = sqlite3_column_bytes(p->row, at);
    int skip = blob != NULL && size >= 8 ? envelope[blob[3] >> 1 & 7] : -1;
    if (skip >= 0 && size == RH_GPKG_POINT_SIZE + skip && memcmp(blob, "GP", 3) == 0 &&
        (blob[3] & 1) == 1 && memcmp(blob + 8 + skip, "\1\1\0\0\0", 5) == 0) {
        double x = little_real(blob + 13 + skip), y = little_real(blob + 21 + skip);
        if ((isnan(x) && isnan(y)) || (fabs(x) <= 180 && fabs(y) <= 90)) {
            *lon = x;
            *lat = y;
            return RH_OK;
        }
    }
    return problem(f,
                   "%s: geom of %" PRIu64
                   " %s is not a point in degrees (little-endian GeoPackage geometry).",
                   p->table, p->code, p->name);
}

/* The problem of a parent that does not fit: `code`, where the parent number `expected` should
 * begin. */
static rh_status
wrong_parent(reader *f, const rh_region *region, int level, const place *p, uint64_t code,
             uint32_t expected, rh_err *err)
{
    const rh_level *upper = rh_region_level(region, level - 1);
    for (uint32_t i = 0; i < upper->n; i++) {
        if (upper->code[i] == code && i > expected) {
            return problem(f,
                           "%s: the parent of %" PRIu64 " %s is %" PRIu64
                           " %s, but no child of %" PRIu64
                           " %s stands before it; children of a place must stand together, in "
                           "the order of "
                           "their parents.",
                           p->table, p->code, p->name, code, upper->name[i],
                           upper->code[expected], upper->name[expected]);
        }
        if (upper->code[i] == code) {
            return problem(f,
                           "%s: the parent of %" PRIu64 " %s is %" PRIu64
                           " %s, whose other children stand "
                           "further up; children of a place must stand together.",
                           p->table, p->code, p->name, code, upper->name[i]);
        }
    }
    /* Climb from the parent; meeting the place again is a cycle. */
    uint64_t above = code;
    sqlite3_stmt *row;
    RH_TRY(rh_region_db_prepare(&f->db, "reading",
                                "SELECT parent FROM prefecture WHERE code = ?1"
                                " UNION ALL SELECT parent FROM county WHERE code = ?1"
                                " UNION ALL SELECT parent FROM township WHERE code = ?1",
                                &row, err));
    for (int step = 0; step < 2 * LEVELS && above != p->code; step++) {
        sqlite3_bind_int64(row, 1, (sqlite3_int64)above);
        if (sqlite3_step(row) == SQLITE_ROW) {
            above = (uint64_t)sqlite3_column_int64(row, 0);
        }
        sqlite3_reset(row);
    }
    sqlite3_finalize(row);
    if (above == p->code) {
        return problem(f,
                       "%s: the parent of %" PRIu64 " %s is %" PRIu64
                       ", which is %s: the place tree has a cycle.",
                       p->table, p->code, p->name, code,
                       code == p->code ? "the place itself" : "below it");
    }
    return problem(
        f, "%s: the parent of %" PRIu64 " %s is %" PRIu64 ", which is not in the table %s.",
        p->table, p->code, p->name, code, rh_level_table[level - 1]);
}

static rh_status
read_county(reader *f, rh_region *region, uint32_t c, const place *p, int at)
{
    for (size_t i = 0; i < RH_COUNTY_COLUMNS; i++, at++) {
        const rh_table_column *column = &rh_county_column[i];
        void *values;
        memcpy(&values, (const char *)&region->column + column->member, sizeof values);
        size_t index = (size_t)c * column->per_row + column->at;
        uint64_t count;
        if (column->kind == RH_FLAG) {
            RH_TRY(read_count(f, p, at, 1, &count));
            ((bool *)values)[index] = count != 0;
        } else if (column->kind == RH_COUNT) {
            RH_TRY(read_count(f, p, at, UINT32_MAX, &count));
            ((uint32_t *)values)[index] = (uint32_t)count;
        } else {
            int type = sqlite3_column_type(p->row, at);
            double value =
                type == SQLITE_NULL ? (double)NAN : sqlite3_column_double(p->row, at);
            bool number = type == SQLITE_NULL || type == SQLITE_FLOAT || type == SQLITE_INTEGER;
            if (!number || !rh_column_allows(column->kind, value)) {
                RH_TRY(
                    wrong_value(f, p, at, column->kind == RH_SHARE ? "0 to 1" : "0 or more"));
            }
            ((double *)values)[index] = value;
        }
    }
    return RH_OK;
}

static rh_status
read_town(reader *f, rh_region *region, uint32_t t, const place *p, int at)
{
    const char *kind = (const char *)sqlite3_column_text(p->row, at);
    uint8_t k = 0;
    while (k <= RH_OTHER_UNIT && (kind == NULL || strcmp(kind, rh_town_kind_name[k]) != 0)) {
        k++;
    }
    if (k > RH_OTHER_UNIT) {
        RH_TRY(wrong_value(f, p, at, "street, town, township or other"));
    }
    region->town_kind[t] = k;
    at++;
    for (int part = 0; part < RH_PART_COUNT; part++) {
        for (int class = 0; class < RH_CLASS_COUNT; class ++, at++) {
            uint64_t count;
            RH_TRY(read_count(f, p, at, UINT32_MAX, &count));
            region->leaf_class[rh_leaf(t, part)][class] = (uint32_t)count;
        }
    }
    return RH_OK;
}

/* The place's index one level up: that of the place before it, or the next. */
static rh_status
read_parent(reader *f, rh_region *region, int level, uint32_t i, const place *p, rh_err *err)
{
    rh_level *places = level_of(region, level), *upper = level_of(region, level - 1);
    uint64_t code;
    unsigned problems = f->n_problems;
    RH_TRY(read_count(f, p, 4, INT64_MAX, &code));
    uint32_t before = i > 0 ? places->parent[i - 1] : 0;
    places->parent[i] = before;
    if (f->n_problems > problems || upper->code[before] == code) {
        upper->first[before + 1] = i + 1;
        return RH_OK;
    }
    uint32_t next = i > 0 ? before + 1 : 0;
    if (i == 0 || next >= upper->n || upper->code[next] != code) {
        return wrong_parent(f, region, level, p, code, next, err);
    }
    places->parent[i] = next;
    upper->first[next + 1] = i + 1;
    return RH_OK;
}

/* One place: code, name, point, residents, parent, and the columns of its level. */
static rh_status
read_place(reader *f, rh_region *region, int level, uint32_t i, sqlite3_stmt *row,
           char **strings, const char *strings_end, uint64_t *residents, rh_err *err)
{
    rh_level *places = level_of(region, level);
    place p = {rh_level_table[level], "", 0, row};
    const char *name = (const char *)sqlite3_column_text(row, 2);
    size_t size = name != NULL ? strlen(name) : 0;
    bool named = size > 0 && size < (size_t)(strings_end - *strings) &&
                 rh_text_valid(name, size) == size;
    if (named) {
        memcpy(*strings, name, size); /* the table is full of zeros */
        p.name = *strings;
        *strings += size + 1;
    }
    places->name[i] = p.name;
    RH_TRY(read_count(f, &p, 1, INT64_MAX, &p.code));
    places->code[i] = p.code;
    if (!named) {
        RH_TRY(problem(f, "%s: %" PRIu64 " in row %u has no readable name.", p.table, p.code,
                       i + 1));
    }
    RH_TRY(read_point(f, &p, 0, &places->lon[i], &places->lat[i]));
    RH_TRY(read_count(f, &p, 3, INT64_MAX, residents));
    if (level > PROVINCE) {
        RH_TRY(read_parent(f, region, level, i, &p, err));
    }
    return level == COUNTY ? read_county(f, region, i, &p, 5)
           : level == TOWN ? read_town(f, region, i, &p, 5)
                           : RH_OK;
}

/* Parents behind the last one that is named have no children: rh_region_verify will say so. */
static void
end_parents(rh_level *upper, const rh_level *places)
{
    for (uint32_t p = places->parent[places->n - 1] + 1; p < upper->n; p++) {
        upper->first[p + 1] = places->n;
    }
}

static rh_status
read_level(reader *f, rh_region *region, int level, char **strings, const char *strings_end,
           uint64_t *residents, rh_err *err)
{
    rh_level *places = level_of(region, level);
    char doing[64];
    snprintf(doing, sizeof doing, "reading the table %s", rh_level_table[level]);
    sqlite3_str *sql = sqlite3_str_new(f->db.db);
    sqlite3_str_appendall(sql, "SELECT geom, code, name, population");
    rh_region_add_columns(sql, level, false);
    sqlite3_str_appendf(sql, " FROM %s ORDER BY fid", rh_level_table[level]);
    sqlite3_stmt *row;
    RH_TRY(rh_region_db_prepare_made(&f->db, doing, sqlite3_str_finish(sql), &row, err));
    rh_status status = RH_OK;
    uint32_t i = 0;
    int step = SQLITE_DONE;
    while (status == RH_OK && (step = sqlite3_step(row)) == SQLITE_ROW && i < places->n) {
        status = read_place(f, region, level, i, row, strings, strings_end, &residents[i], err);
        i++;
    }
    if (status == RH_OK && (step != SQLITE_DONE || i != places->n)) {
        status = step == SQLITE_DONE || step == SQLITE_ROW
                     ? rh_fail(err, RH_INPUT,
                               "%s: the table %s is damaged: it has other than %u rows.",
                               f->db.path, rh_level_table[level], places->n)
                     : rh_region_db_fail(&f->db, doing, err);
    }
    if (status == RH_OK && level > PROVINCE) {
        end_parents(level_of(region, level - 1), places);
    }
    sqlite3_finalize(row);
    return status;
}

/* Blob `at` of the row, which must hold `count` entries of `size` bytes; NULL with a problem
 * otherwise. */
static rh_status
read_blob(reader *f, const place *p, int at, uint64_t count, size_t size,
          const unsigned char **out)
{
    *out = sqlite3_column_blob(p->row, at);
    int bytes = sqlite3_column_bytes(p->row, at);
    if ((uint64_t)bytes != count * size || (bytes > 0 && *out == NULL)) {
        *out = NULL;
        return problem(f,
                       "%s: %s of %" PRIu64 " %s has %d bytes; %" PRIu64
                       " entries of %zu bytes are needed.",
                       p->table, sqlite3_column_name(p->row, at), p->code, p->name, bytes,
                       count, size);
    }
    return RH_OK;
}

static uint32_t
little(const unsigned char *bytes)
{
    uint32_t value;
    memcpy(&value, bytes, sizeof value);
    return le32toh(value);
}

/* One county's arrays. `flows` and `nears` are the entries for which there is room. */
static rh_status
read_array(reader *f, rh_region *region, uint32_t c, uint64_t flows, uint64_t nears,
           sqlite3_stmt *row)
{
    const place p = {"county_array", region->county.name[c], region->county.code[c], row};
    const unsigned char *blob;
    uint64_t count, from = region->flow_first[c];
    uint32_t start = region->near_first[c];
    region->flow_first[c + 1] = from;
    region->near_first[c + 1] = start;
    if ((uint64_t)sqlite3_column_int64(row, 0) != p.code) {
        return problem(f, "county_array: row %u has the code %lld instead of %" PRIu64 " %s.",
                       c + 1, (long long)sqlite3_column_int64(row, 0), p.code, p.name);
    }
    RH_TRY(read_blob(f, &p, 1, RH_CELL_COUNTS, sizeof(uint32_t), &blob));
    uint32_t *cell = &region->cell[c].n[0][0][0][0];
    for (size_t i = 0; blob != NULL && i < RH_CELL_COUNTS; i++) {
        cell[i] = little(blob + 4 * i);
    }
    RH_TRY(read_count(f, &p, 2, flows - from, &count));
    RH_TRY(read_blob(f, &p, 3, count, RH_FLOW_SIZE, &blob));
    for (uint64_t i = 0; blob != NULL && i < count; i++) {
        region->flow_dest[from + i] = little(blob + RH_FLOW_SIZE * i);
        region->flow_n[from + i][RH_RURAL] = little(blob + RH_FLOW_SIZE * i + 4);
        region->flow_n[from + i][RH_URBAN] = little(blob + RH_FLOW_SIZE * i + 8);
        region->flow_first[c + 1] = from + i + 1;
    }
    RH_TRY(read_count(f, &p, 4, nears - start, &count));
    RH_TRY(read_blob(f, &p, 5, count, sizeof(uint32_t), &blob));
    for (uint32_t i = 0; blob != NULL && i < count; i++) {
        region->near[start + i] = little(blob + 4 * (size_t)i);
        region->near_first[c + 1] = start + i + 1;
    }
    return RH_OK;
}

static rh_status
read_arrays(reader *f, rh_region *region, uint64_t file_size, rh_err *err)
{
    uint64_t bytes[2] = {0};
    RH_TRY(ask(f,
               "SELECT coalesce(sum(length(flow)), 0), coalesce(sum(length(near)), 0) FROM "
               "county_array",
               bytes, err));
    if (bytes[0] > file_size || bytes[1] > file_size) {
        return rh_fail(err, RH_INPUT, "%s is damaged: its arrays are longer than the file.",
                       f->db.path);
    }
    uint64_t flows = bytes[0] / RH_FLOW_SIZE, nears = bytes[1] / sizeof(uint32_t);
    RH_NEW(region->flow_dest, flows, err);
    RH_NEW(region->flow_n, flows, err);
    RH_NEW(region->near, nears, err);
    sqlite3_stmt *row;
    RH_TRY(rh_region_db_prepare(
        &f->db, "reading the table county_array",
        "SELECT code, cell, flows, flow, neighbours, near FROM county_array ORDER BY fid", &row,
        err));
    rh_status status = RH_OK;
    uint32_t c = 0;
    int step = SQLITE_DONE;
    while (status == RH_OK && (step = sqlite3_step(row)) == SQLITE_ROW &&
           c < region->county.n) {
        status = read_array(f, region, c, flows, nears, row);
        c++;
    }
    if (status == RH_OK && step != SQLITE_DONE && step != SQLITE_ROW) {
        status = rh_region_db_fail(&f->db, "reading the table county_array", err);
    } else if (status == RH_OK && (step != SQLITE_DONE || c != region->county.n)) {
        status =
            rh_fail(err, RH_INPUT, "%s: county_array has %s rows than there are counties (%u).",
                    f->db.path, step == SQLITE_DONE ? "fewer" : "more", region->county.n);
    }
    sqlite3_finalize(row);
    return status;
}

/* G2 for every place of every level. */
static rh_status
check_residents(reader *f, const rh_region *region, const uint64_t *said, rh_err *err)
{
    uint64_t *counted;
    RH_TRY(rh_region_count_places(region, &counted, err));
    rh_status status = RH_OK;
    size_t at = 0;
    for (int level = 0; level < LEVELS; level++) {
        const rh_level *places = rh_region_level(region, level);
        for (uint32_t i = 0; i < places->n && status == RH_OK; i++, at++) {
            if (said[at] != counted[at]) {
                status = rh_fail(err, RH_INVARIANT,
                                 "%s: %s: population of %" PRIu64 " %s is %" PRIu64
                                 ", but its townships hold %" PRIu64 " (G2).",
                                 f->db.path, rh_level_table[level], places->code[i],
                                 places->name[i], said[at], counted[at]);
            }
        }
    }
    rh_free(counted);
    return status;
}

static rh_status
read_all(reader *f, rh_region *region, uint64_t file_size, uint64_t **residents, rh_err *err)
{
    size_t strings_size, at = 0;
    RH_TRY(check_tables(f, err));
    RH_TRY(read_head(f, region, err));
    RH_TRY(make_room(f, region, file_size, &strings_size, err));
    char *strings = region->strings, *end = strings + strings_size;
    RH_NEW(*residents,
           (size_t)region->province.n + region->prefecture.n + region->county.n +
               region->town.n,
           err);
    for (int level = 0; level < LEVELS; level++) {
        RH_TRY(read_level(f, region, level, &strings, end, *residents + at, err));
        at += rh_region_level(region, level)->n;
        if (f->n_problems > 0) {
            return RH_INPUT; /* the levels below would repeat them */
        }
    }
    RH_TRY(read_arrays(f, region, file_size, err));
    if (f->n_problems > 0) {
        return RH_INPUT;
    }
    rh_err broken = {0};
    rh_status status = rh_region_verify(region, &broken);
    if (status != RH_OK) {
        return rh_fail(err, status, "%s: %s", f->db.path, broken.text);
    }
    return check_residents(f, region, *residents, err);
}

static rh_status
open_file(reader *f, uint64_t *file_size, rh_err *err)
{
    struct stat about;
    uint64_t answer[2] = {0};
    if (stat(f->db.path, &about) != 0) {
        return rh_fail(err, RH_IO, "%s cannot be opened: %s.", f->db.path, strerror(errno));
    }
    if (!S_ISREG(about.st_mode)) {
        return rh_fail(err, RH_INPUT, "%s is not a file.", f->db.path);
    }
    *file_size = (uint64_t)about.st_size;
    if (sqlite3_open_v2(f->db.path, &f->db.db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK) {
        return rh_fail(err, RH_IO, "%s cannot be opened: %s.", f->db.path,
                       f->db.db != NULL ? sqlite3_errmsg(f->db.db) : "out of memory");
    }
    sqlite3_db_config(f->db.db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(f->db.db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    RH_TRY(ask(f, "SELECT application_id, 0 FROM pragma_application_id", answer, err));
    return answer[0] == RH_GPKG_ID
               ? RH_OK
               : rh_fail(err, RH_INPUT, "%s is a database, but not a GeoPackage.", f->db.path);
}

rh_status
rh_region_read(const char *path, rh_region **out, rh_err *err)
{
    uint64_t file_size = 0, *residents = NULL;
    rh_region *region;
    reader *f;
    rh_err cause = {0};
    RH_NEW(region, 1, err);
    f = rh_alloc(1, sizeof *f);
    if (f == NULL) {
        rh_region_free(region);
        return rh_fail(err, RH_MEMORY, "%s: not enough memory to read it.", path);
    }
    f->db.path = path;
    rh_status status = open_file(f, &file_size, &cause);
    if (status == RH_OK) {
        status = read_all(f, region, file_size, &residents, &cause);
    }
    status = settle(f, status, &cause, err);
    rh_free(residents);
    sqlite3_close(f->db.db);
    rh_free(f);
    if (status != RH_OK) {
        rh_region_free(region);
        return status;
    }
    *out = region;
    return RH_OK;
}
