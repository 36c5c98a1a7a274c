/* Weights by cost: see access_decay.h. */
#include "evaluate/access_decay.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct form_info {
    const char *name;
    unsigned least, most; /* numbers */
    bool positive[3];     /* must be above 0 */
} form_info;

static const form_info forms[] = {
    [RH_DECAY_NONE] = {"none", 0, 0, {0}},
    [RH_DECAY_BINARY] = {"binary", 1, 1, {0}},
    [RH_DECAY_LINEAR] = {"linear", 1, 1, {true}},
    [RH_DECAY_EXPONENTIAL] = {"exponential", 1, 1, {0}},
    [RH_DECAY_POWER] = {"power", 1, 2, {false, true}},
    [RH_DECAY_GRAVITY] = {"gravity", 3, 3, {true, false, true}},
    [RH_DECAY_GAUSSIAN] = {"gaussian", 1, 1, {true}},
    [RH_DECAY_GAUSSIAN_CUT] = {"gaussian_cut", 1, 1, {true}},
    [RH_DECAY_EPANECHNIKOV] = {"epanechnikov", 1, 1, {true}},
    [RH_DECAY_QUARTIC] = {"quartic", 1, 1, {true}},
    [RH_DECAY_LOGISTIC] = {"logistic", 2, 2, {true, true}},
    [RH_DECAY_STEP] = {"step", 0, 0, {0}},
    [RH_DECAY_STEPPED] = {"stepped", 0, 0, {0}},
};
enum { FORMS = sizeof forms / sizeof *forms };

/* A finite number ≥ 0 at *text, which moves behind it. */
static bool
read_number(const char **text, double *number)
{
    char *end;
    *number = strtod(*text, &end);
    if (end == *text || !isfinite(*number)) {
        return false;
    }
    *text = end;
    return true;
}

static rh_status
parse_steps(const char *whole, const char *text, rh_decay *decay, rh_err *err)
{
    const char *const shape = "Decay \"%s\": steps are written COST=WEIGHT,COST=WEIGHT,… with "
                              "rising costs and weights of 0 or more, at most %d of them.";
    for (;; text++) {
        unsigned n = decay->n_steps;
        double cost, weight;
        if (n == RH_DECAY_STEPS || !read_number(&text, &cost) || *text++ != '=' ||
            !read_number(&text, &weight) || cost < 0 || weight < 0 ||
            (n > 0 && cost <= decay->step[n - 1])) {
            return rh_fail(err, RH_INPUT, shape, whole, RH_DECAY_STEPS);
        }
        decay->step[n] = cost;
        decay->weight[n] = weight;
        decay->n_steps++;
        if (*text == '\0') {
            return RH_OK;
        }
        if (*text != ',') {
            return rh_fail(err, RH_INPUT, shape, whole, RH_DECAY_STEPS);
        }
    }
}

static rh_status
parse_numbers(const char *whole, const char *text, const form_info *form, rh_decay *decay,
              rh_err *err)
{
    double number[3] = {0, 1, 0}; /* power: never less than 1 unless told */
    unsigned n = 0;
    while (*text == ':' && n < form->most) {
        text++;
        if (!read_number(&text, &number[n])) {
            break;
        }
        bool signed_power = decay->form == RH_DECAY_GRAVITY && n == 1;
        if (form->positive[n] ? number[n] <= 0 : signed_power ? number[n] > 0 : number[n] < 0) {
            return rh_fail(err, RH_INPUT, "Decay \"%s\": number %u must be %s.", whole, n + 1,
                           form->positive[n] ? "above 0"
                           : signed_power    ? "0 or less, or weights would rise with cost"
                                             : "0 or more");
        }
        n++;
    }
    if (*text != '\0' || n < form->least) {
        return rh_fail(err, RH_INPUT,
                       "Decay \"%s\": \"%s\" takes %u%s number%s, each behind a colon.", whole,
                       form->name, form->least, form->most > form->least ? " or 2" : "",
                       form->most == 1 ? "" : "s");
    }
    decay->a = number[0];
    decay->b = number[1];
    decay->c = number[2];
    return RH_OK;
}

rh_status
rh_decay_parse(const char *text, rh_decay *decay, rh_err *err)
{
    size_t length = strcspn(text, ":");
    for (unsigned f = 0; f < FORMS; f++) {
        if (strlen(forms[f].name) != length || strncmp(forms[f].name, text, length) != 0) {
            continue;
        }
        *decay = (rh_decay){.form = (rh_decay_form)f};
        if (f == RH_DECAY_STEP || f == RH_DECAY_STEPPED) {
            return parse_steps(text, text + length + (text[length] == ':'), decay, err);
        }
        return parse_numbers(text, text + length, &forms[f], decay, err);
    }
    return rh_fail(
        err, RH_INPUT,
        "Decay \"%s\" is unknown; there are none, binary:T, linear:T, exponential:B, "
        "power:B, gravity:SCALE:A:LEAST, gaussian:SIGMA, gaussian_cut:T, "
        "epanechnikov:T, quartic:T, logistic:T:SD, step:C=W,… and stepped:C=W,….",
        text);
}

