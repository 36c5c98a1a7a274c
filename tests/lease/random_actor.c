/* Random commands: see random_actor.h. Walks the registry through the domain's own lists (state.h, rule.h); what the rules decide it does not know. */
#include "random_actor.h"

#include "core/mem.h"
#include "core/random.h"
#include "domain/arena.h"
#include "domain/calendar_day.h"
#include "domain/rule.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    VILLAGES = 2,
    HOUSEHOLDS = 6,
    LESSEES = 14,
    SOURCES = 12,
    PERSONS_MOST = 260,
    UNITS_MOST = 40
};

static const int64_t minute = 60000, day_ms = INT64_C(86400000);

struct random_actor {
    rh_key key;
    uint64_t drawn;
    int64_t time, last_day;
    uint64_t serial; /* of bank references, hashes, codes */
    random_ask *queue;
    int n_queue, room_queue, at;
    random_ask last;
    struct rh_arena *texts;
};

/* What the command at hand is about. */
typedef struct scene {
    random_actor *a;
    const rh_registry *r;
    random_ask *out;
    int64_t today;
    int64_t place, collective, household;
    const rh_row_lease *lease;
    int64_t role, actor; /* 0: still to be chosen */
} scene;

/* ---- draws ---- */

static uint64_t
draw(random_actor *a)
{
    return rh_draw(a->key, a->drawn++);
}

static int64_t
below(random_actor *a, int64_t n)
{
    return (int64_t)rh_below(draw(a), (uint64_t)n);
}

static int64_t
between(random_actor *a, int64_t first, int64_t last)
{
    return first + below(a, last - first + 1);
}

static bool
chance(random_actor *a, int percent)
{
    return below(a, 100) < percent;
}

#define ONE_OF(a, ...)                                                                         \
    ((const int64_t[]){__VA_ARGS__})[below(                                                    \
        a, (int64_t)(sizeof(const int64_t[]){__VA_ARGS__} / sizeof(int64_t)))]

static const char *
text(random_actor *a, const char *stem, uint64_t n)
{
    char one[64];
    snprintf(one, sizeof one, "%s%" PRIu64, stem, n);
    const char *kept = rh_arena_text(a->texts, one);
    if (kept == NULL) {
        abort();
    }
    return kept;
}

static rh_hash
some_hash(random_actor *a)
{
    rh_hash h = {{0}};
    uint64_t n = ++a->serial;
    memcpy(h.byte, &n, sizeof n);
    return h;
}

/* ---- objects of the registry ---- */

/* Any object of a kind, the newer the likelier; 0: there is none. */
static int64_t
some(scene *s, rh_row_kind kind)
{
    int64_t n = rh_registry_count(s->r, kind);
    if (n == 0) {
        return 0;
    }
    int64_t recent = n < 24 ? n : 24;
    return chance(s->a, 60) ? n - below(s->a, recent) : 1 + below(s->a, n);
}

/* An object in one of these states, if one is met soon; otherwise any. */
static int64_t
some_in(scene *s, rh_row_kind kind, uint64_t states)
{
    int64_t id = 0;
    for (int i = 0; i < 24; i++) {
        id = some(s, kind);
        if (id == 0) {
            return 0;
        }
        int64_t state = rh_state_of(kind, rh_registry_get(s->r, kind, id));
        if (state == RH_NONE || (states >> state & 1) != 0) {
            break;
        }
    }
    return id;
}

#define SOURCE(word) RH_BIT(rh_source_kind_##word)

static int64_t
source_of(scene *s, uint64_t kinds)
{
    int64_t id = 0;
    for (int i = 0; i < 60; i++) {
        id = some(s, RH_ROW_source);
        if (id == 0 || (kinds >> RH_GET(s->r, source, id)->kind & 1) != 0) {
            break;
        }
    }
    return id;
}

/* A document of a kind that the command can rest on, mostly. */
static int64_t
some_source(scene *s, rh_command_kind command)
{
    uint64_t kinds;
    switch (command) {
    case RH_DO_scheme_discuss:
    case RH_DO_meeting_count:
        kinds = SOURCE(minutes);
        break;
    case RH_DO_building_add:
    case RH_DO_building_assess:
        kinds = SOURCE(report);
        break;
    case RH_DO_scheme_annul:
    case RH_DO_lease_void:
        kinds = SOURCE(order);
        break;
    case RH_DO_mandate_add:
        kinds = SOURCE(statement);
        break;
    case RH_DO_membership_add:
    case RH_DO_baunit_add:
    case RH_DO_offer_draft:
        kinds = SOURCE(certificate) | SOURCE(order);
        break;
    default:
        kinds = chance(s->a, 50)
                    ? UINT64_MAX
                    : SOURCE(certificate) | SOURCE(order) | SOURCE(report) | SOURCE(resolution);
    }
    return source_of(s, kinds);
}

/* Reservoir: keep the n-th candidate with chance 1/n. */
static void
choose(random_actor *a, int64_t *chosen, int *n, int64_t id)
{
    if (below(a, ++*n) == 0) {
        *chosen = id;
    }
}

static int64_t
party_of_kind(scene *s, int64_t kind, int64_t place)
{
    int64_t id = 0;
    for (int i = 0; i < 40; i++) {
        id = 1 + below(s->a, rh_registry_count(s->r, RH_ROW_party));
        const rh_row_party *p = RH_GET(s->r, party, id);
        if (p->kind == kind && (place == 0 || p->place == place)) {
            break;
        }
    }
    return id;
}

static int64_t
some_member_row(scene *s, int64_t household, bool holders, bool head)
{
    int64_t chosen = 0;
    int n = 0;
    for (int64_t id = rh_first(s->r, RH_BY_household_member_household, household); id != 0;
         id = rh_next(s->r, RH_BY_household_member_household, id)) {
        const rh_row_household_member *m = RH_GET(s->r, household_member, id);
        if (rh_holds(m, s->today) && (!holders || m->right_holder) && (!head || m->head)) {
            choose(s->a, &chosen, &n, id);
        }
    }
    return chosen;
}

static bool
is_able(const rh_row_household_member *m, int64_t today)
{
    return m->capacity == rh_capacity_full && rh_day_add_months(m->born, 216) <= today;
}

/* Who signs for a member of a household: itself, its guardian, now and then somebody with a mandate. */
static int64_t
signer_for(scene *s, int64_t row)
{
    const rh_row_household_member *m = RH_GET(s->r, household_member, row);
    if (m == NULL) {
        return RH_NONE;
    }
    if (!is_able(m, s->today)) {
        return m->guardian;
    }
    int64_t mandate = rh_first(s->r, RH_BY_mandate_principal, m->person);
    if (mandate != 0 && chance(s->a, 40)) {
        return RH_GET(s->r, mandate, mandate)->agent;
    }
    return m->person;
}

static int64_t
collective_member(scene *s, int64_t collective)
{
    int64_t chosen = 0;
    int n = 0;
    for (int64_t id = rh_first(s->r, RH_BY_membership_collective, collective); id != 0;
         id = rh_next(s->r, RH_BY_membership_collective, id)) {
        const rh_row_membership *m = RH_GET(s->r, membership, id);
        if (rh_holds(m, s->today)) {
            choose(s->a, &chosen, &n, m->person);
        }
    }
    return chosen;
}

static int64_t
officer(scene *s, int64_t role)
{
    int64_t chosen = 0;
    int n = 0;
    for (int64_t place = s->place > 0 ? s->place : 1; place > 0;) {
        for (int64_t id = rh_first(s->r, RH_BY_role_grant_place, place); id != 0;
             id = rh_next(s->r, RH_BY_role_grant_place, id)) {
            const rh_row_role_grant *g = RH_GET(s->r, role_grant, id);
            if (g->role == role && rh_holds(g, s->today)) {
                choose(s->a, &chosen, &n, g->party);
            }
        }
        const rh_row_place *p = RH_GET(s->r, place, place);
        place = p == NULL ? 0 : p->parent;
    }
    return chosen;
}

