/* Marriage: who looks for a spouse this year; market.c joins the couples at the end of the county's year.
 *
 * Rates by sex and age for the never married and for the widowed and divorced (behaviour.csv, marriage.*); whoever
 * finds nobody stays single. A1 couples are adjacent (store.h V2). */
#include "policy/lever.h"
#include "process/env.h"

static rh_status
base(const rh_world *world, int year, float rate[RH_CLASSES][RH_CLASS_AGES], rh_err *err)
{
    (void)err;
    float lever = (float)rh_lever_value(world->scenario, RH_LEVER_MARRIAGE_FACTOR, 0, year);
    for (unsigned k = 0; k < RH_CLASSES; k++) {
        rh_class c = rh_class_at(k);
        const float *profile = c.marital == RH_NEVER_MARRIED ? world->profile.marry[c.sex]
                                                             : world->profile.remarry[c.sex];
        for (int a = 0; a < RH_CLASS_AGES && c.marital != RH_MARRIED; a++) {
            rate[k][a] = lever * profile[a];
        }
    }
    return RH_OK;
}

static void
apply(rh_env *env, uint32_t i, float time)
{
    (void)time;
    rh_env_await_marriage(env, i);
}

const rh_process rh_process_marriage = {
    .name = "marriage",
    .meaning = "first and later marriage by sex and age; couples form in a market of the "
               "township, then of the county",
    .levers = "marriage.factor",
    .changes = "marital, residence and home of one spouse, head",
    .headroom = 1,
    .base = base,
    .apply = apply,
};
