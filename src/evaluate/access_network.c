/* Shortest paths: see access_network.h. */
#include "evaluate/access_network.h"

#include "core/mem.h"
#include "core/threads.h"

#include <math.h>
#include <string.h>

#define FAR UINT32_MAX

/* ---- the network ---- */

static rh_status
to_ticks(double minutes, uint32_t *ticks, rh_err *err)
{
    if (!(minutes >= 0 && minutes <= RH_MINUTES_MOST)) {
        return rh_fail(err, RH_RANGE, "A road of %g minutes: roads take 0 to %.0f minutes.",
                       minutes, RH_MINUTES_MOST);
    }
    *ticks = (uint32_t)lround(minutes * RH_TICKS_A_MINUTE);
    return RH_OK;
}

static double
to_minutes(uint32_t ticks)
{
    return ticks == FAR ? (double)INFINITY : (double)ticks / RH_TICKS_A_MINUTE;
}

/* Lay arcs out by their first node; `place` has room for n_nodes + 1. */
static rh_status
lay_out(rh_network *g, size_t n, const uint32_t *from, const uint32_t *to,
        const double *minutes, rh_arc_ways ways, size_t *place, rh_err *err)
{
    bool forth = ways != RH_ARCS_TURNED, back = ways != RH_ARCS_AS_GIVEN;
    for (size_t a = 0; a < n; a++) {
        g->start[from[a] + 1] += forth;
        g->start[to[a] + 1] += back;
    }
    for (uint32_t v = 0; v < g->n_nodes; v++) {
        g->start[v + 1] += g->start[v];
    }
    memcpy(place, g->start, ((size_t)g->n_nodes + 1) * sizeof *place);
    for (size_t a = 0; a < n; a++) {
        uint32_t ticks = 0;
        RH_TRY(to_ticks(minutes[a], &ticks, err));
        if (forth) {
            g->arc[place[from[a]]++] = (struct rh_arc){to[a], ticks};
        }
        if (back) {
            g->arc[place[to[a]]++] = (struct rh_arc){from[a], ticks};
        }
    }
    return RH_OK;
}

static rh_status
new_network(uint32_t n_nodes, size_t n_arcs, rh_network **out, rh_err *err)
{
    rh_network *g;
    RH_NEW(g, 1, err);
    g->n_nodes = n_nodes;
    g->n_arcs = n_arcs;
    g->start = rh_alloc((size_t)n_nodes + 1, sizeof *g->start);
    g->arc = rh_alloc(n_arcs + 1, sizeof *g->arc);
    if (g->start == NULL || g->arc == NULL) {
        rh_network_free(g);
        return rh_fail(err, RH_MEMORY, "Not enough memory for a network of %zu roads.", n_arcs);
    }
    *out = g;
    return RH_OK;
}

rh_status
rh_network_new(uint32_t n_nodes, size_t n, const uint32_t *from, const uint32_t *to,
               const double *minutes, rh_arc_ways ways, rh_network **out, rh_err *err)
{
    rh_network *g = NULL;
    size_t *place;
    *out = NULL;
    RH_NEW(place, (size_t)n_nodes + 1, err);
    rh_status status = new_network(n_nodes, ways == RH_ARCS_BOTH_WAYS ? 2 * n : n, &g, err);
    if (status == RH_OK) {
        status = lay_out(g, n, from, to, minutes, ways, place, err);
    }
    rh_free(place);
    if (status != RH_OK) {
        rh_network_free(g);
        return status;
    }
    *out = g;
    return RH_OK;
}

