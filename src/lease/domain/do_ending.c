/* How a lease ends: danger and repair, termination by a ground, handing back, settling the deposit, closing; void by a court; a co-resident who goes
 * on after the lessee's death (民法典 732). Change of owner, heir or scheme ends nothing (民法典 725, I25): no command here does. */
#include "domain/arrears.h"
#include "domain/ledger.h"
#include "domain/setting.h"
#include "domain/settlement.h"

/* ---- guards: termination, one a ground ---- */

static bool
ground_is(const rh_case *c, int64_t ground)
{
    return RH_COMMAND(c, lease_terminate)->ground == ground;
}

static int64_t
source_kind(const rh_case *c)
{
    return RH_GET(c->registry, source, RH_COMMAND(c, lease_terminate)->source)->kind;
}

bool
rh_guard_arrears_period_over(const rh_case *c, rh_refusal *why)
{
    if (!ground_is(c, rh_termination_ground_arrears)) {
        return true;
    }
    const rh_row_arrears *a = rh_arrears_open(c->registry, c->lease->id);
    if (a == NULL) {
        rh_say(why, RH_FIELD_FEN, 0);
        rh_say(why, RH_FIELD_DATE, c->today);
        return false;
    }
    rh_say(why, RH_FIELD_FEN, a->amount_fen);
    rh_say(why, RH_FIELD_DATE, a->grace_until);
    return a->grace_until < c->today;
}

bool
rh_guard_arrears_by_household(const rh_case *c, rh_refusal *why)
{
    (void)why;
    return !ground_is(c, rh_termination_ground_arrears) || c->ask->role == rh_role_holder_rep;
}

bool
rh_guard_danger_was_found(const rh_case *c, rh_refusal *why)
{
    (void)why;
    return !ground_is(c, rh_termination_ground_unsafe) ||
           c->lease->state == rh_lease_state_unsafe;
}

bool
rh_guard_breach_was_decided(const rh_case *c, rh_refusal *why)
{
    (void)why;
    return !ground_is(c, rh_termination_ground_breach) ||
           source_kind(c) == rh_source_kind_order;
}

bool
rh_guard_agreement_is_shown(const rh_case *c, rh_refusal *why)
{
    (void)why;
    return !ground_is(c, rh_termination_ground_mutual) ||
           (source_kind(c) == rh_source_kind_contract && c->ask->role == rh_role_township);
}

bool
rh_guard_loss_is_shown(const rh_case *c, rh_refusal *why)
{
    (void)why;
    return !ground_is(c, rh_termination_ground_loss) ||
           source_kind(c) == rh_source_kind_report || source_kind(c) == rh_source_kind_order;
}

/* Before the lease is in force only an agreement, or the loss of the house, ends it. */
bool
rh_guard_ground_fits_the_state(const rh_case *c, rh_refusal *why)
{
    int64_t ground = RH_COMMAND(c, lease_terminate)->ground;
    rh_say_code(why, &rh_codes_termination_ground, ground);
    return rh_lease_in(c->lease, RH_LEASE_LIVE) || ground == rh_termination_ground_mutual ||
           ground == rh_termination_ground_loss;
}

/* ---- guards: the rest ---- */

bool
rh_guard_kept_within_deposit(const rh_case *c, rh_refusal *why)
{
    int64_t held = -rh_books_of(c->registry, c->lease->id)->balance[rh_account_deposit];
    rh_say(why, RH_FIELD_FEN, held);
    return RH_COMMAND(c, lease_settle)->deposit_kept_fen <= held;
}

bool
rh_guard_kept_has_source(const rh_case *c, rh_refusal *why)
{
    (void)why;
    const rh_command_lease_settle *command = RH_COMMAND(c, lease_settle);
    return command->deposit_kept_fen == 0 || command->source != RH_NONE;
}

