/* The rank-size rule: see rank_size.h. */
#include "evaluate/rank_size.h"

#include "core/mem.h"
#include "evaluate/sorting.h"
#include "evaluate/statistics.h"

#include <math.h>
#include <stdlib.h>

/* The weight w of (x − s)² beside x. After taking the line out of y and of the square, w is a plain slope
 * (Frisch and Waugh 1933). `square` and `rest` are scratch. */
static double
curvature(const double *x, const double *y, uint32_t n, double *square, double *rest)
{
    double mean = 0, var = 0, cov = 0;
    for (uint32_t i = 0; i < n; i++) {
        mean += x[i] / n;
    }
    for (uint32_t i = 0; i < n; i++) {
        double d = x[i] - mean;
        var += d * d;
        cov += d * d * (d + 2 * mean); /* cov(x², x), free of large squares */
    }
    double s = cov / (2 * var);
    for (uint32_t i = 0; i < n; i++) {
        square[i] = (x[i] - s) * (x[i] - s);
    }
    rh_line of_square = rh_line_through(x, square, n), of_y = rh_line_through(x, y, n);
    double top = 0, bottom = 0, size = 0;
    for (uint32_t i = 0; i < n; i++) {
        rest[i] = square[i] - of_square.intercept - of_square.slope * x[i];
        top += rest[i] * (y[i] - of_y.intercept - of_y.slope * x[i]);
        bottom += rest[i] * rest[i];
        size += square[i] * square[i];
    }
    return bottom > 1e-20 * size ? top / bottom : (double)NAN;
}

/* All figures of n sorted ln(size) in x; y, r, s: scratch of n each. */
static void
fit(const double *x, double *y, double *r, double *s, uint32_t n, rh_rank_size *out)
{
    double above = 0;
    for (uint32_t i = 0; i < n; i++) {
        y[i] = log(i + 1.0);
        above += x[i] - x[n - 1];
    }
    out->plain = -rh_line_through(x, y, n).slope;
    out->slope = -rh_line_through(y, x, n).slope;
    for (uint32_t i = 0; i < n; i++) {
        y[i] = log(i + 0.5);
    }
    rh_line shifted = rh_line_through(x, y, n);
    out->n = n;
    out->exponent = -shifted.slope;
    out->constant = shifted.intercept;
    out->r2 = shifted.r2;
    out->error = out->exponent * sqrt(2.0 / n);
    out->hill = (n - 1) / above;
    out->hill_error = n > 3 ? out->hill / sqrt(n - 3.0) : (double)NAN;
    out->curvature = n > 3 ? curvature(x, y, n, r, s) : (double)NAN;
    out->curvature_z = sqrt(2.0 * n) * out->curvature / (out->exponent * out->exponent);
    out->largest = exp(x[0]);
    out->least = exp(x[n - 1]);
}

rh_status
rh_rank_size_fit(const double *size, uint32_t n, double least, uint32_t top, rh_rank_size *out,
                 rh_err *err)
{
    double *work;
    *out = (rh_rank_size){0};
    RH_NEW(work, 4 * (size_t)n + 1, err);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (!(size[i] > 0) || isinf(size[i])) {
            out->left_out++;
        } else if (size[i] >= least) {
            work[kept++] = size[i];
        }
    }
    qsort(work, kept, sizeof *work, rh_falling);
    kept = top > 0 && top < kept ? top : kept;
    out->below = n - out->left_out - kept;
    rh_status status = RH_OK;
    if (kept < 3) {
        status = rh_fail(err, RH_INPUT,
                         "Rank-size needs 3 places at least; only %u of %u have a size above 0 "
                         "that is not under the threshold.",
                         kept, n);
    } else if (work[0] == work[kept - 1]) {
        status =
            rh_fail(err, RH_INPUT, "Rank-size needs places of different sizes; all %u have %g.",
                    kept, work[0]);
    } else {
        double largest = work[0], smallest = work[kept - 1];
        for (uint32_t i = 0; i < kept; i++) {
            work[i] = log(work[i]);
        }
        fit(work, work + n, work + 2 * (size_t)n, work + 3 * (size_t)n, kept, out);
        out->largest = largest;
        out->least = smallest;
    }
    rh_free(work);
    return status;
}
