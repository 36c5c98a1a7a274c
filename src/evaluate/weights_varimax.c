/* Varimax rotation: see weights_varimax.h. */
#include "evaluate/weights_varimax.h"

#include "core/mem.h"

#include <lapacke.h>
#include <math.h>
#include <string.h>

/* Length of each row, and the rows scaled to it; a row of zeros stays and is not counted. Returns the rows that count. */
static uint32_t
scale_rows(double *loading, uint32_t m, uint32_t kept, double *length)
{
    uint32_t rows = 0;
    for (uint32_t j = 0; j < m; j++) {
        double squares = 0;
        for (uint32_t k = 0; k < kept; k++) {
            squares += loading[(size_t)k * m + j] * loading[(size_t)k * m + j];
        }
        length[j] = sqrt(squares);
        rows += squares > 0;
        for (uint32_t k = 0; k < kept && squares > 0; k++) {
            loading[(size_t)k * m + j] /= length[j];
        }
    }
    return rows;
}

static void
unscale_rows(double *loading, uint32_t m, uint32_t kept, const double *length)
{
    for (size_t k = 0; k < (size_t)m * kept; k++) {
        loading[k] *= length[k % m];
    }
}

/* Turn two columns in their plane to where the criterion is largest; returns the angle. */
static double
turn_pair(double *x, double *y, uint32_t m, uint32_t rows)
{
    double a = 0, b = 0, c = 0, d = 0;
    for (uint32_t j = 0; j < m; j++) {
        double u = x[j] * x[j] - y[j] * y[j], v = 2 * x[j] * y[j];
        a += u;
        b += v;
        c += u * u - v * v;
        d += 2 * u * v;
    }
    double angle = atan2(d - 2 * a * b / rows, c - (a * a - b * b) / rows) / 4;
    double cosine = cos(angle), sine = sin(angle);
    for (uint32_t j = 0; j < m; j++) {
        double from_x = x[j], from_y = y[j];
        x[j] = from_x * cosine + from_y * sine;
        y[j] = from_y * cosine - from_x * sine;
    }
    return angle;
}

rh_status
rh_varimax(double *loading, uint32_t m, uint32_t kept, rh_err *err)
{
    double *length;
    RH_NEW(length, m, err);
    uint32_t rows = scale_rows(loading, m, kept, length);
    for (int sweep = 0; sweep < 500 && rows > 0; sweep++) {
        double most = 0;
        for (uint32_t p = 0; p < kept; p++) {
            for (uint32_t q = p + 1; q < kept; q++) {
                most = fmax(most, fabs(turn_pair(loading + (size_t)p * m,
                                                 loading + (size_t)q * m, m, rows)));
            }
        }
        if (most < 1e-12) {
            break;
        }
    }
    unscale_rows(loading, m, kept, length);
    rh_free(length);
    return RH_OK;
}

/* ---- the iteration of R ---- */

typedef struct rotation {
    uint32_t m, kept, rows; /* rows that are not 0 all over (a constant column has none) */
    double *x, *z;          /* m × kept: scaled loadings, and rotated */
    double *t, *b, *u, *vt, *single, *rest; /* kept × kept; single, rest: kept */
} rotation;

/* to (rows × columns) = from (rows × inner) · by (inner × columns), column-major. */
static void
multiply(const double *from, const double *by, uint32_t rows, uint32_t inner, uint32_t columns,
         double *to)
{
    memset(to, 0, (size_t)rows * columns * sizeof *to);
    for (uint32_t c = 0; c < columns; c++) {
        for (uint32_t k = 0; k < inner; k++) {
            for (uint32_t i = 0; i < rows; i++) {
                to[(size_t)c * rows + i] +=
                    from[(size_t)k * rows + i] * by[(size_t)c * inner + k];
            }
        }
    }
}

/* b = x' (z³ − z diag(Σ z²) / m): the gradient of the criterion. */
static void
gradient(rotation *r)
{
    uint32_t m = r->m, kept = r->kept;
    for (uint32_t c = 0; c < kept; c++) {
        const double *z = r->z + (size_t)c * m;
        double squares = 0;
        for (uint32_t j = 0; j < m; j++) {
            squares += z[j] * z[j];
        }
        for (uint32_t k = 0; k < kept; k++) {
            double sum = 0;
            for (uint32_t j = 0; j < m; j++) {
                sum +=
                    r->x[(size_t)k * m + j] * (z[j] * z[j] * z[j] - z[j] * squares / r->rows);
            }
            r->b[(size_t)c * kept + k] = sum;
        }
    }
}

static rh_status
rotate(rotation *r, rh_err *err)
{
    uint32_t kept = r->kept;
    lapack_int size = (lapack_int)kept;
    double before = 0;
    for (int step = 0; step < 1000; step++) {
        multiply(r->x, r->t, r->m, kept, kept, r->z);
        gradient(r);
        if (LAPACKE_dgesvd(LAPACK_COL_MAJOR, 'A', 'A', size, size, r->b, size, r->single, r->u,
                           size, r->vt, size, r->rest) != 0) {
            return rh_fail(err, RH_INPUT, "Varimax of %u components failed.", kept);
        }
        multiply(r->u, r->vt, kept, kept, kept, r->t);
        double now = 0;
        for (uint32_t k = 0; k < kept; k++) {
            now += r->single[k];
        }
        if (now < before * (1 + 1e-5)) {
            break;
        }
        before = now;
    }
    return RH_OK;
}

static rh_status
rotate_in(double *work, double *loading, uint32_t m, uint32_t kept, rh_err *err)
{
    size_t tall = (size_t)m * kept, square = (size_t)kept * kept;
    rotation r = {.m = m, .kept = kept, .x = work, .z = work + tall};
    r.t = r.z + tall;
    r.b = r.t + square;
    r.u = r.b + square;
    r.vt = r.u + square;
    r.single = r.vt + square;
    r.rest = r.single + kept;
    for (uint32_t k = 0; k < kept; k++) {
        r.t[(size_t)k * kept + k] = 1;
    }
    double *length = r.rest + kept;
    r.rows = scale_rows(loading, m, kept, length);
    memcpy(r.x, loading, tall * sizeof *loading);
    RH_TRY(rotate(&r, err));
    multiply(r.x, r.t, m, kept, kept, loading);
    unscale_rows(loading, m, kept, length);
    return RH_OK;
}

rh_status
rh_varimax_iterated(double *loading, uint32_t m, uint32_t kept, rh_err *err)
{
    if (kept < 2) {
        return RH_OK;
    }
    double *work;
    RH_NEW(work, 2 * (size_t)m * kept + 4 * (size_t)kept * kept + 2 * (size_t)kept + m, err);
    rh_status status = rotate_in(work, loading, m, kept, err);
    rh_free(work);
    return status;
}
