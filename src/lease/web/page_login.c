/* Signing in and out, and the first sign-in with an enrolment code (docs/lease/identity.md).
 *
 * L1 one form for login name, password and code, one answer for everything that is wrong with them: nobody learns whether a login name exists,
 *    or a password was right. A password is always hashed, also for unknown names, so the time says nothing either.
 * L2 a failure makes the next attempt wait, for the address and for the login name, longer each time (http/rate.h).
 * L3 a sign-in makes a new session (http/session.h, S1). Without a confirmed authenticator it has no role: all it can do is to set one up.
 * L4 nothing in the address says where to go afterwards: there is no redirect to misuse. */
#include "core/mem.h"
#include "domain/calendar_day.h"
#include "service/canonical.h"
#include "web/format.h"
#include "web/site.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

rh_handler rh_page_login, rh_page_login_send, rh_page_logout, rh_page_enrol, rh_page_enrol_send;

typedef struct attempt {
    bool enrols;
    char login[RH_LOGIN];
    bool right;
    rh_status status;
    rh_account_view account;
} attempt;

static void
attempt_free(attempt *a)
{
    sodium_memzero(a, sizeof *a);
    rh_free(a);
}

/* ---- the forms ---- */

static void
write_login(rh_request *request, rh_response *response, const char *problem)
{
    rh_site_page page;
    rh_html *h = &page.html;
    rh_site_begin(&page, request, response, -1, rh_site_say(request, RH_WEB_LOGIN_TITLE), NULL);
    if (problem != NULL) {
        rh_html_notice(h, RH_BAD, NULL, problem);
    }
    rh_form_begin(h, "/login", rh_request_csrf(request, response));
    rh_input login = {.kind = RH_INPUT_TEXT,
                      .name = "login",
                      .label = rh_site_say(request, RH_WEB_LOGIN_NAME),
                      .value = rh_request_field(request, "login")};
    rh_form_input(h, &login);
    rh_input password = {.kind = RH_INPUT_PASSWORD,
                         .name = "password",
                         .label = rh_site_say(request, RH_WEB_LOGIN_PASSWORD)};
    rh_form_input(h, &password);
    rh_input code = {.kind = RH_INPUT_CODE,
                     .name = "code",
                     .label = rh_site_say(request, RH_WEB_CODE_LABEL),
                     .hint = rh_site_say(request, RH_WEB_LOGIN_CODE_HINT),
                     .optional = true};
    rh_form_input(h, &code);
    rh_form_button(h, RH_CALM, rh_site_say(request, RH_WEB_LOGIN_TITLE), NULL, NULL);
    rh_form_end(h);
    rh_html_link(h, "/enrol", rh_site_say(request, RH_WEB_LOGIN_FIRST));
    rh_site_end(&page);
}

static void
write_enrol(rh_request *request, rh_response *response, const char *problem,
            const char *password_problem)
{
    rh_site_page page;
    rh_html *h = &page.html;
    rh_site_begin(&page, request, response, -1, rh_site_say(request, RH_WEB_LOGIN_FIRST),
                  rh_site_say(request, RH_WEB_ENROL_LEAD));
    if (problem != NULL) {
        rh_html_notice(h, RH_BAD, NULL, problem);
    }
    rh_form_begin(h, "/enrol", rh_request_csrf(request, response));
    rh_input login = {.kind = RH_INPUT_TEXT,
                      .name = "login",
                      .label = rh_site_say(request, RH_WEB_LOGIN_NAME),
                      .value = rh_request_field(request, "login")};
    rh_form_input(h, &login);
    rh_input code = {.kind = RH_INPUT_TEXT,
                     .name = "code",
                     .label = rh_site_say(request, RH_WEB_ENROL_CODE),
                     .value = rh_request_field(request, "code")};
    rh_form_input(h, &code);
    rh_input password = {.kind = RH_INPUT_PASSWORD,
                         .name = "password",
                         .label = rh_site_say(request, RH_WEB_PASSWORD_NEW),
                         .hint = rh_site_say(request, RH_WEB_PASSWORD_HINT),
                         .error = password_problem};
    rh_form_input(h, &password);
    rh_form_button(h, RH_CALM, rh_site_say(request, RH_WEB_LOGIN_TITLE), NULL, NULL);
    rh_form_end(h);
    rh_site_end(&page);
}

