/* Paths and patterns: see router.h. Routes are sorted once by (rest or not, number of parts, specificity), so the first that
 * fits is the right one (P2); those with another number of parts are stepped over by index. */
#include "http/router.h"

#include "core/mem.h"
#include "core/text.h"

#include <stdlib.h>
#include <string.h>

typedef struct piece {
    const char *text; /* into the pattern; of a name without its braces */
    uint16_t size;
    bool name;
} piece;

typedef struct entry {
    const rh_route *route;
    int n; /* pieces */
    bool rest;
    piece piece[RH_PATH_PARTS];
} entry;

struct rh_router {
    size_t n;
    entry *entry;
    size_t first
        [RH_PATH_PARTS +
         2]; /* entries with k pieces and no rest: first[k] … first[k + 1] - 1; then those with rest */
};

static const char *const method_name[RH_METHOD_COUNT] = {
    "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS",
};

rh_method
rh_method_find(const char *name)
{
    for (unsigned m = 0; m < RH_METHOD_COUNT; m++) {
        if (strcmp(name, method_name[m]) == 0) {
            return (rh_method)m;
        }
    }
    return RH_METHOD_COUNT;
}

const char *
rh_method_name(rh_method method)
{
    return method < RH_METHOD_COUNT ? method_name[method] : "?";
}

static int
hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

ptrdiff_t
rh_percent_decode(const char *raw, size_t size, bool plus, char *out)
{
    char *to = out;
    for (size_t i = 0; i < size; i++) {
        char c = raw[i];
        if (c == '%') {
            int high = i + 2 < size ? hex_value(raw[i + 1]) : -1;
            int low = i + 2 < size ? hex_value(raw[i + 2]) : -1;
            if (high < 0 || low < 0) {
                return -1;
            }
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        *to++ = c;
    }
    return to - out;
}

/* P1 for one part. */
static bool
part_is_fine(const char *part, size_t size, bool last)
{
    if (size == 0) {
        return last;
    }
    if ((size == 1 && part[0] == '.') || (size == 2 && part[0] == '.' && part[1] == '.')) {
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)part[i];
        if (c < 0x20 || c == 0x7f || c == '/' || c == '\\') {
            return false;
        }
    }
    return rh_text_valid(part, size) == size;
}

rh_problem
rh_path_parse(const char *raw, size_t size, rh_path *out)
{
    out->n = 0;
    if (size == 0 || raw[0] != '/' || size > RH_PATH_MOST) {
        return RH_PROBLEM_BAD_PATH;
    }
    char *to = out->text;
    for (size_t at = 1; at <= size;) {
        const char *slash = memchr(raw + at, '/', size - at);
        size_t end = slash != NULL ? (size_t)(slash - raw) : size;
        if (out->n == RH_PATH_PARTS) {
            return RH_PROBLEM_BAD_PATH;
        }
        ptrdiff_t length = rh_percent_decode(raw + at, end - at, false, to);
        if (length < 0 || !part_is_fine(to, (size_t)length, end == size)) {
            return RH_PROBLEM_BAD_PATH;
        }
        out->part[out->n] = to;
        out->size[out->n] = (uint16_t)length;
        out->n++;
        to[length] = '\0';
        to += length + 1;
        at = end + 1;
    }
    return RH_PROBLEM_NONE;
}

static bool
is_name(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (!((text[i] >= 'a' && text[i] <= 'z') || text[i] == '_')) {
            return false;
        }
    }
    return size > 0;
}

static rh_status
parse_pattern(const rh_route *route, entry *out, rh_err *err)
{
    const char *pattern = route->pattern;
    *out = (entry){.route = route};
    if (route->handler == NULL || route->method >= RH_HEAD) {
        return rh_fail(err, RH_INPUT,
                       "Route %s: it needs a handler and one of GET, POST, PUT, PATCH, DELETE.",
                       pattern);
    }
    const char *at = pattern;
    while (*at == '/') {
        const char *end = at + 1 + strcspn(at + 1, "/");
        piece p = {at + 1, (uint16_t)(end - at - 1), false};
        if (out->n == RH_PATH_PARTS || out->rest) {
            break;
        }
        if (p.size >= 2 && p.text[0] == '{' && p.text[p.size - 1] == '}') {
            p.name = true;
            p.text++;
            p.size = (uint16_t)(p.size - 2);
            if (p.size > 0 && p.text[p.size - 1] == '*') {
                out->rest = true;
                p.size--;
            }
            if (!is_name(p.text, p.size)) {
                return rh_fail(err, RH_INPUT, "Route %s: a name is small letters and _.",
                               pattern);
            }
        } else if (memchr(p.text, '{', p.size) != NULL || (p.size == 0 && *end == '/')) {
            break;
        }
        out->piece[out->n++] = p;
        at = end;
    }
    if (*at != '\0' || out->n == 0) {
        return rh_fail(err, RH_INPUT, "Route %s is not a well-formed pattern.", pattern);
    }
    return RH_OK;
}

