/* ronghe inequality spatial: how much of the Gini stands between neighbours (evaluate/inequality_spatial.h). */
#include "cli/inequality_input.h"

#include "core/mem.h"
#include "core/threads.h"
#include "evaluate/inequality_spatial.h"
#include "evaluate/names.h"

#include <string.h>

static const rh_option options[] = {
    {"value", 'x', "COLUMNS", true, RH_MSG_HELP_INEQUALITY_VALUE},
    {"neighbours", 0, "FILE", false, RH_MSG_HELP_INEQUALITY_NEIGHBOURS},
    {"id", 0, "COLUMN", false, RH_MSG_HELP_INEQUALITY_ID},
    {"group", 'g', "COLUMN", false, RH_MSG_HELP_INEQUALITY_BLOCK},
    {"permutations", 0, "N", false, RH_MSG_HELP_INEQUALITY_PERMUTATIONS},
    {"seed", 0, "N", false, RH_MSG_HELP_INEQUALITY_SEED},
    {"sheet", 0, "PART", false, RH_MSG_HELP_SHEET},
    {"threads", 't', "N", false, RH_MSG_HELP_THREADS},
    RH_ANSWER_OPTIONS,
    {0},
};

/* Neighbour pairs that own their arrays. */
typedef struct pair_list {
    uint32_t *from, *to;
    double *weight;
    size_t n;
} pair_list;

static void
release_pairs(pair_list *p)
{
    rh_free(p->from);
    rh_free(p->to);
    rh_free(p->weight);
}

/* Rows of one group are neighbours of each other (block weights). */
static rh_status
pairs_of_groups(const rh_labels *labels, uint32_t n, pair_list *p, rh_err *err)
{
    uint64_t *size, pairs = 0;
    const uint64_t most = 200000000;
    RH_NEW(size, labels->n + 1UL, err);
    for (uint32_t i = 0; i < n; i++) {
        pairs += 2 * size[labels->group[i]]++;
    }
    rh_free(size);
    if (pairs > most) {
        return rh_fail(err, RH_INPUT,
                       "The groups of column %s make %llu neighbour pairs, at most %llu.",
                       labels->column, (unsigned long long)pairs, (unsigned long long)most);
    }
    RH_NEW(p->from, pairs + 1, err);
    RH_NEW(p->to, pairs + 1, err);
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t j = 0; j < n; j++) {
            if (i != j && labels->group[i] == labels->group[j]) {
                p->from[p->n] = i;
                p->to[p->n++] = j;
            }
        }
    }
    return RH_OK;
}

/* Row of a place's name; a name that is none of the table's is a problem of the neighbours' table. */
static uint32_t
row_of(const rh_names *place, rh_csv *edges, uint32_t line, int column)
{
    const char *name = rh_csv_text(edges, line, column);
    uint32_t found = rh_names_find(place, name);
    if (found == RH_NO_NAME && column >= 0) {
        rh_csv_problem(edges, line, column, "\"%s\" is no place of the table.", name);
    }
    return found != RH_NO_NAME ? found : 0;
}

static rh_status
read_pairs(rh_csv *edges, const rh_names *place, pair_list *p, rh_err *err)
{
    int from = rh_csv_need(edges, "from"), to = rh_csv_need(edges, "to");
    uint32_t m = rh_csv_rows(edges);
    RH_NEW(p->from, m + 1UL, err);
    RH_NEW(p->to, m + 1UL, err);
    p->n = m;
    for (uint32_t k = 0; k < m; k++) {
        p->from[k] = row_of(place, edges, k, from);
        p->to[k] = row_of(place, edges, k, to);
        if (from >= 0 && to >= 0 && p->from[k] == p->to[k] &&
            strcmp(rh_csv_text(edges, k, from), rh_csv_text(edges, k, to)) == 0) {
            rh_csv_problem(edges, k, to, "a place is no neighbour of itself.");
        }
    }
    if (rh_csv_find(edges, "weight") >= 0) {
        RH_TRY(rh_table_numbers_all(edges, "weight", &p->weight, err));
        rh_refuse_negative(edges, "weight", p->weight, "a weight must be 0 or more.");
    }
    return rh_csv_finish(edges, err);
}