static void
write_either(rh_request *request, rh_response *response, bool enrols, const char *problem)
{
    if (enrols) {
        write_enrol(request, response, problem, NULL);
    } else {
        write_login(request, response, problem);
    }
}

/* ---- how often ---- */

static rh_rate_who
rate_of_address(const rh_request *request)
{
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    struct sockaddr_in four = {.sin_family = AF_INET};
    if (inet_pton(AF_INET, request->address, &four.sin_addr) == 1) {
        return rh_rate_address((const struct sockaddr *)(const void *)&four);
    }
    (void)inet_pton(AF_INET6, request->address, &six.sin6_addr);
    return rh_rate_address((const struct sockaddr *)(const void *)&six);
}

/* L2: counted as a failure until it succeeds. False: the page says how long to wait. */
static bool
may_try(rh_request *request, rh_response *response, bool enrols, const char *login)
{
    rh_rate *rate = rh_site_of(request)->rate;
    rh_rate_who address = rate_of_address(request), name = rh_rate_login(login);
    int64_t wait_ms = 0;
    if (rate == NULL || (rh_rate_attempt(rate, &address, request->now_ms, &wait_ms) &&
                         rh_rate_attempt(rate, &name, request->now_ms, &wait_ms))) {
        return true;
    }
    char seconds[24];
    snprintf(seconds, sizeof seconds, "%" PRId64, wait_ms / 1000 + 1);
    rh_site_page page;
    response->status = 429;
    rh_response_header(response, "Retry-After", seconds);
    rh_site_begin(&page, request, response, -1, rh_site_say(request, RH_WEB_LOGIN_TITLE), NULL);
    RH_RAW(&page.html, "<p role=\"alert\">");
    rh_html_say(&page.html, RH_WEB_LOGIN_WAIT, seconds, NULL);
    RH_RAW(&page.html, "</p>");
    rh_html_link(&page.html, enrols ? "/enrol" : "/login",
                 rh_site_say(request, RH_WEB_LOGIN_TITLE));
    rh_site_end(&page);
    return false;
}

/* ---- the slow part, on a worker ---- */

/* Hashed again with today's parameters; a failure only means that it is tried again next time. */
static void
renew_hash(rh_request *request, int64_t account, const char *hash, const char *password)
{
    rh_site *site = rh_site_of(request);
    char renewed[RH_PASSWORD_HASH];
    rh_err err = {0};
    if (rh_password_stale(site->hasher, hash) &&
        rh_password_hash(site->hasher, password, renewed, &err) == RH_OK) {
        rh_status ignored =
            rh_accounts_set_password(site->accounts, account, renewed, request->now_ms, &err);
        (void)ignored;
    }
}

static void
try_login(rh_request *request)
{
    attempt *a = request->data;
    rh_site *site = rh_site_of(request);
    const char *password = rh_request_field(request, "password"),
               *code = rh_request_field(request, "code");
    char hash[RH_PASSWORD_HASH];
    rh_err err = {0};
    bool known = rh_accounts_find(site->accounts, a->login, &a->account) &&
                 rh_accounts_password(site->accounts, a->account.id, hash);
    bool right = rh_password_verify(site->hasher, known ? hash : NULL, password) && known;
    a->status = RH_OK;
    if (right && a->account.two_factors) {
        a->status = rh_accounts_second_factor(site->accounts, a->account.id, code, true,
                                              request->now_ms, &right, &err);
    }
    a->right = right && a->status == RH_OK;
    if (a->right) {
        renew_hash(request, a->account.id, hash, password);
    }
}

