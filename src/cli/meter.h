/* The progress line: drawn on a terminal from the second second on, at most five times a
 * second. */
#ifndef RH_CLI_METER_H
#define RH_CLI_METER_H

#include "cli/verb.h"
#include "core/progress.h"

typedef struct rh_meter {
    const rh_cli *cli;
    rh_progress progress;
    double shown_s;    /* when it was drawn last, 0: never */
    const char *phase; /* borrowed: ids are string constants of the engine */
    int year;
} rh_meter;

void rh_meter_begin(rh_meter *meter, const rh_cli *cli);

/* Something was done. `phase` is an id ("synthesis", "year"; unknown ones are shown as they
 * are); `year` 0: none; `residents_per_s` 0: unknown. False when the user asked to end. */
bool rh_meter_update(rh_meter *meter, const char *phase, int year, uint64_t done,
                     uint64_t total, double residents_per_s);

/* Wipe the line. */
void rh_meter_end(rh_meter *meter);

#endif
