/* Rates of urban reclassification (process/reclassification_rate.h, U1, U2). */
#include "process/reclassification_rate.h"

#include "core/mem.h"

#include <math.h>

static void
count_parts(const rh_region *r, uint32_t county, double part[RH_PART_COUNT])
{
    for (uint32_t t = r->county.first[county]; t < r->county.first[county + 1]; t++) {
        for (int p = 0; p < RH_PART_COUNT; p++) {
            for (int k = 0; k < RH_CLASS_COUNT; k++) {
                part[p] += r->leaf_class[rh_leaf(t, p)][k];
            }
        }
    }
}

rh_status
rh_reclassification_init(rh_reclassification *out, const rh_region *region,
                         const rh_migration *migration, rh_err *err)
{
    const uint32_t n = region->county.n;
    *out = (rh_reclassification){.n_counties = n,
                                 .base_year = region->base_year,
                                 .rate = migration->reclassification_rate,
                                 .trend = migration->reclassification_trend};
    RH_NEW(out->factor, n, err);
    double gdp = 0, known = 0, rural = 0, weighted = 0;
    for (uint32_t c = 0; c < n; c++) {
        if (region->column.gdp_per_head_yuan[c] > 0) {
            gdp += log(region->column.gdp_per_head_yuan[c]);
            known++;
        }
    }
    for (uint32_t c = 0; c < n; c++) {
        double part[RH_PART_COUNT] = {0}, own = region->column.gdp_per_head_yuan[c];
        count_parts(region, c, part);
        double people = part[RH_RURAL] + part[RH_URBAN];
        double x = migration->reclassification_urban *
                       ((people > 0 ? part[RH_URBAN] / people : 0) - 0.4) +
                   migration->reclassification_gdp * (own > 0 ? log(own) - gdp / known : 0);
        out->factor[c] = fmin(fmax(exp(x), 0.25), 3);
        rural += part[RH_RURAL];
        weighted += part[RH_RURAL] * out->factor[c];
    }
    for (uint32_t c = 0; weighted > 0 && c < n; c++) {
        out->factor[c] *= rural / weighted;
    }
    return RH_OK;
}

void
rh_reclassification_release(rh_reclassification *reclassification)
{
    rh_free(reclassification->factor);
    *reclassification = (rh_reclassification){0};
}

double
rh_reclassification_rate(const rh_reclassification *r, uint32_t county, int year)
{
    return fmin(r->rate * exp(r->trend * (year - r->base_year - 1)) * r->factor[county], 1);
}
