/* Scores of all units under many sets of weights: the kernel of the uncertainty analysis.
 *
 * Where all groups of a framework take the same mean, a unit's score is one weighted sum over the indicators: of x (arithmetic), ln x
 * (geometric) or −1/x (harmonic), with the effective weights. What comes back here is that sum: it ranks as the index does, and nobody
 * needs the exponential. Units with all values stand in tiles of four, indicator after indicator, and meet four sets of weights at a time, so
 * that a value once loaded serves four times; units with gaps go through the framework one by one, each group sharing a gap's weight
 * among its others. */
#ifndef RH_EVALUATE_UNCERTAINTY_SCORE_H
#define RH_EVALUATE_UNCERTAINTY_SCORE_H

#include "evaluate/aggregate_mean.h"
#include "evaluate/index_tree.h"

#include <stdbool.h>

enum { RH_SCORE_SETS = 4 }; /* sets of weights at a time */

typedef struct rh_score_pack {
    const rh_index_tree *tree;
    uint32_t n, n_complete; /* units; those without a gap */
    uint32_t *unit;         /* [n]: the complete ones, then the others */
    double *tile;           /* complete units: tile[(t * m + j) * 4 + k] */
    double *gap;            /* the others: gap[i * m + j], may hold NAN */
    double *sum;            /* [2 * n_nodes] scratch */
    double *set;            /* [m * 4] scratch */
} rh_score_pack;

/* Room for n units of the tree. Errors: RH_MEMORY. Several threads: a pack each. */
RH_MUST_CHECK rh_status rh_score_pack_init(rh_score_pack *pack, const rh_index_tree *tree,
                                           uint32_t n, rh_err *err);
void rh_score_pack_release(rh_score_pack *pack);

/* Take in normalised indicators x (n × n_leaves, column-major). Errors: RH_INPUT as of rh_aggregate_mean. Cost: O(n m). */
RH_MUST_CHECK rh_status rh_score_pack_fill(rh_score_pack *pack, enum rh_mean kind,
                                           const double *x, rh_err *err);

/* score[d * n + unit] of set d < RH_SCORE_SETS; weight[d * n_nodes + node] in their groups. NAN: a unit without any value. */
void rh_score_pack_run(rh_score_pack *pack, const double *weight, double *score);

/* True when all groups take the same mean; *kind says which. */
bool rh_score_is_mean(const rh_index_tree *tree, const rh_aggregate *how, enum rh_mean *kind);

#endif
