/* Region files: see region_file.h and docs/region-file.md.
 *
 * F1 a region that cannot be read back is not written: writing checks what reading checks.
 * F2 the same region gives the same bytes: no clock and no machine enter the file.
 * Geometry and metadata follow OGC GeoPackage 1.3 (12-128r17), sections 1.1.1–1.1.3 and 2.1. */
#include "io/region_file.h"

#include "core/mem.h"
#include "core/text.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LAYOUT = 1, GPKG_ID = 0x47504B47 /* 'GPKG' */, WGS84 = 4326 };
enum { POINT_SIZE = 29, FLOW_SIZE = 12, CELL_COUNTS = sizeof(rh_cell) / sizeof(uint32_t) };
enum { PROVINCE, PREFECTURE, COUNTY, TOWN, LEVELS };

static const char *const level_name[LEVELS] = {"province", "prefecture", "county", "township"};
static const char *const kind_name[] = {"street", "town", "township", "other"};

/* The counts of a leaf, as columns of the township table: rural ones first. */
static const char *const leaf_column[RH_PART_COUNT * RH_CLASS_COUNT] = {
    "rural_local", "rural_in_county", "rural_in_province", "rural_other_province",
    "urban_local", "urban_in_county", "urban_in_province", "urban_other_province"};

/* The one list of county columns. */
enum kind { FLAG, COUNT, SHARE, AMOUNT }; /* 0 or 1; whole; 0–1 or a gap; 0 or more or a gap */

typedef struct table_column {
    const char *name;
    enum kind kind;
    size_t member;        /* offset of the array's pointer in rh_county_columns */
    unsigned per_row, at; /* values per county, and which of them this is */
    const char *unit, *meaning;
} table_column;

#define MEMBER(member) offsetof(rh_county_columns, member)
#define ONE(name, kind, unit, meaning)                                                         \
    {                                                                                          \
#name, kind, MEMBER(name), 1, 0, unit, meaning                                         \
    }
#define KIND(name, at)                                                                         \
    {                                                                                          \
        "household_" name, SHARE, MEMBER(household_kind), 5, at, "share",                      \
            "of family households"                                                             \
    }
#define SCHOOLING(sex, name, at)                                                               \
    {                                                                                          \
        "education_" sex "_" name, SHARE, MEMBER(education), 2 * RH_CENSUS_EDUCATION, at,      \
            "share", "of persons of this sex aged 6 and over"                                  \
    }
#define MARITAL(sex, name, at)                                                                 \
    {                                                                                          \
        "marital_" sex "_" name, SHARE, MEMBER(marital), 8, at, "share",                       \
            "of persons of this sex aged 15 and over"                                          \
    }
#define WORK(name, at)                                                                         \
    {                                                                                          \
        "work_" name, SHARE, MEMBER(work), 6, at, "share", "of persons aged 16 and over"       \
    }

static const table_column county_column[] = {
    ONE(district, FLAG, "0 or 1", "1: city district (市辖区)"),
    ONE(area_km2, AMOUNT, "km2", "area"),
    ONE(gdp_per_head_yuan, AMOUNT, "yuan a head and year",
        "gross product of the prefecture, 2010"),
    ONE(registered, COUNT, "persons", "hukou population (户籍人口)"),
    ONE(urban_hukou_share, SHARE, "share", "non-agricultural hukou among residents"),
    ONE(households, COUNT, "households", "family and collective households (户数)"),
    ONE(household_persons, COUNT, "persons", "persons in family households"),
    KIND("one_person", 0),
    KIND("one_generation", 1),
    KIND("two_generations", 2),
    KIND("three_generations", 3),
    KIND("four_generations", 4),
    ONE(birth_rate, SHARE, "per person and year", "births"),
    ONE(death_rate, SHARE, "per person and year", "deaths"),
    SCHOOLING("male", "none", 0),
    SCHOOLING("male", "primary", 1),
    SCHOOLING("male", "junior", 2),
    SCHOOLING("male", "senior", 3),
    SCHOOLING("male", "college", 4),
    SCHOOLING("male", "bachelor", 5),
    SCHOOLING("female", "none", 6),
    SCHOOLING("female", "primary", 7),
    SCHOOLING("female", "junior", 8),
    SCHOOLING("female", "senior", 9),
    SCHOOLING("female", "college", 10),
    SCHOOLING("female", "bachelor", 11),
    MARITAL("male", "never", 0),
    MARITAL("male", "married", 1),
    MARITAL("male", "widowed", 2),
    MARITAL("male", "divorced", 3),
    MARITAL("female", "never", 4),
    MARITAL("female", "married", 5),
    MARITAL("female", "widowed", 6),
    MARITAL("female", "divorced", 7),
    WORK("farm", 0),
    WORK("industry", 1),
    WORK("service", 2),
    WORK("home", 3),
    WORK("retired", 4),
    WORK("unemployed", 5),
    ONE(mean_children, AMOUNT, "children", "children ever born per woman aged 15–64"),
};
enum { COUNTY_COLUMNS = sizeof county_column / sizeof county_column[0] };

/* An open file and the name to use in sentences. */
typedef struct file {
    sqlite3 *db;
    const char *path;
} file;

static rh_level *
level_of(rh_region *region, int level)
{
    rh_level *levels[LEVELS] = {&region->province, &region->prefecture, &region->county,
                                &region->town};
    return levels[level];
}

static const rh_level *
const_level_of(const rh_region *region, int level)
{
    const rh_level *levels[LEVELS] = {&region->province, &region->prefecture, &region->county,
                                      &region->town};
    return levels[level];
}

/* SQLite's complaint as our sentence. */
static rh_status
sql_fail(const file *f, const char *doing, rh_err *err)
{
    int code = f->db == NULL ? SQLITE_NOMEM : sqlite3_errcode(f->db) & 0xff;
    const char *why = f->db == NULL ? "out of memory" : sqlite3_errmsg(f->db);
    rh_status status = code == SQLITE_NOMEM ? RH_MEMORY
                       : code == SQLITE_ERROR || code == SQLITE_NOTADB || code == SQLITE_CORRUPT
                           ? RH_INPUT
                           : RH_IO;
    return rh_fail(err, status, "%s: %s failed: %s.", f->path, doing, why);
}

static rh_status
prepare(const file *f, const char *doing, const char *sql, sqlite3_stmt **out, rh_err *err)
{
    return sqlite3_prepare_v2(f->db, sql, -1, out, NULL) == SQLITE_OK ? RH_OK
                                                                      : sql_fail(f, doing, err);
}

