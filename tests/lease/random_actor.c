/* Choosing who asks for what: see random_actor.h. Walks the registry through the domain's own lists (state.h, rule.h); what the rules decide it does
 * not know. */
#include "random_scene.h"

#include "core/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int64_t minute = 60000;

/* ---- choosing ---- */

/* How often, against 100, a command is asked for among those that the state allows. What ends things is rare, so that they live to see more. */
static int
weight_of(rh_command_kind kind)
{
    switch (kind) {
    case RH_DO_scheme_annul:
    case RH_DO_lease_void:
        return 1;
    case RH_DO_lease_terminate:
    case RH_DO_lease_continue:
    case RH_DO_offer_unconsent:
    case RH_DO_offer_withdraw:
        return 3;
    case RH_DO_lease_unsafe:
    case RH_DO_lease_drop:
    case RH_DO_receipt_reverse:
        return 5;
    case RH_DO_scheme_drop:
    case RH_DO_objection_raise:
    case RH_DO_sublet_ask:
    case RH_DO_lease_amend:
    case RH_DO_bid_withdraw:
    case RH_DO_payout_refuse:
        return 10;
    case RH_DO_offer_refuse:
    case RH_DO_payout_reconcile:
        return 30;
    case RH_DO_lease_renew:
        return 40;
    case RH_DO_lease_sign:
    case RH_DO_offer_consent:
    case RH_DO_bid_place:
        return 250;
    default:
        return 100;
    }
}

/* Put an object's number into the field of the command that names its kind. */
static void
name_object(random_ask *out, rh_row_kind kind, int64_t id)
{
    const rh_record_type *type = rh_command_type(out->kind);
    for (int i = 0; i < type->n; i++) {
        if (type->field[i].type == RH_FIELD_ID && rh_reference_kind(&type->field[i]) == kind) {
            *(int64_t *)(void *)((char *)&out->command + type->field[i].offset) = id;
            return;
        }
    }
}

/* A command that the state of some object of this kind allows. */
static bool
command_for(scene *s, rh_row_kind kind, int64_t *object)
{
    for (int tries = 0; tries < 12; tries++) {
        *object = some(s, kind);
        for (int i = 0; kind == RH_ROW_offer && i < 3;
             i++) { /* rather one that is far on its way */
            int64_t other = some(s, kind);
            if (other == 0) {
                break;
            }
            int64_t state = RH_GET(s->r, offer, other)->state;
            bool further = state > RH_GET(s->r, offer, *object)->state ||
                           RH_GET(s->r, offer, *object)->state > rh_offer_state_open;
            *object = state <= rh_offer_state_open && further ? other : *object;
        }
        int64_t state = rh_state_of(kind, rh_registry_get(s->r, kind, *object));
        if (state == RH_NONE) {
            return false;
        }
        int64_t total = 0, chosen = -1;
        for (int k = 0; k < RH_COMMAND_COUNT; k++) {
            const rh_rule *rule = rh_rule_of((rh_command_kind)k);
            if (rule->effect != NULL && rule->object == kind && rule->from != UINT64_MAX &&
                (rule->from >> state & 1) != 0) {
                int64_t w = weight_of((rh_command_kind)k);
                if (k == RH_DO_offer_consent && state != rh_offer_state_draft) {
                    w = 1; /* for somebody who came of age */
                }
                total += w;
                chosen = below(s->a, total) < w ? k : chosen;
            }
        }
        /* Where only a rare step is possible it stays rare. */
        if (chosen >= 0 && (total >= 100 || below(s->a, 100) < total)) {
            s->out->kind = (rh_command_kind)chosen;
            return true;
        }
    }
    return false;
}

/* The registry grows slowly and to a bound, so that people meet again. */
static rh_command_kind
registry_kind(scene *s)
{
    rh_command_kind k = (rh_command_kind)below(s->a, RH_DO_scheme_draft);
    const rh_registry *r = s->r;
    bool full =
        (k == RH_DO_party_add && rh_registry_count(r, RH_ROW_party) > PERSONS_MOST) ||
        ((k == RH_DO_parcel_add || k == RH_DO_building_add || k == RH_DO_baunit_add) &&
         rh_registry_count(r, RH_ROW_parcel) > UNITS_MOST) ||
        (k == RH_DO_place_add && rh_registry_count(r, RH_ROW_place) > 8) ||
        (k == RH_DO_kin_add && rh_registry_count(r, RH_ROW_kin) > 40) ||
        ((k == RH_DO_household_member_end || k == RH_DO_membership_end) && !chance(s->a, 12)) ||
        (k == RH_DO_role_grant_end && !chance(s->a, 40)) ||
        (k == RH_DO_rrr_add && !chance(s->a, 30));
    return full ? RH_DO_source_add : k;
}

