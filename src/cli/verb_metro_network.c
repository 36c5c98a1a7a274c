/* ronghe metro network, together: cities in their network, and pairs of cities that become one. */
#include "cli/metro_tables.h"

#include "core/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const rh_option network_options[] = {
    {"betweenness", 0, NULL, false, RH_MSG_METRO_BETWEENNESS},
    {"resolution", 0, "X", false, RH_MSG_METRO_RESOLUTION},
    RH_METRO_OPTIONS,
    RH_ANSWER_OPTIONS,
    {0},
};

static rh_status
fill_network(const rh_cli *cli, const rh_args *args, rh_metro_tables *t, rh_answer *answer,
             rh_err *err)
{
    const rh_verb *verb = &rh_verb_metro_network;
    const double quick = 3e8; /* steps of a search for paths that take about ten seconds */
    double resolution = 1;
    RH_TRY(rh_given_number(cli, verb, args, "resolution", 0.01, 100, &resolution));
    RH_TRY(rh_metro_read(cli, verb, args, args->file[0], t, answer, err));
    const double steps = (double)t->unit.n * t->flows->out.first[t->unit.n];
    const bool paths = rh_given(verb, args, "betweenness") != NULL || steps <= quick;
    if (!paths) {
        rh_answer_note(
            answer, "网络较大，未算中介度；--betweenness 可算。",
            "The network is large: betweenness was not measured; --betweenness does.");
    }
    return rh_metro_answer_network(answer, &t->unit, t->flows, paths, resolution, err);
}

static rh_status
network(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    rh_answer *answer;
    rh_metro_tables t = {0};
    RH_TRY(rh_answer_new(&answer, err));
    rh_status status = fill_network(cli, args, &t, answer, err);
    status = rh_give_answer(cli, &rh_verb_metro_network, args, answer, status, err);
    rh_metro_release(&t);
    return status;
}

const rh_verb rh_verb_metro_network = {
    .name = "metro network",
    .files = "FLOWS",
    .least_files = 1,
    .most_files = 1,
    .summary = RH_MSG_VERB_METRO_NETWORK,
    .example = "ronghe metro network flows.csv",
    .options = network_options,
    .act = network,
};

/* ---- metro together ---- */

static const rh_option together_options[] = {
    {"pairs", 0, "FILE", false, RH_MSG_METRO_PAIRS},
    {"centers", 'c', "ID,ID,…", false, RH_MSG_METRO_TOGETHER_CENTERS},
    {"weights", 'w', "NAME=X,…", false, RH_MSG_METRO_WEIGHTS},
    {"full-commuting", 0, "X", false, RH_MSG_METRO_FULL},
    {"far-minutes", 0, "MIN", false, RH_MSG_METRO_FAR},
    RH_METRO_TIMES_OPTION,
    RH_METRO_OPTIONS,
    RH_ANSWER_OPTIONS,
    {0},
};

/* Components: three from flows and times, price from units, then the columns of --pairs. */
enum { COMMUTING, BALANCE, TIME, PRICE, GIVEN, COMPONENTS_MOST = 24 };

typedef struct together {
    rh_together_rule rule;
    rh_metro_tables *t;
    rh_csv *pairs; /* NULL without --pairs */
    uint32_t n_components;
    const char *component[COMPONENTS_MOST];
    double weight[COMPONENTS_MOST];
    double *price;
    rh_together_pair *pair;
    double *x; /* n_components a pair */
    uint32_t n;
} together;

static rh_status
read_pairs_table(const char *file, together *g, rh_err *err)
{
    RH_TRY(rh_table_open(file, NULL, &g->pairs, err));
    uint32_t columns = rh_csv_columns(g->pairs);
    if (columns < 3 || columns - 2 > COMPONENTS_MOST - GIVEN) {
        return rh_fail(err, RH_INPUT,
                       "%s has %u columns; two of ids and 1 to %d of components are needed.",
                       file, columns, COMPONENTS_MOST - GIVEN);
    }
    for (uint32_t k = 2; k < columns; k++) {
        g->component[g->n_components++] = rh_csv_header(g->pairs, k);
    }
    return RH_OK;
}

