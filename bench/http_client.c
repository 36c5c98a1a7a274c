/* The client of the benches: see http_client.h. */
#include "http_client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { OUT_ROOM = 65536, IN_ROOM = 1 << 20 };

typedef struct line {
    int fd;
    bool idle;
    double began;
    size_t out_size, out_sent, in_size;
    char *out, *in;
} line;

static double
seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void
http_header(const http_reply *reply, const char *name, char *out, size_t room)
{
    size_t n = strlen(name);
    out[0] = '\0';
    for (const char *at = reply->head, *end = at + reply->head_size; at < end;) {
        const char *stop = memchr(at, '\r', (size_t)(end - at));
        if (stop == NULL) {
            return;
        }
        if ((size_t)(stop - at) > n && at[n] == ':' && strncasecmp(at, name, n) == 0) {
            const char *value = at + n + 1 + strspn(at + n + 1, " ");
            snprintf(out, room, "%.*s", (int)(stop - value), value);
            return;
        }
        at = stop + 2;
    }
}

/* Set, replace or (Max-Age=0) remove one cookie. */
static void
jar_set(http_jar *jar, const char *cookie, size_t size, bool away)
{
    char rest[sizeof jar->line] = "";
    size_t used = 0, name = (size_t)((const char *)memchr(cookie, '=', size) - cookie) + 1;
    for (const char *at = jar->line; *at != '\0';) {
        size_t n = strcspn(at, ";");
        if (n < name || strncmp(at, cookie, name) != 0) {
            used += (size_t)snprintf(rest + used, sizeof rest - used, "%s%.*s",
                                     used > 0 ? "; " : "", (int)n, at);
        }
        at += n;
        at += strspn(at, "; ");
    }
    if (!away && used + size + 3 < sizeof rest) {
        snprintf(rest + used, sizeof rest - used, "%s%.*s", used > 0 ? "; " : "", (int)size,
                 cookie);
    }
    memcpy(jar->line, rest, sizeof rest);
}

void
http_jar_take(http_jar *jar, const http_reply *reply)
{
    static const char name[] = "Set-Cookie: ";
    for (const char *at = reply->head, *end = at + reply->head_size; at < end;) {
        const char *stop = memchr(at, '\r', (size_t)(end - at));
        if (stop == NULL) {
            return;
        }
        if ((size_t)(stop - at) > sizeof name && strncasecmp(at, name, sizeof name - 1) == 0) {
            const char *cookie = at + sizeof name - 1;
            size_t size = strcspn(cookie, ";\r");
            const char *age = memmem(cookie, (size_t)(stop - cookie), "Max-Age=0", 9);
            if (memchr(cookie, '=', size) != NULL) {
                jar_set(jar, cookie, size, age != NULL);
            }
        }
        at = stop + 2;
    }
}

size_t
http_write(char *out, size_t room, const char *method, const char *path, const http_jar *jar,
           const char *extra, const char *type, const char *body, size_t body_size)
{
    char length[80] = "";
    if (body != NULL) {
        snprintf(length, sizeof length, "Content-Length: %zu\r\n", body_size);
    }
    bool cookies = jar != NULL && jar->line[0] != '\0';
    int n = snprintf(
        out, room,
        "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: bench\r\n%s%s%s%s%s%s%s%s"
        "\r\n",
        method, path, cookies ? "Cookie: " : "", cookies ? jar->line : "",
        cookies ? "\r\n" : "", extra != NULL ? extra : "", type != NULL ? "Content-Type: " : "",
        type != NULL ? type : "", type != NULL ? "\r\n" : "", length);
    if (n < 0 || (size_t)n + body_size >= room) {
        return 0;
    }
    if (body != NULL) {
        memcpy(out + n, body, body_size);
    }
    return (size_t)n + (body != NULL ? body_size : 0);
}

/* Size of the whole answer at the beginning of `in`, or 0 when more must come. */
static size_t
cut_reply(const char *in, size_t size, http_reply *reply)
{
    const char *end = memmem(in, size, "\r\n\r\n", 4);
    if (end == NULL || size < 12) {
        return 0;
    }
    *reply = (http_reply){.status = (int)strtol(in + 9, NULL, 10),
                          .head = in,
                          .head_size = (size_t)(end - in) + 4};
    char length[32];
    http_header(reply, "Content-Length", length, sizeof length);
    reply->body = in + reply->head_size;
    reply->body_size = strtoull(length, NULL, 10);
    size_t whole = reply->head_size + reply->body_size;
    return whole <= size ? whole : 0;
}

