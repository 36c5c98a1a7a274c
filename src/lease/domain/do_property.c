/* Parcels, buildings and property units. */
#include "domain/household.h"
#include "domain/right.h"

bool
rh_guard_parcel_in_village(const rh_case *c, rh_refusal *why)
{
    int64_t level = RH_GET(c->registry, place, RH_COMMAND(c, parcel_add)->village)->level;
    rh_say_code(why, &rh_codes_level, level);
    return level != rh_level_township;
}

void
rh_do_parcel_add(rh_case *c)
{
    const rh_command_parcel_add *ask = RH_COMMAND(c, parcel_add);
    rh_row_parcel *p = RH_MAKE(c, parcel);
    p->village = ask->village;
    p->number = ask->number;
    p->area_cm2 = ask->area_cm2;
    p->hazard = ask->hazard;
    p->heritage = ask->heritage;
    p->farmland = ask->farmland;
    p->outline = ask->outline;
}

void
rh_do_building_add(rh_case *c)
{
    const rh_command_building_add *ask = RH_COMMAND(c, building_add);
    rh_row_building *b = RH_MAKE(c, building);
    b->parcel = ask->parcel;
    b->year = ask->year;
    b->floors = ask->floors;
    b->area_cm2 = ask->area_cm2;
    b->safety = ask->safety;
    b->source = ask->source;
}

void
rh_do_building_assess(rh_case *c)
{
    const rh_command_building_assess *ask = RH_COMMAND(c, building_assess);
    rh_row_building *b = RH_CHANGE(c, building, ask->building);
    b->safety = ask->safety;
    b->source = ask->source;
}

/* ---- units ---- */

bool
rh_guard_building_on_parcel(const rh_case *c, rh_refusal *why)
{
    const rh_command_baunit_add *ask = RH_COMMAND(c, baunit_add);
    rh_say(why, RH_FIELD_INT, ask->parcel);
    return RH_GET(c->registry, building, ask->building)->parcel == ask->parcel;
}

bool
rh_guard_parcel_has_no_unit(const rh_case *c, rh_refusal *why)
{
    int64_t unit =
        rh_first(c->registry, RH_BY_baunit_parcel, RH_COMMAND(c, baunit_add)->parcel);
    rh_say(why, RH_FIELD_INT, unit);
    return unit == 0;
}

bool
rh_guard_one_homestead(const rh_case *c, rh_refusal *why)
{
    int64_t unit =
        rh_first(c->registry, RH_BY_baunit_household, RH_COMMAND(c, baunit_add)->household);
    rh_say(why, RH_FIELD_INT, unit);
    return unit == 0;
}

bool
rh_guard_collective_of_village(const rh_case *c, rh_refusal *why)
{
    (void)why;
    const rh_command_baunit_add *ask = RH_COMMAND(c, baunit_add);
    return rh_place_within(c->registry, RH_GET(c->registry, parcel, ask->parcel)->village,
                           RH_GET(c->registry, party, ask->collective)->place);
}

/* Of baunit_add and rrr_succeed. */
bool
rh_guard_household_of_collective(const rh_case *c, rh_refusal *why)
{
    int64_t household, collective;
    if (c->ask->kind == RH_DO_baunit_add) {
        household = RH_COMMAND(c, baunit_add)->household;
        collective = RH_COMMAND(c, baunit_add)->collective;
    } else {
        household = RH_COMMAND(c, rrr_succeed)->household;
        collective = c->baunit->collective;
    }
    rh_say(why, RH_FIELD_INT, collective);
    return rh_household_in(c->registry, household, collective, c->today);
}

void
rh_do_baunit_add(rh_case *c)
{
    const rh_command_baunit_add *ask = RH_COMMAND(c, baunit_add);
    rh_row_baunit *unit = RH_MAKE(c, baunit);
    unit->village = RH_GET(c->registry, parcel, ask->parcel)->village;
    unit->parcel = ask->parcel;
    unit->building = ask->building;
    unit->household = ask->household;
    unit->collective = ask->collective;
    rh_right_make(c, unit->id, rh_rrr_kind_ownership, ask->collective, ask->source);
    rh_right_make(c, unit->id, rh_rrr_kind_member_right, ask->household, ask->source);
    rh_right_make(c, unit->id, rh_rrr_kind_use_right, ask->household, ask->source);
    rh_right_make(c, unit->id, rh_rrr_kind_house_ownership, ask->household, ask->source);
}
