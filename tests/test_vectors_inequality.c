/* Cases of peers on inequality: what a case holds (files, columns, keys) decides what is computed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/mem.h"
#include "evaluate/concentration.h"
#include "evaluate/inequality_overlap.h"
#include "evaluate/inequality_parts.h"
#include "evaluate/inequality_rank.h"
#include "evaluate/inequality_spatial.h"
#include "io/table.h"
#include "must.h"
#include "vectors.h"

/* A column as numbers, or NULL when it is not one of numbers. */
static double *
numbers_of(rh_csv *t, uint32_t column)
{
    for (uint32_t i = 0; i < rh_csv_rows(t); i++) {
        char *end;
        const char *text = rh_csv_text(t, i, (int)column);
        strtod(text, &end);
        if (end == text || *end != '\0') {
            return NULL;
        }
    }
    double *x = NULL;
    rh_err err = {0};
    must(rh_table_numbers(t, rh_csv_header(t, column), &x, &err), &err);
    return x;
}

static bool
is_one_of(const char *name, const char *const *names)
{
    for (; *names != NULL; names++) {
        if (strcasecmp(name, *names) == 0) {
            return true;
        }
    }
    return false;
}

static const char *const weights[] = {"pop", "p",       "w",       "weight",     "n",
                                      "f",   "weights", "emp_num", "population", NULL};

static const char *
param(const vector_case *c, const char *name)
{
    const json_t *p = json_is_object(c->params) ? json_object_get(c->params, name) : NULL;
    return json_is_string(p) ? json_string_value(p) : NULL;
}

static bool
listed(const vector_case *c, const char *name, const char *text)
{
    const json_t *list = json_is_object(c->params) ? json_object_get(c->params, name) : NULL;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *entry = json_string_value(json_array_get(list, i));
        if (entry != NULL && strcmp(entry, text) == 0) {
            return true;
        }
    }
    return false;
}

/* Of several files, the one whose name begins a key is the one that the key is about. */
static const char *file_now;

static bool
is_about_another_file(const vector_case *c, const char *name)
{
    const json_t *inputs = json_object_get(c->json, "inputs");
    bool other = false;
    for (size_t f = 0; f < json_array_size(inputs); f++) {
        const char *file = json_string_value(json_array_get(inputs, f));
        size_t length = strcspn(file, ".");
        if (strncmp(file, name, length) == 0) {
            other = true;
            if (strcmp(file, file_now) == 0) {
                return false;
            }
        }
    }
    return other;
}

/* The same value under the names that peers give it, with what stands behind the name. */
static void
set_as(vector_case *c, double value, const char *behind, const char *const *names)
{
    for (; *names != NULL; names++) {
        if (!is_about_another_file(c, *names)) {
            vector_set(c, value, "%s%s", *names, behind);
        }
    }
}
#define SET(c, value, behind, ...)                                                             \
    set_as(c, value, behind, (const char *const[]){__VA_ARGS__, NULL})

/* Keys "name_PARAMETER" and "name:PARAMETER". */
static void
set_with_parameters(vector_case *c, const rh_sorted *s, const double *x, const double *w,
                    size_t n, const char *behind)
{
    static const char *const kinds[] = {"atkinson", "ede",  "ge", "lorenz",
                                        "entropy",  "kolm", "Lc"};
    for (uint32_t i = 0; i < c->n_expected; i++) {
        for (unsigned k = 0; k < 7; k++) {
            size_t length = strlen(kinds[k]);
            char *end;
            const char *rest = c->key[i] + length;
            if (strncasecmp(c->key[i], kinds[k], length) != 0 ||
                (*rest != '_' && *rest != ':')) {
                continue;
            }
            double p = strtod(rest + 1, &end);
            if (end == rest + 1 || strcmp(end, behind) != 0 ||
                is_about_another_file(c, c->key[i])) {
                continue;
            }
            rh_stream stream;
            rh_powers powers = {.n = 2, .power = {p, 1 - p}, .pivot = rh_pivot(x[0])};
            must(rh_stream_init(&stream, 1, &powers, NULL), NULL);
            rh_stream_add(&stream, x, w, NULL, n);
            double value = k == 0   ? rh_sums_atkinson(stream.group, &stream.powers, p)
                           : k == 1 ? rh_sums_ede(stream.group, &stream.powers, p)
                           : k == 5 ? rh_sorted_kolm(s, p)
                           : k == 3 || k == 6
                               ? rh_sorted_lorenz(s, p)
                               : rh_sums_entropy(stream.group, &stream.powers, p);
            vector_set(c, value, "%s", c->key[i]);
            rh_stream_release(&stream);
        }
    }
}

