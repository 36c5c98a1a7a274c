/* Return: migrants go home, or on to another place.
 *
 * Rates by migrant class, length of stay and age (migration.csv, return.*, onward.*). Those who live with the migrant at the
 * same place may return along.
 * A1 who returns lives in the home township again. */
#include "policy/lever.h"
#include "process/destination.h"
#include "process/env.h"
#include "process/exposure.h"
#include "process/kin.h"

/* The bound is the largest over nests and stays; `condition` does the rest. */
static double
most_scale(const rh_world *world)
{
    const double *s = world->return_scale;
    return fmax(s[0], fmax(s[1], s[2]));
}

static rh_status
base(const rh_world *world, int year, float rate[RH_CLASSES][RH_CLASS_AGES], rh_err *err)
{
    (void)err;
    double lever = most_scale(world) *
                   rh_lever_value(world->scenario, RH_LEVER_MIGRATION_RETURN_FACTOR, 0, year);
    for (unsigned k = 0; k < RH_CLASSES; k++) {
        for (int a = RH_MOVE_AGE; a < RH_CLASS_AGES && rh_class_at(k).migrant != RH_LOCAL;
             a++) {
            rate[k][a] = (float)(lever * world->most_returning[a]);
        }
    }
    return RH_OK;
}

static enum rh_nest
nest_of(const rh_env *env, rh_person w)
{
    return (enum rh_nest)(rh_env_class(env, w, rh_env_county(env, w)) - 1);
}

static float
condition(const rh_env *env, uint32_t i, rh_person w, int age)
{
    (void)i;
    const rh_migration *m = env->world->destination->migration;
    enum rh_nest nest = nest_of(env, w);
    int a = age < RH_MIGRATION_AGES ? age : RH_MIGRATION_AGES - 1;
    double rate =
        rh_migration_return(m, nest, rh_person_stay(w, env->year), a) + m->onward[nest];
    return (float)(rate * env->world->return_scale[nest] / most_scale(env->world) /
                   env->world->most_returning[age]);
}

static void
apply(rh_env *env, uint32_t i, float time)
{
    rh_person w = env->word[i];
    const rh_migration *m = env->world->destination->migration;
    enum rh_nest nest = nest_of(env, w);
    int age = rh_person_age(w, env->year);
    double back = rh_migration_return(m, nest, rh_person_stay(w, env->year),
                                      age < RH_MIGRATION_AGES ? age : RH_MIGRATION_AGES - 1);
    bool onward = rh_env_chance(env, m->onward[nest] / (m->onward[nest] + back));
    uint32_t from = rh_person_residence(w), leaf;
    if (onward) {
        uint64_t a = rh_env_bits(env), b = rh_env_bits(env);
        leaf = rh_destination_draw(env->world->destination, env->county, env->town, nest, a, b);
        if (leaf == UINT32_MAX) {
            return;
        }
    } else {
        leaf = rh_family_home_leaf(env, i);
    }
    rh_env_move(env, i, leaf);
    unsigned activity = rh_person_activity(w);
    bool worked = activity == RH_INDUSTRY || activity == RH_SERVICE;
    if (!onward && worked && rh_person_hukou(w) == RH_HUKOU_RURAL && (leaf & 1) == RH_RURAL &&
        rh_env_chance(env, env->world->profile.back_to_farm)) {
        rh_env_set_activity(env, i, RH_FARM);
    }
    rh_family family = rh_family_of(env, i);
    if (family.spouse != RH_NOBODY && rh_person_residence(env->word[family.spouse]) == from &&
        !rh_env_chance(env, env->world->profile.return_together)) {
        return; /* the spouse stays, and the children with the spouse */
    }
    if (family.spouse != RH_NOBODY && rh_person_residence(env->word[family.spouse]) == from) {
        rh_env_take_along(env, family.spouse, leaf, time);
    }
    for (uint32_t j = family.children; j < family.children_end; j++) {
        if (!rh_env_gone(env, j) && rh_person_residence(env->word[j]) == from) {
            rh_env_take_along(env, j, leaf, time);
        }
    }
}

const rh_process rh_process_return_home = {
    .name = "return_home",
    .meaning = "migrants return to the home township or move on",
    .levers = "migration.return_factor",
    .changes = "residence, arrival, activity; also of family members who go along",
    .headroom = 1,
    .base = base,
    .condition = condition,
    .apply = apply,
};