/* Somebody who may act in that role for what the scene is about. */
static int64_t
somebody(scene *s, int64_t role)
{
    switch (role) {
    case rh_role_holder:
        return signer_for(s, some_member_row(s, s->household, true, false));
    case rh_role_holder_rep:
        return signer_for(s, some_member_row(s, s->household, true, true));
    case rh_role_lessee:
        return s->lease != NULL ? s->lease->lessee : party_of_kind(s, rh_party_kind_person, 1);
    case rh_role_member:
        return collective_member(s, s->collective);
    case rh_role_system:
    case rh_role_public:
        return RH_NONE;
    default:
        return officer(s, role);
    }
}

/* ---- what the scene is about ---- */

static void
about_place(scene *s, int64_t place)
{
    s->place = place;
    const rh_row_place *p = RH_GET(s->r, place, place);
    if (p != NULL && p->parent > 0) { /* the collective of the village: founded with it */
        s->collective = RH_NONE;
        for (int64_t id = 1; id <= rh_registry_count(s->r, RH_ROW_party) && id < 80; id++) {
            const rh_row_party *party = RH_GET(s->r, party, id);
            if (party->kind == rh_party_kind_collective && party->place == place) {
                s->collective = id;
                break;
            }
        }
    }
}

static void
about_baunit(scene *s, int64_t id)
{
    const rh_row_baunit *u = RH_GET(s->r, baunit, id);
    if (u != NULL) {
        s->place = u->village;
        s->collective = u->collective;
        s->household = u->household;
    }
}

static void
about_scheme(scene *s, int64_t id)
{
    const rh_row_scheme *x = RH_GET(s->r, scheme, id);
    if (x != NULL) {
        s->place = x->village;
        s->collective = x->collective;
    }
}

static void
about_offer(scene *s, int64_t id)
{
    const rh_row_offer *o = RH_GET(s->r, offer, id);
    if (o != NULL) {
        about_baunit(s, o->baunit);
        s->household = o->household;
    }
}

static void
about_lease(scene *s, int64_t id)
{
    const rh_row_lease *l = RH_GET(s->r, lease, id);
    if (l != NULL) {
        about_baunit(s, l->baunit);
        s->household = l->household;
        s->lease = l;
    }
}

static void
by(scene *s, int64_t role)
{
    s->role = role + 1; /* 0 means: still to be chosen */
}

/* ---- fields that have nothing to do with one another ---- */

static int64_t
plain_number(scene *s, const rh_field *f)
{
    random_actor *a = s->a;
    switch (f->type) {
    case RH_FIELD_ID: {
        rh_row_kind kind = rh_reference_kind(f);
        int64_t id = kind == RH_ROW_NONE     ? between(a, 1, 20)
                     : kind == RH_ROW_source ? some_source(s, s->out->kind)
                                             : some(s, kind);
        return id == 0 ? RH_NONE : id;
    }
    case RH_FIELD_FEN:
        return between(a, 1, 500000);
    case RH_FIELD_DATE:
        return s->today + ONE_OF(a, -30, -1, 0, 0, 0, 1, 30);
    case RH_FIELD_CODE:
        return below(a, f->codes->n);
    case RH_FIELD_BOOL:
        return below(a, 2);
    case RH_FIELD_PRIVATE:
        return RH_NONE;
    default:
        return between(a, 1, 100);
    }
}

static void
fill_plainly(scene *s)
{
    const rh_record_type *type = rh_command_type(s->out->kind);
    char *record = (char *)&s->out->command;
    for (int i = 0; i < type->n; i++) {
        const rh_field *f = &type->field[i];
        void *at = record + f->offset;
        if (f->type == RH_FIELD_TEXT) {
            *(const char **)at =
                f->optional && chance(s->a, 50) ? NULL : text(s->a, f->zh, draw(s->a) % 1000);
        } else if (f->type == RH_FIELD_HASH) {
            *(rh_hash *)at = some_hash(s->a);
        } else {
            *(int64_t *)at =
                f->optional && f->type == RH_FIELD_ID ? RH_NONE : plain_number(s, f);
            if (f->type == RH_FIELD_PRIVATE && s->out->n_private < RANDOM_PRIVATE_MOST) {
                random_private *p = &s->out->private_text[s->out->n_private++];
                p->field = f;
                snprintf(p->text, sizeof p->text, "%s%d", f->zh, (int)below(s->a, 1000));
                if (f->optional && chance(s->a, 50)) {
                    p->text[0] = '\0';
                }
            }
        }
    }
}

/* ---- registry ---- */

