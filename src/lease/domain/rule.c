/* The table of rules: see rule.h. */
#include "domain/rule.h"

#include "domain/macro_map.h"

#include <string.h>

#define STATE_BIT(list, state) | RH_BIT(rh_##list##_##state)
#define S(list, ...) (0 RH_MAP(STATE_BIT, list, __VA_ARGS__))
#define ANY UINT64_MAX
#define NEW RH_FROM_NEW
#define SAME UINT64_C(0)
#define FROM(states) states
#define TO(states) states
#define GUARD_OF(list, guard) RH_GUARD_##guard,
#define ONE_OF(list, guard) +1
#define G(...)                                                                                 \
    .n = RH_MAP(ONE_OF, guard, __VA_ARGS__), .guard = {RH_MAP(GUARD_OF, guard, __VA_ARGS__)}
#define NO_GUARD .n = 0

const rh_rule *
rh_rule_of(rh_command_kind kind)
{
    static const rh_rule rule[RH_COMMAND_COUNT] = {
#define RULE(command, kind, states_from, states_to, guards)                                    \
    [RH_DO_##command] = {.object = RH_ROW_##kind,                                              \
                         .from = (states_from),                                                \
                         .to = (states_to),                                                    \
                         .effect = rh_do_##command,                                            \
                         guards},
#define ALSO(command, kind, states_from, states_to)
#define DUE(kind, states_from, states_to, days)
#include "domain/rule.def"
#undef DUE
#undef ALSO
#undef RULE
    };
    return &rule[kind];
}

const rh_also_rule *
rh_also_rules(int *n)
{
    static const rh_also_rule also[] = {
#define RULE(command, kind, states_from, states_to, guards)
#define ALSO(command, kind, states_from, states_to)                                            \
    {RH_DO_##command, RH_ROW_##kind, (states_from), (states_to)},
#define DUE(kind, states_from, states_to, days)
#include "domain/rule.def"
#undef DUE
#undef ALSO
#undef RULE
        {RH_COMMAND_COUNT, RH_ROW_NONE, 0, 0},
    };
    *n = (int)(sizeof also / sizeof also[0]) - 1;
    return also;
}

const rh_due_rule *
rh_due_rules(int *n)
{
    static const rh_due_rule due[] = {
#define RULE(command, kind, states_from, states_to, guards)
#define ALSO(command, kind, states_from, states_to)
#define DUE(kind, states_from, states_to, days)                                                \
    {RH_ROW_##kind, (states_from), (states_to), days},
#include "domain/rule.def"
#undef DUE
#undef ALSO
#undef RULE
        {RH_ROW_NONE, 0, 0, NULL},
    };
    *n = (int)(sizeof due / sizeof due[0]) - 1;
    return due;
}

/* Guards that the engine checks by itself have no function. */
#define GUARD(name, clause_zh, clause_en, zh, en)                                              \
    static bool common_##name(const rh_case *c, rh_refusal *refusal)                           \
    {                                                                                          \
        (void)c, (void)refusal;                                                                \
        return true;                                                                           \
    }
#include "domain/guard_common.def"
#undef GUARD

bool
rh_guard_holds(rh_guard guard, const rh_case *c, rh_refusal *refusal)
{
    static rh_guard_call *const call[RH_GUARD_COUNT] = {
#define GUARD(name, clause_zh, clause_en, zh, en) common_##name,
#include "domain/guard_common.def"
#undef GUARD
#define GUARD(name, clause_zh, clause_en, zh, en) rh_guard_##name,
#include "domain/guard_registry.def"
#include "domain/guard_scheme.def"
#include "domain/guard_offer.def"
#include "domain/guard_lease.def"
#include "domain/guard_money.def"
#include "domain/guard_supervision.def"
#undef GUARD
    };
    *refusal = (rh_refusal){.guard = guard};
    return call[guard](c, refusal);
}

const rh_codes *
rh_states_of(rh_row_kind kind)
{
    const rh_field *f = kind == RH_ROW_NONE ? NULL : rh_record_find(rh_row_type(kind), "state");
    return f == NULL ? NULL : f->codes;
}

int64_t
rh_state_of(rh_row_kind kind, const void *row)
{
    const rh_field *f = row == NULL ? NULL : rh_record_find(rh_row_type(kind), "state");
    return f == NULL ? RH_NONE : rh_record_number(row, f);
}

void
rh_say(rh_refusal *refusal, rh_field_type type, int64_t number)
{
    refusal->value[refusal->n++] = (rh_refusal_value){type, number, NULL};
}

void
rh_say_code(rh_refusal *refusal, const rh_codes *codes, int64_t code)
{
    refusal->value[refusal->n++] = (rh_refusal_value){RH_FIELD_CODE, code, codes};
}
