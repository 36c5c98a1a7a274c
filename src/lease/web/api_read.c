/* Reading over the JSON interface: see api_read.h. */
#include "web/api_read.h"

#include "core/mem.h"
#include "domain/calendar_day.h"
#include "service/canonical.h"
#include "store/day_text.h"
#include "web/format.h"
#include "web/may_see.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

rh_handler rh_api_items, rh_api_item, rh_api_mine, rh_api_openapi, rh_api_log, rh_api_open_data;

enum {
    ITEMS = 100,
    ITEMS_MOST = 500,
    LOOKED_AT = 50000 /* objects a request walks past: the lock is held briefly */
};

static const rh_api_list list[] = {
#define API_LIST(name, kind) {#name, RH_ROW_##kind},
#include "web/api_list.def"
#undef API_LIST
};

const rh_api_list *
rh_api_lists(size_t *n)
{
    *n = sizeof list / sizeof list[0];
    return list;
}

/* ---- writing ---- */

static bool
write_value(rh_growing *out, const void *row, const rh_field *f)
{
    char day[RH_DAY_TEXT];
    if (f->type == RH_FIELD_PRIVATE) {
        return false;
    }
    if (f->type == RH_FIELD_TEXT) {
        const char *text = rh_record_text(row, f);
        if (text == NULL || text[0] == '\0') {
            return false;
        }
        rh_growing_format(out, ",\"%s\":", f->name);
        rh_canonical_string(text, out);
        return true;
    }
    if (f->type == RH_FIELD_HASH) {
        static const rh_hash zero;
        const rh_hash *hash = rh_record_hash(row, f);
        if (memcmp(hash, &zero, sizeof zero) != 0) {
            rh_growing_format(out, ",\"%s\":\"", f->name);
            rh_growing_hex(out, hash->byte, sizeof hash->byte);
            rh_growing_text(out, "\"");
        }
        return true;
    }
    int64_t value = rh_record_number(row, f);
    if (value == RH_NONE) {
        return false;
    }
    rh_growing_format(out, ",\"%s\":", f->name);
    if (f->type == RH_FIELD_CODE) {
        rh_growing_format(out, "\"%s\"", f->codes->word[value]);
    } else if (f->type == RH_FIELD_BOOL) {
        rh_growing_text(out, value != 0 ? "true" : "false");
    } else if (f->type == RH_FIELD_DATE && rh_day_write(value, day)) {
        rh_growing_format(out, "\"%s\"", day);
    } else {
        rh_growing_number(out, value);
    }
    return true;
}

void
rh_api_object(rh_growing *out, rh_row_kind kind, const void *row, rh_audience audience)
{
    const rh_record_type *type = rh_row_type(kind);
    rh_growing_format(out, "{\"row\":\"%s\"", type->name);
    for (int i = 0; i < type->n; i++) {
        if (type->field[i].audience <= audience) {
            (void)write_value(out, row, &type->field[i]);
        }
    }
    rh_growing_text(out, "}");
}

static void
answer(rh_response *response, rh_growing *out)
{
    response->type = "application/json";
    if (out->broken) {
        response->failed = true;
    } else {
        rh_response_add(response, out->text, out->size);
    }
    rh_growing_release(out);
}

static void
answer_error(rh_response *response, int status, const char *sentence)
{
    response->status = status;
    response->type = "application/json";
    rh_response_format(response, "{\"error\":\"%s\"}", sentence);
}

/* ---- lists ---- */

static const rh_api_list *
list_named(const char *name)
{
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
        if (strcmp(list[i].name, name) == 0) {
            return &list[i];
        }
    }
    return NULL;
}

typedef struct filter {
    size_t n;
    struct {
        const rh_field *field;
        int64_t value;
    } by[8];
    int64_t after, limit;
} filter;

static bool
filter_value(const rh_field *f, const char *text, int64_t *value)
{
    if (f->type == RH_FIELD_CODE) {
        *value = rh_code_find(f->codes, text);
        return *value >= 0;
    }
    if (f->type == RH_FIELD_BOOL) {
        *value = strcmp(text, "true") == 0;
        return *value != 0 || strcmp(text, "false") == 0;
    }
    return (f->type == RH_FIELD_ID || f->type == RH_FIELD_INT) &&
           rh_read_count(text, INT64_MAX, value) == RH_WEB_NOTHING;
}