/* A village without a scheme in force, where nothing else can be done; 0: none. */
static int64_t
village_without_scheme(const scene *s)
{
    for (int64_t place = 2; place <= 1 + VILLAGES; place++) {
        bool active = false;
        for (int64_t id = rh_first(s->r, RH_BY_scheme_village, place); id != 0;
             id = rh_next(s->r, RH_BY_scheme_village, id)) {
            const rh_row_scheme *x = RH_GET(s->r, scheme, id);
            active |= x->state == rh_scheme_state_active &&
                      x->purpose == rh_scheme_purpose_homestead_use;
        }
        if (!active) {
            return place;
        }
    }
    return 0;
}

/* The furthest of a village's newest schemes that are on their way; 0: none. */
static int64_t
scheme_in_hand(const scene *s, int64_t village)
{
    int64_t n = rh_registry_count(s->r, RH_ROW_scheme), best = 0;
    for (int64_t id = n; id > 0 && id > n - 12; id--) {
        const rh_row_scheme *x = RH_GET(s->r, scheme, id);
        if (x->village == village && x->state <= rh_scheme_state_filed &&
            x->state != rh_scheme_state_failed &&
            x->purpose == rh_scheme_purpose_homestead_use &&
            (best == 0 || x->state > RH_GET(s->r, scheme, best)->state)) {
            best = id;
        }
    }
    return best;
}

/* The next step of a scheme on its way. */
static rh_command_kind
next_step(scene *s, int64_t scheme)
{
    const rh_row_meeting *m =
        RH_GET(s->r, meeting, rh_first(s->r, RH_BY_meeting_scheme, scheme));
    switch (RH_GET(s->r, scheme, scheme)->state) {
    case rh_scheme_state_draft:
        return RH_DO_scheme_discuss;
    case rh_scheme_state_party_discussed:
        return RH_DO_scheme_call;
    case rh_scheme_state_called:
        return m->held > s->today                        ? RH_DO_tick
               : m->held == s->today && chance(s->a, 88) ? RH_DO_ballot_cast
                                                         : RH_DO_meeting_count;
    case rh_scheme_state_passed:
        return RH_DO_scheme_publicise;
    case rh_scheme_state_publicised:
        return chance(s->a, 50)   ? RH_DO_tick
               : chance(s->a, 50) ? RH_DO_objection_decide
                                  : RH_DO_scheme_file;
    default:
        return RH_DO_scheme_activate;
    }
}

