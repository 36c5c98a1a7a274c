/* Writing a map: see gpkg_map.h. */
#include "io/gpkg_map.h"

#include "io/gpkg.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Run a statement made of a format of sqlite3_mprintf; an SQLite code. */
#define RUN(db, ...) run(db, sqlite3_mprintf(__VA_ARGS__))

static int
run(sqlite3 *db, char *sql)
{
    int code = sql != NULL ? sqlite3_exec(db, sql, NULL, NULL, NULL) : SQLITE_NOMEM;
    sqlite3_free(sql);
    return code;
}

static int
create_table(sqlite3 *db, const rh_map *map)
{
    int code = RUN(db, "CREATE TABLE \"%w\" (fid INTEGER PRIMARY KEY, geom BLOB, id TEXT)",
                   map->layer);
    for (unsigned c = 0; c < map->n_columns && code == SQLITE_OK; c++) {
        code = RUN(db, "ALTER TABLE \"%w\" ADD COLUMN \"%w\" %s", map->layer,
                   map->column[c].name, map->column[c].number != NULL ? "REAL" : "TEXT");
    }
    return code;
}

static int
bind_row(sqlite3_stmt *insert, const rh_map *map, uint32_t i)
{
    unsigned char point[RH_GPKG_POINT_SIZE];
    sqlite3_bind_null(insert, 1);
    if (map->x != NULL) {
        rh_gpkg_point(point, map->x[i], map->y[i]);
        if (!map->globe) {
            memset(point + 4, 0xff, 4); /* -1: undefined cartesian */
        }
        sqlite3_bind_blob(insert, 1, point, sizeof point, SQLITE_TRANSIENT);
    }
    int code = sqlite3_bind_text(insert, 2, map->id[i], -1, SQLITE_STATIC);
    for (unsigned c = 0; c < map->n_columns && code == SQLITE_OK; c++) {
        const rh_map_column *column = &map->column[c];
        int at = 3 + (int)c;
        code = column->number == NULL
                   ? sqlite3_bind_text(insert, at, column->text[i], -1, SQLITE_STATIC)
               : isnan(column->number[i]) ? sqlite3_bind_null(insert, at)
                                          : sqlite3_bind_double(insert, at, column->number[i]);
    }
    return code;
}

static int
insert_rows(sqlite3 *db, const rh_map *map)
{
    sqlite3_stmt *insert = NULL;
    sqlite3_str *sql = sqlite3_str_new(db);
    sqlite3_str_appendf(sql, "INSERT INTO \"%w\" VALUES (NULL, ?, ?", map->layer);
    for (unsigned c = 0; c < map->n_columns; c++) {
        sqlite3_str_appendall(sql, ", ?");
    }
    sqlite3_str_appendall(sql, ")");
    char *text = sqlite3_str_finish(sql);
    int code = text != NULL ? sqlite3_prepare_v2(db, text, -1, &insert, NULL) : SQLITE_NOMEM;
    sqlite3_free(text);
    for (uint32_t i = 0; i < map->n && code == SQLITE_OK; i++) {
        code = bind_row(insert, map, i);
        if (code == SQLITE_OK) {
            code = sqlite3_step(insert) == SQLITE_DONE ? sqlite3_reset(insert)
                                                       : sqlite3_errcode(db);
        }
    }
    sqlite3_finalize(insert);
    return code;
}