/* False: a key that filters nothing, or a value that it cannot have. Only OPEN fields filter: asking must not tell what reading does not. */
static bool
read_filter(const rh_request *request, rh_row_kind kind, filter *out)
{
    *out = (filter){.limit = ITEMS};
    for (size_t i = 0; i < request->query.n; i++) {
        const char *name = rh_form_name_at(&request->query, i),
                   *text = rh_form_value_at(&request->query, i);
        if (strcmp(name, "lang") == 0) {
            continue;
        }
        if (strcmp(name, "after") == 0 || strcmp(name, "limit") == 0) {
            int64_t *to = name[0] == 'a' ? &out->after : &out->limit;
            if (rh_read_count(text, INT64_MAX, to) != RH_WEB_NOTHING) {
                return false;
            }
            continue;
        }
        const rh_field *f = rh_record_find(rh_row_type(kind), name);
        if (f == NULL || f->audience != RH_OPEN ||
            out->n == sizeof out->by / sizeof out->by[0] ||
            !filter_value(f, text, &out->by[out->n].value)) {
            return false;
        }
        out->by[out->n++].field = f;
    }
    out->limit = out->limit > ITEMS_MOST ? ITEMS_MOST : out->limit;
    return true;
}

static bool
passes(const filter *by, const void *row)
{
    for (size_t i = 0; i < by->n; i++) {
        if (rh_record_number(row, by->by[i].field) != by->by[i].value) {
            return false;
        }
    }
    return true;
}

void
rh_api_items(rh_request *request, rh_response *response)
{
    rh_site *site = rh_site_of(request);
    const rh_api_list *l = list_named(rh_request_part(request, "list"));
    filter by;
    if (l == NULL) {
        rh_request_refuse(request, response, RH_PROBLEM_NOT_FOUND);
        return;
    }
    if (!read_filter(request, l->kind, &by)) {
        answer_error(
            response, 400,
            "A key of the query filters nothing here, or its value is none of its field.");
        return;
    }
    rh_growing out = {0};
    int64_t party = rh_site_party(request), found = 0, looked = 0,
            today = rh_day_of_time(rh_clock_now(site->clock)), last = 0;
    bool more = false;
    rh_growing_text(&out, "{\"items\":[");
    const rh_registry *r = rh_service_read_begin(site->service);
    int64_t n = r == NULL ? 0 : rh_registry_count(r, l->kind);
    for (int64_t id = by.after < n ? by.after + 1 : n + 1; id <= n && !more; id++) {
        const void *row = rh_registry_get(r, l->kind, id);
        last = id;
        if (row != NULL && passes(&by, row)) {
            rh_growing_text(&out, found++ > 0 ? "," : "");
            rh_api_object(&out, l->kind, row, rh_may_see(r, party, today, l->kind, id));
        }
        more = (found >= by.limit || ++looked >= LOOKED_AT) && id < n;
    }
    rh_service_read_end(site->service);
    if (r == NULL) {
        rh_growing_release(&out);
        rh_request_refuse(request, response, RH_PROBLEM_BUSY);
        return;
    }
    if (more) {
        rh_growing_format(&out, "],\"next\":%" PRId64 "}", last);
    } else {
        rh_growing_text(&out, "],\"next\":null}");
    }
    answer(response, &out);
}

void
rh_api_item(rh_request *request, rh_response *response)
{
    rh_site *site = rh_site_of(request);
    const rh_api_list *l = list_named(rh_request_part(request, "list"));
    int64_t id = rh_request_id(request, "id");
    rh_growing out = {0};
    const rh_registry *r = l == NULL || id == 0 ? NULL : rh_service_read_begin(site->service);
    const void *row = r == NULL ? NULL : rh_registry_get(r, l->kind, id);
    if (row != NULL) {
        rh_api_object(&out, l->kind, row,
                      rh_may_see(r, rh_site_party(request),
                                 rh_day_of_time(rh_clock_now(site->clock)), l->kind, id));
    }
    if (l != NULL && id != 0) {
        rh_service_read_end(site->service);
    }
    if (row == NULL) {
        rh_growing_release(&out);
        rh_request_refuse(request, response, RH_PROBLEM_NOT_FOUND);
    } else {
        answer(response, &out);
    }
}

