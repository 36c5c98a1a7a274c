/* Priors of the region builders: china/{migrant_age_prior,township_weights,place_prior}.csv of
 * the shipped data (core/datadir.h); a file of the same name in the user's data folder is read
 * instead. All are estimates or assumptions: they shape what the published margins leave open
 * and never change a margin. */
#ifndef RH_PLACE_PRIOR_H
#define RH_PLACE_PRIOR_H

#include "io/csv.h"
#include "place/region.h"

/* Numbers of place_prior.csv by name. */
#define RH_PRIOR_LIST(X)                                                                       \
    X(in_county_urban_rate)                                                                    \
    X(in_county_rural_rate)                                                                    \
    X(in_province_urban_rate)                                                                  \
    X(in_province_rural_rate)                                                                  \
    X(other_province_urban_rate)                                                               \
    X(other_province_rural_rate)                                                               \
    X(distance_elasticity)                                                                     \
    X(distance_floor_km)                                                                       \
    X(seat_urban_factor)                                                                       \
    X(township_2000_weight)                                                                    \
    X(origin_floor_share)                                                                      \
    X(od_sample_2005)                                                                          \
    X(birthplace_sample)

typedef struct rh_prior {
#define X(name) double name;
    RH_PRIOR_LIST(X)
#undef X
    /* Relative weight of class × part × sex × age before fitting. */
    double cell[RH_CLASS_COUNT][RH_PART_COUNT][2][RH_AGE_GROUPS];
    double town_weight[4][RH_PART_COUNT]
                      [2];  /* kind, part, resident or village committees: persons each */
    double migrant_tilt[4]; /* kind */
} rh_prior;

/* `data_dir` may be NULL (shipped files only). */
RH_MUST_CHECK rh_status rh_prior_read(const char *data_dir, rh_prior *prior, rh_err *err);

/* Open data_dir/name if it exists, else the shipped file of that name. */
RH_MUST_CHECK rh_status rh_prior_open(const char *data_dir, const char *name, rh_csv **out,
                                      rh_err *err);

#endif
