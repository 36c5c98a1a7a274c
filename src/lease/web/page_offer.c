/* Offers: the list with its filters, and the page of one: facts without the exact place, its way as steps, notice, objections, bids. */
#include "core/mem.h"
#include "web/page_part.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { A_PAGE = 20, VILLAGES = 200 };

rh_handler rh_page_offers, rh_page_offer;

/* ---- the list ---- */

typedef struct filter {
    int64_t village, use, most_fen, least_cm2;
    enum rh_web_message wrong_price, wrong_area;
} filter;

static filter
read_filter(const rh_request *request)
{
    filter f = {.village = strtoll(rh_request_query(request, "village"), NULL, 10),
                .use = rh_code_find(&rh_codes_lessee_use, rh_request_query(request, "use")),
                .most_fen = INT64_MAX};
    const char *price = rh_request_query(request, "price"),
               *area = rh_request_query(request, "area");
    f.wrong_price = price[0] == '\0' ? RH_WEB_NOTHING : rh_read_money(price, &f.most_fen);
    f.wrong_area = area[0] == '\0' ? RH_WEB_NOTHING : rh_read_area(area, &f.least_cm2);
    return f;
}

static bool
passes(const filter *f, const rh_row_offer *o)
{
    return o->state == rh_offer_state_open && (f->village <= 0 || o->village == f->village) &&
           (f->use < 0 || ((uint64_t)o->uses & RH_BIT(f->use))) &&
           o->asking_fen_year <= f->most_fen && o->area_cm2 >= f->least_cm2;
}

static void
write_filter(rh_view *v, const filter *f)
{
    rh_choice *village = rh_alloc(VILLAGES + 1, sizeof *village), use[rh_lessee_use_count + 1];
    rh_shown *number = rh_alloc(VILLAGES + 1, sizeof *number);
    size_t n = 0;
    int64_t places = rh_registry_count(v->r, RH_ROW_place);
    for (int64_t id = 1; village != NULL && number != NULL && id <= places && n < VILLAGES;
         id++) {
        const rh_row_place *p = RH_OBJECT(v->r, place, id);
        if (p->level == rh_level_village) {
            number[n] = rh_view_count(id);
            village[n] = (rh_choice){number[n].text, p->name, NULL};
            n++;
        }
    }
    for (int w = 0; w < rh_lessee_use_count; w++) {
        use[w] = (rh_choice){rh_codes_lessee_use.word[w],
                             rh_view_word(v, &rh_codes_lessee_use, w), NULL};
    }
    const rh_request *q = v->request;
    const rh_input input[4] = {
        {.name = "village",
         .label = rh_view_say(v, RH_WEB_FILTER_VILLAGE),
         .value = rh_request_query(q, "village"),
         .optional = true},
        {.name = "use",
         .label = rh_view_say(v, RH_WEB_FILTER_USE),
         .value = rh_request_query(q, "use"),
         .optional = true},
        {.kind = RH_INPUT_NUMBER,
         .name = "price",
         .label = rh_view_say(v, RH_WEB_FILTER_PRICE),
         .value = rh_request_query(q, "price"),
         .unit = rh_view_say(v, RH_WEB_UNIT_YUAN),
         .error = f->wrong_price == RH_WEB_NOTHING ? NULL : rh_view_say(v, f->wrong_price),
         .optional = true},
        {.kind = RH_INPUT_NUMBER,
         .name = "area",
         .label = rh_view_say(v, RH_WEB_FILTER_AREA),
         .value = rh_request_query(q, "area"),
         .unit = rh_view_say(v, RH_WEB_UNIT_AREA),
         .error = f->wrong_area == RH_WEB_NOTHING ? NULL : rh_view_say(v, f->wrong_area),
         .optional = true}};
    bool used = f->village > 0 || f->use >= 0 || input[2].value[0] || input[3].value[0];
    if (used) {
        RH_RAW(v->h, "<details open><summary>");
    } else {
        RH_RAW(v->h, "<details><summary>");
    }
    rh_html_text(v->h, rh_view_say(v, RH_WEB_FILTER));
    RH_RAW(v->h, "</summary>");
    rh_form_search(v->h, "/offers");
    rh_form_select(v->h, &input[0], village, n);
    rh_form_select(v->h, &input[1], use, rh_lessee_use_count);
    rh_form_input(v->h, &input[2]);
    rh_form_input(v->h, &input[3]);
    rh_form_button(v->h, RH_CALM, rh_view_say(v, RH_WEB_FILTER_GO), NULL, NULL);
    rh_form_end(v->h);
    RH_RAW(v->h, "</details>");
    rh_free(village);
    rh_free(number);
}

/* "/offers?…&page=" with the filters that are in use. */
static void
page_path(const rh_view *v, char out[600])
{
    static const char *const name[] = {"village", "use", "price", "area"};
    rh_html url = {0};
    RH_RAW(&url, "/offers?");
    for (size_t i = 0; i < sizeof name / sizeof name[0]; i++) {
        const char *value = rh_request_query(v->request, name[i]);
        if (value[0] != '\0' && strlen(value) < 30) {
            rh_html_url(&url, name[i]);
            RH_RAW(&url, "=");
            rh_html_url(&url, value);
            RH_RAW(&url, "&");
        }
    }
    RH_RAW(&url, "page=");
    snprintf(out, 600, "%.*s", (int)url.size, url.bytes == NULL ? "" : url.bytes);
    rh_html_release(&url);
}

