/* The 同城化 index: see metro_together.h. */
#include "evaluate/metro_together.h"

#include <math.h>

rh_together_rule
rh_together_rule_assumed(void)
{
    return (rh_together_rule){.full_commuting = 0.15, .far_minutes = 120};
}

double
rh_together_commuting(const rh_together_rule *rule, double there, double back,
                      double residents_a, double residents_b)
{
    double x = (there + back) / fmin(residents_a, residents_b) / rule->full_commuting;
    return x > 1 ? 1 : x;
}

double
rh_together_balance(double there, double back)
{
    return there + back > 0 ? fmin(there, back) / fmax(there, back) : (double)NAN;
}

double
rh_together_time(const rh_together_rule *rule, double minutes)
{
    if (!isfinite(minutes)) {
        return (double)NAN;
    }
    return minutes < rule->far_minutes ? 1 - minutes / rule->far_minutes : 0;
}

double
rh_together_index(uint32_t n, const double *x, const double *w, double *known)
{
    double sum = 0, weight = 0, all = 0;
    for (uint32_t k = 0; k < n; k++) {
        all += w[k];
        if (!isnan(x[k])) {
            sum += w[k] * x[k];
            weight += w[k];
        }
    }
    *known = all > 0 ? weight / all : 0;
    return weight > 0 ? sum / weight : (double)NAN;
}
