/* ronghe access: measures of access of one place after the other (evaluate/access_measure.def). */
#include "cli/access_input.h"

#include "core/mem.h"
#include "evaluate/access_measure.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const rh_option options[] = {
    {"measure", 'm', "LIST", false, RH_MSG_HELP_ACCESS_MEASURE},
    {"decay", 'd', "FORM", false, RH_MSG_HELP_ACCESS_DECAY},
    {"within", 'w', "T", false, RH_MSG_HELP_ACCESS_WITHIN},
    RH_ACCESS_OPTIONS,
    {"neighbours", 0, "FILE", false, RH_MSG_HELP_ACCESS_NEIGHBOURS},
    {"choice-beyond", 0, NULL, false, RH_MSG_HELP_ACCESS_BEYOND},
    {"alpha", 0, "A", false, RH_MSG_HELP_ACCESS_ALPHA},
    {"interval", 0, "FROM,TO", false, RH_MSG_HELP_ACCESS_INTERVAL},
    {"increment", 0, "STEP", false, RH_MSG_HELP_ACCESS_INCREMENT},
    {"median", 0, NULL, false, RH_MSG_HELP_ACCESS_MEDIAN},
    {"at-least", 0, "N", false, RH_MSG_HELP_ACCESS_AT_LEAST},
    {"tau", 0, "COST", false, RH_MSG_HELP_ACCESS_TAU},
    {"rho", 0, "PEOPLE", false, RH_MSG_HELP_ACCESS_RHO},
    {"cycles", 0, "N", false, RH_MSG_HELP_ACCESS_CYCLES},
    {"passive", 0, NULL, false, RH_MSG_HELP_ACCESS_PASSIVE},
    {"detail", 0, NULL, false, RH_MSG_HELP_ACCESS_DETAIL},
    {"place", 0, "ID", false, RH_MSG_HELP_ACCESS_PLACE},
    RH_ANSWER_OPTIONS,
    {0},
};

typedef struct wish {
    rh_access_measure measure[RH_ACCESS_COUNT];
    unsigned n;
    rh_access_how how;
    bool passive, detail;
    const char *place;
} wish;

/* What was computed, side by side. */
typedef struct result {
    double *access; /* measure × origins */
    double *detail; /* measure × pairs, or NULL */
    rh_access_balance balance[RH_ACCESS_COUNT];
    const rh_places *rows, *partners;
    rh_access_input in;
} result;

static bool
wants(const wish *w, rh_access_measure measure)
{
    for (unsigned m = 0; m < w->n; m++) {
        if (w->measure[m] == measure) {
            return true;
        }
    }
    return false;
}

/* ---- options ---- */

static rh_status
no_measure(const rh_cli *cli, const char *word, size_t length)
{
    char all[600] = "", text[100];
    for (unsigned m = 0; m < RH_ACCESS_COUNT; m++) {
        size_t used = strlen(all);
        snprintf(all + used, sizeof all - used, "%s%s", m > 0 ? ", " : "",
                 rh_access_info_of((rh_access_measure)m)->word);
    }
    snprintf(text, sizeof text, "%.*s", (int)(length < 90 ? length : 90), word);
    return rh_usage(cli, &rh_verb_access, RH_MSG_ACCESS_NO_MEASURE, text, all, NULL);
}

static rh_status
read_measures(const rh_cli *cli, const char *list, bool interval, wish *w)
{
    if (strcmp(list, "all") == 0) { /* those that ask for no more than --within and --decay */
        for (unsigned m = 0; m < RH_ACCESS_COUNT; m++) {
            bool special = m == RH_ACCESS_RATIO || m == RH_ACCESS_DOUBLY ||
                           (m == RH_ACCESS_INTERVAL && !interval);
            if (!special) {
                w->measure[w->n++] = (rh_access_measure)m;
            }
        }
        return RH_OK;
    }
    for (const char *s = list;; s++) {
        size_t length = strcspn(s, ",");
        rh_access_measure m = rh_access_find(s, length);
        if (m == RH_ACCESS_COUNT) {
            return no_measure(cli, s, length);
        }
        if (!wants(w, m)) {
            w->measure[w->n++] = m;
        }
        s += length;
        if (*s == '\0') {
            return RH_OK;
        }
    }
}

