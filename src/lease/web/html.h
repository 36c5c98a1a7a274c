/* HTML that is escaped by construction.
 *
 * A growing byte buffer and the only ways to write into it: literals of this program (RH_RAW takes a string literal and nothing else),
 * texts, attribute values, parts of a URL, numbers. There is no format string, so data cannot become markup.
 *
 * H1 what rh_html_text and rh_html_attribute write is read back by an HTML parser (WHATWG HTML, 13.2.5) as the same text.
 * H2 the bytes are valid UTF-8: a broken byte, a control character that HTML does not allow, becomes U+FFFD.
 * H3 an href or an action never leaves the site: what is not a path, a query or a fragment of it is written as "#" (no javascript:, no //host).
 * H4 running out of memory is remembered: later writes do nothing, rh_html_finish tells. */
#ifndef RH_WEB_HTML_H
#define RH_WEB_HTML_H

#include "core/status.h"
#include "core/text.h" /* enum rh_language */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct rh_html {
    enum rh_language language; /* of the reader: components and messages speak it */
    char *bytes;               /* size of them, no NUL behind */
    size_t size, room;
    bool failed;
} rh_html;

/* The storage is the caller's; a zero-filled rh_html is an empty English page. */
void rh_html_release(rh_html *h);
/* Forget what was written, keep the room (one buffer a connection). */
void rh_html_clear(rh_html *h);
/* RH_OK when everything was written. Errors: RH_MEMORY. */
RH_MUST_CHECK rh_status rh_html_finish(const rh_html *h, rh_err *err);

/* A string literal as it is: markup of this program. */
#define RH_RAW(h, literal) rh_html_raw((h), "" literal "", sizeof(literal) - 1)
/* Behind RH_RAW; also for bytes that a module of web/ has made itself (an SVG path). Never for data. */
void rh_html_raw(rh_html *h, const char *bytes, size_t size);

/* A text between tags, or inside a quoted attribute value. NULL writes nothing. */
void rh_html_text(rh_html *h, const char *text);
void rh_html_bytes(rh_html *h, const char *text, size_t size);

/* ` name="value"`, value escaped; the name is a literal. Nothing for a NULL value. */
#define RH_ATTRIBUTE(h, name, value)                                                           \
    rh_html_attribute((h), " " name "=\"", sizeof(name) + 2, (value))
void rh_html_attribute(rh_html *h, const char *open, size_t size, const char *value);

/* ` href="…"` of a path in this site (H3). Nothing for NULL. */
void rh_html_href(rh_html *h, const char *href);
/* ` action="…"` of a form, by the same rule. */
void rh_html_action(rh_html *h, const char *path);
/* One part of a URL (a segment of a path, a key or a value of a query): RFC 3986, 2.1; all but unreserved letters as %XX. */
void rh_html_url(rh_html *h, const char *part);

/* Decimal digits. */
void rh_html_number(rh_html *h, int64_t n);

#endif
