/* HTML: see html.h. */
#include "web/html.h"

#include "core/mem.h"

#include <string.h>

/* What an ASCII byte needs: nothing (it is copied in runs), an entity, or to be replaced; one row is 32 bytes. */
static const char need[] = "bbbbbbbbb..bbsbbbbbbbbbbbbbbbbbb"
                           "..s...ss....................s.s."
                           "................................"
                           "...............................b";

/* Room for `more` bytes; false when there is none. */
static bool
grow(rh_html *h, size_t more)
{
    if (h->failed) {
        return false;
    }
    if (more <= h->room - h->size) {
        return true;
    }
    size_t room = h->room == 0 ? 16384 : h->room;
    while (room - h->size < more) {
        if (room > SIZE_MAX / 2) {
            h->failed = true;
            return false;
        }
        room *= 2;
    }
    char *bytes = rh_resize(h->bytes, room, 1);
    if (bytes == NULL) {
        h->failed = true;
        return false;
    }
    h->bytes = bytes;
    h->room = room;
    return true;
}

void
rh_html_release(rh_html *h)
{
    rh_free(h->bytes);
    *h = (rh_html){.language = h->language};
}

void
rh_html_clear(rh_html *h)
{
    h->size = 0;
    h->failed = false;
}

rh_status
rh_html_finish(const rh_html *h, rh_err *err)
{
    return h->failed ? rh_fail(err, RH_MEMORY, "Not enough memory for a page.") : RH_OK;
}

void
rh_html_raw(rh_html *h, const char *bytes, size_t size)
{
    if (size != 0 && grow(h, size)) {
        memcpy(h->bytes + h->size, bytes, size);
        h->size += size;
    }
}

static void
escape(rh_html *h, char c)
{
    switch (c) {
    case '"':
        RH_RAW(h, "&quot;");
        break;
    case '&':
        RH_RAW(h, "&amp;");
        break;
    case '\'':
        RH_RAW(h, "&#39;");
        break;
    case '<':
        RH_RAW(h, "&lt;");
        break;
    case '>':
        RH_RAW(h, "&gt;");
        break;
    default: /* a parser turns a bare CR into LF */
        RH_RAW(h, "&#13;");
    }
}

/* Bytes of the character at p (of `size` bytes), or 0 when it is broken. A C1 control is broken, too. */
static size_t
character(const unsigned char *p, size_t size)
{
    if (p[0] >= 0xc2 && p[0] <= 0xdf) {
        bool good = size >= 2 && (p[1] & 0xc0) == 0x80 && !(p[0] == 0xc2 && p[1] < 0xa0);
        return good ? 2 : 0;
    }
    if ((p[0] & 0xf0) == 0xe0) {
        bool good = size >= 3 && (p[1] & 0xc0) == 0x80 && (p[2] & 0xc0) == 0x80 &&
                    !(p[0] == 0xe0 && p[1] < 0xa0) && !(p[0] == 0xed && p[1] >= 0xa0);
        return good ? 3 : 0;
    }
    if (p[0] >= 0xf0 && p[0] <= 0xf4) {
        bool good = size >= 4 && (p[1] & 0xc0) == 0x80 && (p[2] & 0xc0) == 0x80 &&
                    (p[3] & 0xc0) == 0x80 && !(p[0] == 0xf0 && p[1] < 0x90) &&
                    !(p[0] == 0xf4 && p[1] >= 0x90);
        return good ? 4 : 0;
    }
    return 0;
}

void
rh_html_bytes(rh_html *h, const char *text, size_t size)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t from = 0, i = 0; /* [from, i) is good and not yet written */
    while (i < size) {
        size_t n = p[i] < 128 ? need[p[i]] == '.' : character(p + i, size - i);
        if (n != 0) {
            i += n;
            continue;
        }
        rh_html_raw(h, text + from, i - from);
        if (p[i] < 128 && need[p[i]] == 's') {
            escape(h, text[i]);
        } else {
            RH_RAW(h, "\xef\xbf\xbd");
        }
        from = ++i;
    }
    rh_html_raw(h, text + from, size - from);
}

void
rh_html_text(rh_html *h, const char *text)
{
    if (text != NULL) {
        rh_html_bytes(h, text, strlen(text));
    }
}

void
rh_html_attribute(rh_html *h, const char *open, size_t size, const char *value)
{
    if (value != NULL) {
        rh_html_raw(h, open, size);
        rh_html_text(h, value);
        RH_RAW(h, "\"");
    }
}

/* H3. A browser drops tabs and line ends in a URL and takes \ for /, so none may stand in it; a relative path may hold a
 * colon (a scheme) nowhere. */
static bool
stays_here(const char *href)
{
    bool colon = false;
    for (const char *p = href; *p != '\0'; p++) {
        if ((unsigned char)*p <= ' ' || *p == '\\' || *p == 127) {
            return false;
        }
        colon |= *p == ':';
    }
    return href[0] == '#' || href[0] == '?' || (href[0] == '/' ? href[1] != '/' : !colon);
}

void
rh_html_href(rh_html *h, const char *href)
{
    RH_ATTRIBUTE(h, "href", href == NULL || stays_here(href) ? href : "#");
}

void
rh_html_action(rh_html *h, const char *path)
{
    RH_ATTRIBUTE(h, "action", path == NULL || stays_here(path) ? path : "#");
}

void
rh_html_url(rh_html *h, const char *part)
{
    static const char hex[] = "0123456789ABCDEF";
    for (const char *p = part; *p != '\0'; p++) {
        unsigned char c = (unsigned char)*p;
        bool digit = c >= '0' && c <= '9', letter = (c | 32) >= 'a' && (c | 32) <= 'z';
        if (digit || letter || c == '-' || c == '.' || c == '_' || c == '~') {
            rh_html_raw(h, p, 1);
        } else {
            const char escaped[3] = {'%', hex[c >> 4], hex[c & 15]};
            rh_html_raw(h, escaped, sizeof escaped);
        }
    }
}

void
rh_html_number(rh_html *h, int64_t n)
{
    char digits[20];
    size_t at = sizeof digits;
    uint64_t rest = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (n < 0) {
        digits[--at] = '-';
    }
    rh_html_raw(h, digits + at, sizeof digits - at);
}
