/* Which units touch: see metro_contiguity.h. */
#include "evaluate/metro_contiguity.h"

#include "core/mem.h"
#include "evaluate/points.h"

#include <math.h>
#include <stdlib.h>

void
rh_touching_free(rh_touching *t)
{
    if (t != NULL) {
        rh_free(t->first);
        rh_free(t->near);
        rh_free(t);
    }
}

typedef struct pair {
    uint32_t a, b;
} pair;

typedef struct pair_list {
    pair *p;
    size_t n, room;
} pair_list;

static rh_status
add_pair(pair_list *list, uint32_t a, uint32_t b, rh_err *err)
{
    if (list->n + 2 > list->room) {
        size_t room = list->room > 0 ? 2 * list->room : 256;
        void *p = rh_resize(list->p, room, sizeof *list->p);
        if (p == NULL) {
            return rh_fail(err, RH_MEMORY, "Not enough memory for %zu pairs of neighbours.",
                           room);
        }
        list->p = p;
        list->room = room;
    }
    list->p[list->n++] = (pair){a, b};
    list->p[list->n++] = (pair){b, a};
    return RH_OK;
}

static int
by_pair(const void *x, const void *y)
{
    const pair *p = x, *q = y;
    if (p->a != q->a) {
        return p->a < q->a ? -1 : 1;
    }
    return p->b < q->b ? -1 : p->b > q->b;
}

/* Takes the list over. */
static rh_status
from_list(uint32_t n, pair_list *list, rh_touching **out, rh_err *err)
{
    rh_touching *t = rh_alloc(1, sizeof *t);
    uint32_t kept = 0;
    if (t != NULL) {
        *t = (rh_touching){n, rh_alloc((size_t)n + 1, sizeof *t->first),
                           rh_alloc(list->n + 1, sizeof *t->near)};
    }
    if (t == NULL || t->first == NULL || t->near == NULL) {
        rh_touching_free(t);
        rh_free(list->p);
        return rh_fail(err, RH_MEMORY, "Not enough memory for the neighbours of %u units.", n);
    }
    if (list->n > 0) {
        qsort(list->p, list->n, sizeof *list->p, by_pair);
    }
    for (size_t k = 0; k < list->n; k++) {
        if (k == 0 || by_pair(&list->p[k - 1], &list->p[k]) != 0) {
            t->near[kept++] = list->p[k].b;
            t->first[list->p[k].a + 1] = kept;
        }
    }
    for (uint32_t i = 0; i < n; i++) { /* units without neighbours */
        t->first[i + 1] = t->first[i + 1] > t->first[i] ? t->first[i + 1] : t->first[i];
    }
    rh_free(list->p);
    *out = t;
    return RH_OK;
}

rh_status
rh_touching_from_pairs(uint32_t n, uint32_t pairs, const uint32_t *a, const uint32_t *b,
                       rh_touching **out, rh_err *err)
{
    pair_list list = {0};
    rh_status status = RH_OK;
    *out = NULL;
    for (uint32_t k = 0; k < pairs && status == RH_OK; k++) {
        if (a[k] >= n || b[k] >= n) {
            status = rh_fail(err, RH_RANGE, "Pair %u of neighbours names unit %u of %u.", k + 1,
                             a[k] >= n ? a[k] : b[k], n);
        } else if (a[k] != b[k]) {
            status = add_pair(&list, a[k], b[k], err);
        }
    }
    if (status != RH_OK) {
        rh_free(list.p);
        return status;
    }
    return from_list(n, &list, out, err);
}

typedef struct cell {
    int64_t row, column;
    uint32_t unit;
} cell;

static int
by_cell(const void *x, const void *y)
{
    const cell *p = x, *q = y;
    if (p->row != q->row) {
        return p->row < q->row ? -1 : 1;
    }
    return p->column < q->column ? -1 : p->column > q->column;
}

static rh_status
pair_cells(uint32_t n, const cell *sorted, pair_list *list, rh_err *err)
{
    for (uint32_t k = 0; k < n; k++) {
        const cell *c = &sorted[k];
        if (k > 0 && by_cell(c - 1, c) == 0) {
            return rh_fail(
                err, RH_INPUT,
                "Units %u and %u (counted from 1) stand in one cell, row %lld column %lld.",
                c[-1].unit + 1, c->unit + 1, (long long)c->row, (long long)c->column);
        }
        const cell beside[2] = {{c->row, c->column + 1, 0}, {c->row + 1, c->column, 0}};
        for (int i = 0; i < 2; i++) {
            const cell *other = bsearch(&beside[i], sorted, n, sizeof *sorted, by_cell);
            if (other != NULL) {
                RH_TRY(add_pair(list, c->unit, other->unit, err));
            }
        }
    }
    return RH_OK;
}