static void
fill_registry(scene *s)
{
    random_actor *a = s->a;
    rh_command *c = &s->out->command;
    about_place(s, 1 + between(a, 1, VILLAGES));
    int64_t household = party_of_kind(s, rh_party_kind_household, s->place);
    switch (s->out->kind) {
    case RH_DO_place_add:
        c->place_add.parent = some(s, RH_ROW_place);
        c->place_add.level = chance(a, 70) ? rh_level_group : below(a, 3);
        c->place_add.code = text(a, "1101", ++a->serial);
        c->place_add.lon_e5 = between(a, 10000000, 12000000);
        c->place_add.lat_e5 = between(a, 3000000, 4000000);
        break;
    case RH_DO_parameter_set:
        c->parameter_set.place = between(a, 1, 1 + VILLAGES);
        c->parameter_set.from = s->today + ONE_OF(a, 0, 0, 1, 30);
        switch (c->parameter_set.key) {
        case rh_parameter_notice_days:
            c->parameter_set.value = between(a, 4, 9);
            break;
        case rh_parameter_floor_fen_m2_year:
        case rh_parameter_fair_rent_fen_m2_year:
            c->parameter_set.value = between(a, 0, 600);
            break;
        case rh_parameter_area_cap_cm2:
            c->parameter_set.value = between(a, 1200000, 1700000);
            break;
        case rh_parameter_house_price_fen_m2:
            c->parameter_set.value = between(a, 50000, 500000);
            break;
        case rh_parameter_renew_months:
            c->parameter_set.value = between(a, 6, 25);
            break;
        default:
            c->parameter_set.value = between(a, 1, 60);
        }
        break;
    case RH_DO_party_add:
        c->party_add.place = s->place;
        c->party_add.kind =
            chance(a, 80) ? rh_party_kind_person : below(a, rh_party_kind_count);
        break;
    case RH_DO_bank_account_add: {
        int64_t whose =
            ONE_OF(a, rh_party_kind_collective, rh_party_kind_household, rh_party_kind_person);
        c->bank_account_add.party =
            party_of_kind(s, whose, whose == rh_party_kind_person ? 0 : s->place);
        c->bank_account_add.kind = whose == rh_party_kind_collective && chance(a, 70);
        break;
    }
    case RH_DO_kin_add:
        c->kin_add.one = party_of_kind(s, rh_party_kind_person, 0);
        c->kin_add.other = party_of_kind(s, rh_party_kind_person, 0);
        break;
    case RH_DO_household_member_add:
        c->household_member_add.household = household;
        c->household_member_add.person = party_of_kind(s, rh_party_kind_person, s->place);
        c->household_member_add.born = s->today - 365 * between(a, 0, 80) - between(a, 0, 364);
        c->household_member_add.capacity = chance(a, 85) ? rh_capacity_full : below(a, 3);
        c->household_member_add.right_holder = chance(a, 50);
        c->household_member_add.head = chance(a, 15);
        c->household_member_add.guardian =
            chance(a, 60) && some_member_row(s, household, false, false) != 0
                ? RH_GET(s->r, household_member, some_member_row(s, household, false, false))
                      ->person
                : RH_NONE;
        break;
    case RH_DO_household_member_end:
        c->household_member_end.until = s->today + ONE_OF(a, 0, 0, 0, -1, 30);
        about_place(
            s, RH_GET(s->r, party,
                      RH_GET(s->r, household_member, c->household_member_end.household_member)
                          ->household)
                   ->place);
        break;
    case RH_DO_membership_add: {
        int64_t row = some_member_row(s, household, false, false);
        c->membership_add.collective = s->collective;
        if (row != 0) {
            c->membership_add.person = RH_GET(s->r, household_member, row)->person;
        }
        c->membership_add.from = s->today - ONE_OF(a, 0, 0, 1, 100);
        break;
    }
    case RH_DO_membership_end:
        c->membership_end.until = s->today + ONE_OF(a, 0, 0, 0, -1, 30);
        about_place(s,
                    RH_GET(s->r, party,
                           RH_GET(s->r, membership, c->membership_end.membership)->collective)
                        ->place);
        break;
    case RH_DO_mandate_add: {
        int64_t one = some_member_row(s, household, true, false),
                other = some_member_row(s, household, false, false);
        s->household = household;
        if (one != 0) {
            c->mandate_add.principal = RH_GET(s->r, household_member, one)->person;
            c->mandate_add.agent = chance(a, 70) ? RH_GET(s->r, household_member, other)->person
                                                 : party_of_kind(s, rh_party_kind_person, 0);
            if (chance(a, 50)) {
                by(s, rh_role_holder);
                s->actor = c->mandate_add.principal;
            }
        }
        c->mandate_add.from = s->today - ONE_OF(a, 0, 0, 1, 10);
        c->mandate_add.until = s->today + between(a, -2, 900);
        break;
    }
    case RH_DO_mandate_end: {
        const rh_row_mandate *m = RH_GET(s->r, mandate, c->mandate_end.mandate);
        if (m != NULL) {
            about_place(s, RH_GET(s->r, party, m->principal)->place);
            by(s, rh_role_clerk);
            if (chance(a, 50)) {
                by(s, rh_role_holder);
                s->actor = m->principal;
            }
        }
        break;
    }
    case RH_DO_role_grant_add: {
        int64_t role = ONE_OF(a, rh_role_clerk, rh_role_council, rh_role_supervisors,
                              rh_role_treasurer, rh_role_party_org, rh_role_township);
        c->role_grant_add.role = chance(a, 90) ? role : below(a, rh_role_count);
        c->role_grant_add.place = role == rh_role_township ? 1 : s->place;
        c->role_grant_add.party =
            party_of_kind(s, rh_party_kind_person, chance(a, 80) ? s->place : 0);
        break;
    }
    case RH_DO_source_add:
        c->source_add.place = s->place;
        c->source_add.dated = s->today - between(a, 0, 400);
        s->household = household;
        break;
    case RH_DO_parcel_add:
        c->parcel_add.village = s->place;
        c->parcel_add.area_cm2 = between(a, 800000, 1700000);
        c->parcel_add.hazard = chance(a, 5);
        c->parcel_add.heritage = chance(a, 5);
        c->parcel_add.farmland = chance(a, 5);
        break;
    case RH_DO_building_add: {
        const rh_row_parcel *p = RH_GET(s->r, parcel, c->building_add.parcel);
        s->place = p == NULL ? s->place : p->village;
        c->building_add.year = between(a, 1950, 2025);
        c->building_add.floors = between(a, 1, 3);
        c->building_add.area_cm2 = between(a, 500000, 2500000);
        c->building_add.safety = ONE_OF(a, 0, 0, 0, 1, 1, 2, 3);
        c->building_add.source = chance(a, 60) ? some_source(s, s->out->kind) : RH_NONE;
        break;
    }
    case RH_DO_building_assess: {
        const rh_row_building *b = RH_GET(s->r, building, c->building_assess.building);
        s->place = b == NULL ? s->place : RH_GET(s->r, parcel, b->parcel)->village;
        c->building_assess.safety = ONE_OF(a, 0, 0, 0, 1, 1, 1, 2, 3);
        break;
    }
    case RH_DO_baunit_add: {
        const rh_row_building *b = RH_GET(s->r, building, c->baunit_add.building);
        if (b != NULL) {
            c->baunit_add.parcel = b->parcel;
            about_place(s, RH_GET(s->r, parcel, b->parcel)->village);
        }
        c->baunit_add.collective = s->collective;
        c->baunit_add.household = party_of_kind(s, rh_party_kind_household, s->place);
        break;
    }
    case RH_DO_rrr_add:
        about_baunit(s, c->rrr_add.baunit);
        c->rrr_add.kind =
            ONE_OF(a, rh_rrr_kind_residence_right, rh_rrr_kind_use_limit, rh_rrr_kind_heritage,
                   rh_rrr_kind_mortgage, rh_rrr_kind_seizure, rh_rrr_kind_repair,
                   rh_rrr_kind_fire, rh_rrr_kind_use_right, rh_rrr_kind_lease);
        c->rrr_add.share_num = 1;
        c->rrr_add.share_den = ONE_OF(a, 1, 1, 1, 2, 3);
        break;
    case RH_DO_rrr_end: {
        for (int i = 0; i < 20;
             i++) { /* mostly one of the restrictions, so that units come free again */
            const rh_row_rrr *x = RH_GET(s->r, rrr, c->rrr_end.rrr);
            if (x != NULL && x->status == rh_rrr_status_current &&
                x->kind > rh_rrr_kind_lease) {
                break;
            }
            c->rrr_end.rrr = some(s, RH_ROW_rrr);
        }
        const rh_row_rrr *x = RH_GET(s->r, rrr, c->rrr_end.rrr);
        about_baunit(s, x == NULL ? 0 : x->baunit);
        break;
    }
    case RH_DO_rrr_succeed:
        about_baunit(s, c->rrr_succeed.baunit);
        c->rrr_succeed.household =
            party_of_kind(s, rh_party_kind_household, chance(a, 85) ? s->place : 0);
        break;
    default:
        break;
    }
}

/* ---- the scheme and its assembly ---- */

static void
split_of(random_actor *a, int64_t *farmer, int64_t *collective, int64_t *reserve)
{
    *farmer = ONE_OF(a, 7000, 8000, 9000, 6667, 3333, 10000);
    *collective = *farmer == 10000 ? 0 : (10000 - *farmer) * between(a, 0, 10) / 10;
    *reserve = 10000 - *farmer - *collective;
}

/* An open meeting that is still to be held or counted; 0: none. */
static int64_t
some_meeting(scene *s)
{
    int64_t n = rh_registry_count(s->r, RH_ROW_meeting);
    for (int64_t id = n; id > 0 && id > n - 8; id--) {
        const rh_row_meeting *m = RH_GET(s->r, meeting, id);
        if (m->passed == RH_NONE && m->minutes == RH_NONE &&
            RH_GET(s->r, scheme, m->scheme)->state == rh_scheme_state_called &&
            chance(s->a, 70)) {
            return id;
        }
    }
    return n == 0 ? 0 : some(s, RH_ROW_meeting);
}

static bool
has_voted(const rh_registry *r, int64_t meeting, int64_t member)
{
    for (int64_t id = rh_first(r, RH_BY_ballot_meeting, meeting); id != 0;
         id = rh_next(r, RH_BY_ballot_meeting, id)) {
        if (RH_GET(r, ballot, id)->member == member) {
            return true;
        }
    }
    return false;
}

static void
fill_ballot(scene *s)
{
    random_actor *a = s->a;
    rh_command_ballot_cast *c = &s->out->command.ballot_cast;
    c->meeting = some_meeting(s);
    const rh_row_meeting *m = RH_GET(s->r, meeting, c->meeting);
    if (m == NULL) {
        return;
    }
    about_scheme(s, m->scheme);
    by(s, rh_role_member);
    for (int i = 0; i < 6; i++) {
        s->actor = collective_member(s, s->collective);
        if (!has_voted(s->r, c->meeting, s->actor)) {
            break;
        }
    }
    c->vote = ONE_OF(a, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2);
    c->via = chance(a, 60) ? rh_via_in_person : rh_via_online;
    c->mandate = RH_NONE;
    int64_t mandate = rh_first(s->r, RH_BY_mandate_agent, s->actor);
    if (mandate != 0 && chance(a, 50)) {
        c->mandate = mandate;
        c->via = rh_via_proxy;
    }
}

