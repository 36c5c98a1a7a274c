/* Options and answers of evaluate's verbs: see evaluate.h. */
#include "cli/evaluate.h"

#include <limits.h>
#include <string.h>

const char *
rh_given(const rh_verb *verb, const rh_args *args, const char *name)
{
    int i = rh_option_find(verb, name);
    return i >= 0 ? args->value[i] : NULL;
}

rh_status
rh_given_number(const rh_cli *cli, const rh_verb *verb, const rh_args *args, const char *name,
                double low, double high, double *value)
{
    int i = rh_option_find(verb, name);
    return i >= 0 ? rh_option_number(cli, verb, args, i, low, high, value) : RH_OK;
}

rh_status
rh_given_integer(const rh_cli *cli, const rh_verb *verb, const rh_args *args, const char *name,
                 int64_t low, int64_t high, int64_t *value)
{
    int i = rh_option_find(verb, name);
    return i >= 0 ? rh_option_integer(cli, verb, args, i, low, high, value) : RH_OK;
}

rh_status
rh_given_word(const rh_cli *cli, const rh_verb *verb, const rh_args *args, const char *name,
              const char *const *words, int *value)
{
    int i = rh_option_find(verb, name);
    return i >= 0 && args->value[i] != NULL ? rh_option_word(cli, verb, args, i, words, value)
                                            : RH_OK;
}

static rh_status
give(const rh_cli *cli, const rh_verb *verb, const rh_args *args, rh_answer *answer,
     rh_err *err)
{
    int64_t top = 40;
    RH_TRY(rh_given_integer(cli, verb, args, "top", 0, INT_MAX, &top));
    RH_TRY(rh_answer_finish(answer, err));
    rh_answer_view view = {.language = cli->language,
                           .table = rh_given(verb, args, "table"),
                           .top = (unsigned)top,
                           .explain = rh_given(verb, args, "explain") != NULL};
    const char *path = rh_given(verb, args, "output");
    if (path != NULL) {
        RH_TRY(rh_answer_save(answer, &view, path, err));
        rh_say(cli->talk, cli->language, RH_MSG_EXPORT_DONE, path, NULL);
        fputc('\n', cli->talk);
    }
    if (rh_given(verb, args, "json") != NULL) {
        return rh_answer_json(answer, &view, cli->out, err);
    }
    if (rh_given(verb, args, "csv") != NULL) {
        return rh_answer_csv(answer, &view, cli->out, err);
    }
    return rh_answer_print(answer, &view, cli->out, err);
}

/* A tool does not know the file it works on: its sentences get the name of the first one, unless they are about an option or name a
 * file or a value of the command line already. */
static void
name_the_file(const rh_verb *verb, const rh_args *args, rh_status status, rh_err *err)
{
    if (err == NULL || (status != RH_INPUT && status != RH_RANGE) || args->n_files == 0 ||
        strstr(err->text, "--") != NULL) {
        return;
    }
    char named[sizeof err->text];
    for (int i = 0; verb->options[i].name != NULL; i++) {
        const char *value = args->value[i] != NULL ? args->value[i] : "";
        bool file = strpbrk(value, "./") != NULL; /* other values stand in quotes */
        snprintf(named, sizeof named, file ? "%.1000s" : "\"%.1000s\"", value);
        if (value[0] != '\0' && strstr(err->text, named) != NULL) {
            return;
        }
    }
    for (int i = 0; i < args->n_files; i++) {
        size_t size = strcspn(args->file[i], "#"); /* a part may stand behind the name */
        snprintf(named, sizeof named, "%.*s", (int)(size < 1000 ? size : 1000), args->file[i]);
        if (strstr(err->text, named) != NULL) {
            return;
        }
    }
    snprintf(named, sizeof named, "%.1000s: %.2900s", args->file[0], err->text);
    rh_text_mend(named);
    memcpy(err->text, named, sizeof named);
}

rh_status
rh_give_answer(const rh_cli *cli, const rh_verb *verb, const rh_args *args, rh_answer *answer,
               rh_status status, rh_err *err)
{
    if (status == RH_OK) {
        status = give(cli, verb, args, answer, err);
    } else {
        name_the_file(verb, args, status, err);
    }
    rh_answer_free(answer);
    return status;
}
