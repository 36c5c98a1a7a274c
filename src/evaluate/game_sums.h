/* x(S) = Σ of x_i over the members of S, for all coalitions fast: two small tables, of the lower and the upper half of
 * the players, and one addition. For 24 players 2 × 32 KB, that stay in cache. Private to the games of evaluate. */
#ifndef RH_EVALUATE_GAME_SUMS_H
#define RH_EVALUATE_GAME_SUMS_H

#include <stdint.h>

enum { RH_SUMS_PLAYERS = 24, RH_SUMS_HALF = 1 << (RH_SUMS_PLAYERS / 2) };

typedef struct rh_game_sums {
    unsigned bits; /* players of the lower half */
    double low[RH_SUMS_HALF], high[RH_SUMS_HALF];
} rh_game_sums;

static inline void
rh_game_sums_half(const double *x, unsigned n, double *table)
{
    table[0] = 0;
    for (unsigned i = 0; i < n; i++) {
        for (uint32_t s = 0; s < 1U << i; s++) {
            table[s | 1U << i] = table[s] + x[i];
        }
    }
}

/* Fill for n ≤ 24 players. */
static inline void
rh_game_sums_fill(rh_game_sums *t, const double *x, unsigned n)
{
    t->bits = n / 2;
    rh_game_sums_half(x, t->bits, t->low);
    rh_game_sums_half(x + t->bits, n - t->bits, t->high);
}

static inline double
rh_game_sums_of(const rh_game_sums *t, uint32_t s)
{
    return t->high[s >> t->bits] + t->low[s & ((1U << t->bits) - 1)];
}

/* Keep the `room` largest excesses e and their coalitions, largest first; `count` are there. Returns how many are there now. */
static inline int
rh_game_keep_largest(int room, int count, double *excess, uint32_t *coalition, double e,
                     uint32_t s)
{
    int at = count < room ? count++ : count - 1;
    for (; at > 0 && excess[at - 1] < e; at--) {
        excess[at] = excess[at - 1];
        coalition[at] = coalition[at - 1];
    }
    excess[at] = e;
    coalition[at] = s;
    return count;
}

#endif
