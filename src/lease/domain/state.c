/* The fold of rows into the present state: see state.h. */
#include "domain/state.h"

#include "core/mem.h"
#include "core/random.h"
#include "domain/arena.h"
#include "domain/calendar_day.h"

#include <string.h>

/* ---- lists by field ---- */

typedef struct index_of {
    rh_row_kind kind;
    size_t offset;
} index_of;

static const index_of index_table[] = {
#define INDEX(kind, field) {RH_ROW_##kind, offsetof(rh_row_##kind, field)},
#include "domain/index.def"
#undef INDEX
};

int64_t
rh_first(const rh_registry *r, rh_index index, int64_t value)
{
    const rh_list *l = &r->list[index];
    return value > 0 && (size_t)value < l->n_heads ? l->head[value] : 0;
}

int64_t
rh_next(const rh_registry *r, rh_index index, int64_t id)
{
    return r->list[index].next[id];
}

static rh_status
grow(uint32_t **array, size_t *n, size_t wanted, rh_err *err)
{
    if (wanted < *n) {
        return RH_OK;
    }
    size_t room = *n < 64 ? 64 : *n;
    while (room <= wanted) {
        room *= 2;
    }
    uint32_t *bigger = rh_resize(*array, room, sizeof **array);
    if (bigger == NULL) {
        return rh_fail(err, RH_MEMORY, "Not enough memory for %zu entries of a list.", room);
    }
    memset(bigger + *n, 0, (room - *n) * sizeof *bigger);
    *array = bigger;
    *n = room;
    return RH_OK;
}

static rh_status
link_in(rh_list *l, int64_t value, int64_t id, rh_err *err)
{
    if (value <= 0) {
        return RH_OK;
    }
    RH_TRY(grow(&l->head, &l->n_heads, (size_t)value, err));
    RH_TRY(grow(&l->next, &l->n_next, (size_t)id, err));
    l->next[id] = l->head[value];
    l->head[value] = (uint32_t)id;
    return RH_OK;
}

static void
link_out(rh_list *l, int64_t value, int64_t id)
{
    if (value <= 0) {
        return;
    }
    uint32_t *at = &l->head[value];
    while (*at != (uint32_t)id) {
        at = &l->next[*at];
    }
    *at = l->next[id];
}

static int64_t
number_at(const void *record, size_t offset)
{
    return *(const int64_t *)(const void *)((const char *)record + offset);
}

static rh_status
relink(rh_registry *r, rh_row_kind kind, const void *before, const void *after, int64_t id,
       rh_err *err)
{
    for (size_t i = 0; i < RH_INDEX_COUNT; i++) {
        if (index_table[i].kind != kind) {
            continue;
        }
        int64_t old = before == NULL ? RH_NONE : number_at(before, index_table[i].offset),
                new = number_at(after, index_table[i].offset);
        if (old != new) {
            if (before != NULL) {
                link_out(&r->list[i], old, id);
            }
            RH_TRY(link_in(&r->list[i], new, id, err));
        }
    }
    return RH_OK;
}

/* ---- deadlines ---- */

static bool
before(rh_due a, rh_due b)
{
    return a.date != b.date   ? a.date < b.date
           : a.kind != b.kind ? a.kind < b.kind
                              : a.id < b.id;
}

rh_status
rh_due_push(rh_registry *r, rh_due due, rh_err *err)
{
    if (r->n_heap == r->room_heap) {
        size_t room = r->room_heap == 0 ? 256 : 2 * r->room_heap;
        rh_due *bigger = rh_resize(r->heap, room, sizeof *bigger);
        if (bigger == NULL) {
            return rh_fail(err, RH_MEMORY, "Not enough memory for %zu deadlines.", room);
        }
        r->heap = bigger;
        r->room_heap = room;
    }
    size_t i = r->n_heap++;
    for (; i > 0 && before(due, r->heap[(i - 1) / 2]); i = (i - 1) / 2) {
        r->heap[i] = r->heap[(i - 1) / 2];
    }
    r->heap[i] = due;
    return RH_OK;
}