static void
set_measures(vector_case *c, const double *x, const double *w, size_t n, const char *behind,
             const char *stem)
{
    rh_sorted s;
    rh_err err = {0};
    rh_stream stream;
    rh_powers powers = {.n = 1, .power = {0.5}, .pivot = rh_pivot(x[0])};
    must(rh_sorted_init(&s, x, w, n, &err), &err);
    must(rh_stream_init(&stream, 1, &powers, &err), &err);
    rh_stream_add(&stream, x, w, NULL, n);
    const rh_sums *all = stream.group;
    rh_schutz schutz = rh_sorted_schutz(&s);
    double gini = rh_sorted_gini(&s), t = rh_sums_theil_t(all, &stream.powers);
    double l = rh_sums_theil_l(all, &stream.powers), cv = rh_sorted_variation(&s);
    SET(c, gini, behind, "gini", "Gini", "G", "g", "gini_full", "gini_individual");
    SET(c, gini * (double)s.n / ((double)s.n - 1), behind, "gini_corrected", "gini_corr");
    SET(c, t, behind, "T", "T_full", "theil", "Theil", "theil_T", "theil_individual",
        "theil_grouped", "theil_grouped_mean", "Theil0", "Theil_0");
    SET(c, l, behind, "L", "L_full", "MLD", "mld", "theil_L", "theil_l", "Theil1", "Theil_1");
    SET(c, cv, behind, "cv", "CV", "var", "var.coeff", "var_coeff");
    SET(c, cv * cv, behind, "square.var", "square_var", "cv2", "squared_cv");
    SET(c, schutz.distance, behind, "RS", "ricci_schutz", "schutz_distance", "hoover",
        "pietra");
    SET(c, schutz.point, behind, "schutz_point");
    SET(c, schutz.coefficient, behind, "schutz_coefficient");
    SET(c, rh_sorted_palma(&s), behind, "palma", "Palma");
    SET(c, rh_sorted_kolm(&s, 1), behind, "Kolm", "kolm");
    SET(c, rh_sums_atkinson(all, &stream.powers, 0.5), behind, "Atkinson", "atkinson");
    SET(c, rh_sums_entropy(all, &stream.powers, 0.5), behind, "entropy");
    SET(c, rh_sorted_wolfson(&s), behind, "wolfson", "Wolfson", stem);
    set_with_parameters(c, &s, x, w, n, behind);
    rh_herfindahl h;
    must(rh_herfindahl_find(x, n, &h, &err), &err);
    SET(c, h.value, behind, "HHI", "Herfindahl", "herfindahl");
    SET(c, h.scaled, behind, "HHI_scaled", "HHI_normalised");
    SET(c, h.rosenbluth, behind, "Rosenbluth", "rosenbluth");
    rh_stream_release(&stream);
    rh_sorted_release(&s);
}

/* y as totals of groups of `pop` people. */
static void
set_grouped_totals(vector_case *c, const double *y, const double *pop, size_t n)
{
    rh_sorted s;
    rh_err err = {0};
    double *mean = calloc(n, sizeof *mean);
    for (size_t i = 0; i < n; i++) {
        mean[i] = y[i] / pop[i];
    }
    must(rh_sorted_init(&s, mean, pop, n, &err), &err);
    vector_set(c, rh_sorted_gini(&s), "gini_grouped");
    rh_sorted_release(&s);
    free(mean);
}

static void
set_one_way(vector_case *c, const double *x, const double *w, rh_csv *t, const char *column,
            const char *behind)
{
    uint32_t *group, n;
    const char **label;
    rh_err err = {0};
    rh_stream cells;
    double total, between, within;
    must(rh_table_groups(t, column, &group, &label, &n, &err), &err);
    rh_part *part = calloc(n, sizeof *part);
    rh_powers powers = {.pivot = rh_pivot(x[0])};
    must(rh_stream_init(&cells, n, &powers, &err), &err);
    rh_stream_add(&cells, x, w, group, rh_csv_rows(t));
    must(rh_parts_one_way(&cells, NULL, n, 1, &total, &between, &within, part, &err), &err);
    SET(c, between, behind, "Tb", "Tb_full", "T_between");
    SET(c, within, behind, "Tw", "Tw_full", "T_within");
    SET(c, between / total, behind, "share_b", "rate_b", "share_Tb");
    SET(c, within / total, behind, "share_w", "rate_w", "share_Tw");
    for (uint32_t g = 0; g < n; g++) {
        vector_set(c, part[g].value, "T_group:%s%s", label[g], behind);
        vector_set(c, part[g].value, "Twi:%s%s", label[g], behind);
        vector_set(c, part[g].contribution / total, "share:%s%s", label[g], behind);
        vector_set(c, part[g].contribution / total, "Rwi:%s%s", label[g], behind);
    }
    must(rh_parts_one_way(&cells, NULL, n, 0, &total, &between, &within, part, &err), &err);
    SET(c, between, behind, "Lb");
    SET(c, within, behind, "Lw");
    free(part);
    rh_free(group);
    rh_free(label);
    rh_stream_release(&cells);
}

