/* Settlement (落户): the hukou of migrants moves to the township of residence, with the family members who live there
 * too.
 *
 * Migrants in urban parts with at least hukou.years_required years of stay, at hukou.settlement_rate, less for nearer or farther
 * moves by the ratio of migration.csv, settle.*; under a settlement plan faster or slower (hukou.plan_share). No published hazard
 * exists (MODELS.md section 8): priors. A couple settles together or not at all.
 * A1 the word keeps its residence; home place and kind of hukou change.  A2 a transfer takes effect on 31 December. */
#include "policy/lever.h"
#include "process/destination.h"
#include "process/engine.h"
#include "process/env.h"

static double
most_settling(const rh_migration *m)
{
    double most = 0;
    for (unsigned n = 0; n < RH_NEST_COUNT; n++) {
        most = m->settle[n] > most ? m->settle[n] : most;
    }
    return most;
}

static rh_status
base(const rh_world *world, int year, float rate[RH_CLASSES][RH_CLASS_AGES], rh_err *err)
{
    (void)err;
    double settle = rh_lever_value(world->scenario, RH_LEVER_HUKOU_SETTLEMENT_RATE, 0, year) *
                    rh_lever_value(world->scenario, RH_LEVER_HUKOU_PLAN_FACTOR, 0, year);
    for (unsigned k = 0; k < RH_CLASSES; k++) {
        for (int a = 0; a < RH_CLASS_AGES && rh_class_at(k).migrant != RH_LOCAL; a++) {
            rate[k][a] = (float)settle;
        }
    }
    return RH_OK;
}

static rh_status
scale(const struct rh_engine *engine, int year, rh_rates *rates, rh_err *err)
{
    (void)year;
    (void)err;
    rates->scale = (float)engine->settlement_pace;
    return RH_OK;
}

static float
condition(const rh_env *env, uint32_t i, rh_person w, int age)
{
    (void)age;
    if ((rh_person_residence(w) & 1) == RH_RURAL) {
        return 0;
    }
    const rh_migration *m = env->world->destination->migration;
    uint32_t county = rh_env_county(env, w);
    if (!rh_env_couple_together(env, i) ||
        rh_person_stay(w, env->year) < env->engine->years_required[county]) {
        return 0;
    }
    return (float)(m->settle[rh_env_class(env, w, county) - 1] / most_settling(m));
}

static void
apply(rh_env *env, uint32_t i, float time)
{
    (void)time;
    rh_person w = env->word[i];
    uint32_t end = rh_env_run_end(env, i);
    for (uint32_t j = rh_env_run_start(env, i); j < end; j++) {
        if (rh_person_residence(env->word[j]) == rh_person_residence(w) &&
            rh_person_is_away(env->word[j]) && !rh_env_gone(env, j) &&
            rh_env_couple_together(env, j)) {
            rh_env_settle(env, j);
        }
    }
}

const rh_process rh_process_settlement = {
    .name = "settlement",
    .meaning = "migrants settle: their hukou moves to where they live",
    .levers = "hukou.settlement_rate hukou.years_required hukou.plan_factor hukou.plan_share",
    .changes = "hukou; home place, arrival and head of those who settle",
    .headroom = 3,
    .base = base,
    .scale = scale,
    .condition = condition,
    .apply = apply,
};
