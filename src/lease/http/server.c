/* The server: see server.h. libmicrohttpd calls on_connection, on_target, on_request (several times a request) and on_completed; what
 * belongs to a connection hangs on its rh_link (link.h), whose memory serves all requests of the connection. */
#include "http/server.h"

#include "core/mem.h"
#include "http/link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    HEAD_ROOM = 32768,  /* memory of a connection for its head, at MHD */
    WATCH_MS = 200,     /* between two looks of the watchdog */
    QUEUE_MOST = 256,   /* offloaded jobs that may wait */
    TARGET_KEPT = 4096, /* memory kept between requests */
    BODY_KEPT = 256 * 1024
};

/* --- answers --- */

static const char usual_policy[] = "default-src 'self'; base-uri 'none'; form-action 'self'; "
                                   "frame-ancestors 'none'; object-src 'none'";

static void
plain_page(rh_request *request, rh_problem problem, rh_response *response)
{
    response->type = "text/plain; charset=utf-8";
    rh_response_format(response, "%s\n", rh_problem_text(problem, request->language));
}

void
rh_request_refuse(rh_request *r, rh_response *response, rh_problem problem)
{
    rh_link *k = r->link;
    bool close = response->close;
    rh_response_clear(response);
    response->close = close;
    response->status = rh_problem_status(problem);
    k->server->o.error_page(r, problem, response);
    if (problem == RH_PROBLEM_METHOD) {
        char allow[80] = "";
        size_t used = 0;
        for (unsigned m = 0; m < RH_METHOD_COUNT; m++) {
            if (k->allowed & 1U << m) {
                used += (size_t)snprintf(allow + used, sizeof allow - used, "%s%s%s",
                                         used > 0 ? ", " : "", rh_method_name((rh_method)m),
                                         m == RH_GET ? ", HEAD" : "");
            }
        }
        rh_response_header(response, "Allow", allow);
    } else if (problem == RH_PROBLEM_TOO_MANY_REQUESTS || problem == RH_PROBLEM_BUSY) {
        char seconds[24];
        snprintf(seconds, sizeof seconds, "%lld", (long long)(k->wait_ms / 1000 + 1));
        rh_response_header(response, "Retry-After", seconds);
    } else if (problem == RH_PROBLEM_BAD_TOKEN) {
        rh_response_header(response, "WWW-Authenticate", "Bearer");
    }
}

