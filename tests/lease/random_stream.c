/* Carrying out and cutting down: see random_stream.h. */
#include "random_stream.h"

#include "core/mem.h"
#include "domain/calendar_day.h"
#include "domain/rule.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOOK_AT_ALL_EVERY = 4000 };

typedef struct stream {
    rh_registry *live, *replayed, *folded;
    rh_outcome out, again;
    invariants *model;
    broken broken;
    bool continues; /* the folded registry judges, too */
} stream;

static void
must(bool there, const char *what)
{
    if (!there) {
        fprintf(stderr, "random_stream: %s\n", what);
        abort();
    }
}

static void
stream_init(stream *s)
{
    memset(s, 0, sizeof *s);
    must(rh_registry_new(&s->live, NULL) == RH_OK &&
             rh_registry_new(&s->replayed, NULL) == RH_OK &&
             rh_registry_new(&s->folded, NULL) == RH_OK,
         "out of memory");
    s->model = invariants_new();
}

static void
stream_release(stream *s)
{
    rh_registry_free(s->live);
    rh_registry_free(s->replayed);
    rh_registry_free(s->folded);
    rh_outcome_release(&s->out);
    rh_outcome_release(&s->again);
    invariants_free(s->model);
}

/* ---- comparing ---- */

static bool
same_text(const char *a, const char *b)
{
    return strcmp(a == NULL ? "" : a, b == NULL ? "" : b) == 0;
}

static bool
same_row(rh_row a, rh_row b)
{
    if (a.kind != b.kind) {
        return false;
    }
    const rh_record_type *type = rh_row_type(a.kind);
    for (int i = 0; i < type->n; i++) {
        const rh_field *f = &type->field[i];
        bool same = f->type == RH_FIELD_TEXT
                        ? same_text(rh_record_text(a.record, f), rh_record_text(b.record, f))
                    : f->type == RH_FIELD_HASH
                        ? memcmp(rh_record_hash(a.record, f), rh_record_hash(b.record, f),
                                 sizeof(rh_hash)) == 0
                        : rh_record_number(a.record, f) == rh_record_number(b.record, f);
        if (!same) {
            return false;
        }
    }
    return true;
}

static bool
same_outcome(const rh_outcome *a, const rh_outcome *b)
{
    if (a->seq != b->seq || a->n_rows != b->n_rows || a->refusals.n != b->refusals.n) {
        return false;
    }
    for (size_t i = 0; i < a->n_rows; i++) {
        if (!same_row(a->row[i], b->row[i])) {
            return false;
        }
    }
    for (int i = 0; i < a->refusals.n; i++) {
        if (a->refusals.refusal[i].guard != b->refusals.refusal[i].guard) {
            return false;
        }
    }
    return true;
}

static bool
breaks(stream *s, const char *invariant, const char *why)
{
    s->broken.invariant = invariant;
    snprintf(s->broken.why, sizeof s->broken.why, "%.390s", why);
    return false;
}

/* ---- one command ---- */

/* Does a row say all that must be said, in known words? */
static bool
row_is_whole(rh_row row)
{
    const rh_record_type *type = rh_row_type(row.kind);
    for (int i = 0; i < type->n; i++) {
        const rh_field *f = &type->field[i];
        if (f->type == RH_FIELD_TEXT || f->type == RH_FIELD_HASH) {
            continue;
        }
        int64_t x = rh_record_number(row.record, f);
        int64_t words = f->type == RH_FIELD_CODE   ? f->codes->n
                        : f->type == RH_FIELD_BOOL ? 2
                                                   : INT64_MAX;
        if (x == RH_NONE ? !f->optional : words < INT64_MAX && (x < 0 || x >= words)) {
            return false;
        }
    }
    return true;
}

static bool
replays(stream *s, const rh_ask *ask)
{
    rh_err err = {0};
    if (rh_registry_do(s->replayed, ask, &s->again, &err) != RH_OK) {
        return breaks(s, "I20 replay", err.text);
    }
    if (!same_outcome(&s->out, &s->again)) {
        return breaks(
            s, "I20 replay",
            "the accepted commands alone give other rows: a refused one left a trace.");
    }
    return true;
}

