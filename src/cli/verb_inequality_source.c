/* ronghe inequality source: which source makes the inequality (evaluate/inequality_source.h). */
#include "cli/inequality_input.h"

#include "core/mem.h"
#include "evaluate/inequality_rank.h"
#include "evaluate/inequality_source.h"

#include <math.h>

static const rh_option options[] = {
    {"value", 'x', "COLUMNS", true, RH_MSG_HELP_INEQUALITY_VALUE},
    {"weight", 'w', "COLUMN", false, RH_MSG_HELP_INEQUALITY_WEIGHT},
    {"measure", 'm', "ID", false, RH_MSG_HELP_INEQUALITY_MEASURE},
    {"take-away", 0, NULL, false, RH_MSG_HELP_INEQUALITY_TAKE_AWAY},
    {"sheet", 0, "PART", false, RH_MSG_HELP_SHEET},
    RH_ANSWER_OPTIONS,
    {0},
};

enum source_measure { SOURCE_GINI, SOURCE_THEIL_T, SOURCE_THEIL_L, SOURCE_VARIATION };
static const char *const measures[] = {"gini", "theil_t", "theil_l", "variation", NULL};

static rh_status
measure_incomes(const void *context, const double *x, const double *w, size_t n, double *value,
                rh_err *err)
{
    const int which = *(const int *)context;
    if (which == SOURCE_THEIL_T || which == SOURCE_THEIL_L) {
        rh_stream s;
        RH_TRY(rh_stream_init(&s, 1, &(rh_powers){.pivot = n > 0 ? rh_pivot(x[0]) : 1}, err));
        rh_stream_add(&s, x, w, NULL, n);
        *value = rh_sums_entropy(s.group, &s.powers, which == SOURCE_THEIL_T ? 1 : 0);
        rh_stream_release(&s);
    } else {
        rh_sorted s;
        RH_TRY(rh_sorted_init(&s, x, w, n, err));
        *value = which == SOURCE_GINI ? rh_sorted_gini(&s) : rh_sorted_variation(&s);
        rh_sorted_release(&s);
    }
    if (!isfinite(*value)) {
        return rh_fail(err, RH_INPUT,
                       "The measure %s is not finite when only some sources differ (zero or "
                       "negative incomes); choose --measure gini.",
                       measures[which]);
    }
    return RH_OK;
}

static void
head(rh_answer *a, const char *measure)
{
    rh_answer_table(a, "sources", rh_answer_format(a, "按来源分解（%s）", measure),
                    rh_answer_format(a, "By source (%s)", measure));
    rh_answer_text_column(a, "source", "来源", "source");
    rh_answer_number_column(a, "mean", "均值", "mean", 4);
    rh_answer_number_column(a, "share", "占比", "share", 4);
    rh_answer_number_column(a, "own_gini", "自身基尼", "own Gini", 4);
    rh_answer_number_column(a, "concentration", "集中指数", "concentration", 4);
    rh_answer_number_column(a, "natural", "基尼自然分解", "natural part of the Gini", 6);
    rh_answer_number_column(a, "marginal", "边际效应", "marginal effect", 4);
    rh_answer_number_column(a, "shapley", "沙普利值", "Shapley share", 6);
    rh_answer_number_column(a, "shapley_share", "沙普利贡献率", "share of the total", 4);
}

static rh_status
fill(const rh_numbers_input *in, const double *w, uint32_t n, int which, bool take_away,
     rh_answer *a, rh_err *err)
{
    rh_source_gini natural[RH_SOURCES_MOST];
    double share[RH_SOURCES_MOST], total, gini, sum = 0;
    unsigned k = in->names.n;
    const double *const *source = (const double *const *)in->x;
    RH_TRY(rh_source_shapley(source, k, w, n, take_away, measure_incomes, &which, &total, share,
                             err));
    RH_TRY(rh_source_natural(source, k, w, n, &gini, natural, err));
    head(a, measures[which]);
    for (unsigned s = 0; s < k; s++) {
        const rh_source_gini *g = &natural[s];
        const double numbers[] = {g->mean,         g->share,    g->own_gini, g->concentration,
                                  g->contribution, g->marginal, share[s],    share[s] / total};
        rh_answer_text(a, in->names.name[s]);
        for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
            rh_answer_number(a, numbers[i]);
        }
        sum += share[s];
    }
    const char *numbers = rh_answer_format(a, "%s: %.8g; Σ = %.10g, I = %.10g",
                                           in->names.name[0], share[0], sum, total);
    rh_answer_explain(
        a,
        rh_answer_format(
            a, "φ_k = Σ_S |S|!(K−|S|−1)!/K! [I(S∪k) − I(S)]（Shorrocks 2013，式 8）；%s",
            numbers),
        rh_answer_format(
            a, "φ_k = Σ_S |S|! (K−|S|−1)!/K! [I(S∪k) − I(S)] (Shorrocks 2013, eq. 8); %s",
            numbers));
    rh_answer_note(a, take_away ? "集合外的来源取走（为零）。" : "集合外的来源拉平到其均值。",
                   take_away ? "Sources outside a set are taken away (zero)."
                             : "Sources outside a set are made equal to their mean.");
    return RH_OK;
}

static rh_status
solve(const rh_cli *cli, const rh_args *args, rh_csv *table, rh_numbers_input *in,
      double ***weight, rh_answer *a, rh_err *err)
{
    const rh_verb *verb = &rh_verb_inequality_source;
    int which = SOURCE_GINI;
    RH_TRY(rh_given_word(cli, verb, args, "measure", measures, &which));
    RH_TRY(rh_numbers_read(table, rh_given(verb, args, "value"), in, err));
    RH_TRY(rh_row_weights_read(table, rh_given(verb, args, "weight"), in, weight, a, err));
    RH_TRY(rh_need_rows(table, args->file[0], err));
    uint32_t n = rh_csv_rows(table);
    double *w = (*weight)[0]; /* a row that lacks one source is left out of all */
    for (unsigned k = 1; k < in->names.n; k++) {
        for (uint32_t i = 0; i < n; i++) {
            w[i] = (*weight)[k][i] > 0 ? w[i] : 0;
        }
    }
    return fill(in, w, n, which, rh_given(verb, args, "take-away") != NULL, a, err);
}

static rh_status
act(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    const rh_verb *verb = &rh_verb_inequality_source;
    rh_answer *answer = NULL;
    rh_csv *table = NULL;
    rh_numbers_input in = {0};
    double **weight = NULL;
    RH_TRY(rh_answer_new(&answer, err));
    rh_status status = rh_table_open(args->file[0], rh_given(verb, args, "sheet"), &table, err);
    if (status == RH_OK) {
        status = solve(cli, args, table, &in, &weight, answer, err);
    }
    rh_row_weights_release(weight, in.names.n);
    rh_numbers_release(&in);
    rh_csv_free(table);
    return rh_give_answer(cli, verb, args, answer, status, err);
}

const rh_verb rh_verb_inequality_source = {
    .name = "inequality source",
    .files = "TABLE",
    .least_files = 1,
    .most_files = 1,
    .summary = RH_MSG_VERB_INEQUALITY_SOURCE,
    .example = "ronghe inequality source households.csv --value wages,transfers,remittances",
    .options = options,
    .act = act,
};
