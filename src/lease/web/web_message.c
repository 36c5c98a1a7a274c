/* Messages of the pages: see web_message.h. */
#include "web/web_message.h"

#include <stdarg.h>
#include <string.h>

enum { MOST_VALUES = 9 };

const char *
rh_web_text(enum rh_language language, enum rh_web_message message)
{
    static const char *const text[RH_WEB_COUNT][RH_LANGUAGE_COUNT] = {
        [RH_WEB_NOTHING] = {"", ""},
#define WEB_MESSAGE(id, zh, en) [RH_WEB_##id] = {[RH_CHINESE] = zh, [RH_ENGLISH] = en},
#include "web/web_message.def"
#undef WEB_MESSAGE
    };
    return text[message][language];
}

typedef struct values {
    const char *text[MOST_VALUES];
} values;

static values
values_of(va_list args)
{
    values v = {{NULL}};
    for (int i = 0; i < MOST_VALUES && (v.text[i] = va_arg(args, const char *)) != NULL; i++) {
    }
    return v;
}

/* The next piece of the text: literal bytes up to a placeholder, or a value. False at the end. */
static bool
next_piece(const char **at, const values *v, const char **piece, size_t *size)
{
    const char *p = *at;
    if (*p == '\0') {
        return false;
    }
    if (p[0] == '{' && p[1] >= '1' && p[1] <= '9' && p[2] == '}') {
        const char *value = v->text[p[1] - '1'];
        *piece = value != NULL ? value : "";
        *size = strlen(*piece);
        *at = p + 3;
        return true;
    }
    *piece = p;
    *size = 1 + strcspn(p + 1, "{");
    *at = p + *size;
    return true;
}

void
rh_html_say(rh_html *h, enum rh_web_message message, ...)
{
    va_list args;
    va_start(args, message);
    values v = values_of(args);
    va_end(args);
    const char *at = rh_web_text(h->language, message), *piece;
    size_t size;
    while (next_piece(&at, &v, &piece, &size)) {
        rh_html_bytes(h, piece, size);
    }
}

char *
rh_web_say(char *out, size_t room, enum rh_language language, enum rh_web_message message, ...)
{
    va_list args;
    va_start(args, message);
    values v = values_of(args);
    va_end(args);
    const char *at = rh_web_text(language, message), *piece;
    size_t size, used = 0;
    while (next_piece(&at, &v, &piece, &size)) {
        size_t fit = size < room - 1 - used ? size : room - 1 - used;
        memcpy(out + used, piece, fit);
        used += fit;
    }
    out[used] = '\0';
    rh_text_mend(out);
    return out;
}
