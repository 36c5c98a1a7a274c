/* From a request's path to its route.
 *
 * A raw path ("/lease/12/%E7%A7%9F") is cut at '/' and each part is percent-decoded once. What could mean another file or
 * another route than it seems is refused, not repaired (P1): a part that is empty (but for the last), "." or "..", or that after
 * decoding holds '/', '\\', NUL, another control character, or bytes that are not UTF-8; a broken %XX; more than RH_PATH_PARTS
 * parts or RH_PATH_MOST bytes.
 *
 * A pattern has parts of literal text, "{name}" (one part that is not empty), or as its last "{name*}" (one part or more).
 * P2 which route is found does not depend on the order of the table: with equal numbers of parts, literal text goes before a
 * name, from the left; "{name*}" comes last.
 * Source: RFC 3986, sections 2.1, 3.3. */
#ifndef RH_HTTP_ROUTER_H
#define RH_HTTP_ROUTER_H

#include "core/status.h"
#include "http/problem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RH_PATH_PARTS = 12, RH_PATH_MOST = 1000 };

typedef struct rh_path {
    int n;
    const char *part[RH_PATH_PARTS]; /* decoded, NUL-ended, into text */
    uint16_t size[RH_PATH_PARTS];
    char text[RH_PATH_MOST + RH_PATH_PARTS + 1];
} rh_path;

typedef enum rh_method {
    RH_GET, /* also answers HEAD */
    RH_POST,
    RH_PUT,
    RH_PATCH,
    RH_DELETE,
    RH_HEAD,
    RH_OPTIONS,
    RH_METHOD_COUNT
} rh_method;

/* RH_METHOD_COUNT when it is none of these. */
rh_method rh_method_find(const char *name);
const char *rh_method_name(rh_method method);

/* Cut and decode the path (no query). `out` points into itself: it may not be copied. */
rh_problem rh_path_parse(const char *raw, size_t size, rh_path *out);

/* Percent-decode `size` bytes to `out` (room for `size`); '+' becomes a blank when `plus`. Length written, or -1 for a broken
 * %XX. */
ptrdiff_t rh_percent_decode(const char *raw, size_t size, bool plus, char *out);

typedef struct rh_request rh_request;
typedef struct rh_response rh_response;
typedef void rh_handler(rh_request *request, rh_response *response);

enum {
    RH_ROUTE_SESSION = 1, /* somebody must be logged in (session or bearer token), else 401 */
    RH_ROUTE_NO_CSRF =
        2, /* a POST that needs no token (none that changes anything for the sender) */
    RH_ROUTE_RAW = 4, /* the body may be of any type and is given as it is */
    RH_ROUTE_JSON = 8 /* the body may be JSON */
};

typedef struct rh_route {
    rh_method method;
    const char *pattern;
    rh_handler *handler;
    unsigned flags;
    uint32_t roles;   /* one of these bits must be in the identity's roles; 0: any */
    size_t body_most; /* bytes; 0: the server's default */
    int rate_class;   /* of rate.h */
    const void *data; /* for the handler */
} rh_route;

typedef struct rh_router rh_router;

/* The routes are borrowed and must outlive the router. Errors: RH_INPUT for a pattern that is not well formed, or two routes
 * that no path could tell apart. */
RH_MUST_CHECK rh_status rh_router_new(const rh_route *routes, size_t n, rh_router **out,
                                      rh_err *err);
void rh_router_free(rh_router *router);

/* The route, or NULL; then `allowed` has a bit for each method that the path knows (0: no such path). */
const rh_route *rh_router_find(const rh_router *router, rh_method method, const rh_path *path,
                               unsigned *allowed);

/* Part of the path that the pattern calls `name` ("" when there is none; of "{name*}" its first part). */
const char *rh_route_part(const rh_route *route, const rh_path *path, const char *name);

/* Index of the first part that "{name*}" took, or -1. */
int rh_route_rest(const rh_route *route);

#endif
