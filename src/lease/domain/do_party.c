/* Parties, their accounts, kin and mandates; source documents. */
#include "domain/case.h"

void
rh_do_party_add(rh_case *c)
{
    const rh_command_party_add *ask = RH_COMMAND(c, party_add);
    rh_row_party *party = RH_MAKE(c, party);
    party->kind = ask->kind;
    party->place = ask->place;
    party->name = ask->name;
    party->id_number = ask->id_number;
    party->phone = ask->phone;
    party->key = ask->key;
}

bool
rh_guard_account_kind_fits(const rh_case *c, rh_refusal *why)
{
    const rh_command_bank_account_add *ask = RH_COMMAND(c, bank_account_add);
    int64_t party = RH_GET(c->registry, party, ask->party)->kind,
            wanted = party == rh_party_kind_collective ? rh_bank_kind_collective
                                                       : rh_bank_kind_personal;
    if (ask->kind == wanted) {
        return true;
    }
    rh_say_code(why, &rh_codes_party_kind, party);
    rh_say_code(why, &rh_codes_bank_kind, wanted);
    return false;
}

void
rh_do_bank_account_add(rh_case *c)
{
    const rh_command_bank_account_add *ask = RH_COMMAND(c, bank_account_add);
    rh_row_bank_account *account = RH_MAKE(c, bank_account);
    account->party = ask->party;
    account->kind = ask->kind;
    account->number = ask->number;
}

bool
rh_guard_kin_are_two(const rh_case *c, rh_refusal *why)
{
    (void)why;
    return RH_COMMAND(c, kin_add)->one != RH_COMMAND(c, kin_add)->other;
}

void
rh_do_kin_add(rh_case *c)
{
    const rh_command_kin_add *ask = RH_COMMAND(c, kin_add);
    rh_row_kin *kin = RH_MAKE(c, kin);
    kin->one = ask->one;
    kin->other = ask->other;
    kin->relation = ask->relation;
}

/* ---- mandates ---- */

bool
rh_guard_mandate_is_own(const rh_case *c, rh_refusal *why)
{
    (void)why;
    int64_t principal =
        c->ask->kind == RH_DO_mandate_add
            ? RH_COMMAND(c, mandate_add)->principal
            : RH_GET(c->registry, mandate, RH_COMMAND(c, mandate_end)->mandate)->principal;
    return (c->ask->role != rh_role_holder && c->ask->role != rh_role_member) ||
           principal == c->ask->actor;
}

bool
rh_guard_mandate_to_another(const rh_case *c, rh_refusal *why)
{
    (void)why;
    return RH_COMMAND(c, mandate_add)->principal != RH_COMMAND(c, mandate_add)->agent;
}

void
rh_do_mandate_add(rh_case *c)
{
    const rh_command_mandate_add *ask = RH_COMMAND(c, mandate_add);
    rh_row_mandate *m = RH_MAKE(c, mandate);
    m->principal = ask->principal;
    m->agent = ask->agent;
    m->scope = ask->scope;
    m->source = ask->source;
    m->valid_from = ask->from;
    m->valid_to = ask->until + 1; /* `until` is its last day */
}

void
rh_do_mandate_end(rh_case *c)
{
    int64_t id = RH_COMMAND(c, mandate_end)->mandate;
    int64_t from = RH_GET(c->registry, mandate, id)->valid_from;
    rh_row_mandate *m = RH_CHANGE(c, mandate, id);
    m->valid_from = from;
    m->valid_to = c->today; /* at once */
}

/* ---- sources ---- */

void
rh_do_source_add(rh_case *c)
{
    const rh_command_source_add *ask = RH_COMMAND(c, source_add);
    rh_row_source *s = RH_MAKE(c, source);
    s->kind = ask->kind;
    s->document = ask->document;
    s->issuer = ask->issuer;
    s->dated = ask->dated;
    s->place = ask->place;
}
