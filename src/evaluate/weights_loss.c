/* MEREC, CILOS, IDOCRIW: see weights_loss.h. */
#include "evaluate/weights_loss.h"

#include "core/mem.h"
#include "evaluate/weights_column.h"
#include "evaluate/weights_entropy.h"

#include <lapacke.h>
#include <math.h>

rh_status
rh_weights_merec(const double *x, uint32_t n, uint32_t m, const int *direction, double *w,
                 rh_err *err)
{
    RH_TRY(rh_matrix_check("MEREC weights", x, n, m, RH_DOMAIN_POSITIVE, err));
    double *distance; /* |ln n_ij| */
    RH_NEW(distance, (size_t)n * m, err);
    for (uint32_t j = 0; j < m; j++) {
        const double *column = x + (size_t)j * n;
        rh_column_facts f = rh_column_measure(column, n);
        for (uint32_t i = 0; i < n; i++) {
            distance[(size_t)j * n + i] =
                f.constant ? 0 : fabs(log((direction[j] < 0 ? f.max : f.min) / column[i]));
        }
        w[j] = 0;
    }
    for (uint32_t i = 0; i < n; i++) {
        double sum = 0;
        for (uint32_t j = 0; j < m; j++) {
            sum += distance[(size_t)j * n + i];
        }
        for (uint32_t j = 0; j < m; j++) {
            double rest = fmax(sum - distance[(size_t)j * n + i], 0);
            w[j] += log1p(sum / m) - log1p(rest / m);
        }
    }
    rh_free(distance);
    return rh_weights_scale("MEREC weights", w, m, err);
}

/* Column of the indicators that are left, as shares with costs turned round, in `a` (n × left). */
static void
as_shares(const double *x, uint32_t n, int direction, const rh_column_facts *f, double *a)
{
    double sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        a[i] = direction < 0 ? f->min / x[i] : x[i];
        sum += a[i];
    }
    for (uint32_t i = 0; i < n; i++) {
        a[i] /= sum;
    }
}

static uint32_t
best(const double *a, uint32_t n)
{
    uint32_t at = 0;
    for (uint32_t i = 1; i < n; i++) {
        at = a[i] > a[at] ? i : at;
    }
    return at;
}

/* q of F q = 0, Σ q = 1; F is singular, so that its last equation gives way to the sum. */
static rh_status
least_loss(const double *a, uint32_t n, uint32_t left, double *f, lapack_int *pivot, double *q,
           rh_err *err)
{
    for (uint32_t k = 0; k < left; k++) {
        uint32_t row = best(a + (size_t)k * n, n);
        for (uint32_t j = 0; j < left; j++) {
            const double *column = a + (size_t)j * n;
            double top = column[best(column, n)];
            f[(size_t)j * left + k] = (top - column[row]) / top;
        }
    }
    for (uint32_t j = 0; j < left; j++) {
        double sum = 0;
        for (uint32_t k = 0; k < left; k++) {
            sum += f[(size_t)j * left + k];
        }
        f[(size_t)j * left + j] -= sum;
        f[(size_t)j * left + left - 1] = 1;
        q[j] = j == left - 1;
    }
    lapack_int size = (lapack_int)left;
    if (LAPACKE_dgesv(LAPACK_COL_MAJOR, size, 1, f, size, pivot, q, size) != 0) {
        return rh_fail(err, RH_INPUT,
                       "CILOS weights: several sets of weights fit, since one unit is best in "
                       "several of the %u indicators.",
                       left);
    }
    return RH_OK;
}

rh_status
rh_weights_cilos(const double *x, uint32_t n, uint32_t m, const int *direction, double *w,
                 rh_err *err)
{
    RH_TRY(rh_matrix_check("CILOS weights", x, n, m, RH_DOMAIN_POSITIVE, err));
    double *a = rh_alloc((size_t)n * m, sizeof *a), *f = rh_alloc((size_t)m * m, sizeof *f);
    double *q = rh_alloc(m, sizeof *q);
    lapack_int *pivot = rh_alloc(m, sizeof *pivot);
    rh_status status = RH_OK;
    uint32_t left = 0;
    if (a == NULL || f == NULL || q == NULL || pivot == NULL) {
        status = rh_fail(err, RH_MEMORY, "Not enough memory for CILOS weights.");
    }
    for (uint32_t j = 0; j < m && status == RH_OK; j++) {
        const double *column = x + (size_t)j * n;
        rh_column_facts facts = rh_column_measure(column, n);
        w[j] = !facts.constant;
        if (!facts.constant) {
            as_shares(column, n, direction[j], &facts, a + (size_t)left++ * n);
        }
    }
    if (status == RH_OK && left > 0) {
        status = least_loss(a, n, left, f, pivot, q, err);
    }
    for (uint32_t j = 0, k = 0; j < m && status == RH_OK; j++) {
        w[j] = w[j] != 0 ? fmax(q[k++], 0) : 0;
    }
    rh_free(a);
    rh_free(f);
    rh_free(q);
    rh_free(pivot);
    return status == RH_OK ? rh_weights_scale("CILOS weights", w, m, err) : status;
}

rh_status
rh_weights_idocriw(const double *x, uint32_t n, uint32_t m, const int *direction, double *w,
                   rh_err *err)
{
    double *entropy;
    RH_NEW(entropy, m, err);
    rh_status status = rh_weights_cilos(x, n, m, direction, w, err);
    status = status == RH_OK ? rh_weights_entropy(x, n, m, entropy, NULL, err) : status;
    for (uint32_t j = 0; j < m; j++) {
        w[j] *= entropy[j];
    }
    rh_free(entropy);
    return status == RH_OK ? rh_weights_scale("IDOCRIW weights", w, m, err) : status;
}
