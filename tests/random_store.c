/* A random population for tests: see random_store.h. */
#include "random_store.h"

#include "core/random.h"
#include "io/run_file.h"

#include <stdlib.h>

typedef struct maker {
    const rh_region *region;
    rh_key key;
    uint64_t n;
    int year;
    uint32_t block;
} maker;

static uint32_t
below(maker *m, uint32_t bound)
{
    return (uint32_t)rh_below(rh_draw(m->key, m->n++), bound);
}

static rh_person
person(maker *m, int sex, uint32_t age, enum rh_marital marital, uint32_t leaf)
{
    rh_person w = 0;
    w = rh_person_with_residence(w, leaf);
    w = rh_person_with_birth(w, (unsigned)(m->year - (int)age - RH_BIRTH_ZERO));
    w = rh_person_with_sex(w, (unsigned)sex);
    w = rh_person_with_marital(w, marital);
    w = rh_person_with_education(w, age < 6 ? 0 : below(m, RH_EDUCATION_COUNT));
    w = rh_person_with_activity(w, age < 6    ? RH_PRESCHOOL
                                   : age < 16 ? RH_STUDENT
                                              : 2 + below(m, 6));
    w = rh_person_with_hukou(w, below(m, 100) < 35);
    w = rh_person_with_arrival(
        w, leaf / 2 == m->block ? 0 : rh_arrival_code(m->year - (int)below(m, 9)));
    w = rh_person_with_next(w, below(m, 128));
    return w;
}

/* A leaf for a worker: most stay. */
static uint32_t
leaf_for(maker *m, uint32_t home)
{
    return below(m, 100) < 80 ? home : below(m, 2 * m->region->town.n);
}

static uint32_t
household(maker *m, rh_person *run)
{
    uint32_t n = 0, home = 2 * m->block + below(m, 2), kind = below(m, 10);
    if (kind == 0) { /* a collective household */
        for (n = 0; n < 1 + below(m, 6); n++) {
            run[n] = rh_person_with_collective(person(m, (int)below(m, 2), 16 + below(m, 60),
                                                      RH_NEVER_MARRIED, leaf_for(m, home)),
                                               1);
        }
    } else {
        uint32_t age = 22 + below(m, 60);
        if (kind < 4) { /* grandparents at home */
            uint32_t old = 60 + below(m, 30);
            run[n++] = person(m, RH_MALE, old, RH_MARRIED, home);
            run[n++] = person(m, RH_FEMALE, old - below(m, 8), RH_MARRIED, home);
            age = 22 + below(m, 20);
        }
        if (kind != 9) {
            uint32_t to = leaf_for(m, home), both = below(m, 4) > 0;
            run[n++] = person(m, RH_MALE, age, RH_MARRIED, to);
            run[n++] = person(m, RH_FEMALE, age > 24 ? age - below(m, 5) : age, RH_MARRIED,
                              both ? to : home);
            run[n - 1] = rh_person_with_children(run[n - 1], below(m, 4));
            for (uint32_t k = rh_person_children(run[n - 1]); k > 0; k--) {
                run[n++] = person(m, (int)below(m, 2), below(m, age - 19), RH_NEVER_MARRIED,
                                  below(m, 3) ? home : to);
            }
        } else {
            run[n++] =
                person(m, (int)below(m, 2), age, (enum rh_marital)(below(m, 2) * 2), home);
        }
    }
    run[0] = rh_person_with_head(run[0], 1);
    if (!rh_person_collective(run[0])) {
        run[0] = rh_person_with_homestead(run[0], below(m, 5));
    }
    return n;
}

void
random_store(rh_store *store, const rh_region *region, uint64_t seed, uint32_t households,
             int year)
{
    if (rh_store_init(store, region->town.n, (uint64_t)region->town.n * households * 12,
                      NULL) != RH_OK) {
        abort();
    }
    for (uint32_t b = 0; b < region->town.n; b++) {
        maker m = {region, rh_key_with(seed, b), 0, year, b};
        rh_person run[16];
        for (uint32_t h = 0; h < households; h++) {
            uint32_t n = household(&m, run);
            rh_block *block = &store->block[b];
            if (rh_block_reserve(store, b, block->count + n, NULL) != RH_OK) {
                abort();
            }
            for (uint32_t i = 0; i < n; i++) {
                block->word[block->count++] = run[i];
            }
        }
    }
}

void
random_run(const char *path, const rh_region *region)
{
    static char text[] = "x", title[] = "小地方";
    rh_scenario scenario = {
        .title = title, .text = text, .sample = 1, .output = RH_OUTPUT_COUNTY};
    rh_run_file *file = NULL;
    rh_status status = rh_run_file_create(path, region, &scenario, &file, NULL);
    for (int y = 2010; y < 2012 && status == RH_OK; y++) {
        rh_tally tally;
        rh_store store;
        random_store(&store, region, (uint64_t)y, 20, y);
        status = rh_tally_init(&tally, region, NULL);
        if (status == RH_OK) {
            status = rh_tally_recount(&tally, region, &store, 1, NULL);
        }
        if (status == RH_OK) {
            status = rh_run_file_year(file, y, &tally, NULL, NULL);
        }
        rh_tally_release(&tally);
        rh_store_release(&store);
    }
    if (status != RH_OK || rh_run_file_close(file, NULL) != RH_OK) {
        abort();
    }
}
