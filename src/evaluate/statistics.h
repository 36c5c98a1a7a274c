/* Statistics that several tools of evaluate share: means, the straight line, tails of distributions, many tests at once. */
#ifndef RH_EVALUATE_STATISTICS_H
#define RH_EVALUATE_STATISTICS_H

#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

/* Σ x, in the order given. */
double rh_sum(const double *x, size_t n);

/* Σ w x / Σ w; w NULL: each counts 1. */
double rh_weighted_mean(const double *x, const double *w, size_t n);

/* Least squares y = intercept + slope·x over n points; error: of the slope, NAN below 3 points. */
typedef struct rh_line {
    double intercept, slope, error, r2;
} rh_line;
rh_line rh_line_through(const double *x, const double *y, uint32_t n);

/* Upper tail of the standard normal distribution. */
double rh_normal_tail(double z);

/* Student's t, 97.5 %, for `freedom` ≥ 1 degrees (Hill's expansion, Abramowitz and Stegun 26.7.5; exact for 1 and 2). */
double rh_student_975(double freedom);

/* Adjusted p-values of n tests (NAN: no test, is skipped). Benjamini and Hochberg (1995), JRSS B 57(1): the false discovery rate at
 * which the test would be called. Bonferroni: p times the number of tests. Errors: RH_MEMORY. */
RH_MUST_CHECK rh_status rh_adjust_fdr(const double *p, uint32_t n, double *q, rh_err *err);
void rh_adjust_bonferroni(const double *p, uint32_t n, double *q);

#endif
