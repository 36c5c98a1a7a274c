/* Pairs and their sums: see access_pairs.h. */
#include "evaluate/access_pairs.h"

#include "core/mem.h"
#include "core/threads.h"

#include <math.h>
#include <string.h>

enum { CHUNKS_MOST = 32, CHUNK_PAIRS_LEAST = 8192 };

/* More chunks share the work better, but each has its own column of sums to clear and to add. */
static uint32_t
number_of_chunks(size_t n, uint32_t n_destinations)
{
    size_t chunks = n / (4 * (size_t)n_destinations + CHUNK_PAIRS_LEAST);
    return chunks < 1             ? (n > 16 * (size_t)CHUNK_PAIRS_LEAST ? 4 : 1)
           : chunks > CHUNKS_MOST ? CHUNKS_MOST
                                  : (uint32_t)chunks;
}

static rh_status
cut_chunks(rh_pairs *pairs, rh_err *err)
{
    uint32_t wanted = number_of_chunks(pairs->n, pairs->n_destinations);
    RH_NEW(pairs->chunk, wanted + 1, err);
    pairs->n_chunks = wanted;
    uint32_t i = 0;
    for (uint32_t c = 1; c < wanted; c++) {
        size_t border = pairs->n / wanted * c;
        while (i < pairs->n_origins && pairs->start[i] < border) {
            i++;
        }
        pairs->chunk[c] = i;
    }
    pairs->chunk[wanted] = pairs->n_origins;
    return RH_OK;
}

/* start[i]: how many keys are below i, for i = 0 … n_keys. */
static rh_status
starts_of(uint32_t n_keys, size_t n, const uint32_t *key, size_t **start, rh_err *err)
{
    RH_NEW(*start, (size_t)n_keys + 1, err);
    size_t *s = *start;
    for (size_t k = 0; k < n; k++) {
        s[key[k] + 1]++;
    }
    for (uint32_t i = 0; i < n_keys; i++) {
        s[i + 1] += s[i];
    }
    return RH_OK;
}

static bool
is_sorted(size_t n, const uint32_t *origin, const uint32_t *destination)
{
    for (size_t k = 1; k < n; k++) {
        if (origin[k] < origin[k - 1] ||
            (origin[k] == origin[k - 1] && destination[k] < destination[k - 1])) {
            return false;
        }
    }
    return true;
}

static rh_status
check(const rh_pairs *p, const uint32_t *origin, const uint32_t *destination,
      const double *cost, rh_err *err)
{
    for (size_t k = 0; k < p->n; k++) {
        if (origin[k] >= p->n_origins || destination[k] >= p->n_destinations ||
            !(cost[k] >= 0) || isinf(cost[k])) {
            return rh_fail(err, RH_INVARIANT, "Pair %zu (%u to %u, cost %g) cannot be.", k,
                           origin[k], destination[k], cost[k]);
        }
    }
    return RH_OK;
}

typedef struct record {
    uint32_t origin, destination;
    double cost;
} record;

/* Two stable counting sorts, by destination and then by origin. Whole records move: reading stays in sequence, which costs a
 * copy and spares three cache misses a pair. */
static rh_status
sort_in(rh_pairs *p, const uint32_t *origin, const uint32_t *destination, const double *cost,
        rh_err *err)
{
    record *by_destination;
    size_t *place = NULL;
    RH_NEW(by_destination, p->n, err);
    rh_status status = starts_of(p->n_destinations, p->n, destination, &place, err);
    for (size_t k = 0; k < p->n && status == RH_OK; k++) {
        by_destination[place[destination[k]]++] = (record){origin[k], destination[k], cost[k]};
    }
    rh_free(place);
    place = NULL;
    status = status == RH_OK ? starts_of(p->n_origins, p->n, origin, &place, err) : status;
    for (size_t k = 0; k < p->n && status == RH_OK; k++) {
        record r = by_destination[k];
        size_t to = place[r.origin]++;
        p->destination[to] = r.destination;
        p->cost[to] = r.cost;
    }
    rh_free(place);
    rh_free(by_destination);
    return status;
}

static rh_status
fill(rh_pairs *p, const uint32_t *origin, const uint32_t *destination, const double *cost,
     rh_err *err)
{
    RH_NEW(p->destination, p->n > 0 ? p->n : 1, err);
    RH_NEW(p->cost, p->n > 0 ? p->n : 1, err);
    RH_TRY(starts_of(p->n_origins, p->n, origin, &p->start, err));
    if (p->n > 0 && !is_sorted(p->n, origin, destination)) {
        RH_TRY(sort_in(p, origin, destination, cost, err));
    } else {
        memcpy(p->destination, destination, p->n * sizeof *destination);
        memcpy(p->cost, cost, p->n * sizeof *cost);
    }
    return cut_chunks(p, err);
}

rh_status
rh_pairs_new(uint32_t n_origins, uint32_t n_destinations, size_t n, const uint32_t *origin,
             const uint32_t *destination, const double *cost, rh_pairs **out, rh_err *err)
{
    rh_pairs *p;
    *out = NULL;
    RH_NEW(p, 1, err);
    p->n_origins = n_origins;
    p->n_destinations = n_destinations;
    p->n = n;
    rh_status status = check(p, origin, destination, cost, err);
    status = status == RH_OK ? fill(p, origin, destination, cost, err) : status;
    if (status != RH_OK) {
        rh_pairs_free(p);
        return status;
    }
    *out = p;
    return RH_OK;
}