/* Members with full capacity on a day: what an honest supervisor reads off the roll. */
static int64_t
full_members(scene *s, int64_t collective, int64_t day)
{
    int64_t n = 0;
    for (int64_t id = rh_first(s->r, RH_BY_membership_collective, collective); id != 0;
         id = rh_next(s->r, RH_BY_membership_collective, id)) {
        const rh_row_membership *m = RH_GET(s->r, membership, id);
        int64_t row = rh_first(s->r, RH_BY_household_member_person, m->person);
        n += rh_holds(m, day) && row != 0 && is_able(RH_GET(s->r, household_member, row), day);
    }
    return n;
}

static void
fill_count(scene *s)
{
    random_actor *a = s->a;
    rh_command_meeting_count *c = &s->out->command.meeting_count;
    c->meeting = some_meeting(s);
    const rh_row_meeting *m = RH_GET(s->r, meeting, c->meeting);
    if (m == NULL) {
        return;
    }
    about_scheme(s, m->scheme);
    int64_t votes[rh_vote_count] = {0}, all = 0;
    for (int64_t id = rh_first(s->r, RH_BY_ballot_meeting, c->meeting); id != 0;
         id = rh_next(s->r, RH_BY_ballot_meeting, id)) {
        votes[RH_GET(s->r, ballot, id)->vote]++;
        all++;
    }
    /* Who voted by show of hands has no ballot on record. */
    int64_t roll = full_members(s, s->collective, m->held);
    int64_t hands =
        roll > all ? (chance(a, 75) ? roll - all : between(a, 0, roll - all)) : 0;
    c->attended = all + hands;
    c->yes = votes[rh_vote_yes] + (chance(a, 85) ? hands : between(a, 0, hands));
    c->no = votes[rh_vote_no];
    c->abstain = votes[rh_vote_abstain];
    c->roll = m->kind == rh_meeting_kind_representatives ? between(a, 1, roll + 1) : RH_NONE;
    if (chance(a, 5)) {
        c->yes += ONE_OF(a, -1, 1);
    }
}

static void
fill_scheme(scene *s)
{
    random_actor *a = s->a;
    rh_command *c = &s->out->command;
    switch (s->out->kind) {
    case RH_DO_scheme_draft:
        about_place(s, 1 + between(a, 1, VILLAGES));
        c->scheme_draft.collective = s->collective;
        c->scheme_draft.purpose = chance(a, 92) ? rh_scheme_purpose_homestead_use
                                                : rh_scheme_purpose_construction_land;
        c->scheme_draft.uses = chance(a, 80) ? 255 : between(a, 1, 255);
        split_of(a, &c->scheme_draft.farmer_bp, &c->scheme_draft.collective_bp,
                 &c->scheme_draft.reserve_bp);
        c->scheme_draft.floor_fen_m2_year = between(a, 0, 1500);
        c->scheme_draft.notice_days = chance(a, 90) ? between(a, 5, 12) : between(a, 0, 5);
        return;
    case RH_DO_scheme_call:
        about_scheme(s, c->scheme_call.scheme);
        c->scheme_call.kind =
            chance(a, 88) ? rh_meeting_kind_assembly : rh_meeting_kind_representatives;
        c->scheme_call.held =
            s->today + (chance(a, 85) ? between(a, 10, 14) : between(a, 0, 10));
        c->scheme_call.papers =
            chance(a, 90) ? s->today - below(a, 3) : c->scheme_call.held - between(a, 5, 10);
        return;
    case RH_DO_ballot_cast:
        fill_ballot(s);
        return;
    case RH_DO_meeting_count:
        fill_count(s);
        return;
    default: /* the others name nothing but the scheme */
        about_scheme(s, c->scheme_file.scheme);
    }
}

/* ---- offers ---- */

static int64_t
consenting_row(scene *s, int64_t offer)
{
    int64_t chosen = 0;
    int n = 0;
    for (int64_t id = rh_first(s->r, RH_BY_household_member_household, s->household); id != 0;
         id = rh_next(s->r, RH_BY_household_member_household, id)) {
        const rh_row_household_member *m = RH_GET(s->r, household_member, id);
        bool given = false;
        for (int64_t x = rh_first(s->r, RH_BY_consent_offer, offer); x != 0;
             x = rh_next(s->r, RH_BY_consent_offer, x)) {
            given |= RH_GET(s->r, consent, x)->person == m->person &&
                     !RH_GET(s->r, consent, x)->withdrawn;
        }
        if (rh_holds(m, s->today) && m->right_holder && !given) {
            choose(s->a, &chosen, &n, id);
        }
    }
    return chosen;
}

static void
fill_draft(scene *s)
{
    random_actor *a = s->a;
    rh_command_offer_draft *c = &s->out->command.offer_draft;
    for (int i = 0; i < 6; i++) { /* mostly a unit without an offer or a lease that goes on */
        c->baunit = some(s, RH_ROW_baunit);
        bool busy = false;
        for (int64_t id = rh_first(s->r, RH_BY_offer_baunit, c->baunit); id != 0;
             id = rh_next(s->r, RH_BY_offer_baunit, id)) {
            busy |= RH_GET(s->r, offer, id)->state < rh_offer_state_matched;
        }
        for (int64_t id = rh_first(s->r, RH_BY_lease_baunit, c->baunit); id != 0;
             id = rh_next(s->r, RH_BY_lease_baunit, id)) {
            busy |= RH_GET(s->r, lease, id)->state < rh_lease_state_expired;
        }
        if (!busy) {
            break;
        }
    }
    about_baunit(s, c->baunit);
    c->asking_fen_year = between(a, 100000, 3000000);
    c->months = ONE_OF(a, 6, 12, 12, 24, 36, 60, 120, 228, 240, 240, 241, 300);
    c->uses = chance(a, 70) ? 255 : between(a, 1, 255);
    c->deposit_fen = chance(a, 20) ? 0 : c->asking_fen_year * between(a, 0, 3) / 12;
    c->other_housing = chance(a, 90);
    c->title = some_source(s, s->out->kind);
    c->housing_source = chance(a, 90) ? source_of(s, SOURCE(certificate) | SOURCE(contract)) : RH_NONE;
}

static void
fill_match(scene *s)
{
    random_actor *a = s->a;
    rh_command_offer_match *c = &s->out->command.offer_match;
    int64_t chosen = 0;
    int n = 0;
    for (int64_t id = rh_first(s->r, RH_BY_bid_offer, c->offer); id != 0;
         id = rh_next(s->r, RH_BY_bid_offer, id)) {
        if (RH_GET(s->r, bid, id)->state == rh_bid_state_placed) {
            choose(a, &chosen, &n, id);
        }
    }
    c->bid = chosen != 0 ? chosen : some(s, RH_ROW_bid);
    c->start = s->today + ONE_OF(a, 0, 1, 15, 20, 30, 30, 40, 60, 90, -1);
    c->step_bp = ONE_OF(a, 0, 0, 300, 500, 1000);
    c->step_years = c->step_bp == 0 ? ONE_OF(a, 0, 0, 0, 1) : between(a, 1, 5);
    c->period_months = ONE_OF(a, 3, 6, 12, 12, 12, 12, 12, 24, 61);
    c->wording = chance(a, 85)
                     ? NULL
                     : text(a, chance(a, 40) ? "永久转让，过户" : "院内可种菜", draw(a) % 10);
}

