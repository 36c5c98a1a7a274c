/* What is answered: status, headers, and a body that grows, or a file.
 *
 * A handler adds and need not check: when memory is short or a header is not well formed the response is `failed`, and the server
 * answers 500 instead. Before the handler runs, status is 200 and the type HTML. */
#ifndef RH_HTTP_RESPONSE_H
#define RH_HTTP_RESPONSE_H

#include "core/status.h"
#include "http/cookie.h"
#include "http/router.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RH_RESPONSE_HEADERS = 24 };

struct rh_response {
    int status;
    const char *type;  /* Content-Type; lives as long as the response (a literal) */
    const char *cache; /* Cache-Control; "no-store" unless the handler says otherwise */
    char *body;
    size_t size, room;
    bool failed, close; /* close: the connection ends behind this answer */
    bool
        from_file; /* the body is `fd` from its beginning, `fd_size` bytes; it is closed with the response */
    int fd;
    uint64_t fd_size;
    int headers;
    struct {
        size_t name, value; /* offsets in text */
    } header[RH_RESPONSE_HEADERS];
    char *text;
    size_t text_size, text_room;
};

void rh_response_clear(rh_response *response); /* keeps memory for the next one */
void rh_response_release(rh_response *response);

void rh_response_add(rh_response *response, const void *bytes, size_t size);
void rh_response_text(rh_response *response, const char *text);
void rh_response_format(rh_response *response, const char *format, ...) RH_PRINTF(2, 3);

/* Room for `size` more bytes at the end of the body, to be written by the caller and counted in response->size; NULL: failed. */
char *rh_response_room(rh_response *response, size_t size);

/* A header of its own (Content-Type, Cache-Control and the security headers are the server's). A line break fails. */
void rh_response_header(rh_response *response, const char *name, const char *value);
void rh_response_cookie(rh_response *response, const rh_cookie *cookie);

/* See other (303). `path` is one of this site: it begins with one '/' (no open redirect), else the response fails. */
void rh_response_redirect(rh_response *response, const char *path);

#endif
