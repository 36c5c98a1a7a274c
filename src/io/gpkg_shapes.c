/* Polygons of a GeoPackage layer: see gpkg_shapes.h. */
#include "io/gpkg_shapes.h"

#include "core/mem.h"

#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

void
rh_shapes_release(rh_shapes *s)
{
    for (uint32_t i = 0; i < s->n; i++) {
        rh_free(s->id[i]);
    }
    rh_free(s->id);
    rh_free(s->owner);
    rh_free(s->start);
    rh_free(s->xy);
    *s = (rh_shapes){0};
}

/* ---- well-known binary ---- */

typedef struct reader {
    const unsigned char *at, *end;
    bool little;
    const char *why; /* set once something is wrong */
} reader;

static uint64_t
take(reader *r, unsigned bytes)
{
    uint64_t word = 0;
    if ((size_t)(r->end - r->at) < bytes) {
        r->why = r->why != NULL ? r->why : "the geometry ends early";
        r->at = r->end;
        return 0;
    }
    for (unsigned b = 0; b < bytes; b++) {
        word |= (uint64_t)r->at[b] << 8 * (r->little ? b : bytes - 1 - b);
    }
    r->at += bytes;
    return word;
}

static double
take_double(reader *r)
{
    uint64_t word = take(r, 8);
    double value;
    memcpy(&value, &word, sizeof value);
    return value;
}

/* Room for `more` things behind `n`; the array doubles. */
static bool
grow(void **array, size_t n, size_t more, size_t *room, size_t size)
{
    if (n + more <= *room) {
        return true;
    }
    size_t wanted = 2 * (n + more);
    void *p = rh_resize(*array, wanted, size);
    if (p != NULL) {
        *array = p;
        *room = wanted;
    }
    return p != NULL;
}

static bool
add_ring(rh_shapes *s, rh_shapes_room *room, uint32_t feature, uint32_t points)
{
    if (!grow((void **)&s->owner, s->n_rings, 1, &room->owners, sizeof *s->owner) ||
        !grow((void **)&s->start, s->n_rings + 1, 1, &room->starts, sizeof *s->start)) {
        return false;
    }
    size_t first = s->n_rings > 0 ? s->start[s->n_rings] : 0;
    if (!grow((void **)&s->xy, first, points, &room->points, 2 * sizeof *s->xy)) {
        return false;
    }
    s->start[0] = 0;
    s->owner[s->n_rings++] = feature;
    s->start[s->n_rings] = first;
    return true;
}

static rh_status
read_ring(reader *r, unsigned numbers, rh_shapes *s, rh_shapes_room *room, uint32_t feature)
{
    uint32_t points = (uint32_t)take(r, 4);
    if ((size_t)(r->end - r->at) / (8 * numbers) < points) {
        r->why = r->why != NULL ? r->why : "a ring ends early";
        return RH_INPUT;
    }
    if (!add_ring(s, room, feature, points)) {
        r->why = "there is not enough memory";
        return RH_MEMORY;
    }
    size_t *end = &s->start[s->n_rings];
    for (uint32_t p = 0; p < points; p++) {
        double x = take_double(r), y = take_double(r);
        r->at += 8 * (size_t)(numbers - 2);
        if (!isfinite(x) || !isfinite(y)) {
            r->why = "a coordinate is not a number";
            return RH_INPUT;
        }
        s->xy[2 * *end] = x;
        s->xy[2 * *end + 1] = y;
        ++*end;
    }
    if (points == 0) {
        s->n_rings--;
    }
    return RH_OK;
}

/* Type of the geometry that begins here; numbers a point. ISO: 1000 for Z, 2000 for M, 3000 for both. */
static uint32_t
take_type(reader *r, unsigned *numbers)
{
    r->little = take(r, 1) == 1;
    uint32_t type = (uint32_t)take(r, 4);
    *numbers = type >= 3000 ? 4 : type >= 1000 ? 3 : 2;
    return type % 1000;
}

static rh_status
read_polygon(reader *r, unsigned numbers, rh_shapes *s, rh_shapes_room *room, uint32_t feature)
{
    uint32_t rings = (uint32_t)take(r, 4);
    for (uint32_t i = 0; i < rings && r->why == NULL; i++) {
        rh_status status = read_ring(r, numbers, s, room, feature);
        if (status != RH_OK) {
            return status;
        }
    }
    return r->why == NULL ? RH_OK : RH_INPUT;
}

static rh_status
read_geometry(reader *r, rh_shapes *s, rh_shapes_room *room, uint32_t feature)
{
    enum { POLYGON = 3, MULTIPOLYGON = 6 };
    unsigned numbers;
    uint32_t type = take_type(r, &numbers), parts = 1;
    if (r->why == NULL && type == MULTIPOLYGON) {
        parts = (uint32_t)take(r, 4);
        for (uint32_t i = 0; i < parts && r->why == NULL; i++) {
            if (take_type(r, &numbers) != POLYGON) {
                r->why = r->why != NULL ? r->why : "a part of a multipolygon is no polygon";
                return RH_INPUT;
            }
            rh_status status = read_polygon(r, numbers, s, room, feature);
            if (status != RH_OK) {
                return status;
            }
        }
        return r->why == NULL ? RH_OK : RH_INPUT;
    }
    if (r->why == NULL && type != POLYGON) {
        r->why = "it is no polygon";
    }
    return r->why == NULL ? read_polygon(r, numbers, s, room, feature) : RH_INPUT;
}