rh_status
rh_touching_from_grid(uint32_t n, const int64_t *row, const int64_t *column, rh_touching **out,
                      rh_err *err)
{
    cell *sorted;
    pair_list list = {0};
    *out = NULL;
    RH_NEW(sorted, (size_t)n + 1, err);
    for (uint32_t i = 0; i < n; i++) {
        sorted[i] = (cell){row[i], column[i], i};
    }
    qsort(sorted, n, sizeof *sorted, by_cell);
    rh_status status = pair_cells(n, sorted, &list, err);
    rh_free(sorted);
    if (status != RH_OK) {
        rh_free(list.p);
        return status;
    }
    return from_list(n, &list, out, err);
}

/* No third point strictly inside the circle over a and b. */
static bool
circle_is_empty(uint32_t n, const double *x, const double *y, uint32_t a, uint32_t b)
{
    double mx = (x[a] + x[b]) / 2, my = (y[a] + y[b]) / 2;
    double r = ((x[a] - x[b]) * (x[a] - x[b]) + (y[a] - y[b]) * (y[a] - y[b])) / 4;
    for (uint32_t k = 0; k < n; k++) {
        double d = (x[k] - mx) * (x[k] - mx) + (y[k] - my) * (y[k] - my);
        if (d < r * (1 - 1e-12) && k != a && k != b) {
            return false;
        }
    }
    return true;
}

rh_status
rh_touching_from_points(uint32_t n, const double *lon, const double *lat, rh_touching **out,
                        rh_err *err)
{
    double *x, low = (double)INFINITY, high = -(double)INFINITY;
    pair_list list = {0};
    rh_status status = RH_OK;
    *out = NULL;
    RH_NEW(x, (size_t)n + 1, err);
    for (uint32_t i = 0; i < n; i++) {
        low = fmin(low, lat[i]);
        high = fmax(high, lat[i]);
    }
    for (uint32_t i = 0; i < n; i++) {
        x[i] = lon[i] * cos((low + high) / 2 * RH_DEGREE);
    }
    for (uint32_t i = 0; i < n && status == RH_OK; i++) {
        for (uint32_t j = i + 1; j < n && status == RH_OK; j++) {
            if (circle_is_empty(n, x, lat, i, j)) {
                status = add_pair(&list, i, j, err);
            }
        }
    }
    rh_free(x);
    if (status != RH_OK) {
        rh_free(list.p);
        return status;
    }
    return from_list(n, &list, out, err);
}

uint32_t
rh_exclaves_drop(const rh_touching *t, const bool *core, uint32_t *area, bool *dropped,
                 uint32_t *scratch)
{
    /* Walk out from the cores: area[i] is kept where it is reached. Reached units stand in the queue. */
    uint32_t n_queue = 0, lost = 0;
    for (uint32_t i = 0; i < t->n; i++) {
        dropped[i] = area[i] != RH_NO_AREA;
        if (core[i] && area[i] != RH_NO_AREA) {
            dropped[i] = false;
            scratch[n_queue++] = i;
        }
    }
    for (uint32_t q = 0; q < n_queue; q++) {
        uint32_t i = scratch[q];
        for (uint32_t k = t->first[i]; k < t->first[i + 1]; k++) {
            uint32_t j = t->near[k];
            if (dropped[j] && area[j] == area[i]) {
                dropped[j] = false;
                scratch[n_queue++] = j;
            }
        }
    }
    for (uint32_t i = 0; i < t->n; i++) {
        area[i] = dropped[i] ? RH_NO_AREA : area[i];
        lost += dropped[i];
    }
    return lost;
}

uint32_t
rh_enclaves_fill(const rh_touching *t, uint32_t *area, bool *filled)
{
    uint32_t won = 0;
    for (uint32_t i = 0; i < t->n; i++) {
        filled[i] = false;
        if (area[i] != RH_NO_AREA || t->first[i] == t->first[i + 1]) {
            continue;
        }
        uint32_t only = area[t->near[t->first[i]]];
        for (uint32_t k = t->first[i]; k < t->first[i + 1]; k++) {
            only = area[t->near[k]] == only ? only : RH_NO_AREA;
        }
        if (only != RH_NO_AREA) {
            area[i] = only;
            filled[i] = true;
            won++;
        }
    }
    return won;
}
