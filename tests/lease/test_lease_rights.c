/* Places, parties, households, members, offices, property and rights: each guard at its boundary. */
#include "small_township.h"

#include "domain/calendar_day.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define T(t)                                                                                   \
    small_township t;                                                                          \
    small_open(&t)

/* By the township officer. */
static void
must(small_township *t, rh_command_kind kind, const void *command)
{
    small_must(t, kind, command, t->officer, rh_role_township);
}

static void
refused(small_township *t, rh_command_kind kind, const void *command, rh_guard guard)
{
    small_refused(t, kind, command, t->officer, rh_role_township, guard);
}

static void
a_township_is_founded_and_replays(void **unused)
{
    (void)unused;
    T(t);
    assert_int_equal(rh_registry_count(t.registry, RH_ROW_baunit), SMALL_HOUSEHOLDS);
    assert_int_equal(rh_registry_count(t.registry, RH_ROW_rrr), 4 * SMALL_HOUSEHOLDS);
    small_close(&t);
}

static void
offices_are_granted_in_the_own_area_to_people_who_may_hold_them(void **unused)
{
    (void)unused;
    T(t);
    int64_t person = small_person(&t, t.village[0].place);
    rh_command_role_grant_add c = {
        .party = person, .role = rh_role_member, .place = t.village[0].place};
    refused(&t, RH_DO_role_grant_add, &c, RH_GUARD_role_is_office);
    c.role = rh_role_clerk;
    c.party = t.household[0].party;
    refused(&t, RH_DO_role_grant_add, &c, RH_GUARD_party_kind_fits);
    /* nobody holds two offices that check each other, unless the places are apart */
    c.party = t.village[0].treasurer;
    refused(&t, RH_DO_role_grant_add, &c, RH_GUARD_offices_are_apart);
    c.place = t.place;
    refused(&t, RH_DO_role_grant_add, &c, RH_GUARD_offices_are_apart);
    c.place = t.village[1].place;
    must(&t, RH_DO_role_grant_add, &c);
    /* S12: kin of the council as supervisor, either way round */
    c = (rh_command_role_grant_add){
        .party = t.nephew, .role = rh_role_supervisors, .place = t.village[0].place};
    refused(&t, RH_DO_role_grant_add, &c, RH_GUARD_supervisors_not_kin);
    assert_int_equal(small_refusal(&t, RH_GUARD_supervisors_not_kin)->value[0].number, 1);
    c.place = t.village[1].place;
    must(&t, RH_DO_role_grant_add, &c);
    c.role = rh_role_council;
    c.party = t.village[0].council;
    refused(&t, RH_DO_role_grant_add, &c, RH_GUARD_supervisors_not_kin);
    /* an office ends at once, and once */
    rh_command_role_grant_end end = {small_newest(&t, RH_ROW_role_grant)};
    must(&t, RH_DO_role_grant_end, &end);
    refused(&t, RH_DO_role_grant_end, &end, RH_GUARD_still_stands);
    must(&t, RH_DO_role_grant_add, &c);
    /* an officer of another place grants nothing here */
    c = (rh_command_role_grant_add){
        .party = person, .role = rh_role_township, .place = t.village[1].place};
    must(&t, RH_DO_role_grant_add, &c);
    c = (rh_command_role_grant_add){
        .party = t.lessee, .role = rh_role_clerk, .place = t.village[0].place};
    small_refused(&t, RH_DO_role_grant_add, &c, person, rh_role_township, RH_GUARD_holds_role);
    c.party = small_person(&t, t.village[1].place);
    small_refused(&t, RH_DO_role_grant_add, &c, person, rh_role_township,
                  RH_GUARD_place_in_own_area);
    small_close(&t);
}

