/* Heap memory: see mem.h. The fault counter is per thread and exists for tests only. */
#include "core/mem.h"

#include <stdlib.h>
#include <string.h>

static _Thread_local long fail_after;

static int
must_fail(void)
{
    return fail_after > 0 && --fail_after == 0;
}

void
rh_mem_fail_after(long n)
{
    fail_after = n;
}

void *
rh_alloc(size_t count, size_t size)
{
    if (must_fail()) {
        return NULL;
    }
    return calloc(count > 0 ? count : 1, size);
}

void *
rh_resize(void *p, size_t count, size_t size)
{
    size_t bytes;
    if (must_fail() || __builtin_mul_overflow(count > 0 ? count : 1, size, &bytes)) {
        return NULL;
    }
    return realloc(p, bytes);
}

void
rh_free(void *p)
{
    free(p);
}

char *
rh_strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = rh_alloc(size, 1);
    if (copy != NULL) {
        memcpy(copy, text, size);
    }
    return copy;
}
