/* Shapley, Banzhaf and their kin in one pass: see game_value.h. */
#include "evaluate/game_value.h"

#include "core/mem.h"
#include "core/threads.h"

#include <math.h>

enum { CHUNK_BITS = 11, CHUNK = 1 << CHUNK_BITS, JOB_BITS = 17, LANES = 8 };

typedef struct pass {
    const double *v;
    unsigned n, chunk_bits;
    uint32_t chunk, chunks_a_job, n_chunks;
    double with[RH_GAME_MOST + 1]; /* p(s−1) + p(s), by size */
    double all[RH_GAME_MOST + 1];  /* p(s) */
    uint8_t size[CHUNK];           /* of the coalitions of low players */
    double *sum; /* of a job: n sums over S with i, then the sum over all S of p(s)·v(S) */
} pass;

/* Sum of `n` values (a power of two) in lanes, that the compiler may keep in vectors. */
static double
lane_sum(const double *x, uint32_t n)
{
    double lane[LANES] = {0}, sum = 0;
    for (uint32_t i = 0; i + LANES <= n; i += LANES) {
        for (unsigned l = 0; l < LANES; l++) {
            lane[l] += x[i + l];
        }
    }
    for (uint32_t i = n & ~(uint32_t)(LANES - 1); i < n; i++) {
        sum += x[i];
    }
    for (unsigned l = 0; l < LANES; l++) {
        sum += lane[l];
    }
    return sum;
}

/* Fold a chunk of 2^bits values from its highest player down: the upper half is what stands in coalitions with that player; it is
 * then added to the lower half. Adds to sum[player]; returns the sum of all. */
static double
fold(double *c, unsigned bits, double *sum)
{
    for (unsigned bit = bits; bit-- > 0;) {
        uint32_t half = 1U << bit;
        sum[bit] += lane_sum(c + half, half);
        for (uint32_t i = 0; i < half; i++) {
            c[i] += c[half + i];
        }
    }
    return c[0];
}

static rh_status
do_job(void *context, unsigned job, unsigned worker, rh_err *err)
{
    (void)worker;
    (void)err;
    const pass *p = context;
    double with[CHUNK] = {0}, all[CHUNK] = {0};
    double *sum = p->sum + (size_t)job * (p->n + 1);
    for (uint32_t k = 0; k < p->chunks_a_job; k++) {
        uint32_t high = job * p->chunks_a_job + k;
        const double *v = p->v + (size_t)high * p->chunk;
        unsigned others = (unsigned)__builtin_popcount(high);
        for (uint32_t i = 0; i < p->chunk; i++) {
            unsigned s = p->size[i] + others;
            with[i] = p->with[s] * v[i];
            all[i] = p->all[s] * v[i];
        }
        double total = fold(with, p->chunk_bits, sum);
        for (unsigned i = p->chunk_bits; i < p->n; i++) {
            sum[i] += (high >> (i - p->chunk_bits)) & 1 ? total : 0;
        }
        sum[p->n] += lane_sum(all, p->chunk);
    }
    return RH_OK;
}

rh_status
rh_game_semivalue(const double *v, unsigned n, const double *weight, unsigned n_threads,
                  double *value, rh_err *err)
{
    pass p = {.v = v, .n = n, .chunk_bits = n < CHUNK_BITS ? n : CHUNK_BITS};
    unsigned job_bits = n < JOB_BITS ? n : JOB_BITS, n_jobs = 1U << (n - job_bits);
    p.chunk = 1U << p.chunk_bits;
    p.chunks_a_job = 1U << (job_bits - p.chunk_bits);
    for (unsigned s = 0; s <= n; s++) {
        p.all[s] = s < n ? weight[s] : 0;
        p.with[s] = p.all[s] + (s > 0 ? weight[s - 1] : 0);
    }
    for (uint32_t i = 0; i < p.chunk; i++) {
        p.size[i] = (uint8_t)__builtin_popcount(i);
    }
    RH_NEW(p.sum, (size_t)n_jobs * (n + 1), err);
    unsigned workers = n_threads < n_jobs ? n_threads : n_jobs;
    rh_status status = rh_threads_run(workers, n_jobs, NULL, do_job, &p, err);
    for (unsigned i = 0; i < n && status == RH_OK; i++) {
        value[i] = 0;
        for (unsigned j = 0; j < n_jobs; j++) {
            value[i] += p.sum[(size_t)j * (n + 1) + i] - p.sum[(size_t)j * (n + 1) + n];
        }
    }
    rh_free(p.sum);
    return status;
}

rh_status
rh_game_shapley(const double *v, unsigned n, unsigned n_threads, double *value, rh_err *err)
{
    double p[RH_GAME_MOST];
    p[0] = 1.0 / n;
    for (unsigned s = 1; s < n; s++) {
        p[s] = p[s - 1] * s / (n - s); /* 1 / (n·C(n−1, s)) */
    }
    return rh_game_semivalue(v, n, p, n_threads, value, err);
}

rh_status
rh_game_banzhaf(const double *v, unsigned n, unsigned n_threads, double *value, rh_err *err)
{
    double p[RH_GAME_MOST];
    for (unsigned s = 0; s < n; s++) {
        p[s] = ldexp(1, 1 - (int)n);
    }
    return rh_game_semivalue(v, n, p, n_threads, value, err);
}
