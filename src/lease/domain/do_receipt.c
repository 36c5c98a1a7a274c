/* Money comes in: receipt_post, receipt_reverse.
 *
 * A payment may cover a line in part; more than is open on it is refused. Each receipt of rent is divided by itself with the lease's shares of that
 * day (largest remainder, tie to the household: I9); a deposit is not divided. A receipt is taken back only by an opposite one, while all of it is
 * still in escrow. */
#include "domain/arrears.h"
#include "domain/ledger.h"
#include "domain/split.h"

static int64_t
open_amount(const rh_registry *r, const rh_row_rent_line *line)
{
    return line->amount_fen - rh_received(r, line->id);
}

/* ---- guards ---- */

bool
rh_guard_lease_moves_money(const rh_case *c, rh_refusal *why)
{
    uint64_t states =
        RH_LEASE_BOUND | RH_LEASE(expired) | RH_LEASE(terminated) | RH_LEASE(handed_back);
    states |= c->ask->kind == RH_DO_receipt_reverse ? 0 : RH_LEASE(void);
    states |= c->ask->kind == RH_DO_payout_propose ? RH_LEASE(settled) : 0;
    rh_say_code(why, &rh_codes_lease_state, c->lease->state);
    return rh_lease_in(c->lease, states);
}

bool
rh_guard_amount_is_positive(const rh_case *c, rh_refusal *why)
{
    (void)why;
    int64_t amount = c->ask->kind == RH_DO_receipt_post
                         ? RH_COMMAND(c, receipt_post)->amount_fen
                         : RH_COMMAND(c, payout_propose)->amount_fen;
    return amount > 0;
}

bool
rh_guard_line_stands(const rh_case *c, rh_refusal *why)
{
    const rh_row_rent_line *line =
        RH_GET(c->registry, rent_line, RH_COMMAND(c, receipt_post)->line);
    rh_say(why, RH_FIELD_INT, line->id);
    return line->cancelled != 1;
}

bool
rh_guard_receipt_within_line(const rh_case *c, rh_refusal *why)
{
    const rh_command_receipt_post *command = RH_COMMAND(c, receipt_post);
    int64_t open = open_amount(c->registry, RH_GET(c->registry, rent_line, command->line));
    rh_say(why, RH_FIELD_FEN, command->amount_fen);
    rh_say(why, RH_FIELD_FEN, open);
    return command->amount_fen <= open;
}

bool
rh_guard_reference_is_new(const rh_case *c, rh_refusal *why)
{
    (void)why;
    return !rh_ref_seen(c->registry, RH_COMMAND(c, receipt_post)->bank_ref);
}

bool
rh_guard_receipt_stands(const rh_case *c, rh_refusal *why)
{
    int64_t id = RH_COMMAND(c, receipt_reverse)->receipt;
    rh_say(why, RH_FIELD_INT, id);
    return rh_receipt_stands(c->registry, RH_GET(c->registry, receipt, id));
}

/* Escrow is the sum of what is owed from it: it holds the receipt when every part of it is still owed and not promised. */
bool
rh_guard_reversal_is_in_escrow(const rh_case *c, rh_refusal *why)
{
    const rh_registry *r = c->registry;
    const rh_row_receipt *receipt = RH_GET(r, receipt, RH_COMMAND(c, receipt_reverse)->receipt);
    rh_say(why, RH_FIELD_FEN, receipt->amount_fen);
    if (receipt->farmer_fen == RH_NONE) {
        return receipt->amount_fen <=
               -rh_books_of(r, receipt->lease)->balance[rh_account_deposit];
    }
    return receipt->farmer_fen <= rh_owed(r, receipt->lease, rh_payee_farmer) &&
           receipt->collective_fen <= rh_owed(r, receipt->lease, rh_payee_collective) &&
           receipt->reserve_fen <= rh_owed(r, receipt->lease, rh_payee_reserve);
}

/* ---- effects ---- */

static void
split_line(rh_case *c, int64_t receipt, int64_t payee, int64_t share_bp, int64_t fen)
{
    rh_row_split_line *s = RH_MAKE(c, split_line);
    s->receipt = receipt;
    s->payee = payee;
    s->share_bp = share_bp;
    s->amount_fen = fen;
}

static void
post_rent(rh_journal *j, const rh_row_lease *l, rh_row_receipt *receipt)
{
    const int64_t share[3] = {l->farmer_bp, l->collective_bp, l->reserve_bp};
    int64_t part[3];
    rh_split(receipt->amount_fen, 3, share, part);
    static const int64_t payee[3] = {rh_payee_farmer, rh_payee_collective, rh_payee_reserve};
    for (int i = 0; i < 3; i++) {
        split_line(j->c, receipt->id, payee[i], share[i], part[i]);
        rh_post(j, rh_account_of(payee[i]), -part[i]);
    }
    receipt->farmer_fen = part[0];
    receipt->collective_fen = part[1];
    receipt->reserve_fen = part[2];
}

static rh_row_receipt *
make_receipt(rh_case *c, const rh_row_rent_line *line, int64_t amount_fen, const char *bank_ref)
{
    rh_row_receipt *receipt = RH_MAKE(c, receipt);
    receipt->line = line->id;
    receipt->lease = line->lease;
    receipt->village = line->village;
    receipt->amount_fen = amount_fen;
    receipt->bank_ref = bank_ref;
    return receipt;
}

void
rh_do_receipt_post(rh_case *c)
{
    const rh_command_receipt_post *command = RH_COMMAND(c, receipt_post);
    const rh_row_rent_line *line = RH_GET(c->registry, rent_line, command->line);
    rh_row_receipt *receipt = make_receipt(c, line, command->amount_fen, command->bank_ref);
    rh_journal j = rh_journal_begin(c, c->lease);
    rh_post(&j, rh_account_escrow, command->amount_fen);
    switch (line->kind) {
    case rh_line_kind_deposit:
        rh_post(&j, rh_account_deposit, -command->amount_fen);
        break;
    case rh_line_kind_restitution:
        rh_post(&j, rh_account_of(line->payer), -command->amount_fen);
        break;
    default:
        post_rent(&j, c->lease, receipt);
    }
    rh_journal_end(&j);
    rh_arrears_settle(c, line->lease, line->id, command->amount_fen);
}

void
rh_do_receipt_reverse(rh_case *c)
{
    const rh_registry *r = c->registry;
    const rh_row_receipt *was = RH_GET(r, receipt, RH_COMMAND(c, receipt_reverse)->receipt);
    const rh_row_rent_line *line = RH_GET(r, rent_line, was->line);
    rh_row_receipt *receipt = make_receipt(c, line, was->amount_fen, was->bank_ref);
    receipt->reverses = was->id;
    receipt->farmer_fen = was->farmer_fen;
    receipt->collective_fen = was->collective_fen;
    receipt->reserve_fen = was->reserve_fen;
    rh_unpost(c, c->lease, was, rh_account_escrow);
    rh_arrears_settle(c, line->lease, line->id, -was->amount_fen);
}
