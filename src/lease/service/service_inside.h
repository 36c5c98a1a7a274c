/* The service's parts, for the files of this folder only. */
#ifndef RH_SERVICE_SERVICE_INSIDE_H
#define RH_SERVICE_SERVICE_INSIDE_H

#include "service/service.h"

#include <pthread.h>

enum { RH_READERS = 8, RH_PUBLISH_MS = 100, RH_PRIVATE_MOST = 16 };

typedef enum rh_item_kind { RH_ITEM_COMMAND, RH_ITEM_KEEP, RH_ITEM_WAKE } rh_item_kind;

/* Something queued, with everything it needs; later, what came of it. */
typedef struct rh_item {
    struct rh_item *next;
    rh_item_kind kind;
    rh_ask ask;   /* of a command; ask.command points to `record` */
    rh_keep keep; /* of a line to keep */
    void *record;
    char *request;
    int n_texts;
    const rh_field *field[RH_PRIVATE_MOST];
    char *text[RH_PRIVATE_MOST];
    rh_reply_call *call;
    void *context;
    rh_reply reply;
    rh_outcome outcome;
    rh_err err;
} rh_item;

struct rh_service {
    const rh_judge *judge;
    const rh_publisher *publisher;
    const rh_clock *clock;
    rh_clock machine;
    char *database;
    unsigned batch, most_queued;

    pthread_rwlock_t lock; /* of the registry */
    rh_registry *registry; /* NULL: in trouble */

    /* of the writer's thread alone */
    rh_db *db;
    int64_t next_key[RH_KEEP_COUNT];
    int64_t tried_day,
        tried_seq; /* a tick that found nothing: not again before something changes */
    rh_outcome tick;
    pthread_t writer, publishing;
    bool writer_runs, publishing_runs;

    pthread_mutex_t mutex; /* of everything below */
    pthread_cond_t queued, committed, published;
    rh_item *first, **end;
    unsigned n_queued;
    bool stop, stop_publishing;
    rh_service_figures figures;
    rh_err trouble, log_trouble;
    rh_db *reader[RH_READERS];
};

/* Copy of a record with its texts, in one block, or NULL. */
void *rh_item_copy(const rh_record_type *type, const void *record);
void rh_item_free(rh_service *service, rh_item *item);

/* Write what an accepted command yields: private values, journal, rows, erasures. */
typedef struct rh_private_new {
    int n;
    rh_keep_private_value value[RH_PRIVATE_MOST];
} rh_private_new;
rh_status rh_service_write(rh_service *service, const rh_ask *ask, const char *request,
                           const rh_outcome *outcome, const rh_private_new *news, rh_err *err);

/* Delete the private values of a party. */
rh_status rh_service_erase(rh_db *db, int64_t party, rh_err *err);

/* The publisher's thread. */
void *rh_service_publishing(void *service);

#endif
