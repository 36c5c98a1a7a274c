/* The answer about a game: see share_answer.h. */
#include "evaluate/share_answer.h"

#include "evaluate/game_core.h"
#include "evaluate/game_nucleolus.h"
#include "evaluate/game_point.h"
#include "evaluate/game_property.h"

#include <math.h>
#include <stdio.h>

/* SOLUTION(name, id, zh, en, table): table 0 the main one, 1 the further ones */
#define SOLUTIONS(S)                                                                           \
    S(SHAPLEY, "shapley", "夏普利值", "Shapley", 0)                                            \
    S(NUCLEOLUS, "nucleolus", "核仁", "nucleolus", 0)                                          \
    S(TAU, "tau", "τ值", "tau", 0)                                                             \
    S(GATELY, "gately", "盖特利点", "Gately", 0)                                               \
    S(SURPLUS, "equal_surplus", "等剩余", "equal surplus", 0)                                  \
    S(ENSC, "ensc", "等不可分成本", "ENSC", 0)                                                 \
    S(BANZHAF, "banzhaf", "班扎夫值", "Banzhaf", 0)                                            \
    S(BANZHAF_SHARE, "banzhaf_normalised", "班扎夫归一", "Banzhaf, normalised", 1)             \
    S(PRENUCLEOLUS, "prenucleolus", "预核仁", "prenucleolus", 1)                               \
    S(PER_CAPITA, "per_capita_nucleolus", "人均核仁", "per-capita nucleolus", 1)               \
    S(PROPORTIONAL_NUCLEOLUS, "proportional_nucleolus", "比例核仁", "proportional nucleolus",  \
      1)                                                                                       \
    S(DISRUPTION, "disruption_nucleolus", "破坏核仁", "disruption nucleolus", 1)               \
    S(MODICLUS, "modiclus", "修正核仁", "modiclus", 1)                                         \
    S(SIMPLIFIED, "simplified_modiclus", "简化修正核仁", "simplified modiclus", 1)             \
    S(PROPORTIONAL, "proportional", "按独立值比例", "proportional", 1)                         \
    S(EQUAL, "equal_split", "均分", "equal split", 1)

enum solution {
#define S(name, id, zh, en, table) SOLUTION_##name,
    SOLUTIONS(S)
#undef S
        SOLUTION_COUNT
};

static const struct {
    const char *id, *zh, *en;
    int table;
} solution[] = {
#define S(name, id, zh, en, table) {id, zh, en, table},
    SOLUTIONS(S)
#undef S
};

static const struct {
    const char *id, *zh, *meaning;
} property[] = {
#define P(name, id, zh, meaning) {id, zh, meaning},
    RH_GAME_PROPERTIES(P)
#undef P
};

typedef struct game {
    const rh_players *players;
    double *v; /* gains; costs were negated */
    unsigned n;
    double sign; /* −1: of costs */
    double x[SOLUTION_COUNT][RH_GAME_MOST];
    bool has[SOLUTION_COUNT];
} game;

static const char *
name_of(rh_answer *a, const game *g, uint32_t coalition)
{
    return rh_answer_format(a, "%s", rh_coalition_name(g->players, coalition).text);
}

/* Solutions that may not exist: memory that runs out is a failure, everything else means "none". */
static rh_status
find_nucleoli(game *g, rh_answer *a, rh_err *err)
{
    const struct {
        enum solution to;
        enum rh_complaint complaint;
        bool rational;
    } kind[] = {{SOLUTION_NUCLEOLUS, RH_PLAIN, true},
                {SOLUTION_PRENUCLEOLUS, RH_PLAIN, false},
                {SOLUTION_PER_CAPITA, RH_PER_CAPITA, true},
                {SOLUTION_PROPORTIONAL_NUCLEOLUS, RH_PROPORTIONAL, true},
                {SOLUTION_DISRUPTION, RH_DISRUPTION, true}};
    for (size_t k = 0; k < sizeof kind / sizeof kind[0]; k++) {
        rh_game_nucleolus found;
        rh_err why = {0};
        rh_status status = rh_game_nucleolus_find(g->v, g->n, kind[k].complaint,
                                                  kind[k].rational, &found, &why);
        if (status == RH_MEMORY || status == RH_INVARIANT) {
            return rh_fail(err, status, "%s", why.text);
        }
        g->has[kind[k].to] = status == RH_OK;
        for (unsigned i = 0; i < g->n; i++) {
            g->x[kind[k].to][i] = status == RH_OK ? found.x[i] : (double)NAN;
        }
        if (status != RH_OK) {
            const char *zh = solution[kind[k].to].zh, *en = solution[kind[k].to].en;
            rh_answer_note(a, rh_answer_format(a, "没有%s。%s", zh, why.text),
                           rh_answer_format(a, "There is no %s. %s", en, why.text));
        }
    }
    RH_TRY(rh_game_simplified_modiclus(g->v, g->n, g->x[SOLUTION_SIMPLIFIED], err));
    g->has[SOLUTION_SIMPLIFIED] = true;
    g->has[SOLUTION_MODICLUS] = g->n <= 8; /* 2^(2n) pairs */
    if (g->has[SOLUTION_MODICLUS]) {
        return rh_game_modiclus(g->v, g->n, g->x[SOLUTION_MODICLUS], err);
    }
    return RH_OK;
}

