/* The spatial Gini: see inequality_spatial.h. */
#include "evaluate/inequality_spatial.h"

#include "core/mem.h"
#include "core/random.h"
#include "core/threads.h"
#include "evaluate/inequality_rank.h"
#include "evaluate/sorting.h"

#include <math.h>
#include <string.h>

static double
near_sum(const double *x, const rh_neighbours *pairs)
{
    double sum = 0;
    for (size_t k = 0; k < pairs->n; k++) {
        double w = pairs->weight != NULL ? pairs->weight[k] : 1;
        sum += w * fabs(x[pairs->from[k]] - x[pairs->to[k]]);
    }
    return sum;
}

typedef struct draws {
    const double *x;
    uint32_t n;
    const rh_neighbours *pairs;
    rh_key key;
    double *scratch; /* n a worker */
    double *near;    /* a draw */
} draws;

static rh_status
draw(void *context, unsigned job, unsigned worker, rh_err *err)
{
    const draws *d = context;
    double *x = d->scratch + (size_t)worker * d->n;
    (void)err;
    memcpy(x, d->x, d->n * sizeof *x);
    rh_shuffle_doubles(rh_key_with(d->key, job), d->n, x);
    d->near[job] = near_sum(x, d->pairs);
    return RH_OK;
}

static void
infer(const double *near, rh_spatial_gini *g)
{
    unsigned n = g->permutations, larger = 0;
    double sum = 0, squares = 0;
    for (unsigned p = 0; p < n; p++) {
        double far = g->total - near[p];
        sum += far;
        larger += far >= g->far;
    }
    g->mean_far = sum / n;
    for (unsigned p = 0; p < n; p++) {
        double d = g->total - near[p] - g->mean_far;
        squares += d * d;
    }
    g->sd_far = sqrt(squares / n);
    g->z_far = (g->far - g->mean_far) / g->sd_far;
    g->p_upper = (larger + 1.0) / (n + 1.0);
    g->p_folded = ((n - larger < larger ? n - larger : larger) + 1.0) / (n + 1.0);
}

static rh_status
permute(const double *x, uint32_t n, const rh_neighbours *pairs, uint64_t seed,
        unsigned n_threads, rh_spatial_gini *out, rh_err *err)
{
    draws d = {.x = x, .n = n, .pairs = pairs, .key = rh_key_with(seed, 0x5350474eU)};
    d.scratch = rh_alloc((size_t)n * n_threads, sizeof *d.scratch);
    d.near = rh_alloc(out->permutations, sizeof *d.near);
    rh_status status = d.scratch == NULL || d.near == NULL
                           ? rh_fail(err, RH_MEMORY, "Not enough memory for %u permutations.",
                                     out->permutations)
                           : rh_threads_run(n_threads, out->permutations, NULL, draw, &d, err);
    if (status == RH_OK) {
        infer(d.near, out);
    }
    rh_free(d.scratch);
    rh_free(d.near);
    return status;
}

rh_status
rh_spatial_gini_find(const double *x, uint32_t n, const rh_neighbours *pairs,
                     unsigned permutations, uint64_t seed, unsigned n_threads,
                     rh_spatial_gini *out, rh_err *err)
{
    const double none = (double)NAN;
    double s0 = 0, mean = 0;
    for (size_t k = 0; k < pairs->n; k++) {
        if (pairs->from[k] >= n || pairs->to[k] >= n || pairs->from[k] == pairs->to[k]) {
            return rh_fail(err, RH_INPUT, "Neighbour pair %zu joins %u and %u of %u places.",
                           k + 1, pairs->from[k] + 1, pairs->to[k] + 1, n);
        }
        s0 += pairs->weight != NULL ? pairs->weight[k] : 1;
    }
    rh_sorted sorted;
    RH_TRY(rh_sorted_init(&sorted, x, NULL, n, err));
    double gini = rh_sorted_gini(&sorted);
    mean = rh_sorted_mean(&sorted);
    rh_sorted_release(&sorted);
    if (!(mean > 0) || n < 2) {
        return rh_fail(
            err, RH_INPUT,
            "A spatial Gini needs 2 places at least and a mean above 0, not %u and %g.", n,
            mean);
    }
    double scale = 2.0 * n * n * mean, all_pairs = (double)n * (n - 1);
    *out = (rh_spatial_gini){.gini = gini,
                             .total = gini * scale,
                             .near = near_sum(x, pairs),
                             .permutations = permutations,
                             .mean_far = none,
                             .sd_far = none,
                             .z_far = none,
                             .p_upper = none,
                             .p_folded = none};
    out->far = out->total - out->near;
    out->near_gini = out->near / scale;
    out->far_gini = out->far / scale;
    out->far_share = out->far / out->total;
    out->polarisation = out->far / out->near * (s0 / (all_pairs - s0));
    out->expected_far = out->total * (1 - s0 / all_pairs);
    return permutations > 0 ? permute(x, n, pairs, seed, n_threads, out, err) : RH_OK;
}