/* The last day of what the row waits for; RH_NONE: for nothing. */
static int64_t
deadline_of(rh_row row)
{
    switch (row.kind) {
    case RH_ROW_scheme:
        return ((const rh_row_scheme *)row.record)->until;
    case RH_ROW_offer:
        return ((const rh_row_offer *)row.record)->until;
    case RH_ROW_lease:
        return ((const rh_row_lease *)row.record)->until;
    case RH_ROW_sublet:
        return ((const rh_row_sublet *)row.record)->until;
    case RH_ROW_rent_line:
        return ((const rh_row_rent_line *)row.record)->due;
    case RH_ROW_arrears:
        return ((const rh_row_arrears *)row.record)->grace_until;
    case RH_ROW_inspection:
        return ((const rh_row_inspection *)row.record)->deadline;
    default:
        return RH_NONE;
    }
}

static rh_due
take_first(rh_registry *r)
{
    rh_due first = r->heap[0];
    rh_due last = r->heap[--r->n_heap];
    size_t i = 0;
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= r->n_heap) {
            break;
        }
        child += child + 1 < r->n_heap && before(r->heap[child + 1], r->heap[child]);
        if (!before(r->heap[child], last)) {
            break;
        }
        r->heap[i] = r->heap[child];
        i = child;
    }
    if (r->n_heap > 0) {
        r->heap[i] = last;
    }
    return first;
}

/* A deadline that a later version has moved is passed over, so that what comes first does not hang on which entries are left from former ticks: a
 * registry loaded from rows has them all (G2). */
bool
rh_due_pop(rh_registry *r, int64_t today, rh_due *due)
{
    while (r->n_heap > 0 && r->heap[0].date <= today) {
        *due = take_first(r);
        const void *present = rh_registry_get(r, due->kind, due->id);
        if (present != NULL && deadline_of((rh_row){due->kind, present}) + 1 == due->date) {
            return true;
        }
    }
    return false;
}

/* ---- sums of what is not kept ---- */

static rh_status
room_for(int64_t **array, size_t *n, size_t width, int64_t id, rh_err *err)
{
    if ((size_t)id < *n) {
        return RH_OK;
    }
    size_t room = *n < 64 ? 64 : *n;
    while (room <= (size_t)id) {
        room *= 2;
    }
    int64_t *bigger = rh_resize(*array, room * width, sizeof **array);
    if (bigger == NULL) {
        return rh_fail(err, RH_MEMORY, "Not enough memory for the books of %zu leases.", room);
    }
    memset(bigger + *n * width, 0, (room - *n) * width * sizeof *bigger);
    *array = bigger;
    *n = room;
    return RH_OK;
}

static void
hash_ref(const char *text, uint64_t out[2])
{
    uint64_t a = 0x9E3779B97F4A7C15u, b = 0xC2B2AE3D27D4EB4Fu;
    for (; *text != '\0'; text++) {
        a = rh_draw(a, (unsigned char)*text);
        b = rh_draw(b ^ 0x5851F42D4C957F2Du, (unsigned char)*text);
    }
    out[0] = a | 1; /* 0 is an empty slot */
    out[1] = b;
}

static size_t
slot_of(const struct rh_refs *refs, const uint64_t h[2])
{
    size_t i = (size_t)h[1] & (refs->room - 1);
    while (refs->word[i][0] != 0 && (refs->word[i][0] != h[0] || refs->word[i][1] != h[1])) {
        i = (i + 1) & (refs->room - 1);
    }
    return i;
}

bool
rh_ref_seen(const rh_registry *r, const char *bank_ref)
{
    uint64_t h[2];
    hash_ref(bank_ref, h);
    return r->refs.room > 0 && r->refs.word[slot_of(&r->refs, h)][2] != 0;
}

static rh_status
remember_ref(rh_registry *r, const char *bank_ref, bool stands, rh_err *err)
{
    struct rh_refs *refs = &r->refs;
    if (2 * (refs->n + 1) > refs->room) {
        struct rh_refs more = {.n = refs->n, .room = refs->room == 0 ? 1024 : 2 * refs->room};
        more.word = rh_alloc(more.room, sizeof *more.word);
        if (more.word == NULL) {
            return rh_fail(err, RH_MEMORY, "Not enough memory for %zu bank references.",
                           more.room);
        }
        for (size_t i = 0; i < refs->room; i++) {
            if (refs->word[i][0] != 0) {
                memcpy(more.word[slot_of(&more, refs->word[i])], refs->word[i],
                       sizeof *more.word);
            }
        }
        rh_free(refs->word);
        *refs = more;
    }
    uint64_t h[2];
    hash_ref(bank_ref, h);
    size_t at = slot_of(refs, h);
    refs->n += refs->word[at][0] == 0;
    memcpy(refs->word[at], h, sizeof h);
    refs->word[at][2] = stands;
    return RH_OK;
}

