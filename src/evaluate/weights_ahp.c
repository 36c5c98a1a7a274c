/* AHP: see weights_ahp.h. */
#include "evaluate/weights_ahp.h"

#include "core/mem.h"

#include <math.h>
#include <string.h>

static const double ahp_slack =
    0.02; /* of a reciprocal, relative: 3 and 0.33 pass, 3 and 0.3 do not */

rh_status
rh_ahp_check(const double *a, uint32_t m, rh_err *err)
{
    if (m < 1) {
        return rh_fail(err, RH_INPUT, "The matrix of judgements is empty.");
    }
    for (uint32_t i = 0; i < m; i++) {
        for (uint32_t j = 0; j < m; j++) {
            double given = a[(size_t)i * m + j], back = a[(size_t)j * m + i];
            if (!(given > 0) || !isfinite(given)) {
                return rh_fail(
                    err, RH_INPUT,
                    "Judgement in row %u, column %u is %g; it must be a number above 0.", i + 1,
                    j + 1, given);
            }
            if (i == j && fabs(given - 1) > 1e-9) {
                return rh_fail(
                    err, RH_INPUT,
                    "Judgement in row %u, column %u is %g; on the diagonal it must be 1.",
                    i + 1, j + 1, given);
            }
            if (j < i && fabs(given * back - 1) > ahp_slack) {
                return rh_fail(
                    err, RH_INPUT,
                    "The matrix of judgements is not reciprocal: row %u, column %u is %g "
                    "and row %u, column %u is %g; it should be %g.",
                    j + 1, i + 1, back, i + 1, j + 1, given, 1 / back);
            }
        }
    }
    return RH_OK;
}

double
rh_ahp_random_index(uint32_t m)
{
    static const double saaty[] = {0,    0,    0,    0.58, 0.90, 1.12, 1.24, 1.32,
                                   1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59};
    return m < sizeof saaty / sizeof *saaty ? saaty[m] : (2.7699 * m - 4.3513 - m) / (m - 1.0);
}

/* Principal eigenvector (sum 1) of a matrix of positive diagonal and non-negative rest, by power iteration; returns λ. `w` holds any
 * positive start. Converges always (Perron–Frobenius); the limit of steps is for the rounding of the last bits. */
static double
principal(const double *a, uint32_t m, double *w, double *next)
{
    double lambda = 0;
    for (int step = 0; step < 5000; step++) {
        double sum = 0, change = 0;
        for (uint32_t i = 0; i < m; i++) {
            next[i] = 0;
            for (uint32_t j = 0; j < m; j++) {
                next[i] += a[(size_t)i * m + j] * w[j];
            }
            sum += next[i];
        }
        for (uint32_t i = 0; i < m; i++) {
            next[i] /= sum;
            change = fmax(change, fabs(next[i] - w[i]) / next[i]);
        }
        memcpy(w, next, m * sizeof *w);
        lambda = sum; /* w had sum 1 */
        if (change < 1e-15) {
            break;
        }
    }
    return lambda;
}

static void
start(double *w, uint32_t m)
{
    for (uint32_t i = 0; i < m; i++) {
        w[i] = 1.0 / m;
    }
}

static double
ratio_of(double lambda, uint32_t m, double random_index)
{
    return m <= 2 || random_index <= 0 ? 0 : (lambda - m) / (m - 1.0) / random_index;
}

static void
find_worst(const double *a, uint32_t m, const double *w, rh_ahp *r)
{
    double worst = 1 + 1e-9; /* below: rounding */
    for (uint32_t i = 0; i < m; i++) {
        for (uint32_t j = i + 1; j < m; j++) {
            double off = a[(size_t)i * m + j] * w[j] / w[i];
            off = off < 1 ? 1 / off : off;
            if (off > worst) {
                worst = off;
                r->worst_row = i;
                r->worst_column = j;
            }
        }
    }
}

/* What the others say instead of the worst judgement, and the ratio with it. `b`: a copy of a. */
static void
without_worst(double *b, uint32_t m, double random_index, double *w, double *next, rh_ahp *r)
{
    uint32_t i = r->worst_row, j = r->worst_column;
    size_t ij = (size_t)i * m + j, ji = (size_t)j * m + i;
    r->worst_given = b[ij];
    b[ij] = b[ji] = 0;
    b[(size_t)i * m + i] = b[(size_t)j * m + j] = 2;
    start(w, m);
    (void)principal(b, m, w, next);
    r->worst_wanted = w[i] / w[j];
    b[ij] = r->worst_wanted;
    b[ji] = 1 / r->worst_wanted;
    b[(size_t)i * m + i] = b[(size_t)j * m + j] = 1;
    r->ratio_then = ratio_of(principal(b, m, w, next), m, random_index);
}

rh_status
rh_ahp_eigenvector(const double *a, uint32_t m, double random_index, double *w, rh_ahp *report,
                   rh_err *err)
{
    RH_TRY(rh_ahp_check(a, m, err));
    double *scratch; /* matrix and two vectors */
    RH_NEW(scratch, (size_t)m * m + 2 * (size_t)m, err);
    double *b = scratch + 2 * (size_t)m;
    start(w, m);
    rh_ahp r = {.lambda = principal(a, m, w, scratch)};
    random_index = random_index > 0 ? random_index : rh_ahp_random_index(m);
    r.index = m > 1 ? (r.lambda - m) / (m - 1.0) : 0;
    r.ratio = r.ratio_then = ratio_of(r.lambda, m, random_index);
    find_worst(a, m, w, &r);
    if (r.worst_row != r.worst_column && m > 2) {
        memcpy(b, a, (size_t)m * m * sizeof *b);
        without_worst(b, m, random_index, scratch + m, scratch, &r);
    }
    if (report != NULL) {
        *report = r;
    }
    rh_free(scratch);
    return RH_OK;
}

rh_status
rh_ahp_geometric(const double *a, uint32_t m, double *w, rh_err *err)
{
    RH_TRY(rh_ahp_check(a, m, err));
    double sum = 0;
    for (uint32_t i = 0; i < m; i++) {
        double logs = 0;
        for (uint32_t j = 0; j < m; j++) {
            logs += log(a[(size_t)i * m + j]);
        }
        w[i] = exp(logs / m);
        sum += w[i];
    }
    for (uint32_t i = 0; i < m; i++) {
        w[i] /= sum;
    }
    return RH_OK;
}
