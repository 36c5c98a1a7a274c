/* Homestead leases from outside: see homestead_leases.h. */
#include "process/homestead_leases.h"

#include "core/mem.h"
#include "io/csv.h"

#include <inttypes.h>
#include <stdlib.h>

static const uint64_t purpose = 0x6C65617365; /* "lease": keys of this file alone */

/* ---- the table ---- */

static int
by_year_and_town(const void *a, const void *b)
{
    const rh_homestead_row *x = a, *y = b;
    if (x->year != y->year) {
        return x->year < y->year ? -1 : 1;
    }
    return x->town < y->town ? -1 : x->town > y->town;
}

static bool
find_town(const rh_region *region, uint64_t code, uint32_t *town)
{
    uint32_t low = 0, high = region->town.n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (region->town.code[middle] < code) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *town = low;
    return low < region->town.n && region->town.code[low] == code;
}

static rh_status
read_rows(rh_csv *csv, const rh_region *region, rh_homestead_leases *out, rh_err *err)
{
    int township = rh_csv_need(csv, "township"), year = rh_csv_need(csv, "year"),
        leased = rh_csv_need(csv, "leased");
    RH_TRY(rh_csv_finish(csv, err));
    RH_NEW(out->row, rh_csv_rows(csv) + 1, err);
    for (uint32_t r = 0; r < rh_csv_rows(csv); r++) {
        rh_homestead_row row = {.year = (int)rh_csv_count(csv, r, year),
                                .leased = rh_csv_count(csv, r, leased),
                                .at = r};
        if (find_town(region, rh_csv_count(csv, r, township), &row.town)) {
            out->row[out->n++] = row;
        } else {
            rh_csv_problem(csv, r, township, "the region has no township %s",
                           rh_csv_text(csv, r, township));
        }
    }
    qsort(out->row, out->n, sizeof *out->row, by_year_and_town);
    for (uint32_t i = 1; i < out->n; i++) {
        if (by_year_and_town(&out->row[i - 1], &out->row[i]) == 0) {
            rh_csv_problem(csv, out->row[i].at, township,
                           "township %" PRIu64 " stands twice for %d",
                           region->town.code[out->row[i].town], out->row[i].year);
        }
    }
    return rh_csv_finish(csv, err);
}

rh_status
rh_homestead_leases_read(const char *path, const rh_region *region, rh_homestead_leases *out,
                         rh_err *err)
{
    rh_csv *csv;
    *out = (rh_homestead_leases){0};
    RH_TRY(rh_csv_open(path, &csv, err));
    rh_status status = read_rows(csv, region, out, err);
    rh_csv_free(csv);
    return status;
}

void
rh_homestead_leases_release(rh_homestead_leases *leases)
{
    rh_free(leases->row);
    *leases = (rh_homestead_leases){0};
}

/* ---- in force ---- */

typedef struct home {
    uint64_t draw; /* the smallest are leased first */
    uint32_t position;
} home;

static int
by_draw(const void *a, const void *b)
{
    const home *x = a, *y = b;
    if (x->draw != y->draw) {
        return x->draw < y->draw ? -1 : 1;
    }
    return x->position < y->position ? -1 : x->position > y->position;
}

static bool
may_be_leased(rh_person w)
{
    unsigned state = rh_person_homestead(w);
    return state == RH_HOMESTEAD_IDLE || state == RH_HOMESTEAD_LEASED_OUT;
}

static rh_status
lease_block(rh_block *block, rh_key key, uint64_t leased, uint64_t *missing, rh_err *err)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < block->count; i++) {
        n += may_be_leased(block->word[i]);
    }
    *missing += leased > n ? leased - n : 0;
    home *homes;
    RH_NEW(homes, (size_t)n + 1, err);
    n = 0;
    for (uint32_t i = 0; i < block->count; i++) {
        rh_person w = block->word[i];
        if (may_be_leased(w)) {
            /* Those that are leased already stay so before others are. */
            uint64_t stays =
                rh_person_homestead(w) == RH_HOMESTEAD_LEASED_OUT ? 0 : UINT64_C(1) << 63;
            homes[n++] = (home){stays | rh_draw(key, i) >> 1, i};
        }
    }
    qsort(homes, n, sizeof *homes, by_draw);
    for (uint32_t i = 0; i < n; i++) {
        rh_person *w = &block->word[homes[i].position];
        *w = rh_person_with_homestead(*w,
                                      i < leased ? RH_HOMESTEAD_LEASED_OUT : RH_HOMESTEAD_IDLE);
    }
    rh_free(homes);
    return RH_OK;
}

rh_status
rh_homestead_leases_year(const rh_homestead_leases *leases, rh_store *store, rh_key seed,
                         double weight, int year, uint64_t *missing, rh_err *err)
{
    rh_key of_year = rh_key_with(rh_key_with(seed, purpose), (uint64_t)year);
    *missing = 0;
    for (uint32_t i = 0; i < leases->n; i++) {
        const rh_homestead_row *row = &leases->row[i];
        if (row->year != year) {
            continue;
        }
        rh_key key = rh_key_with(of_year, row->town);
        double in_sample = (double)row->leased / weight;
        uint64_t leased = (uint64_t)in_sample;
        leased += rh_uniform(rh_key_with(key, 1), 0) < in_sample - (double)leased;
        RH_TRY(lease_block(&store->block[row->town], key, leased, missing, err));
    }
    return RH_OK;
}
