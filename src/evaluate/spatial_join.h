/* Join counts, 连接计数: do neighbours share a class (Moran 1948; Cliff & Ord 1981, pp. 19–20)? For k classes; black and white
 * are k = 2. */
#ifndef RH_EVALUATE_SPATIAL_JOIN_H
#define RH_EVALUATE_SPATIAL_JOIN_H

#include "evaluate/spatial_permute.h"

enum { RH_JOIN_CLASSES = 10 };

/* One count: ½ Σ_ij w_ij of the pairs whose classes are a and b (a = b: the same). Classes dealt to the units ("non-free
 * sampling"). */
typedef struct rh_join {
    unsigned a, b;
    double joins;
    rh_null random;
    rh_simulated dealt;
} rh_join;

typedef struct rh_joins {
    unsigned
        n; /* k(k+1)/2 + 1 counts: aa … first, then each pair b < a, then all unlike pairs (a = b = k) */
    rh_join count[RH_JOIN_CLASSES * (RH_JOIN_CLASSES + 1) / 2 + 1];
    double chi_square,
        p_chi_square; /* of the 2 × 2 table of joins with Yates' correction (esda), NAN for k > 2; joins are
                                        not independent, so this p-value means little */
} rh_joins;

/* `class[i]` < k. Errors: RH_RANGE for k < 2 or more than RH_JOIN_CLASSES. */
RH_MUST_CHECK rh_status rh_join_count(const rh_weights *weights, const uint32_t *class,
                                      unsigned k, const rh_permutations *how, rh_joins *out,
                                      rh_err *err);

/* Local join counts of a 0/1 variable (Anselin & Li 2019): x_i Σ_j w_ij x_j where x_i = 1, 0 elsewhere. `dealt` only for
 * units with x_i = 1 and a neighbour. `value`, `out`: n each. */
RH_MUST_CHECK rh_status rh_join_local(const rh_weights *weights, const uint32_t *is,
                                      const rh_permutations *how, double *value,
                                      rh_simulated *out, rh_err *err);

#endif