static void
choose_command(scene *s)
{
    static const rh_row_kind object_kind[] = {RH_ROW_scheme, RH_ROW_offer, RH_ROW_lease,
                                              RH_ROW_payout};
    static const rh_command_kind money[] = {RH_DO_receipt_post,   RH_DO_receipt_post,
                                            RH_DO_receipt_post,   RH_DO_receipt_post,
                                            RH_DO_payout_propose, RH_DO_payout_propose,
                                            RH_DO_receipt_reverse},
                                 others[] = {RH_DO_objection_raise,  RH_DO_objection_decide,
                                             RH_DO_objection_decide, RH_DO_amendment_sign,
                                             RH_DO_amendment_sign,   RH_DO_amendment_sign,
                                             RH_DO_sublet_answer,    RH_DO_bid_withdraw,
                                             RH_DO_inspection_open,  RH_DO_inspection_close,
                                             RH_DO_inspection_close, RH_DO_dispute_open,
                                             RH_DO_dispute_move,     RH_DO_dispute_close,
                                             RH_DO_dispute_close,    RH_DO_disclosure_publish,
                                             RH_DO_erasure_ask};
    random_actor *a = s->a;
    int64_t object = 0, u = below(a, 1000);
    rh_row_kind kind = RH_ROW_NONE;
    int64_t village = village_without_scheme(s);
    if (below(a, 1000) < (village != 0 ? 500 : 1)) { /* somebody sees to the village's scheme */
        village = village != 0 ? village : 1 + between(a, 1, VILLAGES);
        object = scheme_in_hand(s, village);
        s->village = village;
        s->out->kind = object == 0 ? RH_DO_scheme_draft : next_step(s, object);
        kind = object == 0 || s->out->kind == RH_DO_tick ? RH_ROW_NONE : RH_ROW_scheme;
    } else if (u < 45) {
        s->out->kind = RH_DO_tick;
    } else if (u < 120) {
        s->out->kind = registry_kind(s);
    } else if (u < 150) {
        s->out->kind = (rh_command_kind)below(a, RH_COMMAND_COUNT);
    } else if (u < 220) {
        s->out->kind = others[below(a, sizeof others / sizeof others[0])];
    } else if (u < 340) {
        s->out->kind = money[below(a, sizeof money / sizeof money[0])];
    } else if (u < 365) {
        s->out->kind = RH_DO_offer_draft;
    } else if (u < 385) {
        kind = RH_ROW_scheme;
    } else {
        kind = u < 720   ? RH_ROW_offer
               : u < 890 ? RH_ROW_lease
               : u < 980 ? RH_ROW_payout
                         : object_kind[below(a, 4)];
    }
    if (kind != RH_ROW_NONE && object == 0 && !command_for(s, kind, &object)) {
        object = 0;
        s->out->kind = kind == RH_ROW_offer ? RH_DO_offer_draft : registry_kind(s);
        kind = RH_ROW_NONE;
    }
    const rh_rule *rule = rh_rule_of(s->out->kind);
    if (rule->effect == NULL) { /* not written yet */
        s->out->kind = RH_DO_tick;
        kind = RH_ROW_NONE;
    }
    fill_plainly(s);
    if (kind != RH_ROW_NONE) {
        name_object(s->out, kind, object);
    } else if (rule->object != RH_ROW_NONE && rh_states_of(rule->object) != NULL &&
               s->out->kind != RH_DO_scheme_draft) {
        int64_t id = some_in(s, rule->object, rule->from);
        name_object(s->out, rule->object, id == 0 ? 1 : id);
    }
    fill(s);
}

/* ---- spoiling ---- */

/* A value that can be added to: what was spoiled before may be at the end of the numbers. */
static int64_t
plain(int64_t x)
{
    const int64_t most = INT64_C(1) << 60;
    return x > -most && x < most ? x : 0;
}

static void
spoil_field(scene *s, const rh_field *f)
{
    static const char *const bad_text[] = {NULL, "", "\x01", "过户", "\xff\xfe", "买 断"};
    random_actor *a = s->a;
    void *at = (char *)&s->out->command + f->offset;
    int64_t *x = at;
    if (f->type != RH_FIELD_TEXT && f->type != RH_FIELD_HASH &&
        (*x == RH_NONE || *x > INT64_C(1000000000000000) || *x < -INT64_C(1000000000000000))) {
        *x = 1;
    }
    switch (f->type) {
    case RH_FIELD_TEXT:
        *(const char **)at = bad_text[below(a, sizeof bad_text / sizeof bad_text[0])];
        break;
    case RH_FIELD_HASH:
        *(rh_hash *)at = chance(a, 50) ? some_hash(a) : (rh_hash){{0}};
        break;
    case RH_FIELD_ID: {
        rh_row_kind kind = rh_reference_kind(f);
        int64_t n = kind == RH_ROW_NONE ? 9 : rh_registry_count(s->r, kind);
        *x = ONE_OF(a, 0, -1, n + 1, RH_NONE, 1, n, 1 + below(a, n + 1), 1 + below(a, n + 1),
                    1 + below(a, n + 1));
        break;
    }
    case RH_FIELD_FEN:
        *x = plain(*x);
        *x = ONE_OF(a, *x - 1, *x + 1, 0, -1, *x * 2, INT64_C(10000000000000), INT64_MAX,
                    RH_NONE, -INT64_MAX);
        break;
    case RH_FIELD_DATE:
        *x = plain(*x);
        *x =
            ONE_OF(a, *x - 1, *x + 1, *x + 31, *x - 366, *x + 7306, INT64_MAX, RH_NONE, -30000);
        break;
    case RH_FIELD_INT:
        *x = plain(*x);
        *x = ONE_OF(a, *x - 1, *x + 1, 0, -1, *x * 2, INT64_C(1000000000000), INT64_MAX,
                    RH_NONE);
        break;
    case RH_FIELD_CODE:
        *x = ONE_OF(a, below(a, f->codes->n), below(a, f->codes->n), below(a, f->codes->n),
                    f->codes->n, -1, RH_NONE);
        break;
    case RH_FIELD_BOOL:
        *x = ONE_OF(a, !*x, !*x, 2, RH_NONE);
        break;
    default:
        break;
    }
}