static void
parameters_stay_in_bounds_and_do_not_reach_back(void **unused)
{
    (void)unused;
    T(t);
    rh_command_parameter_set c = {.place = t.place,
                                  .key = rh_parameter_notice_days,
                                  .value = 4,
                                  .source = "x",
                                  .from = small_today(&t)};
    refused(&t, RH_DO_parameter_set, &c, RH_GUARD_parameter_in_bounds);
    assert_int_equal(small_refusal(&t, RH_GUARD_parameter_in_bounds)->value[1].number, 5);
    c.value = 5;
    must(&t, RH_DO_parameter_set, &c);
    c.from--;
    refused(&t, RH_DO_parameter_set, &c, RH_GUARD_parameter_not_back);
    c.from += 100;
    c.key = rh_parameter_renew_months;
    c.value = 25;
    refused(&t, RH_DO_parameter_set, &c, RH_GUARD_parameter_in_bounds);
    /* a key without a line of its own */
    c.key = rh_parameter_flag_long_months;
    c.value = -1;
    refused(&t, RH_DO_parameter_set, &c, RH_GUARD_parameter_in_bounds);
    c.value = 120;
    must(&t, RH_DO_parameter_set, &c);
    c.source = "";
    refused(&t, RH_DO_parameter_set, &c, RH_GUARD_said);
    c.source = "a\001b";
    refused(&t, RH_DO_parameter_set, &c, RH_GUARD_text_is_clean);
    small_close(&t);
}

static void
bounds_belong_to_what_is_allowed(void **unused)
{
    (void)unused;
    T(t);
    rh_command_parameter_set c = {.place = t.place,
                                  .key = rh_parameter_notice_days,
                                  .value = 61,
                                  .source = "x",
                                  .from = small_today(&t)};
    refused(&t, RH_DO_parameter_set, &c, RH_GUARD_parameter_in_bounds);
    c.value = 60;
    must(&t, RH_DO_parameter_set, &c);
    rh_command_place_add place = {.code = "1",
                                  .level = rh_level_village,
                                  .parent = t.village[0].place,
                                  .name = "x",
                                  .lon_e5 = RH_NONE,
                                  .lat_e5 = RH_NONE};
    refused(&t, RH_DO_place_add, &place, RH_GUARD_parent_is_above);
    place.level = rh_level_group;
    must(&t, RH_DO_place_add, &place);
    rh_command_rrr_add right = {.baunit = t.household[0].unit,
                                .kind = rh_rrr_kind_mortgage,
                                .party = t.lessee,
                                .share_num = 10001,
                                .share_den = 10001,
                                .source = t.source[rh_source_kind_contract]};
    refused(&t, RH_DO_rrr_add, &right, RH_GUARD_shares_make_one);
    right.share_num = right.share_den = -1;
    refused(&t, RH_DO_rrr_add, &right, RH_GUARD_shares_make_one);
    right.share_num = right.share_den = 10000;
    must(&t, RH_DO_rrr_add, &right);
    /* a membership may begin anew on the day after the last day of the former */
    rh_command_membership_end end = {.membership = 1,
                                     .end_reason = rh_end_reason_civil_servant,
                                     .source = t.source[rh_source_kind_certificate],
                                     .until = small_today(&t)};
    must(&t, RH_DO_membership_end, &end);
    small_days(&t, 1);
    rh_command_membership_add again = {.collective = t.village[0].collective,
                                       .person = t.household[0].adult[0],
                                       .source = t.source[rh_source_kind_resolution],
                                       .from = end.until};
    refused(&t, RH_DO_membership_add, &again, RH_GUARD_member_of_one_collective);
    again.from++;
    must(&t, RH_DO_membership_add, &again);
    small_close(&t);
}

static void
the_collectives_money_has_its_own_account(void **unused)
{
    (void)unused;
    T(t);
    rh_command_bank_account_add c = {
        .party = t.village[0].collective, .kind = rh_bank_kind_personal, .number = 5};
    refused(&t, RH_DO_bank_account_add, &c, RH_GUARD_account_kind_fits);
    c.kind = rh_bank_kind_collective;
    must(&t, RH_DO_bank_account_add, &c);
    c.party = t.household[0].party;
    refused(&t, RH_DO_bank_account_add, &c, RH_GUARD_account_kind_fits);
    c.kind = rh_bank_kind_personal;
    must(&t, RH_DO_bank_account_add, &c);
    small_close(&t);
}