static void
fill_offer(scene *s)
{
    random_actor *a = s->a;
    rh_command *c = &s->out->command;
    switch (s->out->kind) {
    case RH_DO_offer_draft:
        fill_draft(s);
        return;
    case RH_DO_offer_consent:
    case RH_DO_offer_unconsent: {
        about_offer(s, c->offer_consent.offer);
        by(s, rh_role_holder);
        int64_t row = s->out->kind == RH_DO_offer_consent
                          ? consenting_row(s, c->offer_consent.offer)
                          : some_member_row(s, s->household, true, false);
        if (row != 0) {
            c->offer_consent.person = RH_GET(s->r, household_member, row)->person;
            s->actor = signer_for(s, row);
        }
        if (s->out->kind == RH_DO_offer_consent) {
            c->offer_consent.warned = chance(a, 97);
        }
        return;
    }
    case RH_DO_objection_raise: {
        const rh_row_notice *n = NULL;
        for (int i = 0; i < 8; i++) { /* mostly one that stands */
            c->objection_raise.notice = some(s, RH_ROW_notice);
            n = RH_GET(s->r, notice, c->objection_raise.notice);
            if (n == NULL || n->last >= s->today) {
                break;
            }
        }
        about_place(s, n == NULL ? 2 : n->place);
        s->household = party_of_kind(s, rh_party_kind_household, s->place);
        return;
    }
    case RH_DO_objection_decide:
        c->objection_decide.objection =
            some_in(s, RH_ROW_objection, RH_BIT(rh_objection_state_open));
        c->objection_decide.upheld = chance(a, 30);
        s->place = 1;
        return;
    case RH_DO_bid_place: {
        about_offer(s, c->bid_place.offer);
        const rh_row_offer *o = RH_GET(s->r, offer, c->bid_place.offer);
        c->bid_place.fen_year = o == NULL ? 1 : o->asking_fen_year * between(a, 80, 160) / 100;
        by(s, chance(a, 30) ? rh_role_member : rh_role_lessee);
        return;
    }
    case RH_DO_bid_withdraw: {
        const rh_row_bid *b = RH_GET(s->r, bid, c->bid_withdraw.bid);
        if (b != NULL) {
            about_offer(s, b->offer);
            by(s, b->member ? rh_role_member : rh_role_lessee);
            s->actor = b->party;
        }
        return;
    }
    case RH_DO_offer_match:
        about_offer(s, c->offer_match.offer);
        fill_match(s);
        return;
    default:
        about_offer(s, c->offer_verify.offer);
    }
}

/* ---- leases ---- */

static void
fill_sign(scene *s, const rh_hash *wanted, rh_hash *given)
{
    *given = *wanted;
    by(s, ONE_OF(s->a, rh_role_holder, rh_role_holder, rh_role_holder, rh_role_lessee,
                 rh_role_lessee, rh_role_council, rh_role_township));
    for (int i = 0; i < 8 && s->lease != NULL;
         i++) { /* mostly somebody who has not signed yet */
        s->actor = somebody(s, s->role - 1);
        bool signed_already = false;
        for (int64_t id = rh_first(s->r, RH_BY_signature_lease, s->lease->id); id != 0;
             id = rh_next(s->r, RH_BY_signature_lease, id)) {
            const rh_row_signature *x = RH_GET(s->r, signature, id);
            signed_already |=
                memcmp(&x->document, wanted, sizeof *wanted) == 0 &&
                (x->party == s->actor || (x->role == s->role - 1 && x->role != rh_role_holder));
        }
        if (!signed_already) {
            return;
        }
        by(s, ONE_OF(s->a, rh_role_holder, rh_role_holder, rh_role_lessee, rh_role_council,
                     rh_role_township));
    }
}

static void
fill_amend(scene *s)
{
    random_actor *a = s->a;
    rh_command_lease_amend *c = &s->out->command.lease_amend;
    if (s->lease == NULL) {
        return;
    }
    c->end = s->lease->end + ONE_OF(a, 0, 0, 0, -30, 30, 365, 3650);
    c->fen_year = s->lease->fen_year * ONE_OF(a, 100, 100, 90, 110) / 100;
    c->farmer_bp = s->lease->farmer_bp;
    c->collective_bp = s->lease->collective_bp;
    c->reserve_bp = s->lease->reserve_bp;
    if (chance(a, 40)) {
        int64_t from_collective = c->collective_bp / 2;
        c->farmer_bp += from_collective * (chance(a, 80) ? 1 : -1);
        c->collective_bp -= from_collective * (chance(a, 95) ? 1 : 0);
        c->reserve_bp = 10000 - c->farmer_bp - c->collective_bp;
    }
    c->wording = chance(a, 90) ? NULL : "此房永久归承租人所有";
}

/* A ground that fits the state, by who may plead it, with what shows it. */
static void
fill_terminate(scene *s)
{
    random_actor *a = s->a;
    rh_command_lease_terminate *c = &s->out->command.lease_terminate;
    int64_t state = s->lease == NULL ? 0 : s->lease->state;
    c->ground = state == rh_lease_state_arrears && chance(a, 60) ? rh_termination_ground_arrears
                : state == rh_lease_state_unsafe && chance(a, 60)
                    ? rh_termination_ground_unsafe
                    : below(a, rh_termination_ground_count);
    switch (c->ground) {
    case rh_termination_ground_arrears:
        by(s, chance(a, 90) ? rh_role_holder_rep : rh_role_township);
        return;
    case rh_termination_ground_breach:
        c->source = source_of(s, chance(a, 70) ? SOURCE(order) : UINT64_MAX);
        return;
    case rh_termination_ground_mutual:
        by(s, chance(a, 80) ? rh_role_township : rh_role_lessee);
        c->source = source_of(s, chance(a, 80) ? SOURCE(contract) : UINT64_MAX);
        return;
    case rh_termination_ground_loss:
        c->source = source_of(s, chance(a, 70) ? SOURCE(report) : UINT64_MAX);
        return;
    default:
        return;
    }
}

static void
fill_lease(scene *s)
{
    random_actor *a = s->a;
    rh_command *c = &s->out->command;
    static const rh_hash none;
    switch (s->out->kind) {
    case RH_DO_lease_sign:
        about_lease(s, c->lease_sign.lease);
        fill_sign(s, s->lease == NULL ? &none : &s->lease->text, &c->lease_sign.text);
        return;
    case RH_DO_amendment_sign: {
        c->amendment_sign.amendment = some_in(s, RH_ROW_amendment, RH_BIT(rh_case_state_open));
        const rh_row_amendment *x = RH_GET(s->r, amendment, c->amendment_sign.amendment);
        about_lease(s, x == NULL ? 0 : x->lease);
        fill_sign(s, x == NULL ? &none : &x->text, &c->amendment_sign.text);
        return;
    }
    case RH_DO_sublet_answer: {
        c->sublet_answer.sublet = some_in(s, RH_ROW_sublet, RH_BIT(rh_sublet_state_asked));
        const rh_row_sublet *x = RH_GET(s->r, sublet, c->sublet_answer.sublet);
        about_lease(s, x == NULL ? 0 : x->lease);
        c->sublet_answer.allowed = chance(a, 70);
        return;
    }
    default: /* all others begin with the lease */
        about_lease(s, c->lease_file.lease);
    }
    switch (s->out->kind) {
    case RH_DO_lease_amend:
        fill_amend(s);
        return;
    case RH_DO_lease_renew:
        c->lease_renew.months = ONE_OF(a, 12, 12, 24, 60, 120, 216, 228, 240);
        c->lease_renew.fen_year =
            s->lease == NULL ? 1 : s->lease->fen_year * between(a, 90, 130) / 100;
        c->lease_renew.wording = chance(a, 95) ? NULL : "世代居住";
        return;
    case RH_DO_sublet_ask:
        c->sublet_ask.sublessee = party_of_kind(s, rh_party_kind_person, 1);
        if (s->lease != NULL) {
            c->sublet_ask.start = s->today + ONE_OF(a, 0, 1, 30, -1);
            c->sublet_ask.end = chance(a, 70) && s->lease->end > s->today
                                    ? s->today + between(a, 1, s->lease->end - s->today)
                                    : s->lease->end + ONE_OF(a, 0, 0, 1);
            c->sublet_ask.purpose =
                chance(a, 90) ? s->lease->purpose : below(a, rh_lessee_use_count);
        }
        return;
    case RH_DO_lease_settle:
        c->lease_settle.deposit_kept_fen =
            s->lease == NULL || chance(a, 60)
                ? 0
                : s->lease->deposit_fen * between(a, 0, 101) / 100;
        c->lease_settle.source = some_source(s, s->out->kind);
        return;
    case RH_DO_lease_terminate:
        fill_terminate(s);
        return;
    case RH_DO_lease_continue:
        c->lease_continue.lessee = party_of_kind(s, rh_party_kind_person, 1);
        return;
    default:
        return;
    }
}

