/* What every process may read during a year: places, series, parameters, choice tables, the year.
 * A world belongs to one run; several may live side by side. Nothing here changes while blocks are processed. */
#ifndef RH_PROCESS_WORLD_H
#define RH_PROCESS_WORLD_H

#include "person/person.h"
#include "place/region.h"
#include "policy/parameters.h"
#include "policy/scenario.h"
#include "policy/series.h"

struct rh_destination;
struct rh_reclassification;

/* Number profiles of the parameters file, read once. Ages are those reached in the year. */
typedef struct rh_profiles {
    float birth[4]
               [RH_PROFILE_AGES]; /* births a married woman and year, by children ever born */
    float marry[2][RH_PROFILE_AGES];      /* never married, by sex */
    float remarry[2][RH_PROFILE_AGES];    /* widowed or divorced */
    float leave_home[2][RH_PROFILE_AGES]; /* never married, widowed or divorced */
    float divide_home
        [RH_PROFILE_AGES]; /* married men: the couple leaves the parents' household */
    float leave_farm[2][RH_PROFILE_AGES], retire_farm[2][RH_PROFILE_AGES];
    float retire[2][RH_PROFILE_AGES]; /* from industry or service */
    double lose_job, to_home[2], from_home[2], find_job;
    double senior_share, college_share, bachelor_share,
        graduate_share; /* at the thresholds of schooling */
    double
        rural_schooling; /* odds of going on to senior school and college, rural against urban */
    double first_year
        [3]; /* by nest: factor on departures that gives the first year its net growth */
    double
        reclassification; /* factor that makes reclassification the remainder of the first year's urban growth */
    double spouse_along, child_along; /* chance that spouse and children go along at once */
    double joining;         /* yearly rate at which a migrant brings the family left behind */
    double return_together; /* chance that a spouse at the same place returns along */
    double
        farm_to_factory; /* share of departing farm workers who enter industry (the rest: service) */
    double back_to_farm; /* share of returning rural-hukou workers who farm */
    double
        youth_farm; /* a school leaver's chance to farm, relative to the place's share of farm work */
    double census_coverage; /* births of the county tables over the true ones */
    double mortality_shrink,
        fertility_shrink;   /* 0: national rate everywhere, 1: the county's own crude rate */
    double rural_mortality; /* death rate of rural against urban parts */
} rh_profiles;

/* Who moves to whom at a wedding, and who founds a household (assumptions: data/china/behaviour.csv). */
typedef struct rh_marriage_rules {
    double wife_joins,
        husband_joins; /* shares of couples living in different leaves; the rest stay apart */
    double neolocal;   /* share of weddings of non-heads that found a new household */
} rh_marriage_rules;

typedef struct rh_world {
    const rh_region *region;
    rh_parameters *parameters;
    rh_series *series;
    const rh_scenario *scenario;                        /* NULL in tests: default levers */
    const struct rh_destination *destination;           /* NULL: nobody departs */
    const struct rh_reclassification *reclassification; /* NULL: nothing is reclassified */
    uint64_t seed;
    double weight;             /* persons a word stands for */
    int first_year, last_year; /* stocks at the end of first_year are given */

    rh_profiles profile;
    rh_marriage_rules marriage;
    double return_scale
        [3]; /* by nest: return hazards of movers against those of migrants (exposure.h); 1 by default */
    double
        own_births; /* a year by the counties' own crude rates, corrected for coverage, persons */
    double
        birth_level; /* factor on the profile that gives the first simulated year its births */

    /* derived by rh_world_init */
    uint32_t *county_of_town;
    uint32_t *province_of_county;
    float *fertility_factor,
        *mortality_factor; /* county × part, relative to the national rates */
    double most_departing_education,
        most_returning[RH_PROFILE_AGES]; /* largest factors of migration.h */
    float departing
        [RH_EDUCATION_COUNT]; /* factor of schooling on departure, relative to the largest */
    float working
        [RH_ACTIVITY_COUNT][2]
        [RH_PROFILE_AGES]; /* total rate of work.c by activity, relative to its class's largest */
} rh_world;

/* Read parameters and series and derive the columns above; fields set by the caller: region, scenario, destination, seed,
 * weight, first_year, last_year. `data_dir` holds behaviour.csv and the series. */
RH_MUST_CHECK rh_status rh_world_init(rh_world *world, const char *data_dir, rh_err *err);
void rh_world_release(rh_world *world);

/* Scale birth and death rates to each county's own crude rates of the base year, from a walk over the store. */
struct rh_store;
RH_MUST_CHECK rh_status rh_world_calibrate(rh_world *world, const struct rh_store *store,
                                           unsigned n_threads, rh_err *err);

/* True when the region is the whole country, so that national totals apply. */
bool rh_world_is_nation(const rh_world *world);

/* Births of the region in year number `y` of the series: the nation's, or for a part of the country its own of the first year
 * moving with the nation's. */
double rh_world_births(const rh_world *world, int y);

/* True when a series is to be aligned to: the setting is "national" and the region is the nation. */
bool rh_world_aligned(const rh_world *world, const char *setting);

#endif
