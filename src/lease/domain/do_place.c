/* Places and parties. */
#include "domain/case.h"

bool
rh_guard_parent_is_above(const rh_case *c, rh_refusal *why)
{
    const rh_command_place_add *command = RH_COMMAND(c, place_add);
    const rh_row_place *parent = RH_GET(c->registry, place, command->parent);
    if (parent == NULL || parent->level < command->level) {
        return true;
    }
    rh_say_code(why, &rh_codes_level, command->level);
    rh_say_code(why, &rh_codes_level, parent->level);
    return false;
}

void
rh_do_place_add(rh_case *c)
{
    const rh_command_place_add *command = RH_COMMAND(c, place_add);
    rh_row_place *place = RH_MAKE(c, place);
    place->code = command->code;
    place->level = command->level;
    place->parent = command->parent;
    place->name = command->name;
    place->lon_e5 = command->lon_e5;
    place->lat_e5 = command->lat_e5;
}

void
rh_do_party_add(rh_case *c)
{
    const rh_command_party_add *command = RH_COMMAND(c, party_add);
    rh_row_party *party = RH_MAKE(c, party);
    party->kind = command->kind;
    party->place = command->place;
    party->name = command->name;
    party->id_number = command->id_number;
    party->phone = command->phone;
    party->key = command->key;
}