/* ---- money ---- */

static void
fill_receipt(scene *s)
{
    random_actor *a = s->a;
    rh_command_receipt_post *c = &s->out->command.receipt_post;
    for (int i = 0; i < 30; i++) { /* mostly a line that is due and not yet paid */
        int64_t lease =
            some_in(s, RH_ROW_lease,
                    RH_BIT(rh_lease_state_active) | RH_BIT(rh_lease_state_expiring) |
                        RH_BIT(rh_lease_state_filed) | RH_BIT(rh_lease_state_arrears) |
                        RH_BIT(rh_lease_state_unsafe));
        int64_t chosen = 0;
        int n = 0;
        for (int64_t id = rh_first(s->r, RH_BY_rent_line_lease, lease); id != 0;
             id = rh_next(s->r, RH_BY_rent_line_lease, id)) {
            const rh_row_rent_line *x = RH_GET(s->r, rent_line, id);
            int64_t got = (size_t)id < s->r->n_received ? s->r->received[id] : 0;
            if (x->due <= s->today + 10 && x->cancelled != 1 && got < x->amount_fen) {
                choose(a, &chosen, &n, id);
            }
        }
        if (chosen != 0) {
            c->line = chosen;
            break;
        }
    }
    const rh_row_rent_line *x = RH_GET(s->r, rent_line, c->line);
    if (x != NULL) {
        about_lease(s, x->lease);
        int64_t got = (size_t)x->id < s->r->n_received ? s->r->received[x->id] : 0,
                owed = x->amount_fen - got;
        c->amount_fen = owed > 1 && chance(a, 15) ? between(a, 1, owed) : owed > 0 ? owed : 1;
        c->amount_fen += chance(a, 2);
    }
    c->bank_ref = text(a, "R", chance(a, 97) ? ++a->serial : a->serial);
}

static int64_t
account_for(scene *s, int64_t payee)
{
    int64_t party = payee == rh_payee_farmer   ? s->household
                    : payee == rh_payee_lessee ? s->lease->lessee
                                               : s->collective;
    int64_t id = rh_first(s->r, RH_BY_bank_account_party, party);
    return id != 0 && chance(s->a, 95) ? id : some(s, RH_ROW_bank_account);
}

static void
fill_payout(scene *s)
{
    static const int64_t account_of[] = {[rh_payee_farmer] = rh_account_farmer,
                                         [rh_payee_collective] = rh_account_collective,
                                         [rh_payee_reserve] = rh_account_reserve,
                                         [rh_payee_lessee] = rh_account_lessee};
    random_actor *a = s->a;
    rh_command_payout_propose *c = &s->out->command.payout_propose;
    c->amount_fen = 1;
    for (int i = 0; i < 40; i++) { /* mostly where something is owed */
        c->lease = some(s, RH_ROW_lease);
        c->payee = below(a, rh_payee_count);
        if (c->lease > 0 && (size_t)c->lease < s->r->n_books) {
            const rh_books *b = &s->r->books[c->lease];
            int64_t owed = -b->balance[account_of[c->payee]] - b->promised[c->payee];
            if (owed > 0) {
                c->amount_fen = chance(a, 80) ? owed : between(a, 1, owed) + chance(a, 10);
                break;
            }
        }
    }
    about_lease(s, c->lease);
    if (s->lease != NULL) {
        c->account = account_for(s, c->payee);
    }
}

static void
fill_money(scene *s)
{
    rh_command *c = &s->out->command;
    switch (s->out->kind) {
    case RH_DO_receipt_post:
        fill_receipt(s);
        return;
    case RH_DO_receipt_reverse: {
        const rh_row_receipt *x = RH_GET(s->r, receipt, c->receipt_reverse.receipt);
        about_lease(s, x == NULL ? 0 : x->lease);
        return;
    }
    case RH_DO_payout_propose:
        fill_payout(s);
        return;
    default: {
        const rh_row_payout *p = RH_GET(s->r, payout, c->payout_approve.payout);
        about_lease(s, p == NULL ? 0 : p->lease);
        if (s->out->kind == RH_DO_payout_reconcile) {
            c->payout_reconcile.bank_ref = text(s->a, "P", ++s->a->serial);
        }
    }
    }
}

/* ---- supervision and time ---- */

static void
fill_dispute(scene *s)
{
    random_actor *a = s->a;
    rh_command_dispute_open *c = &s->out->command.dispute_open;
    static const rh_row_kind of[] = {
        [rh_object_kind_place] = RH_ROW_place,   [rh_object_kind_scheme] = RH_ROW_scheme,
        [rh_object_kind_offer] = RH_ROW_offer,   [rh_object_kind_lease] = RH_ROW_lease,
        [rh_object_kind_payout] = RH_ROW_payout, [rh_object_kind_baunit] = RH_ROW_baunit,
        [rh_object_kind_party] = RH_ROW_party};
    c->object = chance(a, 75) ? rh_object_kind_lease : below(a, rh_object_kind_count);
    c->object_id = some(s, of[c->object]);
    c->contested_of = chance(a, 90) ? below(a, rh_payee_count) : RH_NONE;
    c->contested_fen =
        chance(a, 30) || c->object < rh_object_kind_lease ? 0 : between(a, 0, 300000);
    about_place(s, 1 + between(a, 1, VILLAGES));
    s->household = party_of_kind(s, rh_party_kind_household, s->place);
    if (c->object == rh_object_kind_lease) {
        about_lease(s, c->object_id);
    } else if (c->object == rh_object_kind_offer) {
        about_offer(s, c->object_id);
    }
}

/* Where the clock goes when nothing is asked: mostly to the next day on which something is due. */
static void
move_clock(scene *s)
{
    random_actor *a = s->a;
    int64_t due = rh_registry_next_due(s->r), days;
    int64_t meetings = rh_registry_count(s->r, RH_ROW_meeting);
    const rh_row_meeting *m =
        RH_GET(s->r, meeting, meetings - (meetings > 1 ? below(a, 2) : 0));
    int64_t u = below(a, 1000);
    if (u < 300) {
        days = between(a, 0, 2);
    } else if (u < 500 && m != NULL && m->held > s->today) {
        days = m->held - s->today;
    } else if (u < 900) {
        days = due > s->today ? due - s->today : between(a, 1, 4);
        days = days > 400 ? between(a, 1, 400) : days;
    } else if (u < 985) {
        days = between(a, 5, 40);
    } else if (u < 998) {
        days = between(a, 60, 400);
    } else {
        days = between(a, 1000, 7400);
    }
    if (s->today + days < a->last_day) {
        a->time += days * day_ms;
        s->out->time = a->time;
        s->today = rh_day_of_time(a->time);
    }
    s->out->command.tick.today = s->today + (chance(a, 98) ? 0 : ONE_OF(a, -1, 1));
}

