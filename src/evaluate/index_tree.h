/* The levels of a framework: indicators below groups below groups …, to one index.
 *
 * T1 nodes 0 … n_leaves-1 are the indicators in the order of the file, then the groups; every node stands in front of its parent; the
 *    last node is the index itself.
 * T2 the children of group g are child[first[g]] … child[first[g + 1] - 1], in the order of the file (g counts from 0: node
 *    n_leaves + g). */
#ifndef RH_EVALUATE_INDEX_TREE_H
#define RH_EVALUATE_INDEX_TREE_H

#include "core/status.h"
#include "evaluate/index_aggregate.h"

#include <stdint.h>

enum { RH_TREE_NONE = UINT32_MAX };

typedef struct rh_index_tree {
    uint32_t n_nodes, n_leaves;
    uint32_t *parent; /* [n_nodes]; RH_TREE_NONE for the index */
    uint32_t *first;  /* [n_nodes - n_leaves + 1] */
    uint32_t *child;  /* [n_nodes - 1] */
    uint32_t *level;  /* [n_nodes]: 1 for the index, 2 below it, … */
} rh_index_tree;

/* From parents that satisfy T1. Errors: RH_INPUT (a group without children, an order that is none), RH_MEMORY; then *tree is released.
 */
RH_MUST_CHECK rh_status rh_index_tree_init(rh_index_tree *tree, uint32_t n_nodes,
                                           uint32_t n_leaves, const uint32_t *parent,
                                           rh_err *err);
void rh_index_tree_release(rh_index_tree *tree);

/* Share of each node in the index: its weight times those of the groups above it (weight[node] is the weight in its group).
 */
void rh_index_tree_effective(const rh_index_tree *tree, const double *weight,
                             double *effective);

/* Scores of all nodes, score[node * n + unit]: the first n_leaves columns hold the normalised indicators when it is called, the groups
 * are filled. how[g] for group g. Cost: O(n × n_nodes) for means. Errors: of rh_aggregate_scores. */
RH_MUST_CHECK rh_status rh_index_tree_scores(const rh_index_tree *tree, const rh_aggregate *how,
                                             const double *weight, uint32_t n, double *score,
                                             rh_err *err);

#endif
