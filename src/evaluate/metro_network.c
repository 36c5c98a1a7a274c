/* Measures of cities in their network: see metro_network.h. */
#include "evaluate/metro_network.h"

#include "core/mem.h"

#include <math.h>

static const double damping = 0.85, close_enough = 1e-14;
enum { ITERATIONS = 5000 };

static double
sum_of(const rh_links *l, uint32_t i)
{
    double sum = 0;
    for (uint32_t k = l->first[i]; k < l->first[i + 1]; k++) {
        sum += l->persons[k];
    }
    return sum;
}

static double
mutual(const rh_commuting *c, uint32_t i)
{
    double sum = 0;
    for (uint32_t k = c->out.first[i], m = c->in.first[i]; k < c->out.first[i + 1]; k++) {
        while (m < c->in.first[i + 1] && c->in.unit[m] < c->out.unit[k]) {
            m++;
        }
        if (m < c->in.first[i + 1] && c->in.unit[m] == c->out.unit[k]) {
            sum += fmin(c->out.persons[k], c->in.persons[m]);
        }
    }
    return sum;
}

static void
measure_flows(const rh_commuting *c, rh_network_unit *unit, rh_network_whole *whole)
{
    double all = 0, both = 0, squares = 0;
    for (uint32_t i = 0; i < c->n; i++) {
        rh_network_unit *u = &unit[i];
        u->links_out = c->out.first[i + 1] - c->out.first[i];
        u->links_in = c->in.first[i + 1] - c->in.first[i];
        u->out = sum_of(&c->out, i);
        u->in = sum_of(&c->in, i);
        u->balance = (u->in - u->out) / (u->in + u->out);
        u->inside = c->inside[i] / c->residents[i];
        double here = mutual(c, i);
        u->reciprocity = here / u->out;
        all += u->out;
        both += here;
        squares += u->in * u->in;
    }
    for (uint32_t i = 0; i < c->n; i++) {
        double most = 0;
        unit[i].leads_to = RH_NO_AREA;
        for (uint32_t k = c->out.first[i]; k < c->out.first[i + 1]; k++) {
            if (c->out.persons[k] > most) {
                most = c->out.persons[k];
                unit[i].leads_to = c->out.unit[k];
            }
        }
        unit[i].dependence = most / unit[i].out;
        unit[i].nodal =
            unit[i].leads_to == RH_NO_AREA || unit[unit[i].leads_to].in < unit[i].in;
    }
    whole->reciprocity = both / all;
    whole->density = c->out.first[c->n] / (c->n * (c->n - 1.0));
    whole->crossing = all / c->total;
    whole->herfindahl = squares / (all * all);
}

/* Follows links with the chance of their persons, and jumps anywhere with 1 − damping, or where no link leads out. */
static void
pagerank(const rh_commuting *c, const rh_network_unit *unit, double *x, double *y)
{
    const double n = c->n;
    for (uint32_t i = 0; i < c->n; i++) {
        x[i] = 1 / n;
    }
    for (int step = 0; step < ITERATIONS; step++) {
        double loose = 0, change = 0;
        for (uint32_t i = 0; i < c->n; i++) {
            loose += unit[i].out > 0 ? 0 : x[i];
        }
        for (uint32_t i = 0; i < c->n; i++) {
            double sum = 0;
            for (uint32_t k = c->in.first[i]; k < c->in.first[i + 1]; k++) {
                uint32_t j = c->in.unit[k];
                sum += x[j] * c->in.persons[k] / unit[j].out;
            }
            y[i] = (1 - damping) / n + damping * (sum + loose / n);
            change += fabs(y[i] - x[i]);
        }
        for (uint32_t i = 0; i < c->n; i++) {
            x[i] = y[i];
        }
        if (change < close_enough) {
            break;
        }
    }
}

/* Power iteration on w + wᵀ + sI: the shift s keeps a bipartite network from going to and fro. */
static void
eigenvector(const rh_commuting *c, const rh_network_unit *unit, double *x, double *y)
{
    double shift = 0;
    for (uint32_t i = 0; i < c->n; i++) {
        x[i] = 1;
        shift = fmax(shift, unit[i].in + unit[i].out);
    }
    shift /= 4;
    for (int step = 0; step < ITERATIONS; step++) {
        double largest = 0, change = 0;
        for (uint32_t i = 0; i < c->n; i++) {
            y[i] = shift * x[i];
            for (uint32_t k = c->in.first[i]; k < c->in.first[i + 1]; k++) {
                y[i] += x[c->in.unit[k]] * c->in.persons[k];
            }
            for (uint32_t k = c->out.first[i]; k < c->out.first[i + 1]; k++) {
                y[i] += x[c->out.unit[k]] * c->out.persons[k];
            }
            largest = fmax(largest, y[i]);
        }
        for (uint32_t i = 0; i < c->n; i++) {
            double next = largest > 0 ? y[i] / largest : 0;
            change = fmax(change, fabs(next - x[i]));
            x[i] = next;
        }
        if (change < close_enough) {
            break;
        }
    }
}

/* ---- betweenness ---- */

typedef struct paths {
    const rh_commuting *c;
    double *distance, *ways, *share;
    uint32_t *heap, *place, *order; /* place: 1 + position in the heap, 0: not there */
    uint32_t n_heap, n_order;
} paths;

