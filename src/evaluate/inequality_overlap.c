/* Dagum's decomposition of the Gini: see inequality_overlap.h. */
#include "evaluate/inequality_overlap.h"

#include "core/mem.h"

#include <math.h>

/* Rows of one group, gathered and sorted. n 0: an empty group. */
static rh_status
sort_group(const double *x, const double *w, const uint32_t *group, size_t n, uint32_t wanted,
           double *own_x, double *own_w, rh_sorted *out, rh_err *err)
{
    size_t m = 0;
    for (size_t i = 0; i < n; i++) {
        if (group[i] == wanted && (w == NULL || w[i] > 0)) {
            own_x[m] = x[i];
            own_w[m++] = w != NULL ? w[i] : 1;
        }
    }
    return m > 0 ? rh_sorted_init(out, own_x, own_w, m, err) : RH_OK;
}

/* E|x_a − x_b|: each x_a against the people of b below and above it, in one sweep. */
static double
mean_distance(const rh_sorted *a, const rh_sorted *b)
{
    double below = 0, below_total = 0, sum = 0;
    for (size_t i = 0, j = 0; i < a->n; i++) {
        double x = a->at[i].x;
        for (; j < b->n && b->at[j].x <= x; j++) {
            below += b->at[j].w;
            below_total += b->at[j].w * b->at[j].x;
        }
        sum += a->at[i].w * (x * (2 * below - b->weight) + b->total - 2 * below_total);
    }
    return sum / (a->weight * b->weight);
}

static void
combine(const rh_sorted *of, uint32_t n, double weight, double total, rh_gini_groups *out)
{
    for (uint32_t j = 0; j < n; j++) {
        out->own[j] = of[j].n > 0 ? rh_sorted_gini(&of[j]) : (double)NAN;
        out->pair[(size_t)j * n + j] = out->own[j];
        if (of[j].n == 0) {
            continue;
        }
        out->within += of[j].weight / weight * (of[j].total / total) * out->own[j];
        for (uint32_t h = 0; h < j; h++) {
            double g = (double)NAN;
            if (of[h].n > 0) {
                double m = rh_sorted_mean(&of[j]), k = rh_sorted_mean(&of[h]);
                g = mean_distance(&of[j], &of[h]) / (m + k);
                out->between += of[j].weight * of[h].weight / weight * fabs(m - k) / total;
            }
            out->pair[(size_t)j * n + h] = out->pair[(size_t)h * n + j] = g;
        }
    }
    out->overlap = out->gini - out->within - out->between;
}

rh_status
rh_gini_groups_find(const double *x, const double *w, const uint32_t *group, size_t n,
                    uint32_t n_groups, rh_gini_groups *out, rh_err *err)
{
    rh_sorted all = {0}, *of = NULL;
    *out = (rh_gini_groups){0};
    RH_TRY(rh_sorted_init(&all, x, w, n, err));
    double *own_x = rh_alloc(n, sizeof *own_x), *own_w = rh_alloc(n, sizeof *own_w);
    out->own = rh_alloc(n_groups, sizeof *out->own);
    out->pair = rh_alloc((size_t)n_groups * n_groups, sizeof *out->pair);
    of = rh_alloc(n_groups, sizeof *of);
    rh_status status = RH_OK;
    if (own_x == NULL || own_w == NULL || out->own == NULL || out->pair == NULL || of == NULL) {
        status = rh_fail(err, RH_MEMORY, "Not enough memory for %u groups.", n_groups);
    }
    for (uint32_t g = 0; g < n_groups && status == RH_OK; g++) {
        status = sort_group(x, w, group, n, g, own_x, own_w, &of[g], err);
    }
    if (status == RH_OK) {
        out->gini = rh_sorted_gini(&all);
        combine(of, n_groups, all.weight, all.total, out);
    } else {
        rh_gini_groups_release(out);
    }
    for (uint32_t g = 0; of != NULL && g < n_groups; g++) {
        rh_sorted_release(&of[g]);
    }
    rh_free(of);
    rh_free(own_x);
    rh_free(own_w);
    rh_sorted_release(&all);
    return status;
}

void
rh_gini_groups_release(rh_gini_groups *groups)
{
    rh_free(groups->own);
    rh_free(groups->pair);
    *groups = (rh_gini_groups){0};
}
