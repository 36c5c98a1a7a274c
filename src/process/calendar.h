/* The calendar of candidate events: Lewis–Shedler thinning with bounds that depend on class and age.
 *
 * Every process declares an upper bound of its yearly rate for each class and age. The calendar draws the waiting
 * time to the next candidate of any process from the summed bounds; when it falls due one process is picked in
 * proportion to its bound and the event happens with probability rate / bound. This is exact for
 * rates that vary with place and time below their bound (Lewis & Shedler 1979, Naval Research Logistics 26:403–413).
 *
 * K1 the bound used for acceptance is exactly the one implied by the quantised pick table (≥ the declared bound).
 * K2 a fixed age (school entry) is a certain candidate: the year of a fixed age is always due and its random
 *    candidates are drawn afresh from the start of that year, which the memoryless bound allows.
 * K3 nobody waits past RH_AGE_LAST: that age is due. */
#ifndef RH_PROCESS_CALENDAR_H
#define RH_PROCESS_CALENDAR_H

#include "core/status.h"
#include "process/class.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum {
    RH_PROCESS_MAX = 14,
    RH_PROCESS_ROOM =
        16, /* floats a class and age takes in tables over processes: one cache line */
    RH_BEFORE = RH_CLASS_AGES + 32
};

/* One class and age: half a cache line. */
typedef struct rh_slot {
    uint16_t pick
        [RH_PROCESS_MAX]; /* process p is picked for draws in [pick[p-1], pick[p]); 65535 closes */
    float
        signed_sum; /* total bound, events a person and year; its sign bit: a fixed age (K2) */
} rh_slot;

/* One class: what its residents' waiting times are drawn from. */
typedef struct rh_row {
    rh_slot slot[RH_CLASS_AGES];
    float before
        [RH_BEFORE]; /* cumulative bound up to the start of an age; INFINITY behind the last */
    uint8_t
        next_fixed[RH_CLASS_AGES]; /* first fixed age after this one (RH_AGE_LAST if none) */
} rh_row;

/* Fill the row of a class from bounds: most[age][p] × limit[p] events a year, all finite and ≥ 0 (rh_bounds_check), and
 * zero from the number of processes on. fixed[age] marks the fixed ages. About 10 µs. */
void rh_row_build(rh_row *row, const float most[RH_CLASS_AGES][RH_PROCESS_ROOM],
                  const float limit[RH_PROCESS_ROOM], const unsigned char fixed[RH_CLASS_AGES]);

/* The summed bound of one age, bit for bit the one that rh_row_build makes. */
float rh_row_sum(const float most[RH_PROCESS_ROOM], const float limit[RH_PROCESS_ROOM]);

/* Total bound of a slot, and whether its age is fixed. */
static inline float
rh_slot_sum(const rh_slot *s)
{
    return fabsf(s->signed_sum);
}

static inline bool
rh_slot_fixed(const rh_slot *s)
{
    return signbit(s->signed_sum) != 0;
}

/* Chance of a candidate in a full year. */
static inline double
rh_slot_hit(const rh_slot *s)
{
    return -expm1(-(double)rh_slot_sum(s));
}

/* Chance that a year with a candidate has just one: x / (e^x - 1) for the sum x, by its series in the usual range (the error
 * is below 1e-7). */
static inline float
rh_slot_single(const rh_slot *s)
{
    float x = rh_slot_sum(s), q = x * x;
    if (x >= 1.5f) {
        return (float)((double)x / expm1((double)x));
    }
    return 1 - x * 0.5f +
           q * (1.0f / 12 -
                q * (1.0f / 720 -
                     q * (1.0f / 30240 - q * (1.0f / 1209600 - q * (1.0f / 47900160)))));
}

/* Bound of process p as the pick table has it (K1). */
static inline float
rh_slot_bound(const rh_slot *s, unsigned p)
{
    unsigned low = p == 0 ? 0 : s->pick[p - 1];
    return rh_slot_sum(s) * ((float)(s->pick[p] - low) * (1.0f / 65535));
}

/* Process picked by a draw in [0, 65535): the number of thresholds at or below it. */
static inline unsigned
rh_slot_pick(const rh_slot *s, unsigned draw)
{
#if defined(__SSE2__)
    const __m128i d = _mm_set1_epi16((short)draw), zero = _mm_setzero_si128();
    __m128i low = _mm_loadu_si128((const __m128i *)(const void *)s->pick);
    __m128i high =
        _mm_loadu_si128((const __m128i *)(const void *)(s->pick + 8)); /* and the sum */
    /* threshold - draw saturates to 0 exactly when threshold ≤ draw */
    low = _mm_cmpeq_epi16(_mm_subs_epu16(low, d), zero);
    high = _mm_cmpeq_epi16(_mm_subs_epu16(high, d), zero);
    unsigned bits = (unsigned)_mm_movemask_epi8(_mm_packs_epi16(low, high)) & 0x3fff;
    return (unsigned)__builtin_ctz(~bits); /* thresholds rise: the ones form a run */
#else
    unsigned p = 0;
    for (unsigned i = 0; i < RH_PROCESS_MAX; i++) {
        p += draw >= s->pick[i];
    }
    return p;
#endif
}

/* -ln(1 - u) for u = bits / 2^32, bits as an integer below 2^32: an exponential waiting time with mean 1. Absolute error
 * below 1e-10 before rounding to float; a table and plain double operations in a fixed order, so the same bits everywhere. */
static inline float
rh_exponential(uint32_t bits)
{
    static const double centre[256][2] = {
#include "process/logarithm.def"
    };
    double x = 4294967296.0 - (double)bits; /* (1 - u) × 2^32, from 1 to 2^32, exact */
    uint64_t b;
    memcpy(&b, &x, sizeof b);
    unsigned i = (unsigned)(b >> 44) & 255;
    int e = 1023 + 32 - (int)(b >> 52);
    b = (b & 0x000fffffffffffffULL) | 0x3ff0000000000000ULL;
    double m;
    memcpy(&m, &b, sizeof m);
    double r = m * centre[i][0] - 1; /* |r| < 2^-9 */
    double wait =
        e * 0.69314718055994531 - (centre[i][1] + (r - r * r * (0.5 - r * (1.0 / 3))));
    return wait > 0 ? (float)wait : 0;
}

/* Age at which the next candidate falls, for somebody who is `age` years old in a year in the rest of which no candidate is
 * left; `wait` is what remains of the exponential after the rest of the year was taken off. Returns an age > `age` (K3). */
static inline int
rh_row_next_age(const rh_row *row, int age, float wait)
{
    const float *before = row->before;
    int stop = row->next_fixed[age];
    float target = before[age + 1] + wait;
    int a = age + 1;
    /* Sixteen ages a step, mostly one step; `before` rises and ends in INFINITY. */
    for (;;) {
        int passed = 0;
        for (int k = 1; k <= 16; k++) {
            passed += before[a + k] <= target;
        }
        a += passed;
        if (passed < 16 || a >= stop) {
            break;
        }
    }
    a = a < stop ? a : stop;
    return a > age ? a : age + 1;
}

#endif
