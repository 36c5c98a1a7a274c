/* ronghe access coverage: who has a facility within so many minutes; ronghe access paths: shortest times over a network. */
#include "cli/access_input.h"

#include "cli/list.h"
#include "core/mem.h"
#include "evaluate/access_coverage.h"

#include <math.h>
#include <string.h>

enum { LIMITS_MOST = 12 };

/* ---- coverage ---- */

static const rh_option coverage_options[] = {
    {"minutes", 'm', "LIST", false, RH_MSG_HELP_ACCESS_MINUTES},
    {"group", 'g', "COLUMN", false, RH_MSG_HELP_ACCESS_GROUP},
    {"people", 0, "COLUMNS", false, RH_MSG_HELP_ACCESS_PEOPLE},
    RH_ACCESS_OPTIONS,
    RH_ANSWER_OPTIONS,
    {0},
};

/* Which groups, and what is counted. */
typedef struct question {
    double limit[LIMITS_MOST];
    unsigned n_limits;
    uint32_t *group, n_groups;
    const char **label;
    double *minutes; /* to the nearest facility, of each place */
} question;

static void
add_columns(const question *q, rh_answer *a)
{
    rh_answer_table(a, "coverage", "覆盖", "Coverage");
    rh_answer_text_column(a, "group", "组", "group");
    rh_answer_number_column(a, "people", "人口", "people", 0);
    for (unsigned l = 0; l < q->n_limits; l++) {
        rh_answer_number_column(a, rh_answer_format(a, "share_%g", q->limit[l]),
                                rh_answer_format(a, "%g 分钟内 %%", q->limit[l]),
                                rh_answer_format(a, "%% within %g", q->limit[l]), 2);
    }
    for (unsigned l = 0; l < q->n_limits; l++) {
        rh_answer_number_column(a, rh_answer_format(a, "people_%g", q->limit[l]),
                                rh_answer_format(a, "%g 分钟内", q->limit[l]),
                                rh_answer_format(a, "within %g", q->limit[l]), 0);
    }
    rh_answer_number_column(a, "mean", "平均分钟", "mean minutes", 1);
    rh_answer_number_column(a, "median", "中位分钟", "median minutes", 1);
    rh_answer_number_column(a, "unreached", "不可达", "out of reach", 0);
}

/* Row g; `column`: of the people counted, NULL for those of demand. */
static void
add_row(const question *q, const rh_coverage *c, uint32_t g, uint32_t n_groups,
        const char *column, rh_answer *a)
{
    double people = c->people[g];
    const double *covered = c->covered + (size_t)g * q->n_limits;
    if (column != NULL) {
        rh_answer_text(a, column);
    } else if (g < n_groups) {
        rh_answer_text(a, q->label[g]);
    } else {
        rh_answer_words(a, "全部", "all");
    }
    rh_answer_number(a, people);
    for (unsigned l = 0; l < q->n_limits; l++) {
        rh_answer_number(a, people > 0 ? 100 * covered[l] / people : (double)NAN);
    }
    for (unsigned l = 0; l < q->n_limits; l++) {
        rh_answer_number(a, covered[l]);
    }
    RH_ANSWER_NUMBERS(a, c->mean[g], isinf(c->median[g]) ? (double)NAN : c->median[g],
                      c->unreached[g]);
}

/* People of other columns, as the elderly and children: each a group of its own over all places. */
static rh_status
add_others(const question *q, const rh_access_tables *t, const char *columns, rh_coverage *c,
           rh_answer *a, rh_err *err)
{
    rh_list list;
    rh_status status = rh_list_split(columns, RH_LIST_MOST, &list, err);
    for (unsigned k = 0; k < list.n && status == RH_OK; k++) {
        double *people;
        status = rh_access_amounts(t->demand.file, list.name[k], &people, err);
        status = status == RH_OK ? rh_csv_finish(t->demand.file, err) : status;
        if (status == RH_OK) {
            status = rh_access_coverage(t->demand.n, q->minutes, people, NULL, 0, q->n_limits,
                                        q->limit, c, err);
        }
        rh_free(people);
        if (status == RH_OK) {
            add_row(q, c, 0, 0, list.name[k], a);
        }
    }
    rh_list_release(&list);
    return status;
}

