/* Weights from the spread of each indicator: see weights_spread.h. */
#include "evaluate/weights_spread.h"

#include "evaluate/weights_column.h"

#include <math.h>

static double
gini(const double *x, uint32_t n, double mean)
{
    double sum = 0;
    for (uint32_t i = 1; i < n; i++) {
        for (uint32_t k = 0; k < i; k++) {
            sum += fabs(x[i] - x[k]);
        }
    }
    return sum / ((double)n * n * mean);
}

/* acos(Σx / (√n |x|)), by the sine: the cosine is too flat near 1. */
static double
angle(const rh_column_facts *f, uint32_t n)
{
    double apart = f->deviation * sqrt(n - 1.0), along = f->mean * sqrt(n);
    return atan2(apart, along);
}

static double
spread(enum rh_spread kind, const double *x, uint32_t n)
{
    rh_column_facts f = rh_column_measure(x, n);
    if (f.constant) {
        return 0;
    }
    switch (kind) {
    case RH_SPREAD_VARIANCE:
        return f.deviation * f.deviation / ((f.max - f.min) * (f.max - f.min));
    case RH_SPREAD_VARIATION:
        return f.deviation / f.mean;
    case RH_SPREAD_GINI:
        return gini(x, n, f.mean);
    case RH_SPREAD_ANGLE:
        return angle(&f, n);
    default:
        return f.deviation;
    }
}

rh_status
rh_weights_spread(enum rh_spread kind, const double *x, uint32_t n, uint32_t m, double *w,
                  rh_err *err)
{
    static const char *const name[] = {
        [RH_SPREAD_DEVIATION] = "Standard deviation weights",
        [RH_SPREAD_VARIANCE] = "Variance weights",
        [RH_SPREAD_VARIATION] = "Coefficient of variation weights",
        [RH_SPREAD_GINI] = "Gini weights",
        [RH_SPREAD_ANGLE] = "Angle weights",
    };
    enum rh_domain domain = kind == RH_SPREAD_VARIATION ? RH_DOMAIN_POSITIVE
                            : kind == RH_SPREAD_GINI || kind == RH_SPREAD_ANGLE
                                ? RH_DOMAIN_NOT_NEGATIVE
                                : RH_DOMAIN_ANY;
    RH_TRY(rh_matrix_check(name[kind], x, n, m, domain, err));
    for (uint32_t j = 0; j < m; j++) {
        w[j] = spread(kind, x + (size_t)j * n, n);
    }
    return rh_weights_scale(name[kind], w, m, err);
}