static void
households_have_one_head_who_can_act_and_guardians_where_needed(void **unused)
{
    (void)unused;
    T(t);
    int64_t person = small_person(&t, t.village[0].place), today = small_today(&t);
    rh_command_household_member_add c = {.household = t.household[0].party,
                                         .person = person,
                                         .right_holder = 1,
                                         .head = 1,
                                         .born = rh_day_of(1990, 1, 1),
                                         .capacity = rh_capacity_full,
                                         .guardian = RH_NONE};
    refused(&t, RH_DO_household_member_add, &c, RH_GUARD_one_head);
    c.head = 0;
    c.born = today + 1;
    refused(&t, RH_DO_household_member_add, &c, RH_GUARD_date_not_ahead);
    refused(&t, RH_DO_household_member_add, &c, RH_GUARD_guardian_named);
    /* eighteen today needs no guardian, tomorrow does */
    c.born = rh_day_of(2008, 3, 2);
    refused(&t, RH_DO_household_member_add, &c, RH_GUARD_guardian_named);
    c.guardian = person;
    refused(&t, RH_DO_household_member_add, &c, RH_GUARD_guardian_named);
    c.guardian = RH_NONE;
    c.born = rh_day_of(2008, 3, 1);
    must(&t, RH_DO_household_member_add, &c);
    c.household = t.household[1].party;
    refused(&t, RH_DO_household_member_add, &c, RH_GUARD_in_one_household);
    assert_int_equal(small_refusal(&t, RH_GUARD_in_one_household)->value[0].number,
                     t.household[0].party);
    c.household = person;
    refused(&t, RH_DO_household_member_add, &c, RH_GUARD_party_kind_fits);
    rh_command_household_member_end end = {small_newest(&t, RH_ROW_household_member),
                                           today - 1};
    refused(&t, RH_DO_household_member_end, &end, RH_GUARD_dates_in_order);
    end.until = today + 1;
    refused(&t, RH_DO_household_member_end, &end, RH_GUARD_date_not_ahead);
    end.until = today;
    must(&t, RH_DO_household_member_end, &end);
    refused(&t, RH_DO_household_member_end, &end, RH_GUARD_still_stands);
    /* the last day counts: free from tomorrow */
    c.household = t.household[1].party;
    refused(&t, RH_DO_household_member_add, &c, RH_GUARD_in_one_household);
    small_days(&t, 1);
    must(&t, RH_DO_household_member_add, &c);
    /* a head who cannot act */
    int64_t household = small_party(&t, rh_party_kind_household, t.village[0].place);
    c.household = household;
    c.person = small_person(&t, t.village[0].place);
    c.head = 1;
    c.right_holder = 0;
    refused(&t, RH_DO_household_member_add, &c, RH_GUARD_head_can_act);
    c.right_holder = 1;
    must(&t, RH_DO_household_member_add, &c);
    small_close(&t);
}

/* The representative of a household with a homestead is a member of the collective: no outsider takes it over. */
static void
no_outsider_becomes_head_of_a_homestead(void **unused)
{
    (void)unused;
    T(t);
    const small_household *h = &t.household[0];
    rh_command_household_member_end end = {0, small_today(&t)};
    for (int64_t m = 1; m <= small_newest(&t, RH_ROW_household_member); m++) {
        if (SMALL_GET(&t, household_member, m)->household == h->party) {
            end.household_member = m;
            must(&t, RH_DO_household_member_end, &end);
        }
    }
    small_days(&t, 1);
    rh_command_household_member_add c = {.household = h->party,
                                         .person = t.lessee,
                                         .right_holder = 1,
                                         .head = 1,
                                         .born = rh_day_of(1990, 1, 1),
                                         .capacity = rh_capacity_full,
                                         .guardian = RH_NONE};
    refused(&t, RH_DO_household_member_add, &c, RH_GUARD_head_is_member);
    c.person = h->adult[1];
    must(&t, RH_DO_household_member_add, &c);
    small_close(&t);
}

