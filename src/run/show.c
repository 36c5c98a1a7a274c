/* ronghe show: tables of a run for people, or JSON. See report.h. */
#include "core/mem.h"
#include "core/text.h"
#include "run/report_common.h"

#include <jansson.h>
#include <sqlite3.h>
#include <math.h>
#include <string.h>

/* A table: rows × columns of cells with a heading; the first column is left-aligned. */
typedef struct table {
    uint32_t rows, columns;
    char (*cell)[64];
} table;

static rh_status
table_init(table *t, uint32_t rows, uint32_t columns, rh_err *err)
{
    *t = (table){.rows = rows, .columns = columns};
    RH_NEW(t->cell, (size_t)rows * columns, err);
    return RH_OK;
}

static char *
cell(const table *t, uint32_t row, uint32_t column)
{
    return t->cell[(size_t)row * t->columns + column];
}

static void
set_text(const table *t, uint32_t row, uint32_t column, const char *text)
{
    char *c = cell(t, row, column);
    snprintf(c, sizeof t->cell[0], "%s", text);
    rh_text_mend(c);
}

static void
table_write(const table *t, FILE *out)
{
    for (uint32_t r = 0; r < t->rows; r++) {
        for (uint32_t c = 0; c < t->columns; c++) {
            unsigned width = 0;
            for (uint32_t i = 0; i < t->rows; i++) {
                unsigned w = rh_text_width(cell(t, i, c));
                width = w > width ? w : width;
            }
            if (c == 0) {
                rh_text_left(out, cell(t, r, c), width);
            } else {
                fputs("  ", out);
                rh_text_right(out, cell(t, r, c), width);
            }
        }
        fputc('\n', out);
    }
}

/* What stands in front of every table. */
static void
write_heading(const rh_run *run, const rh_query *query, const char *what, FILE *out)
{
    fprintf(out, "%s%s%s", run->title, run->title[0] ? " — " : "", what);
    if (run->sample < 1) {
        fprintf(out,
                query->chinese ? "（%g %% 抽样，已加权）" : " (a sample of %g %%, weighted)",
                run->sample * 100);
    }
    fputc('\n', out);
    rh_write_synthetic(run, query->chinese, out);
}

static const char *
title_of(const rh_run_indicator *r, bool chinese)
{
    return chinese ? r->zh : r->en;
}

/* ---- one place over the years ---- */

static const char *const headline[] = {"population",
                                       "urban_share",
                                       "hukou_urban_share",
                                       "floating_population",
                                       "migrants_other_province",
                                       "births",
                                       "deaths",
                                       "old_dependency"};
static const char *const change[] = {"urban_share", "urban_share_change",
                                     "urban_change_natural", "urban_change_migration",
                                     "urban_change_reclassified"};
enum {
    HEADLINES = sizeof headline / sizeof headline[0],
    CHANGES = sizeof change / sizeof change[0]
};

/* Short headings, so that a table fits a terminal. */
static const char *const headline_en[] = {"residents", "urban %",          "urban hukou %",
                                          "floating",  "from other prov.", "births",
                                          "deaths",    "old-age dep. %"};
static const char *const headline_zh[] = {"常住人口", "城镇化率%",  "户籍城镇化率%",
                                          "流动人口", "跨省流动",   "出生",
                                          "死亡",     "老年抚养比%"};
static const char *const change_en[] = {"urban %", "change", "natural", "migration",
                                        "reclassified"};
static const char *const change_zh[] = {"城镇化率%", "变动", "自然增长", "迁移",
                                        "城乡划分变更"};

static rh_status
path_table(const rh_run *run, enum rh_value_level level, uint32_t place, const char *const *id,
           const char *const *heading, uint32_t n, int first, FILE *out, rh_err *err)
{
    table t;
    const int years = run->n_years - first;
    RH_TRY(table_init(&t, (uint32_t)years + 1, n + 1, err));
    rh_status status = RH_OK;
    for (uint32_t c = 0; c < n && status == RH_OK; c++) {
        const rh_run_indicator *r = rh_run_find_indicator(run, id[c]);
        set_text(&t, 0, c + 1, heading[c]);
        for (int y = 0; y < years && status == RH_OK; y++) {
            double value = (double)NAN;
            if (r != NULL) {
                status = rh_run_value(run, run->year[first + y], level,
                                      run->place[level][place].code, r, RH_WHOLE, &value, err);
            }
            char *text = cell(&t, (uint32_t)y + 1, c + 1);
            rh_number_text(text, sizeof t.cell[0], value, r && r->is_count);
            snprintf(cell(&t, (uint32_t)y + 1, 0), sizeof t.cell[0], "%d",
                     run->year[first + y]);
        }
    }
    if (status == RH_OK) {
        table_write(&t, out);
    }
    rh_free(t.cell);
    return status;
}

