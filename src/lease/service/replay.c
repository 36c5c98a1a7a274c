/* Verifying by replay: see replay.h. */
#include "service/replay.h"

#include "core/mem.h"
#include "service/canonical.h"
#include "store/day_text.h"
#include "store/merge.h"

#include <stdio.h>
#include <string.h>

enum { IDS_MOST = 1 << 28 };

typedef struct sums { /* by id */
    int64_t *sum;
    size_t n;
} sums;

typedef struct replay {
    const rh_judge *judge;
    rh_registry *registry;
    rh_merge *stored;
    rh_outcome outcome;
    rh_growing text, entry;
    char *room;
    size_t room_size;
    int64_t last_time;
    sums journal, escrow;
    int64_t first_journal, last_journal; /* of the command's postings */
    rh_verified seen;
} replay;

/* ---- books ---- */

static rh_status
add_to(sums *s, int64_t id, int64_t amount, rh_err *err)
{
    if (id < 1 || id > IDS_MOST) {
        return rh_fail(err, RH_INVARIANT, "A posting names the number %lld.", (long long)id);
    }
    if ((size_t)id >= s->n) {
        size_t n = 2 * (size_t)id + 64;
        int64_t *sum = rh_resize(s->sum, n, sizeof *sum);
        if (sum == NULL) {
            return rh_fail(err, RH_MEMORY, "Not enough memory for %zu sums.", n);
        }
        memset(sum + s->n, 0, (n - s->n) * sizeof *sum);
        s->sum = sum;
        s->n = n;
    }
    if (__builtin_add_overflow(s->sum[id], amount, &s->sum[id])) {
        return rh_fail(err, RH_INVARIANT, "The books of number %lld exceed 64 bits.",
                       (long long)id);
    }
    return RH_OK;
}

static rh_status
book(replay *r, const rh_row_posting *p, rh_err *err)
{
    RH_TRY(add_to(&r->journal, p->journal, p->amount_fen, err));
    r->first_journal =
        r->first_journal == 0 || p->journal < r->first_journal ? p->journal : r->first_journal;
    r->last_journal = p->journal > r->last_journal ? p->journal : r->last_journal;
    return p->account == rh_account_escrow ? add_to(&r->escrow, p->village, p->amount_fen, err)
                                           : RH_OK;
}

static rh_status
check_books(replay *r, int64_t seq, rh_err *err)
{
    for (int64_t i = r->first_journal; i > 0 && i <= r->last_journal; i++) {
        if (r->journal.sum[i] != 0) {
            return rh_fail(err, RH_INVARIANT,
                           "Command %lld: the postings of journal %lld sum to %lld fen, not 0.",
                           (long long)seq, (long long)i, (long long)r->journal.sum[i]);
        }
    }
    for (size_t i = 0; r->first_journal > 0 && i < r->escrow.n; i++) {
        if (r->escrow.sum[i] < 0) {
            return rh_fail(err, RH_INVARIANT,
                           "Command %lld: the escrow of village %zu stands at %lld fen.",
                           (long long)seq, i, (long long)r->escrow.sum[i]);
        }
    }
    r->first_journal = r->last_journal = 0;
    return RH_OK;
}

/* ---- rows ---- */

static void
write_value(const rh_field *f, const void *record, rh_growing *out)
{
    char day[RH_DAY_TEXT];
    if (f->type == RH_FIELD_TEXT) {
        rh_canonical_string(rh_record_text(record, f), out);
    } else if (f->type == RH_FIELD_HASH) {
        rh_growing_hex(out, rh_record_hash(record, f)->byte, sizeof(rh_hash));
    } else if (rh_record_number(record, f) == RH_NONE) {
        rh_growing_text(out, "nothing");
    } else if (f->type == RH_FIELD_CODE && rh_record_number(record, f) >= 0 &&
               rh_record_number(record, f) < f->codes->n) {
        rh_growing_text(out, f->codes->word[rh_record_number(record, f)]);
    } else if (f->type == RH_FIELD_DATE && rh_day_write(rh_record_number(record, f), day)) {
        rh_growing_text(out, day);
    } else {
        rh_growing_number(out, rh_record_number(record, f));
    }
}

static bool
same(const rh_field *f, const void *a, const void *b)
{
    if (f->type == RH_FIELD_TEXT) {
        const char *x = rh_record_text(a, f), *y = rh_record_text(b, f);
        return strcmp(x != NULL ? x : "", y != NULL ? y : "") == 0;
    }
    if (f->type == RH_FIELD_HASH) {
        return memcmp(rh_record_hash(a, f), rh_record_hash(b, f), sizeof(rh_hash)) == 0;
    }
    return rh_record_number(a, f) == rh_record_number(b, f);
}

