/* A text that grows: see growing.h. */
#include "store/growing.h"

#include "core/mem.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
rh_growing_release(rh_growing *g)
{
    rh_free(g->text);
    *g = (rh_growing){0};
}

void
rh_growing_clear(rh_growing *g)
{
    g->size = 0;
    g->broken = false;
    if (g->text != NULL) {
        g->text[0] = '\0';
    }
}

/* Room for `more` bytes and the NUL. */
static bool
room_for(rh_growing *g, size_t more)
{
    if (g->broken) {
        return false;
    }
    if (g->size + more + 1 > g->room) {
        size_t room = 2 * (g->size + more + 1) + 64;
        char *text = rh_resize(g->text, room, 1);
        if (text == NULL) {
            g->broken = true;
            return false;
        }
        g->text = text;
        g->room = room;
    }
    return true;
}

void
rh_growing_bytes(rh_growing *g, const void *bytes, size_t size)
{
    if (room_for(g, size)) {
        memcpy(g->text + g->size, bytes, size);
        g->size += size;
        g->text[g->size] = '\0';
    }
}

void
rh_growing_text(rh_growing *g, const char *text)
{
    rh_growing_bytes(g, text, strlen(text));
}

void
rh_growing_number(rh_growing *g, int64_t number)
{
    char digits[24];
    char *p = digits + sizeof digits;
    uint64_t left = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    do {
        *--p = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (number < 0) {
        *--p = '-';
    }
    rh_growing_bytes(g, p, (size_t)(digits + sizeof digits - p));
}

void
rh_growing_hex(rh_growing *g, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        const char *digit = "0123456789abcdef";
        char two[2] = {digit[bytes[i] >> 4], digit[bytes[i] & 15]};
        rh_growing_bytes(g, two, 2);
    }
}

void
rh_growing_format(rh_growing *g, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int size = vsnprintf(NULL, 0, format, args);
    if (size < 0) {
        g->broken = true;
    } else if (room_for(g, (size_t)size)) {
        vsnprintf(g->text + g->size, (size_t)size + 1, format, again);
        g->size += (size_t)size;
    }
    va_end(again);
    va_end(args);
}

rh_status
rh_growing_check(const rh_growing *g, rh_err *err)
{
    return g->broken
               ? rh_fail(err, RH_MEMORY, "Not enough memory for a text of %zu bytes.", g->size)
               : RH_OK;
}
