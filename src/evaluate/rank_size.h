/* The rank-size rule of places 位序—规模: how fast size falls with rank in one year.
 *
 *     ln(rank − 1/2) = a − b·ln(size)          standard error of b: b·√(2/n)
 *
 * Source: Gabaix and Ibragimov (2011), Rank − 1/2: a simple way to improve the OLS estimation of tail exponents, Journal of
 * Business & Economic Statistics 29(1): the shift 1/2 takes away the leading bias of small samples, and the usual OLS
 * standard error is far too small. b = 1 is Zipf's law; b > 1: sizes more even than that.
 * Beside it Hill's (1975) estimator, the usual slope of planners' books, ln(size) = c − q·ln(rank), and the test of curvature of
 * Gabaix (2009), Power laws in economics and finance, Annual Review of Economics 1:
 *     ln(rank − 1/2) = a' − b'·ln(size) + w·(ln(size) − s)²,  s = cov(ln²size, ln size) / (2·var(ln size));
 *     under an exact power law √(2n)·w/b² is standard normal.
 * Equal sizes take consecutive ranks; which of them comes first changes nothing. */
#ifndef RH_EVALUATE_RANK_SIZE_H
#define RH_EVALUATE_RANK_SIZE_H

#include "core/status.h"

#include <stdint.h>

typedef struct rh_rank_size {
    uint32_t n;        /* places in the fit */
    uint32_t left_out; /* cells that hold no size: NAN, zero or negative */
    uint32_t below;    /* sizes under the threshold, or behind the top */
    double exponent;   /* b */
    double error;      /* b √(2/n) */
    double constant;   /* a */
    double r2;         /* of the regression of b */
    double
        plain; /* b without the shift: ln(rank); biased downwards, for comparison with older work */
    double slope;          /* q > 0: ln(size) = c − q ln(rank) */
    double hill;           /* (n−1) / Σ ln(size / smallest size) */
    double hill_error;     /* hill / √(n−3), NAN under 4 places */
    double curvature;      /* w, NAN when it cannot be told (n < 4, or two sizes only) */
    double curvature_z;    /* √(2n) w / b²: beyond ±1.96 no power law at 5 % */
    double largest, least; /* sizes of the first and the last place in the fit */
} rh_rank_size;

/* Fit n sizes (any unit, any order; NAN for missing). `least` (0: none): smaller places stay out; `top` (0: all): only so many
 * of the largest. Cost: O(n log n).
 * Errors: RH_INPUT with fewer than 3 places left, or with all of one size; RH_MEMORY. */
RH_MUST_CHECK rh_status rh_rank_size_fit(const double *size, uint32_t n, double least,
                                         uint32_t top, rh_rank_size *out, rh_err *err);

#endif
