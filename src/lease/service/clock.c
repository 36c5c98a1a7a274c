/* The clock: see clock.h. */
#include "service/clock.h"

#include <time.h>

int64_t
rh_clock_now(const rh_clock *clock)
{
    int64_t simulated = atomic_load(&clock->simulated);
    if (simulated != 0) {
        return simulated;
    }
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void
rh_clock_set(rh_clock *clock, int64_t time)
{
    atomic_store(&clock->simulated, time);
}
