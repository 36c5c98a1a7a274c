/* Fitting the S-curve: see northam.h. */
#include "evaluate/northam.h"

#include "core/mem.h"
#include "evaluate/statistics.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { P = RH_NORTHAM_PARAMETERS, ROUNDS = 500 };

static const double identified =
    0.1; /* assumption: an error above a tenth of K tells nothing about K */

/* The years of the fit, seen from their middle so that r and m are of one size. */
typedef struct sample {
    double *t, *u;
    uint32_t n;
    double middle;
    bool free_limit;
} sample;

static double
curve(const double *p, double t)
{
    return p[RH_NORTHAM_K] / (1 + exp(-p[RH_NORTHAM_R] * (t - p[RH_NORTHAM_M])));
}

static void
gradient(const double *p, double t, double *g)
{
    double f = 1 / (1 + exp(-p[RH_NORTHAM_R] * (t - p[RH_NORTHAM_M]))), slope = f * (1 - f);
    g[RH_NORTHAM_K] = f;
    g[RH_NORTHAM_R] = p[RH_NORTHAM_K] * slope * (t - p[RH_NORTHAM_M]);
    g[RH_NORTHAM_M] = -p[RH_NORTHAM_K] * slope * p[RH_NORTHAM_R];
}

static double
squares(const sample *s, const double *p)
{
    double sum = 0;
    for (uint32_t i = 0; i < s->n; i++) {
        double off = s->u[i] - curve(p, s->t[i]);
        sum += off * off;
    }
    return sum;
}

/* Inverse of a symmetric positive matrix of size 2 or 3 (rows from `first`), by Gauss–Jordan. False when singular. */
static bool
invert(double a[P][P], int first, double out[P][P])
{
    double w[P][2 * P] = {{0}};
    for (int i = first; i < P; i++) {
        memcpy(w[i], a[i], sizeof a[i]);
        w[i][P + i] = 1;
    }
    for (int i = first; i < P; i++) {
        if (!(w[i][i] > DBL_MIN)) {
            return false;
        }
        double pivot = w[i][i];
        for (int j = 0; j < 2 * P; j++) {
            w[i][j] /= pivot;
        }
        for (int k = first; k < P; k++) {
            double factor = w[k][i];
            for (int j = 0; j < 2 * P && k != i; j++) {
                w[k][j] -= factor * w[i][j];
            }
        }
    }
    for (int i = 0; i < P; i++) {
        for (int j = 0; j < P; j++) {
            out[i][j] = i >= first && j >= first ? w[i][P + j] : 0;
        }
    }
    return true;
}

/* JᵀJ and Jᵀ(u − f), of the parameters from `first` on (1 when K is given). */
static void
normal(const sample *s, const double *p, double a[P][P], double b[P])
{
    memset(a, 0, sizeof(double[P][P]));
    memset(b, 0, sizeof(double[P]));
    for (uint32_t i = 0; i < s->n; i++) {
        double g[P], off = s->u[i] - curve(p, s->t[i]);
        gradient(p, s->t[i], g);
        for (int j = 0; j < P; j++) {
            b[j] += g[j] * off;
            for (int k = 0; k < P; k++) {
                a[j][k] += g[j] * g[k];
            }
        }
    }
}

/* Levenberg–Marquardt from p; the sum of squares. */
static double
descend(const sample *s, double *p)
{
    const int first = s->free_limit ? RH_NORTHAM_K : RH_NORTHAM_R;
    double damping = 1e-3, best = squares(s, p);
    for (int round = 0; round < ROUNDS && damping < 1e12; round++) {
        double a[P][P], b[P], inverse[P][P], next[P], step = 0;
        normal(s, p, a, b);
        for (int j = first; j < P; j++) {
            a[j][j] *= 1 + damping;
        }
        if (!invert(a, first, inverse)) {
            return best;
        }
        for (int j = 0; j < P; j++) {
            next[j] = p[j];
            for (int k = first; k < P && j >= first; k++) {
                next[j] += inverse[j][k] * b[k];
            }
            step = fmax(step, fabs(next[j] - p[j]) / (1e-3 + fabs(p[j])));
        }
        double now = next[RH_NORTHAM_K] > 0 ? squares(s, next) : (double)INFINITY;
        if (now <= best) {
            memcpy(p, next, sizeof(double[P]));
            best = now;
            damping = fmax(damping / 10, 1e-12);
            if (step < 1e-13) {
                return best;
            }
        } else {
            damping *= 10;
        }
    }
    return best;
}

