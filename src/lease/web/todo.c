/* What waits for whom: see todo.h. */
#include "web/todo.h"

#include "domain/rule.h"

#include <stddef.h>

static const struct {
    rh_row_kind kind;
    int64_t state, role;
    rh_command_kind command;
} table[] = {
#define STATE_OF_scheme(state) rh_scheme_state_##state
#define STATE_OF_offer(state) rh_offer_state_##state
#define STATE_OF_lease(state) rh_lease_state_##state
#define STATE_OF_sublet(state) rh_sublet_state_##state
#define STATE_OF_payout(state) rh_payout_state_##state
#define STATE_OF_amendment(state) rh_case_state_##state
#define STATE_OF_inspection(state) rh_case_state_##state
#define STATE_OF_dispute(state) rh_case_state_##state
#define TODO(kind, state, role, command)                                                       \
    {RH_ROW_##kind, STATE_OF_##kind(state), rh_role_##role, RH_DO_##command},
#include "web/todo.def"
#undef TODO
};

/* A case about one object, for the question whether the party holds a role there. */
static bool
has_say(const rh_registry *registry, rh_row_kind kind, int64_t id, int64_t party, int64_t role,
        int64_t today)
{
    rh_case c;
    rh_case_about(&c, registry, kind, id, today);
    return rh_party_holds(&c, party, role);
}

size_t
rh_todo_list(const rh_registry *registry, int64_t party, int64_t today, rh_todo *out,
             size_t most)
{
    size_t n = 0;
    for (size_t t = 0; t < sizeof table / sizeof table[0]; t++) {
        int64_t count = rh_registry_count(registry, table[t].kind);
        for (int64_t id = 1; id <= count; id++) {
            const void *row = rh_registry_get(registry, table[t].kind, id);
            if (rh_state_of(table[t].kind, row) != table[t].state ||
                !has_say(registry, table[t].kind, id, party, table[t].role, today)) {
                continue;
            }
            if (n < most) {
                out[n] = (rh_todo){table[t].kind, id, table[t].state, table[t].role,
                                   table[t].command};
            }
            n++;
        }
    }
    return n;
}

const char *
rh_todo_field(rh_command_kind command, rh_row_kind kind)
{
    const rh_record_type *type = rh_command_type(command);
    for (int i = 0; i < type->n; i++) {
        if (type->field[i].type == RH_FIELD_ID && rh_reference_kind(&type->field[i]) == kind) {
            return type->field[i].name;
        }
    }
    return NULL;
}

size_t
rh_todo_of_object(const rh_registry *registry, rh_row_kind kind, int64_t id, uint64_t roles,
                  rh_command_kind *out, size_t most)
{
    size_t n = 0;
    int64_t state = rh_state_of(kind, rh_registry_get(registry, kind, id));
    for (int k = 0; k < RH_COMMAND_COUNT && state != RH_NONE; k++) {
        const rh_rule *rule = rh_rule_of((rh_command_kind)k);
        if (rule->object == kind && (rule->from & RH_BIT(state)) &&
            (rh_command_roles((rh_command_kind)k) & roles) &&
            rh_todo_field((rh_command_kind)k, kind) != NULL && n < most) {
            out[n++] = (rh_command_kind)k;
        }
    }
    return n;
}