static void
heap_up(paths *p, uint32_t at)
{
    uint32_t u = p->heap[at];
    while (at > 0 && p->distance[p->heap[(at - 1) / 2]] > p->distance[u]) {
        p->heap[at] = p->heap[(at - 1) / 2];
        p->place[p->heap[at]] = at + 1;
        at = (at - 1) / 2;
    }
    p->heap[at] = u;
    p->place[u] = at + 1;
}

static uint32_t
heap_pop(paths *p)
{
    uint32_t top = p->heap[0], last = p->heap[--p->n_heap], at = 0;
    p->place[top] = 0;
    while (p->n_heap > 0) {
        uint32_t child = 2 * at + 1;
        if (child >= p->n_heap) {
            break;
        }
        if (child + 1 < p->n_heap &&
            p->distance[p->heap[child + 1]] < p->distance[p->heap[child]]) {
            child++;
        }
        if (p->distance[p->heap[child]] >= p->distance[last]) {
            break;
        }
        p->heap[at] = p->heap[child];
        p->place[p->heap[at]] = at + 1;
        at = child;
    }
    if (p->n_heap > 0) {
        p->heap[at] = last;
        p->place[last] = at + 1;
    }
    return top;
}

/* Lengths are sums of 1 / persons: equal within rounding counts as equal. */
static bool
is_shorter(double a, double b)
{
    return a < b - 1e-12 * b;
}

static void
visit(paths *p, uint32_t u)
{
    const rh_links *out = &p->c->out;
    for (uint32_t k = out->first[u]; k < out->first[u + 1]; k++) {
        uint32_t v = out->unit[k];
        double length = p->distance[u] + 1 / out->persons[k];
        if (isinf(p->distance[v]) || is_shorter(length, p->distance[v])) {
            if (p->place[v] == 0) {
                p->heap[p->n_heap] = v;
                p->place[v] = ++p->n_heap;
            }
            p->distance[v] = length;
            p->ways[v] = p->ways[u];
            heap_up(p, p->place[v] - 1);
        } else if (!is_shorter(p->distance[v], length)) {
            p->ways[v] += p->ways[u];
        }
    }
}

/* Brandes: shortest paths from s, then shares of them backwards. */
static void
from_source(paths *p, uint32_t s, rh_network_unit *unit)
{
    const rh_links *in = &p->c->in;
    for (uint32_t i = 0; i < p->c->n; i++) {
        p->distance[i] = (double)INFINITY;
        p->ways[i] = p->share[i] = 0;
    }
    p->distance[s] = 0;
    p->ways[s] = 1;
    p->heap[0] = s;
    p->place[s] = p->n_heap = 1;
    p->n_order = 0;
    while (p->n_heap > 0) {
        uint32_t u = heap_pop(p);
        p->order[p->n_order++] = u;
        visit(p, u);
    }
    while (p->n_order > 0) {
        uint32_t v = p->order[--p->n_order];
        for (uint32_t k = in->first[v]; k < in->first[v + 1]; k++) {
            uint32_t u = in->unit[k];
            double length = p->distance[u] + 1 / in->persons[k];
            if (!isinf(p->distance[u]) && v != s && !is_shorter(p->distance[v], length)) {
                p->share[u] += p->ways[u] / p->ways[v] * (1 + p->share[v]);
            }
        }
        unit[v].betweenness += v != s ? p->share[v] : 0;
    }
}

static rh_status
measure_betweenness(const rh_commuting *c, rh_network_unit *unit, rh_err *err)
{
    const size_t n = (size_t)c->n + 1;
    paths p = {.c = c,
               .distance = rh_alloc(n, sizeof *p.distance),
               .ways = rh_alloc(n, sizeof *p.ways),
               .share = rh_alloc(n, sizeof *p.share),
               .heap = rh_alloc(n, sizeof *p.heap),
               .place = rh_alloc(n, sizeof *p.place),
               .order = rh_alloc(n, sizeof *p.order)};
    bool full = p.distance == NULL || p.ways == NULL || p.share == NULL || p.heap == NULL ||
                p.place == NULL || p.order == NULL;
    for (uint32_t s = 0; s < c->n && !full; s++) {
        from_source(&p, s, unit);
    }
    for (uint32_t i = 0; i < c->n; i++) {
        unit[i].betweenness =
            c->n > 2 ? unit[i].betweenness / ((c->n - 1.0) * (c->n - 2.0)) : 0;
    }
    rh_free(p.distance);
    rh_free(p.ways);
    rh_free(p.share);
    rh_free(p.heap);
    rh_free(p.place);
    rh_free(p.order);
    return full ? rh_fail(err, RH_MEMORY, "Not enough memory for paths between %u units.", c->n)
                : RH_OK;
}

rh_status
rh_network_measure(const rh_commuting *flows, bool betweenness, rh_network_unit *unit,
                   rh_network_whole *whole, rh_err *err)
{
    double *x, *y;
    RH_NEW(x, (size_t)2 * flows->n + 2, err);
    y = x + flows->n + 1;
    measure_flows(flows, unit, whole);
    pagerank(flows, unit, x, y);
    for (uint32_t i = 0; i < flows->n; i++) {
        unit[i].pagerank = x[i];
    }
    eigenvector(flows, unit, x, y);
    for (uint32_t i = 0; i < flows->n; i++) {
        unit[i].eigenvector = x[i];
        unit[i].betweenness = betweenness ? 0 : (double)NAN;
    }
    rh_free(x);
    return betweenness ? measure_betweenness(flows, unit, err) : RH_OK;
}
