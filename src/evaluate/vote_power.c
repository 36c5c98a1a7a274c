/* Power in weighted voting: see vote_power.h. */
#include "evaluate/vote_power.h"

#include "core/mem.h"

#include <math.h>
#include <stdlib.h>

typedef __uint128_t count;

enum { INDICES = 8, HALF = 1 << (RH_VOTE_LISTED_MOST / 2) };
static const double cells_most = 3e7, steps_most = 4e9; /* 480 MB; about 10 s */

/* The vote in whole numbers. */
typedef struct vote {
    uint32_t n;
    uint64_t weight[RH_VOTE_MOST], quota, total;
    double lost; /* share of losing coalitions */
} vote;

static uint64_t
divisor(uint64_t a, uint64_t b)
{
    while (b != 0) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Weights and quota as multiples of the largest unit that fits them all, found over decimals. */
static rh_status
whole_numbers(const double *weight, uint32_t n, double quota, vote *v, double *unit,
              rh_err *err)
{
    double scale = 1, sum = 0;
    if (n < 1 || n > RH_VOTE_MOST) {
        return rh_fail(err, RH_INPUT, "A vote has 1 to %d members, not %u.", RH_VOTE_MOST, n);
    }
    for (uint32_t i = 0; i < n; i++) {
        if (!(weight[i] >= 0) || isinf(weight[i])) {
            return rh_fail(err, RH_INPUT, "Weight %u is %g; it must be a number, 0 or more.",
                           i + 1, weight[i]);
        }
        sum += weight[i];
    }
    if (!(quota > 0) || quota > sum * (1 + 1e-12)) {
        return rh_fail(err, RH_INPUT,
                       "The quota %g must be above 0 and at most the sum of the weights, %g.",
                       quota, sum);
    }
    for (int decimals = 0; decimals < 9; decimals++) {
        double off = fabs(quota * scale - round(quota * scale));
        for (uint32_t i = 0; i < n; i++) {
            off = fmax(off, fabs(weight[i] * scale - round(weight[i] * scale)));
        }
        if (off <= 1e-9 * scale) {
            break;
        }
        scale *= 10;
    }
    if (sum * scale > 4e15) {
        return rh_fail(err, RH_INPUT, "Weights of %g in sum with 9 decimals cannot be counted.",
                       sum);
    }
    v->n = n;
    v->quota = (uint64_t)llround(quota * scale);
    uint64_t common = v->quota;
    for (uint32_t i = 0; i < n; i++) {
        v->weight[i] = (uint64_t)llround(weight[i] * scale);
        common = divisor(common, v->weight[i]);
    }
    v->quota /= common;
    for (uint32_t i = 0; i < n; i++) {
        v->weight[i] /= common;
        v->total += v->weight[i];
    }
    *unit = (double)common / scale;
    if (v->quota > v->total) {
        v->quota = v->total; /* above it by rounding alone */
    }
    return RH_OK;
}

/* p[s] = s!(n−s−1)!/n! */
static void
order_weights(uint32_t n, double *p)
{
    p[0] = 1.0 / n;
    for (uint32_t s = 1; s < n; s++) {
        p[s] = p[s - 1] * s / (n - s);
    }
}

/* ---- every coalition (n ≤ 24) ---- */

typedef struct tally {
    double order[RH_VOTE_LISTED_MOST]; /* p(s) */
    uint64_t swings[RH_VOTE_LISTED_MOST]
                   [RH_VOTE_LISTED_MOST]; /* by member and size without it */
    uint64_t minimal[RH_VOTE_LISTED_MOST][RH_VOTE_LISTED_MOST + 1]; /* by member and size */
    uint64_t shared[RH_VOTE_LISTED_MOST]
                   [RH_VOTE_LISTED_MOST + 1]; /* by member and number who swing */
    uint64_t low[HALF], high[HALF], losing;
} tally;

static void
list_coalitions(const vote *v, tally *t)
{
    const unsigned bits = v->n / 2;
    const uint32_t low_mask = (1U << bits) - 1;
    for (unsigned i = 0; i < v->n; i++) {
        uint64_t *table = i < bits ? t->low : t->high;
        unsigned k = i < bits ? i : i - bits;
        for (uint32_t s = 0; s < 1U << k; s++) {
            table[s | 1U << k] = table[s] + v->weight[i];
        }
    }
    for (uint32_t s = 0; s < 1U << v->n; s++) {
        uint64_t weight = t->high[s >> bits] + t->low[s & low_mask];
        if (weight < v->quota) {
            t->losing++;
            continue;
        }
        uint32_t critical = 0;
        for (uint32_t rest = s; rest != 0; rest &= rest - 1) {
            unsigned i = (unsigned)__builtin_ctz(rest);
            critical |= weight - v->weight[i] < v->quota ? 1U << i : 0;
        }
        unsigned size = (unsigned)__builtin_popcount(s),
                 deciding = (unsigned)__builtin_popcount(critical);
        for (uint32_t rest = critical; rest != 0; rest &= rest - 1) {
            unsigned i = (unsigned)__builtin_ctz(rest);
            t->swings[i][size - 1]++;
            t->shared[i][deciding]++;
            t->minimal[i][size] += critical == s;
        }
    }
}

static rh_status
by_listing(vote *v, rh_vote_power *out, rh_err *err)
{
    const uint32_t n = v->n;
    tally *t;
    RH_NEW(t, 1, err);
    order_weights(n, t->order);
    list_coalitions(v, t);
    double n_minimal = 0, n_shared = 0, memberships = 0;
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t s = 1; s <= n; s++) {
            out->shapley[i] += t->order[s - 1] * (double)t->swings[i][s - 1];
            out->banzhaf[i] += (double)t->swings[i][s - 1];
            out->deegan_packel[i] += (double)t->minimal[i][s] / s;
            out->public_good[i] += (double)t->minimal[i][s];
            out->johnston[i] += (double)t->shared[i][s] / s;
        }
        out->banzhaf[i] = ldexp(out->banzhaf[i], 1 - (int)n);
        n_minimal += out->deegan_packel[i];
        memberships += out->public_good[i];
        n_shared += out->johnston[i];
    }
    for (uint32_t i = 0; i < n; i++) {
        out->deegan_packel[i] /= n_minimal;
        out->public_good[i] /= memberships;
        out->johnston[i] /= n_shared;
    }
    v->lost = ldexp((double)t->losing, -(int)n);
    rh_free(t);
    return RH_OK;
}

