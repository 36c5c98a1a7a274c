/* A lease: for all its terms, plan, what was received and how each receipt was split to the fen; for its parties also names, contract, signatures.
 *
 * The contract (/lease/{id}/contract) is given to its parties and to the offices of its township; the names in it are looked up one by one,
 * and each look is kept. */
#include "core/mem.h"
#include "domain/case.h"
#include "domain/ledger.h"
#include "web/page_part.h"
#include "web/papers.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { LINES = 300, RECEIPTS = 40 };

rh_handler rh_page_lease, rh_page_contract;

static bool
is_party(const rh_registry *r, const rh_row_lease *l, int64_t party, int64_t today)
{
    rh_case c;
    if (party == RH_NONE) {
        return false;
    }
    rh_case_about(&c, r, RH_ROW_lease, l->id, today);
    return party == l->lessee || rh_party_holds(&c, party, rh_role_holder);
}

static rh_shown
range(const rh_view *v, int64_t from, int64_t to)
{
    rh_shown s;
    rh_web_say(s.text, sizeof s.text, v->language, RH_WEB_CONTRACT_FROM_TO,
               rh_show_date(v->language, from).text, rh_show_date(v->language, to).text, NULL);
    return s;
}

/* The lines due, and below them each receipt with its parts. */
static void
write_money(rh_view *v, const rh_row_lease *l)
{
    const rh_column column[] = {{rh_view_say(v, RH_WEB_CONTRACT_DUE), false},
                                {rh_view_say(v, RH_WEB_LINE_KIND), false},
                                {rh_view_say(v, RH_WEB_CONTRACT_AMOUNT), true},
                                {rh_view_say(v, RH_WEB_RECEIVED), true}};
    int64_t n = 0, total = 0, received = 0;
    int64_t line[LINES];
    rh_view_heading(v, "plan", RH_WEB_RENT_PLAN);
    for (int64_t id = rh_first(v->r, RH_BY_rent_line_lease, l->id); id != 0;
         id = rh_next(v->r, RH_BY_rent_line_lease, id)) {
        const rh_row_rent_line *x = RH_OBJECT(v->r, rent_line, id);
        if (x->cancelled != 1) {
            line[n++ % LINES] = id;
            total += x->amount_fen;
            received += rh_received(v->r, id);
        }
    }
    rh_figures_begin(v->h);
    rh_figure(v->h, rh_show_money(total).text, rh_view_say(v, RH_WEB_PLAN_TOTAL));
    rh_figure(v->h, rh_show_money(received).text, rh_view_say(v, RH_WEB_RECEIVED));
    rh_figures_end(v->h);
    RH_RAW(v->h, "<details><summary>");
    rh_html_say(v->h, RH_WEB_PLAN_ALL, rh_view_count(n).text, NULL);
    RH_RAW(v->h, "</summary>");
    rh_listing_begin(v->h, NULL, column, 4);
    /* the index walks newest first: the earliest lines are the last ones kept */
    for (int64_t k = 0; k < (n < LINES ? n : LINES); k++) {
        const rh_row_rent_line *x = RH_OBJECT(v->r, rent_line, line[(n - 1 - k) % LINES]);
        rh_shown due = rh_show_date(v->language, x->due), sum = rh_show_money(x->amount_fen),
                 got = rh_show_money(rh_received(v->r, x->id));
        rh_listing_texts(v->h, column, 4,
                         (const char *const[]){due.text,
                                               rh_view_word(v, &rh_codes_line_kind, x->kind),
                                               sum.text, got.text});
    }
    rh_listing_end(v->h);
    if (n > LINES) {
        rh_view_paragraph(v, RH_WEB_DESK_MORE, rh_view_count(n - LINES).text);
    }
    RH_RAW(v->h, "</details>");
}

