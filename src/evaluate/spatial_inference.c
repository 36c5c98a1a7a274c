/* From a statistic to a judgement: see spatial_inference.h. */
#include "evaluate/spatial_inference.h"

#include "core/mem.h"

#include <math.h>
#include <stdlib.h>

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
