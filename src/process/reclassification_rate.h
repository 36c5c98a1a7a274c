/* Yearly rate at which rural residents of a county become urban because their place is
 * reclassified (城乡划分), never because they move (DOMAIN.md N5).
 *
 *   rate_c = r · exp(trend · (year - base - 1)) · factor_c,
 *   factor_c ∝ exp(b (urban share_c - 0.4) + c ln(GDP per head_c / mean)), clipped to 1/4 … 3,
 *   Σ_c factor_c · rural_c = Σ_c rural_c.
 * r continues the pace of 2000–2010 (docs/calibration.md); b and c are slopes over provinces.
 * U1 the rural-weighted mean rate of the first year is r.  U2 0 ≤ rate ≤ 1. */
#ifndef RH_PROCESS_RECLASSIFICATION_RATE_H
#define RH_PROCESS_RECLASSIFICATION_RATE_H

#include "process/migration.h"

typedef struct rh_reclassification {
    uint32_t n_counties;
    int base_year;
    double rate, trend;
    double *factor; /* by county, mean 1 over rural residents */
} rh_reclassification;

RH_MUST_CHECK rh_status rh_reclassification_init(rh_reclassification *out,
                                                 const rh_region *region,
                                                 const rh_migration *migration, rh_err *err);
void rh_reclassification_release(rh_reclassification *reclassification);

/* Share of the county's rural residents reclassified in `year`. */
double rh_reclassification_rate(const rh_reclassification *reclassification, uint32_t county,
                                int year);

#endif
