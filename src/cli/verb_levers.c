/* ronghe levers: the table of policy/lever.def. */
#include "cli/verb.h"

#include "core/text.h"
#include "policy/lever.h"

#include <jansson.h>
#include <string.h>

enum { LEVERS_JSON };

static const rh_option options[] = {
    [LEVERS_JSON] = {"json", 0, NULL, false, RH_MSG_HELP_JSON},
    {0},
};

static rh_status
print_json(FILE *out, rh_err *err)
{
    json_t *list = json_array();
    for (unsigned i = 0; list != NULL && i < RH_LEVER_COUNT; i++) {
        const rh_lever_info *l = rh_lever_info_of((enum rh_lever)i);
        json_array_append_new(
            list, json_pack("{s:s,s:s,s:s,s:s,s:f,s:f,s:f,s:s,s:s}", "name", l->name, "zh",
                            l->zh, "en", l->en, "unit", l->unit, "default", l->normal, "min",
                            l->low, "max", l->high, "clause", l->clause, "source", l->source));
    }
    bool wrong =
        list == NULL || json_dumpf(list, out, JSON_INDENT(2) | JSON_REAL_PRECISION(12)) != 0;
    json_decref(list);
    fputc('\n', out);
    return wrong ? rh_fail(err, RH_MEMORY, "Not enough memory for the list of levers.") : RH_OK;
}

static const char *
unit_text(const rh_cli *cli, const char *unit)
{
    static const char *const words[][2] = {
        {"1/year", "每年"}, {"years", "年"},  {"factor", "倍"},
        {"share", "比例"},  {"year", "年份"}, {"share of a cohort", "同龄人比例"}};
    for (size_t i = 0; cli->language == RH_CHINESE && i < sizeof words / sizeof *words; i++) {
        if (strcmp(unit, words[i][0]) == 0) {
            return words[i][1];
        }
    }
    return unit;
}

/* The table marks priors with one English word; people read it in their language. */
static void
say_source(const rh_cli *cli, enum rh_message label, const char *text)
{
    static const char prior[] = "assumption";
    size_t n = strlen(prior);
    fputs("    ", cli->out);
    rh_say(cli->out, cli->language, label, NULL);
    fputs(cli->language == RH_CHINESE ? "：" : ": ", cli->out);
    if (strncmp(text, prior, n) == 0) {
        rh_say(cli->out, cli->language, RH_MSG_ASSUMPTION, NULL);
        text += n;
    }
    fprintf(cli->out, "%s\n", unit_text(cli, text)); /* a range may be set by the unit itself */
}

static void
print_lever(const rh_cli *cli, const rh_lever_info *lever)
{
    enum { NAME = 32, NUMBER = 10 };
    char normal[32], range[64];
    snprintf(normal, sizeof normal, "%g", lever->normal);
    snprintf(range, sizeof range, "%g – %g", lever->low, lever->high);
    rh_text_left(cli->out, lever->name, NAME);
    rh_text_left(cli->out, normal, NUMBER);
    rh_text_left(cli->out, range, NUMBER + 2);
    fprintf(cli->out, "%s\n    %s\n", unit_text(cli, lever->unit),
            cli->language == RH_CHINESE ? lever->zh : lever->en);
    say_source(cli, RH_MSG_LEVER_CLAUSE, lever->clause);
    say_source(cli, RH_MSG_LEVER_SOURCE, lever->source);
}

static rh_status
act(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    enum { NAME = 32, NUMBER = 10 };
    if (args->value[LEVERS_JSON] != NULL) {
        return print_json(cli->out, err);
    }
    rh_text_left(cli->out, rh_message_text(cli->language, RH_MSG_LEVER_NAME), NAME);
    rh_text_left(cli->out, rh_message_text(cli->language, RH_MSG_LEVER_DEFAULT), NUMBER);
    rh_text_left(cli->out, rh_message_text(cli->language, RH_MSG_LEVER_RANGE), NUMBER + 2);
    fprintf(cli->out, "%s\n", rh_message_text(cli->language, RH_MSG_LEVER_UNIT));
    for (unsigned i = 0; i < RH_LEVER_COUNT; i++) {
        print_lever(cli, rh_lever_info_of((enum rh_lever)i));
    }
    return RH_OK;
}

const rh_verb rh_verb_levers = {
    .name = "levers",
    .files = "",
    .summary = RH_MSG_VERB_LEVERS,
    .example = "ronghe levers --json",
    .options = options,
    .act = act,
};
