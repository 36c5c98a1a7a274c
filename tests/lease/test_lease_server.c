/* The HTTP server on a loopback port, attacked over raw sockets (http/server.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "http/server.h"
#include "http/static_file.h"

enum { MEMBER = 1, CLERK = 2, BIG = 3000000 };

/* --- the site --- */

typedef struct site {
    rh_server *server;
    uint16_t port;
    rh_sessions *sessions;
    rh_rate *rate;
    rh_visits *visits;
    rh_static *files;
    rh_static *const *files_data;
    rh_route route[24];
    char folder[64];
    _Atomic int64_t now;
    atomic_int reached; /* requests that came to a handler that changes something */
    /* what is answered later */
    pthread_t writer;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    rh_request *waiting[256];
    rh_response *response[256];
    int n_waiting;
    bool hold, stop;
    /* what the sink got */
    rh_visit visit[512];
    size_t n_visits;
} site;

static int64_t
read_now(void *context)
{
    return atomic_load(&((site *)context)->now);
}

static void
page(rh_request *request, rh_response *response)
{
    rh_response_format(response, "<p>%s</p>",
                       request->language == RH_CHINESE ? "你好" : "hello");
}

static void
echo(rh_request *request, rh_response *response)
{
    response->type = "text/plain; charset=utf-8";
    for (size_t i = 0; i < request->form.n; i++) {
        rh_response_format(response, "%s=%s\n", rh_form_name_at(&request->form, i),
                           rh_form_value_at(&request->form, i));
    }
    for (size_t i = 0; i < request->form.n_uploads; i++) {
        const rh_upload *u = &request->form.upload[i];
        rh_response_format(response, "%s: %s %llu\n", u->field, u->name,
                           (unsigned long long)u->size);
    }
    rh_response_add(response, request->body, request->body_size);
}

static void
form_page(rh_request *request, rh_response *response)
{
    rh_response_text(response, rh_request_csrf(request, response));
}

static void
do_login(rh_request *request, rh_response *response)
{
    const char *role = rh_request_field(request, "role");
    rh_request_login(request, response, 42,
                     strcmp(role, "clerk") == 0 ? MEMBER | CLERK : MEMBER);
    rh_response_text(response, rh_request_csrf(request, response));
}

static void
do_logout(rh_request *request, rh_response *response)
{
    rh_request_logout(request, response);
    rh_response_redirect(response, "/");
}

static void
step_up(rh_request *request, rh_response *response)
{
    assert_true(rh_request_rotate(request, response, MEMBER | CLERK));
    rh_response_text(response, rh_request_csrf(request, response));
}

static void
change(rh_request *request, rh_response *response)
{
    site *s = request->context;
    atomic_fetch_add(&s->reached, 1);
    rh_response_format(response, "changed %lld by %lld",
                       (long long)rh_request_id(request, "id"),
                       (long long)request->identity.account);
}

static void
later(rh_request *request, rh_response *response)
{
    site *s = request->context;
    rh_request_suspend(request, NULL);
    pthread_mutex_lock(&s->lock);
    s->waiting[s->n_waiting] = request;
    s->response[s->n_waiting++] = response;
    pthread_cond_signal(&s->wake);
    pthread_mutex_unlock(&s->lock);
}

