/* A few threads for jobs that take long (password hashing), with a bounded queue. */
#ifndef RH_HTTP_WORKER_H
#define RH_HTTP_WORKER_H

#include "core/status.h"

#include <stdbool.h>

typedef struct rh_job {
    void (*run)(void *context);
    void *context;
    struct rh_job *next;
} rh_job;

typedef struct rh_workers rh_workers;

RH_MUST_CHECK rh_status rh_workers_new(unsigned threads, unsigned queue_most, rh_workers **out,
                                       rh_err *err);
/* The job's memory is the caller's until it has begun to run. False when the queue is full. */
bool rh_workers_add(rh_workers *workers, rh_job *job);
/* Runs what is queued to its end first. */
void rh_workers_free(rh_workers *workers);

#endif
