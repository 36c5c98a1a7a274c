/* Dagum's decomposition of the Gini: see inequality_overlap.h. */
#include "evaluate/inequality_overlap.h"

#include "core/mem.h"

#include <math.h>

/* Rows of positive weight gathered by group, then each group sorted on its own. */
static rh_status
sort_groups(const double *x, const double *w, const uint32_t *group, size_t n,
            uint32_t n_groups, double *own_x, double *own_w, size_t *first, rh_sorted *of,
            rh_err *err)
{
    for (size_t i = 0; i < n; i++) {
        first[group[i] + 1] += w == NULL || w[i] > 0;
    }
    for (uint32_t g = 0; g < n_groups; g++) {
        first[g + 1] += first[g];
    }
    for (size_t i = 0; i < n; i++) {
        if (w == NULL || w[i] > 0) {
            size_t at = first[group[i]]++; /* afterwards first[g] is where group g ends */
            own_x[at] = x[i];
            own_w[at] = w != NULL ? w[i] : 1;
        }
    }
    for (uint32_t g = 0; g < n_groups; g++) {
        size_t from = g > 0 ? first[g - 1] : 0;
        if (first[g] > from) {
            RH_TRY(rh_sorted_init(&of[g], own_x + from, own_w + from, first[g] - from, err));
        }
    }
    return RH_OK;
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
add_pairs(const rh_sorted *of, uint32_t n, rh_gini_groups *out)
{
    for (uint32_t j = 0; j < n; j++) {
        out->pair[(size_t)j * n + j] = out->own[j];
        for (uint32_t h = 0; h < j; h++) {
            bool some = of[j].n > 0 && of[h].n > 0;
            out->pair[(size_t)j * n + h] = out->pair[(size_t)h * n + j] =
                some ? mean_distance(&of[j], &of[h]) /
                           (rh_sorted_mean(&of[j]) + rh_sorted_mean(&of[h]))
                     : (double)NAN;
        }
    }
}

static void
combine(const rh_sorted *of, uint32_t n, double weight, double total, rh_gini_groups *out)
{
    for (uint32_t j = 0; j < n; j++) {
        out->own[j] = of[j].n > 0 ? rh_sorted_gini(&of[j]) : (double)NAN;
        if (of[j].n == 0) {
            continue;
        }
        double within = of[j].weight / weight * (of[j].total / total) * out->own[j];
        out->within += of[j].total > 0 ? within : 0;
        for (uint32_t h = 0; h < j; h++) {
            if (of[h].n > 0) {
                double apart = fabs(rh_sorted_mean(&of[j]) - rh_sorted_mean(&of[h]));
                out->between += of[j].weight * of[h].weight / weight * apart / total;
            }
        }
    }
    out->overlap = out->gini - out->within - out->between;
}

rh_status
rh_gini_groups_find(const double *x, const double *w, const uint32_t *group, size_t n,
                    uint32_t n_groups, bool pairs, rh_gini_groups *out, rh_err *err)
{
    rh_sorted all = {0};
    *out = (rh_gini_groups){0};
    RH_TRY(rh_sorted_init(&all, x, w, n, err));
    double *own_x = rh_alloc(n, sizeof *own_x), *own_w = rh_alloc(n, sizeof *own_w);
    size_t *first = rh_alloc(n_groups + 1UL, sizeof *first);
    rh_sorted *of = rh_alloc(n_groups, sizeof *of);
    out->own = rh_alloc(n_groups, sizeof *out->own);
    out->pair = pairs ? rh_alloc((size_t)n_groups * n_groups, sizeof *out->pair) : NULL;
    rh_status status;
    if (own_x == NULL || own_w == NULL || first == NULL || of == NULL || out->own == NULL ||
        (pairs && out->pair == NULL)) {
        status = rh_fail(err, RH_MEMORY, "Not enough memory for %u groups.", n_groups);
    } else {
        status = sort_groups(x, w, group, n, n_groups, own_x, own_w, first, of, err);
    }
    if (status == RH_OK) {
        out->gini = rh_sorted_gini(&all);
        combine(of, n_groups, all.weight, all.total, out);
        if (pairs) {
            add_pairs(of, n_groups, out);
        }
    } else {
        rh_gini_groups_release(out);
    }
    for (uint32_t g = 0; of != NULL && g < n_groups; g++) {
        rh_sorted_release(&of[g]);
    }
    rh_free(of);
    rh_free(first);
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
