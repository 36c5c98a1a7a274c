/* Order: see sorting.h. */
#include "evaluate/sorting.h"

#include "core/mem.h"

#include <math.h>
#include <stdlib.h>

int
rh_rising(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int
rh_falling(const void *a, const void *b)
{
    return rh_rising(b, a);
}

static int
by_index(const rh_ranked *x, const rh_ranked *y)
{
    return (x->index > y->index) - (x->index < y->index);
}

int
rh_ranked_rising(const void *a, const void *b)
{
    const rh_ranked *x = a, *y = b;
    int order = rh_rising(&x->value, &y->value);
    return order != 0 ? order : by_index(x, y);
}

int
rh_ranked_falling(const void *a, const void *b)
{
    const rh_ranked *x = a, *y = b;
    int order = rh_falling(&x->value, &y->value);
    return order != 0 ? order : by_index(x, y);
}

rh_status
rh_ranked_new(const double *x, const double *also, uint32_t n,
              int (*order)(const void *, const void *), rh_ranked **out, uint32_t *count,
              rh_err *err)
{
    *count = 0;
    RH_NEW(*out, (size_t)n + 1, err);
    for (uint32_t i = 0; i < n; i++) {
        if (!isnan(x[i]) && !isnan(also[i])) {
            (*out)[(*count)++] = (rh_ranked){x[i], i};
        }
    }
    qsort(*out, *count, sizeof **out, order);
    return RH_OK;
}

rh_status
rh_mid_ranks(const double *x, const double *also, uint32_t n, double *rank, rh_err *err)
{
    rh_ranked *r;
    uint32_t count;
    RH_TRY(rh_ranked_new(x, also, n, rh_ranked_rising, &r, &count, err));
    for (uint32_t i = 0; i < n; i++) {
        rank[i] = (double)NAN;
    }
    for (uint32_t k = 0, end; k < count; k = end) {
        for (end = k + 1; end < count && r[end].value == r[k].value; end++) {
        }
        for (uint32_t t = k; t < end; t++) {
            rank[r[t].index] = (k + end + 1) / 2.0;
        }
    }
    rh_free(r);
    return RH_OK;
}

void
rh_order_draw(rh_key key, uint32_t n, uint32_t *order)
{
    for (uint32_t i = 0; i < n; i++) {
        uint32_t j = (uint32_t)rh_below(rh_draw(key, i), (uint64_t)i + 1);
        order[i] = order[j];
        order[j] = i;
    }
}

void
rh_shuffle_doubles(rh_key key, size_t n, double *x)
{
    for (size_t i = n; i-- > 1;) {
        size_t j = (size_t)rh_below(rh_draw(key, i), (uint64_t)i + 1);
        double kept = x[i];
        x[i] = x[j];
        x[j] = kept;
    }
}

void
rh_shuffle_numbers(rh_key key, size_t n, uint32_t *x)
{
    for (size_t i = n; i-- > 1;) {
        size_t j = (size_t)rh_below(rh_draw(key, i), (uint64_t)i + 1);
        uint32_t kept = x[i];
        x[i] = x[j];
        x[j] = kept;
    }
}
