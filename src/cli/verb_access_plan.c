/* ronghe access plan: the least-cost extension that brings a share of people within reach (ASK-09). The options are facilities that
 * could be opened, or roads that could be built (--links). */
#include "cli/access_input.h"

#include "core/mem.h"
#include "evaluate/access_plan.h"

#include <math.h>
#include <string.h>

enum { EXACT_OPTIONS = 400, EXACT_PAIRS = 20000, EXACT_NODES = 20000 };

static const rh_option options[] = {
    {"goal", 'g', "PERCENT", true, RH_MSG_HELP_ACCESS_GOAL},
    {"minutes", 'm', "N", true, RH_MSG_HELP_ACCESS_LIMIT},
    {"cost", 'c', "COLUMN", false, RH_MSG_HELP_ACCESS_COST},
    {"open", 0, "COLUMN", false, RH_MSG_HELP_ACCESS_OPEN},
    {"links", 0, "FILE", false, RH_MSG_HELP_ACCESS_LINKS},
    {"exact", 0, "WHEN", false, RH_MSG_HELP_ACCESS_EXACT},
    RH_ACCESS_OPTIONS,
    RH_ANSWER_OPTIONS,
    {0},
};

/* What can be built, whom it would cover, and what is there. */
typedef struct menu {
    rh_csv *links;   /* NULL: facilities */
    const char **id; /* of options; borrowed unless links */
    double *cost;
    bool *open;
    bool *covered;   /* places that are near enough today; links only */
    rh_pairs *pairs; /* places to options, at most the minutes apart */
    uint32_t n;
} menu;

static void
release(menu *m)
{
    if (m->links != NULL) {
        rh_free((void *)(uintptr_t)m->id);
    }
    rh_csv_free(m->links);
    rh_free(m->cost);
    rh_free(m->open);
    rh_free(m->covered);
    rh_pairs_free(m->pairs);
}

/* ---- facilities ---- */

static rh_status
read_open(rh_csv *file, const char *column, uint32_t n, bool **open, rh_err *err)
{
    int c = column != NULL ? rh_csv_need(file, column) : rh_csv_find(file, "open");
    RH_NEW(*open, (size_t)n + 1, err);
    for (uint32_t j = 0; c >= 0 && j < n; j++) {
        double there = rh_csv_number(file, j, c);
        if (there != 0 && there != 1) {
            rh_csv_problem(file, j, c, "\"%s\" is neither 1 (it is there) nor 0",
                           rh_csv_text(file, j, c));
        }
        (*open)[j] = there > 0;
    }
    return RH_OK;
}

/* Only the pairs that are near enough. */
static rh_status
near_pairs(const rh_pairs *p, double minutes, rh_pairs **out, rh_err *err)
{
    uint32_t *origin = rh_alloc(2 * p->n + 1, sizeof *origin), *destination = origin + p->n;
    double *cost = rh_alloc(p->n + 1, sizeof *cost);
    size_t n = 0;
    for (uint32_t i = 0; origin != NULL && cost != NULL && i < p->n_origins; i++) {
        for (size_t k = p->start[i]; k < p->start[i + 1]; k++) {
            if (p->cost[k] <= minutes) {
                origin[n] = i;
                destination[n] = p->destination[k];
                cost[n++] = p->cost[k];
            }
        }
    }
    rh_status status = origin == NULL || cost == NULL
                           ? rh_fail(err, RH_MEMORY, "Not enough memory for %zu pairs.", p->n)
                           : rh_pairs_new(p->n_origins, p->n_destinations, n, origin,
                                          destination, cost, out, err);
    rh_free(origin);
    rh_free(cost);
    return status;
}

static rh_status
menu_of_facilities(const rh_args *args, const rh_access_tables *t, double minutes, menu *m,
                   rh_err *err)
{
    const rh_verb *v = &rh_verb_access_plan;
    const char *cost = rh_given(v, args, "cost");
    rh_csv *file = t->supply.file != NULL ? t->supply.file : t->demand.file;
    m->n = t->supply.n;
    m->id = t->supply.id;
    RH_TRY(rh_access_amounts(file, cost != NULL ? cost : "cost", &m->cost, err));
    RH_TRY(read_open(file, rh_given(v, args, "open"), m->n, &m->open, err));
    RH_TRY(rh_csv_finish(file, err));
    return near_pairs(t->pairs, minutes, &m->pairs, err);
}

/* ---- roads ---- */

/* Places that come within the minutes through each link alone: to its near end over today's roads, over the link, then on to
 * the nearest facility. Two links one behind the other can do more than this counts; the answer says so. */
