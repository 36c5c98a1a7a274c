/* Moran's I: see spatial_moran.h. */
#include "evaluate/spatial_moran.h"

#include "core/mem.h"

#include <math.h>

rh_status
rh_standardise(const double *y, uint32_t n, unsigned less, double *z, rh_err *err)
{
    double sum = 0, squares = 0, size = 0;
    for (uint32_t i = 0; i < n; i++) {
        sum += y[i];
        size = fmax(size, fabs(y[i]));
    }
    double mean = sum / n;
    for (uint32_t i = 0; i < n; i++) {
        z[i] = y[i] - mean;
        squares += z[i] * z[i];
    }
    double sd = n > less ? sqrt(squares / (n - less)) : 0;
    if (!(sd > 1e-14 * size)) {
        return rh_fail(err, RH_RANGE,
                       "All %u values are the same (%g): nothing varies in space.", n,
                       n > 0 ? y[0] : (double)NAN);
    }
    for (uint32_t i = 0; i < n; i++) {
        z[i] /= sd;
    }
    return RH_OK;
}

rh_status
rh_spatial_check(const rh_weights *w, rh_err *err)
{
    if (w->n < 4) {
        return rh_fail(err, RH_RANGE,
                       "%u units are too few for spatial statistics (at least 4).", w->n);
    }
    if (w->start[w->n] == 0) {
        return rh_fail(err, RH_RANGE, "None of the %u units has a neighbour.", w->n);
    }
    return RH_OK;
}

static void
moran_of_two(const void *context, const double *const *column, double *value)
{
    const rh_linked *m = context;
    value[0] = m->factor * rh_weights_cross(m->weights, column[1], column[0]);
}

static void
moran_moments(rh_moran *out, uint32_t units, const double *z, const rh_weight_sums *s)
{
    double n = units, s02 = s->s0 * s->s0, mean = -1 / (n - 1), fourth = 0;
    for (uint32_t i = 0; i < units; i++) {
        fourth += z[i] * z[i] * z[i] * z[i];
    }
    double k = out->kurtosis = fourth / n; /* Σz² = n */
    double normal = (n * n * s->s1 - n * s->s2 + 3 * s02) / ((n * n - 1) * s02) - mean * mean;
    double random = (n * ((n * n - 3 * n + 3) * s->s1 - n * s->s2 + 3 * s02) -
                     k * ((n * n - n) * s->s1 - 2 * n * s->s2 + 6 * s02)) /
                        ((n - 1) * (n - 2) * (n - 3) * s02) -
                    mean * mean;
    out->normal = rh_null_of(out->i, mean, normal);
    out->random = rh_null_of(out->i, mean, random);
}

rh_status
rh_moran_global(const rh_weights *w, const double *y, const rh_permutations *how, rh_moran *out,
                rh_err *err)
{
    rh_weight_sums sums;
    double *z;
    *out = (rh_moran){0};
    RH_TRY(rh_spatial_check(w, err));
    RH_TRY(rh_weights_sums(w, &sums, err));
    RH_NEW(z, w->n, err);
    rh_status status = rh_standardise(y, w->n, 0, z, err);
    if (status == RH_OK) {
        rh_linked work = {w, 1 / sums.s0}; /* n / S0 / Σz², and Σz² = n */
        const double *column[] = {z};
        rh_linked_product(&work, column, &out->i);
        moran_moments(out, w->n, z, &sums);
        status = rh_permute(how, w->n, column, 1, 1, rh_linked_product, &work, 1, &out->i,
                            &out->dealt, err);
    }
    rh_free(z);
    return status;
}

rh_status
rh_moran_bivariate(const rh_weights *w, const double *x, const double *y,
                   const rh_permutations *how, rh_moran *out, rh_err *err)
{
    rh_weight_sums sums;
    double *z;
    *out = (rh_moran){0};
    RH_TRY(rh_spatial_check(w, err));
    RH_TRY(rh_weights_sums(w, &sums, err));
    RH_NEW(z, 2 * (size_t)w->n, err);
    rh_status status = rh_standardise(y, w->n, 0, z, err);
    if (status == RH_OK) {
        status = rh_standardise(x, w->n, 0, z + w->n, err);
    }
    if (status == RH_OK) {
        rh_linked work = {w, 1 / sums.s0};
        const double *column[] = {z, z + w->n};
        moran_of_two(&work, column, &out->i);
        status = rh_permute(how, w->n, column, 2, 1, moran_of_two, &work, 1, &out->i,
                            &out->dealt, err);
    }
    rh_free(z);
    return status;
}

rh_status
rh_rate_stable(const double *events, const double *base, uint32_t n, double *out, rh_err *err)
{
    double all_events = 0, all_base = 0, spread = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (!(base[i] > 0) || !(events[i] >= 0)) {
            return rh_fail(err, RH_INPUT,
                           "Row %u: %g events among a base of %g make no rate; events must not "
                           "be negative and the base must be above 0.",
                           i + 1, events[i], base[i]);
        }
        all_events += events[i];
        all_base += base[i];
    }
    double b = all_events / all_base;
    if (!(b > 0)) {
        return rh_fail(err, RH_RANGE, "There are no events in any of the %u units.", n);
    }
    for (uint32_t i = 0; i < n; i++) {
        double apart = events[i] / base[i] - b;
        spread += base[i] * apart * apart;
    }
    double a = spread / all_base - b / (all_base / n);
    for (uint32_t i = 0; i < n; i++) {
        double v = a + b / base[i];
        out[i] = (events[i] / base[i] - b) / sqrt(v < 0 ? b / base[i] : v);
    }
    return RH_OK;
}

/* ---- local ---- */

