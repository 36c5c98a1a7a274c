/* Composite indices against peers, the stages on the data: denominators, missing data, outliers, normalisation, description. The cases on
 * weights, scores and uncertainty are test_vectors_composite_weights.c's.
 *
 * A case of stages holds iData.csv and iMeta.csv (COINr's form) and says in its params what is done; a case of normalisations holds
 * matrix.csv and types.csv; a case of functions names what it wants by its keys. */
#include "core/mem.h"
#include "evaluate/aggregate_mean.h"
#include "evaluate/index_describe.h"
#include "evaluate/index_missing.h"
#include "evaluate/index_normalise.h"
#include "evaluate/index_outliers.h"
#include "evaluate/index_tree.h"
#include "evaluate/weights_pca.h"
#include "io/table.h"
#include "must.h"
#include "vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double *
numbers(rh_csv *csv, const char *column)
{
    double *x;
    rh_err err = {0};
    must(rh_table_numbers(csv, column, &x, &err), &err);
    return x;
}

static double
number_at(rh_csv *csv, uint32_t row, const char *column)
{
    const char *text = rh_csv_text(csv, row, rh_csv_find(csv, column));
    char *end;
    double x = strtod(text, &end);
    return end == text ? (double)NAN : x;
}

/* The first number behind `word` in a sentence, or the fallback. */
static double
number_behind(const char *sentence, const char *word, double fallback)
{
    const char *at = sentence != NULL ? strstr(sentence, word) : NULL;
    if (at == NULL) {
        return fallback;
    }
    at += strlen(word);
    at += strcspn(at, "0123456789");
    char *end;
    double x = strtod(at, &end);
    return end == at ? fallback : x;
}

static bool
says(const char *sentence, const char *word)
{
    return sentence != NULL && strstr(sentence, word) != NULL;
}

static const char *
param(const vector_case *c, const char *name)
{
    return json_string_value(json_object_get(c->params, name));
}

/* ---- stages: iData.csv, iMeta.csv ---- */

enum stage { RAW, DENOMINATED, IMPUTED, TREATED, NORMALISED, STAGES };

typedef struct stages {
    rh_csv *data, *meta;
    uint32_t n, m;
    double *x;             /* n × m */
    const char *code[200]; /* indicators */
    int direction[200];
    double target[200];
    const char *unit[400];
    double *kept[STAGES]; /* copies of x behind each stage */
    /* all levels, in the order of iMeta: indicators first */
    uint32_t n_nodes;
    const char *node[300];
    uint32_t parent[300];
    double weight[300];
    double *score; /* n × n_nodes */
} stages;

static const char *const stage_word[STAGES] = {"raw", "denom", "imp", "treat", "norm"};

static void
set_stage(vector_case *c, stages *s, enum stage which)
{
    const char *stage = stage_word[which];
    size_t size = (size_t)s->n * s->m * sizeof *s->x;
    for (int k = which; k < STAGES; k++) { /* what is not asked for stays as it was */
        s->kept[k] = s->kept[k] != NULL ? s->kept[k] : malloc(size);
        memcpy(s->kept[k], s->x, size);
    }
    if (c->n_expected > 0 && !vector_wants(c, stage)) {
        return;
    }
    for (uint32_t j = 0; j < s->m; j++) {
        for (uint32_t i = 0; i < s->n; i++) {
            vector_set(c, s->x[(size_t)j * s->n + i], "%s:%s:%s", stage, s->code[j],
                       s->unit[i]);
        }
    }
}