/* As prepare, for SQL made with sqlite3_str (freed here; NULL when memory ran out). */
static rh_status
prepare_made(const file *f, const char *doing, char *sql, sqlite3_stmt **out, rh_err *err)
{
    rh_status status =
        sql == NULL ? rh_fail(err, RH_MEMORY, "%s: not enough memory for a query.", f->path)
                    : prepare(f, doing, sql, out, err);
    sqlite3_free(sql);
    return status;
}

static rh_status
run(const file *f, const char *doing, const char *sql, rh_err *err)
{
    return sqlite3_exec(f->db, sql, NULL, NULL, NULL) == SQLITE_OK ? RH_OK
                                                                   : sql_fail(f, doing, err);
}

/* A value of a share or amount that may stand in a file. */
static bool
is_allowed(enum kind kind, double value)
{
    return isnan(value) ||
           (isfinite(value) && value >= 0 && (kind != SHARE || value <= 1 + 1e-9));
}

/* Residents of every place of every level: *out has all provinces, then all prefectures, … */
static rh_status
count_residents(const rh_region *region, uint64_t **out, rh_err *err)
{
    size_t n =
        (size_t)region->province.n + region->prefecture.n + region->county.n + region->town.n;
    uint64_t *residents;
    RH_NEW(residents, n, err);
    uint64_t *of_level[LEVELS] = {residents};
    for (int level = 1; level < LEVELS; level++) {
        of_level[level] = of_level[level - 1] + const_level_of(region, level - 1)->n;
    }
    for (uint32_t leaf = 0; leaf < 2 * region->town.n; leaf++) {
        for (int k = 0; k < RH_CLASS_COUNT; k++) {
            of_level[TOWN][leaf / 2] += region->leaf_class[leaf][k];
        }
    }
    for (int level = TOWN; level > PROVINCE; level--) {
        for (uint32_t i = 0; i < const_level_of(region, level)->n; i++) {
            of_level[level - 1][const_level_of(region, level)->parent[i]] += of_level[level][i];
        }
    }
    *out = residents;
    return RH_OK;
}

/* ------------------------------------------------------------------ writing */

static void
bind_real(sqlite3_stmt *row, int at, double value)
{
    if (isnan(value)) {
        sqlite3_bind_null(row, at);
    } else {
        sqlite3_bind_double(row, at, value);
    }
}

/* GeoPackageBinary: header without envelope, then a little-endian WKB point. */
static void
bind_point(sqlite3_stmt *row, int at, double lon, double lat)
{
    unsigned char blob[POINT_SIZE] = {'G', 'P', 0, 1};
    uint32_t srs = htole32(WGS84), type = htole32(1);
    uint64_t x, y;
    if (isnan(lon) || isnan(lat)) {
        sqlite3_bind_null(row, at);
        return;
    }
    memcpy(&x, &lon, sizeof x);
    memcpy(&y, &lat, sizeof y);
    x = htole64(x);
    y = htole64(y);
    memcpy(blob + 4, &srs, 4);
    blob[8] = 1;
    memcpy(blob + 9, &type, 4);
    memcpy(blob + 13, &x, 8);
    memcpy(blob + 21, &y, 8);
    sqlite3_bind_blob(row, at, blob, POINT_SIZE, SQLITE_TRANSIENT);
}

/* Insert the bound row and make the statement ready for the next. */
static rh_status
insert(const file *f, const char *table, sqlite3_stmt *row, rh_err *err)
{
    int done = sqlite3_step(row);
    int reset = sqlite3_reset(row);
    if (done != SQLITE_DONE || reset != SQLITE_OK) {
        char doing[64];
        snprintf(doing, sizeof doing, "writing the table %s", table);
        return sql_fail(f, doing, err);
    }
    return RH_OK;
}

static const char schema[] =
    "PRAGMA page_size = 8192; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
    "PRAGMA application_id = 0x47504B47; PRAGMA user_version = 10300; BEGIN;"
    "CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL "
    "PRIMARY KEY,"
    " organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT "
    "NOT NULL,"
    " description TEXT);"
    "INSERT INTO gpkg_spatial_ref_sys VALUES"
    " ('Undefined Cartesian SRS', -1, 'NONE', -1, 'undefined', NULL),"
    " ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', NULL),"
    " ('WGS 84 geodetic', 4326, 'EPSG', 4326, 'GEOGCS[\"WGS "
    "84\",DATUM[\"WGS_1984\",SPHEROID[\"WGS 84\","
    "6378137,298.257223563,AUTHORITY[\"EPSG\",\"7030\"]],AUTHORITY[\"EPSG\",\"6326\"]],PRIMEM["
    "\"Greenwich\","
    "0,AUTHORITY[\"EPSG\",\"8901\"]],UNIT[\"degree\",0.0174532925199433,AUTHORITY[\"EPSG\","
    "\"9122\"]],"
    "AUTHORITY[\"EPSG\",\"4326\"]]', 'longitude and latitude in degrees');"
    "CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL,"
    " identifier TEXT UNIQUE, description TEXT DEFAULT '', last_change DATETIME NOT NULL,"
    " min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE,"
    " srs_id INTEGER REFERENCES gpkg_spatial_ref_sys(srs_id));"
    "CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL UNIQUE REFERENCES "
    "gpkg_contents(table_name),"
    " column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,"
    " srs_id INTEGER NOT NULL REFERENCES gpkg_spatial_ref_sys(srs_id), z TINYINT NOT NULL, m "
    "TINYINT NOT NULL,"
    " PRIMARY KEY (table_name, column_name));"
    "CREATE TABLE region (fid INTEGER PRIMARY KEY NOT NULL, key TEXT NOT NULL UNIQUE, value "
    "TEXT NOT NULL);"
    "CREATE TABLE column_note (fid INTEGER PRIMARY KEY NOT NULL, table_name TEXT NOT NULL,"
    " column_name TEXT NOT NULL, unit TEXT NOT NULL, meaning TEXT NOT NULL);"
    "CREATE TABLE county_array (fid INTEGER PRIMARY KEY NOT NULL, code INTEGER NOT NULL, cell "
    "BLOB NOT NULL,"
    " flows INTEGER NOT NULL, flow BLOB NOT NULL, neighbours INTEGER NOT NULL, near BLOB NOT "
    "NULL);";

