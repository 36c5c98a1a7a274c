/* The record of accesses: who looked at what, when, with which result; kept by a sink of the embedder, in batches.
 *
 * V1 a clean stop (free) hands over everything that was added.
 * V2 adding never waits. When the sink falls behind, reads by the public are counted instead of kept (`lost`); a request of
 * somebody who is logged in reserves its place before it is answered, and is refused (503) when there is none: what cannot be
 * recorded is not done.
 * V3 batches come from one thread, in order of adding. */
#ifndef RH_HTTP_VISIT_H
#define RH_HTTP_VISIT_H

#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RH_ADDRESS_TEXT = 46, RH_VISIT_PATH = 160 };

typedef struct rh_visit {
    int64_t at_ms;
    int64_t account; /* 0: the public */
    uint64_t bytes;  /* of the answer's body */
    uint32_t micros; /* from the request's head to its answer */
    int16_t status;
    uint8_t method;    /* rh_method */
    bool broken;       /* the answer did not arrive whole */
    const char *route; /* pattern, or "" */
    char address[RH_ADDRESS_TEXT];
    char path[RH_VISIT_PATH]; /* without the query; cut if longer */
} rh_visit;

/* `lost`: reads of the public since the last batch that are not in it. Called also with n = 0 when there are such. */
typedef void rh_visit_sink(void *context, const rh_visit *visit, size_t n, uint64_t lost);

typedef struct rh_visits rh_visits;

/* `room` visits may wait (0: 8192, least 8); the sink is called every `every_ms` (0: 200) or when a quarter is full. */
RH_MUST_CHECK rh_status rh_visits_new(size_t room, unsigned every_ms, rh_visit_sink *sink,
                                      void *context, rh_visits **out, rh_err *err);
void rh_visits_free(rh_visits *visits);

/* V2: a place for a visit to come; each true is followed by one rh_visits_add with `reserved`. */
bool rh_visits_reserve(rh_visits *visits);
void rh_visits_add(rh_visits *visits, const rh_visit *visit, bool reserved);

#endif
