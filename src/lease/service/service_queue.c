/* The way into the service and the doors for readers (service.h): queueing, waiting, reading. */
#include "service/service_inside.h"

#include "core/mem.h"
#include "service/canonical.h"

#include <string.h>

void *
rh_item_copy(const rh_record_type *type, const void *record)
{
    size_t room = type->size;
    for (int i = 0; i < type->n; i++) {
        const char *text = type->field[i].type == RH_FIELD_TEXT
                               ? rh_record_text(record, &type->field[i])
                               : NULL;
        room += text != NULL ? strlen(text) + 1 : 0;
    }
    char *copy = rh_alloc(room, 1);
    if (copy == NULL) {
        return NULL;
    }
    memcpy(copy, record, type->size);
    char *p = copy + type->size;
    for (int i = 0; i < type->n; i++) {
        const rh_field *f = &type->field[i];
        const char *text = f->type == RH_FIELD_TEXT ? rh_record_text(record, f) : NULL;
        if (text != NULL) {
            size_t size = strlen(text) + 1;
            memcpy(p, text, size);
            const char *at = p;
            memcpy(copy + f->offset, &at, sizeof at);
            p += size;
        }
    }
    return copy;
}

void
rh_item_free(rh_service *service, rh_item *item)
{
    if (item != NULL) {
        for (int i = 0; i < item->n_texts; i++) {
            rh_free(item->text[i]);
        }
        service->judge->release(&item->outcome);
        rh_free(item->request);
        rh_free(item->record);
        rh_free(item);
    }
}

static rh_status
no_memory(rh_err *err)
{
    return rh_fail(err, RH_MEMORY, "Not enough memory for a command that waits.");
}

/* ---- making items ---- */

static rh_status
check_texts(const rh_record_type *type, const void *record, rh_err *err)
{
    const rh_field *bad = rh_canonical_not_utf8(type, record);
    return bad == NULL
               ? RH_OK
               : rh_fail(err, RH_INPUT, "%s of %s is not UTF-8.", bad->name, type->name);
}

static rh_status
take_private(rh_item *item, const rh_record_type *type, const rh_submission *s, rh_err *err)
{
    for (int i = 0; i < type->n; i++) {
        const rh_field *f = &type->field[i];
        if (f->type == RH_FIELD_PRIVATE && rh_record_number(item->record, f) != RH_NONE) {
            return rh_fail(err, RH_USAGE,
                           "%s of %s is personal: its text is given, never a number.", f->name,
                           type->name);
        }
    }
    for (size_t i = 0; i < s->n_texts; i++) {
        const rh_private_text *t = &s->text[i];
        const rh_field *f = rh_record_find(type, t->field);
        if (f == NULL || f->type != RH_FIELD_PRIVATE || item->n_texts == RH_PRIVATE_MOST) {
            return rh_fail(err, RH_USAGE, "%s is no personal field of %s.", t->field,
                           type->name);
        }
        for (int k = 0; k < item->n_texts; k++) {
            if (item->field[k] == f) {
                return rh_fail(err, RH_USAGE, "%s of %s is given twice.", f->name, type->name);
            }
        }
        if (t->text == NULL || t->text[0] == '\0') {
            continue;
        }
        if (rh_text_valid(t->text, strlen(t->text)) != strlen(t->text)) {
            return rh_fail(err, RH_INPUT, "%s of %s is not UTF-8.", f->name, type->name);
        }
        item->field[item->n_texts] = f;
        item->text[item->n_texts] = rh_strdup(t->text);
        if (item->text[item->n_texts] == NULL) {
            return no_memory(err);
        }
        item->n_texts++;
    }
    return RH_OK;
}

static rh_status
fill_command(rh_item *item, const rh_submission *s, rh_err *err)
{
    const rh_record_type *type = rh_command_type(s->ask.kind);
    RH_TRY(check_texts(type, s->ask.command, err));
    if (s->ask.role < 0 || s->ask.role >= rh_role_count) {
        return rh_fail(err, RH_USAGE, "%lld is no role.", (long long)s->ask.role);
    }
    item->ask = s->ask;
    item->record = rh_item_copy(type, s->ask.command);
    if (item->record == NULL) {
        return no_memory(err);
    }
    item->ask.command = item->record;
    if (s->request != NULL && s->request[0] != '\0') {
        if (rh_text_valid(s->request, strlen(s->request)) != strlen(s->request)) {
            return rh_fail(err, RH_INPUT, "The key of the request is not UTF-8.");
        }
        item->request = rh_strdup(s->request);
        if (item->request == NULL) {
            return no_memory(err);
        }
    }
    return take_private(item, type, s, err);
}

static rh_status
push(rh_service *service, rh_item *item, rh_err *err)
{
    rh_status status = RH_OK;
    pthread_mutex_lock(&service->mutex);
    if (service->trouble.status != RH_OK) {
        status = rh_fail(err, RH_IO, "%s", service->trouble.text);
    } else if (service->stop) {
        status = rh_fail(err, RH_INTERRUPTED, "The service is closing.");
    } else if (service->n_queued >= service->most_queued) {
        status = rh_fail(err, RH_RANGE, "%u commands wait already: try again in a moment.",
                         service->n_queued);
    } else {
        *service->end = item;
        service->end = &item->next;
        service->n_queued++;
        pthread_cond_signal(&service->queued);
    }
    pthread_mutex_unlock(&service->mutex);
    return status;
}

