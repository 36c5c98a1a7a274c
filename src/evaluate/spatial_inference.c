/* From a statistic to a judgement: see spatial_inference.h. */
#include "evaluate/spatial_inference.h"

#include "core/mem.h"

#include <math.h>
#include <stdlib.h>

double
rh_normal_tail(double z)
{
    return 0.5 * erfc(z / M_SQRT2);
}

rh_null
rh_null_of(double value, double mean, double variance)
{
    rh_null null = {.mean = mean, .variance = variance};
    null.z = variance > 0 ? (value - mean) / sqrt(variance) : (double)NAN;
    null.p_one = rh_normal_tail(fabs(null.z));
    null.p_two = 2 * null.p_one;
    return null;
}

double
rh_pseudo_folded(const rh_simulated *s)
{
    uint32_t tail = s->low < s->high ? s->low : s->high;
    return s->n > 0 ? (tail + 1.0) / (s->n + 1.0) : (double)NAN;
}

double
rh_pseudo_two(const rh_simulated *s)
{
    return s->n > 0 ? fmin(1, 2 * rh_pseudo_folded(s)) : (double)NAN;
}

typedef struct ranked {
    double p;
    uint32_t index;
} ranked;

static int
by_p(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    if (x->p != y->p) {
        return x->p < y->p ? -1 : 1;
    }
    return x->index < y->index ? -1 : x->index > y->index;
}

rh_status
rh_adjust_fdr(const double *p, uint32_t n, double *q, rh_err *err)
{
    ranked *test;
    uint32_t m = 0;
    RH_NEW(test, n > 0 ? n : 1, err);
    for (uint32_t i = 0; i < n; i++) {
        q[i] = (double)NAN;
        if (!isnan(p[i])) {
            test[m++] = (ranked){p[i], i};
        }
    }
    qsort(test, m, sizeof *test, by_p);
    double least = 1;
    for (uint32_t rank = m; rank > 0; rank--) {
        least = fmin(least, test[rank - 1].p * m / rank);
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

void
rh_cross_moments(uint32_t units, const rh_weight_sums *w, const rh_cross_sums *q, double *mean,
                 double *variance)
{
    double n = units, n2 = n * (n - 1), n3 = n2 * (n - 2), n4 = n3 * (n - 3);
    double w0 = w->s0 * w->s0, q0 = q->t0 * q->t0;
    *mean = w->s0 * q->t0 / n2;
    *variance = w->s1 * q->t1 / (2 * n2) +
                (w->s2 - 2 * w->s1) * (q->t2 - 2 * q->t1) / (4 * n3) +
                (w0 + w->s1 - w->s2) * (q0 + q->t1 - q->t2) / n4 - *mean * *mean;
}
