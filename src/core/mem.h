/* All heap memory of the library passes through here, so that a test can make the n-th request fail.
 * Arrays are zero-filled. rh_free(NULL) is fine. */
#ifndef RH_CORE_MEM_H
#define RH_CORE_MEM_H

#include "core/status.h"
#include <stddef.h>

/* Zero-filled array of count × size bytes, or NULL (also when the product overflows). */
void *rh_alloc(size_t count, size_t size) __attribute__((malloc, alloc_size(1, 2)));

/* Resize to count × size bytes; new bytes are NOT cleared. NULL on failure, the old block stays. */
void *rh_resize(void *p, size_t count, size_t size) RH_MUST_CHECK;

void rh_free(void *p);

/* Copy of a NUL-ended string, or NULL. */
char *rh_strdup(const char *text);

/* Testing: let the n-th following request of this thread fail (0 switches it off). */
void rh_mem_fail_after(long n);

/* Allocate into `pointer` or return RH_MEMORY with a sentence. */
#define RH_NEW(pointer, count, err)                                                            \
    do {                                                                                       \
        (pointer) = rh_alloc((count), sizeof *(pointer));                                      \
        if ((pointer) == NULL) {                                                               \
            return rh_fail((err), RH_MEMORY, "Not enough memory for %zu entries of %s.",       \
                           (size_t)(count), #pointer);                                         \
        }                                                                                      \
    } while (0)

#endif
