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

enum { RH_PROCESS_MAX = 12 };

/* One class and age: 44 bytes. */
typedef struct rh_slot {
    float sum;                       /* total bound, events a person and year */
    float inverse;                   /* 1 / sum (0 when sum is 0) */
    float hit;                       /* 1 - exp(-sum): chance of a candidate in a full year */
    uint16_t pick[RH_PROCESS_MAX];   /* process p is picked for 16-bit draws in [pick[p-1], pick[p]); 65535 closes */
    uint32_t single;                 /* chance, in 2^-24, that a year with a candidate has just one */
    uint32_t fixed;                  /* 1: a certain candidate falls in this age */
} rh_slot;

typedef struct rh_calendar {
    unsigned n_processes;
    rh_slot slot[RH_CLASSES][RH_CLASS_AGES];
    float before[RH_CLASSES][RH_CLASS_AGES + 1];   /* cumulative bound up to the start of an age */
    uint8_t next_fixed[RH_CLASSES][RH_CLASS_AGES]; /* first fixed age after this one (RH_AGE_LAST if none) */
    unsigned char class_of[512];            /* rh_class_bits → class */
} rh_calendar;

/* Build from bound[p][class][age] (events a year, finite, ≥ 0) and fixed[class][age]. */
RH_MUST_CHECK rh_status rh_calendar_build(rh_calendar *calendar, unsigned n_processes,
                                          const float *bound, const unsigned char *fixed, rh_err *err);

/* Bound of process p as the pick table has it (K1). */
static inline float
rh_slot_bound(const rh_slot *s, unsigned p)
{
    unsigned low = p == 0 ? 0 : s->pick[p - 1];
    return s->sum * ((float)(s->pick[p] - low) * (1.0f / 65535));
}

/* Process picked by a draw in [0, 65535). */
static inline unsigned
rh_slot_pick(const rh_slot *s, unsigned draw)
{
    unsigned p = 0;
    for (unsigned i = 0; i < RH_PROCESS_MAX; i++) {
        p += draw >= s->pick[i];
    }
    return p;
}

/* -ln(1 - u) for u = bits / 2^32, bits as an integer below 2^32: an exponential waiting time with mean 1. Relative
 * error below 2e-7; plain float operations in a fixed order, so the same bits everywhere. */
static inline float
rh_exponential(uint32_t bits)
{
    /* 1 - u in (0, 1]: (2^32 - bits) / 2^32 */
    double x = 4294967296.0 - (double)bits;
    uint64_t u;
    memcpy(&u, &x, sizeof u);
    int e = (int)(u >> 52) - 1023 - 32;
    u = (u & 0x000fffffffffffffULL) | 0x3ff0000000000000ULL;
    double m;
    memcpy(&m, &u, sizeof m); /* 1 ≤ m < 2 */
    if (m > 1.4142135623730951) {
        m *= 0.5;
        e++;
    }
    double s = (m - 1) / (m + 1), z = s * s; /* ln m = 2 atanh(s), |s| < 0.1716 */
    double ln = 2 * s * (1 + z * (1.0 / 3 + z * (1.0 / 5 + z * (1.0 / 7 + z * (1.0 / 9)))));
    return (float)-(ln + e * 0.69314718055994531);
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
    while (a < stop && before[a + 1] <= target) {
        a++;
    }
    return a;
}

#endif
