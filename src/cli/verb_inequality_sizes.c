/* ronghe inequality sizes: how sizes are spread (cities, firms): concentration, primacy, rank-size rule. */
#include "cli/inequality_input.h"

#include "core/mem.h"
#include "evaluate/concentration.h"
#include "evaluate/rank_size.h"

#include <float.h>
#include <math.h>

static const rh_option options[] = {
    {"value", 'x', "COLUMNS", true, RH_MSG_HELP_INEQUALITY_VALUE},
    {"least", 0, "SIZE", false, RH_MSG_HELP_INEQUALITY_LEAST},
    {"largest", 0, "N", false, RH_MSG_HELP_INEQUALITY_LARGEST},
    {"sheet", 0, "PART", false, RH_MSG_HELP_SHEET},
    RH_ANSWER_OPTIONS,
    {0},
};

typedef struct size_measures {
    rh_herfindahl herfindahl;
    rh_primacy primacy;
    rh_rank_size rank;
    bool has_rank;
    rh_err why; /* no rank-size rule could be fitted */
} size_measures;

static void
fill_concentration(rh_answer *a, const rh_list *names, const size_measures *m)
{
    rh_answer_table(a, "concentration", "集中度", "Concentration");
    rh_answer_text_column(a, "column", "列", "column");
    rh_answer_number_column(a, "count", "个数", "count", 0);
    rh_answer_number_column(a, "herfindahl", "赫芬达尔 HHI", "Herfindahl", 6);
    rh_answer_number_column(a, "scaled", "标准化 HHI", "scaled", 6);
    rh_answer_number_column(a, "equivalent", "等价个数", "equivalent number", 2);
    rh_answer_number_column(a, "rosenbluth", "罗森布鲁斯", "Rosenbluth", 6);
    rh_answer_number_column(a, "entropy", "熵", "entropy", 4);
    rh_answer_number_column(a, "largest_1", "最大 1 个", "largest 1", 4);
    rh_answer_number_column(a, "largest_4", "最大 4 个", "largest 4", 4);
    rh_answer_number_column(a, "largest_8", "最大 8 个", "largest 8", 4);
    for (unsigned k = 0; k < names->n; k++) {
        const rh_herfindahl *h = &m[k].herfindahl;
        rh_answer_text(a, names->name[k]);
        RH_ANSWER_NUMBERS(a, (double)h->n, h->value, h->scaled, h->equivalent, h->rosenbluth,
                          h->entropy, h->largest[0], h->largest[1], h->largest[2]);
    }
}

static void
fill_primacy(rh_answer *a, const rh_list *names, const size_measures *m)
{
    rh_answer_table(a, "primacy", "首位度", "Primacy");
    rh_answer_text_column(a, "column", "列", "column");
    rh_answer_number_column(a, "share", "首位占比", "share of the first", 4);
    rh_answer_number_column(a, "two", "二城市指数 P1/P2", "P1/P2", 4);
    rh_answer_number_column(a, "four", "四城市指数", "P1/(P2+P3+P4)", 4);
    rh_answer_number_column(a, "eleven", "十一城市指数", "2 P1/(P2+...+P11)", 4);
    for (unsigned k = 0; k < names->n; k++) {
        const rh_primacy *p = &m[k].primacy;
        rh_answer_text(a, names->name[k]);
        RH_ANSWER_NUMBERS(a, p->share, p->two, p->four, p->eleven);
    }
}

