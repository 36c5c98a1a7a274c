/* Solutions of a cooperative game in closed form, and how an allocation stands up to coalitions.
 *
 * Table v as in game_value.h. A game of costs is handed over as −c, and what comes out is negated again. Cost of each: O(2^n)
 * at most. None allocates. */
#ifndef RH_EVALUATE_GAME_POINT_H
#define RH_EVALUATE_GAME_POINT_H

#include <stdbool.h>
#include <stdint.h>

/* What every player may hope for at most, M_i = v(N) − v(N−i) (utopia, 理想支付), and the minimal right m_i = max over S with i of
 * v(S) − Σ of M_j over the other members (Tijs 1981). */
void rh_game_utopia(const double *v, unsigned n, double *utopia);
void rh_game_minimal_rights(const double *v, unsigned n, const double *utopia, double *right);

/* Tijs (1981), Bounds for the core and the τ-value: the efficient point between m and M. False, and value NAN, unless the game is
 * quasi-balanced: m ≤ M and Σm ≤ v(N) ≤ ΣM. */
bool rh_game_tau(const double *v, unsigned n, double *value);

/* Gately (1974), Econometrica 42: the point where all have the same propensity to disrupt d = (M_i − x_i) / (x_i − v(i)):
 *     x_i = v(i) + (M_i − v(i)) / Σ(M_j − v(j)) · (v(N) − Σv(j)).
 * False, and value NAN, unless Σ(M_j − v(j)) > 0 and v(N) > Σv(j) (Staudacher and Anwander 2019: an essential game whose players
 * are worth something to each other); in an additive game x_i = v(i). *disruption (or NULL): d. */
bool rh_game_gately(const double *v, unsigned n, double *value, double *disruption);

/* Centre of the imputations (CIS), 等剩余分配: v(i) and an equal share of what is left (Driessen and Funaki 1991). */
void rh_game_equal_surplus(const double *v, unsigned n, double *value);
/* Equal allocation of non-separable costs (ENSC), of water-works in the 1930s: M_i and an equal share of what is left. */
void rh_game_ensc(const double *v, unsigned n, double *value);
/* In proportion to v(i). False, and value NAN, unless all v(i) have one sign and some is not 0. */
bool rh_game_proportional(const double *v, unsigned n, double *value);
/* Egalitarian: v(N)/n. */
void rh_game_equal_split(const double *v, unsigned n, double *value);

/* The largest excess v(S) − x(S) over coalitions other than ∅ and N, and that coalition (the first of equals). Above 0: S gains
 * by leaving. −infinity, coalition 0, for one player. */
double rh_game_worst(const double *v, unsigned n, const double *x, uint32_t *coalition);

/* Largest |v(S)|: what "equal up to rounding" is measured by. */
double rh_game_scale(const double *v, unsigned n);

#endif
