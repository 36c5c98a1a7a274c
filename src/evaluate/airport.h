/* Sharing the cost of one facility built for the most demanding user: the airport game 机场博弈 (a runway, a road, a sewer,
 * a landfill, each long enough for all who use it).
 *
 * c(S) = the largest cost among S. Shapley value: each stretch of cost is paid equally by all who need it (Littlechild and Owen 1973,
 * Management Science 20). Nucleolus: Littlechild (1974), Int. J. Game Theory 3. The core is never empty. */
#ifndef RH_EVALUATE_AIRPORT_H
#define RH_EVALUATE_AIRPORT_H

#include "core/status.h"

#include <stdint.h>

/* Of n kinds of users: cost[i] ≥ 0 of the facility that this kind needs, users[i] ≥ 1 of them (whole numbers). What ONE user of each
 * kind pays. Cost: O(n log n) and O(n²). Errors: RH_INPUT for a negative cost or fewer than one user; RH_MEMORY. */
RH_MUST_CHECK rh_status rh_airport_shapley(const double *cost, const double *users, uint32_t n,
                                           double *pays, rh_err *err);
RH_MUST_CHECK rh_status rh_airport_nucleolus(const double *cost, const double *users,
                                             uint32_t n, double *pays, rh_err *err);
/* Each user pays in proportion to the stand-alone cost: what is often done, for comparison. */
RH_MUST_CHECK rh_status rh_airport_proportional(const double *cost, const double *users,
                                                uint32_t n, double *pays, rh_err *err);

#endif
