/* The service: the one writer of a township's database, and the lock under which everybody reads the registry.
 *
 * Commands come from any thread into a queue. One thread takes what is queued (up to `batch`), judges each in turn, keeps journal and rows in one
 * transaction, commits once (one fsync), and only then answers all of them: many commands a commit, none answered that is not on the disk.
 * V1 nobody sees what is not kept: the registry is locked from the first command of a batch until its commit.
 * V2 when a commit fails, every command of the batch is answered with the failure, and the registry is loaded again from the database; when that
 *    fails too, the service refuses all further writes and says why (rh_service_trouble).
 * V3 recorded time never goes back (I23).
 * V4 personal texts are exchanged here for numbers of `private_value`, each with a random salt and a commitment that outlives it; an
 *    `erasure` row deletes the values of its party in the same transaction.
 * V5 a request key that was accepted before is answered with the first command's number; nothing is done twice.
 * V6 what is due happens before any command of that day: the service asks for `tick` itself. */
#ifndef RH_SERVICE_SERVICE_H
#define RH_SERVICE_SERVICE_H

#include "service/clock.h"
#include "service/judge.h"
#include "service/publisher.h"

typedef struct rh_service rh_service;

typedef struct rh_service_options {
    const char *database;
    const rh_judge *judge;         /* NULL: the real domain */
    const rh_publisher *publisher; /* NULL: no log; otherwise outlives the service */
    const rh_clock *clock;         /* NULL: the machine's; otherwise outlives the service */
    unsigned batch;                /* most commands a commit; 0: 256 */
    unsigned queue;                /* most commands that wait; 0: 10,000 */
} rh_service_options;

/* Open, migrate, load, start. Errors: those of rh_db_open and rh_judge_load; RH_INVARIANT when the log has more entries than the journal. */
RH_MUST_CHECK rh_status rh_service_open(const rh_service_options *options, rh_service **out,
                                        rh_err *err);
/* Finish what is queued and what is to be published, then stop. */
void rh_service_close(rh_service *service);

/* A personal text for a PRIVATE field of the command. */
typedef struct rh_private_text {
    const char *field, *text;
} rh_private_text;

typedef struct rh_submission {
    rh_ask ask; /* time is set by the service; PRIVATE fields of the command must be RH_NONE */
    size_t n_texts;
    const rh_private_text *text;
    const char *request; /* key under which the client may ask again; NULL or "": none */
} rh_submission;

/* What came of it. Everything it points to is lent for the call. */
typedef struct rh_reply {
    rh_status
        status; /* RH_OK: judged, and kept unless refused. Otherwise nothing was kept, as far as is known: see sentence. */
    const char *sentence; /* of a failure */
    int64_t seq, time;    /* of the command; RH_NONE when it was refused or did nothing */
    bool repeated; /* V5: seq and time are those of the first time; rows are not told again */
    rh_refusals refusals; /* n > 0: refused */
    size_t n_rows;
    const rh_row *row;
    int64_t key; /* of rh_service_keep: the key of the new line */
} rh_reply;

/* Called once, from the writer's thread, after the commit. It may not wait for the service. */
typedef void rh_reply_call(void *context, const rh_reply *reply);

/* Queue a command; everything is copied. Errors (the call is then not made): RH_USAGE, RH_INPUT (text that is not UTF-8), RH_RANGE (the queue
 * is full), RH_IO (the service refuses writes). */
RH_MUST_CHECK rh_status rh_service_submit(rh_service *service, const rh_submission *submission,
                                          rh_reply_call *call, void *context, rh_err *err);

/* The same, and wait until the call was made. */
RH_MUST_CHECK rh_status rh_service_do(rh_service *service, const rh_submission *submission,
                                      rh_reply_call *call, void *context, rh_err *err);

/* Add a line to a table of keep.def (document, account, access, checkpoint, setting); a key of RH_NONE becomes the next one. Waits for the commit. */
RH_MUST_CHECK rh_status rh_service_keep(rh_service *service, rh_keep table, const void *record,
                                        int64_t *key, rh_err *err);

/* The registry for reading; NULL when the service is in trouble (rh_service_read_end is due all the same). Hold it briefly: writers wait. */
const rh_registry *rh_service_read_begin(rh_service *service);
void rh_service_read_end(rh_service *service);

/* A connection for reading tables; give it back, or close it when it failed (rh_db_close). A few are kept for the next. */
RH_MUST_CHECK rh_status rh_service_db_take(rh_service *service, rh_db **db, rh_err *err);
void rh_service_db_give(rh_service *service, rh_db *db);

/* A simulated clock was moved: look now for what is due. Returns when everything due has happened. */
RH_MUST_CHECK rh_status rh_service_wake(rh_service *service, rh_err *err);

/* Wait until everything committed so far is published. Errors: the publisher's. */
RH_MUST_CHECK rh_status rh_service_publish(rh_service *service, rh_err *err);

typedef struct rh_service_figures {
    int64_t seq, published; /* last command committed; entries published */
    int64_t accepted, refused, failed, commits;
} rh_service_figures;

rh_service_figures rh_service_count(rh_service *service);

/* Why the service refuses writes, or why the log lags behind; false: nothing is wrong. */
bool rh_service_trouble(rh_service *service, rh_err *trouble);

#endif
