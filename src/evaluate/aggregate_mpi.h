/* Mazziotta–Pareto index: a mean that punishes units whose indicators are unbalanced.
 *
 *     M_i = Σ_j w_j z_ij    S_i² = Σ_j w_j (z_ij − M_i)²    MPI_i = M_i ± S_i² / M_i
 *
 * (S cv = S² / M = M cv²). The lower sign for "more is better", the upper one for a bad such as poverty. Sources: Mazziotta & Pareto 2016,
 * Social Indicators Research 127, eqs. 3–6: z-scores with mean 100 and deviation 10, or for the adjusted index (AMPI) goalposts into
 * 70…130; S with divisor m there and in R's Compind ci_ampi, m − 1 in its ci_mpi: `sample` says which. Weights are equal in the sources;
 * with others S² is the weighted variance, × m / (m − 1) if sample. Means must be above 0. */
#ifndef RH_EVALUATE_AGGREGATE_MPI_H
#define RH_EVALUATE_AGGREGATE_MPI_H

#include "core/status.h"

#include <stdbool.h>
#include <stdint.h>

/* score[n] of z (n × m, column-major), w[m] of sum 1 or NULL for equal ones, sign 1 or -1; a unit with a NAN has NAN. Errors: RH_INPUT
 * for m < 2 or a mean not above 0, naming the unit. */
RH_MUST_CHECK rh_status rh_aggregate_mpi(const double *z, uint32_t n, uint32_t m,
                                         const double *w, int sign, bool sample, double *score,
                                         rh_err *err);

/* AMPI's goalposts: 70 at reference − Δ and 130 at reference + Δ, Δ = half the range of the column over all years; turned round when the
 * direction is -1. A constant column becomes 100. NAN stays. */
void rh_mpi_goalposts(const double *x, uint32_t n, int direction, double reference, double *z);

#endif
