/* Power in weighted voting 加权投票: how often a member decides.
 *
 * A coalition wins when its weights reach the quota. A swing of i: a losing coalition that wins once i joins.
 *     Shapley–Shubik (1954)   Σ over swings of s!(n−s−1)!/n!: the share of orders in which i turns the vote
 *     Banzhaf (1965)          swings / 2^(n−1): the probability to decide; normalised: over the sum of all
 *     Coleman (1971)          to prevent: swings / winning coalitions; to initiate: swings / losing ones;
 *                             to act: winning / 2^n
 *     Deegan–Packel (1978)    all minimal winning coalitions alike, shared equally inside
 *     Holler (1982)           public good: share of a member's minimal winning coalitions in the sum over members
 *     Johnston (1978)         every vulnerable coalition alike, shared equally by those who swing it
 *
 * Up to 24 members every coalition is looked at: O(n 2^n). More (up to 120): coalitions are counted by size and weight
 * (generating functions: Mann and Shapley 1962; Brams and Affuso 1976) in 128-bit integers, exactly: O(n² q) for quota q in units of
 * the weights; minimal winning ones with members in falling order: O(n³ q) a different weight. */
#ifndef RH_EVALUATE_VOTE_POWER_H
#define RH_EVALUATE_VOTE_POWER_H

#include "core/status.h"

#include <stdint.h>

enum { RH_VOTE_LISTED_MOST = 24, RH_VOTE_MOST = 120 };

typedef struct rh_vote_power {
    uint32_t n;
    double *shapley, *banzhaf, *banzhaf_share, *prevent, *initiate; /* n each, in one block */
    double *deegan_packel, *public_good; /* NAN where they would take too long */
    double *johnston;                    /* NAN beyond 24 members */
    double act;                          /* winning coalitions / 2^n */
    double unit;                         /* weights were counted in this unit */
} rh_vote_power;

/* Weights ≥ 0 and quota in the same unit, taken to 9 decimals. A coalition wins with weight ≥ quota. The caller releases *out.
 * Errors: RH_INPUT for a negative weight, a quota that nobody or everybody reaches (≤ 0 or above the sum), more than RH_VOTE_MOST
 * members, weights too fine to be counted; RH_MEMORY. */
RH_MUST_CHECK rh_status rh_vote_power_find(const double *weight, uint32_t n, double quota,
                                           rh_vote_power *out, rh_err *err);
void rh_vote_power_release(rh_vote_power *power);

#endif
