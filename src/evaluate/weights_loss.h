/* Weights from what is lost: MEREC by removing a criterion, CILOS by making one the best, and IDOCRIW of both worlds.
 *
 * MEREC (Keshavarz-Ghorabaee et al. 2021, Symmetry 13(4) 525, eqs. 1–6): n_ij = min_k x_kj / x_ij for benefits, x_ij / max_k x_kj for
 *   costs; S_i = ln(1 + 1/m Σ_j |ln n_ij|), S'_ij without criterion j (1/m stays); w_j ∝ Σ_i |S'_ij − S_i|.
 * CILOS (Zavadskas & Podvezko 2016, IJITDM 15(2), eqs. 8–14): costs become min x / x; columns are scaled to sum 1; row j of A is the unit
 *   that is best in j; P_kj = (a_jj − a_kj) / a_jj is the loss of j when k is best; F = P − diag(Σ_k P_kj); F q = 0, Σ q = 1.
 * IDOCRIW (the same, eq. 17): w_j ∝ q_j W_j with W the plain entropy weights of x as it stands.
 * All want values > 0. A constant column has weight 0; CILOS left to itself would give it everything, so it is taken out first. */
#ifndef RH_EVALUATE_WEIGHTS_LOSS_H
#define RH_EVALUATE_WEIGHTS_LOSS_H

#include "core/status.h"

#include <stdint.h>

/* w[m] from x > 0 (n × m); direction[m] 1 or -1. Errors: RH_INPUT, RH_MEMORY. */
RH_MUST_CHECK rh_status rh_weights_merec(const double *x, uint32_t n, uint32_t m,
                                         const int *direction, double *w, rh_err *err);
RH_MUST_CHECK rh_status rh_weights_cilos(const double *x, uint32_t n, uint32_t m,
                                         const int *direction, double *w, rh_err *err);
RH_MUST_CHECK rh_status rh_weights_idocriw(const double *x, uint32_t n, uint32_t m,
                                           const int *direction, double *w, rh_err *err);

#endif
