/* Base 64: see base64.h. */
#include "log/base64.h"

#include <sodium.h>

bool
rh_base64_read(const char *text, size_t text_size, uint8_t *out, size_t room, size_t *size)
{
    for (size_t i = 0; i < text_size; i++) {
        char c = text[i];
        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
              c == '+' || c == '/' || c == '=')) {
            return false;
        }
    }
    const char *end;
    return sodium_base642bin(out, room, text, text_size, NULL, size, &end,
                             sodium_base64_VARIANT_ORIGINAL) == 0 &&
           end == text + text_size;
}

size_t
rh_base64_size(size_t size)
{
    return (size + 2) / 3 * 4;
}

void
rh_base64_write(const void *bytes, size_t size, char *out)
{
    sodium_bin2base64(out, rh_base64_size(size) + 1, bytes, size,
                      sodium_base64_VARIANT_ORIGINAL);
}