int64_t
rh_contested(const rh_registry *r, int64_t lease, int64_t payee)
{
    int64_t sum = 0;
    for (int64_t id = rh_first(r, RH_BY_dispute_object_id, lease); id != 0;
         id = rh_next(r, RH_BY_dispute_object_id, id)) {
        const rh_row_dispute *d = RH_GET(r, dispute, id);
        if (d->object == rh_object_kind_lease && d->state == rh_case_state_open &&
            d->contested_of == payee) {
            sum += d->contested_fen;
        }
    }
    for (int64_t p = rh_first(r, RH_BY_payout_lease, lease); p != 0;
         p = rh_next(r, RH_BY_payout_lease, p)) {
        for (int64_t id = rh_first(r, RH_BY_dispute_object_id, p); id != 0;
             id = rh_next(r, RH_BY_dispute_object_id, id)) {
            const rh_row_dispute *d = RH_GET(r, dispute, id);
            if (d->object == rh_object_kind_payout && d->state == rh_case_state_open &&
                d->contested_of == payee) {
                sum += d->contested_fen;
            }
        }
    }
    return sum;
}

static bool
in_dispute(const rh_registry *r, int64_t object, int64_t id)
{
    for (int64_t d = rh_first(r, RH_BY_dispute_object_id, id); d != 0;
         d = rh_next(r, RH_BY_dispute_object_id, d)) {
        const rh_row_dispute *dispute = RH_GET(r, dispute, d);
        if (dispute->object == object && dispute->state == rh_case_state_open) {
            return true;
        }
    }
    return false;
}

bool
rh_lease_is_square(const rh_registry *r, const rh_row_lease *l)
{
    const rh_books *b = rh_books_of(r, l->id);
    for (int i = 0; i < rh_account_count; i++) {
        if (b->balance[i] != 0) {
            return false;
        }
    }
    for (int i = 0; i < rh_payee_count; i++) {
        if (b->promised[i] != 0) {
            return false;
        }
    }
    for (int64_t p = rh_first(r, RH_BY_payout_lease, l->id); p != 0;
         p = rh_next(r, RH_BY_payout_lease, p)) {
        if (in_dispute(r, rh_object_kind_payout, p)) {
            return false;
        }
    }
    return !in_dispute(r, rh_object_kind_lease, l->id);
}

bool
rh_guard_books_are_square(const rh_case *c, rh_refusal *why)
{
    rh_say(why, RH_FIELD_FEN,
           rh_books_of(c->registry, c->lease->id)->balance[rh_account_escrow]);
    return rh_lease_is_square(c->registry, c->lease);
}

bool
rh_guard_successor_is_another(const rh_case *c, rh_refusal *why)
{
    (void)why;
    const rh_command_lease_continue *command = RH_COMMAND(c, lease_continue);
    const rh_row_party *party = RH_GET(c->registry, party, command->lessee);
    return command->lessee != c->lease->lessee && party->kind == rh_party_kind_person;
}

/* ---- effects ---- */

void
rh_do_lease_unsafe(rh_case *c)
{
    rh_lease_enter(c, c->lease->id, rh_lease_state_unsafe, rh_lease_until(c->lease, c->today));
}

void
rh_do_lease_repaired(rh_case *c)
{
    const rh_row_lease *l = c->lease;
    rh_lease_enter(c, l->id,
                   rh_lease_rest(l, c->today, rh_arrears_open(c->registry, l->id) != NULL),
                   rh_lease_until(l, c->today));
}

/* What was due up to today stays owed; what would fall due later is cancelled. */
void
rh_do_lease_terminate(rh_case *c)
{
    rh_lease_ends(c, c->lease, c->today);
    rh_lease_enter(c, c->lease->id, rh_lease_state_terminated, c->today + RH_REMIND_DAYS)
        ->ground = RH_COMMAND(c, lease_terminate)->ground;
}

void
rh_do_lease_hand_back(rh_case *c)
{
    rh_lease_enter(c, c->lease->id, rh_lease_state_handed_back, c->today + RH_REMIND_DAYS);
}

