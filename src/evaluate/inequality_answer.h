/* Filling the answer of `ronghe inequality`: all measures of several columns, decompositions by groups, Lorenz points. */
#ifndef RH_EVALUATE_INEQUALITY_ANSWER_H
#define RH_EVALUATE_INEQUALITY_ANSWER_H

#include "evaluate/answer.h"
#include "evaluate/inequality_sums.h"

enum { RH_GROUP_LEVELS = 4, RH_PARAMETERS = 4 };

/* A column of labels: group[row] < n, named label[group]. */
typedef struct rh_labels {
    const char *column;
    uint32_t *group;
    const char **label;
    uint32_t n;
} rh_labels;

/* What is measured; everything is borrowed. weight[k][row] is 0 for rows that column k leaves out. */
typedef struct rh_inequality_data {
    uint32_t n, n_columns;
    const char **column;
    double **x, **weight;
    unsigned n_levels;
    rh_labels level[RH_GROUP_LEVELS];
    const char *rank_column; /* NULL: none */
    const double *rank_by;
} rh_inequality_data;

typedef struct rh_inequality_options {
    int measure; /* index in rh_inequality_names; -1: all */
    unsigned n_alpha, n_epsilon, n_kappa;
    double alpha[RH_PARAMETERS], epsilon[RH_PARAMETERS], kappa[RH_PARAMETERS];
    bool cross;
    bool counted; /* weights count people: a row is many, not one */
    unsigned lorenz, permutations, threads;
    uint64_t seed;
} rh_inequality_options;

/* Ids of all measures, ended by NULL: those of inequality.def, then entropy, atkinson, ede, kolm (which have parameters). */
extern const char *const rh_inequality_names[];
/* Is the measure defined when values are negative? */
bool rh_inequality_signed(int measure);

RH_MUST_CHECK rh_status rh_inequality_fill(rh_answer *answer, const rh_inequality_data *data,
                                           const rh_inequality_options *options, rh_err *err);

#endif
