/* Taking up work: see jobs.h. */
#include "process/jobs.h"

static double
share(double x)
{
    return x > 0 ? x : 0; /* a gap in the table (NAN) counts as none */
}

enum rh_activity
rh_urban_job(rh_env *env, rh_person w)
{
    const double *work = env->world->region->column.work[rh_env_county(env, w)];
    double industry = share(work[1]), service = share(work[2]);
    double p = industry + service > 0 ? industry / (industry + service) : 0.5;
    return rh_env_chance(env, p) ? RH_INDUSTRY : RH_SERVICE;
}

enum rh_activity
rh_first_job(rh_env *env, rh_person w)
{
    const double *work = env->world->region->column.work[rh_env_county(env, w)];
    double employed = share(work[0]) + share(work[1]) + share(work[2]);
    double farm = employed > 0 ? share(work[0]) / employed : 0.5;
    bool rural = (rh_person_residence(w) & 1) == RH_RURAL;
    if (rural && rh_env_chance(env, farm * env->world->profile.youth_farm)) {
        return RH_FARM;
    }
    return rh_urban_job(env, w);
}
