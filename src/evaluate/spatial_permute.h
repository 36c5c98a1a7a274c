/* Permutation inference: values are dealt to the units anew, again and again.
 *
 * Every permutation, and in conditional inference every unit, has its own key: results do not depend on the number of
 * threads (P1). Two units never share their draws. Peers reuse one table of drawn positions for all units, which is faster
 * but ties the errors of all pseudo p-values together; a drawn neighbour costs about 8 ns here: no need for it.
 * Values that equal the observed one but for rounding (1e-12 of the scale) count as equal (P2). */
#ifndef RH_EVALUATE_SPATIAL_PERMUTE_H
#define RH_EVALUATE_SPATIAL_PERMUTE_H

#include "core/random.h"
#include "evaluate/spatial_inference.h"
#include "evaluate/spatial_weights.h"

typedef struct rh_permutations {
    uint32_t n; /* how many, e.g. 999 */
    rh_key key;
    unsigned threads;
} rh_permutations;

enum { RH_PERMUTED_COLUMNS = 2, RH_PERMUTED_VALUES = 64 };

/* What the statistics of Moran, Geary, Getis and Lee carry: a sum over the links times a factor. */
typedef struct rh_linked {
    const rh_weights *weights;
    double factor;
} rh_linked;

/* Statistics (at most RH_PERMUTED_VALUES) of columns as they are dealt. */
typedef void rh_permuted(const void *context, const double *const *column, double *value);
/* factor × Σ_ij w_ij y_i y_j of one column; the context is a rh_linked. */
void rh_linked_product(const void *context, const double *const *column, double *value);

/* Global inference for `n_values` statistics at once. The first `n_dealt` columns are dealt together, the others stay.
 * `observed` holds the statistics as they are. `how` NULL: nothing is dealt and `out` stays. O(permutations × (units + cost of one evaluation)). */
RH_MUST_CHECK rh_status rh_permute(const rh_permutations *how, uint32_t n,
                                   const double *const *column, unsigned n_columns,
                                   unsigned n_dealt, rh_permuted *statistic,
                                   const void *context, unsigned n_values,
                                   const double *observed, rh_simulated *out, rh_err *err);

/* What unit i's statistic makes of the values v that are dealt to its neighbours:
 *   LAG         scale_i Σ_j w_ij v_j + shift_i       (Moran, bivariate Moran, G, G*, local join counts)
 *   DIFFERENCE  Σ_c Σ_j w_ij (c_j − c_i)² / columns   (local Geary, multivariate too)
 *   PRODUCT     scale_i Σ_j w_ij v_j Σ_j w_ij u_j    (local Lee) */
enum rh_local_kind { RH_LOCAL_LAG, RH_LOCAL_DIFFERENCE, RH_LOCAL_PRODUCT };

typedef struct rh_local_rule {
    enum rh_local_kind kind;
    unsigned n_columns;
    const double *const *column; /* n_columns of n values */
    const double *scale, *shift; /* n each; shift NULL: 0 */
} rh_local_rule;

/* The statistics of the units as they are. */
void rh_local_values(const rh_weights *weights, const rh_local_rule *rule, double *value);

/* Conditional inference (Anselin 1995): unit i keeps its value, its neighbours draw theirs from the other n − 1 without
 * replacement. Islands get out[i].n = 0. `how` NULL: nothing is dealt and `out` stays. O(links × permutations). */
RH_MUST_CHECK rh_status rh_permute_local(const rh_permutations *how, const rh_weights *weights,
                                         const rh_local_rule *rule, const double *observed,
                                         rh_simulated *out, rh_err *err);

#endif
