/* Linear programmes over allocations of a game, that grow by coalitions: what core and nucleolus share. A thin coat
 * over GLPK's dual simplex. Private to the games of evaluate.
 *
 *     minimise cost·(x, ε)   subject to   x(S) + gap·ε ≥ bound   or   x(S) = bound */
#ifndef RH_EVALUATE_GAME_LP_H
#define RH_EVALUATE_GAME_LP_H

#include "core/status.h"

#include <glpk.h>
#include <stdbool.h>
#include <stdint.h>

/* x: n columns, without bounds; ε: column n+1. cost_x of each x, cost_epsilon of ε (0: ε is held at 0). */
glp_prob *rh_game_lp_new(unsigned n, double cost_x, double cost_epsilon);

/* A further row; its number is glp_get_num_rows(lp). */
void rh_game_lp_add(glp_prob *lp, unsigned n, uint32_t coalition, double gap, double bound,
                    bool equal);

/* Errors: RH_INPUT when there is no solution or none that is best. */
RH_MUST_CHECK rh_status rh_game_lp_solve(glp_prob *lp, rh_err *err);

#endif
