/* Which source of income makes the inequality? Shapley shares of sources (wages, transfers, remittances …).
 *
 *     φ_k = Σ over sets S without k of |S|! (K − |S| − 1)! / K! · [I(S ∪ k) − I(S)]
 *     Shorrocks (2013), Journal of Economic Inequality 11(1), eq. 8; I(S): inequality when the sources outside S are
 *     made equal (each has the mean of the source), or taken away.
 * Beside it for the Gini the natural shares s_k C_k (share of the source × its concentration index by the rank of the total:
 * Lerman and Yitzhaki 1985, Review of Economics and Statistics 67(1)) and the marginal effect s_k (C_k / G − 1).
 *
 * H1 Σ φ_k = I of the total; Σ s_k C_k = Gini. */
#ifndef RH_EVALUATE_INEQUALITY_SOURCE_H
#define RH_EVALUATE_INEQUALITY_SOURCE_H

#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

enum { RH_SOURCES_MOST = 12 };

/* A measure of n values with weights w (NULL: 1 each). */
typedef rh_status rh_measure_fn(const void *context, const double *x, const double *w, size_t n,
                                double *value, rh_err *err);

/* Shapley shares of k ≤ RH_SOURCES_MOST sources (source[s][row]) into share[k]; *total: the measure of their sum. Errors:
 * RH_RANGE for too many sources, those of the measure, RH_MEMORY. Cost: 2^k measures. */
RH_MUST_CHECK rh_status rh_source_shapley(const double *const *source, unsigned k,
                                          const double *w, size_t n, bool take_away,
                                          rh_measure_fn *measure, const void *context,
                                          double *total, double *share, rh_err *err);

typedef struct rh_source_gini {
    double mean, share; /* s_k: of the source in the total */
    double own_gini, concentration, contribution, marginal;
} rh_source_gini;

/* Natural decomposition of the Gini into out[k]. Errors: RH_INPUT when the total's mean is 0; RH_MEMORY. */
RH_MUST_CHECK rh_status rh_source_natural(const double *const *source, unsigned k,
                                          const double *w, size_t n, double *gini,
                                          rh_source_gini *out, rh_err *err);

#endif