static rh_status
needs(const rh_cli *cli, const wish *w)
{
    static const rh_access_measure within[] = {RH_ACCESS_2SFCA, RH_ACCESS_KD2SFCA,
                                               RH_ACCESS_CUMULATIVE};
    static const rh_access_measure decay[] = {RH_ACCESS_E2SFCA, RH_ACCESS_GRAVITY};
    const char *option = NULL;
    rh_access_measure of = RH_ACCESS_COUNT;
    for (size_t i = 0; i < sizeof within / sizeof *within && isinf(w->how.within); i++) {
        if (wants(w, within[i])) {
            option = "within";
            of = within[i];
        }
    }
    for (size_t i = 0; i < sizeof decay / sizeof *decay && w->how.decay.form == RH_DECAY_NONE;
         i++) {
        if (wants(w, decay[i])) {
            option = "decay";
            of = decay[i];
        }
    }
    if (wants(w, RH_ACCESS_INTERVAL) && w->how.to < 0) {
        option = "interval";
        of = RH_ACCESS_INTERVAL;
    }
    return option == NULL ? RH_OK
                          : rh_usage(cli, &rh_verb_access, RH_MSG_ACCESS_NEEDS,
                                     rh_access_info_of(of)->word, option, NULL);
}

static rh_status
read_numbers(const rh_cli *cli, const rh_args *args, rh_access_how *how)
{
    const rh_verb *v = &rh_verb_access;
    int64_t cycles = 0;
    const double huge = 1e15, tiny = 1e-9;
    RH_TRY(rh_given_number(cli, v, args, "within", 0, huge, &how->within));
    RH_TRY(rh_given_number(cli, v, args, "alpha", 0, 10, &how->alpha));
    RH_TRY(rh_given_number(cli, v, args, "increment", tiny, huge, &how->increment));
    RH_TRY(rh_given_number(cli, v, args, "at-least", 0, huge, &how->at_least));
    RH_TRY(rh_given_number(cli, v, args, "tau", tiny, huge, &how->tau));
    RH_TRY(rh_given_number(cli, v, args, "rho", tiny, huge, &how->rho));
    RH_TRY(rh_given_integer(cli, v, args, "cycles", 1, INT_MAX, &cycles));
    how->cycles = (unsigned)cycles;
    return RH_OK;
}

static rh_status
read_wish(const rh_cli *cli, const rh_args *args, wish *w, rh_err *err)
{
    const rh_verb *v = &rh_verb_access;
    const char *list = rh_given(v, args, "measure"), *decay = rh_given(v, args, "decay"),
               *interval = rh_given(v, args, "interval");
    *w = (wish){.how = rh_access_usual()};
    w->how.to = -1;
    RH_TRY(read_measures(cli, list != NULL ? list : "2sfca", interval != NULL, w));
    RH_TRY(read_numbers(cli, args, &w->how));
    if (decay != NULL) {
        RH_TRY(rh_decay_parse(decay, &w->how.decay, err));
    }
    if (interval != NULL) {
        double range[2];
        unsigned n;
        RH_TRY(rh_access_numbers("interval", interval, 2, range, &n, err));
        w->how.from = n == 2 ? range[0] : 0;
        w->how.to = range[n - 1];
    }
    w->how.choice_beyond = rh_given(v, args, "choice-beyond") != NULL;
    w->how.median = rh_given(v, args, "median") != NULL;
    w->passive = rh_given(v, args, "passive") != NULL;
    w->detail = rh_given(v, args, "detail") != NULL || rh_given(v, args, "explain") != NULL ||
                rh_given(v, args, "json") != NULL;
    w->place = rh_given(v, args, "place");
    return needs(cli, w);
}

/* ---- the answer ---- */

/* Physicians a head need more digits than jobs in reach. */
static int
digits_for(uint32_t n, const double *value)
{
    double most = 0;
    for (uint32_t i = 0; i < n; i++) {
        most = isfinite(value[i]) ? fmax(most, value[i]) : most;
    }
    return most < 0.1 ? 6 : most < 100 ? 4 : 1;
}

static void
table_of_access(const wish *w, const result *r, rh_answer *a)
{
    uint32_t n = r->rows->n;
    rh_answer_table(a, "access", "可达性", "Access");
    rh_answer_text_column(a, "place", "地点", "place");
    rh_answer_number_column(a, w->passive ? "supply" : "demand", w->passive ? "供给" : "需求",
                            w->passive ? "supply" : "demand", 0);
    for (unsigned m = 0; m < w->n; m++) {
        const rh_access_info *info = rh_access_info_of(w->measure[m]);
        rh_answer_number_column(a, info->word, info->zh, info->en,
                                digits_for(n, r->access + (size_t)m * n));
    }
    for (uint32_t i = 0; i < n; i++) {
        rh_answer_text(a, r->rows->id[i]);
        rh_answer_number(a, r->in.demand[i]);
        for (unsigned m = 0; m < w->n; m++) {
            rh_answer_number(a, r->access[(size_t)m * n + i]);
        }
    }
}

