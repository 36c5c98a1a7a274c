/* Cookies: one found in a request's header, one written for a response (RFC 6265).
 *
 * K1 a name that stands twice is not found at all: a second cookie of the same name was set from elsewhere (another path or
 * a neighbouring domain), and which of them is ours cannot be known.
 * K2 values are cookie-octets (section 4.1.1), so nothing need be quoted. */
#ifndef RH_HTTP_COOKIE_H
#define RH_HTTP_COOKIE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RH_COOKIE_MOST = 512 }; /* bytes of a Set-Cookie value with its attributes */

/* Where the value stands in `header` (NULL: no header), with its size; NULL when it is not there, K1, or breaks K2. */
const char *rh_cookie_find(const char *header, const char *name, size_t *size);

typedef struct rh_cookie {
    const char *name, *value;
    int64_t max_age_s; /* < 0: until the browser is closed; 0: away with it */
    bool secure;
    bool lax;      /* SameSite=Lax instead of Strict */
    bool readable; /* by scripts: not HttpOnly */
} rh_cookie;

/* Write the value of a Set-Cookie header, with Path=/. False when it does not fit or breaks K2. */
bool rh_cookie_write(const rh_cookie *cookie, char out[RH_COOKIE_MOST]);

#endif
