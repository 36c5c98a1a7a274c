/* Functional urban areas 功能性城市地区: dense cores, cores that commute to each other made one, and the units around that
 * send a share of their workers there.
 *
 * 1 a unit is core when at least `core_share` of its people live at high density (urban centre: cells of 1,500/km² and more);
 *   core units that touch are one core; a core has at least `core_population` people;
 * 2 two cores are one when at least `connect` of the workers living in either (or in each) works in the other;
 * 3 a unit belongs to the core to which most of its workers go, when they are at least `threshold` of those living there;
 * 4 units that do not touch their area are dropped, units touching one area alone are filled (where neighbours are known).
 *
 * Sources: OECD 2012, Redefining "Urban", 15 % in both 2 and 3; Dijkstra, Poelman & Veneri 2019, The EU-OECD definition of a
 * functional urban area (OECD Regional Development Working Papers 2019/11): 50 % in 1, 50,000 people, 15 %. */
#ifndef RH_EVALUATE_METRO_FUA_H
#define RH_EVALUATE_METRO_FUA_H

#include "evaluate/metro_contiguity.h"

typedef struct rh_fua_rule {
    double core_share;      /* 0–1 */
    double core_population; /* persons */
    double connect;         /* 0–1 */
    bool connect_both;      /* in each direction, not in either */
    double threshold;       /* 0–1, above 0 */
} rh_fua_rule;

rh_fua_rule rh_fua_rule_oecd(void);

/* What a unit is in the result. */
enum rh_fua_part { RH_FUA_NONE, RH_FUA_CORE, RH_FUA_HINTERLAND, RH_FUA_FILLED, RH_FUA_EXCLAVE };

typedef struct rh_fua {
    uint32_t n;
    uint32_t *area; /* smallest core unit of the unit's area, or RH_NO_AREA */
    uint8_t *part;  /* enum rh_fua_part */
    uint32_t *core; /* smallest unit of the core (1) a core unit is in; RH_NO_AREA for others */
    double *
        share; /* of its workers to the core it goes to most: of its own area where it has one; core units: within their core */
    uint32_t *best; /* that core, or RH_NO_AREA when nobody goes to any */
    uint32_t n_cores, n_areas, n_exclaves, n_filled,
        n_small; /* n_small: cores of too few people */
} rh_fua;

/* population[n] persons; dense[n]: share living at high density, 0–1. `touching` may be NULL: then every core unit is a core of
 * its own and 4 does not happen. `core_of` (NULL: from `dense`): urban centre of each unit as a label below n, or RH_NO_AREA.
 * O(n + links). Errors: RH_MEMORY; RH_RANGE for a rule that is none. */
RH_MUST_CHECK rh_status rh_fua_find(const rh_commuting *flows, const rh_fua_rule *rule,
                                    const double *population, const double *dense,
                                    const uint32_t *core_of, const rh_touching *touching,
                                    rh_fua **out, rh_err *err);
void rh_fua_free(rh_fua *fua);

#endif
