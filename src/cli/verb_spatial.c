/* ronghe spatial: spatial weights and autocorrelation of a table. Reads units, values and who is whose neighbour; the work
 * is evaluate/spatial_*.h's. */
#include "cli/evaluate.h"

#include "core/mem.h"
#include "core/threads.h"
#include "evaluate/names.h"
#include "evaluate/spatial_answer.h"
#include "evaluate/spatial_contiguity.h"
#include "evaluate/spatial_near.h"
#include "io/gpkg_map.h"
#include "io/gpkg_shapes.h"
#include "io/table.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const rh_option options[] = {
    {"value", 'v', "COLUMN", false, RH_MSG_HELP_SPATIAL_VALUE},
    {"statistic", 's', "NAME", false, RH_MSG_HELP_SPATIAL_STATISTIC},
    {"second", 0, "COLUMN", false, RH_MSG_HELP_SPATIAL_SECOND},
    {"base", 0, "COLUMN", false, RH_MSG_HELP_SPATIAL_BASE},
    {"id", 0, "COLUMN", false, RH_MSG_HELP_SPATIAL_ID},
    {"sheet", 0, "PART", false, RH_MSG_HELP_SHEET},
    {"edges", 'e', "FILE", false, RH_MSG_HELP_SPATIAL_EDGES},
    {"shapes", 0, "FILE.gpkg", false, RH_MSG_HELP_SPATIAL_SHAPES},
    {"layer", 0, "NAME", false, RH_MSG_HELP_SPATIAL_LAYER},
    {"shape-id", 0, "COLUMN", false, RH_MSG_HELP_SPATIAL_SHAPE_ID},
    {"contiguity", 0, "KIND", false, RH_MSG_HELP_SPATIAL_CONTIGUITY},
    {"snap", 0, "D", false, RH_MSG_HELP_SPATIAL_SNAP},
    {"neighbours", 'k', "N", false, RH_MSG_HELP_SPATIAL_NEIGHBOURS},
    {"band", 'b', "D", false, RH_MSG_HELP_SPATIAL_BAND},
    {"power", 0, "P", false, RH_MSG_HELP_SPATIAL_POWER},
    {"kernel", 0, "NAME", false, RH_MSG_HELP_SPATIAL_KERNEL},
    {"bandwidth", 0, "D", false, RH_MSG_HELP_SPATIAL_BANDWIDTH},
    {"x", 0, "COLUMN", false, RH_MSG_HELP_SPATIAL_X},
    {"y", 0, "COLUMN", false, RH_MSG_HELP_SPATIAL_Y},
    {"metric", 0, "NAME", false, RH_MSG_HELP_SPATIAL_METRIC},
    {"style", 0, "NAME", false, RH_MSG_HELP_SPATIAL_STYLE},
    {"islands", 0, "WORD", false, RH_MSG_HELP_SPATIAL_ISLANDS},
    {"divisor", 0, "WORD", false, RH_MSG_HELP_SPATIAL_DIVISOR},
    {"permutations", 'p', "N", false, RH_MSG_HELP_SPATIAL_PERMUTATIONS},
    {"seed", 0, "N", false, RH_MSG_HELP_SPATIAL_SEED},
    {"threads", 't', "N", false, RH_MSG_HELP_THREADS},
    {"adjust", 0, "WORD", false, RH_MSG_HELP_SPATIAL_ADJUST},
    {"alpha", 0, "A", false, RH_MSG_HELP_SPATIAL_ALPHA},
    {"orders", 0, "N", false, RH_MSG_HELP_SPATIAL_ORDERS},
    {"map", 'm', "FILE.gpkg", false, RH_MSG_HELP_SPATIAL_MAP},
    RH_ANSWER_OPTIONS,
    {0},
};

/* Words of options in the order of the enums they stand for. */
static const char *const statistics[] = {"moran",       "rate",       "bivariate", "geary",
                                         "getis",       "getis-star", "lee",       "join",
                                         "correlogram", "weights",    NULL};
static const char *const styles[] = {"raw",    "binary", "row", "variance",
                                     "double", "global", NULL};
static const char *const kernels[] = {"uniform", "triangular", "epanechnikov",
                                      "quartic", "gaussian",   NULL};
static const char *const contiguities[] = {"queen", "rook", NULL};
static const char *const metrics[] = {"globe", "plane", NULL};
static const char *const island_words[] = {"keep", "drop", NULL};
static const char *const divisors[] = {"n-1", "n", NULL};
static const char *const adjusts[] = {"fdr", "bonferroni", "none", NULL};

/* Everything of one call; all of it is released at the end. */
typedef struct work {
    const rh_cli *cli;
    const rh_args *args;
    rh_answer *answer;
    rh_csv *data;
    uint32_t rows;       /* of the data; n ≤ rows are kept */
    const char **row_id; /* of the rows */
    uint32_t *number;    /* unit of a row, or NOT_KEPT */
    uint32_t *row;       /* row of a unit */
    const char **id;     /* of the units */
    unsigned n_columns;
    char *names; /* the --value list, cut at its commas */
    const char *name[RH_GEARY_VARIABLES];
    char shown[RH_GEARY_VARIABLES][120]; /* names in the answer, all different */
    double *read[RH_GEARY_VARIABLES];    /* columns of the rows */
    double *value[RH_GEARY_VARIABLES];   /* columns of the units */
    uint32_t *row_class, *class;
    const char **label;
    uint32_t n_labels;
    double *x, *y; /* of the units */
    bool globe;    /* they are longitude and latitude */
    rh_shapes shapes;
    rh_weights raw, styled, binary, star;
    int statistic, style, contiguity, kernel, metric, islands, divisor, adjust;
    int64_t neighbours, permutations, seed, threads, orders;
    double band, power, bandwidth, snap, alpha;
    rh_spatial_question question;
} work;

