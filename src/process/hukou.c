/* Hukou: rural hukou turns urban where the resident lives (就地农转非), or migrants settle: their hukou moves to
 * the township of residence (落户), with the family members who live there too.
 *
 * In situ: residents of the home township's urban part at hukou.in_situ_rate. Settlement: migrants in urban parts with at least
 * hukou.years_required years of stay, at hukou.settlement_rate, less where the move was shorter by the ratio of
 * migration.csv, settle.*. Both times hukou.plan_factor. No published hazard exists (MODELS.md section 8): priors.
 * A1 the word keeps its residence; only home and kind of hukou change.  A2 a transfer takes effect on 31 December. */
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
    double plan = rh_lever_value(world->scenario, RH_LEVER_HUKOU_PLAN_FACTOR, 0, year);
    double in_situ = plan * rh_lever_value(world->scenario, RH_LEVER_HUKOU_IN_SITU_RATE, 0, year);
    double settle = plan * rh_lever_value(world->scenario, RH_LEVER_HUKOU_SETTLEMENT_RATE, 0, year) *
                    most_settling(world->destination->migration);
    for (unsigned k = 0; k < RH_CLASSES; k++) {
        rh_class c = rh_class_at(k);
        for (int a = 0; a < RH_CLASS_AGES; a++) {
            rate[k][a] = (float)(c.away ? settle : c.hukou == RH_HUKOU_RURAL ? in_situ : 0);
        }
    }
    return RH_OK;
}

static float
condition(const rh_env *env, uint32_t i, rh_person w, int age)
{
    (void)age;
    if ((rh_person_residence(w) & 1) == RH_RURAL) {
        return 0;
    }
    if (!rh_person_is_away(w)) {
        return 1;
    }
    const rh_migration *m = env->world->destination->migration;
    uint32_t county = rh_env_county(env, w);
    if (!rh_env_couple_together(env, i) || rh_person_stay(w, env->year) < env->engine->years_required[county]) {
        return 0;
    }
    return (float)(m->settle[rh_env_class(env, w, county) - 1] / most_settling(m));
}

static void
apply(rh_env *env, uint32_t i, float time)
{
    (void)time;
    rh_person w = env->word[i];
    if (!rh_person_is_away(w)) {
        rh_env_set_hukou(env, i, RH_HUKOU_URBAN);
        rh_env_event(env, w, RH_EVENT_HUKOU_IN_SITU);
        return;
    }
    uint32_t end = rh_env_run_end(env, i);
    for (uint32_t j = rh_env_run_start(env, i); j < end; j++) {
        if (rh_person_residence(env->word[j]) == rh_person_residence(w) && rh_person_is_away(env->word[j]) &&
            !rh_env_gone(env, j) && rh_env_couple_together(env, j)) {
            rh_env_settle(env, j);
        }
    }
}

const rh_process rh_process_hukou = {
    .name = "hukou",
    .meaning = "rural hukou turns urban in place; migrants settle where they live",
    .levers = "hukou.in_situ_rate hukou.settlement_rate hukou.years_required hukou.plan_factor",
    .changes = "hukou; home place, arrival and head of those who settle",
    .headroom = 1,
    .base = base,
    .condition = condition,
    .apply = apply,
};
