/* Cookies: see cookie.h. */
#include "http/cookie.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool
is_octet(char c)
{
    unsigned char u = (unsigned char)c;
    return u == 0x21 || (u >= 0x23 && u <= 0x2b) || (u >= 0x2d && u <= 0x3a) ||
           (u >= 0x3c && u <= 0x5b) || (u >= 0x5d && u <= 0x7e);
}

static bool
all_octets(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (!is_octet(text[i])) {
            return false;
        }
    }
    return true;
}

const char *
rh_cookie_find(const char *header, const char *name, size_t *size)
{
    const char *found = NULL;
    size_t n = strlen(name);
    *size = 0;
    for (const char *at = header; at != NULL && *at != '\0';) {
        at += strspn(at, " \t;");
        size_t length = strcspn(at, ";");
        if (length > n && at[n] == '=' && memcmp(at, name, n) == 0) {
            if (found != NULL) {
                return NULL; /* K1 */
            }
            found = at + n + 1;
            *size = length - n - 1;
        }
        at += length;
    }
    while (found != NULL && *size > 0 &&
           (found[*size - 1] == ' ' || found[*size - 1] == '\t')) {
        (*size)--;
    }
    return found != NULL && all_octets(found, *size) ? found : NULL;
}

bool
rh_cookie_write(const rh_cookie *cookie, char out[RH_COOKIE_MOST])
{
    size_t name = strlen(cookie->name);
    if (name == 0 || strcspn(cookie->name, "=,;\" \t") != name ||
        !all_octets(cookie->name, name) || !all_octets(cookie->value, strlen(cookie->value))) {
        return false;
    }
    char age[40] = "";
    if (cookie->max_age_s >= 0) {
        snprintf(age, sizeof age, "; Max-Age=%" PRId64, cookie->max_age_s);
    }
    int n = snprintf(out, RH_COOKIE_MOST, "%s=%s; Path=/%s%s; SameSite=%s%s", cookie->name,
                     cookie->value, age, cookie->readable ? "" : "; HttpOnly",
                     cookie->lax ? "Lax" : "Strict", cookie->secure ? "; Secure" : "");
    return n > 0 && n < RH_COOKIE_MOST;
}
