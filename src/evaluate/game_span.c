/* Spans of coalitions: see game_span.h. */
#include "evaluate/game_span.h"

#include "core/random.h"

static const uint64_t prime = (UINT64_C(1) << 61) - 1;

static uint64_t
times(uint64_t a, uint64_t b)
{
    return (uint64_t)((__uint128_t)a * b % prime);
}

static uint64_t
minus(uint64_t a, uint64_t b)
{
    return a >= b ? a - b : a + prime - b;
}

/* 1/a = a^(prime−2) (Fermat). */
static uint64_t
inverse(uint64_t a)
{
    uint64_t result = 1;
    for (uint64_t e = prime - 2; e != 0; e >>= 1) {
        result = e & 1 ? times(result, a) : result;
        a = times(a, a);
    }
    return result;
}

static void
half_sums(const uint64_t *z, unsigned n, uint64_t *table)
{
    table[0] = 0;
    for (unsigned i = 0; i < n; i++) {
        for (uint32_t s = 0; s < 1U << i; s++) {
            table[s | 1U << i] = (table[s] + z[i]) % prime;
        }
    }
}

/* A random vector orthogonal to all rows: free in the columns without a pivot, the others follow. */
static void
make_probe(rh_game_span *t)
{
    const rh_key key = 0x6e75636c656f6c75; /* any: the span must not depend on it */
    uint64_t z[RH_SUMS_PLAYERS];
    for (unsigned i = 0; i < t->n; i++) {
        z[i] = rh_draw(key, i) % prime;
    }
    for (unsigned r = 0; r < t->rank; r++) {
        z[t->pivot[r]] = 0;
    }
    for (unsigned r = 0; r < t->rank; r++) {
        uint64_t sum = 0;
        for (unsigned i = 0; i < t->n; i++) {
            if (i != t->pivot[r]) { /* other pivots' columns are 0 in this row */
                sum = (sum + times(t->row[r][i], z[i])) % prime;
            }
        }
        z[t->pivot[r]] = minus(0, sum);
    }
    t->bits = t->n / 2;
    half_sums(z, t->bits, t->low);
    half_sums(z + t->bits, t->n - t->bits, t->high);
}

void
rh_game_span_init(rh_game_span *t, unsigned n)
{
    t->n = n;
    t->rank = 0;
    make_probe(t);
}

/* to −= factor · from */
static void
take_off(uint64_t *to, const uint64_t *from, uint64_t factor, unsigned n)
{
    for (unsigned i = 0; i < n && factor != 0; i++) {
        to[i] = minus(to[i], times(factor, from[i]));
    }
}

bool
rh_game_span_add(rh_game_span *t, uint32_t coalition)
{
    uint64_t x[RH_SUMS_PLAYERS];
    unsigned pivot = 0;
    for (unsigned i = 0; i < t->n; i++) {
        x[i] = coalition >> i & 1;
    }
    for (unsigned r = 0; r < t->rank; r++) {
        take_off(x, t->row[r], x[t->pivot[r]], t->n);
    }
    while (pivot < t->n && x[pivot] == 0) {
        pivot++;
    }
    if (pivot == t->n) {
        return false;
    }
    uint64_t scale = inverse(x[pivot]);
    for (unsigned i = 0; i < t->n; i++) {
        t->row[t->rank][i] = times(x[i], scale);
    }
    for (unsigned r = 0; r < t->rank; r++) {
        take_off(t->row[r], t->row[t->rank], t->row[r][pivot], t->n);
    }
    t->pivot[t->rank++] = pivot;
    make_probe(t);
    return true;
}
