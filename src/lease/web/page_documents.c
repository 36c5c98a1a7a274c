/* Uploading photos and certificates, and giving them to those who may see them.
 *
 * A document becomes part of the registry only as a `source` that names its hash (/do/source_add); until then only its uploader sees it.
 * U1 given to: who uploaded it, and offices that read a source with its hash (may_see.h). For others there is no such page.
 * U2 always as a download of its own type, never shown inside a page: a picture that is also a script stays a picture.
 * U3 each download leaves a line in `access` before the bytes go out. */
#include "core/mem.h"
#include "domain/calendar_day.h"
#include "web/document_store.h"
#include "web/format.h"
#include "web/may_see.h"
#include "web/site.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

rh_handler rh_page_documents, rh_page_documents_send, rh_page_document;

enum { NAME = 120 };

typedef struct errand {
    int fd; /* of an upload; of a download: what is sent */
    int64_t size;
    char name[NAME];
    rh_hash hash;
    const char *type; /* a literal */
    rh_status status;
} errand;

static const char *const known_type[] = {"image/jpeg", "image/png", "application/pdf"};

static void
errand_free(errand *e)
{
    if (e->fd >= 0) {
        close(e->fd);
    }
    rh_free(e);
}

/* ---- the page ---- */

static void
write_documents(rh_request *request, rh_response *response, enum rh_web_message problem,
                const errand *done)
{
    rh_site_page page;
    rh_html *h = &page.html;
    rh_site_begin(&page, request, response, RH_SECTION_DESK,
                  rh_site_say(request, RH_WEB_DOCUMENTS_TITLE),
                  rh_site_say(request, RH_WEB_DOCUMENTS_LEAD));
    if (problem != RH_WEB_NOTHING) {
        rh_html_notice(h, RH_BAD, NULL, rh_site_say(request, problem));
    }
    if (done != NULL) {
        char hex[RH_HEX], path[RH_HEX + 40];
        rh_hash_hex(&done->hash, hex);
        rh_html_notice(h, RH_GOOD, rh_site_say(request, RH_WEB_DOCUMENTS_KEPT), hex);
        snprintf(path, sizeof path, "/do/source_add?document=%s", hex);
        rh_html_button_link(h, path, rh_site_say(request, RH_WEB_DOCUMENTS_GO_ON));
        snprintf(path, sizeof path, "/documents/%s", hex);
        rh_html_link(h, path, rh_site_say(request, RH_WEB_DOCUMENTS_LOOK));
    }
    RH_RAW(h, "<form method=\"post\" action=\"/documents\" enctype=\"multipart/form-data\">");
    rh_form_hidden(h, "csrf", rh_request_csrf(request, response));
    RH_RAW(h, "<p class=\"field\"><label for=\"file\">");
    rh_html_text(h, rh_site_say(request, RH_WEB_DOCUMENTS_FILE));
    RH_RAW(h, "</label><input type=\"file\" id=\"file\" name=\"file\" required "
              "accept=\"image/jpeg,image/png,application/pdf\"></p>");
    rh_form_button(h, RH_CALM, rh_site_say(request, RH_WEB_DOCUMENTS_SEND), NULL, NULL);
    rh_form_end(h);
    rh_site_end(&page);
}

void
rh_page_documents(rh_request *request, rh_response *response)
{
    if (rh_site_party(request) == RH_NONE) {
        rh_request_refuse(request, response, RH_PROBLEM_ROLE_MISSING);
    } else {
        write_documents(request, response, RH_WEB_NOTHING, NULL);
    }
}

/* ---- taking ---- */

static void
take(rh_request *request)
{
    errand *e = request->data;
    rh_site *site = rh_site_of(request);
    rh_err err = {0};
    e->status = rh_document_put(site->documents, e->fd, &e->hash, &e->size, &e->type, &err);
    if (e->status == RH_OK) {
        int64_t key;
        rh_keep_document line = {.id = RH_NONE,
                                 .hash = e->hash,
                                 .media_type = e->type,
                                 .size = e->size,
                                 .name = e->name,
                                 .uploaded_by = rh_site_party(request),
                                 .uploaded = rh_clock_now(site->clock)};
        e->status = rh_service_keep(site->service, RH_KEEP_document, &line, &key, &err);
    }
}

static void
taken(rh_request *request, rh_response *response)
{
    errand *e = request->data;
    request->data = NULL;
    enum rh_web_message problem = e->status == RH_OK      ? RH_WEB_NOTHING
                                  : e->status == RH_INPUT ? RH_WEB_DOCUMENTS_WRONG_TYPE
                                  : e->status == RH_RANGE ? RH_WEB_DOCUMENTS_WRONG_SIZE
                                                          : RH_WEB_ACCOUNT_FAILED;
    response->status = e->status == RH_OK                               ? 200
                       : e->status == RH_INPUT || e->status == RH_RANGE ? 422
                                                                        : 503;
    write_documents(request, response, problem, e->status == RH_OK ? e : NULL);
    errand_free(e);
}

static errand *
new_errand(rh_response *response)
{
    errand *e = rh_alloc(1, sizeof *e);
    if (e == NULL) {
        response->failed = true;
    } else {
        e->fd = -1;
    }
    return e;
}

