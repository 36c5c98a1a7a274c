/* Order: what comparing, ranking and shuffling the tools of evaluate share.
 *
 * O1 equal values stand in the order of their index, so that a result depends neither on the sort nor on threads. */
#ifndef RH_EVALUATE_SORTING_H
#define RH_EVALUATE_SORTING_H

#include "core/random.h"
#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

/* For qsort of doubles without NAN. */
int rh_rising(const void *a, const void *b);
int rh_falling(const void *a, const void *b);

/* A value and where it came from; for qsort, O1. */
typedef struct rh_ranked {
    double value;
    uint32_t index;
} rh_ranked;

int rh_ranked_rising(const void *a, const void *b);
int rh_ranked_falling(const void *a, const void *b);

/* The values of x at the rows where `also` has one too (NAN: none), sorted by `order`, one of the two above; *count of them. The caller
 * frees *out. Errors: RH_MEMORY. */
RH_MUST_CHECK rh_status rh_ranked_new(const double *x, const double *also, uint32_t n,
                                      int (*order)(const void *, const void *), rh_ranked **out,
                                      uint32_t *count, rh_err *err);

/* Mid-ranks, 1 for the lowest, equal values share the mean of their ranks; NAN where x or `also` is. O(n log n).
 * Errors: RH_MEMORY. */
RH_MUST_CHECK rh_status rh_mid_ranks(const double *x, const double *also, uint32_t n,
                                     double *rank, rh_err *err);

/* A random order of 0 … n-1 from the draws 0 … n-1 of the key (Fisher and Yates 1938, from the inside out). */
void rh_order_draw(rh_key key, uint32_t n, uint32_t *order);

/* The swaps of a shuffle of what is there already (Durstenfeld 1964, CACM 7(7), algorithm 235): n things change places by the draws
 * n-1 … 1 of the key. */
void rh_shuffle_doubles(rh_key key, size_t n, double *x);
void rh_shuffle_numbers(rh_key key, size_t n, uint32_t *x);

/* Union-find: the root of i; parent[i] = i to begin with. Paths are halved on the way (van Leeuwen and Tarjan 1984, J. ACM 31(2)). */
static inline uint32_t
rh_root_of(uint32_t *parent, uint32_t i)
{
    while (parent[i] != i) {
        i = parent[i] = parent[parent[i]];
    }
    return i;
}

#endif