static void
add_headers(const rh_link *k, struct MHD_Response *m)
{
    const rh_response *p = &k->response;
    const rh_server *s = k->server;
    MHD_add_response_header(m, "Content-Type", p->type);
    MHD_add_response_header(m, "Cache-Control", p->cache);
    MHD_add_response_header(m, "Content-Security-Policy", s->o.policy);
    MHD_add_response_header(m, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header(m, "X-Frame-Options", "DENY");
    MHD_add_response_header(m, "Referrer-Policy", "same-origin");
    MHD_add_response_header(m, "Cross-Origin-Opener-Policy", "same-origin");
    if (s->secure) {
        MHD_add_response_header(m, "Strict-Transport-Security", "max-age=31536000");
    }
    for (int i = 0; i < p->headers; i++) {
        MHD_add_response_header(m, p->text + p->header[i].name, p->text + p->header[i].value);
    }
    if (p->close || s->stopping) {
        MHD_add_response_header(m, "Connection", "close");
    }
}

static int64_t
patience_ms(const rh_server *s, uint64_t bytes)
{
    return (int64_t)s->o.head_s * 1000 + (int64_t)(bytes * 1000 / s->o.slowest);
}

static void
set_deadline(rh_link *k, int64_t ms)
{
    atomic_store_explicit(&k->deadline, rh_monotonic_us() / 1000 + ms, memory_order_relaxed);
}

/* Hand the response over. */
static enum MHD_Result
answer(rh_link *k)
{
    rh_response *p = &k->response;
    if (p->failed) {
        p->failed = false;
        rh_request_refuse(&k->request, p, RH_PROBLEM_INTERNAL);
        if (p->failed) {
            return MHD_NO; /* no memory even for that */
        }
    }
    struct MHD_Response *m;
    if (p->from_file) {
        m = MHD_create_response_from_fd64(p->fd_size, p->fd);
        p->from_file = m == NULL; /* MHD closes it */
        p->size = (size_t)p->fd_size;
    } else {
        m = MHD_create_response_from_buffer(p->size, p->body, MHD_RESPMEM_PERSISTENT);
    }
    if (m == NULL) {
        return MHD_NO;
    }
    add_headers(k, m);
    set_deadline(k, patience_ms(k->server, p->size));
    k->stage = RH_STAGE_ANSWERED;
    int works = RH_LINK_WORKS;
    atomic_compare_exchange_strong(&k->turn, &works, RH_LINK_WRITES);
    enum MHD_Result result = MHD_queue_response(k->connection, (unsigned)p->status, m);
    MHD_destroy_response(m);
    return result;
}

/* The request is complete, or is not worth completing. */
static enum MHD_Result
run(rh_link *k)
{
    int reads = RH_LINK_READS;
    if (!atomic_compare_exchange_strong(&k->turn, &reads, RH_LINK_WORKS)) {
        return MHD_NO; /* the watchdog was first */
    }
    if (k->problem != RH_PROBLEM_NONE) {
        rh_request_refuse(&k->request, &k->response, k->problem);
    } else {
        k->request.route->handler(&k->request, &k->response);
        if (k->stage == RH_STAGE_WAITS) {
            return MHD_YES;
        }
    }
    return answer(k);
}

/* --- answering later --- */

void
rh_request_suspend(rh_request *r, rh_handler *then)
{
    rh_link *k = r->link;
    k->stage = RH_STAGE_WAITS;
    k->then = then;
    MHD_suspend_connection(k->connection);
}

void
rh_request_resume(rh_request *r)
{
    MHD_resume_connection(r->link->connection);
}

static enum MHD_Result
resumed(rh_link *k)
{
    rh_handler *then = k->then;
    k->stage = RH_STAGE_RUN;
    k->then = NULL;
    if (then != NULL) {
        then(&k->request, &k->response);
        if (k->stage == RH_STAGE_WAITS) {
            return MHD_YES;
        }
    }
    return answer(k);
}

static void
run_work(void *context)
{
    rh_link *k = context;
    k->work(&k->request);
    rh_request_resume(&k->request);
}

static void
refuse_busy(rh_request *r, rh_response *response)
{
    rh_request_refuse(r, response, RH_PROBLEM_BUSY);
}

bool
rh_request_offload(rh_request *r, rh_work *work, rh_handler *then)
{
    rh_link *k = r->link;
    k->work = work;
    k->job = (rh_job){.run = run_work, .context = k};
    rh_request_suspend(r, then);
    if (rh_workers_add(k->server->workers, &k->job)) {
        return true;
    }
    k->then = refuse_busy;
    rh_request_resume(r);
    return false;
}

/* --- the life of a request --- */

static void
begin_request(rh_link *k)
{
    rh_request *r = &k->request;
    rh_form_clear(&r->query);
    rh_form_clear(&r->form);
    rh_response_clear(&k->response);
    if (k->body_room > BODY_KEPT) {
        rh_free(k->body);
        k->body = NULL;
        k->body_room = 0;
    }
    r->context = k->server->o.context;
    r->route = NULL;
    r->method = RH_METHOD_COUNT;
    r->path.n = 0;
    r->body = "";
    r->body_size = 0;
    r->cookies = r->content_type = r->agent = r->accept = NULL;
    r->identity = (rh_identity){0};
    r->data = NULL;
    r->link = k;
    k->stage = RH_STAGE_HEAD;
    k->reserved = k->no_session_files = k->has_cookie_twice = false;
    k->problem = RH_PROBLEM_NONE;
    k->wait_ms = 0;
    k->allowed = 0;
    k->origin = k->host = k->site = k->csrf_header = k->bearer = NULL;
    k->forwarded = k->languages = k->length = NULL;
    k->n_length = k->n_host = k->n_transfer = 0;
    k->announced = k->received = 0;
    k->session[0] = k->device[0] = '\0';
}

static rh_link *
link_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info != NULL ? info->socket_context : NULL;
}

