/* Parts that the pages about the registry share: see page_part.h. */
#include "web/page_part.h"

#include "core/mem.h"
#include "domain/calendar_day.h"
#include "domain/notice_run.h"
#include "domain/offer_life.h"
#include "domain/lease_life.h"
#include "domain/rule.h"
#include "domain/scheme_life.h"
#include "web/map.h"
#include "web/todo.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ACTIONS = 24, VILLAGES = 500 };

/* ---- the view ---- */

static bool
open_view(rh_view *v, rh_request *request, rh_response *response, int section,
          const char *title, const char *lead)
{
    rh_site *site = rh_site_of(request);
    *v = (rh_view){.request = request,
                   .language = request->language,
                   .today = rh_day_of_time(rh_clock_now(site->clock)),
                   .party = rh_site_party(request)};
    rh_site_begin(&v->page, request, response, section, title, lead);
    v->h = &v->page.html;
    v->r = rh_service_read_begin(site->service);
    if (v->r != NULL) {
        return true;
    }
    rh_service_read_end(site->service);
    rh_html_release(v->h);
    rh_request_refuse(request, response, RH_PROBLEM_BUSY);
    return false;
}

bool
rh_view_open(rh_view *v, rh_request *request, rh_response *response, int section,
             enum rh_web_message title, enum rh_web_message lead)
{
    return open_view(v, request, response, section, rh_site_say(request, title),
                     lead == RH_WEB_NOTHING ? NULL : rh_site_say(request, lead));
}

const void *
rh_view_open_object(rh_view *v, rh_request *request, rh_response *response, int section,
                    rh_row_kind kind)
{
    int64_t id = rh_request_id(request, "id");
    *v = (rh_view){.language = request->language};
    rh_service *service = rh_site_of(request)->service;
    const rh_registry *r = rh_service_read_begin(service);
    bool known = r != NULL && rh_registry_get(r, kind, id) != NULL;
    rh_shown title = rh_view_name(v, kind, id);
    if (known && kind == RH_ROW_place) {
        snprintf(title.text, sizeof title.text, "%s", RH_OBJECT(r, place, id)->name);
        rh_text_mend(title.text);
    }
    rh_service_read_end(service);
    if (!known) {
        rh_request_refuse(request, response, RH_PROBLEM_NOT_FOUND);
        return NULL;
    }
    if (!open_view(v, request, response, section, title.text, NULL)) {
        return NULL;
    }
    return rh_registry_get(v->r, kind, id);
}

void
rh_view_close(rh_view *v)
{
    rh_service_read_end(rh_site_of(v->request)->service);
    rh_site_end(&v->page);
}

/* ---- values ---- */

const char *
rh_view_word(const rh_view *v, const rh_codes *codes, int64_t code)
{
    return code < 0 || code >= codes->n
               ? "—"
               : (v->language == RH_CHINESE ? codes->zh : codes->en)[code];
}

rh_shown
rh_view_label(const rh_view *v, const rh_field *field)
{
    return rh_field_label(v->language, field);
}

rh_shown
rh_field_label(enum rh_language language, const rh_field *field)
{
    rh_shown s;
    const char *label = language == RH_CHINESE ? field->zh : field->en;
    const char *unit = strstr(label, language == RH_CHINESE ? "（" : " (");
    size_t n = unit == NULL ? strlen(label) : (size_t)(unit - label);
    snprintf(s.text, sizeof s.text, "%.*s", (int)n, label);
    return s;
}

rh_shown
rh_view_count(int64_t n)
{
    rh_shown s;
    snprintf(s.text, sizeof s.text, "%" PRId64, n);
    return s;
}

static bool
ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