static rh_status
write_warnings(const rh_run *run, FILE *out, rh_err *err)
{
    sqlite3_stmt *s = NULL;
    if (sqlite3_prepare_v2(run->db, "SELECT text FROM warning ORDER BY number LIMIT 20", -1, &s,
                           NULL) != SQLITE_OK) {
        return rh_run_sql_fail(run, err);
    }
    for (int n = 0; sqlite3_step(s) == SQLITE_ROW; n++) {
        fprintf(out, "%s! %s\n", n == 0 ? "\n" : "", (const char *)sqlite3_column_text(s, 0));
    }
    sqlite3_finalize(s);
    return RH_OK;
}

static rh_status
show_path(const rh_run *run, const rh_query *query, enum rh_value_level level, uint32_t place,
          FILE *out, rh_err *err)
{
    char what[200];
    const bool zh = query->chinese;
    snprintf(what, sizeof what, "%s (%u), %d–%d", run->place[level][place].name,
             (unsigned)run->place[level][place].code, run->year[0],
             run->year[run->n_years - 1]);
    write_heading(run, query, what, out);
    fputc('\n', out);
    RH_TRY(path_table(run, level, place, headline, zh ? headline_zh : headline_en, HEADLINES, 0,
                      out, err));
    if (run->n_years > 1) {
        fputs(zh ? "\n城镇化率变动的分解（百分点）\n"
                 : "\nChange of the urban share and its parts (percentage points)\n",
              out);
        RH_TRY(path_table(run, level, place, change, zh ? change_zh : change_en, CHANGES, 1,
                          out, err));
    }
    return write_warnings(run, out, err);
}

/* ---- many places ---- */

typedef struct selection {
    enum rh_value_level level;
    enum rh_value_part part;
    const rh_run_indicator *indicator[HEADLINES]; /* columns, when one year is shown */
    uint32_t columns;
    int year; /* 0: the columns are years of indicator[0] */
} selection;

static rh_status
read_columns(const rh_run *run, const selection *s, double *values, rh_err *err)
{
    const uint32_t n = run->n_places[s->level];
    for (uint32_t c = 0; c < s->columns; c++) {
        RH_TRY(rh_run_column(run, s->year ? s->year : run->year[c], s->level,
                             s->indicator[s->year ? c : 0], s->part, values + (size_t)c * n,
                             err));
    }
    return RH_OK;
}

/* Places from `first` to before `end`. */
static rh_status
write_places(const rh_run *run, const rh_query *query, const selection *s, const double *values,
             uint32_t first, uint32_t end, FILE *out, rh_err *err)
{
    const bool zh = query->chinese;
    const uint32_t n = run->n_places[s->level], shown = end - first;
    const uint32_t rows = query->top > 0 && query->top < shown ? query->top : shown;
    table t;
    RH_TRY(table_init(&t, rows + 1, s->columns + 2, err));
    for (uint32_t c = 0; c < s->columns; c++) {
        if (s->year == 0) {
            snprintf(cell(&t, 0, c + 2), sizeof t.cell[0], "%d", run->year[c]);
        } else {
            set_text(&t, 0, c + 2,
                     s->columns > 1 ? (zh ? headline_zh : headline_en)[c]
                                    : title_of(s->indicator[c], zh));
        }
        for (uint32_t i = 0; i < rows; i++) {
            rh_number_text(cell(&t, i + 1, c + 2), sizeof t.cell[0],
                           values[(size_t)c * n + first + i],
                           s->indicator[s->year ? c : 0]->is_count);
        }
    }
    for (uint32_t i = 0; i < rows; i++) {
        set_text(&t, i + 1, 0, run->place[s->level][first + i].name);
        snprintf(cell(&t, i + 1, 1), sizeof t.cell[0], "%u",
                 (unsigned)run->place[s->level][first + i].code);
    }
    char what[200];
    const char *part = s->part ? rh_part_text(s->part, zh) : "";
    const char *part_gap = s->part == RH_WHOLE ? "" : zh ? "，" : ", ";
    if (s->year == 0) {
        const rh_run_indicator *r = s->indicator[0];
        snprintf(what, sizeof what, "%s%s%s%s%s", title_of(r, zh), zh ? "，" : ", ",
                 rh_unit_text(r->unit, zh), part_gap, part);
    } else if (s->columns == 1) {
        const rh_run_indicator *r = s->indicator[0];
        snprintf(what, sizeof what, "%d%s%s%s%s", s->year, zh ? "，" : ", ",
                 rh_unit_text(r->unit, zh), part_gap, part);
    } else {
        snprintf(what, sizeof what, "%d%s%s", s->year, part_gap, part);
    }
    write_heading(run, query, what, out);
    table_write(&t, out);
    if (rows < shown) {
        fprintf(out, zh ? "…共 %u 个地方\n" : "… of %u places\n", (unsigned)shown);
    }
    rh_free(t.cell);
    return RH_OK;
}

