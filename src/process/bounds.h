/* Bounds of all processes for the years of a run, and the rates of one year against them.
 *
 * bound of process p for a resident = most[class][age][p] × limit[p], where most is the largest base rate of the
 * years and limit the headroom times the largest factor of the places that the rate may meet:
 *   local residents   their own county's factor: every county has rows of its own, built when its year begins
 *   migrants          factors of the place of residence: counties are put into a few levels of alike factors,
 *                     and each level has rows for the three migrant classes, built once
 * Migrant class and place of residence change by events of the resident alone, so the bound that a waiting time was drawn
 * from is the bound at the visit.
 *
 * U1 a rate is above its bound only where rh_bounds_excess says so. */
#ifndef RH_PROCESS_BOUNDS_H
#define RH_PROCESS_BOUNDS_H

#include "process/process.h"

typedef struct rh_bounds {
    const rh_process *const *process; /* borrowed */
    unsigned n_processes;
    uint32_t n_counties, n_levels;
    float (*most)[RH_CLASS_AGES][RH_PROCESS_ROOM]; /* by class */
    float (*limit_home)[RH_PROCESS_ROOM];          /* by county of home and residence */
    float (*limit_away)[RH_PROCESS_ROOM];          /* by level of the county of residence */
    uint8_t *level;                                /* by county */
    rh_row *away; /* level × (RH_CLASSES - RH_STATES); local classes have none */
    unsigned char fixed[RH_CLASSES][RH_CLASS_AGES];
    unsigned char state_of[256]; /* rh_class_bits → state */
} rh_bounds;

/* Every process's largest rates over the years of the world. `headroom` multiplies those of the processes; `levels` (0: 12)
 * is the largest number of levels. Errors: RH_RANGE for a bound that is not finite or negative. */
RH_MUST_CHECK rh_status rh_bounds_init(rh_bounds *bounds, const rh_world *world,
                                       const rh_process *const *process, unsigned n_processes,
                                       double headroom, unsigned levels, rh_err *err);
void rh_bounds_release(rh_bounds *bounds);

/* Rows of the local residents of a county. About 0.1 ms. */
void rh_bounds_home(const rh_bounds *bounds, uint32_t county, rh_row row[RH_STATES]);

/* rh_row_next_age for a local resident of any county, without its rows: for the few who change their home. */
int rh_bounds_next_age_at_home(const rh_bounds *bounds, uint32_t county, unsigned state,
                               int age, float wait);

/* Mark (1) counties of residence where a rate of the year may pass its bound; *any: some is marked. */
void rh_bounds_excess(const rh_bounds *bounds, const rh_rates *rates, unsigned char *county,
                      bool *any);

/* Compare at the first bad value: every bound must be finite and not negative. */
RH_MUST_CHECK rh_status rh_bounds_check(unsigned process, unsigned class_, int age,
                                        double bound, rh_err *err);

#endif
