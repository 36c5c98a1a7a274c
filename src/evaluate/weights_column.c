/* Columns of a matrix of indicators: see weights_column.h. */
#include "evaluate/weights_column.h"

#include "core/mem.h"
#include "evaluate/sorting.h"

#include <math.h>

rh_column_facts
rh_column_measure(const double *x, uint32_t n)
{
    rh_column_facts f = {.min = x[0], .max = x[0]};
    for (uint32_t i = 0; i < n; i++) {
        f.min = fmin(f.min, x[i]);
        f.max = fmax(f.max, x[i]);
        f.sum += x[i];
    }
    f.mean = f.sum / n;
    double squares = 0;
    for (uint32_t i = 0; i < n; i++) {
        squares += (x[i] - f.mean) * (x[i] - f.mean);
    }
    f.deviation = n > 1 ? sqrt(squares / (n - 1)) : 0;
    f.constant = f.max - f.min <= 1e-12 * fmax(fabs(f.min), fabs(f.max));
    return f;
}

void
rh_column_scale(const double *x, uint32_t n, int direction, double low, double high, double *z)
{
    rh_column_facts f = rh_column_measure(x, n);
    double from = direction < 0 ? f.max : f.min,
           range = direction < 0 ? f.min - f.max : f.max - f.min;
    for (uint32_t i = 0; i < n; i++) {
        z[i] = f.constant ? (low + high) / 2 : low + (x[i] - from) / range * (high - low);
    }
}

static double
pearson(const double *a, const rh_column_facts *fa, const double *b, const rh_column_facts *fb,
        uint32_t n)
{
    double sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        sum += (a[i] - fa->mean) * (b[i] - fb->mean);
    }
    return fa->constant || fb->constant ? (double)NAN
                                        : sum / ((n - 1) * fa->deviation * fb->deviation);
}

static int
sign(double d)
{
    return (d > 0) - (d < 0);
}

/* Kendall's tau-b. */
static double
kendall(const double *a, const double *b, uint32_t n)
{
    int64_t agree = 0, in_a = 0, in_b = 0;
    for (uint32_t i = 1; i < n; i++) {
        for (uint32_t k = 0; k < i; k++) {
            int da = sign(a[i] - a[k]), db = sign(b[i] - b[k]);
            agree += da * db;
            in_a += da != 0;
            in_b += db != 0;
        }
    }
    return in_a == 0 || in_b == 0 ? (double)NAN
                                  : (double)agree / sqrt((double)in_a * (double)in_b);
}

/* Each pair of columns; of each column the facts once. */
static rh_status
correlate(const double *x, uint32_t n, uint32_t m, bool by_kendall, double *r, rh_err *err)
{
    rh_column_facts *fact;
    RH_NEW(fact, m, err);
    for (uint32_t j = 0; j < m; j++) {
        const double *a = x + (size_t)j * n;
        fact[j] = rh_column_measure(a, n);
        for (uint32_t k = 0; k <= j; k++) {
            const double *b = x + (size_t)k * n;
            double value = by_kendall ? kendall(a, b, n) : pearson(a, &fact[j], b, &fact[k], n);
            r[(size_t)k * m + j] = r[(size_t)j * m + k] = j == k && !isnan(value) ? 1 : value;
        }
    }
    rh_free(fact);
    return RH_OK;
}

rh_status
rh_columns_correlate(const double *x, uint32_t n, uint32_t m, enum rh_correlation kind,
                     double *r, rh_err *err)
{
    if (kind != RH_CORRELATION_SPEARMAN) {
        return correlate(x, n, m, kind == RH_CORRELATION_KENDALL, r, err);
    }
    double *rank;
    rh_status status = RH_OK;
    RH_NEW(rank, (size_t)n * m, err);
    for (uint32_t j = 0; j < m && status == RH_OK; j++) {
        const double *column = x + (size_t)j * n;
        status = rh_mid_ranks(column, column, n, rank + (size_t)j * n, err);
    }
    if (status == RH_OK) {
        status = correlate(rank, n, m, false, r, err);
    }
    rh_free(rank);
    return status;
}

rh_status
rh_matrix_check(const char *method, const double *x, uint32_t n, uint32_t m,
                enum rh_domain domain, rh_err *err)
{
    static const char *const wanted[] = {"a number", "a number not below 0",
                                         "a number above 0"};
    if (n < 2 || m < 1) {
        return rh_fail(
            err, RH_INPUT,
            "%s needs at least two units with all values and one indicator; there are "
            "%u and %u.",
            method, n, m);
    }
    for (size_t k = 0; k < (size_t)n * m; k++) {
        double v = x[k];
        if (!isfinite(v) || (domain != RH_DOMAIN_ANY && v < 0) ||
            (domain == RH_DOMAIN_POSITIVE && v <= 0)) {
            return rh_fail(err, RH_INPUT, "%s: indicator %u of unit %u is %g; it must be %s.",
                           method, (uint32_t)(k / n) + 1, (uint32_t)(k % n) + 1, v,
                           wanted[domain]);
        }
    }
    return RH_OK;
}

rh_status
rh_weights_scale(const char *method, double *w, uint32_t m, rh_err *err)
{
    double sum = 0;
    for (uint32_t j = 0; j < m; j++) {
        sum += w[j];
    }
    if (!(sum > 0)) {
        return rh_fail(
            err, RH_INPUT,
            "%s: none of the %u indicators tells the units apart (all are constant or "
            "carry no information), so that there are no weights.",
            method, m);
    }
    for (uint32_t j = 0; j < m; j++) {
        w[j] /= sum;
    }
    return RH_OK;
}
