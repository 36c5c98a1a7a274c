/* The commands that found a township of two villages: places, officers, lessees, collectives, households with their houses. Every one of them is to be
 * accepted, so the numbers that objects will get are known beforehand. */
#include "random_scene.h"

#include "core/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int64_t minute = 60000;

random_ask *
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

void
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
    rh_command_parameter_set *cap = &found(&f, RH_DO_parameter_set)->command.parameter_set;
    cap->place = 1;
    cap->key = rh_parameter_area_cap_cm2; /* there is no default: it is the province's */
    cap->value = 1400000;
    cap->source = "省宅基地管理办法";
    cap->from = f.today;
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
