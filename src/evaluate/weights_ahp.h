/* Weights from a matrix of pairwise judgements (analytic hierarchy process, AHP 层次分析法).
 *
 * a[i * m + j] says how many times as important i is as j (row after row, as people write it); a_ji = 1 / a_ij.
 * Source: Saaty, The Analytic Hierarchy Process, 1980: w is the principal eigenvector; CI = (λ − m) / (m − 1); CR = CI / RI(m), to be
 * below 0.1. The row geometric mean: Crawford & Williams 1985, J. Math. Psychology 29. The worst judgement is the one with the
 * largest a_ij w_j / w_i, either way (Saaty 2003, EJOR 145, sec. 5); the value wanted in its place is w_i / w_j of the matrix without
 * it (Harker 1987, Math. Modelling 9: a_ij = a_ji = 0, 2 on the diagonals i and j).
 * Rounded reciprocals (3 and 0.33) are accepted: |a_ij a_ji − 1| ≤ 0.02 (assumption); what differs more is refused. */
#ifndef RH_EVALUATE_WEIGHTS_AHP_H
#define RH_EVALUATE_WEIGHTS_AHP_H

#include "core/status.h"

#include <stdint.h>

typedef struct rh_ahp {
    double lambda; /* principal eigenvalue, ≥ m */
    double index;  /* CI */
    double ratio;  /* CR; 0 for m ≤ 2 */
    uint32_t worst_row,
        worst_column; /* from 0, worst_row < worst_column; both 0 when every judgement is consistent */
    double worst_given, worst_wanted; /* a_ij; what the other judgements say */
    double ratio_then;                /* CR with the wanted value in its place */
} rh_ahp;

/* Errors: RH_INPUT naming the cell (from 1): not above 0, diagonal not 1, not reciprocal. */
RH_MUST_CHECK rh_status rh_ahp_check(const double *a, uint32_t m, rh_err *err);

/* Saaty's random index RI of m judged things: table for m ≤ 15; beyond, Alonso & Lamata 2006 (IJUFKS 14(4)): mean λ = 2.7699 m − 4.3513.
 */
double rh_ahp_random_index(uint32_t m);

/* w[m] by eigenvector, sum 1, with the report (may be NULL). random_index 0: rh_ahp_random_index(m). Errors: as of rh_ahp_check,
 * RH_MEMORY. Cost: O(m²) an iteration, some tens. */
RH_MUST_CHECK rh_status rh_ahp_eigenvector(const double *a, uint32_t m, double random_index,
                                           double *w, rh_ahp *report, rh_err *err);

/* w[m] by row geometric mean, sum 1. */
RH_MUST_CHECK rh_status rh_ahp_geometric(const double *a, uint32_t m, double *w, rh_err *err);

#endif