/* The registry folded from rows judges otherwise than the one that ran: how? */
static bool
tells_apart(stream *s)
{
    FILE *f = fmemopen(s->broken.why, sizeof s->broken.why, "w");
    must(f != NULL, "out of memory");
    const rh_outcome *one[] = {&s->out, &s->again};
    for (int i = 0; i < 2; i++) {
        fprintf(f, "%s: %zu rows", i == 0 ? "ran live" : "; folded from rows", one[i]->n_rows);
        for (int k = 0; k < one[i]->refusals.n; k++) {
            fprintf(f, ", %s", rh_guard_name(one[i]->refusals.refusal[k].guard));
        }
        for (size_t k = 0; k < one[i]->n_rows && k < 12; k++) {
            fprintf(f, ", %s %lld", rh_row_type(one[i]->row[k].kind)->name,
                    (long long)rh_row_head_of(one[i]->row[k])->id);
        }
    }
    fclose(f);
    s->broken.invariant = "I20 fold";
    return false;
}

static bool
folds(stream *s, const rh_ask *ask)
{
    rh_err err = {0};
    if (s->continues) {
        if (rh_registry_do(s->folded, ask, &s->again, &err) != RH_OK) {
            return breaks(s, "I20 fold", err.text);
        }
        return same_outcome(&s->out, &s->again) || tells_apart(s);
    }
    for (size_t i = 0; i < s->out.n_rows; i++) {
        if (rh_registry_apply(s->folded, s->out.row[i], &err) != RH_OK) {
            return breaks(s, "I20 fold", err.text);
        }
    }
    return true;
}

/* A payout that was refused as more than is owed did ask for more than is owed, promised and contested: no more is frozen (I19). */
static bool
freezes_no_more(stream *s, const random_ask *ask)
{
    if (ask->kind != RH_DO_payout_propose || s->out.refusals.n != 1 ||
        strcmp(rh_guard_name(s->out.refusals.refusal[0].guard), "payout_within_owed") != 0) {
        return true;
    }
    const rh_command_payout_propose *c = &ask->command.payout_propose;
    return c->amount_fen > invariants_free_fen(s->model, c->lease, c->payee) ||
           breaks(s, "I19",
                  "a payout of money that is owed and that nobody contests was held back.");
}

static bool
carry_out(stream *s, const random_ask *asked, random_watch *watch, void *context)
{
    rh_ask ask = random_ask_of(asked);
    rh_err err = {0};
    int64_t seq = rh_registry_seq(s->live);
    if (rh_registry_do(s->live, &ask, &s->out, &err) != RH_OK) {
        return breaks(s, "status", err.text);
    }
    if (s->out.refusals.n > 0) {
        if (s->out.n_rows > 0 || rh_registry_seq(s->live) != seq) {
            return breaks(s, "G1", "a refused command left rows.");
        }
        return freezes_no_more(s, asked) && (!s->continues || folds(s, &ask));
    }
    for (size_t i = 0; i < s->out.n_rows; i++) {
        if (!row_is_whole(s->out.row[i])) {
            return breaks(s, "shape", rh_row_type(s->out.row[i].kind)->name);
        }
    }
    if (s->out.n_rows > 0 && watch != NULL) {
        watch(context, s->model, asked, &s->out);
    }
    if (s->out.n_rows > 0 &&
        !invariants_feed(s->model, s->out.row, s->out.n_rows, &s->broken)) {
        return false;
    }
    if (!replays(s, &ask) || !folds(s, &ask)) {
        return false;
    }
    int64_t due = rh_registry_next_due(s->live);
    bool more = due != RH_NONE && due <= rh_day_of_time(ask.time); /* another tick follows */
    return asked->kind != RH_DO_tick || more ||
           invariants_after_tick(s->model, plain_day(ask.time), &s->broken);
}

static void
count(random_reach *reach, const random_ask *ask, const rh_outcome *out)
{
    reach->commands++;
    reach->rows += (int64_t)out->n_rows;
    if (out->refusals.n == 0) {
        reach->accepted[ask->kind]++;
        for (size_t i = 0; i < out->n_rows; i++) {
            int64_t state = rh_state_of(out->row[i].kind, out->row[i].record);
            if (state != RH_NONE) {
                reach->entered[out->row[i].kind][state]++;
            }
        }
        return;
    }
    reach->refused[ask->kind]++;
    for (int i = 0; i < out->refusals.n; i++) {
        reach->fired[out->refusals.refusal[i].guard]++;
        reach->by[ask->kind][out->refusals.refusal[i].guard]++;
    }
    reach->alone[out->refusals.refusal[0].guard] += out->refusals.n == 1;
}

/* ---- cutting down ---- */

/* A trace: commands, and what each of them made when the stream ran whole. */
typedef struct made {
    int kind;
    int64_t id;
} made;