rh_shown
rh_view_value(const rh_view *v, const void *record, const rh_field *field)
{
    rh_shown s = {"—"};
    if (field->type == RH_FIELD_TEXT) {
        const char *text = rh_record_text(record, field);
        if (text != NULL && text[0] != '\0') {
            snprintf(s.text, sizeof s.text, "%s", text);
            rh_text_mend(s.text);
        }
        return s;
    }
    if (field->type == RH_FIELD_HASH) {
        rh_hash_text(rh_record_hash(record, field), s.text);
        return s;
    }
    int64_t n = rh_record_number(record, field);
    if (n == RH_NONE) {
        return s;
    }
    switch (field->type) {
    case RH_FIELD_FEN:
        return rh_show_money(n);
    case RH_FIELD_DATE:
        return rh_show_date(v->language, n);
    case RH_FIELD_TIME:
        return rh_show_time(v->language, n);
    case RH_FIELD_CODE:
        snprintf(s.text, sizeof s.text, "%s", rh_view_word(v, field->codes, n));
        return s;
    case RH_FIELD_BOOL:
        snprintf(s.text, sizeof s.text, "%s", rh_view_say(v, n != 0 ? RH_WEB_YES : RH_WEB_NO));
        return s;
    default:
        break;
    }
    return strcmp(field->name, "uses") == 0     ? rh_view_set(v, &rh_codes_lessee_use, n)
           : ends_with(field->name, "_cm2")     ? rh_show_area(v->language, n)
           : ends_with(field->name, "_bp")      ? rh_show_percent(n)
           : strcmp(field->name, "months") == 0 ? rh_show_period(v->language, n)
                                                : rh_view_count(n);
}

void
rh_view_facts(rh_view *v, rh_row_kind kind, const void *record, const char *names)
{
    char name[64];
    rh_facts_begin(v->h);
    for (const char *at = names; *at != '\0';) {
        size_t n = strcspn(at, " ");
        snprintf(name, sizeof name, "%.*s", (int)n, at);
        const rh_field *f = rh_record_find(rh_row_type(kind), name);
        if (f != NULL) {
            rh_fact(v->h, rh_view_label(v, f).text, rh_view_value(v, record, f).text);
        }
        at += n + (at[n] == ' ');
    }
    rh_facts_end(v->h);
}

rh_shown
rh_view_set(const rh_view *v, const rh_codes *codes, int64_t bits)
{
    rh_shown s = {"—"};
    size_t n = 0;
    for (int i = 0; bits > 0 && i < codes->n; i++) {
        if ((uint64_t)bits & RH_BIT(i)) {
            int w = snprintf(s.text + n, sizeof s.text - n, "%s%s",
                             n == 0                      ? ""
                             : v->language == RH_CHINESE ? "、"
                                                         : ", ",
                             rh_view_word(v, codes, i));
            n += (size_t)w;
            if (n >= sizeof s.text) {
                rh_text_mend(s.text);
                break;
            }
        }
    }
    return s;
}

const char *
rh_view_place(const rh_view *v, int64_t place)
{
    const rh_row_place *p = RH_OBJECT(v->r, place, place);
    return p == NULL ? "—" : p->name;
}

rh_shown
rh_view_name(const rh_view *v, rh_row_kind kind, int64_t id)
{
    rh_shown s;
    const rh_record_type *type = rh_row_type(kind);
    const char *name = v->language == RH_CHINESE ? type->zh : type->en;
    snprintf(s.text, sizeof s.text, "%s %" PRId64, name, id);
    if (s.text[0] >= 'a' && s.text[0] <= 'z') {
        s.text[0] = (char)(s.text[0] - 'a' + 'A');
    }
    return s;
}

rh_shown
rh_view_path(rh_row_kind kind, int64_t id)
{
    rh_shown s;
    const char *page = kind == RH_ROW_place ? "village" : rh_row_type(kind)->name;
    snprintf(s.text, sizeof s.text, "/%s/%" PRId64, page, id);
    return s;
}

rh_tone
rh_view_tone(rh_row_kind kind, int64_t state)
{
    if (kind == RH_ROW_offer) {
        return state == rh_offer_state_open || state == rh_offer_state_matched       ? RH_GOOD
               : state == rh_offer_state_objected || state == rh_offer_state_refused ? RH_BAD
               : state == rh_offer_state_withdrawn || state == rh_offer_state_lapsed ? RH_CALM
                                                                                     : RH_WAIT;
    }
    if (kind == RH_ROW_lease) {
        return state == rh_lease_state_active || state == rh_lease_state_closed ? RH_GOOD
               : state == rh_lease_state_arrears || state == rh_lease_state_unsafe ||
                       state == rh_lease_state_void || state == rh_lease_state_terminated
                   ? RH_BAD
               : state == rh_lease_state_dropped ? RH_CALM
                                                 : RH_WAIT;
    }
    if (kind == RH_ROW_scheme) {
        return state == rh_scheme_state_active                                        ? RH_GOOD
               : state == rh_scheme_state_annulled || state == rh_scheme_state_failed ? RH_BAD
               : state == rh_scheme_state_superseded || state == rh_scheme_state_dropped
                   ? RH_CALM
                   : RH_WAIT;
    }
    return RH_CALM;
}