static rh_status
find_solutions(game *g, rh_answer *a, unsigned n_threads, rh_err *err)
{
    for (int k = 0; k < SOLUTION_COUNT; k++) {
        g->has[k] = true;
        for (unsigned i = 0; i < g->n; i++) {
            g->x[k][i] = (double)NAN;
        }
    }
    double sum = 0, disruption;
    RH_TRY(rh_game_shapley(g->v, g->n, n_threads, g->x[SOLUTION_SHAPLEY], err));
    RH_TRY(rh_game_banzhaf(g->v, g->n, n_threads, g->x[SOLUTION_BANZHAF], err));
    for (unsigned i = 0; i < g->n; i++) {
        sum += g->x[SOLUTION_BANZHAF][i];
    }
    for (unsigned i = 0; i < g->n; i++) {
        g->x[SOLUTION_BANZHAF_SHARE][i] =
            sum != 0 ? g->x[SOLUTION_BANZHAF][i] / sum * g->v[(1U << g->n) - 1] : (double)NAN;
    }
    g->has[SOLUTION_BANZHAF_SHARE] = sum != 0;
    g->has[SOLUTION_TAU] = rh_game_tau(g->v, g->n, g->x[SOLUTION_TAU]);
    g->has[SOLUTION_GATELY] = rh_game_gately(g->v, g->n, g->x[SOLUTION_GATELY], &disruption);
    g->has[SOLUTION_PROPORTIONAL] =
        rh_game_proportional(g->v, g->n, g->x[SOLUTION_PROPORTIONAL]);
    rh_game_equal_surplus(g->v, g->n, g->x[SOLUTION_SURPLUS]);
    rh_game_ensc(g->v, g->n, g->x[SOLUTION_ENSC]);
    rh_game_equal_split(g->v, g->n, g->x[SOLUTION_EQUAL]);
    if (!g->has[SOLUTION_TAU]) {
        rh_answer_note(a, "没有τ值：博弈不是拟均衡的。",
                       "There is no tau value: the game is not quasi-balanced.");
    }
    if (!g->has[SOLUTION_GATELY]) {
        rh_answer_note(a, "没有盖特利点：博弈不是本质的，或成员对大联盟没有贡献。",
                       "There is no Gately point: the game is not essential, or players add "
                       "nothing to the grand coalition.");
    }
    return find_nucleoli(g, a, err);
}

static void
tell_allocations(const game *g, rh_answer *a, int table)
{
    rh_answer_text_column(a, "player", "成员", "player");
    if (table == 0) {
        rh_answer_number_column(a, "alone", "独立", "alone", 4);
    }
    for (int k = 0; k < SOLUTION_COUNT; k++) {
        if (solution[k].table == table) {
            rh_answer_number_column(a, solution[k].id, solution[k].zh, solution[k].en, 4);
        }
    }
    for (unsigned i = 0; i < g->n; i++) {
        rh_answer_text(a, g->players->name[i]);
        if (table == 0) {
            rh_answer_number(a, g->sign * g->v[1U << i]);
        }
        for (int k = 0; k < SOLUTION_COUNT; k++) {
            if (solution[k].table == table) {
                rh_answer_number(a, g->sign * g->x[k][i]);
            }
        }
    }
}

/* Does each solution stand up to coalitions? */
static void
tell_checks(const game *g, rh_answer *a)
{
    const double rounding = 1e-8 * rh_game_scale(g->v, g->n), grand = g->v[(1U << g->n) - 1];
    rh_answer_table(a, "check", "检查", "Check");
    rh_answer_text_column(a, "solution", "解", "solution");
    rh_answer_number_column(a, "sum", "合计", "sum", 4);
    rh_answer_text_column(a, "in_core", "在核中", "in the core");
    rh_answer_text_column(a, "worst", "最不满的联盟", "coalition that would leave first");
    rh_answer_number_column(a, "gain", "其退出所得", "what it gains by leaving", 4);
    for (int k = 0; k < SOLUTION_COUNT; k++) {
        if (!g->has[k]) {
            continue;
        }
        double sum = 0;
        uint32_t worst;
        for (unsigned i = 0; i < g->n; i++) {
            sum += g->x[k][i];
        }
        double gain = rh_game_worst(g->v, g->n, g->x[k], &worst);
        bool shares_all = fabs(sum - grand) <= rounding;
        rh_answer_words(a, solution[k].zh, solution[k].en);
        rh_answer_number(a, g->sign * sum);
        if (!shares_all) {
            rh_answer_words(a, "不等于全体之值", "not the whole");
        } else if (gain <= rounding) {
            rh_answer_words(a, "是", "yes");
        } else {
            rh_answer_words(a, "否", "no");
        }
        rh_answer_text(a, name_of(a, g, worst));
        rh_answer_number(a, isinf(gain) ? (double)NAN : gain);
    }
}

