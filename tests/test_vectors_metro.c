/* Metropolitan areas against peers' cases (tests/vectors.h): labour market areas and their statistics, thresholds of Duranton,
 * functional urban areas. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/mem.h"
#include "evaluate/metro_areas.h"
#include "evaluate/metro_duranton.h"
#include "evaluate/metro_fua.h"
#include "evaluate/metro_quality.h"
#include "vectors.h"

/* Units of a case in the order of their ids, and its flows. */
typedef struct unit_list {
    uint32_t n;
    long *id;
} unit_list;

static int
by_id(const void *a, const void *b)
{
    const long x = *(const long *)a, y = *(const long *)b;
    return x < y ? -1 : x > y;
}

static long
id_in(const rh_csv *csv, uint32_t row, int column)
{
    return strtol(rh_csv_text(csv, row, column), NULL, 10);
}

static uint32_t
unit_of(const unit_list *u, long id)
{
    const long *at = bsearch(&id, u->id, u->n, sizeof id, by_id);
    assert_non_null(at);
    return (uint32_t)(at - u->id);
}

static unit_list
units_of(const rh_csv *flows)
{
    const uint32_t rows = rh_csv_rows(flows);
    unit_list u = {.id = calloc((size_t)2 * rows + 1, sizeof(long))};
    for (uint32_t r = 0; r < rows; r++) {
        u.id[2 * r] = id_in(flows, r, 0);
        u.id[2 * r + 1] = id_in(flows, r, 1);
    }
    qsort(u.id, (size_t)2 * rows, sizeof *u.id, by_id);
    for (uint32_t i = 0; i < 2 * rows; i++) {
        if (u.n == 0 || u.id[u.n - 1] != u.id[i]) {
            u.id[u.n++] = u.id[i];
        }
    }
    return u;
}

static rh_commuting *
commuting_of(const rh_csv *flows, const unit_list *u)
{
    const uint32_t rows = rh_csv_rows(flows);
    uint32_t *from = calloc(rows + 1, sizeof *from), *to = calloc(rows + 1, sizeof *to);
    double *persons = calloc(rows + 1, sizeof *persons);
    for (uint32_t r = 0; r < rows; r++) {
        from[r] = unit_of(u, id_in(flows, r, 0));
        to[r] = unit_of(u, id_in(flows, r, 1));
        persons[r] = strtod(rh_csv_text(flows, r, 2), NULL);
    }
    rh_commuting *c = NULL;
    rh_err err = {0};
    if (rh_commuting_build(u->n, rows, from, to, persons, &c, &err) != RH_OK) {
        fail_msg("%s", err.text);
    }
    free(from);
    free(to);
    free(persons);
    return c;
}

static double
param(const vector_case *c, const char *name, double fallback)
{
    const json_t *p = json_object_get(c->params, name);
    return json_is_number(p) ? json_number_value(p) : fallback;
}

/* The first parameter up to `most` whose name holds one of the words; flags count as 0 and 1. */
static double
param_like(const vector_case *c, double most, const char *const *words, double fallback)
{
    const char *key;
    json_t *value;
    for (; *words != NULL; words++) {
        json_object_foreach(c->params, key, value)
        {
            if (strcasestr(key, *words) != NULL &&
                (json_is_boolean(value) ||
                 (json_is_number(value) && json_number_value(value) <= most))) {
                return json_is_number(value) ? json_number_value(value) : json_is_true(value);
            }
        }
    }
    return fallback;
}
#define PARAM_LIKE(c, most, fallback, ...)                                                     \
    param_like(c, most, (const char *const[]){__VA_ARGS__, NULL}, fallback)