/* The deposit goes back to the lessee but for what is kept, which is the household's own: damages are no rent and are not divided. */
void
rh_do_lease_settle(rh_case *c)
{
    const rh_row_lease *l = c->lease;
    int64_t held = -rh_books_of(c->registry, l->id)->balance[rh_account_deposit];
    int64_t kept = RH_COMMAND(c, lease_settle)->deposit_kept_fen;
    rh_journal j = rh_journal_begin(c, l);
    rh_post(&j, rh_account_deposit, held);
    rh_post(&j, rh_account_lessee, -(held - kept));
    rh_post(&j, rh_account_farmer, -kept);
    rh_journal_end(&j);
    rh_lines_cancel(c, l->id, RH_NONE);
    rh_arrears_close(c, l->id);
    rh_lease_enter(c, l->id, rh_lease_state_settled, c->today + RH_REMIND_DAYS);
}

void
rh_do_lease_close(rh_case *c)
{
    rh_lease_enter(c, c->lease->id, rh_lease_state_closed, RH_NONE);
}

/* What was received is owed to the lessee again, by a journal opposite to each receipt. `part` gets what the journals put on each payee's account. */
static void
unwind(rh_case *c, const rh_row_lease *l, int64_t part[rh_payee_count])
{
    const rh_registry *r = c->registry;
    for (int64_t line = rh_first(r, RH_BY_rent_line_lease, l->id); line != 0;
         line = rh_next(r, RH_BY_rent_line_lease, line)) {
        for (int64_t id = rh_first(r, RH_BY_receipt_line, line); id != 0;
             id = rh_next(r, RH_BY_receipt_line, id)) {
            const rh_row_receipt *receipt = RH_GET(r, receipt, id);
            if (!rh_receipt_stands(r, receipt)) {
                continue;
            }
            rh_unpost(c, l, receipt, rh_account_lessee);
            if (receipt->farmer_fen != RH_NONE) {
                part[rh_payee_farmer] += receipt->farmer_fen;
                part[rh_payee_collective] += receipt->collective_fen;
                part[rh_payee_reserve] += receipt->reserve_fen;
            }
        }
    }
}

/* What was paid out already must come back from those who have it: a line each, due after the period that the township grants debtors. */
static void
ask_back(rh_case *c, const rh_row_lease *l, const int64_t part[rh_payee_count])
{
    static const int64_t from[] = {rh_payee_farmer, rh_payee_collective, rh_payee_reserve};
    const rh_books *b = rh_books_of(c->registry, l->id);
    for (size_t i = 0; i < sizeof from / sizeof from[0]; i++) {
        int64_t paid = b->balance[rh_account_of(from[i])] + part[from[i]];
        if (paid > 0) {
            rh_row_rent_line *line = RH_MAKE(c, rent_line);
            line->lease = l->id;
            line->village = l->village;
            line->due = c->today + rh_setting(c, rh_parameter_arrears_days);
            line->amount_fen = paid;
            line->kind = rh_line_kind_restitution;
            line->payer = from[i];
        }
    }
}

void
rh_do_lease_void(rh_case *c)
{
    const rh_row_lease *l = c->lease;
    rh_row_order *order = RH_MAKE(c, order);
    order->kind = rh_order_kind_void_lease;
    order->object_id = l->id;
    order->by = c->ask->actor;
    order->source = RH_COMMAND(c, lease_void)->source;
    for (int64_t id = rh_first(c->registry, RH_BY_payout_lease, l->id); id != 0;
         id = rh_next(c->registry, RH_BY_payout_lease, id)) {
        if (RH_GET(c->registry, payout, id)->state == rh_payout_state_proposed) {
            RH_CHANGE(c, payout, id)->state = rh_payout_state_refused;
        }
    }
    int64_t part[rh_payee_count] = {0};
    unwind(c, l, part);
    ask_back(c, l, part);
    rh_lease_ends(c, l, RH_NONE);
    rh_arrears_close(c, l->id);
    rh_lease_enter(c, l->id, rh_lease_state_void, RH_NONE);
}

void
rh_do_lease_continue(rh_case *c)
{
    const rh_command_lease_continue *command = RH_COMMAND(c, lease_continue);
    rh_row_lease *l = RH_CHANGE(c, lease, c->lease->id);
    l->lessee = command->lessee;
    if (!rh_lease_in(l, RH_LEASE_LIVE)) {
        return; /* the right begins with the lease */
    }
    rh_lease_right_ends(c, l);
    rh_lease_right(c, l, command->source);
}
