/* Answers: see response.h. */
#include "http/response.h"

#include "core/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { KEPT = 256 * 1024 }; /* memory of a body that is kept for the next request */

void
rh_response_clear(rh_response *r)
{
    if (r->from_file) {
        close(r->fd);
    }
    if (r->room > KEPT) {
        rh_free(r->body);
        r->body = NULL;
        r->room = 0;
    }
    *r = (rh_response){
        .status = 200,
        .type = "text/html; charset=utf-8",
        .cache = "no-store",
        .body = r->body,
        .room = r->room,
        .text = r->text,
        .text_room = r->text_room,
    };
}

void
rh_response_release(rh_response *r)
{
    rh_response_clear(r);
    rh_free(r->body);
    rh_free(r->text);
    *r = (rh_response){0};
}

char *
rh_response_room(rh_response *r, size_t size)
{
    if (size > r->room - r->size) {
        size_t room = r->room + size > r->room * 2 ? r->room + size : r->room * 2;
        room = room < 4096 ? 4096 : room;
        char *body = r->failed ? NULL : rh_resize(r->body, room, 1);
        if (body == NULL) {
            r->failed = true;
            return NULL;
        }
        r->body = body;
        r->room = room;
    }
    return r->body + r->size;
}

void
rh_response_add(rh_response *r, const void *bytes, size_t size)
{
    char *to = rh_response_room(r, size);
    if (to != NULL && size > 0) {
        memcpy(to, bytes, size);
        r->size += size;
    }
}

void
rh_response_text(rh_response *r, const char *text)
{
    rh_response_add(r, text, strlen(text));
}

void
rh_response_format(rh_response *r, const char *format, ...)
{
    for (size_t most = 256;;) {
        char *to = rh_response_room(r, most);
        if (to == NULL) {
            return;
        }
        va_list args;
        va_start(args, format);
        int n = vsnprintf(to, r->room - r->size, format, args);
        va_end(args);
        if (n < 0) {
            r->failed = true;
            return;
        }
        if ((size_t)n < r->room - r->size) {
            r->size += (size_t)n;
            return;
        }
        most = (size_t)n + 1;
    }
}

static bool
is_line(const char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if ((c < 0x20 && c != '\t') || c == 0x7f) {
            return false;
        }
    }
    return true;
}

void
rh_response_header(rh_response *r, const char *name, const char *value)
{
    size_t n = strlen(name) + 1, v = strlen(value) + 1;
    if (r->headers == RH_RESPONSE_HEADERS || n == 1 || !is_line(name) || !is_line(value) ||
        strpbrk(name, ": \t") != NULL) {
        r->failed = true;
        return;
    }
    if (n + v > r->text_room - r->text_size) {
        size_t room = (r->text_room + n + v) * 2;
        char *text = rh_resize(r->text, room, 1);
        if (text == NULL) {
            r->failed = true;
            return;
        }
        r->text = text;
        r->text_room = room;
    }
    r->header[r->headers].name = r->text_size;
    r->header[r->headers].value = r->text_size + n;
    r->headers++;
    memcpy(r->text + r->text_size, name, n);
    memcpy(r->text + r->text_size + n, value, v);
    r->text_size += n + v;
}

void
rh_response_cookie(rh_response *r, const rh_cookie *cookie)
{
    char text[RH_COOKIE_MOST];
    if (rh_cookie_write(cookie, text)) {
        rh_response_header(r, "Set-Cookie", text);
    } else {
        r->failed = true;
    }
}

void
rh_response_redirect(rh_response *r, const char *path)
{
    if (path[0] != '/' || path[1] == '/' || strchr(path, '\\') != NULL) {
        r->failed = true;
        return;
    }
    r->status = 303;
    r->size = 0;
    rh_response_header(r, "Location", path);
}
