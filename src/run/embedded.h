/* The embedded region: the shipped province totals over the township skeleton, in memory.
 *
 * The skeleton (out/skeleton.csv, made by tools/skeleton.mjs; or where RONGHE_SKELETON points) is
 * not part of the program, so it may be missing. */
#ifndef RH_RUN_EMBEDDED_H
#define RH_RUN_EMBEDDED_H

#include "place/region.h"

/* Files the region comes from. */
typedef struct rh_embedded_inputs {
    char *provinces, *skeleton;
} rh_embedded_inputs;

/* Find both files; `skeleton` (NULL: the usual place) is where the skeleton is. Errors: RH_MISSING
 * with how to make the skeleton. */
RH_MUST_CHECK rh_status rh_embedded_find(const char *skeleton, rh_embedded_inputs *inputs,
                                         rh_err *err);
void rh_embedded_release(rh_embedded_inputs *inputs);

#endif
