/* Asking witnesses: see witness_client.h. One connection a question, closed by the witness. */
#include "log/witness_client.h"

#include "core/mem.h"
#include "core/threads.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { REQUEST_MOST = RH_NOTE_MOST + 64 * 46 + 1200, ANSWER_MOST = RH_NOTE_MOST + 4096 };

static int64_t
now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

rh_status
rh_witness_of(const char *url, const char *key, rh_witness *out, rh_err *err)
{
    *out = (rh_witness){.port = "80"};
    RH_TRY(rh_verifier_parse(key, &out->key, err));
    if (out->key.type != RH_KEY_WITNESS) {
        return rh_fail(err, RH_INPUT, "The key of %s is the key of a log, not of a witness.",
                       out->key.name);
    }
    const char *at = url + 7;
    bool ok = strncmp(url, "http://", 7) == 0;
    size_t host = 0;
    if (ok && *at == '[') { /* [::1] */
        at++;
        host = strcspn(at, "]");
        ok = at[host] == ']';
    } else if (ok) {
        host = strcspn(at, ":/");
    }
    ok = ok && host > 0 && host < sizeof out->host;
    if (ok) {
        memcpy(out->host, at, host);
        at += host + (at[host] == ']');
        if (*at == ':') {
            size_t port = strspn(at + 1, "0123456789");
            ok = port > 0 && port < 6;
            memcpy(out->port, at + 1, ok ? port : 0);
            out->port[ok ? port : 0] = '\0';
            at += 1 + port;
        }
        size_t path = strlen(at);
        while (path > 0 && at[path - 1] == '/') {
            path--;
        }
        ok = ok && (*at == '/' || *at == '\0') && path < sizeof out->path &&
             strcspn(at, " \t\r\n?#") == strlen(at);
        if (ok) {
            memcpy(out->path, at, path);
        }
    }
    return ok ? RH_OK
              : rh_fail(err, RH_INPUT,
                        "'%.300s' is not the address of a witness: it should be like "
                        "http://192.168.1.20:8300.",
                        url);
}

/* Loopback, private and link-local addresses. */
static bool
is_near(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in four;
        memcpy(&four, address, sizeof four);
        uint32_t a = ntohl(four.sin_addr.s_addr);
        return a >> 24 == 127 || a >> 24 == 10 || a >> 20 == (172U << 4 | 1) ||
               a >> 16 == (192U << 8 | 168) || a >> 16 == (169U << 8 | 254);
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 six;
        memcpy(&six, address, sizeof six);
        const uint8_t *b = six.sin6_addr.s6_addr;
        return IN6_IS_ADDR_LOOPBACK(&six.sin6_addr) || (b[0] & 0xfe) == 0xfc ||
               (b[0] == 0xfe && (b[1] & 0xc0) == 0x80);
    }
    return false;
}

/* Wait until the socket is ready; false at the deadline. */
static bool
ready(int fd, short events, int64_t deadline)
{
    for (;;) {
        int64_t left = deadline - now_ms();
        struct pollfd p = {.fd = fd, .events = events};
        int n = left > 0 ? poll(&p, 1, (int)left) : 0;
        if (n >= 0 || errno != EINTR) {
            return n > 0;
        }
    }
}

