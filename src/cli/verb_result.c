/* ronghe show, export, flows, score: what came out of a run. The work is run/report.h's; here
 * are the options. */
#include "cli/verb.h"

#include "run/report.h"

#include <limits.h>

/* The questions that these verbs share; each verb lists the ones that it takes. */
#define INDICATOR_OPTION                                                                       \
    {                                                                                          \
        "indicator", 'i', "ID", false, RH_MSG_HELP_INDICATOR                                   \
    }
#define LEVEL_OPTION                                                                           \
    {                                                                                          \
        "level", 'l', "LEVEL", false, RH_MSG_HELP_LEVEL                                        \
    }
#define PART_OPTION                                                                            \
    {                                                                                          \
        "part", 0, "PART", false, RH_MSG_HELP_PART                                             \
    }
#define PLACE_OPTION                                                                           \
    {                                                                                          \
        "place", 'p', "CODE", false, RH_MSG_HELP_PLACE                                         \
    }
#define YEAR_OPTION                                                                            \
    {                                                                                          \
        "year", 'y', "YEAR", false, RH_MSG_HELP_YEAR                                           \
    }
#define TOP_OPTION                                                                             \
    {                                                                                          \
        "top", 'n', "N", false, RH_MSG_HELP_TOP                                                \
    }
#define JSON_OPTION                                                                            \
    {                                                                                          \
        "json", 0, NULL, false, RH_MSG_HELP_JSON                                               \
    }
#define CSV_OPTION                                                                             \
    {                                                                                          \
        "csv", 0, NULL, false, RH_MSG_HELP_CSV                                                 \
    }

/* Value of the option of this name, or NULL when the verb has none such or it was not given. */
static const char *
value_of(const rh_verb *verb, const rh_args *args, const char *name, int *index)
{
    *index = rh_option_find(verb, name);
    return *index >= 0 ? args->value[*index] : NULL;
}

static rh_status
number_of(const rh_cli *cli, const rh_verb *verb, const rh_args *args, const char *name,
          int64_t low, int64_t high, int64_t *value)
{
    int index;
    return value_of(verb, args, name, &index) != NULL
               ? rh_option_integer(cli, verb, args, index, low, high, value)
               : RH_OK;
}

static rh_status
read_query(const rh_cli *cli, const rh_verb *verb, const rh_args *args, rh_query *query)
{
    const int64_t highest_code = 999999999999;
    int index;
    int64_t place = 0, year = 0, top = 0;
    RH_TRY(number_of(cli, verb, args, "place", 11, highest_code, &place));
    RH_TRY(number_of(cli, verb, args, "year", 1900, 2200, &year));
    RH_TRY(number_of(cli, verb, args, "top", 0, INT_MAX, &top));
    *query = (rh_query){
        .indicator = value_of(verb, args, "indicator", &index),
        .level = value_of(verb, args, "level", &index),
        .part = value_of(verb, args, "part", &index),
        .place = (uint64_t)place,
        .year = (int)year,
        .top = (unsigned)top,
        .json = value_of(verb, args, "json", &index) != NULL,
        .csv = value_of(verb, args, "csv", &index) != NULL,
        .chinese = cli->language == RH_CHINESE,
    };
    return RH_OK;
}

static const rh_option show_options[] = {
    PLACE_OPTION, LEVEL_OPTION, INDICATOR_OPTION, PART_OPTION,
    YEAR_OPTION,  TOP_OPTION,   JSON_OPTION,      {0},
};

static rh_status
show(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    rh_query query;
    RH_TRY(read_query(cli, &rh_verb_show, args, &query));
    return rh_show(args->file[0], &query, cli->out, err);
}

const rh_verb rh_verb_show = {
    .name = "show",
    .files = "RUN.gpkg",
    .least_files = 1,
    .most_files = 1,
    .summary = RH_MSG_VERB_SHOW,
    .example = "ronghe show run.gpkg --level province --indicator urban_share",
    .options = show_options,
    .act = show,
};

enum { EXPORT_OUTPUT };

static const rh_option export_options[] = {
    [EXPORT_OUTPUT] = {"output", 'o', "FILE", true, RH_MSG_HELP_EXPORT},
    LEVEL_OPTION,
    INDICATOR_OPTION,
    PART_OPTION,
    PLACE_OPTION,
    YEAR_OPTION,
    {0},
};

static rh_status export(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    rh_query query;
    RH_TRY(read_query(cli, &rh_verb_export, args, &query));
    RH_TRY(rh_export(args->file[0], &query, args->value[EXPORT_OUTPUT], err));
    rh_say(cli->talk, cli->language, RH_MSG_EXPORT_DONE, args->value[EXPORT_OUTPUT], NULL);
    fputc('\n', cli->talk);
    return RH_OK;
}

const rh_verb rh_verb_export = {
    .name = "export",
    .files = "RUN.gpkg",
    .least_files = 1,
    .most_files = 1,
    .summary = RH_MSG_VERB_EXPORT,
    .example = "ronghe export run.gpkg -o run.xlsx --level province",
    .options = export_options,
    .act = export,
};

static const rh_option flow_options[] = {
    LEVEL_OPTION, YEAR_OPTION, PLACE_OPTION, TOP_OPTION, JSON_OPTION, CSV_OPTION, {0},
};

static rh_status
flows(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    rh_query query;
    RH_TRY(read_query(cli, &rh_verb_flows, args, &query));
    return rh_flows(args->file[0], &query, cli->out, err);
}

const rh_verb rh_verb_flows = {
    .name = "flows",
    .files = "RUN.gpkg",
    .least_files = 1,
    .most_files = 1,
    .summary = RH_MSG_VERB_FLOWS,
    .example = "ronghe flows run.gpkg --level province --year 2020 --top 20",
    .options = flow_options,
    .act = flows,
};

static const rh_option score_options[] = {
    INDICATOR_OPTION, LEVEL_OPTION, PART_OPTION, JSON_OPTION, {0},
};

static rh_status
score(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    rh_query query;
    RH_TRY(read_query(cli, &rh_verb_score, args, &query));
    return rh_score(args->file[0], args->file[1], &query, cli->out, err);
}

const rh_verb rh_verb_score = {
    .name = "score",
    .files = "RUN.gpkg OBSERVED.csv",
    .least_files = 2,
    .most_files = 2,
    .summary = RH_MSG_VERB_SCORE,
    .example = "ronghe score run.gpkg observed.csv",
    .options = score_options,
    .act = score,
};
