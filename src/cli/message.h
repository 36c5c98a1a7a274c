/* Messages to people in Chinese and English: one table (message.def), values put in by number.
 */
#ifndef RH_CLI_MESSAGE_H
#define RH_CLI_MESSAGE_H

#include "core/status.h"
#include "core/text.h" /* enum rh_language */

#include <stdbool.h>
#include <stdio.h>

enum rh_message {
#define MESSAGE(id, zh, en) RH_MSG_##id,
#include "cli/message.def"
#undef MESSAGE
    RH_MSG_COUNT
};

/* The text as it stands in the table. Never NULL. */
const char *rh_message_text(enum rh_language language, enum rh_message message);

/* Write a message; the texts that follow (ended by NULL) replace {1}, {2}, … A missing one is
 * left out. */
void rh_say(FILE *out, enum rh_language language, enum rh_message message, ...)
    __attribute__((sentinel));

/* Name of a status other than RH_OK. */
enum rh_message rh_message_of_status(rh_status status);

/* The language of a locale name: zh for "zh…", else English. */
enum rh_language rh_language_of_locale(const char *locale);

/* "zh" or "en" into *language; false for anything else. */
bool rh_language_parse(const char *word, enum rh_language *language);

#endif
