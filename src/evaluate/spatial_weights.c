/* Spatial weights: see spatial_weights.h. */
#include "evaluate/spatial_weights.h"

#include "core/mem.h"
#include "evaluate/sorting.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int
by_pair(const void *a, const void *b)
{
    const rh_link *x = a, *y = b;
    if (x->from != y->from) {
        return x->from < y->from ? -1 : 1;
    }
    return x->to < y->to ? -1 : x->to > y->to;
}

void
rh_weights_release(rh_weights *w)
{
    rh_free(w->start);
    rh_free(w->to);
    rh_free(w->w);
    rh_free(w->self);
    *w = (rh_weights){0};
}

static rh_status
make(rh_weights *out, uint32_t n, size_t links, bool self, rh_err *err)
{
    *out = (rh_weights){.n = n};
    if (links > UINT32_MAX) {
        return rh_fail(err, RH_RANGE, "%zu links between %u units are too many.", links, n);
    }
    RH_NEW(out->start, (size_t)n + 1, err);
    RH_NEW(out->to, links > 0 ? links : 1, err);
    RH_NEW(out->w, links > 0 ? links : 1, err);
    if (self) {
        RH_NEW(out->self, n > 0 ? n : 1, err);
    }
    return RH_OK;
}

rh_status
rh_weights_from_links(uint32_t n, rh_link *link, size_t m, rh_weights *out, rh_err *err)
{
    *out = (rh_weights){0};
    size_t own = 0;
    for (size_t e = 0; e < m; e++) {
        if (link[e].from >= n || link[e].to >= n) {
            return rh_fail(err, RH_RANGE, "Link %zu joins units %u and %u of only %u.", e + 1,
                           link[e].from + 1, link[e].to + 1, n);
        }
        own += link[e].from == link[e].to;
    }
    if (m > 1) {
        qsort(link, m, sizeof *link, by_pair);
    }
    RH_TRY(make(out, n, m - own, own > 0, err));
    uint32_t at = 0;
    for (size_t e = 0; e < m; e++) {
        if (e > 0 && by_pair(&link[e - 1], &link[e]) == 0) {
            return rh_fail(err, RH_INPUT, "The link from unit %u to unit %u stands twice.",
                           link[e].from + 1, link[e].to + 1);
        }
        if (link[e].from == link[e].to) {
            out->self[link[e].from] = link[e].w;
            continue;
        }
        out->to[at] = link[e].to;
        out->w[at++] = link[e].w;
        out->start[link[e].from + 1] = at;
    }
    for (uint32_t i = 0; i < n; i++) { /* rows without links end where the last one did */
        out->start[i + 1] =
            out->start[i + 1] > out->start[i] ? out->start[i + 1] : out->start[i];
    }
    return RH_OK;
}

rh_status
rh_weights_copy(const rh_weights *from, rh_weights *out, rh_err *err)
{
    size_t links = from->start[from->n];
    RH_TRY(make(out, from->n, links, from->self != NULL, err));
    memcpy(out->start, from->start, ((size_t)from->n + 1) * sizeof *out->start);
    memcpy(out->to, from->to, links * sizeof *out->to);
    memcpy(out->w, from->w, links * sizeof *out->w);
    if (from->self != NULL) {
        memcpy(out->self, from->self, from->n * sizeof *out->self);
    }
    return RH_OK;
}

static void
scale_row(rh_weights *w, uint32_t i, double factor, bool with_self)
{
    for (uint32_t e = w->start[i]; e < w->start[i + 1]; e++) {
        w->w[e] *= factor;
    }
    if (with_self) {
        w->self[i] *= factor;
    }
}

rh_row_sums
rh_weights_row(const rh_weights *w, uint32_t i, bool with_self)
{
    double own = with_self ? w->self[i] : 0;
    rh_row_sums row = {own, own * own};
    for (uint32_t e = w->start[i]; e < w->start[i + 1]; e++) {
        row.sum += w->w[e];
        row.squares += w->w[e] * w->w[e];
    }
    return row;
}

