/* The one-hour commuting circle 1小时通勤圈, the basic range of a metropolitan area 都市圈 (NDRC 2019, Guiding opinions on fostering
 * modern metropolitan areas 国家发展改革委 发改规划〔2019〕328号: a super-large, very large or strong large city in the middle,
 * one hour of commuting around). China sets no commuting share; shares used abroad lie between 1.5 and 25 %, so the share is
 * a parameter, and its sweep belongs to the answer.
 *
 * A unit belongs to the circle of the centre to which most of its workers go, when they are at least `share` of those living
 * there and it is at most `minutes` away; without flows, to the nearest centre in minutes. In rounds: units that
 * joined count as their centre for the share (never for the minutes) until nothing changes. */
#ifndef RH_EVALUATE_METRO_CIRCLE_H
#define RH_EVALUATE_METRO_CIRCLE_H

#include "evaluate/metro_commuting.h"

#include <stdbool.h>

/* Minutes between units, by unit and sorted by the other end; a pair that is not there cannot be travelled. */
typedef struct rh_minutes {
    uint32_t n;
    uint32_t *first, *unit;
    double *minutes;
} rh_minutes;

void rh_minutes_free(rh_minutes *m);

/* From rows; of a pair that stands twice the shortest counts. `mirror`: a pair given in one direction only holds for both.
 * Errors: RH_MEMORY; RH_RANGE (unit ≥ n, minutes negative). */
RH_MUST_CHECK rh_status rh_minutes_build(uint32_t n, uint32_t rows, const uint32_t *from,
                                         const uint32_t *to, const double *minutes, bool mirror,
                                         rh_minutes **out, rh_err *err);

/* Minutes from unit i to unit j: 0 for i = j, INFINITY where there is no such pair. O(log pairs). */
double rh_minutes_between(const rh_minutes *m, uint32_t i, uint32_t j);

typedef struct rh_circle_rule {
    double minutes; /* at most */
    double share;   /* 0–1; 0: time alone decides */
    bool rounds;    /* units that joined count for the share */
} rh_circle_rule;

typedef struct rh_circle {
    uint32_t n, n_members, rounds; /* members: units in a circle, centres not counted */
    uint32_t *area;                /* the centre of a unit, or RH_NO_AREA */
    uint32_t *
        best; /* the centre within reach to which most of its workers go (else the nearest), or RH_NO_AREA */
    double
        *share; /* of its workers that go to `best` (and, in rounds, to units that joined it) */
    double *minutes; /* from it to `best`, INFINITY when none */
    double *back; /* workers of the centre that go to the unit, of those living in the centre */
} rh_circle;

/* `flows` or `minutes` may be NULL, not both. is_center[n]. Errors: RH_MEMORY; RH_RANGE for a rule that is none; RH_INPUT when no
 * unit is a centre. */
RH_MUST_CHECK rh_status rh_circle_find(const rh_commuting *flows, const rh_minutes *minutes,
                                       const bool *is_center, uint32_t n,
                                       const rh_circle_rule *rule, rh_circle **out,
                                       rh_err *err);
void rh_circle_free(rh_circle *circle);

#endif
