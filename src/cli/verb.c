/* Verbs and options: see verb.h. */
#include "cli/verb.h"

#include "core/text.h"
#include "policy/yaml.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_WIDTH = 24, OPTION_WIDTH = 26 };

typedef struct listed_verb {
    const rh_verb *verb;
    enum rh_message group;
} listed_verb;

static const listed_verb verbs[] = {
#define VERB(id, group) {&rh_verb_##id, RH_MSG_GROUP_##group},
#include "cli/verb.def"
#undef VERB
};

enum { VERBS = sizeof verbs / sizeof *verbs };

rh_number_text
rh_number(double value, int digits)
{
    rh_number_text number;
    snprintf(number.text, sizeof number.text, "%.*f", digits, value);
    return number;
}

/* True when the verb's name is just the first `words_taken` words. */
static bool
is_named(const char *name, char *const *words, int words_taken)
{
    const char *blank = strchr(name, ' ');
    size_t first = blank != NULL ? (size_t)(blank - name) : strlen(name);
    return (blank != NULL ? 2 : 1) == words_taken && strlen(words[0]) == first &&
           strncmp(words[0], name, first) == 0 &&
           (blank == NULL || strcmp(words[1], blank + 1) == 0);
}

const rh_verb *
rh_verb_find(int count, char *const *words, int *used)
{
    for (*used = count < 2 ? count : 2; *used > 0; --*used) { /* two words before one */
        for (int i = 0; i < VERBS; i++) {
            if (is_named(verbs[i].verb->name, words, *used)) {
                return verbs[i].verb;
            }
        }
    }
    return NULL;
}

const char *
rh_verb_nearest(const char *word)
{
    const char *name[VERBS + 1] = {NULL};
    for (int i = 0; i < VERBS; i++) {
        name[i] = verbs[i].verb->name;
        size_t n = strlen(word);
        if (strncmp(name[i], word, n) == 0 && (name[i][n] == ' ' || n >= 3)) {
            return name[i];
        }
    }
    return rh_yaml_nearest(word, name);
}

rh_status
rh_usage_end(const rh_cli *cli, const rh_verb *verb)
{
    fputc(' ', cli->talk);
    if (verb != NULL) {
        rh_say(cli->talk, cli->language, RH_MSG_TRY_HELP, verb->name, NULL);
    } else {
        rh_say(cli->talk, cli->language, RH_MSG_TRY_HELP_TOP, NULL);
    }
    fputc('\n', cli->talk);
    return RH_USAGE;
}

/* --- parsing
 * ---------------------------------------------------------------------------------- */

static int
count_options(const rh_verb *verb)
{
    int n = 0;
    while (verb->options != NULL && verb->options[n].name != NULL) {
        n++;
    }
    return n;
}

/* "--sample" of an option, for sentences. */
typedef struct option_text {
    char text[40];
} option_text;

static option_text
option_name(const rh_verb *verb, int option)
{
    option_text name;
    snprintf(name.text, sizeof name.text, "--%s", verb->options[option].name);
    return name;
}

int
rh_option_find(const rh_verb *verb, const char *name)
{
    for (int i = 0; i < count_options(verb); i++) {
        if (strcmp(verb->options[i].name, name) == 0) {
            return i;
        }
    }
    return -1;
}

/* Index of the option that `word` ("--sample=1", "-o") names, or -1; *value: the part behind
 * '='. */
static int
find_option(const rh_verb *verb, const char *word, const char **value)
{
    const char *equals = strchr(word, '=');
    size_t size = equals != NULL && word[1] == '-' ? (size_t)(equals - word) : strlen(word);
    *value = equals != NULL && word[1] == '-' ? equals + 1 : NULL;
    for (int i = 0; i < count_options(verb); i++) {
        const rh_option *option = &verb->options[i];
        if (word[1] == '-' ? strlen(option->name) == size - 2 &&
                                 strncmp(option->name, word + 2, size - 2) == 0
                           : size == 2 && option->letter == word[1]) {
            return i;
        }
    }
    return -1;
}

static rh_status
unknown_option(const rh_cli *cli, const rh_verb *verb, const char *word)
{
    const char *name[RH_OPTIONS_MOST + 2] = {NULL};
    int n = count_options(verb);
    for (int i = 0; i < n; i++) {
        name[i] = verb->options[i].name;
    }
    name[n] = "lang";
    const char *nearest = word[1] == '-' ? rh_yaml_nearest(word + 2, name) : NULL;
    if (nearest == NULL) {
        return rh_usage(cli, verb, RH_MSG_UNKNOWN_OPTION, word, verb->name, NULL);
    }
    char near[40];
    snprintf(near, sizeof near, "--%s", nearest);
    return rh_usage(cli, verb, RH_MSG_UNKNOWN_OPTION_NEAR, word, verb->name, near, NULL);
}

