/* Quarterly disclosure: see disclosure.h. */
#include "domain/disclosure.h"

#include "domain/calendar_day.h"
#include "domain/case.h"

/* Is there a disclosure of the place that covers these days? */
static bool
is_covered(const rh_registry *r, int64_t place, int64_t first, int64_t last)
{
    for (int64_t id = rh_first(r, RH_BY_disclosure_place, place); id != 0;
         id = rh_next(r, RH_BY_disclosure_place, id)) {
        const rh_row_disclosure *d = RH_GET(r, disclosure, id);
        if (d->first <= first && d->last >= last) {
            return true;
        }
    }
    return false;
}

bool
rh_disclosure_due(const rh_registry *registry, int64_t place, int64_t today, int64_t *first,
                  int64_t *last)
{
    int year, month, day;
    rh_day_split(today, &year, &month, &day);
    int64_t running = rh_day_of(year, (month - 1) / 3 * 3 + 1, 1);
    *first = rh_day_add_months(running, -3);
    *last = running - 1;
    return !is_covered(registry, place, *first, *last);
}

bool
rh_guard_disclosure_is_of_the_past(const rh_case *c, rh_refusal *why)
{
    const rh_command_disclosure_publish *command = RH_COMMAND(c, disclosure_publish);
    rh_say(why, RH_FIELD_DATE, command->last);
    return command->first <= command->last && command->last < c->today;
}

bool
rh_guard_disclosure_is_new(const rh_case *c, rh_refusal *why)
{
    (void)why;
    const rh_command_disclosure_publish *command = RH_COMMAND(c, disclosure_publish);
    return !is_covered(c->registry, command->place, command->first, command->last);
}

void
rh_do_disclosure_publish(rh_case *c)
{
    const rh_command_disclosure_publish *command = RH_COMMAND(c, disclosure_publish);
    rh_row_disclosure *d = RH_MAKE(c, disclosure);
    d->place = command->place;
    d->first = command->first;
    d->last = command->last;
    d->text = command->text;
}
