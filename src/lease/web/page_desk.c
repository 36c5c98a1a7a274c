/* The desk: what waits for the person who is signed in, and everything else that its roles may begin. */
#include "domain/calendar_day.h"
#include "domain/rule.h"
#include "web/format.h"
#include "web/site.h"
#include "web/todo.h"

#include <inttypes.h>
#include <stdio.h>

enum { LISTED = 100 };

rh_handler rh_page_desk;

static const char *
word(const rh_request *request, const rh_codes *codes, int64_t code)
{
    return (request->language == RH_CHINESE ? codes->zh : codes->en)[code];
}

static void
write_todos(rh_site_page *page, const rh_todo *todo, size_t n, size_t all)
{
    rh_html *h = &page->html;
    const rh_request *request = page->request;
    rh_html_heading(h, 2, "waiting", rh_site_say(request, RH_WEB_DESK_WAITING));
    if (n == 0) {
        rh_html_paragraph(h, rh_site_say(request, RH_WEB_DESK_NOTHING));
        return;
    }
    rh_cards_begin(h);
    for (size_t i = 0; i < n; i++) {
        const rh_record_type *command = rh_command_type(todo[i].command),
                             *type = rh_row_type(todo[i].kind);
        char href[200], title[200];
        const char *field = rh_todo_field(todo[i].command, todo[i].kind);
        snprintf(href, sizeof href, "/do/%s?%s=%" PRId64 "&as=%s", command->name,
                 field == NULL ? type->name : field, todo[i].id,
                 rh_codes_role.word[todo[i].role]);
        snprintf(title, sizeof title, "%s · %s %" PRId64,
                 request->language == RH_CHINESE ? command->zh : command->en,
                 request->language == RH_CHINESE ? type->zh : type->en, todo[i].id);
        rh_card card = {.href = href,
                        .title = title,
                        .text = word(request, &rh_codes_role, todo[i].role),
                        .badge = word(request, rh_states_of(todo[i].kind), todo[i].state),
                        .tone = RH_WAIT};
        rh_html_card(h, &card);
    }
    rh_cards_end(h);
    if (all > n) {
        rh_shown more = {0};
        snprintf(more.text, sizeof more.text, "%zu", all - n);
        RH_RAW(h, "<p>");
        rh_html_say(h, RH_WEB_DESK_MORE, more.text, NULL);
        RH_RAW(h, "</p>");
    }
}

/* Commands that begin something: those that move no object's state. */
static void
write_beginnings(rh_site_page *page)
{
    rh_html *h = &page->html;
    const rh_request *request = page->request;
    rh_html_heading(h, 2, "begin", rh_site_say(request, RH_WEB_DESK_BEGIN));
    RH_RAW(h, "<ul class=\"columns\">");
    for (int k = 0; k < RH_COMMAND_COUNT; k++) {
        const rh_rule *rule = rh_rule_of((rh_command_kind)k);
        bool begins = rule->object == RH_ROW_NONE ||
                      rh_todo_field((rh_command_kind)k, rule->object) == NULL;
        if (begins && k != RH_DO_tick &&
            (rh_command_roles((rh_command_kind)k) & request->identity.roles)) {
            const rh_record_type *type = rh_command_type((rh_command_kind)k);
            char href[100];
            snprintf(href, sizeof href, "/do/%s", type->name);
            RH_RAW(h, "<li>");
            rh_html_link(h, href, request->language == RH_CHINESE ? type->zh : type->en);
            RH_RAW(h, "</li>");
        }
    }
    RH_RAW(h, "</ul>");
}

void
rh_page_desk(rh_request *request, rh_response *response)
{
    rh_site *site = rh_site_of(request);
    rh_todo todo[LISTED];
    const rh_registry *registry = rh_service_read_begin(site->service);
    if (registry == NULL) {
        rh_request_refuse(request, response, RH_PROBLEM_BUSY);
        return;
    }
    size_t all = rh_todo_list(registry, rh_site_party(request),
                              rh_day_of_time(rh_clock_now(site->clock)), todo, LISTED);
    rh_service_read_end(site->service);
    rh_site_page page;
    rh_site_begin(&page, request, response, RH_SECTION_DESK,
                  rh_site_say(request, RH_WEB_NAV_DESK), NULL);
    const char *done = rh_request_query(request, "done");
    if (done[0] != '\0') {
        RH_RAW(&page.html, "<p class=\"done\">");
        rh_html_say(&page.html, RH_WEB_DESK_DONE, done, NULL);
        RH_RAW(&page.html, "</p>");
    }
    write_todos(&page, todo, all < LISTED ? all : LISTED, all);
    write_beginnings(&page);
    rh_site_end(&page);
}