static void
fill_supervision(scene *s)
{
    random_actor *a = s->a;
    rh_command *c = &s->out->command;
    switch (s->out->kind) {
    case RH_DO_inspection_open:
        c->inspection_open.lease = some(s, RH_ROW_lease);
        about_lease(s, c->inspection_open.lease);
        return;
    case RH_DO_inspection_close: {
        c->inspection_close.inspection =
            some_in(s, RH_ROW_inspection, RH_BIT(rh_case_state_open));
        const rh_row_inspection *x = RH_GET(s->r, inspection, c->inspection_close.inspection);
        about_lease(s, x == NULL ? 0 : x->lease);
        return;
    }
    case RH_DO_dispute_open:
        fill_dispute(s);
        return;
    case RH_DO_dispute_move:
    case RH_DO_dispute_close: {
        c->dispute_move.dispute = some_in(s, RH_ROW_dispute, RH_BIT(rh_case_state_open));
        const rh_row_dispute *x = RH_GET(s->r, dispute, c->dispute_move.dispute);
        if (x != NULL && x->object == rh_object_kind_lease) {
            about_lease(s, x->object_id);
        }
        if (s->out->kind == RH_DO_dispute_close) {
            c->dispute_close.outcome = between(a, 0, rh_outcome_count - 1);
            c->dispute_close.source = source_of(s, chance(a, 70) ? SOURCE(order) : UINT64_MAX);
        } else {
            c->dispute_move.path = x != NULL && chance(a, 80)
                                       ? between(a, x->path, rh_dispute_path_count - 1)
                                       : c->dispute_move.path;
            c->dispute_move.source = chance(a, 50) ? some_source(s, s->out->kind) : RH_NONE;
        }
        return;
    }
    case RH_DO_disclosure_publish:
        about_place(s, 1 + between(a, 1, VILLAGES));
        c->disclosure_publish.place = s->place;
        c->disclosure_publish.last = s->today - between(a, 0, 3);
        c->disclosure_publish.first = c->disclosure_publish.last - between(a, 0, 95);
        return;
    case RH_DO_erasure_ask:
        about_place(s, 1 + between(a, 1, VILLAGES));
        by(s, ONE_OF(a, rh_role_lessee, rh_role_lessee, rh_role_lessee, rh_role_member));
        s->household = party_of_kind(s, rh_party_kind_household, s->place);
        s->actor = s->role - 1 == rh_role_lessee ? party_of_kind(s, rh_party_kind_person, 0)
                                                 : somebody(s, rh_role_member);
        c->erasure_ask.party = s->actor;
        return;
    default:
        return;
    }
}

/* ---- choosing ---- */

/* How often, against 10, a command is asked for among those that the state allows. */
static int
weight_of(rh_command_kind kind)
{
    switch (kind) {
    case RH_DO_offer_unconsent:
    case RH_DO_offer_refuse:
    case RH_DO_offer_withdraw:
    case RH_DO_scheme_drop:
    case RH_DO_scheme_annul:
    case RH_DO_lease_drop:
    case RH_DO_lease_void:
    case RH_DO_lease_terminate:
    case RH_DO_lease_continue:
    case RH_DO_lease_unsafe:
        return 1;
    case RH_DO_sublet_ask:
    case RH_DO_lease_amend:
    case RH_DO_bid_withdraw:
    case RH_DO_payout_refuse:
        return 2;
    case RH_DO_lease_renew:
        return 6;
    case RH_DO_lease_sign:
    case RH_DO_offer_consent:
        return 30;
    case RH_DO_bid_place:
    case RH_DO_payout_approve:
        return 20;
    default:
        return 10;
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
                total += w;
                chosen = below(s->a, total) < w ? k : chosen;
            }
        }
        if (chosen >= 0) {
            s->out->kind = (rh_command_kind)chosen;
            return true;
        }
    }
    return false;
}

static bool
is_registry(rh_command_kind kind)
{
    return kind < RH_DO_scheme_draft;
}

static void
fill(scene *s)
{
    rh_command_kind k = s->out->kind;
    if (is_registry(k)) {
        fill_registry(s);
    } else if (k < RH_DO_offer_draft) {
        fill_scheme(s);
    } else if (k < RH_DO_lease_sign) {
        fill_offer(s);
    } else if (k < RH_DO_receipt_post) {
        fill_lease(s);
    } else if (k < RH_DO_inspection_open) {
        fill_money(s);
    } else if (k == RH_DO_tick) {
        move_clock(s);
    } else {
        fill_supervision(s);
    }
}

