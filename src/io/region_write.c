/* Writing region files: see region_file.h and docs/region-file.md.
 *
 * F1 a region that cannot be read back is not written: writing checks what reading checks.
 * F2 the same region gives the same bytes: no clock and no machine enter the file. */
#include "io/region_file.h"

#include "core/mem.h"
#include "io/gpkg.h"
#include "io/region_layout.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static rh_status
run(const rh_region_db *f, const char *doing, const char *sql, rh_err *err)
{
    return sqlite3_exec(f->db, sql, NULL, NULL, NULL) == SQLITE_OK
               ? RH_OK
               : rh_region_db_fail(f, doing, err);
}

static void
bind_real(sqlite3_stmt *row, int at, double value)
{
    if (isnan(value)) {
        sqlite3_bind_null(row, at);
    } else {
        sqlite3_bind_double(row, at, value);
    }
}

static void
bind_point(sqlite3_stmt *row, int at, double lon, double lat)
{
    unsigned char point[RH_GPKG_POINT_SIZE];
    if (isnan(lon) || isnan(lat)) {
        sqlite3_bind_null(row, at);
        return;
    }
    rh_gpkg_point(point, lon, lat);
    sqlite3_bind_blob(row, at, point, sizeof point, SQLITE_TRANSIENT);
}

/* Insert the bound row and make the statement ready for the next. */
static rh_status
insert(const rh_region_db *f, const char *table, sqlite3_stmt *row, rh_err *err)
{
    int done = sqlite3_step(row);
    int reset = sqlite3_reset(row);
    if (done != SQLITE_DONE || reset != SQLITE_OK) {
        char doing[64];
        snprintf(doing, sizeof doing, "writing the table %s", table);
        return rh_region_db_fail(f, doing, err);
    }
    return RH_OK;
}

static const char tables[] =
    "CREATE TABLE region (fid INTEGER PRIMARY KEY NOT NULL, key TEXT NOT NULL UNIQUE, value "
    "TEXT NOT NULL);"
    "CREATE TABLE column_note (fid INTEGER PRIMARY KEY NOT NULL, table_name TEXT NOT NULL,"
    " column_name TEXT NOT NULL, unit TEXT NOT NULL, meaning TEXT NOT NULL);"
    "CREATE TABLE county_array (fid INTEGER PRIMARY KEY NOT NULL, code INTEGER NOT NULL, cell "
    "BLOB NOT NULL,"
    " flows INTEGER NOT NULL, flow BLOB NOT NULL, neighbours INTEGER NOT NULL, near BLOB NOT "
    "NULL);";

