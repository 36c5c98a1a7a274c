/* The texts whose hashes the registry keeps: schemes, notices, contracts, amendments, disclosures.
 *
 * A paper is written from rows alone (party numbers, no names: "农户 3 号"), in Chinese, so anybody with the rows writes the same bytes and finds the
 * same hash; what names the parties is printed beside it for the parties only. The text is also kept in the site's folder of documents, as
 * "paper-<hash>" (schemes, notices, disclosures: public) or "contract-<hash>" (contracts and amendments: for the parties and the offices),
 * so it can be shown as it was after rows have changed.
 *
 * The mark of a signature is an agreed reliable condition (电子签名法 13, last paragraph), not a certified signature: Ed25519 by the township's
 * signing key over "ronghe-lease mark v1\n" and the lines hash (64 hexadecimal digits), party, lease, version of the lease, each ended by
 * "\n"; written as "ed25519:" and 128 hexadecimal digits. It says that the platform let this party, signed in, sign this text.
 *
 * Contract values that no row holds are the platform's [P]: the house is returned in 30 days, repairs up to 500 yuan are the lessee's. */
#ifndef RH_WEB_PAPERS_H
#define RH_WEB_PAPERS_H

#include "store/growing.h"
#include "web/asking.h"
#include "web/contract.h"
#include "web/site.h"

/* Fill the fields of the command that this program makes (rh_asking_derives): hashes of papers, the mark of a signature. Errors: RH_MISSING when
 * what the paper is about does not exist (the domain will say so better: the field stays empty), RH_MEMORY. `room` holds texts of the command. */
RH_MUST_CHECK rh_status rh_papers_derive(rh_site *site, const rh_registry *registry,
                                         int64_t party, rh_asking *asking, char room[512],
                                         rh_err *err);

/* Write the paper of an object from its present rows: a scheme, an offer (its notice), a lease (its contract), an amendment, a
 * disclosure; of a notice the text on notice. Errors: RH_MISSING, RH_INPUT (rows that make no paper), RH_MEMORY, RH_IO. */
RH_MUST_CHECK rh_status rh_paper_write(const rh_registry *registry, rh_row_kind kind,
                                       int64_t id, int64_t today, rh_growing *out, rh_err *err);
rh_hash rh_paper_hash(const rh_growing *text);

/* The contract of a lease as PDF for its parties; `names` are the lessor's and the lessee's, printed in place of their numbers. The
 * PDF's hash line is that of the text with numbers when both are NULL. */
RH_MUST_CHECK rh_status rh_paper_contract(const rh_registry *registry,
                                          const rh_row_lease *lease, int64_t today,
                                          const char *lessor, const char *lessee, bool with_pdf,
                                          rh_contract_paper *out, rh_err *err);

/* The kept text with that hash; `restricted` says that it is for parties and offices only. Errors: RH_MISSING, RH_IO,
 * RH_INVARIANT (the file's bytes have another hash), RH_MEMORY. */
RH_MUST_CHECK rh_status rh_paper_kept(const rh_site *site, const char *hex, bool *restricted,
                                      rh_growing *out, rh_err *err);

#endif