typedef struct roads {
    uint32_t *from, *to;
    double *minutes, *onward; /* of the link; from its far end to the nearest facility */
    double *near;             /* scratch: nodes to the link's near end */
    uint32_t *origin, *option;
    double *cost;
    size_t n, room;
} roads;

static rh_status
add_covered(const rh_access_tables *t, uint32_t link, double minutes, const bool *covered,
            roads *l, rh_err *err)
{
    for (uint32_t i = 0; i < t->demand.n; i++) {
        double all = l->near[t->demand_node[i]] + l->minutes[link] + l->onward[l->to[link]];
        if (covered[i] || !(all <= minutes)) {
            continue;
        }
        if (l->n == l->room) {
            size_t room = l->room > 0 ? 2 * l->room : 1024;
            uint32_t *origin = rh_resize(l->origin, room, sizeof *origin);
            l->origin = origin != NULL ? origin : l->origin;
            uint32_t *option = rh_resize(l->option, room, sizeof *option);
            l->option = option != NULL ? option : l->option;
            double *cost = rh_resize(l->cost, room, sizeof *cost);
            l->cost = cost != NULL ? cost : l->cost;
            if (origin == NULL || option == NULL || cost == NULL) {
                return rh_fail(err, RH_MEMORY, "Not enough memory for %zu pairs.", room);
            }
            l->room = room;
        }
        l->origin[l->n] = i;
        l->option[l->n] = link;
        l->cost[l->n++] = all;
    }
    return RH_OK;
}

static rh_status
read_links(const rh_access_tables *t, menu *m, roads *l, rh_err *err)
{
    static const char *const froms[] = {"from", "from_node", "起点", NULL};
    static const char *const tos[] = {"to", "to_node", "终点", NULL};
    int from = rh_access_column(m->links, froms), to = rh_access_column(m->links, tos);
    RH_TRY(rh_table_ids(m->links, "link", &m->id, err));
    RH_TRY(rh_access_amounts(m->links, "minutes", &l->minutes, err));
    RH_NEW(l->from, (size_t)m->n + 1, err);
    RH_NEW(l->to, (size_t)m->n + 1, err);
    for (uint32_t k = 0; k < m->n; k++) {
        l->from[k] = rh_access_number_of(t->nodes, m->links, k, from);
        l->to[k] = rh_access_number_of(t->nodes, m->links, k, to);
    }
    return rh_csv_finish(m->links, err);
}

/* minutes[v] from each node to the nearest of the nodes: a search over the turned network. */
static rh_status
cover_by_links(const rh_access_tables *t, const rh_network *turned, double minutes, menu *m,
               roads *l, rh_err *err)
{
    uint32_t nodes = t->network->n_nodes, n_there = 0, *there;
    RH_NEW(l->onward, (size_t)nodes + 1, err);
    RH_NEW(l->near, (size_t)nodes + 1, err);
    RH_NEW(m->covered, (size_t)t->demand.n + 1, err);
    RH_NEW(there, (size_t)t->supply.n + 1, err);
    for (uint32_t j = 0; j < t->supply.n; j++) {
        if (t->supply.amount[j] > 0) {
            there[n_there++] = t->supply_node[j];
        }
    }
    rh_status status =
        rh_network_nearest(turned, n_there, there, NULL, minutes, l->onward, err);
    rh_free(there);
    for (uint32_t i = 0; i < t->demand.n; i++) {
        m->covered[i] = l->onward[t->demand_node[i]] <= minutes;
    }
    for (uint32_t k = 0; k < m->n && status == RH_OK; k++) {
        double left = minutes - l->minutes[k] - l->onward[l->to[k]];
        if (left >= 0) {
            status = rh_network_nearest(turned, 1, &l->from[k], NULL, left, l->near, err);
            status = status == RH_OK ? add_covered(t, k, minutes, m->covered, l, err) : status;
        }
    }
    return status;
}

static rh_status
menu_of_links(const rh_args *args, const rh_access_tables *t, const char *path, double minutes,
              menu *m, rh_err *err)
{
    const char *cost = rh_given(&rh_verb_access_plan, args, "cost");
    roads l = {0};
    rh_network *turned = NULL;
    if (t->network == NULL) {
        return rh_fail(err, RH_INPUT, "--links %s: roads to build need a --network.", path);
    }
    RH_TRY(rh_table_open(path, NULL, &m->links, err));
    m->n = rh_csv_rows(m->links);
    RH_TRY(rh_access_amounts(m->links, cost != NULL ? cost : "cost", &m->cost, err));
    rh_status status = read_links(t, m, &l, err);
    status = status == RH_OK ? rh_network_turned(t->network, &turned, err) : status;
    status = status == RH_OK ? cover_by_links(t, turned, minutes, m, &l, err) : status;
    if (status == RH_OK) {
        status =
            rh_pairs_new(t->demand.n, m->n, l.n, l.origin, l.option, l.cost, &m->pairs, err);
    }
    rh_network_free(turned);
    rh_free(l.from);
    rh_free(l.to);
    rh_free(l.minutes);
    rh_free(l.onward);
    rh_free(l.near);
    rh_free(l.origin);
    rh_free(l.option);
    rh_free(l.cost);
    return status;
}

