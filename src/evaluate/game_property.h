/* Properties of a cooperative game, each with the coalitions that refute it.
 *
 * Table v as in game_value.h; differences under 1e-9 of the largest |v| count as equal. For a game of costs (−c) the words turn
 * around: superadditive is then subadditive costs, convex concave costs. Sources: Shapley (1971), Cores of convex games; Tijs (1981)
 * for quasi-balanced. */
#ifndef RH_EVALUATE_GAME_PROPERTY_H
#define RH_EVALUATE_GAME_PROPERTY_H

#include <stdint.h>

/* PROPERTY(name, id, zh, meaning); the meaning has no words, so that it reads in both languages. */
#define RH_GAME_PROPERTIES(P)                                                                  \
    P(ESSENTIAL, "essential", "本质博弈", "v(N) > Σ v(i)")                                     \
    P(MONOTONE, "monotone", "单调", "v(S) <= v(T), S ⊂ T")                                     \
    P(SUPERADDITIVE, "superadditive", "超可加", "v(S) + v(T) <= v(S ∪ T), S ∩ T = ∅")          \
    P(CONVEX, "convex", "凸博弈", "v(S) + v(T) <= v(S ∪ T) + v(S ∩ T)")                        \
    P(QUASI_BALANCED, "quasi_balanced", "拟均衡", "m <= M, Σ m <= v(N) <= Σ M")                \
    P(ADDITIVE, "additive", "可加", "v(S) = Σ v(i), i ∈ S")                                    \
    P(CONSTANT_SUM, "constant_sum", "常和", "v(S) + v(N-S) = v(N)")                            \
    P(SYMMETRIC, "symmetric", "对称", "v(S) = f(|S|)")                                         \
    P(SIMPLE, "simple", "简单博弈", "v(S) ∈ {0, 1}, v(N) = 1, v(S) <= v(T), S ⊂ T")

enum rh_game_property {
#define P(name, id, zh, meaning) RH_GAME_##name,
    RH_GAME_PROPERTIES(P)
#undef P
        RH_GAME_PROPERTY_COUNT
};

typedef struct rh_game_finding {
    int holds; /* 1 yes, 0 no, −1 not looked at (superadditivity of many players costs 3^n steps) */
    uint32_t a, b; /* where not: the coalitions that refute it (0: none to name) */
} rh_game_finding;

enum {
    RH_SUPERADDITIVE_MOST = 18
}; /* players up to which superadditivity is looked at unless convexity settles it */

/* All findings of a game of n ≤ 24 players. Cost: O(n² 2^n), and 3^n for superadditivity. */
void rh_game_properties(const double *v, unsigned n,
                        rh_game_finding finding[RH_GAME_PROPERTY_COUNT]);

#endif
