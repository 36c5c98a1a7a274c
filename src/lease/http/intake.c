/* From the bytes of a request to what a handler may rely on (request.h, Q1): headers, route, identity, body, CSRF.
 *
 * Problems with the frame of a request (its head, length, route) are answered at once. Problems with the sender (no login, no
 * role, too many requests) wait until the body was read, so that the error page has what was typed (Q2); but files of
 * somebody who may not send them are not kept. */
#include "http/link.h"

#include "core/mem.h"
#include "http/language.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum {
    DRAIN_MOST = 4 * 1024 * 1024
}; /* a body that is refused is read to its end up to here, so that the sender sees why */

int64_t
rh_monotonic_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* One walk over the headers; those of interest are told apart by length first. */
static enum MHD_Result
on_header(void *context, enum MHD_ValueKind kind, const char *key, size_t key_size,
          const char *value, size_t value_size)
{
    (void)kind;
    rh_link *k = context;
    const char **to = NULL;
    if (value == NULL || strlen(value) != value_size) {
        k->problem = RH_PROBLEM_MALFORMED;
        return MHD_YES;
    }
#define IS(name) (strcasecmp(key, name) == 0)
    switch (key_size) {
    case 4:
        if (IS("Host")) {
            to = &k->host;
            k->n_host++;
        }
        break;
    case 6:
        to = IS("Cookie")   ? &k->request.cookies
             : IS("Origin") ? &k->origin
             : IS("Accept") ? &k->request.accept
                            : NULL;
        break;
    case 10:
        to = IS("User-Agent") ? &k->request.agent : NULL;
        break;
    case 12:
        to = IS("Content-Type")   ? &k->request.content_type
             : IS("X-CSRF-Token") ? &k->csrf_header
                                  : NULL;
        break;
    case 13:
        to = IS("Authorization") ? &k->bearer : NULL;
        break;
    case 14:
        to = IS("Sec-Fetch-Site") ? &k->site : NULL;
        if (IS("Content-Length")) {
            to = &k->length;
            k->n_length++;
        }
        break;
    case 15:
        to = IS("Accept-Language")   ? &k->languages
             : IS("X-Forwarded-For") ? &k->forwarded
                                     : NULL;
        break;
    case 17:
        k->n_transfer += IS("Transfer-Encoding");
        break;
    default:
        break;
    }
#undef IS
    if (to != NULL) {
        if (*to != NULL && to == &k->request.cookies) {
            k->has_cookie_twice = true;
        }
        *to = value;
    }
    return MHD_YES;
}

static void
note(rh_link *k, rh_problem problem)
{
    if (k->problem == RH_PROBLEM_NONE) {
        k->problem = problem;
    }
}

/* Behind a proxy on this machine the sender is who the proxy saw: the last address of X-Forwarded-For. */
static void
find_address(rh_link *k, rh_rate_who *who)
{
    struct sockaddr_storage seen = k->peer;
    const struct sockaddr_in *v4 = (const void *)&k->peer;
    bool local =
        k->peer.ss_family == AF_INET
            ? (ntohl(v4->sin_addr.s_addr) >> 24) == 127
            : IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)&k->peer)->sin6_addr);
    if (k->server->o.behind_proxy && local && k->forwarded != NULL) {
        const char *comma = strrchr(k->forwarded, ',');
        const char *last = comma != NULL ? comma + 1 : k->forwarded;
        last += strspn(last, " ");
        struct sockaddr_in new4 = {.sin_family = AF_INET};
        struct sockaddr_in6 new6 = {.sin6_family = AF_INET6};
        if (inet_pton(AF_INET, last, &new4.sin_addr) == 1) {
            memcpy(&seen, &new4, sizeof new4);
        } else if (inet_pton(AF_INET6, last, &new6.sin6_addr) == 1) {
            memcpy(&seen, &new6, sizeof new6);
        }
    }
    const void *binary = seen.ss_family == AF_INET
                             ? (const void *)&((const struct sockaddr_in *)&seen)->sin_addr
                             : (const void *)&((const struct sockaddr_in6 *)&seen)->sin6_addr;
    if (inet_ntop(seen.ss_family, binary, k->address, sizeof k->address) == NULL) {
        k->address[0] = '\0';
    }
    *who = rh_rate_address((const struct sockaddr *)&seen);
}

