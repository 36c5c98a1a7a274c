/* Metropolitan areas by a commuting threshold (Duranton 2015, 都市区).
 *
 * Each round an area joins the area outside to which most of its resident workers go, if they are at least a share `threshold`
 * of all its resident workers; the joins of a round are made at once, as connected components, and flows are added up
 * anew, until no area qualifies. Source: Duranton 2015, Delineating metropolitan areas: measuring spatial labour
 * market networks through commuting patterns, in: The Economics of Interfirm Networks (Springer). Ties go to the area with
 * the smallest first unit.
 *
 * D1 at the end no area sends the share or more to one other area. */
#ifndef RH_EVALUATE_METRO_DURANTON_H
#define RH_EVALUATE_METRO_DURANTON_H

#include "evaluate/metro_commuting.h"

/* area[n]: index of the smallest unit of each unit's area. *rounds: rounds in which something joined. O(rounds × links).
 * Errors: RH_MEMORY; RH_RANGE for a threshold outside of (0, 1]. */
RH_MUST_CHECK rh_status rh_duranton(const rh_commuting *flows, double threshold, uint32_t *area,
                                    uint32_t *n_areas, uint32_t *rounds, rh_err *err);

#endif
