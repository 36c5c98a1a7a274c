/* ronghe version, ronghe help, ronghe indicators. */
#include "cli/verb.h"

#include "core/text.h"
#include "indicator/indicator.h"

static rh_status
print_version(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    (void)args;
    (void)err;
    fprintf(cli->out, "ronghe %s\n", RH_VERSION);
    return RH_OK;
}

const rh_verb rh_verb_version = {
    .name = "version",
    .files = "",
    .summary = RH_MSG_VERB_VERSION,
    .example = "ronghe version",
    .act = print_version,
};

static rh_status
help(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    (void)err;
    if (args->n_files == 0) {
        rh_help_all(cli, cli->out);
        return RH_OK;
    }
    char word[2][64];
    char *words[2] = {word[0], word[1]};
    for (int i = 0; i < args->n_files; i++) {
        snprintf(word[i], sizeof word[i], "%s", args->file[i]);
    }
    int used;
    const rh_verb *verb = rh_verb_find(args->n_files, words, &used);
    if (verb == NULL && args->n_files == 1 &&
        rh_help_topic(cli, args->file[0], cli->out)) { /* "ronghe help metro" */
        return RH_OK;
    }
    if (verb == NULL || used != args->n_files) {
        const char *nearest = rh_verb_nearest(args->file[0]);
        return nearest != NULL
                   ? rh_usage(cli, NULL, RH_MSG_UNKNOWN_VERB_NEAR, args->file[0], nearest, NULL)
                   : rh_usage(cli, NULL, RH_MSG_UNKNOWN_VERB, args->file[0], NULL);
    }
    rh_help_verb(cli, verb, cli->out);
    return RH_OK;
}

const rh_verb rh_verb_help = {
    .name = "help",
    .files = "[VERB]",
    .most_files = 2,
    .summary = RH_MSG_VERB_HELP,
    .example = "ronghe help region build",
    .act = help,
};

enum { INDICATORS_JSON };

static const rh_option indicator_options[] = {
    [INDICATORS_JSON] = {"json", 0, NULL, false, RH_MSG_HELP_JSON},
    {0},
};

static rh_status
indicators(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    enum { ID = 34, UNIT = 12 };
    (void)err;
    if (args->value[INDICATORS_JSON] != NULL) {
        rh_indicator_write_json(cli->out);
        return RH_OK;
    }
    for (unsigned i = 0; i < RH_INDICATOR_COUNT; i++) {
        const rh_indicator *indicator = rh_indicator_get((enum rh_indicator_id)i);
        rh_text_left(cli->out, indicator->id, ID);
        rh_text_left(cli->out, indicator->unit, UNIT);
        fprintf(cli->out, "%s\n", cli->language == RH_CHINESE ? indicator->zh : indicator->en);
        if (indicator->source[0] != '\0') {
            fprintf(cli->out, "    %s\n", indicator->source);
        }
    }
    return RH_OK;
}

const rh_verb rh_verb_indicators = {
    .name = "indicators",
    .files = "",
    .summary = RH_MSG_VERB_INDICATORS,
    .example = "ronghe indicators --json",
    .options = indicator_options,
    .act = indicators,
};
