/* Urbanisation of countries on stage, not calendar 按阶段对齐 (ASK-01): by how many years one path is ahead of another.
 *
 * For a lead L the path of the country, moved by L years, is compared with the reference where both are known:
 *     distance²(L) = mean over t of (country(t − L) − reference(t))²
 * and L is where that is least, over a grid of tenths of years, straight lines between years. L > 0: the country was there L years
 * before. Too few common years would fit anything: `overlap` is the least. At the edge of what overlap allows a lead
 * says no more than "at least". Beside it the years between the two when each first passed a share. */
#ifndef RH_EVALUATE_STAGE_SHIFT_H
#define RH_EVALUATE_STAGE_SHIFT_H

#include <stdbool.h>
#include <stdint.h>

typedef struct rh_stage_shift {
    double lead;     /* years; NAN when no lead has enough common years */
    double distance; /* root mean square difference there, in the unit of the shares */
    double common;   /* years in common */
    bool at_edge;    /* no inner minimum */
} rh_stage_shift;

/* Two paths of n yearly shares from the same first year (NAN: not known; gaps inside are bridged). Cost: O(n²) × 20. */
rh_stage_shift rh_stage_shift_find(const double *country, const double *reference, uint32_t n,
                                   double overlap);

/* Years after the first one until the path first reaches `share` from below, on straight lines; NAN when it does not, or is above
 * it from the start. */
double rh_stage_passed(const double *path, uint32_t n, double share);

#endif
