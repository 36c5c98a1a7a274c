/* TOPSIS, VIKOR, grey relations: see aggregate_ideal.h. */
#include "evaluate/aggregate_ideal.h"

#include "core/mem.h"

#include <math.h>

/* complete[i]: unit i has all values. */
static void
find_complete(const double *x, uint32_t n, uint32_t m, unsigned char *complete)
{
    for (uint32_t i = 0; i < n; i++) {
        complete[i] = 1;
    }
    for (uint32_t j = 0; j < m; j++) {
        for (uint32_t i = 0; i < n; i++) {
            complete[i] = complete[i] && !isnan(x[(size_t)j * n + i]);
        }
    }
}

typedef struct reach {
    double low, high, sum, squares;
} reach;

static reach
column_reach(const double *x, uint32_t n, const unsigned char *complete)
{
    reach c = {.low = INFINITY, .high = -INFINITY};
    for (uint32_t i = 0; i < n; i++) {
        if (complete[i]) {
            c.low = fmin(c.low, x[i]);
            c.high = fmax(c.high, x[i]);
            c.sum += x[i];
            c.squares += x[i] * x[i];
        }
    }
    return c;
}

static double
divisor(enum rh_topsis_scale scale, const reach *c)
{
    double by = scale == RH_TOPSIS_VECTOR    ? sqrt(c->squares)
                : scale == RH_TOPSIS_RANGE   ? c->high - c->low
                : scale == RH_TOPSIS_MAXIMUM ? fmax(fabs(c->high), fabs(c->low))
                : scale == RH_TOPSIS_SUM     ? fabs(c->sum)
                                             : 1;
    return by > 0 ? by : 1;
}

rh_status
rh_aggregate_topsis(enum rh_topsis_scale scale, const double *x, uint32_t n, uint32_t m,
                    const int *direction, const double *w, double *score, rh_err *err)
{
    double *far =
        rh_alloc(n, sizeof *far); /* squared distances from the worst; score: to the best */
    unsigned char *complete = rh_alloc(n, 1);
    rh_status status = RH_OK;
    if (far == NULL || complete == NULL) {
        status = rh_fail(err, RH_MEMORY, "Not enough memory for TOPSIS of %u units.", n);
    } else {
        find_complete(x, n, m, complete);
        for (uint32_t i = 0; i < n; i++) {
            score[i] = 0;
        }
    }
    /* All scales are linear, so that distances need no scaled copy. */
    for (uint32_t j = 0; j < m && status == RH_OK; j++) {
        const double *column = x + (size_t)j * n;
        reach c = column_reach(column, n, complete);
        double by = w[j] / divisor(scale, &c);
        double best = direction[j] < 0 ? c.low : c.high,
               worst = direction[j] < 0 ? c.high : c.low;
        for (uint32_t i = 0; i < n; i++) {
            double up = by * (column[i] - best), down = by * (column[i] - worst);
            score[i] += up * up;
            far[i] += down * down;
        }
    }
    for (uint32_t i = 0; i < n && status == RH_OK; i++) {
        double down = sqrt(far[i]), both = down + sqrt(score[i]);
        score[i] = complete[i] && both > 0 ? down / both : (double)NAN;
    }
    rh_free(far);
    rh_free(complete);
    return status;
}

/* q = v S' + (1 − v) R' of the complete units. */
static void
compromise(const double *s, const double *r, uint32_t n, const unsigned char *complete,
           double v, double *q)
{
    reach of_s = column_reach(s, n, complete), of_r = column_reach(r, n, complete);
    double range_s = of_s.high - of_s.low, range_r = of_r.high - of_r.low;
    for (uint32_t i = 0; i < n; i++) {
        double group = range_s > 0 ? (s[i] - of_s.low) / range_s : 0;
        double regret = range_r > 0 ? (r[i] - of_r.low) / range_r : 0;
        q[i] = complete[i] ? v * group + (1 - v) * regret : (double)NAN;
    }
}

rh_status
rh_aggregate_vikor(const double *x, uint32_t n, uint32_t m, const int *direction,
                   const double *w, double v, double *q, double *s, double *r, rh_err *err)
{
    if (!(v >= 0 && v <= 1)) {
        return rh_fail(err, RH_RANGE, "VIKOR: v is %g; it must lie between 0 and 1.", v);
    }
    double *both; /* S and R */
    RH_NEW(both, 2 * (size_t)n + 1, err);
    unsigned char *complete = rh_alloc(n, 1);
    if (complete == NULL) {
        rh_free(both);
        return rh_fail(err, RH_MEMORY, "Not enough memory for VIKOR of %u units.", n);
    }
    double *sum = both, *most = both + n;
    find_complete(x, n, m, complete);
    for (uint32_t j = 0; j < m; j++) {
        const double *column = x + (size_t)j * n;
        reach c = column_reach(column, n, complete);
        double best = direction[j] < 0 ? c.low : c.high;
        double by = c.high > c.low ? w[j] / (c.high - c.low) : 0;
        for (uint32_t i = 0; i < n; i++) {
            double d = complete[i] ? by * fabs(best - column[i]) : 0;
            sum[i] += d;
            most[i] = fmax(most[i], d);
        }
    }
    compromise(sum, most, n, complete, v, q);
    for (uint32_t i = 0; i < n; i++) {
        if (s != NULL) {
            s[i] = complete[i] ? sum[i] : (double)NAN;
        }
        if (r != NULL) {
            r[i] = complete[i] ? most[i] : (double)NAN;
        }
    }
    rh_free(both);
    rh_free(complete);
    return RH_OK;
}

rh_status
rh_aggregate_grey(const double *x, uint32_t n, uint32_t m, const double *reference,
                  const double *w, double rho, double *score, rh_err *err)
{
    if (!(rho > 0 && rho <= 1)) {
        return rh_fail(err, RH_RANGE, "Grey relations: rho is %g; it must lie in (0, 1].", rho);
    }
    double *ideal, least = INFINITY, most = 0;
    RH_NEW(ideal, m, err);
    unsigned char *complete = rh_alloc(n, 1);
    if (complete == NULL) {
        rh_free(ideal);
        return rh_fail(err, RH_MEMORY, "Not enough memory for grey relations of %u units.", n);
    }
    find_complete(x, n, m, complete);
    for (uint32_t j = 0; j < m; j++) {
        const double *column = x + (size_t)j * n;
        ideal[j] = reference != NULL ? reference[j] : column_reach(column, n, complete).high;
        for (uint32_t i = 0; i < n; i++) {
            double d = fabs(column[i] - ideal[j]);
            least = complete[i] ? fmin(least, d) : least;
            most = complete[i] ? fmax(most, d) : most;
        }
    }
    for (uint32_t i = 0; i < n; i++) {
        score[i] = complete[i] ? 0 : (double)NAN;
    }
    for (uint32_t j = 0; j < m; j++) {
        for (uint32_t i = 0; i < n; i++) {
            double d = fabs(x[(size_t)j * n + i] - ideal[j]);
            score[i] += w[j] * (most > 0 ? (least + rho * most) / (d + rho * most) : 1);
        }
    }
    rh_free(ideal);
    rh_free(complete);
    return RH_OK;
}
