/* Money goes out: payout_propose (treasurer), payout_approve or payout_refuse (a supervisor), payout_reconcile (bank or auditor).
 *
 * Four eyes: three different people, none kin of another (I13). Nobody is paid more than is owed to him, less what is promised already and what is
 * contested (I19), nor more than escrow holds (I10). Accounts belong to the payee; the collective's and the reserve's are the collective's own (I12). */
#include "domain/ledger.h"
#include "domain/settlement.h"

/* The payout that is proposed now or approved now. */
typedef struct asked {
    int64_t lease, payee, fen, account;
    int64_t promised; /* 0, or what of `fen` is among the promised already */
} asked;

static asked
asked_of(const rh_case *c)
{
    if (c->ask->kind == RH_DO_payout_propose) {
        const rh_command_payout_propose *p = RH_COMMAND(c, payout_propose);
        return (asked){p->lease, p->payee, p->amount_fen, p->account, 0};
    }
    const rh_row_payout *p = RH_GET(c->registry, payout, RH_COMMAND(c, payout_approve)->payout);
    return (asked){p->lease, p->payee, p->amount_fen, p->account, p->amount_fen};
}

/* ---- guards ---- */

bool
rh_guard_payout_within_owed(const rh_case *c, rh_refusal *why)
{
    asked a = asked_of(c);
    int64_t contested = rh_contested(c->registry, a.lease, a.payee);
    int64_t most = rh_owed(c->registry, a.lease, a.payee) + a.promised - contested;
    rh_say_code(why, &rh_codes_payee, a.payee);
    rh_say(why, RH_FIELD_FEN, most < 0 ? 0 : most);
    rh_say(why, RH_FIELD_FEN, contested);
    return a.fen <= most;
}

bool
rh_guard_payout_within_escrow(const rh_case *c, rh_refusal *why)
{
    asked a = asked_of(c);
    int64_t most = rh_escrow_free(c->registry, a.lease) + a.promised;
    rh_say(why, RH_FIELD_FEN, most < 0 ? 0 : most);
    return a.fen <= most;
}

struct holder_is {
    int64_t party;
    bool found;
};

static void
look_for_holder(void *context, const rh_row_household_member *m)
{
    struct holder_is *is = context;
    is->found |= m->person == is->party;
}

bool
rh_guard_account_is_the_payees(const rh_case *c, rh_refusal *why)
{
    asked a = asked_of(c);
    const rh_registry *r = c->registry;
    const rh_row_lease *l = RH_GET(r, lease, a.lease);
    const rh_row_bank_account *account = RH_GET(r, bank_account, a.account);
    rh_say_code(why, &rh_codes_payee, a.payee);
    struct holder_is is = {account->party, account->party == l->household};
    switch (a.payee) {
    case rh_payee_farmer:
        rh_right_holders(r, l->household, c->today, look_for_holder, &is);
        return is.found;
    case rh_payee_lessee:
        return account->party == l->lessee;
    default:
        return account->party == l->collective;
    }
}

bool
rh_guard_collective_money_stays(const rh_case *c, rh_refusal *why)
{
    (void)why;
    asked a = asked_of(c);
    const rh_row_bank_account *account = RH_GET(c->registry, bank_account, a.account);
    return (a.payee != rh_payee_collective && a.payee != rh_payee_reserve) ||
           account->kind == rh_bank_kind_collective;
}

bool
rh_guard_officer_is_not_paid(const rh_case *c, rh_refusal *why)
{
    (void)why;
    asked a = asked_of(c);
    const rh_row_bank_account *account = RH_GET(c->registry, bank_account, a.account);
    return !rh_are_kin(c->registry, c->ask->actor, account->party, c->today);
}

bool
rh_guard_approver_is_another(const rh_case *c, rh_refusal *why)
{
    (void)why;
    const rh_row_payout *p = RH_GET(c->registry, payout, RH_COMMAND(c, payout_approve)->payout);
    return p->proposed_by != c->ask->actor;
}

bool
rh_guard_approver_is_no_kin(const rh_case *c, rh_refusal *why)
{
    (void)why;
    const rh_row_payout *p = RH_GET(c->registry, payout, RH_COMMAND(c, payout_approve)->payout);
    return p->proposed_by == c->ask->actor ||
           !rh_are_kin(c->registry, c->ask->actor, p->proposed_by, c->today);
}

/* Nobody acts twice in one chain, not even years later in another office (I13). */
bool
rh_guard_no_part_in_offer(const rh_case *c, rh_refusal *why)
{
    (void)why;
    const rh_row_offer *o = RH_GET(c->registry, offer, c->lease->offer);
    int64_t actor = c->ask->actor;
    return o == NULL ||
           (actor != o->verified_by && actor != o->acknowledged_by && actor != o->reviewed_by);
}

bool
rh_guard_reconciler_is_a_third(const rh_case *c, rh_refusal *why)
{
    (void)why;
    const rh_row_payout *p =
        RH_GET(c->registry, payout, RH_COMMAND(c, payout_reconcile)->payout);
    return c->ask->actor != p->proposed_by && c->ask->actor != p->approved_by;
}

/* ---- effects ---- */

void
rh_do_payout_propose(rh_case *c)
{
    const rh_command_payout_propose *command = RH_COMMAND(c, payout_propose);
    rh_row_payout *p = RH_MAKE(c, payout);
    p->lease = command->lease;
    p->village = c->lease->village;
    p->payee = command->payee;
    p->amount_fen = command->amount_fen;
    p->account = command->account;
    p->state = rh_payout_state_proposed;
    p->proposed_by = c->ask->actor;
}

void
rh_do_payout_approve(rh_case *c)
{
    rh_row_payout *p = RH_CHANGE(c, payout, RH_COMMAND(c, payout_approve)->payout);
    p->state = rh_payout_state_paid;
    p->approved_by = c->ask->actor;
    rh_journal j = rh_journal_begin(c, c->lease);
    rh_post(&j, rh_account_of(p->payee), p->amount_fen);
    rh_post(&j, rh_account_escrow, -p->amount_fen);
    rh_journal_end(&j);
}

void
rh_do_payout_refuse(rh_case *c)
{
    rh_row_payout *p = RH_CHANGE(c, payout, RH_COMMAND(c, payout_refuse)->payout);
    p->state = rh_payout_state_refused;
    p->approved_by = c->ask->actor;
}

void
rh_do_payout_reconcile(rh_case *c)
{
    const rh_command_payout_reconcile *command = RH_COMMAND(c, payout_reconcile);
    rh_row_payout *p = RH_CHANGE(c, payout, command->payout);
    p->state = rh_payout_state_reconciled;
    p->bank_ref = command->bank_ref;
}
