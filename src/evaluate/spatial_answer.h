/* Answers of "ronghe spatial": global statistics, maps of local ones, what the weights are like, explanations. */
#ifndef RH_EVALUATE_SPATIAL_ANSWER_H
#define RH_EVALUATE_SPATIAL_ANSWER_H

#include "evaluate/answer.h"
#include "evaluate/spatial_geary.h"
#include "evaluate/spatial_getis.h"
#include "evaluate/spatial_join.h"
#include "evaluate/spatial_lee.h"

enum rh_spatial_statistic {
    RH_SPATIAL_MORAN,
    RH_SPATIAL_RATE,
    RH_SPATIAL_BIVARIATE,
    RH_SPATIAL_GEARY,
    RH_SPATIAL_GETIS,
    RH_SPATIAL_GETIS_STAR,
    RH_SPATIAL_LEE,
    RH_SPATIAL_JOIN,
    RH_SPATIAL_CORRELOGRAM,
    RH_SPATIAL_WEIGHTS,
};

enum rh_spatial_adjust { RH_ADJUST_FDR, RH_ADJUST_BONFERRONI, RH_ADJUST_NONE };

/* What is asked; everything is borrowed. */
typedef struct rh_spatial_question {
    enum rh_spatial_statistic statistic;
    uint32_t n;
    const char *const *id;
    unsigned n_columns;
    const char *name[RH_GEARY_VARIABLES]; /* of the columns */
    const double
        *column[RH_GEARY_VARIABLES]; /* value; or value, second or base; or several (Geary) */
    const uint32_t *class;           /* join counts: class of each unit */
    const char *const *label;        /* of the classes */
    unsigned n_classes;
    const rh_weights *weights; /* styled */
    const rh_weights *binary;  /* weights 1: global G and join counts use them */
    const rh_weights *star;    /* with self weights, styled: G* */
    rh_permutations how;       /* n = 0: none */
    enum rh_local_scale scale;
    enum rh_spatial_adjust adjust;
    double alpha;
    unsigned orders; /* of the correlogram */
} rh_spatial_question;

/* Fill the answer: table "global"; "local" with a row a unit, ready for a map; "clusters" counts its classes; "weights". */
RH_MUST_CHECK rh_status rh_spatial_answer(const rh_spatial_question *question,
                                          rh_answer *answer, rh_err *err);

#endif