static void
take_token(const rh_link *k, const char *name, char out[RH_TOKEN])
{
    size_t size;
    const char *value =
        k->has_cookie_twice ? NULL : rh_cookie_find(k->request.cookies, name, &size);
    out[0] = '\0';
    if (value != NULL && rh_token_is(value, size)) {
        memcpy(out, value, size);
        out[size] = '\0';
    }
}

static void
find_identity(rh_link *k)
{
    rh_server *s = k->server;
    rh_request *r = &k->request;
    take_token(k, s->session_cookie, k->session);
    take_token(k, s->device_cookie, k->device);
    if (k->bearer != NULL && strncasecmp(k->bearer, "Bearer ", 7) == 0) {
        const char *token = k->bearer + 7;
        if (s->o.bearer != NULL && s->o.bearer(s->o.context, token, r->now_ms,
                                               &r->identity.account, &r->identity.roles)) {
            r->identity.via = RH_VIA_BEARER;
        } else {
            r->identity = (rh_identity){0};
            note(k, RH_PROBLEM_BAD_TOKEN);
        }
        return;
    }
    rh_session session;
    const rh_device device = {k->device, r->agent};
    if (s->o.sessions != NULL && k->session[0] != '\0' && k->device[0] != '\0' &&
        rh_sessions_find(s->o.sessions, r->now_ms, k->session, &device, &session)) {
        r->identity = (rh_identity){RH_VIA_SESSION, session.account, session.roles};
    } else {
        k->session[0] = '\0';
    }
}

static void
find_language(rh_link *k)
{
    rh_request *r = &k->request;
    const char *asked = rh_form_get(&r->query, "lang");
    size_t size = 0;
    const char *kept = asked == NULL ? rh_cookie_find(r->cookies, "lang", &size) : NULL;
    if (!(asked != NULL && rh_language_tag(asked, strlen(asked), &r->language)) &&
        !(kept != NULL && rh_language_tag(kept, size, &r->language))) {
        r->language = rh_language_accepted(k->languages);
    }
}

/* Problems with the sender. */
static void
check_sender(rh_link *k, const rh_rate_who *address)
{
    const rh_server *s = k->server;
    const rh_request *r = &k->request;
    const rh_route *route = r->route;
    if (s->o.rate != NULL) {
        rh_rate_who account = rh_rate_account(r->identity.account);
        if (!rh_rate_take(s->o.rate, route->rate_class, address, r->now_ms, &k->wait_ms) ||
            (r->identity.account != 0 &&
             !rh_rate_take(s->o.rate, route->rate_class, &account, r->now_ms, &k->wait_ms))) {
            note(k, RH_PROBLEM_TOO_MANY_REQUESTS);
        }
    }
    if ((route->flags & RH_ROUTE_SESSION || route->roles != 0) && r->identity.account == 0) {
        note(k, RH_PROBLEM_LOGIN_NEEDED);
    } else if (route->roles != 0 && (route->roles & r->identity.roles) == 0) {
        note(k, RH_PROBLEM_ROLE_MISSING);
    }
    if (r->identity.account != 0 && s->o.visits != NULL && k->problem == RH_PROBLEM_NONE) {
        k->reserved = rh_visits_reserve(s->o.visits);
        if (!k->reserved) {
            note(k, RH_PROBLEM_BUSY);
        }
    }
    k->no_session_files = k->problem != RH_PROBLEM_NONE;
}

static bool
type_is(const char *given, const char *wanted)
{
    size_t n = strlen(wanted);
    return given != NULL && strncasecmp(given, wanted, n) == 0 &&
           strchr("; \t", given[n]) != NULL; /* NUL too */
}