#define NOT_KEPT RH_NO_NAME /* of rows and units */

static const char *
given(const work *k, const char *name)
{
    return rh_given(&rh_verb_spatial, k->args, name);
}

static rh_status
word(const work *k, const char *name, const char *const *words, int *value)
{
    return rh_given_word(k->cli, &rh_verb_spatial, k->args, name, words, value);
}

static rh_status
number(const work *k, const char *name, double low, double high, double *value)
{
    return rh_given_number(k->cli, &rh_verb_spatial, k->args, name, low, high, value);
}

static rh_status
integer(const work *k, const char *name, int64_t low, int64_t high, int64_t *value)
{
    return rh_given_integer(k->cli, &rh_verb_spatial, k->args, name, low, high, value);
}

static rh_status
read_options(work *k)
{
    k->style = RH_WEIGHT_ROW;
    k->kernel = k->metric = -1;
    k->permutations = 999;
    k->seed = 1;
    k->threads = rh_threads_available();
    k->alpha = 0.05;
    k->orders = 5;
    RH_TRY(word(k, "statistic", statistics, &k->statistic));
    RH_TRY(word(k, "style", styles, &k->style));
    RH_TRY(word(k, "contiguity", contiguities, &k->contiguity));
    RH_TRY(word(k, "kernel", kernels, &k->kernel));
    RH_TRY(word(k, "metric", metrics, &k->metric));
    RH_TRY(word(k, "islands", island_words, &k->islands));
    RH_TRY(word(k, "divisor", divisors, &k->divisor));
    RH_TRY(word(k, "adjust", adjusts, &k->adjust));
    RH_TRY(number(k, "band", 0, 1e12, &k->band));
    RH_TRY(number(k, "power", 0, 10, &k->power));
    RH_TRY(number(k, "bandwidth", 0, 1e12, &k->bandwidth));
    RH_TRY(number(k, "snap", 0, 1e12, &k->snap));
    RH_TRY(number(k, "alpha", 0, 1, &k->alpha));
    RH_TRY(integer(k, "neighbours", 1, 1000000, &k->neighbours));
    RH_TRY(integer(k, "permutations", 0, 10000000, &k->permutations));
    RH_TRY(integer(k, "seed", 0, INT64_MAX, &k->seed));
    RH_TRY(integer(k, "threads", 1, 1024, &k->threads));
    RH_TRY(integer(k, "orders", 1, 1000, &k->orders));
    return RH_OK;
}

/* ---- units and values ---- */

static rh_status
name_columns(work *k, rh_err *err)
{
    const char *const second[] = {[RH_SPATIAL_RATE] = "base",
                                  [RH_SPATIAL_BIVARIATE] = "second",
                                  [RH_SPATIAL_LEE] = "second"};
    if (given(k, "value") == NULL) {
        return k->statistic == RH_SPATIAL_WEIGHTS
                   ? RH_OK
                   : rh_usage(k->cli, &rh_verb_spatial, RH_MSG_OPTION_MISSING, "--value", NULL);
    }
    k->names = rh_strdup(given(k, "value"));
    if (k->names == NULL) {
        return rh_fail(err, RH_MEMORY, "Not enough memory for the names of the columns.");
    }
    for (char *at = k->names; at != NULL;) {
        if (k->n_columns == RH_GEARY_VARIABLES) {
            return rh_fail(err, RH_INPUT, "--value names more than %d columns.",
                           RH_GEARY_VARIABLES);
        }
        k->name[k->n_columns++] = strsep(&at, ",");
    }
    if (k->n_columns > 1 && k->statistic != RH_SPATIAL_GEARY) {
        return rh_fail(
            err, RH_INPUT,
            "--value \"%s\" names %u columns; only the statistic geary takes several.",
            given(k, "value"), k->n_columns);
    }
    const char *wanted = k->statistic <= RH_SPATIAL_LEE ? second[k->statistic] : NULL;
    if (wanted != NULL) {
        if (given(k, wanted) == NULL) {
            return rh_fail(err, RH_INPUT,
                           "The statistic %s needs a second column: --%s COLUMN.",
                           statistics[k->statistic], wanted);
        }
        k->name[k->n_columns++] = given(k, wanted);
    }
    return RH_OK;
}

/* A column keeps its name in the answer unless a column of the answer (or of a map) has it already. */
static void
show_names(work *k)
{
    static const char *const taken[] = {
        "id",       "fid",         "geom",        "z_value",  "lag",      "local_i",
        "local_c",  "g",           "g_star",      "local_l",  "joins",    "class",
        "expected", "variance",    "z",           "p_normal", "p_folded", "p",
        "q",        "quadrant_zh", "quadrant_en", "cluster"};
    for (unsigned c = 0; c < k->n_columns; c++) {
        bool clash = false;
        for (size_t t = 0; t < sizeof taken / sizeof *taken; t++) {
            clash = clash || strcasecmp(k->name[c], taken[t]) == 0;
        }
        for (unsigned before = 0; before < c; before++) {
            clash = clash || strcasecmp(k->name[c], k->name[before]) == 0;
        }
        char *text = k->shown[c];
        if (clash) {
            snprintf(text, sizeof k->shown[c], "value_%u_%s", c + 1, k->name[c]);
        } else {
            snprintf(text, sizeof k->shown[c], "%s", k->name[c]);
        }
        rh_text_mend(text);
    }
}

