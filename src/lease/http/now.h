/* The time as a function pointer, so that tests and simulations can have their own. Unit: milliseconds since 1970-01-01 UTC. */
#ifndef RH_HTTP_NOW_H
#define RH_HTTP_NOW_H

#include <stdint.h>
#include <time.h>

typedef struct rh_now {
    int64_t (*ms)(void *context); /* NULL: the system's clock */
    void *context;
} rh_now;

static inline int64_t
rh_now_ms(const rh_now *now)
{
    if (now->ms != NULL) {
        return now->ms(now->context);
    }
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

#endif