static void
solve_labour_market_areas(vector_case *c, const rh_commuting *flows, const unit_list *u)
{
    rh_lma_rule rule = {.least_size = param(c, "minSZ", 1000),
                        .target_size = param(c, "tarSZ", 10000),
                        .least_sc = param(c, "minSC", 0.6667),
                        .target_sc = param(c, "tarSC", 0.75)};
    rh_lma *lma = NULL;
    rh_commuting *merged = NULL;
    assert_int_equal(rh_lma_find(flows, &rule, &lma, NULL), RH_OK);
    assert_int_equal(rh_commuting_merge(flows, lma->area, &merged, NULL), RH_OK);
    vector_set(c, lma->n_areas, "n_lma");
    vector_set(c, lma->n_reserve, "n_reserve");
    for (uint32_t i = 0; i < u->n; i++) {
        if (lma->area[i] == RH_NO_AREA) {
            vector_set(c, 0, "lma_of:%ld", u->id[i]);
            continue;
        }
        vector_set(c, (double)u->id[lma->area[i]], "lma_of:%ld", u->id[i]);
        vector_set(c, merged->residents[i], "live:%ld", u->id[i]);
        vector_set(c, merged->jobs[i], "work:%ld", u->id[i]);
        vector_set(c, merged->inside[i] / merged->residents[i], "supply_sc:%ld", u->id[i]);
        vector_set(c, merged->inside[i] / merged->jobs[i], "demand_sc:%ld", u->id[i]);
    }
    rh_area_quality *q;
    uint32_t n;
    double modularity;
    assert_int_equal(rh_quality_of_areas(flows, lma->area, &rule, &q, &n, &modularity, NULL),
                     RH_OK);
    vector_set(c, modularity, "q_modularity");
    vector_set(c, modularity, "Q_modularity");
    for (uint32_t k = 0; k < n; k++) {
        vector_set(c, q[k].validity, "validity:%ld", u->id[q[k].area]);
        vector_set(c, q[k].units, "n_com:%ld", u->id[q[k].area]);
        vector_set(c, q[k].inside, "live_work:%ld", u->id[q[k].area]);
    }
    rh_free(q);
    rh_commuting_free(merged);
    rh_lma_free(lma);
}

/* Thresholds are those of the expected keys "n_areas_T". */
static void
solve_thresholds(vector_case *c, const rh_commuting *flows, const unit_list *u)
{
    uint32_t *area = calloc(u->n + 1, sizeof *area), n_areas, rounds;
    for (uint32_t k = 0; k < c->n_expected; k++) {
        if (strncmp(c->key[k], "n_areas_", 8) != 0) {
            continue;
        }
        const char *t = c->key[k] + 8;
        assert_int_equal(rh_duranton(flows, strtod(t, NULL), area, &n_areas, &rounds, NULL),
                         RH_OK);
        vector_set(c, n_areas, "n_areas_%s", t);
        vector_set(c, rounds, "iterations_%s", t);
        for (uint32_t i = 0; i < u->n; i++) {
            vector_set(c, (double)u->id[area[i]], "area_%s:%ld", t, u->id[i]);
        }
    }
    free(area);
}

/* ---- functional urban areas ---- */

/* Index of the first column whose name begins with one of the words, or -1. */
static int
column_like(const rh_csv *csv, const char *const *words)
{
    for (; *words != NULL; words++) {
        for (uint32_t k = 0; k < rh_csv_columns(csv); k++) {
            if (strncasecmp(rh_csv_header(csv, k), *words, strlen(*words)) == 0) {
                return (int)k;
            }
        }
    }
    return -1;
}
#define COLUMN_LIKE(csv, ...) column_like(csv, (const char *const[]){__VA_ARGS__, NULL})

/* The input that is not the flows: one row per unit. */
static rh_csv *
open_units(const vector_case *c)
{
    const json_t *inputs = json_object_get(c->json, "inputs");
    for (size_t k = 0; k < json_array_size(inputs); k++) {
        const char *file = json_string_value(json_array_get(inputs, k));
        if (file != NULL && strcmp(file, "flows.csv") != 0 && strstr(file, "neigh") == NULL &&
            strstr(file, "adjacen") == NULL) {
            return vector_open(c, file);
        }
    }
    return NULL;
}

