/* Nested logit (McFadden 1978): utility V, nest scale λ in (0, 1].
 *
 *   IV_b = ln Σ_{d in b} exp(V_d / λ_b)          inclusive value
 *   P_d  = exp(V_d / λ_b - IV_b) exp(λ_b IV_b) / Σ_k exp(λ_k IV_k)
 *   logsum = ln Σ_k exp(λ_k IV_k)
 *
 * N1 Σ P = 1.  N2 λ = 1 everywhere is the multinomial logit.  N3 ∂logsum/∂V_d = P_d.
 * N4 rh_logit_probabilities(rh_logit_invert(P)) = P.
 * Every alternative lies in one nest; a nest may be empty; V may be -INFINITY (never chosen).
 */
#ifndef RH_PROCESS_LOGIT_H
#define RH_PROCESS_LOGIT_H

#include "core/status.h"

#include <stdint.h>

typedef struct rh_logit {
    uint32_t n, n_nests;
    const uint32_t *nest; /* per alternative */
    const double *lambda; /* per nest, in (0, 1] */
} rh_logit;

/* P (n), inclusive values (n_nests; -INFINITY for an empty nest) and logsum; iv and logsum may
 * be NULL. Errors: RH_RANGE for λ or nest out of range, V not a number, or nothing that can be
 * chosen. */
RH_MUST_CHECK rh_status rh_logit_probabilities(const rh_logit *tree, const double *V, double *P,
                                               double *iv, double *logsum, rh_err *err);

/* Utilities that give the shares P exactly, normalised to logsum 0:
 * V_d = λ_b ln P(d|b) + ln P_b; share 0 gives -INFINITY. Errors: RH_RANGE when P is not a
 * distribution. */
RH_MUST_CHECK rh_status rh_logit_invert(const rh_logit *tree, const double *P, double *V,
                                        rh_err *err);

/* Exact hat: shares after utilities change by dV, from shares alone; *dlogsum (NULL allowed)
 * receives the change of the logsum. */
RH_MUST_CHECK rh_status rh_logit_hat(const rh_logit *tree, const double *P, const double *dV,
                                     double *P_new, double *dlogsum, rh_err *err);

/* ∂ ln P_i / ∂ V_j at shares P. */
double rh_logit_elasticity(const rh_logit *tree, const double *P, uint32_t i, uint32_t j);

#endif
