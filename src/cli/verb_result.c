/* ronghe show, export, flows, score: what came out of a run. */
#include "cli/verb.h"

enum { SHOW_PLACE, SHOW_JSON };

static const rh_option show_options[] = {
    [SHOW_PLACE] = {"place", 'p', "CODE", false, RH_MSG_HELP_PLACE},
    [SHOW_JSON] = {"json", 0, NULL, false, RH_MSG_HELP_JSON},
    {0},
};

static rh_status
not_yet(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    (void)cli;
    return rh_fail(err, RH_MISSING,
                   "This program was built without the reader of run files; %s was not read.",
                   args->file[0]);
}

const rh_verb rh_verb_show = {
    .name = "show",
    .files = "RUN.gpkg",
    .least_files = 1,
    .most_files = 1,
    .summary = RH_MSG_VERB_SHOW,
    .example = "ronghe show run.gpkg --place 440300",
    .options = show_options,
    .act = not_yet,
};

const rh_verb rh_verb_export = {
    .name = "export",
    .files = "RUN.gpkg",
    .least_files = 1,
    .most_files = 1,
    .summary = RH_MSG_VERB_EXPORT,
    .example = "ronghe export run.gpkg -o run.xlsx --level province",
    .act = not_yet,
};

const rh_verb rh_verb_flows = {
    .name = "flows",
    .files = "RUN.gpkg",
    .least_files = 1,
    .most_files = 1,
    .summary = RH_MSG_VERB_FLOWS,
    .example = "ronghe flows run.gpkg --level province --year 2020",
    .act = not_yet,
};

const rh_verb rh_verb_score = {
    .name = "score",
    .files = "RUN.gpkg OBSERVED.csv",
    .least_files = 2,
    .most_files = 2,
    .summary = RH_MSG_VERB_SCORE,
    .example = "ronghe score run.gpkg observed.csv",
    .act = not_yet,
};
