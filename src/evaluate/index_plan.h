/* What the uncertainty of an index draws from: all choices of the chain, worked out once, so that a draw only looks them up.
 *
 * A draw takes one choice of each step, weights that are disturbed, and scores the tree (index_tree.h) with them.
 *
 * P1 choice 0 of every step is the framework's own; the plan with all choices 0 and no noise gives the published scores. */
#ifndef RH_EVALUATE_INDEX_PLAN_H
#define RH_EVALUATE_INDEX_PLAN_H

#include "evaluate/index_tree.h"

enum rh_index_step {
    RH_STEP_MISSING,
    RH_STEP_OUTLIERS,
    RH_STEP_NORMALISATION,
    RH_STEP_WEIGHTS,
    RH_STEP_AGGREGATION,
    RH_STEPS
};

typedef struct rh_index_plan {
    uint32_t n; /* units */
    const rh_index_tree *tree;
    uint32_t n_choices[RH_STEPS]; /* at least 1 each */
    /* Normalised indicators (n × n_leaves, column-major, more is better, may hold NAN) of choices a, b, c of missing, outliers,
     * normalisation: normal[(a * n_choices[OUTLIERS] + b) * n_choices[NORMALISATION] + c]. */
    const double *const *normal;
    /* Weights in their groups (n_nodes; the last is 1) of choices a, b, d of missing, outliers, weights:
     * weight[(a * n_choices[OUTLIERS] + b) * n_choices[WEIGHTS] + d]. */
    const double *const *weight;
    /* Methods of the groups (n_nodes - n_leaves) of choice e: aggregate[e][g]. */
    const rh_aggregate *const *aggregate;
    double
        noise; /* each weight is multiplied by 1 + noise × U(-1, 1), then its group is scaled to sum 1; 0: no noise */
} rh_index_plan;

#endif