static int
connect_to(uint16_t port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) != 0) {
        close(fd);
        return -1;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

bool
http_call(uint16_t port, const char *request, size_t size, char *memory, size_t room,
          http_reply *reply)
{
    *reply = (http_reply){0};
    int fd = connect_to(port);
    size_t got = 0, whole = 0;
    bool sent = fd >= 0 && send(fd, request, size, MSG_NOSIGNAL) == (ssize_t)size;
    while (sent && whole == 0 && got < room) {
        ssize_t n = recv(fd, memory + got, room - got, 0);
        if (n <= 0) {
            break;
        }
        got += (size_t)n;
        whole = cut_reply(memory, got, reply);
    }
    if (fd >= 0) {
        close(fd);
    }
    return whole > 0;
}

typedef struct run_state {
    const http_load *load;
    http_load_result *out;
    int epoll;
    unsigned open;
    double end;
    float *ms;
    size_t n, room;
} run_state;

static void
finish_line(run_state *s, line *l)
{
    if (l->fd >= 0) {
        close(l->fd);
        l->fd = -1;
        s->open--;
    }
}

static void
send_more(run_state *s, line *l)
{
    while (l->out_sent < l->out_size) {
        ssize_t n = send(l->fd, l->out + l->out_sent, l->out_size - l->out_sent,
                         MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n <= 0) {
            if (n < 0 && errno == EAGAIN) {
                return; /* edge-triggered: EPOLLOUT comes */
            }
            s->out->errors++;
            finish_line(s, l);
            return;
        }
        l->out_sent += (size_t)n;
    }
}

static void
next_request(run_state *s, line *l, unsigned i)
{
    double now = seconds_now();
    l->out_size = now < s->end ? s->load->next(s->load->context, i, l->out, OUT_ROOM) : 0;
    l->out_sent = 0;
    l->in_size = 0;
    l->began = now;
    if (l->out_size == 0) {
        finish_line(s, l);
    } else {
        send_more(s, l);
    }
}

static void
note_time(run_state *s, double ms)
{
    if (s->n == s->room) {
        size_t room = s->room > 0 ? s->room * 2 : 65536;
        float *more = realloc(s->ms, room * sizeof *more);
        if (more == NULL) {
            return;
        }
        s->ms = more;
        s->room = room;
    }
    s->ms[s->n++] = (float)ms;
}

static void
receive(run_state *s, line *l, unsigned i)
{
    while (l->fd >= 0) {
        ssize_t n = recv(l->fd, l->in + l->in_size, IN_ROOM - l->in_size, MSG_DONTWAIT);
        if (n < 0 && errno == EAGAIN) {
            return;
        }
        if (n <= 0) {
            s->out->errors++;
            finish_line(s, l);
            return;
        }
        l->in_size += (size_t)n;
        s->out->bytes += (uint64_t)n;
        http_reply reply;
        if (cut_reply(l->in, l->in_size, &reply) == 0) {
            continue;
        }
        note_time(s, 1000 * (seconds_now() - l->began));
        s->out->requests++;
        if (s->load->done != NULL && !s->load->done(s->load->context, i, &reply)) {
            s->out->errors++;
        }
        next_request(s, l, i);
    }
}

static int
by_size(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static void
sum_up(run_state *s)
{
    if (s->n == 0) {
        return;
    }
    qsort(s->ms, s->n, sizeof *s->ms, by_size);
    s->out->p50_ms = (double)s->ms[s->n / 2];
    s->out->p90_ms = (double)s->ms[s->n * 9 / 10];
    s->out->p99_ms = (double)s->ms[s->n * 99 / 100];
    s->out->max_ms = (double)s->ms[s->n - 1];
}

bool
http_load_run(const http_load *load, http_load_result *out)
{
    *out = (http_load_result){0};
    run_state s = {.load = load, .out = out, .epoll = epoll_create1(EPOLL_CLOEXEC)};
    line *lines = calloc(load->connections, sizeof *lines);
    bool fine = lines != NULL && s.epoll >= 0;
    for (unsigned i = 0; fine && i < load->connections; i++) {
        line *l = &lines[i];
        l->fd = connect_to(load->port);
        l->out = malloc(OUT_ROOM);
        l->in = malloc(IN_ROOM);
        struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.u32 = i};
        fine = l->fd >= 0 && l->out != NULL && l->in != NULL &&
               epoll_ctl(s.epoll, EPOLL_CTL_ADD, l->fd, &event) == 0;
        s.open += l->fd >= 0;
    }
    double start = seconds_now();
    s.end = start + load->seconds;
    for (unsigned i = 0; fine && i < load->connections; i++) {
        next_request(&s, &lines[i], i);
    }
    while (fine && s.open > 0) {
        struct epoll_event event[64];
        int n = epoll_wait(s.epoll, event, 64, 10000);
        if (n <= 0) { /* ten seconds without a sign of life */
            out->errors += s.open;
            break;
        }
        for (int e = 0; e < n; e++) {
            unsigned i = event[e].data.u32;
            if (event[e].events & EPOLLOUT && lines[i].fd >= 0) {
                send_more(&s, &lines[i]);
            }
            if (event[e].events & (EPOLLIN | EPOLLHUP | EPOLLERR) && lines[i].fd >= 0) {
                receive(&s, &lines[i], i);
            }
        }
    }
    out->seconds = seconds_now() - start;
    sum_up(&s);
    for (unsigned i = 0; lines != NULL && i < load->connections; i++) {
        if (lines[i].fd > 0) {
            close(lines[i].fd);
        }
        free(lines[i].out);
        free(lines[i].in);
    }
    free(lines);
    free(s.ms);
    if (s.epoll >= 0) {
        close(s.epoll);
    }
    return fine;
}
