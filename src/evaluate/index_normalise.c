/* Normalisation of one indicator: see index_normalise.h. */
#include "evaluate/index_normalise.h"

#include "core/mem.h"
#include "evaluate/sorting.h"

#include <math.h>
#include <stdlib.h>

const char *
rh_normalise_formula(enum rh_normalisation method, int direction)
{
    static const char *const formula[][2] = {
#define X(id, word, zh, en, more, less) {more, less},
        RH_NORMALISATION_LIST(X)
#undef X
    };
    return formula[method][direction < 0];
}

static bool
counts(const double *x, const uint8_t *base, uint32_t i)
{
    return !isnan(x[i]) && (base == NULL || base[i] != 0);
}

rh_normalise_bounds
rh_normalise_look(const double *x, uint32_t n, const uint8_t *base)
{
    rh_normalise_bounds b = {.low = INFINITY, .high = -INFINITY};
    for (uint32_t i = 0; i < n; i++) {
        if (counts(x, base, i)) {
            b.count++;
            b.low = fmin(b.low, x[i]);
            b.high = fmax(b.high, x[i]);
            b.sum += x[i];
            b.squares += x[i] * x[i];
            b.logs += x[i] > 0 ? log(x[i]) : 0;
            b.inverse += x[i] != 0 ? 1 / x[i] : 0;
        }
    }
    b.mean = b.sum / b.count;
    double squares = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (counts(x, base, i)) {
            squares += (x[i] - b.mean) * (x[i] - b.mean);
        }
    }
    b.deviation = b.count > 1 ? sqrt(squares / (b.count - 1.0)) : 0;
    return b;
}

/* Number of the sorted values below x (above it when less is better): halving. */
static uint32_t
worse_than(const double *sorted, uint32_t count, double x, int direction)
{
    uint32_t low = 0, high = count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        bool left = direction > 0 ? sorted[middle] < x : sorted[middle] <= x;
        low = left ? middle + 1 : low;
        high = left ? high : middle;
    }
    return direction > 0 ? low : count - low;
}

static rh_status
rank_column(const rh_normalise *how, const double *x, uint32_t n, const uint8_t *base,
            int direction, double *out, rh_err *err)
{
    double *sorted;
    uint32_t count = 0;
    RH_NEW(sorted, (size_t)n + 1, err);
    for (uint32_t i = 0; i < n; i++) {
        if (counts(x, base, i)) {
            sorted[count++] = x[i];
        }
    }
    qsort(sorted, count, sizeof *sorted, rh_rising);
    for (uint32_t i = 0; i < n; i++) {
        if (isnan(x[i])) {
            out[i] = (double)NAN;
            continue;
        }
        double below = worse_than(sorted, count, x[i], direction);
        out[i] = how->method == RH_NORMALISATION_RANK    ? below + 1
                 : how->method == RH_NORMALISATION_BORDA ? below
                 : count > 1                             ? below / (count - 1.0)
                                                         : 1;
    }
    rh_free(sorted);
    return RH_OK;
}

/* What a method cannot use. */
static rh_status
check_values(const rh_normalise *how, const double *x, uint32_t n, int direction, uint32_t *bad,
             rh_err *err)
{
    bool positive =
        how->method == RH_NORMALISATION_SUM || how->method == RH_NORMALISATION_LOGARITHMIC;
    bool ratio =
        (how->method == RH_NORMALISATION_LINEAR || how->method == RH_NORMALISATION_NONLINEAR ||
         how->method == RH_NORMALISATION_FRACTION) &&
        direction < 0;
    for (uint32_t i = 0; i < n && (positive || ratio); i++) {
        if ((positive && x[i] <= 0) || (ratio && x[i] == 0)) {
            *bad = i;
            return rh_fail(err, RH_INPUT, "%g cannot be normalised so: %s are needed.", x[i],
                           positive ? "values above 0" : "values other than 0");
        }
    }
    return RH_OK;
}