/* Which rows take part: those that have all values. */
static rh_status
keep_complete(work *k, rh_err *err)
{
    uint32_t n = 0, first = 0, missing = 0;
    RH_NEW(k->number, k->rows + 1, err);
    RH_NEW(k->row, k->rows + 1, err);
    for (uint32_t i = 0; i < k->rows; i++) {
        bool complete = true;
        for (unsigned c = 0; c < k->n_columns && k->row_class == NULL; c++) {
            complete = complete && !isnan(k->read[c][i]);
        }
        if (k->row_class != NULL) {
            complete = rh_csv_text(k->data, i, rh_csv_find(k->data, k->name[0]))[0] != '\0';
        }
        if (complete) {
            k->number[i] = n;
            k->row[n++] = i;
        } else {
            k->number[i] = NOT_KEPT;
            first = missing++ == 0 ? i : first;
        }
    }
    k->question.n = n;
    if (missing > 0) {
        rh_answer *a = k->answer;
        rh_answer_warn(
            a,
            rh_answer_format(
                a, "%u 行缺值，未参与计算，也不再是别人的邻居（首个：%s:%u，%s）。", missing,
                k->args->file[0], rh_csv_line(k->data, first), k->row_id[first]),
            rh_answer_format(
                a,
                "%u rows lack a value and were left out, as neighbours, too (the first: "
                "%s:%u, %s).",
                missing, k->args->file[0], rh_csv_line(k->data, first), k->row_id[first]));
    }
    return RH_OK;
}

/* The rates' own conditions, said with file and line. */
static void
check_rates(work *k)
{
    int events = rh_csv_find(k->data, k->name[0]), base = rh_csv_find(k->data, k->name[1]);
    for (uint32_t i = 0; i < k->rows; i++) {
        if (k->read[0][i] < 0) {
            rh_csv_problem(k->data, i, events, "%g events are fewer than none", k->read[0][i]);
        }
        if (k->read[1][i] <= 0) {
            rh_csv_problem(k->data, i, base, "the base of a rate must be above 0, not %g",
                           k->read[1][i]);
        }
    }
}

static rh_status
take_columns(work *k, rh_err *err)
{
    uint32_t n = k->question.n;
    RH_NEW(k->id, n + 1, err);
    for (uint32_t i = 0; i < n; i++) {
        k->id[i] = k->row_id[k->row[i]];
    }
    if (k->row_class != NULL) {
        RH_NEW(k->class, n + 1, err);
        for (uint32_t i = 0; i < n; i++) {
            k->class[i] = k->row_class[k->row[i]];
        }
        return RH_OK;
    }
    for (unsigned c = 0; c < k->n_columns; c++) {
        double least = INFINITY, most = -INFINITY;
        RH_NEW(k->value[c], n + 1, err);
        for (uint32_t i = 0; i < n; i++) {
            double x = k->value[c][i] = k->read[c][k->row[i]];
            least = fmin(least, x);
            most = fmax(most, x);
        }
        if (n == 0) {
            return rh_fail(err, RH_INPUT, "%s: column %s: no row has a number.",
                           k->args->file[0], k->name[c]);
        }
        if (least == most && k->statistic != RH_SPATIAL_WEIGHTS &&
            k->statistic != RH_SPATIAL_RATE) {
            return rh_fail(
                err, RH_INPUT,
                "%s: column %s: all %u values are %g; what does not vary has no pattern "
                "in space.",
                k->args->file[0], k->name[c], n, least);
        }
    }
    return RH_OK;
}

/* 0/1 and other classes by their text; black (1, yes) is the second class, so "0" or the smaller text comes first. */
static void
order_classes(work *k)
{
    if (k->n_labels == 2 && strcmp(k->label[0], k->label[1]) > 0) {
        const char *swap = k->label[0];
        k->label[0] = k->label[1];
        k->label[1] = swap;
        for (uint32_t i = 0; i < k->rows; i++) {
            k->row_class[i] = k->row_class[i] == 0;
        }
    }
}

static rh_status
read_data(work *k, rh_err *err)
{
    RH_TRY(name_columns(k, err));
    RH_TRY(rh_table_open(k->args->file[0], given(k, "sheet"), &k->data, err));
    k->rows = rh_csv_rows(k->data);
    RH_TRY(rh_table_ids(k->data, given(k, "id"), &k->row_id, err));
    if (k->statistic == RH_SPATIAL_JOIN) {
        RH_TRY(
            rh_table_groups(k->data, k->name[0], &k->row_class, &k->label, &k->n_labels, err));
        order_classes(k);
    }
    for (unsigned c = 0; c < k->n_columns && k->row_class == NULL; c++) {
        RH_TRY(rh_table_numbers(k->data, k->name[c], &k->read[c], err));
    }
    if (k->statistic == RH_SPATIAL_RATE) {
        check_rates(k);
    }
    RH_TRY(rh_csv_finish(k->data, err));
    RH_TRY(keep_complete(k, err));
    return take_columns(k, err);
}