static rh_status
add_up(rh_registry *r, rh_row row, rh_err *err)
{
    switch (row.kind) {
    case RH_ROW_posting: {
        const rh_row_posting *p = row.record;
        RH_TRY(room_for((int64_t **)(void *)&r->books, &r->n_books,
                        sizeof *r->books / sizeof(int64_t), p->lease, err));
        r->books[p->lease].balance[p->account] += p->amount_fen;
        return RH_OK;
    }
    case RH_ROW_payout: {
        const rh_row_payout *p = row.record;
        RH_TRY(room_for((int64_t **)(void *)&r->books, &r->n_books,
                        sizeof *r->books / sizeof(int64_t), p->lease, err));
        const rh_row_payout *was = rh_registry_get(r, RH_ROW_payout, p->id);
        bool waited = was != NULL && was->state == rh_payout_state_proposed,
             waits = p->state == rh_payout_state_proposed;
        r->books[p->lease].promised[p->payee] +=
            (waits ? p->amount_fen : 0) - (waited ? was->amount_fen : 0);
        return RH_OK;
    }
    case RH_ROW_receipt: {
        const rh_row_receipt *p = row.record;
        RH_TRY(room_for(&r->received, &r->n_received, 1, p->line, err));
        r->received[p->line] += p->reverses == RH_NONE ? p->amount_fen : -p->amount_fen;
        return remember_ref(r, p->bank_ref, p->reverses == RH_NONE, err);
    }
    default:
        return RH_OK;
    }
}

/* ---- applying ---- */

/* Texts of the row become the registry's own; the former version's text is used again where it is the same. */
static rh_status
own_texts(rh_registry *r, const rh_record_type *type, const char *former, char *record,
          rh_err *err)
{
    for (int i = 0; i < type->n; i++) {
        const rh_field *f = &type->field[i];
        if (f->type != RH_FIELD_TEXT) {
            continue;
        }
        const char **text = (const char **)(void *)(record + f->offset);
        if (*text == NULL) {
            continue;
        }
        const char *old = former == NULL ? NULL : rh_record_text(former, f);
        *text = old != NULL && strcmp(old, *text) == 0 ? old : rh_arena_text(r->texts, *text);
        if (*text == NULL) {
            return rh_fail(err, RH_MEMORY, "Not enough memory for the texts of %s.",
                           type->name);
        }
    }
    return RH_OK;
}

static rh_status
keep(rh_registry *r, rh_row row, rh_err *err)
{
    const rh_record_type *type = rh_row_type(row.kind);
    const rh_row_head *head = rh_row_head_of(row);
    rh_kept *kept = &r->kept[row.kind];
    bool fresh = (size_t)head->id == kept->n + 1 && head->version == 1;
    if (RH_UNKEPT & RH_BIT(row.kind)) {
        kept->n += fresh;
        return fresh ? RH_OK
                     : rh_fail(err, RH_INVARIANT, "%s %lld cannot follow %zu.", type->name,
                               (long long)head->id, kept->n);
    }
    if (!fresh) {
        const rh_row_head *present = rh_registry_get(r, row.kind, head->id);
        if (present == NULL || present->version + 1 != head->version) {
            return rh_fail(err, RH_INVARIANT,
                           "%s %lld, version %lld, cannot follow what is known.", type->name,
                           (long long)head->id, (long long)head->version);
        }
    } else if (kept->n == kept->room) {
        size_t room = kept->room == 0 ? 16 : 2 * kept->room;
        char *bigger = rh_resize(kept->record, room, type->size);
        if (bigger == NULL) {
            return rh_fail(err, RH_MEMORY, "Not enough memory for %zu records of %s.", room,
                           type->name);
        }
        kept->record = bigger;
        kept->room = room;
    }
    char *place = kept->record + (size_t)(head->id - 1) * type->size;
    RH_TRY(relink(r, row.kind, fresh ? NULL : place, row.record, head->id, err));
    _Alignas(8) char copy[1024];
    memcpy(copy, row.record, type->size);
    RH_TRY(own_texts(r, type, fresh ? NULL : place, copy, err));
    memcpy(place, copy, type->size);
    kept->n += fresh;
    return RH_OK;
}

