/* Departure: residents who live in their home township leave it, for another township of the county, another county
 * of the province, or another province. One process for each nest, since place and profile differ by nest.
 *
 * rate = profile(nest, sex, age) × marital × schooling × hazard(home county, nest, year): destination.h, migration.h. The
 * destination is drawn from the nested logit's tables. A spouse in the same home may go along at once, children
 * when no parent stays (behaviour.csv, migration.*); those who stay are left behind (留守).
 * A1 the destination is never the home township.  A2 arrival is the year. */
#include "policy/lever.h"
#include "process/destination.h"
#include "process/env.h"
#include "process/exposure.h"
#include "process/kin.h"
#include "process/jobs.h"

static rh_status
nest_base(const rh_world *world, enum rh_nest nest, float rate[RH_CLASSES][RH_CLASS_AGES])
{
    const rh_migration *m = world->destination->migration;
    double most = world->most_departing_education;
    for (unsigned k = 0; k < RH_CLASSES; k++) {
        rh_class c = rh_class_at(k);
        for (int a = RH_MOVE_AGE; a < RH_CLASS_AGES && c.migrant == RH_LOCAL; a++) {
            int age = a < RH_MIGRATION_AGES ? a : RH_MIGRATION_AGES - 1;
            rate[k][a] =
                (float)((double)m->profile[nest][c.sex][age] * m->marital[c.marital] * most);
        }
    }
    return RH_OK;
}

static rh_status
nest_factor(const rh_world *world, enum rh_nest nest, int year, float *f)
{
    const rh_region *r = world->region;
    for (uint32_t c = 0; c < r->county.n; c++) {
        double lever = rh_lever_value(world->scenario, RH_LEVER_MIGRATION_DEPARTURE_FACTOR,
                                      r->county.code[c], year);
        f[2 * c] = f[2 * c + 1] =
            (float)(lever * world->profile.first_year[nest] *
                    rh_destination_hazard(world->destination, c, nest, year));
    }
    return RH_OK;
}

static float
condition(const rh_env *env, uint32_t i, rh_person w, int age)
{
    (void)i;
    (void)age;
    return env->world->departing[rh_person_education(w)];
}

/* Farm workers who leave take up other work; school children and pre-school children stay what they are. */
static void
change_work(rh_env *env, uint32_t i)
{
    if (rh_person_activity(env->word[i]) == RH_FARM) {
        bool factory = rh_env_chance(env, env->world->profile.farm_to_factory);
        rh_env_set_activity(env, i, factory ? RH_INDUSTRY : RH_SERVICE);
    }
}

static void
depart(rh_env *env, uint32_t i, float time, enum rh_nest nest)
{
    uint64_t a = rh_env_bits(env), b = rh_env_bits(env);
    uint32_t leaf =
        rh_destination_draw(env->world->destination, env->county, env->town, nest, a, b);
    if (leaf == UINT32_MAX) {
        return;
    }
    uint32_t from = rh_person_residence(env->word[i]);
    rh_env_move(env, i, leaf);
    change_work(env, i);
    rh_family family = rh_family_of(env, i);
    bool parent_stays = false;
    if (family.spouse != RH_NOBODY && rh_person_residence(env->word[family.spouse]) == from) {
        if (rh_env_chance(env, env->world->profile.spouse_along)) {
            rh_env_take_along(env, family.spouse, leaf, time);
            if (!rh_env_gone(env, family.spouse)) {
                change_work(env, family.spouse);
            }
        } else {
            parent_stays = true;
        }
    }
    if (!parent_stays && family.children_end > family.children &&
        rh_env_chance(env, env->world->profile.child_along)) {
        for (uint32_t j = family.children; j < family.children_end; j++) {
            if (!rh_env_gone(env, j) && rh_person_residence(env->word[j]) == from) {
                rh_env_take_along(env, j, leaf, time);
            }
        }
    }
}

#define DEPARTURE(NAME, NEST, MEANING)                                                         \
    static rh_status NAME##_base(const rh_world *world, int year,                              \
                                 float rate[RH_CLASSES][RH_CLASS_AGES], rh_err *err)           \
    {                                                                                          \
        (void)year;                                                                            \
        (void)err;                                                                             \
        return nest_base(world, NEST, rate);                                                   \
    }                                                                                          \
    static rh_status NAME##_factor(const rh_world *world, int year, float *f, rh_err *err)     \
    {                                                                                          \
        (void)err;                                                                             \
        return nest_factor(world, NEST, year, f);                                              \
    }                                                                                          \
    static void NAME##_apply(rh_env *env, uint32_t i, float time)                              \
    {                                                                                          \
        depart(env, i, time, NEST);                                                            \
    }                                                                                          \
    const rh_process rh_process_##NAME = {                                                     \
        .name = #NAME,                                                                         \
        .meaning = MEANING,                                                                    \
        .levers = "migration.departure_factor migration.cost_other_province",                  \
        .changes = "residence, arrival, activity; also of family members who go along",        \
        .by_home = true,                                                                       \
        .headroom = 1,                                                                         \
        .base = NAME##_base,                                                                   \
        .factor = NAME##_factor,                                                               \
        .condition = condition,                                                                \
        .apply = NAME##_apply,                                                                 \
    };

DEPARTURE(depart_county, RH_NEST_COUNTY,
          "moves from the home township to another of the county")
DEPARTURE(depart_province, RH_NEST_PROVINCE,
          "moves from the home township to another county of the province")
DEPARTURE(depart_other, RH_NEST_OTHER, "moves from the home township to another province")
