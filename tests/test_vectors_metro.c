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

#include "core/mem.h"
#include "evaluate/metro_areas.h"
#include "evaluate/metro_duranton.h"
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

static void
solve(vector_case *c)
{
    rh_csv *flows = vector_open(c, "flows.csv");
    assert_non_null(flows);
    unit_list u = units_of(flows);
    rh_commuting *commuting = commuting_of(flows, &u);
    if (vector_wants(c, "lma_of:") || vector_wants(c, "n_lma")) {
        solve_labour_market_areas(c, commuting, &u);
    }
    if (vector_wants(c, "n_areas_")) {
        solve_thresholds(c, commuting, &u);
    }
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
