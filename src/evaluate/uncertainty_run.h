/* How sure is a rank? Draws over all that could have been decided otherwise: missing data, outliers, normalisation, weights, aggregation, and
 * the weights themselves a little up or down; rank intervals, and which of these decisions the ranks hang on (Sobol shares).
 * After Saisana, Saltelli & Tarantola 2005, J. Royal Statistical Society A 168(2).
 *
 * A draw takes each step's choice with equal chances (the choices of an index_plan.h), and disturbs the weights. Factor f of draw p is a
 * function of (seed, f, p) alone, and sums are of whole numbers or in a fixed order, so that the same seed gives the same bits with any
 * number of threads.
 * U1 draws 0 … rows-1 are rows a of uncertainty_sobol.h, rows … 2 rows-1 rows b: the shares explain the very draws that the intervals show.
 * U2 a unit without a score in a draw has no rank in it; intervals are over the draws in which it has one. */
#ifndef RH_EVALUATE_UNCERTAINTY_RUN_H
#define RH_EVALUATE_UNCERTAINTY_RUN_H

#include "evaluate/index_plan.h"
#include "evaluate/uncertainty_rank.h"
#include "evaluate/uncertainty_sobol.h"

/* Ranks are kept, two bytes each; more than this is refused (assumption: a planner's computer has 8 GB). */
#define RH_UNCERTAINTY_BYTES_MAX (2ULL << 30)

enum { RH_FACTOR_NOISE = RH_STEPS, RH_FACTORS }; /* factors 0 … RH_STEPS-1 are the steps */

typedef struct rh_uncertain {
    uint32_t draws; /* ≥ 1; 10,000 is usual */
    uint32_t rows;  /* of the Sobol design, ≤ draws / 2; 0: no shares */
    uint32_t top;   /* for the share of draws in which a unit is among the best `top` */
    /* above 0: weights from Dirichlet(concentration × weight) instead of the plan's noise */
    double concentration;
    uint64_t seed;
    unsigned threads; /* ≥ 1 */
} rh_uncertain;

typedef struct rh_unit_ranks {
    uint32_t nominal; /* of the framework as it stands; 0: no score */
    /* smallest rank that 5, 50, 95 % of the draws do not exceed; 0: no score in any draw */
    uint32_t low, median, high;
    double mean, top; /* mean rank; share of draws with rank ≤ how.top */
} rh_unit_ranks;

typedef struct rh_uncertainty {
    uint32_t n, n_factors;
    /* those that vary; RH_FACTOR_NOISE for the weights' noise */
    enum rh_index_step factor[RH_FACTORS];
    rh_unit_ranks *unit; /* [n] */
    double shift;        /* mean over draws of the mean |rank − nominal| of the units */
    /* shares of that shift's variance, by factor; NAN without rows */
    rh_sobol of_shift[RH_FACTORS];
    /* [n * n_factors] shares of the variance of each unit's rank; NULL without rows */
    rh_sobol *of_unit;
    uint64_t scorings; /* how many times the index was worked out */
} rh_uncertainty;

/* Errors: RH_RANGE for numbers that do not fit (more than 65,535 units, rows above draws / 2, ranks above RH_UNCERTAINTY_BYTES_MAX);
 * RH_INPUT of a method that cannot use the data in one of the draws; RH_MEMORY. Cost: (draws + factors × rows) × (n m multiplications +
 * one sort) where all groups take one mean, as much as rh_index_tree_scores else; memory 2 (draws + factors × rows) n bytes. */
RH_MUST_CHECK rh_status rh_uncertainty_run(const rh_index_plan *plan, const rh_uncertain *how,
                                           rh_uncertainty *out, rh_err *err);
void rh_uncertainty_release(rh_uncertainty *u);

#endif
