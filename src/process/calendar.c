/* Building the calendar's rows: see calendar.h. */
#include "process/calendar.h"

/* Shares are counted in 65535ths and rounded up, which takes at most one more for each process; the sum grows with them, so that
 * no implied bound is below the declared one (K1). The last factor covers the rounding of floats. */
static const float PARTS = 65535 - RH_PROCESS_ROOM,
                   GROWTH = 65535.0f / (65535 - RH_PROCESS_ROOM) * (1 + 2e-6f);

/* bound[p] = most[p] × limit[p]; their sum, in an order that four lanes at once can keep. */
static inline float
bounds_of(const float most[RH_PROCESS_ROOM], const float limit[RH_PROCESS_ROOM],
          float bound[RH_PROCESS_ROOM])
{
    float lane[4];
    for (unsigned p = 0; p < RH_PROCESS_ROOM; p++) {
        bound[p] = most[p] * limit[p];
    }
    for (unsigned i = 0; i < 4; i++) {
        lane[i] = (bound[i] + bound[i + 4]) + (bound[i + 8] + bound[i + 12]);
    }
    return (lane[0] + lane[1]) + (lane[2] + lane[3]);
}

float
rh_row_sum(const float most[RH_PROCESS_ROOM], const float limit[RH_PROCESS_ROOM])
{
    float bound[RH_PROCESS_ROOM];
    return bounds_of(most, limit, bound) * GROWTH;
}

static inline void
build_slot(rh_slot *s, const float most[RH_PROCESS_ROOM], const float limit[RH_PROCESS_ROOM],
           bool fixed)
{
    float bound[RH_PROCESS_ROOM], sum = bounds_of(most, limit, bound),
                                  parts = sum > 0 ? PARTS / sum : 0;
    int share[RH_PROCESS_ROOM], at[RH_PROCESS_MAX], total = 0;
    for (unsigned p = 0; p < RH_PROCESS_ROOM; p++) {
        share[p] = (int)(bound[p] * parts) + (bound[p] > 0);
    }
    for (unsigned p = 0; p < RH_PROCESS_MAX; p++) {
        total += share[p];
        at[p] = total;
    }
    for (unsigned p = 0; p < RH_PROCESS_MAX; p++) {
        s->pick[p] = (uint16_t)(at[p] == total ? 65535 : at[p]);
    }
    s->signed_sum = fixed ? -(sum * GROWTH) : sum * GROWTH;
}

void
rh_row_build(rh_row *row, const float most[RH_CLASS_AGES][RH_PROCESS_ROOM],
             const float limit[RH_PROCESS_ROOM], const unsigned char fixed[RH_CLASS_AGES])
{
    double before = 0;
    for (int a = 0; a < RH_CLASS_AGES; a++) {
        build_slot(&row->slot[a], most[a], limit, fixed[a] || a == RH_AGE_LAST);
        row->before[a] = (float)before;
        before += (double)rh_slot_sum(&row->slot[a]);
    }
    row->before[RH_CLASS_AGES] = (float)before;
    for (int a = RH_CLASS_AGES + 1; a < RH_BEFORE; a++) {
        row->before[a] = INFINITY;
    }
    int next = RH_AGE_LAST;
    for (int a = RH_CLASS_AGES - 1; a >= 0; a--) {
        row->next_fixed[a] = (uint8_t)next;
        next = fixed[a] || a == RH_AGE_LAST ? a : next;
    }
}