/* ---- the answer ---- */

static void
table_of_steps(const menu *m, const rh_plan *plan, rh_answer *a)
{
    double cost = 0, covered = plan->before;
    rh_answer_table(a, "steps", "延伸方案", "Plan");
    rh_answer_number_column(a, "step", "步", "step", 0);
    rh_answer_text_column(a, "option", "建设", "build");
    rh_answer_number_column(a, "cost", "成本", "cost", 2);
    rh_answer_number_column(a, "people", "新覆盖人口", "newly covered", 0);
    rh_answer_number_column(a, "cost_a_person", "人均成本", "cost a person", 4);
    rh_answer_number_column(a, "total_cost", "累计成本", "total cost", 2);
    rh_answer_number_column(a, "share", "覆盖率 %", "% covered", 2);
    for (uint32_t s = 0; s < plan->n; s++) {
        uint32_t j = plan->option[s];
        cost += m->cost[j];
        covered += plan->gain[s];
        rh_answer_number(a, s + 1);
        rh_answer_text(a, m->id[j]);
        RH_ANSWER_NUMBERS(a, m->cost[j], plan->gain[s],
                          plan->gain[s] > 0 ? m->cost[j] / plan->gain[s] : (double)NAN, cost,
                          100 * covered / plan->all);
    }
}

static void
row_of_plan(rh_answer *a, const char *zh, const char *en, double cost, double n, double share,
            double gap)
{
    rh_answer_words(a, zh, en);
    RH_ANSWER_NUMBERS(a, cost, n, share, gap);
}

static void
table_of_plans(const rh_plan *plan, bool tried_exact, rh_answer *a)
{
    double best = plan->has_exact ? plan->exact_cost
                  : tried_exact   ? plan->exact_bound
                                  : plan->bound;
    double gap = plan->cost > 0 ? 100 * (plan->cost - best) / plan->cost : 0;
    rh_answer_table(a, "plans", "方案比较", "Plans");
    rh_answer_text_column(a, "plan", "方案", "plan");
    rh_answer_number_column(a, "cost", "成本", "cost", 2);
    rh_answer_number_column(a, "options", "项数", "options", 0);
    rh_answer_number_column(a, "share", "覆盖率 %", "% covered", 2);
    rh_answer_number_column(a, "gap", "差距 %", "gap %", 2);
    row_of_plan(a, "现状", "today", 0, 0, 100 * plan->before / plan->all, NAN);
    row_of_plan(a, "贪心", "greedy", plan->cost, plan->n, 100 * plan->covered / plan->all, gap);
    row_of_plan(a, "下界（任何方案不低于）", "bound (no plan costs less)", plan->bound, NAN,
                NAN, NAN);
    if (plan->has_exact) {
        row_of_plan(a, "精确", "exact", plan->exact_cost, plan->n_exact,
                    100 * plan->exact_covered / plan->all, 0);
    } else if (tried_exact) {
        row_of_plan(a, "精确法停止时的下界", "bound when the exact search stopped",
                    plan->exact_bound, NAN, NAN, NAN);
    }
    row_of_plan(a, "全部建设", "everything", NAN, NAN, 100 * plan->reachable / plan->all, NAN);
}

static void
table_of_exact(const menu *m, const rh_plan *plan, rh_answer *a)
{
    rh_answer_table(a, "exact", "精确方案", "Exact plan");
    rh_answer_text_column(a, "option", "建设", "build");
    rh_answer_number_column(a, "cost", "成本", "cost", 2);
    for (uint32_t s = 0; s < plan->n_exact; s++) {
        rh_answer_text(a, m->id[plan->exact[s]]);
        rh_answer_number(a, m->cost[plan->exact[s]]);
    }
}

