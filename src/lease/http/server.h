/* The HTTP server: libmicrohttpd with a pool of threads on epoll, routes, limits, identity, and a clean stop.
 *
 * L1 every limit is answered with its status and the embedder's error page (problem.h), as far as the sender still listens:
 *    head over head_most 431; body over the route's 413, without length 411; more connections than allowed 503; too
 *    slow 408. What libmicrohttpd refuses by itself (no HTTP, a head over 32 KiB) gets its own short 400, 414 or 431.
 * L2 a request must arrive whole in head_s + size / slowest seconds, whatever trickles in between, and its answer be taken in
 *    the same time: a watchdog cuts off the others. Connections without a request last idle_s.
 * L3 stop: no new connections; requests that run, also suspended ones, are finished and their answers sent; then all is closed.
 * L4 every answer has Content-Security-Policy, X-Content-Type-Options, X-Frame-Options, Referrer-Policy, Cross-Origin-Opener-Policy, and
 *    Strict-Transport-Security where TLS is in use.
 * Timeouts of connections follow the machine's monotonic clock; everything else asks `now`. */
#ifndef RH_HTTP_SERVER_H
#define RH_HTTP_SERVER_H

#include "http/now.h"
#include "http/rate.h"
#include "http/request.h"
#include "http/session.h"
#include "http/visit.h"

/* Render the page for a problem into the response (its status is set and may be changed, for instance to a redirect to the login).
 * The request may be incomplete: route NULL, path.n 0. It must not suspend. It is called once at the start for RH_PROBLEM_TOO_SLOW, with
 * an empty request, in Chinese. */
typedef void rh_error_page(rh_request *request, rh_problem problem, rh_response *response);

/* Who a bearer token belongs to; false: nobody. */
typedef bool rh_bearer(void *context, const char *token, int64_t now_ms, int64_t *account,
                       uint32_t *roles);

typedef struct rh_server_options {
    const char *host;                 /* numeric address to listen on; NULL: 127.0.0.1 */
    uint16_t port;                    /* 0: any free one */
    unsigned threads;                 /* 0: 2 */
    unsigned workers;                 /* for offloaded work; 0: 2 */
    const char *cert_file, *key_file; /* PEM; both or none: TLS 1.2 and 1.3 */
    bool tls_in_front;                /* a proxy speaks TLS: cookies Secure, HSTS */
    bool
        behind_proxy; /* the address is the last of X-Forwarded-For when the peer is this machine */

    size_t head_most;                 /* bytes; 0: 8,192 (at most 24,576) */
    size_t body_most;                 /* bytes, where a route does not say; 0: 256 KiB */
    unsigned connections;             /* 0: 1,000 */
    unsigned connections_per_address; /* 0: 64; not applied to this machine when behind_proxy */
    unsigned idle_s, head_s;          /* 0: 15, 10 */
    unsigned slowest;                 /* bytes a second; 0: 4,096 */
    rh_form_limits form;              /* all 0: rh_form_limits_usual() */

    const rh_route *routes; /* must outlive the server */
    size_t n_routes;
    rh_error_page *error_page; /* NULL: the sentence as plain text */
    void *context;             /* rh_request.context */
    rh_now now;
    rh_sessions *sessions; /* NULL: nobody can log in */
    rh_bearer *bearer;     /* NULL: no bearer tokens */
    rh_rate *rate;         /* NULL: no limits by rate */
    rh_visits *visits;     /* NULL: no record of accesses */
    int64_t device_s;      /* life of the device cookie; 0: 400 days */
    const char *policy;    /* Content-Security-Policy; NULL: everything from 'self' only */
} rh_server_options;

typedef struct rh_server rh_server;

/* Listens and answers when it returns. Options are copied, what they point to is borrowed. Errors: RH_INPUT for routes or files
 * of TLS, RH_IO for the address. */
RH_MUST_CHECK rh_status rh_server_start(const rh_server_options *options, rh_server **out,
                                        rh_err *err);

uint16_t rh_server_port(const rh_server *server);

/* L3. Waits for every suspended request to be resumed, so what resumes them is stopped after the server; answers that nobody takes
 * wait head_s at most. */
void rh_server_stop(rh_server *server);

#endif
