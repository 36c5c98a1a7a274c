/* The record of accesses: see visit.h. A ring under one lock; the writer takes up to BATCH visits out of it at a time and calls
 * the sink without the lock. Public reads leave the last quarter of the ring to reservations. */
#include "http/visit.h"

#include "core/mem.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

enum { BATCH = 256 };

struct rh_visits {
    rh_visit_sink *sink;
    void *context;
    unsigned every_ms;
    size_t room, first, count, reserved;
    uint64_t lost;
    bool stop, awake;
    rh_visit *ring;
    rh_visit batch[BATCH];
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t writer;
};

static void
wait_for_work(rh_visits *v)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += v->every_ms / 1000;
    until.tv_nsec += (long)(v->every_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    int late = 0;
    while (!v->stop && !v->awake && late != ETIMEDOUT) {
        late = pthread_cond_timedwait(&v->wake, &v->lock, &until);
    }
    v->awake = false;
}

static void *
write_visits(void *context)
{
    rh_visits *v = context;
    pthread_mutex_lock(&v->lock);
    for (;;) {
        if (v->count == 0 && v->lost == 0) {
            if (v->stop) {
                break;
            }
        }
        if (v->count < BATCH && !v->stop) {
            wait_for_work(v);
        }
        size_t n = v->count < BATCH ? v->count : BATCH;
        uint64_t lost = v->lost;
        for (size_t i = 0; i < n; i++) {
            v->batch[i] = v->ring[(v->first + i) % v->room];
        }
        v->first = (v->first + n) % v->room;
        v->count -= n;
        v->lost = 0;
        if (n > 0 || lost > 0) {
            pthread_mutex_unlock(&v->lock);
            v->sink(v->context, v->batch, n, lost);
            pthread_mutex_lock(&v->lock);
        }
    }
    pthread_mutex_unlock(&v->lock);
    return NULL;
}

rh_status
rh_visits_new(size_t room, unsigned every_ms, rh_visit_sink *sink, void *context,
              rh_visits **out, rh_err *err)
{
    rh_visits *v;
    RH_NEW(v, 1, err);
    v->room = room == 0 ? 8192 : room < 8 ? 8 : room;
    v->every_ms = every_ms > 0 ? every_ms : 200;
    v->sink = sink;
    v->context = context;
    v->ring = rh_alloc(v->room, sizeof *v->ring);
    if (v->ring == NULL) {
        rh_free(v);
        return rh_fail(err, RH_MEMORY, "Not enough memory for %zu access records.", room);
    }
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&v->lock, NULL);
    pthread_cond_init(&v->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    if (pthread_create(&v->writer, NULL, write_visits, v) != 0) {
        pthread_mutex_destroy(&v->lock);
        pthread_cond_destroy(&v->wake);
        rh_free(v->ring);
        rh_free(v);
        return rh_fail(err, RH_MEMORY, "The thread for access records could not be started.");
    }
    *out = v;
    return RH_OK;
}

void
rh_visits_free(rh_visits *v)
{
    if (v == NULL) {
        return;
    }
    pthread_mutex_lock(&v->lock);
    v->stop = true;
    pthread_cond_signal(&v->wake);
    pthread_mutex_unlock(&v->lock);
    pthread_join(v->writer, NULL);
    pthread_mutex_destroy(&v->lock);
    pthread_cond_destroy(&v->wake);
    rh_free(v->ring);
    rh_free(v);
}

bool
rh_visits_reserve(rh_visits *v)
{
    pthread_mutex_lock(&v->lock);
    bool fits = v->count + v->reserved < v->room;
    v->reserved += fits;
    pthread_mutex_unlock(&v->lock);
    return fits;
}

void
rh_visits_add(rh_visits *v, const rh_visit *visit, bool reserved)
{
    pthread_mutex_lock(&v->lock);
    v->reserved -= reserved;
    if (reserved || v->count + v->reserved < v->room - v->room / 4) {
        v->ring[(v->first + v->count) % v->room] = *visit;
        v->count++;
    } else {
        v->lost++;
    }
    if (!v->awake && v->count >= v->room / 4) {
        v->awake = true;
        pthread_cond_signal(&v->wake);
    }
    pthread_mutex_unlock(&v->lock);
}
