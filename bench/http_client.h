/* A small HTTP/1.1 client for benches and load: blocking calls for the setting up (login, forms), and many keep-alive
 * connections on one epoll for the load itself. Loopback only, no TLS, no chunked answers. */
#ifndef RH_BENCH_HTTP_CLIENT_H
#define RH_BENCH_HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct http_reply {
    int status;       /* 0: no answer came */
    const char *head; /* with its blank line; not NUL-ended */
    size_t head_size;
    const char *body;
    size_t body_size;
} http_reply;

/* Cookies as one line "a=b; c=d", kept up to date from Set-Cookie. */
typedef struct http_jar {
    char line[2000];
} http_jar;
void http_jar_take(http_jar *jar, const http_reply *reply);

/* Value of a header of the reply in out ("" when absent). */
void http_header(const http_reply *reply, const char *name, char *out, size_t room);

/* Write a request; `jar`, `extra` (header lines, each with CR LF), `type` and `body` may be NULL. Length, 0 if it does not fit. */
size_t http_write(char *out, size_t room, const char *method, const char *path,
                  const http_jar *jar, const char *extra, const char *type, const char *body,
                  size_t body_size);

/* One request on a connection of its own. The reply lives in `memory` (room bytes). False: no whole answer. */
bool http_call(uint16_t port, const char *request, size_t size, char *memory, size_t room,
               http_reply *reply);

/* The load. For each connection `next` writes the next request (returns its size; 0: this connection is done) and `done` (may be
 * NULL) sees the answer; false from it counts as an error. */
typedef struct http_load {
    uint16_t port;
    unsigned connections;
    double seconds; /* no request begins behind them */
    void *context;
    size_t (*next)(void *context, unsigned connection, char *out, size_t room);
    bool (*done)(void *context, unsigned connection, const http_reply *reply);
} http_load;

typedef struct http_load_result {
    uint64_t requests, errors, bytes;
    double seconds;
    double p50_ms, p90_ms, p99_ms, max_ms;
} http_load_result;

/* False when the connections could not be made. */
bool http_load_run(const http_load *load, http_load_result *out);

#endif
