/* The register for the offices of a township: lists of parties, parcels, units … with their fields; personal values stay masked (a dot says that
 * one is kept). */
#include "domain/case.h"
#include "web/page_part.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { A_PAGE = 50, COLUMNS = 8 };

rh_handler rh_page_registry;

/* What may be listed, and by which field its place is found. */
static const struct {
    rh_row_kind kind;
    const char *place;
} listed[] = {{RH_ROW_party, "place"},    {RH_ROW_parcel, "village"},
              {RH_ROW_baunit, "village"}, {RH_ROW_offer, "village"},
              {RH_ROW_lease, "village"},  {RH_ROW_source, "place"},
              {RH_ROW_scheme, "village"}, {RH_ROW_role_grant, "place"}};

/* Does the reader hold an office of which the place is a part? Looked up once a place. */
typedef struct offices {
    int64_t place;
    bool yes;
} offices;

static bool
may_see(const rh_view *v, int64_t place, offices *last)
{
    if (last->place != place) {
        *last = (offices){place, rh_view_is_office(v, place)};
    }
    return last->yes;
}

static void
write_row(rh_view *v, rh_row_kind kind, const void *row, const rh_column *column, size_t n)
{
    const rh_record_type *type = rh_row_type(kind);
    rh_shown text[COLUMNS];
    const char *cell[COLUMNS];
    text[0] = rh_view_count(((const rh_row_head *)row)->id);
    cell[0] = text[0].text;
    for (size_t i = 1; i < n; i++) {
        const rh_field *f = &type->field[5 + i];
        text[i] = rh_view_value(v, row, f);
        if (f->type == RH_FIELD_PRIVATE) {
            snprintf(text[i].text, sizeof text[i].text, "%s",
                     rh_record_number(row, f) == RH_NONE ? "—" : "•••");
        } else if (f->type == RH_FIELD_HASH) {
            text[i] = rh_shorten(text[i].text, 12);
        } else if (f->type == RH_FIELD_TEXT) {
            text[i] = rh_shorten(text[i].text, 40);
        }
        cell[i] = text[i].text;
    }
    rh_listing_texts(v->h, column, n, cell);
}

void
rh_page_registry(rh_request *request, rh_response *response)
{
    size_t which = 0, kinds = sizeof listed / sizeof listed[0];
    const char *named = rh_request_part(request, "kind");
    while (which < kinds && strcmp(rh_row_type(listed[which].kind)->name, named) != 0) {
        which++;
    }
    if (which == kinds ||
        !(request->identity.roles & (RH_BIT(rh_role_township) | RH_BIT(rh_role_clerk) |
                                     RH_BIT(rh_role_county) | RH_BIT(rh_role_auditor)))) {
        rh_request_refuse(request, response, RH_PROBLEM_NOT_FOUND);
        return;
    }
    rh_view v;
    if (!rh_view_open(&v, request, response, RH_SECTION_DESK, RH_WEB_REGISTER,
                      RH_WEB_REGISTER_LEAD)) {
        return;
    }
    rh_row_kind kind = listed[which].kind;
    const rh_record_type *type = rh_row_type(kind);
    const rh_field *place = rh_record_find(type, listed[which].place);
    size_t n = 1;
    rh_column column[COLUMNS];
    rh_shown head[COLUMNS];
    column[0] = (rh_column){rh_view_say(&v, RH_WEB_NUMBER), true};
    for (int i = 6; i < type->n && n < COLUMNS; i++, n++) {
        head[n] = rh_view_label(&v, &type->field[i]);
        column[n] = (rh_column){head[n].text, type->field[i].type == RH_FIELD_FEN};
    }
    RH_RAW(v.h, "<ul class=\"columns\">");
    for (size_t i = 0; i < kinds; i++) {
        const rh_record_type *t = rh_row_type(listed[i].kind);
        char href[80];
        snprintf(href, sizeof href, "/desk/registry/%s", t->name);
        RH_RAW(v.h, "<li>");
        rh_html_link(v.h, href, v.language == RH_CHINESE ? t->zh : t->en);
        RH_RAW(v.h, "</li>");
    }
    RH_RAW(v.h, "</ul>");
    rh_html_heading(v.h, 2, type->name, v.language == RH_CHINESE ? type->zh : type->en);
    offices last = {.place = RH_NONE};
    int64_t all = rh_registry_count(v.r, kind), seen = 0, at = 0;
    for (int64_t id = 1; id <= all; id++) {
        seen += may_see(&v, rh_record_number(rh_registry_get(v.r, kind, id), place), &last);
    }
    rh_slice slice = rh_view_slice(&v, seen, A_PAGE);
    rh_listing_begin(v.h, NULL, column, n);
    for (int64_t id = 1; id <= all && at < slice.end; id++) {
        const void *row = rh_registry_get(v.r, kind, id);
        if (may_see(&v, rh_record_number(row, place), &last) && at++ >= slice.first) {
            write_row(&v, kind, row, column, n);
        }
    }
    rh_listing_end(v.h);
    char path[100];
    snprintf(path, sizeof path, "/desk/registry/%s?page=", type->name);
    rh_html_pages(v.h, path, slice.page, slice.pages);
    rh_view_close(&v);
}
