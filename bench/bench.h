/* What the benches share: processor time, a fingerprint of residents, stopping on a failure. Time on the wall is
 * rh_progress_clock. */
#ifndef RH_BENCH_BENCH_H
#define RH_BENCH_BENCH_H

#include "core/progress.h"
#include "core/random.h"
#include "core/status.h"
#include "person/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Processor time of all threads: what a busy machine does not change. */
static inline double
cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Of every word, in order. */
static inline uint64_t
fingerprint(const rh_store *store)
{
    uint64_t h = 0;
    for (uint32_t t = 0; t < store->n_blocks; t++) {
        for (uint32_t i = 0; i < store->block[t].count; i++) {
            h = rh_fold(h ^ store->block[t].word[i], 0x9e3779b97f4a7c15ULL + i);
        }
    }
    return h;
}

static inline void
must(rh_status status, const rh_err *err)
{
    if (status != RH_OK) {
        fprintf(stderr, "%s\n", err->text);
        exit(1);
    }
}

#endif
