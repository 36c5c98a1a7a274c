/* The seam to the engine: see drive.h. */
#include "cli/drive.h"

#include "core/mem.h"
#include "place/build.h"
#include "run/embedded.h"
#include "run/run.h"

#include <sys/resource.h>
#include <unistd.h>

/* Where the tables are: what the user said, what the spec says, or `usual`. The caller frees
 * it. */
static rh_status
tables_of(const rh_region_spec *spec, const char *data, const char *usual, char **out,
          rh_err *err)
{
    *out = rh_strdup(data != NULL ? data : spec->data != NULL ? spec->data : usual);
    return *out != NULL ? RH_OK : rh_fail(err, RH_MEMORY, "Not enough memory for a path.");
}

static rh_status
build_embedded(const rh_region_spec *spec, const char *data, rh_region **out, rh_err *err)
{
    rh_embedded_inputs inputs;
    rh_status status = rh_embedded_find(data != NULL ? data : spec->data, &inputs, err);
    if (status == RH_OK) {
        status =
            rh_build_embedded(inputs.provinces, inputs.skeleton, spec->provinces, out, err);
    }
    rh_embedded_release(&inputs);
    return status;
}

static rh_status
build_census(const rh_region_spec *spec, const char *data, rh_region **out, rh_err *err)
{
    char *folder = NULL;
    RH_TRY(tables_of(spec, data, "../shared/data", &folder, err));
    rh_status status = rh_build_census(folder, spec->provinces, out, err);
    rh_free(folder);
    return status;
}

rh_status
rh_drive_build(const rh_region_spec *spec, const char *data, rh_region **out, rh_err *err)
{
    *out = NULL;
    RH_TRY(spec->builder == RH_BUILDER_CENSUS ? build_census(spec, data, out, err)
                                              : build_embedded(spec, data, out, err));
    if (spec->title != NULL) {
        char *title = rh_strdup(spec->title);
        if (title == NULL) {
            rh_region_free(*out);
            *out = NULL;
            return rh_fail(err, RH_MEMORY, "Not enough memory for the title of %s.",
                           spec->path);
        }
        rh_free((*out)->title);
        (*out)->title = title;
    }
    return RH_OK;
}

static bool
show_progress(void *context, const char *phase, int year, uint64_t done, uint64_t total,
              double residents_per_s)
{
    return rh_meter_update(context, phase, year, done, total, residents_per_s);
}

static void
say_notice(void *context, const char *sentence)
{
    rh_meter *meter = context;
    rh_meter_end(meter);
    fprintf(meter->cli->talk, "ronghe: %s\n", sentence);
}

rh_status
rh_drive_run(const rh_drive_run_options *options, rh_meter *meter, rh_err *err)
{
    rh_run_options run = {
        .scenario = options->scenario,
        .output = options->output,
        .sample = options->sample,
        .threads = options->threads,
        .resume = options->resume,
        .verify = options->verify,
        .version = RH_VERSION,
        .progress = show_progress,
        .notice = say_notice,
        .context = meter,
    };
    return rh_run_scenario(&run, err);
}

uint64_t
rh_drive_peak_memory(void)
{
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? (uint64_t)usage.ru_maxrss * 1024 : 0;
}
