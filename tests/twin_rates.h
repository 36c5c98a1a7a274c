/* The reference twin of the processes' rates: for tests only. Each function is the equation of one process for one
 * resident, written from the parameters (data/china) without classes, bounds, calendars or conditions.
 *
 * R1 rates are events a person and year for somebody whose state stays what it is on 1 January.
 * Expected events of a year then are the sum of the rates over the residents, with a variance of the same size. */
#ifndef RH_TESTS_TWIN_RATES_H
#define RH_TESTS_TWIN_RATES_H

#include "run/simulation.h"

/* A resident in its place: position i of the block of township `town`. */
typedef struct twin_resident {
    const rh_simulation *s;
    uint32_t town, i;
    rh_person word;
    int year; /* the year lived: ages are those reached in it */
} twin_resident;

/* Rate of the process of this name in process.def; schooling, which is no rate, gives 0. */
double twin_rate(const char *process, const twin_resident *r);

/* Rates from the resident's activity to each other one: retirement, household, unemployment, and jobs in industry and
 * service as the county of residence has them. */
void twin_work_rates(const twin_resident *r, double to[RH_ACTIVITY_COUNT]);

/* Chance that a pupil of this age, schooling and part passes into the next school on 1 September, by the shares
 * of the levers; -1 where no passage is due. *level receives the level entered (bachelor stands for college too). */
double twin_school_chance(const twin_resident *r, unsigned *level);

#endif