rh_status
rh_local_new(uint32_t n, rh_local *out, rh_err *err)
{
    double **array[] = {&out->z,        &out->lag,        &out->value,          &out->mean,
                        &out->variance, &out->mean_total, &out->variance_total, &out->p_normal};
    const size_t arrays = sizeof array / sizeof *array, room = n > 0 ? n : 1;
    double *block;
    *out = (rh_local){.n = n};
    RH_NEW(block, arrays * room, err);
    for (size_t a = 0; a < arrays; a++) {
        *array[a] = block + a * room;
    }
    RH_NEW(out->quadrant, room, err);
    RH_NEW(out->dealt, room, err);
    for (size_t i = 0; i < arrays * room; i++) {
        block[i] = (double)NAN;
    }
    return RH_OK;
}

void
rh_local_release(rh_local *local)
{
    rh_free(local->z); /* the block of all numbers */
    rh_free(local->quadrant);
    rh_free(local->dealt);
    *local = (rh_local){0};
}

double
rh_local_z(const rh_local *local, uint32_t i)
{
    return rh_null_of(local->value[i], local->mean[i], local->variance[i]).z;
}

void
rh_lag_moments(const rh_weights *w, uint32_t i, double sum, double squares, double *mean,
               double *variance)
{
    double others = w->n - 1.0, average = sum / others;
    double spread = fmax(0, squares / others - average * average);
    rh_row_sums row = rh_weights_row(w, i, false);
    *mean = row.sum * average;
    *variance = spread * fmax(0, others * row.squares - row.sum * row.sum) / (others - 1);
}

/* All values dealt: spdep's "total" moments, of the statistic scaled by n (Sokal, Oden & Thomson 1998). */
static void
total_moments(const rh_weights *w, uint32_t i, double kurtosis, double factor, rh_local *out)
{
    double n = w->n;
    rh_row_sums row = rh_weights_row(w, i, false);
    double mean = -row.sum / (n - 1);
    double variance =
        (n - kurtosis) / (n - 1) * row.squares +
        (2 * kurtosis - n) / ((n - 1) * (n - 2)) * (row.sum * row.sum - row.squares) -
        mean * mean;
    out->mean_total[i] = factor * mean;
    out->variance_total[i] = factor * factor * variance;
}

enum rh_quadrant
rh_quadrant_of(double here, double around)
{
    if (here > 0) {
        return around > 0 ? RH_HIGH_HIGH : RH_HIGH_LOW;
    }
    return around > 0 ? RH_LOW_HIGH : RH_LOW_LOW;
}

void
rh_local_quadrants(const rh_weights *w, rh_local *local)
{
    for (uint32_t i = 0; i < w->n; i++) {
        local->quadrant[i] = rh_weights_is_island(w, i)
                                 ? RH_QUADRANT_NONE
                                 : (uint8_t)rh_quadrant_of(local->z[i], local->lag[i]);
    }
}

/* z and lag stand; the rest follows. `around`: the standardised values whose lag it is. */
static void
fill_local(const rh_weights *w, const double *around, bool univariate, double factor,
           rh_local *out)
{
    double n = w->n, fourth = 0;
    for (uint32_t i = 0; i < w->n; i++) {
        fourth += around[i] * around[i] * around[i] * around[i];
    }
    for (uint32_t i = 0; i < w->n; i++) {
        double z = out->z[i], mean, variance;
        out->value[i] = factor * z * out->lag[i];
        if (rh_weights_is_island(w, i)) {
            continue;
        }
        rh_lag_moments(w, i, -around[i], n - around[i] * around[i], &mean, &variance);
        out->mean[i] = factor * z * mean;
        out->variance[i] = factor * z * factor * z * variance;
        if (univariate) {
            total_moments(w, i, fourth / n, factor, out);
        }
        out->p_normal[i] = rh_null_of(out->value[i], out->mean[i], out->variance[i]).p_two;
    }
    rh_local_quadrants(w, out);
}

static rh_status
deal_local(const rh_weights *w, const double *around, double factor, const rh_permutations *how,
           rh_local *out, rh_err *err)
{
    double *scale;
    RH_NEW(scale, w->n, err);
    for (uint32_t i = 0; i < w->n; i++) {
        scale[i] = factor * out->z[i];
    }
    rh_local_rule rule = {
        .kind = RH_LOCAL_LAG, .n_columns = 1, .column = &around, .scale = scale};
    rh_status status = rh_permute_local(how, w, &rule, out->value, out->dealt, err);
    rh_free(scale);
    return status;
}

static rh_status
local_of(const rh_weights *w, const double *x, const double *y, double *around, double factor,
         const rh_permutations *how, rh_local *out, rh_err *err)
{
    RH_TRY(rh_standardise(y, w->n, 0, around, err));
    RH_TRY(rh_standardise(x != NULL ? x : y, w->n, 0, out->z, err));
    rh_weights_lag(w, around, out->lag);
    fill_local(w, around, x == NULL, factor, out);
    return deal_local(w, around, factor, how, out, err);
}

rh_status
rh_moran_local(const rh_weights *w, const double *x, const double *y, enum rh_local_scale scale,
               const rh_permutations *how, rh_local *out, rh_err *err)
{
    double *around, n = w->n;
    *out = (rh_local){0};
    RH_TRY(rh_spatial_check(w, err));
    RH_TRY(rh_local_new(w->n, out, err));
    RH_NEW(around, w->n, err);
    /* Σz² = n: the factor c / Σz² is 1 or (n − 1) / n */
    rh_status status =
        local_of(w, x, y, around, scale == RH_LOCAL_BY_N ? 1 : (n - 1) / n, how, out, err);
    rh_free(around);
    return status;
}
