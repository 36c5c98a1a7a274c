/* Inequality measures of ordered values: see inequality_rank.h. */
#include "evaluate/inequality_rank.h"

#include "core/mem.h"

#include <math.h>
#include <stdlib.h>

static int
by_value(const void *a, const void *b)
{
    const rh_weighted *p = a, *q = b;
    return p->x < q->x ? -1 : p->x > q->x;
}

rh_status
rh_sorted_init(rh_sorted *sorted, const double *x, const double *w, size_t n, rh_err *err)
{
    *sorted = (rh_sorted){0};
    RH_NEW(sorted->at, n > 0 ? n : 1, err);
    for (size_t i = 0; i < n; i++) {
        double weight = w != NULL ? w[i] : 1;
        if (weight > 0) {
            sorted->at[sorted->n++] = (rh_weighted){x[i], weight};
        }
    }
    if (sorted->n == 0) {
        rh_sorted_release(sorted);
        return rh_fail(err, RH_INPUT, "No value has a weight above 0.");
    }
    qsort(sorted->at, sorted->n, sizeof *sorted->at, by_value);
    for (size_t i = 0; i < sorted->n; i++) {
        sorted->weight += sorted->at[i].w;
        sorted->total += sorted->at[i].w * sorted->at[i].x;
    }
    return RH_OK;
}

void
rh_sorted_release(rh_sorted *sorted)
{
    rh_free(sorted->at);
    *sorted = (rh_sorted){0};
}

double
rh_sorted_mean(const rh_sorted *s)
{
    return s->total / s->weight;
}

/* Σ w x (2 weight below + w − W) / (W total): the double sum in one pass over sorted values. Counting from the mean keeps digits
 * when all values are large and alike. */
double
rh_sorted_gini(const rh_sorted *s)
{
    double mean = rh_sorted_mean(s), below = 0, sum = 0;
    for (size_t i = 0; i < s->n; i++) {
        double w = s->at[i].w;
        sum += w * (s->at[i].x - mean) * (2 * below + w - s->weight);
        below += w;
    }
    return s->total == 0 ? (double)NAN : sum / (s->weight * s->total);
}

double
rh_sorted_lorenz(const rh_sorted *s, double p)
{
    double wanted = p * s->weight, below = 0, total = 0;
    for (size_t i = 0; i < s->n; i++) {
        double w = s->at[i].w;
        if (below + w >= wanted) {
            total += (wanted - below) * s->at[i].x;
            break;
        }
        below += w;
        total += w * s->at[i].x;
    }
    return s->total == 0 ? (double)NAN : p >= 1 ? 1 : total / s->total;
}

double
rh_sorted_quantile(const rh_sorted *s, double p)
{
    double wanted = p * s->weight, slack = 1e-12 * s->weight, below = 0;
    for (size_t i = 0; i < s->n; i++) {
        below += s->at[i].w;
        if (below > wanted + slack) {
            return s->at[i].x;
        }
        if (below >= wanted - slack && i + 1 < s->n && wanted > slack) {
            return (s->at[i].x + s->at[i + 1].x) / 2;
        }
    }
    return s->at[s->n - 1].x;
}

double
rh_sorted_palma(const rh_sorted *s)
{
    return (1 - rh_sorted_lorenz(s, 0.9)) / rh_sorted_lorenz(s, 0.4);
}

double
rh_sorted_wolfson(const rh_sorted *s)
{
    double median = rh_sorted_quantile(s, 0.5);
    double gap = 0.5 - rh_sorted_lorenz(s, 0.5);
    return median == 0 ? (double)NAN
                       : (2 * gap - rh_sorted_gini(s)) * rh_sorted_mean(s) / median;
}

double
rh_sorted_kolm(const rh_sorted *s, double kappa)
{
    /* e^(κ (μ − x)) is largest at the least x: taken out of the sum, nothing overflows */
    double mean = rh_sorted_mean(s), least = s->at[0].x, sum = 0;
    for (size_t i = 0; i < s->n; i++) {
        sum += s->at[i].w * exp(kappa * (least - s->at[i].x));
    }
    return mean - least + log(sum / s->weight) / kappa;
}

double
rh_sorted_variation(const rh_sorted *s)
{
    double mean = rh_sorted_mean(s), sum = 0;
    for (size_t i = 0; i < s->n; i++) {
        double d = s->at[i].x - mean;
        sum += s->at[i].w * d * d;
    }
    return mean == 0 ? (double)NAN : sqrt(sum / s->weight) / fabs(mean);
}

rh_schutz
rh_sorted_schutz(const rh_sorted *s)
{
    double mean = rh_sorted_mean(s), gap = 0, at_most = 0, slopes = 0;
    for (size_t i = 0; i < s->n; i++) {
        double x = s->at[i].x, w = s->at[i].w;
        gap += w * fabs(x - mean);
        at_most += x <= mean ? w : 0;
        slopes += x > mean ? x / mean - 1 : 0;
    }
    if (mean == 0) {
        return (rh_schutz){(double)NAN, (double)NAN, (double)NAN};
    }
    return (rh_schutz){gap / (2 * s->weight * mean), at_most / s->weight, 10 * slopes};
}

typedef struct ranked {
    double by, x, w;
} ranked;

static int
by_rank(const void *a, const void *b)
{
    const ranked *p = a, *q = b;
    return p->by < q->by ? -1 : p->by > q->by;
}

rh_status
rh_concentration_index(const double *x, const double *w, const double *rank_by, size_t n,
                       double *out, rh_err *err)
{
    ranked *row;
    size_t m = 0;
    double weight = 0, total = 0, below = 0, sum = 0;
    RH_NEW(row, n > 0 ? n : 1, err);
    for (size_t i = 0; i < n; i++) {
        double own = w != NULL ? w[i] : 1;
        if (own > 0) {
            row[m++] = (ranked){rank_by[i], x[i], own};
            weight += own;
            total += own * x[i];
        }
    }
    qsort(row, m, sizeof *row, by_rank);
    for (size_t i = 0, end; i < m; i = end) {
        double tied = 0, tied_total = 0;
        for (end = i; end < m && row[end].by <= row[i].by; end++) {
            tied += row[end].w;
            tied_total += row[end].w * row[end].x;
        }
        /* 2 (fractional rank of the tie's middle) − 1, times what its people have */
        sum += tied_total * ((2 * below + tied) / weight - 1);
        below += tied;
    }
    rh_free(row);
    if (m == 0 || total == 0) {
        return rh_fail(err, RH_INPUT, "A concentration index needs a mean other than 0.");
    }
    *out = sum / total;
    return RH_OK;
}
