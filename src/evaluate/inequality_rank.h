/* Inequality measures that need the values in order: Gini, Lorenz curve and what is read off it.
 *
 * Values x (any unit) with weights w > 0 (persons); rows of weight 0 are left out. All measures are those of the population at
 * hand (denominator n², not n (n − 1)).
 *
 *     Gini           = Σ_i Σ_j w_i w_j |x_i − x_j| / (2 W² μ)        Gini (1912); Sen (1973), On Economic Inequality, eq. 2.8.1
 *     Lorenz L(p)    = share of the poorest p in the total, straight between points
 *     Palma          = (1 − L(0.9)) / L(0.4)                        Palma (2011), Development and Change 42(1)
 *     Ricci–Schutz   = Σ w |x − μ| / (2 W μ) = largest p − L(p)     Schutz (1951), American Economic Review 41(1); also Hoover, Pietra
 *     Wolfson        = (2 (0.5 − L(0.5)) − Gini) μ / median          Wolfson (1994), AER 84(2), in the form halved so that it
 *                      compares with the Gini (the paper's own is twice that)
 *     Kolm(κ)        = ln(Σ w e^(κ (μ − x)) / W) / κ                Kolm (1976), J. Economic Theory 12(3); in units of x
 *     concentration  = 2 cov(x, r) / μ, r: weighted fractional rank by another variable, ties at their middle
 *                      Kakwani, Wagstaff and van Doorslaer (1997), J. Econometrics 77(1), eq. 3 */
#ifndef RH_EVALUATE_INEQUALITY_RANK_H
#define RH_EVALUATE_INEQUALITY_RANK_H

#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

typedef struct rh_weighted {
    double x, w;
} rh_weighted;

/* Values in rising order, and their sums. */
typedef struct rh_sorted {
    rh_weighted *at;
    size_t n;
    double weight, total; /* Σ w, Σ w x */
} rh_sorted;

/* Sort n finite values; w NULL: each counts 1. Errors: RH_INPUT when no weight is above 0; RH_MEMORY. Cost: O(n log n). */
RH_MUST_CHECK rh_status rh_sorted_init(rh_sorted *sorted, const double *x, const double *w,
                                       size_t n, rh_err *err);
void rh_sorted_release(rh_sorted *sorted);

/* Each O(n). NAN where the mean is 0 (Gini, Schutz, shares) or the median (Wolfson). */
double rh_sorted_mean(const rh_sorted *s);
double rh_sorted_gini(const rh_sorted *s);
/* Lorenz ordinate at p in [0, 1]. */
double rh_sorted_lorenz(const rh_sorted *s, double p);
/* Value below which a share p of the weight lies; in the middle between two values where p falls on their border. */
double rh_sorted_quantile(const rh_sorted *s, double p);
double rh_sorted_palma(const rh_sorted *s);
double rh_sorted_wolfson(const rh_sorted *s);
double rh_sorted_kolm(const rh_sorted *s, double kappa);
double rh_sorted_variation(const rh_sorted *s); /* coefficient of variation, two passes */

typedef struct rh_schutz {
    double distance; /* the index: largest gap between diagonal and Lorenz curve */
    double point;    /* share of people with at most the mean, where the gap is */
    double
        coefficient; /* Schutz's own figure: 10 Σ over rows (x/μ − 1) where positive. It grows with the number of rows:
                           compare only tables of one length (Schutz had deciles) */
} rh_schutz;
rh_schutz rh_sorted_schutz(const rh_sorted *s);

/* Concentration index of x over the rank by `rank_by`. Errors: those of sorting; RH_INPUT when the mean of x is 0. */
RH_MUST_CHECK rh_status rh_concentration_index(const double *x, const double *w,
                                               const double *rank_by, size_t n, double *out,
                                               rh_err *err);

#endif
