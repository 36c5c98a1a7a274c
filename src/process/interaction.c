/* Gravity and radiation flows (process/interaction.h, I1, I2). */
#include "process/interaction.h"

#include "core/mem.h"

#include <math.h>
#include <stdlib.h>

static double
sum_of(uint32_t n, const double *x)
{
    double sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        sum += x[i];
    }
    return sum;
}

/* Scale every row to its total, then every column; returns the largest miss of a row before
 * scaling. */
static double
scale_once(uint32_t n_o, uint32_t n_d, const double *O, const double *D, double *T,
           double *column)
{
    double miss = 0;
    for (uint32_t j = 0; j < n_d; j++) {
        column[j] = 0;
    }
    for (uint32_t i = 0; i < n_o; i++) {
        double *row = T + (size_t)i * n_d;
        double have = sum_of(n_d, row);
        miss = fmax(miss, fabs(have - O[i]));
        double by = have > 0 ? O[i] / have : 0;
        for (uint32_t j = 0; j < n_d; j++) {
            row[j] *= by;
            column[j] += row[j];
        }
    }
    for (uint32_t j = 0; j < n_d; j++) {
        column[j] = column[j] > 0 ? D[j] / column[j] : 0;
    }
    for (uint32_t i = 0; i < n_o; i++) {
        for (uint32_t j = 0; j < n_d; j++) {
            T[(size_t)i * n_d + j] *= column[j];
        }
    }
    return miss;
}

static rh_status
gravity_impossible(uint32_t n_o, uint32_t n_d, const double *O, const double *D,
                   const double *T, rh_err *err)
{
    for (uint32_t i = 0; i < n_o; i++) {
        if (O[i] > 0 && !(sum_of(n_d, T + (size_t)i * n_d) > 0)) {
            return rh_fail(err, RH_RANGE,
                           "Gravity flows: origin %u sends %g but reaches no destination.", i,
                           O[i]);
        }
    }
    for (uint32_t j = 0; j < n_d; j++) {
        double sum = 0;
        for (uint32_t i = 0; i < n_o; i++) {
            sum += T[(size_t)i * n_d + j];
        }
        if (D[j] > 0 && !(sum > 0)) {
            return rh_fail(err, RH_RANGE,
                           "Gravity flows: destination %u takes %g but no origin reaches it.",
                           j, D[j]);
        }
    }
    return RH_OK;
}

rh_status
rh_gravity(uint32_t n_o, uint32_t n_d, const double *O, const double *D, const double *f,
           double *T, unsigned max_rounds, unsigned *rounds, rh_err *err)
{
    double total = sum_of(n_o, O), arriving = sum_of(n_d, D);
    if (!(fabs(total - arriving) <= 1e-12 * total)) {
        return rh_fail(err, RH_RANGE, "Gravity flows: %.15g leave but %.15g arrive.", total,
                       arriving);
    }
    for (size_t k = 0; k < (size_t)n_o * n_d; k++) {
        if (!(f[k] >= 0) || !isfinite(f[k])) {
            return rh_fail(err, RH_RANGE, "Gravity flows: deterrence from %zu to %zu is %g.",
                           k / n_d, k % n_d, f[k]);
        }
        T[k] = f[k] * (D[k % n_d] > 0);
    }
    RH_TRY(gravity_impossible(n_o, n_d, O, D, T, err));
    double *column;
    RH_NEW(column, n_d, err);
    unsigned round = 0;
    double miss = HUGE_VAL;
    while (round < max_rounds && !(miss <= 1e-14 * total)) {
        miss = scale_once(n_o, n_d, O, D, T, column);
        round++;
    }
    rh_free(column);
    if (rounds != NULL) {
        *rounds = round;
    }
    if (!(miss <= 1e-14 * total)) {
        return rh_fail(err, RH_RANGE,
                       "Gravity flows: after %u rounds an origin still misses its total by %g.",
                       round, miss);
    }
    return RH_OK;
}

typedef struct nearness {
    double distance;
    uint32_t index;
} nearness;

static int
by_distance(const void *a, const void *b)
{
    const nearness *x = a, *y = b;
    if (x->distance != y->distance) {
        return x->distance < y->distance ? -1 : 1;
    }
    return (x->index > y->index) - (x->index < y->index);
}

rh_status
rh_radiation(uint32_t n, const double *m, const double *opportunity, const double *distance,
             bool finite_size, double *p, rh_err *err)
{
    for (uint32_t i = 0; i < n; i++) {
        if (!(m[i] > 0) || !isfinite(m[i])) {
            return rh_fail(err, RH_RANGE, "Radiation flows: the population of place %u is %g.",
                           i, m[i]);
        }
    }
    const double *of = opportunity == NULL ? m : opportunity;
    const double everybody = sum_of(n, m);
    nearness *order;
    RH_NEW(order, n, err);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t count = 0;
        for (uint32_t j = 0; j < n; j++) {
            if (j != i) {
                order[count++] = (nearness){distance[(size_t)i * n + j], j};
            }
        }
        qsort(order, count, sizeof *order, by_distance);
        double *row = p + (size_t)i * n;
        double between = 0;
        row[i] = 0;
        for (uint32_t k = 0; k < count; k++) {
            uint32_t j = order[k].index;
            row[j] = m[i] * of[j] / ((m[i] + between) * (m[i] + of[j] + between));
            row[j] /= finite_size ? 1 - m[i] / everybody : 1;
            between += m[j];
        }
    }
    rh_free(order);
    return RH_OK;
}