static void *
write_later(void *context)
{
    site *s = context;
    pthread_mutex_lock(&s->lock);
    while (!s->stop || s->n_waiting > 0) {
        if (s->n_waiting == 0 || s->hold) {
            pthread_cond_wait(&s->wake, &s->lock);
            continue;
        }
        s->n_waiting--;
        rh_response_text(s->response[s->n_waiting], "written later");
        rh_request_resume(s->waiting[s->n_waiting]);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

static void
slow_work(rh_request *request)
{
    request->data = request->context;
}

static void
after_work(rh_request *request, rh_response *response)
{
    rh_response_text(response, request->data == request->context ? "worked" : "not worked");
}

static void
offloads(rh_request *request, rh_response *response)
{
    (void)response;
    (void)rh_request_offload(request, slow_work, after_work);
}

static void
big(rh_request *request, rh_response *response)
{
    (void)request;
    char *to = rh_response_room(response, BIG);
    memset(to, 'x', BIG);
    response->size += BIG;
}

static void
splits_headers(rh_request *request, rh_response *response)
{
    rh_response_header(response, "X-Said", rh_request_query(request, "said"));
}

static void
open_redirect(rh_request *request, rh_response *response)
{
    rh_response_redirect(response, rh_request_query(request, "to"));
}

static void
error_page(rh_request *request, rh_problem problem, rh_response *response)
{
    response->type = "text/plain; charset=utf-8";
    rh_response_format(response, "%s [%s]\n", rh_problem_text(problem, request->language),
                       rh_form_text(&request->form, "note"));
}

static bool
bearer(void *context, const char *token, int64_t now_ms, int64_t *account, uint32_t *roles)
{
    (void)context, (void)now_ms;
    *account = 99;
    *roles = MEMBER;
    return strcmp(token, "good") == 0;
}

static void
sink(void *context, const rh_visit *visit, size_t n, uint64_t lost)
{
    site *s = context;
    assert_int_equal(lost, 0);
    for (size_t i = 0; i < n && s->n_visits < 512; i++) {
        s->visit[s->n_visits++] = visit[i];
    }
}

static void
put_file(const site *s, const char *name, const char *text, size_t size)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", s->folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fwrite(text, 1, size, file);
    fclose(file);
}

static void
make_folder(site *s)
{
    char path[200], target[200];
    static char large[200000];
    memset(large, 'L', sizeof large);
    snprintf(s->folder, sizeof s->folder, "/tmp/ronghe-http-XXXXXX");
    assert_non_null(mkdtemp(s->folder));
    snprintf(path, sizeof path, "%s/static", s->folder);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/static/css", s->folder);
    assert_int_equal(mkdir(path, 0700), 0);
    put_file(s, "secret.txt", "SECRET", 6);
    put_file(s, "static/.hidden", "SECRET", 6);
    put_file(s, "static/css/site.css", "p{}", 3);
    put_file(s, "static/large.bin", large, sizeof large);
    snprintf(path, sizeof path, "%s/static/link.txt", s->folder);
    assert_int_equal(symlink("../secret.txt", path), 0);
    snprintf(path, sizeof path, "%s/static/up", s->folder);
    assert_int_equal(symlink("..", path), 0);
    snprintf(path, sizeof path, "%s/static", s->folder);
    snprintf(target, sizeof target, "%s/static", s->folder);
    rh_err err = {0};
    assert_int_equal(rh_static_new(target, 60, &s->files, &err), RH_OK);
}

static site *
start_with(rh_server_options o)
{
    site *s = calloc(1, sizeof *s);
    rh_err err = {0};
    make_folder(s);
    atomic_store(&s->now, 1000000);
    const rh_route route[] = {
        {.method = RH_GET, .pattern = "/", .handler = page},
        {.method = RH_GET, .pattern = "/form", .handler = form_page},
        {.method = RH_POST, .pattern = "/login", .handler = do_login, .rate_class = 1},
        {.method = RH_POST,
         .pattern = "/logout",
         .handler = do_logout,
         .flags = RH_ROUTE_SESSION},
        {.method = RH_POST,
         .pattern = "/stepup",
         .handler = step_up,
         .flags = RH_ROUTE_SESSION},
        {.method = RH_GET, .pattern = "/mine", .handler = form_page, .flags = RH_ROUTE_SESSION},
        {.method = RH_GET, .pattern = "/clerk", .handler = page, .roles = CLERK},
        {.method = RH_POST,
         .pattern = "/lease/{id}",
         .handler = change,
         .flags = RH_ROUTE_SESSION | RH_ROUTE_JSON},
        {.method = RH_POST,
         .pattern = "/echo",
         .handler = echo,
         .flags = RH_ROUTE_NO_CSRF | RH_ROUTE_JSON,
         .body_most = 20000},
        {.method = RH_POST,
         .pattern = "/raw",
         .handler = echo,
         .flags = RH_ROUTE_NO_CSRF | RH_ROUTE_RAW,
         .body_most = 20000},
        {.method = RH_GET, .pattern = "/later", .handler = later},
        {.method = RH_POST, .pattern = "/later", .handler = later, .flags = RH_ROUTE_NO_CSRF},
        {.method = RH_GET, .pattern = "/offload", .handler = offloads},
        {.method = RH_GET, .pattern = "/big", .handler = big},
        {.method = RH_GET, .pattern = "/split", .handler = splits_headers},
        {.method = RH_GET, .pattern = "/go", .handler = open_redirect},
        {.method = RH_GET,
         .pattern = "/static/{path*}",
         .handler = rh_static_handler,
         .data = s->files},
    };
    memcpy(s->route, route, sizeof route);
    static const rh_rate_class address[] = {{0, 0}, {5, 1000}};
    rh_rate_options ro = {.address = address, .classes = 2};
    rh_sessions_options so = {.idle_ms = 10000, .whole_ms = 100000};
    assert_int_equal(rh_rate_new(&ro, &s->rate, &err), RH_OK);
    assert_int_equal(rh_sessions_new(&so, &s->sessions, &err), RH_OK);
    assert_int_equal(rh_visits_new(1000, 20, sink, s, &s->visits, &err), RH_OK);
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->wake, NULL);
    pthread_create(&s->writer, NULL, write_later, s);
    o.routes = s->route;
    o.n_routes = sizeof route / sizeof route[0];
    o.error_page = error_page;
    o.context = s;
    o.now = (rh_now){read_now, s};
    o.sessions = s->sessions;
    o.bearer = bearer;
    o.rate = s->rate;
    o.visits = s->visits;
    o.form = rh_form_limits_usual();
    o.form.folder = "/tmp";
    o.form.files = 2;
    o.form.file = 10000;
    o.form.value = 1000;
    if (rh_server_start(&o, &s->server, &err) != RH_OK) {
        fail_msg("%s", err.text);
    }
    s->port = rh_server_port(s->server);
    assert_true(s->port > 0);
    return s;
}

static site *
start(void)
{
    return start_with((rh_server_options){.head_s = 10});
}

static void
stop(site *s)
{
    rh_server_stop(s->server);
    pthread_mutex_lock(&s->lock);
    s->stop = true;
    pthread_cond_signal(&s->wake);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->writer, NULL);
    rh_visits_free(s->visits);
    rh_sessions_free(s->sessions);
    rh_rate_free(s->rate);
    rh_static_free(s->files);
    char command[200];
    snprintf(command, sizeof command, "rm -r '%s'", s->folder);
    assert_int_equal(system(command), 0);
    free(s);
}

/* --- a client without manners --- */

