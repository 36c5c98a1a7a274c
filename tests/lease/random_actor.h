/* Random commands by random people, keyed by a seed.
 *
 * Knows the lists (command.def, row.def), looks into the registry for objects in the right state, and mostly asks for what can succeed now, by
 * somebody who may ask for it; sometimes not: a day or a fen off, another village, a stale object, kin, a private account, words of sale, the
 * same command twice. Its clock runs from 2026 in steps of minutes to years.
 *
 * R1 the same seed and the same answers of the registry give the same commands.
 * R2 it carries nothing out: the same stream may go to a registry in memory or through a service; personal texts are given apart, for whoever
 *    carries out to exchange them for numbers of private values.
 * R3 its first `random_actor_founding` commands set up a township, and every one of them is to be accepted. */
#ifndef RANDOM_ACTOR_H
#define RANDOM_ACTOR_H

#include "domain/registry.h"

enum { RANDOM_PRIVATE_MOST = 4 };

typedef struct random_private {
    const rh_field *field; /* of the command */
    char text[32];         /* "": not said */
} random_private;

/* Copy it as you like: texts live as long as the actor; take the ask by random_ask_of. */
typedef struct random_ask {
    rh_command_kind kind;
    rh_command command; /* PRIVATE fields are RH_NONE until somebody gives them numbers */
    int64_t actor, role, time;
    int n_private;
    random_private private_text[RANDOM_PRIVATE_MOST];
} random_ask;

typedef struct random_actor random_actor;

random_actor *random_actor_new(uint64_t seed);
void random_actor_free(random_actor *a);

/* The next command, in view of the present state. */
void random_actor_next(random_actor *a, const rh_registry *r, random_ask *out);

/* How many of the first commands found the township. */
int random_actor_founding(const random_actor *a);

/* Give every private text the next number (what a service does by itself). */
void random_ask_number(random_ask *ask, int64_t *last);

rh_ask random_ask_of(const random_ask *ask);

/* "offer_consent(offer=3, person=17, warned=1) by 17 as holder on 2031-05-09 10:22". */
void random_ask_print(const random_ask *ask, char *out, size_t size);

#endif
