/* Destination tables of the whole country: time to build and to rebuild under a shock, memory,
 * time of a draw; with an argument, a CSV of the first year's arrivals and departures by county
 * (docs/calibration.md). usage: bench_destination DATA_DIR [FLOWS.csv] */
#include "bench.h"

#include "place/build.h"
#include "process/destination.h"
#include "process/reclassification_rate.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void
time_draws(const rh_region *region, const rh_destination *d)
{
    const uint64_t per_town = 2000;
    for (int k = 0; k < RH_NEST_COUNT; k++) {
        uint64_t sum = 0, n = 0;
        double start = rh_progress_clock();
        for (uint32_t town = 0; town < region->town.n; town += 4) {
            uint32_t home = region->town.parent[town];
            for (uint64_t i = 0; i < per_town; i++, n++) {
                rh_key key = town * per_town + i;
                sum += rh_destination_draw(d, home, town, (enum rh_nest)k, rh_draw(key, 0),
                                           rh_draw(key, 1));
            }
        }
        double each = (rh_progress_clock() - start) / (double)n * 1e9;
        printf("draw, nest %d: %.1f ns (checksum %" PRIu64 ")\n", k, each, sum);
    }
}

static void
write_flows(const rh_region *region, const rh_destination *d, const rh_reclassification *u,
            const char *path)
{
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        return;
    }
    fprintf(file, "code,name,in_county,in_province,in_other,out_province,out_other,exposure_"
                  "other,reclassification\n");
    for (uint32_t c = 0; c < d->n_counties; c++) {
        fprintf(file, "%" PRIu64 ",%s,%.1f,%.1f,%.1f,%.1f,%.1f,%.1f,%.6f\n",
                region->county.code[c], region->county.name[c], d->arrivals[c][0],
                d->arrivals[c][1], d->arrivals[c][2], d->hazard[c][1] * d->exposure[c][1],
                d->hazard[c][2] * d->exposure[c][2], d->exposure[c][2],
                rh_reclassification_rate(u, c, u->base_year + 1));
    }
    fclose(file);
}

int
main(int argc, char **argv)
{
    rh_err err = {0};
    rh_region *region = NULL;
    rh_destination *d = NULL;
    rh_migration migration;
    rh_reclassification reclassification = {0};
    double *dV = NULL;
    if (argc < 2) {
        fprintf(stderr, "usage: bench_destination DATA_DIR [FLOWS.csv]\n");
        return 2;
    }
    double start = rh_progress_clock();
    rh_status status = rh_build_census(argv[1], NULL, &region, &err);
    printf("region: %.2f s\n", rh_progress_clock() - start);
    status = status == RH_OK ? rh_migration_read("data/china", &migration, &err) : status;
    start = rh_progress_clock();
    status = status == RH_OK ? rh_destination_new(region, &migration, 2, &d, &err) : status;
    if (status == RH_OK) {
        printf("build: %.3f s, %.1f MB, %u pairs of %u counties\n", rh_progress_clock() - start,
               (double)rh_destination_bytes(d) / 1e6, d->first[d->n_counties], d->n_counties);
        dV = calloc(d->n_counties, sizeof *dV);
        for (uint32_t c = 0; dV != NULL && c < d->n_counties; c++) {
            dV[c] = 0.2 * rh_uniform(1, c);
        }
        start = rh_progress_clock();
        status = rh_destination_shock(d, dV, NULL, 2, &err);
        printf("rebuild under a shock, 2 threads: %.3f s\n", rh_progress_clock() - start);
    }
    status = status == RH_OK ? rh_destination_shock(d, NULL, NULL, 2, &err) : status;
    status = status == RH_OK
                 ? rh_reclassification_init(&reclassification, region, &migration, &err)
                 : status;
    if (status == RH_OK) {
        time_draws(region, d);
        if (argc > 2) {
            write_flows(region, d, &reclassification, argv[2]);
        }
    } else {
        fprintf(stderr, "%s\n", err.text);
    }
    free(dV);
    rh_reclassification_release(&reclassification);
    rh_destination_free(d);
    rh_region_free(region);
    return status == RH_OK ? 0 : 1;
}
