/* The verbs of ronghe-lease: what the command line says, and the functions behind it.
 *
 * A verb returns RH_OK, or a failure whose sentence main shows. RH_USAGE: the command line is wrong (exit code 2), others 1. */
#ifndef RH_VERBS_SAID_H
#define RH_VERBS_SAID_H

#include "core/status.h"
#include "domain/record.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct rh_said {
    enum { RH_SAY_ENGLISH, RH_SAY_CHINESE } language;
    const char *what[2]; /* beside the verb */
    int n;
    /* --NAME VALUE; NULL: not said */
    const char *name_zh, *name_en, *code, *origin, *database, *officer, *officer_name,
        *password_file, *listen, *seed, *threads, *now;
    bool training; /* --training */
} rh_said;

typedef rh_status rh_verb(const rh_said *said, rh_err *err);

rh_verb rh_verb_init, rh_verb_serve, rh_verb_verify, rh_verb_backup, rh_verb_restore,
    rh_verb_demo;

/* One of two texts, in the language that was asked for. */
static inline const char *
rh_in(const rh_said *said, const char *en, const char *zh)
{
    return said->language == RH_SAY_CHINESE ? zh : en;
}

/* printf in the language that was asked for. */
#define RH_SAY(said, en, zh, ...)                                                              \
    ((said)->language == RH_SAY_CHINESE ? printf(zh, __VA_ARGS__) : printf(en, __VA_ARGS__))

/* A number in decimal from `least` to `most`. Errors: RH_USAGE, naming the option. */
RH_MUST_CHECK rh_status rh_said_number(const char *option, const char *text, int64_t least,
                                       int64_t most, int64_t *out, rh_err *err);

/* The time that a simulated clock (--training) shows first: 9 o'clock in China on the day of --now, else the machine's; 0: not simulated. */
RH_MUST_CHECK rh_status rh_said_now(const rh_said *said, int64_t *ms, rh_err *err);

/* Is `where` a database itself (an URL, or a file that is one), not a township's folder or file? */
bool rh_names_database(const char *where);

#endif