rh_status
rh_registry_apply(rh_registry *r, rh_row row, rh_err *err)
{
    const rh_row_head *head = rh_row_head_of(row);
    if (head->seq < r->seq || head->recorded < r->time) {
        return rh_fail(err, RH_INVARIANT, "%s %lld was recorded before what it follows.",
                       rh_row_type(row.kind)->name, (long long)head->id);
    }
    RH_TRY(add_up(r, row, err));
    RH_TRY(keep(r, row, err));
    int64_t deadline = deadline_of(row);
    if (deadline != RH_NONE) {
        RH_TRY(rh_due_push(r, (rh_due){deadline + 1, row.kind, head->id}, err));
    }
    r->seq = head->seq;
    r->time = head->recorded;
    return RH_OK;
}

/* ---- reading ---- */

int64_t
rh_registry_seq(const rh_registry *r)
{
    return r->seq;
}

int64_t
rh_registry_time(const rh_registry *r)
{
    return r->time;
}

int64_t
rh_received(const rh_registry *r, int64_t line)
{
    return line > 0 && (size_t)line < r->n_received ? r->received[line] : 0;
}

const rh_books *
rh_books_of(const rh_registry *r, int64_t lease)
{
    static const rh_books empty;
    return lease > 0 && (size_t)lease < r->n_books ? &r->books[lease] : &empty;
}

int64_t
rh_registry_next_due(const rh_registry *r)
{
    return r->n_heap == 0 ? RH_NONE : r->heap[0].date;
}

int64_t
rh_registry_count(const rh_registry *r, rh_row_kind kind)
{
    return (int64_t)r->kept[kind].n;
}

const void *
rh_registry_get(const rh_registry *r, rh_row_kind kind, int64_t id)
{
    const rh_kept *kept = &r->kept[kind];
    if (id < 1 || (size_t)id > kept->n || kept->record == NULL) {
        return NULL;
    }
    return kept->record + (size_t)(id - 1) * rh_row_type(kind)->size;
}

rh_status
rh_registry_new(rh_registry **registry, rh_err *err)
{
    rh_registry *r;
    RH_NEW(r, 1, err);
    r->time = INT64_MIN;
    r->texts = rh_arena_new();
    if (r->texts == NULL) {
        rh_free(r);
        return rh_fail(err, RH_MEMORY, "Not enough memory for a registry.");
    }
    *registry = r;
    return RH_OK;
}

void
rh_registry_free(rh_registry *r)
{
    if (r == NULL) {
        return;
    }
    for (int i = 0; i < RH_ROW_COUNT; i++) {
        rh_free(r->kept[i].record);
    }
    for (int i = 0; i < RH_INDEX_COUNT; i++) {
        rh_free(r->list[i].head);
        rh_free(r->list[i].next);
    }
    rh_free(r->books);
    rh_free(r->received);
    rh_free(r->refs.word);
    rh_free(r->heap);
    rh_arena_free(r->texts);
    rh_free(r);
}

/* ---- questions that many rules ask ---- */

bool
rh_place_within(const rh_registry *r, int64_t place, int64_t area)
{
    for (const rh_row_place *p; place != area; place = p->parent) {
        p = RH_GET(r, place, place);
        if (p == NULL) {
            return false;
        }
    }
    return true;
}

int64_t
rh_parameter_at(const rh_registry *r, int64_t place, enum rh_parameter_code key, int64_t day,
                int64_t otherwise)
{
    while (place > 0) {
        /* Newest first: the first that holds is the one that was set last. */
        for (int64_t id = rh_first(r, RH_BY_parameter_place, place); id != 0;
             id = rh_next(r, RH_BY_parameter_place, id)) {
            const rh_row_parameter *p = RH_GET(r, parameter, id);
            if (p->key == (int64_t)key && rh_holds(p, day)) {
                return p->value;
            }
        }
        const rh_row_place *p = RH_GET(r, place, place);
        place = p == NULL ? 0 : p->parent;
    }
    return otherwise;
}

int64_t
rh_balance(const rh_registry *r, int64_t lease, enum rh_account_code account)
{
    return lease > 0 && (size_t)lease < r->n_books ? r->books[lease].balance[account] : 0;
}
