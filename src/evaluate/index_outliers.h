/* Outliers of one indicator: test by skewness and kurtosis, winsorise, transform.
 *
 * A column passes when |skewness| ≤ a threshold or kurtosis ≤ another (the rule of the OECD/JRC handbook 2008, p. 84, and of the JRC's
 * COIN Tool: 2 and 3.5). One that does not is winsorised: all maxima (skewness ≥ 0) or minima take the next value, until it passes or
 * `most` points were moved. If it still fails it goes back to its values and is transformed.
 * O1 a column that passes is not touched.  O2 every treatment keeps the order of the values (ties may arise).  O3 NAN stays. */
#ifndef RH_EVALUATE_INDEX_OUTLIERS_H
#define RH_EVALUATE_INDEX_OUTLIERS_H

#include "evaluate/index_describe.h"

/* (ID, word in framework files, zh, en) */
#define RH_TRANSFORM_LIST(X)                                                                   \
    X(NONE, "none", "不变换", "none")                                                          \
    X(LOG, "log", "ln(x − min + 0.01(max − min))", "ln(x - min + 0.01 (max - min))")           \
    X(LOG_ONE, "log-one", "ln(x − min + 1)", "ln(x - min + 1)")                                \
    X(LOG_PLAIN, "log-plain", "ln x", "ln x")                                                  \
    X(BOX_COX, "box-cox", "Box–Cox", "Box-Cox")

enum rh_transform {
#define X(id, word, zh, en) RH_TRANSFORM_##id,
    RH_TRANSFORM_LIST(X)
#undef X
        RH_TRANSFORM_COUNT
};

typedef struct rh_outliers {
    bool test;                 /* false: transform without asking, never winsorise */
    double skewness, kurtosis; /* thresholds; 2 and 3.5 are usual */
    uint32_t most;             /* points that may be winsorised; 0: none */
    enum rh_transform then;    /* when winsorising did not suffice */
    bool combine;              /* transform the winsorised values instead of the first ones */
    bool
        optimise; /* BOX_COX: lambda by maximum likelihood (Box & Cox 1964, eq. 8), else as given */
    bool
        keep_origin; /* BOX_COX: do not shift the values to begin at 1 first (then they must be above 0) */
    double lambda;
} rh_outliers;

typedef struct rh_outliers_report {
    rh_describe before, after;
    uint32_t moved;   /* points that were winsorised (0 when the transform replaced it) */
    double low, high; /* range that winsorising left */
    enum rh_transform transform; /* that was applied */
    double lambda;               /* of Box–Cox */
    bool passed_before, passed;
} rh_outliers_report;

bool rh_outliers_pass(const rh_outliers *how, const rh_describe *d);

/* Winsorise x in place; returns the number of points moved as the peers count it (those at the ends). O(n × most). */
uint32_t rh_outliers_winsorise(const rh_outliers *how, double *x, uint32_t n);

/* Transform in place. Errors: RH_INPUT, and *bad is the row whose value has no logarithm. */
RH_MUST_CHECK rh_status rh_outliers_transform(const rh_outliers *how, double *x, uint32_t n,
                                              double *lambda, uint32_t *bad, rh_err *err);

/* The whole treatment of a column in place. `report` may be NULL. Errors: as above, RH_MEMORY. */
RH_MUST_CHECK rh_status rh_outliers_treat(const rh_outliers *how, double *x, uint32_t n,
                                          rh_outliers_report *report, uint32_t *bad,
                                          rh_err *err);

#endif