static void
explain(const rh_plan_task *task, const menu *m, const rh_plan *plan, double minutes,
        rh_answer *a)
{
    rh_answer_explain(
        a,
        "贪心：每步取 成本/新覆盖人口 最小者（超过目标的人口不计），再退回多余项。下界：各"
        "项按人均成本从低到高分数地取，直到补足缺口（Wolsey 1982, Combinatorica 2, "
        "385-393 的不等式），再以拉格朗日松弛提高（Held & Karp "
        "1971）。精确：混合整数规划（GLPK）。",
        "Greedy: each step takes the least cost / newly covered people (those "
        "beyond the goal do not count), then what is not needed is given back. "
        "Bound: options in fractions, cheapest a person first, until nobody is "
        "missing (the inequality of Wolsey 1982, Combinatorica 2, 385-393), raised "
        "by Lagrangian relaxation (Held & Karp 1971). Exact: "
        "mixed-integer programme (GLPK).");
    if (plan->n > 0) {
        uint32_t j = plan->option[0];
        rh_answer_explain(
            a,
            rh_answer_format(
                a,
                "  第 1 步 %s：%g 分钟内尚未覆盖 %.10g 人，成本 %.10g，人均 %.6g；缺口 "
                "%.10g 人",
                m->id[j], minutes, plan->gain[0], m->cost[j], m->cost[j] / plan->gain[0],
                task->goal * plan->all - plan->before),
            rh_answer_format(
                a,
                "  step 1, %s: %.10g people within %g minutes were not covered, cost "
                "%.10g, a person %.6g; %.10g people were missing",
                m->id[j], plan->gain[0], minutes, m->cost[j], m->cost[j] / plan->gain[0],
                task->goal * plan->all - plan->before));
    }
}

static rh_status
answer_plan(const rh_plan_task *task, const menu *m, int when, double minutes, rh_plan *plan,
            rh_answer *a, rh_err *err)
{
    bool small = m->n <= EXACT_OPTIONS && m->pairs->n <= EXACT_PAIRS;
    bool exact = when == 2 || (when == 0 && small);
    RH_TRY(rh_plan_greedy(task, plan, err));
    RH_TRY(rh_plan_raise_bound(task, plan, err));
    if (exact) {
        RH_TRY(rh_plan_exact(task, EXACT_NODES, plan, err));
    }
    table_of_steps(m, plan, a);
    table_of_plans(plan, exact, a);
    if (plan->has_exact) {
        table_of_exact(m, plan, a);
    } else if (exact) {
        rh_answer_warn(
            a, "精确法在规定的分支数内没有结束；已给出它的下界。",
            "The exact search did not end within its branchings; its bound is given.");
    } else {
        rh_answer_note(
            a, "问题较大，未求精确解（--exact always 可强制）。",
            "The exact plan was not sought for a case of this size (--exact always).");
    }
    if (m->links != NULL) {
        rh_answer_note(a, "每条可建道路单独计算其覆盖；首尾相接的道路合起来可能覆盖更多。",
                       "Each road is counted on its own: roads one behind the other may cover "
                       "more together.");
    }
    explain(task, m, plan, minutes, a);
    return RH_OK;
}

static rh_status
fill(const rh_cli *cli, const rh_args *args, rh_access_tables *t, menu *m, rh_plan *plan,
     rh_answer *a, rh_err *err)
{
    static const char *const whens[] = {"auto", "never", "always", NULL};
    const rh_verb *v = &rh_verb_access_plan;
    const char *links = rh_given(v, args, "links");
    double goal = 100, minutes = 30;
    int when = 0;
    RH_TRY(rh_given_number(cli, v, args, "goal", 0, 100, &goal));
    RH_TRY(rh_given_number(cli, v, args, "minutes", 0, RH_MINUTES_MOST, &minutes));
    RH_TRY(rh_given_word(cli, v, args, "exact", whens, &when));
    RH_TRY(rh_access_read(cli, v, args, NULL, minutes, a, t, err));
    RH_TRY(links != NULL ? menu_of_links(args, t, links, minutes, m, err)
                         : menu_of_facilities(args, t, minutes, m, err));
    rh_plan_task task = {m->pairs, t->demand.amount, m->cost, m->open, m->covered, goal / 100};
    return answer_plan(&task, m, when, minutes, plan, a, err);
}

static rh_status
act(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    rh_answer *answer;
    rh_access_tables tables = {0};
    menu m = {0};
    rh_plan plan = {0};
    RH_TRY(rh_answer_new(&answer, err));
    rh_status status = fill(cli, args, &tables, &m, &plan, answer, err);
    status = rh_give_answer(cli, &rh_verb_access_plan, args, answer, status, err);
    release(&m);
    rh_plan_release(&plan);
    rh_access_release(&tables);
    return status;
}

const rh_verb rh_verb_access_plan = {
    .name = "access plan",
    .files = "PLACES FACILITIES",
    .least_files = 1,
    .most_files = 2,
    .summary = RH_MSG_VERB_ACCESS_PLAN,
    .example =
        "ronghe access plan villages.csv sites.csv --network roads.csv --minutes 15 --goal 90",
    .options = options,
    .act = act,
};
