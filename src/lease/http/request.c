/* What handlers ask of a request: see request.h. Suspending and resuming stand in server.c. */
#include "http/request.h"

#include "http/json_body.h"
#include "http/link.h"

#include <string.h>

enum { JSON_DEPTH = 32 };

const char *
rh_request_part(const rh_request *r, const char *name)
{
    return r->route != NULL ? rh_route_part(r->route, &r->path, name) : "";
}

int64_t
rh_request_id(const rh_request *r, const char *name)
{
    const char *text = rh_request_part(r, name);
    int64_t n = 0;
    if (*text == '0') {
        return 0;
    }
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9' || __builtin_mul_overflow(n, 10, &n) ||
            __builtin_add_overflow(n, *text - '0', &n)) {
            return 0;
        }
    }
    return n;
}

const char *
rh_request_query(const rh_request *r, const char *name)
{
    return rh_form_text(&r->query, name);
}

const char *
rh_request_field(const rh_request *r, const char *name)
{
    return rh_form_text(&r->form, name);
}

const char *
rh_request_header(const rh_request *r, const char *name)
{
    return r->link == NULL
               ? NULL
               : MHD_lookup_connection_value(r->link->connection, MHD_HEADER_KIND, name);
}

rh_problem
rh_request_json(const rh_request *r, json_t **out)
{
    return rh_json_read(r->body, r->body_size, JSON_DEPTH, out);
}

static void
set_cookie(rh_request *r, rh_response *response, const char *name, const char *value,
           int64_t max_age_s)
{
    rh_cookie cookie = {.name = name,
                        .value = value,
                        .max_age_s = max_age_s,
                        .secure = r->link->server->secure};
    rh_response_cookie(response, &cookie);
}

/* The device's token; a new one, with its cookie, when the browser had none. */
static void
need_device(rh_request *r, rh_response *response)
{
    rh_link *k = r->link;
    if (k->device[0] == '\0') {
        rh_token_new(k->device);
        set_cookie(r, response, k->server->device_cookie, k->device, k->server->o.device_s);
    }
}

const char *
rh_request_csrf(rh_request *r, rh_response *response)
{
    rh_link *k = r->link;
    if (k == NULL) { /* the page for slow senders */
        return "";
    }
    k->csrf[0] = '\0';
    if (k->server->o.sessions != NULL && r->identity.via != RH_VIA_BEARER) {
        need_device(r, response);
        const char *token = r->identity.via == RH_VIA_SESSION ? k->session : k->device;
        rh_csrf_token(k->server->o.sessions, token, k->csrf);
    }
    return k->csrf;
}

void
rh_request_login(rh_request *r, rh_response *response, int64_t account, uint32_t roles)
{
    rh_link *k = r->link;
    rh_sessions *sessions = k->server->o.sessions;
    if (sessions == NULL) {
        response->failed = true;
        return;
    }
    if (k->session[0] != '\0') {
        rh_sessions_end(sessions, k->session);
    }
    need_device(r, response);
    const rh_device device = {k->device, r->agent};
    rh_sessions_start(sessions, r->now_ms, &device, account, roles, k->session);
    r->identity = (rh_identity){RH_VIA_SESSION, account, roles};
    set_cookie(r, response, k->server->session_cookie, k->session, -1);
}

bool
rh_request_rotate(rh_request *r, rh_response *response, uint32_t roles)
{
    rh_link *k = r->link;
    const rh_device device = {k->device, r->agent};
    char token[RH_TOKEN];
    if (r->identity.via != RH_VIA_SESSION ||
        !rh_sessions_rotate(k->server->o.sessions, r->now_ms, k->session, &device, roles,
                            token)) {
        return false;
    }
    memcpy(k->session, token, sizeof token);
    r->identity.roles = roles;
    set_cookie(r, response, k->server->session_cookie, k->session, -1);
    return true;
}

static void
forget_session(rh_request *r, rh_response *response)
{
    rh_link *k = r->link;
    k->session[0] = '\0';
    r->identity = (rh_identity){0};
    set_cookie(r, response, k->server->session_cookie, "", 0);
}

void
rh_request_logout(rh_request *r, rh_response *response)
{
    if (r->identity.via == RH_VIA_SESSION) {
        rh_sessions_end(r->link->server->o.sessions, r->link->session);
        forget_session(r, response);
    }
}

void
rh_request_logout_everywhere(rh_request *r, rh_response *response)
{
    if (r->identity.via == RH_VIA_SESSION) {
        rh_sessions_end_account(r->link->server->o.sessions, r->identity.account, NULL);
        forget_session(r, response);
    }
}