/* The ends between which a value is placed, in the indicator's own unit; *from has 0, *to has 1. */
static rh_status
ends(const rh_normalise *how, const rh_normalise_bounds *b, int direction, double *from,
     double *to, rh_err *err)
{
    double worst = direction > 0 ? b->low : b->high, best = direction > 0 ? b->high : b->low;
    *from = worst;
    *to = best;
    switch (how->method) {
    case RH_NORMALISATION_TARGET:
    case RH_NORMALISATION_REFERENCE:
        *to = how->target;
        if (isnan(*to)) {
            return rh_fail(err, RH_INPUT, "there is no target or reference value.");
        }
        if (direction * (*to - *from) < 0 && how->cap) {
            *to = *from; /* all have reached it */
            return RH_OK;
        }
        if (direction * (*to - *from) < 0) {
            return rh_fail(err, RH_INPUT,
                           "the target %g lies %s all values (the %s is %g): no distance to it "
                           "can be measured.",
                           *to, direction > 0 ? "below" : "above",
                           direction > 0 ? "lowest" : "highest", *from);
        }
        return RH_OK;
    case RH_NORMALISATION_SCALED:
    case RH_NORMALISATION_GOALPOSTS:
        *from = how->lower;
        *to = how->upper;
        break;
    default:
        if (how->fixed) {
            *from = how->lower;
            *to = how->upper;
        }
        break;
    }
    if (how->fixed || how->method == RH_NORMALISATION_SCALED ||
        how->method == RH_NORMALISATION_GOALPOSTS) {
        if (!(*from < *to)) {
            return rh_fail(err, RH_INPUT, "the lower bound %g does not lie below the upper %g.",
                           *from, *to);
        }
        if (direction < 0 && how->method != RH_NORMALISATION_SCALED) {
            double t = *from;
            *from = *to;
            *to = t;
        }
    }
    return RH_OK;
}

static double
clamp(double y)
{
    return y < 0 ? 0 : y > 1 ? 1 : y;
}

/* Methods that place a value between two ends. */
static double
placed(const rh_normalise *how, double x, double from, double to, int direction)
{
    double y = from == to ? 1 : (x - from) / (to - from); /* N2 */
    switch (how->method) {
    case RH_NORMALISATION_MIN_MAX:
        return how->low + (how->high - how->low) * (how->fixed ? clamp(y) : y);
    case RH_NORMALISATION_SCALED:
        return 100 * (direction * x - from) / (to - from);
    case RH_NORMALISATION_GOALPOSTS:
        return (how->scale > 0 ? how->scale : 1) * clamp(y);
    default:
        return how->cap && y > 1 ? 1 : y;
    }
}

/* Methods that divide by something of the whole column; nothing here is 0 / 0 but for columns of zeros. */
static double
divided(const rh_normalise *how, double x, const rh_normalise_bounds *b, int direction)
{
    bool more = direction > 0;
    switch (how->method) {
    case RH_NORMALISATION_Z:
        return b->deviation > 0
                   ? how->low + how->high * direction * (x - b->mean) / b->deviation
                   : how->low;
    case RH_NORMALISATION_FRACTION:
        return more ? x / b->high : b->low / x;
    case RH_NORMALISATION_SUM:
        return more ? x / b->sum : 1 / x / b->inverse;
    case RH_NORMALISATION_VECTOR:
        return more ? x / sqrt(b->squares) : 1 - x / sqrt(b->squares);
    case RH_NORMALISATION_MAX:
        return more ? x / b->high : 1 - x / b->high;
    case RH_NORMALISATION_LINEAR:
        return more ? x / b->high : b->low / x;
    case RH_NORMALISATION_NONLINEAR:
        return more ? pow(x / b->high, 2) : pow(b->low / x, 3);
    case RH_NORMALISATION_LOGARITHMIC:
        return more ? log(x) / b->logs : (1 - log(x) / b->logs) / (b->count - 1.0);
    case RH_NORMALISATION_ACCURACY: {
        double all = more ? b->count * b->high - b->sum : b->sum - b->count * b->low;
        return b->low == b->high ? 1 : 1 - (more ? b->high - x : x - b->low) / all;
    }
    case RH_NORMALISATION_ZAVADSKAS:
        return more ? 1 - fabs((b->high - x) / b->high) : 1 - fabs((b->low - x) / b->low);
    default:
        return direction * x;
    }
}

rh_status
rh_normalise_column(const rh_normalise *how, const double *x, uint32_t n, const uint8_t *base,
                    int direction, double *out, uint32_t *bad, rh_err *err)
{
    RH_TRY(check_values(how, x, n, direction, bad, err));
    rh_normalise_bounds b = rh_normalise_look(x, n, base);
    double from, to;
    switch (how->method) {
    case RH_NORMALISATION_RANK:
    case RH_NORMALISATION_PERCENTILE:
    case RH_NORMALISATION_BORDA:
        return rank_column(how, x, n, base, direction, out, err);
    case RH_NORMALISATION_MIN_MAX:
    case RH_NORMALISATION_TARGET:
    case RH_NORMALISATION_MAXIMUM:
    case RH_NORMALISATION_REFERENCE:
    case RH_NORMALISATION_GOALPOSTS:
    case RH_NORMALISATION_SCALED:
        RH_TRY(ends(how, &b, direction, &from, &to, err));
        for (uint32_t i = 0; i < n; i++) {
            out[i] = isnan(x[i]) ? x[i] : placed(how, x[i], from, to, direction);
        }
        return RH_OK;
    default:
        for (uint32_t i = 0; i < n; i++) {
            out[i] = isnan(x[i]) ? x[i] : divided(how, x[i], &b, direction);
        }
        return RH_OK;
    }
}
