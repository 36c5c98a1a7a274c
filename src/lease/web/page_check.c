/* Checking a receipt of the public log: pasted text verified here, how to verify it without us, and the receipt of an entry as text and QR. */
#include "core/mem.h"
#include "log/proof.h"
#include "store/growing.h"
#include "web/page_part.h"
#include "web/qr.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

rh_handler rh_page_check, rh_page_check_post, rh_page_receipt;

static void
write_how(rh_view *v)
{
    rh_view_heading(v, "offline", RH_WEB_CHECK_OFFLINE);
    rh_view_paragraph(v, RH_WEB_CHECK_OFFLINE_TEXT, NULL);
    RH_RAW(v->h, "<pre>ronghe-audit receipt --key log.key receipt.tlog-proof</pre>");
}

static void
write_form(rh_view *v, const char *typed, const char *error)
{
    rh_input input = {.kind = RH_INPUT_AREA,
                      .name = "receipt",
                      .label = rh_view_say(v, RH_WEB_CHECK_PASTE),
                      .hint = rh_view_say(v, RH_WEB_CHECK_PASTE_HINT),
                      .value = typed,
                      .error = error};
    rh_form_begin(v->h, "/check", rh_request_csrf(v->request, v->page.response));
    rh_form_input(v->h, &input);
    rh_form_button(v->h, RH_CALM, rh_view_say(v, RH_WEB_NAV_CHECK), NULL, NULL);
    rh_form_end(v->h);
}

void
rh_page_check(rh_request *request, rh_response *response)
{
    rh_view v;
    if (rh_view_open(&v, request, response, RH_SECTION_CHECK, RH_WEB_NAV_CHECK,
                     RH_WEB_CHECK_LEAD)) {
        write_form(&v, "", NULL);
        write_how(&v);
        rh_view_close(&v);
    }
}

/* The entry that the receipt is about: its extra line, or the journal's. */
static rh_status
entry_of(rh_site *site, const rh_receipt *receipt, rh_growing *out, rh_err *err)
{
    uint8_t *bytes = NULL;
    size_t size = 0;
    if (receipt->extra != NULL) {
        RH_TRY(rh_receipt_extra(receipt, &bytes, &size, err));
        rh_growing_bytes(out, bytes, size);
        rh_free(bytes);
        return rh_growing_check(out, err);
    }
    rh_db *db = NULL;
    rh_cursor *cursor = NULL;
    const void *line = NULL;
    int64_t seq = (int64_t)receipt->index + 1;
    RH_TRY(rh_service_db_take(site->service, &db, err));
    rh_status st = rh_db_find(db, RH_KEEP_journal, "seq", &seq, &cursor, err);
    if (st == RH_OK) {
        st = rh_cursor_next(cursor, &line, NULL, err);
    }
    if (st == RH_OK && line == NULL) {
        st = rh_fail(err, RH_MISSING, "This log has no entry of that number.");
    } else if (st == RH_OK) {
        rh_growing_text(out, ((const rh_keep_journal *)line)->entry);
    }
    rh_cursor_close(cursor);
    rh_service_db_give(site->service, db);
    return st == RH_OK ? rh_growing_check(out, err) : st;
}

static rh_status
verify(rh_site *site, const char *text, rh_receipt *receipt, rh_growing *entry, rh_err *err)
{
    if (site->log_key == NULL) {
        return rh_fail(err, RH_MISSING, "This site has no public log.");
    }
    RH_TRY(rh_receipt_parse(text, strlen(text), receipt, err));
    RH_TRY(entry_of(site, receipt, entry, err));
    return rh_receipt_verify(receipt, entry->text, entry->size, site->log_key, NULL, 0, 0, err);
}

/* Browsers send CR LF: receipts have LF. */
static char *
unix_lines(const char *text)
{
    size_t n = strlen(text), k = 0;
    char *out = rh_alloc(n + 2, 1);
    for (size_t i = 0; out != NULL && i < n; i++) {
        if (text[i] != '\r') {
            out[k++] = text[i];
        }
    }
    if (out != NULL && k > 0 && out[k - 1] != '\n') {
        out[k++] = '\n';
    }
    return out;
}

void
rh_page_check_post(rh_request *request, rh_response *response)
{
    rh_view v;
    rh_err err = {0};
    rh_growing entry = {0};
    const char *typed = rh_request_field(request, "receipt");
    char *text = unix_lines(typed);
    rh_receipt receipt;
    rh_status st =
        text == NULL ? RH_MEMORY : verify(rh_site_of(request), text, &receipt, &entry, &err);
    if (rh_view_open(&v, request, response, RH_SECTION_CHECK, RH_WEB_NAV_CHECK,
                     RH_WEB_CHECK_LEAD)) {
        if (st == RH_OK) {
            rh_html_notice(v.h, RH_GOOD, rh_view_say(&v, RH_WEB_CHECK_GOOD),
                           rh_view_say(&v, RH_WEB_CHECK_GOOD_TEXT));
            rh_facts_begin(v.h);
            rh_fact(v.h, rh_view_say(&v, RH_WEB_LOG),
                    rh_view_count((int64_t)receipt.index + 1).text);
            rh_fact(v.h, rh_view_say(&v, RH_WEB_CHECK_SIZE),
                    rh_view_count((int64_t)receipt.checkpoint.size).text);
            rh_facts_end(v.h);
            RH_RAW(v.h, "<pre class=\"paper\">");
            rh_html_bytes(v.h, entry.text, entry.size);
            RH_RAW(v.h, "</pre>");
        } else {
            response->status = 422;
            rh_html_notice(v.h, RH_BAD, rh_view_say(&v, RH_WEB_CHECK_BAD), err.text);
        }
        write_form(&v, typed, NULL);
        write_how(&v);
        rh_view_close(&v);
    }
    rh_growing_release(&entry);
    rh_free(text);
}

void
rh_page_receipt(rh_request *request, rh_response *response)
{
    rh_site *site = rh_site_of(request);
    rh_err err = {0};
    char *text = NULL;
    size_t size = 0;
    int64_t seq = rh_request_id(request, "seq");
    if (seq < 1 || seq > rh_service_count(site->service).seq) {
        rh_request_refuse(request, response, RH_PROBLEM_NOT_FOUND);
        return;
    }
    rh_status st = site->receipt == NULL
                       ? RH_MISSING
                       : site->receipt(site->receipt_context, seq, &text, &size, &err);
    rh_view v;
    if (rh_view_open(&v, request, response, RH_SECTION_CHECK, RH_WEB_RECEIPT_TITLE,
                     RH_WEB_RECEIPT_LEAD)) {
        rh_facts_begin(v.h);
        rh_fact(v.h, rh_view_say(&v, RH_WEB_LOG), rh_view_count(seq).text);
        rh_facts_end(v.h);
        if (st != RH_OK) {
            rh_view_paragraph(&v, RH_WEB_RECEIPT_LATER, NULL);
        } else {
            if (size <= RH_QR_BYTES_L &&
                rh_qr_svg(v.h, text, size, rh_view_say(&v, RH_WEB_RECEIPT_TITLE), &err) !=
                    RH_OK) {
                rh_view_paragraph(&v, RH_WEB_RECEIPT_LATER, NULL);
            }
            RH_RAW(v.h, "<pre class=\"paper\">");
            rh_html_bytes(v.h, text, size);
            RH_RAW(v.h, "</pre>");
        }
        write_how(&v);
        rh_view_close(&v);
    }
    rh_free(text);
}
