/* Layers of a GeoPackage as tables: see layer.h. */
#include "io/layer.h"

#include "core/mem.h"
#include "core/text.h"
#include "io/grid.h"

#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

enum { NAME_SIZE = 300, LIST_SIZE = 1500 };

static rh_status
sql_fail(sqlite3 *db, const char *path, rh_err *err)
{
    return rh_fail(err, RH_IO, "Cannot read %s: %s.", path, sqlite3_errmsg(db));
}

static rh_status
open_file(const char *path, sqlite3 **db, rh_err *err)
{
    if (sqlite3_open_v2(path, db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK) {
        return sql_fail(*db, path, err);
    }
    sqlite3_busy_timeout(*db, 5000);
    return RH_OK;
}

bool
rh_layer_is_run(const char *path)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *s = NULL;
    bool is_run =
        open_file(path, &db, NULL) == RH_OK &&
        sqlite3_prepare_v2(db,
                           "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND "
                           "name IN ('about', 'year', 'value', 'indicator')",
                           -1, &s, NULL) == SQLITE_OK &&
        sqlite3_step(s) == SQLITE_ROW && sqlite3_column_int(s, 0) == 4;
    sqlite3_finalize(s);
    sqlite3_close(db);
    return is_run;
}

/* What is known of a layer. */
typedef struct layer {
    char name[NAME_SIZE], geometry[NAME_SIZE]; /* geometry: its column, "" for none */
    bool points, degrees;
} layer;

/* The layer of this name, or the only one; the names of all are listed in a sentence otherwise. */
static rh_status
choose(sqlite3 *db, const char *path, const char *wanted, layer *out, rh_err *err)
{
    sqlite3_stmt *s = NULL;
    char list[LIST_SIZE] = "";
    size_t listed = 0;
    unsigned n = 0, features = 0;
    layer first_features = {0}, first = {0};
    bool found = false;
    /* points: named so, or of a kind that only the values tell (GEOMETRY); degrees: a geographic system */
    const char *sql =
        "SELECT c.table_name, c.data_type, coalesce(g.column_name, ''),"
        " coalesce(g.geometry_type_name IN ('POINT', 'GEOMETRY'), 0),"
        " coalesce(s.definition LIKE 'GEOG%', g.srs_id IN (0, 4326, 4490))"
        " FROM gpkg_contents c LEFT JOIN gpkg_geometry_columns g ON g.table_name = c.table_name"
        " LEFT JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id"
        " WHERE c.data_type IN ('features', 'attributes') ORDER BY c.rowid";
    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK) {
        return rh_fail(err, RH_INPUT, "%s is no GeoPackage: %s.", path, sqlite3_errmsg(db));
    }
    int code;
    while ((code = sqlite3_step(s)) == SQLITE_ROW) {
        layer l = {.points = sqlite3_column_int(s, 3) != 0,
                   .degrees = sqlite3_column_int(s, 4) != 0};
        const char *name = (const char *)sqlite3_column_text(s, 0);
        const char *type = (const char *)sqlite3_column_text(s, 1);
        const char *geometry = (const char *)sqlite3_column_text(s, 2);
        if (name == NULL || type == NULL || geometry == NULL) {
            continue;
        }
        bool with_features = strcmp(type, "features") == 0;
        snprintf(l.name, sizeof l.name, "%s", name);
        snprintf(l.geometry, sizeof l.geometry, "%s", geometry);
        if (listed + NAME_SIZE < sizeof list) {
            int used = snprintf(list + listed, sizeof list - listed, "%s\"%.*s\"",
                                n > 0 ? ", " : "", (int)rh_text_fit(name, 60), name);
            listed += used > 0 ? (size_t)used : 0;
        }
        if (wanted != NULL && strcmp(name, wanted) == 0) {
            found = true;
            *out = l;
        }
        first = n++ == 0 ? l : first;
        first_features = with_features && features++ == 0 ? l : first_features;
    }
    sqlite3_finalize(s);
    if (code != SQLITE_DONE) {
        return sql_fail(db, path, err);
    }
    if (wanted == NULL && (features == 1 || n == 1)) {
        *out = features == 1 ? first_features : first;
        return RH_OK;
    }
    if (found) {
        return RH_OK;
    }
    if (n == 0) {
        return rh_fail(err, RH_INPUT, "%s holds no layer.", path);
    }
    return wanted != NULL
               ? rh_fail(err, RH_INPUT, "%s has no layer \"%s\"; it has %s.", path, wanted,
                         list)
               : rh_fail(err, RH_INPUT, "%s has %u layers; choose one of %s.", path, n, list);
}

