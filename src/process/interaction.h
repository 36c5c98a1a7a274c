/* Spatial interaction: gravity with both margins, and radiation: priors and checks of flows.
 *
 * Gravity (Wilson 1971): T_ij = A_i O_i B_j D_j f_ij, A and B by alternating scaling (Furness).
 * Radiation (Simini et al. 2012; finite size: Masucci et al. 2013):
 *   p_ij = m_i n_j / ((m_i + s_ij)(m_i + n_j + s_ij)) [/ (1 - m_i / M)],
 * s_ij the population nearer to i than j, without both; ties count in index order.
 *
 * I1 gravity margins hold to 1e-14 of the total when it converged.
 * I2 radiation with n = m: Σ_j p_ij = 1 - m_i / M; with finite size 1. */
#ifndef RH_PROCESS_INTERACTION_H
#define RH_PROCESS_INTERACTION_H

#include "core/status.h"

#include <stdbool.h>
#include <stdint.h>

/* T (n_o × n_d, row = origin) from origin totals O, destination totals D (equal sums) and
 * deterrence f ≥ 0. *rounds (NULL allowed) receives the rounds used. Errors: RH_RANGE when sums
 * differ, a margin is impossible, or `max_rounds` did not suffice. */
RH_MUST_CHECK rh_status rh_gravity(uint32_t n_o, uint32_t n_d, const double *O, const double *D,
                                   const double *f, double *T, unsigned max_rounds,
                                   unsigned *rounds, rh_err *err);

/* p (n × n) from population m, opportunities n_j (NULL: m) and distances (n × n). O(n² log n).
 */
RH_MUST_CHECK rh_status rh_radiation(uint32_t n, const double *m, const double *opportunity,
                                     const double *distance, bool finite_size, double *p,
                                     rh_err *err);

#endif