static void
spoil(scene *s)
{
    random_actor *a = s->a;
    random_ask *out = s->out;
    const rh_record_type *type = rh_command_type(out->kind);
    int64_t u = below(a, 100);
    if (u < 25) { /* somebody else */
        out->actor = chance(a, 90) ? some(s, RH_ROW_party) : ONE_OF(a, RH_NONE, 0, -1, 1000000);
    } else if (u < 40) { /* in another role */
        out->role = chance(a, 95) ? below(a, rh_role_count) : ONE_OF(a, -1, 99, RH_NONE);
    } else if (u < 50) { /* somebody who holds another of the roles */
        out->role = below(a, rh_role_count);
        out->actor = somebody(s, out->role);
    } else if (type->n > 0) {
        spoil_field(s, &type->field[below(a, type->n)]);
        if (chance(a, 15)) {
            spoil_field(s, &type->field[below(a, type->n)]);
        }
    }
}

static int64_t
role_for(scene *s)
{
    uint64_t roles = rh_command_roles(s->out->kind);
    int64_t chosen = rh_role_public;
    int n = 0;
    for (int64_t role = 0; role < rh_role_count; role++) {
        if ((roles >> role & 1) != 0) {
            choose(s->a, &chosen, &n, role);
        }
    }
    return chosen;
}

/* ---- the interface ---- */

/* Somebody changes office to take the next step after his own (I13): three commands. */
static void
plot(scene *s)
{
    random_actor *a = s->a;
    int64_t payout = some(s, RH_ROW_payout), offer = some(s, RH_ROW_offer);
    const rh_row_payout *p = RH_GET(s->r, payout, payout);
    const rh_row_offer *o = RH_GET(s->r, offer, offer);
    int64_t who = RH_NONE, role, place = 1;
    rh_command_kind step;
    if (p != NULL && p->state <= rh_payout_state_paid && chance(a, 60)) {
        bool paid = p->state == rh_payout_state_paid;
        who = p->proposed_by;
        role = paid ? rh_role_auditor : rh_role_supervisors;
        step = paid ? RH_DO_payout_reconcile : RH_DO_payout_approve;
        place = paid ? 1 : p->village;
    } else if (o != NULL && o->state == rh_offer_state_verified) {
        who = o->verified_by;
        role = rh_role_council;
        step = RH_DO_offer_acknowledge;
        place = o->village;
    }
    int64_t grant = who == RH_NONE ? 0 : rh_first(s->r, RH_BY_role_grant_party, who),
            township = officer(s, rh_role_township);
    if (grant == 0 || township == 0) {
        return;
    }
    ask_next(a, RH_DO_role_grant_end, township, rh_role_township)
        ->command.role_grant_end.role_grant = grant;
    rh_command_role_grant_add *add =
        &ask_next(a, RH_DO_role_grant_add, township, rh_role_township)->command.role_grant_add;
    add->party = who;
    add->role = role;
    add->place = place;
    random_ask *last = ask_next(a, step, who, role);
    if (step == RH_DO_offer_acknowledge) {
        last->command.offer_acknowledge.offer = offer;
    } else {
        last->command.payout_approve.payout =
            payout; /* the first field of payout_reconcile, too */
        if (step == RH_DO_payout_reconcile) {
            last->command.payout_reconcile.bank_ref = "P0";
        }
    }
}

random_actor *
random_actor_new(uint64_t seed)
{
    random_actor *a = rh_alloc(1, sizeof *a);
    if (a == NULL) {
        abort();
    }
    a->key = rh_key_with(0x6c65617365u, seed);
    a->texts = rh_arena_new();
    a->time = INT64_C(1772298000000); /* 2026-03-01 01:00 UTC+8 */
    a->last_day = rh_day_of(2170, 1, 1);
    found_township(a);
    a->n_founding = a->n_queue;
    return a;
}

