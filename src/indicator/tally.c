/* Tallies: set-up, merging, comparing: see tally.h. Counting the store: recount.c. */
#include "indicator/tally.h"

#include "core/mem.h"

#include <stdio.h>
#include <string.h>

enum { COUNTY_WORDS = sizeof(rh_county_tally) / sizeof(uint32_t) };
_Static_assert(sizeof(rh_county_tally) % sizeof(uint32_t) == 0,
               "county tallies are plain counts");

rh_status
rh_tally_init(rh_tally *tally, const rh_region *region, rh_err *err)
{
    *tally = (rh_tally){.n_counties = region->county.n, .n_leaves = 2 * region->town.n};
    tally->county = rh_alloc(tally->n_counties, sizeof *tally->county);
    tally->leaf = rh_alloc(tally->n_leaves, sizeof *tally->leaf);
    tally->registered = rh_alloc(tally->n_counties, sizeof *tally->registered);
    tally->registered_hukou = rh_alloc(tally->n_counties, sizeof *tally->registered_hukou);
    tally->wives = rh_alloc(RH_COHORTS, sizeof *tally->wives);
    if (tally->county && tally->leaf && tally->registered && tally->registered_hukou &&
        tally->wives) {
        return RH_OK;
    }
    rh_tally_release(tally);
    return rh_fail(err, RH_MEMORY, "Not enough memory for the tallies of %u counties.",
                   (unsigned)region->county.n);
}

void
rh_tally_release(rh_tally *tally)
{
    rh_free(tally->county);
    rh_free(tally->leaf);
    rh_free(tally->registered);
    rh_free(tally->registered_hukou);
    rh_free(tally->wives);
    *tally = (rh_tally){0};
}

/* Differences of a worker may be below zero: addition modulo 2^32 brings them home. */
static void
pour(uint32_t *restrict into, uint32_t *restrict from, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        into[i] += from[i];
        from[i] = 0;
    }
}

void
rh_tally_merge(rh_tally *into, rh_tally *from)
{
    pour((uint32_t *)into->county, (uint32_t *)from->county,
         (size_t)into->n_counties * COUNTY_WORDS);
    pour(into->leaf, from->leaf, into->n_leaves);
    pour(into->registered, from->registered, into->n_counties);
    pour(&into->registered_hukou[0][0], &from->registered_hukou[0][0],
         (size_t)into->n_counties * 2);
    pour(&into->wives[0][0], &from->wives[0][0], RH_COHORTS * 4);
}

static const char *const part_name[] = {"rural", "urban"};

static rh_status
differ(const rh_level *level, uint32_t place, const char *what, uint32_t kept, uint32_t counted,
       rh_err *err)
{
    return rh_fail(
        err, RH_INVARIANT,
        "In %s (%llu) the kept tally of %s is %u, but a recount of the store finds %u.",
        level->name[place], (unsigned long long)level->code[place], what, (unsigned)kept,
        (unsigned)counted);
}

/* Compare one count; `what` is put together only when it differs. */
#define SAME(a, b, ...)                                                                        \
    do {                                                                                       \
        if ((a) != (b)) {                                                                      \
            snprintf(what, sizeof what, __VA_ARGS__);                                          \
            return differ(&region->county, c, what, (a), (b), err);                            \
        }                                                                                      \
    } while (0)

static rh_status
compare_county(const rh_tally *kept, const rh_tally *counted, const rh_region *region,
               uint32_t c, rh_err *err)
{
    const rh_county_tally *a = &kept->county[c], *b = &counted->county[c];
    char what[120];
    for (int part = 0; part < RH_PART_COUNT; part++) {
        const char *name = part_name[part];
        for (int sex = 0; sex < 2; sex++) {
            for (int birth = 0; birth < RH_COHORTS; birth++) {
                SAME(a->cohort[part][sex][birth], b->cohort[part][sex][birth],
                     "%s residents of the %s part born in %d", sex ? "female" : "male", name,
                     birth + RH_BIRTH_ZERO);
            }
        }
        for (int class = 0; class < RH_CLASS_COUNT; class ++) {
            for (int hukou = 0; hukou < 2; hukou++) {
                SAME(a->status[part][class][hukou], b->status[part][class][hukou],
                     "residents of the %s part of migrant class %d with %s hukou", name, class,
                     hukou ? "urban" : "rural");
            }
        }
        for (int k = 0; k < RH_ACTIVITY_COUNT; k++) {
            SAME(a->activity[part][k], b->activity[part][k],
                 "residents of the %s part with activity %d", name, k);
        }
        for (int k = 0; k < RH_EDUCATION_COUNT; k++) {
            SAME(a->education[part][k], b->education[part][k],
                 "residents of the %s part with schooling %d", name, k);
        }
    }
    SAME(kept->registered[c], counted->registered[c], "registered persons");
    for (int hukou = 0; hukou < 2; hukou++) {
        SAME(kept->registered_hukou[c][hukou], counted->registered_hukou[c][hukou],
             "registered persons with %s hukou", hukou ? "urban" : "rural");
    }
    return RH_OK;
}

rh_status
rh_tally_compare(const rh_tally *kept, const rh_tally *counted, const rh_region *region,
                 rh_err *err)
{
    for (uint32_t c = 0; c < kept->n_counties; c++) {
        RH_TRY(compare_county(kept, counted, region, c, err));
    }
    for (uint32_t leaf = 0; leaf < kept->n_leaves; leaf++) {
        if (kept->leaf[leaf] != counted->leaf[leaf]) {
            return differ(&region->town, leaf / 2,
                          leaf % 2 ? "residents of the urban part"
                                   : "residents of the rural part",
                          kept->leaf[leaf], counted->leaf[leaf], err);
        }
    }
    for (unsigned birth = 0; birth < RH_COHORTS; birth++) {
        for (unsigned children = 0; children < 4; children++) {
            if (kept->wives[birth][children] != counted->wives[birth][children]) {
                return rh_fail(err, RH_INVARIANT,
                               "The kept tally of married women born in %u with %u children is "
                               "%u, but a recount of "
                               "the store finds %u.",
                               birth + RH_BIRTH_ZERO, children,
                               (unsigned)kept->wives[birth][children],
                               (unsigned)counted->wives[birth][children]);
            }
        }
    }
    return RH_OK;
}
