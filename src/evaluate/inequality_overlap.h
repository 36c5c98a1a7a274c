/* The Gini between groups: within, between means, and what groups that overlap add (Dagum's decomposition).
 *
 *     G = Σ_j p_j s_j G_j + [Gini of the group means] + overlap
 *     G_jh = E|x_j − x_h| / (μ_j + μ_h), the Gini between two groups
 *     Dagum (1997), Empirical Economics 22(4), eq. 14–23. His net between part Σ_(j<h) G_jh (p_j s_h + p_h s_j) D_jh with
 *     D_jh = |μ_j − μ_h| / E|x_j − x_h| is the Gini of the group means; the rest is transvariation (overlap, 超变密度). */
#ifndef RH_EVALUATE_INEQUALITY_OVERLAP_H
#define RH_EVALUATE_INEQUALITY_OVERLAP_H

#include "evaluate/inequality_rank.h"

#include <stdbool.h>

typedef struct rh_gini_groups {
    double gini, within, between, overlap; /* gini = within + between + overlap */
    double *own;                           /* n_groups: G_j; NAN for an empty one */
    double *pair; /* n_groups²: G_jh, symmetric, G_j on the diagonal */
} rh_gini_groups;

/* group[i] < n_groups; w NULL: each counts 1. Release the result. Errors: RH_MEMORY, RH_INPUT without a weight above 0. Cost:
 * O(n log n + n_groups²), with pairs O(n_groups · n). */
RH_MUST_CHECK rh_status rh_gini_groups_find(const double *x, const double *w,
                                            const uint32_t *group, size_t n, uint32_t n_groups,
                                            bool pairs, rh_gini_groups *out, rh_err *err);
void rh_gini_groups_release(rh_gini_groups *groups);

#endif