static rh_status
compare_row(replay *r, int64_t seq, rh_row made, rh_row stored, rh_err *err)
{
    const rh_record_type *type = rh_row_type(made.kind);
    for (int i = 0; i < type->n; i++) {
        const rh_field *f = &type->field[i];
        if (same(f, made.record, stored.record)) {
            continue;
        }
        const rh_row_head *head = rh_row_head_of(made);
        rh_growing_clear(&r->text);
        rh_growing_format(&r->text, "Table %s, id %lld, version %lld, column %s: stored is ",
                          type->name, (long long)head->id, (long long)head->version, f->name);
        write_value(f, stored.record, &r->text);
        rh_growing_format(&r->text, ", but command %lld gives ", (long long)seq);
        write_value(f, made.record, &r->text);
        RH_TRY(rh_growing_check(&r->text, err));
        return rh_fail(err, RH_INVARIANT, "%.3900s.", r->text.text);
    }
    return RH_OK;
}

static rh_status
not_made(rh_row stored, rh_err *err)
{
    const rh_row_head *head = rh_row_head_of(stored);
    return rh_fail(err, RH_INVARIANT,
                   "Table %s, id %lld, version %lld: no command of the journal made this row.",
                   rh_row_type(stored.kind)->name, (long long)head->id,
                   (long long)head->version);
}

static rh_status
compare_rows(replay *r, int64_t seq, rh_err *err)
{
    for (size_t i = 0; i < r->outcome.n_rows; i++) {
        rh_row made = r->outcome.row[i], stored;
        int64_t at = 0, expected = (seq << RH_DB_POSITION_BITS) + (int64_t)i;
        RH_TRY(rh_merge_next(r->stored, &stored, &at, err));
        if (stored.record != NULL && at < expected) {
            return not_made(stored, err);
        }
        if (stored.record == NULL || at != expected || stored.kind != made.kind) {
            const rh_row_head *head = rh_row_head_of(made);
            return rh_fail(
                err, RH_INVARIANT,
                "Table %s, id %lld, version %lld: command %lld gives this row as its "
                "row %zu, but stored there is %s (place %lld).",
                rh_row_type(made.kind)->name, (long long)head->id, (long long)head->version,
                (long long)seq, i + 1,
                stored.record == NULL ? "nothing" : rh_row_type(stored.kind)->name,
                (long long)at);
        }
        RH_TRY(compare_row(r, seq, made, stored, err));
        if (made.kind == RH_ROW_posting) {
            RH_TRY(book(r, made.record, err));
        }
        r->seen.rows++;
    }
    return check_books(r, seq, err);
}

/* ---- one line of the journal ---- */

static rh_status
read_command(replay *r, const rh_keep_journal *line, rh_command *command, rh_ask *ask,
             rh_err *err)
{
    int kind = rh_command_find(line->name);
    if (kind < 0) {
        return rh_fail(err, RH_INVARIANT, "Command %lld is called \"%.60s\": there is no such.",
                       (long long)line->seq, line->name);
    }
    size_t size = strlen(line->arguments);
    if (size > r->room_size) {
        char *room = rh_resize(r->room, 2 * size, 1);
        if (room == NULL) {
            return rh_fail(err, RH_MEMORY, "Not enough memory for a command of %zu bytes.",
                           size);
        }
        r->room = room;
        r->room_size = 2 * size;
    }
    *ask = (rh_ask){(rh_command_kind)kind, command, line->actor, line->role, line->recorded};
    rh_err why = {0};
    return rh_canonical_read(rh_command_type(ask->kind), line->arguments, size, command,
                             r->room, &why) == RH_OK
               ? RH_OK
               : rh_fail(err, RH_INVARIANT, "Command %lld: %.2000s", (long long)line->seq,
                         why.text);
}

static rh_status
compare_entry(replay *r, const rh_keep_journal *line, const rh_ask *ask, rh_err *err)
{
    rh_event event = {.seq = line->seq,
                      .time = line->recorded,
                      .actor = line->actor,
                      .role = line->role,
                      .kind = ask->kind,
                      .n_rows = r->outcome.n_rows,
                      .row = r->outcome.row,
                      .salt = line->salt};
    rh_growing_clear(&r->entry);
    RH_TRY(rh_canonical_entry(&event, &r->entry, err));
    return strcmp(r->entry.text, line->entry) == 0
               ? RH_OK
               : rh_fail(
                     err, RH_INVARIANT,
                     "Table journal, seq %lld, column entry: stored is \"%.1500s\", but the "
                     "command gives \"%.1500s\".",
                     (long long)line->seq, line->entry, r->entry.text);
}

