/* Parts of the census builder (build_census.c): readers of single tables of the user's data
 * folder. */
#ifndef RH_PLACE_CENSUS_H
#define RH_PLACE_CENSUS_H

#include "place/draft.h"

/* Open `data_dir`/`name`. */
RH_MUST_CHECK rh_status rh_census_open(const char *data_dir, const char *name, rh_csv **out,
                                       rh_err *err);

/* Index of a county in the draft, or UINT32_MAX. O(log n). */
uint32_t rh_census_find(const rh_draft *draft, uint64_t code);

/* census_margins.c: census2010_county_core.csv → counties with exact margins; mends the table's
 * slips and notes them. */
RH_MUST_CHECK rh_status rh_census_margins(rh_draft *draft, const char *data_dir, rh_err *err);

/* census_columns.c: census2010_county_full.csv → shares by schooling, marriage, household kind,
 * work. */
RH_MUST_CHECK rh_status rh_census_shares(rh_draft *draft, const char *data_dir, rh_err *err);

/* census_places.c: county_link_2010_2020.csv → later codes (0: none). */
RH_MUST_CHECK rh_status rh_census_links(const rh_draft *draft, const char *data_dir,
                                        uint64_t *link, rh_err *err);
/* county_geo_2010.csv → coordinates and area; gaps take the prefecture's, then the province's
 * mean. */
RH_MUST_CHECK rh_status rh_census_coordinates(rh_draft *draft, const char *data_dir,
                                              const uint64_t *link, rh_err *err);
/* prefecture_gdp_2010.csv → GDP per head; gaps take the province's mean. */
RH_MUST_CHECK rh_status rh_census_gdp(rh_draft *draft, const char *data_dir, rh_err *err);
/* od_province_….csv → prior migrants between provinces. */
RH_MUST_CHECK rh_status rh_census_pairs(rh_draft *draft, const char *data_dir, rh_err *err);
/* county_adjacency_2010.csv → neighbours of a finished region. */
RH_MUST_CHECK rh_status rh_census_neighbours(rh_region *region, const char *data_dir,
                                             rh_err *err);

#endif
