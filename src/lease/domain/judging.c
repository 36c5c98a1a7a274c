/* Judging a command and carrying it out: see registry.h and case.h.
 *
 * Order: are the fields there and sane; do the objects exist; may this role ask, does the actor hold it; does the state allow it; the
 * rule's guards; the effect; the rows are applied. */
#include "core/mem.h"
#include "domain/arena.h"
#include "domain/calendar_day.h"
#include "domain/rule.h"

#include <string.h>

/* ---- making rows ---- */

/* After a failure rows are written where nobody reads. */
static void *
spare(rh_case *c)
{
    c->status = rh_fail(c->err, RH_MEMORY, "Not enough memory for the rows of a command.");
    return c->registry->spare;
}

static void *
add_row(rh_case *c, rh_row_kind kind)
{
    rh_outcome *out = c->out;
    if (out->n_rows == out->room) {
        size_t room = out->room == 0 ? 32 : 2 * out->room;
        rh_row *bigger = rh_resize(out->row, room, sizeof *bigger);
        if (bigger == NULL) {
            return spare(c);
        }
        out->row = bigger;
        out->room = room;
    }
    void *record = rh_arena_take(out->arena, rh_row_type(kind)->size);
    if (record == NULL) {
        return spare(c);
    }
    out->row[out->n_rows++] = (rh_row){kind, record};
    return record;
}

void *
rh_make(rh_case *c, rh_row_kind kind)
{
    const rh_record_type *type = rh_row_type(kind);
    char *record = add_row(c, kind);
    for (int i = 0; i < type->n; i++) {
        if (type->field[i].type != RH_FIELD_TEXT && type->field[i].type != RH_FIELD_HASH) {
            *(int64_t *)(void *)(record + type->field[i].offset) = RH_NONE;
        }
    }
    rh_row_head *head = (rh_row_head *)(void *)record;
    *head = (rh_row_head){.id = rh_registry_count(c->registry, kind) + (int64_t)++c->made[kind],
                          .version = 1,
                          .seq = c->seq,
                          .recorded = c->ask->time,
                          .valid_from = c->today,
                          .valid_to = RH_NONE};
    return record;
}

void *
rh_change(rh_case *c, rh_row_kind kind, int64_t id)
{
    for (size_t i = c->settled; i < c->out->n_rows; i++) {
        if (c->out->row[i].kind == kind && rh_row_head_of(c->out->row[i])->id == id) {
            return (void *)(uintptr_t)c->out->row[i].record;
        }
    }
    const void *present = rh_registry_get(c->registry, kind, id);
    void *record = add_row(c, kind);
    memcpy(record, present, rh_row_type(kind)->size);
    rh_row_head *head = record;
    head->version++;
    head->seq = c->seq;
    head->recorded = c->ask->time;
    head->valid_from = c->today;
    return record;
}

void
rh_case_settle(rh_case *c)
{
    for (; c->status == RH_OK && c->settled < c->out->n_rows; c->settled++) {
        c->status = rh_registry_apply(c->registry, c->out->row[c->settled], c->err);
    }
    memset(c->made, 0, sizeof c->made);
}

/* ---- what a command names ---- */

rh_row_kind
rh_reference_kind(const rh_field *field)
{
    static const struct {
        const char *field;
        rh_row_kind kind;
    } known[] = {
#define REFERENCE(field, kind) {#field, RH_ROW_##kind},
#include "domain/reference.def"
#undef REFERENCE
#define ROW(name, zh, en, fields) {#name, RH_ROW_##name},
#include "domain/row.def"
#undef ROW
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(known[i].field, field->name) == 0) {
            return known[i].kind;
        }
    }
    return RH_ROW_NONE;
}

static void take_object(rh_case *c, rh_row_kind kind, int64_t id);

static void
take_notice_object(rh_case *c, int64_t object, int64_t id)
{
    static const rh_row_kind kind[] = {[rh_notice_object_scheme] = RH_ROW_scheme,
                                       [rh_notice_object_offer] = RH_ROW_offer,
                                       [rh_notice_object_lease] = RH_ROW_lease};
    take_object(c, kind[object], id);
}

