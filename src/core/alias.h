/* Walker–Vose alias tables: a draw from any discrete distribution in O(1), one 64-bit draw and
 * one cache line (Walker 1977; Vose 1991, IEEE Trans. Software Eng. 17(9):972).
 *
 * An entry is 8 bytes and holds its own outcome and its alias as labels, so that a draw reads
 * one entry and nothing else. Weights are first turned into integers that sum to n × 2^32
 * (differences of the rounded running sum); everything after that is integer arithmetic.
 * A1 the probability of outcome i, implied by the table, differs from weight / sum by less than
 *    2 / (n × 2^32); weight 0 is never drawn.
 * A2 the table depends on (labels, weights) alone. */
#ifndef RH_CORE_ALIAS_H
#define RH_CORE_ALIAS_H

#include "core/status.h"

#include <stdint.h>

typedef struct rh_alias {
    uint32_t threshold;  /* own outcome when the 32-bit remainder lies below */
    uint16_t own, other; /* labels; equal in a full column */
} rh_alias;

enum { RH_ALIAS_MAX = 65535 }; /* most entries in one table */

/* Scratch of a build: room for n entries. Keep one a thread. */
typedef struct rh_alias_scratch {
    uint64_t *share; /* integer weights */
    uint32_t *stack;
    uint32_t room;
} rh_alias_scratch;

RH_MUST_CHECK rh_status rh_alias_scratch_init(rh_alias_scratch *scratch, uint32_t room,
                                              rh_err *err);
void rh_alias_scratch_release(rh_alias_scratch *scratch);

/* Build a table of n entries (1 … RH_ALIAS_MAX) from weights ≥ 0. labels[i] names outcome i;
 * NULL: i. O(n). Errors: RH_RANGE when a weight is negative or not finite, when all are 0, or n
 * is out of range. */
RH_MUST_CHECK rh_status rh_alias_build(rh_alias *table, uint32_t n, const double *weight,
                                       const uint16_t *label, rh_alias_scratch *scratch,
                                       rh_err *err);

/* Label of one draw; `bits` are 64 random bits. The index takes the high half of bits × n, the
 * choice inside the entry the low half: both from the one multiply. */
static inline uint32_t
rh_alias_draw(const rh_alias *table, uint32_t n, uint64_t bits)
{
    __uint128_t product = (__uint128_t)bits * n;
    rh_alias entry = table[(uint32_t)(product >> 64)];
    uint32_t fraction = (uint32_t)((uint64_t)product >> 32);
    return fraction < entry.threshold ? entry.own : entry.other;
}

#endif
