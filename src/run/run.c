/* A run: see run.h. */
#include "run/run.h"

#include "core/datadir.h"
#include "core/mem.h"
#include "core/progress.h"
#include "io/region_file.h"
#include "io/run_file.h"
#include "place/build.h"
#include "run/embedded.h"
#include "run/simulation.h"

#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

typedef struct job {
    const rh_run_options *options;
    rh_scenario *scenario;
    rh_region *region;
    rh_embedded_inputs embedded; /* files of the embedded region, else NULL */
    char *snapshot, *partial;    /* paths beside the output; partial: one that was cut off */
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
    double rate = 0;
    if (strcmp(j->phase, "year") == 0) { /* counted over all years of the run */
        const rh_scenario *s = j->scenario;
        rate = seconds > 0 ? (double)done / seconds : 0;
        done += total * (uint64_t)(j->year - s->first_year - 1);
        total *= (uint64_t)(s->last_year - s->first_year);
    }
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

/* Where snapshots of this run stand; a resume wants one, and the file that it goes on with. */
static rh_status
find_snapshot(job *j, rh_err *err)
{
    const char *output = j->options->output;
    size_t size = strlen(output) + sizeof ".snapshot.partial";
    RH_NEW(j->snapshot, size, err);
    RH_NEW(j->partial, size, err);
    snprintf(j->snapshot, size, "%s.snapshot", output);
    snprintf(j->partial, size, "%s.snapshot.partial", output);
    if (!j->options->resume) {
        return RH_OK;
    }
    if (access(output, F_OK) != 0) {
        return rh_fail(
            err, RH_MISSING,
            "%s is not there, so there is no run to resume; start it without --resume.",
            output);
    }
    if (access(j->snapshot, F_OK) != 0) {
        return rh_fail(
            err, RH_MISSING,
            "%s is not there, so %s cannot be resumed (a run that finishes removes its "
            "snapshot); start it again without --resume.",
            j->snapshot, output);
    }
    return RH_OK;
}

static rh_status
read_region(job *j, rh_err *err)
{
    if (strcmp(j->scenario->region, "embedded") != 0) {
        return rh_region_read(j->scenario->region, &j->region, err);
    }
    RH_TRY(rh_embedded_find(NULL, &j->embedded, err));
    return rh_build_embedded(j->embedded.provinces, j->embedded.skeleton, NULL, &j->region,
                             err);
}

static rh_status
read_inputs(job *j, rh_err *err)
{
    RH_TRY(rh_scenario_read(j->options->scenario, &j->scenario, err));
    if (j->options->sample > 0) {
        j->scenario->sample = j->options->sample;
    }
    RH_TRY(find_snapshot(j, err));
    enter(j, "region");
    RH_TRY(read_region(j, err));
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
    if (j->options->resume) {
        return rh_simulation_restore(j->simulation, j->snapshot, NULL, err);
    }
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
    if (j->embedded.skeleton != NULL) {
        RH_TRY(rh_run_file_input(j->file, "province_2010.csv", j->embedded.provinces, err));
        RH_TRY(rh_run_file_input(j->file, "skeleton.csv", j->embedded.skeleton, err));
    } else {
        RH_TRY(rh_run_file_input(j->file, "region", j->scenario->region, err));
    }
    if (j->scenario->homesteads != NULL) {
        RH_TRY(rh_run_file_input(j->file, "homestead leases", j->scenario->homesteads, err));
    }
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

/* Something the reader of the run must know: said now, and kept in the file. */
static rh_status
tell(job *j, const char *key, const char *text, rh_err *err)
{
    if (j->options->notice != NULL) {
        j->options->notice(j->options->context, text);
    }
    return rh_run_file_provenance(j->file, key, text, err);
}

static rh_status
tell_missing_homes(job *j, rh_err *err)
{
    char key[48], text[200];
    if (j->simulation->homes_missing == 0) {
        return RH_OK;
    }
    snprintf(key, sizeof key, "homestead leases %d", j->year);
    snprintf(text, sizeof text,
             "In %d %.0f homestead leases of the table found no idle home among the residents.",
             j->year, (double)j->simulation->homes_missing * j->simulation->world.weight);
    return tell(j, key, text, err);
}

/* What the year that has just ended leaves in the file. */
static rh_status
write_year(job *j, rh_err *err)
{
    const rh_simulation *s = j->simulation;
    const rh_family_tally *family = NULL;
    enter(j, "write");
    RH_TRY(tell_missing_homes(j, err));
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

/* Bytes that the file system of `path` still takes; UINT64_MAX when it does not tell. */
static uint64_t
free_bytes(const char *path)
{
    struct statvfs disk;
    return statvfs(path, &disk) == 0 ? (uint64_t)disk.f_bavail * disk.f_frsize : UINT64_MAX;
}

/* The run is worth more than its snapshot: where that cannot be written the run goes on, the
 * provenance says so, and an older snapshot stays. */
static rh_status
write_snapshot(job *j, rh_err *err)
{
    enter(j, "snapshot");
    rh_err why = {0};
    uint64_t needed = rh_simulation_snapshot_bytes(j->simulation);
    uint64_t left = free_bytes(j->options->output);
    if (left < needed) {
        (void)rh_fail(&why, RH_IO, "%s needs %.1f MB and %.1f MB are free.", j->snapshot,
                      1e-6 * (double)needed, 1e-6 * (double)left);
    } else if (rh_simulation_save(j->simulation, j->snapshot, &why) == RH_OK) {
        return RH_OK;
    }
    char key[40], text[sizeof why.text + 80];
    snprintf(key, sizeof key, "no snapshot of %d", j->year);
    snprintf(text, sizeof text, "No snapshot of %d was written, the run goes on: %s", j->year,
             why.text);
    return tell(j, key, text, err);
}

/* A new file, or the one of the interrupted run up to the year of its snapshot. */
static rh_status
open_file(job *j, rh_err *err)
{
    const rh_run_options *o = j->options;
    if (!o->resume) {
        j->year = j->scenario->first_year;
        RH_TRY(rh_run_file_create(o->output, j->region, j->scenario, &j->file, err));
        unlink(j->snapshot); /* of the file that has just been replaced */
        unlink(j->partial);
        RH_TRY(write_provenance(j, err));
        return write_year(j, err);
    }
    j->year = j->simulation->engine.year;
    RH_TRY(rh_run_file_resume(o->output, j->region, j->scenario, j->year, &j->file, err));
    char text[12];
    snprintf(text, sizeof text, "%d", j->year);
    RH_TRY(write_provenance(j, err));
    return rh_run_file_provenance(j->file, "resumed from", text, err);
}

static rh_status
run_years(job *j, rh_err *err)
{
    const rh_scenario *s = j->scenario;
    size_t n = j->region->county.n;
    RH_NEW(j->family, n, err);
    RH_NEW(j->stock, n * n, err);
    RH_TRY(open_file(j, err));
    while (j->year < s->last_year) {
        RH_TRY(go_on(j, err));
        j->year++;
        enter(j, "year");
        RH_TRY(rh_simulation_year(j->simulation, report, j, err));
        if (j->options->verify) {
            enter(j, "verify");
            RH_TRY(rh_simulation_verify(j->simulation, err));
        }
        RH_TRY(write_year(j, err));
        bool due = s->snapshot_every > 0 && (j->year - s->first_year) % s->snapshot_every == 0;
        if (j->year < s->last_year ? due : s->keep_residents) {
            RH_TRY(write_snapshot(j, err));
        }
    }
    return RH_OK;
}

static void
release(job *j)
{
    rh_simulation_free(j->simulation);
    rh_region_free(j->region);
    rh_scenario_free(j->scenario);
    rh_embedded_release(&j->embedded);
    rh_free(j->snapshot);
    rh_free(j->partial);
    rh_free(j->shipped);
    rh_free(j->family);
    rh_free(j->stock);
}

rh_status
rh_run_scenario(const rh_run_options *options, rh_err *err)
{
    job j = {.options = options, .phase = ""};
    rh_status status = read_inputs(&j, err);
    if (status == RH_OK) {
        status = make_people(&j, err);
    }
    if (status == RH_OK) {
        status = run_years(&j, err);
    }
    rh_status closed = rh_run_file_close(j.file, status == RH_OK ? err : NULL);
    status = status == RH_OK ? closed : status;
    if (status == RH_OK) {
        if (!j.scenario->keep_residents) {
            unlink(j.snapshot);
        }
        unlink(j.partial);
    }
    release(&j);
    return status;
}
