/* The least-cost extension plan (ASK-09): which facilities to open, or which villages to connect, so that a wanted share of
 * people is covered at least cost. Minimum-cost partial set cover, which is NP-hard; so
 *   greedy   takes the option with the least cost a newly covered person (those beyond the goal do not count) until the goal is
 *            reached, then gives back what is not needed, the dearest first;
 *   bound    no plan can cost less: before steps 0, 1, 2, 4, 8, … of greedy, options at their cost a newly covered person,
 *            cheapest first, are taken in fractions until the missing people are covered. What options cover together is at most
 *            the sum of what each covers, so this never exceeds the best plan (Wolsey 1982, Combinatorica 2, 385-393, bounds
 *            greedy by the same inequality);
 *   exact    a mixed-integer programme: min Σ c_j x_j, y_i ≤ Σ_j∋i x_j, Σ p_i y_i ≥ missing, x binary, 0 ≤ y ≤ 1 (GLPK), which
 *            gives up after a fixed number of nodes, so that its answer does not depend on the machine.
 *
 * L1 greedy reaches the goal; bound ≤ exact ≤ greedy (to 1e-6).
 * L2 opening one more option never covers fewer people. */
#ifndef RH_EVALUATE_ACCESS_PLAN_H
#define RH_EVALUATE_ACCESS_PLAN_H

#include "evaluate/access_pairs.h"

typedef struct rh_plan_task {
    const rh_pairs *
        pairs; /* places (origins) to options (destinations) that would cover them; no pair twice, all count */
    const double *people; /* places, ≥ 0 */
    const double *cost;   /* options, ≥ 0 */
    const bool *open;     /* options that are there already, at no cost; NULL: none */
    const bool *covered;  /* places that are covered already; NULL: none but by open options */
    double goal;          /* share of all people, 0 … 1 */
} rh_plan_task;

typedef struct rh_plan {
    uint32_t n;         /* steps of the greedy plan, in the order taken */
    uint32_t *option;   /* its options */
    double *gain;       /* people newly covered by the step */
    double before, all; /* people covered before; all people */
    double reachable;   /* covered when everything is built */
    double cost, covered;
    double bound;
    bool has_exact;   /* exact ran to its end */
    uint32_t n_exact; /* options of the exact plan, rising */
    uint32_t *exact;
    double exact_cost, exact_covered,
        exact_bound; /* bound: of the programme when it gave up, else its cost */
} rh_plan;

/* Greedy and bound. Errors: RH_INPUT when the goal is out of reach. A step is O(options) and the pairs of places newly covered. */
RH_MUST_CHECK rh_status rh_plan_greedy(const rh_plan_task *task, rh_plan *plan, rh_err *err);

/* Raise the bound of a greedy plan towards that of the linear programme (Lagrangian relaxation, access_plan_bound.c). */
RH_MUST_CHECK rh_status rh_plan_raise_bound(const rh_plan_task *task, rh_plan *plan,
                                            rh_err *err);

/* The exact plan into the same; `nodes`: branchings at most. Greedy must have run. */
RH_MUST_CHECK rh_status rh_plan_exact(const rh_plan_task *task, unsigned nodes, rh_plan *plan,
                                      rh_err *err);
void rh_plan_release(rh_plan *plan);

/* Which places are covered at the start (n_origins). */
void rh_plan_start(const rh_plan_task *task, bool *covered);

#endif
