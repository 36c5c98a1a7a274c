/* Mazziotta–Pareto: see aggregate_mpi.h. */
#include "evaluate/aggregate_mpi.h"

#include <math.h>

rh_status
rh_aggregate_mpi(const double *z, uint32_t n, uint32_t m, const double *w, int sign,
                 bool sample, double *score, rh_err *err)
{
    if (m < 2) {
        return rh_fail(err, RH_INPUT,
                       "The Mazziotta–Pareto index needs at least two indicators; there is %u.",
                       m);
    }
    for (uint32_t i = 0; i < n; i++) {
        double mean = 0, variance = 0;
        for (uint32_t j = 0; j < m; j++) {
            mean += (w != NULL ? w[j] : 1.0 / m) * z[(size_t)j * n + i];
        }
        for (uint32_t j = 0; j < m; j++) {
            double d = z[(size_t)j * n + i] - mean;
            variance += (w != NULL ? w[j] : 1.0 / m) * d * d;
        }
        if (mean <= 0) {
            return rh_fail(
                err, RH_INPUT,
                "The Mazziotta–Pareto index needs means above 0: that of unit %u is %g. "
                "Normalise to z-scores with mean 100 and deviation 10.",
                i + 1, mean);
        }
        variance *= sample ? m / (m - 1.0) : 1;
        score[i] = mean + sign * variance / mean;
    }
    return RH_OK;
}

void
rh_mpi_goalposts(const double *x, uint32_t n, int direction, double reference, double *z)
{
    double low = INFINITY, high = -INFINITY;
    for (uint32_t i = 0; i < n; i++) {
        low = fmin(low, x[i]); /* fmin and fmax pass NAN over */
        high = fmax(high, x[i]);
    }
    for (uint32_t i = 0; i < n; i++) {
        double off = high > low ? (x[i] - reference) / (high - low) : 0;
        z[i] = isnan(x[i]) ? (double)NAN : 100 + (direction < 0 ? -off : off) * 60;
    }
}
