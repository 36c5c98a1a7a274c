/* ronghe flows: who is registered where and lives where, at any level. See report.h. */
#include "core/mem.h"
#include "core/text.h"
#include "run/report_common.h"

#include <jansson.h>
#include <stdlib.h>

typedef struct pair {
    uint32_t home, residence; /* index at the level */
    double persons;
} pair;

/* Index of the place of `level` that each county lies in. */
static rh_status
make_map(const rh_run *run, enum rh_value_level level, uint32_t *map, rh_err *err)
{
    for (uint32_t c = 0; c < run->n_places[RH_COUNTY]; c++) {
        uint32_t at = c;
        for (int l = RH_COUNTY; l > (int)level && at != UINT32_MAX; l--) {
            at = rh_run_find_place(run, (enum rh_value_level)(l - 1), run->place[l][at].parent);
        }
        if (at == UINT32_MAX) {
            return rh_fail(err, RH_INPUT, "%s: county %u lies in no %s.", run->path,
                           (unsigned)run->place[RH_COUNTY][c].code, rh_level_name(level));
        }
        map[c] = at;
    }
    return RH_OK;
}

static int
larger_first(const void *a, const void *b)
{
    const pair *x = a, *y = b;
    if (x->persons > y->persons || x->persons < y->persons) {
        return x->persons > y->persons ? -1 : 1;
    }
    int64_t d = (int64_t)x->home - y->home;
    d = d ? d : (int64_t)x->residence - y->residence;
    return (d > 0) - (d < 0);
}

/* Add up the county table `from` into pairs of the level, largest first; at home left out (but
 * for the nation, where everybody is). */
static rh_status
gather(const rh_run *run, const rh_query *query, enum rh_value_level level, const double *from,
       pair **out, size_t *n_out, rh_err *err)
{
    const size_t n = run->n_places[level], counties = run->n_places[RH_COUNTY];
    uint32_t *map = rh_alloc(counties + 1, sizeof *map);
    double *sum = rh_alloc(n * n + 1, sizeof *sum);
    rh_status status =
        map && sum
            ? make_map(run, level, map, err)
            : rh_fail(err, RH_MEMORY, "Not enough memory for the flows of %s.", run->path);
    size_t used = 0;
    for (size_t h = 0; h < counties && status == RH_OK; h++) {
        for (size_t r = 0; r < counties; r++) {
            sum[map[h] * n + map[r]] += from[h * counties + r];
        }
    }
    for (int fill = 0; fill < 2 && status == RH_OK; fill++) {
        size_t k = 0;
        for (size_t h = 0; h < n; h++) {
            for (size_t r = 0; r < n; r++) {
                const bool asked = query->place == 0 ||
                                   run->place[level][h].code == query->place ||
                                   run->place[level][r].code == query->place;
                if (sum[h * n + r] > 0 && (h != r || level == RH_NATION) && asked) {
                    if (fill) {
                        (*out)[k] = (pair){(uint32_t)h, (uint32_t)r, sum[h * n + r]};
                    }
                    k++;
                }
            }
        }
        if (!fill) {
            used = k;
            *out = rh_alloc(used + 1, sizeof **out);
            status = *out ? RH_OK
                          : rh_fail(err, RH_MEMORY, "Not enough memory for %zu flows.", used);
        }
    }
    if (status == RH_OK) {
        qsort(*out, used, sizeof **out, larger_first);
        *n_out = query->top > 0 && query->top < used ? query->top : used;
    }
    rh_free(map);
    rh_free(sum);
    return status;
}

static void
write_json(const rh_run *run, enum rh_value_level level, int year, const pair *p, size_t n,
           FILE *out)
{
    const rh_run_place *place = run->place[level];
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) {
        json_array_append_new(
            list, json_pack("{s:i, s:s, s:i, s:s, s:f}", "home", (int)place[p[i].home].code,
                            "home_name", place[p[i].home].name, "residence",
                            (int)place[p[i].residence].code, "residence_name",
                            place[p[i].residence].name, "persons", p[i].persons));
    }
    json_t *root =
        json_pack("{s:i, s:s, s:b, s:o}", "year", year, "level", rh_level_name(level),
                  "synthetic_below_province", run->synthetic_below_province, "flows", list);
    json_dumpf(root, out, JSON_INDENT(1) | JSON_REAL_PRECISION(17));
    fputc('\n', out);
    json_decref(root);
}

static void
write_rows(const rh_run *run, const rh_query *query, enum rh_value_level level, int year,
           const pair *p, size_t n, FILE *out)
{
    const bool note = run->synthetic_below_province && level > RH_PROVINCE;
    if (query->csv) {
        fprintf(out, "home,home_name,residence,residence_name,persons%s\n",
                run->synthetic_below_province ? ",note" : "");
    } else {
        fprintf(out,
                query->chinese ? "%d 年，户籍地 → 居住地，人\n"
                               : "%d: registered → living, persons\n",
                year);
        rh_write_synthetic(run, query->chinese, out);
        if (n == 0) {
            fputs(query->chinese ? "这一层级没有居住在户籍地以外的人。\n"
                                 : "Nobody lives outside of where they are registered.\n",
                  out);
        }
    }
    for (size_t i = 0; i < n; i++) {
        const rh_run_place *home = &run->place[level][p[i].home],
                           *to = &run->place[level][p[i].residence];
        if (query->csv) {
            fprintf(out, "%u,%s,%u,%s,%.15g%s%s\n", (unsigned)home->code, home->name,
                    (unsigned)to->code, to->name, p[i].persons,
                    run->synthetic_below_province ? "," : "", note ? RH_SYNTHETIC_NOTE : "");
        } else {
            char text[40];
            fprintf(out, "%6u ", (unsigned)home->code);
            rh_text_left(out, home->name, 26);
            fprintf(out, " → %6u ", (unsigned)to->code);
            rh_text_left(out, to->name, 26);
            rh_text_right(out, rh_number_text(text, sizeof text, p[i].persons, true), 14);
            fputc('\n', out);
        }
    }
}

static rh_status
flows(const rh_run *run, const rh_query *query, FILE *out, rh_err *err)
{
    /* Flows are kept by county, whatever the level of the values. */
    const int found = query->level ? rh_level_find(query->level) : RH_PROVINCE;
    enum rh_value_level level;
    if (found < 0) {
        return rh_query_level(run, query, RH_PROVINCE, &level, err);
    }
    level = (enum rh_value_level)found;
    const size_t n = run->n_places[RH_COUNTY];
    int year = query->year;
    double *persons;
    pair *list = NULL;
    size_t n_list = 0;
    RH_NEW(persons, n * n + 1, err);
    rh_status status = rh_run_flows(run, &year, persons, err);
    if (status == RH_OK) {
        status = gather(run, query, level, persons, &list, &n_list, err);
    }
    if (status == RH_OK && query->json) {
        write_json(run, level, year, list, n_list, out);
    } else if (status == RH_OK) {
        write_rows(run, query, level, year, list, n_list, out);
    }
    rh_free(list);
    rh_free(persons);
    return status;
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
