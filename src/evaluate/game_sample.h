/* Shapley values from a sample of orders, for games too large or too dear to know whole, with error bars.
 *
 * Players join in a random order; each is given what joining adds. One draw is an order and its reverse (antithetic: who comes late in one
 * comes early in the other; Mitchell et al. 2022, Journal of Machine Learning Research 23), and orders come in groups: draw g·n + r
 * of a group is the group's random order rotated by r places, so that over a group every player stands in every place equally often
 * (stratified by place; Castro et al. 2017). Groups are independent: the standard error is that of their mean.
 * The values of every draw add to v(N) exactly. */
#ifndef RH_EVALUATE_GAME_SAMPLE_H
#define RH_EVALUATE_GAME_SAMPLE_H

#include "core/random.h"
#include "core/status.h"

#include <stdint.h>

enum { RH_SAMPLE_MOST = 64 };

/* v of a coalition (bit i: player i; never empty). */
typedef rh_status rh_game_call(void *context, uint64_t coalition, double *value, rh_err *err);

typedef struct rh_game_estimate {
    double value[RH_SAMPLE_MOST];
    double error[RH_SAMPLE_MOST]; /* standard error; NAN with one group */
    uint64_t calls;               /* coalitions asked for, repeated ones counted again */
} rh_game_estimate;

/* `groups` ≥ 1 groups of 2n orders of n ≤ 64 players; cost: 2 n² calls a group. Errors: those of `call`. */
RH_MUST_CHECK rh_status rh_game_sample(unsigned n, uint64_t groups, rh_key key,
                                       rh_game_call *call, void *context, rh_game_estimate *out,
                                       rh_err *err);

#endif