/* ---- weights of a table of neighbours ---- */

typedef struct edge {
    uint32_t from, to, row;
    double w;
} edge;

static int
by_edge(const void *a, const void *b)
{
    const edge *x = a, *y = b;
    if (x->from != y->from) {
        return x->from < y->from ? -1 : 1;
    }
    if (x->to != y->to) {
        return x->to < y->to ? -1 : 1;
    }
    return x->row < y->row ? -1 : x->row > y->row;
}

static uint32_t
edge_end(const work *k, rh_csv *table, uint32_t row, int column, const rh_names *names)
{
    const char *text = rh_csv_text(table, row, column);
    uint32_t found = rh_names_find(names, text);
    if (found == NOT_KEPT) {
        rh_csv_problem(table, row, column, "\"%s\" is no unit of %s", text, k->args->file[0]);
    }
    return found;
}

static double
edge_weight(rh_csv *table, uint32_t row, int column)
{
    if (column < 0) {
        return 1;
    }
    double w = rh_csv_number(table, row, column);
    if (isnan(w)) {
        rh_csv_problem(table, row, column, "a weight is missing");
    } else if (w < 0) {
        rh_csv_problem(table, row, column, "a weight must not be negative (%g)", w);
    }
    return w;
}

/* Edges sorted, with doubles reported. */
static rh_status
read_edges(work *k, rh_csv *table, const rh_names *names, edge *list, rh_err *err)
{
    uint32_t m = rh_csv_rows(table);
    int weight = rh_csv_columns(table) > 2 ? 2 : -1;
    if (rh_csv_columns(table) < 2) {
        return rh_fail(err, RH_INPUT, "%s: a table of neighbours needs two columns of names.",
                       given(k, "edges"));
    }
    for (uint32_t e = 0; e < m; e++) {
        list[e] = (edge){edge_end(k, table, e, 0, names), edge_end(k, table, e, 1, names), e,
                         edge_weight(table, e, weight)};
    }
    qsort(list, m, sizeof *list, by_edge);
    for (uint32_t e = 1; e < m; e++) {
        if (list[e].from == list[e - 1].from && list[e].to == list[e - 1].to &&
            list[e].from != NOT_KEPT && list[e].to != NOT_KEPT) {
            rh_csv_problem(table, list[e].row, 1, "the pair %s, %s stands in line %u already",
                           k->row_id[list[e].from], k->row_id[list[e].to],
                           rh_csv_line(table, list[e - 1].row));
        }
    }
    return rh_csv_finish(table, err);
}

static rh_status
link_edges(work *k, const edge *list, uint32_t m, rh_err *err)
{
    rh_link *link;
    size_t n = 0, own = 0, none = 0;
    RH_NEW(link, m + 1, err);
    for (uint32_t e = 0; e < m; e++) {
        uint32_t from = k->number[list[e].from], to = k->number[list[e].to];
        if (from != NOT_KEPT && to != NOT_KEPT && list[e].w > 0) {
            own += from == to;
            link[n++] = (rh_link){from, to, list[e].w};
        }
        none += list[e].w == 0;
    }
    rh_status status = rh_weights_from_links(k->question.n, link, n, &k->raw, err);
    rh_free(link);
    rh_answer *a = k->answer;
    if (own > 0) {
        rh_answer_note(
            a, rh_answer_format(a, "%zu 个单元以自身为邻居：这一权重只用于 G*。", own),
            rh_answer_format(
                a, "%zu units are their own neighbours: that weight counts in G* only.", own));
    }
    if (none > 0) {
        rh_answer_note(
            a, rh_answer_format(a, "%zu 条权重为 0 的连接不算邻居。", none),
            rh_answer_format(a, "Links of weight 0 (%zu) make no neighbours.", none));
    }
    return status;
}

static rh_status
weights_of_edges(work *k, rh_err *err)
{
    rh_csv *table = NULL;
    rh_names *names = NULL;
    edge *list = NULL;
    rh_status status = rh_table_open(given(k, "edges"), NULL, &table, err);
    if (status == RH_OK) {
        status = rh_names_of(k->row_id, k->rows, &names, err);
    }
    if (status == RH_OK) {
        list = rh_alloc(rh_csv_rows(table) + (size_t)1, sizeof *list);
        status = list != NULL
                     ? read_edges(k, table, names, list, err)
                     : rh_fail(err, RH_MEMORY, "Not enough memory for the neighbours.");
    }
    if (status == RH_OK) {
        status = link_edges(k, list, rh_csv_rows(table), err);
    }
    rh_free(list);
    rh_names_free(names);
    rh_csv_free(table);
    return status;
}

/* ---- weights of polygons ---- */

/* The file of the polygons: as given, or DATA itself when it is a GeoPackage and --contiguity asks for it. NULL: none. */
static const char *
shapes_file(const work *k)
{
    const char *data = k->args->file[0], *dot = strrchr(data, '.');
    bool own = dot != NULL && strcasecmp(dot, ".gpkg") == 0 && given(k, "contiguity") != NULL;
    return given(k, "shapes") != NULL ? given(k, "shapes") : own ? data : NULL;
}

