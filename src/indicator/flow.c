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

enum { STRETCH = 1024 /* words searched for those away before these are counted: 4 KB */ };

/* Townships where those of n words live who are not at home in `block`, without a branch. */
static uint32_t
find_away(const rh_person *word, uint32_t n, uint32_t block, uint32_t *towns)
{
    uint32_t n_away = 0;
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t town = rh_person_residence(word[i]) / 2;
        towns[n_away] = town;
        n_away += town != block;
    }
    return n_away;
}

static rh_status
complain(const rh_region *region, const rh_store *store, uint32_t block, rh_err *err)
{
    uint32_t i = 0;
    const rh_person *word = store->block[block].word;
    while (rh_person_residence(word[i]) / 2 < region->town.n) {
        i++;
    }
    return rh_fail(err, RH_INVARIANT, "Resident %u of %s (%llu) lives in township %u of %u.",
                   (unsigned)i, region->town.name[block],
                   (unsigned long long)region->town.code[block],
                   (unsigned)rh_person_residence(word[i]) / 2, (unsigned)region->town.n);
}

static rh_status
walk_county(void *context, unsigned job, unsigned worker, rh_err *err)
{
    (void)worker;
    const flow_walk *f = context;
    const rh_region *region = f->region;
    const uint32_t *county_of = region->town.parent, n_towns = region->town.n;
    uint32_t *row = f->stock + (size_t)job * region->county.n, towns[STRETCH];
    for (uint32_t block = region->county.first[job]; block < region->county.first[job + 1];
         block++) {
        const rh_block *b = &f->store->block[block];
        for (uint32_t i = 0; i < b->count; i += STRETCH) {
            const uint32_t rest = b->count - i, n = rest < STRETCH ? rest : STRETCH;
            const uint32_t n_away = find_away(b->word + i, n, block, towns);
            row[job] += n - n_away;
            for (uint32_t k = 0; k < n_away; k++) {
                if (towns[k] >= n_towns) {
                    return complain(region, f->store, block, err);
                }
                row[county_of[towns[k]]]++;
            }
        }
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
