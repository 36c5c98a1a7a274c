/* Streamed sums of inequality: see inequality_sums.h. */
#include "evaluate/inequality_sums.h"

#include "core/mem.h"
#include "core/threads.h"

#include <math.h>
#include <string.h>

double
rh_pivot(double x)
{
    int exponent;
    if (!(x > 0) || !isfinite(x)) {
        return 1;
    }
    frexp(x, &exponent);
    exponent = exponent < -1000 ? -1000 : exponent > 1000 ? 1000 : exponent;
    return ldexp(1, exponent);
}

rh_sums
rh_sums_empty(void)
{
    return (rh_sums){.least = INFINITY, .most = -INFINITY};
}

rh_status
rh_stream_init(rh_stream *stream, uint32_t n_groups, const rh_powers *powers, rh_err *err)
{
    *stream = (rh_stream){.n_groups = n_groups};
    if (powers != NULL) {
        stream->powers = *powers;
    }
    if (!(stream->powers.pivot > 0)) {
        stream->powers.pivot = 1;
    }
    RH_NEW(stream->group, n_groups, err);
    for (uint32_t g = 0; g < n_groups; g++) {
        stream->group[g] = rh_sums_empty();
    }
    return RH_OK;
}

void
rh_stream_release(rh_stream *stream)
{
    rh_free(stream->group);
    *stream = (rh_stream){0};
}

void
rh_sums_add(rh_sums *into, const rh_sums *from)
{
    into->n += from->n;
    into->negative += from->negative;
    into->weight += from->weight;
    into->total += from->total;
    into->zero_weight += from->zero_weight;
    into->entropy += from->entropy;
    into->logs += from->logs;
    into->squares += from->squares;
    for (unsigned p = 0; p < RH_POWERS; p++) {
        into->power[p] += from->power[p];
    }
    into->least = from->least < into->least ? from->least : into->least;
    into->most = from->most > into->most ? from->most : into->most;
}

void
rh_stream_merge(rh_stream *into, const rh_stream *from)
{
    for (uint32_t g = 0; g < into->n_groups; g++) {
        rh_sums_add(&into->group[g], &from->group[g]);
    }
}

rh_sums
rh_stream_total(const rh_stream *stream)
{
    rh_sums total = rh_sums_empty();
    for (uint32_t g = 0; g < stream->n_groups; g++) {
        rh_sums_add(&total, &stream->group[g]);
    }
    return total;
}

/* The sums of one value; `scale` is 1 / pivot, a power of two. */
static inline void
add_value(rh_sums *s, double x, double w, double scale)
{
    double wx = w * x, r = x * scale;
    s->n++;
    s->weight += w;
    s->total += wx;
    s->squares += w * r * r;
    s->least = x < s->least ? x : s->least;
    s->most = x > s->most ? x : s->most;
    if (x > 0) {
        double l = log(r);
        s->entropy += wx * l;
        s->logs += w * l;
    } else {
        s->zero_weight += w;
        s->negative += x < 0;
    }
}

static inline void
add_powers(rh_sums *s, double x, double w, const rh_powers *powers, double scale)
{
    for (unsigned p = 0; p < powers->n && x > 0; p++) {
        s->power[p] += w * pow(x * scale, powers->power[p]);
    }
}

void
rh_stream_add(rh_stream *stream, const double *x, const double *w, const uint32_t *group,
              size_t n)
{
    const double scale = 1 / stream->powers.pivot;
    const bool powers = stream->powers.n > 0;
    if (group == NULL && !powers) { /* sums stay in registers */
        rh_sums s = stream->group[0];
        for (size_t i = 0; i < n; i++) {
            double weight = w != NULL ? w[i] : 1;
            if (weight > 0) {
                add_value(&s, x[i], weight, scale);
            }
        }
        stream->group[0] = s;
        return;
    }
    for (size_t i = 0; i < n; i++) {
        double weight = w != NULL ? w[i] : 1;
        if (weight > 0) {
            rh_sums *s = &stream->group[group != NULL ? group[i] : 0];
            add_value(s, x[i], weight, scale);
            add_powers(s, x[i], weight, &stream->powers, scale);
        }
    }
}

typedef struct array_job {
    const double *x, *w;
    const uint32_t *group;
    size_t n, length; /* of a block */
    rh_stream *block;
} array_job;

static rh_status
add_block(void *context, unsigned job, unsigned worker, rh_err *err)
{
    array_job *j = context;
    size_t from = job * j->length, size = j->n - from < j->length ? j->n - from : j->length;
    (void)worker, (void)err;
    rh_stream_add(&j->block[job], j->x + from, j->w != NULL ? j->w + from : NULL,
                  j->group != NULL ? j->group + from : NULL, size);
    return RH_OK;
}

