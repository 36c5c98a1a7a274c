/* Is there an allocation that no coalition gains by leaving? The core, 核, with a certificate either way.
 *
 * min x(N) subject to x(S) ≥ v(S) for all S: the core is empty exactly when the minimum is above v(N); the multipliers λ_S are
 * then a balanced collection (Σ of λ_S over S with i is 1 for every player i) with Σ λ_S v(S) > v(N) (Bondareva 1963; Shapley 1967,
 * On balanced sets and cores). Coalitions enter the programme as they are found violated, by a scan of the whole
 * table each round. Cost: a few dozen scans of 2^n. */
#ifndef RH_EVALUATE_GAME_CORE_H
#define RH_EVALUATE_GAME_CORE_H

#include "core/status.h"
#include "evaluate/game_sums.h"

#include <stdbool.h>

typedef struct rh_game_core {
    bool empty;
    double
        needed; /* the minimum of x(N): what N would have to be worth; v(N) − needed is what can be spread freely */
    double x
        [RH_SUMS_PLAYERS]; /* core not empty: an element of it (what is left over is spread equally) */
    unsigned
        n_balanced; /* the collection that attains `needed`; with an empty core it refutes it */
    uint32_t balanced[RH_SUMS_PLAYERS];
    double weight[RH_SUMS_PLAYERS]; /* λ > 0 */
} rh_game_core;

/* Table v as in game_value.h, 1 ≤ n ≤ 24. Needed beyond v(N) by less than 1e-9 of the largest |v| counts as not empty.
 * Errors: RH_MEMORY. */
RH_MUST_CHECK rh_status rh_game_core_check(const double *v, unsigned n, rh_game_core *out,
                                           rh_err *err);

#endif