static const char *const kept_words[][2] = {
    [RH_KEEPS_NOTHING] = {"不要求", "nothing"},
    [RH_KEEPS_SUPPLY] = {"Σ可达性×需求", "sum of access x demand"},
    [RH_KEEPS_TOTAL] = {"Σ可用量", "sum of availability"},
    [RH_KEEPS_ALL] = {"Σ可用量", "sum of availability"},
    [RH_KEEPS_PEOPLE] = {"Σ选择设施的人", "people placed"},
    [RH_KEEPS_LEVELS] = {"Σ服务水平", "sum of service levels"},
};

static void
table_of_balance(const wish *w, const result *r, rh_answer *a)
{
    rh_answer_table(a, "balance", "守恒", "Balance");
    rh_answer_text_column(a, "measure", "可达性", "measure");
    rh_answer_number_column(a, "demand", "需求", "demand", 0);
    rh_answer_number_column(a, "demand_alone", "无供给的需求", "demand without supply", 0);
    rh_answer_number_column(a, "supply", "供给", "supply", 1);
    rh_answer_number_column(a, "supply_alone", "无需求的供给", "supply without demand", 1);
    rh_answer_text_column(a, "keeps", "应守恒", "keeps");
    rh_answer_number_column(a, "to_keep", "应为", "to keep", 4);
    rh_answer_number_column(a, "kept", "实为", "kept", 4);
    rh_answer_number_column(a, "rounds", "轮数", "rounds", 0);
    rh_answer_number_column(a, "gap", "可再得", "still to gain", 10);
    for (unsigned m = 0; m < w->n; m++) {
        const rh_access_info *info = rh_access_info_of(w->measure[m]);
        const rh_access_balance *b = &r->balance[m];
        bool keeps = info->keeps != RH_KEEPS_NOTHING, rounds = b->cycles > 0;
        rh_answer_words(a, info->zh, info->en);
        RH_ANSWER_NUMBERS(a, b->demand, b->demand_alone, b->supply, b->supply_alone);
        rh_answer_words(a, kept_words[info->keeps][0], kept_words[info->keeps][1]);
        RH_ANSWER_NUMBERS(a, keeps ? b->to_keep : (double)NAN, keeps ? b->kept : (double)NAN,
                          rounds ? b->cycles : (double)NAN,
                          w->measure[m] == RH_ACCESS_RAAM ? b->gap : (double)NAN);
    }
}

static bool
has_parts(rh_access_measure m)
{
    return m != RH_ACCESS_RATIO && m != RH_ACCESS_INTERVAL && m != RH_ACCESS_CLOSEST &&
           m != RH_ACCESS_BALANCING;
}

static void
table_of_pairs(const wish *w, const result *r, rh_answer *a)
{
    const rh_pairs *p = r->in.pairs;
    rh_answer_table(a, "pairs", "地点对", "Pairs");
    rh_answer_text_column(a, "origin", "起点", "origin");
    rh_answer_text_column(a, "destination", "终点", "destination");
    rh_answer_number_column(a, "cost", "成本", "cost", 2);
    for (unsigned m = 0; m < w->n; m++) {
        const rh_access_info *info = rh_access_info_of(w->measure[m]);
        if (has_parts(w->measure[m])) {
            rh_answer_number_column(a, info->word, info->zh, info->en, 4);
        }
    }
    for (uint32_t i = 0; i < p->n_origins; i++) {
        for (size_t k = p->start[i]; k < p->start[i + 1]; k++) {
            rh_answer_text(a, r->rows->id[i]);
            rh_answer_text(a, r->partners->id[p->destination[k]]);
            rh_answer_number(a, p->cost[k]);
            for (unsigned m = 0; m < w->n; m++) {
                if (has_parts(w->measure[m])) {
                    rh_answer_number(a, r->detail[(size_t)m * p->n + k]);
                }
            }
        }
    }
}

/* A_ij = R_j w_ij: what a pair adds tells the ratio of its facility. */
static bool
share_a_person(rh_access_measure m)
{
    return m == RH_ACCESS_2SFCA || m == RH_ACCESS_E2SFCA || m == RH_ACCESS_KD2SFCA;
}

