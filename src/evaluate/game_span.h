/* Which coalitions' payments are settled once those of some are: the linear span of 0/1 vectors, exactly.
 *
 * Arithmetic is modulo the prime 2^61 − 1. Every minor of a 0/1 matrix with 24 columns is at most 25^12.5 / 2^24 < 2·10^10
 * (Hadamard), below the prime, so that the rank is that over the rationals: no tolerance is needed. Whether all 2^n coalitions are in the
 * span is told by one random vector orthogonal to it, an addition each; wrong with probability 2^−61 a coalition.
 * Private to game_nucleolus.c. */
#ifndef RH_EVALUATE_GAME_SPAN_H
#define RH_EVALUATE_GAME_SPAN_H

#include "evaluate/game_sums.h"

#include <stdbool.h>

typedef struct rh_game_span {
    unsigned n, rank, bits;
    uint64_t row[RH_SUMS_PLAYERS][RH_SUMS_PLAYERS]; /* reduced echelon form */
    unsigned pivot[RH_SUMS_PLAYERS];
    uint64_t low[RH_SUMS_HALF],
        high[RH_SUMS_HALF]; /* the orthogonal vector summed over halves */
} rh_game_span;

/* Zero-filled storage is the caller's. */
void rh_game_span_init(rh_game_span *span, unsigned n);
/* Add a coalition; true when it was not in the span. */
bool rh_game_span_add(rh_game_span *span, uint32_t coalition);

static inline bool
rh_game_span_has(const rh_game_span *t, uint32_t s)
{
    const uint64_t prime = (UINT64_C(1) << 61) - 1;
    uint64_t sum = t->high[s >> t->bits] + t->low[s & ((1U << t->bits) - 1)];
    return sum == 0 || sum == prime;
}

#endif
