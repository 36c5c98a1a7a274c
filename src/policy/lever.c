/* Levers: see lever.h. */
#include "policy/lever.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const rh_lever_info levers[RH_LEVER_COUNT] = {
#define LEVER(id, name, zh, en, unit, normal, low, high, clause, source)                       \
    [RH_LEVER_##id] = {name, zh, en, unit, normal, low, high, clause, source},
#include "policy/lever.def"
#undef LEVER
};

const rh_lever_info *
rh_lever_info_of(enum rh_lever lever)
{
    return &levers[lever];
}

enum rh_lever
rh_lever_find(const char *name)
{
    unsigned lever = 0;
    while (lever < RH_LEVER_COUNT && strcmp(levers[lever].name, name) != 0) {
        lever++;
    }
    return (enum rh_lever)lever;
}

/* Share of the way to the setting's value that is gone in `year`: 0 before, 1 from `from +
 * ramp` on. */
static double
share_reached(const rh_lever_setting *setting, int year)
{
    if (year < setting->from || year > setting->until) {
        return 0;
    }
    long steps = (long)year - setting->from + 1;
    return steps > setting->ramp ? 1 : (double)steps / ((double)setting->ramp + 1);
}

double
rh_lever_value(const rh_scenario *scenario, enum rh_lever lever, uint64_t code, int year)
{
    double value = levers[lever].normal;
    char digits[24];
    size_t longest = 0;
    if (scenario == NULL || scenario->n_levers == 0) {
        return value;
    }
    snprintf(digits, sizeof digits, "%" PRIu64, code);
    size_t length = code == 0 ? 0 : strlen(digits);
    for (size_t prefix = 0; prefix <= length; prefix++) { /* K2 */
        for (unsigned i = 0; i < scenario->n_levers; i++) {
            const rh_lever_setting *setting = &scenario->lever[i];
            size_t size = strlen(setting->place);
            longest = size > longest ? size : longest;
            if (size == prefix && strncmp(setting->place, digits, size) == 0 &&
                strcmp(setting->lever, levers[lever].name) == 0) {
                value += share_reached(setting, year) * (setting->value - value);
            }
        }
        if (prefix >= longest) {
            break;
        }
    }
    return value;
}

bool
rh_lever_is_national(const rh_scenario *scenario, enum rh_lever lever)
{
    for (unsigned i = 0; scenario != NULL && i < scenario->n_levers; i++) {
        if (scenario->lever[i].place[0] != '\0' &&
            strcmp(scenario->lever[i].lever, levers[lever].name) == 0) {
            return false;
        }
    }
    return true;
}
