/* Columns of a matrix of indicators: facts, scaling, correlation; shared by the weighting methods.
 *
 * A matrix is column-major: unit i's value of indicator j is x[j * n + i]. The weighting methods take complete data (rows
 * with a NAN are left out before: index_weights.c); rh_matrix_check says where that does not hold.
 * C1 a column counts as constant when its range is below 1e-12 of its largest size: it tells units not apart, and every
 *    method gives it weight 0 (MODELS.md 10), so that adding it changes no other ratio of weights. */
#ifndef RH_EVALUATE_WEIGHTS_COLUMN_H
#define RH_EVALUATE_WEIGHTS_COLUMN_H

#include "core/status.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct rh_column_facts {
    double min, max, sum, mean;
    double deviation; /* standard deviation, divisor n - 1; 0 for one unit */
    bool constant;    /* C1 */
} rh_column_facts;

rh_column_facts rh_column_measure(const double *x, uint32_t n);

/* z = low where a column is worst and high where it is best: direction 1 or -1. Constant: the middle. */
void rh_column_scale(const double *x, uint32_t n, int direction, double low, double high,
                     double *z);

enum rh_correlation { RH_CORRELATION_PEARSON, RH_CORRELATION_SPEARMAN, RH_CORRELATION_KENDALL };

/* r[k * m + j], symmetric, 1 on the diagonal; NAN with a constant column. Spearman: mean ranks; Kendall: tau-b, O(n² m²).
 * Errors: RH_MEMORY. */
RH_MUST_CHECK rh_status rh_columns_correlate(const double *x, uint32_t n, uint32_t m,
                                             enum rh_correlation kind, double *r, rh_err *err);

enum rh_domain { RH_DOMAIN_ANY, RH_DOMAIN_NOT_NEGATIVE, RH_DOMAIN_POSITIVE };

/* RH_INPUT unless there are two units and every value is finite and in the domain; `method` opens the sentence. */
RH_MUST_CHECK rh_status rh_matrix_check(const char *method, const double *x, uint32_t n,
                                        uint32_t m, enum rh_domain domain, rh_err *err);

/* Scale m values ≥ 0 to the sum 1, in place. RH_INPUT when they sum to 0 (every indicator is constant). */
RH_MUST_CHECK rh_status rh_weights_scale(const char *method, double *w, uint32_t m,
                                         rh_err *err);

#endif
