/* Years of a run, timed: `bench_run REGION.gpkg [years] [sample] [threads] [verify]`. Prints one line a phase and, in the end,
 * person-years a second and bytes a resident. The region is a file made by `ronghe region build`. */
#include "bench.h"

#include "core/datadir.h"
#include "core/mem.h"
#include "io/region_file.h"
#include "run/simulation.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

static double
memory_bytes(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)u.ru_maxrss * 1024;
}

static void
print_year(const rh_simulation *s, double seconds, double cpu)
{
    const rh_engine *e = &s->engine;
    double persons = (double)rh_store_count(&s->store), events[RH_EVENT_COUNT] = {0}, urban = 0,
           total = 0, hukou = 0, class_[4] = {0};
    double candidates = 0, accepted = 0;
    for (unsigned p = 0; p < e->n_processes; p++) {
        candidates += (double)e->turnover[p].candidates;
        accepted += (double)e->turnover[p].accepted;
    }
    for (uint32_t c = 0; c < s->region->county.n; c++) {
        for (int part = 0; part < 2; part++) {
            for (int k = 0; k < RH_EVENT_COUNT; k++) {
                events[k] += e->tally.county[c].event[part][k];
            }
            for (int k = 0; k < 4; k++) {
                double n = (double)e->tally.county[c].status[part][k][0] +
                           e->tally.county[c].status[part][k][1];
                total += n;
                class_[k] += n;
                urban += part ? n : 0;
                hukou += e->tally.county[c].status[part][k][1];
            }
        }
    }
    printf("%d  %.3f s (%.3f cpu)  %.1f M/s  cand %.3f acc %.3f  pop %.3f M  urban %.2f  hukou "
           "%.2f  away %.1f %.1f %.1f |",
           e->year, seconds, cpu, persons / seconds / 1e6, candidates / persons,
           accepted / persons, persons / 1e6, 100 * urban / total, 100 * hukou / total,
           class_[1] / 1e6, class_[2] / 1e6, class_[3] / 1e6);
    static const char *const names[] = {
#define X(name, meaning) #name,
        RH_EVENT_LIST(X)
#undef X
    };
    for (int k = 0; k < RH_EVENT_COUNT; k++) {
        printf(" %s %.3f", names[k], events[k] / 1e6);
    }
    printf("\n     of 1000:");
    for (unsigned p = 0; p < e->n_processes; p++) {
        printf("  %s %.1f %.1f", e->process[p]->name,
               1000 * (double)e->turnover[p].candidates / persons,
               1000 * (double)e->turnover[p].accepted / persons);
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
    rh_scenario scenario = {.path = argv[1],
                            .first_year = 2010,
                            .last_year = 2020 > 2010 + years ? 2020 : 2010 + years,
                            .seed = 1,
                            .sample = argc > 3 ? atof(argv[3]) : 1,
                            .births_series = (char[]){"national"},
                            .deaths_series = (char[]){"national"}};
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
    double c0 = cpu_seconds();
    const char *snapshot =
        getenv("BENCH_SNAPSHOT"); /* keep the people between runs while tuning the engine */
    if (status == RH_OK && snapshot != NULL && access(snapshot, R_OK) == 0) {
        status = rh_simulation_restore(s, snapshot, NULL, &err);
        if (status == RH_OK) { /* the bounds may have changed since */
            status = rh_engine_start(&s->engine, &err);
        }
    } else if (status == RH_OK) {
        status = rh_simulation_people(s, NULL, NULL, NULL, &err);
        if (status == RH_OK && snapshot != NULL) {
            status = rh_simulation_save(s, snapshot, &err);
        }
    }
    if (status == RH_OK) {
        double n = (double)rh_store_count(&s->store);
        printf("people  %.2f s (%.2f cpu)  %.1f M  %.1f cpu ns a resident\n",
               rh_progress_clock() - t0, cpu_seconds() - c0, n / 1e6,
               (cpu_seconds() - c0) / n * 1e9);
    }
    if (status == RH_OK && argc > 5) {
        printf("     words %016llx\n", (unsigned long long)fingerprint(&s->store));
    }
    double sum = 0, person_years = 0;
    for (int y = 0; y < years && status == RH_OK; y++) {
        t0 = rh_progress_clock();
        c0 = cpu_seconds();
        status = rh_simulation_year(s, NULL, NULL, &err);
        double seconds = rh_progress_clock() - t0;
        if (status == RH_OK) {
            sum += seconds;
            person_years += (double)rh_store_count(&s->store);
            print_year(s, seconds, cpu_seconds() - c0);
        }
        if (status == RH_OK && argc > 5) {
            printf("     words %016llx\n", (unsigned long long)fingerprint(&s->store));
            status = rh_simulation_verify(s, &err);
        }
    }
    if (status != RH_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    printf("person-years a second: %.1f million on %u threads; %.2f bytes a resident at the "
           "peak\n",
           person_years / sum / 1e6, threads,
           memory_bytes() / (double)rh_store_count(&s->store));
    rh_simulation_free(s);
    rh_region_free(region);
    rh_free(data);
    return 0;
}
