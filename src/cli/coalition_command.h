/* v(S) from running a command for each coalition: its members as arguments, the one number that it prints as the value.
 *
 * Values are kept, in memory and, where a file is named, as rows coalition,value,command as soon as they are known, so that a later run of
 * the same command goes on where this one ended. Coalitions are run one after another. */
#ifndef RH_CLI_COALITION_COMMAND_H
#define RH_CLI_COALITION_COMMAND_H

#include "evaluate/game_table.h"

#include <stdatomic.h>
#include <stdio.h>

typedef struct rh_coalition_command {
    const char *command;       /* for sh -c; members follow as "$@" */
    const rh_players *players; /* borrowed until closed */
    double timeout_s;
    atomic_int *stop; /* above 0: end with RH_INTERRUPTED; may be NULL */
    FILE *keep;
    uint64_t *coalition; /* known ones: open addressing, 0 is empty */
    double *value;
    size_t n, room;
    uint64_t runs, reused; /* commands run; values taken from what was kept */
} rh_coalition_command;

/* Fill `c` (command, players, timeout_s, stop set by the caller) with what `keep` (NULL: none) holds, and open it to add more.
 * Errors: RH_INPUT for a kept row of another command or of other players; RH_IO; RH_MEMORY; nothing is
 * left open then. */
RH_MUST_CHECK rh_status rh_coalition_open(rh_coalition_command *c, const char *keep,
                                          rh_err *err);
void rh_coalition_close(rh_coalition_command *c);

/* An rh_game_call with an rh_coalition_command as context. Errors: RH_INPUT when the command fails, takes too long or prints no
 * number; RH_IO; RH_INTERRUPTED. */
rh_status rh_coalition_value(void *context, uint64_t coalition, double *value, rh_err *err);

#endif
