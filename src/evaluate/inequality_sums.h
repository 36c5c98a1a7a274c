/* Sums from which the entropy family of inequality measures follows: streamed in pieces, kept by group, merged.
 *
 * One pass over values x ≥ 0 (incomes, years of schooling, floor space …; any unit) with weights w ≥ 0 (persons) gives, for
 * every group: mean, coefficient of variation, Theil T and L, generalised entropy, Atkinson. The values themselves need
 * not stay: residents of a run are added township by township.
 *
 *     T     = Σ w x ln(x/μ) / Σ w x                              Theil (1967), Economics and Information Theory, ch. 4
 *     L     = Σ w ln(μ/x) / Σ w                                  the same; mean log deviation
 *     GE(α) = [Σ w (x/μ)^α / Σ w − 1] / (α (α − 1))              Shorrocks (1980), Econometrica 48(3), eq. 30
 *     A(ε)  = 1 − EDE/μ, EDE = (Σ w x^(1−ε) / Σ w)^(1/(1−ε))     Atkinson (1970), J. Economic Theory 2(3); ε = 1: geometric mean
 *
 * M1 zeros: x ln x is 0 there, so T takes them; L, GE(α ≤ 0) are infinite, A(ε ≥ 1) is 1 (its EDE is 0).
 * M2 the same pieces in the same order give the same bits, whatever the threads (blocks of a fixed length are merged in order).
 * M3 logarithms are of x / pivot, a power of two near the first value, so that units do not cost digits. */
#ifndef RH_EVALUATE_INEQUALITY_SUMS_H
#define RH_EVALUATE_INEQUALITY_SUMS_H

#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RH_POWERS = 8 };

/* What a stream is asked for beside T, L and the variation: powers α of GE(α), 1 − ε of A(ε). */
typedef struct rh_powers {
    unsigned n;
    double power[RH_POWERS];
    double pivot;
} rh_powers;

typedef struct rh_sums {
    uint64_t n, negative;    /* values added (of weight above 0); how many were below 0 */
    double weight, total;    /* Σ w, Σ w x */
    double zero_weight;      /* Σ w where x = 0 */
    double entropy;          /* Σ w x ln(x / pivot) */
    double logs;             /* Σ w ln(x / pivot) where x > 0 */
    double squares;          /* Σ w (x / pivot)² */
    double power[RH_POWERS]; /* Σ w (x / pivot)^p where x > 0 */
    double least, most;      /* extremes; +∞, −∞ when empty */
} rh_sums;

typedef struct rh_stream {
    rh_powers powers;
    uint32_t n_groups;
    rh_sums *group;
} rh_stream;

/* A power of two near x (1 for x ≤ 0 or not finite). */
double rh_pivot(double x);

/* An empty stream of n_groups ≥ 1 groups; a pivot of 0 is taken as 1. Errors: RH_MEMORY. */
RH_MUST_CHECK rh_status rh_stream_init(rh_stream *stream, uint32_t n_groups,
                                       const rh_powers *powers, rh_err *err);
void rh_stream_release(rh_stream *stream);

/* Add n values; w NULL: each counts 1; group NULL: all in group 0. Rows of weight 0 count for nothing. Values must be finite;
 * group[i] < n_groups. Cost: about 8 ns a value. */
void rh_stream_add(rh_stream *stream, const double *x, const double *w, const uint32_t *group,
                   size_t n);
/* Add what another stream (same groups, same powers) holds. */
void rh_stream_merge(rh_stream *into, const rh_stream *from);
/* The same sums of a whole array on n_threads, blocks merged in order (M2). Errors: RH_MEMORY. */
RH_MUST_CHECK rh_status rh_stream_array(rh_stream *stream, const double *x, const double *w,
                                        const uint32_t *group, size_t n, unsigned n_threads,
                                        rh_err *err);

/* Sums of two disjoint sets of people together; an empty one. */
void rh_sums_add(rh_sums *into, const rh_sums *from);
rh_sums rh_sums_empty(void);
/* Of all groups of a stream, in rising order. */
rh_sums rh_stream_total(const rh_stream *stream);

/* Measures of one set; NAN when it is empty, its total is 0, or the power was not asked for. Where all values are equal they are
 * exactly 0. */
double rh_sums_mean(const rh_sums *s);
double
rh_sums_variation(const rh_sums *s,
                  const rh_powers *powers); /* coefficient of variation, population form */
double rh_sums_theil_t(const rh_sums *s, const rh_powers *powers);
double rh_sums_theil_l(const rh_sums *s, const rh_powers *powers);
double rh_sums_entropy(const rh_sums *s, const rh_powers *powers, double alpha);
double rh_sums_ede(const rh_sums *s, const rh_powers *powers,
                   double epsilon); /* in units of x */
double rh_sums_atkinson(const rh_sums *s, const rh_powers *powers, double epsilon);

#endif
