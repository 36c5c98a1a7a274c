/* Solutions in closed form: see game_point.h. */
#include "evaluate/game_point.h"

#include "evaluate/game_sums.h"
#include "evaluate/statistics.h"

#include <math.h>

static const double slack = 1e-9; /* of the scale: differences below it are rounding */

static bool
none(unsigned n, double *value)
{
    for (unsigned i = 0; i < n; i++) {
        value[i] = (double)NAN;
    }
    return false;
}

double
rh_game_scale(const double *v, unsigned n)
{
    double scale = 0;
    for (uint32_t s = 0; s < 1U << n; s++) {
        scale = fabs(v[s]) > scale ? fabs(v[s]) : scale;
    }
    return scale;
}

void
rh_game_utopia(const double *v, unsigned n, double *utopia)
{
    const uint32_t all = (1U << n) - 1;
    for (unsigned i = 0; i < n; i++) {
        utopia[i] = v[all] - v[all ^ 1U << i];
    }
}

void
rh_game_minimal_rights(const double *v, unsigned n, const double *utopia, double *right)
{
    rh_game_sums sums;
    rh_game_sums_fill(&sums, utopia, n);
    for (unsigned i = 0; i < n; i++) {
        right[i] = v[1U << i];
    }
    for (uint32_t s = 1; s < 1U << n; s++) {
        double gap = v[s] - rh_game_sums_of(&sums, s);
        for (uint32_t rest = s; rest != 0; rest &= rest - 1) {
            unsigned i = (unsigned)__builtin_ctz(rest);
            right[i] = gap + utopia[i] > right[i] ? gap + utopia[i] : right[i];
        }
    }
}

bool
rh_game_tau(const double *v, unsigned n, double *value)
{
    double most[RH_SUMS_PLAYERS], least[RH_SUMS_PLAYERS];
    rh_game_utopia(v, n, most);
    rh_game_minimal_rights(v, n, most, least);
    double rounding = slack * rh_game_scale(v, n), grand = v[(1U << n) - 1];
    double low = rh_sum(least, n), high = rh_sum(most, n);
    for (unsigned i = 0; i < n; i++) {
        if (least[i] > most[i] + rounding) {
            return none(n, value);
        }
    }
    if (low > grand + rounding || high < grand - rounding) {
        return none(n, value);
    }
    double step = high - low > rounding ? (grand - low) / (high - low) : 0;
    for (unsigned i = 0; i < n; i++) {
        value[i] = least[i] + step * (most[i] - least[i]);
    }
    return true;
}

bool
rh_game_gately(const double *v, unsigned n, double *value, double *disruption)
{
    double most[RH_SUMS_PLAYERS], worth = 0, gain = v[(1U << n) - 1];
    double rounding = slack * rh_game_scale(v, n);
    rh_game_utopia(v, n, most);
    for (unsigned i = 0; i < n; i++) {
        worth += most[i] - v[1U << i];
        gain -= v[1U << i];
    }
    bool additive = fabs(gain) <= rounding && fabs(worth) <= rounding;
    if (disruption != NULL) {
        *disruption = gain > rounding ? (worth - gain) / gain : (double)NAN;
    }
    if (!additive && (gain <= rounding || worth <= rounding)) {
        return none(n, value);
    }
    for (unsigned i = 0; i < n; i++) {
        double own = v[1U << i];
        value[i] = additive ? own : own + (most[i] - own) / worth * gain;
    }
    return true;
}

void
rh_game_equal_surplus(const double *v, unsigned n, double *value)
{
    double left = v[(1U << n) - 1];
    for (unsigned i = 0; i < n; i++) {
        left -= v[1U << i];
    }
    for (unsigned i = 0; i < n; i++) {
        value[i] = v[1U << i] + left / n;
    }
}

void
rh_game_ensc(const double *v, unsigned n, double *value)
{
    rh_game_utopia(v, n, value);
    double left = v[(1U << n) - 1] - rh_sum(value, n);
    for (unsigned i = 0; i < n; i++) {
        value[i] += left / n;
    }
}

bool
rh_game_proportional(const double *v, unsigned n, double *value)
{
    double total = 0, size = 0;
    for (unsigned i = 0; i < n; i++) {
        total += v[1U << i];
        size += fabs(v[1U << i]);
    }
    if (size == 0 || fabs(total) < size * (1 - slack)) {
        return none(n, value);
    }
    for (unsigned i = 0; i < n; i++) {
        value[i] = v[1U << i] / total * v[(1U << n) - 1];
    }
    return true;
}

void
rh_game_equal_split(const double *v, unsigned n, double *value)
{
    for (unsigned i = 0; i < n; i++) {
        value[i] = v[(1U << n) - 1] / n;
    }
}

double
rh_game_worst(const double *v, unsigned n, const double *x, uint32_t *coalition)
{
    rh_game_sums sums = {0};
    rh_game_sums_fill(&sums, x, n);
    const double rounding = 1e-12 * fabs(v[(1U << n) - 1]); /* of equals, the first */
    double worst = -(double)INFINITY;
    *coalition = 0;
    for (uint32_t s = 1; s < (1U << n) - 1; s++) {
        double excess = v[s] - rh_game_sums_of(&sums, s);
        if (excess > worst + rounding) {
            worst = excess;
            *coalition = s;
        }
    }
    return worst;
}