/* The outlines are copied as they are, with their reference system; so is what the system tables say of the layer. */
static int
copy_outlines(sqlite3 *db, const rh_map *map)
{
    char name[200] = "", column[200] = "";
    sqlite3_stmt *q = NULL;
    int code =
        sqlite3_prepare_v2(db,
                           "SELECT table_name, column_name FROM src.gpkg_geometry_columns "
                           "WHERE ?1 IS NULL OR table_name = ?1",
                           -1, &q, NULL);
    if (code == SQLITE_OK) {
        sqlite3_bind_text(q, 1, map->shapes_layer, -1, SQLITE_STATIC); /* NULL binds as such */
        if (sqlite3_step(q) == SQLITE_ROW) {
            snprintf(name, sizeof name, "%s", (const char *)sqlite3_column_text(q, 0));
            snprintf(column, sizeof column, "%s", (const char *)sqlite3_column_text(q, 1));
        }
    }
    sqlite3_finalize(q);
    if (code == SQLITE_OK) {
        code = RUN(db,
                   "CREATE TEMP TABLE outline (id TEXT PRIMARY KEY, geom BLOB);"
                   "INSERT OR IGNORE INTO outline SELECT t.\"%w\", t.\"%w\" FROM src.\"%w\" t;"
                   "UPDATE main.\"%w\" SET geom = (SELECT o.geom FROM outline o WHERE o.id = "
                   "\"%w\".id);"
                   "INSERT OR IGNORE INTO main.gpkg_spatial_ref_sys SELECT srs_name, srs_id, "
                   "organization, organization_coordsys_id, definition, description FROM "
                   "src.gpkg_spatial_ref_sys;"
                   "INSERT INTO main.gpkg_contents SELECT %Q, 'features', %Q, '', "
                   "'2000-01-01T00:00:00Z', min_x, min_y, max_x, max_y, srs_id FROM "
                   "src.gpkg_contents WHERE table_name = %Q;"
                   "INSERT INTO main.gpkg_geometry_columns SELECT %Q, 'geom', "
                   "geometry_type_name, srs_id, z, m FROM src.gpkg_geometry_columns WHERE "
                   "table_name = %Q;",
                   map->shapes_id, column, name, map->layer, map->layer, map->layer, map->layer,
                   name, map->layer, name);
    }
    return code;
}

static int
register_points(sqlite3 *db, const rh_map *map)
{
    double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
    for (uint32_t i = 0; i < map->n; i++) {
        low[0] = fmin(low[0], map->x[i]);
        low[1] = fmin(low[1], map->y[i]);
        high[0] = fmax(high[0], map->x[i]);
        high[1] = fmax(high[1], map->y[i]);
    }
    int srs = map->globe ? 4326 : -1;
    return RUN(db,
               "INSERT INTO gpkg_contents VALUES (%Q, 'features', %Q, '', "
               "'2000-01-01T00:00:00Z', %.17g, %.17g, %.17g, %.17g, %d);"
               "INSERT INTO gpkg_geometry_columns VALUES (%Q, 'geom', 'POINT', %d, 0, 0);",
               map->layer, map->layer, low[0], low[1], high[0], high[1], srs, map->layer, srs);
}

static int
write_all(sqlite3 *db, const rh_map *map)
{
    int code = sqlite3_exec(db, rh_gpkg_schema, NULL, NULL, NULL);
    if (code == SQLITE_OK && map->x == NULL) {
        code = RUN(db, "ATTACH %Q AS src", map->shapes);
    }
    code = code == SQLITE_OK ? RUN(db, "BEGIN") : code;
    code = code == SQLITE_OK ? create_table(db, map) : code;
    code = code == SQLITE_OK ? insert_rows(db, map) : code;
    if (code == SQLITE_OK) {
        code = map->x != NULL ? register_points(db, map) : copy_outlines(db, map);
    }
    return code == SQLITE_OK ? RUN(db, "COMMIT") : code;
}

rh_status
rh_map_write(const char *path, const rh_map *map, rh_err *err)
{
    char aside[4096];
    sqlite3 *db = NULL;
    rh_status status = RH_OK;
    if ((size_t)snprintf(aside, sizeof aside, "%s.part", path) >= sizeof aside) {
        return rh_fail(err, RH_IO, "%s: the name is too long.", path);
    }
    unlink(aside);
    if (sqlite3_open(aside, &db) != SQLITE_OK || write_all(db, map) != SQLITE_OK) {
        status = rh_fail(err, RH_IO, "%s: %s.", path, sqlite3_errmsg(db));
    }
    sqlite3_close(db);
    if (status == RH_OK && rename(aside, path) != 0) {
        status = rh_fail(err, RH_IO, "%s: cannot be written.", path);
    }
    if (status != RH_OK) {
        unlink(aside);
    }
    return status;
}
