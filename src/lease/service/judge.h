/* The domain as the service sees it: so that the service can be tested with a small one of the test's own. */
#ifndef RH_SERVICE_JUDGE_H
#define RH_SERVICE_JUDGE_H

#include "domain/registry.h"
#include "store/db.h"

/* The functions of domain/registry.h, by the same names. */
typedef struct rh_judge {
    rh_status (*create)(rh_registry **registry, rh_err *err);
    void (*destroy)(rh_registry *registry);
    rh_status (*judge)(rh_registry *registry, const rh_ask *ask, rh_outcome *out, rh_err *err);
    void (*release)(rh_outcome *out);
    rh_status (*apply)(rh_registry *registry, rh_row row, rh_err *err);
    int64_t (*seq)(const rh_registry *registry);
    int64_t (*time)(const rh_registry *registry);
    int64_t (*next_due)(const rh_registry *registry);
} rh_judge;

/* The real one. */
extern const rh_judge rh_judge_registry;

/* A registry with all rows of the database. Errors: also RH_INVARIANT when rows and journal do not end with the same command. */
RH_MUST_CHECK rh_status rh_judge_load(const rh_judge *judge, rh_db *db, rh_registry **out,
                                      rh_err *err);

#endif
