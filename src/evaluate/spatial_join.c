/* Join counts: see spatial_join.h. */
#include "evaluate/spatial_join.h"

#include "core/mem.h"
#include "evaluate/spatial_moran.h"

#include <math.h>

typedef struct join_work {
    const rh_weights *weights;
    unsigned k;
} join_work;

/* Where the count of classes a ≥ b stands (see rh_joins). */
static unsigned
slot_of(unsigned a, unsigned b, unsigned k)
{
    return a == b ? a : k + a * (a - 1) / 2 + b;
}

static void
joins_of(const void *context, const double *const *column, double *value)
{
    const join_work *j = context;
    const rh_weights *w = j->weights;
    unsigned k = j->k, last = k * (k + 1) / 2;
    double table[RH_JOIN_CLASSES][RH_JOIN_CLASSES] = {{0}};
    for (uint32_t i = 0; i < w->n; i++) {
        unsigned here = (unsigned)column[0][i];
        for (uint32_t e = w->start[i]; e < w->start[i + 1]; e++) {
            table[here][(unsigned)column[0][w->to[e]]] += w->w[e] / 2;
        }
    }
    value[last] = 0;
    for (unsigned a = 0; a < k; a++) {
        value[a] = table[a][a];
        for (unsigned b = 0; b < a; b++) {
            value[slot_of(a, b, k)] = table[a][b] + table[b][a];
            value[last] += table[a][b] + table[b][a];
        }
    }
}

/* q_ij = 1 where the pair counts: in class a n_a (n_a − 1) ordered pairs, between two classes 2 n_a n_b. */
static rh_cross_sums
same_sums(double count)
{
    return (rh_cross_sums){count * (count - 1), 2 * count * (count - 1),
                           4 * count * (count - 1) * (count - 1)};
}

static rh_cross_sums
unlike_sums(double a, double b)
{
    return (rh_cross_sums){2 * a * b, 4 * a * b, 4 * (a * b * b + b * a * a)};
}

static rh_cross_sums
all_unlike_sums(const double *count, unsigned k, double n)
{
    rh_cross_sums q = {0};
    for (unsigned a = 0; a < k; a++) {
        double others = n - count[a];
        q.t0 += count[a] * others;
        q.t2 += 4 * count[a] * others * others;
    }
    q.t1 = 2 * q.t0;
    return q;
}

static rh_null
join_null(uint32_t n, const rh_weight_sums *w, const rh_cross_sums *q, double joins)
{
    double mean, variance;
    rh_cross_moments(n, w, q, &mean, &variance);
    return rh_null_of(joins, mean / 2, variance / 4); /* a join is counted from both its ends */
}

/* Pearson's χ² of the table {ww, wb; bw, bb} of joins, each cell moved by ½ (or its whole distance) to its expectation. */
static void
chi_square(const rh_join *white, const rh_join *black, const rh_join *unlike, rh_joins *out)
{
    double cell[2][2] = {{white->joins, unlike->joins / 2}, {unlike->joins / 2, black->joins}};
    double all = white->joins + black->joins + unlike->joins;
    for (int r = 0; r < 2; r++) {
        for (int c = 0; c < 2; c++) {
            double expected = (cell[r][0] + cell[r][1]) * (cell[0][c] + cell[1][c]) / all;
            double apart = fmax(0, fabs(cell[r][c] - expected) - 0.5);
            out->chi_square += apart * apart / expected;
        }
    }
    out->p_chi_square = erfc(sqrt(out->chi_square / 2)); /* one degree of freedom */
}

static rh_status
join_count(const rh_weights *w, const double *column, const double *count, unsigned k,
           const rh_permutations *how, rh_joins *out, rh_err *err)
{
    rh_weight_sums sums;
    double value[RH_PERMUTED_VALUES];
    rh_simulated dealt[RH_PERMUTED_VALUES] = {0};
    join_work work = {w, k};
    RH_TRY(rh_weights_sums(w, &sums, err));
    joins_of(&work, &column, value);
    out->n = k * (k + 1) / 2 + 1;
    RH_TRY(rh_permute(how, w->n, &column, 1, 1, joins_of, &work, out->n, value, dealt, err));
    for (unsigned a = 0; a <= k; a++) {
        for (unsigned b = 0; b <= a && (a < k || b == 0); b++) {
            unsigned slot = a == k ? out->n - 1 : slot_of(a, b, k);
            rh_cross_sums q = a == k   ? all_unlike_sums(count, k, w->n)
                              : a == b ? same_sums(count[a])
                                       : unlike_sums(count[a], count[b]);
            out->count[slot] = (rh_join){.a = a,
                                         .b = a == k ? k : b,
                                         .joins = value[slot],
                                         .random = join_null(w->n, &sums, &q, value[slot]),
                                         .dealt = dealt[slot]};
        }
    }
    out->p_chi_square = out->chi_square = k == 2 ? 0 : (double)NAN;
    if (k == 2) {
        chi_square(&out->count[0], &out->count[1], &out->count[2], out);
    }
    return RH_OK;
}

rh_status
rh_join_count(const rh_weights *w, const uint32_t *class, unsigned k,
              const rh_permutations *how, rh_joins *out, rh_err *err)
{
    double *column, count[RH_JOIN_CLASSES] = {0};
    *out = (rh_joins){0};
    RH_TRY(rh_spatial_check(w, err));
    if (k < 2 || k > RH_JOIN_CLASSES) {
        return rh_fail(err, RH_RANGE, "Join counts need 2 to %d classes, not %u.",
                       RH_JOIN_CLASSES, k);
    }
    RH_NEW(column, w->n, err);
    for (uint32_t i = 0; i < w->n; i++) {
        column[i] = class[i];
        count[class[i]]++;
    }
    rh_status status = join_count(w, column, count, k, how, out, err);
    rh_free(column);
    return status;
}

rh_status
rh_join_local(const rh_weights *w, const uint32_t *is, const rh_permutations *how,
              double *value, rh_simulated *out, rh_err *err)
{
    double *x;
    RH_TRY(rh_spatial_check(w, err));
    RH_NEW(x, w->n, err);
    for (uint32_t i = 0; i < w->n; i++) {
        x[i] = is[i] != 0;
        out[i] = (rh_simulated){0};
    }
    rh_local_rule rule = {
        .kind = RH_LOCAL_LAG, .n_columns = 1, .column = (const double *const[]){x}, .scale = x};
    rh_local_values(w, &rule, value);
    rh_status status = rh_permute_local(how, w, &rule, value, out, err);
    for (uint32_t i = 0; i < w->n; i++) {
        out[i].n =
            is[i] != 0 ? out[i].n : 0; /* without the property there is nothing to test */
    }
    rh_free(x);
    return status;
}
