/* Guards that ask the same of many commands: what kind of party, of source, which day and which size a field may name. Tables, one line a field. */
#include "domain/case.h"

#include "domain/calendar_day.h"

#include <string.h>

static const rh_field *
field_of(const rh_case *c, const char *name, int64_t *value)
{
    const rh_field *f = rh_record_find(rh_command_type(c->ask->kind), name);
    *value = rh_record_number(c->ask->command, f);
    return f;
}

static int
first_of(uint64_t words)
{
    int i = 0;
    while ((words & RH_BIT(i)) == 0) {
        i++;
    }
    return i;
}

#define KIND(word) RH_BIT(rh_party_kind_##word)
#define SOURCE(word) RH_BIT(rh_source_kind_##word)
#define BODIES                                                                                 \
    (KIND(township) | KIND(county) | KIND(supervisor) | KIND(witness) | KIND(court) |          \
     KIND(village_office))
#define TRADERS (KIND(lessee_org) | KIND(operator) | KIND(collective))

struct fit {
    rh_command_kind command;
    const char *field;
    uint64_t words;
};

/* The first of `words` (in the order of code.def) is the one that the sentence asks for. */
static bool
fits(const rh_case *c, rh_refusal *why, const struct fit *fit, size_t n, rh_row_kind kind,
     const rh_codes *codes)
{
    for (size_t i = 0; i < n; i++) {
        if (fit[i].command != c->ask->kind) {
            continue;
        }
        int64_t id;
        const rh_field *f = field_of(c, fit[i].field, &id);
        const void *row = rh_registry_get(c->registry, kind, id);
        if (row == NULL) {
            continue; /* an optional field that is not said */
        }
        int64_t word = rh_record_number(row, rh_record_find(rh_row_type(kind), "kind"));
        if ((fit[i].words & RH_BIT(word)) == 0) {
            why->field = f;
            rh_say_code(why, codes, word);
            rh_say_code(why, codes, first_of(fit[i].words));
            return false;
        }
    }
    return true;
}

bool
rh_guard_party_kind_fits(const rh_case *c, rh_refusal *why)
{
    static const struct fit fit[] = {
        {RH_DO_kin_add, "one", KIND(person)},
        {RH_DO_kin_add, "other", KIND(person)},
        {RH_DO_household_member_add, "household", KIND(household)},
        {RH_DO_household_member_add, "person", KIND(person)},
        {RH_DO_household_member_add, "guardian", KIND(person)},
        {RH_DO_membership_add, "collective", KIND(collective)},
        {RH_DO_membership_add, "person", KIND(person)},
        {RH_DO_mandate_add, "principal", KIND(person) | TRADERS},
        {RH_DO_mandate_add, "agent", KIND(person) | TRADERS},
        {RH_DO_role_grant_add, "party", KIND(person) | BODIES},
        {RH_DO_baunit_add, "household", KIND(household)},
        {RH_DO_baunit_add, "collective", KIND(collective)},
        {RH_DO_rrr_succeed, "household", KIND(household)},
        {RH_DO_scheme_draft, "collective", KIND(collective)},
    };
    return fits(c, why, fit, sizeof fit / sizeof fit[0], RH_ROW_party, &rh_codes_party_kind);
}

bool
rh_guard_source_kind_fits(const rh_case *c, rh_refusal *why)
{
    static const struct fit fit[] = {
        {RH_DO_membership_add, "source",
         SOURCE(certificate) | SOURCE(resolution) | SOURCE(order) | SOURCE(minutes) |
             SOURCE(identity)},
        {RH_DO_mandate_add, "source",
         SOURCE(certificate) | SOURCE(contract) | SOURCE(order) | SOURCE(statement)},
        {RH_DO_building_add, "source", SOURCE(report)},
        {RH_DO_building_assess, "source", SOURCE(report)},
        {RH_DO_baunit_add, "source", SOURCE(certificate) | SOURCE(resolution) | SOURCE(order)},
        {RH_DO_scheme_discuss, "source", SOURCE(minutes)},
        {RH_DO_meeting_count, "minutes", SOURCE(minutes)},
        {RH_DO_scheme_annul, "source", SOURCE(order)},
        {RH_DO_offer_draft, "title", SOURCE(certificate) | SOURCE(resolution) | SOURCE(order)},
        {RH_DO_offer_draft, "housing_source",
         SOURCE(certificate) | SOURCE(contract) | SOURCE(statement)},
    };
    return fits(c, why, fit, sizeof fit / sizeof fit[0], RH_ROW_source, &rh_codes_source_kind);
}

