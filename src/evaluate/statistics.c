/* Statistics that several tools share: see statistics.h. */
#include "evaluate/statistics.h"

#include "core/mem.h"
#include "evaluate/sorting.h"

#include <math.h>
#include <stdlib.h>

double
rh_sum(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += x[i];
    }
    return sum;
}

double
rh_weighted_mean(const double *x, const double *w, size_t n)
{
    double weight = 0, total = 0;
    for (size_t i = 0; i < n; i++) {
        double own = w != NULL ? w[i] : 1;
        weight += own;
        total += own * x[i];
    }
    return total / weight;
}

rh_line
rh_line_through(const double *x, const double *y, uint32_t n)
{
    double mean_x = 0, mean_y = 0, xx = 0, xy = 0, yy = 0, left = 0;
    for (uint32_t i = 0; i < n; i++) {
        mean_x += x[i] / n;
        mean_y += y[i] / n;
    }
    for (uint32_t i = 0; i < n; i++) {
        xx += (x[i] - mean_x) * (x[i] - mean_x);
        xy += (x[i] - mean_x) * (y[i] - mean_y);
        yy += (y[i] - mean_y) * (y[i] - mean_y);
    }
    double slope = xy / xx;
    for (uint32_t i = 0; i < n; i++) {
        double e = y[i] - mean_y - slope * (x[i] - mean_x);
        left += e * e;
    }
    return (rh_line){.intercept = mean_y - slope * mean_x,
                     .slope = slope,
                     .error = n > 2 ? sqrt(left / (n - 2) / xx) : (double)NAN,
                     .r2 = xy * xy / (xx * yy)};
}

double
rh_normal_tail(double z)
{
    return 0.5 * erfc(z / M_SQRT2);
}

double
rh_student_975(double v)
{
    const double z = 1.959963984540054;
    if (v < 1.5) {
        return 12.706204736432095;
    }
    if (v < 2.5) {
        return 4.302652729696142;
    }
    double z3 = z * z * z, z5 = z3 * z * z, z7 = z5 * z * z, z9 = z7 * z * z;
    return z + (z3 + z) / (4 * v) + (5 * z5 + 16 * z3 + 3 * z) / (96 * v * v) +
           (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * v * v * v) +
           (79 * z9 + 776 * z7 + 1482 * z5 - 1920 * z3 - 945 * z) / (92160 * v * v * v * v);
}

rh_status
rh_adjust_fdr(const double *p, uint32_t n, double *q, rh_err *err)
{
    rh_ranked *test;
    uint32_t m;
    RH_TRY(rh_ranked_new(p, p, n, rh_ranked_rising, &test, &m, err));
    for (uint32_t i = 0; i < n; i++) {
        q[i] = (double)NAN;
    }
    double least = 1;
    for (uint32_t rank = m; rank > 0; rank--) {
        least = fmin(least, test[rank - 1].value * m / rank);
        q[test[rank - 1].index] = least;
    }
    rh_free(test);
    return RH_OK;
}

void
rh_adjust_bonferroni(const double *p, uint32_t n, double *q)
{
    uint32_t m = 0;
    for (uint32_t i = 0; i < n; i++) {
        m += isnan(p[i]) ? 0 : 1;
    }
    for (uint32_t i = 0; i < n; i++) {
        q[i] = isnan(p[i]) ? p[i] : fmin(1, p[i] * m);
    }
}
