/* The real domain behind judge.h. */
#include "service/judge.h"

#include "domain/calendar_day.h"
#include "domain/state.h"

/* Loading. Before any command of a day what is due by that day has happened (service.h, V6), so its deadlines are behind us: the rows of the
 * ticks say what came of them. Left in the list they would be looked at a second time, and a registry that was loaded would do what one
 * that ran on does not. */
static rh_status
apply(rh_registry *registry, rh_row row, rh_err *err)
{
    const rh_row_head *head = rh_row_head_of(row);
    if (head->seq > rh_registry_seq(registry)) {
        rh_due due;
        while (rh_due_pop(registry, rh_day_of_time(head->recorded), &due)) {
        }
    }
    return rh_registry_apply(registry, row, err);
}

const rh_judge rh_judge_registry = {
    .create = rh_registry_new,
    .destroy = rh_registry_free,
    .judge = rh_registry_do,
    .release = rh_outcome_release,
    .apply = apply,
    .seq = rh_registry_seq,
    .time = rh_registry_time,
    .next_due = rh_registry_next_due,
};
