/* A scheme: its text, its split, its meeting with the two counts of two thirds as sums, its way. */
#include "web/page_part.h"
#include "web/papers.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

rh_handler rh_page_scheme;

/* "23 × 3 ≥ 2 × 30: 69 ≥ 60", a sum that anybody can do again. */
static void
write_two_thirds(rh_view *v, enum rh_web_message what, int64_t part, int64_t whole)
{
    char sum[200];
    snprintf(sum, sizeof sum, "%" PRId64 " × 3 = %" PRId64 " %s %" PRId64 " × 2 = %" PRId64,
             part, 3 * part, 3 * part >= 2 * whole ? "≥" : "<", whole, 2 * whole);
    rh_fact_begin(v->h, rh_view_say(v, what));
    rh_html_text(v->h, sum);
    RH_RAW(v->h, " ");
    rh_html_badge(v->h, 3 * part >= 2 * whole ? RH_GOOD : RH_BAD,
                  rh_view_say(v, 3 * part >= 2 * whole ? RH_WEB_REACHED : RH_WEB_NOT_REACHED));
    rh_fact_end(v->h);
}

static void
write_meeting(rh_view *v, const rh_row_meeting *m)
{
    rh_view_facts(v, RH_ROW_meeting, m, "kind called held roll attended yes no abstain passed");
    if (m->roll == RH_NONE || m->attended == RH_NONE || m->yes == RH_NONE) {
        return;
    }
    rh_facts_begin(v->h);
    write_two_thirds(v, RH_WEB_TEST_ATTENDED, m->attended, m->roll);
    write_two_thirds(v, RH_WEB_TEST_YES, m->yes, m->roll);
    rh_facts_end(v->h);
}

void
rh_page_scheme(rh_request *request, rh_response *response)
{
    rh_view v;
    const rh_row_scheme *s = rh_view_open_object(&v, request, response, -1, RH_ROW_scheme);
    if (s == NULL) {
        return;
    }
    rh_view_done(&v);
    RH_RAW(v.h, "<p>");
    rh_view_state(&v, RH_ROW_scheme, s);
    RH_RAW(v.h, " ");
    rh_html_link(v.h, rh_view_path(RH_ROW_place, s->village).text,
                 rh_view_place(&v, s->village));
    RH_RAW(v.h, "</p>");
    rh_view_heading(&v, "split", RH_WEB_SPLIT);
    rh_figures_begin(v.h);
    rh_figure(v.h, rh_show_percent(s->farmer_bp).text,
              rh_view_word(&v, &rh_codes_payee, rh_payee_farmer));
    rh_figure(v.h, rh_show_percent(s->collective_bp).text,
              rh_view_word(&v, &rh_codes_payee, rh_payee_collective));
    rh_figure(v.h, rh_show_percent(s->reserve_bp).text,
              rh_view_word(&v, &rh_codes_payee, rh_payee_reserve));
    rh_figures_end(v.h);
    rh_view_facts(&v, RH_ROW_scheme, s,
                  "purpose uses floor_fen_m2_year notice_days collective_role discussed papers "
                  "since until");
    rh_view_heading(&v, "text", RH_WEB_SCHEME_TEXT);
    rh_growing paper = {0};
    rh_err err = {0};
    if (rh_paper_write(v.r, RH_ROW_scheme, s->id, v.today, &paper, &err) == RH_OK) {
        RH_RAW(v.h, "<pre class=\"paper\" lang=\"zh\">");
        rh_html_bytes(v.h, paper.text, paper.size);
        RH_RAW(v.h, "</pre>");
        rh_hash hash = rh_paper_hash(&paper);
        rh_view_paragraph(&v,
                          memcmp(&hash, &s->text, sizeof hash) == 0 ? RH_WEB_PAPER_SAME
                                                                    : RH_WEB_PAPER_CHANGED,
                          NULL);
    }
    rh_growing_release(&paper);
    rh_view_hash(&v, &s->text);
    rh_view_heading(&v, "meeting", RH_WEB_MEETING);
    int64_t first = rh_first(v.r, RH_BY_meeting_scheme, s->id);
    if (first == 0) {
        rh_view_paragraph(&v, RH_WEB_MEETING_NONE, NULL);
    }
    for (int64_t id = first; id != 0; id = rh_next(v.r, RH_BY_meeting_scheme, id)) {
        write_meeting(&v, RH_OBJECT(v.r, meeting, id));
    }
    const rh_row_notice *n = rh_view_notice(&v, rh_notice_object_scheme, s->id);
    if (n != NULL) {
        rh_view_heading(&v, "notice", RH_WEB_NAV_NOTICES);
        rh_cards_begin(v.h);
        rh_view_notice_card(&v, n);
        rh_cards_end(v.h);
    }
    rh_view_actions(&v, RH_ROW_scheme, s->id);
    rh_view_history(&v, RH_ROW_scheme, s->id);
    rh_view_close(&v);
}