static void
write_receipts(rh_view *v, const rh_row_lease *l)
{
    const rh_column column[] = {{rh_view_say(v, RH_WEB_LOG), false},
                                {rh_view_say(v, RH_WEB_RECEIVED), true},
                                {rh_view_word(v, &rh_codes_payee, rh_payee_farmer), true},
                                {rh_view_word(v, &rh_codes_payee, rh_payee_collective), true},
                                {rh_view_word(v, &rh_codes_payee, rh_payee_reserve), true}};
    int shown = 0;
    rh_view_heading(v, "receipts", RH_WEB_RECEIPTS);
    for (int64_t line = rh_first(v->r, RH_BY_rent_line_lease, l->id); line != 0;
         line = rh_next(v->r, RH_BY_rent_line_lease, line)) {
        for (int64_t id = rh_first(v->r, RH_BY_receipt_line, line); id != 0 && shown < RECEIPTS;
             id = rh_next(v->r, RH_BY_receipt_line, id)) {
            const rh_row_receipt *x = RH_OBJECT(v->r, receipt, id);
            int64_t part[4] = {x->amount_fen, x->farmer_fen, x->collective_fen, x->reserve_fen};
            char seq[40], href[64];
            if (shown++ == 0) {
                rh_listing_begin(v->h, rh_view_say(v, RH_WEB_RECEIPTS_CAPTION), column, 5);
            }
            snprintf(seq, sizeof seq, "%" PRId64, x->seq);
            snprintf(href, sizeof href, "/receipt/%" PRId64, x->seq);
            rh_listing_row_begin(v->h);
            rh_listing_cell_begin(v->h, &column[0]);
            rh_html_link(v->h, href, seq);
            rh_listing_cell_end(v->h);
            for (int k = 0; k < 4; k++) {
                rh_listing_cell_begin(v->h, &column[k + 1]);
                rh_html_text(v->h, x->reverses != RH_NONE && part[k] > 0
                                       ? rh_show_money(-part[k]).text
                                       : rh_show_money(part[k]).text);
                rh_listing_cell_end(v->h);
            }
            rh_listing_row_end(v->h);
        }
    }
    if (shown == 0) {
        rh_view_paragraph(v, RH_WEB_NOTHING_HERE, NULL);
    } else {
        rh_listing_end(v->h);
    }
}

static void
write_payouts(rh_view *v, const rh_row_lease *l)
{
    const rh_column column[] = {{rh_view_say(v, RH_WEB_CONTRACT_PAYEE), false},
                                {rh_view_say(v, RH_WEB_CONTRACT_AMOUNT), true},
                                {rh_view_say(v, RH_WEB_OUTCOME), false}};
    int64_t first = rh_first(v->r, RH_BY_payout_lease, l->id);
    if (first == 0) {
        return;
    }
    rh_view_heading(v, "payouts", RH_WEB_PAYOUTS);
    rh_listing_begin(v->h, NULL, column, 3);
    for (int64_t id = first; id != 0; id = rh_next(v->r, RH_BY_payout_lease, id)) {
        const rh_row_payout *x = RH_OBJECT(v->r, payout, id);
        rh_shown sum = rh_show_money(x->amount_fen);
        rh_listing_texts(
            v->h, column, 3,
            (const char *const[]){rh_view_word(v, &rh_codes_payee, x->payee), sum.text,
                                  rh_view_word(v, &rh_codes_payout_state, x->state)});
    }
    rh_listing_end(v->h);
}

/* Who has signed, by side; numbers and names are the parties'. */
static void
write_signatures(rh_view *v, const rh_row_lease *l, bool for_party)
{
    const rh_column column[] = {{rh_view_say(v, RH_WEB_SIGNED_AS), false},
                                {rh_view_say(v, RH_WEB_SIGNED_AT), false},
                                {rh_view_say(v, RH_WEB_SIGNED_MARK), false}};
    int64_t first = rh_first(v->r, RH_BY_signature_lease, l->id);
    rh_view_heading(v, "signatures", RH_WEB_SIGNATURES);
    if (first == 0) {
        rh_view_paragraph(v, RH_WEB_SIGNATURES_NONE, NULL);
        return;
    }
    size_t columns = for_party ? 3 : 2;
    rh_listing_begin(v->h, NULL, column, columns);
    for (int64_t id = first; id != 0; id = rh_next(v->r, RH_BY_signature_lease, id)) {
        const rh_row_signature *s = RH_OBJECT(v->r, signature, id);
        rh_shown at = rh_show_time(v->language, s->recorded),
                 mark = rh_shorten(s->mark == NULL ? "" : s->mark, 24);
        rh_listing_texts(v->h, column, columns,
                         (const char *const[]){rh_view_word(v, &rh_codes_role, s->role),
                                               at.text, mark.text});
    }
    rh_listing_end(v->h);
}

static void
write_for_parties(rh_view *v, const rh_row_lease *l, const rh_shown *lessor,
                  const rh_shown *lessee)
{
    char href[80];
    rh_view_heading(v, "parties", RH_WEB_FOR_PARTIES);
    rh_facts_begin(v->h);
    rh_fact(v->h, rh_view_say(v, RH_WEB_LESSOR), lessor->text);
    rh_fact(v->h, rh_view_say(v, RH_WEB_LESSEE), lessee->text);
    rh_facts_end(v->h);
    if (l->wording != NULL && l->wording[0] != '\0') {
        rh_view_facts(v, RH_ROW_lease, l, "wording");
    }
    snprintf(href, sizeof href, "/lease/%" PRId64 "/contract", l->id);
    rh_html_button_link(v->h, href, rh_view_say(v, RH_WEB_CONTRACT_GET));
}

