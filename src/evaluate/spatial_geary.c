/* Geary's C: see spatial_geary.h. */
#include "evaluate/spatial_geary.h"

#include "core/mem.h"

#include <math.h>

static void
geary_of(const void *context, const double *const *column, double *value)
{
    const rh_linked *g = context;
    const rh_weights *w = g->weights;
    const double *restrict z = column[0];
    double sum = 0;
    for (uint32_t i = 0; i < w->n; i++) {
        for (uint32_t e = w->start[i]; e < w->start[i + 1]; e++) {
            double apart = z[i] - z[w->to[e]];
            sum += w->w[e] * apart * apart;
        }
    }
    value[0] = g->factor * sum;
}

static void
geary_moments(rh_geary *out, uint32_t units, const double *z, const rh_weight_sums *s)
{
    double n = units, s02 = s->s0 * s->s0, k = 0;
    for (uint32_t i = 0; i < units; i++) {
        k += z[i] * z[i] * z[i] * z[i] / n;
    }
    double normal = ((2 * s->s1 + s->s2) * (n - 1) - 4 * s02) / (2 * (n + 1) * s02);
    double random = ((n - 1) * s->s1 * (n * n - 3 * n + 3 - (n - 1) * k) -
                     (n - 1) * s->s2 * (n * n + 3 * n - 6 - (n * n - n + 2) * k) / 4 +
                     s02 * (n * n - 3 - (n - 1) * (n - 1) * k)) /
                    (n * (n - 2) * (n - 3) * s02);
    out->normal = rh_null_of(out->c, 1, normal);
    out->random = rh_null_of(out->c, 1, random);
}

rh_status
rh_geary_global(const rh_weights *w, const double *y, const rh_permutations *how, rh_geary *out,
                rh_err *err)
{
    rh_weight_sums sums;
    double *z;
    *out = (rh_geary){0};
    RH_TRY(rh_spatial_check(w, err));
    RH_TRY(rh_weights_sums(w, &sums, err));
    RH_NEW(z, w->n, err);
    rh_status status = rh_standardise(y, w->n, 0, z, err);
    if (status == RH_OK) {
        rh_linked work = {w, (w->n - 1.0) / (2 * sums.s0 * w->n)}; /* Σz² = n */
        const double *column[] = {z};
        geary_of(&work, column, &out->c);
        geary_moments(out, w->n, z, &sums);
        status =
            rh_permute(how, w->n, column, 1, 1, geary_of, &work, 1, &out->c, &out->dealt, err);
    }
    rh_free(z);
    return status;
}

/* c_i is a lag of the squared differences d_j = (z_j − z_i)², of which the others' sum and sum of squares follow from the
 * power sums of z about its mean 0. */
static void
geary_local_moments(const rh_weights *w, double sd_square, rh_local *out)
{
    double n = w->n, power[5] = {n, 0, sd_square * n, 0, 0};
    for (uint32_t i = 0; i < w->n; i++) {
        double z = out->z[i];
        power[3] += z * z * z;
        power[4] += z * z * z * z;
    }
    for (uint32_t i = 0; i < w->n; i++) {
        if (rh_weights_is_island(w, i)) {
            continue;
        }
        double z = out->z[i], z2 = z * z;
        double sum = n * z2 + power[2];
        double squares = n * z2 * z2 + 6 * z2 * power[2] - 4 * z * power[3] + power[4];
        rh_lag_moments(w, i, sum, squares, &out->mean[i], &out->variance[i]);
        out->p_normal[i] = rh_null_of(out->value[i], out->mean[i], out->variance[i]).p_two;
    }
}

static rh_status
geary_local(const rh_weights *w, const double *const *y, unsigned n_variables, unsigned less,
            double *z, const rh_permutations *how, rh_local *out, rh_err *err)
{
    const double *column[RH_GEARY_VARIABLES];
    for (unsigned c = 0; c < n_variables; c++) {
        RH_TRY(rh_standardise(y[c], w->n, less, z + (size_t)c * w->n, err));
        column[c] = z + (size_t)c * w->n;
    }
    for (uint32_t i = 0; i < w->n; i++) {
        out->z[i] = z[i];
    }
    rh_local_rule rule = {
        .kind = RH_LOCAL_DIFFERENCE, .n_columns = n_variables, .column = column};
    rh_local_values(w, &rule, out->value);
    if (n_variables == 1) {
        rh_weights_lag(w, out->z, out->lag);
        rh_local_quadrants(w, out);
        geary_local_moments(w, (w->n - (double)less) / w->n, out);
    }
    return rh_permute_local(how, w, &rule, out->value, out->dealt, err);
}

rh_status
rh_geary_local(const rh_weights *w, const double *const *y, unsigned n_variables, unsigned less,
               const rh_permutations *how, rh_local *out, rh_err *err)
{
    double *z;
    *out = (rh_local){0};
    RH_TRY(rh_spatial_check(w, err));
    if (n_variables == 0 || n_variables > RH_GEARY_VARIABLES) {
        return rh_fail(err, RH_RANGE, "Local Geary takes 1 to %d variables, not %u.",
                       RH_GEARY_VARIABLES, n_variables);
    }
    RH_TRY(rh_local_new(w->n, out, err));
    RH_NEW(z, (size_t)n_variables * w->n, err);
    rh_status status = geary_local(w, y, n_variables, less, z, how, out, err);
    rh_free(z);
    return status;
}
