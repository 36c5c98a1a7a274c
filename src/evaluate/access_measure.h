/* Measures of access: one entry for all of access_measure.def, and what they take and tell.
 *
 * A1 whatever a measure promises to keep (supply, levels of service) is kept to 1e-9, or the call fails.
 * A2 same input, same bits, whatever the number of threads and the order of the pairs. */
#ifndef RH_EVALUATE_ACCESS_MEASURE_H
#define RH_EVALUATE_ACCESS_MEASURE_H

#include "evaluate/access_pairs.h"

typedef enum rh_access_keeps {
    RH_KEEPS_NOTHING,
    RH_KEEPS_SUPPLY, /* Σ_i access_i × demand_i = Σ supply that somebody can reach */
    RH_KEEPS_TOTAL,  /* Σ_i access_i = Σ supply that somebody can reach */
    RH_KEEPS_ALL,    /* Σ_i access_i = all supply, where any pair has weight */
    RH_KEEPS_PEOPLE, /* people on the way = demand that can reach supply */
    RH_KEEPS_LEVELS, /* Σ_i access_i = Σ_j level of service_j */
} rh_access_keeps;

typedef enum rh_access_measure {
#define MEASURE(id, word, zh, en, keeps, formula, source) RH_ACCESS_##id,
#include "evaluate/access_measure.def"
#undef MEASURE
    RH_ACCESS_COUNT
} rh_access_measure;

typedef struct rh_access_info {
    const char *word, *zh, *en;
    rh_access_keeps keeps;
    const char *formula, *source;
} rh_access_info;

const rh_access_info *rh_access_info_of(rh_access_measure measure);

/* The measure of this word ("2sfca"), or RH_ACCESS_COUNT. */
rh_access_measure rh_access_find(const char *word, size_t length);

/* Who meets whom. All borrowed. */
typedef struct rh_access_input {
    const rh_pairs *pairs;      /* demand to supply */
    const rh_pairs *neighbours; /* demand to demand: of use to the ratio only, else NULL */
    const double *demand;       /* pairs->n_origins, finite and ≥ 0 */
    const double *supply;       /* pairs->n_destinations, finite and ≥ 0 */
} rh_access_input;

typedef struct rh_access_how {
    rh_decay decay;
    double within; /* the catchment: no pair beyond counts; INFINITY: all count */
    bool
        choice_beyond; /* 3SFCA, Huff: destinations beyond the catchment share in the choice (PySAL access) */
    double alpha; /* spatial availability: exponent of demand, 1 */
    double from, to, increment;
    bool
        median; /* interval: cutoffs from, from + increment, … to; their median instead of mean. increment: balancing too */
    double at_least; /* closest: supply wanted; 0: any */
    double tau;      /* RAAM: cost that weighs as much as full congestion */
    double rho;      /* RAAM: people a unit of supply serves; 0: total demand / total supply */
    unsigned cycles; /* RAAM: rounds at most; 0: 150 for steps, by size for raam */
    unsigned threads;
} rh_access_how;

/* The usual: no decay, no end, alpha 1, increment 1, any supply, tau 60, 1 thread. */
rh_access_how rh_access_usual(void);

/* The decay that a measure weighs with: plain ones count everyone in the catchment alike, kd2sfca has its kernel. */
RH_MUST_CHECK rh_status rh_access_decay(rh_access_measure measure, const rh_access_how *how,
                                        rh_decay *decay, rh_err *err);

typedef struct rh_access_balance {
    double demand, supply;                   /* totals */
    double demand_alone, supply_alone;       /* of places without a partner in the catchment */
    uint32_t n_demand_alone, n_supply_alone; /* such places with demand, with supply, above 0 */
    double kept, to_keep; /* the two sides of what the measure keeps; 0, 0 where nothing */
    double gap;           /* RAAM: what people could still gain, share of all cost */
    unsigned cycles;      /* RAAM, doubly: rounds used */
} rh_access_balance;

/* Compute one measure.
 *   access[n_origins]  NAN where it is not defined (no demand around: ratio; never reached: balancing); INFINITY where the
 *                      closest is never reached
 *   detail[n pairs]    NULL, or what each pair adds to its origin (RAAM, doubly: people on the way); NOT filled by ratio,
 *                      closest, balancing and interval
 * O(pairs) but for doubly and RAAM: O(pairs × rounds). Errors: RH_INPUT, RH_MEMORY, RH_INVARIANT (A1). */
RH_MUST_CHECK rh_status rh_access(const rh_access_input *in, rh_access_measure measure,
                                  const rh_access_how *how, double *access, double *detail,
                                  rh_access_balance *balance, rh_err *err);

#endif
