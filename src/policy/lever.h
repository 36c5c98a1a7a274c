/* Levers: what a policy can move, with unit, range and source (lever.def), and their value by
 * place and year.
 *
 * A setting holds for the places whose code begins with its prefix, from year `from` to
 * `until`. With a ramp of r years the value moves in r + 1 equal steps, the first in `from`,
 * the last in `from + r`, from what would hold without the setting.
 *
 * K1 without a setting the value is the default.
 * K2 a longer prefix stands over a shorter one; among equals the later one in the file stands
 *    over the earlier.
 * K3 after `until` the setting is as if absent. */
#ifndef RH_POLICY_LEVER_H
#define RH_POLICY_LEVER_H

#include "policy/scenario.h"

enum rh_lever {
#define LEVER(id, name, zh, en, unit, normal, low, high, clause, source) RH_LEVER_##id,
#include "policy/lever.def"
#undef LEVER
    RH_LEVER_COUNT
};

typedef struct rh_lever_info {
    const char *name, *zh, *en, *unit;
    double normal, low, high; /* default and range */
    const char *clause, *source;
} rh_lever_info;

/* What lever.def says of a lever. Never NULL. */
const rh_lever_info *rh_lever_info_of(enum rh_lever lever);

/* The lever of this name, or RH_LEVER_COUNT. */
enum rh_lever rh_lever_find(const char *name);

/* Value in a place and year. `code`: GB/T 2260 code of 2, 4, 6, 9 or 12 digits, as the region
 * has it (a province may be 44 or 440000); 0 stands for the nation. `scenario` NULL: the
 * default. O(settings). */
double rh_lever_value(const rh_scenario *scenario, enum rh_lever lever, uint64_t code,
                      int year);

/* True when no setting of this lever names a place: one value a year serves the whole country.
 */
bool rh_lever_is_national(const rh_scenario *scenario, enum rh_lever lever);

#endif