void
rh_page_offers(rh_request *request, rh_response *response)
{
    rh_view v;
    if (!rh_view_open(&v, request, response, RH_SECTION_OFFERS, RH_WEB_OFFERS_TITLE,
                      RH_WEB_OFFERS_LEAD)) {
        return;
    }
    filter f = read_filter(request);
    int64_t all = rh_registry_count(v.r, RH_ROW_offer), n = 0, at = 0;
    for (int64_t id = all; id >= 1; id--) {
        n += passes(&f, RH_OBJECT(v.r, offer, id));
    }
    rh_view_paragraph(&v, RH_WEB_OFFERS_COUNT, rh_view_count(n).text);
    write_filter(&v, &f);
    rh_slice slice = rh_view_slice(&v, n, A_PAGE);
    rh_cards_begin(v.h);
    for (int64_t id = all; id >= 1 && at < slice.end; id--) {
        const rh_row_offer *o = RH_OBJECT(v.r, offer, id);
        if (passes(&f, o) && at++ >= slice.first) {
            rh_view_offer_card(&v, o);
        }
    }
    rh_cards_end(v.h);
    if (n == 0) {
        rh_view_paragraph(&v, RH_WEB_OFFERS_NONE, NULL);
    }
    char path[600];
    page_path(&v, path);
    rh_html_pages(v.h, path, slice.page, slice.pages);
    rh_view_map(&v);
    rh_view_close(&v);
}

/* ---- one offer ---- */

static void
write_steps(rh_view *v, const rh_row_offer *o)
{
    static const int64_t way[] = {rh_offer_state_draft,    rh_offer_state_consented,
                                  rh_offer_state_verified, rh_offer_state_acknowledged,
                                  rh_offer_state_notice,   rh_offer_state_open,
                                  rh_offer_state_matched};
    enum { STEPS = sizeof way / sizeof way[0] };
    const char *step[STEPS];
    size_t done = STEPS;
    int64_t state = o->state == rh_offer_state_objected ? rh_offer_state_notice : o->state;
    for (size_t i = 0; i < STEPS; i++) {
        step[i] = rh_view_word(v, &rh_codes_offer_state, way[i]);
        done = way[i] == state ? i : done;
    }
    if (state == rh_offer_state_matched) {
        done = STEPS;
    }
    if (done < STEPS || state == rh_offer_state_matched) {
        rh_html_steps(v->h, step, STEPS, done);
    }
}

static void
write_notice(rh_view *v, const rh_row_offer *o)
{
    const rh_row_notice *n = rh_view_notice(v, rh_notice_object_offer, o->id);
    if (n == NULL) {
        return;
    }
    rh_view_heading(v, "notice", RH_WEB_NAV_NOTICES);
    rh_cards_begin(v->h);
    rh_view_notice_card(v, n);
    rh_cards_end(v->h);
}

static void
write_bids(rh_view *v, const rh_row_offer *o)
{
    int64_t bids = 0;
    char href[80];
    for (int64_t id = rh_first(v->r, RH_BY_bid_offer, o->id); id != 0;
         id = rh_next(v->r, RH_BY_bid_offer, id)) {
        bids += RH_OBJECT(v->r, bid, id)->state != rh_bid_state_withdrawn;
    }
    rh_view_heading(v, "bids", RH_WEB_BIDS);
    rh_view_paragraph(v, RH_WEB_BIDS_COUNT, rh_view_count(bids).text);
    if (o->state == rh_offer_state_open) {
        snprintf(href, sizeof href, "/do/bid_place?offer=%" PRId64, o->id);
        rh_html_button_link(v->h, href, rh_view_say(v, RH_WEB_BID_NOW));
    }
    for (int64_t id = rh_first(v->r, RH_BY_lease_offer, o->id); id != 0;
         id = rh_next(v->r, RH_BY_lease_offer, id)) {
        RH_RAW(v->h, "<p>");
        rh_html_link(v->h, rh_view_path(RH_ROW_lease, id).text,
                     rh_view_name(v, RH_ROW_lease, id).text);
        RH_RAW(v->h, "</p>");
    }
}

void
rh_page_offer(rh_request *request, rh_response *response)
{
    rh_view v;
    const rh_row_offer *o =
        rh_view_open_object(&v, request, response, RH_SECTION_OFFERS, RH_ROW_offer);
    if (o == NULL) {
        return;
    }
    rh_view_done(&v);
    RH_RAW(v.h, "<p>");
    rh_view_state(&v, RH_ROW_offer, o);
    RH_RAW(v.h, " ");
    rh_html_link(v.h, rh_view_path(RH_ROW_place, o->village).text,
                 rh_view_place(&v, o->village));
    RH_RAW(v.h, "</p>");
    write_steps(&v, o);
    rh_view_facts(&v, RH_ROW_offer, o,
                  "asking_fen_year months area_cm2 uses deposit_fen since until");
    if (o->ground != RH_NONE) {
        rh_view_facts(&v, RH_ROW_offer, o, "ground");
    }
    if (o->summary != NULL && o->summary[0] != '\0') {
        rh_html_paragraph(v.h, o->summary);
    }
    rh_view_paragraph(&v, RH_WEB_OFFER_PLACE_HINT, NULL);
    RH_RAW(v.h, "<p>");
    rh_html_link(v.h, rh_view_path(RH_ROW_scheme, o->scheme).text,
                 rh_view_name(&v, RH_ROW_scheme, o->scheme).text);
    RH_RAW(v.h, "</p>");
    write_notice(&v, o);
    write_bids(&v, o);
    rh_view_actions(&v, RH_ROW_offer, o->id);
    rh_view_history(&v, RH_ROW_offer, o->id);
    rh_view_close(&v);
}
