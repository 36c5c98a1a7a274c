/* A paper by its hash: the kept text, checked again each time. Contracts and amendments are shown to their parties and the offices only. */
#include "domain/case.h"
#include "web/page_part.h"
#include "web/papers.h"

#include <string.h>

rh_handler rh_page_paper;

/* Is the reader a party to, or an office for, a lease or amendment with this text? Linear in the leases of the reader. */
static bool
may_read(const rh_view *v, const char *hex)
{
    char text[65];
    int64_t n = rh_registry_count(v->r, RH_ROW_lease);
    for (int64_t id = 1; v->party != RH_NONE && id <= n; id++) {
        const rh_row_lease *l = RH_OBJECT(v->r, lease, id);
        rh_hash_text(&l->text, text);
        bool of_it = strcmp(text, hex) == 0;
        for (int64_t a = rh_first(v->r, RH_BY_amendment_lease, id); a != 0 && !of_it;
             a = rh_next(v->r, RH_BY_amendment_lease, a)) {
            rh_hash_text(&RH_OBJECT(v->r, amendment, a)->text, text);
            of_it = strcmp(text, hex) == 0;
        }
        for (int64_t s = rh_first(v->r, RH_BY_signature_lease, id); s != 0 && !of_it;
             s = rh_next(v->r, RH_BY_signature_lease, s)) {
            rh_hash_text(&RH_OBJECT(v->r, signature, s)->document, text);
            of_it = strcmp(text, hex) == 0;
        }
        rh_case c;
        if (of_it) {
            rh_case_about(&c, v->r, RH_ROW_lease, id, v->today);
            return v->party == l->lessee || rh_party_holds(&c, v->party, rh_role_holder) ||
                   rh_view_is_office(v, l->village);
        }
    }
    return false;
}

void
rh_page_paper(rh_request *request, rh_response *response)
{
    rh_view v;
    rh_err err = {0};
    rh_growing text = {0};
    bool restricted = false;
    const char *hex = rh_request_part(request, "hash");
    rh_status st = rh_paper_kept(rh_site_of(request), hex, &restricted, &text, &err);
    if (strlen(hex) != 64 || strspn(hex, "0123456789abcdef") != 64) {
        rh_growing_release(&text);
        rh_request_refuse(request, response, RH_PROBLEM_NOT_FOUND);
        return;
    }
    if (rh_view_open(&v, request, response, -1, RH_WEB_PAPER_TITLE, RH_WEB_PAPER_LEAD)) {
        RH_RAW(v.h, "<p class=\"hash\">");
        rh_html_text(v.h, hex);
        RH_RAW(v.h, "</p>");
        if (st == RH_OK && restricted && !may_read(&v, hex)) {
            rh_html_notice(v.h, RH_WAIT, rh_view_say(&v, RH_WEB_PAPER_RESTRICTED),
                           rh_view_say(&v, RH_WEB_PAPER_RESTRICTED_TEXT));
        } else if (st == RH_OK) {
            rh_html_notice(v.h, RH_GOOD, NULL, rh_view_say(&v, RH_WEB_PAPER_VERIFIED));
            RH_RAW(v.h, "<pre class=\"paper\" lang=\"zh\">");
            rh_html_bytes(v.h, text.text, text.size);
            RH_RAW(v.h, "</pre>");
        } else {
            rh_html_notice(v.h, st == RH_INVARIANT ? RH_BAD : RH_WAIT, NULL,
                           rh_view_say(&v, st == RH_INVARIANT ? RH_WEB_PAPER_BROKEN
                                                              : RH_WEB_PAPER_UNKNOWN));
        }
        rh_view_close(&v);
    }
    rh_growing_release(&text);
}
