/* Reading the residents of a snapshot (FILE.snapshot beside an unfinished run) without a simulation. */
#ifndef RH_RUN_SNAPSHOT_H
#define RH_RUN_SNAPSHOT_H

#include "person/person.h"
#include "place/region.h"

typedef struct rh_snapshot_about {
    int year;           /* the state is that at the end of it */
    double weight;      /* residents that each word stands for, 1 / sample */
    uint64_t residents; /* words */
} rh_snapshot_about;

/* The residents registered in township `town` (index), in order. */
typedef rh_status rh_snapshot_visit(void *context, const rh_snapshot_about *about,
                                    uint32_t town, const rh_person *word, uint32_t count,
                                    rh_err *err);

/* Hand all blocks to `visit` in rising order of townships. The checksum is known at the end only: what was gathered must be dropped
 * when this fails. Errors: RH_IO; RH_INPUT for a file that is no snapshot, of another region or layout, damaged or cut off;
 * RH_MEMORY; those of visit. */
RH_MUST_CHECK rh_status rh_snapshot_walk(const char *path, const rh_region *region,
                                         rh_snapshot_visit *visit, void *context,
                                         rh_snapshot_about *about, rh_err *err);

#endif
