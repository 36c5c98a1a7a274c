/* What the verbs call for long jobs: a thin seam to the engine, so that verbs hold only options
 * and words. */
#ifndef RH_CLI_DRIVE_H
#define RH_CLI_DRIVE_H

#include "cli/meter.h"
#include "place/region.h"
#include "policy/region_spec.h"

/* Build the region of a spec; `data` (NULL: the spec's, else the usual place) is where its
 * tables are. */
RH_MUST_CHECK rh_status rh_drive_build(const rh_region_spec *spec, const char *data,
                                       rh_region **out, rh_err *err);

/* The options of `ronghe run`. */
typedef struct rh_drive_run_options {
    const char *scenario, *output;
    double sample; /* 0: the scenario's */
    unsigned threads;
    bool resume, verify;
} rh_drive_run_options;

RH_MUST_CHECK rh_status rh_drive_run(const rh_drive_run_options *options, rh_meter *meter,
                                     rh_err *err);

/* Highest resident memory of this process so far, bytes. */
uint64_t rh_drive_peak_memory(void);

#endif
