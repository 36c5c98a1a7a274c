/* Permutation inference: see spatial_permute.h. */
#include "evaluate/spatial_permute.h"

#include "core/mem.h"
#include "core/threads.h"
#include "evaluate/sorting.h"

#include <math.h>
#include <string.h>

enum {
    FEW_NEIGHBOURS = 24, /* up to so many are drawn by rejection, more by a partial shuffle */
    UNITS_A_JOB = 32,
};

/* Uniform indices below `bound` from the numbered draws of a key, two from each (Lemire 2019, exact). */
typedef struct dealer {
    rh_key key;
    uint64_t next, bits;
    uint32_t bound, reject_below;
    bool half;
} dealer;

static inline dealer
dealer_of(rh_key key, uint32_t bound)
{
    return (dealer){.key = key, .bound = bound, .reject_below = -bound % bound};
}

static inline uint32_t
deal(dealer *d)
{
    for (;;) {
        d->bits = d->half ? d->bits >> 32 : rh_draw(d->key, d->next++);
        d->half = !d->half;
        uint64_t product = (uint64_t)(uint32_t)d->bits * d->bound;
        if ((uint32_t)product >= d->reject_below) {
            return (uint32_t)(product >> 32);
        }
    }
}

static void
count(rh_simulated *s, double value, double observed, double tolerance)
{
    s->high += value >= observed - tolerance;
    s->low += value <= observed + tolerance;
}

/* ---- global ---- */

void
rh_linked_product(const void *context, const double *const *column, double *value)
{
    const rh_linked *l = context;
    value[0] = l->factor * rh_weights_cross(l->weights, column[0], column[0]);
}

typedef struct global_work {
    const rh_permutations *how;
    uint32_t n;
    const double *const *column;
    unsigned n_columns, n_dealt, n_values;
    rh_permuted *statistic;
    const void *context;
    double *value;   /* n_values for each permutation */
    double *scratch; /* dealt columns of each worker */
    uint32_t *order; /* n for each worker */
} global_work;

static rh_status
permute_once(void *context, unsigned job, unsigned worker, rh_err *err)
{
    (void)err;
    const global_work *g = context;
    uint32_t n = g->n, *order = g->order + (size_t)worker * n;
    rh_order_draw(rh_key_with(g->how->key, job), n, order);
    const double *dealt[RH_PERMUTED_COLUMNS];
    for (unsigned c = 0; c < g->n_columns; c++) {
        double *to = g->scratch + ((size_t)worker * g->n_dealt + c) * n;
        dealt[c] = c < g->n_dealt ? to : g->column[c];
        for (uint32_t i = 0; c < g->n_dealt && i < n; i++) {
            to[i] = g->column[c][order[i]];
        }
    }
    g->statistic(g->context, dealt, g->value + (size_t)job * g->n_values);
    return RH_OK;
}

static void
summarise(const global_work *g, const double *observed, rh_simulated *out)
{
    uint32_t permutations = g->how->n;
    for (unsigned v = 0; v < g->n_values; v++) {
        rh_simulated s = {.n = permutations};
        double sum = 0, squares = 0, most = fabs(observed[v]);
        for (uint32_t r = 0; r < permutations; r++) {
            double x = g->value[(size_t)r * g->n_values + v];
            sum += x;
            most = fmax(most, fabs(x));
        }
        s.mean = permutations > 0 ? sum / permutations : (double)NAN;
        for (uint32_t r = 0; r < permutations; r++) {
            double x = g->value[(size_t)r * g->n_values + v];
            squares += (x - s.mean) * (x - s.mean);
            count(&s, x, observed[v], 1e-12 * most);
        }
        s.variance = permutations > 0 ? squares / permutations : (double)NAN;
        out[v] = s;
    }
}

