/* The table of rules (rule.def), as data: what the engine runs and what the model check reads. */
#ifndef RH_DOMAIN_RULE_H
#define RH_DOMAIN_RULE_H

#include "domain/case.h"

enum { RH_RULE_GUARDS = 24 };

typedef struct rh_rule {
    rh_row_kind object; /* RH_ROW_NONE: moves no state */
    uint64_t from, to;  /* states, a bit each */
    rh_effect_call *effect;
    int n;
    rh_guard guard[RH_RULE_GUARDS];
} rh_rule;

/* What happens by itself when the deadline of a state has passed. */
typedef struct rh_due_rule {
    rh_row_kind object;
    uint64_t from, to;
    const char *days;
} rh_due_rule;

/* A second object that a command moves. */
typedef struct rh_also_rule {
    rh_command_kind command;
    rh_row_kind object;
    uint64_t from, to;
} rh_also_rule;

/* In `from`: the command makes the object. */
#define RH_FROM_NEW (UINT64_C(1) << 62)

const rh_rule *rh_rule_of(rh_command_kind kind);
const rh_due_rule *rh_due_rules(int *n);
const rh_also_rule *rh_also_rules(int *n);

/* Run a guard. */
bool rh_guard_holds(rh_guard guard, const rh_case *c, rh_refusal *refusal);

/* The list of states of a kind, and the state of a row; NULL and RH_NONE for kinds without. */
const rh_codes *rh_states_of(rh_row_kind kind);
int64_t rh_state_of(rh_row_kind kind, const void *row);

#endif
