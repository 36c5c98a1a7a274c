/* Ranks of many units by their scores, many times over: what a draw costs most.
 *
 * K1 rank 1 is the highest score; equal scores share the best rank of theirs (1, 2, 2, 4). K2 NAN: rank 0, and no other's rank counts it. */
#ifndef RH_EVALUATE_UNCERTAINTY_RANK_H
#define RH_EVALUATE_UNCERTAINTY_RANK_H

#include <stdint.h>

typedef uint16_t rh_rank;
enum { RH_RANK_UNITS_MAX = UINT16_MAX };

/* Scratch of rh_rank_scores: bytes for n units. */
#define RH_RANK_SCRATCH(n) ((size_t)(n)*24 + 16)

/* rank[n] of score[n], n ≤ RH_RANK_UNITS_MAX; scratch of RH_RANK_SCRATCH(n) bytes, aligned for doubles. Units are dealt into buckets of
 * equal width between the lowest and the highest score, about one a unit, and sorted in each: O(n) for scores that spread, never more than
 * O(n log n). No errors. */
void rh_rank_scores(const double *score, uint32_t n, void *scratch, rh_rank *rank);

#endif
