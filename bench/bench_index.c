/* Composite indices at size: uncertainty of 1,000 units × 60 indicators × 10,000 draws, and the methods one by one. Prints lines
 * "name value unit goal". Data are made up (keyed random numbers). usage: bench_index [THREADS] */
#include "bench.h"

#include "core/random.h"
#include "core/threads.h"
#include "evaluate/aggregate_doubt.h"
#include "evaluate/aggregate_outrank.h"
#include "evaluate/uncertainty_run.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    UNITS = 1000,
    INDICATORS = 60,
    GROUPS = 6,
    NODES = INDICATORS + GROUPS + 1,
    DRAWS = 10000,
    NORMALS = 3,
    METHODS = 2,
    WEIGHTINGS = 3
};

/* Ten indicators a group. */
static void
make_tree(rh_index_tree *tree)
{
    rh_err err = {0};
    uint32_t parent[NODES];
    for (uint32_t v = 0; v < NODES; v++) {
        parent[v] = v < INDICATORS            ? INDICATORS + v / (INDICATORS / GROUPS)
                    : v < INDICATORS + GROUPS ? NODES - 1
                                              : (uint32_t)RH_TREE_NONE;
    }
    must(rh_index_tree_init(tree, NODES, INDICATORS, parent, &err), &err);
}

/* Normalised into 1 … 100, by a power that stands for the choice of normalisation. */
static double *
make_data(double power, bool gaps)
{
    double *x = malloc(sizeof(double) * UNITS * INDICATORS);
    for (uint32_t i = 0; i < UNITS; i++) {
        double level = rh_uniform(rh_key_with(1, i), 0);
        for (uint32_t j = 0; j < INDICATORS; j++) {
            rh_key key = rh_key_with(rh_key_with(2, i), j);
            double v = 0.5 * level + 0.5 * rh_uniform(key, 0);
            bool gap = gaps && rh_uniform(key, 1) < 0.0005;
            x[(size_t)j * UNITS + i] = gap ? (double)NAN : 1 + 99 * pow(v, power);
        }
    }
    return x;
}

static double *
make_weights(uint32_t choice)
{
    double *w = malloc(sizeof(double) * NODES);
    for (uint32_t v = 0; v < NODES; v++) {
        w[v] = choice == 0 ? 1 : 0.5 + rh_uniform(rh_key_with(3, choice), v);
    }
    return w;
}

typedef struct figure {
    const char *name, *goal;
    uint32_t normals, methods, weightings, rows;
    bool gaps, mixed;
} figure;

static void
run(const figure *f, const rh_index_tree *tree, unsigned threads)
{
    rh_err err = {0};
    const double *normal[NORMALS], *weight[WEIGHTINGS];
    rh_aggregate methods[METHODS][GROUPS + 1];
    const rh_aggregate *aggregate[METHODS] = {methods[0], methods[1]};
    for (uint32_t g = 0; g <= GROUPS; g++) {
        methods[0][g] = (rh_aggregate){.method = RH_AGGREGATION_ARITHMETIC};
        methods[1][g] = (rh_aggregate){.method = RH_AGGREGATION_GEOMETRIC};
        if (f->mixed && g < GROUPS) {
            methods[1][g].method = RH_AGGREGATION_ARITHMETIC;
        }
    }
    for (uint32_t k = 0; k < NORMALS; k++) {
        normal[k] = make_data(1 + 0.3 * k, f->gaps);
        weight[k] = make_weights(k);
    }
    rh_index_plan plan = {.n = UNITS,
                          .tree = tree,
                          .normal = normal,
                          .weight = weight,
                          .aggregate = aggregate,
                          .noise = 0.25};
    plan.n_choices[RH_STEP_MISSING] = plan.n_choices[RH_STEP_OUTLIERS] = 1;
    plan.n_choices[RH_STEP_NORMALISATION] = f->normals;
    plan.n_choices[RH_STEP_WEIGHTS] = f->weightings;
    plan.n_choices[RH_STEP_AGGREGATION] = f->methods;
    rh_uncertain how = {
        .draws = DRAWS, .rows = f->rows, .top = 10, .seed = 7, .threads = threads};
    double best = INFINITY;
    for (int round = 0; round < 3; round++) {
        rh_uncertainty u;
        double start = rh_progress_clock();
        must(rh_uncertainty_run(&plan, &how, &u, &err), &err);
        best = fmin(best, rh_progress_clock() - start);
        rh_uncertainty_release(&u);
    }
    printf("%s %.3f s %s\n", f->name, best, f->goal);
    for (uint32_t k = 0; k < NORMALS; k++) {
        free((void *)(uintptr_t)normal[k]);
        free((void *)(uintptr_t)weight[k]);
    }
}

static void
run_methods(void)
{
    rh_err err = {0};
    double *x = make_data(1, false), *w = make_weights(0),
           *score = malloc(sizeof(double) * UNITS);
    double start = rh_progress_clock();
    must(rh_aggregate_doubt(x, UNITS, 10, 0, 1, score, NULL, &err), &err);
    printf("index-benefit-of-the-doubt-1000x10 %.3f s -\n", rh_progress_clock() - start);
    start = rh_progress_clock();
    must(rh_aggregate_doubt(x, UNITS, INDICATORS, 0, 1, score, NULL, &err), &err);
    printf("index-benefit-of-the-doubt-1000x60 %.3f s -\n", rh_progress_clock() - start);
    start = rh_progress_clock();
    must(rh_aggregate_copeland(x, UNITS, INDICATORS, w, score, &err), &err);
    printf("index-copeland-1000x60 %.3f s -\n", rh_progress_clock() - start);
    free(x);
    free(w);
    free(score);
}

int
main(int argc, char **argv)
{
    unsigned threads = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : rh_threads_available();
    static const figure figures[] = {
        {"index-uncertainty-1000x60x10000", "5", NORMALS, METHODS, WEIGHTINGS, 0, false, false},
        {"index-uncertainty-weights-only", "5", 1, 1, 1, 0, false, false},
        {"index-uncertainty-with-sobol", "5", NORMALS, METHODS, WEIGHTINGS, 2000, false, false},
        {"index-uncertainty-gaps", "5", NORMALS, METHODS, WEIGHTINGS, 0, true, false},
        {"index-uncertainty-mixed-means", "5", NORMALS, METHODS, WEIGHTINGS, 0, false, true},
    };
    rh_index_tree tree;
    make_tree(&tree);
    for (size_t k = 0; k < sizeof figures / sizeof *figures; k++) {
        run(&figures[k], &tree, threads > 0 ? threads : 1);
    }
    rh_index_tree_release(&tree);
    run_methods();
    return 0;
}
