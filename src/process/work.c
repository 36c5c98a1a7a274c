/* Work: leaving farm work, retiring, losing and finding jobs, between household and job.
 *
 * Rates by activity, sex and age (behaviour.csv, work.*). One candidate stands for all changes open to an activity;
 * which one happens is drawn in proportion to its rate.
 * A1 only the activity changes. */
#include "process/env.h"
#include "process/jobs.h"
#include "process/work.h"

/* Rates out of an activity: to retirement, to home, to unemployment, to a job. */
typedef struct ways {
    float retire, home, unemployed, job;
} ways;

static ways
ways_of(const rh_world *world, unsigned activity, unsigned sex, int age)
{
    const rh_profiles *p = &world->profile;
    ways w = {0};
    if (age < 16 || age >= RH_CLASS_AGES) {
        return w;
    }
    switch (activity) {
    case RH_FARM:
        w.retire = p->retire_farm[sex][age];
        w.job = p->leave_farm[sex][age];
        break;
    case RH_INDUSTRY:
    case RH_SERVICE:
        w.retire = p->retire[sex][age];
        w.home = age < 55 ? (float)p->to_home[sex] : 0;
        w.unemployed = (float)p->lose_job;
        break;
    case RH_HOME:
        w.retire = p->retire[sex][age];
        w.job = age < 55 ? (float)p->from_home[sex] : 0;
        break;
    case RH_UNEMPLOYED:
        w.retire = p->retire[sex][age];
        w.job = (float)p->find_job;
        break;
    default:
        break;
    }
    return w;
}

static float
total(ways w)
{
    return w.retire + w.home + w.unemployed + w.job;
}

static rh_status
base(const rh_world *world, int year, float rate[RH_CLASSES][RH_CLASS_AGES], rh_err *err)
{
    static const unsigned members[][3] = {
        [RH_WORK_PUPIL] = {RH_STUDENT, RH_STUDENT, RH_STUDENT},
        [RH_WORK_FARM] = {RH_FARM, RH_FARM, RH_FARM},
        [RH_WORK_OTHER] = {RH_INDUSTRY, RH_SERVICE, RH_HOME},
        [RH_WORK_UNEMPLOYED] = {RH_UNEMPLOYED, RH_UNEMPLOYED, RH_UNEMPLOYED},
    };
    (void)year;
    (void)err;
    for (unsigned k = 0; k < RH_CLASSES; k++) {
        rh_class c = rh_class_at(k);
        for (int a = 0; a < RH_CLASS_AGES; a++) {
            for (unsigned m = 0; m < 3; m++) {
                float r = total(ways_of(world, members[c.work][m], c.sex, a));
                rate[k][a] = r > rate[k][a] ? r : rate[k][a];
            }
        }
    }
    return RH_OK;
}

void
rh_work_fill(rh_world *world)
{
    for (unsigned sex = 0; sex < 2; sex++) {
        for (int age = 0; age < RH_PROFILE_AGES; age++) {
            float job = total(ways_of(world, RH_INDUSTRY, sex, age)),
                  home = total(ways_of(world, RH_HOME, sex, age));
            for (unsigned activity = 0; activity < RH_ACTIVITY_COUNT; activity++) {
                float own = total(ways_of(world, activity, sex, age));
                bool alone = activity == RH_FARM ||
                             activity == RH_UNEMPLOYED; /* the only activity of its class */
                float most = alone ? own : job > home ? job : home;
                world->working[activity][sex][age] = most > 0 ? own / most : 0;
            }
        }
    }
}

/* The class's rate is the largest of its activities'; this one's share of it. */
static float
condition(const rh_env *env, uint32_t i, rh_person w, int age)
{
    (void)i;
    return env->world->working[rh_person_activity(w)][rh_person_sex(w)][age];
}

static void
apply(rh_env *env, uint32_t i, float time)
{
    (void)time;
    rh_person w = env->word[i];
    ways way = ways_of(env->world, rh_person_activity(w), rh_person_sex(w),
                       rh_person_age(w, env->year));
    double u = rh_unit(rh_env_bits(env)) * (double)total(way);
    enum rh_activity to;
    if (u < (double)way.retire) {
        to = RH_RETIRED;
    } else if (u < (double)(way.retire + way.home)) {
        to = RH_HOME;
    } else if (u < (double)(way.retire + way.home + way.unemployed)) {
        to = RH_UNEMPLOYED;
    } else {
        to = rh_urban_job(env, w);
    }
    rh_env_set_activity(env, i, to);
}

const rh_process rh_process_work = {
    .name = "work",
    .meaning =
        "changes between farm, industry, service, household, unemployment and retirement",
    .levers = "",
    .changes = "activity",
    .headroom = 1,
    .base = base,
    .condition = condition,
    .apply = apply,
};
