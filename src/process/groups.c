/* Cutting counties into groups: see groups.h. */
#include "process/groups.h"

#include "core/mem.h"

#include <stdlib.h>
#include <string.h>

typedef struct keyed {
    float factor;
    uint32_t county;
} keyed;

/* The best cut of one group: by this process, into [low, middle) and [middle, high) once sorted by its factor. */
typedef struct cut {
    double gain;
    unsigned process;
    uint32_t middle;
} cut;

typedef struct cutter {
    uint32_t n;
    unsigned n_processes;
    const float *factor;
    const double *base, *weight;
    uint32_t *member; /* counties, grouped */
    keyed *sorted;
} cutter;

static int
by_factor(const void *a, const void *b)
{
    const keyed *x = a, *y = b;
    if (x->factor != y->factor) {
        return x->factor < y->factor ? -1 : 1;
    }
    return x->county < y->county ? -1 : x->county > y->county;
}

static void
sort_by(const cutter *k, uint32_t low, uint32_t high, unsigned p)
{
    for (uint32_t i = low; i < high; i++) {
        k->sorted[i] = (keyed){k->factor[(size_t)p * k->n + k->member[i]], k->member[i]};
    }
    qsort(k->sorted + low, high - low, sizeof *k->sorted, by_factor);
}

static cut
best_cut(const cutter *k, uint32_t low, uint32_t high)
{
    cut best = {0};
    for (unsigned p = 0; p < k->n_processes; p++) {
        sort_by(k, low, high, p);
        double below = 0, most = (double)k->sorted[high - 1].factor;
        for (uint32_t i = low; i + 1 < high; i++) {
            below += k->weight[k->sorted[i].county];
            double gain = k->base[p] * below * (most - (double)k->sorted[i].factor);
            if (gain > best.gain) {
                best = (cut){gain, p, i + 1};
            }
        }
    }
    return best;
}

static rh_status
cut_all(cutter *k, uint32_t most, uint32_t *n_groups, uint32_t *start, cut *best)
{
    start[0] = 0;
    start[1] = k->n;
    best[0] = best_cut(k, 0, k->n);
    uint32_t n = 1;
    while (n < most) {
        uint32_t g = 0;
        for (uint32_t i = 1; i < n; i++) {
            g = best[i].gain > best[g].gain ? i : g;
        }
        if (best[g].gain <= 0) {
            break;
        }
        uint32_t low = start[g], high = start[g + 1], middle = best[g].middle;
        sort_by(k, low, high, best[g].process);
        for (uint32_t i = low; i < high; i++) {
            k->member[i] = k->sorted[i].county;
        }
        memmove(start + g + 2, start + g + 1, (n - g) * sizeof *start);
        memmove(best + g + 2, best + g + 1, (n - g - 1) * sizeof *best);
        start[g + 1] = middle;
        n++;
        best[g] = best_cut(k, low, middle);
        best[g + 1] = best_cut(k, middle, high);
    }
    *n_groups = n;
    return RH_OK;
}

rh_status
rh_groups_cut(uint32_t n, unsigned n_processes, const float *factor, const double *base,
              const double *weight, uint32_t most, uint32_t *group, uint32_t *n_groups,
              rh_err *err)
{
    cutter k = {n, n_processes, factor, base, weight, NULL, NULL};
    k.member = rh_alloc(n, sizeof *k.member);
    k.sorted = rh_alloc(n, sizeof *k.sorted);
    uint32_t *start = rh_alloc((size_t)most + 2, sizeof *start);
    cut *best = rh_alloc((size_t)most + 1, sizeof *best);
    rh_status status = RH_OK;
    if (k.member == NULL || k.sorted == NULL || start == NULL || best == NULL) {
        status = rh_fail(err, RH_MEMORY, "Not enough memory to group %u counties.", n);
    } else {
        for (uint32_t c = 0; c < n; c++) {
            k.member[c] = c;
        }
        status = cut_all(&k, most, n_groups, start, best);
        for (uint32_t g = 0; g < *n_groups; g++) {
            for (uint32_t i = start[g]; i < start[g + 1]; i++) {
                group[k.member[i]] = g;
            }
        }
    }
    rh_free(k.member);
    rh_free(k.sorted);
    rh_free(start);
    rh_free(best);
    return status;
}
