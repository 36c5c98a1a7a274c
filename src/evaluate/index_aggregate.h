/* From the normalised indicators of one group to its score: one call for all methods, as a framework file names them.
 *
 * The matrix is column-major (x[j * n + i]: unit i, indicator j), normalised so that more is better in every column.
 * The methods themselves are in aggregate_*.c on plain arrays; index_aggregate.c only chooses among them.
 * A1 a score is better when it is higher, whatever the method (VIKOR: 1 − Q).
 * A2 means leave a NAN out and share its weight among what is there, outranking compares what both units have; all other methods give NAN to a unit that has one (it takes no
 *    part); a unit without any value has NAN. */
#ifndef RH_EVALUATE_INDEX_AGGREGATE_H
#define RH_EVALUATE_INDEX_AGGREGATE_H

#include "core/status.h"

#include <stdint.h>

/* (ID, word in framework files, zh, en) */
#define RH_AGGREGATION_LIST(X)                                                                 \
    X(ARITHMETIC, "arithmetic", "加权算术平均", "weighted arithmetic mean")                    \
    X(GEOMETRIC, "geometric", "加权几何平均", "weighted geometric mean")                       \
    X(HARMONIC, "harmonic", "加权调和平均", "weighted harmonic mean")                          \
    X(MPI, "mpi", "MPI（负向惩罚）", "Mazziotta–Pareto, penalty downwards")                    \
    X(MPI_UP, "mpi-up", "MPI（正向惩罚）", "Mazziotta–Pareto, penalty upwards")                \
    X(MPI_ADJUSTED, "mpi-adjusted", "AMPI（负向惩罚）", "adjusted MPI, penalty downwards")     \
    X(TOPSIS, "topsis", "TOPSIS（极差）", "TOPSIS on the values as normalised")                \
    X(TOPSIS_VECTOR, "topsis-vector", "TOPSIS（向量）", "TOPSIS with vector normalisation")    \
    X(VIKOR, "vikor", "VIKOR 法", "VIKOR (1 - Q)")                                             \
    X(GREY, "grey", "灰色关联", "grey relational grade")                                       \
    X(COPELAND, "copeland", "Copeland 级别高于", "Copeland score of outranking")               \
    X(DOUBT, "benefit-of-the-doubt", "疑点收益法", "benefit of the doubt")

enum rh_aggregation {
#define X(id, word, zh, en) RH_AGGREGATION_##id,
    RH_AGGREGATION_LIST(X)
#undef X
        RH_AGGREGATION_COUNT
};

typedef struct rh_aggregate {
    enum rh_aggregation method;
    double strategy;    /* VIKOR: v, weight of the group utility; 0.5 is usual */
    double distinction; /* GREY: rho in (0, 1]; 0.5 is usual */
} rh_aggregate;

/* score[n] from x (n × m) and w[m] (≥ 0, sum 1; not read by DOUBT). Errors: RH_INPUT naming unit and indicator by number (from 1)
 * where a value cannot be used (≤ 0 in a geometric or harmonic mean); RH_MEMORY. */
RH_MUST_CHECK rh_status rh_aggregate_scores(const rh_aggregate *how, const double *x,
                                            uint32_t n, uint32_t m, const double *w,
                                            double *score, rh_err *err);

#endif