static rh_status
write_about(const rh_region_db *f, const rh_region *region, rh_err *err)
{
    char year[16], layout[16];
    snprintf(year, sizeof year, "%d", region->base_year);
    snprintf(layout, sizeof layout, "%d", RH_REGION_LAYOUT);
    const char *const pair[][2] = {
        {"layout", layout},
        {"title", region->title},
        {"source", region->source},
        {"notes", region->notes},
        {"base_year", year},
        {"synthetic_below_province", region->synthetic_below_province ? "1" : "0"},
    };
    sqlite3_stmt *row;
    RH_TRY(rh_region_db_prepare(f, "writing", "INSERT INTO region (key, value) VALUES (?, ?)",
                                &row, err));
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
write_note(const rh_region_db *f, sqlite3_stmt *row, const char *table, const char *name,
           const char *unit, const char *meaning, rh_err *err)
{
    sqlite3_bind_text(row, 1, table, -1, SQLITE_STATIC);
    sqlite3_bind_text(row, 2, name, -1, SQLITE_STATIC);
    sqlite3_bind_text(row, 3, unit, -1, SQLITE_STATIC);
    sqlite3_bind_text(row, 4, meaning, -1, SQLITE_STATIC);
    return insert(f, "column_note", row, err);
}

static rh_status
write_all_notes(const rh_region_db *f, sqlite3_stmt *row, rh_err *err)
{
    for (int level = 0; level < LEVELS; level++) {
        const char *table = rh_level_table[level];
        RH_TRY(write_note(f, row, table, "code", "GB/T 2260", "statistical code", err));
        RH_TRY(
            write_note(f, row, table, "population", "persons", "residents on census day", err));
        if (level > PROVINCE) {
            RH_TRY(write_note(f, row, table, "parent", "GB/T 2260", "code of the place above",
                              err));
        }
    }
    for (size_t i = 0; i < RH_COUNTY_COLUMNS; i++) {
        const rh_table_column *c = &rh_county_column[i];
        RH_TRY(write_note(f, row, "county", c->name, c->unit, c->meaning, err));
    }
    RH_TRY(
        write_note(f, row, "township", "kind", "word", "street, town, township or other", err));
    for (size_t i = 0; i < RH_LEAF_COLUMNS; i++) {
        RH_TRY(write_note(f, row, "township", rh_leaf_column[i], "persons",
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
write_notes(const rh_region_db *f, rh_err *err)
{
    sqlite3_stmt *row;
    RH_TRY(rh_region_db_prepare(
        f, "writing",
        "INSERT INTO column_note (table_name, column_name, unit, meaning) VALUES (?, ?, ?, ?)",
        &row, err));
    rh_status status = write_all_notes(f, row, err);
    sqlite3_finalize(row);
    return status;
}

static rh_status
bind_county(const rh_region_db *f, const rh_region *region, uint32_t c, sqlite3_stmt *row,
            int at, rh_err *err)
{
    for (size_t i = 0; i < RH_COUNTY_COLUMNS; i++, at++) {
        const rh_table_column *column = &rh_county_column[i];
        const void *values;
        memcpy(&values, (const char *)&region->column + column->member, sizeof values);
        size_t index = (size_t)c * column->per_row + column->at;
        if (column->kind == RH_FLAG) {
            sqlite3_bind_int(row, at, ((const bool *)values)[index]);
        } else if (column->kind == RH_COUNT) {
            sqlite3_bind_int64(row, at, ((const uint32_t *)values)[index]);
        } else {
            double value = ((const double *)values)[index];
            if (!rh_column_allows(column->kind, value)) {
                return rh_fail(
                    err, RH_RANGE, "%s: county: %s of %" PRIu64 " %s is %g; it must be %s.",
                    f->path, column->name, region->county.code[c], region->county.name[c],
                    value, column->kind == RH_SHARE ? "0 to 1" : "0 or more");
            }
            bind_real(row, at, value);
        }
    }
    return RH_OK;
}

static rh_status
write_rows(const rh_region_db *f, const rh_region *region, int level, const uint64_t *residents,
           sqlite3_stmt *row, rh_err *err)
{
    const rh_level *places = rh_region_level(region, level);
    for (uint32_t i = 0; i < places->n; i++) {
        sqlite3_bind_int64(row, 1, i + 1);
        bind_point(row, 2, places->lon[i], places->lat[i]);
        sqlite3_bind_int64(row, 3, (sqlite3_int64)places->code[i]);
        sqlite3_bind_text(row, 4, places->name[i], -1, SQLITE_STATIC);
        sqlite3_bind_int64(row, 5, (sqlite3_int64)residents[i]);
        if (level > PROVINCE) {
            const rh_level *upper = rh_region_level(region, level - 1);
            sqlite3_bind_int64(row, 6, (sqlite3_int64)upper->code[places->parent[i]]);
        }
        if (level == COUNTY) {
            RH_TRY(bind_county(f, region, i, row, 7, err));
        }
        if (level == TOWN) {
            uint8_t kind =
                region->town_kind[i] <= RH_OTHER_UNIT ? region->town_kind[i] : RH_OTHER_UNIT;
            sqlite3_bind_text(row, 7, rh_town_kind_name[kind], -1, SQLITE_STATIC);
            for (int part = 0, at = 8; part < RH_PART_COUNT; part++) {
                for (int k = 0; k < RH_CLASS_COUNT; k++, at++) {
                    sqlite3_bind_int64(row, at, region->leaf_class[rh_leaf(i, part)][k]);
                }
            }
        }
        RH_TRY(insert(f, rh_level_table[level], row, err));
    }
    return RH_OK;
}

/* Register a table with GeoPackage; `places` NULL for a table without geometry. */
static rh_status
write_contents(const rh_region_db *f, const rh_region *region, const char *table,
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
    RH_TRY(rh_region_db_prepare(
        f, "writing",
        "INSERT INTO gpkg_contents VALUES (?1, ?2, ?1, ?3, ?4, ?5, ?6, ?7, ?8, ?9)", &row,
        err));
    sqlite3_bind_text(row, 1, table, -1, SQLITE_STATIC);
    sqlite3_bind_text(row, 2, places != NULL ? "features" : "attributes", -1, SQLITE_STATIC);
    sqlite3_bind_text(row, 3, description, -1, SQLITE_STATIC);
    sqlite3_bind_text(row, 4, date, -1, SQLITE_STATIC);
    for (int i = 0; i < 4 && isfinite(box[i]); i++) {
        sqlite3_bind_double(row, 5 + i, box[i]);
    }
    if (places != NULL) {
        sqlite3_bind_int(row, 9, 4326);
    }
    rh_status status = insert(f, "gpkg_contents", row, err);
    sqlite3_finalize(row);
    if (status == RH_OK && places != NULL) {
        char *sql = sqlite3_mprintf(
            "INSERT INTO gpkg_geometry_columns VALUES (%Q, 'geom', 'POINT', %d, 0, 0)", table,
            4326);
        status = sql == NULL
                     ? rh_fail(err, RH_MEMORY, "%s: not enough memory for a query.", f->path)
                     : run(f, "writing", sql, err);
        sqlite3_free(sql);
    }
    return status;
}

static rh_status
write_level(const rh_region_db *f, const rh_region *region, int level,
            const uint64_t *residents, rh_err *err)
{
    static const char *const description[LEVELS] = {"省级", "地级", "县级", "乡级"};
    const char *table = rh_level_table[level];
    sqlite3_str *sql = sqlite3_str_new(f->db);
    sqlite3_stmt *row = NULL;
    sqlite3_str_appendf(
        sql,
        "CREATE TABLE %s (fid INTEGER PRIMARY KEY NOT NULL, geom POINT,"
        " code INTEGER NOT NULL, name TEXT NOT NULL, population INTEGER NOT NULL",
        table);
    rh_region_add_columns(sql, level, true);
    sqlite3_str_appendall(sql, ")");
    RH_TRY(rh_region_db_prepare_made(f, "writing", sqlite3_str_finish(sql), &row, err));
    rh_status status = insert(f, table, row, err); /* runs the CREATE */
    sqlite3_finalize(row);
    RH_TRY(status);

    sql = sqlite3_str_new(f->db);
    sqlite3_str_appendf(sql, "INSERT INTO %s (fid, geom, code, name, population", table);
    rh_region_add_columns(sql, level, false);
    int values = 5 + (level > PROVINCE) + (level == COUNTY) * RH_COUNTY_COLUMNS +
                 (level == TOWN) * (1 + RH_LEAF_COLUMNS);
    sqlite3_str_appendall(sql, ") VALUES (?");
    for (int i = 1; i < values; i++) {
        sqlite3_str_appendall(sql, ", ?");
    }
    sqlite3_str_appendall(sql, ")");
    RH_TRY(rh_region_db_prepare_made(f, "writing", sqlite3_str_finish(sql), &row, err));
    status = write_rows(f, region, level, residents, row, err);
    sqlite3_finalize(row);
    RH_TRY(status);
    return write_contents(f, region, table, description[level], rh_region_level(region, level),
                          err);
}

static rh_status
write_array_rows(const rh_region_db *f, const rh_region *region, uint32_t *scratch,
                 sqlite3_stmt *row, rh_err *err)
{
    for (uint32_t c = 0; c < region->county.n; c++) {
        uint32_t cell[RH_CELL_COUNTS];
        memcpy(cell, &region->cell[c], sizeof cell);
        for (size_t i = 0; i < RH_CELL_COUNTS; i++) {
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
        sqlite3_bind_blob64(row, 5, scratch, flows * RH_FLOW_SIZE, SQLITE_TRANSIENT);
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
write_arrays(const rh_region_db *f, const rh_region *region, rh_err *err)
{
    uint32_t *scratch; /* no county has more flows or neighbours than there are counties */
    RH_NEW(scratch, 3 * (size_t)region->county.n, err);
    sqlite3_stmt *row = NULL;
    rh_status status = rh_region_db_prepare(
        f, "writing", "INSERT INTO county_array VALUES (?, ?, ?, ?, ?, ?, ?)", &row, err);
    if (status == RH_OK) {
        status = write_array_rows(f, region, scratch, row, err);
    }
    sqlite3_finalize(row);
    rh_free(scratch);
    return status;
}

static rh_status
write_all(const rh_region_db *f, const rh_region *region, const uint64_t *residents,
          rh_err *err)
{
    /* No journal and no waiting: the file gets its name only when it is whole and on the disk.
     */
    RH_TRY(run(
        f, "writing",
        "PRAGMA page_size = 8192; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN",
        err));
    RH_TRY(run(f, "writing", rh_gpkg_schema, err));
    RH_TRY(run(f, "writing", tables, err));
    for (int level = 0; level < LEVELS; level++) {
        RH_TRY(write_level(f, region, level, residents, err));
        residents += rh_region_level(region, level)->n;
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
    RH_TRY(rh_region_count_places(region, &residents, err));
    rh_region_db f = {NULL, path};
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
        status = rh_region_db_fail(&f, "closing", err);
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
