/* The answer of `ronghe coupling`: every row under the standard and the revised formula, with the grade under each, and what
 * holds it back. */
#ifndef RH_EVALUATE_COUPLING_ANSWER_H
#define RH_EVALUATE_COUPLING_ANSWER_H

#include "evaluate/answer.h"

typedef struct rh_coupling_grades {
    uint32_t n;
    const double *from; /* rising */
    const char *const *zh, *const *en;
    const char *source;
} rh_coupling_grades;

/* Scores of rows (units, or units in years); all borrowed. */
typedef struct rh_coupling_table {
    uint32_t rows, systems; /* systems ≥ 2 */
    const char *const *id;
    const double *year; /* NULL: no years */
    const char *const *system;
    const double *u; /* rows × systems, 0–1, NAN: missing */
    const double *w; /* systems, sum 1 */
    double margin;   /* of the lag type */
    double power;    /* k of the powered form, NAN: not wanted */
    rh_coupling_grades grades;
} rh_coupling_table;

/* Tables units, obstacles, grades and, with years, years; a warning where the formula changes the grade. O(rows × systems²). Errors:
 * RH_MEMORY. */
RH_MUST_CHECK rh_status rh_coupling_answer(rh_answer *a, const rh_coupling_table *t,
                                           rh_err *err);

#endif