static rh_status
reach(const rh_witness *w, int64_t deadline, int *out, rh_err *err)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM}, *list = NULL;
    int failed = getaddrinfo(w->host, w->port, &hints, &list);
    if (failed != 0) {
        return rh_fail(err, RH_IO, "Witness %s is not reached: %s: %s.", w->key.name, w->host,
                       gai_strerror(failed));
    }
    int fd = -1, cause = 0;
    bool near = false;
    for (const struct addrinfo *a = list; a != NULL && fd < 0; a = a->ai_next) {
        if (!is_near(a->ai_addr)) {
            continue;
        }
        near = true;
        fd = socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (fd < 0) {
            cause = errno;
            continue;
        }
        socklen_t size = sizeof cause;
        cause = connect(fd, a->ai_addr, a->ai_addrlen) == 0 ? 0 : errno;
        if (cause == EINPROGRESS) {
            cause = ETIMEDOUT;
            if (ready(fd, POLLOUT, deadline)) {
                getsockopt(fd, SOL_SOCKET, SO_ERROR, &cause, &size);
            }
        }
        if (cause != 0) {
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(list);
    if (!near) {
        return rh_fail(err, RH_INPUT,
                       "Witness %s at %s is not in the local network: without TLS no farther "
                       "address is used.",
                       w->key.name, w->host);
    }
    if (fd < 0) {
        return rh_fail(err, RH_IO, "Witness %s at %s:%s is not reached: %s.", w->key.name,
                       w->host, w->port, strerror(cause));
    }
    *out = fd;
    return RH_OK;
}

/* Send the request, read until the other side closes. */
static rh_status
talk(const rh_witness *w, const char *request, size_t size, int64_t deadline, char *answer,
     size_t *answer_size, rh_err *err)
{
    int fd = -1;
    RH_TRY(reach(w, deadline, &fd, err));
    bool ok = true;
    for (size_t sent = 0; ok && sent < size;) {
        ok = ready(fd, POLLOUT, deadline);
        ssize_t n = ok ? send(fd, request + sent, size - sent, MSG_NOSIGNAL) : 0;
        ok = ok && (n >= 0 || errno == EAGAIN || errno == EINTR);
        sent += n > 0 ? (size_t)n : 0;
    }
    bool open = ok;
    for (*answer_size = 0; ok && open && *answer_size < ANSWER_MOST;) {
        ok = ready(fd, POLLIN, deadline);
        ssize_t n = ok ? recv(fd, answer + *answer_size, ANSWER_MOST - *answer_size, 0) : 0;
        ok = ok && (n >= 0 || errno == EAGAIN || errno == EINTR);
        open = n != 0;
        *answer_size += n > 0 ? (size_t)n : 0;
    }
    close(fd);
    answer[*answer_size] = '\0';
    return ok ? RH_OK
              : rh_fail(err, RH_IO, "Witness %s at %s:%s did not answer in time.", w->key.name,
                        w->host, w->port);
}

/* "HTTP/1.1 200 ...": the code, the body, and the value of a header (NULL when it is not there). */
static bool
parse_answer(const char *answer, int *code, const char **body, const char *header,
             const char **value)
{
    const char *gap = strstr(answer, "\r\n\r\n");
    if (strncmp(answer, "HTTP/1.", 7) != 0 || gap == NULL || strlen(answer) < 12 ||
        answer[8] != ' ' || strspn(answer + 9, "0123456789") != 3) {
        return false;
    }
    *code = (answer[9] - '0') * 100 + (answer[10] - '0') * 10 + (answer[11] - '0');
    *body = gap + 4;
    *value = NULL;
    for (const char *line = strstr(answer, "\r\n"); line != NULL && line < gap;
         line = strstr(line + 2, "\r\n")) {
        size_t n = strlen(header);
        if (strncasecmp(line + 2, header, n) == 0 && line[2 + n] == ':') {
            *value = line + 3 + n + strspn(line + 3 + n, " ");
        }
    }
    return true;
}

static rh_status
make_request(const rh_witness *w, const rh_note *note, uint64_t size, rh_witness_prove *prove,
             void *context, char *request, size_t *request_size, rh_err *err)
{
    rh_digest proof[RH_PROOF_MOST];
    unsigned n = 0;
    RH_TRY(prove(context, w->size, size, proof, &n, err));
    char body[64 * 46];
    size_t used = (size_t)snprintf(body, sizeof body, "old %" PRIu64 "\n", w->size);
    for (unsigned i = 0; i < n; i++) {
        rh_digest_text(&proof[i], body + used);
        used += 44;
        body[used++] = '\n';
    }
    body[used++] = '\n';
    int head = snprintf(request, REQUEST_MOST,
                        "POST %s/add-checkpoint HTTP/1.1\r\nHost: %s:%s\r\nContent-Type: "
                        "text/plain; charset=utf-8\r\nContent-Length: %zu\r\nConnection: "
                        "close\r\n\r\n",
                        w->path, w->host, w->port, used + note->size);
    memcpy(request + head, body, used);
    memcpy(request + (size_t)head + used, note->text, note->size);
    *request_size = (size_t)head + used + note->size;
    return RH_OK;
}

static rh_status
understand(rh_witness *w, const rh_note *note, uint64_t size, const char *answer, bool *again,
           rh_note *lines, rh_err *err)
{
    int code;
    const char *body, *type;
    if (!parse_answer(answer, &code, &body, "Content-Type", &type)) {
        return rh_fail(err, RH_INPUT, "What stands at %s:%s is not a witness.", w->host,
                       w->port);
    }
    if (code == 200) {
        rh_note checked = *note;
        size_t before = checked.size;
        RH_TRY(rh_note_take(&checked, body, strlen(body), &w->key, err));
        lines->size = checked.size - before;
        memcpy(lines->text, checked.text + before, lines->size);
        lines->text[lines->size] = '\0';
        w->size = size;
        return RH_OK;
    }
    uint64_t has;
    if (code == 409 && type != NULL && strncmp(type, "text/x.tlog.size", 16) == 0 &&
        rh_note_number(body, body + strcspn(body, "\n"), &has)) {
        if (has > size) {
            return rh_fail(err, RH_INVARIANT,
                           "Witness %s has cosigned %" PRIu64
                           " entries already, this checkpoint has %" PRIu64 ".",
                           w->key.name, has, size);
        }
        *again = has != w->size;
        w->size = has;
        if (*again) {
            return RH_OK;
        }
    }
    size_t shown = strcspn(body, "\n");
    return rh_fail(err, RH_INVARIANT, "Witness %s refuses %" PRIu64 " entries (%d): %.*s",
                   w->key.name, size, code, (int)(shown < 300 ? shown : 300), body);
}

rh_status
rh_witness_ask(rh_witness *witness, const rh_note *note, rh_witness_prove *prove, void *context,
               unsigned timeout_ms, rh_note *lines, rh_err *err)
{
    int64_t deadline = now_ms() + timeout_ms;
    rh_checkpoint checkpoint;
    RH_TRY(rh_checkpoint_parse(note->text, note->size, &checkpoint, err));
    char *request, *answer;
    RH_NEW(request, REQUEST_MOST, err);
    answer = rh_alloc(ANSWER_MOST + 1, 1);
    rh_status status =
        answer != NULL ? RH_OK : rh_fail(err, RH_MEMORY, "Not enough memory for an answer.");
    if (witness->size > checkpoint.size) {
        witness->size = 0;
    }
    bool again = true;
    for (unsigned i = 0; status == RH_OK && again && i < 3; i++) {
        size_t size = 0, answer_size = 0;
        again = false;
        status =
            make_request(witness, note, checkpoint.size, prove, context, request, &size, err);
        if (status == RH_OK) {
            status = talk(witness, request, size, deadline, answer, &answer_size, err);
        }
        if (status == RH_OK) {
            status = understand(witness, note, checkpoint.size, answer, &again, lines, err);
        }
    }
    if (status == RH_OK && again) {
        status = rh_fail(err, RH_INVARIANT, "Witness %s names another size each time.",
                         witness->key.name);
    }
    rh_free(request);
    rh_free(answer);
    return status;
}

typedef struct asking {
    rh_witness *witness;
    const rh_note *note;
    rh_witness_prove *prove;
    void *context;
    unsigned timeout_ms;
    struct answer {
        rh_status status;
        rh_err err;
        rh_note lines;
    } * answer;
} asking;

static rh_status
ask_one(void *context, unsigned job, unsigned worker, rh_err *err)
{
    (void)worker, (void)err;
    asking *a = context;
    struct answer *mine = &a->answer[job];
    mine->status = rh_witness_ask(&a->witness[job], a->note, a->prove, a->context,
                                  a->timeout_ms, &mine->lines, &mine->err);
    return RH_OK; /* the others are asked all the same */
}

rh_status
rh_witness_collect(rh_witness *witness, unsigned n, unsigned need, rh_witness_prove *prove,
                   void *context, unsigned timeout_ms, rh_note *note, unsigned *have,
                   rh_err *err)
{
    unsigned signed_by = 0;
    char why[2000] = "";
    asking a = {.witness = witness,
                .note = note,
                .prove = prove,
                .context = context,
                .timeout_ms = timeout_ms};
    if (n > 0) {
        RH_NEW(a.answer, n, err);
        rh_status status = rh_threads_run(n, n, NULL, ask_one, &a, err);
        for (unsigned i = 0; status == RH_OK && i < n; i++) {
            struct answer *its = &a.answer[i];
            if (its->status == RH_OK) {
                its->status = rh_note_take(note, its->lines.text, its->lines.size,
                                           &witness[i].key, &its->err);
            }
            signed_by += its->status == RH_OK;
            size_t used = strlen(why);
            if (its->status != RH_OK) {
                snprintf(why + used, sizeof why - used, " %.300s", its->err.text);
            }
        }
        rh_free(a.answer);
        RH_TRY(status);
    }
    if (have != NULL) {
        *have = signed_by;
    }
    return signed_by >= need
               ? RH_OK
               : rh_fail(err, RH_MISSING, "%u of %u witnesses cosigned, %u are needed.%s",
                         signed_by, n, need, why);
}