static void
read_stages(vector_case *c, stages *s)
{
    s->data = vector_open(c, "iData.csv");
    s->meta = vector_open(c, "iMeta.csv");
    s->n = rh_csv_rows(s->data);
    s->x = calloc((size_t)s->n * rh_csv_rows(s->meta), sizeof *s->x);
    s->kept[RAW] = calloc((size_t)s->n * rh_csv_rows(s->meta), sizeof *s->x);
    int code = rh_csv_find(s->data, "uCode");
    for (uint32_t i = 0; i < s->n; i++) {
        s->unit[i] = rh_csv_text(s->data, i, code);
    }
    bool divide = true;
    for (uint32_t r = 0; r < rh_csv_rows(s->meta); r++) {
        const char *type = rh_csv_text(s->meta, r, rh_csv_find(s->meta, "Type"));
        if (strcmp(type, "Indicator") != 0) {
            continue;
        }
        uint32_t j = s->m++;
        const char *by = rh_csv_text(s->meta, r, rh_csv_find(s->meta, "Denominator"));
        s->code[j] = rh_csv_text(s->meta, r, rh_csv_find(s->meta, "iCode"));
        s->direction[j] = (int)number_at(s->meta, r, "Direction");
        s->target[j] = number_at(s->meta, r, "Target");
        double *x = numbers(s->data, s->code[j]);
        double *d =
            divide && by[0] != '\0' && strcmp(by, "NA") != 0 ? numbers(s->data, by) : NULL;
        for (uint32_t i = 0; i < s->n; i++) {
            s->kept[RAW][(size_t)j * s->n + i] = x[i];
            s->x[(size_t)j * s->n + i] = d != NULL ? x[i] / d[i] : x[i];
        }
        rh_free(x);
        rh_free(d);
    }
    set_stage(c, s, DENOMINATED);
}

static void
impute(vector_case *c, stages *s)
{
    const char *how = param(c, "impute");
    how = how != NULL
              ? how
              : "mean_grp EurAsia_group"; /* the peer's example, where nothing is said */
    rh_err err = {0};
    rh_missing missing = {.method = says(how, "mean_grp")     ? RH_FILL_GROUP_MEAN
                                    : says(how, "median_grp") ? RH_FILL_GROUP_MEDIAN
                                    : says(how, "median")     ? RH_FILL_MEDIAN
                                    : says(how, "none")       ? RH_FILL_NONE
                                                              : RH_FILL_MEAN};
    uint32_t *group = NULL, n_groups = 1;
    const char **label = NULL;
    for (uint32_t k = 0; k < rh_csv_columns(s->data); k++) {
        const char *column = rh_csv_header(s->data, k);
        if (says(column, "_group") && says(how, column)) {
            must(rh_table_groups(s->data, column, &group, &label, &n_groups, &err), &err);
        }
    }
    must(rh_missing_fill_cells(&missing, s->x, s->n, s->m, group, n_groups, NULL, &err), &err);
    rh_free(group);
    rh_free(label);
    set_stage(c, s, IMPUTED);
}

static void
treat(vector_case *c, stages *s)
{
    const char *how = param(c, "treat");

    rh_outliers outliers = {.test = true,
                            .skewness = number_behind(how, "skew|<=", 2),
                            .kurtosis = number_behind(how, "kurt<=", 3.5),
                            .most = (uint32_t)number_behind(how, "up to ", 5),
                            .then = says(how, "box")           ? RH_TRANSFORM_BOX_COX
                                    : says(how, "log_CT_orig") ? RH_TRANSFORM_LOG_ONE
                                                               : RH_TRANSFORM_LOG,
                            .lambda = number_behind(how, "lambda", 0)};
    for (uint32_t j = 0; j < s->m; j++) {
        rh_err err = {0};
        uint32_t bad;
        rh_outliers_report report;
        must(rh_outliers_treat(&outliers, s->x + (size_t)j * s->n, s->n, &report, &bad, &err),
             &err);
        vector_set(c, report.before.skewness, "skew:%s", s->code[j]);
        vector_set(c, report.before.kurtosis, "kurt:%s", s->code[j]);
        vector_set(c, report.after.skewness, "skew_treated:%s", s->code[j]);
        vector_set(c, report.after.kurtosis, "kurt_treated:%s", s->code[j]);
        vector_set(c, report.moved, "nwin:%s", s->code[j]);
    }
    set_stage(c, s, TREATED);
}