static rh_status
replay_line(replay *r, const rh_keep_journal *line, rh_err *err)
{
    if (line->seq != r->seen.commands + 1) {
        return rh_fail(err, RH_INVARIANT, "Table journal: command %lld is missing.",
                       (long long)r->seen.commands + 1);
    }
    if (line->recorded < r->last_time) {
        return rh_fail(err, RH_INVARIANT,
                       "Table journal, seq %lld: recorded at %lld, before the command in front "
                       "of it.",
                       (long long)line->seq, (long long)line->recorded);
    }
    r->last_time = line->recorded;
    rh_command command;
    rh_ask ask;
    RH_TRY(read_command(r, line, &command, &ask, err));
    RH_TRY(r->judge->judge(r->registry, &ask, &r->outcome, err));
    if (r->outcome.seq != line->seq) {
        return rh_fail(err, RH_INVARIANT,
                       "Command %lld (%s) was accepted, but done again it is refused: %s.",
                       (long long)line->seq, line->name,
                       r->outcome.refusals.n > 0
                           ? rh_guard_name(r->outcome.refusals.refusal[0].guard)
                           : "it changes nothing");
    }
    RH_TRY(compare_rows(r, line->seq, err));
    RH_TRY(compare_entry(r, line, &ask, err));
    r->seen.commands++;
    return RH_OK;
}

static rh_status
replay_journal(replay *r, rh_db *db, rh_err *err)
{
    rh_cursor *cursor;
    const void *record = NULL;
    RH_TRY(rh_db_scan(db, RH_KEEP_journal, 1, &cursor, err));
    rh_status status;
    do {
        status = rh_cursor_next(cursor, &record, NULL, err);
        if (status == RH_OK && record != NULL) {
            status = replay_line(r, record, err);
        }
    } while (status == RH_OK && record != NULL);
    rh_cursor_close(cursor);
    RH_TRY(status);
    rh_row stored;
    int64_t at;
    RH_TRY(rh_merge_next(r->stored, &stored, &at, err));
    return stored.record != NULL ? not_made(stored, err) : RH_OK;
}

/* ---- private values ---- */

/* Both tables are in order of their numbers. */
static rh_status
compare_values(replay *r, rh_cursor *values, rh_cursor *commitments, rh_err *err)
{
    const void *record, *c;
    for (;;) {
        RH_TRY(rh_cursor_next(values, &record, NULL, err));
        if (record == NULL) {
            return RH_OK;
        }
        const rh_keep_private_value *v = record;
        const rh_keep_private_commitment *commitment;
        do {
            RH_TRY(rh_cursor_next(commitments, &c, NULL, err));
            commitment = c;
        } while (commitment != NULL && commitment->id < v->id);
        rh_hash hash = rh_canonical_commitment(&v->salt, v->value, strlen(v->value));
        if (commitment == NULL || commitment->id != v->id ||
            memcmp(&hash, &commitment->hash, sizeof hash) != 0) {
            return rh_fail(err, RH_INVARIANT,
                           "Table private_value, id %lld: value and commitment do not match.",
                           (long long)v->id);
        }
        r->seen.values++;
    }
}

static rh_status
check_values(replay *r, rh_db *db, rh_err *err)
{
    rh_cursor *values = NULL, *commitments = NULL;
    rh_status status = rh_db_scan(db, RH_KEEP_private_value, 1, &values, err);
    if (status == RH_OK) {
        status = rh_db_scan(db, RH_KEEP_private_commitment, 1, &commitments, err);
    }
    status = status == RH_OK ? compare_values(r, values, commitments, err) : status;
    rh_cursor_close(values);
    rh_cursor_close(commitments);
    return status;
}

rh_status
rh_replay_verify(const char *database, const rh_judge *judge, rh_verified *out, rh_err *err)
{
    replay r = {.judge = judge != NULL ? judge : &rh_judge_registry};
    rh_db *db;
    RH_TRY(rh_db_open(database, NULL, RH_DB_CHECK, &db, err));
    rh_status status = rh_db_begin_reading(db, err);
    status = status == RH_OK ? r.judge->create(&r.registry, err) : status;
    status = status == RH_OK ? rh_merge_new(db, 0, &r.stored, err) : status;
    status = status == RH_OK ? replay_journal(&r, db, err) : status;
    status = status == RH_OK ? check_values(&r, db, err) : status;
    rh_merge_free(r.stored);
    r.judge->release(&r.outcome);
    r.judge->destroy(r.registry);
    rh_growing_release(&r.text);
    rh_growing_release(&r.entry);
    rh_free(r.room);
    rh_free(r.journal.sum);
    rh_free(r.escrow.sum);
    rh_db_rollback(db);
    rh_db_close(db);
    if (out != NULL) {
        *out = r.seen;
    }
    return status;
}