static const char *
shapes_layer(const work *k)
{
    return given(k, "layer") != NULL || given(k, "shapes") != NULL ? given(k, "layer")
                                                                   : given(k, "sheet");
}

static rh_rings
rings_of(const rh_shapes *s)
{
    return (rh_rings){s->n, s->n_rings, s->owner, s->start, s->xy};
}

/* Unit of each shape (or NOT_KEPT); every unit must have exactly one. */
static rh_status
match_shapes(work *k, const rh_names *names, uint32_t *unit, rh_err *err)
{
    const char *file = shapes_file(k);
    bool *seen;
    uint32_t strangers = 0;
    RH_NEW(seen, k->rows + 1, err);
    rh_status status = RH_OK;
    for (uint32_t s = 0; s < k->shapes.n && status == RH_OK; s++) {
        uint32_t row = rh_names_find(names, k->shapes.id[s]);
        unit[s] = row == NOT_KEPT ? NOT_KEPT : k->number[row];
        strangers += row == NOT_KEPT;
        if (row != NOT_KEPT && seen[row]) {
            status =
                rh_fail(err, RH_INPUT, "%s: two polygons are named %s.", file, k->shapes.id[s]);
        } else if (row != NOT_KEPT) {
            seen[row] = true;
        }
    }
    for (uint32_t i = 0; i < k->question.n && status == RH_OK; i++) {
        if (!seen[k->row[i]]) {
            status = rh_fail(err, RH_INPUT, "%s has no polygon for %s (%s:%u).", file, k->id[i],
                             k->args->file[0], rh_csv_line(k->data, k->row[i]));
        }
    }
    rh_free(seen);
    if (strangers > 0) {
        rh_answer *a = k->answer;
        rh_answer_note(
            a, rh_answer_format(a, "%u 个多边形在数据中没有对应的行。", strangers),
            rh_answer_format(a, "Polygons without a row in the data: %u.", strangers));
    }
    return status;
}

static const char *
shape_column(const work *k)
{
    return given(k, "shape-id") != NULL ? given(k, "shape-id")
           : given(k, "id") != NULL     ? given(k, "id")
                                        : rh_csv_header(k->data, 0);
}

static rh_status
read_shapes(work *k, uint32_t **unit, rh_err *err)
{
    rh_names *names = NULL;
    *unit = NULL;
    RH_TRY(rh_shapes_read(shapes_file(k), shapes_layer(k), shape_column(k), &k->shapes, err));
    RH_NEW(*unit, k->shapes.n + 1, err);
    rh_status status = rh_names_of(k->row_id, k->rows, &names, err);
    if (status == RH_OK) {
        status = match_shapes(k, names, *unit, err);
    }
    rh_names_free(names);
    return status;
}

static rh_status
contiguity_of_shapes(work *k, const uint32_t *unit, rh_err *err)
{
    rh_rings rings = rings_of(&k->shapes);
    rh_weights all;
    rh_link *link;
    size_t n = 0;
    rh_status status = rh_weights_contiguity(&rings, k->contiguity == 1, k->snap, &all, err);
    if (status != RH_OK) {
        rh_weights_release(&all);
        return status;
    }
    link = rh_alloc(all.start[all.n] + (size_t)1, sizeof *link);
    for (uint32_t s = 0; s < all.n && link != NULL; s++) {
        for (uint32_t e = all.start[s]; e < all.start[s + 1]; e++) {
            if (unit[s] != NOT_KEPT && unit[all.to[e]] != NOT_KEPT) {
                link[n++] = (rh_link){unit[s], unit[all.to[e]], 1};
            }
        }
    }
    status = link != NULL ? rh_weights_from_links(k->question.n, link, n, &k->raw, err)
                          : rh_fail(err, RH_MEMORY, "Not enough memory for the neighbours.");
    rh_free(link);
    rh_weights_release(&all);
    return status;
}

/* Centres of the polygons as points. */
static rh_status
centres_of_shapes(work *k, const uint32_t *unit, rh_err *err)
{
    rh_rings rings = rings_of(&k->shapes);
    double *centre;
    RH_NEW(centre, 2 * (size_t)k->shapes.n + 1, err);
    rh_rings_centres(&rings, centre, centre + k->shapes.n);
    for (uint32_t s = 0; s < k->shapes.n; s++) {
        if (unit[s] != NOT_KEPT) {
            k->x[unit[s]] = centre[s];
            k->y[unit[s]] = centre[k->shapes.n + s];
        }
    }
    rh_free(centre);
    return RH_OK;
}

/* ---- weights of points ---- */

typedef struct standing {
    double x, y;
    uint32_t row;
} standing;

static int
by_place(const void *a, const void *b)
{
    const standing *p = a, *q = b;
    if (p->x != q->x) {
        return p->x < q->x ? -1 : 1;
    }
    if (p->y != q->y) {
        return p->y < q->y ? -1 : 1;
    }
    return p->row < q->row ? -1 : p->row > q->row;
}