rh_status
rh_network_turned(const rh_network *network, rh_network **out, rh_err *err)
{
    rh_network *g = NULL;
    size_t *place;
    *out = NULL;
    RH_NEW(place, (size_t)network->n_nodes + 1, err);
    rh_status status = new_network(network->n_nodes, network->n_arcs, &g, err);
    if (status == RH_OK) {
        for (size_t a = 0; a < network->n_arcs; a++) {
            g->start[network->arc[a].to + 1]++;
        }
        for (uint32_t v = 0; v < g->n_nodes; v++) {
            g->start[v + 1] += g->start[v];
        }
        memcpy(place, g->start, ((size_t)g->n_nodes + 1) * sizeof *place);
        for (uint32_t v = 0; v < g->n_nodes; v++) {
            for (size_t a = network->start[v]; a < network->start[v + 1]; a++) {
                struct rh_arc arc = network->arc[a];
                g->arc[place[arc.to]++] = (struct rh_arc){v, arc.ticks};
            }
        }
        *out = g;
    }
    rh_free(place);
    return status;
}

void
rh_network_free(rh_network *network)
{
    if (network != NULL) {
        rh_free(network->start);
        rh_free(network->arc);
        rh_free(network);
    }
}

/* ---- one search ---- */

/* ticks[v] is FAR but for the nodes in `touched`, which a search clears when it is over. */
typedef struct search {
    uint32_t *ticks, *touched;
    uint32_t n_touched;
    uint64_t *heap; /* ticks << 32 | node */
    size_t n, room;
} search;

static void
search_release(search *s)
{
    rh_free(s->ticks);
    rh_free(s->heap);
}

static rh_status
search_init(search *s, uint32_t n_nodes, rh_err *err)
{
    const size_t first_room = 1024;
    *s = (search){0};
    RH_NEW(s->ticks, 2 * (size_t)n_nodes + 1, err);
    s->touched = s->ticks + n_nodes;
    memset(s->ticks, 0xff, (size_t)n_nodes * sizeof *s->ticks);
    s->room = first_room;
    RH_NEW(s->heap, s->room, err);
    return RH_OK;
}

static rh_status
push(search *s, uint64_t entry, rh_err *err)
{
    if (s->n == s->room) {
        uint64_t *heap = rh_resize(s->heap, s->room * 2, sizeof *heap);
        if (heap == NULL) {
            return rh_fail(err, RH_MEMORY, "Not enough memory for a search of %zu nodes.",
                           s->room);
        }
        s->heap = heap;
        s->room *= 2;
    }
    uint64_t *heap = s->heap;
    size_t at = s->n++;
    while (at > 0 && heap[(at - 1) / 4] > entry) {
        heap[at] = heap[(at - 1) / 4];
        at = (at - 1) / 4;
    }
    heap[at] = entry;
    return RH_OK;
}

static uint64_t
pop(search *s)
{
    uint64_t *heap = s->heap, top = heap[0], last = heap[--s->n];
    size_t n = s->n, at = 0, child = 1;
    while (child + 3 < n) { /* all four are there */
        size_t left = heap[child] < heap[child + 1] ? child : child + 1;
        size_t right = heap[child + 2] < heap[child + 3] ? child + 2 : child + 3;
        child = heap[left] < heap[right] ? left : right;
        if (heap[child] >= last) {
            heap[at] = last;
            return top;
        }
        heap[at] = heap[child];
        at = child;
        child = 4 * at + 1;
    }
    size_t best = child;
    for (size_t c = child + 1; c < n; c++) {
        best = heap[c] < heap[best] ? c : best;
    }
    if (child < n && heap[best] < last) {
        heap[at] = heap[best];
        at = best;
    }
    heap[at] = last;
    return top;
}

static rh_status
reach(search *s, uint32_t node, uint32_t ticks, rh_err *err)
{
    if (ticks >= s->ticks[node]) {
        return RH_OK;
    }
    if (s->ticks[node] == FAR) {
        s->touched[s->n_touched++] = node;
    }
    s->ticks[node] = ticks;
    return push(s, (uint64_t)ticks << 32 | node, err);
}