static rh_row_kind
kind_of_object(int64_t object)
{
    static const rh_row_kind of[] = {
        [rh_object_kind_place] = RH_ROW_place,   [rh_object_kind_scheme] = RH_ROW_scheme,
        [rh_object_kind_offer] = RH_ROW_offer,   [rh_object_kind_lease] = RH_ROW_lease,
        [rh_object_kind_payout] = RH_ROW_payout, [rh_object_kind_baunit] = RH_ROW_baunit,
        [rh_object_kind_party] = RH_ROW_party};
    return of[object];
}

/* Fill the case with an object and with what it belongs to. What a command names first is what it is about: a later object of the same kind (the
 * offer of a bid that is named beside another offer) does not take its place. */
static void
take_object(rh_case *c, rh_row_kind kind, int64_t id)
{
    const rh_registry *r = c->registry;
    const void *row = rh_registry_get(r, kind, id);
    if (row == NULL) {
        return;
    }
    int64_t place = RH_NONE;
    switch (kind) {
    case RH_ROW_place:
        place = id;
        break;
    case RH_ROW_party:
        place = ((const rh_row_party *)row)->place;
        break;
    case RH_ROW_source:
        place = ((const rh_row_source *)row)->place;
        break;
    case RH_ROW_role_grant:
        place = ((const rh_row_role_grant *)row)->place;
        break;
    case RH_ROW_parcel:
        place = ((const rh_row_parcel *)row)->village;
        break;
    case RH_ROW_building:
        take_object(c, RH_ROW_parcel, ((const rh_row_building *)row)->parcel);
        break;
    case RH_ROW_baunit:
        c->baunit = c->baunit == NULL ? row : c->baunit;
        place = ((const rh_row_baunit *)row)->village;
        break;
    case RH_ROW_rrr:
        take_object(c, RH_ROW_baunit, ((const rh_row_rrr *)row)->baunit);
        break;
    case RH_ROW_scheme:
        c->scheme = c->scheme == NULL ? row : c->scheme;
        place = ((const rh_row_scheme *)row)->village;
        break;
    case RH_ROW_meeting:
        c->meeting = c->meeting == NULL ? row : c->meeting;
        take_object(c, RH_ROW_scheme, ((const rh_row_meeting *)row)->scheme);
        break;
    case RH_ROW_offer:
        c->offer = c->offer == NULL ? row : c->offer;
        place = ((const rh_row_offer *)row)->village;
        take_object(c, RH_ROW_baunit, ((const rh_row_offer *)row)->baunit);
        break;
    case RH_ROW_bid:
        take_object(c, RH_ROW_offer, ((const rh_row_bid *)row)->offer);
        break;
    case RH_ROW_notice:
        take_notice_object(c, ((const rh_row_notice *)row)->object,
                           ((const rh_row_notice *)row)->object_id);
        break;
    case RH_ROW_objection:
        take_notice_object(c, ((const rh_row_objection *)row)->object,
                           ((const rh_row_objection *)row)->object_id);
        break;
    case RH_ROW_lease:
        c->lease = c->lease == NULL ? row : c->lease;
        place = ((const rh_row_lease *)row)->village;
        take_object(c, RH_ROW_baunit, ((const rh_row_lease *)row)->baunit);
        break;
    case RH_ROW_sublet:
        take_object(c, RH_ROW_lease, ((const rh_row_sublet *)row)->lease);
        break;
    case RH_ROW_amendment:
        take_object(c, RH_ROW_lease, ((const rh_row_amendment *)row)->lease);
        break;
    case RH_ROW_rent_line:
        take_object(c, RH_ROW_lease, ((const rh_row_rent_line *)row)->lease);
        break;
    case RH_ROW_receipt:
        take_object(c, RH_ROW_lease, ((const rh_row_receipt *)row)->lease);
        break;
    case RH_ROW_payout:
        take_object(c, RH_ROW_lease, ((const rh_row_payout *)row)->lease);
        break;
    case RH_ROW_inspection:
        take_object(c, RH_ROW_lease, ((const rh_row_inspection *)row)->lease);
        break;
    case RH_ROW_membership:
        take_object(c, RH_ROW_party, ((const rh_row_membership *)row)->collective);
        break;
    case RH_ROW_household_member:
        take_object(c, RH_ROW_party, ((const rh_row_household_member *)row)->household);
        break;
    case RH_ROW_mandate:
        take_object(c, RH_ROW_party, ((const rh_row_mandate *)row)->principal);
        break;
    case RH_ROW_arrears:
        take_object(c, RH_ROW_lease, ((const rh_row_arrears *)row)->lease);
        break;
    case RH_ROW_dispute:
        take_object(c, kind_of_object(((const rh_row_dispute *)row)->object),
                    ((const rh_row_dispute *)row)->object_id);
        break;
    default:
        break;
    }
    if (c->place == RH_NONE) {
        c->place = place;
    }
}

