/* Exposure to departure: the profile sums over the residents really at home, so that the base year's departures come
 * out as calibrated for the people of this store (destination.h, rh_destination_expose). */
#ifndef RH_PROCESS_EXPOSURE_H
#define RH_PROCESS_EXPOSURE_H

#include "person/store.h"
#include "process/destination.h"

/* Walk the store and replace every home county's exposures; counts are multiplied by `weight`. `year`: ages reached. */
RH_MUST_CHECK rh_status rh_exposure_measure(rh_destination *destination, const rh_region *region, const rh_store *store,
                                            double weight, int year, unsigned n_threads, rh_err *err);

#endif