void
rh_weights_style(rh_weights *w, enum rh_weight_style style, bool with_self)
{
    with_self = with_self && w->self != NULL;
    double all = 0;
    for (uint32_t i = 0; i < w->n; i++) {
        rh_row_sums row = rh_weights_row(w, i, with_self);
        double sum = style == RH_WEIGHT_VARIANCE ? row.squares : row.sum;
        if (style == RH_WEIGHT_BINARY) {
            for (uint32_t e = w->start[i]; e < w->start[i + 1]; e++) {
                w->w[e] = 1;
            }
            if (with_self) {
                w->self[i] = w->self[i] > 0;
            }
        } else if (style == RH_WEIGHT_ROW && sum > 0) {
            scale_row(w, i, 1 / sum, with_self);
        } else if (style == RH_WEIGHT_VARIANCE && sum > 0) {
            scale_row(w, i, 1 / sqrt(sum), with_self);
            sum = rh_weights_row(w, i, with_self).sum;
        }
        all += sum;
    }
    if (all > 0 && style >= RH_WEIGHT_VARIANCE) {
        for (uint32_t i = 0; i < w->n; i++) {
            scale_row(w, i, (style == RH_WEIGHT_DOUBLE ? 1 : w->n) / all, with_self);
        }
    }
}

rh_status
rh_weights_add_self(rh_weights *w, rh_err *err)
{
    if (w->self == NULL) {
        RH_NEW(w->self, w->n > 0 ? w->n : 1, err);
    }
    for (uint32_t i = 0; i < w->n; i++) {
        double most = rh_weights_is_island(w, i) ? 1 : 0;
        for (uint32_t e = w->start[i]; e < w->start[i + 1]; e++) {
            most = w->w[e] > most ? w->w[e] : most;
        }
        w->self[i] = w->self[i] > 0 ? w->self[i] : most;
    }
    return RH_OK;
}

rh_status
rh_weights_subset(const rh_weights *from, const bool *keep, rh_weights *out, rh_err *err)
{
    uint32_t *number, n = 0, at = 0;
    RH_NEW(number, from->n > 0 ? from->n : 1, err);
    for (uint32_t i = 0; i < from->n; i++) {
        number[i] = n;
        n += keep[i];
    }
    rh_status status = make(out, n, from->start[from->n], from->self != NULL, err);
    for (uint32_t i = 0; i < from->n && status == RH_OK; i++) {
        if (!keep[i]) {
            continue;
        }
        for (uint32_t e = from->start[i]; e < from->start[i + 1]; e++) {
            if (keep[from->to[e]]) {
                out->to[at] = number[from->to[e]];
                out->w[at++] = from->w[e];
            }
        }
        if (from->self != NULL) {
            out->self[number[i]] = from->self[i];
        }
        out->start[number[i] + 1] = at;
    }
    rh_free(number);
    return status;
}

/* Units that a walk from `home` meets, ring by ring; `seen[j]` = home + 1 marks the met ones. Returns where in `queue` the
 * ring of this order begins; its end in *end. */
static uint32_t
walk_rings(const rh_weights *w, uint32_t home, unsigned order, uint32_t *seen, uint32_t *queue,
           uint32_t *end)
{
    uint32_t begin = 0;
    *end = 1;
    queue[0] = home;
    seen[home] = home + 1;
    for (unsigned ring = 0; ring < order; ring++) {
        uint32_t last = *end;
        for (uint32_t q = begin; q < last; q++) {
            for (uint32_t e = w->start[queue[q]]; e < w->start[queue[q] + 1]; e++) {
                if (seen[w->to[e]] != home + 1) {
                    seen[w->to[e]] = home + 1;
                    queue[(*end)++] = w->to[e];
                }
            }
        }
        begin = last;
    }
    return begin;
}

static int
by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static rh_status
count_and_fill(const rh_weights *from, unsigned order, uint32_t *seen, uint32_t *queue,
               rh_weights *out, rh_err *err)
{
    size_t links = 0;
    uint32_t end;
    for (uint32_t i = 0; i < from->n; i++) {
        uint32_t begin = walk_rings(from, i, order, seen, queue, &end);
        links += end - begin;
    }
    RH_TRY(make(out, from->n, links, false, err));
    memset(seen, 0, from->n * sizeof *seen);
    for (uint32_t i = 0, at = 0; i < from->n; i++) {
        uint32_t begin = walk_rings(from, i, order, seen, queue, &end);
        qsort(queue + begin, end - begin, sizeof *queue, by_number);
        for (uint32_t q = begin; q < end; q++) {
            out->to[at] = queue[q];
            out->w[at++] = 1;
        }
        out->start[i + 1] = at;
    }
    return RH_OK;
}