void
rh_case_about(rh_case *c, const rh_registry *registry, rh_row_kind kind, int64_t id,
              int64_t today)
{
    /* The case only reads: nothing can be made without an outcome. */
    *c = (rh_case){
        .registry = (rh_registry *)(uintptr_t)registry, .today = today, .place = RH_NONE};
    take_object(c, kind, id);
}

/* ---- refusing ---- */

static rh_refusal *
refuse(rh_case *c, rh_guard guard, const rh_field *field)
{
    rh_refusals *all = &c->out->refusals;
    static const rh_refusal none;
    rh_refusal *one = &all->refusal[all->n < RH_REFUSALS_MAX ? all->n++ : RH_REFUSALS_MAX - 1];
    *one = none;
    one->guard = guard;
    one->field = field;
    return one;
}

enum { TEXT_MOST = 4000 };

static bool
text_is_clean(const char *text)
{
    size_t n = strnlen(text, TEXT_MOST + 1);
    if (n > TEXT_MOST || rh_text_valid(text, n) != n) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)text[i] < ' ' && text[i] != '\n') {
            return false;
        }
    }
    return true;
}

/* Widest sane values: what guards of rules narrow. */
static bool
is_sane(const rh_field *f, int64_t x)
{
    switch (f->type) {
    case RH_FIELD_BOOL:
        return x == 0 || x == 1;
    case RH_FIELD_CODE:
        return x >= 0 && x < f->codes->n;
    case RH_FIELD_FEN:
        return x >= 0 && x <= INT64_C(10000000000000);
    case RH_FIELD_DATE:
        return x >= rh_day_of(1900, 1, 1) && x <= rh_day_of(2200, 1, 1);
    case RH_FIELD_INT:
        return x >= -18000000 && x <= INT64_C(1000000000000);
    case RH_FIELD_ID:
    case RH_FIELD_PRIVATE:
        return x > 0;
    default:
        return true;
    }
}

/* A dispute names the kind of its object in a field of its own. */
static void
check_disputed(rh_case *c)
{
    const rh_command_dispute_open *command = c->ask->command;
    rh_row_kind kind = kind_of_object(command->object);
    if (rh_registry_get(c->registry, kind, command->object_id) == NULL) {
        const rh_field *f = rh_record_find(rh_command_type(c->ask->kind), "object_id");
        rh_say(refuse(c, RH_GUARD_exists, f), RH_FIELD_INT, command->object_id);
    } else {
        take_object(c, kind, command->object_id);
    }
}