/* I17, I18: only the grounds of the law end a membership, and none of its inputs is a hukou. */
static void
membership_ends_on_listed_grounds_only(void **unused)
{
    (void)unused;
    T(t);
    const rh_record_type *type = rh_command_type(RH_DO_membership_end);
    for (int i = 0; i < type->n; i++) {
        assert_null(strstr(type->field[i].name, "hukou"));
        assert_null(strstr(type->field[i].zh, "户籍"));
    }
    assert_int_equal(rh_end_reason_count, 5);
    rh_command_membership_end c = {.membership = 1,
                                   .end_reason = rh_end_reason_count,
                                   .source = t.source[rh_source_kind_statement],
                                   .until = small_today(&t)};
    refused(&t, RH_DO_membership_end, &c, RH_GUARD_sane);
    c.end_reason = RH_NONE;
    refused(&t, RH_DO_membership_end, &c, RH_GUARD_said);
    c.end_reason = rh_end_reason_charter_ground;
    refused(&t, RH_DO_membership_end, &c, RH_GUARD_charter_ground_is_shown);
    c.source = t.source[rh_source_kind_resolution];
    c.until = small_today(&t) - 1;
    refused(&t, RH_DO_membership_end, &c, RH_GUARD_dates_in_order);
    c.until = small_today(&t);
    must(&t, RH_DO_membership_end, &c);
    refused(&t, RH_DO_membership_end, &c, RH_GUARD_still_stands);
    c.membership = 999;
    refused(&t, RH_DO_membership_end, &c, RH_GUARD_exists);
    /* time alone ends none */
    small_days(&t, 400);
    assert_int_equal(SMALL_GET(&t, membership, 2)->valid_to, RH_NONE);

    int64_t person = small_person(&t, t.village[0].place);
    rh_command_membership_add add = {.collective = t.village[0].collective,
                                     .person = person,
                                     .source = t.source[rh_source_kind_photo],
                                     .from = small_today(&t)};
    refused(&t, RH_DO_membership_add, &add, RH_GUARD_source_kind_fits);
    refused(&t, RH_DO_membership_add, &add, RH_GUARD_person_in_household);
    add.person = t.household[1].adult[0];
    add.collective = t.village[1].collective;
    refused(&t, RH_DO_membership_add, &add, RH_GUARD_member_of_one_collective);
    add.collective = t.household[1].party;
    refused(&t, RH_DO_membership_add, &add, RH_GUARD_party_kind_fits);
    /* the one whose membership ended may become a member again */
    add.person = t.household[0].adult[0];
    add.collective = t.village[0].collective;
    add.source = t.source[rh_source_kind_resolution];
    must(&t, RH_DO_membership_add, &add);
    small_close(&t);
}

static void
mandates_are_given_by_the_principal_or_on_paper(void **unused)
{
    (void)unused;
    T(t);
    const small_household *h = &t.household[0];
    int64_t today = small_today(&t);
    rh_command_mandate_add c = {.principal = h->adult[1],
                                .agent = h->adult[0],
                                .scope = rh_mandate_scope_consent,
                                .source = t.source[rh_source_kind_statement],
                                .from = today,
                                .until = today - 1};
    small_refused(&t, RH_DO_mandate_add, &c, h->adult[1], rh_role_holder,
                  RH_GUARD_dates_in_order);
    c.until = today;
    small_refused(&t, RH_DO_mandate_add, &c, h->adult[0], rh_role_holder,
                  RH_GUARD_mandate_is_own);
    c.source = t.source[rh_source_kind_photo];
    small_refused(&t, RH_DO_mandate_add, &c, h->adult[1], rh_role_holder,
                  RH_GUARD_source_kind_fits);
    c.source = t.source[rh_source_kind_statement];
    small_must(&t, RH_DO_mandate_add, &c, h->adult[1], rh_role_holder);
    c.agent = h->adult[1];
    small_refused(&t, RH_DO_mandate_add, &c, h->adult[1], rh_role_holder,
                  RH_GUARD_mandate_to_another);
    rh_command_mandate_end end = {1};
    small_refused(&t, RH_DO_mandate_end, &end, h->adult[0], rh_role_holder,
                  RH_GUARD_mandate_is_own);
    small_must(&t, RH_DO_mandate_end, &end, t.village[0].clerk, rh_role_clerk);
    small_refused(&t, RH_DO_mandate_end, &end, t.village[0].clerk, rh_role_clerk,
                  RH_GUARD_still_stands);
    rh_command_kin_add kin = {.one = h->adult[0], .other = h->adult[0]};
    refused(&t, RH_DO_kin_add, &kin, RH_GUARD_kin_are_two);
    small_close(&t);
}

