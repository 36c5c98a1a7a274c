/* Families inside runs: see kin.h. */
#include "process/kin.h"

rh_family
rh_family_in(const rh_person *word, uint32_t count, uint32_t i, int year)
{
    rh_person w = word[i];
    rh_family f = {.spouse = RH_NOBODY};
    uint32_t parent = i; /* the last of the couple */
    if (rh_person_marital(w) == RH_MARRIED) {
        f.spouse = rh_person_sex(w) == RH_MALE ? i + 1 : i - 1;
        parent = f.spouse > i ? f.spouse : i;
    }
    f.children = f.children_end = parent + 1;
    unsigned birth = rh_person_birth(word[parent]);
    for (uint32_t j = parent + 1; j < count; j++) {
        rh_person c = word[j];
        if (rh_person_head(c) || rh_person_marital(c) != RH_NEVER_MARRIED ||
            rh_person_birth(c) < birth + 15 || rh_person_age(c, year) >= RH_CHILD_AGE) {
            break;
        }
        f.children_end = j + 1;
    }
    return f;
}

rh_family
rh_family_of(const rh_env *env, uint32_t i)
{
    rh_family f = rh_family_in(env->word, env->count, i, env->year);
    if (f.spouse != RH_NOBODY && rh_env_gone(env, f.spouse)) {
        f.spouse = RH_NOBODY;
    }
    return f;
}

uint32_t
rh_family_home_leaf(rh_env *env, uint32_t i)
{
    uint32_t end = rh_env_run_end(env, i);
    for (uint32_t j = rh_env_run_start(env, i); j < end; j++) {
        if (j != i && !rh_person_is_away(env->word[j]) && !rh_env_gone(env, j)) {
            return rh_person_residence(env->word[j]);
        }
    }
    const uint32_t(*leaf)[RH_CLASS_COUNT] =
        (const uint32_t(*)[RH_CLASS_COUNT])env->world->region->leaf_class;
    double rural = leaf[2 * env->town][RH_LOCAL], urban = leaf[2 * env->town + 1][RH_LOCAL];
    bool to_urban = rh_env_chance(env, rural + urban > 0 ? urban / (rural + urban) : 0.5);
    return rh_leaf(env->town, to_urban ? RH_URBAN : RH_RURAL);
}
