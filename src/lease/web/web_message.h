/* Messages of the pages in Chinese and English: one table (web_message.def), values put in by number.
 *
 * M1 a value is only ever a value: braces in it are not looked at, and in HTML it is escaped like every text. */
#ifndef RH_WEB_WEB_MESSAGE_H
#define RH_WEB_WEB_MESSAGE_H

#include "core/text.h"
#include "web/html.h"

enum rh_web_message {
    RH_WEB_NOTHING, /* no message: what was typed is fine */
#define WEB_MESSAGE(id, zh, en) RH_WEB_##id,
#include "web/web_message.def"
#undef WEB_MESSAGE
    RH_WEB_COUNT
};

/* The text as it stands in the table ("" for RH_WEB_NOTHING), with its placeholders. */
const char *rh_web_text(enum rh_language language, enum rh_web_message message);

/* Write the message into a page, in the page's language, escaped; the texts that follow, ended by NULL, replace {1}, {2}, …
 * (a missing one is left out). */
void rh_html_say(rh_html *h, enum rh_web_message message, ...) __attribute__((sentinel));

/* The same as plain text into out[room] (room > 0), cut at a whole character; returns out. */
char *rh_web_say(char *out, size_t room, enum rh_language language, enum rh_web_message message,
                 ...) __attribute__((sentinel));

#endif
