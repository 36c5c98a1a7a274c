/* Missing data: which units are let in, and what stands where nothing was measured.
 *
 * The matrix is column-major, x[j * n + i]; NAN is missing.
 * G1 a value that was there is never changed.  G2 a value is filled from its own indicator's values or, for EM, from the joint normal
 * distribution of all indicators.  G3 what cannot be filled stays NAN and is counted. */
#ifndef RH_EVALUATE_INDEX_MISSING_H
#define RH_EVALUATE_INDEX_MISSING_H

#include "core/status.h"

#include <stdbool.h>
#include <stdint.h>

/* (ID, word in framework files, zh, en) */
#define RH_MISSING_LIST(X)                                                                     \
    X(NONE, "none", "不填补", "left missing")                                                  \
    X(MEAN, "mean", "均值", "mean")                                                            \
    X(GROUP_MEAN, "group-mean", "组均值", "mean of the group")                                 \
    X(MEDIAN, "median", "中位数", "median")                                                    \
    X(GROUP_MEDIAN, "group-median", "组中位数", "median of the group")                         \
    X(EM, "em", "多元正态 EM", "EM, multivariate normal")                                      \
    X(NEIGHBOURS, "neighbours", "K 近邻", "nearest neighbours")

enum rh_missing_fill {
#define X(id, word, zh, en) RH_FILL_##id,
    RH_MISSING_LIST(X)
#undef X
        RH_FILL_COUNT
};

enum { RH_NO_GROUP = UINT32_MAX };

typedef struct rh_missing {
    enum rh_missing_fill method;
    double least_present; /* share of indicators a unit must have, 0 … 1; 0: no screen */
    double least_nonzero; /* share of its present values that must not be 0; 0: no screen */
    uint32_t neighbours;  /* NEIGHBOURS: k ≥ 1 */
} rh_missing;

typedef struct rh_missing_report {
    uint32_t filled, left; /* cells */
    uint32_t rounds;       /* EM: rounds until it stood still */
    bool shrunk;           /* EM: the covariance had to be drawn towards its diagonal */
} rh_missing_report;

/* keep[i] = 1 for units that pass both screens; returns how many do. O(n × m). */
uint32_t rh_missing_screen(const rh_missing *how, const double *x, uint32_t n, uint32_t m,
                           uint8_t *keep);

/* Fill x in place. group[i]: number of the unit's group below n_groups or RH_NO_GROUP (such units are left alone by the group methods);
 * NULL: one group. `report` may be NULL.
 * EM (Dempster, Laird & Rubin 1977; Little & Rubin 2002, section 11.2) runs on standardised columns until no mean or covariance moves by
 * 1e-9, at most 1,000 rounds; with fewer than 2 m rows the covariance is drawn a tenth towards its diagonal (assumption, so that it can
 * be inverted). NEIGHBOURS: mean of the k nearest units that have the value, by the mean squared difference of standardised indicators
 * that both have (Troyanskaya et al. 2001). Cost: EM O(rounds × n m²) and m³ a pattern, neighbours O(n² m).
 * Errors: RH_MEMORY. */
RH_MUST_CHECK rh_status rh_missing_fill_cells(const rh_missing *how, double *x, uint32_t n,
                                              uint32_t m, const uint32_t *group,
                                              uint32_t n_groups, rh_missing_report *report,
                                              rh_err *err);

/* EM alone (index_em.c). */
RH_MUST_CHECK rh_status rh_missing_em(double *x, uint32_t n, uint32_t m,
                                      rh_missing_report *report, rh_err *err);

#endif
