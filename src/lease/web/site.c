/* The frame around every page, and the table of routes: see site.h. */
#include "web/site.h"

#include "domain/calendar_day.h"
#include "web/do.h"
#include "web/format.h"
#include "web/stylesheet.h"

#include <stdio.h>
#include <string.h>

#define ROUTE(method, pattern, handler, flags, body) rh_handler handler;
#include "web/route.def"
#undef ROUTE

const rh_route *
rh_site_routes(size_t *n)
{
    static const rh_route route[] = {
#define ROUTE(verb, path, call, flag, body)                                                    \
    {.method = RH_##verb,                                                                      \
     .pattern = (path),                                                                        \
     .handler = (call),                                                                        \
     .flags = (flag),                                                                          \
     .body_most = (body)},
#include "web/route.def"
#undef ROUTE
    };
    *n = sizeof route / sizeof route[0];
    return route;
}

int64_t
rh_site_party(const rh_request *request)
{
    rh_account_view account;
    if (request->identity.via == RH_VIA_NOTHING || request->identity.roles == 0 ||
        !rh_accounts_get(rh_site_of(request)->accounts, request->identity.account, &account) ||
        account.closed) {
        return RH_NONE;
    }
    return account.party;
}

bool
rh_site_bearer(void *context, const char *token, int64_t now_ms, int64_t *account,
               uint32_t *roles)
{
    rh_site *site = context;
    rh_account_view view;
    (void)now_ms;
    if (!rh_accounts_bearer(site->accounts, token, account) ||
        !rh_accounts_get(site->accounts, *account, &view)) {
        return false;
    }
    const rh_registry *registry = rh_service_read_begin(site->service);
    *roles = registry == NULL ? 0
                              : rh_accounts_roles(registry, view.party,
                                                  rh_day_of_time(rh_clock_now(site->clock))) &
                                    (uint32_t)RH_BIT(rh_role_bank);
    rh_service_read_end(site->service);
    return *roles != 0;
}

const char *
rh_site_say(const rh_request *request, enum rh_web_message message)
{
    return rh_web_text(request->language, message);
}

/* The same page in the other language: its path with ?lang=. */
static void
other_language(const rh_request *request, char *out, size_t room)
{
    const char *target =
        request->target == NULL || request->target[0] != '/' ? "/" : request->target;
    size_t path = strcspn(target, "?");
    snprintf(out, room, "%.*s?lang=%s", (int)(path < room - 16 ? path : 0), target,
             request->language == RH_CHINESE ? "en" : "zh");
}

void
rh_site_begin(rh_site_page *page, rh_request *request, rh_response *response, int section,
              const char *title, const char *lead)
{
    rh_site *site = rh_site_of(request);
    *page = (rh_site_page){
        .html = {.language = request->language}, .request = request, .response = response};
    const struct {
        enum rh_web_message text;
        const char *href;
    } section_of[RH_SECTION_COUNT] = {[RH_SECTION_HOME] = {RH_WEB_NAV_HOME, "/"},
                                      [RH_SECTION_OFFERS] = {RH_WEB_NAV_OFFERS, "/offers"},
                                      [RH_SECTION_NOTICES] = {RH_WEB_NAV_NOTICES, "/notices"},
                                      [RH_SECTION_BOOKS] = {RH_WEB_NAV_BOOKS, "/books"},
                                      [RH_SECTION_CHECK] = {RH_WEB_NAV_CHECK, "/check"},
                                      [RH_SECTION_DESK] = {RH_WEB_NAV_DESK, "/desk"}};
    for (int i = 0; i < RH_SECTION_COUNT; i++) {
        page->section[i] =
            (rh_page_link){rh_site_say(request, section_of[i].text), section_of[i].href};
    }
    page->footer[0] = (rh_page_link){rh_site_say(request, RH_WEB_NAV_RULES), "/rules"};
    page->footer[1] = (rh_page_link){rh_site_say(request, RH_WEB_NAV_DATA), "/open-data"};
    page->footer[2] = (rh_page_link){rh_site_say(request, RH_WEB_NAV_ABOUT), "/about"};
    other_language(request, page->other, sizeof page->other);
    bool known = request->identity.via == RH_VIA_SESSION &&
                 rh_accounts_get(site->accounts, request->identity.account, &page->account);
    page->frame = (rh_page){.title = title,
                            .lead = lead,
                            .site = site->name[request->language],
                            .stylesheet = "/style.css",
                            .other = page->other,
                            .section = page->section,
                            .n_sections = RH_SECTION_COUNT,
                            .here = section,
                            .user = known ? page->account.login : NULL,
                            .sign_out = known ? "/logout" : NULL,
                            .token = known ? rh_request_csrf(request, response) : NULL,
                            .footer = page->footer,
                            .n_footer = sizeof page->footer / sizeof page->footer[0],
                            .closing = rh_site_say(request, RH_WEB_SIGNATURE_NOTE)};
    rh_page_begin(&page->html, &page->frame);
    if (site->training) {
        rh_html_notice(&page->html, RH_WAIT, rh_site_say(request, RH_WEB_TRAINING),
                       rh_show_time(request->language, rh_clock_now(site->clock)).text);
    }
}

void
rh_site_end(rh_site_page *page)
{
    rh_err err = {0};
    rh_page_end(&page->html, &page->frame);
    if (rh_html_finish(&page->html, &err) != RH_OK) {
        page->response->failed = true;
    }
    rh_response_add(page->response, page->html.bytes, page->html.size);
    rh_html_release(&page->html);
}

void
rh_site_problem(rh_request *request, rh_problem problem, rh_response *response)
{
    const char *sentence = rh_problem_text(problem, request->language);
    if (problem == RH_PROBLEM_LOGIN_NEEDED && request->path.n > 0 &&
        strcmp(request->path.part[0], "api") != 0) {
        rh_response_redirect(response, "/login");
        return;
    }
    if (request->path.n > 0 && strcmp(request->path.part[0], "api") == 0) {
        response->type = "application/json";
        rh_response_format(response, "{\"error\":\"%s\"}",
                           rh_problem_text(problem, RH_ENGLISH));
        return;
    }
    rh_site_page page;
    rh_site_begin(&page, request, response, -1, rh_site_say(request, RH_WEB_PROBLEM_TITLE),
                  sentence);
    rh_html_link(&page.html, "/", rh_site_say(request, RH_WEB_NAV_HOME));
    rh_site_end(&page);
}

void
rh_page_style(rh_request *request, rh_response *response)
{
    (void)request;
    response->type = "text/css; charset=utf-8";
    response->cache = "public, max-age=3600";
    rh_response_add(response, rh_stylesheet, rh_stylesheet_size);
}