/* ---- counting by size and weight (n > 24) ---- */

/* c[k·q + w]: coalitions of k members with weight w < q. */
static void
add_member(count *c, uint32_t most, uint64_t q, uint64_t weight)
{
    for (uint32_t k = most; k-- > 0;) {
        for (uint64_t w = q; w-- > weight;) {
            c[(k + 1) * q + w] += c[k * q + w - weight];
        }
    }
}

/* Swings of a member of this weight: take it out of the counts again, d[k][w] = c[k][w] − d[k−1][w−weight] (exact: the
 * differences are counts), and sum those that it would turn. `row` holds two rows of q. */
static void
swings_of(const count *c, const vote *v, uint64_t weight, count *row, const double *order,
          double *shapley, double *banzhaf)
{
    const uint64_t q = v->quota;
    const uint64_t from = weight >= q ? 0 : q - weight;
    for (uint32_t k = 0; k < v->n; k++) {
        count *d = row + (k & 1) * q, *before = row + (~k & 1) * q, turned = 0;
        for (uint64_t w = 0; w < q; w++) {
            d[w] = c[k * q + w] - (k > 0 && w >= weight ? before[w - weight] : 0);
        }
        for (uint64_t w = from; w < q; w++) {
            turned += d[w];
        }
        *shapley += order[k] * (double)turned;
        *banzhaf += ldexp((double)turned, 1 - (int)v->n);
    }
}

static int
falling(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x < y) - (x > y);
}

/* Minimal winning coalitions with member `me` of `sorted` (falling): in falling order the last member decides, so what it joins must lose
 * and reach quota − its weight. t[k·q + w]: scratch. *shared: Σ 1/size. */
static void
minimal_with(const uint64_t *sorted, uint32_t n, uint64_t q, uint32_t me, count *t,
             double *members, double *shared)
{
    for (size_t i = 0; i < (n + 1) * q; i++) {
        t[i] = 0;
    }
    t[0] = 1;
    *members = *shared = 0;
    for (uint32_t j = 0; j < n; j++) {
        uint64_t weight = sorted[j], from = weight >= q ? 0 : q - weight;
        for (uint32_t k = 0; k <= j && j >= me && weight > 0; k++) {
            count ending = 0;
            for (uint64_t w = from; w < q; w++) {
                ending += t[k * q + w];
            }
            *members += (double)ending;
            *shared += (double)ending / (k + 1);
        }
        if (j == me) { /* from here on only coalitions with me */
            for (uint32_t k = j + 1; k-- > 0;) {
                for (uint64_t w = q; w-- > 0;) {
                    t[(k + 1) * q + w] = w >= weight ? t[k * q + w - weight] : 0;
                }
            }
            for (uint64_t w = 0; w < q; w++) {
                t[w] = 0;
            }
        } else {
            add_member(t, j + 1, q, weight);
        }
    }
}