/* A power of distance has no value for two units at one place: said with their lines. */
static rh_status
check_places(work *k, int column, rh_err *err)
{
    uint32_t n = k->question.n;
    standing *at;
    RH_NEW(at, n + 1, err);
    for (uint32_t i = 0; i < n; i++) {
        at[i] = (standing){k->x[i], k->y[i], k->row[i]};
    }
    qsort(at, n, sizeof *at, by_place);
    for (uint32_t i = 1; i < n; i++) {
        if (at[i].x == at[i - 1].x && at[i].y == at[i - 1].y) {
            rh_csv_problem(
                k->data, at[i].row, column,
                "%s stands where %s does (line %u), so that their distance of 0 has no "
                "power",
                k->row_id[at[i].row], k->row_id[at[i - 1].row],
                rh_csv_line(k->data, at[i - 1].row));
        }
    }
    rh_free(at);
    return rh_csv_finish(k->data, err);
}

/* The column of a coordinate: as named, or the first of the usual names that is there. */
static const char *
coordinate(const work *k, const char *option, const char *globe, const char *plane)
{
    if (given(k, option) != NULL) {
        return given(k, option);
    }
    return rh_csv_find(k->data, globe) >= 0 ? globe : plane;
}

static rh_status
read_points(work *k, bool *globe, rh_err *err)
{
    const char *x = coordinate(k, "x", "lon", "x"), *y = coordinate(k, "y", "lat", "y");
    double *both[2] = {NULL, NULL};
    *globe =
        strcasecmp(x, "lon") == 0 || strcasecmp(x, "longitude") == 0 || strcmp(x, "经度") == 0;
    *globe = k->metric >= 0 ? k->metric == 0 : *globe;
    int cx = rh_csv_need(k->data, x), cy = rh_csv_need(k->data, y);
    rh_status status = rh_table_numbers_all(k->data, x, &both[0], err);
    if (status == RH_OK) {
        status = rh_table_numbers_all(k->data, y, &both[1], err);
    }
    for (uint32_t i = 0; i < k->rows && status == RH_OK && *globe; i++) {
        if (fabs(both[0][i]) > 180) {
            rh_csv_problem(k->data, i, cx, "a longitude lies between -180 and 180");
        }
        if (fabs(both[1][i]) > 90) {
            rh_csv_problem(k->data, i, cy, "a latitude lies between -90 and 90");
        }
    }
    if (status == RH_OK) {
        status = rh_csv_finish(k->data, err);
    }
    for (uint32_t i = 0; i < k->question.n && status == RH_OK; i++) {
        k->x[i] = both[0][k->row[i]];
        k->y[i] = both[1][k->row[i]];
    }
    rh_free(both[0]);
    rh_free(both[1]);
    return status == RH_OK && k->power > 0 ? check_places(k, cx, err) : status;
}

static rh_status
weights_of_points(work *k, const uint32_t *unit, rh_err *err)
{
    bool globe;
    RH_NEW(k->x, k->question.n + 1, err);
    RH_NEW(k->y, k->question.n + 1, err);
    if (unit != NULL) {
        globe = k->metric >= 0 ? k->metric == 0 : k->shapes.globe;
        RH_TRY(centres_of_shapes(k, unit, err));
    } else {
        RH_TRY(read_points(k, &globe, err));
    }
    k->globe = globe;
    rh_points points = {k->question.n, k->x, k->y, globe};
    uint32_t nearest = (uint32_t)k->neighbours;
    if (k->kernel >= 0) {
        if (k->bandwidth <= 0 && nearest == 0) { /* libpysal's rule of thumb */
            nearest = (uint32_t)floor(cbrt(points.n));
        }
        return rh_weights_kernel(&points, (enum rh_kernel)k->kernel, k->bandwidth, nearest,
                                 &k->raw, err);
    }
    return nearest > 0 ? rh_weights_nearest(&points, nearest, &k->raw, err)
                       : rh_weights_band(&points, k->band, k->power, &k->raw, err);
}

/* ---- choosing among them ---- */

static rh_status
read_weights(work *k, rh_err *err)
{
    bool edges = given(k, "edges") != NULL, shapes = shapes_file(k) != NULL;
    bool points = k->neighbours > 0 || k->kernel >= 0 || given(k, "band") != NULL;
    uint32_t *unit = NULL;
    if (edges && (shapes || points)) {
        return rh_usage(k->cli, &rh_verb_spatial, RH_MSG_SPATIAL_TWO_WEIGHTS, NULL);
    }
    if (!edges && !shapes && !points) {
        return rh_usage(k->cli, &rh_verb_spatial, RH_MSG_SPATIAL_NO_WEIGHTS, NULL);
    }
    if (edges) {
        return weights_of_edges(k, err);
    }
    rh_status status = shapes ? read_shapes(k, &unit, err) : RH_OK;
    if (status == RH_OK) {
        status = points ? weights_of_points(k, unit, err) : contiguity_of_shapes(k, unit, err);
    }
    rh_free(unit);
    return status;
}

/* ---- islands, symmetry ---- */

/* "甲、乙、丙 …" of the first islands. */
static void
name_islands(const work *k, char *text, size_t size)
{
    unsigned named_ones = 0;
    size_t end = 0;
    text[0] = '\0';
    for (uint32_t i = 0; i < k->raw.n && named_ones < 6 && end < size; i++) {
        if (rh_weights_is_island(&k->raw, i)) {
            int more = snprintf(text + end, size - end, "%s%s", named_ones > 0 ? ", " : "",
                                named_ones < 5 ? k->id[i] : "…");
            end += (size_t)more;
            named_ones++;
        }
    }
    rh_text_mend(text);
}

