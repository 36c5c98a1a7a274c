/* What time it is for the service: the machine's clock, or one that is moved by hand (demonstrations, tests, scenarios).
 *
 * A clock may jump back; recorded time may not (I23): the service takes the later of the clock and the last recorded moment. */
#ifndef RH_SERVICE_CLOCK_H
#define RH_SERVICE_CLOCK_H

#include <stdatomic.h>
#include <stdint.h>

typedef struct rh_clock {
    _Atomic int64_t
        simulated; /* milliseconds since 1970-01-01 00:00 UTC; 0: the machine's clock */
} rh_clock;

/* Milliseconds since 1970-01-01 00:00 UTC. */
int64_t rh_clock_now(const rh_clock *clock);

/* Make it a simulated one that shows `time`. */
void rh_clock_set(rh_clock *clock, int64_t time);

#endif
