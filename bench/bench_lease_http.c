/* Requests a second of the HTTP server, client and server on the same cores: a page of 8 KB that is written anew for each
 * request, with session, query and access record; and a small POST that is answered later, from another thread.
 *   bench_lease_http [seconds [connections]]
 * Lines "name value unit goal"; a goal is the most that it may take (200 µs a request: 5,000 requests a second). */
#include "http/server.h"
#include "http_client.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 8192, COMMIT_MS = 2 };

static void
page(rh_request *request, rh_response *response)
{
    rh_response_text(response, "<!doctype html><html lang=zh><title>闲置宅基地</title><body>");
    for (int i = 0; response->size < PAGE; i++) {
        rh_response_format(response, "<p>第 %d 处，%s：闲置农房长期租赁，按年付租。</p>\n", i,
                           rh_request_query(request, "village"));
    }
}

/* What a writer thread does: everything that waits is answered together, every COMMIT_MS. */
typedef struct commits {
    pthread_mutex_t lock;
    rh_request *waiting[4096];
    size_t n;
    bool stop;
} commits;

static void
said(rh_request *request, rh_response *response)
{
    response->type = "application/json";
    rh_response_format(response, "{\"ok\":true,\"account\":%lld}\n",
                       (long long)request->identity.account);
}

static void
post(rh_request *request, rh_response *response)
{
    (void)response;
    commits *c = request->context;
    rh_request_suspend(request, said);
    pthread_mutex_lock(&c->lock);
    c->waiting[c->n++] = request;
    pthread_mutex_unlock(&c->lock);
}

static void *
commit(void *context)
{
    commits *c = context;
    for (bool stop = false; !stop;) {
        struct timespec pause = {0, COMMIT_MS * 1000000L};
        nanosleep(&pause, NULL);
        pthread_mutex_lock(&c->lock);
        for (size_t i = 0; i < c->n; i++) {
            rh_request_resume(c->waiting[i]);
        }
        c->n = 0;
        stop = c->stop;
        pthread_mutex_unlock(&c->lock);
    }
    return NULL;
}

static void
login(rh_request *request, rh_response *response)
{
    rh_request_login(request, response, 7, 1);
    rh_response_text(response, rh_request_csrf(request, response));
}

static const rh_route routes[] = {
    {.method = RH_GET, .pattern = "/", .handler = page},
    {.method = RH_GET, .pattern = "/village/{name}", .handler = page},
    {.method = RH_POST, .pattern = "/login", .handler = login, .flags = RH_ROUTE_NO_CSRF},
    {.method = RH_POST, .pattern = "/command", .handler = post, .flags = RH_ROUTE_SESSION},
    {.method = RH_GET, .pattern = "/mine", .handler = page, .flags = RH_ROUTE_SESSION},
};

typedef struct sender {
    const char *request;
    size_t size;
} sender;

static size_t
same_again(void *context, unsigned connection, char *out, size_t room)
{
    const sender *s = context;
    (void)connection, (void)room;
    memcpy(out, s->request, s->size);
    return s->size;
}

static bool
is_fine(void *context, unsigned connection, const http_reply *reply)
{
    (void)context, (void)connection;
    return reply->status == 200;
}

static bool
measure(const char *name, uint16_t port, const char *request, size_t size, double seconds,
        unsigned connections, int goal_us)
{
    sender s = {request, size};
    http_load load = {port, connections, seconds, &s, same_again, is_fine};
    http_load_result r;
    if (!http_load_run(&load, &r) || r.requests == 0 || r.errors > 0) {
        fprintf(stderr, "%s: %llu requests, %llu errors\n", name,
                (unsigned long long)r.requests, (unsigned long long)r.errors);
        return false;
    }
    char goal[20] = "-";
    if (goal_us > 0) {
        snprintf(goal, sizeof goal, "%d", goal_us);
    }
    printf("%s_us_per_request %.1f us %s\n", name, 1e6 * r.seconds / (double)r.requests, goal);
    printf("%s_requests_per_s %.0f requests/s -\n", name, (double)r.requests / r.seconds);
    printf("%s_p50 %.3f ms -\n%s_p99 %.3f ms -\n", name, r.p50_ms, name, r.p99_ms);
    return true;
}

static void
swallow(void *context, const rh_visit *visit, size_t n, uint64_t lost)
{
    uint64_t *total = context;
    (void)visit;
    total[0] += n;
    total[1] += lost;
}

int
main(int argc, char **argv)
{
    double seconds = argc > 1 ? strtod(argv[1], NULL) : 3;
    unsigned connections = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 32;
    static commits c = {.lock = PTHREAD_MUTEX_INITIALIZER};
    static char request[4096], memory[65536];
    uint64_t visits[2] = {0};
    pthread_t writer;
    rh_err err = {0};
    rh_server_options o = {.threads = 2,
                           .connections_per_address = connections + 1,
                           .routes = routes,
                           .n_routes = sizeof routes / sizeof routes[0],
                           .context = &c};
    rh_sessions_options so = {0};
    rh_server *server;
    if (rh_sessions_new(&so, &o.sessions, &err) != RH_OK ||
        rh_visits_new(65536, 0, swallow, visits, &o.visits, &err) != RH_OK ||
        rh_server_start(&o, &server, &err) != RH_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    pthread_create(&writer, NULL, commit, &c);
    uint16_t port = rh_server_port(server);
    http_jar jar = {0};
    http_reply reply;
    size_t n = http_write(request, sizeof request, "POST", "/login", NULL, NULL,
                          "application/x-www-form-urlencoded", "", 0);
    bool fine = http_call(port, request, n, memory, sizeof memory, &reply);
    http_jar_take(&jar, &reply);
    char token[200], form[300];
    snprintf(token, sizeof token, "%.*s", (int)reply.body_size, reply.body);
    n = http_write(request, sizeof request, "GET", "/village/12?village=green", NULL, NULL,
                   NULL, NULL, 0);
    fine = fine && measure("lease_http_page", port, request, n, seconds, connections, 200);
    n = http_write(request, sizeof request, "GET", "/mine?village=green", &jar, NULL, NULL,
                   NULL, 0);
    fine = fine && measure("lease_http_member", port, request, n, seconds, connections, 200);
    int size = snprintf(form, sizeof form, "csrf=%s&rent_fen=120000&note=%%E5%%A5%%BD", token);
    n = http_write(request, sizeof request, "POST", "/command", &jar, NULL,
                   "application/x-www-form-urlencoded", form, (size_t)size);
    fine = fine && measure("lease_http_command", port, request, n, seconds, connections, 0);
    rh_server_stop(server);
    pthread_mutex_lock(&c.lock);
    c.stop = true;
    pthread_mutex_unlock(&c.lock);
    pthread_join(writer, NULL);
    rh_visits_free(o.visits);
    rh_sessions_free(o.sessions);
    printf("lease_http_visits_kept %llu visits -\nlease_http_visits_lost %llu visits -\n",
           (unsigned long long)visits[0], (unsigned long long)visits[1]);
    return fine ? 0 : 1;
}
