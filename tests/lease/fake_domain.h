/* A domain of a few commands, for tests of the service: small enough to know every answer beforehand.
 *   place_add      a place; code "boom": the domain fails (RH_MEMORY); code "bad": a row that the database refuses
 *   party_add      a party with its personal fields; erasure_ask: its erasure
 *   receipt_post   two postings of a journal; amount 0 or less: refused
 *   parameter_set  sets the day on which something is due;  tick: a reminder, due again `value - due` days later while that is positive */
#ifndef RH_TESTS_FAKE_DOMAIN_H
#define RH_TESTS_FAKE_DOMAIN_H

#include "core/mem.h"
#include "domain/arena.h"
#include "domain/calendar_day.h"
#include "service/service.h"

#include <string.h>

struct rh_registry {
    int64_t seq, time, places, parties, erasures, postings, journals, parameters, reminders,
        due, escrow;
};

static inline rh_status
fake_create(rh_registry **registry, rh_err *err)
{
    RH_NEW(*registry, 1, err);
    (*registry)->due = RH_NONE;
    return RH_OK;
}

static inline void
fake_destroy(rh_registry *r)
{
    rh_free(r);
}

static inline rh_status
fake_apply(rh_registry *r, rh_row row, rh_err *err)
{
    const rh_row_head *head = rh_row_head_of(row);
    if (head->seq < r->seq || head->seq > r->seq + 1 || head->recorded < r->time) {
        return rh_fail(err, RH_INVARIANT, "A row of command %lld cannot follow command %lld.",
                       (long long)head->seq, (long long)r->seq);
    }
    r->seq = head->seq;
    r->time = head->recorded;
    r->places += row.kind == RH_ROW_place;
    r->parties += row.kind == RH_ROW_party;
    r->erasures += row.kind == RH_ROW_erasure;
    r->reminders += row.kind == RH_ROW_reminder;
    if (row.kind == RH_ROW_posting) {
        const rh_row_posting *p = row.record;
        r->postings++;
        r->journals = p->journal;
        r->escrow += p->account == rh_account_escrow ? p->amount_fen : 0;
    }
    if (row.kind == RH_ROW_parameter) {
        r->parameters++;
        r->due = ((const rh_row_parameter *)row.record)->value;
    }
    if (row.kind == RH_ROW_reminder) {
        r->due = RH_NONE;
    }
    return RH_OK;
}

static inline void *
fake_make(rh_registry *r, const rh_ask *ask, rh_outcome *out, rh_row_kind kind, int64_t id)
{
    const rh_record_type *type = rh_row_type(kind);
    rh_row_head *head = rh_arena_take(out->arena, type->size);
    for (int i = 0; i < type->n; i++) {
        const int64_t none = RH_NONE;
        char *at = (char *)head + type->field[i].offset;
        if (type->field[i].type == RH_FIELD_TEXT) {
            const char *empty = "";
            memcpy(at, &empty, sizeof empty);
        } else if (type->field[i].type != RH_FIELD_HASH) {
            memcpy(at, &none, sizeof none);
        }
    }
    *head = (rh_row_head){id, 1, r->seq + 1, ask->time, rh_day_of_time(ask->time), RH_NONE};
    if (out->n_rows == out->room) {
        out->room = 2 * out->room + 4;
        out->row = rh_resize(out->row, out->room, sizeof *out->row);
    }
    out->row[out->n_rows++] = (rh_row){kind, head};
    return head;
}

static inline void
fake_post(rh_registry *r, const rh_ask *ask, rh_outcome *out)
{
    const rh_command_receipt_post *c = ask->command;
    for (int i = 0; i < 2; i++) {
        rh_row_posting *p = fake_make(r, ask, out, RH_ROW_posting, r->postings + 1 + i);
        p->journal = r->journals + 1;
        p->account = i == 0 ? rh_account_escrow : rh_account_farmer;
        p->lease = c->line;
        p->village = 1;
        p->amount_fen = i == 0 ? c->amount_fen : -c->amount_fen;
    }
}

static inline void
fake_party(rh_registry *r, const rh_ask *ask, rh_outcome *out)
{
    const rh_command_party_add *c = ask->command;
    rh_row_party *p = fake_make(r, ask, out, RH_ROW_party, r->parties + 1);
    p->kind = c->kind;
    p->place = c->place;
    p->name = c->name;
    p->id_number = c->id_number;
    p->phone = c->phone;
}

static inline void
fake_place(rh_registry *r, const rh_ask *ask, rh_outcome *out)
{
    const rh_command_place_add *c = ask->command;
    rh_row_place *p = fake_make(r, ask, out, RH_ROW_place, r->places + 1);
    p->code = rh_arena_text(out->arena, c->code);
    p->name = strcmp(c->code, "bad") == 0 ? "" : rh_arena_text(out->arena, c->name);
    p->level = c->level;
}

