/* Where activities are: location quotient (rural specialties: ASK-14), Herfindahl, Rosenbluth, Ellison–Glaeser, primacy.
 *
 * Shares are of any additive quantity (employment, output, residents); none is negative. */
#ifndef RH_EVALUATE_CONCENTRATION_H
#define RH_EVALUATE_CONCENTRATION_H

#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

/* Location quotient (amount / region) / (nation / all): how many times its national share an industry has in a region. NAN where a
 * denominator is 0. Florence (1939). */
double rh_location_quotient(double amount, double region, double nation, double all);

typedef struct rh_herfindahl {
    size_t n;          /* amounts counted: NAN are left out */
    double value;      /* Σ s²: Herfindahl (1950), Hirschman (1945) */
    double scaled;     /* (Σ s² − 1/n) / (1 − 1/n): 0 equal, 1 in one; NAN for n = 1 */
    double equivalent; /* 1 / Σ s²: as many equal ones */
    double
        rosenbluth; /* 1 / (2 Σ rank s − 1), largest first: Hall and Tideman (1967), JASA 62 */
    double entropy;    /* −Σ s ln s */
    double largest[3]; /* shares of the largest 1, 4 and 8 together */
} rh_herfindahl;

/* Errors: RH_INPUT for a negative amount or a sum of 0; RH_MEMORY. Cost: O(n log n). */
RH_MUST_CHECK rh_status rh_herfindahl_find(const double *amount, size_t n, rh_herfindahl *out,
                                           rh_err *err);

typedef struct rh_ellison_glaeser {
    uint32_t plants;
    double herfindahl; /* H of the plants */
    double geographic; /* G = Σ_r (s_r − x_r)² */
    double
        index; /* (G / (1 − Σ x²) − H) / (1 − H): Ellison and Glaeser (1997), JPE 105(5), eq. 5 */
    double
        maurel_sedillot; /* ((Σ s² − Σ x²) / (1 − Σ x²) − H) / (1 − H): Maurel and Sédillot (1999), RSUE 29(5) */
} rh_ellison_glaeser;

/* One entry for each of n_industries into out; plants have a region, an industry and an amount ≥ 0; x_r: share of region r in all plants.
 * An industry of one plant has no index (H = 1): NAN; so has every industry when all plants are in one region. Errors:
 * RH_INPUT for a negative amount, an industry of sum 0; RH_MEMORY. Cost: O(n + industries × regions). */
RH_MUST_CHECK rh_status rh_ellison_glaeser_find(const double *amount, const uint32_t *region,
                                                const uint32_t *industry, size_t n,
                                                uint32_t n_regions, uint32_t n_industries,
                                                rh_ellison_glaeser *out, rh_err *err);

typedef struct rh_primacy {
    double share; /* largest / all */
    double two;   /* P1 / P2: Jefferson (1939), Geographical Review 29(2) */
    double four;  /* P1 / (P2 + P3 + P4), 四城市指数 */
    double
        eleven; /* 2 P1 / (P2 + … + P11), 十一城市指数; 1 under Zipf's law of the textbooks */
} rh_primacy;

/* NAN where there are too few places. Errors: RH_INPUT for a negative size or fewer than 2; RH_MEMORY. */
RH_MUST_CHECK rh_status rh_primacy_find(const double *size, size_t n, rh_primacy *out,
                                        rh_err *err);

#endif
