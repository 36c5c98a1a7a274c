/* Memory that is given back all at once. */
#ifndef RH_DOMAIN_ARENA_H
#define RH_DOMAIN_ARENA_H

#include <stddef.h>

typedef struct rh_arena rh_arena;

rh_arena *rh_arena_new(void); /* NULL: out of memory */
void rh_arena_free(rh_arena *arena);
/* Everything that was taken is given back; the memory stays for the next use. */
void rh_arena_reset(rh_arena *arena);
/* `size` zeroed bytes, aligned to 8, or NULL. */
void *rh_arena_take(rh_arena *arena, size_t size);
/* Copy of a text, or NULL. */
const char *rh_arena_text(rh_arena *arena, const char *text);

#endif
