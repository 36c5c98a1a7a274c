/* Concentration in space and among firms: see concentration.h. */
#include "evaluate/concentration.h"

#include "core/mem.h"
#include "evaluate/sorting.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

double
rh_location_quotient(double amount, double region, double nation, double all)
{
    return region == 0 || nation == 0 || all == 0 ? (double)NAN
                                                  : amount / region / (nation / all);
}

/* Amounts that are there, largest first; *m of them with sum *total. The caller frees. */
static rh_status
ordered(const double *amount, size_t n, double **out, size_t *m, double *total, rh_err *err)
{
    double *x;
    *m = 0;
    *total = 0;
    for (size_t i = 0; i < n; i++) {
        if (amount[i] < 0) {
            return rh_fail(err, RH_INPUT, "Amount %zu is negative: %g.", i + 1, amount[i]);
        }
    }
    RH_NEW(x, n > 0 ? n : 1, err);
    for (size_t i = 0; i < n; i++) {
        if (!isnan(amount[i])) {
            x[(*m)++] = amount[i];
            *total += amount[i];
        }
    }
    qsort(x, *m, sizeof *x, rh_falling);
    *out = x;
    return RH_OK;
}

rh_status
rh_herfindahl_find(const double *amount, size_t n, rh_herfindahl *out, rh_err *err)
{
    double *x, total, ranks = 0;
    size_t m;
    RH_TRY(ordered(amount, n, &x, &m, &total, err));
    if (!(total > 0)) {
        rh_free(x);
        return rh_fail(err, RH_INPUT, "The amounts sum to 0, so none has a share.");
    }
    *out = (rh_herfindahl){.n = m};
    for (size_t i = 0; i < m; i++) {
        double s = x[i] / total;
        out->value += s * s;
        out->entropy -= s > 0 ? s * log(s) : 0;
        ranks += (double)(i + 1) * s;
        out->largest[0] += i < 1 ? s : 0;
        out->largest[1] += i < 4 ? s : 0;
        out->largest[2] += i < 8 ? s : 0;
    }
    rh_free(x);
    double equal = 1 / (double)m;
    out->scaled = m > 1 ? (out->value - equal) / (1 - equal) : (double)NAN;
    out->equivalent = 1 / out->value;
    out->rosenbluth = 1 / (2 * ranks - 1);
    return RH_OK;
}

/* Totals of industries and regions and their cells, shares of plants squared. */
typedef struct plant_sums {
    double *cell, *industry, *region, *squares, all;
} plant_sums;

static void
measure_industries(const plant_sums *p, uint32_t n_regions, uint32_t n_industries,
                   rh_ellison_glaeser *out)
{
    double x2 = 0;
    for (uint32_t r = 0; r < n_regions; r++) {
        double x = p->region[r] / p->all;
        x2 += x * x;
    }
    for (uint32_t k = 0; k < n_industries; k++) {
        double total = p->industry[k], h = p->squares[k] / (total * total), g = 0, s2 = 0;
        for (uint32_t r = 0; r < n_regions; r++) {
            double s = p->cell[(size_t)k * n_regions + r] / total,
                   d = s - p->region[r] / p->all;
            g += d * d;
            s2 += s * s;
        }
        bool defined = out[k].plants > 1 && h < 1 && x2 < 1;
        out[k].herfindahl = h;
        out[k].geographic = g;
        out[k].index = defined ? (g / (1 - x2) - h) / (1 - h) : (double)NAN;
        out[k].maurel_sedillot = defined ? ((s2 - x2) / (1 - x2) - h) / (1 - h) : (double)NAN;
    }
}

static rh_status
sum_plants(const double *amount, const uint32_t *region, const uint32_t *industry, size_t n,
           uint32_t n_regions, uint32_t n_industries, plant_sums *p, rh_ellison_glaeser *out,
           rh_err *err)
{
    for (size_t i = 0; i < n; i++) {
        if (amount[i] < 0) {
            return rh_fail(err, RH_INPUT, "The amount of plant %zu is negative: %g.", i + 1,
                           amount[i]);
        }
        p->cell[(size_t)industry[i] * n_regions + region[i]] += amount[i];
        p->industry[industry[i]] += amount[i];
        p->region[region[i]] += amount[i];
        p->squares[industry[i]] += amount[i] * amount[i];
        p->all += amount[i];
        out[industry[i]].plants += amount[i] > 0;
    }
    for (uint32_t k = 0; k < n_industries; k++) {
        if (!(p->industry[k] > 0)) {
            return rh_fail(err, RH_INPUT, "The amounts of industry %u sum to 0.", k + 1);
        }
    }
    return RH_OK;
}

rh_status
rh_ellison_glaeser_find(const double *amount, const uint32_t *region, const uint32_t *industry,
                        size_t n, uint32_t n_regions, uint32_t n_industries,
                        rh_ellison_glaeser *out, rh_err *err)
{
    plant_sums p = {.cell = rh_alloc((size_t)n_regions * n_industries + 1, sizeof *p.cell),
                    .industry = rh_alloc(n_industries + 1UL, sizeof *p.industry),
                    .region = rh_alloc(n_regions + 1UL, sizeof *p.region),
                    .squares = rh_alloc(n_industries + 1UL, sizeof *p.squares)};
    rh_status status;
    for (uint32_t k = 0; k < n_industries; k++) {
        out[k] = (rh_ellison_glaeser){0};
    }
    if (p.cell == NULL || p.industry == NULL || p.region == NULL || p.squares == NULL) {
        status = rh_fail(err, RH_MEMORY, "Not enough memory for %u industries in %u regions.",
                         n_industries, n_regions);
    } else {
        status = sum_plants(amount, region, industry, n, n_regions, n_industries, &p, out, err);
    }
    if (status == RH_OK) {
        measure_industries(&p, n_regions, n_industries, out);
    }
    rh_free(p.cell);
    rh_free(p.industry);
    rh_free(p.region);
    rh_free(p.squares);
    return status;
}

rh_status
rh_primacy_find(const double *size, size_t n, rh_primacy *out, rh_err *err)
{
    const double none = (double)NAN;
    double *x, total, next3 = 0, next10 = 0;
    size_t m;
    RH_TRY(ordered(size, n, &x, &m, &total, err));
    if (m < 2 || !(x[0] > 0)) {
        rh_free(x);
        return rh_fail(err, RH_INPUT, "Primacy needs 2 places at least, the largest above 0.");
    }
    for (size_t i = 1; i < m && i < 11; i++) {
        next3 += i < 4 ? x[i] : 0;
        next10 += x[i];
    }
    *out = (rh_primacy){.share = x[0] / total,
                        .two = x[1] > 0 ? x[0] / x[1] : none,
                        .four = m >= 4 && next3 > 0 ? x[0] / next3 : none,
                        .eleven = m >= 11 && next10 > 0 ? 2 * x[0] / next10 : none};
    rh_free(x);
    return RH_OK;
}
