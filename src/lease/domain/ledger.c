/* Double entry: see ledger.h. */
#include "domain/ledger.h"

rh_journal
rh_journal_begin(rh_case *c, const rh_row_lease *l)
{
    return (rh_journal){c, l, RH_NONE, 0};
}

void
rh_post(rh_journal *j, int64_t account, int64_t fen)
{
    if (fen == 0) {
        return;
    }
    rh_row_posting *p = RH_MAKE(j->c, posting);
    j->id = j->id == RH_NONE ? p->id : j->id;
    p->journal = j->id;
    p->account = account;
    p->lease = j->lease->id;
    p->village = j->lease->village;
    p->amount_fen = fen;
    j->sum += fen;
}

void
rh_journal_end(rh_journal *j)
{
    if (j->sum != 0 && j->c->status == RH_OK) {
        j->c->status =
            rh_fail(j->c->err, RH_INVARIANT, "A journal of lease %lld does not sum to 0.",
                    (long long)j->lease->id);
    }
}

int64_t
rh_account_of(int64_t payee)
{
    static const int64_t account[] = {[rh_payee_farmer] = rh_account_farmer,
                                      [rh_payee_collective] = rh_account_collective,
                                      [rh_payee_reserve] = rh_account_reserve,
                                      [rh_payee_lessee] = rh_account_lessee};
    return account[payee];
}

int64_t
rh_owed(const rh_registry *r, int64_t lease, int64_t payee)
{
    const rh_books *b = rh_books_of(r, lease);
    return -b->balance[rh_account_of(payee)] - b->promised[payee];
}

int64_t
rh_escrow_free(const rh_registry *r, int64_t lease)
{
    const rh_books *b = rh_books_of(r, lease);
    int64_t free = b->balance[rh_account_escrow];
    for (int i = 0; i < rh_payee_count; i++) {
        free -= b->promised[i];
    }
    return free;
}

bool
rh_receipt_stands(const rh_registry *r, const rh_row_receipt *receipt)
{
    if (receipt->reverses != RH_NONE) {
        return false;
    }
    for (int64_t id = rh_first(r, RH_BY_receipt_line, receipt->line); id != 0;
         id = rh_next(r, RH_BY_receipt_line, id)) {
        if (RH_GET(r, receipt, id)->reverses == receipt->id) {
            return false;
        }
    }
    return true;
}

void
rh_unpost(rh_case *c, const rh_row_lease *l, const rh_row_receipt *receipt, int64_t refund)
{
    rh_journal j = rh_journal_begin(c, l);
    if (receipt->farmer_fen == RH_NONE) {
        rh_post(&j, rh_account_deposit, receipt->amount_fen);
    } else {
        rh_post(&j, rh_account_farmer, receipt->farmer_fen);
        rh_post(&j, rh_account_collective, receipt->collective_fen);
        rh_post(&j, rh_account_reserve, receipt->reserve_fen);
    }
    rh_post(&j, refund, -receipt->amount_fen);
    rh_journal_end(&j);
}
