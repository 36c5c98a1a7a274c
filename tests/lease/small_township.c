/* The small township: see small_township.h. */
#include "small_township.h"

#include "domain/calendar_day.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const int64_t one_day = INT64_C(24) * 3600 * 1000;

/* ---- asking ---- */

/* Does the table of rules let the command move an object of that kind so? `from` RH_FROM_NEW: it makes it. */
static bool
may_move(rh_command_kind command, rh_row_kind kind, uint64_t from, uint64_t to)
{
    const rh_rule *rule = rh_rule_of(command);
    if (rule->object == kind && (rule->from & from) != 0 && (rule->to & to) != 0) {
        return true;
    }
    int n;
    const rh_also_rule *also = rh_also_rules(&n);
    for (int i = 0; i < n; i++) {
        if (also[i].command == command && also[i].object == kind &&
            (also[i].from & from) != 0 && (also[i].to & to) != 0) {
            return true;
        }
    }
    const rh_due_rule *due = rh_due_rules(&n);
    for (int i = 0; i < n; i++) {
        if (command == RH_DO_tick && due[i].object == kind && (due[i].from & from) != 0 &&
            (due[i].to & to) != 0) {
            return true;
        }
    }
    return false;
}

/* Schemes and offers move only as the table says: what the model check proves of the table is then true of them. */
static void
assert_moves_by_rule(const small_township *t, rh_command_kind command, rh_row row)
{
    if (row.kind != RH_ROW_scheme && row.kind != RH_ROW_offer) {
        return;
    }
    const void *former = rh_registry_get(t->shadow, row.kind, rh_row_head_of(row)->id);
    int64_t to = rh_state_of(row.kind, row.record), from = rh_state_of(row.kind, former);
    if (from != to &&
        !may_move(command, row.kind, former == NULL ? RH_FROM_NEW : RH_BIT(from), RH_BIT(to))) {
        fail_msg("%s moves a %s to %s without a rule", rh_command_type(command)->name,
                 rh_row_type(row.kind)->name, rh_states_of(row.kind)->word[to]);
    }
}

int
small_do(small_township *t, rh_command_kind kind, const void *command, int64_t actor,
         int64_t role)
{
    rh_ask ask = {kind, command, actor, role, t->now};
    rh_status status = rh_registry_do(t->registry, &ask, &t->out, &t->err);
    if (status != RH_OK) {
        fail_msg("%s: %s", rh_command_type(kind)->name, t->err.text);
    }
    if (t->told != NULL && t->out.refusals.n == 0) {
        t->told(t->context, &ask, &t->out);
    }
    for (size_t i = 0; i < t->out.n_rows; i++) {
        assert_moves_by_rule(t, kind, t->out.row[i]);
        assert_int_equal(rh_registry_apply(t->shadow, t->out.row[i], &t->err), RH_OK);
    }
    return t->out.refusals.n == 0 ? SMALL_DONE : (int)t->out.refusals.refusal[0].guard;
}

const rh_refusal *
small_refusal(const small_township *t, rh_guard guard)
{
    for (int i = 0; i < t->out.refusals.n; i++) {
        if (t->out.refusals.refusal[i].guard == guard) {
            return &t->out.refusals.refusal[i];
        }
    }
    return NULL;
}

void
small_must(small_township *t, rh_command_kind kind, const void *command, int64_t actor,
           int64_t role)
{
    if (small_do(t, kind, command, actor, role) != SMALL_DONE) {
        char text[600];
        rh_refusal_text(&t->out.refusals.refusal[0], RH_ENGLISH, text, sizeof text);
        fail_msg("%s was refused (%s): %s", rh_command_type(kind)->name,
                 rh_guard_name(t->out.refusals.refusal[0].guard), text);
    }
}

