/* One's own account, and the accounts of a township (docs/lease/identity.md).
 *
 * C1 every change wants a fresh proof beside the session: the present password for a new password and for an authenticator, a one-time code for all
 *    that an officer does. A browser left open cannot change who one is.
 * C2 changing the password or the authenticator ends all other sessions of the account; closing or renewing an account ends all of its sessions.
 * C3 an officer reaches only accounts of parties registered in its own area (role_grant of `township`, looked up at the moment of the change), and
 *    never its own nor that of somebody who supervises it (county, auditor, court): those the operator's program keeps.
 * C4 codes, tokens and recovery codes are shown once, on the page that answers the change, which is never cached. */
#include "core/mem.h"
#include "domain/calendar_day.h"
#include "domain/lists.h"
#include "web/format.h"
#include "web/qr.h"
#include "web/step_up.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

rh_handler rh_page_account, rh_page_account_password, rh_page_account_second,
    rh_page_account_second_send, rh_page_account_recovery, rh_page_account_sessions,
    rh_page_accounts, rh_page_accounts_create, rh_page_accounts_change;

enum { URI = 300, LISTED = 500 };

/* A change on its way to a worker and back. */
typedef struct chore {
    enum { PASSWORD, SECOND, RECOVERY, CREATE, CHANGE } kind;
    rh_account_view account; /* one's own */
    enum rh_web_message problem;
    /* what came of it */
    char recovery[RH_RECOVERY_CODES][RH_RECOVERY_TEXT];
    char secret[RH_TOKEN]; /* an enrolment code or a token */
    char login[RH_LOGIN];  /* of the account that was changed */
    bool machine, closed;
} chore;

static void
chore_free(chore *c)
{
    if (c != NULL) {
        sodium_memzero(c, sizeof *c);
        rh_free(c);
    }
}

static bool
own_account(const rh_request *request, rh_account_view *out)
{
    return request->identity.via == RH_VIA_SESSION &&
           rh_accounts_get(rh_site_of(request)->accounts, request->identity.account, out) &&
           !out->closed;
}

/* ---- one's own account ---- */

static void
write_password_form(rh_html *h, rh_request *request, rh_response *response, const char *error)
{
    rh_html_heading(h, 2, "password", rh_site_say(request, RH_WEB_ACCOUNT_PASSWORD));
    rh_form_begin(h, "/account/password", rh_request_csrf(request, response));
    rh_input now = {.kind = RH_INPUT_PASSWORD,
                    .name = "password_now",
                    .label = rh_site_say(request, RH_WEB_ACCOUNT_PASSWORD_NOW)};
    rh_form_input(h, &now);
    rh_input new = {.kind = RH_INPUT_PASSWORD,
                    .name = "password_new",
                    .label = rh_site_say(request, RH_WEB_PASSWORD_NEW),
                    .hint = rh_site_say(request, RH_WEB_PASSWORD_HINT),
                    .error = error};
    rh_form_input(h, &new);
    rh_form_button(h, RH_CALM, rh_site_say(request, RH_WEB_ACCOUNT_PASSWORD), NULL, NULL);
    rh_form_end(h);
}

static void
write_account(rh_request *request, rh_response *response, const rh_account_view *account,
              const char *problem, const char *password_problem)
{
    rh_site_page page;
    rh_html *h = &page.html;
    char left[24];
    rh_site_begin(&page, request, response, RH_SECTION_DESK,
                  rh_site_say(request, RH_WEB_ACCOUNT_TITLE), NULL);
    if (problem != NULL) {
        rh_html_notice(h, RH_BAD, NULL, problem);
    }
    snprintf(left, sizeof left, "%" PRId64, account->recovery_left);
    rh_facts_begin(h);
    rh_fact(h, rh_site_say(request, RH_WEB_LOGIN_NAME), account->login);
    rh_fact_begin(h, rh_site_say(request, RH_WEB_ACCOUNT_SECOND));
    rh_html_link(h, "/account/second",
                 rh_site_say(request, account->two_factors ? RH_WEB_ACCOUNT_SECOND_ON
                                                           : RH_WEB_ACCOUNT_SECOND_OFF));
    rh_fact_end(h);
    rh_fact(h, rh_site_say(request, RH_WEB_ACCOUNT_RECOVERY_LEFT), left);
    rh_fact(h, rh_site_say(request, RH_WEB_ACCOUNT_CHANGED),
            rh_show_time(request->language, account->changed).text);
    rh_facts_end(h);
    if (account->two_factors) {
        rh_html_heading(h, 2, "recovery", rh_site_say(request, RH_WEB_RECOVERY_NEW));
        rh_form_begin(h, "/account/recovery", rh_request_csrf(request, response));
        rh_step_up_field(h, NULL);
        rh_form_button(h, RH_CALM, rh_site_say(request, RH_WEB_RECOVERY_NEW), NULL, NULL);
        rh_form_end(h);
    }
    write_password_form(h, request, response, password_problem);
    rh_form_begin(h, "/account/sessions", rh_request_csrf(request, response));
    rh_form_button(h, RH_BAD, rh_site_say(request, RH_WEB_ACCOUNT_SIGN_OUT_ALL), NULL, NULL);
    rh_form_end(h);
    rh_site_end(&page);
}

