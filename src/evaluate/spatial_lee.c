/* Lee's L: see spatial_lee.h. */
#include "evaluate/spatial_lee.h"

#include "core/mem.h"

#include <math.h>

static void
lee_of(const void *context, const double *const *column, double *value)
{
    const rh_linked *l = context;
    const rh_weights *w = l->weights;
    const double *restrict x = column[0], *restrict y = column[1];
    double sum = 0;
    for (uint32_t i = 0; i < w->n; i++) {
        double lx = 0, ly = 0;
        for (uint32_t e = w->start[i]; e < w->start[i + 1]; e++) {
            lx += w->w[e] * x[w->to[e]];
            ly += w->w[e] * y[w->to[e]];
        }
        sum += lx * ly;
    }
    value[0] = l->factor * sum;
}

/* Γ = Σ_ij p_ij x_i y_j with P = WᵀW, of which only sums are needed: the diagonal, the rows, the squares.
 * P's own square sum, Σ_ij p_ij² = ‖WᵀW‖² = ‖WWᵀ‖², is gathered row by row of P: p_jk = Σ_i w_ij w_ik. */
typedef struct lee_sums {
    double *diagonal, *row; /* p_jj; Σ_k p_jk */
    double squares;         /* Σ_jk p_jk² */
} lee_sums;

/* Rows of P one at a time: unit j's column of W is walked through the transposed weights. */
static rh_status
sum_products(const rh_weights *w, const rh_weights *across, lee_sums *s, rh_err *err)
{
    double *product;
    uint32_t *touched;
    RH_NEW(product, w->n, err);
    touched = rh_alloc(w->n, sizeof *touched);
    for (uint32_t j = 0; j < w->n && touched != NULL; j++) {
        uint32_t n = 0;
        for (uint32_t a = across->start[j]; a < across->start[j + 1]; a++) {
            uint32_t i = across->to[a];
            for (uint32_t e = w->start[i]; e < w->start[i + 1]; e++) {
                if (product[w->to[e]] == 0) {
                    touched[n++] = w->to[e];
                }
                product[w->to[e]] += across->w[a] * w->w[e];
            }
        }
        s->diagonal[j] = product[j];
        for (uint32_t t = 0; t < n; t++) {
            double p = product[touched[t]];
            s->row[j] += p;
            s->squares += p * p;
            product[touched[t]] = 0;
        }
    }
    rh_status status =
        touched != NULL ? RH_OK : rh_fail(err, RH_MEMORY, "Not enough memory for Lee's L.");
    rh_free(product);
    rh_free(touched);
    return status;
}

static rh_status
transpose(const rh_weights *w, rh_weights *out, rh_err *err)
{
    rh_link *link;
    size_t m = w->start[w->n];
    RH_NEW(link, m > 0 ? m : 1, err);
    for (uint32_t i = 0; i < w->n; i++) {
        for (uint32_t e = w->start[i]; e < w->start[i + 1]; e++) {
            link[e] = (rh_link){w->to[e], i, w->w[e]};
        }
    }
    rh_status status = rh_weights_from_links(w->n, link, m, out, err);
    rh_free(link);
    return status;
}

/* Moments of Γ when pairs (x, y) are dealt: on the diagonal a linear statistic, off it a cross-product one with
 * q_ij = (x_i y_j + x_j y_i)/2, and their covariance. x and y have mean 0 and Σ² = n. */
static void
lee_moments(const lee_sums *s, uint32_t units, const double *x, const double *y, double factor,
            rh_lee *out)
{
    double n = units, trace = 0, trace2 = 0, all = 0, w2 = 0, mixed_w = 0;
    for (uint32_t i = 0; i < units; i++) {
        double off = s->row[i] - s->diagonal[i];
        trace += s->diagonal[i];
        trace2 += s->diagonal[i] * s->diagonal[i];
        all += off;
        w2 += 4 * off * off; /* (row + column)² of the part off the diagonal */
        mixed_w += s->diagonal[i] * off;
    }
    rh_weight_sums w = {all, 2 * (s->squares - trace2), w2};
    double c = 0, c2 = 0, q2 = 0, x4y = 0, mixed_q = 0;
    for (uint32_t i = 0; i < units; i++) {
        double xy = x[i] * y[i];
        c += xy;
        c2 += xy * xy;
    }
    for (uint32_t i = 0; i < units; i++) {
        double xy = x[i] * y[i];
        q2 += 4 * xy *
              xy; /* row of q off the diagonal: (x_i (0 − y_i) + y_i (0 − x_i))/2 = −x_i y_i */
        mixed_q -= xy * xy;
        x4y += xy * xy;
    }
    /* Σ_ij q_ij² over all = (Σx² Σy² + (Σxy)²)/2; the diagonal is Σ (xy)² */
    rh_cross_sums q = {-c, 2 * ((n * n + c * c) / 2 - x4y), q2};
    double mean_off, variance_off;
    rh_cross_moments(units, &w, &q, &mean_off, &variance_off);
    double mean_on = trace * c / n;
    double variance_on = (trace2 - trace * trace / n) * (c2 - c * c / n) / (n - 1);
    /* E[Σ_i d_i a_i · Σ_{j≠k} p_jk q_jk]: i is j or k, or neither */
    double touching = 2 * mixed_w * mixed_q / (n * (n - 1));
    double apart =
        (trace * all - 2 * mixed_w) * (c * q.t0 - 2 * mixed_q) / (n * (n - 1) * (n - 2));
    double covariance = touching + apart - mean_on * mean_off;
    out->random = rh_null_of(out->l, factor * (mean_on + mean_off),
                             factor * factor * (variance_on + variance_off + 2 * covariance));
}

