/* The doors of a site: what guards its pages and what they write down, opened together and closed together: passwords, sessions, rate limits, the log
 * of the day, uploads, and the folders that are given out as files (docs/lease/identity.md).
 *
 * O1 times of identity (sessions, one-time codes, waits) are the machine's, also where the township's clock is a simulated one: a phone's
 *    authenticator knows no other. Only a training site may move them on (page_training.c), for tests that cannot wait for the next code. */
#ifndef RH_WEB_DOORS_H
#define RH_WEB_DOORS_H

#include "web/site.h"

typedef struct rh_doors {
    rh_hasher *hasher;
    rh_rate *rate;
    rh_sessions *sessions;
    rh_day_log *happenings;
    rh_static *log_files, *open_data_files;
    rh_visits *visits;
} rh_doors;

typedef struct rh_doors_options {
    const char *logs;             /* folder of the logs of the day; NULL or "": none are kept */
    int keep_days;                /* of them; 0: 400 */
    unsigned requests_per_second; /* of one address; 0: no limit */
    rh_hasher_options hasher;     /* all 0: the usual */
    rh_rate_patience login_address; /* all 0: the usual */
} rh_doors_options;

/* Open and put them into the site (whose folders are set) and the server's options. The folder of
 * open data is named "open-data". A folder that is not there is not given out. Errors: RH_IO,
 * RH_MEMORY; nothing is open then. */
RH_MUST_CHECK rh_status rh_doors_open(const rh_doors_options *options, rh_site *site,
                                      rh_doors *out, rh_server_options *server, rh_err *err);
/* Behind rh_server_stop. */
void rh_doors_close(rh_doors *doors);

#endif