static void
write_second(rh_request *request, rh_response *response, const rh_account_view *account,
             const char *problem)
{
    rh_site *site = rh_site_of(request);
    uint8_t secret[RH_TOTP_SECRET];
    char base32[RH_TOTP_BASE32], uri[URI];
    rh_err err = {0};
    rh_site_page page;
    rh_html *h = &page.html;
    if (!rh_accounts_totp_begin(site->accounts, account->id, secret) ||
        rh_totp_base32(secret, base32, &err) != RH_OK ||
        rh_totp_uri(secret, site->name[request->language], account->login, uri, sizeof uri,
                    &err) != RH_OK) {
        response->failed = true;
        return;
    }
    rh_site_begin(&page, request, response, RH_SECTION_DESK,
                  rh_site_say(request, RH_WEB_ACCOUNT_SECOND),
                  rh_site_say(request, RH_WEB_SECOND_SCAN));
    if (problem != NULL) {
        rh_html_notice(h, RH_BAD, NULL, problem);
    }
    if (rh_qr_svg(h, uri, strlen(uri), NULL, &err) != RH_OK) {
        page.html.failed = true;
    }
    rh_facts_begin(h);
    rh_fact(h, rh_site_say(request, RH_WEB_SECOND_SECRET), base32);
    rh_facts_end(h);
    rh_form_begin(h, "/account/second", rh_request_csrf(request, response));
    rh_input password = {.kind = RH_INPUT_PASSWORD,
                         .name = "password_now",
                         .label = rh_site_say(request, RH_WEB_ACCOUNT_PASSWORD_NOW)};
    rh_form_input(h, &password);
    rh_input code = {.kind = RH_INPUT_CODE,
                     .name = "code",
                     .label = rh_site_say(request, RH_WEB_SECOND_NEW)};
    rh_form_input(h, &code);
    rh_form_button(h, RH_CALM, rh_site_say(request, RH_WEB_SECOND_CONFIRM), NULL, NULL);
    rh_form_end(h);
    rh_site_end(&page);
    sodium_memzero(secret, sizeof secret);
    sodium_memzero(base32, sizeof base32);
    sodium_memzero(uri, sizeof uri);
}

static void
write_recovery(rh_request *request, rh_response *response, const chore *c)
{
    rh_site_page page;
    rh_site_begin(&page, request, response, RH_SECTION_DESK,
                  rh_site_say(request, RH_WEB_RECOVERY_TITLE),
                  rh_site_say(request, RH_WEB_RECOVERY_ONCE));
    RH_RAW(&page.html, "<ol class=\"codes\">");
    for (int i = 0; i < RH_RECOVERY_CODES; i++) {
        RH_RAW(&page.html, "<li><code>");
        rh_html_text(&page.html, c->recovery[i]);
        RH_RAW(&page.html, "</code></li>");
    }
    RH_RAW(&page.html, "</ol>");
    rh_html_button_link(&page.html, "/desk", rh_site_say(request, RH_WEB_NAV_DESK));
    rh_site_end(&page);
}

/* ---- accounts of a township ---- */