rh_status
rh_shapes_add(rh_shapes *s, rh_shapes_room *room, uint32_t feature, const unsigned char *blob,
              size_t size, const char **why)
{
    static const uint8_t envelope[] = {0, 32, 48, 48, 64};
    *why = "it is no GeoPackage geometry";
    if (size < 8 || memcmp(blob, "GP", 2) != 0) {
        return RH_INPUT;
    }
    unsigned kind = blob[3] >> 1 & 7U;
    if (kind >= sizeof envelope || size < 8U + envelope[kind]) {
        return RH_INPUT;
    }
    if ((blob[3] & 0x10U) != 0) { /* marked as empty */
        return RH_OK;
    }
    reader r = {.at = blob + 8 + envelope[kind], .end = blob + size};
    rh_status status = read_geometry(&r, s, room, feature);
    *why = r.why;
    return status;
}

/* ---- the layer ---- */

static rh_status
sql_failed(const char *path, sqlite3 *db, rh_err *err)
{
    return rh_fail(err, RH_IO, "%s: %s.", path, sqlite3_errmsg(db));
}

typedef struct layer {
    char name[200], geometry[200];
    bool globe;
} layer;

static rh_status
find_layer(const char *path, sqlite3 *db, const char *wanted, layer *out, rh_err *err)
{
    sqlite3_stmt *q = NULL;
    char known[1000] = "";
    unsigned found = 0, all = 0;
    if (sqlite3_prepare_v2(
            db,
            "SELECT g.table_name, g.column_name, g.srs_id = 4326 OR "
            "coalesce(r.definition, '') LIKE 'GEOG%' FROM gpkg_geometry_columns g "
            "LEFT JOIN gpkg_spatial_ref_sys r ON r.srs_id = g.srs_id",
            -1, &q, NULL) != SQLITE_OK) {
        return sql_failed(path, db, err);
    }
    while (sqlite3_step(q) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(q, 0);
        size_t end = strlen(known);
        snprintf(known + end, sizeof known - end, "%s%s", all++ > 0 ? ", " : "", name);
        if (wanted == NULL || strcmp(name, wanted) == 0) {
            found++;
            snprintf(out->name, sizeof out->name, "%s", name);
            snprintf(out->geometry, sizeof out->geometry, "%s",
                     (const char *)sqlite3_column_text(q, 1));
            out->globe = sqlite3_column_int(q, 2) != 0;
        }
    }
    sqlite3_finalize(q);
    if (found == 1) {
        return RH_OK;
    }
    return wanted != NULL
               ? rh_fail(err, RH_INPUT, "%s has no layer \"%s\"; it has: %s.", path, wanted,
                         known)
               : rh_fail(err, RH_INPUT, "%s has %u layers; choose one with --layer: %s.", path,
                         all, known);
}

static rh_status
read_feature(const char *path, const layer *from, sqlite3_stmt *q, rh_shapes *s,
             rh_shapes_room *room, size_t *ids, rh_err *err)
{
    const char *why, *id = (const char *)sqlite3_column_text(q, 0);
    if (!grow((void **)&s->id, s->n, 1, ids, sizeof *s->id) ||
        (s->id[s->n] = rh_strdup(id != NULL ? id : "")) == NULL) {
        return rh_fail(err, RH_MEMORY, "%s: not enough memory for the outlines.", path);
    }
    uint32_t feature = s->n++;
    const unsigned char *blob = sqlite3_column_blob(q, 1);
    int size = sqlite3_column_bytes(q, 1);
    if (blob == NULL) {
        return RH_OK;
    }
    rh_status status = rh_shapes_add(s, room, feature, blob, (size_t)size, &why);
    return status == RH_OK ? RH_OK
                           : rh_fail(err, status, "%s: layer %s, row %u (%s): %s.", path,
                                     from->name, feature + 1, s->id[feature], why);
}

static rh_status
read_layer(const char *path, sqlite3 *db, const layer *from, const char *id_column,
           rh_shapes *s, rh_err *err)
{
    sqlite3_stmt *q = NULL;
    rh_shapes_room room = {0};
    size_t ids = 0;
    RH_NEW(s->start, 1, err); /* a layer without rings has their end, too */
    char *sql = sqlite3_mprintf("SELECT t.\"%w\", t.\"%w\" FROM \"%w\" t ORDER BY rowid",
                                id_column, from->geometry, from->name);
    int code = sql != NULL ? sqlite3_prepare_v2(db, sql, -1, &q, NULL) : SQLITE_NOMEM;
    sqlite3_free(sql);
    if (code != SQLITE_OK) {
        return rh_fail(err, RH_INPUT, "%s: layer %s: %s.", path, from->name,
                       sqlite3_errmsg(db));
    }
    rh_status status = RH_OK;
    while (status == RH_OK && (code = sqlite3_step(q)) == SQLITE_ROW) {
        status = read_feature(path, from, q, s, &room, &ids, err);
    }
    if (status == RH_OK && code != SQLITE_DONE) {
        status = sql_failed(path, db, err);
    }
    sqlite3_finalize(q);
    return status;
}

rh_status
rh_shapes_read(const char *path, const char *wanted, const char *id_column, rh_shapes *out,
               rh_err *err)
{
    sqlite3 *db = NULL;
    layer from;
    *out = (rh_shapes){0};
    rh_status status = sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK
                           ? RH_OK
                           : sql_failed(path, db, err);
    if (status == RH_OK) {
        status = find_layer(path, db, wanted, &from, err);
    }
    if (status == RH_OK) {
        out->globe = from.globe;
        status = read_layer(path, db, &from, id_column, out, err);
    }
    sqlite3_close(db);
    return status;
}
