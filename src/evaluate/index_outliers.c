/* Outliers of one indicator: see index_outliers.h. */
#include "evaluate/index_outliers.h"

#include "core/mem.h"

#include <math.h>
#include <string.h>

bool
rh_outliers_pass(const rh_outliers *how, const rh_describe *d)
{
    /* What cannot be told (NAN) is no outlier. */
    return !(fabs(d->skewness) > how->skewness && d->kurtosis > how->kurtosis);
}

/* All values at the end take the next one; returns how many there are now at that end. */
static uint32_t
move_end(double *x, uint32_t n, double end, double sign)
{
    double next = -INFINITY;
    uint32_t moved = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (!isnan(x[i]) && x[i] != end) {
            next = fmax(next, sign * x[i]);
        }
    }
    for (uint32_t i = 0; i < n; i++) {
        if (x[i] == end) {
            x[i] = sign * next;
            moved++;
        }
    }
    return moved;
}

uint32_t
rh_outliers_winsorise(const rh_outliers *how, double *x, uint32_t n)
{
    uint32_t highs = 0, lows = 0;
    rh_describe d = rh_describe_values(x, n);
    while (!rh_outliers_pass(how, &d) && highs + lows < how->most) {
        if (d.skewness >= 0) {
            highs = move_end(x, n, d.high, 1);
        } else {
            lows = move_end(x, n, d.low, -1);
        }
        d = rh_describe_values(x, n);
    }
    return highs + lows;
}

static double
box_cox(double x, double lambda)
{
    return lambda == 0 ? log(x) : (pow(x, lambda) - 1) / lambda;
}

/* Log-likelihood of lambda but for a constant: Box & Cox 1964, eq. 8. */
static double
likelihood(const double *x, uint32_t n, double lambda)
{
    double sum = 0, squares = 0, logs = 0;
    uint32_t count = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (!isnan(x[i])) {
            double y = box_cox(x[i], lambda);
            sum += y;
            logs += log(x[i]);
            count++;
        }
    }
    for (uint32_t i = 0; i < n; i++) {
        if (!isnan(x[i])) {
            double d = box_cox(x[i], lambda) - sum / count;
            squares += d * d;
        }
    }
    return -0.5 * count * log(squares / count) + (lambda - 1) * logs;
}

/* Golden section over -5 … 5. */
static double
best_lambda(const double *x, uint32_t n)
{
    const double ratio = (sqrt(5) - 1) / 2;
    double low = -5, high = 5;
    double a = high - ratio * (high - low), b = low + ratio * (high - low);
    double fa = likelihood(x, n, a), fb = likelihood(x, n, b);
    while (high - low > 1e-9) {
        if (fa > fb) {
            high = b;
            b = a;
            fb = fa;
            a = high - ratio * (high - low);
            fa = likelihood(x, n, a);
        } else {
            low = a;
            a = b;
            fa = fb;
            b = low + ratio * (high - low);
            fb = likelihood(x, n, b);
        }
    }
    return (low + high) / 2;
}

rh_status
rh_outliers_transform(const rh_outliers *how, double *x, uint32_t n, double *lambda,
                      uint32_t *bad, rh_err *err)
{
    rh_describe d = rh_describe_values(x, n);
    double shift = 0;
    switch (how->then) {
    case RH_TRANSFORM_NONE:
    case RH_TRANSFORM_COUNT:
        return RH_OK;
    case RH_TRANSFORM_LOG:
        shift = -d.low + 0.01 * (d.high - d.low);
        break;
    case RH_TRANSFORM_LOG_ONE:
        shift = 1 - d.low;
        break;
    case RH_TRANSFORM_LOG_PLAIN:
        break;
    case RH_TRANSFORM_BOX_COX:
        shift = how->keep_origin ? 0 : 1 - d.low;
        break;
    }
    for (uint32_t i = 0; i < n; i++) {
        if (x[i] + shift <= 0) {
            *bad = i;
            return rh_fail(err, RH_INPUT, "%g has no logarithm: values above 0 are needed.",
                           x[i]);
        }
    }
    for (uint32_t i = 0; i < n; i++) {
        x[i] += shift;
    }
    if (how->then == RH_TRANSFORM_BOX_COX) {
        *lambda = how->optimise && d.low < d.high ? best_lambda(x, n) : how->lambda;
    }
    for (uint32_t i = 0; i < n; i++) {
        x[i] = how->then == RH_TRANSFORM_BOX_COX ? box_cox(x[i], *lambda) : log(x[i]);
    }
    return RH_OK;
}

static rh_status
treat(const rh_outliers *how, double *x, uint32_t n, double *kept, rh_outliers_report *r,
      uint32_t *bad, rh_err *err)
{
    if (how->test && r->passed_before) {
        return RH_OK;
    }
    if (how->test && how->most > 0) {
        r->moved = rh_outliers_winsorise(how, x, n);
        rh_describe d = rh_describe_values(x, n);
        r->low = d.low;
        r->high = d.high;
        if (rh_outliers_pass(how, &d)) {
            return RH_OK;
        }
        if (how->then != RH_TRANSFORM_NONE && !how->combine) {
            memcpy(x, kept, n * sizeof *x);
            r->moved = 0;
        }
    }
    r->transform = how->then;
    return rh_outliers_transform(how, x, n, &r->lambda, bad, err);
}

rh_status
rh_outliers_treat(const rh_outliers *how, double *x, uint32_t n, rh_outliers_report *report,
                  uint32_t *bad, rh_err *err)
{
    rh_describe before = rh_describe_values(x, n);
    rh_outliers_report r = {.before = before,
                            .low = before.low,
                            .high = before.high,
                            .lambda = (double)NAN,
                            .passed_before = rh_outliers_pass(how, &before)};
    double *kept;
    RH_NEW(kept, (size_t)n + 1, err);
    memcpy(kept, x, n * sizeof *x);
    rh_status status = RH_OK;
    if (!rh_describe_constant(&before)) {
        status = treat(how, x, n, kept, &r, bad, err);
    }
    rh_free(kept);
    r.after = rh_describe_values(x, n);
    r.passed = rh_outliers_pass(how, &r.after);
    if (report != NULL) {
        *report = r;
    }
    return status;
}
