/* Spatial statistics at the size of the country's townships: 41,000 units on a bent grid, eight neighbours each (and
 * six nearest), 999 permutations. Prints "name value unit goal"; every figure is the best of three runs.
 * usage: bench_spatial [THREADS] */
#include "bench.h"

#include "core/random.h"
#include "core/threads.h"
#include "evaluate/spatial_contiguity.h"
#include "evaluate/spatial_moran.h"
#include "evaluate/spatial_near.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { WIDE = 205, HIGH = 200, UNITS = WIDE * HIGH, SIDE_POINTS = 25, RUNS = 3 };

/* A corner of the grid, moved a little: the same for all who share it. */
static void
corner(double at[2], int column, int row)
{
    rh_key key = rh_key_with(7, (uint64_t)row * 10000 + (uint64_t)column);
    at[0] = column + 0.3 * rh_uniform(key, 0);
    at[1] = row + 0.3 * rh_uniform(key, 1);
}

/* A side from one corner to the next in SIDE_POINTS steps, the same points in either direction. */
static double *
side(double *xy, const double from[2], const double to[2])
{
    bool turned = from[0] > to[0] || (from[0] == to[0] && from[1] > to[1]);
    const double *a = turned ? to : from, *b = turned ? from : to;
    for (int s = 0; s < SIDE_POINTS; s++) {
        double t = (turned ? SIDE_POINTS - s : s) / (double)SIDE_POINTS;
        *xy++ = a[0] + t * (b[0] - a[0]);
        *xy++ = a[1] + t * (b[1] - a[1]);
    }
    return xy;
}

static void
outline(double *xy, int column, int row)
{
    double c[4][2];
    corner(c[0], column, row);
    corner(c[1], column + 1, row);
    corner(c[2], column + 1, row + 1);
    corner(c[3], column, row + 1);
    for (int s = 0; s < 4; s++) {
        xy = side(xy, c[s], c[(s + 1) % 4]);
    }
}

static double
best(double now, double before)
{
    return before == 0 || now < before ? now : before;
}

int
main(int argc, char **argv)
{
    unsigned threads = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : rh_threads_available();
    const size_t points = (size_t)UNITS * 4 * SIDE_POINTS;
    double *xy = malloc(2 * points * sizeof *xy), *x = malloc(UNITS * sizeof *x),
           *y = malloc(UNITS * sizeof *y), *v = malloc(UNITS * sizeof *v);
    uint32_t *owner = malloc(UNITS * sizeof *owner);
    size_t *start = malloc((UNITS + 1) * sizeof *start);
    if (xy == NULL || x == NULL || y == NULL || v == NULL || owner == NULL || start == NULL) {
        return 1;
    }
    for (int i = 0; i < UNITS; i++) {
        owner[i] = (uint32_t)i;
        start[i] = (size_t)i * 4 * SIDE_POINTS;
        outline(xy + 2 * start[i], i % WIDE, i / WIDE);
    }
    start[UNITS] = points;
    rh_rings rings = {UNITS, UNITS, owner, start, xy};
    rh_rings_centres(&rings, x, y);
    for (uint32_t i = 0; i < UNITS;
         i++) { /* a smooth field and noise: clusters and their absence */
        v[i] = sin(x[i] / 20) * cos(y[i] / 15) + rh_uniform(rh_key_with(3, i), 0);
    }
    double contiguity = 0, nearest = 0, local[2] = {0}, spent[2] = {0}, global = 0;
    rh_err err = {0};
    rh_points where = {UNITS, x, y, false};
    rh_permutations how = {999, 1, threads};
    for (int run = 0; run < RUNS; run++) {
        rh_weights queen, near;
        double t = rh_progress_clock();
        must(rh_weights_contiguity(&rings, false, 0, &queen, &err), &err);
        contiguity = best(rh_progress_clock() - t, contiguity);
        t = rh_progress_clock();
        must(rh_weights_nearest(&where, 6, &near, &err), &err);
        nearest = best(rh_progress_clock() - t, nearest);
        rh_weights *both[] = {&queen, &near};
        for (int w = 0; w < 2; w++) {
            rh_local result;
            rh_weights_style(both[w], RH_WEIGHT_ROW, false);
            t = rh_progress_clock();
            double begin = cpu_seconds();
            must(rh_moran_local(both[w], NULL, v, RH_LOCAL_BY_N_LESS_1, &how, &result, &err),
                 &err);
            local[w] = best(rh_progress_clock() - t, local[w]);
            spent[w] = best(cpu_seconds() - begin, spent[w]);
            rh_local_release(&result);
        }
        rh_moran moran;
        t = rh_progress_clock();
        must(rh_moran_global(&queen, v, &how, &moran, &err), &err);
        global = best(rh_progress_clock() - t, global);
        rh_weights_release(&queen);
        rh_weights_release(&near);
    }
    printf("spatial_threads %u threads -\n", threads);
    printf("spatial_local_moran_queen %.2f s 10\n", local[0]);
    printf("spatial_local_moran_6_nearest %.2f s 10\n", local[1]);
    printf("spatial_local_moran_queen_processor %.2f s -\n", spent[0]);
    printf("spatial_local_moran_6_nearest_processor %.2f s -\n", spent[1]);
    printf("spatial_global_moran_999 %.2f s -\n", global);
    printf("spatial_queen_of_%zu_points %.2f s -\n", points, contiguity);
    printf("spatial_6_nearest %.3f s -\n", nearest);
    free(xy);
    free(x);
    free(y);
    free(v);
    free(owner);
    free(start);
    return 0;
}
