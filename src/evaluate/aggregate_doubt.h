/* Benefit of the doubt: every unit is weighed by the weights that suit it best.
 *
 *     score_k = max Σ_j ω_j x_kj    subject to Σ_j ω_j x_ij ≤ 1 for every unit i,  ω ≥ 0
 *     and, with bounds,  low ≤ ω_j x_kj / Σ_l ω_l x_kl ≤ high  for the unit's own shares
 *
 * Melyn & Moesen 1991; Cherchye, Moesen, Rogge & Van Puyenbroeck 2007, Social Indicators Research 82, eqs. 1–3, the bounds as in R's
 * Compind (ci_bod, ci_bod_constr). A score lies in [0, 1]; 1: no unit beats it with these weights (so several usually have 1, and weights at 1
 * are not unique).
 * One linear programme a unit, by GLPK's simplex on the dual, each started from where the last one ended, with those units as rivals that
 * can be one: 1,000 units × 60 indicators take 1.3 s, against 8.8 s of the form above as it stands (bench_index). */
#ifndef RH_EVALUATE_AGGREGATE_DOUBT_H
#define RH_EVALUATE_AGGREGATE_DOUBT_H

#include "core/status.h"

#include <stdint.h>

/* score[n] of x ≥ 0 (n × m, column-major, more is better); a unit with a NAN has NAN and is nobody's rival. low 0 and high 1: no bounds.
 * share (n × m, column-major, may be NULL) takes each unit's own shares ω_j x_kj / score. Errors: RH_INPUT for a value below 0, naming unit
 * and indicator, for bounds that no weights meet; RH_MEMORY. Not to be called from several threads at once when GLPK has no thread-local
 * environment. */
RH_MUST_CHECK rh_status rh_aggregate_doubt(const double *x, uint32_t n, uint32_t m, double low,
                                           double high, double *score, double *share,
                                           rh_err *err);

#endif
