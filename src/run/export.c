/* Exports of a run's values: CSV, XLSX, GeoPackage. See run/report.h.
 *
 * The file is written beside its place and renamed when it is complete. */
#include "core/mem.h"
#include "core/text.h"
#include "io/csv.h"
#include "io/gpkg.h"
#include "io/workbook.h"
#include "run/report_common.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

typedef struct export
{
    const rh_run *run;
    const rh_query *query;
    const rh_run_indicator *only; /* NULL: all */
    enum rh_value_level level, last_level;
    enum rh_value_part part;
    int year;         /* 0: all years */
    const char *path; /* for sentences */
    double *values;   /* of one year and level: indicator × place */
}
export;

static uint32_t
columns_of(const export *e)
{
    return e->only ? 1 : (uint32_t)e->run->n_indicators;
}

static const rh_run_indicator *
indicator_of(const export *e, uint32_t column)
{
    return e->only ? e->only : &e->run->indicator[column];
}

static rh_status
write_fail(const export *e, const char *why, rh_err *err)
{
    return rh_fail(err, RH_IO, "Cannot write %s: %s.", e->path, why);
}

static rh_status
read_values(const export *e, int year, enum rh_value_level level, enum rh_value_part part,
            rh_err *err)
{
    const uint32_t n = e->run->n_places[level];
    for (uint32_t c = 0; c < columns_of(e); c++) {
        RH_TRY(rh_run_column(e->run, year, level, indicator_of(e, c), part,
                             e->values + (size_t)c * n, err));
    }
    return RH_OK;
}

/* ---- CSV ---- */

static void
csv_rows(const export *e, int year, enum rh_value_level level, enum rh_value_part part,
         FILE *out)
{
    const uint32_t n = e->run->n_places[level];
    const bool synthetic = e->run->synthetic_below_province;
    for (uint32_t c = 0; c < columns_of(e); c++) {
        const rh_run_indicator *r = indicator_of(e, c);
        for (uint32_t i = 0; i < n; i++) {
            const double value = e->values[(size_t)c * n + i];
            if (isfinite(value)) {
                fprintf(out, "%u,", (unsigned)e->run->place[level][i].code);
                rh_csv_put(out, e->run->place[level][i].name);
                fprintf(out, ",%s,%s,%d,%s,%.15g,%s%s%s\n", rh_level_name(level), r->id, year,
                        rh_part_name(part), value, r->unit, synthetic ? "," : "",
                        synthetic && level > RH_PROVINCE ? RH_SYNTHETIC_NOTE : "");
            }
        }
    }
}

static rh_status
write_csv(const export *e, const char *file, rh_err *err)
{
    FILE *out = fopen(file, "w");
    if (out == NULL) {
        return write_fail(e, strerror(errno), err);
    }
    rh_status status = RH_OK;
    fprintf(out, "code,name,level,indicator,year,part,value,unit%s\n",
            e->run->synthetic_below_province ? ",note" : "");
    for (int level = (int)e->level; level <= (int)e->last_level && status == RH_OK; level++) {
        for (int y = 0; y < e->run->n_years && status == RH_OK; y++) {
            const int year = e->run->year[y];
            if (e->year == 0 || e->year == year) {
                for (int part = 0; part < RH_VALUE_PARTS && status == RH_OK; part++) {
                    if (e->query->part == NULL || part == (int)e->part) {
                        status = read_values(e, year, (enum rh_value_level)level,
                                             (enum rh_value_part)part, err);
                        csv_rows(e, year, (enum rh_value_level)level, (enum rh_value_part)part,
                                 out);
                    }
                }
            }
        }
    }
    const bool bad = ferror(out) != 0;
    if (fclose(out) != 0 || bad) {
        return write_fail(e, strerror(errno), err);
    }
    return status;
}

/* ---- XLSX ---- */

