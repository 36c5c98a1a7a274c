/* All rows of a township in the order in which they were made: a merge of the tables by their key (db.h, D2). */
#ifndef RH_STORE_MERGE_H
#define RH_STORE_MERGE_H

#include "store/db.h"

typedef struct rh_merge rh_merge;

/* Rows of the commands after `seq`. */
RH_MUST_CHECK rh_status rh_merge_new(rh_db *db, int64_t seq, rh_merge **out, rh_err *err);
void rh_merge_free(rh_merge *merge);

/* The next row, lent until the next call; row->record NULL: no more. Errors: RH_INVARIANT when two rows have one place. */
RH_MUST_CHECK rh_status rh_merge_next(rh_merge *merge, rh_row *row, int64_t *at, rh_err *err);

#endif