/* Fields are there, sane, and name what exists; what they name is taken. */
static void
check_fields(rh_case *c)
{
    const rh_record_type *type = rh_command_type(c->ask->kind);
    for (int i = 0; i < type->n; i++) {
        const rh_field *f = &type->field[i];
        if (f->type == RH_FIELD_TEXT) {
            const char *text = rh_record_text(c->ask->command, f);
            if ((text == NULL || text[0] == '\0') && !f->optional) {
                refuse(c, RH_GUARD_said, f);
            } else if (text != NULL && !text_is_clean(text)) {
                refuse(c, RH_GUARD_text_is_clean, f);
            }
            continue;
        }
        if (f->type == RH_FIELD_HASH) {
            static const rh_hash none;
            if (!f->optional &&
                memcmp(rh_record_hash(c->ask->command, f), &none, sizeof none) == 0) {
                refuse(c, RH_GUARD_said, f);
            }
            continue;
        }
        int64_t x = rh_record_number(c->ask->command, f);
        if (x == RH_NONE) {
            if (!f->optional) {
                refuse(c, RH_GUARD_said, f);
            }
            continue;
        }
        if (!is_sane(f, x)) {
            rh_say(refuse(c, RH_GUARD_sane, f), RH_FIELD_INT, x);
            continue;
        }
        rh_row_kind kind = f->type == RH_FIELD_ID ? rh_reference_kind(f) : RH_ROW_NONE;
        if (kind != RH_ROW_NONE && rh_registry_get(c->registry, kind, x) == NULL) {
            rh_say(refuse(c, RH_GUARD_exists, f), RH_FIELD_INT, x);
        } else if (kind != RH_ROW_NONE) {
            take_object(c, kind, x);
        }
    }
    if (c->ask->kind == RH_DO_dispute_open && c->out->refusals.n == 0) {
        check_disputed(c);
    }
}

/* Before the first role is granted the program that makes the registry (system) sets it up. */
static bool
is_founding(const rh_case *c)
{
    return c->ask->role == rh_role_system &&
           rh_registry_count(c->registry, RH_ROW_role_grant) == 0 &&
           (c->ask->kind == RH_DO_place_add || c->ask->kind == RH_DO_party_add ||
            c->ask->kind == RH_DO_role_grant_add);
}

static void
check_role(rh_case *c)
{
    if (is_founding(c)) {
        return;
    }
    if (c->ask->role < 0 || c->ask->role >= rh_role_count ||
        (rh_command_roles(c->ask->kind) & RH_BIT(c->ask->role)) == 0) {
        rh_say_code(refuse(c, RH_GUARD_role_may, NULL), &rh_codes_role,
                    c->ask->role < 0 || c->ask->role >= rh_role_count ? rh_role_public
                                                                      : c->ask->role);
    } else if (!rh_party_holds(c, c->ask->actor, c->ask->role)) {
        rh_say_code(refuse(c, RH_GUARD_holds_role, NULL), &rh_codes_role, c->ask->role);
    }
}

static const void *
object_of(const rh_case *c, rh_row_kind kind)
{
    switch (kind) {
    case RH_ROW_scheme:
        return c->scheme;
    case RH_ROW_offer:
        return c->offer;
    case RH_ROW_lease:
        return c->lease;
    case RH_ROW_NONE:
        return NULL;
    default: { /* the field of the command that names one */
        const rh_record_type *type = rh_command_type(c->ask->kind);
        for (int i = 0; i < type->n; i++) {
            if (type->field[i].type == RH_FIELD_ID &&
                rh_reference_kind(&type->field[i]) == kind) {
                return rh_registry_get(c->registry, kind,
                                       rh_record_number(c->ask->command, &type->field[i]));
            }
        }
        return NULL;
    }
    }
}

static void
check_state(rh_case *c, const rh_rule *rule)
{
    int64_t state = rh_state_of(rule->object, object_of(c, rule->object));
    if (state != RH_NONE && (rule->from & RH_BIT(state)) == 0) {
        rh_say_code(refuse(c, RH_GUARD_state_allows, NULL), rh_states_of(rule->object), state);
    }
}

static void
check_guards(rh_case *c, const rh_rule *rule)
{
    for (int i = 0; i < rule->n; i++) {
        rh_refusal why;
        if (!rh_guard_holds(rule->guard[i], c, &why)) {
            *refuse(c, rule->guard[i], why.field) = why;
        }
    }
}

/* ---- doing ---- */

void
rh_outcome_release(rh_outcome *out)
{
    rh_free(out->row);
    rh_arena_free(out->arena);
    *out = (rh_outcome){0};
}