/* Two columns of groups: nested or crossed, T = between + … + within. */
static void
set_two_way(vector_case *c, const double *x, const double *w, rh_csv *t, const char *one,
            const char *two)
{
    uint32_t *a, *b, n_a, n_b, *cell, n_cells, *of_a, *of_b;
    const char **label_a, **label_b;
    rh_err err = {0};
    rh_stream cells;
    rh_cross cross;
    must(rh_table_groups(t, one, &a, &label_a, &n_a, &err), &err);
    must(rh_table_groups(t, two, &b, &label_b, &n_b, &err), &err);
    must(rh_cells_of(a, b, rh_csv_rows(t), &cell, &n_cells, &of_a, &of_b, &err), &err);
    rh_powers powers = {.pivot = rh_pivot(x[0])};
    must(rh_stream_init(&cells, n_cells, &powers, &err), &err);
    rh_stream_add(&cells, x, w, cell, rh_csv_rows(t));
    must(rh_parts_cross(&cells, of_a, n_a, of_b, n_b, 1, &cross, &err), &err);
    double cells_between = cross.a + cross.b_in_a;
    bool nested = n_cells == n_b;
    SET(c, cross.total, "", "T", "theil");
    SET(c, nested ? cells_between : cross.a, "", "Tb");
    SET(c, nested ? cross.within : cross.total - cross.a, "", "Tw");
    SET(c, cross.within, "", "Tw_cells", "T_within", "within", "residual");
    SET(c, cross.a, "", "Tb_group1", "Tb1", "T_group1", "T_a");
    SET(c, nested ? cross.b_in_a : cross.b, "", "Tb2", "T_b");
    SET(c, cross.b_in_a, "", "Tb_group2", "Tb_12", "T_group2_in_group1");
    SET(c, cross.interaction, "", "interaction", "T_interaction", "Tb_interaction");
    vector_set(c, cross.a, "Tb_%s", one);
    vector_set(c, nested ? cross.b_in_a : cross.b, "Tb_%s", two);
    vector_set(c, cross.a, "Tb:%s", one);
    vector_set(c, nested ? cross.b_in_a : cross.b, "Tb:%s", two);
    vector_set(c, cross.b_in_a, "Tb_%s_in_%s", two, one);
    vector_set(c, cross.a_in_b, "Tb_%s_in_%s", one, two);
    static const char *const forms[] = {"between_", "T_between_", "T_"};
    for (int i = 0; i < 3; i++) {
        vector_set(c, cross.a, "%s%s", forms[i], one);
        vector_set(c, nested ? cross.b_in_a : cross.b, "%s%s", forms[i], two);
    }
    SET(c, cross.within / cross.total, "", "share_w", "share_Tw", "ratio_Tw");
    SET(c, cells_between / cross.total, "", "share_b", "share_Tb", "ratio_Tb");
    SET(c, cross.a / cross.total, "", "share_Tb_group1", "ratio_Tb_group1");
    SET(c, cross.b_in_a / cross.total, "", "share_Tb_group2", "ratio_Tb_group2");
    set_one_way(c, x, w, t, one, "");
    rh_free(a);
    rh_free(b);
    rh_free(cell);
    rh_free(of_a);
    rh_free(of_b);
    rh_free(label_a);
    rh_free(label_b);
    rh_stream_release(&cells);
}

static void
set_spatial_gini(vector_case *c, const double *x, uint32_t n, const rh_neighbours *pairs,
                 const char *behind)
{
    rh_spatial_gini g;
    rh_err err = {0};
    must(rh_spatial_gini_find(x, n, pairs, 0, 1, 1, &g, &err), &err);
    SET(c, g.near, behind, "wg", "near");
    SET(c, g.far, behind, "wcg", "far");
    SET(c, g.far_gini, behind, "wcg_share");
    SET(c, g.near_gini, behind, "wg_share");
    SET(c, g.total, behind, "dtotal", "d");
    SET(c, g.polarisation, behind, "polarization", "polarisation");
    SET(c, g.expected_far, behind, "e_wcg_analytic", "e_wcg_exact");
}