static void
houses_stand_on_their_parcels_and_one_household_has_one(void **unused)
{
    (void)unused;
    T(t);
    rh_command_parcel_add parcel = {.village = t.place, .number = "1", .area_cm2 = 9999};
    refused(&t, RH_DO_parcel_add, &parcel, RH_GUARD_parcel_in_village);
    refused(&t, RH_DO_parcel_add, &parcel, RH_GUARD_size_is_possible);
    parcel.village = t.village[0].place;
    parcel.area_cm2 = 10000;
    must(&t, RH_DO_parcel_add, &parcel);
    int64_t fresh = small_newest(&t, RH_ROW_parcel);
    rh_command_building_add house = {.parcel = fresh,
                                     .year = 2027,
                                     .floors = 2,
                                     .area_cm2 = 1000000,
                                     .safety = rh_safety_a,
                                     .source = t.source[rh_source_kind_report]};
    refused(&t, RH_DO_building_add, &house, RH_GUARD_size_is_possible);
    assert_int_equal(small_refusal(&t, RH_GUARD_size_is_possible)->value[2].number, 2026);
    house.year = 2026;
    house.floors = 13;
    refused(&t, RH_DO_building_add, &house, RH_GUARD_size_is_possible);
    house.floors = 12;
    must(&t, RH_DO_building_add, &house);
    rh_command_building_assess assess = {.building = small_newest(&t, RH_ROW_building),
                                         .safety = rh_safety_c,
                                         .source = t.source[rh_source_kind_photo]};
    refused(&t, RH_DO_building_assess, &assess, RH_GUARD_source_kind_fits);
    assess.source = t.source[rh_source_kind_report];
    must(&t, RH_DO_building_assess, &assess);
    assert_int_equal(SMALL_GET(&t, building, assess.building)->safety, rh_safety_c);

    rh_command_baunit_add unit = {.parcel = t.household[0].parcel,
                                  .building = small_newest(&t, RH_ROW_building),
                                  .household = t.household[0].party,
                                  .collective = t.village[0].collective,
                                  .source = t.source[rh_source_kind_certificate]};
    refused(&t, RH_DO_baunit_add, &unit, RH_GUARD_parcel_has_no_unit);
    refused(&t, RH_DO_baunit_add, &unit, RH_GUARD_building_on_parcel);
    unit.parcel = fresh;
    refused(&t, RH_DO_baunit_add, &unit, RH_GUARD_one_homestead);
    assert_int_equal(small_refusal(&t, RH_GUARD_one_homestead)->value[0].number,
                     t.household[0].unit);
    /* a household of another collective, one of none, one of this */
    unit.household = small_party(&t, rh_party_kind_household, t.village[0].place);
    refused(&t, RH_DO_baunit_add, &unit, RH_GUARD_household_of_collective);
    int64_t person = small_person(&t, t.village[0].place);
    small_join(&t, unit.household, person, rh_day_of(1990, 1, 1), rh_capacity_full, true,
               RH_NONE);
    refused(&t, RH_DO_baunit_add, &unit, RH_GUARD_household_of_collective);
    small_member(&t, t.village[0].collective, person);
    unit.collective = t.village[1].collective;
    refused(&t, RH_DO_baunit_add, &unit, RH_GUARD_collective_of_village);
    unit.collective = t.village[0].collective;
    must(&t, RH_DO_baunit_add, &unit);
    small_close(&t);
}

/* I4, I5: after whatever was done, the basic rights of a unit are whole, with sources, with the collective and a household of its members. */
static void
assert_whole(const small_township *t, int64_t unit)
{
    const rh_row_baunit *u = SMALL_GET(t, baunit, unit);
    int n[rh_rrr_kind_count] = {0};
    for (int64_t id = 1; id <= small_newest(t, RH_ROW_rrr); id++) {
        const rh_row_rrr *r = SMALL_GET(t, rrr, id);
        assert_true(r->source > 0);
        if (r->baunit != unit || r->status != rh_rrr_status_current) {
            continue;
        }
        assert_int_equal(r->share_num, r->share_den);
        n[r->kind]++;
        if (r->kind == rh_rrr_kind_ownership) {
            assert_int_equal(r->party, u->collective);
        } else if (r->kind <= rh_rrr_kind_house_ownership) {
            assert_int_equal(r->party, u->household);
        }
    }
    for (int kind = rh_rrr_kind_ownership; kind <= rh_rrr_kind_house_ownership; kind++) {
        assert_int_equal(n[kind], 1);
    }
}

