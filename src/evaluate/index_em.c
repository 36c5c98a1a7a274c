/* Missing values of a multivariate normal table by expectation and maximisation: see index_missing.h.
 *
 * Little & Rubin 2002, section 11.2.1: with mean μ and covariance Σ, a row's gaps are expected at μ_m + Σ_mo Σ_oo⁻¹ (x_o − μ_o) with
 * covariance Σ_mm − Σ_mo Σ_oo⁻¹ Σ_om; then μ and Σ are those of the completed table, plus the covariances of the gaps. Rows with the same
 * gaps share the regression, so rows are visited pattern by pattern. */
#include "core/mem.h"
#include "evaluate/index_describe.h"
#include "evaluate/index_missing.h"

#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ROUNDS = 1000 };

typedef struct em {
    uint32_t n, m;
    const double *gaps;          /* the standardised table with NAN, row after row */
    double *z;                   /* the same with the gaps filled */
    double *mean, *sigma, *next; /* m, m × m, m × m */
    double *oo, *om;             /* Σ_oo and its solution Σ_oo⁻¹ Σ_om */
    uint32_t *order;             /* rows, those with the same gaps together */
    uint32_t *here, *gone;       /* indicators that a pattern has, and has not */
    double shrink;
} em;

static bool
same_gaps(const em *e, uint32_t a, uint32_t b)
{
    for (uint32_t j = 0; j < e->m; j++) {
        if (isnan(e->gaps[(size_t)a * e->m + j]) != isnan(e->gaps[(size_t)b * e->m + j])) {
            return false;
        }
    }
    return true;
}

static int
compare_gaps(const void *a, const void *b, void *context)
{
    const em *e = context;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    for (uint32_t j = 0; j < e->m; j++) {
        int p = isnan(e->gaps[(size_t)x * e->m + j]) != 0;
        int q = isnan(e->gaps[(size_t)y * e->m + j]) != 0;
        if (p != q) {
            return p - q;
        }
    }
    return (x > y) - (x < y);
}

/* Regression of the gaps on what is there; false when Σ_oo cannot be inverted. */
static bool
regress(em *e, uint32_t row, uint32_t *n_here, uint32_t *n_gone)
{
    uint32_t h = 0, g = 0;
    for (uint32_t j = 0; j < e->m; j++) {
        if (isnan(e->gaps[(size_t)row * e->m + j])) {
            e->gone[g++] = j;
        } else {
            e->here[h++] = j;
        }
    }
    for (uint32_t a = 0; a < h; a++) {
        for (uint32_t b = 0; b < h; b++) {
            e->oo[(size_t)a * h + b] = e->sigma[(size_t)e->here[a] * e->m + e->here[b]];
        }
        for (uint32_t k = 0; k < g; k++) {
            e->om[(size_t)a * g + k] = e->sigma[(size_t)e->here[a] * e->m + e->gone[k]];
        }
    }
    *n_here = h;
    *n_gone = g;
    return h == 0 || g == 0 ||
           LAPACKE_dposv(LAPACK_ROW_MAJOR, 'L', (lapack_int)h, (lapack_int)g, e->oo,
                         (lapack_int)h, e->om, (lapack_int)g) == 0;
}

/* Expected values of a row's gaps. */
static void
expect(em *e, uint32_t row, uint32_t h, uint32_t g)
{
    double *z = e->z + (size_t)row * e->m;
    for (uint32_t k = 0; k < g; k++) {
        double value = e->mean[e->gone[k]];
        for (uint32_t a = 0; a < h; a++) {
            value += e->om[(size_t)a * g + k] * (z[e->here[a]] - e->mean[e->here[a]]);
        }
        z[e->gone[k]] = value;
    }
}

/* Covariance of the gaps of `rows` rows of one pattern, onto the sum. */
static void
add_uncertainty(em *e, uint32_t h, uint32_t g, double rows)
{
    for (uint32_t k = 0; k < g; k++) {
        for (uint32_t l = 0; l < g; l++) {
            double c = e->sigma[(size_t)e->gone[k] * e->m + e->gone[l]];
            for (uint32_t a = 0; a < h; a++) {
                c -=
                    e->sigma[(size_t)e->gone[k] * e->m + e->here[a]] * e->om[(size_t)a * g + l];
            }
            e->next[(size_t)e->gone[k] * e->m + e->gone[l]] += rows * c;
        }
    }
}

/* The E step: gaps filled, their covariances summed in `next`. */
static bool
expectation(em *e)
{
    memset(e->next, 0, (size_t)e->m * e->m * sizeof *e->next);
    for (uint32_t r = 0, end; r < e->n; r = end) {
        uint32_t h, g;
        if (!regress(e, e->order[r], &h, &g)) {
            return false;
        }
        for (end = r; end < e->n && same_gaps(e, e->order[r], e->order[end]); end++) {
            expect(e, e->order[end], h, g);
        }
        add_uncertainty(e, h, g, end - r);
    }
    return true;
}