/* r and m of the logit line for this K. */
static void
logit_line(const sample *s, double limit, double *p)
{
    double mt = 0, my = 0, tt = 0, ty = 0;
    for (uint32_t i = 0; i < s->n; i++) {
        mt += s->t[i] / s->n;
        my += log(s->u[i] / (limit - s->u[i])) / s->n;
    }
    for (uint32_t i = 0; i < s->n; i++) {
        double y = log(s->u[i] / (limit - s->u[i]));
        tt += (s->t[i] - mt) * (s->t[i] - mt);
        ty += (s->t[i] - mt) * (y - my);
    }
    p[RH_NORTHAM_K] = limit;
    p[RH_NORTHAM_R] = ty / tt;
    p[RH_NORTHAM_M] = mt - my / p[RH_NORTHAM_R];
}

/* Free K: descend from each of a grid of limits between the largest share and `most`. */
static void
search(const sample *s, double largest, double most, double *p)
{
    double best = (double)INFINITY;
    for (int k = 1; k <= 12; k++) {
        double from[P];
        logit_line(s, largest + (most - largest) * k * k / 144.0, from);
        double now = descend(s, from);
        if (now < best && from[RH_NORTHAM_K] > 0) {
            best = now;
            memcpy(p, from, sizeof(double[P]));
        }
    }
}

static rh_status
collect(const double *year, const double *share, uint32_t n, double limit, double most,
        sample *s, double *largest, rh_err *err)
{
    const uint32_t least = limit > 0 ? 4 : 5;
    double low = (double)INFINITY;
    *largest = -(double)INFINITY;
    for (uint32_t i = 0; i < n; i++) {
        if (isnan(share[i])) {
            continue;
        }
        if (!(share[i] > 0) || share[i] >= (limit > 0 ? limit : most)) {
            return rh_fail(err, RH_INPUT,
                           "The share of %g is %g; it must lie above 0 and under the limit %g.",
                           year[i], share[i], limit > 0 ? limit : most);
        }
        s->t[s->n] = year[i];
        s->u[s->n++] = share[i];
        s->middle += year[i];
        low = fmin(low, share[i]);
        *largest = fmax(*largest, share[i]);
    }
    if (s->n < least) {
        return rh_fail(err, RH_INPUT, "A curve needs shares of %u years at least, not %u.",
                       least, s->n);
    }
    if (low == *largest) {
        return rh_fail(err, RH_INPUT, "All %u shares are %g: there is no curve to fit.", s->n,
                       low);
    }
    s->middle = round(s->middle / s->n);
    for (uint32_t i = 0; i < s->n; i++) {
        s->t[i] -= s->middle;
    }
    return RH_OK;
}

