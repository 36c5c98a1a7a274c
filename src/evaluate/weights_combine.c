/* One set of weights from several: see weights_combine.h. */
#include "evaluate/weights_combine.h"

#include "core/mem.h"
#include "evaluate/weights_column.h"

#include <lapacke.h>
#include <math.h>

static rh_status
check(enum rh_combine how, const double *set, uint32_t n_sets, uint32_t m, double alpha,
      rh_err *err)
{
    if (n_sets < 1 || m < 1 || (how == RH_COMBINE_LINEAR && n_sets != 2)) {
        return rh_fail(err, RH_INPUT,
                       "Combined weights: %u sets of %u weights cannot be combined.", n_sets,
                       m);
    }
    if (how == RH_COMBINE_LINEAR && !(alpha >= 0 && alpha <= 1)) {
        return rh_fail(err, RH_RANGE,
                       "Combined weights: alpha is %g; it must lie between 0 and 1.", alpha);
    }
    for (uint32_t k = 0; k < n_sets; k++) {
        for (uint32_t j = 0; j < m; j++) {
            double w = set[(size_t)k * m + j];
            if (!(w >= 0) || !isfinite(w)) {
                return rh_fail(
                    err, RH_INPUT,
                    "Combined weights: weight %u of set %u is %g; it must not be below 0.",
                    j + 1, k + 1, w);
            }
        }
    }
    return RH_OK;
}

/* a of (w_k · w_l) a = (w_k · w_k), scaled to sum 1. */
static rh_status
play(const double *set, uint32_t n_sets, uint32_t m, double *a, rh_err *err)
{
    double *dot = rh_alloc((size_t)n_sets * n_sets, sizeof *dot);
    lapack_int *pivot = rh_alloc(n_sets, sizeof *pivot), size = (lapack_int)n_sets;
    rh_status status = RH_OK;
    if (dot == NULL || pivot == NULL) {
        status = rh_fail(err, RH_MEMORY, "Not enough memory to combine %u sets.", n_sets);
    }
    for (uint32_t k = 0; k < n_sets && status == RH_OK; k++) {
        for (uint32_t l = 0; l < n_sets; l++) {
            double sum = 0;
            for (uint32_t j = 0; j < m; j++) {
                sum += set[(size_t)k * m + j] * set[(size_t)l * m + j];
            }
            dot[(size_t)l * n_sets + k] = sum;
        }
        a[k] = dot[(size_t)k * n_sets + k];
    }
    double sum = 0;
    if (status == RH_OK &&
        LAPACKE_dgesv(LAPACK_COL_MAJOR, size, 1, dot, size, pivot, a, size) != 0) {
        /* Equal or dependent sets: every division is as good. */
        for (uint32_t k = 0; k < n_sets; k++) {
            a[k] = 1.0 / n_sets;
        }
    }
    for (uint32_t k = 0; k < n_sets && status == RH_OK; k++) {
        sum += a[k];
    }
    for (uint32_t k = 0; k < n_sets && status == RH_OK; k++) {
        a[k] /= sum;
    }
    rh_free(dot);
    rh_free(pivot);
    return status;
}

static rh_status
combine_game(const double *set, uint32_t n_sets, uint32_t m, double *w, double *share,
             rh_err *err)
{
    double *a;
    RH_NEW(a, n_sets, err);
    rh_status status = play(set, n_sets, m, a, err);
    for (uint32_t j = 0; j < m && status == RH_OK; j++) {
        w[j] = 0;
        for (uint32_t k = 0; k < n_sets; k++) {
            w[j] += a[k] * set[(size_t)k * m + j];
        }
        if (w[j] < -1e-12) {
            status =
                rh_fail(err, RH_INPUT,
                        "Combined weights: game theory gives weight %u the value %g, since the "
                        "sets contradict each other; combine them another way.",
                        j + 1, w[j]);
        }
        w[j] = fmax(w[j], 0);
    }
    for (uint32_t k = 0; k < n_sets && share != NULL && status == RH_OK; k++) {
        share[k] = a[k];
    }
    rh_free(a);
    return status;
}

rh_status
rh_weights_combine(enum rh_combine how, const double *set, uint32_t n_sets, uint32_t m,
                   double alpha, double *w, double *share, rh_err *err)
{
    RH_TRY(check(how, set, n_sets, m, alpha, err));
    if (how == RH_COMBINE_GAME) {
        RH_TRY(combine_game(set, n_sets, m, w, share, err));
        return rh_weights_scale("Combined weights", w, m, err);
    }
    for (uint32_t j = 0; j < m; j++) {
        double product = 1;
        for (uint32_t k = 0; k < n_sets; k++) {
            product *= set[(size_t)k * m + j];
        }
        w[j] = how == RH_COMBINE_LINEAR      ? alpha * set[j] + (1 - alpha) * set[m + j]
               : how == RH_COMBINE_GEOMETRIC ? pow(product, 1.0 / n_sets)
               : how == RH_COMBINE_NONE      ? set[j]
                                             : product;
    }
    /* Sets that sum to 1 stay so: LINEAR is then a scale by 1. */
    return rh_weights_scale("Combined weights", w, m, err);
}
