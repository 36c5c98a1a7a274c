/* Missing data: see index_missing.h. */
#include "evaluate/index_missing.h"

#include "core/mem.h"
#include "evaluate/index_describe.h"
#include "evaluate/sorting.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

uint32_t
rh_missing_screen(const rh_missing *how, const double *x, uint32_t n, uint32_t m, uint8_t *keep)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t present = 0, nonzero = 0;
        for (uint32_t j = 0; j < m; j++) {
            double v = x[(size_t)j * n + i];
            present += isnan(v) ? 0 : 1;
            nonzero += !isnan(v) && v != 0 ? 1 : 0;
        }
        keep[i] = present >= how->least_present * m && nonzero >= how->least_nonzero * present;
        kept += keep[i];
    }
    return kept;
}

static uint32_t
count_missing(const double *x, size_t size)
{
    uint32_t missing = 0;
    for (size_t i = 0; i < size; i++) {
        missing += isnan(x[i]) ? 1 : 0;
    }
    return missing;
}

/* Mean or median of each group's values in a column, into its gaps. scratch: 2 n places. */
static void
fill_column(double *x, uint32_t n, const uint32_t *group, uint32_t n_groups, bool median,
            double *scratch)
{
    for (uint32_t g = 0; g < n_groups; g++) {
        uint32_t count = 0;
        for (uint32_t i = 0; i < n; i++) {
            if (group == NULL || group[i] == g) {
                scratch[count++] = x[i];
            }
        }
        rh_describe d = rh_describe_values(scratch, count);
        double fill = median ? rh_describe_median(scratch, count, scratch + n) : d.mean;
        for (uint32_t i = 0; i < n; i++) {
            if (isnan(x[i]) && (group == NULL || group[i] == g)) {
                x[i] = fill;
            }
        }
    }
}

/* Mean squared difference of what both units have, in standard deviations; INFINITY when nothing. */
static double
distance(const double *x, uint32_t n, uint32_t m, const double *deviation, uint32_t a,
         uint32_t b)
{
    double sum = 0;
    uint32_t both = 0;
    for (uint32_t j = 0; j < m; j++) {
        double d = x[(size_t)j * n + a] - x[(size_t)j * n + b];
        if (!isnan(d) && deviation[j] > 0) {
            sum += d / deviation[j] * (d / deviation[j]);
            both++;
        }
    }
    return both > 0 ? sum / both : (double)INFINITY;
}

static void
fill_unit(const double *x, double *filled, uint32_t n, uint32_t m, uint32_t i, uint32_t k,
          const rh_ranked *near)
{
    for (uint32_t j = 0; j < m; j++) {
        if (!isnan(x[(size_t)j * n + i])) {
            continue;
        }
        double sum = 0;
        uint32_t found = 0;
        for (uint32_t t = 0; t < n && found < k && isfinite(near[t].value); t++) {
            double v = x[(size_t)j * n + near[t].index];
            if (!isnan(v)) {
                sum += v;
                found++;
            }
        }
        filled[(size_t)j * n + i] = found > 0 ? sum / found : (double)NAN;
    }
}

static void
fill_from_neighbours(const rh_missing *how, double *x, uint32_t n, uint32_t m, double *filled,
                     double *deviation, rh_ranked *near)
{
    for (uint32_t j = 0; j < m; j++) {
        deviation[j] = rh_describe_values(x + (size_t)j * n, n).deviation;
    }
    memcpy(filled, x, (size_t)n * m * sizeof *x);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t gaps = 0;
        for (uint32_t j = 0; j < m; j++) {
            gaps += isnan(x[(size_t)j * n + i]) ? 1 : 0;
        }
        if (gaps == 0 || gaps == m) {
            continue;
        }
        for (uint32_t t = 0; t < n; t++) {
            near[t] =
                (rh_ranked){t == i ? (double)INFINITY : distance(x, n, m, deviation, i, t), t};
        }
        qsort(near, n, sizeof *near, rh_ranked_rising);
        fill_unit(x, filled, n, m, i, how->neighbours, near);
    }
    memcpy(x, filled, (size_t)n * m * sizeof *x);
}

static rh_status
neighbours(const rh_missing *how, double *x, uint32_t n, uint32_t m, rh_err *err)
{
    double *filled = rh_alloc((size_t)n * m + 1, sizeof *filled);
    double *deviation = rh_alloc((size_t)m + 1, sizeof *deviation);
    rh_ranked *near = rh_alloc((size_t)n + 1, sizeof *near);
    rh_status status = RH_OK;
    if (filled == NULL || deviation == NULL || near == NULL) {
        status =
            rh_fail(err, RH_MEMORY, "Not enough memory for the neighbours of %u units.", n);
    } else {
        fill_from_neighbours(how, x, n, m, filled, deviation, near);
    }
    rh_free(filled);
    rh_free(deviation);
    rh_free(near);
    return status;
}

rh_status
rh_missing_fill_cells(const rh_missing *how, double *x, uint32_t n, uint32_t m,
                      const uint32_t *group, uint32_t n_groups, rh_missing_report *report,
                      rh_err *err)
{
    rh_missing_report r = {0};
    uint32_t missing = count_missing(x, (size_t)n * m);
    rh_status status = RH_OK;
    double *scratch;
    RH_NEW(scratch, 2 * (size_t)n + 1, err);
    bool grouped = how->method == RH_FILL_GROUP_MEAN || how->method == RH_FILL_GROUP_MEDIAN;
    bool median = how->method == RH_FILL_MEDIAN || how->method == RH_FILL_GROUP_MEDIAN;
    if (missing > 0 && how->method == RH_FILL_EM) {
        status = rh_missing_em(x, n, m, &r, err);
    } else if (missing > 0 && how->method == RH_FILL_NEIGHBOURS) {
        status = neighbours(how, x, n, m, err);
    } else if (missing > 0 && how->method != RH_FILL_NONE) {
        for (uint32_t j = 0; j < m; j++) {
            fill_column(x + (size_t)j * n, n, grouped ? group : NULL,
                        grouped && group != NULL ? n_groups : 1, median, scratch);
        }
    }
    rh_free(scratch);
    r.left = count_missing(x, (size_t)n * m);
    r.filled = missing - r.left;
    if (report != NULL) {
        *report = r;
    }
    return status;
}
