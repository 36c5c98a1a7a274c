/* Answers about votes, claims and airports: see share_answer.h. */
#include "evaluate/share_answer.h"

#include "core/mem.h"
#include "evaluate/airport.h"
#include "evaluate/claims.h"
#include "evaluate/vote_power.h"

#include <math.h>
#include <stdlib.h>

/* ---- votes ---- */

static void
tell_power(rh_answer *a, const char *const *name, const double *weight, double quota,
           const rh_vote_power *p)
{
    const double *const column[] = {p->shapley,  p->banzhaf_share, p->banzhaf,     p->prevent,
                                    p->initiate, p->deegan_packel, p->public_good, p->johnston};
    for (uint32_t i = 0; i < p->n; i++) {
        rh_answer_number(a, quota);
        rh_answer_text(a, name[i]);
        rh_answer_number(a, weight[i]);
        for (size_t k = 0; k < sizeof column / sizeof column[0]; k++) {
            rh_answer_number(a, column[k][i]);
        }
    }
}

static void
remark_on_vote(rh_answer *a, const char *const *name, double total, double quota,
               const rh_vote_power *p)
{
    if (quota <= total / 2) {
        rh_answer_warn(
            a,
            rh_answer_format(a, "门槛 %g 不过半数（合计 %g）：互不相交的两个联盟可以同时通过。",
                             quota, total),
            rh_answer_format(
                a,
                "The quota %g is not more than half of %g: two coalitions without a "
                "common member may both win.",
                quota, total));
    }
    for (uint32_t i = 0; i < p->n; i++) {
        if (p->banzhaf[i] == 0) {
            rh_answer_note(
                a, rh_answer_format(a, "门槛 %g 下，%s 从不起决定作用。", quota, name[i]),
                rh_answer_format(a, "With the quota %g, %s never decides.", quota, name[i]));
        }
    }
    if (p->n > RH_VOTE_LISTED_MOST) {
        rh_answer_note(a, "成员多于 24，不算约翰斯顿指数。",
                       "With more than 24 members the Johnston index is not found.");
    }
}

rh_status
rh_share_vote(rh_answer *a, const char *const *name, const double *weight, uint32_t n,
              const double *quota, unsigned n_quotas, rh_err *err)
{
    double total = 0;
    for (uint32_t i = 0; i < n; i++) {
        total += weight[i];
    }
    rh_answer_table(a, "power", "投票权力", "Power in the vote");
    rh_answer_number_column(a, "quota", "门槛", "quota", 4);
    rh_answer_text_column(a, "member", "成员", "member");
    rh_answer_number_column(a, "weight", "权重", "weight", 4);
    rh_answer_number_column(a, "shapley_shubik", "夏普利—舒比克", "Shapley-Shubik", 5);
    rh_answer_number_column(a, "banzhaf_normalised", "班扎夫(归一)", "Banzhaf, normalised", 5);
    rh_answer_number_column(a, "banzhaf", "班扎夫", "Banzhaf", 5);
    rh_answer_number_column(a, "prevent", "科尔曼阻止", "Coleman, prevent", 5);
    rh_answer_number_column(a, "initiate", "科尔曼发起", "Coleman, initiate", 5);
    rh_answer_number_column(a, "deegan_packel", "迪根—帕克尔", "Deegan-Packel", 5);
    rh_answer_number_column(a, "public_good", "公共品指数", "public good", 5);
    rh_answer_number_column(a, "johnston", "约翰斯顿", "Johnston", 5);
    for (unsigned q = 0; q < n_quotas; q++) {
        rh_vote_power p;
        RH_TRY(rh_vote_power_find(weight, n, quota[q], &p, err));
        tell_power(a, name, weight, quota[q], &p);
        remark_on_vote(a, name, total, quota[q], &p);
        if (q == 0) {
            rh_answer_explain(
                a,
                "夏普利—舒比克（1954）：成员在各种到达次序中使票数达到门槛的比例；班扎夫（1965"
                "）：在 2^(n-1) 个其他成员的联盟中起决定作用的比例。",
                "Shapley-Shubik (1954): share of orders in which the member's votes reach the "
                "quota; Banzhaf (1965): share of the 2^(n-1) coalitions of others that the "
                "member turns.");
            rh_answer_explain(
                a,
                rh_answer_format(
                    a, "%s，门槛 %g：决定 %.0f 个联盟（共 2^%u），概率 %.10g；占全部 %.10g",
                    name[0], quota[q], ldexp(p.banzhaf[0], (int)n - 1), n - 1, p.banzhaf[0],
                    p.banzhaf_share[0]),
                rh_answer_format(a,
                                 "%s, quota %g: turns %.0f coalitions of 2^%u, probability "
                                 "%.10g; share of all turns %.10g",
                                 name[0], quota[q], ldexp(p.banzhaf[0], (int)n - 1), n - 1,
                                 p.banzhaf[0], p.banzhaf_share[0]));
        }
        rh_vote_power_release(&p);
    }
    return RH_OK;
}

/* ---- claims ---- */

static const struct {
    const char *id, *zh, *en, *formula;
} rule[] = {
#define R(name, id, zh, en, formula) {id, zh, en, formula},
    RH_CLAIMS_RULES(R)
#undef R
};

