/* The S-curve of urbanisation 诺瑟姆曲线 fitted to one country or place (ASK-01).
 *
 *     U(t) = K / (1 + e^(−r(t − m)))         K upper limit, r rate a year, m year of the inflection, U(m) = K/2
 *
 * Northam (1975), Urban Geography: initial stage under about 30 %, acceleration, terminal stage above about 70 %. Fitted by nonlinear least
 * squares (Levenberg–Marquardt) on the shares themselves, from the best of a grid of limits; covariance s²(JᵀJ)⁻¹, so that errors
 * suppose independent deviations: `watson` (Durbin and Watson 1950) under 1 says that they are not and that errors are too small.
 * Beside it the logit line ln(U/(K−U)) = rt − rm by least squares, that spreadsheets fit: it weighs years near 0 and K most. */
#ifndef RH_EVALUATE_NORTHAM_H
#define RH_EVALUATE_NORTHAM_H

#include "core/status.h"

#include <stdbool.h>
#include <stdint.h>

enum { RH_NORTHAM_K, RH_NORTHAM_R, RH_NORTHAM_M, RH_NORTHAM_PARAMETERS };

typedef struct rh_northam {
    uint32_t n;                          /* years in the fit */
    double first, last;                  /* the fit's range */
    double value[RH_NORTHAM_PARAMETERS]; /* K, r, m */
    double error[RH_NORTHAM_PARAMETERS]; /* standard errors; 0 for a limit that was given */
    double covariance[RH_NORTHAM_PARAMETERS][RH_NORTHAM_PARAMETERS];
    double deviation; /* s: standard deviation of what is left, over n − parameters */
    double r2, watson;
    double logit_r, logit_m; /* of the logit line with the same K */
    bool free_limit;
    bool at_bound; /* the free limit ran to `most`; K was then held there */
    bool
        not_identified; /* the years do not tell K: error above a tenth of it, at the bound, or inflection not reached */
} rh_northam;

/* Fit share[i] (any unit; NAN left out) of year[i], n entries. `limit` > 0: K given; else K is free up to `most` (100 for percent).
 * Errors: RH_INPUT with fewer than 5 shares (4 with K given), a share at or below 0 or at or above the limit, or shares that do not rise or
 * fall; RH_MEMORY. */
RH_MUST_CHECK rh_status rh_northam_fit(const double *year, const double *share, uint32_t n,
                                       double limit, double most, rh_northam *out, rh_err *err);

double rh_northam_at(const rh_northam *fit, double year);

/* Half the width of the 95 % prediction interval of one year's share: Student's quantile × √(gᵀCg + s²). */
double rh_northam_interval(const rh_northam *fit, double year);

/* Year in which the curve passes a share, and its standard error (delta method). NAN when it never does. */
double rh_northam_year_of(const rh_northam *fit, double share, double *error);

#endif