rh_status
rh_stream_array(rh_stream *stream, const double *x, const double *w, const uint32_t *group,
                size_t n, unsigned n_threads, rh_err *err)
{
    enum { SHORTEST = 1 << 16, MOST_BLOCKS = 64 };
    size_t length = (n + MOST_BLOCKS - 1) / MOST_BLOCKS;
    length = length < SHORTEST ? SHORTEST : length;
    unsigned blocks = (unsigned)((n + length - 1) / length);
    if (blocks <= 1) {
        rh_stream_add(stream, x, w, group, n);
        return RH_OK;
    }
    array_job job = {.x = x, .w = w, .group = group, .n = n, .length = length};
    rh_status status = RH_OK;
    RH_NEW(job.block, blocks, err);
    for (unsigned b = 0; b < blocks && status == RH_OK; b++) {
        status = rh_stream_init(&job.block[b], stream->n_groups, &stream->powers, err);
    }
    if (status == RH_OK) {
        status = rh_threads_run(n_threads, blocks, NULL, add_block, &job, err);
    }
    for (unsigned b = 0; b < blocks; b++) {
        if (status == RH_OK) {
            rh_stream_merge(stream, &job.block[b]);
        }
        rh_stream_release(&job.block[b]);
    }
    rh_free(job.block);
    return status;
}

/* ---- measures ---- */

static bool
empty(const rh_sums *s)
{
    return !(s->weight > 0) || !(s->total > 0);
}

/* All values alike: rounding must not leave an inequality of 1e-17. */
static bool
equal(const rh_sums *s)
{
    return s->least >= s->most;
}

double
rh_sums_mean(const rh_sums *s)
{
    return s->weight > 0 ? s->total / s->weight : (double)NAN;
}

/* ln(mean / pivot) */
static double
log_mean(const rh_sums *s, const rh_powers *powers)
{
    return log(rh_sums_mean(s) / powers->pivot);
}

double
rh_sums_variation(const rh_sums *s, const rh_powers *powers)
{
    double mean = rh_sums_mean(s) / powers->pivot;
    if (!(s->weight > 0) || mean == 0) {
        return (double)NAN;
    }
    double variance = s->squares / s->weight - mean * mean;
    return equal(s) || variance <= 0 ? 0 : sqrt(variance) / fabs(mean);
}

double
rh_sums_theil_t(const rh_sums *s, const rh_powers *powers)
{
    return empty(s) || s->negative > 0 ? (double)NAN
           : equal(s)                  ? 0
                                       : s->entropy / s->total - log_mean(s, powers);
}

double
rh_sums_theil_l(const rh_sums *s, const rh_powers *powers)
{
    return empty(s) || s->negative > 0 ? (double)NAN
           : s->zero_weight > 0        ? (double)INFINITY
           : equal(s)                  ? 0
                                       : log_mean(s, powers) - s->logs / s->weight;
}

/* Σ w (x / pivot)^p / Σ w; NAN when p was not asked for. Zeros add nothing to a positive power and make a negative one infinite. */
static double
mean_power(const rh_sums *s, const rh_powers *powers, double p)
{
    if (s->zero_weight > 0 && p < 0) {
        return INFINITY;
    }
    if (p == 1) {
        return rh_sums_mean(s) / powers->pivot;
    }
    if (p == 2) {
        return s->squares / s->weight;
    }
    for (unsigned i = 0; i < powers->n; i++) {
        if (powers->power[i] >= p && powers->power[i] <= p) {
            return s->power[i] / s->weight;
        }
    }
    return (double)NAN;
}

double
rh_sums_entropy(const rh_sums *s, const rh_powers *powers, double alpha)
{
    if (alpha == 0) {
        return rh_sums_theil_l(s, powers);
    }
    if (alpha == 1) {
        return rh_sums_theil_t(s, powers);
    }
    if (empty(s) || s->negative > 0) {
        return (double)NAN;
    }
    double ratio = mean_power(s, powers, alpha) / pow(rh_sums_mean(s) / powers->pivot, alpha);
    return equal(s) && !isinf(ratio) ? 0 : (ratio - 1) / (alpha * (alpha - 1));
}

double
rh_sums_ede(const rh_sums *s, const rh_powers *powers, double epsilon)
{
    if (empty(s) || s->negative > 0) {
        return (double)NAN;
    }
    if (epsilon == 0 || equal(s)) {
        return rh_sums_mean(s);
    }
    if (s->zero_weight > 0 && epsilon >= 1) {
        return 0;
    }
    if (epsilon == 1) {
        return powers->pivot * exp(s->logs / s->weight);
    }
    return powers->pivot * pow(mean_power(s, powers, 1 - epsilon), 1 / (1 - epsilon));
}

double
rh_sums_atkinson(const rh_sums *s, const rh_powers *powers, double epsilon)
{
    return 1 - rh_sums_ede(s, powers, epsilon) / rh_sums_mean(s);
}
