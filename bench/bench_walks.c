/* The walks over all residents beside the years themselves, timed: `bench_walks REGION.gpkg [repeats] [threads] [sample]`.
 * Makes the residents of a region once, takes each walk several times and prints the least processor time, in nanoseconds a
 * resident, with a fingerprint of what the walk counted: a faster walk must keep it. */
#include "bench.h"

#include "core/datadir.h"
#include "core/mem.h"
#include "indicator/tally.h"
#include "io/region_file.h"
#include "process/exposure.h"
#include "run/simulation.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct bench {
    rh_simulation *s;
    unsigned threads;
    uint64_t print; /* of the walk's results */
} bench;

static void
print_of(uint64_t *print, const void *data, size_t size)
{
    const uint32_t *v = data;
    for (size_t i = 0; i < size / sizeof *v; i++) {
        *print = rh_fold(*print ^ v[i], 0x9e3779b97f4a7c15ULL + i);
    }
}

static rh_status
calibrate(bench *b, rh_err *err)
{
    rh_world *w = &b->s->world;
    size_t rows = 2 * (size_t)b->s->region->county.n;
    RH_TRY(rh_world_calibrate(w, &b->s->store, b->threads, err));
    print_of(&b->print, w->fertility_factor, rows * sizeof *w->fertility_factor);
    print_of(&b->print, w->mortality_factor, rows * sizeof *w->mortality_factor);
    print_of(&b->print, &w->birth_level, sizeof w->birth_level);
    return RH_OK;
}

static rh_status
exposure(bench *b, rh_err *err)
{
    rh_destination *d = b->s->destination;
    RH_TRY(rh_exposure_measure(d, &b->s->world, &b->s->store, b->threads, err));
    size_t rows = b->s->region->county.n;
    print_of(&b->print, d->exposure, rows * sizeof *d->exposure);
    print_of(&b->print, d->hazard, rows * sizeof *d->hazard);
    print_of(&b->print, b->s->world.return_scale, sizeof b->s->world.return_scale);
    return RH_OK;
}

static rh_status
recount(bench *b, rh_err *err)
{
    rh_tally t;
    RH_TRY(rh_tally_init(&t, b->s->region, err));
    rh_status status = rh_tally_recount(&t, b->s->region, &b->s->store, b->threads, err);
    print_of(&b->print, t.county, t.n_counties * sizeof *t.county);
    print_of(&b->print, t.leaf, t.n_leaves * sizeof *t.leaf);
    print_of(&b->print, t.registered, t.n_counties * sizeof *t.registered);
    print_of(&b->print, t.registered_hukou, t.n_counties * sizeof *t.registered_hukou);
    print_of(&b->print, t.wives, RH_COHORTS * sizeof *t.wives);
    rh_tally_release(&t);
    return status;
}

static rh_status
families(bench *b, rh_err *err)
{
    size_t n = b->s->region->county.n;
    rh_family_tally *family;
    RH_NEW(family, n, err);
    rh_status status = rh_family_walk(family, b->s->region, &b->s->store,
                                      b->s->world.first_year, b->threads, err);
    print_of(&b->print, family, n * sizeof *family);
    rh_free(family);
    return status;
}

static rh_status
flows(bench *b, rh_err *err)
{
    size_t n = b->s->region->county.n;
    uint32_t *stock;
    RH_NEW(stock, n * n, err);
    rh_status status = rh_flow_walk(stock, b->s->region, &b->s->store, b->threads, err);
    print_of(&b->print, stock, n * n * sizeof *stock);
    rh_free(stock);
    return status;
}

static const struct {
    const char *name;
    rh_status (*take)(bench *b, rh_err *err);
} walks[] = {{"rh_world_calibrate", calibrate},
             {"rh_exposure_measure", exposure},
             {"rh_tally_recount", recount},
             {"rh_family_walk", families},
             {"rh_flow_walk", flows}};

static rh_status
time_walks(bench *b, int repeats, rh_err *err)
{
    double n = (double)rh_store_count(&b->s->store);
    printf("%.2f million residents\n", n / 1e6);
    for (size_t k = 0; k < sizeof walks / sizeof *walks; k++) {
        double least = 1e9;
        for (int i = 0; i < repeats; i++) {
            b->print = 0;
            double t = cpu_seconds();
            RH_TRY(walks[k].take(b, err));
            t = cpu_seconds() - t;
            least = t < least ? t : least;
        }
        printf("%-20s %6.2f ns a resident   counts %016llx\n", walks[k].name, least / n * 1e9,
               (unsigned long long)b->print);
    }
    return RH_OK;
}

static rh_status
run(int argc, char **argv, rh_region **region, char **data, bench *b, rh_err *err)
{
    int repeats = argc > 2 ? atoi(argv[2]) : 5;
    b->threads = argc > 3 ? (unsigned)atoi(argv[3]) : 1;
    rh_scenario scenario = {.path = argv[1],
                            .first_year = 2010,
                            .last_year = 2020,
                            .seed = 1,
                            .sample = argc > 4 ? atof(argv[4]) : 1,
                            .births_series = (char[]){"national"},
                            .deaths_series = (char[]){"national"}};
    RH_TRY(rh_region_read(argv[1], region, err));
    RH_TRY(rh_data_dir("china", data, err));
    RH_TRY(rh_simulation_new(*region, &scenario, *data, 0, b->threads, &b->s, err));
    RH_TRY(rh_simulation_people(b->s, NULL, NULL, NULL, err));
    return time_walks(b, repeats, err);
}

int
main(int argc, char **argv)
{
    rh_err err = {0};
    rh_region *region = NULL;
    char *data = NULL;
    bench b = {0};
    if (argc < 2) {
        fprintf(stderr, "usage: bench_walks REGION.gpkg [repeats] [threads] [sample]\n");
        return 2;
    }
    rh_status status = run(argc, argv, &region, &data, &b, &err);
    if (status != RH_OK) {
        fprintf(stderr, "%s\n", err.text);
    }
    rh_simulation_free(b.s);
    rh_region_free(region);
    rh_free(data);
    return status == RH_OK ? 0 : 1;
}