static rh_status
tell_core(const game *g, rh_answer *a, rh_err *err)
{
    rh_game_core core;
    const double grand = g->v[(1U << g->n) - 1];
    RH_TRY(rh_game_core_check(g->v, g->n, &core, err));
    rh_answer_table(a, "core", core.empty ? "核为空：平衡集族" : "核的一个元素",
                    core.empty ? "The core is empty: a balanced collection"
                               : "An element of the core");
    rh_answer_text_column(a, "coalition", "联盟", "coalition");
    rh_answer_number_column(a, "weight", "权重", "weight", 4);
    rh_answer_number_column(a, "value", "值", "value", 4);
    rh_answer_number_column(a, "allocation", "分配", "allocation", 4);
    if (!core.empty) {
        for (unsigned i = 0; i < g->n; i++) {
            rh_answer_text(a, g->players->name[i]);
            RH_ANSWER_NUMBERS(a, (double)NAN, g->sign * g->v[1U << i], g->sign * core.x[i]);
        }
        rh_answer_note(
            a,
            rh_answer_format(a, "核非空：各联盟至少要 %g，全体有 %g（邦达列娃—夏普利）。",
                             g->sign * core.needed, g->sign * grand),
            rh_answer_format(a,
                             "The core is not empty: coalitions ask for %g in all, there is %g "
                             "(Bondareva-Shapley).",
                             g->sign * core.needed, g->sign * grand));
        return RH_OK;
    }
    for (unsigned b = 0; b < core.n_balanced; b++) {
        rh_answer_text(a, name_of(a, g, core.balanced[b]));
        RH_ANSWER_NUMBERS(a, core.weight[b], g->sign * g->v[core.balanced[b]], (double)NAN);
    }
    rh_answer_warn(
        a,
        rh_answer_format(
            a, "核为空：任何分配都有联盟退出更好。表中各联盟按权重合计得 %g，全体只有 %g。",
            g->sign * core.needed, g->sign * grand),
        rh_answer_format(a,
                         "The core is empty: whatever the shares, some coalition "
                         "does better alone. Weighted, those of the table have %g, "
                         "all together %g.",
                         g->sign * core.needed, g->sign * grand));
    return RH_OK;
}

static void
tell_properties(const game *g, rh_answer *a)
{
    rh_game_finding f[RH_GAME_PROPERTY_COUNT];
    rh_game_properties(g->v, g->n, f);
    rh_answer_table(a, "property", g->sign < 0 ? "性质（以负成本为收益）" : "性质",
                    g->sign < 0 ? "Properties (of gains: negative costs)" : "Properties");
    rh_answer_text_column(a, "property", "性质", "property");
    rh_answer_text_column(a, "holds", "成立", "holds");
    rh_answer_text_column(a, "refuted_by", "反例", "refuted by");
    rh_answer_text_column(a, "meaning", "含义", "meaning");
    for (int k = 0; k < RH_GAME_PROPERTY_COUNT; k++) {
        rh_answer_words(a, property[k].zh, property[k].id);
        rh_answer_words(a,
                        f[k].holds < 0 ? "未查"
                        : f[k].holds   ? "是"
                                       : "否",
                        f[k].holds < 0 ? "not looked at"
                        : f[k].holds   ? "yes"
                                       : "no");
        rh_answer_text(a, f[k].holds != 0 || f[k].a == 0 ? ""
                          : f[k].b == 0                  ? name_of(a, g, f[k].a)
                                        : rh_answer_format(a, "%s; %s", name_of(a, g, f[k].a),
                                                           name_of(a, g, f[k].b)));
        rh_answer_text(a, property[k].meaning);
    }
}