/* Settle all nodes within `most` ticks of those that were reached already. */
static rh_status
spread(search *s, const rh_network *g, uint32_t most, rh_err *err)
{
    while (s->n > 0) {
        uint64_t entry = pop(s);
        uint32_t node = (uint32_t)entry, ticks = (uint32_t)(entry >> 32);
        if (ticks > s->ticks[node]) {
            continue; /* overtaken */
        }
        for (size_t a = g->start[node]; a < g->start[node + 1]; a++) {
            uint32_t step = g->arc[a].ticks;
            if (step <= most - ticks) {
                RH_TRY(reach(s, g->arc[a].to, ticks + step, err));
            }
        }
    }
    return RH_OK;
}

static void
forget(search *s)
{
    for (uint32_t t = 0; t < s->n_touched; t++) {
        s->ticks[s->touched[t]] = FAR;
    }
    s->n_touched = 0;
    s->n = 0;
}

static uint32_t
cutoff_ticks(double within)
{
    return within >= RH_MINUTES_MOST ? FAR - 1 : (uint32_t)lround(within * RH_TICKS_A_MINUTE);
}

rh_status
rh_network_nearest(const rh_network *network, uint32_t n_sources, const uint32_t *source,
                   const double *head_start, double within, double *minutes, rh_err *err)
{
    search s;
    uint32_t most = cutoff_ticks(within);
    rh_status status = search_init(&s, network->n_nodes, err);
    for (uint32_t i = 0; i < n_sources && status == RH_OK; i++) {
        uint32_t ticks = 0;
        if (head_start != NULL && head_start[i] > within) {
            continue;
        }
        status = head_start != NULL ? to_ticks(head_start[i], &ticks, err) : RH_OK;
        status = status == RH_OK ? reach(&s, source[i], ticks, err) : status;
    }
    status = status == RH_OK ? spread(&s, network, most, err) : status;
    for (uint32_t v = 0; v < network->n_nodes && status == RH_OK; v++) {
        minutes[v] = to_minutes(s.ticks[v]);
    }
    search_release(&s);
    return status;
}

/* ---- many searches ---- */

enum { SOURCES_A_JOB = 32 };

typedef struct found {
    uint32_t source, target, ticks;
} found;

/* What one job found, in the order of its sources. */
typedef struct part {
    found *pair;
    size_t n, room;
} part;

typedef struct survey {
    const rh_network *network;
    uint32_t n_sources, most;
    const uint32_t *source;
    const size_t *first; /* places on node v: place[first[v]] … */
    const uint32_t *place;
    part *parts;    /* by job */
    search *search; /* by worker */
} survey;

static rh_status
note(part *p, found pair, rh_err *err)
{
    if (p->n == p->room) {
        size_t room = p->room > 0 ? p->room * 2 : 256;
        found *more = rh_resize(p->pair, room, sizeof *more);
        if (more == NULL) {
            return rh_fail(err, RH_MEMORY, "Not enough memory for %zu pairs.", room);
        }
        p->pair = more;
        p->room = room;
    }
    p->pair[p->n++] = pair;
    return RH_OK;
}

static rh_status
survey_sources(void *context, unsigned job, unsigned worker, rh_err *err)
{
    const survey *v = context;
    search *s = &v->search[worker];
    uint32_t from = job * SOURCES_A_JOB, to = from + SOURCES_A_JOB;
    for (uint32_t i = from; i < to && i < v->n_sources; i++) {
        RH_TRY(reach(s, v->source[i], 0, err));
        RH_TRY(spread(s, v->network, v->most, err));
        for (uint32_t t = 0; t < s->n_touched; t++) {
            uint32_t node = s->touched[t];
            for (size_t p = v->first[node]; p < v->first[node + 1]; p++) {
                RH_TRY(note(&v->parts[job], (found){i, v->place[p], s->ticks[node]}, err));
            }
        }
        forget(s);
    }
    return RH_OK;
}