/* Take words[at] (an option) and its value. *at moves on to the last word taken. */
static rh_status
take_option(const rh_cli *cli, const rh_verb *verb, int count, char *const *words, int *at,
            rh_args *args)
{
    const char *word = words[*at], *value;
    int i = find_option(verb, word, &value);
    if (i < 0) {
        return unknown_option(cli, verb, word);
    }
    const rh_option *option = &verb->options[i];
    if (args->value[i] != NULL) {
        return rh_usage(cli, verb, RH_MSG_OPTION_TWICE, word, NULL);
    }
    if (option->value == NULL) {
        if (value != NULL) {
            return rh_usage(cli, verb, RH_MSG_OPTION_TAKES_NONE, word, NULL);
        }
        args->value[i] = "";
        return RH_OK;
    }
    if (value == NULL) {
        if (*at + 1 >= count) {
            return rh_usage(cli, verb, RH_MSG_OPTION_NEEDS_VALUE, word, option->value, NULL);
        }
        value = words[++*at];
    }
    args->value[i] = value;
    return RH_OK;
}

static rh_status
take_language(rh_cli *cli, const rh_verb *verb, const char *word)
{
    if (!rh_language_parse(word, &cli->language)) {
        return rh_usage(cli, verb, RH_MSG_BAD_LANGUAGE, word, NULL);
    }
    return RH_OK;
}

rh_status
rh_args_parse(rh_cli *cli, const rh_verb *verb, int count, char *const *words, rh_args *args,
              bool *help)
{
    bool only_files = false;
    *args = (rh_args){0};
    *help = false;
    for (int i = 0; i < count; i++) {
        const char *word = words[i];
        if (only_files || word[0] != '-' || word[1] == '\0') {
            if (args->n_files == RH_FILES_MOST || args->n_files >= verb->most_files) {
                return rh_usage(cli, verb, RH_MSG_TOO_MANY_FILES, verb->name, word, NULL);
            }
            args->file[args->n_files++] = word;
        } else if (strcmp(word, "--") == 0) {
            only_files = true;
        } else if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
            *help = true;
        } else if (strncmp(word, "--lang=", 7) == 0) {
            RH_TRY(take_language(cli, verb, word + 7));
        } else if (strcmp(word, "--lang") == 0 && i + 1 < count) {
            RH_TRY(take_language(cli, verb, words[++i]));
        } else {
            RH_TRY(take_option(cli, verb, count, words, &i, args));
        }
    }
    if (!*help && args->n_files < verb->least_files) {
        return rh_usage(cli, verb, RH_MSG_TOO_FEW_FILES, verb->name, verb->files, NULL);
    }
    for (int i = 0; !*help && i < count_options(verb); i++) {
        if (verb->options[i].needed && args->value[i] == NULL) {
            return rh_usage(cli, verb, RH_MSG_OPTION_MISSING, option_name(verb, i).text, NULL);
        }
    }
    return RH_OK;
}

/* --- values
 * ----------------------------------------------------------------------------------- */

rh_status
rh_option_number(const rh_cli *cli, const rh_verb *verb, const rh_args *args, int option,
                 double low, double high, double *value)
{
    const char *text = args->value[option];
    if (text == NULL) {
        return RH_OK;
    }
    char *end, low_text[32], high_text[32];
    double number = strtod(text, &end);
    if (end == text || *end != '\0' || !(number >= low && number <= high)) {
        snprintf(low_text, sizeof low_text, "%g", low);
        snprintf(high_text, sizeof high_text, "%g", high);
        return rh_usage(cli, verb, RH_MSG_OPTION_BAD_NUMBER, option_name(verb, option).text,
                        text, low_text, high_text, NULL);
    }
    *value = number;
    return RH_OK;
}

rh_status
rh_option_integer(const rh_cli *cli, const rh_verb *verb, const rh_args *args, int option,
                  int64_t low, int64_t high, int64_t *value)
{
    const char *text = args->value[option];
    if (text == NULL) {
        return RH_OK;
    }
    char *end, low_text[32], high_text[32];
    errno = 0;
    long long number = strtoll(text, &end, 10);
    if (end == text || *end != '\0' || errno != 0 || number < low || number > high) {
        snprintf(low_text, sizeof low_text, "%" PRId64, low);
        snprintf(high_text, sizeof high_text, "%" PRId64, high);
        return rh_usage(cli, verb, RH_MSG_OPTION_BAD_NUMBER, option_name(verb, option).text,
                        text, low_text, high_text, NULL);
    }
    *value = number;
    return RH_OK;
}

