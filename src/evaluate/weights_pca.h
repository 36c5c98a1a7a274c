/* Principal components of the correlations, and weights from them.
 *
 * Columns are standardised and turned by their direction, so that positive loadings all round mean "the indicators agree".
 *   FIRST    w ∝ loadings of the first component (R's COINr; Becker et al. 2017): maximises the variance of the index. A negative
 *            loading is a negative weight: the indicator works against its own direction.
 *   ABSOLUTE w ∝ Σ_k |v_jk| λ_k, SQUARED w ∝ Σ_k v_jk² λ_k over the kept components, after varimax of the eigenvectors (R's mathmodels)
 *   FACTOR   OECD/JRC Handbook on Constructing Composite Indicators 2008, sec. 6.1 (Nicoletti, Scarpetta & Boylaud 2000): factors with
 *            eigenvalue > 1, varimax; w_j ∝ l_jf² / Σ_i l_if² × the factor's share of the variance, f the factor of its largest |l|. A
 *            loading against its factor's others (sign of Σ l over the factor's own indicators) is a negative weight.
 * Varimax is that of weights_varimax.h: by the iteration of R for ABSOLUTE and SQUARED, so that their figures agree; exact for FACTOR.
 * Signs of eigenvectors are arbitrary; here each has Σ_j v_jk ≥ 0. A constant column is left out: weight and loading 0. */
#ifndef RH_EVALUATE_WEIGHTS_PCA_H
#define RH_EVALUATE_WEIGHTS_PCA_H

#include "core/status.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct rh_pca {
    uint32_t m;
    double *value;  /* [m] eigenvalues, falling; their sum: indicators that are not constant */
    double *vector; /* [m * m] of length 1: vector[k * m + j] of component k, indicator j */
} rh_pca;

/* From x (n × m), direction[m] 1 or -1. Errors: RH_INPUT, RH_MEMORY. Cost: O(n m² + m³). */
RH_MUST_CHECK rh_status rh_pca_init(rh_pca *pca, const double *x, uint32_t n, uint32_t m,
                                    const int *direction, rh_err *err);
void rh_pca_release(rh_pca *pca);

enum rh_pca_rule { RH_PCA_FIRST, RH_PCA_ABSOLUTE, RH_PCA_SQUARED, RH_PCA_FACTOR };

typedef struct rh_pca_how {
    enum rh_pca_rule rule;
    /* components; 0: all for ABSOLUTE and SQUARED, eigenvalues > 1 (at least 1) for FACTOR */
    uint32_t keep;
    bool no_rotation;
    bool allow_negative; /* give negative weights instead of refusing */
} rh_pca_how;

typedef struct rh_pca_report {
    uint32_t kept, negative; /* components; weights below 0 */
    double explained;        /* share of the variance in the kept components */
} rh_pca_report;

/* w[m], sum 1. Errors: RH_INPUT naming the first indicator with a negative weight, unless allowed; RH_MEMORY. */
RH_MUST_CHECK rh_status rh_pca_weights(const rh_pca *pca, const rh_pca_how *how, double *w,
                                       rh_pca_report *report, rh_err *err);

#endif
