/* A log of lines, one file a day (NAME-2026-03-01.jsonl, days of the township's calendar), each line one JSON object.
 *
 * Kept are visits (http/visit.h: who looked at which page, when, with which answer), sign-ins that failed, and refused commands of people who are
 * signed in (who, what, by which rule). It is no evidence like the public log; it is what an operator reads when something went wrong.
 * D1 a line stands whole or not at all: it is written by one call in append mode; what strangers sent is escaped, so nobody writes lines of his own.
 * D2 a file is readable by its owner only; files older than `keep_days` are deleted at the first line of a new day.
 * D3 failing to write does not stop the site: it is remembered and told (rh_day_log_trouble). Any thread may add. */
#ifndef RH_WEB_DAY_LOG_H
#define RH_WEB_DAY_LOG_H

#include "http/visit.h"

typedef struct rh_day_log rh_day_log;

/* `keep_days` 0: for ever. Errors: RH_IO (no such folder). */
RH_MUST_CHECK rh_status rh_day_log_new(const char *folder, const char *name, int keep_days,
                                       rh_day_log **out, rh_err *err);
void rh_day_log_free(rh_day_log *log);

/* Add one line, without its line feed. NULL log: nothing happens. */
void rh_day_log_add(rh_day_log *log, int64_t now_ms, const char *line);

/* A rh_visit_sink whose context is the log. */
void rh_day_log_visits(void *context, const rh_visit *visit, size_t n, uint64_t lost);

/* Lines that could not be written so far; the sentence of the last failure. 0: none. */
int64_t rh_day_log_trouble(rh_day_log *log, rh_err *trouble);

#endif
