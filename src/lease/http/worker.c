/* Worker threads: see worker.h. */
#include "http/worker.h"

#include "core/mem.h"

#include <pthread.h>

enum { THREADS_MOST = 64 };

struct rh_workers {
    pthread_t thread[THREADS_MOST];
    unsigned n, queued, most;
    rh_job *first, **last;
    bool stop;
    pthread_mutex_t lock;
    pthread_cond_t wake;
};

static void *
work(void *context)
{
    rh_workers *w = context;
    pthread_mutex_lock(&w->lock);
    for (;;) {
        while (w->first == NULL && !w->stop) {
            pthread_cond_wait(&w->wake, &w->lock);
        }
        rh_job *job = w->first;
        if (job == NULL) {
            break;
        }
        w->first = job->next;
        w->last = w->first == NULL ? &w->first : w->last;
        w->queued--;
        pthread_mutex_unlock(&w->lock);
        job->run(job->context);
        pthread_mutex_lock(&w->lock);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

rh_status
rh_workers_new(unsigned threads, unsigned queue_most, rh_workers **out, rh_err *err)
{
    rh_workers *w;
    RH_NEW(w, 1, err);
    w->most = queue_most;
    w->last = &w->first;
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->wake, NULL);
    for (; w->n < threads && w->n < THREADS_MOST; w->n++) {
        if (pthread_create(&w->thread[w->n], NULL, work, w) != 0) {
            rh_workers_free(w);
            return rh_fail(err, RH_MEMORY, "Worker thread %u could not be started.", w->n);
        }
    }
    *out = w;
    return RH_OK;
}

bool
rh_workers_add(rh_workers *w, rh_job *job)
{
    pthread_mutex_lock(&w->lock);
    bool fits = w->queued < w->most && !w->stop;
    if (fits) {
        job->next = NULL;
        *w->last = job;
        w->last = &job->next;
        w->queued++;
        pthread_cond_signal(&w->wake);
    }
    pthread_mutex_unlock(&w->lock);
    return fits;
}

void
rh_workers_free(rh_workers *w)
{
    if (w == NULL) {
        return;
    }
    pthread_mutex_lock(&w->lock);
    w->stop = true;
    pthread_cond_broadcast(&w->wake);
    pthread_mutex_unlock(&w->lock);
    for (unsigned i = 0; i < w->n; i++) {
        pthread_join(w->thread[i], NULL);
    }
    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->wake);
    rh_free(w);
}