rh_status
rh_permute(const rh_permutations *how, uint32_t n, const double *const *column,
           unsigned n_columns, unsigned n_dealt, rh_permuted *statistic, const void *context,
           unsigned n_values, const double *observed, rh_simulated *out, rh_err *err)
{
    if (how == NULL) {
        return RH_OK;
    }
    global_work g = {.how = how,
                     .n = n,
                     .column = column,
                     .n_columns = n_columns,
                     .n_dealt = n_dealt,
                     .n_values = n_values,
                     .statistic = statistic,
                     .context = context};
    size_t values = (size_t)how->n * n_values, dealt = (size_t)how->threads * n_dealt * n;
    g.value = rh_alloc(values > 0 ? values : 1, sizeof *g.value);
    g.scratch = rh_alloc(dealt > 0 ? dealt : 1, sizeof *g.scratch);
    g.order = rh_alloc((size_t)how->threads * n + 1, sizeof *g.order);
    rh_status status = RH_OK;
    if (g.value == NULL || g.scratch == NULL || g.order == NULL) {
        status = rh_fail(err, RH_MEMORY, "Not enough memory for %u permutations of %u units.",
                         how->n, n);
    }
    if (status == RH_OK && how->n > 0) {
        status = rh_threads_run(how->threads, how->n, NULL, permute_once, &g, err);
    }
    if (status == RH_OK) {
        summarise(&g, observed, out);
    }
    rh_free(g.value);
    rh_free(g.scratch);
    rh_free(g.order);
    return status;
}

/* ---- conditional ---- */

/* Statistic of unit i when its neighbours, in row order, are the k units idx. */
static inline double
local_value(const rh_local_rule *rule, uint32_t i, const double *restrict w,
            const uint32_t *restrict idx, uint32_t k)
{
    double sum = 0, other = 0;
    switch (rule->kind) {
    case RH_LOCAL_LAG: {
        const double *restrict v = rule->column[0];
        for (uint32_t j = 0; j < k; j++) {
            sum += w[j] * v[idx[j]];
        }
        return rule->scale[i] * sum + (rule->shift != NULL ? rule->shift[i] : 0);
    }
    case RH_LOCAL_PRODUCT:
        for (uint32_t j = 0; j < k; j++) {
            sum += w[j] * rule->column[0][idx[j]];
            other += w[j] * rule->column[1][idx[j]];
        }
        return rule->scale[i] * sum * other;
    default:
        for (unsigned c = 0; c < rule->n_columns; c++) {
            const double *restrict v = rule->column[c];
            for (uint32_t j = 0; j < k; j++) {
                double apart = v[idx[j]] - v[i];
                sum += w[j] * apart * apart;
            }
        }
        return sum / rule->n_columns;
    }
}

void
rh_local_values(const rh_weights *w, const rh_local_rule *rule, double *value)
{
    for (uint32_t i = 0; i < w->n; i++) {
        uint32_t at = w->start[i];
        value[i] = local_value(rule, i, w->w + at, w->to + at, w->start[i + 1] - at);
    }
}

/* k different units but i: few by drawing again what was drawn, i.e. the k-subsets in all orders are equally likely. */
static inline void
draw_few(dealer *d, uint32_t i, uint32_t k, uint32_t *restrict idx)
{
    for (uint32_t j = 0; j < k; j++) {
        uint32_t u, same;
        do {
            u = deal(d);
            u += u >= i;
            same = 0;
            for (uint32_t e = 0; e < j; e++) {
                same |= idx[e] == u;
            }
        } while (same);
        idx[j] = u;
    }
}

/* Many: the first k steps of a shuffle of `deck` (0 … n-2), which is put back afterwards. */
static void
draw_many(rh_key key, uint64_t *next, uint32_t i, uint32_t others, uint32_t k, uint32_t *deck,
          uint32_t *swapped, uint32_t *idx)
{
    for (uint32_t j = 0; j < k; j++) {
        uint32_t with = j + (uint32_t)rh_below(rh_draw(key, (*next)++), others - j);
        uint32_t card = deck[with];
        deck[with] = deck[j];
        deck[j] = card;
        swapped[j] = with;
        idx[j] = card + (card >= i);
    }
    for (uint32_t j = k; j-- > 0;) {
        uint32_t card = deck[swapped[j]];
        deck[swapped[j]] = deck[j];
        deck[j] = card;
    }
}

typedef struct local_work {
    const rh_permutations *how;
    const rh_weights *weights;
    const rh_local_rule *rule;
    const double *observed;
    rh_simulated *out;
    double scale[RH_PERMUTED_COLUMNS]; /* largest size of a value of the first columns */
    uint32_t most;                     /* neighbours of a unit */
    uint32_t *deck; /* of each worker: n cards, then `most` indices and `most` swaps */
} local_work;