static void
try_enrol(rh_request *request)
{
    attempt *a = request->data;
    rh_site *site = rh_site_of(request);
    char hash[RH_PASSWORD_HASH];
    rh_err err = {0};
    int64_t id;
    a->status =
        rh_password_hash(site->hasher, rh_request_field(request, "password"), hash, &err);
    if (a->status == RH_OK) {
        a->status =
            rh_accounts_enrol(site->accounts, a->login, rh_request_field(request, "code"), hash,
                              request->now_ms, &id, &a->right, &err);
    }
    a->right =
        a->right && a->status == RH_OK && rh_accounts_get(site->accounts, id, &a->account);
}

/* ---- the answer ---- */

static void
log_failure(const rh_request *request, const attempt *a)
{
    rh_growing line = {0};
    rh_growing_format(
        &line, "{\"what\":\"%s failed\",\"time\":%" PRId64 ",\"address\":\"%s\",\"login\":",
        a->enrols ? "enrolment" : "sign-in", request->now_ms, request->address);
    rh_canonical_string(a->login, &line);
    rh_growing_text(&line, "}");
    if (!line.broken) {
        rh_day_log_add(rh_site_of(request)->happenings, request->now_ms, line.text);
    }
    rh_growing_release(&line);
}

static void
welcome(rh_request *request, rh_response *response, const attempt *a)
{
    rh_site *site = rh_site_of(request);
    uint32_t roles = 0;
    if (a->account.two_factors) {
        const rh_registry *registry = rh_service_read_begin(site->service);
        roles = registry == NULL ? 0
                                 : rh_accounts_roles(registry, a->account.party,
                                                     rh_day_of_time(rh_clock_now(site->clock)));
        rh_service_read_end(site->service);
    }
    if (site->rate != NULL) {
        rh_rate_who address = rate_of_address(request), name = rh_rate_login(a->login);
        rh_rate_success(site->rate, &address);
        rh_rate_success(site->rate, &name);
    }
    rh_request_login(request, response, a->account.id, roles);
    rh_response_redirect(response, a->account.two_factors ? "/desk" : "/account/second");
}

static void
tried(rh_request *request, rh_response *response)
{
    attempt *a = request->data;
    request->data = NULL;
    if (a->status != RH_OK) {
        response->status = 503;
        write_either(request, response, a->enrols, rh_site_say(request, RH_WEB_ACCOUNT_FAILED));
    } else if (a->right) {
        welcome(request, response, a);
    } else {
        log_failure(request, a);
        response->status = 422;
        write_either(request, response, a->enrols,
                     rh_site_say(request, a->enrols ? RH_WEB_ENROL_WRONG : RH_WEB_LOGIN_WRONG));
    }
    attempt_free(a);
}

static void
begin_attempt(rh_request *request, rh_response *response, bool enrols)
{
    char login[RH_LOGIN];
    snprintf(login, sizeof login, "%s", rh_request_field(request, "login"));
    rh_text_mend(login);
    if (!may_try(request, response, enrols, login)) {
        return;
    }
    attempt *a = rh_alloc(1, sizeof *a);
    if (a == NULL) {
        response->failed = true;
        return;
    }
    a->enrols = enrols;
    memcpy(a->login, login, sizeof a->login);
    request->data = a;
    if (!rh_request_offload(request, enrols ? try_enrol : try_login, tried)) {
        attempt_free(a);
    }
}

void
rh_page_login(rh_request *request, rh_response *response)
{
    write_login(request, response, NULL);
}

void
rh_page_login_send(rh_request *request, rh_response *response)
{
    begin_attempt(request, response, false);
}

void
rh_page_logout(rh_request *request, rh_response *response)
{
    rh_request_logout(request, response);
    rh_response_redirect(response, "/");
}

void
rh_page_enrol(rh_request *request, rh_response *response)
{
    write_enrol(request, response, NULL, NULL);
}

void
rh_page_enrol_send(rh_request *request, rh_response *response)
{
    rh_problem problem = rh_password_check(rh_request_field(request, "password"),
                                           rh_request_field(request, "login"));
    if (problem != RH_PROBLEM_NONE) {
        response->status = 422;
        write_enrol(request, response, NULL, rh_problem_text(problem, request->language));
        return;
    }
    begin_attempt(request, response, true);
}
