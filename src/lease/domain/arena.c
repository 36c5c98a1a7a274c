/* Memory that is given back all at once: see arena.h. */
#include "domain/arena.h"

#include "core/mem.h"

#include <string.h>

enum { CHUNK = 64 << 10 };

typedef struct chunk {
    struct chunk *next;
    size_t size, used;
    char byte[];
} chunk;

struct rh_arena {
    chunk *first, *now;
};

rh_arena *
rh_arena_new(void)
{
    return rh_alloc(1, sizeof(rh_arena));
}

void
rh_arena_free(rh_arena *arena)
{
    if (arena == NULL) {
        return;
    }
    for (chunk *c = arena->first; c != NULL;) {
        chunk *next = c->next;
        rh_free(c);
        c = next;
    }
    rh_free(arena);
}

void
rh_arena_reset(rh_arena *arena)
{
    arena->now = arena->first;
    if (arena->first != NULL) {
        arena->first->used = 0;
    }
}

void *
rh_arena_take(rh_arena *arena, size_t size)
{
    size = (size + 7) & ~(size_t)7;
    while (arena->now == NULL || arena->now->size - arena->now->used < size) {
        chunk *next = arena->now == NULL ? arena->first : arena->now->next;
        if (next == NULL) {
            size_t room = size > CHUNK ? size : CHUNK;
            next = rh_alloc(1, sizeof *next + room);
            if (next == NULL) {
                return NULL;
            }
            next->size = room;
            if (arena->now == NULL) {
                arena->first = next;
            } else {
                arena->now->next = next;
            }
        }
        next->used = 0;
        arena->now = next;
    }
    char *taken = arena->now->byte + arena->now->used;
    arena->now->used += size;
    memset(taken, 0, size);
    return taken;
}

const char *
rh_arena_text(rh_arena *arena, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = rh_arena_take(arena, size);
    if (copy != NULL) {
        memcpy(copy, text, size);
    }
    return copy;
}