static json_t *
number_or_null(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static void
write_json(const rh_run *run, const selection *s, const double *values, uint32_t first,
           uint32_t end, FILE *out)
{
    const uint32_t n = run->n_places[s->level];
    json_t *places = json_array();
    for (uint32_t i = first; i < end; i++) {
        json_t *list = json_array();
        for (uint32_t c = 0; c < s->columns; c++) {
            json_array_append_new(list, json_pack("{s:i, s:s, s:o}", "year",
                                                  s->year ? s->year : run->year[c], "indicator",
                                                  s->indicator[s->year ? c : 0]->id, "value",
                                                  number_or_null(values[(size_t)c * n + i])));
        }
        json_array_append_new(places, json_pack("{s:i, s:s, s:o}", "code",
                                                (int)run->place[s->level][i].code, "name",
                                                run->place[s->level][i].name, "values", list));
    }
    json_t *root = json_pack("{s:s, s:s, s:s, s:b, s:f, s:o}", "title", run->title, "level",
                             rh_level_name(s->level), "part", rh_part_name(s->part),
                             "synthetic_below_province", run->synthetic_below_province,
                             "sample", run->sample, "places", places);
    json_dumpf(root, out, JSON_INDENT(1) | JSON_REAL_PRECISION(17));
    fputc('\n', out);
    json_decref(root);
}

static rh_status
show_places(const rh_run *run, const rh_query *query, selection *s, FILE *out, rh_err *err)
{
    uint32_t first = 0, end = run->n_places[s->level];
    double *values;
    RH_NEW(values, (size_t)end * s->columns + 1, err);
    rh_status status = read_columns(run, s, values, err);
    if (status == RH_OK && query->place != 0) {
        status = rh_query_place(run, query, &s->level, &first, err);
        end = first + 1;
    }
    if (status == RH_OK && query->json) {
        write_json(run, s, values, first, end, out);
    } else if (status == RH_OK) {
        status = write_places(run, query, s, values, first, end, out, err);
    }
    rh_free(values);
    return status;
}

/* One place over the years as JSON: every indicator that has a value. */
static rh_status
json_path(const rh_run *run, enum rh_value_level level, uint32_t place, FILE *out, rh_err *err)
{
    json_t *years = json_array();
    rh_status status = RH_OK;
    for (int y = 0; y < run->n_years && status == RH_OK; y++) {
        json_t *values = json_object();
        for (int i = 0; i < run->n_indicators && status == RH_OK; i++) {
            double value;
            status = rh_run_value(run, run->year[y], level, run->place[level][place].code,
                                  &run->indicator[i], RH_WHOLE, &value, err);
            if (status == RH_OK && isfinite(value)) {
                json_object_set_new(values, run->indicator[i].id, json_real(value));
            }
        }
        json_array_append_new(years,
                              json_pack("{s:i, s:o}", "year", run->year[y], "values", values));
    }
    json_t *root =
        json_pack("{s:s, s:s, s:i, s:s, s:b, s:f, s:o}", "title", run->title, "level",
                  rh_level_name(level), "code", (int)run->place[level][place].code, "name",
                  run->place[level][place].name, "synthetic_below_province",
                  run->synthetic_below_province, "sample", run->sample, "years", years);
    if (status == RH_OK) {
        json_dumpf(root, out, JSON_INDENT(1) | JSON_REAL_PRECISION(17));
        fputc('\n', out);
    }
    json_decref(root);
    return status;
}

static rh_status
show(const rh_run *run, const rh_query *query, FILE *out, rh_err *err)
{
    const rh_run_indicator *indicator;
    selection s = {0};
    RH_TRY(rh_query_year(run, query, &s.year, err));
    RH_TRY(rh_query_indicator(run, query, &indicator, err));
    RH_TRY(rh_query_part(query, &s.part, err));
    uint32_t place = 0;
    if (query->place != 0) {
        RH_TRY(rh_query_place(run, query, &s.level, &place, err));
    } else {
        RH_TRY(rh_query_level(run, query, indicator && !query->year ? RH_NATION : RH_PROVINCE,
                              &s.level, err));
    }
    const bool one_place = query->place != 0 || (query->level == NULL && query->year == 0);
    if (indicator == NULL && one_place) {
        if (query->place == 0) {
            s.level = RH_NATION;
        }
        return query->json ? json_path(run, s.level, place, out, err)
                           : show_path(run, query, s.level, place, out, err);
    }
    if (indicator != NULL) {
        s.indicator[0] = indicator;
        s.columns = query->year ? 1 : (uint32_t)run->n_years;
        s.year = query->year;
    } else {
        for (uint32_t c = 0; c < HEADLINES; c++) {
            const rh_run_indicator *r = rh_run_find_indicator(run, headline[c]);
            if (r != NULL) {
                s.indicator[s.columns++] = r;
            }
        }
    }
    return show_places(run, query, &s, out, err);
}

rh_status
rh_show(const char *run_path, const rh_query *query, FILE *out, rh_err *err)
{
    rh_run *run;
    RH_TRY(rh_run_open(run_path, &run, err));
    rh_status status = show(run, query, out, err);
    rh_run_free(run);
    return status;
}
