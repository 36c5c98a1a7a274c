/* β and σ convergence: see convergence.h. */
#include "evaluate/convergence.h"

#include "core/mem.h"

#include <lapacke.h>
#include <math.h>
#include <stdbool.h>

/* Design of the regression: k columns of n rows, column after column; 1, ln y_0, controls. */
typedef struct design {
    uint32_t n, k;
    double *x, *y, *gram, *coefficient;
} design;

static double
row_fit(const design *d, uint32_t i)
{
    double fit = 0;
    for (uint32_t c = 0; c < d->k; c++) {
        fit += d->x[(size_t)c * d->n + i] * d->coefficient[c];
    }
    return fit;
}

/* Columns in units of their largest entry, so that the Gram matrix tells dependence from units. */
static void
scale_columns(design *d, double *unit)
{
    for (uint32_t c = 0; c < d->k; c++) {
        double most = 0;
        for (uint32_t i = 0; i < d->n; i++) {
            most = fmax(most, fabs(d->x[(size_t)c * d->n + i]));
        }
        unit[c] = most > 0 ? most : 1;
        for (uint32_t i = 0; i < d->n; i++) {
            d->x[(size_t)c * d->n + i] /= unit[c];
        }
    }
}

/* (X'X)⁻¹ in gram (both triangles), coefficients; false when columns depend on each other. */
static bool
solve(design *d)
{
    const lapack_int k = (lapack_int)d->k;
    const double smallest = 1e-12; /* pivot of a Cholesky factor relative to its column */
    double diagonal[RH_CONTROLS_MOST + 2];
    for (uint32_t a = 0; a < d->k; a++) {
        for (uint32_t b = 0; b < d->k; b++) {
            double sum = 0;
            for (uint32_t i = 0; i < d->n; i++) {
                sum += d->x[(size_t)a * d->n + i] * d->x[(size_t)b * d->n + i];
            }
            d->gram[a * d->k + b] = sum;
        }
        diagonal[a] = d->gram[a * d->k + a];
    }
    if (LAPACKE_dpotrf(LAPACK_COL_MAJOR, 'L', k, d->gram, k) != 0) {
        return false;
    }
    for (uint32_t a = 0; a < d->k; a++) {
        double pivot = d->gram[a * d->k + a];
        if (!(pivot * pivot > smallest * diagonal[a])) {
            return false;
        }
    }
    if (LAPACKE_dpotri(LAPACK_COL_MAJOR, 'L', k, d->gram, k) != 0) {
        return false;
    }
    for (uint32_t a = 0; a < d->k; a++) { /* dpotri fills the lower triangle */
        for (uint32_t b = a + 1; b < d->k; b++) {
            d->gram[b * d->k + a] = d->gram[a * d->k + b];
        }
    }
    for (uint32_t a = 0; a < d->k; a++) {
        d->coefficient[a] = 0;
        for (uint32_t b = 0; b < d->k; b++) {
            double xy = 0;
            for (uint32_t i = 0; i < d->n; i++) {
                xy += d->x[(size_t)b * d->n + i] * d->y[i];
            }
            d->coefficient[a] += d->gram[a * d->k + b] * xy;
        }
    }
    return true;
}

/* Variance of coefficient a: usual, or robust (row a of the inverse times x, squared, times residuals squared). */
static double
variance_of(const design *d, uint32_t a, bool robust)
{
    double sum = 0, freedom = (double)d->n - d->k;
    for (uint32_t i = 0; i < d->n; i++) {
        double e = d->y[i] - row_fit(d, i), h = 0;
        for (uint32_t b = 0; b < d->k; b++) {
            h += d->gram[a * d->k + b] * d->x[(size_t)b * d->n + i];
        }
        sum += robust ? h * h * e * e : e * e;
    }
    return robust ? sum * d->n / freedom : sum / freedom * d->gram[a * d->k + a];
}

