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
#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { RH_PROCESS_MAX = 16, RH_BEFORE = RH_CLASS_AGES + 16 };

/* One class and age: 52 bytes. */
typedef struct rh_slot {
    uint16_t pick
        [RH_PROCESS_MAX]; /* process p is picked for draws in [pick[p-1], pick[p]); 65535 closes */
    float sum;            /* total bound, events a person and year */
    float inverse;        /* 1 / sum (0 when sum is 0) */
    float hit;            /* 1 - exp(-sum): chance of a candidate in a full year */
    uint32_t single;      /* chance, in 2^-24, that a year with a candidate has just one */
    uint32_t fixed;       /* 1: a certain candidate falls in this age */
} rh_slot;

typedef struct rh_calendar {
    unsigned n_processes;
    rh_slot slot[RH_CLASSES][RH_CLASS_AGES];
    float before
        [RH_CLASSES]
        [RH_BEFORE]; /* cumulative bound up to the start of an age; INFINITY behind the last */
    uint8_t
        next_fixed[RH_CLASSES]
                  [RH_CLASS_AGES]; /* first fixed age after this one (RH_AGE_LAST if none) */
    unsigned char class_of[512];   /* rh_class_bits → class */
} rh_calendar;

/* Build from bound[p][class][age] (events a year, finite, ≥ 0) and fixed[class][age]. */
RH_MUST_CHECK rh_status rh_calendar_build(rh_calendar *calendar, unsigned n_processes,
                                          const float *bound, const unsigned char *fixed,
                                          rh_err *err);

/* Bound of process p as the pick table has it (K1). */
static inline float
rh_slot_bound(const rh_slot *s, unsigned p)
{
    unsigned low = p == 0 ? 0 : s->pick[p - 1];
    return s->sum * ((float)(s->pick[p] - low) * (1.0f / 65535));
}

/* Process picked by a draw in [0, 65535): the number of thresholds at or below it. */
static inline unsigned
rh_slot_pick(const rh_slot *s, unsigned draw)
{
#if defined(__SSE2__)
    const __m128i d = _mm_set1_epi16((short)draw), zero = _mm_setzero_si128();
    __m128i low = _mm_loadu_si128((const __m128i *)(const void *)s->pick);
    __m128i high = _mm_loadu_si128((const __m128i *)(const void *)(s->pick + 8));
    /* threshold - draw saturates to 0 exactly when threshold ≤ draw */
    low = _mm_cmpeq_epi16(_mm_subs_epu16(low, d), zero);
    high = _mm_cmpeq_epi16(_mm_subs_epu16(high, d), zero);
    unsigned bits = (unsigned)_mm_movemask_epi8(_mm_packs_epi16(low, high)) & 0xffff;
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

/* Age at which the next candidate falls, for somebody who is `age` years old at a moment in the year with `left` of
 * the year still to come, when no candidate is left in the rest of that year; `wait` is what remains of the
 * exponential after the rest of the year was taken off. Returns an age > `age` (K3). */
static inline int
rh_calendar_next_age(const rh_calendar *c, unsigned class_, int age, float wait)
{
    const float *before = c->before[class_];
    int stop = c->next_fixed[class_][age];
    float target = before[age + 1] + wait;
    int a = age + 1;
#if defined(__SSE2__)
    /* Eight ages a step; `before` rises and ends in INFINITY. */
    const __m128 t = _mm_set1_ps(target);
    while (a < stop) {
        unsigned low = (unsigned)_mm_movemask_ps(_mm_cmple_ps(_mm_loadu_ps(before + a + 1), t));
        unsigned high =
            (unsigned)_mm_movemask_ps(_mm_cmple_ps(_mm_loadu_ps(before + a + 5), t));
        unsigned steps = (unsigned)__builtin_ctz(~(low | high << 4));
        a += (int)steps;
        if (steps < 8) {
            break;
        }
    }
    return a < stop ? a : stop > age ? stop : age + 1;
#else
    while (a < stop && before[a + 1] <= target) {
        a++;
    }
    return a;
#endif
}

#endif