static rh_touching *
grid_of(const rh_csv *units, const uint32_t *unit, uint32_t n)
{
    int row = COLUMN_LIKE(units, "row", "y", "r"), column = COLUMN_LIKE(units, "col", "x", "c");
    if (row < 0 || column < 0) {
        return NULL;
    }
    int64_t *at[2] = {calloc(n + 1, sizeof(int64_t)), calloc(n + 1, sizeof(int64_t))};
    for (uint32_t r = 0; r < rh_csv_rows(units); r++) {
        at[0][unit[r]] = (int64_t)strtod(rh_csv_text(units, r, row), NULL);
        at[1][unit[r]] = (int64_t)strtod(rh_csv_text(units, r, column), NULL);
    }
    rh_touching *t = NULL;
    assert_int_equal(rh_touching_from_grid(n, at[0], at[1], &t, NULL), RH_OK);
    free(at[0]);
    free(at[1]);
    return t;
}

static double
number_or(const rh_csv *csv, uint32_t row, int column, double fallback)
{
    return column < 0 ? fallback : strtod(rh_csv_text(csv, row, column), NULL);
}

/* Share of a unit living at high density: as it is given, or from a mark, or from its density. */
static double
dense_of(const vector_case *c, const rh_csv *units, uint32_t r, double population)
{
    int share = COLUMN_LIKE(units, "share", "urban_share", "core_share", "hd_share",
                            "dense_share", "high_density", "pop_share"),
        mark = COLUMN_LIKE(units, "core", "is_core", "urban_cent", "urban", "city", "centre",
                           "center"),
        density = COLUMN_LIKE(units, "dens"), area = COLUMN_LIKE(units, "area", "km2");
    double least = PARAM_LIKE(c, 1e9, 1500, "dens");
    if (share >= 0) {
        return number_or(units, r, share, 0);
    }
    if (density >= 0) {
        return number_or(units, r, density, 0) >= least;
    }
    if (mark >= 0) {
        return number_or(units, r, mark, 0);
    }
    return population / number_or(units, r, area, 1) >= least;
}

static void
set_fua_keys(vector_case *c, const unit_list *u, const rh_fua *f, const uint32_t *smallest)
{
    /* an area is named by its smallest unit, or by its smallest core unit where the case says so */
    const char *label = json_string_value(json_object_get(c->params, "label"));
    const bool by_core = label != NULL && strstr(label, "core") != NULL;
    uint32_t members = 0;
    for (uint32_t i = 0; i < u->n; i++) {
        uint32_t a = f->area[i];
        double id = a == RH_NO_AREA ? 0 : (double)u->id[by_core ? a : smallest[i]];
        double core = f->core[i] == RH_NO_AREA ? 0 : (double)u->id[f->core[i]];
        members += a != RH_NO_AREA;
        vector_set(c, id, "fua_of:%ld", u->id[i]);
        vector_set(c, id, "fua:%ld", u->id[i]);
        vector_set(c, id, "area:%ld", u->id[i]);
        vector_set(c, core, "core_of:%ld", u->id[i]);
        vector_set(c, core, "core:%ld", u->id[i]);
        vector_set(c, f->part[i] == RH_FUA_CORE, "is_core:%ld", u->id[i]);
        vector_set(c, f->share[i], "share:%ld", u->id[i]);
    }
    vector_set(c, f->n_areas, "n_fua");
    vector_set(c, f->n_areas, "n_fuas");
    vector_set(c, f->n_areas, "n_areas");
    vector_set(c, f->n_cores, "n_cores");
    vector_set(c, f->n_cores, "n_core");
    vector_set(c, members, "n_members");
    vector_set(c, members, "n_units_in_fua");
    vector_set(c, f->n_exclaves, "n_exclaves");
    vector_set(c, f->n_filled, "n_enclaves");
    vector_set(c, f->n_filled, "n_filled");
}

