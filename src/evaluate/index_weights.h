/* Weights of the indicators of one group: one call for all methods, as a framework file names them.
 *
 * A matrix is column-major: unit i's value of indicator j is x[j * n + i]. It holds the treated data before normalisation
 * (or, at higher levels, the scores of the level below); direction[j] is 1 where more is better, -1 where less is. Each method
 * normalises by its own definition (weights_*.c say which and cite it). Rows that hold a NAN are left out.
 *
 * The methods themselves are in weights_*.c on plain arrays; index_weights.c only chooses among them.
 * H1 weights sum to 1; w[j] ≥ 0 but for PCA and factor weights, where negative ones are counted in the report. */
#ifndef RH_EVALUATE_INDEX_WEIGHTS_H
#define RH_EVALUATE_INDEX_WEIGHTS_H

#include "core/status.h"

#include <stdbool.h>
#include <stdint.h>

/* WEIGHTING(ID, word in framework files, zh, en): the words of `weights: {method: …}`. */
#define RH_WEIGHTING_LIST(X)                                                                   \
    X(EQUAL, "equal", "等权", "equal")                                                         \
    X(GIVEN, "given", "给定权重", "given")                                                     \
    X(ENTROPY, "entropy", "熵权法（列占比）", "entropy of column shares")                      \
    X(ENTROPY_TEXTBOOK, "entropy-textbook", "熵权法（教材式）", "entropy, textbook form")      \
    X(AHP, "ahp", "层次分析法（特征向量）", "AHP eigenvector")                                 \
    X(AHP_GEOMETRIC, "ahp-geometric", "层次分析法（几何平均）", "AHP geometric mean")          \
    X(CRITIC, "critic", "CRITIC 法", "CRITIC")                                                 \
    X(MEREC, "merec", "MEREC 法", "MEREC")                                                     \
    X(CILOS, "cilos", "CILOS 法", "CILOS")                                                     \
    X(IDOCRIW, "idocriw", "IDOCRIW 法", "IDOCRIW")                                             \
    X(PCA, "pca", "主成分法", "principal components")                                          \
    X(FACTOR, "factor", "因子分析法", "factor analysis")                                       \
    X(VARIATION, "variation", "变异系数法", "coefficient of variation")                        \
    X(DEVIATION, "deviation", "标准差法", "standard deviation")

enum rh_weighting {
#define X(id, word, zh, en) RH_WEIGHTING_##id,
    RH_WEIGHTING_LIST(X)
#undef X
        RH_WEIGHTING_COUNT
};

/* How two sets of weights become one: alpha × first + (1 − alpha) × second; product; square root of the product; game theory. */
#define RH_COMBINE_LIST(X)                                                                     \
    X(NONE, "none")                                                                            \
    X(LINEAR, "linear")                                                                        \
    X(MULTIPLICATIVE, "multiplicative")                                                        \
    X(GEOMETRIC, "geometric")                                                                  \
    X(GAME, "game")

enum rh_combine {
#define X(id, word) RH_COMBINE_##id,
    RH_COMBINE_LIST(X)
#undef X
        RH_COMBINE_COUNT
};

typedef struct rh_weigh {
    enum rh_weighting method;
    enum rh_combine combine;
    enum rh_weighting second; /* with combine */
    double alpha;             /* LINEAR: share of the first, 0 … 1 */
    double
        epsilon; /* ENTROPY_TEXTBOOK: values are scaled into [epsilon, 1 - epsilon]; 0.002 is usual */
    const double *given;    /* GIVEN: m weights ≥ 0, any sum above 0; borrowed */
    const double *pairwise; /* AHP: m × m judgements, row after row; borrowed */
    bool
        allow_negative; /* PCA, FACTOR: give negative weights (and count them) instead of failing */
} rh_weigh;

typedef struct rh_weigh_report {
    double lambda, consistency_index, consistency_ratio; /* AHP; NAN else */
    uint32_t worst_row, worst_column; /* AHP: the judgement that hurts consistency most */
    double worst_given, worst_wanted; /* as it stands, and as the other judgements imply it */
    double explained;                 /* PCA, FACTOR: share of the variance; NAN else */
    uint32_t negative;                /* PCA, FACTOR: weights below 0 */
    uint32_t rows_left_out;           /* for a NAN */
} rh_weigh_report;

/* Weights w[m] of the group. `report` may be NULL. Errors: RH_INPUT with the column's number (from 1) and what it holds;
 * RH_MEMORY. */
RH_MUST_CHECK rh_status rh_weights_find(const rh_weigh *how, const double *x, uint32_t n,
                                        uint32_t m, const int *direction, double *w,
                                        rh_weigh_report *report, rh_err *err);

#endif