rh_status
rh_registry_do(rh_registry *registry, const rh_ask *ask, rh_outcome *out, rh_err *err)
{
    if (out->arena == NULL) {
        out->arena = rh_arena_new();
        if (out->arena == NULL) {
            return rh_fail(err, RH_MEMORY, "Not enough memory for the rows of a command.");
        }
    }
    rh_arena_reset(out->arena);
    out->n_rows = 0;
    out->refusals.n = 0;
    out->seq = RH_NONE;
    if (ask->time < registry->time) {
        return rh_fail(err, RH_INVARIANT, "Recorded time may not go back.");
    }
    rh_case c = {.registry = registry,
                 .ask = ask,
                 .today = rh_day_of_time(ask->time),
                 .place = RH_NONE,
                 .out = out,
                 .seq = registry->seq + 1,
                 .err = err};
    const rh_rule *rule = rh_rule_of(ask->kind);
    check_fields(&c);
    if (out->refusals.n == 0) {
        check_role(&c);
        check_state(&c, rule);
    }
    if (out->refusals.n == 0) {
        check_guards(&c, rule);
    }
    if (out->refusals.n > 0) {
        return RH_OK;
    }
    rule->effect(&c);
    rh_case_settle(&c);
    if (c.status == RH_OK && out->n_rows > 0) {
        out->seq = c.seq;
    }
    return c.status;
}

/* ---- time ---- */

/* An entry of the public log has room for 65,535 bytes, with the facts of a command or else only their hash (service/canonical.h). A tick ends when its rows are
 * near half of it, because one deadline brings up to 40,000 bytes by itself (a lease with 240 payments that ends); the next tick goes on. */
enum { TICK_BYTES = 24000, NUMBER_BYTES = 20, HASH_BYTES = 66, KEY_BYTES = 4 };

/* About the bytes of a row's open fields in an entry. */
static size_t
open_bytes(rh_row row)
{
    const rh_record_type *type = rh_row_type(row.kind);
    size_t n = 0;
    for (int i = 0; i < type->n; i++) {
        const rh_field *f = &type->field[i];
        if (f->audience != RH_OPEN) {
            continue;
        }
        if (f->type == RH_FIELD_TEXT) {
            const char *text = rh_record_text(row.record, f);
            n += text == NULL ? 0 : strlen(text) + strlen(f->name) + KEY_BYTES;
        } else if (f->type == RH_FIELD_HASH) {
            n += HASH_BYTES + strlen(f->name) + KEY_BYTES;
        } else if (rh_record_number(row.record, f) != RH_NONE) {
            n += NUMBER_BYTES + strlen(f->name) + KEY_BYTES;
        }
    }
    return n;
}

void
rh_do_tick(rh_case *c)
{
    rh_due due;
    size_t bytes = 0, weighed = 0;
    while (c->status == RH_OK && bytes < TICK_BYTES &&
           rh_due_pop(c->registry, c->today, &due)) {
        c->place = RH_NONE;
        c->scheme = NULL;
        c->meeting = NULL;
        c->offer = NULL;
        c->lease = NULL;
        c->baunit = NULL;
        take_object(c, due.kind, due.id);
        switch (due.kind) {
        case RH_ROW_scheme:
            rh_due_scheme(c, due.id);
            break;
        case RH_ROW_offer:
            rh_due_offer(c, due.id);
            break;
        case RH_ROW_lease:
            rh_due_lease(c, due.id);
            break;
        case RH_ROW_sublet:
            rh_due_sublet(c, due.id);
            break;
        case RH_ROW_rent_line:
            rh_due_rent_line(c, due.id);
            break;
        case RH_ROW_arrears:
            rh_due_arrears(c, due.id);
            break;
        case RH_ROW_inspection:
            rh_due_inspection(c, due.id);
            break;
        default:
            break;
        }
        rh_case_settle(c);
        for (; weighed < c->settled; weighed++) {
            bytes += open_bytes(c->out->row[weighed]);
        }
    }
}