/* The M step; returns the largest change of a mean or covariance. */
static double
maximisation(em *e)
{
    double change = 0;
    uint32_t m = e->m;
    for (uint32_t j = 0; j < m; j++) {
        double sum = 0;
        for (uint32_t i = 0; i < e->n; i++) {
            sum += e->z[(size_t)i * m + j];
        }
        change = fmax(change, fabs(sum / e->n - e->mean[j]));
        e->mean[j] = sum / e->n;
    }
    for (uint32_t i = 0; i < e->n; i++) {
        const double *z = e->z + (size_t)i * m;
        for (uint32_t a = 0; a < m; a++) {
            double d = z[a] - e->mean[a];
            for (uint32_t b = 0; b < m; b++) {
                e->next[(size_t)a * m + b] += d * (z[b] - e->mean[b]);
            }
        }
    }
    for (uint32_t a = 0; a < m; a++) {
        for (uint32_t b = 0; b < m; b++) {
            double c = e->next[(size_t)a * m + b] / e->n * (a == b ? 1 : 1 - e->shrink);
            change = fmax(change, fabs(c - e->sigma[(size_t)a * m + b]));
            e->sigma[(size_t)a * m + b] = c;
        }
    }
    return change;
}

static void
start(em *e)
{
    memset(e->mean, 0, e->m * sizeof *e->mean);
    memset(e->sigma, 0, (size_t)e->m * e->m * sizeof *e->sigma);
    for (uint32_t j = 0; j < e->m; j++) {
        e->sigma[(size_t)j * e->m + j] = 1;
    }
    memcpy(e->z, e->gaps, (size_t)e->n * e->m * sizeof *e->z);
}

/* Rounds until it stands still; false when a covariance cannot be inverted. */
static bool
run(em *e, uint32_t *rounds)
{
    start(e);
    for (*rounds = 1; *rounds <= MOST_ROUNDS; ++*rounds) {
        if (!expectation(e)) {
            return false;
        }
        if (maximisation(e) < 1e-9) {
            return true;
        }
    }
    *rounds = MOST_ROUNDS;
    return true;
}

static void
solve(em *e, double *x, const double *centre, const double *scale, rh_missing_report *r)
{
    e->shrink = e->n < 2 * e->m ? 0.1 : 0;
    if (!run(e, &r->rounds) || e->shrink > 0) {
        if (e->shrink == 0) { /* columns that repeat each other */
            e->shrink = 0.1;
            (void)run(e, &r->rounds);
        }
        r->shrunk = true;
    }
    for (uint32_t j = 0; j < e->m; j++) {
        for (uint32_t i = 0; i < e->n; i++) {
            double *cell = &x[(size_t)j * e->n + i];
            if (isnan(*cell) && !isnan(centre[j])) {
                *cell = centre[j] + scale[j] * e->z[(size_t)i * e->m + j];
            }
        }
    }
}

static void
standardise(const double *x, uint32_t n, uint32_t m, double *gaps, double *centre,
            double *scale)
{
    for (uint32_t j = 0; j < m; j++) {
        rh_describe d = rh_describe_values(x + (size_t)j * n, n);
        centre[j] = d.mean;
        scale[j] = d.deviation > 0 ? d.deviation : 1;
        for (uint32_t i = 0; i < n; i++) {
            gaps[(size_t)i * m + j] = (x[(size_t)j * n + i] - centre[j]) / scale[j];
        }
    }
}

rh_status
rh_missing_em(double *x, uint32_t n, uint32_t m, rh_missing_report *report, rh_err *err)
{
    size_t cells = (size_t)n * m, square = (size_t)m * m;
    double *room = rh_alloc(2 * cells + 4 * square + 3 * (size_t)m + 1, sizeof *room);
    uint32_t *index = rh_alloc((size_t)n + 2 * (size_t)m + 1, sizeof *index);
    rh_status status = RH_OK;
    if (room == NULL || index == NULL) {
        status = rh_fail(err, RH_MEMORY, "Not enough memory for EM over %u × %u values.", n, m);
    } else {
        double *gaps = room, *square0 = room + 2 * cells, *centre = square0 + 4 * square;
        em e = {.n = n,
                .m = m,
                .gaps = gaps,
                .z = room + cells,
                .sigma = square0,
                .next = square0 + square,
                .oo = square0 + 2 * square,
                .om = square0 + 3 * square,
                .mean = centre + 2 * (size_t)m,
                .order = index,
                .here = index + n,
                .gone = index + n + m};
        standardise(x, n, m, gaps, centre, centre + m);
        for (uint32_t i = 0; i < n; i++) {
            index[i] = i;
        }
        qsort_r(index, n, sizeof *index, compare_gaps, &e);
        solve(&e, x, centre, centre + m, report);
    }
    rh_free(room);
    rh_free(index);
    return status;
}