static void
report(const design *d, const double *unit, double span, rh_beta *out)
{
    double mean = 0, left = 0, all = 0;
    for (uint32_t i = 0; i < d->n; i++) {
        mean += d->y[i] / d->n;
    }
    for (uint32_t i = 0; i < d->n; i++) {
        double e = d->y[i] - row_fit(d, i), v = d->y[i] - mean;
        left += e * e;
        all += v * v;
    }
    *out = (rh_beta){.n = d->n,
                     .span = span,
                     .constant = d->coefficient[0] / unit[0],
                     .slope = d->coefficient[1] / unit[1],
                     .error = sqrt(variance_of(d, 1, false)) / unit[1],
                     .robust_error = sqrt(variance_of(d, 1, true)) / unit[1],
                     .r2 = all > 0 ? 1 - left / all : (double)NAN};
    double kept = 1 + out->slope * span;
    out->speed = kept > 0 ? -log(kept) / span : (double)NAN;
    out->half_life = out->speed > 0 ? log(2) / out->speed : (double)NAN;
    for (uint32_t c = 2; c < d->k; c++) {
        out->control[c - 2] = d->coefficient[c] / unit[c];
        out->control_error[c - 2] = sqrt(variance_of(d, c, true)) / unit[c];
    }
}

static rh_status
fit(design *d, const double *first, const double *last, double span,
    const double *const *control, rh_beta *out, rh_err *err)
{
    double unit[RH_CONTROLS_MOST + 2];
    for (uint32_t i = 0; i < d->n; i++) {
        if (!(first[i] > 0) || !(last[i] > 0)) {
            return rh_fail(err, RH_INPUT,
                           "Place %u has the values %g and %g; their logarithms need both "
                           "above 0.",
                           i + 1, first[i], last[i]);
        }
        d->x[i] = 1;
        d->x[d->n + i] = log(first[i]);
        d->y[i] = log(last[i] / first[i]) / span;
        for (uint32_t c = 2; c < d->k; c++) {
            d->x[(size_t)c * d->n + i] = control[c - 2][i];
        }
    }
    scale_columns(d, unit);
    if (!solve(d)) {
        return rh_fail(err, RH_INPUT,
                       "First values and controls depend on each other (or the first values "
                       "are all alike), so no slope can be told.");
    }
    report(d, unit, span, out);
    return RH_OK;
}

rh_status
rh_beta_fit(const double *first, const double *last, uint32_t n, double span,
            const double *const *control, uint32_t n_controls, rh_beta *out, rh_err *err)
{
    if (n_controls > RH_CONTROLS_MOST) {
        return rh_fail(err, RH_RANGE, "At most %d controls, not %u.", RH_CONTROLS_MOST,
                       n_controls);
    }
    design d = {.n = n, .k = 2 + n_controls};
    if (n <= d.k || !(span > 0)) {
        return rh_fail(err, RH_INPUT,
                       "%u places over %g years are too few for %u coefficients.", n, span,
                       d.k);
    }
    d.x = rh_alloc((size_t)n * d.k, sizeof *d.x);
    d.y = rh_alloc(n, sizeof *d.y);
    d.gram = rh_alloc((size_t)d.k * d.k, sizeof *d.gram);
    d.coefficient = rh_alloc(d.k, sizeof *d.coefficient);
    rh_status status =
        d.x == NULL || d.y == NULL || d.gram == NULL || d.coefficient == NULL
            ? rh_fail(err, RH_MEMORY, "Not enough memory for a regression of %u places.", n)
            : fit(&d, first, last, span, control, out, err);
    rh_free(d.x);
    rh_free(d.y);
    rh_free(d.gram);
    rh_free(d.coefficient);
    return status;
}

rh_status
rh_sigma_find(const double *y, const double *w, uint32_t n, rh_sigma *out, rh_err *err)
{
    double weight = 0, mean = 0, log_mean = 0, squares = 0, log_squares = 0;
    for (uint32_t i = 0; i < n; i++) {
        double own = w != NULL ? w[i] : 1;
        if (!(y[i] > 0)) {
            return rh_fail(err, RH_INPUT, "Place %u has the value %g, which has no logarithm.",
                           i + 1, y[i]);
        }
        weight += own;
        mean += own * y[i];
        log_mean += own * log(y[i]);
    }
    mean /= weight;
    log_mean /= weight;
    for (uint32_t i = 0; i < n; i++) {
        double own = w != NULL ? w[i] : 1, d = y[i] - mean, l = log(y[i]) - log_mean;
        squares += own * d * d;
        log_squares += own * l * l;
    }
    *out = (rh_sigma){sqrt(log_squares / weight), sqrt(squares / weight) / mean};
    return RH_OK;
}
