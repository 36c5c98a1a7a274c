/* From a region's tables to residents: one county's home blocks at a time.
 *
 * Persons are dealt, not drawn: for every residence county, class and part the cards of a deck
 * (age group and sex) are dealt by a keyed permutation (rh_deal) to the seats (home county and
 * township, leaf), so that every margin of the region holds exactly and no table of persons is
 * ever stored. Attributes without an exact margin are drawn from tables fitted to the county's
 * margins. Members of a block are then joined into couples and households (store.h V1–V5).
 *
 * Y1 residents by residence county × class × part × sex × age group = region cells, exactly.
 * Y2 residents by leaf and class = region leaf_class, exactly (leaf: residence).
 * Y3 the blocks of a county depend on (region, seed, parameters) alone. */
#ifndef RH_PERSON_SYNTH_H
#define RH_PERSON_SYNTH_H

#include "person/store.h"
#include "place/region.h"

typedef struct rh_synth rh_synth;

/* Prepare the tables shared by all counties (fitted education, activity, marital, arrival
 * profiles). `sample` in (0, 1]: keep one household in 1/sample (1: all). Borrows `region` for
 * its lifetime. */
RH_MUST_CHECK rh_status rh_synth_new(const rh_region *region, uint64_t seed, double sample,
                                     unsigned n_threads, rh_synth **out, rh_err *err);
void rh_synth_free(rh_synth *synth);

/* Build every block (township) of home county `county` in `store`. Thread safe for different
 * counties. */
RH_MUST_CHECK rh_status rh_synth_county(const rh_synth *synth, uint32_t county, rh_store *store,
                                        rh_err *err);

/* All counties on n_threads; progress may be NULL and is called with counties done (from one
 * thread at a time). */
RH_MUST_CHECK rh_status rh_synth_all(const rh_synth *synth, rh_store *store, unsigned n_threads,
                                     void (*progress)(void *context, uint64_t done,
                                                      uint64_t total),
                                     void *context, rh_err *err);

/* Residual of one fitted margin over all counties, for printing and storing. */
typedef struct rh_margin_residual {
    const char *margin; /* "households", "education: junior, female", … */
    double target, got; /* national sums (persons or households) */
    double
        mean_abs_pct; /* mean over counties of |got - target| / target × 100, target-weighted */
    double worst_pct; /* largest |got - target| / target × 100 among counties above 1,000 */
    uint32_t worst_county;
} rh_margin_residual;

/* Recount the store against the region. Exact margins (Y1, Y2) that differ are an error naming
 * the place; fitted margins come back in *residuals (caller frees with rh_free). Only for
 * sample == 1. */
RH_MUST_CHECK rh_status rh_synth_audit(const rh_region *region, const rh_store *store,
                                       unsigned n_threads, rh_margin_residual **residuals,
                                       unsigned *n_residuals, rh_err *err);

#endif
