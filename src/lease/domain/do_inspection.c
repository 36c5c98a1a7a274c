/* Inspections: opened by a red flag (flag.h) or by hand, closed with a finding. They judge nothing: what follows from a finding is decided elsewhere. */
#include "domain/lease_life.h"
#include "domain/setting.h"

void
rh_do_inspection_open(rh_case *c)
{
    const rh_command_inspection_open *command = RH_COMMAND(c, inspection_open);
    rh_row_inspection *i = RH_MAKE(c, inspection);
    i->lease = command->lease;
    i->flag = command->flag;
    i->finding = command->finding;
    i->deadline = c->today + rh_setting(c, rh_parameter_inspect_days);
    i->state = rh_case_state_open;
    i->by = c->ask->actor;
}

void
rh_do_inspection_close(rh_case *c)
{
    const rh_command_inspection_close *command = RH_COMMAND(c, inspection_close);
    rh_row_inspection *i = RH_CHANGE(c, inspection, command->inspection);
    i->finding = command->finding;
    i->photo = command->photo;
    i->state = rh_case_state_closed;
    i->by = c->ask->actor;
}

/* Nobody has been there in time: a reminder, and the same time once more. */
void
rh_due_inspection(rh_case *c, int64_t id)
{
    const rh_row_inspection *i = RH_GET(c->registry, inspection, id);
    if (i->state != rh_case_state_open || i->deadline >= c->today) {
        return;
    }
    int64_t days = rh_setting(c, rh_parameter_inspect_days);
    rh_remind(c, i->lease, rh_reminder_kind_deadline);
    RH_CHANGE(c, inspection, id)->deadline = c->today + (days < 1 ? 1 : days);
}
