/* The list of problems as tables: see problem.h. */
#include "http/problem.h"

int
rh_problem_status(rh_problem problem)
{
    static const int status[RH_PROBLEM_COUNT] = {
        200,
#define PROBLEM(id, status, zh, en) status,
#include "http/problem.def"
#undef PROBLEM
    };
    return problem < RH_PROBLEM_COUNT ? status[problem] : 500;
}

const char *
rh_problem_text(rh_problem problem, enum rh_language language)
{
    static const char *const chinese[RH_PROBLEM_COUNT] = {
        "",
#define PROBLEM(id, status, zh, en) zh,
#include "http/problem.def"
#undef PROBLEM
    };
    static const char *const english[RH_PROBLEM_COUNT] = {
        "",
#define PROBLEM(id, status, zh, en) en,
#include "http/problem.def"
#undef PROBLEM
    };
    if (problem >= RH_PROBLEM_COUNT) {
        return "";
    }
    return language == RH_CHINESE ? chinese[problem] : english[problem];
}
