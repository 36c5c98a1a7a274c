/* Sobol shares: how much of the variance of a result comes from each uncertain choice.
 *
 * For f(x) with independent factors, N pairs of rows a_r, b_r drawn alike, and ab_r = a_r with factor k taken from b_r:
 *
 *     V   = Σ_r ((f(a_r) − m)² + (f(b_r) − m)²) / 2N               m the mean of both
 *     S_k = Σ_r (f(b_r) − m) (f(ab_r) − f(a_r)) / N / V            first order: of the factor alone
 *     T_k = Σ_r (f(a_r) − f(ab_r))² / 2N / V                       total: with all its interactions
 *
 * Sources: Saltelli et al. 2010, Computer Physics Communications 181, Table 2 (b) for S, with the mean taken off (smaller error), and (f) for
 * T (Jansen 1999, CPC 117). Σ S ≤ 1 ≤ Σ T but for sampling error, which is given as the standard error of a ratio of means (delta method).
 */
#ifndef RH_EVALUATE_UNCERTAINTY_SOBOL_H
#define RH_EVALUATE_UNCERTAINTY_SOBOL_H

#include <stdint.h>

typedef struct rh_sobol {
    double first, first_error; /* share, standard error */
    double total, total_error;
} rh_sobol;

/* Shares of one factor from f(a_r), f(b_r), f(ab_r), `rows` ≥ 2 each. All NAN when V is 0: nothing varies. Cost: O(rows). */
rh_sobol rh_sobol_share(const double *a, const double *b, const double *ab, uint32_t rows);

#endif