void
rh_view_state(rh_view *v, rh_row_kind kind, const void *record)
{
    int64_t state = rh_state_of(kind, record);
    rh_html_badge(v->h, rh_view_tone(kind, state), rh_view_word(v, rh_states_of(kind), state));
}

void
rh_view_heading(rh_view *v, const char *id, enum rh_web_message message)
{
    rh_html_heading(v->h, 2, id, rh_view_say(v, message));
}

void
rh_view_paragraph(rh_view *v, enum rh_web_message message, const char *value)
{
    RH_RAW(v->h, "<p>");
    rh_html_say(v->h, message, value, NULL);
    RH_RAW(v->h, "</p>");
}

void
rh_hash_text(const rh_hash *hash, char out[65])
{
    for (int i = 0; i < 32; i++) {
        snprintf(out + 2 * i, 3, "%02x", hash->byte[i]);
    }
}

void
rh_view_hash(rh_view *v, const rh_hash *hash)
{
    char text[65], path[80];
    rh_hash_text(hash, text);
    snprintf(path, sizeof path, "/paper/%s", text);
    RH_RAW(v->h, "<p class=\"hash\">");
    rh_html_link(v->h, path, text);
    RH_RAW(v->h, "</p>");
}

/* ---- what may be done ---- */

void
rh_view_actions(rh_view *v, rh_row_kind kind, int64_t id)
{
    rh_command_kind may[ACTIONS];
    uint64_t roles = 0;
    if (v->party == RH_NONE) {
        return;
    }
    rh_case c;
    rh_case_about(&c, v->r, kind, id, v->today);
    for (int role = 0; role < rh_role_count; role++) {
        if (role != rh_role_system && role != rh_role_public &&
            rh_party_holds(&c, v->party, role)) {
            roles |= RH_BIT(role);
        }
    }
    size_t n = rh_todo_of_object(v->r, kind, id, roles, may, ACTIONS);
    if (n == 0) {
        return;
    }
    rh_view_heading(v, "actions", RH_WEB_ACTIONS);
    RH_RAW(v->h, "<ul class=\"columns\">");
    for (size_t i = 0; i < n; i++) {
        const rh_record_type *type = rh_command_type(may[i]);
        char href[160];
        snprintf(href, sizeof href, "/do/%s?%s=%" PRId64, type->name,
                 rh_todo_field(may[i], kind), id);
        RH_RAW(v->h, "<li>");
        rh_html_link(v->h, href, v->language == RH_CHINESE ? type->zh : type->en);
        RH_RAW(v->h, "</li>");
    }
    RH_RAW(v->h, "</ul>");
}

void
rh_view_done(rh_view *v)
{
    const char *done = rh_request_query(v->request, "done");
    if (done[0] != '\0' && strspn(done, "0123456789") == strlen(done) && strlen(done) < 19) {
        char text[300], href[64];
        rh_web_say(text, sizeof text, v->language, RH_WEB_DESK_DONE, done, NULL);
        rh_html_notice(v->h, RH_GOOD, NULL, text);
        snprintf(href, sizeof href, "/receipt/%s", done);
        RH_RAW(v->h, "<p>");
        rh_html_link(v->h, href, rh_view_say(v, RH_WEB_RECEIPT_GET));
        RH_RAW(v->h, "</p>");
    }
}

rh_slice
rh_view_slice(const rh_view *v, int64_t n, int64_t most)
{
    long long page = strtoll(rh_request_query(v->request, "page"), NULL, 10);
    rh_slice s = {.pages = n == 0 ? 1 : (n + most - 1) / most};
    s.page = page < 1 ? 1 : page > s.pages ? s.pages : page;
    s.first = (s.page - 1) * most;
    s.end = s.first + most < n ? s.first + most : n;
    return s;
}

/* ---- offers and notices ---- */

