/* The region: see region.h for the structure and its invariants G1–G5. */
#include "place/region.h"

#include "core/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Leaves are stored in 22 bits of a resident's word (person.def). */
enum { MAX_TOWNS = 1 << 21 };

static const char *const class_name[] = {"local", "registered elsewhere in the county",
                                         "registered elsewhere in the province",
                                         "registered in another province"};
static const char *const part_name[] = {"rural", "urban"};

int
rh_age_group_low(int group)
{
    return group < 2 ? group : 5 * (group - 1);
}

int
rh_age_group_high(int group)
{
    return group == 0 ? 0 : group >= RH_AGE_GROUPS - 1 ? 110 : 5 * group - 1;
}

int
rh_age_group_of(int age)
{
    return age < 1 ? 0 : age >= 85 ? RH_AGE_GROUPS - 1 : age / 5 + 1;
}

static void
free_level(rh_level *level)
{
    rh_free(level->code);
    rh_free(level->name);
    rh_free(level->lon);
    rh_free(level->lat);
    rh_free(level->parent);
    rh_free(level->first);
}

void
rh_region_free(rh_region *region)
{
    if (region == NULL) {
        return;
    }
    rh_county_columns *column = &region->column;
    void *const pieces[] = {
        region->title,
        region->source,
        region->notes,
        region->town_kind,
        region->cell,
        region->leaf_class,
        region->flow_first,
        region->flow_dest,
        region->flow_n,
        region->near_first,
        region->near,
        region->strings,
        column->district,
        column->area_km2,
        column->gdp_per_head_yuan,
        column->registered,
        column->urban_hukou_share,
        column->households,
        column->household_persons,
        column->household_kind,
        column->birth_rate,
        column->death_rate,
        column->education,
        column->marital,
        column->work,
        column->mean_children,
    };
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        rh_free(pieces[i]);
    }
    free_level(&region->province);
    free_level(&region->prefecture);
    free_level(&region->county);
    free_level(&region->town);
    rh_free(region);
}

static uint32_t
province_of(const rh_region *region, uint32_t county)
{
    return region->prefecture.parent[region->county.parent[county]];
}

/* Class of somebody registered in another county than the one of residence. */
static enum rh_migrant_class
class_between(const rh_region *region, uint32_t home_county, uint32_t county)
{
    return province_of(region, home_county) == province_of(region, county) ? RH_IN_PROVINCE
                                                                           : RH_OTHER_PROVINCE;
}

enum rh_migrant_class
rh_region_class(const rh_region *region, uint32_t home, uint32_t place)
{
    if (home == place) {
        return RH_LOCAL;
    }
    uint32_t home_county = region->town.parent[home], county = region->town.parent[place];
    return home_county == county ? RH_IN_COUNTY : class_between(region, home_county, county);
}

uint64_t
rh_region_population(const rh_region *region)
{
    uint64_t persons = 0;
    for (uint32_t leaf = 0; leaf < 2 * region->town.n; leaf++) {
        for (int k = 0; k < RH_CLASS_COUNT; k++) {
            persons += region->leaf_class[leaf][k];
        }
    }
    return persons;
}

uint32_t
rh_region_find_county(const rh_region *region, uint64_t code)
{
    uint32_t low = 0, high = region->county.n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (region->county.code[middle] < code) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < region->county.n && region->county.code[low] == code ? low : UINT32_MAX;
}

/* Place for a sentence: "110114 昌平区". */
#define PLACE(level, i) (unsigned long)(level)->code[i], (level)->name[i]

/* G1 for one level below `upper`. */
static rh_status
verify_children(const rh_level *upper, const char *upper_name, const rh_level *lower,
                const char *lower_name, rh_err *err)
{
    if (upper->first[0] != 0 || upper->first[upper->n] != lower->n) {
        return rh_fail(err, RH_INVARIANT,
                       "The children of all %s run from %u to %u, but there are %u %s (G1).",
                       upper_name, upper->first[0], upper->first[upper->n], lower->n,
                       lower_name);
    }
    for (uint32_t p = 0; p < upper->n; p++) {
        if (upper->first[p] >= upper->first[p + 1]) {
            return rh_fail(err, RH_INVARIANT,
                           "%lu %s has no %s: its children run from %u to %u (G1).",
                           PLACE(upper, p), lower_name, upper->first[p], upper->first[p + 1]);
        }
    }
    /* All steps rise and the ends are right, so every index below is in range. */
    for (uint32_t p = 0; p < upper->n; p++) {
        for (uint32_t i = upper->first[p]; i < upper->first[p + 1]; i++) {
            if (lower->parent[i] != p) {
                return rh_fail(
                    err, RH_INVARIANT,
                    "%lu %s stands among the %s of %lu %s, but its parent is number %u "
                    "instead of %u (G1).",
                    PLACE(lower, i), lower_name, PLACE(upper, p), lower->parent[i], p);
            }
            if (i > upper->first[p] && lower->code[i - 1] >= lower->code[i]) {
                return rh_fail(err, RH_INVARIANT,
                               "In %lu %s, %lu %s stands before %lu %s: codes must rise (G1).",
                               PLACE(upper, p), PLACE(lower, i - 1), PLACE(lower, i));
            }
        }
    }
    return RH_OK;
}