/* C3. */
static bool
may_manage(const rh_registry *r, int64_t officer, int64_t party, int64_t today)
{
    const uint64_t above =
        RH_BIT(rh_role_county) | RH_BIT(rh_role_auditor) | RH_BIT(rh_role_court);
    const rh_row_party *p = RH_OBJECT(r, party, party);
    if (p == NULL || officer == RH_NONE || party == officer ||
        (rh_accounts_roles(r, party, today) & above) != 0) {
        return false;
    }
    for (int64_t id = rh_first(r, RH_BY_role_grant_party, officer); id != 0;
         id = rh_next(r, RH_BY_role_grant_party, id)) {
        const rh_row_role_grant *g = RH_OBJECT(r, role_grant, id);
        if (g->role == rh_role_township && rh_holds(g, today) &&
            rh_place_within(r, p->place, g->place)) {
            return true;
        }
    }
    return false;
}

static bool
manages(const rh_request *request, int64_t party)
{
    rh_site *site = rh_site_of(request);
    const rh_registry *registry = rh_service_read_begin(site->service);
    bool may = registry != NULL && may_manage(registry, rh_site_party(request), party,
                                              rh_day_of_time(rh_clock_now(site->clock)));
    rh_service_read_end(site->service);
    return may;
}

static void
write_create_form(rh_html *h, rh_request *request, rh_response *response)
{
    rh_html_heading(h, 2, "create", rh_site_say(request, RH_WEB_ACCOUNTS_CREATE));
    rh_form_begin(h, "/accounts", rh_request_csrf(request, response));
    rh_input party = {.kind = RH_INPUT_NUMBER,
                      .name = "party",
                      .label = rh_site_say(request, RH_WEB_ACCOUNTS_PARTY),
                      .value = rh_request_field(request, "party")};
    rh_form_input(h, &party);
    rh_input login = {.kind = RH_INPUT_TEXT,
                      .name = "login",
                      .label = rh_site_say(request, RH_WEB_LOGIN_NAME),
                      .value = rh_request_field(request, "login")};
    rh_form_input(h, &login);
    rh_input machine = {.name = "machine",
                        .label = rh_site_say(request, RH_WEB_ACCOUNTS_MACHINE),
                        .value = rh_request_field(request, "machine"),
                        .optional = true};
    rh_form_tick(h, &machine);
    rh_step_up_field(h, NULL);
    rh_form_button(h, RH_CALM, rh_site_say(request, RH_WEB_ACCOUNTS_CREATE), NULL, NULL);
    rh_form_end(h);
}

/* The open accounts of the officer's area. */
static void
write_listing(rh_html *h, const rh_request *request)
{
    rh_site *site = rh_site_of(request);
    int64_t officer = rh_site_party(request), today = rh_day_of_time(rh_clock_now(site->clock));
    const rh_column column[] = {{rh_site_say(request, RH_WEB_LOGIN_NAME), false},
                                {rh_site_say(request, RH_WEB_ACCOUNTS_PARTY), true},
                                {rh_site_say(request, RH_WEB_ACCOUNT_CHANGED), false}};
    rh_listing_begin(h, rh_site_say(request, RH_WEB_ACCOUNTS_TITLE), column, 3);
    const rh_registry *registry = rh_service_read_begin(site->service);
    size_t listed = 0;
    rh_account_view v;
    for (size_t i = 0;
         registry != NULL && listed < LISTED && rh_accounts_at(site->accounts, i, &v); i++) {
        if (!v.closed && may_manage(registry, officer, v.party, today)) {
            char party[24];
            snprintf(party, sizeof party, "%" PRId64, v.party);
            rh_shown changed = rh_show_time(request->language, v.changed);
            const char *text[] = {v.login, party, changed.text};
            rh_listing_texts(h, column, 3, text);
            listed++;
        }
    }
    rh_service_read_end(site->service);
    rh_listing_end(h);
}

