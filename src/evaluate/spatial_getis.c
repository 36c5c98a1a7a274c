/* Getis–Ord statistics: see spatial_getis.h. */
#include "evaluate/spatial_getis.h"

#include "core/mem.h"

#include <math.h>

/* q_ij = y_i y_j; over i ≠ j: t1 = 2 Σ q², t2 = Σ_i (2 y_i (Y − y_i))². */
static rh_cross_sums
product_sums(const double *y, uint32_t n)
{
    double sum = 0, squares = 0, fourth = 0;
    rh_cross_sums q = {0};
    for (uint32_t i = 0; i < n; i++) {
        sum += y[i];
        squares += y[i] * y[i];
        fourth += y[i] * y[i] * y[i] * y[i];
    }
    for (uint32_t i = 0; i < n; i++) {
        double row = 2 * y[i] * (sum - y[i]);
        q.t2 += row * row;
    }
    q.t0 = sum * sum - squares;
    q.t1 = 2 * (squares * squares - fourth);
    return q;
}

rh_status
rh_getis_global(const rh_weights *w, const double *y, const rh_permutations *how, rh_getis *out,
                rh_err *err)
{
    rh_weight_sums sums;
    double mean, variance;
    *out = (rh_getis){0};
    RH_TRY(rh_spatial_check(w, err));
    for (uint32_t i = 0; i < w->n; i++) {
        if (y[i] < 0) {
            return rh_fail(err, RH_INPUT,
                           "Row %u: global G is defined for values that are not negative, not "
                           "for %g; use Moran's I or local G.",
                           i + 1, y[i]);
        }
    }
    RH_TRY(rh_weights_sums(w, &sums, err));
    rh_cross_sums q = product_sums(y, w->n);
    if (!(q.t0 > 0)) {
        return rh_fail(err, RH_RANGE, "Global G needs at least two values above 0.");
    }
    rh_linked work = {w, 1 / q.t0};
    rh_linked_product(&work, &y, &out->g);
    rh_cross_moments(w->n, &sums, &q, &mean, &variance);
    out->random = rh_null_of(out->g, mean / q.t0, variance / (q.t0 * q.t0));
    return rh_permute(how, w->n, &y, 1, 1, rh_linked_product, &work, 1, &out->g, &out->dealt,
                      err);
}

/* Scale and shift that make the statistic of the lag; moments by finite sampling of the others. In G* the classical null lets
 * i's own value vary too: mean and variance over all n, the self weight among the weights. */
static void
getis_unit(const rh_weights *w, const double *y, uint32_t i, double sum, double squares,
           bool star, rh_local *out, double *scale, double *shift)
{
    double self = star ? w->self[i] : 0, n = w->n;
    double total = star ? sum : sum - y[i];
    *scale = 1 / total;
    *shift = self * y[i] / total;
    out->value[i] = *scale * out->lag[i] + *shift;
    out->lag[i] += self * y[i];
    if (rh_weights_is_island(w, i) && !star) {
        return;
    }
    double mean, variance;
    if (star) {
        double average = sum / n;
        rh_row_sums row = rh_weights_row(w, i, true);
        mean = row.sum * average;
        variance = (squares / n - average * average) *
                   fmax(0, n * row.squares - row.sum * row.sum) / (n - 1);
    } else {
        rh_lag_moments(w, i, sum - y[i], squares - y[i] * y[i], &mean, &variance);
    }
    out->mean[i] = mean / total;
    out->variance[i] = variance / (total * total);
    rh_null null = rh_null_of(out->value[i], out->mean[i], out->variance[i]);
    out->p_normal[i] = null.p_two;
    out->quadrant[i] = out->lag[i] > mean ? RH_HIGH_HIGH : RH_LOW_LOW;
}

static rh_status
getis_local(const rh_weights *w, const double *y, bool star, double *scale, double *shift,
            const rh_permutations *how, rh_local *out, rh_err *err)
{
    double sum = 0, squares = 0;
    RH_TRY(rh_standardise(y, w->n, 0, out->z, err));
    rh_weights_lag(w, y, out->lag);
    for (uint32_t i = 0; i < w->n; i++) {
        sum += y[i];
        squares += y[i] * y[i];
    }
    for (uint32_t i = 0; i < w->n; i++) {
        if ((star ? sum : sum - y[i]) == 0) {
            return rh_fail(
                err, RH_INPUT,
                "Row %u: the values of the other units sum to 0, so that their share "
                "around this one is undefined.",
                i + 1);
        }
        getis_unit(w, y, i, sum, squares, star, out, &scale[i], &shift[i]);
    }
    rh_local_rule rule = {
        .kind = RH_LOCAL_LAG, .n_columns = 1, .column = &y, .scale = scale, .shift = shift};
    return rh_permute_local(how, w, &rule, out->value, out->dealt, err);
}

rh_status
rh_getis_local(const rh_weights *w, const double *y, bool star, const rh_permutations *how,
               rh_local *out, rh_err *err)
{
    double *scale; /* and the shifts behind them */
    *out = (rh_local){0};
    RH_TRY(rh_spatial_check(w, err));
    if (star && w->self == NULL) {
        return rh_fail(err, RH_INVARIANT, "G* needs self weights.");
    }
    RH_TRY(rh_local_new(w->n, out, err));
    RH_NEW(scale, 2 * (size_t)w->n, err);
    rh_status status = getis_local(w, y, star, scale, scale + w->n, how, out, err);
    rh_free(scale);
    return status;
}