static rh_status
drop_islands(work *k, rh_err *err)
{
    bool *keep;
    rh_weights rest;
    uint32_t n = 0;
    RH_NEW(keep, k->raw.n + 1, err);
    for (uint32_t i = 0; i < k->raw.n; i++) {
        keep[i] = !rh_weights_is_island(&k->raw, i);
    }
    rh_status status = rh_weights_subset(&k->raw, keep, &rest, err);
    if (status == RH_OK) {
        rh_weights_release(&k->raw);
        k->raw = rest;
    } else {
        rh_weights_release(&rest);
    }
    for (uint32_t i = 0; i < k->question.n && status == RH_OK; i++) {
        if (keep[i]) {
            k->id[n] = k->id[i];
            for (unsigned c = 0; c < k->n_columns && k->value[c] != NULL; c++) {
                k->value[c][n] = k->value[c][i];
            }
            if (k->class != NULL) {
                k->class[n] = k->class[i];
            }
            if (k->x != NULL) {
                k->x[n] = k->x[i];
                k->y[n] = k->y[i];
            }
            k->row[n] = k->row[i];
            n++;
        }
    }
    k->question.n = status == RH_OK ? n : k->question.n;
    rh_free(keep);
    return status;
}

static rh_status
check_weights(work *k, rh_err *err)
{
    rh_weight_facts facts;
    rh_answer *a = k->answer;
    RH_TRY(rh_weights_facts(&k->raw, &facts, err));
    if (facts.islands > 0) {
        char names[400];
        name_islands(k, names, sizeof names);
        bool drop = k->islands == 1;
        rh_answer_warn(
            a,
            rh_answer_format(a, "没有邻居的单元（%u 个）：%s。%s", facts.islands, names,
                             drop ? "它们已去掉。"
                                  : "它们保留在 n 与均值中，滞后为 0，没有局部统计量。"),
            rh_answer_format(a, "Units without a neighbour (%u): %s. %s", facts.islands, names,
                             drop
                                 ? "They are dropped."
                                 : "They count in n and the mean, their lag is 0, they have no "
                                   "local statistic."));
    }
    if (!facts.symmetric) {
        const char *from = k->id[facts.odd_from], *to = k->id[facts.odd_to];
        double there = rh_weights_get(&k->raw, facts.odd_from, facts.odd_to),
               back = rh_weights_get(&k->raw, facts.odd_to, facts.odd_from);
        const char *zh = rh_answer_format(
            a, "权重不对称：w(%s, %s) = %g，w(%s, %s) = %g；矩按不对称权重计算。", from, to,
            there, to, from, back);
        const char *en = rh_answer_format(a,
                                          "The weights are not symmetric: w(%s, %s) = %g, "
                                          "w(%s, %s) = %g; moments allow for it.",
                                          from, to, there, to, from, back);
        if (given(k, "edges") != NULL) {
            rh_answer_warn(a, zh, en);
        } else {
            rh_answer_note(a, zh, en);
        }
    }
    return facts.islands > 0 && k->islands == 1 ? drop_islands(k, err) : RH_OK;
}

static rh_status
style_weights(work *k, rh_err *err)
{
    RH_TRY(rh_weights_copy(&k->raw, &k->styled, err));
    rh_weights_style(&k->styled, (enum rh_weight_style)k->style, false);
    if (k->statistic == RH_SPATIAL_GETIS_STAR) {
        RH_TRY(rh_weights_copy(&k->raw, &k->star, err));
        RH_TRY(rh_weights_add_self(&k->star, err));
        rh_weights_style(&k->star, (enum rh_weight_style)k->style, true);
    }
    RH_TRY(rh_weights_copy(&k->raw, &k->binary, err));
    rh_weights_style(&k->binary, RH_WEIGHT_BINARY, false);
    return RH_OK;
}

/* ---- the map ---- */

/* Column `name` of the answer's table of units; the arrays are the caller's. */
static rh_status
map_column(const rh_answer *a, int table, const char *name, bool words,
           enum rh_language language, rh_map_column *out, rh_err *err)
{
    uint32_t n = rh_answer_rows(a, table);
    int column = rh_answer_column(a, table, name);
    *out = (rh_map_column){.name = name};
    if (words) {
        const char **text;
        RH_NEW(text, n + 1, err);
        out->text = text;
        for (uint32_t i = 0; i < n; i++) {
            text[i] = rh_answer_get_text(a, table, i, column, language);
        }
    } else {
        double *number;
        RH_NEW(number, n + 1, err);
        out->number = number;
        for (uint32_t i = 0; i < n; i++) {
            number[i] = rh_answer_get(a, table, i, column);
        }
    }
    return RH_OK;
}

enum { MAP_COLUMNS = RH_GEARY_VARIABLES + 20 };

