/* The making of residents, timed: `bench_synth REGION.gpkg [sample] [threads] [every] [audit]`. `every`: only
 * each so-manieth county is made (whole-country figures in seconds); with `audit` (all counties, sample 1) the
 * store is verified and the residuals of every margin are printed as in docs/synthesis.md. */
#include "bench.h"

#include "core/mem.h"
#include "core/threads.h"
#include "io/region_file.h"
#include "person/synth.h"
#include "person/verify.h"

#include <stdio.h>
#include <stdlib.h>

/* What the joining of families came to: runs, those of one resident, married men away, those of them who
 * live in one township with their wives, married men at home whose wives live there too. */
typedef struct family_counts {
    uint64_t runs, alone, away, together_away, home, together_home;
} family_counts;

static family_counts
count_families(const rh_store *store)
{
    family_counts c = {0};
    for (uint32_t t = 0; t < store->n_blocks; t++) {
        const rh_block *b = &store->block[t];
        for (uint32_t i = 0; i < b->count; i++) {
            rh_person w = b->word[i], next = i + 1 < b->count ? b->word[i + 1] : 0;
            bool last = i + 1 == b->count || rh_person_head(next);
            c.runs += rh_person_head(w);
            c.alone += rh_person_head(w) && last;
            if (rh_person_marital(w) == RH_MARRIED && rh_person_sex(w) == RH_MALE) {
                bool together = rh_person_residence(w) / 2 == rh_person_residence(next) / 2;
                c.away += rh_person_is_away(w);
                c.together_away += rh_person_is_away(w) && together;
                c.home += !rh_person_is_away(w);
                c.together_home += !rh_person_is_away(w) && together;
            }
        }
    }
    return c;
}

typedef struct work {
    const rh_synth *synth;
    rh_store *store;
    unsigned every;
} work;

static rh_status
county_job(void *context, unsigned job, unsigned worker, rh_err *err)
{
    (void)worker;
    const work *w = context;
    return rh_synth_county(w->synth, job * w->every, w->store, err);
}

static rh_status
audit(const rh_region *region, const rh_store *store, unsigned threads, rh_err *err)
{
    rh_margin_residual *r;
    unsigned n;
    RH_TRY(rh_store_verify(store, region, rh_region_population(region), threads, err));
    RH_TRY(rh_synth_audit(region, store, threads, &r, &n, err));
    for (unsigned i = 0; i < n; i++) {
        printf("%-70s %12.0f %12.0f %+7.2f %% mean %5.2f %% worst %6.1f %%\n", r[i].margin,
               r[i].target, r[i].got, 100 * (r[i].got / r[i].target - 1), r[i].mean_abs_pct,
               r[i].worst_pct);
    }
    rh_free(r);
    return RH_OK;
}

int
main(int argc, char **argv)
{
    rh_err err = {0};
    rh_region *region = NULL;
    rh_synth *synth = NULL;
    rh_store store = {0};
    if (argc < 2) {
        fprintf(stderr, "usage: bench_synth REGION.gpkg [sample] [threads] [every] [audit]\n");
        return 2;
    }
    double sample = argc > 2 ? atof(argv[2]) : 1;
    unsigned threads = argc > 3 ? (unsigned)atoi(argv[3]) : 2,
             every = argc > 4 ? (unsigned)atoi(argv[4]) : 1;
    rh_status status = rh_region_read(argv[1], &region, &err);
    double t0 = rh_progress_clock(), c0 = cpu_seconds();
    if (status == RH_OK) {
        status = rh_synth_new(region, 1, sample, threads, &synth, &err);
    }
    printf("tables  %.3f s (%.3f cpu)\n", rh_progress_clock() - t0, cpu_seconds() - c0);
    t0 = rh_progress_clock();
    c0 = cpu_seconds();
    if (status == RH_OK) {
        status = rh_store_init(&store, region->town.n, rh_region_population(region), &err);
    }
    if (status == RH_OK && every > 1) {
        work w = {synth, &store, every};
        status = rh_threads_run(threads, (region->county.n + every - 1) / every, NULL,
                                county_job, &w, &err);
    } else if (status == RH_OK) {
        status = rh_synth_all(synth, &store, threads, NULL, NULL, &err);
    }
    double seconds = rh_progress_clock() - t0, cpu = cpu_seconds() - c0;
    if (status == RH_OK) {
        double n = (double)rh_store_count(&store);
        family_counts c = count_families(&store);
        printf("people  %.3f s (%.3f cpu)  %.2f M  %.1f cpu ns a resident  words %016llx\n",
               seconds, cpu, n / 1e6, cpu / n * 1e9, (unsigned long long)fingerprint(&store));
        printf("runs  %.4f a resident, %.4f alone; married men with their wives: %.3f of those "
               "away, %.3f of those at home\n",
               (double)c.runs / n, (double)c.alone / n,
               (double)c.together_away / (double)(c.away + !c.away),
               (double)c.together_home / (double)(c.home + !c.home));
    }
    if (status == RH_OK && argc > 5) {
        status = audit(region, &store, threads, &err);
    }
    if (status != RH_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    rh_store_release(&store);
    rh_synth_free(synth);
    rh_region_free(region);
    return 0;
}
