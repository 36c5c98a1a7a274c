/* Values of a cooperative game that weigh marginal contributions by the size of the coalition (semivalues).
 *
 * A game of n players, 合作博弈, is a table v of 2^n doubles: v[S] is what coalition S can do alone, bit i of S is
 * player i, v[0] = 0. Here
 *     value_i = Σ over S without i of p(|S|)·(v(S+i) − v(S))
 * Shapley (1953): p(s) = s!(n−s−1)!/n!.  Banzhaf (1965), Coleman (1971): p(s) = 2^(1−n).
 *
 * Written as Σ over S with i of (p(s−1)+p(s))·v(S) − Σ over S of p(s)·v(S), all players come out of one pass over the table; the
 * weights of one size add to at most 2/s + 2/(n−s), so that little cancels. Cost: O(2^n), about 2 ns an entry.
 * Sums are taken in a fixed order: same bits for any number of threads. */
#ifndef RH_EVALUATE_GAME_VALUE_H
#define RH_EVALUATE_GAME_VALUE_H

#include "core/status.h"

#include <stdint.h>

enum {
    RH_GAME_MOST = 24
}; /* players of a game that is held as a table: 2^24 doubles are 134 MB */

/* value[n] of the players. 1 ≤ n ≤ RH_GAME_MOST. Errors: RH_MEMORY. */
RH_MUST_CHECK rh_status rh_game_shapley(const double *v, unsigned n, unsigned n_threads,
                                        double *value, rh_err *err);
RH_MUST_CHECK rh_status rh_game_banzhaf(const double *v, unsigned n, unsigned n_threads,
                                        double *value, rh_err *err);

/* Any weights p[0 … n−1]. */
RH_MUST_CHECK rh_status rh_game_semivalue(const double *v, unsigned n, const double *p,
                                          unsigned n_threads, double *value, rh_err *err);

#endif
