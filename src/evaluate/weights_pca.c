/* Principal components and weights from them: see weights_pca.h. */
#include "evaluate/weights_pca.h"

#include "core/mem.h"
#include "evaluate/weights_column.h"
#include "evaluate/weights_varimax.h"

#include <lapacke.h>
#include <math.h>
#include <string.h>

/* Correlations with directions; a constant column has 0 everywhere, and so eigenvalue 0. */
static rh_status
correlate(const double *x, uint32_t n, uint32_t m, const int *direction, double *r, rh_err *err)
{
    RH_TRY(rh_columns_correlate(x, n, m, RH_CORRELATION_PEARSON, r, err));
    for (uint32_t j = 0; j < m; j++) {
        for (uint32_t k = 0; k < m; k++) {
            double *rho = &r[(size_t)j * m + k];
            *rho = isnan(*rho) ? 0 : direction[j] * direction[k] < 0 ? -*rho : *rho;
        }
    }
    return RH_OK;
}

/* LAPACK's eigenvalues rise: turn them round, each vector with Σ ≥ 0. */
static void
in_falling_order(rh_pca *pca, const double *value, const double *vector)
{
    uint32_t m = pca->m;
    for (uint32_t k = 0; k < m; k++) {
        const double *from = vector + (size_t)(m - 1 - k) * m;
        double sum = 0;
        for (uint32_t j = 0; j < m; j++) {
            sum += from[j];
        }
        for (uint32_t j = 0; j < m; j++) {
            pca->vector[(size_t)k * m + j] = sum < 0 ? -from[j] : from[j];
        }
        pca->value[k] = fmax(value[m - 1 - k], 0);
    }
}

rh_status
rh_pca_init(rh_pca *pca, const double *x, uint32_t n, uint32_t m, const int *direction,
            rh_err *err)
{
    *pca = (rh_pca){.m = m};
    RH_TRY(rh_matrix_check("Principal components", x, n, m, RH_DOMAIN_ANY, err));
    double *r = rh_alloc((size_t)m * m, sizeof *r), *value = rh_alloc(m, sizeof *value);
    pca->value = rh_alloc(m, sizeof *pca->value);
    pca->vector = rh_alloc((size_t)m * m, sizeof *pca->vector);
    rh_status status = RH_OK;
    if (r == NULL || value == NULL || pca->value == NULL || pca->vector == NULL) {
        status = rh_fail(err, RH_MEMORY, "Not enough memory for principal components.");
    }
    status = status == RH_OK ? correlate(x, n, m, direction, r, err) : status;
    if (status == RH_OK && LAPACKE_dsyev(LAPACK_COL_MAJOR, 'V', 'U', (lapack_int)m, r,
                                         (lapack_int)m, value) != 0) {
        status =
            rh_fail(err, RH_INPUT, "Principal components of %u indicators were not found.", m);
    }
    if (status == RH_OK) {
        in_falling_order(pca, value, r);
    } else {
        rh_pca_release(pca);
    }
    rh_free(r);
    rh_free(value);
    return status;
}

void
rh_pca_release(rh_pca *pca)
{
    rh_free(pca->value);
    rh_free(pca->vector);
    *pca = (rh_pca){0};
}

static uint32_t
components(const rh_pca *pca, const rh_pca_how *how)
{
    uint32_t kept = how->keep;
    if (how->rule == RH_PCA_FIRST) {
        kept = 1;
    } else if (kept == 0 && how->rule == RH_PCA_FACTOR) {
        while (kept < pca->m && pca->value[kept] > 1) {
            kept++;
        }
        kept = kept == 0 ? 1 : kept;
    }
    return kept == 0 || kept > pca->m ? pca->m : kept;
}

