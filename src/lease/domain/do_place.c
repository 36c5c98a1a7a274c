/* Places and their parameters (DOMAIN.md, Law-8). A parameter has a source and a day from which it holds, and stays inside bounds that no
 * township can move: no parameter overrides a law, and there is no command that does. */
#include "domain/case.h"

/* ---- places ---- */

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

/* The engine asks for the role at the first place that a command names; these commands are about another one. */
bool
rh_guard_place_in_own_area(const rh_case *c, rh_refusal *why)
{
    (void)why;
    rh_case there = *c;
    switch (c->ask->kind) {
    case RH_DO_place_add:
        there.place = RH_COMMAND(c, place_add)->parent;
        break;
    case RH_DO_parameter_set:
        there.place = RH_COMMAND(c, parameter_set)->place;
        break;
    case RH_DO_role_grant_add:
        there.place = RH_COMMAND(c, role_grant_add)->place;
        break;
    default:
        there.place =
            RH_GET(c->registry, role_grant, RH_COMMAND(c, role_grant_end)->role_grant)->place;
    }
    return rh_party_holds(&there, c->ask->actor, c->ask->role);
}

void
rh_do_place_add(rh_case *c)
{
    const rh_command_place_add *ask = RH_COMMAND(c, place_add);
    rh_row_place *place = RH_MAKE(c, place);
    place->code = ask->code;
    place->level = ask->level;
    place->parent = ask->parent;
    place->name = ask->name;
    place->lon_e5 = ask->lon_e5;
    place->lat_e5 = ask->lat_e5;
}

/* ---- parameters ---- */

/* From … to what a parameter may be set; the floor of the notice and the window of renewals are DOMAIN.md's (Law-8, I2), a payment ahead of more
 * than five years is a red flag (2.5); the others are sane widths [P]. Those without a line are counts, sums or basis points of at most a million. */
static const int64_t bound_of[rh_parameter_count][2] = {
    [rh_parameter_notice_days] = {5, 60},
    [rh_parameter_ack_days] = {1, 30},
    [rh_parameter_review_days] = {1, 60},
    [rh_parameter_match_days] = {7, 730},
    [rh_parameter_member_priority_days] = {0, 90},
    [rh_parameter_sign_days] = {1, 90},
    [rh_parameter_floor_fen_m2_year] = {0, 10000000},
    [rh_parameter_deposit_months] = {0, 12},
    [rh_parameter_prepay_months] = {1, 60},
    [rh_parameter_arrears_days] = {15, 180},
    [rh_parameter_renew_months] = {1, 24},
    [rh_parameter_area_cap_cm2] = {100000, 100000000},
    [rh_parameter_house_price_fen_m2] = {1, 100000000},
    [rh_parameter_fair_rent_fen_m2_year] = {1, 10000000},
    [rh_parameter_homes_per_lessee] = {1, 100},
    [rh_parameter_fee_bp] = {0, 1000},
    [rh_parameter_draft_days] = {7, 365},
    [rh_parameter_verify_days] = {1, 60},
    [rh_parameter_objection_days] = {1, 60},
    [rh_parameter_count_days] = {1, 60},
    [rh_parameter_file_days] = {7, 180},
};

bool
rh_guard_parameter_in_bounds(const rh_case *c, rh_refusal *why)
{
    const rh_command_parameter_set *ask = RH_COMMAND(c, parameter_set);
    int64_t least = bound_of[ask->key][0], most = bound_of[ask->key][1];
    most = most == 0 ? 1000000 : most;
    if (ask->value >= least && ask->value <= most) {
        return true;
    }
    rh_say_code(why, &rh_codes_parameter, ask->key);
    rh_say(why, RH_FIELD_INT, least);
    rh_say(why, RH_FIELD_INT, most);
    return false;
}

bool
rh_guard_parameter_not_back(const rh_case *c, rh_refusal *why)
{
    if (RH_COMMAND(c, parameter_set)->from >= c->today) {
        return true;
    }
    rh_say(why, RH_FIELD_DATE, c->today);
    return false;
}

void
rh_do_parameter_set(rh_case *c)
{
    const rh_command_parameter_set *ask = RH_COMMAND(c, parameter_set);
    rh_row_parameter *p = RH_MAKE(c, parameter);
    p->place = ask->place;
    p->key = ask->key;
    p->value = ask->value;
    p->source = ask->source;
    p->valid_from = ask->from;
}
