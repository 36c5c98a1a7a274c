/* Languages: see language.h. */
#include "http/language.h"

#include <string.h>
#include <strings.h>

bool
rh_language_tag(const char *text, size_t size, enum rh_language *out)
{
    if (size < 2 || (size > 2 && text[2] != '-' && text[2] != '_')) {
        return false;
    }
    bool zh = strncasecmp(text, "zh", 2) == 0, en = strncasecmp(text, "en", 2) == 0;
    *out = zh ? RH_CHINESE : RH_ENGLISH;
    return zh || en;
}

/* "q=0.8" in thousandths; 1000 when there is none. */
static int
weight(const char *at, const char *end)
{
    at = memchr(at, ';', (size_t)(end - at));
    if (at == NULL) {
        return 1000;
    }
    at++;
    while (at < end && (*at == ' ' || *at == '\t')) {
        at++;
    }
    if (end - at < 3 || (at[0] | 0x20) != 'q' || at[1] != '=') {
        return 1000;
    }
    int value = at[2] == '1' ? 1000 : 0, unit = 100;
    for (at += 4; at < end && *at >= '0' && *at <= '9' && unit > 0 && value < 1000; at++) {
        value += (*at - '0') * unit;
        unit /= 10;
    }
    return value;
}

enum rh_language
rh_language_accepted(const char *header)
{
    int best[RH_LANGUAGE_COUNT] = {0}, order[RH_LANGUAGE_COUNT] = {1000, 1000}, n = 0;
    for (const char *at = header; at != NULL && *at != '\0' && n < 50; n++) {
        at += strspn(at, ", \t");
        const char *end = at + strcspn(at, ",");
        size_t tag = strcspn(at, ",; \t");
        enum rh_language language;
        if (rh_language_tag(at, tag, &language) && weight(at, end) > best[language]) {
            best[language] = weight(at, end);
            order[language] = n;
        }
        at = end;
    }
    bool english = best[RH_ENGLISH] > best[RH_CHINESE] ||
                   (best[RH_ENGLISH] > 0 && best[RH_ENGLISH] == best[RH_CHINESE] &&
                    order[RH_ENGLISH] < order[RH_CHINESE]);
    return english ? RH_ENGLISH : RH_CHINESE;
}
