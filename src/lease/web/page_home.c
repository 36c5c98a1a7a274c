/* The first page: what this is, where something is to let, what is on notice, how to check. */
#include "web/page_part.h"

enum { NEWEST = 6, NOTICES = 6 };

rh_handler rh_page_home;

static void
write_figures(rh_view *v)
{
    int64_t open = 0, running = 0, live = 0, n = rh_registry_count(v->r, RH_ROW_offer),
            m = rh_registry_count(v->r, RH_ROW_lease),
            k = rh_registry_count(v->r, RH_ROW_notice);
    for (int64_t id = 1; id <= n; id++) {
        open += RH_OBJECT(v->r, offer, id)->state == rh_offer_state_open;
    }
    for (int64_t id = 1; id <= m; id++) {
        int64_t state = RH_OBJECT(v->r, lease, id)->state;
        live += state == rh_lease_state_active || state == rh_lease_state_arrears ||
                state == rh_lease_state_unsafe || state == rh_lease_state_expiring;
    }
    for (int64_t id = 1; id <= k; id++) {
        running += rh_view_notice_runs(v, RH_OBJECT(v->r, notice, id));
    }
    rh_figures_begin(v->h);
    rh_figure(v->h, rh_view_count(open).text, rh_view_say(v, RH_WEB_HOME_OPEN));
    rh_figure(v->h, rh_view_count(running).text, rh_view_say(v, RH_WEB_HOME_RUNNING));
    rh_figure(v->h, rh_view_count(live).text, rh_view_say(v, RH_WEB_HOME_LIVE));
    rh_figures_end(v->h);
}

static void
write_offers(rh_view *v)
{
    int shown = 0;
    rh_view_heading(v, "offers", RH_WEB_HOME_NEWEST);
    rh_cards_begin(v->h);
    for (int64_t id = rh_registry_count(v->r, RH_ROW_offer); id >= 1 && shown < NEWEST; id--) {
        const rh_row_offer *o = RH_OBJECT(v->r, offer, id);
        if (o->state == rh_offer_state_open) {
            rh_view_offer_card(v, o);
            shown++;
        }
    }
    rh_cards_end(v->h);
    if (shown == 0) {
        rh_view_paragraph(v, RH_WEB_OFFERS_NONE, NULL);
    } else {
        rh_html_button_link(v->h, "/offers", rh_view_say(v, RH_WEB_OFFERS_ALL));
    }
}

static void
write_notices(rh_view *v)
{
    int shown = 0;
    rh_view_heading(v, "notices", RH_WEB_HOME_NOTICES);
    rh_cards_begin(v->h);
    for (int64_t id = rh_registry_count(v->r, RH_ROW_notice); id >= 1 && shown < NOTICES;
         id--) {
        const rh_row_notice *n = RH_OBJECT(v->r, notice, id);
        if (rh_view_notice_runs(v, n)) {
            rh_view_notice_card(v, n);
            shown++;
        }
    }
    rh_cards_end(v->h);
    if (shown == 0) {
        rh_view_paragraph(v, RH_WEB_NOTICES_NONE, NULL);
    }
}

static void
write_villages(rh_view *v)
{
    int64_t n = rh_registry_count(v->r, RH_ROW_place);
    rh_view_heading(v, "villages", RH_WEB_HOME_VILLAGES);
    rh_view_map(v);
    RH_RAW(v->h, "<ul class=\"columns\">");
    for (int64_t id = 1; id <= n; id++) {
        const rh_row_place *p = RH_OBJECT(v->r, place, id);
        if (p->level == rh_level_village) {
            RH_RAW(v->h, "<li>");
            rh_html_link(v->h, rh_view_path(RH_ROW_place, id).text, p->name);
            RH_RAW(v->h, "</li>");
        }
    }
    RH_RAW(v->h, "</ul>");
}

void
rh_page_home(rh_request *request, rh_response *response)
{
    rh_view v;
    if (!rh_view_open(&v, request, response, RH_SECTION_HOME, RH_WEB_HOME_TITLE,
                      RH_WEB_HOME_LEAD)) {
        return;
    }
    write_figures(&v);
    write_offers(&v);
    write_notices(&v);
    write_villages(&v);
    rh_view_heading(&v, "check", RH_WEB_HOME_CHECK);
    rh_view_paragraph(&v, RH_WEB_HOME_CHECK_TEXT, NULL);
    rh_html_button_link(v.h, "/check", rh_view_say(&v, RH_WEB_NAV_CHECK));
    rh_view_close(&v);
}