/* Decide how the body is read. */
static void
prepare_body(rh_link *k)
{
    rh_server *s = k->server;
    rh_request *r = &k->request;
    const rh_route *route = r->route;
    k->body_most = route->body_most > 0 ? route->body_most : s->o.body_most;
    k->limits = s->o.form;
    if (k->no_session_files) {
        k->limits.folder = NULL;
    }
    if (k->announced > k->body_most) {
        k->problem = RH_PROBLEM_BODY_TOO_LARGE;
    } else if (route->flags & RH_ROUTE_RAW) {
        k->stage = RH_STAGE_BODY;
        return;
    } else if (type_is(r->content_type, "application/json")) {
        if ((route->flags & RH_ROUTE_JSON) == 0) {
            k->problem = RH_PROBLEM_BODY_TYPE;
        }
    } else if (type_is(r->content_type, "multipart/form-data")) {
        k->multipart = rh_multipart_new(r->content_type, &r->form, &k->limits);
        if (k->multipart == NULL) {
            k->problem = r->form.problem;
            k->stage = RH_STAGE_DRAIN;
            return;
        }
    } else if (!type_is(r->content_type, "application/x-www-form-urlencoded")) {
        k->problem = RH_PROBLEM_BODY_TYPE;
    }
    bool frame = k->problem == RH_PROBLEM_BODY_TOO_LARGE || k->problem == RH_PROBLEM_BODY_TYPE;
    k->stage = frame ? RH_STAGE_DRAIN : RH_STAGE_BODY;
}

/* Length of the body as the headers say it; false when they say it twice, badly, or not at all where something comes. */
static bool
find_length(rh_link *k)
{
    if (k->n_transfer > 0) {
        note(k, RH_PROBLEM_LENGTH_NEEDED);
        return false;
    }
    if (k->n_length == 0) {
        return true;
    }
    size_t digits = strspn(k->length, "0123456789");
    if (k->n_length > 1 || digits == 0 || digits > 18 || k->length[digits] != '\0') {
        note(k, RH_PROBLEM_MALFORMED);
        return false;
    }
    k->announced = strtoull(k->length, NULL, 10);
    return true;
}

