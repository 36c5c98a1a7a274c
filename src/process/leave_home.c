/* Leaving home: adults found households of their own: singles alone, couples with their children (分家).
 *
 * Rates by sex and age (behaviour.csv, household.*). Heads and their wives have a household already.
 * A1 the new run stands at the end of the block, opened by its head. */
#include "process/env.h"

static rh_status
base(const rh_world *world, int year, float rate[RH_CLASSES][RH_CLASS_AGES], rh_err *err)
{
    (void)year;
    (void)err;
    for (unsigned k = 0; k < RH_CLASSES; k++) {
        rh_class c = rh_class_at(k);
        for (int a = 0; a < RH_CLASS_AGES; a++) {
            rate[k][a] = c.marital != RH_MARRIED ? world->profile.leave_home[c.sex][a]
                         : c.sex == RH_MALE      ? world->profile.divide_home[a]
                                                 : 0;
        }
    }
    return RH_OK;
}

static float
condition(const rh_env *env, uint32_t i, rh_person w, int age)
{
    (void)env;
    (void)i;
    (void)age;
    return rh_person_head(w) || rh_person_collective(w) ? 0 : 1;
}

static void
apply(rh_env *env, uint32_t i, float time)
{
    (void)time;
    rh_env_found_household(env, i);
}

const rh_process rh_process_leave_home = {
    .name = "leave_home",
    .meaning = "adults leave the household they grew up in, couples divide from the parents' "
               "household",
    .levers = "",
    .changes = "head, homestead, place in the block",
    .headroom = 1,
    .base = base,
    .condition = condition,
    .apply = apply,
};