/* "name=x,name=x": the others weigh 0. */
static rh_status
read_weights(const char *text, together *g, rh_err *err)
{
    for (uint32_t k = 0; k < g->n_components; k++) {
        g->weight[k] = text == NULL;
    }
    while (text != NULL && *text != '\0') {
        char name[100];
        size_t size = strcspn(text, "=,");
        char *stop = name; /* for a component without a weight */
        uint32_t k = 0;
        snprintf(name, sizeof name, "%.*s", (int)(size < sizeof name ? size : sizeof name - 1),
                 text);
        while (k < g->n_components && strcmp(name, g->component[k]) != 0) {
            k++;
        }
        double w = text[size] == '=' ? strtod(text + size + 1, &stop) : -1;
        if (k == g->n_components || !(w >= 0) || !isfinite(w) || stop == text + size + 1 ||
            (*stop != ',' && *stop != '\0')) {
            return rh_fail(
                err, RH_INPUT,
                "--weights: \"%s\" is no component with a weight of 0 or more; there "
                "are commuting, balance, time, price and the columns of --pairs.",
                name);
        }
        g->weight[k] = w;
        text = *stop == ',' ? stop + 1 : stop;
    }
    return RH_OK;
}

static double
price_closeness(const double *price, uint32_t a, uint32_t b)
{
    /* 1 for equal prices, 0 where one is twice the other (assumption, 2026) */
    double gap = price == NULL ? (double)NAN : fabs(log(price[a] / price[b])) / log(2.0);
    return isnan(gap) ? gap : gap < 1 ? 1 - gap : 0;
}

static void
measure_pair(together *g, uint32_t a, uint32_t b, uint32_t row)
{
    const rh_commuting *f = g->t->flows;
    rh_together_pair *p = &g->pair[g->n];
    double *x = g->x + (size_t)g->n * g->n_components;
    *p = (rh_together_pair){.a = a,
                            .b = b,
                            .there = rh_commuting_between(f, a, b),
                            .back = rh_commuting_between(f, b, a),
                            .minutes = (double)NAN,
                            .x = x};
    if (g->t->minutes != NULL) {
        p->minutes = rh_minutes_between(g->t->minutes, a, b);
    }
    x[COMMUTING] =
        rh_together_commuting(&g->rule, p->there, p->back, f->residents[a], f->residents[b]);
    x[BALANCE] = rh_together_balance(p->there, p->back);
    x[TIME] = rh_together_time(&g->rule, p->minutes);
    x[PRICE] = price_closeness(g->price, a, b);
    for (uint32_t k = GIVEN; k < g->n_components; k++) {
        x[k] = row == UINT32_MAX ? (double)NAN
                                 : rh_csv_number(g->pairs, row, (int)(k - GIVEN) + 2);
        if (x[k] < 0 || x[k] > 1) {
            rh_csv_problem(g->pairs, row, (int)(k - GIVEN) + 2, "%g must lie between 0 and 1",
                           x[k]);
        }
    }
    p->index = rh_together_index(g->n_components, x, g->weight, &p->known);
    g->n++;
}

