/* Which of the two languages a browser asks for (RFC 9110, 12.5.4): Chinese, unless Accept-Language ranks English higher. */
#ifndef RH_HTTP_LANGUAGE_H
#define RH_HTTP_LANGUAGE_H

#include "core/text.h"

#include <stdbool.h>
#include <stddef.h>

/* "zh", "zh-Hans-CN", "en", "en-GB": true and the language. */
bool rh_language_tag(const char *text, size_t size, enum rh_language *out);
/* `header` may be NULL. */
enum rh_language rh_language_accepted(const char *header);

#endif
