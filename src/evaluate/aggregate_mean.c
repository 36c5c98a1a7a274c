/* Means: see aggregate_mean.h. */
#include "evaluate/aggregate_mean.h"

#include "core/mem.h"

#include <math.h>

static double
forth(double p, double x)
{
    return p == 1 ? x : p == 0 ? log(x) : p == -1 ? 1 / x : pow(x, p);
}

static double
back(double p, double y)
{
    return p == 1 ? y : p == 0 ? exp(y) : p == -1 ? 1 / y : pow(y, 1 / p);
}

static rh_status
refuse(double p, double value, uint32_t unit, uint32_t indicator, rh_err *err)
{
    return rh_fail(
        err, RH_INPUT,
        "The %s mean needs values above 0: indicator %u of unit %u is %g. Normalise into "
        "a range above 0 (say 1 to 100), or take the arithmetic mean.",
        p == 0    ? "geometric"
        : p == -1 ? "harmonic"
                  : "power",
        indicator + 1, unit + 1, value);
}

/* Column after column, so that x is read in order: score[i] = Σ w f(x), weight[i] = Σ w and number[i] of what is there. */
static rh_status
add(double p, const double *x, uint32_t n, uint32_t m, const double *w, double *score,
    double *weight, uint32_t *number, rh_err *err)
{
    for (uint32_t j = 0; j < m; j++) {
        const double *column = x + (size_t)j * n;
        for (uint32_t i = 0; i < n; i++) {
            double value = column[i];
            if (isnan(value)) {
                continue;
            }
            number[i]++;
            if (p != 1 && value <= 0) {
                return refuse(p, value, i, j, err);
            }
            score[i] += w[j] * forth(p, value);
            weight[i] += w[j];
        }
    }
    return RH_OK;
}

static rh_status
mean(double p, const double *x, uint32_t n, uint32_t m, const double *w, double least,
     double *score, rh_err *err)
{
    double *weight = rh_alloc(n, sizeof *weight);
    uint32_t *number = rh_alloc(n, sizeof *number);
    rh_status status = RH_OK;
    if (weight == NULL || number == NULL) {
        status = rh_fail(err, RH_MEMORY, "Not enough memory for the means of %u units.", n);
    }
    for (uint32_t i = 0; i < n; i++) {
        score[i] = 0;
    }
    status = status == RH_OK ? add(p, x, n, m, w, score, weight, number, err) : status;
    for (uint32_t i = 0; i < n && status == RH_OK; i++) {
        score[i] = weight[i] > 0 && number[i] >= least * m ? back(p, score[i] / weight[i])
                                                           : (double)NAN;
    }
    rh_free(weight);
    rh_free(number);
    return status;
}

rh_status
rh_aggregate_mean(enum rh_mean kind, const double *x, uint32_t n, uint32_t m, const double *w,
                  double least, double *score, rh_err *err)
{
    static const double power[] = {
        [RH_MEAN_ARITHMETIC] = 1, [RH_MEAN_GEOMETRIC] = 0, [RH_MEAN_HARMONIC] = -1};
    return mean(power[kind], x, n, m, w, least, score, err);
}

rh_status
rh_aggregate_power(double p, const double *x, uint32_t n, uint32_t m, const double *w,
                   double *score, rh_err *err)
{
    return mean(p, x, n, m, w, 0, score, err);
}