/* Fit, error and remarks from parameters seen from the middle. */
static rh_status
report(const sample *s, const double *p, rh_northam *out, rh_err *err)
{
    double a[P][P], b[P], inverse[P][P], mean = 0, total = 0, change = 0, before = 0;
    double logit[P], sum = squares(s, p);
    const int parameters = s->free_limit ? 3 : 2;
    normal(s, p, a, b);
    if (!invert(a, s->free_limit ? RH_NORTHAM_K : RH_NORTHAM_R, inverse)) {
        return rh_fail(err, RH_INPUT, "The shares do not determine a curve.");
    }
    logit_line(s, p[RH_NORTHAM_K], logit);
    out->n = s->n;
    out->deviation = sqrt(sum / (s->n - (double)parameters));
    out->first = (double)INFINITY;
    out->last = -(double)INFINITY;
    for (uint32_t i = 0; i < s->n; i++) {
        double off = s->u[i] - curve(p, s->t[i]);
        mean += s->u[i] / s->n;
        change += i > 0 ? (off - before) * (off - before) : 0;
        before = off;
        out->first = fmin(out->first, s->t[i] + s->middle);
        out->last = fmax(out->last, s->t[i] + s->middle);
    }
    for (uint32_t i = 0; i < s->n; i++) {
        total += (s->u[i] - mean) * (s->u[i] - mean);
    }
    for (int j = 0; j < P; j++) {
        out->value[j] = p[j] + (j == RH_NORTHAM_M ? s->middle : 0);
        for (int k = 0; k < P; k++) {
            out->covariance[j][k] = inverse[j][k] * out->deviation * out->deviation;
        }
        out->error[j] = sqrt(out->covariance[j][j]);
    }
    out->r2 = 1 - sum / total;
    out->watson = sum > 0 ? change / sum : (double)NAN;
    out->logit_r = logit[RH_NORTHAM_R];
    out->logit_m = logit[RH_NORTHAM_M] + s->middle;
    return RH_OK;
}

static rh_status
fit(sample *s, double limit, double most, double largest, rh_northam *out, rh_err *err)
{
    double p[P] = {0};
    s->free_limit = !(limit > 0);
    if (s->free_limit) {
        search(s, largest, most, p);
        out->at_bound = !(p[RH_NORTHAM_K] > 0 && p[RH_NORTHAM_K] < most);
        s->free_limit = !out->at_bound;
        limit = most;
    }
    if (!s->free_limit) {
        logit_line(s, limit, p);
        descend(s, p);
    }
    RH_TRY(report(s, p, out, err));
    out->free_limit = s->free_limit;
    out->not_identified =
        out->at_bound ||
        (s->free_limit && (out->error[RH_NORTHAM_K] > identified * out->value[RH_NORTHAM_K] ||
                           largest < out->value[RH_NORTHAM_K] / 2));
    return RH_OK;
}

rh_status
rh_northam_fit(const double *year, const double *share, uint32_t n, double limit, double most,
               rh_northam *out, rh_err *err)
{
    sample s = {0};
    double largest;
    *out = (rh_northam){0};
    RH_NEW(s.t, 2 * (size_t)n + 1, err);
    s.u = s.t + n;
    rh_status status = collect(year, share, n, limit, most, &s, &largest, err);
    if (status == RH_OK) {
        status = fit(&s, limit, most, largest, out, err);
    }
    rh_free(s.t);
    return status;
}

double
rh_northam_at(const rh_northam *f, double year)
{
    return curve(f->value, year);
}

double
rh_northam_interval(const rh_northam *f, double year)
{
    double g[P], variance = f->deviation * f->deviation;
    gradient(f->value, year, g);
    for (int j = 0; j < P; j++) {
        for (int k = 0; k < P; k++) {
            variance += g[j] * f->covariance[j][k] * g[k];
        }
    }
    return rh_student_975(f->n - (f->free_limit ? 3.0 : 2.0)) * sqrt(variance);
}

double
rh_northam_year_of(const rh_northam *f, double share, double *error)
{
    const double *p = f->value;
    *error = (double)NAN;
    if (!(share > 0 && share < p[RH_NORTHAM_K])) {
        return (double)NAN;
    }
    double odds = log(share / (p[RH_NORTHAM_K] - share)), variance = 0;
    double g[P] = {-1 / ((p[RH_NORTHAM_K] - share) * p[RH_NORTHAM_R]),
                   -odds / (p[RH_NORTHAM_R] * p[RH_NORTHAM_R]), 1};
    for (int j = 0; j < P; j++) {
        for (int k = 0; k < P; k++) {
            variance += g[j] * f->covariance[j][k] * g[k];
        }
    }
    *error = sqrt(variance);
    return p[RH_NORTHAM_M] + odds / p[RH_NORTHAM_R];
}
