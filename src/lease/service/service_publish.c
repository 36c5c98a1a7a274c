/* Publishing (publisher.h): a thread that copies committed entries from the journal to the log. After a restart it does the same: it begins
 * where the log ends. So there is one way into the log, and it starts at what is on the disk. */
#include "service/service_inside.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { RETRY_MS = 1000, AT_ONCE = 5000 };

/* Entries from..last (a part of them, when they are many) into the log; how far it came. */
static rh_status
publish_some(rh_service *service, int64_t from, int64_t last, int64_t *done, rh_err *err)
{
    const rh_publisher *p = service->publisher;
    rh_db *db;
    rh_cursor *cursor = NULL;
    const void *record = NULL;
    RH_TRY(rh_service_db_take(service, &db, err));
    rh_status status = rh_db_scan(db, RH_KEEP_journal, from, &cursor, err);
    *done = from - 1;
    for (int i = 0; status == RH_OK && i < AT_ONCE; i++) {
        status = rh_cursor_next(cursor, &record, NULL, err);
        if (status == RH_OK && record == NULL && *done < last) {
            status = rh_fail(err, RH_INVARIANT, "The journal has no command %lld.",
                             (long long)*done + 1);
        }
        if (status != RH_OK || record == NULL) {
            break;
        }
        const rh_keep_journal *line = record;
        if (line->seq != *done + 1) {
            status = rh_fail(err, RH_INVARIANT, "The journal has no command %lld.",
                             (long long)*done + 1);
        } else {
            status = p->add(p->context, line->seq - 1, line->entry, strlen(line->entry), err);
        }
        *done += status == RH_OK;
    }
    rh_cursor_close(cursor);
    if (status == RH_OK) {
        rh_service_db_give(service, db);
    } else {
        rh_db_close(db);
    }
    return status == RH_OK ? p->publish(p->context, err) : status;
}

static void
sleep_ms(rh_service *service, int ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += (long)(ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    while (!service->stop_publishing &&
           pthread_cond_timedwait(&service->committed, &service->mutex, &until) == 0) {
    }
}

void *
rh_service_publishing(void *context)
{
    rh_service *service = context;
    pthread_mutex_lock(&service->mutex);
    for (;;) {
        rh_service_figures *f = &service->figures;
        while (f->published >= f->seq && !service->stop_publishing) {
            pthread_cond_wait(&service->committed, &service->mutex);
        }
        if (f->published >= f->seq) {
            break;
        }
        bool closing = service->stop_publishing;
        int64_t from = service->publisher->size(service->publisher->context) + 1, seq = f->seq,
                done;
        rh_err err = {0};
        pthread_mutex_unlock(&service->mutex);
        rh_status status = publish_some(service, from, seq, &done, &err);
        pthread_mutex_lock(&service->mutex);
        service->log_trouble = (rh_err){0};
        if (status == RH_OK) {
            f->published = done;
        } else {
            (void)rh_fail(&service->log_trouble, status, "The public log lags behind: %.3000s",
                          err.text);
        }
        pthread_cond_broadcast(&service->published);
        if (status != RH_OK && closing) {
            break;
        }
        sleep_ms(service, status == RH_OK ? RH_PUBLISH_MS : RETRY_MS);
    }
    pthread_mutex_unlock(&service->mutex);
    return NULL;
}

rh_status
rh_service_publish(rh_service *service, rh_err *err)
{
    rh_status status = RH_OK;
    pthread_mutex_lock(&service->mutex);
    int64_t seq = service->figures.seq;
    while (service->publisher != NULL && service->figures.published < seq && status == RH_OK) {
        pthread_cond_wait(&service->published, &service->mutex);
        if (service->log_trouble.status != RH_OK) {
            status = rh_fail(err, service->log_trouble.status, "%s", service->log_trouble.text);
        }
    }
    pthread_mutex_unlock(&service->mutex);
    return status;
}
