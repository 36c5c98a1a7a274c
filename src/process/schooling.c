/* Schooling: entry at certain ages on 1 September, from primary to graduate school.
 *
 * Ages are those reached in the year. 7 primary, 13 junior, 16 senior (share of a cohort by lever, lower in rural
 * places), 19 college or bachelor (share by lever), 22 college leaves, 23 bachelor leaves or enters graduate school, 26
 * and 28 everybody leaves. Compulsory schooling is nine years (Compulsory Education Law 义务教育法, art. 2 [K]).
 * Schooling counts the level attended or completed, as the census does. School leavers take up work as the place has it.
 * A1 education never falls. */
#include "process/engine.h"
#include "process/env.h"
#include "process/jobs.h"

enum {
    PRIMARY_AGE = 7,
    JUNIOR_AGE = 13,
    SENIOR_AGE = 16,
    COLLEGE_AGE = 19,
    COLLEGE_END = 22,
    BACHELOR_END = 23,
    GRADUATE_END = 26,
    LAST_AGE = 28
};

static void
fixed(unsigned char mark[RH_CLASSES][RH_CLASS_AGES])
{
    static const int ages[] = {PRIMARY_AGE, JUNIOR_AGE,   SENIOR_AGE,   COLLEGE_AGE,
                               COLLEGE_END, BACHELOR_END, GRADUATE_END, LAST_AGE};
    for (unsigned k = 0; k < RH_CLASSES; k++) {
        for (unsigned i = 0;
             i < sizeof ages / sizeof ages[0] && rh_class_at(k).work == RH_WORK_PUPIL; i++) {
            mark[k][ages[i]] = 1;
        }
    }
}

static rh_status
base(const rh_world *world, int year, float rate[RH_CLASSES][RH_CLASS_AGES], rh_err *err)
{
    (void)world;
    (void)year;
    (void)rate;
    (void)err;
    return RH_OK; /* certain candidates only */
}

/* Chance to go on, the same odds ratio between rural and urban parts everywhere. */
static bool
goes_on(rh_env *env, rh_person w, double share)
{
    double odds = share / (share < 1 ? 1 - share : 1e-9);
    double tilt = env->world->profile.rural_schooling;
    /* Rural and urban pupils are about equally many: tilting both ways by the root keeps the mean. */
    odds *= (rh_person_residence(w) & 1) == RH_URBAN ? 1 / sqrt(tilt) : sqrt(tilt);
    return rh_env_chance(env, odds / (1 + odds));
}

static void
enter(rh_env *env, uint32_t i, enum rh_education level)
{
    if (rh_person_education(env->word[i]) < (unsigned)level) {
        rh_env_set_education(env, i, level);
    }
    if (rh_person_activity(env->word[i]) != RH_STUDENT) {
        rh_env_set_activity(env, i, RH_STUDENT);
    }
}

static void
apply(rh_env *env, uint32_t i, float time)
{
    (void)time;
    rh_person w = env->word[i];
    int age = rh_person_age(w, env->year);
    unsigned level = rh_person_education(w);
    if (age > LAST_AGE) {
        return; /* the last age of all is a certain candidate too (calendar.h K3), but no pupil's */
    }
    double senior = env->engine->senior_share, college = env->engine->college_share;
    if (age == PRIMARY_AGE) {
        enter(env, i, RH_PRIMARY);
    } else if (age == JUNIOR_AGE) {
        enter(env, i, RH_JUNIOR);
    } else if (age == SENIOR_AGE && goes_on(env, w, senior)) {
        enter(env, i, RH_SENIOR);
    } else if (age == COLLEGE_AGE && level >= RH_SENIOR &&
               goes_on(env, w, senior > college ? college / senior : 1)) {
        enter(env, i,
              rh_env_chance(env, env->world->profile.bachelor_share) ? RH_BACHELOR
                                                                     : RH_COLLEGE);
    } else if (age == BACHELOR_END && level == RH_BACHELOR &&
               rh_env_chance(env, env->world->profile.graduate_share)) {
        enter(env, i, RH_GRADUATE);
    } else if ((age == COLLEGE_END && level != RH_COLLEGE) ||
               (age == BACHELOR_END && level == RH_GRADUATE)) {
        return; /* still at it */
    } else {
        rh_env_set_activity(env, i, rh_first_job(env, w));
    }
}

const rh_process rh_process_schooling = {
    .name = "schooling",
    .meaning = "entry to and end of school, at certain ages",
    .levers = "schooling.senior_rate schooling.college_rate",
    .changes = "education, activity",
    .headroom = 1,
    .base = base,
    .fixed = fixed,
    .apply = apply,
};
