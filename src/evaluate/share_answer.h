/* Answers of `ronghe share`: what the libraries of games, votes, claims and airports find, as tables with remarks. */
#ifndef RH_EVALUATE_SHARE_ANSWER_H
#define RH_EVALUATE_SHARE_ANSWER_H

#include "evaluate/answer.h"
#include "evaluate/game_sample.h"
#include "evaluate/game_table.h"

/* All solutions of a game of n ≤ 24 players, each checked against the core; certificate; properties. `cost`: v holds costs. v is changed
 * while this runs. */
RH_MUST_CHECK rh_status rh_share_game(rh_answer *answer, const rh_players *players, double *v,
                                      bool cost, unsigned n_threads, rh_err *err);

/* Sampled Shapley values. */
void rh_share_sample(rh_answer *answer, const rh_players *players, const rh_game_estimate *e,
                     uint64_t groups);

/* Power of n members for each quota. */
RH_MUST_CHECK rh_status rh_share_vote(rh_answer *answer, const char *const *name,
                                      const double *weight, uint32_t n, const double *quota,
                                      unsigned n_quotas, rh_err *err);

/* Awards of n claimants by every rule. */
RH_MUST_CHECK rh_status rh_share_claims(rh_answer *answer, const char *const *name,
                                        const double *claim, uint32_t n, double estate,
                                        rh_err *err);

/* What users of n kinds pay. */
RH_MUST_CHECK rh_status rh_share_airport(rh_answer *answer, const char *const *name,
                                         const double *cost, const double *users, uint32_t n,
                                         rh_err *err);

#endif
