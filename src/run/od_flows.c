/* ronghe flows: who is registered where and lives where, at any level. See report.h. */
#include "core/text.h"
#include "run/report_common.h"

#include <jansson.h>
#include <sqlite3.h>

/* Code of the place of `level` that a county lies in. */
static uint32_t
above(const rh_run *run, enum rh_value_level level, uint32_t county)
{
    const rh_run_place *place = &run->place[RH_COUNTY][county];
    uint32_t code = place->code;
    for (int l = RH_COUNTY; l > (int)level; l--) {
        uint32_t at = rh_run_find_place(run, (enum rh_value_level)l, code);
        code = at == UINT32_MAX ? 0 : run->place[l][at].parent;
    }
    return code;
}

/* A table in memory: county → place of the level asked for. */
static rh_status
make_map(const rh_run *run, enum rh_value_level level, rh_err *err)
{
    sqlite3_stmt *s = NULL;
    if (sqlite3_exec(run->db,
                     "CREATE TEMP TABLE map (county INTEGER PRIMARY KEY, place INTEGER); BEGIN",
                     NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(run->db, "INSERT INTO map VALUES (?, ?)", -1, &s, NULL) !=
            SQLITE_OK) {
        return rh_run_sql_fail(run, err);
    }
    for (uint32_t c = 0; c < run->n_places[RH_COUNTY]; c++) {
        sqlite3_bind_int64(s, 1, run->place[RH_COUNTY][c].code);
        sqlite3_bind_int64(s, 2, above(run, level, c));
        sqlite3_step(s);
        sqlite3_reset(s);
    }
    sqlite3_finalize(s);
    return sqlite3_exec(run->db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK
               ? RH_OK
               : rh_run_sql_fail(run, err);
}

/* The year asked for, or the last with flows. */
static rh_status
flow_year(const rh_run *run, const rh_query *query, int *year, rh_err *err)
{
    sqlite3_stmt *s = NULL;
    int first = 0, last = 0, n = 0;
    if (sqlite3_prepare_v2(
            run->db,
            "SELECT min(year), max(year), sum(year = ?) FROM (SELECT DISTINCT year FROM flow)",
            -1, &s, NULL) != SQLITE_OK) {
        return rh_run_sql_fail(run, err);
    }
    sqlite3_bind_int(s, 1, query->year);
    if (sqlite3_step(s) == SQLITE_ROW) {
        first = sqlite3_column_int(s, 0);
        last = sqlite3_column_int(s, 1);
        n = sqlite3_column_int(s, 2);
    }
    sqlite3_finalize(s);
    if (last == 0 || (query->year != 0 && n == 0)) {
        return last == 0 ? rh_fail(err, RH_INPUT, "%s holds no flows.", run->path)
                         : rh_fail(err, RH_INPUT, "%s holds flows of %d and %d, not of %d.",
                                   run->path, first, last, query->year);
    }
    *year = query->year ? query->year : last;
    return RH_OK;
}

static const char *
name_of(const rh_run *run, enum rh_value_level level, uint64_t code)
{
    uint32_t at = rh_run_find_place(run, level, code);
    return at == UINT32_MAX ? "?" : run->place[level][at].name;
}

static void
write_row(const rh_run *run, const rh_query *query, enum rh_value_level level, sqlite3_stmt *s,
          json_t *list, FILE *out)
{
    const uint64_t home = (uint64_t)sqlite3_column_int64(s, 0),
                   to = (uint64_t)sqlite3_column_int64(s, 1);
    const double persons = sqlite3_column_double(s, 2);
    const char *home_name = name_of(run, level, home), *to_name = name_of(run, level, to);
    if (query->json) {
        json_array_append_new(list,
                              json_pack("{s:I, s:s, s:I, s:s, s:f}", "home", (json_int_t)home,
                                        "home_name", home_name, "residence", (json_int_t)to,
                                        "residence_name", to_name, "persons", persons));
    } else if (query->csv) {
        fprintf(out, "%llu,%s,%llu,%s,%.15g\n", (unsigned long long)home, home_name,
                (unsigned long long)to, to_name, persons);
    } else {
        char text[40];
        fprintf(out, "%6llu ", (unsigned long long)home);
        rh_text_left(out, home_name, 26);
        fprintf(out, " → %6llu ", (unsigned long long)to);
        rh_text_left(out, to_name, 26);
        rh_text_right(out, rh_number_text(text, sizeof text, persons, true), 14);
        fputc('\n', out);
    }
}

static rh_status
flows(const rh_run *run, const rh_query *query, FILE *out, rh_err *err)
{
    enum rh_value_level level = RH_PROVINCE;
    int year, found = query->level ? rh_level_find(query->level) : RH_PROVINCE;
    if (found < 0) {
        return rh_query_level(run, query, RH_PROVINCE, &level, err);
    }
    level = (enum rh_value_level)
        found; /* flows are kept by county whatever the level of the values */
    RH_TRY(flow_year(run, query, &year, err));
    RH_TRY(make_map(run, level, err));
    sqlite3_stmt *s = NULL;
    /* At the level of the nation everybody is at home: the one row is all residents. */
    if (sqlite3_prepare_v2(
            run->db,
            "SELECT h.place, r.place, sum(f.persons) AS n FROM flow f JOIN temp.map h ON "
            "h.county"
            " = f.home JOIN temp.map r ON r.county = f.residence WHERE f.year = ?1 AND (h.place"
            " <> r.place OR ?2) AND (?3 = 0 OR h.place = ?3 OR r.place = ?3) GROUP BY 1, 2"
            " ORDER BY 3 DESC, 1, 2 LIMIT ?4",
            -1, &s, NULL) != SQLITE_OK) {
        return rh_run_sql_fail(run, err);
    }
    sqlite3_bind_int(s, 1, year);
    sqlite3_bind_int(s, 2, level == RH_NATION);
    sqlite3_bind_int64(s, 3, (sqlite3_int64)query->place);
    sqlite3_bind_int64(s, 4, query->top ? (sqlite3_int64)query->top : -1);
    json_t *list = json_array();
    if (query->csv && !query->json) {
        fputs("home,home_name,residence,residence_name,persons\n", out);
    } else if (!query->json) {
        fprintf(out,
                query->chinese ? "%d年,户籍地 → 居住地,人\n"
                               : "%d: registered → living, persons\n",
                year);
    }
    int code;
    while ((code = sqlite3_step(s)) == SQLITE_ROW) {
        write_row(run, query, level, s, list, out);
    }
    sqlite3_finalize(s);
    if (query->json) {
        json_t *root = json_pack("{s:i, s:s, s:O}", "year", year, "level", rh_level_name(level),
                                 "flows", list);
        json_dumpf(root, out, JSON_INDENT(1) | JSON_REAL_PRECISION(17));
        fputc('\n', out);
        json_decref(root);
    }
    json_decref(list);
    return code == SQLITE_DONE ? RH_OK : rh_run_sql_fail(run, err);
}

rh_status
rh_flows(const char *run_path, const rh_query *query, FILE *out, rh_err *err)
{
    rh_run *run;
    RH_TRY(rh_run_open(run_path, &run, err));
    rh_status status = flows(run, query, out, err);
    rh_run_free(run);
    return status;
}