static double
step_weight(const rh_decay *d, double cost)
{
    for (unsigned i = 0; i < d->n_steps; i++) {
        if (cost <= d->step[i]) {
            return d->weight[i];
        }
    }
    return 0;
}

static double
stepped_weight(const rh_decay *d, double cost)
{
    unsigned i = d->n_steps;
    while (i > 0 && cost < d->step[i - 1]) {
        i--;
    }
    return i > 0 ? d->weight[i - 1] : 1;
}

double
rh_decay_weight(const rh_decay *d, double cost)
{
    const double pi = 3.14159265358979323846, edge = exp(-0.5);
    double t = cost / d->a;
    switch (d->form) {
    case RH_DECAY_NONE:
        return 1;
    case RH_DECAY_BINARY:
        return cost <= d->a ? 1 : 0;
    case RH_DECAY_LINEAR:
        return t < 1 ? 1 - t : 0;
    case RH_DECAY_EXPONENTIAL:
        return exp(-d->a * cost);
    case RH_DECAY_POWER:
        return pow(fmax(cost, d->b), -d->a);
    case RH_DECAY_GRAVITY:
        return pow(fmax(cost, d->c) / d->a, d->b);
    case RH_DECAY_GAUSSIAN:
        return exp(-cost * cost / (2 * d->a * d->a));
    case RH_DECAY_GAUSSIAN_CUT:
        return t <= 1 ? (exp(-0.5 * t * t) - edge) / (1 - edge) : 0;
    case RH_DECAY_EPANECHNIKOV:
        return t <= 1 ? 0.75 * (1 - t * t) : 0;
    case RH_DECAY_QUARTIC:
        return t <= 1 ? 0.9375 * (1 - t * t) * (1 - t * t) : 0;
    case RH_DECAY_LOGISTIC: {
        double k = pi / (d->b * sqrt(3.0));
        return (1 + exp(-d->a * k)) / (1 + exp((cost - d->a) * k));
    }
    case RH_DECAY_STEP:
        return step_weight(d, cost);
    case RH_DECAY_STEPPED:
        return stepped_weight(d, cost);
    }
    return 0;
}

void
rh_decay_weigh(const rh_decay *decay, double within, size_t n, const double *cost,
               double *weight)
{
    if (decay->form == RH_DECAY_NONE || decay->form == RH_DECAY_BINARY) { /* without branches */
        double end = decay->form == RH_DECAY_BINARY ? fmin(decay->a, within) : within;
        for (size_t k = 0; k < n; k++) {
            weight[k] = cost[k] <= end ? 1 : 0;
        }
        return;
    }
    const rh_decay d = *decay;
    for (size_t k = 0; k < n; k++) {
        weight[k] = cost[k] <= within ? rh_decay_weight(&d, cost[k]) : 0;
    }
}

static void
steps_formula(const rh_decay *d, char *text, size_t size)
{
    size_t used = 0;
    for (unsigned i = 0; i < d->n_steps && used < size; i++) {
        int n = snprintf(text + used, size - used, "%s%g (c %s %g)", i > 0 ? "; " : "",
                         d->weight[i], d->form == RH_DECAY_STEP ? "<=" : ">=", d->step[i]);
        used += n > 0 ? (size_t)n : 0;
    }
}

void
rh_decay_formula(const rh_decay *d, char *text, size_t size)
{
    double a = d->a;
    switch (d->form) {
    case RH_DECAY_NONE:
        snprintf(text, size, "1");
        break;
    case RH_DECAY_BINARY:
        snprintf(text, size, "1 (c <= %g)", a);
        break;
    case RH_DECAY_LINEAR:
        snprintf(text, size, "1 - c/%g (c <= %g)", a, a);
        break;
    case RH_DECAY_EXPONENTIAL:
        snprintf(text, size, "exp(-%g c)", a);
        break;
    case RH_DECAY_POWER:
        snprintf(text, size, "max(c, %g)^-%g", d->b, a);
        break;
    case RH_DECAY_GRAVITY:
        snprintf(text, size, "(max(c, %g) / %g)^%g", d->c, a, d->b);
        break;
    case RH_DECAY_GAUSSIAN:
        snprintf(text, size, "exp(-c^2 / (2 %g^2))", a);
        break;
    case RH_DECAY_GAUSSIAN_CUT:
        snprintf(text, size, "(exp(-(c/%g)^2/2) - exp(-1/2)) / (1 - exp(-1/2)) (c <= %g)", a,
                 a);
        break;
    case RH_DECAY_EPANECHNIKOV:
        snprintf(text, size, "3/4 (1 - (c/%g)^2) (c <= %g)", a, a);
        break;
    case RH_DECAY_QUARTIC:
        snprintf(text, size, "15/16 (1 - (c/%g)^2)^2 (c <= %g)", a, a);
        break;
    case RH_DECAY_LOGISTIC:
        snprintf(text, size, "(1 + exp(-%g k)) / (1 + exp((c - %g) k)), k = pi / (%g sqrt 3)",
                 a, a, d->b);
        break;
    case RH_DECAY_STEP:
    case RH_DECAY_STEPPED:
        steps_formula(d, text, size);
        break;
    }
}
