/* A scenario file (YAML): which region, which years, seed, sample, levers and exogenous series.
 *
 * Every key is known or refused with file, line and the nearest known key; up to 20 problems are reported
 * at once. Relative paths are relative to the scenario file. See docs/scenario.md. */
#ifndef RH_POLICY_SCENARIO_H
#define RH_POLICY_SCENARIO_H

#include "core/status.h"

#include <stdbool.h>
#include <stdint.h>

enum rh_output_level {
    RH_OUTPUT_PROVINCE,
    RH_OUTPUT_PREFECTURE,
    RH_OUTPUT_COUNTY,
    RH_OUTPUT_TOWNSHIP
};

/* A lever's value over years: `value` from year `from` on, reached by a straight ramp of `ramp` years. */
typedef struct rh_lever_setting {
    char *lever;           /* "hukou.in_situ_rate" */
    char *place;           /* code prefix ("44", "4403"), or "" for everywhere */
    int from, ramp, until; /* until: last year, INT_MAX when open */
    double value;
    int line;
} rh_lever_setting;

typedef struct rh_scenario {
    char *path, *title, *text; /* text: the whole file, for provenance */
    char *region;              /* path of a region file, or "embedded" */
    /* Stocks at the end of first_year are the region's; first_year + 1 … last_year are simulated. */
    int first_year, last_year;
    uint64_t seed;
    double sample; /* (0, 1] */
    enum rh_output_level output;
    int family_every; /* household counts every n-th year, and in the first and last (default 5) */
    int snapshot_every; /* yearly snapshot for --resume: every n-th year; 0 none (default 1) */
    bool
        keep_residents; /* the snapshot of the last year stays beside the run file (default not) */
    char *series_dir;    /* folder of exogenous series; NULL: the shipped data/china */
    char *homesteads;    /* table of homestead leases by township and year; NULL: none */
    char *births_series; /* "national": births are scaled to the nation's (vital.csv); "none" */
    char *deaths_series;
    rh_lever_setting *lever;
    unsigned n_levers;
} rh_scenario;

RH_MUST_CHECK rh_status rh_scenario_read(const char *path, rh_scenario **out, rh_err *err);
/* The same from memory; `name` stands for the file in sentences and as the base of relative paths. */
RH_MUST_CHECK rh_status rh_scenario_parse(const char *name, const char *text, size_t size,
                                          rh_scenario **out, rh_err *err);
void rh_scenario_free(rh_scenario *scenario);

#endif
