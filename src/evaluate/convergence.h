/* Do poor places catch up? β and σ convergence of a panel.
 *
 *     ln(y_T / y_0) / T = a + b ln y_0 + c·controls + e      b < 0: β convergence
 *     speed λ = −ln(1 + b T) / T, half-life ln 2 / λ          Barro and Sala-i-Martin (1992), JPE 100(2), eq. 11–13
 *     σ: standard deviation of ln y over places, year by year, and the coefficient of variation
 * Standard errors: usual OLS, and robust to unequal variances (White 1980 with n / (n − k), "HC1"). */
#ifndef RH_EVALUATE_CONVERGENCE_H
#define RH_EVALUATE_CONVERGENCE_H

#include "core/status.h"

#include <stdint.h>

enum { RH_CONTROLS_MOST = 30 };

typedef struct rh_beta {
    uint32_t n;
    double span; /* T, years */
    double constant, slope, error, robust_error, r2;
    double speed,
        half_life; /* a year, years; NAN when 1 + b T ≤ 0; half-life NAN without convergence */
    double control[RH_CONTROLS_MOST], control_error[RH_CONTROLS_MOST]; /* robust */
} rh_beta;

/* Fit n places with values y_0, y_1 > 0 `span` years apart and n_controls columns (NULL for none). Errors: RH_INPUT for too few
 * places, columns that depend on each other (or y_0 alike everywhere), a value not above 0; RH_RANGE for too many controls;
 * RH_MEMORY. */
RH_MUST_CHECK rh_status rh_beta_fit(const double *first, const double *last, uint32_t n,
                                    double span, const double *const *control,
                                    uint32_t n_controls, rh_beta *out, rh_err *err);

typedef struct rh_sigma {
    double log_deviation; /* of ln y, population form */
    double variation;     /* coefficient of variation of y */
} rh_sigma;

/* w NULL: each place counts 1. Errors: RH_INPUT for a value not above 0. */
RH_MUST_CHECK rh_status rh_sigma_find(const double *y, const double *w, uint32_t n,
                                      rh_sigma *out, rh_err *err);

#endif
