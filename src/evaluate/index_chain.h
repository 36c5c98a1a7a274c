/* The chain of an index: screen → fill → outliers → normalise → weights and scores, level by level.
 *
 * Each step is a call of its own on matrices (column-major, x[j * n + i]), so that the uncertainty can go through other choices;
 * rh_index_run is all of them as the framework wants it. Sentences of errors name file, line, column and value.
 * K1 the same framework and table give the same bits. */
#ifndef RH_EVALUATE_INDEX_CHAIN_H
#define RH_EVALUATE_INDEX_CHAIN_H

#include "evaluate/index_data.h"

/* Units that passed the screen, with what the steps need to know of them. */
typedef struct rh_index_units {
    uint32_t n;
    uint32_t *row;   /* row in the data */
    uint32_t *group; /* NULL without groups */
    int *year;       /* NULL without years */
} rh_index_units;

typedef struct rh_index_result {
    rh_index_units units;
    uint32_t n_left_out;
    double *x;       /* n × m: as measured, behind the denominators */
    double *filled;  /* n × m */
    double *treated; /* n × m */
    double *score;   /* n × n_nodes: normalised indicators, then groups, then the index */
    double *weight, *effective; /* n_nodes: in the group; in the index */
    uint32_t *place; /* n × n_nodes: 1 the best (in a panel: of its year); 0: no score */
    rh_missing_report missing;
    rh_outliers_report *outliers; /* m */
    rh_weigh_report *weigh;       /* groups */
} rh_index_result;

/* filled[n × m] from x by a method. */
RH_MUST_CHECK rh_status rh_index_fill(const rh_index_framework *f, const rh_index_units *u,
                                      enum rh_missing_fill method, const double *x,
                                      double *filled, rh_missing_report *report, rh_err *err);

/* treated[n × m] from filled; `report` (m) may be NULL. */
RH_MUST_CHECK rh_status rh_index_treat(const rh_index_framework *f, const rh_index_data *d,
                                       const rh_index_units *u, bool treat,
                                       const double *filled, double *treated,
                                       rh_outliers_report *report, rh_err *err);

/* normal[n × m] from treated. `method`: instead of the framework's, but for indicators that say theirs themselves; NULL: the framework's.
 */
RH_MUST_CHECK rh_status rh_index_normalise(const rh_index_framework *f, const rh_index_data *d,
                                           const rh_index_units *u, const rh_normalise *method,
                                           const double *treated, double *normal, rh_err *err);

/* Weights of all nodes in their groups and scores of all groups. score[n × n_nodes] begins with the normalised indicators. `weigh`:
 * instead of the framework's (groups' own too); NULL: the framework's. `report` (groups) may be NULL. */
RH_MUST_CHECK rh_status rh_index_weigh(const rh_index_framework *f, const rh_index_data *d,
                                       const rh_index_units *u, const rh_weigh *weigh,
                                       const double *treated, double *score, double *weight,
                                       rh_weigh_report *report, rh_err *err);

/* The whole chain. The caller frees. Cost: that of the methods chosen. */
RH_MUST_CHECK rh_status rh_index_run(const rh_index_framework *f, const rh_index_data *d,
                                     rh_index_result **out, rh_err *err);
void rh_index_result_free(rh_index_result *result);

#endif