static int
dial(const site *s)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(s->port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval patience = {20, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

static void
say(int fd, const char *bytes, size_t size)
{
    for (size_t sent = 0; sent < size;) {
        ssize_t n = send(fd, bytes + sent, size - sent, MSG_NOSIGNAL);
        if (n <= 0) {
            return; /* it was cut off: what was answered is still read */
        }
        sent += (size_t)n;
    }
}

/* Everything until the server closes; NUL-ended. */
static size_t
listen_to_end(int fd, char *out, size_t room)
{
    size_t used = 0;
    while (used + 1 < room) {
        ssize_t n = recv(fd, out + used, room - 1 - used, 0);
        if (n <= 0) {
            assert_true(n == 0 || errno == ECONNRESET);
            break;
        }
        used += (size_t)n;
    }
    out[used] = '\0';
    close(fd);
    return used;
}

static char answer[BIG + 10000];

/* Send as it is and return the first status (0: closed without a word). */
static int
raw(const site *s, const char *bytes, size_t size)
{
    int fd = dial(s);
    say(fd, bytes, size);
    shutdown(fd, SHUT_WR);
    size_t n = listen_to_end(fd, answer, sizeof answer);
    return n > 12 && strncmp(answer, "HTTP/1.1 ", 9) == 0 ? (int)strtol(answer + 9, NULL, 10)
                                                          : 0;
}

static int
ask(const site *s, const char *method, const char *target, const char *headers,
    const char *body)
{
    static char request[400000];
    char length[60] = "";
    if (body != NULL) {
        snprintf(length, sizeof length, "Content-Length: %zu\r\n", strlen(body));
    }
    int n = snprintf(request, sizeof request,
                     "%s %s HTTP/1.1\r\nHost: x.test\r\nConnection: close\r\n%s%s\r\n%s",
                     method, target, headers, length, body != NULL ? body : "");
    assert_true(n > 0 && (size_t)n < sizeof request);
    int fd = dial(s);
    say(fd, request, (size_t)n);
    size_t got = listen_to_end(fd, answer, sizeof answer);
    return got > 12 ? (int)strtol(answer + 9, NULL, 10) : 0;
}

static const char *
body_of_answer(void)
{
    const char *at = strstr(answer, "\r\n\r\n");
    return at != NULL ? at + 4 : "";
}

static bool
has_header(const char *line)
{
    const char *end = strstr(answer, "\r\n\r\n"), *at = strcasestr(answer, line);
    return at != NULL && end != NULL && at < end;
}

/* Value of "Set-Cookie: NAME=value;" of the last answer. */
static bool
cookie_of_answer(const char *name, char *out, size_t room)
{
    char key[80];
    snprintf(key, sizeof key, "Set-Cookie: %s=", name);
    const char *at = strstr(answer, key);
    if (at == NULL) {
        return false;
    }
    at += strlen(key);
    snprintf(out, room, "%.*s", (int)strcspn(at, ";\r"), at);
    return true;
}

static const char urlencoded[] = "Content-Type: application/x-www-form-urlencoded\r\n";

typedef struct browser {
    char session[100], device[100], csrf[100];
    char headers[600];
} browser;

static const char *
headers_of(browser *b, const char *more)
{
    snprintf(b->headers, sizeof b->headers,
             "%sUser-Agent: Test/1\r\nCookie: rh_device=%s%s%s\r\n%s", urlencoded, b->device,
             b->session[0] != '\0' ? "; rh_session=" : "", b->session, more);
    return b->headers;
}

static void
take_cookies(browser *b)
{
    (void)cookie_of_answer("rh_session", b->session, sizeof b->session);
    (void)cookie_of_answer("rh_device", b->device, sizeof b->device);
    snprintf(b->csrf, sizeof b->csrf, "%s", body_of_answer());
}

static int
post(const site *s, browser *b, const char *target, const char *fields, const char *more)
{
    char body[400];
    snprintf(body, sizeof body, "%s&csrf=%s", fields, b->csrf);
    return ask(s, "POST", target, headers_of(b, more), body);
}

static browser
logged_in(const site *s, const char *role)
{
    browser b = {0};
    assert_int_equal(ask(s, "GET", "/form", "User-Agent: Test/1\r\n", NULL), 200);
    take_cookies(&b);
    assert_int_equal(post(s, &b, "/login", role, ""), 200);
    take_cookies(&b);
    assert_true(b.session[0] != '\0');
    return b;
}

/* --- plain use --- */

static void
test_a_page_comes_with_its_language_and_security_headers(void **state)
{
    (void)state;
    site *s = start();
    assert_int_equal(ask(s, "GET", "/", "", NULL), 200);
    assert_string_equal(body_of_answer(), "<p>你好</p>");
    assert_true(has_header("Content-Security-Policy: default-src 'self'"));
    assert_true(has_header("frame-ancestors 'none'"));
    assert_false(has_header("unsafe-inline"));
    assert_true(has_header("X-Content-Type-Options: nosniff"));
    assert_true(has_header("Referrer-Policy: same-origin"));
    assert_true(has_header("Cache-Control: no-store"));
    assert_false(has_header("Strict-Transport-Security"));
    assert_int_equal(ask(s, "GET", "/?lang=en", "", NULL), 200);
    assert_string_equal(body_of_answer(), "<p>hello</p>");
    assert_int_equal(ask(s, "GET", "/", "Cookie: lang=en\r\n", NULL), 200);
    assert_string_equal(body_of_answer(), "<p>hello</p>");
    assert_int_equal(ask(s, "GET", "/?lang=zh", "Accept-Language: en\r\n", NULL), 200);
    assert_string_equal(body_of_answer(), "<p>你好</p>");
    assert_int_equal(ask(s, "GET", "/nothing?lang=en", "", NULL), 404);
    assert_true(has_header("Content-Security-Policy: default-src 'self'"));
    assert_true(strstr(body_of_answer(), rh_problem_text(RH_PROBLEM_NOT_FOUND, RH_ENGLISH)) !=
                NULL);
    stop(s);
}

static void
test_head_options_and_unknown_methods(void **state)
{
    (void)state;
    site *s = start();
    assert_int_equal(ask(s, "HEAD", "/", "", NULL), 200);
    assert_string_equal(body_of_answer(), "");
    assert_true(has_header("Content-Length: 13"));
    assert_int_equal(ask(s, "POST", "/form", urlencoded, "a=1"), 405);
    assert_true(has_header("Allow: GET, HEAD"));
    assert_int_equal(ask(s, "GET", "/echo", "", NULL), 405);
    assert_true(has_header("Allow: POST"));
    assert_int_equal(ask(s, "BREW", "/", "", NULL), 501);
    assert_int_equal(ask(s, "OPTIONS", "/", "", NULL), 405);
    assert_int_equal(ask(s, "TRACE", "/", "", NULL), 501);
    assert_int_equal(ask(s, "get", "/", "", NULL), 501);
    stop(s);
}

static void
test_pipelined_requests_are_answered_in_order(void **state)
{
    (void)state;
    site *s = start();
    int fd = dial(s);
    static const char three[] =
        "GET /?lang=en HTTP/1.1\r\nHost: x\r\n\r\nGET /later HTTP/1.1\r\nHost: x\r\n\r\n"
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        "Content-Length: 3\r\n\r\na=1"
        "GET /offload HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    say(fd, three, sizeof three - 1);
    listen_to_end(fd, answer, sizeof answer);
    const char *first = strstr(answer, "hello"), *second = strstr(answer, "written later");
    const char *third = strstr(answer, "a=1"), *fourth = strstr(answer, "worked");
    assert_true(first != NULL && second > first && third > second && fourth > third);
    stop(s);
}

/* --- attacks on the frame --- */

static void
test_malformed_requests_end_without_a_handler(void **state)
{
    (void)state;
    site *s = start();
    static const struct {
        const char *bytes;
        size_t size;
    } bad[] = {
#define CASE(text) {text, sizeof(text) - 1}
        CASE("\r\n\r\n\r\n"),
        CASE("GET\r\n\r\n"),
        CASE("GET / HTTP/9.9\r\nHost: x\r\n\r\n"),
        CASE("GET / HTTP/1.1\r\n\r\n"), /* no Host */
        CASE("GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"),
        CASE("GET /a\0b HTTP/1.1\r\nHost: x\r\n\r\n"),
        CASE("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: "
             "5\r\n\r\na=1xx"),
        CASE("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: "
             "3\r\n\r\na=1"),
        CASE("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3, 3\r\n\r\na=1"),
        CASE("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: -3\r\n\r\na=1"),
        CASE("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: +3\r\n\r\na=1"),
        CASE("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3x\r\n\r\na=1"),
        CASE("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: "
             "99999999999999999999999\r\n\r\na=1"),
        CASE("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: "
             "chunked\r\n\r\n0\r\n\r\n"),
        CASE("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
             "chunked\r\n\r\n3\r\na=1\r\n0\r\n\r\n"),
        CASE("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n"),
        CASE("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"), /* TLS to a plain port */
        CASE("GET http://evil/ HTTP/1.1\r\nHost: x\r\n\r\n"),
        CASE("GET * HTTP/1.1\r\nHost: x\r\n\r\n"),
#undef CASE
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int status = raw(s, bad[i].bytes, bad[i].size);
        if (status >= 200 && status < 400) {
            fail_msg("%zu: %s -> %s", i, bad[i].bytes, answer);
        }
        if (strstr(answer, "HTTP/1.1 2") !=
            NULL) { /* nothing of it is taken for a second request */
            fail_msg("%zu: %s -> %s", i, bad[i].bytes, answer);
        }
    }
    assert_int_equal(ask(s, "GET", "/", "", NULL), 200);
    stop(s);
}

static void
test_a_nul_in_a_header_ends_its_value_and_hides_no_request(void **state)
{
    (void)state;
    site *s = start();
    static const char lang[] =
        "GET / HTTP/1.1\r\nHost: x\r\nCookie: lang=en\0; lang=zh\r\n\r\n";
    assert_int_equal(raw(s, lang, sizeof lang - 1), 200);
    assert_string_equal(body_of_answer(), "<p>hello</p>");
    static const char hidden[] =
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        "Content-Length: 44\0x\r\n\r\n"
        "GET /?lang=en HTTP/1.1\r\nHost: smuggled\r\n\r\n";
    (void)raw(s, hidden, sizeof hidden - 1);
    assert_null(strstr(answer, "hello"));
    stop(s);
}

static void
test_a_smuggled_second_request_is_not_seen(void **state)
{
    (void)state;
    site *s = start();
    static const char smuggle[] =
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        "Content-Length: 0\r\nContent-Length: 44\r\n\r\n"
        "GET /?lang=en HTTP/1.1\r\nHost: smuggled\r\n\r\n";
    assert_int_equal(raw(s, smuggle, sizeof smuggle - 1), 400);
    assert_null(strstr(answer, "hello"));
    assert_true(has_header("Connection: close"));
    stop(s);
}

static void
test_an_oversized_head_is_refused(void **state)
{
    (void)state;
    site *s = start();
    static char head[200000];
    static const size_t sizes[] = {9000, 20000, 100000};
    for (size_t i = 0; i < 3; i++) {
        int n = snprintf(head, sizeof head, "Cookie: ");
        memset(head + n, 'c', sizes[i]);
        snprintf(head + n + sizes[i], 3, "\r\n");
        int status = ask(s, "GET", "/", head, NULL);
        /* beyond MHD's memory it is MHD that says it, with 413 or 431; or the connection ends */
        assert_true(status == 431 || (sizes[i] > 24576 && (status == 413 || status == 0)));
        if (i == 0) {
            assert_true(strstr(body_of_answer(),
                               rh_problem_text(RH_PROBLEM_HEAD_TOO_LARGE, RH_CHINESE)) != NULL);
        }
    }
    for (int many = 0, n = 0; many < 3000; many++) {
        n += snprintf(head + n, sizeof head - (size_t)n, "A%d: b\r\n", many);
    }
    assert_true(ask(s, "GET", "/", head, NULL) != 200);
    static char target[40000] = "/";
    memset(target + 1, 'a', 2000);
    assert_int_equal(ask(s, "GET", target, "", NULL), 400);
    memset(target + 1, 'a', sizeof target - 2);
    int status = ask(s, "GET", target, "", NULL);
    assert_true(status == 414 || status == 431 || status == 413 || status == 0);
    stop(s);
}

static void
test_a_body_over_the_limit_is_refused_with_a_sentence(void **state)
{
    (void)state;
    site *s = start();
    static char body[30002];
    memcpy(body, "note=x&a=", 9);
    memset(body + 9, 'b', 20000 - 9);
    char *v = body + 9;
    for (size_t i = 900; i <= 19800; i += 900) { /* under the limit of a value */
        memcpy(v + i, "&a[]=", 5);
    }
    body[20000] = '\0';
    assert_int_equal(ask(s, "POST", "/echo", urlencoded, body), 200);
    body[20000] = 'b';
    assert_int_equal(ask(s, "POST", "/echo", urlencoded, body), 413);
    assert_true(strstr(body_of_answer(),
                       rh_problem_text(RH_PROBLEM_BODY_TOO_LARGE, RH_CHINESE)) != NULL);
    static const char huge[] =
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        "Content-Length: 99999999999\r\n\r\nnote=x";
    assert_int_equal(raw(s, huge, sizeof huge - 1), 413);
    assert_int_equal(ask(s, "POST", "/echo", "Content-Type: text/plain\r\n", "a=1"), 415);
    assert_int_equal(ask(s, "POST", "/echo", "", "a=1"), 415);
    assert_int_equal(ask(s, "POST", "/login", "Content-Type: application/json\r\n", "{}"), 415);
    assert_int_equal(ask(s, "POST", "/raw", "Content-Type: text/plain\r\n", "any bytes"), 200);
    assert_string_equal(body_of_answer(), "any bytes");
    stop(s);
}

/* Drip bytes until the server ends it; true when it did within half a minute. */
static bool
drips_until_cut(const site *s, const char *start_with, const char *drop)
{
    int fd = dial(s);
    say(fd, start_with, strlen(start_with));
    for (int i = 0; i < 300; i++) {
        struct timespec pause = {0, 100000000};
        nanosleep(&pause, NULL);
        char byte;
        ssize_t n = recv(fd, &byte, 1, MSG_DONTWAIT | MSG_PEEK);
        if (n >= 0 || errno == ECONNRESET) {
            listen_to_end(fd, answer, sizeof answer);
            return true;
        }
        say(fd, drop, strlen(drop));
    }
    close(fd);
    return false;
}

static void
test_slow_senders_are_cut_off_with_408(void **state)
{
    (void)state;
    site *s = start_with((rh_server_options){.head_s = 1, .idle_s = 30, .slowest = 100000});
    assert_true(drips_until_cut(s, "GET / HTTP/1.1\r\nHost: x\r\n", "A: b\r\n"));
    assert_int_equal(strncmp(answer, "HTTP/1.1 408 ", 13), 0);
    assert_true(strstr(body_of_answer(), rh_problem_text(RH_PROBLEM_TOO_SLOW, RH_CHINESE)) !=
                NULL);
    assert_true(drips_until_cut(s, "G", "E"));
    assert_true(drips_until_cut(
        s,
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10000\r\nContent-Type: "
        "application/x-www-form-urlencoded\r\n\r\nnote=",
        "x"));
    assert_int_equal(strncmp(answer, "HTTP/1.1 408 ", 13), 0);
    assert_int_equal(ask(s, "GET", "/", "", NULL), 200);
    stop(s);
}

static void
test_a_reader_who_takes_nothing_is_cut_off(void **state)
{
    (void)state;
    site *s = start_with((rh_server_options){.head_s = 1, .idle_s = 30, .slowest = 100000000});
    int fd = socket(AF_INET, SOCK_STREAM, 0), small = 4096;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(s->port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    static const char request[] = "GET /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    for (int i = 0; i < 1; i++) {
        say(fd, request, sizeof request - 1);
    }
    struct timespec pause = {4, 0};
    nanosleep(&pause, NULL);
    assert_true(listen_to_end(fd, answer, sizeof answer) < BIG);
    assert_int_equal(ask(s, "GET", "/big", "", NULL), 200);
    assert_int_equal(strlen(body_of_answer()), BIG);
    stop(s);
}

static void
ten_are_served_and_the_rest_get_503(rh_server_options options)
{
    site *s = start_with(options);
    int fd[30];
    for (int i = 0; i < 10; i++) {
        fd[i] = dial(s);
        static const char request[] = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
        say(fd[i], request, sizeof request - 1);
        char byte;
        assert_int_equal(recv(fd[i], &byte, 1, MSG_PEEK), 1);
    }
    for (int i = 0; i < 5; i++) {
        assert_int_equal(ask(s, "GET", "/", "", NULL), 503);
        assert_true(has_header("Retry-After"));
        assert_true(has_header("Connection: close"));
        assert_true(strstr(body_of_answer(), rh_problem_text(RH_PROBLEM_BUSY, RH_CHINESE)) !=
                    NULL);
    }
    for (int i = 0; i < 10; i++) {
        close(fd[i]);
    }
    int status = 503;
    for (int tries = 0; tries < 200 && status == 503; tries++) {
        struct timespec pause = {0, 20000000};
        nanosleep(&pause, NULL);
        status = ask(s, "GET", "/", "", NULL);
    }
    assert_int_equal(status, 200);
    stop(s);
}

static void
test_more_connections_than_allowed_get_503(void **state)
{
    (void)state;
    ten_are_served_and_the_rest_get_503((rh_server_options){.connections_per_address = 10});
    ten_are_served_and_the_rest_get_503((rh_server_options){.connections = 10});
}

/* --- static files --- */

static void
test_static_files_come_with_type_and_tag(void **state)
{
    (void)state;
    site *s = start();
    assert_int_equal(ask(s, "GET", "/static/css/site.css", "", NULL), 200);
    assert_string_equal(body_of_answer(), "p{}");
    assert_true(has_header("Content-Type: text/css"));
    assert_true(has_header("Cache-Control: public, max-age=60"));
    char tag[200], header[300];
    const char *at = strstr(answer, "ETag: ");
    assert_non_null(at);
    snprintf(tag, sizeof tag, "%.*s", (int)strcspn(at + 6, "\r"), at + 6);
    snprintf(header, sizeof header, "If-None-Match: %s\r\n", tag);
    assert_int_equal(ask(s, "GET", "/static/css/site.css", header, NULL), 304);
    assert_string_equal(body_of_answer(), "");
    assert_int_equal(ask(s, "GET", "/static/large.bin", "", NULL), 200);
    assert_int_equal(strlen(body_of_answer()), 200000);
    assert_int_equal(ask(s, "HEAD", "/static/large.bin", "", NULL), 200);
    assert_string_equal(body_of_answer(), "");
    for (int i = 0; i < 3;
         i++) { /* the handle of the file is not closed twice or leaked into the next answer */
        assert_int_equal(ask(s, "GET", "/static/large.bin", "", NULL), 200);
        assert_int_equal(ask(s, "GET", "/", "", NULL), 200);
    }
    stop(s);
}

static void
test_no_path_climbs_out_of_the_folder(void **state)
{
    (void)state;
    site *s = start();
    static const char *const climb[] = {
        "/static/../secret.txt",
        "/static/css/../../secret.txt",
        "/static/%2e%2e/secret.txt",
        "/static/%2E%2E%2Fsecret.txt",
        "/static/..%2fsecret.txt",
        "/static/..%5csecret.txt",
        "/static/..\\secret.txt",
        "/static/%252e%252e/secret.txt",
        "/static/%c0%ae%c0%ae/secret.txt",
        "/static/%uff0e%uff0e/secret.txt",
        "/static//etc/passwd",
        "/static//../secret.txt",
        "/static/./../secret.txt",
        "/static/css%00/../../secret.txt",
        "/static/css/site.css%00",
        "/static/link.txt",
        "/static/up/secret.txt",
        "/static/.hidden",
        "/static/css",
        "/static/css/",
        "/static/",
        "/static",
        "/../../../../../etc/passwd",
        "/static/....//secret.txt",
        "/static/..;/secret.txt",
        "/static/css/site.css/",
        "/static/css/site.css/..",
        "/static/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    };
    for (size_t i = 0; i < sizeof climb / sizeof climb[0]; i++) {
        int status = ask(s, "GET", climb[i], "", NULL);
        if (status != 404 && status != 400) {
            fail_msg("%s: %d", climb[i], status);
        }
        assert_null(strstr(answer, "SECRET"));
        assert_null(strstr(answer, "root:"));
    }
    stop(s);
}

/* --- identity --- */

static void
test_a_session_opens_what_needs_one(void **state)
{
    (void)state;
    site *s = start();
    assert_int_equal(ask(s, "GET", "/mine", "", NULL), 401);
    browser b = logged_in(s, "role=member");
    assert_int_equal(ask(s, "GET", "/mine", headers_of(&b, ""), NULL), 200);
    assert_string_equal(body_of_answer(), b.csrf);
    assert_int_equal(ask(s, "GET", "/clerk", headers_of(&b, ""), NULL), 403);
    assert_int_equal(post(s, &b, "/lease/17", "x=1", ""), 200);
    assert_string_equal(body_of_answer(), "changed 17 by 42");
    atomic_fetch_add(&s->now, 10000); /* idle */
    assert_int_equal(ask(s, "GET", "/mine", headers_of(&b, ""), NULL), 401);
    stop(s);
}

static void
test_session_cookies_are_strict_and_hidden_from_scripts(void **state)
{
    (void)state;
    site *s = start();
    (void)logged_in(s, "role=member");
    assert_true(has_header("Set-Cookie: rh_session="));
    const char *at = strstr(answer, "rh_session=");
    char line[300];
    snprintf(line, sizeof line, "%.*s", (int)strcspn(at, "\r"), at);
    assert_non_null(strstr(line, "HttpOnly"));
    assert_non_null(strstr(line, "SameSite=Strict"));
    stop(s);
    s = start_with((rh_server_options){.tls_in_front = true});
    assert_int_equal(ask(s, "GET", "/form", "", NULL), 200);
    assert_true(has_header("Set-Cookie: __Host-rh_device="));
    assert_true(has_header("; Secure"));
    assert_true(has_header("Strict-Transport-Security"));
    stop(s);
}

static void
test_forged_posts_never_reach_the_handler(void **state)
{
    (void)state;
    site *s = start();
    browser b = logged_in(s, "role=member"), other = logged_in(s, "role=member");
    browser forged = b;
    forged.csrf[0] = '\0';
    assert_int_equal(post(s, &forged, "/lease/1", "note=kept", ""), 403);
    assert_non_null(strstr(body_of_answer(), "[kept]")); /* what was typed is there */
    snprintf(forged.csrf, sizeof forged.csrf, "%s", other.csrf);
    assert_int_equal(post(s, &forged, "/lease/1", "note=kept", ""), 403);
    snprintf(forged.csrf, sizeof forged.csrf, "%s", b.session);
    assert_int_equal(post(s, &forged, "/lease/1", "note=kept", ""), 403);
    assert_int_equal(post(s, &b, "/lease/1", "x=1", "Origin: https://evil.test\r\n"), 403);
    assert_int_equal(post(s, &b, "/lease/1", "x=1", "Origin: null\r\n"), 403);
    assert_int_equal(post(s, &b, "/lease/1", "x=1", "Sec-Fetch-Site: cross-site\r\n"), 403);
    assert_int_equal(ask(s, "POST", "/lease/1", headers_of(&b, ""), NULL),
                     403); /* no body at all */
    assert_int_equal(atomic_load(&s->reached), 0);
    assert_int_equal(post(s, &b, "/lease/1", "x=1", "Origin: http://x.test\r\n"), 200);
    /* JSON: the token in a header */
    char json[400];
    snprintf(json, sizeof json,
             "Content-Type: application/json\r\nUser-Agent: Test/1\r\nCookie: rh_device=%s; "
             "rh_session=%s\r\n",
             b.device, b.session);
    assert_int_equal(ask(s, "POST", "/lease/1", json, "{\"csrf\":\"x\"}"), 403);
    size_t n = strlen(json);
    snprintf(json + n, sizeof json - n, "X-CSRF-Token: %s\r\n", b.csrf);
    assert_int_equal(ask(s, "POST", "/lease/1", json, "{}"), 200);
    /* a login, too, needs the token of its device */
    browser stranger = {0};
    assert_int_equal(post(s, &stranger, "/login", "role=clerk", ""), 403);
    stop(s);
}

static void
test_bearer_tokens_need_no_csrf_and_bad_ones_are_nobody(void **state)
{
    (void)state;
    site *s = start();
    static const char json[] = "Content-Type: application/json\r\nAuthorization: Bearer ";
    char headers[300];
    snprintf(headers, sizeof headers, "%sgood\r\n", json);
    assert_int_equal(ask(s, "POST", "/lease/3", headers, "{}"), 200);
    assert_string_equal(body_of_answer(), "changed 3 by 99");
    snprintf(headers, sizeof headers, "%sbad\r\n", json);
    assert_int_equal(ask(s, "POST", "/lease/3", headers, "{}"), 401);
    assert_true(has_header("WWW-Authenticate: Bearer"));
    assert_int_equal(ask(s, "GET", "/", "Authorization: Bearer bad\r\n", NULL), 401);
    stop(s);
}

static void
test_a_planted_session_is_not_taken_over_at_login(void **state)
{
    (void)state;
    site *s = start();
    browser b = {0};
    assert_int_equal(ask(s, "GET", "/form", "User-Agent: Test/1\r\n", NULL), 200);
    take_cookies(&b);
    static const char planted[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    snprintf(b.session, sizeof b.session, "%s", planted);
    assert_int_equal(post(s, &b, "/login", "role=member", ""), 200);
    take_cookies(&b);
    assert_string_not_equal(b.session, planted);
    browser thief = b;
    snprintf(thief.session, sizeof thief.session, "%s", planted);
    assert_int_equal(ask(s, "GET", "/mine", headers_of(&thief, ""), NULL), 401);
    /* a second login ends the first session */
    browser again = b;
    assert_int_equal(post(s, &again, "/login", "role=clerk", ""), 200);
    take_cookies(&again);
    assert_string_not_equal(again.session, b.session);
    assert_int_equal(ask(s, "GET", "/mine", headers_of(&b, ""), NULL), 401);
    assert_int_equal(ask(s, "GET", "/clerk", headers_of(&again, ""), NULL), 200);
    stop(s);
}

static void
test_more_rights_mean_a_new_token(void **state)
{
    (void)state;
    site *s = start();
    browser b = logged_in(s, "role=member"), before = b;
    assert_int_equal(post(s, &b, "/stepup", "x=1", ""), 200);
    take_cookies(&b);
    assert_string_not_equal(b.session, before.session);
    assert_string_not_equal(b.csrf, before.csrf);
    assert_int_equal(ask(s, "GET", "/clerk", headers_of(&b, ""), NULL), 200);
    assert_int_equal(ask(s, "GET", "/mine", headers_of(&before, ""), NULL), 401);
    assert_int_equal(post(s, &b, "/logout", "x=1", ""), 303);
    assert_true(has_header("Location: /"));
    assert_true(has_header("rh_session=; Path=/; Max-Age=0"));
    assert_int_equal(ask(s, "GET", "/mine", headers_of(&b, ""), NULL), 401);
    stop(s);
}

static void
test_a_stolen_session_ends_on_another_device(void **state)
{
    (void)state;
    site *s = start();
    browser b = logged_in(s, "role=member"), thief = {0};
    assert_int_equal(ask(s, "GET", "/form", "User-Agent: Test/1\r\n", NULL), 200);
    take_cookies(&thief);
    memcpy(thief.session, b.session, sizeof thief.session);
    assert_int_equal(ask(s, "GET", "/mine", headers_of(&thief, ""), NULL), 401);
    assert_int_equal(ask(s, "GET", "/mine", headers_of(&b, ""), NULL), 401);
    stop(s);
}

static void
test_logins_are_slowed_down_by_address(void **state)
{
    (void)state;
    site *s = start();
    browser b = {0};
    assert_int_equal(ask(s, "GET", "/form", "User-Agent: Test/1\r\n", NULL), 200);
    take_cookies(&b);
    int status = 0;
    for (int i = 0; i < 6; i++) {
        status = post(s, &b, "/login", "role=member&note=kept", "");
        assert_int_equal(status, i < 5 ? 200 : 429);
        if (i < 5) {
            take_cookies(&b);
        }
    }
    assert_true(has_header("Retry-After: 2") || has_header("Retry-After: 1"));
    assert_non_null(strstr(body_of_answer(), "[kept]"));
    assert_int_equal(ask(s, "GET", "/", "", NULL), 200); /* another class */
    stop(s);
}

static void
test_the_address_is_believed_from_the_proxy_only(void **state)
{
    (void)state;
    for (int behind = 0; behind < 2; behind++) {
        site *s = start_with((rh_server_options){.behind_proxy = behind == 1});
        assert_int_equal(ask(s, "GET", "/", "X-Forwarded-For: 1.2.3.4, 203.0.113.5\r\n", NULL),
                         200);
        rh_server_stop(s->server);
        s->server = NULL;
        rh_visits_free(s->visits);
        s->visits = NULL;
        assert_int_equal(s->n_visits, 1);
        assert_string_equal(s->visit[0].address, behind ? "203.0.113.5" : "127.0.0.1");
        stop(s);
    }
}

/* --- forms --- */

static void
test_files_are_uploaded_with_clean_names(void **state)
{
    (void)state;
    site *s = start();
    static const char type[] = "Content-Type: multipart/form-data; boundary=B\r\n";
    static const char body[] =
        "--B\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\n门前有树\r\n--B\r\n"
        "Content-Disposition: form-data; name=\"photo\"; "
        "filename=\"../../a.jpg\"\r\n\r\n12345\r\n--B--\r\n";
    assert_int_equal(ask(s, "POST", "/echo", type, body), 200);
    assert_string_equal(body_of_answer(), "note=门前有树\nphoto: a.jpg 5\n");
    static char large[20000];
    int n = snprintf(
        large, sizeof large,
        "--B\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.jpg\"\r\n\r\n");
    memset(large + n, 'x', 10001);
    snprintf(
        large + n + 10001, 200,
        "\r\n--B\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nkept\r\n--B--\r\n");
    assert_int_equal(ask(s, "POST", "/echo", type, large), 413);
    assert_non_null(strstr(body_of_answer(), "[kept]"));
    assert_int_equal(ask(s, "POST", "/echo", "Content-Type: multipart/form-data\r\n", body),
                     400);
    assert_int_equal(ask(s, "POST", "/echo", urlencoded, "note=kept&a=1&a=2"), 400);
    assert_non_null(strstr(body_of_answer(), "[kept]"));
    assert_int_equal(ask(s, "POST", "/echo", urlencoded, "note=kept&a=%ff"), 400);
    assert_non_null(strstr(body_of_answer(), "[kept]"));
    assert_int_equal(ask(s, "GET", "/?a=1&a=2", "", NULL), 400);
    stop(s);
}

static void
test_handlers_cannot_split_headers_or_redirect_away(void **state)
{
    (void)state;
    site *s = start();
    assert_int_equal(ask(s, "GET", "/split?said=a", "", NULL), 200);
    assert_true(has_header("X-Said: a"));
    assert_int_equal(ask(s, "GET", "/split?said=a%0d%0aSet-Cookie:+x=y", "", NULL), 500);
    assert_null(strstr(answer, "Set-Cookie"));
    assert_int_equal(ask(s, "GET", "/go?to=/form", "", NULL), 303);
    assert_int_equal(ask(s, "GET", "/go?to=//evil.test", "", NULL), 500);
    assert_int_equal(ask(s, "GET", "/go?to=https://evil.test", "", NULL), 500);
    assert_int_equal(ask(s, "GET", "/go?to=/%5cevil.test", "", NULL), 500);
    stop(s);
}

/* --- later, stop, record --- */

static void *
ask_later(void *context)
{
    const site *s = context;
    int fd = dial(s);
    static const char request[] =
        "POST /later HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        "Content-Length: 3\r\n\r\na=1";
    char got[2000];
    say(fd, request, sizeof request - 1);
    listen_to_end(fd, got, sizeof got);
    return strstr(got, "written later") != NULL ? context : NULL;
}

static void
test_a_stop_waits_for_what_is_answered_later(void **state)
{
    (void)state;
    enum { N = 20 };
    site *s = start();
    pthread_t thread[N];
    s->hold = true;
    for (int i = 0; i < N; i++) {
        pthread_create(&thread[i], NULL, ask_later, s);
    }
    for (int n = 0; n < N;) {
        pthread_mutex_lock(&s->lock);
        n = s->n_waiting;
        pthread_mutex_unlock(&s->lock);
    }
    pthread_mutex_lock(&s->lock);
    s->hold = false;
    pthread_cond_signal(&s->wake);
    pthread_mutex_unlock(&s->lock);
    stop(s); /* begins while most still wait */
    for (int i = 0; i < N; i++) {
        void *fine;
        pthread_join(thread[i], &fine);
        assert_non_null(fine);
    }
}

static void
test_who_leaves_while_waiting_does_no_harm(void **state)
{
    (void)state;
    site *s = start();
    s->hold = true;
    for (int i = 0; i < 20; i++) {
        int fd = dial(s);
        static const char request[] = "GET /later HTTP/1.1\r\nHost: x\r\n\r\n";
        say(fd, request, sizeof request - 1);
        for (int n = 0; n <= i;) {
            pthread_mutex_lock(&s->lock);
            n = s->n_waiting;
            pthread_mutex_unlock(&s->lock);
        }
        close(fd);
    }
    pthread_mutex_lock(&s->lock);
    s->hold = false;
    pthread_cond_signal(&s->wake);
    pthread_mutex_unlock(&s->lock);
    assert_int_equal(ask(s, "GET", "/later", "", NULL), 200);
    stop(s);
}

static void
test_every_request_is_recorded_once(void **state)
{
    (void)state;
    site *s = start();
    browser b = logged_in(s, "role=member");
    assert_int_equal(post(s, &b, "/lease/5", "x=1", ""), 200);
    assert_int_equal(ask(s, "GET", "/nothing?secret=1", "", NULL), 404);
    assert_int_equal(ask(s, "GET", "/later", "", NULL), 200);
    rh_server_stop(s->server);
    s->server = NULL;
    rh_visits_free(s->visits);
    s->visits = NULL;
    assert_int_equal(s->n_visits, 5);
    const rh_visit *v = s->visit;
    assert_int_equal(v[2].account, 42);
    assert_int_equal(v[2].status, 200);
    assert_int_equal(v[2].method, RH_POST);
    assert_int_equal(v[2].bytes, strlen("changed 5 by 42"));
    assert_string_equal(v[2].path, "/lease/5");
    assert_string_equal(v[2].route, "/lease/{id}");
    assert_string_equal(v[2].address, "127.0.0.1");
    assert_int_equal(v[2].at_ms, 1000000);
    assert_int_equal(v[3].account, 0);
    assert_int_equal(v[3].status, 404);
    assert_string_equal(v[3].path, "/nothing"); /* no query */
    assert_string_equal(v[4].path, "/later");
    stop(s);
}

static void
test_a_server_that_cannot_start_says_why(void **state)
{
    (void)state;
    site *s = start();
    rh_err err = {0};
    rh_server *second = NULL;
    const rh_route one = {.method = RH_GET, .pattern = "/", .handler = page};
    rh_server_options o = {.host = "localhost!", .routes = &one, .n_routes = 1};
    assert_int_equal(rh_server_start(&o, &second, &err), RH_INPUT);
    err = (rh_err){0};
    o = (rh_server_options){
        .cert_file = "/nowhere", .key_file = "/nowhere", .routes = &one, .n_routes = 1};
    assert_int_equal(rh_server_start(&o, &second, &err), RH_INPUT);
    assert_non_null(strstr(err.text, "/nowhere"));
    assert_null(second);
    stop(s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_page_comes_with_its_language_and_security_headers),
        cmocka_unit_test(test_head_options_and_unknown_methods),
        cmocka_unit_test(test_pipelined_requests_are_answered_in_order),
        cmocka_unit_test(test_malformed_requests_end_without_a_handler),
        cmocka_unit_test(test_a_nul_in_a_header_ends_its_value_and_hides_no_request),
        cmocka_unit_test(test_a_smuggled_second_request_is_not_seen),
        cmocka_unit_test(test_an_oversized_head_is_refused),
        cmocka_unit_test(test_a_body_over_the_limit_is_refused_with_a_sentence),
        cmocka_unit_test(test_slow_senders_are_cut_off_with_408),
        cmocka_unit_test(test_a_reader_who_takes_nothing_is_cut_off),
        cmocka_unit_test(test_more_connections_than_allowed_get_503),
        cmocka_unit_test(test_static_files_come_with_type_and_tag),
        cmocka_unit_test(test_no_path_climbs_out_of_the_folder),
        cmocka_unit_test(test_a_session_opens_what_needs_one),
        cmocka_unit_test(test_session_cookies_are_strict_and_hidden_from_scripts),
        cmocka_unit_test(test_forged_posts_never_reach_the_handler),
        cmocka_unit_test(test_bearer_tokens_need_no_csrf_and_bad_ones_are_nobody),
        cmocka_unit_test(test_a_planted_session_is_not_taken_over_at_login),
        cmocka_unit_test(test_more_rights_mean_a_new_token),
        cmocka_unit_test(test_a_stolen_session_ends_on_another_device),
        cmocka_unit_test(test_logins_are_slowed_down_by_address),
        cmocka_unit_test(test_the_address_is_believed_from_the_proxy_only),
        cmocka_unit_test(test_files_are_uploaded_with_clean_names),
        cmocka_unit_test(test_handlers_cannot_split_headers_or_redirect_away),
        cmocka_unit_test(test_a_stop_waits_for_what_is_answered_later),
        cmocka_unit_test(test_who_leaves_while_waiting_does_no_harm),
        cmocka_unit_test(test_every_request_is_recorded_once),
        cmocka_unit_test(test_a_server_that_cannot_start_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