/* Neighbours are the rows of the same group (block weights). */
static void
set_block_gini(vector_case *c, const double *x, rh_csv *t, const char *column,
               const char *behind)
{
    uint32_t *group, n_groups, n = rh_csv_rows(t);
    const char **label;
    rh_err err = {0};
    must(rh_table_groups(t, column, &group, &label, &n_groups, &err), &err);
    uint32_t *from = calloc((size_t)n * n, sizeof *from),
             *to = calloc((size_t)n * n, sizeof *to);
    rh_neighbours pairs = {.from = from, .to = to};
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t j = 0; j < n; j++) {
            if (i != j && group[i] == group[j]) {
                from[pairs.n] = i;
                to[pairs.n++] = j;
            }
        }
    }
    set_spatial_gini(c, x, n, &pairs, behind);
    free(from);
    free(to);
    rh_free(group);
    rh_free(label);
}

static void
set_edge_gini(vector_case *c, const double *x, uint32_t n, const char *behind)
{
    rh_csv *edges = vector_open(c, "edges.csv");
    if (edges == NULL) {
        return;
    }
    uint32_t m = rh_csv_rows(edges), *from = calloc(m, sizeof *from),
             *to = calloc(m, sizeof *to);
    for (uint32_t k = 0; k < m; k++) {
        from[k] = (uint32_t)rh_csv_count(edges, k, rh_csv_find(edges, "i")) - 1;
        to[k] = (uint32_t)rh_csv_count(edges, k, rh_csv_find(edges, "j")) - 1;
    }
    set_spatial_gini(c, x, n, &(rh_neighbours){.n = m, .from = from, .to = to}, behind);
    free(from);
    free(to);
    rh_csv_free(edges);
}

/* The first row is the nation; the first two columns are the name and the total. */
static void
set_location_quotients(vector_case *c, rh_csv *t)
{
    double *all = numbers_of(t, 1);
    for (uint32_t k = 2; k < rh_csv_columns(t); k++) {
        double *x = numbers_of(t, k);
        for (uint32_t i = 1; i < rh_csv_rows(t); i++) {
            vector_set(c, rh_location_quotient(x[i], all[i], x[0], all[0]), "LQ:%s:%s",
                       rh_csv_text(t, i, 0), rh_csv_header(t, k));
        }
        rh_free(x);
    }
    rh_free(all);
}

static void
set_ellison_glaeser(vector_case *c, rh_csv *t, const double *amount)
{
    uint32_t *region, *industry, n_regions, n_industries;
    const char **region_name, **industry_name;
    rh_err err = {0};
    must(rh_table_groups(t, "region", &region, &region_name, &n_regions, &err), &err);
    must(rh_table_groups(t, "industry", &industry, &industry_name, &n_industries, &err), &err);
    rh_ellison_glaeser *eg = calloc(n_industries, sizeof *eg);
    must(rh_ellison_glaeser_find(amount, region, industry, rh_csv_rows(t), n_regions,
                                 n_industries, eg, &err),
         &err);
    for (uint32_t k = 0; k < n_industries; k++) {
        vector_set(c, eg[k].index, "EG:%s", industry_name[k]);
        vector_set(c, eg[k].herfindahl, "H:%s", industry_name[k]);
        vector_set(c, eg[k].geographic, "G:%s", industry_name[k]);
    }
    free(eg);
    rh_free(region);
    rh_free(industry);
    rh_free(region_name);
    rh_free(industry_name);
}

/* Does a parameter name this column as the value? */
static bool
is_value(const vector_case *c, const char *column, bool *any)
{
    static const char *const keys[] = {"value", "value_col", "y",     "x",
                                       "col",   "column",    "income"};
    bool found = listed(c, "value_cols", column);
    *any |= json_is_object(c->params) && json_object_get(c->params, "value_cols") != NULL;
    for (unsigned k = 0; k < sizeof keys / sizeof keys[0]; k++) {
        const char *name = param(c, keys[k]);
        *any |= name != NULL;
        found |= name != NULL && strcmp(name, column) == 0;
    }
    return found;
}

