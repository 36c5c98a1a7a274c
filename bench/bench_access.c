/* Access at the size of the country: 5 million pairs of 41,000 townships and 10,000 clinics in random order of rows; shortest ways
 * over a network of half a million crossings. Lines "name value unit goal"; the best of 5 (networks: of 3).
 * usage: bench_access [THREADS] */
#include "bench.h"

#include "core/random.h"
#include "core/threads.h"
#include "evaluate/access_measure.h"
#include "evaluate/access_network.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

enum { TOWNS = 41000, CLINICS = 10000, PAIRS = 5000000, SIDE = 700 };

typedef struct rows {
    uint32_t *origin, *destination;
    double *cost, *demand, *supply;
} rows;

/* Pair k: town k mod TOWNS and its (k / TOWNS)-th clinic, dealt to a random row. */
static rows
make_rows(void)
{
    rows r = {malloc(PAIRS * sizeof(uint32_t)), malloc(PAIRS * sizeof(uint32_t)),
              malloc(PAIRS * sizeof(double)), malloc(TOWNS * sizeof(double)),
              malloc(CLINICS * sizeof(double))};
    for (uint64_t k = 0; k < PAIRS; k++) {
        uint64_t row = rh_deal(11, k, PAIRS), town = k % TOWNS;
        r.origin[row] = (uint32_t)town;
        r.destination[row] = (uint32_t)((town * 7919 + k / TOWNS * 61) % CLINICS);
        r.cost[row] = 60 * rh_uniform(12, k);
    }
    for (uint32_t i = 0; i < TOWNS; i++) {
        r.demand[i] = floor(60000 * rh_uniform(13, i));
    }
    for (uint32_t j = 0; j < CLINICS; j++) {
        r.supply[j] = 1 + floor(200 * rh_uniform(14, j));
    }
    return r;
}

static double
time_pairs(const rows *r, rh_pairs **out)
{
    double best = INFINITY;
    rh_err err = {0};
    for (int run = 0; run < 5; run++) {
        rh_pairs_free(*out);
        double start = rh_progress_clock();
        must(rh_pairs_new(TOWNS, CLINICS, PAIRS, r->origin, r->destination, r->cost, out, &err),
             &err);
        best = fmin(best, rh_progress_clock() - start);
    }
    return best;
}

static double
time_measure(const rows *r, const rh_pairs *pairs, rh_access_measure measure, const char *decay,
             unsigned threads)
{
    double best = INFINITY, *access = malloc(TOWNS * sizeof *access);
    rh_err err = {0};
    rh_access_input in = {pairs, NULL, r->demand, r->supply};
    rh_access_how how = rh_access_usual();
    how.within = 30;
    how.threads = threads;
    must(rh_decay_parse(decay, &how.decay, &err), &err);
    for (int run = 0; run < 5; run++) {
        rh_access_balance balance;
        double start = rh_progress_clock();
        must(rh_access(&in, measure, &how, access, NULL, &balance, &err), &err);
        best = fmin(best, rh_progress_clock() - start);
    }
    free(access);
    return best;
}

/* Streets on a grid, a minute each give or take, and a fast road every twentieth. */
static rh_network *
make_network(void)
{
    size_t n = 0, most = (size_t)SIDE * SIDE * 2;
    uint32_t *from = malloc(most * sizeof *from), *to = malloc(most * sizeof *to);
    double *minutes = malloc(most * sizeof *minutes);
    for (uint32_t v = 0; v < SIDE * SIDE; v++) {
        for (int down = 0; down < 2; down++) {
            uint32_t x = v % SIDE, y = v / SIDE;
            if (down ? y + 1 == SIDE : x + 1 == SIDE) {
                continue;
            }
            bool fast = (down ? x : y) % 20 == 0;
            from[n] = v;
            to[n] = down ? v + SIDE : v + 1;
            minutes[n] = (fast ? 0.3 : 0.6 + 0.8 * rh_uniform(21, n));
            n++;
        }
    }
    rh_network *g;
    rh_err err = {0};
    must(rh_network_new(SIDE * SIDE, n, from, to, minutes, RH_ARCS_BOTH_WAYS, &g, &err), &err);
    free(from);
    free(to);
    free(minutes);
    return g;
}

static void
time_network(unsigned threads)
{
    enum { ORIGINS = 2000, FACILITIES = 5000 };
    uint32_t *origin = malloc(ORIGINS * sizeof *origin),
             *facility = malloc(FACILITIES * sizeof *facility);
    double best = INFINITY, all = INFINITY, *minutes = malloc(SIDE * SIDE * sizeof *minutes);
    rh_network *g = make_network();
    rh_err err = {0};
    size_t pairs = 0;
    for (uint32_t i = 0; i < FACILITIES; i++) {
        facility[i] = (uint32_t)rh_deal(31, i, SIDE * SIDE);
        if (i < ORIGINS) {
            origin[i] = (uint32_t)rh_deal(32, i, SIDE * SIDE);
        }
    }
    for (int run = 0; run < 3; run++) {
        rh_pairs *p;
        double start = rh_progress_clock();
        must(rh_network_pairs(g, ORIGINS, origin, FACILITIES, facility, 30, threads, &p, &err),
             &err);
        best = fmin(best, rh_progress_clock() - start);
        pairs = p->n;
        rh_pairs_free(p);
        start = rh_progress_clock();
        must(rh_network_nearest(g, FACILITIES, facility, NULL, RH_MINUTES_MOST, minutes, &err),
             &err);
        all = fmin(all, rh_progress_clock() - start);
    }
    printf("access_network_searches_per_s %.0f searches/s -\n", ORIGINS / best);
    printf("access_network_pairs %zu pairs -\n", pairs);
    printf("access_network_nearest_seconds %.3f s -\n", all);
    rh_network_free(g);
    free(origin);
    free(facility);
    free(minutes);
}

int
main(int argc, char **argv)
{
    unsigned threads = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : rh_threads_available();
    rows r = make_rows();
    rh_pairs *pairs = NULL;
    double sorting = time_pairs(&r, &pairs);
    double plain = time_measure(&r, pairs, RH_ACCESS_2SFCA, "none", threads);
    printf("access_threads %u threads -\n", threads);
    printf("access_sort_5m_pairs_seconds %.3f s -\n", sorting);
    printf("access_2sfca_5m_pairs_seconds %.3f s 1\n", sorting + plain);
    printf("access_2sfca_sorted_seconds %.3f s -\n", plain);
    printf("access_e2sfca_gaussian_seconds %.3f s -\n",
           time_measure(&r, pairs, RH_ACCESS_E2SFCA, "gaussian:15", threads));
    printf("access_availability_seconds %.3f s -\n",
           time_measure(&r, pairs, RH_ACCESS_AVAILABILITY, "exponential:0.1", threads));
    rh_pairs_free(pairs);
    free(r.origin);
    free(r.destination);
    free(r.cost);
    free(r.demand);
    free(r.supply);
    time_network(threads);
    return 0;
}
