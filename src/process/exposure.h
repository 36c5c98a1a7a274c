/* Exposure to departure and return: sums over the residents of the store, so that the base year's flows come out as calibrated
 * (destination.h) although families move together.
 *
 *   departures of a nest = hazard × Σ profile × (1 + family members who go along)  + members who join later
 *   returns of a nest    = scale × Σ hazard × (1 + family members who return along)
 *
 * Hazards are set so that the first equals the arrivals that the calibration asks for, the scale so that the second equals
 * the returns of a migrant alone. Children under RH_MOVE_AGE never move on their own. */
#ifndef RH_PROCESS_EXPOSURE_H
#define RH_PROCESS_EXPOSURE_H

#include "person/store.h"
#include "process/destination.h"
#include "process/world.h"

enum { RH_MOVE_AGE = 16 };

/* Walk the store; replaces every home county's exposures in `destination` and sets world->return_scale. Ages are those reached
 * in the first simulated year. */
RH_MUST_CHECK rh_status rh_exposure_measure(rh_destination *destination, rh_world *world,
                                            const rh_store *store, unsigned n_threads,
                                            rh_err *err);

#endif
