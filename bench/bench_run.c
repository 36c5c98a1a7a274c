/* Years of a run, timed: `bench_run REGION.gpkg [years] [sample] [threads] [verify]`. Prints one line a phase and, in the end,
 * person-years a second and bytes a resident. The region is a file made by `ronghe region build`. */
#include "core/datadir.h"
#include "core/mem.h"
#include "core/progress.h"
#include "io/region_file.h"
#include "run/simulation.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

static double
memory_bytes(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)u.ru_maxrss * 1024;
}

static void
print_year(const rh_simulation *s, double seconds)
{
    const rh_engine *e = &s->engine;
    double persons = (double)rh_store_count(&s->store), events[RH_EVENT_COUNT] = {0}, urban = 0, total = 0, hukou = 0, class_[4] = {0};
    for (uint32_t c = 0; c < s->region->county.n; c++) {
        for (int part = 0; part < 2; part++) {
            for (int k = 0; k < RH_EVENT_COUNT; k++) {
                events[k] += e->tally.county[c].event[part][k];
            }
            for (int k = 0; k < 4; k++) {
                double n = (double)e->tally.county[c].status[part][k][0] + e->tally.county[c].status[part][k][1];
                total += n;
                class_[k] += n;
                urban += part ? n : 0;
                hukou += e->tally.county[c].status[part][k][1];
            }
        }
    }
    printf("%d  %.3f s  %.1f M/s  cand %.3f acc %.3f  pop %.3f M  urban %.2f  hukou %.2f  away %.1f %.1f %.1f |", e->year, seconds,
           persons / seconds / 1e6, (double)e->candidates / persons, (double)e->accepted / persons, persons / 1e6, 100 * urban / total,
           100 * hukou / total, class_[1] / 1e6, class_[2] / 1e6, class_[3] / 1e6);
    static const char *const names[] = {
#define X(name, meaning) #name,
        RH_EVENT_LIST(X)
#undef X
    };
    for (int k = 0; k < RH_EVENT_COUNT; k++) {
        printf(" %s %.3f", names[k], events[k] / 1e6);
    }
    printf("\n");
}

int
main(int argc, char **argv)
{
    rh_err err = {0};
    rh_region *region = NULL;
    char *data = NULL;
    if (argc < 2) {
        fprintf(stderr, "usage: bench_run REGION.gpkg [years] [sample] [threads] [verify]\n");
        return 2;
    }
    int years = argc > 2 ? atoi(argv[2]) : 3;
    rh_scenario scenario = {.path = argv[1], .first_year = 2010, .last_year = 2010 + years, .seed = 1, .sample = argc > 3 ? atof(argv[3]) : 1,
                            .births_series = (char[]){"national"}, .deaths_series = (char[]){"national"}};
    unsigned threads = argc > 4 ? (unsigned)atoi(argv[4]) : 2;
    double t0 = rh_progress_clock();
    rh_simulation *s = NULL;
    rh_status status = rh_region_read(argv[1], &region, &err);
    printf("read region  %.2f s\n", rh_progress_clock() - t0);
    if (status == RH_OK) {
        status = rh_data_dir("china", &data, &err);
    }
    t0 = rh_progress_clock();
    if (status == RH_OK) {
        status = rh_simulation_new(region, &scenario, data, 0, threads, &s, &err);
    }
    printf("tables  %.2f s\n", rh_progress_clock() - t0);
    t0 = rh_progress_clock();
    if (status == RH_OK) {
        status = rh_simulation_people(s, NULL, NULL, NULL, &err);
    }
    if (status == RH_OK) {
        double n = (double)rh_store_count(&s->store);
        printf("people  %.2f s  %.1f M  %.1f ns a resident and core\n", rh_progress_clock() - t0, n / 1e6,
               (rh_progress_clock() - t0) * threads / n * 1e9);
    }
    double sum = 0, person_years = 0;
    for (int y = 0; y < years && status == RH_OK; y++) {
        t0 = rh_progress_clock();
        status = rh_simulation_year(s, NULL, NULL, &err);
        double seconds = rh_progress_clock() - t0;
        if (status == RH_OK) {
            sum += seconds;
            person_years += (double)rh_store_count(&s->store);
            print_year(s, seconds);
        }
        if (status == RH_OK && argc > 5) {
            status = rh_simulation_verify(s, &err);
        }
    }
    if (status != RH_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    printf("person-years a second: %.1f million on %u threads; %.2f bytes a resident at the peak\n", person_years / sum / 1e6, threads,
           memory_bytes() / (double)rh_store_count(&s->store));
    rh_simulation_free(s);
    rh_region_free(region);
    rh_free(data);
    return 0;
}
