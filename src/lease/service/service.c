/* The writer: see service.h. One thread, one loop: take, judge, keep, commit, answer. */
#include "service/service_inside.h"

#include "core/mem.h"
#include "domain/calendar_day.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { BATCH = 256, QUEUE = 10000, IDLE_MS = 1000 };

/* ---- loading ---- */

/* Database and registry afresh. Called with the write lock held, or before the threads start. */
static rh_status
load(rh_service *service, rh_err *err)
{
    rh_db_close(service->db);
    service->judge->destroy(service->registry);
    service->db = NULL;
    service->registry = NULL;
    service->tried_day = RH_NONE;
    RH_TRY(rh_db_open(service->database, NULL, RH_DB_WRITE, &service->db, err));
    for (int i = 0; i < RH_KEEP_COUNT; i++) {
        RH_TRY(rh_db_largest(service->db, i, &service->next_key[i], err));
        service->next_key[i]++;
    }
    /* erased values must not lend their numbers to others */
    service->next_key[RH_KEEP_private_value] = service->next_key[RH_KEEP_private_commitment];
    return rh_judge_load(service->judge, service->db, &service->registry, err);
}

/* After a failure (V2). `cause` is what failed. */
static void
load_again(rh_service *service, const rh_err *cause)
{
    rh_err err = {0};
    if (load(service, &err) == RH_OK) {
        return;
    }
    service->judge->destroy(service->registry);
    service->registry = NULL;
    pthread_mutex_lock(&service->mutex);
    service->trouble = (rh_err){0};
    (void)rh_fail(&service->trouble, RH_IO,
                  "Nothing can be recorded until the service is started again: %.1500s Loading "
                  "again failed: %.1500s",
                  cause->text, err.text);
    pthread_mutex_unlock(&service->mutex);
}

/* ---- one command ---- */

static int64_t
time_now(const rh_service *service)
{
    int64_t now = rh_clock_now(service->clock), last = service->judge->time(service->registry);
    return now > last ? now : last;
}

/* Was a command with this key accepted before (V5)? Then it is answered here. */
static rh_status
look_for_request(rh_service *service, rh_item *item, bool *known, rh_err *err)
{
    rh_cursor *cursor;
    const void *record = NULL;
    RH_TRY(rh_db_find(service->db, RH_KEEP_journal, "request", item->request, &cursor, err));
    rh_status status = rh_cursor_next(cursor, &record, NULL, err);
    *known = status == RH_OK && record != NULL;
    if (*known) {
        const rh_keep_journal *line = record;
        if (line->actor == item->ask.actor && line->role == item->ask.role &&
            strcmp(line->name, rh_command_type(item->ask.kind)->name) == 0) {
            item->reply.seq = line->seq;
            item->reply.time = line->recorded;
            item->reply.repeated = true;
        } else {
            item->reply.status =
                rh_fail(&item->err, RH_INPUT,
                        "The key of this request was used before for another command.");
        }
    }
    rh_cursor_close(cursor);
    return status;
}

/* Numbers for the personal texts (V4). */
static void
exchange(rh_service *service, rh_item *item, rh_private_new *news)
{
    for (int i = 0; i < item->n_texts; i++) {
        rh_keep_private_value *v = &news->value[news->n++];
        *v = (rh_keep_private_value){.id = service->next_key[RH_KEEP_private_value]++,
                                     .kind = item->field[i]->name,
                                     .value = item->text[i]};
        randombytes_buf(v->salt.byte, sizeof v->salt.byte);
        memcpy((char *)item->record + item->field[i]->offset, &v->id, sizeof v->id);
    }
}

static rh_status
do_command(rh_service *service, rh_item *item, rh_err *err)
{
    bool known = false;
    if (item->request != NULL) {
        RH_TRY(look_for_request(service, item, &known, err));
    }
    if (known) {
        return RH_OK;
    }
    rh_private_new news = {0};
    exchange(service, item, &news);
    item->ask.time = time_now(service);
    RH_TRY(service->judge->judge(service->registry, &item->ask, &item->outcome, err));
    item->reply.refusals = item->outcome.refusals;
    if (item->outcome.seq == RH_NONE) {
        service->next_key[RH_KEEP_private_value] -= news.n;
        return RH_OK;
    }
    item->reply.seq = item->outcome.seq;
    item->reply.time = item->ask.time;
    item->reply.n_rows = item->outcome.n_rows;
    item->reply.row = item->outcome.row;
    return rh_service_write(service, &item->ask, item->request, &item->outcome, &news, err);
}

static rh_status
do_keep(rh_service *service, rh_item *item, rh_err *err)
{
    int64_t *key = item->record; /* the first field of every table of keep.def */
    if (*key == RH_NONE) {
        *key = service->next_key[item->keep];
    }
    if (*key >= service->next_key[item->keep]) {
        service->next_key[item->keep] = *key + 1;
    }
    item->reply.key = *key;
    return rh_db_add(service->db, (int)item->keep, item->record, 0, err);
}