rh_status
rh_option_word(const rh_cli *cli, const rh_verb *verb, const rh_args *args, int option,
               const char *const *words, int *value)
{
    const char *text = args->value[option];
    if (text == NULL) {
        return RH_OK;
    }
    char list[600] = "";
    for (int i = 0; words[i] != NULL; i++) {
        if (strcmp(words[i], text) == 0) {
            *value = i;
            return RH_OK;
        }
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i > 0 ? ", " : "", words[i]);
    }
    return rh_usage(cli, verb, RH_MSG_OPTION_BAD_WORD, option_name(verb, option).text, text,
                    list, NULL);
}

/* --- help
 * ------------------------------------------------------------------------------------- */

void
rh_help_all(const rh_cli *cli, FILE *out)
{
    enum rh_message group = RH_MSG_COUNT;
    rh_say(out, cli->language, RH_MSG_TAGLINE, NULL);
    fputs("\n\n", out);
    rh_say(out, cli->language, RH_MSG_USAGE, NULL);
    rh_say(out, cli->language, RH_MSG_USAGE_TOP, NULL);
    fputc('\n', out);
    for (int i = 0; i < VERBS; i++) {
        if (verbs[i].group != group) {
            group = verbs[i].group;
            fputc('\n', out);
            rh_say(out, cli->language, group, NULL);
            fputc('\n', out);
        }
        fputs("  ", out);
        rh_text_left(out, verbs[i].verb->name, NAME_WIDTH);
        rh_say(out, cli->language, verbs[i].verb->summary, NULL);
        fputc('\n', out);
    }
    fputc('\n', out);
    rh_say(out, cli->language, RH_MSG_MORE_HELP, NULL);
    fputc('\n', out);
}

bool
rh_help_topic(const rh_cli *cli, const char *word, FILE *out)
{
    bool any = false;
    size_t n = strlen(word);
    for (int i = 0; i < VERBS; i++) {
        const char *name = verbs[i].verb->name;
        if (strncmp(name, word, n) == 0 && name[n] == ' ') {
            rh_text_left(out, name, NAME_WIDTH);
            rh_say(out, cli->language, verbs[i].verb->summary, NULL);
            fputc('\n', out);
            any = true;
        }
    }
    return any;
}

static void
help_option(const rh_cli *cli, const rh_option *option, FILE *out)
{
    char text[80];
    snprintf(text, sizeof text, "  %c%c%s --%s%s%s", option->letter != 0 ? '-' : ' ',
             option->letter != 0 ? option->letter : ' ', option->letter != 0 ? "," : " ",
             option->name, option->value != NULL ? " " : "",
             option->value != NULL ? option->value : "");
    rh_text_left(out, text, OPTION_WIDTH);
    fputc(' ', out);
    rh_say(out, cli->language, option->help, NULL);
    fputc('\n', out);
}

/* The usage in lines of at most 80 columns; further ones are indented. */
static void
print_usage(const rh_cli *cli, const rh_verb *verb, FILE *out)
{
    enum { COLUMNS = 80, INDENT = 4 };
    char text[120];
    size_t column = rh_text_width(rh_message_text(cli->language, RH_MSG_USAGE));
    int length = snprintf(text, sizeof text, "ronghe %s%s%s", verb->name,
                          verb->files[0] != '\0' ? " " : "", verb->files);
    fputs(text, out);
    column += (size_t)length;
    for (int i = 0; i < count_options(verb); i++) {
        const rh_option *o = &verb->options[i];
        length = snprintf(text, sizeof text, "%s--%s%s%s%s", o->needed ? "" : "[", o->name,
                          o->value != NULL ? " " : "", o->value != NULL ? o->value : "",
                          o->needed ? "" : "]");
        bool fits = column + 1 + (size_t)length <= COLUMNS;
        fprintf(out, "%s%s", fits ? " " : "\n    ", text);
        column = (fits ? column + 1 : INDENT) + (size_t)length;
    }
}

void
rh_help_verb(const rh_cli *cli, const rh_verb *verb, FILE *out)
{
    static const rh_option common[] = {{"lang", 0, "zh|en", false, RH_MSG_HELP_LANG},
                                       {"help", 'h', NULL, false, RH_MSG_HELP_HELP}};
    fprintf(out, "ronghe %s: ", verb->name);
    rh_say(out, cli->language, verb->summary, NULL);
    fputs("\n\n", out);
    rh_say(out, cli->language, RH_MSG_USAGE, NULL);
    print_usage(cli, verb, out);
    fputs("\n\n", out);
    rh_say(out, cli->language, RH_MSG_OPTIONS, NULL);
    fputc('\n', out);
    for (int i = 0; i < count_options(verb); i++) {
        help_option(cli, &verb->options[i], out);
    }
    help_option(cli, &common[0], out);
    help_option(cli, &common[1], out);
    fputc('\n', out);
    rh_say(out, cli->language, RH_MSG_EXAMPLE, NULL);
    fprintf(out, "\n  %s\n", verb->example);
}
