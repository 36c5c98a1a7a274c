/* Finding who is due: one compare a resident, as wide as the machine allows.
 *
 * D1 the list is the same from every instruction set: rising positions of words whose `next` equals `code`. */
#ifndef RH_PROCESS_DUE_H
#define RH_PROCESS_DUE_H

#include "person/person.h"

#include <stddef.h>

/* Writes positions into `list` (room for count + 16 entries) and returns how many. */
typedef size_t rh_due_scan(const rh_person *word, size_t count, unsigned code, uint32_t *list);

rh_due_scan rh_due_scan_plain;

/* Name of an instruction set ("avx512", "avx2", "plain") and its scan. */
typedef struct rh_due_kernel {
    const char *name;
    rh_due_scan *scan;
} rh_due_kernel;

/* The widest kernel of this machine; or the one named (NULL when this machine lacks it). */
rh_due_kernel rh_due_best(void);
rh_due_scan *rh_due_named(const char *name);

#endif