/* The request line has come; MHD cuts the target up behind this, so it is copied. */
static void *
on_target(void *context, const char *uri, struct MHD_Connection *connection)
{
    (void)context;
    rh_link *k = link_of(connection);
    if (k == NULL) {
        return NULL;
    }
    begin_request(k);
    k->began_us = rh_monotonic_us();
    size_t size = strlen(uri) + 1;
    k->request.target = NULL;
    if (size > k->target_room || k->target_room > TARGET_KEPT) {
        size_t room = size < 256 ? 256 : size;
        char *target = rh_resize(k->target, room, 1);
        if (target == NULL) {
            return k; /* no target: MALFORMED */
        }
        k->target = target;
        k->target_room = room;
    }
    memcpy(k->target, uri, size);
    k->request.target = k->target;
    return k;
}

static enum MHD_Result
on_request(void *context, struct MHD_Connection *connection, const char *url,
           const char *method, const char *version, const char *bytes, size_t *size,
           void **request)
{
    (void)context, (void)url, (void)version, (void)connection;
    rh_link *k = *request;
    if (k == NULL) {
        return MHD_NO;
    }
    switch (k->stage) {
    case RH_STAGE_HEAD:
        k->active = true;
        atomic_fetch_add(&k->server->active, 1);
        rh_intake_head(k, method);
        set_deadline(k, patience_ms(k->server, k->announced));
        return k->response.close ? run(k) : MHD_YES;
    case RH_STAGE_BODY:
    case RH_STAGE_DRAIN:
    case RH_STAGE_RUN:
        if (*size > 0) {
            rh_intake_body(k, bytes, *size);
            *size = 0;
            return MHD_YES;
        }
        rh_intake_end(k);
        return run(k);
    case RH_STAGE_WAITS:
        return resumed(k);
    case RH_STAGE_ANSWERED:
        return MHD_YES;
    }
    return MHD_NO;
}

static void
record_visit(rh_link *k, bool broken)
{
    const rh_request *r = &k->request;
    const rh_response *p = &k->response;
    rh_visit v = {
        .at_ms = r->now_ms,
        .account = r->identity.account,
        .bytes = r->method == RH_HEAD ? 0 : p->size,
        .micros = (uint32_t)(rh_monotonic_us() - k->began_us),
        .status = (int16_t)(k->stage == RH_STAGE_ANSWERED ? p->status : 0),
        .method = (uint8_t)r->method,
        .broken = broken,
        .route = r->route != NULL ? r->route->pattern : "",
    };
    memcpy(v.address, k->address, sizeof v.address);
    const char *target = r->target != NULL ? r->target : "";
    rh_form_mend(target, strcspn(target, "?"), v.path, sizeof v.path);
    rh_visits_add(k->server->o.visits, &v, k->reserved);
    k->reserved = false;
}

static void
on_completed(void *context, struct MHD_Connection *connection, void **request,
             enum MHD_RequestTerminationCode why)
{
    (void)context, (void)connection;
    rh_link *k = *request;
    if (k == NULL) {
        return;
    }
    rh_server *s = k->server;
    if (k->active) {
        if (s->o.visits != NULL) {
            record_visit(k, why != MHD_REQUEST_TERMINATED_COMPLETED_OK);
        }
        rh_multipart_free(k->multipart);
        k->multipart = NULL;
        rh_form_clear(&k->request.form); /* closes uploads */
        k->active = false;
        int writes = RH_LINK_WRITES;
        set_deadline(k, (int64_t)(s->o.idle_s + s->o.head_s) * 1000);
        atomic_compare_exchange_strong(&k->turn, &writes, RH_LINK_READS);
        atomic_fetch_sub(&s->active, 1);
    }
    *request = NULL;
}

/* --- connections --- */

static bool
same_address(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
    if (a->ss_family != b->ss_family) {
        return false;
    }
    if (a->ss_family == AF_INET) {
        return ((const struct sockaddr_in *)a)->sin_addr.s_addr ==
               ((const struct sockaddr_in *)b)->sin_addr.s_addr;
    }
    return memcmp(&((const struct sockaddr_in6 *)a)->sin6_addr,
                  &((const struct sockaddr_in6 *)b)->sin6_addr, 8) == 0; /* the /64 */
}

