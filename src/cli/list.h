/* Lists of the command line: "a,b,c" of columns or names, "1,2,0.5" of numbers. */
#ifndef RH_CLI_LIST_H
#define RH_CLI_LIST_H

#include "core/status.h"

#include <stdbool.h>

enum { RH_LIST_MOST = 64 };

typedef struct rh_list {
    char *text;
    const char *name[RH_LIST_MOST];
    unsigned n;
} rh_list;

/* Split a list at its commas (NULL: none). Errors: RH_INPUT for an empty name or more than `most` ≤ RH_LIST_MOST; RH_MEMORY. */
RH_MUST_CHECK rh_status rh_list_split(const char *list, unsigned most, rh_list *out,
                                      rh_err *err);
void rh_list_release(rh_list *list);

/* The next number of a list: *at moves behind it and its comma, and is NULL behind the last. False, and *at stays, where no finite
 * number stands or something else follows it; the verb says what it wants. */
bool rh_list_number(const char **at, double *number);

/* All of them. Errors: RH_INPUT, as `--option: "x" is not a number.` */
RH_MUST_CHECK rh_status rh_list_numbers(const char *list, const char *option, unsigned most,
                                        double *number, unsigned *n, rh_err *err);

#endif