static inline void
fake_time(rh_registry *r, const rh_ask *ask, rh_outcome *out)
{
    if (ask->kind == RH_DO_parameter_set) {
        rh_row_parameter *p = fake_make(r, ask, out, RH_ROW_parameter, r->parameters + 1);
        p->place = 1;
        p->key = rh_parameter_notice_days;
        p->value = ((const rh_command_parameter_set *)ask->command)->value;
        p->source = "测试";
    } else if (r->due != RH_NONE && r->due <= rh_day_of_time(ask->time)) {
        rh_row_reminder *p = fake_make(r, ask, out, RH_ROW_reminder, r->reminders + 1);
        p->kind = rh_reminder_kind_deadline;
        p->lease = 1;
        p->on = r->due;
    }
}

static inline rh_status
fake_judge(rh_registry *r, const rh_ask *ask, rh_outcome *out, rh_err *err)
{
    if (out->arena == NULL) {
        out->arena = rh_arena_new();
    }
    rh_arena_reset(out->arena);
    out->n_rows = 0;
    out->refusals.n = 0;
    out->seq = RH_NONE;
    if (ask->time < r->time) {
        return rh_fail(err, RH_INVARIANT, "Time went back.");
    }
    if (ask->kind == RH_DO_place_add) {
        if (strcmp(((const rh_command_place_add *)ask->command)->code, "boom") == 0) {
            return rh_fail(err, RH_MEMORY, "The domain fails on purpose.");
        }
        fake_place(r, ask, out);
    } else if (ask->kind == RH_DO_party_add) {
        fake_party(r, ask, out);
    } else if (ask->kind == RH_DO_erasure_ask) {
        rh_row_erasure *e = fake_make(r, ask, out, RH_ROW_erasure, r->erasures + 1);
        e->party = ((const rh_command_erasure_ask *)ask->command)->party;
    } else if (ask->kind == RH_DO_receipt_post &&
               ((const rh_command_receipt_post *)ask->command)->amount_fen > 0) {
        fake_post(r, ask, out);
    } else if (ask->kind == RH_DO_parameter_set || ask->kind == RH_DO_tick) {
        fake_time(r, ask, out);
    } else {
        out->refusals.n = 1;
        return RH_OK;
    }
    for (size_t i = 0; i < out->n_rows; i++) {
        RH_TRY(fake_apply(r, out->row[i], err));
    }
    out->seq = out->n_rows > 0 ? r->seq : RH_NONE;
    return RH_OK;
}

static inline void
fake_release(rh_outcome *out)
{
    rh_arena_free(out->arena);
    rh_free(out->row);
    memset(out, 0, sizeof *out);
}

static inline int64_t
fake_seq(const rh_registry *r)
{
    return r->seq;
}

static inline int64_t
fake_last(const rh_registry *r)
{
    return r->time;
}

static inline int64_t
fake_due(const rh_registry *r)
{
    return r->due;
}

static const rh_judge fake_domain = {
    .create = fake_create,
    .destroy = fake_destroy,
    .judge = fake_judge,
    .release = fake_release,
    .apply = fake_apply,
    .seq = fake_seq,
    .time = fake_last,
    .next_due = fake_due,
};

/* Commands. */
static inline rh_submission
fake_submission(rh_command_kind kind, const void *command, int64_t role)
{
    return (rh_submission){.ask = {kind, command, 7, role, 0}};
}

#define FAKE_PLACE(code_, name_)                                                               \
    (&(rh_command_place_add){.code = (code_),                                                  \
                             .level = rh_level_village,                                        \
                             .parent = RH_NONE,                                                \
                             .name = (name_),                                                  \
                             .lon_e5 = RH_NONE,                                                \
                             .lat_e5 = RH_NONE})
#define FAKE_PARTY()                                                                           \
    (&(rh_command_party_add){.kind = rh_party_kind_person,                                     \
                             .place = 1,                                                       \
                             .name = RH_NONE,                                                  \
                             .id_number = RH_NONE,                                             \
                             .phone = RH_NONE})
#define FAKE_RECEIPT(line_, fen_)                                                              \
    (&(rh_command_receipt_post){.line = (line_), .amount_fen = (fen_), .bank_ref = "ref"})
#define FAKE_DUE(day_)                                                                         \
    (&(rh_command_parameter_set){.place = 1,                                                   \
                                 .key = rh_parameter_notice_days,                              \
                                 .value = (day_),                                              \
                                 .source = "测试",                                             \
                                 .from = 0})

#endif