/* ---- one's own ---- */

/* Objects of the kind that the party may read as one of its parties, newest first, at most ITEMS_MOST. Offices do not make a thing one's own. */
static void
add_own(rh_growing *out, const rh_registry *r, rh_index index, rh_row_kind kind, int64_t party,
        size_t *n)
{
    for (int64_t id = rh_first(r, index, party); id != 0 && *n < ITEMS_MOST;
         id = rh_next(r, index, id)) {
        const void *row = rh_registry_get(r, kind, id);
        if (row != NULL) {
            rh_growing_text(out, (*n)++ > 0 ? "," : "");
            rh_api_object(out, kind, row, RH_PARTIES);
        }
    }
}

void
rh_api_mine(rh_request *request, rh_response *response)
{
    rh_site *site = rh_site_of(request);
    int64_t party = rh_site_party(request);
    rh_growing out = {0};
    size_t n = 0;
    if (party == RH_NONE) {
        rh_request_refuse(request, response, RH_PROBLEM_LOGIN_NEEDED);
        return;
    }
    const rh_registry *r = rh_service_read_begin(site->service);
    if (r != NULL) {
        int64_t today = rh_day_of_time(rh_clock_now(site->clock)), household = 0;
        uint32_t roles = rh_accounts_roles(r, party, today);
        rh_growing_format(&out, "{\"party\":%" PRId64 ",\"roles\":[", party);
        for (int role = 0; role < rh_role_count; role++) {
            if (roles & RH_BIT(role)) {
                rh_growing_format(&out, "%s\"%s\"", n++ > 0 ? "," : "",
                                  rh_codes_role.word[role]);
            }
        }
        rh_growing_text(&out, "],\"items\":[");
        n = 0;
        add_own(&out, r, RH_BY_lease_lessee, RH_ROW_lease, party, &n);
        add_own(&out, r, RH_BY_bid_party, RH_ROW_bid, party, &n);
        add_own(&out, r, RH_BY_dispute_by, RH_ROW_dispute, party, &n);
        for (int64_t id = rh_first(r, RH_BY_household_member_person, party); id != 0;
             id = rh_next(r, RH_BY_household_member_person, id)) {
            const rh_row_household_member *m = RH_OBJECT(r, household_member, id);
            if (rh_holds(m, today) && m->right_holder && m->household != household) {
                household = m->household;
                add_own(&out, r, RH_BY_baunit_household, RH_ROW_baunit, household, &n);
                add_own(&out, r, RH_BY_offer_household, RH_ROW_offer, household, &n);
                add_own(&out, r, RH_BY_lease_household, RH_ROW_lease, household, &n);
            }
        }
        rh_growing_text(&out, "]}");
    }
    rh_service_read_end(site->service);
    if (r == NULL) {
        rh_request_refuse(request, response, RH_PROBLEM_BUSY);
    } else {
        answer(response, &out);
    }
}

/* ---- files and the description ---- */

static void
give_file(const rh_static *files, int first, rh_request *request, rh_response *response)
{
    if (files == NULL) {
        rh_request_refuse(request, response, RH_PROBLEM_NOT_FOUND);
    } else {
        rh_static_answer(files, first, request, response);
    }
}

void
rh_api_log(rh_request *request, rh_response *response)
{
    give_file(rh_site_of(request)->log_files, 1, request, response);
}

/* The folder of open data is swapped as a whole (service/open_data.h, O3), so it is looked up by its name each time. */
void
rh_api_open_data(rh_request *request, rh_response *response)
{
    give_file(rh_site_of(request)->open_data_files, 0, request, response);
}

void
rh_api_openapi(rh_request *request, rh_response *response)
{
    (void)request;
    char *text = rh_api_describe();
    if (text == NULL) {
        response->failed = true;
        return;
    }
    response->type = "application/json";
    response->cache = "public, max-age=3600";
    rh_response_text(response, text);
    rh_free(text);
}
