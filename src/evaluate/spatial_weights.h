/* Spatial weights, 空间权重: who is whose neighbour and how much, in compressed sparse rows.
 *
 * w_ij is the weight of neighbour j in the lag of unit i. Rows keep their neighbours in rising order and never hold i
 * itself: what a unit weighs in its own lag (kernels, G*) stands apart in `self`.
 *
 * N1 start[0] = 0, start rises, to[start[i]] … to[start[i+1]-1] rise and differ from i.
 * N2 weights are finite and not negative. */
#ifndef RH_EVALUATE_SPATIAL_WEIGHTS_H
#define RH_EVALUATE_SPATIAL_WEIGHTS_H

#include "core/status.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct rh_weights {
    uint32_t n;      /* units */
    uint32_t *start; /* n + 1 */
    uint32_t *to;    /* start[n] neighbours */
    double *w;       /* their weights */
    double *self;    /* n weights of the units themselves, or NULL: none */
} rh_weights;

/* A directed link as files hold it. */
typedef struct rh_link {
    uint32_t from, to;
    double w;
} rh_link;

/* How raw weights are scaled (libpysal's letters; W, S, C, U of spdep). With q_i = sqrt(Σ_j w_ij²):
 *   RAW       as they are (O)
 *   BINARY    1 (B)
 *   ROW       w_ij / Σ_j w_ij; rows sum to 1 (R, W)
 *   VARIANCE  variance-stabilising (V, S): w_ij / q_i, then all times n / Σ (Tiefelsdorf, Griffith & Boots 1999)
 *   DOUBLE    w_ij / Σ_ij w_ij; all sum to 1 (D, U)
 *   GLOBAL    n times that; all sum to n (C) */
enum rh_weight_style {
    RH_WEIGHT_RAW,
    RH_WEIGHT_BINARY,
    RH_WEIGHT_ROW,
    RH_WEIGHT_VARIANCE,
    RH_WEIGHT_DOUBLE,
    RH_WEIGHT_GLOBAL,
};

/* Sums that the moments of global statistics need (Cliff & Ord 1981, p. 19; `self` does not count). */
typedef struct rh_weight_sums {
    double s0; /* Σ_ij w_ij */
    double s1; /* ½ Σ_ij (w_ij + w_ji)² */
    double s2; /* Σ_i (Σ_j w_ij + Σ_j w_ji)² */
} rh_weight_sums;

/* What a planner must know of weights before believing what rests on them. */
typedef struct rh_weight_facts {
    uint32_t links, least, most; /* neighbours a unit at least and at most */
    uint32_t islands;            /* units without neighbours */
    uint32_t components;         /* parts that no link joins */
    bool symmetric;              /* every w_ij = w_ji */
    uint32_t odd_from, odd_to;   /* else the first pair that differs */
} rh_weight_facts;

/* Build from links in any order; those from a unit to itself go to `self`. The links are sorted in place. A pair that
 * stands twice is refused: RH_INPUT names the two units by their index. O(m log m). Release in any case. */
RH_MUST_CHECK rh_status rh_weights_from_links(uint32_t n, rh_link *link, size_t m,
                                              rh_weights *out, rh_err *err);
RH_MUST_CHECK rh_status rh_weights_copy(const rh_weights *from, rh_weights *out, rh_err *err);
void rh_weights_release(rh_weights *weights);

/* Scale in place; `with_self` counts self weights into sums (then G* of row-standardised weights sums to 1). */
void rh_weights_style(rh_weights *weights, enum rh_weight_style style, bool with_self);

/* Give every unit a self weight: the largest of its row, 1 where it has none (esda's G*: "row maximum"). */
RH_MUST_CHECK rh_status rh_weights_add_self(rh_weights *weights, rh_err *err);

/* Keep the units with keep[i], renumbered in order; links to others fall away. */
RH_MUST_CHECK rh_status rh_weights_subset(const rh_weights *from, const bool *keep,
                                          rh_weights *out, rh_err *err);

/* Units at exactly `order` steps (1, 2, …), each with weight 1. O(n × units within reach). */
RH_MUST_CHECK rh_status rh_weights_of_order(const rh_weights *from, unsigned order,
                                            rh_weights *out, rh_err *err);

/* w_ij, 0 when j is no neighbour. O(log neighbours). */
double rh_weights_get(const rh_weights *weights, uint32_t i, uint32_t j);

/* Σ_j w_ij and Σ_j w_ij² of a row, beginning with the unit's own where `with_self`. */
typedef struct rh_row_sums {
    double sum, squares;
} rh_row_sums;
rh_row_sums rh_weights_row(const rh_weights *weights, uint32_t i, bool with_self);

/* lag_i = Σ_j w_ij x_j, without self. */
void rh_weights_lag(const rh_weights *weights, const double *x, double *lag);

/* Σ_ij w_ij x_i y_j, without self. */
double rh_weights_cross(const rh_weights *weights, const double *x, const double *y);

RH_MUST_CHECK rh_status rh_weights_sums(const rh_weights *weights, rh_weight_sums *out,
                                        rh_err *err);
RH_MUST_CHECK rh_status rh_weights_facts(const rh_weights *weights, rh_weight_facts *out,
                                         rh_err *err);

static inline bool
rh_weights_is_island(const rh_weights *weights, uint32_t i)
{
    return weights->start[i] == weights->start[i + 1];
}

#endif
