/* What the verbs of evaluate share: options for the answer, and giving it.
 *
 * A verb lists RH_ANSWER_OPTIONS in its table (in front of {0}), fills an rh_answer and ends with
 * `return rh_give_answer(cli, &rh_verb_x, args, answer, status, err);`, which frees the answer. */
#ifndef RH_CLI_EVALUATE_H
#define RH_CLI_EVALUATE_H

#include "cli/verb.h"
#include "evaluate/answer.h"

#define RH_ANSWER_OPTIONS                                                                      \
    {"output", 'o', "FILE", false, RH_MSG_HELP_ANSWER_OUTPUT},                                 \
        {"csv", 0, NULL, false, RH_MSG_HELP_CSV}, {"json", 0, NULL, false, RH_MSG_HELP_JSON},  \
        {"table", 0, "ID", false, RH_MSG_HELP_ANSWER_TABLE},                                   \
        {"top", 'n', "N", false, RH_MSG_HELP_TOP},                                             \
    {                                                                                          \
        "explain", 0, NULL, false, RH_MSG_HELP_EXPLAIN                                         \
    }

/* Value of the option of this name, or NULL when it was not given ("": a switch that is on). */
const char *rh_given(const rh_verb *verb, const rh_args *args, const char *name);

/* Numbers of options by name; `value` keeps the fallback where the option was not given. */
RH_MUST_CHECK rh_status rh_given_number(const rh_cli *cli, const rh_verb *verb,
                                        const rh_args *args, const char *name, double low,
                                        double high, double *value);
RH_MUST_CHECK rh_status rh_given_integer(const rh_cli *cli, const rh_verb *verb,
                                         const rh_args *args, const char *name, int64_t low,
                                         int64_t high, int64_t *value);
/* Index of the word in `words` (ended by NULL); `value` keeps the fallback. */
RH_MUST_CHECK rh_status rh_given_word(const rh_cli *cli, const rh_verb *verb,
                                      const rh_args *args, const char *name,
                                      const char *const *words, int *value);

/* Print the answer as the options ask (a file is saved whole or not at all; then the tables still go to cli->out unless a
 * format was asked for there). Takes `answer` over. `status`: of the tool that filled it; a failure is passed on. */
rh_status rh_give_answer(const rh_cli *cli, const rh_verb *verb, const rh_args *args,
                         rh_answer *answer, rh_status status, rh_err *err);

#endif