/* Groups of the table: those that params name, else its columns of text. */
static unsigned
groups_of(const vector_case *c, rh_csv *t, const char *names[2])
{
    static const char *const keys[] = {"group", "group1", "group2", "groups"};
    unsigned n = 0;
    for (unsigned k = 0; k < 4 && n < 2; k++) {
        const char *name = param(c, keys[k]);
        if (name != NULL && rh_csv_find(t, name) >= 0) {
            names[n++] = name;
        }
    }
    bool named = n > 0;
    for (uint32_t k = 0; k < rh_csv_columns(t) && !named && n < 2; k++) {
        const char *name = rh_csv_header(t, k);
        double *x = numbers_of(t, k);
        bool wanted = listed(c, "groups", name) || listed(c, "group", name) ||
                      (x == NULL && strcasecmp(name, "state") != 0);
        if (wanted) {
            names[n++] = name;
        }
        rh_free(x);
    }
    return n;
}

static void
solve_values(vector_case *c, rh_csv *t, const char *stem)
{
    const char *group[2];
    double *w = NULL;
    unsigned n_groups = groups_of(c, t, group);
    uint32_t n = rh_csv_rows(t);
    bool chosen = false;
    for (uint32_t k = 0; k < rh_csv_columns(t) && w == NULL; k++) {
        w = is_one_of(rh_csv_header(t, k), weights) ? numbers_of(t, k) : NULL;
    }
    for (uint32_t k = 0; k < rh_csv_columns(t); k++) {
        const char *name = rh_csv_header(t, k);
        double *x = numbers_of(t, k);
        bool is_group = false;
        for (unsigned g = 0; g < n_groups; g++) {
            is_group |= strcmp(name, group[g]) == 0;
        }
        if (x == NULL || is_group || is_one_of(name, weights) ||
            (!is_value(c, name, &chosen) && chosen)) {
            rh_free(x);
            continue;
        }
        /* "pcgdp1940": keys end with the year; else with nothing */
        char behind[80] = "";
        const char *digits = name + strlen(name);
        while (digits > name && isdigit((unsigned char)digits[-1])) {
            digits--;
        }
        if (chosen && *digits != '\0') {
            snprintf(behind, sizeof behind, ":%s", digits);
        }
        if (w != NULL) {
            set_grouped_totals(c, x, w, n);
            if (vector_wants(c, "theil_individual") || vector_wants(c, "gini_individual")) {
                rh_sorted s;
                must(rh_sorted_init(&s, x, NULL, n, NULL), NULL);
                vector_set(c, rh_sorted_gini(&s), "gini_individual");
                rh_sorted_release(&s);
                rh_stream one;
                must(rh_stream_init(&one, 1, NULL, NULL), NULL);
                rh_stream_add(&one, x, NULL, NULL, n);
                vector_set(c, rh_sums_theil_t(one.group, &one.powers), "theil_individual");
                rh_stream_release(&one);
            }
        }
        if (n_groups == 2) {
            set_two_way(c, x, w, t, group[0], group[1]);
        }
        /* keys with the year of the column; then, of the first column, keys without */
        const char *const behinds[] = {behind, ""};
        for (int form = 0; form < (behind[0] != '\0' ? 2 : 1); form++) {
            set_measures(c, x, w, n, behinds[form], stem);
            if (n_groups == 1) {
                set_one_way(c, x, w, t, group[0], behinds[form]);
                set_block_gini(c, x, t, group[0], behinds[form]);
            }
            set_edge_gini(c, x, n, behinds[form]);
        }
        rh_free(x);
    }
    rh_free(w);
}

static void
solve(vector_case *c)
{
    const json_t *inputs = json_object_get(c->json, "inputs");
    for (size_t f = 0; f < json_array_size(inputs); f++) {
        const char *file = json_string_value(json_array_get(inputs, f));
        const char *dot = strrchr(file, '.');
        char stem[80];
        file_now = file;
        snprintf(stem, sizeof stem, "%.*s", (int)(dot - file), file);
        rh_csv *t = strcmp(stem, "edges") != 0 ? vector_open(c, file) : NULL;
        if (t == NULL) {
            continue;
        }
        int amount = rh_csv_find(t, "employment");
        if (rh_csv_find(t, "industry") >= 0 && rh_csv_find(t, "region") >= 0 &&
            vector_wants(c, "EG")) {
            double *x = numbers_of(t, amount >= 0 ? (uint32_t)amount : 2);
            set_ellison_glaeser(c, t, x);
            rh_free(x);
        } else if (rh_csv_find(t, "total") >= 0 && vector_wants(c, "LQ")) {
            set_location_quotients(c, t);
        } else {
            solve_values(c, t, stem);
        }
        rh_csv_free(t);
    }
}

static void
test_peers_cases_of_inequality_match(void **state)
{
    (void)state;
    vectors_walk("inequality", solve);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_peers_cases_of_inequality_match)};
    return cmocka_run_group_tests_name("vectors_inequality", tests, NULL, NULL);
}
