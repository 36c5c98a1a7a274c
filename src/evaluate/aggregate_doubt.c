/* Benefit of the doubt: see aggregate_doubt.h. */
#include "evaluate/aggregate_doubt.h"

#include "core/mem.h"

#include <glpk.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

typedef struct doubt {
    const double *x;
    uint32_t n, m;
    double low, high;
    /* [m] largest value of each column: x / scale keeps the programme well conditioned; scores are free of it */
    double *scale;
    double *row;          /* [n * m] x / scale, unit after unit */
    unsigned char *state; /* [n] of a unit as a rival */
    /* the dual: rows are indicators; columns are 2 m bounds, if any, then the rivals in play */
    glp_prob *lp;
    int *index; /* of GLPK's sparse columns, from 1 */
    double *value;
} doubt;

enum { OUT, INCOMPLETE, IN_PLAY };

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
    return d->row[(size_t)i * d->m + j];
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

static void
add_rival(doubt *d, uint32_t i)
{
    int column = glp_add_cols(d->lp, 1), length = 0;
    glp_set_col_bnds(d->lp, column, GLP_LO, 0, 0);
    glp_set_obj_coef(d->lp, column, 1);
    for (uint32_t j = 0; j < d->m; j++) {
        if (cell(d, i, j) != 0) {
            d->index[++length] = (int)j + 1;
            d->value[length] = cell(d, i, j);
        }
    }
    glp_set_mat_col(d->lp, column, length, d->index, d->value);
    d->state[i] = IN_PLAY;
}

/* The dual: min Σ λ_i subject to Σ_i λ_i x_ij ≥ x_kj for every indicator j, λ ≥ 0. It has as many rows as indicators, so that a basis is
 * small, and only the right side changes from unit to unit; ω are its shadow prices. Few units are ever anybody's rivals: those that
 * are best in an indicator come into play at once, another one when weights are found under which it scores above 1. */
static void
build(doubt *d)
{
    glp_set_obj_dir(d->lp, GLP_MIN);
    glp_add_rows(d->lp, (int)d->m);
    if (has_bounds(d)) {
        int column = glp_add_cols(d->lp, 2 * (int)d->m);
        for (int k = 0; k < 2 * (int)d->m; k++) {
            glp_set_col_bnds(d->lp, column + k, GLP_LO, 0, 0);
        }
    }
    for (uint32_t i = 0; i < d->n; i++) {
        d->state[i] = is_complete(d, i) ? OUT : INCOMPLETE;
        for (uint32_t j = 0; j < d->m; j++) {
            double v = d->x[(size_t)j * d->n + i];
            d->row[(size_t)i * d->m + j] = d->scale[j] > 0 ? v / d->scale[j] : 0;
        }
    }
    for (uint32_t j = 0; j < d->m; j++) {
        uint32_t best = 0;
        for (uint32_t i = 1; i < d->n; i++) {
            bool better = d->state[best] == INCOMPLETE || cell(d, i, j) > cell(d, best, j);
            best = d->state[i] != INCOMPLETE && better ? i : best;
        }
        if (d->state[best] == OUT) {
            add_rival(d, best);
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
            int column = (int)(side * d->m + j) + 1;
            glp_set_mat_col(d->lp, column, length, d->index, d->value);
        }
    }
}

/* Units that score above 1 with the weights found come into play; false when there are none. */
static bool
add_rivals(doubt *d)
{
    bool any = false;
    for (uint32_t j = 0; j < d->m; j++) {
        d->value[j] = glp_get_row_dual(d->lp, (int)j + 1);
    }
    double *weight = d->value + d->m + 1; /* add_rival writes the first half */
    memcpy(weight, d->value, d->m * sizeof *weight);
    for (uint32_t i = 0; i < d->n; i++) {
        double score = 0;
        for (uint32_t j = 0; j < d->m && d->state[i] == OUT; j++) {
            score += weight[j] * cell(d, i, j);
        }
        if (score > 1 + 1e-10) {
            add_rival(d, i);
            any = true;
        }
    }
    return any;
}

static rh_status
solve(doubt *d, uint32_t k, double *score, double *share, rh_err *err)
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
    do {
        int failed = glp_simplex(d->lp, &how);
        if (failed != 0) { /* a basis that went singular: from scratch */
            glp_std_basis(d->lp);
            failed = glp_simplex(d->lp, &how);
        }
        if (failed != 0 || glp_get_status(d->lp) != GLP_OPT) {
            return rh_fail(err, RH_INPUT,
                           "Benefit of the doubt: no best weights were found for unit %u.",
                           k + 1);
        }
        how.meth = GLP_PRIMAL; /* with new columns the basis stays primal feasible */
    } while (add_rivals(d));
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
        if (d->state[k] != INCOMPLETE) {
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
    d.value = rh_alloc(2 * (size_t)m + 2, sizeof *d.value);
    d.row = rh_alloc((size_t)n * m, sizeof *d.row);
    d.state = rh_alloc(n, sizeof *d.state);
    rh_status status = RH_OK;
    if (d.scale == NULL || d.index == NULL || d.value == NULL || d.row == NULL ||
        d.state == NULL) {
        status = rh_fail(err, RH_MEMORY,
                         "Not enough memory for benefit of the doubt of %u units.", n);
    } else {
        d.lp = glp_create_prob();
        status = run(&d, score, share, err);
        glp_delete_prob(d.lp);
    }
    rh_free(d.scale);
    rh_free(d.index);
    rh_free(d.value);
    rh_free(d.row);
    rh_free(d.state);
    return status;
}
