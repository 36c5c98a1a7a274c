/* A run: a scenario from its file to one run file. The only place that knows the order of
 * things.
 *
 *   scenario → region → simulation (tables, residents) → per year: simulate, verify on request,
 * write
 *
 * A resume takes residents from OUTPUT.snapshot instead of making them, and goes on with the run
 * file: what it holds in the end is the same, bit by bit, but for the provenance.
 *
 * U1 what stands in the run file is what the last finished year left; an interrupt ends after a
 * whole year.
 * U2 a snapshot stands beside the run file after every snapshot_every-th year but the last, and
 * none beside a finished run; one that finds no room is left out with a notice. */
#ifndef RH_RUN_RUN_H
#define RH_RUN_RUN_H

#include "core/status.h"

#include <stdbool.h>
#include <stdint.h>

/* Called now and then from one thread at a time. `phase`: "region", "calibrate", "synthesis",
 * "year", "verify", "write" or "snapshot" (a string constant); `year` 0 before the first; `total` 0 where
 * unknown; residents_per_s 0 outside of years. In years `done` and `total` are residents × years of
 * the whole run. False asks the run to end after the year under
 * way. */
typedef bool rh_run_progress(void *context, const char *phase, int year, uint64_t done,
                             uint64_t total, double residents_per_s);

typedef struct rh_run_options {
    const char *scenario, *output;
    double sample; /* 0: the scenario's */
    unsigned threads;
    bool resume;                   /* go on from the snapshot beside the output */
    bool verify;                   /* recount every resident after each year */
    const char *version, *command; /* for provenance; NULL: left out */
    rh_run_progress *progress;     /* NULL: none */
    void (*notice)(void *context,
                   const char *sentence); /* NULL: none; also in the provenance */
    void *context;
} rh_run_options;

/* Errors: those of readers and writers; RH_INTERRUPTED naming the last finished year. */
RH_MUST_CHECK rh_status rh_run_scenario(const rh_run_options *options, rh_err *err);

#endif
