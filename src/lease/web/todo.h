/* What waits for whom (todo.def), and what may be done with an object now: read from the state and the table of rules. */
#ifndef RH_WEB_TODO_H
#define RH_WEB_TODO_H

#include "domain/lists.h"

typedef struct rh_todo {
    rh_row_kind kind;
    int64_t id, state, role;
    rh_command_kind command;
} rh_todo;

/* What waits for the party today in the roles it holds: at most `most`, oldest objects first; returns how many there are in all. Objects of
 * places and households where the party has no say are left out. Cost: linear in the objects of the kinds. */
size_t rh_todo_list(const rh_registry *registry, int64_t party, int64_t today, rh_todo *out,
                    size_t most);

/* Commands that the object's state allows to one of the roles (bits), main path or not; at most `most`. */
size_t rh_todo_of_object(const rh_registry *registry, rh_row_kind kind, int64_t id,
                         uint64_t roles, rh_command_kind *out, size_t most);

/* Name of the command's field that takes the object's number ("offer", "lease"), or NULL. */
const char *rh_todo_field(rh_command_kind command, rh_row_kind kind);

#endif