static double
get_double(const unsigned char *bytes, bool little)
{
    uint64_t bits = 0;
    double value;
    for (unsigned i = 0; i < 8; i++) {
        bits |= (uint64_t)bytes[little ? i : 7 - i] << (8 * i);
    }
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Coordinates of a point in GeoPackage binary form (OGC 12-128r18, 2.1.3); false when it is none. */
static bool
read_point(const unsigned char *blob, size_t size, double *x, double *y)
{
    static const unsigned char envelope[8] = {0, 32, 48, 48, 64, 0, 0, 0};
    if (blob == NULL || size < 8 || memcmp(blob, "GP", 2) != 0 || (blob[3] & 0x10) != 0) {
        return false; /* bit 4: an empty geometry */
    }
    size_t at = 8 + (size_t)envelope[(blob[3] >> 1) & 7];
    if (size < at + 21) {
        return false;
    }
    bool little = blob[at] == 1;
    unsigned kind = 0;
    for (unsigned i = 0; i < 4; i++) {
        kind |= (unsigned)blob[at + 1 + i] << (8 * (little ? i : 3 - i));
    }
    if (kind % 1000 != 1 ||
        kind > 3001) { /* 1, 1001, 2001, 3001: a point, with Z, with M, with both */
        return false;
    }
    *x = get_double(blob + at + 5, little);
    *y = get_double(blob + at + 13, little);
    return isfinite(*x) && isfinite(*y);
}

typedef struct layer_reading {
    const char *path;
    sqlite3_stmt *s;
    const layer *layer;
    rh_grid *grid;
    int n_columns, geometry; /* -1: none that is a point */
    bool *kept;
    uint32_t *place; /* column in the grid */
    uint32_t n_kept;
} layer_reading;

static rh_status
put_value(const layer_reading *r, uint32_t row, int column, rh_err *err)
{
    char whole[32];
    const char *text;
    rh_text_number exact;
    switch (sqlite3_column_type(r->s, column)) {
    case SQLITE_NULL:
    case SQLITE_BLOB:
        return RH_OK;
    case SQLITE_INTEGER:
        snprintf(whole, sizeof whole, "%lld", (long long)sqlite3_column_int64(r->s, column));
        text = whole;
        break;
    case SQLITE_FLOAT:
        exact = rh_text_exact(sqlite3_column_double(r->s, column));
        text = exact.text;
        break;
    default:
        text = (const char *)sqlite3_column_text(r->s, column);
        if (text == NULL) {
            return rh_fail(err, RH_MEMORY, "Not enough memory to read %s.", r->path);
        }
    }
    return rh_grid_put(r->grid, row, r->place[column], text, err);
}

static rh_status
put_number(rh_grid *grid, uint32_t row, uint32_t column, double x, rh_err *err)
{
    return rh_grid_put(grid, row, column, rh_text_exact(x).text, err);
}

static rh_status
read_rows(const layer_reading *r, sqlite3 *db, rh_err *err)
{
    int code;
    for (uint32_t row = 2; (code = sqlite3_step(r->s)) == SQLITE_ROW; row++) {
        double x, y;
        if (row == UINT32_MAX) {
            return rh_fail(err, RH_INPUT, "%s: the layer has too many rows.", r->path);
        }
        for (int c = 0; c < r->n_columns; c++) {
            if (r->kept[c]) {
                RH_TRY(put_value(r, row, c, err));
            }
        }
        if (r->geometry >= 0 &&
            read_point(sqlite3_column_blob(r->s, r->geometry),
                       (size_t)sqlite3_column_bytes(r->s, r->geometry), &x, &y)) {
            RH_TRY(put_number(r->grid, row, r->n_kept + 1, x, err));
            RH_TRY(put_number(r->grid, row, r->n_kept + 2, y, err));
        }
    }
    return code == SQLITE_DONE ? RH_OK : sql_fail(db, r->path, err);
}

/* Headers; which columns are kept. */
static rh_status
read_headers(layer_reading *r, rh_err *err)
{
    const char *x = r->layer->degrees ? "lon" : "x", *y = r->layer->degrees ? "lat" : "y";
    bool has_point = false;
    r->geometry = -1;
    for (int c = 0; c < r->n_columns; c++) {
        const char *header = sqlite3_column_name(r->s, c);
        const char *type = sqlite3_column_decltype(r->s, c);
        if (header == NULL) {
            return rh_fail(err, RH_MEMORY, "Not enough memory to read %s.", r->path);
        }
        if (sqlite3_stricmp(header, r->layer->geometry) == 0) {
            r->geometry = r->layer->points ? c : -1;
            continue;
        }
        if (type != NULL && sqlite3_strnicmp(type, "BLOB", 4) == 0) {
            continue;
        }
        r->kept[c] = true;
        r->place[c] = ++r->n_kept;
        has_point |= strcmp(header, x) == 0 || strcmp(header, y) == 0;
        RH_TRY(rh_grid_put(r->grid, 1, r->n_kept, header, err));
    }
    if (r->geometry >= 0 && has_point) {
        r->geometry = -1;
    }
    if (r->geometry >= 0) {
        RH_TRY(rh_grid_put(r->grid, 1, r->n_kept + 1, x, err));
        RH_TRY(rh_grid_put(r->grid, 1, r->n_kept + 2, y, err));
    }
    return RH_OK;
}

static rh_status
read_layer(sqlite3 *db, const char *path, const layer *of, rh_grid *grid, rh_err *err)
{
    layer_reading r = {.path = path, .layer = of, .grid = grid};
    char *sql = sqlite3_mprintf("SELECT * FROM \"%w\"", of->name);
    int code = sql != NULL ? sqlite3_prepare_v2(db, sql, -1, &r.s, NULL) : SQLITE_NOMEM;
    sqlite3_free(sql);
    if (code != SQLITE_OK) {
        return sql_fail(db, path, err);
    }
    rh_status status = RH_OK;
    r.n_columns = sqlite3_column_count(r.s);
    r.kept = rh_alloc((size_t)r.n_columns + 1, sizeof *r.kept);
    r.place = rh_alloc((size_t)r.n_columns + 1, sizeof *r.place);
    if (r.kept == NULL || r.place == NULL) {
        status = rh_fail(err, RH_MEMORY, "Not enough memory to read %s.", path);
    }
    if (status == RH_OK) {
        status = read_headers(&r, err);
    }
    if (status == RH_OK) {
        status = read_rows(&r, db, err);
    }
    rh_free(r.kept);
    rh_free(r.place);
    sqlite3_finalize(r.s);
    return status;
}

rh_status
rh_layer_open(const char *path, const char *wanted, rh_csv **out, rh_err *err)
{
    sqlite3 *db = NULL;
    rh_grid grid = {0};
    layer chosen = {0};
    char name[1400];
    rh_status status = open_file(path, &db, err);
    if (status == RH_OK) {
        status = choose(db, path, wanted, &chosen, err);
    }
    if (status == RH_OK) {
        snprintf(name, sizeof name, "%.1000s[%s]", path, chosen.name);
        rh_text_mend(name);
        status = read_layer(db, path, &chosen, &grid, err);
    }
    if (status == RH_OK) {
        status = rh_grid_sort(&grid, name, err);
    }
    if (status == RH_OK) {
        status = rh_grid_table(&grid, name, 1, out, err);
    }
    rh_grid_release(&grid);
    sqlite3_close(db);
    return status;
}