static bool
is_due(const rh_service *service, int64_t today)
{
    int64_t due = service->judge->next_due(service->registry);
    return due != RH_NONE && due <= today &&
           !(service->tried_day == today &&
             service->tried_seq == service->judge->seq(service->registry));
}

/* Everything that is due by now (V6): as many ticks as find something. */
static rh_status
do_ticks(rh_service *service, int64_t *accepted, rh_err *err)
{
    int64_t now = time_now(service), today = rh_day_of_time(now);
    while (is_due(service, today)) {
        rh_command_tick command = {.today = today};
        rh_ask ask = {RH_DO_tick, &command, RH_NONE, rh_role_system, now};
        RH_TRY(service->judge->judge(service->registry, &ask, &service->tick, err));
        if (service->tick.seq == RH_NONE) {
            service->tried_day = today;
            service->tried_seq = service->judge->seq(service->registry);
        } else {
            rh_private_new none = {0};
            RH_TRY(rh_service_write(service, &ask, NULL, &service->tick, &none, err));
            ++*accepted;
        }
    }
    return RH_OK;
}

/* ---- a batch ---- */

static rh_status
do_items(rh_service *service, rh_item **item, unsigned n, int64_t *accepted, rh_err *err)
{
    bool begun = false;
    rh_status status = rh_db_begin(service->db, err);
    begun = status == RH_OK;
    int64_t writes = 0;
    status = status == RH_OK ? do_ticks(service, accepted, err) : status;
    writes = *accepted;
    for (unsigned i = 0; status == RH_OK && i < n; i++) {
        item[i]->reply = (rh_reply){.seq = RH_NONE, .time = RH_NONE, .key = RH_NONE};
        if (item[i]->kind == RH_ITEM_COMMAND) {
            status = do_command(service, item[i], err);
            bool done = item[i]->reply.seq != RH_NONE && !item[i]->reply.repeated;
            *accepted += done;
            writes += done;
        } else if (item[i]->kind == RH_ITEM_KEEP) {
            status = do_keep(service, item[i], err);
            writes++;
        }
    }
    if (status == RH_OK && writes > 0) {
        status = rh_db_commit(service->db, err);
    }
    if (begun && (status != RH_OK || writes == 0)) {
        rh_db_rollback(service->db);
    }
    return status;
}

static void
count(rh_service *service, rh_item **item, unsigned n, int64_t accepted, rh_status status)
{
    pthread_mutex_lock(&service->mutex);
    rh_service_figures *f = &service->figures;
    for (unsigned i = 0; i < n; i++) {
        f->refused += status == RH_OK && item[i]->reply.refusals.n > 0;
        f->failed += status != RH_OK || item[i]->reply.status != RH_OK;
    }
    if (status == RH_OK && accepted > 0) {
        f->accepted += accepted;
        f->commits++;
        f->seq = service->judge->seq(service->registry);
        pthread_cond_broadcast(&service->committed);
    }
    pthread_mutex_unlock(&service->mutex);
}

/* Judge and keep. True: all of them were answered for, whether well or not. False: one of several cannot be kept (RH_INVARIANT, RH_RANGE): the
 * registry is as before, and each is to be tried alone, so that only that one fails. */
static bool
run_batch(rh_service *service, rh_item **item, unsigned n)
{
    int64_t accepted = 0;
    rh_err err = {0};
    rh_status status;
    pthread_rwlock_wrlock(&service->lock);
    if (service->registry == NULL) {
        status = rh_fail(&err, RH_IO, "%s", service->trouble.text);
    } else {
        status = do_items(service, item, n, &accepted, &err);
        if (status != RH_OK) {
            load_again(service, &err);
        }
    }
    pthread_rwlock_unlock(&service->lock);
    if ((status == RH_INVARIANT || status == RH_RANGE) && n > 1) {
        return false;
    }
    count(service, item, n, accepted, status);
    for (unsigned i = 0; i < n; i++) {
        if (status != RH_OK) {
            item[i]->reply = (rh_reply){.status = status, .seq = RH_NONE, .time = RH_NONE};
            item[i]->err = err;
        }
        item[i]->reply.sentence = item[i]->err.text;
        item[i]->call(item[i]->context, &item[i]->reply);
        rh_item_free(service, item[i]);
    }
    return true;
}

/* ---- the thread ---- */

static void
wait_for_work(rh_service *service)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += IDLE_MS / 1000;
    int timed_out = 0;
    while (service->first == NULL && !service->stop && timed_out == 0) {
        timed_out = pthread_cond_timedwait(&service->queued, &service->mutex, &until);
    }
}

