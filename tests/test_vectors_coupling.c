/* Coupling coordination and obstacle degree against peers' cases (tests/vectors.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evaluate/coupling.h"
#include "evaluate/obstacle.h"
#include "vectors.h"

/* Scores of a case: every column behind the first, which names the rows. */
typedef struct scores {
    rh_csv *csv;
    uint32_t rows, columns;
    double *u, *w;
} scores;

static scores
scores_of(vector_case *c)
{
    const json_t *inputs = json_object_get(c->json, "inputs");
    const char *file = json_string_value(json_array_get(inputs, 0));
    scores s = {.csv = vector_open(c, file != NULL ? file : "subsystems.csv")};
    assert_non_null(s.csv);
    s.rows = rh_csv_rows(s.csv);
    s.columns = rh_csv_columns(s.csv) - 1;
    s.u = calloc((size_t)s.rows * s.columns + 1, sizeof *s.u);
    s.w = calloc(s.columns + 1, sizeof *s.w);
    for (uint32_t i = 0; i < s.rows; i++) {
        for (uint32_t j = 0; j < s.columns; j++) {
            s.u[(size_t)i * s.columns + j] = rh_csv_number(s.csv, i, (int)j + 1);
        }
    }
    return s;
}

/* Weights of the params, equal where there are none. */
static void
weigh(scores *s, const json_t *weights)
{
    for (uint32_t j = 0; j < s->columns; j++) {
        s->w[j] = json_is_array(weights) ? json_number_value(json_array_get(weights, j))
                                         : 1.0 / s->columns;
    }
}

static void
solve_coupling(vector_case *c, scores *s)
{
    const char *type = json_string_value(json_object_get(c->params, "type"));
    const bool revised =
        type != NULL && (strcmp(type, "adjusted") == 0 || strcmp(type, "revised") == 0);
    weigh(s, json_object_get(c->params, "weights"));
    for (uint32_t i = 0; i < s->rows; i++) {
        const double *u = s->u + (size_t)i * s->columns;
        const char *id = rh_csv_text(s->csv, i, 0);
        double both[2] = {rh_coupling_standard(s->columns, u),
                          rh_coupling_revised(s->columns, u)};
        double t = rh_coordination(s->columns, u, s->w);
        vector_set(c, both[revised], "C:%s", id);
        vector_set(c, t, "T:%s", id);
        vector_set(c, rh_coupling_degree(both[revised], t), "D:%s", id);
        for (int k = 0; k < 2; k++) {
            const char *name = k == 0 ? "standard" : "adjusted";
            vector_set(c, both[k], "%s:C:%s", name, id);
            vector_set(c, t, "%s:T:%s", name, id);
            vector_set(c, rh_coupling_degree(both[k], t), "%s:D:%s", name, id);
        }
    }
}

/* Keys "raw:…", "scaled:…" (equal weights unless given) and "raw_w:…", "scaled_w:…" (weights of the title: .4, .3, .3). */
static void
solve_obstacle(vector_case *c, scores *s)
{
    const json_t *given = json_object_get(c->params, "weights");
    double *o = calloc((size_t)s->rows * s->columns + 1, sizeof *o);
    for (int k = 0; k < 4; k++) {
        const bool share = k % 2 == 1, weighted = k >= 2;
        json_t *usual = json_pack("[f, f, f]", 0.4, 0.3, 0.3);
        weigh(s, given != NULL ? given : weighted && s->columns == 3 ? usual : NULL);
        rh_obstacle(s->rows, s->columns, s->u, s->w, share, o);
        for (uint32_t i = 0; i < s->rows; i++) {
            for (uint32_t j = 0; j < s->columns; j++) {
                vector_set(c, o[(size_t)i * s->columns + j], "%s%s:%s:%s",
                           share ? "scaled" : "raw", weighted ? "_w" : "",
                           rh_csv_header(s->csv, j + 1), rh_csv_text(s->csv, i, 0));
            }
        }
        json_decref(usual);
    }
    free(o);
}

static void
solve(vector_case *c)
{
    scores s = scores_of(c);
    solve_coupling(c, &s);
    solve_obstacle(c, &s);
    free(s.u);
    free(s.w);
    rh_csv_free(s.csv);
}

static void
test_cases_of_peers_match(void **state)
{
    (void)state;
    vectors_walk("coupling", solve);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases_of_peers_match)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