static rh_status
lee_null(const rh_weights *w, const double *x, const double *y, double factor, rh_lee *out,
         rh_err *err)
{
    rh_weights across = {0};
    lee_sums s = {0};
    RH_NEW(s.diagonal, 2 * (size_t)w->n, err);
    s.row = s.diagonal + w->n;
    rh_status status = transpose(w, &across, err);
    if (status == RH_OK) {
        status = sum_products(w, &across, &s, err);
    }
    if (status == RH_OK) {
        lee_moments(&s, w->n, x, y, factor, out);
    }
    rh_weights_release(&across);
    rh_free(s.diagonal);
    return status;
}

static rh_status
standardise_pair(const double *x, const double *y, uint32_t n, double **out, rh_err *err)
{
    RH_NEW(*out, 2 * (size_t)n, err);
    RH_TRY(rh_standardise(x, n, 0, *out, err));
    return rh_standardise(y, n, 0, *out + n, err);
}

static rh_status
lee_global(const rh_weights *w, const double *zx, const double *zy, const rh_permutations *how,
           rh_lee *out, rh_err *err)
{
    double square_rows = 0;
    for (uint32_t i = 0; i < w->n; i++) {
        double row = rh_weights_row(w, i, false).sum;
        square_rows += row * row;
        out->pearson += zx[i] * zy[i] / w->n;
    }
    rh_linked work = {w, 1 / square_rows}; /* n / S2 / sqrt(Σzx² Σzy²), both sums n */
    const double *column[] = {zx, zy}, *x_twice[] = {zx, zx}, *y_twice[] = {zy, zy};
    lee_of(&work, column, &out->l);
    lee_of(&work, x_twice, &out->smooth_x);
    lee_of(&work, y_twice, &out->smooth_y);
    RH_TRY(lee_null(w, zx, zy, work.factor, out, err));
    return rh_permute(how, w->n, column, 2, 2, lee_of, &work, 1, &out->l, &out->dealt, err);
}

rh_status
rh_lee_global(const rh_weights *w, const double *x, const double *y, const rh_permutations *how,
              rh_lee *out, rh_err *err)
{
    double *z = NULL;
    *out = (rh_lee){0};
    RH_TRY(rh_spatial_check(w, err));
    rh_status status = standardise_pair(x, y, w->n, &z, err);
    if (status == RH_OK) {
        status = lee_global(w, z, z + w->n, how, out, err);
    }
    rh_free(z);
    return status;
}

static rh_status
lee_local(const rh_weights *w, const double *zx, const double *zy, const rh_permutations *how,
          rh_local *out, rh_err *err)
{
    const double *column[] = {zx, zy};
    double *scale;
    RH_NEW(scale, w->n, err);
    rh_weights_lag(w, zy, scale);
    rh_weights_lag(w, zx, out->lag);
    for (uint32_t i = 0; i < w->n; i++) {
        out->z[i] = zx[i];
        if (!rh_weights_is_island(w, i)) {
            out->quadrant[i] = (uint8_t)rh_quadrant_of(out->lag[i], scale[i]);
        }
        scale[i] = 1;
    }
    rh_local_rule rule = {
        .kind = RH_LOCAL_PRODUCT, .n_columns = 2, .column = column, .scale = scale};
    rh_local_values(w, &rule, out->value);
    rh_status status = rh_permute_local(how, w, &rule, out->value, out->dealt, err);
    rh_free(scale);
    return status;
}

rh_status
rh_lee_local(const rh_weights *w, const double *x, const double *y, const rh_permutations *how,
             rh_local *out, rh_err *err)
{
    double *z = NULL;
    *out = (rh_local){0};
    RH_TRY(rh_spatial_check(w, err));
    RH_TRY(rh_local_new(w->n, out, err));
    rh_status status = standardise_pair(x, y, w->n, &z, err);
    if (status == RH_OK) {
        status = lee_local(w, z, z + w->n, how, out, err);
    }
    rh_free(z);
    return status;
}