void
rh_view_offer_card(rh_view *v, const rh_row_offer *o)
{
    char title[300], text[800], price[300];
    const char *point = " · ";
    snprintf(title, sizeof title, "%s%s%s", rh_view_place(v, o->village), point,
             rh_view_name(v, RH_ROW_offer, o->id).text);
    snprintf(text, sizeof text, "%s%s%s%s%s", rh_show_area(v->language, o->area_cm2).text,
             point, rh_show_period(v->language, o->months).text, point,
             rh_view_set(v, &rh_codes_lessee_use, o->uses).text);
    rh_web_say(price, sizeof price, v->language, RH_WEB_A_YEAR,
               rh_show_money(o->asking_fen_year).text, NULL);
    rh_shown path = rh_view_path(RH_ROW_offer, o->id);
    rh_card card = {.href = path.text,
                    .title = title,
                    .text = text,
                    .price = price,
                    .badge = rh_view_word(v, &rh_codes_offer_state, o->state),
                    .tone = rh_view_tone(RH_ROW_offer, o->state)};
    rh_html_card(v->h, &card);
}

const rh_row_notice *
rh_view_notice(const rh_view *v, int64_t object, int64_t id)
{
    return rh_notice_of(v->r, object, id);
}

int64_t
rh_view_days_left(const rh_view *v, const rh_row_notice *n)
{
    int64_t left = n->days_left != RH_NONE ? n->days_left : n->last + 1 - v->today;
    return left < 0 ? 0 : left > n->days ? n->days : left;
}

bool
rh_view_notice_runs(const rh_view *v, const rh_row_notice *n)
{
    const rh_row_scheme *s = RH_OBJECT(v->r, scheme, n->object_id);
    const rh_row_offer *o = RH_OBJECT(v->r, offer, n->object_id);
    const rh_row_lease *l = RH_OBJECT(v->r, lease, n->object_id);
    bool waits = n->object == rh_notice_object_scheme ? s->state == rh_scheme_state_publicised
                 : n->object == rh_notice_object_offer
                     ? o->state == rh_offer_state_notice || o->state == rh_offer_state_objected
                     : l->state == rh_lease_state_result_public;
    return waits && rh_notice_of(v->r, n->object, n->object_id) == n &&
           (n->days_left != RH_NONE || v->today <= n->last);
}

void
rh_view_notice_card(rh_view *v, const rh_row_notice *n)
{
    char title[600], text[600];
    static const rh_row_kind kind[] = {RH_ROW_scheme, RH_ROW_offer, RH_ROW_lease};
    snprintf(title, sizeof title, "%s · %s", rh_view_place(v, n->place),
             rh_view_name(v, kind[n->object], n->object_id).text);
    snprintf(text, sizeof text, "%s – %s", rh_show_date(v->language, n->first).text,
             rh_show_date(v->language, n->last).text);
    char left[200];
    bool runs = rh_view_notice_runs(v, n);
    rh_web_say(left, sizeof left, v->language,
               !runs                     ? RH_WEB_NOTICE_OVER
               : n->days_left != RH_NONE ? RH_WEB_NOTICE_STOPPED
                                         : RH_WEB_NOTICE_DAYS_LEFT,
               rh_view_count(rh_view_days_left(v, n)).text, NULL);
    rh_shown path = rh_view_path(RH_ROW_notice, n->id);
    rh_card card = {.href = path.text,
                    .title = title,
                    .text = text,
                    .badge = left,
                    .tone = !runs                     ? RH_CALM
                            : n->days_left != RH_NONE ? RH_BAD
                                                      : RH_WAIT};
    rh_html_card(v->h, &card);
}

void
rh_view_map(rh_view *v)
{
    rh_map_place *place = rh_alloc(VILLAGES, sizeof *place);
    rh_shown *path = rh_alloc(VILLAGES, sizeof *path);
    size_t n = 0;
    int64_t count = rh_registry_count(v->r, RH_ROW_place);
    for (int64_t id = 1; place != NULL && path != NULL && id <= count && n < VILLAGES; id++) {
        const rh_row_place *p = RH_OBJECT(v->r, place, id);
        if (p->level != rh_level_village || p->lon_e5 == RH_NONE || p->lat_e5 == RH_NONE) {
            continue;
        }
        path[n] = rh_view_path(RH_ROW_place, id);
        place[n] = (rh_map_place){.code = p->code,
                                  .name = p->name,
                                  .at = {(double)p->lon_e5 / 1e5, (double)p->lat_e5 / 1e5},
                                  .href = path[n].text};
        for (int64_t o = rh_first(v->r, RH_BY_offer_village, id); o != 0;
             o = rh_next(v->r, RH_BY_offer_village, o)) {
            place[n].count += RH_OBJECT(v->r, offer, o)->state == rh_offer_state_open;
        }
        n++;
    }
    rh_err err = {0};
    if (n > 0 && rh_map_svg(v->h, place, n, rh_view_say(v, RH_WEB_MAP_OFFERS), &err) != RH_OK) {
        rh_html_paragraph(v->h, rh_view_say(v, RH_WEB_MAP_NONE));
    }
    rh_free(place);
    rh_free(path);
}

