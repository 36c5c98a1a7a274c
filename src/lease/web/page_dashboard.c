/* The township's and the county's overview: counts by state, what is due soon, arrears, open inspections with their flags, disputes. */
#include "domain/rule.h"
#include "web/page_part.h"

#include <stdio.h>

enum { LISTED = 40, SOON = 30 };

rh_handler rh_page_dashboard;

static void
write_counts(rh_view *v, rh_row_kind kind)
{
    int64_t count[64] = {0}, n = rh_registry_count(v->r, kind);
    const rh_codes *states = rh_states_of(kind);
    const rh_record_type *type = rh_row_type(kind);
    for (int64_t id = 1; id <= n; id++) {
        count[rh_state_of(kind, rh_registry_get(v->r, kind, id))]++;
    }
    rh_html_heading(v->h, 2, type->name, v->language == RH_CHINESE ? type->zh : type->en);
    rh_figures_begin(v->h);
    for (int s = 0; s < states->n; s++) {
        if (count[s] > 0) {
            rh_figure(v->h, rh_view_count(count[s]).text, rh_view_word(v, states, s));
        }
    }
    if (n == 0) {
        rh_figure(v->h, "0", rh_view_say(v, RH_WEB_NOTHING_HERE));
    }
    rh_figures_end(v->h);
}

static void
write_due(rh_view *v)
{
    static const rh_row_kind kind[] = {RH_ROW_scheme, RH_ROW_offer, RH_ROW_lease};
    int shown = 0;
    rh_view_heading(v, "due", RH_WEB_DUE_SOON);
    rh_cards_begin(v->h);
    for (size_t k = 0; k < sizeof kind / sizeof kind[0]; k++) {
        const rh_field *until = rh_record_find(rh_row_type(kind[k]), "until");
        int64_t n = rh_registry_count(v->r, kind[k]);
        for (int64_t id = 1; id <= n && shown < LISTED; id++) {
            const void *row = rh_registry_get(v->r, kind[k], id);
            int64_t day = rh_record_number(row, until);
            if (day == RH_NONE || day < v->today || day > v->today + SOON) {
                continue;
            }
            rh_shown path = rh_view_path(kind[k], id), name = rh_view_name(v, kind[k], id),
                     date = rh_show_date(v->language, day);
            int64_t state = rh_state_of(kind[k], row);
            rh_card card = {.href = path.text,
                            .title = name.text,
                            .text = date.text,
                            .badge = rh_view_word(v, rh_states_of(kind[k]), state),
                            .tone = rh_view_tone(kind[k], state)};
            rh_html_card(v->h, &card);
            shown++;
        }
    }
    rh_cards_end(v->h);
    if (shown == 0) {
        rh_view_paragraph(v, RH_WEB_NOTHING_HERE, NULL);
    }
}

/* Open cases of a kind about leases or other objects: rows of facts. */
static void
write_cases(rh_view *v, rh_row_kind kind, enum rh_web_message title, const char *names)
{
    int shown = 0;
    const rh_field *state = rh_record_find(rh_row_type(kind), "state"),
                   *lease = rh_record_find(rh_row_type(kind), "lease");
    rh_html_heading(v->h, 2, rh_row_type(kind)->name, rh_view_say(v, title));
    for (int64_t id = rh_registry_count(v->r, kind); id >= 1 && shown < LISTED; id--) {
        const void *row = rh_registry_get(v->r, kind, id);
        if (rh_record_number(row, state) != rh_case_state_open) {
            continue;
        }
        if (lease != NULL) {
            int64_t l = rh_record_number(row, lease);
            RH_RAW(v->h, "<p>");
            rh_html_link(v->h, rh_view_path(RH_ROW_lease, l).text,
                         rh_view_name(v, RH_ROW_lease, l).text);
            RH_RAW(v->h, "</p>");
        }
        rh_view_facts(v, kind, row, names);
        shown++;
    }
    if (shown == 0) {
        rh_view_paragraph(v, RH_WEB_NOTHING_HERE, NULL);
    }
}

void
rh_page_dashboard(rh_request *request, rh_response *response)
{
    rh_view v;
    if (!(request->identity.roles &
          (RH_BIT(rh_role_township) | RH_BIT(rh_role_county) | RH_BIT(rh_role_auditor)))) {
        rh_request_refuse(request, response, RH_PROBLEM_NOT_FOUND);
        return;
    }
    if (!rh_view_open(&v, request, response, RH_SECTION_DESK, RH_WEB_DASHBOARD,
                      RH_WEB_NOTHING)) {
        return;
    }
    write_due(&v);
    write_counts(&v, RH_ROW_offer);
    write_counts(&v, RH_ROW_lease);
    write_counts(&v, RH_ROW_scheme);
    write_cases(&v, RH_ROW_arrears, RH_WEB_ARREARS, "since amount_fen grace_until");
    write_cases(&v, RH_ROW_inspection, RH_WEB_INSPECTIONS, "flag deadline");
    write_cases(&v, RH_ROW_dispute, RH_WEB_DISPUTES, "object object_id path contested_fen");
    RH_RAW(v.h, "<p>");
    rh_html_link(v.h, "/books", rh_view_say(&v, RH_WEB_NAV_BOOKS));
    RH_RAW(v.h, "</p>");
    rh_view_close(&v);
}
