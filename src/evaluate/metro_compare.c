/* Comparing partitions: see metro_compare.h. */
#include "evaluate/metro_compare.h"

#include "core/mem.h"

#include <math.h>
#include <stdlib.h>

typedef struct label_pair {
    uint32_t a, b, unit;
} label_pair;

static int
by_labels(const void *x, const void *y)
{
    const label_pair *p = x, *q = y;
    if (p->a != q->a) {
        return p->a < q->a ? -1 : 1;
    }
    return p->b < q->b ? -1 : p->b > q->b;
}

/* A unit of no area is alone: label n + unit. */
static uint32_t
label(uint32_t n, const uint32_t *area, uint32_t i)
{
    return area[i] == RH_NO_AREA ? n + i : area[i];
}

/* Sizes of areas and sorted pairs of labels of two partitions. */
typedef struct table {
    uint32_t n;
    label_pair *pair;
    double *size_a, *size_b; /* by label, 2 n entries */
} table;

static void
release_table(table *t)
{
    rh_free(t->pair);
    rh_free(t->size_a);
    rh_free(t->size_b);
}

static rh_status
cross(uint32_t n, const uint32_t *a, const uint32_t *b, table *t, rh_err *err)
{
    t->n = n;
    RH_NEW(t->pair, (size_t)n + 1, err);
    RH_NEW(t->size_a, (size_t)2 * n + 1, err);
    RH_NEW(t->size_b, (size_t)2 * n + 1, err);
    for (uint32_t i = 0; i < n; i++) {
        t->pair[i] = (label_pair){label(n, a, i), label(n, b, i), i};
        t->size_a[t->pair[i].a]++;
        t->size_b[t->pair[i].b]++;
    }
    qsort(t->pair, n, sizeof *t->pair, by_labels);
    return RH_OK;
}

/* End of the run of equal pairs that begins at k. */
static uint32_t
run_end(const table *t, uint32_t k)
{
    uint32_t e = k + 1;
    while (e < t->n && by_labels(&t->pair[k], &t->pair[e]) == 0) {
        e++;
    }
    return e;
}

static double
choose2(double x)
{
    return x * (x - 1) / 2;
}

static rh_likeness
likeness(const table *t)
{
    const double n = t->n, pairs = choose2(n);
    double both = 0, in_a = 0, in_b = 0, information = 0;
    for (uint32_t k = 0, e; k < t->n; k = e) {
        e = run_end(t, k);
        double shared = e - k, a = t->size_a[t->pair[k].a], b = t->size_b[t->pair[k].b];
        both += choose2(shared);
        information -= shared / n * (log(shared / a) + log(shared / b));
    }
    for (uint32_t l = 0; l < 2 * t->n; l++) {
        in_a += choose2(t->size_a[l]);
        in_b += choose2(t->size_b[l]);
    }
    double chance = pairs > 0 ? in_a * in_b / pairs : 0, most = (in_a + in_b) / 2;
    return (rh_likeness){
        .rand = pairs > 0 ? (pairs + 2 * both - in_a - in_b) / pairs : 1,
        .adjusted_rand = most == chance ? 1 : (both - chance) / (most - chance),
        .information = information > 0 ? information : 0,
    };
}

rh_status
rh_partitions_compare(uint32_t n, const uint32_t *a, const uint32_t *b, rh_likeness *out,
                      rh_err *err)
{
    table t = {0};
    rh_status status = cross(n, a, b, &t, err);
    if (status == RH_OK) {
        *out = likeness(&t);
    }
    release_table(&t);
    return status;
}

static rh_status
add_overlap(uint32_t n, const uint32_t *a, const uint32_t *b, double *overlap, rh_err *err)
{
    table t = {0};
    rh_status status = cross(n, a, b, &t, err);
    for (uint32_t k = 0, e; status == RH_OK && k < n; k = e) {
        e = run_end(&t, k);
        double shared = e - k;
        double all = t.size_a[t.pair[k].a] + t.size_b[t.pair[k].b] - shared;
        for (uint32_t m = k; m < e; m++) {
            overlap[t.pair[m].unit] += shared / all;
        }
    }
    release_table(&t);
    return status;
}

/* main[i]: main unit of the area of unit i. `heaviest`: n entries. */
static void
find_main(uint32_t n, const uint32_t *area, const double *weight, uint32_t *heaviest,
          uint32_t *main)
{
    for (uint32_t i = 0; i < n; i++) {
        heaviest[i] = RH_NO_AREA;
    }
    for (uint32_t i = 0; i < n; i++) {
        if (area[i] != RH_NO_AREA) {
            uint32_t *h = &heaviest[area[i]];
            *h = *h == RH_NO_AREA || weight[i] > weight[*h] ? i : *h;
        }
    }
    for (uint32_t i = 0; i < n; i++) {
        main[i] = area[i] == RH_NO_AREA ? RH_NO_AREA : heaviest[area[i]];
    }
}

static void
count_most(uint32_t n, uint32_t t, const uint32_t *main, uint32_t *home, double *kept)
{
    for (uint32_t i = 0; i < n; i++) {
        uint32_t most = 0;
        for (uint32_t k = 0; k < t; k++) {
            uint32_t here = 0;
            for (uint32_t m = 0; m < t; m++) {
                here += main[(size_t)m * n + i] == main[(size_t)k * n + i];
            }
            if (here > most) {
                most = here;
                home[i] = main[(size_t)k * n + i];
            }
        }
        kept[i] = (double)most / t;
    }
}

static rh_status
mean_overlap(uint32_t n, uint32_t t, const uint32_t *area, double *overlap, rh_err *err)
{
    for (uint32_t i = 0; i < n; i++) {
        overlap[i] = 0;
    }
    for (uint32_t k = 0; k < t; k++) {
        for (uint32_t m = k + 1; m < t; m++) {
            RH_TRY(add_overlap(n, area + (size_t)k * n, area + (size_t)m * n, overlap, err));
        }
    }
    for (uint32_t i = 0; i < n; i++) {
        overlap[i] = t > 1 ? overlap[i] / choose2(t) : 1;
    }
    return RH_OK;
}

rh_status
rh_stability(uint32_t n, uint32_t t, const uint32_t *area, const double *weight, uint32_t *home,
             double *kept, double *overlap, rh_err *err)
{
    uint32_t *main, *heaviest = rh_alloc((size_t)n + 1, sizeof *heaviest);
    main = rh_alloc((size_t)n * t + 1, sizeof *main);
    rh_status status = main == NULL || heaviest == NULL
                           ? rh_fail(err, RH_MEMORY, "Not enough memory for %u partitions.", t)
                           : RH_OK;
    for (uint32_t k = 0; k < t && status == RH_OK; k++) {
        find_main(n, area + (size_t)k * n, weight, heaviest, main + (size_t)k * n);
    }
    if (status == RH_OK) {
        count_most(n, t, main, home, kept);
        status = mean_overlap(n, t, area, overlap, err);
    }
    rh_free(main);
    rh_free(heaviest);
    return status;
}