static void
fill_rank_size(rh_answer *a, const rh_list *names, const size_measures *m)
{
    rh_answer_table(a, "rank_size", "位序—规模（秩减 1/2）", "Rank-size rule (rank - 1/2)");
    rh_answer_text_column(a, "column", "列", "column");
    rh_answer_number_column(a, "places", "个数", "places", 0);
    rh_answer_number_column(a, "exponent", "指数 b", "exponent b", 4);
    rh_answer_number_column(a, "error", "标准误 b√(2/n)", "s.e. b√(2/n)", 4);
    rh_answer_number_column(a, "r2", "R²", "R²", 4);
    rh_answer_number_column(a, "plain", "未修正 b", "b uncorrected", 4);
    rh_answer_number_column(a, "hill", "希尔估计", "Hill", 4);
    rh_answer_number_column(a, "curvature_z", "曲率 z", "curvature z", 2);
    rh_answer_number_column(a, "left_out", "无规模", "without size", 0);
    for (unsigned k = 0; k < names->n; k++) {
        const rh_rank_size *r = &m[k].rank;
        if (m[k].has_rank) {
            rh_answer_text(a, names->name[k]);
            RH_ANSWER_NUMBERS(a, r->n, r->exponent, r->error, r->r2, r->plain, r->hill,
                              r->curvature_z, r->left_out);
        } else {
            rh_answer_warn(
                a,
                rh_answer_format(
                    a,
                    "%s：无位序—规模拟合（至少要有三个不低于门槛、大于 0 且不全相等的规模）。",
                    names->name[k]),
                rh_answer_format(a, "%s: no rank-size fit (%s)", names->name[k],
                                 m[k].why.text));
        }
    }
    if (m[0].has_rank) {
        const rh_rank_size *r = &m[0].rank;
        const char *numbers = rh_answer_format(
            a, "ln(rank − 1/2) = %.6g − %.6g ln(size), n = %u, s.e. = %.6g·√(2/%u) = %.6g",
            r->constant, r->exponent, r->n, r->exponent, r->n, r->error);
        rh_answer_explain(
            a,
            rh_answer_format(a, "%s（Gabaix 与 Ibragimov 2011）：%s", names->name[0], numbers),
            rh_answer_format(a, "%s (Gabaix and Ibragimov 2011): %s", names->name[0], numbers));
    }
}

static rh_status
measure(const rh_cli *cli, const rh_args *args, const rh_numbers_input *in, uint32_t n,
        size_measures *m, rh_err *err)
{
    const rh_verb *verb = &rh_verb_inequality_sizes;
    double least = 0;
    int64_t largest = 0;
    RH_TRY(rh_given_number(cli, verb, args, "least", 0, DBL_MAX, &least));
    RH_TRY(rh_given_integer(cli, verb, args, "largest", 0, UINT32_MAX, &largest));
    for (unsigned k = 0; k < in->names.n; k++) {
        RH_TRY(rh_herfindahl_find(in->x[k], n, &m[k].herfindahl, err));
        RH_TRY(rh_primacy_find(in->x[k], n, &m[k].primacy, err));
        rh_status status =
            rh_rank_size_fit(in->x[k], n, least, (uint32_t)largest, &m[k].rank, &m[k].why);
        m[k].has_rank = status == RH_OK;
        if (status == RH_MEMORY) {
            return rh_fail(err, status, "%s", m[k].why.text);
        }
    }
    return RH_OK;
}

static rh_status
solve(const rh_cli *cli, const rh_args *args, rh_csv *table, rh_numbers_input *in, rh_answer *a,
      rh_err *err)
{
    size_measures *m;
    RH_TRY(rh_numbers_read(table, rh_given(&rh_verb_inequality_sizes, args, "value"), in, err));
    for (unsigned k = 0; k < in->names.n; k++) {
        rh_refuse_negative(table, in->names.name[k], in->x[k], "a size must be 0 or more.");
        rh_refuse_empty(table, in->names.name[k], in->x[k]);
    }
    RH_TRY(rh_need_rows(table, args->file[0], err));
    RH_NEW(m, in->names.n + 1UL, err);
    rh_status status = measure(cli, args, in, rh_csv_rows(table), m, err);
    if (status == RH_OK) {
        fill_concentration(a, &in->names, m);
        fill_primacy(a, &in->names, m);
        fill_rank_size(a, &in->names, m);
    }
    rh_free(m);
    return status;
}

static rh_status
act(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    const rh_verb *verb = &rh_verb_inequality_sizes;
    rh_answer *answer = NULL;
    rh_csv *table = NULL;
    rh_numbers_input in = {0};
    RH_TRY(rh_answer_new(&answer, err));
    rh_status status = rh_table_open(args->file[0], rh_given(verb, args, "sheet"), &table, err);
    if (status == RH_OK) {
        status = solve(cli, args, table, &in, answer, err);
    }
    rh_numbers_release(&in);
    rh_csv_free(table);
    return rh_give_answer(cli, verb, args, answer, status, err);
}

const rh_verb rh_verb_inequality_sizes = {
    .name = "inequality sizes",
    .files = "TABLE",
    .least_files = 1,
    .most_files = 1,
    .summary = RH_MSG_VERB_INEQUALITY_SIZES,
    .example = "ronghe inequality sizes examples/provinces-2010.csv --value population",
    .options = options,
    .act = act,
};
