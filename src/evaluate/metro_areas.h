/* Labour market areas (劳动力市场区) from commuting: the bottom-up method of the British travel-to-work areas of 2001 as
 * Istat implements it.
 *
 * Every unit begins as an area. While the area of least validity is not valid, one unit leaves it and joins the area with
 * which it coheres most, unless that area would become less valid: then the unit goes to the reserve. At the end
 * units of the reserve join wherever they cohere most.
 *
 *   self-containment  sc = min(inside / residents, inside / jobs)
 *   size term         s  = max(0, (target size − residents) / (target size − least size))
 *   validity          v  = min(1, sc / target sc) · (1 − (1 − least sc / target sc) · s) · target sc / least sc; 1 when sc = 1
 *   cohesion of i, j  f_ij² / (residents_i · jobs_j) + f_ji² / (residents_j · jobs_i)
 *
 * An area is valid when v ≥ 1. Sources: Coombes & Bond 2008, Travel-to-Work Areas: the 2007 review (ONS), validity and
 * cohesion; Franconi, D'Aló & Ichim 2016, Istat implementation of the algorithm to develop labour market areas.
 * Ties: the least valid area with the smallest index; the unit with most persons crossing, then the smallest; the cohesive
 * area with the largest index (one that only receives from the unit before others).
 *
 * M1 every unit is in one area, or left out (nobody lives there, nobody works there, or nobody crosses its border: no
 *    algorithm on flows can place it), or unplaced (in the reserve without a link to any area).
 * M2 every area was valid when the rounds ended; the units that joined from the reserve came after. */
#ifndef RH_EVALUATE_METRO_AREAS_H
#define RH_EVALUATE_METRO_AREAS_H

#include "evaluate/metro_commuting.h"

#include <stdbool.h>

typedef struct rh_lma_rule {
    double least_size, target_size; /* workers living in the area; target > least > 0 */
    double least_sc, target_sc;     /* 0 < least ≤ target ≤ 1 */
    /* How what is left of an area of three or more is judged the next time, after one unit left it. Istat's program forgets
     * to add its parts up (LabourMarketAreas 3.4, findClusters) and so takes the least valid of its pieces: such an area
     * is nearly always taken apart further. false: as Istat, for the same areas; true: the area is judged whole. */
    bool whole;
} rh_lma_rule;

/* Istat's parameters for Italy 2011 (Franconi et al. 2016): 1,000; 10,000; 0.6667; 0.75. */
rh_lma_rule rh_lma_rule_istat(void);

/* Why a unit went to the reserve. */
enum rh_lma_reason { RH_LMA_WOULD_WEAKEN, RH_LMA_NO_LINK };

typedef struct rh_lma_reserved {
    uint32_t unit, round;
    double validity; /* of the area it left */
    enum rh_lma_reason reason;
} rh_lma_reserved;

typedef struct rh_lma {
    uint32_t *area;  /* per unit: index of the smallest unit of its area, or RH_NO_AREA */
    bool *left_out;  /* per unit: see M1 */
    uint32_t *moves; /* per unit: how often it changed its area */
    uint32_t n_areas, rounds;
    uint32_t n_left_out, n_unplaced;
    rh_lma_reserved *reserve; /* in the order in which they came */
    uint32_t n_reserve;
} rh_lma;

/* Validity of an area, from its workers living, working, and doing both in it. */
double rh_lma_validity(const rh_lma_rule *rule, double residents, double jobs, double inside);

/* Delineate. Units should be in the order of their ids, which decides ties. Time: rounds × (n + links of a unit); a few thousand
 * units take well under a second. Errors: RH_MEMORY; RH_RANGE for a rule that is none, or rounds without end. */
RH_MUST_CHECK rh_status rh_lma_find(const rh_commuting *flows, const rh_lma_rule *rule,
                                    rh_lma **out, rh_err *err);
void rh_lma_free(rh_lma *lma);

#endif
