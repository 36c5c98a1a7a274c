/* Outranking: see aggregate_outrank.h. */
#include "evaluate/aggregate_outrank.h"

#include "core/mem.h"

#include <math.h>
#include <stdbool.h>

/* Row-major copy: a comparison reads two rows. */
static rh_status
turn(const double *x, uint32_t n, uint32_t m, double **rows, rh_err *err)
{
    RH_NEW(*rows, (size_t)n * m, err);
    for (uint32_t j = 0; j < m; j++) {
        for (uint32_t i = 0; i < n; i++) {
            (*rows)[(size_t)i * m + j] = x[(size_t)j * n + i];
        }
    }
    return RH_OK;
}

static double
compare(const double *a, const double *b, uint32_t m, const double *w)
{
    double better = 0, worse = 0, same = 0;
    for (uint32_t j = 0; j < m; j++) { /* a NAN makes all three false */
        better += a[j] > b[j] ? w[j] : 0;
        worse += a[j] < b[j] ? w[j] : 0;
        same += a[j] == b[j] ? w[j] : 0;
    }
    double all = better + worse + same;
    return all <= 0                   ? 0.5
           : worse == 0 && same == 0  ? 1
           : better == 0 && same == 0 ? 0
                                      : (better + same / 2) / all;
}

rh_status
rh_outrank_matrix(const double *x, uint32_t n, uint32_t m, const double *w, double *e,
                  double *dominant, rh_err *err)
{
    double *row;
    RH_TRY(turn(x, n, m, &row, err));
    uint64_t clear = 0;
    for (uint32_t i = 0; i < n; i++) {
        e[(size_t)i * n + i] = 0;
        for (uint32_t k = i + 1; k < n; k++) {
            double value = compare(row + (size_t)i * m, row + (size_t)k * m, m, w);
            e[(size_t)i * n + k] = value;
            e[(size_t)k * n + i] = 1 - value;
            clear += value == 0 || value == 1;
        }
    }
    if (dominant != NULL) {
        *dominant = n > 1 ? (double)clear / ((double)n * (n - 1) / 2) : 0;
    }
    rh_free(row);
    return RH_OK;
}

static bool
is_empty(const double *row, uint32_t m)
{
    for (uint32_t j = 0; j < m; j++) {
        if (!isnan(row[j])) {
            return false;
        }
    }
    return true;
}

rh_status
rh_aggregate_copeland(const double *x, uint32_t n, uint32_t m, const double *w, double *score,
                      rh_err *err)
{
    double *row;
    RH_TRY(turn(x, n, m, &row, err));
    for (uint32_t i = 0; i < n; i++) {
        score[i] = is_empty(row + (size_t)i * m, m) ? (double)NAN : 0;
    }
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t k = i + 1; k < n && !isnan(score[i]); k++) {
            if (!isnan(score[k])) {
                double value = compare(row + (size_t)i * m, row + (size_t)k * m, m, w);
                score[i] += value;
                score[k] += 1 - value;
            }
        }
    }
    rh_free(row);
    return RH_OK;
}
