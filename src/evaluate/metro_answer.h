/* Answers of `ronghe metro`: what the tools of metro_*.h found, as tables with the names of units. */
#ifndef RH_EVALUATE_METRO_ANSWER_H
#define RH_EVALUATE_METRO_ANSWER_H

#include "evaluate/answer.h"
#include "evaluate/metro_areas.h"
#include "evaluate/metro_circle.h"
#include "evaluate/metro_fua.h"
#include "evaluate/metro_network.h"
#include "evaluate/metro_quality.h"
#include "evaluate/metro_together.h"

/* Units of a table; borrowed. */
typedef struct rh_metro_units {
    uint32_t n;
    const char **id, **name; /* name: "" where none */
    bool has_names;
} rh_metro_units;

/* Tables units, areas, quality, reserve. */
RH_MUST_CHECK rh_status rh_metro_answer_areas(rh_answer *a, const rh_metro_units *units,
                                              const rh_commuting *flows,
                                              const rh_lma_rule *rule, const rh_lma *lma,
                                              rh_err *err);

/* Tables units, areas, quality, for one threshold of Duranton. */
RH_MUST_CHECK rh_status rh_metro_answer_duranton(rh_answer *a, const rh_metro_units *units,
                                                 const rh_commuting *flows, double threshold,
                                                 const uint32_t *area, uint32_t rounds,
                                                 rh_err *err);

/* Tables units (with part and share), areas (cores, members), of functional urban areas. population[n]. */
RH_MUST_CHECK rh_status rh_metro_answer_fua(rh_answer *a, const rh_metro_units *units,
                                            const rh_commuting *flows, const rh_fua_rule *rule,
                                            const double *population, const rh_fua *fua,
                                            rh_err *err);

/* Tables units, areas of commuting circles. `flows`, `minutes`, `population` may be NULL. */
RH_MUST_CHECK rh_status rh_metro_answer_circle(rh_answer *a, const rh_metro_units *units,
                                               const rh_commuting *flows,
                                               const rh_minutes *minutes,
                                               const double *population,
                                               const rh_circle_rule *rule,
                                               const rh_circle *circle, rh_err *err);

/* Tables units (stability map), thresholds, pairs of a sweep: area[k × n + i] under threshold k. weight[n]: who is the main unit of an
 * area. `what` is the name of the method. */
RH_MUST_CHECK rh_status rh_metro_answer_sweep(rh_answer *a, const rh_metro_units *units,
                                              const char *what, uint32_t n_thresholds,
                                              const double *threshold, const uint32_t *area,
                                              const double *weight, rh_err *err);

/* Tables units, network, modules. */
RH_MUST_CHECK rh_status rh_metro_answer_network(rh_answer *a, const rh_metro_units *units,
                                                const rh_commuting *flows, bool betweenness,
                                                double resolution, rh_err *err);

/* A pair of cities and its components, NAN where unknown: the first three of metro_together.h, then the given ones. */
typedef struct rh_together_pair {
    uint32_t a, b;
    double there, back, minutes;
    const double *x; /* n_components */
    double index, known;
} rh_together_pair;

/* Table pairs, by falling index. component[k], weight[k]: names and weights. */
RH_MUST_CHECK rh_status rh_metro_answer_together(rh_answer *a, const rh_metro_units *units,
                                                 const rh_together_rule *rule,
                                                 uint32_t n_components,
                                                 const char *const *component,
                                                 const double *weight, uint32_t n_pairs,
                                                 const rh_together_pair *pair, rh_err *err);

#endif
