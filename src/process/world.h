/* What every process may read during a year: places, series, parameters, choice tables, the year.
 * A world belongs to one run; several may live side by side. Nothing here changes while blocks are processed. */
#ifndef RH_PROCESS_WORLD_H
#define RH_PROCESS_WORLD_H

#include "place/region.h"
#include "policy/parameters.h"
#include "policy/scenario.h"
#include "policy/series.h"

struct rh_destination;
struct rh_calendar;

/* Who moves to whom at a wedding, and who founds a household (assumptions: data/china/behaviour.csv). */
typedef struct rh_marriage_rules {
    double wife_joins, husband_joins; /* shares of couples living in different leaves; the rest stay apart */
    double neolocal;                  /* share of weddings of non-heads that found a new household */
} rh_marriage_rules;

typedef struct rh_world {
    const rh_region *region;
    const rh_parameters *parameters;
    const rh_series *series;
    const rh_scenario *scenario; /* NULL in tests: default levers */
    const struct rh_destination *destination;
    uint64_t seed;
    double weight;               /* persons a word stands for */
    int first_year, last_year;   /* stocks at the end of first_year are given */

    rh_marriage_rules marriage;

    /* derived by rh_world_init */
    uint32_t *county_of_town;
    uint32_t *province_of_county;
    float *fertility_factor, *mortality_factor; /* county × part, relative to the national rates */
    float *reclassification;                    /* per county: share of rural residents a year; NULL: none */
    float reclassification_max;                 /* largest of them */
} rh_world;

#endif