static bool
is_this_machine(const struct sockaddr_storage *a)
{
    return a->ss_family == AF_INET
               ? (ntohl(((const struct sockaddr_in *)a)->sin_addr.s_addr) >> 24) == 127
               : IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)a)->sin6_addr);
}

static void
open_link(rh_server *s, struct MHD_Connection *connection, void **socket)
{
    rh_link *k = rh_alloc(1, sizeof *k);
    if (k == NULL) {
        return;
    }
    k->server = s;
    k->connection = connection;
    k->request.link = k;
    k->request.address = k->address;
    const union MHD_ConnectionInfo *fd =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    k->fd = fd != NULL ? fd->connect_fd : -1;
    const union MHD_ConnectionInfo *peer =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (peer != NULL && peer->client_addr != NULL) {
        bool v6 = peer->client_addr->sa_family == AF_INET6;
        memcpy(&k->peer, peer->client_addr,
               v6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in));
    }
    atomic_init(&k->turn, RH_LINK_READS);
    set_deadline(k, (int64_t)s->o.head_s * 1000);
    bool free_pass = s->o.behind_proxy && is_this_machine(&k->peer);
    unsigned same = 0;
    pthread_mutex_lock(&s->links_lock);
    for (const rh_link *other = s->links; other != NULL && !free_pass; other = other->next) {
        same += same_address(&other->peer, &k->peer);
    }
    k->over = s->n_links >= s->o.connections || same >= s->o.connections_per_address;
    k->next = s->links;
    if (k->next != NULL) {
        k->next->previous = k;
    }
    s->links = k;
    s->n_links++;
    pthread_mutex_unlock(&s->links_lock);
    *socket = k;
}

static void
close_link(rh_link *k)
{
    rh_server *s = k->server;
    pthread_mutex_lock(&s->links_lock);
    if (k->previous != NULL) {
        k->previous->next = k->next;
    } else {
        s->links = k->next;
    }
    if (k->next != NULL) {
        k->next->previous = k->previous;
    }
    s->n_links--;
    pthread_mutex_unlock(&s->links_lock);
    rh_form_release(&k->request.query);
    rh_form_release(&k->request.form);
    rh_response_release(&k->response);
    rh_multipart_free(k->multipart);
    rh_free(k->target);
    rh_free(k->body);
    rh_free(k);
}

static void
on_connection(void *context, struct MHD_Connection *connection, void **socket,
              enum MHD_ConnectionNotificationCode what)
{
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        open_link(context, connection, socket);
    } else if (*socket != NULL) {
        close_link(*socket);
        *socket = NULL;
    }
}

/* --- the watchdog --- */

/* The last word to who was too slow, rendered once: the watchdog has no time for pages. */
static rh_status
write_too_slow(rh_server *s, rh_err *err)
{
    rh_request request = {.context = s->o.context,
                          .method = RH_METHOD_COUNT,
                          .target = "",
                          .body = "",
                          .address = "",
                          .language = RH_CHINESE};
    rh_response page = {0};
    rh_response_clear(&page);
    page.status = 408;
    s->o.error_page(&request, RH_PROBLEM_TOO_SLOW, &page);
    rh_response_format(&s->too_slow,
                       "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n"
                       "Content-Type: %s\r\nContent-Length: %zu\r\n"
                       "Content-Security-Policy: %s\r\nX-Content-Type-Options: nosniff\r\n\r\n",
                       page.type, page.size, s->o.policy);
    rh_response_add(&s->too_slow, page.body, page.size);
    bool failed = page.failed || s->too_slow.failed;
    rh_response_release(&page);
    return failed ? rh_fail(err, RH_MEMORY, "Not enough memory for the page for slow senders.")
                  : RH_OK;
}