/* The choice of an account and what to do with it: one form, one code. */
static void
write_change_form(rh_html *h, rh_request *request, rh_response *response)
{
    rh_html_heading(h, 2, "change", rh_site_say(request, RH_WEB_ACCOUNTS_CHANGE));
    rh_form_begin(h, "/accounts/change", rh_request_csrf(request, response));
    rh_input login = {.kind = RH_INPUT_TEXT,
                      .name = "account_login",
                      .label = rh_site_say(request, RH_WEB_LOGIN_NAME),
                      .value = rh_request_field(request, "account_login")};
    rh_form_input(h, &login);
    rh_choice choice[] = {{"reset", rh_site_say(request, RH_WEB_ACCOUNTS_RESET), NULL},
                          {"close", rh_site_say(request, RH_WEB_ACCOUNTS_CLOSE), NULL}};
    rh_input how = {.name = "how",
                    .label = rh_site_say(request, RH_WEB_ACCOUNTS_CHANGE),
                    .value = rh_request_field(request, "how")};
    rh_form_radios(h, &how, choice, 2);
    rh_input code = {.kind = RH_INPUT_CODE,
                     .name = "change_code",
                     .label = rh_site_say(request, RH_WEB_CODE_LABEL),
                     .hint = rh_site_say(request, RH_WEB_CODE_HINT)};
    rh_form_input(h, &code);
    rh_form_button(h, RH_BAD, rh_site_say(request, RH_WEB_ACCOUNTS_CHANGE), NULL, NULL);
    rh_form_end(h);
}

static void
write_accounts(rh_request *request, rh_response *response, const char *problem, const chore *c)
{
    rh_site_page page;
    rh_html *h = &page.html;
    rh_site_begin(&page, request, response, RH_SECTION_DESK,
                  rh_site_say(request, RH_WEB_ACCOUNTS_TITLE),
                  rh_site_say(request, RH_WEB_ACCOUNTS_LEAD));
    if (problem != NULL) {
        rh_html_notice(h, RH_BAD, NULL, problem);
    }
    if (c != NULL) {
        RH_RAW(h, "<div class=\"notice good\"><p>");
        rh_html_say(h,
                    c->closed    ? RH_WEB_ACCOUNTS_CLOSED
                    : c->machine ? RH_WEB_ACCOUNTS_GIVE_TOKEN
                                 : RH_WEB_ACCOUNTS_GIVE_CODE,
                    c->login, NULL);
        RH_RAW(h, "</p><p><code>");
        rh_html_text(h, c->secret);
        RH_RAW(h, "</code></p></div>");
    }
    write_create_form(h, request, response);
    write_listing(h, request);
    write_change_form(h, request, response);
    rh_site_end(&page);
}

/* ---- the slow part, on a worker ---- */

static bool
password_is_right(const rh_request *request, int64_t account)
{
    rh_site *site = rh_site_of(request);
    rh_rate_who who = rh_rate_account(account);
    char hash[RH_PASSWORD_HASH];
    if (site->rate != NULL && !rh_rate_attempt(site->rate, &who, request->now_ms, NULL)) {
        return false;
    }
    bool known = rh_accounts_password(site->accounts, account, hash);
    bool right = rh_password_verify(site->hasher, known ? hash : NULL,
                                    rh_request_field(request, "password_now")) &&
                 known;
    if (right && site->rate != NULL) {
        rh_rate_success(site->rate, &who);
    }
    return right;
}

static enum rh_web_message
kept(rh_status status, enum rh_web_message input)
{
    return status == RH_OK      ? RH_WEB_NOTHING
           : status == RH_INPUT ? input
                                : RH_WEB_ACCOUNT_FAILED;
}

static enum rh_web_message
set_password(const rh_request *request, const chore *c)
{
    rh_site *site = rh_site_of(request);
    char hash[RH_PASSWORD_HASH];
    rh_err err = {0};
    if (!password_is_right(request, c->account.id)) {
        return RH_WEB_ACCOUNT_PASSWORD_WRONG;
    }
    rh_status status =
        rh_password_hash(site->hasher, rh_request_field(request, "password_new"), hash, &err);
    if (status == RH_OK) {
        status = rh_accounts_set_password(site->accounts, c->account.id, hash, request->now_ms,
                                          &err);
    }
    return kept(status, RH_WEB_ACCOUNT_FAILED);
}

