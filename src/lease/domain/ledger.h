/* Double entry in fen. Debit is positive. Escrow is what the bank holds for a lease; farmer, collective, reserve, lessee and deposit are what is owed
 * from it (credit, so negative). docs/lease/money.md has an example.
 *
 * J1 a journal sums to 0 (I10): rh_journal_end makes the command fail otherwise.
 * J2 nothing is ever taken back but by an opposite journal. */
#ifndef RH_DOMAIN_LEDGER_H
#define RH_DOMAIN_LEDGER_H

#include "domain/lease_life.h"

typedef struct rh_journal {
    rh_case *c;
    const rh_row_lease *lease;
    int64_t id; /* of its first posting; RH_NONE: nothing posted yet */
    int64_t sum;
} rh_journal;

rh_journal rh_journal_begin(rh_case *c, const rh_row_lease *l);
/* A posting; of 0 fen none is made. */
void rh_post(rh_journal *j, int64_t account, int64_t fen);
void rh_journal_end(rh_journal *j);

/* The account on which a payee's money stands. */
int64_t rh_account_of(int64_t payee);

/* What is owed to a payee and not yet promised, fen; may be negative after a lease was declared void. */
int64_t rh_owed(const rh_registry *r, int64_t lease, int64_t payee);

/* What escrow holds for the lease and no payout has been promised of, fen. */
int64_t rh_escrow_free(const rh_registry *r, int64_t lease);

/* A receipt that was not reversed and is no reversal. */
bool rh_receipt_stands(const rh_registry *r, const rh_row_receipt *receipt);

/* Undo a receipt: the opposite of its postings; `refund` is the account that the sum is owed from now on, escrow when it leaves the bank. */
void rh_unpost(rh_case *c, const rh_row_lease *l, const rh_row_receipt *receipt,
               int64_t refund);

#endif
