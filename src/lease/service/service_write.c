/* What an accepted command leaves in the database (service_inside.h): private values, a line of the journal, rows, and what
 * an erasure deletes. */
#include "service/service_inside.h"

#include "service/canonical.h"

#include <sodium.h>
#include <string.h>

/* Whose personal values are they? For every kind of row with PRIVATE fields the field that names the party. */
static const struct {
    rh_row_kind kind;
    const char *party;
} personal[] = {
    {RH_ROW_party, "id"},
    {RH_ROW_bank_account, "party"},
    {RH_ROW_objection, "by"},
    {RH_ROW_dispute, "by"},
};

static rh_status
erase_of_record(rh_db *db, const rh_record_type *type, const void *record, rh_err *err)
{
    for (int i = 0; i < type->n; i++) {
        const rh_field *f = &type->field[i];
        if (f->type == RH_FIELD_PRIVATE && rh_record_number(record, f) != RH_NONE) {
            RH_TRY(rh_db_erase(db, RH_KEEP_private_value, rh_record_number(record, f), err));
        }
    }
    return RH_OK;
}

rh_status
rh_service_erase(rh_db *db, int64_t party, rh_err *err)
{
    for (size_t i = 0; i < sizeof personal / sizeof personal[0]; i++) {
        rh_cursor *cursor;
        const void *record = NULL;
        RH_TRY(rh_db_find(db, rh_table_of_row(personal[i].kind), personal[i].party, &party,
                          &cursor, err));
        rh_status status;
        do {
            status = rh_cursor_next(cursor, &record, NULL, err);
            if (status == RH_OK && record != NULL) {
                status = erase_of_record(db, rh_row_type(personal[i].kind), record, err);
            }
        } while (status == RH_OK && record != NULL);
        rh_cursor_close(cursor);
        RH_TRY(status);
    }
    return RH_OK;
}

static rh_status
write_private(rh_db *db, const rh_private_new *news, rh_err *err)
{
    for (int i = 0; i < news->n; i++) {
        const rh_keep_private_value *v = &news->value[i];
        rh_keep_private_commitment c = {
            .id = v->id,
            .hash = rh_canonical_commitment(&v->salt, v->value, strlen(v->value)),
        };
        RH_TRY(rh_db_add(db, RH_KEEP_private_commitment, &c, 0, err));
        RH_TRY(rh_db_add(db, RH_KEEP_private_value, v, 0, err));
    }
    return RH_OK;
}

static rh_status
write_journal(rh_db *db, const rh_ask *ask, const char *request, const rh_outcome *outcome,
              rh_growing *arguments, rh_growing *entry, rh_err *err)
{
    const rh_record_type *type = rh_command_type(ask->kind);
    rh_event event = {.seq = outcome->seq,
                      .time = ask->time,
                      .actor = ask->actor,
                      .role = ask->role,
                      .kind = ask->kind,
                      .n_rows = outcome->n_rows,
                      .row = outcome->row};
    randombytes_buf(event.salt.byte, sizeof event.salt.byte);
    RH_TRY(rh_canonical_write(type, ask->command, arguments, err));
    RH_TRY(rh_canonical_entry(&event, entry, err));
    rh_keep_journal line = {.seq = outcome->seq,
                            .recorded = ask->time,
                            .actor = ask->actor,
                            .role = ask->role,
                            .name = type->name,
                            .arguments = arguments->text,
                            .request = request,
                            .salt = event.salt,
                            .entry = entry->text};
    return rh_db_add(db, RH_KEEP_journal, &line, 0, err);
}

static rh_status
write_rows(rh_db *db, const rh_outcome *outcome, rh_err *err)
{
    if (outcome->n_rows >= (size_t)1 << RH_DB_POSITION_BITS) {
        return rh_fail(err, RH_RANGE, "One command may not make %zu rows.", outcome->n_rows);
    }
    for (size_t i = 0; i < outcome->n_rows; i++) {
        rh_row row = outcome->row[i];
        RH_TRY(rh_db_add(db, rh_table_of_row(row.kind), row.record,
                         (outcome->seq << RH_DB_POSITION_BITS) + (int64_t)i, err));
        if (row.kind == RH_ROW_erasure) {
            RH_TRY(rh_service_erase(db, ((const rh_row_erasure *)row.record)->party, err));
        }
    }
    return RH_OK;
}

rh_status
rh_service_write(rh_service *service, const rh_ask *ask, const char *request,
                 const rh_outcome *outcome, const rh_private_new *news, rh_err *err)
{
    rh_growing arguments = {0}, entry = {0};
    rh_status status = write_private(service->db, news, err);
    if (status == RH_OK) {
        status = write_journal(service->db, ask, request, outcome, &arguments, &entry, err);
    }
    status = status == RH_OK ? write_rows(service->db, outcome, err) : status;
    rh_growing_release(&arguments);
    rh_growing_release(&entry);
    return status;
}