static rh_status
pairs_of_file(rh_csv *table, const char *id_column, const char *path, pair_list *p, rh_err *err)
{
    const char **id = NULL;
    rh_names *place = NULL;
    rh_csv *edges = NULL;
    rh_status status = rh_table_ids(table, id_column, &id, err);
    if (status == RH_OK) {
        status = rh_csv_finish(table, err);
    }
    if (status == RH_OK) {
        status = rh_names_of(id, rh_csv_rows(table), &place, err);
    }
    if (status == RH_OK) {
        status = rh_table_open(path, NULL, &edges, err);
    }
    if (status == RH_OK) {
        status = read_pairs(edges, place, p, err);
    }
    rh_csv_free(edges);
    rh_names_free(place);
    rh_free(id);
    return status;
}

static void
head(rh_answer *a)
{
    rh_answer_table(a, "spatial_gini", "空间基尼（Rey 与 Smith 2013）",
                    "Spatial Gini (Rey and Smith 2013)");
    rh_answer_text_column(a, "column", "列", "column");
    rh_answer_number_column(a, "gini", "基尼系数", "Gini", 6);
    rh_answer_number_column(a, "near_gini", "相邻部分", "neighbours", 6);
    rh_answer_number_column(a, "far_gini", "不相邻部分", "others", 6);
    rh_answer_number_column(a, "far_share", "不相邻占比", "share of others", 4);
    rh_answer_number_column(a, "near", "相邻绝对差之和", "sum near", 2);
    rh_answer_number_column(a, "far", "不相邻绝对差之和", "sum far", 2);
    rh_answer_number_column(a, "expected_far", "随机期望", "expected", 2);
    rh_answer_number_column(a, "sd_far", "标准差", "s.d.", 2);
    rh_answer_number_column(a, "z", "z", "z", 3);
    rh_answer_number_column(a, "p_upper", "p（上尾）", "p (upper)", 4);
    rh_answer_number_column(a, "p_folded", "p（较小尾）", "p (smaller tail)", 4);
    rh_answer_number_column(a, "polarisation", "极化指数", "polarisation", 4);
}

static void
row(rh_answer *a, const char *column, const rh_spatial_gini *g)
{
    const double numbers[] = {g->gini,  g->near_gini, g->far_gini,     g->far_share,
                              g->near,  g->far,       g->expected_far, g->sd_far,
                              g->z_far, g->p_upper,   g->p_folded,     g->polarisation};
    rh_answer_text(a, column);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        rh_answer_number(a, numbers[i]);
    }
}

static void
explain(rh_answer *a, const char *column, const rh_spatial_gini *g, size_t pairs)
{
    const char *numbers = rh_answer_format(a, "%zu pairs: %.10g + %.10g = %.10g", pairs,
                                           g->near, g->far, g->total);
    rh_answer_explain(
        a,
        rh_answer_format(
            a,
            "%s：Σ|x_i − x_j| = 相邻 + 不相邻（Rey 与 Smith 2013，式 4–5）：%s；除以 "
            "2n²μ 得基尼 %.8g",
            column, numbers, g->gini),
        rh_answer_format(a,
                         "%s: Σ|x_i − x_j| = near + far (Rey and Smith 2013, eq. 4-5), %s; "
                         "over 2 n² μ the Gini is %.8g",
                         column, numbers, g->gini));
}

