/* CRITIC weights (criteria importance through intercriteria correlation): an indicator weighs more the more it tells units apart and the
 * less the others say the same.
 *
 *     C_j = s_j Σ_k (1 − r_jk)    w_j = C_j / Σ C
 *
 * Source: Diakoulaki, Mavrotas & Papayannakis 1995, Computers & Operations Research 22(7), eqs. 3–5; s with divisor n − 1.
 * Peers differ in what they take first: min–max with direction (the paper; R's mathmodels), min–max of all as benefits (pymcdm; Tuş &
 * Adalı 2019) or nothing. A constant column has weight 0 and no part in the others' sums. */
#ifndef RH_EVALUATE_WEIGHTS_CRITIC_H
#define RH_EVALUATE_WEIGHTS_CRITIC_H

#include "evaluate/weights_column.h"

enum rh_critic_scale { RH_CRITIC_DIRECTED, RH_CRITIC_BENEFIT, RH_CRITIC_AS_IT_IS };

typedef struct rh_critic {
    enum rh_critic_scale scale;
    enum rh_correlation correlation;
    /* 0: s is the standard deviation; else s = 1 − entropy, with 0 and 1 moved inwards by this */
    double entropy_epsilon;
    bool absolute; /* 1 − |r|: a copy with the other sign is a copy */
} rh_critic;

/* w[m] from x (n × m); direction[m] is read when DIRECTED (0: as it is). Errors: RH_INPUT, RH_MEMORY. Cost: O(n m²). */
RH_MUST_CHECK rh_status rh_weights_critic(const rh_critic *how, const double *x, uint32_t n,
                                          uint32_t m, const int *direction, double *w,
                                          rh_err *err);

#endif