/* What a party may see, looked up before the page is begun. */
typedef struct names {
    bool party;
    rh_shown lessor, lessee;
} names;

static names
look_up(rh_request *request, int64_t id)
{
    names n = {0};
    rh_site *site = rh_site_of(request);
    const rh_registry *r = rh_service_read_begin(site->service);
    const rh_row_lease *l = r == NULL ? NULL : RH_OBJECT(r, lease, id);
    int64_t lessor = RH_NONE, lessee = RH_NONE,
            today = rh_clock_now(site->clock) / INT64_C(86400000);
    if (l != NULL && is_party(r, l, rh_site_party(request), today)) {
        const rh_row_party *one = RH_OBJECT(r, party, l->household),
                           *other = RH_OBJECT(r, party, l->lessee);
        n.party = true;
        lessor = one == NULL ? RH_NONE : one->name;
        lessee = other == NULL ? RH_NONE : other->name;
    }
    rh_service_read_end(site->service);
    if (n.party) {
        n.lessor = rh_private_look(request, lessor, "lease: lessor's name");
        n.lessee = rh_private_look(request, lessee, "lease: lessee's name");
    }
    return n;
}

void
rh_page_lease(rh_request *request, rh_response *response)
{
    rh_view v;
    names n = look_up(request, rh_request_id(request, "id"));
    const rh_row_lease *l = rh_view_open_object(&v, request, response, -1, RH_ROW_lease);
    if (l == NULL) {
        return;
    }
    rh_view_done(&v);
    RH_RAW(v.h, "<p>");
    rh_view_state(&v, RH_ROW_lease, l);
    RH_RAW(v.h, " ");
    rh_html_link(v.h, rh_view_path(RH_ROW_place, l->village).text,
                 rh_view_place(&v, l->village));
    RH_RAW(v.h, "</p>");
    rh_facts_begin(v.h);
    rh_fact(v.h, rh_view_say(&v, RH_WEB_TERM), range(&v, l->start, l->end).text);
    rh_facts_end(v.h);
    rh_view_facts(&v, RH_ROW_lease, l,
                  "purpose fen_year step_bp step_years period_months deposit_fen farmer_bp "
                  "collective_bp reserve_bp collective_role signed_on since until");
    RH_RAW(v.h, "<p>");
    rh_html_link(v.h, rh_view_path(RH_ROW_scheme, l->scheme).text,
                 rh_view_name(&v, RH_ROW_scheme, l->scheme).text);
    if (l->offer != RH_NONE) {
        RH_RAW(v.h, " · ");
        rh_html_link(v.h, rh_view_path(RH_ROW_offer, l->offer).text,
                     rh_view_name(&v, RH_ROW_offer, l->offer).text);
    }
    RH_RAW(v.h, "</p>");
    if (n.party) {
        write_for_parties(&v, l, &n.lessor, &n.lessee);
    }
    rh_view_actions(&v, RH_ROW_lease, l->id);
    write_money(&v, l);
    write_receipts(&v, l);
    write_payouts(&v, l);
    const rh_row_notice *notice = rh_view_notice(&v, rh_notice_object_lease, l->id);
    if (notice != NULL) {
        rh_view_heading(&v, "notice", RH_WEB_NAV_NOTICES);
        rh_cards_begin(v.h);
        rh_view_notice_card(&v, notice);
        rh_cards_end(v.h);
    }
    write_signatures(&v, l, n.party);
    rh_view_heading(&v, "text", RH_WEB_CONTRACT_HASH);
    rh_view_hash(&v, &l->text);
    rh_view_history(&v, RH_ROW_lease, l->id);
    rh_view_close(&v);
}

void
rh_page_contract(rh_request *request, rh_response *response)
{
    rh_site *site = rh_site_of(request);
    int64_t id = rh_request_id(request, "id");
    names n = look_up(request, id);
    rh_err err = {0};
    if (!n.party) {
        rh_request_refuse(request, response, RH_PROBLEM_NOT_FOUND);
        return;
    }
    rh_contract_paper paper = {0};
    const rh_registry *r = rh_service_read_begin(site->service);
    rh_status st = r == NULL
                       ? RH_IO
                       : rh_paper_contract(r, RH_OBJECT(r, lease, id),
                                           rh_clock_now(site->clock) / INT64_C(86400000),
                                           n.lessor.text, n.lessee.text, true, &paper, &err);
    rh_service_read_end(site->service);
    if (st != RH_OK) {
        rh_request_refuse(request, response, RH_PROBLEM_BUSY);
        return;
    }
    response->type = "application/pdf";
    rh_response_header(response, "Content-Disposition",
                       "attachment; filename=\"contract.pdf\"");
    rh_response_add(response, paper.pdf.bytes, paper.pdf.size);
    rh_contract_paper_release(&paper);
}