/* Under links_lock, so the link and its socket stay. */
static void
look_at(rh_link *k, int64_t now_ms)
{
    if (now_ms < atomic_load_explicit(&k->deadline, memory_order_relaxed)) {
        return;
    }
    int reads = RH_LINK_READS, writes = RH_LINK_WRITES;
    if (atomic_compare_exchange_strong(&k->turn, &reads, RH_LINK_CUT)) {
        if (k->server->cert == NULL) {
            /* as far as the socket takes it at once */
            (void)!send(k->fd, k->server->too_slow.body, k->server->too_slow.size,
                        MSG_DONTWAIT | MSG_NOSIGNAL);
        }
        shutdown(k->fd, SHUT_RDWR);
    } else if (atomic_compare_exchange_strong(&k->turn, &writes, RH_LINK_CUT)) {
        shutdown(k->fd, SHUT_RDWR);
    }
}

static void *
watch(void *context)
{
    rh_server *s = context;
    while (!s->watch_ends) {
        struct timespec pause = {0, WATCH_MS * 1000000L};
        nanosleep(&pause, NULL);
        int64_t now_ms = rh_monotonic_us() / 1000;
        pthread_mutex_lock(&s->links_lock);
        for (rh_link *k = s->links; k != NULL; k = k->next) {
            look_at(k, now_ms);
        }
        pthread_mutex_unlock(&s->links_lock);
    }
    return NULL;
}

/* --- start and stop --- */

static size_t
leave_as_it_is(void *context, struct MHD_Connection *connection, char *text)
{
    (void)context, (void)connection;
    return strlen(text); /* router.c and form.c decode, strictly */
}

static rh_status
read_text(const char *path, char **out, rh_err *err)
{
    FILE *file = fopen(path, "rbe");
    char *text = rh_alloc(65537, 1);
    size_t n = file != NULL && text != NULL ? fread(text, 1, 65536, file) : 0;
    if (file != NULL) {
        fclose(file);
    }
    if (n == 0) {
        rh_free(text);
        return rh_fail(err, RH_INPUT, "%s cannot be read as a certificate or key.", path);
    }
    *out = text;
    return RH_OK;
}

static void
fill_in(rh_server_options *o)
{
#define USUAL(field, value)                                                                    \
    if (!o->field) {                                                                           \
        o->field = value;                                                                      \
    }
    USUAL(host, "127.0.0.1")
    USUAL(threads, 2)
    USUAL(workers, 2)
    USUAL(head_most, 8192)
    USUAL(body_most, 256 * 1024)
    USUAL(connections, 1000)
    USUAL(connections_per_address, 64)
    USUAL(idle_s, 15)
    USUAL(head_s, 10)
    USUAL(slowest, 4096)
    USUAL(error_page, plain_page)
    USUAL(device_s, 400 * 86400LL)
    USUAL(policy, usual_policy)
#undef USUAL
    if (o->head_most > 24576) {
        o->head_most = 24576;
    }
    if (o->form.fields == 0) {
        o->form = rh_form_limits_usual();
    }
}

static rh_status
listen_address(const rh_server_options *o, struct sockaddr_storage *out, rh_err *err)
{
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_PASSIVE,
                             .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    if (getaddrinfo(o->host, NULL, &hints, &found) != 0 || found == NULL) {
        return rh_fail(err, RH_INPUT, "\"%s\" is not a numeric address to listen on.", o->host);
    }
    memcpy(out, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    if (out->ss_family == AF_INET6) {
        ((struct sockaddr_in6 *)out)->sin6_port = htons(o->port);
    } else {
        ((struct sockaddr_in *)out)->sin_port = htons(o->port);
    }
    return RH_OK;
}

static rh_status
start_daemon(rh_server *s, rh_err *err)
{
    struct sockaddr_storage address = {0};
    RH_TRY(listen_address(&s->o, &address, err));
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TURBO | MHD_ALLOW_SUSPEND_RESUME |
                     (address.ss_family == AF_INET6 ? MHD_USE_IPv6 : 0U) |
                     (s->cert != NULL ? MHD_USE_TLS : 0U);
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, s->cert},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, s->key},
        {MHD_OPTION_HTTPS_PRIORITIES, 0,
         (void *)(uintptr_t) "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"},
        {MHD_OPTION_END, 0, NULL},
    };
    struct MHD_OptionItem pool[] = {
        {MHD_OPTION_THREAD_POOL_SIZE, (intptr_t)s->o.threads, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    /* places beyond the limit are where the 503 is said; behind them MHD lets connections wait unanswered */
    unsigned most = s->o.connections + s->o.connections / 4 + 16 * s->o.threads;
    s->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, s, MHD_OPTION_NOTIFY_CONNECTION, on_connection, s,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, s, MHD_OPTION_URI_LOG_CALLBACK, on_target, s,
        MHD_OPTION_UNESCAPE_CALLBACK, leave_as_it_is, s, MHD_OPTION_SOCK_ADDR,
        (struct sockaddr *)&address, MHD_OPTION_CONNECTION_LIMIT, most,
        MHD_OPTION_CONNECTION_TIMEOUT, s->o.idle_s, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)HEAD_ROOM, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_LISTENING_ADDRESS_REUSE,
        1U, MHD_OPTION_ARRAY, s->o.threads > 1 ? pool : pool + 1, MHD_OPTION_ARRAY,
        s->cert != NULL ? tls : tls + 3, MHD_OPTION_END);
    if (s->daemon == NULL) {
        return rh_fail(err, RH_IO, "The server cannot listen on %s port %u: %s.", s->o.host,
                       (unsigned)s->o.port, strerror(errno));
    }
    return RH_OK;
}

