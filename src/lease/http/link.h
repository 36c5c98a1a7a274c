/* Inside the server: one connection and the request on it. Only server.c, intake.c and request.c include this. */
#ifndef RH_HTTP_LINK_H
#define RH_HTTP_LINK_H

#include "http/multipart.h"
#include "http/server.h"
#include "http/worker.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

/* Whose turn it is. The watchdog may cut a link that READS or WRITES and is past its deadline; a link that WORKS is the
 * handler's. Each change is a compare-and-swap, so that either the watchdog or the answer wins. */
enum { RH_LINK_READS, RH_LINK_WORKS, RH_LINK_WRITES, RH_LINK_CUT };

/* How far the request is. */
typedef enum rh_stage {
    RH_STAGE_HEAD,    /* nothing came yet */
    RH_STAGE_BODY,    /* the body is read */
    RH_STAGE_DRAIN,   /* the body is read and thrown away; `problem` says why */
    RH_STAGE_RUN,     /* complete: checks and handler are next */
    RH_STAGE_WAITS,   /* suspended */
    RH_STAGE_ANSWERED /* the response is queued */
} rh_stage;

struct rh_link {
    rh_request request;
    rh_response response;
    rh_server *server;
    struct MHD_Connection *connection;
    rh_link *next, *previous; /* under server->links_lock */
    struct sockaddr_storage peer;
    int fd;
    bool over; /* came when there were too many: it gets 503 */
    atomic_int turn;
    _Atomic int64_t deadline; /* monotonic ms */

    rh_stage stage;
    bool active, reserved;
    bool
        no_session_files; /* nobody is logged in where somebody must be: uploads are not kept */
    rh_problem problem;
    int64_t wait_ms;  /* of TOO_MANY_REQUESTS */
    unsigned allowed; /* methods, of METHOD */
    int64_t began_us; /* monotonic */
    const char *origin, *host, *site, *csrf_header, *bearer, *forwarded, *languages, *length;
    unsigned n_length, n_host, n_transfer;
    bool has_cookie_twice;
    char *target;
    size_t target_room;
    char *body;
    size_t body_room;
    uint64_t announced, received, body_most;
    rh_form_limits limits;
    rh_multipart *multipart;
    char address[RH_ADDRESS_TEXT];
    char session[RH_TOKEN], device[RH_TOKEN]; /* "" when there is none */
    char csrf[RH_TOKEN];
    rh_handler *then;
    rh_work *work;
    rh_job job;
};

struct rh_server {
    rh_server_options o;
    struct MHD_Daemon *daemon;
    rh_router *router;
    rh_workers *workers;
    char *cert, *key;
    rh_response too_slow; /* head and page of 408, ready to be sent */
    int listener;         /* behind quiesce */
    bool secure;          /* TLS here or in front */
    char session_cookie[24], device_cookie[24];
    pthread_mutex_t links_lock;
    rh_link *links;
    unsigned n_links;
    pthread_t watchdog;
    atomic_bool stopping, watch_ends;
    atomic_uint active; /* requests between their head and the end of their answer */
};

int64_t rh_monotonic_us(void);

/* The head has come: fill the request from it, find route and identity, decide about the body. Sets link->stage and ->problem. */
void rh_intake_head(rh_link *link, const char *method);
/* More of the body. */
void rh_intake_body(rh_link *link, const char *bytes, size_t size);
/* The body is complete: form, CSRF. Sets link->problem. */
void rh_intake_end(rh_link *link);

#endif
