/* run.gpkg, the one file that a run leaves: SQLite and GeoPackage 1.3, opens in QGIS. Layout:
 * docs/run-file.md.
 *
 * Writing: create (or resume), then for each finished year any of _flows and _warn, then _year,
 * which commits; _close at the end. One transaction a year.
 *
 * O1 a killed run leaves the file up to its last finished year, or no file at all; a write that
 *    fails (full disk) is undone to the last finished year and says so in one sentence.
 * O2 everything but the table `provenance` depends on region, scenario and tallies alone: no
 *    times, no thread counts (rh_run_file_digest compares it).
 *
 * Every count is multiplied by the weight 1 / sample. */
#ifndef RH_IO_RUN_FILE_H
#define RH_IO_RUN_FILE_H

#include "core/sha256.h"
#include "indicator/indicator.h"
#include "place/region.h"
#include "policy/scenario.h"

typedef struct rh_run_file rh_run_file;

/* Start a new file in place of what stands at `path`. Places, indicators, levers and the
 * scenario text are written at once. `region` and `path` are borrowed until close. */
RH_MUST_CHECK rh_status rh_run_file_create(const char *path, const rh_region *region,
                                           const rh_scenario *scenario, rh_run_file **out,
                                           rh_err *err);

/* Go on with the file of a killed run of the same scenario: everything after `year` (the year
 * of the snapshot that the run resumes from) is forgotten. Errors: RH_INPUT when the file is of
 * another scenario or does not hold `year`. */
RH_MUST_CHECK rh_status rh_run_file_resume(const char *path, const rh_region *region,
                                           const rh_scenario *scenario, int year,
                                           rh_run_file **out, rh_err *err);

/* Residents by home × residence county (rh_flow_walk), dense. Call before _year of the same
 * year. */
RH_MUST_CHECK rh_status rh_run_file_flows(rh_run_file *file, int year, const uint32_t *stock,
                                          rh_err *err);

/* A sentence for the reader of the results. */
RH_MUST_CHECK rh_status rh_run_file_warn(rh_run_file *file, int year, const char *text,
                                         rh_err *err);

/* All indicators of all places at the scenario's output level, and commit. Years rise by one.
 * `family` may be NULL (no household walk this year). If events do not explain the change of
 * residents somewhere, the values stand as they are and a warning names the first place. */
RH_MUST_CHECK rh_status rh_run_file_year(rh_run_file *file, int year, const rh_tally *tally,
                                         const rh_family_tally *family, rh_err *err);

/* Facts about how the file came to be ("version", "threads", …); a key given twice keeps the
 * last. Kept from the next _year or _close on. */
RH_MUST_CHECK rh_status rh_run_file_provenance(rh_run_file *file, const char *key,
                                               const char *value, rh_err *err);
/* Provenance of an input file: SHA-256 under the key "input ROLE". */
RH_MUST_CHECK rh_status rh_run_file_input(rh_run_file *file, const char *role, const char *path,
                                          rh_err *err);

/* Close. What belongs to an unfinished year is dropped. NULL is fine. */
rh_status rh_run_file_close(rh_run_file *file, rh_err *err);

/* SHA-256 over the ordered rows of all tables but `provenance`. */
RH_MUST_CHECK rh_status rh_run_file_digest(const char *path, char out[RH_SHA256_HEX],
                                           rh_err *err);

/* ---- reading ---- */

typedef struct rh_run_place {
    uint32_t code, parent; /* parent: code one level up */
    const char *name;
    double lon, lat; /* NAN where unknown */
} rh_run_place;

typedef struct rh_run_indicator {
    const char *id, *zh, *en, *unit, *better, *source;
    int number; /* in the table `value` */
    bool is_count;
} rh_run_indicator;

/* A finished or half-way run, open for reading. */
typedef struct rh_run {
    const char *path, *title, *source, *notes;
    bool synthetic_below_province;
    double weight, sample;
    int n_years, *year;         /* finished years, rising */
    enum rh_value_level finest; /* deepest level with values */
    uint32_t n_places[RH_VALUE_LEVELS];
    rh_run_place *place[RH_VALUE_LEVELS]; /* by rising code */
    int n_indicators;
    rh_run_indicator *indicator;
    struct sqlite3 *db;
    struct rh_strings *strings; /* owns the texts */
} rh_run;

RH_MUST_CHECK rh_status rh_run_open(const char *path, rh_run **out, rh_err *err);
void rh_run_free(rh_run *run);

/* "nation", "province", "prefecture", "county"; and back (-1). */
const char *rh_level_name(enum rh_value_level level);
int rh_level_find(const char *name);
/* "all", "rural", "urban"; and back (-1). */
const char *rh_part_name(enum rh_value_part part);
int rh_part_find(const char *name);

const rh_run_indicator *rh_run_find_indicator(const rh_run *run, const char *id);
/* Index of a place at its level, or UINT32_MAX. */
uint32_t rh_run_find_place(const rh_run *run, enum rh_value_level level, uint64_t code);

/* Values of all places of a level into values[n_places[level]]; NAN where there is none. */
RH_MUST_CHECK rh_status rh_run_column(const rh_run *run, int year, enum rh_value_level level,
                                      const rh_run_indicator *indicator,
                                      enum rh_value_part part, double *values, rh_err *err);
/* One value, NAN where there is none. */
RH_MUST_CHECK rh_status rh_run_value(const rh_run *run, int year, enum rh_value_level level,
                                     uint64_t code, const rh_run_indicator *indicator,
                                     enum rh_value_part part, double *value, rh_err *err);
/* Persons (weighted) registered in county `home` × living in county `residence`, by index of
 * rh_run.place, into persons[n × n], row = home. `year` 0: the last with flows; *year receives
 * it. Errors: RH_INPUT when the run has no flows of the year. */
RH_MUST_CHECK rh_status rh_run_flows(const rh_run *run, int *year, double *persons,
                                     rh_err *err);
/* Failure of an SQLite call on this run, as a sentence. */
rh_status rh_run_sql_fail(const rh_run *run, rh_err *err);

#endif
