/* Loading a registry from the database (judge.h). */
#include "service/judge.h"

#include "store/merge.h"

static rh_status
apply_all(const rh_judge *judge, rh_db *db, rh_registry *registry, rh_err *err)
{
    rh_merge *merge;
    rh_row row;
    int64_t at, journal;
    RH_TRY(rh_merge_new(db, 0, &merge, err));
    rh_status status;
    do {
        status = rh_merge_next(merge, &row, &at, err);
        if (status == RH_OK && row.record != NULL) {
            status = judge->apply(registry, row, err);
        }
    } while (status == RH_OK && row.record != NULL);
    rh_merge_free(merge);
    RH_TRY(status);
    RH_TRY(rh_db_largest(db, RH_KEEP_journal, &journal, err));
    return journal == judge->seq(registry)
               ? RH_OK
               : rh_fail(err, RH_INVARIANT,
                         "The journal ends with command %lld, the rows with command %lld.",
                         (long long)journal, (long long)judge->seq(registry));
}

rh_status
rh_judge_load(const rh_judge *judge, rh_db *db, rh_registry **out, rh_err *err)
{
    *out = NULL;
    rh_registry *registry;
    RH_TRY(judge->create(&registry, err));
    rh_status status = apply_all(judge, db, registry, err);
    if (status != RH_OK) {
        judge->destroy(registry);
        return status;
    }
    *out = registry;
    return RH_OK;
}
