/* Notices: all that run, and one with its text, its days, the objections and what came of them without names. */
#include "web/page_part.h"
#include "web/papers.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { A_PAGE = 30 };

rh_handler rh_page_notices, rh_page_notice;

void
rh_page_notices(rh_request *request, rh_response *response)
{
    rh_view v;
    if (!rh_view_open(&v, request, response, RH_SECTION_NOTICES, RH_WEB_NAV_NOTICES,
                      RH_WEB_NOTICES_LEAD)) {
        return;
    }
    int64_t n = rh_registry_count(v.r, RH_ROW_notice);
    rh_slice slice = rh_view_slice(&v, n, A_PAGE);
    rh_cards_begin(v.h);
    for (int64_t i = slice.first; i < slice.end; i++) {
        rh_view_notice_card(&v, RH_OBJECT(v.r, notice, n - i));
    }
    rh_cards_end(v.h);
    if (n == 0) {
        rh_view_paragraph(&v, RH_WEB_NOTICES_NONE, NULL);
    }
    rh_html_pages(v.h, "/notices?page=", slice.page, slice.pages);
    rh_view_close(&v);
}

static void
write_objections(rh_view *v, const rh_row_notice *n)
{
    int64_t number = 0;
    const rh_column column[] = {{rh_view_say(v, RH_WEB_OBJECTION), false},
                                {rh_view_say(v, RH_WEB_RAISED_ON), false},
                                {rh_view_say(v, RH_WEB_OUTCOME), false}};
    rh_view_heading(v, "objections", RH_WEB_OBJECTIONS);
    int64_t first = rh_first(v->r, RH_BY_objection_notice, n->id);
    if (first == 0) {
        rh_view_paragraph(v, RH_WEB_OBJECTIONS_NONE, NULL);
        return;
    }
    rh_listing_begin(v->h, NULL, column, 3);
    for (int64_t id = first; id != 0; id = rh_next(v->r, RH_BY_objection_notice, id)) {
        const rh_row_objection *o = RH_OBJECT(v->r, objection, id);
        number++;
        rh_shown name = rh_view_count(id), day = rh_show_time(v->language, o->recorded);
        rh_listing_texts(
            v->h, column, 3,
            (const char *const[]){name.text, day.text,
                                  rh_view_word(v, &rh_codes_objection_state, o->state)});
    }
    rh_listing_end(v->h);
}

void
rh_page_notice(rh_request *request, rh_response *response)
{
    rh_view v;
    const rh_row_notice *n =
        rh_view_open_object(&v, request, response, RH_SECTION_NOTICES, RH_ROW_notice);
    if (n == NULL) {
        return;
    }
    static const rh_row_kind kind[] = {RH_ROW_scheme, RH_ROW_offer, RH_ROW_lease};
    char text[400], href[100];
    rh_view_done(&v);
    bool runs = rh_view_notice_runs(&v, n);
    rh_web_say(text, sizeof text, v.language,
               !runs                     ? RH_WEB_NOTICE_OVER
               : n->days_left != RH_NONE ? RH_WEB_NOTICE_STOPPED
                                         : RH_WEB_NOTICE_DAYS_LEFT,
               rh_view_count(rh_view_days_left(&v, n)).text, NULL);
    rh_html_notice(v.h, runs ? RH_WAIT : RH_CALM, text, rh_view_say(&v, RH_WEB_NOTICE_CLOCK));
    rh_view_facts(&v, RH_ROW_notice, n, "object first last days");
    RH_RAW(v.h, "<p>");
    rh_html_link(v.h, rh_view_path(kind[n->object], n->object_id).text,
                 rh_view_name(&v, kind[n->object], n->object_id).text);
    RH_RAW(v.h, " · ");
    rh_html_link(v.h, rh_view_path(RH_ROW_place, n->place).text, rh_view_place(&v, n->place));
    RH_RAW(v.h, "</p>");
    rh_view_heading(&v, "text", RH_WEB_NOTICE_TEXT);
    rh_growing paper = {0};
    rh_err err = {0};
    if (rh_paper_write(v.r, RH_ROW_notice, n->id, v.today, &paper, &err) == RH_OK) {
        RH_RAW(v.h, "<pre class=\"paper\" lang=\"zh\">");
        rh_html_bytes(v.h, paper.text, paper.size);
        RH_RAW(v.h, "</pre>");
        rh_hash hash = rh_paper_hash(&paper);
        rh_view_paragraph(&v,
                          memcmp(&hash, &n->text, sizeof hash) == 0 ? RH_WEB_PAPER_SAME
                                                                    : RH_WEB_PAPER_CHANGED,
                          NULL);
    }
    rh_growing_release(&paper);
    rh_view_hash(&v, &n->text);
    write_objections(&v, n);
    if (runs) {
        snprintf(href, sizeof href, "/do/objection_raise?notice=%" PRId64, n->id);
        rh_html_button_link(v.h, href, rh_view_say(&v, RH_WEB_OBJECT_NOW));
    }
    rh_view_close(&v);
}