void
rh_pairs_free(rh_pairs *pairs)
{
    if (pairs != NULL) {
        rh_free(pairs->start);
        rh_free(pairs->destination);
        rh_free(pairs->cost);
        rh_free(pairs->chunk);
        rh_free(pairs);
    }
}

bool
rh_pairs_twin(const rh_pairs *pairs, uint32_t *origin, uint32_t *destination)
{
    for (uint32_t i = 0; i < pairs->n_origins; i++) {
        for (size_t k = pairs->start[i] + 1; k < pairs->start[i + 1]; k++) {
            if (pairs->destination[k] == pairs->destination[k - 1]) {
                *origin = i;
                *destination = pairs->destination[k];
                return true;
            }
        }
    }
    return false;
}

rh_status
rh_pairs_turned(const rh_pairs *pairs, rh_pairs **out, rh_err *err)
{
    uint32_t *origin;
    *out = NULL;
    RH_NEW(origin, pairs->n > 0 ? pairs->n : 1, err);
    for (uint32_t i = 0; i < pairs->n_origins; i++) {
        for (size_t k = pairs->start[i]; k < pairs->start[i + 1]; k++) {
            origin[k] = i;
        }
    }
    rh_status status = rh_pairs_new(pairs->n_destinations, pairs->n_origins, pairs->n,
                                    pairs->destination, origin, pairs->cost, out, err);
    rh_free(origin);
    return status;
}

/* ---- sums, a chunk of origins a job ---- */

typedef struct pass {
    const rh_pairs *pairs;
    const rh_decay *decay;
    double within;
    const double *weight, *value;
    double *out;
} pass;

static rh_status
weigh_chunk(void *context, unsigned job, unsigned worker, rh_err *err)
{
    (void)worker;
    (void)err;
    const pass *t = context;
    const rh_pairs *p = t->pairs;
    size_t from = p->start[p->chunk[job]], to = p->start[p->chunk[job + 1]];
    rh_decay_weigh(t->decay, t->within, to - from, p->cost + from, t->out + from);
    return RH_OK;
}

static rh_status
run(pass *t, unsigned threads, rh_job *job, rh_err *err)
{
    unsigned n = t->pairs->n_chunks;
    return rh_threads_run(threads < n ? threads : n, n, NULL, job, t, err);
}

rh_status
rh_pairs_weigh(const rh_pairs *pairs, const rh_decay *decay, double within, unsigned threads,
               double *weight, rh_err *err)
{
    pass t = {.pairs = pairs, .decay = decay, .within = within, .out = weight};
    return run(&t, threads, weigh_chunk, err);
}

static rh_status
row_chunk(void *context, unsigned job, unsigned worker, rh_err *err)
{
    (void)worker;
    (void)err;
    const pass *t = context;
    const rh_pairs *p = t->pairs;
    const uint32_t *restrict destination = p->destination;
    const double *restrict weight = t->weight, *restrict value = t->value;
    for (uint32_t i = p->chunk[job]; i < p->chunk[job + 1]; i++) {
        double sum = 0;
        if (value == NULL) {
            for (size_t k = p->start[i]; k < p->start[i + 1]; k++) {
                sum += weight[k];
            }
        } else {
            for (size_t k = p->start[i]; k < p->start[i + 1]; k++) {
                sum += weight[k] * value[destination[k]];
            }
        }
        t->out[i] = sum;
    }
    return RH_OK;
}

rh_status
rh_pairs_row_sums(const rh_pairs *pairs, const double *weight, const double *value,
                  unsigned threads, double *row, rh_err *err)
{
    pass t = {.pairs = pairs, .weight = weight, .value = value, .out = row};
    return run(&t, threads, row_chunk, err);
}

static rh_status
column_chunk(void *context, unsigned job, unsigned worker, rh_err *err)
{
    (void)worker;
    (void)err;
    const pass *t = context;
    const rh_pairs *p = t->pairs;
    const uint32_t *restrict destination = p->destination;
    const double *restrict weight = t->weight;
    double *restrict sum = t->out + (size_t)job * p->n_destinations;
    for (uint32_t i = p->chunk[job]; i < p->chunk[job + 1]; i++) {
        double value = t->value != NULL ? t->value[i] : 1;
        for (size_t k = p->start[i]; k < p->start[i + 1]; k++) {
            sum[destination[k]] += value * weight[k];
        }
    }
    return RH_OK;
}

rh_status
rh_pairs_column_sums(const rh_pairs *pairs, const double *weight, const double *value,
                     unsigned threads, double *column, rh_err *err)
{
    size_t n = pairs->n_destinations;
    double *sums;
    RH_NEW(sums, n * pairs->n_chunks + 1, err);
    pass t = {.pairs = pairs, .weight = weight, .value = value, .out = sums};
    rh_status status = run(&t, threads, column_chunk, err);
    memcpy(column, sums, n * sizeof *column);
    for (size_t c = 1; c < pairs->n_chunks; c++) {
        const double *restrict more = sums + c * n;
        for (size_t j = 0; j < n; j++) {
            column[j] += more[j];
        }
    }
    rh_free(sums);
    return status;
}
