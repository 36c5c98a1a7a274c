/* The commands (command.def) as structs rh_command_NAME. */
#ifndef RH_DOMAIN_COMMAND_H
#define RH_DOMAIN_COMMAND_H

#include "domain/row.h"

#define F(type, name, audience, need, zh, en) RH_C_##type(name)
#define C(codes, name, audience, need, zh, en) int64_t name;
#define COMMAND(name, zh, en, by, fields)                                                      \
    typedef struct rh_command_##name {                                                         \
        fields                                                                                 \
    } rh_command_##name;
#include "domain/command.def"
#undef COMMAND
#undef C
#undef F

typedef enum rh_command_kind {
#define COMMAND(name, zh, en, by, fields) RH_DO_##name,
#include "domain/command.def"
#undef COMMAND
    RH_COMMAND_COUNT
} rh_command_kind;

/* Description of a command: name, words for people, fields. */
const rh_record_type *rh_command_type(rh_command_kind kind);

/* Roles that may ask for it (bits of code.def's `role`). */
uint64_t rh_command_roles(rh_command_kind kind);

/* The command of that name, or -1. */
int rh_command_find(const char *name);

/* Room for a command of any kind. */
typedef union rh_command {
#define COMMAND(name, zh, en, by, fields) rh_command_##name name;
#include "domain/command.def"
#undef COMMAND
} rh_command;

/* Who asks for what, when. `role` is the role in which the actor acts: one of those it holds. Recorded times never go back (I23): the caller
 * sees to it. `today` is the local calendar day of `time` (UTC+8). */
typedef struct rh_ask {
    rh_command_kind kind;
    const void *command; /* a struct rh_command_KIND */
    int64_t actor;       /* party; RH_NONE for the system and the public */
    int64_t role;
    int64_t time;
} rh_ask;

#endif