void
small_refused(small_township *t, rh_command_kind kind, const void *command, int64_t actor,
              int64_t role, rh_guard guard)
{
    int64_t seq = rh_registry_seq(t->registry);
    int first = small_do(t, kind, command, actor, role);
    const rh_refusal *refusal = small_refusal(t, guard);
    if (refusal == NULL) {
        fail_msg("%s should be refused by %s, not %s", rh_command_type(kind)->name,
                 rh_guard_name(guard),
                 first == SMALL_DONE ? "done" : rh_guard_name((rh_guard)first));
        return;
    }
    assert_int_equal(t->out.n_rows, 0);
    assert_int_equal(rh_registry_seq(t->registry), seq);
    for (int language = 0; language < RH_LANGUAGE_COUNT; language++) {
        char text[900];
        rh_refusal_text(refusal, (enum rh_language)language, text, sizeof text);
        assert_true(strlen(text) > 12);
        assert_null(strchr(text, '{'));
        assert_null(strstr(text, "-9223372036854775808"));
    }
    /* every value that a sentence of this guard names is said */
    char whole[900];
    rh_refusal_text(refusal, RH_CHINESE, whole, sizeof whole);
    assert_null(strstr(whole, "“”"));
}

int64_t
small_newest(const small_township *t, rh_row_kind kind)
{
    return rh_registry_count(t->registry, kind);
}

const void *
small_row(const small_township *t, rh_row_kind kind)
{
    for (size_t i = t->out.n_rows; i > 0; i--) {
        if (t->out.row[i - 1].kind == kind) {
            return t->out.row[i - 1].record;
        }
    }
    return NULL;
}

void
small_blank(rh_command_kind kind, void *command)
{
    const rh_record_type *type = rh_command_type(kind);
    memset(command, 0, type->size);
    for (int i = 0; i < type->n; i++) {
        if (type->field[i].type != RH_FIELD_TEXT && type->field[i].type != RH_FIELD_HASH) {
            *(int64_t *)(void *)((char *)command + type->field[i].offset) = RH_NONE;
        }
    }
}

