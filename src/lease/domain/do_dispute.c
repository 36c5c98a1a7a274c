/* Disputes (农村集体经济组织法 56): mediation first, then arbitration or court. An open dispute freezes the contested sum of one payee's part and nothing
 * else (I19): rh_contested. Its end sets the sum free; what the outcome orders is carried out by the ordinary commands. */
#include "domain/ledger.h"

bool
rh_guard_dispute_names_a_share(const rh_case *c, rh_refusal *why)
{
    (void)why;
    const rh_command_dispute_open *command = RH_COMMAND(c, dispute_open);
    return command->contested_fen == 0 || command->contested_of != RH_NONE;
}

bool
rh_guard_dispute_is_about_money(const rh_case *c, rh_refusal *why)
{
    (void)why;
    const rh_command_dispute_open *command = RH_COMMAND(c, dispute_open);
    return command->contested_fen == 0 || command->object == rh_object_kind_lease ||
           command->object == rh_object_kind_payout;
}

bool
rh_guard_path_leads_on(const rh_case *c, rh_refusal *why)
{
    const rh_command_dispute_move *command = RH_COMMAND(c, dispute_move);
    const rh_row_dispute *d = RH_GET(c->registry, dispute, command->dispute);
    rh_say_code(why, &rh_codes_dispute_path, d->path);
    rh_say_code(why, &rh_codes_dispute_path, command->path);
    return command->path > d->path;
}

bool
rh_guard_outcome_is_told(const rh_case *c, rh_refusal *why)
{
    (void)why;
    return RH_COMMAND(c, dispute_close)->outcome != rh_outcome_none;
}

bool
rh_guard_decision_is_shown(const rh_case *c, rh_refusal *why)
{
    const rh_command_dispute_close *command = RH_COMMAND(c, dispute_close);
    const rh_row_dispute *d = RH_GET(c->registry, dispute, command->dispute);
    rh_say_code(why, &rh_codes_dispute_path, d->path);
    return d->path == rh_dispute_path_mediate || command->outcome == rh_outcome_settled ||
           RH_GET(c->registry, source, command->source)->kind == rh_source_kind_order;
}

void
rh_do_dispute_open(rh_case *c)
{
    const rh_command_dispute_open *command = RH_COMMAND(c, dispute_open);
    rh_row_dispute *d = RH_MAKE(c, dispute);
    d->object = command->object;
    d->object_id = command->object_id;
    d->by = c->ask->actor;
    d->ground = command->ground;
    d->path = rh_dispute_path_mediate;
    d->contested_fen = command->contested_fen;
    d->contested_of = command->contested_of;
    d->state = rh_case_state_open;
    d->outcome = rh_outcome_none;
}

void
rh_do_dispute_move(rh_case *c)
{
    const rh_command_dispute_move *command = RH_COMMAND(c, dispute_move);
    rh_row_dispute *d = RH_CHANGE(c, dispute, command->dispute);
    d->path = command->path;
    d->source = command->source == RH_NONE ? d->source : command->source;
}

void
rh_do_dispute_close(rh_case *c)
{
    const rh_command_dispute_close *command = RH_COMMAND(c, dispute_close);
    rh_row_dispute *d = RH_CHANGE(c, dispute, command->dispute);
    d->state = rh_case_state_closed;
    d->outcome = command->outcome;
    d->source = command->source;
}