typedef struct trace {
    size_t n, room;
    int64_t continues_from; /* from here on the folded registry judges, too */
    random_ask *ask;
    made **made; /* new objects of each command, ended by kind −1 */
    bool *needed;
} trace;

static made *
made_by(const rh_outcome *out)
{
    made *list = rh_alloc(out->n_rows + 1, sizeof *list);
    must(list != NULL, "out of memory");
    size_t n = 0;
    for (size_t i = 0; i < out->n_rows; i++) {
        const rh_row_head *h = rh_row_head_of(out->row[i]);
        if (h->version == 1) {
            list[n++] = (made){(int)out->row[i].kind, h->id};
        }
    }
    list[n].kind = -1;
    return list;
}

static void
trace_add(trace *t, const random_ask *ask, const rh_outcome *out)
{
    if (t->n == t->room) {
        t->room = t->room == 0 ? 1024 : 2 * t->room;
        t->ask = rh_resize(t->ask, t->room, sizeof *t->ask);
        t->made = rh_resize(t->made, t->room, sizeof(made *));
        t->needed = rh_resize(t->needed, t->room, sizeof *t->needed);
        must(t->ask != NULL && t->made != NULL && t->needed != NULL, "out of memory");
    }
    t->ask[t->n] = *ask;
    t->made[t->n] = made_by(out);
    t->needed[t->n] = true;
    t->n++;
}

static void
trace_release(trace *t)
{
    for (size_t i = 0; i < t->n; i++) {
        rh_free(t->made[i]);
    }
    rh_free(t->made);
    rh_free(t->ask);
    rh_free(t->needed);
}

/* Numbers of objects in the whole stream → numbers in the one cut down. */
typedef struct renumbering {
    size_t n[RH_ROW_COUNT];
    int64_t *to[RH_ROW_COUNT];
} renumbering;

static void
renumber(renumbering *r, int kind, int64_t from, int64_t to)
{
    if ((size_t)from >= r->n[kind]) {
        size_t room = 2 * (size_t)from + 16;
        r->to[kind] = rh_resize(r->to[kind], room, sizeof(int64_t));
        must(r->to[kind] != NULL, "out of memory");
        memset(r->to[kind] + r->n[kind], 0, (room - r->n[kind]) * sizeof(int64_t));
        r->n[kind] = room;
    }
    r->to[kind][from] = to;
}

static bool
translate(const renumbering *r, rh_row_kind kind, int64_t *id)
{
    if (*id <= 0 || kind == RH_ROW_NONE) {
        return true; /* nobody's number: stays as it is */
    }
    if ((size_t)*id >= r->n[kind] || r->to[kind][*id] == 0) {
        return false;
    }
    *id = r->to[kind][*id];
    return true;
}

static rh_row_kind
kind_of_field(const random_ask *ask, const rh_field *f)
{
    static const rh_row_kind of[] = {
        [rh_object_kind_place] = RH_ROW_place,   [rh_object_kind_scheme] = RH_ROW_scheme,
        [rh_object_kind_offer] = RH_ROW_offer,   [rh_object_kind_lease] = RH_ROW_lease,
        [rh_object_kind_payout] = RH_ROW_payout, [rh_object_kind_baunit] = RH_ROW_baunit,
        [rh_object_kind_party] = RH_ROW_party};
    if (ask->kind == RH_DO_dispute_open && strcmp(f->name, "object_id") == 0 &&
        ask->command.dispute_open.object >= 0 &&
        ask->command.dispute_open.object < rh_object_kind_count) {
        return of[ask->command.dispute_open.object];
    }
    return rh_reference_kind(f);
}

static bool
translate_ask(const renumbering *r, random_ask *ask)
{
    const rh_record_type *type = rh_command_type(ask->kind);
    for (int i = 0; i < type->n; i++) {
        const rh_field *f = &type->field[i];
        if (f->type == RH_FIELD_ID &&
            !translate(r, kind_of_field(ask, f),
                       (int64_t *)(void *)((char *)&ask->command + f->offset))) {
            return false;
        }
    }
    return translate(r, RH_ROW_party, &ask->actor);
}

