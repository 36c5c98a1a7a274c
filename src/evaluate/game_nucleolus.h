/* The nucleolus 核仁 and its kin: the allocation whose largest complaint is smallest, then the second largest, and so on
 * (Schmeidler 1969).
 *
 * The complaint of S is (v(S) − x(S)) / g(S):
 *     plain        g = 1
 *     per capita   g = |S|                                         (Grotte 1970)
 *     proportional g = v(S)                                        (Young, Okada and Hashimoto 1982)
 *     disruption   g = v(N) − v(S) − v(N−S): orders as Gately's propensity to disrupt does  (Littlechild and Vaidya 1976)
 * With g(S) = 0 the coalition is to have v(S) whatever happens.
 *
 * Method (Maschler, Peleg and Shapley 1979; Kopelowitz 1967): min ε subject to x(S) + g(S)·ε ≥ v(S). Coalitions with a
 * positive multiplier are tight in all optimal allocations: their x(S) is settled, and with it that of their linear span (game_span.h, exactly);
 * then the next ε for the coalitions outside, until n independent ones are settled: at most n − 1 programmes. Coalitions enter a
 * programme as they are found violated. In the end x is the solution of the linear system of all tight coalitions with
 * the ε as unknowns (least squares), so that it has full precision and not that of the simplex tolerances.
 * Cost: about 10 n scans of 2^n. */
#ifndef RH_EVALUATE_GAME_NUCLEOLUS_H
#define RH_EVALUATE_GAME_NUCLEOLUS_H

#include "core/status.h"
#include "evaluate/game_sums.h"

#include <stdbool.h>

enum rh_complaint { RH_PLAIN, RH_PER_CAPITA, RH_PROPORTIONAL, RH_DISRUPTION };

typedef struct rh_game_nucleolus {
    double x[RH_SUMS_PLAYERS];
    double complaint; /* the first ε: at most 0 exactly when the core is not empty (g > 0) */
    unsigned levels;
} rh_game_nucleolus;

/* `rational`: among imputations, x_i ≥ v(i) (the nucleolus); else among all efficient allocations (the prenucleolus).
 * 1 ≤ n ≤ 24. Errors: RH_INPUT when there is no imputation, a g(S) is negative, or complaints have no least; RH_MEMORY. */
RH_MUST_CHECK rh_status rh_game_nucleolus_find(const double *v, unsigned n,
                                               enum rh_complaint complaint, bool rational,
                                               rh_game_nucleolus *out, rh_err *err);

/* Modiclus (Sudhölter 1997, Int. J. Game Theory 26): lexicographically least differences of complaints; the prenucleolus of the dual cover
 * max(v(S) + v*(T), v*(S) + v(T)) on two copies of the players, so that n ≤ 12. v*(S) = v(N) − v(N−S). */
RH_MUST_CHECK rh_status rh_game_modiclus(const double *v, unsigned n, double *x, rh_err *err);

/* Simplified modiclus (Tarashnina 2011, TOP 19): the prenucleolus of (v + v*)/2. */
RH_MUST_CHECK rh_status rh_game_simplified_modiclus(const double *v, unsigned n, double *x,
                                                    rh_err *err);

#endif