rh_status
rh_weights_of_order(const rh_weights *from, unsigned order, rh_weights *out, rh_err *err)
{
    *out = (rh_weights){0};
    uint32_t *seen; /* and the queue behind it */
    RH_NEW(seen, 2 * (size_t)from->n + 1, err);
    rh_status status = count_and_fill(from, order, seen, seen + from->n, out, err);
    rh_free(seen);
    return status;
}

double
rh_weights_get(const rh_weights *w, uint32_t i, uint32_t j)
{
    uint32_t low = w->start[i], high = w->start[i + 1];
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (w->to[middle] < j) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < w->start[i + 1] && w->to[low] == j ? w->w[low] : 0;
}

void
rh_weights_lag(const rh_weights *w, const double *x, double *lag)
{
    const uint32_t *restrict start = w->start, *restrict to = w->to;
    const double *restrict weight = w->w;
    for (uint32_t i = 0; i < w->n; i++) {
        double sum = 0;
        for (uint32_t e = start[i]; e < start[i + 1]; e++) {
            sum += weight[e] * x[to[e]];
        }
        lag[i] = sum;
    }
}

double
rh_weights_cross(const rh_weights *w, const double *x, const double *y)
{
    const uint32_t *restrict start = w->start, *restrict to = w->to;
    const double *restrict weight = w->w;
    double sum = 0;
    for (uint32_t i = 0; i < w->n; i++) {
        double lag = 0;
        for (uint32_t e = start[i]; e < start[i + 1]; e++) {
            lag += weight[e] * y[to[e]];
        }
        sum += x[i] * lag;
    }
    return sum;
}

rh_status
rh_weights_sums(const rh_weights *w, rh_weight_sums *out, rh_err *err)
{
    double *both; /* Σ_j w_ij + Σ_j w_ji */
    RH_NEW(both, w->n > 0 ? w->n : 1, err);
    *out = (rh_weight_sums){0};
    for (uint32_t i = 0; i < w->n; i++) {
        for (uint32_t e = w->start[i]; e < w->start[i + 1]; e++) {
            double back = rh_weights_get(w, w->to[e], i);
            out->s0 += w->w[e];
            out->s1 += w->w[e] * (w->w[e] + back); /* ½ Σ (w + w')² = Σ w² + Σ w w' */
            both[i] += w->w[e];
            both[w->to[e]] += w->w[e];
        }
    }
    for (uint32_t i = 0; i < w->n; i++) {
        out->s2 += both[i] * both[i];
    }
    rh_free(both);
    return RH_OK;
}

rh_status
rh_weights_facts(const rh_weights *w, rh_weight_facts *out, rh_err *err)
{
    uint32_t *parent;
    RH_NEW(parent, w->n > 0 ? w->n : 1, err);
    *out = (rh_weight_facts){.links = w->start[w->n],
                             .least = w->n > 0 ? UINT32_MAX : 0,
                             .components = w->n,
                             .symmetric = true};
    for (uint32_t i = 0; i < w->n; i++) {
        parent[i] = i;
    }
    for (uint32_t i = 0; i < w->n; i++) {
        uint32_t degree = w->start[i + 1] - w->start[i];
        out->least = degree < out->least ? degree : out->least;
        out->most = degree > out->most ? degree : out->most;
        out->islands += degree == 0;
        for (uint32_t e = w->start[i]; e < w->start[i + 1]; e++) {
            uint32_t a = rh_root_of(parent, i), b = rh_root_of(parent, w->to[e]);
            out->components -= a != b;
            parent[a] = b;
            double back = rh_weights_get(w, w->to[e], i);
            if (out->symmetric && fabs(back - w->w[e]) > 1e-12 * w->w[e]) {
                out->symmetric = false;
                out->odd_from = i;
                out->odd_to = w->to[e];
            }
        }
    }
    rh_free(parent);
    return RH_OK;
}