/* Do the needed commands break the same invariant? */
static bool
still_breaks(const trace *t, const char *invariant, size_t *last)
{
    stream s;
    stream_init(&s);
    renumbering r = {{0}, {0}};
    bool found = false;
    for (size_t i = 0; i < t->n && !found; i++) {
        random_ask ask = t->ask[i];
        if (!t->needed[i] || !translate_ask(&r, &ask)) {
            continue;
        }
        s.continues = (int64_t)i >= t->continues_from;
        if (!carry_out(&s, &ask, NULL, NULL)) {
            found = strcmp(s.broken.invariant, invariant) == 0;
            *last = i;
            break;
        }
        made *now = made_by(&s.out);
        for (const made *was = t->made[i]; was->kind >= 0; was++) {
            for (made *m = now; m->kind >= 0; m++) {
                if (m->kind == was->kind && m->id > 0) {
                    renumber(&r, was->kind, was->id, m->id);
                    m->id = 0;
                    break;
                }
            }
        }
        rh_free(now);
    }
    for (int k = 0; k < RH_ROW_COUNT; k++) {
        rh_free(r.to[k]);
    }
    stream_release(&s);
    return found;
}

/* Leave out pieces, smaller and smaller, as long as it still breaks. */
static void
cut_down(trace *t, const char *invariant)
{
    size_t last = 0;
    if (!still_breaks(t, invariant, &last)) {
        return;
    }
    for (size_t piece = t->n / 2; piece > 0; piece /= 2) {
        for (size_t from = 0; from < t->n; from += piece) {
            bool *before = rh_alloc(t->n, sizeof *before);
            must(before != NULL, "out of memory");
            memcpy(before, t->needed, t->n * sizeof *before);
            size_t dropped = 0;
            for (size_t i = from; i < from + piece && i < t->n; i++) {
                dropped += t->needed[i];
                t->needed[i] = false;
            }
            if (dropped > 0 && !still_breaks(t, invariant, &last)) {
                memcpy(t->needed, before, t->n * sizeof *before);
            }
            rh_free(before);
        }
    }
}

static void
tell(const trace *t)
{
    size_t needed = 0;
    for (size_t i = 0; i < t->n; i++) {
        needed += t->needed[i];
    }
    fprintf(stderr, "%zu of %zu commands are needed:\n", needed, t->n);
    for (size_t i = 0; i < t->n; i++) {
        char line[1000];
        if (t->needed[i]) {
            random_ask_print(&t->ask[i], line, sizeof line);
            fprintf(stderr, "  %6zu %s\n", i + 1, line);
        }
    }
}

/* ---- the whole ---- */

/* Carry the stream out; with a trace, remember it. */
static bool
run(stream *s, uint64_t seed, int64_t commands, random_reach *reach, random_watch *watch,
    void *context, trace *t, random_actor **actor)
{
    stream_init(s);
    random_actor *a = random_actor_new(seed);
    *actor = a;
    if (t != NULL) {
        t->continues_from = commands - commands / 10;
    }
    int64_t private_values = 0, first_day = RH_NONE, day = 0;
    bool good = true;
    for (int64_t i = 0; good && i < commands; i++) {
        random_ask ask;
        random_actor_next(a, s->live, &ask);
        random_ask_number(&ask, &private_values);
        s->continues = i >= commands - commands / 10;
        good = carry_out(s, &ask, watch, context);
        if (good && i < random_actor_founding(a) && s->out.refusals.n > 0) {
            char line[sizeof s->broken.why];
            random_ask_print(&ask, line, sizeof line);
            good = breaks(s, "founding", line);
        }
        if (good && i % LOOK_AT_ALL_EVERY == LOOK_AT_ALL_EVERY - 1) {
            good = invariants_all(s->model, &s->broken);
        }
        if (reach != NULL) {
            count(reach, &ask, &s->out);
        }
        if (t != NULL) {
            trace_add(t, &ask, &s->out);
        }
        day = plain_day(ask.time);
        first_day = first_day == RH_NONE ? day : first_day;
    }
    if (reach != NULL) {
        reach->days += day - first_day;
    }
    return good && invariants_all(s->model, &s->broken);
}

bool
random_stream_runs(uint64_t seed, int64_t commands, random_reach *reach, random_watch *watch,
                   void *context)
{
    stream s;
    random_actor *actor;
    bool good = run(&s, seed, commands, reach, watch, context, NULL, &actor);
    broken b = s.broken;
    stream_release(&s);
    random_actor_free(actor);
    if (!good) {
        fprintf(stderr, "seed %llu: %s broken: %s\n", (unsigned long long)seed, b.invariant,
                b.why);
        trace t = {0};
        bool again = run(&s, seed, commands, NULL, NULL, NULL, &t, &actor);
        stream_release(&s);
        if (!again) {
            cut_down(&t, b.invariant);
        }
        tell(&t);
        trace_release(&t);
        random_actor_free(actor);
    }
    return good;
}