/* Pairs of --pairs where it is given, else those with a flow in either direction; with centres: those with a centre. */
static void
measure_pairs(together *g, const bool *center)
{
    const rh_commuting *f = g->t->flows;
    for (uint32_t r = 0; g->pairs != NULL && r < rh_csv_rows(g->pairs); r++) {
        uint32_t end[2];
        for (int k = 0; k < 2; k++) {
            end[k] = rh_metro_find(g->t, rh_csv_text(g->pairs, r, k));
            if (end[k] == RH_NO_AREA) {
                rh_csv_problem(g->pairs, r, k, "there is no unit \"%s\"",
                               rh_csv_text(g->pairs, r, k));
            }
        }
        if (end[0] != RH_NO_AREA && end[1] != RH_NO_AREA &&
            (center == NULL || center[end[0]] || center[end[1]])) {
            measure_pair(g, end[0], end[1], r);
        }
    }
    for (uint32_t i = 0; g->pairs == NULL && i < f->n; i++) {
        for (uint32_t k = f->out.first[i]; k < f->out.first[i + 1]; k++) {
            uint32_t j = f->out.unit[k];
            bool wanted = center == NULL || center[i] || center[j];
            if (wanted && (i < j || rh_commuting_between(f, j, i) == 0)) {
                measure_pair(g, i < j ? i : j, i < j ? j : i, UINT32_MAX);
            }
        }
    }
}

static rh_status
answer_together(together *g, const rh_args *args, rh_answer *answer, rh_err *err)
{
    const char *ids = rh_given(&rh_verb_metro_together, args, "centers");
    bool *center = NULL;
    size_t room =
        g->pairs != NULL ? rh_csv_rows(g->pairs) : g->t->flows->out.first[g->t->flows->n];
    RH_NEW(g->pair, room + 1, err);
    RH_NEW(g->x, room * g->n_components + 1, err);
    if (ids != NULL) {
        RH_NEW(center, (size_t)g->t->unit.n + 1, err);
        rh_status status = rh_metro_mark(g->t, "--centers", ids, center, err);
        if (status != RH_OK) {
            rh_free(center);
            return status;
        }
    }
    measure_pairs(g, center);
    rh_free(center);
    if (g->pairs != NULL) {
        RH_TRY(rh_csv_finish(g->pairs, err));
    }
    return rh_metro_answer_together(answer, &g->t->unit, &g->rule, g->n_components,
                                    g->component, g->weight, g->n, g->pair, err);
}

static rh_status
fill_together(const rh_cli *cli, const rh_args *args, together *g, rh_answer *answer,
              rh_err *err)
{
    const rh_verb *verb = &rh_verb_metro_together;
    const char *pairs = rh_given(verb, args, "pairs");
    g->rule = rh_together_rule_assumed();
    RH_TRY(
        rh_given_number(cli, verb, args, "full-commuting", 1e-6, 10, &g->rule.full_commuting));
    RH_TRY(rh_given_number(cli, verb, args, "far-minutes", 1, 1440, &g->rule.far_minutes));
    RH_TRY(rh_metro_read(cli, verb, args, args->file[0], g->t, answer, err));
    RH_TRY(rh_metro_column(g->t, "price", 1e-9, 1e12, &g->price, err));
    g->component[COMMUTING] = "commuting";
    g->component[BALANCE] = "balance";
    g->component[TIME] = "time";
    g->component[PRICE] = "price";
    g->n_components = GIVEN;
    if (pairs != NULL) {
        RH_TRY(read_pairs_table(pairs, g, err));
    }
    RH_TRY(read_weights(rh_given(verb, args, "weights"), g, err));
    return answer_together(g, args, answer, err);
}

static rh_status
act_together(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    rh_answer *answer;
    rh_metro_tables t = {0};
    together g = {.t = &t};
    RH_TRY(rh_answer_new(&answer, err));
    rh_status status = fill_together(cli, args, &g, answer, err);
    status = rh_give_answer(cli, &rh_verb_metro_together, args, answer, status, err);
    rh_csv_free(g.pairs);
    rh_free(g.price);
    rh_free(g.pair);
    rh_free(g.x);
    rh_metro_release(&t);
    return status;
}

const rh_verb rh_verb_metro_together = {
    .name = "metro together",
    .files = "FLOWS",
    .least_files = 1,
    .most_files = 1,
    .summary = RH_MSG_VERB_METRO_TOGETHER,
    .example = "ronghe metro together flows.csv --times minutes.csv --centers 410100",
    .options = together_options,
    .act = act_together,
};
