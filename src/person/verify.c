/* The walk that proves the store: see verify.h and the invariants of store.h. */
#include "person/verify.h"

#include "core/threads.h"

#include <stdlib.h>

enum { BLOCKS_A_JOB = 64 };

typedef struct walk {
    const rh_store *store;
    const rh_region *region;
} walk;

static rh_status
broken(const walk *v, uint32_t town, uint32_t at, const char *invariant, const char *what,
       unsigned got, unsigned limit, rh_err *err)
{
    return rh_fail(err, RH_INVARIANT, "%s is broken in %s (%llu), word %u of %u: %s (%u, %u).",
                   invariant, v->region->town.name[town],
                   (unsigned long long)v->region->town.code[town], (unsigned)at,
                   (unsigned)v->store->block[town].count, what, got, limit);
}

static rh_status
check_ranges(const walk *v, uint32_t town, uint32_t at, rh_person w, rh_err *err)
{
    unsigned leaves = 2 * v->region->town.n;
    if (rh_person_residence(w) >= leaves) {
        return broken(v, town, at, "V1",
                      "the residence is no leaf of the region (residence, leaves)",
                      rh_person_residence(w), leaves, err);
    }
#define FIELD(name, low, bits, meaning, unit, min, max)                                        \
    if (rh_person_##name(w) > (max)) {                                                         \
        return broken(v, town, at, "V1", #name " is out of range (value, largest)",            \
                      rh_person_##name(w), max, err);                                          \
    }
#include "person/person.def"
#undef FIELD
    return RH_OK;
}

/* Ranges that one mask cannot show; the residence is compared with the region. */
static bool
in_range(rh_person w, unsigned leaves)
{
    return rh_person_residence(w) < leaves && rh_person_education(w) <= rh_education_max &&
           rh_person_homestead(w) <= rh_homestead_max;
}

static rh_status
check_block(const walk *v, uint32_t town, rh_err *err)
{
    const rh_block *b = &v->store->block[town];
    const rh_person *word = b->word;
    unsigned leaves = 2 * v->region->town.n;
    for (uint32_t i = 0; i < b->count; i++) {
        rh_person w = word[i];
        if (!in_range(w, leaves)) {
            RH_TRY(check_ranges(v, town, i, w, err));
        }
        bool head = rh_person_head(w);
        if (i == 0 && !head) {
            return broken(v, town, i, "V1", "the first word has no head mark (head, expected)",
                          0, 1, err);
        }
        if (rh_person_is_away(w) == (rh_person_residence(w) / 2 == town)) {
            return broken(v, town, i, "V3",
                          "arrival and residence disagree (arrival, residence)",
                          rh_person_arrival(w), rh_person_residence(w), err);
        }
        if (!head && rh_person_homestead(w) != RH_HOMESTEAD_NONE) {
            return broken(v, town, i, "V5",
                          "a homestead without a head mark (homestead, expected)",
                          rh_person_homestead(w), 0, err);
        }
        if (rh_person_marital(w) != RH_MARRIED) {
            continue;
        }
        bool man = rh_person_sex(w) == RH_MALE;
        bool possible = man ? i + 1 < b->count && !rh_person_head(word[i + 1]) : i > 0 && !head;
        rh_person other = possible ? word[man ? i + 1 : i - 1] : 0;
        if (!possible || rh_person_marital(other) != RH_MARRIED ||
            rh_person_sex(other) == rh_person_sex(w)) {
            return broken(v, town, i, "V2",
                          man ? "a husband without his wife behind him (marital state and sex "
                                "of the next word)"
                              : "a wife without her husband before her (marital state and sex "
                                "of the word before)",
                          rh_person_marital(other), rh_person_sex(other), err);
        }
    }
    return RH_OK;
}

static rh_status
verify_job(void *context, unsigned job, unsigned worker, rh_err *err)
{
    (void)worker;
    const walk *v = context;
    uint32_t last = (job + 1) * BLOCKS_A_JOB;
    for (uint32_t town = job * BLOCKS_A_JOB; town < last && town < v->store->n_blocks; town++) {
        RH_TRY(check_block(v, town, err));
    }
    return RH_OK;
}

rh_status
rh_store_verify(const rh_store *store, const rh_region *region, uint64_t expected,
                unsigned n_threads, rh_err *err)
{
    if (store->n_blocks != region->town.n) {
        return rh_fail(err, RH_INVARIANT, "The store has %u blocks but %s has %u townships.",
                       (unsigned)store->n_blocks, region->title, (unsigned)region->town.n);
    }
    uint64_t count = rh_store_count(store);
    if (expected != RH_ANY_COUNT && count != expected) {
        return rh_fail(err, RH_INVARIANT,
                       "V4 is broken in %s: the store holds %llu residents, expected %llu.",
                       region->title, (unsigned long long)count, (unsigned long long)expected);
    }
    walk v = {store, region};
    return rh_threads_run(n_threads, (store->n_blocks + BLOCKS_A_JOB - 1) / BLOCKS_A_JOB, NULL,
                          verify_job, &v, err);
}