static enum rh_normalisation
peer_normalisation(const char *word)
{
    static const struct {
        const char *word;
        enum rh_normalisation method;
    } names[] = {
        {"minmax", RH_NORMALISATION_MIN_MAX},    {"zscore", RH_NORMALISATION_Z},
        {"prank", RH_NORMALISATION_PERCENTILE},  {"rank", RH_NORMALISATION_RANK},
        {"borda", RH_NORMALISATION_BORDA},       {"dist2targ", RH_NORMALISATION_TARGET},
        {"dist2max", RH_NORMALISATION_MAXIMUM},  {"dist2ref", RH_NORMALISATION_REFERENCE},
        {"fracmax", RH_NORMALISATION_FRACTION},  {"scaled", RH_NORMALISATION_SCALED},
        {"goal", RH_NORMALISATION_GOALPOSTS},    {"nonlinear", RH_NORMALISATION_NONLINEAR},
        {"linear", RH_NORMALISATION_LINEAR},     {"log", RH_NORMALISATION_LOGARITHMIC},
        {"enhanced", RH_NORMALISATION_ACCURACY}, {"zavadskas", RH_NORMALISATION_ZAVADSKAS},
        {"vector", RH_NORMALISATION_VECTOR},     {"sum", RH_NORMALISATION_SUM},
        {"max", RH_NORMALISATION_MAX},           {NULL, RH_NORMALISATION_MIN_MAX}};
    size_t i = 0;
    while (names[i].word != NULL && !says(word, names[i].word)) {
        i++;
    }
    return names[i].method;
}

static void
normalise(vector_case *c, stages *s)
{
    const char *how = param(c, "normalise");

    rh_normalise by = {.method = peer_normalisation(how), .low = 0, .high = 100};
    if (by.method == RH_NORMALISATION_Z) {
        by.high = 1;
    }
    for (uint32_t j = 0; j < s->m; j++) {
        rh_err err = {0};
        uint32_t bad;
        by.target = s->target[j];
        double *x = s->x + (size_t)j * s->n;
        must(rh_normalise_column(&by, x, s->n, NULL, s->direction[j], x, &bad, &err), &err);
    }
    set_stage(c, s, NORMALISED);
}

/* Groups of iMeta above the indicators, and the scores of all levels by a mean. */
static void
read_levels(stages *s)
{
    int type = rh_csv_find(s->meta, "Type"), code = rh_csv_find(s->meta, "iCode"),
        up = rh_csv_find(s->meta, "Parent");
    const char *parent[300];
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t r = 0; r < rh_csv_rows(s->meta); r++) {
            const char *kind = rh_csv_text(s->meta, r, type);
            if (strcmp(kind, pass == 0 ? "Indicator" : "Aggregate") == 0) {
                s->node[s->n_nodes] = rh_csv_text(s->meta, r, code);
                s->weight[s->n_nodes] = number_at(s->meta, r, "Weight");
                parent[s->n_nodes++] = rh_csv_text(s->meta, r, up);
            }
        }
    }
    for (uint32_t v = 0; v < s->n_nodes; v++) {
        s->parent[v] = RH_TREE_NONE;
        for (uint32_t u = s->m; u < s->n_nodes; u++) {
            s->parent[v] = strcmp(parent[v], s->node[u]) == 0 ? u : s->parent[v];
        }
    }
}

static void
score_levels(stages *s, enum rh_aggregation method, const double *x, rh_index_tree *tree,
             double *weight)
{
    rh_err err = {0};
    rh_aggregate how[100];
    must(rh_index_tree_init(tree, s->n_nodes, s->m, s->parent, &err), &err);
    for (uint32_t g = 0; g < s->n_nodes - s->m; g++) {
        double sum = 0;
        how[g] = (rh_aggregate){method, 0.5, 0.5};
        for (uint32_t k = tree->first[g]; k < tree->first[g + 1]; k++) {
            sum += s->weight[tree->child[k]];
        }
        for (uint32_t k = tree->first[g]; k < tree->first[g + 1]; k++) {
            weight[tree->child[k]] = s->weight[tree->child[k]] / sum;
        }
    }
    weight[s->n_nodes - 1] = 1;
    s->score = realloc(s->score, (size_t)s->n * s->n_nodes * sizeof *s->score);
    memcpy(s->score, x, (size_t)s->n * s->m * sizeof *x);
    must(rh_index_tree_scores(tree, how, weight, s->n, s->score, &err), &err);
}

/* A key like "agg:Conn:AUT": words, nodes and unit, in any order. */
typedef struct asked {
    const char *text;
    uint32_t node[2], n_nodes, unit;
} asked;