/* One Shapley value in full: mean marginal contribution by the number of those who came before. */
static void
explain(const game *g, rh_answer *a)
{
    double sum[RH_GAME_MOST] = {0}, count[RH_GAME_MOST] = {0};
    char list[700] = "";
    size_t used = 0;
    for (uint32_t s = 0; s < 1U << g->n; s += 2) { /* coalitions without the first player */
        int size = __builtin_popcount(s);
        sum[size] += g->sign * (g->v[s | 1] - g->v[s]);
        count[size]++;
    }
    for (unsigned s = 0; s < g->n; s++) {
        int more = snprintf(list + used, sizeof list - used, "%s%g", s > 0 ? " + " : "",
                            sum[s] / count[s]);
        used += more > 0 && used + (size_t)more < sizeof list ? (size_t)more : 0;
    }
    rh_answer_explain(a,
                      "夏普利值（1953）：φ_i = Σ_S |S|!(n-|S|-1)!/n! · (v(S∪i) - "
                      "v(S))，即各人数下边际贡献均值的平均。",
                      "Shapley (1953): phi_i = sum over S of |S|!(n-|S|-1)!/n! (v(S+i) - "
                      "v(S)): the mean over "
                      "sizes of the mean marginal contribution.");
    rh_answer_explain(a,
                      rh_answer_format(a, "%s（先到人数 0…%u）：( %s ) / %u = %.10g",
                                       g->players->name[0], g->n - 1, list, g->n,
                                       g->sign * g->x[SOLUTION_SHAPLEY][0]),
                      rh_answer_format(a, "%s (0 to %u came before): ( %s ) / %u = %.10g",
                                       g->players->name[0], g->n - 1, list, g->n,
                                       g->sign * g->x[SOLUTION_SHAPLEY][0]));
    rh_answer_explain(
        a,
        "核仁：施迈德勒（1969），逐层线性规划；核：邦达列娃（1963）、夏普利（1967）；τ：泰斯（1"
        "981）；"
        "盖特利（1974）；修正核仁：祖德赫尔特（1997）。",
        "Nucleolus: Schmeidler (1969), by a sequence of linear programmes; core: Bondareva "
        "(1963), Shapley (1967); tau: Tijs (1981); Gately (1974); modiclus: Sudhoelter "
        "(1997).");
}

rh_status
rh_share_game(rh_answer *a, const rh_players *players, double *v, bool cost, unsigned n_threads,
              rh_err *err)
{
    game g = {.players = players, .v = v, .n = players->n, .sign = cost ? -1 : 1};
    for (uint32_t s = 1; s < 1U << g.n && cost; s++) {
        v[s] = -v[s];
    }
    RH_TRY(find_solutions(&g, a, n_threads, err));
    rh_answer_table(a, "allocation", cost ? "成本分摊" : "分配",
                    cost ? "Costs" : "Allocations");
    tell_allocations(&g, a, 0);
    rh_answer_table(a, "more", "更多解", "Further solutions");
    tell_allocations(&g, a, 1);
    tell_checks(&g, a);
    RH_TRY(tell_core(&g, a, err));
    tell_properties(&g, a);
    explain(&g, a);
    for (uint32_t s = 1; s < 1U << g.n && cost; s++) {
        v[s] = -v[s];
    }
    return RH_OK;
}

void
rh_share_sample(rh_answer *a, const rh_players *players, const rh_game_estimate *e,
                uint64_t groups)
{
    double sum = 0;
    rh_answer_table(a, "allocation", "夏普利值（抽样）", "Shapley values (sampled)");
    rh_answer_text_column(a, "player", "成员", "player");
    rh_answer_number_column(a, "shapley", "夏普利值", "Shapley", 4);
    rh_answer_number_column(a, "error", "标准误", "standard error", 4);
    rh_answer_number_column(a, "low", "95%下限", "95 % from", 4);
    rh_answer_number_column(a, "high", "95%上限", "95 % to", 4);
    for (unsigned i = 0; i < players->n; i++) {
        rh_answer_text(a, players->name[i]);
        RH_ANSWER_NUMBERS(a, e->value[i], e->error[i], e->value[i] - 1.96 * e->error[i],
                          e->value[i] + 1.96 * e->error[i]);
        sum += e->value[i];
    }
    rh_answer_note(
        a,
        rh_answer_format(a, "%llu 组随机次序，每组 %u 个次序及其逆序，按位置分层；合计 %g。",
                         (unsigned long long)groups, players->n, sum),
        rh_answer_format(a,
                         "%llu groups of random orders, each of %u orders and their reverses, "
                         "stratified by place; sum %g.",
                         (unsigned long long)groups, players->n, sum));
    if (groups < 30) {
        rh_answer_warn(a, "组数不足 30，区间按正态近似，偏窄。",
                       "With fewer than 30 groups the intervals, which are normal ones, are "
                       "too narrow.");
    }
    rh_answer_explain(
        a,
        rh_answer_format(a, "%s：%llu 组之均值 %.10g，标准误 = 组间标准差 / √%llu = %.6g",
                         players->name[0], (unsigned long long)groups, e->value[0],
                         (unsigned long long)groups, e->error[0]),
        rh_answer_format(a,
                         "%s: mean of %llu groups %.10g; standard error = deviation between "
                         "groups / sqrt(%llu) = %.6g",
                         players->name[0], (unsigned long long)groups, e->value[0],
                         (unsigned long long)groups, e->error[0]));
}
