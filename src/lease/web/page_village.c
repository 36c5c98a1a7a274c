/* A village: the scheme in force and its split, offers, leases, books, disclosures. */
#include "domain/offer_fact.h"
#include "web/page_part.h"

#include <inttypes.h>
#include <stdio.h>

enum { LISTED = 30 };

rh_handler rh_page_village;

static void
write_schemes(rh_view *v, int64_t village)
{
    bool any = false;
    rh_view_heading(v, "scheme", RH_WEB_VILLAGE_SCHEMES);
    rh_cards_begin(v->h);
    for (int64_t id = rh_first(v->r, RH_BY_scheme_village, village); id != 0;
         id = rh_next(v->r, RH_BY_scheme_village, id)) {
        const rh_row_scheme *s = RH_OBJECT(v->r, scheme, id);
        char text[1600];
        rh_shown path = rh_view_path(RH_ROW_scheme, id),
                 name = rh_view_name(v, RH_ROW_scheme, id);
        snprintf(text, sizeof text, "%s %s · %s %s · %s %s",
                 rh_view_word(v, &rh_codes_payee, rh_payee_farmer),
                 rh_show_percent(s->farmer_bp).text,
                 rh_view_word(v, &rh_codes_payee, rh_payee_collective),
                 rh_show_percent(s->collective_bp).text,
                 rh_view_word(v, &rh_codes_payee, rh_payee_reserve),
                 rh_show_percent(s->reserve_bp).text);
        rh_card card = {.href = path.text,
                        .title = name.text,
                        .text = text,
                        .badge = rh_view_word(v, &rh_codes_scheme_state, s->state),
                        .tone = rh_view_tone(RH_ROW_scheme, s->state)};
        rh_html_card(v->h, &card);
        any = true;
    }
    rh_cards_end(v->h);
    if (!any) {
        rh_view_paragraph(v, RH_WEB_VILLAGE_NO_SCHEME, NULL);
    }
}

static void
write_leases(rh_view *v, int64_t village)
{
    const rh_column column[] = {{rh_view_say(v, RH_WEB_LEASE), false},
                                {rh_view_say(v, RH_WEB_TERM), false},
                                {rh_view_say(v, RH_WEB_RENT_YEAR), true},
                                {rh_view_say(v, RH_WEB_OUTCOME), false}};
    int shown = 0;
    for (int64_t id = rh_first(v->r, RH_BY_lease_village, village); id != 0 && shown < LISTED;
         id = rh_next(v->r, RH_BY_lease_village, id)) {
        const rh_row_lease *l = RH_OBJECT(v->r, lease, id);
        if (shown++ == 0) {
            rh_view_heading(v, "leases", RH_WEB_LEASES);
            rh_listing_begin(v->h, NULL, column, 4);
        }
        char term[600];
        snprintf(term, sizeof term, "%s – %s", rh_show_iso_date(l->start).text,
                 rh_show_iso_date(l->end).text);
        rh_listing_row_begin(v->h);
        rh_listing_cell_begin(v->h, &column[0]);
        rh_html_link(v->h, rh_view_path(RH_ROW_lease, id).text,
                     rh_view_name(v, RH_ROW_lease, id).text);
        rh_listing_cell_end(v->h);
        rh_listing_cell_begin(v->h, &column[1]);
        rh_html_text(v->h, term);
        rh_listing_cell_end(v->h);
        rh_listing_cell_begin(v->h, &column[2]);
        rh_html_text(v->h, rh_show_money(l->fen_year).text);
        rh_listing_cell_end(v->h);
        rh_listing_cell_begin(v->h, &column[3]);
        rh_view_state(v, RH_ROW_lease, l);
        rh_listing_cell_end(v->h);
        rh_listing_row_end(v->h);
    }
    if (shown > 0) {
        rh_listing_end(v->h);
    }
}

static void
write_books(rh_view *v, int64_t village)
{
    int64_t sum[rh_account_count] = {0};
    rh_view_heading(v, "books", RH_WEB_BOOKS_NOW);
    for (int64_t id = rh_first(v->r, RH_BY_lease_village, village); id != 0;
         id = rh_next(v->r, RH_BY_lease_village, id)) {
        for (int a = 0; a < rh_account_count; a++) {
            sum[a] += rh_balance(v->r, id, (enum rh_account_code)a);
        }
    }
    rh_facts_begin(v->h);
    for (int a = 0; a < rh_account_count; a++) {
        rh_fact(v->h, rh_view_word(v, &rh_codes_account, a),
                rh_show_money(a == rh_account_escrow ? sum[a] : -sum[a]).text);
    }
    rh_facts_end(v->h);
    RH_RAW(v->h, "<p>");
    rh_html_link(v->h, "/books", rh_view_say(v, RH_WEB_NAV_BOOKS));
    RH_RAW(v->h, "</p>");
}

static void
write_disclosures(rh_view *v, int64_t village)
{
    rh_view_heading(v, "disclosures", RH_WEB_DISCLOSURES);
    int64_t first = rh_first(v->r, RH_BY_disclosure_place, village);
    if (first == 0) {
        rh_view_paragraph(v, RH_WEB_NOTHING_HERE, NULL);
    }
    for (int64_t id = first; id != 0; id = rh_next(v->r, RH_BY_disclosure_place, id)) {
        const rh_row_disclosure *d = RH_OBJECT(v->r, disclosure, id);
        rh_view_facts(v, RH_ROW_disclosure, d, "first last");
        rh_view_hash(v, &d->text);
    }
}

void
rh_page_village(rh_request *request, rh_response *response)
{
    rh_view v;
    const rh_row_place *p = rh_view_open_object(&v, request, response, -1, RH_ROW_place);
    if (p == NULL) {
        return;
    }
    int shown = 0;
    RH_RAW(v.h, "<p class=\"place\">");
    rh_html_text(v.h, p->code);
    RH_RAW(v.h, "</p>");
    write_schemes(&v, p->id);
    rh_view_heading(&v, "offers", RH_WEB_NAV_OFFERS);
    rh_cards_begin(v.h);
    for (int64_t id = rh_first(v.r, RH_BY_offer_village, p->id); id != 0 && shown < LISTED;
         id = rh_next(v.r, RH_BY_offer_village, id)) {
        const rh_row_offer *o = RH_OBJECT(v.r, offer, id);
        if (o->state == rh_offer_state_open || o->state == rh_offer_state_notice ||
            o->state == rh_offer_state_objected) {
            rh_view_offer_card(&v, o);
            shown++;
        }
    }
    rh_cards_end(v.h);
    if (shown == 0) {
        rh_view_paragraph(&v, RH_WEB_OFFERS_NONE, NULL);
    }
    write_leases(&v, p->id);
    write_books(&v, p->id);
    write_disclosures(&v, p->id);
    rh_view_close(&v);
}