static rh_status
join(const survey *v, unsigned n_jobs, bool turned, uint32_t n_origins, uint32_t n_destinations,
     rh_pairs **out, rh_err *err)
{
    size_t n = 0, k = 0;
    for (unsigned j = 0; j < n_jobs; j++) {
        n += v->parts[j].n;
    }
    uint32_t *source = rh_alloc(n + 1, sizeof *source),
             *target = rh_alloc(n + 1, sizeof *target);
    double *cost = rh_alloc(n + 1, sizeof *cost);
    rh_status status = RH_OK;
    if (source == NULL || target == NULL || cost == NULL) {
        status = rh_fail(err, RH_MEMORY, "Not enough memory for %zu pairs.", n);
    }
    for (unsigned j = 0; j < n_jobs && status == RH_OK; j++) {
        for (size_t p = 0; p < v->parts[j].n; p++, k++) {
            found f = v->parts[j].pair[p];
            source[k] = f.source;
            target[k] = f.target;
            cost[k] = to_minutes(f.ticks);
        }
    }
    if (status == RH_OK) {
        status =
            turned ? rh_pairs_new(n_origins, n_destinations, n, target, source, cost, out, err)
                   : rh_pairs_new(n_origins, n_destinations, n, source, target, cost, out, err);
    }
    rh_free(source);
    rh_free(target);
    rh_free(cost);
    return status;
}

/* Which places stand on which node. */
static rh_status
places_by_node(uint32_t n_nodes, uint32_t n, const uint32_t *node, size_t **first,
               uint32_t **place, rh_err *err)
{
    RH_NEW(*first, (size_t)n_nodes + 2, err);
    RH_NEW(*place, (size_t)n + 1, err);
    size_t *f = *first + 1; /* counts one ahead: placing moves each start to its end */
    for (uint32_t i = 0; i < n; i++) {
        f[node[i] + 1]++;
    }
    for (uint32_t v = 0; v < n_nodes; v++) {
        f[v + 1] += f[v];
    }
    for (uint32_t i = 0; i < n; i++) {
        (*place)[f[node[i]]++] = i;
    }
    return RH_OK;
}

static rh_status
run_survey(survey *v, unsigned threads, unsigned n_jobs, rh_err *err)
{
    RH_NEW(v->parts, n_jobs + 1, err);
    RH_NEW(v->search, threads, err);
    for (unsigned t = 0; t < threads; t++) {
        RH_TRY(search_init(&v->search[t], v->network->n_nodes, err));
    }
    return rh_threads_run(threads, n_jobs, NULL, survey_sources, v, err);
}

rh_status
rh_network_pairs(const rh_network *network, uint32_t n_origins, const uint32_t *origin_node,
                 uint32_t n_destinations, const uint32_t *destination_node, double within,
                 unsigned threads, rh_pairs **out, rh_err *err)
{
    bool turned = n_destinations < n_origins;
    rh_network *other = NULL;
    size_t *first = NULL;
    uint32_t *place = NULL;
    uint32_t n_sources = turned ? n_destinations : n_origins;
    unsigned n_jobs = (n_sources + SOURCES_A_JOB - 1) / SOURCES_A_JOB;
    survey v = {.network = network,
                .n_sources = n_sources,
                .most = cutoff_ticks(within),
                .source = turned ? destination_node : origin_node};
    *out = NULL;
    rh_status status = turned ? rh_network_turned(network, &other, err) : RH_OK;
    if (status == RH_OK) {
        v.network = turned ? other : network;
        status = places_by_node(network->n_nodes, turned ? n_origins : n_destinations,
                                turned ? origin_node : destination_node, &first, &place, err);
    }
    if (status == RH_OK) {
        v.first = first;
        v.place = place;
        status = run_survey(&v, threads, n_jobs, err);
    }
    if (status == RH_OK) {
        status = join(&v, n_jobs, turned, n_origins, n_destinations, out, err);
    }
    for (unsigned j = 0; v.parts != NULL && j < n_jobs; j++) {
        rh_free(v.parts[j].pair);
    }
    for (unsigned t = 0; v.search != NULL && t < threads; t++) {
        search_release(&v.search[t]);
    }
    rh_free(v.parts);
    rh_free(v.search);
    rh_free(first);
    rh_free(place);
    rh_network_free(other);
    return status;
}
