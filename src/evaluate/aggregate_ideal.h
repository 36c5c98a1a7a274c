/* Scores by the distance to an ideal unit: TOPSIS, VIKOR, grey relational grade.
 *
 * x is column-major (x[j * n + i]); direction[j] 1 or -1 says where the ideal lies; w[j] ≥ 0. A unit with a NAN takes no part and has NAN.
 * A constant column tells units not apart: it adds nothing (Python's pymcdm refuses it for VIKOR). */
#ifndef RH_EVALUATE_AGGREGATE_IDEAL_H
#define RH_EVALUATE_AGGREGATE_IDEAL_H

#include "core/status.h"

#include <stdint.h>

/* What TOPSIS does to the columns first: x / √Σ x² (the method's own), min–max with direction (pymcdm's default), x / max, x / Σ x,
 * nothing. */
enum rh_topsis_scale {
    RH_TOPSIS_VECTOR,
    RH_TOPSIS_RANGE,
    RH_TOPSIS_MAXIMUM,
    RH_TOPSIS_SUM,
    RH_TOPSIS_AS_IT_IS
};

/* Closeness d⁻ / (d⁻ + d⁺) in [0, 1], d the Euclidean distances of w z to the worst and best value of each column. Hwang & Yoon 1981,
 * ch. 3.7. All units alike: NAN. Errors: RH_MEMORY. */
RH_MUST_CHECK rh_status rh_aggregate_topsis(enum rh_topsis_scale scale, const double *x,
                                            uint32_t n, uint32_t m, const int *direction,
                                            const double *w, double *score, rh_err *err);

/* S = Σ w d, R = max w d with d = (best − x) / (best − worst); Q = v (S − S*) / (S⁻ − S*) + (1 − v) (R − R*) / (R⁻ − R*): LOWER is better,
 * 0 … 1. Opricovic & Tzeng 2004, EJOR 156, eqs. 1–5. s, r may be NULL. A term whose range is 0 is 0. Errors: RH_RANGE for v outside
 * [0, 1]; RH_MEMORY. */
RH_MUST_CHECK rh_status rh_aggregate_vikor(const double *x, uint32_t n, uint32_t m,
                                           const int *direction, const double *w, double v,
                                           double *q, double *s, double *r, rh_err *err);

/* Grey relational grade Σ_j w_j (Δmin + ρ Δmax) / (Δ_ij + ρ Δmax), Δ_ij = |x_ij − reference_j|, Δmin and Δmax over all units and
 * indicators. Deng 1989, J. Grey System 1. x on one scale; reference[m] NULL: the highest value of each column. All Δ 0: grade Σ w.
 * Errors: RH_RANGE for ρ outside (0, 1]; RH_MEMORY. */
RH_MUST_CHECK rh_status rh_aggregate_grey(const double *x, uint32_t n, uint32_t m,
                                          const double *reference, const double *w, double rho,
                                          double *score, rh_err *err);

#endif
