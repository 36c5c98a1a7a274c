/* Reclassification of places: see reclassify.h. */
#include "process/reclassify.h"

#include "process/engine.h"
#include "process/env.h"

static void
make_urban(rh_env *env, uint32_t i)
{
    rh_person w = env->word[i];
    rh_env_count(env, w, UINT32_MAX);
    w = rh_person_with_residence(w, rh_person_residence(w) | 1);
    rh_env_count(env, w, 1);
    rh_env_event(env, w, RH_EVENT_RECLASSIFIED);
    env->word[i] = w;
}

void
rh_reclassify_block(rh_env *env)
{
    const float *rate = env->engine->reclassification;
    if (rate == NULL || env->count == 0) {
        return;
    }
    double here = (double)rate[env->county], most = (double)env->engine->reclassification_max;
    env->key = rh_key_with(env->block_key, UINT32_MAX - 2);
    env->n_draws = 0;
    uint32_t start = (uint32_t)rh_below(rh_env_bits(env), env->count);
    /* The length is rounded by chance, so that small blocks keep the expected rate. */
    uint32_t stretch = (uint32_t)((double)env->count * most + rh_unit(rh_env_bits(env)));
    uint32_t local = (uint32_t)((double)env->count * here + rh_unit(rh_env_bits(env)));
    for (uint32_t k = 0; k < stretch || k < local; k++) {
        uint32_t i = start + k < env->count ? start + k : start + k - env->count;
        rh_person w = env->word[i];
        if ((rh_person_residence(w) & 1) == RH_URBAN) {
            continue;
        }
        if (rh_person_residence(w) >> 1 == env->town) {
            if (k < local) {
                make_urban(env, i);
            }
        } else if (k < stretch &&
                   rh_env_chance(env, (double)rate[rh_env_county(env, w)] / most)) {
            make_urban(env, i);
        }
    }
}

void
rh_convert_block(rh_env *env)
{
    env->key = rh_key_with(env->block_key, UINT32_MAX - 3);
    env->n_draws = 0;
    if (env->count == 0 || env->engine->in_situ <= 0) {
        return;
    }
    double rate = env->engine->in_situ < 1 ? env->engine->in_situ : 1;
    uint32_t start = (uint32_t)rh_below(rh_env_bits(env), env->count);
    uint32_t stretch = (uint32_t)((double)env->count * rate + rh_unit(rh_env_bits(env)));
    for (uint32_t k = 0; k < stretch && k < env->count; k++) {
        uint32_t i = start + k < env->count ? start + k : start + k - env->count;
        rh_person w = env->word[i];
        if (!rh_person_is_away(w) && (rh_person_residence(w) & 1) == RH_URBAN &&
            rh_person_hukou(w) == RH_HUKOU_RURAL) {
            rh_env_set_hukou(env, i, RH_HUKOU_URBAN);
            rh_env_event(env, w, RH_EVENT_HUKOU_IN_SITU);
        }
    }
}
