/* The uncertainty of an index as its framework asks for it: all choices of the chain worked out into a plan (index_plan.h), then drawn from
 * (uncertainty_run.h).
 *
 * N1 choice 0 of a step is the framework's own; one that the data cannot bear is left out and named in `dropped`.
 * N2 where geometric or harmonic means are among the choices, a matrix with values ≤ 0 is mapped as a whole onto 1 … 100. That leaves every
 *    rank of the other methods as it was: methods for which it would not (penalties, vector norms, benefit of the doubt) drop the means
 *    instead.
 * N3 in a panel the ranks are those of the last year; bounds and weights still come from the whole panel. */
#ifndef RH_EVALUATE_INDEX_UNCERTAIN_H
#define RH_EVALUATE_INDEX_UNCERTAIN_H

#include "evaluate/index_chain.h"
#include "evaluate/uncertainty_run.h"

enum { RH_INDEX_DROPPED = 16 };

typedef struct rh_index_dropped {
    enum rh_index_step step;
    int choice;    /* method by its number */
    char why[300]; /* a sentence */
} rh_index_dropped;

typedef struct rh_index_uncertain {
    rh_uncertainty ranks; /* of the rows below */
    uint32_t n;
    uint32_t *unit; /* [n]: number among the result's units */
    uint32_t n_choices[RH_STEPS];
    int choice[RH_STEPS][RH_INDEX_CHOICES]; /* methods by number; choice 0 is the framework's */
    uint32_t n_dropped;
    rh_index_dropped dropped[RH_INDEX_DROPPED];
    bool shifted; /* N2 */
    uint32_t draws, top;
    uint64_t seed;
    double noise;
} rh_index_uncertain;

/* Errors: RH_INPUT, RH_MEMORY. Cost: of the chain times the choices of missing, outliers and normalisation, and the draws. The caller
 * frees. */
RH_MUST_CHECK rh_status rh_index_uncertain_run(const rh_index_framework *f,
                                               const rh_index_data *d, const rh_index_result *r,
                                               unsigned threads, rh_index_uncertain **out,
                                               rh_err *err);
void rh_index_uncertain_free(rh_index_uncertain *uncertain);

#endif