/* Order of P2; methods and texts make it total. */
static int
by_specificity(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    if (x->rest != y->rest) {
        return x->rest ? 1 : -1;
    }
    if (x->n != y->n) { /* of two with a rest the longer prefix goes first */
        return (x->n < y->n) == x->rest ? 1 : -1;
    }
    for (int i = 0; i < x->n; i++) {
        const piece *p = &x->piece[i], *q = &y->piece[i];
        if (p->name != q->name) {
            return p->name ? 1 : -1;
        }
        if (p->name) {
            continue;
        }
        if (p->size != q->size) {
            return p->size < q->size ? -1 : 1;
        }
        int d = memcmp(p->text, q->text, p->size);
        if (d != 0) {
            return d;
        }
    }
    return (int)x->route->method - (int)y->route->method;
}

rh_status
rh_router_new(const rh_route *routes, size_t n, rh_router **out, rh_err *err)
{
    rh_router *router;
    RH_NEW(router, 1, err);
    router->n = n;
    router->entry = rh_alloc(n, sizeof *router->entry);
    rh_status status = RH_OK;
    if (router->entry == NULL) {
        status = rh_fail(err, RH_MEMORY, "Not enough memory for %zu routes.", n);
    }
    for (size_t i = 0; i < n && status == RH_OK; i++) {
        status = parse_pattern(&routes[i], &router->entry[i], err);
    }
    if (status == RH_OK) {
        qsort(router->entry, n, sizeof *router->entry, by_specificity);
    }
    for (size_t i = 0; i + 1 < n && status == RH_OK; i++) {
        if (by_specificity(&router->entry[i], &router->entry[i + 1]) == 0) {
            status =
                rh_fail(err, RH_INPUT, "Routes %s and %s cannot be told apart.",
                        router->entry[i].route->pattern, router->entry[i + 1].route->pattern);
        }
    }
    if (status != RH_OK) {
        rh_router_free(router);
        return status;
    }
    size_t i = 0;
    for (int k = 0; k <= RH_PATH_PARTS + 1; k++) {
        while (i < n && !router->entry[i].rest && router->entry[i].n < k) {
            i++;
        }
        router->first[k] = i;
    }
    *out = router;
    return RH_OK;
}

void
rh_router_free(rh_router *router)
{
    if (router != NULL) {
        rh_free(router->entry);
        rh_free(router);
    }
}

static bool
fits(const entry *e, const rh_path *path)
{
    for (int i = 0; i < e->n; i++) {
        const piece *p = &e->piece[i];
        if (p->name
                ? path->size[i] == 0
                : path->size[i] != p->size || memcmp(path->part[i], p->text, p->size) != 0) {
            return false;
        }
    }
    return true;
}

const rh_route *
rh_router_find(const rh_router *router, rh_method method, const rh_path *path,
               unsigned *allowed)
{
    *allowed = 0;
    rh_method wanted = method == RH_HEAD ? RH_GET : method;
    size_t i = router->first[path->n], end = router->first[path->n + 1];
    size_t rest = router->first[RH_PATH_PARTS + 1];
    for (;; i++) {
        if (i == end) {
            i = rest;
            end = router->n;
            rest = router->n;
        }
        if (i >= end) {
            return NULL;
        }
        const entry *e = &router->entry[i];
        if (e->n <= path->n && fits(e, path)) {
            if (e->route->method == wanted) {
                return e->route;
            }
            *allowed |= 1U << e->route->method;
        }
    }
}

/* Position of the part called `name` (or of the rest for NULL), or -1. */
static int
position(const rh_route *route, const char *name)
{
    size_t size = name != NULL ? strlen(name) : 0;
    int i = 0;
    for (const char *at = route->pattern; *at == '/'; i++) {
        const char *end = at + 1 + strcspn(at + 1, "/");
        if (at[1] == '{') {
            size_t room = (size_t)(end - at - 3); /* without the slash and both braces */
            bool rest = at[1 + room] == '*';
            if (name == NULL ? rest : room - rest == size && memcmp(at + 2, name, size) == 0) {
                return i;
            }
        }
        at = end;
    }
    return -1;
}

const char *
rh_route_part(const rh_route *route, const rh_path *path, const char *name)
{
    int i = position(route, name);
    return i >= 0 && i < path->n ? path->part[i] : "";
}

int
rh_route_rest(const rh_route *route)
{
    return position(route, NULL);
}
