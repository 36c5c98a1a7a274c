/* The open books: what escrow holds and owes, by village and account; arrears; where the open data are. */
#include "web/page_part.h"

#include <stdio.h>

rh_handler rh_page_books, rh_page_open_data;

enum { COLUMNS = 6 };

static void
write_village(rh_view *v, const rh_row_place *p, const rh_column *column,
              int64_t all[rh_account_count])
{
    int64_t sum[rh_account_count] = {0};
    for (int64_t id = rh_first(v->r, RH_BY_lease_village, p->id); id != 0;
         id = rh_next(v->r, RH_BY_lease_village, id)) {
        for (int a = 0; a < rh_account_count; a++) {
            int64_t fen = rh_balance(v->r, id, (enum rh_account_code)a);
            sum[a] += fen;
            all[a] += fen;
        }
    }
    static const int account[] = {rh_account_escrow, rh_account_farmer, rh_account_collective,
                                  rh_account_reserve, rh_account_deposit};
    rh_listing_row_begin(v->h);
    rh_listing_cell_begin(v->h, &column[0]);
    rh_html_link(v->h, rh_view_path(RH_ROW_place, p->id).text, p->name);
    rh_listing_cell_end(v->h);
    for (int k = 0; k < COLUMNS - 1; k++) {
        rh_listing_cell_begin(v->h, &column[k + 1]);
        rh_html_text(v->h, rh_show_money(k == 0 ? sum[account[k]] : -sum[account[k]]).text);
        rh_listing_cell_end(v->h);
    }
    rh_listing_row_end(v->h);
}

static void
write_arrears(rh_view *v)
{
    int64_t n = 0, fen = 0, count = rh_registry_count(v->r, RH_ROW_arrears);
    for (int64_t id = 1; id <= count; id++) {
        const rh_row_arrears *a = RH_OBJECT(v->r, arrears, id);
        if (a->state == rh_case_state_open) {
            n++;
            fen += a->amount_fen;
        }
    }
    rh_view_heading(v, "arrears", RH_WEB_ARREARS);
    rh_figures_begin(v->h);
    rh_figure(v->h, rh_view_count(n).text, rh_view_say(v, RH_WEB_ARREARS_LEASES));
    rh_figure(v->h, rh_show_money(fen).text, rh_view_say(v, RH_WEB_ARREARS_SUM));
    rh_figures_end(v->h);
}

void
rh_page_books(rh_request *request, rh_response *response)
{
    rh_view v;
    if (!rh_view_open(&v, request, response, RH_SECTION_BOOKS, RH_WEB_NAV_BOOKS,
                      RH_WEB_BOOKS_LEAD)) {
        return;
    }
    const rh_column column[COLUMNS] = {
        {rh_view_say(&v, RH_WEB_FILTER_VILLAGE), false},
        {rh_view_word(&v, &rh_codes_account, rh_account_escrow), true},
        {rh_view_word(&v, &rh_codes_account, rh_account_farmer), true},
        {rh_view_word(&v, &rh_codes_account, rh_account_collective), true},
        {rh_view_word(&v, &rh_codes_account, rh_account_reserve), true},
        {rh_view_word(&v, &rh_codes_account, rh_account_deposit), true}};
    int64_t all[rh_account_count] = {0}, places = rh_registry_count(v.r, RH_ROW_place), sum = 0;
    rh_listing_begin(v.h, NULL, column, COLUMNS);
    for (int64_t id = 1; id <= places; id++) {
        const rh_row_place *p = RH_OBJECT(v.r, place, id);
        if (p->level == rh_level_village) {
            write_village(&v, p, column, all);
        }
    }
    rh_listing_end(v.h);
    for (int a = 0; a < rh_account_count; a++) {
        sum += all[a];
    }
    rh_html_notice(v.h, sum == 0 ? RH_GOOD : RH_BAD,
                   rh_view_say(&v, sum == 0 ? RH_WEB_BOOKS_BALANCE : RH_WEB_BOOKS_BROKEN),
                   rh_view_say(&v, RH_WEB_BOOKS_RULE));
    write_arrears(&v);
    rh_view_paragraph(&v, RH_WEB_BOOKS_DATA, NULL);
    rh_html_button_link(v.h, "/open-data", rh_view_say(&v, RH_WEB_NAV_DATA));
    rh_view_close(&v);
}

/* The files of the open data (service/open_data.h): a table for each kind of row that has a public field of its own. */
void
rh_page_open_data(rh_request *request, rh_response *response)
{
    rh_view v;
    static const char *const fixed[] = {"ledger", "totals", "columns"};
    if (!rh_view_open(&v, request, response, RH_SECTION_BOOKS, RH_WEB_NAV_DATA,
                      RH_WEB_BOOKS_DATA)) {
        return;
    }
    RH_RAW(v.h, "<ul class=\"columns\">");
    for (int k = -3; k < RH_ROW_COUNT; k++) {
        const rh_record_type *type = k < 0 ? NULL : rh_row_type((rh_row_kind)k);
        bool open = type == NULL;
        for (int i = 6; type != NULL && i < type->n; i++) {
            open = open || type->field[i].audience == RH_OPEN;
        }
        if (open) {
            char href[100], text[200];
            const char *name = k < 0 ? fixed[k + 3] : type->name;
            snprintf(href, sizeof href, "/open-data/%s.csv", name);
            snprintf(text, sizeof text, "%s.csv %s", name,
                     type == NULL               ? ""
                     : v.language == RH_CHINESE ? type->zh
                                                : type->en);
            RH_RAW(v.h, "<li>");
            rh_html_link(v.h, href, text);
            RH_RAW(v.h, "</li>");
        }
    }
    RH_RAW(v.h, "</ul>");
    rh_view_close(&v);
}