static asked
take_apart(const stages *s, const char *key)
{
    asked a = {.text = key, .unit = s->n};
    char part[400];
    for (const char *p = key; *p != '\0';) {
        size_t size = strcspn(p, ":[],");
        snprintf(part, sizeof part, "%.*s", (int)size, p);
        p += size + (p[size] != '\0');
        for (uint32_t v = 0; v < s->n_nodes && a.n_nodes < 2; v++) {
            if (strcmp(part, s->node[v]) == 0) {
                a.node[a.n_nodes++] = v;
                break;
            }
        }
        for (uint32_t i = 0; i < s->n; i++) {
            a.unit = strcmp(part, s->unit[i]) == 0 ? i : a.unit;
        }
    }
    return a;
}

/* A node's entry of the first principal component of its group. The sign of a component is arbitrary: flip[group] is set by the first
 * value that is asked for. */
static double
component_of(const stages *s, const rh_index_tree *tree, uint32_t node, double peer,
             double *flip)
{
    uint32_t g = s->parent[node] - s->m, m = tree->first[g + 1] - tree->first[g], at = 0;
    double *x = calloc((size_t)s->n * m, sizeof *x);
    rh_err err = {0};
    rh_pca pca;
    int up[100];
    for (uint32_t k = 0; k < m; k++) {
        uint32_t child = tree->child[tree->first[g] + k];
        up[k] = 1;
        at = child == node ? k : at;
        memcpy(x + (size_t)k * s->n, s->score + (size_t)child * s->n, s->n * sizeof *x);
    }
    must(rh_pca_init(&pca, x, s->n, m, up, &err), &err);
    double value = pca.vector[at];
    rh_pca_release(&pca);
    free(x);
    flip[g] = flip[g] != 0 ? flip[g] : value * peer < 0 ? -1 : 1;
    return value * flip[g];
}

static double
alpha_of(const stages *s, const asked *a)
{
    const double *x = s->kept[RAW];
    for (int k = 0; k < STAGES; k++) {
        x = says(a->text, stage_word[k]) ? s->kept[k] : x;
    }
    uint32_t column[200], m = 0;
    for (uint32_t j = 0; j < s->m; j++) {
        uint32_t v = j;
        while (v != RH_TREE_NONE && a->n_nodes > 0 && v != a->node[0]) {
            v = s->parent[v];
        }
        if (v != RH_TREE_NONE) {
            column[m++] = j;
        }
    }
    return rh_describe_alpha(x, s->n, column, m);
}

static void
solve_levels(vector_case *c, stages *s)
{
    rh_index_tree tree;
    double weight[300], effective[300], flip[100] = {0};
    uint32_t *place = calloc(s->n, sizeof *place);
    rh_err err = {0};
    read_levels(s);
    for (uint32_t i = 0; i < c->n_expected; i++) {
        asked a = take_apart(s, c->key[i]);
        const char *t = a.text;
        bool low = says(t, "gmean") || says(t, "geo") || says(t, "hmean") || says(t, "harm");
        if (i == 0 || low) {
            if (i > 0) {
                rh_index_tree_release(&tree);
            }
            score_levels(s,
                         says(t, "gmean") || says(t, "geo")    ? RH_AGGREGATION_GEOMETRIC
                         : says(t, "hmean") || says(t, "harm") ? RH_AGGREGATION_HARMONIC
                                                               : RH_AGGREGATION_ARITHMETIC,
                         s->kept[NORMALISED], &tree, weight);
            rh_index_tree_effective(&tree, weight, effective);
        }
        uint32_t node = a.n_nodes > 0 ? a.node[0] : s->n_nodes - 1;
        const double *score = s->score + (size_t)node * s->n;
        if (says(t, "cronbach") || says(t, "alpha")) {
            vector_set(c, alpha_of(s, &a), "%s", t);
        } else if (says(t, "pca")) {
            vector_set(c, component_of(s, &tree, node, c->value[i], flip), "%s", t);
        } else if (says(t, "eff")) {
            vector_set(c, effective[node], "%s", t);
        } else if (says(t, "cor") && a.n_nodes == 2) {
            const double *other = s->score + (size_t)a.node[1] * s->n;
            vector_set(c, rh_describe_correlation(score, other, s->n), "%s", t);
        } else if (says(t, "rank") && a.unit < s->n) {
            must(rh_describe_places(score, s->n, place, &err), &err);
            vector_set(c, place[a.unit], "%s", t);
        } else if (a.unit < s->n) {
            vector_set(c, score[a.unit], "%s", t);
        }
    }
    rh_index_tree_release(&tree);
    free(place);
}

