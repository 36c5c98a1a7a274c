/* Answers of `ronghe curve`: S-curves, stages, rank-size over time, parts of the change of the urban share. */
#ifndef RH_EVALUATE_CURVE_ANSWER_H
#define RH_EVALUATE_CURVE_ANSWER_H

#include "evaluate/answer.h"
#include "evaluate/urban_change.h"

/* Yearly urban shares in percent: share[place·n_years + (year − first)]; NAN where not known. */
typedef struct rh_paths {
    uint32_t n_places, n_years;
    int first;
    const char **name; /* of the places */
    double *share;     /* owned */
} rh_paths;

typedef struct rh_curve_question {
    double limit;    /* K in percent; 0: free */
    int from, until; /* years of the fit */
    int to;          /* forecast up to here; 0: none */
} rh_curve_question;

/* A curve for every place; places that cannot be fitted are warned of. Errors: RH_INPUT when none can. */
RH_MUST_CHECK rh_status rh_curve_fit(rh_answer *answer, const rh_paths *paths,
                                     const rh_curve_question *question, rh_err *err);

/* Every place beside the reference (its number), the furthest ahead first. */
RH_MUST_CHECK rh_status rh_curve_align(rh_answer *answer, const rh_paths *paths,
                                       uint32_t reference, double overlap, rh_err *err);

/* size[n] of year[n] and a name for each: one row of rank-size a year. */
RH_MUST_CHECK rh_status rh_curve_rank_size(rh_answer *answer, const double *year,
                                           const double *size, uint32_t n, double least,
                                           uint32_t top, rh_err *err);

/* n periods in order; the parts of each in points, and their sum over all. `name`: of the periods' last years. */
RH_MUST_CHECK rh_status rh_curve_decompose(rh_answer *answer, const double *year,
                                           rh_urban_books *books, uint32_t n, rh_err *err);

#endif