static int
compare_codes(const void *a, const void *b)
{
    uint64_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

static rh_status
verify_unique(const rh_level *level, const char *level_name, rh_err *err)
{
    uint64_t *sorted;
    RH_NEW(sorted, level->n, err);
    memcpy(sorted, level->code, level->n * sizeof *sorted);
    qsort(sorted, level->n, sizeof *sorted, compare_codes);
    rh_status status = RH_OK;
    for (uint32_t i = 1; i < level->n && status == RH_OK; i++) {
        if (sorted[i - 1] == sorted[i]) {
            status = rh_fail(err, RH_INVARIANT, "The code %lu stands twice among the %s (G1).",
                             (unsigned long)sorted[i], level_name);
        }
    }
    rh_free(sorted);
    return status;
}

static rh_status
verify_tree(const rh_region *region, rh_err *err)
{
    const struct {
        const rh_level *level;
        const char *name;
    } levels[] = {{&region->province, "provinces"},
                  {&region->prefecture, "prefectures"},
                  {&region->county, "counties"},
                  {&region->town, "townships"}};
    for (size_t i = 0; i < 4; i++) {
        if (levels[i].level->n == 0) {
            return rh_fail(err, RH_INVARIANT, "The region has no %s.", levels[i].name);
        }
    }
    if (region->town.n > MAX_TOWNS) {
        return rh_fail(err, RH_INVARIANT,
                       "The region has %u townships; at most %u can be numbered.",
                       region->town.n, (unsigned)MAX_TOWNS);
    }
    for (size_t i = 0; i < 4; i++) {
        RH_TRY(verify_unique(levels[i].level, levels[i].name, err));
    }
    for (size_t i = 0; i < 3; i++) {
        RH_TRY(verify_children(levels[i].level, levels[i].name, levels[i + 1].level,
                               levels[i + 1].name, err));
    }
    for (uint32_t c = 1; c < region->county.n; c++) { /* for rh_region_find_county */
        if (region->county.code[c - 1] >= region->county.code[c]) {
            return rh_fail(err, RH_INVARIANT,
                           "The county %lu %s stands before %lu %s: codes must rise (G1).",
                           PLACE(&region->county, c - 1), PLACE(&region->county, c));
        }
    }
    return RH_OK;
}

static uint64_t
cell_sum(const rh_cell *cell, int class, int part)
{
    uint64_t sum = 0;
    for (int sex = 0; sex < 2; sex++) {
        for (int group = 0; group < RH_AGE_GROUPS; group++) {
            sum += cell->n[class][part][sex][group];
        }
    }
    return sum;
}

/* G3 and G5. */
static rh_status
verify_leaves(const rh_region *region, rh_err *err)
{
    const rh_level *county = &region->county;
    for (uint32_t c = 0; c < county->n; c++) {
        for (int k = 0; k < RH_CLASS_COUNT; k++) {
            for (int part = 0; part < RH_PART_COUNT; part++) {
                uint64_t cells = cell_sum(&region->cell[c], k, part), leaves = 0;
                for (uint32_t t = county->first[c]; t < county->first[c + 1]; t++) {
                    leaves += region->leaf_class[rh_leaf(t, part)][k];
                }
                if (cells != leaves) {
                    return rh_fail(
                        err, RH_INVARIANT,
                        "%lu %s has %lu %s residents %s in its age table, but %lu in its "
                        "townships (G3).",
                        PLACE(county, c), (unsigned long)cells, part_name[part], class_name[k],
                        (unsigned long)leaves);
                }
            }
        }
        uint64_t inside = cell_sum(&region->cell[c], RH_IN_COUNTY, RH_RURAL) +
                          cell_sum(&region->cell[c], RH_IN_COUNTY, RH_URBAN);
        if (inside > 0 && county->first[c + 1] - county->first[c] < 2) {
            return rh_fail(
                err, RH_INVARIANT,
                "%lu %s has %lu residents registered elsewhere in the county, but only 1 "
                "township (G5).",
                PLACE(county, c), (unsigned long)inside);
        }
    }
    return RH_OK;
}

/* Shape of the flow arrays. */
static rh_status
verify_flow_order(const rh_region *region, rh_err *err)
{
    const rh_level *county = &region->county;
    if (region->flow_first[0] != 0) {
        return rh_fail(err, RH_INVARIANT,
                       "The home flows begin at entry %lu instead of 0 (G4).",
                       (unsigned long)region->flow_first[0]);
    }
    for (uint32_t o = 0; o < county->n; o++) {
        uint64_t from = region->flow_first[o], to = region->flow_first[o + 1];
        if (from > to) {
            return rh_fail(
                err, RH_INVARIANT,
                "The flows of home county %lu %s run backwards, from entry %lu to %lu (G4).",
                PLACE(county, o), (unsigned long)from, (unsigned long)to);
        }
        for (uint64_t i = from; i < to; i++) {
            uint32_t dest = region->flow_dest[i];
            if (dest >= county->n || dest == o) {
                return rh_fail(
                    err, RH_INVARIANT,
                    "A flow of home county %lu %s goes to county number %u, which is %s (G4).",
                    PLACE(county, o), dest, dest == o ? "itself" : "not in the region");
            }
            if (i > from && region->flow_dest[i - 1] >= dest) {
                return rh_fail(
                    err, RH_INVARIANT,
                    "The flows of home county %lu %s go to county number %u before %u: "
                    "destinations must rise (G4).",
                    PLACE(county, o), region->flow_dest[i - 1], dest);
            }
        }
    }
    return RH_OK;
}

/* G4, with `sum[destination][other province?][part]` as scratch. */
static rh_status
verify_flow_sums(const rh_region *region, uint64_t (*sum)[2][RH_PART_COUNT], rh_err *err)
{
    const rh_level *county = &region->county;
    for (uint32_t o = 0; o < county->n; o++) {
        for (uint64_t i = region->flow_first[o]; i < region->flow_first[o + 1]; i++) {
            uint32_t dest = region->flow_dest[i];
            int other = class_between(region, o, dest) == RH_OTHER_PROVINCE;
            sum[dest][other][RH_RURAL] += region->flow_n[i][RH_RURAL];
            sum[dest][other][RH_URBAN] += region->flow_n[i][RH_URBAN];
        }
    }
    for (uint32_t c = 0; c < county->n; c++) {
        for (int other = 0; other < 2; other++) {
            int k = other ? RH_OTHER_PROVINCE : RH_IN_PROVINCE;
            for (int part = 0; part < RH_PART_COUNT; part++) {
                uint64_t cells = cell_sum(&region->cell[c], k, part);
                if (cells != sum[c][other][part]) {
                    return rh_fail(
                        err, RH_INVARIANT,
                        "%lu %s has %lu %s residents %s in its age table, but %lu arrive "
                        "from their home counties (G4).",
                        PLACE(county, c), (unsigned long)cells, part_name[part], class_name[k],
                        (unsigned long)sum[c][other][part]);
                }
            }
        }
    }
    return RH_OK;
}

static bool
is_near(const rh_region *region, uint32_t county, uint32_t other)
{
    for (uint32_t i = region->near_first[county]; i < region->near_first[county + 1]; i++) {
        if (region->near[i] == other) {
            return true;
        }
    }
    return false;
}

static rh_status
verify_neighbours(const rh_region *region, rh_err *err)
{
    const rh_level *county = &region->county;
    if (region->near_first == NULL) {
        return RH_OK;
    }
    for (uint32_t c = 0; c < county->n; c++) {
        uint32_t from = region->near_first[c], to = region->near_first[c + 1];
        if (from > to || (c == 0 && from != 0)) {
            return rh_fail(err, RH_INVARIANT,
                           "The neighbours of %lu %s run from entry %u to %u, which cannot be.",
                           PLACE(county, c), from, to);
        }
        for (uint32_t i = from; i < to; i++) {
            if (region->near[i] >= county->n || region->near[i] == c ||
                (i > from && region->near[i - 1] >= region->near[i])) {
                return rh_fail(err, RH_INVARIANT,
                               "The neighbours of %lu %s are out of order at county number %u.",
                               PLACE(county, c), region->near[i]);
            }
        }
    }
    for (uint32_t c = 0; c < county->n; c++) {
        for (uint32_t i = region->near_first[c]; i < region->near_first[c + 1]; i++) {
            if (!is_near(region, region->near[i], c)) {
                return rh_fail(err, RH_INVARIANT,
                               "%lu %s is a neighbour of %lu %s, but not the reverse.",
                               PLACE(county, region->near[i]), PLACE(county, c));
            }
        }
    }
    return RH_OK;
}

rh_status
rh_region_verify(const rh_region *region, rh_err *err)
{
    RH_TRY(verify_tree(region, err));
    RH_TRY(verify_leaves(region, err));
    RH_TRY(verify_flow_order(region, err));
    uint64_t(*sum)[2][RH_PART_COUNT];
    RH_NEW(sum, region->county.n, err);
    rh_status status = verify_flow_sums(region, sum, err);
    rh_free(sum);
    RH_TRY(status);
    return verify_neighbours(region, err);
}