static void
free_server(rh_server *s)
{
    rh_workers_free(s->workers);
    rh_router_free(s->router);
    rh_response_release(&s->too_slow);
    rh_free(s->cert);
    rh_free(s->key);
    pthread_mutex_destroy(&s->links_lock);
    rh_free(s);
}

static rh_status
prepare(rh_server *s, rh_err *err)
{
    if ((s->o.cert_file == NULL) != (s->o.key_file == NULL)) {
        return rh_fail(err, RH_INPUT, "TLS needs both a certificate and a key.");
    }
    if (s->o.cert_file != NULL) {
        if (MHD_is_feature_supported(MHD_FEATURE_TLS) != MHD_YES) {
            return rh_fail(err, RH_INPUT, "This libmicrohttpd was built without TLS.");
        }
        RH_TRY(read_text(s->o.cert_file, &s->cert, err));
        RH_TRY(read_text(s->o.key_file, &s->key, err));
    }
    s->secure = s->cert != NULL || s->o.tls_in_front;
    snprintf(s->session_cookie, sizeof s->session_cookie, "%srh_session",
             s->secure ? "__Host-" : "");
    snprintf(s->device_cookie, sizeof s->device_cookie, "%srh_device",
             s->secure ? "__Host-" : "");
    RH_TRY(write_too_slow(s, err));
    RH_TRY(rh_router_new(s->o.routes, s->o.n_routes, &s->router, err));
    RH_TRY(rh_workers_new(s->o.workers, QUEUE_MOST, &s->workers, err));
    return start_daemon(s, err);
}

static void
stop_daemon(rh_server *s)
{
    s->listener = MHD_quiesce_daemon(s->daemon);
    while (s->active > 0) { /* each ends: it is resumed, or the watchdog cuts it */
        struct timespec pause = {0, 2000000};
        nanosleep(&pause, NULL);
    }
    MHD_stop_daemon(s->daemon);
    if (s->listener >= 0) {
        close(s->listener);
    }
}

rh_status
rh_server_start(const rh_server_options *options, rh_server **out, rh_err *err)
{
    rh_server *s;
    RH_NEW(s, 1, err);
    s->o = *options;
    fill_in(&s->o);
    pthread_mutex_init(&s->links_lock, NULL);
    rh_status status = prepare(s, err);
    if (status == RH_OK && pthread_create(&s->watchdog, NULL, watch, s) != 0) {
        status = rh_fail(err, RH_MEMORY, "The server's watchdog could not be started.");
        stop_daemon(s);
    }
    if (status != RH_OK) {
        free_server(s);
        return status;
    }
    *out = s;
    return RH_OK;
}

uint16_t
rh_server_port(const rh_server *server)
{
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);
    return info != NULL ? info->port : 0;
}

void
rh_server_stop(rh_server *s)
{
    if (s == NULL) {
        return;
    }
    s->stopping = true;
    stop_daemon(s);
    s->watch_ends = true;
    pthread_join(s->watchdog, NULL);
    free_server(s);
}