static rh_status
divide_all(rh_answer *a, const double *claim, uint32_t n, double estate, double *award,
           rh_err *err)
{
    for (int r = 0; r < RH_CLAIMS_RULE_COUNT; r++) {
        double *column = award + (size_t)r * n;
        if (r == RH_CLAIMS_ARRIVAL && n > RH_CLAIMS_MOST_ARRIVAL) {
            for (uint32_t i = 0; i < n; i++) {
                column[i] = (double)NAN;
            }
            rh_answer_note(a, "主张者多于 24，不算随机到达。",
                           "With more than 24 claimants random arrival is not found.");
            continue;
        }
        RH_TRY(rh_claims_divide(claim, n, estate, (enum rh_claims_rule)r, column, err));
    }
    return RH_OK;
}

rh_status
rh_share_claims(rh_answer *a, const char *const *name, const double *claim, uint32_t n,
                double estate, rh_err *err)
{
    double *award, total = 0;
    RH_NEW(award, (size_t)RH_CLAIMS_RULE_COUNT * n + 1, err);
    rh_status status = divide_all(a, claim, n, estate, award, err);
    if (status != RH_OK || n == 0) {
        rh_free(award);
        return status != RH_OK ? status : rh_fail(err, RH_INPUT, "There are no claims.");
    }
    rh_answer_table(a, "award", "分得", "Awards");
    rh_answer_text_column(a, "claimant", "主张者", "claimant");
    rh_answer_number_column(a, "claim", "主张", "claim", 2);
    for (int r = 0; r < RH_CLAIMS_RULE_COUNT; r++) {
        rh_answer_number_column(a, rule[r].id, rule[r].zh, rule[r].en, 2);
    }
    for (uint32_t i = 0; i < n; i++) {
        rh_answer_text(a, name[i]);
        rh_answer_number(a, claim[i]);
        total += claim[i];
        for (int r = 0; r < RH_CLAIMS_RULE_COUNT; r++) {
            rh_answer_number(a, award[(size_t)r * n + i]);
        }
    }
    rh_answer_note(a,
                   rh_answer_format(a, "可分 %g，主张合计 %g，覆盖 %.4g %%。", estate, total,
                                    100 * estate / total),
                   rh_answer_format(a, "%g for claims of %g: %.4g %% are covered.", estate,
                                    total, 100 * estate / total));
    for (int r = 0; r < RH_CLAIMS_RULE_COUNT; r++) {
        rh_answer_explain(a, rh_answer_format(a, "%s：%s", rule[r].zh, rule[r].formula),
                          rh_answer_format(a, "%s: %s", rule[r].en, rule[r].formula));
    }
    rh_answer_explain(a,
                      rh_answer_format(a, "%s 按比例：%.10g × %.10g / %.10g = %.10g", name[0],
                                       estate, claim[0], total, award[0]),
                      rh_answer_format(a, "%s, proportional: %.10g x %.10g / %.10g = %.10g",
                                       name[0], estate, claim[0], total, award[0]));
    rh_free(award);
    return RH_OK;
}

/* ---- airports ---- */

rh_status
rh_share_airport(rh_answer *a, const char *const *name, const double *cost, const double *users,
                 uint32_t n, rh_err *err)
{
    double *pays, all = 0, need = 0, least = (double)INFINITY;
    RH_NEW(pays, 3 * (size_t)n + 1, err);
    rh_status status = rh_airport_shapley(cost, users, n, pays, err);
    if (status == RH_OK) {
        status = rh_airport_nucleolus(cost, users, n, pays + n, err);
    }
    if (status == RH_OK) {
        status = rh_airport_proportional(cost, users, n, pays + 2 * (size_t)n, err);
    }
    if (status == RH_OK && n == 0) {
        status = rh_fail(err, RH_INPUT, "There are no users.");
    }
    if (status != RH_OK) {
        rh_free(pays);
        return status;
    }
    rh_answer_table(a, "pays", "每个用户负担", "What one user pays");
    rh_answer_text_column(a, "user", "用户", "user");
    rh_answer_number_column(a, "users", "数量", "users", 0);
    rh_answer_number_column(a, "alone", "单独成本", "alone", 4);
    rh_answer_number_column(a, "shapley", "夏普利值", "Shapley", 4);
    rh_answer_number_column(a, "nucleolus", "核仁", "nucleolus", 4);
    rh_answer_number_column(a, "proportional", "按比例", "proportional", 4);
    uint32_t first = 0;
    for (uint32_t i = 0; i < n; i++) {
        rh_answer_text(a, name[i]);
        rh_answer_number(a, users[i]);
        rh_answer_number(a, cost[i]);
        for (unsigned k = 0; k < 3; k++) {
            rh_answer_number(a, pays[k * (size_t)n + i]);
        }
        all = fmax(all, cost[i]);
        need += users[i];
        if (cost[i] < least) {
            least = cost[i];
            first = i;
        }
    }
    rh_answer_note(
        a, rh_answer_format(a, "设施成本 %g，由 %g 个用户全部负担。", all, need),
        rh_answer_format(a, "The facility costs %g; %g users pay all of it.", all, need));
    rh_answer_explain(a,
                      "利特柴尔德、欧文（1973）：成本按需要逐段，每段由需要它的用户均摊；核仁："
                      "利特柴尔德（1974）。",
                      "Littlechild and Owen (1973): each stretch of cost is shared equally by "
                      "those who need it; nucleolus: Littlechild (1974).");
    rh_answer_explain(a,
                      rh_answer_format(a, "%s（最低成本）：%.10g / %.10g = %.10g", name[first],
                                       least, need, pays[first]),
                      rh_answer_format(a, "%s (the least cost): %.10g / %.10g = %.10g",
                                       name[first], least, need, pays[first]));
    rh_free(pays);
    return RH_OK;
}
