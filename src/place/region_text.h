/* A region described for people, in English or Chinese: title, sources, counts of places,
 * residents by class and part, the largest places, notes. Deterministic: the same region gives
 * the same text. */
#ifndef RH_PLACE_REGION_TEXT_H
#define RH_PLACE_REGION_TEXT_H

#include "core/text.h"
#include "place/region.h"

#include <stdio.h>

/* Write the description to `out`. Errors: RH_MEMORY; RH_IO when `out` cannot be written. */
RH_MUST_CHECK rh_status rh_region_describe(const rh_region *region, enum rh_language language,
                                           FILE *out, rh_err *err);

#endif
