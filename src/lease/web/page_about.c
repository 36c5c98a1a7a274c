/* About: what signatures are worth, what is published and what is not, what the platform is not. */
#include "web/page_part.h"

rh_handler rh_page_about;

/* Which fields of which rows everybody may read: from the list itself. */
static void
write_published(rh_view *v)
{
    static const rh_row_kind kind[] = {RH_ROW_scheme, RH_ROW_offer, RH_ROW_notice,
                                       RH_ROW_bid,    RH_ROW_lease, RH_ROW_receipt,
                                       RH_ROW_payout, RH_ROW_party, RH_ROW_parcel};
    const rh_column column[] = {{rh_view_say(v, RH_WEB_ABOUT_KIND), false},
                                {rh_view_say(v, RH_WEB_ABOUT_OPEN), false},
                                {rh_view_say(v, RH_WEB_ABOUT_CLOSED), false}};
    rh_listing_begin(v->h, NULL, column, 3);
    for (size_t k = 0; k < sizeof kind / sizeof kind[0]; k++) {
        const rh_record_type *type = rh_row_type(kind[k]);
        rh_listing_row_begin(v->h);
        rh_listing_cell_begin(v->h, &column[0]);
        rh_html_text(v->h, v->language == RH_CHINESE ? type->zh : type->en);
        rh_listing_cell_end(v->h);
        for (int open = 1; open >= 0; open--) {
            bool first = true;
            rh_listing_cell_begin(v->h, &column[2 - open]);
            for (int i = 6; i < type->n; i++) {
                if ((type->field[i].audience == RH_OPEN) == (open == 1)) {
                    rh_html_text(v->h, first ? "" : v->language == RH_CHINESE ? "、" : ", ");
                    rh_html_text(v->h, rh_view_label(v, &type->field[i]).text);
                    first = false;
                }
            }
            if (first) {
                rh_html_text(v->h, "—");
            }
            rh_listing_cell_end(v->h);
        }
        rh_listing_row_end(v->h);
    }
    rh_listing_end(v->h);
}

void
rh_page_about(rh_request *request, rh_response *response)
{
    rh_view v;
    if (!rh_view_open(&v, request, response, -1, RH_WEB_NAV_ABOUT, RH_WEB_HOME_LEAD)) {
        return;
    }
    rh_view_heading(&v, "signatures", RH_WEB_SIGNATURES);
    rh_view_paragraph(&v, RH_WEB_SIGNATURE_NOTE, NULL);
    rh_view_paragraph(&v, RH_WEB_ABOUT_MARK, NULL);
    rh_view_heading(&v, "privacy", RH_WEB_ABOUT_PRIVACY);
    rh_view_paragraph(&v, RH_WEB_ABOUT_PRIVACY_TEXT, NULL);
    rh_view_paragraph(&v, RH_WEB_ABOUT_ERASURE, NULL);
    rh_view_heading(&v, "published", RH_WEB_ABOUT_PUBLISHED);
    write_published(&v);
    rh_view_heading(&v, "filing", RH_WEB_ABOUT_NOT);
    rh_view_paragraph(&v, RH_WEB_ABOUT_NOT_TEXT, NULL);
    rh_view_close(&v);
}
