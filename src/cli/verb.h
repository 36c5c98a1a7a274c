/* Verbs of the command line and their options: tables from which parsing and help both come.
 *
 * A verb's answer goes to cli->out, everything else it says to cli->talk. A verb returns a
 * status; main makes it an exit code (0 done, 1 failed, 2 wrong command line, 130 interrupted)
 * and prints err. */
#ifndef RH_CLI_VERB_H
#define RH_CLI_VERB_H

#include "cli/message.h"
#include "core/status.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { RH_OPTIONS_MOST = 40, RH_FILES_MOST = 4 };

typedef struct rh_option {
    const char *name;  /* "threads"; NULL ends the table */
    char letter;       /* 't' for -t, 0 for none */
    const char *value; /* "N", or NULL for a switch */
    bool needed;       /* the verb does nothing without it */
    enum rh_message help;
} rh_option;

/* Option values by index in the verb's table (NULL: not given; "": a switch that is on), and
 * files. */
typedef struct rh_args {
    const char *value[RH_OPTIONS_MOST];
    const char *file[RH_FILES_MOST];
    int n_files;
} rh_args;

typedef struct rh_cli {
    FILE *out, *talk;
    enum rh_language language;
    bool terminal;    /* talk is a terminal: progress may be drawn */
    atomic_int *stop; /* above 0 once the user asked to end */
} rh_cli;

typedef struct rh_verb {
    const char *name;  /* "run", "region build" */
    const char *files; /* "SCENARIO.yaml" for the help, "" for none */
    int least_files, most_files;
    enum rh_message summary;
    const char *example;
    const rh_option *options; /* ended by name NULL; NULL for none */
    rh_status (*act)(const rh_cli *cli, const rh_args *args, rh_err *err);
} rh_verb;

#define VERB(id, group) extern const rh_verb rh_verb_##id;
#include "cli/verb.def"
#undef VERB

/* Parse what follows the verb. A mistake is said on cli->talk and returns RH_USAGE. `help` is
 * set when
 * --help was among it. A --lang here changes cli->language. */
RH_MUST_CHECK rh_status rh_args_parse(rh_cli *cli, const rh_verb *verb, int count,
                                      char *const *words, rh_args *args, bool *help);

/* Say "ronghe: …" and where help is; returns RH_USAGE. The texts end with NULL. */
#define rh_usage(cli, verb, ...)                                                               \
    (fputs("ronghe: ", (cli)->talk), rh_say((cli)->talk, (cli)->language, __VA_ARGS__),        \
     rh_usage_end((cli), (verb)))
rh_status rh_usage_end(const rh_cli *cli, const rh_verb *verb);

/* Index of an option by its name, or -1. */
int rh_option_find(const rh_verb *verb, const char *name);

/* Numbers and words of options; the fallback where it was not given. A bad one is said and
 * returns RH_USAGE. */
RH_MUST_CHECK rh_status rh_option_number(const rh_cli *cli, const rh_verb *verb,
                                         const rh_args *args, int option, double low,
                                         double high, double *value);
RH_MUST_CHECK rh_status rh_option_integer(const rh_cli *cli, const rh_verb *verb,
                                          const rh_args *args, int option, int64_t low,
                                          int64_t high, int64_t *value);
RH_MUST_CHECK rh_status rh_option_word(const rh_cli *cli, const rh_verb *verb,
                                       const rh_args *args, int option,
                                       const char *const *words, int *value);
/* The table of all verbs, and the help of one. */
void rh_help_all(const rh_cli *cli, FILE *out);
void rh_help_verb(const rh_cli *cli, const rh_verb *verb, FILE *out);
/* The verbs of two words that begin with `word`; false when there are none. */
bool rh_help_topic(const rh_cli *cli, const char *word, FILE *out);

/* The verb that begins at words[0] (one or two words); *used: how many words. NULL: none. */
const rh_verb *rh_verb_find(int count, char *const *words, int *used);

/* The name of a verb nearest to `word`, or NULL. */
const char *rh_verb_nearest(const char *word);

/* Decimal text of a number with `digits` behind the point, in a small buffer that is returned
 * by value. */
typedef struct rh_number_text {
    char text[40];
} rh_number_text;
rh_number_text rh_number(double value, int digits);

#endif
