/* A stream of random commands, carried out in memory and watched.
 *
 * Three registries: the live one; one that is given the accepted commands only (a refused command changes nothing, G1; replay gives the same
 * rows byte for byte, I20); one that is given the rows only (the state is a fold of rows, G2) and that for the last tenth of the stream must
 * judge every command as the live one does. The second model (invariants.h) sees every row.
 *
 * When something breaks, the stream is made again from its seed and cut down to the commands that are needed. */
#ifndef RANDOM_STREAM_H
#define RANDOM_STREAM_H

#include "invariants.h"
#include "random_actor.h"

/* How often each command was accepted and refused and each guard fired; added to, never cleared. */
typedef struct random_reach {
    int64_t accepted[RH_COMMAND_COUNT], refused[RH_COMMAND_COUNT], fired[RH_GUARD_COUNT];
    int64_t alone[RH_GUARD_COUNT]; /* it was the only one that fired */
    int64_t by[RH_COMMAND_COUNT][RH_GUARD_COUNT];
    int64_t entered[RH_ROW_COUNT][64]; /* how often each state */
    int64_t commands, rows, days;
} random_reach;

/* Sees the rows of each accepted command before the model takes them in. */
typedef void random_watch(void *context, const invariants *m, const random_ask *ask,
                          const rh_outcome *out);

/* True: nothing broke in `commands` commands. Otherwise says on stderr what, with the seed and the commands that are needed for it. */
bool random_stream_runs(uint64_t seed, int64_t commands, random_reach *reach,
                        random_watch *watch, void *context);

#endif