static rh_status
sheet_of_level(const export *e, lxw_workbook *book, lxw_format *bold, enum rh_value_level level,
               rh_err *err)
{
    static const char *const titles[] = {"全国 nation", "省级 province", "地级 prefecture",
                                         "县级 county"};
    lxw_worksheet *sheet = workbook_add_worksheet(book, titles[level]);
    if (sheet == NULL) {
        return write_fail(e, "a sheet cannot be added", err);
    }
    static const char *const keys[] = {"code", "name", "year"};
    for (lxw_col_t c = 0; c < 3; c++) {
        worksheet_write_string(sheet, 0, c, keys[c], bold);
    }
    /* Rows go out in order: the workbook keeps only the row it is at. */
    for (uint32_t c = 0; c < columns_of(e); c++) {
        worksheet_write_string(sheet, 0, (lxw_col_t)(c + 3), indicator_of(e, c)->id, bold);
    }
    for (uint32_t c = 0; c < columns_of(e); c++) {
        worksheet_write_string(sheet, 1, (lxw_col_t)(c + 3), indicator_of(e, c)->zh, NULL);
    }
    worksheet_freeze_panes(sheet, 2, 3);
    worksheet_set_column(sheet, 1, 1, 18, NULL);
    lxw_row_t row = 2;
    const uint32_t n = e->run->n_places[level];
    for (int y = 0; y < e->run->n_years; y++) {
        if (e->year != 0 && e->year != e->run->year[y]) {
            continue;
        }
        RH_TRY(read_values(e, e->run->year[y], level, e->part, err));
        for (uint32_t i = 0; i < n; i++, row++) {
            worksheet_write_number(sheet, row, 0, e->run->place[level][i].code, NULL);
            worksheet_write_string(sheet, row, 1, e->run->place[level][i].name, NULL);
            worksheet_write_number(sheet, row, 2, e->run->year[y], NULL);
            for (uint32_t c = 0; c < columns_of(e); c++) {
                const double value = e->values[(size_t)c * n + i];
                if (isfinite(value)) {
                    worksheet_write_number(sheet, row, (lxw_col_t)(c + 3), value, NULL);
                }
            }
        }
    }
    return RH_OK;
}

/* What the columns mean, and where the figures come from. */
static rh_status
sheet_of_meanings(const export *e, lxw_workbook *book, lxw_format *bold, rh_err *err)
{
    lxw_worksheet *sheet = workbook_add_worksheet(book, "说明 about");
    if (sheet == NULL) {
        return write_fail(e, "a sheet cannot be added", err);
    }
    char sample[80];
    snprintf(sample, sizeof sample, "part: %s; sample: %g", rh_part_name(e->part),
             e->run->sample);
    worksheet_write_string(sheet, 0, 0, e->run->title, bold);
    worksheet_write_string(sheet, 1, 0, e->run->source, NULL);
    worksheet_write_string(sheet, 2, 0, sample, NULL);
    if (e->run->synthetic_below_province) {
        worksheet_write_string(sheet, 3, 0, RH_SYNTHETIC_NOTE, bold);
    }
    static const char *const keys[] = {"id",   "名称",   "name",
                                       "unit", "better", "definition and source"};
    for (lxw_col_t c = 0; c < 6; c++) {
        worksheet_write_string(sheet, 5, c, keys[c], bold);
    }
    for (uint32_t c = 0; c < columns_of(e); c++) {
        const rh_run_indicator *r = indicator_of(e, c);
        const char *text[] = {r->id, r->zh, r->en, r->unit, r->better, r->source};
        for (lxw_col_t k = 0; k < 6; k++) {
            worksheet_write_string(sheet, (lxw_row_t)(c + 6), k, text[k], NULL);
        }
    }
    return RH_OK;
}

