/* Rows of all tables in order: see merge.h. Some forty tables: looking at each for the smallest key is quicker than reading the row. */
#include "store/merge.h"

#include "core/mem.h"

struct rh_merge {
    rh_cursor *cursor[RH_ROW_COUNT];
    const void *record[RH_ROW_COUNT]; /* what comes next of each; NULL: no more */
    int64_t at[RH_ROW_COUNT];
    int lent; /* its record is in the caller's hands; -1: none */
    int64_t last;
};

static rh_status
advance(rh_merge *m, int i, rh_err *err)
{
    return rh_cursor_next(m->cursor[i], &m->record[i], &m->at[i], err);
}

rh_status
rh_merge_new(rh_db *db, int64_t seq, rh_merge **out, rh_err *err)
{
    *out = NULL;
    rh_merge *m;
    RH_NEW(m, 1, err);
    m->lent = -1;
    m->last = -1;
    rh_status status = RH_OK;
    for (int i = 0; status == RH_OK && i < RH_ROW_COUNT; i++) {
        status = rh_db_scan(db, rh_table_of_row((rh_row_kind)i),
                            (seq + 1) << RH_DB_POSITION_BITS, &m->cursor[i], err);
        status = status == RH_OK ? advance(m, i, err) : status;
    }
    if (status != RH_OK) {
        rh_merge_free(m);
        return status;
    }
    *out = m;
    return RH_OK;
}

void
rh_merge_free(rh_merge *m)
{
    for (int i = 0; m != NULL && i < RH_ROW_COUNT; i++) {
        rh_cursor_close(m->cursor[i]);
    }
    rh_free(m);
}

rh_status
rh_merge_next(rh_merge *m, rh_row *row, int64_t *at, rh_err *err)
{
    if (m->lent >= 0) {
        RH_TRY(advance(m, m->lent, err));
        m->lent = -1;
    }
    int best = -1;
    for (int i = 0; i < RH_ROW_COUNT; i++) {
        if (m->record[i] != NULL && (best < 0 || m->at[i] < m->at[best])) {
            best = i;
        }
    }
    *row = (rh_row){0};
    if (best < 0) {
        return RH_OK;
    }
    if (m->at[best] <= m->last) {
        return rh_fail(err, RH_INVARIANT, "Table %s: two rows have the place %lld.",
                       rh_row_type((rh_row_kind)best)->name, (long long)m->at[best]);
    }
    m->lent = best;
    m->last = m->at[best];
    *row = (rh_row){(rh_row_kind)best, m->record[best]};
    *at = m->last;
    return RH_OK;
}