/* Everything about the frame. False: answer at once, the body is not read. */
static bool
read_frame(rh_link *k, const char *method)
{
    rh_server *s = k->server;
    rh_request *r = &k->request;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(k->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    MHD_get_connection_values_n(k->connection, MHD_HEADER_KIND, on_header, k);
    bool framed = find_length(k);
    if (k->over) {
        note(k, RH_PROBLEM_BUSY);
    }
    if (info != NULL && info->header_size > s->o.head_most) {
        note(k, RH_PROBLEM_HEAD_TOO_LARGE);
    }
    if (k->n_host > 1 || r->target == NULL) {
        note(k, RH_PROBLEM_MALFORMED);
    }
    if (k->problem != RH_PROBLEM_NONE) {
        return false;
    }
    size_t path = strcspn(r->target, "?");
    const char *query = r->target + path + (r->target[path] == '?');
    rh_problem wrong = rh_path_parse(r->target, path, &r->path);
    if (wrong != RH_PROBLEM_NONE) {
        r->path.n = 0;
        note(k, wrong);
    }
    rh_form_read(&r->query, query, strlen(query), &s->o.form);
    find_language(k);
    r->method = rh_method_find(method);
    if (r->method == RH_METHOD_COUNT) {
        note(k, RH_PROBLEM_UNKNOWN_METHOD);
    } else if (k->problem == RH_PROBLEM_NONE) {
        r->route = rh_router_find(s->router, r->method, &r->path, &k->allowed);
        if (r->route == NULL) {
            note(k, k->allowed != 0 ? RH_PROBLEM_METHOD : RH_PROBLEM_NOT_FOUND);
        }
    }
    note(k, r->query.problem);
    return framed && r->route != NULL;
}

void
rh_intake_head(rh_link *k, const char *method)
{
    rh_request *r = &k->request;
    rh_rate_who who;
    r->now_ms = rh_now_ms(&k->server->o.now);
    r->language = RH_CHINESE;
    bool fine = read_frame(k, method);
    find_address(k, &who);
    r->address = k->address;
    r->body = "";
    if (r->identity.via == RH_VIA_NOTHING && !k->over) {
        find_identity(k);
    }
    if (fine) {
        check_sender(k, &who);
    }
    k->stage = RH_STAGE_RUN;
    if (k->announced > 0 && fine) {
        prepare_body(k);
    } else if (k->announced > 0 && k->problem != RH_PROBLEM_NONE) {
        k->stage = RH_STAGE_DRAIN;
    }
    if (k->stage == RH_STAGE_DRAIN && (k->announced > DRAIN_MOST || k->over)) {
        k->stage = RH_STAGE_RUN; /* answered now, without reading on: the connection ends */
        k->response.close = true;
    }
    if (k->n_transfer > 0 || k->n_length > 1) {
        k->stage = RH_STAGE_RUN; /* nobody knows where the next request would begin */
        k->response.close = true;
    }
}

static bool
keep_bytes(rh_link *k, const char *bytes, size_t size)
{
    size_t wanted = (size_t)k->received + size + 1;
    if (wanted > k->body_room) {
        size_t room = wanted * 2 < 4096 ? 4096 : wanted * 2;
        char *body = rh_resize(k->body, room, 1);
        if (body == NULL) {
            return false;
        }
        k->body = body;
        k->body_room = room;
    }
    memcpy(k->body + k->received, bytes, size);
    return true;
}

void
rh_intake_body(rh_link *k, const char *bytes, size_t size)
{
    if (k->stage != RH_STAGE_BODY) {
        return;
    }
    if (k->multipart != NULL) {
        rh_multipart_feed(k->multipart, bytes, size);
    } else if (!keep_bytes(k, bytes, size)) {
        note(k, RH_PROBLEM_INTERNAL);
        k->stage = RH_STAGE_DRAIN;
    }
    k->received += size;
}

/* A page of another site made the browser send this. */
static bool
is_foreign(const rh_link *k)
{
    if (k->site != NULL && strcmp(k->site, "cross-site") == 0) {
        return true;
    }
    if (k->origin == NULL) {
        return false;
    }
    const char *host = strstr(k->origin, "://");
    return host == NULL || k->host == NULL || strcasecmp(host + 3, k->host) != 0;
}

static void
check_csrf(rh_link *k)
{
    const rh_request *r = &k->request;
    const rh_server *s = k->server;
    if (r->method == RH_GET || r->method == RH_HEAD || r->route->flags & RH_ROUTE_NO_CSRF ||
        r->identity.via == RH_VIA_BEARER) {
        return;
    }
    const char *token = r->identity.via == RH_VIA_SESSION ? k->session : k->device;
    const char *given = k->csrf_header != NULL ? k->csrf_header : rh_form_get(&r->form, "csrf");
    if (is_foreign(k) || s->o.sessions == NULL || token[0] == '\0' ||
        !rh_csrf_check(s->o.sessions, token, given)) {
        note(k, RH_PROBLEM_FORGED);
    }
}

void
rh_intake_end(rh_link *k)
{
    rh_request *r = &k->request;
    if (k->stage == RH_STAGE_BODY) {
        if (k->multipart != NULL) {
            rh_multipart_end(k->multipart);
        } else if (k->received > 0) {
            k->body[k->received] = '\0';
            if (!(r->route->flags & RH_ROUTE_RAW) &&
                type_is(r->content_type, "application/x-www-form-urlencoded")) {
                rh_form_read(&r->form, k->body, (size_t)k->received, &k->limits);
            } else {
                r->body = k->body;
                r->body_size = (size_t)k->received;
            }
        }
    }
    if (r->route != NULL) {
        if (k->stage != RH_STAGE_DRAIN) {
            check_csrf(k);
        }
        note(k, r->form.problem);
    }
    k->stage = RH_STAGE_RUN;
}
