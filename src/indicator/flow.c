/* Residents by home county × residence county: see tally.h.
 *
 * One job a home county: it writes its own row of the table and no other, so nothing is shared.
 */
#include "core/threads.h"
#include "indicator/tally.h"

#include <string.h>

typedef struct flow_walk {
    const rh_region *region;
    const rh_store *store;
    uint32_t *stock;
} flow_walk;

static rh_status
walk_county(void *context, unsigned job, unsigned worker, rh_err *err)
{
    (void)worker;
    const flow_walk *f = context;
    const rh_region *region = f->region;
    const uint32_t *county_of = region->town.parent, n_towns = region->town.n;
    uint32_t *row = f->stock + (size_t)job * region->county.n;
    for (uint32_t block = region->county.first[job]; block < region->county.first[job + 1];
         block++) {
        const rh_person *word = f->store->block[block].word;
        const uint32_t count = f->store->block[block].count;
        uint32_t at_home = 0;
        for (uint32_t i = 0; i < count; i++) {
            const uint32_t town = rh_person_residence(word[i]) / 2;
            if (town == block) {
                at_home++;
            } else if (town < n_towns) {
                row[county_of[town]]++;
            } else {
                return rh_fail(err, RH_INVARIANT,
                               "Resident %u of %s (%llu) lives in township %u of %u.",
                               (unsigned)i, region->town.name[block],
                               (unsigned long long)region->town.code[block], (unsigned)town,
                               (unsigned)n_towns);
            }
        }
        row[job] += at_home;
    }
    return RH_OK;
}

rh_status
rh_flow_walk(uint32_t *stock, const rh_region *region, const rh_store *store,
             unsigned n_threads, rh_err *err)
{
    flow_walk f = {region, store, stock};
    memset(stock, 0, (size_t)region->county.n * region->county.n * sizeof *stock);
    return rh_threads_run(n_threads, region->county.n, NULL, walk_county, &f, err);
}
