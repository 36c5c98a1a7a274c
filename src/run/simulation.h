/* A simulation: region, world, population and engine of one scenario, from synthesis to the
 * last year.
 *
 *   rh_simulation_new → rh_simulation_people (or _restore) → rh_simulation_year … →
 * rh_simulation_free
 *
 * Several simulations may live side by side; nothing is shared. It writes no file of results:
 * run.h does. */
#ifndef RH_RUN_SIMULATION_H
#define RH_RUN_SIMULATION_H

#include "person/synth.h"
#include "process/destination.h"
#include "process/engine.h"
#include "process/homestead_leases.h"
#include "process/reclassification_rate.h"

typedef struct rh_simulation {
    const rh_region *region;     /* borrowed */
    const rh_scenario *scenario; /* borrowed */
    unsigned n_threads;
    rh_migration migration;
    rh_destination *destination;
    rh_reclassification reclassification;
    rh_homestead_leases homesteads;
    uint64_t
        homes_missing; /* leases of the last year for which the residents had no idle home */
    rh_world world;
    rh_store store;
    rh_engine engine;
    bool has_engine;
    double cost_other; /* private: lever migration.cost_other_province in force */
} rh_simulation;

/* Callback of the long steps: units done of total. May be NULL. Called from one thread at a
 * time. */
typedef void rh_simulation_progress(void *context, uint64_t done, uint64_t total);

/* Read parameters and series from `data_dir` and build the choice tables. `sample` overrides
 * the scenario's (0: does not). */
RH_MUST_CHECK rh_status rh_simulation_new(const rh_region *region, const rh_scenario *scenario,
                                          const char *data_dir, double sample,
                                          unsigned n_threads, rh_simulation **out, rh_err *err);
void rh_simulation_free(rh_simulation *simulation);

/* Synthesise the residents of the base year, scale the processes to them, draw first
 * candidates. `options` (NULL allowed) are the engine's; its n_threads is set here. */
RH_MUST_CHECK rh_status rh_simulation_people(rh_simulation *s, const rh_engine_options *options,
                                             rh_simulation_progress *progress, void *context,
                                             rh_err *err);

/* The next year. */
RH_MUST_CHECK rh_status rh_simulation_year(rh_simulation *s, rh_simulation_progress *progress,
                                           void *context, rh_err *err);

/* The whole state: store invariants V1–V5, tallies recounted (L1), persons conserved. Errors:
 * RH_INVARIANT. */
RH_MUST_CHECK rh_status rh_simulation_verify(const rh_simulation *s, rh_err *err);

/* Snapshot of the state after the last finished year: FILE.partial, renamed when complete.
 * Errors: RH_IO. */
RH_MUST_CHECK rh_status rh_simulation_save(const rh_simulation *s, const char *path,
                                           rh_err *err);

/* Bytes that _save writes, at most. */
uint64_t rh_simulation_snapshot_bytes(const rh_simulation *s);

/* Go on from a snapshot of the same scenario, seed, sample and region (checked). Replaces
 * rh_simulation_people. */
RH_MUST_CHECK rh_status rh_simulation_restore(rh_simulation *s, const char *path,
                                              const rh_engine_options *options, rh_err *err);

#endif