static rh_status
fill(const rh_cli *cli, const rh_args *args, rh_csv *table, rh_numbers_input *values,
     const pair_list *p, rh_answer *a, rh_err *err)
{
    const rh_verb *verb = &rh_verb_inequality_spatial;
    int64_t permutations = 999, seed = 1, threads = rh_threads_available();
    RH_TRY(rh_given_integer(cli, verb, args, "permutations", 0, 1000000, &permutations));
    RH_TRY(rh_given_integer(cli, verb, args, "seed", 0, INT64_MAX, &seed));
    RH_TRY(rh_given_integer(cli, verb, args, "threads", 1, 1024, &threads));
    const rh_neighbours pairs = {.n = p->n, .from = p->from, .to = p->to, .weight = p->weight};
    head(a);
    for (unsigned k = 0; k < values->names.n; k++) {
        rh_spatial_gini g;
        RH_TRY(rh_spatial_gini_find(values->x[k], rh_csv_rows(table), &pairs,
                                    (unsigned)permutations, (uint64_t)seed, (unsigned)threads,
                                    &g, err));
        row(a, values->names.name[k], &g);
        if (k == 0) {
            explain(a, values->names.name[k], &g, p->n);
        }
    }
    return RH_OK;
}

/* Values must all be there: a place left out would change who is whose neighbour. */
static rh_status
read_values(rh_csv *table, const char *list, rh_numbers_input *values, rh_err *err)
{
    RH_TRY(rh_list_split(list, RH_COLUMNS_MOST, &values->names, err));
    RH_NEW(values->x, values->names.n + 1UL, err);
    for (unsigned k = 0; k < values->names.n; k++) {
        const char *name = values->names.name[k];
        RH_TRY(rh_table_numbers_all(table, name, &values->x[k], err));
        rh_refuse_negative(table, name, values->x[k], "the spatial Gini needs 0 or more.");
    }
    return RH_OK;
}

static rh_status
solve(const rh_cli *cli, const rh_args *args, rh_csv *table, rh_numbers_input *values,
      pair_list *pairs, rh_labels *labels, rh_answer *a, rh_err *err)
{
    const rh_verb *verb = &rh_verb_inequality_spatial;
    const char *edges = rh_given(verb, args, "neighbours"),
               *group = rh_given(verb, args, "group");
    RH_TRY(read_values(table, rh_given(verb, args, "value"), values, err));
    if ((edges == NULL) == (group == NULL)) {
        return rh_fail(
            err, RH_INPUT,
            "Neighbours come from --neighbours FILE or from --group COLUMN: give one "
            "of them.");
    }
    if (group != NULL) {
        RH_TRY(rh_labels_read(table, group, labels, err));
        RH_TRY(rh_need_rows(table, args->file[0], err));
        RH_TRY(pairs_of_groups(labels, rh_csv_rows(table), pairs, err));
    } else {
        RH_TRY(pairs_of_file(table, rh_given(verb, args, "id"), edges, pairs, err));
    }
    return fill(cli, args, table, values, pairs, a, err);
}

static rh_status
act(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    const rh_verb *verb = &rh_verb_inequality_spatial;
    rh_answer *answer = NULL;
    rh_csv *table = NULL;
    rh_numbers_input values = {0};
    pair_list pairs = {0};
    rh_labels labels = {0};
    RH_TRY(rh_answer_new(&answer, err));
    rh_status status = rh_table_open(args->file[0], rh_given(verb, args, "sheet"), &table, err);
    if (status == RH_OK) {
        status = solve(cli, args, table, &values, &pairs, &labels, answer, err);
    }
    rh_numbers_release(&values);
    release_pairs(&pairs);
    rh_labels_release(&labels);
    rh_csv_free(table);
    return rh_give_answer(cli, verb, args, answer, status, err);
}

const rh_verb rh_verb_inequality_spatial = {
    .name = "inequality spatial",
    .files = "TABLE",
    .least_files = 1,
    .most_files = 1,
    .summary = RH_MSG_VERB_INEQUALITY_SPATIAL,
    .example =
        "ronghe inequality spatial examples/provinces-2010.csv --value gdp_per_head --group "
        "region",
    .options = options,
    .act = act,
};