void
random_actor_free(random_actor *a)
{
    if (a != NULL) {
        rh_free(a->queue);
        rh_arena_free(a->texts);
        rh_free(a);
    }
}

int
random_actor_founding(const random_actor *a)
{
    return a->n_founding;
}

void
random_actor_next(random_actor *a, const rh_registry *r, random_ask *out)
{
    int64_t due = rh_registry_next_due(r), before = a->last_seq;
    a->last_seq = rh_registry_seq(r);
    if (a->last.kind == RH_DO_tick && a->last_seq > before && due != RH_NONE &&
        due <= rh_day_of_time(a->last.time)) {
        *out = a->last; /* a tick does only so much: again, as the service does */
        return;
    }
    if (a->at < a->n_queue) {
        *out = a->queue[a->at++];
        if (a->at > a->n_founding && out->time < a->time) { /* the clock went on meanwhile */
            out->time = a->time;
        }
        a->last = *out;
        return;
    }
    a->time += between(a, 0, 40) * minute / 8;
    if (chance(a, 2)) { /* the same again */
        *out = a->last;
        out->time = a->time;
        return;
    }
    memset(out, 0, sizeof *out);
    out->time = a->time;
    scene s = {.a = a,
               .r = r,
               .out = out,
               .today = rh_day_of_time(a->time),
               .place = 1,
               .collective = RH_NONE,
               .household = RH_NONE};
    if (below(a, 1000) < 6) {
        plot(&s);
    }
    choose_command(&s);
    out->role = s.role != 0 ? s.role - 1 : role_for(&s);
    out->actor = s.actor != 0 ? s.actor : somebody(&s, out->role);
    if (out->actor == 0) {
        out->actor = RH_NONE;
    }
    if (chance(a, 9)) {
        spoil(&s);
    }
    a->last = *out;
}

void
random_ask_number(random_ask *ask, int64_t *last)
{
    for (int i = 0; i < ask->n_private; i++) {
        if (ask->private_text[i].text[0] != '\0') {
            *(int64_t *)(void *)((char *)&ask->command + ask->private_text[i].field->offset) =
                ++*last;
        }
    }
}

rh_ask
random_ask_of(const random_ask *ask)
{
    return (rh_ask){ask->kind, &ask->command, ask->actor, ask->role, ask->time};
}

static void
print_field(FILE *f, const random_ask *ask, const rh_field *field)
{
    int64_t x = 0;
    switch (field->type) {
    case RH_FIELD_TEXT: {
        const char *t = rh_record_text(&ask->command, field);
        fprintf(f, "%s", t == NULL ? "-" : t);
        return;
    }
    case RH_FIELD_HASH:
        memcpy(&x, rh_record_hash(&ask->command, field), sizeof x);
        fprintf(f, "#%" PRId64, x);
        return;
    default:
        x = rh_record_number(&ask->command, field);
    }
    if (x == RH_NONE) {
        fputc('-', f);
    } else if (field->type == RH_FIELD_CODE && x >= 0 && x < field->codes->n) {
        fputs(field->codes->word[x], f);
    } else if (field->type == RH_FIELD_DATE && x > -40000 && x < 100000) {
        int y, m, d;
        rh_day_split(x, &y, &m, &d);
        fprintf(f, "%04d-%02d-%02d", y, m, d);
    } else {
        fprintf(f, "%" PRId64, x);
    }
}

void
random_ask_print(const random_ask *ask, char *out, size_t size)
{
    FILE *f = fmemopen(out, size, "w");
    if (f == NULL) {
        out[0] = '\0';
        return;
    }
    const rh_record_type *type = rh_command_type(ask->kind);
    fprintf(f, "%s(", type->name);
    for (int i = 0; i < type->n; i++) {
        fprintf(f, "%s%s=", i == 0 ? "" : ", ", type->field[i].name);
        print_field(f, ask, &type->field[i]);
    }
    int y, m, d;
    rh_day_split(rh_day_of_time(ask->time), &y, &m, &d);
    fprintf(f, ") by %" PRId64 " as %s on %04d-%02d-%02d",
            ask->actor == RH_NONE ? 0 : ask->actor,
            ask->role >= 0 && ask->role < rh_role_count ? rh_codes_role.word[ask->role] : "?",
            y, m, d);
    fclose(f);
    out[size - 1] = '\0';
}
