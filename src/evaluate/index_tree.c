/* The levels of a framework: see index_tree.h. */
#include "evaluate/index_tree.h"

#include "core/mem.h"

#include <stdbool.h>
#include <string.h>

static rh_status
fill(rh_index_tree *t, const uint32_t *parent, rh_err *err)
{
    uint32_t groups = t->n_nodes - t->n_leaves, *count = t->first;
    memcpy(t->parent, parent, t->n_nodes * sizeof *parent);
    for (uint32_t v = 0; v < t->n_nodes; v++) {
        bool last = v + 1 == t->n_nodes;
        if (last ? parent[v] != RH_TREE_NONE
                 : parent[v] <= v || parent[v] < t->n_leaves || parent[v] >= t->n_nodes) {
            return rh_fail(err, RH_INPUT,
                           "Entry %u of the framework does not stand below a group.", v + 1);
        }
        if (!last) {
            count[parent[v] - t->n_leaves + 1]++;
        }
    }
    for (uint32_t g = 0; g < groups; g++) {
        if (count[g + 1] == 0) {
            return rh_fail(err, RH_INPUT, "Group %u of the framework has nothing below it.",
                           g + 1);
        }
        count[g + 1] += count[g];
    }
    for (uint32_t g = 0; g < groups; g++) {
        for (uint32_t v = 0, at = t->first[g]; v + 1 < t->n_nodes; v++) {
            if (parent[v] == t->n_leaves + g) {
                t->child[at++] = v;
            }
        }
    }
    t->level[t->n_nodes - 1] = 1;
    for (uint32_t v = t->n_nodes - 1; v-- > 0;) {
        t->level[v] = t->level[parent[v]] + 1;
    }
    return RH_OK;
}

rh_status
rh_index_tree_init(rh_index_tree *tree, uint32_t n_nodes, uint32_t n_leaves,
                   const uint32_t *parent, rh_err *err)
{
    *tree = (rh_index_tree){.n_nodes = n_nodes,
                            .n_leaves = n_leaves,
                            .parent = rh_alloc(n_nodes, sizeof *tree->parent),
                            .first = rh_alloc(n_nodes - n_leaves + 1, sizeof *tree->first),
                            .child = rh_alloc(n_nodes, sizeof *tree->child),
                            .level = rh_alloc(n_nodes, sizeof *tree->level)};
    rh_status status;
    if (tree->parent == NULL || tree->first == NULL || tree->child == NULL ||
        tree->level == NULL) {
        status = rh_fail(err, RH_MEMORY, "Not enough memory for a framework of %u entries.",
                         n_nodes);
    } else {
        status = fill(tree, parent, err);
    }
    if (status != RH_OK) {
        rh_index_tree_release(tree);
    }
    return status;
}

void
rh_index_tree_release(rh_index_tree *tree)
{
    rh_free(tree->parent);
    rh_free(tree->first);
    rh_free(tree->child);
    rh_free(tree->level);
    *tree = (rh_index_tree){0};
}

void
rh_index_tree_effective(const rh_index_tree *tree, const double *weight, double *effective)
{
    effective[tree->n_nodes - 1] = 1;
    for (uint32_t v = tree->n_nodes - 1; v-- > 0;) {
        effective[v] = effective[tree->parent[v]] * weight[v];
    }
}

rh_status
rh_index_tree_scores(const rh_index_tree *tree, const rh_aggregate *how, const double *weight,
                     uint32_t n, double *score, rh_err *err)
{
    uint32_t widest = 0, groups = tree->n_nodes - tree->n_leaves;
    for (uint32_t g = 0; g < groups; g++) {
        uint32_t m = tree->first[g + 1] - tree->first[g];
        widest = m > widest ? m : widest;
    }
    double *x; /* the children's columns and weights side by side */
    RH_NEW(x, ((size_t)n + 1) * widest + 1, err);
    rh_status status = RH_OK;
    for (uint32_t g = 0; g < groups && status == RH_OK; g++) {
        const uint32_t *child = tree->child + tree->first[g];
        uint32_t m = tree->first[g + 1] - tree->first[g];
        double *w = x + (size_t)n * widest;
        for (uint32_t k = 0; k < m; k++) {
            memcpy(x + (size_t)k * n, score + (size_t)child[k] * n, n * sizeof *x);
            w[k] = weight[child[k]];
        }
        status = rh_aggregate_scores(&how[g], x, n, m, w,
                                     score + (size_t)(tree->n_leaves + g) * n, err);
    }
    rh_free(x);
    return status;
}
