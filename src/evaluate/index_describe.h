/* What one indicator looks like, and how indicators hang together. NAN is a value that is missing and left out.
 *
 * Sources: Joanes & Gill 1998, The Statistician 47(1), G1 and G2 (skewness and kurtosis "type 2", as spreadsheets have them);
 * Cronbach 1951, Psychometrika 16(3), eq. 2 (alpha). */
#ifndef RH_EVALUATE_INDEX_DESCRIBE_H
#define RH_EVALUATE_INDEX_DESCRIBE_H

#include "core/status.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct rh_describe {
    uint32_t count, zeros; /* values present; those that are 0 */
    double low, high, mean, sum;
    double deviation; /* sample (count - 1); NAN below 2 values */
    double skewness;  /* NAN below 3 values or without spread */
    double kurtosis;  /* excess; NAN below 4 values or without spread */
} rh_describe;

/* O(n). Values may be few: what cannot be told is NAN. */
rh_describe rh_describe_values(const double *x, uint32_t n);

/* Middle of the values present (mean of the two middle ones), NAN when none is. `scratch`: n places. O(n log n). */
double rh_describe_median(const double *x, uint32_t n, double *scratch);

/* True when the values do not differ (or none is there). */
bool rh_describe_constant(const rh_describe *d);

/* Pearson's r over the rows that have both values; NAN below 3 such rows or when one does not vary. */
double rh_describe_correlation(const double *x, const double *y, uint32_t n);

/* Spearman's: Pearson's r of mid-ranks over the rows that have both. Errors: RH_MEMORY. */
RH_MUST_CHECK rh_status rh_describe_rank_correlation(const double *x, const double *y,
                                                     uint32_t n, double *r, rh_err *err);

/* Cronbach's alpha of the columns x[column[k] * n …], k < m, from pairwise covariances; NAN below 2 columns. */
double rh_describe_alpha(const double *x, uint32_t n, const uint32_t *column, uint32_t m);

/* Places: 1 for the highest value, equal values share the best place; a NAN has place 0. Errors: RH_MEMORY. */
RH_MUST_CHECK rh_status rh_describe_places(const double *x, uint32_t n, uint32_t *place,
                                           rh_err *err);

#endif