static enum rh_web_message
set_second(const rh_request *request, chore *c)
{
    rh_site *site = rh_site_of(request);
    rh_err err = {0};
    bool right;
    if (!password_is_right(request, c->account.id)) {
        return RH_WEB_ACCOUNT_PASSWORD_WRONG;
    }
    rh_status status = rh_accounts_totp_confirm(site->accounts, c->account.id,
                                                rh_request_field(request, "code"),
                                                request->now_ms, c->recovery, &right, &err);
    return status != RH_OK ? RH_WEB_ACCOUNT_FAILED : right ? RH_WEB_NOTHING : RH_WEB_CODE_WRONG;
}

static enum rh_web_message
new_account(const rh_request *request, chore *c)
{
    rh_site *site = rh_site_of(request);
    rh_err err = {0};
    int64_t party, id, by = rh_site_party(request);
    const char *login = rh_request_field(request, "login");
    c->machine = strcmp(rh_request_field(request, "machine"), "1") == 0;
    snprintf(c->login, sizeof c->login, "%s", login);
    if (rh_read_count(rh_request_field(request, "party"), INT64_MAX, &party) !=
            RH_WEB_NOTHING ||
        !manages(request, party)) {
        return RH_WEB_ACCOUNTS_NOT_YOURS;
    }
    rh_status status = c->machine
                           ? rh_accounts_create_machine(site->accounts, login, party, by,
                                                        request->now_ms, c->secret, &id, &err)
                           : rh_accounts_create(site->accounts, login, party, by,
                                                request->now_ms, c->secret, &id, &err);
    return kept(status, RH_WEB_ACCOUNTS_LOGIN_BAD);
}

static enum rh_web_message
change_account(const rh_request *request, chore *c)
{
    rh_site *site = rh_site_of(request);
    rh_err err = {0};
    rh_account_view v;
    const char *how = rh_request_field(request, "how");
    c->closed = strcmp(how, "close") == 0;
    if (!rh_accounts_find(site->accounts, rh_request_field(request, "account_login"), &v) ||
        v.closed || !manages(request, v.party) || (!c->closed && strcmp(how, "reset") != 0) ||
        (v.machine && !c->closed)) {
        return RH_WEB_ACCOUNTS_NOT_YOURS;
    }
    memcpy(c->login, v.login, sizeof c->login);
    rh_status status = c->closed
                           ? rh_accounts_close(site->accounts, v.id, rh_site_party(request),
                                               request->now_ms, &err)
                           : rh_accounts_reset(site->accounts, v.id, rh_site_party(request),
                                               request->now_ms, c->secret, &err);
    if (status == RH_OK && site->sessions != NULL) {
        rh_sessions_end_account(site->sessions, v.id, NULL);
    }
    return kept(status, RH_WEB_ACCOUNT_FAILED);
}

static void
work(rh_request *request)
{
    chore *c = request->data;
    rh_site *site = rh_site_of(request);
    rh_err err = {0};
    const char *code =
        rh_request_field(request, c->kind == CHANGE ? "change_code" : RH_STEP_UP_FIELD);
    c->problem = c->kind == PASSWORD || c->kind == SECOND
                     ? RH_WEB_NOTHING
                     : rh_step_up_message(rh_step_up_check(request, code));
    if (c->problem != RH_WEB_NOTHING) {
        return;
    }
    switch (c->kind) {
    case PASSWORD:
        c->problem = set_password(request, c);
        break;
    case SECOND:
        c->problem = set_second(request, c);
        break;
    case RECOVERY:
        c->problem = kept(rh_accounts_recovery(site->accounts, c->account.id, request->now_ms,
                                               c->recovery, &err),
                          RH_WEB_ACCOUNT_FAILED);
        break;
    case CREATE:
        c->problem = new_account(request, c);
        break;
    case CHANGE:
        c->problem = change_account(request, c);
        break;
    }
}

/* ---- the answer ---- */

static uint32_t
roles_now(const rh_request *request, int64_t party)
{
    rh_site *site = rh_site_of(request);
    const rh_registry *registry = rh_service_read_begin(site->service);
    uint32_t roles =
        registry == NULL
            ? 0
            : rh_accounts_roles(registry, party, rh_day_of_time(rh_clock_now(site->clock)));
    rh_service_read_end(site->service);
    return roles;
}