static rh_status
write_about(const file *f, const rh_region *region, rh_err *err)
{
    char year[16], layout[16];
    snprintf(year, sizeof year, "%d", region->base_year);
    snprintf(layout, sizeof layout, "%d", LAYOUT);
    const char *const pair[][2] = {
        {"layout", layout},
        {"title", region->title},
        {"source", region->source},
        {"notes", region->notes},
        {"base_year", year},
        {"synthetic_below_province", region->synthetic_below_province ? "1" : "0"},
    };
    sqlite3_stmt *row;
    RH_TRY(prepare(f, "writing", "INSERT INTO region (key, value) VALUES (?, ?)", &row, err));
    rh_status status = RH_OK;
    for (size_t i = 0; i < sizeof pair / sizeof pair[0] && status == RH_OK; i++) {
        sqlite3_bind_text(row, 1, pair[i][0], -1, SQLITE_STATIC);
        sqlite3_bind_text(row, 2, pair[i][1] != NULL ? pair[i][1] : "", -1, SQLITE_STATIC);
        status = insert(f, "region", row, err);
    }
    sqlite3_finalize(row);
    return status;
}

static rh_status
write_note(const file *f, sqlite3_stmt *row, const char *table, const char *name,
           const char *unit, const char *meaning, rh_err *err)
{
    sqlite3_bind_text(row, 1, table, -1, SQLITE_STATIC);
    sqlite3_bind_text(row, 2, name, -1, SQLITE_STATIC);
    sqlite3_bind_text(row, 3, unit, -1, SQLITE_STATIC);
    sqlite3_bind_text(row, 4, meaning, -1, SQLITE_STATIC);
    return insert(f, "column_note", row, err);
}

static rh_status
write_all_notes(const file *f, sqlite3_stmt *row, rh_err *err)
{
    for (int level = 0; level < LEVELS; level++) {
        const char *table = level_name[level];
        RH_TRY(write_note(f, row, table, "code", "GB/T 2260", "statistical code", err));
        RH_TRY(
            write_note(f, row, table, "population", "persons", "residents on census day", err));
        if (level > PROVINCE) {
            RH_TRY(write_note(f, row, table, "parent", "GB/T 2260", "code of the place above",
                              err));
        }
    }
    for (size_t i = 0; i < COUNTY_COLUMNS; i++) {
        const table_column *c = &county_column[i];
        RH_TRY(write_note(f, row, "county", c->name, c->unit, c->meaning, err));
    }
    RH_TRY(
        write_note(f, row, "township", "kind", "word", "street, town, township or other", err));
    for (size_t i = 0; i < RH_PART_COUNT * RH_CLASS_COUNT; i++) {
        RH_TRY(write_note(f, row, "township", leaf_column[i], "persons",
                          "residents of this part by place of registration", err));
    }
    RH_TRY(write_note(f, row, "county_array", "cell", "persons",
                      "uint32 [class 4][part 2][sex 2][age group 19], little-endian", err));
    RH_TRY(write_note(
        f, row, "county_array", "flow", "persons",
        "residents registered here and living in another county: uint32 (number of that "
        "county = fid - 1, rural, urban), little-endian",
        err));
    return write_note(f, row, "county_array", "near", "county",
                      "neighbours: uint32 county number = fid - 1, little-endian", err);
}

static rh_status
write_notes(const file *f, rh_err *err)
{
    sqlite3_stmt *row;
    RH_TRY(prepare(
        f, "writing",
        "INSERT INTO column_note (table_name, column_name, unit, meaning) VALUES (?, ?, ?, ?)",
        &row, err));
    rh_status status = write_all_notes(f, row, err);
    sqlite3_finalize(row);
    return status;
}

/* What one level has beyond fid, geom, code, name and population: for CREATE, INSERT or SELECT.
 */
static void
add_columns(sqlite3_str *sql, int level, bool typed)
{
    static const char *const type[] = {" BOOLEAN", " INTEGER", " DOUBLE", " DOUBLE"};
    if (level > PROVINCE) {
        sqlite3_str_appendf(sql, ", parent%s", typed ? " INTEGER NOT NULL" : "");
    }
    for (size_t i = 0; level == COUNTY && i < COUNTY_COLUMNS; i++) {
        sqlite3_str_appendf(sql, ", %s%s", county_column[i].name,
                            typed ? type[county_column[i].kind] : "");
    }
    if (level == TOWN) {
        sqlite3_str_appendf(sql, ", kind%s", typed ? " TEXT NOT NULL" : "");
        for (size_t i = 0; i < RH_PART_COUNT * RH_CLASS_COUNT; i++) {
            sqlite3_str_appendf(sql, ", %s%s", leaf_column[i],
                                typed ? " INTEGER NOT NULL" : "");
        }
    }
}

static rh_status
bind_county(const file *f, const rh_region *region, uint32_t c, sqlite3_stmt *row, int at,
            rh_err *err)
{
    for (size_t i = 0; i < COUNTY_COLUMNS; i++, at++) {
        const table_column *column = &county_column[i];
        const void *values;
        memcpy(&values, (const char *)&region->column + column->member, sizeof values);
        size_t index = (size_t)c * column->per_row + column->at;
        if (column->kind == FLAG) {
            sqlite3_bind_int(row, at, ((const bool *)values)[index]);
        } else if (column->kind == COUNT) {
            sqlite3_bind_int64(row, at, ((const uint32_t *)values)[index]);
        } else {
            double value = ((const double *)values)[index];
            if (!is_allowed(column->kind, value)) {
                return rh_fail(
                    err, RH_RANGE, "%s: county: %s of %" PRIu64 " %s is %g; it must be %s.",
                    f->path, column->name, region->county.code[c], region->county.name[c],
                    value, column->kind == SHARE ? "0 to 1" : "0 or more");
            }
            bind_real(row, at, value);
        }
    }
    return RH_OK;
}

static rh_status
write_rows(const file *f, const rh_region *region, int level, const uint64_t *residents,
           sqlite3_stmt *row, rh_err *err)
{
    const rh_level *places = const_level_of(region, level);
    for (uint32_t i = 0; i < places->n; i++) {
        sqlite3_bind_int64(row, 1, i + 1);
        bind_point(row, 2, places->lon[i], places->lat[i]);
        sqlite3_bind_int64(row, 3, (sqlite3_int64)places->code[i]);
        sqlite3_bind_text(row, 4, places->name[i], -1, SQLITE_STATIC);
        sqlite3_bind_int64(row, 5, (sqlite3_int64)residents[i]);
        if (level > PROVINCE) {
            const rh_level *upper = const_level_of(region, level - 1);
            sqlite3_bind_int64(row, 6, (sqlite3_int64)upper->code[places->parent[i]]);
        }
        if (level == COUNTY) {
            RH_TRY(bind_county(f, region, i, row, 7, err));
        }
        if (level == TOWN) {
            uint8_t kind =
                region->town_kind[i] <= RH_OTHER_UNIT ? region->town_kind[i] : RH_OTHER_UNIT;
            sqlite3_bind_text(row, 7, kind_name[kind], -1, SQLITE_STATIC);
            for (int part = 0, at = 8; part < RH_PART_COUNT; part++) {
                for (int k = 0; k < RH_CLASS_COUNT; k++, at++) {
                    sqlite3_bind_int64(row, at, region->leaf_class[rh_leaf(i, part)][k]);
                }
            }
        }
        RH_TRY(insert(f, level_name[level], row, err));
    }
    return RH_OK;
}