static void
minimal_indices(const vote *v, count *t, rh_vote_power *out)
{
    uint64_t sorted[RH_VOTE_MOST];
    double sum = 0, members_sum = 0;
    for (uint32_t i = 0; i < v->n; i++) {
        sorted[i] = v->weight[i];
    }
    qsort(sorted, v->n, sizeof *sorted, falling);
    for (uint32_t j = 0; j < v->n; j++) {
        double members, shared;
        if (j > 0 && sorted[j] == sorted[j - 1]) {
            continue; /* equal weights have equal power */
        }
        minimal_with(sorted, v->n, v->quota, j, t, &members, &shared);
        for (uint32_t i = 0; i < v->n; i++) {
            if (v->weight[i] == sorted[j]) {
                out->public_good[i] = members;
                out->deegan_packel[i] = shared;
                members_sum += members;
                sum += shared;
            }
        }
    }
    for (uint32_t i = 0; i < v->n; i++) {
        out->public_good[i] /= members_sum;
        out->deegan_packel[i] /= sum;
    }
}

static rh_status
by_counting(vote *v, rh_vote_power *out, rh_err *err)
{
    const uint32_t n = v->n;
    const uint64_t q = v->quota;
    const double cells = (n + 1.0) * (double)q;
    double order[RH_VOTE_MOST], losing = 0;
    count *c;
    if (cells > cells_most || cells * n > steps_most) {
        return rh_fail(err, RH_INPUT,
                       "A quota of %.0f units for %u members is too fine to be counted; give "
                       "the weights in coarser units.",
                       (double)q, n);
    }
    RH_NEW(c, (size_t)(n + 3) * q, err);
    count *row = c + (size_t)(n + 1) * q;
    c[0] = 1;
    for (uint32_t i = 0; i < n; i++) {
        add_member(c, i + 1, q, v->weight[i]);
    }
    for (size_t i = 0; i < (n + 1) * q; i++) {
        losing += (double)c[i];
    }
    v->lost = ldexp(losing, -(int)n);
    order_weights(n, order);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t same = 0;
        while (v->weight[same] != v->weight[i]) {
            same++;
        }
        if (same < i) {
            out->shapley[i] = out->shapley[same];
            out->banzhaf[i] = out->banzhaf[same];
        } else {
            swings_of(c, v, v->weight[i], row, order, &out->shapley[i], &out->banzhaf[i]);
        }
        out->johnston[i] = (double)NAN;
        out->public_good[i] = out->deegan_packel[i] = (double)NAN;
    }
    if (cells * n * n <= steps_most) {
        minimal_indices(v, c, out);
    }
    rh_free(c);
    return RH_OK;
}

rh_status
rh_vote_power_find(const double *weight, uint32_t n, double quota, rh_vote_power *out,
                   rh_err *err)
{
    vote v = {0};
    *out = (rh_vote_power){.n = n};
    RH_TRY(whole_numbers(weight, n, quota, &v, &out->unit, err));
    RH_NEW(out->shapley, (size_t)INDICES * n, err);
    double **index[INDICES] = {&out->shapley,     &out->banzhaf,  &out->banzhaf_share,
                               &out->prevent,     &out->initiate, &out->deegan_packel,
                               &out->public_good, &out->johnston};
    for (unsigned k = 1; k < INDICES; k++) {
        *index[k] = out->shapley + (size_t)k * n;
    }
    rh_status status =
        n <= RH_VOTE_LISTED_MOST ? by_listing(&v, out, err) : by_counting(&v, out, err);
    if (status != RH_OK) {
        rh_vote_power_release(out);
        return status;
    }
    double swings = 0;
    for (uint32_t i = 0; i < n; i++) {
        swings += out->banzhaf[i];
    }
    out->act = 1 - v.lost;
    for (uint32_t i = 0; i < n; i++) {
        out->banzhaf_share[i] = out->banzhaf[i] / swings;
        out->prevent[i] = out->banzhaf[i] / (2 * out->act);
        out->initiate[i] = out->banzhaf[i] / (2 * v.lost);
    }
    return RH_OK;
}

void
rh_vote_power_release(rh_vote_power *power)
{
    rh_free(power->shapley);
    *power = (rh_vote_power){0};
}
