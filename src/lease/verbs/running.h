/* A township that runs: its file, log, service and accounts, opened and closed in the right order. */
#ifndef RH_VERBS_RUNNING_H
#define RH_VERBS_RUNNING_H

#include "service/log_publisher.h"
#include "verbs/township_file.h"
#include "web/accounts.h"

typedef struct rh_running {
    rh_township_file file;
    rh_clock clock;
    rh_log_publisher *publisher;
    rh_service *service;
    rh_accounts *accounts;
} rh_running;

/* Open what the township's folder or file names. `simulated_ms` 0: the machine's clock. */
RH_MUST_CHECK rh_status rh_running_open(const char *where, int64_t simulated_ms,
                                        rh_running *out, rh_err *err);

/* Publish what is committed and close. Errors: why not everything could be published. */
RH_MUST_CHECK rh_status rh_running_close(rh_running *running, rh_err *err);

/* Make a township's folder: the file, its key, the folders in it. `database` NULL: a file in the folder. Errors: RH_INPUT (there is one already, or
 * a name that cannot be used), RH_IO. */
typedef struct rh_new_township {
    const char *folder, *name_zh, *name_en, *origin, *database, *listen;
} rh_new_township;
RH_MUST_CHECK rh_status rh_township_make(const rh_new_township *made, rh_err *err);

/* The public key of the township's log, as witnesses and auditors want it. */
RH_MUST_CHECK rh_status rh_township_key(const rh_township_file *file, char out[RH_KEY_TEXT],
                                        rh_err *err);

/* A command that must not be refused; `made` (NULL allowed) is the number of the first new object. Errors: RH_INPUT with the refusal's sentence. */
typedef struct rh_done {
    int64_t seq;
    int64_t id[RH_ROW_COUNT]; /* newest object of each kind that it made; 0: none */
} rh_done;
RH_MUST_CHECK rh_status rh_running_do(rh_running *running, const rh_submission *submission,
                                      rh_done *done, rh_err *err);

#endif
