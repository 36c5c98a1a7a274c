/* The place tree (G1) from counties sorted by code: provinces, prefectures (county code / 100 ×
 * 100, counties straight under a province under their pseudo prefecture), townships.
 * Coordinates of upper places are the population-weighted means of their counties; a region
 * that is synthetic below the province shows coordinates of provinces alone. */
#include "place/draft.h"

#include "core/mem.h"

#include <math.h>
#include <string.h>

static rh_status
level_new(rh_level *level, uint32_t n, bool children, rh_err *err)
{
    level->n = n;
    RH_NEW(level->code, n, err);
    RH_NEW(level->name, n, err);
    RH_NEW(level->lon, n, err);
    RH_NEW(level->lat, n, err);
    RH_NEW(level->parent, n, err);
    if (children) {
        RH_NEW(level->first, (size_t)n + 1, err);
    }
    return RH_OK;
}

static uint32_t
count_groups(const rh_draft *draft, uint64_t divisor)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < draft->n_counties; i++) {
        n += i == 0 || draft->county[i].code / divisor != draft->county[i - 1].code / divisor;
    }
    return n;
}

static void
fill_towns(rh_draft *draft)
{
    rh_region *region = draft->region;
    for (uint32_t i = 0; i < draft->n_counties; i++) {
        const rh_draft_county *c = &draft->county[i];
        region->county.first[i] = c->first_town;
        region->county.first[i + 1] = c->first_town + c->n_towns;
        for (uint32_t t = c->first_town; t < c->first_town + c->n_towns; t++) {
            region->town.code[t] = draft->town[t].code;
            region->town.name[t] = rh_draft_name(draft, draft->town[t].name);
            region->town.lon[t] = region->town.lat[t] = (double)NAN;
            region->town.parent[t] = i;
            region->town_kind[t] = draft->town[t].kind;
        }
    }
}

/* Weighted means of lon and lat over counties with known coordinates. */
static void
place_mean(const rh_draft *draft, uint32_t first, uint32_t last, double *lon, double *lat)
{
    double weight = 0, x = 0, y = 0;
    for (uint32_t i = first; i < last; i++) {
        const rh_draft_county *c = &draft->county[i];
        if (!isnan(c->lon) && !isnan(c->lat)) {
            weight += c->population;
            x += c->population * c->lon;
            y += c->population * c->lat;
        }
    }
    *lon = weight > 0 ? x / weight : (double)NAN;
    *lat = weight > 0 ? y / weight : (double)NAN;
}

/* One level above the counties: groups of counties with the same code / divisor. */
static void
fill_groups(const rh_draft *draft, rh_level *level, uint64_t divisor, bool province)
{
    for (uint32_t g = 0, i = 0, next; g < level->n; g++, i = next) {
        const uint64_t key = draft->county[i].code / divisor;
        for (next = i; next < draft->n_counties && draft->county[next].code / divisor == key;
             next++) {
        }
        const rh_draft_county *c = &draft->county[i];
        level->code[g] = key * divisor;
        level->name[g] = rh_draft_name(draft, province ? c->province : c->prefecture);
        place_mean(draft, i, next, &level->lon[g], &level->lat[g]);
        if (!province) {
            level->first[g] = i;
            level->first[g + 1] = next;
        }
    }
}

static void
link_prefectures(rh_region *region)
{
    uint32_t p = 0;
    for (uint32_t q = 0; q < region->prefecture.n; q++) {
        while (region->province.code[p] / 10000 != region->prefecture.code[q] / 10000) {
            p++;
        }
        region->prefecture.parent[q] = p;
        region->province.first[p + 1] = q + 1;
        for (uint32_t i = region->prefecture.first[q]; i < region->prefecture.first[q + 1];
             i++) {
            region->county.parent[i] = q;
        }
    }
}

static void
hide_coordinates(rh_level *level)
{
    for (uint32_t i = 0; i < level->n; i++) {
        level->lon[i] = level->lat[i] = (double)NAN;
    }
}

rh_status
rh_levels_build(rh_draft *draft, rh_err *err)
{
    rh_region *region = draft->region;
    RH_TRY(level_new(&region->province, count_groups(draft, 10000), true, err));
    RH_TRY(level_new(&region->prefecture, count_groups(draft, 100), true, err));
    RH_TRY(level_new(&region->county, draft->n_counties, true, err));
    RH_TRY(level_new(&region->town, draft->n_towns, false, err));
    RH_NEW(region->town_kind, draft->n_towns, err);
    if (region->near_first == NULL) {
        RH_NEW(region->near_first, (size_t)draft->n_counties + 1, err);
        RH_NEW(region->near, 1, err);
    }
    for (uint32_t i = 0; i < draft->n_counties; i++) {
        const rh_draft_county *c = &draft->county[i];
        region->county.code[i] = c->code;
        region->county.name[i] = rh_draft_name(draft, c->name);
        region->county.lon[i] = c->lon;
        region->county.lat[i] = c->lat;
    }
    fill_towns(draft);
    fill_groups(draft, &region->prefecture, 100, false);
    fill_groups(draft, &region->province, 10000, true);
    link_prefectures(region);
    if (region->synthetic_below_province) {
        hide_coordinates(&region->prefecture);
        hide_coordinates(&region->county);
    }
    region->strings = draft->text; /* the names point into it */
    draft->text = NULL;
    region->notes = draft->notes;
    draft->notes = NULL;
    return RH_OK;
}