/* The parts of one place, largest first, at most five of them. */
static void
explain_parts(const wish *w, const result *r, unsigned m, uint32_t i, const rh_decay *decay,
              rh_answer *a)
{
    bool people = rh_access_info_of(w->measure[m])->keeps == RH_KEEPS_PEOPLE;
    const rh_pairs *p = r->in.pairs;
    const double *part = r->detail + (size_t)m * p->n;
    size_t shown[5], n = 0, others = 0;
    double rest = 0;
    for (size_t k = p->start[i]; k < p->start[i + 1]; k++) {
        size_t at = n;
        while (at > 0 && part[k] > part[shown[at - 1]]) {
            at--;
        }
        if (part[k] > 0 && at < 5) {
            size_t last = n < 5 ? n : 4;
            memmove(shown + at + 1, shown + at, (last - at) * sizeof *shown);
            shown[at] = k;
            n += n < 5;
        }
    }
    for (size_t s = 0; s < n; s++) {
        uint32_t j = p->destination[shown[s]];
        double weight = rh_decay_weight(decay, p->cost[shown[s]]);
        const char *ratio = share_a_person(w->measure[m])
                                ? rh_answer_format(a, ", R = %.10g", part[shown[s]] / weight)
                                : "";
        const char *text = rh_answer_format(
            a, "    %s: c = %.10g, w = %.10g, %s = %.10g%s, %s %.10g", r->partners->id[j],
            p->cost[shown[s]], weight, w->passive ? "P" : "S", r->in.supply[j], ratio,
            people ? "P_ij =" : "+", part[shown[s]]);
        rh_answer_explain(a, text, text);
    }
    for (size_t k = p->start[i]; k < p->start[i + 1]; k++) {
        bool listed = part[k] <= 0;
        for (size_t s = 0; s < n; s++) {
            listed |= shown[s] == k;
        }
        rest += listed ? 0 : part[k];
        others += !listed;
    }
    if (others > 0) {
        rh_answer_explain(a, rh_answer_format(a, "    另外 %zu 处：+ %.10g", others, rest),
                          rh_answer_format(a, "    %zu others: + %.10g", others, rest));
    }
}

static rh_status
explain(const wish *w, const result *r, uint32_t i, rh_answer *a, rh_err *err)
{
    char formula[1200];
    for (unsigned m = 0; m < w->n; m++) {
        const rh_access_info *info = rh_access_info_of(w->measure[m]);
        double value = r->access[(size_t)m * r->rows->n + i];
        rh_decay decay;
        RH_TRY(rh_access_decay(w->measure[m], &w->how, &decay, err));
        rh_decay_formula(&decay, formula, sizeof formula);
        rh_answer_explain(
            a, rh_answer_format(a, "%s：%s。出处：%s。", info->zh, info->formula, info->source),
            rh_answer_format(a, "%s: %s. Source: %s.", info->en, info->formula, info->source));
        rh_answer_explain(a,
                          rh_answer_format(a, "  %s：w = %s，T = %g；%s = %.10g，结果 %.10g",
                                           r->rows->id[i], formula, w->how.within,
                                           w->passive ? "S" : "P", r->in.demand[i], value),
                          rh_answer_format(a, "  %s: w = %s, T = %g; %s = %.10g, result %.10g",
                                           r->rows->id[i], formula, w->how.within,
                                           w->passive ? "S" : "P", r->in.demand[i], value));
        if (r->detail != NULL && has_parts(w->measure[m])) {
            explain_parts(w, r, m, i, &decay, a);
        }
    }
    return RH_OK;
}

/* The place of --place, or the first that reaches anything. */
static rh_status
place_to_explain(const wish *w, const result *r, uint32_t *place, rh_err *err)
{
    *place = 0;
    if (w->place != NULL) {
        *place = rh_names_find(r->rows->names, w->place);
        return *place != RH_NO_NAME
                   ? RH_OK
                   : rh_fail(err, RH_INPUT, "--place \"%s\": %s has no such place.", w->place,
                             r->rows->path);
    }
    while (*place + 1 < r->rows->n && !(r->access[*place] > 0)) {
        (*place)++;
    }
    return RH_OK;
}

