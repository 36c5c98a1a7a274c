/* Weights of a framework, disturbed at random: each group's weights keep their sum of 1.
 *
 *     noise      w' ∝ w (1 + noise × U(−1, 1))                    as in R's COINr (Becker et al. 2017)
 *     Dirichlet  w' ~ Dirichlet(c w): mean w, variance w (1 − w) / (c + 1)   (Paruolo, Saisana & Saltelli 2013 use such draws)
 *
 * A draw is a function of (key, node) alone. A weight of 0 stays 0; a negative one keeps its sign. */
#ifndef RH_EVALUATE_UNCERTAINTY_WEIGHTS_H
#define RH_EVALUATE_UNCERTAINTY_WEIGHTS_H

#include "core/random.h"
#include "evaluate/index_tree.h"

typedef struct rh_disturb {
    double noise;         /* 0 … 1 */
    double concentration; /* c; above 0 it goes before noise */
} rh_disturb;

/* drawn[n_nodes] from weight[n_nodes] (in their groups; the last is the index's, 1). Both 0: a copy scaled to sum 1. No errors: a
 * group whose draw sums to 0 keeps its weights. */
void rh_weights_draw(const rh_index_tree *tree, const rh_disturb *how, const double *weight,
                     rh_key key, double *drawn);

#endif