static void
solve_stages(vector_case *c)
{
    stages s = {0};
    read_stages(c, &s);
    impute(c, &s);
    treat(c, &s);
    normalise(c, &s);
    solve_levels(c, &s);
    for (int k = 0; k < STAGES; k++) {
        free(s.kept[k]);
    }
    free(s.score);
    free(s.x);
    rh_csv_free(s.data);
    rh_csv_free(s.meta);
}

/* ---- normalisations: matrix.csv, types.csv ---- */

/* The k-th of params.method: a word or a list of words; NULL behind the last. */
static const char *
method_word(const vector_case *c, size_t k)
{
    json_t *method = json_object_get(c->params, "method");
    return json_is_array(method) ? json_string_value(json_array_get(method, k))
           : k == 0              ? json_string_value(method)
                                 : NULL;
}

/* A table is wanted under the name of a method: word[1,1]. */
static bool
wants_normalisations(const vector_case *c)
{
    char key[300];
    bool wanted = false;
    const char *word;
    for (size_t k = 0; (word = method_word(c, k)) != NULL; k++) {
        snprintf(key, sizeof key, "%s[1,1]", word);
        wanted = wanted || vector_wants(c, key);
    }
    return wanted;
}

/* 1 or -1 from types.csv, or from params.types ("+", "-", 1, -1); 1 when neither says. */
static int
direction_of(const vector_case *c, rh_csv *types, uint32_t j)
{
    if (types != NULL) {
        return (int)number_at(types, j, "type");
    }
    json_t *type = json_array_get(json_object_get(c->params, "types"), j);
    const char *text = json_string_value(type);
    return (text != NULL && text[0] == '-') || json_number_value(type) < 0 ? -1 : 1;
}

static void
solve_normalisations(vector_case *c)
{
    rh_csv *matrix = vector_open(c, "matrix.csv"), *types = vector_open(c, "types.csv");
    uint32_t n = rh_csv_rows(matrix);
    double *y = calloc(n, sizeof *y);
    const char *word;
    for (size_t k = 0; (word = method_word(c, k)) != NULL; k++) {
        rh_normalise by = {.method = peer_normalisation(word), .low = 0, .high = 1};
        for (uint32_t j = 0; j < rh_csv_columns(matrix); j++) {
            rh_err err = {0};
            uint32_t bad;
            double *x = numbers(matrix, rh_csv_header(matrix, j));
            must(rh_normalise_column(&by, x, n, NULL, direction_of(c, types, j), y, &bad, &err),
                 &err);
            for (uint32_t i = 0; i < n; i++) {
                vector_set(c, y[i], "%s[%u,%u]", word, i + 1, j + 1);
            }
            rh_free(x);
        }
    }
    free(y);
    rh_csv_free(matrix);
    rh_csv_free(types);
}

/* ---- functions of one column, by the keys that are wanted ---- */

static void
set_column(vector_case *c, const double *y, uint32_t n, const char *key)
{
    for (uint32_t i = 0; i < n; i++) {
        vector_set(c, y[i], "%s[%u]", key, i + 1);
    }
}

static void
set_normalised(vector_case *c, const char *key, rh_normalise by, int direction, const double *x,
               uint32_t n)
{
    double y[64];
    rh_err err = {0};
    uint32_t bad;
    must(rh_normalise_column(&by, x, n, NULL, direction, y, &bad, &err), &err);
    set_column(c, y, n, key);
}

/* A mean of (1, 2, 3). */
static void
set_mean(vector_case *c, const char *key, enum rh_mean kind, const double *w)
{
    const double x[3] = {1, 2, 3};
    double y;
    rh_err err = {0};
    must(rh_aggregate_mean(kind, x, 1, 3, w, 0, &y, &err), &err);
    vector_set(c, y, "%s", key);
}

