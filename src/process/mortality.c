/* Mortality: death rates by sex and age from the exogenous series, scaled to each county's own level.
 *
 * Rate at the age reached in the year (cohort years): mean of the central rates of the two completed ages that the year
 * runs through; 78 % of a cohort's infant deaths fall in its year of birth (WPP 2024 separation of
 * infant deaths is near 0.8; assumption). National deaths may be aligned to the exogenous totals.
 * A1 nobody outlives RH_AGE_LAST by more than a year or two.  A2 a death widows the spouse. */
#include "policy/lever.h"
#include "process/engine.h"
#include "process/env.h"

static const double INFANT_YEAR_OF_BIRTH = 0.78;

/* Yearly rate at the age reached, from a column of central death rates by completed age. */
static double
cohort_rate(const float *m, int age)
{
    if (age == 0) {
        return INFANT_YEAR_OF_BIRTH * (double)m[0] * 2; /* half a year of exposure on average */
    }
    if (age == 1) {
        return (1 - INFANT_YEAR_OF_BIRTH) * (double)m[0] + 0.5 * (double)m[1];
    }
    if (age >= RH_AGE_LAST) {
        return 20;
    }
    int a = age < RH_SERIES_AGES ? age : RH_SERIES_AGES - 1;
    return 0.5 * ((double)m[a - 1] + (double)m[a]);
}

static rh_status
base(const rh_world *world, int year, float rate[RH_CLASSES][RH_CLASS_AGES], rh_err *err)
{
    (void)err;
    double lever = rh_lever_value(world->scenario, RH_LEVER_MORTALITY_FACTOR, 0, year);
    for (unsigned k = 0; k < RH_CLASSES; k++) {
        const float *m =
            world->series->mortality[year - world->series->first_year][rh_class_at(k).sex];
        for (int a = 0; a < RH_CLASS_AGES; a++) {
            rate[k][a] = (float)(cohort_rate(m, a) * (a < RH_AGE_LAST ? lever : 1));
        }
    }
    return RH_OK;
}

static rh_status
factor(const rh_world *world, int year, float *f, rh_err *err)
{
    (void)year;
    (void)err;
    for (uint32_t i = 0; i < 2 * world->region->county.n && world->mortality_factor != NULL;
         i++) {
        f[i] = world->mortality_factor[i];
    }
    return RH_OK;
}

/* Expected deaths of the year from the tallies at its start: sum of n (1 - exp(-rate)), and those of the year's births. */
static rh_status
scale(const struct rh_engine *engine, int year, rh_rates *r, rh_err *err)
{
    (void)err;
    const rh_world *world = engine->world;
    r->scale = 1;
    float *s = &r->scale;
    if (!rh_world_aligned(world,
                          world->scenario != NULL ? world->scenario->deaths_series : NULL)) {
        return RH_OK;
    }
    int y = year - world->series->first_year;
    double target = world->series->deaths[y] / world->weight;
    double births = world->series->births[y] / world->weight;
    for (int round = 0; round < 3; round++) {
        double expected = births * (1 - exp(-0.5 * (double)*s * (double)r->base[0][0]));
        for (uint32_t row = 0; row < 2 * world->region->county.n; row++) {
            const rh_county_tally *t = &engine->tally.county[row / 2];
            for (unsigned sex = 0; sex < 2; sex++) {
                rh_class c = {.sex = sex};
                const float *rate = r->base[rh_class_number(c)];
                for (unsigned b = 0; b < RH_COHORTS; b++) {
                    int age = year - RH_BIRTH_ZERO - (int)b;
                    uint32_t n = t->cohort[row % 2][sex][b];
                    if (n > 0 && age >= 0) {
                        float q =
                            *s * r->factor[row] * rate[age < RH_AGE_LAST ? age : RH_AGE_LAST];
                        expected += n * (q < 0.05f ? (double)(q - q * q / 2 + q * q * q / 6)
                                                   : 1 - exp(-(double)q));
                    }
                }
            }
        }
        *s *= (float)(expected > 0 ? target / expected : 1);
    }
    return RH_OK;
}

static void
apply(rh_env *env, uint32_t i, float time)
{
    rh_env_die(env, i, time);
}

const rh_process rh_process_mortality = {
    .name = "mortality",
    .meaning = "death by sex, age, place and year",
    .levers = "mortality.factor",
    .changes = "marital (of the spouse), head (of the heir)",
    .ends_life = true,
    .headroom = 1.15f,
    .base = base,
    .factor = factor,
    .scale = scale,
    .apply = apply,
};