static void
solve_functional_urban_areas(vector_case *c, const rh_commuting *flows, const unit_list *u)
{
    rh_csv *units = open_units(c);
    if (units == NULL) {
        return;
    }
    const uint32_t rows = rh_csv_rows(units);
    uint32_t *unit = calloc(rows + 1, sizeof *unit),
             *smallest = calloc(u->n + 1, sizeof *smallest),
             *scratch = calloc(u->n + 1, sizeof *scratch);
    double *population = calloc(u->n + 1, sizeof *population),
           *dense = calloc(u->n + 1, sizeof *dense);
    for (uint32_t r = 0; r < rows; r++) {
        unit[r] = unit_of(u, id_in(units, r, 0));
        population[unit[r]] = number_or(units, r, COLUMN_LIKE(units, "pop"), 1e9);
        dense[unit[r]] = dense_of(c, units, r, population[unit[r]]);
    }
    rh_fua_rule rule = rh_fua_rule_oecd();
    rule.core_share =
        PARAM_LIKE(c, 1, rule.core_share, "core_share", "share_core", "urban_share");
    rule.core_population =
        PARAM_LIKE(c, 1e12, rule.core_population, "min_pop", "core_pop", "pop");
    rule.threshold = PARAM_LIKE(c, 1, rule.threshold, "hinter", "commut", "threshold");
    rule.connect = PARAM_LIKE(c, 1, rule.threshold, "connect", "link", "merge", "poly");
    rule.connect_both = PARAM_LIKE(c, 1, 0, "both", "mutual") > 0;
    rh_touching *touching = grid_of(units, unit, u->n);
    rh_fua *f = NULL;
    assert_int_equal(rh_fua_find(flows, &rule, population, dense, NULL, touching, &f, NULL),
                     RH_OK);
    memcpy(smallest, f->area, u->n * sizeof *smallest);
    rh_area_relabel(u->n, smallest, scratch);
    set_fua_keys(c, u, f, smallest);
    rh_fua_free(f);
    rh_touching_free(touching);
    free(unit);
    free(smallest);
    free(scratch);
    free(population);
    free(dense);
    rh_csv_free(units);
}

/* Units that have no flows stand in the table of units only. */
static void
add_units(const vector_case *c, unit_list *u)
{
    rh_csv *units = open_units(c);
    uint32_t n = 0;
    if (units == NULL) {
        return;
    }
    u->id = realloc(u->id, ((size_t)u->n + rh_csv_rows(units) + 1) * sizeof *u->id);
    for (uint32_t r = 0; r < rh_csv_rows(units); r++) {
        u->id[u->n++] = id_in(units, r, 0);
    }
    qsort(u->id, u->n, sizeof *u->id, by_id);
    for (uint32_t i = 0; i < u->n; i++) {
        if (n == 0 || u->id[n - 1] != u->id[i]) {
            u->id[n++] = u->id[i];
        }
    }
    u->n = n;
    rh_csv_free(units);
}

static void
solve(vector_case *c)
{
    rh_csv *flows = vector_open(c, "flows.csv");
    assert_non_null(flows);
    unit_list u = units_of(flows);
    add_units(c, &u);
    rh_commuting *commuting = commuting_of(flows, &u);
    if (vector_wants(c, "lma_of:") || vector_wants(c, "n_lma")) {
        solve_labour_market_areas(c, commuting, &u);
    }
    if (vector_wants(c, "n_areas_")) {
        solve_thresholds(c, commuting, &u);
    }
    solve_functional_urban_areas(c, commuting, &u);
    rh_commuting_free(commuting);
    free(u.id);
    rh_csv_free(flows);
}

static void
test_cases_of_peers_match(void **state)
{
    (void)state;
    vectors_walk("metro", solve);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases_of_peers_match)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