static void
warn_alone(const wish *w, const result *r, rh_answer *a)
{
    for (unsigned m = 0; m < w->n; m++) {
        const rh_access_balance *b = &r->balance[m];
        const rh_access_info *info = rh_access_info_of(w->measure[m]);
        if (b->n_demand_alone > 0) {
            rh_answer_warn(
                a,
                rh_answer_format(a, "%s：%u 个地点（需求 %.10g）在服务区内没有任何供给。",
                                 info->zh, b->n_demand_alone, b->demand_alone),
                rh_answer_format(
                    a,
                    "%s: places without supply in their catchment: %u, with a demand "
                    "of %.10g.",
                    info->en, b->n_demand_alone, b->demand_alone));
        }
        if (b->n_supply_alone > 0) {
            rh_answer_warn(a,
                           rh_answer_format(a, "%s：%u 处供给（共 %.10g）无人可及，未分配。",
                                            info->zh, b->n_supply_alone, b->supply_alone),
                           rh_answer_format(
                               a,
                               "%s: places of supply that nobody reaches: %u, with a supply of "
                               "%.10g that is not handed out.",
                               info->en, b->n_supply_alone, b->supply_alone));
        }
        if (w->measure[m] == RH_ACCESS_RAAM && b->gap > 1e-6) {
            rh_answer_warn(
                a,
                rh_answer_format(a, "RAAM 在 %u 轮后尚未平衡：仍可改善 %.3g。", b->cycles,
                                 b->gap),
                rh_answer_format(a,
                                 "RAAM is not at rest after %u rounds: %.3g of all cost "
                                 "could still be gained.",
                                 b->cycles, b->gap));
        }
    }
}

/* ---- */

static rh_status
compute(const wish *w, rh_access_tables *t, rh_pairs *turned, const rh_pairs *neighbours,
        result *r, rh_answer *a, rh_err *err)
{
    r->rows = w->passive ? &t->supply : &t->demand;
    r->partners = w->passive ? &t->demand : &t->supply;
    r->in = (rh_access_input){w->passive ? turned : t->pairs, neighbours, r->rows->amount,
                              r->partners->amount};
    RH_NEW(r->access, (size_t)w->n * r->rows->n + 1, err);
    if (w->detail) {
        RH_NEW(r->detail, w->n * r->in.pairs->n + 1, err);
    }
    for (unsigned m = 0; m < w->n; m++) {
        RH_TRY(rh_access(&r->in, w->measure[m], &w->how, r->access + (size_t)m * r->rows->n,
                         w->detail ? r->detail + m * r->in.pairs->n : NULL, &r->balance[m],
                         err));
    }
    uint32_t place;
    RH_TRY(place_to_explain(w, r, &place, err));
    table_of_access(w, r, a);
    table_of_balance(w, r, a);
    warn_alone(w, r, a);
    return explain(w, r, place, a, err);
}

static rh_status
fill(const rh_cli *cli, const rh_args *args, rh_access_tables *t, rh_answer *a, rh_err *err)
{
    const rh_verb *v = &rh_verb_access;
    wish w;
    result r = {0};
    rh_pairs *turned = NULL, *neighbours = NULL;
    RH_TRY(read_wish(cli, args, &w, err));
    double reach = w.how.choice_beyond ? (double)INFINITY : w.how.within;
    RH_TRY(rh_access_read(cli, v, args, "supply", reach, a, t, err));
    w.how.threads = t->threads;
    rh_status status = w.passive ? rh_pairs_turned(t->pairs, &turned, err) : RH_OK;
    if (status == RH_OK && wants(&w, RH_ACCESS_RATIO) && !w.passive) {
        status = rh_access_read_neighbours(v, args, rh_given(v, args, "neighbours"), reach, a,
                                           t, &neighbours, err);
    }
    status = status == RH_OK ? compute(&w, t, turned, neighbours, &r, a, err) : status;
    if (status == RH_OK && rh_given(v, args, "detail") != NULL) {
        table_of_pairs(&w, &r, a);
    }
    rh_free(r.access);
    rh_free(r.detail);
    rh_pairs_free(turned);
    if (neighbours != t->pairs) {
        rh_pairs_free(neighbours);
    }
    return status;
}

static rh_status
act(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    rh_answer *answer;
    rh_access_tables tables = {0};
    RH_TRY(rh_answer_new(&answer, err));
    rh_status status = fill(cli, args, &tables, answer, err);
    status = rh_give_answer(cli, &rh_verb_access, args, answer, status, err);
    rh_access_release(&tables);
    return status;
}

const rh_verb rh_verb_access = {
    .name = "access",
    .files = "DEMAND [SUPPLY]",
    .least_files = 1,
    .most_files = 2,
    .summary = RH_MSG_VERB_ACCESS,
    .example = "ronghe access towns.csv clinics.csv --pairs od.csv --within 30",
    .options = options,
    .act = act,
};
