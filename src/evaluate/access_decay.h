/* How the pull of a place falls with the cost of reaching it: weights in [0, …) of costs ≥ 0.
 *
 * Names and forms follow what planners' tools write, so that results can be compared:
 *   none                  1
 *   binary:T              1 up to and with T, else 0                      (Luo & Wang 2003)
 *   linear:T              1 − c/T up to T, else 0
 *   exponential:B         exp(−B c)                                       (Wilson 1971)
 *   power:B[:LEAST]       max(c, LEAST)^−B; LEAST is 1 unless given, so that 0 stays finite
 *   gravity:SCALE:A:LEAST (max(c, LEAST) / SCALE)^A, A is negative        (the gravity of PySAL access)
 *   gaussian:SIGMA        exp(−c² / 2σ²)
 *   gaussian_cut:T        (exp(−½(c/T)²) − exp(−½)) / (1 − exp(−½)) up to T, else 0      (Dai 2010)
 *   epanechnikov:T        ¾ (1 − (c/T)²) up to T, else 0                   (Dai & Wang 2011, kernel density)
 *   quartic:T             15/16 (1 − (c/T)²)² up to T, else 0
 *   logistic:T:SD         (1 + exp(−Tk)) / (1 + exp((c − T) k)), k = π / (SD √3); 1 at 0
 *                                                     (logistic-CDF decay of the R package accessibility)
 *   step:C=W,C=W,…        W of the first C that is ≥ c, 0 beyond the last  (Luo & Qi 2009: closed on the right)
 *   stepped:C=W,C=W,…     1 below the first C, then W of the last C that is ≤ c   (R accessibility: open on the right)
 *
 * D1 weights are finite and ≥ 0 for every finite cost ≥ 0.
 * D2 apart from step and stepped with weights as given, weights do not rise with cost. */
#ifndef RH_EVALUATE_ACCESS_DECAY_H
#define RH_EVALUATE_ACCESS_DECAY_H

#include "core/status.h"

enum { RH_DECAY_STEPS = 32 };

typedef enum rh_decay_form {
    RH_DECAY_NONE,
    RH_DECAY_BINARY,
    RH_DECAY_LINEAR,
    RH_DECAY_EXPONENTIAL,
    RH_DECAY_POWER,
    RH_DECAY_GRAVITY,
    RH_DECAY_GAUSSIAN,
    RH_DECAY_GAUSSIAN_CUT,
    RH_DECAY_EPANECHNIKOV,
    RH_DECAY_QUARTIC,
    RH_DECAY_LOGISTIC,
    RH_DECAY_STEP,
    RH_DECAY_STEPPED,
} rh_decay_form;

typedef struct rh_decay {
    rh_decay_form form;
    double a, b, c; /* the numbers of the form, in the order above */
    unsigned n_steps;
    double step[RH_DECAY_STEPS], weight[RH_DECAY_STEPS];
} rh_decay;

/* Read "NAME:NUMBER…" as above. Errors: RH_INPUT with what is wrong and what there is. */
RH_MUST_CHECK rh_status rh_decay_parse(const char *text, rh_decay *decay, rh_err *err);

/* Weight of one cost. */
double rh_decay_weight(const rh_decay *decay, double cost);

/* weight[k] of cost[k], 0 where cost[k] > within (INFINITY: no end). O(n). */
void rh_decay_weigh(const rh_decay *decay, double within, size_t n, const double *cost,
                    double *weight);

/* The formula with its numbers put in, for people ("exp(-0.1 c)"). */
void rh_decay_formula(const rh_decay *decay, char *text, size_t size);

#endif