static rh_status
fill_book(const void *context, lxw_workbook *book, rh_err *err)
{
    const export *e = context;
    lxw_format *bold = workbook_add_format(book);
    format_set_bold(bold);
    for (int level = (int)e->level; level <= (int)e->last_level; level++) {
        RH_TRY(sheet_of_level(e, book, bold, (enum rh_value_level)level, err));
    }
    return sheet_of_meanings(e, book, bold, err);
}

/* Row by row: 30,000 rows of counties stay small. */
static rh_status
write_xlsx(const export *e, const char *file, rh_err *err)
{
    return rh_workbook_write(file, e->path, true, fill_book, e, err);
}

/* ---- GeoPackage ---- */

static rh_status
gpkg_rows(const export *e, sqlite3 *db, const char *insert, rh_err *err)
{
    sqlite3_stmt *s = NULL;
    const uint32_t n = e->run->n_places[e->level];
    if (sqlite3_prepare_v2(db, insert, -1, &s, NULL) != SQLITE_OK) {
        return write_fail(e, sqlite3_errmsg(db), err);
    }
    rh_status status = RH_OK;
    for (uint32_t i = 0; i < n && status == RH_OK; i++) {
        const rh_run_place *place = &e->run->place[e->level][i];
        unsigned char geom[RH_GPKG_POINT_SIZE];
        sqlite3_clear_bindings(s);
        sqlite3_bind_int64(s, 1, i + 1);
        if (!isnan(place->lon)) {
            rh_gpkg_point(geom, place->lon, place->lat);
            sqlite3_bind_blob(s, 2, geom, sizeof geom, SQLITE_STATIC);
            sqlite3_bind_double(s, 5, place->lon);
            sqlite3_bind_double(s, 6, place->lat);
        }
        sqlite3_bind_int64(s, 3, place->code);
        sqlite3_bind_text(s, 4, place->name, -1, SQLITE_STATIC);
        sqlite3_bind_int(s, 7, e->year);
        for (uint32_t c = 0; c < columns_of(e); c++) {
            const double value = e->values[(size_t)c * n + i];
            if (isfinite(value)) {
                sqlite3_bind_double(s, (int)(8 + c), value);
            }
        }
        if (sqlite3_step(s) != SQLITE_DONE) {
            status = write_fail(e, sqlite3_errmsg(db), err);
        }
        sqlite3_reset(s);
    }
    sqlite3_finalize(s);
    return status;
}