static rh_status
push_or_free(rh_service *service, rh_item *item, rh_status status, rh_err *err)
{
    status = status == RH_OK ? push(service, item, err) : status;
    if (status != RH_OK) {
        rh_item_free(service, item);
    }
    return status;
}

rh_status
rh_service_submit(rh_service *service, const rh_submission *submission, rh_reply_call *call,
                  void *context, rh_err *err)
{
    rh_item *item;
    RH_NEW(item, 1, err);
    item->kind = RH_ITEM_COMMAND;
    item->call = call;
    item->context = context;
    return push_or_free(service, item, fill_command(item, submission, err), err);
}

/* ---- waiting for the call ---- */

typedef struct waiting {
    rh_reply_call *call;
    void *context;
    pthread_mutex_t mutex;
    pthread_cond_t told;
    bool done;
    rh_status status;
    int64_t key;
    rh_err *err;
} waiting;

static void
tell(void *context, const rh_reply *reply)
{
    waiting *w = context;
    if (w->call != NULL) {
        w->call(w->context, reply);
    } else if (reply->status != RH_OK) {
        (void)rh_fail(w->err, reply->status, "%s", reply->sentence);
    }
    pthread_mutex_lock(&w->mutex);
    w->status = reply->status;
    w->key = reply->key;
    w->done = true;
    pthread_cond_signal(&w->told);
    pthread_mutex_unlock(&w->mutex);
}

static void
wait_until_told(waiting *w)
{
    pthread_mutex_lock(&w->mutex);
    while (!w->done) {
        pthread_cond_wait(&w->told, &w->mutex);
    }
    pthread_mutex_unlock(&w->mutex);
}

#define WAITING(...)                                                                           \
    {                                                                                          \
        .mutex = PTHREAD_MUTEX_INITIALIZER, .told = PTHREAD_COND_INITIALIZER, __VA_ARGS__      \
    }

rh_status
rh_service_do(rh_service *service, const rh_submission *submission, rh_reply_call *call,
              void *context, rh_err *err)
{
    waiting w = WAITING(.call = call, .context = context);
    RH_TRY(rh_service_submit(service, submission, tell, &w, err));
    wait_until_told(&w);
    return RH_OK;
}

static rh_status
push_and_wait(rh_service *service, rh_item *item, rh_status made, int64_t *key, rh_err *err)
{
    waiting w = WAITING(.err = err);
    item->call = tell;
    item->context = &w;
    RH_TRY(push_or_free(service, item, made, err));
    wait_until_told(&w);
    if (key != NULL) {
        *key = w.key;
    }
    return w.status;
}

rh_status
rh_service_keep(rh_service *service, rh_keep table, const void *record, int64_t *key,
                rh_err *err)
{
    const rh_record_type *type = rh_keep_type(table);
    if (table == RH_KEEP_journal || table == RH_KEEP_private_value ||
        table == RH_KEEP_private_commitment) {
        return rh_fail(err, RH_USAGE, "Lines of %s come from commands only.", type->name);
    }
    RH_TRY(check_texts(type, record, err));
    rh_item *item;
    RH_NEW(item, 1, err);
    item->kind = RH_ITEM_KEEP;
    item->keep = table;
    item->record = rh_item_copy(type, record);
    return push_and_wait(service, item, item->record != NULL ? RH_OK : no_memory(err), key,
                         err);
}

rh_status
rh_service_wake(rh_service *service, rh_err *err)
{
    rh_item *item;
    RH_NEW(item, 1, err);
    item->kind = RH_ITEM_WAKE;
    return push_and_wait(service, item, RH_OK, NULL, err);
}

/* ---- reading ---- */

const rh_registry *
rh_service_read_begin(rh_service *service)
{
    pthread_rwlock_rdlock(&service->lock);
    return service->registry;
}

void
rh_service_read_end(rh_service *service)
{
    pthread_rwlock_unlock(&service->lock);
}

rh_status
rh_service_db_take(rh_service *service, rh_db **db, rh_err *err)
{
    *db = NULL;
    pthread_mutex_lock(&service->mutex);
    for (int i = 0; *db == NULL && i < RH_READERS; i++) {
        *db = service->reader[i];
        service->reader[i] = NULL;
    }
    pthread_mutex_unlock(&service->mutex);
    return *db != NULL ? RH_OK : rh_db_open(service->database, NULL, RH_DB_READ, db, err);
}

void
rh_service_db_give(rh_service *service, rh_db *db)
{
    pthread_mutex_lock(&service->mutex);
    for (int i = 0; db != NULL && i < RH_READERS; i++) {
        if (service->reader[i] == NULL) {
            service->reader[i] = db;
            db = NULL;
        }
    }
    pthread_mutex_unlock(&service->mutex);
    rh_db_close(db);
}

rh_service_figures
rh_service_count(rh_service *service)
{
    pthread_mutex_lock(&service->mutex);
    rh_service_figures figures = service->figures;
    pthread_mutex_unlock(&service->mutex);
    return figures;
}

bool
rh_service_trouble(rh_service *service, rh_err *trouble)
{
    pthread_mutex_lock(&service->mutex);
    const rh_err *is =
        service->trouble.status != RH_OK ? &service->trouble : &service->log_trouble;
    bool wrong = is->status != RH_OK;
    if (wrong && trouble != NULL) {
        *trouble = *is;
    }
    pthread_mutex_unlock(&service->mutex);
    return wrong;
}
