/* What a handler is given: the request, cut up and checked, and who sends it.
 *
 * All texts live until the answer is sent. A handler runs on one of the server's threads and should be done in a millisecond;
 * what takes longer is suspended (another thread answers) or offloaded (a worker does the slow part).
 * Q1 when a handler runs, path, query and form are well formed, the sender has session and role as the route asks, and a POST, PUT,
 * PATCH or DELETE carried its CSRF token (unless it came with a bearer token or the route needs none).
 * Q2 when a check failed, the error page is given the same request with all that was typed (form.h, F1). */
#ifndef RH_HTTP_REQUEST_H
#define RH_HTTP_REQUEST_H

#include "core/text.h"
#include "http/form.h"
#include "http/response.h"
#include "http/router.h"

#include <jansson.h>

typedef enum rh_via { RH_VIA_NOTHING, RH_VIA_SESSION, RH_VIA_BEARER } rh_via;

typedef struct rh_identity {
    rh_via via;
    int64_t account; /* opaque; 0: nobody */
    uint32_t roles;
} rh_identity;

typedef struct rh_link rh_link;

struct rh_request {
    void *context;         /* the embedder's, from the server's options */
    const rh_route *route; /* NULL: no route was found */
    rh_method method;
    const char *target; /* path and query as sent; not to be shown or logged unescaped */
    rh_path path;
    rh_form query, form;
    const char *body; /* of JSON and raw bodies, ends with NUL; "" otherwise */
    size_t body_size;
    const char *cookies, *content_type, *agent, *accept; /* headers; NULL when absent */
    const char *address;                                 /* of the sender, as text */
    enum rh_language
        language; /* ?lang=, cookie "lang", Accept-Language; Chinese if none says English */
    rh_identity identity;
    int64_t now_ms;
    void *data;    /* for handlers that continue (suspend, offload); NULL at first */
    rh_link *link; /* the server's */
};

/* Part of the path that the pattern calls `name`; "" when there is none. */
const char *rh_request_part(const rh_request *request, const char *name);
/* The same as a number from 1 to INT64_MAX in decimal without sign or leading zero; 0 when it is not one. */
int64_t rh_request_id(const rh_request *request, const char *name);
/* Value of the query or the form; "" when absent. */
const char *rh_request_query(const rh_request *request, const char *name);
const char *rh_request_field(const rh_request *request, const char *name);
/* Any header; NULL when absent. */
const char *rh_request_header(const rh_request *request, const char *name);

/* The body as JSON, at most 32 levels deep; to be json_decref'd. */
rh_problem rh_request_json(const rh_request *request, json_t **out);

/* Answer with the error page of this problem. */
void rh_request_refuse(rh_request *request, rh_response *response, rh_problem problem);

/* --- identity: each sets or removes cookies in the response --- */

/* The token for the hidden field "csrf" (or the header X-CSRF-Token). Before login it is bound to the device, whose cookie is then set. */
const char *rh_request_csrf(rh_request *request, rh_response *response);

/* The sender has proved to be this account: a new session (session.h, S1; an old one ends). */
void rh_request_login(rh_request *request, rh_response *response, int64_t account,
                      uint32_t roles);
/* The session gets a new token and these roles (S2), for instance behind a second factor. False: there is none any more. */
bool rh_request_rotate(rh_request *request, rh_response *response, uint32_t roles);
void rh_request_logout(rh_request *request, rh_response *response);
/* All sessions of the account end, this one too. */
void rh_request_logout_everywhere(rh_request *request, rh_response *response);

/* --- answering later --- */

/* Called by a handler: no answer follows its return. Another thread may then fill `response` (both stay valid) and must call
 * rh_request_resume once. `then` (NULL: the response is complete) runs on the server's thread behind the resume. The handler may
 * hand the request to the other thread only after this call, and must not touch it any more. */
void rh_request_suspend(rh_request *request, rh_handler *then);
/* From any thread; nothing of the request may be touched behind it. */
void rh_request_resume(rh_request *request);

/* Run `work` on a worker thread (password hashing), then `then` on the server's. False: too many wait, and the sender gets 503. Either
 * way the handler returns at once and touches nothing more. */
typedef void rh_work(rh_request *request);
bool rh_request_offload(rh_request *request, rh_work *work, rh_handler *then);

#endif