bool
rh_view_is_office(const rh_view *v, int64_t place)
{
    static const int64_t office[] = {rh_role_township, rh_role_clerk, rh_role_council,
                                     rh_role_county, rh_role_auditor};
    rh_case c;
    if (v->party == RH_NONE || RH_OBJECT(v->r, place, place) == NULL) {
        return false;
    }
    rh_case_about(&c, v->r, RH_ROW_place, place, v->today);
    for (size_t i = 0; i < sizeof office / sizeof office[0]; i++) {
        if (rh_party_holds(&c, v->party, office[i])) {
            return true;
        }
    }
    return false;
}

/* ---- from the database ---- */

enum { HISTORY = 60 };

void
rh_view_history(rh_view *v, rh_row_kind kind, int64_t id)
{
    rh_db *db = NULL;
    rh_cursor *cursor = NULL;
    rh_err err = {0};
    rh_service *service = rh_site_of(v->request)->service;
    if (rh_service_db_take(service, &db, &err) != RH_OK) {
        return;
    }
    struct moment {
        rh_shown when, iso, detail, href;
    } *moment = rh_alloc(HISTORY, sizeof *moment);
    rh_happening *event = rh_alloc(HISTORY, sizeof *event);
    size_t n = 0;
    int64_t former = RH_NONE;
    const void *row = NULL;
    rh_status st = moment == NULL || event == NULL
                       ? RH_MEMORY
                       : rh_db_find(db, rh_table_of_row(kind), "id", &id, &cursor, &err);
    while (st == RH_OK && n < HISTORY &&
           (st = rh_cursor_next(cursor, &row, NULL, &err)) == RH_OK && row != NULL) {
        const rh_row_head *head = row;
        int64_t state = rh_state_of(kind, row);
        if (state == former || state == RH_NONE) {
            continue;
        }
        former = state;
        struct moment *m = &moment[n];
        m->when = rh_show_time(v->language, head->recorded);
        m->iso = rh_show_iso_time(head->recorded);
        rh_web_say(m->detail.text, sizeof m->detail.text, v->language, RH_WEB_LOG_ENTRY,
                   rh_view_count(head->seq).text, NULL);
        snprintf(m->href.text, sizeof m->href.text, "/receipt/%" PRId64, head->seq);
        event[n++] = (rh_happening){.when = m->when.text,
                                    .iso = m->iso.text,
                                    .title = rh_view_word(v, rh_states_of(kind), state),
                                    .detail = m->detail.text,
                                    .href = m->href.text,
                                    .tone = rh_view_tone(kind, state)};
    }
    rh_cursor_close(cursor);
    rh_service_db_give(service, db);
    if (n > 0) {
        rh_view_heading(v, "history", RH_WEB_HISTORY);
        rh_timeline(v->h, event, n);
    }
    rh_free(moment);
    rh_free(event);
}

rh_shown
rh_private_look(rh_request *request, int64_t value, const char *what)
{
    rh_shown s = {"—"};
    rh_site *site = rh_site_of(request);
    rh_db *db = NULL;
    rh_cursor *cursor = NULL;
    rh_err err = {0};
    int64_t key = RH_NONE;
    rh_keep_access look = {.id = RH_NONE,
                           .time = rh_clock_now(site->clock),
                           .party = rh_site_party(request),
                           .what = what,
                           .private = value};
    if (value == RH_NONE ||
        rh_service_keep(site->service, RH_KEEP_access, &look, &key, &err) != RH_OK ||
        rh_service_db_take(site->service, &db, &err) != RH_OK) {
        return s;
    }
    const void *line = NULL;
    if (rh_db_find(db, RH_KEEP_private_value, "id", &value, &cursor, &err) == RH_OK &&
        rh_cursor_next(cursor, &line, NULL, &err) == RH_OK && line != NULL) {
        snprintf(s.text, sizeof s.text, "%s", ((const rh_keep_private_value *)line)->value);
        rh_text_mend(s.text);
    }
    rh_cursor_close(cursor);
    rh_service_db_give(site->service, db);
    return s;
}
