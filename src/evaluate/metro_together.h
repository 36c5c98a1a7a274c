/* How far two cities have become one: 同城化 index of a pair, from as many components as the tables hold.
 *
 *   commuting  persons going both ways, of the workers living in the smaller of the two; 1 at `full_commuting` and above
 *   balance    the smaller of the two flows over the larger
 *   time       1 − minutes / `far_minutes`, 0 beyond
 *   given      any column of a table of pairs that is 0–1 already: services recognised, trade, prices, co-governance
 *   index      Σ w_k x_k / Σ w_k over the components that are known
 *
 * There is no official index. The components follow ASK-18 (commute, trade, services, price gap, co-governance); that
 * they count the same, full_commuting 0.15 (the threshold of functional urban areas, OECD 2012) and far_minutes 120 (twice
 * the one-hour circle of NDRC 2019) are assumptions, 2026. */
#ifndef RH_EVALUATE_METRO_TOGETHER_H
#define RH_EVALUATE_METRO_TOGETHER_H

#include "evaluate/metro_circle.h"

typedef struct rh_together_rule {
    double full_commuting; /* share, above 0 */
    double far_minutes;    /* above 0 */
} rh_together_rule;

rh_together_rule rh_together_rule_assumed(void);

/* Components of a pair, each 0–1. NAN: unknown. `there`, `back`: persons; residents of both; minutes (INFINITY or NAN: unknown). */
double rh_together_commuting(const rh_together_rule *rule, double there, double back,
                             double residents_a, double residents_b);
double rh_together_balance(double there, double back);
double rh_together_time(const rh_together_rule *rule, double minutes);

/* The index of x[n] under w[n]; components that are NAN are left out; NAN when none is known or their weights are all 0. *known:
 * share of the weights that is known. */
double rh_together_index(uint32_t n, const double *x, const double *w, double *known);

#endif
