/* How alike two partitions of the same units are, and how stable a unit's place is over several. Units of no area count as an
 * area of their own each. */
#ifndef RH_EVALUATE_METRO_COMPARE_H
#define RH_EVALUATE_METRO_COMPARE_H

#include "evaluate/metro_commuting.h"

typedef struct rh_likeness {
    double rand; /* pairs of units on which both agree, of all pairs (Rand 1971) */
    double
        adjusted_rand; /* the same over chance: 0 by chance, 1 when equal (Hubert & Arabie 1985, eq. 5) */
    double
        information; /* variation of information in nats, 0 when equal, ≤ ln n (Meilă 2007, eq. 15) */
} rh_likeness;

/* a[n], b[n]: labels below n, or RH_NO_AREA. One unit: 1, 1, 0. O(n log n). Errors: RH_MEMORY. */
RH_MUST_CHECK rh_status rh_partitions_compare(uint32_t n, const uint32_t *a, const uint32_t *b,
                                              rh_likeness *out, rh_err *err);

/* Stability of every unit over `t` partitions: area[k × n + i]. An area is known by its main unit, the one with most `weight`
 * (ties: the first), so that it is the same area when others join it.
 *   home[i]: main unit of the area that it is in most often (ties: in the earliest partition); RH_NO_AREA: mostly in none
 *   kept[i]: share of the partitions in which it is there
 *   overlap[i]: mean over all pairs of partitions of the Jaccard index (shared units / all units) of its two areas
 * home, kept, overlap: n entries. O(t² n log n). Errors: RH_MEMORY. */
RH_MUST_CHECK rh_status rh_stability(uint32_t n, uint32_t t, const uint32_t *area,
                                     const double *weight, uint32_t *home, double *kept,
                                     double *overlap, rh_err *err);

#endif
