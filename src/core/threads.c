/* Jobs on threads: see threads.h. */
#include "core/threads.h"

#include "core/mem.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

typedef struct team {
    atomic_uint next, stop;
    unsigned n_jobs;
    const unsigned *order;
    rh_job *job;
    void *context;
} team;

typedef struct worker {
    team *team;
    unsigned index, failed_job;
    rh_err err;
    pthread_t thread;
    int started;
} worker;

static void *
work(void *argument)
{
    worker *w = argument;
    team *t = w->team;
    for (;;) {
        unsigned slot = atomic_fetch_add(&t->next, 1);
        if (slot >= t->n_jobs || atomic_load(&t->stop)) {
            return NULL;
        }
        unsigned job = t->order ? t->order[slot] : slot;
        rh_status status = t->job(t->context, job, w->index, &w->err);
        if (status != RH_OK) {
            rh_fail(&w->err, status, "Job %u failed: %s.", job, rh_status_text(status));
            w->failed_job = job;
            atomic_store(&t->stop, 1);
            return NULL;
        }
    }
}

rh_status
rh_threads_run(unsigned n_threads, unsigned n_jobs, const unsigned *order, rh_job *job,
               void *context, rh_err *err)
{
    team t = {.n_jobs = n_jobs, .order = order, .job = job, .context = context};
    worker *w;
    RH_NEW(w, n_threads, err);
    for (unsigned i = 0; i < n_threads; i++) {
        w[i].team = &t;
        w[i].index = i;
    }
    for (unsigned i = 1; i < n_threads; i++) {
        w[i].started = pthread_create(&w[i].thread, NULL, work, &w[i]) == 0;
    }
    work(&w[0]);
    for (unsigned i = 1; i < n_threads; i++) {
        if (w[i].started) {
            pthread_join(w[i].thread, NULL);
        }
    }
    const worker *first = NULL;
    for (unsigned i = 0; i < n_threads; i++) {
        if (w[i].err.status != RH_OK &&
            (first == NULL || w[i].failed_job < first->failed_job)) {
            first = &w[i];
        }
    }
    rh_status status = first ? first->err.status : RH_OK;
    if (first) {
        rh_fail(err, status, "%s", first->err.text);
    }
    rh_free(w);
    return status;
}

unsigned
rh_threads_available(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) {
        int n = CPU_COUNT(&set);
        return n > 0 ? (unsigned)n : 1;
    }
    return 1;
}
