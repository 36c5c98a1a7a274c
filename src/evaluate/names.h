/* Numbers for names: ids of units, places and nodes in tables with millions of rows, found by hashing.
 *
 * N1 names get the numbers 0, 1, 2, … in the order in which they were first put.
 * Texts are borrowed (usually from a table) and must outlive the names. */
#ifndef RH_EVALUATE_NAMES_H
#define RH_EVALUATE_NAMES_H

#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

#define RH_NO_NAME UINT32_MAX

typedef struct rh_names {
    uint32_t n;
    const char **text; /* n */
    uint32_t *slot;    /* number + 1; 0: free */
    uint32_t n_slots;  /* a power of two, at least twice n */
    uint32_t room;
} rh_names;

RH_MUST_CHECK rh_status rh_names_new(rh_names **out, rh_err *err);
void rh_names_free(rh_names *names);

/* The names of an array, by their place in it (N1: each must stand once). */
RH_MUST_CHECK rh_status rh_names_of(const char *const *text, uint32_t n, rh_names **out,
                                    rh_err *err);

/* Number of a name, or RH_NO_NAME. O(1). */
uint32_t rh_names_find(const rh_names *names, const char *text);
/* The same for the first `size` bytes of a text, as a word of a list. */
uint32_t rh_names_find_part(const rh_names *names, const char *text, size_t size);

/* The same; a new name gets the next number. */
RH_MUST_CHECK rh_status rh_names_put(rh_names *names, const char *text, uint32_t *number,
                                     rh_err *err);

#endif
