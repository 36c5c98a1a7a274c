/* What a partition into areas is worth: one line per area and a few numbers over all, the measures that Istat publishes with
 * its labour market areas (Franconi et al. 2016; StatClusterData of LabourMarketAreas). */
#ifndef RH_EVALUATE_METRO_QUALITY_H
#define RH_EVALUATE_METRO_QUALITY_H

#include "evaluate/metro_areas.h"

typedef struct rh_area_quality {
    uint32_t area; /* index of its smallest unit */
    uint32_t main; /* its unit with most jobs; ties: the first */
    uint32_t units;
    uint32_t central; /* units with more than 100 jobs that more people enter than leave */
    uint32_t links_in,
        links_out; /* areas (itself too, when anybody stays) from and to which anybody goes */
    double residents, jobs, inside; /* workers living, working, and both in the area */
    double supply_sc, demand_sc;    /* inside / residents, inside / jobs */
    double validity;                /* of metro_areas.h; NAN without a rule */
    double commuters;               /* (leaving + entering) / (2 inside) */
    double home_work;               /* (leaving − entering) / inside */
    double
        cohesion_links; /* directed pairs of its units with a flow, of all such pairs; NAN for one unit */
    double cohesion_flows; /* flows between its units, of all flows inside */
} rh_area_quality;

/* area[n]: smallest unit of each unit's area, or RH_NO_AREA (rh_area_relabel). One entry per area in rising order; the caller
 * frees *out. `rule` may be NULL. *modularity: Σ (inside − residents · jobs / total) / total over areas. O(n + links).
 * Errors: RH_MEMORY. */
RH_MUST_CHECK rh_status rh_quality_of_areas(const rh_commuting *flows, const uint32_t *area,
                                            const rh_lma_rule *rule, rh_area_quality **out,
                                            uint32_t *n_areas, double *modularity, rh_err *err);

#endif
