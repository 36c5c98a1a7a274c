/* Looking at a personal text: see private_look.h. */
#include "web/private_look.h"

#include "domain/calendar_day.h"
#include "web/may_see.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static rh_status
number_of_value(rh_site *site, int64_t party, rh_row_kind kind, int64_t id,
                const rh_field *field, int64_t *value, rh_err *err)
{
    const rh_registry *r = rh_service_read_begin(site->service);
    rh_status status = RH_OK;
    if (r == NULL) {
        status = rh_fail(err, RH_IO, "The registry cannot be read now.");
    } else if (!rh_may_see_private(r, party, rh_day_of_time(rh_clock_now(site->clock)), kind,
                                   id, field)) {
        status = rh_fail(err, RH_USAGE, "This personal text is not for party %" PRId64 ".",
                         party == RH_NONE ? 0 : party);
    } else {
        *value = rh_record_number(rh_registry_get(r, kind, id), field);
        if (*value == RH_NONE) {
            status = rh_fail(err, RH_MISSING, "Nothing is said there.");
        }
    }
    rh_service_read_end(site->service);
    return status;
}

static rh_status
record_look(rh_site *site, int64_t party, rh_row_kind kind, int64_t id, const char *field,
            int64_t value, rh_err *err)
{
    char what[100];
    int64_t key;
    snprintf(what, sizeof what, "%s %" PRId64 " %s", rh_row_type(kind)->name, id, field);
    rh_keep_access line = {.id = RH_NONE,
                           .time = rh_clock_now(site->clock),
                           .party = party,
                           .what = what,
                           .private = value};
    return rh_service_keep(site->service, RH_KEEP_access, &line, &key, err);
}

static rh_status
read_value(rh_db *db, int64_t value, char *out, size_t room, rh_err *err)
{
    rh_cursor *cursor;
    const void *record = NULL;
    RH_TRY(rh_db_find(db, RH_KEEP_private_value, "id", &value, &cursor, err));
    rh_status status = rh_cursor_next(cursor, &record, NULL, err);
    if (status == RH_OK && record == NULL) {
        status = rh_fail(err, RH_MISSING, "This personal text was erased.");
    } else if (status == RH_OK) {
        const rh_keep_private_value *v = record;
        if (strlen(v->value) >= room) {
            status = rh_fail(err, RH_RANGE, "The text has %zu bytes.", strlen(v->value));
        } else {
            snprintf(out, room, "%s", v->value);
        }
    }
    rh_cursor_close(cursor);
    return status;
}

rh_status
rh_private_show(rh_site *site, int64_t party, rh_row_kind kind, int64_t id, const char *field,
                char *out, size_t room, rh_err *err)
{
    const rh_field *f = rh_record_find(rh_row_type(kind), field);
    int64_t value;
    rh_db *db;
    out[0] = '\0';
    if (f == NULL || f->type != RH_FIELD_PRIVATE) {
        return rh_fail(err, RH_USAGE, "%s has no personal field %s.", rh_row_type(kind)->name,
                       field);
    }
    RH_TRY(number_of_value(site, party, kind, id, f, &value, err));
    RH_TRY(record_look(site, party, kind, id, field, value, err));
    RH_TRY(rh_service_db_take(site->service, &db, err));
    rh_status status = rh_db_begin_reading(db, err);
    if (status == RH_OK) {
        status = read_value(db, value, out, room, err);
        rh_db_rollback(db);
    }
    rh_service_db_give(site->service, db);
    return status;
}
