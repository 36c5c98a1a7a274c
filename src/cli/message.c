/* Messages: see message.h. */
#include "cli/message.h"

#include <stdarg.h>
#include <string.h>

enum { MOST_VALUES = 9 };

const char *
rh_message_text(enum rh_language language, enum rh_message message)
{
    static const char *const text[RH_MSG_COUNT][RH_LANGUAGE_COUNT] = {
#define MESSAGE(id, zh, en) [RH_MSG_##id] = {[RH_CHINESE] = zh, [RH_ENGLISH] = en},
#include "cli/message.def"
#undef MESSAGE
    };
    return text[message][language];
}

void
rh_say(FILE *out, enum rh_language language, enum rh_message message, ...)
{
    const char *value[MOST_VALUES] = {NULL};
    va_list args;
    va_start(args, message);
    for (int i = 0; i < MOST_VALUES; i++) {
        value[i] = va_arg(args, const char *);
        if (value[i] == NULL) {
            break;
        }
    }
    va_end(args);
    for (const char *at = rh_message_text(language, message); *at != '\0'; at++) {
        if (at[0] == '{' && at[1] >= '1' && at[1] <= '9' && at[2] == '}') {
            const char *text = value[at[1] - '1'];
            fputs(text != NULL ? text : "", out);
            at += 2;
        } else {
            fputc(*at, out);
        }
    }
}

enum rh_message
rh_message_of_status(rh_status status)
{
    switch (status) {
    case RH_USAGE:
        return RH_MSG_STATUS_USAGE;
    case RH_RANGE:
        return RH_MSG_STATUS_RANGE;
    case RH_MISSING:
        return RH_MSG_STATUS_MISSING;
    case RH_IO:
        return RH_MSG_STATUS_IO;
    case RH_MEMORY:
        return RH_MSG_STATUS_MEMORY;
    case RH_INVARIANT:
        return RH_MSG_STATUS_INVARIANT;
    case RH_INTERRUPTED:
        return RH_MSG_STATUS_INTERRUPTED;
    default:
        return RH_MSG_STATUS_INPUT;
    }
}

enum rh_language
rh_language_of_locale(const char *locale)
{
    return locale != NULL && strncmp(locale, "zh", 2) == 0 ? RH_CHINESE : RH_ENGLISH;
}

bool
rh_language_parse(const char *word, enum rh_language *language)
{
    *language = strcmp(word, "zh") == 0 ? RH_CHINESE : RH_ENGLISH;
    return *language == RH_CHINESE || strcmp(word, "en") == 0;
}