/* The columns of the answer's table of units, as far as it has them. */
static rh_status
map_columns(const work *k, int table, rh_map_column *column, unsigned *n, rh_err *err)
{
    static const char *const numbers[] = {
        "z_value",  "lag",      "local_i", "local_c",  "g",        "g_star", "local_l", "joins",
        "expected", "variance", "z",       "p_normal", "p_folded", "p",      "q"};
    static const char *const words[] = {"class", "quadrant_zh", "quadrant_en", "cluster"};
    for (unsigned c = 0; c < k->n_columns && k->class == NULL; c++) {
        RH_TRY(map_column(k->answer, table, k->shown[c], false, k->cli->language,
                          &column[(*n)++], err));
    }
    for (size_t c = 0; c < sizeof numbers / sizeof *numbers; c++) {
        if (rh_answer_column(k->answer, table, numbers[c]) >= 0) {
            RH_TRY(map_column(k->answer, table, numbers[c], false, k->cli->language,
                              &column[(*n)++], err));
        }
    }
    for (size_t c = 0; c < sizeof words / sizeof *words; c++) {
        if (rh_answer_column(k->answer, table, words[c]) >= 0) {
            RH_TRY(map_column(k->answer, table, words[c], true, k->cli->language,
                              &column[(*n)++], err));
        }
    }
    return RH_OK;
}

static rh_status
write_map(work *k, rh_err *err)
{
    const char *path = given(k, "map");
    int table = rh_answer_find(k->answer, "local");
    if (path == NULL) {
        return RH_OK;
    }
    if (table < 0) {
        return rh_fail(err, RH_INPUT, "%s: the statistic %s has no value for each unit to map.",
                       path, statistics[k->statistic]);
    }
    bool globe = false, outlines = shapes_file(k) != NULL;
    if (!outlines &&
        k->x == NULL) { /* neighbours came from a table: the places are still to be read */
        RH_NEW(k->x, k->question.n + 1, err);
        RH_NEW(k->y, k->question.n + 1, err);
        RH_TRY(read_points(k, &globe, err));
    }
    rh_map_column column[MAP_COLUMNS] = {0};
    unsigned n = 0;
    rh_status status = map_columns(k, table, column, &n, err);
    rh_map map = {.layer = "spatial",
                  .n = k->question.n,
                  .id = k->id,
                  .n_columns = n,
                  .column = column,
                  .x = outlines ? NULL : k->x,
                  .y = outlines ? NULL : k->y,
                  .globe = k->globe || globe,
                  .shapes = shapes_file(k),
                  .shapes_layer = shapes_layer(k),
                  .shapes_id = shape_column(k)};
    if (status == RH_OK) {
        status = rh_map_write(path, &map, err);
    }
    for (unsigned c = 0; c < n; c++) {
        rh_free((void *)(uintptr_t)column[c].number);
        rh_free((void *)(uintptr_t)column[c].text);
    }
    if (status == RH_OK) {
        rh_say(k->cli->talk, k->cli->language, RH_MSG_EXPORT_DONE, path, NULL);
        fputc('\n', k->cli->talk);
    }
    return status;
}

/* ---- all together ---- */

static rh_status
answer_all(work *k, rh_err *err)
{
    RH_TRY(read_data(k, err));
    RH_TRY(read_weights(k, err));
    RH_TRY(check_weights(k, err));
    RH_TRY(style_weights(k, err));
    show_names(k);
    rh_spatial_question *q = &k->question;
    q->statistic = (enum rh_spatial_statistic)k->statistic;
    q->id = k->id;
    q->n_columns = k->n_columns;
    for (unsigned c = 0; c < k->n_columns; c++) {
        q->name[c] = k->shown[c];
        q->column[c] = k->value[c];
    }
    q->class = k->class;
    q->label = k->label;
    q->n_classes = k->n_labels;
    q->weights = &k->styled;
    q->binary = &k->binary;
    q->star = &k->star;
    q->how = (rh_permutations){(uint32_t)k->permutations, rh_key_with((rh_key)k->seed, 0),
                               (unsigned)k->threads};
    q->scale = k->divisor == 1 ? RH_LOCAL_BY_N : RH_LOCAL_BY_N_LESS_1;
    q->adjust = (enum rh_spatial_adjust)k->adjust;
    q->alpha = k->alpha;
    q->orders = (unsigned)k->orders;
    RH_TRY(rh_spatial_answer(q, k->answer, err));
    return write_map(k, err);
}

static void
work_release(work *k)
{
    for (unsigned c = 0; c < RH_GEARY_VARIABLES; c++) {
        rh_free(k->read[c]);
        rh_free(k->value[c]);
    }
    rh_free(k->row_id);
    rh_free(k->number);
    rh_free(k->row);
    rh_free(k->id);
    rh_free(k->names);
    rh_free(k->row_class);
    rh_free(k->class);
    rh_free(k->label);
    rh_free(k->x);
    rh_free(k->y);
    rh_shapes_release(&k->shapes);
    rh_weights_release(&k->raw);
    rh_weights_release(&k->styled);
    rh_weights_release(&k->binary);
    rh_weights_release(&k->star);
    rh_csv_free(k->data);
}

static rh_status
act(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    work k = {.cli = cli, .args = args};
    RH_TRY(read_options(&k));
    RH_TRY(rh_answer_new(&k.answer, err));
    rh_status status = answer_all(&k, err);
    status = rh_give_answer(cli, &rh_verb_spatial, args, k.answer, status, err);
    work_release(&k);
    return status;
}

const rh_verb rh_verb_spatial = {
    .name = "spatial",
    .files = "DATA",
    .least_files = 1,
    .most_files = 1,
    .summary = RH_MSG_VERB_SPATIAL,
    .example =
        "ronghe spatial towns.csv --value income --neighbours 6 --table local -o map.csv",
    .options = options,
    .act = act,
};