static void
no_command_moves_a_right_to_an_outsider(void **unused)
{
    (void)unused;
    T(t);
    int64_t unit = t.household[0].unit;
    for (int kind = rh_rrr_kind_ownership; kind <= rh_rrr_kind_house_ownership; kind++) {
        rh_command_rrr_add c = {.baunit = unit,
                                .kind = kind,
                                .party = t.lessee,
                                .share_num = 1,
                                .share_den = 2,
                                .source = t.source[rh_source_kind_contract]};
        refused(&t, RH_DO_rrr_add, &c, RH_GUARD_right_not_to_outsider);
        c.party = t.household[3].party;
        refused(&t, RH_DO_rrr_add, &c, RH_GUARD_right_not_to_outsider);
        /* to those who have it, more than the whole */
        c.party =
            kind == rh_rrr_kind_ownership ? t.village[0].collective : t.household[0].party;
        refused(&t, RH_DO_rrr_add, &c, RH_GUARD_shares_make_one);
        rh_command_rrr_end end = {.rrr = kind + 1, .source = t.source[rh_source_kind_contract]};
        refused(&t, RH_DO_rrr_end, &end, RH_GUARD_base_right_stays);
    }
    rh_command_rrr_add c = {.baunit = unit,
                            .kind = rh_rrr_kind_lease,
                            .party = t.lessee,
                            .share_num = 1,
                            .share_den = 1,
                            .source = t.source[rh_source_kind_contract]};
    refused(&t, RH_DO_rrr_add, &c, RH_GUARD_lease_right_by_contract);
    c.kind = rh_rrr_kind_mortgage;
    for (int64_t num = 0; num <= 4; num++) {
        c.share_num = num;
        c.share_den = 3;
        if (num != 3) {
            refused(&t, RH_DO_rrr_add, &c, RH_GUARD_shares_make_one);
        }
    }
    c.share_num = 3;
    must(&t, RH_DO_rrr_add, &c);
    rh_command_rrr_end end = {.rrr = small_newest(&t, RH_ROW_rrr),
                              .source = t.source[rh_source_kind_statement]};
    must(&t, RH_DO_rrr_end, &end);
    refused(&t, RH_DO_rrr_end, &end, RH_GUARD_still_stands);
    assert_whole(&t, unit);
    small_close(&t);
}

static void
succession_stays_inside_the_collective(void **unused)
{
    (void)unused;
    T(t);
    rh_command_rrr_succeed c = {.baunit = t.household[0].unit,
                                .household = t.household[0].party,
                                .source = t.source[rh_source_kind_contract]};
    refused(&t, RH_DO_rrr_succeed, &c, RH_GUARD_heir_is_another);
    refused(&t, RH_DO_rrr_succeed, &c, RH_GUARD_succession_is_no_sale);
    c.source = t.source[rh_source_kind_order];
    c.household = t.household[3].party; /* of the other collective */
    refused(&t, RH_DO_rrr_succeed, &c, RH_GUARD_household_of_collective);
    c.household = t.lessee;
    refused(&t, RH_DO_rrr_succeed, &c, RH_GUARD_party_kind_fits);
    c.household = t.household[1].party;
    must(&t, RH_DO_rrr_succeed, &c);
    assert_int_equal(SMALL_GET(&t, baunit, c.baunit)->household, c.household);
    assert_whole(&t, c.baunit);
    assert_whole(&t, t.household[1].unit);
    /* the household may not come by a second one in any other way */
    small_close(&t);
}

static void
papers_are_not_of_tomorrow(void **unused)
{
    (void)unused;
    T(t);
    rh_command_source_add c = {
        .kind = rh_source_kind_report, .place = t.place, .dated = small_today(&t) + 1};
    refused(&t, RH_DO_source_add, &c, RH_GUARD_said);
    c.document.byte[3] = 1;
    refused(&t, RH_DO_source_add, &c, RH_GUARD_date_not_ahead);
    c.dated--;
    must(&t, RH_DO_source_add, &c);
    small_close(&t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_township_is_founded_and_replays),
        cmocka_unit_test(offices_are_granted_in_the_own_area_to_people_who_may_hold_them),
        cmocka_unit_test(parameters_stay_in_bounds_and_do_not_reach_back),
        cmocka_unit_test(bounds_belong_to_what_is_allowed),
        cmocka_unit_test(the_collectives_money_has_its_own_account),
        cmocka_unit_test(households_have_one_head_who_can_act_and_guardians_where_needed),
        cmocka_unit_test(no_outsider_becomes_head_of_a_homestead),
        cmocka_unit_test(membership_ends_on_listed_grounds_only),
        cmocka_unit_test(mandates_are_given_by_the_principal_or_on_paper),
        cmocka_unit_test(houses_stand_on_their_parcels_and_one_household_has_one),
        cmocka_unit_test(no_command_moves_a_right_to_an_outsider),
        cmocka_unit_test(succession_stays_inside_the_collective),
        cmocka_unit_test(papers_are_not_of_tomorrow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