static void
add_places(const question *q, const rh_places *places, rh_answer *a)
{
    rh_answer_table(a, "places", "地点", "Places");
    rh_answer_text_column(a, "place", "地点", "place");
    rh_answer_number_column(a, "people", "人口", "people", 0);
    rh_answer_number_column(a, "minutes", "最近设施分钟", "minutes to the nearest", 1);
    for (uint32_t i = 0; i < places->n; i++) {
        rh_answer_text(a, places->id[i]);
        rh_answer_number(a, places->amount[i]);
        rh_answer_number(a, isinf(q->minutes[i]) ? (double)NAN : q->minutes[i]);
    }
}

static void
explain_coverage(const question *q, const rh_coverage *c, rh_answer *a)
{
    const double *covered = c->covered + (size_t)q->n_groups * q->n_limits;
    const rh_text_number share = rh_text_digits(100 * covered[0] / c->people[q->n_groups], 6);
    rh_answer_explain(
        a, "覆盖率 = 到最近设施不超过 T 分钟的地点的人口 / 该组人口（ASK-09）。",
        "Share = people of the places whose nearest facility is at most T minutes "
        "away / people of the group (ASK-09).");
    rh_answer_explain(a,
                      rh_answer_format(a, "  全部，%g 分钟：%.10g / %.10g = %s %%", q->limit[0],
                                       covered[0], c->people[q->n_groups], share.text),
                      rh_answer_format(a, "  all, %g minutes: %.10g / %.10g = %s %%",
                                       q->limit[0], covered[0], c->people[q->n_groups],
                                       share.text));
}

static rh_status
count(question *q, const rh_access_tables *t, const char *others, rh_coverage *c, rh_answer *a,
      rh_err *err)
{
    const rh_places *d = &t->demand;
    uint32_t rows = q->n_groups + 1;
    RH_NEW(c->people, rows, err);
    RH_NEW(c->covered, (size_t)rows * q->n_limits, err);
    RH_NEW(c->mean, rows, err);
    RH_NEW(c->median, rows, err);
    RH_NEW(c->unreached, rows, err);
    RH_TRY(rh_access_coverage(d->n, q->minutes, d->amount, q->group, q->n_groups, q->n_limits,
                              q->limit, c, err));
    add_columns(q, a);
    for (uint32_t g = 0; g < rows; g++) {
        add_row(q, c, g, q->n_groups, NULL, a);
    }
    explain_coverage(q, c, a);
    if (others != NULL) {
        RH_TRY(add_others(q, t, others, c, a, err));
    }
    add_places(q, d, a);
    return RH_OK;
}

static rh_status
ask(const rh_args *args, rh_access_tables *t, question *q, rh_coverage *c, rh_answer *a,
    rh_err *err)
{
    const char *group = rh_given(&rh_verb_access_coverage, args, "group");
    if (group != NULL) {
        RH_TRY(rh_table_groups(t->demand.file, group, &q->group, &q->label, &q->n_groups, err));
        RH_TRY(rh_csv_finish(t->demand.file, err));
    }
    RH_NEW(q->minutes, (size_t)t->demand.n + 1, err);
    RH_TRY(rh_access_nearest(&rh_verb_access_coverage, args, t, q->minutes, err));
    return count(q, t, rh_given(&rh_verb_access_coverage, args, "people"), c, a, err);
}

static rh_status
cover(const rh_cli *cli, const rh_args *args, rh_access_tables *t, rh_answer *a, rh_err *err)
{
    const rh_verb *v = &rh_verb_access_coverage;
    const char *minutes = rh_given(v, args, "minutes");
    question q = {0};
    rh_coverage c = {0};
    RH_TRY(rh_access_numbers("minutes", minutes != NULL ? minutes : "15,30,60", LIMITS_MOST,
                             q.limit, &q.n_limits, err));
    RH_TRY(rh_access_read(cli, v, args, NULL, NAN, a, t, err));
    rh_status status = ask(args, t, &q, &c, a, err);
    rh_free(q.group);
    rh_free((void *)(uintptr_t)q.label);
    rh_free(q.minutes);
    rh_free(c.people);
    rh_free(c.covered);
    rh_free(c.mean);
    rh_free(c.median);
    rh_free(c.unreached);
    return status;
}

