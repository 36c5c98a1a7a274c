/* ronghe run: simulate a scenario into one file. */
#include "cli/drive.h"
#include "cli/verb.h"

#include "core/threads.h"

enum { RUN_OUTPUT, RUN_SAMPLE, RUN_THREADS, RUN_RESUME, RUN_VERIFY };

static const rh_option options[] = {
    [RUN_OUTPUT] = {"output", 'o', "RUN.gpkg", true, RH_MSG_HELP_OUTPUT},
    [RUN_SAMPLE] = {"sample", 's', "SHARE", false, RH_MSG_HELP_SAMPLE},
    [RUN_THREADS] = {"threads", 't', "N", false, RH_MSG_HELP_THREADS},
    [RUN_RESUME] = {"resume", 'r', NULL, false, RH_MSG_HELP_RESUME},
    [RUN_VERIFY] = {"verify", 0, NULL, false, RH_MSG_HELP_VERIFY},
    {0},
};

static rh_status
act(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    const double smallest = 1e-6;
    int64_t threads = rh_threads_available();
    double sample = 0;
    RH_TRY(rh_option_number(cli, &rh_verb_run, args, RUN_SAMPLE, smallest, 1, &sample));
    RH_TRY(rh_option_integer(cli, &rh_verb_run, args, RUN_THREADS, 1, 1024, &threads));
    rh_drive_run_options run = {
        .scenario = args->file[0],
        .output = args->value[RUN_OUTPUT],
        .sample = sample,
        .threads = (unsigned)threads,
        .resume = args->value[RUN_RESUME] != NULL,
        .verify = args->value[RUN_VERIFY] != NULL,
    };
    rh_meter meter;
    rh_meter_begin(&meter, cli);
    rh_status status = rh_drive_run(&run, &meter, err);
    rh_meter_end(&meter);
    if (status == RH_OK) {
        rh_say(cli->talk, cli->language, RH_MSG_RUN_DONE, run.output,
               rh_number(rh_progress_clock() - meter.progress.began_s, 1).text,
               rh_number(1e-9 * (double)rh_drive_peak_memory(), 2).text, NULL);
        fputc('\n', cli->talk);
    }
    return status;
}

const rh_verb rh_verb_run = {
    .name = "run",
    .files = "SCENARIO.yaml",
    .least_files = 1,
    .most_files = 1,
    .summary = RH_MSG_VERB_RUN,
    .example = "ronghe run examples/embedded-2010-2020.yaml -o run.gpkg --sample 0.01",
    .options = options,
    .act = act,
};
