/* Sobol shares: see uncertainty_sobol.h. */
#include "evaluate/uncertainty_sobol.h"

#include <math.h>

/* Sums of pairs (u, v): share Σ u / Σ v and the error of that ratio. */
typedef struct ratio {
    double u, v, uu, uv, vv;
} ratio;

static void
ratio_add(ratio *r, double u, double v)
{
    r->u += u;
    r->v += v;
    r->uu += u * u;
    r->uv += u * v;
    r->vv += v * v;
}

static double
ratio_error(const ratio *r, double share, uint32_t rows)
{
    double squares = r->uu - 2 * share * r->uv + share * share * r->vv;
    return sqrt(fmax(squares, 0) * rows / (rows - 1.0)) / r->v;
}

rh_sobol
rh_sobol_share(const double *a, const double *b, const double *ab, uint32_t rows)
{
    double mean = 0;
    for (uint32_t r = 0; r < rows; r++) {
        mean += a[r] + b[r];
    }
    mean /= 2.0 * rows;
    ratio first = {0}, total = {0};
    for (uint32_t r = 0; r < rows; r++) {
        double off_a = a[r] - mean, off_b = b[r] - mean, step = ab[r] - a[r];
        double variance = (off_a * off_a + off_b * off_b) / 2;
        ratio_add(&first, off_b * step, variance);
        ratio_add(&total, step * step / 2, variance);
    }
    if (!(first.v > 0)) {
        return (rh_sobol){NAN, NAN, NAN, NAN};
    }
    rh_sobol s = {.first = first.u / first.v, .total = total.u / total.v};
    s.first_error = ratio_error(&first, s.first, rows);
    s.total_error = ratio_error(&total, s.total, rows);
    return s;
}