static void
solve_outliers(vector_case *c)
{
    rh_outliers how = {.test = true, .skewness = 2, .kurtosis = 3.5, .most = 5};
    rh_csv *first = vector_open(c, "x.csv"), *second = vector_open(c, "x2.csv");
    double *x = numbers(first, "x");
    uint32_t n = rh_csv_rows(first);
    rh_describe d = rh_describe_values(x, n);
    vector_set(c, d.skewness, "skew");
    vector_set(c, d.kurtosis, "kurt");
    vector_set(c, rh_outliers_pass(&how, &d), "pass_raw");
    vector_set(c, rh_outliers_winsorise(&how, x, n), "nwin");
    set_column(c, x, n, "win");
    d = rh_describe_values(x, n);
    vector_set(c, rh_outliers_pass(&how, &d), "pass_win");
    rh_free(x);
    if (second != NULL) {
        rh_err err = {0};
        uint32_t bad;
        how.most = 1;
        how.then = RH_TRANSFORM_LOG_PLAIN;
        double *x2 = numbers(second, "x");
        must(rh_outliers_treat(&how, x2, rh_csv_rows(second), NULL, &bad, &err), &err);
        set_column(c, x2, rh_csv_rows(second), "log");
        rh_free(x2);
    }
    rh_csv_free(first);
    rh_csv_free(second);
}

static void
solve_unit_functions(vector_case *c)
{
    solve_outliers(c);
    const rh_normalise goal = {.method = RH_NORMALISATION_GOALPOSTS, .upper = 10, .scale = 1};
    const double up[] = {1, 11, -1}, down[] = {1, -1, 11};
    double y[6];
    rh_err err = {0};
    uint32_t bad;
    must(rh_normalise_column(&goal, up, 3, NULL, 1, y, &bad, &err), &err);
    must(rh_normalise_column(&goal, down, 3, NULL, -1, y + 3, &bad, &err), &err);
    set_column(c, y, 6, "goal");
    rh_normalise target = {.method = RH_NORMALISATION_TARGET, .target = 10};
    set_normalised(c, "dist2targ_pos", target, 1, (double[]){0, 5, 11}, 3);
    target.cap = true;
    set_normalised(c, "dist2targ_pos_cap", target, 1, (double[]){0, 5, 11}, 3);
    target.target = 0;
    set_normalised(c, "dist2targ_neg_cap", target, -1, (double[]){-1, 1, 10}, 3);
    target.cap = false;
    set_normalised(c, "dist2targ_neg", target, -1, (double[]){-1, 1, 10}, 3);
    double ten[10];
    for (int i = 0; i < 10; i++) {
        ten[i] = i + 1;
    }
    set_normalised(c, "zscore_5_2",
                   (rh_normalise){.method = RH_NORMALISATION_Z, .low = 5, .high = 2}, 1, ten,
                   10);
    set_normalised(c, "minmax_2_7",
                   (rh_normalise){.method = RH_NORMALISATION_MIN_MAX, .low = 2, .high = 7}, 1,
                   ten, 10);
    const double ties[] = {3, 1, 2, 2};
    set_normalised(c, "rank", (rh_normalise){.method = RH_NORMALISATION_RANK}, 1, ties, 4);
    set_normalised(c, "borda", (rh_normalise){.method = RH_NORMALISATION_BORDA}, 1, ties, 4);
    set_normalised(c, "prank", (rh_normalise){.method = RH_NORMALISATION_PERCENTILE}, 1, ties,
                   4);
    set_mean(c, "gmean", RH_MEAN_GEOMETRIC, (double[]){1, 1, 1});
    set_mean(c, "gmean_w112", RH_MEAN_GEOMETRIC, (double[]){1, 1, 2});
    set_mean(c, "hmean_w211", RH_MEAN_HARMONIC, (double[]){2, 1, 1});
    set_mean(c, "hmean", RH_MEAN_HARMONIC, (double[]){1, 1, 1});
    set_mean(c, "amean", RH_MEAN_ARITHMETIC, (double[]){1, 1, 1});
}

static void
solve(vector_case *c)
{
    if (vector_has(c, "iData.csv") && vector_has(c, "iMeta.csv")) {
        solve_stages(c);
    } else if (vector_has(c, "matrix.csv") && wants_normalisations(c)) {
        solve_normalisations(c);
    } else if (vector_has(c, "x.csv")) {
        solve_unit_functions(c);
    } else {
        vector_pass(c);
    }
}

static void
test_stages_match_the_peers(void **state)
{
    (void)state;
    vectors_walk("composite", solve);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stages_match_the_peers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
