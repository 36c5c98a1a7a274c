/* A case: one command being judged. Guards look at it, effects add rows to it.
 *
 * C1 guards never change anything; effects never refuse. An effect runs only when every guard holds.
 * C2 rows made by an effect are applied to the state when it ends (by rh_case_settle earlier, in tick). */
#ifndef RH_DOMAIN_CASE_H
#define RH_DOMAIN_CASE_H

#include "domain/state.h"

typedef struct rh_case {
    rh_registry *registry;
    const rh_ask *ask;
    int64_t today; /* local day of the command */
    int64_t place; /* village or township that it concerns; RH_NONE when there is none yet */
    /* What the command names, where it names it (directly, or through what it names). */
    const rh_row_scheme *scheme;
    const rh_row_meeting *meeting;
    const rh_row_offer *offer;
    const rh_row_lease *lease;
    const rh_row_baunit *baunit;
    int64_t seq; /* of this command */
    rh_outcome *out;
    size_t settled;            /* rows of `out` that are applied already */
    size_t made[RH_ROW_COUNT]; /* new objects not yet applied */
    rh_status status;          /* of emitting: once it failed, nothing more is done */
    rh_err *err;
} rh_case;

#define RH_COMMAND(c, name) ((const rh_command_##name *)(c)->ask->command)

/* A new object: version 1, today on, numbers RH_NONE, head filled. Never NULL: after a failure a spare row takes what is written. */
void *rh_make(rh_case *c, rh_row_kind kind);
/* The next version of an object, a copy of its present one to be changed; within one command the same row again. */
void *rh_change(rh_case *c, rh_row_kind kind, int64_t id);
#define RH_MAKE(c, kind) ((rh_row_##kind *)rh_make((c), RH_ROW_##kind))
#define RH_CHANGE(c, kind, id) ((rh_row_##kind *)rh_change((c), RH_ROW_##kind, (id)))

/* Apply what was made so far. */
void rh_case_settle(rh_case *c);

/* Does `party` hold the role for this place, household, lease, offer, collective today? Roles of office by role_grant at the place or above it; `holder` and
 * `holder_rep` by the household of the case (guardians and mandates count), `member` by membership, `lessee` by the lease (before a lease: everybody registered). */
bool rh_party_holds(const rh_case *c, int64_t party, int64_t role);

/* Are the two the same person, recorded kin, or members of one household? */
bool rh_are_kin(const rh_registry *r, int64_t one, int64_t other, int64_t day);

/* Does `party` act for this member of a household today: the member itself, somebody with its mandate of that scope, or, when it lacks age or
 * full capacity, its guardian? */
bool rh_acts_for(const rh_case *c, int64_t party, const rh_row_household_member *m,
                 int64_t scope);

/* Has `principal` given `agent` a mandate of that scope (or of all) that holds today? */
bool rh_has_mandate(const rh_case *c, int64_t principal, int64_t agent, int64_t scope);

/* Adult right-holders of a household on a day: calls back for each. */
typedef void rh_holder_call(void *context, const rh_row_household_member *m);
int rh_right_holders(const rh_registry *r, int64_t household, int64_t day, rh_holder_call *call,
                     void *context);

/* Values of a refusal's sentence. */
void rh_say(rh_refusal *refusal, rh_field_type type, int64_t number);
void rh_say_code(rh_refusal *refusal, const rh_codes *codes, int64_t code);

/* What a rule is made of; the table is in rule.c. */
typedef bool rh_guard_call(const rh_case *c, rh_refusal *refusal);
typedef void rh_effect_call(rh_case *c);
typedef void rh_due_call(rh_case *c, int64_t id);

#define GUARD(name, clause_zh, clause_en, zh, en) rh_guard_call rh_guard_##name;
#include "domain/guard.def"
#undef GUARD
#define RULE(command, object, from, to, guards) rh_effect_call rh_do_##command;
#define ALSO(command, object, from, to)
#define DUE(object, from, to, days)
#include "domain/rule.def"
#undef DUE
#undef ALSO
#undef RULE
/* One a kind with deadlines: does what is due for the object, if it still is (it is asked again until nothing is due). */
rh_due_call rh_due_scheme, rh_due_offer, rh_due_lease, rh_due_sublet, rh_due_rent_line,
    rh_due_arrears, rh_due_inspection;

#endif
