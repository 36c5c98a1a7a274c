/* Destination choice: who leaves, along which nest, and where to; O(1) a mover.
 *
 * Nested logit over the place tree: stay / own county / own province / other province, then
 * county, then leaf (logit.h). Utilities of the base year come from inversion: an origin's
 * conditional shares are those of its base flows T, and T is made so that
 *
 *   Σ_o T_od = growth_d + exit · stock_d,
 *   growth_d ∝ stock^a · population^b · gdp^c inside a province, provinces by their share,
 *   T_od ∝ base stock od, rows mixed towards residents at home (origin.mix), provinces of
 *          origin by their share of the departures to other provinces,
 *
 * and hazards so that arrivals = hazard × exposure at home. Shocks act by exact hat (Dekle,
 * Eaton, Kortum 2008): only changes of utility enter. Parameters: migration.h.
 *
 * D1 without a shock Σ over origins of hazard × exposure × share = the arrivals wanted.
 *
 * D2 every leaf drawn belongs to the nest: own county but another township; own province but
 *    another county; another province.
 *
 * D3 tables depend on (region, parameters, shock) alone, not on the number of threads.
 *
 * Memory: 14 bytes a pair of counties with base flows (at most 115 MB for 2,870²), 24 bytes a
 * leaf. An origin's table is contiguous. */
#ifndef RH_PROCESS_DESTINATION_H
#define RH_PROCESS_DESTINATION_H

#include "core/alias.h"
#include "core/random.h"
#include "process/migration.h"

#include <math.h>

typedef struct rh_destination {
    const rh_migration *migration; /* borrowed */
    uint32_t n_counties, base_year;
    /* Pairs with flows by home county o: first[o] … split[o]-1 in the own province, split[o] …
     * first[o+1]-1 in others. */
    uint32_t *first, *split;
    uint16_t *dest;  /* destination county */
    float *weight;   /* base arrivals a year */
    rh_alias *table; /* labels: destination county */
    /* Leaves of county c for class k + 1: 2 × first_town[c] on; labels count from there. */
    rh_alias *leaf[RH_NEST_COUNT];
    uint32_t *first_town;              /* n_counties + 1 */
    double (*exposure)[RH_NEST_COUNT]; /* by home county: Σ profile over residents at home */
    double (*arrivals)[RH_NEST_COUNT]; /* by destination county: base arrivals a year (D1) */
    double (*base)[RH_NEST_COUNT];     /* by home county: hazard of the first year, no shock */
    double (*hazard)[RH_NEST_COUNT];   /* with the shock in force */
} rh_destination;

/* Build everything from the region. `migration` is borrowed for the lifetime. */
RH_MUST_CHECK rh_status rh_destination_new(const rh_region *region,
                                           const rh_migration *migration, unsigned n_threads,
                                           rh_destination **out, rh_err *err);
void rh_destination_free(rh_destination *destination);

/* Put changes of utility since the base year in force: dV by destination county (NULL: none;
 * also applies to staying there), dcost by nest (NULL: none; positive: dearer). Rebuilds the
 * tables. Shocks replace each other; (NULL, NULL) restores the base bit by bit. */
RH_MUST_CHECK rh_status rh_destination_shock(rh_destination *destination, const double *dV,
                                             const double *dcost, unsigned n_threads,
                                             rh_err *err);

/* Replace the exposure of one home county (Σ of rh_migration_profile over the residents at
 * home), so that the first year's departures stay what they are for the people really there.
 * Call before a shock. */
void rh_destination_expose(rh_destination *destination, uint32_t county, enum rh_nest nest,
                           double exposure);

/* Departures per year and unit of profile from `home_county` along `nest`. */
static inline double
rh_destination_hazard(const rh_destination *d, uint32_t home_county, enum rh_nest nest,
                      int year)
{
    return d->hazard[home_county][nest] *
           exp(d->migration->trend[nest] * (year - (int)d->base_year - 1));
}

/* A leaf of `county` for a migrant of `nest`. */
static inline uint32_t
rh_destination_leaf(const rh_destination *d, uint32_t county, enum rh_nest nest, uint64_t bits)
{
    uint32_t low = 2 * d->first_town[county], n = 2 * d->first_town[county + 1] - low;
    return low + rh_alias_draw(d->leaf[nest] + low, n, bits);
}

/* A leaf of the own county outside the home township (D2), by rejection. UINT32_MAX when there
 * is none. */
uint32_t rh_destination_in_county(const rh_destination *d, uint32_t home_county,
                                  uint32_t home_town, uint64_t bits);

/* Where a mover of home township `home_town` in `home_county` goes along `nest`: a leaf.
 * UINT32_MAX when the nest is empty (its hazard is then 0). */
static inline uint32_t
rh_destination_draw(const rh_destination *d, uint32_t home_county, uint32_t home_town,
                    enum rh_nest nest, uint64_t bits1, uint64_t bits2)
{
    if (nest == RH_NEST_COUNTY) {
        return rh_destination_in_county(d, home_county, home_town, bits1);
    }
    uint32_t low = nest == RH_NEST_PROVINCE ? d->first[home_county] : d->split[home_county];
    uint32_t end = nest == RH_NEST_PROVINCE ? d->split[home_county] : d->first[home_county + 1];
    if (low == end) {
        return UINT32_MAX;
    }
    return rh_destination_leaf(d, rh_alias_draw(d->table + low, end - low, bits1), nest, bits2);
}

/* Bytes on the heap. */
size_t rh_destination_bytes(const rh_destination *destination);

#endif
