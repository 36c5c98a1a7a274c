/* Open data: what everybody may have, as files in one folder that is swapped as a whole.
 *
 *     ledger.csv    seq,row,id,version,journal,account,lease,village,amount_fen    every posting, in order (docs/lease/log.md)
 *     totals.csv    village,account,amount_fen,postings                            sums of the ledger, in byte order of "village,account"
 *     homestead_leases.csv   leased homesteads by year (homestead_table.h)
 *     TABLE.csv     the OPEN fields of every kind of row that has some, all versions, in order
 *     columns.csv   what the columns are: file, column, Chinese, English, type, unit, words
 *
 * O1 only OPEN fields: nothing that is for members or parties, no private value, not even its number.
 * O2 the files are of one moment: all rows up to command `seq`, no others; so they agree with a checkpoint of `seq` entries (I24).
 * O3 who opens the folder sees the old files or the new ones, never a mixture (renameat2, RENAME_EXCHANGE).
 * UTF-8, lines end with LF. The tables for people begin with a byte order mark (Excel); ledger, totals and homestead_leases, for programs, do not. Texts that a
 * spreadsheet would take for a formula get a ' in front. */
#ifndef RH_SERVICE_OPEN_DATA_H
#define RH_SERVICE_OPEN_DATA_H

#include "store/db.h"

/* Write the folder (made or replaced). Errors: RH_IO, RH_INVARIANT, RH_MEMORY; the old folder then stays. */
RH_MUST_CHECK rh_status rh_open_data_write(rh_db *db, int64_t seq, const char *folder,
                                           rh_err *err);

#endif
