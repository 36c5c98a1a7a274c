/* Means over the indicators of each unit: from normalised values to one score.
 *
 *     arithmetic  Σ w x / Σ w    geometric  exp(Σ w ln x / Σ w)    harmonic  Σ w / Σ (w / x)    power p: (Σ w x^p / Σ w)^(1/p)
 *
 * as R's COINr defines a_amean, a_gmean, a_hmean: an indicator that is NAN is left out and its weight shared among the others.
 * Compensation between indicators falls from the arithmetic to the harmonic mean (OECD/JRC Handbook 2008, sec. 6.2).
 * x is column-major (x[j * n + i]), w[j] ≥ 0. */
#ifndef RH_EVALUATE_AGGREGATE_MEAN_H
#define RH_EVALUATE_AGGREGATE_MEAN_H

#include "core/status.h"

#include <stdint.h>

enum rh_mean { RH_MEAN_ARITHMETIC, RH_MEAN_GEOMETRIC, RH_MEAN_HARMONIC };

/* score[n]; NAN for a unit whose share of indicators with a value is below `least` (0 … 1), or that has none with a weight. Errors:
 * RH_INPUT where a geometric or harmonic mean meets a value ≤ 0, naming unit and indicator (from 1). Cost: O(n m). */
RH_MUST_CHECK rh_status rh_aggregate_mean(enum rh_mean kind, const double *x, uint32_t n,
                                          uint32_t m, const double *w, double least,
                                          double *score, rh_err *err);

/* The same with any power p (0: geometric); values must be > 0 unless p is 1. */
RH_MUST_CHECK rh_status rh_aggregate_power(double p, const double *x, uint32_t n, uint32_t m,
                                           const double *w, double *score, rh_err *err);

#endif
