/* What may be wrong with a request: one list of status and sentence (problem.def).
 *
 * Unlike rh_err, whose reader runs the server, a problem is read by the person who sent the request, in that person's
 * language; so functions that judge what a stranger sent return rh_problem instead of rh_status. 0 (RH_PROBLEM_NONE) is no
 * problem. */
#ifndef RH_HTTP_PROBLEM_H
#define RH_HTTP_PROBLEM_H

#include "core/status.h"
#include "core/text.h"

typedef enum rh_problem {
    RH_PROBLEM_NONE,
#define PROBLEM(id, status, zh, en) RH_PROBLEM_##id,
#include "http/problem.def"
#undef PROBLEM
    RH_PROBLEM_COUNT
} rh_problem;

/* HTTP status; 200 for RH_PROBLEM_NONE. */
int rh_problem_status(rh_problem problem);

/* One sentence; "" for RH_PROBLEM_NONE. */
const char *rh_problem_text(rh_problem problem, enum rh_language language);

#endif