static rh_status
act_coverage(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    rh_answer *answer;
    rh_access_tables tables = {0};
    RH_TRY(rh_answer_new(&answer, err));
    rh_status status = cover(cli, args, &tables, answer, err);
    status = rh_give_answer(cli, &rh_verb_access_coverage, args, answer, status, err);
    rh_access_release(&tables);
    return status;
}

const rh_verb rh_verb_access_coverage = {
    .name = "access coverage",
    .files = "PLACES [FACILITIES]",
    .least_files = 1,
    .most_files = 2,
    .summary = RH_MSG_VERB_ACCESS_COVERAGE,
    .example =
        "ronghe access coverage villages.csv clinics.csv --network roads.csv --group kind",
    .options = coverage_options,
    .act = act_coverage,
};

/* ---- paths ---- */

static const rh_option paths_options[] = {
    {"within", 'w', "MINUTES", false, RH_MSG_HELP_ACCESS_CUTOFF},
    RH_ACCESS_OPTIONS,
    RH_ANSWER_OPTIONS,
    {0},
};

static rh_status
find_paths(const rh_cli *cli, const rh_args *args, rh_access_tables *t, rh_answer *a,
           rh_err *err)
{
    double within = RH_MINUTES_MOST;
    RH_TRY(rh_given_number(cli, &rh_verb_access_paths, args, "within", 0, RH_MINUTES_MOST,
                           &within));
    RH_TRY(rh_access_read(cli, &rh_verb_access_paths, args, NULL, within, a, t, err));
    const rh_pairs *p = t->pairs;
    const bool roads = t->network != NULL;
    rh_answer_table(a, "pairs", "地点对", "Pairs");
    rh_answer_text_column(a, "origin", "起点", "origin");
    rh_answer_text_column(a, "destination", "终点", "destination");
    rh_answer_number_column(a, "cost", "分钟", "minutes", 2);
    for (uint32_t i = 0; i < p->n_origins; i++) {
        for (size_t k = p->start[i]; k < p->start[i + 1]; k++) {
            rh_answer_text(a, t->demand.id[i]);
            rh_answer_text(a, t->supply.id[p->destination[k]]);
            rh_answer_number(a, p->cost[k]);
        }
    }
    rh_answer_explain(a,
                      roads ? "分钟 = 所经道路分钟数之和的最小值（Dijkstra 1959）。"
                            : "分钟取自地点对的表，或由坐标的距离除以速度。",
                      roads ? "minutes = the least sum of the minutes of roads (Dijkstra 1959)."
                            : "minutes are those of the table of pairs, or the distance of the "
                              "coordinates over the speed.");
    if (p->n > 0) {
        uint32_t i = 0;
        while (p->start[i + 1] == 0) {
            i++;
        }
        const char *line = rh_answer_format(a, "  %s → %s: %.10g", t->demand.id[i],
                                            t->supply.id[p->destination[0]], p->cost[0]);
        rh_answer_explain(a, line, line);
    }
    return RH_OK;
}

static rh_status
act_paths(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    rh_answer *answer;
    rh_access_tables tables = {0};
    RH_TRY(rh_answer_new(&answer, err));
    rh_status status = find_paths(cli, args, &tables, answer, err);
    status = rh_give_answer(cli, &rh_verb_access_paths, args, answer, status, err);
    rh_access_release(&tables);
    return status;
}

const rh_verb rh_verb_access_paths = {
    .name = "access paths",
    .files = "ORIGINS [DESTINATIONS]",
    .least_files = 1,
    .most_files = 2,
    .summary = RH_MSG_VERB_ACCESS_PATHS,
    .example = "ronghe access paths villages.csv clinics.csv --network roads.csv -o od.csv",
    .options = paths_options,
    .act = act_paths,
};