/* CREATE and INSERT of the wide layer. */
static rh_status
gpkg_layer(const export *e, sqlite3 *db, rh_err *err)
{
    sqlite3_str *create = sqlite3_str_new(db), *insert = sqlite3_str_new(db);
    const char *table = rh_level_name(e->level);
    sqlite3_str_appendf(create,
                        "CREATE TABLE \"%w\" (fid INTEGER PRIMARY KEY, geom POINT, code "
                        "INTEGER, name TEXT, lon REAL,"
                        " lat REAL, year INTEGER",
                        table);
    sqlite3_str_appendf(insert, "INSERT INTO \"%w\" VALUES (?, ?, ?, ?, ?, ?, ?", table);
    for (uint32_t c = 0; c < columns_of(e); c++) {
        sqlite3_str_appendf(create, ", \"%w\" REAL", indicator_of(e, c)->id);
        sqlite3_str_appendall(insert, ", ?");
    }
    sqlite3_str_appendall(create, ")");
    sqlite3_str_appendall(insert, ")");
    char *make = sqlite3_str_finish(create), *fill = sqlite3_str_finish(insert), title[200],
         day[40];
    rh_status status = RH_OK;
    if (sqlite3_exec(db, rh_gpkg_schema, NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_exec(db, make, NULL, NULL, NULL) != SQLITE_OK) {
        status = write_fail(e, sqlite3_errmsg(db), err);
    }
    if (status == RH_OK) {
        status = gpkg_rows(e, db, fill, err);
    }
    snprintf(title, sizeof title, "%.120s", e->run->title);
    rh_text_mend(title);
    snprintf(title + strlen(title), sizeof title - strlen(title), " %d%s", e->year,
             e->run->synthetic_below_province ? ", " RH_SYNTHETIC_NOTE : "");
    snprintf(day, sizeof day, "%d-12-31T00:00:00.000Z", e->year);
    if (status == RH_OK && rh_gpkg_register_points(db, table, title, day) != SQLITE_OK) {
        status = write_fail(e, sqlite3_errmsg(db), err);
    }
    sqlite3_free(make);
    sqlite3_free(fill);
    return status;
}

static rh_status
write_gpkg(const export *e, const char *file, rh_err *err)
{
    sqlite3 *db = NULL;
    RH_TRY(read_values(e, e->year, e->level, e->part, err));
    rh_status status = RH_OK;
    if (sqlite3_open(file, &db) != SQLITE_OK ||
        sqlite3_exec(db, "BEGIN", NULL, NULL, NULL) != SQLITE_OK) {
        status = write_fail(e, sqlite3_errmsg(db), err);
    }
    if (status == RH_OK) {
        status = gpkg_layer(e, db, err);
    }
    if (status == RH_OK && sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK) {
        status = write_fail(e, sqlite3_errmsg(db), err);
    }
    sqlite3_close(db);
    return status;
}

/* ---- choosing ---- */

typedef rh_status writer(const export *, const char *, rh_err *);

static writer *
writer_of(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot == NULL                 ? NULL
           : strcmp(dot, ".csv") == 0  ? write_csv
           : strcmp(dot, ".xlsx") == 0 ? write_xlsx
           : strcmp(dot, ".gpkg") == 0 ? write_gpkg
                                       : NULL;
}

static rh_status
write_and_rename(export *e, writer *write, rh_err *err)
{
    uint32_t most = 0;
    for (int level = 0; level < RH_VALUE_LEVELS; level++) {
        most = e->run->n_places[level] > most ? e->run->n_places[level] : most;
    }
    RH_NEW(e->values, (size_t)most * columns_of(e) + 1, err);
    char *partial = sqlite3_mprintf("%s.partial", e->path);
    if (partial == NULL) {
        return rh_fail(err, RH_MEMORY, "Not enough memory for the name of %s.", e->path);
    }
    unlink(partial);
    rh_status status = write(e, partial, err);
    if (status == RH_OK && rename(partial, e->path) != 0) {
        status = write_fail(e, strerror(errno), err);
    }
    if (status != RH_OK) {
        unlink(partial);
    }
    sqlite3_free(partial);
    return status;
}

static rh_status
export_run(const rh_run *run, const rh_query *query, const char *path, rh_err *err)
{
    export e = {.run = run, .query = query, .path = path};
    writer *write = writer_of(path);
    int last;
    if (write == NULL) {
        return rh_fail(err, RH_INPUT, "The ending of %s is none of .csv, .xlsx and .gpkg.",
                       path);
    }
    RH_TRY(rh_query_indicator(run, query, &e.only, err));
    RH_TRY(rh_query_part(query, &e.part, err));
    RH_TRY(rh_query_year(run, query, &last, err));
    RH_TRY(rh_query_level(run, query, write == write_gpkg ? run->finest : RH_NATION, &e.level,
                          err));
    e.last_level = query->level || write == write_gpkg ? e.level : run->finest;
    e.year = write == write_gpkg ? last : query->year;
    if (write == write_gpkg && e.level == RH_NATION) {
        return rh_fail(err, RH_INPUT,
                       "The nation has no point: choose province, prefecture or county for %s.",
                       path);
    }
    rh_status status = write_and_rename(&e, write, err);
    rh_free(e.values);
    return status;
}

rh_status
rh_export(const char *run_path, const rh_query *query, const char *path, rh_err *err)
{
    rh_run *run;
    RH_TRY(rh_run_open(run_path, &run, err));
    rh_status status = export_run(run, query, path, err);
    rh_run_free(run);
    return status;
}
