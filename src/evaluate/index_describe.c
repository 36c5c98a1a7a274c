/* One indicator, and how indicators hang together: see index_describe.h. */
#include "evaluate/index_describe.h"

#include "core/mem.h"
#include "evaluate/sorting.h"

#include <math.h>
#include <stdlib.h>

rh_describe
rh_describe_values(const double *x, uint32_t n)
{
    rh_describe d = {.low = INFINITY, .high = -INFINITY};
    for (uint32_t i = 0; i < n; i++) {
        if (!isnan(x[i])) {
            d.count++;
            d.zeros += x[i] == 0;
            d.low = fmin(d.low, x[i]);
            d.high = fmax(d.high, x[i]);
            d.sum += x[i];
        }
    }
    d.mean = d.count > 0 ? d.sum / d.count : (double)NAN;
    double s2 = 0, s3 = 0, s4 = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (!isnan(x[i])) {
            double a = x[i] - d.mean, b = a * a;
            s2 += b;
            s3 += b * a;
            s4 += b * b;
        }
    }
    double c = d.count;
    bool spread = d.count > 0 && d.low < d.high;
    d.deviation = d.count > 1 ? sqrt(s2 / (c - 1)) : (double)NAN;
    d.skewness = d.count > 2 && spread
                     ? sqrt(c) * s3 / pow(s2, 1.5) * sqrt(c * (c - 1)) / (c - 2)
                     : (double)NAN;
    d.kurtosis = d.count > 3 && spread
                     ? ((c + 1) * (c * s4 / (s2 * s2) - 3) + 6) * (c - 1) / ((c - 2) * (c - 3))
                     : (double)NAN;
    return d;
}

double
rh_describe_median(const double *x, uint32_t n, double *scratch)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (!isnan(x[i])) {
            scratch[count++] = x[i];
        }
    }
    if (count == 0) {
        return (double)NAN;
    }
    qsort(scratch, count, sizeof *scratch, rh_rising);
    return count % 2 == 1 ? scratch[count / 2]
                          : (scratch[count / 2 - 1] + scratch[count / 2]) / 2;
}

bool
rh_describe_constant(const rh_describe *d)
{
    return !(d->low < d->high);
}

/* Sums over the rows that have both: count, covariance and the two variances, times count - 1. */
typedef struct pair_sums {
    uint32_t count;
    double xy, xx, yy;
} pair_sums;

static pair_sums
sums_of(const double *x, const double *y, uint32_t n)
{
    pair_sums s = {0};
    double sx = 0, sy = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (!isnan(x[i]) && !isnan(y[i])) {
            s.count++;
            sx += x[i];
            sy += y[i];
        }
    }
    double mx = sx / s.count, my = sy / s.count;
    for (uint32_t i = 0; i < n; i++) {
        if (!isnan(x[i]) && !isnan(y[i])) {
            double a = x[i] - mx, b = y[i] - my;
            s.xy += a * b;
            s.xx += a * a;
            s.yy += b * b;
        }
    }
    return s;
}

double
rh_describe_correlation(const double *x, const double *y, uint32_t n)
{
    pair_sums s = sums_of(x, y, n);
    double r = s.xy / sqrt(s.xx) / sqrt(s.yy);
    return s.count > 2 && s.xx > 0 && s.yy > 0 ? fmax(-1, fmin(1, r)) : (double)NAN;
}

double
rh_describe_alpha(const double *x, uint32_t n, const uint32_t *column, uint32_t m)
{
    double own = 0, all = 0;
    if (m < 2) {
        return (double)NAN;
    }
    for (uint32_t a = 0; a < m; a++) {
        for (uint32_t b = a; b < m; b++) {
            pair_sums s = sums_of(x + (size_t)column[a] * n, x + (size_t)column[b] * n, n);
            double covariance = s.xy / (s.count - 1.0);
            own += a == b ? covariance : 0;
            all += a == b ? covariance : 2 * covariance;
        }
    }
    return m / (m - 1.0) * (1 - own / all);
}

rh_status
rh_describe_places(const double *x, uint32_t n, uint32_t *place, rh_err *err)
{
    rh_ranked *r;
    uint32_t count;
    RH_TRY(rh_ranked_new(x, x, n, rh_ranked_falling, &r, &count, err));
    for (uint32_t i = 0; i < n; i++) {
        place[i] = 0;
    }
    for (uint32_t k = 0; k < count; k++) {
        bool tied = k > 0 && r[k].value == r[k - 1].value;
        place[r[k].index] = tied ? place[r[k - 1].index] : k + 1;
    }
    rh_free(r);
    return RH_OK;
}

rh_status
rh_describe_rank_correlation(const double *x, const double *y, uint32_t n, double *r,
                             rh_err *err)
{
    double *rank;
    RH_NEW(rank, 2 * (size_t)n + 1, err);
    rh_status status = rh_mid_ranks(x, y, n, rank, err);
    if (status == RH_OK) {
        status = rh_mid_ranks(y, x, n, rank + n, err);
    }
    if (status == RH_OK) {
        *r = rh_describe_correlation(rank, rank + n, n);
    }
    rh_free(rank);
    return status;
}
