/* Where entries go that are committed: the public log (src/lease/log), or nowhere.
 *
 * P1 entries are added in order of seq without gaps; entry seq has index seq − 1.
 * P2 only committed entries are added; an acknowledgement never waits for them.
 * The three calls come from one thread. After a failure the same entry is offered again a second later. */
#ifndef RH_SERVICE_PUBLISHER_H
#define RH_SERVICE_PUBLISHER_H

#include "core/status.h"

#include <stdint.h>

typedef struct rh_publisher {
    void *context;
    /* Entries that the log has: found when it was opened, or added since. */
    int64_t (*size)(void *context);
    rh_status (*add)(void *context, int64_t index, const void *entry, size_t size, rh_err *err);
    rh_status (*publish)(void *context, rh_err *err);
} rh_publisher;

#endif
