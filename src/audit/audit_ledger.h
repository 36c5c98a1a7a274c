/* The village's books, recomputed from the entries of the log and compared with what was published.
 *
 * Rules (DOMAIN.md I10, I23, I24): seq rises, time never falls; ids of postings rise, each is written once (version 1: money is
 * corrected by an opposite posting); a journal stands in one entry and sums to 0; no village's and no lease's escrow is below 0
 * after any entry; ledger.csv and totals.csv say exactly what the log says. */
#ifndef RH_AUDIT_LEDGER_H
#define RH_AUDIT_LEDGER_H

#include "audit/audit_log.h"

#define RH_AUDIT_LEDGER_HEAD "seq,row,id,version,journal,account,lease,village,amount_fen"
#define RH_AUDIT_TOTALS_HEAD "village,account,amount_fen,postings"

/* Findings are told. `ledger` and `totals`: paths of the published files. */
void rh_audit_ledger(rh_audit *audit, const rh_audit_log *log, const char *ledger,
                     const char *totals);

#endif