bool
rh_guard_date_not_ahead(const rh_case *c, rh_refusal *why)
{
    static const struct {
        rh_command_kind command;
        const char *field;
    } past[] = {
        {RH_DO_household_member_add, "born"}, {RH_DO_household_member_end, "until"},
        {RH_DO_membership_add, "from"},       {RH_DO_membership_end, "until"},
        {RH_DO_source_add, "dated"},          {RH_DO_scheme_call, "papers"},
    };
    for (size_t i = 0; i < sizeof past / sizeof past[0]; i++) {
        int64_t day;
        if (past[i].command == c->ask->kind) {
            const rh_field *f = field_of(c, past[i].field, &day);
            if (day != RH_NONE && day > c->today) {
                why->field = f;
                rh_say(why, RH_FIELD_DATE, c->today);
                return false;
            }
        }
    }
    return true;
}

/* Widest possible sizes: a parcel or house of 1 hectare, twelve floors; they also keep products of area and price inside 63 bits. */
bool
rh_guard_size_is_possible(const rh_case *c, rh_refusal *why)
{
    static const struct {
        rh_command_kind command;
        const char *field;
        int64_t least, most;
    } size[] = {
        {RH_DO_parcel_add, "area_cm2", 10000, 100000000},
        {RH_DO_building_add, "area_cm2", 10000, 100000000},
        {RH_DO_building_add, "floors", 1, 12},
        {RH_DO_building_add, "year", 1000, 2200},
    };
    for (size_t i = 0; i < sizeof size / sizeof size[0]; i++) {
        if (size[i].command != c->ask->kind) {
            continue;
        }
        int64_t value, most = size[i].most;
        const rh_field *f = field_of(c, size[i].field, &value);
        if (strcmp(size[i].field, "year") == 0) {
            int year, month, day;
            rh_day_split(c->today, &year, &month, &day);
            most = year;
        }
        if (value < size[i].least || value > most) {
            why->field = f;
            rh_say(why, RH_FIELD_INT, value);
            rh_say(why, RH_FIELD_INT, size[i].least);
            rh_say(why, RH_FIELD_INT, most);
            return false;
        }
    }
    return true;
}

/* A dated fact is ended once. */
bool
rh_guard_still_stands(const rh_case *c, rh_refusal *why)
{
    (void)why;
    const rh_registry *r = c->registry;
    switch (c->ask->kind) {
    case RH_DO_household_member_end:
        return RH_GET(r, household_member,
                      RH_COMMAND(c, household_member_end)->household_member)
                   ->valid_to == RH_NONE;
    case RH_DO_membership_end:
        return RH_GET(r, membership, RH_COMMAND(c, membership_end)->membership)->valid_to ==
               RH_NONE;
    case RH_DO_mandate_end:
        return RH_GET(r, mandate, RH_COMMAND(c, mandate_end)->mandate)->valid_to > c->today;
    case RH_DO_role_grant_end:
        return RH_GET(r, role_grant, RH_COMMAND(c, role_grant_end)->role_grant)->valid_to ==
               RH_NONE;
    case RH_DO_rrr_end:
        return RH_GET(r, rrr, RH_COMMAND(c, rrr_end)->rrr)->status == rh_rrr_status_current;
    default:
        return true;
    }
}

/* From and until of a fact: the last day is not before the first. */
bool
rh_guard_dates_in_order(const rh_case *c, rh_refusal *why)
{
    const rh_registry *r = c->registry;
    int64_t from, until;
    switch (c->ask->kind) {
    case RH_DO_mandate_add:
        from = RH_COMMAND(c, mandate_add)->from;
        until = RH_COMMAND(c, mandate_add)->until;
        break;
    case RH_DO_household_member_end: {
        const rh_command_household_member_end *ask = RH_COMMAND(c, household_member_end);
        from = RH_GET(r, household_member, ask->household_member)->valid_from;
        until = ask->until;
        break;
    }
    case RH_DO_membership_end: {
        const rh_command_membership_end *ask = RH_COMMAND(c, membership_end);
        from = RH_GET(r, membership, ask->membership)->valid_from;
        until = ask->until;
        break;
    }
    default:
        return true;
    }
    if (until >= from) {
        return true;
    }
    rh_say(why, RH_FIELD_DATE, from);
    rh_say(why, RH_FIELD_DATE, until);
    return false;
}
