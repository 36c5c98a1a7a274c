/* A text that grows at its end: SQL, canonical JSON, CSV.
 *
 * Adding never fails at the place; running out of memory is remembered in `broken`, nothing more is added, and who uses the text asks once
 * at the end (rh_growing_check). Zero-filled is an empty one. */
#ifndef RH_STORE_GROWING_H
#define RH_STORE_GROWING_H

#include "core/status.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct rh_growing {
    char *text; /* ends with NUL; NULL while nothing was added */
    size_t size, room;
    bool broken;
} rh_growing;

void rh_growing_release(rh_growing *g);
void rh_growing_clear(rh_growing *g); /* empty, the memory stays */
void rh_growing_bytes(rh_growing *g, const void *bytes, size_t size);
void rh_growing_text(rh_growing *g, const char *text);
void rh_growing_number(rh_growing *g, int64_t number);
void rh_growing_hex(rh_growing *g, const uint8_t *bytes, size_t size);
void rh_growing_format(rh_growing *g, const char *format, ...) RH_PRINTF(2, 3);

/* RH_OK, or RH_MEMORY. */
RH_MUST_CHECK rh_status rh_growing_check(const rh_growing *g, rh_err *err);

#endif