static unsigned
take(rh_service *service, rh_item **item, bool *stop)
{
    unsigned n = 0;
    pthread_mutex_lock(&service->mutex);
    wait_for_work(service);
    while (service->first != NULL && n < service->batch) {
        item[n] = service->first;
        service->first = item[n]->next;
        service->n_queued--;
        n++;
    }
    if (service->first == NULL) {
        service->end = &service->first;
    }
    *stop = service->stop && n == 0;
    pthread_mutex_unlock(&service->mutex);
    return n;
}

static void *
write_all(void *context)
{
    rh_service *service = context;
    rh_item *item[BATCH];
    bool stop = false;
    while (!stop) {
        unsigned n = take(service, item, &stop);
        bool due =
            service->registry != NULL && is_due(service, rh_day_of_time(time_now(service)));
        if ((n > 0 || (due && !stop)) && !run_batch(service, item, n)) {
            for (unsigned i = 0; i < n; i++) {
                (void)run_batch(service, &item[i], 1);
            }
        }
    }
    return NULL;
}

/* ---- opening and closing ---- */

static void
init_locks(rh_service *service)
{
    pthread_rwlockattr_t prefer;
    pthread_rwlockattr_init(&prefer);
    pthread_rwlockattr_setkind_np(&prefer, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&service->lock, &prefer);
    pthread_rwlockattr_destroy(&prefer);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&service->mutex, NULL);
    pthread_cond_init(&service->queued, &monotonic);
    pthread_cond_init(&service->committed, &monotonic);
    pthread_cond_init(&service->published, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

static rh_status
start(rh_service *service, rh_err *err)
{
    RH_TRY(load(service, err));
    service->figures.seq = service->judge->seq(service->registry);
    const rh_publisher *p = service->publisher;
    if (p != NULL) {
        service->figures.published = p->size(p->context);
        if (service->figures.published > service->figures.seq) {
            return rh_fail(err, RH_INVARIANT,
                           "The public log has %lld entries, the journal %lld: the database is "
                           "older than the log, and writing on would fork it.",
                           (long long)service->figures.published,
                           (long long)service->figures.seq);
        }
        if (pthread_create(&service->publishing, NULL, rh_service_publishing, service) != 0) {
            return rh_fail(err, RH_IO, "The publisher's thread cannot be started.");
        }
        service->publishing_runs = true;
    }
    if (pthread_create(&service->writer, NULL, write_all, service) != 0) {
        return rh_fail(err, RH_IO, "The writer's thread cannot be started.");
    }
    service->writer_runs = true;
    return RH_OK;
}

rh_status
rh_service_open(const rh_service_options *options, rh_service **out, rh_err *err)
{
    *out = NULL;
    if (sodium_init() < 0) {
        return rh_fail(err, RH_IO, "libsodium finds no source of randomness.");
    }
    rh_service *service;
    RH_NEW(service, 1, err);
    init_locks(service);
    service->judge = options->judge != NULL ? options->judge : &rh_judge_registry;
    service->publisher = options->publisher;
    service->clock = options->clock != NULL ? options->clock : &service->machine;
    service->batch = options->batch > 0 && options->batch < BATCH ? options->batch : BATCH;
    service->most_queued = options->queue > 0 ? options->queue : QUEUE;
    service->end = &service->first;
    service->database = rh_strdup(options->database);
    rh_status status = service->database == NULL
                           ? rh_fail(err, RH_MEMORY, "Not enough memory for a name.")
                           : start(service, err);
    if (status != RH_OK) {
        rh_service_close(service);
        return status;
    }
    *out = service;
    return RH_OK;
}

static void
stop_thread(rh_service *service, bool *flag, bool runs, pthread_t thread)
{
    pthread_mutex_lock(&service->mutex);
    *flag = true;
    pthread_cond_broadcast(&service->queued);
    pthread_cond_broadcast(&service->committed);
    pthread_mutex_unlock(&service->mutex);
    if (runs) {
        pthread_join(thread, NULL);
    }
}

void
rh_service_close(rh_service *service)
{
    if (service == NULL) {
        return;
    }
    stop_thread(service, &service->stop, service->writer_runs, service->writer);
    stop_thread(service, &service->stop_publishing, service->publishing_runs,
                service->publishing);
    for (int i = 0; i < RH_READERS; i++) {
        rh_db_close(service->reader[i]);
    }
    service->judge->release(&service->tick);
    service->judge->destroy(service->registry);
    rh_db_close(service->db);
    pthread_rwlock_destroy(&service->lock);
    pthread_mutex_destroy(&service->mutex);
    pthread_cond_destroy(&service->queued);
    pthread_cond_destroy(&service->committed);
    pthread_cond_destroy(&service->published);
    rh_free(service->database);
    rh_free(service);
}
