/* Benefit of the doubt: see aggregate_doubt.h. */
#include "evaluate/aggregate_doubt.h"

#include "core/mem.h"

#include <glpk.h>
#include <math.h>
#include <stdbool.h>

typedef struct doubt {
    const double *x;
    uint32_t n, m, n_rivals;
    double low, high;
    double *
        scale; /* [m] largest value of each column: x / scale keeps the programme well conditioned; scores are free of it */
    glp_prob *lp; /* rows: rivals, then 2 m bounds; columns: indicators */
    int *index;   /* of GLPK's sparse rows, from 1 */
    double *value;
} doubt;

static bool
is_complete(const doubt *d, uint32_t i)
{
    for (uint32_t j = 0; j < d->m; j++) {
        if (isnan(d->x[(size_t)j * d->n + i])) {
            return false;
        }
    }
    return true;
}

static double
cell(const doubt *d, uint32_t i, uint32_t j)
{
    return d->scale[j] > 0 ? d->x[(size_t)j * d->n + i] / d->scale[j] : 0;
}

static bool
has_bounds(const doubt *d)
{
    return d->low > 0 || d->high < 1;
}

static rh_status
check(const doubt *d, rh_err *err)
{
    for (uint32_t j = 0; j < d->m; j++) {
        d->scale[j] = 0;
        for (uint32_t i = 0; i < d->n; i++) {
            double v = d->x[(size_t)j * d->n + i];
            if (v < 0 || isinf(v)) {
                return rh_fail(
                    err, RH_INPUT,
                    "Benefit of the doubt needs values from 0: indicator %u of unit %u is "
                    "%g. Normalise into a range from 0, more being better.",
                    j + 1, i + 1, v);
            }
            d->scale[j] = fmax(d->scale[j], v);
        }
    }
    if (!(d->low >= 0 && d->low * d->m <= 1 && d->high <= 1 && d->high * d->m >= 1)) {
        return rh_fail(
            err, RH_RANGE,
            "Benefit of the doubt: no shares of %u indicators lie between %g and %g and sum "
            "to 1.",
            d->m, d->low, d->high);
    }
    return RH_OK;
}

/* The dual: min Σ λ_i subject to Σ_i λ_i x_ij ≥ x_kj for every indicator j, λ ≥ 0. It has as many rows as indicators, so that a basis is
 * small, and only the right side changes from unit to unit; ω are its shadow prices. */
static void
build(doubt *d)
{
    int m = (int)d->m;
    glp_set_obj_dir(d->lp, GLP_MIN);
    glp_add_rows(d->lp, m);
    for (uint32_t i = 0; i < d->n; i++) {
        if (!is_complete(d, i)) {
            continue;
        }
        int column = glp_add_cols(d->lp, 1), length = 0;
        d->n_rivals++;
        glp_set_col_bnds(d->lp, column, GLP_LO, 0, 0);
        glp_set_obj_coef(d->lp, column, 1);
        for (uint32_t j = 0; j < d->m; j++) {
            double v = cell(d, i, j);
            if (v != 0) {
                d->index[++length] = (int)j + 1;
                d->value[length] = v;
            }
        }
        glp_set_mat_col(d->lp, column, length, d->index, d->value);
    }
    if (has_bounds(d)) {
        int column = glp_add_cols(d->lp, 2 * m);
        for (int k = 0; k < 2 * m; k++) {
            glp_set_col_bnds(d->lp, column + k, GLP_LO, 0, 0);
        }
    }
}

/* Σ_l ω_l x_kl (high − [l = j]) ≥ 0 and Σ_l ω_l x_kl ([l = j] − low) ≥ 0: a column of the dual each, with the other sign. */
static void
set_bounds(const doubt *d, uint32_t k)
{
    for (uint32_t j = 0; j < d->m; j++) {
        for (uint32_t side = 0; side < 2; side++) {
            int length = 0;
            for (uint32_t l = 0; l < d->m; l++) {
                double own = l == j, factor = side == 0 ? d->high - own : own - d->low;
                double v = -factor * cell(d, k, l);
                if (v != 0) {
                    d->index[++length] = (int)l + 1;
                    d->value[length] = v;
                }
            }
            int column = (int)(d->n_rivals + side * d->m + j) + 1;
            glp_set_mat_col(d->lp, column, length, d->index, d->value);
        }
    }
}

static rh_status
solve(const doubt *d, uint32_t k, double *score, double *share, rh_err *err)
{
    glp_smcp how;
    glp_init_smcp(&how);
    how.msg_lev = GLP_MSG_OFF;
    how.meth =
        GLP_DUALP; /* the last basis stays dual feasible when only the right side moves */
    for (uint32_t j = 0; j < d->m; j++) {
        glp_set_row_bnds(d->lp, (int)j + 1, GLP_LO, cell(d, k, j), 0);
    }
    if (has_bounds(d)) {
        set_bounds(d, k);
    }
    int failed = glp_simplex(d->lp, &how);
    if (failed != 0) { /* a basis that went singular: from scratch */
        glp_std_basis(d->lp);
        failed = glp_simplex(d->lp, &how);
    }
    if (failed != 0 || glp_get_status(d->lp) != GLP_OPT) {
        return rh_fail(err, RH_INPUT,
                       "Benefit of the doubt: no best weights were found for unit %u.", k + 1);
    }
    *score = glp_get_obj_val(d->lp);
    for (uint32_t j = 0; j < d->m && share != NULL; j++) {
        double part = glp_get_row_dual(d->lp, (int)j + 1) * cell(d, k, j);
        share[(size_t)j * d->n + k] = *score > 0 ? part / *score : 0;
    }
    return RH_OK;
}

static rh_status
run(doubt *d, double *score, double *share, rh_err *err)
{
    RH_TRY(check(d, err));
    build(d);
    for (uint32_t k = 0; k < d->n; k++) {
        if (is_complete(d, k)) {
            RH_TRY(solve(d, k, &score[k], share, err));
            continue;
        }
        score[k] = NAN;
        for (uint32_t j = 0; j < d->m && share != NULL; j++) {
            share[(size_t)j * d->n + k] = NAN;
        }
    }
    return RH_OK;
}

rh_status
rh_aggregate_doubt(const double *x, uint32_t n, uint32_t m, double low, double high,
                   double *score, double *share, rh_err *err)
{
    doubt d = {.x = x, .n = n, .m = m, .low = low, .high = high};
    d.scale = rh_alloc(m, sizeof *d.scale);
    d.index = rh_alloc((size_t)m + 1, sizeof *d.index);
    d.value = rh_alloc((size_t)m + 1, sizeof *d.value);
    rh_status status = RH_OK;
    if (d.scale == NULL || d.index == NULL || d.value == NULL) {
        status = rh_fail(err, RH_MEMORY, "Not enough memory for %u indicators.", m);
    } else {
        d.lp = glp_create_prob();
        status = run(&d, score, share, err);
        glp_delete_prob(d.lp);
    }
    rh_free(d.scale);
    rh_free(d.index);
    rh_free(d.value);
    return status;
}
