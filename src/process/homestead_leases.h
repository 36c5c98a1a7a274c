/* Homestead leases from outside: how many homesteads of a township are leased out at the end of a year.
 *
 * The table is what the township platform publishes (`ronghe-lease`, homestead_leases.csv; docs/lease/open-data.md) or anybody's of the same
 * columns: township (9 digits), year, leased; further columns are not read. A year without a row keeps the state of the year before.
 *   leased_now(township) = leased × sample, the fraction rounded by a keyed draw
 * Idle homes are leased, leased homes fall idle again, until the number holds; which ones is drawn by a key of their place in the
 * block, so the same homes stay leased from year to year as long as they may. A township without enough idle homes leases all it has;
 * how many were missing is told.
 * H1 only heads with an idle or leased-out homestead change, and only between these two. H2 the same for any number of threads. */
#ifndef RH_PROCESS_HOMESTEAD_LEASES_H
#define RH_PROCESS_HOMESTEAD_LEASES_H

#include "core/random.h"
#include "person/store.h"
#include "place/region.h"

typedef struct rh_homestead_row {
    uint32_t town;
    int year;
    uint64_t leased;
    uint32_t at; /* row of the table, from 0 */
} rh_homestead_row;

typedef struct rh_homestead_leases {
    uint32_t n;
    rh_homestead_row *row; /* by year, then township */
} rh_homestead_leases;

/* Read the table for a region. Errors: RH_IO; RH_INPUT with up to 20 problems (a township that the region does not have, a township and year
 * that stand twice); RH_MEMORY. Release in any case. */
RH_MUST_CHECK rh_status rh_homestead_leases_read(const char *path, const rh_region *region,
                                                 rh_homestead_leases *out, rh_err *err);
void rh_homestead_leases_release(rh_homestead_leases *leases);

/* Put the rows of `year` in force; `weight` is 1 / sample. *missing gets the leases, in the sample's homes, for which there was no idle
 * home. Cost: one look at the words of the townships named. Errors: RH_MEMORY. */
RH_MUST_CHECK rh_status rh_homestead_leases_year(const rh_homestead_leases *leases,
                                                 rh_store *store, rh_key seed, double weight,
                                                 int year, uint64_t *missing, rh_err *err);

#endif