/* Weights by the factor of the largest loading; `loading` (m × kept) is rotated. */
static void
weigh_by_factor(const double *loading, uint32_t m, uint32_t kept, double *w)
{
    for (uint32_t f = 0; f < kept; f++) {
        const double *l = loading + (size_t)f * m;
        double way = 0; /* of the factor's own indicators */
        for (int pass = 0; pass < 2; pass++) {
            for (uint32_t j = 0; j < m; j++) {
                bool own = true;
                for (uint32_t g = 0; g < kept; g++) {
                    double other = fabs(loading[(size_t)g * m + j]);
                    own = own && (g < f ? other < fabs(l[j]) : other <= fabs(l[j]));
                }
                if (own && pass == 0) {
                    way += l[j];
                } else if (own) {
                    /* l² / Σ l² of the factor × its Σ l² / Σ of all: proportional to l². */
                    w[j] = l[j] * l[j] * (l[j] * way < 0 ? -1 : 1);
                }
            }
        }
    }
}

static void
weigh(const rh_pca *pca, const rh_pca_how *how, const double *loading, uint32_t kept, double *w)
{
    uint32_t m = pca->m;
    if (how->rule == RH_PCA_FACTOR) {
        weigh_by_factor(loading, m, kept, w);
        return;
    }
    for (uint32_t j = 0; j < m; j++) {
        w[j] = how->rule == RH_PCA_FIRST ? loading[j] : 0;
        for (uint32_t k = 0; k < kept && how->rule != RH_PCA_FIRST; k++) {
            double l = loading[(size_t)k * m + j];
            w[j] += (how->rule == RH_PCA_ABSOLUTE ? fabs(l) : l * l) * pca->value[k];
        }
    }
}

static rh_status
scale_signed(double *w, uint32_t m, const rh_pca_how *how, rh_pca_report *report, rh_err *err)
{
    double sum = 0, size = 0;
    for (uint32_t j = 0; j < m; j++) {
        w[j] = fabs(w[j]) < 1e-14 ? 0 : w[j]; /* rounding is no sign */
        sum += w[j];
        size += fabs(w[j]);
        report->negative += w[j] < 0;
    }
    for (uint32_t j = 0; j < m && !how->allow_negative; j++) {
        if (w[j] < 0) {
            return rh_fail(
                err, RH_INPUT,
                "Weights by principal components: indicator %u would weigh %.3f of the "
                "index, below 0 (%u such of %u): it runs against the others. Look at its "
                "direction, or allow negative weights.",
                j + 1, w[j] / sum, report->negative, m);
        }
    }
    if (!(sum > 1e-9 * size)) {
        return rh_fail(
            err, RH_INPUT,
            "Weights by principal components: the loadings of %u indicators sum to %g, so "
            "that there are no weights.",
            m, sum);
    }
    for (uint32_t j = 0; j < m; j++) {
        w[j] /= sum;
    }
    return RH_OK;
}

rh_status
rh_pca_weights(const rh_pca *pca, const rh_pca_how *how, double *w, rh_pca_report *report,
               rh_err *err)
{
    uint32_t m = pca->m, kept = components(pca, how);
    rh_pca_report found = {.kept = kept};
    double *loading, all = 0;
    RH_NEW(loading, (size_t)m * kept, err);
    for (uint32_t k = 0; k < m; k++) {
        all += pca->value[k];
        found.explained += k < kept ? pca->value[k] : 0;
        double stretch = how->rule == RH_PCA_FACTOR ? sqrt(pca->value[k]) : 1;
        for (uint32_t j = 0; j < m && k < kept; j++) {
            loading[(size_t)k * m + j] = pca->vector[(size_t)k * m + j] * stretch;
        }
    }
    if (all <= 0) {
        rh_free(loading);
        return rh_fail(err, RH_INPUT,
                       "Weights by principal components: all %u indicators are constant.", m);
    }
    found.explained /= all;
    rh_status status = how->no_rotation ? RH_OK
                       : how->rule == RH_PCA_FACTOR
                           ? rh_varimax(loading, m, kept, err)
                           : rh_varimax_iterated(loading, m, kept, err);
    if (status == RH_OK) {
        weigh(pca, how, loading, kept, w);
        status = scale_signed(w, m, how, &found, err);
    }
    if (report != NULL) {
        *report = found;
    }
    rh_free(loading);
    return status;
}