/* Register a table with GeoPackage; `places` NULL for a table without geometry. */
static rh_status
write_contents(const file *f, const rh_region *region, const char *table,
               const char *description, const rh_level *places, rh_err *err)
{
    double box[4] = {HUGE_VAL, HUGE_VAL, -HUGE_VAL, -HUGE_VAL};
    for (uint32_t i = 0; places != NULL && i < places->n; i++) { /* fmin drops the NANs */
        box[0] = fmin(box[0], places->lon[i]);
        box[1] = fmin(box[1], places->lat[i]);
        box[2] = fmax(box[2], places->lon[i]);
        box[3] = fmax(box[3], places->lat[i]);
    }
    char date[48]; /* of the data, not of the writing: F2 */
    snprintf(date, sizeof date, "%04d-12-31T00:00:00.000Z", region->base_year);
    sqlite3_stmt *row;
    RH_TRY(prepare(f, "writing",
                   "INSERT INTO gpkg_contents VALUES (?1, ?2, ?1, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                   &row, err));
    sqlite3_bind_text(row, 1, table, -1, SQLITE_STATIC);
    sqlite3_bind_text(row, 2, places != NULL ? "features" : "attributes", -1, SQLITE_STATIC);
    sqlite3_bind_text(row, 3, description, -1, SQLITE_STATIC);
    sqlite3_bind_text(row, 4, date, -1, SQLITE_STATIC);
    for (int i = 0; i < 4 && isfinite(box[i]); i++) {
        sqlite3_bind_double(row, 5 + i, box[i]);
    }
    if (places != NULL) {
        sqlite3_bind_int(row, 9, WGS84);
    }
    rh_status status = insert(f, "gpkg_contents", row, err);
    sqlite3_finalize(row);
    if (status == RH_OK && places != NULL) {
        char *sql = sqlite3_mprintf(
            "INSERT INTO gpkg_geometry_columns VALUES (%Q, 'geom', 'POINT', %d, 0, 0)", table,
            WGS84);
        status = sql == NULL
                     ? rh_fail(err, RH_MEMORY, "%s: not enough memory for a query.", f->path)
                     : run(f, "writing", sql, err);
        sqlite3_free(sql);
    }
    return status;
}

static rh_status
write_level(const file *f, const rh_region *region, int level, const uint64_t *residents,
            rh_err *err)
{
    static const char *const description[LEVELS] = {"省级", "地级", "县级", "乡级"};
    const char *table = level_name[level];
    sqlite3_str *sql = sqlite3_str_new(f->db);
    sqlite3_stmt *row = NULL;
    sqlite3_str_appendf(
        sql,
        "CREATE TABLE %s (fid INTEGER PRIMARY KEY NOT NULL, geom POINT,"
        " code INTEGER NOT NULL, name TEXT NOT NULL, population INTEGER NOT NULL",
        table);
    add_columns(sql, level, true);
    sqlite3_str_appendall(sql, ")");
    RH_TRY(prepare_made(f, "writing", sqlite3_str_finish(sql), &row, err));
    rh_status status = insert(f, table, row, err); /* runs the CREATE */
    sqlite3_finalize(row);
    RH_TRY(status);

    sql = sqlite3_str_new(f->db);
    sqlite3_str_appendf(sql, "INSERT INTO %s (fid, geom, code, name, population", table);
    add_columns(sql, level, false);
    int values = 5 + (level > PROVINCE) + (level == COUNTY) * COUNTY_COLUMNS +
                 (level == TOWN) * (1 + RH_PART_COUNT * RH_CLASS_COUNT);
    sqlite3_str_appendall(sql, ") VALUES (?");
    for (int i = 1; i < values; i++) {
        sqlite3_str_appendall(sql, ", ?");
    }
    sqlite3_str_appendall(sql, ")");
    RH_TRY(prepare_made(f, "writing", sqlite3_str_finish(sql), &row, err));
    status = write_rows(f, region, level, residents, row, err);
    sqlite3_finalize(row);
    RH_TRY(status);
    return write_contents(f, region, table, description[level], const_level_of(region, level),
                          err);
}

static rh_status
write_array_rows(const file *f, const rh_region *region, uint32_t *scratch, sqlite3_stmt *row,
                 rh_err *err)
{
    for (uint32_t c = 0; c < region->county.n; c++) {
        uint32_t cell[CELL_COUNTS];
        memcpy(cell, &region->cell[c], sizeof cell);
        for (size_t i = 0; i < CELL_COUNTS; i++) {
            cell[i] = htole32(cell[i]);
        }
        sqlite3_bind_int64(row, 1, c + 1);
        sqlite3_bind_int64(row, 2, (sqlite3_int64)region->county.code[c]);
        sqlite3_bind_blob(row, 3, cell, sizeof cell, SQLITE_TRANSIENT);
        uint64_t from = region->flow_first[c], flows = region->flow_first[c + 1] - from;
        for (uint64_t i = 0; i < flows; i++) {
            scratch[3 * i] = htole32(region->flow_dest[from + i]);
            scratch[3 * i + 1] = htole32(region->flow_n[from + i][RH_RURAL]);
            scratch[3 * i + 2] = htole32(region->flow_n[from + i][RH_URBAN]);
        }
        sqlite3_bind_int64(row, 4, (sqlite3_int64)flows);
        sqlite3_bind_blob64(row, 5, scratch, flows * FLOW_SIZE, SQLITE_TRANSIENT);
        uint32_t start = region->near_first != NULL ? region->near_first[c] : 0;
        uint32_t near = region->near_first != NULL ? region->near_first[c + 1] - start : 0;
        for (uint32_t i = 0; i < near; i++) {
            scratch[i] = htole32(region->near[start + i]);
        }
        sqlite3_bind_int64(row, 6, near);
        sqlite3_bind_blob64(row, 7, scratch, (uint64_t)near * sizeof *scratch,
                            SQLITE_TRANSIENT);
        RH_TRY(insert(f, "county_array", row, err));
    }
    return RH_OK;
}

static rh_status
write_arrays(const file *f, const rh_region *region, rh_err *err)
{
    uint32_t *scratch; /* no county has more flows or neighbours than there are counties */
    RH_NEW(scratch, 3 * (size_t)region->county.n, err);
    sqlite3_stmt *row = NULL;
    rh_status status = prepare(
        f, "writing", "INSERT INTO county_array VALUES (?, ?, ?, ?, ?, ?, ?)", &row, err);
    if (status == RH_OK) {
        status = write_array_rows(f, region, scratch, row, err);
    }
    sqlite3_finalize(row);
    rh_free(scratch);
    return status;
}

static rh_status
write_all(const file *f, const rh_region *region, const uint64_t *residents, rh_err *err)
{
    RH_TRY(run(f, "writing", schema, err));
    for (int level = 0; level < LEVELS; level++) {
        RH_TRY(write_level(f, region, level, residents, err));
        residents += const_level_of(region, level)->n;
    }
    RH_TRY(write_about(f, region, err));
    RH_TRY(write_notes(f, err));
    RH_TRY(write_arrays(f, region, err));
    RH_TRY(write_contents(f, region, "region", "title, sources, notes", NULL, err));
    RH_TRY(
        write_contents(f, region, "column_note", "meaning and unit of the columns", NULL, err));
    RH_TRY(write_contents(f, region, "county_array", "arrays by county", NULL, err));
    return run(f, "writing", "COMMIT", err);
}

/* Force the finished file to the disk and give it its name. */
static rh_status
put_in_place(const char *partial, const char *path, rh_err *err)
{
    int fd = open(partial, O_RDONLY | O_CLOEXEC);
    bool safe = fd >= 0 && fsync(fd) == 0;
    int why = errno;
    if (fd >= 0) {
        close(fd);
    }
    if (!safe || rename(partial, path) != 0) {
        why = safe ? errno : why;
        return rh_fail(err, RH_IO, "%s cannot be completed: %s.", path, strerror(why));
    }
    return RH_OK;
}

static rh_status
write_partial(const rh_region *region, const char *partial, const char *path, rh_err *err)
{
    uint64_t *residents;
    RH_TRY(count_residents(region, &residents, err));
    file f = {NULL, path};
    rh_status status = RH_OK;
    unlink(partial); /* left by a killed run */
    if (sqlite3_open_v2(partial, &f.db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) !=
        SQLITE_OK) {
        status = rh_fail(err, RH_IO, "%s cannot be written: %s.", path,
                         f.db != NULL ? sqlite3_errmsg(f.db) : "out of memory");
    } else {
        status = write_all(&f, region, residents, err);
    }
    if (sqlite3_close(f.db) != SQLITE_OK && status == RH_OK) {
        status = sql_fail(&f, "closing", err);
    }
    rh_free(residents);
    return status;
}

rh_status
rh_region_write(const rh_region *region, const char *path, rh_err *err)
{
    rh_err broken = {0};
    rh_status status = rh_region_verify(region, &broken);
    if (status != RH_OK) {
        return rh_fail(err, status, "%s is not written: %s", path, broken.text);
    }
    char *partial;
    size_t size = strlen(path) + sizeof ".partial";
    RH_NEW(partial, size, err);
    snprintf(partial, size, "%s.partial", path);
    status = write_partial(region, partial, path, err);
    if (status == RH_OK) {
        status = put_in_place(partial, path, err);
    }
    if (status != RH_OK) {
        unlink(partial);
    }
    rh_free(partial);
    return status;
}

/* ------------------------------------------------------------------ reading */

/* Every table must be a real table: a view could run anything. */
static rh_status
check_tables(const file *f, rh_err *err)
{
    static const char *const needed[] = {"region", "province", "prefecture",
                                         "county", "township", "county_array"};
    sqlite3_stmt *row;
    RH_TRY(prepare(f, "reading",
                   "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", &row, err));
    rh_status status = RH_OK;
    for (size_t i = 0; i < sizeof needed / sizeof needed[0] && status == RH_OK; i++) {
        sqlite3_bind_text(row, 1, needed[i], -1, SQLITE_STATIC);
        int step = sqlite3_step(row);
        if (step == SQLITE_DONE) {
            status = rh_fail(err, RH_INPUT,
                             "%s is not a complete region file: the table %s is missing.",
                             f->path, needed[i]);
        } else if (step != SQLITE_ROW) {
            status = sql_fail(f, "reading", err);
        }
        sqlite3_reset(row);
    }
    sqlite3_finalize(row);
    return status;
}

/* Text under `key` of the table region. */
static rh_status
read_about(const file *f, const char *key, char **out, rh_err *err)
{
    sqlite3_stmt *row;
    RH_TRY(prepare(f, "reading the table region", "SELECT value FROM region WHERE key = ?",
                   &row, err));
    sqlite3_bind_text(row, 1, key, -1, SQLITE_STATIC);
    rh_status status = RH_OK;
    int step = sqlite3_step(row);
    const char *text = step == SQLITE_ROW ? (const char *)sqlite3_column_text(row, 0) : NULL;
    if (text != NULL && rh_text_valid(text, strlen(text)) == strlen(text)) {
        *out = rh_strdup(text);
        status = *out != NULL ? RH_OK
                              : rh_fail(err, RH_MEMORY, "%s: not enough memory for the %s.",
                                        f->path, key);
    } else if (step == SQLITE_ROW || step == SQLITE_DONE) {
        status = rh_fail(err, RH_INPUT, "%s: the table region has no %s %s.", f->path,
                         text != NULL ? "readable" : "text for", key);
    } else {
        status = sql_fail(f, "reading the table region", err);
    }
    sqlite3_finalize(row);
    return status;
}

static rh_status
read_about_number(const file *f, const char *key, int low, int high, int *out, rh_err *err)
{
    char *text, *end;
    RH_TRY(read_about(f, key, &text, err));
    long value = strtol(text, &end, 10);
    rh_status status = RH_OK;
    if (*text == '\0' || *end != '\0' || value < low || value > high) {
        status = rh_fail(err, RH_INPUT,
                         "%s: %s in the table region is \"%.40s\"; it must be %d to %d.",
                         f->path, key, text, low, high);
    }
    *out = (int)value;
    rh_free(text);
    return status;
}

static rh_status
read_head(const file *f, rh_region *region, rh_err *err)
{
    int layout, synthetic;
    RH_TRY(read_about_number(f, "layout", LAYOUT, LAYOUT, &layout, err));
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
ask(const file *f, const char *sql, uint64_t answer[2], rh_err *err)
{
    sqlite3_stmt *row;
    RH_TRY(prepare(f, "reading", sql, &row, err));
    rh_status status = RH_OK;
    if (sqlite3_step(row) == SQLITE_ROW) {
        answer[0] = (uint64_t)sqlite3_column_int64(row, 0);
        answer[1] = (uint64_t)sqlite3_column_int64(row, 1);
    } else {
        status = sql_fail(f, "reading", err);
    }
    sqlite3_finalize(row);
    return status;
}

/* Make room for all places: the counts of rows and the bytes of their names are asked first. */
static rh_status
make_room(const file *f, rh_region *region, uint64_t file_size, size_t *strings_size,
          rh_err *err)
{
    *strings_size = 0;
    for (int level = 0; level < LEVELS; level++) {
        rh_level *places = level_of(region, level);
        uint64_t answer[2];
        char sql[160];
        snprintf(sql, sizeof sql,
                 "SELECT count(*), coalesce(sum(length(CAST(name AS BLOB)) + 1), 0) FROM %s",
                 level_name[level]);
        RH_TRY(ask(f, sql, answer, err));
        /* Each row and each byte of a name takes space in the file. */
        if (answer[0] == 0 || answer[0] > file_size || answer[1] > 2 * file_size) {
            return rh_fail(err, RH_INPUT,
                           "%s: the table %s has %" PRIu64 " rows with names of %" PRIu64
                           " bytes.",
                           f->path, level_name[level], answer[0], answer[1]);
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
    for (size_t i = 0; i < COUNTY_COLUMNS; i++) {
        const table_column *column = &county_column[i];
        static const size_t size[] = {sizeof(bool), sizeof(uint32_t), sizeof(double),
                                      sizeof(double)};
        void *values;
        if (column->at > 0) {
            continue; /* the array was made for its first column */
        }
        values = rh_alloc((size_t)n * column->per_row, size[column->kind]);
        if (values == NULL) {
            return rh_fail(err, RH_MEMORY, "%s: not enough memory for %s of %u counties.",
                           f->path, column->name, n);
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

/* A whole number 0 … max in column `at` of the row, or a sentence about the place. */
static rh_status
read_count(const file *f, const char *table, uint64_t code, const char *name, sqlite3_stmt *row,
           int at, uint64_t max, uint64_t *out, rh_err *err)
{
    int type = sqlite3_column_type(row, at);
    sqlite3_int64 value = sqlite3_column_int64(row, at);
    if (type != SQLITE_INTEGER || value < 0 || (uint64_t)value > max) {
        const char *text = (const char *)sqlite3_column_text(row, at);
        return rh_fail(err, RH_INPUT,
                       "%s: %s: %s of %" PRIu64
                       " %s is %.40s; it must be a whole number from 0 to %" PRIu64 ".",
                       f->path, table, sqlite3_column_name(row, at), code, name,
                       text != NULL ? text : "empty", max);
    }
    *out = (uint64_t)value;
    return RH_OK;
}

/* Position from GeoPackageBinary, with or without an envelope; NULL is an unknown position. */
static rh_status
read_point(const file *f, const char *table, uint64_t code, const char *name, sqlite3_stmt *row,
           int at, double *lon, double *lat, rh_err *err)
{
    static const int envelope[8] = {0, 32, 48, 48, 64, -1, -1, -1};
    *lon = *lat = (double)NAN;
    if (sqlite3_column_type(row, at) == SQLITE_NULL) {
        return RH_OK;
    }
    const unsigned char *blob = sqlite3_column_blob(row, at);
    int size = sqlite3_column_bytes(row, at);
    int skip = blob != NULL && size >= 8 ? envelope[blob[3] >> 1 & 7] : -1;
    bool fine = skip >= 0 && size == POINT_SIZE + skip && memcmp(blob, "GP", 3) == 0 &&
                (blob[3] & 1) == 1;
    if (fine) {
        const unsigned char *wkb = blob + 8 + skip;
        uint64_t x, y;
        fine = memcmp(wkb, "\1\1\0\0\0", 5) == 0;
        memcpy(&x, wkb + 5, sizeof x);
        memcpy(&y, wkb + 13, sizeof y);
        x = le64toh(x);
        y = le64toh(y);
        memcpy(lon, &x, sizeof x);
        memcpy(lat, &y, sizeof y);
        bool empty = isnan(*lon) && isnan(*lat);
        fine = fine && (empty || (fabs(*lon) <= 180 && fabs(*lat) <= 90));
    }
    return fine ? RH_OK
                : rh_fail(err, RH_INPUT,
                          "%s: %s: geom of %" PRIu64
                          " %s is not a point in degrees (little-endian GeoPackage "
                          "geometry).",
                          f->path, table, code, name);
}

/* The sentence for a parent that does not fit; `i` is the place, `code` its parent's code. */
static rh_status
refuse_parent(const file *f, const rh_region *region, int level, uint32_t i, uint64_t code,
              rh_err *err)
{
    const rh_level *places = const_level_of(region, level),
                   *upper = const_level_of(region, level - 1);
    for (uint32_t p = 0; p < upper->n; p++) {
        if (upper->code[p] == code) {
            return rh_fail(err, RH_INPUT,
                           "%s: %s: the parent of %" PRIu64 " %s is %" PRIu64
                           " %s, but it does not stand among its "
                           "children; children of a place must stand together, in the order of "
                           "their parents.",
                           f->path, level_name[level], places->code[i], places->name[i], code,
                           upper->name[p]);
        }
    }
    /* Climb from the parent; meeting the place again is a cycle. */
    uint64_t above = code;
    sqlite3_stmt *row;
    RH_TRY(prepare(f, "reading",
                   "SELECT parent FROM prefecture WHERE code = ?1 UNION ALL SELECT parent FROM "
                   "county WHERE "
                   "code = ?1 UNION ALL SELECT parent FROM township WHERE code = ?1",
                   &row, err));
    for (int step = 0; step < 2 * LEVELS && above != places->code[i]; step++) {
        sqlite3_bind_int64(row, 1, (sqlite3_int64)above);
        if (sqlite3_step(row) == SQLITE_ROW) {
            above = (uint64_t)sqlite3_column_int64(row, 0);
        }
        sqlite3_reset(row);
    }
    sqlite3_finalize(row);
    if (above == places->code[i]) {
        return rh_fail(err, RH_INPUT,
                       "%s: %s: the parent of %" PRIu64 " %s is %" PRIu64
                       ", which is %s: the place tree has a cycle.",
                       f->path, level_name[level], places->code[i], places->name[i], code,
                       code == places->code[i] ? "the place itself" : "below it");
    }
    return rh_fail(err, RH_INPUT,
                   "%s: %s: the parent of %" PRIu64 " %s is %" PRIu64
                   ", which is not in the table %s.",
                   f->path, level_name[level], places->code[i], places->name[i], code,
                   level_name[level - 1]);
}

static rh_status
read_county(const file *f, rh_region *region, uint32_t c, sqlite3_stmt *row, int at,
            rh_err *err)
{
    uint64_t code = region->county.code[c];
    const char *name = region->county.name[c];
    for (size_t i = 0; i < COUNTY_COLUMNS; i++, at++) {
        const table_column *column = &county_column[i];
        void *values;
        memcpy(&values, (const char *)&region->column + column->member, sizeof values);
        size_t index = (size_t)c * column->per_row + column->at;
        if (column->kind == FLAG || column->kind == COUNT) {
            uint64_t count;
            RH_TRY(read_count(f, "county", code, name, row, at,
                              column->kind == FLAG ? 1 : UINT32_MAX, &count, err));
            if (column->kind == FLAG) {
                ((bool *)values)[index] = count != 0;
            } else {
                ((uint32_t *)values)[index] = (uint32_t)count;
            }
            continue;
        }
        int type = sqlite3_column_type(row, at);
        double value = type == SQLITE_NULL ? (double)NAN : sqlite3_column_double(row, at);
        if ((type != SQLITE_NULL && type != SQLITE_FLOAT && type != SQLITE_INTEGER) ||
            !is_allowed(column->kind, value)) {
            return rh_fail(err, RH_INPUT,
                           "%s: county: %s of %" PRIu64 " %s is %.40s; it must be %s.", f->path,
                           column->name, code, name, (const char *)sqlite3_column_text(row, at),
                           column->kind == SHARE ? "0 to 1" : "0 or more");
        }
        ((double *)values)[index] = value;
    }
    return RH_OK;
}

static rh_status
read_town(const file *f, rh_region *region, uint32_t t, sqlite3_stmt *row, int at, rh_err *err)
{
    const char *kind = (const char *)sqlite3_column_text(row, at++);
    uint8_t k = 0;
    while (k <= RH_OTHER_UNIT && (kind == NULL || strcmp(kind, kind_name[k]) != 0)) {
        k++;
    }
    if (k > RH_OTHER_UNIT) {
        return rh_fail(err, RH_INPUT,
                       "%s: township: kind of %" PRIu64
                       " %s is \"%.40s\"; it must be street, town, township or "
                       "other.",
                       f->path, region->town.code[t], region->town.name[t],
                       kind != NULL ? kind : "");
    }
    region->town_kind[t] = k;
    for (int part = 0; part < RH_PART_COUNT; part++) {
        for (int class = 0; class < RH_CLASS_COUNT; class ++) {
            uint64_t count;
            RH_TRY(read_count(f, "township", region->town.code[t], region->town.name[t], row,
                              at++, UINT32_MAX, &count, err));
            region->leaf_class[rh_leaf(t, part)][class] = (uint32_t)count;
        }
    }
    return RH_OK;
}

/* One place: code, name, point, parent, and the columns of its level. */
static rh_status
read_place(const file *f, rh_region *region, int level, uint32_t i, sqlite3_stmt *row,
           char **strings, char *strings_end, uint64_t *residents, rh_err *err)
{
    rh_level *places = level_of(region, level);
    const char *table = level_name[level];
    sqlite3_int64 code = sqlite3_column_int64(row, 1);
    const char *name = (const char *)sqlite3_column_text(row, 2);
    size_t size = name != NULL ? strlen(name) : 0;
    if (sqlite3_column_type(row, 1) != SQLITE_INTEGER || code <= 0) {
        return rh_fail(err, RH_INPUT, "%s: %s: the code of row %u is not a number above 0.",
                       f->path, table, i + 1);
    }
    if (size == 0 || rh_text_valid(name, size) != size ||
        size + 1 > (size_t)(strings_end - *strings)) {
        return rh_fail(err, RH_INPUT, "%s: %s: %lld has no readable name.", f->path, table,
                       (long long)code);
    }
    memcpy(*strings, name, size);
    places->code[i] = (uint64_t)code;
    places->name[i] = *strings;
    *strings += size + 1;
    RH_TRY(read_point(f, table, places->code[i], places->name[i], row, 0, &places->lon[i],
                      &places->lat[i], err));
    RH_TRY(read_count(f, table, places->code[i], places->name[i], row, 3, INT64_MAX, residents,
                      err));
    if (level == PROVINCE) {
        return RH_OK;
    }
    rh_level *upper = level_of(region, level - 1);
    uint64_t parent;
    RH_TRY(read_count(f, table, places->code[i], places->name[i], row, 4, INT64_MAX, &parent,
                      err));
    uint32_t p = i > 0 ? places->parent[i - 1] : 0;
    if (upper->code[p] != parent) { /* otherwise the next parent begins */
        p += i > 0;
        if (p >= upper->n || upper->code[p] != parent) {
            return refuse_parent(f, region, level, i, parent, err);
        }
    }
    places->parent[i] = p;
    upper->first[p + 1] = i + 1;
    return level == COUNTY ? read_county(f, region, i, row, 5, err)
           : level == TOWN ? read_town(f, region, i, row, 5, err)
                           : RH_OK;
}

static rh_status
read_level(const file *f, rh_region *region, int level, char **strings, char *strings_end,
           uint64_t *residents, rh_err *err)
{
    rh_level *places = level_of(region, level);
    char doing[64];
    snprintf(doing, sizeof doing, "reading the table %s", level_name[level]);
    sqlite3_str *sql = sqlite3_str_new(f->db);
    sqlite3_str_appendall(sql, "SELECT geom, code, name, population");
    add_columns(sql, level, false);
    sqlite3_str_appendf(sql, " FROM %s ORDER BY fid", level_name[level]);
    sqlite3_stmt *row;
    RH_TRY(prepare_made(f, doing, sqlite3_str_finish(sql), &row, err));
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
                               f->path, level_name[level], places->n)
                     : sql_fail(f, doing, err);
    }
    sqlite3_finalize(row);
    return status;
}

/* Blob `at` of the row, which must hold `count` entries of `size` bytes. */
static rh_status
read_blob(const file *f, const rh_region *region, uint32_t c, sqlite3_stmt *row, int at,
          uint64_t count, size_t size, const unsigned char **out, rh_err *err)
{
    *out = sqlite3_column_blob(row, at);
    int bytes = sqlite3_column_bytes(row, at);
    if ((uint64_t)bytes != count * size || (bytes > 0 && *out == NULL)) {
        return rh_fail(err, RH_INPUT,
                       "%s: county_array: %s of %" PRIu64 " %s has %d bytes; %" PRIu64
                       " entries of %zu bytes are "
                       "needed.",
                       f->path, sqlite3_column_name(row, at), region->county.code[c],
                       region->county.name[c], bytes, count, size);
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
read_array(const file *f, rh_region *region, uint32_t c, uint64_t flows, uint64_t nears,
           sqlite3_stmt *row, rh_err *err)
{
    uint64_t code = region->county.code[c], count;
    const char *name = region->county.name[c];
    const unsigned char *blob;
    if ((uint64_t)sqlite3_column_int64(row, 0) != code) {
        return rh_fail(err, RH_INPUT,
                       "%s: county_array: row %u has the code %lld instead of %" PRIu64 " %s.",
                       f->path, c + 1, (long long)sqlite3_column_int64(row, 0), code, name);
    }
    RH_TRY(read_blob(f, region, c, row, 1, CELL_COUNTS, sizeof(uint32_t), &blob, err));
    uint32_t *cell = &region->cell[c].n[0][0][0][0];
    for (size_t i = 0; i < CELL_COUNTS; i++) {
        cell[i] = little(blob + 4 * i);
    }
    uint64_t from = region->flow_first[c];
    RH_TRY(read_count(f, "county_array", code, name, row, 2, flows - from, &count, err));
    RH_TRY(read_blob(f, region, c, row, 3, count, FLOW_SIZE, &blob, err));
    for (uint64_t i = 0; i < count; i++) {
        region->flow_dest[from + i] = little(blob + FLOW_SIZE * i);
        region->flow_n[from + i][RH_RURAL] = little(blob + FLOW_SIZE * i + 4);
        region->flow_n[from + i][RH_URBAN] = little(blob + FLOW_SIZE * i + 8);
    }
    region->flow_first[c + 1] = from + count;
    uint32_t start = region->near_first[c];
    RH_TRY(read_count(f, "county_array", code, name, row, 4, nears - start, &count, err));
    RH_TRY(read_blob(f, region, c, row, 5, count, sizeof(uint32_t), &blob, err));
    for (uint32_t i = 0; i < count; i++) {
        region->near[start + i] = little(blob + 4 * (size_t)i);
    }
    region->near_first[c + 1] = start + (uint32_t)count;
    return RH_OK;
}

static rh_status
read_arrays(const file *f, rh_region *region, uint64_t file_size, rh_err *err)
{
    uint64_t bytes[2];
    RH_TRY(ask(f,
               "SELECT coalesce(sum(length(flow)), 0), coalesce(sum(length(near)), 0) FROM "
               "county_array",
               bytes, err));
    if (bytes[0] > file_size || bytes[1] > file_size) {
        return rh_fail(err, RH_INPUT, "%s is damaged: its arrays are longer than the file.",
                       f->path);
    }
    uint64_t flows = bytes[0] / FLOW_SIZE, nears = bytes[1] / sizeof(uint32_t);
    RH_NEW(region->flow_dest, flows, err);
    RH_NEW(region->flow_n, flows, err);
    RH_NEW(region->near, nears, err);
    sqlite3_stmt *row;
    RH_TRY(prepare(
        f, "reading the table county_array",
        "SELECT code, cell, flows, flow, neighbours, near FROM county_array ORDER BY fid", &row,
        err));
    rh_status status = RH_OK;
    uint32_t c = 0;
    int step = SQLITE_DONE;
    while (status == RH_OK && (step = sqlite3_step(row)) == SQLITE_ROW &&
           c < region->county.n) {
        status = read_array(f, region, c, flows, nears, row, err);
        c++;
    }
    if (status == RH_OK && step != SQLITE_DONE && step != SQLITE_ROW) {
        status = sql_fail(f, "reading the table county_array", err);
    } else if (status == RH_OK && (step != SQLITE_DONE || c != region->county.n)) {
        status =
            rh_fail(err, RH_INPUT, "%s: county_array has %s rows than there are counties (%u).",
                    f->path, step == SQLITE_DONE ? "fewer" : "more", region->county.n);
    }
    sqlite3_finalize(row);
    return status;
}

/* G2 for every place of every level. */
static rh_status
check_residents(const file *f, const rh_region *region, const uint64_t *said, rh_err *err)
{
    uint64_t *counted;
    RH_TRY(count_residents(region, &counted, err));
    rh_status status = RH_OK;
    size_t at = 0;
    for (int level = 0; level < LEVELS; level++) {
        const rh_level *places = const_level_of(region, level);
        for (uint32_t i = 0; i < places->n && status == RH_OK; i++, at++) {
            if (said[at] != counted[at]) {
                status = rh_fail(err, RH_INVARIANT,
                                 "%s: %s: population of %" PRIu64 " %s is %" PRIu64
                                 ", but its townships hold %" PRIu64 " (G2).",
                                 f->path, level_name[level], places->code[i], places->name[i],
                                 said[at], counted[at]);
            }
        }
    }
    rh_free(counted);
    return status;
}

static rh_status
read_all(const file *f, rh_region *region, uint64_t file_size, uint64_t **residents,
         rh_err *err)
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
        at += const_level_of(region, level)->n;
    }
    RH_TRY(read_arrays(f, region, file_size, err));
    rh_err broken = {0};
    rh_status status = rh_region_verify(region, &broken);
    if (status != RH_OK) {
        return rh_fail(err, status, "%s: %s", f->path, broken.text);
    }
    return check_residents(f, region, *residents, err);
}

static rh_status
open_file(file *f, uint64_t *file_size, rh_err *err)
{
    struct stat about;
    uint64_t answer[2];
    if (stat(f->path, &about) != 0) {
        return rh_fail(err, RH_IO, "%s cannot be opened: %s.", f->path, strerror(errno));
    }
    if (!S_ISREG(about.st_mode)) {
        return rh_fail(err, RH_INPUT, "%s is not a file.", f->path);
    }
    *file_size = (uint64_t)about.st_size;
    if (sqlite3_open_v2(f->path, &f->db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK) {
        return rh_fail(err, RH_IO, "%s cannot be opened: %s.", f->path,
                       f->db != NULL ? sqlite3_errmsg(f->db) : "out of memory");
    }
    sqlite3_db_config(f->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(f->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    RH_TRY(ask(f, "SELECT application_id, 0 FROM pragma_application_id", answer, err));
    return answer[0] == GPKG_ID
               ? RH_OK
               : rh_fail(err, RH_INPUT, "%s is a database, but not a GeoPackage.", f->path);
}

rh_status
rh_region_read(const char *path, rh_region **out, rh_err *err)
{
    file f = {NULL, path};
    uint64_t file_size, *residents = NULL;
    rh_region *region;
    RH_NEW(region, 1, err);
    rh_status status = open_file(&f, &file_size, err);
    if (status == RH_OK) {
        status = read_all(&f, region, file_size, &residents, err);
    }
    rh_free(residents);
    sqlite3_close(f.db);
    if (status != RH_OK) {
        rh_region_free(region);
        return status;
    }
    *out = region;
    return RH_OK;
}