/* The registry grows slowly and to a bound, so that people meet again. */
static rh_command_kind
registry_kind(scene *s)
{
    rh_command_kind k = (rh_command_kind)below(s->a, RH_DO_scheme_draft);
    const rh_registry *r = s->r;
    bool full = (k == RH_DO_party_add && rh_registry_count(r, RH_ROW_party) > PERSONS_MOST) ||
                ((k == RH_DO_parcel_add || k == RH_DO_building_add || k == RH_DO_baunit_add) &&
                 rh_registry_count(r, RH_ROW_parcel) > UNITS_MOST) ||
                (k == RH_DO_place_add && rh_registry_count(r, RH_ROW_place) > 8) ||
                (k == RH_DO_kin_add && rh_registry_count(r, RH_ROW_kin) > 40) ||
                ((k == RH_DO_household_member_end || k == RH_DO_membership_end ||
                  k == RH_DO_role_grant_end) &&
                 !chance(s->a, 12)) ||
                (k == RH_DO_rrr_add && !chance(s->a, 30));
    return full ? RH_DO_source_add : k;
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
    if (u < 45) {
        s->out->kind = RH_DO_tick;
    } else if (u < 120) {
        s->out->kind = registry_kind(s);
    } else if (u < 150) {
        s->out->kind = (rh_command_kind)below(a, RH_COMMAND_COUNT);
    } else if (u < 220) {
        s->out->kind = others[below(a, sizeof others / sizeof others[0])];
    } else if (u < 420) {
        s->out->kind = money[below(a, sizeof money / sizeof money[0])];
    } else if (u < 440) {
        s->out->kind = chance(a, 25) ? RH_DO_scheme_draft : RH_DO_offer_draft;
    } else if (u < 520) {
        s->out->kind = chance(a, 50) ? RH_DO_ballot_cast : RH_DO_scheme_draft;
        const rh_row_meeting *m =
            RH_GET(s->r, meeting, rh_registry_count(s->r, RH_ROW_meeting));
        if (s->out->kind == RH_DO_scheme_draft || m == NULL || m->passed != RH_NONE) {
            s->out->kind = RH_DO_scheme_draft;
            kind = RH_ROW_scheme;
        }
    } else {
        kind = u < 710   ? RH_ROW_offer
               : u < 880 ? RH_ROW_lease
               : u < 980 ? RH_ROW_payout
                         : object_kind[below(a, 4)];
    }
    if (kind != RH_ROW_NONE && !command_for(s, kind, &object)) {
        object = 0;
        s->out->kind = kind == RH_ROW_scheme ? RH_DO_scheme_draft : RH_DO_offer_draft;
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

static void
spoil_field(scene *s, const rh_field *f)
{
    static const char *const bad_text[] = {NULL, "", "\x01", "过户", "\xff\xfe", "买 断"};
    random_actor *a = s->a;
    void *at = (char *)&s->out->command + f->offset;
    int64_t *x = at;
    if (f->type != RH_FIELD_TEXT && f->type != RH_FIELD_HASH &&
        (*x == RH_NONE || *x > INT64_C(1000000000000000))) {
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
        *x = ONE_OF(a, *x - 1, *x + 1, 0, -1, *x * 2, INT64_C(10000000000000), INT64_MAX,
                    RH_NONE, -INT64_MAX);
        break;
    case RH_FIELD_DATE:
        *x =
            ONE_OF(a, *x - 1, *x + 1, *x + 31, *x - 366, *x + 7306, INT64_MAX, RH_NONE, -30000);
        break;
    case RH_FIELD_INT:
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

/* ---- founding a township ---- */

static random_ask *
ask_next(random_actor *a, rh_command_kind kind, int64_t actor, int64_t role)
{
    if (a->n_queue == a->room_queue) {
        a->room_queue = a->room_queue == 0 ? 256 : 2 * a->room_queue;
        a->queue = rh_resize(a->queue, (size_t)a->room_queue, sizeof *a->queue);
        if (a->queue == NULL) {
            abort();
        }
    }
    random_ask *x = &a->queue[a->n_queue++];
    memset(x, 0, sizeof *x);
    x->kind = kind;
    x->actor = actor;
    x->role = role;
    a->time += minute;
    x->time = a->time;
    const rh_record_type *type = rh_command_type(kind);
    for (int i = 0; i < type->n; i++) {
        const rh_field *f = &type->field[i];
        if (f->type == RH_FIELD_PRIVATE && !f->optional) {
            random_private *p = &x->private_text[x->n_private++];
            p->field = f;
            snprintf(p->text, sizeof p->text, "%s%d", f->zh, a->n_queue);
        }
        if (f->type != RH_FIELD_TEXT && f->type != RH_FIELD_HASH) {
            *(int64_t *)(void *)((char *)&x->command + f->offset) = RH_NONE;
        }
    }
    return x;
}

/* Numbers that the founding commands will get. */
typedef struct founding {
    random_actor *a;
    int64_t party, parcel, source, officer;
    int64_t today;
} founding;

static int64_t
found_party(founding *f, int64_t kind, int64_t place)
{
    bool first = f->officer == 0;
    rh_command_party_add *c = &ask_next(f->a, RH_DO_party_add, first ? RH_NONE : f->officer,
                                        first ? rh_role_system : rh_role_township)
                                   ->command.party_add;
    c->kind = kind;
    c->place = place;
    return ++f->party;
}

static void
found_office(founding *f, int64_t party, int64_t role, int64_t place)
{
    bool first = f->officer == 0;
    rh_command_role_grant_add *c =
        &ask_next(f->a, RH_DO_role_grant_add, first ? RH_NONE : f->officer,
                  first ? rh_role_system : rh_role_township)
             ->command.role_grant_add;
    c->party = party;
    c->role = role;
    c->place = place;
}

static random_ask *
found(founding *f, rh_command_kind kind)
{
    return ask_next(f->a, kind, f->officer, rh_role_township);
}

static void
found_account(founding *f, int64_t party, int64_t kind)
{
    rh_command_bank_account_add *c =
        &found(f, RH_DO_bank_account_add)->command.bank_account_add;
    c->party = party;
    c->kind = kind;
}

static int64_t
found_member(founding *f, int64_t household, int64_t collective, int64_t village, int64_t age,
             bool holder, bool head, int64_t guardian)
{
    int64_t person = found_party(f, rh_party_kind_person, village);
    rh_command_household_member_add *c =
        &found(f, RH_DO_household_member_add)->command.household_member_add;
    c->household = household;
    c->person = person;
    c->right_holder = holder;
    c->head = head;
    c->born = f->today - 366 * age - 3;
    c->capacity =
        age < 18 || (guardian != RH_NONE && age > 30) ? rh_capacity_limited : rh_capacity_full;
    c->guardian = guardian;
    rh_command_membership_add *m = &found(f, RH_DO_membership_add)->command.membership_add;
    m->collective = collective;
    m->person = person;
    m->source = 1;
    m->from = f->today;
    return person;
}

static void
found_household(founding *f, int64_t collective, int64_t village, int64_t n)
{
    random_actor *a = f->a;
    int64_t household = found_party(f, rh_party_kind_household, village);
    int64_t head = found_member(f, household, collective, village, between(a, 30, 60), true,
                                true, RH_NONE);
    if (n % 3 != 0) {
        found_member(f, household, collective, village, between(a, 25, 60), true, false,
                     RH_NONE);
    }
    if (n % 2 == 0) {
        found_member(f, household, collective, village, between(a, 1, 17), n % 4 == 0, false,
                     head);
    }
    if (n % 5 == 4) { /* an old right-holder under guardianship */
        found_member(f, household, collective, village, 80, true, false, head);
    }
    found_account(f, household, rh_bank_kind_personal);
    rh_command_parcel_add *p = &found(f, RH_DO_parcel_add)->command.parcel_add;
    p->village = village;
    p->number = text(a, "P", ++a->serial);
    p->area_cm2 = between(a, 800000, 1200000);
    p->hazard = p->heritage = p->farmland = 0;
    f->parcel++;
    rh_command_building_add *b = &found(f, RH_DO_building_add)->command.building_add;
    b->parcel = f->parcel;
    b->year = 1995;
    b->floors = 2;
    b->area_cm2 = between(a, 800000, 1800000);
    b->safety = rh_safety_a;
    b->source =
        1 + rh_source_kind_report; /* the sources are founded in the order of their kinds */
    rh_command_baunit_add *u = &found(f, RH_DO_baunit_add)->command.baunit_add;
    u->parcel = f->parcel;
    u->building = f->parcel;
    u->household = household;
    u->collective = collective;
    u->source = 1;
}

static void
found_village(founding *f, int64_t village)
{
    static const int64_t offices[] = {
        rh_role_clerk,     rh_role_clerk,       rh_role_council,
        rh_role_council,   rh_role_supervisors, rh_role_supervisors,
        rh_role_treasurer, rh_role_treasurer,   rh_role_party_org};
    int64_t collective = found_party(f, rh_party_kind_collective, village);
    found_account(f, collective, rh_bank_kind_collective);
    for (size_t i = 0; i < sizeof offices / sizeof offices[0]; i++) {
        found_office(f, found_party(f, rh_party_kind_person, village), offices[i], village);
    }
    for (int64_t n = 0; n < HOUSEHOLDS; n++) {
        found_household(f, collective, village, n);
        if (n == 1) { /* one of the villagers is a clerk too */
            found_office(f, f->party, rh_role_clerk, village);
        }
    }
}

static void
found_township(random_actor *a)
{
    founding f = {.a = a, .today = rh_day_of_time(a->time)};
    for (int64_t place = 1; place <= 1 + VILLAGES; place++) {
        rh_command_place_add *c =
            &ask_next(a, RH_DO_place_add, RH_NONE, rh_role_system)->command.place_add;
        c->code = text(a, "11010100", (uint64_t)place);
        c->level = place == 1 ? rh_level_township : rh_level_village;
        c->parent = place == 1 ? RH_NONE : 1;
        c->name = place == 1 ? "河口镇" : place == 2 ? "南村" : "北村";
    }
    int64_t first = found_party(&f, rh_party_kind_person, 1);
    found_office(&f, first, rh_role_township, 1);
    f.officer = first;
    static const int64_t offices[] = {rh_role_township, rh_role_township, rh_role_county,
                                      rh_role_auditor,  rh_role_bank,     rh_role_court};
    for (size_t i = 0; i < sizeof offices / sizeof offices[0]; i++) {
        found_office(&f, found_party(&f, rh_party_kind_person, 1), offices[i], 1);
    }
    for (int i = 0; i < SOURCES; i++) {
        rh_command_source_add *c = &found(&f, RH_DO_source_add)->command.source_add;
        c->kind = i % rh_source_kind_count;
        c->document = some_hash(a);
        c->place = 1 + i % (1 + VILLAGES);
    }
    for (int i = 0; i < LESSEES; i++) {
        found_account(&f, found_party(&f, rh_party_kind_person, 1), rh_bank_kind_personal);
    }
    for (int64_t village = 2; village <= 1 + VILLAGES; village++) {
        found_village(&f, village);
    }
}

/* ---- the interface ---- */

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
    return a->n_queue;
}

void
random_actor_next(random_actor *a, const rh_registry *r, random_ask *out)
{
    if (a->at < a->n_queue) {
        *out = a->queue[a->at++];
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
