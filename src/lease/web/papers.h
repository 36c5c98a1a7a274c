/* The texts whose hashes the registry keeps: schemes, notices, contracts, amendments, disclosures.
 *
 * A paper is written from rows alone (party numbers, no names), so anybody with the rows writes the same bytes and finds the same hash;
 * what names the parties is printed beside it for the parties only. */
#ifndef RH_WEB_PAPERS_H
#define RH_WEB_PAPERS_H

#include "web/asking.h"
#include "web/site.h"

/* Fill the fields of the command that this program makes (rh_asking_derives): hashes of papers, the mark of a signature. Errors: RH_MISSING when
 * what the paper is about does not exist (the domain will say so better: the field stays empty), RH_MEMORY. `room` holds texts of the command. */
RH_MUST_CHECK rh_status rh_papers_derive(rh_site *site, const rh_registry *registry,
                                         int64_t party, rh_asking *asking, char room[512],
                                         rh_err *err);

#endif