void
rh_page_documents_send(rh_request *request, rh_response *response)
{
    rh_upload *upload = NULL;
    for (size_t i = 0; i < request->form.n_uploads; i++) {
        upload = strcmp(request->form.upload[i].field, "file") == 0 ? &request->form.upload[i]
                                                                    : upload;
    }
    if (rh_site_party(request) == RH_NONE) {
        rh_request_refuse(request, response, RH_PROBLEM_ROLE_MISSING);
        return;
    }
    if (upload == NULL) {
        response->status = 422;
        write_documents(request, response, RH_WEB_DOCUMENTS_WRONG_SIZE, NULL);
        return;
    }
    errand *e = new_errand(response);
    if (e == NULL) {
        return;
    }
    snprintf(e->name, sizeof e->name, "%s", upload->name);
    e->fd = rh_upload_take(upload);
    request->data = e;
    if (!rh_request_offload(request, take, taken)) {
        errand_free(e);
    }
}

/* ---- giving ---- */

/* Some source with this hash that the party reads. */
static bool
reads_source(const rh_registry *r, int64_t party, int64_t today, const rh_hash *hash)
{
    int64_t n = rh_registry_count(r, RH_ROW_source);
    for (int64_t id = 1; id <= n; id++) {
        const rh_row_source *s = RH_OBJECT(r, source, id);
        if (s != NULL && memcmp(&s->document, hash, sizeof *hash) == 0 &&
            rh_may_see(r, party, today, RH_ROW_source, id) == RH_PARTIES) {
            return true;
        }
    }
    return false;
}

/* The document's type and name from its lines; RH_USAGE when it is not for this party. */
static rh_status
allowed(rh_site *site, int64_t party, errand *e, rh_err *err)
{
    rh_db *db;
    rh_cursor *cursor = NULL;
    const void *record;
    const rh_registry *r = rh_service_read_begin(site->service);
    bool may = r != NULL &&
               reads_source(r, party, rh_day_of_time(rh_clock_now(site->clock)), &e->hash);
    rh_service_read_end(site->service);
    RH_TRY(rh_service_db_take(site->service, &db, err));
    rh_status status = rh_db_begin_reading(db, err);
    if (status == RH_OK) {
        status = rh_db_find(db, RH_KEEP_document, "hash", &e->hash, &cursor, err);
        while (status == RH_OK &&
               (status = rh_cursor_next(cursor, &record, NULL, err)) == RH_OK &&
               record != NULL) {
            const rh_keep_document *d = record;
            may = may || d->uploaded_by == party;
            for (size_t i = 0; i < sizeof known_type / sizeof known_type[0]; i++) {
                e->type = strcmp(d->media_type, known_type[i]) == 0 ? known_type[i] : e->type;
            }
        }
        if (cursor != NULL) {
            rh_cursor_close(cursor);
        }
        rh_db_rollback(db);
    }
    rh_service_db_give(site->service, db);
    return status != RH_OK          ? status
           : may && e->type != NULL ? RH_OK
                                    : rh_fail(err, RH_USAGE, "Not for this party.");
}

static void
give(rh_request *request)
{
    errand *e = request->data;
    rh_site *site = rh_site_of(request);
    rh_err err = {0};
    int64_t party = rh_site_party(request), key;
    char hex[RH_HEX], what[RH_HEX + 20];
    e->status = allowed(site, party, e, &err);
    if (e->status == RH_OK) {
        e->status = rh_document_open(site->documents, &e->hash, &e->fd, &e->size, &err);
    }
    if (e->status == RH_OK) {
        rh_hash_hex(&e->hash, hex);
        snprintf(what, sizeof what, "document %s", hex);
        rh_keep_access line = {.id = RH_NONE,
                               .time = rh_clock_now(site->clock),
                               .party = party,
                               .what = what,
                               .private = RH_NONE};
        e->status = rh_service_keep(site->service, RH_KEEP_access, &line, &key, &err);
    }
}

static void
given(rh_request *request, rh_response *response)
{
    errand *e = request->data;
    request->data = NULL;
    if (e->status != RH_OK) {
        rh_request_refuse(request, response, RH_PROBLEM_NOT_FOUND);
    } else {
        char hex[RH_HEX], disposition[120];
        rh_hash_hex(&e->hash, hex);
        snprintf(disposition, sizeof disposition, "attachment; filename=\"%.16s.%s\"", hex,
                 strcmp(e->type, "image/jpeg") == 0  ? "jpg"
                 : strcmp(e->type, "image/png") == 0 ? "png"
                                                     : "pdf");
        rh_response_header(response, "Content-Disposition", disposition);
        response->type = e->type;
        response->from_file = true;
        response->fd = e->fd;
        response->fd_size = (uint64_t)e->size;
        e->fd = -1;
    }
    errand_free(e);
}

void
rh_page_document(rh_request *request, rh_response *response)
{
    rh_hash hash;
    if (rh_site_party(request) == RH_NONE ||
        !rh_hash_read(rh_request_part(request, "hash"), &hash)) {
        rh_request_refuse(request, response, RH_PROBLEM_NOT_FOUND);
        return;
    }
    errand *e = new_errand(response);
    if (e != NULL) {
        e->hash = hash;
        request->data = e;
        if (!rh_request_offload(request, give, given)) {
            errand_free(e);
        }
    }
}
