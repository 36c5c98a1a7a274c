/* The publisher (publisher.h) that writes the public log, and what belongs to it: cosignatures, the record of checkpoints, open data.
 *
 *     FOLDER/checkpoint, FOLDER/tile/…        the log (log/tile.h)
 *     FOLDER/open-data/…                      open data (open_data.h) of the entries of a checkpoint
 *     FOLDER/ledger.csv, FOLDER/totals.csv    links into it, where the auditor looks
 *
 * Two threads share the log under a lock: the service's adds entries and signs; one of its own shows the newest signed checkpoint to the
 * witnesses, and when enough cosigned puts it in its place, keeps it in the table `checkpoint`, and writes the open data.
 * L1 the witnesses are asked without the lock: a slow one delays checkpoints, never entries, and never a command.
 * L2 a checkpoint with fewer than `need` cosignatures is not put; a second later the newest one is shown instead.
 * L3 the log may be behind the database (it catches up); one that is ahead, or says something else, is refused. */
#ifndef RH_SERVICE_LOG_PUBLISHER_H
#define RH_SERVICE_LOG_PUBLISHER_H

#include "log/tile.h"
#include "log/witness_client.h"
#include "service/service.h"

typedef struct rh_log_publisher rh_log_publisher;

typedef struct rh_log_options {
    const char *folder;   /* of everything that is public */
    const char *key_file; /* of the township's signing key (rh_signer_write) */
    unsigned n_witnesses; /* 0: checkpoints are put without cosignatures */
    rh_witness witness[RH_WITNESSES_MOST];
    unsigned need;        /* cosignatures; 0: RH_WITNESS_NEED, or all of fewer witnesses */
    unsigned witness_ms;  /* time that they have; 0: 3,000 */
    unsigned open_data_s; /* open data at most every so many seconds; 0: 5 */
} rh_log_options;

/* Open the log. Errors: those of rh_signer_read and rh_tlog_open. */
RH_MUST_CHECK rh_status rh_log_publisher_open(const rh_log_options *options,
                                              rh_log_publisher **out, rh_err *err);

/* What rh_service_open is given. */
const rh_publisher *rh_log_publisher_of(rh_log_publisher *p);

/* The service is open: begin to show and put checkpoints. Errors: RH_INVARIANT when the log's last entry is not the journal's (L3). */
RH_MUST_CHECK rh_status rh_log_publisher_start(rh_log_publisher *p, rh_service *service,
                                               rh_err *err);

/* Publish everything committed so far and stop; the service must still be open. Errors: why it could not be published; it will be after the
 * next start. */
RH_MUST_CHECK rh_status rh_log_publisher_stop(rh_log_publisher *p, rh_err *err);

/* After rh_service_close. */
void rh_log_publisher_close(rh_log_publisher *p);

/* Entries of the checkpoint that stands in the folder; why no newer one does (status RH_OK: nothing is wrong). */
uint64_t rh_log_publisher_shown(rh_log_publisher *p, rh_err *trouble);

/* The receipt (.tlog-proof) of entry `seq` with its entry, in the checkpoint that stands in the folder; the text is the caller's (rh_free). `context`
 * is the publisher; any thread may call. Errors: RH_RANGE when the checkpoint does not hold it yet; RH_IO, RH_INVARIANT, RH_MEMORY. */
RH_MUST_CHECK rh_status rh_log_publisher_receipt(void *context, int64_t seq, char **text,
                                                 size_t *size, rh_err *err);

#endif