#define BLANK(name, variable)                                                                  \
    rh_command_##name variable;                                                                \
    small_blank(RH_DO_##name, &variable)

/* ---- the clock ---- */

int64_t
small_today(const small_township *t)
{
    return rh_day_of_time(t->now);
}

void
small_days(small_township *t, int64_t days)
{
    for (int64_t i = 0; i < days; i++) {
        t->now += one_day;
        rh_command_tick tick = {.today = small_today(t)};
        small_must(t, RH_DO_tick, &tick, RH_NONE, rh_role_system);
    }
}

/* ---- parties and papers ---- */

int64_t
small_party(small_township *t, int64_t kind, int64_t place)
{
    BLANK(party_add, c);
    c.kind = kind;
    c.place = place;
    c.name = ++t->private_value;
    bool first = rh_registry_count(t->registry, RH_ROW_role_grant) == 0;
    small_must(t, RH_DO_party_add, &c, first ? RH_NONE : t->officer,
               first ? rh_role_system : rh_role_township);
    return small_newest(t, RH_ROW_party);
}

int64_t
small_person(small_township *t, int64_t place)
{
    return small_party(t, rh_party_kind_person, place);
}

int64_t
small_source(small_township *t, int64_t kind, int64_t place)
{
    BLANK(source_add, c);
    c.kind = kind;
    c.place = place;
    c.document.byte[0] = 1;
    c.document.byte[1] = (uint8_t)kind;
    c.dated = small_today(t);
    small_must(t, RH_DO_source_add, &c, t->officer, rh_role_township);
    return small_newest(t, RH_ROW_source);
}

void
small_grant(small_township *t, int64_t party, int64_t role, int64_t place)
{
    rh_command_role_grant_add c = {.party = party, .role = role, .place = place};
    bool first = rh_registry_count(t->registry, RH_ROW_role_grant) == 0;
    small_must(t, RH_DO_role_grant_add, &c, first ? RH_NONE : t->officer,
               first ? rh_role_system : rh_role_township);
}

void
small_join(small_township *t, int64_t household, int64_t person, int64_t born, int64_t capacity,
           bool head, int64_t guardian)
{
    rh_command_household_member_add c = {.household = household,
                                         .person = person,
                                         .right_holder = 1,
                                         .head = head,
                                         .born = born,
                                         .capacity = capacity,
                                         .guardian = guardian};
    small_must(t, RH_DO_household_member_add, &c, t->officer, rh_role_township);
}

void
small_member(small_township *t, int64_t collective, int64_t person)
{
    rh_command_membership_add c = {.collective = collective,
                                   .person = person,
                                   .source = t->source[rh_source_kind_resolution],
                                   .from = small_today(t)};
    small_must(t, RH_DO_membership_add, &c, t->officer, rh_role_township);
}

void
small_set(small_township *t, int64_t place, int64_t key, int64_t value)
{
    rh_command_parameter_set c = {.place = place,
                                  .key = key,
                                  .value = value,
                                  .source = "township decision",
                                  .from = small_today(t)};
    small_must(t, RH_DO_parameter_set, &c, t->officer, rh_role_township);
}

static int64_t
add_place(small_township *t, const char *code, int64_t level, int64_t parent, const char *name)
{
    BLANK(place_add, c);
    c.code = code;
    c.level = level;
    c.parent = parent;
    c.name = name;
    small_must(t, RH_DO_place_add, &c, RH_NONE, rh_role_system);
    return small_newest(t, RH_ROW_place);
}

static int64_t
officer(small_township *t, int64_t role, int64_t place)
{
    int64_t person = small_person(t, place);
    small_grant(t, person, role, place);
    return person;
}

/* ---- houses ---- */

static void
add_house(small_township *t, small_household *h)
{
    const small_village *v = &t->village[h->village];
    BLANK(parcel_add, parcel);
    parcel.village = v->place;
    parcel.number = "JC0001";
    parcel.area_cm2 = 1200000;
    parcel.hazard = 0;
    parcel.heritage = 0;
    parcel.farmland = 0;
    small_must(t, RH_DO_parcel_add, &parcel, t->officer, rh_role_township);
    h->parcel = small_newest(t, RH_ROW_parcel);
    BLANK(building_add, building);
    building.parcel = h->parcel;
    building.year = 1996;
    building.floors = 2;
    building.area_cm2 = 1500000;
    building.safety = rh_safety_b;
    building.source = t->source[rh_source_kind_report];
    small_must(t, RH_DO_building_add, &building, t->officer, rh_role_township);
    h->building = small_newest(t, RH_ROW_building);
    rh_command_baunit_add unit = {.parcel = h->parcel,
                                  .building = h->building,
                                  .household = h->party,
                                  .collective = v->collective,
                                  .source = t->source[rh_source_kind_certificate]};
    small_must(t, RH_DO_baunit_add, &unit, t->officer, rh_role_township);
    h->unit = small_newest(t, RH_ROW_baunit);
}

static void
add_household(small_township *t, int index, int64_t village, int n_adults)
{
    small_household *h = &t->household[index];
    const small_village *v = &t->village[village];
    *h = (small_household){
        .village = village, .n_adults = n_adults, .minor = RH_NONE, .elder = RH_NONE};
    h->party = small_party(t, rh_party_kind_household, v->place);
    for (int i = 0; i < n_adults; i++) {
        h->adult[i] = small_person(t, v->place);
        small_join(t, h->party, h->adult[i], rh_day_of(1970 + 10 * i, 5, 1), rh_capacity_full,
                   i == 0, RH_NONE);
        small_member(t, v->collective, h->adult[i]);
    }
    if (index == 1) {
        h->minor = small_person(t, v->place);
        small_join(t, h->party, h->minor, rh_day_of(2015, 6, 1), rh_capacity_limited, false,
                   h->adult[0]);
        small_member(t, v->collective, h->minor);
        h->elder = small_person(t, v->place);
        small_join(t, h->party, h->elder, rh_day_of(1940, 1, 1), rh_capacity_none, false,
                   h->adult[0]);
        small_member(t, v->collective, h->elder);
    }
    add_house(t, h);
}

static void
add_kin(small_township *t, int64_t one, int64_t other)
{
    rh_command_kin_add c = {.one = one, .other = other};
    small_must(t, RH_DO_kin_add, &c, t->officer, rh_role_township);
}

void
small_open(small_township *t)
{
    small_open_told(t, NULL, NULL);
}

void
small_open_told(small_township *t, void (*told)(void *, const rh_ask *, const rh_outcome *),
                void *context)
{
    *t = (small_township){.now = rh_day_of(2026, 3, 1) * one_day + INT64_C(3600) * 1000,
                          .told = told,
                          .context = context};
    assert_int_equal(rh_registry_new(&t->registry, &t->err), RH_OK);
    assert_int_equal(rh_registry_new(&t->shadow, &t->err), RH_OK);
    t->place = add_place(t, "330101101", rh_level_township, RH_NONE, "小镇");
    t->village[0].place = add_place(t, "330101101201", rh_level_village, t->place, "南村");
    t->village[1].place = add_place(t, "330101101202", rh_level_village, t->place, "北村");
    t->officer = small_person(t, t->place);
    small_grant(t, t->officer, rh_role_township, t->place);
    t->officer2 = officer(t, rh_role_township, t->place);
    t->county = officer(t, rh_role_county, t->place);
    t->auditor = officer(t, rh_role_auditor, t->place);
    t->bank = officer(t, rh_role_bank, t->place);
    t->court = small_party(t, rh_party_kind_court, t->place);
    small_grant(t, t->court, rh_role_court, t->place);
    for (int kind = 0; kind < rh_source_kind_count; kind++) {
        t->source[kind] = small_source(t, kind, t->place);
    }
    small_set(t, t->place, rh_parameter_area_cap_cm2, 1600000);
    for (int i = 0; i < SMALL_VILLAGES; i++) {
        small_village *v = &t->village[i];
        v->collective = small_party(t, rh_party_kind_collective, v->place);
        v->clerk = officer(t, rh_role_clerk, v->place);
        v->council = officer(t, rh_role_council, v->place);
        v->council2 = officer(t, rh_role_council, v->place);
        v->supervisor = officer(t, rh_role_supervisors, v->place);
        v->party_org = officer(t, rh_role_party_org, v->place);
        v->treasurer = officer(t, rh_role_treasurer, v->place);
    }
    add_household(t, 0, 0, 3);
    add_household(t, 1, 0, 1);
    add_household(t, 2, 0, 1);
    add_household(t, 3, 1, 1);
    add_kin(t, t->household[2].adult[0], t->village[0].clerk);
    t->lessee = small_person(t, t->place);
    t->lessee2 = small_person(t, t->place);
    t->lessee_org = small_party(t, rh_party_kind_lessee_org, t->place);
    t->nephew = small_person(t, t->place);
    add_kin(t, t->village[0].council, t->nephew);
}

/* ---- closing: the fold of the rows is the state ---- */

static void
assert_same_record(const rh_record_type *type, const void *a, const void *b)
{
    for (int i = 0; i < type->n; i++) {
        const rh_field *f = &type->field[i];
        if (f->type == RH_FIELD_TEXT) {
            const char *x = rh_record_text(a, f), *y = rh_record_text(b, f);
            assert_int_equal(x == NULL, y == NULL);
            if (x != NULL) {
                assert_string_equal(x, y);
            }
        } else if (f->type == RH_FIELD_HASH) {
            assert_memory_equal(rh_record_hash(a, f), rh_record_hash(b, f), sizeof(rh_hash));
        } else {
            assert_int_equal(rh_record_number(a, f), rh_record_number(b, f));
        }
    }
}

void
small_close(small_township *t)
{
    assert_int_equal(rh_registry_seq(t->registry), rh_registry_seq(t->shadow));
    assert_int_equal(rh_registry_time(t->registry), rh_registry_time(t->shadow));
    for (int kind = 0; kind < RH_ROW_COUNT; kind++) {
        int64_t n = rh_registry_count(t->registry, (rh_row_kind)kind);
        assert_int_equal(n, rh_registry_count(t->shadow, (rh_row_kind)kind));
        for (int64_t id = 1; id <= n; id++) {
            const void *a = rh_registry_get(t->registry, (rh_row_kind)kind, id),
                       *b = rh_registry_get(t->shadow, (rh_row_kind)kind, id);
            assert_int_equal(a == NULL, b == NULL);
            if (a != NULL) {
                assert_same_record(rh_row_type((rh_row_kind)kind), a, b);
            }
        }
    }
    rh_outcome_release(&t->out);
    rh_registry_free(t->registry);
    rh_registry_free(t->shadow);
}

/* ---- a scheme ---- */

rh_command_scheme_draft
small_scheme(const small_township *t)
{
    rh_command_scheme_draft c = {.collective = t->village[0].collective,
                                 .purpose = rh_scheme_purpose_homestead_use,
                                 .uses = (1 << rh_lessee_use_count) - 1 -
                                         (1 << rh_lessee_use_storage),
                                 .farmer_bp = 7000,
                                 .collective_bp = 2000,
                                 .reserve_bp = 1000,
                                 .floor_fen_m2_year = 1000,
                                 .notice_days = 7,
                                 .collective_role = rh_collective_role_witness,
                                 .scheme = RH_NONE};
    c.text.byte[0] = 7;
    return c;
}

int64_t
small_scheme_to(small_township *t, const rh_command_scheme_draft *draft, int64_t state)
{
    const small_village *v = &t->village[draft->collective == t->village[0].collective ? 0 : 1];
    small_must(t, RH_DO_scheme_draft, draft, v->council, rh_role_council);
    int64_t scheme = draft->scheme == RH_NONE ? small_newest(t, RH_ROW_scheme) : draft->scheme;
    if (state == rh_scheme_state_draft) {
        return scheme;
    }
    rh_command_scheme_discuss discuss = {scheme, t->source[rh_source_kind_minutes]};
    small_must(t, RH_DO_scheme_discuss, &discuss, v->party_org, rh_role_party_org);
    if (state == rh_scheme_state_party_discussed) {
        return scheme;
    }
    rh_command_scheme_call call = {.scheme = scheme,
                                   .kind = rh_meeting_kind_assembly,
                                   .held = small_today(t) + 10,
                                   .papers = small_today(t)};
    small_must(t, RH_DO_scheme_call, &call, v->council, rh_role_council);
    if (state == rh_scheme_state_called) {
        return scheme;
    }
    small_days(t, 10);
    /* village 0: five members have full capacity; village 1: one */
    int64_t n = v == &t->village[0] ? 5 : 1;
    rh_command_meeting_count count = {.meeting = small_newest(t, RH_ROW_meeting),
                                      .attended = n,
                                      .yes = n,
                                      .no = 0,
                                      .abstain = 0,
                                      .minutes = t->source[rh_source_kind_minutes],
                                      .roll = RH_NONE};
    small_must(t, RH_DO_meeting_count, &count, v->supervisor, rh_role_supervisors);
    if (state == rh_scheme_state_passed) {
        return scheme;
    }
    rh_command_scheme_publicise publicise = {scheme};
    small_must(t, RH_DO_scheme_publicise, &publicise, v->council, rh_role_council);
    if (state == rh_scheme_state_publicised) {
        return scheme;
    }
    small_days(t, draft->notice_days + 1);
    rh_command_scheme_file file = {scheme};
    small_must(t, RH_DO_scheme_file, &file, t->officer, rh_role_township);
    if (state == rh_scheme_state_filed) {
        return scheme;
    }
    rh_command_scheme_activate activate = {scheme};
    small_must(t, RH_DO_scheme_activate, &activate, t->officer, rh_role_township);
    return scheme;
}

int64_t
small_active_scheme(small_township *t)
{
    rh_command_scheme_draft draft = small_scheme(t);
    return small_scheme_to(t, &draft, rh_scheme_state_active);
}

/* ---- an offer ---- */

rh_command_offer_draft
small_offer(const small_township *t, int household)
{
    return (rh_command_offer_draft){.baunit = t->household[household].unit,
                                    .asking_fen_year = 1800000,
                                    .months = 120,
                                    .uses = 1 << rh_lessee_use_residence |
                                            1 << rh_lessee_use_homestay,
                                    .deposit_fen = 300000,
                                    .other_housing = 1,
                                    .title = t->source[rh_source_kind_certificate],
                                    .summary = "two floors, a yard",
                                    .housing_source = t->source[rh_source_kind_statement]};
}

void
small_consents(small_township *t, int household, int64_t offer)
{
    const small_household *h = &t->household[household];
    for (int i = 0; i < h->n_adults; i++) {
        rh_command_offer_consent c = {.offer = offer, .person = h->adult[i], .warned = 1};
        small_must(t, RH_DO_offer_consent, &c, h->adult[i], rh_role_holder);
    }
    if (h->elder != RH_NONE) {
        rh_command_offer_consent c = {.offer = offer, .person = h->elder, .warned = 1};
        small_must(t, RH_DO_offer_consent, &c, h->adult[0], rh_role_holder);
    }
}

int64_t
small_offer_to(small_township *t, int household, const rh_command_offer_draft *draft,
               int64_t state)
{
    const small_household *h = &t->household[household];
    const small_village *v = &t->village[h->village];
    small_must(t, RH_DO_offer_draft, draft, h->adult[0], rh_role_holder_rep);
    int64_t offer = small_newest(t, RH_ROW_offer);
    if (state == rh_offer_state_draft) {
        return offer;
    }
    small_consents(t, household, offer);
    if (state == rh_offer_state_consented) {
        return offer;
    }
    rh_command_offer_verify verify = {offer};
    small_must(t, RH_DO_offer_verify, &verify, v->clerk, rh_role_clerk);
    if (state == rh_offer_state_verified) {
        return offer;
    }
    rh_command_offer_acknowledge acknowledge = {offer};
    small_must(t, RH_DO_offer_acknowledge, &acknowledge, v->council, rh_role_council);
    if (state == rh_offer_state_acknowledged) {
        return offer;
    }
    rh_command_offer_review review = {.offer = offer};
    review.text.byte[0] = 9;
    small_must(t, RH_DO_offer_review, &review, t->officer, rh_role_township);
    if (state == rh_offer_state_notice) {
        return offer;
    }
    small_days(t, SMALL_GET(t, offer, offer)->until + 1 - small_today(t));
    assert_int_equal(SMALL_GET(t, offer, offer)->state, rh_offer_state_open);
    return offer;
}

int64_t
small_open_offer(small_township *t, int household)
{
    bool active = false;
    for (int64_t id = 1; id <= small_newest(t, RH_ROW_scheme); id++) {
        active = active || SMALL_GET(t, scheme, id)->state == rh_scheme_state_active;
    }
    if (!active) {
        small_active_scheme(t);
    }
    rh_command_offer_draft draft = small_offer(t, household);
    return small_offer_to(t, household, &draft, rh_offer_state_open);
}

int64_t
small_bid(small_township *t, int64_t offer, int64_t lessee, int64_t fen_year)
{
    rh_command_bid_place c = {
        .offer = offer, .fen_year = fen_year, .purpose = rh_lessee_use_residence};
    small_must(t, RH_DO_bid_place, &c, lessee, rh_role_lessee);
    return small_newest(t, RH_ROW_bid);
}

int64_t
small_match(small_township *t, int64_t offer, int64_t bid)
{
    const rh_row_offer *o = SMALL_GET(t, offer, offer);
    int64_t head = RH_NONE;
    for (int i = 0; i < SMALL_HOUSEHOLDS; i++) {
        head = t->household[i].party == o->household ? t->household[i].adult[0] : head;
    }
    rh_command_offer_match c = {.offer = offer,
                                .bid = bid,
                                .start = small_today(t) + 30,
                                .step_bp = 0,
                                .step_years = 0,
                                .period_months = 6};
    c.text.byte[0] = 11;
    small_must(t, RH_DO_offer_match, &c, head, rh_role_holder_rep);
    return small_newest(t, RH_ROW_lease);
}
