/* Joining: a migrant brings the spouse and children left behind at home.
 *
 * Rate a married migrant and year: behaviour.csv, migration.joining.
 * A1 who joins lives where the migrant lives. */
#include "process/env.h"
#include "process/kin.h"

static rh_status
base(const rh_world *world, int year, float rate[RH_CLASSES][RH_CLASS_AGES], rh_err *err)
{
    (void)year;
    (void)err;
    for (unsigned k = 0; k < RH_CLASSES; k++) {
        rh_class c = rh_class_at(k);
        for (int a = 16; a < 70 && c.migrant != RH_LOCAL && c.marital == RH_MARRIED; a++) {
            rate[k][a] = (float)world->profile.joining;
        }
    }
    return RH_OK;
}

static void
apply(rh_env *env, uint32_t i, float time)
{
    uint32_t leaf = rh_person_residence(env->word[i]);
    rh_family family = rh_family_of(env, i);
    if (family.spouse != RH_NOBODY && !rh_person_is_away(env->word[family.spouse])) {
        rh_env_take_along(env, family.spouse, leaf, time);
    }
    for (uint32_t j = family.children; j < family.children_end; j++) {
        if (!rh_env_gone(env, j) && !rh_person_is_away(env->word[j])) {
            rh_env_take_along(env, j, leaf, time);
        }
    }
}

const rh_process rh_process_joining = {
    .name = "joining",
    .meaning = "migrants bring spouse and children left behind",
    .levers = "",
    .changes = "residence and arrival of the family members",
    .headroom = 1,
    .base = base,
    .apply = apply,
};