/* C2: a new session for this browser, the others end. */
static void
begin_anew(rh_request *request, rh_response *response, const chore *c)
{
    rh_site *site = rh_site_of(request);
    rh_account_view now = c->account;
    (void)rh_accounts_get(site->accounts, c->account.id, &now);
    if (site->sessions != NULL) {
        rh_sessions_end_account(site->sessions, c->account.id, NULL);
    }
    rh_request_login(request, response, c->account.id,
                     now.two_factors ? roles_now(request, now.party) : 0);
}

static void
worked(rh_request *request, rh_response *response)
{
    chore *c = request->data;
    request->data = NULL;
    const char *problem =
        c->problem == RH_WEB_NOTHING ? NULL : rh_site_say(request, c->problem);
    response->status = problem != NULL ? 422 : 200;
    switch (c->kind) {
    case PASSWORD:
        if (problem == NULL) {
            begin_anew(request, response, c);
            rh_response_redirect(response, "/account");
        } else {
            write_account(request, response, &c->account, problem, NULL);
        }
        break;
    case SECOND:
        if (problem == NULL) {
            begin_anew(request, response, c);
            write_recovery(request, response, c);
        } else {
            write_second(request, response, &c->account, problem);
        }
        break;
    case RECOVERY:
        if (problem == NULL) {
            write_recovery(request, response, c);
        } else {
            write_account(request, response, &c->account, problem, NULL);
        }
        break;
    case CREATE:
    case CHANGE:
        write_accounts(request, response, problem, problem == NULL ? c : NULL);
        break;
    }
    chore_free(c);
}

static void
begin_chore(rh_request *request, rh_response *response, int kind)
{
    chore *c = rh_alloc(1, sizeof *c);
    if (c == NULL) {
        response->failed = true;
        return;
    }
    c->kind = kind;
    if (!own_account(request, &c->account)) {
        chore_free(c);
        rh_request_refuse(request, response, RH_PROBLEM_ROLE_MISSING);
        return;
    }
    request->data = c;
    if (!rh_request_offload(request, work, worked)) {
        chore_free(c);
    }
}

/* ---- handlers ---- */

void
rh_page_account(rh_request *request, rh_response *response)
{
    rh_account_view account;
    if (own_account(request, &account)) {
        write_account(request, response, &account, NULL, NULL);
    } else {
        rh_request_refuse(request, response, RH_PROBLEM_ROLE_MISSING);
    }
}

void
rh_page_account_second(rh_request *request, rh_response *response)
{
    rh_account_view account;
    if (own_account(request, &account)) {
        write_second(request, response, &account, NULL);
    } else {
        rh_request_refuse(request, response, RH_PROBLEM_ROLE_MISSING);
    }
}

void
rh_page_account_password(rh_request *request, rh_response *response)
{
    rh_account_view account;
    if (!own_account(request, &account)) {
        rh_request_refuse(request, response, RH_PROBLEM_ROLE_MISSING);
        return;
    }
    rh_problem problem =
        rh_password_check(rh_request_field(request, "password_new"), account.login);
    if (problem != RH_PROBLEM_NONE) {
        response->status = 422;
        write_account(request, response, &account, NULL,
                      rh_problem_text(problem, request->language));
        return;
    }
    begin_chore(request, response, PASSWORD);
}

void
rh_page_account_second_send(rh_request *request, rh_response *response)
{
    begin_chore(request, response, SECOND);
}

void
rh_page_account_recovery(rh_request *request, rh_response *response)
{
    begin_chore(request, response, RECOVERY);
}

void
rh_page_account_sessions(rh_request *request, rh_response *response)
{
    rh_request_logout_everywhere(request, response);
    rh_response_redirect(response, "/login");
}

void
rh_page_accounts(rh_request *request, rh_response *response)
{
    if (rh_site_party(request) == RH_NONE ||
        (request->identity.roles & RH_BIT(rh_role_township)) == 0) {
        rh_request_refuse(request, response, RH_PROBLEM_ROLE_MISSING);
    } else {
        write_accounts(request, response, NULL, NULL);
    }
}

void
rh_page_accounts_create(rh_request *request, rh_response *response)
{
    begin_chore(request, response, CREATE);
}

void
rh_page_accounts_change(rh_request *request, rh_response *response)
{
    begin_chore(request, response, CHANGE);
}
