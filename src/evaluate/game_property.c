/* Properties of games: see game_property.h. */
#include "evaluate/game_property.h"

#include "evaluate/game_point.h"
#include "evaluate/game_sums.h"

#include <math.h>

static rh_game_finding
monotone(const double *v, unsigned n, double rounding)
{
    for (uint32_t s = 0; s < 1U << n; s++) {
        for (unsigned i = 0; i < n; i++) {
            uint32_t more = s | 1U << i;
            if (v[s] > v[more] + rounding) {
                return (rh_game_finding){0, s, more};
            }
        }
    }
    return (rh_game_finding){1, 0, 0};
}

/* Convex: the marginal contribution of i does not fall when j has come before (Shapley 1971). */
static rh_game_finding
convex(const double *v, unsigned n, double rounding)
{
    for (uint32_t s = 0; s < 1U << n; s++) {
        for (unsigned i = 0; i < n; i++) {
            for (unsigned j = 0; j < i && !(s >> i & 1); j++) {
                uint32_t a = s | 1U << i, b = s | 1U << j;
                if (!(s >> j & 1) && v[a] + v[b] > v[a | b] + v[s] + rounding) {
                    return (rh_game_finding){0, a, b};
                }
            }
        }
    }
    return (rh_game_finding){1, 0, 0};
}

static rh_game_finding
superadditive(const double *v, unsigned n, double rounding)
{
    const uint32_t all = (1U << n) - 1;
    for (uint32_t s = 1; s <= all; s++) {
        uint32_t rest = all ^ s;
        for (uint32_t t = rest; t > s; t = (t - 1) & rest) { /* each pair once */
            if (v[s] + v[t] > v[s | t] + rounding) {
                return (rh_game_finding){0, s, t};
            }
        }
    }
    return (rh_game_finding){1, 0, 0};
}

static rh_game_finding
additive(const double *v, unsigned n, double rounding)
{
    double own[RH_SUMS_PLAYERS];
    rh_game_sums sums;
    for (unsigned i = 0; i < n; i++) {
        own[i] = v[1U << i];
    }
    rh_game_sums_fill(&sums, own, n);
    for (uint32_t s = 1; s < 1U << n; s++) {
        if (fabs(v[s] - rh_game_sums_of(&sums, s)) > rounding) {
            return (rh_game_finding){0, s, 0};
        }
    }
    return (rh_game_finding){1, 0, 0};
}

static rh_game_finding
constant_sum(const double *v, unsigned n, double rounding)
{
    const uint32_t all = (1U << n) - 1;
    for (uint32_t s = 1; s < all; s++) {
        if (fabs(v[s] + v[all ^ s] - v[all]) > rounding) {
            return (rh_game_finding){0, s, all ^ s};
        }
    }
    return (rh_game_finding){1, 0, 0};
}

static rh_game_finding
symmetric(const double *v, unsigned n, double rounding)
{
    for (uint32_t s = 1; s < 1U << n; s++) {
        uint32_t first = (1U << __builtin_popcount(s)) - 1;
        if (fabs(v[s] - v[first]) > rounding) {
            return (rh_game_finding){0, first, s};
        }
    }
    return (rh_game_finding){1, 0, 0};
}

static rh_game_finding
simple(const double *v, unsigned n, rh_game_finding is_monotone)
{
    for (uint32_t s = 1; s < 1U << n; s++) {
        if (v[s] != 0 && v[s] != 1) {
            return (rh_game_finding){0, s, 0};
        }
    }
    is_monotone.holds = is_monotone.holds && v[(1U << n) - 1] == 1;
    return is_monotone;
}

void
rh_game_properties(const double *v, unsigned n, rh_game_finding finding[RH_GAME_PROPERTY_COUNT])
{
    double rounding = 1e-9 * rh_game_scale(v, n), gain = v[(1U << n) - 1];
    double value[RH_SUMS_PLAYERS];
    for (unsigned i = 0; i < n; i++) {
        gain -= v[1U << i];
    }
    finding[RH_GAME_ESSENTIAL] = (rh_game_finding){gain > rounding, 0, 0};
    finding[RH_GAME_MONOTONE] = monotone(v, n, rounding);
    finding[RH_GAME_CONVEX] = convex(v, n, rounding);
    finding[RH_GAME_SUPERADDITIVE] =
        finding[RH_GAME_CONVEX].holds == 1 ? finding[RH_GAME_CONVEX]
        : n <= RH_SUPERADDITIVE_MOST       ? superadditive(v, n, rounding)
                                           : (rh_game_finding){-1, 0, 0};
    finding[RH_GAME_QUASI_BALANCED] = (rh_game_finding){rh_game_tau(v, n, value), 0, 0};
    finding[RH_GAME_ADDITIVE] = additive(v, n, rounding);
    finding[RH_GAME_CONSTANT_SUM] = constant_sum(v, n, rounding);
    finding[RH_GAME_SYMMETRIC] = symmetric(v, n, rounding);
    finding[RH_GAME_SIMPLE] = simple(v, n, finding[RH_GAME_MONOTONE]);
}
