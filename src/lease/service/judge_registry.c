/* The real domain behind judge.h. */
#include "service/judge.h"

const rh_judge rh_judge_registry = {
    .create = rh_registry_new,
    .destroy = rh_registry_free,
    .judge = rh_registry_do,
    .release = rh_outcome_release,
    .apply = rh_registry_apply,
    .seq = rh_registry_seq,
    .time = rh_registry_time,
    .next_due = rh_registry_next_due,
};
