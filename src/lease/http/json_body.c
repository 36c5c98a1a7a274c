/* JSON bodies: see json_body.h. The depth is measured before jansson recurses. */
#include "http/json_body.h"

#include <stdbool.h>

static bool
too_deep(const char *bytes, size_t size, unsigned most)
{
    unsigned depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < size; i++) {
        char c = bytes[i];
        if (quoted) {
            i += c == '\\';
            quoted = c != '"';
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{' || c == '[') {
            if (++depth > most) {
                return true;
            }
        } else if ((c == '}' || c == ']') && depth > 0) {
            depth--;
        }
    }
    return false;
}

rh_problem
rh_json_read(const char *bytes, size_t size, unsigned depth, json_t **out)
{
    *out = NULL;
    if (too_deep(bytes, size, depth)) {
        return RH_PROBLEM_JSON_TOO_DEEP;
    }
    *out = json_loadb(bytes, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
    return *out != NULL ? RH_PROBLEM_NONE : RH_PROBLEM_JSON_MALFORMED;
}
