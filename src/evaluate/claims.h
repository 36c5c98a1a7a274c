/* Dividing an estate that does not cover all claims on it: bankruptcy rules 破产分配规则.
 *
 * Claims c_i ≥ 0, estate 0 ≤ E ≤ C = Σ c_i. An award lies between 0 and the claim; awards add to E. Survey of definitions: Thomson (2003),
 * Axiomatic and game-theoretic analysis of bankruptcy and taxation problems, Mathematical Social Sciences 45. */
#ifndef RH_EVALUATE_CLAIMS_H
#define RH_EVALUATE_CLAIMS_H

#include "core/status.h"

#include <stdint.h>

/* RULE(name, id, zh, en, formula): the formula has no words, so that it reads in both languages.
 *   CEA: a with Σ min(c_i, a) = E.   CEL: b with Σ max(0, c_i − b) = E.
 *   adjusted proportional: Curiel, Maschler and Tijs (1987). Talmud: Aumann and Maschler (1985). Random arrival, minimal overlap: O'Neill (1982).
 *   Piniles (1861). Constrained egalitarian: Chun, Schummer and Thomson (2001). Reverse Talmud: Chun, Schummer and Thomson (2001). */
#define RH_CLAIMS_RULES(R)                                                                     \
    R(PROPORTIONAL, "proportional", "按比例", "proportional", "E c_i / C")                     \
    R(ADJUSTED, "adjusted_proportional", "调整比例", "adjusted proportional",                  \
      "m_i + R x_i / Σ x; m_i = max(0, E - C + c_i), R = E - Σ m, x_i = min(c_i - m_i, R)")    \
    R(CEA, "CEA", "约束等赔", "constrained equal awards", "min(c_i, a)")                       \
    R(CEL, "CEL", "约束等损", "constrained equal losses", "max(0, c_i - b)")                   \
    R(TALMUD, "Talmud", "塔木德", "Talmud",                                                    \
      "E <= C/2: CEA(c/2, E); E > C/2: c/2 + CEL(c/2, E - C/2)")                               \
    R(ARRIVAL, "random_arrival", "随机到达", "random arrival",                                 \
      "(1/n!) Σ_π min(c_i, max(0, E - Σ c_j, π(j) < π(i)))")                                   \
    R(PINILES, "Piniles", "皮尼莱斯", "Piniles",                                               \
      "E <= C/2: CEA(c/2, E); E > C/2: c/2 + CEA(c/2, E - C/2)")                               \
    R(EGALITARIAN, "constrained_egalitarian", "约束平等", "constrained egalitarian",           \
      "E <= C/2: CEA(c/2, E); E > C/2: max(c_i/2, min(c_i, a))")                               \
    R(REVERSE, "reverse_Talmud", "反塔木德", "reverse Talmud",                                 \
      "E <= C/2: CEL(c/2, E); E > C/2: c/2 + CEA(c/2, E - C/2)")                               \
    R(OVERLAP, "minimal_overlap", "最小重叠", "minimal overlap",                               \
      "∫ [t ∈ K_i] / #{j: t ∈ K_j} dt; K_j ⊂ [0, E], |K_j| = min(c_j, E), |K_i ∩ K_j| → min")

enum rh_claims_rule {
#define R(name, id, zh, en, formula) RH_CLAIMS_##name,
    RH_CLAIMS_RULES(R)
#undef R
        RH_CLAIMS_RULE_COUNT
};

enum { RH_CLAIMS_MOST_ARRIVAL = 24 }; /* claimants of random arrival: 2^n coalitions */

/* award[n] by one rule. Cost: O(n²) at most; random arrival 2^n. Errors: RH_INPUT for a negative or missing claim, an
 * estate below 0 or above all claims, too many claimants for random arrival; RH_MEMORY. */
RH_MUST_CHECK rh_status rh_claims_divide(const double *claim, uint32_t n, double estate,
                                         enum rh_claims_rule rule, double *award, rh_err *err);

/* The game v(S) = max(0, E − claims of the others) (O'Neill 1982): its Shapley value is random arrival, its
 * nucleolus Talmud, its τ adjusted proportional. v has 2^n entries, n ≤ 24. */
void rh_claims_game(const double *claim, unsigned n, double estate, double *v);

#endif
