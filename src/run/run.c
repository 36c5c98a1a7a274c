/* A run: see run.h. */
#include "run/run.h"

#include "core/datadir.h"
#include "core/mem.h"
#include "core/progress.h"
#include "io/region_file.h"
#include "io/run_file.h"
#include "run/simulation.h"

#include <stdio.h>
#include <string.h>

typedef struct job {
    const rh_run_options *options;
    rh_scenario *scenario;
    rh_region *region;
    char *shipped; /* folder of the shipped tables, when the scenario names none */
    rh_simulation *simulation;
    rh_run_file *file;
    rh_family_tally *family;
    uint32_t *stock; /* residents by home × residence county */
    const char *phase;
    int year;
    double phase_began_s;
    bool stopped;
} job;

static void
report(void *context, uint64_t done, uint64_t total)
{
    job *j = context;
    const rh_run_options *o = j->options;
    if (o->progress == NULL) {
        return;
    }
    double seconds = rh_progress_clock() - j->phase_began_s;
    double rate = strcmp(j->phase, "year") == 0 && seconds > 0 ? (double)done / seconds : 0;
    if (!o->progress(o->context, j->phase, j->year, done, total, rate)) {
        j->stopped = true;
    }
}

static void
enter(job *j, const char *phase)
{
    j->phase = phase;
    j->phase_began_s = rh_progress_clock();
    report(j, 0, 0);
}

/* A user who asked to end gets the years that are finished. */
static rh_status
go_on(const job *j, rh_err *err)
{
    if (!j->stopped) {
        return RH_OK;
    }
    return j->file == NULL ? rh_fail(err, RH_INTERRUPTED,
                                     "Stopped before the first year; nothing was written.")
                           : rh_fail(err, RH_INTERRUPTED,
                                     "Stopped after %d; %s holds the years up to then.",
                                     j->year, j->options->output);
}

static rh_status
read_inputs(job *j, rh_err *err)
{
    RH_TRY(rh_scenario_read(j->options->scenario, &j->scenario, err));
    if (j->options->sample > 0) {
        j->scenario->sample = j->options->sample;
    }
    enter(j, "region");
    if (strcmp(j->scenario->region, "embedded") == 0) {
        return rh_fail(err, RH_INPUT,
                       "%s: region: build the embedded region first (ronghe region build "
                       "examples/region-embedded.yaml -o FILE) and name its file here.",
                       j->scenario->path);
    }
    RH_TRY(rh_region_read(j->scenario->region, &j->region, err));
    if (j->scenario->series_dir == NULL) {
        RH_TRY(rh_data_dir("china", &j->shipped, err));
    }
    return RH_OK;
}

static rh_status
make_people(job *j, rh_err *err)
{
    const char *dir = j->shipped != NULL ? j->shipped : j->scenario->series_dir;
    enter(j, "calibrate");
    RH_TRY(rh_simulation_new(j->region, j->scenario, dir, 0, j->options->threads,
                             &j->simulation, err));
    RH_TRY(go_on(j, err));
    enter(j, "synthesis");
    RH_TRY(rh_simulation_people(j->simulation, NULL, report, j, err));
    return go_on(j, err);
}

static rh_status
write_provenance(job *j, rh_err *err)
{
    static const char *const table[] = {"fertility.csv", "mortality.csv", "vital.csv",
                                        "behaviour.csv", "migration.csv"};
    const rh_run_options *o = j->options;
    const char *dir = j->shipped != NULL ? j->shipped : j->scenario->series_dir;
    char text[4200];
    if (o->version != NULL) {
        RH_TRY(rh_run_file_provenance(j->file, "version", o->version, err));
    }
    if (o->command != NULL) {
        RH_TRY(rh_run_file_provenance(j->file, "command", o->command, err));
    }
    snprintf(text, sizeof text, "%u", o->threads);
    RH_TRY(rh_run_file_provenance(j->file, "threads", text, err));
    RH_TRY(rh_run_file_input(j->file, "scenario", j->scenario->path, err));
    RH_TRY(rh_run_file_input(j->file, "region", j->scenario->region, err));
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        snprintf(text, sizeof text, "%s/%s", dir, table[i]);
        RH_TRY(rh_run_file_input(j->file, table[i], text, err));
    }
    return RH_OK;
}

static bool
wants_families(const rh_scenario *s, int year)
{
    return year == s->first_year || year == s->last_year ||
           (year - s->first_year) % s->family_every == 0;
}

/* What the year that has just ended leaves in the file. */
static rh_status
write_year(job *j, rh_err *err)
{
    const rh_simulation *s = j->simulation;
    const rh_family_tally *family = NULL;
    enter(j, "write");
    if (j->year == j->scenario->first_year || j->year == j->scenario->last_year) {
        RH_TRY(rh_flow_walk(j->stock, j->region, &s->store, j->options->threads, err));
        RH_TRY(rh_run_file_flows(j->file, j->year, j->stock, err));
    }
    if (wants_families(j->scenario, j->year)) {
        RH_TRY(
            rh_family_walk(j->family, j->region, &s->store, j->year, j->options->threads, err));
        family = j->family;
    }
    return rh_run_file_year(j->file, j->year, &s->engine.tally, family, err);
}

static rh_status
run_years(job *j, rh_err *err)
{
    size_t n = j->region->county.n;
    RH_NEW(j->family, n, err);
    RH_NEW(j->stock, n * n, err);
    RH_TRY(rh_run_file_create(j->options->output, j->region, j->scenario, &j->file, err));
    RH_TRY(write_provenance(j, err));
    j->year = j->scenario->first_year;
    RH_TRY(write_year(j, err));
    while (j->year < j->scenario->last_year) {
        RH_TRY(go_on(j, err));
        j->year++;
        enter(j, "year");
        RH_TRY(rh_simulation_year(j->simulation, report, j, err));
        if (j->options->verify) {
            enter(j, "verify");
            RH_TRY(rh_simulation_verify(j->simulation, err));
        }
        RH_TRY(write_year(j, err));
    }
    return RH_OK;
}

static void
release(job *j)
{
    rh_simulation_free(j->simulation);
    rh_region_free(j->region);
    rh_scenario_free(j->scenario);
    rh_free(j->shipped);
    rh_free(j->family);
    rh_free(j->stock);
}

rh_status
rh_run_scenario(const rh_run_options *options, rh_err *err)
{
    job j = {.options = options, .phase = ""};
    if (options->resume) {
        return rh_fail(err, RH_MISSING, "--resume is not built into this program yet.");
    }
    rh_status status = read_inputs(&j, err);
    if (status == RH_OK) {
        status = make_people(&j, err);
    }
    if (status == RH_OK) {
        status = run_years(&j, err);
    }
    rh_status closed = rh_run_file_close(j.file, status == RH_OK ? err : NULL);
    release(&j);
    return status == RH_OK ? closed : status;
}