/* Sums of deviations from the observed value, which stands near: no digits are lost. */
static inline void
tally(rh_simulated *s, double value, double observed, double tolerance)
{
    double apart = value - observed;
    s->mean += apart;
    s->variance += apart * apart;
    s->high += apart >= -tolerance;
    s->low += apart <= tolerance;
}

/* Below this two statistics of unit i are equal but for rounding (P2). */
static double
tolerance_of(const local_work *g, uint32_t i)
{
    double sum = rh_weights_row(g->weights, i, false).sum, size = g->scale[0];
    switch (g->rule->kind) {
    case RH_LOCAL_LAG:
        return 1e-12 * fabs(g->rule->scale[i]) * sum * size;
    case RH_LOCAL_PRODUCT:
        return 1e-12 * fabs(g->rule->scale[i]) * sum * size * sum * g->scale[1];
    default:
        return 1e-12 * sum * size * size;
    }
}

static void
permute_unit(const local_work *g, uint32_t i, uint32_t *deck)
{
    const rh_weights *weights = g->weights;
    uint32_t n = weights->n, at = weights->start[i], k = weights->start[i + 1] - at;
    uint32_t *idx = deck + n, *swapped = idx + g->most;
    const double *w = weights->w + at;
    double observed = g->observed[i], tolerance = tolerance_of(g, i);
    rh_simulated s = {.n = g->how->n};
    rh_key key = rh_key_with(g->how->key, i);
    if (k == 0 || n < 3) {
        g->out[i] = (rh_simulated){.mean = (double)NAN, .variance = (double)NAN};
        return;
    }
    if (k <= FEW_NEIGHBOURS && 2 * k < n) {
        uint32_t few[FEW_NEIGHBOURS];
        dealer d = dealer_of(key, n - 1);
        for (uint32_t r = 0; r < s.n; r++) {
            draw_few(&d, i, k, few);
            tally(&s, local_value(g->rule, i, w, few, k), observed, tolerance);
        }
    } else {
        uint64_t next = 0;
        for (uint32_t r = 0; r < s.n; r++) {
            draw_many(key, &next, i, n - 1, k, deck, swapped, idx);
            tally(&s, local_value(g->rule, i, w, idx, k), observed, tolerance);
        }
    }
    double apart = s.mean / s.n;
    s.variance = fmax(0, s.variance / s.n - apart * apart);
    s.mean = observed + apart;
    g->out[i] = s;
}

static rh_status
permute_units(void *context, unsigned job, unsigned worker, rh_err *err)
{
    (void)err;
    const local_work *g = context;
    uint32_t n = g->weights->n, first = job * UNITS_A_JOB;
    uint32_t *deck = g->deck + (size_t)worker * (n + 2 * (size_t)g->most);
    for (uint32_t i = first; i < n && i < first + UNITS_A_JOB; i++) {
        permute_unit(g, i, deck);
    }
    return RH_OK;
}

rh_status
rh_permute_local(const rh_permutations *how, const rh_weights *weights,
                 const rh_local_rule *rule, const double *observed, rh_simulated *out,
                 rh_err *err)
{
    if (how == NULL) {
        return RH_OK;
    }
    uint32_t n = weights->n;
    local_work g = {
        .how = how, .weights = weights, .rule = rule, .observed = observed, .out = out};
    for (uint32_t i = 0; i < n; i++) {
        uint32_t k = weights->start[i + 1] - weights->start[i];
        g.most = k > g.most ? k : g.most;
        out[i] = (rh_simulated){.mean = (double)NAN, .variance = (double)NAN};
    }
    if (how->n == 0 || n == 0) {
        return RH_OK;
    }
    for (unsigned c = 0; c < rule->n_columns; c++) {
        double *size = &g.scale[rule->kind == RH_LOCAL_PRODUCT ? c : 0];
        for (uint32_t i = 0; i < n; i++) {
            *size = fmax(*size, fabs(rule->column[c][i]));
        }
    }
    size_t each = n + 2 * (size_t)g.most;
    RH_NEW(g.deck, how->threads * each, err);
    for (unsigned worker = 0; worker < how->threads; worker++) {
        for (uint32_t card = 0; card < n; card++) {
            g.deck[worker * each + card] = card;
        }
    }
    rh_status status = rh_threads_run(how->threads, (n + UNITS_A_JOB - 1) / UNITS_A_JOB, NULL,
                                      permute_units, &g, err);
    rh_free(g.deck);
    return status;
}
