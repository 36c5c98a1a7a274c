/* libFuzzer: any bytes as Cookie and Accept-Language headers, and as a cookie to write (http/cookie.h, language.h). */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "http/cookie.h"
#include "http/language.h"
#include "http/session.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *text = malloc(size + 1);
    if (text == NULL) {
        return 0;
    }
    memcpy(text, bytes, size);
    text[size] = '\0';
    size_t length;
    const char *value = rh_cookie_find(text, "sid", &length);
    if (value != NULL) {
        if (value < text || value + length > text + strlen(text) ||
            memchr(value, ';', length) != NULL) {
            abort();
        }
        (void)rh_token_is(value, length);
    }
    (void)rh_language_accepted(text);
    char out[RH_COOKIE_MOST];
    const rh_cookie cookie = {.name = "sid", .value = text, .max_age_s = -1};
    if (rh_cookie_write(&cookie, out)) { /* what is written is found again, whole */
        size_t line = strcspn(out, ";");
        out[line] = '\0';
        value = rh_cookie_find(out, "sid", &length);
        if (value == NULL || length != strlen(text) || memcmp(value, text, length) != 0 ||
            strpbrk(out, "\r\n") != NULL) {
            abort();
        }
    }
    free(text);
    return 0;
}
